package tacit

import (
	"slices"

	"tacit/attest"
	"tacit/key"
	"tacit/wire"
)

// What a Dispute can be about. The first four cost a bond and take stake; those
// about a batch void it and take its dispatcher's; the last gives a direct
// settlement back and takes nobody's.
const (
	DisputeVotes       = "votes"       // two votes of one key on one place
	DisputeAcceptances = "acceptances" // one sequence number, two tasks
	DisputeReserved    = "reserved"    // more promised than deposited
	DisputeEvidence    = "evidence"    // an accepting vote on evidence over something else
	DisputeDuplicate   = "duplicate"   // a task that two batches settle, or one twice
	DisputeLate        = "late"        // a batch that came too late for a task in it
	DisputeLeaf        = "leaf"        // fee, user, deadline or dispatcher that the task does not say
	DisputeSignature   = "signature"   // a settlement that rests on a signature that is none
	DisputeDirect      = "direct"      // a direct settlement of a task that a final batch settles
)

// A Shown is a settlement shown to be in a batch.
type Shown struct {
	Dispatcher wire.Address  `cbor:"1,keyasint" json:"dispatcher"`
	Number     uint64        `cbor:"2,keyasint" json:"number"`
	Settlement Settlement    `cbor:"3,keyasint" json:"settlement"`
	Path       []wire.Digest `cbor:"4,keyasint" json:"path"` // to Batch.Leaves
}

// A Dispute is what somebody can hold against a node or a batch, with all that
// the contracts want to see of it. Kind says which of the fields are there.
type Dispute struct {
	Kind    string       `cbor:"1,keyasint" json:"kind"`
	Against wire.Address `cbor:"2,keyasint" json:"against"` // the node that pays for it; zero for direct

	Votes       []Signed[Vote]       `cbor:"3,keyasint" json:"votes,omitempty"`       // two; of evidence: one
	Acceptances []Signed[Acceptance] `cbor:"4,keyasint" json:"acceptances,omitempty"` // two; of reserved: one
	Headers     []EpochHeader        `cbor:"5,keyasint" json:"headers,omitempty"`     // reserved: the acceptance's epoch
	Deposits    []ProvenDeposit      `cbor:"6,keyasint" json:"deposits,omitempty"`    // reserved: under that header
	Tasks       []Signed[Task]       `cbor:"7,keyasint" json:"tasks,omitempty"`       // evidence, leaf, signature
	Assignments []Assignment         `cbor:"8,keyasint" json:"assignments,omitempty"` // evidence
	Own         []Sealed             `cbor:"9,keyasint" json:"own,omitempty"`         // evidence: the task's artefacts that are no entries
	Evidence    []attest.Evidence    `cbor:"10,keyasint" json:"evidence,omitempty"`   // evidence
	Shown       []Shown              `cbor:"11,keyasint" json:"shown,omitempty"`      // of a batch; duplicate: the later, then the earlier
	Debits      []Debit              `cbor:"12,keyasint" json:"debits,omitempty"`     // of the batch; none: whoever brings it reads them from the chain
	LeafSigs    []key.Signature      `cbor:"13,keyasint" json:"leafSigs,omitempty"`   // signature: the enclave's
	Receipts    []wire.Address       `cbor:"14,keyasint" json:"receipts,omitempty"`   // signature: the enclave's key
}

// Bond is what bringing the dispute costs whoever is wrong.
func (d Dispute) Bond(p Params) Money {
	switch d.Kind {
	case DisputeVotes, DisputeAcceptances, DisputeReserved, DisputeEvidence:
		return p.Bond()
	}
	return 0
}

// ID names the offence, not the papers that show it: two disputes about the same
// have one ID.
func (d Dispute) ID() wire.Digest {
	w := new(wire.Words).String("tacit/dispute").String(d.Kind).Address(d.Against)
	switch {
	case len(d.Votes) > 0:
		v := d.Votes[0].Body
		w.Digest(v.Task).Uint(uint64(v.Attempt)).Uint(uint64(v.Place))
	case len(d.Acceptances) > 0:
		a := d.Acceptances[0].Body
		w.Address(a.User).Uint(a.Sequence)
	case len(d.Shown) > 0:
		s := d.Shown[0]
		w.Address(s.Dispatcher).Uint(s.Number).Digest(s.Settlement.Leaf())
	}
	return w.Hash()
}

// Papers are what is known of one task: what a claim of a batch or a proof shows.
type Papers struct {
	Case        Case
	Certificate Certificate
	Leaf        Signed[Leaf]
	Shown       []Shown // in a batch; one, or none
	Debits      []Debit // of that batch, if known
}

// OffencesIn are the disputes that the papers of one task are enough for. header
// looks up a verified header; what it does not know is not judged. A reject, a
// "cannot" and silence are never among them.
func OffencesIn(network wire.Digest, header func(number uint64) (EpochHeader, bool), p Papers) []Dispute {
	out := slices.Concat(reserved(network, header, p.Case), rubberStamps(network, p), contradictions(network, p.Certificate.Votes))
	for _, s := range p.Shown {
		out = append(out, wrongLeaf(network, s, p)...)
	}
	return out
}

// OffencesBetween are the disputes that the papers of two tasks, or two papers of
// one, are enough for.
func OffencesBetween(network wire.Digest, a, b Papers) []Dispute {
	out := contradictions(network, slices.Concat(a.Certificate.Votes, b.Certificate.Votes))
	if d, ok := TwoPromises(network, a.Case.Acceptance, b.Case.Acceptance); ok {
		out = append(out, d)
	}
	return append(out, settledTwice(a, b)...)
}

// Offences are the disputes that papers are enough for, each alone and any two
// together; each offence once. Its cost grows with the square of their number.
func Offences(network wire.Digest, header func(number uint64) (EpochHeader, bool), papers []Papers) []Dispute {
	var all []Dispute
	for i, p := range papers {
		all = append(all, OffencesIn(network, header, p)...)
		for _, other := range papers[:i] {
			all = append(all, OffencesBetween(network, p, other)...)
		}
	}
	seen := map[wire.Digest]bool{}
	return slices.DeleteFunc(all, func(d Dispute) bool {
		known := seen[d.ID()]
		seen[d.ID()] = true
		return known
	})
}

// settledTwice is the dispute about a task that two batches of one dispatcher
// settle. The later is taken for that with the higher number.
func settledTwice(a, b Papers) (out []Dispute) {
	for _, x := range a.Shown {
		for _, y := range b.Shown {
			if x.Settlement.Task != y.Settlement.Task || x.Dispatcher != y.Dispatcher || x.Number == y.Number {
				continue
			}
			later, earlier := x, y
			if later.Number < earlier.Number {
				later, earlier = y, x
			}
			out = append(out, Dispute{Kind: DisputeDuplicate, Against: x.Dispatcher, Shown: []Shown{later, earlier}})
		}
	}
	return out
}

// TwoPromises is the dispute about two acceptances that give one sequence number
// of a user to two tasks, if one node signed both.
func TwoPromises(network wire.Digest, a, b Signed[Acceptance]) (Dispute, bool) {
	if a.Body.User != b.Body.User || a.Body.Sequence != b.Body.Sequence || a.Body.Task == b.Body.Task {
		return Dispute{}, false
	}
	who, ok := oneSigner(network, a, b)
	return Dispute{Kind: DisputeAcceptances, Against: who, Acceptances: []Signed[Acceptance]{a, b}}, ok
}

// TwoVotes is the dispute about two votes on one place that differ, if one node
// signed both.
func TwoVotes(network wire.Digest, a, b Signed[Vote]) (Dispute, bool) {
	if !Contradicts(a.Body, b.Body) {
		return Dispute{}, false
	}
	who, ok := oneSigner(network, a, b)
	return Dispute{Kind: DisputeVotes, Against: who, Votes: []Signed[Vote]{a, b}}, ok
}

func oneSigner[T interface{ Hash() wire.Digest }](network wire.Digest, a, b Signed[T]) (wire.Address, bool) {
	x, err := a.Signer(network)
	if err != nil {
		return x, false
	}
	y, err := b.Signer(network)
	return x, err == nil && x == y
}

// contradictions looks at every pair of votes. Votes on one subject are the rule
// and are told apart by a comparison, without looking at a signature.
func contradictions(network wire.Digest, votes []Signed[Vote]) (out []Dispute) {
	seen := map[wire.Digest]bool{}
	for i, a := range votes {
		for _, b := range votes[i+1:] {
			if a.Body == b.Body {
				continue
			}
			if d, ok := TwoVotes(network, a, b); ok && !seen[d.ID()] {
				seen[d.ID()] = true
				out = append(out, d)
			}
		}
	}
	return out
}

// reserved is the dispute about an acceptance that promises more than the user
// had with that dispatcher under the header of its epoch.
func reserved(network wire.Digest, header func(uint64) (EpochHeader, bool), c Case) []Dispute {
	a := c.Acceptance.Body
	h, ok := header(a.Epoch)
	if !ok {
		return nil
	}
	who, err := c.Acceptance.Signer(network)
	if err != nil || who != c.Task.Body.Dispatcher {
		return nil
	}
	d, err := c.Deposit.Check(h)
	if err != nil || d.User != a.User || d.Dispatcher == who && a.Reserved <= d.Amount {
		return nil
	}
	return []Dispute{{Kind: DisputeReserved, Against: who, Acceptances: []Signed[Acceptance]{c.Acceptance}, Headers: []EpochHeader{h}, Deposits: []ProvenDeposit{c.Deposit}}}
}

// rubberStamps are the disputes about accepting votes on the evidence shown, if it
// is over something else than what they name.
func rubberStamps(network wire.Digest, p Papers) (out []Dispute) {
	a := p.Case.Assignment.Body
	has, readable := p.Case.Evidence.Data()
	manifest, err := p.Case.Manifest()
	if !readable || err != nil {
		return nil
	}
	task, assignment, evidence := p.Case.Task.Body.ID(network), a.Hash(), p.Case.Evidence.Digest()
	for _, s := range p.Certificate.Votes {
		v := s.Body
		if !v.Accept || v.Task != task || v.Assignment != assignment || v.Evidence != evidence {
			continue
		}
		want := attest.TaskTranscript{
			Network: network, Version: Version, Role: uint16(RoleEnclave), Task: v.Task, Assignment: v.Assignment, Attempt: v.Attempt, Place: v.Place,
			Keys: v.Keys, Policy: v.Policy, Generation: v.Generation, Freshness: new(wire.Words).Digest(a.Seed).Digest(a.Challenges).Hash(), Manifest: manifest,
		}
		if want.Data() == has {
			continue
		}
		who, err := s.Signer(network)
		if err != nil {
			continue
		}
		out = append(out, Dispute{
			Kind: DisputeEvidence, Against: who, Votes: []Signed[Vote]{s}, Tasks: []Signed[Task]{p.Case.Task}, Assignments: []Assignment{a},
			Own: slices.Concat(p.Case.Own, p.Case.Params), Evidence: []attest.Evidence{p.Case.Evidence},
		})
	}
	return out
}

// wrongLeaf are the disputes about a settlement that contradicts its task, or that
// rests on a signature that is none.
func wrongLeaf(network wire.Digest, shown Shown, p Papers) (out []Dispute) {
	s, t := shown.Settlement, p.Case.Task.Body
	if s.Task == t.ID(network) && (s.Fee > t.MaxFee || s.User != t.User || s.Deadline != t.Deadline || shown.Dispatcher != t.Dispatcher) {
		out = append(out, Dispute{Kind: DisputeLeaf, Against: shown.Dispatcher, Shown: []Shown{shown}, Debits: p.Debits, Tasks: []Signed[Task]{p.Case.Task}})
	}
	receipt := p.Case.Keys.Receipt
	if SettlementSigs(p.Case.Task.Sig, p.Leaf.Sig, receipt) == s.Sigs &&
		(key.Verify(s.User, s.Task, p.Case.Task.Sig) != nil || key.Verify(receipt, wire.Sign712(network, s.Receipt), p.Leaf.Sig) != nil) {
		out = append(out, Dispute{
			Kind: DisputeSignature, Against: shown.Dispatcher, Shown: []Shown{shown}, Debits: p.Debits, Tasks: []Signed[Task]{p.Case.Task},
			LeafSigs: []key.Signature{p.Leaf.Sig}, Receipts: []wire.Address{receipt},
		})
	}
	return out
}

// What Happening.Kind can be.
const (
	HappenedPosted uint8 = 1 // a batch was posted
	HappenedVoided uint8 = 2 // it was voided
	HappenedDirect uint8 = 3 // a task was settled directly
	HappenedUndone uint8 = 4 // that was given back, or paid
)

// A Happening is something that the chain says of settlements.
type Happening struct {
	Kind       uint8
	Block      uint64
	Dispatcher wire.Address
	Number     uint64      // of a batch
	Leaves     wire.Digest // of a posted batch
	Task       wire.Digest // of a direct settlement
}
