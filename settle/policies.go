package settle

import (
	"context"
	"math/big"
	"slices"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/settle/bindings"
	"tacit/wire"
)

// policy reads the digest and the generation of the policies after a block (nil =
// newest).
func (c *Client) policy(ctx context.Context, at *big.Int) (digest wire.Digest, generation uint64, err error) {
	d, err := call(ctx, c, at, c.addresses.Epochs, c.epochs.PackPolicy(), c.epochs.UnpackPolicy)
	if err != nil {
		return digest, 0, err
	}
	generation, err = call(ctx, c, at, c.addresses.Epochs, c.epochs.PackGeneration(), c.epochs.UnpackGeneration)
	return d, generation, err
}

// Policy is the newest order that the contract took: digest and generation of
// the policies, which the next epoch's header names.
func (c *Client) Policy(ctx context.Context) (tacit.PolicyOrder, error) {
	head, err := c.Head(ctx)
	if err != nil {
		return tacit.PolicyOrder{}, err
	}
	digest, generation, err := c.policy(ctx, new(big.Int).SetUint64(head)) // both of one block
	return tacit.PolicyOrder{Generation: generation, Digest: digest}, err
}

// Governors are who may change the policies.
func (c *Client) Governors(ctx context.Context) (tacit.Governors, error) {
	list, err := call(ctx, c, nil, c.addresses.Epochs, c.epochs.PackGovernors(), c.epochs.UnpackGovernors)
	if err != nil {
		return tacit.Governors{}, err
	}
	k, err := call(ctx, c, nil, c.addresses.Epochs, c.epochs.PackThreshold(), c.epochs.UnpackThreshold)
	return tacit.Governors{Keys: mapAll(list, func(a common.Address) wire.Address { return wire.Address(a) }), Threshold: k}, err
}

// CheckGenesis reports CONS_FIELD unless the contracts were deployed for this
// genesis, with its governors: they hold its digest, and who deploys them says
// the rest a second time.
func (c *Client) CheckGenesis(ctx context.Context, g tacit.Genesis) error {
	const op = "check contracts"
	if c.Genesis() != g.Digest() {
		return fault.Denied(fault.ConsField, op, "genesis", g.Digest().Short(), c.Genesis().Short())
	}
	if c.params != g.Params {
		return fault.Denied(fault.ConsField, op, "parameters", "those of the genesis file", "others")
	}
	have, err := c.Governors(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(have.Keys, g.Governors.Keys) || have.Threshold != g.Governors.Threshold {
		return fault.Denied(fault.ConsField, op, "governors", "those of the genesis file", "others")
	}
	return nil
}

// Policies are those that were posted as a generation; API_NOT_FOUND if none were.
func (c *Client) Policies(ctx context.Context, generation uint64) (attest.PolicySet, error) {
	return mostUp(ctx, c, "read policies", func(ctx context.Context, o *Client) (attest.PolicySet, error) { return o.posted(ctx, generation) })
}

// posted reads them from the event of the block that the contract names.
func (c *Client) posted(ctx context.Context, generation uint64) (attest.PolicySet, error) {
	var none attest.PolicySet
	block, err := call(ctx, c, nil, c.addresses.Epochs, c.epochs.PackPolicyBlock(generation), c.epochs.UnpackPolicyBlock)
	if err != nil {
		return none, err
	}
	if block != 0 {
		at := new(big.Int).SetUint64(block)
		logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
			FromBlock: at, ToBlock: at, Addresses: []common.Address{address(c.addresses.Epochs)},
			Topics: [][]common.Hash{{eventID(&bindings.EpochsMetaData, bindings.EpochsPoliciesEventName)}, {common.BigToHash(new(big.Int).SetUint64(generation))}},
		})
		if err != nil {
			return none, chainFault("read policies", err)
		}
		for _, l := range logs {
			e, err := c.epochs.UnpackPoliciesEvent(&l)
			if err != nil {
				return none, fault.New(fault.ConsField, "read policies: %w", err)
			}
			return tacit.DecodePolicies(e.Set)
		}
	}
	return none, fault.New(fault.APINotFound, "read policies: generation %d was not posted", generation)
}

// PostPolicies replaces the policies by the next generation of them, by an order
// that enough governors signed.
func (c *Client) PostPolicies(ctx context.Context, s tacit.SignedOrder, set attest.PolicySet) (Receipt, error) {
	b, err := tacit.EncodePolicies(set)
	if err != nil {
		return Receipt{}, err
	}
	return c.postPolicies(ctx, s, b)
}

func (c *Client) postPolicies(ctx context.Context, s tacit.SignedOrder, body []byte) (Receipt, error) {
	return c.to(ctx, "post policies", c.addresses.Epochs, c.epochs.PackPostPolicies(s.Order.Generation, body, mapAll(s.Sigs, signature)), 0)
}
