package watch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/telemetry"
	"tacit/wire"
)

// A Docket shows what is demanded of a node, and takes its answers.
type Docket interface {
	// Final is the newest block that counts, Head the newest of all.
	Final(ctx context.Context) (uint64, error)
	Head(ctx context.Context) (uint64, error)
	// Demanded are the demands against a node from one block to another, also those
	// that have ended.
	Demanded(ctx context.Context, node wire.Address, from, to uint64) ([]tacit.Demand, error)
	// AnswerVote and Answer bring an answer. VRF_WITHHELD means that it is too late;
	// a demand that has ended is no failure.
	AnswerVote(ctx context.Context, v tacit.Signed[tacit.Vote]) error
	Answer(ctx context.Context, a tacit.Signed[tacit.Answer]) error
}

// AnswererConfig says what an Answerer needs.
type AnswererConfig struct {
	Key     *key.Signer // the node's
	Store   tacit.Store // under answer/
	Headers tacit.Headers
	Docket  Docket
	Every   time.Duration // between looks at the chain [5s]; well below half of Params.SettleWindow
	Log     *slog.Logger
}

// An Answerer answers what is demanded of its node on the chain: with the vote that
// it cast or the result that it left, as soon as there is one, and else, when half
// of the time for it is over, with its signed word that it cannot, which is never
// punished. So a node loses its stake for silence only if it is away.
type Answerer struct {
	cfg AnswererConfig

	next uint64                       // block from which on the chain was not looked at; 0 = as far back as a demand can be open
	open map[wire.Digest]tacit.Demand // by assignment
}

// said is what a node said about an assignment.
type said struct {
	Votes []tacit.Vote `cbor:"1,keyasint"` // one, or none
	Leaf  wire.Digest  `cbor:"2,keyasint"` // or zero
}

const (
	saidPrefix = "answer/"
	saidLabel  = "tacit/watch/said"
)

// NewAnswerer checks the configuration and starts nothing.
func NewAnswerer(cfg AnswererConfig) (*Answerer, error) {
	if cfg.Key == nil || cfg.Store == nil || cfg.Headers == nil || cfg.Docket == nil {
		return nil, fault.New(fault.Internal, "make answerer: key, store, headers and docket are all required")
	}
	if cfg.Every == 0 {
		cfg.Every = 5 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Answerer{cfg: cfg, open: map[wire.Digest]tacit.Demand{}}, nil
}

// Voted is the note of a vote of this node, for the commit with which the vote
// itself becomes durable.
func (a *Answerer) Voted(v tacit.Vote) (tacit.Put, error) {
	return note(v.Assignment, said{Votes: []tacit.Vote{v}})
}

// Left notes what this node's enclave left, durably.
func (a *Answerer) Left(ctx context.Context, l tacit.Leaf) error {
	p, err := note(l.Assignment, said{Leaf: l.Hash()})
	if err == nil {
		_, err = a.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{p}})
	}
	return err
}

func note(assignment wire.Digest, s said) (tacit.Put, error) {
	v, err := wire.Marshal(saidLabel, s)
	return tacit.Put{Key: saidPrefix + assignment.String(), Value: v}, err
}

// Run answers until ctx ends.
func (a *Answerer) Run(ctx context.Context) error {
	t := time.NewTicker(a.cfg.Every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
		if err := a.Step(ctx); err != nil && ctx.Err() == nil {
			a.cfg.Log.Warn("not all demands were answered", "err", err)
		}
	}
}

// Step looks once at the chain and answers what it can.
func (a *Answerer) Step(ctx context.Context) error {
	final, err := a.cfg.Docket.Final(ctx)
	if err != nil {
		return err
	}
	head, err := a.cfg.Docket.Head(ctx)
	if err != nil {
		return err
	}
	view := a.cfg.Headers.View()
	params := view.Genesis.Params
	from := a.next
	if reach := params.WithdrawDelay + params.SettleWindow; from == 0 && head > reach {
		from = head - reach
	}
	// Blocks that are not final are looked at too, since time runs, and again later.
	list, err := a.cfg.Docket.Demanded(ctx, a.cfg.Key.Address(), from, head)
	if err != nil {
		return err
	}
	for _, d := range list {
		a.open[d.Assignment] = d
	}
	a.next = final + 1
	var errs error
	for hash, d := range a.open {
		said, err := a.answer(ctx, view.Network, d, head+params.SettleWindow/2 >= d.Due)
		switch {
		case later(err):
			errs = errors.Join(errs, err)
			continue
		case err == nil && !said:
			continue
		case err != nil:
			a.cfg.Log.Warn("a demand is not answered", "assignment", hash.Short(), "due", d.Due, "err", err)
		}
		telemetry.Count("answers_total", telemetry.Code(err))
		delete(a.open, hash)
	}
	return errs
}

// answer brings an answer and reports whether there was one; last says that there is
// no time to wait for more.
func (a *Answerer) answer(ctx context.Context, network wire.Digest, d tacit.Demand, last bool) (bool, error) {
	var s said
	item, err := a.cfg.Store.Get(ctx, saidPrefix+d.Assignment.String())
	if err == nil {
		err = wire.Unmarshal(saidLabel, item.Value, &s)
	}
	if err != nil && !errors.Is(err, fault.APINotFound) {
		return false, err
	}
	if len(s.Votes) > 0 {
		return true, a.cfg.Docket.AnswerVote(ctx, tacit.Sign(network, a.cfg.Key, s.Votes[0]))
	}
	out := tacit.Answer{Assignment: d.Assignment, Node: a.cfg.Key.Address(), Leaf: s.Leaf}
	if s.Leaf == (wire.Digest{}) {
		if !last {
			return false, nil
		}
		out.Code = wire.Keccak([]byte(fault.TaskFailed))
	}
	return true, a.cfg.Docket.Answer(ctx, tacit.Sign(network, a.cfg.Key, out))
}
