package network

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	"tacit/fault"
)

// An Objective says what the outputs are.
type Objective byte

// The objectives.
const (
	Classes Objective = iota + 1 // the probability of each class
	Values                       // the values themselves
)

// A Scaling is what is done to a row before the first layer: each value has Shift taken off
// and is then multiplied by Factor. Both are empty, or have one number for each feature; or
// Shift is empty and Factor has one number for all.
type Scaling struct{ Shift, Factor []float32 }

// Largest is the largest weight, factor or datum, whatever its sign.
const Largest = 1e18

// A Model is a network, made by New, With or Parse. Its parts are not changed once it is.
type Model struct {
	Objective Objective
	Input     Shape
	Scaling   Scaling
	Layers    []Layer
	Weights   []float32 // layer by layer: of each output its weights, then the biases

	plan plan
}

// New draws a model whose weights fit the sizes of its layers (He, 2015); biases are 0.
func New(objective Objective, input Shape, scaling Scaling, layers []Layer, seed uint64) (*Model, error) {
	m := &Model{Objective: objective, Input: input, Scaling: Scaling{slices.Clone(scaling.Shift), slices.Clone(scaling.Factor)}, Layers: slices.Clone(layers)}
	var err error
	if m.plan, err = layOut(input, layers); err != nil {
		return nil, err
	}
	m.Weights = make([]float32, m.plan.weights)
	r := rand.New(rand.NewPCG(seed, 0x6e6574776f726b))
	for i, s := range m.plan.steps {
		if s.Size == 0 {
			continue
		}
		gain := 2.0
		if i == len(m.plan.steps)-1 {
			gain = 1
		}
		spread := math.Sqrt(gain / float64(s.fan))
		for j := range s.count() {
			m.Weights[s.weights+j] = float32(spread * r.NormFloat64())
		}
	}
	return m, m.check()
}

// With is the same network with other weights, which it keeps.
func (m *Model) With(weights []float32) (*Model, error) {
	out := *m
	out.Weights = weights
	return &out, out.check()
}

// Features is how many values a row has, Outputs how many a prediction has.
func (m *Model) Features() int { return m.Input.Values() }

// Outputs is how many values a prediction has.
func (m *Model) Outputs() int { return m.Layers[len(m.Layers)-1].Size }

// Last is how many of the weights, at their end, are those of the last layer.
func (m *Model) Last() int {
	s := &m.plan.steps[len(m.plan.steps)-1]
	return s.count() + s.Size
}

func refuseModel(format string, args ...any) error {
	return fault.New(fault.LearnModel, "network: "+format, args...)
}

// check refuses what no model is. It changes nothing: several may use one model at once.
func (m *Model) check() error {
	if m.plan.steps == nil {
		return refuseModel("it was not made by New, With or Parse")
	}
	if m.Objective != Classes && m.Objective != Values {
		return refuseModel("form: unknown objective %d", m.Objective)
	}
	if m.Objective == Classes && m.Outputs() < 2 {
		return refuseModel("form: fewer than 2 classes")
	}
	if len(m.Weights) != m.plan.weights {
		return refuseModel("form: %d weights where the layers have %d", len(m.Weights), m.plan.weights)
	}
	if !within(m.Weights) {
		return refuseModel("form: a weight is no finite number up to %g", Largest)
	}
	return m.checkScaling()
}

func (m *Model) checkScaling() error {
	shift, factor := m.Scaling.Shift, m.Scaling.Factor
	if len(shift) == 0 && len(factor) == 0 {
		return nil
	}
	each := len(shift) == m.Features() && len(factor) == m.Features()
	all := len(shift) == 0 && len(factor) == 1
	switch first := m.Layers[0].Kind; {
	case !each && !all:
		return refuseModel("form: the scaling is neither of each feature nor of all")
	case first != Dense && first != Conv:
		return refuseModel("form: a row is scaled, and the first layer is %v", first)
	case first == Conv && !all:
		return refuseModel("form: the features of an image are not scaled alike")
	case !within(shift) || !within(factor):
		return refuseModel("form: the scaling is no finite number up to %g", Largest)
	}
	return nil
}

// within reports whether all are numbers that may be computed with.
func within(all []float32) bool {
	for _, v := range all {
		if !(v >= -Largest && v <= Largest) {
			return false
		}
	}
	return true
}

// The form of a model: the eight bytes of magic; the objective in one; channels, height, width
// and the number of layers in four each, the largest first; each layer as its kind in one, and
// size, kernel and padding in four each; how many shifts and how many factors there are in four
// each; then shifts, factors and weights as IEEE 754 of 32 bits, the largest byte first.
const (
	magic      = "TACITNN\x01"
	header     = len(magic) + 1 + 4*4
	layerBytes = 1 + 3*4
	// MostBytes is how long a model may be.
	MostBytes = header + MostLayers*layerBytes + 8 + 4*(2*MostFeatures+MostWeights)
)

// MarshalBinary writes the one form of the model.
func (m *Model) MarshalBinary() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	b := append([]byte(magic), byte(m.Objective))
	word := func(all ...int) {
		for _, n := range all {
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
	}
	word(m.Input.Channels, m.Input.Height, m.Input.Width, len(m.Layers))
	for _, l := range m.Layers {
		b = append(b, byte(l.Kind))
		word(l.Size, l.Kernel, l.Pad)
	}
	word(len(m.Scaling.Shift), len(m.Scaling.Factor))
	b = slices.Grow(b, 4*(len(m.Scaling.Shift)+len(m.Scaling.Factor)+len(m.Weights)))
	for _, set := range [][]float32{m.Scaling.Shift, m.Scaling.Factor, m.Weights} {
		for _, v := range set {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b, nil
}

// Parse reads the form of a model and checks every bound of it. What it reads is written as
// it came. It keeps nothing of b.
func Parse(b []byte) (*Model, error) {
	short := refuseModel("form: it ends before its end")
	if len(b) < header || len(b) > MostBytes || string(b[:len(magic)]) != magic {
		return nil, refuseModel("form: no model of this version, or of more than %d bytes", MostBytes)
	}
	m := &Model{Objective: Objective(b[len(magic)])}
	b = b[len(magic)+1:]
	word := func() int {
		n := binary.BigEndian.Uint32(b)
		b = b[4:]
		return int(min(n, math.MaxInt32))
	}
	m.Input = Shape{word(), word(), word()}
	layers := word()
	if layers > MostLayers || len(b) < layers*layerBytes+8 {
		return nil, short
	}
	for range layers {
		kind := Kind(b[0])
		b = b[1:]
		m.Layers = append(m.Layers, Layer{kind, word(), word(), word()})
	}
	var err error
	if m.plan, err = layOut(m.Input, m.Layers); err != nil {
		return nil, err
	}
	shifts, factors := word(), word()
	if shifts > MostFeatures || factors > MostFeatures || len(b) != 4*(shifts+factors+m.plan.weights) {
		return nil, refuseModel("form: it is not as long as its header asks for")
	}
	take := func(n int) []float32 {
		if n == 0 {
			return nil
		}
		out := make([]float32, n)
		for i := range out {
			out[i] = math.Float32frombits(binary.BigEndian.Uint32(b[4*i:]))
		}
		b = b[4*n:]
		return out
	}
	m.Scaling = Scaling{take(shifts), take(factors)}
	m.Weights = take(m.plan.weights)
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}
