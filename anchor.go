package tacit

import (
	"context"
	"strconv"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// An Anchor is a checkpoint of the store of a node that is a group of replicas:
// the digest of its history up to a revision. The registry keeps the newest one
// in the node's leaf, so that the group learns from signed headers when it was
// restored, as a whole, from something older or from something else.
//
// Recoveries is the node's count of the moment. What was signed before a
// recovery is worth nothing after it, whoever kept it.
type Anchor struct {
	Key        wire.Address `cbor:"1,keyasint" json:"key"` // the node's, which signs
	Revision   uint64       `cbor:"2,keyasint" json:"revision"`
	Digest     wire.Digest  `cbor:"3,keyasint" json:"digest"`
	Recoveries uint32       `cbor:"4,keyasint" json:"recoveries"`
}

// Hash is the EIP-712 struct hash.
func (a Anchor) Hash() wire.Digest {
	return wire.Typed("Anchor(address key,uint64 revision,bytes32 digest,uint32 recoveries)").
		Address(a.Key).Uint(a.Revision).Digest(a.Digest).Uint(uint64(a.Recoveries)).Hash()
}

// Anchored is what the registry holds of a node's checkpoints. It is a gateway's
// word: what counts is the node's leaf under a signed header.
type Anchored struct {
	Revision   uint64      `cbor:"1,keyasint" json:"revision"`
	Digest     wire.Digest `cbor:"2,keyasint" json:"digest"`
	Recoveries uint32      `cbor:"3,keyasint" json:"recoveries"`
}

// Anchored is what the registry holds of the node's checkpoints.
func (n Node) Anchored() Anchored { return Anchored{n.AnchorRevision, n.AnchorDigest, n.Recoveries} }

// An Anchorer brings checkpoints to the chain and pays for them.
type Anchorer interface {
	// Anchor returns what the registry holds afterwards. A revision that is not
	// above the anchored one is answered without a transaction. A node gets one
	// transaction for each header, since nobody sees more: until the next header
	// it is RES_BUSY.
	Anchor(ctx context.Context, a Signed[Anchor]) (Anchored, error)
}

// CheckAnchor holds the node's anchor against the group's own newest revision
// and the digests of its history; at says false for a revision that it does not
// know any more, which denies as much as another digest does. A newest revision
// below the anchor is STORE_ROLLBACK, another history STORE_DIVERGED. A node
// that anchored nothing has nothing to contradict.
func (n Node) CheckAnchor(revision uint64, at func(revision uint64) (wire.Digest, bool)) error {
	if n.AnchorRevision == 0 {
		return nil
	}
	op := "check store of " + n.Key.String() + " against its anchor"
	if revision < n.AnchorRevision {
		return fault.Denied(fault.StoreRollback, op, "newest revision", "at least "+strconv.FormatUint(n.AnchorRevision, 10), strconv.FormatUint(revision, 10))
	}
	rule := "digest at revision " + strconv.FormatUint(n.AnchorRevision, 10)
	digest, known := at(n.AnchorRevision)
	if !known {
		return fault.Denied(fault.StoreDiverged, op, rule, n.AnchorDigest.Short(), "none: the revision is no longer known")
	}
	if digest != n.AnchorDigest {
		return fault.Denied(fault.StoreDiverged, op, rule, n.AnchorDigest.Short(), digest.Short())
	}
	return nil
}

// CheckRecovery says whether a group that knows of some recoveries may go on by
// this leaf. It may if there was no other; if there was, only the group that was
// recovered may: its newest revision and digest are exactly what its operator
// led the anchor back to. It makes the new count durable before it serves.
// Every other group of this key, be it the one that was given up, is
// KEY_RECOVERY. A leaf with fewer recoveries is of an older header:
// KEY_GENERATION.
func (n Node) CheckRecovery(recoveries uint32, revision uint64, digest wire.Digest) error {
	op := "check recovery of " + n.Key.String()
	switch {
	case n.Recoveries == recoveries:
		return nil
	case n.Recoveries < recoveries:
		return fault.Denied(fault.KeyGeneration, op, "recoveries", "at least "+strconv.FormatUint(uint64(recoveries), 10), strconv.FormatUint(uint64(n.Recoveries), 10))
	case n.AnchorRevision != revision:
		return fault.Denied(fault.KeyRecovery, op, "revision that was recovered", strconv.FormatUint(n.AnchorRevision, 10), strconv.FormatUint(revision, 10))
	case n.AnchorDigest != digest:
		return fault.Denied(fault.KeyRecovery, op, "digest that was recovered", n.AnchorDigest.Short(), digest.Short())
	}
	return nil
}

// A ContinuityRequest asks a service for its newest state and for the digest of
// its history at the revision that the asker knows to be anchored.
type ContinuityRequest struct {
	Challenge wire.Digest `cbor:"1,keyasint"` // random; the answer repeats it
	Anchor    uint64      `cbor:"2,keyasint"` // revision under the asker's header, or 0
}

// A Continuity is what a service shows of its state: that it goes on where it
// was. Its node's key signs it.
type Continuity struct {
	Key        wire.Address `cbor:"1,keyasint"`
	Revision   uint64       `cbor:"2,keyasint"` // newest
	Digest     wire.Digest  `cbor:"3,keyasint"` // of the history up to Revision
	Recoveries uint32       `cbor:"4,keyasint"` // that the service has taken
	Challenge  wire.Digest  `cbor:"5,keyasint"`
	Anchor     uint64       `cbor:"6,keyasint"` // as asked for
	AnchorAt   wire.Digest  `cbor:"7,keyasint"` // digest of the history up to Anchor; zero for 0
}

// Hash is the SHA-256 of the labelled encoding; Signed signs it for a network.
func (c Continuity) Hash() wire.Digest { return wire.Hash("tacit/continuity", c) }

// A Pin is what a client or node remembers of a service: its key and the newest
// state that it showed. The zero Pin accepts nobody.
type Pin struct {
	Key        wire.Address `cbor:"1,keyasint" json:"key"`
	Revision   uint64       `cbor:"2,keyasint" json:"revision"`
	Recoveries uint32       `cbor:"3,keyasint" json:"recoveries"`
}

// Check accepts only the service that was pinned, in a state that is older
// neither than its anchor under the header nor than what it showed before, and
// returns what to remember from now on. If its Recoveries grew, the operator
// led the anchor back in between, and who relies on the service should know.
//
// Another key, an older state, another history or an answer to something else
// is KEY_RECOVERY. A service that knows of more recoveries than the header does
// is KEY_GENERATION: fetch a newer header and ask again.
func (p Pin) Check(network wire.Digest, h EpochHeader, proven ProvenNode, asked ContinuityRequest, shown Signed[Continuity]) (Pin, error) {
	op := "recognise service " + p.Key.String()
	node, err := proven.Check(h)
	if err != nil {
		return p, err
	}
	if node.Key != p.Key {
		return p, fault.Denied(fault.KeyRecovery, op, "registered key", p.Key.String(), node.Key.String())
	}
	c := shown.Body
	if c.Key != p.Key {
		return p, fault.Denied(fault.KeyRecovery, op, "key", p.Key.String(), c.Key.String())
	}
	if err := key.Verify(p.Key, wire.Sign712(network, c.Hash()), shown.Sig); err != nil {
		return p, fault.New(fault.KeyRecovery, "%s: not signed by the pinned key: %w", op, err)
	}
	if c.Challenge != asked.Challenge || c.Anchor != asked.Anchor || asked.Anchor != node.AnchorRevision {
		return p, fault.Denied(fault.KeyRecovery, op, "answer", "this challenge at revision "+strconv.FormatUint(node.AnchorRevision, 10), "another at "+strconv.FormatUint(c.Anchor, 10))
	}
	if c.Recoveries > node.Recoveries {
		return p, fault.Denied(fault.KeyGeneration, op, "recoveries under the header", "at least "+strconv.FormatUint(uint64(c.Recoveries), 10), strconv.FormatUint(uint64(node.Recoveries), 10))
	}
	if least := max(node.Recoveries, p.Recoveries); c.Recoveries < least {
		return p, fault.Denied(fault.KeyRecovery, op, "recoveries", strconv.FormatUint(uint64(least), 10), strconv.FormatUint(uint64(c.Recoveries), 10))
	}
	least := node.AnchorRevision
	if c.Recoveries == p.Recoveries {
		least = max(least, p.Revision)
	}
	if c.Revision < least {
		return p, fault.Denied(fault.KeyRecovery, op, "revision", "at least "+strconv.FormatUint(least, 10), strconv.FormatUint(c.Revision, 10))
	}
	if c.AnchorAt != node.AnchorDigest {
		return p, fault.Denied(fault.KeyRecovery, op, "digest at the anchored revision", node.AnchorDigest.Short(), c.AnchorAt.Short())
	}
	if c.Revision == c.Anchor && c.Digest != c.AnchorAt {
		return p, fault.Denied(fault.KeyRecovery, op, "digest of the newest revision", c.AnchorAt.Short(), c.Digest.Short())
	}
	return Pin{p.Key, c.Revision, c.Recoveries}, nil
}
