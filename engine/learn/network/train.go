package network

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"tacit/parallel"
)

// An Optimizer is how weights go down the slope.
type Optimizer byte

// The optimizers.
const (
	Adam Optimizer = iota + 1 // Kingma and Ba, 2015, with decay apart from the slope (AdamW)
	SGD                       // with momentum
)

// Bounds of Options.
const (
	MostEpochs = 100_000
	MostBatch  = 4096
)

// Options are how a model is trained; zero fields take the defaults in brackets.
type Options struct {
	Optimizer Optimizer // [Adam]
	Epochs    int       // at most [20]
	Batch     int       // rows of one step [32]
	Rate      float64   // of learning [0.001, of SGD 0.05]
	Momentum  float64   // of SGD, from 0 to below 1
	Decay     float64   // by which each step draws weights, not biases, to zero, times Rate; 0 to 1
	// Patience is after how many epochs without a smaller loss training ends, of the rows held
	// out if there are some; the best model is what comes out then [never: the last].
	Patience int
	Seed     uint64 // of the order of the rows
	Threads  int    // what comes out does not depend on it [1]
	// Memory is how many bytes may be held beside the data and the model [4 GiB].
	Memory int64
	Hear   func(Epoch) // is told each epoch, when it is over [none]
}

// An Epoch is what one time through the rows came to. The rows' own score is that of the
// epoch's steps, each before it was taken; that of those held out is of the epoch's end.
type Epoch struct {
	Number   int // from 1
	Train    Score
	HeldOut  Score
	HasOther bool // there are rows held out
}

// complete fills the defaults in and says what makes no sense.
func (o Options) complete() (Options, error) {
	if o.Optimizer == 0 {
		o.Optimizer = Adam
	}
	if o.Epochs == 0 {
		o.Epochs = 20
	}
	if o.Batch == 0 {
		o.Batch = 32
	}
	if o.Rate == 0 {
		o.Rate = 0.001
		if o.Optimizer == SGD {
			o.Rate = 0.05
		}
	}
	if o.Memory == 0 {
		o.Memory = 4 << 30
	}
	switch {
	case o.Optimizer != Adam && o.Optimizer != SGD:
		return o, refuseParams("params: the optimizer is neither adam nor sgd")
	case o.Epochs < 1 || o.Epochs > MostEpochs:
		return o, refuseParams("params: epochs: want 1 to %d", MostEpochs)
	case o.Batch < 1 || o.Batch > MostBatch:
		return o, refuseParams("params: batch: want 1 to %d", MostBatch)
	case !(o.Rate > 0 && o.Rate <= 10):
		return o, refuseParams("params: rate: want above 0, at most 10")
	case !(o.Momentum >= 0 && o.Momentum < 1) || o.Momentum != 0 && o.Optimizer != SGD:
		return o, refuseParams("params: momentum: want 0 to below 1, with sgd only")
	case !(o.Decay >= 0 && o.Decay <= 1) || o.Decay*o.Rate > 1:
		return o, refuseParams("params: decay: want 0 to 1, and with the rate no more than 1")
	case o.Patience < 0:
		return o, refuseParams("params: patience: want 0 or more")
	case o.Memory < 0:
		return o, refuseParams("params: memory: want a number of bytes")
	}
	return o, nil
}

// mostParts is how many parts of a batch are done at once, and so how many threads help;
// leastPart is how many rows it takes to be worth one.
const (
	mostParts = 8
	leastPart = 8
)

// A trainer is a training at work.
type trainer struct {
	Options
	m        *Model
	d        *Data
	size     int // rows of a part
	parts    []part
	gradient []float32
	mean     []float32 // of Adam, or what SGD moves by
	square   []float32 // of Adam
	steps    int
}

// A part of a batch has memory of its own.
type part struct {
	pass     *pass
	gradient []float32
	slopes   []float32
	score    Score
}

// Train goes on with the model on these rows and returns another: m stays as it is. Of rows
// held out, which may be none, only the loss is taken.
//
// Errors: LEARN_PARAMS for options that make no sense or take more than Memory, LEARN_DATA for
// rows that the model does not take, or whose loss leaves what a number can hold.
func (m *Model) Train(ctx context.Context, d, held Data, o Options) (*Model, []Epoch, error) {
	o, err := o.complete()
	if err != nil {
		return nil, nil, err
	}
	if err := m.check(); err != nil {
		return nil, nil, err
	}
	if err := m.checkData(&d); err != nil {
		return nil, nil, err
	}
	if held.Rows > 0 {
		if err := m.checkData(&held); err != nil {
			return nil, nil, err
		}
	}
	now, err := m.With(slices.Clone(m.Weights))
	if err != nil {
		return nil, nil, err
	}
	t, err := newTrainer(now, &d, o)
	if err != nil {
		return nil, nil, err
	}
	return t.run(ctx, &held)
}

// divide cuts a batch into parts.
func divide(batch int) (size, count int) {
	size = max(leastPart, (batch+mostParts-1)/mostParts)
	return size, (batch + size - 1) / size
}

// need is how many bytes training with such a batch holds.
func (m *Model) need(batch int) int64 {
	size, count := divide(batch)
	weights := 4 * int64(m.plan.weights)
	return int64(count)*(int64(size)*(m.bytes(true)+8*int64(m.Outputs()))+weights) + 5*weights
}

// Cost is how many multiplications one row takes on its way through such a network, how many
// weights this has, and how many bytes training holds beside it. Errors are LEARN_MODEL.
func Cost(input Shape, layers []Layer, batch int) (work int64, weights int, memory int64, err error) {
	m := &Model{Input: input, Layers: layers}
	if m.plan, err = layOut(input, layers); err != nil {
		return 0, 0, 0, err
	}
	return int64(m.plan.work), m.plan.weights, m.need(max(1, min(batch, MostBatch))), nil
}

// Work is how many multiplications one row takes.
func (m *Model) Work() int64 { return int64(m.plan.work) }

func newTrainer(m *Model, d *Data, o Options) (*trainer, error) {
	o.Batch = min(o.Batch, d.Rows)
	size, count := divide(o.Batch)
	need := m.need(o.Batch)
	if need > o.Memory {
		return nil, refuseParams("params: a batch of this network takes %d bytes, at most %d", need, o.Memory)
	}
	t := &trainer{Options: o, m: m, d: d, size: size, gradient: make([]float32, len(m.Weights)), mean: make([]float32, len(m.Weights))}
	for range count {
		t.parts = append(t.parts, part{newPass(m, size, true), make([]float32, len(m.Weights)), make([]float32, size*m.Outputs()), Score{}})
	}
	if o.Optimizer == Adam {
		t.square = make([]float32, len(m.Weights))
	}
	return t, nil
}

// run goes through the epochs.
func (t *trainer) run(ctx context.Context, held *Data) (*Model, []Epoch, error) {
	var (
		curve []Epoch
		best  []float32
		least = math.Inf(1)
		since int
	)
	for e := range t.Epochs {
		order := rand.New(rand.NewPCG(t.Seed, uint64(e)+1)).Perm(t.d.Rows)
		var sum Score
		for from := 0; from < len(order); from += t.Batch {
			s, err := t.step(ctx, order[from:min(from+t.Batch, len(order))])
			if err != nil {
				return nil, nil, err
			}
			sum.add(s)
		}
		now := Epoch{Number: e + 1, Train: sum.over(t.d.Rows), HasOther: held.Rows > 0}
		if !within(t.m.Weights) || !(math.Abs(now.Train.Loss) <= math.MaxFloat64) {
			return nil, nil, refuse("data: epoch %d: the loss leaves what a number can hold: take a smaller rate, or scale the features", e+1)
		}
		loss := now.Train.Loss
		if now.HasOther {
			var err error
			if now.HeldOut, err = t.m.evaluate(ctx, held, t.Threads); err != nil {
				return nil, nil, err
			}
			loss = now.HeldOut.Loss
		}
		curve = append(curve, now)
		if t.Hear != nil {
			t.Hear(now)
		}
		if t.Patience == 0 {
			continue
		}
		if loss < least {
			least, since, best = loss, 0, append(best[:0], t.m.Weights...)
		} else if since++; since >= t.Patience {
			break
		}
	}
	if best != nil {
		copy(t.m.Weights, best)
	}
	return t.m, curve, nil
}

// step learns from some rows.
func (t *trainer) step(ctx context.Context, rows []int) (Score, error) {
	count := (len(rows) + t.size - 1) / t.size
	f, k := t.m.Features(), t.m.Outputs()
	err := parallel.Do(ctx, t.Threads, count, func(_, i int) {
		p := &t.parts[i]
		clear(p.gradient)
		p.score = Score{}
		own := rows[i*t.size : min((i+1)*t.size, len(rows))]
		for j, r := range own {
			p.pass.load(j, t.d.X[r*f:(r+1)*f])
		}
		outputs := p.pass.forward(len(own))
		for j, r := range own {
			p.score.add(t.m.judge(outputs[j*k:(j+1)*k], t.d, r, p.slopes[j*k:(j+1)*k], 1/float64(len(rows))))
		}
		p.pass.backward(len(own), p.slopes[:len(own)*k], p.gradient)
	})
	if err != nil {
		return Score{}, err
	}
	var sum Score
	for _, p := range t.parts[:count] {
		sum.add(p.score)
	}
	const block = 1 << 15
	t.steps++
	err = parallel.Do(ctx, t.Threads, (len(t.gradient)+block-1)/block, func(_, i int) {
		from, to := i*block, min((i+1)*block, len(t.gradient))
		g := t.gradient[from:to]
		copy(g, t.parts[0].gradient[from:to])
		for _, p := range t.parts[1:count] {
			for j, v := range p.gradient[from:to] {
				g[j] += v
			}
		}
		t.move(from, to)
	})
	return sum, err
}

// move takes one step with the weights from..to.
func (t *trainer) move(from, to int) {
	w, g, mean := t.m.Weights[from:to], t.gradient[from:to], t.mean[from:to]
	if t.Decay > 0 {
		t.decay(from, to)
	}
	if t.Optimizer == SGD {
		rate, momentum := float32(t.Rate), float32(t.Momentum)
		for j := range w {
			mean[j] = float32(momentum*mean[j]) + g[j]
			w[j] -= float32(rate * mean[j])
		}
		return
	}
	const first, second, tiny = 0.9, 0.999, 1e-8
	square := t.square[from:to]
	rate := float32(t.Rate * math.Sqrt(1-math.Pow(second, float64(t.steps))) / (1 - math.Pow(first, float64(t.steps))))
	least := float32(tiny * math.Sqrt(1-math.Pow(second, float64(t.steps))))
	for j, v := range g {
		mean[j] = float32(first*mean[j]) + float32((1-first)*v)
		square[j] = float32(second*square[j]) + float32((1-second)*float32(v*v))
		w[j] -= float32(rate*mean[j]) / (float32(math.Sqrt(float64(square[j]))) + least)
	}
}

// decay draws those of the weights from..to that are no biases to zero.
func (t *trainer) decay(from, to int) {
	keep := float32(1 - t.Rate*t.Decay)
	for _, s := range t.m.plan.steps {
		for j := max(s.weights, from); j < min(s.biases, to); j++ {
			t.m.Weights[j] *= keep
		}
	}
}
