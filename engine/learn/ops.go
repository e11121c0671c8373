package learn

import (
	"context"
	"slices"

	"tacit/engine/learn/linear"
)

func (p *Params) checkTrain() error {
	k := kinds[p.Kind]
	switch {
	case p.Model != nil:
		return refuse("model: the operation is %s, which makes one", Train)
	case p.Keep != nil:
		return refuse("keep: the operation is %s", Train)
	case k.labelled() && p.Label == "":
		return refuse("label: say the column that is learned")
	case !k.labelled() && p.Label != "":
		return refuse("label: a model of kind %s learns none; leave the column out by features", p.Kind)
	case p.Split != nil && !(p.Split.Validate > 0 && p.Split.Validate < 1):
		return refuse("split.validate: want a share of the rows, above 0 and below 1")
	}
	return k.check(p)
}

func (p *Params) checkApply() error {
	switch {
	case p.Model == nil:
		return refuse("model: say which input it is")
	case p.Split != nil:
		return refuse("split: the operation is %s", p.Operation)
	case p.Seed != 0:
		return refuse("seed: the operation is %s", p.Operation)
	}
	return nil
}

func (p *Params) checkPredict() error {
	for i, name := range p.Keep {
		if name != "id" {
			return refuse("keep: %q is not id, which is all that there is", short(name))
		}
		if i > 0 {
			return refuse("keep: id is there twice")
		}
		for _, a := range sorted(p.Data) {
			if p.Data[a].ID == "" {
				return refuse("keep: %q has no id", short(a))
			}
		}
	}
	return p.checkApply()
}

func (p *Params) checkEvaluate() error {
	if p.Keep != nil {
		return refuse("keep: the operation is %s", Evaluate)
	}
	return p.checkApply()
}

// train makes a model.
func (r *run) train(ctx context.Context) error {
	k := kinds[r.p.Kind]
	want := demand{features: r.p.Features, named: r.p.Features != nil, label: k.labelled(), missing: k.missing()}
	if numbers := numbered(len(r.p.Classes)); !slices.Equal(r.p.Classes, numbers) {
		want.classes = r.p.Classes
	}
	d, err := r.load(ctx, want)
	if err != nil {
		return err
	}
	if err := parties(r.job.Inputs, r.contributed()); err != nil {
		return err
	}
	if d.classes, err = k.classes(r.p, d); err != nil {
		return err
	}
	if d.classes != nil {
		if err := d.counted(len(d.classes)); err != nil {
			return err
		}
	}
	t := &training{run: r}
	if t.learned, t.validated, err = r.split(d); err != nil {
		return err
	}
	r.summary.Learned = &t.learned.rows
	if err := behind(r.job.Inputs, "the model", t.learned.rows, true); err != nil {
		return err
	}
	if t.validated != nil {
		r.summary.Validated = &t.validated.rows
		if err := behind(r.job.Inputs, "what is said of the validation", t.validated.rows, true); err != nil {
			return err
		}
	}
	fuel, memory := k.cost(r.p, t.learned.rows, d.cols)
	if err := r.budget.burn(uint64(fuel)); err != nil {
		return err
	}
	if err := r.budget.hold(memory); err != nil {
		return err
	}
	r.hear("train", 0, 0)
	m, err := k.fit(ctx, t)
	if err != nil {
		return err
	}
	r.budget.free(memory)
	r.hear("write", 0, 0)
	return r.trained(ctx, t, &document{Kind: r.p.Kind, Features: d.features, Label: r.p.Label, Classes: d.classes, fitted: m})
}

// contributed is how many inputs have rows.
func (r *run) contributed() (n int) {
	for _, d := range r.summary.Data {
		if d.Rows > 0 {
			n++
		}
	}
	return n
}

// trained writes down a model and how it came about.
func (r *run) trained(ctx context.Context, t *training, m *document) error {
	b, err := m.encode()
	if err != nil {
		return err
	}
	m.digest = digestOf(b)
	r.summary.Model = m.digest
	scores := &scores{}
	if f, ok := m.fitted.(formula); ok && f.m.Kind == linear.PCA {
		for _, v := range f.m.Variances {
			scores.Explained = append(scores.Explained, v/f.m.Total)
		}
	}
	if r.wanted(Metrics) || r.wanted(Log) {
		if scores.Training, err = r.measure(ctx, m.fitted, t.learned); err != nil {
			return err
		}
		if t.validated != nil {
			if scores.Validation, err = r.measure(ctx, m.fitted, t.validated); err != nil {
				return err
			}
		}
	}
	if err := r.write(Model, "model.json", b); err != nil {
		return err
	}
	if err := r.write(Metrics, "metrics.json", indented(scores)); err != nil {
		return err
	}
	if kinds[r.p.Kind].ranks() && r.wanted(Importance) {
		if err := r.write(Importance, "importance.csv", importance(m, t.gains)); err != nil {
			return err
		}
	}
	if err := r.export(m); err != nil {
		return err
	}
	if kinds[r.p.Kind].climbs() {
		if err := r.curves(t.curve); err != nil {
			return err
		}
	}
	if r.wanted(Log) {
		return r.write(Log, "log.jsonl", r.logbook(t, scores, len(b)))
	}
	return nil
}

// ready reads a model and the data that it is to be applied to.
func (r *run) ready(ctx context.Context, label bool) (*document, *data, error) {
	m, err := r.source(ctx)
	if err != nil {
		return nil, nil, err
	}
	want := demand{features: m.Features, named: r.p.Features != nil, missing: m.fitted.missing()}
	if label && (m.fitted.task() == regression || m.fitted.task() == classification) {
		if r.p.Label == "" {
			r.p.Label = m.Label
		}
		if r.p.Label == "" {
			return nil, nil, refuse("label: say the column that has it")
		}
		want.label = true
		if !slices.Equal(m.Classes, numbered(len(m.Classes))) {
			want.classes = m.Classes
		}
	}
	d, err := r.load(ctx, want)
	if err != nil {
		return nil, nil, err
	}
	if d.cols != m.fitted.takes() {
		return nil, nil, unfit("there are %d features, the model takes %d: say which they are", d.cols, m.fitted.takes())
	}
	if d.classes = m.Classes; want.label && m.Classes != nil {
		if err := d.counted(len(m.Classes)); err != nil {
			return nil, nil, err
		}
	}
	if err := behind(r.job.Inputs, "what is said of the rows", d.rows, r.p.Operation == Evaluate); err != nil {
		return nil, nil, err
	}
	return m, d, r.budget.burn(uint64(m.fitted.work(d.rows)))
}

// predict says what a model says of each row.
func (r *run) predict(ctx context.Context) error {
	m, d, err := r.ready(ctx, false)
	if err != nil {
		return err
	}
	if !r.wanted(Predictions) {
		return nil
	}
	n := m.fitted.width()
	held := product(d.rows, n, 16) + product(d.rows, n+2, 26)
	if err := r.budget.hold(held); err != nil {
		return err
	}
	defer r.budget.free(held)
	r.hear("apply", 0, 0)
	out, err := m.fitted.apply(ctx, r, d)
	if err != nil {
		return err
	}
	r.hear("write", 0, 0)
	b, err := r.predictions(m, d, out)
	if err != nil {
		return err
	}
	return r.write(Predictions, "predictions.csv", b)
}

// evaluate says how well a model does.
func (r *run) evaluate(ctx context.Context) error {
	m, d, err := r.ready(ctx, true)
	if err != nil {
		return err
	}
	s, err := r.measure(ctx, m.fitted, d)
	if err != nil {
		return err
	}
	return r.write(Metrics, "metrics.json", indented(&scores{Evaluation: s}))
}
