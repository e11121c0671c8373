package dispatcher

import (
	"context"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// opened is an attempt whose enclave has its keys and runs.
type opened struct {
	shown tacit.Case
	at    tacit.SessionRequest // what its requests must name: task, attempt and place
}

// runs says to whoever waits that the enclave of an attempt runs, and returns what says
// that it no longer does.
func (d *Dispatcher) runs(id wire.Digest, r *record) (over func()) {
	set := func(o *opened) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if t := d.tasks[id]; t != nil {
			t.opened = o
			close(t.changed)
			t.changed = make(chan struct{})
		}
	}
	a := r.Case.Assignment.Body
	set(&opened{r.Case, tacit.SessionRequest{Task: id, Attempt: a.Attempt, Place: a.Places[0].Index}})
	return func() { set(nil) }
}

// Opened waits until the enclave of a task of the caller runs.
func (d *Dispatcher) Opened(ctx context.Context, req tacit.TaskRequest) (tacit.OpenedReply, error) {
	var reply tacit.OpenedReply
	err := d.await(ctx, req.Task, "open session", func(t *track) (bool, error) {
		switch {
		case t.ran != nil:
			return true, fault.New(fault.SessionOver, "open session: task %s has run", req.Task.Short())
		case t.opened != nil:
			reply.Case = t.opened.shown
			return true, nil
		}
		return false, nil
	})
	return reply, err
}

// Session carries a request to the enclave that runs a task of the caller. A session gives
// its place in the line back: it may stay for hours, and what bounds it is its worker.
func (d *Dispatcher) Session(ctx context.Context, req tacit.SessionRequest) (tacit.SessionReply, error) {
	t, err := d.find(ctx, req.Task)
	if err != nil {
		return tacit.SessionReply{}, err
	}
	d.mu.Lock()
	now, place, ended := t.opened, t.place, t.ran != nil || t.failed != nil
	d.mu.Unlock()
	switch {
	case now == nil && ended:
		return tacit.SessionReply{}, fault.New(fault.SessionOver, "serve session: task %s has ended", req.Task.Short())
	case now == nil:
		return tacit.SessionReply{}, fault.New(fault.SessionLost, "serve session: no attempt of task %s runs now", req.Task.Short())
	case req.Attempt != now.at.Attempt:
		return tacit.SessionReply{}, fault.New(fault.SessionLost, "serve session: attempt %d of task %s is over, attempt %d runs", req.Attempt, req.Task.Short(), now.at.Attempt)
	case req.Place != now.at.Place:
		return tacit.SessionReply{}, fault.New(fault.APIField, "serve session: task %s has no place %d", req.Task.Short(), req.Place)
	}
	w, err := d.cfg.Peers.Worker(now.shown.Assignment.Body.Places[0].Worker)
	if err != nil {
		return tacit.SessionReply{}, err
	}
	reply, err := w.Session(ctx, req)
	// Of a program that has no sessions the turn would be given away for nothing.
	if err == nil && req.Number == 0 && place != nil && tacit.Builtin(now.shown.Service.Entry.Sealed.Plain) != "" {
		d.turns.end(place)
	}
	return reply, err
}
