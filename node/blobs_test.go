package node

import (
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// A store that is away may have what the others do not: a task must not end
// because its data's store restarts.
func TestABlobIsMissingOnlyIfEveryStoreSaysSo(t *testing.T) {
	missing, away := fault.New(fault.APINotFound, "no such blob"), fault.New(fault.Unreachable, "dial")
	for _, tt := range []struct {
		name string
		said []error
		want fault.Code
	}{
		{"twin: the only store has it not", []error{missing}, fault.APINotFound},
		{"twin: none of two has it", []error{missing, missing}, fault.APINotFound},
		{"the only store is away", []error{away}, fault.Unreachable},
		{"one has it not, the other is away", []error{missing, away}, fault.Unreachable},
		{"one is away, the other has it not", []error{away, missing}, fault.Unreachable},
		{"one is damaged", []error{missing, fault.New(fault.DataCorrupt, "tree")}, fault.DataCorrupt},
		{"there is no store", nil, fault.Unreachable},
	} {
		if err := nowhere(wire.Digest{1}, tt.said); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}
