package dispatcher_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
)

// asking is a manager whose owner has not answered about some tasks.
type asking struct {
	tacit.KeyReleaser

	mu     sync.Mutex // guards what follows
	nonces map[uint64]fault.Code
	asked  map[uint64]int
	turn   func(nonce uint64, asked int)
}

func (a *asking) Draw(ctx context.Context, req tacit.DrawRequest) (tacit.Share, error) {
	nonce := req.Case.Task.Body.Nonce
	a.mu.Lock()
	a.asked[nonce]++
	if a.turn != nil {
		a.turn(nonce, a.asked[nonce])
	}
	code := a.nonces[nonce]
	a.mu.Unlock()
	if code != "" {
		return tacit.Share{}, fault.Denied(code, "use clinic/table", "approval", "the owner's approval", "no answer yet")
	}
	return a.KeyReleaser.Draw(ctx, req)
}

// late are headers whose newest block the test moves.
type late struct {
	*mini.Headers
	more atomic.Uint64
}

func (l *late) View() tacit.View {
	v := l.Headers.View()
	v.Header.Block += l.more.Load()
	return v
}

// case N98 code DATA_APPROVAL check dispatcher/wait.go:drawWhenApproved
func TestN98ATaskWaitsForAnOwnerAndHoldsUpNobody(t *testing.T) {
	start := func(t *testing.T, turn func(a *asking, l *late, nonce uint64, asked int)) (*world, *running, *asking) {
		w := newWorld(t)
		who := w.Managers[0].Key.Address()
		l := &late{Headers: w.Headers}
		a := &asking{KeyReleaser: w.managers[who], nonces: map[uint64]fault.Code{1: fault.DataApproval}, asked: map[uint64]int{}}
		a.turn = func(nonce uint64, asked int) { turn(a, l, nonce, asked) }
		w.managers[who] = a
		return w, w.start(func(c *dispatcher.Config) { c.Headers = l }), a
	}
	t.Run("twin: approved when it was asked for the third time", func(t *testing.T) {
		w, r, a := start(t, func(a *asking, _ *late, nonce uint64, asked int) {
			if nonce == 1 && asked == 3 {
				a.nonces[1] = ""
			}
		})
		_, err := r.Submit(mini.As(w.User), w.request(w.task(1)))
		w.Must(err)
		if last := r.submit(w.task(2)); last.State != "done" { // while the first waits
			t.Errorf("the other task: %+v", last)
		}
		events := r.end(w.id(w.task(1)))
		waited, last := 0, events[len(events)-1]
		for _, e := range events {
			if e.State == "waiting" && e.Code == string(fault.DataApproval) {
				waited++
			}
		}
		if waited != 1 || last.State != "done" || a.asked[1] != 3 {
			t.Errorf("told %d times that it waits, asked %d times, ended %+v", waited, a.asked[1], last)
		}
		p, err := r.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(w.task(1))})
		if err != nil || p.Case.Assignment.Body.Attempt != 1 {
			t.Errorf("waiting used up an attempt: %d, %v", p.Case.Assignment.Body.Attempt, err)
		}
	})
	t.Run("denied", func(t *testing.T) {
		w, r, _ := start(t, func(a *asking, _ *late, _ uint64, asked int) {
			if asked == 2 {
				a.nonces[1] = fault.DataConsent
			}
		})
		if last := r.submit(w.task(1)); last.Code != string(fault.DataConsent) {
			t.Errorf("%+v", last)
		}
	})
	t.Run("not answered by the deadline", func(t *testing.T) {
		w, r, _ := start(t, func(_ *asking, l *late, _ uint64, asked int) {
			if asked == 2 {
				l.more.Store(1000)
			}
		})
		last := r.submit(w.task(1))
		if _, runs := w.count(); last.Code != string(fault.TaskTimeout) || runs != 0 {
			t.Errorf("%+v after %d runs", last, runs)
		}
	})
}
