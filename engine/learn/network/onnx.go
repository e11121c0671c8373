package network

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// What ONNX is written in: IR version 8 and operators of version 13.
const (
	onnxIR      = 8
	onnxOpset   = 13
	onnxFloat   = 1
	onnxAttrInt = 2
	onnxInts    = 7
)

// A message is a message of protocol buffers as it is written.
type message []byte

func (m message) number(field int, v int64) message {
	m = binary.AppendUvarint(m, uint64(field)<<3)
	return binary.AppendUvarint(m, uint64(v))
}

func (m message) bytes(field int, b []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	m = binary.AppendUvarint(m, uint64(len(b)))
	return append(m, b...)
}

func (m message) text(field int, s string) message { return m.bytes(field, []byte(s)) }

// ONNX writes the model in the form of the Open Neural Network Exchange: input "x", a batch of
// rows, or of images as the model has them, and output "y", the probabilities of the classes
// or the values. What scales a row is put into the weights of the first layer.
func (m *Model) ONNX() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	weights, err := m.folded()
	if err != nil {
		return nil, err
	}
	g := &graph{now: "x"}
	image := m.Layers[0].Kind != Dense && (m.Input.Height > 1 || m.Input.Width > 1 || slices.ContainsFunc(m.Layers, func(l Layer) bool { return l.Kind == Conv || l.Kind == Pool }))
	shape := []int64{0, int64(m.Features())}
	if image {
		shape = []int64{0, int64(m.Input.Channels), int64(m.Input.Height), int64(m.Input.Width)}
	}
	for i, s := range m.plan.steps {
		if s.Kind == Dense && image {
			g.node("Flatten", nil, attrInt("axis", 1))
			image = false
		}
		var params []string
		if s.Size > 0 {
			params = []string{fmt.Sprintf("w%d", i+1), fmt.Sprintf("b%d", i+1)}
			dims := []int64{int64(s.Size), int64(s.fan)}
			if s.Kind == Conv {
				dims = []int64{int64(s.Size), int64(s.in.Channels), int64(s.Kernel), int64(s.Kernel)}
			}
			g.tensor(params[0], dims, weights[s.weights:s.biases])
			g.tensor(params[1], []int64{int64(s.Size)}, weights[s.biases:s.biases+s.Size])
		}
		edge, pad := int64(s.Kernel), int64(s.Pad)
		switch s.Kind {
		case Dense:
			g.node("Gemm", params, attrInt("transB", 1))
		case Conv:
			g.node("Conv", params, attrInts("kernel_shape", edge, edge), attrInts("pads", pad, pad, pad, pad), attrInts("strides", 1, 1))
		case Pool:
			g.node("MaxPool", nil, attrInts("kernel_shape", edge, edge), attrInts("strides", edge, edge))
		case ReLU:
			g.node("Relu", nil)
		}
	}
	if m.Objective == Classes {
		g.node("Softmax", nil, attrInt("axis", 1))
	}
	return g.done(shape, int64(m.Outputs())), nil
}

// folded are the weights of a model that takes rows as they are.
func (m *Model) folded() ([]float32, error) {
	shift, factor := m.Scaling.Shift, m.Scaling.Factor
	if len(factor) == 0 {
		return m.Weights, nil
	}
	w, s := slices.Clone(m.Weights), &m.plan.steps[0]
	for u := range s.Size {
		bias := float64(w[s.biases+u])
		for j := range s.fan {
			v := float64(w[s.weights+u*s.fan+j]) * float64(factor[min(j, len(factor)-1)])
			if len(shift) > 0 {
				bias -= v * float64(shift[j])
			}
			w[s.weights+u*s.fan+j] = float32(v)
		}
		w[s.biases+u] = float32(bias)
	}
	if !within(w) {
		return nil, refuseModel("onnx: its scaling does not go into its weights")
	}
	return w, nil
}

// A graph is that of ONNX as it grows, from what goes in to what comes out.
type graph struct {
	nodes   []node
	tensors []message
	now     string // the name of what the last node made
}

// A node is one before its output has its last name.
type node struct {
	inputs     []string
	output, op string
	attributes []message
}

// node adds one that takes what the last made, and these tensors.
func (g *graph) node(op string, tensors []string, attributes ...message) {
	n := node{append([]string{g.now}, tensors...), fmt.Sprintf("v%d", len(g.nodes)+1), op, attributes}
	g.nodes, g.now = append(g.nodes, n), n.output
}

func (g *graph) tensor(name string, dims []int64, values []float32) {
	var t message
	for _, d := range dims {
		t = t.number(1, d)
	}
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	g.tensors = append(g.tensors, t.number(2, onnxFloat).text(8, name).bytes(9, raw))
}

// done ends the graph with the name y and writes the model around it.
func (g *graph) done(in []int64, outputs int64) []byte {
	g.nodes[len(g.nodes)-1].output = "y"
	var all message
	for i, n := range g.nodes {
		var b message
		for _, in := range n.inputs {
			b = b.text(1, in)
		}
		b = b.text(2, n.output).text(3, fmt.Sprintf("%s%d", n.op, i+1)).text(4, n.op)
		for _, a := range n.attributes {
			b = b.bytes(5, a)
		}
		all = all.bytes(1, b)
	}
	all = all.text(2, "tacit")
	for _, t := range g.tensors {
		all = all.bytes(5, t)
	}
	all = all.bytes(11, valueInfo("x", in)).bytes(12, valueInfo("y", []int64{0, outputs}))
	return message{}.number(1, onnxIR).text(2, "tacit").bytes(7, all).bytes(8, message{}.text(1, "").number(2, onnxOpset))
}

// valueInfo says of what shape something is; a dimension of 0 is the rows of a batch.
func valueInfo(name string, dims []int64) message {
	var shape message
	for _, d := range dims {
		if d == 0 {
			shape = shape.bytes(1, message{}.text(2, "N"))
		} else {
			shape = shape.bytes(1, message{}.number(1, d))
		}
	}
	return message{}.text(1, name).bytes(2, message{}.bytes(1, message{}.number(1, onnxFloat).bytes(2, shape)))
}

func attrInt(name string, v int64) message {
	return message{}.text(1, name).number(3, v).number(20, onnxAttrInt)
}

func attrInts(name string, all ...int64) message {
	a := message{}.text(1, name)
	for _, v := range all {
		a = a.number(8, v)
	}
	return a.number(20, onnxInts)
}
