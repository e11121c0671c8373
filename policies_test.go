package tacit

import (
	"bytes"
	"slices"
	"testing"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func TestOrdersNeedTheirGovernors(t *testing.T) {
	network := wire.Digest{1}
	var keys []*key.Signer
	g := Governors{Threshold: 2}
	for range 4 { // the last is a stranger
		k, err := key.NewSigner()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys[:3], func(a, b *key.Signer) int {
		x, y := a.Address(), b.Address()
		return bytes.Compare(x[:], y[:])
	})
	for _, k := range keys[:3] {
		g.Keys = append(g.Keys, k.Address())
	}
	order := SignedOrder{Order: PolicyOrder{Generation: 2, Digest: wire.Digest{2}}}
	for _, tt := range []struct {
		name  string
		by    []int
		edit  func(s *SignedOrder)
		among Governors
		add   fault.Code
		want  fault.Code
	}{
		{"twin: two of three", []int{0, 2}, nil, g, "", ""},
		{"twin: all, in another order", []int{2, 0, 1}, nil, g, "", ""},
		{"one", []int{1}, nil, g, "", fault.ChainGovernors},
		{"one twice", []int{1, 1}, nil, g, "", fault.ChainGovernors},
		{"one and a stranger", []int{1, 3}, nil, g, fault.ChainGovernors, fault.ChainGovernors},
		{"another order", []int{0, 2}, func(s *SignedOrder) { s.Order.Generation++ }, g, "", fault.KeySignature},
		{"another set", []int{0, 2}, func(s *SignedOrder) { s.Order.Digest[0]++ }, g, "", fault.KeySignature},
		{"more signatures than governors", []int{0, 2}, func(s *SignedOrder) { s.Sigs = append(s.Sigs, s.Sigs[0]) }, g, "", fault.APIField},
		{"a network without governors", nil, nil, Governors{}, "", fault.ChainGovernors},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := order
			for _, i := range tt.by {
				next, err := s.Add(network, tt.among, keys[i])
				if err != nil {
					wantCode(t, err, tt.add)
					continue
				}
				s = next
			}
			if tt.edit != nil {
				tt.edit(&s)
			}
			_, err := s.Check(network, tt.among)
			wantCode(t, err, tt.want)
		})
	}
}

// case N32 code KEY_GENERATION check state.go:Generation
func TestN32HeadersAreNotMadeOfOlderPolicies(t *testing.T) {
	w := newWorld(t)
	previous := w.first.Header
	previous.Generation = 5
	for _, tt := range []struct {
		name       string
		generation uint64
		policy     wire.Digest
		want       fault.Code
	}{
		{"twin: the same", 5, previous.Policy, ""},
		{"twin: newer ones", 6, wire.Digest{1}, ""},
		{"twin: newer ones, with what older ones said", 7, previous.Policy, ""},
		{"older ones", 4, previous.Policy, fault.KeyGeneration},
		{"others of the same generation", 5, wire.Digest{1}, fault.KeyGeneration},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := w.chain(16, 2)
			s.Generation, s.Policy = tt.generation, tt.policy
			e, err := BuildEpoch(w.network, w.params, previous, 2, s, nil)
			wantCode(t, err, tt.want)
			if err == nil && (e.Header.Generation != tt.generation || e.Header.Policy != tt.policy) {
				t.Errorf("the header names generation %d", e.Header.Generation)
			}
		})
	}
}

func TestPoliciesAreReadStrictly(t *testing.T) {
	set := attest.PolicySet{Generation: 7, Denied: []attest.Denial{{Hardware: "a"}}}
	b, err := EncodePolicies(set)
	if err != nil || wire.Sum(b) != set.Digest() {
		t.Fatalf("the digest is not of the encoding: %v", err)
	}
	got, err := DecodePolicies(b)
	if err != nil || got.Digest() != set.Digest() {
		t.Errorf("decoded %+v, %v", got, err)
	}
	if _, err := DecodePolicies(append(b, 0)); err == nil {
		t.Error("something follows it and it is read")
	}
	_, err = DecodePolicies(make([]byte, MostPolicies+1))
	wantCode(t, err, fault.APISize)
	set.Chips = make([]attest.Chip, MostPolicies/8)
	_, err = EncodePolicies(set)
	wantCode(t, err, fault.APISize)
}

func TestAFloorInMemoryAlone(t *testing.T) {
	f := NewFloor(nil)
	for _, tt := range []struct {
		generation uint64
		want       fault.Code
	}{{3, ""}, {3, ""}, {2, fault.KeyGeneration}, {4, ""}, {3, fault.KeyGeneration}} {
		wantCode(t, f.Raise(t.Context(), tt.generation), tt.want)
	}
}
