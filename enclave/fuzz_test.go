package enclave

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// FuzzOutputParts gives the agent what a child sends of its output once its
// guest has taken it over. Only the declared kinds are kept, and no more bytes
// than came.
func FuzzOutputParts(f *testing.F) {
	for _, p := range []outputPart{{Kind: partStdout, Data: []byte("out")}, {Kind: partStderr, Data: []byte("err")}, {Kind: 9, Name: "a.txt", Data: []byte("file")}} {
		b, err := wire.Marshal(guestLabel, p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, b)
	}
	f.Fuzz(func(t *testing.T, one, two []byte) {
		r := &run{}
		for _, payload := range [][]byte{one, two, one} {
			if _, err := wire.Answer(guestLabel, payload, r.gather); err != nil {
				if c := fault.Of(err); c != fault.APIField && c != fault.APISize && c != fault.WasmOutput {
					t.Fatalf("%v, want a code", err)
				}
			}
			if err := r.more(payload); err != nil && fault.Of(err) != fault.ProtoFrame && fault.Of(err) != fault.WasmOutput {
				t.Fatalf("%v, want a code", err)
			}
		}
		size := len(r.got.Stdout) + len(r.got.Stderr)
		for _, o := range r.got.Outputs {
			size += len(o.Data)
		}
		if size > 2*(2*len(one)+len(two)) || len(r.got.Outputs) > 3 {
			t.Fatalf("%d bytes in %d files out of %d", size, len(r.got.Outputs), 2*len(one)+len(two))
		}
	})
}

// FuzzRecipient reads the key that a signed task names for its result.
func FuzzRecipient(f *testing.F) {
	f.Add([]byte("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"))
	f.Add([]byte("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\nage1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n"))
	f.Add([]byte("# only a comment\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		task := tacit.Task{Recipients: []tacit.Recipient{{Key: text}}}
		if r, err := recipientOf(task.Recipients[0]); (err == nil) == (r == nil) || err != nil && fault.Of(err) != fault.ResultKey {
			t.Fatalf("%v, %v, want one recipient or RESULT_KEY", r, err)
		}
	})
}
