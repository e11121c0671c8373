package tacit

import (
	"testing"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// view is that of somebody who verified the world's first header.
func (w *world) view() View { return View{Network: w.network, Header: w.first.Header} }

// case N32 code KEY_GENERATION check header.go:Generation
func TestN32NothingOlderIsBelieved(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*EpochHeader)
		want   fault.Code
	}{
		{"twin: the next header", func(*EpochHeader) {}, ""},
		{"twin: a newer generation of policies", func(h *EpochHeader) { h.Generation = 9 }, ""},
		{"twin: some headers later", func(h *EpochHeader) { h.Number = 7 }, ""},
		{"the same number again", func(h *EpochHeader) { h.Number = 1 }, fault.KeyGeneration},
		{"an older number", func(h *EpochHeader) { h.Number = 0 }, fault.KeyGeneration},
		{"an older generation of policies", func(h *EpochHeader) { h.Generation = 4 }, fault.KeyGeneration},
		{"an older block", func(h *EpochHeader) { h.Block = 7 }, fault.KeyGeneration},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.first.Header.Generation, w.state.Header.Generation = 5, 5
			h := w.state.Header
			tt.change(&h)
			set := w.first.NextSigners
			view := w.view()
			next, err := view.Advance(w.seal(h, set, set...))
			wantCode(t, err, tt.want)
			if want := view.Header; tt.want != "" && next.Header != want {
				t.Error("a refused header moved the view")
			} else if tt.want == "" && next.Header != h {
				t.Error("an accepted header did not move the view")
			}
		})
	}
}

// case N58 code CONS_HEADER check header.go:trusted
func TestN58HeaderIsSignedByTheSetBeforeIt(t *testing.T) {
	w := newWorld(t)
	set := w.first.NextSigners
	var strangers []wire.Address
	for range 7 {
		strangers = append(strangers, w.account())
	}
	six := set[:6]
	h := w.state.Header
	swapped := append([]wire.Address{set[1], set[0]}, set[2:]...)
	for _, tt := range []struct {
		name    string
		trusted []wire.Address
		signed  SignedHeader
		want    fault.Code
	}{
		{"twin: all", set, w.seal(h, set, set...), ""},
		{"twin: five of seven", set, w.seal(h, set, set[:5]...), ""},
		{"four of seven", set, w.seal(h, set, set[:4]...), fault.ConsHeader},
		{"nobody", set, w.seal(h, set), fault.ConsHeader},
		{"twin: five of six", six, w.seal(h, six, six[:5]...), ""},
		{"exactly two thirds of six", six, w.seal(h, six, six[:4]...), fault.ConsHeader},
		{"strangers", set, w.seal(h, strangers, strangers...), fault.ConsHeader},
		{"a part of the set as if it were all", set, w.seal(h, six, six...), fault.ConsHeader},
		{"the set in another order", set, w.seal(h, swapped, set...), fault.ConsHeader},
		{"an empty set", nil, w.seal(h, nil), fault.ConsHeader},
		{"signatures in another order", set, func() SignedHeader {
			s := w.seal(h, set, set...)
			s.Sigs[0], s.Sigs[1], s.Sigs[2] = s.Sigs[1], s.Sigs[2], s.Sigs[0]
			return s
		}(), fault.ConsHeader},
		{"one signature many times", set, func() SignedHeader {
			s := w.seal(h, set, set[0])
			for i := range s.Sigs {
				s.Sigs[i] = s.Sigs[0]
			}
			return s
		}(), fault.ConsHeader},
		{"a signature too few", set, func() SignedHeader {
			s := w.seal(h, set, set...)
			s.Sigs = s.Sigs[:6]
			return s
		}(), fault.ConsHeader},
		{"changed after it was signed", set, func() SignedHeader {
			s := w.seal(h, set, set...)
			s.Header.Catalogue[0]++
			return s
		}(), fault.ConsHeader},
		{"signed for another network", set, func() SignedHeader {
			s := SignedHeader{Header: h, Signers: set, Sigs: make([]key.Signature, len(set))}
			for i, a := range set {
				s.Sigs[i] = w.signers[a].Sign(wire.Sign712(wire.Digest{1}, h.Hash()))
			}
			return s
		}(), fault.ConsHeader},
	} {
		t.Run(tt.name, func(t *testing.T) {
			view := w.view()
			view.Header.Signers = SignersDigest(tt.trusted)
			_, err := view.Advance(tt.signed)
			wantCode(t, err, tt.want)
		})
	}
}

func TestGenesisIsHeaderZero(t *testing.T) {
	w := newWorld(t)
	g := Genesis{Name: "test", ChainID: 1, Params: w.params, Signers: w.verifiers}
	view := NewView(g, wire.Address{1})
	w.network = view.Network
	first := w.build(view.Header, w.chain(8, 1), nil)
	next, err := view.Advance(w.seal(first.Header, w.verifiers, w.verifiers...))
	if err != nil || next.Header.Number != 1 {
		t.Fatalf("Advance = %v, %v", next.Header.Number, err)
	}
	other := g
	other.Params.Seats++
	if g.Network(wire.Address{1}) == other.Network(wire.Address{1}) || g.Network(wire.Address{1}) == g.Network(wire.Address{2}) {
		t.Error("two networks have one ID")
	}
	other = g
	other.ChainID++
	if g.Network(wire.Address{1}) == other.Network(wire.Address{1}) {
		t.Error("two chains have one network ID")
	}
}

// case N66 code CHAIN_PROOF check header.go:VerifyPair
func TestN66ProofsUnderAHeader(t *testing.T) {
	w := newWorld(t)
	h := w.state.Header
	node, err := w.state.ProveNode(w.dispatcher)
	w.ok(err)
	entry := w.proven(w.data)
	deposit, err := w.state.ProveDeposit(w.user)
	w.ok(err)
	check := func(h EpochHeader) []error {
		_, a := node.Check(h)
		_, b := entry.Check(h)
		_, c := deposit.Check(h)
		return []error{a, b, c}
	}
	for _, tt := range []struct {
		name  string
		spoil func()
		want  fault.Code
	}{
		{"twin: as proven", func() {}, ""},
		{"a changed value", func() { node.Node.Stake++; entry.Entry.Price++; deposit.Deposit.Amount++ }, fault.ChainProof},
		{"another header", func() {
			node.Node.Stake--
			entry.Entry.Price--
			deposit.Deposit.Amount--
			h = EpochHeader{Number: 2, Nodes: h.Catalogue, Catalogue: h.Deposits, Deposits: h.Nodes}
		}, fault.ChainProof},
		{"a header of nothing", func() { h = EpochHeader{} }, fault.ChainProof},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.spoil()
			for _, err := range check(h) {
				wantCode(t, err, tt.want)
			}
		})
	}
}
