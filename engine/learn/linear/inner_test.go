package linear

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tacit/fault"
)

func TestAClusterLeftWithoutRowsTakesTheFarthest(t *testing.T) {
	for _, tt := range []struct {
		name    string
		centres []float64
		want    []float64
	}{
		{"twin: each has rows", []float64{0, 10, 20}, []float64{0.5, 10, 20}},
		{"one is far off", []float64{0, 10, 1e6}, []float64{0.5, 10, 20}},
		{"two are far off", []float64{5, 1e6, 1e6}, []float64{0.5, 10, 20}},
		{"all are one", []float64{3, 3, 3}, []float64{0.5, 10, 20}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := Matrix{5, 1, []float64{0, 1, 10, 10, 20}}
			g := &grouping{x, ones(1), cut(5, mostBlocks), 1, make([]int, 5), make([]float64, 5)}
			centres := Matrix{3, 1, tt.centres}
			total, err := g.lloyd(t.Context(), centres, 300)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(centres.Values)
			if !slices.Equal(centres.Values, tt.want) || total != 0.5 {
				t.Errorf("centres %v with %v, want %v with 0.5", centres.Values, total, tt.want)
			}
		})
	}
}

// TestLogisticRegressionEndsWhereNothingPulls holds for tables with far outliers, where a
// whole Newton step goes too far, that the slope at the end is that of the penalty.
func TestLogisticRegressionEndsWhereNothingPulls(t *testing.T) {
	fitted := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		const rows, cols = 60, 3
		count := 2 + int(seed%3)
		x, classes := Matrix{rows, cols, make([]float64, rows*cols)}, make([]int, rows)
		for i := range x.Values {
			x.Values[i] = math.Exp(3 * r.NormFloat64())
		}
		for i := range classes {
			classes[i] = i % count
			if r.Float64() < 0.9 {
				classes[i] = 0
			}
		}
		for c := range count {
			classes[c] = c
		}
		penalty := []float64{0, 1e-6, 1}[seed%7%3]
		m, err := Logistic(t.Context(), x, classes, count, Regression{Penalty: penalty})
		if err != nil {
			if penalty > 0 || fault.Of(err) != fault.LearnData {
				t.Errorf("seed %d: %v", seed, err)
			}
			continue
		}
		fitted++
		p, err := m.Apply(x)
		if err != nil {
			t.Fatal(err)
		}
		for k := range m.Vectors.Rows {
			class := k
			if count == 2 {
				class = 1
			}
			for j := range cols + 1 {
				var pull, size float64
				for i := range rows {
					v, off := 1.0, p.Values[i*count+class]
					if j < cols {
						v = x.row(i)[j]
					}
					if classes[i] == class {
						off--
					}
					pull, size = pull+off*v, size+math.Abs(v)
				}
				if j < cols {
					pull += penalty * m.Vectors.row(k)[j]
				}
				if math.Abs(pull) > 1e-7*size {
					t.Errorf("seed %d, penalty %g: weight %d of vector %d is pulled by %g of %g", seed, penalty, j, k, pull, size)
				}
			}
		}
	}
	if fitted < 30 {
		t.Errorf("only %d tables of 60 were fitted", fitted)
	}
}

func TestTheTriangleHoldsTheSquares(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, rows := range []int{1, 4, 5, 300, 3000} {
		const width = 5
		x := Matrix{rows, width, make([]float64, rows*width)}
		for i := range x.Values {
			x.Values[i] = r.NormFloat64()
		}
		a, err := triangle(t.Context(), 2, rows, width, func(i int, row []float64) { copy(row, x.row(i)) })
		if err != nil {
			t.Fatal(err)
		}
		squares := func(m []float64, n, i, j int) (sum float64) {
			for k := range n {
				sum += m[k*width+i] * m[k*width+j]
			}
			return sum
		}
		check := func(what string, a []float64) {
			for i := range width {
				for j := range width {
					got, want := squares(a, width, i, j), squares(x.Values, rows, i, j)
					if math.Abs(got-want) > 1e-12*float64(rows) {
						t.Errorf("%s of %d rows: square %d, %d is %v, want %v", what, rows, i, j, got, want)
					}
				}
			}
		}
		check("triangle", a)
		side := make([]float64, width*width)
		copy(side, a)
		ended, err := orthogonal(t.Context(), side, width)
		if err != nil || !ended {
			t.Fatal(ended, err)
		}
		check("rotated", side)
		for i := range width {
			for j := range i {
				p, q := side[i*width:(i+1)*width], side[j*width:(j+1)*width]
				if math.Abs(dot(p, q)) > 1e-14*math.Sqrt(dot(q, q)*dot(q, q)) {
					t.Errorf("rows %d and %d are not upright on each other", i, j)
				}
			}
		}
	}
}

func TestAPanicInABlockIsOneOfTheCaller(t *testing.T) {
	why := errors.New("planted")
	defer func() {
		if recover() != why {
			t.Error("the panic is lost")
		}
	}()
	_ = cut(5000, mostBlocks).each(context.Background(), 2, func(b, _, _ int) {
		if b == 1 {
			panic(why)
		}
	})
}
