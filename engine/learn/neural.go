package learn

import (
	"bytes"
	"context"
	"encoding/json"
	"math"

	"tacit/engine/learn/federated"
	"tacit/engine/learn/network"
)

// Network is what a network looks like and how it is trained.
type Network struct {
	Objective string   `json:"objective,omitempty"` // classes or values [classes]
	Hidden    []int    `json:"hidden,omitempty"`    // units of each hidden layer [none]
	Image     *Image   `json:"image,omitempty"`     // what the features are, in their order [no image]
	Filters   []int    `json:"filters,omitempty"`   // of each convolution, of images only [none]
	Kernel    *int     `json:"kernel,omitempty"`    // edge of convolutions, odd [3]
	Pool      *int     `json:"pool,omitempty"`      // edge of the squares after each, 1 is none [2]
	Scale     *float64 `json:"scale,omitempty"`     // that features are multiplied by [see docs/learn.md]

	Optimizer    string   `json:"optimizer,omitempty"`     // adam or sgd [adam]
	Epochs       *int     `json:"epochs,omitempty"`        // [20]
	BatchSize    *int     `json:"batch_size,omitempty"`    // [32]
	LearningRate *float64 `json:"learning_rate,omitempty"` // [0.001, of sgd 0.05]
	Momentum     float64  `json:"momentum,omitempty"`      // of sgd [0]
	WeightDecay  float64  `json:"weight_decay,omitempty"`  // [0]
	Patience     int      `json:"patience,omitempty"`      // epochs without a smaller loss [all epochs]

	outputs int // once labels are known
}

// An Image is how features are pixels: channel by channel, each of them row by row.
type Image struct {
	Channels int `json:"channels,omitempty"` // [1]
	Height   int `json:"height"`
	Width    int `json:"width"`
}

// The objectives of networks.
const (
	ofClasses = "classes"
	ofValues  = "values"
)

// layered is the kind of Network.
type layered struct{}

func (layered) given(p *Params) bool       { return p.Network != nil }
func (layered) labelled() bool             { return true }
func (layered) missing() bool              { return false }
func (layered) ranks() bool                { return false }
func (layered) climbs() bool               { return true }
func (layered) noisy(*Params, uint32) bool { return false }

func (layered) check(p *Params) error {
	or(&p.Network, Network{})
	n := p.Network
	if n.Objective == "" {
		n.Objective = ofClasses
	}
	if n.Optimizer == "" {
		n.Optimizer = "adam"
	}
	if err := oneOf("network.objective", n.Objective, ofClasses, ofValues); err != nil {
		return err
	}
	if err := oneOf("network.optimizer", n.Optimizer, "adam", "sgd"); err != nil {
		return err
	}
	or(&n.Kernel, 3)
	or(&n.Pool, 2)
	or(&n.Epochs, 20)
	or(&n.BatchSize, 32)
	rate := 0.001
	if n.Optimizer == "sgd" {
		rate = 0.05
	}
	or(&n.LearningRate, rate)
	if i := n.Image; i != nil && i.Channels == 0 {
		i.Channels = 1
	}
	for _, list := range []struct {
		name  string
		sizes []int
	}{{"hidden", n.Hidden}, {"filters", n.Filters}} {
		if len(list.sizes) > 16 {
			return refuse("network.%s: at most 16 of them", list.name)
		}
		for _, v := range list.sizes {
			if !within(v, 1, network.MostFeatures) {
				return refuse("network.%s: want sizes from 1 to %d", list.name, network.MostFeatures)
			}
		}
	}
	switch i := n.Image; {
	case n.Objective == ofValues && p.Classes != nil:
		return refuse("classes: network.objective %s learns a number", ofValues)
	case i != nil && (!within(i.Channels, 1, network.MostFeatures) || !within(i.Height, 1, network.MostFeatures) || !within(i.Width, 1, network.MostFeatures)):
		return refuse("network.image: want height and width from 1 to %d", network.MostFeatures)
	case i == nil && n.Filters != nil:
		return refuse("network.filters: say the height and width of the image")
	case !within(*n.Kernel, 1, 31) || *n.Kernel%2 == 0:
		return refuse("network.kernel: want an odd number from 1 to 31")
	case !within(*n.Pool, 1, 31):
		return refuse("network.pool: want 1 to 31")
	case n.Scale != nil && !within(math.Abs(*n.Scale), 1e-12, 1e12):
		return refuse("network.scale: want a number from 1e-12 to 1e12")
	case !within(*n.Epochs, 1, network.MostEpochs):
		return refuse("network.epochs: want 1 to %d", network.MostEpochs)
	case !within(*n.BatchSize, 1, network.MostBatch):
		return refuse("network.batch_size: want 1 to %d", network.MostBatch)
	case !(*n.LearningRate > 0 && *n.LearningRate <= 10):
		return refuse("network.learning_rate: want a number above 0, at most 10")
	case !(n.Momentum >= 0 && n.Momentum < 1) || n.Momentum > 0 && n.Optimizer != "sgd":
		return refuse("network.momentum: want a number from 0 to below 1, with sgd only")
	case !within(n.WeightDecay, 0, 1) || n.WeightDecay**n.LearningRate > 1:
		return refuse("network.weight_decay: want a number from 0 to 1, and no more than 1 with the learning rate")
	case !within(n.Patience, 0, network.MostEpochs):
		return refuse("network.patience: want 0 to %d", network.MostEpochs)
	}
	return nil
}

func (layered) classes(p *Params, d *data) ([]string, error) {
	n := p.Network
	if n.outputs = 1; n.Objective == ofValues {
		return nil, nil
	}
	names := p.Classes
	if names == nil {
		if err := d.counted(mostClasses); err != nil {
			return nil, err
		}
		most := 1.0
		for _, v := range d.y {
			most = max(most, v)
		}
		names = numbered(int(most) + 1)
	}
	n.outputs = len(names)
	return names, nil
}

// shape is what rows of so many features are to the network, and its layers.
func (n *Network) shape(features int) (network.Shape, []network.Layer, error) {
	if i := n.Image; i != nil {
		if product(i.Channels, i.Height, i.Width) != int64(features) {
			return network.Shape{}, nil, unfit("there are %d features, the image has %d pixels", features, product(i.Channels, i.Height, i.Width))
		}
		return network.Shape{Channels: i.Channels, Height: i.Height, Width: i.Width}, network.CNN(n.Filters, *n.Kernel, *n.Pool, n.Hidden, n.outputs), nil
	}
	return network.Flat(features), network.MLP(n.Hidden, n.outputs), nil
}

func (layered) cost(p *Params, rows, cols int) (fuel, memory int64) {
	input, layers, err := p.Network.shape(cols)
	if err != nil {
		return 0, 0 // fit says it
	}
	work, weights, memory, err := network.Cost(input, layers, *p.Network.BatchSize)
	if err != nil {
		return 0, 0
	}
	return p.Network.fuel(work, rows), memory + 16*int64(weights) + 16*int64(rows)
}

// fuel is what training a network takes in which a row takes so much work.
func (n *Network) fuel(work int64, rows int) int64 {
	return product(int(min(work, math.MaxInt64/4)), rows, *n.Epochs, 3)
}

// options are how a network is trained.
func (n *Network) options(r *run, seed uint64, hear func(network.Epoch)) network.Options {
	o := network.Options{
		Optimizer: network.Adam, Epochs: *n.Epochs, Batch: *n.BatchSize, Rate: *n.LearningRate, Momentum: n.Momentum, Decay: n.WeightDecay,
		Patience: n.Patience, Seed: seed, Threads: r.threads, Memory: 1 << 62, Hear: hear,
	}
	if n.Optimizer == "sgd" {
		o.Optimizer = network.SGD
	}
	return o
}

// weights is how many a network for rows of so many features has.
func (n *Network) weights(features int) (int, error) {
	input, layers, err := n.shape(features)
	if err != nil {
		return 0, err
	}
	_, weights, _, err := network.Cost(input, layers, 1)
	if err != nil {
		return 0, refuse("network: %w", err)
	}
	return weights, nil
}

// begin draws a network for rows of so many features.
func (n *Network) begin(features int, scaling network.Scaling, seed uint64) (*network.Model, error) {
	input, layers, err := n.shape(features)
	if err != nil {
		return nil, err
	}
	if _, err := n.weights(features); err != nil {
		return nil, err
	}
	objective := network.Classes
	if n.Objective == ofValues {
		objective = network.Values
	}
	return network.New(objective, input, scaling, layers, seed)
}

func (layered) fit(ctx context.Context, t *training) (fitted, error) {
	n := t.p.Network
	scaling, err := n.scaling(t.learned)
	if err != nil {
		return nil, err
	}
	m, err := n.begin(t.learned.cols, scaling, t.p.Seed)
	if err != nil {
		return nil, err
	}
	mean, spread := 0.0, 1.0
	if n.Objective == ofValues {
		mean, spread = moments(t.learned.y)
	}
	learned, err := t.rows(m, t.learned, mean, spread)
	if err != nil {
		return nil, err
	}
	var validated network.Data
	if t.validated != nil {
		if validated, err = t.rows(m, t.validated, mean, spread); err != nil {
			return nil, err
		}
	}
	m, curve, err := m.Train(ctx, learned, validated, n.options(t.run, t.p.Seed, func(e network.Epoch) {
		t.hear("train", int64(e.Number), int64(*n.Epochs))
	}))
	if err != nil {
		return nil, err
	}
	t.curve = rounds(m, curve, spread)
	if m, err = widen(m, mean, spread); err != nil {
		return nil, err
	}
	return neural{federated.Begin(m)}, nil
}

// rounds are the epochs of a training, of values in the units of the label.
func rounds(m *network.Model, curve []network.Epoch, spread float64) []round {
	var out []round
	for _, e := range curve {
		r := round{number: e.Number, metric: "logloss", learned: e.Train.Loss, validated: e.HeldOut.Loss, hasValidated: e.HasOther}
		if m.Objective == network.Values {
			r.metric, r.learned, r.validated = "rmse", spread*math.Sqrt(2*r.learned), spread*math.Sqrt(2*r.validated)
		} else {
			r.hasRight, r.right, r.validatedRight = true, e.Train.Accuracy, e.HeldOut.Accuracy
		}
		out = append(out, r)
	}
	return out
}

// scaling is what is done to features: what the parameters say; or an image's pixels are
// divided by the largest; or each feature is brought to mean 0 and deviation 1.
func (n *Network) scaling(d *data) (network.Scaling, error) {
	if n.Scale != nil {
		return network.Scaling{Factor: []float32{float32(*n.Scale)}}, nil
	}
	if n.Image != nil {
		most := 0.0
		for _, v := range d.x {
			most = max(most, math.Abs(v))
		}
		if !within(most, 1e-12, 1e12) {
			return network.Scaling{}, unfit("no feature differs from 0, or one is above 1e12: say network.scale")
		}
		return network.Scaling{Factor: []float32{float32(1 / most)}}, nil
	}
	var s network.Scaling
	column := make([]float64, d.rows)
	for j := range d.cols {
		for i := range column {
			column[i] = d.row(i)[j]
		}
		mean, spread := moments(column)
		if math.Abs(mean) > 1e15 || spread > 1e15 || spread < 1e-15 {
			return network.Scaling{}, unfit("feature %d is far too large or varies far too little for a network", j+1)
		}
		s.Shift, s.Factor = append(s.Shift, float32(mean)), append(s.Factor, float32(1/spread))
	}
	return s, nil
}

// moments are the mean of numbers and their deviation, which is 1 if they do not vary.
func moments(all []float64) (mean, spread float64) {
	for _, v := range all {
		mean += v / float64(len(all))
	}
	for _, v := range all {
		spread += (v - mean) * (v - mean) / float64(len(all))
	}
	if spread = math.Sqrt(spread); spread <= 1e-12*math.Abs(mean) {
		spread = 1
	}
	return mean, spread
}

// rows are data as a network takes them, values less their mean and over their spread.
func (r *run) rows(m *network.Model, d *data, mean, spread float64) (network.Data, error) {
	x, err := r.singles(d)
	if err != nil {
		return network.Data{}, err
	}
	out := network.Data{Rows: d.rows, X: x}
	if m.Objective == network.Values {
		for _, v := range d.y {
			out.Values = append(out.Values, float32((v-mean)/spread))
		}
		return out, nil
	}
	for _, v := range d.y {
		out.Classes = append(out.Classes, int(v))
	}
	return out, nil
}

// widen has a network predict values that it learned less their mean and over their spread.
func widen(m *network.Model, mean, spread float64) (*network.Model, error) {
	if mean == 0 && spread == 1 {
		return m, nil
	}
	w := append([]float32(nil), m.Weights...)
	last := w[len(w)-m.Last():]
	for i := range last {
		v := float64(last[i]) * spread
		if i >= len(last)-m.Outputs() {
			v += mean
		}
		last[i] = float32(v)
	}
	return m.With(w)
}

// A neural is a network with what the rounds that made it have cost.
type neural struct{ s *federated.State }

func (n neural) takes() int          { return n.s.Model.Features() }
func (n neural) width() int          { return n.s.Model.Outputs() }
func (n neural) missing() bool       { return false }
func (n neural) work(rows int) int64 { return product(rows, int(n.s.Model.Work())) }

func (n neural) task() task {
	if n.s.Model.Objective == network.Values {
		return regression
	}
	return classification
}

func (n neural) apply(ctx context.Context, r *run, d *data) ([]float64, error) {
	x, err := r.singles(d)
	if err != nil {
		return nil, err
	}
	out, err := n.s.Model.Predict(ctx, x, d.rows, r.threads)
	if err != nil {
		return nil, err
	}
	wide := make([]float64, len(out))
	for i, v := range out {
		wide[i] = float64(v)
	}
	return wide, nil
}

// A body is a neural as JSON.
type body struct {
	State []byte `json:"state"` // its form, see federated.State
}

func (n neural) encode() ([]byte, error) {
	b, err := n.s.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return json.Marshal(body{b})
}

// readNeural reads what encode wrote: LEARN_MODEL for everything else.
func readNeural(raw []byte) (fitted, error) {
	var b body
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return nil, badModel("it is no JSON of the form that its kind has")
	}
	s, err := federated.ParseState(b.State)
	if err != nil {
		return nil, err
	}
	if s.Model.Objective == network.Values && s.Model.Outputs() != 1 {
		return nil, badModel("it predicts more than one value")
	}
	return neural{s}, nil
}
