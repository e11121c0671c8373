package learn

import (
	"bytes"
	"context"
	"testing"

	"tacit"
	"tacit/fault"
)

// FuzzParams: parameters are refused with LEARN_PARAMS, or do what they say within the limits
// and end with a code.
func FuzzParams(f *testing.F) {
	for _, p := range []string{taught, asking, with(asking, "operation", `"evaluate"`), with(taught, "split", `{"validate":0.5}`, "seed", `9`),
		with(taught, "trees", "", "kind", `"kmeans"`, "label", "", "kmeans", `{"n_clusters":2}`), with(taught, "classes", `["0","1"]`, "outputs", `[{"name":"log","to":[0]}]`),
		with(taught, "data", `{"a":{"id":"x","header":true,"delimiter":","}}`, "parts", `"columns"`), with(taught, "trees", "", "kind", `"pca"`, "label", ""),
		with(taught, "trees", "", "kind", `"network"`, "network", `{"hidden":[3],"epochs":2,"optimizer":"sgd","momentum":0.5}`),
		with(taught, "trees", "", "kind", `"network"`, "operation", `"update"`, "features", `["x","z"]`, "classes", `["0","1"]`, "network", `{"image":{"height":1,"width":2},"filters":[2],"pool":1}`),
		`{"operation":"update","data":{"a":{}},"model":{"input":"m"},"network":{"epochs":1}}`,
		`{"operation":"aggregate","updates":["a"],"kind":"network","label":"y","features":["x","z"],"classes":["0","1"],"aggregate":{"clip":1,"noise":2,"min_parties":1}}`,
		`{"operation":"aggregate","updates":["a"],"model":{"input":"m"},"aggregate":{"weights":"uniform","bound":3}}`} {
		f.Add([]byte(p))
	}
	data, model := file("a", numbersOf(20, "")), file("m", trained(f))
	f.Fuzz(func(t *testing.T, params []byte) {
		for _, inputs := range [][]tacit.GuestFile{{data}, {data, model}} {
			j := tacit.Job{Params: params, Inputs: inputs, Limits: enough()}
			j.Limits.Fuel, j.Limits.Memory = 1<<22, 1<<26
			out, err := New(Config{}).Run(context.Background(), j)
			switch code := fault.Of(err); {
			case err == nil && out.ExitCode != 0, err != nil && out.Outputs != nil:
				t.Fatalf("%v beside %+v", err, out)
			case err != nil && code != fault.LearnParams && code != fault.LearnData && code != fault.LearnModel && code != fault.DataSmall && code != fault.WasmTime && code != fault.WasmOutput:
				t.Fatalf("%v", err)
			}
		}
	})
}

// FuzzDocument: a model that is read is written as it is, and predicts; every other is
// refused with LEARN_MODEL.
func FuzzDocument(f *testing.F) {
	text := file("a", numbersOf(40, ""))
	for _, change := range [][]string{nil, {"trees", `{"objective":"multi:softprob","num_class":3}`}, {"trees", "", "kind", `"ridge"`}, {"trees", "", "kind", `"logistic"`},
		{"trees", "", "kind", `"kmeans"`, "label", "", "kmeans", `{"n_clusters":2}`}, {"trees", "", "kind", `"pca"`, "label", ""},
		{"trees", "", "kind", `"network"`, "network", `{"hidden":[3],"epochs":1}`}, {"trees", "", "kind", `"network"`, "network", `{"image":{"height":1,"width":2},"filters":[2],"pool":1,"epochs":1}`}} {
		f.Add(ran(f, job(with(taught, change...), text))["model.json"])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readDocument(b)
		if err != nil {
			if fault.Of(err) != fault.LearnModel {
				t.Fatal(err)
			}
			return
		}
		written, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := readDocument(written)
		if err != nil {
			t.Fatalf("%v in what was written", err)
		}
		if twice, err := again.encode(); err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("%v: it is written in another way", err)
		}
		if n := m.fitted.takes(); n < 1<<10 {
			r := &run{Engine: New(Config{}), budget: newBudget(enough())}
			d := &data{rows: 1, cols: n, x: make([]float64, n)}
			if out, err := m.fitted.apply(context.Background(), r, d); err == nil && len(out) != m.fitted.width() {
				t.Fatalf("%d numbers, want %d", len(out), m.fitted.width())
			}
		}
	})
}
