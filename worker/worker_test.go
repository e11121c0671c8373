package worker_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
	"tacit/worker"
)

// A fake is an enclave in the test's own process that does as the test says.
// The real one is tested with the worker in package enclave.
type fake struct {
	link   *wire.Link
	killed atomic.Int32
	done   chan struct{}
	run    func(ctx context.Context, f *fake) (tacit.RunReply, error)
	launch func() error

	launched atomic.Int32 // the task that it was launched for
	image    atomic.Bool  // it is of an image of its own
	die      atomic.Bool  // at the next request of a session
	no       error        // to every one
}

func (f *fake) serve(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	switch kind {
	case tacit.FrameLaunch:
		return wire.Answer(tacit.FrameLabel, payload, func(req tacit.LaunchRequest) (tacit.LaunchReply, error) {
			f.launched.Store(int32(req.Assignment.Task[0]))
			return tacit.LaunchReply{Evidence: attest.Evidence{Scheme: "sim", Report: []byte{1}}}, f.launch()
		})
	case tacit.FrameRun:
		return wire.Answer(tacit.FrameLabel, payload, func(tacit.RunRequest) (tacit.RunReply, error) { return f.run(ctx, f) })
	case tacit.FrameSession:
		return wire.Answer(tacit.FrameLabel, payload, func(req tacit.SessionRequest) (tacit.SessionReply, error) {
			if f.die.Load() {
				go f.link.Close()
				<-ctx.Done()
			}
			return tacit.SessionReply{Body: append([]byte("answer to "), req.Body...)}, f.no
		})
	}
	return nil, fault.New(fault.ProtoFrame, "unknown")
}

func (f *fake) give(ctx context.Context, data []byte, last bool) error {
	what := tacit.OutputMore
	if last {
		what = tacit.OutputLast
	}
	return f.output(ctx, what, data)
}

func (f *fake) says(ctx context.Context, size int) error {
	return f.output(ctx, tacit.OutputSize, binary.BigEndian.AppendUint64(nil, uint64(size)))
}

func (f *fake) output(ctx context.Context, what uint8, data []byte) error {
	_, err := f.link.Ask(ctx, tacit.FrameOutput, append([]byte{what}, data...))
	return err
}

func (f *fake) keep(ctx context.Context, k wire.Digest, data []byte, last bool) error {
	_, err := wire.AskFor[tacit.Part](ctx, f.link, tacit.FrameCachePut, tacit.FrameLabel, tacit.CachePart{Key: k, Part: tacit.Part{Data: data, Last: last}})
	return err
}

func (f *fake) kept(ctx context.Context, k wire.Digest) ([]byte, error) {
	ask, err := wire.Marshal(tacit.FrameLabel, tacit.CacheAsk{Key: k})
	if err != nil {
		return nil, err
	}
	return f.link.Ask(ctx, tacit.FrameCacheGet, ask)
}

// A host is a worker with fakes and blobs in memory.
type host struct {
	*worker.Worker
	t   testing.TB
	dir string

	mu     sync.Mutex // guards what follows
	opened []*fake
	blobs  [][]byte
	putErr error
}

// result is what a fake leaves unless the test says otherwise.
var result = []byte("sealed result")

func leaves(ctx context.Context, f *fake) (tacit.RunReply, error) {
	if err := f.give(ctx, result[:6], false); err != nil {
		return tacit.RunReply{}, err
	}
	return tacit.RunReply{Output: tacit.Sealed{Root: wire.Sum(result)}}, f.give(ctx, result[6:], true)
}

func newHost(t testing.TB, change func(*worker.Config), shape func(n int, f *fake)) *host {
	t.Helper()
	h := &host{t: t, dir: t.TempDir()}
	cfg := worker.Config{
		Dir: h.dir,
		Open: func(context.Context) (worker.Enclave, error) {
			here, there := net.Pipe()
			f := &fake{run: leaves, launch: func() error { return nil }, done: make(chan struct{})}
			h.mu.Lock()
			h.opened = append(h.opened, f)
			n := len(h.opened)
			h.mu.Unlock()
			if shape != nil {
				shape(n, f)
			}
			f.link = wire.NewLink(there, false, f.serve)
			go func() { defer close(f.done); _ = f.link.Run(context.Background()) }()
			return worker.Enclave{Conn: here, Kill: func() { f.killed.Add(1); there.Close() }}, nil
		},
		Fetch: func(context.Context, wire.Digest, int64) (tacit.Chunk, error) {
			return tacit.Chunk{Data: make([]byte, 100), Total: 1}, nil
		},
		Put: func(_ context.Context, r io.Reader, size int64) (wire.Digest, error) {
			b, err := io.ReadAll(r)
			h.mu.Lock()
			defer h.mu.Unlock()
			if h.putErr != nil || int64(len(b)) != size {
				return wire.Digest{}, errors.Join(h.putErr, err)
			}
			h.blobs = append(h.blobs, b)
			return wire.Sum(b), err
		},
	}
	if change != nil {
		change(&cfg)
	}
	w, err := worker.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.Worker = w
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() { defer close(served); _ = w.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-served
		h.mu.Lock()
		defer h.mu.Unlock()
		for i, f := range h.opened {
			if f.killed.Load() == 0 {
				t.Errorf("enclave %d outlives its worker", i+1)
			}
			<-f.done
		}
	})
	return h
}

func launch(n byte) tacit.LaunchRequest {
	return tacit.LaunchRequest{
		Task:       tacit.Task{Requirements: tacit.Requirements{Output: 100}},
		Assignment: tacit.Assignment{Task: wire.Digest{n}, Attempt: 1},
	}
}

func grants(n byte) tacit.RunRequest { return tacit.RunRequest{Task: wire.Digest{n}, Attempt: 1} }

func (h *host) both(n byte) (tacit.RunReply, error) {
	if _, err := h.Launch(h.t.Context(), launch(n)); err != nil {
		return tacit.RunReply{}, err
	}
	return h.Run(h.t.Context(), grants(n))
}

func (h *host) want(n byte, code fault.Code) {
	h.t.Helper()
	if _, err := h.both(n); fault.Of(err) != code {
		h.t.Errorf("attempt %d = %v, want %q", n, err, code)
	}
}

func TestWorkerNeedsItsParts(t *testing.T) {
	if _, err := worker.New(worker.Config{}); fault.Of(err) != fault.Internal {
		t.Errorf("New = %v", err)
	}
}

// A spare is started when nothing runs, or after a while; never is a launch
// without one that waits.
func TestASpareTakesNothingFromARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := newHost(t, nil, func(_ int, f *fake) {
			f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
				<-release
				return leaves(ctx, f)
			}
		})
		opened := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			h.mu.Lock()
			defer h.mu.Unlock()
			if len(h.opened) != want {
				t.Errorf("%s: %d enclaves were opened, want %d", when, len(h.opened), want)
			}
		}
		begin := func(n byte) chan error {
			done := make(chan error, 1)
			go func() { _, err := h.both(n); done <- err }()
			synctest.Wait()
			return done
		}
		opened("at rest", 2)
		first := begin(1)
		opened("one runs, one waits", 2)
		release <- struct{}{}
		if err := <-first; err != nil {
			t.Fatal(err)
		}
		opened("it has ended", 3)

		first, second := begin(2), begin(3)
		opened("two run, none would wait", 4)
		time.Sleep(2 * time.Second)
		opened("they run for long", 5)
		close(release)
		if err := errors.Join(<-first, <-second); err != nil {
			t.Fatal(err)
		}
	})
}

// Blobs that come back in time cost nothing; an attempt that needs more is over.
func TestBlobsThatAreAwayAreAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		away int64 // how often each question finds nobody
		code fault.Code
		want fault.Code
	}{
		{"twin: they are there", 0, fault.Unreachable, ""},
		{"they come back", 2, fault.Unreachable, ""},
		{"the connection broke", 1, fault.TLSTruncated, ""},
		{"twin: they say no, once", 1, fault.APINotFound, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var fetches, puts atomic.Int64
			h := newHost(t, func(c *worker.Config) {
				fetch, put := c.Fetch, c.Put
				c.Patience = time.Minute
				c.Fetch = func(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
					if fetches.Add(1) <= tt.away {
						return tacit.Chunk{}, fault.New(tt.code, "fetch")
					}
					return fetch(ctx, root, i)
				}
				c.Put = func(ctx context.Context, r io.Reader, size int64) (wire.Digest, error) {
					if puts.Add(1) <= tt.away {
						_, _ = io.CopyN(io.Discard, r, 1) // some of it is gone
						return wire.Digest{}, fault.New(tt.code, "put")
					}
					return put(ctx, r, size)
				}
			}, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					if _, err := wire.AskFor[tacit.Chunk](ctx, f.link, tacit.FrameChunk, tacit.FrameLabel, tacit.ChunkAsk{}); err != nil && tt.want == "" {
						return tacit.RunReply{}, err
					}
					return leaves(ctx, f)
				}
			})
			h.want(1, tt.want)
		})
	}
}

func TestBlobsThatFailAreTheRunsFault(t *testing.T) {
	h := newHost(t, func(c *worker.Config) { c.Patience = time.Millisecond }, nil)
	h.putErr = fault.New(fault.Unreachable, "blobs are down")
	h.want(1, fault.TaskFailed)
	h.mu.Lock()
	h.putErr = nil
	h.mu.Unlock()
	h.want(2, "")
}

func TestCapacityIsGivenBack(t *testing.T) {
	fail := atomic.Bool{}
	h := newHost(t, func(c *worker.Config) { c.Capacity = 1 }, func(_ int, f *fake) {
		f.launch = func() error {
			if fail.Load() {
				return fault.New(fault.ConsField, "not this one")
			}
			return nil
		}
	})
	if _, err := h.Launch(t.Context(), launch(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Launch(t.Context(), launch(2)); fault.Of(err) != fault.ResBusy {
		t.Errorf("Launch beyond the capacity = %v, want %s", err, fault.ResBusy)
	}
	if _, err := h.Run(t.Context(), grants(1)); err != nil {
		t.Fatal(err)
	}
	fail.Store(true)
	for range 3 {
		if _, err := h.Launch(t.Context(), launch(3)); fault.Of(err) != fault.ConsField {
			t.Errorf("Launch = %v, want %s", err, fault.ConsField)
		}
	}
	fail.Store(false)
	h.want(3, "") // what failed left nothing behind, also not its place
	if _, err := h.Run(t.Context(), grants(9)); fault.Of(err) != fault.APINotFound {
		t.Errorf("Run without Launch = %v, want %s", err, fault.APINotFound)
	}
}

func TestEnclaveThatDiedWarmIsPassedOver(t *testing.T) {
	h := newHost(t, nil, func(n int, f *fake) {
		if n <= 2 {
			f.launch = func() error { f.link.Close(); return nil }
		}
	})
	h.want(1, "")
}

func TestLaunchWithoutGrantsEnds(t *testing.T) {
	h := newHost(t, func(c *worker.Config) { c.Idle, c.Capacity = 20*time.Millisecond, 1 }, nil)
	if _, err := h.Launch(t.Context(), launch(1)); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		_, err := h.Launch(t.Context(), launch(2))
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("its place was not given back: %v", err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if _, err := h.Run(t.Context(), grants(1)); fault.Of(err) != fault.TaskTimeout {
		t.Errorf("Run = %v, want %s", err, fault.TaskTimeout)
	}
}

func TestRunOutlivesItsCaller(t *testing.T) {
	release := make(chan struct{})
	var runs atomic.Int32
	h := newHost(t, nil, func(_ int, f *fake) {
		f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			runs.Add(1)
			<-release
			return leaves(ctx, f)
		}
	})
	if _, err := h.Launch(t.Context(), launch(1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.Run(ctx, grants(1)); fault.Of(err) != fault.TaskTimeout {
		t.Fatalf("Run = %v, want %s", err, fault.TaskTimeout)
	}
	close(release)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if r, err := h.Run(context.Background(), grants(1)); err != nil || r.Output.Root != wire.Sum(result) {
				t.Errorf("Run again = %v, %v", r, err)
			}
		})
	}
	wg.Wait()
	if runs.Load() != 1 {
		t.Errorf("it ran %d times", runs.Load())
	}
}

func TestMovedCountsCiphertext(t *testing.T) {
	h := newHost(t, nil, func(_ int, f *fake) {
		f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			for range 3 {
				if _, err := wire.AskFor[tacit.Chunk](ctx, f.link, tacit.FrameChunk, tacit.FrameLabel, tacit.ChunkAsk{}); err != nil {
					return tacit.RunReply{}, err
				}
			}
			r, err := leaves(ctx, f)
			r.Moved = 1 << 40 // the worker counts itself
			return r, err
		}
	})
	if r, err := h.both(1); err != nil || r.Moved != 300 {
		t.Errorf("Moved = %d, %v, want 300", r.Moved, err)
	}
}

func TestOnlyTheRightChunkIsRemembered(t *testing.T) {
	data := bytes.Repeat([]byte("sealed"), tacit.ChunkSize/2) // three chunks
	root := wire.MerkleRoot(tacit.ChunkLeaves(data))
	good, err := tacit.ChunkOf(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		lie     func(*tacit.Chunk)
		fetches int64
	}{
		{"twin: an honest store is asked once", func(*tacit.Chunk) {}, 1},
		{"other bytes are passed on and not remembered", func(c *tacit.Chunk) { c.Data = []byte("a lie") }, 2},
		{"nor is another place", func(c *tacit.Chunk) { c.Index = 1 }, 2},
		{"nor are the same bytes among more, though their path leads to the root", func(c *tacit.Chunk) { c.Total = 4 }, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := good
			tt.lie(&first)
			var fetches atomic.Int64
			var got []tacit.Chunk
			h := newHost(t, func(c *worker.Config) {
				c.Fetch = func(context.Context, wire.Digest, int64) (tacit.Chunk, error) {
					if fetches.Add(1) == 1 {
						return first, nil
					}
					return good, nil
				}
			}, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					for range 3 {
						c, err := wire.AskFor[tacit.Chunk](ctx, f.link, tacit.FrameChunk, tacit.FrameLabel, tacit.ChunkAsk{Root: root})
						if err != nil {
							return tacit.RunReply{}, err
						}
						got = append(got, c)
					}
					return leaves(ctx, f)
				}
			})
			req := launch(1)
			req.Artefacts = []tacit.Sealed{{Root: root, Size: int64(len(data))}}
			if _, err := h.Launch(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Run(t.Context(), grants(1)); err != nil {
				t.Fatal(err)
			}
			if fetches.Load() != tt.fetches || got[0].Total != first.Total || !bytes.Equal(got[0].Data, first.Data) || !bytes.Equal(got[2].Data, good.Data) {
				t.Errorf("%d fetches, want %d; first chunk of %d, last of %d", fetches.Load(), tt.fetches, got[0].Total, got[2].Total)
			}
		})
	}
}

func TestCodeCacheIsBoundedAndWhole(t *testing.T) {
	old, mid, now := wire.Digest{1}, wire.Digest{2}, wire.Digest{3}
	step := make(chan func(context.Context, *fake) error, 1)
	h := newHost(t, func(c *worker.Config) { c.Cache = 250 }, func(_ int, f *fake) {
		f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			if err := (<-step)(ctx, f); err != nil {
				return tacit.RunReply{}, err
			}
			return leaves(ctx, f)
		}
	})
	n := byte(0)
	try := func(want fault.Code, do func(ctx context.Context, f *fake) error) {
		t.Helper()
		n++
		step <- do
		h.want(n, want)
	}
	fill := func(k wire.Digest) func(context.Context, *fake) error {
		return func(ctx context.Context, f *fake) error {
			if err := f.keep(ctx, k, bytes.Repeat([]byte{k[0]}, 60), false); err != nil {
				return err
			}
			return f.keep(ctx, k, bytes.Repeat([]byte{k[0]}, 40), true)
		}
	}
	has := func(k wire.Digest, want bool) {
		t.Helper()
		try("", func(ctx context.Context, f *fake) error {
			b, err := f.kept(ctx, k)
			if want && (err != nil || !bytes.Equal(b, bytes.Repeat([]byte{k[0]}, 100))) {
				t.Errorf("entry %d = %d bytes, %v", k[0], len(b), err)
			}
			if !want && fault.Of(err) != fault.APINotFound {
				t.Errorf("entry %d = %d bytes, %v, want none", k[0], len(b), err)
			}
			return nil
		})
	}
	age := func(k wire.Digest, by time.Duration) {
		t.Helper()
		at := time.Now().Add(-by)
		if err := os.Chtimes(filepath.Join(h.dir, "cache", k.String()), at, at); err != nil {
			t.Fatal(err)
		}
	}
	try("", fill(old))
	try("", fill(mid))
	age(old, 2*time.Hour)
	age(mid, time.Hour)
	has(old, true) // and is now the one used last
	try("", fill(now))
	has(mid, false)
	has(old, true)
	has(now, true)
	try("", func(ctx context.Context, f *fake) error { return f.keep(ctx, mid, make([]byte, 50), false) })
	has(mid, false) // half an entry is none
	try(fault.APISize, func(ctx context.Context, f *fake) error { return f.keep(ctx, mid, make([]byte, 251), true) })
}

func TestLeftoversOfAnEarlierWorkerGo(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	entry := filepath.Join(dir, "cache", wire.Digest{1}.String())
	stale := []string{filepath.Join(dir, "result-1"), entry + ".part-x-1-0"}
	for _, name := range append(stale, entry) {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	newHost(t, func(c *worker.Config) { c.Dir = dir }, nil)
	for _, name := range stale {
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("%s is still there", filepath.Base(name))
		}
	}
	if _, err := os.Stat(entry); err != nil {
		t.Errorf("a whole entry is gone: %v", err)
	}
}

func TestStopEndsARunInHand(t *testing.T) {
	var started sync.WaitGroup
	started.Add(1)
	ctx, cancel := context.WithCancel(context.Background())
	hang := make(chan struct{})
	defer close(hang)
	here, there := net.Pipe()
	f := &fake{launch: func() error { return nil }, run: func(ctx context.Context, _ *fake) (tacit.RunReply, error) {
		started.Done()
		<-ctx.Done()
		return tacit.RunReply{}, ctx.Err()
	}}
	f.link = wire.NewLink(there, false, f.serve)
	go func() { _ = f.link.Run(context.Background()) }()
	first := make(chan worker.Enclave, 1)
	first <- worker.Enclave{Conn: here, Kill: func() { there.Close() }}
	w, err := worker.New(worker.Config{
		Dir: t.TempDir(),
		Open: func(ctx context.Context) (worker.Enclave, error) {
			select {
			case e := <-first:
				return e, nil
			case <-ctx.Done():
				return worker.Enclave{}, ctx.Err()
			}
		},
		Fetch: func(context.Context, wire.Digest, int64) (tacit.Chunk, error) { return tacit.Chunk{}, nil },
		Put:   func(context.Context, io.Reader, int64) (wire.Digest, error) { return wire.Digest{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- w.Serve(ctx) }()
	if _, err := w.Launch(t.Context(), launch(1)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := w.Run(context.Background(), grants(1)); ended <- err }()
	waiting := make(chan error, 1)
	go func() { _, err := w.Launch(context.Background(), launch(2)); waiting <- err }() // no enclave is warm
	started.Wait()
	cancel()
	if err := <-served; !errors.Is(err, context.Canceled) {
		t.Errorf("Serve = %v", err)
	}
	if err := <-ended; fault.Of(err) != fault.TaskFailed {
		t.Errorf("Run = %v, want %s", err, fault.TaskFailed)
	}
	if err := <-waiting; fault.Of(err) != fault.ResBusy {
		t.Errorf("Launch = %v, want %s", err, fault.ResBusy)
	}
	if _, err := w.Launch(t.Context(), launch(3)); fault.Of(err) != fault.ResBusy {
		t.Errorf("Launch after the end = %v, want %s", err, fault.ResBusy)
	}
}

// An enclave's uses of keys go to the dispatcher of its task, for its own attempt only,
// and once more while nobody is there.
func TestUsesOfKeysAreCarried(t *testing.T) {
	for _, tt := range []struct {
		name  string
		use   func(n int64) error // what comes of each question; nil carries nothing
		other bool                // the enclave asks for another attempt
		asked int64
		want  fault.Code
	}{
		{"twin: one that is answered", func(int64) error { return nil }, false, 1, ""},
		{"twin: nobody was there at first", func(n int64) error {
			if n < 3 {
				return fault.New(fault.Unreachable, "away")
			}
			return nil
		}, false, 3, ""},
		{"refused", func(int64) error { return fault.New(fault.APINotFound, "no") }, false, 1, fault.APINotFound},
		{"for another attempt", func(int64) error { return nil }, true, 0, fault.ConsField},
		{"a worker that carries none", nil, false, 0, fault.Unreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int64
			h := newHost(t, func(c *worker.Config) {
				c.Patience = time.Minute
				if tt.use == nil {
					return
				}
				c.Use = func(_ context.Context, dispatcher wire.Address, u tacit.UseRequest) (tacit.UseReply, error) {
					if dispatcher != (wire.Address{5}) || string(u.Sealed) != "sealed" {
						t.Errorf("asked %s for %q", dispatcher, u.Sealed)
					}
					return tacit.UseReply{Sealed: []byte("answer")}, tt.use(asked.Add(1))
				}
			}, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					u := tacit.UseRequest{Task: wire.Digest{1}, Attempt: 1, Number: 1, Sealed: []byte("sealed")}
					if tt.other {
						u.Attempt = 2
					}
					reply, err := wire.AskFor[tacit.UseReply](ctx, f.link, tacit.FrameUse, tacit.FrameLabel, u)
					if fault.Of(err) != tt.want || err == nil && string(reply.Sealed) != "answer" {
						t.Errorf("used: %q, %v, want %q", reply.Sealed, err, tt.want)
					}
					return leaves(ctx, f)
				}
			})
			l := launch(1)
			l.Task.Dispatcher = wire.Address{5}
			if _, err := h.Launch(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Run(t.Context(), grants(1)); err != nil {
				t.Fatal(err)
			}
			if asked.Load() != tt.asked {
				t.Errorf("the dispatcher was asked %d times, want %d", asked.Load(), tt.asked)
			}
		})
	}
}
