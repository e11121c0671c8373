package settle

import (
	"fmt"
	"testing"

	"tacit"
)

// TestGasOfBatches prints what posting a batch costs by tasks and signatures, all
// of its data included, and a payee's claim from it:
//
//	go test ./settle -run TestGasOfBatches -v
//
// The leaves are not posted, only their root; debits are per user, here of two.
func TestGasOfBatches(t *testing.T) {
	per := map[string]uint64{}
	for _, verifiers := range []int{7, 64} {
		w := newWorldOf(t, verifiers)
		w.nextHeader()
		for i, tasks := range []int{1, 10, 100, 1000} {
			var list []tacit.Settlement
			owed := map[string]tacit.Money{}
			for j := range tasks {
				user := fmt.Sprintf("user%d", j%2)
				list = append(list, w.settlement(w.task(user, uint64(10_000*i+j)), 10))
				owed[user] += 10
			}
			b := w.bundle("dispatcher0", uint64(i+1), verifiers, list...)
			b.debits = nil
			for _, user := range []string{"user0", "user1"}[:min(tasks, 2)] {
				b.debits = append(b.debits, tacit.Debit{User: w.addr(user), Amount: owed[user]})
			}
			b.batch.Debits = tacit.DebitsDigest(b.debits)
			w.approve(&b, verifiers)
			r, err := w.as("poster").PostBatch(t.Context(), b.batch, b.debits, w.state.Verifiers.Root, b.approvals)
			w.ok(err)
			w.mine(int(w.params.ChallengeWindow) + 1)
			c, err := w.as("poster").Claim(t.Context(), b.batch.Dispatcher, b.batch.Number, b.payouts[0], b.payoutPath(0))
			w.ok(err)
			of := fmt.Sprintf("%d tasks, %d signatures", tasks, len(b.approvals))
			t.Logf("%-55s %9d", "batch of "+of, r.Gas)
			t.Logf("%-55s %9d", "batch of "+of+", a task", r.Gas/uint64(tasks))
			t.Logf("%-55s %9d", "claim from a batch of "+of, c.Gas)
			per[fmt.Sprint(len(b.approvals), tasks)] = r.Gas / uint64(tasks)
		}
	}
	for of, most := range map[string]uint64{"7 1000": 500, "64 1000": 2500} {
		if got := per[of]; got == 0 || got > most {
			t.Errorf("%s: %d gas a task, want at most %d", of, got, most)
		}
	}
}
