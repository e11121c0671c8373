package network

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"tacit/fault"
)

func bytesOf(t testing.TB, m *Model) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Handwritten digits are told apart as well as by scikit-learn: within a point of it.
func TestDigits(t *testing.T) {
	train, held := digits(t)
	image := Shape{1, 8, 8}
	for _, tt := range []struct {
		name    string
		oracle  string
		in      Shape
		layers  []Layer
		options Options
		least   float64
	}{
		{"one hidden layer", "mlp100", Flat(64), MLP([]int{100}, 10), Options{Epochs: 40}, 0},
		{"two hidden layers", "mlp64-32", Flat(64), MLP([]int{64, 32}, 10), Options{Epochs: 40}, 0},
		{"momentum", "mlp100", Flat(64), MLP([]int{100}, 10), Options{Optimizer: SGD, Rate: 0.05, Momentum: 0.9, Epochs: 25, Decay: 1e-4}, 0},
		{"convolutions", "svc", image, CNN([]int{12, 24}, 3, 2, []int{48}, 10), Options{Epochs: 15, Rate: 0.003}, 0.98},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var sum float64
			const seeds = 1
			for seed := range uint64(seeds) {
				tt.options.Threads, tt.options.Seed = 2, seed
				m, curve, err := made(t, Classes, tt.in, sixteenth(), tt.layers, seed).Train(t.Context(), train, held, tt.options)
				if err != nil {
					t.Fatal(err)
				}
				s, err := m.Evaluate(t.Context(), held, 2)
				if err != nil {
					t.Fatal(err)
				}
				if last := curve[len(curve)-1]; last.HeldOut != s || last.Train.Accuracy < 0.99 || len(curve) != tt.options.Epochs {
					t.Errorf("the curve of %d epochs ends with %+v, evaluated %+v", len(curve), last, s)
				}
				sum += s.Accuracy / seeds
			}
			want := max(oracle(t, tt.oracle)[0]-0.01, tt.least)
			t.Logf("accuracy %.4f, scikit-learn %v", sum, oracle(t, tt.oracle))
			if sum < want {
				t.Errorf("accuracy %.4f, want %.4f", sum, want)
			}
		})
	}
}

// A line through points is found, to what is known of it.
func TestValues(t *testing.T) {
	d := Data{Rows: 500, X: drawn(1, 500*3)}
	for i := range d.Rows {
		d.Values = append(d.Values, 2*d.X[3*i]-d.X[3*i+1]+0.5)
	}
	m, _, err := made(t, Values, Flat(3), Scaling{}, MLP(nil, 1), 1).Train(t.Context(), d, Data{}, Options{Optimizer: SGD, Epochs: 30})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{2, -1, 0, 0.5} {
		if math.Abs(float64(m.Weights[i]-want)) > 1e-3 {
			t.Errorf("weight %d is %v, want %v", i, m.Weights[i], want)
		}
	}
}

// The model is the same to the bit whatever the number of threads, and with the same seed;
// another seed gives another.
func TestThreadsChangeNothing(t *testing.T) {
	train, held := digits(t)
	train.Rows, train.X, train.Classes = 203, train.X[:203*64], train.Classes[:203]
	run := func(threads int, seed uint64) ([]byte, []Epoch) {
		m, curve, err := made(t, Classes, Shape{1, 8, 8}, sixteenth(), CNN([]int{5}, 3, 2, []int{20}, 10), 1).Train(t.Context(), train, held, Options{Epochs: 2, Batch: 50, Threads: threads, Seed: seed, Decay: 0.01})
		if err != nil {
			t.Fatal(err)
		}
		return bytesOf(t, m), curve
	}
	one, curve := run(1, 7)
	for _, threads := range []int{1, 2, 3, 8} {
		if b, c := run(threads, 7); !bytes.Equal(b, one) || !slices.Equal(c, curve) {
			t.Errorf("with %d threads another model or curve comes out", threads)
		}
	}
	if b, _ := run(1, 8); bytes.Equal(b, one) {
		t.Error("another seed gives the same model")
	}
}

// Training ends where rows held out are not told any better, with the best model.
func TestPatience(t *testing.T) {
	train, held := digits(t)
	train.Rows, train.X, train.Classes = 60, train.X[:60*64], train.Classes[:60]
	start := made(t, Classes, Flat(64), sixteenth(), MLP([]int{50}, 10), 1)
	o := Options{Epochs: 300, Rate: 0.01, Patience: 3}
	m, curve, err := start.Train(t.Context(), train, held, o)
	if err != nil {
		t.Fatal(err)
	}
	best := slices.MinFunc(curve, func(a, b Epoch) int { return int(1e9 * (a.HeldOut.Loss - b.HeldOut.Loss)) })
	if s, _ := m.Evaluate(t.Context(), held, 1); s != best.HeldOut || len(curve) != best.Number+3 {
		t.Errorf("after %d epochs a model of %+v, the best was %+v", len(curve), s, best)
	}
	o.Patience, o.Epochs = 0, best.Number+6
	if m, curve, err = start.Train(t.Context(), train, held, o); err != nil || len(curve) != o.Epochs {
		t.Fatalf("without patience: %d epochs, %v", len(curve), err)
	}
	if s, _ := m.Evaluate(t.Context(), held, 1); s != curve[len(curve)-1].HeldOut {
		t.Error("without patience it is not the last model")
	}
	// No rows held out: the rows' own loss counts, which goes on falling.
	if _, curve, err = start.Train(t.Context(), train, Data{}, Options{Epochs: 5, Patience: 1}); err != nil || len(curve) != 5 || curve[0].HasOther {
		t.Errorf("without rows held out: %d epochs, %v", len(curve), err)
	}
}

// Decay draws weights to zero, and leaves biases.
func TestDecay(t *testing.T) {
	d := Data{Rows: 4, X: make([]float32, 8), Values: []float32{5, 5, 5, 5}} // only the bias can learn
	m := made(t, Values, Flat(2), Scaling{}, MLP(nil, 1), 3)
	m.Weights[2] = 5
	for _, o := range []Options{{Optimizer: SGD, Rate: 0.5, Decay: 0.5, Epochs: 2}, {Optimizer: Adam, Rate: 0.5, Decay: 0.5, Epochs: 2}} {
		got, _, err := m.Train(t.Context(), d, Data{}, o)
		if err != nil {
			t.Fatal(err)
		}
		want := []float32{m.Weights[0] * 0.5625, m.Weights[1] * 0.5625, 5}
		if !slices.Equal(got.Weights, want) {
			t.Errorf("optimizer %d: weights %v, want %v", o.Optimizer, got.Weights, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	m := made(t, Classes, Flat(2), Scaling{}, MLP([]int{3}, 2), 1)
	v := made(t, Values, Flat(2), Scaling{}, MLP(nil, 1), 1)
	fine := Data{Rows: 2, X: []float32{1, 2, 3, 4}, Classes: []int{0, 1}}
	numbers := Data{Rows: 2, X: fine.X, Values: []float32{1, 2}}
	for _, tt := range []struct {
		name string
		m    *Model
		d    Data
		held Data
		o    Options
		want fault.Code
	}{
		{"twin", m, fine, fine, Options{}, ""},
		{"twin of values", v, numbers, numbers, Options{}, ""},
		{"twin at the bounds", m, fine, Data{}, Options{Optimizer: SGD, Epochs: 1, Batch: MostBatch, Rate: 1, Momentum: 0.99, Decay: 1}, ""},
		{"no rows", m, Data{}, Data{}, Options{}, fault.LearnData},
		{"a value too few", m, Data{Rows: 2, X: fine.X[:3], Classes: fine.Classes}, Data{}, Options{}, fault.LearnData},
		{"a class too few", m, Data{Rows: 2, X: fine.X, Classes: fine.Classes[:1]}, Data{}, Options{}, fault.LearnData},
		{"a class that is none", m, Data{Rows: 2, X: fine.X, Classes: []int{0, 2}}, Data{}, Options{}, fault.LearnData},
		{"a class below zero", m, Data{Rows: 2, X: fine.X, Classes: []int{0, -1}}, Data{}, Options{}, fault.LearnData},
		{"values for classes", m, numbers, Data{}, Options{}, fault.LearnData},
		{"classes for values", v, fine, Data{}, Options{}, fault.LearnData},
		{"no number", m, Data{Rows: 2, X: []float32{1, nan, 3, 4}, Classes: fine.Classes}, Data{}, Options{}, fault.LearnData},
		{"infinite", m, Data{Rows: 2, X: []float32{1, inf, 3, 4}, Classes: fine.Classes}, Data{}, Options{}, fault.LearnData},
		{"a value that is none", v, Data{Rows: 2, X: fine.X, Values: []float32{1, nan}}, Data{}, Options{}, fault.LearnData},
		{"rows held out that are none", m, fine, Data{Rows: 1, X: []float32{nan, 1}, Classes: []int{0}}, Options{}, fault.LearnData},
		{"it diverges", v, Data{Rows: 2, X: []float32{1e9, 1, 1, 1e9}, Values: []float32{1, 2}}, Data{}, Options{Optimizer: SGD, Rate: 10}, fault.LearnData},
		{"an optimizer that is none", m, fine, Data{}, Options{Optimizer: 3}, fault.LearnParams},
		{"epochs", m, fine, Data{}, Options{Epochs: -1}, fault.LearnParams},
		{"too many epochs", m, fine, Data{}, Options{Epochs: MostEpochs + 1}, fault.LearnParams},
		{"batch", m, fine, Data{}, Options{Batch: MostBatch + 1}, fault.LearnParams},
		{"rate", m, fine, Data{}, Options{Rate: -1}, fault.LearnParams},
		{"rate that is none", m, fine, Data{}, Options{Rate: math.NaN()}, fault.LearnParams},
		{"momentum", m, fine, Data{}, Options{Optimizer: SGD, Momentum: 1}, fault.LearnParams},
		{"momentum of adam", m, fine, Data{}, Options{Momentum: 0.5}, fault.LearnParams},
		{"decay", m, fine, Data{}, Options{Decay: 2}, fault.LearnParams},
		{"decay that turns weights over", m, fine, Data{}, Options{Decay: 1, Rate: 1.5}, fault.LearnParams},
		{"patience", m, fine, Data{}, Options{Patience: -1}, fault.LearnParams},
		{"memory", m, fine, Data{}, Options{Memory: 100}, fault.LearnParams},
	} {
		t.Run(tt.name, func(t *testing.T) {
			was := slices.Clone(tt.m.Weights)
			_, _, err := tt.m.Train(t.Context(), tt.d, tt.held, tt.o)
			if fault.Of(err) != tt.want && !(err == nil && tt.want == "") {
				t.Errorf("Train = %v, want %q", err, tt.want)
			}
			if !slices.Equal(was, tt.m.Weights) {
				t.Error("the model that it went on from is another now")
			}
		})
	}
	if _, err := m.Predict(t.Context(), []float32{1, nan}, 1, 1); fault.Of(err) != fault.LearnData {
		t.Errorf("Predict of no number = %v", err)
	}
	huge, err := v.With([]float32{Largest, Largest, 0})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := huge.Predict(t.Context(), []float32{Largest, Largest}, 1, 1); err != nil {
		t.Errorf("Predict near the bound = %v", err)
	}
	deep := made(t, Values, Flat(1), Scaling{}, MLP([]int{1, 1}, 1), 1)
	for i := range deep.Weights {
		deep.Weights[i] = Largest
	}
	if _, err := deep.Predict(t.Context(), []float32{1}, 1, 1); fault.Of(err) != fault.LearnData {
		t.Errorf("Predict beyond what a number holds = %v", err)
	}
	if _, err := deep.Evaluate(t.Context(), Data{Rows: 1, X: []float32{1}, Values: []float32{0}}, 1); fault.Of(err) != fault.LearnData {
		t.Errorf("Evaluate beyond what a number holds = %v", err)
	}
}

func TestAnEndedContextEndsTraining(t *testing.T) {
	train, _ := digits(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	_, _, err := made(t, Classes, Flat(64), Scaling{}, MLP(nil, 10), 1).Train(ctx, train, Data{}, Options{Epochs: MostEpochs, Hear: func(e Epoch) {
		if e.Number == 2 {
			cancel(enough)
		}
	}})
	if !errors.Is(err, enough) {
		t.Errorf("Train = %v, want what ended it", err)
	}
}

func BenchmarkTrainMLP(b *testing.B) {
	train, _ := digits(b)
	m := made(b, Classes, Flat(64), sixteenth(), MLP([]int{100}, 10), 1)
	for b.Loop() {
		m.Train(b.Context(), train, Data{}, Options{Epochs: 1})
	}
}

func BenchmarkTrainCNN(b *testing.B) {
	train, _ := digits(b)
	m := made(b, Classes, Shape{1, 8, 8}, sixteenth(), CNN([]int{16, 32}, 3, 2, []int{64}, 10), 1)
	for b.Loop() {
		m.Train(b.Context(), train, Data{}, Options{Epochs: 1})
	}
}

func BenchmarkProduct(b *testing.B) {
	const n = 256
	x, y, z := drawn(1, n*n), drawn(2, n*n), make([]float32, n*n)
	p := new(product)
	for b.Loop() {
		p.add(z, x, false, y, true, n, n, n)
	}
	b.ReportMetric(2*n*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
