package dispatcher_test

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/wire"
)

func TestATaskRunsToASettledProof(t *testing.T) {
	w := newWorld(t)
	d := w.start(nil)
	task := w.task(1)
	accepted, err := d.Submit(mini.As(w.User), w.request(task))
	w.Must(err)
	a, err := accepted.Check(w.ID, w.Dispatcher.Key.Address())
	if err != nil || a.Task != w.id(task) || a.Fee != w.fee || a.Reserved != w.fee || a.Sequence != 1 {
		t.Errorf("acceptance = %+v, %v", a, err)
	}
	events := d.end(w.id(task))
	var done []string
	for _, e := range events {
		if e.State == "done" {
			done = append(done, e.Stage)
		}
		if e.State == "failed" {
			t.Errorf("%s failed: %s %s", e.Stage, e.Code, e.Detail)
		}
	}
	if want := []string{"Draw", "Attest", "Keys", "Run", "Proof", "Settle"}; !slices.Equal(done, want) {
		t.Errorf("stages = %v, want %v", done, want)
	}
	p, err := d.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(task)})
	w.Must(err)
	file := tacit.ProofFile{Genesis: w.Genesis, Epochs: w.Epochs, Proof: p}
	lines, err := file.Check(t.Context(), w.ID, w.Schemes)
	if err != nil {
		t.Errorf("proof: %v\n%+v", err, lines)
	}
	posted := w.gateway.batches()
	if len(posted) != 1 || len(posted[0].Debits) != 1 || posted[0].Debits[0] != (tacit.Debit{User: w.User.Address(), Amount: w.fee}) {
		t.Errorf("posted = %+v", posted)
	}
	if until := task.Deadline + w.Genesis.Params.SettleWindow; len(posted) == 1 && posted[0].Until != until {
		t.Errorf("it may be posted until block %d, want %d", posted[0].Until, until)
	}
}

// case N86 code API_CONFLICT check dispatcher/dispatcher.go:nonceKey
func TestN86OneAnswerAndOneEffectPerTask(t *testing.T) {
	w := newWorld(t)
	d := w.start(nil)
	task := w.task(1)
	// Side by side, and once more when it ended.
	answers := make([]tacit.Signed[tacit.Acceptance], 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			var err error
			if answers[i], err = d.Submit(mini.As(w.User), w.request(task)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d.end(w.id(task))
	t.Run("twin: the same task gets the same acceptance", func(t *testing.T) {
		late, err := d.Submit(mini.As(w.User), w.request(task))
		w.Must(err)
		for _, a := range append(answers, late) {
			if a != answers[0] {
				t.Errorf("acceptance = %+v, want %+v", a, answers[0])
			}
		}
		if launches, runs := w.count(); launches != 1 || runs != 1 || len(w.gateway.batches()) != 1 {
			t.Errorf("%d launches, %d runs, %d batches, want one of each", launches, runs, len(w.gateway.batches()))
		}
	})
	t.Run("the same nonce with other content", func(t *testing.T) {
		other := task
		other.MaxFee++
		_, err := d.Submit(mini.As(w.User), w.request(other))
		want(t, err, fault.APIConflict)
	})
	t.Run("also after a restart", func(t *testing.T) {
		d.stop()
		d = w.start(nil)
		other := task
		other.Requirements.Fuel--
		_, err := d.Submit(mini.As(w.User), w.request(other))
		want(t, err, fault.APIConflict)
		again, err := d.Submit(mini.As(w.User), w.request(task))
		if err != nil || again != answers[0] {
			t.Errorf("acceptance = %+v, %v, want %+v", again, err, answers[0])
		}
	})
}

func TestTasksAreTheirUsersOnly(t *testing.T) {
	w := newWorld(t)
	d := w.start(nil)
	task := w.task(1)
	d.submit(task)
	id := w.id(task)
	for _, tt := range []struct {
		name string
		ask  func(ctx context.Context) error
	}{
		{"events", func(ctx context.Context) error {
			_, err := d.Events(ctx, tacit.EventsRequest{Task: id})
			return err
		}},
		{"proof", func(ctx context.Context) error {
			_, err := d.Proof(ctx, tacit.TaskRequest{Task: id})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want(t, tt.ask(mini.As(w.Owner)), fault.APINotFound)
			want(t, tt.ask(t.Context()), fault.TLSRole)
		})
		t.Run("twin: "+tt.name+" of one's own", func(t *testing.T) { want(t, tt.ask(mini.As(w.User)), "") })
	}
	// What is not there and what is another's look alike.
	_, err := d.Proof(mini.As(w.User), tacit.TaskRequest{})
	want(t, err, fault.APINotFound)
}

func TestSubmitRefuses(t *testing.T) {
	inline := func(w *world, size int, named bool) tacit.SubmitRequest {
		data := make([]byte, size)
		sealed := tacit.Sealed{Root: wire.MerkleRoot(tacit.ChunkLeaves(data)), Size: int64(size), Manager: w.Managers[0].Key.Address()}
		task := w.task(1)
		task.Params = sealed.Hash()
		req := w.request(task)
		req.Inline = []tacit.Inline{{Sealed: sealed, Data: data}}
		if named {
			req.Params = []tacit.Sealed{sealed}
		}
		return req
	}
	edited := func(edit func(w *world, t *tacit.Task)) func(w *world) (context.Context, tacit.SubmitRequest) {
		return func(w *world) (context.Context, tacit.SubmitRequest) {
			task := w.task(1)
			edit(w, &task)
			return mini.As(w.User), w.request(task)
		}
	}
	for _, tt := range []struct {
		name string
		make func(w *world) (context.Context, tacit.SubmitRequest)
		want fault.Code
	}{
		{"twin: a task", edited(func(*world, *tacit.Task) {}), ""},
		{"twin: exactly the fee", edited(func(w *world, t *tacit.Task) { t.MaxFee = w.fee }), ""},
		{"twin: inline parameters", func(w *world) (context.Context, tacit.SubmitRequest) { return mini.As(w.User), inline(w, 1000, true) }, ""},
		{"nobody", func(w *world) (context.Context, tacit.SubmitRequest) {
			return context.Background(), w.request(w.task(1))
		}, fault.TLSRole},
		{"a worker", func(w *world) (context.Context, tacit.SubmitRequest) {
			return tacit.WithCaller(context.Background(), tacit.Caller{Role: tacit.RoleWorker, Node: w.User.Address()}), w.request(w.task(1))
		}, fault.TLSRole},
		{"another user's task", func(w *world) (context.Context, tacit.SubmitRequest) { return mini.As(w.Owner), w.request(w.task(1)) }, fault.KeySignature},
		{"signed by another", func(w *world) (context.Context, tacit.SubmitRequest) {
			return mini.As(w.User), tacit.SubmitRequest{Task: tacit.Sign(w.ID, w.Owner, w.task(1))}
		}, fault.KeySignature},
		{"signed for another network", func(w *world) (context.Context, tacit.SubmitRequest) {
			return mini.As(w.User), tacit.SubmitRequest{Task: tacit.Sign(wire.Digest{1}, w.User, w.task(1))}
		}, fault.KeySignature},
		{"for another dispatcher", edited(func(w *world, t *tacit.Task) { t.Dispatcher = w.Owner.Address() }), fault.APIField},
		{"a fee below the quote", edited(func(w *world, t *tacit.Task) { t.MaxFee = w.fee - 1 }), fault.PayFee},
		{"a deadline too soon", edited(func(_ *world, t *tacit.Task) { t.Deadline = 1 }), fault.TaskTimeout},
		{"a deadline that wraps around", edited(func(_ *world, t *tacit.Task) { t.Deadline = math.MaxUint64 }), fault.APIField},
		{"a service that is not there", edited(func(_ *world, t *tacit.Task) { t.Service[0]++ }), fault.APINotFound},
		{"another generation of the service", edited(func(_ *world, t *tacit.Task) { t.Generation++ }), fault.KeyGeneration},
		{"a dataset as the service", edited(func(w *world, t *tacit.Task) { t.Service = w.data.ID }), fault.KeyGeneration},
		{"no fuel", edited(func(_ *world, t *tacit.Task) { t.Requirements.Fuel = 0 }), fault.APIField},
		{"inline data that the task does not name", func(w *world) (context.Context, tacit.SubmitRequest) { return mini.As(w.User), inline(w, 1000, false) }, fault.ConsField},
		{"inline data of other bytes", func(w *world) (context.Context, tacit.SubmitRequest) {
			req := inline(w, 1000, true)
			req.Inline[0].Data[0]++
			return mini.As(w.User), req
		}, fault.ConsField},
		{"inline data that is too large", func(w *world) (context.Context, tacit.SubmitRequest) {
			return mini.As(w.User), inline(w, tacit.InlineMost+1, true)
		}, fault.APISize},
		{"parameters that the task does not name", func(w *world) (context.Context, tacit.SubmitRequest) {
			req := w.request(w.task(1))
			req.Params = []tacit.Sealed{{Size: 1}}
			return mini.As(w.User), req
		}, fault.ConsField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			d := w.make(nil)
			ctx, req := tt.make(w)
			_, err := d.Submit(ctx, req)
			want(t, err, tt.want)
		})
	}
}

// deposit gives the user a deposit of this amount from the next epoch on.
func (w *world) deposit(amount tacit.Money) {
	w.Chain.Now.Deposits = []tacit.Deposit{{User: w.User.Address(), Dispatcher: w.Dispatcher.Key.Address(), Amount: amount}}
	w.epoch()
}

func TestReservationsAddUp(t *testing.T) {
	w := newWorld(t)
	w.deposit(2*w.fee + 1)
	d := w.make(nil) // it does not run: every task stays open
	for i := range uint64(2) {
		a, err := d.Submit(mini.As(w.User), w.request(w.task(i+1)))
		w.Must(err)
		if a.Body.Reserved != (i+1)*w.fee || a.Body.Sequence != i+1 {
			t.Errorf("acceptance %d = %+v", i, a.Body)
		}
	}
	_, err := d.Submit(mini.As(w.User), w.request(w.task(3)))
	want(t, err, fault.PayDeposit)
	t.Run("twin: with a larger deposit", func(t *testing.T) {
		w.deposit(3 * w.fee)
		a, err := d.Submit(mini.As(w.User), w.request(w.task(3)))
		if err != nil || a.Body.Reserved != 3*w.fee || a.Body.Sequence != 3 {
			t.Errorf("acceptance = %+v, %v", a.Body, err)
		}
	})
	t.Run("a user without a deposit", func(t *testing.T) {
		task := w.task(1)
		task.User = w.Owner.Address()
		_, err := d.Submit(mini.As(w.Owner), tacit.SubmitRequest{Task: tacit.Sign(w.ID, w.Owner, task)})
		want(t, err, fault.PayDeposit)
	})
}

func TestAFailedTaskFreesItsReservation(t *testing.T) {
	w := newWorld(t)
	w.deposit(w.fee + 1)
	d := w.start(nil)
	w.each(func(k *worker) {
		k.fail = func(string) error { return fault.New(fault.ResBusy, "launch: no place") }
	})
	last := d.submit(w.task(1))
	if last.State != "failed" || last.Code != string(fault.ResBusy) || !last.Final {
		t.Errorf("last event = %+v", last)
	}
	if launches, runs := w.count(); launches != tacit.MaxAttempts || runs != 0 {
		t.Errorf("%d launches, %d runs", launches, runs)
	}
	_, err := d.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(w.task(1))})
	want(t, err, fault.KeyFinality)
	t.Run("twin: the next task has the whole deposit", func(t *testing.T) {
		w.each(func(k *worker) { k.fail = nil })
		if last := d.submit(w.task(2)); last.State != "done" || last.Stage != "Settle" {
			t.Errorf("last event = %+v", last)
		}
	})
}

func TestAnotherWorkerTakesOver(t *testing.T) {
	for _, tt := range []struct {
		name   string
		break1 func(k *worker)
	}{
		{"that cannot launch", func(k *worker) {
			k.fail = func(string) error { return fault.New(fault.Unreachable, "launch: gone") }
		}},
		{"that dies while it runs", func(k *worker) {
			k.fail = func(stage string) error {
				if stage == "run" {
					return fault.New(fault.Unreachable, "run: gone")
				}
				return nil
			}
		}},
		{"whose chip is in debug mode", func(k *worker) { k.debug = true }},
		{"whose enclave says that its host failed", func(k *worker) { k.exit = tacit.ExitHost }},
		{"that claims that the owner refused", func(k *worker) {
			k.fail = func(string) error { return fault.New(fault.DataConsent, "launch: the owner says no") }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			d := w.start(nil)
			// Whoever is asked first is the one that fails.
			var mu sync.Mutex
			first := true
			for _, k := range w.workers {
				k.set(func(k *worker) {
					k.fail = func(stage string) error {
						mu.Lock()
						mine := first
						first = false
						mu.Unlock()
						if !mine {
							return nil
						}
						k.fail = nil
						tt.break1(k)
						if k.fail != nil {
							return k.fail(stage)
						}
						return nil
					}
				})
			}
			last := d.submit(w.task(1))
			if last.Stage != "Settle" || last.State != "done" {
				t.Fatalf("last event = %+v", last)
			}
			p, err := d.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(w.task(1))})
			w.Must(err)
			if as := p.Case.Assignment.Body; as.Attempt != 2 || as.Places[0].Worker != drawn(w, p, 2) {
				t.Errorf("attempt %d by %s", as.Attempt, as.Places[0].Worker)
			}
		})
	}
}

// drawn is the worker that a proof's draw gives an attempt.
func drawn(w *world, p tacit.Proof, attempt int) wire.Address {
	h := w.Headers.Signed[p.Case.Acceptance.Body.Epoch].Header
	got, err := p.Case.Draw.Check(w.ID, p.Case.Task.Body, h, w.Genesis.Params, p.Case.Managers())
	w.Must(err)
	return got.Workers[attempt-1].Key
}

// refusing is a manager that denies releases.
type refusing struct {
	tacit.KeyReleaser
	mu    sync.Mutex // guards what follows
	code  fault.Code
	asked int
}

func (r *refusing) Release(ctx context.Context, req tacit.ReleaseRequest) (tacit.ReleaseReply, error) {
	r.mu.Lock()
	r.asked++
	code := r.code
	r.mu.Unlock()
	if code != "" {
		return tacit.ReleaseReply{}, fault.Denied(code, "release keys", "services", "acme/other", "acme/sum")
	}
	return r.KeyReleaser.Release(ctx, req)
}

func TestAnOwnersRefusalIsFinal(t *testing.T) {
	for _, tt := range []struct {
		name  string
		code  fault.Code
		asked int
	}{
		{"the owner refuses", fault.DataConsent, 1},
		{"there are no terms", fault.KeyPolicy, 1},
		{"the manager is busy, which another attempt may outlive", fault.ResBusy, 2},
		{"twin: released", "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			who := w.Managers[0].Key.Address()
			m := &refusing{KeyReleaser: w.managers[who], code: tt.code}
			w.managers[who] = m
			d := w.start(nil)
			last := d.submit(w.task(1))
			if last.Code != string(tt.code) || (tt.code == "") != (last.State == "done") {
				t.Errorf("last event = %+v", last)
			}
			if tt.code != "" && (last.Rule != "services" || last.Want != "acme/other") {
				t.Errorf("the reason is lost: %+v", last)
			}
			if m.asked != tt.asked {
				t.Errorf("asked %d times, want %d", m.asked, tt.asked)
			}
		})
	}
}

// A faulty verifier does as the test says if it is among the chosen.
type faulty struct {
	tacit.Verifier
	who   wire.Address
	crowd *crowd
	do    func(f *faulty, ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error)
}

// crowd chooses which seat holders of a case are faulty: as many as hold at
// most (or, if least is set, at least) so many seats.
type crowd struct {
	w     *world
	seats int
	least bool

	mu     sync.Mutex // guards what follows
	chosen map[wire.Address]bool
}

func (c *crowd) has(who wire.Address, seats []wire.Address) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chosen == nil && seats != nil {
		c.chosen = map[wire.Address]bool{}
		got := 0
		for _, s := range tacit.SortAddresses(seats) {
			held := 0
			for _, x := range seats {
				if x == s {
					held++
				}
			}
			if c.least && got < c.seats || !c.least && got+held <= c.seats {
				c.chosen[s] = true
				got += held
			}
		}
	}
	return c.chosen[who]
}

func (f *faulty) Appraise(ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	if f.crowd.has(f.who, c.Assignment.Body.Seats) {
		return f.do(f, ctx, c)
	}
	return f.Verifier.Appraise(ctx, c)
}

func (f *faulty) Batch(ctx context.Context, req tacit.BatchRequest) (tacit.BatchSig, error) {
	if f.crowd.has(f.who, nil) {
		<-ctx.Done()
		return tacit.BatchSig{}, ctx.Err()
	}
	return f.Verifier.Batch(ctx, req)
}

// vote has a faulty verifier sign a vote that is not what it saw.
func vote(edit func(*tacit.Vote)) func(f *faulty, ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	return func(f *faulty, ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
		v, err := f.Verifier.Appraise(ctx, c)
		if err != nil {
			return v, err
		}
		edit(&v.Body)
		for _, p := range f.crowd.w.Verifiers {
			if p.Key.Address() == f.who {
				v = tacit.Sign(f.crowd.w.ID, p.Key, v.Body)
			}
		}
		return v, nil
	}
}

// case N64 code KEY_QUORUM check dispatcher/attempt.go:accept
func TestN64LessThanAThirdOfFaultySeatsHarmNothing(t *testing.T) {
	type do = func(f *faulty, ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error)
	silent := func(_ *faulty, ctx context.Context, _ tacit.Case) (tacit.Signed[tacit.Vote], error) {
		<-ctx.Done()
		return tacit.Signed[tacit.Vote]{}, ctx.Err()
	}
	reject := vote(func(v *tacit.Vote) { v.Accept, v.Code = false, wire.Keccak([]byte(fault.DataConsent)) })
	elsewhere := vote(func(v *tacit.Vote) { v.Evidence[0]++ })
	another := vote(func(v *tacit.Vote) { v.Task[0]++ })
	forged := func(f *faulty, ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
		v, err := f.Verifier.Appraise(ctx, c)
		v.Sig[5]++
		return v, err
	}
	for _, tt := range []struct {
		name  string
		do    do
		least bool // a third or more
		want  fault.Code
	}{
		{"twin: silent, below a third", silent, false, ""},
		{"twin: rejecting, below a third", reject, false, ""},
		{"twin: voting on other evidence, below a third", elsewhere, false, ""},
		{"twin: voting on another task, below a third", another, false, ""},
		{"twin: with forged signatures, below a third", forged, false, ""},
		{"silent, a third", silent, true, fault.KeyQuorum},
		{"voting on other evidence, a third", elsewhere, true, fault.KeyQuorum},
		{"with forged signatures, a third", forged, true, fault.KeyQuorum},
		{"rejecting alike, a third", vote(func(v *tacit.Vote) { v.Accept, v.Code = false, wire.Keccak([]byte(fault.EvidForged)) }), true, fault.EvidForged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := &crowd{w: w, seats: 2, least: tt.least}
			if tt.least {
				c.seats = 3 // of 7: more than a third are faulty, 4 are not enough
			}
			for who, v := range w.verifiers {
				w.verifiers[who] = &faulty{Verifier: v, who: who, crowd: c, do: tt.do}
			}
			d := w.start(func(cfg *dispatcher.Config) {
				if tt.least {
					cfg.Patience = 3 * time.Second
				}
			})
			last := d.submit(w.task(1))
			launches, runs := w.count()
			if tt.want == "" {
				if last.State != "done" || launches != 1 || runs != 1 {
					t.Errorf("%d launches, %d runs, last event = %+v", launches, runs, last)
				}
				return
			}
			if last.State != "failed" || last.Code != string(tt.want) || launches != tacit.MaxAttempts || runs != 0 {
				t.Errorf("%d launches, %d runs, last event = %+v", launches, runs, last)
			}
			if len(w.gateway.batches()) != 0 {
				t.Error("something was settled")
			}
		})
	}
}

func TestARestartTakesUpWhatWasAccepted(t *testing.T) {
	w := newWorld(t)
	d := w.make(nil) // accepts and stops before it draws
	task := w.task(1)
	accepted, err := d.Submit(mini.As(w.User), w.request(task))
	w.Must(err)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_ = d.Run(gone) // gives the lease back
	d.stop()
	w.gateway.set(true)
	d = w.start(nil)
	d.ran(w.id(task))
	d.stop()
	w.gateway.set(false)
	w.epoch()
	d = w.start(nil)
	t.Run("what ran is settled and not run again", func(t *testing.T) {
		events := d.end(w.id(task))
		if last := events[len(events)-1]; last.Stage != "Settle" || last.State != "done" {
			t.Errorf("last event = %+v", last)
		}
		if _, runs := w.count(); runs != 1 || len(w.gateway.batches()) != 1 {
			t.Errorf("%d runs, %d batches", runs, len(w.gateway.batches()))
		}
	})
	t.Run("the acceptance stands", func(t *testing.T) {
		again, err := d.Submit(mini.As(w.User), w.request(task))
		if err != nil || again != accepted {
			t.Errorf("acceptance = %+v, %v", again, err)
		}
	})
	t.Run("batches go on in order", func(t *testing.T) {
		if last := d.submit(w.task(2)); last.State != "done" {
			t.Errorf("last event = %+v", last)
		}
		if n := len(w.gateway.batches()); n != 2 {
			t.Errorf("%d batches", n)
		}
	})
}

// An attempt that was begun is never begun again: the next worker gets a chance.
func TestARestartDoesNotRepeatAnAttempt(t *testing.T) {
	w := newWorld(t)
	begun := make(chan struct{}, 8)
	hold := make(chan struct{})
	w.each(func(k *worker) {
		k.fail = func(string) error {
			begun <- struct{}{}
			<-hold
			return fault.New(fault.Unreachable, "launch: gone")
		}
	})
	d := w.start(nil)
	_, err := d.Submit(mini.As(w.User), w.request(w.task(1)))
	w.Must(err)
	<-begun
	go func() {
		time.Sleep(50 * time.Millisecond) // after the dispatcher was told to stop
		close(hold)
	}()
	d.stop()
	w.each(func(k *worker) { k.fail = nil })
	d = w.start(nil)
	events := d.end(w.id(w.task(1)))
	if last := events[len(events)-1]; last.Stage != "Settle" || last.State != "done" {
		t.Fatalf("last event = %+v", last)
	}
	p, err := d.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(w.task(1))})
	w.Must(err)
	if p.Case.Assignment.Body.Attempt != 2 {
		t.Errorf("attempt = %d, want 2", p.Case.Assignment.Body.Attempt)
	}
}

// A task whose window ended while nobody could post does not hold up others.
func TestALapsedTaskIsDroppedFromItsBatch(t *testing.T) {
	w := newWorld(t)
	w.gateway.set(true)
	d := w.start(nil)
	task := w.task(1)
	_, err := d.Submit(mini.As(w.User), w.request(task))
	w.Must(err)
	d.ran(w.id(task))
	d.stop()
	deadline := task.Deadline + w.Genesis.Params.SettleWindow
	for w.State.Header.Block <= deadline {
		w.epoch()
	}
	w.gateway.set(false)
	d = w.start(nil)
	events := d.end(w.id(task))
	if last := events[len(events)-1]; last.State != "failed" || last.Code != string(fault.TaskTimeout) {
		t.Errorf("last event = %+v", last)
	}
	t.Run("twin: the next one is settled", func(t *testing.T) {
		if last := d.submit(w.task(2)); last.Stage != "Settle" || last.State != "done" {
			t.Errorf("last event = %+v", last)
		}
	})
}

func TestOnlyOneDispatcherWritesAJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open()
	defer s.Close()
	first, err := dispatcher.New(t.Context(), w.config(s))
	w.Must(err)
	t.Run("the second waits", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := dispatcher.New(ctx, w.config(s)); err == nil {
			t.Error("two hold the journal")
		}
	})
	t.Run("twin: the first goes on writing", func(t *testing.T) {
		_, err := first.Submit(mini.As(w.User), w.request(w.task(1)))
		want(t, err, "")
	})
	second, err := dispatcher.New(t.Context(), w.config(s)) // once the first's lease ended
	w.Must(err)
	t.Run("the first is fenced", func(t *testing.T) {
		_, err := first.Submit(mini.As(w.User), w.request(w.task(2)))
		want(t, err, fault.StoreFenced)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		want(t, first.Run(ctx), fault.StoreFenced)
	})
	t.Run("twin: the second writes", func(t *testing.T) {
		_, err := second.Submit(mini.As(w.User), w.request(w.task(2)))
		want(t, err, "")
	})
}
