package onnx

import "strings"

// keepers are operators whose output has as many dimensions as their first input.
const keepers = alike + "Conv ConvTranspose ConvInteger MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool Resize Upsample Pad Slice Concat Split DepthToSpace SpaceToDepth Transpose Tile CumSum Trilu GridSample ReverseSequence ScatterND ScatterElements CenterCropPad IsNaN IsInf "

// A ranker knows how many dimensions values have, as far as that can be told beforehand.
type ranker struct {
	ranks map[string]int
	sizes map[string]int64 // elements of what has one dimension and lies fast
}

// checkShapes refuses what the runtime does not check itself: it trusts that the numbers
// which say how a tensor is resized are as many as the tensor has dimensions, and writes
// over its memory where they are not.
func (m *Model) checkShapes() error {
	r := &ranker{map[string]int{}, map[string]int64{}}
	for _, v := range m.Graph.Inputs {
		if shape, ok := v.Kind.Shape(); ok {
			r.know(v.Name, shape)
		}
	}
	return r.graph(m.Graph)
}

func (r *ranker) know(name string, shape []int64) {
	r.forget(name)
	r.ranks[name] = len(shape)
	if n, ok := Count(shape); ok {
		r.sizes[name] = n
	}
}

func (r *ranker) forget(name string) {
	delete(r.ranks, name)
	delete(r.sizes, name)
}

func (r *ranker) graph(g *Graph) error {
	for _, t := range g.Initializers {
		r.know(t.Name, t.Dims)
	}
	for _, n := range g.Nodes {
		for _, a := range n.Attrs {
			if a.G == nil {
				continue
			}
			for _, v := range a.G.Inputs { // the runtime does not hold them to the types they say
				r.forget(v.Name)
			}
			if err := r.graph(a.G); err != nil {
				return err
			}
		}
		if err := r.node(n); err != nil {
			return err
		}
	}
	return nil
}

func (r *ranker) node(n *Node) error {
	for _, o := range n.Outputs { // another graph beside this one may have the name, too
		r.forget(o)
	}
	if n.Domain != DomainMain {
		return nil
	}
	if err := n.window(); err != nil {
		return err
	}
	if n.Op == "Resize" || n.Op == "Upsample" {
		if err := r.resize(n); err != nil {
			return err
		}
	}
	if n.Op == "LSTM" || n.Op == "GRU" || n.Op == "RNN" {
		// The runtime ends its process where these are of other ranks.
		for i, want := range []int{3, 3, 3, 2, 1, 3, 3, 2} {
			if i >= len(n.Inputs) || n.Inputs[i] == "" {
				continue
			}
			if k, ok := r.in(n, i); i > 0 && i < 4 && !ok || ok && k != want {
				return bad("%s: its input %s must have %d dimensions, and that they are so many must be known beforehand", n.title(), Quote(n.Inputs[i]), want)
			}
		}
	}
	if a := n.Attr("value"); n.Op == "Constant" && a != nil && a.T != nil {
		r.know(n.Outputs[0], a.T.Dims)
		return nil
	}
	if l := n.Ints("value_ints"); n.Op == "Constant" && l != nil {
		r.know(n.Outputs[0], []int64{int64(len(l))})
	}
	if a := n.Attr("value_floats"); n.Op == "Constant" && a != nil {
		r.know(n.Outputs[0], []int64{int64(len(a.Floats))})
	}
	rank, ok := r.rank(n)
	for i, o := range n.Outputs {
		if n.Op == "BatchNormalization" && i > 0 {
			break // what it learns has one dimension
		}
		if ok && o != "" && rank >= 0 {
			r.ranks[o] = rank
		}
	}
	return nil
}

// in is the rank of an input.
func (r *ranker) in(n *Node, i int) (int, bool) {
	if i >= len(n.Inputs) {
		return 0, false
	}
	k, ok := r.ranks[n.Inputs[i]]
	return k, ok
}

func (r *ranker) rank(n *Node) (int, bool) {
	x, ok := r.in(n, 0)
	switch {
	case named(keepers, n.Op):
		return x, ok
	case strings.HasPrefix(n.Op, "Reduce") && n.Int("keepdims", 1) != 0:
		return x, ok
	case named(broadcast, n.Op) || n.Op == "MatMul":
		for i := range n.Inputs {
			y, known := r.in(n, i)
			if !known || n.Op == "MatMul" && y < 2 {
				return 0, false
			}
			x = max(x, y)
		}
		return x, ok
	}
	switch n.Op {
	case "Reshape":
		if len(n.Inputs) == 2 {
			size, known := r.sizes[n.Inputs[1]]
			return int(size), known && size <= mostRank
		}
		return len(n.Ints("shape")), n.Attr("shape") != nil
	case "Flatten", "Gemm":
		return 2, true
	case "Shape":
		if ok && n.Attr("start") == nil && n.Attr("end") == nil && len(n.Outputs) == 1 {
			r.sizes[n.Outputs[0]] = int64(x)
		}
		return 1, true
	case "Gather":
		y, known := r.in(n, 1)
		return x + y - 1, ok && known
	case "Unsqueeze", "Squeeze":
		axes, known := int64(len(n.Ints("axes"))), n.Attr("axes") != nil
		if len(n.Inputs) == 2 {
			axes, known = r.sizes[n.Inputs[1]]
		}
		if n.Op == "Squeeze" { // of none it takes all of size 1, and of the same twice one
			axes, known = -axes, known && axes == 1
		}
		return x + int(axes), ok && known && axes <= mostRank
	}
	return 0, false
}

// resize checks what says how a tensor is resized.
func (r *ranker) resize(n *Node) error {
	x, ok := r.in(n, 0)
	if !ok {
		return bad("%s: how many dimensions its input has can't be told beforehand; export it with fixed shapes", n.title())
	}
	axes := int64(x)
	if a := n.Attr("axes"); a != nil {
		axes = int64(len(a.Ints))
		for _, axis := range a.Ints {
			if axis < int64(-x) || axis >= int64(x) {
				return bad("%s: axes names a dimension that its input has not", n.title())
			}
		}
	}
	if a := n.Attr("scales"); a != nil && int64(len(a.Floats)) != axes {
		return bad("%s: scales has %d numbers, its input %d dimensions", n.title(), len(a.Floats), axes)
	}
	for i, in := range n.Inputs {
		if i == 0 || in == "" {
			continue
		}
		size, known := r.sizes[in]
		if k, ok := r.ranks[in]; !known || !ok || k != 1 {
			return bad("%s: how many numbers its input %s has can't be told beforehand; export it with fixed shapes", n.title(), Quote(in))
		}
		if want := axes; size != 0 && size != want && !(i == 1 && len(n.Inputs) > 2 && size == 2*want) {
			return bad("%s: its input %s has %d numbers, want %d", n.title(), Quote(in), size, want)
		}
	}
	return nil
}

// window refuses sizes of windows by which the runtime would divide, or count too far.
func (n *Node) window() error {
	const far = 1 << 31
	for _, a := range n.Attrs {
		least := int64(-far)
		switch a.Name {
		case "kernel_shape", "strides", "dilations", "group", "blocksize", "hidden_size", "num_groups", "size":
			least = 1
		case "pads", "output_padding", "output_shape":
		default:
			continue
		}
		numbers := a.Ints
		if a.Kind == AttrInt {
			numbers = []int64{a.I}
		}
		for _, v := range numbers {
			if v < least || v > far {
				return bad("%s: attribute %s has a number that is below %d or above %d", n.title(), Quote(a.Name), least, int64(far))
			}
		}
	}
	return nil
}
