package tacit

import (
	"strings"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// case N98 code DATA_CONSENT check builtin.go:engine
func TestN98ModelsAndDataNeedRulesAndTheirEngine(t *testing.T) {
	rules := &LearnRules{Operations: []string{LearnTrain}}
	for _, tt := range []struct {
		name   string
		rules  *LearnRules
		sets   *SetRules
		engine string
		denied bool
	}{
		{"twin: rules, and the engine that learns", rules, nil, EngineLearn, false},
		{"twin: rules, and the engine that infers", rules, nil, EngineInfer, false},
		{"twin: rules of both kinds, and the engine for sets", rules, &SetRules{Operations: []string{SetUnion}}, EngineSets, false},
		{"twin: no rules, and another program", nil, nil, "", false},
		{"no rules, and the engine that learns", nil, nil, EngineLearn, true},
		{"no rules, and the engine that infers", nil, nil, EngineInfer, true},
		{"rules on sets alone, and the engine that learns", nil, &SetRules{Operations: []string{SetUnion}}, EngineLearn, true},
		{"rules on learning alone, and the engine for sets", rules, nil, EngineSets, true},
		{"rules that another program would not keep", rules, nil, "", true},
		{"rules of both kinds, which another program would not keep", rules, &SetRules{Operations: []string{SetUnion}}, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := openTerms()
			terms.Learn, terms.Sets = tt.rules, tt.sets
			u := Use{Engine: tt.engine, Level: 2, Time: 1}
			d := Denial("x", terms.Trace(u, nil), u)
			if (d != nil) != tt.denied || d != nil && d.Code != fault.DataConsent {
				t.Errorf("denial = %v", d)
			}
		})
	}
}

func TestTermsWithRulesOnLearning(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rules LearnRules
		field string // that the refusal names
	}{
		{"twin: to whomever", LearnRules{Operations: []string{LearnTrain, LearnPredict}}, ""},
		{"twin: to next steps alone", LearnRules{Steps: []string{LearnUpdate}, Epsilon: 3000}, ""},
		{"nothing", LearnRules{}, "learn.operations"},
		{"an unknown operation", LearnRules{Operations: []string{"trian"}}, "learn.operations"},
		{"one of sets", LearnRules{Operations: []string{SetUnion}}, "learn.operations"},
		{"one twice", LearnRules{Steps: []string{LearnUpdate, LearnUpdate}}, "learn.steps"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := openTerms()
			terms.Learn = &tt.rules
			err := terms.Check()
			switch {
			case tt.field == "" && err != nil:
				t.Error(err)
			case tt.field != "" && (fault.Of(err) != fault.KeyPolicy || !strings.Contains(err.Error(), tt.field)):
				t.Errorf("error %v, want KEY_POLICY that names %s", err, tt.field)
			}
		})
	}
}

func TestLearnRulesOfTwoOwners(t *testing.T) {
	a := &LearnRules{Operations: []string{LearnTrain}, Steps: []string{LearnUpdate}, MinRows: 3, MinParties: 2, Epsilon: 0}
	b := &LearnRules{Operations: []string{LearnUpdate, LearnTrain}, MinRows: 9, Epsilon: 4000}
	got := a.With(b)
	if strings.Join(got.Operations, " ") != "train" || strings.Join(got.Steps, " ") != "update" || got.MinRows != 9 || got.MinParties != 2 || got.Epsilon != 4000 {
		t.Errorf("both = %+v", got)
	}
	if c := b.With(&LearnRules{Operations: []string{LearnTrain}, Epsilon: 500}); c.Epsilon != 500 {
		t.Errorf("the stricter privacy is %d, want 500", c.Epsilon)
	}
	if a.With(nil) != nil || (*LearnRules)(nil).With(b) != nil {
		t.Error("an owner without rules allows something")
	}
}

func TestBuiltin(t *testing.T) {
	for _, engine := range []string{EngineSets, EngineLearn, EngineInfer} {
		if got := Builtin(wire.Sum(Program(engine, 1))); got != engine {
			t.Errorf("Builtin(%s) = %q", engine, got)
		}
	}
	for _, other := range [][]byte{Program(EngineSets, 2), Program("other", 1), {}} {
		if got := Builtin(wire.Sum(other)); got != "" {
			t.Errorf("Builtin(%q) = %q", other, got)
		}
	}
}
