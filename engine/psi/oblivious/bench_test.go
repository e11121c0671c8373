package oblivious

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

func random(n int, party int) []Record {
	r := rand.New(rand.NewPCG(uint64(n), uint64(party)))
	out := make([]Record, n)
	for i := range out {
		out[i] = Record{r.Uint64(), r.Uint64(), 1<<(PartyShift+party) | uint64(i)}
	}
	return out
}

func less(x, y Record) int {
	switch {
	case x.Hi != y.Hi:
		return 2*b2i(x.Hi > y.Hi) - 1
	case x.Lo != y.Lo:
		return 2*b2i(x.Lo > y.Lo) - 1
	case x.Tag != y.Tag:
		return 2*b2i(x.Tag > y.Tag) - 1
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sizes() []int {
	out := []int{1 << 18, 1 << 20}
	if os.Getenv("PSI_LARGE") != "" {
		out = append(out, 1<<24)
	}
	return out
}

func BenchmarkMerge(b *testing.B) {
	for _, n := range sizes() {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("two=%d/threads=%d", n, threads), func(b *testing.B) {
				x, y := random(n, 0), random(n, 1)
				slices.SortFunc(x, less)
				slices.SortFunc(y, less)
				recs := make([]Record, 2*n)
				for b.Loop() {
					b.StopTimer()
					copy(recs, x)
					copy(recs[n:], y)
					b.StartTimer()
					Merge(recs, n, nil, 0, threads)
				}
				if !slices.IsSortedFunc(recs, less) {
					b.Fatal("not sorted")
				}
			})
		}
	}
}

func BenchmarkSort(b *testing.B) {
	for _, n := range sizes() {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("n=%d/threads=%d", n, threads), func(b *testing.B) {
				x := random(n, 0)
				recs := make([]Record, n)
				for b.Loop() {
					b.StopTimer()
					copy(recs, x)
					b.StartTimer()
					Sort(recs, nil, 0, threads)
				}
				if !slices.IsSortedFunc(recs, less) {
					b.Fatal("not sorted")
				}
			})
		}
	}
}
