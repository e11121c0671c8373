package tacit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tacit/fault"
	"tacit/wire"
)

// The engines that are parts of measured images, by name; each is of version 1.
const (
	EngineSets  = "psi"   // sets of ids, which enforces SetRules
	EngineLearn = "learn" // trains and applies models, which enforces LearnRules
	EngineInfer = "infer" // applies networks, which enforces LearnRules
)

// Program is the content of a service that is an engine of the enclave's own image. The
// image is measured, so that this text and the measurement say what runs.
func Program(engine string, version int) []byte {
	return fmt.Appendf(nil, "tacit builtin %s %d\n", engine, version)
}

// EngineImage is the image that has an engine, if it has one of its own: what a network
// runs is much larger than all else, and a task's image links no more than it needs.
func EngineImage(engine string) string {
	if engine == EngineInfer {
		return "tacit-enclave-infer"
	}
	return ""
}

// Engines are all of them.
func Engines() []string { return []string{EngineSets, EngineLearn, EngineInfer} }

// Builtin is the engine that a program names by the SHA-256 of its text, or nothing.
func Builtin(program wire.Digest) string {
	for _, engine := range Engines() {
		if program == wire.Sum(Program(engine, 1)) {
			return engine
		}
	}
	return ""
}

// What is done with a dataset by the engines that learn and infer. A model is a dataset,
// too: whoever owns it allows what may be done with it.
const (
	LearnTrain     = "train"     // a model that was made from it leaves
	LearnEvaluate  = "evaluate"  // numbers about how well a model does on it leave
	LearnPredict   = "predict"   // what a model says of its rows leaves; of a model, that it may be asked
	LearnUpdate    = "update"    // what a round of federated learning changes at its site leaves
	LearnAggregate = "aggregate" // updates that came from it become a model that leaves
)

// LearnOperations are all of them.
func LearnOperations() []string {
	return []string{LearnTrain, LearnEvaluate, LearnPredict, LearnUpdate, LearnAggregate}
}

// LearnRules are what an owner allows to be done with a dataset, or a model, by the engines
// that learn and infer. Without them neither may use it.
type LearnRules struct {
	Operations []string `cbor:"1,keyasint" json:"operations"`      // whose results may go to whomever the task names
	Steps      []string `cbor:"2,keyasint" json:"steps,omitempty"` // whose results may only go on to a next step
	MinRows    uint64   `cbor:"3,keyasint" json:"minRows"`         // rows that must stand behind whatever leaves
	// MinParties is how many owners' data must have gone into a model that leaves.
	MinParties uint16 `cbor:"4,keyasint,omitempty" json:"minParties,omitempty"`
	// Epsilon is the most that differential privacy may cost this dataset in one training,
	// in thousandths, at a delta of 10^-5; 0 demands no noise.
	Epsilon uint32 `cbor:"5,keyasint,omitempty" json:"epsilon,omitempty"`
}

// LearnDelta is the delta at which Epsilon is counted.
const LearnDelta = 1e-5

// PrivacyOf is how receipts say that a result is (epsilon, delta) differentially private.
func PrivacyOf(epsilon, delta float64) string {
	return fmt.Sprintf("epsilon=%.4g delta=%.4g", epsilon, delta)
}

// With are the rules of two owners over what was computed from both: nil, which allows
// nothing, unless both have some.
func (l *LearnRules) With(o *LearnRules) *LearnRules {
	if l == nil || o == nil {
		return nil
	}
	out := &LearnRules{MinRows: max(l.MinRows, o.MinRows), MinParties: max(l.MinParties, o.MinParties), Epsilon: min(l.Epsilon, o.Epsilon)}
	if l.Epsilon == 0 || o.Epsilon == 0 {
		out.Epsilon = max(l.Epsilon, o.Epsilon)
	}
	out.Operations, out.Steps = allowed(l.Operations, l.Steps, o.Operations, o.Steps)
	return out
}

// allowed are the operations and steps that two owners allow together: what one gives to
// whomever and the other to next steps may go to next steps.
func allowed(ops, steps, otherOps, otherSteps []string) (both, next []string) {
	common := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return !slices.Contains(b, x) })
	}
	both = common(ops, otherOps)
	for _, op := range common(slices.Concat(ops, steps), slices.Concat(otherOps, otherSteps)) {
		if !slices.Contains(both, op) && !slices.Contains(next, op) {
			next = append(next, op)
		}
	}
	return both, next
}

func (t Terms) checkLearn() error {
	l := t.Learn
	if l == nil {
		return nil
	}
	return checkOperations("learn", LearnOperations(), l.Operations, l.Steps)
}

// checkOperations holds the operations of rules against those that there are.
func checkOperations(rules string, known, operations, steps []string) error {
	bad := func(field, want, got string) error {
		return fault.Denied(fault.KeyPolicy, "read terms", rules+"."+field, want, got)
	}
	for _, list := range []struct {
		field string
		names []string
	}{{"operations", operations}, {"steps", steps}} {
		for i, o := range list.names {
			if !slices.Contains(known, o) || slices.Contains(list.names[:i], o) {
				return bad(list.field, "each once of "+strings.Join(known, ", "), strconv.Quote(o))
			}
		}
	}
	if len(operations)+len(steps) == 0 {
		return bad("operations", "at least one, here or in steps", "none")
	}
	return nil
}

// engine is what the rule of that name finds: an engine that enforces an owner's rules
// needs some, and they need such an engine.
func (t Terms) engine(u Use) (ok bool, expected, got string) {
	wants := map[string][]string{}
	if t.Sets != nil {
		wants[EngineSets] = slices.Concat(t.Sets.Operations, t.Sets.Steps)
	}
	if t.Learn != nil {
		learn := slices.Concat(t.Learn.Operations, t.Learn.Steps)
		wants[EngineLearn], wants[EngineInfer] = learn, learn
	}
	name := "another program"
	if u.Engine != "" {
		name = "builtin/" + u.Engine
	}
	rules, ok := wants[u.Engine]
	switch {
	case ok:
		return true, strings.Join(rules, ", "), name
	case u.Engine == "" && len(wants) == 0:
		return true, "none", "none"
	case u.Engine != "":
		return false, "rules of the terms for builtin/" + u.Engine, "none"
	case t.Sets != nil && t.Learn != nil:
		return false, "a built-in engine that keeps the terms' rules", name
	case t.Sets != nil:
		return false, "the built-in engine for sets", name
	}
	return false, "a built-in engine that learns or infers", name
}
