package learn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// canary stands in the data of each refusal, and in nothing that leaves.
const canary = "73194681"

// check runs a job that must be refused with a code and a text, and says nothing of data.
func check(t *testing.T, j tacit.Job, code fault.Code, text string) {
	t.Helper()
	out, err := New(Config{}).Run(context.Background(), j)
	if fault.Of(err) != code || !strings.Contains(err.Error(), text) {
		t.Fatalf("Run = %v, want %s with %q", err, code, text)
	}
	if out.ExitCode != tacit.ExitStopped || out.Outputs != nil || !strings.HasPrefix(err.Error()+"\n", string(out.Stderr)) {
		t.Errorf("outcome %+v", out)
	}
	if said := err.Error() + string(out.Stderr) + string(out.Stdout); strings.Contains(said, canary) {
		t.Errorf("%s: it has a value of the data", said)
	}
}

// with is the parameters with a field replaced, or taken away where the value is empty.
func with(params string, change ...string) string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(params), &m); err != nil {
		panic(err)
	}
	for i := 0; i < len(change); i += 2 {
		if m[change[i]] = json.RawMessage(change[i+1]); change[i+1] == "" {
			delete(m, change[i])
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// numbersOf is a table of two features and two classes, with ids if asked for.
func numbersOf(rows int, id string) string {
	var b strings.Builder
	if id != "" {
		b.WriteString("id,")
	}
	b.WriteString("x,z,y\n")
	for i := range rows {
		if id != "" {
			fmt.Fprintf(&b, "%s%d,", id, i)
		}
		fmt.Fprintf(&b, "%d,%d.%d,%d\n", i*37%101, i*13%17, i%7, (i*37%101/40+i)%2)
	}
	return b.String()
}

const (
	taught = `{"operation":"train","kind":"trees","data":{"a":{}},"label":"y","trees":{"objective":"binary:logistic","n_estimators":3,"max_depth":2}}`
	asking = `{"operation":"predict","data":{"a":{}},"model":{"input":"m"}}`

	// beginning learns an update, and together makes a round of it.
	beginning = `{"operation":"update","data":{"a":{}},"kind":"network","label":"y","features":["x","z"],"classes":["0","1"],"network":{"hidden":[2000],"epochs":1}}`
	together  = `{"operation":"aggregate","updates":["u"],"kind":"network","label":"y","features":["x","z"],"classes":["0","1"],"network":{"hidden":[2000]}}`
)

// trained is the model of taught.
func trained(t testing.TB) string {
	t.Helper()
	return string(ran(t, job(taught, file("a", numbersOf(60, ""))))["model.json"])
}

func TestParametersThatMakeNoSense(t *testing.T) {
	model := trained(t)
	data := file("a", numbersOf(60, ""))
	for _, tt := range []struct {
		name, params, want string
		inputs             []tacit.GuestFile
	}{
		{"twin: training", taught, "", nil},
		{"twin: each kind has settings", with(taught, "trees", "", "kind", `"logistic"`, "logistic", `{"C":2,"penalty":"l2","tol":1e-6,"standardise":true}`), "", nil},
		{"twin: ridge", with(taught, "trees", "", "kind", `"ridge"`, "ridge", `{"alpha":2}`), "", nil},
		{"twin: least squares", with(taught, "trees", "", "kind", `"linear"`), "", nil},
		{"twin: clusters", with(taught, "trees", "", "kind", `"kmeans"`, "kmeans", `{"n_clusters":2}`, "label", "", "features", `["x","z"]`), "", nil},
		{"twin: components", with(taught, "trees", "", "kind", `"pca"`, "pca", `{"n_components":1}`, "label", ""), "", nil},
		{"twin: a split", with(taught, "split", `{"validate":0.3}`, "seed", `5`), "", nil},
		{"twin: outputs", with(taught, "outputs", `[{"name":"model","to":[0]},{"name":"log","to":[]}]`), "", nil},
		{"none", ``, "there are none", nil},
		{"no object", `[]`, "want an object", nil},
		{"an unknown field", with(taught, "lable", `"y"`), "did you mean label?", nil},
		{"an unknown setting", with(taught, "trees", `{"eta":1}`), "trees.eta: unknown field", nil},
		{"a field twice", `{"operation":"train","operation":"train"}`, "it is there twice", nil},
		{"too long", `{"label":"` + strings.Repeat("x", mostParams) + `"}`, "bytes, at most", nil},
		{"no operation", with(taught, "operation", ""), "operation: say one of", nil},
		{"another operation", with(taught, "operation", `"trian"`), "did you mean train?", nil},
		{"an operation of other engines", with(taught, "operation", `"join"`), "is none of", nil},
		{"no kind", with(taught, "kind", ""), "kind: say one of", nil},
		{"another kind", with(taught, "kind", `"forest"`), "is none of", nil},
		{"a kind where nothing is trained", with(asking, "kind", `"trees"`), "kind: the operation is predict", []tacit.GuestFile{data, file("m", model)}},
		{"settings of another kind", with(taught, "ridge", `{}`), "ridge: the kind that is trained", nil},
		{"settings where nothing is trained", with(asking, "trees", `{}`), "trees: the kind", []tacit.GuestFile{data, file("m", model)}},
		{"no data", with(taught, "data", `{}`), "data: say which", nil},
		{"data that are no input", with(taught, "data", `{"a":{},"b":{}}`), `no input "b"`, nil},
		{"an input that is nothing", taught, "neither among it nor the model", []tacit.GuestFile{data, file("b", "x")}},
		{"no inputs", taught, "the task has 0 inputs", []tacit.GuestFile{}},
		{"two inputs of a name", taught, "two inputs are called", []tacit.GuestFile{data, data}},
		{"data that are the model", with(asking, "model", `{"input":"a"}`), "model.input: \"a\" is data", nil},
		{"a model that is no input", with(asking, "model", `{"input":"n"}`), `model.input: the task has no input "n"`, nil},
		{"no model", with(asking, "model", ""), "model: say which", nil},
		{"a model where one is made", with(taught, "model", `{"input":"m"}`), "model: the operation is train", []tacit.GuestFile{data, file("m", model)}},
		{"a digest that is none", with(asking, "model", `{"input":"m","digest":"AB"}`), "model.digest", []tacit.GuestFile{data, file("m", model)}},
		{"another delimiter", with(taught, "data", `{"a":{"delimiter":"ab"}}`), "data.a: ", nil},
		{"other parts", with(taught, "parts", `"both"`), "parts: ", nil},
		{"columns without ids", with(taught, "parts", `"columns"`), "data.a.id: say the column", nil},
		{"a label that is the id", with(taught, "data", `{"a":{"id":"y"}}`), "label: ", nil},
		{"a feature that is the id", with(taught, "data", `{"a":{"id":"x"}}`, "features", `["x"]`), "features: ", nil},
		{"no label", with(taught, "label", ""), "label: say", nil},
		{"a label of clusters", with(taught, "trees", "", "kind", `"kmeans"`), "label: a model of kind kmeans", nil},
		{"a feature that is the label", with(taught, "features", `["x","y"]`), `features: "y" is the label`, nil},
		{"a feature twice", with(taught, "features", `["x","x"]`), "is there twice", nil},
		{"no features", with(taught, "features", `[]`), "features: say at least one", nil},
		{"one class", with(taught, "classes", `["a"]`), "classes: say at least two", nil},
		{"too many classes", with(taught, "classes", `["`+strings.Repeat(`a","`, 1024)+`b"]`), "classes: 1025", nil},
		{"a class without a name", with(taught, "classes", `["","b"]`), "classes: a name", nil},
		{"classes of a number", with(taught, "classes", `["a","b"]`, "trees", `{"objective":"reg:squarederror"}`), "learns a number", nil},
		{"three classes of two", with(taught, "classes", `["a","b","c"]`), "has two", nil},
		{"classes of clusters", with(taught, "trees", "", "kind", `"kmeans"`, "label", "", "classes", `["a","b"]`), "has none", nil},
		{"all validate", with(taught, "split", `{"validate":1}`), "split.validate", nil},
		{"none validates", with(taught, "split", `{"validate":0}`), "split.validate", nil},
		{"a split of predictions", with(asking, "split", `{"validate":0.5}`), "split: the operation", []tacit.GuestFile{data, file("m", model)}},
		{"a seed of predictions", with(asking, "seed", `4`), "seed: the operation", []tacit.GuestFile{data, file("m", model)}},
		{"a seed that is no number", with(taught, "seed", `-1`), "seed", nil},
		{"to keep something else", with(asking, "keep", `["name"]`), "is not id", []tacit.GuestFile{data, file("m", model)}},
		{"to keep ids that there are not", with(asking, "keep", `["id"]`), `keep: "a" has no id`, []tacit.GuestFile{data, file("m", model)}},
		{"to keep ids twice", with(asking, "data", `{"a":{"id":"x"}}`, "keep", `["id","id"]`), "keep: id is there twice", []tacit.GuestFile{data, file("m", model)}},
		{"to keep ids of an evaluation", with(asking, "operation", `"evaluate"`, "data", `{"a":{"id":"x"}}`, "keep", `["id"]`), "keep: the operation", []tacit.GuestFile{data, file("m", model)}},
		{"a label with a long name", with(taught, "label", `"`+strings.Repeat("y", mostName+1)+`"`), "label: a name has", nil},
		{"classes for a model of numbers", with(asking, "classes", `["a","b"]`), "classes: the model predicts a number", []tacit.GuestFile{data, file("m", onDisk(t, "trees/testdata/diabetes.json"))}},
		{"to keep ids in training", with(taught, "keep", `["id"]`), "keep: the operation", nil},
		{"an output that there is not", with(taught, "outputs", `[{"name":"predictions"}]`), "outputs[0].name", nil},
		{"a curve of what has none", with(taught, "trees", "", "kind", `"linear"`, "outputs", `[{"name":"curve"}]`), "outputs[0].name", nil},
		{"an output twice", with(taught, "outputs", `[{"name":"log"},{"name":"log"}]`), "is there twice", nil},
		{"no index", with(taught, "outputs", `[{"name":"log","to":[-1]}]`), "no index", nil},
		{"an index twice", with(taught, "outputs", `[{"name":"log","to":[0,0]}]`), "0 is there twice", nil},
		{"another objective", with(taught, "trees", `{"objective":"rank:ndcg"}`), "trees.objective", nil},
		{"softmax of nobody knows how many", with(taught, "trees", `{"objective":"multi:softprob"}`), "trees.num_class", nil},
		{"classes of what has two", with(taught, "trees", `{"objective":"binary:logistic","num_class":3}`), "trees.num_class", nil},
		{"other classes than there are", with(taught, "classes", `["a","b","c"]`, "trees", `{"num_class":4}`), "trees.num_class", nil},
		{"no trees", with(taught, "trees", `{"n_estimators":0}`), "trees.n_estimators", nil},
		{"too many trees", with(taught, "trees", `{"n_estimators":100001}`), "trees.n_estimators", nil},
		{"too deep", with(taught, "trees", `{"max_depth":17}`), "trees.max_depth", nil},
		{"no rate", with(taught, "trees", `{"learning_rate":0}`), "trees.learning_rate", nil},
		{"more than all rows", with(taught, "trees", `{"subsample":1.5}`), "trees.subsample", nil},
		{"no columns", with(taught, "trees", `{"colsample_bytree":0}`), "trees.colsample_bytree", nil},
		{"a negative penalty", with(taught, "trees", `{"reg_lambda":-1}`), "trees.reg_lambda", nil},
		{"a negative gamma", with(taught, "trees", `{"gamma":-1}`), "trees.gamma", nil},
		{"a negative weight", with(taught, "trees", `{"min_child_weight":-1}`), "trees.min_child_weight", nil},
		{"a score that is no probability", with(taught, "trees", `{"objective":"binary:logistic","base_score":1}`), "trees.base_score", nil},
		{"no penalty of ridge", with(taught, "trees", "", "kind", `"ridge"`, "ridge", `{"alpha":0}`), "ridge.alpha", nil},
		{"no C", with(taught, "trees", "", "kind", `"logistic"`, "logistic", `{"C":0}`), "logistic.C", nil},
		{"a C without a penalty", with(taught, "trees", "", "kind", `"logistic"`, "logistic", `{"C":1,"penalty":"none"}`), "logistic.C", nil},
		{"another penalty", with(taught, "trees", "", "kind", `"logistic"`, "logistic", `{"penalty":"l1"}`), "logistic.penalty", nil},
		{"no tolerance", with(taught, "trees", "", "kind", `"logistic"`, "logistic", `{"tol":0}`), "logistic.tol", nil},
		{"no clusters", with(taught, "trees", "", "kind", `"kmeans"`, "label", "", "kmeans", `{"n_clusters":0}`), "kmeans.n_clusters", nil},
		{"no starts", with(taught, "trees", "", "kind", `"kmeans"`, "label", "", "kmeans", `{"n_init":0}`), "kmeans.n_init", nil},
		{"no rounds", with(taught, "trees", "", "kind", `"kmeans"`, "label", "", "kmeans", `{"max_iter":0}`), "kmeans.max_iter", nil},
		{"no components", with(taught, "trees", "", "kind", `"pca"`, "label", "", "pca", `{"n_components":0}`), "pca.n_components", nil},
		{"more components than features", with(taught, "trees", "", "kind", `"pca"`, "label", "", "pca", `{"n_components":4}`), "components", nil},
		{"names for a model that has its own", with(asking, "features", `["x","z"]`), "the model has its own", []tacit.GuestFile{data, file("m", model)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inputs := tt.inputs
			if inputs == nil {
				inputs = []tacit.GuestFile{data}
			}
			switch {
			case strings.HasPrefix(tt.name, "twin"):
				ran(t, job(tt.params, inputs...))
			default:
				check(t, job(tt.params, inputs...), fault.LearnParams, tt.want)
			}
		})
	}
}

func TestDataThatCannotBeLearnedFrom(t *testing.T) {
	row := func(text string) string { return numbersOf(60, "") + text + "\n" }
	joined := with(taught, "data", `{"a":{"id":"id"},"b":{"id":"id"}}`, "parts", `"columns"`)
	ridge := with(taught, "trees", "", "kind", `"ridge"`)
	right := "id,w\n1,5\n2,6\n3,9\n"
	left := "id,x,y\n1,5,0\n2,6,1\n3,7,0\n"
	for _, tt := range []struct {
		name, params, want string
		texts              []string
	}{
		{"twin: trees take what is missing", taught, "", []string{row(",1,1")}},
		{"twin: a join", joined, "", []string{left, right}},
		{"twin: extra columns that are not named", with(taught, "data", `{"a":{},"b":{}}`, "features", `["x"]`), "", []string{"x,y\n1,0\n2,1\n", "x,y,w\n1,0,4\n2,1,4\n"}},
		{"a ragged row", taught, "row 61: it has not as many fields", []string{row(canary + ",1")}},
		{"text", taught, "row 61, column 1: want a finite number", []string{row("x" + canary + ",1,1")}},
		{"infinite", taught, "row 61, column 2", []string{row(canary + ",inf,1")}},
		{"no number", taught, "row 61, column 2", []string{row(canary + ",nan,1")}},
		{"an overflow", taught, "row 61, column 2", []string{row(canary + "," + canary + "e999,1")}},
		{"an overflow of 32 bits", taught, "feature 2 has a value that is too large for numbers of 32 bits", []string{row("1," + canary + "e40,1")}},
		{"a label that is missing", taught, "row 61, column 3 (y): the value is missing", []string{row(canary + ",1,")}},
		{"a label that is no class", taught, "a label is no number of a class", []string{row("1,1," + canary)}},
		{"a label between classes", taught, "a label is no number of a class", []string{row(canary + ",1,0.5")}},
		{"a label that is none of the classes", with(taught, "classes", `["n","y"]`), "row 1, column 3 (y): it is none of the classes", []string{"x,z,y\n1,2,c" + canary + "\n"}},
		{"a value that is missing and must not be", ridge, "row 61, column 2: the value is missing", []string{row(canary + ",NA,1")}},
		{"a value that is missing, of a feature that is named", with(ridge, "features", `["z"]`), "row 61, column 2 (z): the value is missing", []string{row(canary + ",,1")}},
		{"a column that does not vary", ridge, "", []string{"x,y\n" + canary + ",1\n" + canary + ",2\n" + canary + ",3\n"}},
		{"a value beyond what regression takes", ridge, "", []string{row(canary + "e200,1,1")}},
		{"no label", with(taught, "label", `"w"`), `no column "w"`, []string{numbersOf(3, "")}},
		{"no feature", with(taught, "features", `["x","w"]`), `no column "w"`, []string{numbersOf(3, "")}},
		{"no features but the label", taught, "there are 0 features", []string{"y\n1\n0\n"}},
		{"no rows", taught, "there are no rows", []string{"x,y\n"}},
		{"a first line that is a row", taught, "column 1 has a number for a name", []string{canary + ",1,1\n1,1,1\n"}},
		{"a first line that is a row of text", with(taught, "label", `"y"`), `no column "y"`, []string{"c" + canary + ",n,m\n1,1,1\n"}},
		{"other columns of the other", with(taught, "data", `{"a":{},"b":{}}`), "has not the same columns", []string{"x,y\n1,0\n", "c" + canary + ",y\n1,0\n"}},
		{"a column less of the other", with(taught, "data", `{"a":{},"b":{}}`), "has not the same columns", []string{"x,c" + canary + ",y\n1,1,0\n", "x,y\n1,0\n"}},
		{"an id twice", joined, `"b": row 4 has the id of another row`, []string{left, right + "1," + canary + "\n"}},
		{"an id twice on the first side", joined, `"a": row 4 has the id of another row`, []string{left + "1," + canary + ",1\n", right}},
		{"an id twice that nobody matches", joined, `row 5 has the id of another row`, []string{left, right + canary + ",1\n" + canary + ",1\n"}},
		{"nobody in common", joined, "there are no rows", []string{left, "id,w\n" + canary + ",1\n"}},
		{"a column of both", joined, "two inputs have a column of the same name", []string{left, "id,x\n1," + canary + "\n"}},
		{"a named column of both", with(joined, "features", `["x"]`), `both have a column for "x"`, []string{left, "id,x\n1," + canary + "\n"}},
		{"a label of both", joined, `both have a column for "y"`, []string{left, "id,y\n1," + canary + "\n"}},
		{"a named column of neither", with(joined, "features", `["q"]`), `no input has a column for "q"`, []string{left, right}},
		{"a label that is no class, of logistic regression", with(taught, "trees", "", "kind", `"logistic"`), "a label is no number of a class", []string{row("1,1,0.5")}},
		{"a label that is none of the classes 0 and 1", with(taught, "classes", `["0","1"]`), "a label is no number of a class", []string{row(canary + ",1,2")}},
		{"nobody validates", with(taught, "split", `{"validate":0.00001}`), "the split leaves no row", []string{row(canary + ",1,1")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inputs := []tacit.GuestFile{}
			for i, text := range tt.texts {
				inputs = append(inputs, file(string(rune('a'+i)), text))
			}
			if strings.HasPrefix(tt.name, "twin") {
				ran(t, job(tt.params, inputs...))
				return
			}
			check(t, job(tt.params, inputs...), fault.LearnData, tt.want)
		})
	}
}

// TestModelsThatAreNone: what is no model of a form that is known is refused; what is one and
// does not fit the data as well.
func TestModelsThatAreNone(t *testing.T) {
	good := trained(t)
	plain := string(ran(t, job(with(taught, "trees", "", "kind", `"ridge"`), file("a", numbersOf(60, ""))))["model.json"])
	lightText := onDisk(t, "trees/testdata/light.txt")
	digest := func(s string) string { return `{"input":"m","digest":"` + digestOf([]byte(s)) + `"}` }
	for _, tt := range []struct {
		name, params, model, want string
		code                      fault.Code
	}{
		{"twin: as it was written", asking, good, "", ""},
		{"twin: with its digest", with(asking, "model", digest(good)), good, "", ""},
		{"twin: a plain one", asking, plain, "", ""},
		{"the digest of another", with(asking, "model", digest(plain)), good, "its digest is not the one", fault.LearnModel},
		{"one bit changed, with its digest", with(asking, "model", digest(good)), strings.Replace(good, "0", "1", 1), "its digest is not the one", fault.LearnModel},
		{"nothing", asking, "", "neither one of this engine's", fault.LearnModel},
		{"text", asking, "hello " + canary, "neither one of this engine's", fault.LearnModel},
		{"JSON of something else", asking, `{"a":"` + canary + `"}`, "", fault.LearnModel},
		{"another version", asking, strings.Replace(good, "tacit model 1", "tacit model 2", 1), "", fault.LearnModel},
		{"another kind", asking, strings.Replace(good, `"kind":"trees"`, `"kind":"logistic"`, 1), "", fault.LearnModel},
		{"no kind", asking, strings.Replace(good, `"kind":"trees"`, `"kind":"c`+canary+`"`, 1), "its kind is none", fault.LearnModel},
		{"a field more", asking, strings.Replace(good, `"kind"`, `"more":1,"kind"`, 1), "no JSON of the form", fault.LearnModel},
		{"something behind it", asking, good + "{}", "no JSON of the form", fault.LearnModel},
		{"cut off", asking, good[:len(good)/2], "no JSON of the form", fault.LearnModel},
		{"a feature less", asking, strings.Replace(good, `["x","z"]`, `["x"]`, 1), "its features", fault.LearnModel},
		{"a feature twice", asking, strings.Replace(good, `["x","z"]`, `["x","x"]`, 1), "its features", fault.LearnModel},
		{"a class more", asking, strings.Replace(good, `["0","1"]`, `["0","1","2"]`, 1), "its classes", fault.LearnModel},
		{"classes of a number", asking, strings.Replace(plain, `"label"`, `"classes":["a","b"],"label"`, 1), "predicts none", fault.LearnModel},
		{"a node that nobody leads to", asking, strings.Replace(good, `"nodes":[`, `"nodes":[[0.5],`, 1), "", fault.LearnModel},
		{"a node of no kind", asking, strings.Replace(good, `"nodes":[[`, `"nodes":[[1,2,3,4],[`, 1), "", fault.LearnModel},
		{"a feature that there is not", asking, strings.Replace(good, `"nodes":[[`, `"nodes":[[99999,`, 1), "", fault.LearnModel},
		{"no number among coefficients", asking, strings.Replace(plain, `"offsets":[`, `"offsets":[1e999,`, 1), "", fault.LearnModel},
		{"one coefficient too many", asking, strings.Replace(plain, `"vectors":[[`, `"vectors":[[`+canary+`,`, 1), "", fault.LearnModel},
		{"vectors of two lengths", asking, strings.Replace(plain, `"vectors":[[`, `"vectors":[[1],[`, 1), "not of one length", fault.LearnModel},
		{"a feature that the data lack", asking, strings.Replace(good, `["x","z"]`, `["x","c`+canary+`"]`, 1), "no column for feature 2", fault.LearnData},
		{"data of another width", asking, lightText, "say which they are", fault.LearnData},
		{"a label with a long name", asking, strings.Replace(good, `"label":"y"`, `"label":"`+strings.Repeat("y", mostName+1)+`"`, 1), "the name of its label", fault.LearnModel},
		{"a feature without a name", asking, strings.Replace(good, `["x","z"]`, `["x",""]`, 1), "its features", fault.LearnModel},
		{"coefficients that are none", asking, strings.Replace(plain, `"vectors":[[`, `"vectors":"`+canary+`","x":[[`, 1), "no JSON of the form that its kind has", fault.LearnModel},
		{"no coefficients", asking, plain[:strings.Index(plain, `"model":`)] + `"model":{"vectors":[]}}`, "", fault.LearnModel},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := file("a", numbersOf(60, ""))
			if tt.code == "" {
				ran(t, job(tt.params, data, file("m", tt.model)))
				return
			}
			check(t, job(tt.params, data, file("m", tt.model)), tt.code, tt.want)
		})
	}
}

// case N36 code WASM_TIME check engine/learn/budget.go:burn
func TestN36LimitsOfARunThatLearns(t *testing.T) {
	data := file("a", numbersOf(2000, ""))
	full, err := New(Config{}).Run(context.Background(), job(taught, data))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for _, o := range full.Outputs {
		size += int64(len(o.Data))
	}
	for _, tt := range []struct {
		name   string
		change func(*tacit.Limits)
		code   fault.Code
	}{
		{"twin: all that it needs", func(l *tacit.Limits) {
			l.Fuel, l.Memory, l.Output, l.Files = full.Fuel, full.PeakMem, size, len(full.Outputs)
		}, ""},
		{"no fuel", func(l *tacit.Limits) { l.Fuel = 0 }, fault.WasmTime},
		{"a unit of fuel less", func(l *tacit.Limits) { l.Fuel = full.Fuel - 1 }, fault.WasmTime},
		{"fuel for the file alone", func(l *tacit.Limits) { l.Fuel = uint64(data.Size) }, fault.WasmTime},
		{"less than the file", func(l *tacit.Limits) { l.Fuel = uint64(data.Size) - 1 }, fault.WasmTime},
		{"no time", func(l *tacit.Limits) { l.Time = 0 }, fault.WasmTime},
		{"a moment", func(l *tacit.Limits) { l.Time = time.Nanosecond }, fault.WasmTime},
		{"no memory", func(l *tacit.Limits) { l.Memory = 0 }, fault.LearnData},
		{"a byte of memory less", func(l *tacit.Limits) { l.Memory = full.PeakMem - 1 }, fault.LearnData},
		{"no output", func(l *tacit.Limits) { l.Output = 0 }, fault.WasmOutput},
		{"a byte of output less", func(l *tacit.Limits) { l.Output = size - 1 }, fault.WasmOutput},
		{"a file less", func(l *tacit.Limits) { l.Files = len(full.Outputs) - 1 }, fault.WasmOutput},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := job(taught, data)
			tt.change(&j.Limits)
			if tt.code == "" {
				ran(t, j)
				return
			}
			check(t, j, tt.code, "")
		})
	}
	t.Run("a model that is too large", func(t *testing.T) {
		huge := file("m", trained(t))
		huge.Size = mostModel + 1
		check(t, job(asking, data, huge), fault.LearnModel, "at most 1073741824")
	})
	t.Run("a model that does not fit", func(t *testing.T) {
		j := job(asking, data, file("m", trained(t)))
		j.Limits.Memory = base + 1<<10
		check(t, j, fault.LearnData, "requirements.memory: at least")
	})
	t.Run("a model that cannot be read is the host's failure", func(t *testing.T) {
		torn := file("m", trained(t))
		torn.Size++
		if out, err := New(Config{}).Run(context.Background(), job(asking, data, torn)); err == nil || fault.Of(err) == fault.LearnModel || out.Stderr != nil {
			t.Errorf("Run = %+v, %v", out, err)
		}
	})
	t.Run("more predictions than output", func(t *testing.T) {
		j := job(asking, data, file("m", trained(t)))
		j.Limits.Output = 1000
		check(t, j, fault.WasmOutput, "larger than allowed")
	})
	t.Run("a context that ends is no refusal", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		why := errors.New("the worker leaves")
		e := New(Config{Progress: func(stage string, _, _ int64) {
			if stage == "train" {
				cancel(why)
			}
		}})
		if out, err := e.Run(ctx, job(taught, data)); !errors.Is(err, why) || out.Stderr != nil {
			t.Errorf("Run = %+v, %v", out, err)
		}
	})
}

// TestTheSameJobGivesTheSameBytes: with any number of threads, and again.
func TestTheSameJobGivesTheSameBytes(t *testing.T) {
	data := file("a", numbersOf(9000, "r"))
	for _, params := range []string{
		with(taught, "data", `{"a":{"id":"id"}}`, "seed", `3`, "split", `{"validate":0.3}`, "trees", `{"objective":"binary:logistic","n_estimators":12,"subsample":0.7,"colsample_bytree":0.5}`),
		with(taught, "data", `{"a":{"id":"id"}}`, "trees", "", "kind", `"logistic"`),
		with(taught, "data", `{"a":{"id":"id"}}`, "trees", "", "kind", `"linear"`),
		with(taught, "data", `{"a":{"id":"id"}}`, "trees", "", "kind", `"kmeans"`, "kmeans", `{"n_clusters":4}`, "label", ""),
		with(taught, "data", `{"a":{"id":"id"}}`, "trees", "", "kind", `"pca"`, "label", ""),
	} {
		var first tacit.Outcome
		for i, threads := range []int{1, 1, 2, 5} {
			out, err := New(Config{Threads: threads}).Run(context.Background(), job(params, data))
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = out
				continue
			}
			if out.Fuel != first.Fuel || out.PeakMem != first.PeakMem || !slices.EqualFunc(out.Outputs, first.Outputs, func(a, b tacit.Output) bool { return a.Name == b.Name && bytes.Equal(a.Data, b.Data) }) {
				t.Errorf("%s: another outcome with %d threads", params, threads)
			}
		}
		other, err := New(Config{}).Run(context.Background(), job(with(params, "seed", `4`, "split", `{"validate":0.5}`), data))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(other.Outputs[0].Data, first.Outputs[0].Data) {
			t.Errorf("%s: another seed and split give the same model", params)
		}
	}
}

// TestNothingIsTakenThatWasRefused: whatever the limit of memory or fuel, a run ends where it
// is refused.
func TestNothingIsTakenThatWasRefused(t *testing.T) {
	a, b := file("a", numbersOf(3000, "r")), file("b", strings.ReplaceAll(strings.Replace(numbersOf(2900, "r"), "id,x,z,y", "id,u,v,w", 1), ",0\n", ",5\n"))
	model := file("m", trained(t))
	few := file("a", numbersOf(8, ""))
	updated := file("u", string(ran(t, job(beginning, few))["update.bin"]))
	rounded := file("m", string(ran(t, job(together, updated))["model.json"]))
	for _, tt := range []struct {
		name, params string
		inputs       []tacit.GuestFile
	}{
		{"rows and a split", with(taught, "data", `{"a":{"id":"id"}}`, "split", `{"validate":0.3}`), []tacit.GuestFile{a}},
		{"many trees", with(taught, "data", `{"a":{"id":"id"}}`, "outputs", `[]`, "trees", `{"objective":"binary:logistic","n_estimators":20,"max_depth":11}`), []tacit.GuestFile{a}},
		{"columns", with(taught, "data", `{"a":{"id":"id"},"b":{"id":"id"}}`, "parts", `"columns"`, "kind", `"logistic"`, "trees", ""), []tacit.GuestFile{a, b}},
		{"predictions", with(asking, "data", `{"a":{"id":"id"}}`, "keep", `["id"]`), []tacit.GuestFile{a, model}},
		{"an evaluation", with(asking, "operation", `"evaluate"`, "data", `{"a":{"id":"id"}}`), []tacit.GuestFile{a, model}},
		{"an update", beginning, []tacit.GuestFile{few}},
		{"an update of a model", `{"operation":"update","data":{"a":{}},"model":{"input":"m"}}`, []tacit.GuestFile{few, rounded}},
		{"a round", together, []tacit.GuestFile{updated}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			full, err := New(Config{}).Run(context.Background(), job(tt.params, tt.inputs...))
			if err != nil {
				t.Fatal(err)
			}
			const steps = 150
			for i := range int64(steps) {
				j := job(tt.params, tt.inputs...)
				j.Limits.Memory = base + (full.PeakMem-base)*i/steps
				check(t, j, fault.LearnData, "requirements.memory: at least")
				j = job(tt.params, tt.inputs...)
				j.Limits.Fuel = 1 + (full.Fuel-1)*uint64(i)/steps
				check(t, j, fault.WasmTime, "the fuel is used up")
			}
		})
	}
	t.Run("each output by itself", func(t *testing.T) {
		long := with(beginning, "network", `{"epochs":200}`) // whose curve is longer than its picture
		for _, of := range []struct {
			params string
			input  tacit.GuestFile
			names  []string
		}{
			{with(taught, "data", `{"a":{"id":"id"}}`), a, []string{Model, Metrics, Importance, Curve, Log, Summary}},
			{long, few, []string{Updated, Curve, Summary}},
			{together, updated, []string{Model, ONNX, Summary}},
		} {
			for _, name := range of.names {
				j := job(with(of.params, "outputs", `[{"name":"`+name+`"}]`), of.input)
				out, err := New(Config{}).Run(context.Background(), j)
				if err != nil || len(out.Outputs) != 1 && name != Curve {
					t.Fatalf("%s: %v, %d files", name, err, len(out.Outputs))
				}
				if name == Curve && of.params == long && len(out.Outputs[0].Data) <= len(out.Outputs[1].Data) {
					t.Fatalf("the test wants more than %d bytes of the curve", len(out.Outputs[1].Data))
				}
				j.Limits.Output = int64(len(out.Outputs[0].Data)) - 1
				check(t, j, fault.WasmOutput, "larger than allowed")
				j.Limits.Output, j.Limits.Files = 1<<20, 0
				check(t, j, fault.WasmOutput, "more files than allowed")
			}
		}
	})
}

// TestARunEndsWithItsContext wherever it is.
func TestARunEndsWithItsContext(t *testing.T) {
	data, model := file("a", numbersOf(60, "")), file("m", trained(t))
	update := file("u", string(ran(t, job(beginning, data))["update.bin"]))
	for _, tt := range []struct {
		name, stage, params string
		inputs              []tacit.GuestFile
	}{
		{"what is read", "read", taught, []tacit.GuestFile{data}},
		{"a training", "train", taught, []tacit.GuestFile{data}},
		{"a curve", "curve", taught, []tacit.GuestFile{data}},
		{"predictions", "apply", asking, []tacit.GuestFile{data, model}},
		{"an update", "train", beginning, []tacit.GuestFile{data}},
		{"a round", "aggregate", together, []tacit.GuestFile{update}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			why := errors.New("the worker leaves")
			e := New(Config{Progress: func(stage string, _, _ int64) {
				if stage == tt.stage {
					cancel(why)
				}
			}})
			if out, err := e.Run(ctx, job(tt.params, tt.inputs...)); !errors.Is(err, why) || out.Stderr != nil {
				t.Errorf("Run = %+v, %v", out, err)
			}
		})
	}
}

// TestValuesThatTreesDoNotTake are refused wherever they are applied, too.
func TestValuesThatTreesDoNotTake(t *testing.T) {
	model := file("m", trained(t))
	data := file("a", numbersOf(60, "")+"1,"+canary+"e40,1\n")
	const want = "feature 2 has a value that is too large for numbers of 32 bits"
	check(t, job(asking, data, model), fault.LearnData, want)
	check(t, job(with(asking, "operation", `"evaluate"`), data, model), fault.LearnData, want)
	id := 0
	for drawn(0, fmt.Sprint("v", id)) >= 1<<63 {
		id++
	}
	validated := file("a", numbersOf(60, "r")+fmt.Sprintf("v%d,1,%se40,1\n", id, canary))
	halves := with(taught, "data", `{"a":{"id":"id"}}`, "split", `{"validate":0.5}`)
	check(t, job(halves, validated), fault.LearnData, want)
	check(t, job(with(halves, "outputs", `[{"name":"metrics"}]`), validated), fault.LearnData, want)
	ran(t, job(with(halves, "outputs", `[{"name":"model"}]`), validated)) // nothing is said of that row
}
