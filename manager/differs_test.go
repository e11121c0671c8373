package manager_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/key"
	"tacit/manager"
	"tacit/sketch"
	"tacit/wire"
)

// about is the sketch of an answer about the ids from a up to b.
func about(t *testing.T, difference int, a, b uint64) string {
	t.Helper()
	s, err := sketch.New(tacit.SetSalt(), difference)
	if err != nil {
		t.Fatal(err)
	}
	for v := a; v < b; v++ {
		s.Add(binary.LittleEndian.AppendUint64(nil, v), ^uint64(0))
	}
	return string(s.Bytes())
}

// An asker is a network whose dataset wants answers to differ.
type asker struct {
	*mini.Network
	t       *testing.T
	service tacit.Entry
	data    tacit.Entry
	headers [][]byte
	nonce   uint64
}

func newAsker(t *testing.T, m *manager.Manager, n *mini.Network, least uint16) *asker {
	t.Helper()
	terms := mini.Terms("builtin/psi")
	terms.Sets = &tacit.SetRules{Operations: []string{tacit.SetCardinality}, MinDifference: least}
	q := &asker{Network: n, t: t}
	var code, table mini.Artefact
	q.service, code = n.Publish(m, "builtin/psi", tacit.EntryService, tacit.Program("psi", 1), mini.Terms())
	q.data, table = n.Publish(m, "clinic/ids", tacit.EntryDataset, []byte("ids"), terms)
	q.headers = [][]byte{code.Header, table.Header}
	n.Epoch()
	return q
}

// ask has a new task's enclave have an answer compared.
func (q *asker) ask(m *manager.Manager, name, sketch string) string {
	q.t.Helper()
	req, open := q.prepare(m, name, sketch)
	r, err := m.Use(context.Background(), req)
	q.Must(err)
	return open(r)
}

// prepare is what a new task's enclave asks, and how it opens the answer.
func (q *asker) prepare(m *manager.Manager, name, sketch string) (tacit.UseRequest, func(tacit.UseReply) string) {
	q.t.Helper()
	q.nonce++
	task := q.Task(q.service, q.data)
	task.Nonce = q.nonce
	a := q.Draw(q.Accept(task, q.service, q.data), m).Assign(1).Quote(nil)
	a.Headers = q.headers
	reply, err := a.Release(0)
	q.Must(err)
	plain, err := a.Seal.Open(reply.Grants[1].SecretsInfo(q.ID), reply.Grants[1].Secrets)
	q.Must(err)
	var s tacit.TaskSecrets
	q.Must(wire.Unmarshal(tacit.SecretsLabel, plain, &s))
	if len(s.Given) != 1 || s.Given[0].Use != tacit.SecretDiffers || s.Given[0].Name != "differs:clinic/ids" {
		q.t.Fatalf("given %+v", s.Given)
	}
	shared, err := key.ParseShared(s.Key)
	q.Must(err)
	req := tacit.UseRequest{Manager: q.Managers[0].Key.Address(), Task: task.ID(q.ID), Attempt: 1, Number: 1}
	b, err := wire.Marshal(tacit.UseLabel, tacit.KeyUse{Name: name, Input: []byte(sketch)})
	q.Must(err)
	req.Sealed, err = shared.Seal(req.Context(false), b)
	q.Must(err)
	return req, func(r tacit.UseReply) string {
		plain, err := shared.Open(req.Context(true), r.Sealed)
		q.Must(err)
		var answer tacit.KeyAnswer
		q.Must(wire.Unmarshal(tacit.UseLabel, plain, &answer))
		return answer.Code
	}
}

// case N98 code DATA_DIFFERENCE check manager/differs.go:compare
func TestN98AnswersThatDifferByFew(t *testing.T) {
	const name = "differs:clinic/ids"
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	q := newAsker(t, m, n, 4)
	for _, tt := range []struct {
		name   string
		use    string
		sketch string
		want   fault.Code
	}{
		{"what is no sketch, before there is any", name, strings.Repeat("\xff", 64), fault.APIField},
		{"twin: the first answer", name, about(t, 4, 0, 100), ""},
		{"twin: the same again", name, about(t, 4, 0, 100), ""},
		{"one id more", name, about(t, 4, 0, 101), fault.DataDifference},
		{"three ids less", name, about(t, 4, 3, 100), fault.DataDifference},
		{"twin: four ids less", name, about(t, 4, 4, 100), ""},
		{"one id less than that", name, about(t, 4, 5, 100), fault.DataDifference},
		{"twin: a sketch for more than the owner asks", name, about(t, 9, 0, 100), ""},
		{"one id more, in a sketch for more", name, about(t, 9, 0, 101), fault.DataDifference},
		{"a sketch for less than the owner asks", name, about(t, 3, 500, 600), fault.APIField},
		{"what is no sketch", name, "what is no sketch", fault.APIField},
		{"a sketch and a byte", name, about(t, 4, 500, 600) + "x", fault.APIField},
		{"of another entry", "differs:clinic/other", about(t, 4, 500, 600), fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q.t = t
			if got := q.ask(m, tt.use, tt.sketch); got != string(tt.want) {
				t.Errorf("answer %q, want %q", got, tt.want)
			}
		})
	}
	end()
	m, end = n.Manager(0, nil)
	defer end()
	t.Run("one id more, after a restart", func(t *testing.T) {
		q.t = t
		if got := q.ask(m, name, about(t, 4, 0, 101)); got != string(fault.DataDifference) {
			t.Errorf("answer %q", got)
		}
	})
	t.Run("twin: quite another answer, after a restart", func(t *testing.T) {
		q.t = t
		if got := q.ask(m, name, about(t, 4, 200, 300)); got != "" {
			t.Errorf("answer %q", got)
		}
	})
}

// What a manager remembers about an entry has an end, and then nobody is answered.
func TestAnswersThatCannotBeRememberedAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		had  int
		want fault.Code
	}{{"twin: the last", 9_999, ""}, {"one more", 10_000, fault.KeyPolicy}} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			store := b.disk.Open(nil)
			m := b.open(b.config(store, b.tape))
			q := newAsker(t, m, b.Network, 2)
			for i := 0; i < tt.had; {
				var txn tacit.Txn
				for ; i < tt.had && len(txn.Then) < 100; i++ {
					first := uint64(1000 * (i + 1))
					value, err := wire.Marshal("tacit/manager/sketch", struct {
						Sketch []byte `cbor:"1,keyasint"`
					}{[]byte(about(t, 2, first, first+2))})
					q.Must(err)
					txn.Then = append(txn.Then, tacit.Put{Key: fmt.Sprintf("sketch/clinic/ids/%08d", i), Value: value})
				}
				_, err := store.Commit(t.Context(), txn)
				q.Must(err)
			}
			if got := q.ask(m, "differs:clinic/ids", about(t, 2, 0, 100)); got != string(tt.want) {
				t.Errorf("answer %q, want %q", got, tt.want)
			}
		})
	}
}
