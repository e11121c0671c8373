package linear_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"tacit/engine/learn/linear"
	"tacit/fault"
)

// models are one of each kind, by name.
func models() map[string]*linear.Model {
	return map[string]*linear.Model{
		"line":  {Kind: linear.Line, Vectors: linear.Matrix{Rows: 1, Cols: 2, Values: []float64{1, 2}}, Offsets: []float64{3}},
		"two":   {Kind: linear.Logit, Vectors: linear.Matrix{Rows: 1, Cols: 2, Values: []float64{1, 2}}, Offsets: []float64{3}},
		"three": {Kind: linear.Logit, Vectors: linear.Matrix{Rows: 3, Cols: 1, Values: []float64{1, -2, 1}}, Offsets: []float64{3, 0, -3}},
		"means": {Kind: linear.KMeans, Vectors: linear.Matrix{Rows: 2, Cols: 1, Values: []float64{1, 2}}, Scale: []float64{2}, Total: 7},
		"components": {Kind: linear.PCA, Vectors: linear.Matrix{Rows: 2, Cols: 2, Values: []float64{1, 0, 0, 1}},
			Mean: []float64{5, 6}, Scale: []float64{1, 2}, Variances: []float64{4, 1}, Total: 5},
	}
}

func TestModelsGiveWhatTheirNumbersSay(t *testing.T) {
	half := 1 / (1 + math.Exp(-1))
	for _, tt := range []struct {
		model   string
		row     []float64
		want    []float64
		class   int
		refused bool // to say a class
	}{
		{"line", []float64{10, 20}, []float64{53}, 0, true},
		{"two", []float64{-4, 1}, []float64{1 - half, half}, 1, false},
		{"two", []float64{-3, 0}, []float64{0.5, 0.5}, 0, false},
		{"two", []float64{-1e5, 0}, []float64{1, 0}, 0, false},
		{"three", []float64{1e4}, []float64{math.Exp(0) / (1 + math.Exp(-6)), 0, math.Exp(-6) / (1 + math.Exp(-6))}, 0, false},
		{"means", []float64{2}, []float64{0.25, 0}, 1, false},
		{"means", []float64{1.5}, []float64{0.0625, 0.0625}, 0, false},
		{"components", []float64{6, 10}, []float64{1, 2}, 0, true},
	} {
		m, x := models()[tt.model], linear.Matrix{Rows: 1, Cols: len(tt.row), Values: tt.row}
		got, err := m.Apply(x)
		if err != nil {
			t.Fatal(err)
		}
		for i := range tt.want {
			if len(got.Values) != len(tt.want) || math.Abs(got.Values[i]-tt.want[i]) > 1e-15 {
				t.Errorf("%s: %v, want %v", tt.model, got.Values, tt.want)
			}
		}
		class, err := m.Classes(x)
		if tt.refused != (fault.Of(err) == fault.LearnParams) || !tt.refused && !slices.Equal(class, []int{tt.class}) {
			t.Errorf("%s: class %v, %v; want %d", tt.model, class, err, tt.class)
		}
	}
}

func TestRowsThatAModelDoesNotFitAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		x    linear.Matrix
		want fault.Code
	}{
		{"twin: two columns", linear.Matrix{Rows: 1, Cols: 2, Values: []float64{1, 2}}, ""},
		{"three columns", linear.Matrix{Rows: 1, Cols: 3, Values: []float64{1, 2, 3}}, fault.LearnData},
		{"no number", linear.Matrix{Rows: 1, Cols: 2, Values: []float64{1, math.NaN()}}, fault.LearnData},
		{"too large", linear.Matrix{Rows: 1, Cols: 2, Values: []float64{1, 1e101}}, fault.LearnData},
	} {
		_, err := models()["two"].Apply(tt.x)
		_, also := models()["two"].Classes(tt.x)
		if fault.Of(err) != tt.want || fault.Of(also) != tt.want {
			t.Errorf("%s: %v and %v, want code %q", tt.name, err, also, tt.want)
		}
	}
	steep := models()["line"]
	steep.Vectors.Values[0] = 1e300
	if _, err := steep.Apply(linear.Matrix{Rows: 1, Cols: 2, Values: []float64{1e99, 0}}); fault.Of(err) != fault.LearnData {
		t.Errorf("a prediction beyond any number: %v", err)
	}
}

func TestModelsThatNoFitLeavesAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, model string
		harm        func(*linear.Model)
		want        fault.Code
	}{
		{"twin: a line", "line", func(*linear.Model) {}, ""},
		{"twin: two classes", "two", func(*linear.Model) {}, ""},
		{"twin: three classes", "three", func(*linear.Model) {}, ""},
		{"twin: means", "means", func(*linear.Model) {}, ""},
		{"twin: components", "components", func(*linear.Model) {}, ""},
		{"no number", "line", func(m *linear.Model) { m.Vectors.Values[1] = math.NaN() }, fault.LearnModel},
		{"an infinite intercept", "three", func(m *linear.Model) { m.Offsets[1] = math.Inf(1) }, fault.LearnModel},
		{"an unknown kind", "line", func(m *linear.Model) { m.Kind = 5 }, fault.LearnModel},
		{"a line of two vectors", "line", func(m *linear.Model) {
			m.Vectors = linear.Matrix{Rows: 2, Cols: 1, Values: []float64{1, 2}}
			m.Offsets = []float64{1, 2}
		}, fault.LearnModel},
		{"two classes of two vectors", "three", func(m *linear.Model) {
			m.Vectors.Rows, m.Vectors.Values, m.Offsets = 2, m.Vectors.Values[:2], m.Offsets[:2]
		}, fault.LearnModel},
		{"an intercept too many", "two", func(m *linear.Model) { m.Offsets = append(m.Offsets, 1) }, fault.LearnModel},
		{"a coefficient too few", "two", func(m *linear.Model) { m.Vectors.Values = m.Vectors.Values[:1] }, fault.LearnModel},
		{"no columns", "line", func(m *linear.Model) { m.Vectors = linear.Matrix{Rows: 1} }, fault.LearnModel},
		{"more weights than may be", "three", func(m *linear.Model) {
			m.Vectors = linear.Matrix{Rows: 3, Cols: 800, Values: make([]float64, 2400)}
		}, fault.LearnModel},
		{"a total of a line", "line", func(m *linear.Model) { m.Total = 1 }, fault.LearnModel},
		{"a scale of 0", "means", func(m *linear.Model) { m.Scale[0] = 0 }, fault.LearnModel},
		{"a negative inertia", "means", func(m *linear.Model) { m.Total = -1 }, fault.LearnModel},
		{"variances that rise", "components", func(m *linear.Model) { m.Variances[0] = 0.5 }, fault.LearnModel},
		{"a variance of 0", "components", func(m *linear.Model) { m.Variances[1] = 0 }, fault.LearnModel},
		{"variances above all", "components", func(m *linear.Model) { m.Total = 4.9 }, fault.LearnModel},
		{"a component of length 2", "components", func(m *linear.Model) { m.Vectors.Values[0] = 2 }, fault.LearnModel},
		{"a component turned round", "components", func(m *linear.Model) { m.Vectors.Values[0] = -1 }, fault.LearnModel},
	} {
		m := models()[tt.model]
		tt.harm(m)
		_, err := m.MarshalBinary()
		if fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want code %q", tt.name, err, tt.want)
		}
		if _, err := m.Apply(linear.Matrix{Rows: 1, Cols: max(1, m.Vectors.Cols), Values: make([]float64, max(1, m.Vectors.Cols))}); fault.Of(err) != tt.want {
			t.Errorf("%s, applied: %v, want code %q", tt.name, err, tt.want)
		}
	}
}

func TestBytesThatAreNoModelAreRefused(t *testing.T) {
	whole, err := models()["components"].MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	put := func(at int, v uint32) []byte {
		b := slices.Clone(whole)
		binary.BigEndian.PutUint32(b[at:], v)
		return b
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want fault.Code
	}{
		{"twin: as written", whole, ""},
		{"nothing", nil, fault.LearnModel},
		{"a header alone", whole[:17], fault.LearnModel},
		{"cut short", whole[:len(whole)-1], fault.LearnModel},
		{"a byte more", append(slices.Clone(whole), 0), fault.LearnModel},
		{"another version", append([]byte("TACITLM\x02"), whole[8:]...), fault.LearnModel},
		{"columns beyond any memory", put(9, math.MaxUint32), fault.LearnModel},
		{"vectors beyond any memory", put(13, math.MaxUint32), fault.LearnModel},
		{"no vectors", put(13, 0), fault.LearnModel},
		{"longer than any model", make([]byte, linear.MostBytes+1), fault.LearnModel},
		{"a number that is none", put(17, 0x7ff80001), fault.LearnModel},
	} {
		if _, err := linear.Parse(tt.b); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want code %q", tt.name, err, tt.want)
		}
	}
}

// FuzzModel holds that a model is written as it came, that what is refused has a code, and
// that what is read applies to zeros or says why not.
func FuzzModel(f *testing.F) {
	for _, m := range models() {
		b, err := m.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := linear.Parse(b)
		if err != nil {
			if fault.Of(err) != fault.LearnModel {
				t.Fatal(err)
			}
			return
		}
		again, err := m.MarshalBinary()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written otherwise than it came: %v", err)
		}
		x := linear.Matrix{Rows: 1, Cols: m.Vectors.Cols, Values: make([]float64, m.Vectors.Cols)}
		out, err := m.Apply(x)
		if err != nil && fault.Of(err) != fault.LearnData {
			t.Fatal(err)
		}
		if slices.ContainsFunc(out.Values, math.IsNaN) {
			t.Fatal("no number came out")
		}
	})
}
