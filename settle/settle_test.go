package settle

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestDirectSettlementPaysWhatSplitSays(t *testing.T) {
	for _, exit := range []tacit.ExitClass{tacit.ExitOK, tacit.ExitGuest, tacit.ExitHost} {
		t.Run(exit.String(), func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			task := w.task("user0", 1)
			p := w.papers(task)
			p.exit = exit
			p.voters = 5
			proof := w.proof(p)
			id := task.ID(w.network)
			r, err := w.as("poster").SettleDirect(ctx, proof)
			w.ok(err)
			t.Logf("%d gas", r.Gas)
			w.direct = append(w.direct, id)
			w.conserve()

			to := tacit.Payees{
				Service: w.addr("owner"), Datasets: []wire.Address{w.addr("owner")}, Worker: w.addr("worker0 operator"),
				Dispatcher: w.addr("dispatcher0 operator"),
			}
			for _, m := range w.state.Verifiers.Members {
				to.Seats = append(to.Seats, m.Operator)
			}
			split, fee, err := tacit.Split(w.params, proof.Leaf.Body, p.fee, w.service, []tacit.Entry{w.data}, to)
			w.ok(err)
			expect := map[wire.Address]tacit.Money{}
			for _, s := range split {
				expect[s.Payee] += s.Amount
			}
			l, err := w.as("poster").Ledger(ctx, task.User)
			w.ok(err)
			if l.Deposit.Amount != testDeposit-fee {
				t.Errorf("deposit = %d, want %d", l.Deposit.Amount, testDeposit-fee)
			}
			_, err = w.as("poster").ClaimDirect(ctx, id)
			want(t, err, "Window", fault.ChainRevert)
			w.minePays(task)
			_, err = w.as("poster").ClaimDirect(ctx, id)
			w.ok(err)
			for who, amount := range expect {
				l, err := w.as("poster").Ledger(ctx, who)
				w.ok(err)
				if l.Claimable != amount {
					t.Errorf("%s can claim %d, want %d", who, l.Claimable, amount)
				}
				_, err = w.client(w.keyOf(who)).Collect(ctx)
				w.ok(err)
				_, err = w.client(w.keyOf(who)).Collect(ctx)
				want(t, err, "NothingDue", fault.ChainRevert)
			}
			_, err = w.as("poster").ClaimDirect(ctx, id)
			want(t, err, "AlreadySettled", fault.ChainSettled)
			w.conserve()
		})
	}
}
