package dispatcher_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
)

// slowManager does not answer its first draws in time.
type slowManager struct {
	tacit.KeyReleaser
	left *atomic.Int32
}

func (m slowManager) Draw(ctx context.Context, req tacit.DrawRequest) (tacit.Share, error) {
	if m.left.Add(-1) >= 0 {
		<-ctx.Done()
		return tacit.Share{}, fault.New(fault.TaskTimeout, "call Draw: no answer in time: %w", ctx.Err())
	}
	return m.KeyReleaser.Draw(ctx, req)
}

// Somebody who is slow once does not end a task before it was drawn; somebody who
// stays so does.
func TestADrawThatIsNotAnsweredInTimeIsBegunAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		slow int32
		want fault.Code
	}{
		{"twin: at once", 0, ""},
		{"at the third time", 2, ""},
		{"never", 100, fault.TaskTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			left := new(atomic.Int32)
			left.Store(tt.slow)
			for a, m := range w.managers {
				w.managers[a] = slowManager{m, left}
				break
			}
			d := w.start(func(c *dispatcher.Config) { c.Patience = 300 * time.Millisecond })
			task := w.task(1)
			_, err := d.Submit(mini.As(w.User), w.request(task))
			w.Must(err)
			got := fault.Code("")
			for _, e := range d.end(w.id(task)) {
				if e.State == "failed" {
					got = fault.Code(e.Code)
				}
			}
			if got != tt.want {
				t.Errorf("it ends with %q, want %q", got, tt.want)
			}
		})
	}
}
