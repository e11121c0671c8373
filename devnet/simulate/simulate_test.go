package simulate

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"tacit/wire"
)

// An outcome is what a seed came to.
type outcome struct {
	seed     uint64
	violated string
	digest   string // of the trace
	steps    int
	tail     string
	trace    []string
	stats    stats
}

// stats are what happened, so that a suite in which nothing does is seen.
type stats struct {
	accepted, settled, lapsed, direct, voided, grants, proofs, slashed int
}

func (s *stats) add(o stats) {
	s.accepted, s.settled, s.lapsed, s.direct = s.accepted+o.accepted, s.settled+o.settled, s.lapsed+o.lapsed, s.direct+o.direct
	s.voided, s.grants, s.proofs, s.slashed = s.voided+o.voided, s.grants+o.grants, s.proofs+o.proofs, s.slashed+o.slashed
}

// play runs one seed.
func play(t *testing.T, seed uint64, edit func(*options), lacks broken) (out outcome) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, edit, lacks)
		defer w.stop()
		out = outcome{seed: seed, violated: w.run()}
		out.digest, out.steps, out.tail, out.trace, out.stats = w.s.digest(), w.s.steps, w.s.tail(40), w.s.trace, w.stats()
	})
	return out
}

// once is a step with the quiescence after it; it returns what is violated.
func (w *world) once() string {
	w.step(w.calm)
	w.s.settle()
	w.sweep()
	return w.check()
}

// run plays the seed: faults first, then calm until everything has ended.
func (w *world) run() string {
	for i := range w.o.tasks {
		w.users[i%len(w.users)].submit(time.Duration(12000+w.c.IntN(30000))*time.Millisecond, w.c.IntN(3) > 0)
	}
	for range w.o.steps {
		if v := w.once(); v != "" {
			return v
		}
	}
	w.calm = true
	for _, r := range w.readers {
		r.mode = 0
	}
	for _, p := range w.procs {
		p.skewBy(0)
	}
	if v := w.until("every accepted task has ended", 200*time.Second, func() (bool, string) {
		waiting, wrong := w.ends()
		return len(waiting) == 0, wrong
	}); v != "" {
		return v
	}
	if v := w.until("everybody is up", 60*time.Second, func() (bool, string) { return w.up(), "" }); v != "" {
		return v
	}
	// Everybody goes on without a hand: new tasks are settled.
	before := w.accepted()
	var fresh []*user
	for _, u := range w.users {
		if u.to.evil == "" {
			u.submit(time.Second, false)
			fresh = append(fresh, u)
		}
	}
	if v := w.until("new tasks are settled", 200*time.Second, func() (bool, string) {
		waiting, wrong := w.ends()
		return len(w.accepted()) >= len(before)+len(fresh) && len(waiting) == 0, wrong
	}); v != "" {
		return v
	}
	if n := w.settledSince(before); n < len(fresh) {
		return fmt.Sprintf("of %d new tasks in calm, %d were settled", len(fresh), n)
	}
	if v := w.until("everybody is paid", 60*time.Second, func() (bool, string) { return w.paid(), "" }); v != "" {
		return v
	}
	return w.honest()
}

// until lets calm time go by.
func (w *world) until(what string, most time.Duration, done func() (bool, string)) string {
	for end := time.Now().Add(most); time.Now().Before(end); {
		if v := w.once(); v != "" {
			return v
		}
		if len(w.s.ready()) > 0 {
			continue
		}
		ok, wrong := done()
		if ok || wrong != "" {
			return wrong
		}
	}
	waiting, _ := w.ends()
	return fmt.Sprintf("not in %s: %s; open are %v", most, what, waiting)
}

// up reports whether every role answers.
func (w *world) up() bool {
	return !slices.ContainsFunc(w.procs, func(p *proc) bool { return p.live() == nil })
}

// paid reports whether nothing is left in batches that stand.
func (w *world) paid() bool {
	m := w.chain.head().state
	for _, b := range m.Posted() {
		if !b.Voided && b.Remaining > 0 {
			return false
		}
	}
	return true
}

// accepted are the tasks that were accepted so far.
func (w *world) accepted() map[wire.Digest]promise {
	w.seen.mu.Lock()
	defer w.seen.mu.Unlock()
	return maps.Clone(w.seen.accepted)
}

func (w *world) settledSince(before map[wire.Digest]promise) (n int) {
	for id, p := range w.accepted() {
		if _, old := before[id]; !old && w.stateOf(p, id) == settled {
			n++
		}
	}
	return n
}

func (w *world) stats() stats {
	m := w.chain.head().state
	s := stats{accepted: len(w.seen.accepted), direct: len(m.Direct), grants: len(w.seen.grants), proofs: w.seen.proofs}
	for _, b := range m.Posted() {
		if b.Voided {
			s.voided++
		} else {
			s.settled += len(b.Settlements)
		}
	}
	s.lapsed = s.accepted - s.settled - s.direct
	for _, p := range w.procs {
		if n := m.Nodes[p.node.Key]; n != nil && n.Stake < p.node.Stake {
			s.slashed++
		}
	}
	return s
}

func number(name string, otherwise uint64) uint64 {
	n, err := strconv.ParseUint(os.Getenv(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

func (o outcome) report(t *testing.T) {
	t.Helper()
	if o.violated != "" {
		t.Errorf("seed %d, step %d, trace %s: %s\n%s", o.seed, o.steps, o.digest, o.violated, o.tail)
	}
}

func TestOneSeed(t *testing.T) {
	o := play(t, number("SIMULATE_SEED", 1), nil, broken{})
	o.report(t)
	t.Logf("%d steps, trace %s, %+v", o.steps, o.digest, o.stats)
	if os.Getenv("SIMULATE_TRACE") != "" {
		for _, l := range o.trace {
			fmt.Println(l)
		}
	}
}

func TestMany(t *testing.T) {
	from, n := number("SIMULATE_FROM", 1), number("SIMULATE_SEEDS", 40)
	var all stats
	for seed := from; seed < from+n; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			o := play(t, seed, nil, broken{})
			if o.violated != "" {
				t.Errorf("seed %d, step %d, trace %s: %s", o.seed, o.steps, o.digest, o.violated)
			}
			all.add(o.stats)
		})
	}
	t.Logf("%+v", all)
}

// TestASeedReplaysByteForByte plays seeds again and compares whole traces.
func TestASeedReplaysByteForByte(t *testing.T) {
	for seed := uint64(1); seed <= number("SIMULATE_REPLAYS", 12); seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			a, b := play(t, seed, nil, broken{}), play(t, seed, nil, broken{})
			if a.digest == b.digest && len(a.trace) > 0 {
				return
			}
			for i := range min(len(a.trace), len(b.trace)) {
				if a.trace[i] != b.trace[i] {
					t.Fatalf("line %d differs:\n%s\n%s", i, a.trace[i], b.trace[i])
				}
			}
			t.Fatalf("%d lines, then %d", len(a.trace), len(b.trace))
		})
	}
}
