package replica

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// What one member asks another.
const (
	askState      uint8 = 1 // for a roll call
	askConfirm    uint8 = 2 // whether a term goes on, for reads
	askCheckpoint uint8 = 3 // shows a checkpoint
	askOffer      uint8 = 4 // shows a membership
)

type ask struct {
	Kind       uint8                    `cbor:"1,keyasint"`
	Term       uint64                   `cbor:"2,keyasint"`
	Checkpoint tacit.Signed[Checkpoint] `cbor:"3,keyasint"`
	Membership tacit.Signed[Membership] `cbor:"4,keyasint"`
}

type answer struct {
	Code  string   `cbor:"1,keyasint"` // of a refusal, else empty
	Term  uint64   `cbor:"2,keyasint"` // current
	Log   position `cbor:"3,keyasint"` // how far the answering member's log reaches
	Known position `cbor:"4,keyasint"` // how far the asking member acknowledged
	Yes   bool     `cbor:"5,keyasint"`
	Keys  wrapped  `cbor:"6,keyasint"` // the group's newest, for a newcomer; empty if there are none
}

// answer answers a member's question.
func (r *Replica) answer(who wire.Address, q ask) answer {
	refuse := func(err error) answer { return answer{Code: string(fault.Of(err))} }
	if !r.belongs(who) {
		return refuse(fault.New(fault.StorePeer, "answer %s: it is no member", who))
	}
	switch q.Kind {
	case askState:
		a := answer{Term: r.raft.CurrentTerm(), Log: r.position(), Known: r.guard.noted(who)}
		r.machine.mu.RLock()
		defer r.machine.mu.RUnlock()
		a.Keys = r.machine.wrapped
		return a
	case askConfirm:
		return answer{Yes: r.guard.passed() && r.broken() == nil && r.raft.CurrentTerm() == q.Term}
	case askCheckpoint:
		if err := r.compareTo(who, q.Checkpoint); err != nil {
			return refuse(err)
		}
		return answer{Yes: true}
	case askOffer:
		if err := r.Offer(q.Membership); err != nil {
			return refuse(err)
		}
		return answer{Yes: true}
	}
	return refuse(fault.New(fault.APIField, "answer member: question %d", q.Kind))
}

// rollCall asks the others what they know of this member until so many answered that
// whatever it acknowledged or voted before is known to one of them, whatever its disk
// says now. An entry counts once a majority q of n has it; of those who have it with
// this member, q-1 are among the n-1 others, so that n-q+1 of them are one too many to
// miss it. Whoever was voted for tells its term the same way.
func (r *Replica) rollCall(ctx context.Context) {
	said := map[wire.Address]answer{}
	for {
		m := r.members()
		others := 0
		var wg sync.WaitGroup
		var mu sync.Mutex
		for _, p := range m.Members {
			if p.Key == r.self.Key || p.Learner {
				continue
			}
			others++
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				a, err := r.other(p.Key).ask(ctx, ask{Kind: askState})
				if err != nil {
					r.cfg.Log.Debug("roll call", "err", err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				said[p.Key] = a
			})
		}
		wg.Wait()
		n := m.voters()
		need := min(others, n-majority(n)+1)
		here := 0
		for k := range said {
			if p, ok := m.find(k); ok && !p.Learner {
				here++
			}
		}
		if here >= need && r.called(m, said, here == others) {
			r.say("")
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// called draws the conclusion of a roll call; false: it goes on.
func (r *Replica) called(m Membership, said map[wire.Address]answer, all bool) bool {
	var had, floor position
	var term uint64
	fresh := true
	own := r.position()
	for _, a := range said {
		if had.below(a.Known) {
			had = a.Known
		}
		for _, p := range []position{a.Log, a.Known} {
			if floor.below(p) {
				floor = p
			}
		}
		term = max(term, a.Term)
		fresh = fresh && a.Log == position{} && a.Known == position{}
	}
	if own == (position{}) && fresh && m.Members[0].Key == r.self.Key && m.Number == r.cfg.Membership.Body.Number {
		if !all {
			return false // somebody who does not answer may know of a past
		}
		r.guard.pass(had, floor, term)
		if err := r.raft.BootstrapCluster(m.configuration()).Error(); err != nil && err != raft.ErrCantBootstrap {
			r.fail(fault.New(fault.StoreClosed, "found group: %w", err))
		}
		r.cfg.Log.Info("group founded", "group", r.group.Short(), "members", len(m.Members))
		return true
	}
	keyed := false // of a group that is being founded nobody has keys yet
	for _, a := range said {
		keyed = keyed || a.Keys.Epoch > 0
	}
	if own == (position{}) && keyed && !r.given(said) {
		return false // a newcomer, for whom the leader has not sealed the keys yet
	}
	if own.below(had) {
		r.cfg.Log.Error("this member's disk is older than what it acknowledged: no votes until it has caught up",
			"code", fault.StoreRollback, "here", own.Index, "acknowledged", had.Index)
		r.rolledBack.Store(true)
	}
	// In a term that its disk knows it may have voted after the disk was copied.
	term = max(term, r.raft.CurrentTerm())
	r.guard.pass(had, floor, term)
	return true
}

// given takes the group's keys from what others said, for log entries that are older
// than this member's membership: the keys in them are not sealed to it.
func (r *Replica) given(said map[wire.Address]answer) bool {
	for _, a := range said {
		s, err := a.Keys.unwrap(r.group, r.cfg.Seal)
		if err != nil {
			continue
		}
		b, err := wire.Marshal(labelKeyring, s)
		if err != nil {
			continue
		}
		if err := r.disk.set([]byte(stableAhead), b); err != nil {
			return false
		}
		r.machine.mu.Lock()
		r.machine.ahead = s
		r.machine.mu.Unlock()
		return true
	}
	return false
}

// stableAhead is the key of a newcomer's keys on its disk.
const stableAhead = "keys"

// say tells Status what the member waits for.
func (r *Replica) say(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = what
}
