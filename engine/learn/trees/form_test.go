package trees

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"tacit/fault"
)

// smallForm is a model of two trees: one split, and a leaf.
func smallForm() []byte {
	var b []byte
	for _, s := range []string{
		magic, "\x01\x40", "\x00\x00\x00\x03", "\x00\x00\x00\x01", "\x00\x00\x00\x02", "\x3f\xe0\x00\x00\x00\x00\x00\x00",
		"\x00\x00\x00\x00", "\x00\x00\x00\x03", "\x03\x00\x00\x00\x02\x3f\x80\x00\x00",
		"\x00\x40\x00\x00\x00\x00\x00\x00\x00", "\x00\x40\x08\x00\x00\x00\x00\x00\x00",
		"\x00\x00\x00\x00", "\x00\x00\x00\x01", "\x00\x3f\xc0\x00\x00\x00\x00\x00\x00",
	} {
		b = append(b, s...)
	}
	return b
}

func TestTheFormIsReadAsItWasWritten(t *testing.T) {
	m, err := Parse(smallForm())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Append(nil), smallForm()) {
		t.Errorf("written again it is %x", m.Append(nil))
	}
	if m.Objective() != Squared || m.Features() != 3 || m.Outputs() != 1 || m.Trees() != 2 {
		t.Errorf("it is %v of %d features, %d outputs, %d trees", m.Objective(), m.Features(), m.Outputs(), m.Trees())
	}
	for v, want := range map[float32]float64{0.5: 0.5 + 2 + 0.125, 1: 0.5 + 3 + 0.125} {
		if got, err := m.Predict([]float32{0, 0, v}); err != nil || got[0] != want {
			t.Errorf("at %v: %v, %v, want %v", v, got, err, want)
		}
	}
	if got, err := m.Predict([]float32{0, 0, float32(math.NaN())}); err != nil || got[0] != 2.625 {
		t.Errorf("missing: %v, %v, want 2.625", got, err)
	}
	var of []*Model
	for _, name := range []string{"cancer.json", "diabetes.ubj", "digits.json"} {
		m, err := ParseXGBoost(file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		of = append(of, m)
	}
	light, err := ParseLightGBM(file(t, "light.txt"))
	if err != nil {
		t.Fatal(err)
	}
	x, y := drawn(5, 3000, 5, true)
	for _, m := range append(of, light, trained(t, x, y, Params{Objective: Logistic, Rounds: 5, Subsample: 0.5})) {
		b := m.Append(nil)
		again, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Append(nil), b) {
			t.Error("written again it is another")
		}
		x, _ := drawn(6, 77, m.Features(), true)
		p, err := m.PredictBatch(x, 1)
		q, err2 := again.PredictBatch(x, 3)
		if err != nil || err2 != nil || far(t, q, p) != 0 {
			t.Errorf("read again it predicts otherwise (%v, %v)", err, err2)
		}
	}
}

func TestTheFormRefuses(t *testing.T) {
	whole := smallForm()
	head := len(magic)
	set := func(at int, s string) []byte {
		b := bytes.Clone(whole)
		copy(b[at:], s)
		return b
	}
	nodes := head + 2 + 12 + 8 // where the first tree begins
	for _, tt := range []struct {
		name string
		b    []byte
		says string
	}{
		{"twin: as it was", whole, ""},
		{"twin: a cut that only +Inf is not below", set(nodes+8+5, "\x7f\x80\x00\x00"), ""},
		{"twin: zero is missing", set(nodes+8, "\x07"), ""},
		{"another magic", set(0, "x"), "no model of ours"},
		{"no objective", set(head, "\x00"), "no objective"},
		{"an objective that is not known", set(head, "\x04"), "no objective"},
		{"twin: sums of 32 bits", set(head+1, "\x20"), ""},
		{"sums of other bits", set(head+1, "\x10"), "32 or 64 bits"},
		{"no features", set(head+2, "\x00\x00\x00\x00"), "0 features"},
		{"too many features", set(head+2, "\x00\x10\x00\x01"), "1048577 features"},
		{"no outputs", set(head+6, "\x00\x00\x00\x00"), "0 outputs"},
		{"softmax of one", set(head, "\x03"), "1 outputs"},
		{"more outputs than bytes", set(head+6, "\xff\xff\xff\xff"), "shorter than its head says"},
		{"more trees than bytes", set(head+10, "\xff\xff\xff\xff"), "shorter than its head says"},
		{"a tree less", set(head+10, "\x00\x00\x00\x01"), "behind the last tree"},
		{"a base that is NaN", set(head+14, "\x7f\xf8\x00\x00\x00\x00\x00\x01"), "base score"},
		{"an infinite base", set(head+14, "\x7f\xf0\x00\x00\x00\x00\x00\x00"), "base score"},
		{"a tree of no output", set(nodes, "\x00\x00\x00\x01"), "of output 1"},
		{"no nodes", set(nodes+4, "\x00\x00\x00\x00"), "has 0 nodes"},
		{"an even number of nodes", set(nodes+4, "\x00\x00\x00\x02"), "has 2 nodes"},
		{"more nodes than bytes", set(nodes+4, "\xff\xff\xff\xff"), "shorter than it says"},
		{"a split that leads nowhere", set(nodes+4, "\x00\x00\x00\x01"), "fewer nodes than its splits lead to"},
		{"nodes that nobody leads to", set(nodes+8, "\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "nobody leads to"},
		{"a node of no kind", set(nodes+8, "\x02"), "no kind"},
		{"a kind of more bits", set(nodes+8, "\x09"), "no kind"},
		{"a feature that does not exist", set(nodes+9, "\x00\x00\x00\x03"), "asks for feature 3"},
		{"a cut that is NaN", set(nodes+13, "\x7f\xc0\x00\x00"), "cut that is no number"},
		{"a cut of -Inf", set(nodes+13, "\xff\x80\x00\x00"), "cut that is no number"},
		{"a leaf that is NaN", set(nodes+18, "\x7f\xf8\x00\x00\x00\x00\x00\x01"), "no number, or too large"},
		{"an infinite leaf", set(nodes+18, "\xff\xf0\x00\x00\x00\x00\x00\x00"), "no number, or too large"},
		{"a leaf beyond 32 bits", set(nodes+18, "\x7f\xe0\x00\x00\x00\x00\x00\x00"), "no number, or too large"},
		{"something behind it", append(bytes.Clone(whole), 0), "1 bytes stand behind"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.b)
			if tt.says == "" {
				refuses(t, err, "", "")
				return
			}
			refuses(t, err, fault.LearnModel, tt.says)
		})
	}
	for n := range whole {
		if _, err := Parse(whole[:n]); fault.Of(err) != fault.LearnModel {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

// Deep trees walk alone and shallow ones abreast, to the same leaves.
func TestRowsAbreastGoWhereEachGoesAlone(t *testing.T) {
	x, y := drawn(9, 2000, 6, true)
	whole, _ := drawn(9, 2000, 6, false)
	for _, depth := range []int{1, 4, 16} {
		m := trained(t, x, y, Params{Objective: Logistic, Rounds: 8, Depth: depth})
		deep := *m
		deep.zeros = true // so that no rows go abreast
		for _, n := range []int{1, 3, 4, 7, 255, 256, 257, 2000} {
			for _, x := range []Matrix{x, whole} {
				part := Matrix{n, 6, x.Values[:n*6]}
				a, err := m.PredictBatch(part, 2)
				b, err2 := deep.PredictBatch(part, 1)
				if err != nil || err2 != nil || far(t, a, b) != 0 {
					t.Errorf("depth %d, %d rows: otherwise (%v, %v)", depth, n, err, err2)
				}
			}
		}
	}
}

func TestPredictionRefusesOtherRows(t *testing.T) {
	m, err := Parse(smallForm())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		x    Matrix
		says string
	}{
		{"twin: two rows", Matrix{2, 3, make([]float32, 6)}, ""},
		{"twin: no rows", Matrix{0, 3, nil}, ""},
		{"a feature less", Matrix{2, 2, make([]float32, 4)}, "takes rows of 3 features, these have 2"},
		{"a value less", Matrix{2, 3, make([]float32, 5)}, "5 values are not 2 rows of 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := m.PredictBatch(tt.x, 1)
			if tt.says == "" {
				refuses(t, err, "", "")
				if len(out) != tt.x.Rows {
					t.Errorf("%d predictions", len(out))
				}
				return
			}
			refuses(t, err, fault.LearnData, tt.says)
		})
	}
}

// What a model says of itself comes shortened and without control characters.
func TestNamesInMessagesAreShort(t *testing.T) {
	_, err := ParseXGBoost([]byte(strings.Replace(smallXGBoost, "gbtree\"},", strings.Repeat("x", 500)+"\\u001b\"},", 1)))
	refuses(t, err, fault.LearnModel, "xxx...")
	if len(err.Error()) > 200 {
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
	if got := short("a\x1bb\xff"); got != "a?b?" && got != "a?b\ufffd" {
		t.Errorf("short = %q", got)
	}
}
