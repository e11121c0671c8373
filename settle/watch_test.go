package settle

import (
	"context"
	"log/slog"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/tacittest"
	"tacit/watch"
	"tacit/wire"
)

// believed are the headers of a world as a role has them.
type believed struct{ w *world }

func (b believed) View() tacit.View {
	v := tacit.NewView(b.w.genesis, b.w.at.Epochs)
	v.Header = b.w.state.Header
	return v
}

func (b believed) Header(_ context.Context, number uint64) (tacit.EpochHeader, error) {
	if number != b.w.state.Header.Number {
		return tacit.EpochHeader{}, fault.New(fault.KeyFinality, "no header %d", number)
	}
	return b.w.state.Header, nil
}

func (b believed) Policies(context.Context, tacit.EpochHeader) (attest.PolicySet, error) {
	return b.w.genesis.Policies, nil
}

// watcher is one of a verifier that stands aside, on a store that outlives it.
func (w *world) watcher(s tacit.Store) *watch.Watcher {
	w.t.Helper()
	out, err := watch.New(watch.Config{
		Store: s, Headers: believed{w}, Chain: Disputer{w.as("verifier6")}, Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)),
	})
	w.ok(err)
	return out
}

// claimed is a task as a batch claims it: verifier0 voted on its evidence.
type claimed struct {
	claim      tacit.SettleClaim
	settlement tacit.Settlement
}

func (w *world) claimed(task tacit.Task, sequence uint64, accept bool, edit func(*attest.TaskTranscript)) claimed {
	w.t.Helper()
	a := w.accusation("verifier0", task, accept, edit)
	d, err := w.state.ProveDeposit(task.User)
	w.ok(err)
	id, receipt, by := task.ID(w.network), seeded("receipt"), w.keyOf(task.Dispatcher)
	c := tacit.SettleClaim{
		Case: tacit.Case{
			Task: tacit.Sign(w.network, w.keyOf(task.User), task), Service: tacit.ProvenEntry{Entry: w.service}, Datasets: []tacit.ProvenEntry{{Entry: w.data}},
			Acceptance: tacit.Sign(w.network, by, tacit.Acceptance{Task: id, User: task.User, Sequence: sequence, Fee: 50_000, Reserved: 50_000, Epoch: w.state.Header.Number}),
			Own:        []tacit.Sealed{w.own("own")}, Params: []tacit.Sealed{w.own("params")}, Deposit: d,
			Assignment: tacit.Sign(w.network, by, a.Assignment), Keys: tacit.EnclaveKeys{Receipt: receipt.Address()}, Evidence: a.Evidence,
		},
		Certificate: tacit.Certificate{Votes: []tacit.Signed[tacit.Vote]{a.Vote}},
		Leaf:        tacit.Sign(w.network, receipt, tacit.Leaf{Kind: tacit.KindEnclave, Task: id, Assignment: a.Assignment.Hash(), Attempt: 1, Exit: uint8(tacit.ExitOK)}),
	}
	s := tacit.Settlement{Task: id, User: task.User, Fee: 5, Deadline: task.Deadline, Receipt: c.Leaf.Body.Hash()}
	s.Sigs = tacit.SettlementSigs(c.Case.Task.Sig, c.Leaf.Sig, receipt.Address())
	return claimed{c, s}
}

// asked is the request to sign a batch of these.
func (w *world) asked(number uint64, list ...claimed) (tacit.BatchRequest, bundle) {
	var settlements []tacit.Settlement
	var req tacit.BatchRequest
	for _, c := range list {
		settlements, req.Claims = append(settlements, c.settlement), append(req.Claims, c.claim)
	}
	b := w.bundle("dispatcher0", number, 7, settlements...)
	req.Batch, req.Settlements, req.Payouts, req.Debits = b.batch, b.settlements, b.payouts, b.debits
	return req, b
}

func (w *world) stakes() map[string]tacit.Money {
	w.t.Helper()
	out := map[string]tacit.Money{}
	s, err := w.as("poster").State(w.t.Context(), w.head())
	w.ok(err)
	for _, n := range s.Nodes {
		for name, k := range w.keys {
			if k.Address() == n.Key {
				out[name] = n.Stake
			}
		}
	}
	return out
}

// case N60 code - check watch/watch.go:bring
func TestN60AWatcherBringsWhatItSaw(t *testing.T) {
	other := func(t *attest.TaskTranscript) { t.Keys[0]++ }
	for _, tt := range []struct {
		name string
		// act shows the watcher things and posts them.
		act     func(w *world, saw func(tacit.BatchRequest))
		slashed string // node; "" = nobody
		voided  bool   // the newest batch
	}{
		{"votes on two evidences for one place", func(w *world, saw func(tacit.BatchRequest)) {
			task := w.task("user0", 1)
			one, two := w.claimed(task, 1, true, nil), w.claimed(task, 1, false, other)
			for _, c := range []claimed{one, two} {
				req, _ := w.asked(1, c)
				saw(req)
			}
		}, "verifier0", false},
		{"an accepting vote on evidence over other keys", func(w *world, saw func(tacit.BatchRequest)) {
			req, _ := w.asked(1, w.claimed(w.task("user0", 1), 1, true, other))
			saw(req)
		}, "verifier0", false},
		{"one sequence number for two tasks", func(w *world, saw func(tacit.BatchRequest)) {
			for nonce := range uint64(2) {
				req, _ := w.asked(1+nonce, w.claimed(w.task("user0", nonce), 7, true, nil))
				saw(req)
			}
		}, "dispatcher0", false},
		{"more reserved than deposited", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			body := c.claim.Case.Acceptance.Body
			body.Reserved = testDeposit + 1
			c.claim.Case.Acceptance = tacit.Sign(w.network, w.keys["dispatcher0"], body)
			req, _ := w.asked(1, c)
			saw(req)
		}, "dispatcher0", false},
		{"a fee above the maximum", func(w *world, saw func(tacit.BatchRequest)) {
			task := w.task("user0", 1)
			task.MaxFee = 4
			req, b := w.asked(1, w.claimed(w.task("user1", 1), 1, true, nil), w.claimed(task, 1, true, nil))
			saw(req)
			w.ok(w.post(b))
		}, "dispatcher0", true},
		{"another user's money", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			c.settlement.User = w.addr("user1")
			req, b := w.asked(1, c)
			saw(req)
			w.ok(w.post(b))
		}, "dispatcher0", true},
		{"a task that its user did not sign", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			c.claim.Case.Task.Sig[5]++
			c.settlement.Sigs = tacit.SettlementSigs(c.claim.Case.Task.Sig, c.claim.Leaf.Sig, c.claim.Case.Keys.Receipt)
			req, b := w.asked(1, c)
			saw(req)
			w.ok(w.post(b))
		}, "dispatcher0", true},
		{"a leaf that no enclave signed", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			c.claim.Leaf.Sig = key.Signature{}
			c.settlement.Sigs = tacit.SettlementSigs(c.claim.Case.Task.Sig, c.claim.Leaf.Sig, c.claim.Case.Keys.Receipt)
			req, b := w.asked(1, c)
			saw(req)
			w.ok(w.post(b))
		}, "dispatcher0", true},
		{"a batch that comes too late", func(w *world, saw func(tacit.BatchRequest)) {
			task := w.task("user0", 1)
			req, b := w.asked(1, w.claimed(task, 1, true, nil))
			saw(req)
			w.mineTo(task.Deadline + w.params.SettleWindow)
			w.ok(w.post(b))
		}, "dispatcher0", true},
		{"a task that two batches settle", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			for number := range uint64(2) {
				req, b := w.asked(1+number, c)
				saw(req)
				w.ok(w.post(b))
			}
		}, "dispatcher0", true},
		{"a task that a batch settles twice", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			again := c
			again.settlement.Fee++
			req, b := w.asked(1, c, again)
			saw(req)
			w.ok(w.post(b))
		}, "dispatcher0", true},
		{"twin: an honest batch", func(w *world, saw func(tacit.BatchRequest)) {
			req, b := w.asked(1, w.claimed(w.task("user0", 1), 1, true, nil), w.claimed(w.task("user1", 1), 1, true, nil))
			saw(req)
			saw(req)
			w.ok(w.post(b))
			w.mine(int(w.params.ChallengeWindow) + 2)
		}, "", false},
		{"twin: a reject of bad evidence, and silence of all others", func(w *world, saw func(tacit.BatchRequest)) {
			req, _ := w.asked(1, w.claimed(w.task("user0", 1), 1, false, other))
			saw(req)
			c := w.claimed(w.task("user0", 2), 2, true, nil)
			c.claim.Certificate.Votes = nil
			req, _ = w.asked(2, c)
			saw(req)
		}, "", false},
		{"twin: an honest cannot, also beside a vote of another attempt", func(w *world, saw func(tacit.BatchRequest)) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			no := c.claim.Certificate.Votes[0].Body
			no.Attempt, no.Accept, no.Code = 2, false, wire.Keccak([]byte(fault.EvidUnavailable))
			c.claim.Certificate.Votes = append(c.claim.Certificate.Votes, tacit.Sign(w.network, w.keys["verifier0"], no))
			req, _ := w.asked(1, c)
			saw(req)
		}, "", false},
		{"twin: what others forged in somebody's name", func(w *world, saw func(tacit.BatchRequest)) {
			task := w.task("user0", 1)
			for i := range 2 {
				c := w.claimed(task, 1, true, nil)
				if i == 1 {
					c.claim.Certificate.Votes[0].Body.Policy[0]++
					c.claim.Case.Acceptance.Body.Task[0]++
				}
				req, _ := w.asked(1, c)
				saw(req)
			}
		}, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := tacittest.NewDisk().Open(nil)
			guard := w.watcher(s)
			had := w.stakes()
			tt.act(w, guard.SawBatch)
			w.mine(int(w.params.Finality))
			w.ok(guard.Step(t.Context()))
			for name, stake := range w.stakes() {
				if slashed := stake < had[name]; slashed != (name == tt.slashed) {
					t.Errorf("stake of %s was %d, is %d", name, had[name], stake)
				}
			}
			if tt.voided {
				last, err := w.as("poster").LastBatch(t.Context(), w.addr("dispatcher0"))
				w.ok(err)
				b, err := w.as("poster").Batch(t.Context(), w.addr("dispatcher0"), last)
				w.ok(err)
				if !b.Voided {
					t.Error("the batch stands")
				}
			}
			// A restart brings nothing a second time, and another watcher that saw
			// the same finds that it was told.
			has := w.stakes()
			w.mine(int(w.params.Finality))
			head := w.head()
			again := w.watcher(s)
			w.ok(again.Step(t.Context()))
			if w.head() != head {
				t.Error("it brought something again after a restart")
			}
			for name, stake := range w.stakes() {
				if stake != has[name] {
					t.Errorf("stake of %s was %d, is %d", name, has[name], stake)
				}
			}
			w.conserve()
		})
	}
}

// case N66 code - check watch/mind.go:twice
func TestN66AWatcherGivesBackWhatABatchSettled(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	s := tacittest.NewDisk().Open(nil)
	guard := w.watcher(s)
	task := w.task("user0", 1)
	had := w.stakes()
	_, err := w.as("poster").SettleDirect(ctx, w.proof(w.papers(task)))
	w.ok(err)
	w.direct = append(w.direct, task.ID(w.network))
	req, b := w.asked(1, w.claimed(task, 1, true, nil))
	guard.SawBatch(req)
	w.ok(w.post(b))
	w.mine(1)
	w.ok(guard.Step(ctx)) // the batch can still be voided: too early
	if at, err := w.as("poster").Settled(ctx, task.ID(w.network)); err != nil || at == 0 {
		t.Fatalf("settled in block %d, %v", at, err)
	}
	w.mine(int(w.params.ChallengeWindow) + 1)
	restarted := w.watcher(s)
	w.ok(restarted.Step(ctx))
	if at, err := w.as("poster").Settled(ctx, task.ID(w.network)); err != nil || at != 0 {
		t.Errorf("still settled directly in block %d, %v", at, err)
	}
	for name, stake := range w.stakes() {
		if stake != had[name] {
			t.Errorf("stake of %s was %d, is %d: nobody is punished for it", name, had[name], stake)
		}
	}
	w.conserve()
	t.Run("twin: of a task that no batch settles it stays", func(t *testing.T) {
		task := w.task("user0", 2)
		_, err := w.as("poster").SettleDirect(ctx, w.proof(w.papers(task)))
		w.ok(err)
		w.mine(int(w.params.ChallengeWindow) + 2)
		w.ok(restarted.Step(ctx))
		if at, err := w.as("poster").Settled(ctx, task.ID(w.network)); err != nil || at == 0 {
			t.Errorf("settled in block %d, %v", at, err)
		}
	})
}

func TestDebitsAreReadFromTheChain(t *testing.T) {
	w := newWorld(t)
	task := w.task("user0", 1)
	task.MaxFee = 4
	c := w.claimed(task, 1, true, nil)
	_, b := w.asked(1, c)
	w.ok(w.post(b))
	got, err := w.as("reporter").Debits(t.Context(), b.batch.Dispatcher, 1)
	w.ok(err)
	if tacit.DebitsDigest(got) != b.batch.Debits {
		t.Errorf("debits are %v, want %v", got, b.debits)
	}
	d := tacit.Dispute{Kind: tacit.DisputeLeaf, Against: b.batch.Dispatcher, Shown: []tacit.Shown{b.shown(0)}, Tasks: []tacit.Signed[tacit.Task]{c.claim.Case.Task}}
	head := w.head()
	w.ok(w.as("reporter").Judge(t.Context(), d))
	if w.head() != head {
		t.Error("judging sent a transaction")
	}
	_, err = w.as("reporter").Bring(t.Context(), d)
	w.ok(err)
	_, err = w.as("reporter").Debits(t.Context(), b.batch.Dispatcher, 2)
	want(t, err, "", fault.APINotFound)
	d.Tasks = nil
	want(t, w.as("reporter").Judge(t.Context(), d), "", fault.APIField)
}
