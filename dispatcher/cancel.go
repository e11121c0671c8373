package dispatcher

import (
	"context"

	"tacit"
	"tacit/fault"
)

// Cancel calls off a task of the caller that is not drawn yet; from then on it
// is over, nothing is owed and its reservation is gone. Asked again it answers
// the same. TASK_DRAWN is a task whose worker and seats are drawn: who could
// call that off could choose a draw that he likes. A task that failed by itself
// answers with why.
func (d *Dispatcher) Cancel(ctx context.Context, req tacit.TaskRequest) (tacit.Done, error) {
	if _, err := tacit.Admit(ctx, tacit.RoleClient); err != nil {
		return tacit.Done{}, err
	}
	for {
		t, err := d.find(ctx, req.Task)
		if err != nil {
			return tacit.Done{}, err
		}
		d.mu.Lock()
		changed, failed := t.changed, t.failed
		drawn := t.drawn || t.ran != nil
		if failed == nil && !drawn && !t.cancelled {
			t.cancelled = true
			close(t.cancel)
			if t.place != nil {
				d.turns.off(t.place)
			}
		}
		d.mu.Unlock()
		switch {
		case fault.Of(failed) == fault.TaskCancelled:
			return tacit.Done{OK: true}, nil
		case failed != nil:
			return tacit.Done{}, failed
		case drawn:
			return tacit.Done{}, fault.New(fault.TaskDrawn, "cancel task %s: its worker and seats are drawn", req.Task.Short())
		}
		select { // whoever works on the task journals the end
		case <-changed:
		case <-ctx.Done():
			return tacit.Done{}, ctx.Err()
		}
	}
}

// drawUnlessCancelled draws a task, unless its user calls it off before there is
// a draw.
func (d *Dispatcher) drawUnlessCancelled(ctx context.Context, p *place, r *record) (tacit.Drawn, error) {
	id := p.id
	off := fault.New(fault.TaskCancelled, "run task %s: its user called it off before the draw", id.Short())
	d.mu.Lock()
	t := d.tasks[id]
	if t == nil {
		t = d.trackOf(r)
		d.tasks[id] = t
	}
	already := t.cancelled
	d.mu.Unlock()
	if already {
		return tacit.Drawn{}, off
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-t.cancel:
			stop()
		case <-ctx.Done():
		}
	}()
	drawn, err := d.drawWhenApproved(ctx, p, r)
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.cancelled {
		return drawn, off
	}
	t.drawn = err == nil
	return drawn, err
}
