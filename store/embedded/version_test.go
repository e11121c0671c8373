package embedded

import (
	"bytes"
	"os"
	"testing"

	bolt "go.etcd.io/bbolt"

	"tacit/fault"
)

// newer is the first byte of a record that a newer program wrote.
const newer = 2

// case N96 code PROTO_VERSION check store/record.go:ErrNewer
func TestN96RecordsOfANewerVersionAreRefusedAndKept(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(heads, records *bolt.Bucket) error
		want fault.Code
	}{
		{"twin: of this version", func(_, _ *bolt.Bucket) error { return nil }, ""},
		{"one record", func(_, r *bolt.Bucket) error {
			v := bytes.Clone(r.Get([]byte("ia")))
			v[0] = newer
			return r.Put([]byte("ia"), v)
		}, fault.ProtoVersion},
		{"a record of another length", func(_, r *bolt.Bucket) error {
			return r.Put([]byte("ia"), []byte{newer})
		}, fault.ProtoVersion},
		{"the head", func(h, _ *bolt.Bucket) error {
			v := bytes.Clone(h.Get(headPlace))
			v[0] = newer
			return h.Put(headPlace, v)
		}, fault.ProtoVersion},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, _ := prepared(t)
			change(t, path, tt.edit)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(Config{Path: path, Key: testKey})
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				defer s.Close()
				if it, err := s.Get(t.Context(), "a"); err != nil || string(it.Value) != canary+" second" {
					t.Errorf("%q, %v", it.Value, err)
				}
				return
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
				t.Errorf("the refused file was changed: %v", err)
			}
		})
	}
}
