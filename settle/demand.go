package settle

import (
	"context"
	"errors"
	"math/big"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"tacit"
	"tacit/fault"
	"tacit/settle/bindings"
	"tacit/wire"
)

// Demand demands an answer of a node that a dispatcher assigned to a task. It costs
// Params.Bond, of which the gas of the answer is taken; the rest comes back with the
// answer, and all of it with SlashWithheld.
func (c *Client) Demand(ctx context.Context, t tacit.Task, a tacit.Signed[tacit.Assignment], node wire.Address) (Receipt, error) {
	return c.to(ctx, "demand answer of "+node.String(), c.addresses.Registry,
		c.registry.PackDemand(toTask(t), toAssignment(a.Body), signature(a.Sig), address(node)), c.params.Bond())
}

// AnswerVote answers a demand with the vote that its signer was asked for.
func (c *Client) AnswerVote(ctx context.Context, v tacit.Signed[tacit.Vote]) (Receipt, error) {
	return c.to(ctx, "answer with a vote", c.addresses.Registry, c.registry.PackAnswerVote(toVote(v.Body), signature(v.Sig)), 0)
}

// Answer answers a demand with what a node leaves, or with why it cannot.
func (c *Client) Answer(ctx context.Context, a tacit.Signed[tacit.Answer]) (Receipt, error) {
	return c.to(ctx, "answer", c.addresses.Registry, c.registry.PackAnswer(toAnswer(a.Body), signature(a.Sig)), 0)
}

// SlashWithheld punishes a node whose answer did not come in time.
func (c *Client) SlashWithheld(ctx context.Context, assignment wire.Digest, node wire.Address) (Receipt, error) {
	return c.to(ctx, "slash withheld answer", c.addresses.Registry, c.registry.PackSlashWithheld(assignment, address(node)), 0)
}

// Due is the last block for the answer of a node about an assignment; 0 if none is
// demanded of it.
func (c *Client) Due(ctx context.Context, assignment wire.Digest, node wire.Address) (uint64, error) {
	return call(ctx, c, nil, c.addresses.Registry, c.registry.PackDueOf(assignment, address(node)), c.registry.UnpackDueOf)
}

// Demanded are the demands against a node from one block to another, both included,
// also those that have ended. If most end points do not show the same it is
// CHAIN_DISAGREE.
func (c *Client) Demanded(ctx context.Context, node wire.Address, from, to uint64) ([]tacit.Demand, error) {
	var out []tacit.Demand
	for ; from <= to; from += span {
		list, err := most(ctx, c, "read demands", func(ctx context.Context, o *Client) ([]tacit.Demand, error) {
			return o.demanded(ctx, node, from, min(to, from+span-1))
		})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (c *Client) demanded(ctx context.Context, node wire.Address, from, to uint64) ([]tacit.Demand, error) {
	logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to), Addresses: []common.Address{address(c.addresses.Registry)},
		Topics: [][]common.Hash{{eventID(&bindings.RegistryMetaData, bindings.RegistryDemandedEventName)}, {common.BytesToHash(node[:])}},
	})
	if err != nil {
		return nil, chainFault("read demands", err)
	}
	var out []tacit.Demand
	for _, l := range logs {
		e, err := c.registry.UnpackDemandedEvent(&l)
		if err != nil {
			return nil, fault.New(fault.ConsField, "read demands: %w", err)
		}
		out = append(out, tacit.Demand{Node: wire.Address(e.Key), Assignment: e.Assignment, Due: e.Due, Block: l.BlockNumber})
	}
	return out, nil
}

// Answered is what a node answered about an assignment, looked for from a block on:
// the hash of its vote or of the leaf that it leaves, or that of the code of why it
// cannot. No answer is API_NOT_FOUND.
func (c *Client) Answered(ctx context.Context, node wire.Address, assignment wire.Digest, from uint64) (said, code wire.Digest, err error) {
	head, err := c.Head(ctx)
	if err != nil {
		return said, code, err
	}
	for ; from <= head; from += span {
		logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(min(head, from+span-1)), Addresses: []common.Address{address(c.addresses.Registry)},
			Topics: [][]common.Hash{{eventID(&bindings.RegistryMetaData, bindings.RegistryAnsweredEventName)}, {common.BytesToHash(node[:])}, {common.Hash(assignment)}},
		})
		if err != nil {
			return said, code, chainFault("read answer", err)
		}
		if len(logs) > 0 {
			e, err := c.registry.UnpackAnsweredEvent(&logs[0])
			if err != nil {
				return said, code, fault.New(fault.ConsField, "read answer: %w", err)
			}
			return e.Leaf, e.Code, nil
		}
	}
	return said, code, fault.New(fault.APINotFound, "read answer of %s: there is none", node)
}

// Answering is a Client as a node wants it that answers what is demanded of it.
type Answering struct{ *Client }

// Final is the newest block that is final by the network's parameters.
func (a Answering) Final(ctx context.Context) (uint64, error) { return a.Finalised(ctx) }

// AnswerVote answers with a vote; that nothing is demanded any more is no failure.
func (a Answering) AnswerVote(ctx context.Context, v tacit.Signed[tacit.Vote]) error {
	_, err := a.Client.AnswerVote(ctx, v)
	return ended(err)
}

// Answer answers; that nothing is demanded any more is no failure.
func (a Answering) Answer(ctx context.Context, x tacit.Signed[tacit.Answer]) error {
	_, err := a.Client.Answer(ctx, x)
	return ended(err)
}

func ended(err error) error {
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	return err
}
