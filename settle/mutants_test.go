package settle

import (
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestWhatTheCatalogueDoesNotHold(t *testing.T) {
	w := newWorldOn(t, 7, true)
	c := w.as("poster")
	none := tacit.EntryID("acme/none")
	for name, data := range map[string][]byte{
		"newest of nothing":        c.catalogue.PackNewest(none),
		"quote of nothing":         c.catalogue.PackQuote(none, 1),
		"quote of generation 0":    c.catalogue.PackQuote(w.data.ID, 0),
		"quote of a later one":     c.catalogue.PackQuote(w.data.ID, w.data.Generation+1),
		"twin: newest of an entry": c.catalogue.PackNewest(w.data.ID),
		"twin: its quote":          c.catalogue.PackQuote(w.data.ID, w.data.Generation),
	} {
		_, err := call(t.Context(), c, nil, w.at.Catalogue, data, func(b []byte) ([]byte, error) { return b, nil })
		if reason := Reason(err); (reason == "UnknownEntry") != (name[:4] != "twin") || (err == nil) != (name[:4] == "twin") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever holds no seat lends a certificate no operator.
func TestWhoHoldsNoSeatIsNoHolder(t *testing.T) {
	w := newWorldOn(t, 7, true)
	p := w.papers(w.task("user0", 1))
	p.edit = func(_ *tacit.Acceptance, a *tacit.Assignment, v *tacit.Vote, l *tacit.Leaf) {
		a.Seats[6] = a.Seats[0] // the seventh verifier is left out
		v.Assignment, l.Assignment = a.Hash(), a.Hash()
	}
	good := w.proof(p)
	bad := good
	bad.Holders = proven(w.state.Verifiers, append(good.Assignment.Body.Seats, w.state.Verifiers.Members[6].Key)...)
	bad.VoteSigs = nil
	for _, h := range bad.Holders {
		bad.VoteSigs = append(bad.VoteSigs, tacit.Sign(w.network, w.keyOf(h.Member.Key), good.Vote).Sig)
	}
	_, err := w.as("poster").SettleDirect(t.Context(), bad)
	want(t, err, "PartMismatch", "CONS_FIELD")
	t.Run("twin: without him", func(t *testing.T) {
		_, err := w.as("poster").SettleDirect(t.Context(), good)
		want(t, err, "", "")
	})
}

// What registering refuses, a later change refuses as well.
func TestAChangedNodeKeepsItsBounds(t *testing.T) {
	w := newWorldOn(t, 7, true)
	op, node := w.as("worker0 operator"), w.addr("worker0")
	for _, tt := range []struct {
		name   string
		act    func() (Receipt, error)
		reason string
		code   fault.Code
	}{
		{"an end point of 257 bytes", func() (Receipt, error) {
			return op.UpdateEndpoint(t.Context(), node, strings.Repeat("x", 257))
		}, "NodeField", fault.APIField},
		{"no VRF key", func() (Receipt, error) { return op.RotateVRF(t.Context(), node, wire.Digest{}) }, "NodeField", fault.APIField},
		{"twin: an end point of 256 bytes", func() (Receipt, error) {
			return op.UpdateEndpoint(t.Context(), node, strings.Repeat("x", 256))
		}, "", ""},
		{"twin: a VRF key", func() (Receipt, error) { return op.RotateVRF(t.Context(), node, wire.Digest{1}) }, "", ""},
	} {
		_, err := tt.act()
		t.Run(tt.name, func(t *testing.T) { want(t, err, tt.reason, tt.code) })
	}
}
