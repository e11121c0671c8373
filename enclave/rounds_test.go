package enclave_test

import (
	"strings"
	"testing"

	"filippo.io/age"

	"tacit"
	"tacit/wire"
)

// Updates of two sites go to a next step alone, which puts them together: the whole path of a
// round of federated learning, with what it costs in the receipt.
func TestARoundOfFederatedLearning(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(tacit.Program("learn", 1))
	manager := identities(t, 1)[0]
	const model = `"kind":"network","label":"y","features":["x","z"],"classes":["0","1"],"network":{"epochs":3}`
	update := func(rows string) artefact {
		t.Helper()
		r := w.task(code, map[string][]byte{"site": []byte("x,z,y\n" + strings.Repeat(rows, 20))}, []byte(`{"operation":"update","data":{"site":{}},`+model+`}`), func(t *tacit.Task) {
			key := manager.Recipient().String()
			t.Recipients = append(t.Recipients, tacit.Recipient{Kind: tacit.RecipientIdentity, Ref: wire.Sum([]byte(key)), Key: []byte(key)})
		}).ran()
		mine, receipt := r.part(w.user, 0)
		if _, ok := mine["out/update.bin"]; ok || receipt.Fault != "" || len(mine["out/summary.json"]) == 0 {
			t.Fatalf("the user has %d files, fault %q: %s", len(mine), receipt.Fault, mine["stderr"])
		}
		header, err := age.ExtractHeader(r.section(1))
		w.must(err)
		return artefact{id: manager, header: header, sealed: tacit.Sealed{Header: wire.Sum(header), Root: r.output.Root, Size: r.output.Size,
			Manager: w.manager.Address(), Identity: wire.Sum([]byte(manager.Recipient().String()))}}
	}
	updates := []artefact{update("1,2,0\n2,1,1\n"), update("0,3,0\n4,1,1\n")}
	aggregate := func(how string, rules tacit.LearnRules) result {
		t.Helper()
		k := w.task(code, nil, []byte(`{"operation":"aggregate","updates":["north","south"],"aggregate":{`+how+`},`+model+`}`), func(t *tacit.Task) {
			for i, a := range updates {
				t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputOutput, Name: []string{"north", "south"}[i], Ref: a.sealed.Hash(), Index: tacit.StepIndex(2, 1)})
			}
		})
		last := len(k.artefacts) - 1
		k.artefacts = append(append(k.artefacts[:last:last], updates...), k.artefacts[last])
		k.launch.Artefacts = nil
		for _, a := range k.artefacts {
			k.launch.Artefacts = append(k.launch.Artefacts, a.sealed)
		}
		k.terms.Learn = &rules
		return k.run()
	}
	both := []string{tacit.LearnUpdate, tacit.LearnAggregate}
	private := tacit.LearnRules{Operations: both, MinParties: 2, MinRows: 80, Epsilon: 5000}
	r := aggregate(`"clip":1,"noise":1`, private)
	if summary := string(r.files["out/summary.json"]); r.receipt.Fault != "" || r.receipt.Privacy != "epsilon=4.377 delta=1e-05" || strings.Count(summary, `"fate": "taken"`) != 2 || len(r.files["out/model.onnx"]) == 0 {
		t.Errorf("fault %q, privacy %q: %s%s", r.receipt.Fault, r.receipt.Privacy, summary, r.files["stderr"])
	}
	for _, tt := range []struct {
		name, how string
		change    func(*tacit.LearnRules)
		fault     string
	}{
		{"no noise", "", func(*tacit.LearnRules) {}, "DATA_CONSENT"},
		{"a smaller epsilon", `"clip":1,"noise":1`, func(l *tacit.LearnRules) { l.Epsilon = 4000 }, "DATA_CONSENT"},
		{"more parties", `"clip":1,"noise":1`, func(l *tacit.LearnRules) { l.MinParties = 3 }, "DATA_SMALL"},
		{"more rows", `"clip":1,"noise":1`, func(l *tacit.LearnRules) { l.MinRows = 81 }, "DATA_SMALL"},
		{"for a next step only", `"clip":1,"noise":1`, func(l *tacit.LearnRules) { l.Operations, l.Steps = nil, both }, "DATA_CONSENT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules := private
			tt.change(&rules)
			if r := aggregate(tt.how, rules); r.receipt.Fault != tt.fault || len(r.files["out/model.json"]) > 0 || r.receipt.Privacy != "" {
				t.Errorf("fault %q, want %q", r.receipt.Fault, tt.fault)
			}
		})
	}
}
