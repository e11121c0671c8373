package atls

import (
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
)

// case N88 code RES_BUSY check atls/exchange.go:Room
func TestN88NobodyIsLetInWithoutRoom(t *testing.T) {
	full := atomic.Bool{}
	p := newParty(t, tacit.RoleManager, tacit.RoleClient)
	p.Room = func() error {
		if full.Load() {
			return fault.New(fault.ResBusy, "take in new work")
		}
		return nil
	}
	s := serve(t, p)
	dial := func() error {
		c, err := Dial(t.Context(), s.addr, newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false)
		if err == nil {
			c.Close()
		}
		return err
	}
	full.Store(true)
	if err := dial(); fault.Of(err) != fault.ResBusy {
		t.Errorf("Dial = %v, want %s", err, fault.ResBusy)
	}
	if got := s.whyRefused(t); got != fault.ResBusy {
		t.Errorf("the listener refuses with %q, want %s", got, fault.ResBusy)
	}
	t.Run("twin: with room again", func(t *testing.T) {
		full.Store(false)
		if err := dial(); err != nil {
			t.Error(err)
		}
	})
}
