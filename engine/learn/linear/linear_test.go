package linear_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tacit/engine/learn/linear"
	"tacit/fault"
)

// made is a table of random numbers whose classes and targets depend on them, with noise.
func made(seed uint64, rows, cols, classes int) set {
	r := rand.New(rand.NewPCG(seed, 0))
	var s set
	for range rows {
		row := make([]float64, cols+1)
		for j := range cols {
			row[j] = r.NormFloat64()*float64(j+1) + 5
		}
		row[cols] = math.Floor(math.Abs(row[0] - 5 + r.NormFloat64()))
		row[cols] = float64(int(row[cols]) % classes)
		s.add(row)
	}
	return s
}

// fits are all fits of a table of three classes, by name.
func fits(s set, threads int) map[string]func(context.Context) (*linear.Model, error) {
	return map[string]func(context.Context) (*linear.Model, error){
		"least squares": func(ctx context.Context) (*linear.Model, error) {
			return linear.Least(ctx, s.x, s.y, linear.Regression{Threads: threads})
		},
		"ridge": func(ctx context.Context) (*linear.Model, error) {
			return linear.Least(ctx, s.x, s.y, linear.Regression{Penalty: 1, Standardise: true, Threads: threads})
		},
		"logistic": func(ctx context.Context) (*linear.Model, error) {
			return linear.Logistic(ctx, s.x, s.classes(), 3, linear.Regression{Penalty: 1, Threads: threads})
		},
		"k-means": func(ctx context.Context) (*linear.Model, error) {
			return linear.Means(ctx, s.x, linear.Clusters{Count: 4, Seed: 7, Starts: 2, Standardise: true, Threads: threads})
		},
		"components": func(ctx context.Context) (*linear.Model, error) {
			return linear.Principal(ctx, s.x, linear.Components{Count: 3, Threads: threads})
		},
	}
}

func written(t *testing.T, m *linear.Model, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheNumberOfThreadsChangesNoBit(t *testing.T) {
	s := made(1, 5000, 6, 3)
	for name, fit := range fits(s, 1) {
		t.Run(name, func(t *testing.T) {
			m, err := fit(t.Context())
			one := written(t, m, err)
			for _, threads := range []int{2, 3, 8} {
				m, err := fits(s, threads)[name](t.Context())
				if !bytes.Equal(written(t, m, err), one) {
					t.Errorf("%d threads give another model", threads)
				}
			}
			back, err := linear.Parse(one)
			if !bytes.Equal(written(t, back, err), one) {
				t.Error("what is read is written otherwise")
			}
			a, err := m.Apply(s.x)
			if err != nil {
				t.Fatal(err)
			}
			b, err := back.Apply(s.x)
			if err != nil || !slices.Equal(a.Values, b.Values) {
				t.Errorf("the model that was read applies otherwise: %v", err)
			}
		})
	}
}

func TestAnotherSeedDrawsOtherwise(t *testing.T) {
	s := made(2, 300, 4, 3)
	fit := func(seed uint64) []byte {
		m, err := linear.Means(t.Context(), s.x, linear.Clusters{Count: 8, Seed: seed, Starts: 1})
		return written(t, m, err)
	}
	if !bytes.Equal(fit(1), fit(1)) {
		t.Error("one seed gives two models")
	}
	if bytes.Equal(fit(1), fit(2)) {
		t.Error("two seeds give one model: the seed is not used")
	}
}

func TestAFitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	for name, fit := range fits(made(1, 100, 4, 3), 2) {
		if _, err := fit(ctx); !errors.Is(err, why) {
			t.Errorf("%s: %v, want what ended the context", name, err)
		}
	}
}

// TestDataThatCannotBeLearnedFromAreRefusedByEveryFit breaks one thing at a time.
func TestDataThatCannotBeLearnedFromAreRefusedByEveryFit(t *testing.T) {
	const secret = 4242.5
	for _, tt := range []struct {
		name string
		harm func(*set)
		only string     // the fits that refuse it, all where empty
		want fault.Code // "" with only: whatever its code
	}{
		{"twin: as made", func(*set) {}, "", ""},
		{"twin: a value far out", func(s *set) { s.x.Values[3] = 1e6 }, "", ""},
		{"a value as large as may be, beside which nothing varies", func(s *set) { s.x.Values[3] = linear.Largest }, "logistic components", ""},
		{"not a number", func(s *set) { s.x.Values[9] = math.NaN() }, "", fault.LearnData},
		{"infinite", func(s *set) { s.x.Values[9] = math.Inf(-1) }, "", fault.LearnData},
		{"too large", func(s *set) { s.x.Values[9] = secret * linear.Largest }, "", fault.LearnData},
		{"a value less than the rows ask for", func(s *set) { s.x.Values = s.x.Values[:len(s.x.Values)-1] }, "", fault.LearnData},
		{"no rows", func(s *set) { *s = set{x: linear.Matrix{Cols: 4}} }, "", fault.LearnData},
		{"no columns", func(s *set) { s.x = linear.Matrix{Rows: s.x.Rows} }, "", fault.LearnData},
		{"more columns than may be", func(s *set) {
			s.x.Cols = linear.MostFeatures + 1
			s.x.Values = make([]float64, s.x.Cols*s.x.Rows)
		}, "", fault.LearnData},
		{"more rows than may be", func(s *set) { s.x.Rows = linear.MostRows + 1 }, "", fault.LearnData},
		{"a row without a target", func(s *set) { s.y = s.y[1:] }, "least squares ridge logistic", fault.LearnData},
		{"a target that is no number", func(s *set) { s.y[5] = math.NaN() }, "least squares ridge logistic", fault.LearnData},
		{"a constant column", func(s *set) {
			for i := range s.x.Rows {
				s.x.Values[i*s.x.Cols+2] = secret
			}
		}, "least squares ridge logistic k-means", fault.LearnData},
		{"a column that is another twice", func(s *set) {
			for i := range s.x.Rows {
				s.x.Values[i*s.x.Cols+2] = 2 * s.x.Values[i*s.x.Cols+1]
			}
		}, "least squares", fault.LearnData},
		{"no row of a class", func(s *set) {
			for i := range s.y {
				s.y[i] = float64(i % 2)
			}
		}, "logistic", fault.LearnData},
		{"a class too many", func(s *set) { s.y[0] = 3 }, "logistic", fault.LearnData},
		{"fewer rows than clusters", func(s *set) {
			s.x.Rows, s.x.Values, s.y = 3, s.x.Values[:3*s.x.Cols], []float64{0, 1, 2}
		}, "k-means least squares components", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := made(3, 60, 4, 3)
			tt.harm(&s)
			for name, fit := range fits(s, 1) {
				m, err := fit(t.Context())
				if tt.want == "" && tt.only != "" {
					if fails := strings.Contains(tt.only, name); fails != (err != nil) {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				want := tt.want
				if tt.only != "" && !strings.Contains(tt.only, name) {
					want = ""
				}
				if fault.Of(err) != want {
					t.Errorf("%s: %v, want code %q", name, err, want)
				}
				if err != nil && strings.Contains(err.Error(), "4242") {
					t.Errorf("%s: the message quotes data: %v", name, err)
				}
				if err == nil {
					written(t, m, err)
				}
			}
		})
	}
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	s := made(4, 50, 3, 3)
	ctx := context.Background()
	least := func(r linear.Regression) error { _, err := linear.Least(ctx, s.x, s.y, r); return err }
	logistic := func(n int, r linear.Regression) error {
		_, err := linear.Logistic(ctx, s.x, s.classes(), n, r)
		return err
	}
	means := func(c linear.Clusters) error { _, err := linear.Means(ctx, s.x, c); return err }
	principal := func(n int) error {
		_, err := linear.Principal(ctx, s.x, linear.Components{Count: n})
		return err
	}
	for _, tt := range []struct {
		name string
		err  error
		want fault.Code
	}{
		{"twin: the largest penalty", least(linear.Regression{Penalty: linear.MostPenalty}), ""},
		{"a penalty above that", least(linear.Regression{Penalty: 2 * linear.MostPenalty}), fault.LearnParams},
		{"a negative penalty", least(linear.Regression{Penalty: -1}), fault.LearnParams},
		{"a penalty that is no number", least(linear.Regression{Penalty: math.NaN()}), fault.LearnParams},
		{"twin: a tolerance", logistic(3, linear.Regression{Penalty: 1, Tolerance: 1e-12}), ""},
		{"a tolerance below what rounding leaves", logistic(3, linear.Regression{Penalty: 1, Tolerance: 1e-13}), fault.LearnParams},
		{"one class", logistic(1, linear.Regression{Penalty: 1}), fault.LearnParams},
		{"too many classes", logistic(linear.MostVectors+1, linear.Regression{Penalty: 1}), fault.LearnParams},
		{"twin: one cluster", means(linear.Clusters{Count: 1}), ""},
		{"twin: a cluster for each row", means(linear.Clusters{Count: 50}), ""},
		{"no clusters", means(linear.Clusters{}), fault.LearnParams},
		{"more clusters than rows", means(linear.Clusters{Count: 51}), fault.LearnData},
		{"negative starts", means(linear.Clusters{Count: 2, Starts: -1}), fault.LearnParams},
		{"too many rounds", means(linear.Clusters{Count: 2, Rounds: 10001}), fault.LearnParams},
		{"twin: all components", principal(3), ""},
		{"a component more than columns", principal(4), fault.LearnParams},
		{"no components", principal(0), fault.LearnParams},
	} {
		if fault.Of(tt.err) != tt.want {
			t.Errorf("%s: %v, want code %q", tt.name, tt.err, tt.want)
		}
	}
}

func TestClassesThatAPlaneSeparatesNeedAPenalty(t *testing.T) {
	for _, tt := range []struct {
		name    string
		x       []float64
		classes []int
		count   int
		want    fault.Code
	}{
		{"twin: two classes that overlap", []float64{1, 2, 3, 4, 5, 6}, []int{0, 0, 1, 0, 1, 1}, 2, ""},
		{"two classes apart", []float64{1, 2, 3, 4, 5, 6}, []int{0, 0, 0, 1, 1, 1}, 2, fault.LearnData},
		{"two classes that touch", []float64{1, 2, 3, 3, 5, 6}, []int{0, 0, 0, 1, 1, 1}, 2, fault.LearnData},
		{"twin: three classes that overlap", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 0, 1, 2, 1, 2, 0, 2}, 3, ""},
		{"three classes apart", []float64{1, 2, 3, 4, 5, 6}, []int{0, 0, 1, 1, 2, 2}, 3, fault.LearnData},
		{"one of three apart", []float64{1, 2, 3, 14, 15, 16, 17}, []int{0, 0, 0, 1, 2, 1, 2}, 3, fault.LearnData},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := linear.Matrix{Rows: len(tt.x), Cols: 1, Values: tt.x}
			m, err := linear.Logistic(t.Context(), x, tt.classes, tt.count, linear.Regression{})
			if fault.Of(err) != tt.want {
				t.Fatalf("without a penalty: %v, want code %q", err, tt.want)
			}
			if err == nil {
				written(t, m, err)
			}
			m, err = linear.Logistic(t.Context(), x, tt.classes, tt.count, linear.Regression{Penalty: 1e-3})
			written(t, m, err)
		})
	}
}

func TestEmptyClustersAndFewRowsThatDiffer(t *testing.T) {
	x := linear.Matrix{Rows: 8, Cols: 1, Values: []float64{1, 1, 1, 1, 2, 2, 9, 9}}
	m, err := linear.Means(t.Context(), x, linear.Clusters{Count: 3})
	written(t, m, err)
	if m.Total != 0 {
		t.Errorf("three rows that differ and three clusters leave %v", m.Total)
	}
	if _, err := linear.Means(t.Context(), x, linear.Clusters{Count: 4}); fault.Of(err) != fault.LearnData {
		t.Errorf("four clusters of three rows that differ: %v", err)
	}
}

func TestMoreColumnsThanRows(t *testing.T) {
	s := made(5, 6, 10, 3)
	if _, err := linear.Least(t.Context(), s.x, s.y, linear.Regression{}); fault.Of(err) != fault.LearnData {
		t.Errorf("without a penalty: %v", err)
	}
	m, err := linear.Least(t.Context(), s.x, s.y, linear.Regression{Penalty: 0.1})
	written(t, m, err)
	m, err = linear.Principal(t.Context(), s.x, linear.Components{Count: 5})
	written(t, m, err)
	flat := linear.Matrix{Rows: 3, Cols: 2, Values: []float64{1, 2, 2, 4, 3, 6}}
	m, err = linear.Principal(t.Context(), flat, linear.Components{Count: 1})
	written(t, m, err)
	if _, err := linear.Principal(t.Context(), flat, linear.Components{Count: 2}); fault.Of(err) != fault.LearnData {
		t.Errorf("two directions of rows on a line: %v", err)
	}
}

// TestColumnsOfAnySizeGiveNumbersOrARefusal takes columns from the smallest to the largest
// that may be.
func TestColumnsOfAnySizeGiveNumbersOrARefusal(t *testing.T) {
	for _, by := range []float64{1e-320, 1e-200, 1e-99, 1e-30, 1, 1e30, 1e97} {
		s := made(6, 80, 4, 3)
		for i := range s.x.Rows {
			s.x.Values[i*4+1] *= by
		}
		for name, fit := range fits(s, 1) {
			m, err := fit(t.Context())
			if err != nil {
				if fault.Of(err) != fault.LearnData {
					t.Errorf("%s by %g: %v", name, by, err)
				}
				if by >= 1e-30 && by <= 1e30 && name != "components" {
					t.Errorf("twin: %s by %g: %v", name, by, err)
				}
				continue
			}
			written(t, m, err)
			if p, err := m.Apply(s.x); err != nil && fault.Of(err) != fault.LearnData {
				t.Errorf("%s by %g applies: %v", name, by, err)
			} else if slices.ContainsFunc(p.Values, math.IsNaN) {
				t.Errorf("%s by %g applies to what is no number", name, by)
			}
		}
	}
}
