package simulate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"tacit/fault"
)

// An event is a message that waits for the scheduler.
type event struct {
	key   string
	at    time.Time // not before
	proc  *proc     // whose code runs when it is delivered
	fire  func()
	fail  func() // tells the sender that it got lost; nil if nobody waits for it
	again func() // delivers it once more; nil if it cannot be repeated
	stale func() bool
	hold  func() bool // it cannot be delivered yet
	since time.Time   // when it could be delivered for the first time
}

// A scheduler holds what waits and writes the trace.
type scheduler struct {
	mu     sync.Mutex // guards what follows
	events []*event
	counts map[string]int
	lines  []string // of this step
	broken []string // violations seen in this step
	sum    hash.Hash
	trace  []string
	steps  int
}

func newScheduler() *scheduler {
	return &scheduler{counts: map[string]int{}, sum: sha256.New()}
}

func (s *scheduler) post(e *event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

// name makes a key that no other event has.
func (s *scheduler) name(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[key]++
	return fmt.Sprintf("%s #%d", key, s.counts[key])
}

func (s *scheduler) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// violated notes a broken invariant.
func (s *scheduler) violated(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// settle waits until nothing can go on and ends the step.
func (s *scheduler) settle() {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.lines)
	stamp := time.Now().UnixNano()
	for _, l := range s.lines {
		line := fmt.Sprintf("%d %d %s", s.steps, stamp, l)
		fmt.Fprintln(s.sum, line)
		s.trace = append(s.trace, line)
	}
	s.lines = s.lines[:0]
	s.steps++
}

func (s *scheduler) digest() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%x", s.sum.Sum(nil))
}

// ready are the events that can be delivered now, in the order of their names.
func (s *scheduler) ready() []*event {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.events = slices.DeleteFunc(s.events, func(e *event) bool { return e.stale != nil && e.stale() })
	var list []*event
	for _, e := range s.events {
		if !now.Before(e.at) && (e.hold == nil || !e.hold()) {
			if e.since.IsZero() {
				e.since = now
			}
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *event) int { return cmp.Compare(a.key, b.key) })
	return list
}

// faulty reports whether a connection is still to break.
func (s *scheduler) faulty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.events, func(e *event) bool { return strings.HasPrefix(e.key, "broken ") || strings.HasPrefix(e.key, "again ") })
}

func (s *scheduler) take(e *event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = slices.DeleteFunc(s.events, func(o *event) bool { return o == e })
}

type answer[T any] struct {
	v   T
	err error
}

// ask is a call from one role to another over the network. do runs in the
// incarnation of the target that is up when the request is delivered. A call
// ends with its answer, with NET_UNREACHABLE, or with the caller's patience.
func ask[T any](ctx context.Context, w *world, from *incarnation, to *proc, what string, do func(ctx context.Context, in *incarnation) (T, error)) (T, error) {
	var none T
	unreachable := fault.New(fault.Unreachable, "ask %s for %s: the connection broke", to.name, what)
	if from.dead() {
		return none, unreachable
	}
	key := w.s.name(fmt.Sprintf("%s>%s %s", from.p.name, to.name, what))
	answers := make(chan answer[T], 2)
	var once sync.Once
	tell := func(v T, err error) { once.Do(func() { answers <- answer[T]{v, err} }) }
	var deliver func(ghost bool)
	reply := func(in *incarnation, v T, err error) {
		if in != nil && in.dead() {
			v, err = none, unreachable
		}
		outcome := "ok"
		if err != nil {
			outcome = string(fault.Of(err))
		}
		w.s.post(&event{
			key: "reply " + key + " " + outcome, proc: from.p,
			fire: func() { tell(v, err) }, fail: func() { tell(none, unreachable) }, stale: from.dead,
		})
	}
	deliver = func(ghost bool) {
		in := to.live()
		if in == nil {
			if !ghost {
				reply(nil, none, unreachable)
			}
			return
		}
		if strings.HasPrefix(what, "submit ") {
			to.submitting.Store(true)
		}
		w.calls.Go(func() {
			v, err := do(in.ctx, in)
			if !ghost {
				reply(in, v, err)
			}
		})
	}
	var hold func() bool
	if strings.HasPrefix(what, "submit ") {
		hold = to.submitting.Load
	}
	w.s.post(&event{
		key: "ask " + key, proc: to, hold: hold, fire: func() { deliver(false) }, fail: func() { tell(none, unreachable) }, again: func() { deliver(true) },
	})
	select {
	case a := <-answers:
		return a.v, a.err
	case <-ctx.Done():
		return none, fault.New(fault.Unreachable, "ask %s for %s: %w", to.name, what, ctx.Err())
	case <-from.ctx.Done():
		return none, unreachable
	}
}

// A flight is a read that several callers of one process wait for.
type flight[T any] struct {
	done chan struct{}
	v    T
	err  error
}

// read is an ask that names no task. Calls for the same at one time are one,
// or the scheduler could not tell which of them it delivers.
func read[T any](ctx context.Context, w *world, from *incarnation, to *proc, what string, do func(ctx context.Context, in *incarnation) (T, error)) (T, error) {
	from.reads.mu.Lock()
	f, ok := from.reads.m[what].(*flight[T])
	if !ok {
		f = &flight[T]{done: make(chan struct{})}
		from.reads.m[what] = f
		w.calls.Go(func() {
			f.v, f.err = ask(from.ctx, w, from, to, what, do)
			from.reads.mu.Lock()
			delete(from.reads.m, what)
			from.reads.mu.Unlock()
			close(f.done)
		})
	}
	from.reads.mu.Unlock()
	select {
	case <-f.done:
		return f.v, f.err
	case <-ctx.Done():
		var none T
		return none, fault.New(fault.Unreachable, "ask %s for %s: %w", to.name, what, ctx.Err())
	}
}

// A chooser decides what happens next.
type chooser struct{ *rand.Rand }

func newChooser(seed uint64) chooser { return chooser{rand.New(rand.NewPCG(seed, 0x7ac17))} }

// in reports whether something that happens once in n times happens now.
func (c chooser) in(n int) bool { return n > 0 && c.IntN(n) == 0 }

// calmMost is the longest that a message waits in calm. A network that takes as long as
// a role's patience is no calm one.
const calmMost = 2 * time.Second

// overdue is the event of a list that has waited longest, if that is longer than calm
// allows, else nil.
func overdue(list []*event) *event {
	if len(list) == 0 {
		return nil
	}
	e := slices.MinFunc(list, func(a, b *event) int { return a.since.Compare(b.since) })
	if time.Since(e.since) < calmMost {
		return nil
	}
	return e
}

// step is one choice with what follows from it. calm has no faults in it.
func (w *world) step(calm bool) {
	c := w.c
	o := w.o
	if !calm {
		switch {
		case c.in(o.crashEvery):
			w.crash(w.procs[c.IntN(len(w.procs))])
			return
		case c.in(o.reorgEvery):
			w.chain.reorganise(1 + c.IntN(int(w.genesis.Params.Finality)))
			return
		case c.in(o.rpcEvery):
			r := w.readers[c.IntN(len(w.readers))]
			mode := c.IntN(3)
			if mode == 2 && !r.mayLie {
				mode = 1
			}
			r.set(mode, w)
			return
		case c.in(o.governEvery):
			w.chain.govern()
			w.s.say("governors order generation %d", w.chain.head().state.Generation+1)
			return
		case c.in(o.clockEvery):
			p := w.procs[c.IntN(len(w.procs))]
			p.skewBy(time.Duration(c.IntN(200)-100) * time.Second)
			w.s.say("clock of %s is off by %s", p.name, p.clock())
			return
		}
	}
	list := w.s.ready()
	late := overdue(list)
	if !calm {
		late = nil
	}
	if len(list) == 0 || c.in(o.timeEvery) && late == nil {
		w.pass()
		return
	}
	e := list[c.IntN(len(list))]
	if late != nil {
		e = late
	}
	if !calm {
		switch {
		case e.fail != nil && c.in(o.loseEvery):
			w.s.take(e)
			w.s.say("lose %s", e.key)
			// Whoever waits learns it when the connection breaks.
			w.s.post(&event{key: "broken " + e.key, at: time.Now().Add(time.Duration(1+c.IntN(15)) * time.Second), proc: e.proc, fire: e.fail, stale: e.stale})
			return
		case e.again != nil && c.in(o.doubleEvery):
			w.s.post(&event{key: "again " + e.key, at: time.Now().Add(time.Duration(c.IntN(8000)) * time.Millisecond), proc: e.proc, fire: e.again, hold: e.hold})
			w.s.say("double %s", e.key)
		case c.in(o.delayEvery):
			e.at = time.Now().Add(time.Duration(c.IntN(6000)) * time.Millisecond)
			w.s.say("delay %s", e.key)
			return
		case e.proc != nil && c.in(o.crashWriteEvery):
			e.proc.arm(1+c.IntN(5), c.IntN(2) == 0)
		}
	}
	w.s.take(e)
	w.s.say("%s", e.key)
	e.fire()
}

// pass lets time go by, and with it the chain. The odd nanoseconds keep the
// scheduler from waking together with a role.
func (w *world) pass() {
	d := time.Duration(50+w.c.IntN(900))*time.Millisecond + time.Duration(1+w.c.IntN(999_000))
	time.Sleep(d)
	w.chain.advance()
}

// tail is the end of the trace, for people.
func (s *scheduler) tail(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.trace[max(0, len(s.trace)-n):], "\n")
}
