package trees

import (
	"math"
	"slices"
	"sort"
)

// absent is the bin of a missing value; the others hold values in ascending order.
const absent = 255

// binned is a matrix of which each value is the number of the range that it falls into.
type binned struct {
	rows, cols int
	bins       []uint8     // row by row
	cuts       [][]float32 // of each feature: where its second and later bins begin
	gaps       []bool      // whether a value of the feature is missing
}

// bin divides each feature into at most 255 ranges: one for each value if there are no more,
// else ranges that hold about as many rows.
func bin(x Matrix, threads int) *binned {
	b := &binned{
		rows: x.Rows, cols: x.Cols, bins: make([]uint8, len(x.Values)),
		cuts: make([][]float32, x.Cols), gaps: make([]bool, x.Cols),
	}
	parallel(threads, x.Cols, func(f int) {
		keys := make([]uint32, 0, x.Rows)
		for i := f; i < len(x.Values); i += x.Cols {
			if v := x.Values[i]; v == v {
				keys = append(keys, ordered(v))
			}
		}
		b.gaps[f] = len(keys) < x.Rows
		sortKeys(keys)
		b.cuts[f] = cuts(keys)
		for i := f; i < len(x.Values); i += x.Cols {
			b.bins[i] = place(b.cuts[f], x.Values[i])
		}
	})
	return b
}

// place is the bin of a value.
func place(cuts []float32, v float32) uint8 {
	if v != v {
		return absent
	}
	lo, n := 0, len(cuts)
	for n > 0 { // the number of cuts that are not above v
		half := (n + 1) / 2
		if cuts[lo+half-1] <= v {
			lo += half
			n -= half
		} else {
			n = half - 1
		}
	}
	return uint8(lo)
}

// cuts are where to divide values that are in order.
func cuts(keys []uint32) []float32 {
	const most = absent - 1 // cuts, so that absent bins hold values
	var distinct []float32
	var upTo []int // how many values are at most this
	for i, k := range keys {
		if i+1 == len(keys) || keys[i+1] != k {
			distinct = append(distinct, unordered(k))
			upTo = append(upTo, i+1)
		}
	}
	var out []float32
	if len(distinct) <= most+1 {
		for i := 1; i < len(distinct); i++ {
			out = append(out, between(distinct[i-1], distinct[i]))
		}
		return out
	}
	last := 0
	for q := 1; q <= most; q++ {
		want := int(int64(len(keys)) * int64(q) / (most + 1))
		at := sort.SearchInts(upTo, want) + 1 // the first value of the next range
		if at <= last {
			continue
		}
		if at >= len(distinct) {
			break
		}
		out = append(out, between(distinct[at-1], distinct[at]))
		last = at
	}
	return out
}

// between is a cut that a is less than and b is not.
func between(a, b float32) float32 {
	if mid := float32((float64(a) + float64(b)) / 2); mid > a {
		return mid
	}
	return b
}

// ordered is a number whose order is that of v, with one zero.
func ordered(v float32) uint32 {
	bits := math.Float32bits(v + 0)
	if bits == 1<<31 {
		bits = 0
	}
	if bits>>31 == 1 {
		return ^bits
	}
	return bits | 1<<31
}

// unordered is the value of an ordered number.
func unordered(k uint32) float32 {
	if k>>31 == 1 {
		return math.Float32frombits(k &^ (1 << 31))
	}
	return math.Float32frombits(^k)
}

// sortKeys sorts by digits of 11 bits.
func sortKeys(keys []uint32) {
	if len(keys) < 1<<11 {
		slices.Sort(keys)
		return
	}
	other := make([]uint32, len(keys))
	for shift := 0; shift < 33; shift += 11 {
		var at [1 << 11]int
		for _, k := range keys {
			at[k>>shift&(1<<11-1)]++
		}
		sum := 0
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		for _, k := range keys {
			d := &at[k>>shift&(1<<11-1)]
			other[*d] = k
			*d++
		}
		keys, other = other, keys
	}
	copy(other, keys) // three passes: what came in is now the other
}
