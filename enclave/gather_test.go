package enclave

import (
	"bytes"
	"strings"
	"testing"

	"tacit/fault"
)

// What a child says that it will give counts like what it gave: memory is made for it.
func TestOutputsAreBoundedByWhatIsSaidOfThem(t *testing.T) {
	file := func(size int64) outputPart { return outputPart{Name: "a", Data: []byte("xy"), Size: size} }
	for _, tt := range []struct {
		name  string
		parts []outputPart
		more  int        // bytes that come behind the last
		want  fault.Code // of what comes last
	}{
		{"twin: as much as was said", []outputPart{file(3)}, 1, ""},
		{"twin: more than was said", []outputPart{file(2)}, 1, ""},
		{"twin: all that a task may declare", []outputPart{{Name: "b", Size: most - 3}, file(2)}, 1, ""},
		{"a byte above it, that nobody spoke of", []outputPart{{Name: "b", Size: most - 2}, file(2)}, 1, fault.WasmOutput},
		{"bytes of no file", nil, 1, fault.ProtoFrame},
		{"bytes of a file that was refused", []outputPart{file(2), {Name: "c", Size: most}}, 1, fault.ProtoFrame},
		{"a file without a name", []outputPart{{Data: []byte("xyz")}}, 0, fault.WasmOutput},
		{"a name that no archive takes", []outputPart{{Name: "a\x00", Data: []byte("xyz")}}, 0, fault.WasmOutput},
		{"a name that is longer than any path", []outputPart{{Name: strings.Repeat("a", mostName+1)}}, 0, fault.WasmOutput},
		{"more than any task may declare", []outputPart{{Name: "a", Size: most + 1}}, 0, fault.WasmOutput},
		{"so much that sums overflow", []outputPart{{Name: "a", Size: 1 << 62}, {Name: "b", Size: 1<<63 - 1}}, 0, fault.WasmOutput},
		{"in two files", []outputPart{{Name: "a", Size: most/2 + 1}, {Name: "b", Size: most/2 + 1}}, 0, fault.WasmOutput},
		{"in a file and a stream", []outputPart{{Name: "a", Size: most}, {Kind: partStdout, Data: []byte("x")}}, 0, fault.WasmOutput},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &run{}
			var err error
			for _, p := range tt.parts {
				_, err = r.gather(p)
			}
			if tt.more > 0 {
				err = r.more([]byte("z"))
			}
			if fault.Of(err) != tt.want {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if n := len(r.got.Outputs); err == nil && !bytes.Equal(r.got.Outputs[n-1].Data, []byte("xyz")) {
				t.Errorf("outputs = %v", r.got.Outputs)
			}
		})
	}
}

// What comes behind a stream's beginning is the stream's.
func TestBytesGoWhereTheLastBeginningSays(t *testing.T) {
	r := &run{}
	for _, p := range []outputPart{{Name: "a", Data: []byte("1")}, {Kind: partStdout, Data: []byte("2")}, {Kind: partStderr, Data: []byte("3")}, {Name: "b", Data: []byte("4")}} {
		if _, err := r.gather(p); err != nil {
			t.Fatal(err)
		}
		if err := r.more([]byte("!")); err != nil {
			t.Fatal(err)
		}
	}
	g := r.got
	if len(g.Outputs) != 2 || string(g.Outputs[0].Data) != "1!" || string(g.Outputs[1].Data) != "4!" || string(g.Stdout) != "2!" || string(g.Stderr) != "3!" {
		t.Errorf("got %+v", g)
	}
}
