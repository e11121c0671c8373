package replica

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/store"
	"tacit/wire"
)

// fixed is a group whose keys and membership are the same in every process of a run;
// only what is sealed differs.
type fixed struct {
	network  wire.Digest
	operator *key.Signer
	own      *key.Sealer
	member   *key.Signer
	signed   tacit.Signed[Membership]
	secrets  secrets
}

func newFixed(t testing.TB) fixed {
	t.Helper()
	repeat := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	w := fixed{network: wire.Digest{1}, secrets: secrets{Epochs: [][]byte{repeat(4), repeat(5)}, Print: repeat(6)}}
	var err error
	w.operator, err = key.ParseSigner(repeat(1))
	must(t, err)
	w.member, err = key.ParseSigner(repeat(2))
	must(t, err)
	w.own, err = key.ParseSealer(repeat(3))
	must(t, err)
	w.signed = tacit.Sign(w.network, w.operator, Membership{Group: wire.Digest{9}, Number: 1,
		Members: []Member{{Key: w.member.Address(), Seal: w.own.Recipient(), Address: "a:1"}}})
	return w
}

// machine is a member's state before it has anything.
func (w fixed) machine() *machine {
	return &machine{network: w.network, operator: w.operator.Address(), own: w.own, group: w.signed.Body.Group, tree: newTree(), applied: make(chan struct{}), broke: func(error) {}}
}

// plan is a recovery plan that names one owner.
func (w fixed) plan(t testing.TB) recovery.SignedPlan {
	t.Helper()
	parcels, err := recovery.Split(w.network, w.member, w.own, recovery.Plan{Serial: 1, Need: 1, Owners: []recovery.Owner{{Name: "owner", Key: w.own.Recipient()}}})
	must(t, err)
	return parcels[0].Signed
}

// entry founds the group's state with one record in it.
func (w fixed) entry(t testing.TB) []byte {
	t.Helper()
	wrapped, err := w.secrets.wrap(w.signed.Body, nil)
	must(t, err)
	k := newKeyring(w.secrets)
	rec := k.Seal([]byte("ia"), 1, 0, []byte("value"))
	h := store.Head{Revision: 1, Txn: wire.Sum([]byte("txn")), Count: 1}
	h.Set.Add(k.Print([]byte("ia"), rec))
	b, err := entry{Term: 1, Head: h, Writes: []write{{"ia", rec}}, Membership: &w.signed, Wrapped: &wrapped}.encode()
	must(t, err)
	return b
}

// same reports whether a membership is the one that the operator signed.
func (w fixed) same(t *testing.T, got tacit.Signed[Membership]) {
	t.Helper()
	if m, err := CheckMembership(w.network, w.operator.Address(), got); err == nil && !reflect.DeepEqual(m, w.signed.Body) {
		t.Fatalf("a membership that nobody signed passes: %+v", m)
	} else if err != nil && fault.Of(err) == fault.Internal {
		t.Fatalf("a refusal without a code: %v", err)
	}
}

// FuzzEntry applies log entries as a leader may send them: what is read encodes as it
// came, what is applied holds together, what is refused has a code and leaves nothing.
func FuzzEntry(f *testing.F) {
	w := newFixed(f)
	first := w.entry(f)
	f.Add(first)
	f.Add(first[:len(first)-1])
	later, err := entry{Term: 1, Previous: wire.Digest{1}, Head: store.Head{Revision: 2, Count: 0}, Writes: []write{{"ia", nil}, {"ib", []byte{1}}}}.encode()
	must(f, err)
	f.Add(later)
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEntry(b)
		if err != nil {
			if c := fault.Of(err); c != fault.StoreCorrupt && c != fault.ProtoVersion {
				t.Fatalf("decode: %v", err)
			}
			return
		}
		if again, err := e.encode(); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x is read and encodes as %x: %v", b, again, err)
		}
		m := w.machine()
		if err := m.apply(&raft.Log{Term: e.Term, Index: 1, Data: b}); err != nil {
			if fault.Of(err) == fault.Internal || m.tree.Len() != 0 || m.head != (store.Head{}) {
				t.Fatalf("refused with %d records left: %v", m.tree.Len(), err)
			}
			return
		}
		w.same(t, m.membership)
		if m.chain != digestEntry(b) || int64(m.tree.Len()) != m.head.Count {
			t.Fatalf("%d records under a head of %d", m.tree.Len(), m.head.Count)
		}
	})
}

// FuzzSnapshot takes snapshots and what is in a backup: what is taken is written the
// same again, what is refused has a code and leaves nothing.
func FuzzSnapshot(f *testing.F) {
	w := newFixed(f)
	m := w.machine()
	must(f, m.apply(&raft.Log{Term: 1, Index: 1, Data: w.entry(f)}))
	image := func(t testing.TB, m *machine) []byte {
		s, err := m.Snapshot()
		must(t, err)
		var b bytes.Buffer
		to := bufio.NewWriter(&b)
		must(t, errors.Join(s.(*image).write(to), to.Flush()))
		return b.Bytes()
	}
	whole := image(f, m)
	f.Add(whole)
	f.Add(append(bytes.Clone(whole), 0))
	f.Add(whole[:len(whole)-1])
	f.Add(append(bytes.Clone(whole[:len(whole)-1]), 0x80, 0)) // the end, in a longer form
	f.Fuzz(func(t *testing.T, b []byte) {
		m := w.machine()
		if err := m.Restore(io.NopCloser(bytes.NewReader(b))); err != nil {
			if fault.Of(err) == fault.Internal || m.tree.Len() != 0 || m.head != (store.Head{}) {
				t.Fatalf("refused with %d records left: %v", m.tree.Len(), err)
			}
			return
		}
		w.same(t, m.membership)
		if again := image(t, m); !bytes.Equal(again, b) {
			t.Fatalf("%x is read and written as %x", b, again)
		}
	})
}

// FuzzSealedRecord opens records and log entries as whoever keeps the disk may leave
// them: what opens is what was sealed, at its place.
func FuzzSealedRecord(f *testing.F) {
	w := newFixed(f)
	k, box := newKeyring(w.secrets), store.NewBox(bytes.Repeat([]byte{7}, 32))
	rec := k.Seal([]byte("ikv/x/a"), 5, 3, []byte("value"))
	logged := seal(box, &raft.Log{Index: 5, Term: 3, Type: raft.LogCommand, Data: []byte("value"), Extensions: []byte("more")})
	f.Add([]byte("ikv/x/a"), rec)
	f.Add([]byte("ikv/y/a"), rec)
	f.Add([]byte{}, rec)
	older := bytes.Clone(rec)
	binary.BigEndian.PutUint32(older[17:], 1)
	f.Add([]byte("ikv/x/a"), older)
	f.Add([]byte("5"), logged.Data)
	f.Fuzz(func(t *testing.T, place, b []byte) {
		revision, lease, plain, err := k.Open(place, b)
		if err != nil && !errors.Is(err, store.ErrRecord) && !errors.Is(err, fault.ProtoVersion) {
			t.Fatalf("%v, want ErrRecord or ErrNewer", err)
		}
		if err == nil && (string(place) != "ikv/x/a" || revision != 5 || lease != 3 || string(plain) != "value") {
			t.Fatalf("%x opens at %q as %d, %d, %q", b, place, revision, lease, plain)
		}
		for _, at := range []uint64{5, uint64(len(place))} {
			l, err := unseal(box, at, &raft.Log{Data: b})
			if err != nil && fault.Of(err) != fault.StoreCorrupt && fault.Of(err) != fault.ProtoVersion {
				t.Fatalf("log: %v", err)
			}
			if err == nil && (at != 5 || l.Index != 5 || l.Term != 3 || l.Type != raft.LogCommand || string(l.Data) != "value" || string(l.Extensions) != "more") {
				t.Fatalf("%x opens at %d as %+v", b, at, l)
			}
		}
	})
}

// FuzzMemberMessages reads what members say to each other: what is read encodes as it
// came, a refusal has a code, and no membership passes that the operator did not sign.
func FuzzMemberMessages(f *testing.F) {
	w := newFixed(f)
	wrapped, err := w.secrets.wrap(w.signed.Body, nil)
	must(f, err)
	checkpoint := tacit.Sign(w.network, w.member, Checkpoint{w.signed.Body.Group, 1, wire.Digest{2}})
	for i, m := range []struct {
		label string
		v     any
	}{
		{labelGreeting, greeting{Group: w.signed.Body.Group, Kind: kindAsk, Membership: w.signed}},
		{labelAsk, ask{Kind: askCheckpoint, Term: 2, Checkpoint: checkpoint, Membership: w.signed}},
		{labelAnswer, answer{Term: 1, Log: position{1, 2}, Known: position{1, 1}, Yes: true, Keys: wrapped}},
	} {
		var b bytes.Buffer
		must(f, send(&b, m.label, m.v))
		f.Add(uint8(i), b.Bytes())
		f.Add(uint8(i), b.Bytes()[:b.Len()-1])
	}
	f.Add(uint8(0), []byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		var g greeting
		var q ask
		var a answer
		label, v := labelGreeting, any(&g)
		switch kind {
		case 1:
			label, v = labelAsk, &q
		case 2:
			label, v = labelAnswer, &a
		}
		from := bytes.NewReader(b)
		if err := receive(from, label, v); err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APISize && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("receive: %v", err)
			}
			return
		}
		var again bytes.Buffer
		if err := send(&again, label, reflect.ValueOf(v).Elem().Interface()); err != nil || !bytes.Equal(again.Bytes(), b[:len(b)-from.Len()]) {
			t.Fatalf("%x is read and encodes as %x: %v", b, again.Bytes(), err)
		}
		w.same(t, g.Membership)
		w.same(t, q.Membership)
		if c, err := q.Checkpoint.Check(w.network, w.member.Address()); err == nil && c != checkpoint.Body {
			t.Fatalf("a checkpoint that nobody signed passes: %+v", c)
		}
		if s, err := a.Keys.unwrap(w.signed.Body.Group, w.own); err == nil && (len(s.Epochs) != int(a.Keys.Epoch) || len(s.Print) != 32) {
			t.Fatalf("keys of %d epochs open as %d", a.Keys.Epoch, len(s.Epochs))
		} else if err != nil && fault.Of(err) == fault.Internal {
			t.Fatalf("keys are refused without a code: %v", err)
		}
	})
}

// FuzzOperatorsWord reads the files that an operator lays down and a host carries:
// what he did not sign does not pass.
func FuzzOperatorsWord(f *testing.F) {
	w := newFixed(f)
	order := tacit.Sign(w.network, w.operator, Order{Group: w.signed.Body.Group, Number: 7, Action: OrderRotate})
	for _, v := range []any{w.signed, order} {
		b, err := json.Marshal(v)
		must(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m tacit.Signed[Membership]
		if json.Unmarshal(b, &m) == nil {
			w.same(t, m)
		}
		var o tacit.Signed[Order]
		if json.Unmarshal(b, &o) != nil {
			return
		}
		if got, err := o.Check(w.network, w.operator.Address()); err == nil && !reflect.DeepEqual(got, order.Body) {
			t.Fatalf("an order that nobody signed passes: %+v", got)
		} else if err != nil && fault.Of(err) == fault.Internal {
			t.Fatalf("a refusal without a code: %v", err)
		}
	})
}

// FuzzBackup reads what a backup says of itself, which anybody may have kept: it
// encodes as it came, and only the group's own plan passes.
func FuzzBackup(f *testing.F) {
	w := newFixed(f)
	signed := w.plan(f)
	about, err := wire.Marshal(labelBackup, backup{w.signed.Body.Group, 3, wire.Digest{3}, signed})
	must(f, err)
	whole := append(binary.BigEndian.AppendUint32(nil, uint32(len(about))), about...)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		from := bytes.NewReader(b)
		got, err := readBackup(from)
		if err != nil {
			if fault.Of(err) != fault.StoreCorrupt {
				t.Fatalf("%v, want STORE_CORRUPT", err)
			}
			return
		}
		about, err := wire.Marshal(labelBackup, got)
		if again := append(binary.BigEndian.AppendUint32(nil, uint32(len(about))), about...); err != nil || !bytes.Equal(again, b[:len(b)-from.Len()]) {
			t.Fatalf("%x is read and encodes as %x: %v", b, again, err)
		}
		if p, err := got.Plan.Check(w.network, w.member.Address()); err == nil && (p.Need != 1 || len(p.Owners) != 1 || p.Owners[0].Name != "owner") {
			t.Fatalf("a plan that nobody signed passes: %+v", p)
		}
	})
}
