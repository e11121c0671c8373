package infer

import (
	"context"

	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/engine/infer/quant"
	"tacit/fault"
)

// The methods of quantise.
const (
	methodQDQ     = "qdq"     // weights and what lies between nodes, by what the data shows
	methodWeights = "weights" // weights alone
)

// A quantisation is what the summary says of a network that was made small. Whatever says
// how well it does is there only if all owners let such numbers leave.
type quantisation struct {
	Operation string        `json:"operation"`
	Method    string        `json:"method"`
	Model     networkReport `json:"model"`
	Made      networkReport `json:"made"`
	Ranges    int           `json:"ranges,omitempty"` // values whose range was measured
	Rows      int64         `json:"rows"`
	Scores    *quality      `json:"scores,omitempty"`
	Small     *quality      `json:"scoresMade,omitempty"`
	Compared  *comparison   `json:"compared,omitempty"`
	Runtime   string        `json:"runtime"`
}

// quantise makes a network of float32 one of eight bits, by data of the kind that it will
// see, and says what it lost.
func (r *run) quantise(ctx context.Context) error {
	n, b, err := r.parseNetwork(ctx, r.params.Model, r.params.Digest)
	if err != nil {
		return err
	}
	var made *onnx.Model
	var rows int64
	ranges := map[string]quant.Range{}
	if r.params.Method == methodWeights {
		made, err = quant.Weights(n.model, r.params.Keep)
	} else {
		if rows, err = r.calibrate(ctx, n, ranges); err != nil {
			return err
		}
		made, err = quant.Whole(n.model, r.params.Keep, ranges)
	}
	if err != nil {
		return err
	}
	file := made.Append(nil)
	if err := r.budget.hold(int64(len(file))); err != nil {
		return err
	}
	if err := r.budget.burn(uint64(len(file))); err != nil {
		return err
	}
	small := &network{model: made, bytes: int64(len(file)), digest: digestOfBytes(file), costs: map[string]onnx.Cost{}}
	if err := small.ports(); err != nil {
		return err
	}
	defer n.close()
	defer small.close()
	if err := r.open(n, b); err != nil {
		return err
	}
	if err := r.open(small, file); err != nil {
		return err
	}
	q := quantisation{Operation: Quantise, Method: r.params.Method, Model: n.report(), Made: small.report(), Ranges: len(ranges), Rows: rows, Runtime: runtimeName()}
	if r.params.measured(r.job) {
		e, err := r.compare(ctx, n, small)
		if err != nil {
			return err
		}
		q.Rows, q.Scores, q.Small, q.Compared = e.Rows, e.Scores, e.Other, e.Compared
	} else if r.params.Method == methodWeights {
		// Nobody's rows stand behind it.
		if err := r.params.enough(r.job.Inputs, 0); err != nil {
			return err
		}
	}
	if err := r.give(Quantised, file); err != nil {
		return err
	}
	return r.give(Summary, jsonFile(q))
}

// calibrate finds the ranges of what lies between nodes, and how many rows showed them.
func (r *run) calibrate(ctx context.Context, n *network, ranges map[string]quant.Range) (int64, error) {
	names, err := quant.Values(n.model, r.params.Keep)
	if err != nil {
		return 0, err
	}
	graph := *n.model.Graph
	graph.Outputs = append([]onnx.Value(nil), graph.Outputs...)
	inputs := map[string]bool{}
	for _, v := range n.inputs {
		inputs[v.Name] = true
	}
	var more []string
	for _, name := range names {
		if inputs[name] {
			continue // an input that is an output, too, runtimes do not like
		}
		graph.Outputs = append(graph.Outputs, onnx.Value{Name: name, Kind: &onnx.Kind{Elem: onnx.Float32}})
		more = append(more, name)
	}
	shown := *n.model
	shown.Graph = &graph
	if err := shown.Check(); err != nil {
		return 0, err
	}
	wide := &network{model: n.model, inputs: n.inputs, outputs: n.outputs, costs: n.costs}
	before := r.budget.now
	defer func() { r.budget.now = before }()
	if err := r.open(wide, shown.Append(nil), more...); err != nil {
		return 0, err
	}
	defer wide.close()
	f, err := r.newFeed(wide)
	if err != nil {
		return 0, err
	}
	rows := int64(0)
	err = pipeline(ctx, depth, f.read, f.prepare,
		func(ctx context.Context, t *batch) error {
			t.out = make([]ort.Tensor, len(n.outputs)+len(more))
			return f.infer(ctx, wide, t, t.out)
		},
		func(_ context.Context, t *batch) error {
			widen := func(name string, x ort.Tensor) error {
				if x.Type != onnx.Float32 {
					return fault.New(fault.InferModel, "infer: quantise network: %s is no float32", onnx.Quote(name))
				}
				if !finite(x.Type, x.Data) {
					return fault.New(fault.InferTensor, "infer: quantise network: %s has an element that is not finite", onnx.Quote(name))
				}
				g := ranges[name]
				g.Add(floats(x.Data))
				ranges[name] = g
				return nil
			}
			for i, v := range n.inputs {
				if v.Kind.Elem == onnx.Float32 {
					if err := widen(v.Name, t.in[i]); err != nil {
						return err
					}
				}
			}
			for i, name := range more {
				if err := widen(name, t.out[len(n.outputs)+i]); err != nil {
					return err
				}
			}
			rows += int64(t.rows)
			r.hear("calibrate", rows, f.rows)
			return nil
		})
	if err != nil {
		return rows, err
	}
	return rows, r.params.enough(f.inputs, uint64(rows))
}
