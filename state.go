package tacit

import (
	"bytes"
	"slices"
	"strconv"

	"tacit/fault"
	"tacit/vrf"
	"tacit/wire"
)

// A ChainState is what the contracts hold at one block, as read from a node of
// the chain.
type ChainState struct {
	Block      uint64
	Hash       wire.Digest
	Time       uint64
	PrevRandao wire.Digest
	Nodes      []Node
	Entries    []Entry
	Deposits   []Deposit
	Policy     wire.Digest // of the appraisal policies
	Generation uint64      // of the appraisal policies
}

// A Ticket is a node's posted claim to a seat in the pool of an epoch.
type Ticket struct {
	Epoch uint64
	Node  wire.Address
	Role  Role
	Pi    []byte
	Block uint64
}

// An EpochState is the state under one header, with every tree that proofs are
// taken from. Signers and gateways build it alike from the chain.
type EpochState struct {
	Header             EpochHeader
	Nodes              []Node
	Entries            []Entry
	Deposits           []Deposit
	Workers, Verifiers Pool
	NextSigners        []wire.Address

	nodes, entries, deposits *wire.PairTree
}

// BuildEpoch computes the header of the epoch that begins at state's block,
// after the headers that previous ends. Tickets that do not verify, came for
// another role or from a key registered after the beacon of the epoch before
// are left out; before there was a beacon to draw by (epochs 1 and 2), and when
// a small registry lost more than a third of its tickets, every registered node
// is in. The cost grows with nodes, entries and deposits and
// is paid once per epoch.
func BuildEpoch(network wire.Digest, params Params, previous EpochHeader, number uint64, state ChainState, tickets []Ticket) (EpochState, error) {
	if number != previous.Number+1 {
		return EpochState{}, fault.New(fault.ConsHeader, "build epoch %d: the header before it is %d, and none is skipped", number, previous.Number)
	}
	if state.Generation < previous.Generation || state.Generation == previous.Generation && state.Policy != previous.Policy {
		return EpochState{}, fault.Denied(fault.KeyGeneration, "build epoch "+strconv.FormatUint(number, 10), "policy generation",
			"above "+strconv.FormatUint(previous.Generation, 10)+", or the same policies", strconv.FormatUint(state.Generation, 10))
	}
	e := EpochState{Nodes: slices.Clone(state.Nodes), Entries: slices.Clone(state.Entries), Deposits: slices.Clone(state.Deposits)}
	slices.SortFunc(e.Nodes, func(a, b Node) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	slices.SortFunc(e.Entries, func(a, b Entry) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortFunc(e.Deposits, func(a, b Deposit) int { return bytes.Compare(a.User[:], b.User[:]) })
	workers := admitted(network, params, previous, number, RoleWorker, e.Nodes, tickets)
	verifiers := admitted(network, params, previous, number, RoleVerifier, e.Nodes, tickets)
	e.Workers, e.Verifiers = NewPool(workers), NewPool(verifiers)
	e.nodes, e.entries, e.deposits = wire.NewPairTree(leaves(e.Nodes)), wire.NewPairTree(leaves(e.Entries)), wire.NewPairTree(leaves(e.Deposits))
	beacon := Beacon(number, state.PrevRandao)
	e.NextSigners = signingSet(beacon, e.Nodes, params)
	e.Header = EpochHeader{
		Number: number, Block: state.Block, BlockHash: state.Hash, Time: state.Time, Beacon: beacon,
		Nodes: e.nodes.Root(), Workers: e.Workers.Root.Digest(), Verifiers: e.Verifiers.Root.Digest(),
		Catalogue: e.entries.Root(), Deposits: e.deposits.Root(),
		Policy: state.Policy, Generation: state.Generation,
		Signers: SignersDigest(e.NextSigners), Previous: previous.Hash(),
	}
	if len(e.NextSigners) == 0 {
		// Nobody could sign the next header; the set stays until somebody can.
		e.Header.Signers = previous.Signers
	}
	return e, nil
}

// admitted are the members of an epoch's pool of one role: the nodes whose
// tickets win. In a registry no larger than the target every ticket wins, and
// there a ticket shows no more than that its node is awake; so when more than a
// third of them are missing, which is what a late header or a slow chain does to
// all nodes at once, everybody is in rather than nobody.
func admitted(network wire.Digest, params Params, previous EpochHeader, epoch uint64, role Role, nodes []Node, tickets []Ticket) []Member {
	pis := map[wire.Address][]byte{}
	for _, t := range tickets {
		if t.Epoch == epoch && t.Role == role {
			pis[t.Node] = t.Pi
		}
	}
	var eligible []Node
	var total Money
	for _, n := range nodes {
		// A key that was registered when the ticket's input was known could
		// have been chosen for it.
		late := epoch > 2 && n.Registered >= previous.Block
		if n.Roles&role != 0 && n.Leaving == 0 && n.Stake >= params.MinStake && !late {
			eligible = append(eligible, n)
			total = addMoney(total, n.Stake)
		}
	}
	var all, won []Member
	alpha := vrf.TicketAlpha(network, uint16(role), epoch, previous.Beacon)
	for _, n := range eligible {
		m := Member{Key: n.Key, Operator: n.Operator, Stake: n.Stake, Level: n.Level, VRF: n.VRF, Region: n.Region}
		all = append(all, m)
		beta, err := vrf.Verify(n.VRF, alpha, pis[n.Key])
		if err == nil && vrf.Admitted(beta, n.Stake, total, len(eligible), PoolTarget) {
			won = append(won, m)
		}
	}
	if epoch <= 2 || (len(eligible) <= PoolTarget && 3*len(won) < 2*len(all)) {
		return all
	}
	return won
}

// signingSet is who signs the next header: every registered verifier, or
// MaxSeats of them drawn by stake.
func signingSet(beacon wire.Digest, nodes []Node, params Params) []wire.Address {
	var members []Member
	for _, n := range nodes {
		if n.Roles&RoleVerifier != 0 && n.Leaving == 0 && n.Stake >= params.MinStake {
			members = append(members, Member{Key: n.Key, Stake: n.Stake})
		}
	}
	pool := NewPool(members)
	members = pool.Members
	if len(members) > MaxSeats {
		chosen, err := pick(beacon, "tacit/signers", find(members, pool.Root), MaxSeats, false, func(chosen []Member, m Member) bool {
			return !slices.ContainsFunc(chosen, func(c Member) bool { return c.Key == m.Key })
		})
		if err == nil {
			members = chosen
		}
	}
	set := make([]wire.Address, len(members))
	for i, m := range members {
		set[i] = m.Key
	}
	return set
}

// ProveNode returns a node with its path; API_NOT_FOUND if it is not there.
func (e EpochState) ProveNode(key wire.Address) (ProvenNode, error) {
	i, ok := slices.BinarySearchFunc(e.Nodes, key, func(n Node, k wire.Address) int { return bytes.Compare(n.Key[:], k[:]) })
	if !ok {
		return ProvenNode{}, fault.New(fault.APINotFound, "find node %s in epoch %d", key, e.Header.Number)
	}
	return ProvenNode{e.Nodes[i], e.nodes.Path(i)}, nil
}

// ProveEntry returns a catalogue entry with its path.
func (e EpochState) ProveEntry(id wire.Digest) (ProvenEntry, error) {
	i, ok := slices.BinarySearchFunc(e.Entries, id, func(n Entry, k wire.Digest) int { return bytes.Compare(n.ID[:], k[:]) })
	if !ok {
		return ProvenEntry{}, fault.New(fault.APINotFound, "find catalogue entry %s in epoch %d", id.Short(), e.Header.Number)
	}
	return ProvenEntry{e.Entries[i], e.entries.Path(i)}, nil
}

// ProveDeposit returns a user's deposit with its path.
func (e EpochState) ProveDeposit(user wire.Address) (ProvenDeposit, error) {
	i, ok := slices.BinarySearchFunc(e.Deposits, user, func(n Deposit, k wire.Address) int { return bytes.Compare(n.User[:], k[:]) })
	if !ok {
		return ProvenDeposit{}, fault.New(fault.PayDeposit, "find deposit of %s in epoch %d: there is none", user, e.Header.Number)
	}
	return ProvenDeposit{e.Deposits[i], e.deposits.Path(i)}, nil
}

// Committee shows the members that hold seats in the settlement committee of a
// batch.
func (e EpochState) Committee(dispatcher wire.Address, number uint64) PoolProof {
	return e.Verifiers.Prove(SettleMembers(e.Header.Beacon, dispatcher, number, e.Verifiers))
}
