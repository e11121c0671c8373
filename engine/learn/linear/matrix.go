package linear

import (
	"context"
	"math"

	"tacit/fault"
	"tacit/parallel"
)

// What a fit takes at most.
const (
	MostRows     = 1 << 24
	MostFeatures = 1024
	MostValues   = 1 << 28 // of a matrix
	MostVectors  = 1024    // clusters, components or classes
	MostWeights  = 2048    // of logistic regression: classes, or 1 of two, times features and 1
	Largest      = 1e100   // absolute value of a datum
)

// smallest is the spread below which a column counts as constant; so does one whose spread
// is no more than steady of its mean, which rounding alone can make.
const (
	smallest = 1e-100
	steady   = 1e-12
)

// A Matrix is a table of numbers, row after row.
type Matrix struct {
	Rows, Cols int
	Values     []float64 // Rows times Cols of them
}

func (m Matrix) row(i int) []float64 { return m.Values[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// check refuses a matrix that is no table, too large, or holds what is no datum.
func (m Matrix) check() error {
	switch {
	case m.Rows < 1 || m.Cols < 1:
		return refuse("data: there are no rows or no columns")
	case m.Rows > MostRows || m.Cols > MostFeatures || m.Rows*m.Cols > MostValues:
		return refuse("data: %d rows of %d columns, at most %d, %d and %d values", m.Rows, m.Cols, MostRows, MostFeatures, MostValues)
	case len(m.Values) != m.Rows*m.Cols:
		return refuse("data: %d values are not %d rows of %d columns", len(m.Values), m.Rows, m.Cols)
	}
	for i, v := range m.Values {
		if !datum(v) {
			return refuse("data: row %d, column %d: no finite number up to %g", i/m.Cols+1, i%m.Cols+1, Largest)
		}
	}
	return nil
}

// datum reports whether v is a number that may be computed with.
func datum(v float64) bool { return math.Abs(v) <= Largest } // false of NaN

func refuse(format string, args ...any) error {
	return fault.New(fault.LearnData, "linear: "+format, args...)
}

func refuseParams(format string, args ...any) error {
	return fault.New(fault.LearnParams, "linear: "+format, args...)
}

// finite refuses what overflowed.
func finite(sets ...[]float64) error {
	for _, set := range sets {
		for _, v := range set {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return refuse("data: the result is beyond what a number can hold")
			}
		}
	}
	return nil
}

// A split cuts rows into blocks; only the number of rows and what a block costs decide it.
type split struct{ rows, size, count int }

// mostBlocks is how many partial sums there are at most, and so how many threads help.
const mostBlocks = 32

func cut(rows, most int) split {
	size := max(1024, (rows+most-1)/most)
	return split{rows, size, (rows + size - 1) / size}
}

// each calls do once for each block, by so many goroutines, and returns when all are done,
// or early with what ended ctx. A panic in one of them is one here.
func (s split) each(ctx context.Context, threads int, do func(block, from, to int)) error {
	return parallel.Do(ctx, threads, s.count, func(_, b int) { do(b, b*s.size, min((b+1)*s.size, s.rows)) })
}

// strip is how many rows are done at once, before ctx is asked again.
const strip = 1024

// sum adds up what do makes of the blocks, in their order; do adds to into, strip by strip.
func (s split) sum(ctx context.Context, threads, width int, do func(into []float64, from, to int)) ([]float64, error) {
	parts := make([][]float64, s.count)
	err := s.each(ctx, threads, func(b, from, to int) {
		parts[b] = make([]float64, width)
		for ; from < to && ctx.Err() == nil; from += strip {
			do(parts[b], from, min(from+strip, to))
		}
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		for i, v := range p {
			parts[0][i] += v
		}
	}
	return parts[0], nil
}

// moments are the mean of each column and its spread, the standard deviation over all rows.
type moments struct{ mean, spread []float64 }

func measure(ctx context.Context, x Matrix, threads int) (moments, error) {
	blocks := cut(x.Rows, mostBlocks)
	mean, err := blocks.sum(ctx, threads, x.Cols, func(into []float64, from, to int) {
		for i := from; i < to; i++ {
			for j, v := range x.row(i) {
				into[j] += v
			}
		}
	})
	if err != nil {
		return moments{}, err
	}
	for j := range mean {
		mean[j] /= float64(x.Rows)
	}
	spread, err := blocks.sum(ctx, threads, x.Cols, func(into []float64, from, to int) {
		for i := from; i < to; i++ {
			for j, v := range x.row(i) {
				into[j] += (v - mean[j]) * (v - mean[j])
			}
		}
	})
	if err != nil {
		return moments{}, err
	}
	for j := range spread {
		spread[j] = math.Sqrt(spread[j] / float64(x.Rows))
	}
	return moments{mean, spread}, nil
}

// vary refuses a column that is the same in all rows.
func (m moments) vary() error {
	for j, s := range m.spread {
		if s < smallest || s <= steady*math.Abs(m.mean[j]) {
			return refuse("data: column %d does not vary", j+1)
		}
	}
	return nil
}

// ones are n times 1.
func ones(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// add adds f times b to a.
func add(a []float64, f float64, b []float64) {
	b = b[:len(a)]
	for i := range a {
		a[i] += f * b[i]
	}
}
