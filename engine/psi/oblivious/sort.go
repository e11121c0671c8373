package oblivious

import "math/bits"

// Sizes from which work is worth a goroutine, and below which it is done in a cache.
const (
	worth = 1 << 13
	block = 1 << 12
)

// Sort sorts records by key and tag, with Batcher's bitonic network: n/4 (log n)^2
// exchanges. Of rows, width words go along with each record.
func Sort(recs []Record, rows []uint64, width, threads int) {
	n := len(recs)
	if n < 2 {
		return
	}
	m := half(n)
	if n >= worth {
		fork(threads,
			func(t int) { Sort(recs[:m], rows[:m*width], width, t) },
			func(t int) { Sort(recs[m:], rows[m*width:], width, t) })
	} else {
		Sort(recs[:m], rows[:m*width], width, 1)
		Sort(recs[m:], rows[m*width:], width, 1)
	}
	join(recs, rows, width, threads)
}

// Merge sorts records of which those below mid and those from mid on are sorted, in
// n/2 log n exchanges.
func Merge(recs []Record, mid int, rows []uint64, width, threads int) {
	n := len(recs)
	if n < 2 {
		return
	}
	if mid == half(n) {
		join(recs, rows, width, threads)
		return
	}
	// Backwards and then forwards is bitonic, wherever they meet.
	reverse(recs[:mid], rows[:mid*width], width)
	clean(recs, rows, width, threads)
}

// half is the largest power of two below n, which is at least 2.
func half(n int) int { return 1 << (bits.Len64(uint64(n-1)) - 1) }

func reverse(recs []Record, rows []uint64, width int) {
	n := len(recs)
	for i := range n >> 1 {
		j := n - 1 - i
		x, y := recs[i], recs[j]
		recs[i], recs[j] = y, x
		for w := range width {
			p, q := i*width+w, j*width+w
			u, v := rows[p], rows[q]
			rows[p], rows[q] = v, u
		}
	}
}

// join merges two sorted parts, the first of which is half: its first stage compares the
// first with the last, the second with the last but one. What stands behind the end of the
// second part counts as larger than anything, and so never moves.
func join(recs []Record, rows []uint64, width, threads int) {
	n := len(recs)
	m := half(n)
	flip(recs, 2*m-n, m, rows, width, threads)
	if n >= worth {
		fork(threads,
			func(t int) { clean(recs[:m], rows[:m*width], width, t) },
			func(t int) { clean(recs[m:], rows[m*width:], width, t) })
		return
	}
	clean(recs[:m], rows[:m*width], width, 1)
	clean(recs[m:], rows[m*width:], width, 1)
}

// flip exchanges record i with record 2m-1-i, for i from one bound up to another.
func flip(recs []Record, from, to int, rows []uint64, width, threads int) {
	n := to - from
	if n >= worth {
		if threads > 1 {
			fork(threads,
				func(t int) { flip(recs, from, from+n>>1, rows, width, t) },
				func(t int) { flip(recs, from+n>>1, to, rows, width, t) })
			return
		}
	}
	last := 2*half(len(recs)) - 1
	if width > 0 {
		for i := from; i < to; i++ {
			exchangeRow(recs, i, last-i, rows, width)
		}
		return
	}
	a := recs[from:to]
	b := recs[last-to+1 : last-from+1]
	top := len(b) - 1
	for i := range a {
		x, y := a[i], b[top-i]
		a[i], b[top-i] = trade(x, y, after(x, y))
	}
}

// clean sorts records that are bitonic: depth first, so that what fits a cache is done
// there to its end.
func clean(recs []Record, rows []uint64, width, threads int) {
	n := len(recs)
	if n < 2 {
		return
	}
	m := half(n)
	if width == 0 {
		if n == 2*m {
			cleanPower(recs, threads)
			return
		}
	}
	stage(recs[:n-m], recs[m:], rows[:(n-m)*width], rows[m*width:], width, threads)
	if n >= worth {
		fork(threads,
			func(t int) { clean(recs[:m], rows[:m*width], width, t) },
			func(t int) { clean(recs[m:], rows[m*width:], width, t) })
		return
	}
	clean(recs[:m], rows[:m*width], width, 1)
	clean(recs[m:], rows[m*width:], width, 1)
}

// cleanPower is clean for a power of two of bare records, two stages at a time.
func cleanPower(recs []Record, threads int) {
	n := len(recs)
	if n <= block {
		cleanBlock(recs)
		return
	}
	q := n >> 2
	four(recs[:q], recs[q:2*q], recs[2*q:3*q], recs[3*q:], threads)
	if n < worth {
		cleanPower(recs[:q], 1)
		cleanPower(recs[q:2*q], 1)
		cleanPower(recs[2*q:3*q], 1)
		cleanPower(recs[3*q:], 1)
		return
	}
	fork(threads,
		func(t int) {
			fork(t,
				func(t int) { cleanPower(recs[:q], t) },
				func(t int) { cleanPower(recs[q:2*q], t) })
		},
		func(t int) {
			fork(t,
				func(t int) { cleanPower(recs[2*q:3*q], t) },
				func(t int) { cleanPower(recs[3*q:], t) })
		})
}

// cleanBlock does all stages of a power of two that fits a cache.
func cleanBlock(recs []Record) {
	n := len(recs)
	for n > 4 {
		q := n >> 2
		for at := 0; at < len(recs); at += n {
			quarters(recs[at:at+q], recs[at+q:at+2*q], recs[at+2*q:at+3*q], recs[at+3*q:at+n])
		}
		n = q
	}
	if n == 4 {
		last4(recs)
	}
	if n == 2 {
		last2(recs)
	}
}

// stage exchanges each record of a with the one of b beside it.
func stage(a, b []Record, rowsA, rowsB []uint64, width, threads int) {
	n := len(a)
	if n >= worth {
		if threads > 1 {
			h := n >> 1
			fork(threads,
				func(t int) { stage(a[:h], b[:h], rowsA[:h*width], rowsB[:h*width], width, t) },
				func(t int) { stage(a[h:], b[h:], rowsA[h*width:], rowsB[h*width:], width, t) })
			return
		}
	}
	if width == 0 {
		exchange(a, b)
		return
	}
	for i := range a {
		x, y := a[i], b[i]
		m := after(x, y)
		a[i], b[i] = trade(x, y, m)
		swap(rowsA[i*width:(i+1)*width], rowsB[i*width:(i+1)*width], m)
	}
}

// swap exchanges two rows under a mask.
func swap(a, b []uint64, mask uint64) {
	b = b[:len(a)]
	for i := range a {
		d := (a[i] ^ b[i]) & mask
		a[i] ^= d
		b[i] ^= d
	}
}

// exchangeRow puts records i and j, and their rows, in order.
func exchangeRow(recs []Record, i, j int, rows []uint64, width int) {
	x, y := recs[i], recs[j]
	m := after(x, y)
	recs[i], recs[j] = trade(x, y, m)
	swap(rows[i*width:(i+1)*width], rows[j*width:(j+1)*width], m)
}

// exchange puts each record of a and the one of b beside it in order.
func exchange(a, b []Record) {
	b = b[:len(a)]
	for i := range a {
		x, y := a[i], b[i]
		a[i], b[i] = trade(x, y, after(x, y))
	}
}

// four does two stages over four quarters: each record is read and written once for two
// comparisons.
func four(a, b, c, d []Record, threads int) {
	n := len(a)
	if n >= worth {
		if threads > 1 {
			h := n >> 1
			fork(threads,
				func(t int) { four(a[:h], b[:h], c[:h], d[:h], t) },
				func(t int) { four(a[h:], b[h:], c[h:], d[h:], t) })
			return
		}
	}
	quarters(a, b, c, d)
}

// quarters is four on one thread. It is apart, as are others like it, because what a
// function shares with a goroutine lives on the heap.
func quarters(a, b, c, d []Record) {
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	for i := range a {
		w, x, y, z := a[i], b[i], c[i], d[i]
		w, y = trade(w, y, after(w, y))
		x, z = trade(x, z, after(x, z))
		w, x = trade(w, x, after(w, x))
		y, z = trade(y, z, after(y, z))
		a[i], b[i], c[i], d[i] = w, x, y, z
	}
}

// last4 does the last two stages, of records side by side.
func last4(recs []Record) {
	for i := 0; i+3 < len(recs); i += 4 {
		g := recs[i : i+4 : i+4]
		w, x, y, z := g[0], g[1], g[2], g[3]
		w, y = trade(w, y, after(w, y))
		x, z = trade(x, z, after(x, z))
		w, x = trade(w, x, after(w, x))
		y, z = trade(y, z, after(y, z))
		g[0], g[1], g[2], g[3] = w, x, y, z
	}
}

// last2 does the last stage.
func last2(recs []Record) {
	for i := 0; i+1 < len(recs); i += 2 {
		recs[i], recs[i+1] = trade(recs[i], recs[i+1], after(recs[i], recs[i+1]))
	}
}

// after is all ones if x comes after y.
func after(x, y Record) uint64 {
	_, c := bits.Sub64(y.Tag, x.Tag, 0)
	_, c = bits.Sub64(y.Lo, x.Lo, c)
	_, c = bits.Sub64(y.Hi, x.Hi, c)
	return -c
}

// trade exchanges two records under a mask.
func trade(x, y Record, mask uint64) (Record, Record) {
	h, l, t := (x.Hi^y.Hi)&mask, (x.Lo^y.Lo)&mask, (x.Tag^y.Tag)&mask
	return Record{x.Hi ^ h, x.Lo ^ l, x.Tag ^ t}, Record{y.Hi ^ h, y.Lo ^ l, y.Tag ^ t}
}
