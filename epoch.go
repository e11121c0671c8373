package tacit

import (
	"tacit/key"
	"tacit/wire"
)

// An EpochHeader is what every role believes of the chain: signed by more than
// two thirds of the set that its predecessor named, from the genesis file on.
// All roots are over the contracts' state at block Block.
type EpochHeader struct {
	Number     uint64      `cbor:"1,keyasint" json:"number"`
	Block      uint64      `cbor:"2,keyasint" json:"block"` // finalised
	BlockHash  wire.Digest `cbor:"3,keyasint" json:"blockHash"`
	Time       uint64      `cbor:"4,keyasint" json:"time"`      // of that block, seconds since 1970
	Beacon     wire.Digest `cbor:"5,keyasint" json:"beacon"`    // H("tacit/beacon", epoch, PREVRANDAO of Block)
	Nodes      wire.Digest `cbor:"6,keyasint" json:"nodes"`     // PairRoot over Node.Leaf
	Workers    wire.Digest `cbor:"7,keyasint" json:"workers"`   // Pool.Digest
	Verifiers  wire.Digest `cbor:"8,keyasint" json:"verifiers"` // Pool.Digest
	Catalogue  wire.Digest `cbor:"9,keyasint" json:"catalogue"` // PairRoot over Entry.Leaf
	Deposits   wire.Digest `cbor:"10,keyasint" json:"deposits"` // PairRoot over Deposit.Leaf
	Policy     wire.Digest `cbor:"11,keyasint" json:"policy"`   // PolicySet.Digest, with its deny list
	Generation uint64      `cbor:"12,keyasint" json:"generation"`
	Signers    wire.Digest `cbor:"13,keyasint" json:"signers"` // SignersDigest of the set that signs the next header
	Previous   wire.Digest `cbor:"14,keyasint" json:"previous"`
}

const headerType = "EpochHeader(uint64 number,uint64 blockNumber,bytes32 blockHash,uint64 time,bytes32 beacon,bytes32 nodes,bytes32 workers,bytes32 verifiers,bytes32 catalogue,bytes32 deposits,bytes32 policy,uint64 generation,bytes32 signers,bytes32 previous)"

// Hash is the EIP-712 struct hash; Previous names it.
func (h EpochHeader) Hash() wire.Digest {
	return wire.Typed(headerType).Uint(h.Number).Uint(h.Block).Digest(h.BlockHash).Uint(h.Time).Digest(h.Beacon).
		Digest(h.Nodes).Digest(h.Workers).Digest(h.Verifiers).Digest(h.Catalogue).Digest(h.Deposits).
		Digest(h.Policy).Uint(h.Generation).Digest(h.Signers).Digest(h.Previous).Hash()
}

// SignersDigest identifies a signing set: Keccak-256 of the accounts as words.
func SignersDigest(set []wire.Address) wire.Digest {
	w := new(wire.Words)
	for _, a := range set {
		w.Address(a)
	}
	return w.Hash()
}

// Beacon is the random value of an epoch.
func Beacon(epoch uint64, prevRandao wire.Digest) wire.Digest {
	return new(wire.Words).String("tacit/beacon").Uint(epoch).Digest(prevRandao).Hash()
}

// A Role is a bit of a node's roles, and the role that a peer plays on a
// channel.
type Role uint16

// The roles.
const (
	RoleWorker     Role = 1
	RoleVerifier   Role = 2
	RoleManager    Role = 4
	RoleDispatcher Role = 8
	RoleGateway    Role = 16
	RoleBlobs      Role = 32
	RoleClient     Role = 64 // users and owners; never registered
	RoleEnclave    Role = 128
	// RoleReplica goes with the role of an image: one member of the group whose store
	// a node's keys live in; never registered, known by its own key.
	RoleReplica Role = 256
)

// Image is the role whose policy the evidence of this one is appraised by.
func (r Role) Image() Role { return r &^ RoleReplica }

// A Node is one registered node as the registry knows it.
type Node struct {
	Key        wire.Address `cbor:"1,keyasint" json:"key"`      // signs votes, headers, credentials, acceptances
	Operator   wire.Address `cbor:"2,keyasint" json:"operator"` // who staked, is paid and can be slashed
	Roles      Role         `cbor:"3,keyasint" json:"roles"`
	Level      uint8        `cbor:"4,keyasint" json:"level"` // claimed platform level, 0 if none
	Stake      Money        `cbor:"5,keyasint" json:"stake"`
	VRF        wire.Digest  `cbor:"6,keyasint" json:"vrf"`        // Ed25519 public key (RFC 9381)
	Registered uint64       `cbor:"7,keyasint" json:"registered"` // block of the newest change of key
	Leaving    uint64       `cbor:"8,keyasint" json:"leaving"`    // block at which unbonding began, or 0
	Region     string       `cbor:"9,keyasint" json:"region"`
	Endpoint   string       `cbor:"10,keyasint" json:"endpoint"` // host:port for roles that listen

	AnchorRevision uint64      `cbor:"11,keyasint" json:"anchorRevision"` // of the newest checkpoint of its store, or 0
	Recoveries     uint32      `cbor:"12,keyasint" json:"recoveries"`     // times that the operator led the anchor back
	AnchorDigest   wire.Digest `cbor:"13,keyasint" json:"anchorDigest"`
}

// Leaf is the node's leaf under EpochHeader.Nodes.
func (n Node) Leaf() wire.Digest {
	return new(wire.Words).Address(n.Key).Address(n.Operator).Uint(uint64(n.Roles)).Uint(uint64(n.Level)).Uint(n.Stake).
		Digest(n.VRF).Uint(n.Registered).Uint(n.Leaving).String(n.Region).String(n.Endpoint).
		Uint(n.AnchorRevision).Uint(uint64(n.Recoveries)).Digest(n.AnchorDigest).Leaf()
}

// The kinds of an Entry.
const (
	EntryService uint8 = 1
	EntryDataset uint8 = 2
)

// An Entry is one generation of a service or dataset in the catalogue.
type Entry struct {
	ID         wire.Digest  `cbor:"1,keyasint" json:"id"` // EntryID of its name
	Name       string       `cbor:"2,keyasint" json:"name"`
	Owner      wire.Address `cbor:"3,keyasint" json:"owner"`
	Kind       uint8        `cbor:"4,keyasint" json:"kind"`
	Generation uint64       `cbor:"5,keyasint" json:"generation"` // from 1
	Sealed     Sealed       `cbor:"6,keyasint" json:"sealed"`
	Price      Money        `cbor:"7,keyasint" json:"price"`
	Terms      wire.Digest  `cbor:"8,keyasint" json:"terms"` // Terms.Digest
	Retired    bool         `cbor:"9,keyasint" json:"retired"`
}

// EntryID is the identity of a name of the form owner/name.
func EntryID(name string) wire.Digest { return wire.Keccak([]byte(name)) }

// Leaf is the entry's leaf under EpochHeader.Catalogue.
func (e Entry) Leaf() wire.Digest {
	s := e.Sealed
	return new(wire.Words).Digest(e.ID).String(e.Name).Address(e.Owner).Uint(uint64(e.Kind)).Uint(e.Generation).
		Digest(s.Header).Digest(s.Root).Uint(uint64(s.Size)).Digest(s.Plain).Address(s.Manager).Digest(s.Identity).
		Uint(e.Price).Digest(e.Terms).Bool(e.Retired).Leaf()
}

// A Deposit is what a user holds at the escrow, assigned to one dispatcher.
type Deposit struct {
	User       wire.Address `cbor:"1,keyasint" json:"user"`
	Dispatcher wire.Address `cbor:"2,keyasint" json:"dispatcher"`
	Amount     Money        `cbor:"3,keyasint" json:"amount"`  // not counting what is being withdrawn
	Leaving    Money        `cbor:"4,keyasint" json:"leaving"` // being withdrawn
	Unlock     uint64       `cbor:"5,keyasint" json:"unlock"`  // block at which that may be taken, or 0
}

// Leaf is the deposit's leaf under EpochHeader.Deposits.
func (d Deposit) Leaf() wire.Digest {
	return new(wire.Words).Address(d.User).Address(d.Dispatcher).Uint(d.Amount).Uint(d.Leaving).Uint(d.Unlock).Leaf()
}

// A Member is one node of an epoch's pool. Start is the sum of the stakes of
// the members before it, so that a draw of any number below the pool's total
// stake is shown by one member and its path.
type Member struct {
	Index    uint64       `cbor:"1,keyasint" json:"index"`
	Key      wire.Address `cbor:"2,keyasint" json:"key"`
	Operator wire.Address `cbor:"3,keyasint" json:"operator"`
	Stake    Money        `cbor:"4,keyasint" json:"stake"`
	Start    Money        `cbor:"5,keyasint" json:"start"`
	Level    uint8        `cbor:"6,keyasint" json:"level"`
	VRF      wire.Digest  `cbor:"7,keyasint" json:"vrf"`
	Region   string       `cbor:"8,keyasint" json:"region"`
}

// Leaf is the member's leaf in its pool's tree.
func (m Member) Leaf() wire.Digest {
	return new(wire.Words).Uint(m.Index).Address(m.Key).Address(m.Operator).Uint(m.Stake).Uint(m.Start).
		Uint(uint64(m.Level)).Digest(m.VRF).String(m.Region).Leaf()
}

// A PoolRoot commits to an epoch's pool of one role.
type PoolRoot struct {
	Root  wire.Digest `cbor:"1,keyasint" json:"root"` // PairRoot over Member.Leaf
	Count uint64      `cbor:"2,keyasint" json:"count"`
	Total Money       `cbor:"3,keyasint" json:"total"` // stake
}

// Digest is what the epoch header holds of the pool.
func (p PoolRoot) Digest() wire.Digest {
	return new(wire.Words).Digest(p.Root).Uint(p.Count).Uint(p.Total).Hash()
}

// A Debit takes a settled amount from a user's deposit.
type Debit struct {
	User   wire.Address `cbor:"1,keyasint" json:"user"`
	Amount Money        `cbor:"2,keyasint" json:"amount"`
}

// A Payout gives a payee its net total of one batch.
type Payout struct {
	Payee  wire.Address `cbor:"1,keyasint" json:"payee"`
	Amount Money        `cbor:"2,keyasint" json:"amount"`
}

// Leaf is the payout's leaf under Batch.Payouts.
func (p Payout) Leaf() wire.Digest { return new(wire.Words).Address(p.Payee).Uint(p.Amount).Leaf() }

// PayoutLeaves are the leaves that Batch.Payouts is the root of, in order.
func PayoutLeaves(list []Payout) []wire.Digest {
	leaves := make([]wire.Digest, len(list))
	for i, p := range list {
		leaves[i] = p.Leaf()
	}
	return leaves
}

// A Settlement is one task's leaf under Batch.Leaves: what was charged for it
// and on the ground of which signed leaf.
type Settlement struct {
	Task     wire.Digest  `cbor:"1,keyasint" json:"task"`
	User     wire.Address `cbor:"2,keyasint" json:"user"`
	Fee      Money        `cbor:"3,keyasint" json:"fee"`
	Deadline uint64       `cbor:"4,keyasint" json:"deadline"`
	Receipt  wire.Digest  `cbor:"5,keyasint" json:"receipt"` // struct hash of the Leaf
	Sigs     wire.Digest  `cbor:"6,keyasint" json:"sigs"`    // SettlementSigs
}

// SettlementSigs commits a settlement to the signatures that it rests on: the
// user's of the task and the enclave's of the leaf. Whoever was shown the claim
// can open it and void the batch if one of them is not what it should be.
func SettlementSigs(task, leaf key.Signature, receipt wire.Address) wire.Digest {
	return new(wire.Words).Bytes(task[:]).Address(receipt).Bytes(leaf[:]).Hash()
}

// Leaf is the settlement's leaf in the batch's tree.
func (s Settlement) Leaf() wire.Digest {
	return new(wire.Words).Digest(s.Task).Address(s.User).Uint(s.Fee).Uint(s.Deadline).Digest(s.Receipt).Digest(s.Sigs).Leaf()
}

// A Batch settles many tasks of one dispatcher at once, signed by the
// settlement committee of (dispatcher, number) in the epoch it names.
type Batch struct {
	Dispatcher wire.Address `cbor:"1,keyasint" json:"dispatcher"`
	Number     uint64       `cbor:"2,keyasint" json:"number"` // consecutive from 1
	Epoch      uint64       `cbor:"3,keyasint" json:"epoch"`
	Leaves     wire.Digest  `cbor:"4,keyasint" json:"leaves"`  // PairRoot over Settlement.Leaf
	Payouts    wire.Digest  `cbor:"5,keyasint" json:"payouts"` // PairRoot over Payout.Leaf
	Debits     wire.Digest  `cbor:"6,keyasint" json:"debits"`  // DebitsDigest
	Total      Money        `cbor:"7,keyasint" json:"total"`   // of the debits and of the payouts
}

const batchType = "Batch(address dispatcher,uint64 number,uint64 epoch,bytes32 leaves,bytes32 payouts,bytes32 debits,uint64 total)"

// Hash is the EIP-712 struct hash.
func (b Batch) Hash() wire.Digest {
	return wire.Typed(batchType).Address(b.Dispatcher).Uint(b.Number).Uint(b.Epoch).Digest(b.Leaves).Digest(b.Payouts).
		Digest(b.Debits).Uint(b.Total).Hash()
}

// DebitsDigest is Keccak-256 over the debits as words, in order.
func DebitsDigest(list []Debit) wire.Digest {
	w := new(wire.Words)
	for _, d := range list {
		w.Address(d.User).Uint(d.Amount)
	}
	return w.Hash()
}

// Signed is a message of typed data with one account's signature over it.
type Signed[T interface{ Hash() wire.Digest }] struct {
	Body T             `cbor:"1,keyasint" json:"body"`
	Sig  key.Signature `cbor:"2,keyasint" json:"sig"`
}

// Sign signs a message for a network.
func Sign[T interface{ Hash() wire.Digest }](network wire.Digest, by *key.Signer, body T) Signed[T] {
	return Signed[T]{body, by.Sign(wire.Sign712(network, body.Hash()))}
}

// Check returns the message if who signed it on this network, else
// KEY_SIGNATURE.
func (s Signed[T]) Check(network wire.Digest, who wire.Address) (T, error) {
	if err := key.Verify(who, wire.Sign712(network, s.Body.Hash()), s.Sig); err != nil {
		var none T
		return none, err
	}
	return s.Body, nil
}

// Signer returns the account that signed the message on this network.
func (s Signed[T]) Signer(network wire.Digest) (wire.Address, error) {
	return key.Recover(wire.Sign712(network, s.Body.Hash()), s.Sig)
}

// A Registration is what a node's key signs to be registered by an operator,
// so that nobody registers a foreign key.
type Registration struct {
	Operator wire.Address
	Key      wire.Address
	VRF      wire.Digest
}

// Hash is the EIP-712 struct hash.
func (r Registration) Hash() wire.Digest {
	return wire.Typed("Registration(address operator,address key,bytes32 vrf)").Address(r.Operator).Address(r.Key).Digest(r.VRF).Hash()
}
