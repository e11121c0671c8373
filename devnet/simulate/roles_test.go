package simulate

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/follow"
	"tacit/gateway"
	"tacit/key"
	"tacit/manager"
	"tacit/tacittest"
	"tacit/verifier"
	"tacit/vrf"
	"tacit/wire"
)

// A proc is one role: what stays of it over crashes.
type proc struct {
	w     *world
	name  string
	index int
	key   *key.Signer
	vrf   *vrf.Key
	node  tacit.Node
	disk  *tacittest.Disk
	tape  *tacittest.Tape
	chain *reader
	evil  string // what it does wrong, "" for an honest one
	boot  func(p *proc, in *incarnation) error

	// submitting is set while a Submit runs: it holds a lock over its calls, on
	// which a second would wait in a way that a bubble cannot see.
	submitting atomic.Bool

	mu     sync.Mutex // guards what follows
	cur    *incarnation
	count  int
	skew   time.Duration
	armed  int // writes until a crash
	before bool
}

// An incarnation is a role's process from a start to a crash.
type incarnation struct {
	p      *proc
	ctx    context.Context
	cancel context.CancelFunc
	store  *tacittest.Memory
	log    *tacittest.MemoryLog
	room   any
	ready  atomic.Bool
	ended  atomic.Bool
	reads  struct {
		mu sync.Mutex
		m  map[string]any
	}
}

func (in *incarnation) dead() bool { return in.ended.Load() }

// live is the incarnation that answers, if one does.
func (p *proc) live() *incarnation {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cur == nil || !p.cur.ready.Load() || p.cur.dead() {
		return nil
	}
	return p.cur
}

// arm has the role crash at its n-th write of the next step.
func (p *proc) arm(n int, before bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed, p.before = n, before
}

func (p *proc) skewBy(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skew = d
}

func (p *proc) clock() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.skew
}

func (p *proc) now() time.Time { return time.Now().Add(p.clock()) }

// write decides how a write ends.
func (p *proc) write(in *incarnation, what string) tacittest.Crash {
	p.mu.Lock()
	defer p.mu.Unlock()
	end := tacittest.Works
	if p.armed > 0 {
		if p.armed--; p.armed == 0 {
			if end = tacittest.CrashAfter; p.before {
				end = tacittest.CrashBefore
			}
			in.ended.Store(true)
		}
	}
	if what != "" || end != tacittest.Works {
		p.w.s.say("%s writes %s: %d", p.name, what, end)
	}
	return end
}

// start begins an incarnation.
func (p *proc) start() {
	p.mu.Lock()
	p.count++
	ctx, cancel := context.WithCancel(context.Background())
	in := &incarnation{p: p, ctx: ctx, cancel: cancel}
	in.reads.m = map[string]any{}
	p.cur = in
	p.mu.Unlock()
	in.store = p.disk.Open(func(t tacit.Txn) tacittest.Crash {
		end := p.write(in, txnName(t))
		if end != tacittest.Works && in.log != nil {
			in.log.Close()
		}
		return end
	})
	if p.tape != nil {
		log, err := p.tape.Open(p.name, p.logKey(), func(record []byte) tacittest.Crash {
			end := p.write(in, "log "+wire.Sum(record).Short())
			if end != tacittest.Works {
				in.store.Close()
			}
			return end
		})
		p.w.must(err)
		in.log = log
	}
	p.w.s.say("%s starts", p.name)
	p.w.calls.Go(func() {
		err := p.boot(p, in)
		if ctx.Err() == nil { // it ended by itself: a supervisor starts it again
			p.w.s.say("%s ended: %s", p.name, fault.Of(err))
			in.ended.Store(true)
		}
	})
}

func txnName(t tacit.Txn) string {
	var b strings.Builder
	for _, x := range t.Then {
		fmt.Fprintf(&b, "%s=%s ", x.Key, wire.Sum(x.Value).Short())
	}
	return b.String()
}

func (p *proc) logKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(p.index + 1)}, ed25519.SeedSize))
}

// crash is the end of a role's process. It starts again after a while.
func (w *world) crash(p *proc) {
	p.mu.Lock()
	in := p.cur
	p.cur = nil
	p.armed = 0
	p.mu.Unlock()
	if in == nil {
		return
	}
	w.s.say("%s crashes", p.name)
	in.ended.Store(true)
	in.store.Close()
	if in.log != nil {
		in.log.Close()
	}
	in.cancel()
	if w.broken.losesCommits {
		p.disk.Lose()
	}
	if w.broken.forgets != "" && strings.HasPrefix(p.name, w.broken.forgets) {
		p.disk = tacittest.NewDisk()
	}
	w.s.post(&event{key: w.s.name("start " + p.name), at: time.Now().Add(time.Duration(300+w.c.IntN(7000)) * time.Millisecond), fire: p.start})
}

// sweep ends the processes that crashed at a write, and takes back what was
// armed and not reached; it reports whether a process ended.
func (w *world) sweep() (ended bool) {
	for _, p := range w.procs {
		p.mu.Lock()
		p.armed = 0
		over := p.cur != nil && p.cur.dead()
		p.mu.Unlock()
		if over {
			w.crash(p)
			ended = true
		}
	}
	return ended
}

// odd makes durations of this role's own, so that no two timers of different
// roles end at one moment.
func (p *proc) odd(d time.Duration) time.Duration {
	return d + time.Duration(p.index*7919+p.count*104_729+13)*time.Nanosecond
}

// follow starts a follower of headers over whatever gateway is up.
func (p *proc) follow(in *incarnation) (*follow.Follower, error) {
	f, err := follow.New(in.ctx, follow.Config{
		Genesis: p.w.genesis, Epochs: p.w.epochs, Store: in.store, Every: p.odd(1500 * time.Millisecond),
		Fetch: func(ctx context.Context, after uint64) ([]tacit.SignedHeader, error) {
			g := p.w.gateway.live()
			if g == nil || p.chain != nil && p.chain.mode == 1 {
				return nil, fault.New(fault.Unreachable, "fetch headers")
			}
			reply, err := g.room.(*gateway.Gateway).Headers(ctx, tacit.HeadersRequest{After: after})
			if len(reply.Headers) > 0 && p.chain != nil && p.chain.mode == 2 {
				forged := reply.Headers[0]
				forged.Header.Deposits[0] ^= 1
				reply.Headers = append([]tacit.SignedHeader{forged}, reply.Headers...)
			}
			return reply.Headers, err
		},
		Policies: func(ctx context.Context, req tacit.PoliciesRequest) (attest.PolicySet, error) {
			g := p.w.gateway.live()
			if g == nil {
				return attest.PolicySet{}, fault.New(fault.Unreachable, "fetch policies")
			}
			reply, err := g.room.(*gateway.Gateway).Policies(ctx, req)
			return reply.Set, err
		},
	})
	if err == nil {
		p.w.calls.Go(func() { _ = f.Run(in.ctx) })
	}
	return f, err
}

func bootManager(p *proc, in *incarnation) error {
	headers, err := p.follow(in)
	if err != nil {
		return err
	}
	var log tacit.AuditLog = in.log
	if p.w.broken.noAudit {
		log = skipLog{in.log}
	}
	m, err := manager.New(in.ctx, manager.Config{
		Key: p.key, VRF: p.vrf, Store: p.w.brokenStore(p, in.store), Audit: log, Headers: headers, Schemes: p.w.believed(), Now: p.now,
		LogKey: tacit.LogKey{Manager: p.node.Key, Name: p.name, Public: p.logKey().Public().(ed25519.PublicKey)},
	})
	if err != nil {
		return err
	}
	in.room = m
	in.ready.Store(true)
	return m.Run(in.ctx)
}

func bootVerifier(p *proc, in *incarnation) error {
	headers, err := p.follow(in)
	if err != nil {
		return err
	}
	v, err := verifier.New(verifier.Config{Key: p.key, Store: p.w.brokenStore(p, in.store), Headers: headers, Schemes: p.w.believed(), Chain: p.chain, Sample: p.w.chunk, Now: p.now})
	if err != nil {
		return err
	}
	in.room = v
	in.ready.Store(true)
	<-in.ctx.Done()
	return in.ctx.Err()
}

func bootDispatcher(p *proc, in *incarnation) error {
	headers, err := p.follow(in)
	if err != nil {
		return err
	}
	d, err := dispatcher.New(in.ctx, dispatcher.Config{
		Key: p.key, VRF: p.vrf, Store: p.w.brokenStore(p, in.store), Headers: headers, Peers: peers{p.w, in}, Fetch: p.w.chunk,
		Patience: p.odd(9 * time.Second), BatchEvery: p.odd(2 * time.Second),
	})
	if err != nil {
		return err
	}
	in.room = d
	in.ready.Store(true)
	return d.Run(in.ctx)
}

func bootGateway(p *proc, in *incarnation) error {
	g, err := gateway.New(in.ctx, gateway.Config{
		Genesis: p.w.genesis, Epochs: p.w.epochs, Chain: p.chain, Poster: poster{p.w.chain, in}, Store: in.store, Every: p.odd(1200 * time.Millisecond),
	})
	if err != nil {
		return err
	}
	for _, v := range p.w.verifiers {
		g.Join(v.node.Key, verifierPeer{p.w, in, v})
	}
	in.room = g
	in.ready.Store(true)
	return g.Run(in.ctx)
}

func bootWorker(p *proc, in *incarnation) error {
	in.room = &host{p: p, places: map[string]*place{}}
	in.ready.Store(true)
	<-in.ctx.Done()
	return in.ctx.Err()
}

// skipLog acknowledges what it does not keep.
type skipLog struct{ *tacittest.MemoryLog }

func (skipLog) Append(context.Context, []byte) (uint64, error) { return 0, nil }

// peers are what a dispatcher reaches.
type peers struct {
	w  *world
	in *incarnation
}

func find(list []*proc, node wire.Address) (*proc, error) {
	for _, p := range list {
		if p.node.Key == node {
			return p, nil
		}
	}
	return nil, fault.New(fault.Unreachable, "find %s: it is not connected", node)
}

func (x peers) Manager(node wire.Address) (tacit.KeyReleaser, error) {
	p, err := find(x.w.managers, node)
	return managerPeer{x.w, x.in, p}, err
}

func (x peers) Verifier(node wire.Address) (tacit.Verifier, error) {
	p, err := find(x.w.verifiers, node)
	return verifierPeer{x.w, x.in, p}, err
}

func (x peers) Worker(node wire.Address) (tacit.Executor, error) {
	p, err := find(x.w.workers, node)
	return workerPeer{x.w, x.in, p}, err
}

func (x peers) Gateway() (tacit.Gateway, error) { return gatewayPeer{x.w, x.in}, nil }

type gatewayPeer struct {
	w  *world
	in *incarnation
}

func (g gatewayPeer) Policies(context.Context, tacit.PoliciesRequest) (tacit.PoliciesReply, error) {
	return tacit.PoliciesReply{}, fault.New(fault.Internal, "nobody asks a peer for policies")
}

func (g gatewayPeer) Headers(ctx context.Context, req tacit.HeadersRequest) (tacit.HeadersReply, error) {
	return read(ctx, g.w, g.in, g.w.gateway, "headers", func(ctx context.Context, in *incarnation) (tacit.HeadersReply, error) {
		return in.room.(*gateway.Gateway).Headers(ctx, req)
	})
}

func (g gatewayPeer) Node(ctx context.Context, req tacit.ProofRequest) (tacit.NodeReply, error) {
	return read(ctx, g.w, g.in, g.w.gateway, "node "+req.Key.String()[:8], func(ctx context.Context, in *incarnation) (tacit.NodeReply, error) {
		return in.room.(*gateway.Gateway).Node(ctx, req)
	})
}

func (g gatewayPeer) Entry(ctx context.Context, req tacit.ProofRequest) (tacit.EntryReply, error) {
	return read(ctx, g.w, g.in, g.w.gateway, "entry "+req.ID.Short(), func(ctx context.Context, in *incarnation) (tacit.EntryReply, error) {
		return in.room.(*gateway.Gateway).Entry(ctx, req)
	})
}

func (g gatewayPeer) Deposit(ctx context.Context, req tacit.ProofRequest) (tacit.DepositReply, error) {
	return read(ctx, g.w, g.in, g.w.gateway, "deposit "+req.Key.String()[:8], func(ctx context.Context, in *incarnation) (tacit.DepositReply, error) {
		return in.room.(*gateway.Gateway).Deposit(ctx, req)
	})
}

func (g gatewayPeer) Pools(ctx context.Context, req tacit.ProofRequest) (tacit.PoolsReply, error) {
	return read(ctx, g.w, g.in, g.w.gateway, fmt.Sprintf("pools %d", req.Epoch), func(ctx context.Context, in *incarnation) (tacit.PoolsReply, error) {
		return in.room.(*gateway.Gateway).Pools(ctx, req)
	})
}

func (g gatewayPeer) Pick(ctx context.Context, req tacit.PickRequest) (tacit.Picked, error) {
	return ask(ctx, g.w, g.in, g.w.gateway, "pick "+req.Seed.Short(), func(ctx context.Context, in *incarnation) (tacit.Picked, error) {
		return in.room.(*gateway.Gateway).Pick(ctx, req)
	})
}

func (g gatewayPeer) Committee(ctx context.Context, req tacit.CommitteeRequest) (tacit.PoolProof, error) {
	return ask(ctx, g.w, g.in, g.w.gateway, fmt.Sprintf("committee %d", req.Number), func(ctx context.Context, in *incarnation) (tacit.PoolProof, error) {
		return in.room.(*gateway.Gateway).Committee(ctx, req)
	})
}

func (g gatewayPeer) PostBatch(ctx context.Context, req tacit.PostBatchRequest) (tacit.Posting, error) {
	return ask(ctx, g.w, g.in, g.w.gateway, fmt.Sprintf("postBatch %d", req.Batch.Number), func(ctx context.Context, in *incarnation) (tacit.Posting, error) {
		return in.room.(*gateway.Gateway).PostBatch(ctx, req)
	})
}

func (g gatewayPeer) Fate(ctx context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	return ask(ctx, g.w, g.in, g.w.gateway, fmt.Sprintf("fate %d", req.Number), func(ctx context.Context, in *incarnation) (tacit.Fate, error) {
		return in.room.(*gateway.Gateway).Fate(ctx, req)
	})
}

type managerPeer struct {
	w  *world
	in *incarnation
	p  *proc
}

func (m managerPeer) room(in *incarnation) *manager.Manager { return in.room.(*manager.Manager) }

func (m managerPeer) Identity(ctx context.Context, req tacit.IdentityRequest) (tacit.Identity, error) {
	return ask(ctx, m.w, m.in, m.p, "identity", func(ctx context.Context, in *incarnation) (tacit.Identity, error) {
		return m.room(in).Identity(ctx, req)
	})
}

func (m managerPeer) SetTerms(ctx context.Context, req tacit.TermsRequest) (tacit.Done, error) {
	return ask(ctx, m.w, m.in, m.p, "terms", func(ctx context.Context, in *incarnation) (tacit.Done, error) {
		return m.room(in).SetTerms(ctx, req)
	})
}

func (m managerPeer) Draw(ctx context.Context, req tacit.DrawRequest) (tacit.Share, error) {
	req.Case = m.w.tamperDraw(m.in, req.Case)
	id := req.Case.Task.Body.ID(m.w.network)
	return ask(ctx, m.w, m.in, m.p, "draw "+id.Short(), func(ctx context.Context, in *incarnation) (tacit.Share, error) {
		s, err := m.room(in).Draw(ctx, req)
		if err == nil && !in.dead() {
			m.w.seen.draw(m.w, m.p, id, s)
		}
		return s, err
	})
}

func (m managerPeer) Challenge(ctx context.Context, req tacit.ChallengeRequest) (tacit.Signed[tacit.Challenge], error) {
	return ask(ctx, m.w, m.in, m.p, fmt.Sprintf("challenge %s/%d", req.Task.Short(), req.Attempt), func(ctx context.Context, in *incarnation) (tacit.Signed[tacit.Challenge], error) {
		return m.room(in).Challenge(ctx, req)
	})
}

func (m managerPeer) Release(ctx context.Context, req tacit.ReleaseRequest) (tacit.ReleaseReply, error) {
	req = m.w.tamperRelease(m.in, req)
	as := req.Case.Assignment.Body
	return ask(ctx, m.w, m.in, m.p, fmt.Sprintf("release %s/%d", as.Task.Short(), as.Attempt), func(ctx context.Context, in *incarnation) (tacit.ReleaseReply, error) {
		if m.w.before == nil {
			m.w.before = &release{req, m.p.disk.Clone(), m.p.tape.Clone()}
		}
		reply, err := m.room(in).Release(ctx, req)
		if err == nil && !in.dead() {
			m.w.seen.release(m.w, m.p, req, reply)
		}
		return reply, err
	})
}

func (m managerPeer) Audit(ctx context.Context, req tacit.AuditRequest) (tacit.AuditEntry, error) {
	return ask(ctx, m.w, m.in, m.p, fmt.Sprintf("audit %d", req.Index), func(ctx context.Context, in *incarnation) (tacit.AuditEntry, error) {
		return m.room(in).Audit(ctx, req)
	})
}

func (m managerPeer) Use(ctx context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	return ask(ctx, m.w, m.in, m.p, fmt.Sprintf("use %d", req.Number), func(ctx context.Context, in *incarnation) (tacit.UseReply, error) {
		return m.room(in).Use(ctx, req)
	})
}

type verifierPeer struct {
	w  *world
	in *incarnation
	p  *proc
}

func (v verifierPeer) room(in *incarnation) *verifier.Verifier { return in.room.(*verifier.Verifier) }

func (v verifierPeer) Appraise(ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	if v.w.evil(v.in, "twice") { // other evidence for the same attempt
		other := c
		other.Evidence.Report = bytes.Clone(c.Evidence.Report)
		other.Evidence.Report[len(other.Evidence.Report)-1] ^= 1
		v.w.calls.Go(func() { _, _ = v.appraise(v.in.ctx, "appraise again", other) })
	}
	return v.appraise(ctx, "appraise", v.w.tamperAppraise(v.in, c))
}

func (v verifierPeer) appraise(ctx context.Context, what string, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	as := c.Assignment.Body
	return ask(ctx, v.w, v.in, v.p, fmt.Sprintf("%s %s/%d", what, as.Task.Short(), as.Attempt), func(ctx context.Context, in *incarnation) (tacit.Signed[tacit.Vote], error) {
		if v.p.evil != "" {
			return v.lie(c)
		}
		vote, err := v.room(in).Appraise(ctx, c)
		if err == nil && !in.dead() {
			v.w.seen.vote(v.w, v.p, vote)
		}
		return vote, err
	})
}

// lie votes as a liar does: it accepts all, rejects all, or says one thing and
// then another.
func (v verifierPeer) lie(c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	as := c.Assignment.Body
	h, _ := v.w.header(as.Epoch)
	s := tacit.Subject{
		Epoch: as.Epoch, Task: as.Task, Assignment: as.Hash(), Attempt: as.Attempt, Place: c.Place,
		Evidence: c.Evidence.Digest(), Keys: c.Keys.Hash(), Policy: h.Policy, Generation: h.Generation,
	}
	accept := v.p.evil == "accept"
	switch v.p.evil {
	case "silent":
		return tacit.Signed[tacit.Vote]{}, fault.New(fault.Unreachable, "appraise")
	case "equivocate":
		v.p.mu.Lock()
		v.p.before = !v.p.before
		accept = v.p.before
		v.p.mu.Unlock()
	}
	code := fault.Code("")
	if !accept {
		code = fault.EvidForged
	}
	return tacit.Sign(v.w.network, v.p.key, s.Vote(accept, code)), nil
}

func (v verifierPeer) Header(ctx context.Context, req tacit.HeaderRequest) (tacit.Signed[tacit.EpochHeader], error) {
	return ask(ctx, v.w, v.in, v.p, fmt.Sprintf("header %d", req.Number), func(ctx context.Context, in *incarnation) (tacit.Signed[tacit.EpochHeader], error) {
		h, err := v.room(in).Header(ctx, req)
		if v.p.evil != "" && v.p.evil != "accept" {
			if err == nil {
				h.Body.Beacon[0] ^= 1
			}
			return tacit.Sign(v.w.network, v.p.key, h.Body), err
		}
		if err == nil && !in.dead() {
			v.w.seen.header(v.w, v.p, h)
		}
		return h, err
	})
}

func (v verifierPeer) Batch(ctx context.Context, req tacit.BatchRequest) (tacit.BatchSig, error) {
	v.w.seen.batch(v.w, req)
	return ask(ctx, v.w, v.in, v.p, fmt.Sprintf("batch %d %s", req.Batch.Number, req.Batch.Hash().Short()), func(ctx context.Context, in *incarnation) (tacit.BatchSig, error) {
		switch v.p.evil {
		case "silent", "reject":
			return tacit.BatchSig{}, fault.New(fault.Unreachable, "sign batch")
		case "accept", "equivocate":
			return tacit.BatchSig{Sig: tacit.Sign(v.w.network, v.p.key, req.Batch).Sig}, nil
		}
		sig, err := v.room(in).Batch(ctx, req)
		if err == nil && !in.dead() {
			v.w.seen.batchSig(v.w, v.p, req)
		}
		return sig, err
	})
}

type workerPeer struct {
	w  *world
	in *incarnation
	p  *proc
}

func (x workerPeer) Launch(ctx context.Context, req tacit.LaunchRequest) (tacit.LaunchReply, error) {
	return ask(ctx, x.w, x.in, x.p, fmt.Sprintf("launch %s/%d", req.Assignment.Task.Short(), req.Assignment.Attempt), func(_ context.Context, in *incarnation) (tacit.LaunchReply, error) {
		return in.room.(*host).launch(req)
	})
}

func (x workerPeer) Run(ctx context.Context, req tacit.RunRequest) (tacit.RunReply, error) {
	return ask(ctx, x.w, x.in, x.p, fmt.Sprintf("run %s/%d", req.Task.Short(), req.Attempt), func(_ context.Context, in *incarnation) (tacit.RunReply, error) {
		return in.room.(*host).run(req)
	})
}

func (x workerPeer) Session(context.Context, tacit.SessionRequest) (tacit.SessionReply, error) {
	return tacit.SessionReply{}, fault.New(fault.Internal, "nobody opens a session here")
}
