package settle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// Chain is a Client as the roles that read the chain want it.
type Chain struct{ *Client }

var _ tacit.Chain = Chain{}

// Final is the newest block that is final by the network's parameters.
func (c Chain) Final(ctx context.Context) (uint64, error) { return c.Finalised(ctx) }

// Poster is a Client as the roles that post what others signed want it.
type Poster struct{ *Client }

// PostTicket posts a ticket; one that stands there already is no failure.
func (p Poster) PostTicket(ctx context.Context, epoch uint64, role tacit.Role, pi []byte) error {
	_, err := p.Client.PostTicket(ctx, epoch, role, pi)
	return err
}

// PostHeader posts a signed header.
func (p Poster) PostHeader(ctx context.Context, h tacit.SignedHeader) error {
	_, err := p.Client.PostHeader(ctx, h)
	return err
}

// Anchor anchors a checkpoint.
func (p Poster) Anchor(ctx context.Context, a tacit.Signed[tacit.Anchor]) error {
	_, err := p.Client.Anchor(ctx, a)
	return err
}

// Posted is the number of the newest header on the chain.
func (p Poster) Posted(ctx context.Context) (uint64, error) { return p.LastHeader(ctx) }

// PostBatch posts a batch and returns its block once that is final: a node that is
// killed can lose the blocks after it, and whoever took the batch for settled
// would never settle its tasks. A batch that was lost so is CHAIN_UNAVAILABLE and
// to be posted again. A batch that stands there already is no failure: its block
// is returned. One that would come too late for a task of it is TASK_TIMEOUT.
func (p Poster) PostBatch(ctx context.Context, req tacit.PostBatchRequest) (uint64, error) {
	head, err := p.Head(ctx)
	if err != nil {
		return 0, err
	}
	if err := req.InTime(head); err != nil {
		return p.stands(ctx, req, err)
	}
	header, err := p.Header(ctx, req.Batch.Epoch)
	if err != nil {
		return 0, err
	}
	seats := tacit.SettleSeats(header.Beacon, req.Batch.Dispatcher, req.Batch.Number, req.Committee.Root)
	approvals := make([]Approval, len(req.Committee.Members))
	for i, m := range req.Committee.Members {
		a := Approval{Member: m, Path: req.Committee.Paths[i], Sig: req.Sigs[i]}
		for seat, at := range seats {
			if m.Start <= at && at-m.Start < m.Stake {
				a.Seats = append(a.Seats, uint8(seat))
			}
		}
		approvals[i] = a
	}
	r, err := p.Client.PostBatch(ctx, req.Batch, req.Debits, req.Committee.Root, approvals)
	if err == nil {
		return p.standing(ctx, req.Batch, r.Block)
	}
	return p.stands(ctx, req, err)
}

// stands is the block of a batch that stands already, or the error.
func (p Poster) stands(ctx context.Context, req tacit.PostBatchRequest, err error) (uint64, error) {
	if last, lerr := p.LastBatch(ctx, req.Batch.Dispatcher); lerr == nil && last >= req.Batch.Number {
		if b, berr := p.Batch(ctx, req.Batch.Dispatcher, req.Batch.Number); berr == nil && b.Payouts == req.Batch.Payouts {
			return p.standing(ctx, req.Batch, b.Posted)
		}
	}
	return 0, err
}

// standing waits until a block is final and returns the block that the batch then
// stands in.
func (p Poster) standing(ctx context.Context, batch tacit.Batch, block uint64) (uint64, error) {
	for {
		final, err := p.Finalised(ctx)
		if err == nil && final >= block {
			break
		}
		select {
		case <-ctx.Done():
			return 0, fault.New(fault.ChainUnavailable, "post batch %d: block %d is not final: %w", batch.Number, block, ctx.Err())
		case <-time.After(p.poll):
		}
	}
	b, err := p.Batch(ctx, batch.Dispatcher, batch.Number)
	if err != nil || b.Posted == 0 {
		return 0, fault.New(fault.ChainUnavailable, "post batch %d: the chain lost block %d and the batch with it: %w", batch.Number, block, err)
	}
	return b.Posted, nil
}

// claimsAtOnce is how many claims wait for their block side by side.
const claimsAtOnce = 32

// Fate returns what final blocks hold of a batch and of tasks. A batch that
// stands in a block that is not final yet is CHAIN_UNAVAILABLE: ask again.
func (p Poster) Fate(ctx context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	final, err := p.Finalised(ctx)
	if err != nil {
		return tacit.Fate{}, err
	}
	b, err := p.Batch(ctx, req.Dispatcher, req.Number)
	if err != nil {
		return tacit.Fate{}, err
	}
	out := tacit.Fate{Direct: make([]uint64, len(req.Tasks))}
	switch {
	case b.Posted == 0 || b.Voided:
	case b.Posted > final:
		return tacit.Fate{}, fault.New(fault.ChainUnavailable, "show batch %d: its block %d is not final yet", req.Number, b.Posted)
	default:
		out.Block, out.Leaves = b.Posted, b.Leaves
	}
	for i, id := range req.Tasks {
		if out.Direct[i], err = p.Settled(ctx, id); err != nil {
			return tacit.Fate{}, err
		}
		if out.Direct[i] > final {
			out.Direct[i] = 0
		}
	}
	return out, nil
}

// Claim credits each payee with its part of a batch whose window is over and
// returns the newest block that a credit was made in, 0 if all were made before:
// a node that is killed can lose a credit, so that only once the block is final
// and nothing is left to claim the batch is paid. A claim that was made before is
// no failure, and one that fails holds up no other.
func (p Poster) Claim(ctx context.Context, b tacit.Batch, payouts []tacit.Payout) (uint64, error) {
	if record, err := p.Batch(ctx, b.Dispatcher, b.Number); err == nil && record.Posted != 0 && record.Payouts == b.Payouts && record.Remaining == 0 && !record.Voided {
		return 0, nil
	}
	leaves := tacit.PayoutLeaves(payouts)
	blocks, errs := make([]uint64, len(payouts)), make([]error, len(payouts))
	var group errgroup.Group
	group.SetLimit(claimsAtOnce)
	for i, payout := range payouts {
		group.Go(func() error {
			r, err := p.Client.Claim(ctx, b.Dispatcher, b.Number, payout, wire.PairPath(leaves, i))
			if err != nil && !errors.Is(err, fault.ChainSettled) {
				errs[i] = fmt.Errorf("claim for %s: %w", payout.Payee, err)
			}
			blocks[i] = r.Block
			return nil
		})
	}
	_ = group.Wait()
	return slices.Max(append(blocks, 0)), errors.Join(errs...)
}

// Disputer is a Client as a watcher wants it.
type Disputer struct{ *Client }

// Final is the newest block that is final by the network's parameters.
func (d Disputer) Final(ctx context.Context) (uint64, error) { return d.Finalised(ctx) }

// Bring brings a dispute that the contracts find right.
func (d Disputer) Bring(ctx context.Context, x tacit.Dispute) error {
	_, err := d.Client.Bring(ctx, x)
	return err
}

// Fund sends money of one account to others, before there are contracts.
func Fund(ctx context.Context, urls []string, from *key.Signer, to []wire.Address, amount tacit.Money) error {
	p, closing := dialPoints(urls, 0)
	defer closing()
	id, err := p.ChainID(ctx)
	if err != nil {
		return chainFault("fund accounts", err)
	}
	c := &Client{backend: p, ends: p.ends, chainID: id, signer: from, poll: 100 * time.Millisecond}
	// Sent one after the other, waited for side by side.
	group, ctx := errgroup.WithContext(ctx)
	for _, a := range to {
		group.Go(func() error {
			if _, err := c.Send(ctx, a, amount); err != nil {
				return fmt.Errorf("fund %s: %w", a, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// Probe asks nodes for their chain's ID, as most that answer say it, and for its
// newest block.
func Probe(ctx context.Context, urls ...string) (chainID, block uint64, err error) {
	p, closing := dialPoints(urls, 0)
	defer closing()
	op := "reach chain " + strings.Join(urls, ", ")
	id, err := p.ChainID(ctx)
	if err != nil {
		return 0, 0, chainFault(op, err)
	}
	block, err = p.BlockNumber(ctx)
	if err != nil {
		return 0, 0, chainFault(op, err)
	}
	return id.Uint64(), block, nil
}

// DeployAt deploys through the nodes behind some URLs.
func DeployAt(ctx context.Context, urls []string, deployer *key.Signer, g tacit.Genesis) (Addresses, error) {
	p, closing := dialPoints(urls, 0)
	defer closing()
	return Deploy(ctx, p, deployer, g)
}
