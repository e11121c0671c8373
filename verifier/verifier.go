// Package verifier judges evidence and signs what it has checked: votes on
// attempts, epoch headers and settlement batches.
//
// Each verifier decides alone and journals before it signs, so that even a
// crash cannot make it contradict itself, for which it would be slashed. It
// trusts its own node of the chain for headers (more than two thirds of the
// signing set must have seen the same), and nobody else: dispatchers, workers
// and gateways only carry what it checks.
package verifier

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/telemetry"
	"tacit/wire"
)

// Config says what a Verifier needs.
type Config struct {
	Key     *key.Signer
	Store   tacit.Store
	Headers tacit.Headers
	Schemes attest.Schemes
	Chain   tacit.Chain
	// Sample fetches a chunk of a blob, from elsewhere than the worker.
	Sample func(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error)
	// Beside, if set, makes what becomes durable with a vote: it is in the commit of
	// the journal, since a vote waits for no second one.
	Beside func(tacit.Vote) (tacit.Put, error)
	// Now is the clock that certificates of evidence are judged by [time.Now].
	Now func() time.Time
}

// A Verifier signs at most one thing of each kind.
type Verifier struct {
	cfg   Config
	floor *tacit.Floor
	mu    sync.Mutex // serialises journal entries
}

// New checks the configuration and starts nothing.
func New(cfg Config) (*Verifier, error) {
	if cfg.Key == nil || cfg.Store == nil || cfg.Headers == nil || cfg.Chain == nil || cfg.Sample == nil || len(cfg.Schemes) == 0 {
		return nil, fault.New(fault.Internal, "make verifier: key, store, headers, chain, sample and schemes are all required")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Verifier{cfg: cfg, floor: tacit.NewFloor(cfg.Store)}, nil
}

// Appraise votes on the evidence of a case. What is wrong with the case itself
// (a wrong draw, a foreign challenge) is an error to the dispatcher; what is
// wrong with the evidence is a reject with its code.
func (v *Verifier) Appraise(ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	var none tacit.Signed[tacit.Vote]
	view := v.cfg.Headers.View()
	header, err := v.cfg.Headers.Header(ctx, c.Acceptance.Body.Epoch)
	if err != nil {
		return none, err
	}
	newest := v.cfg.Headers.View().Header
	checked, err := c.CheckDraw(view.Network, header, newest.Number, view.Genesis.Params)
	if err != nil {
		return none, err
	}
	telemetry.About(ctx, checked.TaskID.String())
	seated := false
	for _, s := range checked.Assignment.Seats {
		seated = seated || s == v.cfg.Key.Address()
	}
	if !seated {
		return none, fault.New(fault.ConsField, "appraise: this verifier holds no seat for task %s", checked.TaskID.Short())
	}
	if err := v.floor.Raise(ctx, newest.Generation); err != nil {
		return none, err
	}
	claims, err := v.verify(ctx, c.Evidence)
	if errors.Is(err, fault.EvidUnavailable) || errors.Is(err, fault.ConsClock) {
		return none, err // never a vote
	}
	if err == nil {
		err = tacit.AppraiseNow(ctx, checked, v.cfg.Headers, header, newest, claims, v.cfg.Now())
	}
	if errors.Is(err, fault.EvidUnavailable) {
		return none, err // of the policies
	}
	scheme := "unverified" // what is not genuine names no scheme here
	if claims.Scheme != "" {
		scheme = claims.Scheme
	}
	telemetry.Count("votes_total", telemetry.Label{Name: "scheme", Value: scheme}, telemetry.Code(err))
	// gofail: var verifierLies struct{}
	// return v.lie(ctx, view.Network, checked.Subject, err)
	vote := checked.Subject.Vote(err == nil, fault.Of(err))
	// gofail: var verifierAppraised struct{}
	var beside []tacit.Put
	if v.cfg.Beside != nil {
		p, err := v.cfg.Beside(vote)
		if err != nil {
			return none, err
		}
		beside = append(beside, p)
	}
	if err := v.journal(ctx, fmt.Sprintf("vote/%s/%d/%d", vote.Task, vote.Attempt, vote.Place), vote.Hash(), beside...); err != nil {
		return none, err
	}
	// gofail: var verifierJournalled struct{}
	return tacit.Sign(view.Network, v.cfg.Key, vote), nil
}

// skew is how far this verifier's clock may be off in either direction without
// a wrong vote.
const skew = 10 * time.Minute

// verify judges evidence as every clock within skew of this one would, and
// reports CONS_CLOCK where they would differ. So two verifiers whose clocks are
// less than twice skew apart never contradict each other: one of them abstains.
func (v *Verifier) verify(ctx context.Context, e attest.Evidence) (attest.Claims, error) {
	now := v.cfg.Now()
	claims, err := v.cfg.Schemes.Verify(ctx, e, now.Add(-skew))
	if errors.Is(err, fault.EvidUnavailable) {
		return claims, err
	}
	later, lerr := v.cfg.Schemes.Verify(ctx, e, now.Add(skew))
	if errors.Is(lerr, fault.EvidUnavailable) {
		return later, lerr
	}
	if fault.Of(err) != fault.Of(lerr) {
		return attest.Claims{}, fault.New(fault.ConsClock, "appraise: whether the evidence is valid changes within %v of now", skew)
	}
	return later, lerr
}

// journal makes durable what is about to be signed under a key, with what belongs
// to it; if something else was signed under it before, it is CONS_EQUIVOCATION.
func (v *Verifier) journal(ctx context.Context, k string, what wire.Digest, beside ...tacit.Put) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	item, err := v.cfg.Store.Get(ctx, k)
	if err == nil {
		if wire.Digest(item.Value) == what {
			return nil
		}
		return fault.New(fault.ConsEquivocation, "sign %s: something else was signed for it", k)
	}
	if !errors.Is(err, fault.APINotFound) {
		return err
	}
	_, err = v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: k}}, Then: append(beside, tacit.Put{Key: k, Value: what[:]})})
	return err
}

// Header computes the header of an epoch from this verifier's own node of the
// chain and signs it. The header before it must be known, and its block final.
func (v *Verifier) Header(ctx context.Context, req tacit.HeaderRequest) (tacit.Signed[tacit.EpochHeader], error) {
	var none tacit.Signed[tacit.EpochHeader]
	if req.Number == 0 {
		return none, fault.New(fault.APIField, "sign header: header 0 is the genesis file")
	}
	view := v.cfg.Headers.View()
	previous, err := v.cfg.Headers.Header(ctx, req.Number-1)
	if err != nil {
		return none, err
	}
	state, err := v.epoch(ctx, view, previous, req.Number)
	if err != nil {
		return none, err
	}
	if err := v.journal(ctx, fmt.Sprintf("header-signed/%012d", req.Number), state.Header.Hash()); err != nil {
		return none, err
	}
	// gofail: var verifierHeaderJournalled struct{}
	return tacit.Sign(view.Network, v.cfg.Key, state.Header), nil
}

// epoch builds the state under a header from the chain.
func (v *Verifier) epoch(ctx context.Context, view tacit.View, previous tacit.EpochHeader, number uint64) (tacit.EpochState, error) {
	block := v.cfg.Chain.Start() + number*view.Genesis.Params.EpochLength
	final, err := v.cfg.Chain.Final(ctx)
	if err != nil {
		return tacit.EpochState{}, err
	}
	if block > final {
		return tacit.EpochState{}, fault.New(fault.KeyFinality, "build header %d: block %d is not final, %d is", number, block, final)
	}
	state, err := v.cfg.Chain.State(ctx, block)
	if err != nil {
		return tacit.EpochState{}, err
	}
	tickets, err := v.cfg.Chain.Tickets(ctx, number)
	if err != nil {
		return tacit.EpochState{}, err
	}
	return tacit.BuildEpoch(view.Network, view.Genesis.Params, previous, number, state, tickets)
}
