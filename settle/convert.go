package settle

import (
	"github.com/ethereum/go-ethereum/common"

	"tacit"
	"tacit/attest"
	"tacit/key"
	"tacit/settle/bindings"
	"tacit/wire"
)

// The functions below are the only place where the words of the root package
// and those of the bindings meet, field by field.

func mapAll[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func address(a wire.Address) common.Address { return common.Address(a) }

func digest(d wire.Digest) [32]byte { return d }

func toAnswer(a tacit.Answer) bindings.Answer {
	return bindings.Answer{Assignment: a.Assignment, Node: address(a.Node), Leaf: a.Leaf, Code: a.Code}
}

func toPath(path []wire.Digest) [][32]byte { return mapAll(path, digest) }

// signature is empty for an absent one.
func signature(s key.Signature) []byte {
	if s == (key.Signature{}) {
		return nil
	}
	return s[:]
}

func toParams(p tacit.Params) bindings.Params {
	return bindings.Params{
		EpochLength: p.EpochLength, Finality: p.Finality, TicketClose: p.TicketClose, Deadline: p.Deadline,
		SettleWindow: p.SettleWindow, ChallengeWindow: p.ChallengeWindow, WithdrawDelay: p.WithdrawDelay,
		UnbondDelay: p.UnbondDelay, Seats: p.Seats, Operators: p.Operators, MinStake: p.MinStake,
		SlashPart: p.SlashPart, SeatFee: p.SeatFee, DispatchFee: p.DispatchFee, WorkerPrice: p.WorkerPrice,
	}
}

func toGovernance(g tacit.Genesis) bindings.EpochsGovernance {
	return bindings.EpochsGovernance{
		Governors: mapAll(g.Governors.Keys, address), Threshold: g.Governors.Threshold, Policy: g.Policies.Digest(), Generation: g.Policies.Generation,
	}
}

func fromParams(p bindings.Params) tacit.Params {
	return tacit.Params{
		EpochLength: p.EpochLength, Finality: p.Finality, TicketClose: p.TicketClose, Deadline: p.Deadline,
		SettleWindow: p.SettleWindow, ChallengeWindow: p.ChallengeWindow, WithdrawDelay: p.WithdrawDelay,
		UnbondDelay: p.UnbondDelay, Seats: p.Seats, Operators: p.Operators, MinStake: p.MinStake,
		SlashPart: p.SlashPart, SeatFee: p.SeatFee, DispatchFee: p.DispatchFee, WorkerPrice: p.WorkerPrice,
	}
}

func fromNode(n bindings.RegistryNode) tacit.Node {
	return tacit.Node{
		Key: wire.Address(n.Key), Operator: wire.Address(n.Operator), Roles: tacit.Role(n.Roles), Level: n.Level,
		Stake: n.Stake, VRF: n.Vrf, Registered: n.Registered, Leaving: n.Leaving, Region: n.Region, Endpoint: n.Endpoint,
		AnchorRevision: n.AnchorRevision, Recoveries: n.Recoveries, AnchorDigest: n.AnchorDigest,
	}
}

func toSealed(s tacit.Sealed) bindings.Sealed {
	return bindings.Sealed{
		Header: s.Header, Root: s.Root, Plain: s.Plain, Identity: s.Identity, Manager: address(s.Manager), Size: uint64(s.Size),
	}
}

func fromEntry(e bindings.CatalogueEntry) tacit.Entry {
	a := e.Artefact
	return tacit.Entry{
		ID: e.Id, Name: e.Name, Owner: wire.Address(e.Owner), Kind: e.Kind, Generation: e.Generation,
		Sealed: tacit.Sealed{
			Header: a.Header, Root: a.Root, Size: int64(a.Size), Plain: a.Plain, Manager: wire.Address(a.Manager), Identity: a.Identity,
		},
		Price: e.Price, Terms: e.Terms, Retired: e.Retired,
	}
}

func fromDeposit(d bindings.Deposit) tacit.Deposit {
	return tacit.Deposit{
		User: wire.Address(d.User), Dispatcher: wire.Address(d.Dispatcher), Amount: d.Amount, Leaving: d.Leaving, Unlock: d.Unlock,
	}
}

func toDeposit(d tacit.Deposit) bindings.Deposit {
	return bindings.Deposit{User: address(d.User), Dispatcher: address(d.Dispatcher), Amount: d.Amount, Leaving: d.Leaving, Unlock: d.Unlock}
}

func toEvidence(e attest.Evidence) bindings.Evidence {
	return bindings.Evidence{Scheme: e.Scheme, Report: e.Report, Collateral: e.CollateralDigest()}
}

func toTask(t tacit.Task) bindings.Task {
	r := t.Requirements
	return bindings.Task{
		User: address(t.User), Nonce: t.Nonce, Kind: t.Kind, Service: t.Service, Generation: t.Generation,
		Inputs: mapAll(t.Inputs, func(i tacit.Input) bindings.Input {
			return bindings.Input{Kind: i.Kind, Name: i.Name, Ref: i.Ref, Index: i.Index}
		}),
		Params: t.Params,
		Recipients: mapAll(t.Recipients, func(r tacit.Recipient) bindings.Recipient {
			return bindings.Recipient{Kind: r.Kind, Ref: r.Ref, Key: r.Key}
		}),
		Requirements: bindings.Requirements{
			Level: r.Level, Fuel: r.Fuel, MemoryBytes: r.Memory, Output: r.Output, RunSeconds: r.Seconds, Purpose: r.Purpose, Region: r.Region,
		},
		Dispatcher: address(t.Dispatcher), MaxFee: t.MaxFee, Deadline: t.Deadline,
	}
}

func toAcceptance(a tacit.Acceptance) bindings.Acceptance {
	return bindings.Acceptance{Task: a.Task, User: address(a.User), Sequence: a.Sequence, Fee: a.Fee, Reserved: a.Reserved, Epoch: a.Epoch}
}

func toAssignment(a tacit.Assignment) bindings.Assignment {
	return bindings.Assignment{
		Task: a.Task, Epoch: a.Epoch, Attempt: a.Attempt, Seed: a.Seed,
		Places: mapAll(a.Places, func(p tacit.Place) bindings.Place {
			return bindings.Place{Index: p.Index, Worker: address(p.Worker)}
		}),
		Seats: mapAll(a.Seats, address), Challenges: a.Challenges,
	}
}

func toVote(v tacit.Vote) bindings.Vote {
	return bindings.Vote{
		Epoch: v.Epoch, Task: v.Task, Assignment: v.Assignment, Attempt: v.Attempt, Place: v.Place, Evidence: v.Evidence,
		Keys: v.Keys, Policy: v.Policy, Generation: v.Generation, Accept: v.Accept, Code: v.Code,
	}
}

func toLeaf(l tacit.Leaf) bindings.Leaf {
	return bindings.Leaf{
		Kind: l.Kind, Task: l.Task, Assignment: l.Assignment, Attempt: l.Attempt, Place: l.Place,
		Commitment: l.Commitment, Output: l.Output, Exit: l.Exit, Bucket: l.Bucket,
	}
}

func toHeader(h tacit.EpochHeader) bindings.EpochHeader {
	return bindings.EpochHeader{
		Number: h.Number, BlockNumber: h.Block, BlockHash: h.BlockHash, Time: h.Time, Beacon: h.Beacon, Nodes: h.Nodes,
		Workers: h.Workers, Verifiers: h.Verifiers, Catalogue: h.Catalogue, Deposits: h.Deposits, Policy: h.Policy,
		Generation: h.Generation, Signers: h.Signers, Previous: h.Previous,
	}
}

func toMember(m tacit.Member) bindings.Member {
	return bindings.Member{
		Index: m.Index, Key: address(m.Key), Operator: address(m.Operator), Stake: m.Stake, Start: m.Start,
		Level: m.Level, Vrf: m.VRF, Region: m.Region,
	}
}

func toPool(p tacit.PoolRoot) bindings.PoolRoot {
	return bindings.PoolRoot{Root: p.Root, Count: p.Count, Total: p.Total}
}

func toDebit(d tacit.Debit) bindings.Debit {
	return bindings.Debit{User: address(d.User), Amount: d.Amount}
}

func toPayout(p tacit.Payout) bindings.Payout {
	return bindings.Payout{Payee: address(p.Payee), Amount: p.Amount}
}

func fromPayout(p bindings.Payout) tacit.Payout {
	return tacit.Payout{Payee: wire.Address(p.Payee), Amount: p.Amount}
}

func toSettlement(s tacit.Settlement) bindings.Settlement {
	return bindings.Settlement{Task: s.Task, User: address(s.User), Fee: s.Fee, Deadline: s.Deadline, Receipt: s.Receipt, Sigs: s.Sigs}
}

func toBatch(b tacit.Batch) bindings.Batch {
	return bindings.Batch{
		Dispatcher: address(b.Dispatcher), Number: b.Number, Epoch: b.Epoch, Leaves: b.Leaves, Payouts: b.Payouts,
		Debits: b.Debits, Total: b.Total,
	}
}

func toShown(s Shown) bindings.EscrowShown {
	return bindings.EscrowShown{
		Dispatcher: address(s.Dispatcher), Number: s.Number, Settlement: toSettlement(s.Settlement), Path: toPath(s.Path),
	}
}

func toApproval(a Approval) bindings.EscrowApproval {
	return bindings.EscrowApproval{Member: toMember(a.Member), Path: toPath(a.Path), Seats: a.Seats, Sig: signature(a.Sig)}
}

func toProven(p Proven) bindings.DirectProven {
	return bindings.DirectProven{Member: toMember(p.Member), Path: toPath(p.Path)}
}

func toProof(p Proof) bindings.DirectProof {
	return bindings.DirectProof{
		Task: toTask(p.Task.Body), UserSig: signature(p.Task.Sig),
		Acceptance: toAcceptance(p.Acceptance.Body), AcceptanceSig: signature(p.Acceptance.Sig),
		Assignment: toAssignment(p.Assignment.Body), AssignmentSig: signature(p.Assignment.Sig),
		Vote: toVote(p.Vote), Holders: mapAll(p.Holders, toProven), VoteSigs: mapAll(p.VoteSigs, signature),
		Worker: toProven(p.Worker), Workers: toPool(p.Workers), Verifiers: toPool(p.Verifiers),
		Leaf: toLeaf(p.Leaf.Body), LeafSig: signature(p.Leaf.Sig), Seal: p.Seal, Receipt: address(p.Receipt),
		Own: mapAll(p.Own, toSealed), Releases: mapAll(p.Releases, signature),
	}
}
