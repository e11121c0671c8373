package gateway

import (
	"context"
	"errors"
	"fmt"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// due is what payees of a posted batch can claim once its window is over.
// Anybody may claim for them, and a gateway does, because it knows the payouts;
// the money then waits for its owner to collect it.
type due struct {
	Batch   tacit.Batch    `cbor:"1,keyasint"`
	Payouts []tacit.Payout `cbor:"2,keyasint"`
	Block   uint64         `cbor:"3,keyasint"` // first that is past the window
}

const dueLabel = "tacit/gateway/due"

func (g *Gateway) noteClaims(ctx context.Context, req tacit.PostBatchRequest, block uint64) error {
	d := due{req.Batch, req.Payouts, block + g.cfg.Genesis.Params.ChallengeWindow + 1}
	b, err := wire.Marshal(dueLabel, d)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("due/%s/%012d/%s", req.Batch.Dispatcher, req.Batch.Number, req.Batch.Payouts)
	_, err = g.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: key, Value: b}}})
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

func (g *Gateway) claimOne(ctx context.Context, item tacit.Item, final uint64) error {
	var d due
	if err := wire.Unmarshal(dueLabel, item.Value, &d); err != nil {
		return err
	}
	if final < d.Block {
		return nil
	}
	err := g.cfg.Poster.Claim(ctx, d.Batch, d.Payouts)
	// A batch that was noted and never stood is forgotten in the end.
	if err != nil && final <= d.Block+g.cfg.Genesis.Params.WithdrawDelay {
		return fmt.Errorf("claim batch %d of %s: %w", d.Batch.Number, d.Batch.Dispatcher, err)
	}
	// gofail: var gatewayClaimed struct{}
	if _, err := g.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: item.Key, Delete: true}}}); err != nil {
		return err
	}
	if err != nil {
		return fmt.Errorf("batch %d of %s is given up: %w", d.Batch.Number, d.Batch.Dispatcher, err)
	}
	g.cfg.Log.Info("payouts claimed", "batch", d.Batch.Number, "payees", len(d.Payouts))
	return nil
}
