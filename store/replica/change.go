package replica

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

// reconcile makes the group what the newest membership says, until the term ends: whoever
// left loses its vote, then the state takes the membership over, with new keys if
// somebody left, then newcomers are let in. What a leader leaves undone the next one does.
func (r *Replica) reconcile(t *Term) {
	for {
		learned := r.changed()
		if err := r.reconcileOnce(t); err != nil && t.ctx.Err() == nil {
			r.cfg.Log.Info("membership not followed yet", "err", err)
		}
		select {
		case <-learned:
		case <-time.After(r.cfg.Heartbeat / 4):
		case <-t.ctx.Done():
			return
		}
	}
}

func (r *Replica) reconcileOnce(t *Term) error {
	signed := r.signed()
	if _, ok := signed.Body.find(r.self.Key); !ok {
		// Whoever has left cannot open what comes next: another one does the rest.
		return r.raft.LeadershipTransfer().Error()
	}
	f := r.raft.GetConfiguration()
	if err := f.Error(); err != nil {
		return err
	}
	servers := f.Configuration().Servers
	for _, s := range servers {
		k, err := memberKey(s.ID)
		if err != nil {
			return err
		}
		if _, ok := signed.Body.find(k); !ok {
			return r.raft.RemoveServer(s.ID, 0, 0).Error() // with its vote, if that is needed
		}
	}
	if err := t.adopt(signed); err != nil {
		return err
	}
	r.expel()
	for _, p := range signed.Body.Members {
		i := slices.IndexFunc(servers, func(s raft.Server) bool { return s.ID == serverID(p.Key) })
		want := p.server()
		switch {
		case i < 0, servers[i].Address != want.Address:
			// A newcomer catches up before it counts.
			return r.raft.AddNonvoter(want.ID, want.Address, 0, 0).Error()
		case servers[i].Suffrage == want.Suffrage:
		case want.Suffrage == raft.Nonvoter:
			return r.raft.DemoteVoter(want.ID, 0, 0).Error()
		case p.Key == r.self.Key || r.guard.noted(p.Key).Index+64 >= r.raft.LastIndex():
			return r.raft.AddVoter(want.ID, want.Address, 0, 0).Error()
		}
	}
	return nil
}

// adopt makes a membership part of the state, with a new key epoch if somebody who had
// the keys is in it no more: whoever left reads nothing that is written after.
func (t *Term) adopt(signed tacit.Signed[Membership]) error {
	m := t.of.machine
	t.proposing.Lock()
	defer t.proposing.Unlock()
	m.mu.RLock()
	was, keys, plan := m.membership, m.keys, m.wrapped.Plan
	m.mu.RUnlock()
	if signed.Body.Number <= was.Body.Number {
		return nil
	}
	s := keys.secrets
	for _, p := range was.Body.Members {
		if now, ok := signed.Body.find(p.Key); !ok || now.Seal.Digest() != p.Seal.Digest() {
			s = s.next()
			break
		}
	}
	w, err := s.wrap(signed.Body, plan)
	if err != nil {
		return err
	}
	return t.propose(entry{Membership: &signed, Wrapped: &w})
}

// Rotate begins a new key epoch: records written from now on are sealed under new keys.
func (t *Term) Rotate() error {
	m := t.of.machine
	t.proposing.Lock()
	defer t.proposing.Unlock()
	m.mu.RLock()
	s, list, plan := m.keys.secrets, m.membership.Body, m.wrapped.Plan
	m.mu.RUnlock()
	w, err := s.next().wrap(list, plan)
	if err != nil {
		return err
	}
	return t.propose(entry{Wrapped: &w})
}

// Transfer hands the lead to another member, before a restart for example.
func (r *Replica) Transfer() error {
	if err := r.raft.LeadershipTransfer().Error(); err != nil {
		return fault.New(fault.StoreNotLeader, "hand over the lead: %w", err)
	}
	return nil
}

// Snapshot replaces the log by a snapshot now.
func (r *Replica) Snapshot() error {
	err := r.raft.Snapshot().Error()
	if errors.Is(err, raft.ErrNothingNewToSnapshot) {
		return nil
	}
	if err != nil {
		return fault.New(fault.StoreClosed, "make snapshot: %w", err)
	}
	return nil
}

// kindAnchor is the kind of the records of what was anchored.
const kindAnchor = 'a'

// keptAnchors is how many of them stay.
const keptAnchors = 16

func anchorPlace(revision int64) []byte {
	return store.Place(kindAnchor, fmt.Sprintf("%020d", revision))
}

// Anchored is the newest state as a word to somebody outside.
func (r *Replica) Anchored() Anchored {
	l, _ := r.machine.newest()
	return Anchored{l.revision, l.digest, r.at}
}

// at is the chain's digest at a revision, from memory or from what was anchored.
func (r *Replica) at(revision int64) (wire.Digest, bool) {
	if d, ok := r.machine.linkAt(revision); ok {
		return d, true
	}
	m := r.machine
	m.mu.RLock()
	n, ok := m.tree.Get(node{place: string(anchorPlace(revision))})
	keys := m.keys
	m.mu.RUnlock()
	if !ok {
		return wire.Digest{}, false
	}
	_, _, plain, err := keys.Open([]byte(n.place), n.rec)
	if err != nil || len(plain) != len(wire.Digest{}) {
		return wire.Digest{}, false
	}
	return wire.Digest(plain), true
}

// keepAnchored anchors the newest state from time to time. What is about to be anchored
// is noted in the state first, so that it can be compared for ever.
func (r *Replica) keepAnchored(t *Term) {
	if r.cfg.Anchor == nil {
		return
	}
	last := int64(0)
	tick := time.NewTicker(r.cfg.AnchorEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C: // not at once: whoever was just admitted may have to note that first
		case <-t.ctx.Done():
			return
		}
		at := r.Anchored()
		if at.Revision > last {
			err := t.set(t.ctx, anchorPlace(at.Revision), at.Digest[:])
			if err == nil {
				err = r.cfg.Anchor(t.ctx, at)
			}
			if err == nil {
				err = t.forgetAnchors()
			}
			if err != nil && t.ctx.Err() == nil {
				r.cfg.Log.Warn("not anchored", "revision", at.Revision, "err", err)
			}
			l, _ := r.machine.newest()
			last = l.revision // the notes themselves are nothing new
		}
	}
}

// forgetAnchors removes all but the newest notes.
func (t *Term) forgetAnchors() error {
	m := t.of.machine
	var places []string
	m.mu.RLock()
	m.tree.AscendRange(node{place: string(rune(kindAnchor))}, node{place: string(rune(kindAnchor + 1))}, func(n node) bool {
		places = append(places, n.place)
		return true
	})
	m.mu.RUnlock()
	for _, p := range places[:max(0, len(places)-keptAnchors)] {
		if err := t.set(t.ctx, []byte(p), nil); err != nil {
			return err
		}
	}
	return nil
}

// A Checkpoint is a member's word on the chain of entries after a revision.
type Checkpoint struct {
	Group    wire.Digest `cbor:"1,keyasint" json:"group"`
	Revision int64       `cbor:"2,keyasint" json:"revision"`
	Digest   wire.Digest `cbor:"3,keyasint" json:"digest"`
}

// Hash is the SHA-256 of the labelled encoding; a member signs it for a network.
func (c Checkpoint) Hash() wire.Digest { return wire.Hash("tacit/store/checkpoint", c) }

// compareEvery is how often members show each other their checkpoints.
const compareEvery = time.Second

// compare shows the others a checkpoint whenever there is something new, and holds what
// they showed against what was applied since.
func (r *Replica) compare(ctx context.Context) {
	tick := time.NewTicker(compareEvery)
	defer tick.Stop()
	shown := map[wire.Address]int64{}
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		r.mu.Lock()
		seen := make(map[wire.Address]tacit.Signed[Checkpoint], len(r.seen))
		for k, c := range r.seen {
			seen[k] = c
		}
		r.mu.Unlock()
		for k, c := range seen {
			r.holdAgainst(k, c)
		}
		l, _ := r.machine.newest()
		if l.revision == 0 || !r.guard.passed() {
			continue
		}
		c := tacit.Sign(r.cfg.NetworkID, r.cfg.Signer, Checkpoint{r.group, l.revision, l.digest})
		for _, p := range r.members().Members {
			if p.Key == r.self.Key || shown[p.Key] == l.revision {
				continue
			}
			once, cancel := context.WithTimeout(ctx, compareEvery)
			if a, err := r.other(p.Key).ask(once, ask{Kind: askCheckpoint, Checkpoint: c}); err == nil && a.Yes {
				shown[p.Key] = l.revision
			}
			cancel()
		}
	}
}

// compareTo takes another member's checkpoint; one that differs from this member's
// history stops it.
func (r *Replica) compareTo(who wire.Address, signed tacit.Signed[Checkpoint]) error {
	c, err := signed.Check(r.cfg.NetworkID, who)
	if err != nil {
		return err
	}
	if c.Group != r.group {
		return fault.Denied(fault.StorePeer, "compare checkpoint", "group", r.group.Short(), c.Group.Short())
	}
	r.mu.Lock()
	r.seen[who] = signed
	r.mu.Unlock()
	return r.holdAgainst(who, signed)
}

// holdAgainst compares a checkpoint with what was applied here, if it was.
func (r *Replica) holdAgainst(who wire.Address, signed tacit.Signed[Checkpoint]) error {
	c := signed.Body
	own, ok := r.machine.linkAt(c.Revision)
	if !ok || own == c.Digest {
		return nil
	}
	err := fault.Denied(fault.StoreDiverged, "compare with member "+who.String()[:10], fmt.Sprintf("chain at revision %d", c.Revision), own.Short(), c.Digest.Short())
	r.diverged(who, signed, tacit.Sign(r.cfg.NetworkID, r.cfg.Signer, Checkpoint{r.group, c.Revision, own}))
	r.fail(err)
	return err
}

// difference is what a member keeps of a divergence: two signed words that cannot both
// be true.
type difference struct {
	With   wire.Address             `cbor:"1,keyasint" json:"with"`
	Number uint64                   `cbor:"2,keyasint" json:"number"` // of the membership then
	Theirs tacit.Signed[Checkpoint] `cbor:"3,keyasint" json:"theirs"`
	Own    tacit.Signed[Checkpoint] `cbor:"4,keyasint" json:"own"`
}

const (
	stableDifference = "difference"
	labelDifference  = "tacit/store/difference/1"
)

func (r *Replica) diverged(who wire.Address, theirs, own tacit.Signed[Checkpoint]) {
	d := difference{With: who, Number: r.members().Number, Theirs: theirs, Own: own}
	b, err := wire.Marshal(labelDifference, d)
	if err == nil {
		err = r.disk.set([]byte(stableDifference), b)
	}
	if err == nil {
		b, err = json.MarshalIndent(d, "", "  ")
	}
	if err == nil {
		err = writeFile(r.cfg.Dir+"/difference.json", append(b, '\n'))
	}
	if err != nil {
		r.cfg.Log.Error("difference not kept", "err", err)
	}
}

// checkDifference keeps a member that saw a difference closed until the operator has
// signed a membership without the one it differs from.
func (r *Replica) checkDifference() error {
	b, err := r.disk.Get([]byte(stableDifference))
	if err != nil || len(b) == 0 {
		return err
	}
	var d difference
	if err := wire.Unmarshal(labelDifference, b, &d); err != nil {
		return fault.New(fault.StoreCorrupt, "read difference: %w", err)
	}
	m := r.members()
	if _, still := m.find(d.With); still || m.Number <= d.Number {
		return fault.New(fault.StoreDiverged, "open: this member and %s disagree about revision %d: sign a membership without the one that is wrong",
			d.With, d.Own.Body.Revision)
	}
	return r.disk.set([]byte(stableDifference), nil)
}

// A Status is how a member is, for operators.
type Status struct {
	Group      wire.Digest    `json:"group"`
	Self       wire.Address   `json:"self"`
	Node       wire.Address   `json:"node,omitzero"`     // whose group it is, as far as whoever runs the replica knows
	State      string         `json:"state"`             // leader, follower, candidate or stopped
	Serving    bool           `json:"serving"`           // leads and takes work
	Waiting    string         `json:"waiting,omitempty"` // for what, before it takes part
	Code       string         `json:"code,omitempty"`    // why it stopped
	Leader     string         `json:"leader,omitempty"`  // its address
	Term       uint64         `json:"term"`
	Revision   int64          `json:"revision"`
	Digest     wire.Digest    `json:"digest"`
	Records    int64          `json:"records"`
	LastIndex  uint64         `json:"lastIndex"`
	Committed  uint64         `json:"committed"`
	Applied    uint64         `json:"applied"`
	KeyEpoch   uint32         `json:"keyEpoch"`
	RolledBack bool           `json:"rolledBack"` // found its disk older than what it had acknowledged
	Membership uint64         `json:"membership"` // number
	Members    []MemberStatus `json:"members"`
}

// A MemberStatus is what this member knows of one member.
type MemberStatus struct {
	Key          wire.Address `json:"key"`
	Address      string       `json:"address"`
	Learner      bool         `json:"learner"`
	Acknowledged uint64       `json:"acknowledged"` // index, as far as this member was told; 0 of itself
	Checkpoint   int64        `json:"checkpoint"`   // revision of the newest checkpoint it showed
}

// Status tells how this member is.
func (r *Replica) Status() Status {
	l, _ := r.machine.newest()
	s := Status{Group: r.group, Self: r.self.Key, State: map[raft.RaftState]string{raft.Leader: "leader", raft.Follower: "follower", raft.Candidate: "candidate", raft.Shutdown: "stopped"}[r.raft.State()],
		Term: r.raft.CurrentTerm(), Revision: l.revision, Digest: l.digest, LastIndex: r.raft.LastIndex(), Committed: r.raft.CommitIndex(), Applied: r.raft.AppliedIndex(), RolledBack: r.rolledBack.Load()}
	at, _ := r.raft.LeaderWithID()
	s.Leader = string(at)
	r.machine.mu.RLock()
	s.Records, s.KeyEpoch = r.machine.head.Count, r.machine.wrapped.Epoch
	r.machine.mu.RUnlock()
	m := r.members()
	s.Membership = m.Number
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Serving, s.Waiting = r.serving != nil, r.waiting
	if r.cause != nil {
		s.State, s.Code = "stopped", string(fault.Of(r.cause))
	}
	for _, p := range m.Members {
		s.Members = append(s.Members, MemberStatus{p.Key, p.Address, p.Learner, r.guard.noted(p.Key).Index, r.seen[p.Key].Body.Revision})
	}
	return s
}

// LeaderAddress is where the leader's peers reach it, empty if none is known.
func (r *Replica) LeaderAddress() string {
	at, _ := r.raft.LeaderWithID()
	return string(at)
}
