package crash

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/client"
	"tacit/fault"
	"tacit/wire"
)

// A Task is one that a user got an acceptance for.
type Task struct {
	client.Submission
	Settled bool                 // else it ended without a receipt
	Proof   *tacit.ProofFile     // of a settled one, checked
	Events  map[string]time.Time // names of those that were seen
	Took    time.Duration        // from its submission to its end
	Code    fault.Code           // of one that failed
	Why     string               // of an end without a receipt, in full
}

// A Load is what users do while processes are killed.
type Load struct {
	users   []*User
	plans   [][]client.Plan // of each user, the services in their order
	network wire.Digest
	// patience is how long a user tries to submit; for the rest he takes twice
	// as long again.
	patience time.Duration
	// short has every task ask for the quickest service, so that rates can be compared.
	short bool

	mu    sync.Mutex // guards what follows
	open  map[wire.Digest]bool
	tasks []*Task
	given int // up: not accepted
}

// services are how long their guests compute, in seconds, and how many of
// twenty tasks ask for them.
var services = []struct {
	seconds float64
	share   int
}{{0.1, 14}, {0.3, 3}, {1, 2}, {3, 1}}

// rounds is about how many rounds of its loop the guest does in a second.
const rounds = 500e6

// Prepare publishes the service and its data and gives every user a deposit.
func (n *Net) Prepare(ctx context.Context, users ...*User) (*Load, wire.Digest, error) {
	acme, err := n.User(ctx, "acme")
	if err != nil {
		return nil, wire.Digest{}, err
	}
	hospital, err := n.User(ctx, "hospital")
	if err != nil {
		return nil, wire.Digest{}, err
	}
	terms := tacit.Terms{
		AnyService: true, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 2, Expires: uint64(time.Now().AddDate(1, 0, 0).Unix()),
		MaxReleases: 1 << 20, MaxPerTask: tacit.MaxAttempts, MaxOutput: 1 << 20, Logs: true,
	}
	var entries []tacit.Entry
	var names []string
	for i, x := range services {
		name := fmt.Sprintf("acme/crash-%d", i)
		e, err := publish(ctx, acme, client.Publication{Name: name, Kind: tacit.EntryService, Price: 1e6, Terms: terms}, loop(int64(x.seconds*rounds)))
		if err != nil {
			return nil, wire.Digest{}, err
		}
		entries, names = append(entries, e), append(names, name)
	}
	data, err := publish(ctx, hospital, client.Publication{Name: "hospital/x", Kind: tacit.EntryDataset, Price: 2e6, Terms: terms}, bytes.Repeat([]byte("x\n"), 500))
	if err != nil {
		return nil, wire.Digest{}, err
	}
	for _, e := range append(entries, data) {
		if err := acme.WaitEntry(ctx, e); err != nil {
			return nil, wire.Digest{}, err
		}
	}
	l := &Load{users: users, open: map[wire.Digest]bool{}, network: n.dev.Network().ID(), patience: 90 * time.Second}
	for _, u := range users {
		if _, err := u.chain.Deposit(ctx, u.target.Key, 500e9); err != nil {
			return nil, wire.Digest{}, err
		}
		var plans []client.Plan
		for _, name := range names {
			p, err := u.Plan(ctx, client.Wish{
				Service: name, Data: []client.Binding{{Alias: "x", Dataset: "hospital/x"}}, MaxFee: 1e9,
				Requirements: tacit.Requirements{Level: 2, Fuel: 30e9, Memory: 64 << 20, Output: 1 << 16, Seconds: 10},
			})
			if err == nil {
				_, err = u.Pay(ctx, p)
			}
			if err != nil {
				return nil, wire.Digest{}, err
			}
			plans = append(plans, p)
		}
		l.plans = append(l.plans, plans)
	}
	return l, data.Sealed.Root, nil
}

// Of is the same load by some of the users, with tasks of its own.
func (l *Load) Of(users ...int) *Load {
	some := &Load{open: map[wire.Digest]bool{}, network: l.network, patience: l.patience}
	for _, i := range users {
		some.users, some.plans = append(some.users, l.users[i]), append(some.plans, l.plans[i])
	}
	return some
}

// publish waits for a manager that has not seen the newest header yet.
func publish(ctx context.Context, u *User, p client.Publication, content []byte) (e tacit.Entry, err error) {
	err = until(ctx, 30*time.Second, 20*time.Second, func(ctx context.Context) error {
		p.Content = bytes.NewReader(content)
		e, err = u.Publish(ctx, p)
		return err
	})
	return e, err
}

// InHand are the tasks that were accepted and have not ended.
func (l *Load) InHand() []wire.Digest {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []wire.Digest
	for id := range l.open {
		list = append(list, id)
	}
	return list
}

// Tasks are all that were accepted, and how many submissions were given up.
func (l *Load) Tasks() ([]*Task, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*Task{}, l.tasks...), l.given
}

// Run has users run tasks of 0.1 to 3 s, so many side by side, until count were
// begun or more says that it is enough, and waits for their ends.
func (l *Load) Run(ctx context.Context, count, sideBySide int, seed uint64, more func() bool) {
	var begun atomic.Int64
	var wg sync.WaitGroup
	for lane := range sideBySide {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(lane)))
			for ctx.Err() == nil && (begun.Add(1) <= int64(count) || more()) {
				who, k := lane%len(l.users), r.IntN(20)
				plan := l.plans[who][0]
				for i, x := range services {
					if k -= x.share; k < 0 {
						plan = l.plans[who][i]
						break
					}
				}
				if l.short {
					plan = l.plans[who][0]
				} else if r.IntN(4) == 0 {
					plan.Wish.Params = []byte(`{}`) // one more key, for one task
				}
				l.one(ctx, l.users[who], plan)
			}
		})
	}
	wg.Wait()
}

func (l *Load) one(ctx context.Context, u *User, plan client.Plan) {
	began := time.Now()
	var sub client.Submission
	ctx, cancel := context.WithTimeout(ctx, 3*l.patience)
	defer cancel()
	for {
		var err error
		if sub, err = u.Submit(ctx, plan); err == nil {
			break
		}
		if ctx.Err() != nil || time.Since(began) > l.patience {
			l.mu.Lock()
			l.given++
			l.mu.Unlock()
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t := &Task{Submission: sub}
	l.mu.Lock()
	l.tasks, l.open[sub.ID] = append(l.tasks, t), true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, sub.ID)
	}()
	final := false
	for ctx.Err() == nil && !final {
		err := u.Watch(ctx, sub.ID, func(e tacit.Event) { final = e.Final })
		if final && err != nil {
			t.Code, t.Why = fault.Of(err), err.Error()
		}
		if !final {
			time.Sleep(100 * time.Millisecond)
		}
	}
	t.Took = time.Since(began)
	if !final || t.Code != "" {
		return
	}
	for ctx.Err() == nil {
		result, err := u.Fetch(ctx, sub.ID)
		if err == nil {
			_, err = result.Proof.Check(ctx, l.network, u.schemes)
		}
		if err == nil {
			t.Settled, t.Proof = true, &result.Proof
			return
		}
		t.Code = fault.Of(err)
		time.Sleep(300 * time.Millisecond)
	}
}
