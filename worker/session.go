package worker

import (
	"context"
	"errors"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Session carries a request to the enclave of an attempt that runs here.
func (w *Worker) Session(ctx context.Context, req tacit.SessionRequest) (tacit.SessionReply, error) {
	over := func() (tacit.SessionReply, error) {
		return tacit.SessionReply{}, fault.New(fault.SessionOver, "serve session of task %s: its attempt %d does not run here", req.Task.Short(), req.Attempt)
	}
	w.mu.Lock()
	s := w.attempts[attempt{req.Task, req.Attempt, req.Place}]
	w.mu.Unlock()
	if s == nil {
		return over()
	}
	s.mu.Lock()
	link, done := s.link, s.done
	s.mu.Unlock()
	if done == nil {
		return tacit.SessionReply{}, fault.New(fault.KeyFinality, "serve session of task %s: its keys have not come yet", req.Task.Short())
	}
	select {
	case <-done:
		return over()
	default:
	}
	reply, err := wire.AskFor[tacit.SessionReply](ctx, link, tacit.FrameSession, tacit.FrameLabel, req)
	if errors.Is(err, fault.Unreachable) {
		return reply, fault.New(fault.SessionLost, "serve session of task %s: its enclave has ended", req.Task.Short())
	}
	return reply, err
}
