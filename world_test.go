package tacit

import (
	"encoding/binary"
	"slices"
	"testing"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/vrf"
	"tacit/wire"
)

// world is a small network without I/O: everybody's keys, the state of its
// chain and one honest case. Tests spoil a copy of the case.
type world struct {
	t       testing.TB
	network wire.Digest
	params  Params
	signers map[wire.Address]*key.Signer
	vrfs    map[wire.Address]*vrf.Key

	user, dispatcher       wire.Address
	managers               [2]wire.Address // of the service, of the dataset
	workers, verifiers     []wire.Address
	first, state           EpochState
	service, data, foreign Entry
	made                   byte
}

// newWorld makes two managers, a dispatcher, three workers and seven verifiers
// of an operator each, at epoch 2.
func newWorld(t testing.TB) *world {
	w := &world{
		t: t, network: wire.Digest{0xee},
		params: Params{
			EpochLength: 8, Finality: 2, TicketClose: 7, Deadline: 10, SettleWindow: 20, ChallengeWindow: 5, WithdrawDelay: 90, UnbondDelay: 90,
			Seats: 7, Operators: 3, MinStake: 100, SlashPart: 500, SeatFee: 1, DispatchFee: 2, WorkerPrice: [8]Money{1, 2, 3, 4, 5, 6, 7, 8},
		},
		signers: map[wire.Address]*key.Signer{}, vrfs: map[wire.Address]*vrf.Key{},
	}
	w.user, w.dispatcher = w.account(), w.account()
	w.managers = [2]wire.Address{w.account(), w.account()}
	for range 3 {
		w.workers = append(w.workers, w.account())
	}
	for range 7 {
		w.verifiers = append(w.verifiers, w.account())
	}
	w.service = w.entry("acme/logreg", EntryService, w.managers[0])
	w.data = w.entry("clinic/left", EntryDataset, w.managers[1])
	w.foreign = w.entry("clinic/other", EntryDataset, w.managers[1])
	genesis := Genesis{Name: "test", ChainID: 1, Params: w.params, Signers: w.verifiers}
	w.first = w.build(genesis.Header(), w.chain(8, 1), nil)
	w.state = w.build(w.first.Header, w.chain(16, 2), nil)
	return w
}

// account makes an account with both keys; they follow from its number.
func (w *world) account() wire.Address {
	w.made++
	secret := make([]byte, 32)
	secret[31] = w.made
	s, err := key.ParseSigner(secret)
	w.ok(err)
	v, err := vrf.Parse(secret)
	w.ok(err)
	w.signers[s.Address()], w.vrfs[s.Address()] = s, v
	return s.Address()
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) node(a wire.Address, role Role) Node {
	operator := a
	operator[0] ^= 0xff
	return Node{Key: a, Operator: operator, Roles: role, Level: 2, Stake: 1000, VRF: w.vrfs[a].Public(), Registered: 2, Region: "eu"}
}

func (w *world) entry(name string, kind uint8, manager wire.Address) Entry {
	seed := wire.Keccak([]byte(name))
	return Entry{
		ID: EntryID(name), Name: name, Owner: wire.Address{7, seed[0]}, Kind: kind, Generation: 1, Price: 10, Terms: seed,
		Sealed: Sealed{Header: wire.Keccak(seed[:]), Root: seed, Size: 100, Plain: seed, Manager: manager, Identity: seed},
	}
}

// chain is the state of the contracts at a block.
func (w *world) chain(block uint64, random byte) ChainState {
	s := ChainState{
		Block: block, Hash: wire.Digest{byte(block)}, Time: 1_700_000_000 + block, PrevRandao: wire.Digest{random},
		Policy:   attest.PolicySet{}.Digest(),
		Entries:  []Entry{w.service, w.data, w.foreign},
		Deposits: []Deposit{{User: w.user, Dispatcher: w.dispatcher, Amount: 500}},
		Nodes:    []Node{w.node(w.dispatcher, RoleDispatcher), w.node(w.managers[0], RoleManager), w.node(w.managers[1], RoleManager)},
	}
	for _, a := range w.workers {
		s.Nodes = append(s.Nodes, w.node(a, RoleWorker))
	}
	for _, a := range w.verifiers {
		s.Nodes = append(s.Nodes, w.node(a, RoleVerifier))
	}
	return s
}

func (w *world) build(previous EpochHeader, s ChainState, tickets []Ticket) EpochState {
	w.t.Helper()
	e, err := BuildEpoch(w.network, w.params, previous, previous.Number+1, s, tickets)
	w.ok(err)
	return e
}

// seal signs a header with some of a signing set.
func (w *world) seal(h EpochHeader, set []wire.Address, by ...wire.Address) SignedHeader {
	s := SignedHeader{Header: h, Signers: set, Sigs: make([]key.Signature, len(set))}
	for i, a := range set {
		if slices.Contains(by, a) {
			s.Sigs[i] = w.signers[a].Sign(wire.Sign712(w.network, h.Hash()))
		}
	}
	return s
}

// task is what the user asks for.
func (w *world) task() Task {
	return Task{
		User: w.user, Nonce: 1, Kind: KindEnclave, Service: w.service.ID, Generation: 1,
		Inputs:       []Input{{Kind: InputEntry, Name: "left", Ref: w.data.ID, Index: 1}},
		Recipients:   []Recipient{{Kind: RecipientKey, Key: []byte("recipient")}},
		Requirements: Requirements{Level: 2, Fuel: 1_000_000, Memory: 1 << 20, Output: 1 << 10, Seconds: 10, Purpose: "research", Region: "eu"},
		Dispatcher:   w.dispatcher, MaxFee: 100, Deadline: w.state.Header.Block + 50,
	}
}

func (w *world) proven(e Entry) ProvenEntry {
	p, err := w.state.ProveEntry(e.ID)
	w.ok(err)
	return p
}

// share is a node's part in the seed of a task.
func (w *world) share(a wire.Address, alpha []byte) Share {
	p, err := w.state.ProveNode(a)
	w.ok(err)
	return Share{Node: p.Node, Path: p.Path, Pi: w.vrfs[a].Prove(alpha)}
}

// accept puts a task into a case up to its deposit.
func (w *world) accept(task Task) Case {
	deposit, err := w.state.ProveDeposit(w.user)
	w.ok(err)
	return Case{
		Task: Sign(w.network, w.signers[task.User], task),
		Acceptance: Sign(w.network, w.signers[w.dispatcher], Acceptance{
			Task: task.ID(w.network), User: task.User, Sequence: 1, Fee: 60, Reserved: 60, Epoch: w.state.Header.Number,
		}),
		Service: w.proven(w.service), Datasets: []ProvenEntry{w.proven(w.data)}, Own: []Sealed{}, Params: []Sealed{}, Deposit: deposit,
	}
}

// draw draws for a case.
func (w *world) draw(c *Case) Drawn {
	task := c.Task.Body
	alpha := vrf.DrawAlpha(w.network, w.state.Header.Beacon, task.ID(w.network))
	var managers []Share
	var betas []vrf.Beta
	for _, m := range c.Managers() {
		s := w.share(m, alpha)
		beta, err := vrf.Verify(s.Node.VRF, alpha, s.Pi)
		w.ok(err)
		managers, betas = append(managers, s), append(betas, beta)
	}
	first := w.share(w.dispatcher, alpha)
	beta, err := vrf.Verify(first.Node.VRF, alpha, first.Pi)
	w.ok(err)
	seed := vrf.Seed(beta, betas)
	picked, err := Pick(seed, task.Requirements, w.params, w.state.Workers, w.state.Verifiers)
	w.ok(err)
	c.Draw = Draw{Dispatcher: first, Managers: managers, Workers: picked.Workers, Verifiers: picked.Verifiers}
	drawn, err := picked.Draw(seed, task.Requirements, w.params)
	w.ok(err)
	return drawn
}

// assign fills in the rest of a case, as an honest dispatcher does.
func (w *world) assign(c *Case, drawn Drawn, attempt uint8) {
	id := c.Task.Body.ID(w.network)
	c.Challenges = nil
	for i, m := range c.Managers() {
		c.Challenges = append(c.Challenges, Sign(w.network, w.signers[m], Challenge{
			Task: id, Attempt: attempt, Epoch: w.state.Header.Number, Manager: m, Nonce: wire.Digest{byte(i + 1)},
		}))
	}
	a := Assignment{
		Task: id, Epoch: w.state.Header.Number, Attempt: attempt, Seed: drawn.Seed,
		Places: []Place{{Worker: drawn.Workers[attempt-1].Key}}, Challenges: HashChallenges(c.Challenges),
	}
	for _, s := range drawn.Seats {
		a.Seats = append(a.Seats, s.Key)
	}
	c.Assignment = Sign(w.network, w.signers[w.dispatcher], a)
	c.Keys = EnclaveKeys{Seal: []byte("sealing key"), Receipt: w.user}
	c.Evidence = attest.Evidence{Scheme: "test", Report: []byte("report"), Collateral: [][]byte{}}
}

// honest is a case that every check passes, with what CheckDraw makes of it.
func (w *world) honest() (Case, Verified) {
	w.t.Helper()
	c := w.accept(w.task())
	w.assign(&c, w.draw(&c), 1)
	v, err := c.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
	w.ok(err)
	return c, v
}

// votes are those of the holders of the seats that how says, one per seat:
// 'y' accepts, 'n' rejects, 'b' both, anything else is silent.
func (w *world) votes(s Subject, seats []Member, how string) Certificate {
	var c Certificate
	for i, seat := range seats {
		by := w.signers[seat.Key]
		yes, no := s.Vote(true, ""), s.Vote(false, fault.EvidUnlisted)
		switch how[i] {
		case 'y':
			c.Votes = append(c.Votes, Sign(w.network, by, yes))
		case 'n':
			c.Votes = append(c.Votes, Sign(w.network, by, no))
		case 'b':
			c.Votes = append(c.Votes, Sign(w.network, by, yes), Sign(w.network, by, no))
		}
	}
	return c
}

// seven are seven seats of seven operators.
func (w *world) seven() []Member { return slices.Clone(w.state.Verifiers.Members) }

// wantCode fails unless err has the code; "" means no error.
func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if fault.Of(err) != want {
		t.Errorf("error = %v, want %q", err, want)
	}
}

// number makes a digest of a number.
func number(i int) (d wire.Digest) {
	binary.BigEndian.PutUint32(d[:], uint32(i))
	return d
}
