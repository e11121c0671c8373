package store

import (
	"bytes"
	"errors"
	"testing"

	"tacit/wire"
)

// FuzzHead reads heads as whoever keeps the disk may leave them: what is read
// was written so, and its digest covers it.
func FuzzHead(f *testing.F) {
	h := head{Revision: 7, Previous: wire.Sum([]byte("previous")), Txn: wire.Sum([]byte("txn")), Count: 3}
	f.Add(int64(7), h.encode())
	f.Add(int64(8), h.encode())
	f.Add(int64(0), head{}.encode())
	f.Fuzz(func(t *testing.T, revision int64, b []byte) {
		got, err := decodeHead(revision, b)
		if err != nil {
			if !errors.Is(err, errRecord) {
				t.Fatalf("%v, want errRecord", err)
			}
			return
		}
		if !bytes.Equal(got.encode(), b) || got.Revision != revision {
			t.Fatalf("%x is read as %+v", b, got)
		}
	})
}
