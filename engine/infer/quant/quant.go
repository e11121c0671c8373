// Package quant turns networks of float32 into networks that mostly compute with eight bits.
//
// It writes pairs of QuantizeLinear and DequantizeLinear around what is to be computed so,
// which every runtime of ONNX understands and good ones turn into kernels of whole numbers.
// Weights get a scale for each channel and stay between -64 and 64: then no sum of two
// products goes over 16 bits, as processors without special instructions add them.
package quant

import (
	"encoding/binary"
	"math"
	"slices"

	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// A Range is from the least to the largest number that a value had.
type Range struct{ Min, Max float32 }

// Add widens a range by numbers.
func (r *Range) Add(v []float32) {
	for _, x := range v {
		r.Min, r.Max = min(r.Min, x), max(r.Max, x)
	}
}

// most is how large a weight is.
const most = 64

func bad(format string, args ...any) error {
	return fault.New(fault.InferModel, "infer: quantise network: "+format, args...)
}

// A plan is what becomes of a network.
type plan struct {
	m     *onnx.Model
	keep  []string
	init  map[string]*onnx.Tensor
	uses  map[string]int // of a value by nodes of the graph
	relu  map[string]string
	outs  map[string]bool
	heavy []*onnx.Node // with weights that become small
	adds  []*onnx.Node
}

// newPlan finds what of a network can be quantised.
func newPlan(m *onnx.Model, keep []string) (*plan, error) {
	if v := m.Opset(onnx.DomainMain); v < 13 {
		return nil, bad("it uses version %d of the operators, of which scales for each channel are known from 13 on; export it with a later one", v)
	}
	names := map[string]bool{}
	for _, n := range m.Graph.Nodes {
		names[n.Name] = true
	}
	m = fold(m)
	p := &plan{m: m, keep: keep, init: map[string]*onnx.Tensor{}, uses: map[string]int{}, relu: map[string]string{}, outs: map[string]bool{}}
	for _, t := range m.Graph.Initializers {
		p.init[t.Name] = t
	}
	for _, v := range m.Graph.Outputs {
		p.outs[v.Name] = true
	}
	inner := map[string]bool{}
	for _, n := range m.Graph.Nodes {
		for _, in := range n.Inputs {
			p.uses[in]++
		}
		for _, a := range n.Attrs {
			used(a.G, inner)
		}
		if n.Op == "QuantizeLinear" || n.Op == "DequantizeLinear" {
			return nil, bad("it is quantised already")
		}
	}
	for _, k := range keep {
		if !names[k] {
			return nil, bad("keep: it has no node %s", onnx.Quote(k))
		}
	}
	for _, n := range m.Graph.Nodes {
		if n.Op == "Relu" && p.uses[n.Inputs[0]] == 1 && !p.outs[n.Inputs[0]] {
			p.relu[n.Inputs[0]] = n.Outputs[0]
		}
	}
	for _, n := range m.Graph.Nodes {
		if slices.Contains(keep, n.Name) && n.Name != "" || n.Domain != "" {
			continue
		}
		switch {
		case p.weighted(n) && !inner[n.Inputs[1]]:
			p.heavy = append(p.heavy, n)
		case n.Op == "Add" && p.init[n.Inputs[0]] == nil && p.init[n.Inputs[1]] == nil:
			p.adds = append(p.adds, n)
		}
	}
	if len(p.heavy) == 0 {
		return nil, bad("it has no Conv, Gemm or MatMul with weights of float32, so that nothing would become smaller")
	}
	return p, nil
}

// used notes the names that graphs in nodes use.
func used(g *onnx.Graph, names map[string]bool) {
	if g == nil {
		return
	}
	for _, n := range g.Nodes {
		for _, in := range n.Inputs {
			names[in] = true
		}
		for _, a := range n.Attrs {
			used(a.G, names)
		}
	}
}

// weighted reports whether a node multiplies by weights that can become small.
func (p *plan) weighted(n *onnx.Node) bool {
	if len(n.Inputs) < 2 || len(n.Outputs) != 1 {
		return false
	}
	w := p.init[n.Inputs[1]]
	if w == nil || w.Type != onnx.Float32 || w.Count() == 0 || p.init[n.Inputs[0]] != nil {
		return false
	}
	if slices.ContainsFunc(p.m.Graph.Inputs, func(v onnx.Value) bool { return v.Name == w.Name }) {
		return false // it may be given
	}
	if len(n.Inputs) > 2 && n.Inputs[2] != "" {
		if b := p.init[n.Inputs[2]]; b == nil || b.Type != onnx.Float32 || len(b.Dims) != 1 || b.Dims[0] != w.Dims[axisOf(n, w)] {
			return false
		}
	}
	switch n.Op {
	case "Conv":
		return len(w.Dims) >= 3
	case "Gemm":
		one := func(name string) bool { a := n.Attr(name); return a == nil || a.F == 1 }
		return len(w.Dims) == 2 && n.Int("transA", 0) == 0 && one("alpha") && one("beta")
	case "MatMul":
		return len(w.Dims) == 2
	}
	return false
}

// axisOf is the dimension of a node's weights that is that of channels which come out.
func axisOf(n *onnx.Node, w *onnx.Tensor) int {
	if n.Op == "Conv" || n.Op == "Gemm" && n.Int("transB", 0) != 0 || len(w.Dims) < 2 {
		return 0
	}
	return 1
}

// Values are those whose ranges Whole wants to know, in order.
func Values(m *onnx.Model, keep []string) ([]string, error) {
	p, err := newPlan(m, keep)
	if err != nil {
		return nil, err
	}
	return p.values(), nil
}

func (p *plan) values() []string {
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if r, ok := p.relu[name]; ok {
			name = r
		}
		if name != "" && !seen[name] && !p.outs[name] && p.init[name] == nil {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, n := range p.heavy {
		add(n.Inputs[0])
		add(n.Outputs[0])
	}
	for _, n := range p.adds {
		// Only between what is of eight bits anyway, or sums of numbers of other kinds would be, too.
		if slices.ContainsFunc(n.Inputs, func(in string) bool { return seen[in] }) {
			add(n.Inputs[0])
			add(n.Inputs[1])
			add(n.Outputs[0])
		}
	}
	return out
}

// Whole is the network with weights and what lies between its nodes of eight bits, by the
// ranges of Values.
func Whole(m *onnx.Model, keep []string, ranges map[string]Range) (*onnx.Model, error) {
	p, err := newPlan(m, keep)
	if err != nil {
		return nil, err
	}
	w := p.writer()
	scales := map[string]float32{}
	for _, name := range p.values() {
		r, ok := ranges[name]
		if !ok {
			return nil, bad("nothing is known of the range of %s", onnx.Quote(name))
		}
		scales[name] = w.value(name, r)
	}
	for _, n := range p.heavy {
		in := n.Inputs[0]
		w.weights(n, scales[in])
	}
	return w.finish()
}

// Weights is the network with small weights, which are made large again where they are used.
func Weights(m *onnx.Model, keep []string) (*onnx.Model, error) {
	p, err := newPlan(m, keep)
	if err != nil {
		return nil, err
	}
	w := p.writer()
	for _, n := range p.heavy {
		w.weights(n, 0)
	}
	return w.finish()
}

// A writer makes the new network beside the old one.
type writer struct {
	p      *plan
	init   []*onnx.Tensor
	before []*onnx.Node            // that need nothing but weights
	after  map[string][]*onnx.Node // pairs, by the value that they are of
	pairs  map[string]string       // what stands for a value
	inputs map[*onnx.Node][]string // of nodes that get others
	gone   map[string]bool
}

func (p *plan) writer() *writer {
	return &writer{p: p, after: map[string][]*onnx.Node{}, pairs: map[string]string{}, inputs: map[*onnx.Node][]string{}, gone: map[string]bool{}}
}

// value puts a pair behind a value and returns its scale.
func (w *writer) value(name string, r Range) float32 {
	lo, hi := float64(min(r.Min, 0)), float64(max(r.Max, 0))
	scale := (hi - lo) / 255
	if !(scale > 1e-20) {
		scale = 1
	}
	zero := math.Round(-lo / scale)
	s, z, q, d := name+"_scale8", name+"_zero8", name+"_q8", name+"_dq8"
	w.init = append(w.init, onnx.NewFloats(s, []float32{float32(scale)}), &onnx.Tensor{Name: z, Type: onnx.Uint8, Raw: []byte{byte(min(max(zero, 0), 255))}})
	w.after[name] = []*onnx.Node{
		{Name: q, Op: "QuantizeLinear", Inputs: []string{name, s, z}, Outputs: []string{q}},
		{Name: d, Op: "DequantizeLinear", Inputs: []string{q, s, z}, Outputs: []string{d}},
	}
	w.pairs[name] = d
	return float32(scale)
}

// weights makes the weights of a node small, and its bias, if the scale of what is
// multiplied with them is known.
func (w *writer) weights(n *onnx.Node, scale float32) {
	t := w.p.init[n.Inputs[1]]
	v, _ := t.Floats()
	axis := axisOf(n, t)
	inner := int64(1)
	for _, d := range t.Dims[axis+1:] {
		inner *= d
	}
	channels := t.Dims[axis]
	scales := make([]float32, channels)
	for i, x := range v {
		c := int64(i) / inner % channels
		scales[c] = max(scales[c], float32(math.Abs(float64(x))))
	}
	for c := range scales {
		if scales[c] /= most; !(scales[c] > 1e-20) {
			scales[c] = 1
		}
	}
	small := make([]byte, len(v))
	for i, x := range v {
		s := scales[int64(i)/inner%channels]
		small[i] = byte(int8(min(max(math.RoundToEven(float64(x)/float64(s)), -most), most)))
	}
	name := n.Name
	if name == "" {
		name = n.Outputs[0]
	}
	dq := w.tensor(name+"_w8", &onnx.Tensor{Type: onnx.Int8, Dims: t.Dims, Raw: small}, scales, onnx.Int8, axis)
	in := slices.Clone(n.Inputs)
	in[1] = dq
	w.release(t.Name)
	if len(in) > 2 && in[2] != "" && scale > 0 {
		b, _ := w.p.init[in[2]].Floats()
		raw := make([]byte, 0, 4*len(b))
		both := make([]float32, len(b))
		for c, x := range b {
			both[c] = scale * scales[c]
			q := min(max(math.RoundToEven(float64(x)/float64(both[c])), math.MinInt32), math.MaxInt32)
			raw = binary.LittleEndian.AppendUint32(raw, uint32(int32(q)))
		}
		w.release(in[2])
		in[2] = w.tensor(name+"_b32", &onnx.Tensor{Type: onnx.Int32, Dims: []int64{int64(len(b))}, Raw: raw}, both, onnx.Int32, 0)
	}
	w.inputs[n] = in
}

// release lets the large form of a tensor go that nothing else uses.
func (w *writer) release(name string) {
	if w.p.uses[name]--; w.p.uses[name] == 0 && !w.p.outs[name] {
		w.gone[name] = true
	}
}

// tensor adds a small tensor and the node that makes it large; it returns that one's name.
func (w *writer) tensor(name string, t *onnx.Tensor, scales []float32, kind onnx.Type, axis int) string {
	t.Name = name
	zeros := make([]byte, len(scales)*kind.Size())
	n := int64(len(scales))
	w.init = append(w.init, t, onnx.NewFloats(name+"_scale", scales, n), &onnx.Tensor{Name: name + "_zero", Type: kind, Dims: []int64{n}, Raw: zeros})
	w.before = append(w.before, &onnx.Node{Name: name + "_dq", Op: "DequantizeLinear", Inputs: []string{name, name + "_scale", name + "_zero"}, Outputs: []string{name + "_dq"}, Attrs: onnx.Make("axis", axis)})
	return name + "_dq"
}

// finish puts everything together and checks it.
func (w *writer) finish() (*onnx.Model, error) {
	old := w.p.m.Graph
	g := &onnx.Graph{Name: old.Name, Inputs: old.Inputs, Outputs: old.Outputs, Values: old.Values}
	for _, t := range old.Initializers {
		if !w.gone[t.Name] {
			g.Initializers = append(g.Initializers, t)
		}
	}
	g.Initializers = append(g.Initializers, w.init...)
	g.Nodes = w.before
	for _, v := range g.Inputs {
		g.Nodes = append(g.Nodes, w.after[v.Name]...)
	}
	for _, n := range old.Nodes {
		made := *n
		made.Inputs = slices.Clone(n.Inputs)
		if in := w.inputs[n]; in != nil {
			made.Inputs = slices.Clone(in)
		}
		for i, in := range made.Inputs {
			if d, ok := w.pairs[in]; ok {
				made.Inputs[i] = d
			}
		}
		g.Nodes = append(g.Nodes, &made)
		for _, o := range n.Outputs {
			g.Nodes = append(g.Nodes, w.after[o]...)
		}
	}
	m := &onnx.Model{IR: w.p.m.IR, Opsets: w.p.m.Opsets, Producer: w.p.m.Producer, Graph: g}
	// Names of its own may be those that were made here.
	return m, m.Check()
}
