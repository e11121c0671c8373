package crash

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tacit/devnet"
)

var (
	kills    = flag.Int("crash.kills", 0, "processes to kill at failpoints; none skips the test")
	tasks    = flag.Int("crash.tasks", 300, "least number of tasks to run meanwhile")
	seedFlag = flag.Uint64("crash.seed", 0, "seed of the choices [the time]")
)

// built is the programs with failpoints and a folder that goes when the test ends.
func built(t *testing.T) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "crash-") // short: sockets are in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, d := range []string{"src", "bin", "ctl"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	if err := Build(t.Context(), "../../..", filepath.Join(dir, "src"), filepath.Join(dir, "bin"), filepath.Join(dir, "ctl")); err != nil {
		t.Fatal(err)
	}
	t.Logf("programs with failpoints built in %.1f s", time.Since(began).Seconds())
	return dir
}

// network brings one up with two users whose service is published.
func network(t *testing.T, dir string, more func(*devnet.Config)) (*Net, []*User, *Load, mark) {
	t.Helper()
	began := time.Now()
	n := begun(t, dir, more)
	ctx := context.Background()
	var users []*User
	for _, account := range []string{"alice", "clinic"} {
		u, err := n.User(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, u)
	}
	return prepared(t, n, users, began)
}

// begun brings one up that ends with the test.
func begun(t *testing.T, dir string, more func(*devnet.Config)) *Net {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n, err := Start(ctx, filepath.Join(dir, "home"), filepath.Join(dir, "bin"), filepath.Join(dir, "ctl"), more)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		n.Stop()
		for _, f := range n.Orphans() {
			t.Errorf("%s: %s", f.Kind, f.What)
		}
		if t.Failed() {
			logs, _ := filepath.Glob(filepath.Join(n.home, "log", "*.log"))
			for _, l := range logs {
				b, _ := os.ReadFile(l)
				t.Logf("%s: %s", filepath.Base(l), b[max(0, len(b)-6000):])
			}
		}
	})
	return n
}

// prepared publishes the service and has the users pay.
func prepared(t *testing.T, n *Net, users []*User, began time.Time) (*Net, []*User, *Load, mark) {
	t.Helper()
	load, blob, err := n.Prepare(context.Background(), users...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("network ready in %.1f s", time.Since(began).Seconds())
	return n, users, load, mark{blob: blob}
}

// examine waits for what is still due and lists every broken promise.
func examine(t *testing.T, n *Net, users []*User, load *Load) (findings []Finding, grants int) {
	t.Helper()
	ctx := t.Context()
	all, _ := load.Tasks()
	last, err := n.WaitLapsed(ctx, users[0], all)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the chain has passed block %d, where the last reservation lapsed", last)
	if err := n.Claimed(ctx, users[0]); err != nil {
		t.Logf("not all is claimed yet: %v", err) // a backlog: LIMITATIONS.md
	}
	money, err := n.Money(ctx, users[0], users, all)
	if err != nil {
		t.Fatal(err)
	}
	n.Stop()
	grants, keys, err := n.Keys(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(Tasks(all), money, keys), grants
}

// plan is which kinds are struck: each three times, then by chance.
func plan(r *rand.Rand, n int) []string {
	kinds := []string{"dispatcher", "manager", "verifier", "worker", "enclave", "gateway", "blobs", "device", "chain"}
	var list []string
	for range 3 {
		r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		list = append(list, kinds...)
	}
	often := []string{"dispatcher", "dispatcher", "manager", "manager", "verifier", "worker", "worker", "enclave", "enclave", "gateway", "blobs"}
	for len(list) < n {
		list = append(list, often[r.IntN(len(often))])
	}
	return list
}

// lanes is how many kinds of processes are struck at a time: what one kind does
// while another comes back is tried so, too, and most of a strike's time is the
// wait for its step.
const lanes = 2

// A campaign hands out strikes until so many processes were killed. mu guards
// what follows it.
type campaign struct {
	kills int

	mu      sync.Mutex
	r       *rand.Rand
	queue   []string       // of kinds, whose turn comes
	used    map[string]int // of steps
	busy    map[string]bool
	perKind map[string]int // killed
	count   int            // killed
	tried   int
	strikes []Strike
	failed  bool
}

// next waits for a kind that nobody strikes now, and takes the step of it that
// was used least.
func (c *campaign) next() (kind, step, signal string, r *rand.Rand, ok bool) {
	for ; ; time.Sleep(10 * time.Millisecond) {
		c.mu.Lock()
		open := len(c.busy)
		if c.failed || open == 0 && c.count >= c.kills || c.tried >= 3*c.kills || len(c.queue)+open == 0 {
			c.mu.Unlock()
			return "", "", "", nil, false
		}
		i := slices.IndexFunc(c.queue, func(k string) bool { return !c.busy[k] })
		if i < 0 || c.count+open >= c.kills {
			c.mu.Unlock()
			continue
		}
		kind = c.queue[i]
		c.queue = slices.Delete(c.queue, i, i+1)
		steps := slices.Clone(Steps[kind])
		c.r.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		slices.SortStableFunc(steps, func(a, b string) int { return c.used[a] - c.used[b] })
		signal = "kill"
		if c.perKind[kind] >= min(3, c.kills/9) && c.r.IntN(6) == 0 {
			signal = "stop"
		}
		r = rand.New(rand.NewPCG(c.r.Uint64(), 0))
		c.busy[kind] = true
		c.tried++
		c.used[steps[0]]++
		c.mu.Unlock()
		return kind, steps[0], signal, r, true
	}
}

// struck counts a strike; a kind that was not killed has its turn again.
func (c *campaign) struck(s Strike) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, s.Kind)
	c.strikes = append(c.strikes, s)
	if s.Hit && s.Signal == "kill" {
		c.count++
		c.perKind[s.Kind]++
	} else {
		c.queue = append(c.queue, s.Kind)
	}
	c.failed = c.failed || s.Err != nil
}

// Every role is killed at steps of the protocol while tasks run, and comes back
// without a hand; no task is lost, none paid twice, no key leaves unrecorded.
//
// case N91 code - check dispatcher/journal.go:save twin TestTheAuditorSeesWhatIsBroken
func TestN91KilledAtAnyStep(t *testing.T) {
	if *kills == 0 {
		t.Skip("make crash runs it")
	}
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d (-crash.seed repeats the choices, not the timing)", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	dir := built(t)
	n, users, load, m := network(t, dir, nil)
	began := time.Now()
	var enough atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		load.Run(t.Context(), *tasks, 8, seed, func() bool { return !enough.Load() })
	}()
	c := &campaign{r: r, kills: *kills, queue: plan(r, *kills), used: map[string]int{}, busy: map[string]bool{}, perKind: map[string]int{}}
	var wg sync.WaitGroup
	for range lanes {
		wg.Go(func() {
			for {
				kind, step, signal, r, ok := c.next()
				if !ok {
					return
				}
				c.struck(n.Strike(t.Context(), users[0], kind, step, signal, m.blob, r, load.InHand))
			}
		})
	}
	wg.Wait()
	struck := time.Since(began)
	strikes, count, perKind := c.strikes, c.count, c.perKind
	enough.Store(true)
	<-done
	ran := time.Since(began)
	findings, grants := examine(t, n, users, load)
	all, given := load.Tasks()
	for _, s := range strikes {
		t.Log(s.Log(all))
		if s.Err != nil {
			t.Errorf("%s at %s: %v", s.Name, s.Step, s.Err)
		}
	}
	bad := map[string]int{}
	for _, f := range findings {
		bad[f.Kind]++
		t.Errorf("%s: %s", f.Kind, f.What)
	}
	settled := 0
	codes := map[string]int{}
	for _, x := range all {
		if x.Settled {
			settled++
		} else {
			codes[string(x.Code)]++
			t.Logf("task %s lapsed: %s", x.ID.Short(), x.Why)
		}
	}
	if settled < len(all)*3/4 {
		t.Errorf("only %d of %d tasks settled", settled, len(all))
	}
	for _, kind := range plan(r, 0) {
		if perKind[kind] < min(3, *kills/9) {
			t.Errorf("%s was killed only %d times", kind, perKind[kind])
		}
	}
	if count < *kills || len(all) < *tasks {
		t.Errorf("%d kills of %d, %d tasks of %d", count, *kills, len(all), *tasks)
	}
	var slowest, sum time.Duration
	for _, s := range strikes {
		if s.Signal == "kill" && s.Hit {
			slowest, sum = max(slowest, s.Back), sum+s.Back
		}
	}
	line, err := json.Marshal(map[string]any{
		"test": "kills", "seed": seed, "kills": count, "stops": len(strikes) - count, "tasks": len(all), "settled": settled, "lapsed": len(all) - settled, "lapsedBy": codes,
		"notAccepted": given, "lost": bad["lost"], "paidTwice": bad["paid twice"], "unrecorded": bad["unrecorded"], "unbalanced": bad["balance"],
		"grants": grants, "backMillisMean": (sum / time.Duration(max(1, count))).Milliseconds(), "backMillisMost": slowest.Milliseconds(),
		"secondsOfKills": int(struck.Seconds()), "secondsOfTasks": int(ran.Seconds()), "cpus": runtime.NumCPU(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(line))
	fmt.Println(string(line))
}

// The auditor itself must be able to fail: a dispatcher that journals nothing
// loses a task, a manager that records nothing releases keys unrecorded, and a
// payment that no proof explains is one too many.
func TestTheAuditorSeesWhatIsBroken(t *testing.T) {
	if *kills == 0 {
		t.Skip("make crash runs it")
	}
	dir := built(t)
	n, users, load, _ := network(t, dir, nil)
	load.Run(t.Context(), 2, 2, 1, func() bool { return false })
	all, _ := load.Tasks()
	sound, err := n.Money(t.Context(), users[0], users, all)
	if err != nil {
		t.Fatal(err)
	}
	if found := slices.Concat(Tasks(all), sound); len(found) > 0 || len(all) != 2 {
		t.Fatalf("twin: %d tasks on a sound network, findings %v", len(all), found)
	}
	few, err := n.Money(t.Context(), users[0], users, all[:1])
	if err != nil {
		t.Fatal(err)
	}
	sees(t, "paid twice", few)

	if err := n.Arm("manager-1", "auditForgets", "return"); err != nil {
		t.Fatal(err)
	}
	load.patience = 10 * time.Second
	load.Run(t.Context(), 1, 1, 2, func() bool { return false })
	if err := n.Arm("dispatcher", "dispatcherForgets", "return"); err != nil {
		t.Fatal(err)
	}
	// It goes on from memory; what it did not write is lost with its process.
	done := make(chan struct{})
	go func() {
		defer close(done)
		load.Run(t.Context(), 1, 1, 3, func() bool { return false })
	}()
	for len(load.InHand()) == 0 {
		select {
		case <-done:
			t.Fatal("no task was accepted that could be forgotten")
		case <-time.After(time.Millisecond):
		}
	}
	if err := syscall.Kill(n.pid("dispatcher"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-done
	all, _ = load.Tasks()
	sees(t, "lost", Tasks(all))
	n.Stop()
	_, keys, err := n.Keys(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sees(t, "unrecorded", keys)
}

func sees(t *testing.T, kind string, found []Finding) {
	t.Helper()
	for _, f := range found {
		if f.Kind == kind {
			t.Logf("seen as it must be: %s: %s", f.Kind, f.What)
			return
		}
	}
	t.Errorf("the auditor does not see what is %s: %v", kind, found)
}
