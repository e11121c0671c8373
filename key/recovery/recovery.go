// Package recovery splits the key that opens a group's backups among owners, so
// that enough of them, and nobody else, bring a lost group back.
//
// A group of replicas makes the key inside its enclaves and splits it by a Plan
// that its node's key signs. Each owner gets a Parcel: his share, sealed to his
// own key. To recover, a new enclave shows a Desk; each owner opens his parcel
// on his own machine and hands the share over, sealed to that desk. Whoever
// carries parcels and shares, host or operator, learns nothing.
//
// A share is recognised alone: by its commitment, which the plan names, and the
// plan by the group's signature. What is no genuine share of the plan, or too
// few of them, is VAULT_QUORUM. A plan that another key signed, or a key that
// is not the plan's once it is put together, is KEY_RECOVERY: it does not
// continue this group.
//
// Commitments are digests and not points of a curve, since the key is sealed
// for longer than curves may last. So that shares are of one key is the
// dealer's word, who is an attested enclave and tries before it answers; what
// the owners bring is held against the public key in any case.
//
// An owner's old share stays good for what is sealed to its key. Whoever leaves
// the owners is shut out only by a plan of a new key.
package recovery

import (
	"crypto/subtle"
	"fmt"
	"io"
	"slices"
	"strconv"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

const (
	// MaxOwners is how many owners a plan names at most.
	MaxOwners = 16
	// maxName is the longest name of an owner, in bytes.
	maxName = 64
	// MaxParcel is the largest encoded parcel, plan or handed share, in bytes.
	MaxParcel = 64 << 10
	// recipientSize is that of a key.Recipient.
	recipientSize = 1216
)

// An Owner is one of those among whom a key is split.
type Owner struct {
	Name string        `cbor:"1,keyasint" json:"name"` // for people, unique in its plan
	Key  key.Recipient `cbor:"2,keyasint" json:"key"`
}

// A Plan says how a group's recovery key is split. It holds nothing secret.
type Plan struct {
	Group       wire.Address  `cbor:"1,keyasint" json:"group"`  // the node's key
	Serial      uint64        `cbor:"2,keyasint" json:"serial"` // which of a group's plans it is, from 1
	Key         key.Recipient `cbor:"3,keyasint" json:"key"`    // that backups are sealed to
	Need        uint8         `cbor:"4,keyasint" json:"need"`   // so many shares make the key
	Owners      []Owner       `cbor:"5,keyasint" json:"owners"`
	Commitments []wire.Digest `cbor:"6,keyasint" json:"commitments"` // of the owners' shares, in their order
}

// Hash is the SHA-256 of the labelled encoding; the group's key signs it for a
// network.
func (p Plan) Hash() wire.Digest { return wire.Hash("tacit/recovery/plan", p) }

// form returns API_FIELD for a plan that nobody could go by.
func (p Plan) form() error {
	op := "check recovery plan of " + p.Group.String()
	if len(p.Owners) == 0 || len(p.Owners) > MaxOwners {
		return fault.Denied(fault.APIField, op, "owners", "1 to "+strconv.Itoa(MaxOwners), strconv.Itoa(len(p.Owners)))
	}
	if p.Need == 0 || int(p.Need) > len(p.Owners) {
		return fault.Denied(fault.APIField, op, "shares needed", "1 to "+strconv.Itoa(len(p.Owners)), strconv.Itoa(int(p.Need)))
	}
	if len(p.Key) != recipientSize {
		return fault.Denied(fault.APIField, op, "recovery key", strconv.Itoa(recipientSize)+" bytes", strconv.Itoa(len(p.Key)))
	}
	if len(p.Commitments) != len(p.Owners) {
		return fault.Denied(fault.APIField, op, "commitments", strconv.Itoa(len(p.Owners)), strconv.Itoa(len(p.Commitments)))
	}
	for i, o := range p.Owners {
		if o.Name == "" || len(o.Name) > maxName || len(o.Key) != recipientSize {
			return fault.Denied(fault.APIField, op, "owner "+strconv.Itoa(i+1), "a name of at most "+strconv.Itoa(maxName)+" bytes and a key", "another")
		}
		// Who is named twice would be enough of a quorum by himself.
		if slices.ContainsFunc(p.Owners[:i], func(q Owner) bool { return q.Name == o.Name || slices.Equal(q.Key, o.Key) }) {
			return fault.Denied(fault.APIField, op, "owner "+strconv.Itoa(i+1), "named once", "named before")
		}
	}
	return nil
}

// Follows returns KEY_RECOVERY unless the plan may take the place of another one of its
// group: an older one, whose owners may have been shut out since, never comes back.
func (p Plan) Follows(was Plan) error {
	op := "replace recovery plan of " + was.Group.String()
	if p.Group != was.Group {
		return fault.Denied(fault.KeyRecovery, op, "group", was.Group.String(), p.Group.String())
	}
	if p.Serial <= was.Serial {
		return fault.Denied(fault.KeyRecovery, op, "serial", "above "+strconv.FormatUint(was.Serial, 10), strconv.FormatUint(p.Serial, 10))
	}
	return nil
}

// A SignedPlan is a plan with its group's signature.
type SignedPlan struct {
	Plan Plan          `cbor:"1,keyasint" json:"plan"`
	Sig  key.Signature `cbor:"2,keyasint" json:"sig"`
}

// Check returns the plan if it is this group's on this network, else
// KEY_RECOVERY.
func (s SignedPlan) Check(network wire.Digest, group wire.Address) (Plan, error) {
	op := "check recovery plan of " + group.String()
	if s.Plan.Group != group || group.IsZero() {
		return Plan{}, fault.Denied(fault.KeyRecovery, op, "group", group.String(), s.Plan.Group.String())
	}
	if err := s.Plan.form(); err != nil {
		return Plan{}, fault.New(fault.KeyRecovery, "%s: %w", op, err)
	}
	if err := key.Verify(group, wire.Sign712(network, s.Plan.Hash()), s.Sig); err != nil {
		return Plan{}, fault.New(fault.KeyRecovery, "%s: not signed by the group's key: %w", op, err)
	}
	return s.Plan, nil
}

// ParsePlan reads an encoded plan.
func ParsePlan(data []byte) (SignedPlan, error) {
	return parse[SignedPlan]("tacit/recovery/signed", data)
}

// Encode returns the plan's bytes.
func (s SignedPlan) Encode() ([]byte, error) { return wire.Marshal("tacit/recovery/signed", s) }

// A Parcel is what an owner keeps: the plan and his share, sealed to his key.
type Parcel struct {
	Signed SignedPlan `cbor:"1,keyasint" json:"signed"`
	Index  uint8      `cbor:"2,keyasint" json:"index"` // of the owner in the plan, from 1
	Sealed []byte     `cbor:"3,keyasint" json:"sealed"`
}

// ParseParcel reads an encoded parcel.
func ParseParcel(data []byte) (Parcel, error) { return parse[Parcel]("tacit/recovery/parcel", data) }

// Encode returns the parcel's bytes.
func (p Parcel) Encode() ([]byte, error) { return wire.Marshal("tacit/recovery/parcel", p) }

func parse[T any](label string, data []byte) (v T, err error) {
	if len(data) > MaxParcel {
		return v, fault.New(fault.APISize, "decode %s: %d bytes, at most %d", label, len(data), MaxParcel)
	}
	err = wire.Unmarshal(label, data, &v)
	return v, err
}

// plain is a share as it is sealed.
type plain struct {
	Plan  wire.Digest `cbor:"1,keyasint"`
	Index uint8       `cbor:"2,keyasint"`
	Value []byte      `cbor:"3,keyasint"`
}

func (p plain) commitment() wire.Digest { return wire.Hash("tacit/recovery/commitment", p) }

// place is the context of what is sealed: to whom, for what, of which plan.
type place struct {
	Network wire.Digest `cbor:"1,keyasint"`
	Plan    wire.Digest `cbor:"2,keyasint"`
	Index   uint8       `cbor:"3,keyasint"`
	Desk    wire.Digest `cbor:"4,keyasint"` // zero in a parcel
}

func (p place) info() []byte { d := wire.Hash("tacit/recovery/place", p); return d[:] }

// Split splits a key among the owners of a plan and returns their parcels, in
// their order. Group, Serial, Need and Owners are taken from the plan, the rest
// is made; the group's key signs. A plan that nobody could go by is API_FIELD.
// Its cost grows with the owners.
func Split(network wire.Digest, by *key.Signer, secret *key.Sealer, p Plan) ([]Parcel, error) {
	value, err := secret.Secret()
	if err != nil {
		return nil, fmt.Errorf("split recovery key: %w", err)
	}
	defer clear(value)
	p.Group, p.Key, p.Commitments = by.Address(), secret.Recipient(), make([]wire.Digest, len(p.Owners))
	if err := p.form(); err != nil {
		return nil, err
	}
	values, err := split(value, int(p.Need), len(p.Owners))
	if err != nil {
		return nil, err
	}
	shares := make([]plain, len(values))
	// A commitment is not of a plan's digest, which is of the commitments.
	for i, v := range values {
		shares[i] = plain{Index: uint8(i + 1), Value: v}
		p.Commitments[i] = shares[i].commitment()
	}
	digest := p.Hash()
	signed := SignedPlan{p, by.Sign(wire.Sign712(network, digest))}
	out := make([]Parcel, len(shares))
	var tried []*Share
	for i, s := range shares {
		s.Plan = digest
		body, err := wire.Marshal("tacit/recovery/share", s)
		if err != nil {
			return nil, err
		}
		sealed, err := p.Owners[i].Key.Seal(place{network, digest, s.Index, wire.Digest{}}.info(), body)
		if err != nil {
			return nil, fmt.Errorf("split recovery key for %q: %w", p.Owners[i].Name, err)
		}
		out[i] = Parcel{signed, s.Index, sealed}
		tried = append(tried, newShare(s))
	}
	// The last ones make the key too: what was dealt wrong would show too late.
	if _, err := Combine(p, tried[len(tried)-int(p.Need):]); err != nil {
		return nil, fault.New(fault.Internal, "split recovery key: shares do not make it: %w", err)
	}
	return out, nil
}

// A Share is an opened share. Its secret stands behind a function for the reason
// that a key.Signer's does.
type Share struct{ secret func() plain }

func newShare(p plain) *Share { return &Share{func() plain { return p }} }

// read returns a share that is genuine, alone: of this plan and place, and what
// the plan's commitment says. All else is VAULT_QUORUM.
func read(op string, p Plan, index uint8, body []byte) (*Share, error) {
	var s plain
	if err := wire.Unmarshal("tacit/recovery/share", body, &s); err != nil {
		return nil, fault.New(fault.VaultQuorum, "%s: no share: %w", op, err)
	}
	if s.Index != index || s.Plan != p.Hash() {
		return nil, fault.Denied(fault.VaultQuorum, op, "share", "of this plan and owner", "another's")
	}
	made, want := plain{Index: s.Index, Value: s.Value}.commitment(), p.Commitments[index-1]
	if subtle.ConstantTimeCompare(made[:], want[:]) != 1 {
		return nil, fault.Denied(fault.VaultQuorum, op, "commitment", want.Short(), "another")
	}
	return newShare(s), nil
}

// Open opens the parcel with its owner's key, on his machine. A parcel that is
// not this group's is KEY_RECOVERY; one that is another owner's, or was altered,
// is VAULT_QUORUM.
func (p Parcel) Open(network wire.Digest, group wire.Address, owner *key.Sealer) (*Share, error) {
	plan, err := p.Signed.Check(network, group)
	if err != nil {
		return nil, err
	}
	op := "open recovery share of " + group.String()
	if p.Index == 0 || int(p.Index) > len(plan.Owners) {
		return nil, fault.Denied(fault.VaultQuorum, op, "index", "1 to "+strconv.Itoa(len(plan.Owners)), strconv.Itoa(int(p.Index)))
	}
	o := plan.Owners[p.Index-1]
	if !slices.Equal(o.Key, owner.Recipient()) {
		return nil, fault.Denied(fault.VaultQuorum, op, "owner", strconv.Quote(o.Name), "another key")
	}
	body, err := owner.Open(place{network, plan.Hash(), p.Index, wire.Digest{}}.info(), p.Sealed)
	if err != nil {
		return nil, fault.New(fault.VaultQuorum, "%s: altered: %w", op, err)
	}
	defer clear(body)
	return read(op, plan, p.Index, body)
}

// Format keeps the secret out of every print verb, also of a copied share.
func (s Share) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "recovery.Share") }

// MarshalText refuses: an opened share is not part of any message.
func (s Share) MarshalText() ([]byte, error) { return nil, errSecret() }

// MarshalCBOR refuses likewise.
func (s Share) MarshalCBOR() ([]byte, error) { return nil, errSecret() }

func errSecret() error { return fault.New(fault.Internal, "marshal recovery share: refused") }

// Combine makes the key from shares of one plan. Fewer different ones than the
// plan needs, or one of another plan, are VAULT_QUORUM; a share counts once
// however often it is given. A key that is not the plan's is KEY_RECOVERY.
func Combine(p Plan, shares []*Share) (*key.Sealer, error) {
	op := "recover key of " + p.Group.String()
	if err := p.form(); err != nil {
		return nil, fault.New(fault.KeyRecovery, "%s: %w", op, err)
	}
	digest := p.Hash()
	var xs []byte
	var ys [][]byte
	for _, s := range shares {
		v := s.secret()
		if v.Plan != digest {
			return nil, fault.Denied(fault.VaultQuorum, op, "plan of a share", digest.Short(), v.Plan.Short())
		}
		if len(xs) < int(p.Need) && !slices.Contains(xs, v.Index) {
			xs, ys = append(xs, v.Index), append(ys, v.Value)
		}
	}
	if len(xs) < int(p.Need) {
		return nil, fault.Denied(fault.VaultQuorum, op, "different shares", strconv.Itoa(int(p.Need)), strconv.Itoa(len(xs)))
	}
	value, err := combine(xs, ys)
	if err != nil {
		return nil, fault.New(fault.VaultQuorum, "%s: %w", op, err)
	}
	defer clear(value)
	secret, err := key.ParseSealer(value)
	if err != nil {
		return nil, fault.New(fault.KeyRecovery, "%s: %w", op, err)
	}
	if got := secret.Recipient(); !slices.Equal(got, p.Key) {
		return nil, fault.Denied(fault.KeyRecovery, op, "recovery key", p.Key.Digest().Short(), got.Digest().Short())
	}
	return secret, nil
}
