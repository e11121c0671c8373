package infer

import (
	"context"
	"encoding/binary"
	"math"
	"slices"

	"tacit"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

// A feed gives a network its inputs, batch by batch.
type feed struct {
	run     *run
	net     *network
	inputs  []tacit.GuestFile // all of the task
	sources []*source
	images  *pictures // of the first input, if that is images
	points  int
	batch   int  // rows that are given at once
	whole   bool // the network takes no fewer
	rows    int64
}

// A batch is some rows on their way.
type batch struct {
	rows int
	raw  [][]byte     // as the files have them
	in   []ort.Tensor // as the network takes them
	out  []ort.Tensor
	more []ort.Tensor // of another network
	also []byte       // right answers
}

// newFeed opens the data of the task and checks it against the network.
func (r *run) newFeed(n *network) (*feed, error) {
	p := r.params
	f := &feed{run: r, net: n, inputs: r.job.Inputs, batch: p.Batch}
	fixed, err := n.rowsOf()
	if err != nil {
		return nil, err
	}
	if fixed > 0 {
		if fixed > mostBatch {
			return nil, fault.New(fault.InferModel, "infer: read network: it takes %d rows at once, at most %d", fixed, mostBatch)
		}
		f.batch, f.whole = int(fixed), true
	}
	aliases, err := p.sourcesOf(n)
	if err != nil {
		return nil, err
	}
	if p.Image != nil && len(aliases) != 1 {
		return nil, refuse("image: the network has %d inputs; only one of one input takes images", len(aliases))
	}
	for i, v := range n.inputs {
		s, err := f.open(r.file(aliases[i]), v)
		if err != nil {
			return nil, err
		}
		f.sources = append(f.sources, s)
	}
	return f, f.plan()
}

// sourcesOf are the aliases of the network's inputs, in order.
func (p *Params) sourcesOf(n *network) ([]string, error) {
	var names, out []string
	for _, v := range n.inputs {
		names = append(names, v.Name)
	}
	if p.Inputs == nil {
		if len(names) != 1 {
			return nil, refuse("data: the network has %d inputs; say in inputs which alias goes into which", len(names))
		}
		return []string{p.Data}, nil
	}
	for _, name := range sorted(p.Inputs) {
		if !slices.Contains(names, name) {
			return nil, refuse("inputs: the network has no input %q%s", short(name), meant(name, names))
		}
	}
	for _, name := range names {
		if p.Inputs[name] == "" {
			return nil, refuse("inputs: the network's input %q is not among them", short(name))
		}
		out = append(out, p.Inputs[name])
	}
	return out, nil
}

// open opens the file of an input.
func (f *feed) open(file tacit.GuestFile, v onnx.Value) (*source, error) {
	want, ranked := v.Kind.Shape()
	var row []int64
	if ranked {
		row = want[1:]
	}
	s, err := openSource(f.run.params, file, v.Kind.Elem, row)
	if err != nil {
		return nil, err
	}
	shape := append([]int64{1}, s.row...)
	kind := s.kind
	if f.run.params.Image != nil {
		if err := f.pictures(v, s); err != nil {
			return nil, err
		}
		kind, shape = onnx.Float32, append([]int64{1}, s.row...)
		if f.images.last {
			shape = []int64{1, s.row[2], s.row[0], s.row[1]}
		}
	}
	if kind == onnx.Float64 && v.Kind.Elem == onnx.Float32 {
		kind = onnx.Float32 // as NumPy makes them unless told otherwise
	}
	if kind != v.Kind.Elem {
		hint := ""
		if kind == onnx.Uint8 && v.Kind.Elem == onnx.Float32 {
			hint = "; if they are images, say in image how their bytes become numbers"
		}
		return nil, badData(file.Alias, "its elements are %s, but input %s of the network takes %s%s", kind, onnx.Quote(v.Name), v.Kind.Elem, hint)
	}
	if len(want) > 0 && want[0] >= 0 {
		shape[0] = want[0]
	}
	return s, bind("read data", v, shape, map[string]int64{})
}

func (f *feed) pictures(v onnx.Value, s *source) error {
	want, ranked := v.Kind.Shape()
	if !ranked || len(want) != 4 || v.Kind.Elem != onnx.Float32 {
		return refuse("image: input %s of the network is no float32 with rows, channels, height and width", onnx.Quote(v.Name))
	}
	if s.kind != onnx.Uint8 || len(s.row) != 3 {
		return badData(s.alias, "its elements are %s with %d dimensions; images are uint8 with four", s.kind, len(s.row)+1)
	}
	channels, points := s.row[0], s.row[1]*s.row[2]
	if f.run.params.Image.Layout == "nhwc" {
		channels, points = s.row[2], s.row[0]*s.row[1]
	}
	var err error
	f.images, err = newPictures(f.run.params.Image, channels)
	f.points = int(points)
	return err
}

// plan checks that all inputs have as many rows, that they are enough, and that there is
// room for them.
func (f *feed) plan() error {
	f.rows = f.sources[0].rows
	perRow := int64(0)
	for i, s := range f.sources {
		if s.rows != f.rows && s.rows >= 0 && f.rows >= 0 {
			return badData(s.alias, "it has %d rows, another input %d", s.rows, f.rows)
		}
		f.rows = max(f.rows, s.rows)
		n, ok := onnx.Count(append([]int64{int64(f.batch)}, s.row...))
		if !ok {
			return badData(s.alias, "a batch of it has too many elements; say a smaller batch")
		}
		perRow += s.size
		if f.net.inputs[i].Kind.Elem != s.kind {
			perRow += n / int64(f.batch) * int64(f.net.inputs[i].Kind.Elem.Size())
		}
	}
	if f.rows >= 0 {
		if err := f.run.params.enough(f.inputs, uint64(f.rows)); err != nil {
			return err
		}
		f.batch = int(min(int64(f.batch), max(f.rows, 1)))
		if f.whole {
			fixed, _ := f.net.rowsOf()
			f.batch = int(fixed)
		}
	}
	return f.run.budget.hold(depth * perRow * int64(f.batch))
}

// depth is how many batches are on their way at once.
const depth = 3

// read gives the next batch, nil after the last.
func (f *feed) read(ctx context.Context, b *batch) (*batch, error) {
	if b == nil {
		b = &batch{}
		for _, s := range f.sources {
			b.raw = append(b.raw, room(s.size*int64(f.batch)))
		}
	}
	b.rows = 0
	bytes := int64(0)
	for i, s := range f.sources {
		b.raw[i] = b.raw[i][:s.size*int64(f.batch)]
		got, err := s.next(ctx, b.raw[i])
		if err != nil {
			return nil, err
		}
		if i > 0 && got != b.rows {
			return nil, badData(s.alias, "it has more or fewer rows than another input")
		}
		b.rows = got
		bytes += int64(got) * s.size
		if !f.whole {
			b.raw[i] = b.raw[i][:int64(got)*s.size]
		} else {
			clear(b.raw[i][int64(got)*s.size:])
		}
	}
	if b.rows == 0 {
		return nil, nil
	}
	return b, nil
}

// prepare makes of a batch what the network takes.
func (f *feed) prepare(_ context.Context, b *batch) error {
	given := b.rows
	if f.whole {
		given = f.batch
	}
	if b.in == nil {
		b.in = make([]ort.Tensor, len(f.sources))
	}
	for i, s := range f.sources {
		t, v, raw := &b.in[i], f.net.inputs[i], b.raw[i]
		t.Type, t.Shape = v.Kind.Elem, append([]int64{int64(given)}, s.row...)
		switch {
		case f.images != nil:
			if f.images.last {
				t.Shape = []int64{int64(given), s.row[2], s.row[0], s.row[1]}
			}
			t.Data = sized(t.Data, 4*int64(len(raw)))
			f.images.turn(floats(t.Data), raw, f.points)
			continue
		case s.kind == onnx.Float64 && v.Kind.Elem == onnx.Float32:
			t.Data = sized(t.Data, int64(len(raw))/2)
			out := floats(t.Data)
			for k := range out {
				x := math.Float64frombits(binary.LittleEndian.Uint64(raw[8*k:]))
				out[k] = float32(x)
			}
		default:
			t.Data = raw
		}
		if f.run.params.finite() && !finite(t.Type, t.Data) {
			return badData(s.alias, "an element is not finite, or too large for %s; say finite: false if the network takes such", t.Type)
		}
	}
	return nil
}

// sized is b or new memory of so many bytes.
func sized(b []byte, n int64) []byte {
	if int64(cap(b)) >= n && b != nil {
		return b[:n]
	}
	return room(n)
}

// infer asks the network and burns what that costs.
func (f *feed) infer(ctx context.Context, n *network, b *batch, out []ort.Tensor) error {
	r := f.run
	cost, bytes := n.cost(b.in), int64(0)
	for _, t := range b.in {
		bytes += int64(len(t.Data))
	}
	if err := r.budget.burn(work(cost.MACs, bytes, b.rows)); err != nil {
		return err
	}
	if err := n.run(ctx, b.in, out); err != nil {
		return err
	}
	for i, t := range out {
		if i < len(n.outputs) && r.params.finite() && !finite(t.Type, t.Data) {
			return fault.New(fault.InferTensor, "infer: run network: output %s has an element that is not finite; say finite: false if that is meant", onnx.Quote(n.outputs[i].Name))
		}
	}
	return nil
}

// A report is what the summary of a task says.
type report struct {
	Operation string        `json:"operation"`
	Model     networkReport `json:"model"`
	Rows      int64         `json:"rows"`
	Batch     int           `json:"batch"`
	MACs      int64         `json:"macs"` // of all rows, where shapes tell
	Output    string        `json:"output,omitempty"`
	Shape     []int64       `json:"shape,omitempty"` // of the predictions
	Runtime   string        `json:"runtime"`
}

type networkReport struct {
	Digest     string `json:"digest"`
	Bytes      int64  `json:"bytes"`
	Parameters int64  `json:"parameters"`
	Nodes      int    `json:"nodes"`
	Opset      int64  `json:"opset"`
}

func (n *network) report() networkReport {
	return networkReport{Digest: n.digest, Bytes: n.bytes, Parameters: n.model.Cost(nil).Params, Nodes: len(n.model.Graph.Nodes), Opset: n.model.Opset(onnx.DomainMain)}
}

func runtimeName() string { return "ONNX Runtime " + ort.Version() }

// predict asks the network about every row and writes what it says.
func (r *run) predict(ctx context.Context) error {
	n, err := r.load(ctx, r.params.Model, r.params.Digest)
	defer n.close()
	if err != nil {
		return err
	}
	w, err := newAnswers(r.params, n, r.job.Limits.Output)
	if err != nil {
		return err
	}
	f, err := r.newFeed(n)
	if err != nil {
		return err
	}
	macs := int64(0)
	err = pipeline(ctx, depth, f.read, f.prepare,
		func(ctx context.Context, b *batch) error {
			b.out = make([]ort.Tensor, len(n.outputs))
			err := f.infer(ctx, n, b, b.out)
			macs += n.cost(b.in).MACs
			return err
		},
		func(_ context.Context, b *batch) error {
			if err := w.add(b.out[w.index], b.rows); err != nil {
				return err
			}
			r.hear("predict", w.rows, f.rows)
			return nil
		})
	if err != nil {
		return err
	}
	if err := r.params.enough(f.inputs, uint64(w.rows)); err != nil {
		return err
	}
	file := w.file()
	if err := r.budget.burn(uint64(len(file))); err != nil {
		return err
	}
	if err := r.give(Predictions, file); err != nil {
		return err
	}
	return r.give(Summary, jsonFile(report{Operation: Predict, Model: n.report(), Rows: w.rows, Batch: f.batch, MACs: macs,
		Output: w.output.Name, Shape: append([]int64{w.rows}, w.row...), Runtime: runtimeName()}))
}
