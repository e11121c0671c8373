package tacit

import (
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// history is what a group knows of its own revisions: up to newest, from oldest on.
type history struct {
	oldest, newest uint64
	other          uint64 // from which on it is another one
}

func (h history) at(revision uint64) (wire.Digest, bool) {
	if revision < h.oldest || revision > h.newest {
		return wire.Digest{}, false
	}
	d := wire.Digest{byte(revision)}
	if h.other != 0 && revision >= h.other {
		d[31] = 0xff
	}
	return d, true
}

func (h history) digest() wire.Digest { d, _ := h.at(h.newest); return d }

// case N47 code STORE_ROLLBACK check anchor.go:CheckAnchor
func TestN47GroupOlderThanItsAnchorIsRefused(t *testing.T) {
	node := Node{Key: wire.Address{1}, AnchorRevision: 20, AnchorDigest: wire.Digest{20}}
	for _, tt := range []struct {
		name string
		node Node
		own  history
		want fault.Code
	}{
		{"twin: it is at the anchor", node, history{newest: 20}, ""},
		{"twin: it went on", node, history{newest: 25}, ""},
		{"twin: it went on and forgot what is before the anchor", node, history{oldest: 20, newest: 25}, ""},
		{"twin: nothing was anchored", Node{Key: node.Key}, history{}, ""},
		{"one revision short", node, history{newest: 19}, fault.StoreRollback},
		{"empty", node, history{}, fault.StoreRollback},
		{"short and another", node, history{newest: 19, other: 3}, fault.StoreRollback},
		{"another history of the same length", node, history{newest: 20, other: 20}, fault.StoreDiverged},
		{"another, longer history", node, history{newest: 25, other: 10}, fault.StoreDiverged},
		{"twin: the histories part after the anchor", node, history{newest: 25, other: 21}, ""},
		{"it forgot the anchored revision", node, history{oldest: 21, newest: 25}, fault.StoreDiverged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.node.CheckAnchor(tt.own.newest, tt.own.at); fault.Of(err) != tt.want {
				t.Errorf("CheckAnchor = %v, want %q", err, tt.want)
			}
		})
	}
}

// case N56 code STORE_DIVERGED check anchor.go:CheckAnchor
func TestN56GroupWithAnotherHistoryIsRefused(t *testing.T) {
	node := Node{Key: wire.Address{1}, AnchorRevision: 20, AnchorDigest: wire.Digest{20}}
	forged := func(uint64) (wire.Digest, bool) { return wire.Digest{21}, true }
	if err := node.CheckAnchor(20, forged); fault.Of(err) != fault.StoreDiverged {
		t.Errorf("CheckAnchor = %v", err)
	}
	forgot := func(uint64) (wire.Digest, bool) { return wire.Digest{20}, false }
	if err := node.CheckAnchor(20, forgot); fault.Of(err) != fault.StoreDiverged {
		t.Errorf("CheckAnchor = %v", err)
	}
	t.Run("twin: its own", func(t *testing.T) {
		if err := node.CheckAnchor(20, history{newest: 20}.at); err != nil {
			t.Error(err)
		}
	})
}

// case N33 code KEY_RECOVERY check anchor.go:CheckRecovery
func TestN33OnlyTheRecoveredGroupGoesOn(t *testing.T) {
	node := Node{Key: wire.Address{1}, AnchorRevision: 20, AnchorDigest: wire.Digest{20}, Recoveries: 3}
	for _, tt := range []struct {
		name       string
		recoveries uint32
		own        history
		want       fault.Code
	}{
		{"twin: it took all of them before", 3, history{newest: 30}, ""},
		{"twin: it is what the operator led back to", 2, history{newest: 20}, ""},
		{"twin: it missed two of them, and is that", 1, history{newest: 20}, ""},
		{"the group that was given up", 2, history{newest: 25}, fault.KeyRecovery},
		{"an older one", 2, history{newest: 19}, fault.KeyRecovery},
		{"another one of that length", 2, history{newest: 20, other: 5}, fault.KeyRecovery},
		{"the header is of before the recovery", 4, history{newest: 20}, fault.KeyGeneration},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := node.CheckRecovery(tt.recoveries, tt.own.newest, tt.own.digest()); fault.Of(err) != tt.want {
				t.Errorf("CheckRecovery = %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("its digest at another revision", func(t *testing.T) {
		if err := node.CheckRecovery(2, 21, wire.Digest{20}); fault.Of(err) != fault.KeyRecovery {
			t.Errorf("CheckRecovery = %v", err)
		}
	})
	t.Run("twin: led back to nothing", func(t *testing.T) {
		if err := (Node{Recoveries: 1}).CheckRecovery(0, 0, wire.Digest{}); err != nil {
			t.Error(err)
		}
	})
}

// case N33 code KEY_RECOVERY check anchor.go:AnchorAt
func TestN33PinnedClientsRefuseAForeignOrOlderService(t *testing.T) {
	w := newWorld(t)
	key, other := w.managers[0], w.managers[1]
	state := w.chain(24, 3)
	for i := range state.Nodes {
		if state.Nodes[i].Key == key || state.Nodes[i].Key == other {
			state.Nodes[i].AnchorRevision, state.Nodes[i].AnchorDigest, state.Nodes[i].Recoveries = 20, wire.Digest{20}, 2
		}
	}
	e := w.build(w.state.Header, state, nil)
	type showing struct {
		pin     Pin
		of      wire.Address // whose leaf is shown
		asked   ContinuityRequest
		shown   Continuity
		by      wire.Address // who signs
		network wire.Digest
		spoil   func(*ProvenNode, *Signed[Continuity])
	}
	for _, tt := range []struct {
		name string
		edit func(*showing)
		want fault.Code
	}{
		{"twin: it went on", func(*showing) {}, ""},
		{"twin: it stands at the anchor", func(s *showing) { s.shown.Revision, s.shown.Digest, s.pin.Revision = 20, wire.Digest{20}, 20 }, ""},
		{"twin: it was never seen before", func(s *showing) { s.pin.Revision, s.pin.Recoveries = 0, 0 }, ""},
		{"twin: recovered since, to less than it had shown", func(s *showing) { s.pin.Revision, s.pin.Recoveries = 90, 1 }, ""},
		{"nobody is pinned", func(s *showing) { s.pin = Pin{} }, fault.KeyRecovery},
		{"a service that is registered under another key", func(s *showing) { s.of, s.shown.Key, s.by = other, other, other }, fault.KeyRecovery},
		{"the leaf of another node", func(s *showing) { s.of = other }, fault.KeyRecovery},
		{"a foreign key says that it is the pinned one", func(s *showing) { s.by = other }, fault.KeyRecovery},
		{"a foreign key under the pinned leaf", func(s *showing) { s.shown.Key, s.by = other, other }, fault.KeyRecovery},
		{"another key's statement", func(s *showing) { s.shown.Key = other }, fault.KeyRecovery},
		{"older than the anchor", func(s *showing) { s.shown.Revision, s.pin.Revision = 19, 0 }, fault.KeyRecovery},
		{"older than what it showed before", func(s *showing) { s.pin.Revision = 26 }, fault.KeyRecovery},
		{"another history", func(s *showing) { s.shown.AnchorAt[0]++ }, fault.KeyRecovery},
		{"another newest digest at the anchor", func(s *showing) { s.shown.Revision, s.shown.Digest, s.pin.Revision = 20, wire.Digest{21}, 20 }, fault.KeyRecovery},
		{"it did not take the recovery", func(s *showing) { s.shown.Recoveries, s.pin.Recoveries = 1, 1 }, fault.KeyRecovery},
		{"fewer recoveries than it showed before", func(s *showing) { s.pin.Recoveries = 3 }, fault.KeyRecovery},
		{"more recoveries than the header knows of", func(s *showing) { s.shown.Recoveries = 3 }, fault.KeyGeneration},
		{"an answer to another challenge", func(s *showing) { s.shown.Challenge[0]++ }, fault.KeyRecovery},
		{"an answer about another revision", func(s *showing) { s.shown.Anchor = 19 }, fault.KeyRecovery},
		{"asked about a revision that is not the anchor", func(s *showing) { s.asked.Anchor, s.shown.Anchor = 19, 19 }, fault.KeyRecovery},
		{"signed for another network", func(s *showing) { s.network[0]++ }, fault.KeyRecovery},
		{"changed after it was signed", func(s *showing) { s.spoil = func(_ *ProvenNode, c *Signed[Continuity]) { c.Body.Revision++ } }, fault.KeyRecovery},
		{"a leaf without its anchor", func(s *showing) {
			s.spoil = func(p *ProvenNode, _ *Signed[Continuity]) {
				p.Node.AnchorRevision, p.Node.AnchorDigest = 0, wire.Digest{}
			}
		}, fault.ChainProof},
		{"a leaf without its recoveries", func(s *showing) { s.spoil = func(p *ProvenNode, _ *Signed[Continuity]) { p.Node.Recoveries = 0 } }, fault.ChainProof},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := showing{
				pin: Pin{key, 22, 2}, of: key, asked: ContinuityRequest{wire.Digest{9}, 20}, by: key, network: w.network,
				shown: Continuity{Key: key, Revision: 25, Digest: wire.Digest{25}, Recoveries: 2, Challenge: wire.Digest{9}, Anchor: 20, AnchorAt: wire.Digest{20}},
			}
			tt.edit(&s)
			proven, err := e.ProveNode(s.of)
			w.ok(err)
			signed := Sign(s.network, w.signers[s.by], s.shown)
			if s.spoil != nil {
				s.spoil(&proven, &signed)
			}
			pin, err := s.pin.Check(w.network, e.Header, proven, s.asked, signed)
			if fault.Of(err) != tt.want {
				t.Fatalf("Check = %v, want %q", err, tt.want)
			}
			want := s.pin
			if err == nil {
				want = Pin{key, s.shown.Revision, 2}
			}
			if pin != want {
				t.Errorf("remembers %+v, want %+v", pin, want)
			}
		})
	}
}
