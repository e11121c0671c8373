package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

var _ tacit.WorkerDesk = (*Dispatcher)(nil)

// Use carries the use of a key from the enclave of an attempt in hand, by the word of
// the worker that was assigned to it, to one of the task's managers. What is in it
// only they two can read. To others there is no such attempt.
func (d *Dispatcher) Use(ctx context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	r, err := d.inHand(ctx, req.Task, req.Attempt, req.Place)
	if err != nil {
		return tacit.UseReply{}, err
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

// inHand is the attempt of the calling worker, if it runs.
func (d *Dispatcher) inHand(ctx context.Context, task wire.Digest, attempt, place uint8) (record, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return record{}, err
	}
	r, err := d.load(ctx, task)
	if err != nil && !errors.Is(err, fault.APINotFound) {
		return r, err
	}
	places := r.Case.Assignment.Body.Places
	if err != nil || r.State != stateAccepted || r.Attempt != attempt || int(place) >= len(places) || places[place].Worker != caller.Node {
		return r, fault.New(fault.APINotFound, "serve worker: no such attempt of this worker is in hand here")
	}
	return r, nil
}

// mostProgress is how many events of one task say how far it is: a run that takes longer
// says no more.
const mostProgress = 600

// Progress tells whoever watches a task how much of its inputs the enclave has had.
func (d *Dispatcher) Progress(ctx context.Context, p tacit.Progress) (tacit.Done, error) {
	if _, err := d.inHand(ctx, p.Task, p.Attempt, p.Place); err != nil {
		return tacit.Done{}, err
	}
	if p.Moved < 0 || p.Size <= 0 || p.Moved > p.Size {
		return tacit.Done{}, fault.New(fault.APIField, "tell progress: %d of %d bytes", p.Moved, p.Size)
	}
	if d.running(p.Task) < mostProgress {
		d.event(p.Task, "Run", "running", fmt.Sprintf("%.0f %% of %.1f MiB read", 100*float64(p.Moved)/float64(p.Size), float64(p.Size)/(1<<20)), nil)
	}
	return tacit.Done{OK: true}, nil
}

// running is how many events have said how far a task is.
func (d *Dispatcher) running(id wire.Digest) (n int) {
	for _, e := range d.eventsOf(id) {
		if e.State == "running" {
			n++
		}
	}
	return n
}
