package trees

import (
	"math"
	"strings"
	"testing"

	"tacit/fault"
)

// TestLightGBMPredictsWhatItsRulesSay reckons by hand: light.txt was written by hand after
// the documented form, and has each handling of missing values. Its three trees ask
//
//	0: feature 0 <= 1.5 (NaN is missing, goes right): -1, else feature 1 <= -0.5 (nothing is
//	   missing, NaN is 0): 0.25, else 0.5
//	1: feature 1 <= 2 (zero is missing, goes left): 0.125, else -0.5
//	2: one leaf of 0.0625
func TestLightGBMPredictsWhatItsRulesSay(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	m, err := ParseLightGBM(file(t, "light.txt"))
	if err != nil {
		t.Fatal(err)
	}
	up := math.Nextafter32(1.5, 2)
	for _, tt := range []struct {
		name string
		row  []float32
		raw  float64
	}{
		{"below both cuts", []float32{1, -1}, -1 + 0.125},
		{"at the cut", []float32{1.5, -0.5}, -1 + 0.125},
		{"just above the cut", []float32{up, -0.5}, 0.25 + 0.125},
		{"above all cuts", []float32{2, 2.5}, 0.5 - 0.5},
		{"NaN is missing and goes right", []float32{nan, -0.5}, 0.25 + 0.125},
		{"NaN is zero, which is above -0.5; NaN is missing and goes left", []float32{9, nan}, 0.5 + 0.125},
		{"zero is missing and goes left", []float32{9, 0}, 0.5 + 0.125},
		{"so is what is nearly zero", []float32{9, -1e-36}, 0.5 + 0.125},
		{"infinite", []float32{inf, -inf}, 0.25 + 0.125},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := tt.raw + 0.0625
			want := 1 / (1 + math.Exp(-2*raw))
			got, err := m.PredictBatch(Matrix{5, 2, append(append(append(append(append([]float32{}, tt.row...), tt.row...), tt.row...), tt.row...), tt.row...)}, 1)
			if err != nil || far(t, got, []float64{want, want, want, want, want}) > 1e-15 {
				t.Errorf("predicts %v, %v, want %v", got, err, want)
			}
		})
	}
}

// A zero that is missing and goes right, and zero as an ordinary value.
func TestLightGBMZeroGoesWhereItsBitsSay(t *testing.T) {
	text := string(file(t, "light.txt"))
	for kind, want := range map[string]float64{"4": -0.5, "6": 0.125, "2": 0.125, "8": 0.125, "10": 0.125} {
		m, err := ParseLightGBM([]byte(strings.Replace(text, "decision_type=6\n", "decision_type="+kind+"\n", 1)))
		if err != nil {
			t.Fatal(err)
		}
		p := 1 / (1 + math.Exp(-2*(0.5+want+0.0625)))
		if got, err := m.Predict([]float32{9, 0}); err != nil || far(t, got, []float64{p}) > 1e-15 {
			t.Errorf("decision type %s: %v, %v, want %v", kind, got, err, p)
		}
		want = 0.125 // NaN: to the left, or as zero, which is below the cut of 2
		if kind == "4" || kind == "8" {
			want = -0.5
		}
		p = 1 / (1 + math.Exp(-2*(0.5+want+0.0625)))
		if got, err := m.Predict([]float32{9, float32(math.NaN())}); err != nil || far(t, got, []float64{p}) > 1e-15 {
			t.Errorf("decision type %s, NaN: %v, %v, want %v", kind, got, err, p)
		}
	}
}

// Every float32 goes the same way by the cut of 32 bits as by that of 64.
func TestCutsOf64BitsDecideAlikeIn32(t *testing.T) {
	for _, cut := range []float64{0, math.Copysign(0, -1), 1.5, 0.1, -0.1, 1e-35, 1.0000000180025095e-35, -1.0000000180025095e-35, 1e-50, -1e-50, 1e300, -1e300, math.MaxFloat32, -math.MaxFloat32, math.MaxFloat64, 16777217} {
		c := float32(cut)
		for _, v := range []float32{0, 1, -1, c, -c, math.Nextafter32(c, 1e38), math.Nextafter32(c, -1e38), math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32} {
			if got, want := v < below(cut), float64(v) <= cut; got != want {
				t.Errorf("%v <= %v is %v, in 32 bits %v", v, cut, want, got)
			}
		}
	}
}

func TestLightGBMMulticlassAndRegression(t *testing.T) {
	text := string(file(t, "light.txt"))
	multi := strings.NewReplacer("num_class=1", "num_class=3", "iteration=1", "iteration=3", "binary sigmoid:2", "multiclass num_class:3").Replace(text)
	m, err := ParseLightGBM([]byte(multi))
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := math.Exp(-1), math.Exp(0.125), math.Exp(0.0625)
	if got, err := m.Predict([]float32{1, 1}); err != nil || far(t, got, []float64{a / (a + b + c), b / (a + b + c), c / (a + b + c)}) > 1e-15 {
		t.Errorf("multiclass predicts %v, %v", got, err)
	}
	m, err = ParseLightGBM([]byte(strings.Replace(text, "binary sigmoid:2", "regression", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Predict([]float32{1, 1}); err != nil || got[0] != -1+0.125+0.0625 {
		t.Errorf("regression predicts %v, %v", got, err)
	}
}

func TestLightGBMRefuses(t *testing.T) {
	text := string(file(t, "light.txt"))
	for _, tt := range []struct{ name, old, new, says string }{
		{"twin: as it was", "", "", ""},
		{"twin: version 3", "version=v4", "version=v3", ""},
		{"twin: goss", "[boosting: gbdt]", "[boosting: goss]", ""},
		{"twin: lines of Windows", "\n", "\r\n", ""},
		{"an old version", "version=v4", "version=v2", "version v2 is not supported"},
		{"dart", "[boosting: gbdt]", "[boosting: dart]", "boosting dart is not supported"},
		{"a random forest", "label_index=0", "average_output", "averages of trees"},
		{"another objective", "binary sigmoid:2", "poisson", "objective poisson is not supported"},
		{"one against all", "binary sigmoid:2", "multiclassova num_class:3 sigmoid:1", "objective multiclassova"},
		{"a square root of labels", "binary sigmoid:2", "regression sqrt", "with sqrt"},
		{"a sigmoid that is none", "binary sigmoid:2", "binary sigmoid:-2", "with sigmoid:-2"},
		{"no objective", "objective=binary sigmoid:2\n", "", "no objective"},
		{"classes that differ", "num_class=1", "num_class=2", "has not 2 classes"},
		{"categories", "num_cat=0", "num_cat=1", "by category are not supported"},
		{"a split by category", "decision_type=6\n", "decision_type=7\n", "by category is not supported"},
		{"a decision type that is not known", "decision_type=6\n", "decision_type=14\n", "decision type that is not known"},
		{"more bits", "decision_type=6\n", "decision_type=22\n", "decision type that is not known"},
		{"linear leaves", "is_linear=0", "is_linear=1", "linear leaves"},
		{"a feature that does not exist", "split_feature=0 1", "split_feature=0 2", "asks for feature 2"},
		{"a child that does not exist", "right_child=1 -3", "right_child=1 -4", "child does not exist"},
		{"a cycle", "right_child=1 -3", "right_child=1 0", "two lead to"},
		{"a leaf twice", "right_child=1 -3", "right_child=1 -2", "two lead to"},
		{"a leaf that nobody leads to", "left_child=-1 -2\nright_child=1 -3", "left_child=-1 -2\nright_child=-2 -3", "nobody leads to"},
		{"a number too few", "threshold=1.5 -0.5", "threshold=1.5", "threshold has not 2 numbers"},
		{"an infinite cut", "threshold=1.5 -0.5", "threshold=1.5 inf", "no finite number"},
		{"an infinite leaf", "leaf_value=-1 0.25 0.5", "leaf_value=-1 0.25 1e39", "too large"},
		{"a leaf that is NaN", "leaf_value=-1 0.25 0.5", "leaf_value=-1 nan 0.5", "no finite number"},
		{"no leaves", "num_leaves=3", "num_leaves=0", "no number of leaves"},
		{"leaves that are not there", "num_leaves=3", "num_leaves=2000000000", "leaf_value has not 2000000000"},
		{"a tree too few", "tree_sizes=1 1 1", "tree_sizes=1 1 1 1", "not as many as it says"},
		{"trees in another order", "Tree=1", "Tree=2", "want tree 1"},
		{"no end", "end of trees", "", "want tree 3"},
		{"a field twice", "num_cat=0", "num_cat=0\nnum_cat=0", "there twice"},
		{"no text", "num_cat=0", "num_cat=\x00", "no text"},
		{"another file", "tree\n", "trees\n", "no text model"},
		{"no features", "max_feature_idx=1", "max_feature_idx=-1", "features are no numbers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(text, tt.old) {
				t.Fatal("the model has no", tt.old)
			}
			n := 1
			if tt.old == "\n" {
				n = -1
			}
			_, err := ParseLightGBM([]byte(strings.Replace(text, tt.old, tt.new, n)))
			if tt.says == "" {
				refuses(t, err, "", "")
				return
			}
			refuses(t, err, fault.LearnModel, tt.says)
		})
	}
}
