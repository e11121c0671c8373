package crash

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/devnet"
	"tacit/fault"
	"tacit/node/client"
	"tacit/wire"
)

var (
	shared = flag.Int("crash.shared", 0, "tasks to run on one dispatcher, then on two; none skips the test")
	delay  = flag.Bool("crash.delay", true, "wait until the deposit comes back from a dispatcher that was lost")
)

// withdrawDelay is as short as tasks of the test allow: longer than any can be open.
const withdrawDelay = 76

// Two dispatchers share the tasks. When one is lost for good, process and disk, the
// accounts of the other notice nothing; its own lose no money but what it had settled,
// take their deposits back by the commands that the error names, and go on with the
// other.
func TestTwoDispatchersAndTheLossOfOne(t *testing.T) {
	if *shared == 0 {
		t.Skip("make crash runs it")
	}
	dir := built(t)
	if err := run(t.Context(), "../../..", "go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(dir, "bin")+"/", "./cmd/tacit"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	n := begun(t, dir, func(c *devnet.Config) { c.Dispatchers, c.Params.WithdrawDelay = 2, withdrawDelay })
	lost, stays, alice := sides(t, n)
	clinic, err := n.UserOf(t.Context(), "clinic", stays)
	if err != nil {
		t.Fatal(err)
	}
	hospital, err := n.UserOf(t.Context(), "hospital", lost)
	if err != nil {
		t.Fatal(err)
	}
	_, _, load, _ := prepared(t, n, []*User{alice, clinic, hospital}, began)

	// The same tasks of two accounts, which are with one dispatcher and then with both.
	work := func() (of [2]float64) {
		for i, name := range []string{lost, stays} {
			of[i] = cpu(t, n.pid(name))
		}
		return of
	}
	start := work()
	one, oneRate := rate(t, load.Of(0, 2))
	middle := work()
	two, twoRate := rate(t, load.Of(0, 1))
	end := work()
	byDispatcher := map[wire.Address]int{}
	for _, x := range slices.Concat(one, two) {
		if !x.Settled {
			t.Errorf("before anything happened task %s ended with %s: %s", x.ID.Short(), x.Code, x.Why)
		}
	}
	for _, x := range two {
		byDispatcher[x.Task.Body.Dispatcher]++
	}
	if len(byDispatcher) != 2 {
		t.Errorf("tasks by dispatcher: %v, want both to have some", byDispatcher)
	}

	// One is lost while tasks are in hand at both.
	hers, his := load.Of(0), load.Of(1)
	hers.patience = 2 * time.Second
	ended, enough := make(chan struct{}, 2), make(chan struct{})
	go func() { hers.Run(t.Context(), 6, 6, 3, func() bool { return false }); ended <- struct{}{} }()
	go func() {
		his.Run(t.Context(), *shared/2, 2, 4, func() bool {
			select {
			case <-enough:
				return false
			default:
				return true
			}
		})
		ended <- struct{}{}
	}()
	if err := until(t.Context(), 30*time.Second, time.Second, func(context.Context) error {
		if len(hers.InHand()) < 3 || len(his.InHand()) == 0 {
			return fmt.Errorf("%d and %d tasks in hand", len(hers.InHand()), len(his.InHand()))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	n.dev.Lose(lost)
	inHand := len(hers.InHand())
	gone := time.Now()
	if err := syscall.Kill(n.pid(lost), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(n.home, "nodes", lost)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s is gone with its disk and %d tasks in hand; %d are in hand at %s", lost, inHand, len(his.InHand()), stays)

	// What she types is what she is told.
	wish := []string{"run", "acme/crash-0", "--data", "x=hospital/x", "--max-price", "1", "--seconds", "2"} // few: the delay is short
	alice.types(t, n, fault.ExitFailure, wish, "NET_UNREACHABLE", "tacit wallet withdraw")
	alice.types(t, n, fault.ExitOK, []string{"wallet", "withdraw"}, "asked for", "next: tacit wallet withdraw")
	alice.types(t, n, fault.ExitPayment, []string{"wallet", "withdraw"}, "PAY_DEPOSIT")
	if *delay {
		alice.goesOn(t, n, wish, slices.Concat(one, two, tasksOf(hers)), hospital, clinic.target.Key)
	}
	back := time.Since(gone)

	// The other's account went on as if nothing were.
	close(enough)
	<-ended
	<-ended
	undisturbed := tasksOf(his)
	for _, x := range undisturbed {
		if !x.Settled {
			t.Errorf("task %s of the dispatcher that stays ended with %s: %s", x.ID.Short(), x.Code, x.Why)
		}
	}
	if _, given := his.Tasks(); given > 0 {
		t.Errorf("%d tasks were not accepted by the dispatcher that stays", given)
	}
	others, his2 := spent(t, clinic, slices.Concat(two, undisturbed))
	left, err := clinic.chain.DepositOf(t.Context(), clinic.chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	last := tacit.Money(0) // what her own task cost with him
	if d, err := alice.chain.DepositOf(t.Context(), alice.chain.Account()); err != nil {
		t.Fatal(err)
	} else if *delay {
		last = 1e9 - d.Amount
	}
	if left.Amount+his2 != 500e9 || others != his2+last {
		t.Errorf("%d are left of %d after tasks of %d; all batches take %d", left.Amount, uint64(500e9), his2, others)
	}
	n.Stop()
	grants, findings, err := n.Keys(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("%s: %s", f.Kind, f.What)
	}
	settled := 0
	for _, x := range tasksOf(hers) {
		if x.Settled {
			settled++
		}
	}
	line, err := json.Marshal(map[string]any{
		"test": "two dispatchers", "tasks": *shared, "perSecondOnOne": round(oneRate), "perSecondOnTwo": round(twoRate), "onEach": []int{byDispatcher[alice.target.Key], byDispatcher[clinic.target.Key]},
		"medianOnOne_s": median(one), "medianOnTwo_s": median(two), "cpuOnOne_s": []float64{round(middle[0] - start[0]), round(middle[1] - start[1])}, "cpuOnTwo_s": []float64{round(end[0] - middle[0]), round(end[1] - middle[1])},
		"lostInHand": inHand, "lostSettled": settled, "othersSettled": len(undisturbed), "othersMedian_s": median(undisturbed),
		"goesOnAfter_s": round(back.Seconds()), "waited": *delay, "grants": grants, "cpus": runtime.NumCPU(),
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(line))
}

// goesOn waits for the deposit that was asked for, takes it and runs a task with the
// dispatcher that is left. Nothing of the deposit is lost but what was settled; some of
// that was another user's.
func (u *User) goesOn(t *testing.T, n *Net, wish []string, tasks []*Task, other *User, left wire.Address) {
	t.Helper()
	before, err := u.chain.Ledger(t.Context(), u.chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	if err := until(t.Context(), 3*time.Minute, 2*time.Second, func(ctx context.Context) error {
		head, err := u.chain.Head(ctx)
		if err == nil && head < before.Deposit.Unlock {
			err = fmt.Errorf("block %d of %d", head, before.Deposit.Unlock)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	at, err := u.chain.DepositOf(t.Context(), u.chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	took, proven := spent(t, u, tasks)
	his, err := u.chain.DepositOf(t.Context(), other.chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	took, proven = took-(500e9-his.Amount), proven-(500e9-his.Amount)
	if at.Amount != 0 || at.Leaving+took != 500e9 {
		t.Errorf("%d and %d of the deposit are hers after batches of %d, of %d", at.Amount, at.Leaving, took, uint64(500e9))
	}
	t.Logf("%d gwei were settled by the dispatcher that is gone without a proof in her hands", took-proven)
	u.types(t, n, fault.ExitOK, []string{"wallet", "withdraw"}, "withdrew")
	after, err := u.chain.Ledger(t.Context(), u.chain.Account())
	if err != nil || after.Deposit.Amount != 0 || after.Deposit.Leaving != 0 || after.Wallet+1e6 < before.Wallet+at.Leaving { // but for gas
		t.Errorf("she has %+v, had %+v: %v", after, before, err)
	}
	u.types(t, n, fault.ExitOK, wish, "Settle  done")
	if d, err := u.chain.DepositOf(t.Context(), u.chain.Account()); err != nil || d.Dispatcher != left {
		t.Errorf("her deposit is with %s (%v), want the dispatcher that is left", d.Dispatcher, err)
	}
}

// median is how long half of the tasks took at most, in seconds.
func median(tasks []*Task) float64 {
	var all []time.Duration
	for _, x := range tasks {
		all = append(all, x.Took)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return round(all[len(all)/2].Seconds())
}

// sides names the dispatcher that alice's address leads to, which will be lost, and the
// other one.
func sides(t *testing.T, n *Net) (lost, stays string, alice *User) {
	t.Helper()
	alice, err := n.User(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	lost, stays = "dispatcher", "dispatcher-2"
	if home := client.Dispatchers(n.nodes, alice.chain.Account(), wire.Address{}); home[0].Key != alice.target.Key {
		lost, stays = stays, lost
		if alice, err = n.UserOf(t.Context(), "alice", lost); err != nil {
			t.Fatal(err)
		}
	}
	return lost, stays, alice
}

// rate runs the tasks of the quickest service and returns how many ended in a second.
func rate(t *testing.T, l *Load) ([]*Task, float64) {
	t.Helper()
	l.short = true
	began := time.Now()
	l.Run(t.Context(), *shared, min(32, 2+*shared/3), 1, func() bool { return false })
	tasks := tasksOf(l)
	return tasks, float64(len(tasks)) / time.Since(began).Seconds()
}

// cpu is how many seconds of a core a process has had.
func cpu(t *testing.T, pid int) float64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name before may have spaces
	var user, system int
	f := strings.Fields(rest)
	if _, err := fmt.Sscan(f[11], &user); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(f[12], &system); err != nil {
		t.Fatal(err)
	}
	return float64(user+system) / 100 // ticks, on Linux
}

func round(x float64) float64 { return float64(int(x*100+0.5)) / 100 }

func tasksOf(l *Load) []*Task { list, _ := l.Tasks(); return list }

// spent is what the batches of a user's dispatcher took, and what he has proofs of. They
// never take more than his tasks were accepted for.
func spent(t *testing.T, u *User, tasks []*Task) (took, proven tacit.Money) {
	t.Helper()
	accepted := tacit.Money(0)
	for _, x := range tasks {
		if x.Task.Body.Dispatcher != u.target.Key {
			continue
		}
		accepted += x.Acceptance.Body.Fee
		if x.Settled {
			proven += x.Proof.Proof.Settled[0].Settlement.Fee
		}
	}
	last, err := u.chain.LastBatch(t.Context(), u.target.Key)
	if err != nil {
		t.Fatal(err)
	}
	for number := uint64(1); number <= last; number++ {
		b, err := u.chain.Batch(t.Context(), u.target.Key, number)
		if err != nil {
			t.Fatal(err)
		}
		if !b.Voided {
			took += b.Total
		}
	}
	if took < proven || proven > accepted {
		t.Errorf("batches of %s take %d, proofs say %d, acceptances %d", u.target.Key, took, proven, accepted)
	}
	return took, proven
}

// types runs the tool as a user would and wants it to end with a status and say things.
func (u *User) types(t *testing.T, n *Net, status int, args []string, says ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(n.bin, "tacit"), append(args, "--as", "alice")...)
	cmd.Env = append(os.Environ(), "TACIT_HOME="+n.home)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != status {
		t.Fatalf("tacit %s: %v, want status %d\n%s", strings.Join(args, " "), err, status, out)
	}
	for _, s := range says {
		if !strings.Contains(string(out), s) {
			t.Errorf("tacit %s does not say %q:\n%s", strings.Join(args, " "), s, out)
		}
	}
	return string(out)
}
