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
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
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
	// Sync takes what newer headers there are.
	Sync(ctx context.Context) error
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
	Log        *slog.Logger
}

const leaseTime = 5 * time.Second

// A Dispatcher sees tasks to their end. The journal is in its Store; mu guards
// what is only in memory.
type Dispatcher struct {
	cfg   Config
	lease tacit.Lease

	submits sync.Mutex // one acceptance at a time: reservations are sums

	mu    sync.Mutex // guards what follows
	tasks map[wire.Digest]*track
	work  chan wire.Digest
	due   chan wire.Digest // tasks that ran and wait for settlement
}

// track is a task in memory: its events and who waits for them.
type track struct {
	user    wire.Address
	events  []tacit.Event
	changed chan struct{}
	started map[string]time.Time
	ran     *tacit.Ran // once it is journalled
	failed  error      // of a task that ended without
}

func newTrack(user wire.Address) *track {
	return &track{user: user, changed: make(chan struct{}), started: map[string]time.Time{}}
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
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	d := &Dispatcher{cfg: cfg, tasks: map[wire.Digest]*track{}, work: make(chan wire.Digest, 1<<16), due: make(chan wire.Digest, 1<<16)}
	lease, err := tacit.TakeLease(ctx, cfg.Store, "dispatcher/writer", leaseTime)
	if err != nil {
		return nil, fmt.Errorf("take the dispatcher's journal: %w", err)
	}
	d.lease = lease
	return d, d.resume(ctx)
}

// resume takes up every task that the journal says is open.
func (d *Dispatcher) resume(ctx context.Context) error {
	return d.eachTask(ctx, func(r record) error {
		id := r.id(d.network())
		t := newTrack(r.Submit.Task.Body.User)
		t.events = r.Events
		d.tasks[id] = t
		switch r.State {
		case stateAccepted:
			d.work <- id
		case stateRan:
			d.due <- id
			t.ran = r.ran()
		case stateSettled:
			t.ran = r.ran()
		case stateFailed:
			t.failed = fault.New(fault.TaskFailed, "run task %s: it failed before this dispatcher started", id.Short())
			if n := len(t.events); n > 0 && t.events[n-1].Code != "" {
				e := t.events[n-1]
				t.failed = &fault.Error{Code: fault.Code(e.Code), Op: e.Detail, Rule: e.Rule, Expected: e.Want, Got: e.Got}
			}
		}
		d.retell(id, r)
		return nil
	})
}

func (d *Dispatcher) network() wire.Digest { return d.cfg.Headers.View().Network }

// Run works until ctx ends. Losing the journal's lease ends it with
// STORE_FENCED.
func (d *Dispatcher) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { cancel(d.keepLease(ctx)) })
	wg.Go(func() { d.settleAll(ctx) })
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case id := <-d.work:
			wg.Go(func() { d.see(ctx, id) })
		}
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
	d.submits.Lock()
	defer d.submits.Unlock()
	id := task.ID(d.network())
	if r, err := d.load(ctx, id); err == nil {
		return r.Acceptance, nil // N86: the same task again
	} else if !errors.Is(err, fault.APINotFound) {
		return none, err
	}
	nonceKey := fmt.Sprintf("nonce/%s/%d", task.User, task.Nonce)
	if _, err := d.cfg.Store.Get(ctx, nonceKey); !errors.Is(err, fault.APINotFound) {
		return none, errors.Join(fault.New(fault.APIConflict, "submit task: nonce %d was used for another task", task.Nonce), err)
	}
	return d.accept(ctx, req, task, id, nonceKey)
}

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

func (d *Dispatcher) accept(ctx context.Context, req tacit.SubmitRequest, task tacit.Task, id wire.Digest, nonceKey string) (tacit.Signed[tacit.Acceptance], error) {
	var none tacit.Signed[tacit.Acceptance]
	// The user has seen the deposit and the entries under the newest header.
	if err := d.cfg.Headers.Sync(ctx); err != nil {
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
	reserved, sequence, err := d.reserved(ctx, task.User, view.Header.Block)
	if err != nil {
		return none, err
	}
	a := tacit.Acceptance{Task: id, User: task.User, Sequence: sequence + 1, Fee: fee, Reserved: reserved + fee, Epoch: view.Header.Number}
	c.Acceptance = tacit.Sign(view.Network, d.cfg.Key, a)
	if _, err := c.CheckTask(view.Network, view.Header, view.Genesis.Params); err != nil {
		return none, err
	}
	r := record{Submit: req, Acceptance: c.Acceptance, Case: c, State: stateAccepted}
	// gofail: var dispatcherBeforeAccept struct{}
	if err := d.save(ctx, id, &r, tacit.Put{Key: nonceKey, Value: id[:]}); err != nil {
		return none, err
	}
	// gofail: var dispatcherAccepted struct{}
	d.mu.Lock()
	d.tasks[id] = newTrack(task.User)
	d.mu.Unlock()
	d.work <- id
	return c.Acceptance, nil
}

// reserved is the sum of a user's reservations that the deposits' root of a
// header at this block does not reflect yet, and the last sequence number.
func (d *Dispatcher) reserved(ctx context.Context, user wire.Address, block uint64) (tacit.Money, uint64, error) {
	var sum tacit.Money
	var sequence uint64
	err := d.eachTask(ctx, func(r record) error {
		a := r.Acceptance.Body
		if a.User != user {
			return nil
		}
		sequence = max(sequence, a.Sequence)
		settled := r.State == stateSettled && r.Settled[0].Block <= block
		if !settled && r.State != stateFailed && !d.lapsed(r, block) {
			sum += a.Fee
		}
		return nil
	})
	return sum, sequence, err
}

// mostDeadline keeps sums with a deadline, here and in the contracts, from
// wrapping around: a deadline that does would void its own reservation.
const mostDeadline = 1 << 62

// lapsed reports whether a task can no longer be settled at a block.
func (d *Dispatcher) lapsed(r record, block uint64) bool {
	return block > r.Submit.Task.Body.Deadline+d.cfg.Headers.View().Genesis.Params.SettleWindow
}

// gather shows the task's entries and deposit under the header of an epoch.
func (d *Dispatcher) gather(ctx context.Context, req tacit.SubmitRequest, task tacit.Task, epoch uint64) (tacit.Case, error) {
	g, err := d.cfg.Peers.Gateway()
	if err != nil {
		return tacit.Case{}, err
	}
	c := tacit.Case{Task: req.Task, Own: req.Own, Params: req.Params}
	// First what costs a stranger money.
	deposit, err := g.Deposit(ctx, tacit.ProofRequest{Epoch: epoch, Key: task.User})
	if err != nil {
		return c, err
	}
	c.Deposit = deposit.Deposit
	service, err := g.Entry(ctx, tacit.ProofRequest{Epoch: epoch, ID: task.Service})
	if err != nil {
		return c, err
	}
	c.Service = service.Entry
	for _, in := range task.Inputs {
		if in.Kind != tacit.InputEntry {
			continue
		}
		e, err := g.Entry(ctx, tacit.ProofRequest{Epoch: epoch, ID: in.Ref})
		if err != nil {
			return c, err
		}
		c.Datasets = append(c.Datasets, e.Entry)
	}
	return c, nil
}

// watchFor is how long a caller is kept waiting before it must ask again: no
// connection waits for ever.
const watchFor = 20 * time.Second

// Events waits for events of a task of the caller.
func (d *Dispatcher) Events(ctx context.Context, req tacit.EventsRequest) (tacit.EventsReply, error) {
	for {
		d.mu.Lock()
		t, ok := d.tasks[req.Task]
		d.mu.Unlock()
		if !ok {
			return tacit.EventsReply{}, fault.New(fault.APINotFound, "watch task %s: no such task here", req.Task.Short())
		}
		if err := own(ctx, t); err != nil {
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

// own refuses callers who are not the task's user: who computes what with whom
// is not for others to watch.
func own(ctx context.Context, t *track) error {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return err
	}
	if caller.Node != t.user {
		return fault.New(fault.APINotFound, "find task: no such task of this user")
	}
	return nil
}

// Result waits until a task of the caller has run and returns what opens its
// result. The votes that would settle it come with the proof.
func (d *Dispatcher) Result(ctx context.Context, req tacit.TaskRequest) (tacit.Ran, error) {
	over := time.NewTimer(watchFor)
	defer over.Stop()
	for {
		d.mu.Lock()
		t, ok := d.tasks[req.Task]
		d.mu.Unlock()
		if !ok {
			return tacit.Ran{}, fault.New(fault.APINotFound, "open result of task %s: no such task here", req.Task.Short())
		}
		if err := own(ctx, t); err != nil {
			return tacit.Ran{}, err
		}
		d.mu.Lock()
		changed, ran, failed := t.changed, t.ran, t.failed
		d.mu.Unlock()
		switch {
		case ran != nil:
			return *ran, nil
		case failed != nil:
			return tacit.Ran{}, failed
		}
		select {
		case <-changed:
		case <-over.C:
			return tacit.Ran{}, fault.New(fault.KeyFinality, "open result of task %s: it has not run yet", req.Task.Short())
		case <-ctx.Done():
			return tacit.Ran{}, ctx.Err()
		}
	}
}

// Proof returns what there is of the proof of a task of the caller.
func (d *Dispatcher) Proof(ctx context.Context, req tacit.TaskRequest) (tacit.Proof, error) {
	d.mu.Lock()
	t, ok := d.tasks[req.Task]
	d.mu.Unlock()
	if !ok {
		return tacit.Proof{}, fault.New(fault.APINotFound, "show task %s: no such task here", req.Task.Short())
	}
	if err := own(ctx, t); err != nil {
		return tacit.Proof{}, err
	}
	r, err := d.load(ctx, req.Task)
	if err != nil {
		return tacit.Proof{}, err
	}
	// Until the deadline the way to settle is the batch; then anybody may take
	// the papers to the contract himself.
	late := d.cfg.Headers.View().Header.Block > r.Submit.Task.Body.Deadline
	if r.State != stateSettled && (r.State != stateRan || !late) {
		return tacit.Proof{}, fault.New(fault.KeyFinality, "show proof of task %s: it is not settled yet", req.Task.Short())
	}
	if err := d.audit(ctx, &r); err != nil {
		return tacit.Proof{}, err
	}
	p := tacit.Proof{Case: r.Case, Certificate: r.Certificate, Audit: r.Audit, Leaf: r.Ran.Leaf, Output: r.Ran.Output}
	numbers := []uint64{r.Acceptance.Body.Epoch}
	if r.State == stateSettled {
		p.Settled = []tacit.Settled{r.Settled[0].Settled}
		numbers = append(numbers, p.Settled[0].Batch.Epoch)
	}
	p.Headers, err = d.cfg.Headers.Chain(numbers...)
	return p, err
}

// event appends an event to a task and wakes its watchers.
func (d *Dispatcher) event(id wire.Digest, stage, state, detail string, err error, final bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tasks[id]
	if t == nil {
		return
	}
	now := time.Now()
	e := tacit.Event{Task: id, Index: uint64(len(t.events)) + 1, Stage: stage, State: state, Detail: detail, Final: final, Time: now.UnixMilli()}
	if state == "started" {
		t.started[stage] = now
	} else if s, ok := t.started[stage]; ok {
		e.Millis = now.Sub(s).Milliseconds()
	}
	if err != nil {
		e.Code, e.Detail = string(codeOf(err)), err.Error()
		var f *fault.Error
		if errors.As(err, &f) {
			e.Detail, e.Rule, e.Want, e.Got = f.Op, f.Rule, f.Expected, f.Got
		}
	}
	t.events = append(t.events, e)
	if final && err != nil && t.ran == nil {
		t.failed = err
	}
	t.wake()
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
