package tacit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tacit/fault"
	"tacit/sketch"
	"tacit/wire"
)

// Program is the content of a service that is an engine of the enclave's own image. The
// image is measured, so that this text and the measurement say what runs.
func Program(engine string, version int) []byte {
	return fmt.Appendf(nil, "tacit builtin %s %d\n", engine, version)
}

// SetProgram is the SHA-256 of the program that names the engine for sets, which enforces
// SetRules.
func SetProgram() wire.Digest { return wire.Sum(Program("psi", 1)) }

// The operations on sets.
const (
	SetIntersection = "intersection"
	SetUnion        = "union"
	SetDifference   = "difference"
	SetCardinality  = "cardinality"
	SetJoin         = "join"
	SetCompute      = "compute"
)

// SetOperations are all of them.
func SetOperations() []string {
	return []string{SetIntersection, SetUnion, SetDifference, SetCardinality, SetJoin, SetCompute}
}

// SetRules are what an owner allows to be done with a dataset as a set of ids. Without
// them no set operation may use it.
type SetRules struct {
	Operations []string `cbor:"1,keyasint" json:"operations"`      // whose results may go to whomever the task names
	Steps      []string `cbor:"2,keyasint" json:"steps,omitempty"` // whose results may only go on to a next step
	MinSet     uint64   `cbor:"3,keyasint" json:"minSet"`          // distinct ids that every other party must bring
	// MinDifference is by how many ids of this dataset the answers of two tasks must
	// differ, unless they are about the very same ones, whoever asks: 2 to 64, 0 does not
	// care.
	MinDifference uint16 `cbor:"4,keyasint" json:"minDifference,omitempty"`
}

// With are the rules of two owners over what was computed from both: nil, which allows
// nothing, unless both have some.
func (s *SetRules) With(o *SetRules) *SetRules {
	if s == nil || o == nil {
		return nil
	}
	both := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return !slices.Contains(b, x) })
	}
	out := &SetRules{Operations: both(s.Operations, o.Operations), MinSet: max(s.MinSet, o.MinSet), MinDifference: max(s.MinDifference, o.MinDifference)}
	// What one gives to whomever and the other to next steps may go to next steps.
	for _, op := range both(slices.Concat(s.Operations, s.Steps), slices.Concat(o.Operations, o.Steps)) {
		if !slices.Contains(out.Operations, op) && !slices.Contains(out.Steps, op) {
			out.Steps = append(out.Steps, op)
		}
	}
	return out
}

func (t Terms) checkSets() error {
	s := t.Sets
	if s == nil {
		return nil
	}
	bad := func(field, want, got string) error {
		return fault.Denied(fault.KeyPolicy, "read terms", "sets."+field, want, got)
	}
	for _, list := range []struct {
		field string
		names []string
	}{{"operations", s.Operations}, {"steps", s.Steps}} {
		for i, o := range list.names {
			if !slices.Contains(SetOperations(), o) || slices.Contains(list.names[:i], o) {
				return bad(list.field, "each once of "+strings.Join(SetOperations(), ", "), strconv.Quote(o))
			}
		}
	}
	switch {
	case len(s.Operations)+len(s.Steps) == 0:
		return bad("operations", "at least one, here or in steps", "none")
	case s.MinDifference == 1 || s.MinDifference > sketch.Most:
		return bad("minDifference", fmt.Sprintf("0, or 2 to %d", sketch.Most), strconv.Itoa(int(s.MinDifference)))
	}
	return nil
}

// sets is what the rule of that name finds: an engine that enforces rules on sets needs
// some, and they need such an engine.
func (t Terms) sets(u Use) (ok bool, expected, got string) {
	switch {
	case u.Sets && t.Sets == nil:
		return false, "operations on sets that the terms allow", "none"
	case !u.Sets && t.Sets != nil:
		return false, "the built-in engine for sets", "another program"
	case t.Sets == nil:
		return true, "none", "none"
	}
	return true, strings.Join(slices.Concat(t.Sets.Operations, t.Sets.Steps), ", "), "the built-in engine for sets"
}

// SetSalt is what sketches of answers are made under, everywhere alike: an answer may be
// about datasets of several managers, and each compares it with his own.
func SetSalt() (salt [16]byte) {
	d := wire.Keccak([]byte("tacit/sets"))
	copy(salt[:], d[:])
	return salt
}

// SetDiffers is the name under which an enclave has a manager compare a sketch with those
// of earlier answers about an entry, and SecretDiffers the use that receipts and logs call
// it.
func SetDiffers(entry string) string { return SecretDiffers + ":" + entry }

// SecretDiffers is the use of the history of answers about an entry, which never leaves
// its manager: asked with a sketch, it takes it or refuses (DATA_DIFFERENCE).
const SecretDiffers = "differs"
