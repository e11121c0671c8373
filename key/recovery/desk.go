package recovery

import (
	"crypto/rand"
	"strconv"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A Desk is where a recovering enclave takes shares: a key that was born in it.
// Its evidence binds Hash; whoever hands a share over has appraised that
// evidence, since nothing else says that the desk is an enclave.
type Desk struct {
	Plan    wire.Digest   `cbor:"1,keyasint"`
	Key     key.Recipient `cbor:"2,keyasint"`
	Session wire.Digest   `cbor:"3,keyasint"` // random
}

// Hash is the SHA-256 of the labelled encoding.
func (d Desk) Hash() wire.Digest { return wire.Hash("tacit/recovery/desk", d) }

// A Handed is a share on its way to a desk.
type Handed struct {
	Desk   wire.Digest `cbor:"1,keyasint"` // Desk.Hash
	Index  uint8       `cbor:"2,keyasint"`
	Sealed []byte      `cbor:"3,keyasint"`
}

// ParseHanded reads an encoded share on its way.
func ParseHanded(data []byte) (Handed, error) { return parse[Handed]("tacit/recovery/handed", data) }

// Encode returns its bytes.
func (h Handed) Encode() ([]byte, error) { return wire.Marshal("tacit/recovery/handed", h) }

// Hand seals the share to a desk of its plan; another plan's is KEY_RECOVERY.
// The caller has appraised the desk's evidence.
func (s *Share) Hand(network wire.Digest, to Desk) (Handed, error) {
	v := s.secret()
	if to.Plan != v.Plan {
		return Handed{}, fault.Denied(fault.KeyRecovery, "hand recovery share over", "plan of the desk", v.Plan.Short(), to.Plan.Short())
	}
	body, err := wire.Marshal("tacit/recovery/share", v)
	if err != nil {
		return Handed{}, err
	}
	defer clear(body)
	sealed, err := to.Key.Seal(place{network, v.Plan, v.Index, to.Hash()}.info(), body)
	return Handed{to.Hash(), v.Index, sealed}, err
}

// A Recovery gathers shares inside a recovering enclave. One goroutine at a time
// may use it.
type Recovery struct {
	network wire.Digest
	plan    Plan
	desk    Desk
	secret  *key.Sealer
	shares  map[uint8]*Share
}

// Begin opens a desk for a plan of the group that is registered under this key;
// a plan that is not is KEY_RECOVERY.
func Begin(network wire.Digest, group wire.Address, signed SignedPlan) (*Recovery, error) {
	plan, err := signed.Check(network, group)
	if err != nil {
		return nil, err
	}
	secret, err := key.NewSealer()
	if err != nil {
		return nil, err
	}
	r := &Recovery{network, plan, Desk{Plan: plan.Hash(), Key: secret.Recipient()}, secret, map[uint8]*Share{}}
	rand.Read(r.desk.Session[:])
	return r, nil
}

// Desk is where shares go.
func (r *Recovery) Desk() Desk { return r.desk }

// Take takes a share and returns how many are missing then. One that was taken
// before changes nothing; what is no genuine share of this plan, sealed to this
// desk, is VAULT_QUORUM.
func (r *Recovery) Take(h Handed) (missing int, err error) {
	op := "take recovery share of " + r.plan.Group.String()
	missing = max(0, int(r.plan.Need)-len(r.shares))
	at := r.desk.Hash()
	if h.Desk != at {
		return missing, fault.Denied(fault.VaultQuorum, op, "desk", at.Short(), h.Desk.Short())
	}
	if h.Index == 0 || int(h.Index) > len(r.plan.Owners) {
		return missing, fault.Denied(fault.VaultQuorum, op, "index", "1 to "+strconv.Itoa(len(r.plan.Owners)), strconv.Itoa(int(h.Index)))
	}
	body, err := r.secret.Open(place{r.network, r.desk.Plan, h.Index, at}.info(), h.Sealed)
	if err != nil {
		return missing, fault.New(fault.VaultQuorum, "%s: altered, or sealed to another desk: %w", op, err)
	}
	defer clear(body)
	s, err := read(op, r.plan, h.Index, body)
	if err != nil {
		return missing, err
	}
	r.shares[h.Index] = s
	return max(0, int(r.plan.Need)-len(r.shares)), nil
}

// Key is the recovered key: VAULT_QUORUM while shares are missing, KEY_RECOVERY
// if they make another key than the plan's.
func (r *Recovery) Key() (*key.Sealer, error) {
	list := make([]*Share, 0, len(r.shares))
	for _, s := range r.shares {
		list = append(list, s)
	}
	return Combine(r.plan, list)
}
