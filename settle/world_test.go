package settle

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	"github.com/ethereum/go-ethereum/node"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/settle/devchain"
	"tacit/wire"
)

// auto is a simulated chain that makes a block for every transaction, unless
// it is held.
type auto struct {
	simulated.Client
	sim  *simulated.Backend
	mu   sync.Mutex // guards what follows
	held bool
	sent chan struct{} // one element per transaction sent while held
}

func (a *auto) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.Client.SendTransaction(ctx, tx); err != nil {
		return err
	}
	if a.held {
		a.sent <- struct{}{}
		return nil
	}
	a.sim.Commit()
	return nil
}

var testParams = tacit.Params{
	EpochLength: 40, Finality: 1, TicketClose: 20, Deadline: 10, SettleWindow: 20, ChallengeWindow: 5,
	WithdrawDelay: 60, UnbondDelay: 160, Seats: 7, Operators: 3, MinStake: 1_000_000, SlashPart: 500,
	SeatFee: 1_000, DispatchFee: 2_000, WorkerPrice: [8]tacit.Money{100, 200, 300, 400, 500, 600, 700, 800},
}

const (
	coin         = tacit.Money(1_000_000_000)
	testStake    = tacit.Money(10_000_000)
	testDeposit  = tacit.Money(1_000_000)
	servicePrice = tacit.Money(5_000)
	dataPrice    = tacit.Money(3_000)
)

// world is a network on a simulated chain: seven verifiers of seven operators,
// two workers, two dispatchers, two users and an owner.
type world struct {
	t         *testing.T
	chain     *auto
	fast      *instant // in place of chain
	params    tacit.Params
	genesis   tacit.Genesis
	at        Addresses
	deployGas []Receipt
	network   wire.Digest
	keys      map[string]*key.Signer
	clients   map[wire.Address]*Client
	state     tacit.EpochState // of the newest header
	service   tacit.Entry
	data      tacit.Entry
	gas       map[string]Receipt
	direct    []wire.Digest // tasks that were settled directly
}

// signers remembers keys: deriving one costs as much as a signature.
var signers = wire.NewMemo[string, *key.Signer](256)

func seeded(name string) *key.Signer {
	if s, ok := signers.Get(name); ok {
		return s
	}
	d := wire.Keccak([]byte("test key " + name))
	s, err := key.ParseSigner(d[:])
	if err != nil {
		panic(err)
	}
	signers.Put(name, s)
	return s
}

func newChain(t *testing.T, alloc types.GenesisAlloc) *auto {
	t.Helper()
	all := core.SystemContractAllocs()
	maps.Copy(all, alloc)
	sim := simulated.NewBackend(nil, func(_ *node.Config, cfg *ethconfig.Config) {
		cfg.Genesis = &core.Genesis{Config: devchain.Rules(1337), GasLimit: cfg.Miner.GasCeil, Alloc: all}
	})
	t.Cleanup(func() { _ = sim.Close() })
	return &auto{Client: sim.Client(), sim: sim, sent: make(chan struct{}, 16)}
}

func newWorld(t *testing.T) *world { return newWorldOf(t, 7) }

// newWorldOf makes a world with this many verifiers, each of its own operator.
// With nine a committee has nine seats, of which two thirds are a whole number.
func newWorldOf(t *testing.T, verifiers int) *world { return newWorldOn(t, verifiers, false) }

// newWorldOn makes it on a simulated chain, or fast on the bare EVM.
func newWorldOn(t *testing.T, verifiers int, fast bool) *world {
	t.Helper()
	w := &world{t: t, params: testParams, keys: map[string]*key.Signer{}, clients: map[wire.Address]*Client{}, gas: map[string]Receipt{}}
	if verifiers == 9 {
		w.params.Seats = 9
	}
	names := []string{"deployer", "poster", "reporter", "user0", "user1", "owner", "manager", "user manager", "governor0", "governor1", "governor2"}
	nodes := []string{"worker0", "worker1", "dispatcher0", "dispatcher1"}
	for i := range verifiers {
		nodes = append(nodes, fmt.Sprintf("verifier%d", i))
	}
	for _, n := range nodes {
		names = append(names, n, n+" operator")
	}
	alloc := types.GenesisAlloc{}
	for _, n := range names {
		w.keys[n] = seeded(n)
		alloc[common.Address(w.keys[n].Address())] = types.Account{Balance: new(big.Int).Mul(big.NewInt(1000), big.NewInt(1e18))}
	}
	if fast {
		w.fast = newInstant(t, alloc)
	} else {
		w.chain = newChain(t, alloc)
	}
	var signers []wire.Address
	for i := range min(verifiers, tacit.MaxSeats) {
		signers = append(signers, w.addr(fmt.Sprintf("verifier%d", i)))
	}
	w.genesis = tacit.Genesis{
		Name: "test", ChainID: 1337, Params: w.params, Signers: signers, Policies: attest.PolicySet{Generation: 1},
		Governors: tacit.Governors{Keys: tacit.SortAddresses([]wire.Address{w.addr("governor0"), w.addr("governor1"), w.addr("governor2")}), Threshold: 2},
	}
	var err error
	w.at, w.deployGas, err = deploy(t.Context(), w.backend(), w.keys["deployer"], w.genesis)
	if err != nil {
		t.Fatal(err)
	}
	w.network = w.genesis.Network(w.at.Epochs)
	w.state.Header = w.genesis.Header()
	w.state.NextSigners = signers
	roles := map[string]tacit.Role{"worke": tacit.RoleWorker, "dispa": tacit.RoleDispatcher, "verif": tacit.RoleVerifier}
	for _, n := range nodes {
		w.ok(w.register(n, roles[n[:5]]))
	}
	owner := w.as("owner")
	w.service, err = w.publish(owner, "acme/mean", tacit.EntryService, servicePrice)
	w.ok(err)
	w.data, err = w.publish(owner, "acme/heights", tacit.EntryDataset, dataPrice)
	w.ok(err)
	for _, u := range []string{"user0", "user1"} {
		r, err := w.as(u).Deposit(t.Context(), w.addr("dispatcher0"), testDeposit)
		w.ok(err)
		w.note("Escrow.deposit (first)", r)
	}
	w.mine(2)
	w.nextHeader()
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// note keeps the gas of a call's first use.
func (w *world) note(name string, r Receipt) {
	if _, ok := w.gas[name]; !ok && r.Gas != 0 {
		w.gas[name] = r
	}
}

func (w *world) addr(name string) wire.Address { return w.keys[name].Address() }

// as is the client of a named account.
func (w *world) as(name string) *Client { return w.client(w.keys[name]) }

func (w *world) client(by *key.Signer) *Client {
	w.t.Helper()
	if c, ok := w.clients[by.Address()]; ok {
		return c
	}
	c, err := Dial(w.t.Context(), Config{Backend: w.backend(), Epochs: w.at.Epochs, ChainID: 1337, Signer: by, Poll: time.Millisecond})
	w.ok(err)
	w.clients[by.Address()] = c
	return c
}

func (w *world) registration(name string, roles tacit.Role) (tacit.Node, key.Signature) {
	op := w.addr(name + " operator")
	n := tacit.Node{
		Key: w.addr(name), Operator: op, Roles: roles, Level: 3, Stake: testStake, VRF: wire.Keccak([]byte("vrf " + name)),
		Region: "eu", Endpoint: name + ".example:7000",
	}
	return n, tacit.Sign(w.network, w.keys[name], tacit.Registration{Operator: op, Key: n.Key, VRF: n.VRF}).Sig
}

func (w *world) register(name string, roles tacit.Role) error {
	n, sig := w.registration(name, roles)
	r, err := w.as(name+" operator").Register(w.t.Context(), n, sig)
	w.note("Registry.register", r)
	return err
}

func (w *world) publish(by *Client, name string, kind uint8, price tacit.Money) (tacit.Entry, error) {
	e, r, err := by.Publish(w.t.Context(), tacit.Entry{
		Name: name, Kind: kind, Price: price, Terms: wire.Keccak([]byte("terms")),
		Sealed: tacit.Sealed{
			Header: wire.Sum([]byte("header " + name)), Root: wire.Sum([]byte("root " + name)), Size: 123456,
			Plain: wire.Sum([]byte(name)), Manager: w.addr("manager"), Identity: wire.Sum([]byte("identity " + name)),
		},
	})
	w.note("Catalogue.publish", r)
	return e, err
}

func (w *world) backend() Backend {
	if w.fast != nil {
		return w.fast
	}
	return w.chain
}

func (w *world) mine(n int) {
	if w.fast != nil {
		w.fast.head += uint64(n)
		return
	}
	for range n {
		w.chain.sim.Commit()
	}
}

func (w *world) head() uint64 {
	w.t.Helper()
	n, err := w.backend().BlockNumber(w.t.Context())
	w.ok(err)
	return n
}

// mineTo mines until the head is at least this block.
func (w *world) mineTo(block uint64) {
	for w.head() < block {
		w.mine(1)
	}
}

// signHeader signs a header by the first n of a set.
func (w *world) signHeader(h tacit.EpochHeader, set []wire.Address, n int) tacit.SignedHeader {
	s := tacit.SignedHeader{Header: h, Signers: set, Sigs: make([]key.Signature, len(set))}
	for i := range n {
		s.Sigs[i] = w.keyOf(set[i]).Sign(wire.Sign712(w.network, h.Hash()))
	}
	return s
}

func (w *world) keyOf(a wire.Address) *key.Signer {
	w.t.Helper()
	for _, k := range w.keys {
		if k.Address() == a {
			return k
		}
	}
	w.t.Fatalf("no key of %s", a)
	return nil
}

// buildHeader computes the next header from the chain, as signers do.
func (w *world) buildHeader() tacit.EpochState {
	w.t.Helper()
	c := w.as("poster")
	number := w.state.Header.Number + 1
	for c.Epoch(w.head())+1 < number {
		w.mine(1)
	}
	final, err := c.Finalised(w.t.Context())
	w.ok(err)
	chain, err := c.State(w.t.Context(), final)
	w.ok(err)
	tickets, err := c.Tickets(w.t.Context(), number)
	w.ok(err)
	next, err := tacit.BuildEpoch(w.network, w.params, w.state.Header, number, chain, tickets)
	w.ok(err)
	return next
}

// nextHeader builds, signs and posts the next header.
func (w *world) nextHeader() {
	w.t.Helper()
	next := w.buildHeader()
	set := w.state.NextSigners
	r, err := w.as("poster").PostHeader(w.t.Context(), w.signHeader(next.Header, set, len(set)))
	w.ok(err)
	w.note(fmt.Sprintf("Epochs.postHeader (%d signers)", len(set)), r)
	w.state = next
}

// task is a task of a user with the service and the dataset, not yet signed.
func (w *world) task(user string, nonce uint64) tacit.Task {
	return tacit.Task{
		User: w.addr(user), Nonce: nonce, Kind: tacit.KindEnclave, Service: w.service.ID, Generation: w.service.Generation,
		Inputs: []tacit.Input{
			{Kind: tacit.InputEntry, Name: "heights", Ref: w.data.ID, Index: w.data.Generation},
			{Kind: tacit.InputOwn, Name: "mine", Ref: w.own("own").Hash()},
		},
		Params:       w.own("params").Hash(),
		Recipients:   []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte("recipient key")}},
		Requirements: tacit.Requirements{Level: 3, Fuel: 1e6, Memory: 1 << 20, Output: 1 << 16, Seconds: 10, Purpose: "test", Region: "eu"},
		Dispatcher:   w.addr("dispatcher0"), MaxFee: 100_000, Deadline: w.head() + 30,
	}
}

// own is an artefact of a user that is no entry.
func (w *world) own(name string) tacit.Sealed {
	return tacit.Sealed{
		Header: wire.Sum([]byte("header " + name)), Root: wire.Sum([]byte("root " + name)), Size: 77, Manager: w.addr("user manager"),
		Identity: wire.Sum([]byte("identity " + name)),
	}
}

// papers are the parts of a direct settlement before they are put together;
// tests change what they want to see refused.
type papers struct {
	task       tacit.Task
	user       *key.Signer
	dispatcher *key.Signer
	receiptKey *key.Signer
	seal       wire.Digest
	exit       tacit.ExitClass
	voters     int
	network    wire.Digest
	fee        tacit.Money
	edit       func(*tacit.Acceptance, *tacit.Assignment, *tacit.Vote, *tacit.Leaf)
}

func (w *world) papers(task tacit.Task) papers {
	return papers{
		task: task, user: w.keyOf(task.User), dispatcher: w.keyOf(task.Dispatcher), receiptKey: seeded("receipt"),
		seal: wire.Sum([]byte("seal")), exit: tacit.ExitOK, voters: int(w.params.Seats), network: w.network, fee: 50_000,
	}
}

// members returns a pool's members by key, proven.
func proven(pool tacit.Pool, keys ...wire.Address) []Proven {
	var some []tacit.Member
	for _, m := range pool.Members {
		if slices.Contains(keys, m.Key) {
			some = append(some, m)
		}
	}
	p := pool.Prove(some)
	out := make([]Proven, len(some))
	for i := range some {
		out[i] = Proven{p.Members[i], p.Paths[i]}
	}
	return out
}

// proof puts the papers together, signed.
func (w *world) proof(p papers) Proof {
	w.t.Helper()
	task := tacit.Sign(p.network, p.user, p.task)
	id := p.task.ID(p.network)
	accept := tacit.Acceptance{Task: id, User: p.task.User, Sequence: 1, Fee: p.fee, Reserved: p.fee, Epoch: w.state.Header.Number}
	var seats []wire.Address
	for _, m := range w.state.Verifiers.Members[:w.params.Seats] {
		seats = append(seats, m.Key)
	}
	worker := w.addr("worker0")
	assign := tacit.Assignment{
		Task: id, Epoch: w.state.Header.Number, Attempt: 1, Seed: wire.Sum([]byte("seed")),
		Places: []tacit.Place{{Index: 0, Worker: worker}}, Seats: seats, Challenges: wire.Sum([]byte("challenges")),
	}
	keys := new(wire.Words).Digest(p.seal).Address(p.receiptKey.Address()).Hash()
	vote := tacit.Vote{
		Epoch: assign.Epoch, Task: id, Assignment: assign.Hash(), Attempt: 1, Evidence: wire.Sum([]byte("evidence")),
		Keys: keys, Policy: wire.Sum([]byte("policy")), Generation: 1, Accept: true,
	}
	leaf := tacit.Leaf{
		Kind: tacit.KindEnclave, Task: id, Assignment: assign.Hash(), Attempt: 1,
		Commitment: wire.Sum([]byte("commitment")), Output: wire.Sum([]byte("output")), Exit: uint8(p.exit), Bucket: 2,
	}
	if p.edit != nil {
		p.edit(&accept, &assign, &vote, &leaf)
	}
	out := Proof{
		Task: task, Acceptance: tacit.Sign(p.network, p.dispatcher, accept), Assignment: tacit.Sign(p.network, p.dispatcher, assign),
		Vote: vote, Holders: proven(w.state.Verifiers, assign.Seats...),
		Worker: proven(w.state.Workers, worker)[0], Workers: w.state.Workers.Root, Verifiers: w.state.Verifiers.Root,
		Leaf: tacit.Sign(p.network, p.receiptKey, leaf), Seal: p.seal, Receipt: p.receiptKey.Address(),
	}
	out.Own = []tacit.Sealed{w.own("own"), w.own("params")}
	word := tacit.Released{Task: id, Assignment: assign.Hash()}
	out.Releases = ReleasesOf(w.artefacts(), map[wire.Address]key.Signature{
		w.addr("manager"):      tacit.Sign(p.network, w.keys["manager"], word).Sig,
		w.addr("user manager"): tacit.Sign(p.network, w.keys["user manager"], word).Sig,
	})
	out.VoteSigs = make([]key.Signature, len(out.Holders))
	for i := range min(p.voters, len(out.Holders)) {
		out.VoteSigs[i] = tacit.Sign(p.network, w.keyOf(out.Holders[i].Member.Key), vote).Sig
	}
	return out
}

// artefacts are those of a task.
func (w *world) artefacts() []tacit.Sealed {
	return []tacit.Sealed{w.service.Sealed, w.data.Sealed, w.own("own"), w.own("params")}
}

// accusation is a vote of a verifier on evidence over the transcript of the
// vote, changed by edit.
func (w *world) accusation(verifier string, task tacit.Task, accept bool, edit func(*attest.TaskTranscript)) Accusation {
	id := task.ID(w.network)
	a := Accusation{Task: task, Own: []tacit.Sealed{w.own("own"), w.own("params")}, Assignment: tacit.Assignment{
		Task: id, Epoch: 1, Attempt: 1, Seed: wire.Sum([]byte("seed")), Challenges: wire.Sum([]byte("challenges")), Places: []tacit.Place{}, Seats: []wire.Address{},
	}}
	v := tacit.Vote{
		Epoch: 1, Task: id, Assignment: a.Assignment.Hash(), Attempt: 1, Keys: wire.Sum([]byte("keys")), Policy: wire.Sum([]byte("policy")),
		Generation: 1, Accept: accept,
	}
	t := attest.TaskTranscript{
		Network: w.network, Version: tacit.Version, Role: uint16(tacit.RoleEnclave), Task: id, Assignment: v.Assignment, Attempt: v.Attempt,
		Place: v.Place, Keys: v.Keys, Policy: v.Policy, Generation: v.Generation,
		Freshness: new(wire.Words).Digest(a.Assignment.Seed).Digest(a.Assignment.Challenges).Hash(), Manifest: tacit.ManifestOf(w.artefacts()),
	}
	if edit != nil {
		edit(&t)
	}
	data := t.Data()
	a.Evidence = attest.Evidence{Scheme: attest.SchemeSim, Report: append(data[:], "the rest of the report"...), Collateral: [][]byte{[]byte("chain")}}
	v.Evidence = a.Evidence.Digest()
	a.Vote = tacit.Sign(w.network, w.keys[verifier], v)
	return a
}

// bundle is a batch with all that its posting, claiming and challenging need.
type bundle struct {
	batch       tacit.Batch
	debits      []tacit.Debit
	settlements []tacit.Settlement
	payouts     []tacit.Payout
	approvals   []Approval
}

func (b bundle) shown(i int) Shown {
	return Shown{Dispatcher: b.batch.Dispatcher, Number: b.batch.Number, Settlement: b.settlements[i], Path: wire.PairPath(leavesOf(b.settlements), i)}
}

func (b bundle) payoutPath(i int) []wire.Digest { return wire.PairPath(leavesOf(b.payouts), i) }

func leavesOf[T interface{ Leaf() wire.Digest }](list []T) []wire.Digest {
	return mapAll(list, func(v T) wire.Digest { return v.Leaf() })
}

// bundle makes a batch of one debit per settlement's user and payouts that add
// up, approved by the first `approve` holders of its committee.
func (w *world) bundle(dispatcher string, number uint64, approve int, settlements ...tacit.Settlement) bundle {
	w.t.Helper()
	b := bundle{settlements: settlements}
	var total tacit.Money
	for _, s := range settlements {
		b.debits = append(b.debits, tacit.Debit{User: s.User, Amount: s.Fee})
		total += s.Fee
	}
	worker := w.addr("worker0 operator")
	owner := w.addr("owner")
	b.payouts = []tacit.Payout{{Payee: worker, Amount: total / 4}, {Payee: owner, Amount: total - total/4}}
	b.batch = tacit.Batch{
		Dispatcher: w.addr(dispatcher), Number: number, Epoch: w.state.Header.Number, Leaves: wire.PairRoot(leavesOf(settlements)),
		Payouts: wire.PairRoot(leavesOf(b.payouts)), Debits: tacit.DebitsDigest(b.debits), Total: total,
	}
	w.approve(&b, approve)
	return b
}

// approve signs a bundle's batch by the first n distinct holders of seats.
func (w *world) approve(b *bundle, n int) {
	w.t.Helper()
	bySeat := map[uint64][]uint8{}
	for _, m := range tacit.SettleMembers(w.state.Header.Beacon, b.batch.Dispatcher, b.batch.Number, w.state.Verifiers) {
		bySeat[m.Index] = nil
		for i, at := range tacit.SettleSeats(w.state.Header.Beacon, b.batch.Dispatcher, b.batch.Number, w.state.Verifiers.Root) {
			if m.Start <= at && at-m.Start < m.Stake {
				bySeat[m.Index] = append(bySeat[m.Index], uint8(i))
			}
		}
	}
	all := leavesOf(w.state.Verifiers.Members)
	b.approvals = nil
	for _, index := range slices.Sorted(maps.Keys(bySeat))[:min(n, len(bySeat))] {
		m := w.state.Verifiers.Members[index]
		b.approvals = append(b.approvals, Approval{
			Member: m, Path: wire.PairPath(all, int(index)), Seats: bySeat[index], Sig: tacit.Sign(w.network, w.keyOf(m.Key), b.batch).Sig,
		})
	}
}

func (w *world) post(b bundle) error {
	w.t.Helper()
	r, err := w.as("poster").PostBatch(w.t.Context(), b.batch, b.debits, w.state.Verifiers.Root, b.approvals)
	w.note(fmt.Sprintf("Escrow.postBatch (%d debits, %d signers)", len(b.debits), len(b.approvals)), r)
	return err
}

func (w *world) settlement(task tacit.Task, fee tacit.Money) tacit.Settlement {
	s := tacit.Settlement{
		Task: task.ID(w.network), User: task.User, Fee: fee, Deadline: task.Deadline, Receipt: wire.Sum([]byte("receipt")),
	}
	s.Sigs = tacit.SettlementSigs(w.signaturesOf(s))
	return s
}

// signatures remembers those of signaturesOf: a sequence asks again and again.
var signatures = wire.NewMemo[[2]wire.Digest, [2]key.Signature](1024)

// signaturesOf are the good signatures that a settlement rests on.
func (w *world) signaturesOf(s tacit.Settlement) (task, leaf key.Signature, receipt wire.Address) {
	by := seeded("receipt")
	asked := [2]wire.Digest{new(wire.Words).String("test").Address(s.User).Digest(s.Task).Hash(), wire.Sign712(w.network, s.Receipt)}
	sigs, ok := signatures.Get(asked)
	if !ok {
		sigs = [2]key.Signature{w.keyOf(s.User).Sign(s.Task), by.Sign(asked[1])}
		signatures.Put(asked, sigs)
	}
	return sigs[0], sigs[1], by.Address()
}

// want fails the test unless err is this contract error with this code; "" and
// "" mean no error.
func want(t *testing.T, err error, reason string, code fault.Code) {
	t.Helper()
	if Reason(err) != reason || fault.Of(err) != code {
		t.Errorf("got %v, want %s %s", err, code, reason)
	}
}

// conserve checks that the contracts hold exactly what they owe.
func (w *world) conserve() {
	w.t.Helper()
	ctx := w.t.Context()
	c := w.as("poster")
	held := map[string]tacit.Money{}
	deposits, err := pages(ctx, c, nil, w.at.Escrow, c.escrow.PackDeposits, c.escrow.UnpackDeposits)
	w.ok(err)
	for _, d := range deposits {
		held["escrow"] += d.Amount + d.Leaving
	}
	for _, k := range w.keys {
		l, err := c.Ledger(ctx, k.Address())
		w.ok(err)
		held["escrow"] += l.Claimable
		held["registry"] += l.Rewards + l.Stake
	}
	for _, d := range []string{"dispatcher0", "dispatcher1"} {
		last, err := c.LastBatch(ctx, w.addr(d))
		w.ok(err)
		for n := uint64(1); n <= last; n++ {
			b, err := c.Batch(ctx, w.addr(d), n)
			w.ok(err)
			held["escrow"] += b.Remaining
		}
	}
	held["escrow"] += w.directHeld()
	burnt, err := c.Burnt(ctx)
	w.ok(err)
	held["registry"] += burnt
	for name, at := range map[string]wire.Address{"escrow": w.at.Escrow, "registry": w.at.Registry} {
		got, err := c.Balance(ctx, at)
		w.ok(err)
		if got != held[name] {
			w.t.Fatalf("%s holds %d gwei and owes %d", name, got, held[name])
		}
	}
	for _, at := range []wire.Address{w.at.Epochs, w.at.Catalogue, w.at.Direct} {
		if got, err := c.Balance(ctx, at); err != nil || got != 0 {
			w.t.Fatalf("contract %s holds %d, %v", at, got, err)
		}
	}
}

// directHeld is what direct settlements hold that were not claimed.
func (w *world) directHeld() (sum tacit.Money) {
	w.t.Helper()
	for _, id := range w.direct {
		list, err := w.as("poster").DirectPayouts(w.t.Context(), id)
		w.ok(err)
		for _, p := range list {
			sum += p.Amount
		}
	}
	return sum
}

func bigInt(n int64) *big.Int { return big.NewInt(n) }

func callMsg(c *Client, to common.Address, data []byte, wei int64) ethereum.CallMsg {
	return ethereum.CallMsg{From: common.Address(c.Account()), To: &to, Data: data, Value: big.NewInt(wei)}
}

func containsApproval(list []Approval, a Approval) bool {
	return slices.ContainsFunc(list, func(o Approval) bool { return o.Member.Index == a.Member.Index })
}

func sortApprovals(list []Approval) {
	slices.SortFunc(list, func(a, b Approval) int { return int(a.Member.Index) - int(b.Member.Index) })
}
