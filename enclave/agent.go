package enclave

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A Device is the platform's evidence device as the agent holds it.
type Device interface {
	attest.Attester
	SealingKey(ctx context.Context, label string) ([]byte, error)
	MeasureGuest(ctx context.Context, guest wire.Digest) error
}

// A Child is the process that runs one task behind walls.
type Child struct {
	Conn    io.ReadWriteCloser
	Kill    func()            // ends it and returns when it has ended
	Limit   func(data uint64) // bounds its writable memory in bytes; nil where nothing can
	Sandbox string            // full or partial
}

// sandboxFull is what a child says when every wall stands.
const sandboxFull = "full"

// Config says what an Agent needs.
type Config struct {
	// Host is the inherited link to the worker.
	Host io.ReadWriteCloser
	// Device ties evidence to this process.
	Device Device
	// Spawn starts the child; it is called at once, so that a pre-warmed agent
	// has a pre-warmed child. Keys come later.
	Spawn func() (Child, error)
	// Grace is how long after its time limit a child may take to stop by
	// itself [1s].
	Grace time.Duration
	// Compile is how long compiling a program may take; as long as it may run, if
	// that is longer: who grants a slow machine time grants it for both [1m].
	Compile time.Duration
	// Patience is how long the worker may take to answer one request [30s].
	Patience time.Duration
}

// An Agent runs one place of one attempt and ends.
type Agent struct {
	cfg   Config
	host  *wire.Link
	child Child
	guest *wire.Link

	mu       sync.Mutex // guards what follows; held over a whole launch or run
	launched *launched
	ran      []byte // the encoded RunReply, once there is one

	task  atomic.Pointer[run] // what the child's requests are answered from
	ended atomic.Bool         // there was one, and it is over
}

// launched is what an agent is bound to from its launch on.
type launched struct {
	request tacit.LaunchRequest
	digest  wire.Digest
	taskID  wire.Digest
	seal    *key.Sealer
	sign    *key.Signer
	reply   tacit.LaunchReply
}

// NewAgent checks the configuration and starts nothing.
func NewAgent(cfg Config) (*Agent, error) {
	if cfg.Host == nil || cfg.Device == nil || cfg.Spawn == nil {
		return nil, fault.New(fault.Internal, "make agent: host, device and spawn are required")
	}
	if cfg.Grace == 0 {
		cfg.Grace = time.Second
	}
	if cfg.Compile == 0 {
		cfg.Compile = time.Minute
	}
	if cfg.Patience == 0 {
		cfg.Patience = 30 * time.Second
	}
	return &Agent{cfg: cfg}, nil
}

// Run serves the worker until it closes the link; the child ends with it.
func (a *Agent) Run(ctx context.Context) error {
	child, err := a.cfg.Spawn()
	if err != nil {
		return err
	}
	defer child.Kill()
	a.child = child
	a.guest = wire.NewLink(child.Conn, true, a.fromGuest)
	a.host = wire.NewLink(a.cfg.Host, false, a.fromHost)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	guestDone := make(chan error, 1)
	go func() { guestDone <- a.guest.Run(ctx) }()
	err = a.host.Run(ctx)
	cancel()
	child.Kill()
	<-guestDone
	return err
}

func (a *Agent) fromHost(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	switch kind {
	case tacit.FrameLaunch:
		return wire.Answer(tacit.FrameLabel, payload, func(r tacit.LaunchRequest) (tacit.LaunchReply, error) { return a.launch(ctx, r) })
	case tacit.FrameRun:
		return wire.Answer(tacit.FrameLabel, payload, func(r tacit.RunRequest) (tacit.RunReply, error) { return a.run(ctx, r) })
	case tacit.FrameSession:
		return wire.Answer(tacit.FrameLabel, payload, func(r tacit.SessionRequest) (tacit.SessionReply, error) { return a.session(ctx, r) })
	}
	return nil, fault.New(fault.ProtoFrame, "serve worker: kind %d", kind)
}

// launch binds the agent to one place of one attempt, makes its keys and has
// them quoted. The same request again gets the same reply, any other is
// EVID_REUSED.
func (a *Agent) launch(ctx context.Context, r tacit.LaunchRequest) (tacit.LaunchReply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	digest := wire.Hash("tacit/launch", r)
	if l := a.launched; l != nil {
		if l.digest == digest {
			return l.reply, nil
		}
		return tacit.LaunchReply{}, fault.New(fault.EvidReused, "launch: this enclave belongs to another attempt")
	}
	id, err := checkLaunch(r)
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	l := &launched{request: r, digest: digest, taskID: id}
	if l.seal, err = key.NewSealer(); err != nil {
		return tacit.LaunchReply{}, err
	}
	if l.sign, err = key.NewSigner(); err != nil {
		return tacit.LaunchReply{}, err
	}
	l.reply.Keys = tacit.EnclaveKeys{Seal: l.seal.Recipient(), Receipt: l.sign.Address()}
	header := tacit.EpochHeader{Policy: r.Policy, Generation: r.Generation}
	data := tacit.TranscriptOf(r.Network, r.Assignment, r.Place, l.reply.Keys, header, r.Challenges, tacit.ManifestOf(r.Artefacts)).Data()
	// A machine that stays shows in this and all later evidence what came into it.
	if err = a.cfg.Device.MeasureGuest(ctx, r.Artefacts[0].Plain); err != nil {
		return tacit.LaunchReply{}, err
	}
	if l.reply.Evidence, err = a.cfg.Device.Evidence(ctx, data); err != nil {
		return tacit.LaunchReply{}, err
	}
	// Only a platform that protects nothing may do without a wall.
	if a.child.Sandbox != sandboxFull && l.reply.Evidence.Scheme != attest.SchemeSim {
		return tacit.LaunchReply{}, fault.New(fault.SandboxPartial, "launch: the walls around the guest are incomplete")
	}
	// gofail: var enclaveLaunched struct{}
	a.launched = l
	return l.reply, nil
}

// checkLaunch refuses what cannot be an attempt of this task. What the agent
// cannot judge (the draw, the catalogue) the managers judge before a key comes.
func checkLaunch(r tacit.LaunchRequest) (wire.Digest, error) {
	if err := r.Task.Check(); err != nil {
		return wire.Digest{}, err
	}
	id := r.Task.ID(r.Network)
	if r.Assignment.Task != id || int(r.Place) >= len(r.Assignment.Places) || r.Assignment.Places[r.Place].Index != r.Place {
		return id, fault.New(fault.ConsField, "launch: the assignment is not for this task and place")
	}
	if tacit.HashChallenges(r.Challenges) != r.Assignment.Challenges {
		return id, fault.New(fault.EvidStale, "launch: the challenges are not those of the assignment")
	}
	if len(r.Args) != 0 {
		return id, fault.New(fault.EvidManifest, "launch: arguments beyond the task are not part of the manifest")
	}
	for _, to := range r.Task.Recipients {
		if _, err := recipientOf(to); err != nil {
			return id, err
		}
	}
	want := 1 + len(r.Task.Inputs)
	if !r.Task.Params.IsZero() {
		want++
	}
	if len(r.Artefacts) != want {
		return id, fault.New(fault.ConsField, "launch: %d artefacts, want %d", len(r.Artefacts), want)
	}
	for i, in := range r.Task.Inputs {
		if in.Kind != tacit.InputEntry && r.Artefacts[i+1].Hash() != in.Ref {
			return id, fault.New(fault.ConsField, "launch: own input %q is not the one that the task names", in.Name)
		}
	}
	if !r.Task.Params.IsZero() && r.Artefacts[want-1].Hash() != r.Task.Params {
		return id, fault.New(fault.ConsField, "launch: the parameters are not those that the task names")
	}
	return id, nil
}

// run opens the grants, has the guest run and leaves a sealed result and a
// signed leaf. It happens once; a retry gets the same reply.
func (a *Agent) run(ctx context.Context, r tacit.RunRequest) (tacit.RunReply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.launched
	if l == nil {
		return tacit.RunReply{}, fault.New(fault.ConsField, "run: nothing was launched")
	}
	if r.Task != l.taskID || r.Attempt != l.request.Assignment.Attempt || r.Place != l.request.Place {
		return tacit.RunReply{}, fault.New(fault.ConsField, "run: another task, attempt or place than was launched")
	}
	if a.ran != nil {
		var again tacit.RunReply
		return again, wire.Unmarshal(tacit.FrameLabel, a.ran, &again)
	}
	task, err := a.open(l, r)
	if err != nil {
		return tacit.RunReply{}, err
	}
	defer task.erase()
	// gofail: var enclaveGrants string
	// noteGrants(enclaveGrants, r.Grants)

	// gofail: var enclaveOpened struct{}
	receipt, outcome, err := a.runGuest(ctx, task)
	if err != nil {
		return tacit.RunReply{}, err
	}
	// gofail: var enclaveRan struct{}
	reply, err := a.finish(ctx, task, receipt, outcome)
	if err != nil {
		return tacit.RunReply{}, err
	}
	// gofail: var enclaveSealed struct{}
	if a.ran, err = wire.Marshal(tacit.FrameLabel, reply); err != nil {
		return tacit.RunReply{}, err
	}
	l.seal, l.sign = nil, nil // the keys' work is done
	return reply, nil
}

// run is one opened task.
type run struct {
	launched *launched
	began    time.Time // when the grants came
	inline   map[wire.Digest][]byte
	keys     [][]byte // file keys in the order of the artefacts
	terms    tacit.GrantTerms
	cache    []byte // key that compiled code is sealed under
	secrets  []*secret
	rules    []rules // of the artefacts' owners
	seal     *key.Sealer
	sign     *key.Signer
	talk     talk // of a session

	host meter // of what the worker took to answer

	mu     sync.Mutex // guards what follows
	stored map[wire.Digest]*pending
	got    ended
	into   *[]byte // of it, where what comes next belongs; nil before the first file
}

// erase overwrites what must not outlive the task.
func (t *run) erase() {
	for _, k := range t.keys {
		clear(k)
	}
	clear(t.cache)
	for _, s := range t.secrets {
		s.erase()
	}
}

// open checks that there is exactly one grant per artefact, for this attempt,
// and opens them.
func (a *Agent) open(l *launched, r tacit.RunRequest) (*run, error) {
	artefacts := l.request.Artefacts
	if len(r.Grants) != len(artefacts) {
		return nil, fault.New(fault.KeyPolicy, "run: %d grants for %d artefacts", len(r.Grants), len(artefacts))
	}
	t := &run{launched: l, began: time.Now(), seal: l.seal, sign: l.sign, inline: map[wire.Digest][]byte{}, stored: map[wire.Digest]*pending{}}
	t.terms = tacit.GrantTerms{MaxOutput: l.request.Task.Requirements.Output, Logs: true}
	for i, g := range r.Grants {
		if g.Task != l.taskID || g.Attempt != r.Attempt || g.Place != r.Place || g.Artefact != artefacts[i].Header || g.Manager != artefacts[i].Manager {
			return nil, fault.New(fault.ConsField, "run: grant %d is for something else", i)
		}
		k, err := l.seal.Open(g.Info(l.request.Network), g.Sealed)
		if err != nil {
			return nil, err
		}
		t.keys = append(t.keys, k)
		if err := t.openSecrets(g); err != nil {
			return nil, err
		}
		t.rules = append(t.rules, rules{MinGroup: g.Terms.MinGroupSize, Sets: g.Terms.Sets, Differs: t.differs(g), Learn: g.Terms.Learn})
		t.terms.MaxOutput = min(t.terms.MaxOutput, g.Terms.MaxOutput)
		t.terms.Logs = t.terms.Logs && g.Terms.Logs
		t.terms.MinGroupSize = max(t.terms.MinGroupSize, g.Terms.MinGroupSize)
		t.terms.Timing = max(t.terms.Timing, g.Terms.Timing)
	}
	for _, in := range r.Inline {
		t.inline[in.Sealed.Root] = in.Data
	}
	var err error
	t.cache, err = a.cfg.Device.SealingKey(context.Background(), "code cache")
	return t, err
}

// serve has requests answered from t until stop is called.
func (a *Agent) serve(t *run) (stop func()) {
	a.task.Store(t)
	return func() {
		a.ended.Store(true) // before the task goes: nobody finds that none began
		a.task.Store(nil)
	}
}

// runGuest has the child run the task and judges how it ended. An error means
// that not even a failure receipt can be given.
func (a *Agent) runGuest(ctx context.Context, t *run) (tacit.Receipt, tacit.Outcome, error) {
	l := t.launched
	q := l.request.Task.Requirements
	receipt := tacit.Receipt{
		Network: l.request.Network, Task: l.taskID, Assignment: l.request.Assignment.Hash(), Attempt: l.request.Assignment.Attempt,
		Place: l.request.Place, Worker: l.request.Assignment.Places[l.request.Place].Worker, Params: l.request.Task.Params,
		Level: attest.LevelOf(l.reply.Evidence.Scheme), Boundary: attest.BoundaryProcess, Sandbox: a.child.Sandbox, Evidence: l.reply.Evidence.Digest(),
	}
	if a.child.Limit != nil {
		a.child.Limit(memoryOf(q))
	}
	defer a.serve(t)()
	running := time.Duration(l.request.Task.Requirements.Seconds) * time.Second
	got, err := a.askGuest(ctx, t, job{
		Artefacts: l.request.Artefacts, Keys: t.keys, Task: l.request.Task, Seed: guestSeed(l), MaxOutput: t.terms.MaxOutput,
		Compile: max(a.cfg.Compile, running), Secrets: t.given(), Rules: t.rules,
	})
	if err != nil {
		if ctx.Err() != nil {
			return receipt, tacit.Outcome{}, fault.New(fault.Unreachable, "run guest: the worker left")
		}
		got.Fault, got.Class, got.Fuel = string(fault.Of(err)), uint8(tacit.ExitGuest), q.Fuel // billed up to the limit
	}
	receipt.Code, receipt.Fuel, receipt.Memory, receipt.Read = got.Code, min(got.Fuel, q.Fuel), got.Memory, got.Read
	receipt.Exit, receipt.ExitCode = got.Class, got.ExitCode
	if got.Fault != "" {
		receipt.Fault = string(fault.Parse(got.Fault))
	}
	// The leaf is public: a guest that broke its child says no more there than
	// one that did not.
	if receipt.Exit < uint8(tacit.ExitOK) || receipt.Exit > uint8(tacit.ExitHost) {
		receipt.Exit = uint8(tacit.ExitGuest)
	}
	for i, size := range got.Sizes[:min(len(got.Sizes), len(l.request.Task.Inputs))] {
		input := tacit.ReceiptInput{Name: l.request.Task.Inputs[i].Name, Root: l.request.Artefacts[i+1].Root, Size: size}
		if i < len(got.Moved) && i < len(got.Asked) {
			input.Moved, input.Asked = got.Moved[i], got.Asked[i]
		}
		receipt.Inputs = append(receipt.Inputs, input)
	}
	receipt.Mode, receipt.Privacy = modeOf(got.Mode), privacyOf(got.Privacy)
	receipt.Secrets, receipt.Channels = t.had(), t.talk.end()
	outcome := tacit.Outcome{ExitCode: got.ExitCode, Fuel: receipt.Fuel, Outputs: got.Outputs}
	// What an engine of this image says is its own words, without data: whoever is refused
	// must learn why.
	if t.terms.Logs || tacit.Builtin(l.request.Artefacts[0].Plain) != "" {
		outcome.Stdout, outcome.Stderr = got.Stdout, got.Stderr
	}
	return receipt, outcome, nil
}

// memoryOf bounds a child's writable memory: what the engine allows a guest in
// memory and in /tmp, its output with the copies on its way out, and room for
// the compiler and Go.
func memoryOf(q tacit.Requirements) uint64 { return 2*q.Memory + 4*q.Output + 2<<30 }

// guestSeed is the seed of the guest's randomness: the same for every replica
// of an attempt, unknown before the draw.
func guestSeed(l *launched) wire.Digest {
	return new(wire.Words).String("tacit/guest").Digest(l.request.Assignment.Seed).Digest(l.taskID).Hash()
}
