package network

import (
	"fmt"

	"tacit/fault"
)

// Bounds of a model.
const (
	MostLayers   = 64
	MostFeatures = 1 << 16 // of a row
	MostOutputs  = 1024
	MostWeights  = 1 << 24
	mostValues   = 1 << 20 // between two layers, of one row
	mostWork     = 1 << 30 // multiplications for one row
	mostKernel   = 64
)

// A Kind is what a layer does.
type Kind byte

// The kinds of layers.
const (
	Conv  Kind = iota + 1 // convolution in steps of 1, with zeros around
	Pool                  // the largest of each square of Kernel by Kernel; what is left over is left out
	ReLU                  // the value, or 0 if that is more
	Dense                 // each unit sees all
)

// String names the kind.
func (k Kind) String() string {
	switch k {
	case Conv:
		return "conv"
	case Pool:
		return "pool"
	case ReLU:
		return "relu"
	case Dense:
		return "dense"
	}
	return fmt.Sprintf("kind %d", byte(k))
}

// A Layer is one step from the row to the outputs.
type Layer struct {
	Kind   Kind
	Size   int // filters of Conv, units of Dense
	Kernel int // edge of the square of Conv and Pool
	Pad    int // zeros on each side, of Conv, fewer than Kernel
}

// A Shape is how the values of a row are an image: channel by channel, each of them row by
// row. What is no image has as many channels as values, and height and width 1.
type Shape struct{ Channels, Height, Width int }

// Values is how many there are.
func (s Shape) Values() int { return s.Channels * s.Height * s.Width }

// Flat is the shape of a row that is no image.
func Flat(features int) Shape { return Shape{features, 1, 1} }

// A step is a layer at its place.
type step struct {
	Layer
	in, out         Shape
	weights, biases int // where they begin
	fan             int // weights that each output adds up
}

// count is how many weights the step has, without biases.
func (s *step) count() int { return s.Size * s.fan }

// A plan is the layers in order, with how many weights they have together.
type plan struct {
	steps   []step
	weights int
	work    int
}

// layOut checks layers and finds the place of each.
func layOut(input Shape, layers []Layer) (plan, error) {
	bad := func(i int, format string, args ...any) (plan, error) {
		return plan{}, fault.New(fault.LearnModel, "network: layer %d: %s", i+1, fmt.Sprintf(format, args...))
	}
	for _, n := range []int{input.Channels, input.Height, input.Width} {
		if n < 1 || n > MostFeatures {
			return plan{}, refuseModel("form: the input has no shape")
		}
	}
	if int64(input.Channels)*int64(input.Height) > MostFeatures || input.Values() > MostFeatures {
		return plan{}, refuseModel("form: the input has more than %d values", MostFeatures)
	}
	if len(layers) < 1 || len(layers) > MostLayers {
		return plan{}, refuseModel("form: %d layers, not from 1 to %d", len(layers), MostLayers)
	}
	var p plan
	at := input
	for i, l := range layers {
		s := step{Layer: l, in: at, out: at, weights: p.weights}
		if (l.Kind == Conv || l.Kind == Dense) && (l.Size < 1 || l.Size > MostFeatures) || l.Kind != Conv && l.Kind != Dense && l.Size != 0 {
			return bad(i, "%d is no size of %v", l.Size, l.Kind)
		}
		square := l.Kind == Conv || l.Kind == Pool
		if square && (l.Kernel < 1 || l.Kernel > mostKernel) || !square && l.Kernel != 0 {
			return bad(i, "%d is no kernel of %v", l.Kernel, l.Kind)
		}
		if l.Pad < 0 || l.Pad > 0 && (l.Kind != Conv || l.Pad >= l.Kernel) {
			return bad(i, "%d is no padding of %v", l.Pad, l.Kind)
		}
		switch l.Kind {
		case Conv:
			s.fan = at.Channels * l.Kernel * l.Kernel
			s.out = Shape{l.Size, at.Height + 2*l.Pad - l.Kernel + 1, at.Width + 2*l.Pad - l.Kernel + 1}
		case Pool:
			s.out = Shape{at.Channels, at.Height / l.Kernel, at.Width / l.Kernel}
		case Dense:
			s.fan = at.Values()
			s.out = Flat(l.Size)
		case ReLU:
		default:
			return bad(i, "there is no %v", l.Kind)
		}
		if s.out.Height < 1 || s.out.Width < 1 {
			return bad(i, "the square is larger than what it goes over")
		}
		if int64(s.out.Channels)*int64(s.out.Height) > mostValues || s.out.Values() > mostValues || s.fan*s.out.Height*s.out.Width > 1<<24 {
			return bad(i, "it makes too many values")
		}
		if s.count() > MostWeights || p.weights+s.count()+s.Size > MostWeights {
			return bad(i, "there are more than %d weights up to here", MostWeights)
		}
		p.work += s.count() * s.out.Height * s.out.Width
		if p.work > mostWork {
			return bad(i, "it takes too much work up to here")
		}
		s.biases = p.weights + s.count()
		p.weights += s.count() + s.Size
		p.steps = append(p.steps, s)
		at = s.out
	}
	last := layers[len(layers)-1]
	if last.Kind != Dense || last.Size > MostOutputs {
		return bad(len(layers)-1, "the last is not dense with at most %d units", MostOutputs)
	}
	return p, nil
}

// MLP are the layers of a network without images: dense ones of these sizes, each with a
// rectifier behind it, and one of the outputs.
func MLP(hidden []int, outputs int) []Layer {
	var layers []Layer
	for _, n := range hidden {
		layers = append(layers, Layer{Kind: Dense, Size: n}, Layer{Kind: ReLU})
	}
	return append(layers, Layer{Kind: Dense, Size: outputs})
}

// CNN are the layers of a network over images: for each number of filters a convolution that
// keeps height and width if the kernel is odd, a rectifier and, if pool is above 1, a pooling;
// behind them those of MLP.
func CNN(filters []int, kernel, pool int, hidden []int, outputs int) []Layer {
	var layers []Layer
	for _, n := range filters {
		layers = append(layers, Layer{Kind: Conv, Size: n, Kernel: kernel, Pad: max(kernel-1, 0) / 2}, Layer{Kind: ReLU})
		if pool > 1 {
			layers = append(layers, Layer{Kind: Pool, Kernel: pool})
		}
	}
	return append(layers, MLP(hidden, outputs)...)
}
