package linear

import (
	"context"
	"math"
)

// Components says which principal components are wanted.
type Components struct {
	Count       int  // at most the columns and one less than the rows
	Standardise bool // columns to spread 1, all of which must vary
	Threads     int  // what comes out does not depend on it [1]
}

// Principal finds the directions in which the rows of x differ most, and how much: variances
// are over one less than the rows. The entry of a direction that is largest, the first of
// equals, is positive.
func Principal(ctx context.Context, x Matrix, how Components) (*Model, error) {
	if how.Count < 1 || how.Count > MostVectors {
		return nil, refuseParams("params: %d components, not from 1 to %d", how.Count, MostVectors)
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	if how.Count > x.Cols || how.Count > x.Rows-1 {
		return nil, refuseParams("params: %d components of %d rows of %d columns", how.Count, x.Rows, x.Cols)
	}
	m, err := measure(ctx, x, how.Threads)
	if err != nil {
		return nil, err
	}
	d, scale := x.Cols, ones(x.Cols)
	if how.Standardise {
		if err := m.vary(); err != nil {
			return nil, err
		}
		scale = m.spread
	}
	r, err := triangle(ctx, how.Threads, x.Rows, d, func(i int, row []float64) {
		for j, v := range x.row(i) {
			row[j] = (v - m.mean[j]) / scale[j]
		}
	})
	if err != nil {
		return nil, err
	}
	ended, err := orthogonal(ctx, r, d)
	if err != nil {
		return nil, err
	}
	if !ended {
		return nil, refuse("data: the directions do not come apart")
	}
	model := &Model{
		Kind: PCA, Vectors: Matrix{how.Count, d, r[:how.Count*d]},
		Mean: m.mean, Scale: scale, Variances: make([]float64, how.Count),
	}
	most := dot(r[:d], r[:d])
	for k := range d {
		row := r[k*d : (k+1)*d]
		square := dot(row, row)
		model.Total += square / float64(x.Rows-1)
		if k >= how.Count {
			continue
		}
		if square <= nothing*most || square < smallest {
			return nil, refuse("data: the rows differ in fewer directions than components are wanted")
		}
		model.Variances[k] = square / float64(x.Rows-1)
		norm := math.Sqrt(square)
		if !upright(row) {
			norm = -norm
		}
		for j := range row {
			row[j] /= norm
		}
	}
	if err := finite(model.Vectors.Values, model.Mean, model.Scale, model.Variances, []float64{model.Total}); err != nil {
		return nil, err
	}
	return model, nil
}

// upright reports whether the entry that is largest whatever its sign is positive.
func upright(v []float64) bool {
	best := 0
	for j := range v {
		if math.Abs(v[j]) > math.Abs(v[best]) {
			best = j
		}
	}
	return v[best] > 0
}
