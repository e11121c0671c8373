package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/gateway"
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

// chain is the network's chain for several goroutines.
type chain struct {
	mu sync.Mutex // guards n.Chain
	n  *mini.Network
}

func (c *chain) Start() uint64 { return 0 }

func (c *chain) Final(ctx context.Context) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n.Chain.Final(ctx)
}

func (c *chain) State(ctx context.Context, block uint64) (tacit.ChainState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n.Chain.State(ctx, block)
}

func (c *chain) Tickets(ctx context.Context, epoch uint64) ([]tacit.Ticket, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n.Chain.Tickets(ctx, epoch)
}

func (c *chain) Policies(ctx context.Context, generation uint64) (attest.PolicySet, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n.Chain.Policies(ctx, generation)
}

// epoch lets the network's next epoch begin.
func (c *chain) epoch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.Epoch()
}

// signer is a verifier that signs what the network made.
type signer struct {
	tacit.Verifier
	c    *chain
	i    int
	edit func(*tacit.Signed[tacit.EpochHeader])
}

func (s *signer) Header(_ context.Context, req tacit.HeaderRequest) (tacit.Signed[tacit.EpochHeader], error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	h := tacit.Sign(s.c.n.ID, s.c.n.Verifiers[s.i].Key, s.c.n.Headers.Signed[req.Number].Header)
	if s.edit != nil {
		s.edit(&h)
	}
	return h, nil
}

// poster is the contracts: headers only forward, claims each once.
type poster struct {
	mu      sync.Mutex // guards what follows
	headers []uint64
	batches []tacit.Batch
	claims  []tacit.Payout
	block   uint64
	credit  uint64                                      // block that credits are made in
	fate    func(tacit.FateRequest) (tacit.Fate, error) // nil: what was posted stands
	lost    bool                                        // posting succeeds and answers that it failed
	refuse  wire.Address                                // claims of this dispatcher's batches fail
	node    *tacit.Node                                 // that is registered; its anchor is what was anchored
	anchors int                                         // transactions
	hang    bool                                        // claims wait for a block that does not come
}

func (p *poster) PostHeader(_ context.Context, h tacit.SignedHeader) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.headers = append(p.headers, h.Header.Number)
	return nil
}

func (p *poster) Posted(context.Context) (uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return uint64(len(p.headers)), nil
}

func (p *poster) PostBatch(_ context.Context, req tacit.PostBatchRequest) (uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.batches = append(p.batches, req.Batch)
	if p.lost {
		return 0, fault.New(fault.ChainUnavailable, "post batch: the answer is lost")
	}
	return p.block, nil
}

func (p *poster) Fate(_ context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fate != nil {
		return p.fate(req)
	}
	f := tacit.Fate{Block: p.block, Direct: make([]uint64, len(req.Tasks))}
	for _, b := range p.batches {
		if b.Dispatcher == req.Dispatcher && b.Number == req.Number {
			f.Leaves = b.Leaves
		}
	}
	return f, nil
}

func (p *poster) Claim(ctx context.Context, b tacit.Batch, payouts []tacit.Payout) (uint64, error) {
	if p.hang {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if wire.PairRoot(tacit.PayoutLeaves(payouts)) != b.Payouts {
		return 0, fault.New(fault.ChainProof, "claim: not those of the batch")
	}
	if b.Dispatcher == p.refuse {
		return 0, fault.New(fault.ChainRevert, "claim: refused")
	}
	if slices.Contains(p.claims, payouts[0]) {
		return 0, nil
	}
	p.claims = append(p.claims, payouts...)
	return p.credit, nil
}

func (p *poster) claimed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.claims)
}

type world struct {
	*mini.Network
	t     *testing.T
	chain *chain
	post  *poster
	path  string
	store *embedded.Store // of the gateway that was started last
}

func newWorld(t *testing.T) *world {
	n := mini.New(t)
	return &world{Network: n, t: t, chain: &chain{n: n}, post: &poster{}, path: filepath.Join(t.TempDir(), "gateway.db")}
}

// start runs a gateway on the world's store with these signers.
func (w *world) start(signers ...*signer) (*gateway.Gateway, func()) {
	w.t.Helper()
	s, err := embedded.Open(embedded.Config{Path: w.path, Key: bytes.Repeat([]byte{1}, 32)})
	w.Must(err)
	w.store = s
	g, err := gateway.New(w.t.Context(), gateway.Config{
		Genesis: w.Genesis, Epochs: w.Epochs, Chain: w.chain, Poster: w.post, Store: s, Every: 2 * time.Millisecond,
	})
	w.Must(err)
	for _, v := range signers {
		g.Join(w.Verifiers[v.i].Key.Address(), v)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = g.Run(ctx)
	}()
	stop := sync.OnceFunc(func() {
		cancel()
		<-done
		s.Close()
	})
	w.t.Cleanup(stop)
	return g, stop
}

func (w *world) signers(from, to int) []*signer {
	var list []*signer
	for i := from; i < to; i++ {
		list = append(list, &signer{c: w.chain, i: i})
	}
	return list
}

// reach waits until the gateway shows so many headers.
func (w *world) reach(g *gateway.Gateway, n int) []tacit.SignedHeader {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		r, err := g.Headers(w.t.Context(), tacit.HeadersRequest{})
		w.Must(err)
		if len(r.Headers) >= n {
			return r.Headers
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d headers, want %d", len(r.Headers), n)
		}
	}
}

func TestHeadersNeedMoreThanTwoThirds(t *testing.T) {
	wrong := map[string]func(*tacit.Signed[tacit.EpochHeader]){
		"forged":             func(s *tacit.Signed[tacit.EpochHeader]) { s.Sig[3]++ },
		"over other content": nil, // set below: it needs the key
	}
	for _, tt := range []struct {
		name   string
		honest int
		wrong  string // of the others, "" if they are not connected
		enough bool
	}{
		{"twin: all of them", 7, "", true},
		{"twin: five of seven", 5, "", true},
		{"twin: five of seven, the others forge", 5, "forged", true},
		{"four of seven", 4, "", false},
		{"four of seven, the others forge", 4, "forged", false},
		{"four of seven, the others sign another header", 4, "over other content", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			list := w.signers(0, tt.honest)
			if tt.wrong != "" {
				for _, s := range w.signers(tt.honest, 7) {
					if s.edit = wrong[tt.wrong]; s.edit == nil {
						s.edit = func(h *tacit.Signed[tacit.EpochHeader]) {
							h.Body.Beacon[0]++
							*h = tacit.Sign(w.ID, w.Verifiers[s.i].Key, h.Body)
						}
					}
					list = append(list, s)
				}
			}
			g, _ := w.start(list...)
			if tt.enough {
				view := tacit.NewView(w.Genesis, w.Epochs)
				for _, h := range w.reach(g, 2) {
					var err error
					if view, err = view.Advance(h); err != nil {
						t.Error(err)
					}
				}
				return
			}
			time.Sleep(100 * time.Millisecond)
			r, err := g.Headers(t.Context(), tacit.HeadersRequest{})
			if err != nil || len(r.Headers) != 0 {
				t.Errorf("%d headers, %v", len(r.Headers), err)
			}
			_, err = g.Entry(t.Context(), tacit.ProofRequest{})
			want(t, err, fault.KeyFinality)
			// As soon as one more is there, it goes on.
			g.Join(w.Verifiers[6].Key.Address(), &signer{c: w.chain, i: 6})
			if tt.wrong == "" {
				w.reach(g, 2)
			}
		})
	}
}

func TestProofsLeadToTheSignedHeader(t *testing.T) {
	w := newWorld(t)
	m, end := w.Manager(0, nil)
	defer end()
	entry, _ := w.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	w.chain.epoch()
	g, stop := w.start(w.signers(0, 7)...)
	check := func(t *testing.T, g *gateway.Gateway) {
		h := w.reach(g, 3)[2].Header
		n, err := g.Node(t.Context(), tacit.ProofRequest{Epoch: 3, Key: w.Verifiers[2].Key.Address()})
		w.Must(err)
		if got, err := n.Node.Check(h); err != nil || got != w.Verifiers[2].Node {
			t.Errorf("node = %+v, %v", got, err)
		}
		e, err := g.Entry(t.Context(), tacit.ProofRequest{ID: entry.ID})
		w.Must(err)
		if got, err := e.Entry.Check(h); err != nil || got != entry || e.Epoch != 3 {
			t.Errorf("entry = %+v of epoch %d, %v", got, e.Epoch, err)
		}
		d, err := g.Deposit(t.Context(), tacit.ProofRequest{Epoch: 3, Key: w.User.Address()})
		w.Must(err)
		if got, err := d.Deposit.Check(h); err != nil || got.Amount != 10e9 {
			t.Errorf("deposit = %+v, %v", got, err)
		}
		p, err := g.Pools(t.Context(), tacit.ProofRequest{Epoch: 3})
		w.Must(err)
		if p.WorkersRoot.Digest() != h.Workers || p.VerifiersRoot.Digest() != h.Verifiers || len(p.Verifiers) != 7 {
			t.Errorf("pools = %+v", p)
		}
		_, err = g.Entry(t.Context(), tacit.ProofRequest{Epoch: 2, ID: entry.ID})
		want(t, err, fault.APINotFound) // it came later
		_, err = g.Entry(t.Context(), tacit.ProofRequest{Epoch: 4, ID: entry.ID})
		want(t, err, fault.KeyFinality)
		_, err = g.Deposit(t.Context(), tacit.ProofRequest{Key: w.Owner.Address()})
		want(t, err, fault.PayDeposit)
	}
	check(t, g)
	stop()
	t.Run("also after a restart, without any signer", func(t *testing.T) {
		g, _ := w.start()
		check(t, g)
		if _, err := w.post.Posted(t.Context()); err != nil || len(w.post.headers) != 3 {
			t.Errorf("posted %v: each header once", w.post.headers)
		}
	})
}

func TestPoliciesAreThoseThatAHeaderNames(t *testing.T) {
	w := newWorld(t)
	first := w.Genesis.Policies
	second := w.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: "a"}} })
	third := w.Govern(true, func(s *attest.PolicySet) { s.Denied = nil })
	g, _ := w.start()
	for _, tt := range []struct {
		name string
		req  tacit.PoliciesRequest
		set  attest.PolicySet
		want fault.Code
	}{
		{"twin: the genesis'", tacit.PoliciesRequest{Generation: 1, Digest: first.Digest()}, first, ""},
		{"twin: the second", tacit.PoliciesRequest{Generation: 2, Digest: second.Digest()}, second, ""},
		{"twin: the third", tacit.PoliciesRequest{Generation: 3, Digest: third.Digest()}, third, ""},
		{"twin: once more", tacit.PoliciesRequest{Generation: 2, Digest: second.Digest()}, second, ""},
		{"another digest", tacit.PoliciesRequest{Generation: 3, Digest: first.Digest()}, first, fault.APINotFound},
		{"a generation that was not posted", tacit.PoliciesRequest{Generation: 4}, first, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := g.Policies(t.Context(), tt.req)
			want(t, err, tt.want)
			if tt.want == "" && got.Set.Digest() != tt.set.Digest() {
				t.Errorf("got generation %d", got.Set.Generation)
			}
		})
	}
}

// batch is a batch of one dispatcher with these payouts; nobody here looks at
// its signatures.
func batch(dispatcher wire.Address, payouts ...tacit.Payout) tacit.PostBatchRequest {
	b, debits, net := tacit.MakeBatch(dispatcher, 1, 1, nil, payouts)
	return tacit.PostBatchRequest{Batch: b, Debits: debits, Payouts: net}
}

func TestClaimsWaitForTheWindow(t *testing.T) {
	w := newWorld(t)
	g, stop := w.start(w.signers(0, 7)...)
	w.reach(g, 2)
	bad := wire.Address{1} // sorts before the good one
	w.post.mu.Lock()
	w.post.block, w.post.refuse = w.Chain.Now.Block, bad
	w.post.mu.Unlock()
	two := []tacit.Payout{{Payee: w.User.Address(), Amount: 3}, {Payee: w.Owner.Address(), Amount: 4}}
	for _, who := range []wire.Address{bad, {2}} {
		_, err := g.PostBatch(t.Context(), batch(who, two...))
		w.Must(err)
	}
	t.Run("payouts that nobody signed are not taken", func(t *testing.T) {
		req := batch(wire.Address{3}, two...)
		req.Payouts[0].Amount++
		_, err := g.PostBatch(t.Context(), req)
		want(t, err, fault.ConsField)
		if len(w.post.batches) != 2 {
			t.Error("it was posted")
		}
	})
	step := func(blocks uint64) {
		w.chain.mu.Lock()
		w.Chain.Now.Block += blocks
		w.chain.mu.Unlock()
	}
	t.Run("none inside the window", func(t *testing.T) {
		step(w.Genesis.Params.ChallengeWindow)
		time.Sleep(50 * time.Millisecond)
		if n := w.post.claimed(); n != 0 {
			t.Errorf("%d claims", n)
		}
	})
	stop() // and a restart forgets none
	w.start(w.signers(0, 7)...)
	t.Run("twin: after it, also behind a batch that fails", func(t *testing.T) {
		step(1)
		for deadline := time.Now().Add(30 * time.Second); w.post.claimed() < 2 && time.Now().Before(deadline); {
			time.Sleep(2 * time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		if n := w.post.claimed(); n != 2 {
			t.Errorf("%d claims, want each payee's once", n)
		}
	})
}

// A node of the chain that is killed can lose credits after their receipts were
// shown. They are made again, until they are final.
func TestLostCreditsAreMadeAgain(t *testing.T) {
	w := newWorld(t)
	g, _ := w.start(w.signers(0, 7)...)
	w.reach(g, 1)
	step := func(blocks uint64) {
		w.chain.mu.Lock()
		w.Chain.Now.Block += blocks
		w.chain.mu.Unlock()
	}
	claims := func(n int) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); w.post.claimed() != n; time.Sleep(2 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d claims, want %d", w.post.claimed(), n)
			}
		}
	}
	w.post.mu.Lock()
	w.post.block = w.Chain.Now.Block
	w.post.credit = w.Chain.Now.Block + w.Genesis.Params.ChallengeWindow + 4
	w.post.mu.Unlock()
	_, err := g.PostBatch(t.Context(), batch(wire.Address{2}, tacit.Payout{Payee: w.User.Address(), Amount: 3}))
	w.Must(err)
	step(w.Genesis.Params.ChallengeWindow + 1)
	claims(1)
	w.post.mu.Lock()
	w.post.claims = nil // lost with its block
	w.post.mu.Unlock()
	step(3)
	claims(1)
	t.Run("twin: what is final is done with", func(t *testing.T) {
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
			items, _, err := w.store.Range(t.Context(), "due/", "due0", 1)
			w.Must(err)
			if len(items) == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("the batch is still due")
			}
		}
	})
}

// What is claimed for is the chain's to say and not that of an answer: payees of
// a batch that stands are credited whatever became of its posting, and what
// does not stand is asked for no longer than it could come.
func TestPayeesAreClaimedForIfTheBatchStands(t *testing.T) {
	stands := func(b tacit.Batch, block uint64) (tacit.Fate, error) {
		return tacit.Fate{Block: block, Leaves: b.Leaves}, nil
	}
	for _, tt := range []struct {
		name  string
		lost  bool
		later bool // the chain is asked when a withdrawal delay has passed
		fate  func(b tacit.Batch, now uint64) (tacit.Fate, error)
		again bool // the chain then says that it stands
		want  int  // payees
	}{
		{"twin: it stands", false, false, func(b tacit.Batch, _ uint64) (tacit.Fate, error) { return stands(b, 1) }, true, 2},
		{"the answer to its posting was lost", true, false, func(b tacit.Batch, _ uint64) (tacit.Fate, error) { return stands(b, 1) }, true, 2},
		{"the gateway was away for long", true, true, func(b tacit.Batch, _ uint64) (tacit.Fate, error) { return stands(b, 1) }, true, 2},
		{"the chain does not say yet", true, true, func(tacit.Batch, uint64) (tacit.Fate, error) {
			return tacit.Fate{}, fault.New(fault.ChainUnavailable, "not final yet")
		}, true, 2},
		{"it comes later", true, false, func(tacit.Batch, uint64) (tacit.Fate, error) { return tacit.Fate{}, nil }, true, 2},
		{"its window is not over", true, false, func(b tacit.Batch, now uint64) (tacit.Fate, error) { return stands(b, now) }, false, 0},
		{"it never comes", true, true, func(tacit.Batch, uint64) (tacit.Fate, error) { return tacit.Fate{}, nil }, true, 0},
		{"another of its number stands", true, false, func(tacit.Batch, uint64) (tacit.Fate, error) {
			return tacit.Fate{Block: 1, Leaves: wire.Digest{1}}, nil
		}, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			g, stop := w.start(w.signers(0, 7)...)
			w.reach(g, 2)
			stop()
			s, err := embedded.Open(embedded.Config{Path: w.path, Key: bytes.Repeat([]byte{1}, 32)})
			w.Must(err)
			g, err = gateway.New(t.Context(), gateway.Config{Genesis: w.Genesis, Epochs: w.Epochs, Chain: w.chain, Poster: w.post, Store: s})
			w.Must(err)
			req := batch(wire.Address{2}, tacit.Payout{Payee: w.User.Address(), Amount: 3}, tacit.Payout{Payee: w.Owner.Address(), Amount: 4})
			w.post.lost = tt.lost
			_, err = g.PostBatch(t.Context(), req)
			if (err != nil) != tt.lost {
				t.Fatal(err)
			}
			s.Close() // and nothing of it is in memory
			blocks := w.Genesis.Params.ChallengeWindow + 1
			if tt.later {
				blocks += w.Genesis.Params.WithdrawDelay + 1
			}
			w.Chain.Now.Block += blocks
			now := w.Chain.Now.Block
			asked := make(chan struct{}, 1000)
			w.post.fate = func(tacit.FateRequest) (tacit.Fate, error) {
				select {
				case asked <- struct{}{}:
				default:
				}
				return tt.fate(req.Batch, now)
			}
			_, stop = w.start()
			<-asked
			if tt.again {
				time.Sleep(20 * time.Millisecond)
				w.post.mu.Lock()
				w.post.fate = func(tacit.FateRequest) (tacit.Fate, error) { return stands(req.Batch, 1) }
				w.post.mu.Unlock()
			}
			for deadline := time.Now().Add(30 * time.Second); w.post.claimed() < tt.want && time.Now().Before(deadline); {
				time.Sleep(2 * time.Millisecond)
			}
			time.Sleep(20 * time.Millisecond)
			if n := w.post.claimed(); n != tt.want {
				t.Errorf("%d payees credited, want %d", n, tt.want)
			}
		})
	}
}

// Epochs go on while claims wait for their blocks: else many batches would
// leave the network without a newer header, and so without newer tasks.
func TestHeadersGoOnWhileClaimsWait(t *testing.T) {
	w := newWorld(t)
	w.post.hang = true
	g, _ := w.start(w.signers(0, 7)...)
	w.reach(g, 1)
	w.post.mu.Lock()
	w.post.block = 0
	w.post.mu.Unlock()
	_, err := g.PostBatch(t.Context(), batch(wire.Address{2}, tacit.Payout{Payee: w.User.Address(), Amount: 3}))
	w.Must(err)
	w.chain.epoch() // is longer than the window
	w.reach(g, 3)
	w.chain.epoch()
	w.reach(g, 4)
}

func TestFateIsAskedForSoManyTasksOnly(t *testing.T) {
	w := newWorld(t)
	w.post.block = 7
	g, stop := w.start()
	defer stop()
	for n, code := range map[int]fault.Code{tacit.MostTasks: "", tacit.MostTasks + 1: fault.APISize} {
		f, err := g.Fate(t.Context(), tacit.FateRequest{Number: 1, Tasks: make([]wire.Digest, n)})
		if fault.Of(err) != code || err == nil && f.Block != 7 {
			t.Errorf("%d tasks: %+v, %v", n, f, err)
		}
	}
}
