package trees

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"
)

// TestStagesEndWherePredictionsAre: for each objective, with missing values.
func TestStagesEndWherePredictionsAre(t *testing.T) {
	x, y := drawn(5, 700, 4, true)
	for _, p := range []Params{{Objective: Squared, Rounds: 7}, {Objective: Logistic, Rounds: 7}, {Objective: Softmax, Classes: 2, Rounds: 7}} {
		p.Gains = make([]float64, x.Cols)
		m, err := Train(context.Background(), x, y, p)
		if err != nil {
			t.Fatal(err)
		}
		want, err := m.PredictBatch(x, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 3} {
			n := 0
			var last []float64
			if err := m.Stages(context.Background(), x, threads, func(round int, predictions []float64) {
				if round != n {
					t.Errorf("round %d after %d", round, n-1)
				}
				n++
				last = slices.Clone(predictions)
			}); err != nil {
				t.Fatal(err)
			}
			if n != 7 || !slices.Equal(last, want) {
				t.Errorf("%v: %d rounds, which end elsewhere", p.Objective, n)
			}
		}
		for f, n := range m.Splits() {
			if (n > 0) != (p.Gains[f] > 0) {
				t.Errorf("feature %d has %d splits, which gain %v", f, n, p.Gains[f])
			}
		}
	}
	m := &Model{objective: Softmax, features: 1, base: []float64{0, 0}, trees: []tree{{output: 1}}}
	if err := m.Stages(context.Background(), Matrix{}, 1, nil); err == nil {
		t.Error("a model without rounds has stages")
	}
}

// TestAModelAsJSONIsTheSameModel: those of ours and of others, bit for bit.
func TestAModelAsJSONIsTheSameModel(t *testing.T) {
	x, y := drawn(6, 500, 3, true)
	ours, err := Train(context.Background(), x, y, Params{Objective: Logistic, Rounds: 9})
	if err != nil {
		t.Fatal(err)
	}
	infinite := &Model{objective: Squared, features: 1, base: []float64{0.1}}
	k, err := newMaker(infinite.objective, true, 1, infinite.base)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []error{k.tree(0, 3), k.split(0, float32(math.Inf(1)), true, true), k.leaf(1e-300), k.leaf(-0.1)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if infinite, err = k.done(); err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*Model{"ours": ours, "an infinite cut, sums of 32 bits and zero as missing": infinite} {
		text, err := m.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseJSON(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(again.Append(nil), m.Append(nil)) {
			t.Errorf("%s: another model", name)
		}
	}
}
