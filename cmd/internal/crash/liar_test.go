package crash

import (
	"fmt"
	"testing"
	"time"

	"tacit"
)

// A verifier that votes for and against the same is slashed by the contract: a
// verifier that was shown both votes brings them by itself, and gets its share. Nobody
// else loses anything, and the tasks settle.
//
// case N59 code - check watch/mind.go:between
func TestN59ALyingVerifierIsSlashed(t *testing.T) {
	if *kills == 0 {
		t.Skip("make crash runs it")
	}
	dir := built(t)
	n, users, load, _ := network(t, dir, nil)
	u := users[0]
	const liar = "verifier-3"
	stakes := func() map[string]tacit.Money {
		t.Helper()
		got := map[string]tacit.Money{}
		for i := range several["verifier"] {
			name := fmt.Sprintf("verifier-%d", 1+i)
			k, err := n.key(name)
			if err != nil {
				t.Fatal(err)
			}
			x, err := u.chain.Node(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			got[name] = x.Stake
		}
		return got
	}
	before := stakes()
	if err := n.Arm("dispatcher", "dispatcherShowsBoth", "return"); err != nil {
		t.Fatal(err)
	}
	t.Run("twin: nobody lies", func(t *testing.T) {
		load.Run(t.Context(), 2, 1, 1, func() bool { return false })
		for name, stake := range stakes() {
			if stake != before[name] {
				t.Errorf("%s has %d staked, %d before", name, stake, before[name])
			}
		}
	})
	if err := n.Arm(liar, "verifierLies", "return"); err != nil {
		t.Fatal(err)
	}
	want := before[liar] - before[liar]*tacit.Money(Params().SlashPart)/1000
	// It may hold no seat of a task, or its vote come after enough others.
	for round := uint64(2); stakes()[liar] == before[liar] && round < 20; round++ {
		load.Run(t.Context(), 1, 1, round, func() bool { return false })
		for end := time.Now().Add(5 * time.Second); stakes()[liar] == before[liar] && time.Now().Before(end); {
			time.Sleep(200 * time.Millisecond)
		}
	}
	for name, stake := range stakes() {
		if name == liar && stake != want || name != liar && stake != before[name] {
			t.Errorf("%s has %d staked, %d before", name, stake, before[name])
		}
	}
	rewarded := tacit.Money(0)
	for i := range several["verifier"] {
		k, err := n.key(fmt.Sprintf("verifier-%d", 1+i))
		if err != nil {
			t.Fatal(err)
		}
		l, err := u.chain.Ledger(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		if l.Rewards > 0 {
			rewarded++
		}
	}
	if rewarded != 1 {
		t.Errorf("%d verifiers were rewarded, want the first that brought it", rewarded)
	}
	all, _ := load.Tasks()
	for _, f := range Tasks(all) {
		t.Errorf("%s: %s", f.Kind, f.What)
	}
	for _, x := range all {
		if !x.Settled {
			t.Errorf("task %s ended with %s", x.ID.Short(), x.Code)
		}
	}
	t.Logf("%s was slashed from %d to %d after %d tasks", liar, before[liar], want, len(all))
}
