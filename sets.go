package tacit

import (
	"fmt"
	"strconv"

	"tacit/fault"
	"tacit/sketch"
	"tacit/wire"
)

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
	out := &SetRules{MinSet: max(s.MinSet, o.MinSet), MinDifference: max(s.MinDifference, o.MinDifference)}
	out.Operations, out.Steps = allowed(s.Operations, s.Steps, o.Operations, o.Steps)
	return out
}

func (t Terms) checkSets() error {
	s := t.Sets
	if s == nil {
		return nil
	}
	if err := checkOperations("sets", SetOperations(), s.Operations, s.Steps); err != nil {
		return err
	}
	if s.MinDifference == 1 || s.MinDifference > sketch.Most {
		return fault.Denied(fault.KeyPolicy, "read terms", "sets.minDifference", fmt.Sprintf("0, or 2 to %d", sketch.Most), strconv.Itoa(int(s.MinDifference)))
	}
	return nil
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
