package replica

import (
	"bufio"
	"bytes"
	"io"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func TestAMembershipIsJudgedWhole(t *testing.T) {
	l := makeLab(t, 3, nil)
	stranger, err := key.NewSigner()
	must(t, err)
	for _, tt := range []struct {
		name string
		edit func(m *Membership)
		want fault.Code
	}{
		{"twin: as it is", func(*Membership) {}, ""},
		{"twin: a learner", func(m *Membership) { m.Members[2].Learner = true }, ""},
		{"nobody", func(m *Membership) { m.Members = nil }, fault.APIField},
		{"a member twice", func(m *Membership) { m.Members[1].Key = m.Members[0].Key }, fault.APIField},
		{"an address twice", func(m *Membership) { m.Members[1].Address = m.Members[0].Address }, fault.APIField},
		{"a member without a key", func(m *Membership) { m.Members[1].Key = wire.Address{} }, fault.APIField},
		{"a member without a seal", func(m *Membership) { m.Members[1].Seal = nil }, fault.APIField},
		{"a member without an address", func(m *Membership) { m.Members[1].Address = "" }, fault.APIField},
		{"no group", func(m *Membership) { m.Group = wire.Digest{} }, fault.APIField},
		{"no number", func(m *Membership) { m.Number = 0 }, fault.APIField},
		{"the first without a vote", func(m *Membership) { m.Members[0].Learner = true }, fault.APIField},
		{"too many", func(m *Membership) {
			for i := range 7 {
				m.Members = append(m.Members, Member{Key: wire.Address{byte(i + 1)}, Seal: m.Members[0].Seal, Address: string(rune('a' + i))})
			}
		}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := l.signed.Body
			m.Members = append([]Member{}, m.Members...)
			tt.edit(&m)
			_, err := CheckMembership(l.network, l.operator.Address(), tacit.Sign(l.network, l.operator, m))
			wantCode(t, "check", err, tt.want)
			_, err = CheckMembership(l.network, l.operator.Address(), tacit.Sign(l.network, stranger, m))
			wantCode(t, "check of another's word", err, fault.KeySignature)
		})
	}
}

// A snapshot that lacks a record, has one more or another is none.
//
// case N46 code STORE_CORRUPT check store/replica/fsm.go:restore
func TestN46ASnapshotIsCountedRecordByRecord(t *testing.T) {
	l := newLab(t, 1, nil)
	term, _ := l.leader()
	put(t, term, "a", "1")
	put(t, term, "b", "2")
	m := l.people[0].replica.machine
	write := func(edit func(s *image)) []byte {
		f, err := m.Snapshot()
		must(t, err)
		s := f.(*image)
		edit(s)
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		must(t, s.write(w))
		must(t, w.Flush())
		return b.Bytes()
	}
	for _, tt := range []struct {
		name string
		edit func(s *image)
		want fault.Code
	}{
		{"twin: as it is", func(*image) {}, ""},
		{"a record left out", func(s *image) { s.tree.Delete(node{place: "ia"}) }, fault.StoreCorrupt},
		{"a record more", func(s *image) {
			n, _ := s.tree.Get(node{place: "ia"})
			n.place = "ic"
			s.tree.ReplaceOrInsert(n)
		}, fault.StoreCorrupt},
		{"another record", func(s *image) {
			n, _ := s.tree.Get(node{place: "ia"})
			n.rec = m.keys.Seal([]byte("ia"), n.entry.Revision, 0, []byte("forged"))
			s.tree.ReplaceOrInsert(n)
		}, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fresh := &machine{network: m.network, operator: m.operator, own: m.own, group: m.group, tree: newTree(), applied: make(chan struct{}), broke: func(error) {}}
			wantCode(t, "restore", fresh.Restore(io.NopCloser(bytes.NewReader(write(tt.edit)))), tt.want)
			if tt.want != "" && fresh.tree.Len() != 0 {
				t.Error("a part of it was taken")
			}
		})
	}
	t.Run("older than what is here", func(t *testing.T) {
		old := write(func(*image) {})
		put(t, term, "a", "3")
		fresh := &machine{network: m.network, operator: m.operator, own: m.own, group: m.group, tree: m.tree.Clone(), head: m.head, chain: m.chain,
			membership: m.membership, wrapped: m.wrapped, keys: m.keys, applied: make(chan struct{}), broke: func(error) {}}
		wantCode(t, "restore", fresh.Restore(io.NopCloser(bytes.NewReader(old))), fault.StoreRollback)
	})
}

// A vote goes only to who has what anybody had at the roll call.
func TestAVoteGoesOnlyToWhoHasWhatWasAcknowledged(t *testing.T) {
	l := newLab(t, 1, nil)
	l.leader()
	g := l.people[0].replica.guard
	g.pass(position{}, position{3, 40}, 5)
	for _, tt := range []struct {
		name string
		term uint64
		log  position
		want fault.Code
	}{
		{"twin: all of it, in a new term", 6, position{3, 40}, ""},
		{"twin: more of it", 6, position{4, 2}, ""},
		{"an entry less", 6, position{3, 39}, fault.StoreRollback},
		{"an older term's log", 6, position{2, 400}, fault.StoreRollback},
		{"a term in which it may have voted", 5, position{3, 40}, fault.StoreRollback},
	} {
		t.Run(tt.name, func(t *testing.T) { wantCode(t, "vote", g.mayVote(tt.term, tt.log), tt.want) })
	}
}

// The others' yes is worth nothing to a leader that has itself moved on.
func TestAReadOfAnOlderTermIsNotConfirmed(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", "1")
	peer := l.people[(at+1)%3].signer.Address()
	for _, tt := range []struct {
		name   string
		number uint64
		want   fault.Code
	}{{"twin: its own term", term.number, ""}, {"a term before", term.number - 1, fault.StoreNotLeader}} {
		t.Run(tt.name, func(t *testing.T) {
			other := &Term{of: term.of, number: tt.number, ctx: term.ctx}
			r := newReads(other)
			done := make(chan error, 1)
			go func() { done <- r.confirm(t.Context()) }()
			for {
				r.mu.Lock()
				n := r.last
				r.mu.Unlock()
				if n == 1 {
					break
				}
				time.Sleep(time.Millisecond)
			}
			r.ack(peer, 1)
			wantCode(t, "confirm", <-done, tt.want)
		})
	}
}
