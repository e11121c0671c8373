package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/cmd/internal/spec"
	"tacit/fault"
	"tacit/wire"
)

const roundsParams = `{"label": "y", "features": ["a", "b"], "classes": ["no", "yes"], "seed": 7,
 "network": {"layers": [4], "epochs": 2, "learning_rate": 0.1, "batch_size": 8, "optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.01},
 "aggregate": {"min_parties": 2, "rule": "mean"}}`

func federated(t *testing.T, params string, edit func(*federating)) (*rounds, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rounds.json")
	if err := os.WriteFile(file, []byte(params), 0o600); err != nil {
		t.Fatal(err)
	}
	d := spec.Defaults()
	v := &federating{sites: []string{"a=hospital/rows", "b=clinic/rows", "c=acme/rows"}, at: []string{"b=eu"}, rounds: 3, service: "builtin/learn"}
	v.params, v.fuel, v.memory, v.output, v.seconds, v.maxPrice, v.level, v.out = file, 1e9, d.Requirements.Memory, d.Outputs.MaxSize, 60, "1", 2, "result"
	if edit != nil {
		edit(v)
	}
	return v.rounded()
}

func TestFederateRefusesWhatItCannotDo(t *testing.T) {
	for _, tt := range []struct {
		name, params string
		edit         func(*federating)
		want         fault.Code
		says         string
	}{
		{"twin: as it is", roundsParams, nil, "", ""},
		{"twin: no aggregate settings", `{"label": "y"}`, nil, "", ""},
		{"a site without a dataset", roundsParams, func(v *federating) { v.sites[0] = "a=" }, fault.APIField, "--site"},
		{"a site without an alias", roundsParams, func(v *federating) { v.sites[0] = "=hospital/rows" }, fault.APIField, "--site"},
		{"a site that is no pair", roundsParams, func(v *federating) { v.sites[0] = "hospital/rows" }, fault.APIField, "--site"},
		{"an alias twice", roundsParams, func(v *federating) { v.sites[1] = "a=clinic/rows" }, fault.APIField, "--site"},
		{"the alias of the model", roundsParams, func(v *federating) { v.sites[1] = "global=clinic/rows" }, fault.APIField, "global"},
		{"one site", roundsParams, func(v *federating) { v.sites, v.at = v.sites[:1], nil }, fault.APIField, "at least two"},
		{"twin: two sites", roundsParams, func(v *federating) { v.sites = v.sites[:2] }, "", ""},
		{"a region of no site", roundsParams, func(v *federating) { v.at = []string{"d=eu"} }, fault.APIField, "--at"},
		{"a region that is no pair", roundsParams, func(v *federating) { v.at = []string{"a"} }, fault.APIField, "--at"},
		{"two regions of a site", roundsParams, func(v *federating) { v.at = []string{"a=eu", "a=us"} }, fault.APIField, "--at"},
		{"no round", roundsParams, func(v *federating) { v.rounds = 0 }, fault.APIField, "--rounds"},
		{"too many rounds", roundsParams, func(v *federating) { v.rounds = 1001 }, fault.APIField, "--rounds"},
		{"twin: as many as there may be", roundsParams, func(v *federating) { v.rounds = 1000 }, "", ""},
		{"no parameters", roundsParams, func(v *federating) { v.params = "" }, fault.APIField, "--params"},
		{"a file that is not there", roundsParams, func(v *federating) { v.params += "x" }, fault.APIPath, ""},
		{"no JSON", `{`, nil, fault.APIField, ""},
		{"an unknown field", `{"labels": "y"}`, nil, fault.APIField, "labels"},
		{"an operation", `{"operation": "update"}`, nil, fault.APIField, "operation"},
		{"a network that is none", `{"network": 7}`, nil, fault.APIField, "network"},
		{"an aggregate that is none", `{"aggregate": []}`, nil, fault.APIField, "aggregate"},
		{"parties that are no number", `{"aggregate": {"min_parties": "two"}}`, nil, fault.APIField, "aggregate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := federated(t, tt.params, tt.edit)
			if fault.Of(err) != tt.want || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q about %q", err, tt.want, tt.says)
			}
		})
	}
}

// The form of the network is drawn once, in the first round; later ones go on from what the
// round before left, and say only how sites train.
func TestWhatTheTasksOfARoundAreTold(t *testing.T) {
	r, err := federated(t, roundsParams, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.least != 2 || r.list[0].region != "" || r.list[1].region != "eu" {
		t.Errorf("of %d sites at least, %+v", r.least, r.list)
	}
	before := wire.Sum([]byte("aggregate of round 1"))
	updates := map[string]wire.Digest{"b": wire.Sum([]byte("b")), "a": wire.Sum([]byte("a"))}
	keys := func(v any) []string {
		m, _ := v.(map[string]any)
		return slices.Sorted(maps.Keys(m))
	}
	training := []string{"batch_size", "epochs", "learning_rate", "momentum", "optimizer", "weight_decay"}
	all := append([]string{"layers"}, training...)
	slices.Sort(all)
	for _, tt := range []struct {
		name    string
		task    func() (spec.Task, error)
		fields  []string
		network []string
		inputs  map[string]string
		region  string
		onward  bool
	}{
		{"a site's, in the first round", func() (spec.Task, error) { return r.update(r.list[1], wire.Digest{}) },
			[]string{"classes", "data", "features", "kind", "label", "network", "operation", "seed"}, all,
			map[string]string{"b": "clinic/rows"}, "eu", true},
		{"a site's, later", func() (spec.Task, error) { return r.update(r.list[0], before) },
			[]string{"data", "model", "network", "operation"}, training,
			map[string]string{"a": "hospital/rows", "global": "task:" + before.String()}, "", true},
		{"the one that puts together, in the first round", func() (spec.Task, error) { return r.aggregate(updates, wire.Digest{}, false) },
			[]string{"aggregate", "classes", "features", "kind", "label", "network", "operation", "seed", "updates"}, []string{"layers"},
			map[string]string{"a": "task:" + updates["a"].String(), "b": "task:" + updates["b"].String()}, "", true},
		{"the last one that puts together", func() (spec.Task, error) { return r.aggregate(updates, before, true) },
			[]string{"aggregate", "model", "operation", "updates"}, nil,
			map[string]string{"a": "task:" + updates["a"].String(), "b": "task:" + updates["b"].String(), "global": "task:" + before.String()}, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			task, err := tt.task()
			if err != nil {
				t.Fatal(err)
			}
			var p map[string]any
			if err := json.Unmarshal(task.Params, &p); err != nil {
				t.Fatal(err)
			}
			if got := keys(any(p)); !slices.Equal(got, tt.fields) {
				t.Errorf("parameters %v, want %v", got, tt.fields)
			}
			if got := keys(p["network"]); !slices.Equal(got, tt.network) {
				t.Errorf("of the network %v, want %v", got, tt.network)
			}
			if !maps.Equal(task.Inputs, tt.inputs) {
				t.Errorf("inputs %v, want %v", task.Inputs, tt.inputs)
			}
			if task.Requirements.Region != tt.region || task.Outputs.Onward != tt.onward || task.Service != "builtin/learn" || task.Requirements.Fuel != 1e9 {
				t.Errorf("%+v %+v", task.Requirements, task.Outputs)
			}
			switch op := p["operation"]; op {
			case tacit.LearnUpdate:
				if got := keys(p["data"]); len(got) != 1 || task.Inputs[got[0]] == "" {
					t.Errorf("data %v", got)
				}
			case tacit.LearnAggregate:
				if got, want := p["updates"], []any{"a", "b"}; !slices.Equal(got.([]any), want) {
					t.Errorf("updates %v, want %v", got, want)
				}
				if got := keys(p["aggregate"]); !slices.Equal(got, []string{"min_parties", "rule"}) {
					t.Errorf("aggregate %v", got)
				}
			default:
				t.Errorf("operation %v", op)
			}
		})
	}
	if len(r.form) != 1 || len(r.how) != len(training) {
		t.Errorf("the tasks changed what they were made from: %v %v", r.form, r.how)
	}
}
