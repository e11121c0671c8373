package replica

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

const canary = "the canary sings at midnight"

// case N47 code STORE_ROLLBACK check store/replica/guard.go:mayVote
func TestN47AMemberOnAnOlderDiskDoesNotVote(t *testing.T) {
	for _, tt := range []struct {
		name string
		old  bool
	}{{"twin: its own disk", false}, {"an older disk", true}} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, 3, nil)
			term, at := l.leader()
			victim, third := (at+1)%3, (at+2)%3
			rev := put(t, term, "a", "old")
			l.caughtUp(victim, rev)
			l.stop(victim)
			kept := filepath.Join(t.TempDir(), "old")
			copyDir(t, l.people[victim].dir, kept)
			l.start(victim)
			l.await("the victim takes part and does not lead", func() bool {
				term, at = l.leader()
				if at == victim {
					_ = l.people[victim].replica.Transfer()
					return false
				}
				return l.people[victim].replica.guard.passed()
			})
			third = 3 - at - victim
			l.part(at, third, true) // what comes now only leader and victim have
			l.part(third, at, true)
			for range 20 {
				rev = put(t, term, "a", "new")
			}
			l.caughtUp(victim, rev)
			l.stop(victim)
			if tt.old {
				copyDir(t, kept, l.people[victim].dir)
			}
			// The leader, which alone knows better, is cut off from the victim as soon
			// as it has been asked: without it, victim and third are a majority that
			// would forget.
			r := l.start(victim)
			deadline := time.Now().Add(10 * time.Second)
			for !r.guard.passed() && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond)
			}
			if got := r.Status().RolledBack; got != tt.old {
				t.Errorf("rolled back: %v, want %v", got, tt.old)
			}
			if tt.old {
				own := r.guard.had
				if !r.position().below(own) {
					t.Skip("it caught up before it could be looked at")
				}
				wantCode(t, "vote", r.guard.mayVote(1000, position{999, 999}), fault.StoreRollback)
			}
			l.part(at, third, false)
			l.part(third, at, false)
			now, _ := l.leader()
			if v := get(t, now, "a"); v != "new" {
				t.Errorf("a is %q: an acknowledged write is forgotten", v)
			}
			l.caughtUp(victim, rev)
			if err := r.guard.mayVote(1000, position{999, 9999}); err != nil {
				t.Errorf("caught up: %v", err)
			}
			wantCode(t, "a vote in a term that it may have voted in", r.guard.mayVote(r.guard.term, position{999, 9999}), fault.StoreRollback)
		})
	}
}

// A majority that was put back cannot outvote the one that remembers: it waits until it
// has been asked, and whoever lacks what it has is not elected.
func TestN47TwoOlderDisksDoNotForget(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	rev := put(t, term, "a", "old")
	others := []int{(at + 1) % 3, (at + 2) % 3}
	kept := t.TempDir()
	for _, i := range others {
		l.caughtUp(i, rev)
	}
	for i := range 3 {
		l.stop(i)
	}
	for _, i := range others {
		copyDir(t, l.people[i].dir, filepath.Join(kept, l.people[i].signer.Address().String()))
	}
	for i := range 3 {
		l.start(i)
	}
	term, _ = l.leader()
	rev = put(t, term, "a", "new")
	for i := range 3 {
		l.caughtUp(i, rev)
	}
	for i := range 3 {
		l.stop(i)
	}
	for _, i := range others {
		copyDir(t, filepath.Join(kept, l.people[i].signer.Address().String()), l.people[i].dir)
		l.start(i)
	}
	time.Sleep(10 * l.beat)
	for _, i := range others {
		if s := l.people[i].replica.Status(); s.Serving {
			t.Fatal("two members on older disks serve without the third")
		}
	}
	l.start(at)
	term, leads := l.leader()
	if v := get(t, term, "a"); v != "new" || leads != at {
		t.Errorf("a is %q, member %d leads; want new, and %d", v, leads, at)
	}
}

// case N51 code STORE_NOT_LEADER check store/replica/term.go:confirm twin TestThreeMembersAreAStore
func TestN51ALeaderInAMinorityAnswersNothing(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", "old")
	if v := get(t, term, "a"); v != "old" { // twin: with a majority it answers
		t.Fatalf("a is %q", v)
	}
	l.isolate(at, true)
	// In this moment it still believes that it leads.
	if _, err := term.Get(t.Context(), "a"); fault.Of(err) != fault.StoreNotLeader {
		t.Errorf("read in a minority: %v, want STORE_NOT_LEADER", err)
	}
	if _, _, err := term.Range(t.Context(), "", "", 10); fault.Of(err) != fault.StoreNotLeader {
		t.Errorf("range in a minority: %v, want STORE_NOT_LEADER", err)
	}
	_, err := term.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: "a", Value: []byte("never")}}})
	if c := fault.Of(err); c != fault.StoreNotLeader && c != fault.StoreUnknown {
		t.Errorf("write in a minority: %v", err)
	}
	next, _ := l.leader(at)
	put(t, next, "a", "new")
	if it, err := term.Get(t.Context(), "a"); fault.Of(err) != fault.StoreNotLeader {
		t.Errorf("stale read: %q, %v", it.Value, err)
	}
	l.isolate(at, false)
	l.caughtUp(at, 2)
	if v := get(t, next, "a"); v != "new" {
		t.Errorf("after healing a is %q", v)
	}
}

// A read that arrives after the others fell silent is not answered on the strength of a
// heartbeat from before.
func TestN51AReadNeedsAnAnswerThatBeganAfterIt(t *testing.T) {
	l := newLab(t, 3, func(_ int, c *Config) { c.Heartbeat = 1500 * time.Millisecond }) // an old heartbeat counts long
	term, at := l.leader()
	put(t, term, "a", "1")
	get(t, term, "a")
	l.isolate(at, true)
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if _, err := term.Get(ctx, "a"); err == nil {
		t.Error("a read was confirmed by answers to questions before it")
	}
	if term.of.raft.State() != raft.Leader {
		t.Skip("the leader stepped down before the read: nothing shown")
	}
}

// case N52 code STORE_PEER check store/replica/link.go:judge
func TestN52WhoIsNoMemberIsRefused(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", canary)
	r := l.people[at].replica
	stranger := makeLab(t, 1, nil)
	foreign := stranger.people[0].signer.Address()
	older := l.signed.Body
	older.Number = 0
	forged := l.signed
	forged.Body.Number++
	forged.Body.Members = append(forged.Body.Members, Member{Key: foreign, Seal: stranger.people[0].seal.Recipient(), Address: "x:1"})
	for _, tt := range []struct {
		name string
		who  wire.Address
		g    greeting
		want fault.Code
	}{
		{"twin: a member", l.people[(at+1)%3].signer.Address(), greeting{Group: r.group, Kind: kindAsk, Membership: l.signed}, ""},
		{"a stranger", foreign, greeting{Group: r.group, Kind: kindAsk, Membership: l.signed}, fault.StorePeer},
		{"a member of another group", l.people[(at+1)%3].signer.Address(), greeting{Group: wire.Digest{1}, Kind: kindAsk, Membership: l.signed}, fault.StorePeer},
		{"a stranger with a membership that nobody signed", foreign, greeting{Group: r.group, Kind: kindAsk, Membership: forged}, fault.KeySignature},
		{"a stranger with his own membership", foreign, greeting{Group: r.group, Kind: kindAsk, Membership: tacit.Sign(l.network, stranger.operator, forged.Body)}, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantCode(t, "greeting", r.judge(tt.who, tt.g), tt.want)
			near, far := net.Pipe()
			defer near.Close()
			go func() {
				if err := r.welcome(t.Context(), far, tt.who); err != nil {
					far.Close()
				}
			}()
			must(t, send(near, labelGreeting, tt.g))
			var answer greeting
			must(t, receive(near, labelGreeting, &answer))
			if answer.Code != string(tt.want) {
				t.Errorf("answered %q, want %q", answer.Code, tt.want)
			}
		})
	}
	t.Run("a channel of no kind is not kept", func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		done := make(chan error, 1)
		who := l.people[(at+1)%3].signer.Address()
		go func() { done <- r.welcome(t.Context(), far, who) }()
		must(t, send(near, labelGreeting, greeting{Group: r.group, Kind: 9, Membership: l.signed}))
		must(t, receive(near, labelGreeting, new(greeting)))
		wantCode(t, "welcome", <-done, fault.APIField)
		r.mu.Lock()
		defer r.mu.Unlock()
		for h := range r.channels {
			if h.Conn == far {
				t.Error("it is still there")
			}
		}
	})
	t.Run("a question of a stranger", func(t *testing.T) {
		if a := r.answer(foreign, ask{Kind: askState}); a.Code != string(fault.StorePeer) || a.Term != 0 {
			t.Errorf("answered %+v", a)
		}
	})
}

// A member that the operator took out has no vote, no entry and no key of what is
// written after.
//
// case N52 code STORE_PEER check store/replica/change.go:adopt twin TestMembersComeAndGo
func TestN52ARemovedMemberReadsNothingMore(t *testing.T) {
	l := newLab(t, 4, nil)
	term, at := l.leader()
	gone := (at + 1) % 4
	rev := put(t, term, "a", "1")
	l.caughtUp(gone, rev)
	body := l.signed.Body
	body.Number++
	body.Members = nil
	for i, m := range l.signed.Body.Members {
		if i != gone {
			body.Members = append(body.Members, m)
		}
	}
	signed := tacit.Sign(l.network, l.operator, body)
	must(t, l.people[at].replica.Offer(signed))
	l.await("a new key epoch", func() bool { return l.people[at].replica.Status().KeyEpoch == 2 })
	l.await("a configuration of three", func() bool {
		f := l.people[at].replica.raft.GetConfiguration()
		return f.Error() == nil && len(f.Configuration().Servers) == 3
	})
	put(t, term, "a", canary)
	m := l.people[at].replica.machine
	m.mu.RLock()
	n, _ := m.tree.Get(node{place: "ia"})
	w := m.wrapped
	m.mu.RUnlock()
	if _, err := w.unwrap(l.signed.Body.Group, l.people[gone].seal); fault.Of(err) != fault.StorePeer {
		t.Errorf("the new keys open for the member that left: %v", err)
	}
	old := l.people[gone].replica.machine.sealer()
	if _, _, plain, err := old.Open([]byte("ia"), n.rec); err == nil {
		t.Errorf("its old keys open what was written after: %q", plain)
	}
	if _, err := l.people[gone].replica.other(l.people[at].signer.Address()).ask(t.Context(), ask{Kind: askState}); err == nil {
		t.Error("it is still answered")
	}
	older := tacit.Sign(l.network, l.operator, l.signed.Body)
	_ = older
}

func TestMembersComeAndGo(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	var rev int64
	for range 30 {
		rev = put(t, term, "a", canary)
	}
	must(t, l.people[at].replica.Snapshot())
	body := l.signed.Body
	body.Number++
	body.Members = append(body.Members[:3:3], l.add(3))
	body.Members[3].Learner = true
	l.signed = tacit.Sign(l.network, l.operator, body)
	must(t, l.people[at].replica.Offer(l.signed))
	l.start(3)
	l.caughtUp(3, rev)
	body.Number++
	body.Members = append([]Member{}, body.Members...)
	body.Members[3].Learner = false
	l.signed = tacit.Sign(l.network, l.operator, body)
	must(t, l.people[at].replica.Offer(l.signed))
	l.await("four voters", func() bool {
		f := l.people[at].replica.raft.GetConfiguration()
		n := 0
		for _, s := range f.Configuration().Servers {
			if s.Suffrage == raft.Voter {
				n++
			}
		}
		return n == 4
	})
	for i := range 3 { // the founders go, one after the other; the leader last
		if i == at {
			continue
		}
		l.remove(i)
	}
	l.remove(at)
	now, leads := l.leader()
	if leads != 3 || get(t, now, "a") != canary {
		t.Errorf("member %d leads", leads)
	}
	put(t, now, "a", "alone")
}

// case N53 code STORE_GENERATION check store/replica/fsm.go:take
func TestN53AnOlderMembershipOrEpochIsRefused(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", "1")
	must(t, term.Rotate())
	m := l.people[at].replica.machine
	m.mu.RLock()
	w, signed, own := m.wrapped, m.membership, m.own
	m.mu.RUnlock()
	fresh := func() *machine {
		return &machine{network: m.network, operator: m.operator, own: own, group: m.group, tree: newTree(), applied: make(chan struct{}), broke: func(error) {},
			membership: signed, wrapped: w, keys: m.keys}
	}
	older, err := newSecrets().wrap(signed.Body, nil)
	must(t, err)
	next := signed.Body
	next.Number++
	before := signed.Body
	before.Number = 0
	newer := tacit.Sign(l.network, l.operator, next)
	for _, tt := range []struct {
		name   string
		signed *tacit.Signed[Membership]
		keys   *wrapped
		want   fault.Code
	}{
		{"twin: a newer membership", &newer, nil, ""},
		{"twin: the same keys", nil, &w, ""},
		{"keys of an older epoch", nil, &older, fault.StoreGeneration},
		{"an older membership", ptr(tacit.Sign(l.network, l.operator, Membership{Group: before.Group, Number: 1, Members: before.Members})), nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := fresh()
			if tt.name == "an older membership" {
				m.membership = newer
				wantCode(t, "take", m.take(tt.signed, tt.keys), fault.StoreGeneration)
				return
			}
			wantCode(t, "take", m.take(tt.signed, tt.keys), tt.want)
		})
	}
	t.Run("offered", func(t *testing.T) {
		must(t, l.people[at].replica.Offer(newer))
		other := signed.Body
		other.Members = other.Members[:2]
		wantCode(t, "offer", l.people[at].replica.Offer(tacit.Sign(l.network, l.operator, other)), fault.StoreGeneration)
		must(t, l.people[at].replica.Offer(newer)) // the same again
	})
}

func ptr[T any](v T) *T { return &v }

// A leader that shows two members different histories is found out: who sees the
// difference stops, keeps the two signed words, and stays closed until the operator has
// taken the liar out.
//
// case N56 code STORE_DIVERGED check store/replica/change.go:holdAgainst twin TestThreeMembersAreAStore
func TestN56DifferentHistoriesStopTheMembers(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	rev := put(t, term, "a", "1")
	for i := range 3 {
		l.caughtUp(i, rev)
	}
	honest, liar := (at+1)%3, (at+2)%3
	r := l.people[honest].replica
	own, ok := r.machine.linkAt(rev)
	if !ok {
		t.Fatal("no link")
	}
	lie := func(c Checkpoint) tacit.Signed[Checkpoint] {
		return tacit.Sign(l.network, l.people[liar].signer, c)
	}
	who := l.people[liar].signer.Address()
	must(t, r.compareTo(who, lie(Checkpoint{r.group, rev, own}))) // twin: the same history
	must(t, r.compareTo(who, lie(Checkpoint{r.group, rev + 100, wire.Digest{9}})))
	wantCode(t, "a word that another signed", r.compareTo(who, tacit.Sign(l.network, l.people[at].signer, Checkpoint{r.group, rev, wire.Digest{9}})), fault.KeySignature)
	wantCode(t, "another history", r.compareTo(who, lie(Checkpoint{r.group, rev, wire.Digest{9}})), fault.StoreDiverged)
	<-r.Stopped()
	wantCode(t, "why it stopped", r.Err(), fault.StoreDiverged)
	b, err := os.ReadFile(filepath.Join(l.people[honest].dir, "difference.json"))
	if err != nil || !strings.Contains(string(b), who.String()) {
		t.Errorf("the evidence: %s, %v", b, err)
	}
	l.stop(honest)
	_, err = l.open(honest)
	wantCode(t, "open again", err, fault.StoreDiverged)

	body := l.signed.Body
	body.Number++
	body.Members = append(append([]Member{}, body.Members[:liar]...), body.Members[liar+1:]...)
	l.signed = tacit.Sign(l.network, l.operator, body)
	must(t, l.people[at].replica.Offer(l.signed))
	l.stop(liar)
	l.start(honest)
	next, _ := l.leader()
	rev = put(t, next, "a", "2")
	l.caughtUp(honest, rev)
	l.await("a new key epoch", func() bool { return l.people[honest].replica.Status().KeyEpoch == 2 })
}

// An entry that does not follow from the one before, or whose records are not those
// that its head says, is applied nowhere.
//
// case N56 code STORE_DIVERGED check store/replica/fsm.go:apply
func TestN56AForgedEntryIsNotApplied(t *testing.T) {
	l := newLab(t, 1, nil)
	term, _ := l.leader()
	put(t, term, "a", "1")
	m := l.people[0].replica.machine
	l.stop(0)
	good := func() entry {
		b := (&store.Machine{Sealer: m.keys, Head: m.head, Entry: m.entryAt}).Begin(time.Now())
		txn := tacit.Txn{Then: []tacit.Put{{Key: "a", Value: []byte("2")}}}
		_, err := b.Commit(txn, store.DigestTxn(txn))
		must(t, err)
		return entry{Term: 9, Previous: m.chain, Head: b.Head, Writes: writesOf(b)}
	}
	for _, tt := range []struct {
		name string
		edit func(e *entry)
		want fault.Code
	}{
		{"another entry before", func(e *entry) { e.Previous = wire.Digest{1} }, fault.StoreDiverged},
		{"a record that the head does not count", func(e *entry) { e.Writes = append(e.Writes, write{"ib", e.Writes[0].rec}) }, fault.StoreDiverged},
		{"a record left out", func(e *entry) { e.Writes = nil }, fault.StoreDiverged},
		{"an older revision", func(e *entry) { e.Head.Revision = 0; e.Head.Previous, e.Head.Txn = wire.Digest{}, wire.Digest{} }, fault.StoreDiverged},
		{"a record that is none", func(e *entry) { e.Writes[0].rec = []byte("plain") }, fault.StoreCorrupt},
		{"keys that are not for this member", func(e *entry) { e.Wrapped = &wrapped{Epoch: 7} }, fault.StorePeer},
		{"twin: as the leader made it", func(*entry) {}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fresh := &machine{network: m.network, operator: m.operator, own: m.own, group: m.group, tree: m.tree.Clone(), head: m.head, chain: m.chain, keys: m.keys,
				wrapped: m.wrapped, membership: m.membership, applied: make(chan struct{}), broke: func(error) {}}
			e := good()
			tt.edit(&e)
			b, err := e.encode()
			must(t, err)
			got, _ := fresh.Apply(&raft.Log{Term: 9, Data: b}).(error)
			wantCode(t, "apply", got, tt.want)
			if tt.want != "" {
				if n, _ := fresh.tree.Get(node{place: "ia"}); n.entry.Revision != m.head.Revision {
					t.Error("a part of it was applied")
				}
				if again, _ := fresh.Apply(&raft.Log{Term: 9, Data: b}).(error); again == nil {
					t.Error("it goes on after it")
				}
			}
		})
	}
	t.Run("of a leader that lost its term it is void", func(t *testing.T) {
		e := good()
		e.Term = 8
		b, err := e.encode()
		must(t, err)
		if got := m.Apply(&raft.Log{Term: 9, Data: b}); got != errVoid || m.cause != nil {
			t.Errorf("apply: %v, %v", got, m.cause)
		}
	})
}

// case N95 code - check store/replica/term.go:ack twin TestThreeMembersAreAStore
func TestN95AnAsymmetricPartitionMakesProgressOnOneSide(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", "1")
	// The leader hears nobody, but everybody hears it.
	for i := range 3 {
		if i != at {
			l.part(i, at, true)
		}
	}
	if _, err := term.Get(t.Context(), "a"); err == nil {
		t.Error("a leader that hears nobody answers a read")
	}
	l.await("the leader steps down", func() bool { return l.people[at].replica.raft.State() != raft.Leader })
	next, _ := l.leader(at)
	rev := put(t, next, "a", "2")
	for i := range 3 {
		if i != at {
			l.part(i, at, false)
		}
	}
	l.caughtUp(at, rev)
	now, _ := l.leader()
	if v := get(t, now, "a"); v != "2" {
		t.Errorf("after healing a is %q", v)
	}
}
