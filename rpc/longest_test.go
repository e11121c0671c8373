package rpc

import (
	"context"
	"net"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// A call that nobody answers ends, also if its caller set no end. (Not in a bubble of
// synctest: http2 keeps channels from one test to the next.)
func TestACallWithoutAnEndEnds(t *testing.T) {
	type nothing struct{}
	const never Procedure[nothing, nothing] = "tacit.v1.Test/Never"
	for _, tt := range []struct {
		name      string
		own, most time.Duration // own of 0 is none
		least     time.Duration // that it takes
	}{
		{"none", 0, 50 * time.Millisecond, 50 * time.Millisecond},
		{"twin: a nearer one", 20 * time.Millisecond, time.Hour, 20 * time.Millisecond},
		{"twin: a further one", 200 * time.Millisecond, time.Millisecond, 200 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := NewServer()
			Handle(s, never, []tacit.Role{tacit.RoleClient}, func(ctx context.Context, _ nothing) (nothing, error) {
				<-ctx.Done()
				return nothing{}, ctx.Err()
			})
			here, there := net.Pipe()
			served := make(chan struct{})
			go func() {
				defer close(served)
				s.ServeConn(context.Background(), there, tacit.Caller{Role: tacit.RoleClient})
			}()
			c, err := NewClient(here, tacit.Caller{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { c.Close(); <-served }()
			if c.most != longestCall {
				t.Errorf("a call may take %v, want %v", c.most, longestCall)
			}
			c.most = tt.most
			ctx := context.Background()
			if tt.own > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, tt.own)
				defer cancel()
			}
			began := time.Now()
			_, err = Call(ctx, c, never, nothing{})
			if fault.Of(err) != fault.TaskTimeout || time.Since(began) < tt.least {
				t.Errorf("after %v: %v, want TASK_TIMEOUT after %v", time.Since(began), err, tt.least)
			}
		})
	}
}
