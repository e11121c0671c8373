package learn

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

// case N98 code DATA_CONSENT check engine/learn/consent.go:consent
func TestN98OperationsOnModelsAndDataThatAnOwnerDoesNotAllow(t *testing.T) {
	model := trained(t)
	all := tacit.LearnOperations()
	evaluate := with(asking, "operation", `"evaluate"`)
	outputs := func(params, list string) string { return with(params, "outputs", list) }
	everything := map[string][]uint8{"model.json": nil, "metrics.json": nil, "importance.csv": nil, "curve.csv": nil, "curve.svg": nil, "log.jsonl": nil, "summary.json": nil}
	next := func(files map[string][]uint8, changes ...string) map[string][]uint8 {
		out := map[string][]uint8{}
		for name, to := range files {
			if out[name] = to; slices.Contains(changes, name) {
				out[name] = []uint8{1}
			}
		}
		return out
	}
	for _, tt := range []struct {
		name, params string
		data, model  tacit.GuestFile // whose rules count
		onward       []uint8
		code         fault.Code
		files        map[string][]uint8
	}{
		{"twin: training", taught, tacit.GuestFile{Operations: []string{Train}}, tacit.GuestFile{}, nil, "", everything},
		{"twin: predictions", asking, tacit.GuestFile{Operations: []string{Predict}}, tacit.GuestFile{Operations: []string{Predict}}, nil, "", map[string][]uint8{"predictions.csv": nil, "summary.json": nil}},
		{"twin: evaluation", evaluate, tacit.GuestFile{Operations: []string{Evaluate}}, tacit.GuestFile{Operations: []string{Evaluate}}, nil, "", map[string][]uint8{"metrics.json": nil, "summary.json": nil}},
		{"twin: the log to its owners", outputs(taught, `[{"name":"model","to":[0]},{"name":"log","to":[1,2]}]`), tacit.GuestFile{Operations: all}, tacit.GuestFile{}, nil, "", map[string][]uint8{"model.json": {0}, "log.jsonl": {1, 2}}},
		{"twin: nobody gets anything", outputs(taught, `[]`), tacit.GuestFile{Operations: all}, tacit.GuestFile{}, nil, "", map[string][]uint8{}},
		{"twin: allowed for whomever, and left to a next step", taught, tacit.GuestFile{Operations: all}, tacit.GuestFile{}, []uint8{1}, "", next(everything, "model.json")},
		{"twin: for a next step", taught, tacit.GuestFile{Steps: []string{Train}}, tacit.GuestFile{}, []uint8{1}, "", map[string][]uint8{"model.json": {1}}},
		{"twin: for a next step, and numbers to all", taught, tacit.GuestFile{Operations: []string{Evaluate}, Steps: []string{Train}}, tacit.GuestFile{}, []uint8{1}, "", map[string][]uint8{"model.json": {1}, "metrics.json": nil, "summary.json": nil}},
		{"twin: for a next step, all of it", outputs(taught, `[{"name":"model","to":[1]},{"name":"log","to":[1]}]`), tacit.GuestFile{Steps: []string{Train}}, tacit.GuestFile{}, []uint8{1}, "", map[string][]uint8{"model.json": {1}, "log.jsonl": {1}}},
		{"twin: predictions for a next step", asking, tacit.GuestFile{Operations: all}, tacit.GuestFile{Steps: []string{Predict}}, []uint8{1}, "", map[string][]uint8{"predictions.csv": {1}}},
		{"no rules", taught, tacit.GuestFile{}, tacit.GuestFile{}, nil, fault.DataConsent, nil},
		{"another operation", taught, tacit.GuestFile{Operations: []string{Predict, Evaluate}, Steps: []string{Predict}}, tacit.GuestFile{}, nil, fault.DataConsent, nil},
		{"data that may not be predicted of", asking, tacit.GuestFile{Operations: []string{Train}}, tacit.GuestFile{Operations: all}, nil, fault.DataConsent, nil},
		{"a model that may not be asked", asking, tacit.GuestFile{Operations: all}, tacit.GuestFile{Operations: []string{Evaluate}}, nil, fault.DataConsent, nil},
		{"a model that may not be evaluated", evaluate, tacit.GuestFile{Operations: all}, tacit.GuestFile{Operations: []string{Predict}}, nil, fault.DataConsent, nil},
		{"data that may not be evaluated on", evaluate, tacit.GuestFile{Operations: []string{Predict}}, tacit.GuestFile{Operations: all}, nil, fault.DataConsent, nil},
		{"for a next step, and there is none", taught, tacit.GuestFile{Steps: []string{Train}}, tacit.GuestFile{}, nil, fault.DataConsent, nil},
		{"for a next step, and the user wants the model", outputs(taught, `[{"name":"model","to":[0,1]}]`), tacit.GuestFile{Steps: []string{Train}}, tacit.GuestFile{}, []uint8{1}, fault.DataConsent, nil},
		{"for a next step, and the log leaves", outputs(taught, `[{"name":"model","to":[1]},{"name":"log","to":[2]}]`), tacit.GuestFile{Operations: []string{Evaluate}, Steps: []string{Train}}, tacit.GuestFile{}, []uint8{1}, fault.DataConsent, nil},
		{"for a next step, and numbers leave", outputs(taught, `[{"name":"model","to":[1]},{"name":"metrics"}]`), tacit.GuestFile{Steps: []string{Train}}, tacit.GuestFile{}, []uint8{1}, fault.DataConsent, nil},
		{"a model for next steps, and predictions leave", outputs(asking, `[{"name":"predictions"}]`), tacit.GuestFile{Operations: all}, tacit.GuestFile{Steps: []string{Predict}}, []uint8{1}, fault.DataConsent, nil},
		{"a recipient that the task does not have", outputs(taught, `[{"name":"log","to":[3]}]`), tacit.GuestFile{Operations: all}, tacit.GuestFile{}, nil, fault.LearnParams, nil},
		{"training without noise where some is demanded", taught, tacit.GuestFile{Operations: all, Epsilon: 1000}, tacit.GuestFile{}, nil, fault.DataConsent, nil},
		{"twin: evaluation where training needs noise", evaluate, tacit.GuestFile{Operations: all, Epsilon: 1000}, tacit.GuestFile{Operations: all}, nil, "", map[string][]uint8{"metrics.json": nil, "summary.json": nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			under := func(f, rules tacit.GuestFile) tacit.GuestFile {
				rules.Alias, rules.Size, rules.Data = f.Alias, f.Size, f.Data
				return rules
			}
			inputs := []tacit.GuestFile{under(file("a", numbersOf(60, "")), tt.data)}
			if tt.params != taught && !strings.Contains(tt.params, `"train"`) {
				inputs = append(inputs, under(file("m", model), tt.model))
			}
			j := job(tt.params, inputs...)
			j.Recipients, j.Onward = 3, tt.onward
			out, err := New(Config{}).Run(context.Background(), j)
			if fault.Of(err) != tt.code && (err != nil || tt.code != "") {
				t.Fatalf("Run = %v, want %q", err, tt.code)
			}
			if len(out.Outputs) != len(tt.files) {
				t.Fatalf("%d outputs, want %v", len(out.Outputs), tt.files)
			}
			for _, o := range out.Outputs {
				if to, ok := tt.files[o.Name]; !ok || !slices.Equal(o.To, to) || (to == nil) != (o.To == nil) {
					t.Errorf("%s goes to %v, want %v", o.Name, o.To, to)
				}
			}
		})
	}
}

// case N98 code DATA_SMALL check engine/learn/consent.go:behind
func TestN98RowsAndPartiesBehindWhatLeaves(t *testing.T) {
	model := trained(t)
	two := with(taught, "data", `{"a":{},"b":{}}`)
	halved := with(taught, "split", `{"validate":0.5}`, "data", `{"a":{"id":"id"}}`)
	joined := with(taught, "data", `{"a":{"id":"id"},"b":{"id":"id"}}`, "parts", `"columns"`)
	left, right := numbersOf(60, "r"), "id,w\nr1,5\nr2,6\nr3,9\n"
	text := func(rules tacit.GuestFile, alias, text string) tacit.GuestFile {
		f := file(alias, text)
		f.MinRows, f.MinGroup, f.MinParties = rules.MinRows, rules.MinGroup, rules.MinParties
		return f
	}
	plain, sixty := tacit.GuestFile{}, numbersOf(60, "")
	learned := 0
	{
		s := read[summary](t, ran(t, job(halved, file("a", left)))["summary.json"])
		if learned = *s.Learned; learned <= *s.Validated {
			t.Fatalf("the test wants fewer rows that validate, not %d of 60", *s.Validated)
		}
	}
	for _, tt := range []struct {
		name, params, want string // empty: it succeeds
		inputs             []tacit.GuestFile
	}{
		{"twin: exactly as many rows", taught, "", []tacit.GuestFile{text(tacit.GuestFile{MinRows: 60, MinGroup: 60}, "a", sixty)}},
		{"twin: rows of two together", two, "", []tacit.GuestFile{text(tacit.GuestFile{MinRows: 120, MinParties: 2}, "a", sixty), text(plain, "b", sixty)}},
		{"twin: predictions", asking, "", []tacit.GuestFile{text(tacit.GuestFile{MinRows: 60, MinGroup: 1000}, "a", sixty), text(tacit.GuestFile{MinRows: 60}, "m", model)}},
		{"twin: an evaluation", with(asking, "operation", `"evaluate"`), "", []tacit.GuestFile{text(tacit.GuestFile{MinGroup: 60}, "a", sixty), text(tacit.GuestFile{MinRows: 60}, "m", model)}},
		{"twin: rows that match", joined, "", []tacit.GuestFile{text(tacit.GuestFile{MinRows: 3}, "a", left), text(plain, "b", right)}},
		{"a row too few", taught, `the model: fewer than the 61 rows that the owner of "a" demands`, []tacit.GuestFile{text(tacit.GuestFile{MinRows: 61}, "a", sixty)}},
		{"a row too few for a group", taught, "the model: fewer than the 61 rows", []tacit.GuestFile{text(tacit.GuestFile{MinGroup: 61}, "a", sixty)}},
		{"too few rows of two", two, `the owner of "b"`, []tacit.GuestFile{text(plain, "a", sixty), text(tacit.GuestFile{MinRows: 121}, "b", sixty)}},
		{"too few that are learned from", halved, "the model: fewer", []tacit.GuestFile{text(tacit.GuestFile{MinRows: uint64(learned) + 1}, "a", left)}},
		{"too few that validate", halved, "what is said of the validation: fewer", []tacit.GuestFile{text(tacit.GuestFile{MinRows: uint64(learned)}, "a", left)}},
		{"too few that match", joined, "the model: fewer", []tacit.GuestFile{text(tacit.GuestFile{MinRows: 4}, "a", left), text(plain, "b", right)}},
		{"too few that match, of the other", joined, `the owner of "b"`, []tacit.GuestFile{text(plain, "a", left), text(tacit.GuestFile{MinRows: 4}, "b", right)}},
		{"too few predictions", asking, "what is said of the rows: fewer", []tacit.GuestFile{text(tacit.GuestFile{MinRows: 61}, "a", sixty), text(plain, "m", model)}},
		{"too few predictions of a model", asking, `the owner of "m"`, []tacit.GuestFile{text(plain, "a", sixty), text(tacit.GuestFile{MinRows: 61}, "m", model)}},
		{"too few to evaluate on", with(asking, "operation", `"evaluate"`), "what is said of the rows: fewer", []tacit.GuestFile{text(tacit.GuestFile{MinGroup: 61}, "a", sixty), text(plain, "m", model)}},
		{"one owner whose file has rows, where two are demanded", two, "fewer than the 2 owners", []tacit.GuestFile{text(tacit.GuestFile{MinParties: 2}, "a", sixty), text(plain, "b", "x,z,y\n")}},
		{"one owner where two are demanded", taught, "fewer than the 2 owners", []tacit.GuestFile{text(tacit.GuestFile{MinParties: 2}, "a", sixty)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == "" {
				ran(t, job(tt.params, tt.inputs...))
				return
			}
			check(t, job(tt.params, tt.inputs...), fault.DataSmall, tt.want)
		})
	}
}

// TestWhatIsSaidOfRows: the columns of predictions, with ids and without.
func TestWhatIsSaidOfRows(t *testing.T) {
	rows := numbersOf(60, "r")
	tell := func(change ...string) string {
		params := with(taught, append([]string{"data", `{"a":{"id":"id"}}`}, change...)...)
		return string(ran(t, job(params, file("a", rows)))["model.json"])
	}
	kept := with(asking, "data", `{"a":{"id":"id"}}`, "keep", `["id"]`)
	for _, tt := range []struct {
		name, model, params, head, first string
	}{
		{"trees", tell(), kept, "id,class,p:0,p:1", "r0,"},
		{"trees, without ids", tell(), with(asking, "data", `{"a":{"id":"id"}}`), "class,p:0,p:1", "1,0."},
		{"classes by name", string(ran(t, job(with(taught, "classes", `["a,b","c"]`), file("a", strings.NewReplacer(",0\n", ",\"a,b\"\n", ",1\n", ",c\n").Replace(numbersOf(60, "")))))["model.json"]), kept, `id,class,"p:a,b",p:c`, `r0,c,0.`},
		{"numbers", tell("trees", `{"objective":"reg:squarederror"}`), kept, "id,prediction", "r0,"},
		{"clusters", tell("trees", "", "kind", `"kmeans"`, "label", "", "features", `["x","z"]`, "kmeans", `{"n_clusters":2}`), kept, "id,cluster,distance", "r0,"},
		{"components", tell("trees", "", "kind", `"pca"`, "label", "", "features", `["x","z"]`), kept, "id,component1,component2", "r0,"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines := strings.Split(string(ran(t, job(tt.params, file("a", rows), file("m", tt.model)))["predictions.csv"]), "\n")
			if len(lines) != 62 || lines[0] != tt.head || !strings.HasPrefix(lines[1], tt.first) {
				t.Errorf("%d lines, %q, %q", len(lines), lines[0], lines[1])
			}
		})
	}
}

// TestTheLogTellsHowTheModelCameAbout: an event a line, and no value of the data.
func TestTheLogTellsHowTheModelCameAbout(t *testing.T) {
	a, b := numbersOf(60, "r"), strings.Replace(numbersOf(40, "s"), "s0,0,", "s0,"+canary+",", 1)
	files := ran(t, job(with(taught, "data", `{"a":{"id":"id"},"b":{"id":"id"}}`, "split", `{"validate":0.3}`), file("a", a), file("b", b)))
	log := string(files["log.jsonl"])
	for _, want := range []string{
		`{"event":"start","engine":"builtin/learn@1","parameters":{`, `{"event":"data","input":"a","rows":60}`, `{"event":"data","input":"b","rows":40}`,
		`{"event":"rows","rows":100,"features":2,"training":`, `{"event":"round","round":3,"metric":"logloss","training":`, `{"event":"metrics","training":{"rows":`,
		`{"event":"model","kind":"trees","sha256":"` + digestOf(files["model.json"]) + `","bytes":`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if n := strings.Count(log, `"event":"round"`); n != 3 || strings.Count(string(files["curve.csv"]), "\n") != 4 {
		t.Errorf("%d rounds", n)
	}
	for name, f := range files {
		if name != "model.json" && (strings.Contains(string(f), canary) || strings.Contains(string(f), "r17")) {
			t.Errorf("%s has a value of the data", name)
		}
	}
}

// TestLogisticRegressionHasACurve: what is minimised falls with each step, and is in the log.
func TestLogisticRegressionHasACurve(t *testing.T) {
	files := ran(t, job(with(taught, "trees", "", "kind", `"logistic"`), file("a", numbersOf(60, ""))))
	lines := strings.Split(strings.TrimSpace(string(files["curve.csv"])), "\n")
	last := 1.0
	for i, line := range lines[1:] {
		var step int
		var loss float64
		if _, err := fmt.Sscanf(line, "%d,%g", &step, &loss); err != nil || step != i || loss > last {
			t.Errorf("%q after %v: %v", line, last, err)
		}
		last = loss
	}
	if len(lines) < 3 || strings.Count(string(files["log.jsonl"]), `"metric":"objective"`) != len(lines)-1 || files["importance.csv"] != nil {
		t.Errorf("%d lines, log %s", len(lines), files["log.jsonl"])
	}
}

// TestTheCurveIsAPicture: XML whose points are in the picture, also of one round, and of
// losses that do not change.
func TestTheCurveIsAPicture(t *testing.T) {
	for _, curve := range [][]round{nil, {{number: 1, metric: "rmse", learned: 3}}, {{number: 0, learned: 2}, {number: 1, learned: 2}},
		{{number: 1, learned: 3, validated: 4, hasValidated: true}, {number: 2, learned: 1, validated: 5, hasValidated: true}}} {
		svg := curveSVG(curve)
		d := xml.NewDecoder(bytes.NewReader(svg))
		lines := 0
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, svg)
			}
			start, ok := token.(xml.StartElement)
			if !ok || start.Name.Local != "polyline" {
				continue
			}
			lines++
			for _, a := range start.Attr {
				if a.Name.Local != "points" {
					continue
				}
				points := strings.Fields(a.Value)
				for _, p := range points {
					var x, y float64
					if _, err := fmt.Sscanf(p, "%f,%f", &x, &y); err != nil || x < plotLeft || x > plotLeft+plotWide || y < plotTop || y > plotTop+plotHigh {
						t.Errorf("point %s is outside: %v", p, err)
					}
				}
				if len(points) != len(curve) {
					t.Errorf("%d points of %d rounds", len(points), len(curve))
				}
			}
		}
		want := 1
		if curve != nil && curve[0].hasValidated {
			want = 2
		}
		if lines != want {
			t.Errorf("%d lines, want %d", lines, want)
		}
	}
}
