package atls

import (
	"context"
	"errors"
	"slices"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// NewProof returns the proof that a leaf speaks for the key of a role in an
// epoch. node is the key's place under that epoch's header, zero for clients.
// A role with an enclave adds its evidence and sets Attested.
func NewProof(network wire.Digest, role tacit.Role, by *key.Signer, leaf wire.Digest, epoch uint64, node tacit.ProvenNode) Proof {
	signed := tacit.Sign(network, by, Credential{Role: role, Leaf: leaf, Epoch: epoch})
	return Proof{Role: role, Key: by.Address(), Epoch: epoch, Node: node, Sig: signed.Sig}
}

// CheckCredential reports whether the proof's key says, on this network, that
// this leaf speaks for it in the proof's role and epoch. A signature that is
// none is KEY_SIGNATURE. One that is genuine but made for another leaf, role,
// epoch or network cannot be told from another signer's; both are
// TLS_BINDING. Whether the key is a registered one, the epoch a recent one and
// the evidence good is not judged here.
func (p Proof) CheckCredential(network wire.Digest, leaf wire.Digest) error {
	const op = "check credential"
	if p.Key.IsZero() {
		return fault.New(fault.KeySignature, "%s: it names no key", op)
	}
	signed := tacit.Signed[Credential]{Body: Credential{Role: p.Role, Leaf: leaf, Epoch: p.Epoch}, Sig: p.Sig}
	got, err := signed.Signer(network)
	if err != nil {
		return fault.New(fault.KeySignature, "%s of %s: %w", op, p.Key, err)
	}
	if got != p.Key {
		return fault.Denied(fault.TLSBinding, op, "signature",
			"one of "+p.Key.String()+" over this leaf, role and epoch", "one of another key or over another")
	}
	return nil
}

// Transcript is what the evidence beside this proof must commit to; header is
// the digest of the header of the proof's epoch.
func (p Proof) Transcript(network, leaf, header wire.Digest) attest.ChannelTranscript {
	return attest.ChannelTranscript{
		Network: network, Version: tacit.Version, Role: uint16(p.Role), Node: p.Key, Leaf: leaf, Epoch: p.Epoch, Header: header,
	}
}

// CheckEvidence returns the claims of the proof's evidence if it is genuine at
// now, acceptable for the proof's role and bound to this transcript. Evidence
// of another transcript is TLS_BINDING. A proof without evidence, and genuine
// evidence of a program that the policies list for another role only, is
// TLS_ROLE_MEASUREMENT. Otherwise the error joins every shortfall.
func (p Proof) CheckEvidence(ctx context.Context, verifier attest.Verifier, set attest.PolicySet, t attest.ChannelTranscript, now time.Time) (attest.Claims, error) {
	const op = "check evidence of channel"
	if !p.Attested {
		return attest.Claims{}, fault.Denied(fault.TLSRole, op, "kind", "evidence", "a credential only")
	}
	policy, err := set.For(uint16(p.Role.Image()))
	if err != nil {
		return attest.Claims{}, err
	}
	claims, err := verifier.Verify(ctx, p.Evidence, now)
	if err != nil {
		return attest.Claims{}, err
	}
	short := set.Appraise(uint16(p.Role.Image()), p.Key, claims, t.Data(), now)
	if len(short) == 0 {
		return claims, nil
	}
	lists := func(q attest.Policy) bool {
		return slices.ContainsFunc(q.References, func(r attest.Reference) bool { return r.Measurement == claims.Measurement })
	}
	all := make([]error, 0, len(short)+1)
	if !lists(policy) && slices.ContainsFunc(set.Policies, lists) {
		all = append(all, fault.Denied(fault.TLSRole, op, "measurement", "one listed for "+tacit.RoleNames(p.Role), "one listed for another role"))
	}
	for _, s := range short {
		if s.Code == fault.EvidBinding {
			s.Code = fault.TLSBinding
		}
		all = append(all, s)
	}
	return attest.Claims{}, errors.Join(all...)
}
