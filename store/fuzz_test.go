package store

import (
	"bytes"
	"errors"
	"testing"

	"tacit/fault"
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

// FuzzRecord opens records as whoever keeps the disk may leave them: what opens is what
// was sealed, at its place. Every process of a run has the same key.
func FuzzRecord(f *testing.F) {
	b := NewBox(bytes.Repeat([]byte{7}, 32))
	rec := b.Seal([]byte("ia"), 5, 3, []byte("value"))
	f.Add([]byte("ia"), rec)
	f.Add([]byte("ib"), rec)
	f.Add([]byte("ia"), rec[:len(rec)-1])
	f.Add([]byte("ia"), append([]byte{recordVersion + 1}, rec[1:]...))
	f.Fuzz(func(t *testing.T, place, rec []byte) {
		revision, lease, plain, err := b.Open(place, rec)
		if err != nil {
			if !errors.Is(err, ErrRecord) && !errors.Is(err, fault.ProtoVersion) {
				t.Fatalf("%v, want ErrRecord or ErrNewer", err)
			}
			return
		}
		if string(place) != "ia" || revision != 5 || lease != 3 || string(plain) != "value" {
			t.Fatalf("%x opens at %q as %d, %d, %q", rec, place, revision, lease, plain)
		}
	})
}
