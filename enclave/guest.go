package enclave

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The frames between the agent (host side) and its child.
const (
	frameJob      uint8 = 1  // agent asks: job -> done
	frameChunk    uint8 = 2  // child asks: tacit.ChunkAsk -> tacit.Chunk, both as the worker has them
	frameOutput   uint8 = 3  // child gives: outputPart -> tacit.Part
	frameCacheGet uint8 = 4  // child asks: tacit.CacheAsk -> bare bytes from there on; fewer than wire.MaxMessage are the last
	frameCachePut uint8 = 5  // child gives: tacit.CachePart -> tacit.Part
	frameUse      uint8 = 6  // child asks: tacit.KeyUse -> tacit.KeyAnswer
	frameChunks   uint8 = 7  // child asks: tacit.RunAsk -> bare bytes as tacit.RunOf makes them
	frameBytes    uint8 = 8  // child gives: bare bytes behind those of the last outputPart -> nothing
	frameRequest  uint8 = 9  // agent asks: bare bytes of a session's request -> the first byte of an answer in a channel, and the answer
	frameEnd      uint8 = 10 // agent asks: nothing -> nothing; a session takes no more requests
	frameServes   uint8 = 11 // agent asks: nothing -> nothing; SESSION_OVER where the task is no session
)

const guestLabel = "tacit/guest"

// most is how much a child may hand back in all: what the largest task may
// declare as output.
const most = 1 << 30

// job is what a child needs to run one task.
type job struct {
	Artefacts []tacit.Sealed `cbor:"1,keyasint"`
	Keys      [][]byte       `cbor:"2,keyasint"` // age file keys, in the same order
	Task      tacit.Task     `cbor:"3,keyasint"`
	Seed      wire.Digest    `cbor:"4,keyasint"`
	MaxOutput uint64         `cbor:"5,keyasint"`
	Compile   time.Duration  `cbor:"6,keyasint"`

	Secrets []tacit.GivenSecret `cbor:"7,keyasint"`
	Rules   []rules             `cbor:"8,keyasint,omitempty"` // of the artefacts' owners, in the same order
}

// rules are what the owner of an artefact demands of an engine that knows rows.
type rules struct {
	MinGroup uint64          `cbor:"1,keyasint"`
	Sets     *tacit.SetRules `cbor:"2,keyasint"`
	Differs  []string        `cbor:"3,keyasint"` // the uses by which sketches are compared; none if they are not

	Learn *tacit.LearnRules `cbor:"4,keyasint,omitempty"`
}

// done is how a run ended; the outputs came before it in parts.
type done struct {
	Class    uint8       `cbor:"1,keyasint"` // tacit.ExitClass
	ExitCode int32       `cbor:"2,keyasint"`
	Fault    string      `cbor:"3,keyasint"`
	Fuel     uint64      `cbor:"4,keyasint"`
	Memory   int64       `cbor:"5,keyasint"`
	Read     int64       `cbor:"6,keyasint"`
	Code     wire.Digest `cbor:"7,keyasint"`
	Sizes    []int64     `cbor:"8,keyasint"`            // plaintext bytes of each input
	Moved    []int64     `cbor:"9,keyasint,omitempty"`  // bytes of its ciphertext that came
	Asked    []int64     `cbor:"10,keyasint,omitempty"` // requests for them
	Mode     string      `cbor:"11,keyasint,omitempty"`
	Privacy  string      `cbor:"12,keyasint,omitempty"`
}

// outputPart is the beginning of a file. Kind tells files from the two streams.
type outputPart struct {
	Kind uint8   `cbor:"1,keyasint"`
	Name string  `cbor:"2,keyasint"`
	Data []byte  `cbor:"3,keyasint"`
	To   []uint8 `cbor:"4,keyasint,omitempty"` // recipients of a file, as tacit.Output has them
	Size int64   `cbor:"5,keyasint,omitempty"` // bytes of all of it
}

const (
	partFile   uint8 = 0
	partStdout uint8 = 1
	partStderr uint8 = 2
)

// ended is done with the outputs gathered.
type ended struct {
	done
	Outputs        []tacit.Output
	Stdout, Stderr []byte
	reserved       int64 // bytes that they may take by what was said of them
}

// pending is something that arrives in parts.
type pending struct{ data []byte }

// An Engines makes the engine of one run over a cache of compiled code.
type Engines func(cache Cache) (tacit.Engine, error)

// A Cache keeps compiled code between tasks; what it returns is what was put
// in by this image on this chip.
type Cache interface {
	Get(key wire.Digest) ([]byte, bool)
	Put(key wire.Digest, compiled []byte)
}

// RunChild serves the agent over conn: one task, then the end. It is to be
// called behind walls, with nothing but conn open.
func RunChild(ctx context.Context, conn io.ReadWriteCloser, engines Engines) error {
	c := &child{engines: engines, begun: make(chan struct{})}
	c.agent = wire.NewLink(conn, false, c.serve)
	return c.agent.Run(ctx)
}

type child struct {
	agent   *wire.Link
	engines Engines
	waits   meter // for ciphertext

	begun   chan struct{} // closed when serving is known
	serving *serving      // nil where the task is no session
}

// slowest is how long a guest may wait for its inputs and still be the one at
// fault when its time is over.
const slowest = time.Second

func (c *child) serve(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	switch kind {
	case frameJob:
		return wire.Answer(guestLabel, payload, func(j job) (done, error) { return c.run(ctx, j), nil })
	case frameRequest, frameEnd, frameServes:
		return c.session(ctx, kind, payload)
	}
	return nil, fault.New(fault.ProtoFrame, "serve agent: kind %d", kind)
}

// run opens the artefacts and runs the engine; whatever happens is told in
// done, without data.
func (c *child) run(ctx context.Context, j job) done {
	var d done
	fail := func(class tacit.ExitClass, err error) done {
		d.Class, d.Fault = uint8(class), string(fault.Of(err))
		return d
	}
	begin := sync.OnceFunc(func() { close(c.begun) })
	defer begin()
	if len(j.Artefacts) == 0 || len(j.Keys) != len(j.Artefacts) || len(j.Rules) != len(j.Artefacts) {
		return fail(tacit.ExitHost, fault.New(fault.ConsField, "open code: no artefacts or keys"))
	}
	q := j.Task.Requirements
	d.Code = j.Artefacts[0].Plain
	run := tacit.Job{
		// What was compiled from this very program spares opening it. Else it is
		// compared before the compiler sees it (N41).
		Sum: j.Artefacts[0].Plain,
		Open: func() ([]byte, error) {
			code, err := c.openCode(ctx, j)
			d.Code = wire.Sum(code)
			return code, err
		},
		Args: []string{"service"}, Seed: j.Seed, Clock: guestClock,
		Limits: tacit.Limits{
			Fuel: q.Fuel, Memory: int64(q.Memory), Output: int64(min(q.Output, j.MaxOutput)), Files: 256,
			Time: time.Duration(q.Seconds) * time.Second, CodeSize: 64 << 20, CompileIn: j.Compile,
		},
	}
	moved := make([]flow, len(j.Task.Inputs))
	engineName := tacit.Builtin(j.Artefacts[0].Plain)
	var steps []part
	for i, in := range j.Task.Inputs {
		r, size, err := c.open(ctx, j, i+1, &moved[i])
		if err != nil {
			return fail(tacit.ExitHost, err)
		}
		d.Sizes = append(d.Sizes, size)
		d.Read += size
		f := tacit.GuestFile{Alias: in.Name, Size: size, Data: r}
		if in.Kind == tacit.InputOutput {
			steps = append(steps, part{in, j.Artefacts[i+1].Root, f, j.Rules[i+1]})
			continue
		}
		run.Inputs = append(run.Inputs, c.ruled(ctx, f, in, j.Rules[i+1], engineName))
	}
	joined, err := c.join(ctx, steps, engineName)
	switch {
	case fault.Of(err) == fault.DataConsent || fault.Of(err) == fault.APIField: // what the task asks for
		return fail(tacit.ExitGuest, err)
	case err != nil:
		return fail(tacit.ExitHost, err)
	}
	run.Inputs = append(run.Inputs, joined...)
	run.Recipients, run.Onward = len(j.Task.Recipients), j.Task.Onward()
	if !j.Task.Params.IsZero() {
		r, size, err := c.open(ctx, j, len(j.Artefacts)-1, nil)
		if err != nil {
			return fail(tacit.ExitHost, err)
		}
		if size > 1<<20 {
			return fail(tacit.ExitGuest, fault.New(fault.APISize, "open parameters"))
		}
		run.Params = make([]byte, size)
		if _, err := r.ReadAt(run.Params, 0); err != nil && err != io.EOF {
			return fail(tacit.ExitHost, err)
		}
	}
	c.furnish(ctx, &run, j.Secrets)
	if s := sessionOf(engineName, run.Params); s != nil {
		c.serving, run.Requests = s, s.requests
		defer time.AfterFunc(run.Limits.Time-min(run.Limits.Time/10, winding), s.end).Stop()
	}
	begin()
	// An engine for large inputs holds them: the collector would start again and again at
	// the limit that suits small tasks.
	debug.SetMemoryLimit(max(smallest, int64(q.Memory)+2*int64(q.Output)))
	engine, err := c.engines(&linkCache{ctx, c.agent})
	if err != nil {
		return fail(tacit.ExitHost, err)
	}
	before := c.waits.waited()
	out, err := engine.Run(ctx, run)
	if c.serving != nil {
		c.serving.returned(err)
	}
	d.Fuel, d.Memory, d.ExitCode, d.Mode, d.Privacy = out.Fuel, out.PeakMem, out.ExitCode, out.Mode, out.Privacy
	for i := range moved {
		d.Moved, d.Asked = append(d.Moved, moved[i].bytes.Load()), append(d.Asked, moved[i].asked.Load())
	}
	if errors.Is(err, fault.WasmTime) && out.Fuel < q.Fuel && c.waits.waited()-before > slowest {
		// Else a worker could make time run out by being slow, and be paid.
		err = fault.New(fault.TaskTimeout, "run guest: it waited for the worker")
	}
	class := tacit.ExitOK
	if err != nil {
		class, d.Fault = tacit.ExitGuest, string(fault.Of(err))
		if !guestFault(err) {
			class = tacit.ExitHost
		}
	}
	d.Class = uint8(class)
	if err := c.give(ctx, out, class == tacit.ExitOK); err != nil {
		return fail(tacit.ExitHost, err)
	}
	return d
}

// winding is how long before its time is over a session takes no more requests.
const winding = 2 * time.Second

// sessionOf is the session that parameters ask an engine of this image for, or nil.
func sessionOf(engine string, params []byte) *serving {
	var p tacit.SessionParams
	if engine == "" || json.Unmarshal(params, &p) != nil || p.Operation != tacit.OperationServe {
		return nil
	}
	return newServing(p.Requests)
}

// guestClock is the fixed time that every guest reads.
var guestClock = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// guestFault reports whether the guest is at fault; only then is it billed for
// the run.
func guestFault(err error) bool {
	switch code := fault.Of(err); code {
	case fault.APISize, fault.DataSmall, fault.DataDifference, fault.DataConsent, fault.KeyPolicy:
		return true // of the owners' rules: another worker would say the same
	case fault.InferRuntime:
		return false // of the image: another worker's may have one
	default:
		family, _, _ := strings.Cut(string(code), "_")
		return family == "WASM" || family == "PSI" || family == "LEARN" || family == "INFER"
	}
}

// modeOf is what a receipt says of a mode: nothing that is not of an engine here.
func modeOf(mode string) string {
	if mode == "plain" || mode == "oblivious" {
		return mode
	}
	return ""
}

// privacyOf is what a receipt says of privacy: nothing but numbers.
func privacyOf(said string) string {
	var epsilon, delta float64
	if n, err := fmt.Sscanf(said, "epsilon=%g delta=%g", &epsilon, &delta); n != 2 || err != nil {
		return ""
	}
	return tacit.PrivacyOf(epsilon, delta)
}

// A flow counts what came for an input, from wherever it lies.
type flow struct{ bytes, asked atomic.Int64 }

// openCode reads the whole program.
func (c *child) openCode(ctx context.Context, j job) ([]byte, error) {
	r, size, err := c.open(ctx, j, 0, nil)
	if err != nil {
		return nil, err
	}
	if size > 64<<20 {
		return nil, fault.New(fault.APISize, "open code: %d bytes, at most 64 MiB", size)
	}
	code := make([]byte, size)
	if _, err := r.ReadAt(code, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return code, nil
}

// open gives an artefact's plaintext, verified chunk by chunk against its root
// and then by age under its file key, at every read.
func (c *child) open(ctx context.Context, j job, i int, came *flow) (io.ReaderAt, int64, error) {
	sealed := j.Artefacts[i]
	chunks, err := tacit.NewChunkReader(ctx, sealed, func(ctx context.Context, index int64) (tacit.Chunk, error) {
		defer c.waits.start()()
		got, err := wire.AskFor[tacit.Chunk](ctx, c.agent, frameChunk, tacit.FrameLabel, tacit.ChunkAsk{Root: sealed.Root, Index: index})
		if came != nil {
			came.asked.Add(1)
			came.bytes.Add(int64(len(got.Data)))
		}
		return got, err
	})
	if err != nil {
		return nil, 0, err
	}
	chunks.ByRuns(func(ctx context.Context, index int64, room []byte) ([]byte, error) {
		defer c.waits.start()()
		ask, err := wire.Marshal(tacit.FrameLabel, tacit.RunAsk{Root: sealed.Root, Index: index})
		if err != nil {
			return nil, err
		}
		got, err := c.agent.AskInto(ctx, frameChunks, ask, room)
		if came != nil {
			came.asked.Add(1)
			came.bytes.Add(int64(len(got)))
		}
		return got, err
	})
	file := io.NewSectionReader(chunks, 0, sealed.Size)
	if i > 0 && i <= len(j.Task.Inputs) && j.Task.Inputs[i-1].Kind == tacit.InputOutput {
		if file, err = j.Task.Inputs[i-1].StepSection(chunks, sealed.Size); err != nil {
			return nil, 0, err
		}
	}
	header, err := age.ExtractHeader(io.NewSectionReader(file, 0, file.Size()))
	if err != nil && fault.Of(err) != fault.Internal {
		return nil, 0, err // of the chunks, not of the header
	}
	if err != nil || wire.Sum(header) != sealed.Header {
		return nil, 0, fault.New(fault.DataCorrupt, "open artefact %d: its header is not the one that was agreed on", i)
	}
	r, size, err := age.DecryptReaderAt(file, file.Size(), age.NewInjectedFileKeyIdentity(slices.Clone(j.Keys[i])))
	if err != nil {
		return nil, 0, fault.New(fault.DataCorrupt, "open artefact %d: the key does not open it", i)
	}
	return r, size, nil
}

// firstPart is how much of a file comes with its name: all of most files.
const firstPart = 16 << 10

// give hands the outputs back in parts. A failed run gives only its streams.
func (c *child) give(ctx context.Context, out tacit.Outcome, files bool) error {
	send := func(kind uint8, name string, data []byte, to []uint8) error {
		n := min(len(data), firstPart)
		if _, err := wire.AskFor[tacit.Part](ctx, c.agent, frameOutput, guestLabel, outputPart{kind, name, data[:n], to, int64(len(data))}); err != nil {
			return err
		}
		for data = data[n:]; len(data) > 0; data = data[n:] {
			n = min(len(data), tacit.PartSize)
			if _, err := c.agent.Give(ctx, frameBytes, data[:n]); err != nil {
				return err
			}
		}
		return nil
	}
	if files {
		for _, f := range out.Outputs {
			if err := send(partFile, f.Name, f.Data, f.To); err != nil {
				return err
			}
		}
	}
	if len(out.Stdout) > 0 {
		if err := send(partStdout, "", out.Stdout, nil); err != nil {
			return err
		}
	}
	if len(out.Stderr) > 0 {
		return send(partStderr, "", out.Stderr, nil)
	}
	return nil
}

// askGuest sends the job and gathers what comes back; fromGuest puts the parts
// into the run. The limit is kept from outside the process too: a child that
// does not stop by itself is killed, which is WASM_TIME, and one that ended
// without an answer is WASM_MEMORY. Neither says anything of the worker: time
// that it took to answer does not count.
func (a *Agent) askGuest(ctx context.Context, t *run, j job) (ended, error) {
	limit := j.Compile + time.Duration(j.Task.Requirements.Seconds)*time.Second + a.cfg.Grace
	asked, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	over := fault.New(fault.WasmTime, "run guest: it did not stop by itself")
	go func() {
		for began := time.Now(); ; {
			left := limit + t.host.waited() - time.Since(began)
			if left <= 0 {
				cancel(over)
				return
			}
			select {
			case <-asked.Done():
				return
			case <-time.After(left):
			}
		}
	}()
	d, err := wire.AskFor[done](asked, a.guest, frameJob, guestLabel, j)
	switch {
	case err == nil:
	case context.Cause(asked) == error(over):
		a.child.Kill()
		err = over
	case ctx.Err() == nil:
		a.child.Kill()
		err = fault.New(fault.WasmMemory, "run guest: its process ended")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	got := t.got
	got.done = d
	return got, err
}

// A meter adds up the time in which at least one request to the worker waits.
type meter struct {
	mu    sync.Mutex // guards what follows
	open  int
	since time.Time
	sum   time.Duration
}

func (m *meter) waited() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open > 0 {
		return m.sum + time.Since(m.since)
	}
	return m.sum
}

// start begins a wait and returns its end.
func (m *meter) start() func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == 0 {
		m.since = time.Now()
	}
	m.open++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.open--; m.open == 0 {
			m.sum += time.Since(m.since)
		}
	}
}

// askHost asks the worker on behalf of the child; a worker that does not answer
// in time is at fault, not the guest.
func askHost[Res any](ctx context.Context, a *Agent, t *run, kind uint8, req any) (Res, error) {
	var res Res
	b, err := wire.Marshal(tacit.FrameLabel, req)
	if err != nil {
		return res, err
	}
	out, err := a.relay(ctx, t, kind, b)
	if err != nil {
		return res, err
	}
	return res, wire.Unmarshal(tacit.FrameLabel, out, &res)
}

// relay is askHost for bytes that the agent need not understand.
func (a *Agent) relay(ctx context.Context, t *run, kind uint8, payload []byte) ([]byte, error) {
	defer t.host.start()()
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Patience)
	defer cancel()
	return a.host.Ask(ctx, kind, payload)
}

// fromGuest answers the child: chunks from the worker, parts of the output, and
// the code cache.
func (a *Agent) fromGuest(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	t := a.task.Load()
	if t == nil {
		return nil, fault.New(fault.ConsField, "serve guest: no task runs")
	}
	switch kind {
	case frameChunk:
		return a.chunk(ctx, t, payload)
	case frameChunks:
		return a.chunkRun(ctx, t, payload)
	case frameOutput:
		return wire.Answer(guestLabel, payload, t.gather)
	case frameBytes:
		return nil, t.more(payload)
	case frameCacheGet:
		return a.cacheGet(ctx, t, payload)
	case frameCachePut:
		return wire.Answer(guestLabel, payload, func(p tacit.CachePart) (tacit.Part, error) { return a.cachePut(ctx, t, p) })
	case frameUse:
		return wire.Answer(guestLabel, payload, func(u tacit.KeyUse) (tacit.KeyAnswer, error) { return a.use(ctx, t, u) })
	}
	return nil, fault.New(fault.ProtoFrame, "serve guest: kind %d", kind)
}

// chunk serves inline data itself and relays everything else as it is; the
// child verifies both alike.
func (a *Agent) chunk(ctx context.Context, t *run, payload []byte) ([]byte, error) {
	var q tacit.ChunkAsk
	if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
		return nil, err
	}
	data, ok := t.inline[q.Root]
	if !ok {
		return a.relay(ctx, t, tacit.FrameChunk, payload)
	}
	c, err := tacit.ChunkOf(data, q.Index)
	if err != nil {
		return nil, err
	}
	return wire.Marshal(tacit.FrameLabel, c)
}

// chunkRun is chunk for a run.
func (a *Agent) chunkRun(ctx context.Context, t *run, payload []byte) ([]byte, error) {
	var q tacit.RunAsk
	if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
		return nil, err
	}
	data, ok := t.inline[q.Root]
	if !ok {
		return a.relay(ctx, t, tacit.FrameChunks, payload)
	}
	from, to, err := tacit.RunChunksOf(q.Index, tacit.Chunks(int64(len(data))))
	if err != nil {
		return nil, err
	}
	chunks := make([]tacit.Chunk, to-from)
	for i := range chunks {
		if chunks[i], err = tacit.ChunkOf(data, from+int64(i)); err != nil {
			return nil, err
		}
	}
	return tacit.RunOf(chunks)
}

// mostName is above every path that a guest can make, and below what an archive takes.
const mostName = 64 << 10

// gather begins a file or stream of what the child gives, in memory for the whole of it. A
// child that its guest took over may not end the run by a name that no archive takes: it
// would look as if the worker had failed.
func (t *run) gather(p outputPart) (tacit.Part, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := &t.got
	t.into = nil // what is refused takes nothing
	need := max(int64(len(p.Data)), p.Size)
	if need > most-g.reserved || len(g.Outputs) > 1024 {
		return tacit.Part{}, fault.New(fault.WasmOutput, "take output: more than a task may declare")
	}
	switch p.Kind {
	case partStdout:
		t.into = &g.Stdout
	case partStderr:
		t.into = &g.Stderr
	default:
		if p.Name == "" || len(p.Name) > mostName || strings.ContainsRune(p.Name, 0) {
			return tacit.Part{}, fault.New(fault.WasmOutput, "take output: %.40q names no file in an archive", p.Name)
		}
		g.Outputs = append(g.Outputs, tacit.Output{Name: p.Name, Data: make([]byte, 0, need), To: p.To})
		t.into = &g.Outputs[len(g.Outputs)-1].Data
	}
	g.reserved += need
	*t.into = append(*t.into, p.Data...)
	return tacit.Part{}, nil
}

// more adds bytes to what was begun last; those beyond what was said of it count anew.
func (t *run) more(data []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.into == nil {
		return fault.New(fault.ProtoFrame, "take output: bytes of no file")
	}
	need := max(0, int64(len(*t.into)+len(data)-cap(*t.into)))
	if need > most-t.got.reserved {
		return fault.New(fault.WasmOutput, "take output: more than a task may declare")
	}
	t.got.reserved += need
	*t.into = append(*t.into, data...)
	return nil
}
