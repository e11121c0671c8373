package tacittest

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"tacit"
	"tacit/fault"
)

func TestMemoryIsAStore(t *testing.T) {
	Store(t, func(t *testing.T) (tacit.Store, func() tacit.Store) {
		d := NewDisk()
		s := d.Open(nil)
		return s, func() tacit.Store {
			s.Close()
			s = d.Open(nil)
			return s
		}
	})
}

func TestMemoryLogIsAnAuditLog(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	AuditLog(t, "memory", key.Public().(ed25519.PublicKey), func(t *testing.T) (tacit.AuditLog, func() tacit.AuditLog) {
		tape := &Tape{}
		open := func() *MemoryLog {
			l, err := tape.Open("memory", key, nil)
			must(t, "open", err)
			return l
		}
		l := open()
		return l, func() tacit.AuditLog {
			l.Close()
			l = open()
			return l
		}
	})
}

func TestACrashIsWhollyThereOrWhollyNot(t *testing.T) {
	for _, tt := range []struct {
		name  string
		crash Crash
		there bool
		code  fault.Code
	}{
		{"twin: it works", Works, true, ""},
		{"before the write", CrashBefore, false, fault.StoreClosed},
		{"after the write", CrashAfter, true, fault.StoreClosed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, tape := NewDisk(), &Tape{}
			s := d.Open(func(tacit.Txn) Crash { return tt.crash })
			_, err := s.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte("1")}}})
			wantCode(t, "commit", err, tt.code)
			_, err = s.Get(t.Context(), "a")
			wantCode(t, "get after it", err, tt.code)
			want := 0
			if tt.there {
				want = 2
			}
			if got := d.Items(); len(got) != want {
				t.Errorf("%d items are on the disk, want %d", len(got), want)
			}
			l, err := tape.Open("memory", ed25519.NewKeyFromSeed(make([]byte, 32)), func([]byte) Crash { return tt.crash })
			must(t, "open", err)
			if _, err := l.Append(t.Context(), []byte("r")); (err == nil) != (tt.code == "") {
				t.Errorf("append: %v", err)
			}
			if got := len(tape.Records()); got != want/2 {
				t.Errorf("%d records are on the tape, want %d", got, want/2)
			}
		})
	}
	t.Run("a disk that lies loses the last commit only", func(t *testing.T) {
		d := NewDisk()
		s := d.Open(nil)
		commit(t, s, put("a", "1"))
		commit(t, s, put("a", "2"))
		commit(t, s, put("b", "1"))
		d.Lose()
		if got := d.Items(); len(got) != 1 || string(got[0].Value) != "2" {
			t.Errorf("the disk holds %v", got)
		}
	})
}
