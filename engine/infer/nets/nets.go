// Package nets makes networks of known forms with weights that are drawn at random: they
// cost what trained ones cost, and what they say means nothing.
package nets

import (
	"fmt"
	"math"
	"math/rand/v2"

	"tacit/engine/infer/onnx"
)

// Note is what networks of this package say of where they come from.
const Note = "tacit nets: random weights, not trained"

// A builder adds nodes to a graph. Each method returns the name of what its node makes.
type builder struct {
	g    *onnx.Graph
	draw *rand.Rand
	n    int
}

func begin(name string, seed uint64) *builder {
	return &builder{g: &onnx.Graph{Name: name}, draw: rand.New(rand.NewPCG(seed, 1))}
}

func (b *builder) model() *onnx.Model {
	return &onnx.Model{IR: 8, Opsets: []onnx.Opset{{Version: 17}}, Producer: Note, Graph: b.g}
}

func (b *builder) input(name string, elem onnx.Type, shape ...int64) string {
	b.g.Inputs = append(b.g.Inputs, onnx.Value{Name: name, Kind: onnx.TensorOf(elem, shape...)})
	return name
}

func (b *builder) output(from, name string, elem onnx.Type, shape ...int64) {
	b.g.Nodes = append(b.g.Nodes, &onnx.Node{Name: name, Op: "Identity", Inputs: []string{from}, Outputs: []string{name}})
	b.g.Outputs = append(b.g.Outputs, onnx.Value{Name: name, Kind: onnx.TensorOf(elem, shape...)})
}

// node adds an operation.
func (b *builder) node(op string, in []string, pairs ...any) string {
	b.n++
	name := fmt.Sprintf("%s_%d", op, b.n)
	b.g.Nodes = append(b.g.Nodes, &onnx.Node{Name: name, Op: op, Inputs: in, Outputs: []string{name + "_out"}, Attrs: onnx.Make(pairs...)})
	return name + "_out"
}

// weights adds a tensor of small numbers, so that sums of fan of them stay about as large as
// what they are sums of.
func (b *builder) weights(fan int64, dims ...int64) string {
	n, _ := onnx.Count(dims)
	v := make([]float32, n)
	scale := math.Sqrt(2 / float64(max(fan, 1)))
	for i := range v {
		v[i] = float32(b.draw.NormFloat64() * scale)
	}
	return b.tensor(v, dims...)
}

func (b *builder) tensor(v []float32, dims ...int64) string {
	b.n++
	name := fmt.Sprintf("w_%d", b.n)
	b.g.Initializers = append(b.g.Initializers, onnx.NewFloats(name, v, dims...))
	return name
}

func (b *builder) filled(v float32, n int64) string {
	l := make([]float32, n)
	for i := range l {
		l[i] = v
	}
	return b.tensor(l, n)
}

func (b *builder) ints(v ...int64) string {
	b.n++
	name := fmt.Sprintf("i_%d", b.n)
	b.g.Initializers = append(b.g.Initializers, onnx.NewInts(name, v, int64(len(v))))
	return name
}

func (b *builder) conv(x string, in, out, kernel, stride int64) string {
	pad := kernel / 2
	return b.node("Conv", []string{x, b.weights(in*kernel*kernel, out, in, kernel, kernel), b.filled(0, out)},
		"kernel_shape", []int64{kernel, kernel}, "strides", []int64{stride, stride}, "pads", []int64{pad, pad, pad, pad})
}

func (b *builder) relu(x string) string { return b.node("Relu", []string{x}) }

func (b *builder) dense(x string, in, out int64) string {
	return b.node("Gemm", []string{x, b.weights(in, out, in), b.filled(0, out)}, "transB", 1)
}

// MLP has layers of these sizes, the first of which is the input's.
func MLP(seed uint64, sizes ...int64) *onnx.Model {
	b := begin("mlp", seed)
	x := b.input("x", onnx.Float32, -1, sizes[0])
	for i := range len(sizes) - 1 {
		if x = b.dense(x, sizes[i], sizes[i+1]); i < len(sizes)-2 {
			x = b.relu(x)
		}
	}
	b.output(x, "y", onnx.Float32, -1, sizes[len(sizes)-1])
	return b.model()
}

// CNN takes images of three channels and side by side points, and has three layers.
func CNN(seed uint64, side, classes int64) *onnx.Model {
	b := begin("cnn", seed)
	x := b.input("image", onnx.Float32, -1, 3, side, side)
	for i, c := range []int64{16, 32, 64} {
		x = b.relu(b.conv(x, []int64{3, 16, 32}[i], c, 3, 1))
		x = b.node("MaxPool", []string{x}, "kernel_shape", []int64{2, 2}, "strides", []int64{2, 2})
	}
	x = b.node("Flatten", []string{b.node("GlobalAveragePool", []string{x})})
	b.output(b.dense(x, 64, classes), "scores", onnx.Float32, -1, classes)
	return b.model()
}

// LSTM takes sequences of steps by in numbers and classifies what it remembers at the end.
func LSTM(seed uint64, steps, in, hidden, classes int64) *onnx.Model {
	b := begin("lstm", seed)
	x := b.input("sequence", onnx.Float32, -1, steps, in)
	x = b.node("Transpose", []string{x}, "perm", []int64{1, 0, 2})
	all := b.node("LSTM", []string{x, b.weights(in, 1, 4*hidden, in), b.weights(hidden, 1, 4*hidden, hidden)}, "hidden_size", int(hidden))
	last := &b.g.Nodes[len(b.g.Nodes)-1].Outputs
	*last = append(*last, all+"_last")
	h := b.node("Squeeze", []string{all + "_last", b.ints(0)})
	b.output(b.dense(h, hidden, classes), "scores", onnx.Float32, -1, classes)
	return b.model()
}

// Transformer takes sequences of steps token numbers below words, and has blocks of
// attention with heads of width/heads numbers.
func Transformer(seed uint64, steps, words, width, heads, blocks, classes int64) *onnx.Model {
	b := begin("transformer", seed)
	ids := b.input("ids", onnx.Int64, -1, steps)
	x := b.node("Gather", []string{b.weights(2, words, width), ids})
	x = b.node("Add", []string{x, b.weights(2, steps, width)})
	each := width / heads
	for range blocks {
		y := b.norm(x, width)
		split := func(perm ...int64) string {
			q := b.node("MatMul", []string{y, b.weights(width, width, width)})
			q = b.node("Reshape", []string{q, b.ints(0, steps, heads, each)})
			return b.node("Transpose", []string{q}, "perm", perm)
		}
		q, k, v := split(0, 2, 1, 3), split(0, 2, 3, 1), split(0, 2, 1, 3)
		a := b.node("Div", []string{b.node("MatMul", []string{q, k}), b.filled(float32(math.Sqrt(float64(each))), 1)})
		a = b.node("MatMul", []string{b.node("Softmax", []string{a}, "axis", -1), v})
		a = b.node("Reshape", []string{b.node("Transpose", []string{a}, "perm", []int64{0, 2, 1, 3}), b.ints(0, steps, width)})
		x = b.node("Add", []string{x, b.node("MatMul", []string{a, b.weights(width, width, width)})})
		y = b.relu(b.node("MatMul", []string{b.norm(x, width), b.weights(width, width, 4*width)}))
		x = b.node("Add", []string{x, b.node("MatMul", []string{y, b.weights(4*width, 4*width, width)})})
	}
	x = b.node("ReduceMean", []string{b.norm(x, width)}, "axes", []int64{1}, "keepdims", 0)
	b.output(b.dense(x, width, classes), "scores", onnx.Float32, -1, classes)
	return b.model()
}

func (b *builder) norm(x string, width int64) string {
	return b.node("LayerNormalization", []string{x, b.filled(1, width), b.filled(0, width)}, "axis", -1)
}

// ResNet50 is the network for images of 224 by 224 points that is the usual measure, with
// its norms folded into its convolutions: 25.5 million weights, 4.1 billion multiplications.
func ResNet50(seed uint64, classes int64) *onnx.Model {
	b := begin("resnet50", seed)
	x := b.input("image", onnx.Float32, -1, 3, 224, 224)
	x = b.relu(b.conv(x, 3, 64, 7, 2))
	x = b.node("MaxPool", []string{x}, "kernel_shape", []int64{3, 3}, "strides", []int64{2, 2}, "pads", []int64{1, 1, 1, 1})
	in := int64(64)
	for stage, blocks := range []int{3, 4, 6, 3} {
		mid := int64(64) << stage
		for i := range blocks {
			stride := int64(1)
			if i == 0 && stage > 0 {
				stride = 2
			}
			y := b.relu(b.conv(x, in, mid, 1, 1))
			y = b.relu(b.conv(y, mid, mid, 3, stride))
			y = b.conv(y, mid, 4*mid, 1, 1)
			if i == 0 {
				x = b.conv(x, in, 4*mid, 1, stride)
			}
			// Smaller, or random blocks let sums grow without end.
			y = b.node("Mul", []string{y, b.filled(0.25, 1)})
			x, in = b.relu(b.node("Add", []string{y, x})), 4*mid
		}
	}
	x = b.node("Flatten", []string{b.node("GlobalAveragePool", []string{x})})
	b.output(b.dense(x, in, classes), "scores", onnx.Float32, -1, classes)
	return b.model()
}
