package replica

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit"
	"tacit/tacittest"
)

func TestReplicaIsAStore(t *testing.T) {
	tacittest.Store(t, func(t *testing.T) (tacit.Store, func() tacit.Store) {
		l := newLab(t, 1, func(_ int, c *Config) { c.Ended = func(string) bool { return false } })
		term, _ := l.leader()
		return term, func() tacit.Store {
			l.stop(0)
			l.start(0)
			term, _ := l.leader()
			return term
		}
	})
}

func TestALeaderOfThreeIsAStore(t *testing.T) {
	if os.Getenv("TACIT_LONG") == "" {
		t.Skip("make test-long runs it: a minute of elections")
	}
	tacittest.Store(t, func(t *testing.T) (tacit.Store, func() tacit.Store) {
		l := newLab(t, 3, func(_ int, c *Config) {
			c.Ended, c.Heartbeat = func(string) bool { return false }, 600*time.Millisecond
		})
		term, at := l.leader()
		return term, func() tacit.Store { // the next leader has what this one acknowledged
			l.stop(at)
			l.start(at)
			term, at = l.leader()
			return term
		}
	})
}

func TestThreeMembersAreAStore(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", "1")
	rev := put(t, term, "b", "2")
	if v := get(t, term, "a"); v != "1" {
		t.Fatalf("a is %q", v)
	}
	for i := range 3 {
		l.caughtUp(i, rev)
	}
	l.stop(at)
	next, _ := l.leader()
	if v := get(t, next, "b"); v != "2" {
		t.Fatalf("b is %q after the leader was lost", v)
	}
	put(t, next, "c", "3")
	l.start(at)
	l.caughtUp(at, 3)
}

func BenchmarkPut(b *testing.B) {
	for _, size := range []int{256, 4096} {
		for _, clients := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%d bytes/%d clients", size, clients), func(b *testing.B) {
				l := newLab(b, 3, func(_ int, c *Config) { c.Heartbeat = time.Second })
				term, _ := l.leader()
				value := bytes.Repeat([]byte("v"), size)
				spread(b, clients, func(i int) error {
					_, err := term.Commit(b.Context(), tacit.Txn{Then: []tacit.Put{{Key: fmt.Sprintf("bench/%06d", i%10000), Value: value}}})
					return err
				})
			})
		}
	}
}

func BenchmarkGet(b *testing.B) {
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("%d clients", clients), func(b *testing.B) {
			l := newLab(b, 3, func(_ int, c *Config) { c.Heartbeat = time.Second })
			term, _ := l.leader()
			put(b, term, "bench/k", string(bytes.Repeat([]byte("v"), 256)))
			spread(b, clients, func(int) error {
				_, err := term.Get(b.Context(), "bench/k")
				return err
			})
		})
	}
}

// spread does b.N pieces of work by so many at once.
func spread(b *testing.B, clients int, do func(i int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range clients {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := do(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}
