package onnx

import "slices"

// A Cost is what one run of a network takes, as its shapes say. Where they do not, each
// element of its weights counts once for each row, so that what is counted follows from
// the network and its inputs alone.
type Cost struct {
	MACs   int64 // multiplications with an addition
	Memory int64 // bytes of all that its nodes make
	Params int64 // elements of its tensors
	Weight int64 // bytes of them
}

// most keeps sums of what a hostile network says from going over.
const mostCost = 1 << 60

func plus(a, b int64) int64 { return min(a+b, mostCost) }

func times(list ...int64) int64 {
	n := int64(1)
	for _, v := range list {
		if v < 0 {
			return 0
		}
		if v > 0 && n > mostCost/v {
			return mostCost
		}
		n *= v
	}
	return n
}

// A shaper knows the shapes of values so far.
type shaper struct {
	shapes  map[string][]int64
	weights map[string]*Tensor
	consts  map[string][]int64
	rows    int64
	cost    Cost
}

// Cost is that of a run with inputs of these shapes.
func (m *Model) Cost(inputs map[string][]int64) Cost {
	s := &shaper{shapes: map[string][]int64{}, weights: map[string]*Tensor{}, consts: map[string][]int64{}, rows: 1}
	for name, shape := range inputs {
		s.know(name, shape)
	}
	for i, v := range m.Graph.Asked() {
		if shape := inputs[v.Name]; i == 0 && len(shape) > 0 {
			s.rows = max(shape[0], 1)
		}
	}
	s.graph(m.Graph)
	return s.cost
}

// know notes a shape, of which nil is that of a single element.
func (s *shaper) know(name string, shape []int64) {
	if shape == nil {
		shape = []int64{}
	}
	s.shapes[name] = shape
}

func (s *shaper) hold(name string, t *Tensor) {
	s.know(name, t.Dims)
	s.weights[name] = t
	s.cost.Params = plus(s.cost.Params, t.Count())
	s.cost.Weight = plus(s.cost.Weight, t.Bytes())
	if v, ok := t.Ints(); ok {
		s.consts[name] = v
	}
}

func (s *shaper) graph(g *Graph) {
	for _, t := range g.Initializers {
		s.hold(t.Name, t)
	}
	for _, n := range g.Nodes {
		for _, a := range n.Attrs {
			if a.G != nil {
				s.graph(a.G) // once: how often it is run, nobody knows before
			}
		}
		if a := n.Attr("value"); n.Op == "Constant" && a != nil && a.T != nil && len(n.Outputs) == 1 {
			s.hold(n.Outputs[0], a.T)
			continue
		}
		s.node(n)
	}
}

func (s *shaper) in(n *Node, i int) []int64 {
	if i >= len(n.Inputs) {
		return nil
	}
	return s.shapes[n.Inputs[i]]
}

func (s *shaper) node(n *Node) {
	shape, macs, known := s.shape(n)
	if !known {
		for _, in := range n.Inputs {
			if t := s.weights[in]; t != nil {
				macs = plus(macs, times(t.Count(), s.rows))
			}
		}
	} else if c, ok := Count(shape); ok {
		if len(n.Outputs) > 0 {
			s.know(n.Outputs[0], shape)
		}
		s.cost.Memory = plus(s.cost.Memory, times(c, 4))
		macs = plus(macs, c/4) // what only moves or changes elements
	}
	s.cost.MACs = plus(s.cost.MACs, macs)
}

// alike are operators whose output is of the shape of their first input.
const alike = " Abs Acos Asin Atan BatchNormalization Cast Ceil Celu Clip Cos Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish Hardmax Identity InstanceNormalization LRN LayerNormalization LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish Neg Not QuantizeLinear DequantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu GroupNormalization RMSNormalization "

// broadcast are those of the shape that their inputs have together.
const broadcast = " Add And BitShift Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or PRelu Pow Sub Sum Where Xor "

func named(list, op string) bool {
	for i := 0; i+len(op)+2 <= len(list); i++ {
		if list[i] == ' ' && list[i+1:i+1+len(op)] == op && list[i+1+len(op)] == ' ' {
			return true
		}
	}
	return false
}

// shape is that of a node's first output, and what its multiplications are.
func (s *shaper) shape(n *Node) (out []int64, macs int64, known bool) {
	x := s.in(n, 0)
	if x == nil || n.Domain != DomainMain {
		return nil, 0, false
	}
	switch {
	case named(alike, n.Op):
		return x, 0, true
	case named(broadcast, n.Op):
		for i := range n.Inputs {
			y := s.in(n, i)
			if y == nil {
				return nil, 0, false
			}
			if x = wider(x, y); x == nil {
				return nil, 0, false
			}
		}
		return x, 0, true
	}
	switch n.Op {
	case "Conv", "ConvInteger", "QLinearConv":
		w := s.in(n, map[string]int{"QLinearConv": 3}[n.Op]+map[bool]int{true: 1}[n.Op != "QLinearConv"])
		if len(w) != len(x) || len(x) < 3 {
			return nil, 0, false
		}
		out = append([]int64{x[0], w[0]}, window(n, x[2:], w[2:])...)
		return out, times(times(out...), times(w[1:]...)), true
	case "MaxPool", "AveragePool", "LpPool":
		k := n.Ints("kernel_shape")
		if len(x) < 3 || len(k) != len(x)-2 {
			return nil, 0, false
		}
		return append([]int64{x[0], x[1]}, window(n, x[2:], k)...), 0, true
	case "GlobalAveragePool", "GlobalMaxPool":
		out = slices.Clone(x)
		for i := 2; i < len(out); i++ {
			out[i] = 1
		}
		return out, 0, true
	case "Gemm":
		w := s.in(n, 1)
		if len(x) != 2 || len(w) != 2 {
			return nil, 0, false
		}
		rows, cols := x[0], w[1]
		if n.Int("transA", 0) != 0 {
			rows = x[1]
		}
		if n.Int("transB", 0) != 0 {
			cols = w[0]
		}
		return []int64{rows, cols}, times(times(x...), cols), true
	case "MatMul", "MatMulInteger":
		w := s.in(n, 1)
		if len(x) < 2 || len(w) < 2 {
			return nil, 0, false
		}
		batch := wider(x[:len(x)-2], w[:len(w)-2])
		if batch == nil {
			return nil, 0, false
		}
		out = append(slices.Clone(batch), x[len(x)-2], w[len(w)-1])
		return out, times(times(out...), x[len(x)-1]), true
	case "LSTM", "GRU", "RNN":
		w, r := s.in(n, 1), s.in(n, 2)
		if len(x) != 3 || len(w) != 3 || len(r) != 3 {
			return nil, 0, false
		}
		return []int64{x[0], w[0], x[1], r[2]}, times(x[0], x[1], plus(times(w...), times(r...))), true
	case "Flatten":
		axis := n.Int("axis", 1)
		if axis < 0 {
			axis += int64(len(x))
		}
		if axis < 0 || axis > int64(len(x)) {
			return nil, 0, false
		}
		return []int64{times(x[:axis]...), times(x[axis:]...)}, 0, true
	case "Transpose":
		perm := n.Ints("perm")
		for i := range x {
			at := int64(len(x) - 1 - i)
			if perm != nil {
				if len(perm) != len(x) {
					return nil, 0, false
				}
				at = perm[i]
			}
			if at < 0 || at >= int64(len(x)) {
				return nil, 0, false
			}
			out = append(out, x[at])
		}
		return out, 0, true
	case "Reshape":
		return s.reshape(n, x)
	case "Gather":
		i, axis := s.in(n, 1), n.Int("axis", 0)
		if i == nil || axis < 0 || axis >= int64(len(x)) {
			return nil, 0, false
		}
		return slices.Concat(x[:axis], i, x[axis+1:]), 0, true
	case "Concat":
		return s.concat(n, x)
	}
	return nil, 0, false
}

func (s *shaper) concat(n *Node, x []int64) ([]int64, int64, bool) {
	axis, out := n.Int("axis", 0), slices.Clone(x)
	if axis < 0 {
		axis += int64(len(x))
	}
	if axis < 0 || axis >= int64(len(x)) {
		return nil, 0, false
	}
	for i := 1; i < len(n.Inputs); i++ {
		y := s.in(n, i)
		if len(y) != len(x) {
			return nil, 0, false
		}
		out[axis] = plus(out[axis], y[axis])
	}
	return out, 0, true
}

func (s *shaper) reshape(n *Node, x []int64) ([]int64, int64, bool) {
	if len(n.Inputs) < 2 {
		return nil, 0, false
	}
	want, ok := s.consts[n.Inputs[1]]
	if !ok {
		return nil, 0, false
	}
	out, free := slices.Clone(want), -1
	for i, d := range out {
		switch {
		case d == 0 && i < len(x):
			out[i] = x[i]
		case d == -1 && free < 0:
			out[i], free = 1, i
		case d < 1:
			return nil, 0, false
		}
	}
	if all, rest := times(x...), times(out...); free >= 0 && rest > 0 {
		out[free] = all / rest
	}
	return out, 0, true
}

// wider is the shape that two have together, nil if they have none.
func wider(a, b []int64) []int64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	if out == nil {
		out = []int64{}
	}
	for i, d := range b {
		at := &out[len(a)-len(b)+i]
		if *at == 1 {
			*at = d
		} else if d != 1 && d != *at {
			return nil
		}
	}
	return out
}

// window are the sizes after a window of kernel went over x.
func window(n *Node, x, kernel []int64) []int64 {
	at := func(name string, i int, otherwise int64) int64 {
		if l := n.Ints(name); i < len(l) && l[i] >= 0 {
			return min(l[i], MostElements)
		}
		return otherwise
	}
	same := false
	if a := n.Attr("auto_pad"); a != nil && len(a.S) > 4 && string(a.S[:4]) == "SAME" {
		same = true
	}
	var out []int64
	for i, d := range x {
		stride := max(at("strides", i, 1), 1)
		if same {
			out = append(out, (d+stride-1)/stride)
			continue
		}
		span := times(kernel[i]-1, max(at("dilations", i, 1), 1)) + 1
		size := d + at("pads", i, 0) + at("pads", i+len(x), 0) - span
		if n.Int("ceil_mode", 0) != 0 {
			size += stride - 1
		}
		out = append(out, max(size, -stride)/stride+1)
	}
	return out
}
