// Package worker is the untrusted host: it opens enclaves, fetches ciphertext
// for them and relays what it cannot read.
//
// Nobody trusts a worker with data, and a worker trusts no enclave with its
// machine: what runs in one is walled off and bounded by the enclave's own
// agent, what one leaves here is bounded by the worker, and the worker kills it
// when it is done.
package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/telemetry"
	"tacit/wire"
)

// An Enclave is a process that the platform measured and started.
type Enclave struct {
	Conn io.ReadWriteCloser
	Kill func() // may be called more than once
}

// Config says what a Worker needs; zero fields take the defaults in brackets.
type Config struct {
	// Open has the platform measure and start an enclave.
	Open func(ctx context.Context) (Enclave, error)
	// Images open enclaves of other images, by their name, for the engines that have one of
	// their own (tacit.EngineImage); a task for one that is not there is refused.
	Images map[string]func(ctx context.Context) (Enclave, error)
	// Fetch gets a chunk from wherever the blob lies.
	Fetch func(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error)
	// FetchRun gets a run, as tacit.RunOf makes it, in one request; nil has its chunks
	// fetched.
	FetchRun func(ctx context.Context, root wire.Digest, i int64) ([]byte, error)
	// Put leaves a result at blobs.
	Put func(ctx context.Context, r io.Reader, size int64) (wire.Digest, error)
	// Use carries the use of a key of a vault to a dispatcher; nil carries none.
	Use func(ctx context.Context, dispatcher wire.Address, u tacit.UseRequest) (tacit.UseReply, error)
	// Tell tells a dispatcher how far a run is [nobody].
	Tell func(ctx context.Context, dispatcher wire.Address, p tacit.Progress) error
	// Dir is the worker's folder, for results on their way and for compiled
	// code that enclaves left sealed.
	Dir string
	// Warm is how many enclaves wait without keys for the next launch [1].
	Warm int
	// Capacity bounds the attempts in hand [4]; beyond it is RES_BUSY.
	Capacity int
	// Patience is how long blobs that are away are asked again [5s]: an attempt is
	// not lost because their process is restarted.
	Patience time.Duration
	// Idle is how long a launched enclave waits for its grants [90s: managers take its
	// evidence for tacit.ChallengeSeconds only, and then none come any more].
	Idle time.Duration
	// Cache bounds the compiled code in Dir, in bytes [1 GiB].
	Cache int64
	// Refuse signs that this worker does not do an attempt; nil leaves refusals
	// unsigned.
	Refuse func(tacit.Skip) tacit.Signed[tacit.Skip]
	// Room, if set, refuses attempts while it returns an error.
	Room func() error
	Log  *slog.Logger
}

// kept is how many ended attempts are remembered for retries.
const kept = 4096

// A Worker runs attempts.
type Worker struct {
	cfg    Config
	warm   chan Enclave
	chunks *wire.Memo[tacit.ChunkAsk, tacit.Chunk] // of ciphertext
	look   chan struct{}                           // told when an enclave was taken or an attempt ended
	life   context.Context                         // ends when Serve does
	die    context.CancelFunc

	mu       sync.Mutex // guards what follows
	attempts map[attempt]*session
	ended    []attempt // in the order of their end
	running  int
	stopped  bool
	unopened error          // of the newest enclave, if it could not be opened
	tasks    sync.WaitGroup // goroutines of sessions

	cache sync.Mutex // guards the files of the code cache
}

type attempt struct {
	task    wire.Digest
	attempt uint8
	place   uint8
}

// session is one attempt with its enclave.
type session struct {
	at attempt

	mu      sync.Mutex // guards what follows; held over a launch, not over a run
	enclave Enclave
	link    *wire.Link
	gone    chan struct{} // closed when link has ended
	launch  *tacit.LaunchReply
	digest  wire.Digest   // of the launch request
	done    chan struct{} // made when the run begins, closed when it has ended
	ran     tacit.RunReply
	err     error // of a run that cannot be repeated

	dispatcher wire.Address          // of the task; like the next, set before the enclave is asked
	chunks     map[wire.Digest]int64 // how many each artefact of the task has
	result     result
	moved      atomic.Int64
	size       int64 // of the artefacts
}

var _ tacit.Executor = (*Worker)(nil)

// New checks the configuration, removes what an earlier worker left half done
// in Dir, and starts nothing.
func New(cfg Config) (*Worker, error) {
	if cfg.Open == nil || cfg.Fetch == nil || cfg.Put == nil || cfg.Dir == "" {
		return nil, fault.New(fault.Internal, "make worker: open, fetch, put and dir are required")
	}
	if cfg.Warm == 0 {
		cfg.Warm = 1
	}
	if cfg.Capacity == 0 {
		cfg.Capacity = 4
	}
	if cfg.Idle == 0 {
		cfg.Idle = (tacit.ChallengeSeconds + 30) * time.Second
	}
	if cfg.Patience == 0 {
		cfg.Patience = 5 * time.Second
	}
	if cfg.Cache == 0 {
		cfg.Cache = 1 << 30
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(filepath.Join(cfg.Dir, "cache"), 0o700); err != nil {
		return nil, fmt.Errorf("make worker: %w", err)
	}
	for _, pattern := range []string{resultPattern, filepath.Join("cache", partPattern)} {
		old, err := filepath.Glob(filepath.Join(cfg.Dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("make worker: %w", err)
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil {
				return nil, fmt.Errorf("make worker: %w", err)
			}
		}
	}
	life, die := context.WithCancel(context.Background())
	return &Worker{cfg: cfg, warm: make(chan Enclave, cfg.Warm), look: make(chan struct{}, 1), life: life, die: die, attempts: map[attempt]*session{},
		chunks: wire.NewMemo[tacit.ChunkAsk, tacit.Chunk](chunksKept)}, nil
}

// Serve keeps warm enclaves ready until ctx ends, then kills every enclave and
// waits for the attempts in hand to end.
func (w *Worker) Serve(ctx context.Context) error {
	defer w.stop()
	for ctx.Err() == nil {
		w.breathe(ctx)
		e, err := w.cfg.Open(ctx)
		w.mu.Lock()
		w.unopened = err
		w.mu.Unlock()
		if err != nil {
			w.cfg.Log.Warn("enclave not opened", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		select {
		case w.warm <- e:
		case <-ctx.Done():
			e.Kill()
			e.Conn.Close()
		}
	}
	return ctx.Err()
}

// breath is how long a spare enclave is put off at most.
const breath = time.Second

// breathe waits while attempts are in hand and enough enclaves wait already:
// starting one more would take the machine from those attempts.
func (w *Worker) breathe(ctx context.Context) {
	over := time.NewTimer(breath)
	defer over.Stop()
	for {
		w.mu.Lock()
		busy := w.running > 0
		w.mu.Unlock()
		if !busy || len(w.warm) < cap(w.warm) {
			return
		}
		select {
		case <-w.look:
		case <-over.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// nudge has breathe look again.
func (w *Worker) nudge() {
	select {
	case w.look <- struct{}{}:
	default:
	}
}

func (w *Worker) stop() {
	w.mu.Lock()
	w.stopped = true
	var open []*session
	for _, s := range w.attempts {
		open = append(open, s)
	}
	w.mu.Unlock()
	w.die()
	for {
		select {
		case e := <-w.warm:
			e.Kill()
			e.Conn.Close()
			continue
		default:
		}
		break
	}
	for _, s := range open {
		s.mu.Lock()
		if s.link != nil {
			s.enclave.Kill()
			s.link.Close()
		}
		s.mu.Unlock()
	}
	w.tasks.Wait()
}

// Launch opens an enclave for a place of an attempt and returns its evidence.
// The same request again gets the same answer, another one for the same
// attempt is API_CONFLICT. A launch that fails leaves nothing behind.
func (w *Worker) Launch(ctx context.Context, req tacit.LaunchRequest) (tacit.LaunchReply, error) {
	reply, err := w.begin(ctx, req)
	if refused := w.refuse(ctx, req.Assignment.Task, req.Assignment.Attempt, err); refused != nil {
		return tacit.LaunchReply{Refused: refused}, nil
	}
	return reply, err
}

// refuse is this worker's signed word that it does not do an attempt, or nil if
// there is nothing to refuse or nobody to tell.
func (w *Worker) refuse(ctx context.Context, task wire.Digest, attempt uint8, why error) []tacit.Signed[tacit.Skip] {
	if why == nil || w.cfg.Refuse == nil || ctx.Err() != nil {
		return nil
	}
	return []tacit.Signed[tacit.Skip]{w.cfg.Refuse(tacit.Skip{Task: task, Attempt: attempt, Reason: tacit.SkipRefused, Code: string(fault.Of(why))})}
}

// begin is Launch without the refusal.
func (w *Worker) begin(ctx context.Context, req tacit.LaunchRequest) (tacit.LaunchReply, error) {
	s, err := w.session(attempt{req.Assignment.Task, req.Assignment.Attempt, req.Place}, true)
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	digest := wire.Hash("tacit/launch", req)
	if s.launch != nil {
		if s.digest != digest {
			return tacit.LaunchReply{}, fault.New(fault.APIConflict, "launch: this attempt was launched with another request")
		}
		return *s.launch, nil
	}
	if s.done != nil {
		return tacit.LaunchReply{}, fault.New(fault.ResBusy, "launch: an earlier launch of this attempt has just failed")
	}
	// gofail: var workerLaunching struct{}
	ctx, end := telemetry.Span(ctx, "launch enclave", req.Assignment.Task.String(), telemetry.Asks)
	reply, err := w.launch(ctx, s, req)
	end(err)
	if err != nil {
		s.done = make(chan struct{})
		close(s.done)
		w.end(s, false)
		return tacit.LaunchReply{}, fmt.Errorf("launch enclave: %w", err)
	}
	// gofail: var workerLaunched struct{}
	s.launch, s.digest = &reply, digest
	w.spawn(func() { w.expire(s) })
	return reply, nil
}

// launchTries is how many enclaves a launch takes beyond those that were kept
// warm, all of which may have died while they waited.
const launchTries = 3

// launch is called with s.mu held.
func (w *Worker) launch(ctx context.Context, s *session, req tacit.LaunchRequest) (reply tacit.LaunchReply, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.life, cancel)()
	s.result.most = 2*int64(req.Task.Requirements.Output) + resultRoom
	s.dispatcher, s.chunks = req.Task.Dispatcher, map[wire.Digest]int64{}
	for _, a := range req.Artefacts {
		if s.chunks[a.Root] == 0 {
			s.size += a.Size
		}
		s.chunks[a.Root] = tacit.Chunks(a.Size)
	}
	for range w.cfg.Warm + launchTries {
		if s.enclave, err = w.take(ctx, req); err != nil {
			return reply, err
		}
		link := wire.NewLink(s.enclave.Conn, true, func(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
			return w.serve(ctx, s, kind, payload)
		})
		kill, gone := s.enclave.Kill, make(chan struct{})
		s.link, s.gone = link, gone
		if !w.spawn(func() {
			defer close(gone)
			_ = link.Run(context.WithoutCancel(ctx)) // it ends with the enclave
			kill()
		}) {
			kill()
			link.Close()
			return reply, fault.New(fault.ResBusy, "launch: the worker stops")
		}
		reply, err = wire.AskFor[tacit.LaunchReply](ctx, link, tacit.FrameLaunch, tacit.FrameLabel, req)
		if !errors.Is(err, fault.Unreachable) {
			return reply, err
		}
		kill()
		link.Close()
	}
	return reply, fault.New(fault.ResBusy, "launch: %d enclaves ended one after the other: %w", w.cfg.Warm+launchTries, err)
}

// take is an enclave of the image that a launch needs: a warm one, or one that is opened
// for it.
func (w *Worker) take(ctx context.Context, req tacit.LaunchRequest) (Enclave, error) {
	image := ""
	if len(req.Artefacts) > 0 {
		image = tacit.EngineImage(tacit.Builtin(req.Artefacts[0].Plain))
	}
	if image != "" {
		open := w.cfg.Images[image]
		if open == nil {
			return Enclave{}, fault.New(fault.InferRuntime, "launch: this worker has no image %s", image)
		}
		return open(ctx)
	}
	select {
	case e := <-w.warm:
		w.nudge()
		return e, nil
	case <-ctx.Done():
		return Enclave{}, fault.New(fault.ResBusy, "launch: no enclave became ready in time")
	}
}

// spawn runs f in a goroutine that stop waits for; false if the worker stops.
func (w *Worker) spawn(f func()) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.tasks.Go(f)
	}
	return !w.stopped
}

// expire ends an attempt that gets no grants in time.
func (w *Worker) expire(s *session) {
	idle := time.NewTimer(w.cfg.Idle)
	defer idle.Stop()
	select {
	case <-idle.C:
	case <-s.gone: // set before expire began
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done != nil {
		return
	}
	s.err = fault.New(fault.TaskTimeout, "run attempt: its enclave ended without grants")
	s.done = make(chan struct{})
	close(s.done)
	w.end(s, true)
}

// Run hands the grants to a launched enclave and returns what it left behind.
// An attempt runs once, also if the caller leaves meanwhile: a retry gets the
// same answer.
func (w *Worker) Run(ctx context.Context, req tacit.RunRequest) (tacit.RunReply, error) {
	reply, err := w.carry(ctx, req)
	if refused := w.refuse(ctx, req.Task, req.Attempt, err); refused != nil {
		return tacit.RunReply{Refused: refused}, nil
	}
	return reply, err
}

// carry is Run without the refusal.
func (w *Worker) carry(ctx context.Context, req tacit.RunRequest) (tacit.RunReply, error) {
	s, err := w.session(attempt{req.Task, req.Attempt, req.Place}, false)
	if err != nil {
		return tacit.RunReply{}, err
	}
	s.mu.Lock()
	if s.launch == nil {
		s.mu.Unlock()
		return tacit.RunReply{}, fault.New(fault.ConsField, "run: the attempt was not launched")
	}
	if s.done == nil {
		done := make(chan struct{})
		if !w.spawn(func() { defer close(done); w.run(context.WithoutCancel(ctx), s, req) }) {
			s.mu.Unlock()
			return tacit.RunReply{}, fault.New(fault.ResBusy, "run: the worker stops")
		}
		s.done = done
	}
	done := s.done
	s.mu.Unlock()
	select {
	case <-done:
		return s.ran, s.err // no longer written
	case <-ctx.Done():
		return tacit.RunReply{}, fault.New(fault.TaskTimeout, "run: it goes on without its caller: %w", ctx.Err())
	}
}

// run is the one run of a session; nobody reads what it writes before it ends.
func (w *Worker) run(ctx context.Context, s *session, req tacit.RunRequest) {
	// gofail: var workerRunning struct{}
	defer w.tell(ctx, s)()
	ctx, end := telemetry.Span(ctx, "run enclave", req.Task.String(), telemetry.Asks)
	reply, err := wire.AskFor[tacit.RunReply](ctx, s.link, tacit.FrameRun, tacit.FrameLabel, req)
	end(err)
	if err == nil && s.result.put() != reply.Output.Root {
		err = fault.New(fault.DataCorrupt, "the output that arrived is not the one that the enclave signed")
	}
	switch {
	case errors.Is(err, fault.Unreachable): // the enclave, not this worker
		s.err = fault.New(fault.TaskFailed, "run attempt: its enclave ended: %w", err)
	case err != nil:
		s.err = fmt.Errorf("run attempt: %w", err)
	default:
		// gofail: var workerRan struct{}
		reply.Moved = s.moved.Load()
		s.ran = reply
	}
	w.end(s, true)
}

// tellEvery is how often a dispatcher is told how far a run is.
const tellEvery = time.Second

// tell says once a second how much of its inputs a session has had, until the function that
// it returns is called. What does not arrive is not said again.
func (w *Worker) tell(ctx context.Context, s *session) func() {
	if w.cfg.Tell == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		for last := int64(0); ; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(tellEvery):
			}
			if now := s.moved.Load(); now != last {
				last = now
				p := tacit.Progress{Task: s.at.task, Attempt: s.at.attempt, Place: s.at.place, Moved: min(now, s.size), Size: s.size}
				if err := w.cfg.Tell(ctx, s.dispatcher, p); err != nil && ctx.Err() == nil {
					w.cfg.Log.Debug("progress not told", "task", s.at.task.Short(), "err", err)
				}
			}
		}
	}()
	return cancel
}

// end kills the enclave of an attempt: it is never used again. If keep is set,
// the answer stays for retries.
func (w *Worker) end(s *session, keep bool) {
	if s.link != nil {
		s.enclave.Kill()
		s.link.Close()
	}
	s.result.discard()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	w.nudge()
	if !keep {
		delete(w.attempts, s.at)
		return
	}
	w.ended = append(w.ended, s.at)
	if len(w.ended) > kept {
		delete(w.attempts, w.ended[0])
		w.ended = w.ended[1:]
	}
}

func (w *Worker) session(at attempt, create bool) (*session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s, ok := w.attempts[at]; ok {
		return s, nil
	}
	if !create {
		return nil, fault.New(fault.APINotFound, "find attempt %d of task %s: it was not launched here", at.attempt, at.task.Short())
	}
	if w.running >= w.cfg.Capacity {
		return nil, fault.New(fault.ResBusy, "launch: %d attempts are in hand", w.running)
	}
	if w.unopened != nil && len(w.warm) == 0 {
		return nil, fault.New(fault.ResBusy, "launch: no enclave can be opened now: %w", w.unopened)
	}
	if w.cfg.Room != nil {
		if err := w.cfg.Room(); err != nil {
			return nil, err
		}
	}
	w.running++
	s := &session{at: at}
	w.attempts[at] = s
	return s, nil
}
