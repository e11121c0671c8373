package network

import (
	"fmt"
	"math"
	"testing"
)

// slow is the network computed as its definition says, in 64 bits: no tiles, no unrolling.
func slow(m *Model, w []float64, row []float64) []float64 {
	v := append([]float64(nil), row...)
	for j := range v {
		if len(m.Scaling.Shift) > 0 {
			v[j] -= float64(m.Scaling.Shift[j])
		}
		if n := len(m.Scaling.Factor); n > 0 {
			v[j] *= float64(m.Scaling.Factor[min(j, n-1)])
		}
	}
	for _, s := range m.plan.steps {
		out := make([]float64, s.out.Values())
		at := func(c, y, x int) float64 {
			if y < 0 || x < 0 || y >= s.in.Height || x >= s.in.Width {
				return 0
			}
			return v[(c*s.in.Height+y)*s.in.Width+x]
		}
		for c := range s.out.Channels {
			for y := range s.out.Height {
				for x := range s.out.Width {
					to := &out[(c*s.out.Height+y)*s.out.Width+x]
					switch s.Kind {
					case ReLU:
						*to = max(at(c, y, x), 0)
					case Dense:
						*to = w[s.biases+c]
						for j, q := range v {
							*to += q * w[s.weights+c*s.fan+j]
						}
					case Conv:
						*to = w[s.biases+c]
						for k := range s.in.Channels {
							for ky := range s.Kernel {
								for kx := range s.Kernel {
									*to += at(k, y+ky-s.Pad, x+kx-s.Pad) * w[s.weights+((c*s.in.Channels+k)*s.Kernel+ky)*s.Kernel+kx]
								}
							}
						}
					case Pool:
						*to = math.Inf(-1)
						for ky := range s.Kernel {
							for kx := range s.Kernel {
								*to = max(*to, at(c, y*s.Kernel+ky, x*s.Kernel+kx))
							}
						}
					}
				}
			}
		}
		v = out
	}
	return v
}

// slowLoss is the mean loss of rows by slow.
func slowLoss(m *Model, w []float64, d *Data) (sum float64) {
	f, k := m.Features(), m.Outputs()
	for i := range d.Rows {
		row := make([]float64, f)
		for j := range row {
			row[j] = float64(d.X[i*f+j])
		}
		out := slow(m, w, row)
		if m.Objective == Values {
			for o, v := range out {
				off := v - float64(d.Values[i*k+o])
				sum += off * off / 2
			}
			continue
		}
		all := 0.0
		for _, v := range out {
			all += math.Exp(v)
		}
		sum += math.Log(all) - out[d.Classes[i]]
	}
	return sum / float64(d.Rows)
}

// The slope of each weight is what changing the weight a little does to the loss, computed
// another way.
func TestGradientsAreThoseOfDifferences(t *testing.T) {
	wide := Scaling{Shift: drawn(3, 12), Factor: drawn(4, 12)}
	for _, tt := range []struct {
		name      string
		objective Objective
		in        Shape
		scaling   Scaling
		layers    []Layer
	}{
		{"dense alone, of classes", Classes, Flat(7), Scaling{}, MLP(nil, 3)},
		{"hidden layers", Classes, Flat(12), wide, MLP([]int{9, 21}, 5)},
		{"values", Values, Flat(12), wide, MLP([]int{18}, 2)},
		{"convolution that keeps the size", Classes, Shape{1, 6, 5}, sixteenth(), CNN([]int{3}, 3, 0, nil, 4)},
		{"two convolutions, pooled with a rest", Classes, Shape{2, 9, 7}, Scaling{}, CNN([]int{3, 4}, 3, 2, []int{6}, 3)},
		{"even kernel, no padding", Values, Shape{2, 5, 6}, Scaling{}, []Layer{{Kind: Conv, Size: 3, Kernel: 2}, {Kind: Pool, Kernel: 3}, {Kind: Dense, Size: 1}}},
		{"padding wider than the image", Values, Shape{1, 2, 2}, Scaling{}, []Layer{{Kind: Conv, Size: 2, Kernel: 5, Pad: 4}, {Kind: ReLU}, {Kind: Dense, Size: 2}}},
		{"more terms than a depth", Values, Flat(300), Scaling{}, MLP([]int{3}, 1)},
		{"pool first", Classes, Shape{2, 4, 4}, Scaling{}, []Layer{{Kind: Pool, Kernel: 2}, {Kind: Dense, Size: 3}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := made(t, tt.objective, tt.in, tt.scaling, tt.layers, 5)
			for i, v := range drawn(9, len(m.Weights)) { // biases too
				m.Weights[i] += 0.1 * v
			}
			const rows = 11 // two parts, of which one is not full
			d := Data{Rows: rows, X: drawn(6, rows*m.Features())}
			for i := range rows {
				if tt.objective == Classes {
					d.Classes = append(d.Classes, i%m.Outputs())
				}
			}
			if tt.objective == Values {
				d.Values = drawn(7, rows*m.Outputs())
			}
			o, err := Options{Optimizer: SGD, Batch: rows, Rate: 1e-9}.complete()
			if err != nil {
				t.Fatal(err)
			}
			w := make([]float64, len(m.Weights))
			for i, v := range m.Weights {
				w[i] = float64(v)
			}
			tr, err := newTrainer(m, &d, o)
			if err != nil {
				t.Fatal(err)
			}
			order := make([]int, rows)
			for i := range order {
				order[i] = i
			}
			score, err := tr.step(t.Context(), order)
			if err != nil {
				t.Fatal(err)
			}
			if want := slowLoss(m, w, &d); math.Abs(score.Loss/rows-want) > 1e-5*(1+want) {
				t.Errorf("loss %v, want %v", score.Loss/rows, want)
			}
			const h = 1e-6
			for i := range w {
				was := w[i]
				w[i] = was + h
				up := slowLoss(m, w, &d)
				w[i] = was - h
				down := slowLoss(m, w, &d)
				w[i] = was
				want, got := (up-down)/(2*h), float64(tr.gradient[i])
				if math.Abs(got-want) > 2e-4*(0.05+math.Abs(want)) {
					t.Fatalf("slope of weight %d of %d is %v, want %v", i, len(w), got, want)
				}
			}
		})
	}
}

func TestProductsAreThoseOfTheDefinition(t *testing.T) {
	for _, n := range [][3]int{{1, 1, 1}, {4, 16, 7}, {5, 17, 256}, {3, 33, 257}, {13, 2, 600}, {64, 64, 64}} {
		rows, cols, terms := n[0], n[1], n[2]
		a, b := drawn(1, rows*terms), drawn(2, terms*cols)
		var first []float32
		for turned := range 4 {
			c, want := drawn(3, rows*cols), make([]float64, rows*cols)
			x, y := a, b
			if turned&1 != 0 {
				x = turn(a, rows, terms)
			}
			if turned&2 != 0 {
				y = turn(b, terms, cols)
			}
			for i := range rows {
				for j := range cols {
					want[i*cols+j] = float64(c[i*cols+j])
					for k := range terms {
						want[i*cols+j] += float64(a[i*terms+k]) * float64(b[k*cols+j])
					}
				}
			}
			new(product).add(c, x, turned&1 != 0, y, turned&2 != 0, rows, cols, terms)
			for i, v := range c {
				if math.Abs(float64(v)-want[i]) > 1e-3 {
					t.Fatalf("%v turned %d: entry %d is %v, want %v", n, turned, i, v, want[i])
				}
			}
			if first == nil {
				first = c
			}
			if fmt.Sprint(first) != fmt.Sprint(c) {
				t.Errorf("%v: turned over, the same product rounds otherwise", n)
			}
		}
	}
}

// turn makes columns of rows.
func turn(a []float32, rows, cols int) []float32 {
	out := make([]float32, len(a))
	for i := range rows {
		for j := range cols {
			out[j*rows+i] = a[i*cols+j]
		}
	}
	return out
}

// Whatever the processor can, a tile comes out to the bit as without it.
func TestTilesAreTheSameOnEveryProcessor(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, depth} {
		a, b := drawn(uint64(n), depth*tileRows), drawn(uint64(n)+1, depth*tileCols)
		var fast, plainly [tileRows * tileCols]float32
		fast[3], plainly[3] = 9, 9 // is written over
		multiply(n, a, b, &fast)
		plain(n, a, b, &plainly)
		if fast != plainly {
			t.Errorf("%d terms: %v is not %v", n, fast, plainly)
		}
	}
}

// A batch that is not full learns from its own rows alone, not from what stood there before.
func TestTheLastBatchIsItsOwn(t *testing.T) {
	d := Data{Rows: 64, X: drawn(1, 64*5), Values: drawn(2, 64)}
	order := make([]int, d.Rows)
	for i := range order {
		order[i] = i
	}
	gradient := func(before bool) []float32 {
		o, err := Options{Optimizer: SGD, Batch: d.Rows, Rate: 1e-30}.complete()
		if err != nil {
			t.Fatal(err)
		}
		tr, err := newTrainer(made(t, Values, Flat(5), Scaling{}, MLP([]int{4}, 1), 1), &d, o)
		if err != nil {
			t.Fatal(err)
		}
		if before {
			if _, err := tr.step(t.Context(), order); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tr.step(t.Context(), order[:11]); err != nil {
			t.Fatal(err)
		}
		return tr.gradient
	}
	if a, b := gradient(false), gradient(true); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("after a full batch the slope is %v, else %v", b, a)
	}
}
