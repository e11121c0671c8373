// Package dispatcher finds workers for tasks: it accepts, draws, schedules
// within the draw and sees each task to its end.
//
// A dispatcher reads no data and holds no key to any. What it could do wrong
// (another worker, another committee, a fee above the reservation) is checked
// by verifiers, managers and the contract. It trusts nobody either: votes,
// shares, receipts and headers are verified before they are used. Every
// promise is in its journal before it is made.
package dispatcher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/telemetry"
	"tacit/vrf"
	"tacit/wire"
)

// Peers are the roles that a dispatcher asks. A role that is not connected is
// NET_UNREACHABLE.
type Peers interface {
	Manager(node wire.Address) (tacit.KeyReleaser, error)
	Verifier(node wire.Address) (tacit.Verifier, error)
	Worker(node wire.Address) (tacit.Executor, error)
	Gateway() (tacit.Gateway, error)
}

// Headers is a tacit.Headers that can also be brought up to date and shown.
type Headers interface {
	tacit.Headers
	// Sync takes what newer headers there are, Fresh only if nobody looked for
	// some time.
	Sync(ctx context.Context) error
	Fresh(ctx context.Context, age time.Duration) error
	Chain(numbers ...uint64) ([]tacit.SignedHeader, error)
}

// Config says what a Dispatcher needs; zero durations take the defaults in
// brackets.
type Config struct {
	Key     *key.Signer
	VRF     *vrf.Key
	Store   tacit.Store
	Headers Headers
	Peers   Peers
	// Fetch gets a chunk of a blob, for the age headers of artefacts.
	Fetch func(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error)
	// Patience bounds a single question to a drawn node [20s].
	Patience time.Duration
	// BatchEvery is how long settled work gathers before it is posted [1s].
	BatchEvery time.Duration
	// InHand is how many tasks may be between draw and receipt at a time at most [8];
	// it is asked at each turn. Fewer are while attestations take longer for it. One
	// more is for an account that has none in hand.
	InHand func() int
	// PerAccount and InAll bound the tasks that have not run yet [256, 4096];
	// beyond them, and beyond an account's share by money, is RES_BUSY.
	PerAccount, InAll int
	// Room, if set, refuses tasks while it returns an error.
	Room func() error
	Log  *slog.Logger
}

const leaseTime = 5 * time.Second

// inHand is the default of Config.InHand.
const inHand = 8

// A Dispatcher sees tasks to their end. The journal is in its Store; mu guards
// what is only in memory.
type Dispatcher struct {
	cfg   Config
	lease tacit.Lease

	submits sync.Mutex // one acceptance at a time: reservations are sums. Guards purses
	purses  map[wire.Address]*purse

	pace  *pace
	turns *turns
	shown shown

	mu    sync.Mutex // guards what follows
	tasks map[wire.Digest]*track
	ended []wire.Digest    // of tasks, in the order of their end: the newest stay in memory
	due   chan wire.Digest // tasks that ran and wait for settlement
}

// remembered is how many ended tasks stay in memory; older ones are read from
// the journal.
const remembered = 1024

// track is a task in memory: its events and who waits for them.
type track struct {
	user    wire.Address
	events  []tacit.Event
	changed chan struct{}
	started map[string]time.Time
	record  *record    // as journalled last, while the task is open
	ran     *tacit.Ran // once it is journalled
	failed  error      // of a task that ended without
	trace   context.Context
	place   *place // of a task that has not run yet
	opened  *opened

	drawn     bool          // can no longer be called off
	cancelled bool          // cancel is closed
	cancel    chan struct{} // closed when the user calls the task off
}

func newTrack(user wire.Address) *track {
	return &track{user: user, changed: make(chan struct{}), cancel: make(chan struct{}), started: map[string]time.Time{}}
}

// trackOf is a task as its journal tells it.
func (d *Dispatcher) trackOf(r *record) *track {
	t := newTrack(r.Submit.Task.Body.User)
	t.events, t.drawn = r.Events, r.Attempt > 0
	switch r.State {
	case stateRan, stateSettled, stateDirect:
		t.ran = r.ran()
	case stateFailed:
		t.failed = fault.New(fault.TaskFailed, "run task %s: it failed before this dispatcher started", r.id(d.network()).Short())
		if n := len(t.events); n > 0 && t.events[n-1].Code != "" {
			e := t.events[n-1]
			t.failed = &fault.Error{Code: fault.Code(e.Code), Op: e.Detail, Rule: e.Rule, Expected: e.Want, Got: e.Got}
		}
	}
	return t
}

// New checks the configuration and starts nothing.
func New(ctx context.Context, cfg Config) (*Dispatcher, error) {
	if cfg.Key == nil || cfg.VRF == nil || cfg.Store == nil || cfg.Headers == nil || cfg.Peers == nil || cfg.Fetch == nil {
		return nil, fault.New(fault.Internal, "make dispatcher: key, VRF key, store, headers, peers and fetch are all required")
	}
	if cfg.Patience == 0 {
		cfg.Patience = 20 * time.Second
	}
	if cfg.BatchEvery == 0 {
		cfg.BatchEvery = time.Second
	}
	if cfg.InHand == nil {
		cfg.InHand = func() int { return inHand }
	}
	if cfg.PerAccount == 0 {
		cfg.PerAccount = 256
	}
	if cfg.InAll == 0 {
		cfg.InAll = 4096
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	pace := &pace{most: cfg.InHand}
	d := &Dispatcher{
		cfg: cfg, purses: map[wire.Address]*purse{}, pace: pace, turns: newTurns(pace.places, cfg.PerAccount, cfg.InAll),
		tasks: map[wire.Digest]*track{}, due: make(chan wire.Digest, 1<<16),
	}
	lease, err := tacit.TakeLease(ctx, cfg.Store, "dispatcher/writer", leaseTime)
	if err != nil {
		return nil, fmt.Errorf("take the dispatcher's journal: %w", err)
	}
	d.lease = lease
	return d, d.resume(ctx)
}

// resume takes up every task that the journal says is open, each account's in
// the order in which they were accepted. Its cost grows with those, not with all
// that ever were.
func (d *Dispatcher) resume(ctx context.Context) error {
	type accepted struct {
		sequence uint64
		id       wire.Digest
		task     tacit.Task
		money    tacit.Money
	}
	var list []accepted
	err := d.eachOpen(ctx, func(id wire.Digest, r record) error {
		p, err := d.purse(ctx, r.Submit.Task.Body.User)
		if err != nil {
			return err
		}
		kept := reservation{task: id, fee: r.Acceptance.Body.Fee, deadline: r.Submit.Task.Body.Deadline, block: r.taken()}
		p.open = append(p.open, kept)
		t := d.trackOf(&r)
		d.tasks[id] = t
		switch r.State {
		case stateAccepted: // its record is read again at its turn
			list = append(list, accepted{r.Acceptance.Body.Sequence, id, r.Submit.Task.Body, r.Case.Deposit.Deposit.Amount})
		case stateRan:
			t.record = &r
			d.due <- id
		}
		return nil
	})
	slices.SortFunc(list, func(a, b accepted) int { return cmp.Compare(a.sequence, b.sequence) })
	for _, a := range list {
		d.tasks[a.id].place, _, _ = d.turns.join(a.id, a.task, a.money)
	}
	return err
}

func (d *Dispatcher) network() wire.Digest { return d.cfg.Headers.View().Network }

// Run works until ctx ends. Losing the journal's lease ends it with
// STORE_FENCED.
func (d *Dispatcher) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	telemetry.Gauge("tasks_open", func() float64 {
		d.mu.Lock()
		defer d.mu.Unlock()
		return float64(len(d.tasks) - len(d.ended))
	})
	telemetry.Gauge("tasks_in_hand", func() float64 { held, _ := d.turns.counts(); return float64(held) })
	telemetry.Gauge("tasks_in_hand_most", func() float64 { return float64(d.turns.most()) })
	telemetry.Gauge("tasks_waiting", func() float64 { _, waiting := d.turns.counts(); return float64(waiting) })
	telemetry.Gauge("tasks_unsettled", func() float64 { return float64(len(d.due)) })
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { cancel(d.keepLease(ctx)) })
	wg.Go(func() { d.settleAll(ctx) })
	for {
		p, err := d.turns.taken(ctx)
		if err != nil {
			return err
		}
		wg.Go(func() { d.see(ctx, p) })
	}
}

func (d *Dispatcher) keepLease(ctx context.Context) error {
	t := time.NewTicker(leaseTime / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = d.cfg.Store.Revoke(context.WithoutCancel(ctx), d.lease)
			return ctx.Err()
		case <-t.C:
			if _, err := d.cfg.Store.Renew(ctx, d.lease, leaseTime); err != nil {
				return fmt.Errorf("keep the dispatcher's journal: %w", err)
			}
		}
	}
}

// Submit checks a task as far as it can be checked before the draw, reserves
// its quote, journals the acceptance and only then answers.
func (d *Dispatcher) Submit(ctx context.Context, req tacit.SubmitRequest) (tacit.Signed[tacit.Acceptance], error) {
	var none tacit.Signed[tacit.Acceptance]
	caller, err := tacit.Admit(ctx, tacit.RoleClient)
	if err != nil {
		return none, err
	}
	task, err := req.Task.Check(d.network(), req.Task.Body.User)
	if err != nil {
		return none, err
	}
	if caller.Node != task.User {
		return none, fault.Denied(fault.KeySignature, "submit task", "user", task.User.String(), caller.Node.String())
	}
	if task.Dispatcher != d.cfg.Key.Address() {
		return none, fault.Denied(fault.APIField, "submit task", "dispatcher", d.cfg.Key.Address().String(), task.Dispatcher.String())
	}
	if err := task.Check(); err != nil {
		return none, err
	}
	if err := checkInline(req); err != nil {
		return none, err
	}
	id := task.ID(d.network())
	if r, err := d.load(ctx, id); err == nil {
		return r.Acceptance, nil // N86: the same task again
	} else if !errors.Is(err, fault.APINotFound) {
		return none, err
	}
	was := d.cfg.Headers.View().Header.Number
	accepted, err := d.accept(ctx, req, task, id)
	if !underHeader(err) {
		return accepted, err
	}
	// The user may have seen his deposit, a price or an entry under a header that
	// is newer than what was fresh enough here. Whoever fetches it, this call or
	// what follows headers, it then is the view's.
	if err := d.cfg.Headers.Sync(ctx); err != nil {
		d.cfg.Log.Info("headers not synced", "err", err)
	}
	if d.cfg.Headers.View().Header.Number > was {
		return d.accept(ctx, req, task, id)
	}
	return accepted, err
}

// underHeader reports whether a newer header could make an error go away.
func underHeader(err error) bool {
	return slices.ContainsFunc([]fault.Code{fault.PayDeposit, fault.PayFee, fault.KeyGeneration, fault.KeyFinality, fault.APINotFound, fault.ChainProof},
		func(c fault.Code) bool { return errors.Is(err, c) })
}

// freshEnough is how old the newest header's being the newest may be when a task
// is accepted under it.
const freshEnough = time.Second

// checkInline refuses inline data that the task does not name.
func checkInline(req tacit.SubmitRequest) error {
	total := 0
	for _, in := range req.Inline {
		total += len(in.Data)
		named := false
		for _, s := range append(append([]tacit.Sealed{}, req.Own...), req.Params...) {
			named = named || s == in.Sealed
		}
		if !named || wire.MerkleRoot(tacit.ChunkLeaves(in.Data)) != in.Sealed.Root {
			return fault.New(fault.ConsField, "submit task: inline data that the task does not name")
		}
	}
	if total > tacit.InlineMost {
		return fault.New(fault.APISize, "submit task: %d bytes inline, at most %d", total, tacit.InlineMost)
	}
	return nil
}

func (d *Dispatcher) accept(ctx context.Context, req tacit.SubmitRequest, task tacit.Task, id wire.Digest) (tacit.Signed[tacit.Acceptance], error) {
	var none tacit.Signed[tacit.Acceptance]
	if err := d.cfg.Headers.Fresh(ctx, freshEnough); err != nil {
		d.cfg.Log.Info("headers not synced", "err", err)
	}
	view := d.cfg.Headers.View()
	if view.Header.Number == 0 {
		return none, fault.New(fault.KeyFinality, "accept task: the network has no signed header yet")
	}
	c, err := d.gather(ctx, req, task, view.Header.Number)
	if err != nil {
		return none, err
	}
	var datasets []tacit.Entry
	for _, e := range c.Datasets {
		datasets = append(datasets, e.Entry)
	}
	fee := tacit.Quote(view.Genesis.Params, task, c.Service.Entry, datasets).Total()
	if fee > task.MaxFee {
		return none, fault.Denied(fault.PayFee, "accept task", "fee", "a maximum of at least "+strconv.FormatUint(fee, 10)+" gwei", strconv.FormatUint(task.MaxFee, 10))
	}
	if task.Deadline > mostDeadline {
		return none, fault.Denied(fault.APIField, "accept task", "deadline", "at most block "+strconv.FormatUint(mostDeadline, 10), strconv.FormatUint(task.Deadline, 10))
	}
	return d.reserve(ctx, view, tacit.Acceptance{Task: id, User: task.User, Fee: fee, Epoch: view.Header.Number}, record{Submit: req, Case: c, State: stateAccepted})
}

// reserve gives an acceptance the user's next sequence number and the sum of
// what he has promised, and journals it. It takes one task at a time.
func (d *Dispatcher) reserve(ctx context.Context, view tacit.View, a tacit.Acceptance, r record) (tacit.Signed[tacit.Acceptance], error) {
	var none tacit.Signed[tacit.Acceptance]
	task := r.Submit.Task.Body
	d.submits.Lock()
	defer d.submits.Unlock()
	if was, err := d.load(ctx, a.Task); err == nil {
		return was.Acceptance, nil // N86: the same task at the same time
	} else if !errors.Is(err, fault.APINotFound) {
		return none, err
	}
	deposit := r.Case.Deposit.Deposit.Amount
	if d.cfg.Room != nil {
		if err := d.cfg.Room(); err != nil {
			return none, err
		}
	}
	if err := d.turns.room(task.User, deposit); err != nil {
		return none, err
	}
	nonceKey := fmt.Sprintf("nonce/%s/%d", task.User, task.Nonce)
	if _, err := d.cfg.Store.Get(ctx, nonceKey); !errors.Is(err, fault.APINotFound) {
		return none, errors.Join(fault.New(fault.APIConflict, "submit task: nonce %d was used for another task", task.Nonce), err)
	}
	p, err := d.purse(ctx, task.User)
	if err != nil {
		return none, err
	}
	sum, gone := d.reserved(p, view.Header.Block)
	a.Sequence, a.Reserved = p.sequence+1, sum+a.Fee
	r.Case.Acceptance = tacit.Sign(view.Network, d.cfg.Key, a)
	r.Acceptance = r.Case.Acceptance
	if _, err := r.Case.CheckTask(view.Network, view.Header, view.Genesis.Params); err != nil {
		return none, err
	}
	used, err := wire.Marshal(sequenceLabel, sequence{a.Sequence})
	if err != nil {
		return none, err
	}
	// gofail: var dispatcherBeforeAccept struct{}
	if err := d.save(ctx, a.Task, &r, append(gone, tacit.Put{Key: nonceKey, Value: a.Task[:]},
		tacit.Put{Key: sequenceKey(task.User), Value: used}, tacit.Put{Key: openKey(a.Task), Value: []byte{1}})...); err != nil {
		return none, err
	}
	// gofail: var dispatcherAccepted struct{}
	p.sequence = a.Sequence
	p.open = append(p.open, reservation{task: a.Task, fee: a.Fee, deadline: task.Deadline})
	t := newTrack(task.User)
	t.trace = ctx
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tasks[a.Task] = t
	place, before, others := d.turns.join(a.Task, task, deposit)
	t.place = place
	select {
	case <-place.turn:
		t.record = &r
	default: // read again at its turn: what waits here takes little memory
		t.events = append(t.events, t.next(a.Task, "Draw", "waiting", fmt.Sprintf("for its turn: %d tasks of this account before it, %d other accounts take turns", before, others), nil))
	}
	return r.Acceptance, nil
}

// gather shows the task's entries and deposit under the header of an epoch.
func (d *Dispatcher) gather(ctx context.Context, req tacit.SubmitRequest, task tacit.Task, epoch uint64) (tacit.Case, error) {
	g, err := d.cfg.Peers.Gateway()
	if err != nil {
		return tacit.Case{}, err
	}
	c := tacit.Case{Task: req.Task, Own: req.Own, Params: req.Params, Steps: req.Steps}
	// First what costs a stranger money.
	if c.Deposit, err = d.deposit(ctx, g, epoch, task.User); err != nil {
		return c, err
	}
	if c.Service, err = d.entry(ctx, g, epoch, task.Service); err != nil {
		return c, err
	}
	for _, in := range task.Inputs {
		if in.Kind != tacit.InputEntry {
			continue
		}
		e, err := d.entry(ctx, g, epoch, in.Ref)
		if err != nil {
			return c, err
		}
		c.Datasets = append(c.Datasets, e)
	}
	return c, nil
}

// watchFor is how long a caller is kept waiting before it must ask again: no
// connection waits for ever.
const watchFor = 20 * time.Second

// Events waits for events of a task of the caller.
func (d *Dispatcher) Events(ctx context.Context, req tacit.EventsRequest) (tacit.EventsReply, error) {
	for {
		t, err := d.find(ctx, req.Task)
		if err != nil {
			return tacit.EventsReply{}, err
		}
		d.mu.Lock()
		changed := t.changed
		if req.After < uint64(len(t.events)) {
			reply := tacit.EventsReply{Events: append([]tacit.Event{}, t.events[req.After:]...)}
			d.mu.Unlock()
			return reply, nil
		}
		// After a crash there can be fewer events than the caller saw before:
		// the last is his all the same.
		if n := len(t.events); n > 0 && t.events[n-1].Final {
			reply := tacit.EventsReply{Events: []tacit.Event{t.events[n-1]}}
			d.mu.Unlock()
			return reply, nil
		}
		d.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(watchFor):
			return tacit.EventsReply{}, nil
		case <-ctx.Done():
			return tacit.EventsReply{}, ctx.Err()
		}
	}
}

// find returns a task of the caller, from the journal if it is no longer in
// memory. Others' tasks are not there for him: who computes what with whom is
// not for others to watch.
func (d *Dispatcher) find(ctx context.Context, id wire.Digest) (*track, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	t := d.tasks[id]
	d.mu.Unlock()
	if t == nil {
		// A read at hand, which a caller in a hurry need not give up.
		r, err := d.load(context.WithoutCancel(ctx), id)
		if errors.Is(err, fault.APINotFound) {
			return nil, fault.New(fault.APINotFound, "find task %s: no such task of this user here", id.Short())
		}
		if err != nil {
			return nil, err
		}
		t = d.trackOf(&r)
	}
	if caller.Node != t.user {
		return nil, fault.New(fault.APINotFound, "find task %s: no such task of this user here", id.Short())
	}
	return t, nil
}

// Result waits until a task of the caller has run and returns what opens its
// result. The votes that would settle it come with the proof.
func (d *Dispatcher) Result(ctx context.Context, req tacit.TaskRequest) (tacit.Ran, error) {
	var ran tacit.Ran
	err := d.await(ctx, req.Task, "open result", func(t *track) (bool, error) {
		if t.ran != nil {
			ran = *t.ran
		}
		return t.ran != nil, nil
	})
	return ran, err
}

// await looks at a task of the caller, under mu, whenever it changes, until there is what it
// looks for, or why there will be none. One that failed answers with why, one that takes longer
// than watchFor with KEY_FINALITY.
func (d *Dispatcher) await(ctx context.Context, id wire.Digest, op string, there func(*track) (bool, error)) error {
	over := time.NewTimer(watchFor)
	defer over.Stop()
	for {
		t, err := d.find(ctx, id)
		if err != nil {
			return err
		}
		d.mu.Lock()
		changed, failed := t.changed, t.failed
		found, err := there(t)
		d.mu.Unlock()
		switch {
		case found || err != nil:
			return err
		case failed != nil:
			return failed
		}
		select {
		case <-changed:
		case <-over.C:
			return fault.New(fault.KeyFinality, "%s of task %s: it has not run yet", op, id.Short())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Proof returns what there is of the proof of a task of the caller.
func (d *Dispatcher) Proof(ctx context.Context, req tacit.TaskRequest) (tacit.Proof, error) {
	if _, err := d.find(ctx, req.Task); err != nil {
		return tacit.Proof{}, err
	}
	r, err := d.load(ctx, req.Task)
	if err != nil {
		return tacit.Proof{}, err
	}
	// Until the deadline the way to settle is the batch; then anybody may take
	// the papers to the contract himself.
	late := d.cfg.Headers.View().Header.Block > r.Submit.Task.Body.Deadline
	if r.State != stateSettled && (r.State != stateRan && r.State != stateDirect || !late) {
		return tacit.Proof{}, fault.New(fault.KeyFinality, "show proof of task %s: it is not settled yet", req.Task.Short())
	}
	if err := d.audit(ctx, &r); err != nil {
		return tacit.Proof{}, err
	}
	p := tacit.Proof{Case: r.Case, Certificate: r.Certificate, Audit: r.Audit, Leaf: r.Ran.Leaf, Output: r.Ran.Output, Released: r.Released}
	numbers := []uint64{r.Acceptance.Body.Epoch}
	if r.State == stateSettled {
		p.Settled = []tacit.Settled{r.Settled[0].Settled}
		numbers = append(numbers, p.Settled[0].Batch.Epoch)
	}
	p.Headers, err = d.cfg.Headers.Chain(numbers...)
	return p, err
}

// event appends an event to a task and wakes its watchers.
func (d *Dispatcher) event(id wire.Digest, stage, state, detail string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tasks[id]; t != nil {
		t.events = append(t.events, t.next(id, stage, state, detail, err))
		t.wake()
	}
}

// next is the event that follows; it is called with mu held.
func (t *track) next(id wire.Digest, stage, state, detail string, err error) tacit.Event {
	now := time.Now()
	e := tacit.Event{Task: id, Index: uint64(len(t.events)) + 1, Stage: stage, State: state, Detail: detail, Time: now.UnixMilli()}
	if state == "started" {
		t.started[stage] = now
	} else if s, ok := t.started[stage]; ok {
		e.Millis = now.Sub(s).Milliseconds()
	}
	if state == "done" || state == "failed" {
		at := telemetry.Label{Name: "stage", Value: stage}
		telemetry.Count("task_stages_total", at, telemetry.Code(err))
		if s, ok := t.started[stage]; ok {
			telemetry.Observe("task_stage_seconds", now.Sub(s), at)
		}
	}
	if err != nil {
		e.Code, e.Detail = string(codeOf(err)), err.Error()
		var f *fault.Error
		if errors.As(err, &f) {
			e.Detail, e.Rule, e.Want, e.Got = f.Op, f.Rule, f.Expected, f.Got
		}
	}
	return e
}

// wake lets whoever waits for the task look again; it is called with mu held.
func (t *track) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// ran lets the task's user have its result; it is journalled already.
func (d *Dispatcher) ran(id wire.Digest, r *record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tasks[id]; t != nil {
		t.ran = r.ran()
		t.wake()
	}
}

// codeOf is the code of a failure; that nobody answered in time has none of its
// own.
func codeOf(err error) fault.Code {
	code := fault.Of(err)
	if code == fault.Internal && errors.Is(err, context.DeadlineExceeded) {
		return fault.TaskTimeout
	}
	return code
}

func (d *Dispatcher) eventsOf(id wire.Digest) []tacit.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tasks[id]; t != nil {
		return append([]tacit.Event{}, t.events...)
	}
	return nil
}
