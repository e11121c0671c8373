package tacittest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// OpenAuditLog gives a test a fresh, empty log, which the test's cleanup
// closes, and a way to close it and open it again as after a restart.
type OpenAuditLog func(t *testing.T) (l tacit.AuditLog, reopen func() tacit.AuditLog)

// AuditLog is the suite that every tacit.AuditLog passes, whose checkpoints
// have this name and key.
func AuditLog(t *testing.T, name string, pub ed25519.PublicKey, open OpenAuditLog) {
	check := func(t *testing.T, l tacit.AuditLog, index uint64, record []byte) tacit.AuditProof {
		t.Helper()
		p, err := l.Proof(t.Context(), index)
		must(t, fmt.Sprintf("proof of %d", index), err)
		must(t, fmt.Sprintf("check of %d", index), p.Check(name, pub, record))
		if p.Index != index || p.Size <= index {
			t.Fatalf("proof of %d says %d of %d", index, p.Index, p.Size)
		}
		return p
	}
	add := func(t *testing.T, l tacit.AuditLog, record []byte) uint64 {
		t.Helper()
		i, err := l.Append(t.Context(), record)
		must(t, "append", err)
		return i
	}

	t.Run("index counts from zero and is proved", func(t *testing.T) {
		l, _ := open(t)
		for i := range uint64(5) {
			if got := add(t, l, fmt.Appendf(nil, "record %d", i)); got != i {
				t.Fatalf("index %d, want %d", got, i)
			}
		}
		for i := range uint64(5) {
			check(t, l, i, fmt.Appendf(nil, "record %d", i))
		}
	})
	t.Run("the same record twice is two entries", func(t *testing.T) {
		l, _ := open(t)
		first, second := add(t, l, []byte("same")), add(t, l, []byte("same"))
		if first == second {
			t.Fatal("one index for two entries")
		}
		check(t, l, first, []byte("same"))
		check(t, l, second, []byte("same"))
	})
	t.Run("side by side", func(t *testing.T) {
		l, _ := open(t)
		var mu sync.Mutex
		records := map[uint64][]byte{}
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range 40 {
					r := fmt.Appendf(nil, "writer %d record %d", w, i)
					index, err := l.Append(t.Context(), r)
					mu.Lock()
					if err != nil || records[index] != nil {
						t.Errorf("append: index %d, %v", index, err)
					}
					records[index] = r
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for i := range uint64(16 * 40) {
			check(t, l, i, records[i])
		}
	})
	t.Run("restart keeps indices", func(t *testing.T) {
		l, reopen := open(t)
		var records [][]byte
		for round := range 3 {
			for i := range 10 {
				r := fmt.Appendf(nil, "round %d record %d", round, i)
				if got := add(t, l, r); got != uint64(len(records)) {
					t.Fatalf("index %d, want %d", got, len(records))
				}
				records = append(records, r)
			}
			l = reopen()
		}
		for i, r := range records {
			check(t, l, uint64(i), r)
		}
	})
	t.Run("record is a copy", func(t *testing.T) {
		l, _ := open(t)
		r := []byte("as appended")
		i := add(t, l, r)
		copy(r, "scribbled!!")
		check(t, l, i, []byte("as appended"))
	})
	t.Run("limits", func(t *testing.T) {
		l, _ := open(t)
		largest := bytes.Repeat([]byte("r"), 1<<16-1)
		check(t, l, add(t, l, largest), largest) // twin
		for _, r := range [][]byte{nil, append(largest, 'r')} {
			_, err := l.Append(t.Context(), r)
			wantCode(t, fmt.Sprintf("append %d bytes", len(r)), err, fault.APISize)
		}
		_, err := l.Proof(t.Context(), 1)
		wantCode(t, "proof of what was refused", err, fault.APINotFound)
	})
	t.Run("an ended context", func(t *testing.T) {
		l, _ := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Append(ctx, []byte("late")); err == nil {
			t.Error("append under an ended context succeeded")
		}
		if got := add(t, l, []byte("twin")); got != 0 {
			t.Errorf("index %d, want 0", got)
		}
	})
	t.Run("a proof holds for nothing else", func(t *testing.T) {
		l, _ := open(t)
		for i := range 7 {
			add(t, l, fmt.Appendf(nil, "record %d", i))
		}
		p := check(t, l, 3, []byte("record 3")) // twin
		wantCode(t, "another record", p.Check(name, pub, []byte("record 4")), fault.ChainProof)
		wantCode(t, "another log", p.Check(name+"x", pub, []byte("record 3")), fault.ChainProof)
		other, _, err := ed25519.GenerateKey(nil)
		must(t, "key", err)
		wantCode(t, "another key", p.Check(name, other, []byte("record 3")), fault.ChainProof)
		moved := p
		moved.Index = 4
		wantCode(t, "another index", moved.Check(name, pub, []byte("record 3")), fault.ChainProof)
		changed := p
		changed.Checkpoint = []byte(strings.Replace(string(p.Checkpoint), fmt.Sprintf("\n%d\n", p.Size), fmt.Sprintf("\n%d\n", p.Size+1), 1))
		changed.Size++
		wantCode(t, "another checkpoint", changed.Check(name, pub, []byte("record 3")), fault.ChainProof)
	})
	t.Run("time to publication, for the record", func(t *testing.T) {
		l, _ := open(t)
		start := time.Now()
		i := add(t, l, []byte("record"))
		durable := time.Since(start)
		check(t, l, i, []byte("record"))
		t.Logf("durable after %v, proved after %v", durable, time.Since(start))
	})
}
