// This program runs every operator on inputs of one size that differ in everything else,
// and prints for each run how many steps it took and a digest of them.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"

	"MODULE/oblivious"
)

const all = ^uint64(0)

// A pair is two parties' keys, two words each, and how many of them are real.
type pair struct {
	name   string
	a, b   []uint64
	na, nb int
}

func main() {
	for _, size := range [][2]int{{0, 0}, {0, 3}, {1, 1}, {2, 1}, {5, 8}, {32, 32}, {37, 100}} {
		for _, p := range pairs(size[0], size[1]) {
			run(p, size, 1, true)
			run(p, size, 2, true)
		}
	}
	if len(os.Args) < 2 {
		return
	}
	// Where work is split among threads, and where blocks end.
	for _, p := range pairs(9000, 16384)[:5] {
		run(p, [2]int{9000, 16384}, 2, false)
	}
}

func pairs(n, m int) []pair {
	r := rand.New(rand.NewPCG(uint64(n), uint64(m)))
	sorted := func(n int, next func(i int) uint64) []uint64 {
		var hi []uint64
		for i := range n {
			hi = append(hi, next(i))
		}
		slices.Sort(hi)
		var out []uint64
		for _, v := range hi {
			out = append(out, v, v*3)
		}
		return slices.Clip(out)
	}
	backwards := func(keys []uint64) []uint64 {
		out := slices.Clip(slices.Clone(keys))
		for i := 0; i+1 < len(out); i += 2 {
			out[i], out[i+1] = keys[len(keys)-2-i], keys[len(keys)-1-i]
		}
		return out
	}
	rising := func(i int) uint64 { return uint64(i) }
	any := func(int) uint64 { return r.Uint64() }
	few := func(int) uint64 { return r.Uint64() % 7 }
	return []pair{
		{"equal", sorted(n, rising), sorted(m, rising), n, m},
		{"disjoint", sorted(n, rising), sorted(m, func(i int) uint64 { return uint64(i) + 1<<40 }), n, m},
		{"empty", sorted(n, rising), sorted(m, rising), 0, 0},
		{"random", sorted(n, any), sorted(m, any), n, m},
		{"backwards", backwards(sorted(n, rising)), backwards(sorted(m, any)), n - n/3, m},
		{"alike", sorted(n, func(int) uint64 { return 5 }), sorted(m, func(int) uint64 { return 5 }), n, m},
		{"one", sorted(n, rising), sorted(m, rising), min(n, 1), min(m, 1)},
		{"few", sorted(n, few), sorted(m, few), n / 2, m},
		{"first empty", sorted(n, any), sorted(m, any), 0, m},
		{"largest", sorted(n, func(int) uint64 { return all }), sorted(m, any), n, m / 2},
		{"random again", sorted(n, any), sorted(m, few), n / 3, m / 4},
	}
}

func run(p pair, size [2]int, threads int, small bool) {
	n, m := size[0], size[1]
	step := func(operator string, f func()) {
		notes, digest := oblivious.Trace(f)
		fmt.Printf("%s/%d,%d/%d\t%s\t%d %016x%016x\n", operator, n, m, threads, p.name, notes, digest[0], digest[1])
	}
	recs := make([]oblivious.Record, n+m)
	load := func() {
		oblivious.Load(recs[:n], p.a, 0, 0, uint64(p.na))
		oblivious.Load(recs[n:n+m/2], p.b, 1, 0, uint64(p.nb))
		oblivious.Load(recs[n+m/2:], p.b[m/2*2:], 1, m/2, uint64(p.nb))
	}
	step("load", load)
	step("sorted", func() { oblivious.Ascending(recs[:n]); oblivious.Ascending(recs[n:]) })
	step("sort", func() { oblivious.Sort(recs, nil, 0, threads) })
	load()
	rows := make([]uint64, 3*(n+m))
	for i := range rows {
		rows[i] = p.at(i)
	}
	step("merge", func() { oblivious.Merge(recs, n, nil, 0, threads) })
	load()
	step("merge parties", func() { oblivious.MergeAll(recs, []int{0, n / 2, n, n + m/3, n + m}, rows, 3, threads) })
	load()
	step("merge one", func() { oblivious.MergeAll(recs, []int{0, n + m}, rows, 3, threads) })
	if small {
		load()
		step("sort rows", func() { oblivious.Sort(recs, rows, 3, threads) })
	}
	load()
	oblivious.Sort(recs, rows, 3, threads)
	marks, keep := make([]uint64, n+m), make([]uint64, n+m+1)
	step("mark", func() { oblivious.Mark(recs, marks) })
	counts := make([]uint64, 2)
	step("distinct", func() { oblivious.Distinct(recs, marks, counts) })
	step("doubled", func() { oblivious.Doubled(recs, marks) })
	step("spread", func() { oblivious.Spread(recs, rows, 3) })
	step("part", func() { oblivious.Part(recs, rows, 3, 0, keep, threads) })
	step("part of marks", func() { oblivious.Part(recs, marks, 1, 0, keep, threads) })
	step("keep any", func() { oblivious.KeepAny(keep[:n+1], marks[:n], 3|oblivious.FirstThere, 6) })
	step("keep", func() { oblivious.Keep(keep[:n+1], marks[:n], 3|oblivious.FirstThere, 4) })
	var kept uint64
	step("count", func() { kept = oblivious.Count(keep[:n+1]) })
	step("compact", func() { oblivious.Compact(rows[:3*n], 3, keep[:n+1], threads) })
	step("wipe", func() { oblivious.Wipe(rows, 3, kept) })
	step("extract", func() { oblivious.Extract(recs, make([]uint64, 2*(n+m))) })
	numbers, flags := make([]uint64, n), make([]uint64, n)
	for i := range numbers {
		numbers[i], flags[i] = p.at(2*i), p.at(i)&1
	}
	var hi, lo, below uint64
	step("sum", func() { hi, lo = oblivious.Sum(numbers, flags) })
	step("bounds", func() { oblivious.Bounds(numbers, flags) })
	step("absolute", func() { hi, lo, below = oblivious.Absolute(hi, lo) })
	step("divide", func() { oblivious.Divide(hi, lo, kept) })
	step("mean", func() { oblivious.Mean(hi, lo, kept) })
	step("bucket", func() { oblivious.Bucket(p.at(n), kept+1) })
	step("blank", func() { oblivious.Blank(make([]byte, 9), -(kept & 1)) })
	step("decimal", func() { oblivious.Decimal(make([]byte, 45), hi, lo, below, 2) })
	fields := make([]byte, 5*n)
	for i := range fields {
		fields[i] = byte(p.at(i))
	}
	words := make([]uint64, 2*n)
	step("words", func() { oblivious.Words(words, 2, 1, fields, 5) })
	step("bytes", func() { oblivious.Bytes(fields, 5, words, 2, 1) })
	step("column", func() { oblivious.Column(words, 2, 1, numbers) })
	step("take", func() { oblivious.Take(words, 2, 1, rows, 3, 1, 1, n) })
}

// at is any word of the pair's.
func (p pair) at(i int) uint64 {
	if len(p.a) == 0 {
		return uint64(i)
	}
	return p.a[i%len(p.a)]
}
