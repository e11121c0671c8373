package settle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/wire"
)

// TestGas makes every call of the contracts once and prints what it costs:
//
//	go test ./settle -run TestGas -v
//
// The figures are those of Osaka's rules and repeat exactly, up to the zero
// bytes of signatures.
func TestGas(t *testing.T) {
	total := map[string]Receipt{}
	for _, verifiers := range []int{7, 70} {
		w := newWorldOf(t, verifiers)
		ctx := t.Context()
		for i, n := range []string{"Epochs", "Registry", "Catalogue", "Escrow", "Direct"} {
			w.note("deploy "+n, w.deployGas[i])
		}
		do := func(name string, r Receipt, err error) {
			t.Helper()
			w.ok(err)
			w.note(name, r)
		}
		w.nextHeader()
		var many []tacit.Settlement
		for i := range 100 {
			many = append(many, w.settlement(w.task([]string{"user0", "user1"}[i%2], uint64(i)), 100))
		}
		b := w.bundle("dispatcher0", 1, 100, many...)
		// Debits are per user and batch, so a hundred tasks are two debits.
		b.debits = []tacit.Debit{{User: w.addr("user0"), Amount: 5000}, {User: w.addr("user1"), Amount: 5000}}
		b.batch.Debits = tacit.DebitsDigest(b.debits)
		w.approve(&b, 100)
		r, err := w.as("poster").PostBatch(ctx, b.batch, b.debits, w.state.Verifiers.Root, b.approvals)
		do(fmt.Sprintf("Escrow.postBatch (100 tasks, 2 debits, %d signers)", len(b.approvals)), r, err)
		if verifiers != 7 {
			maps.Copy(total, only(w.gas, "70", "64", "signers)"))
			continue
		}
		c := w.as("poster")
		if offset := (w.head() - c.Start()) % w.params.EpochLength; offset >= w.params.TicketClose-2 {
			w.mineTo(w.head() + w.params.EpochLength - offset)
		}
		r, err = w.as("verifier0").PostTicket(ctx, c.Epoch(w.head())+1, tacit.RoleVerifier, make([]byte, 80))
		do("Epochs.postTicket", r, err)
		proof := w.proof(w.papers(w.task("user0", 200)))
		r, err = c.SettleDirect(ctx, proof)
		do("Direct.settleDirect (7 seats)", r, err)
		w.minePays(proof.Task.Body)
		r, err = c.ClaimDirect(ctx, proof.Leaf.Body.Task)
		do("Direct.claimDirect (9 payees)", r, err)
		r, err = c.Claim(ctx, b.batch.Dispatcher, 1, b.payouts[0], b.payoutPath(0))
		do("Escrow.claim", r, err)
		r, err = w.client(w.keyOf(b.payouts[0].Payee)).Collect(ctx)
		do("Escrow.collect", r, err)
		user := w.as("user1")
		r, err = user.Deposit(ctx, b.batch.Dispatcher, 5)
		do("Escrow.deposit (again)", r, err)
		r, err = user.RequestWithdraw(ctx, 5)
		do("Escrow.requestWithdraw", r, err)
		w.mine(int(w.params.WithdrawDelay))
		r, err = user.Withdraw(ctx)
		do("Escrow.withdraw", r, err)
		owner := w.as("owner")
		_, r, err = owner.SetTerms(ctx, w.data.ID, wire.Digest{1}, 5)
		do("Catalogue.setTerms", r, err)
		_, r, err = owner.Retire(ctx, w.data.ID)
		do("Catalogue.retire", r, err)
		yes, no := w.twoVotes()
		r, err = w.as("reporter").SlashVotes(ctx, yes, no)
		do("Registry.slashVotes", r, err)
		acc := tacit.Acceptance{Task: wire.Digest{1}, User: w.addr("user0"), Sequence: 1}
		acc2 := acc
		acc2.Task[0]++
		r, err = w.as("reporter").SlashAcceptances(ctx, tacit.Sign(w.network, w.keys["dispatcher1"], acc), tacit.Sign(w.network, w.keys["dispatcher1"], acc2))
		do("Registry.slashAcceptances", r, err)
		r, err = w.as("reporter").SlashEvidence(ctx, w.accusation("verifier1", w.task("user0", 300), true, func(t *attest.TaskTranscript) { t.Keys[0]++ }))
		do("Registry.slashEvidence", r, err)
		d, err := w.state.ProveDeposit(w.addr("user0"))
		w.ok(err)
		over := tacit.Acceptance{Task: wire.Digest{1}, User: w.addr("user0"), Sequence: 9, Reserved: testDeposit + 1, Epoch: w.state.Header.Number}
		r, err = w.as("reporter").SlashReserved(ctx, tacit.Sign(w.network, w.keys["dispatcher0"], over), w.state.Header, d)
		do("Registry.slashReserved", r, err)
		w.demandGas(do)
		for i, chips := range []int{1, 400} {
			set := attest.PolicySet{Generation: uint64(2 + i)}
			for range chips {
				set.Denied = append(set.Denied, attest.Denial{Hardware: strings.Repeat("c0", 64)})
			}
			body, err := tacit.EncodePolicies(set)
			w.ok(err)
			r, err := c.postPolicies(ctx, w.order(set, 0, 1), body)
			do(fmt.Sprintf("Epochs.postPolicies (%d bytes, 2 signers)", len(body)), r, err)
		}
		r, err = w.as("reporter").CollectRewards(ctx)
		do("Registry.collect", r, err)
		op, node := w.as("worker1 operator"), w.addr("worker1")
		r, err = op.AddStake(ctx, node, 5)
		do("Registry.addStake", r, err)
		r, err = op.UpdateEndpoint(ctx, node, "worker.example:7001")
		do("Registry.updateEndpoint", r, err)
		r, err = op.RotateVRF(ctx, node, wire.Digest{1})
		do("Registry.rotateVRF", r, err)
		a := tacit.Anchor{Key: node, Revision: 7, Digest: wire.Digest{1}}
		r, err = c.Anchor(ctx, tacit.Sign(w.network, w.keys["worker1"], a))
		do("Registry.anchor (first)", r, err)
		a.Revision = 8
		r, err = c.Anchor(ctx, tacit.Sign(w.network, w.keys["worker1"], a))
		do("Registry.anchor", r, err)
		r, err = op.Recover(ctx, node, 7, wire.Digest{1})
		do("Registry.recover", r, err)
		r, err = op.Unbond(ctx, node)
		do("Registry.unbond", r, err)
		w.mine(int(w.params.UnbondDelay) + 1)
		r, err = op.WithdrawStake(ctx, node)
		do("Registry.withdraw", r, err)
		maps.Copy(total, w.gas)
		for _, x := range challenges() {
			f := newWorld(t)
			_, show := x.act(f)
			f.ok(show())
			maps.Copy(total, only(f.gas, "hallenge"))
		}
		f := newWorld(t)
		task := f.task("user0", 1)
		first := f.bundle("dispatcher0", 1, 7, f.settlement(task, 5))
		f.ok(f.post(first))
		_, err = f.as("poster").SettleDirect(ctx, f.proof(f.papers(task)))
		f.ok(err)
		f.mine(7)
		r, err = f.as("reporter").VoidDirect(ctx, first.shown(0))
		f.ok(err)
		total["Direct.challengeDuplicate"] = r
	}
	for _, name := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%-55s %9d", name, total[name].Gas)
	}
	// Guards against a slip of an order of magnitude, not against noise.
	for name, most := range map[string]uint64{
		"Escrow.deposit (first)": 200_000, "Escrow.claim": 120_000, "Direct.settleDirect (7 seats)": 1_200_000,
		"Registry.register": 450_000, "Catalogue.publish": 500_000,
		"Registry.answerVote": 90_000, "Registry.answer": 90_000, // what whoever answers is paid
	} {
		if got := total[name].Gas; got == 0 || got > most {
			t.Errorf("%s costs %d gas, want at most %d", name, got, most)
		}
	}
}

func only(gas map[string]Receipt, parts ...string) map[string]Receipt {
	out := map[string]Receipt{}
	for name, r := range gas {
		for _, p := range parts {
			if strings.Contains(name, p) {
				out[name] = r
			}
		}
	}
	return out
}

// demandGas demands three answers and ends them in the three ways.
func (w *world) demandGas(do func(string, Receipt, error)) {
	w.t.Helper()
	ctx, rep := w.t.Context(), w.as("reporter")
	epoch, task := w.admit(tacit.RoleVerifier, "verifier1", "verifier2", "verifier3"), w.task("user0", 400)
	a := w.assign(task, epoch, "worker0", "verifier0", "verifier1", "verifier2", "verifier3", "verifier4", "verifier5", "verifier6")
	for _, name := range []string{"verifier1", "verifier2", "verifier3"} {
		r, err := rep.Demand(ctx, task, w.by("dispatcher0", a), w.addr(name))
		do("Registry.demand (7 seats)", r, err)
	}
	r, err := w.as("verifier1").AnswerVote(ctx, tacit.Sign(w.network, w.keys["verifier1"], tacit.Vote{Assignment: a.Hash()}))
	do("Registry.answerVote", r, err)
	r, err = w.as("verifier2").Answer(ctx, w.cannot("verifier2", a))
	do("Registry.answer", r, err)
	w.mine(int(w.params.SettleWindow) + 3)
	r, err = w.as("poster").SlashWithheld(ctx, a.Hash(), w.addr("verifier3"))
	do("Registry.slashWithheld", r, err)
}
