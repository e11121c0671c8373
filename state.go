package tacit

import (
	"bytes"
	"slices"

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
	Header                     EpochHeader
	Nodes                      []Node
	Entries                    []Entry
	Deposits                   []Deposit
	Workers, Verifiers         []Member
	WorkersRoot, VerifiersRoot PoolRoot
	NextSigners                []wire.Address
}

// BuildEpoch computes the header of the epoch that begins at state's block,
// after the headers that previous ends. Tickets that do not verify, came for
// another role or from a key registered after the beacon of the epoch before
// are left out; before there was a beacon to draw by (epochs 1 and 2) every
// registered node is in. The cost grows with nodes, entries and deposits and
// is paid once per epoch.
func BuildEpoch(network wire.Digest, params Params, previous EpochHeader, number uint64, state ChainState, tickets []Ticket) (EpochState, error) {
	if number != previous.Number+1 {
		return EpochState{}, fault.New(fault.ConsHeader, "build epoch %d: the header before it is %d, and none is skipped", number, previous.Number)
	}
	e := EpochState{Nodes: slices.Clone(state.Nodes), Entries: slices.Clone(state.Entries), Deposits: slices.Clone(state.Deposits)}
	slices.SortFunc(e.Nodes, func(a, b Node) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	slices.SortFunc(e.Entries, func(a, b Entry) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortFunc(e.Deposits, func(a, b Deposit) int { return bytes.Compare(a.User[:], b.User[:]) })
	var workers, verifiers []Member
	for _, n := range e.Nodes {
		if n.Leaving != 0 || n.Stake < params.MinStake {
			continue
		}
		m := Member{Key: n.Key, Operator: n.Operator, Stake: n.Stake, Level: n.Level, VRF: n.VRF, Region: n.Region}
		if n.Roles&RoleWorker != 0 && admitted(network, previous, number, n, RoleWorker, e.Nodes, tickets) {
			workers = append(workers, m)
		}
		if n.Roles&RoleVerifier != 0 && admitted(network, previous, number, n, RoleVerifier, e.Nodes, tickets) {
			verifiers = append(verifiers, m)
		}
	}
	e.Workers, e.WorkersRoot = NewPool(workers)
	e.Verifiers, e.VerifiersRoot = NewPool(verifiers)
	beacon := Beacon(number, state.PrevRandao)
	e.NextSigners = signingSet(beacon, e.Nodes, params)
	e.Header = EpochHeader{
		Number: number, Block: state.Block, BlockHash: state.Hash, Time: state.Time, Beacon: beacon,
		Nodes: wire.PairRoot(leaves(e.Nodes)), Workers: e.WorkersRoot.Digest(), Verifiers: e.VerifiersRoot.Digest(),
		Catalogue: wire.PairRoot(leaves(e.Entries)), Deposits: wire.PairRoot(leaves(e.Deposits)),
		Policy: previous.Policy, Generation: previous.Generation, Deny: previous.Deny,
		Signers: SignersDigest(e.NextSigners), Previous: previous.Hash(),
	}
	if len(e.NextSigners) == 0 {
		// Nobody could sign the next header; the set stays until somebody can.
		e.Header.Signers = previous.Signers
	}
	return e, nil
}

// admitted reports whether a node's ticket admits it to the pool of a role.
func admitted(network wire.Digest, previous EpochHeader, epoch uint64, n Node, role Role, nodes []Node, tickets []Ticket) bool {
	if epoch <= 2 {
		return true
	}
	if n.Registered >= previous.Block {
		return false // registered when the ticket's input was known already
	}
	for _, t := range tickets {
		if t.Epoch != epoch || t.Node != n.Key || t.Role != role {
			continue
		}
		beta, err := vrf.Verify(n.VRF, vrf.TicketAlpha(network, uint16(role), epoch, previous.Beacon), t.Pi)
		if err != nil {
			return false
		}
		var total Money
		count := 0
		for _, o := range nodes {
			if o.Roles&role != 0 && o.Leaving == 0 {
				total += o.Stake
				count++
			}
		}
		return vrf.Admitted(beta, n.Stake, total, count, PoolTarget)
	}
	return false
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
	members, root := NewPool(members)
	if len(members) > MaxSeats {
		chosen, err := pick(beacon, "tacit/signers", find(members, root), MaxSeats, false, func(chosen []Member, m Member) bool {
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
	i := slices.IndexFunc(e.Nodes, func(n Node) bool { return n.Key == key })
	if i < 0 {
		return ProvenNode{}, fault.New(fault.APINotFound, "find node %s in epoch %d", key, e.Header.Number)
	}
	return ProvenNode{e.Nodes[i], wire.PairPath(leaves(e.Nodes), i)}, nil
}

// ProveEntry returns a catalogue entry with its path.
func (e EpochState) ProveEntry(id wire.Digest) (ProvenEntry, error) {
	i := slices.IndexFunc(e.Entries, func(n Entry) bool { return n.ID == id })
	if i < 0 {
		return ProvenEntry{}, fault.New(fault.APINotFound, "find catalogue entry %s in epoch %d", id.Short(), e.Header.Number)
	}
	return ProvenEntry{e.Entries[i], wire.PairPath(leaves(e.Entries), i)}, nil
}

// ProveDeposit returns a user's deposit with its path.
func (e EpochState) ProveDeposit(user wire.Address) (ProvenDeposit, error) {
	i := slices.IndexFunc(e.Deposits, func(n Deposit) bool { return n.User == user })
	if i < 0 {
		return ProvenDeposit{}, fault.New(fault.PayDeposit, "find deposit of %s in epoch %d: there is none", user, e.Header.Number)
	}
	return ProvenDeposit{e.Deposits[i], wire.PairPath(leaves(e.Deposits), i)}, nil
}
