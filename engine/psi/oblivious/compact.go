package oblivious

import "math/bits"

// Compact moves the rows of width words that are kept to the front, in their order, and
// returns how many they are; what stands behind them is what was not kept, in no order.
// keep has a word more than there are rows: 0, and then a flag for each row; it comes back
// as their running sums. It takes n/2 log n exchanges (Sasy, Johnson, Goldberg 2022).
func Compact(rows []uint64, width int, keep []uint64, threads int) uint64 {
	sum := uint64(0)
	for i := range keep {
		sum += keep[i]
		keep[i] = sum
	}
	compact(rows, width, keep, threads)
	return sum
}

func compact(rows []uint64, width int, sums []uint64, threads int) {
	n := len(sums) - 1
	if n < 2 {
		return
	}
	h := 1 << (bits.Len64(uint64(n)) - 1)
	rest := n - h
	in := sums[rest] - sums[0]
	at := (uint64(h) - uint64(rest) + in) & uint64(h-1)
	if n >= worth {
		fork(threads,
			func(t int) { compact(rows[:rest*width], width, sums[:rest+1], t) },
			func(t int) { turn(rows[rest*width:], width, sums[rest:], at, t) })
	} else {
		compact(rows[:rest*width], width, sums[:rest+1], 1)
		turn(rows[rest*width:], width, sums[rest:], at, 1)
	}
	swapFrom(rows[:rest*width], rows[h*width:], width, rest, 0, in, 0, threads)
}

// turn moves the kept rows, of a power of two of rows, to a place at and behind it, going
// on from the front where they reach the end.
func turn(rows []uint64, width int, sums []uint64, at uint64, threads int) {
	n := len(sums) - 1
	if n < 2 {
		return
	}
	h := n >> 1
	in := sums[h] - sums[0]
	low := uint64(h - 1)
	if n >= worth {
		fork(threads,
			func(t int) { turn(rows[:h*width], width, sums[:h+1], at&low, t) },
			func(t int) { turn(rows[h*width:], width, sums[h:], (at+in)&low, t) })
	} else if n == 4 {
		turnTwo(rows[:2*width], width, sums[:3], at&1)
		turnTwo(rows[2*width:], width, sums[2:], (at+in)&1)
	} else if n == 2 {
		turnTwo(rows, width, sums, at&1)
		return
	} else {
		turn(rows[:h*width], width, sums[:h+1], at&low, 1)
		turn(rows[h*width:], width, sums[h:], (at+in)&low, 1)
	}
	_, below := bits.Sub64(at&low+in, uint64(h), 0)
	_, left := bits.Sub64(at, uint64(h), 0)
	if h < worth {
		swapRows(rows[:h*width], rows[h*width:], width, h, 0, (at+in)&low, -(below ^ left))
		return
	}
	swapFrom(rows[:h*width], rows[h*width:], width, h, 0, (at+in)&low, -(below ^ left), threads)
}

// turnTwo is turn for two rows.
func turnTwo(rows []uint64, width int, sums []uint64, at uint64) {
	in := sums[1] - sums[0]
	swap(rows[:width], rows[width:2*width], in^at-1)
}

// swapFrom exchanges row i of a with row i of b: under a mask up to a bound, from it on
// under the opposite. The first row of a is called base.
func swapFrom(a, b []uint64, width, n int, base, bound, mask uint64, threads int) {
	if n >= worth {
		if threads > 1 {
			h := n >> 1
			fork(threads,
				func(t int) { swapFrom(a[:h*width], b[:h*width], width, h, base, bound, mask, t) },
				func(t int) { swapFrom(a[h*width:], b[h*width:], width, n-h, base+uint64(h), bound, mask, t) })
			return
		}
	}
	swapRows(a, b, width, n, base, bound, mask)
}

// swapRows is swapFrom on one thread.
func swapRows(a, b []uint64, width, n int, base, bound, mask uint64) {
	b = b[:len(a)]
	if width == 1 {
		for i := range a {
			_, less := bits.Sub64(base+uint64(i), bound, 0)
			d := (a[i] ^ b[i]) & (mask ^ (less - 1))
			a[i] ^= d
			b[i] ^= d
		}
		return
	}
	for i := range n {
		_, less := bits.Sub64(base+uint64(i), bound, 0)
		swap(a[i*width:(i+1)*width], b[i*width:(i+1)*width], mask^(less-1))
	}
}
