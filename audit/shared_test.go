package audit

import (
	"context"
	"fmt"
	"testing"

	"tacit"
	"tacit/tacittest"
)

// A log whose records are in a shared store passes the suite also if every restart is
// on another machine, with an empty folder.
func TestASharedLogGoesOnElsewhere(t *testing.T) {
	tacittest.AuditLog(t, testName, testPub(), func(t *testing.T) (tacit.AuditLog, func() tacit.AuditLog) {
		shared := &Shared{tacittest.NewDisk().Open(nil)}
		open := func() *Log {
			l, err := Open(Config{Dir: t.TempDir(), Name: testName, Key: testKey, Shared: shared})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
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

func TestACopyFollowsTheSharedLog(t *testing.T) {
	for _, tt := range []struct {
		name string
		here int // records that the folder had alone, after those that it shares
	}{
		{"a folder that is behind", 0},
		{"a folder with records that the group never acknowledged", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			memory := tacittest.NewDisk().Open(nil)
			dir := t.TempDir()
			write := func(dir string, shared *Shared, from, n int) {
				t.Helper()
				l, err := Open(Config{Dir: dir, Name: testName, Key: testKey, Shared: shared})
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				for i := range n {
					if at, err := l.Append(t.Context(), fmt.Appendf(nil, "record %d", from+i)); err != nil || at != uint64(from+i) {
						t.Fatalf("record %d got index %d, %v", from+i, at, err)
					}
				}
				if n > 0 {
					if _, err := l.Proof(t.Context(), uint64(from+n-1)); err != nil {
						t.Fatal(err)
					}
				}
			}
			write(dir, &Shared{memory}, 0, 200)
			if tt.here > 0 {
				write(dir, nil, 200, tt.here)
			}
			write(t.TempDir(), &Shared{memory}, 200, 150) // elsewhere
			write(dir, &Shared{memory}, 350, 5)
			n := 0
			err := (&Shared{memory}).each(context.Background(), 0, func(record []byte) error {
				if string(record) != fmt.Sprintf("record %d", n) {
					t.Errorf("record %d is %q", n, record)
				}
				n++
				return nil
			})
			if err != nil || n != 355 {
				t.Errorf("%d records, %v", n, err)
			}
		})
	}
}
