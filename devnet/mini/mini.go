// Package mini is a network in one process for the tests of its roles: real
// rooms on real stores with real signatures, draws, evidence and headers, but
// without TLS, without a chain and without enclave processes. What the
// contracts hold is a value that the test changes; epochs pass when it says.
package mini

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/audit"
	"tacit/fault"
	"tacit/key"
	"tacit/manager"
	"tacit/rule"
	"tacit/store/embedded"
	"tacit/verifier"
	"tacit/vrf"
	"tacit/wire"
)

// A Party is somebody with keys.
type Party struct {
	Key  *key.Signer
	VRF  *vrf.Key
	Node tacit.Node
}

// A Network is everything of one test. Fields may be changed between steps.
type Network struct {
	T          testing.TB
	ID         wire.Digest
	Genesis    tacit.Genesis
	Epochs     wire.Address
	Vendor     *sim.Vendor
	Enclave    wire.Digest // measurement of the enclave image
	Schemes    attest.Schemes
	Chain      *Chain
	Headers    *Headers
	Verifiers  []Party
	Workers    []Party
	Managers   []Party
	Dispatcher Party
	User       *key.Signer
	Owner      *key.Signer
	State      tacit.EpochState // under the newest header
	Dir        string
	Notify     func(context.Context, tacit.Notice) (tacit.Done, error) // of managers made from now on
}

// Chain is what the contracts hold, block by block.
type Chain struct {
	Now    tacit.ChainState
	States map[uint64]tacit.ChainState
	Posted map[uint64][]tacit.Ticket
	Sets   map[uint64]attest.PolicySet // by generation
}

// Start is block 0.
func (c *Chain) Start() uint64 { return 0 }

// Final is the newest block.
func (c *Chain) Final(context.Context) (uint64, error) { return c.Now.Block, nil }

// State is what was recorded for a block.
func (c *Chain) State(_ context.Context, block uint64) (tacit.ChainState, error) {
	s, ok := c.States[block]
	if !ok {
		return s, fault.New(fault.ChainUnavailable, "read state of block %d: not recorded", block)
	}
	return s, nil
}

// Tickets are those that were posted for an epoch.
func (c *Chain) Tickets(_ context.Context, epoch uint64) ([]tacit.Ticket, error) {
	return c.Posted[epoch], nil
}

// Policies are those that govern posted.
func (c *Chain) Policies(_ context.Context, generation uint64) (attest.PolicySet, error) {
	set, ok := c.Sets[generation]
	if !ok {
		return set, fault.New(fault.APINotFound, "read policies: generation %d was not posted", generation)
	}
	return set, nil
}

// Headers is a tacit.Headers over the headers that the test made.
type Headers struct {
	Current tacit.View
	Signed  map[uint64]tacit.SignedHeader
	Sets    []attest.PolicySet // that are shown, beside the genesis'
}

// View is the newest.
func (h *Headers) View() tacit.View { return h.Current }

// Header returns a made header.
func (h *Headers) Header(_ context.Context, n uint64) (tacit.EpochHeader, error) {
	s, ok := h.Signed[n]
	if !ok && n == 0 {
		return h.Current.Genesis.Header(), nil
	}
	if !ok {
		return tacit.EpochHeader{}, fault.New(fault.KeyFinality, "find header of epoch %d: the newest is %d", n, h.Current.Header.Number)
	}
	return s.Header, nil
}

// Policies are those of the genesis and what the test added.
func (h *Headers) Policies(_ context.Context, header tacit.EpochHeader) (attest.PolicySet, error) {
	for _, set := range append([]attest.PolicySet{h.Current.Genesis.Policies}, h.Sets...) {
		if header.CheckPolicies(set) == nil {
			return set, nil
		}
	}
	return attest.PolicySet{}, fault.New(fault.EvidUnavailable, "find policies of epoch %d: they are not shown", header.Number)
}

// Wait fails if the header was not made: nothing makes one meanwhile.
func (h *Headers) Wait(ctx context.Context, n uint64) error {
	_, err := h.Header(ctx, n)
	return err
}

// Sync has nothing to do.
func (h *Headers) Sync(context.Context) error { return nil }

// Fresh has nothing to do.
func (h *Headers) Fresh(context.Context, time.Duration) error { return nil }

// Chain shows headers from the genesis on.
func (h *Headers) Chain(numbers ...uint64) ([]tacit.SignedHeader, error) {
	last := uint64(0)
	for _, n := range numbers {
		last = max(last, n)
	}
	var list []tacit.SignedHeader
	for n := uint64(1); n <= last; n++ {
		list = append(list, h.Signed[n])
	}
	return list, nil
}

// New makes a network of seven verifiers, three workers and two managers, in
// epoch 2.
func New(t testing.TB) *Network {
	t.Helper()
	n := &Network{T: t, Dir: t.TempDir(), Chain: &Chain{States: map[uint64]tacit.ChainState{}, Posted: map[uint64][]tacit.Ticket{}, Sets: map[uint64]attest.PolicySet{}}}
	var err error
	n.Vendor, err = sim.NewVendor()
	n.Must(err)
	scheme, err := sim.NewScheme([]attest.Root{n.Vendor.Root()})
	n.Must(err)
	n.Schemes = attest.Schemes{scheme}
	n.Enclave = wire.Sum([]byte("tacit-enclave"))
	n.Epochs = wire.Address{19: 1}
	party := func(role tacit.Role, level uint8) Party {
		p := Party{}
		p.Key, err = key.NewSigner()
		n.Must(err)
		operator, err := key.NewSigner()
		n.Must(err)
		p.VRF, err = vrf.New()
		n.Must(err)
		p.Node = tacit.Node{Key: p.Key.Address(), Operator: operator.Address(), Roles: role, Level: level, Stake: 10e9, VRF: p.VRF.Public(), Region: "local"}
		n.Chain.Now.Nodes = append(n.Chain.Now.Nodes, p.Node)
		return p
	}
	for range 7 {
		n.Verifiers = append(n.Verifiers, party(tacit.RoleVerifier, 0))
	}
	for range 3 {
		n.Workers = append(n.Workers, party(tacit.RoleWorker, sim.Level))
	}
	for range 2 {
		n.Managers = append(n.Managers, party(tacit.RoleManager, 0))
	}
	n.Dispatcher = party(tacit.RoleDispatcher, 0)
	n.User, err = key.NewSigner()
	n.Must(err)
	n.Owner, err = key.NewSigner()
	n.Must(err)
	n.Genesis = tacit.Genesis{Name: "mini", ChainID: 1, Params: Params(), Teaching: true, Policies: attest.PolicySet{
		Generation: 1, Roots: []attest.Root{n.Vendor.Root()}, Policies: []attest.Policy{sim.Policy(uint16(tacit.RoleEnclave),
			attest.Reference{Name: "tacit-enclave", Measurement: n.Enclave, Manifest: sim.ManifestOf(nil, nil), SVN: 1})},
	}}
	for _, role := range []tacit.Role{tacit.RoleManager, tacit.RoleDispatcher} {
		n.Genesis.Policies.Policies = append(n.Genesis.Policies.Policies, sim.Policy(uint16(role),
			attest.Reference{Name: tacit.RoleNames(role), Measurement: Image(role), Manifest: sim.ManifestOf(nil, nil), SVN: 1}))
	}
	for _, v := range n.Verifiers {
		n.Genesis.Signers = append(n.Genesis.Signers, v.Key.Address())
	}
	n.ID = n.Genesis.Network(n.Epochs)
	n.Headers = &Headers{Current: tacit.NewView(n.Genesis, n.Epochs), Signed: map[uint64]tacit.SignedHeader{}}
	n.Chain.Now.Time = 1_700_000_000
	n.Chain.Now.Policy, n.Chain.Now.Generation = n.Genesis.Policies.Digest(), n.Genesis.Policies.Generation
	n.Chain.Now.Deposits = []tacit.Deposit{{User: n.User.Address(), Dispatcher: n.Dispatcher.Key.Address(), Amount: 10e9}}
	n.Epoch()
	n.Epoch()
	return n
}

// Image is the measurement of the image of a role that lives in an enclave.
func Image(role tacit.Role) wire.Digest { return wire.Sum([]byte(tacit.RoleNames(role))) }

// Params are small and quick.
func Params() tacit.Params {
	return tacit.Params{
		EpochLength: 8, Finality: 2, TicketClose: 7, Deadline: 30, SettleWindow: 60, ChallengeWindow: 5, WithdrawDelay: 120, UnbondDelay: 120,
		Seats: 7, Operators: 3, MinStake: 1e9, SlashPart: 500, SeatFee: 1e6, DispatchFee: 2e6, WorkerPrice: [8]tacit.Money{1e6, 2e6, 4e6, 8e6, 16e6, 32e6, 64e6, 128e6},
	}
}

// Must ends the test at an error.
func (n *Network) Must(err error) {
	n.T.Helper()
	if err != nil {
		n.T.Fatal(err)
	}
}

// Epoch lets an epoch begin: its header is over the chain as it is now, and
// every worker and verifier posts a ticket for the next.
func (n *Network) Epoch() tacit.EpochHeader {
	n.T.Helper()
	previous := n.Headers.Current.Header
	number := previous.Number + 1
	s := n.Chain.Now
	s.Block = number * n.Genesis.Params.EpochLength
	s.Time += 8
	s.Hash = wire.Sum(fmt.Appendf(nil, "block %d %s", s.Block, n.ID))
	s.PrevRandao = wire.Sum(fmt.Appendf(nil, "randao %d %s", s.Block, n.ID))
	n.Chain.Now = s
	n.Chain.States[s.Block] = s
	state, err := tacit.BuildEpoch(n.ID, n.Genesis.Params, previous, number, s, n.Chain.Posted[number])
	n.Must(err)
	signed := n.SignHeader(state.Header) // by the set that the epoch before named
	n.State = state
	n.Headers.Signed[number] = signed
	n.Headers.Current, err = n.Headers.Current.Advance(signed)
	n.Must(err)
	for _, p := range append(append([]Party{}, n.Workers...), n.Verifiers...) {
		n.Chain.Posted[number+1] = append(n.Chain.Posted[number+1], tacit.Ticket{
			Epoch: number + 1, Node: p.Key.Address(), Role: p.Node.Roles,
			Pi: p.VRF.Prove(vrf.TicketAlpha(n.ID, uint16(p.Node.Roles), number+1, state.Header.Beacon)),
		})
	}
	return state.Header
}

// Govern puts the next generation of policies on the chain, from the next epoch
// on, as the edited copy of the newest. Shown says whether the roles can get it.
func (n *Network) Govern(shown bool, edit func(*attest.PolicySet)) attest.PolicySet {
	n.T.Helper()
	set := n.Genesis.Policies
	if posted, ok := n.Chain.Sets[n.Chain.Now.Generation]; ok {
		set = posted
	}
	// A copy that shares nothing.
	b, err := tacit.EncodePolicies(set)
	n.Must(err)
	set, err = tacit.DecodePolicies(b)
	n.Must(err)
	set.Generation++
	edit(&set)
	n.Chain.Sets[set.Generation] = set
	n.Chain.Now.Policy, n.Chain.Now.Generation = set.Digest(), set.Generation
	if shown {
		n.Headers.Sets = append(n.Headers.Sets, set)
	}
	return set
}

// SignHeader has every verifier sign a header.
func (n *Network) SignHeader(h tacit.EpochHeader) tacit.SignedHeader {
	out := tacit.SignedHeader{Header: h, Signers: n.Genesis.Signers}
	if n.Headers.Current.Header.Number > 0 {
		out.Signers = n.State.NextSigners
		for _, a := range [][]wire.Address{n.Genesis.Signers, n.State.NextSigners} {
			if tacit.SignersDigest(a) == n.Headers.Current.Header.Signers {
				out.Signers = a
			}
		}
	}
	for _, who := range out.Signers {
		for _, v := range n.Verifiers {
			if v.Key.Address() == who {
				out.Sigs = append(out.Sigs, tacit.Sign(n.ID, v.Key, h).Sig)
			}
		}
	}
	return out
}

// Manager makes a real manager on a store and a log in the test's folder. Asked
// again with the same index, after the first was closed, it finds its state.
func (n *Network) Manager(i int, now func() time.Time) (*manager.Manager, func()) {
	n.T.Helper()
	dir := filepath.Join(n.Dir, fmt.Sprintf("manager-%d", i))
	s, err := embedded.Open(embedded.Config{Path: dir + ".db", Key: bytes.Repeat([]byte{byte(i + 1)}, 32)})
	n.Must(err)
	logKey := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))
	name := fmt.Sprintf("mini/manager-%d", i)
	log, err := audit.Open(audit.Config{Dir: dir, Name: name, Key: logKey})
	n.Must(err)
	p := n.Managers[i]
	rules, err := rule.New()
	n.Must(err)
	m, err := manager.New(context.Background(), manager.Config{
		Rules: rules, Notify: n.Notify,
		Key: p.Key, VRF: p.VRF, Store: s, Audit: log, Headers: n.Headers, Schemes: n.Schemes, Now: now,
		LogKey: tacit.LogKey{Manager: p.Key.Address(), Name: name, Public: logKey.Public().(ed25519.PublicKey)},
	})
	n.Must(err)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() {
		_ = m.Run(ctx) // renews the lease, and gives it back at the end
		close(ran)
	}()
	return m, func() {
		cancel()
		<-ran
		log.Close()
		s.Close()
	}
}

// Verifier makes a real verifier on a store in the test's folder.
func (n *Network) Verifier(i int, sample func(context.Context, wire.Digest, int64) (tacit.Chunk, error)) (*verifier.Verifier, func()) {
	n.T.Helper()
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(n.Dir, fmt.Sprintf("verifier-%d.db", i)), Key: bytes.Repeat([]byte{byte(i + 64)}, 32)})
	n.Must(err)
	if sample == nil {
		sample = func(context.Context, wire.Digest, int64) (tacit.Chunk, error) {
			return tacit.Chunk{}, fault.New(fault.APINotFound, "sample: nothing stored")
		}
	}
	v, err := verifier.New(verifier.Config{Key: n.Verifiers[i].Key, Store: s, Headers: n.Headers, Schemes: n.Schemes, Chain: n.Chain, Sample: sample})
	n.Must(err)
	return v, func() { s.Close() }
}

// As is the context of a call by a client account.
func As(who *key.Signer) context.Context {
	return tacit.WithCaller(context.Background(), tacit.Caller{Role: tacit.RoleClient, Node: who.Address()})
}

// An Artefact is something sealed, with what opens it.
type Artefact struct {
	Sealed tacit.Sealed
	File   []byte // the age file
	Header []byte
}

// Seal seals content to an identity of a manager.
func (n *Network) Seal(id tacit.Identity, content []byte, code bool) Artefact {
	n.T.Helper()
	to, err := age.ParseRecipients(strings.NewReader(id.Recipient))
	n.Must(err)
	var buf bytes.Buffer
	w, err := age.Encrypt(&buf, to...)
	n.Must(err)
	_, err = w.Write(content)
	n.Must(err)
	n.Must(w.Close())
	header, err := age.ExtractHeader(bytes.NewReader(buf.Bytes()))
	n.Must(err)
	a := Artefact{File: buf.Bytes(), Header: header, Sealed: tacit.Sealed{
		Header: wire.Sum(header), Root: wire.MerkleRoot(tacit.ChunkLeaves(buf.Bytes())), Size: int64(buf.Len()), Manager: id.Manager, Identity: id.ID,
	}}
	if code {
		a.Sealed.Plain = wire.Sum(content)
	}
	return a
}

// Terms allow one service and everything else.
func Terms(services ...string) tacit.Terms {
	return tacit.Terms{
		Services: services, AnyService: len(services) == 0, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 2,
		Expires: 1_900_000_000, MaxReleases: 100, MaxPerTask: 2, MaxOutput: 1 << 30, Logs: true,
	}
}

// Publish seals content at a manager, hands it the terms and lists the entry
// from the next epoch on.
func (n *Network) Publish(m *manager.Manager, name string, kind uint8, content []byte, terms tacit.Terms) (tacit.Entry, Artefact) {
	n.T.Helper()
	id, err := m.Identity(As(n.Owner), tacit.IdentityRequest{Subject: name})
	n.Must(err)
	a := n.Seal(id, content, kind == tacit.EntryService)
	_, err = m.SetTerms(As(n.Owner), tacit.TermsRequest{Entry: name, Terms: terms})
	n.Must(err)
	e := tacit.Entry{ID: tacit.EntryID(name), Name: name, Owner: n.Owner.Address(), Kind: kind, Generation: 1, Sealed: a.Sealed, Price: 1e7, Terms: terms.Digest()}
	n.Chain.Now.Entries = append(n.Chain.Now.Entries, e)
	return e, a
}
