package linear

import (
	"context"
	"math"
)

// reflect brings a, of so many rows of width numbers, no fewer rows than numbers, to an
// upper triangle by Householder's reflections. Where order is given, it takes of its first
// columns, as many as order has, always the one that has most left, and notes whence it came.
func reflect(a []float64, rows, width int, order []int) {
	sums := make([]float64, width)
	for k := range width {
		if k < len(order) {
			bring(a, rows, width, k, order, sums)
		}
		var square float64
		for i := k; i < rows; i++ {
			square += a[i*width+k] * a[i*width+k]
		}
		if square < smallest*smallest {
			for i := k; i < rows; i++ {
				a[i*width+k] = 0
			}
			continue
		}
		norm, top := math.Sqrt(square), a[k*width+k]
		if top > 0 {
			norm = -norm
		}
		a[k*width+k] = top - norm
		right := sums[k+1:]
		clear(right)
		for i := k; i < rows; i++ {
			add(right, a[i*width+k], a[i*width+k+1:(i+1)*width])
		}
		scale := 1 / (square - top*norm)
		for j := range right {
			right[j] *= scale
		}
		for i := k; i < rows; i++ {
			add(a[i*width+k+1:(i+1)*width], -a[i*width+k], right)
			a[i*width+k] = 0
		}
		a[k*width+k] = norm
	}
}

// bring swaps column k with the one behind it that has most left from row k on.
func bring(a []float64, rows, width, k int, order []int, sums []float64) {
	clear(sums)
	for i := k; i < rows; i++ {
		for j := k; j < len(order); j++ {
			sums[j] += a[i*width+j] * a[i*width+j]
		}
	}
	best := k
	for j := k + 1; j < len(order); j++ {
		if sums[j] > sums[best] {
			best = j
		}
	}
	if best == k {
		return
	}
	order[k], order[best] = order[best], order[k]
	for i := range rows {
		a[i*width+k], a[i*width+best] = a[i*width+best], a[i*width+k]
	}
}

// triangle is the upper triangle R, width by width, for which R'R is X'X, X being the rows
// that fill writes. It holds twice width squared numbers for each thread, besides one
// triangle for each block.
func triangle(ctx context.Context, threads, rows, width int, fill func(i int, row []float64)) ([]float64, error) {
	blocks := cut(rows, max(1, min(mostBlocks, (1<<23)/(width*width))))
	parts := make([][]float64, blocks.count)
	step := max(256, width)
	err := blocks.each(ctx, threads, func(b, from, to int) {
		a := make([]float64, (width+step)*width)
		for from < to && ctx.Err() == nil {
			n := min(step, to-from)
			for i := range n {
				fill(from+i, a[(width+i)*width:(width+i+1)*width])
			}
			reflect(a, width+n, width, nil)
			from += n
		}
		parts[b] = a[: width*width : width*width]
	})
	if err != nil {
		return nil, err
	}
	a := make([]float64, 2*width*width)
	copy(a, parts[0])
	for _, p := range parts[1:] {
		copy(a[width*width:], p)
		reflect(a, 2*width, width, nil)
	}
	return a[:width*width], nil
}

// solve finds the w for which the first width-1 columns of the triangle r times w is its
// last, or reports that these columns depend on each other.
func solve(r []float64, width int) ([]float64, bool) {
	n := width - 1
	norms := make([]float64, n)
	for i := range width {
		for j := range n {
			norms[j] += r[i*width+j] * r[i*width+j]
		}
	}
	for j := range norms {
		if norms[j] = math.Sqrt(norms[j]); norms[j] == 0 {
			return nil, false
		}
		for i := range width {
			r[i*width+j] /= norms[j]
		}
	}
	order := make([]int, n)
	for j := range order {
		order[j] = j
	}
	reflect(r, width, width, order)
	w := make([]float64, n)
	for k := n - 1; k >= 0; k-- {
		row := r[k*width : (k+1)*width]
		if math.Abs(row[k]) <= dependent {
			return nil, false
		}
		v := row[n]
		for j := k + 1; j < n; j++ {
			v -= row[j] * w[order[j]]
		}
		w[order[k]] = v / row[k]
	}
	for j := range w {
		w[j] /= norms[j]
	}
	return w, true
}

// dependent is what a column of length 1 has left beside the others when it counts as one
// that depends on them.
const dependent = 1e-10

// cholesky solves h x = g in place of g, h being symmetric, n by n, of which the lower
// triangle is read and overwritten. It reports whether h is positive definite with room for
// rounding.
func cholesky(ctx context.Context, h []float64, n int, g []float64) bool {
	scale := make([]float64, n)
	for i := range n {
		d := h[i*n+i]
		if !(d > 0) || math.IsInf(d, 1) {
			return false
		}
		scale[i] = 1 / math.Sqrt(d)
	}
	for i := range n {
		if ctx.Err() != nil {
			return false
		}
		row := h[i*n : i*n+i+1]
		for j := range i {
			row[j] = (row[j]*scale[i]*scale[j] - dot(row[:j], h[j*n:j*n+j])) / h[j*n+j]
		}
		rest := 1 - dot(row[:i], row[:i])
		if !(rest > 1e-13) {
			return false
		}
		row[i] = math.Sqrt(rest)
	}
	for i := range n {
		g[i] = (g[i]*scale[i] - dot(h[i*n:i*n+i], g[:i])) / h[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		g[i] /= h[i*n+i]
		add(g[:i], -g[i], h[i*n:i*n+i])
	}
	for i := range g {
		g[i] *= scale[i]
	}
	return true
}

// orthogonal turns the rows of r, n by n, by Jacobi's rotations until each stands upright on
// all others; what their squares sum up to stays. It reports whether that came to an end.
func orthogonal(ctx context.Context, r []float64, n int) (bool, error) {
	const sweeps = 60
	for range sweeps {
		var most float64
		for i := range n {
			most = max(most, dot(r[i*n:(i+1)*n], r[i*n:(i+1)*n]))
		}
		turned := false
		for i := range n {
			if ctx.Err() != nil {
				return false, context.Cause(ctx)
			}
			for j := i + 1; j < n; j++ {
				turned = rotate(r[i*n:(i+1)*n], r[j*n:(j+1)*n], most*nothing) || turned
			}
		}
		if !turned {
			return true, nil
		}
	}
	return false, nil
}

// nothing is the square of a row, relative to the largest, that is rounding only.
const nothing = 1e-28

// rotate turns two rows upright on each other, and reports whether they were not. The longer
// becomes the first.
func rotate(p, q []float64, least float64) bool {
	pp, qq, pq := dot(p, p), dot(q, q), dot(p, q)
	if pp < qq {
		for i := range p {
			p[i], q[i] = q[i], -p[i]
		}
		pp, qq, pq = qq, pp, -pq
	}
	if qq <= least || math.Abs(pq) <= 1e-15*math.Sqrt(pp)*math.Sqrt(qq)*math.Sqrt(float64(len(p))) {
		return false
	}
	z := (qq - pp) / (2 * pq)
	t := 1 / (math.Abs(z) + math.Sqrt(1+z*z))
	if math.IsInf(z*z, 1) {
		t = 1 / (2 * math.Abs(z))
	}
	if z < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(1+t*t)
	s := c * t
	for i, a := range p {
		b := q[i]
		p[i], q[i] = c*a-s*b, s*a+c*b
	}
	return true
}
