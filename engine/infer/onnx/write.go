package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Append appends the network as a file to b. What Parse reads of that is the same network,
// without what was written for people.
func (m *Model) Append(b []byte) []byte {
	b = number(b, 1, uint64(m.IR))
	b = text(b, 2, m.Producer)
	b = message(b, 7, appendGraph(nil, m.Graph))
	for _, o := range m.Opsets {
		var in []byte
		in = text(in, 1, o.Domain)
		b = message(b, 8, number(in, 2, uint64(o.Version)))
	}
	return b
}

// Check reads the network as it would be written.
func (m *Model) Check() error {
	_, err := Parse(m.Append(nil))
	return err
}

func number(b []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

func message(b []byte, num protowire.Number, in []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), in)
}

func text(b []byte, num protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	return message(b, num, []byte(s))
}

func appendGraph(b []byte, g *Graph) []byte {
	for _, n := range g.Nodes {
		b = message(b, 1, appendNode(nil, n))
	}
	b = text(b, 2, g.Name)
	for _, t := range g.Initializers {
		b = message(b, 5, t.Append(nil))
	}
	b = appendValues(b, 11, g.Inputs)
	b = appendValues(b, 12, g.Outputs)
	return appendValues(b, 13, g.Values)
}

func appendValues(b []byte, num protowire.Number, list []Value) []byte {
	for _, v := range list {
		in := text(nil, 1, v.Name)
		if v.Kind != nil {
			in = message(in, 2, appendKind(nil, v.Kind))
		}
		b = message(b, num, in)
	}
	return b
}

func appendKind(b []byte, k *Kind) []byte {
	switch k.Form {
	case FormMap:
		in := number(nil, 1, uint64(k.Elem))
		return message(b, 5, message(in, 2, appendKind(nil, k.Of)))
	case FormSequence, FormOptional:
		return message(b, protowire.Number(k.Form), message(nil, 1, appendKind(nil, k.Of)))
	}
	var in []byte
	if k.Elem != 0 {
		in = number(in, 1, uint64(k.Elem))
	}
	if k.Ranked {
		var dims []byte
		for _, d := range k.Dims {
			var dim []byte
			if d.Size >= 0 {
				dim = number(dim, 1, uint64(d.Size))
			}
			dims = message(dims, 1, text(dim, 2, d.Name))
		}
		in = message(in, 2, dims)
	}
	return message(b, 1, in)
}

func appendNode(b []byte, n *Node) []byte {
	for _, s := range n.Inputs {
		b = message(b, 1, []byte(s)) // an input that is left out has a place, too
	}
	for _, s := range n.Outputs {
		b = message(b, 2, []byte(s))
	}
	b = text(b, 3, n.Name)
	b = text(b, 4, n.Op)
	for i := range n.Attrs {
		b = message(b, 5, appendAttr(nil, &n.Attrs[i]))
	}
	return text(b, 7, n.Domain)
}

func appendAttr(b []byte, a *Attr) []byte {
	b = text(b, 1, a.Name)
	switch a.Kind {
	case AttrFloat:
		b = protowire.AppendFixed32(protowire.AppendTag(b, 2, protowire.Fixed32Type), math.Float32bits(a.F))
	case AttrInt:
		b = number(b, 3, uint64(a.I))
	case AttrString:
		b = message(b, 4, a.S)
	case AttrTensor:
		b = message(b, 5, a.T.Append(nil))
	case AttrGraph:
		b = message(b, 6, appendGraph(nil, a.G))
	case AttrFloats:
		var in []byte
		for _, f := range a.Floats {
			in = protowire.AppendFixed32(in, math.Float32bits(f))
		}
		if len(in) > 0 {
			b = message(b, 7, in)
		}
	case AttrInts:
		var in []byte
		for _, i := range a.Ints {
			in = protowire.AppendVarint(in, uint64(i))
		}
		if len(in) > 0 {
			b = message(b, 8, in)
		}
	case AttrStrings:
		for _, s := range a.Strings {
			b = message(b, 9, s)
		}
	case AttrTensors:
		for _, t := range a.Tensors {
			b = message(b, 10, t.Append(nil))
		}
	case AttrGraphs:
		for _, g := range a.Graphs {
			b = message(b, 11, appendGraph(nil, g))
		}
	case AttrType:
		b = message(b, 14, appendKind(nil, a.Of))
	}
	return number(b, 20, uint64(a.Kind))
}

// Append appends the tensor as a message of the format.
func (t *Tensor) Append(b []byte) []byte {
	for _, d := range t.Dims {
		b = number(b, 1, uint64(d))
	}
	b = number(b, 2, uint64(t.Type))
	for num, l := range [...]protowire.Number{4, 5, 7, 10} {
		if len(t.lists[num].packed) == 0 {
			continue
		}
		if l == 10 && (t.Type == Uint32 || t.Type == Uint64) {
			l = 11
		}
		b = message(b, l, t.lists[num].packed)
	}
	for _, s := range t.texts {
		b = message(b, 6, s)
	}
	b = text(b, 8, t.Name)
	if t.Raw != nil {
		b = message(b, 9, t.Raw)
	}
	return b
}

// Make are attributes by name, in order: a number, a text, a tensor, a graph or a list.
func Make(pairs ...any) []Attr {
	var out []Attr
	for i := 0; i+1 < len(pairs); i += 2 {
		a := Attr{Name: pairs[i].(string)}
		switch v := pairs[i+1].(type) {
		case int:
			a.Kind, a.I = AttrInt, int64(v)
		case float64:
			a.Kind, a.F = AttrFloat, float32(v)
		case string:
			a.Kind, a.S = AttrString, []byte(v)
		case []int64:
			a.Kind, a.Ints = AttrInts, v
		case []float32:
			a.Kind, a.Floats = AttrFloats, v
		case []string:
			a.Kind = AttrStrings
			for _, s := range v {
				a.Strings = append(a.Strings, []byte(s))
			}
		case *Tensor:
			a.Kind, a.T = AttrTensor, v
		case *Graph:
			a.Kind, a.G = AttrGraph, v
		}
		out = append(out, a)
	}
	return out
}
