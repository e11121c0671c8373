package dispatcher

import (
	"context"
	"errors"
	"slices"

	"tacit"
	"tacit/fault"
)

var _ tacit.KeyUser = (*Dispatcher)(nil)

// Use carries the use of a key from the enclave of an attempt in hand, by the word of
// the worker that was assigned to it, to one of the task's managers. What is in it
// only they two can read. To others there is no such attempt.
func (d *Dispatcher) Use(ctx context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return tacit.UseReply{}, err
	}
	r, err := d.load(ctx, req.Task)
	if err != nil && !errors.Is(err, fault.APINotFound) {
		return tacit.UseReply{}, err
	}
	places := r.Case.Assignment.Body.Places
	if err != nil || r.State != stateAccepted || r.Attempt != req.Attempt || int(req.Place) >= len(places) || places[req.Place].Worker != caller.Node {
		return tacit.UseReply{}, fault.New(fault.APINotFound, "carry use of a key: no such attempt of this worker is in hand here")
	}
	if !slices.Contains(r.Case.Managers(), req.Manager) {
		return tacit.UseReply{}, fault.New(fault.ConsField, "carry use of a key: %s manages nothing of this task", req.Manager)
	}
	m, err := d.cfg.Peers.Manager(req.Manager)
	if err != nil {
		return tacit.UseReply{}, err
	}
	return m.Use(ctx, req)
}
