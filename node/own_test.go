package node

import (
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
)

// A network says that it is ready once a header has every node. A node that has
// not seen that header yet must not turn away who calls it then.
func TestANodeThatWasJustRegisteredShowsItself(t *testing.T) {
	for _, tt := range []struct {
		name   string
		epochs int    // that begin while it is not looking
		since  uint64 // how many of them until it is registered
		want   fault.Code
	}{
		{"twin: under the header that it has", 0, 0, ""},
		{"twin: and not under the newest for that", 2, 0, ""},
		{"under the newest", 1, 1, ""},
		{"not at all", 0, 1, fault.APINotFound},
		{"not under the newest either", 1, 2, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			me := judging(t, n)
			had := me.Follow.View().Header.Number
			for range tt.epochs {
				n.Epoch()
			}
			asked := 0
			_, epoch, err := me.own(t.Context(), had, func(epoch uint64) (tacit.ProvenNode, error) {
				if asked++; epoch < had+tt.since {
					return tacit.ProvenNode{}, fault.New(fault.APINotFound, "find node")
				}
				return tacit.ProvenNode{}, nil
			})
			if fault.Of(err) != tt.want || err == nil && epoch != had+tt.since || asked > 2 {
				t.Errorf("epoch %d after %d, asked %d times, %v", epoch, had, asked, err)
			}
		})
	}
}
