package replica

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/store"
	"tacit/wire"
)

func TestAnEntryIsReadWholeOrNotAtAll(t *testing.T) {
	w := newFixed(t)
	whole := w.entry(t)
	at := func(i int, b byte) []byte {
		c := bytes.Clone(whole)
		c[i] = b
		return c
	}
	head := store.Head{Revision: 1, Count: 1}
	// made is an entry whose parts behind its head are given.
	made := func(h store.Head, rest ...byte) []byte {
		b := append([]byte{entryVersion}, make([]byte, 8+32)...)
		b = binary.BigEndian.AppendUint64(b, uint64(h.Revision))
		return append(append(b, h.Encode()...), rest...)
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want fault.Code
	}{
		{"twin: as written", whole, ""},
		{"twin: of no writes", made(head, 0, 0, 0), ""},
		{"of a newer version", at(0, entryVersion+1), fault.ProtoVersion},
		{"of version 0", at(0, 0), fault.StoreCorrupt},
		{"nothing", nil, fault.StoreCorrupt},
		{"only its head", whole[:entryFixed], fault.StoreCorrupt},
		{"another head", at(60, whole[60]^1), fault.StoreCorrupt},
		{"a revision below zero", made(store.Head{Revision: -1}, 0, 0, 0), fault.StoreCorrupt},
		{"more writes than it has bytes", made(head, 200, 1, 0, 0), fault.StoreCorrupt},
		{"a write without a place", made(head, 1, 0, 0, 0, 0), fault.StoreCorrupt},
		{"a place twice", made(head, 2, 1, 'a', 0, 1, 'a', 0, 0, 0), fault.StoreCorrupt},
		{"places out of order", made(head, 2, 1, 'b', 0, 1, 'a', 0, 0, 0), fault.StoreCorrupt},
		{"a length in another form", made(head, 0x80, 0, 0, 0), fault.StoreCorrupt},
		{"a membership that is none", made(head, 0, 1, 7, 0), fault.StoreCorrupt},
		{"keys that are none", made(head, 0, 0, 1, 7), fault.StoreCorrupt},
		{"cut", whole[:len(whole)-1], fault.StoreCorrupt},
		{"with something behind it", append(bytes.Clone(whole), 0), fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeEntry(tt.b)
			wantCode(t, "decode", err, tt.want)
		})
	}
}

// What a leader proposes fits what is there, or nothing of it is applied.
//
// case N56 code STORE_DIVERGED check store/replica/fsm.go:apply
func TestN56AnEntryFitsWhatIsThere(t *testing.T) {
	w := newFixed(t)
	first := w.entry(t)
	k := newKeyring(w.secrets)
	now, err := w.secrets.wrap(w.signed.Body, nil)
	must(t, err)
	older, err := secrets{Epochs: w.secrets.Epochs[:1], Print: w.secrets.Print}.wrap(w.signed.Body, nil)
	must(t, err)
	stranger, err := key.NewSigner()
	must(t, err)
	for _, tt := range []struct {
		name string
		edit func(e *entry)
		want fault.Code
	}{
		{"twin: the next one", func(*entry) {}, ""},
		{"twin: with the same membership and keys", func(e *entry) { e.Membership, e.Wrapped = &w.signed, &now }, ""},
		{"after another one", func(e *entry) { e.Previous = wire.Digest{1} }, fault.StoreDiverged},
		{"the same revision again", func(e *entry) { e.Head.Revision = 1 }, fault.StoreDiverged},
		{"another number of records", func(e *entry) { e.Head.Count++ }, fault.StoreDiverged},
		{"another set of records", func(e *entry) { e.Head.Set[0]++ }, fault.StoreDiverged},
		{"a record that is none", func(e *entry) { e.Writes[0].rec = []byte{recordVersion} }, fault.StoreCorrupt},
		{"keys of an epoch before", func(e *entry) { e.Wrapped = &older }, fault.StoreGeneration},
		{"keys for somebody else", func(e *entry) { e.Wrapped = &wrapped{Epoch: 2} }, fault.StorePeer},
		{"a membership that the operator did not sign", func(e *entry) { e.Membership = signedBy(w, stranger, w.signed.Body) }, fault.KeySignature},
		{"a membership of another group", func(e *entry) {
			m := w.signed.Body
			m.Group[0] ^= 1
			e.Membership = signedBy(w, w.operator, m)
		}, fault.StorePeer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := w.machine()
			must(t, m.apply(&raft.Log{Term: 1, Index: 1, Data: first}))
			rec := k.Seal([]byte("ib"), 2, 0, []byte("more"))
			e := entry{Term: 1, Previous: m.chain, Head: m.head.Next(wire.Sum([]byte("txn"))), Writes: []write{{"ib", rec}}}
			e.Head.Count++
			e.Head.Set.Add(k.Print([]byte("ib"), rec))
			tt.edit(&e)
			b, err := e.encode()
			must(t, err)
			wantCode(t, "apply", m.apply(&raft.Log{Term: 1, Index: 2, Data: b}), tt.want)
			if n := m.tree.Len(); (n == 2) != (tt.want == "") {
				t.Errorf("%d records afterwards", n)
			}
		})
	}
	t.Run("an entry before there are keys", func(t *testing.T) {
		b, err := entry{Term: 1, Head: store.Head{Revision: 1}}.encode()
		must(t, err)
		wantCode(t, "apply", w.machine().apply(&raft.Log{Term: 1, Index: 1, Data: b}), fault.StoreCorrupt)
	})
	t.Run("an older membership", func(t *testing.T) {
		m := w.machine()
		body := w.signed.Body
		body.Number = 2
		must(t, m.take(signedBy(w, w.operator, body), &now))
		wantCode(t, "take", m.take(&w.signed, nil), fault.StoreGeneration)
	})
}

func signedBy(w fixed, by *key.Signer, m Membership) *tacit.Signed[Membership] {
	s := tacit.Sign(w.network, by, m)
	return &s
}

func TestKeysOpenForWhomTheyAreSealedTo(t *testing.T) {
	w := newFixed(t)
	seal := func(s secrets, epoch uint32) wrapped {
		t.Helper()
		plain, err := wire.Marshal(labelKeyring, s)
		must(t, err)
		b, err := w.own.Recipient().Seal(wrapInfo(w.signed.Body.Group, epoch), plain)
		must(t, err)
		return wrapped{Epoch: epoch, For: []sealed{{w.own.Recipient().Digest(), b}}}
	}
	other, err := key.NewSealer()
	must(t, err)
	short := secrets{Epochs: [][]byte{{1}, {2}}, Print: w.secrets.Print}
	altered := seal(w.secrets, 2)
	altered.For[0].Secret[40] ^= 1
	garbage := altered
	b, err := w.own.Recipient().Seal(wrapInfo(w.signed.Body.Group, 2), []byte("garbage"))
	must(t, err)
	garbage.For = []sealed{{w.own.Recipient().Digest(), b}}
	for _, tt := range []struct {
		name string
		w    wrapped
		with *key.Sealer
		want fault.Code
	}{
		{"twin: as sealed", seal(w.secrets, 2), w.own, ""},
		{"for somebody else", seal(w.secrets, 2), other, fault.StorePeer},
		{"altered", altered, w.own, fault.StoreCorrupt},
		{"what are no keys", garbage, w.own, fault.StoreCorrupt},
		{"of another number of epochs", seal(w.secrets, 3), w.own, fault.StoreCorrupt},
		{"without the key of prints", seal(secrets{Epochs: w.secrets.Epochs}, 2), w.own, fault.StoreCorrupt},
		{"short ones", seal(short, 2), w.own, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.w.unwrap(w.signed.Body.Group, tt.with)
			wantCode(t, "unwrap", err, tt.want)
		})
	}
	if _, err := w.secrets.wrap(w.signed.Body, []byte("no plan")); err == nil {
		t.Error("keys are sealed to a plan that is none")
	}
	bad := w.signed.Body
	bad.Members = []Member{{Seal: key.Recipient{1}}}
	if _, err := w.secrets.wrap(bad, nil); err == nil {
		t.Error("keys are sealed to a key that is none")
	}
}

func TestARecordOpensUnderItsEpochOnly(t *testing.T) {
	w := newFixed(t)
	k := newKeyring(w.secrets)
	rec := k.Seal([]byte("ia"), 5, 3, []byte("value"))
	at := func(i int, b byte) []byte {
		c := bytes.Clone(rec)
		c[i] = b
		return c
	}
	for _, tt := range []struct {
		name  string
		place string
		rec   []byte
		want  error
	}{
		{"twin: as sealed", "ia", rec, nil},
		{"no place", "", rec, store.ErrRecord},
		{"an epoch before the first", "ia", at(20, 0), store.ErrRecord},
		{"an epoch that is yet to come", "ia", at(20, 9), store.ErrRecord},
		{"an earlier epoch", "ia", at(20, 1), store.ErrRecord},
		{"a newer version", "ia", at(0, recordVersion+1), store.ErrNewer},
		{"an older version", "ia", at(0, recordVersion-1), store.ErrRecord},
		{"a revision below zero", "ia", at(1, 0x80), store.ErrRecord},
		{"a lease below zero", "ia", at(9, 0x80), store.ErrRecord},
		{"cut", "ia", rec[:headerSize+tagSize-1], store.ErrRecord},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, _, err := k.Open([]byte(tt.place), tt.rec); err != tt.want {
				t.Errorf("Open = %v, want %v", err, tt.want)
			}
			if tt.name == "a revision below zero" || tt.name == "a lease below zero" {
				if _, _, err := k.Header(tt.rec); err != store.ErrRecord {
					t.Errorf("Header = %v", err)
				}
			}
		})
	}
}
