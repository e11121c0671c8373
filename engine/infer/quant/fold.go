package quant

import (
	"math"
	"slices"

	"tacit/engine/infer/onnx"
)

// fold is the network with every norm behind a convolution made part of its weights, as
// runtimes do with float32 and can't do once weights are small. The network itself stays.
func fold(m *onnx.Model) *onnx.Model {
	old := m.Graph
	init, uses, makes := map[string]*onnx.Tensor{}, map[string]int{}, map[string]*onnx.Node{}
	inner := map[string]bool{}
	for _, t := range old.Initializers {
		init[t.Name] = t
	}
	for _, v := range slices.Concat(old.Outputs, old.Inputs) {
		uses[v.Name] += 2
	}
	for _, n := range old.Nodes {
		for _, in := range n.Inputs {
			uses[in]++
		}
		for _, a := range n.Attrs {
			used(a.G, inner)
		}
		if len(n.Outputs) == 1 {
			makes[n.Outputs[0]] = n
		}
	}
	g := *old
	g.Nodes, g.Initializers = nil, slices.Clone(old.Initializers)
	changed := map[*onnx.Node]*onnx.Node{}
	gone := map[*onnx.Node]bool{}
	for _, b := range old.Nodes {
		c := (*onnx.Node)(nil)
		if b.Op == "BatchNormalization" && b.Domain == "" && len(b.Inputs) == 5 && len(b.Outputs) == 1 && b.Int("training_mode", 0) == 0 && uses[b.Inputs[0]] == 1 && !inner[b.Inputs[0]] {
			c = makes[b.Inputs[0]]
		}
		if c == nil || c.Op != "Conv" || c.Domain != "" {
			continue
		}
		w, bias, ok := folded(c, b, init)
		if !ok {
			continue
		}
		w.Name, bias.Name = b.Outputs[0]+"_w_norm", b.Outputs[0]+"_b_norm"
		made := *c
		made.Inputs, made.Outputs = []string{c.Inputs[0], w.Name, bias.Name}, b.Outputs
		changed[c], gone[b] = &made, true
		g.Initializers = append(g.Initializers, w, bias)
		for _, in := range append(slices.Clone(c.Inputs[1:]), b.Inputs[1:]...) {
			uses[in]--
		}
	}
	if len(changed) == 0 {
		return m
	}
	for _, n := range old.Nodes {
		switch {
		case changed[n] != nil:
			g.Nodes = append(g.Nodes, changed[n])
		case !gone[n]:
			g.Nodes = append(g.Nodes, n)
		}
	}
	known := map[string]bool{}
	for _, t := range old.Initializers {
		known[t.Name] = uses[t.Name] <= 0 && !inner[t.Name]
	}
	g.Initializers = slices.DeleteFunc(g.Initializers, func(t *onnx.Tensor) bool { return known[t.Name] })
	out := *m
	out.Graph = &g
	return &out
}

// folded are the weights and the bias of a convolution with the norm behind it in them.
func folded(c, b *onnx.Node, init map[string]*onnx.Tensor) (w, bias *onnx.Tensor, ok bool) {
	from := init[c.Inputs[1]]
	if from == nil || from.Type != onnx.Float32 || len(from.Dims) < 3 || from.Dims[0] < 1 {
		return nil, nil, false
	}
	channels := from.Dims[0]
	var norm [4][]float32
	for i, name := range b.Inputs[1:] {
		t := init[name]
		if t == nil || t.Count() != channels {
			return nil, nil, false
		}
		if norm[i], ok = t.Floats(); !ok {
			return nil, nil, false
		}
	}
	was := make([]float32, channels)
	if len(c.Inputs) > 2 && c.Inputs[2] != "" {
		t := init[c.Inputs[2]]
		if t == nil || t.Count() != channels {
			return nil, nil, false
		}
		if was, ok = t.Floats(); !ok {
			return nil, nil, false
		}
	}
	small := 1e-5
	if a := b.Attr("epsilon"); a != nil {
		small = float64(a.F)
	}
	v, _ := from.Floats()
	each := len(v) / int(channels)
	now := make([]float32, channels)
	for k := range int(channels) {
		by := float64(norm[0][k]) / math.Sqrt(float64(norm[3][k])+small)
		if math.IsNaN(by) || math.IsInf(by, 0) {
			return nil, nil, false
		}
		for i := range v[k*each : (k+1)*each] {
			v[k*each+i] = float32(float64(v[k*each+i]) * by)
		}
		now[k] = float32((float64(was[k])-float64(norm[2][k]))*by + float64(norm[1][k]))
	}
	return onnx.NewFloats("", v, from.Dims...), onnx.NewFloats("", now, channels), true
}
