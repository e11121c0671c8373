package hardware

import (
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/intel/inteltest"
	"tacit/attest/nitro/nitrotest"
	"tacit/attest/snp/snptest"
	"tacit/fault"
)

// Whatever a network pins roots of is appraised, and nothing else.
func TestEveryPlatformIsAppraised(t *testing.T) {
	amazon := nitrotest.New(t)
	amd, domains, enclaves := snptest.New(t, "Genoa"), inteltest.New(t, attest.SchemeTDX), inteltest.New(t, attest.SchemeSGX)
	evidence := []attest.Evidence{amd.Evidence(), domains.Evidence(), enclaves.Evidence(), amazon.Evidence()}
	roots := []attest.Root{amd.Root(), domains.PinnedRoot(), enclaves.PinnedRoot(), amazon.PinnedRoot()}
	all, err := Schemes(roots)
	if err != nil {
		t.Fatal(err)
	}
	none, err := Schemes(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range evidence {
		if c, err := all.Verify(t.Context(), e, snptest.Now); err != nil || c.Scheme != e.Scheme || c.Level != attest.LevelOf(e.Scheme) {
			t.Errorf("twin: %s: %+v, %v", e.Scheme, c, err)
		}
		if _, err := none.Verify(t.Context(), e, snptest.Now); fault.Of(err) != fault.EvidForged {
			t.Errorf("%s without a root: %v", e.Scheme, err)
		}
		if _, err := Schemes([]attest.Root{{Scheme: e.Scheme, DER: []byte("x")}}); fault.Of(err) != fault.EvidPolicy {
			t.Errorf("%s with a root that is none: %v", e.Scheme, err)
		}
	}
	if _, err := all.Verify(t.Context(), attest.Evidence{Scheme: attest.SchemeSim, Report: []byte("x")}, time.Now()); fault.Of(err) != fault.EvidSimulated {
		t.Errorf("the simulated platform: %v", err)
	}
}
