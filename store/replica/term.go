package replica

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

// A Term is a member's time as leader, and the group's store during it. Once it has
// ended every call is STORE_NOT_LEADER; a write that was under way then may be
// STORE_UNKNOWN: done or not.
type Term struct {
	*store.Writer
	of      *Replica
	number  uint64
	machine *store.Machine // the run loop's own
	feed    *store.Feed
	reads   *reads

	proposing sync.Mutex // held from judging a batch until it is applied: one at a time

	ctx    context.Context // ends with the term
	cancel context.CancelCauseFunc
}

var _ tacit.Store = (*Term)(nil)

// Lead waits until this member leads and is admitted, and returns its term.
func (r *Replica) Lead(ctx context.Context) (*Term, error) {
	for {
		r.mu.Lock()
		t, turned := r.serving, r.turned
		r.mu.Unlock()
		if t != nil {
			return t, nil
		}
		if err := r.broken(); err != nil {
			return nil, err
		}
		select {
		case <-turned:
		case <-r.ctx.Done():
			return nil, r.closedErr("lead")
		case <-ctx.Done():
			return nil, fmt.Errorf("lead: %w", context.Cause(ctx))
		}
	}
}

func (r *Replica) closedErr(op string) error {
	if err := r.broken(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return fault.New(fault.StoreClosed, "%s: the store is closed", op)
}

// Ended is closed when the term is over.
func (t *Term) Ended() <-chan struct{} { return t.ctx.Done() }

// Head returns the newest revision and the digest of the chain of log entries up to
// it.
func (t *Term) Head() (revision int64, digest wire.Digest) {
	l, _ := t.of.machine.newest()
	return l.revision, l.digest
}

// turns makes this member serve whenever raft says that it leads.
func (r *Replica) turns(ctx context.Context) {
	for {
		select {
		case leads := <-r.raft.LeaderCh():
			if !leads {
				r.over(nil)
				continue
			}
			r.running.Go(func() { r.lead(ctx) })
		case <-ctx.Done():
			r.over(nil)
			return
		}
	}
}

// over ends the term that is served.
func (r *Replica) over(only *Term) {
	r.mu.Lock()
	t := r.serving
	if t == nil || only != nil && t != only {
		r.mu.Unlock()
		return
	}
	r.serving = nil
	close(r.turned)
	r.turned = make(chan struct{})
	r.mu.Unlock()
	t.end(nil)
}

// end tells everybody who uses the term that it is over.
func (t *Term) end(cause error) {
	t.cancel(cause)
	t.Stop()
	t.feed.Stop()
}

// lead serves one term: it applies what is committed, has itself admitted, and takes
// work until it loses the lead.
func (r *Replica) lead(ctx context.Context) {
	number := r.raft.CurrentTerm()
	if err := r.raft.Barrier(0).Error(); err != nil {
		return
	}
	still := func() bool {
		return r.raft.State() == raft.Leader && r.raft.CurrentTerm() == number && ctx.Err() == nil
	}
	t := &Term{of: r, number: number}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	defer t.cancel(nil)
	t.Writer = store.NewWriter(func(op string) error { return t.gone(op) })
	if err := t.found(); err != nil {
		r.cfg.Log.Error("not serving", "err", err)
		return
	}
	for r.cfg.Admit != nil && still() {
		err := r.cfg.Admit(t.ctx, r.Anchored())
		if err == nil {
			break
		}
		r.say("admission: " + string(fault.Of(err)))
		r.cfg.Log.Error("closed: not admitted", "err", err)
		select {
		case <-time.After(2 * time.Second):
		case <-t.ctx.Done():
		}
	}
	if !still() {
		return
	}
	r.say("")
	if err := t.takeUp(); err != nil {
		r.fail(err)
		return
	}
	r.mu.Lock()
	if !still() {
		r.mu.Unlock()
		return
	}
	r.serving = t
	close(r.turned)
	r.turned = make(chan struct{})
	r.mu.Unlock()
	defer r.over(t)
	r.cfg.Log.Info("leads", "term", number, "revision", t.machine.Head.Revision)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer t.end(nil)
	wg.Go(func() { t.reads.run(t.ctx) })
	wg.Go(func() { r.reconcile(t) })
	wg.Go(func() { r.keepAnchored(t) })
	t.run()
}

// gone is why nothing is taken any more.
func (t *Term) gone(op string) error {
	if err := t.of.broken(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return fault.New(fault.StoreNotLeader, "%s: this member's term %d is over", op, t.number)
}

// found makes the group's keys, once.
func (t *Term) found() error {
	m := t.of.machine
	m.mu.RLock()
	founded := m.keys != nil
	m.mu.RUnlock()
	if founded {
		return nil
	}
	signed := t.of.signed()
	w, err := newSecrets().wrap(signed.Body)
	if err != nil {
		return err
	}
	return t.propose(entry{Membership: &signed, Wrapped: &w})
}

// takeUp makes the machine of the term from what is applied.
func (t *Term) takeUp() error {
	m := t.of.machine
	m.mu.RLock()
	defer m.mu.RUnlock()
	t.feed = store.NewFeed(m.head.Revision)
	t.reads = newReads(t)
	t.machine = &store.Machine{Sealer: m.keys, Head: m.head}
	tree := m.tree // read-locked, and no entry is applied but by this term from now on
	t.machine.Entry = func(place string) (store.Entry, bool) {
		n, ok := tree.Get(node{place: place})
		return n.entry, ok
	}
	defer func() { t.machine.Entry = m.entryAt }()
	kind := func(kind byte, all bool) func(func(string, []byte) error) error {
		return func(yield func(string, []byte) error) (err error) {
			tree.AscendRange(node{place: string(rune(kind))}, node{place: string(rune(kind + 1))}, func(n node) bool {
				if all || n.entry.Lease != 0 {
					err = yield(n.place, n.rec)
				}
				return err == nil
			})
			return err
		}
	}
	err := t.machine.LoadLeases(time.Now(), t.of.cfg.Ended, kind(store.KindLease, true), kind(store.KindItem, false))
	if err != nil {
		return fault.New(fault.StoreCorrupt, "take up leases: %w", err)
	}
	return nil
}

// run makes batches durable, one after the other, until the term ends.
func (t *Term) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if end, ok := t.machine.NextEnd(); ok {
			timer.Reset(time.Until(end))
		} else {
			timer.Stop()
		}
		ops, ok := t.Gather(timer.C)
		if !ok {
			return
		}
		if !t.batch(ops) {
			return
		}
	}
}

// batch does one batch; false ends the term.
func (t *Term) batch(ops []*store.Op) bool {
	t.proposing.Lock()
	defer t.proposing.Unlock()
	t.machine.Sealer = t.of.machine.sealer()
	b := t.machine.Begin(time.Now())
	b.EndDue()
	results := b.Work(ops)
	if b.Empty() {
		// A refusal rests on what is applied; that this member still leads only a
		// round of the others shows.
		if err := t.reads.confirm(t.ctx); err != nil {
			store.Refuse(ops, err)
			return true
		}
		store.Tell(ops, results)
		return true
	}
	// gofail: var replicaProposing struct{}
	if err := t.propose(entry{Head: b.Head, Writes: writesOf(b)}); err != nil {
		t.of.cfg.Log.Info("term ends", "term", t.number, "err", err)
		store.Refuse(ops, fault.New(fault.StoreUnknown, "commit: the lead was lost on the way: %w", err))
		t.Stop()
		return false
	}
	// gofail: var replicaCommitted struct{}
	t.feed.Publish(b.Changes)
	store.Tell(ops, results)
	return true
}

// propose appends an entry and waits until it is applied here, which is after a
// majority has it on disk. One at a time is under way. An entry without writes has a
// revision of its own too, for members hold their chains against each other by revision.
func (t *Term) propose(e entry) error {
	e.Term = t.number
	l, _ := t.of.machine.newest()
	e.Previous = l.digest
	if e.Head.Revision == 0 {
		what, err := e.encode()
		if err != nil {
			return err
		}
		t.of.machine.mu.RLock()
		e.Head = t.of.machine.head.Next(wire.Sum(what))
		t.of.machine.mu.RUnlock()
	}
	b, err := e.encode()
	if err != nil {
		return err
	}
	f := t.of.raft.Apply(b, 0)
	if err := f.Error(); err != nil {
		return fmt.Errorf("replicate: %w", err)
	}
	if err, ok := f.Response().(error); ok && err != nil {
		return err
	}
	if t.machine != nil {
		t.machine.Head = e.Head
	}
	return nil
}

// set writes or removes a record of the store's own, in a kind of its own.
func (t *Term) set(ctx context.Context, place, plain []byte) error {
	return t.Submit(ctx, "note", len(plain), func(b *store.Batch) error {
		b.Set(place, plain)
		return nil
	})
}

// Get implements tacit.Store. It is answered by a leader that a majority confirmed
// after the call began.
func (t *Term) Get(ctx context.Context, key string) (tacit.Item, error) {
	if err := store.CheckName("get", key); err != nil {
		return tacit.Item{}, err
	}
	if err := t.reads.confirm(ctx); err != nil {
		return tacit.Item{}, err
	}
	m := t.of.machine
	m.mu.RLock()
	n, ok := m.tree.Get(node{place: string(rune(store.KindItem)) + key})
	keys, cause := m.keys, m.cause
	m.mu.RUnlock()
	if cause != nil {
		return tacit.Item{}, cause
	}
	if !ok {
		return tacit.Item{}, fault.New(fault.APINotFound, "get %q", key)
	}
	return item(keys, n)
}

// item opens a record.
func item(keys *keyring, n node) (tacit.Item, error) {
	key := n.place[1:]
	revision, lease, plain, err := keys.Open([]byte(n.place), n.rec)
	if err != nil {
		return tacit.Item{}, fault.New(fault.StoreCorrupt, "read %q: %w", key, err)
	}
	if revision != n.entry.Revision || lease != n.entry.Lease {
		return tacit.Item{}, fault.New(fault.StoreCorrupt, "read %q: the record is of another revision", key)
	}
	return tacit.Item{Key: key, Value: plain, Revision: revision, Lease: lease}, nil
}

// Range implements tacit.Store; a limit is at most 4096.
func (t *Term) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if limit < 1 || limit > store.MaxRange {
		return nil, 0, fault.New(fault.APIField, "range: limit %d, want 1 to %d", limit, store.MaxRange)
	}
	if len(from) > store.MaxKey || len(to) > store.MaxKey+1 { // to may be a key and one byte, for "up to and with"
		return nil, 0, fault.New(fault.APISize, "range: bounds of %d and %d bytes", len(from), len(to))
	}
	if err := t.reads.confirm(ctx); err != nil {
		return nil, 0, err
	}
	end := node{place: string(rune(store.KindItem + 1))}
	if to != "" {
		end.place = string(rune(store.KindItem)) + to
	}
	var found []node
	m := t.of.machine
	m.mu.RLock()
	m.tree.AscendRange(node{place: string(rune(store.KindItem)) + from}, end, func(n node) bool {
		found = append(found, n)
		return len(found) < limit
	})
	keys, cause, revision := m.keys, m.cause, m.head.Revision
	m.mu.RUnlock()
	if cause != nil {
		return nil, 0, cause
	}
	items := make([]tacit.Item, 0, len(found))
	for _, n := range found {
		it, err := item(keys, n)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, it)
	}
	return items, revision, nil
}

// Watch implements tacit.Store. The channel is also closed when the term ends.
func (t *Term) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	if t.ctx.Err() != nil {
		return nil, t.gone("watch")
	}
	return t.feed.Watch(ctx, prefix, after)
}

// reads confirms that a term goes on. Each read takes a number; each peer is asked,
// again and again while reads wait, and its yes counts for the reads that had a number
// when the question left. A majority's yes, this member's among it, answers them all.
type reads struct {
	t *Term

	mu      sync.Mutex // guards what follows
	last    uint64     // number of the newest read
	acked   map[wire.Address]uint64
	waiting []waitingRead // in order
	wake    chan struct{} // closed and replaced when a read comes
}

type waitingRead struct {
	number uint64
	done   chan error
}

func newReads(t *Term) *reads {
	return &reads{t: t, acked: map[wire.Address]uint64{}, wake: make(chan struct{})}
}

// confirm waits until a majority said, after now, that this term goes on; else it is
// STORE_NOT_LEADER.
func (r *reads) confirm(ctx context.Context) error {
	t := r.t
	if ctx.Err() != nil {
		return fmt.Errorf("read: %w", context.Cause(ctx))
	}
	if t.of.members().voters() == 1 {
		if t.ctx.Err() != nil || t.of.raft.State() != raft.Leader {
			return t.gone("read")
		}
		return nil
	}
	w := waitingRead{done: make(chan error, 1)}
	r.mu.Lock()
	r.last++
	w.number = r.last
	r.waiting = append(r.waiting, w)
	close(r.wake)
	r.wake = make(chan struct{})
	r.mu.Unlock()
	patience := time.NewTimer(3 * t.of.cfg.Heartbeat)
	defer patience.Stop()
	select {
	case err := <-w.done:
		return err
	case <-t.ctx.Done():
		return t.gone("read")
	case <-ctx.Done():
		return fmt.Errorf("read: %w", context.Cause(ctx))
	case <-patience.C:
		return fault.New(fault.StoreNotLeader, "read: no majority confirms this member's term %d", t.number)
	}
}

// run asks the peers while reads wait, until ctx ends.
func (r *reads) run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	asking := map[wire.Address]bool{}
	for {
		learned := r.t.of.changed()
		for _, p := range r.t.of.members().Members {
			if p.Key != r.t.of.self.Key && !p.Learner && !asking[p.Key] {
				asking[p.Key] = true
				wg.Go(func() { r.askOn(ctx, p.Key) })
			}
		}
		select {
		case <-learned:
		case <-ctx.Done():
			return
		}
	}
}

// askOn asks one peer whenever a read waits that it has not answered for.
func (r *reads) askOn(ctx context.Context, peer wire.Address) {
	own := &asker{of: r.t.of, to: peer} // of its own, so that nothing else holds reads up
	defer own.close()
	for ctx.Err() == nil {
		r.mu.Lock()
		number, wake := r.last, r.wake
		behind := number > r.acked[peer]
		r.mu.Unlock()
		if !behind {
			select {
			case <-wake:
			case <-ctx.Done():
			}
			continue
		}
		once, cancel := context.WithTimeout(ctx, r.t.of.cfg.Heartbeat)
		a, err := own.ask(once, ask{Kind: askConfirm, Term: r.t.number})
		cancel()
		if err == nil && a.Yes {
			r.ack(peer, number)
			continue
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// ack counts a peer's yes.
func (r *reads) ack(peer wire.Address, number uint64) {
	m := r.t.of.members()
	own := r.t.of.raft
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acked[peer] = max(r.acked[peer], number)
	var of []uint64
	for _, p := range m.Members {
		switch {
		case p.Learner:
		case p.Key == r.t.of.self.Key:
			of = append(of, ^uint64(0))
		default:
			of = append(of, r.acked[p.Key])
		}
	}
	slices.Sort(of)
	if len(of) == 0 {
		return
	}
	sure := of[len(of)-majority(len(of))]
	n := 0
	for n < len(r.waiting) && r.waiting[n].number <= sure {
		n++
	}
	if n == 0 {
		return
	}
	var err error
	if own.State() != raft.Leader || own.CurrentTerm() != r.t.number {
		err = r.t.gone("read")
	}
	for _, w := range r.waiting[:n] {
		w.done <- err
	}
	r.waiting = append(r.waiting[:0], r.waiting[n:]...)
}

// changed is closed when the membership changes.
func (r *Replica) changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.learned
}
