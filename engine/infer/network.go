package infer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

// A network is one that was read and made ready.
type network struct {
	model   *onnx.Model
	session *ort.Session
	inputs  []onnx.Value
	outputs []onnx.Value
	bytes   int64
	digest  string
	loose   bool // its outputs are not of the shapes that it says

	costs map[string]onnx.Cost // by the shapes of inputs
}

// pieces are how many bytes of a file are read at once.
const pieces = 4 << 20

// readAll reads a whole input and burns a unit of fuel for each byte.
func (r *run) readAll(ctx context.Context, alias, what string, most int64) ([]byte, error) {
	f := r.file(alias)
	if f.Size > most {
		return nil, fault.New(fault.InferModel, "infer: read %s: input %q has %d bytes, at most %d", what, short(alias), f.Size, most)
	}
	if err := r.budget.burn(uint64(max(f.Size, 0))); err != nil {
		return nil, err
	}
	if err := r.budget.hold(f.Size); err != nil {
		return nil, err
	}
	b := make([]byte, max(f.Size, 0))
	for at := 0; at < len(b); at += pieces {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := min(at+pieces, len(b))
		if _, err := readFull(f.Data, b[at:end], int64(at)); err != nil {
			return nil, fmt.Errorf("infer: read %s: input %q: %w", what, short(alias), err)
		}
		r.hear("read "+what, int64(end), f.Size)
	}
	return b, nil
}

// readFull reads all of b; the end of the file right behind it is no error.
func readFull(r io.ReaderAt, b []byte, at int64) (int, error) {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		err = nil
	}
	return n, err
}

// parseNetwork reads the network of an input and checks it, and its digest if one is wanted.
func (r *run) parseNetwork(ctx context.Context, alias, digest string) (*network, []byte, error) {
	b, err := r.readAll(ctx, alias, "network", onnx.MostBytes)
	if err != nil {
		return nil, nil, err
	}
	n := &network{bytes: int64(len(b)), digest: digestOfBytes(b), costs: map[string]onnx.Cost{}}
	if digest != "" && n.digest != digest {
		return nil, nil, fault.New(fault.InferModel, "infer: read network: input %q is not the network of the digest that the parameters name; ask its owner which it is", short(alias))
	}
	if n.model, err = onnx.Parse(b); err != nil {
		return nil, nil, err
	}
	return n, b, n.ports()
}

func digestOfBytes(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// ports finds what goes in and comes out, which are tensors.
func (n *network) ports() error {
	n.inputs, n.outputs = n.model.Graph.Asked(), n.model.Graph.Outputs
	if len(n.inputs) == 0 {
		return fault.New(fault.InferModel, "infer: read network: it has no input, so that there is nothing to infer")
	}
	for _, v := range append(n.inputs[:len(n.inputs):len(n.inputs)], n.outputs...) {
		k := v.Kind
		if k.Form != onnx.FormTensor || k.Elem.Size() == 0 && k.Elem != onnx.String || k.Elem == onnx.Complex64 || k.Elem == onnx.Complex128 {
			return fault.New(fault.InferModel, "infer: read network: input or output %s is no tensor of numbers, truths or texts; only such go in and come out", onnx.Quote(v.Name))
		}
	}
	return nil
}

// open makes the network of these bytes ready.
func (r *run) open(n *network, b []byte, more ...string) error {
	weight := n.model.Cost(nil).Weight
	// The runtime keeps weights, and many a second time in another order.
	if err := r.budget.hold(2 * weight); err != nil {
		return err
	}
	var ins, outs []string
	for _, v := range n.inputs {
		ins = append(ins, v.Name)
	}
	for _, v := range n.outputs {
		outs = append(outs, v.Name)
	}
	s, err := ort.Open(b, ins, append(outs, more...), ort.Options{Threads: r.threads, Memory: max(r.budget.memory-r.budget.now+2*weight, 1)})
	if err != nil {
		return err
	}
	n.session = s
	return nil
}

// load reads and opens the network of an input.
func (r *run) load(ctx context.Context, alias, digest string) (*network, error) {
	n, b, err := r.parseNetwork(ctx, alias, digest)
	if err != nil {
		return nil, err
	}
	r.hear("open network", 0, 0)
	if err := r.open(n, b); err != nil {
		return n, err
	}
	n.model.Forget()
	r.budget.free(n.bytes)
	return n, nil
}

func (n *network) close() {
	if n != nil && n.session != nil {
		n.session.Close()
	}
}

// rowsOf is how many rows the network is given at once: -1 if any number.
func (n *network) rowsOf() (int64, error) {
	rows := int64(-1)
	for _, v := range n.inputs {
		shape, ranked := v.Kind.Shape()
		if !ranked || len(shape) == 0 {
			if ranked {
				return 0, fault.New(fault.InferModel, "infer: read network: input %s is a single number; a task gives it rows", onnx.Quote(v.Name))
			}
			continue
		}
		if shape[0] < 0 {
			continue
		}
		if rows >= 0 && rows != shape[0] || shape[0] == 0 {
			return 0, fault.New(fault.InferModel, "infer: read network: input %s has another first dimension than others, or 0; the first is that of rows", onnx.Quote(v.Name))
		}
		rows = shape[0]
	}
	return rows, nil
}

// bind checks an input's shape against what the network says; names of dimensions mean the
// same size wherever they are.
func bind(what string, v onnx.Value, shape []int64, sizes map[string]int64) error {
	// The runtime ends its process over some tensors without elements.
	if slices.Contains(shape, 0) {
		return fault.New(fault.InferTensor, "infer: %s: input %s has shape %v, which has no elements", what, onnx.Quote(v.Name), shape)
	}
	want, ranked := v.Kind.Shape()
	if !ranked {
		return nil
	}
	if len(want) != len(shape) {
		return fault.New(fault.InferTensor, "infer: %s: input %s has %d dimensions, the network wants %d: %v", what, onnx.Quote(v.Name), len(shape), len(want), want)
	}
	for i, d := range v.Kind.Dims {
		if d.Size >= 0 && d.Size != shape[i] {
			return fault.New(fault.InferTensor, "infer: %s: input %s has shape %v, the network wants %v", what, onnx.Quote(v.Name), shape, want)
		}
		if d.Size < 0 && d.Name != "" {
			if have, ok := sizes[d.Name]; ok && have != shape[i] {
				return fault.New(fault.InferTensor, "infer: %s: input %s has %d in dimension %d, another input %d; they must be the same", what, onnx.Quote(v.Name), shape[i], i, have)
			}
			sizes[d.Name] = shape[i]
		}
	}
	return nil
}

// shapeOf is what an output's shape will be, if that can be told.
func shapeOf(v onnx.Value, sizes map[string]int64) ([]int64, bool) {
	if !v.Kind.Ranked {
		return nil, false
	}
	out := []int64{}
	for _, d := range v.Kind.Dims {
		size := d.Size
		if size < 0 {
			var ok bool
			if size, ok = sizes[d.Name]; !ok || d.Name == "" {
				return nil, false
			}
		}
		out = append(out, size)
	}
	n, ok := onnx.Count(out)
	return out, ok && n > 0
}

// cost is that of a run with inputs of these shapes.
func (n *network) cost(in []ort.Tensor) onnx.Cost {
	key := ""
	for _, t := range in {
		key += fmt.Sprint(t.Shape)
	}
	c, ok := n.costs[key]
	if !ok {
		shapes := map[string][]int64{}
		for i, t := range in {
			shapes[n.inputs[i].Name] = t.Shape
		}
		if c = n.model.Cost(shapes); len(n.costs) < 256 {
			n.costs[key] = c
		}
	}
	return c
}

// run computes. Where room is given for an output and it has another shape than the network
// says, all are computed again without, and from then on.
func (n *network) run(ctx context.Context, in, out []ort.Tensor) error {
	room := false
	for i := range out {
		if n.loose {
			out[i] = ort.Tensor{}
		}
		room = room || out[i].Data != nil
	}
	err := n.session.Run(ctx, in, out)
	if err != nil && room && ctx.Err() == nil && fault.Of(err) == fault.InferTensor {
		clear(out)
		if again := n.session.Run(ctx, in, out); again != nil {
			return err
		}
		n.loose = true
		return nil
	}
	return err
}
