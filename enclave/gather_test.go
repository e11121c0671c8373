package enclave

import (
	"bytes"
	"strings"
	"testing"

	"tacit/fault"
)

// What a child says that it will give counts like what it gave: memory is made for it.
func TestOutputsAreBoundedByWhatIsSaidOfThem(t *testing.T) {
	for _, tt := range []struct {
		name  string
		parts []outputPart
		want  fault.Code // of the last
	}{
		{"twin: a file in two parts", []outputPart{{Name: "a", Data: []byte("xy"), Size: 3}, {Name: "a", Data: []byte("z")}}, ""},
		{"twin: more than was said", []outputPart{{Name: "a", Data: []byte("xy"), Size: 2}, {Name: "a", Data: []byte("z")}}, ""},
		{"a file without a name", []outputPart{{Data: []byte("xyz")}}, fault.WasmOutput},
		{"a name that no archive takes", []outputPart{{Name: "a\x00", Data: []byte("xyz")}}, fault.WasmOutput},
		{"a name that is longer than any path", []outputPart{{Name: strings.Repeat("a", mostName+1)}}, fault.WasmOutput},
		{"more than any task may declare", []outputPart{{Name: "a", Size: most + 1}}, fault.WasmOutput},
		{"so much that sums overflow", []outputPart{{Name: "a", Size: 1 << 62}, {Name: "b", Size: 1<<63 - 1}}, fault.WasmOutput},
		{"in two files", []outputPart{{Name: "a", Size: most/2 + 1}, {Name: "b", Size: most/2 + 1}}, fault.WasmOutput},
		{"in a file and a stream", []outputPart{{Name: "a", Size: most}, {Kind: partStdout, Data: []byte("x")}}, fault.WasmOutput},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &run{}
			var err error
			for _, p := range tt.parts {
				_, err = r.gather(p)
			}
			if fault.Of(err) != tt.want {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if err == nil && (len(r.got.Outputs) != 1 || !bytes.Equal(r.got.Outputs[0].Data, []byte("xyz"))) {
				t.Errorf("outputs = %v", r.got.Outputs)
			}
		})
	}
}
