package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"tacit"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/wire"
)

// quoted is what the simulation itself knows of an enclave's evidence.
type quoted struct {
	good       bool // of the listed image, closed, over the right transcript
	assignment wire.Digest
	keys       wire.Digest
	worker     wire.Address
}

// seen is everything that left a role, as an observer of all wires sees it.
type seen struct {
	mu        sync.Mutex // guards what follows
	quotes    map[wire.Digest]quoted
	grants    map[string][]byte          // manager, task, attempt, place -> the grants that left
	released  map[string]map[string]bool // manager and artefact -> attempts
	votes     map[string]wire.Digest
	headers   map[string]wire.Digest
	batches   map[string]uint64      // verifier and task -> batch number
	draws     map[string]wire.Digest // manager and task -> share
	sequences map[string]wire.Digest // dispatcher, user and sequence -> task
	accepted  map[wire.Digest]promise
	leaves    map[wire.Digest][]tacit.Settlement // by a batch's root
	caseOf    map[string]tacit.ReleaseRequest    // what a dispatcher had released first
	leaked    map[wire.Digest]bool
	proofs    int
}

// promise is an acceptance that reached its user.
type promise struct {
	by  *proc
	acc tacit.Acceptance
}

func newSeen() *seen {
	return &seen{
		quotes: map[wire.Digest]quoted{}, grants: map[string][]byte{}, released: map[string]map[string]bool{}, votes: map[string]wire.Digest{},
		headers: map[string]wire.Digest{}, batches: map[string]uint64{}, draws: map[string]wire.Digest{}, sequences: map[string]wire.Digest{},
		accepted: map[wire.Digest]promise{}, leaves: map[wire.Digest][]tacit.Settlement{}, caseOf: map[string]tacit.ReleaseRequest{}, leaked: map[wire.Digest]bool{},
	}
}

func (s *seen) evidence(d wire.Digest, q quoted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quotes[d] = q
}

// once notes a value under a key and reports another that stood there.
func once[T comparable](m map[string]T, k string, v T) bool {
	old, ok := m[k]
	m[k] = v
	return !ok || old == v
}

// release holds a manager to its promise for keys: recorded before they leave,
// for good evidence of the worker's enclave only, one set for one place, within
// the budgets.
func (s *seen) release(w *world, p *proc, req tacit.ReleaseRequest, reply tacit.ReleaseReply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	as := req.Case.Assignment.Body
	at := fmt.Sprintf("%s %s/%d/%d", p.name, as.Task.Short(), as.Attempt, req.Case.Place)
	if _, ok := s.caseOf[req.Case.Task.Body.Dispatcher.String()]; !ok {
		s.caseOf[req.Case.Task.Body.Dispatcher.String()] = req
	}
	all, err := wire.Marshal("simulate/grants", reply)
	w.must(err)
	if old, ok := s.grants[at]; ok && !bytes.Equal(old, all) {
		w.s.violated("two sets of grants left for %s", at)
	}
	s.grants[at] = all
	q, ok := s.quotes[req.Case.Evidence.Digest()]
	if !ok || !q.good || q.assignment != as.Hash() || q.keys != req.Case.Keys.Hash() || q.worker != as.Places[0].Worker {
		w.s.violated("keys left %s for evidence that is not good: %+v", at, q)
	}
	records := p.tape.Records()
	for _, g := range reply.Grants {
		var r tacit.GrantRecord
		switch {
		case g.Index >= uint64(len(records)) || !bytes.Equal(records[g.Index], g.Record):
			w.s.violated("a key left %s without its record in the log", at)
		case wire.Unmarshal("tacit/audit/grant", g.Record, &r) != nil || r.Decision != "released" || r.Task != as.Task || r.Evidence != req.Case.Evidence.Digest() || r.Artefact != g.Artefact:
			w.s.violated("the record of a key that left %s says something else: %+v", at, r)
		}
		k := p.name + " " + g.Artefact.String()
		if s.released[k] == nil {
			s.released[k] = map[string]bool{}
		}
		s.released[k][at] = true
		for _, e := range w.chain.entries {
			if e.Sealed.Header != g.Artefact {
				continue
			}
			terms := w.terms[e.Name]
			task := 0
			for a := range s.released[k] {
				if strings.HasPrefix(a, fmt.Sprintf("%s %s/", p.name, as.Task.Short())) {
					task++
				}
			}
			if n := uint64(len(s.released[k])); n > terms.MaxReleases || uint64(task) > terms.MaxPerTask {
				w.s.violated("%s released %s %d times, %d for one task: its terms allow %d and %d", p.name, e.Name, n, task, terms.MaxReleases, terms.MaxPerTask)
			}
			if c := p.counted("releases/" + g.Artefact.String()); c < uint64(len(s.released[k])) {
				w.s.violated("%s counts %d releases of %s, and %d left", p.name, c, e.Name, len(s.released[k]))
			}
		}
	}
}

// counted is a budget's use on the disk.
func (p *proc) counted(k string) uint64 {
	for _, item := range p.disk.Items() {
		var c struct {
			N uint64 `cbor:"1,keyasint"`
		}
		if item.Key == k && wire.Unmarshal("tacit/manager/count", item.Value, &c) == nil {
			return c.N
		}
	}
	return 0
}

func (s *seen) draw(w *world, p *proc, task wire.Digest, share tacit.Share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !once(s.draws, p.name+" "+task.String(), wire.Sum(share.Pi)) {
		w.s.violated("%s drew task %s twice, differently", p.name, task.Short())
	}
}

func (s *seen) vote(w *world, p *proc, v tacit.Signed[tacit.Vote]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := v.Body
	if !once(s.votes, fmt.Sprintf("%s %s/%d/%d", p.name, b.Task, b.Attempt, b.Place), b.Hash()) {
		w.s.violated("%s signed two votes on attempt %d of task %s", p.name, b.Attempt, b.Task.Short())
	}
	if q := s.quotes[b.Evidence]; b.Accept && (!q.good || q.assignment != b.Assignment || q.keys != b.Keys) {
		w.s.violated("%s accepted bad evidence for task %s", p.name, b.Task.Short())
	}
	if q, ok := s.quotes[b.Evidence]; ok && q.good && !b.Accept && p.clock() == 0 && q.assignment == b.Assignment && q.keys == b.Keys {
		w.s.violated("%s rejected good evidence for task %s", p.name, b.Task.Short())
	}
}

func (s *seen) header(w *world, p *proc, h tacit.Signed[tacit.EpochHeader]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !once(s.headers, fmt.Sprintf("%s %d", p.name, h.Body.Number), h.Body.Hash()) {
		w.s.violated("%s signed two headers %d", p.name, h.Body.Number)
	}
}

// batch notes which settlements are under a root. Whoever is asked to sign a
// batch holds all papers of its tasks, and in some worlds takes them to the
// contract himself.
func (s *seen) batch(w *world, req tacit.BatchRequest) {
	s.mu.Lock()
	s.leaves[req.Batch.Leaves] = req.Settlements
	var leaked []tacit.SettleClaim
	for i, x := range req.Settlements {
		if w.o.direct && !s.leaked[x.Task] && x.Task[0]%2 == 0 {
			s.leaked[x.Task] = true
			leaked = append(leaked, req.Claims[i])
		}
	}
	s.mu.Unlock()
	for _, c := range leaked {
		w.settleDirect(tacit.Proof{Case: c.Case, Certificate: c.Certificate, Leaf: c.Leaf})
	}
}

func (s *seen) settlements(root wire.Digest) []tacit.Settlement {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaves[root]
}

func (s *seen) batchSig(w *world, p *proc, req tacit.BatchRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range req.Settlements {
		if !once(s.batches, p.name+" "+x.Task.String(), req.Batch.Number) {
			w.s.violated("%s signed task %s into two batches", p.name, x.Task.Short())
		}
	}
}

// acceptance holds a dispatcher to one task for one sequence number, within
// the deposit.
func (s *seen) acceptance(w *world, p *proc, a tacit.Signed[tacit.Acceptance]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := a.Body
	if !once(s.sequences, fmt.Sprintf("%s %s %d", p.name, b.User, b.Sequence), b.Hash()) {
		w.s.violated("%s used sequence %d of %s twice", p.name, b.Sequence, b.User)
	}
	if old, ok := s.accepted[b.Task]; ok && old.acc.Hash() != b.Hash() {
		w.s.violated("%s accepted task %s twice, differently", p.name, b.Task.Short())
	}
	if b.Reserved > w.deposit {
		w.s.violated("%s reserved %d of a deposit of %d", p.name, b.Reserved, w.deposit)
	}
	s.accepted[b.Task] = promise{p, b}
}

// check is what holds of the chain after every step.
func (w *world) check() string {
	if len(w.s.broken) > 0 {
		return strings.Join(w.s.broken, "; ")
	}
	m := w.chain.head().state
	if !m.Conserved() {
		return fmt.Sprintf("coin is not conserved: escrow %d, registry %d, out %d, in %d", m.Escrow(), m.Registry(), m.PaidOut, m.PaidIn)
	}
	return onlyOnce(m, w.chain.head().number)
}

// onlyOnce reports a task that was settled twice for good, or a payee that got
// more than a batch holds.
func onlyOnce(m *tacittest.Contracts, at uint64) string {
	times := map[wire.Digest]int{}
	for _, b := range m.Posted() {
		var claimed tacit.Money
		for _, p := range b.Payouts {
			if b.Claimed[p.Payee] {
				claimed += p.Amount
			}
		}
		if !b.Voided && claimed+b.Remaining != b.Batch.Total {
			return fmt.Sprintf("batch %d paid %d and keeps %d of %d", b.Batch.Number, claimed, b.Remaining, b.Batch.Total)
		}
		for _, s := range b.Settlements {
			if !b.Voided && !m.Open(b.Posted, at) {
				times[s.Task]++
			}
		}
	}
	for id, d := range m.Direct {
		if d.Paid || at >= d.Pays {
			times[id]++
		}
	}
	for id, n := range times {
		if n > 1 {
			return fmt.Sprintf("task %s was settled %d times for good", id.Short(), n)
		}
	}
	return ""
}

// The ends of a task as its dispatcher tells them.
const (
	open    = "open"
	settled = "settled"
	lapsed  = "lapsed"
	unknown = "unknown"
)

// stateOf is what a dispatcher tells a user of a task.
func (w *world) stateOf(p promise, id wire.Digest) string {
	in := p.by.live()
	if in == nil {
		return open
	}
	ctx, cancel := context.WithCancel(tacit.WithCaller(context.Background(), tacit.Caller{Role: tacit.RoleClient, Node: p.acc.User}))
	cancel() // what is there is enough
	reply, err := in.room.(*dispatcher.Dispatcher).Events(ctx, tacit.EventsRequest{Task: id})
	if errors.Is(err, fault.APINotFound) {
		return unknown
	}
	for _, e := range reply.Events {
		switch {
		case e.Final && e.State == "failed":
			return lapsed
		case e.Final:
			return settled
		}
	}
	return open
}

// ends reports whether every accepted task has come to its end, and what is
// wrong with one that did.
func (w *world) ends() (waiting []wire.Digest, wrong string) {
	w.seen.mu.Lock()
	defer w.seen.mu.Unlock()
	m := w.chain.head().state
	on := map[wire.Digest]int{}
	voided := map[wire.Digest]bool{}
	for _, b := range m.Posted() {
		for _, s := range b.Settlements {
			if b.Voided {
				voided[s.Task] = true
			} else {
				on[s.Task]++
			}
		}
	}
	for id := range m.Direct {
		on[id]++
	}
	ids := make([]wire.Digest, 0, len(w.seen.accepted))
	for id := range w.seen.accepted {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b wire.Digest) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range ids {
		p := w.seen.accepted[id]
		switch w.stateOf(p, id) {
		case open:
			waiting = append(waiting, id)
		case settled:
			switch {
			case on[id] > 1: // one of them is still to be voided
				waiting = append(waiting, id)
			case on[id] == 0 && !voided[id]:
				wrong = fmt.Sprintf("%s says that task %s is settled, and the chain has it %d times", p.by.name, id.Short(), on[id])
			}
		case lapsed:
			if _, direct := m.Direct[id]; on[id] != 0 && !direct {
				wrong = fmt.Sprintf("%s says that task %s lapsed, and the chain has it settled", p.by.name, id.Short())
			}
		default:
			wrong = fmt.Sprintf("%s accepted task %s and its journal has forgotten it", p.by.name, id.Short())
		}
	}
	return waiting, wrong
}

// honest reports a slashed party that did nothing wrong.
func (w *world) honest() string {
	m := w.chain.head().state
	for _, p := range w.procs {
		if n := m.Nodes[p.node.Key]; n != nil && n.Stake < p.node.Stake && p.evil == "" {
			return p.name + " is honest and was slashed"
		}
	}
	return ""
}
