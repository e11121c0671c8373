package onnx

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// A reader counts what a network has so far.
type reader struct {
	nodes, tensors, values, links, attrs, items int
}

// Parse reads a network and checks it. The network keeps parts of b. Every error is
// INFER_MODEL and names no element of a tensor.
func Parse(b []byte) (*Model, error) {
	if len(b) == 0 {
		return nil, bad("the file is empty")
	}
	if len(b) > MostBytes {
		return nil, bad("%d bytes, at most %d", len(b), MostBytes)
	}
	r := new(reader)
	m, err := r.model(b)
	if err != nil {
		return nil, err
	}
	return m, m.check()
}

// ParseTensor reads a tensor that lies alone in a file, as tests of runtimes have them.
func ParseTensor(b []byte) (*Tensor, error) {
	return new(reader).tensor(b, "the tensor")
}

// A field is one of a message.
type field struct {
	num  protowire.Number
	kind protowire.Type
	data []byte // of a message, a text or packed numbers
	n    uint64 // a number
}

// each hands over the fields of a message. Those of once may be there once only, and what
// is neither there nor in many is unknown; both are lists of single-byte field numbers.
func each(b []byte, what, once, many string, do func(f field) error) error {
	var seen [64]bool
	for len(b) > 0 {
		num, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return bad("%s: what it has at its end is no field of a message", what)
		}
		b = b[n:]
		f := field{num: num, kind: kind}
		switch kind {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.n = uint64(v)
		case protowire.Fixed64Type:
			f.n, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			f.data, n = protowire.ConsumeBytes(b)
		default:
			return bad("%s: field %d is of an old kind", what, num)
		}
		if n < 0 {
			return bad("%s: field %d ends in the middle", what, num)
		}
		b = b[n:]
		switch {
		case holds(once, num):
			if seen[num] {
				return bad("%s: field %d is there twice", what, num)
			}
			seen[num] = true
		case !holds(many, num):
			return bad("%s: field %d is not one that is read here", what, num)
		}
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

func holds(list string, num protowire.Number) bool {
	for i := range len(list) {
		if protowire.Number(list[i]) == num {
			return true
		}
	}
	return false
}

// want refuses a field that is of another kind than the format says.
func (f field) want(kind protowire.Type, what string) error {
	if f.kind != kind {
		return bad("%s: field %d is of the wrong kind", what, f.num)
	}
	return nil
}

func (f field) text(into *string, what string) error {
	if err := f.want(protowire.BytesType, what); err != nil {
		return err
	}
	if len(f.data) > mostName {
		return bad("%s: a name of %d bytes, at most %d", what, len(f.data), mostName)
	}
	if !utf8.Valid(f.data) {
		return bad("%s: a name is not UTF-8", what)
	}
	*into = string(f.data)
	return nil
}

func (f field) number(into *int64, what string) error {
	*into = int64(f.n)
	return f.want(protowire.VarintType, what)
}

// note passes over what is for people.
func (f field) note(what string) error { return f.want(protowire.BytesType, what) }

// pair checks a pair of texts that nobody reads.
func (f field) pair(what string) error {
	if err := f.want(protowire.BytesType, what); err != nil {
		return err
	}
	return each(f.data, what, "\x01\x02", "", func(f field) error { return f.note(what) })
}

func (r *reader) model(b []byte) (*Model, error) {
	m, what := new(Model), "the network"
	var version int64
	err := each(b, what, "\x01\x02\x03\x04\x05\x06\x07", "\x08\x0e\x14\x19\x1a", func(f field) error {
		switch f.num {
		case 1:
			return f.number(&m.IR, what)
		case 2:
			return f.text(&m.Producer, what)
		case 3, 4, 6:
			return f.note(what)
		case 5:
			return f.number(&version, what)
		case 7:
			if err := f.want(protowire.BytesType, what); err != nil {
				return err
			}
			var err error
			m.Graph, err = r.graph(f.data, 1)
			return err
		case 8:
			return m.opset(f)
		case 14:
			return f.pair("the network's notes")
		case 20:
			return bad("it has a part for training, which is not run here; export it for inference")
		case 25:
			return bad("it has functions of its own, which are not run here; export it with them inlined")
		}
		return bad("it is spread over devices, which is not run here")
	})
	if err != nil {
		return nil, err
	}
	if m.Graph == nil {
		return nil, bad("it has no graph: it is no ONNX file")
	}
	return m, nil
}

func (m *Model) opset(f field) error {
	what := "the sets of operators"
	if err := f.want(protowire.BytesType, what); err != nil {
		return err
	}
	if len(m.Opsets) == 16 {
		return bad("%s: more than 16", what)
	}
	var o Opset
	err := each(f.data, what, "\x01\x02", "", func(f field) error {
		if f.num == 1 {
			return f.text(&o.Domain, what)
		}
		return f.number(&o.Version, what)
	})
	m.Opsets = append(m.Opsets, o)
	return err
}

func (r *reader) graph(b []byte, depth int) (*Graph, error) {
	if depth > mostDepth {
		return nil, bad("graphs in graphs, more than %d deep", mostDepth)
	}
	g, what := new(Graph), "a graph"
	err := each(b, what, "\x02\x0a", "\x01\x05\x0b\x0c\x0d\x0e\x0f\x10", func(f field) error {
		if err := f.want(protowire.BytesType, what); err != nil {
			return err
		}
		switch f.num {
		case 1:
			n, err := r.node(f.data, depth)
			g.Nodes = append(g.Nodes, n)
			return err
		case 2:
			return f.text(&g.Name, what)
		case 5:
			t, err := r.tensor(f.data, "an initialiser")
			g.Initializers = append(g.Initializers, t)
			return err
		case 10, 14:
			return f.note(what)
		case 11:
			return r.value(f.data, &g.Inputs, "an input")
		case 12:
			return r.value(f.data, &g.Outputs, "an output")
		case 13:
			return r.value(f.data, &g.Values, "the type of a value")
		case 15:
			return bad("%s: a sparse initialiser, which is not run here; export it dense", what)
		}
		return f.pair(what)
	})
	return g, err
}

func (r *reader) node(b []byte, depth int) (*Node, error) {
	if r.nodes++; r.nodes > mostNodes {
		return nil, bad("more than %d nodes", mostNodes)
	}
	n, what := new(Node), "a node"
	err := each(b, what, "\x03\x04\x06\x07\x08", "\x01\x02\x05\x09\x0a", func(f field) error {
		switch f.num {
		case 1, 2:
			if r.links++; r.links > mostLinks {
				return bad("more than %d inputs and outputs of nodes", mostLinks)
			}
			to := &n.Inputs
			if f.num == 2 {
				to = &n.Outputs
			}
			var s string
			err := f.text(&s, what)
			*to = append(*to, s)
			return err
		case 3:
			return f.text(&n.Name, what)
		case 4:
			return f.text(&n.Op, what)
		case 5:
			if err := f.want(protowire.BytesType, what); err != nil {
				return err
			}
			if r.attrs++; r.attrs > mostAttrs {
				return bad("more than %d attributes", mostAttrs)
			}
			a, err := r.attr(f.data, depth)
			n.Attrs = append(n.Attrs, a)
			return err
		case 6:
			return f.note(what)
		case 7:
			err := f.text(&n.Domain, what)
			if n.Domain == "ai.onnx" { // as some exporters write it
				n.Domain = DomainMain
			}
			return err
		case 8:
			var s string
			if err := f.text(&s, what); err != nil || s == "" {
				return err
			}
			return bad("%s: it names a form of a function, which is not run here", n.title())
		case 10:
			return bad("%s: it is spread over devices, which is not run here", n.title())
		}
		return f.pair(what)
	})
	return n, err
}

// title names a node for a message.
func (n *Node) title() string {
	switch {
	case n.Name != "":
		return "node " + Quote(n.Name) + " (" + Quote(n.Op) + ")"
	case len(n.Outputs) > 0 && n.Outputs[0] != "":
		return "the node that makes " + Quote(n.Outputs[0]) + " (" + Quote(n.Op) + ")"
	}
	return "a node without a name (" + Quote(n.Op) + ")"
}

// attrFields are the fields of an attribute's value, by its kind.
var attrFields = map[AttrKind]protowire.Number{
	AttrFloat: 2, AttrInt: 3, AttrString: 4, AttrTensor: 5, AttrGraph: 6, AttrFloats: 7, AttrInts: 8,
	AttrStrings: 9, AttrTensors: 10, AttrGraphs: 11, AttrType: 14,
}

func (r *reader) attr(b []byte, depth int) (Attr, error) {
	var a Attr
	var is protowire.Number
	what := "an attribute"
	err := each(b, what, "\x01\x02\x03\x04\x05\x06\x0d\x0e\x14", "\x07\x08\x09\x0a\x0b\x15\x16", func(f field) error {
		switch f.num {
		case 1:
			if err := f.text(&a.Name, what); err != nil {
				return err
			}
			what = "attribute " + Quote(a.Name)
			return nil
		case 13:
			return f.note(what)
		case 20:
			a.Kind = AttrKind(f.n)
			if f.n > 14 {
				a.Kind = 0
			}
			return f.want(protowire.VarintType, what)
		case 21:
			var s string
			if err := f.text(&s, what); err != nil || s == "" {
				return err
			}
			return bad("%s: it stands for one of a function, which is not run here", what)
		case 22:
			return bad("%s: a sparse tensor, which is not run here; export it dense", what)
		}
		if is != 0 && is != f.num {
			return bad("%s: it has two values", what)
		}
		is = f.num
		return r.attrValue(&a, f, what, depth)
	})
	if err != nil {
		return a, err
	}
	// Lists without elements have no field.
	want, ok := attrFields[a.Kind]
	empty := is == 0 && a.Kind >= AttrFloats && a.Kind <= AttrGraphs
	// The earliest files left zeros out.
	zero := is == 0 && (a.Kind == AttrFloat || a.Kind == AttrInt || a.Kind == AttrString)
	if !ok || is != want && !empty && !zero {
		return a, bad("%s: its value is not of the kind that it says", what)
	}
	return a, nil
}

func (r *reader) attrValue(a *Attr, f field, what string, depth int) (err error) {
	if f.num != 2 && f.num != 3 && f.num != 7 && f.num != 8 {
		if err := f.want(protowire.BytesType, what); err != nil {
			return err
		}
	}
	if r.items++; r.items > mostItems {
		return bad("attributes of more than %d elements", mostItems)
	}
	switch f.num {
	case 2:
		a.F = math.Float32frombits(uint32(f.n))
		return f.want(protowire.Fixed32Type, what)
	case 3:
		return f.number(&a.I, what)
	case 4:
		a.S = f.data
	case 5:
		a.T, err = r.tensor(f.data, what)
	case 6:
		a.G, err = r.graph(f.data, depth+1)
	case 7:
		return r.numbers(f, protowire.Fixed32Type, what, func(v uint64) { a.Floats = append(a.Floats, math.Float32frombits(uint32(v))) })
	case 8:
		return r.numbers(f, protowire.VarintType, what, func(v uint64) { a.Ints = append(a.Ints, int64(v)) })
	case 9:
		a.Strings = append(a.Strings, f.data)
	case 10:
		var t *Tensor
		t, err = r.tensor(f.data, what)
		a.Tensors = append(a.Tensors, t)
	case 11:
		var g *Graph
		g, err = r.graph(f.data, depth+1)
		a.Graphs = append(a.Graphs, g)
	case 14:
		a.Of, err = kindOf(f.data, what, 1)
	}
	return err
}

// numbers hands over a field of numbers, alone or packed.
func (r *reader) numbers(f field, kind protowire.Type, what string, do func(uint64)) error {
	if f.kind == kind {
		do(f.n)
		return nil
	}
	if err := f.want(protowire.BytesType, what); err != nil {
		return err
	}
	for b := f.data; len(b) > 0; {
		if r.items++; r.items > mostItems {
			return bad("attributes of more than %d elements", mostItems)
		}
		v, n := uint64(0), 0
		if kind == protowire.VarintType {
			v, n = protowire.ConsumeVarint(b)
		} else {
			var w uint32
			w, n = protowire.ConsumeFixed32(b)
			v = uint64(w)
		}
		if n < 0 {
			return bad("%s: its numbers end in the middle", what)
		}
		do(v)
		b = b[n:]
	}
	return nil
}

func (r *reader) value(b []byte, into *[]Value, what string) error {
	if r.values++; r.values > mostValues {
		return bad("more than %d values with types", mostValues)
	}
	var v Value
	err := each(b, what, "\x01\x02\x03", "\x04", func(f field) (err error) {
		switch f.num {
		case 1:
			err = f.text(&v.Name, what)
			what += " " + Quote(v.Name)
		case 2:
			if err = f.want(protowire.BytesType, what); err == nil {
				v.Kind, err = kindOf(f.data, what, 1)
			}
		case 3:
			return f.note(what)
		default:
			return f.pair(what)
		}
		return err
	})
	*into = append(*into, v)
	return err
}

func kindOf(b []byte, what string, depth int) (*Kind, error) {
	if depth > mostTypeDeep {
		return nil, bad("%s: types in types, more than %d deep", what, mostTypeDeep)
	}
	var k *Kind
	err := each(b, what, "\x01\x04\x05\x06\x09", "\x07\x08", func(f field) error {
		if err := f.want(protowire.BytesType, what); err != nil || f.num == 6 {
			return err
		}
		if k != nil {
			return bad("%s: it has two types", what)
		}
		k = &Kind{Form: Form(f.num)}
		switch f.num {
		case 1:
			k.Form = FormTensor
			return k.tensor(f.data, what)
		case 4, 9:
			return k.within(f.data, what, "\x01", depth)
		case 5:
			return k.within(f.data, what, "\x01\x02", depth)
		}
		return bad("%s: it is of a type that is not read here", what)
	})
	if err == nil && k != nil && k.Form != FormTensor && k.Of == nil {
		err = bad("%s: its type does not say of what", what)
	}
	return k, err
}

// within reads of what a sequence, an optional or a map is.
func (k *Kind) within(b []byte, what, once string, depth int) error {
	return each(b, what, once, "", func(f field) (err error) {
		if k.Form == FormMap && f.num == 1 {
			return k.elem(f, what)
		}
		if err = f.want(protowire.BytesType, what); err == nil {
			k.Of, err = kindOf(f.data, what, depth+1)
		}
		return err
	})
}

func (k *Kind) elem(f field, what string) error {
	if err := f.want(protowire.VarintType, what); err != nil {
		return err
	}
	if k.Elem = Type(f.n); f.n >= uint64(len(typeBits)) || !k.Elem.Known() {
		return bad("%s: its elements are of type %d, which is not read here", what, f.n)
	}
	return nil
}

func (k *Kind) tensor(b []byte, what string) error {
	return each(b, what, "\x01\x02", "", func(f field) error {
		if f.num == 1 {
			return k.elem(f, what)
		}
		if err := f.want(protowire.BytesType, what); err != nil {
			return err
		}
		k.Ranked = true
		return each(f.data, what, "", "\x01", func(f field) error {
			if err := f.want(protowire.BytesType, what); err != nil {
				return err
			}
			if len(k.Dims) == mostRank {
				return bad("%s: more than %d dimensions", what, mostRank)
			}
			d, sized := Dim{Size: -1}, false
			err := each(f.data, what, "\x01\x02\x03", "", func(f field) error {
				switch f.num {
				case 1:
					sized = true
					return f.number(&d.Size, what)
				case 2:
					return f.text(&d.Name, what)
				}
				return f.note(what)
			})
			if err == nil && sized && (d.Name != "" || d.Size > MostElements) {
				return bad("%s: a dimension of it has a size and a name, or too large a size", what)
			}
			if d.Size < 0 {
				d.Size = -1 // some exporters write so what is not known
			}
			k.Dims = append(k.Dims, d)
			return err
		})
	})
}
