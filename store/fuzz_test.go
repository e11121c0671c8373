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
	h := Head{Revision: 7, Previous: wire.Sum([]byte("previous")), Txn: wire.Sum([]byte("txn")), Count: 3}
	f.Add(int64(7), h.Encode())
	f.Add(int64(8), h.Encode())
	f.Add(int64(0), Head{}.Encode())
	f.Fuzz(func(t *testing.T, revision int64, b []byte) {
		got, err := DecodeHead(revision, b)
		if err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Fatalf("%v, want ErrRecord", err)
			}
			return
		}
		if !bytes.Equal(got.Encode(), b) || got.Revision != revision {
			t.Fatalf("%x is read as %+v", b, got)
		}
	})
}
