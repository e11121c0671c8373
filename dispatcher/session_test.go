package dispatcher_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// held are runs that go on until the test ends them.
type held struct {
	begun chan uint8 // attempts
	end   chan error
}

func (w *world) holdRuns() held {
	h := held{make(chan uint8), make(chan error)}
	w.each(func(k *worker) {
		k.hold = func(ctx context.Context, attempt uint8) error {
			select {
			case h.begun <- attempt:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case err := <-h.end:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	return h
}

// learning makes the world's service one of an engine that has sessions.
func (w *world) learning() {
	w.t.Helper()
	m := w.managers[w.Managers[0].Key.Address()].(interface {
		Identity(context.Context, tacit.IdentityRequest) (tacit.Identity, error)
		SetTerms(context.Context, tacit.TermsRequest) (tacit.Done, error)
	})
	list := func(name string, kind uint8, content []byte) tacit.Entry {
		terms := mini.Terms()
		if kind == tacit.EntryDataset {
			terms.Learn = &tacit.LearnRules{Operations: []string{tacit.LearnPredict}}
		}
		id, err := m.Identity(mini.As(w.Owner), tacit.IdentityRequest{Subject: name})
		w.Must(err)
		a := w.Seal(id, content, kind == tacit.EntryService)
		_, err = m.SetTerms(mini.As(w.Owner), tacit.TermsRequest{Entry: name, Terms: terms})
		w.Must(err)
		w.put(a.File)
		e := tacit.Entry{ID: tacit.EntryID(name), Name: name, Owner: w.Owner.Address(), Kind: kind, Generation: 1, Sealed: a.Sealed, Price: 1e7, Terms: terms.Digest()}
		w.Chain.Now.Entries = append(w.Chain.Now.Entries, e)
		return e
	}
	w.service = list("acme/learn", tacit.EntryService, tacit.Program(tacit.EngineLearn, 1))
	w.data = list("clinic/model", tacit.EntryDataset, []byte("model"))
	w.epoch()
}

func (r *running) opened(who *key.Signer, id wire.Digest) (tacit.OpenedReply, error) {
	return r.Opened(mini.As(who), tacit.TaskRequest{Task: id})
}

func (r *running) asks(who *key.Signer, id wire.Digest, attempt, place uint8) error {
	reply, err := r.Session(mini.As(who), tacit.SessionRequest{Task: id, Attempt: attempt, Place: place, Number: 1, Body: []byte("x")})
	if err == nil && string(reply.Body) != "answered x" {
		r.w.t.Errorf("carried back %q", reply.Body)
	}
	return err
}

// Only its user reaches the enclave of a task, and only that of the attempt that runs.
func TestASessionIsCarriedForItsUserAndTheAttemptInHand(t *testing.T) {
	w := newWorld(t)
	h := w.holdRuns()
	r := w.start(nil)
	stranger, err := key.NewSigner()
	w.Must(err)
	id := w.id(w.task(1))
	_, err = r.opened(w.User, id)
	want(t, err, fault.APINotFound)
	_, err = r.Submit(mini.As(w.User), w.request(w.task(1)))
	w.Must(err)

	shown := make(chan tacit.OpenedReply, 1) // waits from before it runs
	go func() {
		o, err := r.opened(w.User, id)
		want(t, err, "")
		shown <- o
	}()
	if n := <-h.begun; n != 1 {
		t.Fatalf("attempt %d runs first", n)
	}
	o := <-shown
	if a := o.Case.Assignment.Body; a.Task != id || a.Attempt != 1 || o.Case.Keys.Receipt.IsZero() {
		t.Errorf("shown is attempt %d of task %s of key %s", a.Attempt, a.Task.Short(), o.Case.Keys.Receipt)
	}
	for _, tt := range []struct {
		name           string
		who            *key.Signer
		task           wire.Digest
		attempt, place uint8
		want           fault.Code
	}{
		{"twin: its user", w.User, id, 1, 0, ""},
		{"somebody else", stranger, id, 1, 0, fault.APINotFound},
		{"of a task that is not there", w.User, wire.Digest{1}, 1, 0, fault.APINotFound},
		{"of an attempt that is not yet", w.User, id, 2, 0, fault.SessionLost},
		{"of no attempt", w.User, id, 0, 0, fault.SessionLost},
		{"of another place", w.User, id, 1, 1, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) { want(t, r.asks(tt.who, tt.task, tt.attempt, tt.place), tt.want) })
	}
	_, err = r.opened(stranger, id)
	want(t, err, fault.APINotFound)
	_, err = r.Opened(t.Context(), tacit.TaskRequest{Task: id})
	want(t, err, fault.TLSRole)
	_, err = r.Session(t.Context(), tacit.SessionRequest{Task: id, Attempt: 1, Number: 1})
	want(t, err, fault.TLSRole)

	// Its enclave is lost, and the next attempt's is another.
	h.end <- fault.New(fault.TaskFailed, "its enclave ended")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		err := r.asks(w.User, id, 1, 0)
		if errors.Is(err, fault.SessionLost) {
			break // between attempts
		}
		if time.Now().After(deadline) {
			t.Fatalf("after its end attempt 1 answers %v", err)
		}
	}
	if n := <-h.begun; n != 2 {
		t.Fatalf("attempt %d runs next", n)
	}
	again, err := r.opened(w.User, id)
	want(t, err, "")
	if a := again.Case.Assignment.Body; a.Attempt != 2 || again.Case.Keys.Receipt == o.Case.Keys.Receipt {
		t.Errorf("shown is attempt %d of key %s", a.Attempt, again.Case.Keys.Receipt)
	}
	want(t, r.asks(w.User, id, 1, 0), fault.SessionLost)
	want(t, r.asks(w.User, id, 2, 0), "")
	h.end <- nil
	r.end(id)
	for range 2 { // as it is remembered, and as the journal tells it
		_, err = r.opened(w.User, id)
		want(t, err, fault.SessionOver)
		want(t, r.asks(w.User, id, 2, 0), fault.SessionOver)
		_, err = r.opened(stranger, id)
		want(t, err, fault.APINotFound)
		r.stop()
		r = w.start(nil)
	}
}

// Whoever waits for a task that fails hears why.
func TestATaskThatFailsIsNotOpened(t *testing.T) {
	w := newWorld(t)
	r := w.start(nil)
	w.each(func(k *worker) {
		k.fail = func(string) error { return fault.New(fault.ResBusy, "no room") }
	})
	id := w.id(w.task(1))
	_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
	w.Must(err)
	_, err = r.opened(w.User, id)
	last := r.end(id)
	if code := fault.Of(err); string(code) != last[len(last)-1].Code || code == "" {
		t.Errorf("whoever waits hears %v, the task ended with %+v", err, last[len(last)-1])
	}
	want(t, r.asks(w.User, id, 1, 0), fault.SessionOver)
}

// Whoever waits too long asks again; whoever leaves is not waited for.
func TestAnEnclaveThatDoesNotRunYetIsWaitedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20 s")
	}
	t.Parallel()
	w := newWorld(t)
	who := w.Managers[0].Key.Address()
	w.managers[who] = &asking{KeyReleaser: w.managers[who], nonces: map[uint64]fault.Code{1: fault.DataApproval}, asked: map[uint64]int{}}
	r := w.start(nil)
	id := w.id(w.task(1))
	_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
	w.Must(err)
	want(t, r.asks(w.User, id, 1, 0), fault.SessionLost)
	ctx, cancel := context.WithTimeout(mini.As(w.User), 50*time.Millisecond)
	defer cancel()
	_, err = r.Opened(ctx, tacit.TaskRequest{Task: id})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("whoever leaves gets %v", err)
	}
	began := time.Now()
	_, err = r.opened(w.User, id)
	want(t, err, fault.KeyFinality)
	if took := time.Since(began); took < 19*time.Second || took > 40*time.Second {
		t.Errorf("waited %v, want 20s", took)
	}
}

// A worker that is not connected is said to be away, not its session lost for good.
func TestASessionOfAWorkerThatIsAway(t *testing.T) {
	w := newWorld(t)
	h := w.holdRuns()
	r := w.start(nil)
	id := w.id(w.task(1))
	_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
	w.Must(err)
	<-h.begun
	all := w.workers
	w.workers = map[wire.Address]*worker{}
	want(t, r.asks(w.User, id, 1, 0), fault.Unreachable)
	w.workers = all
	want(t, r.asks(w.User, id, 1, 0), "")
	h.end <- nil
	r.end(id)
}

// A session stays for as long as its user paid for: it gives its turn back, so that more
// tasks than there are places are served. Only a task that is a session, and whose enclave
// has answered, does.
func TestASessionGivesItsTurnBack(t *testing.T) {
	for _, tt := range []struct {
		name  string
		learn bool
		body  string
		fail  bool
		next  bool
	}{
		{"twin: a channel is open", true, "opens", false, true},
		{"its enclave has not answered", true, "opens", true, false},
		{"of a program that has no sessions", false, "opens", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.learn {
				w.learning()
			}
			h := w.holdRuns()
			var mu sync.Mutex
			asked := 0
			w.each(func(k *worker) {
				k.answer = func() error {
					mu.Lock()
					defer mu.Unlock()
					if asked++; tt.fail {
						return fault.New(fault.KeySignature, "open channel")
					}
					return nil
				}
			})
			r := w.start(func(c *dispatcher.Config) { c.InHand = func() int { return 1 } })
			for n := uint64(1); n <= 2; n++ {
				_, err := r.Submit(mini.As(w.User), w.request(w.task(n)))
				w.Must(err)
			}
			<-h.begun
			var first wire.Digest
			for n := uint64(1); n <= 2; n++ {
				if w.running(r, w.id(w.task(n))) {
					first = w.id(w.task(n))
				}
			}
			want(t, r.asks(w.User, first, 1, 0), map[bool]fault.Code{true: fault.KeySignature}[tt.fail])
			select {
			case <-h.begun:
				t.Fatal("another task runs before a channel is open")
			case <-time.After(200 * time.Millisecond):
			}
			_, err := r.Session(mini.As(w.User), tacit.SessionRequest{Task: first, Attempt: 1, Body: []byte(tt.body)})
			want(t, err, map[bool]fault.Code{true: fault.KeySignature}[tt.fail])
			patience := 300 * time.Millisecond
			if tt.next {
				patience = 30 * time.Second
			}
			began := 1
			select {
			case <-h.begun:
				began++
				if !tt.next {
					t.Error("it gave its turn to another")
				}
			case <-time.After(patience):
				if tt.next {
					t.Error("no other task runs beside it")
				}
			}
			for range began {
				h.end <- nil
			}
			for ; began < 2; began++ {
				<-h.begun
				h.end <- nil
			}
			for n := uint64(1); n <= 2; n++ {
				r.end(w.id(w.task(n)))
			}
			if mu.Lock(); asked != 2 {
				t.Errorf("its enclave was asked %d times, want 2", asked)
			}
			mu.Unlock()
		})
	}
}

// running tells whether the enclave of a task runs now.
func (w *world) running(r *running, id wire.Digest) bool {
	ctx, cancel := context.WithTimeout(mini.As(w.User), 100*time.Millisecond)
	defer cancel()
	_, err := r.Opened(ctx, tacit.TaskRequest{Task: id})
	return err == nil
}
