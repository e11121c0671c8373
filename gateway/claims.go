package gateway

import (
	"context"
	"errors"
	"fmt"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// due is what payees of a batch can claim once its window is over. Anybody may
// claim for them, and a gateway does, because it knows the payouts; the money
// then waits for its owner to collect it. It is noted before the batch is
// posted, so that nobody stays unpaid when the answer to the post is lost;
// whether the batch stands is the chain's to say.
type due struct {
	Batch   tacit.Batch    `cbor:"1,keyasint"`
	Payouts []tacit.Payout `cbor:"2,keyasint"`
	Block   uint64         `cbor:"3,keyasint"` // from which it is worth asking
}

const dueLabel = "tacit/gateway/due"

func dueKey(b tacit.Batch) string {
	return fmt.Sprintf("due/%s/%012d/%s", b.Dispatcher, b.Number, b.Leaves)
}

// noteClaims notes a batch that is about to be posted.
func (g *Gateway) noteClaims(ctx context.Context, req tacit.PostBatchRequest) error {
	final, err := g.cfg.Chain.Final(ctx)
	if err != nil {
		return err
	}
	return g.keepDue(ctx, due{req.Batch, req.Payouts, final + g.cfg.Genesis.Params.ChallengeWindow + 1})
}

func (g *Gateway) keepDue(ctx context.Context, d due) error {
	b, err := wire.Marshal(dueLabel, d)
	if err != nil {
		return err
	}
	_, err = g.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: dueKey(d.Batch), Value: b}}})
	return err
}

func (g *Gateway) forgetDue(ctx context.Context, d due) error {
	_, err := g.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: dueKey(d.Batch), Delete: true}}})
	return err
}

// checkPayouts refuses payouts that the committee did not sign: they are not
// posted, and nobody could ever claim them.
func checkPayouts(req tacit.PostBatchRequest) error {
	if wire.PairRoot(tacit.PayoutLeaves(req.Payouts)) != req.Batch.Payouts {
		return fault.New(fault.ConsField, "post batch: its payouts are not those that were signed")
	}
	return nil
}

// claim claims for the payees of every batch whose window is over. One that
// cannot be claimed yet holds up no other.
func (g *Gateway) claim(ctx context.Context) error {
	final, err := g.cfg.Chain.Final(ctx)
	if err != nil {
		return err
	}
	var errs error
	for from := "due/"; ; {
		items, _, err := g.cfg.Store.Range(ctx, from, "due0", 32)
		if err != nil {
			return errors.Join(errs, err)
		}
		for _, item := range items {
			errs = errors.Join(errs, g.claimOne(ctx, item, final))
			from = item.Key + "\x00"
		}
		if len(items) < 32 || ctx.Err() != nil {
			return errs
		}
	}
}

// claimOne claims for the payees of a batch that stands and whose window is
// over. One that another of its number replaced is forgotten, and so is one
// that does not stand after the withdrawal delay: nobody posts it any more,
// because its debits may no longer be covered.
func (g *Gateway) claimOne(ctx context.Context, item tacit.Item, final uint64) error {
	var d due
	if err := wire.Unmarshal(dueLabel, item.Value, &d); err != nil {
		return err
	}
	if final < d.Block {
		return nil
	}
	params, log := g.cfg.Genesis.Params, g.cfg.Log.With("batch", d.Batch.Number, "dispatcher", d.Batch.Dispatcher)
	fate, err := g.cfg.Poster.Fate(ctx, tacit.FateRequest{Dispatcher: d.Batch.Dispatcher, Number: d.Batch.Number})
	switch {
	case err != nil:
		return fmt.Errorf("claim batch %d of %s: %w", d.Batch.Number, d.Batch.Dispatcher, err)
	case fate.Block == 0 && final <= d.Block+params.WithdrawDelay:
		return nil
	case fate.Block == 0:
		log.Warn("a batch that was to be posted does not stand; its payees are no longer claimed for")
		return g.forgetDue(ctx, d)
	case fate.Leaves != d.Batch.Leaves:
		log.Info("another batch of this number stands")
		return g.forgetDue(ctx, d)
	case final <= fate.Block+params.ChallengeWindow:
		return nil
	}
	block, err := g.cfg.Poster.Claim(ctx, d.Batch, d.Payouts)
	if err != nil {
		return fmt.Errorf("claim batch %d of %s: %w", d.Batch.Number, d.Batch.Dispatcher, err)
	}
	if block != 0 {
		// A node of the chain that is killed can lose these credits. The batch is
		// looked at again when they are final, and is done with once nothing is left.
		return g.keepDue(ctx, due{d.Batch, d.Payouts, block})
	}
	// gofail: var gatewayClaimed struct{}
	if err := g.forgetDue(ctx, d); err != nil {
		return err
	}
	log.Info("payouts claimed", "payees", len(d.Payouts))
	return nil
}
