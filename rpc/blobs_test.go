package rpc_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/rpc"
	"tacit/wire"
)

const put rpc.Procedure[rpc.PutPart, rpc.PutDone] = "tacit.v1.Blobs/Put"

// picky is a blob store that waits before it reads, and may then stop.
type picky struct {
	tacit.Blobs
	begin chan struct{}
	err   error
}

func (p picky) Put(_ context.Context, r io.Reader, size int64) (wire.Digest, error) {
	<-p.begin
	if p.err != nil {
		return wire.Digest{}, p.err
	}
	n, err := io.Copy(io.Discard, r)
	if err == nil && n != size {
		err = fault.New(fault.APISize, "store %d bytes of %d", n, size)
	}
	return wire.Digest{1}, err
}

func serveBlobs(t *testing.T, err error) (c *rpc.Client, begin chan struct{}) {
	t.Helper()
	s := rpc.NewServer()
	begin = make(chan struct{})
	rpc.ServeBlobs(s, picky{begin: begin, err: err}, func() error { return nil }, nil)
	return connect(t, s, tacit.RoleClient), begin
}

func TestPartsOfABlobComeInOrder(t *testing.T) {
	id := wire.Digest{7}
	first := rpc.PutPart{Upload: id, Size: 3, Data: []byte("ab")}
	part := func(edit func(p *rpc.PutPart)) rpc.PutPart {
		p := rpc.PutPart{Upload: id, Size: 3, Offset: 2, Data: []byte("c")}
		edit(&p)
		return p
	}
	for _, tt := range []struct {
		name  string
		parts []rpc.PutPart
		code  fault.Code // of the last
	}{
		{"twin: two parts", []rpc.PutPart{first, part(func(*rpc.PutPart) {})}, ""},
		{"twin: an empty blob", []rpc.PutPart{{Upload: id}}, ""},
		{"a second that overlaps", []rpc.PutPart{first, part(func(p *rpc.PutPart) { p.Offset = 1 })}, fault.APISize},
		{"a second with a gap", []rpc.PutPart{first, part(func(p *rpc.PutPart) { p.Offset = 3 })}, fault.APISize},
		{"a second that is too long", []rpc.PutPart{first, part(func(p *rpc.PutPart) { p.Data = []byte("cd") })}, fault.APISize},
		{"a second of nothing", []rpc.PutPart{first, part(func(p *rpc.PutPart) { p.Data = nil })}, fault.APISize},
		{"a second of another blob's size", []rpc.PutPart{first, part(func(p *rpc.PutPart) { p.Size = 4 })}, fault.APIConflict},
		{"a second without a first", []rpc.PutPart{part(func(*rpc.PutPart) {})}, fault.APINotFound},
		{"a blob of negative size", []rpc.PutPart{{Upload: id, Size: -1}}, fault.APINotFound},
		{"what follows a part that was refused", []rpc.PutPart{first, part(func(p *rpc.PutPart) { p.Offset = 1 }), part(func(*rpc.PutPart) {})}, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, begin := serveBlobs(t, nil)
			close(begin)
			var err error
			for _, p := range tt.parts {
				_, err = rpc.Call(t.Context(), c, put, p)
			}
			if fault.Of(err) != tt.code {
				t.Errorf("Put = %v, want %q", err, tt.code)
			}
		})
	}
}

func TestAStoreThatStopsIsHeard(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		code fault.Code
	}{{"twin: one that does not", nil, ""}, {"one that is full", fault.New(fault.ResBusy, "store blob"), fault.ResBusy}} {
		t.Run(tt.name, func(t *testing.T) {
			c, begin := serveBlobs(t, tt.err)
			close(begin)
			if _, err := rpc.Call(t.Context(), c, put, rpc.PutPart{Size: 9, Data: []byte("ab")}); fault.Of(err) != tt.code {
				t.Errorf("Put = %v, want %q", err, tt.code)
			}
		})
	}
}

func TestOnlySoManyBlobsArriveAtOnce(t *testing.T) {
	const most = 64
	c, begin := serveBlobs(t, nil)
	close(begin)
	part := func(i byte) error {
		_, err := rpc.Call(t.Context(), c, put, rpc.PutPart{Upload: wire.Digest{i}, Size: 2, Data: []byte("a")})
		return err
	}
	for i := range byte(most) {
		if err := part(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := part(most); fault.Of(err) != fault.ResBusy {
		t.Errorf("Put = %v, want %s", err, fault.ResBusy)
	}
	t.Run("twin: once one is over", func(t *testing.T) {
		if _, err := rpc.Call(t.Context(), c, put, rpc.PutPart{Size: 2, Offset: 1, Data: []byte("b")}); err != nil {
			t.Fatal(err)
		}
		if err := part(most); err != nil {
			t.Error(err)
		}
	})
}

// One of two that bring the same part at once is refused, and neither waits for ever.
func TestAPartThatComesTwiceAtOnce(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		good int
	}{{"a store that takes it", nil, 1}, {"a store that does not", errors.New("full"), 0}} {
		t.Run(tt.name, func(t *testing.T) {
			c, begin := serveBlobs(t, tt.err)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			ended := make(chan error, 2)
			for range 2 {
				go func() {
					_, err := rpc.Call(ctx, c, put, rpc.PutPart{Size: 1, Data: []byte("a")})
					ended <- err
				}()
			}
			time.Sleep(100 * time.Millisecond) // both are on their way
			close(begin)
			good := 0
			for range 2 {
				if err := <-ended; err == nil {
					good++
				} else if ctx.Err() != nil {
					t.Fatal("it waits for ever")
				}
			}
			if good != tt.good {
				t.Errorf("%d of two were stored", good)
			}
		})
	}
}
