package linear_test

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tacit/engine/learn/linear"
)

// numbers reads a field each.
func numbers(t testing.TB, fields []string) []float64 {
	t.Helper()
	out := make([]float64, len(fields))
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

// oracle is what scikit-learn said of something.
func oracle(t testing.TB, name string) []float64 {
	t.Helper()
	b, err := os.ReadFile("testdata/oracle.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Fields(line); fields[0] == name {
			return numbers(t, fields[1:])
		}
	}
	t.Fatalf("the oracle says nothing of %s", name)
	return nil
}

// A set is a table with what its rows are to be known as.
type set struct {
	x linear.Matrix
	y []float64
}

func (s set) classes() []int {
	out := make([]int, len(s.y))
	for i, v := range s.y {
		out[i] = int(v)
	}
	return out
}

func (s *set) add(row []float64) {
	last := len(row) - 1
	s.x.Rows, s.x.Cols, s.x.Values = s.x.Rows+1, last, append(s.x.Values, row[:last]...)
	s.y = append(s.y, row[last])
}

// only leaves the first columns.
func (s set) only(cols int) set {
	out := set{linear.Matrix{Rows: s.x.Rows, Cols: cols}, s.y}
	for i := range s.x.Rows {
		out.x.Values = append(out.x.Values, s.x.Values[i*s.x.Cols:i*s.x.Cols+cols]...)
	}
	return out
}

// over divides all values.
func (s set) over(by float64) set {
	out := set{linear.Matrix{Rows: s.x.Rows, Cols: s.x.Cols, Values: slices.Clone(s.x.Values)}, s.y}
	for i := range out.x.Values {
		out.x.Values[i] /= by
	}
	return out
}

// table reads a table whole, and split into what is learned from and what is held out.
func table(t testing.TB, name string) (all, train, held set) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records {
		row := numbers(t, r)
		all.add(row)
		if i%4 == 3 {
			held.add(row)
		} else {
			train.add(row)
		}
	}
	return all, train, held
}

// near fails the test where two rows of numbers differ by more than a part of each.
func near(t *testing.T, what string, got, want []float64, part float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	var worst float64
	for i := range got {
		worst = max(worst, math.Abs(got[i]-want[i])/math.Abs(want[i]))
	}
	if !(worst <= part) {
		t.Errorf("%s: the worst is off by %g of it, at most %g", what, worst, part)
	}
	t.Logf("%s: off by at most %.2g", what, worst)
}

func rightPart(t *testing.T, m *linear.Model, s set) float64 {
	t.Helper()
	got, err := m.Classes(s.x)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, c := range s.classes() {
		if got[i] == c {
			right++
		}
	}
	return float64(right) / float64(s.x.Rows)
}

func logLoss(t *testing.T, m *linear.Model, s set) (sum float64) {
	t.Helper()
	p, err := m.Apply(s.x)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range s.classes() {
		sum -= math.Log(p.Values[i*p.Cols+c])
	}
	return sum / float64(s.x.Rows)
}

// explained is the coefficient of determination.
func explained(t *testing.T, m *linear.Model, s set) float64 {
	t.Helper()
	p, err := m.Apply(s.x)
	if err != nil {
		t.Fatal(err)
	}
	var mean, off, all float64
	for _, v := range s.y {
		mean += v / float64(len(s.y))
	}
	for i, v := range s.y {
		off += (v - p.Values[i]) * (v - p.Values[i])
		all += (v - mean) * (v - mean)
	}
	return 1 - off/all
}

func TestLeastSquaresAreThoseOfScikitLearn(t *testing.T) {
	_, train, held := table(t, "diabetes")
	for _, tt := range []struct {
		name string
		how  linear.Regression
	}{
		{"ols", linear.Regression{}},
		{"ridge", linear.Regression{Penalty: 10}},
		{"ridge_standard", linear.Regression{Penalty: 10, Standardise: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := linear.Least(context.Background(), train.x, train.y, tt.how)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "coefficients", slices.Concat(m.Offsets, m.Vectors.Values), oracle(t, "diabetes."+tt.name), 1e-6)
			near(t, "R2", []float64{explained(t, m, train), explained(t, m, held)}, oracle(t, "diabetes."+tt.name+".r2"), 1e-6)
		})
	}
}

func TestLogisticRegressionIsThatOfScikitLearn(t *testing.T) {
	_, cancer, cancerHeld := table(t, "cancer")
	_, iris, irisHeld := table(t, "iris")
	_, digits, digitsHeld := table(t, "digits")
	for _, tt := range []struct {
		name        string
		train, held set
		count       int
		how         linear.Regression
	}{
		{"cancer.logistic", cancer, cancerHeld, 2, linear.Regression{Penalty: 1, Standardise: true}},
		{"cancer.raw", cancer, cancerHeld, 2, linear.Regression{Penalty: 10}},
		{"cancer.bare", cancer.only(2), cancerHeld.only(2), 2, linear.Regression{}},
		{"iris.logistic", iris, irisHeld, 3, linear.Regression{Penalty: 1}},
		{"iris.standard", iris, irisHeld, 3, linear.Regression{Penalty: 0.1, Standardise: true}},
		{"digits.logistic", digits.over(16), digitsHeld.over(16), 10, linear.Regression{Penalty: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := linear.Logistic(context.Background(), tt.train.x, tt.train.classes(), tt.count, tt.how)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "coefficients", slices.Concat(m.Offsets, m.Vectors.Values), oracle(t, tt.name), 1e-4)
			scores := []float64{rightPart(t, m, tt.train), rightPart(t, m, tt.held), logLoss(t, m, tt.held)}
			near(t, "scores", scores, oracle(t, tt.name+".score"), 1e-5)
		})
	}
}

func TestComponentsAreThoseOfScikitLearn(t *testing.T) {
	for _, tt := range []struct {
		name string
		how  linear.Components
	}{
		{"cancer", linear.Components{Count: 5, Standardise: true}},
		{"iris", linear.Components{Count: 4}},
		{"digits", linear.Components{Count: 8}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, train, _ := table(t, tt.name)
			m, err := linear.Principal(context.Background(), train.x, tt.how)
			if err != nil {
				t.Fatal(err)
			}
			want := oracle(t, tt.name+".pca")
			var worst float64
			for k := range tt.how.Count {
				ours, theirs := m.Vectors.Values[k*m.Vectors.Cols:(k+1)*m.Vectors.Cols], want[k*m.Vectors.Cols:(k+1)*m.Vectors.Cols]
				same, turned := 0.0, 0.0
				for j := range ours {
					same, turned = max(same, math.Abs(ours[j]-theirs[j])), max(turned, math.Abs(ours[j]+theirs[j]))
				}
				worst = max(worst, min(same, turned))
			}
			if !(worst <= 1e-6) {
				t.Errorf("an entry is off by %g, at most 1e-6", worst)
			}
			t.Logf("an entry is off by at most %.2g", worst)
			got := slices.Clone(m.Variances)
			for _, v := range m.Variances {
				got = append(got, v/m.Total)
			}
			near(t, "variances", got, oracle(t, tt.name+".pca.variance"), 1e-6)
		})
	}
}

func TestClustersAreAsGoodAsThoseOfScikitLearn(t *testing.T) {
	for _, tt := range []struct {
		name string
		how  linear.Clusters
	}{
		{"cancer", linear.Clusters{Count: 3, Seed: 1, Starts: 20, Standardise: true}},
		{"iris", linear.Clusters{Count: 3, Seed: 1}},
		{"digits", linear.Clusters{Count: 10, Seed: 1, Starts: 50}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, train, _ := table(t, tt.name)
			m, err := linear.Means(context.Background(), train.x, tt.how)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "inertia", []float64{m.Total}, oracle(t, tt.name+".kmeans"), 0.01)
			distances, err := m.Apply(train.x)
			if err != nil {
				t.Fatal(err)
			}
			var sum float64
			for i := range train.x.Rows {
				sum += slices.Min(distances.Values[i*distances.Cols : (i+1)*distances.Cols])
			}
			near(t, "inertia, by distances", []float64{m.Total}, []float64{sum}, 1e-12)
			if tt.name != "iris" {
				return
			}
			rows := slices.Collect(slices.Chunk(m.Vectors.Values, m.Vectors.Cols))
			slices.SortFunc(rows, slices.Compare)
			near(t, "centres", slices.Concat(rows...), oracle(t, "iris.kmeans.centres"), 1e-6)
		})
	}
}
