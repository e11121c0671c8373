package settle

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit"
	"tacit/fault"
	"tacit/settle/bindings"
	"tacit/wire"
)

// Judge asks the contracts what a dispute would find, at no cost: nil if it is
// right. It is asked with the client's account, which need not have any coin.
func (c *Client) Judge(ctx context.Context, d tacit.Dispute) error {
	p, err := c.plead(ctx, d)
	if err != nil {
		return err
	}
	_, err = c.judge(ctx, d, p)
	return err
}

// Bring judges a dispute and, if it is right, brings it with its bond.
func (c *Client) Bring(ctx context.Context, d tacit.Dispute) (Receipt, error) {
	p, err := c.plead(ctx, d)
	if err != nil {
		return Receipt{}, err
	}
	if _, err := c.judge(ctx, d, p); err != nil {
		return Receipt{}, err
	}
	return c.to(ctx, "bring "+d.Kind, p.contract, p.act, d.Bond(c.params))
}

// A plea is a dispute as calls: one that judges and one that acts. Challenges of
// batches are judged by the call itself, which reverts if they are wrong.
type plea struct {
	contract   wire.Address
	judge, act []byte
}

// plead turns a dispute into calls; one that lacks a part is API_FIELD.
func (c *Client) plead(ctx context.Context, d tacit.Dispute) (plea, error) {
	need := map[string][]int{ // votes, acceptances, headers, deposits, tasks, assignments, evidence, shown, signatures of leaves
		tacit.DisputeVotes: {2, 0, 0, 0, 0, 0, 0, 0, 0}, tacit.DisputeAcceptances: {0, 2, 0, 0, 0, 0, 0, 0, 0}, tacit.DisputeReserved: {0, 1, 1, 1, 0, 0, 0, 0, 0},
		tacit.DisputeEvidence: {1, 0, 0, 0, 1, 1, 1, 0, 0}, tacit.DisputeDuplicate: {0, 0, 0, 0, 0, 0, 0, 2, 0}, tacit.DisputeLate: {0, 0, 0, 0, 0, 0, 0, 1, 0},
		tacit.DisputeLeaf: {0, 0, 0, 0, 1, 0, 0, 1, 0}, tacit.DisputeSignature: {0, 0, 0, 0, 1, 0, 0, 1, 1}, tacit.DisputeDirect: {0, 0, 0, 0, 0, 0, 0, 1, 0},
	}[d.Kind]
	has := []int{len(d.Votes), len(d.Acceptances), len(d.Headers), len(d.Deposits), len(d.Tasks), len(d.Assignments), len(d.Evidence), len(d.Shown), len(d.LeafSigs)}
	if need == nil || !slices.Equal(need, has) || len(d.Receipts) != len(d.LeafSigs) {
		return plea{}, fault.New(fault.APIField, "read dispute of kind %q: it has not the parts that this kind needs", d.Kind)
	}
	report := func(judge, act []byte) (plea, error) { return plea{c.addresses.Registry, judge, act}, nil }
	switch d.Kind {
	case tacit.DisputeVotes:
		a, sa, b, sb := toVote(d.Votes[0].Body), signature(d.Votes[0].Sig), toVote(d.Votes[1].Body), signature(d.Votes[1].Sig)
		return report(c.registry.PackJudgeVotes(a, sa, b, sb), c.registry.PackSlashVotes(a, sa, b, sb))
	case tacit.DisputeAcceptances:
		a, sa, b, sb := toAcceptance(d.Acceptances[0].Body), signature(d.Acceptances[0].Sig), toAcceptance(d.Acceptances[1].Body), signature(d.Acceptances[1].Sig)
		return report(c.registry.PackJudgeAcceptances(a, sa, b, sb), c.registry.PackSlashAcceptances(a, sa, b, sb))
	case tacit.DisputeReserved:
		a, sig, h, dep, path := toAcceptance(d.Acceptances[0].Body), signature(d.Acceptances[0].Sig), toHeader(d.Headers[0]), toDeposit(d.Deposits[0].Deposit), toPath(d.Deposits[0].Path)
		return report(c.registry.PackJudgeReserved(a, sig, h, dep, path), c.registry.PackSlashReserved(a, sig, h, dep, path))
	case tacit.DisputeEvidence:
		v, sig, t, a, own, e := toVote(d.Votes[0].Body), signature(d.Votes[0].Sig), toTask(d.Tasks[0].Body), toAssignment(d.Assignments[0]), mapAll(d.Own, toSealed), toEvidence(d.Evidence[0])
		return report(c.registry.PackJudgeEvidence(v, sig, t, a, own, e), c.registry.PackSlashEvidence(v, sig, t, a, own, e))
	case tacit.DisputeDirect:
		data := c.direct.PackChallengeDuplicate(toShown(d.Shown[0]))
		return plea{c.addresses.Direct, data, data}, nil
	}
	if len(d.Debits) == 0 {
		var err error
		if d.Debits, err = c.Debits(ctx, d.Shown[0].Dispatcher, d.Shown[0].Number); err != nil {
			return plea{}, err
		}
	}
	wrong, debits := toShown(d.Shown[0]), mapAll(d.Debits, toDebit)
	var data []byte
	switch d.Kind {
	case tacit.DisputeDuplicate:
		data = c.escrow.PackChallengeDuplicate(wrong, toShown(d.Shown[1]), debits)
	case tacit.DisputeLate:
		data = c.escrow.PackChallengeLate(wrong, debits)
	case tacit.DisputeLeaf:
		data = c.escrow.PackChallengeLeaf(wrong, debits, toTask(d.Tasks[0].Body))
	case tacit.DisputeSignature:
		data = c.escrow.PackChallengeSignature(wrong, debits, d.Tasks[0].Sig[:], address(d.Receipts[0]), d.LeafSigs[0][:])
	}
	return plea{c.addresses.Escrow, data, data}, nil
}

// Debits reads the debits of a batch from the transaction that posted it. A batch
// that is not there, or that a contract posted, is API_NOT_FOUND.
func (c *Client) Debits(ctx context.Context, dispatcher wire.Address, number uint64) ([]tacit.Debit, error) {
	r, err := c.Batch(ctx, dispatcher, number)
	if err != nil {
		return nil, err
	}
	none := fault.New(fault.APINotFound, "read debits of batch %d of %s: no transaction that posted it", number, dispatcher)
	if r.Posted == 0 {
		return nil, none
	}
	at := new(big.Int).SetUint64(r.Posted)
	logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: at, ToBlock: at, Addresses: []common.Address{address(c.addresses.Escrow)},
		Topics: [][]common.Hash{{eventID(&bindings.EscrowMetaData, bindings.EscrowBatchPostedEventName)}, {common.BytesToHash(dispatcher[:])}, {common.BigToHash(new(big.Int).SetUint64(number))}},
	})
	if err != nil {
		return nil, chainFault("read debits", err)
	}
	parsed, err := bindings.EscrowMetaData.ParseABI()
	if err != nil {
		return nil, fault.New(fault.Internal, "read debits: %w", err)
	}
	method := parsed.Methods["postBatch"]
	for _, l := range logs {
		tx, _, err := c.backend.TransactionByHash(ctx, l.TxHash)
		if err != nil {
			return nil, chainFault("read debits", err)
		}
		data := tx.Data()
		if tx.To() == nil || *tx.To() != address(c.addresses.Escrow) || len(data) < 4 || !slices.Equal(data[:4], method.ID) {
			continue
		}
		var call struct {
			B         bindings.Batch
			Debits    []bindings.Debit
			Pool      bindings.PoolRoot
			Approvals []bindings.EscrowApproval
		}
		values, err := method.Inputs.Unpack(data[4:])
		if err == nil {
			err = method.Inputs.Copy(&call, values)
		}
		if err != nil {
			return nil, fault.New(fault.ConsField, "read debits: %w", err)
		}
		if wire.Address(call.B.Dispatcher) != dispatcher || call.B.Number != number {
			continue
		}
		out := mapAll(call.Debits, func(d bindings.Debit) tacit.Debit { return tacit.Debit{User: wire.Address(d.User), Amount: d.Amount} })
		if tacit.DebitsDigest(out) == r.Debits {
			return out, nil
		}
	}
	return nil, none
}

// span is how many blocks one question about events covers, within what nodes
// answer.
const span = 2000

// Happened are the batches that were posted and voided and the direct settlements
// from one block to another, both included, in the order of the chain. If most end
// points do not show the same it is CHAIN_DISAGREE.
func (c *Client) Happened(ctx context.Context, from, to uint64) ([]tacit.Happening, error) {
	var out []tacit.Happening
	for ; from <= to; from += span {
		list, err := most(ctx, c, "read settlements", func(ctx context.Context, o *Client) ([]tacit.Happening, error) {
			return o.happened(ctx, from, min(to, from+span-1))
		})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (c *Client) happened(ctx context.Context, from, to uint64) ([]tacit.Happening, error) {
	posted, voided := eventID(&bindings.EscrowMetaData, bindings.EscrowBatchPostedEventName), eventID(&bindings.EscrowMetaData, bindings.EscrowBatchVoidedEventName)
	direct := eventID(&bindings.DirectMetaData, bindings.DirectDirectSettledEventName)
	undone, paid := eventID(&bindings.DirectMetaData, bindings.DirectDirectVoidedEventName), eventID(&bindings.DirectMetaData, bindings.DirectDirectPaidEventName)
	logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to),
		Addresses: []common.Address{address(c.addresses.Escrow), address(c.addresses.Direct)},
		Topics:    [][]common.Hash{{posted, voided, direct, undone, paid}},
	})
	if err != nil {
		return nil, chainFault("read settlements", err)
	}
	slices.SortStableFunc(logs, func(a, b types.Log) int {
		return cmp.Or(cmp.Compare(a.BlockNumber, b.BlockNumber), cmp.Compare(a.Index, b.Index))
	})
	var out []tacit.Happening
	for _, l := range logs {
		h := tacit.Happening{Block: l.BlockNumber}
		var err error
		switch l.Topics[0] {
		case posted:
			e, uerr := c.escrow.UnpackBatchPostedEvent(&l)
			if err = uerr; err == nil {
				h.Kind, h.Dispatcher, h.Number, h.Leaves = tacit.HappenedPosted, wire.Address(e.Dispatcher), e.Number, e.Leaves
			}
		case voided:
			e, uerr := c.escrow.UnpackBatchVoidedEvent(&l)
			if err = uerr; err == nil {
				h.Kind, h.Dispatcher, h.Number = tacit.HappenedVoided, wire.Address(e.Dispatcher), e.Number
			}
		case direct:
			e, uerr := c.direct.UnpackDirectSettledEvent(&l)
			if err = uerr; err == nil {
				h.Kind, h.Task = tacit.HappenedDirect, e.Task
			}
		default: // undone or paid, which both begin with the task
			if len(l.Topics) < 2 {
				err = fault.New(fault.ConsField, "no task")
			} else {
				h.Kind, h.Task = tacit.HappenedUndone, wire.Digest(l.Topics[1])
			}
		}
		if err != nil {
			return nil, fault.New(fault.ConsField, "read settlements: %w", err)
		}
		out = append(out, h)
	}
	return out, nil
}
