package onnx

import (
	"bytes"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"tacit/fault"
)

// small is a network that is well formed; tests change it.
func small() *Model {
	g := &Graph{Name: "small",
		Inputs:       []Value{{"x", TensorOf(Float32, -1, 2)}},
		Outputs:      []Value{{"y", TensorOf(Float32, -1, 2)}},
		Initializers: []*Tensor{NewFloats("w", []float32{1, 2, 3, 4}, 2, 2), NewFloats("b", []float32{1, 1}, 2)},
		Nodes: []*Node{
			{Name: "mul", Op: "MatMul", Inputs: []string{"x", "w"}, Outputs: []string{"t"}},
			{Name: "add", Op: "Add", Inputs: []string{"t", "b"}, Outputs: []string{"s"}},
			{Name: "relu", Op: "Relu", Inputs: []string{"s"}, Outputs: []string{"y"}},
		}}
	return &Model{IR: 8, Opsets: []Opset{{Version: 17}}, Producer: "test", Graph: g}
}

// branch is a network with a graph in a node.
func branch(inner *Graph) *Model {
	m := small()
	m.Graph.Inputs = append(m.Graph.Inputs, Value{"c", TensorOf(Bool)})
	m.Graph.Nodes[2] = &Node{Name: "if", Op: "If", Inputs: []string{"c"}, Outputs: []string{"y"}, Attrs: Make("then_branch", inner, "else_branch", leafGraph("s"))}
	return m
}

func leafGraph(of string) *Graph {
	name := "z_" + of
	return &Graph{Name: "leaf", Nodes: []*Node{{Op: "Identity", Inputs: []string{of}, Outputs: []string{name}}}, Outputs: []Value{{Name: name}}}
}

func attributes(n int) []Attr {
	var out []Attr
	for i := range n {
		out = append(out, Make("a"+strconv.Itoa(i), i)...)
	}
	return out
}

func TestRefusedNetworks(t *testing.T) {
	raw := func(edit func(b []byte) []byte) func(*Model) []byte {
		return func(m *Model) []byte { return edit(m.Append(nil)) }
	}
	change := func(edit func(m *Model)) func(*Model) []byte {
		return func(m *Model) []byte { edit(m); return m.Append(nil) }
	}
	// tensor puts a tensor that is written by hand in front of the network's own.
	tensor := func(b []byte) func(*Model) []byte {
		return func(m *Model) []byte {
			g := message(appendGraph(nil, m.Graph), 5, b)
			m.Graph = nil
			return message(append(number(nil, 1, 8), message(nil, 8, number(nil, 2, 17))...), 7, g)
		}
	}
	deep := func(n int) *Graph {
		g := leafGraph("s")
		for i := range n {
			out := "d" + strings.Repeat("d", i)
			g = &Graph{Name: "deep", Nodes: []*Node{{Op: "If", Inputs: []string{"c"}, Outputs: []string{out}, Attrs: Make("then_branch", g, "else_branch", g)}}, Outputs: []Value{{Name: out}}}
		}
		return g
	}
	for _, tt := range []struct {
		name string
		make func(*Model) []byte
		says string // nothing is a twin
	}{
		{"twin: as it is", change(func(*Model) {}), ""},
		{"nothing", func(*Model) []byte { return nil }, "empty"},
		{"a text", func(*Model) []byte { return []byte("hello world, I am no network") }, "field"},
		{"cut short", raw(func(b []byte) []byte { return b[:len(b)-9] }), "the network"},
		{"two graphs", raw(func(b []byte) []byte { return message(b, 7, nil) }), "field 7 is there twice"},
		{"an unknown field", raw(func(b []byte) []byte { return number(b, 99, 1) }), "field 99"},
		{"an unknown version", change(func(m *Model) { m.IR = 99 }), "version 99"},
		{"an old version", change(func(m *Model) { m.IR = 2 }), "version 2"},
		{"operators of tomorrow", change(func(m *Model) { m.Opsets[0].Version = 99 }), "version 99 of the operators"},
		{"the same operators twice", change(func(m *Model) { m.Opsets = append(m.Opsets, Opset{"ai.onnx", 18}) }), `the operators "ai.onnx" twice`},
		{"twin: the operators by their other name", change(func(m *Model) { m.Opsets[0].Domain, m.Graph.Nodes[0].Domain = "ai.onnx", "ai.onnx" }), ""},
		{"no operators", change(func(m *Model) { m.Opsets = nil }), "which version of the operators"},
		{"a custom domain", change(func(m *Model) {
			m.Opsets = append(m.Opsets, Opset{"com.evil", 1})
			m.Graph.Nodes[1].Domain = "com.evil"
		}), `node "add" ("Add"): it is of the operators "com.evil"`},
		{"twin: a custom domain of which it uses nothing", change(func(m *Model) { m.Opsets = append(m.Opsets, Opset{"com.evil", 1}) }), ""},
		{"a custom operator", change(func(m *Model) { m.Graph.Nodes[2].Op = "Reluu" }), `no such operator here, did you mean Relu?`},
		{"an operator for training", change(func(m *Model) { m.Graph.Nodes[2].Op = "Gradient" }), "no such operator"},
		{"numbers at random without a seed", change(func(m *Model) { m.Graph.Nodes[2].Op = "RandomNormalLike" }), "without a seed"},
		{"twin: with a seed", change(func(m *Model) { m.Graph.Nodes[2].Op, m.Graph.Nodes[2].Attrs = "RandomNormalLike", Make("seed", 7.0) }), ""},
		{"functions of its own", raw(func(b []byte) []byte { return message(b, 25, nil) }), "functions of its own"},
		{"training", raw(func(b []byte) []byte { return message(b, 20, nil) }), "training"},
		{"a cycle", change(func(m *Model) { m.Graph.Nodes[0].Inputs[0] = "s" }), `node "mul" ("MatMul"): it needs "s", which is made after it: the graph has a cycle`},
		{"nodes out of order", change(func(m *Model) {
			m.Graph.Nodes[0], m.Graph.Nodes[1] = m.Graph.Nodes[1], m.Graph.Nodes[0]
		}), "not in order"},
		{"a node of itself", change(func(m *Model) { m.Graph.Nodes[1].Inputs[0] = "s" }), "cycle"},
		{"an input that is nowhere", change(func(m *Model) { m.Graph.Nodes[1].Inputs[1] = "q" }), `nothing makes its input "q"`},
		{"an output that is nowhere", change(func(m *Model) { m.Graph.Outputs[0].Name = "q" }), `nothing makes its output "q"`},
		{"no output", change(func(m *Model) { m.Graph.Outputs = nil }), "no output"},
		{"the same name twice", change(func(m *Model) { m.Graph.Nodes[1].Outputs[0] = "t" }), `the name "t" is there twice`},
		{"the same input twice", change(func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Inputs[0]) }), `the name "x" is there twice`},
		{"an input without a name", change(func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, Value{"", TensorOf(Float32)}) }), "an input without a name"},
		{"the same output twice", change(func(m *Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Outputs[0]) }), `output "y" is there twice`},
		{"an output without a type", change(func(m *Model) { m.Graph.Outputs[0].Kind = nil }), `output "y" has no type`},
		{"a node that makes nothing", change(func(m *Model) {
			m.Graph.Nodes = append(m.Graph.Nodes, &Node{Name: "lost", Op: "Constant", Attrs: Make("value", NewFloats("", []float32{1}))})
		}), `node "lost" ("Constant"): it has no output`},
		{"twin: 256 attributes", change(func(m *Model) { m.Graph.Nodes[0].Attrs = attributes(256) }), ""},
		{"257", change(func(m *Model) { m.Graph.Nodes[0].Attrs = attributes(257) }), "at most 256"},
		{"the same initialiser twice", change(func(m *Model) { m.Graph.Initializers[1].Name = "w" }), "two initialisers"},
		{"the same attribute twice", change(func(m *Model) { m.Graph.Nodes[0].Attrs = Make("a", 1, "a", 2) }), `attribute "a" is there twice`},
		{"an input without a type", change(func(m *Model) { m.Graph.Inputs[0].Kind = nil }), "has no type"},
		{"too few elements", change(func(m *Model) { m.Graph.Initializers[0].Raw = m.Graph.Initializers[0].Raw[:15] }), `"w": 15 bytes of elements, but its shape [2 2] of float32 has 16`},
		{"too many elements", change(func(m *Model) {
			m.Graph.Initializers[0].Raw = append(m.Graph.Initializers[0].Raw, 0)
		}), "17 bytes of elements"},
		{"a negative shape", change(func(m *Model) { m.Graph.Initializers[0].Dims = []int64{-2, -2} }), "negative"},
		{"a shape that overflows", change(func(m *Model) { m.Graph.Initializers[0].Dims = []int64{1 << 33, 1 << 33} }), "more than"},
		{"a shape that overflows to 4", change(func(m *Model) { m.Graph.Initializers[0].Dims = []int64{math.MaxInt64, 4, math.MaxInt64} }), "more than"},
		{"too many dimensions", change(func(m *Model) { m.Graph.Initializers[0].Dims = make([]int64, 33) }), "dimensions"},
		{"an unknown type", change(func(m *Model) { m.Graph.Initializers[0].Type = 77 }), "type 77"},
		{"external data", tensor(message(number(number(nil, 1, 1), 2, 1), 13, text(text(nil, 1, "location"), 2, "/etc/passwd"))), "in another file"},
		{"external data, said otherwise", tensor(number(number(number(nil, 1, 1), 2, 1), 14, 1)), "in another file"},
		{"a piece of a tensor", tensor(message(number(nil, 2, 1), 3, nil)), "a piece"},
		{"elements twice", tensor(message(message(number(number(nil, 1, 1), 2, 1), 9, make([]byte, 4)), 4, make([]byte, 4))), "twice"},
		{"elements of another type", tensor(message(number(number(nil, 1, 1), 2, 1), 7, []byte{1})), "no elements of its type"},
		{"a sparse tensor", func(m *Model) []byte {
			g := message(appendGraph(nil, m.Graph), 15, nil)
			return message(append(number(nil, 1, 8), message(nil, 8, number(nil, 2, 17))...), 7, g)
		}, "sparse"},
		{"twin: a branch", func(*Model) []byte { return branch(leafGraph("t")).Append(nil) }, ""},
		{"a branch of what is nowhere", func(*Model) []byte { return branch(leafGraph("q")).Append(nil) }, `nothing makes its input "q"`},
		{"a branch with a custom operator", func(*Model) []byte {
			g := leafGraph("t")
			g.Nodes[0].Op = "Evil"
			return branch(g).Append(nil)
		}, "no such operator"},
		{"a branch that redefines", func(*Model) []byte {
			g := leafGraph("t")
			g.Nodes[0].Outputs[0], g.Outputs[0].Name = "t", "t"
			return branch(g).Append(nil)
		}, "there twice"},
		{"twin: a branch with an initialiser", func(*Model) []byte {
			g := leafGraph("t")
			g.Initializers = []*Tensor{NewFloats("own", []float32{1}, 1)}
			return branch(g).Append(nil)
		}, ""},
		{"an initialiser of a branch that redefines", func(*Model) []byte {
			g := leafGraph("t")
			g.Initializers = []*Tensor{NewFloats("t", []float32{1}, 1)}
			return branch(g).Append(nil)
		}, `the name "t" is there twice`},
		{"graphs too deep", func(*Model) []byte { return branch(deep(9)).Append(nil) }, "more than 8 deep"},
		{"a name that is too long", change(func(m *Model) { m.Graph.Name = strings.Repeat("n", 1025) }), "1025 bytes"},
		{"a name that is no text", change(func(m *Model) { m.Graph.Name = "\xff" }), "not UTF-8"},
		{"an attribute of another kind", func(m *Model) []byte {
			a := number(protowire.AppendFixed32(protowire.AppendTag(text(nil, 1, "k"), 2, protowire.Fixed32Type), 1), 20, 2)
			n := message(appendNode(nil, m.Graph.Nodes[0]), 5, a)
			return message(append(number(nil, 1, 8), message(nil, 8, number(nil, 2, 17))...), 7, message(nil, 1, n))
		}, `attribute "k": its value is not of the kind`},
		{"an attribute of a function", func(m *Model) []byte {
			n := message(appendNode(nil, m.Graph.Nodes[0]), 5, text(text(nil, 1, "k"), 21, "outer"))
			return message(append(number(nil, 1, 8), message(nil, 8, number(nil, 2, 17))...), 7, message(nil, 1, n))
		}, `attribute "k": it stands for one of a function`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.make(small()))
			if tt.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if fault.Of(err) != fault.InferModel || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("Parse = %v, want INFER_MODEL with %q", err, tt.says)
			}
		})
	}
}

// TestWhatTheRuntimeDoesNotSurvive: networks that are well formed, and over which ONNX Runtime
// 1.27 ends its process or writes over its memory.
func TestWhatTheRuntimeDoesNotSurvive(t *testing.T) {
	resize := func(numbers int, rank int64, edit func(*Node)) *Model {
		m := small()
		m.Graph.Initializers = []*Tensor{NewFloats("scales", make([]float32, numbers), int64(numbers))}
		m.Graph.Inputs = []Value{{"x", TensorOf(Float32, make([]int64, rank)...)}, {"n", TensorOf(Float32, -1)}}
		n := &Node{Name: "grow", Op: "Resize", Inputs: []string{"x", "", "scales"}, Outputs: []string{"y"}, Attrs: Make("mode", "cubic")}
		if edit != nil {
			edit(n)
		}
		m.Graph.Nodes = []*Node{n}
		m.Graph.Outputs[0].Kind = &Kind{Elem: Float32}
		return m
	}
	recur := func(dims ...int64) *Model {
		m := small()
		m.Graph.Inputs = []Value{{"x", TensorOf(Float32, 1, 2, 4)}}
		m.Graph.Initializers = []*Tensor{NewFloats("w", make([]float32, 48), 1, 12, 4), NewFloats("r", make([]float32, 36), dims...)}
		m.Graph.Nodes = []*Node{{Name: "lstm", Op: "LSTM", Inputs: []string{"x", "w", "r"}, Outputs: []string{"y"}, Attrs: Make("hidden_size", 3)}}
		return m
	}
	pool := func(stride int64) *Model {
		m := resize(4, 4, nil)
		m.Graph.Nodes = []*Node{{Name: "pool", Op: "AveragePool", Inputs: []string{"x"}, Outputs: []string{"y"}, Attrs: Make("kernel_shape", []int64{2, 2}, "strides", []int64{stride, 1})}}
		return m
	}
	// after has nodes in front of the one that resizes, which takes s.
	after := func(numbers int, rank int64, nodes ...*Node) *Model {
		m := resize(numbers, rank, func(n *Node) { n.Inputs[0] = "s" })
		m.Graph.Nodes = append(nodes, m.Graph.Nodes...)
		return m
	}
	do := func(op string, inputs []string, outputs ...string) *Node {
		return &Node{Op: op, Inputs: inputs, Outputs: outputs}
	}
	x := []string{"x"}
	inner := func(out string, nodes ...*Node) *Graph {
		return &Graph{Name: "inner", Nodes: nodes, Outputs: []Value{{Name: out}}}
	}
	// beside has a graph of its own, next to one in which s has four dimensions.
	beside := func(g *Graph) *Model {
		m := resize(4, 4, nil)
		m.Graph.Inputs = append(m.Graph.Inputs, Value{"c", TensorOf(Bool)})
		m.Graph.Nodes = []*Node{{Name: "if", Op: "If", Inputs: []string{"c"}, Outputs: []string{"y"}, Attrs: Make("then_branch", inner("s", do("Identity", x, "s")), "else_branch", g)}}
		return m
	}
	grown := resize(4, 4, nil).Graph.Nodes[0]
	grown.Inputs[0], grown.Outputs[0] = "s", "z"
	body := inner("z", grown)
	body.Inputs = []Value{{"s", TensorOf(Float32, 1, 1, 1, 1)}}
	upsample := func(scales ...float32) *Model {
		return resize(4, 4, func(n *Node) { n.Op, n.Inputs, n.Attrs = "Upsample", x, Make("scales", scales) })
	}
	for _, tt := range []struct {
		name string
		m    *Model
		says string
	}{
		{"of what it does not have", resize(4, 4, func(n *Node) { n.Inputs = nil }), "how many dimensions its input has can't be told"},
		{"of what may have any number of dimensions", after(4, 4, do("Einsum", x, "s")), "how many dimensions its input has can't be told"},
		{"twin: of a sum", after(4, 4, do("Add", []string{"x", "x"}, "s")), ""},
		{"of a sum with that", after(4, 4, do("Einsum", x, "q"), do("Add", []string{"x", "q"}, "s")), "how many dimensions its input has can't be told"},
		{"of numbers that become as wide as others", after(1, 4, do("BitShift", []string{"scales", "x"}, "s")), `"scales" has 1 numbers, want 4`},
		{"twin: of what a norm gives", after(4, 4, do("BatchNormalization", x, "s", "mean")), ""},
		{"of what it learns", after(4, 4, do("BatchNormalization", x, "q", "s")), "how many dimensions its input has can't be told"},
		{"twin: without a dimension", after(3, 4, &Node{Op: "Squeeze", Inputs: x, Outputs: []string{"s"}, Attrs: Make("axes", []int64{0})}), ""},
		{"without the same twice", after(2, 4, &Node{Op: "Squeeze", Inputs: x, Outputs: []string{"s"}, Attrs: Make("axes", []int64{0, 0})}), "how many dimensions its input has can't be told"},
		{"without all of size 1", after(4, 4, &Node{Op: "Squeeze", Inputs: x, Outputs: []string{"s"}, Attrs: Make("axes", []int64{})}), "how many dimensions its input has can't be told"},
		{"twin: in a graph, of a name that another graph has", beside(inner("z", do("Identity", x, "s"), grown)), ""},
		{"with fewer dimensions there", beside(inner("z", do("Einsum", x, "s"), grown)), "how many dimensions its input has can't be told"},
		{"of a name that a loop gives", beside(inner("l", &Node{Op: "Loop", Inputs: []string{"", "", "x"}, Outputs: []string{"l"}, Attrs: Make("body", body)})), "how many dimensions its input has can't be told"},
		{"twin: four scales of an attribute", upsample(1, 1, 2, 2), ""},
		{"three", upsample(1, 2, 2), "scales has 3 numbers"},
		{"twin: a stride of one", pool(1), ""},
		{"a stride of nothing", pool(0), `node "pool" ("AveragePool"): attribute "strides" has a number that is below 1`},
		{"twin: as many scales as dimensions", resize(4, 4, nil), ""},
		{"more scales than dimensions", resize(100, 4, nil), `"scales" has 100 numbers, want 4`},
		{"fewer", resize(3, 4, nil), "3 numbers"},
		{"scales that are given, of any number", resize(4, 4, func(n *Node) { n.Inputs[2] = "n" }), "can't be told"},
		{"twin: along two axes", resize(2, 4, func(n *Node) { n.Attrs = append(n.Attrs, Make("axes", []int64{2, 3})...) }), ""},
		{"along an axis that is none", resize(2, 4, func(n *Node) { n.Attrs = append(n.Attrs, Make("axes", []int64{2, 9})...) }), "axes"},
		{"twin: weights of three dimensions", recur(1, 12, 3), ""},
		{"of two", recur(12, 3), "3 dimensions"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.m.Check()
			if tt.says == "" && err != nil || tt.says != "" && (fault.Of(err) != fault.InferModel || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("Check = %v, want %q", err, tt.says)
			}
		})
	}
}

func TestANetworkComesBackAsItWent(t *testing.T) {
	m := branch(leafGraph("t"))
	m.Graph.Nodes[0].Attrs = Make("f", 1.5, "s", "text", "l", []int64{1, -1}, "r", []float32{2}, "t", NewInts("", []int64{7}, 1), "n", []string{"a", ""})
	b := m.Append(nil)
	again, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Append(nil), b) {
		t.Error("written again it is another")
	}
	if !reflect.DeepEqual(again.Graph.Inputs, m.Graph.Inputs) || again.Graph.Nodes[0].Int("i", 5) != 5 || !reflect.DeepEqual(again.Graph.Nodes[0].Ints("l"), []int64{1, -1}) {
		t.Errorf("it comes back as %+v", again.Graph)
	}
}

func TestCosts(t *testing.T) {
	c := small().Cost(map[string][]int64{"x": {10, 2}})
	if c.Params != 6 || c.Weight != 24 || c.MACs != 10*2*2+20/4*3 || c.Memory != 3*80 {
		t.Errorf("cost = %+v", c)
	}
	// A shape that is not known counts each weight once for each row.
	m := small()
	m.Graph.Nodes[0].Op = "Einsum"
	if c := m.Cost(map[string][]int64{"x": {10, 2}}); c.MACs != 10*4+10*2 {
		t.Errorf("cost = %+v", c)
	}
	// Operators cost the same by their other name.
	m = small()
	m.Opsets[0].Domain, m.Graph.Nodes[0].Domain = "ai.onnx", "ai.onnx"
	m, err := Parse(m.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if again := m.Cost(map[string][]int64{"x": {10, 2}}); again != c {
		t.Errorf("cost = %+v, want %+v", again, c)
	}
}

// TestCostsOfNodes: what a node costs follows from shapes that fit; of others each weight
// counts once for each row, and there is no memory.
func TestCostsOfNodes(t *testing.T) {
	of := func(dims ...int64) *Tensor { return NewFloats("w", nil, dims...) }
	more := func(name string, dims ...int64) *Tensor { return NewFloats(name, nil, dims...) }
	ints := func(v ...int64) *Tensor { return NewInts("w", v, int64(len(v))) }
	for _, tt := range []struct {
		name, op     string
		inputs       string
		attrs        []Attr
		x            []int64
		tensors      []*Tensor
		macs, memory int64
	}{
		{"twin", "Add", "x w", nil, []int64{2, 3}, []*Tensor{of(3)}, 1, 24},
		{"twin: a number alone", "Mul", "x w", nil, []int64{2, 3}, []*Tensor{of()}, 1, 24},
		{"an unknown shape", "Relu", "q", nil, []int64{2, 3}, nil, 0, 0},
		{"an unknown shape", "Add", "q w", nil, []int64{2, 3}, []*Tensor{of(3)}, 6, 0},
		{"an unknown shape further on", "Sum", "x q w", nil, []int64{2, 3}, []*Tensor{of(3)}, 6, 0},
		{"shapes that are not together one", "Add", "x w", nil, []int64{2, 3}, []*Tensor{of(2)}, 4, 0},
		{"twin", "Conv", "x w", nil, []int64{2, 3, 8, 8}, []*Tensor{of(4, 3, 3, 3)}, 288*27 + 288/4, 1152},
		{"weights of fewer dimensions", "Conv", "x w", nil, []int64{2, 3, 8, 8}, []*Tensor{of(4, 3, 3)}, 72, 0},
		{"twin", "MaxPool", "x", Make("kernel_shape", []int64{2, 2}), []int64{2, 3, 8, 8}, nil, 294 / 4, 1176},
		{"a window of fewer dimensions", "MaxPool", "x", Make("kernel_shape", []int64{2}), []int64{2, 3, 8, 8}, nil, 0, 0},
		{"twin", "Gemm", "x w", nil, []int64{2, 4}, []*Tensor{of(4, 5)}, 40 + 10/4, 40},
		{"three dimensions", "Gemm", "x w", nil, []int64{2, 3, 4}, []*Tensor{of(4, 5)}, 40, 0},
		{"twin", "MatMul", "x w", nil, []int64{2, 3, 4}, []*Tensor{of(4, 5)}, 120 + 30/4, 120},
		{"one dimension", "MatMul", "x w", nil, []int64{4}, []*Tensor{of(4, 5)}, 80, 0},
		{"batches that are not together one", "MatMul", "x w", nil, []int64{2, 3, 4}, []*Tensor{of(3, 4, 5)}, 120, 0},
		{"twin", "LSTM", "x w r", nil, []int64{2, 3, 4}, []*Tensor{of(1, 8, 4), more("r", 1, 8, 2)}, 288 + 12/4, 48},
		{"no recurrent weights", "LSTM", "x w", nil, []int64{2, 3, 4}, []*Tensor{of(1, 8, 4)}, 64, 0},
		{"twin", "Flatten", "x", nil, []int64{2, 3, 4}, nil, 24 / 4, 96},
		{"a dimension that it has not", "Flatten", "x", Make("axis", 5), []int64{2, 3, 4}, nil, 0, 0},
		{"twin", "Transpose", "x", Make("perm", []int64{1, 0}), []int64{2, 3}, nil, 6 / 4, 24},
		{"fewer dimensions", "Transpose", "x", Make("perm", []int64{0}), []int64{2, 3}, nil, 0, 0},
		{"a dimension that it has not", "Transpose", "x", Make("perm", []int64{0, 7}), []int64{2, 3}, nil, 0, 0},
		{"twin", "Gather", "x w", Make("axis", 1), []int64{2, 3}, []*Tensor{ints(0)}, 2 / 4, 8},
		{"a dimension that it has not", "Gather", "x w", Make("axis", 5), []int64{2, 3}, []*Tensor{ints(0)}, 2, 0},
		{"twin", "Concat", "x w", Make("axis", 1), []int64{2, 3}, []*Tensor{of(2, 5)}, 16 / 4, 64},
		{"a dimension that it has not", "Concat", "x w", Make("axis", 5), []int64{2, 3}, []*Tensor{of(2, 5)}, 20, 0},
		{"fewer dimensions", "Concat", "x w", Make("axis", 1), []int64{2, 3}, []*Tensor{of(5)}, 10, 0},
		{"twin", "Reshape", "x w", nil, []int64{2, 3}, []*Tensor{ints(3, -1)}, 6 / 4, 24},
		{"to nothing", "Reshape", "x", nil, []int64{2, 3}, nil, 0, 0},
		{"to an unknown shape", "Reshape", "x q", nil, []int64{2, 3}, nil, 0, 0},
		{"to a shape that is none", "Reshape", "x w", nil, []int64{2, 3}, []*Tensor{ints(-2)}, 2, 0},
	} {
		t.Run(tt.op+", "+tt.name, func(t *testing.T) {
			m := &Model{Graph: &Graph{Inputs: []Value{{"x", TensorOf(Float32)}}, Initializers: tt.tensors,
				Nodes: []*Node{{Op: tt.op, Inputs: strings.Fields(tt.inputs), Outputs: []string{"y"}, Attrs: tt.attrs}}}}
			if c := m.Cost(map[string][]int64{"x": tt.x}); c.MACs != tt.macs || c.Memory != tt.memory {
				t.Errorf("cost = %+v, want %d multiplications and %d bytes", c, tt.macs, tt.memory)
			}
		})
	}
}

// TestElements: what a tensor does not have it does not give.
func TestElements(t *testing.T) {
	texts := &Tensor{Type: String, Dims: []int64{1}, texts: [][]byte{nil}}
	floats := NewFloats("", []float32{1}, 1)
	lost := &Tensor{Type: Float32, Dims: []int64{1}}
	for _, tt := range []struct {
		name                string
		tensor              *Tensor
		floats, ints, plain bool
	}{
		{"numbers", floats, true, false, true},
		{"numbers that it let go of", lost, false, false, true},
		{"whole numbers", NewInts("", []int64{1}, 1), false, true, true},
		{"whole numbers of the size of floats", &Tensor{Type: Int32, Dims: []int64{1}, Raw: make([]byte, 4)}, false, true, true},
		{"very many whole numbers", NewInts("", make([]int64, 1<<16+1), 1<<16+1), false, false, true},
		{"texts", texts, false, false, false},
	} {
		_, f := tt.tensor.Floats()
		_, i := tt.tensor.Ints()
		_, p := tt.tensor.Plain()
		if f != tt.floats || i != tt.ints || p != tt.plain {
			t.Errorf("%s: Floats = %v, Ints = %v, Plain = %v", tt.name, f, i, p)
		}
	}
	for name, k := range map[string]*Kind{"no type": nil, "any shape": {Elem: Float32}, "a sequence": {Form: FormSequence, Ranked: true, Of: TensorOf(Float32)}} {
		if shape, ok := k.Shape(); ok {
			t.Errorf("%s: Shape = %v", name, shape)
		}
	}
	if _, ok := TensorOf(Float32).Shape(); !ok {
		t.Error("twin: a number has no shape")
	}
}

// FuzzModel: what is read is the same when it is written and read again, has a cost, and
// every refusal is INFER_MODEL.
func FuzzModel(f *testing.F) {
	f.Add(small().Append(nil))
	m := branch(leafGraph("t"))
	m.Graph.Nodes[0].Attrs = Make("f", 1.5, "s", "text", "l", []int64{1, -1}, "r", []float32{2}, "t", NewInts("", []int64{7}, 1), "n", []string{"a", ""})
	f.Add(m.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			if fault.Of(err) != fault.InferModel {
				t.Fatal(err)
			}
			return
		}
		once := m.Append(nil)
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("written again it is refused: %v", err)
		}
		if !bytes.Equal(again.Append(nil), once) {
			t.Fatal("written twice it is another")
		}
		shapes := map[string][]int64{}
		for _, v := range m.Graph.Asked() {
			shape, _ := v.Kind.Shape()
			for i := range shape {
				shape[i] = max(shape[i], 3)
			}
			shapes[v.Name] = shape
		}
		c := m.Cost(shapes)
		if c.MACs < 0 || c.Memory < 0 || c.Params < 0 || c.Weight < 0 {
			t.Fatalf("cost = %+v", c)
		}
		for _, x := range m.Graph.Initializers {
			x.Floats()
			x.Ints()
			x.Plain()
		}
		again.Forget()
		if f := again.Cost(shapes); f.Params != c.Params || f.MACs != c.MACs && len(b) < 4096 {
			t.Fatalf("once it forgot, cost = %+v instead of %+v", f, c)
		}
	})
}
