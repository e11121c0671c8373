// Package watch holds what a node meets in the course of its work against what
// the contracts punish, and brings the disputes by itself.
//
// It remembers, for as long as a task can be disputed: which acceptances and votes
// it was shown, and the settlements of the batches that it was asked to sign. It
// follows the chain's posted batches and direct settlements. Whoever contradicts
// himself in what it saw is reported; a posted batch with a settlement that breaks
// a rule is challenged; a direct settlement of a task that a final batch settles is
// given back. It accuses nobody of a reject, a "cannot" or of silence: there is no
// dispute about them.
//
// Seeing costs its caller nothing: what it cannot take at once it lets go, and
// every other node that was shown the same has it too. What it has decided to
// bring is durable before it is brought, and told once.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/telemetry"
	"tacit/wire"
)

// A Chain shows what happened and takes disputes.
type Chain interface {
	// Final is the newest block that counts.
	Final(ctx context.Context) (uint64, error)
	// Happened are the settlements from one block to another.
	Happened(ctx context.Context, from, to uint64) ([]tacit.Happening, error)
	// Bring brings a dispute with its bond if the contracts, asked for nothing
	// before, find it right. CHAIN_SETTLED means that somebody was faster.
	Bring(ctx context.Context, d tacit.Dispute) error
}

// Config says what a Watcher needs.
type Config struct {
	Store   tacit.Store // under watch/
	Headers tacit.Headers
	Chain   Chain
	// Every is how often it looks at the chain [1s]: several times in a
	// challenge window less the chain's finality.
	Every time.Duration
	Log   *slog.Logger
}

// A Watcher belongs to one node. Run owns all its state; what was seen comes to
// it through a channel.
type Watcher struct {
	cfg  Config
	seen chan seen
	mind *mind

	recalled bool
	next     uint64 // block from which on the chain was not looked at; 0 = from the oldest thing remembered
}

// seen is one thing that the node met.
type seen struct {
	batch *tacit.BatchRequest
	paper *tacit.Papers
}

// waiting is how many things wait to be looked at before more are let go.
const waiting = 64

// New checks the configuration and starts nothing.
func New(cfg Config) (*Watcher, error) {
	if cfg.Store == nil || cfg.Headers == nil || cfg.Chain == nil {
		return nil, fault.New(fault.Internal, "make watcher: store, headers and chain are all required")
	}
	if cfg.Every == 0 {
		cfg.Every = time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Watcher{cfg: cfg, seen: make(chan seen, waiting), mind: newMind()}, nil
}

// SawBatch notes a batch that this node was asked to sign, whether it signed or
// not.
func (w *Watcher) SawBatch(req tacit.BatchRequest) { w.offer(seen{batch: &req}) }

// SawCase notes a case that this node was asked to judge.
func (w *Watcher) SawCase(c tacit.Case) {
	w.offer(seen{paper: &tacit.Papers{Case: c}})
}

func (w *Watcher) offer(s seen) {
	select {
	case w.seen <- s:
	default:
		telemetry.Count("watch_passed_over_total")
	}
}

// Run looks at what was seen and at the chain until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	if err := w.recall(ctx); err != nil {
		return err
	}
	w.cfg.Log.Debug("watching", "batches", len(w.mind.batches), "memos", len(w.mind.memos))
	t := time.NewTicker(w.cfg.Every)
	defer t.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s := <-w.seen:
			err = w.see(ctx, s)
		case <-t.C:
			err = w.Step(ctx)
		}
		if err != nil && ctx.Err() == nil {
			w.cfg.Log.Warn("not all was watched", "err", err)
		}
	}
}

// Step takes in all that waits, looks once at the chain and brings what is to be
// brought.
func (w *Watcher) Step(ctx context.Context) error {
	if err := w.recall(ctx); err != nil {
		return err
	}
	for len(w.seen) > 0 {
		if err := w.see(ctx, <-w.seen); err != nil {
			return err
		}
	}
	return errors.Join(w.look(ctx), w.bring(ctx))
}

// see remembers one thing, durably, and notes the disputes that it is enough for.
func (w *Watcher) see(ctx context.Context, s seen) error {
	view := w.cfg.Headers.View()
	at := w.mind.now
	if at == 0 {
		at = view.Header.Block
	}
	until := at + view.Genesis.Params.WithdrawDelay + 2*view.Genesis.Params.ChallengeWindow
	header := func(number uint64) (tacit.EpochHeader, bool) {
		h, err := w.cfg.Headers.Header(ctx, number)
		return h, err == nil
	}
	var puts []tacit.Put
	var found []tacit.Dispute
	note := func(m memo) error {
		old, isNew := w.mind.note(view.Network, m)
		for _, key := range old { // what contradicts it lies in these
			other, err := w.memo(ctx, key)
			if errors.Is(err, fault.APINotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found = append(found, between(view.Network, m, other)...)
		}
		if !isNew {
			return nil
		}
		v, err := wire.Marshal(memoLabel, m)
		puts = append(puts, tacit.Put{Key: m.key(), Value: v})
		return err
	}
	switch {
	case s.batch != nil:
		b, ok := batchOf(*s.batch, at, until)
		for i, c := range s.batch.Claims {
			p := tacit.Papers{Case: c.Case, Certificate: c.Certificate, Leaf: c.Leaf, Debits: s.batch.Debits}
			if ok {
				p.Shown = []tacit.Shown{b.shown(i)}
			}
			for _, d := range tacit.OffencesIn(view.Network, header, p) {
				if len(d.Shown) == 0 {
					found = append(found, d)
				} else if len(b.Wrong) == 0 { // one is enough to void it, once it is posted
					b.Wrong = []tacit.Dispute{d}
				}
			}
			if m, ok := memoOf(view.Network, p, until); ok {
				if err := note(m); err != nil {
					return err
				}
			}
		}
		if !ok {
			break
		}
		if more, isNew := w.mind.addBatch(b, view.Genesis.Params); isNew {
			v, err := wire.Marshal(batchLabel, b)
			if err != nil {
				return err
			}
			found, puts = append(found, more...), append(puts, tacit.Put{Key: b.key(), Value: v})
		}
	case s.paper != nil:
		found = append(found, tacit.OffencesIn(view.Network, header, *s.paper)...)
		if m, ok := memoOf(view.Network, *s.paper, until); ok {
			if err := note(m); err != nil {
				return err
			}
		}
	}
	opened, err := w.open(ctx, found, until)
	if err != nil {
		return err
	}
	return w.commit(ctx, append(opened, puts...))
}

// look follows the chain up to its newest final block.
func (w *Watcher) look(ctx context.Context) error {
	final, err := w.cfg.Chain.Final(ctx)
	if err != nil {
		return err
	}
	from := w.next
	if from == 0 {
		from = w.mind.oldest(final)
	}
	params := w.cfg.Headers.View().Genesis.Params
	var found []tacit.Dispute
	if from <= final {
		list, err := w.cfg.Chain.Happened(ctx, from, final)
		if err != nil {
			return err
		}
		for _, h := range list {
			found = append(found, w.mind.happened(h, params)...)
		}
	}
	w.mind.now = final
	found = append(found, w.mind.twice(params)...)
	puts, err := w.open(ctx, found, final+params.WithdrawDelay)
	if err != nil {
		return err
	}
	if err := w.commit(ctx, puts); err != nil {
		return err
	}
	// Only now: what was found is durable, and a restart looks again anyway.
	w.next = final + 1
	var gone []tacit.Put
	for _, key := range w.mind.forget(final, params) {
		gone = append(gone, tacit.Put{Key: key, Delete: true})
	}
	return w.commit(ctx, gone)
}

// bring brings all that is open. What the contracts do not find right is closed
// with their reason; what could not be asked, or not be paid, stays open.
func (w *Watcher) bring(ctx context.Context) error {
	var errs error
	for from := openPrefix; ; {
		items, _, err := w.cfg.Store.Range(ctx, from, openEnd, 32)
		if err != nil {
			return errors.Join(errs, err)
		}
		for _, item := range items {
			errs = errors.Join(errs, w.bringOne(ctx, item))
			from = item.Key + "\x00"
		}
		if len(items) < 32 || ctx.Err() != nil {
			return errs
		}
	}
}

// later reports that a dispute could not be judged or paid for now, which says
// nothing about it.
func later(err error) bool {
	for _, code := range []fault.Code{fault.ChainUnavailable, fault.ChainDisagree, fault.PayDeposit, fault.KeyFinality} {
		if errors.Is(err, code) {
			return true
		}
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (w *Watcher) bringOne(ctx context.Context, item tacit.Item) error {
	var o open
	if err := wire.Unmarshal(openLabel, item.Value, &o); err != nil {
		return err
	}
	err := w.cfg.Chain.Bring(ctx, o.Dispute)
	if later(err) && w.mind.now <= o.Until {
		return fmt.Errorf("dispute of kind %s against %s: %w", o.Dispute.Kind, o.Dispute.Against, err)
	}
	// When it is told once more after a crash, the contract says that it was told.
	outcome := "brought"
	switch {
	case errors.Is(err, fault.ChainSettled), len(o.Dispute.Shown) > 0 && errors.Is(err, fault.APINotFound):
		outcome = "others were faster"
	case err != nil:
		outcome = "not right"
	}
	o.Outcome = outcome
	v, merr := wire.Marshal(openLabel, o)
	if merr != nil {
		return merr
	}
	id := item.Key[len(openPrefix):]
	if err := w.commit(ctx, []tacit.Put{{Key: item.Key, Delete: true}, {Key: donePrefix + id, Value: v}}); err != nil {
		return err
	}
	telemetry.Count("disputes_total", telemetry.Label{Name: "kind", Value: o.Dispute.Kind}, telemetry.Code(err))
	w.cfg.Log.Warn("dispute "+outcome, "kind", o.Dispute.Kind, "against", o.Dispute.Against, "err", err)
	return nil
}

// open are the writes that make disputes durable that were neither noted nor
// brought before.
func (w *Watcher) open(ctx context.Context, found []tacit.Dispute, until uint64) ([]tacit.Put, error) {
	var puts []tacit.Put
	for _, d := range found {
		id := d.ID().String()
		known := slices.ContainsFunc(puts, func(p tacit.Put) bool { return p.Key == openPrefix+id })
		for _, prefix := range []string{openPrefix, donePrefix} {
			_, err := w.cfg.Store.Get(ctx, prefix+id)
			if err != nil && !errors.Is(err, fault.APINotFound) {
				return nil, err
			}
			known = known || err == nil
		}
		if known {
			continue
		}
		v, err := wire.Marshal(openLabel, open{Dispute: d, Until: until})
		if err != nil {
			return nil, err
		}
		puts = append(puts, tacit.Put{Key: openPrefix + id, Value: v})
	}
	return puts, nil
}

// commit writes in transactions of what a store takes.
func (w *Watcher) commit(ctx context.Context, puts []tacit.Put) error {
	for part := range slices.Chunk(puts, 100) {
		if _, err := w.cfg.Store.Commit(ctx, tacit.Txn{Then: part}); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watcher) memo(ctx context.Context, key string) (memo, error) {
	var m memo
	item, err := w.cfg.Store.Get(ctx, key)
	if err != nil {
		return m, err
	}
	return m, wire.Unmarshal(memoLabel, item.Value, &m)
}

// recall takes up from the store, once.
func (w *Watcher) recall(ctx context.Context) error {
	if w.recalled {
		return nil
	}
	network := w.cfg.Headers.View().Network
	for from := "watch/"; ; {
		items, _, err := w.cfg.Store.Range(ctx, from, donePrefix, 64) // what was brought is asked for by name
		if err != nil {
			return err
		}
		for _, item := range items {
			from = item.Key + "\x00"
			if err := w.mind.recall(network, item); err != nil {
				return err
			}
		}
		if len(items) < 64 {
			w.mind.recalled()
			w.recalled = true
			return nil
		}
	}
}
