package tacit

import (
	"bytes"
	"encoding/json"
	"testing"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/wire"
)

// fuzzLabel stands for the procedure's label, which is checked before the rest.
const fuzzLabel = "tacit/fuzz"

// fuzzMessage feeds a message's encoding to use, from honest examples on. What
// is refused must have a code, and what is read must encode as it came.
func fuzzMessage[T any](f *testing.F, honest []T, use func(*testing.T, T) error) {
	f.Helper()
	for _, m := range honest {
		b, err := wire.Marshal(fuzzLabel, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m T
		if err := wire.Unmarshal(fuzzLabel, data, &m); err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APISize {
				t.Fatalf("decode: %v", err)
			}
			return
		}
		if again, err := wire.Marshal(fuzzLabel, m); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x is read and encodes as %x: %v", data, again, err)
		}
		if err := use(t, m); err != nil && fault.Of(err) == fault.Internal {
			t.Fatalf("a refusal without a code: %v", err)
		}
	})
}

func FuzzSubmitRequest(f *testing.F) {
	w := newWorld(f)
	c, _ := w.honest()
	fuzzMessage(f, []SubmitRequest{{Task: c.Task, Own: []Sealed{}, Params: []Sealed{}, Inline: []Inline{}}}, func(t *testing.T, m SubmitRequest) error {
		if _, err := m.Task.Check(w.network, w.user); err == nil && m.Task.Body.ID(w.network) != c.Task.Body.ID(w.network) {
			t.Fatal("another task passes as the user's")
		}
		return m.Task.Body.Check()
	})
}

func FuzzCase(f *testing.F) {
	w := newWorld(f)
	honest, v := w.honest()
	fuzzMessage(f, []Case{honest}, func(t *testing.T, m Case) error {
		if _, err := m.CheckTask(w.network, w.state.Header, w.params); err == nil && m.Task.Body.ID(w.network) != v.TaskID {
			t.Fatal("another task passes")
		}
		got, err := m.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
		if err == nil && (got.Subject.Assignment != v.Subject.Assignment || got.TaskID != v.TaskID) {
			t.Fatal("another draw passes")
		}
		return err
	})
}

func FuzzCertificate(f *testing.F) {
	w := newWorld(f)
	_, v := w.honest()
	seats := w.seven()
	fuzzMessage(f, []Certificate{w.votes(v.Subject, seats, "yyyyyyy"), w.votes(v.Subject, seats, "yyyyn.b"), {Votes: []Signed[Vote]{}}}, func(t *testing.T, m Certificate) error {
		err := m.Check(w.network, v.Subject, seats, w.params)
		if err == nil && len(m.Votes) < 5 {
			t.Fatalf("%d of 7 votes pass", len(m.Votes))
		}
		return err
	})
}

func FuzzBatchRequest(f *testing.F) {
	w := newWorld(f)
	honest, v := w.honest()
	claim := SettleClaim{Case: honest, Certificate: w.votes(v.Subject, w.seven(), "yyyyyyy")}
	fuzzMessage(f, []BatchRequest{
		{Claims: []SettleClaim{claim}, Settlements: []Settlement{{User: w.user}}, Payouts: []Payout{{Payee: w.user, Amount: 1}}, Debits: []Debit{{User: w.user, Amount: 1}}},
	}, func(t *testing.T, m BatchRequest) error {
		if err := CheckBatch(m.Batch, m.Settlements, m.Payouts, m.Debits); err == nil {
			total := Money(0)
			for _, d := range m.Debits {
				total += d.Amount
			}
			if len(m.Settlements) == 0 || total != m.Batch.Total {
				t.Fatalf("a batch of %d settlements and %d instead of %d passes", len(m.Settlements), total, m.Batch.Total)
			}
		}
		var err error
		for _, c := range m.Claims {
			// Nobody made a leaf in this world.
			if _, _, err = c.Check(w.network, w.state.Header, w.params); err == nil {
				t.Fatal("a claim without an enclave's leaf passes")
			}
		}
		return err
	})
}

func FuzzHeaders(f *testing.F) {
	w := newWorld(f)
	genesis := Genesis{Name: "test", ChainID: 1, Params: w.params, Signers: w.verifiers}
	start := NewView(genesis, wire.Address{1})
	w.network = start.Network
	first := w.seal(w.build(genesis.Header(), w.chain(8, 1), nil).Header, w.verifiers, w.verifiers...)
	if _, err := start.Advance(first); err != nil {
		f.Fatalf("twin: the honest header: %v", err)
	}
	fuzzMessage(f, []SignedHeader{first}, func(t *testing.T, m SignedHeader) error {
		next, err := start.Advance(m)
		if err == nil && next.Header != first.Header {
			t.Fatal("another header passes")
		}
		return err
	})
}

func FuzzProofFile(f *testing.F) {
	w := newWorld(f)
	honest, v := w.honest()
	genesis := Genesis{Name: "test", ChainID: 1, Params: w.params, Signers: w.verifiers, Teaching: true}
	file := ProofFile{Genesis: genesis, Proof: Proof{
		Headers: []SignedHeader{w.seal(w.first.Header, w.verifiers, w.verifiers...), w.seal(w.state.Header, w.verifiers, w.verifiers...)},
		Case:    honest, Certificate: w.votes(v.Subject, w.seven(), "yyyyyyy"),
	}}
	for _, p := range []ProofFile{file, {}} {
		b, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	scheme, err := sim.NewScheme(nil)
	if err != nil {
		f.Fatal(err)
	}
	network := genesis.Network(wire.Address{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var p ProofFile
		if json.Unmarshal(data, &p) != nil {
			return
		}
		// The reader pins the network; even a file of its own network is unpaid.
		for _, pinned := range []wire.Digest{network, p.Genesis.Network(p.Epochs)} {
			lines, err := p.Check(t.Context(), pinned, attest.Schemes{scheme})
			if err == nil {
				t.Fatal("a proof without an enclave passes")
			}
			if fault.Of(err) == fault.Internal || len(lines) != 10 {
				t.Fatalf("%d lines, %v", len(lines), err)
			}
		}
	})
}

// FuzzContinuity shows a service's state to a client that pinned it: only what the
// service signed passes, and nothing that is refused is remembered.
func FuzzContinuity(f *testing.F) {
	w := newWorld(f)
	key := w.managers[0]
	state := w.chain(24, 3)
	for i := range state.Nodes {
		if state.Nodes[i].Key == key {
			state.Nodes[i].AnchorRevision, state.Nodes[i].AnchorDigest, state.Nodes[i].Recoveries = 20, wire.Digest{20}, 2
		}
	}
	e := w.build(w.state.Header, state, nil)
	proven, err := e.ProveNode(key)
	w.ok(err)
	asked := ContinuityRequest{wire.Digest{9}, 20}
	honest := Continuity{Key: key, Revision: 25, Digest: wire.Digest{25}, Recoveries: 2, Challenge: wire.Digest{9}, Anchor: 20, AnchorAt: wire.Digest{20}}
	pin := Pin{key, 22, 2}
	fuzzMessage(f, []Signed[Continuity]{Sign(w.network, w.signers[key], honest)}, func(t *testing.T, m Signed[Continuity]) error {
		next, err := pin.Check(w.network, e.Header, proven, asked, m)
		if err == nil && (m.Body != honest || next != Pin{key, 25, 2}) {
			t.Fatalf("a state that nobody signed passes: %+v", m.Body)
		}
		if err != nil && next != pin {
			t.Fatalf("what was refused is remembered as %+v", next)
		}
		return err
	})
}
