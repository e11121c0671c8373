package onnx

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"

	"tacit/fault"
)

// What a network may have at most, whatever its limits.
const (
	MostBytes    = 1<<31 - 1 // of the file, as its format has it
	mostNodes    = 1 << 17   // over all its graphs
	mostTensors  = 1 << 17
	mostValues   = 1 << 18
	mostLinks    = 1 << 20 // inputs and outputs of nodes
	mostAttrs    = 1 << 20
	mostItems    = 1 << 24 // numbers and texts of attributes
	mostDepth    = 8       // graphs in nodes of graphs
	mostName     = 1024    // bytes
	mostRank     = 32
	mostTypeDeep = 4
)

// A Model is a network that was read or made.
type Model struct {
	IR       int64
	Opsets   []Opset
	Producer string
	Graph    *Graph
}

// An Opset is a set of operators and the version of it that a network uses.
type Opset struct {
	Domain  string
	Version int64
}

// A Graph is what nodes compute of inputs.
type Graph struct {
	Name         string
	Nodes        []*Node
	Initializers []*Tensor
	Inputs       []Value
	Outputs      []Value
	Values       []Value
}

// A Node is one operation.
type Node struct {
	Name, Op, Domain string
	Inputs, Outputs  []string
	Attrs            []Attr
}

// Attr is the node's attribute of the name, or nil.
func (n *Node) Attr(name string) *Attr {
	for i := range n.Attrs {
		if n.Attrs[i].Name == name {
			return &n.Attrs[i]
		}
	}
	return nil
}

// Int is an attribute that is a whole number, or what stands for it if there is none.
func (n *Node) Int(name string, otherwise int64) int64 {
	if a := n.Attr(name); a != nil && a.Kind == AttrInt {
		return a.I
	}
	return otherwise
}

// Ints is an attribute that is a list of whole numbers.
func (n *Node) Ints(name string) []int64 {
	if a := n.Attr(name); a != nil && a.Kind == AttrInts {
		return a.Ints
	}
	return nil
}

// An AttrKind says what an attribute is, by its number in the format.
type AttrKind int32

// The kinds of attributes.
const (
	AttrFloat   AttrKind = 1
	AttrInt     AttrKind = 2
	AttrString  AttrKind = 3
	AttrTensor  AttrKind = 4
	AttrGraph   AttrKind = 5
	AttrFloats  AttrKind = 6
	AttrInts    AttrKind = 7
	AttrStrings AttrKind = 8
	AttrTensors AttrKind = 9
	AttrGraphs  AttrKind = 10
	AttrType    AttrKind = 13
)

// An Attr is an attribute of a node; the field of its kind has it.
type Attr struct {
	Name    string
	Kind    AttrKind
	F       float32
	I       int64
	S       []byte
	T       *Tensor
	G       *Graph
	Floats  []float32
	Ints    []int64
	Strings [][]byte
	Tensors []*Tensor
	Graphs  []*Graph
	Of      *Kind
}

// A Value is a tensor that goes in or comes out, or of which the type is said.
type Value struct {
	Name string
	Kind *Kind // nil if it is not said
}

// A Kind is the type of a value. A tensor has elements; other kinds are of others.
type Kind struct {
	Elem   Type // of a tensor or the keys of a map
	Ranked bool // the number of dimensions is said
	Dims   []Dim
	Form   Form
	Of     *Kind // of what a sequence, a map or an optional is
}

// A Form is a kind of kinds.
type Form uint8

// The forms.
const (
	FormTensor   Form = 0
	FormSequence Form = 4
	FormMap      Form = 5
	FormOptional Form = 9
)

// A Dim is a dimension: its size, or -1 and perhaps a name.
type Dim struct {
	Size int64
	Name string
}

// Shape is that of a tensor, with -1 where a dimension is not known; nil and false if not
// even their number is.
func (k *Kind) Shape() ([]int64, bool) {
	if k == nil || k.Form != FormTensor || !k.Ranked {
		return nil, false
	}
	out := make([]int64, len(k.Dims))
	for i, d := range k.Dims {
		out[i] = d.Size
	}
	return out, true
}

// TensorOf is the kind of tensors of a shape, in which -1 is any size.
func TensorOf(elem Type, shape ...int64) *Kind {
	k := &Kind{Elem: elem, Ranked: true}
	for i, d := range shape {
		if d < 0 {
			k.Dims = append(k.Dims, Dim{-1, "d" + strconv.Itoa(i)})
			continue
		}
		k.Dims = append(k.Dims, Dim{Size: d})
	}
	return k
}

// A Tensor is one that is part of the network. Its elements are in Raw as they lie in
// memory, or in one of the lists of the format.
type Tensor struct {
	Name string
	Type Type
	Dims []int64
	Raw  []byte

	lists [4]list  // by their order in the format
	texts [][]byte // of type string
}

// A list has elements that are written one by one.
type list struct {
	packed []byte // as they lie in the file
	n      int64
	whole  bool // packed is part of the file
}

// The lists of a tensor.
const (
	listFloat  = 0 // field 4
	listInt32  = 1 // field 5
	listInt64  = 2 // field 7
	listDouble = 3 // field 10
	listUint64 = 4 // field 11, which shares a place with doubles
)

// Count is how many elements it has.
func (t *Tensor) Count() int64 {
	n, _ := Count(t.Dims)
	return n
}

// Bytes is how much memory it takes.
func (t *Tensor) Bytes() int64 {
	if t.Type == String {
		n := int64(0)
		for _, s := range t.texts {
			n += int64(len(s)) + 32
		}
		return n
	}
	return t.bytes()
}

func (t *Tensor) bytes() int64 {
	if !t.Type.Known() {
		return 0
	}
	return (t.Count()*int64(typeBits[t.Type]) + 7) / 8
}

// Floats are its elements, if they are float32.
func (t *Tensor) Floats() ([]float32, bool) {
	if t.Type != Float32 {
		return nil, false
	}
	b := t.Raw
	if b == nil {
		b = t.lists[listFloat].packed
	}
	if int64(len(b)) != 4*t.Count() {
		return nil, false
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out, true
}

// Ints are its elements, if they are int64 or int32 and few.
func (t *Tensor) Ints() ([]int64, bool) {
	n := t.Count()
	if n > 1<<16 || t.Type != Int64 && t.Type != Int32 {
		return nil, false
	}
	var out []int64
	if t.Raw != nil {
		for i := range n {
			if t.Type == Int64 {
				out = append(out, int64(binary.LittleEndian.Uint64(t.Raw[8*i:])))
			} else {
				out = append(out, int64(int32(binary.LittleEndian.Uint32(t.Raw[4*i:]))))
			}
		}
		return out, true
	}
	l := t.lists[listInt64].packed
	if t.Type == Int32 {
		l = t.lists[listInt32].packed
	}
	for len(l) > 0 {
		v, k := binary.Uvarint(l)
		if k <= 0 {
			return nil, false
		}
		out, l = append(out, int64(v)), l[k:]
	}
	return out, int64(len(out)) == n
}

// NewFloats is a tensor of float32.
func NewFloats(name string, v []float32, dims ...int64) *Tensor {
	raw := make([]byte, 4*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(x))
	}
	return &Tensor{Name: name, Type: Float32, Dims: dims, Raw: raw}
}

// NewInts is a tensor of int64.
func NewInts(name string, v []int64, dims ...int64) *Tensor {
	raw := make([]byte, 8*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint64(raw[8*i:], uint64(x))
	}
	return &Tensor{Name: name, Type: Int64, Dims: dims, Raw: raw}
}

// Asked are the inputs that a caller gives: those without a value of their own.
func (g *Graph) Asked() []Value {
	given := map[string]bool{}
	for _, t := range g.Initializers {
		given[t.Name] = true
	}
	var out []Value
	for _, v := range g.Inputs {
		if !given[v.Name] {
			out = append(out, v)
		}
	}
	return out
}

// Opset is the version of a domain's operators that the network uses, 0 if it uses none.
func (m *Model) Opset(domain string) int64 {
	for _, o := range m.Opsets {
		if o.Domain == domain || o.Domain == "ai.onnx" && domain == "" {
			return o.Version
		}
	}
	return 0
}

func bad(format string, args ...any) error {
	return fault.New(fault.InferModel, "infer: read network: "+format, args...)
}

// Quote is a name of a network for a message: short and quoted.
func Quote(name string) string {
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:57], "") + "..."
	}
	return strconv.Quote(name)
}

// Forget lets go of the file that the network was read from: of tensors that are not small
// only their shapes stay, which is enough for Cost and not for Append.
func (m *Model) Forget() { forget(m.Graph) }

func forget(g *Graph) {
	drop := func(t *Tensor) {
		if t == nil {
			return
		}
		if t.Bytes() > 4096 {
			t.Raw, t.texts = nil, nil
			clear(t.lists[:])
			return
		}
		t.Raw = slices.Clone(t.Raw)
		for i := range t.lists {
			t.lists[i].packed = slices.Clone(t.lists[i].packed)
		}
		for i := range t.texts {
			t.texts[i] = slices.Clone(t.texts[i])
		}
	}
	for _, t := range g.Initializers {
		drop(t)
	}
	for _, n := range g.Nodes {
		for i := range n.Attrs {
			a := &n.Attrs[i]
			drop(a.T)
			for _, t := range a.Tensors {
				drop(t)
			}
			a.S = slices.Clone(a.S)
			for k := range a.Strings {
				a.Strings[k] = slices.Clone(a.Strings[k])
			}
			for _, in := range append(slices.Clip(a.Graphs), a.G) {
				if in != nil {
					forget(in)
				}
			}
		}
	}
}
