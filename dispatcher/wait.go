package dispatcher

import (
	"context"
	"errors"
	"time"

	"tacit"
	"tacit/fault"
)

// How long a task that waits for an owner's approval pauses between two
// questions: short at first, for an owner who sits there, longer later.
const (
	firstPause = 500 * time.Millisecond
	mostPause  = 10 * time.Second
)

// drawTries is how often a draw is begun that was not answered in time.
const drawTries = 3

// drawWhenApproved draws a task, and where a manager says that its owner has not
// answered yet it asks again until he has, or until the task's deadline. Waiting
// uses up no attempt, no place and nobody else's time; a restart goes on with it.
// Somebody who is slow once does not end the task either: what was drawn and shown
// is kept, and only the rest is asked again.
func (d *Dispatcher) drawWhenApproved(ctx context.Context, p *place, r *record) (tacit.Drawn, error) {
	id := p.id
	told, tries := false, 1
	for pause := firstPause; ; pause = min(mostPause, pause*3/2) {
		var drawn tacit.Drawn
		err := d.again(ctx, func() (err error) {
			drawn, err = d.draw(ctx, r)
			return err
		})
		if slow := errors.Is(err, context.DeadlineExceeded); slow && tries < drawTries && ctx.Err() == nil {
			tries++
			continue
		}
		if !waits(err) {
			return drawn, err
		}
		if d.cfg.Headers.View().Header.Block > r.Submit.Task.Body.Deadline {
			return drawn, fault.New(fault.TaskTimeout, "draw task %s: an owner did not answer by the deadline of block %d", id.Short(), r.Submit.Task.Body.Deadline)
		}
		if !told {
			d.event(id, "Draw", "waiting", "", err)
			told = true
		}
		d.turns.pause(p)
		select {
		case <-ctx.Done():
			return drawn, ctx.Err()
		case <-time.After(pause):
		}
		if err := d.turns.again(ctx, p); err != nil {
			return drawn, err
		}
	}
}

// waits reports whether a manager said that nothing but an owner's answer is
// missing.
func waits(err error) bool {
	var r refusal
	return errors.As(err, &r) && fault.Of(err) == fault.DataApproval
}
