package settle

import (
	"context"
	"strconv"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"tacit"
	"tacit/attest"
	"tacit/key"
	"tacit/wire"
)

// Register registers a node of the client's account with its stake; sig is the
// node key's signature over a tacit.Registration (use tacit.Sign). Operator,
// Registered and Leaving are ignored.
func (c *Client) Register(ctx context.Context, n tacit.Node, sig key.Signature) (Receipt, error) {
	return c.to(ctx, "register node "+n.Key.String(), c.addresses.Registry, c.registry.PackRegister(
		address(n.Key), uint16(n.Roles), n.Level, n.VRF, n.Region, n.Endpoint, signature(sig)), n.Stake)
}

// AddStake adds to the stake of one of the account's nodes.
func (c *Client) AddStake(ctx context.Context, node wire.Address, amount tacit.Money) (Receipt, error) {
	return c.to(ctx, "add stake", c.addresses.Registry, c.registry.PackAddStake(address(node)), amount)
}

// UpdateEndpoint says where a node listens now.
func (c *Client) UpdateEndpoint(ctx context.Context, node wire.Address, endpoint string) (Receipt, error) {
	return c.to(ctx, "update end point", c.addresses.Registry, c.registry.PackUpdateEndpoint(address(node), endpoint), 0)
}

// RotateVRF replaces a node's VRF key, which counts as registered from now on.
func (c *Client) RotateVRF(ctx context.Context, node wire.Address, vrf wire.Digest) (Receipt, error) {
	return c.to(ctx, "rotate VRF key", c.addresses.Registry, c.registry.PackRotateVRF(address(node), vrf), 0)
}

// Anchor anchors a checkpoint that a node's key signed; whoever brings it pays.
func (c *Client) Anchor(ctx context.Context, a tacit.Signed[tacit.Anchor]) (Receipt, error) {
	return c.to(ctx, "anchor revision "+strconv.FormatUint(a.Body.Revision, 10), c.addresses.Registry,
		c.registry.PackAnchor(address(a.Body.Key), a.Body.Revision, a.Body.Digest, signature(a.Sig)), 0)
}

// Recover leads the anchor of one of the account's nodes back, to nothing if
// revision and digest are zero. Everybody sees that it was done.
func (c *Client) Recover(ctx context.Context, node wire.Address, revision uint64, digest wire.Digest) (Receipt, error) {
	return c.to(ctx, "lead anchor back", c.addresses.Registry, c.registry.PackRecover(address(node), revision, digest), 0)
}

// Unbond begins a node's way out.
func (c *Client) Unbond(ctx context.Context, node wire.Address) (Receipt, error) {
	return c.to(ctx, "unbond", c.addresses.Registry, c.registry.PackUnbond(address(node)), 0)
}

// WithdrawStake pays the stake of a node out once its delay is over.
func (c *Client) WithdrawStake(ctx context.Context, node wire.Address) (Receipt, error) {
	return c.to(ctx, "withdraw stake", c.addresses.Registry, c.registry.PackWithdraw(address(node)), 0)
}

// SlashVotes proves that one key signed two contradicting votes. Like every
// report it costs Params.Bond, which comes back with the reward. What would be
// found is asked beforehand, so that the bond is not lost by mistake.
func (c *Client) SlashVotes(ctx context.Context, a, b tacit.Signed[tacit.Vote]) (Receipt, error) {
	x, sx, y, sy := toVote(a.Body), signature(a.Sig), toVote(b.Body), signature(b.Sig)
	return c.report(ctx, "slash votes", c.registry.PackJudgeVotes(x, sx, y, sy), c.registry.PackSlashVotes(x, sx, y, sy))
}

// SlashAcceptances proves that a dispatcher promised one sequence number of a
// user to two tasks.
func (c *Client) SlashAcceptances(ctx context.Context, a, b tacit.Signed[tacit.Acceptance]) (Receipt, error) {
	x, sx, y, sy := toAcceptance(a.Body), signature(a.Sig), toAcceptance(b.Body), signature(b.Sig)
	return c.report(ctx, "slash acceptances", c.registry.PackJudgeAcceptances(x, sx, y, sy), c.registry.PackSlashAcceptances(x, sx, y, sy))
}

// SlashReserved proves that a dispatcher reserved more of a user's deposit than
// there was under the header of the acceptance's epoch.
func (c *Client) SlashReserved(ctx context.Context, a tacit.Signed[tacit.Acceptance], h tacit.EpochHeader, d tacit.ProvenDeposit) (Receipt, error) {
	x, sx, y, z, path := toAcceptance(a.Body), signature(a.Sig), toHeader(h), toDeposit(d.Deposit), toPath(d.Path)
	return c.report(ctx, "slash reservation", c.registry.PackJudgeReserved(x, sx, y, z, path), c.registry.PackSlashReserved(x, sx, y, z, path))
}

// An Accusation says that a verifier accepted evidence over something else than
// it voted on. Own are the task's artefacts that are no entries.
type Accusation struct {
	Vote       tacit.Signed[tacit.Vote]
	Task       tacit.Task
	Assignment tacit.Assignment
	Own        []tacit.Sealed
	Evidence   attest.Evidence
}

// SlashEvidence proves an accusation.
func (c *Client) SlashEvidence(ctx context.Context, a Accusation) (Receipt, error) {
	v, sig, t, s, own, e := toVote(a.Vote.Body), signature(a.Vote.Sig), toTask(a.Task), toAssignment(a.Assignment), mapAll(a.Own, toSealed), toEvidence(a.Evidence)
	return c.report(ctx, "slash accepted evidence", c.registry.PackJudgeEvidence(v, sig, t, s, own, e), c.registry.PackSlashEvidence(v, sig, t, s, own, e))
}

// report sends a report with its bond if the contract, asked for nothing, would
// find it right.
func (c *Client) report(ctx context.Context, op string, judge, act []byte) (Receipt, error) {
	to := common.Address(c.addresses.Registry)
	if _, err := c.backend.CallContract(ctx, ethereum.CallMsg{From: common.Address(c.Account()), To: &to, Data: judge}, nil); err != nil {
		return Receipt{}, chainFault(op, err)
	}
	return c.to(ctx, op, c.addresses.Registry, act, c.params.Bond())
}

// CollectRewards pulls what the registry owes the account.
func (c *Client) CollectRewards(ctx context.Context) (Receipt, error) {
	return c.to(ctx, "collect rewards", c.addresses.Registry, c.registry.PackCollect(), 0)
}

// Publish publishes an artefact under e.Name as the entry's next generation;
// Kind, Sealed, Price and Terms are taken from e. It returns the entry as the
// chain holds it then.
func (c *Client) Publish(ctx context.Context, e tacit.Entry) (tacit.Entry, Receipt, error) {
	r, err := c.to(ctx, "publish "+e.Name, c.addresses.Catalogue,
		c.catalogue.PackPublish(e.Name, e.Kind, toSealed(e.Sealed), e.Price, e.Terms), 0)
	if err != nil {
		return tacit.Entry{}, r, err
	}
	e.ID = tacit.EntryID(e.Name)
	return c.after(ctx, e.ID, r)
}

// SetTerms gives an entry new terms and a new price as its next generation.
func (c *Client) SetTerms(ctx context.Context, id, terms wire.Digest, price tacit.Money) (tacit.Entry, Receipt, error) {
	r, err := c.to(ctx, "set terms of "+id.Short(), c.addresses.Catalogue, c.catalogue.PackSetTerms(id, terms, price), 0)
	if err != nil {
		return tacit.Entry{}, r, err
	}
	return c.after(ctx, id, r)
}

// Retire says that an entry is offered no longer; that is a generation too.
func (c *Client) Retire(ctx context.Context, id wire.Digest) (tacit.Entry, Receipt, error) {
	r, err := c.to(ctx, "retire "+id.Short(), c.addresses.Catalogue, c.catalogue.PackRetire(id), 0)
	if err != nil {
		return tacit.Entry{}, r, err
	}
	return c.after(ctx, id, r)
}

// Deposit adds to the account's deposit at a dispatcher.
func (c *Client) Deposit(ctx context.Context, dispatcher wire.Address, amount tacit.Money) (Receipt, error) {
	return c.to(ctx, "deposit", c.addresses.Escrow, c.escrow.PackDeposit(address(dispatcher)), amount)
}

// RequestWithdraw begins the withdrawal of an amount of the deposit.
func (c *Client) RequestWithdraw(ctx context.Context, amount tacit.Money) (Receipt, error) {
	return c.to(ctx, "request withdrawal", c.addresses.Escrow, c.escrow.PackRequestWithdraw(amount), 0)
}

// Withdraw pays out what waited long enough, and all else that the escrow owes
// the account.
func (c *Client) Withdraw(ctx context.Context) (Receipt, error) {
	return c.to(ctx, "withdraw deposit", c.addresses.Escrow, c.escrow.PackWithdraw(), 0)
}

// Collect pulls what the escrow owes the account.
func (c *Client) Collect(ctx context.Context) (Receipt, error) {
	return c.to(ctx, "collect", c.addresses.Escrow, c.escrow.PackCollect(), 0)
}

// PostTicket asks for a place in the pool of a role in an epoch; the client's
// account must be the node's key.
func (c *Client) PostTicket(ctx context.Context, epoch uint64, role tacit.Role, pi []byte) (Receipt, error) {
	return c.to(ctx, "post ticket", c.addresses.Epochs, c.epochs.PackPostTicket(epoch, uint16(role), pi), 0)
}

// PostHeader posts a signed epoch header.
func (c *Client) PostHeader(ctx context.Context, h tacit.SignedHeader) (Receipt, error) {
	return c.to(ctx, "post epoch header", c.addresses.Epochs,
		c.epochs.PackPostHeader(toHeader(h.Header), mapAll(h.Signers, address), mapAll(h.Sigs, signature)), 0)
}

// An Approval is one committee member's signature of a batch, with the proof
// that it belongs to the epoch's pool of verifiers. Seats are those that the
// member holds (tacit.SettleSeats); ignored in a pool of at most tacit.MaxSeats.
type Approval struct {
	Member tacit.Member
	Path   []wire.Digest
	Seats  []uint8
	Sig    key.Signature
}

// PostBatch posts a batch with its debits; approvals come in the order of the
// pool.
func (c *Client) PostBatch(ctx context.Context, b tacit.Batch, debits []tacit.Debit, pool tacit.PoolRoot, approvals []Approval) (Receipt, error) {
	return c.to(ctx, "post batch", c.addresses.Escrow,
		c.escrow.PackPostBatch(toBatch(b), mapAll(debits, toDebit), toPool(pool), mapAll(approvals, toApproval)), 0)
}

// Claim credits a payee its part of a batch whose challenge window is over;
// path leads to Batch.Payouts.
func (c *Client) Claim(ctx context.Context, dispatcher wire.Address, number uint64, payout tacit.Payout, path []wire.Digest) (Receipt, error) {
	return c.to(ctx, "claim", c.addresses.Escrow, c.escrow.PackClaim(address(dispatcher), number, toPayout(payout), toPath(path)), 0)
}

// A Shown is a settlement shown to be in a batch; Path leads to Batch.Leaves.
type Shown = tacit.Shown

// ChallengeDuplicate voids the later of two batches that settle one task, or a
// batch that settles it twice.
func (c *Client) ChallengeDuplicate(ctx context.Context, later, earlier Shown, debits []tacit.Debit) (Receipt, error) {
	return c.to(ctx, "challenge duplicate", c.addresses.Escrow,
		c.escrow.PackChallengeDuplicate(toShown(later), toShown(earlier), mapAll(debits, toDebit)), 0)
}

// ChallengeSignature voids a batch with a settlement that rests on a signature
// that is none; the three are what tacit.SettlementSigs was made of.
func (c *Client) ChallengeSignature(ctx context.Context, wrong Shown, debits []tacit.Debit, task, leaf key.Signature, receipt wire.Address) (Receipt, error) {
	return c.to(ctx, "challenge signature", c.addresses.Escrow,
		c.escrow.PackChallengeSignature(toShown(wrong), mapAll(debits, toDebit), task[:], address(receipt), leaf[:]), 0)
}

// ChallengeLeaf voids a batch that charges a task more than its user allowed,
// or charges another user, deadline or dispatcher.
func (c *Client) ChallengeLeaf(ctx context.Context, wrong Shown, debits []tacit.Debit, task tacit.Task) (Receipt, error) {
	return c.to(ctx, "challenge leaf", c.addresses.Escrow,
		c.escrow.PackChallengeLeaf(toShown(wrong), mapAll(debits, toDebit), toTask(task)), 0)
}

// ChallengeLate voids a batch that was posted too late for a settlement in it.
func (c *Client) ChallengeLate(ctx context.Context, late Shown, debits []tacit.Debit) (Receipt, error) {
	return c.to(ctx, "challenge lateness", c.addresses.Escrow,
		c.escrow.PackChallengeLate(toShown(late), mapAll(debits, toDebit)), 0)
}

// A Proven is a member with its path in its pool.
type Proven struct {
	Member tacit.Member
	Path   []wire.Digest
}

// A Proof is all that settles one task without its dispatcher.
type Proof struct {
	Task       tacit.Signed[tacit.Task]
	Acceptance tacit.Signed[tacit.Acceptance]
	Assignment tacit.Signed[tacit.Assignment]
	Vote       tacit.Vote      // that every accepting seat signed
	Holders    []Proven        // of all seats, in the order of the pool
	VoteSigs   []key.Signature // aligned with Holders; zero = did not vote
	Worker     Proven
	Workers    tacit.PoolRoot
	Verifiers  tacit.PoolRoot
	Leaf       tacit.Signed[tacit.Leaf]
	Seal       wire.Digest  // digest of EnclaveKeys.Seal
	Receipt    wire.Address // EnclaveKeys.Receipt
	Own        []tacit.Sealed
	Releases   []key.Signature // of tacit.Released; see ReleasesOf
}

// ReleasesOf puts the managers' words of an attempt in the order of the task's
// artefacts, each once, as a Proof wants them.
func ReleasesOf(artefacts []tacit.Sealed, words map[wire.Address]key.Signature) []key.Signature {
	out := make([]key.Signature, len(artefacts))
	seen := map[wire.Address]bool{}
	for i, a := range artefacts {
		if !seen[a.Manager] {
			out[i] = words[a.Manager]
		}
		seen[a.Manager] = true
	}
	return out
}

// SettleDirect settles one task without its dispatcher; a task settled so
// before is CHAIN_SETTLED.
func (c *Client) SettleDirect(ctx context.Context, p Proof) (Receipt, error) {
	return c.to(ctx, "settle directly", c.addresses.Direct, c.direct.PackSettleDirect(toProof(p)), 0)
}

// ClaimDirect credits the payees of a direct settlement once no batch can hold
// its task any more.
func (c *Client) ClaimDirect(ctx context.Context, task wire.Digest) (Receipt, error) {
	return c.to(ctx, "claim direct settlement", c.addresses.Direct, c.direct.PackClaimDirect(task), 0)
}

// VoidDirect voids a direct settlement of a task that a final batch settles.
func (c *Client) VoidDirect(ctx context.Context, batch Shown) (Receipt, error) {
	return c.to(ctx, "void direct settlement", c.addresses.Direct, c.direct.PackChallengeDuplicate(toShown(batch)), 0)
}

func (c *Client) to(ctx context.Context, op string, contract wire.Address, data []byte, value tacit.Money) (Receipt, error) {
	r, _, err := c.send(ctx, op, &contract, data, value)
	return r, err
}
