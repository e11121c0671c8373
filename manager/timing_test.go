package manager_test

import (
	"testing"

	"tacit/devnet/mini"
)

// The enclave holds results back only if the grant says so.
//
// case N43 code - check manager/release.go:Timing
func TestN43TheGrantCarriesTheOwnersTimeBuckets(t *testing.T) {
	terms := mini.Terms("acme/sum")
	terms.Timing = 500
	n, _, a, _ := ready(t, terms)
	reply, err := a.Release(0)
	n.Must(err)
	most := uint32(0)
	for _, g := range reply.Grants {
		most = max(most, g.Terms.Timing)
	}
	if most != 500 {
		t.Errorf("the strictest grant holds results back by %d ms, the owner asks for 500", most)
	}
	t.Run("twin: terms that ask for nothing", func(t *testing.T) {
		n, _, a, _ := ready(t, mini.Terms("acme/sum"))
		reply, err := a.Release(0)
		n.Must(err)
		for _, g := range reply.Grants {
			if g.Terms.Timing != 0 {
				t.Errorf("a grant holds results back by %d ms", g.Terms.Timing)
			}
		}
	})
}
