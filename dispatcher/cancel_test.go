package dispatcher_test

import (
	"context"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/key"
)

// Whoever could call off a drawn task could choose a draw; called off before it
// twice has one effect.
//
// case N86 code TASK_DRAWN check dispatcher/cancel.go:Cancel
func TestN86ATaskIsCalledOffBeforeItsDrawOnly(t *testing.T) {
	// The owner is silent about task 1, so that it is not drawn.
	silent := func(t *testing.T) *world {
		w := newWorld(t)
		w.deposit(w.fee) // for one task, not two
		who := w.Managers[0].Key.Address()
		w.managers[who] = &asking{KeyReleaser: w.managers[who], nonces: map[uint64]fault.Code{1: fault.DataApproval}, asked: map[uint64]int{}}
		return w
	}
	// waiting is a dispatcher whose task 1 waits for its owner.
	waiting := func(t *testing.T, w *world, edit func(*dispatcher.Config)) *running {
		r := w.start(edit)
		_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
		w.Must(err)
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			got, err := r.Events(mini.As(w.User), tacit.EventsRequest{Task: w.id(w.task(1))})
			w.Must(err)
			for _, e := range got.Events {
				if e.State == "waiting" {
					return r
				}
			}
			if time.Now().After(deadline) {
				t.Fatal("it does not wait")
			}
		}
	}
	// soon is a caller who does not wait for ever.
	soon := func(t *testing.T, k *key.Signer) context.Context {
		ctx, end := context.WithTimeout(mini.As(k), 20*time.Second)
		t.Cleanup(end)
		return ctx
	}
	off := func(w *world) tacit.TaskRequest { return tacit.TaskRequest{Task: w.id(w.task(1))} }

	t.Run("twin: while an owner is asked, twice, and after a restart", func(t *testing.T) {
		w := silent(t)
		r := waiting(t, w, nil)
		_, err := r.Submit(mini.As(w.User), w.request(w.task(2)))
		want(t, err, fault.PayDeposit) // the first has the money
		for range 2 {
			_, err = r.Cancel(soon(t, w.User), off(w))
			want(t, err, "")
		}
		events := r.end(w.id(w.task(1)))
		if last := events[len(events)-1]; last.Code != string(fault.TaskCancelled) {
			t.Errorf("it ended %+v", last)
		}
		if last := r.submit(w.task(2)); last.State != "done" {
			t.Errorf("with the reservation free again: %+v", last)
		}
		r.stop()
		again := w.start(nil)
		_, err = again.Cancel(soon(t, w.User), off(w))
		want(t, err, "")
		_, err = again.Result(mini.As(w.User), off(w))
		want(t, err, fault.TaskCancelled)
		if launches, _ := w.count(); launches != 1 {
			t.Errorf("%d launches, only the second task's was to be", launches)
		}
	})
	t.Run("twin: a restart before it is called off", func(t *testing.T) {
		w := silent(t)
		waiting(t, w, nil).stop()
		r := w.start(nil)
		_, err := r.Cancel(soon(t, w.User), off(w))
		want(t, err, "")
	})
	t.Run("drawn", func(t *testing.T) {
		w := newWorld(t)
		held := make(chan struct{})
		launched := make(chan struct{}, 8)
		w.each(func(k *worker) {
			k.fail = func(stage string) error {
				if stage == "run" {
					launched <- struct{}{}
					<-held
				}
				return nil
			}
		})
		r := w.start(nil)
		_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
		w.Must(err)
		<-launched
		_, err = r.Cancel(soon(t, w.User), off(w))
		want(t, err, fault.TaskDrawn)
		close(held)
		events := r.end(w.id(w.task(1)))
		if last := events[len(events)-1]; last.State != "done" {
			t.Errorf("the task itself: %+v", last)
		}
		_, err = r.Cancel(soon(t, w.User), off(w))
		want(t, err, fault.TaskDrawn)
	})
	t.Run("drawn, then restarted", func(t *testing.T) {
		w := newWorld(t)
		launched := make(chan struct{}, 8)
		held := make(chan struct{})
		w.each(func(k *worker) {
			k.fail = func(stage string) error {
				if stage == "run" {
					launched <- struct{}{}
					<-held
				}
				return nil
			}
		})
		r := w.start(nil)
		_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
		w.Must(err)
		<-launched
		go func() { time.Sleep(50 * time.Millisecond); close(held) }()
		r.stop()
		again := w.make(nil) // nobody works on it yet
		_, err = again.Cancel(soon(t, w.User), off(w))
		want(t, err, fault.TaskDrawn)
	})
	t.Run("one that failed by itself", func(t *testing.T) {
		w := newWorld(t)
		who := w.Managers[0].Key.Address()
		w.managers[who] = &asking{KeyReleaser: w.managers[who], nonces: map[uint64]fault.Code{1: fault.DataConsent}, asked: map[uint64]int{}}
		r := w.start(nil)
		if last := r.submit(w.task(1)); last.Code != string(fault.DataConsent) {
			t.Fatalf("it ended %+v", last)
		}
		_, err := r.Cancel(soon(t, w.User), off(w))
		want(t, err, fault.DataConsent)
	})
	t.Run("by a node with the user's own key", func(t *testing.T) {
		w := silent(t)
		r := waiting(t, w, nil)
		ctx := tacit.WithCaller(t.Context(), tacit.Caller{Role: tacit.RoleWorker, Node: w.User.Address()})
		_, err := r.Cancel(ctx, off(w))
		want(t, err, fault.TLSRole)
		_, err = r.Cancel(soon(t, w.User), off(w))
		want(t, err, "")
	})
	t.Run("somebody else's", func(t *testing.T) {
		w := silent(t)
		r := waiting(t, w, nil)
		_, err := r.Cancel(soon(t, w.Managers[0].Key), off(w))
		want(t, err, fault.APINotFound)
		_, err = r.Cancel(soon(t, w.User), off(w))
		want(t, err, "")
	})
}
