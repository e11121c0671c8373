package linear

import (
	"context"
	"math"
)

// Regression says how coefficients are found; zero fields take the defaults in brackets.
// The intercept is always there and never penalised.
type Regression struct {
	// Penalty is what the sum of the squared coefficients costs: against the sum of squared
	// errors whole, as scikit-learn's Ridge(alpha), and against the sum of the log losses by
	// half, as LogisticRegression(C=1/Penalty) [0: none]. At most MostPenalty.
	Penalty float64
	// Standardise penalises the coefficients of columns of mean 0 and spread 1. What comes out
	// are those of the columns as they came, whatever it says.
	Standardise bool
	// Tolerance ends logistic regression: the last Newton step moved no score of a row by more
	// than that much of 1 and the largest score [1e-8]. From 1e-12 to 1e-2. With a penalty a
	// step ends it too that promises to lower the loss by no more than 1e-18 of 1 and itself.
	Tolerance float64
	Threads   int // what comes out does not depend on it [1]
	// Each hears of each step of logistic regression, from 0 on, and of the loss that it starts
	// with, a row's share of what is minimised, penalty included.
	Each func(step int, loss float64)
}

// MostPenalty is the largest penalty.
const MostPenalty = 1e12

// check refuses options that make no sense, and gives them their defaults.
func (r *Regression) check() error {
	if r.Tolerance == 0 {
		r.Tolerance = 1e-8
	}
	switch {
	case !(r.Penalty >= 0 && r.Penalty <= MostPenalty) || r.Penalty > 0 && r.Penalty < 1/MostPenalty:
		return refuseParams("params: penalty: neither 0 nor from %g to %g", 1/MostPenalty, MostPenalty)
	case !(r.Tolerance >= 1e-12 && r.Tolerance <= 1e-2):
		return refuseParams("params: tolerance: not from 1e-12 to 1e-2")
	}
	return nil
}

// costs is the penalty of each coefficient when columns have spread 1.
func (r *Regression) costs(m moments) []float64 {
	costs := make([]float64, len(m.spread))
	for j, s := range m.spread {
		costs[j] = r.Penalty
		if !r.Standardise {
			costs[j] = r.Penalty / s / s
		}
	}
	return costs
}

// Least fits y by least squares, with a penalty by ridge regression. y has one number for
// each row of x.
func Least(ctx context.Context, x Matrix, y []float64, how Regression) (*Model, error) {
	if err := how.check(); err != nil {
		return nil, err
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	if len(y) != x.Rows {
		return nil, refuse("data: %d targets for %d rows", len(y), x.Rows)
	}
	for i, v := range y {
		if !datum(v) {
			return nil, refuse("data: row %d: the target is no finite number up to %g", i+1, Largest)
		}
	}
	m, err := measure(ctx, x, how.Threads)
	if err == nil {
		err = m.vary()
	}
	if err != nil {
		return nil, err
	}
	target, err := measure(ctx, Matrix{x.Rows, 1, y}, how.Threads)
	if err != nil {
		return nil, err
	}
	middle, unit := target.mean[0], target.spread[0]
	if unit < smallest {
		unit = 1
	}
	d, rows, costs := x.Cols, x.Rows, how.costs(m)
	if how.Penalty > 0 {
		rows += d // each penalty is a row of its own
	}
	r, err := triangle(ctx, how.Threads, rows, d+1, func(i int, row []float64) {
		if i >= x.Rows {
			clear(row)
			row[i-x.Rows] = math.Sqrt(costs[i-x.Rows])
			return
		}
		for j, v := range x.row(i) {
			row[j] = (v - m.mean[j]) / m.spread[j]
		}
		row[d] = (y[i] - middle) / unit
	})
	if err != nil {
		return nil, err
	}
	w, ok := solve(r, d+1)
	if !ok {
		return nil, refuse("data: columns depend on each other, or there are too few rows: give a larger penalty or fewer columns")
	}
	for j := range w {
		w[j] *= unit
	}
	model := &Model{Kind: Line, Vectors: Matrix{1, d, w}, Offsets: []float64{middle}}
	return model.unscale(m)
}

// unscale brings coefficients for columns of mean 0 and spread 1 to the columns as they came.
func (m *Model) unscale(by moments) (*Model, error) {
	for k := range m.Offsets {
		for j, v := range m.Vectors.row(k) {
			v /= by.spread[j]
			m.Vectors.row(k)[j] = v
			m.Offsets[k] -= v * by.mean[j]
		}
	}
	if err := finite(m.Vectors.Values, m.Offsets); err != nil {
		return nil, err
	}
	return m, nil
}
