// Package gateway shows the chain to roles that run no node of it: signed
// epoch headers, inclusion proofs under them, and a place to have batches
// posted that others signed.
//
// A gateway is not trusted and holds no secret but the key that pays for its
// transactions. It gathers the signatures of headers from the verifiers that
// are connected to it; a wrong header finds no signers, and a wrong proof leads
// to no signed root.
package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A Poster puts what others signed on the chain.
type Poster interface {
	PostHeader(ctx context.Context, h tacit.SignedHeader) error
	PostBatch(ctx context.Context, req tacit.PostBatchRequest) (uint64, error)
	// Fate returns what final blocks hold of a batch and of tasks.
	Fate(ctx context.Context, req tacit.FateRequest) (tacit.Fate, error)
	// Claim credits each payee with its part of a batch whose window is over and
	// returns the newest block that a credit was made in, 0 if all were made before.
	Claim(ctx context.Context, b tacit.Batch, payouts []tacit.Payout) (uint64, error)
	// Node returns a registered node as it is now, and Anchor anchors its checkpoint.
	Node(ctx context.Context, key wire.Address) (tacit.Node, error)
	Anchor(ctx context.Context, a tacit.Signed[tacit.Anchor]) error
	// Posted returns the number of the newest header on the chain.
	Posted(ctx context.Context) (uint64, error)
}

// Config says what a Gateway needs.
type Config struct {
	Genesis tacit.Genesis
	Epochs  wire.Address
	Chain   tacit.Chain
	Poster  Poster
	Store   tacit.Store
	// PrivateHooks lets webhooks be inside this network and without TLS, as on
	// a devnet: whoever owns a dataset chooses their addresses.
	PrivateHooks bool
	// Every is how often it looks for a new epoch [300ms].
	Every time.Duration
	Log   *slog.Logger
}

// keep is how many epochs' trees stay at hand.
const keep = 64

// A Gateway serves one network. mu guards its state; verifiers come and go.
type Gateway struct {
	cfg     Config
	network wire.Digest
	hooks   *hooks

	mu      sync.Mutex // guards what follows
	signers map[wire.Address]tacit.Verifier
	headers []tacit.SignedHeader // from epoch 1 on, without gaps
	states  map[uint64]tacit.EpochState
	sets    map[wire.Digest]attest.PolicySet // that were asked for; as many as there are generations
	anchors map[wire.Address]int             // headers that there were when a node's checkpoint was posted
	changed chan struct{}                    // closed and replaced when a header is added
}

// New reads the headers it kept and starts nothing.
func New(ctx context.Context, cfg Config) (*Gateway, error) {
	if cfg.Chain == nil || cfg.Poster == nil || cfg.Store == nil {
		return nil, fault.New(fault.Internal, "make gateway: chain, poster and store are required")
	}
	if cfg.Every == 0 {
		cfg.Every = 300 * time.Millisecond
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	g := &Gateway{cfg: cfg, network: cfg.Genesis.Network(cfg.Epochs), hooks: newHooks(cfg.PrivateHooks), signers: map[wire.Address]tacit.Verifier{}, states: map[uint64]tacit.EpochState{}, sets: map[wire.Digest]attest.PolicySet{}, anchors: map[wire.Address]int{}, changed: make(chan struct{})}
	for from := "header/"; ; {
		items, _, err := cfg.Store.Range(ctx, from, "header0", 256)
		if err != nil {
			return nil, fmt.Errorf("read kept headers: %w", err)
		}
		for _, item := range items {
			var h tacit.SignedHeader
			if err := wire.Unmarshal("tacit/gateway/header", item.Value, &h); err != nil {
				return nil, err
			}
			g.headers = append(g.headers, h)
			from = item.Key + "\x00"
		}
		if len(items) < 256 {
			return g, nil
		}
	}
}

// Join makes a verifier's signatures available until leave is called.
func (g *Gateway) Join(node wire.Address, v tacit.Verifier) (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.signers[node] = v
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.signers[node] == v {
			delete(g.signers, node)
		}
	}
}

// Run makes a header of every epoch, in order, until ctx ends, and claims for
// payees. Each claim waits for its block, so claims are made beside the headers:
// epochs go on however many batches are due.
func (g *Gateway) Run(ctx context.Context) error {
	claimed := make(chan struct{})
	go func() {
		defer close(claimed)
		_ = g.often(ctx, func() {
			if err := g.claim(ctx); err != nil && ctx.Err() == nil {
				g.cfg.Log.Warn("payouts not claimed yet", "err", err)
			}
		})
	}()
	defer func() { <-claimed }()
	return g.often(ctx, func() {
		if err := g.step(ctx); err != nil && ctx.Err() == nil {
			g.cfg.Log.Debug("no new header yet", "err", err)
		}
	})
}

// often calls do now and then every Config.Every, until ctx ends.
func (g *Gateway) often(ctx context.Context, do func()) error {
	t := time.NewTicker(g.cfg.Every)
	defer t.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}

// step makes the next header if its block is final, and posts what the chain
// does not have yet.
func (g *Gateway) step(ctx context.Context) error {
	g.mu.Lock()
	number := uint64(len(g.headers)) + 1
	previous, signers := g.cfg.Genesis.Header(), g.cfg.Genesis.Signers
	if n := len(g.headers); n > 0 {
		previous = g.headers[n-1].Header
	}
	g.mu.Unlock()
	final, err := g.cfg.Chain.Final(ctx)
	if err != nil {
		return err
	}
	if err := g.post(ctx); err != nil {
		g.cfg.Log.Warn("header not posted", "err", err)
	}
	block := g.cfg.Chain.Start() + number*g.cfg.Genesis.Params.EpochLength
	if block > final {
		return nil
	}
	if number > 1 {
		before, err := g.state(ctx, number-1)
		if err != nil {
			return err
		}
		if len(before.NextSigners) > 0 {
			signers = before.NextSigners
		}
	}
	state, err := g.build(ctx, previous, number, block)
	if err != nil {
		return err
	}
	signed, err := g.gather(ctx, state.Header, signers)
	if err != nil {
		return err
	}
	// gofail: var gatewayHeaderSigned struct{}
	b, err := wire.Marshal("tacit/gateway/header", signed)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("header/%012d", number)
	if _, err := g.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: key}}, Then: []tacit.Put{{Key: key, Value: b}}}); err != nil {
		return err
	}
	g.mu.Lock()
	g.headers = append(g.headers, signed)
	g.states[number] = state
	delete(g.states, number-keep)
	close(g.changed)
	g.changed = make(chan struct{})
	g.mu.Unlock()
	g.cfg.Log.Info("epoch header", "epoch", number, "workers", state.Workers.Root.Count, "verifiers", state.Verifiers.Root.Count)
	// gofail: var gatewayHeaderKept struct{}
	return g.post(ctx)
}

// gather asks every connected signer and stops as soon as the header has more
// than two thirds.
func (g *Gateway) gather(ctx context.Context, h tacit.EpochHeader, signers []wire.Address) (tacit.SignedHeader, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	type answer struct {
		i   int
		sig key.Signature
		err error
	}
	answers := make(chan answer, len(signers))
	asked := 0
	g.mu.Lock()
	for i, s := range signers {
		if v, ok := g.signers[s]; ok {
			asked++
			go func() {
				signed, err := v.Header(ctx, tacit.HeaderRequest{Number: h.Number})
				if err == nil {
					_, err = tacit.Signed[tacit.EpochHeader]{Body: h, Sig: signed.Sig}.Check(g.network, s)
				}
				answers <- answer{i, signed.Sig, err}
			}()
		}
	}
	g.mu.Unlock()
	out := tacit.SignedHeader{Header: h, Signers: signers, Sigs: make([]key.Signature, len(signers))}
	got := 0
	var last error
	for range asked {
		a := <-answers
		if a.err != nil {
			last = a.err
			continue
		}
		out.Sigs[a.i] = a.sig
		if got++; 3*got > 2*len(signers) {
			return out, nil
		}
	}
	return out, fault.New(fault.ConsHeader, "gather header %d: %d of %d signatures, %d connected: %w", h.Number, got, len(signers), asked, last)
}

// post brings the chain up to the newest header. Gaps are fine on the chain as
// long as the signing set did not change in them.
func (g *Gateway) post(ctx context.Context) error {
	posted, err := g.cfg.Poster.Posted(ctx)
	if err != nil {
		return err
	}
	g.mu.Lock()
	headers := g.headers
	g.mu.Unlock()
	for posted < uint64(len(headers)) {
		if err := g.cfg.Poster.PostHeader(ctx, headers[posted]); err != nil {
			return err
		}
		posted++
	}
	return nil
}

func (g *Gateway) build(ctx context.Context, previous tacit.EpochHeader, number, block uint64) (tacit.EpochState, error) {
	state, err := g.cfg.Chain.State(ctx, block)
	if err != nil {
		return tacit.EpochState{}, err
	}
	tickets, err := g.cfg.Chain.Tickets(ctx, number)
	if err != nil {
		return tacit.EpochState{}, err
	}
	return tacit.BuildEpoch(g.network, g.cfg.Genesis.Params, previous, number, state, tickets)
}

// state is that of an epoch whose header was made; after a restart it is built
// again from the chain.
func (g *Gateway) state(ctx context.Context, number uint64) (tacit.EpochState, error) {
	g.mu.Lock()
	s, ok := g.states[number]
	made := uint64(len(g.headers))
	previous := g.cfg.Genesis.Header()
	if number > 1 && number <= made {
		previous = g.headers[number-2].Header
	}
	g.mu.Unlock()
	if ok {
		return s, nil
	}
	if number == 0 || number > made {
		return tacit.EpochState{}, fault.New(fault.KeyFinality, "show epoch %d: the newest is %d", number, made)
	}
	s, err := g.build(ctx, previous, number, g.cfg.Chain.Start()+number*g.cfg.Genesis.Params.EpochLength)
	if err != nil {
		return s, err
	}
	if number+keep > made { // older ones are built when asked and not kept
		g.mu.Lock()
		g.states[number] = s
		g.mu.Unlock()
	}
	return s, nil
}

func (g *Gateway) epoch(ctx context.Context, number uint64) (tacit.EpochState, error) {
	if number == 0 {
		g.mu.Lock()
		number = uint64(len(g.headers))
		g.mu.Unlock()
		if number == 0 {
			return tacit.EpochState{}, fault.New(fault.KeyFinality, "show newest epoch: there is no signed header yet")
		}
	}
	return g.state(ctx, number)
}

// Ready reports whether there is a signed header to show.
func (g *Gateway) Ready() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.headers) == 0 {
		return fault.New(fault.KeyFinality, "look whether the gateway is ready: there is no signed header yet")
	}
	return nil
}

// Headers returns signed headers after a number; it waits a moment for one.
func (g *Gateway) Headers(ctx context.Context, req tacit.HeadersRequest) (tacit.HeadersReply, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if req.After >= uint64(len(g.headers)) {
		return tacit.HeadersReply{}, nil
	}
	list := g.headers[req.After:]
	return tacit.HeadersReply{Headers: list[:min(len(list), 64)]}, nil
}

// Policies shows the set that a header names: the genesis' own, or what the chain
// keeps of a generation.
func (g *Gateway) Policies(ctx context.Context, req tacit.PoliciesRequest) (tacit.PoliciesReply, error) {
	first := g.cfg.Genesis.Policies
	if req.Generation == first.Generation {
		return tacit.PoliciesReply{Set: first}, nil
	}
	g.mu.Lock()
	set, ok := g.sets[req.Digest]
	g.mu.Unlock()
	if ok {
		return tacit.PoliciesReply{Set: set}, nil
	}
	set, err := g.cfg.Chain.Policies(ctx, req.Generation)
	if err != nil {
		return tacit.PoliciesReply{}, err
	}
	if digest := set.Digest(); digest != req.Digest {
		return tacit.PoliciesReply{}, fault.Denied(fault.APINotFound, "show policies", "digest", req.Digest.Short(), digest.Short())
	}
	g.mu.Lock()
	g.sets[req.Digest] = set
	g.mu.Unlock()
	return tacit.PoliciesReply{Set: set}, nil
}

// Node shows a registered node.
func (g *Gateway) Node(ctx context.Context, req tacit.ProofRequest) (tacit.NodeReply, error) {
	s, err := g.epoch(ctx, req.Epoch)
	if err != nil {
		return tacit.NodeReply{}, err
	}
	p, err := s.ProveNode(req.Key)
	return tacit.NodeReply{Epoch: s.Header.Number, Node: p}, err
}

// Entry shows a catalogue entry.
func (g *Gateway) Entry(ctx context.Context, req tacit.ProofRequest) (tacit.EntryReply, error) {
	s, err := g.epoch(ctx, req.Epoch)
	if err != nil {
		return tacit.EntryReply{}, err
	}
	p, err := s.ProveEntry(req.ID)
	return tacit.EntryReply{Epoch: s.Header.Number, Entry: p}, err
}

// Deposit shows a user's deposit.
func (g *Gateway) Deposit(ctx context.Context, req tacit.ProofRequest) (tacit.DepositReply, error) {
	s, err := g.epoch(ctx, req.Epoch)
	if err != nil {
		return tacit.DepositReply{}, err
	}
	p, err := s.ProveDeposit(req.Key)
	return tacit.DepositReply{Epoch: s.Header.Number, Deposit: p}, err
}

// Pools shows the pools, the registry and the catalogue of an epoch.
func (g *Gateway) Pools(ctx context.Context, req tacit.ProofRequest) (tacit.PoolsReply, error) {
	s, err := g.epoch(ctx, req.Epoch)
	if err != nil {
		return tacit.PoolsReply{}, err
	}
	return tacit.PoolsReply{Epoch: s.Header.Number, Workers: s.Workers.Members, WorkersRoot: s.Workers.Root, Verifiers: s.Verifiers.Members,
		VerifiersRoot: s.Verifiers.Root, Nodes: s.Nodes, Entries: s.Entries}, nil
}

// Pick shows the members that a draw hits.
func (g *Gateway) Pick(ctx context.Context, req tacit.PickRequest) (tacit.Picked, error) {
	s, err := g.epoch(ctx, req.Epoch)
	if err != nil {
		return tacit.Picked{}, err
	}
	return tacit.Pick(req.Seed, req.Requirements, g.cfg.Genesis.Params, s.Workers, s.Verifiers)
}

// Committee shows who holds seats in the settlement committee of a batch.
func (g *Gateway) Committee(ctx context.Context, req tacit.CommitteeRequest) (tacit.PoolProof, error) {
	s, err := g.epoch(ctx, req.Epoch)
	if err != nil {
		return tacit.PoolProof{}, err
	}
	return s.Committee(req.Dispatcher, req.Number), nil
}

// PostBatch puts a signed batch on the chain and returns its block.
func (g *Gateway) PostBatch(ctx context.Context, req tacit.PostBatchRequest) (tacit.Posting, error) {
	if err := checkPayouts(req); err != nil {
		return tacit.Posting{}, err
	}
	if err := g.post(ctx); err != nil { // the contract must know the header that the batch names
		return tacit.Posting{}, err
	}
	if err := g.noteClaims(ctx, req); err != nil {
		return tacit.Posting{}, err
	}
	// gofail: var gatewayPosting struct{}
	block, err := g.cfg.Poster.PostBatch(ctx, req)
	if err != nil {
		return tacit.Posting{}, err
	}
	// gofail: var gatewayPosted struct{}
	return tacit.Posting{Block: block}, nil
}

// Fate shows what became of a batch and of tasks.
func (g *Gateway) Fate(ctx context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	if len(req.Tasks) > tacit.MostTasks {
		return tacit.Fate{}, fault.Denied(fault.APISize, "show fate", "tasks", "at most "+strconv.Itoa(tacit.MostTasks), strconv.Itoa(len(req.Tasks)))
	}
	return g.cfg.Poster.Fate(ctx, req)
}
