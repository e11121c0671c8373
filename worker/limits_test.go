package worker_test

import (
	"context"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tacit/fault"
	"tacit/worker"
)

// case N88 code RES_BUSY check worker/worker.go:Room
func TestN88AWorkerAtItsLimitsRefusesAttempts(t *testing.T) {
	full := atomic.Bool{}
	h := newHost(t, func(c *worker.Config) {
		c.Room = func() error {
			if full.Load() {
				return fault.New(fault.ResBusy, "take in new work")
			}
			return nil
		}
	}, nil)
	if _, err := h.Launch(t.Context(), launch(1)); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	if _, err := h.Launch(t.Context(), launch(2)); fault.Of(err) != fault.ResBusy {
		t.Errorf("Launch = %v, want %s", err, fault.ResBusy)
	}
	t.Run("twin: what is in hand ends", func(t *testing.T) {
		if _, err := h.Run(t.Context(), grants(1)); err != nil {
			t.Error(err)
		}
	})
	t.Run("twin: with room again", func(t *testing.T) { full.Store(false); h.want(2, "") })
}

// A worker that cannot start processes does not let dispatchers wait for them.
//
// case N88 code RES_BUSY check worker/worker.go:unopened twin TestN88AWorkerAtItsLimitsRefusesAttempts
func TestN88AWorkerThatCannotOpenEnclavesSaysSoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := atomic.Bool{}
		fails.Store(true)
		h := newHost(t, func(c *worker.Config) {
			open := c.Open
			c.Open = func(ctx context.Context) (worker.Enclave, error) {
				if fails.Load() {
					return worker.Enclave{}, &os.PathError{Op: "fork/exec", Path: "enclave", Err: syscall.EAGAIN}
				}
				return open(ctx)
			}
		}, nil)
		synctest.Wait()
		began := time.Now()
		if _, err := h.Launch(t.Context(), launch(1)); fault.Of(err) != fault.ResBusy || time.Since(began) != 0 {
			t.Errorf("Launch = %v after %v, want %s at once", err, time.Since(began), fault.ResBusy)
		}
		fails.Store(false) // the twin
		time.Sleep(2 * time.Second)
		synctest.Wait()
		h.want(1, "")
	})
}
