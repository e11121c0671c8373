package dispatcher_test

import (
	"context"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
)

// silent is a manager that releases keys and then never shows its log.
type silent struct{ tacit.KeyReleaser }

func (silent) Audit(ctx context.Context, _ tacit.AuditRequest) (tacit.AuditEntry, error) {
	<-ctx.Done()
	return tacit.AuditEntry{}, ctx.Err()
}

// Who works is paid once, whether or not a manager shows its log.
func TestAManagerThatIsSilentAfterReleaseHoldsUpNoPayment(t *testing.T) {
	for _, tt := range []struct {
		name   string
		silent bool
	}{{"twin: it shows its log", false}, {"it never does", true}} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.silent {
				for a, m := range w.managers {
					w.managers[a] = silent{m}
				}
			}
			r := w.start(func(c *dispatcher.Config) { c.Patience = time.Second })
			last := r.submit(w.task(1))
			if _, runs := w.count(); last.Stage != "Settle" || last.State != "done" || runs != 1 {
				t.Errorf("last event %+v after %d runs", last, runs)
			}
			_, err := r.Proof(mini.As(w.User), tacit.TaskRequest{Task: last.Task})
			if (err != nil) != tt.silent {
				t.Errorf("proof: %v", err)
			}
		})
	}
}
