package dispatcher_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// turn is a task of an account by its nonce.
type turn struct {
	user  wire.Address
	nonce uint64
}

// gate is a manager that answers each question for a draw when the test lets it,
// with no. Whoever asks has his turn.
type gate struct {
	tacit.KeyReleaser
	asked chan turn

	mu    sync.Mutex // guards what follows
	doors map[turn]chan struct{}
	open  bool // for all
}

func (g *gate) door(who turn) chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.doors[who] == nil {
		g.doors[who] = make(chan struct{})
		if g.open {
			close(g.doors[who])
		}
	}
	return g.doors[who]
}

func (g *gate) Draw(ctx context.Context, req tacit.DrawRequest) (tacit.Share, error) {
	who := turn{req.Case.Task.Body.User, req.Case.Task.Body.Nonce}
	g.asked <- who
	select {
	case <-g.door(who):
	case <-ctx.Done():
		return tacit.Share{}, ctx.Err()
	}
	return tacit.Share{}, fault.Denied(fault.DataConsent, "use clinic/table", "users", "somebody else", "this one")
}

// let ends a task that has its turn.
func (g *gate) let(k *key.Signer, nonce uint64) { close(g.door(turn{k.Address(), nonce})) }

// all ends every task at its turn from now on.
func (g *gate) all() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
	for _, d := range g.doors {
		select {
		case <-d:
		default:
			close(d)
		}
	}
}

// next is the next task that has its turn.
func (g *gate) next(t *testing.T) turn {
	t.Helper()
	select {
	case who := <-g.asked:
		return who
	case <-time.After(30 * time.Second):
		t.Fatal("nobody has a turn")
		return turn{}
	}
}

// is fails the test unless it is this task that has the next turn, and then
// nobody else. What does not wait is there long before the pause is over.
func (g *gate) is(t *testing.T, k *key.Signer, nonce uint64) {
	t.Helper()
	if who := g.next(t); who != (turn{k.Address(), nonce}) {
		t.Errorf("turn of task %d of %s, want task %d of %s", who.nonce, who.user, nonce, k.Address())
	}
	select {
	case who := <-g.asked:
		t.Errorf("task %d of %s has a turn too", who.nonce, who.user)
	case <-time.After(30 * time.Millisecond):
	}
}

// gated is a world with so many users, each with the same deposit.
func gated(t *testing.T, users int) (*world, *gate, []*key.Signer) {
	t.Helper()
	w := newWorld(t)
	var all []*key.Signer
	w.Chain.Now.Deposits = nil
	for range users {
		k, err := key.NewSigner()
		w.Must(err)
		all = append(all, k)
		w.Chain.Now.Deposits = append(w.Chain.Now.Deposits, tacit.Deposit{User: k.Address(), Dispatcher: w.Dispatcher.Key.Address(), Amount: 1000 * w.fee})
	}
	w.epoch()
	who := w.Managers[0].Key.Address()
	g := &gate{KeyReleaser: w.managers[who], asked: make(chan turn, 1024), doors: map[turn]chan struct{}{}}
	t.Cleanup(g.all)
	w.managers[who] = g
	return w, g, all
}

// by submits a user's task.
func (r *running) by(k *key.Signer, nonce uint64) (tacit.Signed[tacit.Acceptance], error) {
	task := r.w.task(nonce)
	task.User = k.Address()
	return r.Submit(mini.As(k), tacit.SubmitRequest{Task: tacit.Sign(r.w.ID, k, task)})
}

func (w *world) of(k *key.Signer, nonce uint64) tacit.TaskRequest {
	task := w.task(nonce)
	task.User = k.Address()
	return tacit.TaskRequest{Task: w.id(task)}
}

func hands(n int) func(*dispatcher.Config) {
	return func(c *dispatcher.Config) {
		c.InHand, c.PerAccount = func() int { return n }, 500
	}
}

// A flood of one account is in line before the others come; the first finds the
// place that is kept, the next waits for one end.
//
// case N89 code - check dispatcher/turns.go:first
func TestN89AFloodDelaysNobodyByMoreThanATurn(t *testing.T) {
	w, g, users := gated(t, 3)
	r := w.start(hands(2))
	flood, calm, other := users[0], users[1], users[2]
	const many = 300
	for n := range uint64(many) {
		_, err := r.by(flood, n+1)
		w.Must(err)
	}
	for range 2 {
		if who := g.next(t); who.nonce > 2 {
			t.Fatalf("a first turn of task %d", who.nonce)
		}
	}
	_, err := r.by(calm, 1)
	w.Must(err)
	g.is(t, calm, 1)
	_, err = r.by(other, 1)
	w.Must(err)
	_, err = r.by(calm, 2)
	w.Must(err)
	got, err := r.Events(mini.As(other), tacit.EventsRequest{Task: w.of(other, 1).Task})
	if err != nil || len(got.Events) != 1 || got.Events[0].State != "waiting" {
		t.Errorf("events of who waits: %+v, %v", got.Events, err)
	}
	g.let(flood, 1)
	g.is(t, other, 1)
	g.let(calm, 1)
	g.is(t, calm, 2)
	g.let(flood, 2)
	g.is(t, flood, 3)
	t.Run("twin: everybody has his turn in the end", func(t *testing.T) {
		g.all()
		for range many - 3 {
			if who := g.next(t); who.user != flood.Address() {
				t.Errorf("a turn of %s", who.user)
			}
		}
		for n := range uint64(many) {
			if e := r.ended(flood, n+1); e.Code != string(fault.DataConsent) {
				t.Fatalf("task %d ended %+v", n+1, e)
			}
		}
	})
}

// case N89 code RES_BUSY check dispatcher/dispatcher.go:room
func TestN89BeyondItsBoundAnAccountIsRefusedBeforeAnythingIsReserved(t *testing.T) {
	w, g, users := gated(t, 2)
	r := w.start(func(c *dispatcher.Config) { c.InHand, c.PerAccount = func() int { return 1 }, 3 })
	for n := range uint64(3) {
		_, err := r.by(users[0], n+1)
		w.Must(err)
	}
	_, err := r.by(users[0], 4)
	want(t, err, fault.ResBusy)
	t.Run("twin: the same task as before", func(t *testing.T) {
		a, err := r.by(users[0], 3)
		if err != nil || a.Body.Sequence != 3 {
			t.Errorf("%+v, %v", a.Body, err)
		}
	})
	t.Run("twin: another account", func(t *testing.T) {
		_, err := r.by(users[1], 1)
		want(t, err, "")
	})
	t.Run("twin: once one has run, with the next number and its own fee", func(t *testing.T) {
		g.let(users[0], 1)
		r.ended(users[0], 1)
		a, err := r.by(users[0], 4)
		if err != nil || a.Body.Sequence != 4 || a.Body.Reserved != 3*w.fee {
			t.Errorf("%+v, %v", a.Body, err)
		}
	})
}

// case N88 code RES_BUSY check dispatcher/dispatcher.go:Room
func TestN88ADispatcherAtItsLimitsAcceptsNothing(t *testing.T) {
	w := newWorld(t)
	full := atomic.Bool{}
	r := w.start(func(c *dispatcher.Config) {
		c.Room = func() error {
			if full.Load() {
				return fault.New(fault.ResBusy, "take in new work")
			}
			return nil
		}
	})
	before, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
	w.Must(err)
	full.Store(true)
	_, err = r.Submit(mini.As(w.User), w.request(w.task(2)))
	want(t, err, fault.ResBusy)
	t.Run("twin: what is in hand ends, and is answered again", func(t *testing.T) {
		again, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
		if err != nil || again != before {
			t.Errorf("%+v, %v", again, err)
		}
		events := r.end(w.id(w.task(1)))
		if last := events[len(events)-1]; last.State != "done" {
			t.Errorf("it ended %+v", last)
		}
	})
	t.Run("twin: with room again", func(t *testing.T) {
		full.Store(false)
		if last := r.submit(w.task(2)); last.State != "done" {
			t.Errorf("it ended %+v", last)
		}
	})
}

// ended waits for the last event of a user's task.
func (r *running) ended(k *key.Signer, nonce uint64) tacit.Event {
	r.w.t.Helper()
	ctx, cancel := context.WithTimeout(mini.As(k), time.Minute)
	defer cancel()
	for after := uint64(0); ; {
		got, err := r.Events(ctx, tacit.EventsRequest{Task: r.w.of(k, nonce).Task, After: after})
		r.w.Must(err)
		for _, e := range got.Events {
			if after = e.Index; e.Final {
				return e
			}
		}
	}
}

// case N89 code - check dispatcher/turns.go:off
func TestN89ATaskInLineIsCalledOff(t *testing.T) {
	w, g, users := gated(t, 1)
	r := w.start(hands(1))
	for n := range uint64(4) {
		_, err := r.by(users[0], n+1)
		w.Must(err)
	}
	g.is(t, users[0], 1)
	_, err := r.Cancel(mini.As(users[0]), w.of(users[0], 3))
	want(t, err, "")
	if e := r.ended(users[0], 3); e.Code != string(fault.TaskCancelled) {
		t.Errorf("it ended %+v", e)
	}
	t.Run("twin: the others have their turns", func(t *testing.T) {
		g.let(users[0], 1)
		g.is(t, users[0], 2)
		g.let(users[0], 2)
		g.is(t, users[0], 4)
		a, err := r.by(users[0], 5)
		if err != nil || a.Body.Reserved != 2*w.fee {
			t.Errorf("%+v, %v", a.Body, err)
		}
	})
}

// A worker whose places are taken is waited for a little; then its word costs the
// attempt.
func TestAFullWorkerIsAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		full  int
		skips int
		last  string
	}{
		{"for a moment", 2, 0, "done"},
		{"twin: for good", 1000, tacit.MaxAttempts, "failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.each(func(k *worker) { k.full = tt.full })
			r := w.start(func(c *dispatcher.Config) { c.Patience = 3 * time.Second })
			if last := r.submit(w.task(1)); last.State != tt.last {
				t.Errorf("it ended %+v", last)
			}
			skips := 0
			for _, e := range r.end(w.id(w.task(1))) {
				if e.State == "skipped" {
					skips++
				}
			}
			if launches, _ := w.count(); skips != tt.skips || launches < 3 {
				t.Errorf("%d skips, want %d, after %d launches", skips, tt.skips, launches)
			}
		})
	}
}

// case N89 code - check dispatcher/dispatcher.go:resume
func TestN89TasksKeepTheirOrderOverARestart(t *testing.T) {
	w, g, users := gated(t, 2)
	r := w.make(hands(1)) // it works on nothing yet
	for n := range uint64(6) {
		for _, k := range users {
			_, err := r.by(k, n+1)
			w.Must(err)
		}
	}
	r.stop()
	w.start(hands(1))
	g.all()
	last := map[wire.Address]uint64{}
	for range 12 {
		who := g.next(t)
		if last[who.user]++; who.nonce != last[who.user] {
			t.Errorf("turn of task %d, want %d", who.nonce, last[who.user])
		}
	}
	t.Run("twin: all of them", func(t *testing.T) {
		for _, k := range users {
			if n := last[k.Address()]; n != 6 {
				t.Errorf("%d of 6 tasks had their turn", n)
			}
		}
	})
}

// A task must be drawn under one of the newest headers. One that waited in line
// for longer did nothing wrong, and its user is told to come again.
func TestATurnThatCameTooLateIsBusy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		epochs int // that pass before the managers are asked
		want   fault.Code
	}{
		{"twin: at once, the managers' word stands", 0, fault.KeyGeneration},
		{"twin: still under one of the newest", tacit.DrawEpochs, fault.KeyGeneration},
		{"too late", tacit.DrawEpochs + 1, fault.ResBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			who := w.Managers[0].Key.Address()
			w.managers[who] = &asking{
				KeyReleaser: w.managers[who], nonces: map[uint64]fault.Code{1: fault.KeyGeneration}, asked: map[uint64]int{},
				turn: func(uint64, int) {
					for range tt.epochs {
						w.epoch()
					}
				},
			}
			if last := w.start(nil).submit(w.task(1)); last.Code != string(tt.want) {
				t.Errorf("it ended %+v, want %s", last, tt.want)
			}
		})
	}
}
