package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// samples is how many chunks of each output a verifier fetches before it signs
// for its payment.
const samples = 2

// Batch checks every task of a batch from its evidence on and signs the batch
// if the sums are exactly what follows.
func (v *Verifier) Batch(ctx context.Context, req tacit.BatchRequest) (tacit.BatchSig, error) {
	view := v.cfg.Headers.View()
	if len(req.Claims) == 0 || len(req.Claims) != len(req.Settlements) {
		return tacit.BatchSig{}, fault.New(fault.APIField, "check batch: %d claims, %d settlements", len(req.Claims), len(req.Settlements))
	}
	if err := tacit.CheckBatch(req.Batch, req.Settlements, req.Payouts, req.Debits); err != nil {
		return tacit.BatchSig{}, err
	}
	if _, err := v.cfg.Headers.Header(ctx, req.Batch.Epoch); err != nil {
		return tacit.BatchSig{}, err
	}
	owed := map[wire.Address]tacit.Money{}
	due := map[wire.Address]tacit.Money{}
	for i, claim := range req.Claims {
		header, err := v.cfg.Headers.Header(ctx, claim.Case.Acceptance.Body.Epoch)
		if err != nil {
			return tacit.BatchSig{}, err
		}
		if claim.Case.Task.Body.Dispatcher != req.Batch.Dispatcher {
			return tacit.BatchSig{}, fault.New(fault.ConsField, "check batch: a task of another dispatcher")
		}
		settlement, payouts, err := claim.Check(view.Network, header, view.Genesis.Params)
		if err != nil {
			return tacit.BatchSig{}, err
		}
		if settlement != req.Settlements[i] {
			return tacit.BatchSig{}, fault.New(fault.ConsField, "check batch: settlement %d is not what its receipt earns", i)
		}
		if late(view, settlement.Deadline) {
			return tacit.BatchSig{}, fault.New(fault.TaskTimeout, "check batch: task %s is too late to settle", settlement.Task.Short())
		}
		if err := v.sample(ctx, claim.Leaf.Body, req.Batch); err != nil {
			return tacit.BatchSig{}, err
		}
		owed[settlement.User] += settlement.Fee
		for _, p := range payouts {
			due[p.Payee] += p.Amount
		}
	}
	if !sameDebits(req.Debits, owed) || !samePayouts(req.Payouts, due) {
		return tacit.BatchSig{}, fault.New(fault.ConsField, "check batch: its debits or payouts are not the sums of its tasks")
	}
	// gofail: var verifierBatchChecked struct{}

	// One settlement per task: the first batch number that names it. Only now,
	// because a batch that is refused must not bind its tasks to its number.
	number := new(wire.Words).Address(req.Batch.Dispatcher).Uint(req.Batch.Number).Hash()
	for _, s := range req.Settlements {
		err := v.journal(ctx, "settled/"+s.Task.String(), number)
		if errors.Is(err, fault.ConsEquivocation) {
			err = fault.New(fault.ChainSettled, "check batch: task %s: %w", s.Task.Short(), err)
		}
		if err != nil {
			return tacit.BatchSig{}, err
		}
	}
	// gofail: var verifierBatchJournalled struct{}
	return tacit.BatchSig{Sig: tacit.Sign(view.Network, v.cfg.Key, req.Batch).Sig}, nil
}

// late reports whether a task with this deadline can no longer be settled. The
// deadline is a number that its user chose: no sum with it is formed.
func late(view tacit.View, deadline uint64) bool {
	return view.Header.Block > deadline && view.Header.Block-deadline > view.Genesis.Params.SettleWindow
}

// sample fetches chunks of the output that nobody could foresee: which ones
// follows from this verifier's key and the batch.
func (v *Verifier) sample(ctx context.Context, leaf tacit.Leaf, b tacit.Batch) error {
	if leaf.Output.IsZero() {
		return nil
	}
	first, err := v.cfg.Sample(ctx, leaf.Output, 0)
	if err != nil {
		return fmt.Errorf("sample output of task %s: %w", leaf.Task.Short(), err)
	}
	if err := first.Check(leaf.Output); err != nil {
		return err
	}
	if first.Index != 0 {
		return fault.New(fault.DataCorrupt, "sample output of task %s: chunk %d came for chunk 0", leaf.Task.Short(), first.Index)
	}
	if first.Total == 1 {
		return nil // that is all there is
	}
	for i := range uint64(samples) {
		sig := v.cfg.Key.Sign(new(wire.Words).String("tacit/sample").Digest(leaf.Hash()).Uint(b.Number).Uint(i).Hash())
		h := wire.Keccak(sig[:])
		index := (int64(h[0])<<8 | int64(h[1])) % first.Total
		c, err := v.cfg.Sample(ctx, leaf.Output, index)
		if err != nil {
			return fmt.Errorf("sample output of task %s: %w", leaf.Task.Short(), err)
		}
		if err := c.Check(leaf.Output); err != nil {
			return err
		}
		// A path proves that a chunk is in the blob; that it is the one that
		// was asked for is ours to compare.
		if c.Index != index || c.Total != first.Total {
			return fault.New(fault.DataCorrupt, "sample output of task %s: chunk %d of %d came for chunk %d of %d", leaf.Task.Short(), c.Index, c.Total, index, first.Total)
		}
	}
	return nil
}

func sameDebits(list []tacit.Debit, want map[wire.Address]tacit.Money) bool {
	return len(list) == len(want) && !slices.ContainsFunc(list, func(d tacit.Debit) bool { return want[d.User] != d.Amount })
}

func samePayouts(list []tacit.Payout, want map[wire.Address]tacit.Money) bool {
	return len(list) == len(want) && !slices.ContainsFunc(list, func(p tacit.Payout) bool { return want[p.Payee] != p.Amount })
}
