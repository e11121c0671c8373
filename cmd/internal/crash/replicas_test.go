package crash

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tacit/devnet"
)

var losses = flag.Int("crash.losses", 0, "leaders of replicated stores to kill; none skips the test")

// Any one of three replicas of a manager or dispatcher may be lost, at any moment: no
// accepted task, grant, budget or record of the log is lost with it, no key leaves
// twice, and another one serves within seconds.
func TestReplicasLoseNothing(t *testing.T) {
	if *losses == 0 {
		t.Skip("make crash runs it")
	}
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	dir := built(t)
	n, users, load, _ := network(t, dir, func(c *devnet.Config) { c.Replicas = 3 })
	var enough atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		load.Run(t.Context(), *losses, 4, seed, func() bool { return !enough.Load() })
	}()
	var took []time.Duration
	for i := range *losses {
		name := []string{"dispatcher", "manager-1"}[i%2]
		if err := n.Whole(t.Context(), name); err != nil {
			t.Fatalf("loss %d: %v", i, err)
		}
		time.Sleep(time.Duration(r.IntN(1500)) * time.Millisecond)
		victim, term, err := n.Serving(t.Context(), name, 0)
		if err != nil {
			t.Fatalf("loss %d: %v", i, err)
		}
		leads := true
		if r.IntN(4) == 0 { // sometimes a follower
			seats := slices.DeleteFunc(n.dev.Seats(name), func(s string) bool { return s == victim })
			victim, leads, term = seats[r.IntN(len(seats))], false, term-1 // the leader's term goes on
		}
		began := time.Now()
		if err := syscall.Kill(n.pid(victim), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		next, _, err := n.Serving(t.Context(), name, term)
		if err != nil {
			t.Fatalf("loss %d, of %s: %v", i, victim, err)
		}
		if leads {
			took = append(took, time.Since(began))
		}
		t.Logf("loss %2d: %-14s leader %-5v %-14s serves after %d ms, %d tasks in hand", i, victim, leads, next, time.Since(began).Milliseconds(), len(load.InHand()))
	}
	enough.Store(true)
	<-done
	findings, grants := examine(t, n, users, load)
	bad := map[string]int{}
	for _, f := range findings {
		bad[f.Kind]++
		t.Errorf("%s: %s", f.Kind, f.What)
	}
	all, given := load.Tasks()
	settled := 0
	for _, x := range all {
		if x.Settled {
			settled++
		} else {
			t.Logf("task %s lapsed: %s", x.ID.Short(), x.Why)
		}
	}
	if settled < len(all)*3/4 || len(all) < *losses {
		t.Errorf("only %d of %d tasks settled", settled, len(all))
	}
	slices.Sort(took)
	p := func(q float64) float64 {
		if len(took) == 0 {
			return 0
		}
		return took[min(len(took)-1, int(q*float64(len(took))))].Seconds()
	}
	line, err := json.Marshal(map[string]any{
		"test": "replicas", "seed": seed, "losses": *losses, "tasks": len(all), "settled": settled, "notAccepted": given, "grants": grants,
		"lost": bad["lost"], "paidTwice": bad["paid twice"], "unrecorded": bad["unrecorded"], "unbalanced": bad["balance"],
		"failover_p50_s": p(0.5), "failover_p99_s": p(0.99),
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(line))
}
