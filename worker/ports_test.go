package worker_test

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"tacit/fault"
	"tacit/wire"
	"tacit/worker"
)

// A machine's port: each connection gets what greet says, and then an echo.
func port(t *testing.T, greet string) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "port")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.WriteString(c, greet)
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return socket
}

func TestPortsLeadToFreshAgents(t *testing.T) {
	ctx := t.Context()
	p := worker.NewPorts([]string{port(t, "hello\n"), port(t, "hello\n")}, "hello\n")
	one, err := p.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	two, err := p.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(two.Conn, "x"); err != nil {
		t.Error(err)
	}
	var b [1]byte
	if _, err := io.ReadFull(two.Conn, b[:]); err != nil || b[0] != 'x' {
		t.Errorf("the port answers %q, %v", b, err)
	}
	brief, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := p.Open(brief); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("Open of a third of two = %v", err)
	}
	one.Kill()
	one.Kill() // more than once is once
	if _, err := p.Open(ctx); err != nil {
		t.Errorf("Open after one was left = %v", err)
	}
	if _, err := one.Conn.Read(b[:]); err == nil {
		t.Error("a killed enclave can still be read")
	}
}

// A machine may miss that a port was closed and opened again: the agent of before
// still listens, and ends by what is no frame.
func TestAnAgentOfBeforeIsEnded(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "port")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	frames := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		old := wire.NewLink(c, false, nil)
		frames <- old.Run(context.Background())
		_, _ = io.WriteString(c, "hello\n")
		_, _ = io.Copy(c, c)
	}()
	e, err := worker.NewPorts([]string{socket}, "hello\n").Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e.Kill()
	if err := <-frames; err == nil {
		t.Error("the agent of before took it for a frame")
	}
}

func TestPortsThatDoNotAnswerAreFreeAgain(t *testing.T) {
	for _, tt := range []struct{ name, socket string }{
		{"nobody is there", filepath.Join(t.TempDir(), "none")},
		{"it says something else", port(t, "HELLO\n")},
		{"it says nothing", port(t, "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := worker.NewPorts([]string{tt.socket}, "hello\n")
			for range 2 { // the second finds the port free
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				_, err := p.Open(ctx)
				cancel()
				if fault.Of(err) != fault.EvidUnavailable {
					t.Errorf("Open = %v, want EVID_COLLATERAL_UNAVAILABLE", err)
				}
			}
		})
	}
}
