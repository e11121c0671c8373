package trees

import (
	"math"
	"slices"
)

// absent is the bin of a missing value; the others hold values in ascending order.
const absent = 255

// binned is a matrix of which each value is the number of the range that it falls into.
type binned struct {
	rows, cols int
	bins       []uint8     // row by row
	columns    []uint8     // the same, feature by feature: rows are divided by one
	cuts       [][]float32 // of each feature: where its second and later bins begin
	gaps       []bool      // whether a value of the feature is missing
}

// bin divides each feature into at most 255 ranges: one for each value if there are no more,
// else ranges that hold about as many rows.
func bin(x Matrix, threads int) *binned {
	b := &binned{
		rows: x.Rows, cols: x.Cols, bins: make([]uint8, len(x.Values)), columns: make([]uint8, len(x.Values)),
		cuts: make([][]float32, x.Cols), gaps: make([]bool, x.Cols),
	}
	abreast(threads, x.Cols, func(f int) {
		keys := make([]uint32, 0, x.Rows)
		for i := f; i < len(x.Values); i += x.Cols {
			if v := x.Values[i]; v == v {
				keys = append(keys, ordered(v))
			}
		}
		b.gaps[f] = len(keys) < x.Rows
		sortKeys(keys)
		b.cuts[f] = cuts(keys)
		table := tableOf(b.cuts[f])
		column := b.columns[f*x.Rows : (f+1)*x.Rows]
		for i := range column {
			at := i*x.Cols + f
			column[i] = table.place(x.Values[at])
			b.bins[at] = column[i]
		}
	})
	return b
}

// A table has the cuts of a feature, and infinity behind them.
type table [256]float32

func tableOf(cuts []float32) *table {
	t := new(table)
	for i := copy(t[:], cuts); i < len(t); i++ {
		t[i] = float32(math.Inf(1))
	}
	return t
}

// place is the bin of a value: how many cuts are not above it. Nothing is branched upon:
// where a value is cannot be foretold.
func (t *table) place(v float32) uint8 {
	if v != v {
		return absent
	}
	n := uint32(0)
	for half := uint32(128); half > 0; half /= 2 {
		n += half * reaches(v, t[(n+half-1)&255])
	}
	return uint8(n)
}

// cuts are where to divide values that are in order.
func cuts(keys []uint32) []float32 {
	const most = absent - 1 // cuts, so that absent bins hold values
	var out []float32
	cut := func(at int) { out = append(out, between(unordered(keys[at-1]), unordered(keys[at]))) }
	for at := 1; at < len(keys) && len(out) <= most; at++ {
		if keys[at-1] != keys[at] {
			cut(at)
		}
	}
	if len(out) <= most {
		return out
	}
	out = out[:0]
	last := 0 // where the last range begins
	for q := 1; q <= most; q++ {
		at := int(int64(len(keys)) * int64(q) / (most + 1))
		if at <= last {
			continue
		}
		from, to := at, at // the rows of one value around it
		for from > last && keys[from-1] == keys[at] {
			from--
		}
		for to < len(keys) && keys[to] == keys[at] {
			to++
		}
		switch { // the nearer end is the one to cut at, so that a frequent value gets both
		case from > last && at-from <= to-at:
			last = from
		case to < len(keys):
			last = to
		default:
			return out
		}
		cut(last)
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
	bits := math.Float32bits(v + 0) // -0 becomes 0
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
