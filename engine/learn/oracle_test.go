package learn

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"tacit/engine/learn/trees"
	"tacit/fault"
)

// oracle is what scikit-learn and XGBoost say, by name.
func oracle(t *testing.T) map[string][]float64 {
	t.Helper()
	b, err := os.ReadFile("testdata/oracle.txt")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]float64{}
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		for _, f := range fields[1:] {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatal(err)
			}
			said[fields[0]] = append(said[fields[0]], v)
		}
	}
	return said
}

// public is a table of public data: of linear's, which have no names, or wine.
func public(t testing.TB, name string) (text, params string) {
	t.Helper()
	if name == "wine" {
		b, err := os.ReadFile("testdata/wine.csv")
		if err != nil {
			t.Fatal(err)
		}
		return string(b), `"data":{"a":{"id":"id"}},"label":"cultivar","classes":["barolo","grignolino","barbera"]`
	}
	b, err := os.ReadFile("linear/testdata/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	return string(b), fmt.Sprintf(`"data":{"a":{"header":false}},"label":"%d"`, strings.Count(first, ",")+1)
}

const split = `,"split":{"validate":0.25},"seed":7`

// TestModelsAreAsGoodAsTheOracles: parameters in, metrics out, on the same rows as
// scikit-learn and XGBoost. What has one solution is the same; trees, whose cuts differ, are
// about as good.
func TestModelsAreAsGoodAsTheOracles(t *testing.T) {
	said := oracle(t)
	const boosting = `"kind":"trees","trees":{"max_depth":4,"learning_rate":0.2,"n_estimators":60,"base_score":0.5`
	const same = 1e-6
	for _, tt := range []struct {
		name, data, params string
		bounds             map[string]float64 // of the difference, or of how much worse trees are
	}{
		{"diabetes.linear", "diabetes", `"kind":"linear"`, map[string]float64{"rmse": same, "mae": same, "r2": same}},
		{"diabetes.ridge", "diabetes", `"kind":"ridge","ridge":{"alpha":10}`, map[string]float64{"rmse": same, "mae": same, "r2": same}},
		{"diabetes.ridge-standard", "diabetes", `"kind":"ridge","ridge":{"alpha":10,"standardise":true}`, map[string]float64{"rmse": same, "mae": same, "r2": same}},
		{"cancer.logistic", "cancer", `"kind":"logistic","logistic":{"C":0.5,"standardise":true}`, map[string]float64{"accuracy": same, "auc": same, "logloss": same}},
		{"iris.logistic", "iris", `"kind":"logistic"`, map[string]float64{"accuracy": same, "logloss": same}},
		{"wine.logistic", "wine", `"kind":"logistic","logistic":{"standardise":true}`, map[string]float64{"accuracy": same, "logloss": same}},
		{"diabetes.trees", "diabetes", boosting + `}`, map[string]float64{"rmse": 4, "mae": 3, "r2": 0.1}},
		{"cancer.trees", "cancer", boosting + `,"objective":"binary:logistic"}`, map[string]float64{"accuracy": 0.021, "auc": 0.01, "logloss": 0.03}},
		{"iris.trees", "iris", boosting + `,"objective":"multi:softprob","num_class":3}`, map[string]float64{"accuracy": 0.05, "logloss": 0.06}},
		{"digits.trees", "digits", boosting + `,"objective":"multi:softprob","num_class":10}`, map[string]float64{"accuracy": 0.05, "logloss": 0.06}},
		{"wine.trees", "wine", boosting + `}`, map[string]float64{"accuracy": 0.05, "logloss": 0.05}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, data := public(t, tt.data)
			files := ran(t, job(`{"operation":"train",`+data+`,`+tt.params+split+`}`, file("a", text)))
			got := read[map[string]map[string]float64](t, files["metrics.json"])
			for _, part := range []string{"training", "validation"} {
				if want := said[tt.name+"."+part+".rows"][0]; got[part]["rows"] != want {
					t.Fatalf("%s: %v rows, want %v: the split is not that of the oracle", part, got[part]["rows"], want)
				}
				for metric, bound := range tt.bounds {
					v, ok := got[part][metric]
					want := said[tt.name+"."+part+"."+metric][0]
					worse := math.Abs(v-want) / (1 + math.Abs(want))
					if bound != same {
						if worse = v - want; metric == "accuracy" || metric == "auc" || metric == "r2" {
							worse = want - v
						}
					}
					if !ok || !(worse <= bound) {
						t.Errorf("%s: %s is %.9g, the oracle's %.9g: want within %g", part, metric, v, want, bound)
					}
				}
			}
		})
	}
}

func TestClustersAndComponentsAreTheOracles(t *testing.T) {
	said := oracle(t)
	for _, data := range []string{"iris", "wine"} {
		text, params := public(t, data)
		params, _, _ = strings.Cut(params, `,"label"`)
		first, _, _ := strings.Cut(text, "\n")
		var features []string
		for i, name := range strings.Split(first, ",") {
			if data == "iris" {
				name = strconv.Itoa(i + 1)
			}
			if name != "id" && name != "cultivar" && !(data == "iris" && i == 4) {
				features = append(features, strconv.Quote(name))
			}
		}
		params += `,"features":[` + strings.Join(features, ",") + `]`
		t.Run(data+" kmeans", func(t *testing.T) {
			files := ran(t, job(`{"operation":"train",`+params+`,"kind":"kmeans","kmeans":{"n_clusters":3,"n_init":50,"standardise":true}`+split+`}`, file("a", text)))
			got := read[map[string]map[string]float64](t, files["metrics.json"])
			for _, part := range []string{"training", "validation"} {
				if v, want := got[part]["inertia"], said[data+".kmeans."+part][0]; math.Abs(v-want) > 1e-6*want {
					t.Errorf("%s: inertia %.9g, the oracle's %.9g", part, v, want)
				}
			}
		})
		t.Run(data+" pca", func(t *testing.T) {
			files := ran(t, job(`{"operation":"train",`+params+`,"kind":"pca","pca":{"n_components":2,"standardise":true}`+split+`}`, file("a", text)))
			got := read[scores](t, files["metrics.json"])
			for i, v := range got.Explained {
				if want := said[data+".pca.ratios"][i]; math.Abs(v-want) > 1e-9 {
					t.Errorf("component %d has %.12g of the variance, the oracle's %.12g", i+1, v, want)
				}
			}
			for part, s := range map[string]*score{"training": got.Training, "validation": got.Validation} {
				if want := said[data+".pca."+part][0]; len(got.Explained) != 2 || math.Abs(*s.Explained-want) > 1e-9 {
					t.Errorf("%s: %.12g of the variance, the oracle's %.12g", part, *s.Explained, want)
				}
			}
		})
	}
}

// TestModelsOfXGBoostPredictAsThere: JSON and UBJ that XGBoost wrote, with its predictions.
func TestModelsOfXGBoostPredictAsThere(t *testing.T) {
	for _, tt := range []struct {
		name        string
		step, every int // which rows the predictions are of, and which of these are kept
	}{{"cancer", 4, 1}, {"diabetes", 4, 1}, {"digits", 4, 4}} {
		b, err := os.ReadFile("trees/testdata/" + tt.name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		var rows strings.Builder
		for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			if i%(tt.step*tt.every) != 0 {
				continue
			}
			if tt.name == "digits" { // a letter for each of 64 values
				label, letters, _ := strings.Cut(line, ",")
				line = label
				for _, c := range letters {
					line += "," + strconv.Itoa(int(c-'a'))
				}
			}
			rows.WriteString(line + "\n")
		}
		pred, err := os.ReadFile("trees/testdata/" + tt.name + ".pred")
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(string(pred))
		text, err := os.ReadFile("trees/testdata/" + tt.name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		lines, err := os.ReadFile("trees/testdata/" + tt.name + ".ubj.hex")
		if err != nil {
			t.Fatal(err)
		}
		ubj, err := hex.DecodeString(strings.Join(strings.Fields(string(lines)), ""))
		if err != nil {
			t.Fatal(err)
		}
		for form, model := range map[string][]byte{"json": text, "ubj": ubj} {
			t.Run(tt.name+" "+form, func(t *testing.T) {
				params := `{"operation":"predict","data":{"a":{"header":false}},"label":"1","model":{"input":"m","digest":"` + digestOf(model) + `"}}`
				files := ran(t, job(params, file("a", rows.String()), file("m", string(model))))
				at := 0
				for i, line := range bytes.Split(bytes.TrimSpace(files["predictions.csv"]), []byte("\n")) {
					if i == 0 {
						continue
					}
					fields := strings.Split(string(line), ",")
					switch tt.name {
					case "cancer":
						fields = fields[2:]
					case "digits":
						fields = fields[1:]
					}
					for _, f := range fields {
						v, err1 := strconv.ParseFloat(f, 64)
						w, err2 := strconv.ParseFloat(want[at], 64)
						if at++; err1 != nil || err2 != nil || math.Abs(v-w) > 1e-6*max(1, math.Abs(w)) {
							t.Fatalf("row %d: %s, XGBoost says %v", i, f, w)
						}
					}
				}
				if at != len(want) {
					t.Errorf("%d predictions, XGBoost has %d", at, len(want))
				}
			})
		}
	}
}

// TestModelsOfOthersAreEvaluated: their features are columns in order, or by the names that the
// parameters give them, and so are their classes.
func TestModelsOfOthersAreEvaluated(t *testing.T) {
	text, model := onDisk(t, "trees/testdata/cancer.csv"), onDisk(t, "trees/testdata/cancer.json")
	plain := ran(t, job(`{"operation":"evaluate","data":{"a":{"header":false}},"label":"1","model":{"input":"m"}}`, file("a", text), file("m", model)))
	got := read[scores](t, plain["metrics.json"]).Evaluation
	if got.Rows != 569 || got.Accuracy == nil || got.AUC == nil || *got.AUC < 0.95 || *got.LogLoss > 0.4 {
		t.Errorf("metrics %s", plain["metrics.json"])
	}
	var turned strings.Builder
	turned.WriteString("f9,f8,f7,f6,f5,f4,f3,f2,f1,f0,kind\n")
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSpace(line), ",")
		for i := 10; i > 0; i-- {
			turned.WriteString(f[i] + ",")
		}
		turned.WriteString(map[string]string{"0": "ill", "1": "well"}[f[0]] + "\n")
	}
	params := `{"operation":"evaluate","data":{"a":{}},"label":"kind","classes":["ill","well"],"features":["f0","f1","f2","f3","f4","f5","f6","f7","f8","f9"],"model":{"input":"m"}}`
	named := ran(t, job(params, file("a", turned.String()), file("m", model)))
	if !bytes.Equal(named["metrics.json"], plain["metrics.json"]) {
		t.Errorf("by names %s, in order %s", named["metrics.json"], plain["metrics.json"])
	}
	check(t, job(with(params, "classes", `["ill","well","dead"]`), file("a", turned.String()), file("m", model)), fault.LearnParams, "3 of them, the model has 2")
	check(t, job(with(params, "features", `["f0"]`), file("a", turned.String()), file("m", model)), fault.LearnParams, "1 of them, the model takes 10")
	check(t, job(`{"operation":"evaluate","data":{"a":{"header":false}},"model":{"input":"m"}}`, file("a", text), file("m", model)), fault.LearnParams, "label: say the column")

	light := onDisk(t, "trees/testdata/light.txt")
	m, err := trees.ParseLightGBM([]byte(light))
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.PredictBatch(trees.Matrix{Rows: 3, Cols: 2, Values: []float32{2, -1, 1, 5, float32(math.NaN()), 0}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	out := ran(t, job(`{"operation":"predict","data":{"a":{"id":"id"}},"keep":["id"],"model":{"input":"m"}}`, file("a", "v,id,w\n2,A,-1\n1,B,5\nNA,C,0\n"), file("m", light)))
	text = "id,class,p:0,p:1\n"
	for i, p := range want {
		class := "0"
		if p > 0.5 {
			class = "1"
		}
		text += fmt.Sprintf("%c,%s,%v,%v\n", 'A'+i, class, 1-p, p)
	}
	if got := string(out["predictions.csv"]); got != text {
		t.Errorf("LightGBM's: %q, want %q", got, text)
	}
}

// halves divides the rows of a table without names in two.
func halves(text string) (a, b string) {
	lines := strings.SplitAfter(strings.TrimSpace(text)+"\n", "\n")
	lines = lines[:len(lines)-1]
	n := len(lines) * 2 / 5
	return strings.Join(lines[:n], ""), strings.Join(lines[n:], "")
}

// TestOwnersTogetherAreAsThePooledFile: rows of two owners, and columns of two, give the very
// model that one file with all of it gives.
func TestOwnersTogetherAreAsThePooledFile(t *testing.T) {
	text, _ := public(t, "wine")
	head, body, _ := strings.Cut(text, "\n")
	names := strings.Split(head, ",")
	for _, kind := range []string{"trees", "logistic"} {
		settings := `"operation":"train","kind":"` + kind + `","label":"cultivar","classes":["barolo","grignolino","barbera"]` + split + `,"outputs":[{"name":"model"},{"name":"metrics"},{"name":"summary"}]`
		features := `,"features":["` + strings.Join(names[1:len(names)-1], `","`) + `"]`
		pooled := ran(t, job(`{"data":{"a":{"id":"id"}},`+settings+`}`, file("a", text)))
		check := func(t *testing.T, files map[string][]byte) {
			t.Helper()
			for _, name := range []string{"model.json", "metrics.json"} {
				if !bytes.Equal(files[name], pooled[name]) {
					t.Errorf("%s is not that of the pooled file", name)
				}
			}
		}
		t.Run(kind+", rows", func(t *testing.T) {
			a, b := halves(body)
			files := ran(t, job(`{"data":{"a":{"id":"id"},"b":{"id":"id"}},"parts":"rows",`+settings+`}`, file("a", head+"\n"+a), file("b", head+"\n"+b)))
			check(t, files)
			if s := read[summary](t, files["summary.json"]); len(s.Data) != 2 || s.Data[0].Rows+s.Data[1].Rows != 178 || s.Rows != 178 {
				t.Errorf("summary %+v", s)
			}
		})
		t.Run(kind+", rows whose columns are in another order", func(t *testing.T) {
			a, b := halves(body)
			var turned strings.Builder
			for line := range strings.Lines(head + "\n" + b) {
				f := strings.Split(strings.TrimSpace(line), ",")
				for i, j := 0, len(f)-1; i < j; i, j = i+1, j-1 {
					f[i], f[j] = f[j], f[i]
				}
				turned.WriteString(strings.Join(f, ";") + "\n")
			}
			check(t, ran(t, job(`{"data":{"a":{"id":"id"},"b":{"id":"id","delimiter":";"}},`+settings+`}`, file("a", head+"\n"+a), file("b", turned.String()))))
		})
		t.Run(kind+", columns", func(t *testing.T) {
			var a, b strings.Builder
			var lines []string
			for line := range strings.Lines(text) {
				lines = append(lines, line)
				f := strings.SplitN(strings.TrimSpace(line), ",", 6)
				a.WriteString(strings.Join(f[:5], ",") + "\n")
			}
			for i := range lines { // the other's rows come in another order, and some have no partner
				f := strings.SplitN(strings.TrimSpace(lines[(len(lines)-i)%len(lines)]), ",", 6)
				b.WriteString(f[0] + "," + f[5] + "\n")
			}
			a.WriteString("only-a,1,2,3,4\n")
			b.WriteString("only-b,1,2,3,4,5,6,7,8,9,barolo\n")
			files := ran(t, job(`{"data":{"a":{"id":"id"},"b":{"id":"id"}},"parts":"columns",`+settings+`}`, file("a", a.String()), file("b", b.String())))
			check(t, files)
			if s := read[summary](t, files["summary.json"]); s.Matched == nil || *s.Matched != 178 || s.Data[0].Rows != 179 {
				t.Errorf("summary %+v", s)
			}
			named := ran(t, job(`{"data":{"a":{"id":"id"},"b":{"id":"id"}},"parts":"columns",`+settings+features+`}`, file("b", b.String()), file("a", a.String())))
			if !bytes.Contains(named["model.json"], []byte(`"features":["`+names[1])) {
				t.Error("features are not in the order of the parameters")
			}
		})
	}
}
