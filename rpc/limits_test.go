package rpc_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/rpc"
	"tacit/wire"
)

// sink is a blob store that keeps nothing.
type sink struct{ tacit.Blobs }

func (sink) Put(_ context.Context, r io.Reader, _ int64) (wire.Digest, error) {
	_, err := io.Copy(io.Discard, r)
	return wire.Digest{1}, err
}

// case N88 code RES_BUSY check rpc/blobs.go:room
func TestN88NoBlobIsBegunWithoutRoom(t *testing.T) {
	var full atomic.Bool
	s := rpc.NewServer()
	rpc.ServeBlobs(s, sink{}, func() error {
		if full.Load() {
			return fault.New(fault.ResBusy, "take in new work")
		}
		return nil
	}, nil)
	c := connect(t, s, tacit.RoleClient)
	blobs := rpc.Blobs{Connect: func(context.Context) (*rpc.Client, error) { return c, nil }}
	// The content of an upload that has begun asks for no room any more.
	fill := readerFunc(func(b []byte) (int, error) { full.Store(true); return len(b), nil })
	t.Run("twin: what is in hand ends", func(t *testing.T) {
		first := bytes.NewReader(make([]byte, tacit.PartSize))
		if _, err := blobs.Put(t.Context(), io.MultiReader(first, fill), 3*tacit.PartSize); err != nil {
			t.Error(err)
		}
	})
	if _, err := blobs.Put(t.Context(), bytes.NewReader([]byte("x")), 1); fault.Of(err) != fault.ResBusy {
		t.Errorf("Put = %v, want %s", err, fault.ResBusy)
	}
	t.Run("twin: with room again", func(t *testing.T) {
		full.Store(false)
		if _, err := blobs.Put(t.Context(), bytes.NewReader([]byte("x")), 1); err != nil {
			t.Error(err)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// case N88 code RES_BUSY check rpc/rpc.go:Short
func TestN88WhatTheMachineRefusesIsNoInternalError(t *testing.T) {
	s := rpc.NewServer()
	rpc.Handle(s, refuse, []tacit.Role{tacit.RoleClient}, func(_ context.Context, req text) (number, error) {
		switch req.S {
		case "files":
			return number{}, fmt.Errorf("open journal: %w", &os.PathError{Op: "open", Path: canary, Err: syscall.EMFILE})
		case "processes":
			return number{}, fault.New(fault.Internal, "start child: %w", &os.PathError{Op: "fork/exec", Path: canary, Err: syscall.EAGAIN})
		case "its own":
			return number{}, fault.New(fault.StoreClosed, "write record: %w", syscall.ENOSPC)
		}
		return number{}, &os.PathError{Op: "open", Path: canary, Err: syscall.ENOENT}
	})
	c := connect(t, s, tacit.RoleClient)
	for _, tt := range []struct {
		say  string
		want fault.Code
	}{
		{"files", fault.ResBusy}, {"processes", fault.ResBusy}, {"its own", fault.StoreClosed}, {"twin: another failure", fault.Internal},
	} {
		t.Run(tt.say, func(t *testing.T) {
			_, err := rpc.Call(t.Context(), c, refuse, text{tt.say})
			if fault.Of(err) != tt.want || bytes.Contains([]byte(fmt.Sprint(err)), []byte(canary)) {
				t.Errorf("Call = %v, want %s", err, tt.want)
			}
		})
	}
}

// A party's own store keeps what the party brings; whoever may not is told before a byte is
// stored.
func TestAStoreOfOnesOwn(t *testing.T) {
	caller := wire.Address{9}
	for _, tt := range []struct {
		name string
		from []wire.Address
		want fault.Code
	}{
		{"twin: everybody's", nil, ""},
		{"twin: the caller's", []wire.Address{{7}, caller}, ""},
		{"another's", []wire.Address{{7}}, fault.StoreDenied},
		{"nobody's", []wire.Address{}, fault.StoreDenied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := rpc.NewServer()
			rpc.ServeBlobs(s, sink{}, func() error { return nil }, tt.from)
			asks, answers := net.Pipe()
			c := over(t, s, asks, answers, tacit.Caller{Role: tacit.RoleClient, Node: caller}, tacit.Caller{Role: tacit.RoleBlobs})
			_, err := rpc.Blobs{Connect: func(context.Context) (*rpc.Client, error) { return c, nil }}.Put(t.Context(), bytes.NewReader([]byte("x")), 1)
			if tt.want == "" && err != nil || tt.want != "" && fault.Of(err) != tt.want {
				t.Errorf("Put = %v, want %q", err, tt.want)
			}
		})
	}
}
