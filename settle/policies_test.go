package settle

import (
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// order is an order for a set that some governors signed, by their index.
func (w *world) order(set attest.PolicySet, by ...int) tacit.SignedOrder {
	s := tacit.SignedOrder{Order: tacit.PolicyOrder{Generation: set.Generation, Digest: set.Digest()}, Sigs: make([]key.Signature, len(w.genesis.Governors.Keys))}
	for _, i := range by {
		s.Sigs[i] = tacit.Sign(w.network, w.keyOf(w.genesis.Governors.Keys[i]), s.Order).Sig
	}
	return s
}

// case N32 code KEY_GENERATION check contracts/Epochs.sol:PolicyGeneration
func TestN32OnlyTheNextPoliciesAreTaken(t *testing.T) {
	w := newWorld(t)
	denies := func(generation uint64, chip string) attest.PolicySet {
		return attest.PolicySet{Generation: generation, Denied: []attest.Denial{{Hardware: chip}}}
	}
	for _, tt := range []struct {
		name   string
		set    attest.PolicySet
		edit   func(s *tacit.SignedOrder, body *[]byte)
		by     []int
		reason string
		code   fault.Code
	}{
		{"a gap", denies(3, "a"), nil, []int{0, 1}, "PolicyGeneration", fault.KeyGeneration},
		{"the same generation", denies(1, "a"), nil, []int{0, 1}, "PolicyGeneration", fault.KeyGeneration},
		{"an older generation", denies(0, "a"), nil, []int{0, 1}, "PolicyGeneration", fault.KeyGeneration},
		{"by fewer governors than it takes", denies(2, "a"), nil, []int{2}, "PolicyQuorum", fault.ChainGovernors},
		{"by nobody", denies(2, "a"), nil, nil, "PolicyQuorum", fault.ChainGovernors},
		{"by one governor twice", denies(2, "a"), func(s *tacit.SignedOrder, _ *[]byte) { s.Sigs[1] = s.Sigs[0] }, []int{0}, "BadSignature", fault.KeySignature},
		{"by a stranger too", denies(2, "a"), func(s *tacit.SignedOrder, _ *[]byte) {
			s.Sigs[1] = tacit.Sign(w.network, w.keys["owner"], s.Order).Sig
		}, []int{0, 2}, "BadSignature", fault.KeySignature},
		{"signed for another network", denies(2, "a"), func(s *tacit.SignedOrder, _ *[]byte) {
			s.Sigs[1] = tacit.Sign(wire.Digest{9}, w.keyOf(w.genesis.Governors.Keys[1]), s.Order).Sig
		}, []int{0, 2}, "BadSignature", fault.KeySignature},
		{"signed for another set", denies(2, "a"), func(_ *tacit.SignedOrder, body *[]byte) {
			*body, _ = tacit.EncodePolicies(denies(2, "b"))
		}, []int{0, 1}, "BadSignature", fault.KeySignature},
		{"more signatures than governors", denies(2, "a"), func(s *tacit.SignedOrder, _ *[]byte) { s.Sigs = append(s.Sigs, s.Sigs[0]) }, []int{0, 1}, "PolicySignatures", fault.APIField},
		{"fewer signatures than governors", denies(2, "a"), func(s *tacit.SignedOrder, _ *[]byte) { s.Sigs = s.Sigs[:2] }, []int{0, 1}, "PolicySignatures", fault.APIField},
		{"no set", denies(2, "a"), func(_ *tacit.SignedOrder, body *[]byte) { *body = nil }, []int{0, 1}, "PolicySize", fault.APISize},
		{"a set of more than 64 KiB", denies(2, "a"), func(_ *tacit.SignedOrder, body *[]byte) { *body = make([]byte, tacit.MostPolicies+1) }, []int{0, 1}, "PolicySize", fault.APISize},
		{"twin: the next one, by as many as it takes", denies(2, "a"), nil, []int{0, 2}, "", ""},
		{"the one before again", denies(2, "a"), nil, []int{0, 2}, "PolicyGeneration", fault.KeyGeneration},
		{"twin: the one after that, by all", denies(3, "b"), nil, []int{0, 1, 2}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := w.order(tt.set, tt.by...)
			body, err := tacit.EncodePolicies(tt.set)
			w.ok(err)
			if tt.edit != nil {
				tt.edit(&s, &body)
			}
			r, err := w.as("poster").postPolicies(t.Context(), s, body)
			want(t, err, tt.reason, tt.code)
			w.note("Epochs.postPolicies", r)
		})
	}

	c := w.as("poster")
	set := denies(3, "b")
	if o, err := c.Policy(t.Context()); err != nil || o.Generation != 3 || o.Digest != set.Digest() {
		t.Errorf("Policy = %+v, %v", o, err)
	}
	for generation, want := range map[uint64]attest.PolicySet{2: denies(2, "a"), 3: set} {
		if got, err := c.Policies(t.Context(), generation); err != nil || got.Digest() != want.Digest() {
			t.Errorf("Policies(%d) = %+v, %v", generation, got, err)
		}
	}
	for _, generation := range []uint64{0, 1, 4} { // the first is in the genesis file
		_, err := c.Policies(t.Context(), generation)
		want(t, err, "", fault.APINotFound)
	}

	// The next header names what the contract had at its block, and only then.
	if w.state.Header.Generation != 1 || w.state.Header.Policy != w.genesis.Policies.Digest() {
		t.Errorf("the header before names generation %d", w.state.Header.Generation)
	}
	w.mine(2)
	w.nextHeader()
	if w.state.Header.Generation != 3 || w.state.Header.Policy != set.Digest() {
		t.Errorf("the next header names generation %d, %s", w.state.Header.Generation, w.state.Header.Policy.Short())
	}
}

func TestWithoutGovernorsPoliciesStay(t *testing.T) {
	w := newWorld(t)
	at, err := Deploy(t.Context(), w.backend(), w.keys["deployer"], tacit.Genesis{ChainID: 1337, Params: testParams})
	w.ok(err)
	c, err := Dial(t.Context(), Config{Backend: w.backend(), Epochs: at.Epochs, ChainID: 1337, Signer: w.keys["poster"]})
	w.ok(err)
	set := attest.PolicySet{Generation: 1}
	_, err = c.PostPolicies(t.Context(), tacit.SignedOrder{Order: tacit.PolicyOrder{Generation: 1, Digest: set.Digest()}}, set)
	want(t, err, "PoliciesFixed", fault.ChainGovernors)
}

func TestDeployRefusesGovernorsThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	a, b := wire.Address{1}, wire.Address{2}
	many := make([]wire.Address, 65)
	for i := range many {
		many[i] = wire.Address{byte(i + 1)}
	}
	for _, tt := range []struct {
		name string
		g    tacit.Governors
		bad  bool
	}{
		{"more must sign than there are", tacit.Governors{Keys: []wire.Address{a}, Threshold: 2}, true},
		{"nobody must sign", tacit.Governors{Keys: []wire.Address{a}}, true},
		{"some must sign and there are none", tacit.Governors{Threshold: 1}, true},
		{"one twice", tacit.Governors{Keys: []wire.Address{a, a}, Threshold: 2}, true},
		{"in another order", tacit.Governors{Keys: []wire.Address{b, a}, Threshold: 1}, true},
		{"nobody's key", tacit.Governors{Keys: []wire.Address{{}}, Threshold: 1}, true},
		{"more than 64", tacit.Governors{Keys: many, Threshold: 1}, true},
		{"twin: two, of whom both must sign", tacit.Governors{Keys: []wire.Address{a, b}, Threshold: 2}, false},
		{"twin: 64", tacit.Governors{Keys: many[:64], Threshold: 33}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Deploy(t.Context(), w.backend(), w.keys["deployer"], tacit.Genesis{ChainID: 1337, Params: testParams, Governors: tt.g})
			if tt.bad {
				want(t, err, "GovernorsInvalid", fault.APIField)
			} else {
				want(t, err, "", "")
			}
		})
	}
}

// Whoever deploys the contracts says the parameters and the governors a second
// time; roles hold them against the genesis file.
func TestContractsOfAnotherGenesisAreSeen(t *testing.T) {
	w := newWorld(t)
	c := w.as("poster")
	want(t, c.CheckGenesis(t.Context(), w.genesis), "", "")
	other := w.genesis
	other.Governors.Threshold = 1
	want(t, c.CheckGenesis(t.Context(), other), "", fault.ConsField)
	t.Run("also where only its digest is told right", func(t *testing.T) {
		c.genesis = other.Digest()
		defer func() { c.genesis = w.genesis.Digest() }()
		want(t, c.CheckGenesis(t.Context(), other), "", fault.ConsField)
	})
}
