package settle

import (
	"os"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
)

// ending is one row of "How everything ends" in docs/disputes.md, played on the
// contracts: somebody has fallen silent, and whoever makes the calls is a stranger.
type ending struct {
	row  string // as the table's first column
	play func(t *testing.T, w *world)
}

// case N70 code - check contracts/Escrow.sol:WithdrawLocked
func TestN70EverythingEndsByItself(t *testing.T) {
	rows := []ending{
		{"user, after a deposit", endUser},
		{"user, owner or node that never collects", endNeverCollected},
		{"worker", endWorker},
		{"verifier", endVerifier},
		{"committee", endCommittee},
		{"dispatcher, before the run", endBeforeTheRun},
		{"dispatcher, after the run", endAfterTheRun},
		{"manager", endManager},
		{"poster of a batch", endPoster},
		{"operator that leaves", endOperator},
		{"node that an answer is demanded of", endDemanded},
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.row)
		t.Run(r.row, func(t *testing.T) {
			w := newWorldOn(t, 7, true)
			r.play(t, w)
			w.conserve()
		})
	}
	t.Run("twin: these are the rows of docs/disputes.md", func(t *testing.T) {
		doc, err := os.ReadFile("../docs/disputes.md")
		if err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(string(doc), "## How everything ends")
		table, _, _ = strings.Cut(table, "\n## ")
		var written []string
		for line := range strings.Lines(table) {
			if cells := strings.Split(line, "|"); len(cells) == 5 {
				written = append(written, strings.TrimSpace(cells[1]))
			}
		}
		if len(written) < 3 || !slices.Equal(written[2:], names) { // after the head and its rule
			t.Errorf("docs/disputes.md has the rows %q, the test plays %q", written[min(2, len(written)):], names)
		}
	})
}

// A user who asked for all of his deposit back and is never heard of again still
// pays for what he used, and gets the rest when the delay is over, not before.
func endUser(t *testing.T, w *world) {
	ctx := t.Context()
	user := w.as("user0")
	r, err := user.RequestWithdraw(ctx, testDeposit)
	w.ok(err)
	task := w.task("user0", 1)
	b := w.bundle("dispatcher0", 1, 7, w.settlement(task, 700))
	w.mineTo(task.Deadline)
	w.ok(w.post(b))
	d, err := user.Ledger(ctx, user.Account())
	w.ok(err)
	if d.Deposit.Amount != 0 || d.Deposit.Leaving != testDeposit-700 {
		t.Errorf("deposit after the debit: %+v", d.Deposit)
	}
	w.mineTo(r.Block + w.params.WithdrawDelay - 2)
	_, err = user.Withdraw(ctx)
	want(t, err, "WithdrawLocked", fault.PayDeposit)
	w.mine(1)
	gets(t, w, "user0", testDeposit-700, func() error { _, err := user.Withdraw(ctx); return err })
	late := w.bundle("dispatcher0", 2, 7, w.settlement(w.task("user0", 2), 1))
	want(t, w.post(late), "DepositShort", fault.PayDeposit)
}

// Payees that never come hold up nobody: a stranger credits them, the others
// collect, and years later the credit is still theirs.
func endNeverCollected(t *testing.T, w *world) {
	ctx := t.Context()
	stranger := w.as("reporter")
	b := w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), 1000))
	w.ok(w.post(b))
	direct := w.proof(w.papers(w.task("user1", 1)))
	_, err := stranger.SettleDirect(ctx, direct)
	w.ok(err)
	w.direct = append(w.direct, direct.Task.Body.ID(w.network))
	w.mine(int(w.params.ChallengeWindow) + 1)
	for i, p := range b.payouts {
		_, err := stranger.Claim(ctx, b.batch.Dispatcher, 1, p, b.payoutPath(i))
		w.ok(err)
	}
	w.minePays(direct.Task.Body)
	_, err = stranger.ClaimDirect(ctx, direct.Task.Body.ID(w.network))
	w.ok(err)
	owner, err := stranger.Ledger(ctx, w.addr("owner"))
	w.ok(err)
	worker, err := stranger.Ledger(ctx, w.addr("worker0 operator"))
	w.ok(err)
	gets(t, w, "owner", owner.Claimable, func() error { _, err := w.as("owner").Collect(ctx); return err })
	w.mine(10_000_000)
	gets(t, w, "worker0 operator", worker.Claimable, func() error { _, err := w.as("worker0 operator").Collect(ctx); return err })
}

// A worker that is silent leaves no leaf, so nothing can be charged; after
// deadline and window nothing ever can, and the deposit goes back whole.
func endWorker(t *testing.T, w *world) {
	ctx := t.Context()
	task := w.task("user0", 1)
	proof := w.proof(w.papers(task)) // as if the leaf came too late
	batch := w.bundle("dispatcher0", 1, 7, w.settlement(task, 700))
	r, err := w.as("user0").RequestWithdraw(ctx, testDeposit)
	w.ok(err)
	w.mineTo(task.Deadline + w.params.SettleWindow)
	_, err = w.as("reporter").SettleDirect(ctx, proof)
	want(t, err, "Late", fault.TaskTimeout)
	w.ok(w.post(batch)) // its committee lied
	_, err = w.as("reporter").ChallengeLate(ctx, batch.shown(0), batch.debits)
	w.ok(err)
	w.mineTo(r.Block + w.params.WithdrawDelay)
	// What a batch that was voided took is a deposit again and leaves like one.
	r, err = w.as("user0").RequestWithdraw(ctx, 700)
	w.ok(err)
	w.mineTo(r.Block + w.params.WithdrawDelay)
	gets(t, w, "user0", testDeposit, func() error { _, err := w.as("user0").Withdraw(ctx); return err })
}

// Two of seven seats that never vote change nothing, three do.
func endVerifier(t *testing.T, w *world) {
	for voters, reason := range map[int]string{5: "", 4: "CertificateShort"} {
		p := w.papers(w.task("user0", uint64(voters)))
		p.voters = voters
		_, err := w.as("reporter").SettleDirect(t.Context(), w.proof(p))
		if Reason(err) != reason || (err == nil) != (reason == "") {
			t.Errorf("with %d of 7 seats: %v", voters, err)
		}
		if err == nil {
			w.direct = append(w.direct, p.task.ID(w.network))
		}
	}
}

// Settlement verifiers that sign nothing are one road less: the papers go to the
// contract directly, until the window ends.
func endCommittee(t *testing.T, w *world) {
	task := w.task("user0", 1)
	want(t, w.post(w.bundle("dispatcher0", 1, 4, w.settlement(task, 700))), "NoQuorum", fault.KeyQuorum)
	w.mineTo(task.Deadline + w.params.SettleWindow - 1)
	_, err := w.as("reporter").SettleDirect(t.Context(), w.proof(w.papers(task)))
	w.ok(err)
	w.direct = append(w.direct, task.ID(w.network))
}

// A dispatcher that does nothing holds the deposit no longer than the delay.
func endBeforeTheRun(t *testing.T, w *world) {
	ctx := t.Context()
	user := w.as("user0")
	_, err := user.Withdraw(ctx)
	want(t, err, "WithdrawLocked", fault.PayDeposit)
	r, err := user.RequestWithdraw(ctx, testDeposit)
	w.ok(err)
	w.mineTo(r.Block + w.params.WithdrawDelay - 2)
	_, err = user.Withdraw(ctx)
	want(t, err, "WithdrawLocked", fault.PayDeposit)
	w.mine(1)
	gets(t, w, "user0", testDeposit, func() error { _, err := user.Withdraw(ctx); return err })
	// Free to go to another dispatcher.
	_, err = user.Deposit(ctx, w.addr("dispatcher1"), 5)
	w.ok(err)
}

// A stranger settles a finished task and has it paid in the first block in which
// no batch can hold it any more.
func endAfterTheRun(t *testing.T, w *world) {
	ctx := t.Context()
	stranger := w.as("reporter")
	task := w.task("user0", 1)
	id := task.ID(w.network)
	w.mineTo(task.Deadline + w.params.SettleWindow - 1)
	_, err := stranger.SettleDirect(ctx, w.proof(w.papers(task)))
	w.ok(err)
	w.direct = append(w.direct, id)
	pays := task.Deadline + w.params.SettleWindow + 2*w.params.ChallengeWindow + 1
	w.mineTo(pays - 2)
	_, err = stranger.ClaimDirect(ctx, id)
	want(t, err, "Window", fault.ChainRevert)
	w.mineTo(pays - 1)
	_, err = stranger.ClaimDirect(ctx, id)
	w.ok(err)
	_, err = stranger.ClaimDirect(ctx, id)
	want(t, err, "AlreadySettled", fault.ChainSettled)
}

// Without the word of every manager no task is settled directly, and the deposit
// leaves as if the worker had been silent.
func endManager(t *testing.T, w *world) {
	ctx := t.Context()
	p := w.proof(w.papers(w.task("user0", 1)))
	p.Releases[0] = key.Signature{}
	_, err := w.as("reporter").SettleDirect(ctx, p)
	want(t, err, "BadSignature", fault.KeySignature)
	r, err := w.as("user0").RequestWithdraw(ctx, testDeposit)
	w.ok(err)
	w.mineTo(r.Block + w.params.WithdrawDelay)
	gets(t, w, "user0", testDeposit, func() error { _, err := w.as("user0").Withdraw(ctx); return err })
}

// Whoever has the signatures posts: the committee's word names no poster.
func endPoster(t *testing.T, w *world) {
	b := w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), 700))
	_, err := w.as("user1").PostBatch(t.Context(), b.batch, b.debits, w.state.Verifiers.Root, b.approvals)
	w.ok(err)
}

// A stake leaves when its delay is over, and nobody's consent is asked.
func endOperator(t *testing.T, w *world) {
	ctx := t.Context()
	op := w.as("dispatcher0 operator")
	r, err := op.Unbond(ctx, w.addr("dispatcher0"))
	w.ok(err)
	w.mineTo(r.Block + w.params.UnbondDelay - 2)
	_, err = op.WithdrawStake(ctx, w.addr("dispatcher0"))
	want(t, err, "StakeLocked", fault.ChainRevert)
	w.mine(1)
	gets(t, w, "dispatcher0 operator", testStake, func() error { _, err := op.WithdrawStake(ctx, w.addr("dispatcher0")); return err })
}

// gets checks that a call brings an account exactly this much. The bare EVM
// charges no gas.
func gets(t *testing.T, w *world, name string, amount tacit.Money, call func() error) {
	t.Helper()
	c := w.as(name)
	had, err := c.Balance(t.Context(), c.Account())
	w.ok(err)
	w.ok(call())
	has, err := c.Balance(t.Context(), c.Account())
	w.ok(err)
	if has-had != amount || amount == 0 {
		t.Errorf("%s got %d, want %d", name, has-had, amount)
	}
}

// A node that is away cannot answer. Once its time is over a stranger ends the
// demand; the bond is the demander's again, and the rest of the stake can leave.
func endDemanded(t *testing.T, w *world) {
	ctx := t.Context()
	epoch, task := w.admit(tacit.RoleVerifier, "verifier0"), w.task("user0", 1)
	a := w.assign(task, epoch, "worker0", "verifier0")
	r, err := w.as("reporter").Demand(ctx, task, w.by("dispatcher0", a), w.addr("verifier0"))
	w.ok(err)
	op := w.as("verifier0 operator")
	_, err = op.Unbond(ctx, w.addr("verifier0"))
	w.ok(err)
	w.mineTo(r.Block + w.params.SettleWindow - 1)
	_, err = w.as("poster").SlashWithheld(ctx, a.Hash(), w.addr("verifier0"))
	want(t, err, "AnswerOpen", fault.ChainRevert)
	w.mine(1)
	_, err = w.as("poster").SlashWithheld(ctx, a.Hash(), w.addr("verifier0"))
	w.ok(err)
	_, err = w.as("reporter").CollectRewards(ctx)
	w.ok(err)
	w.mine(int(w.params.UnbondDelay))
	_, err = op.WithdrawStake(ctx, w.addr("verifier0"))
	w.ok(err)
}
