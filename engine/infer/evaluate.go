package infer

import (
	"context"
	"math"

	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

// An evaluation is what the summary says of how well a network does.
type evaluation struct {
	Operation string         `json:"operation"`
	Model     networkReport  `json:"model"`
	Rows      int64          `json:"rows"`
	Output    string         `json:"output"`
	Scores    *quality       `json:"scores,omitempty"`
	Against   *networkReport `json:"against,omitempty"`
	Other     *quality       `json:"scoresAgainst,omitempty"`
	Compared  *comparison    `json:"compared,omitempty"`
	Runtime   string         `json:"runtime"`
}

// A quality compares a network with right answers: classes by their numbers, or numbers.
type quality struct {
	Accuracy *float64 `json:"accuracy,omitempty"` // share of rows whose best class is right
	Top      int      `json:"top,omitempty"`
	InTop    *float64 `json:"accuracyTop,omitempty"` // share whose right class is among so many best
	Squared  *float64 `json:"meanSquaredError,omitempty"`
	Absolute *float64 `json:"meanAbsoluteError,omitempty"`
}

// A comparison is of two networks with each other.
type comparison struct {
	Agreement float64 `json:"agreement"`      // share of rows with the same best class
	Mean      float64 `json:"meanDifference"` // of all numbers
	Largest   float64 `json:"largestDifference"`
	Scale     float64 `json:"meanSize"` // of the first network's numbers
}

// A tally counts while rows go by.
type tally struct {
	a              *answers
	rows           int64
	right, in      int64
	squared, wrong float64
	classes        bool
}

// add compares rows with right answers.
func (t *tally) add(out ort.Tensor, labels ort.Tensor, alias string, rows int) error {
	_, g, err := t.a.check(out, rows)
	if err != nil {
		return err
	}
	if t.classes = g.cells > 1; g.cells < 1 {
		return fault.New(fault.InferModel, "infer: evaluate: output %s has nothing for a row", onnx.Quote(t.a.output.Name))
	}
	for i := range rows {
		want, _ := number(labels.Type, labels.Data, i)
		if !t.classes {
			got, _ := g.at(i, 0)
			t.squared += (got - want) * (got - want)
			t.wrong += math.Abs(got - want)
			continue
		}
		if want != math.Trunc(want) || want < 0 || want >= float64(g.cells) {
			return badData(alias, "row %d is none of the %d classes, 0 to %d", t.rows+int64(i), g.cells, g.cells-1)
		}
		for k, c := range t.a.ranked(g, i, t.a.a.Top) {
			if c == int(want) {
				t.in++
				if k == 0 {
					t.right++
				}
			}
		}
	}
	t.rows += int64(rows)
	return nil
}

func (t *tally) quality() *quality {
	share := func(v float64) *float64 { v /= math.Max(float64(t.rows), 1); return &v }
	if !t.classes {
		return &quality{Squared: share(t.squared), Absolute: share(t.wrong)}
	}
	return &quality{Accuracy: share(float64(t.right)), Top: t.a.a.Top, InTop: share(float64(t.in))}
}

// A duel compares two networks row by row.
type duel struct {
	a       *answers
	rows    int64
	same    int64
	numbers float64
	sum     float64
	size    float64
	largest float64
}

func (d *duel) add(x, y ort.Tensor, rows int) error {
	_, g, err := d.a.check(x, rows)
	if err != nil {
		return err
	}
	_, h, err := d.a.check(y, rows)
	if err != nil {
		return err
	}
	if g.cells != h.cells {
		return fault.New(fault.InferModel, "infer: compare networks: output %s is of another shape in the other one", onnx.Quote(d.a.output.Name))
	}
	for i := range rows {
		mine := d.a.ranked(g, i, 1)[0] // the next call uses the same memory
		if theirs := d.a.ranked(h, i, 1)[0]; mine == theirs {
			d.same++
		}
		for c := range g.cells {
			a, _ := g.at(i, c)
			b, _ := h.at(i, c)
			d.sum += math.Abs(a - b)
			d.size += math.Abs(a)
			d.largest = math.Max(d.largest, math.Abs(a-b))
			d.numbers++
		}
	}
	d.rows += int64(rows)
	return nil
}

func (d *duel) comparison() *comparison {
	return &comparison{Agreement: float64(d.same) / math.Max(float64(d.rows), 1), Mean: d.sum / math.Max(d.numbers, 1), Largest: d.largest, Scale: d.size / math.Max(d.numbers, 1)}
}

// labels opens the right answers, one for each row.
func (r *run) labels() (*source, error) {
	f := r.file(r.params.Labels)
	s, err := openSource(r.params, f, onnx.Float64, []int64{1})
	if err != nil {
		return nil, err
	}
	if n, _ := onnx.Count(s.row); n != 1 {
		return nil, badData(f.Alias, "it has %d right answers for a row, want one", n)
	}
	if _, ok := number(s.kind, make([]byte, 16), 0); !ok {
		return nil, badData(f.Alias, "right answers are no %s", s.kind)
	}
	return s, nil
}

// compare asks a network, and another if there is one, about all rows of the data, and
// holds them against the right answers, if there are some, and each other.
func (r *run) compare(ctx context.Context, n, other *network) (evaluation, error) {
	e := evaluation{Operation: r.params.Operation, Model: n.report(), Runtime: runtimeName()}
	f, err := r.newFeed(n)
	if err != nil {
		return e, err
	}
	a, err := newAnswers(r.params, n, 0)
	if err != nil {
		return e, err
	}
	b := a
	if other != nil {
		if len(other.inputs) != len(n.inputs) {
			return e, fault.New(fault.InferModel, "infer: compare networks: one has %d inputs, the other %d", len(n.inputs), len(other.inputs))
		}
		for i, v := range n.inputs {
			if w := other.inputs[i]; w.Name != v.Name || w.Kind.Elem != v.Kind.Elem {
				return e, fault.New(fault.InferModel, "infer: compare networks: input %s of one is %s of the other", onnx.Quote(v.Name), onnx.Quote(w.Name))
			}
		}
		if b, err = newAnswers(r.params, other, 0); err != nil {
			return e, err
		}
	}
	var right *source
	if r.params.Labels != "" {
		if right, err = r.labels(); err != nil {
			return e, err
		}
		if f.rows >= 0 && right.rows >= 0 && f.rows != right.rows {
			return e, badData(right.alias, "it has %d right answers for %d rows", right.rows, f.rows)
		}
	}
	mine, theirs, both := &tally{a: a}, &tally{a: b}, &duel{a: a}
	rows := int64(0)
	err = pipeline(ctx, depth,
		func(ctx context.Context, again *batch) (*batch, error) {
			t, err := f.read(ctx, again)
			if err != nil || right == nil {
				return t, err
			}
			want, space := 0, f.batch
			if t != nil {
				want = t.rows
				t.also = sized(t.also, int64(space)*right.size)
				t.also = t.also[:int64(want)*right.size]
			}
			var room1 []byte
			if t == nil {
				room1 = room(right.size) // is there one too many?
			} else {
				room1 = t.also
			}
			got, err := right.next(ctx, room1)
			if err == nil && got != want {
				err = badData(right.alias, "it has more or fewer right answers than there are rows")
			}
			return t, err
		},
		f.prepare,
		func(ctx context.Context, t *batch) error {
			t.out = make([]ort.Tensor, len(n.outputs))
			if err := f.infer(ctx, n, t, t.out); err != nil || other == nil {
				return err
			}
			t.more = make([]ort.Tensor, len(other.outputs))
			return f.infer(ctx, other, t, t.more)
		},
		func(_ context.Context, t *batch) error {
			if right != nil {
				labels := ort.Tensor{Type: right.kind, Data: t.also}
				if err := mine.add(t.out[a.index], labels, right.alias, t.rows); err != nil {
					return err
				}
				if other != nil {
					if err := theirs.add(t.more[b.index], labels, right.alias, t.rows); err != nil {
						return err
					}
				}
			}
			rows += int64(t.rows)
			r.hear("compare", rows, f.rows)
			if other == nil {
				return nil
			}
			return both.add(t.out[a.index], t.more[b.index], t.rows)
		})
	if err != nil {
		return e, err
	}
	if err := r.params.enough(f.inputs, uint64(rows)); err != nil {
		return e, err
	}
	e.Rows, e.Output = rows, a.output.Name
	if right != nil {
		e.Scores = mine.quality()
	}
	if other != nil {
		report := other.report()
		e.Against, e.Compared = &report, both.comparison()
		if right != nil {
			e.Other = theirs.quality()
		}
	}
	return e, nil
}

// evaluate says how well a network does on data whose right answers are known.
func (r *run) evaluate(ctx context.Context) error {
	n, err := r.load(ctx, r.params.Model, r.params.Digest)
	defer n.close()
	if err != nil {
		return err
	}
	var other *network
	if r.params.Against != "" {
		other, err = r.load(ctx, r.params.Against, "")
		defer other.close()
		if err != nil {
			return err
		}
	}
	e, err := r.compare(ctx, n, other)
	if err != nil {
		return err
	}
	return r.give(Summary, jsonFile(e))
}
