package replica

import (
	"bytes"
	"testing"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A member does what its operator orders its group, once.
//
// case N52 code STORE_PEER check store/replica/order.go:Obey
func TestN52OnlyTheOperatorsNewOrdersAreObeyed(t *testing.T) {
	l := newLab(t, 1, nil)
	l.leader()
	r := l.people[0].replica
	stranger, err := key.NewSigner()
	must(t, err)
	for _, tt := range []struct {
		name  string
		by    *key.Signer
		order Order
		want  fault.Code
		rest  bool // whether whoever runs the replica has to do it
	}{
		{"signed by somebody else", stranger, Order{r.group, 7, OrderBackup, 0, nil}, fault.KeySignature, false},
		{"for another group", l.operator, Order{wire.Digest{1}, 7, OrderBackup, 0, nil}, fault.StorePeer, false},
		{"twin: the operator's", l.operator, Order{r.group, 7, OrderBackup, 0, nil}, "", true},
		{"the same again", l.operator, Order{r.group, 7, OrderBackup, 0, nil}, "", false},
		{"an older one", l.operator, Order{r.group, 6, OrderBackup, 0, nil}, "", false},
		{"of an unknown kind", l.operator, Order{r.group, 8, "dance", 0, nil}, fault.APIField, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rest, err := r.Obey(tacit.Sign(l.network, tt.by, tt.order))
			wantCode(t, "obey", err, tt.want)
			if (rest.Action != "") != tt.rest {
				t.Errorf("left to do: %+v", rest)
			}
		})
	}
}

// What is checked is that records are those that the chain's head counts, and that every
// entry names the one before.
func TestCheckFindsWhatIsNotOfTheChain(t *testing.T) {
	l := newLab(t, 1, nil)
	term, at := l.leader()
	for _, k := range []string{"a", "b", "c"} {
		_, err := term.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: k, Value: []byte(k)}}})
		must(t, err)
	}
	r := l.people[at].replica
	m := r.machine
	want := func(code fault.Code) {
		t.Helper()
		if got := r.Check(); got.Code != string(code) {
			t.Errorf("checked %+v, want %q", got, code)
		}
	}
	want("") // the twin: as it is
	m.mu.Lock()
	lost, ok := m.tree.DeleteMin()
	m.mu.Unlock()
	if !ok {
		t.Fatal("there are no records")
	}
	want(fault.StoreCorrupt) // one is missing
	m.mu.Lock()
	older := lost
	older.rec = bytes.Clone(lost.rec)
	older.rec[len(older.rec)-1] ^= 1
	m.tree.ReplaceOrInsert(older)
	m.mu.Unlock()
	want(fault.StoreCorrupt) // one does not open
	m.mu.Lock()
	m.tree.ReplaceOrInsert(lost)
	m.mu.Unlock()
	want("")

	// An entry that names another one before it than there is.
	last, err := r.disk.LastIndex()
	must(t, err)
	entryAt, err := r.readLog(last)
	must(t, err)
	e, err := decodeEntry(entryAt.Data)
	must(t, err)
	e.Previous[0] ^= 1
	forged := *entryAt
	forged.Index++
	forged.Data, err = e.encode()
	must(t, err)
	must(t, r.disk.StoreLogs([]*raft.Log{&forged}))
	want(fault.StoreDiverged)
}
