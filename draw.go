package tacit

import (
	"bytes"
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"tacit/fault"
	"tacit/vrf"
	"tacit/wire"
)

// PoolTarget is how many nodes of a role a pool is meant to have: with no more
// registered all are admitted, with more the tickets are a lottery by stake.
const PoolTarget = 1024

// MaxAttempts bounds how many workers a task may be given in turn.
const MaxAttempts = 2

// drawTries bounds how many picks a draw may take per seat before it is given
// up: it is reached only when too few members are eligible.
const drawTries = 256

// A PoolProof shows members of an epoch's pool.
type PoolProof struct {
	Root    PoolRoot        `cbor:"1,keyasint" json:"root"`
	Members []Member        `cbor:"2,keyasint" json:"members"`
	Paths   [][]wire.Digest `cbor:"3,keyasint" json:"paths"`
}

// Check returns the proven members if the root is the one that the header
// names (want), else CHAIN_PROOF.
func (p PoolProof) Check(want wire.Digest) ([]Member, error) {
	if p.Root.Digest() != want {
		return nil, fault.New(fault.ChainProof, "check pool: its root is not the epoch header's")
	}
	if len(p.Paths) != len(p.Members) {
		return nil, fault.New(fault.ChainProof, "check pool: %d members, %d paths", len(p.Members), len(p.Paths))
	}
	for i, m := range p.Members {
		if i > 0 && m.Index <= p.Members[i-1].Index {
			return nil, fault.New(fault.ChainProof, "check pool: its members are not in order")
		}
		if !wire.VerifyPair(m.Leaf(), p.Paths[i], p.Root.Root) {
			return nil, fault.New(fault.ChainProof, "check pool: member %s is not under the root", m.Key)
		}
	}
	return p.Members, nil
}

// A Pool is all members of an epoch's pool of one role in order, with the tree
// that proofs are taken from. Making it costs what its size says; a draw from it
// looks at no more members than it picks.
type Pool struct {
	Members []Member
	Root    PoolRoot
	tree    *wire.PairTree
}

// NewPool orders members by key, fills in their index and start, and hashes
// their tree.
func NewPool(members []Member) Pool {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	var total Money
	for i := range members {
		members[i].Index, members[i].Start = uint64(i), total
		total += members[i].Stake
	}
	tree := wire.NewPairTree(leaves(members))
	return Pool{members, PoolRoot{tree.Root(), uint64(len(members)), total}, tree}
}

// Prove makes the proof for some members of the pool.
func (p Pool) Prove(some []Member) PoolProof {
	proof := PoolProof{Root: p.Root}
	for _, m := range some {
		proof.Members = append(proof.Members, m)
		proof.Paths = append(proof.Paths, p.tree.Path(int(m.Index)))
	}
	return proof
}

func leaves[T interface{ Leaf() wire.Digest }](list []T) []wire.Digest {
	out := make([]wire.Digest, len(list))
	for i := range list {
		out[i] = list[i].Leaf()
	}
	return out
}

// A Share is one node's part in the seed of a draw, with the proof that the
// node is registered.
type Share struct {
	Node Node          `cbor:"1,keyasint" json:"node"`
	Path []wire.Digest `cbor:"2,keyasint" json:"path"` // under EpochHeader.Nodes
	Pi   []byte        `cbor:"3,keyasint" json:"pi"`
}

// check returns the share's output: VRF_LATE_KEY for a key registered after
// the beacon was known, VRF_INVALID for a wrong proof.
func (s Share) check(role Role, header EpochHeader, alpha []byte) (vrf.Beta, error) {
	if !wire.VerifyPair(s.Node.Leaf(), s.Path, header.Nodes) || s.Node.Roles&role == 0 {
		return vrf.Beta{}, fault.New(fault.ChainProof, "check draw: %s is not registered for its part", s.Node.Key)
	}
	if s.Node.Registered >= header.Block {
		return vrf.Beta{}, fault.New(fault.VRFLateKey, "check draw: key of %s is of block %d, the beacon of block %d",
			s.Node.Key, s.Node.Registered, header.Block)
	}
	return vrf.Verify(s.Node.VRF, alpha, s.Pi)
}

// A Draw is all that anybody needs to draw a task's workers and seats again:
// the parts of the seed and the members that the picks hit.
type Draw struct {
	Dispatcher Share     `cbor:"1,keyasint" json:"dispatcher"`
	Managers   []Share   `cbor:"2,keyasint" json:"managers"` // ordered by key
	Workers    PoolProof `cbor:"3,keyasint" json:"workers"`
	Verifiers  PoolProof `cbor:"4,keyasint" json:"verifiers"`
}

// Drawn is the outcome of a draw.
type Drawn struct {
	Seed    wire.Digest
	Workers []Member // in the order of attempts, at most MaxAttempts
	Seats   []Member // in order; a member may hold several
}

// Check draws again and returns the outcome. header must be the verified
// header of the task's epoch and managers the distinct accounts of every
// manager whose artefact the task uses.
func (d Draw) Check(network wire.Digest, task Task, header EpochHeader, params Params, managers []wire.Address) (Drawn, error) {
	seed, err := d.seed(network, task, header, managers)
	if err != nil {
		return Drawn{}, err
	}
	if _, err := d.Workers.Check(header.Workers); err != nil {
		return Drawn{}, err
	}
	if _, err := d.Verifiers.Check(header.Verifiers); err != nil {
		return Drawn{}, err
	}
	return Picked{d.Workers, d.Verifiers}.Draw(seed, task.Requirements, params)
}

func (d Draw) seed(network wire.Digest, task Task, header EpochHeader, managers []wire.Address) (wire.Digest, error) {
	alpha := vrf.DrawAlpha(network, header.Beacon, task.ID(network))
	if d.Dispatcher.Node.Key != task.Dispatcher {
		return wire.Digest{}, fault.Denied(fault.VRFInvalid, "check draw", "dispatcher", task.Dispatcher.String(), d.Dispatcher.Node.Key.String())
	}
	first, err := d.Dispatcher.check(RoleDispatcher, header, alpha)
	if err != nil {
		return wire.Digest{}, err
	}
	want := SortAddresses(managers)
	if len(want) != len(d.Managers) {
		return wire.Digest{}, fault.Denied(fault.VRFInvalid, "check draw", "managers' parts", strconv.Itoa(len(want)), strconv.Itoa(len(d.Managers)))
	}
	betas := make([]vrf.Beta, len(want))
	for i, s := range d.Managers {
		if s.Node.Key != want[i] {
			return wire.Digest{}, fault.Denied(fault.VRFInvalid, "check draw", "manager", want[i].String(), s.Node.Key.String())
		}
		if betas[i], err = s.check(RoleManager, header, alpha); err != nil {
			return wire.Digest{}, err
		}
	}
	return vrf.Seed(first, betas), nil
}

// SortAddresses returns the distinct accounts in order.
func SortAddresses(list []wire.Address) []wire.Address {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b wire.Address) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(list)
}

// Picked are the members that the picks of a seed hit, with their places in the
// pools. Whoever shows them is not believed: Draw.Check draws again.
type Picked struct {
	Workers   PoolProof `cbor:"1,keyasint" json:"workers"`
	Verifiers PoolProof `cbor:"2,keyasint" json:"verifiers"`
}

// Pick draws from whole pools. Its cost does not grow with them but for the
// length of the paths.
func Pick(seed wire.Digest, req Requirements, params Params, workers, verifiers Pool) (Picked, error) {
	hitW, hitV := map[uint64]Member{}, map[uint64]Member{}
	note := func(hit map[uint64]Member, p Pool) lookup {
		l := find(p.Members, p.Root)
		inner := l.at
		l.at = func(r Money) (Member, bool) {
			m, ok := inner(r)
			if ok {
				hit[m.Index] = m
			}
			return m, ok
		}
		return l
	}
	if _, err := drawAll(seed, req, params, note(hitW, workers), note(hitV, verifiers)); err != nil {
		return Picked{}, err
	}
	ordered := func(hit map[uint64]Member) []Member {
		return slices.SortedFunc(maps.Values(hit), func(a, b Member) int { return cmp.Compare(a.Index, b.Index) })
	}
	return Picked{workers.Prove(ordered(hitW)), verifiers.Prove(ordered(hitV))}, nil
}

// Draw draws among the members that are shown; one that is hit and not shown is
// CHAIN_PROOF. The members must have been checked.
func (p Picked) Draw(seed wire.Digest, req Requirements, params Params) (Drawn, error) {
	return drawAll(seed, req, params, find(p.Workers.Members, p.Workers.Root), find(p.Verifiers.Members, p.Verifiers.Root))
}

// lookup finds the member that a pick hits; false means that it was not shown.
type lookup struct {
	root PoolRoot
	at   func(r Money) (Member, bool)
}

// find looks members up by stake; they must be in order of their index, as
// those of a Pool and of its proofs are.
func find(members []Member, root PoolRoot) lookup {
	return lookup{root, func(r Money) (Member, bool) {
		i, _ := slices.BinarySearchFunc(members, r, func(m Member, r Money) int {
			if m.Start+m.Stake <= r {
				return -1
			}
			return 1
		})
		if i < len(members) && members[i].Start <= r {
			return members[i], true
		}
		return Member{}, false
	}}
}

func drawAll(seed wire.Digest, req Requirements, params Params, workers, verifiers lookup) (Drawn, error) {
	drawn := Drawn{Seed: seed}
	var err error
	drawn.Workers, err = pick(seed, "tacit/workers", workers, min(MaxAttempts, int(workers.root.Count)), false, func(chosen []Member, m Member) bool {
		return m.Level >= req.Level && (req.Region == "" || m.Region == req.Region) &&
			!slices.ContainsFunc(chosen, func(c Member) bool { return c.Key == m.Key })
	})
	if err != nil {
		return Drawn{}, err
	}
	if len(drawn.Workers) == 0 {
		return Drawn{}, fault.Denied(fault.TaskNoWorker, "draw workers", "level and region",
			"level "+strconv.Itoa(int(req.Level))+" "+req.Region, "none among "+strconv.Itoa(int(workers.root.Count))+" workers of the pool")
	}
	n := int(params.Seats)
	drawn.Seats, err = pick(seed, "tacit/seats", verifiers, n, true, func(chosen []Member, m Member) bool {
		held := 1
		for _, c := range chosen {
			if c.Operator == m.Operator {
				held++
			}
		}
		return 3*held < n // no operator reaches a third
	})
	if err != nil {
		return Drawn{}, err
	}
	operators := map[wire.Address]bool{}
	for _, s := range drawn.Seats {
		operators[s.Operator] = true
	}
	if len(drawn.Seats) < n || len(operators) < int(params.Operators) {
		return Drawn{}, fault.Denied(fault.TaskNoWorker, "draw committee", "seats and operators",
			strconv.Itoa(n)+" seats of at least "+strconv.Itoa(int(params.Operators))+" operators, each below a third",
			strconv.Itoa(len(drawn.Seats))+" seats of "+strconv.Itoa(len(operators))+" operators")
	}
	return drawn, nil
}

// pick walks the picks of a seed and takes those that take admits until it has
// want of them. In a pool too small for more it stops when the tries run out.
func pick(seed wire.Digest, purpose string, pool lookup, want int, repeat bool, take func([]Member, Member) bool) ([]Member, error) {
	var chosen []Member
	seen := map[uint64]bool{}
	for i := uint64(0); pool.root.Count > 0 && i < drawTries*uint64(want) && len(chosen) < want; i++ {
		if !repeat && uint64(len(seen)) == pool.root.Count {
			break // every member was looked at
		}
		m, ok := pool.at(vrf.Pick(seed, purpose, i, pool.root.Total))
		if !ok {
			return nil, fault.New(fault.ChainProof, "draw: pick %d of %s is not among the members shown", i, purpose)
		}
		seen[m.Index] = true
		if take(chosen, m) {
			chosen = append(chosen, m)
		}
	}
	return chosen, nil
}

// SettleSeats are the picks of the settlement committee of a batch in a pool of
// more than MaxSeats members: nothing that the poster chooses is in them, and
// the escrow contract computes the same.
func SettleSeats(beacon wire.Digest, dispatcher wire.Address, number uint64, pool PoolRoot) []uint64 {
	if pool.Count <= MaxSeats {
		return nil
	}
	seats := make([]uint64, MaxSeats)
	total := new(big.Int).SetUint64(pool.Total)
	for i := range seats {
		h := new(wire.Words).String("tacit/settle").Digest(beacon).Address(dispatcher).Uint(number).Uint(uint64(i)).Hash()
		n := new(big.Int).SetBytes(h[:])
		seats[i] = n.Mod(n, total).Uint64()
	}
	return seats
}
