package simulate

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/gateway"
	"tacit/key"
	"tacit/manager"
	"tacit/tacittest"
	"tacit/vrf"
	"tacit/wire"
)

// options say how often things go wrong: once in so many steps, 0 never.
type options struct {
	steps                                         int
	crashEvery, crashWriteEvery                   int
	loseEvery, doubleEvery, delayEvery, timeEvery int
	reorgEvery, rpcEvery, clockEvery, governEvery int
	tickets, direct                               bool
	verifiers, workers, dispatchers, tasks        int
	evilVerifier, evilWorker, evilDispatcher      string
}

// drawOptions draws a world from its seed.
func drawOptions(c chooser) options {
	often := func(n int) int { // off in one world of five
		if c.in(5) {
			return 0
		}
		return n/2 + c.IntN(n)
	}
	pick := func(list ...string) string {
		if c.IntN(3) == 0 {
			return ""
		}
		return list[c.IntN(len(list))]
	}
	o := options{
		steps: 350 + c.IntN(250), crashEvery: often(150), crashWriteEvery: often(60), loseEvery: often(40), doubleEvery: often(30),
		delayEvery: often(20), timeEvery: 6 + c.IntN(20), reorgEvery: often(200), rpcEvery: often(200), clockEvery: often(300), governEvery: often(300),
		tickets: c.in(4), direct: c.in(3), verifiers: 4 + c.IntN(1+c.IntN(4)), workers: 2 + c.IntN(2), dispatchers: 1 + c.IntN(2), tasks: 2 + c.IntN(3),
		evilVerifier: pick("silent", "reject", "accept", "equivocate"),
		evilWorker:   pick("busy", "debug", "image", "transcript", "stale", "withhold", "answer"),
	}
	if o.dispatchers == 2 {
		o.evilDispatcher = pick("worker", "committee", "sequence", "evidence", "twice")
	}
	return o
}

// broken says which protection a build lacks.
type broken struct {
	losesCommits    bool   // a crash takes the last acknowledged commit with it
	noAudit         bool   // managers acknowledge records that they do not keep
	forgets         string // roles that start with an empty disk
	noDuplicateRule bool
	noJournal       string // roles whose writes under a prefix are dropped
	noPrefix        string
	believes        bool // managers and verifiers take any evidence for good
}

// A world is one seed's network.
type world struct {
	t        testing.TB
	c        chooser
	o        options
	broken   broken
	s        *scheduler
	seen     *seen
	calls    sync.WaitGroup
	genesis  tacit.Genesis
	network  wire.Digest
	epochs   wire.Address
	vendor   *sim.Vendor
	image    wire.Digest
	schemes  attest.Schemes
	chain    *chain
	deposit  tacit.Money
	terms    map[string]tacit.Terms
	calm     bool
	reporter wire.Address

	procs, managers, verifiers, workers, dispatchers []*proc
	gateway                                          *proc
	readers                                          []*reader
	users                                            []*user

	before *release // the first question for keys, and what its manager had then

	mu    sync.Mutex // guards what follows
	blobs map[wire.Digest][]byte
}

// A user is a client with an account.
type user struct {
	w    *world
	key  *key.Signer
	to   *proc
	in   *incarnation
	next uint64
}

func named(name string) *key.Signer {
	d := wire.Keccak([]byte("simulate " + name))
	s, err := key.ParseSigner(d[:])
	if err != nil {
		panic(err)
	}
	return s
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func params() tacit.Params {
	return tacit.Params{
		EpochLength: 16, Finality: 2, TicketClose: 15, Deadline: 20, SettleWindow: 40, ChallengeWindow: 6, WithdrawDelay: 140, UnbondDelay: 140,
		Seats: 4, Operators: 3, MinStake: 1e9, SlashPart: 500, SeatFee: 1e6, DispatchFee: 2e6, WorkerPrice: [8]tacit.Money{1e6, 2e6, 4e6, 8e6, 16e6, 32e6, 64e6, 128e6},
	}
}

// newWorld builds a network in the bubble of the caller, with everybody up.
func newWorld(t testing.TB, seed uint64, edit func(*options), lacks broken) *world {
	w := &world{
		t: t, c: newChooser(seed), broken: lacks, s: newScheduler(), seen: newSeen(), epochs: wire.Address{19: 1}, image: wire.Sum([]byte("tacit-enclave")),
		deposit: 5e8, terms: map[string]tacit.Terms{}, blobs: map[wire.Digest][]byte{}, reporter: named("reporter").Address(),
	}
	w.o = drawOptions(w.c)
	if edit != nil {
		edit(&w.o)
	}
	var err error
	w.vendor, err = sim.NewVendor()
	w.must(err)
	scheme, err := sim.NewScheme([]attest.Root{w.vendor.Root()})
	w.must(err)
	w.schemes = attest.Schemes{scheme}
	contracts := tacittest.NewContracts(params())
	add := func(list *[]*proc, name string, role tacit.Role, level uint8, boot func(*proc, *incarnation) error) *proc {
		p := &proc{w: w, name: name, index: len(w.procs), key: named(name), disk: tacittest.NewDisk(), boot: boot}
		seed := wire.Keccak([]byte("vrf " + name))
		p.vrf, err = vrf.Parse(seed[:])
		w.must(err)
		p.node = tacit.Node{Key: p.key.Address(), Operator: named(name + " operator").Address(), Roles: role, Level: level, Stake: 10e9, VRF: p.vrf.Public(), Region: "local"}
		if list != nil {
			*list = append(*list, p)
			node := p.node
			contracts.Nodes[node.Key] = &node
			contracts.PaidIn += node.Stake
		}
		w.procs = append(w.procs, p)
		return p
	}
	w.gateway = add(nil, "gateway", tacit.RoleGateway, 0, bootGateway)
	for i := range w.o.dispatchers {
		p := add(&w.dispatchers, fmt.Sprintf("dispatcher%d", i), tacit.RoleDispatcher, 0, bootDispatcher)
		if i == 1 {
			p.evil = w.o.evilDispatcher
		}
	}
	for i := range 2 {
		add(&w.managers, fmt.Sprintf("manager%d", i), tacit.RoleManager, 0, bootManager).tape = &tacittest.Tape{}
	}
	for i := range w.o.verifiers {
		p := add(&w.verifiers, fmt.Sprintf("verifier%d", i), tacit.RoleVerifier, 0, bootVerifier)
		if i == 0 {
			p.evil = w.o.evilVerifier
		}
	}
	for i := range w.o.workers {
		p := add(&w.workers, fmt.Sprintf("worker%d", i), tacit.RoleWorker, sim.Level, bootWorker)
		if i == 0 {
			p.evil = w.o.evilWorker
		}
	}
	w.makeGenesis()
	for i := range 2 {
		u := &user{w: w, key: named(fmt.Sprintf("user%d", i)), to: w.dispatchers[i%len(w.dispatchers)]}
		p := &proc{w: w, name: fmt.Sprintf("user%d", i)}
		ctx, cancel := context.WithCancel(context.Background())
		u.in = &incarnation{p: p, ctx: ctx, cancel: cancel}
		w.users = append(w.users, u)
		contracts.Deposit(u.key.Address(), u.to.node.Key, w.deposit, true)
	}
	contracts.Policy, contracts.Generation, contracts.Threshold = w.genesis.Policies.Digest(), w.genesis.Policies.Generation, 1
	w.chain = newChain(w, contracts)
	for _, p := range append([]*proc{w.gateway}, w.verifiers...) {
		p.chain = &reader{c: w.chain, name: p.name, mayLie: p == w.gateway || p == w.verifiers[0]}
		w.readers = append(w.readers, p.chain)
	}
	for _, p := range w.procs {
		p.start()
	}
	w.s.settle()
	w.publish("acme/sum", tacit.EntryService, 0, 1000)
	w.publish("clinic/table", tacit.EntryDataset, 1, uint64(2+w.c.IntN(5)))
	return w
}

func (w *world) makeGenesis() {
	w.genesis = tacit.Genesis{Name: "simulate", ChainID: 1, Params: params(), Teaching: true, Policies: attest.PolicySet{
		Generation: 1, Roots: []attest.Root{w.vendor.Root()}, Policies: []attest.Policy{sim.Policy(uint16(tacit.RoleEnclave),
			attest.Reference{Name: "tacit-enclave", Measurement: w.image, Manifest: sim.ManifestOf(nil, nil), SVN: 1})},
	}}
	for _, v := range w.verifiers {
		w.genesis.Signers = append(w.genesis.Signers, v.node.Key)
	}
	w.network = w.genesis.Network(w.epochs)
}

// publish seals an artefact to an identity of a manager and lists it.
func (w *world) publish(name string, kind uint8, at int, most uint64) {
	m := w.managers[at].live().room.(*manager.Manager)
	owner := named(name + " owner")
	ctx := tacit.WithCaller(context.Background(), tacit.Caller{Role: tacit.RoleClient, Node: owner.Address()})
	id, err := m.Identity(ctx, tacit.IdentityRequest{Subject: name})
	w.must(err)
	terms := tacit.Terms{
		AnyService: true, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 2, Expires: 1 << 40, MaxReleases: most, MaxPerTask: 2, MaxOutput: 1 << 30, Logs: true,
	}
	_, err = m.SetTerms(ctx, tacit.TermsRequest{Entry: name, Terms: terms})
	w.must(err)
	w.terms[name] = terms
	to, err := age.ParseRecipients(strings.NewReader(id.Recipient))
	w.must(err)
	var file bytes.Buffer
	out, err := age.Encrypt(&file, to...)
	w.must(err)
	_, err = out.Write([]byte("content of " + name))
	w.must(err)
	w.must(out.Close())
	header, err := age.ExtractHeader(bytes.NewReader(file.Bytes()))
	w.must(err)
	w.chain.entries = append(w.chain.entries, tacit.Entry{
		ID: tacit.EntryID(name), Name: name, Owner: owner.Address(), Kind: kind, Generation: 1, Price: 1e7, Terms: terms.Digest(),
		Sealed: tacit.Sealed{Header: wire.Sum(header), Root: w.put(file.Bytes()), Size: int64(file.Len()), Manager: id.Manager, Identity: id.ID},
	})
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
		return tacit.Chunk{}, fault.New(fault.APINotFound, "fetch chunk of %s", root.Short())
	}
	return tacit.ChunkOf(data, i)
}

// header is one that the gateway made.
func (w *world) header(number uint64) (tacit.EpochHeader, bool) {
	if number == 0 {
		return w.genesis.Header(), true
	}
	g := w.gateway.live()
	if g == nil {
		return tacit.EpochHeader{}, false
	}
	reply, err := g.room.(*gateway.Gateway).Headers(context.Background(), tacit.HeadersRequest{After: number - 1})
	if err != nil || len(reply.Headers) == 0 {
		return tacit.EpochHeader{}, false
	}
	return reply.Headers[0].Header, true
}

// newest is the newest header, as anybody can read it on the chain.
func (w *world) newest() tacit.EpochHeader { return w.chain.headers[w.chain.head().state.Last] }

// submit has a user submit a task after a while and see that it is accepted.
func (u *user) submit(after time.Duration, withData bool) {
	u.next++
	nonce := u.next
	w := u.w
	w.calls.Go(func() {
		if !u.sleep(after + time.Duration(nonce*977)) {
			return
		}
		var signed tacit.Signed[tacit.Task]
		for range 20 {
			h := w.newest()
			if h.Number > 0 && signed.Body.Nonce == 0 {
				signed = tacit.Sign(w.network, u.key, u.task(h, nonce, withData))
			}
			if signed.Body.Nonce != 0 {
				acc, err := u.ask(signed)
				if err == nil {
					u.follow(acc)
					return
				}
				switch fault.Of(err) {
				case fault.TaskTimeout: // refused, so the nonce is free for one with a later deadline
					signed = tacit.Signed[tacit.Task]{}
				case fault.PayDeposit:
					return
				}
			}
			if !u.sleep(3*time.Second + time.Duration(nonce*31)) {
				return
			}
		}
	})
}

func (u *user) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-u.in.ctx.Done():
		return false
	}
}

func (u *user) task(h tacit.EpochHeader, nonce uint64, withData bool) tacit.Task {
	w := u.w
	e := w.chain.entries
	t := tacit.Task{
		User: u.key.Address(), Nonce: nonce, Kind: tacit.KindEnclave, Service: e[0].ID, Generation: 1,
		Recipients:   []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte("age1pq-of-the-user")}},
		Requirements: tacit.Requirements{Level: 2, Fuel: 1e6, Memory: 1 << 20, Output: 1 << 20, Seconds: 5},
		Dispatcher:   u.to.node.Key, MaxFee: 1e9, Deadline: h.Block + w.genesis.Params.Deadline + 30,
	}
	if withData {
		t.Inputs = []tacit.Input{{Kind: tacit.InputEntry, Name: "a", Ref: e[1].ID, Index: 1}}
	}
	return t
}

func (u *user) as() tacit.Caller { return tacit.Caller{Role: tacit.RoleClient, Node: u.key.Address()} }

func (u *user) ask(signed tacit.Signed[tacit.Task]) (tacit.Signed[tacit.Acceptance], error) {
	ctx, cancel := context.WithTimeout(u.in.ctx, 25*time.Second)
	defer cancel()
	id := signed.Body.ID(u.w.network)
	return ask(ctx, u.w, u.in, u.to, "submit "+id.Short(), func(ctx context.Context, in *incarnation) (tacit.Signed[tacit.Acceptance], error) {
		defer u.to.submitting.Store(false)
		acc, err := in.room.(*dispatcher.Dispatcher).Submit(tacit.WithCaller(ctx, u.as()), tacit.SubmitRequest{Task: signed})
		if err == nil && !in.dead() {
			u.w.seen.acceptance(u.w, u.to, acc)
		}
		return acc, err
	})
}

// follow asks for the proof of an accepted task until it is there, and settles
// the task itself if its dispatcher did not.
func (u *user) follow(acc tacit.Signed[tacit.Acceptance]) {
	w := u.w
	for range 40 {
		if !u.sleep(8*time.Second + time.Duration(acc.Body.Sequence*53)) {
			return
		}
		ctx, cancel := context.WithTimeout(u.in.ctx, 25*time.Second)
		p, err := ask(ctx, w, u.in, u.to, "proof "+acc.Body.Task.Short(), func(ctx context.Context, in *incarnation) (tacit.Proof, error) {
			return in.room.(*dispatcher.Dispatcher).Proof(tacit.WithCaller(ctx, u.as()), tacit.TaskRequest{Task: acc.Body.Task})
		})
		cancel()
		if err != nil {
			continue
		}
		w.seen.proof(w, p)
		if len(p.Settled) == 0 && w.o.direct {
			w.settleDirect(p)
		}
		if len(p.Settled) > 0 {
			return
		}
	}
}

// proof checks what a proof shows of the managers' logs.
func (s *seen) proof(w *world, p tacit.Proof) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proofs++
	for _, e := range p.Audit {
		if err := e.Proof.Check(e.Log.Body.Name, e.Log.Body.Public, e.Record); err != nil {
			w.s.violated("a proof shows a release that is not in its log: %v", err)
		}
	}
}

// settleDirect takes the papers to the contract.
func (w *world) settleDirect(p tacit.Proof) {
	h := w.chain.headers[p.Case.Acceptance.Body.Epoch]
	claim := tacit.SettleClaim{Case: p.Case, Certificate: p.Certificate, Leaf: p.Leaf}
	s, payouts, err := claim.Check(w.network, h, w.genesis.Params)
	if err != nil {
		return
	}
	dues := map[wire.Address]tacit.Money{}
	for _, x := range payouts {
		dues[x.Payee] += x.Amount
	}
	task := p.Case.Task.Body
	w.chain.submit(&tx{key: w.s.name("settleDirect " + s.Task.Short()), done: make(chan struct{}), apply: func(m *tacittest.Contracts, block uint64, do bool) string {
		return m.SettleDirect(task, s.Task, dues, s.Fee, block, do)
	}})
}

// stop ends everybody and waits for them.
func (w *world) stop() {
	for _, u := range w.users {
		u.in.cancel()
	}
	for _, p := range w.procs {
		p.mu.Lock()
		in := p.cur
		p.mu.Unlock()
		if in != nil {
			in.ended.Store(true)
			in.store.Close()
			in.cancel()
		}
	}
	w.calls.Wait()
}
