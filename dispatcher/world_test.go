package dispatcher_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/key"
	"tacit/store/embedded"
	"tacit/wire"
)

func want(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil {
		t.Errorf("refused: %v", err)
	} else if code != "" && !errors.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// A world is a network with real managers and verifiers, workers that do real
// cryptography without computing, and a gateway over the state that the test
// made. It is the dispatcher's Peers.
type world struct {
	*mini.Network
	t         *testing.T
	service   tacit.Entry
	data      tacit.Entry
	fee       tacit.Money
	managers  map[wire.Address]tacit.KeyReleaser
	verifiers map[wire.Address]tacit.Verifier
	workers   map[wire.Address]*worker
	gateway   *gateway
	dir       string

	mu    sync.Mutex // guards what follows
	blobs map[wire.Digest][]byte
}

func newWorld(t *testing.T) *world {
	t.Helper()
	n := mini.New(t)
	w := &world{
		Network: n, t: t, managers: map[wire.Address]tacit.KeyReleaser{}, verifiers: map[wire.Address]tacit.Verifier{},
		workers: map[wire.Address]*worker{}, blobs: map[wire.Digest][]byte{}, dir: t.TempDir(),
	}
	n.Chain.Now.Time = uint64(time.Now().Unix()) // the vendor's certificates are of today
	m, end := n.Manager(0, nil)
	t.Cleanup(end)
	w.managers[n.Managers[0].Key.Address()] = m
	for i, p := range n.Verifiers {
		v, end := n.Verifier(i, w.chunk)
		t.Cleanup(end)
		w.verifiers[p.Key.Address()] = v
	}
	for _, p := range n.Workers {
		w.workers[p.Key.Address()] = &worker{w: w, party: p, places: map[string]*place{}}
	}
	var code, rows mini.Artefact
	w.service, code = n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	w.data, rows = n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), mini.Terms("acme/sum"))
	w.put(code.File)
	w.put(rows.File)
	w.gateway = &gateway{w: w, states: map[uint64]tacit.EpochState{}}
	w.epoch()
	w.fee = tacit.Quote(n.Genesis.Params, w.task(1), w.service, []tacit.Entry{w.data}).Total()
	return w
}

// epoch lets an epoch begin; nothing may be under way.
func (w *world) epoch() {
	w.Epoch()
	w.gateway.states[w.State.Header.Number] = w.State
}

func (w *world) put(data []byte) wire.Digest {
	w.mu.Lock()
	defer w.mu.Unlock()
	root := wire.MerkleRoot(tacit.ChunkLeaves(data))
	w.blobs[root] = data
	return root
}

func (w *world) chunk(_ context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	data, ok := w.blobs[root]
	if !ok {
		return tacit.Chunk{}, fault.New(fault.APINotFound, "fetch chunk of %s: it is not stored", root.Short())
	}
	leaves := tacit.ChunkLeaves(data)
	end := min(int64(len(data)), (i+1)*tacit.ChunkSize)
	return tacit.Chunk{Index: i, Total: int64(len(leaves)), Data: data[i*tacit.ChunkSize : end], Path: wire.MerklePath(leaves, int(i))}, nil
}

func (w *world) Manager(a wire.Address) (tacit.KeyReleaser, error) { return find(w.managers, a) }
func (w *world) Verifier(a wire.Address) (tacit.Verifier, error)   { return find(w.verifiers, a) }
func (w *world) Worker(a wire.Address) (tacit.Executor, error)     { return find(w.workers, a) }
func (w *world) Gateway() (tacit.Gateway, error)                   { return w.gateway, nil }

func find[T any](m map[wire.Address]T, a wire.Address) (T, error) {
	x, ok := m[a]
	if !ok {
		return x, fault.New(fault.Unreachable, "find %s: it is not connected", a)
	}
	return x, nil
}

// task is one of the network's user.
func (w *world) task(nonce uint64) tacit.Task {
	t := w.Task(w.service, w.data)
	t.Nonce = nonce
	return t
}

func (w *world) request(t tacit.Task) tacit.SubmitRequest {
	return tacit.SubmitRequest{Task: tacit.Sign(w.ID, w.User, t)}
}

func (w *world) id(t tacit.Task) wire.Digest { return t.ID(w.ID) }

// config is that of a dispatcher on the store of this name.
func (w *world) config(s tacit.Store) dispatcher.Config {
	return dispatcher.Config{
		Key: w.Dispatcher.Key, VRF: w.Dispatcher.VRF, Store: s, Headers: w.Headers, Peers: w, Fetch: w.chunk,
		Patience: 20 * time.Second, BatchEvery: 20 * time.Millisecond,
	}
}

func (w *world) open() *embedded.Store {
	w.t.Helper()
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(w.dir, "dispatcher.db"), Key: bytes.Repeat([]byte{9}, 32)})
	w.Must(err)
	return s
}

// A running dispatcher. stop ends it as a signal would, and closes its store.
type running struct {
	*dispatcher.Dispatcher
	w    *world
	stop func()
}

func (w *world) make(edit func(*dispatcher.Config)) *running {
	w.t.Helper()
	s := w.open()
	cfg := w.config(s)
	if edit != nil {
		edit(&cfg)
	}
	d, err := dispatcher.New(w.t.Context(), cfg)
	w.Must(err)
	r := &running{d, w, nil}
	r.stop = sync.OnceFunc(func() { s.Close() })
	w.t.Cleanup(r.stop)
	return r
}

func (r *running) run() *running {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(ctx)
	}()
	closeStore := r.stop
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		closeStore()
	})
	r.w.t.Cleanup(r.stop)
	return r
}

func (w *world) start(edit func(*dispatcher.Config)) *running { return w.make(edit).run() }

// end waits for the last event of a task and returns all.
func (r *running) end(id wire.Digest) []tacit.Event {
	r.w.t.Helper()
	ctx, cancel := context.WithTimeout(mini.As(r.w.User), time.Minute)
	defer cancel()
	var all []tacit.Event
	for {
		got, err := r.Events(ctx, tacit.EventsRequest{Task: id, After: uint64(len(all))})
		r.w.Must(err)
		for _, e := range got.Events {
			if all = append(all, e); e.Index != uint64(len(all)) {
				r.w.t.Errorf("event %d has index %d", len(all), e.Index)
			}
			if e.Final {
				return all
			}
		}
	}
}

// ran waits until the receipt of a task is journalled.
func (r *running) ran(id wire.Digest) {
	r.w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		// The stage of settlement begins when the receipt is journalled.
		seen, err := r.Events(mini.As(r.w.User), tacit.EventsRequest{Task: id})
		for _, e := range seen.Events {
			if e.Stage == "Settle" {
				return
			}
		}
		if time.Now().After(deadline) {
			got, _ := r.Events(mini.As(r.w.User), tacit.EventsRequest{Task: id})
			r.w.t.Fatalf("task did not run: %v: %+v", err, got.Events)
		}
	}
}

// submit accepts a task and returns its last event.
func (r *running) submit(t tacit.Task) tacit.Event {
	r.w.t.Helper()
	_, err := r.Submit(mini.As(r.w.User), r.w.request(t))
	r.w.Must(err)
	events := r.end(r.w.id(t))
	return events[len(events)-1]
}

// worker is an Executor: a chip that quotes and an enclave that signs.
type worker struct {
	w     *world
	party mini.Party

	mu       sync.Mutex // guards what follows
	places   map[string]*place
	launches int
	runs     int
	fail     func(stage string) error                       // stage is launch or run
	hold     func(ctx context.Context, attempt uint8) error // a run waits in it, beside others
	answer   func() error                                   // of a session
	full     int                                            // launches that it refuses first, as one whose places are taken
	debug    bool
	exit     tacit.ExitClass
}

type place struct {
	req  tacit.LaunchRequest
	seal *key.Sealer
	sign *key.Signer
}

func (k *worker) Launch(_ context.Context, req tacit.LaunchRequest) (tacit.LaunchReply, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.launches++
	if k.fail != nil {
		if err := k.fail("launch"); err != nil {
			return tacit.LaunchReply{}, err
		}
	}
	if k.full > 0 {
		k.full--
		no := tacit.Skip{Task: req.Assignment.Task, Attempt: req.Assignment.Attempt, Worker: k.party.Key.Address(), Reason: tacit.SkipRefused, Code: string(fault.ResBusy)}
		return tacit.LaunchReply{Refused: []tacit.Signed[tacit.Skip]{tacit.Sign(k.w.ID, k.party.Key, no)}}, nil
	}
	seal, err := key.NewSealer()
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	sign, err := key.NewSigner()
	if err != nil {
		return tacit.LaunchReply{}, err
	}
	keys := tacit.EnclaveKeys{Seal: seal.Recipient(), Receipt: sign.Address()}
	h := tacit.EpochHeader{Policy: req.Policy, Generation: req.Generation}
	t := tacit.TranscriptOf(req.Network, req.Assignment, req.Place, keys, h, req.Challenges, tacit.ManifestOf(req.Artefacts))
	vendor := *k.w.Vendor
	vendor.Debug = k.debug
	e, err := vendor.Quote(k.w.Enclave, sim.ManifestOf(nil, nil), t.Data())
	k.places[fmt.Sprintf("%s/%d", req.Assignment.Task, req.Assignment.Attempt)] = &place{req, seal, sign}
	return tacit.LaunchReply{Keys: keys, Evidence: e}, err
}

func (k *worker) Run(ctx context.Context, req tacit.RunRequest) (tacit.RunReply, error) {
	k.mu.Lock()
	hold := k.hold
	k.mu.Unlock()
	if hold != nil {
		if err := hold(ctx, req.Attempt); err != nil {
			return tacit.RunReply{}, err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.runs++
	if k.fail != nil {
		if err := k.fail("run"); err != nil {
			return tacit.RunReply{}, err
		}
	}
	p, ok := k.places[fmt.Sprintf("%s/%d", req.Task, req.Attempt)]
	if !ok || len(req.Grants) != len(p.req.Artefacts) {
		return tacit.RunReply{}, fault.New(fault.APINotFound, "run attempt: it was not launched, or %d grants", len(req.Grants))
	}
	for _, g := range req.Grants {
		if _, err := p.seal.Open(g.Info(p.req.Network), g.Sealed); err != nil {
			return tacit.RunReply{}, err
		}
	}
	exit := k.exit
	if exit == 0 {
		exit = tacit.ExitOK
	}
	out := bytes.Repeat([]byte{req.Attempt}, 100_000)
	leaf := tacit.Leaf{
		Kind: p.req.Task.Kind, Task: req.Task, Assignment: p.req.Assignment.Hash(), Attempt: req.Attempt, Place: req.Place,
		Commitment: wire.Sum([]byte("receipt")), Output: k.w.put(out), Exit: uint8(exit),
	}
	return tacit.RunReply{Leaf: tacit.Sign(p.req.Network, p.sign, leaf), Output: tacit.Sealed{Root: leaf.Output, Size: int64(len(out))}}, nil
}

// set changes a worker between its steps.
func (k *worker) set(edit func(*worker)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	edit(k)
}

// each changes every worker.
func (w *world) each(edit func(*worker)) {
	for _, k := range w.workers {
		k.set(edit)
	}
}

// count is how often all workers launched and ran.
func (w *world) count() (launches, runs int) {
	for _, k := range w.workers {
		k.set(func(k *worker) { launches, runs = launches+k.launches, runs+k.runs })
	}
	return launches, runs
}

// gateway shows the states that the test made and takes batches as the
// contract would: in order, each number once, each task once.
type gateway struct {
	tacit.Gateway
	w      *world
	states map[uint64]tacit.EpochState

	mu     sync.Mutex // guards what follows
	posted []tacit.PostBatchRequest
	down   bool
	lose   bool                   // the next batch is posted and the answer lost; then it is down
	direct map[wire.Digest]uint64 // blocks of direct settlements
	left   tacit.Money            // of the deposit, if that is short
	fates  int                    // questions about it
}

func (g *gateway) state(n uint64) (tacit.EpochState, error) {
	if n == 0 {
		return g.w.State, nil
	}
	s, ok := g.states[n]
	if !ok {
		return s, fault.New(fault.KeyFinality, "show epoch %d", n)
	}
	return s, nil
}

func (g *gateway) Node(_ context.Context, req tacit.ProofRequest) (tacit.NodeReply, error) {
	s, err := g.state(req.Epoch)
	if err != nil {
		return tacit.NodeReply{}, err
	}
	p, err := s.ProveNode(req.Key)
	return tacit.NodeReply{Epoch: s.Header.Number, Node: p}, err
}

func (g *gateway) Entry(_ context.Context, req tacit.ProofRequest) (tacit.EntryReply, error) {
	s, err := g.state(req.Epoch)
	if err != nil {
		return tacit.EntryReply{}, err
	}
	p, err := s.ProveEntry(req.ID)
	return tacit.EntryReply{Epoch: s.Header.Number, Entry: p}, err
}

func (g *gateway) Deposit(_ context.Context, req tacit.ProofRequest) (tacit.DepositReply, error) {
	s, err := g.state(req.Epoch)
	if err != nil {
		return tacit.DepositReply{}, err
	}
	p, err := s.ProveDeposit(req.Key)
	return tacit.DepositReply{Epoch: s.Header.Number, Deposit: p}, err
}

func (g *gateway) Pick(_ context.Context, req tacit.PickRequest) (tacit.Picked, error) {
	s, err := g.state(req.Epoch)
	if err != nil {
		return tacit.Picked{}, err
	}
	return tacit.Pick(req.Seed, req.Requirements, g.w.Genesis.Params, s.Workers, s.Verifiers)
}

func (g *gateway) Committee(_ context.Context, req tacit.CommitteeRequest) (tacit.PoolProof, error) {
	s, err := g.state(req.Epoch)
	return s.Committee(req.Dispatcher, req.Number), err
}

func (g *gateway) Pools(_ context.Context, req tacit.ProofRequest) (tacit.PoolsReply, error) {
	s, err := g.state(req.Epoch)
	return tacit.PoolsReply{Epoch: s.Header.Number, Workers: s.Workers.Members, WorkersRoot: s.Workers.Root, Verifiers: s.Verifiers.Members, VerifiersRoot: s.Verifiers.Root}, err
}

func (g *gateway) PostBatch(_ context.Context, req tacit.PostBatchRequest) (tacit.Posting, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return tacit.Posting{}, fault.New(fault.ChainUnavailable, "post batch: no answer")
	}
	if req.Batch.Number != uint64(len(g.posted))+1 {
		return tacit.Posting{}, fault.New(fault.ChainRevert, "post batch %d after %d", req.Batch.Number, len(g.posted))
	}
	if g.left != 0 && req.Batch.Total > g.left {
		return tacit.Posting{}, fault.New(fault.PayDeposit, "post batch %d: DepositShort", req.Batch.Number)
	}
	g.posted = append(g.posted, req)
	if g.lose {
		g.lose, g.down = false, true
		return tacit.Posting{}, fault.New(fault.ChainUnavailable, "post batch: the answer was lost")
	}
	return tacit.Posting{Block: g.w.State.Header.Block + 1}, nil
}

func (g *gateway) Fate(_ context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return tacit.Fate{}, fault.New(fault.ChainUnavailable, "show fate: no answer")
	}
	g.fates++
	var f tacit.Fate
	if n := int(req.Number); n <= len(g.posted) {
		f.Block, f.Leaves = g.w.State.Header.Block, g.posted[n-1].Batch.Leaves
	}
	for _, id := range req.Tasks {
		f.Direct = append(f.Direct, g.direct[id])
	}
	return f, nil
}

func (g *gateway) set(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = down
}

func (g *gateway) batches() []tacit.PostBatchRequest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]tacit.PostBatchRequest{}, g.posted...)
}

func (g *gateway) change(f func(*gateway)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(g)
}

func (g *gateway) asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.fates
}

// Session answers with what it was asked, so that a test sees that it came here.
func (k *worker) Session(_ context.Context, req tacit.SessionRequest) (tacit.SessionReply, error) {
	k.mu.Lock()
	answer := k.answer
	k.mu.Unlock()
	if answer != nil {
		if err := answer(); err != nil {
			return tacit.SessionReply{}, err
		}
	}
	return tacit.SessionReply{Body: append([]byte("answered "), req.Body...)}, nil
}
