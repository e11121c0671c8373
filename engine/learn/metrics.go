package learn

import (
	"context"
	"math"
	"slices"
)

// A score is how well a model does on some rows; a number that the task does not have, or
// that the rows do not give, is left out.
type score struct {
	Rows      int      `json:"rows"`
	Accuracy  *float64 `json:"accuracy,omitempty"`
	AUC       *float64 `json:"auc,omitempty"`     // of two classes, both of which occur
	LogLoss   *float64 `json:"logloss,omitempty"` // natural logarithms, a row's share
	RMSE      *float64 `json:"rmse,omitempty"`
	MAE       *float64 `json:"mae,omitempty"`
	R2        *float64 `json:"r2,omitempty"`        // of labels that vary
	Inertia   *float64 `json:"inertia,omitempty"`   // the sum of squared distances to the nearest centre
	Explained *float64 `json:"explained,omitempty"` // the share of the variance about the model's mean
}

// measure applies a model to rows and says how well it does.
func (r *run) measure(ctx context.Context, m fitted, d *data) (*score, error) {
	if err := r.budget.hold(24 * product(d.rows, m.width())); err != nil {
		return nil, err
	}
	defer r.budget.free(24 * product(d.rows, m.width()))
	out, err := m.apply(ctx, r, d)
	if err != nil {
		return nil, err
	}
	s := &score{Rows: d.rows}
	set := func(to **float64, v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			*to = &v
		}
	}
	switch n := m.width(); m.task() {
	case regression:
		set(&s.RMSE, rmse(out, d.y))
		mae, mean, total, rest := 0.0, 0.0, 0.0, 0.0
		for i, y := range d.y {
			mae += math.Abs(out[i] - y)
			mean += y
			rest += (out[i] - y) * (out[i] - y)
		}
		mean /= float64(d.rows)
		for _, y := range d.y {
			total += (y - mean) * (y - mean)
		}
		set(&s.MAE, mae/float64(d.rows))
		set(&s.R2, 1-rest/total)
	case classification:
		right := 0
		for i, y := range d.y {
			if largest(out[i*n:(i+1)*n]) == int(y) {
				right++
			}
		}
		set(&s.Accuracy, float64(right)/float64(d.rows))
		set(&s.LogLoss, logLoss(out, n, d.y))
		if n == 2 {
			set(&s.AUC, auc(out, d.y))
		}
	case clustering:
		sum := 0.0
		for i := range d.rows {
			sum += slices.Min(out[i*n : (i+1)*n])
		}
		set(&s.Inertia, sum)
	case projection:
		set(&s.Explained, m.(formula).explained(d, out))
	}
	return s, nil
}

// explained is the share of the squares of rows about the model's mean that its components
// have.
func (f formula) explained(d *data, out []float64) float64 {
	all, part := 0.0, 0.0
	for i := range d.rows {
		for j, v := range d.row(i) {
			v = (v - f.m.Mean[j]) / f.m.Scale[j]
			all += v * v
		}
	}
	for _, v := range out {
		part += v * v
	}
	return part / all
}

func rmse(p, y []float64) float64 {
	sum := 0.0
	for i, v := range y {
		sum += (p[i] - v) * (p[i] - v)
	}
	return math.Sqrt(sum / float64(len(y)))
}

// logLoss is the mean of the logarithms of the probabilities that rows' own classes have,
// none of which counts as less than 2^-52.
func logLoss(p []float64, n int, y []float64) float64 {
	sum := 0.0
	for i, v := range y {
		sum -= math.Log(min(max(p[i*n+int(v)], 0x1p-52), 1-0x1p-52))
	}
	return sum / float64(len(y))
}

// largest is where the largest number is, the first of equals.
func largest(v []float64) int {
	at := 0
	for i, x := range v {
		if x > v[at] {
			at = i
		}
	}
	return at
}

// auc is the chance that of a row of either class that of the second has the larger
// probability of it; equal ones count half. NaN if a class does not occur.
func auc(p []float64, y []float64) float64 {
	order := make([]int32, len(y))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch d := p[2*a+1] - p[2*b+1]; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	ranks, ones := 0.0, 0.0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && p[2*order[j]+1] == p[2*order[i]+1] {
			j++
		}
		for _, row := range order[i:j] {
			if y[row] == 1 {
				ranks += float64(i+j+1) / 2
				ones++
			}
		}
		i = j
	}
	zeros := float64(len(y)) - ones
	return (ranks - ones*(ones+1)/2) / (ones * zeros)
}
