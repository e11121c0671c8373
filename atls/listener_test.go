package atls

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// case N26 code RES_BUSY check atls/listener.go:enter
func TestN26HalfOpenHandshakesDoNotHoldUpOthers(t *testing.T) {
	p := newParty(t, tacit.RoleManager, tacit.RoleClient)
	p.Pending = 16
	p.Timeout = time.Minute
	s := serve(t, p)
	before := runtime.NumGoroutine()
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for i := range 200 {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			_, _ = c.Write([]byte{22, 3, 1, 2}) // the beginning of a ClientHello
		}
		open = append(open, c)
	}
	t.Run("twin: an honest peer gets through", func(t *testing.T) { // although none of them has ended
		meets(t, newParty(t, tacit.RoleClient), s, Want{Role: tacit.RoleManager}, "", "")
	})
	for range 200 - 16 {
		if got := s.whyRefused(t); got != fault.ResBusy {
			t.Fatalf("a half-open handshake ends with %q, want RES_BUSY", got)
		}
	}
	if n := runtime.NumGoroutine() - before; n > 100 {
		t.Errorf("%d goroutines more than before", n)
	}
}

func TestHalfOpenHandshakesEndAtTheDeadline(t *testing.T) {
	p := newParty(t, tacit.RoleManager, tacit.RoleClient)
	p.Timeout = 300 * time.Millisecond
	s := serve(t, p)
	for _, stage := range []string{"before TLS", "before the greeting", "before the verdict is read"} {
		t.Run(stage, func(t *testing.T) {
			client := newParty(t, tacit.RoleClient)
			var c net.Conn
			if stage == "before TLS" {
				raw, err := net.Dial("tcp", s.addr)
				if err != nil {
					t.Fatal(err)
				}
				defer raw.Close()
				c = raw
			} else {
				c = plainTLS(t, s.addr, client)
			}
			if stage == "before the verdict is read" {
				if err := write(c, verdictLabel, verdict{string(fault.TLSRole)}); err != nil {
					t.Fatal(err)
				}
				if got := s.whyRefused(t); got != fault.TLSRole {
					t.Errorf("the listener learns %q, want TLS_ROLE_MEASUREMENT", got)
				}
				return
			}
			if got := s.whyRefused(t); got != fault.Unreachable {
				t.Errorf("the listener refuses with %q, want NET_UNREACHABLE", got)
			}
		})
	}
	if _, err := Dial(t.Context(), s.addr, newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false); err != nil {
		t.Errorf("twin: an honest peer: %v", err)
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := newParty(t, tacit.RoleClient)
	p.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := Dial(ctx, l.Addr().String(), p.Config, Want{Role: tacit.RoleManager}, false); fault.Of(err) != fault.Unreachable {
		t.Errorf("Dial = %v, want NET_UNREACHABLE", err)
	}
	l.Close()
	if _, err := Dial(t.Context(), l.Addr().String(), p.Config, Want{Role: tacit.RoleManager}, false); fault.Of(err) != fault.Unreachable {
		t.Errorf("Dial of nobody = %v, want NET_UNREACHABLE", err)
	}
}

func TestCloseEndsRunAndAccept(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newParty(t, tacit.RoleManager, tacit.RoleClient)
	p.Timeout = time.Hour
	l := Listen(inner, p.Config)
	ended := make(chan error, 1)
	go func() { ended <- l.Run(context.Background()) }()
	// One handshake hangs and one channel waits for an Accept that never comes.
	half, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	c, err := Dial(t.Context(), inner.Addr().String(), newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run = %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("Run goes on")
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept = %v", err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the channel that nobody accepted is open")
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("many connections", func(t *testing.T) {
		s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
		good, bad := newParty(t, tacit.RoleClient), newParty(t, tacit.RoleWorker)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 4 {
					c, err := Dial(t.Context(), s.addr, good.Config, Want{Role: tacit.RoleManager}, false)
					if err != nil {
						t.Error(err)
						continue
					}
					c.Close()
					if _, err := Dial(t.Context(), s.addr, bad.Config, Want{Role: tacit.RoleManager}, false); fault.Of(err) != fault.TLSRole {
						t.Errorf("Dial = %v, want TLS_ROLE_MEASUREMENT", err)
					}
				}
			})
		}
		wg.Wait()
	})
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
}
