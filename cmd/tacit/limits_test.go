package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tacit"
	"tacit/atls"
	"tacit/client"
	"tacit/fault"
	"tacit/rpc"
)

// leave lets a process of the network have so much more of something than it has
// now, open files or bytes of address space, and returns what gives it its own
// limit back.
func leave(t *testing.T, name string, resource int, more uint64) (back func()) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(home, "run", name+".pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	open, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		t.Fatal(err)
	}
	now := uint64(len(open))
	if resource == unix.RLIMIT_AS {
		b, err := os.ReadFile(filepath.Join(proc, "statm"))
		if err != nil {
			t.Fatal(err)
		}
		pages, _, _ := strings.Cut(string(b), " ")
		n, err := strconv.ParseUint(pages, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		now = n * uint64(os.Getpagesize())
	}
	var was unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &was); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: now + more, Max: was.Max}, nil); err != nil {
		t.Fatal(err)
	}
	back = sync.OnceFunc(func() { _ = unix.Prlimit(pid, resource, &was, nil) })
	t.Cleanup(back)
	return back
}

// until asks until there is no error, for half a minute.
func until(t *testing.T, ask func() error) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not go on: %v", err)
		}
	}
}

// held is the content of an upload whose second half comes when it may.
type held struct {
	first, second io.Reader
	begun, may    chan struct{}
	once          sync.Once
}

func (h *held) Read(b []byte) (int, error) {
	if n, err := h.first.Read(b); err != io.EOF {
		return n, err
	}
	h.once.Do(func() { close(h.begun) })
	<-h.may
	return h.second.Read(b)
}

// Real processes are left with few files to open, or little memory. What comes
// then is refused, what is in hand ends, and afterwards they go on as before.
//
// case N88 code RES_BUSY check spare/spare.go:look
func TestN88ProcessesAtTheirLimitsRefuseNewWorkOnly(t *testing.T) {
	needsNetwork(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	dir := t.TempDir()
	module := filepath.Join(dir, "idle.wat")
	if err := os.WriteFile(module, []byte(`(module (memory (export "memory") 1) (func (export "_start")))`), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, home, "service", "publish", module, "--as", "acme", "--name", "acme/idle", "--price", "0.001")
	s, err := (&tool{home: home, as: "alice"}).open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	pools, err := s.Node.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		t.Fatal(err)
	}
	// The one that takes from anybody, not a party's own.
	var run struct{ Listen string }
	b, err := os.ReadFile(filepath.Join(home, "run", "blobs.json"))
	if err == nil {
		err = json.Unmarshal(b, &run)
	}
	at := slices.IndexFunc(pools.Nodes, func(n tacit.Node) bool { return n.Roles&tacit.RoleBlobs != 0 && n.Endpoint == run.Listen })
	if err != nil || at < 0 {
		t.Fatalf("no blob store at %q: %v", run.Listen, err)
	}
	store := pools.Nodes[at]
	dial := func() rpc.Blobs {
		return rpc.Blobs{Connect: s.Node.Dial(store.Endpoint, atls.Want{Role: tacit.RoleBlobs, Node: store.Key})}
	}
	put := func(b rpc.Blobs, size int) error {
		_, err := b.Put(ctx, bytes.NewReader(make([]byte, size)), int64(size))
		return err
	}

	t.Run("blobs", func(t *testing.T) {
		inHand := dial()
		slow := &held{first: bytes.NewReader(make([]byte, tacit.PartSize)), second: bytes.NewReader(make([]byte, tacit.PartSize)), begun: make(chan struct{}), may: make(chan struct{})}
		ended := make(chan error, 1)
		go func() {
			_, err := inHand.Put(ctx, slow, 2*tacit.PartSize)
			ended <- err
		}()
		select {
		case <-slow.begun:
		case err := <-ended:
			t.Fatalf("the upload ended before its limit came: %v", err)
		}
		leave(t, "blobs", unix.RLIMIT_NOFILE, 40)
		var mu sync.Mutex
		got := map[fault.Code]int{}
		var longest time.Duration
		var flood []rpc.Blobs
		var wg sync.WaitGroup
		for range 100 {
			b := dial()
			flood = append(flood, b)
			wg.Go(func() {
				began := time.Now()
				err := put(b, 100)
				mu.Lock()
				defer mu.Unlock()
				if got[fault.Of(err)]++; err != nil {
					longest = max(longest, time.Since(began))
				}
			})
		}
		wg.Wait()
		t.Logf("of 100 connections: %v; the slowest refusal took %v, all at once", got, longest)
		if got[fault.ResBusy] == 0 || got[fault.ResBusy]+got[""] != 100 {
			t.Errorf("answers: %v, want RES_BUSY and none other", got)
		}
		t.Run("twin: what is in hand ends", func(t *testing.T) {
			close(slow.may)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		t.Run("twin: it goes on once they are gone", func(t *testing.T) {
			for _, b := range flood {
				if c, err := b.Connect(ctx); err == nil {
					c.Close()
				}
			}
			until(t, func() error { return put(dial(), 100) })
		})
	})

	plan, err := s.Plan(ctx, client.Wish{Service: "acme/idle", MaxFee: 1e9, Requirements: tacit.Requirements{Level: 2, Fuel: 1e9, Memory: 64 << 20, Output: 64 << 10, Seconds: 10}})
	if err != nil {
		t.Fatal(err)
	}
	pay := plan
	pay.Wish.MaxFee = 10e9
	if _, err := s.Pay(ctx, pay); err != nil {
		t.Fatal(err)
	}
	done := func(t *testing.T) {
		t.Helper()
		var sub client.Submission
		until(t, func() (err error) { sub, err = s.Submit(ctx, plan); return err })
		until(t, func() error { _, err := s.Result(ctx, sub.ID); return err })
	}
	done(t)

	for _, tt := range []struct {
		name     string
		resource int
		more     uint64
	}{{"dispatcher, files", unix.RLIMIT_NOFILE, 6}, {"dispatcher, memory", unix.RLIMIT_AS, 100 << 20}} {
		t.Run(tt.name, func(t *testing.T) {
			sub, err := s.Submit(ctx, plan)
			if err != nil {
				t.Fatal(err)
			}
			back := leave(t, "dispatcher", tt.resource, tt.more)
			time.Sleep(50 * time.Millisecond) // it looks at its limits now and then
			began := time.Now()
			_, err = s.Submit(ctx, plan)
			t.Logf("refused after %v: %v", time.Since(began), err)
			if fault.Of(err) != fault.ResBusy {
				t.Errorf("got %v, want RES_BUSY", err)
			}
			t.Run("twin: what is in hand ends", func(t *testing.T) {
				until(t, func() error { _, err := s.Result(ctx, sub.ID); return err })
			})
			t.Run("twin: it goes on with more", func(t *testing.T) { back(); done(t) })
		})
	}
	t.Run("workers", func(t *testing.T) {
		var back []func()
		for _, name := range []string{"worker-1", "worker-2", "worker-3"} {
			back = append(back, leave(t, name, unix.RLIMIT_NOFILE, 6))
		}
		time.Sleep(50 * time.Millisecond)
		sub, err := s.Submit(ctx, plan)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Watch(ctx, sub.ID, func(tacit.Event) {}); fault.Of(err) != fault.ResBusy {
			t.Errorf("the task ended with %v, want RES_BUSY", err)
		}
		t.Run("twin: they go on with more", func(t *testing.T) {
			for _, b := range back {
				b()
			}
			done(t)
		})
	})
}
