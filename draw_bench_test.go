package tacit

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"

	"tacit/wire"
)

// BenchmarkPick is one task's draw from pools of a size: two questions to a
// gateway (Pick here, the shares' nodes are two paths more), and the check that
// everybody makes.
func BenchmarkPick(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		members := make([]Member, n)
		for i := range members {
			m := Member{Stake: Money(1e9 + i%7), Level: 2, Region: "local"}
			binary.BigEndian.PutUint64(m.Key[:], uint64(i)*0x9e3779b97f4a7c15)
			binary.BigEndian.PutUint64(m.Operator[:], uint64(i))
			members[i] = m
		}
		pool := NewPool(members)
		members = nil
		runtime.GC()
		runtime.ReadMemStats(&after)
		params, req := Params{Seats: 7, Operators: 3}, Requirements{Level: 2}
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			var sent int
			for i := 0; b.Loop(); i++ {
				seed := wire.Sum(binary.BigEndian.AppendUint64(nil, uint64(i)))
				p, err := Pick(seed, req, params, pool, pool)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Workers.Check(pool.Root.Digest()); err != nil {
					b.Fatal(err)
				}
				if _, err := p.Verifiers.Check(pool.Root.Digest()); err != nil {
					b.Fatal(err)
				}
				d, err := p.Draw(seed, req, params)
				if err != nil || len(d.Seats) != 7 {
					b.Fatal(err, len(d.Seats))
				}
				if i == 0 {
					e, err := wire.Marshal("x", p)
					if err != nil {
						b.Fatal(err)
					}
					sent = len(e)
				}
			}
			b.ReportMetric(float64(sent), "bytes-sent")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "bytes/node")
		})
	}
}
