package learn

import (
	"bytes"
	"context"
	"encoding/json"

	"tacit/engine/learn/linear"
	"tacit/fault"
)

// Ridge is linear regression with a penalty, by scikit-learn's names.
type Ridge struct {
	Alpha       *float64 `json:"alpha,omitempty"` // [1]
	Standardise bool     `json:"standardise,omitempty"`
}

// Logistic is logistic regression, by scikit-learn's names.
type Logistic struct {
	C           *float64 `json:"C,omitempty"`       // the inverse of the penalty [1]
	Penalty     string   `json:"penalty,omitempty"` // l2 or none [l2]
	Tol         *float64 `json:"tol,omitempty"`     // [1e-8]
	Standardise bool     `json:"standardise,omitempty"`
}

// KMeans is how clusters are found, by scikit-learn's names.
type KMeans struct {
	Clusters    *int `json:"n_clusters,omitempty"` // [8]
	Starts      *int `json:"n_init,omitempty"`     // [10]
	Rounds      *int `json:"max_iter,omitempty"`   // of each start at most [300]
	Standardise bool `json:"standardise,omitempty"`
}

// PCA is how principal components are found, by scikit-learn's names.
type PCA struct {
	Components  *int `json:"n_components,omitempty"` // [as many as there can be]
	Standardise bool `json:"standardise,omitempty"`
}

// A plain is a kind of package linear.
type plain struct {
	name  string
	title linear.Kind
}

func (k plain) labelled() bool           { return k.title == linear.Line || k.title == linear.Logit }
func (plain) missing() bool              { return false }
func (plain) ranks() bool                { return false }
func (k plain) climbs() bool             { return k.title == linear.Logit }
func (plain) noisy(*Params, uint32) bool { return false }
func (k plain) given(p *Params) bool {
	switch k.name {
	case "ridge":
		return p.Ridge != nil
	case "logistic":
		return p.Logistic != nil
	case "kmeans":
		return p.KMeans != nil
	case "pca":
		return p.PCA != nil
	}
	return false
}

func (k plain) check(p *Params) error {
	if k.title != linear.Logit && p.Classes != nil {
		return refuse("classes: a model of kind %s has none", k.name)
	}
	switch k.name {
	case "ridge":
		or(&p.Ridge, Ridge{})
		or(&p.Ridge.Alpha, 1)
		if !(*p.Ridge.Alpha > 0 && *p.Ridge.Alpha <= linear.MostPenalty) {
			return refuse("ridge.alpha: want a number above 0, at most %g", float64(linear.MostPenalty))
		}
	case "logistic":
		or(&p.Logistic, Logistic{})
		l := p.Logistic
		if l.Penalty == "" {
			l.Penalty = "l2"
		}
		if err := oneOf("logistic.penalty", l.Penalty, "l2", "none"); err != nil {
			return err
		}
		if l.Penalty == "none" && l.C != nil {
			return refuse("logistic.C: logistic.penalty is none")
		}
		or(&l.C, 1)
		or(&l.Tol, 1e-8)
		if !within(*l.C, 1/linear.MostPenalty, 1e12) {
			return refuse("logistic.C: want a number from %g to 1e12", 1/linear.MostPenalty)
		}
		if !within(*l.Tol, 1e-12, 1e-2) {
			return refuse("logistic.tol: want a number from 1e-12 to 1e-2")
		}
	case "kmeans":
		or(&p.KMeans, KMeans{})
		c := p.KMeans
		or(&c.Clusters, 8)
		or(&c.Starts, 10)
		or(&c.Rounds, 300)
		switch {
		case !within(*c.Clusters, 1, linear.MostVectors):
			return refuse("kmeans.n_clusters: want 1 to %d", linear.MostVectors)
		case !within(*c.Starts, 1, 1000):
			return refuse("kmeans.n_init: want 1 to 1000")
		case !within(*c.Rounds, 1, 10_000):
			return refuse("kmeans.max_iter: want 1 to 10000")
		}
	case "pca":
		or(&p.PCA, PCA{})
		if n := p.PCA.Components; n != nil && !within(*n, 1, linear.MostFeatures) {
			return refuse("pca.n_components: want 1 to %d", linear.MostFeatures)
		}
	}
	return nil
}

func (k plain) classes(p *Params, d *data) ([]string, error) {
	if k.title != linear.Logit {
		return nil, nil
	}
	if p.Classes != nil {
		return p.Classes, nil
	}
	if err := d.counted(mostClasses); err != nil {
		return nil, err
	}
	most := 1.0
	for _, v := range d.y {
		most = max(most, v)
	}
	p.Classes = numbered(int(most) + 1) // so that cost counts them
	return p.Classes, nil
}

func (k plain) cost(p *Params, rows, cols int) (fuel, memory int64) {
	const steps = 16 // of Newton, or rounds of Lloyd, that are charged however many there are
	e := cols + 1
	switch k.name {
	case "logistic":
		w := e
		if n := len(p.Classes); n > 2 {
			w *= n
		}
		return product(rows, w, w, steps), partial(w)
	case "kmeans":
		return product(rows, cols, *p.KMeans.Clusters, *p.KMeans.Starts, steps), 8*product(rows, cols) + 64*product(*p.KMeans.Clusters, cols) + 32*int64(rows)
	}
	return product(rows, e, e, 2), partial(e + 1)
}

// partial is what sums over blocks of rows take that are squares of so many numbers: package
// linear has at most 32 of them, fewer of large ones, and works on a few more.
func partial(width int) int64 {
	square := product(width, width)
	return 2 * 8 * square * (min(32, max(1, (1<<23)/square)) + 4)
}

func (k plain) fit(ctx context.Context, t *training) (fitted, error) {
	d := t.learned
	x := linear.Matrix{Rows: d.rows, Cols: d.cols, Values: d.x}
	var m *linear.Model
	var err error
	switch k.name {
	case "linear":
		m, err = linear.Least(ctx, x, d.y, linear.Regression{Threads: t.threads})
	case "ridge":
		m, err = linear.Least(ctx, x, d.y, linear.Regression{Penalty: *t.p.Ridge.Alpha, Standardise: t.p.Ridge.Standardise, Threads: t.threads})
	case "logistic":
		m, err = t.logistic(ctx, x)
	case "kmeans":
		s := t.p.KMeans
		m, err = linear.Means(ctx, x, linear.Clusters{Count: *s.Clusters, Seed: t.p.Seed, Starts: *s.Starts, Rounds: *s.Rounds, Standardise: s.Standardise, Threads: t.threads})
	case "pca":
		n := min(d.cols, d.rows-1)
		if t.p.PCA.Components != nil {
			n = *t.p.PCA.Components
		}
		m, err = linear.Principal(ctx, x, linear.Components{Count: n, Standardise: t.p.PCA.Standardise, Threads: t.threads})
	}
	if err != nil {
		return nil, err
	}
	return formula{m}, nil
}

func (t *training) logistic(ctx context.Context, x linear.Matrix) (*linear.Model, error) {
	s := t.p.Logistic
	how := linear.Regression{Tolerance: *s.Tol, Standardise: s.Standardise, Threads: t.threads, Each: func(step int, loss float64) {
		t.curve = append(t.curve, round{number: step, learned: loss, metric: "objective"})
	}}
	if s.Penalty == "l2" {
		how.Penalty = 1 / *s.C
	}
	classes := make([]int, len(t.learned.y))
	for i, v := range t.learned.y {
		classes[i] = int(v)
	}
	return linear.Logistic(ctx, x, classes, len(t.learned.classes), how)
}

// A formula is a model of package linear.
type formula struct{ m *linear.Model }

func (f formula) takes() int          { return f.m.Vectors.Cols }
func (f formula) missing() bool       { return false }
func (f formula) work(rows int) int64 { return product(rows, f.m.Vectors.Rows, f.m.Vectors.Cols+1) }

func (f formula) task() task {
	return map[linear.Kind]task{linear.Line: regression, linear.Logit: classification, linear.KMeans: clustering, linear.PCA: projection}[f.m.Kind]
}

func (f formula) width() int {
	if f.m.Kind == linear.Logit {
		return max(2, f.m.Vectors.Rows)
	}
	return f.m.Vectors.Rows
}

func (f formula) apply(_ context.Context, _ *run, d *data) ([]float64, error) {
	out, err := f.m.Apply(linear.Matrix{Rows: d.rows, Cols: d.cols, Values: d.x})
	return out.Values, err
}

// A numbers is a formula as JSON.
type numbers struct {
	Vectors   [][]float64 `json:"vectors"` // coefficients of each score, centres or components
	Offsets   []float64   `json:"offsets,omitempty"`
	Mean      []float64   `json:"mean,omitempty"`
	Scale     []float64   `json:"scale,omitempty"`
	Variances []float64   `json:"variances,omitempty"`
	Total     float64     `json:"total,omitempty"`
}

func (f formula) encode() ([]byte, error) {
	n := numbers{Offsets: f.m.Offsets, Mean: f.m.Mean, Scale: f.m.Scale, Variances: f.m.Variances, Total: f.m.Total}
	for i := range f.m.Vectors.Rows {
		n.Vectors = append(n.Vectors, f.m.Vectors.Values[i*f.m.Vectors.Cols:(i+1)*f.m.Vectors.Cols])
	}
	return json.Marshal(n)
}

// readFormula reads what encode wrote: LEARN_MODEL for everything else.
func readFormula(title linear.Kind, body []byte) (fitted, error) {
	var n numbers
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&n); err != nil {
		return nil, fault.New(fault.LearnModel, "learn: model: it is no JSON of the form that its kind has")
	}
	m := &linear.Model{Kind: title, Offsets: n.Offsets, Mean: n.Mean, Scale: n.Scale, Variances: n.Variances, Total: n.Total}
	m.Vectors.Rows = len(n.Vectors)
	for i, v := range n.Vectors {
		if i == 0 {
			m.Vectors.Cols = len(v)
		}
		if len(v) != m.Vectors.Cols {
			return nil, fault.New(fault.LearnModel, "learn: model: its vectors are not of one length")
		}
		m.Vectors.Values = append(m.Vectors.Values, v...)
	}
	if _, err := m.MarshalBinary(); err != nil { // what checks every bound
		return nil, err
	}
	return formula{m}, nil
}
