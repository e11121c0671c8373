package tacit

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// Governors are who may replace a network's appraisal policies, and how many of
// them it takes. The genesis fixes them. A network without any keeps the
// policies that it began with.
type Governors struct {
	Keys      []wire.Address `cbor:"1,keyasint" json:"keys"` // ascending
	Threshold uint8          `cbor:"2,keyasint" json:"threshold"`
}

// A PolicyOrder is what governors sign: the next generation of the policies. It
// counts once, and only directly after the generation before.
type PolicyOrder struct {
	Generation uint64      `cbor:"1,keyasint" json:"generation"`
	Digest     wire.Digest `cbor:"2,keyasint" json:"digest"` // PolicySet.Digest
}

// Hash is the EIP-712 struct hash.
func (o PolicyOrder) Hash() wire.Digest {
	return wire.Typed("PolicyOrder(uint64 generation,bytes32 digest)").Uint(o.Generation).Digest(o.Digest).Hash()
}

// A SignedOrder is an order with signatures. Sigs is aligned with the
// governors; a zero signature is an absent one.
type SignedOrder struct {
	Order PolicyOrder     `json:"order"`
	Sigs  []key.Signature `json:"sigs"`
}

// Add is the order with one more governor's signature. A key that is none of
// theirs is CHAIN_GOVERNORS.
func (s SignedOrder) Add(network wire.Digest, g Governors, by *key.Signer) (SignedOrder, error) {
	i := slices.Index(g.Keys, by.Address())
	if i < 0 {
		return s, fault.New(fault.ChainGovernors, "sign policy order: %s is no governor of this network", by.Address())
	}
	sigs := make([]key.Signature, len(g.Keys))
	copy(sigs, s.Sigs)
	sigs[i] = Sign(network, by, s.Order).Sig
	s.Sigs = sigs
	return s, nil
}

// Check returns how many governors signed. A signature of somebody else is
// KEY_SIGNATURE, too few are CHAIN_GOVERNORS.
func (s SignedOrder) Check(network wire.Digest, g Governors) (int, error) {
	const op = "check policy order"
	if g.Threshold == 0 {
		return 0, fault.New(fault.ChainGovernors, "%s: this network has no governors, so its policies stay as they are", op)
	}
	if len(s.Sigs) > len(g.Keys) {
		return 0, fault.New(fault.APIField, "%s: %d signatures of %d governors", op, len(s.Sigs), len(g.Keys))
	}
	signed := 0
	for i, sig := range s.Sigs {
		if sig == (key.Signature{}) {
			continue
		}
		if _, err := (Signed[PolicyOrder]{Body: s.Order, Sig: sig}).Check(network, g.Keys[i]); err != nil {
			return signed, err
		}
		signed++
	}
	if signed < int(g.Threshold) {
		return signed, fault.Denied(fault.ChainGovernors, op, "governors", "signatures of "+strconv.Itoa(int(g.Threshold)), strconv.Itoa(signed))
	}
	return signed, nil
}

// PolicyLabel is the label under which a set of policies is encoded and hashed.
const PolicyLabel = "tacit/policies"

// MostPolicies bounds an encoded set; the contract takes no larger one.
const MostPolicies = 64 << 10

// EncodePolicies is what a set's digest is made of, and what the chain holds.
func EncodePolicies(set attest.PolicySet) ([]byte, error) {
	b, err := wire.Marshal(PolicyLabel, set)
	if err == nil && len(b) > MostPolicies {
		err = fault.Denied(fault.APISize, "encode policies", "bytes", "at most "+strconv.Itoa(MostPolicies), strconv.Itoa(len(b)))
	}
	return b, err
}

// DecodePolicies reads what EncodePolicies wrote, strictly.
func DecodePolicies(b []byte) (attest.PolicySet, error) {
	var set attest.PolicySet
	if len(b) > MostPolicies {
		return set, fault.New(fault.APISize, "read policies: %d bytes", len(b))
	}
	return set, wire.Unmarshal(PolicyLabel, b, &set)
}

// CheckPolicies reports EVID_COLLATERAL_UNAVAILABLE unless a set is the one that
// the header names: whoever was shown another one has none to appraise by.
func (h EpochHeader) CheckPolicies(set attest.PolicySet) error {
	if set.Digest() != h.Policy || set.Generation != h.Generation {
		return fault.New(fault.EvidUnavailable, "check policies of epoch %d: these are not generation %d with digest %s", h.Number, h.Generation, h.Policy.Short())
	}
	return nil
}

// A Floor remembers durably the highest generation of policies that a role saw,
// so that no older one is taken for the newest, not even after a restart from
// headers of long ago. It is safe for use by many goroutines.
type Floor struct {
	store Store

	mu   sync.Mutex // guards what follows
	read bool
	at   uint64
}

// NewFloor is a floor in a store, or in memory alone if there is none.
func NewFloor(s Store) *Floor { return &Floor{store: s, read: s == nil} }

const floorKey = "policy-generation"

// Raise remembers a generation and refuses one below the highest: KEY_GENERATION.
func (f *Floor) Raise(ctx context.Context, generation uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.read {
		item, err := f.store.Get(ctx, floorKey)
		if err != nil && !errors.Is(err, fault.APINotFound) {
			return err
		}
		if err == nil {
			if err := wire.Unmarshal("tacit/policy-generation", item.Value, &f.at); err != nil {
				return err
			}
		}
		f.read = true
	}
	if generation < f.at {
		return fault.Denied(fault.KeyGeneration, "take policies", "generation", "at least "+strconv.FormatUint(f.at, 10), strconv.FormatUint(generation, 10))
	}
	if generation == f.at {
		return nil
	}
	if f.store != nil {
		b, err := wire.Marshal("tacit/policy-generation", generation)
		if err != nil {
			return err
		}
		if _, err := f.store.Commit(ctx, Txn{Then: []Put{{Key: floorKey, Value: b}}}); err != nil {
			return err
		}
	}
	f.at = generation
	return nil
}
