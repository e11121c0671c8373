package learn

import (
	"context"

	"tacit/engine/learn/trees"
)

// Trees are how trees are boosted, by the names that XGBoost has for it.
type Trees struct {
	Objective       string   `json:"objective,omitempty"`        // [of two classes binary:logistic, of more multi:softprob, else reg:squarederror]
	NumClass        int      `json:"num_class,omitempty"`        // of multi:softprob, if the parameters do not name the classes
	Estimators      *int     `json:"n_estimators,omitempty"`     // [100]
	MaxDepth        *int     `json:"max_depth,omitempty"`        // [6]
	LearningRate    *float64 `json:"learning_rate,omitempty"`    // [0.3]
	Lambda          *float64 `json:"reg_lambda,omitempty"`       // [1]
	Gamma           float64  `json:"gamma,omitempty"`            // [0]
	MinChildWeight  *float64 `json:"min_child_weight,omitempty"` // [1]
	Subsample       *float64 `json:"subsample,omitempty"`        // [1]
	ColsampleBytree *float64 `json:"colsample_bytree,omitempty"` // [1]
	BaseScore       *float64 `json:"base_score,omitempty"`       // [the mean of the labels]
}

// The objectives, as XGBoost calls them.
const (
	squaredError   = "reg:squarederror"
	binaryLogistic = "binary:logistic"
	softProb       = "multi:softprob"
)

// boosted is the kind of Trees.
type boosted struct{}

func (boosted) given(p *Params) bool       { return p.Trees != nil }
func (boosted) labelled() bool             { return true }
func (boosted) missing() bool              { return true }
func (boosted) ranks() bool                { return true }
func (boosted) climbs() bool               { return true }
func (boosted) noisy(*Params, uint32) bool { return false }
func or[T any](v **T, d T) {
	if *v == nil {
		*v = &d
	}
}
func within[T int | float64](v, a, b T) bool { return v >= a && v <= b }

func (boosted) check(p *Params) error {
	if p.Trees == nil {
		p.Trees = &Trees{}
	}
	t := p.Trees
	or(&t.Estimators, 100)
	or(&t.MaxDepth, 6)
	or(&t.LearningRate, 0.3)
	or(&t.Lambda, 1)
	or(&t.MinChildWeight, 1)
	or(&t.Subsample, 1)
	or(&t.ColsampleBytree, 1)
	if t.Objective == "" {
		switch {
		case len(p.Classes) == 2:
			t.Objective = binaryLogistic
		case len(p.Classes) > 2 || t.NumClass > 2:
			t.Objective = softProb
		default:
			t.Objective = squaredError
		}
	}
	if err := oneOf("trees.objective", t.Objective, squaredError, binaryLogistic, softProb); err != nil {
		return err
	}
	classes := len(p.Classes)
	switch {
	case t.Objective == squaredError && classes > 0:
		return refuse("classes: trees.objective %s learns a number", squaredError)
	case t.Objective == binaryLogistic && classes > 2:
		return refuse("classes: trees.objective %s has two", binaryLogistic)
	case t.NumClass != 0 && t.Objective != softProb:
		return refuse("trees.num_class: it is for trees.objective %s", softProb)
	case t.NumClass != 0 && classes > 0 && t.NumClass != classes:
		return refuse("trees.num_class: it is not how many classes there are")
	case t.Objective == softProb && classes == 0 && !within(t.NumClass, 2, mostClasses):
		return refuse("trees.num_class: say 2 to %d, or name the classes", mostClasses)
	case !within(*t.Estimators, 1, 100_000) || *t.Estimators*t.outputs(p) > 1<<20:
		return refuse("trees.n_estimators: want 1 to 100,000, and at most 1,048,576 trees of all classes")
	case !within(*t.MaxDepth, 1, 16):
		return refuse("trees.max_depth: want 1 to 16")
	}
	for _, s := range []struct {
		name string
		v    float64
	}{{"learning_rate", *t.LearningRate}, {"subsample", *t.Subsample}, {"colsample_bytree", *t.ColsampleBytree}} {
		if !(s.v > 0 && s.v <= 1) {
			return refuse("trees.%s: want a number above 0, at most 1", s.name)
		}
	}
	for _, s := range []struct {
		name string
		v    float64
	}{{"reg_lambda", *t.Lambda}, {"gamma", t.Gamma}, {"min_child_weight", *t.MinChildWeight}} {
		if !within(s.v, 0, 1e30) {
			return refuse("trees.%s: want a number from 0 to 1e30", s.name)
		}
	}
	if b := t.BaseScore; b != nil && (!within(*b, -1e30, 1e30) || t.Objective == binaryLogistic && !(*b > 0 && *b < 1)) {
		return refuse("trees.base_score: want a number of at most 1e30, of %s a probability above 0 and below 1", binaryLogistic)
	}
	return nil
}

func (t *Trees) outputs(p *Params) int {
	if t.Objective != softProb {
		return 1
	}
	return max(t.NumClass, len(p.Classes))
}

func (boosted) classes(p *Params, d *data) ([]string, error) {
	n := 2
	switch {
	case p.Classes != nil:
		return p.Classes, nil
	case p.Trees.Objective == squaredError:
		return nil, nil
	case p.Trees.Objective == softProb:
		n = p.Trees.NumClass
	}
	return numbered(n), d.counted(n)
}

func (boosted) cost(p *Params, rows, cols int) (fuel, memory int64) {
	t := p.Trees
	rounds := *t.Estimators * t.outputs(p)
	// Each level of a tree sums at most half of the rows beside its first.
	fuel = product(rows, cols, rounds, *t.MaxDepth+1)/2 + product(rows, cols, 16)
	how := trees.Params{Objective: trees.Squared, Rounds: rounds, Depth: *t.MaxDepth, Threads: 1}
	return fuel, how.Need(rows, cols) + product(rows, t.outputs(p), 32)
}

func (boosted) fit(ctx context.Context, t *training) (fitted, error) {
	s := t.p.Trees
	x, err := t.singles(t.learned)
	if err != nil {
		return nil, err
	}
	y := make([]float32, t.learned.rows)
	for i, v := range t.learned.y {
		y[i] = float32(v)
	}
	t.gains = make([]float64, t.learned.cols)
	how := trees.Params{
		Rounds: *s.Estimators, Depth: *s.MaxDepth, LearningRate: *s.LearningRate, Lambda: *s.Lambda, Gamma: s.Gamma,
		MinChildWeight: *s.MinChildWeight, Subsample: *s.Subsample, ColumnSample: *s.ColsampleBytree, Base: s.BaseScore,
		Seed: t.p.Seed, Memory: 1 << 62, Threads: t.threads, Gains: t.gains,
	}
	switch s.Objective {
	case squaredError:
		how.Objective = trees.Squared
	case binaryLogistic:
		how.Objective = trees.Logistic
	case softProb:
		how.Objective, how.Classes = trees.Softmax, s.outputs(t.p)
	}
	m, err := trees.Train(ctx, trees.Matrix{Rows: t.learned.rows, Cols: t.learned.cols, Values: x}, y, how)
	if err != nil {
		return nil, err
	}
	return forest{m}, t.stages(ctx, m)
}

// stages has the loss after each round written down, if anybody gets it.
func (t *training) stages(ctx context.Context, m *trees.Model) error {
	if !t.wanted(Curve) && !t.wanted(Log) {
		return nil
	}
	rounds, _ := m.Rounds()
	t.curve = make([]round, rounds)
	for i, d := range []*data{t.learned, t.validated} {
		if d == nil {
			continue
		}
		x, err := t.singles(d)
		if err != nil {
			return err
		}
		if err := m.Stages(ctx, trees.Matrix{Rows: d.rows, Cols: d.cols, Values: x}, t.threads, func(at int, predictions []float64) {
			loss := 0.0
			r := &t.curve[at]
			if r.metric = "logloss"; m.Objective() == trees.Squared {
				r.metric = "rmse"
				loss = rmse(predictions, d.y)
			} else {
				loss = logLoss(expand(predictions, m.Outputs()), max(2, m.Outputs()), d.y)
			}
			if r.number = at + 1; i == 0 {
				r.learned = loss
			} else {
				r.validated, r.hasValidated = loss, true
			}
			t.hear("curve", int64(at+1), int64(rounds))
		}); err != nil {
			return err
		}
	}
	return nil
}

// A forest is a model of trees.
type forest struct{ m *trees.Model }

func (f forest) takes() int              { return f.m.Features() }
func (f forest) missing() bool           { return true }
func (f forest) work(rows int) int64     { return product(rows, f.m.Steps()) }
func (f forest) encode() ([]byte, error) { return f.m.MarshalJSON() }

func (f forest) task() task {
	if f.m.Objective() == trees.Squared {
		return regression
	}
	return classification
}

func (f forest) width() int {
	if f.m.Objective() == trees.Logistic {
		return 2
	}
	return f.m.Outputs()
}

func (f forest) apply(ctx context.Context, r *run, d *data) ([]float64, error) {
	x, err := r.singles(d)
	if err != nil {
		return nil, err
	}
	const most = 1 << 14 // rows between two looks at the context
	k := f.m.Outputs()
	out := make([]float64, 0, d.rows*k)
	for from := 0; from < d.rows; from += most {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		n := min(most, d.rows-from)
		p, err := f.m.PredictBatch(trees.Matrix{Rows: n, Cols: d.cols, Values: x[from*d.cols : (from+n)*d.cols]}, r.threads)
		if err != nil {
			return nil, err
		}
		out = append(out, p...)
	}
	if f.m.Objective() != trees.Logistic {
		return out, nil
	}
	return expand(out, 1), nil
}

// expand has the probabilities of both of two classes where there are those of the second.
func expand(p []float64, outputs int) []float64 {
	if outputs > 1 {
		return p
	}
	out := make([]float64, 2*len(p))
	for i, v := range p {
		out[2*i], out[2*i+1] = 1-v, v
	}
	return out
}
