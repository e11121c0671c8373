package atls

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// free is an address on which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Of a node whose replicas take turns one listens, or for a moment none.
func TestWhoeverOfSeveralLeadsIsFound(t *testing.T) {
	want := Want{Role: tacit.RoleManager}
	t.Run("the second", func(t *testing.T) {
		s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
		c, err := Dial(t.Context(), free(t)+","+s.addr, newParty(t, tacit.RoleClient).Config, want, false)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		talks(t, c)
	})
	t.Run("one that leads only in a while", func(t *testing.T) {
		dialled := make(chan error, 1)
		manager, client := newParty(t, tacit.RoleManager, tacit.RoleClient), newParty(t, tacit.RoleClient)
		at := free(t)
		go func() {
			c, err := Dial(t.Context(), free(t)+","+at, client.Config, want, false)
			if err == nil {
				c.Close()
			}
			dialled <- err
		}()
		select {
		case err := <-dialled:
			t.Fatalf("it gave up at once: %v", err)
		case <-time.After(time.Second):
		}
		inner, err := net.Listen("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		l := Listen(inner, manager.Config)
		go func() { _ = l.Run(t.Context()) }()
		go func() {
			for {
				if _, err := l.Accept(); err != nil {
					return
				}
			}
		}()
		if err := <-dialled; err != nil {
			t.Errorf("Dial = %v", err)
		}
	})
	t.Run("none, until the caller gives up", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if _, err := Dial(ctx, free(t)+","+free(t), newParty(t, tacit.RoleClient).Config, want, false); !errors.Is(err, fault.Unreachable) {
			t.Errorf("Dial = %v", err)
		}
	})
	t.Run("a refusal is not asked again", func(t *testing.T) {
		s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleWorker))
		meets(t, newParty(t, tacit.RoleClient), &server{addr: s.addr + "," + free(t), refused: s.refused, got: s.got, peers: s.peers}, want, fault.TLSRole, fault.TLSRole)
	})
}
