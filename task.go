package tacit

import (
	"tacit/key"
	"tacit/wire"
)

// Money is in gwei, 10^-9 of the chain's coin, everywhere: in messages, in
// contracts and in prices.
type Money = uint64

// The kinds of an Input.
const (
	InputEntry  uint8 = 1 // a dataset of the catalogue; Index is its generation
	InputOwn    uint8 = 2 // sealed by the user for this task; Ref is the hash of its Sealed
	InputOutput uint8 = 3 // what another task left for a next step; Ref is the hash of its Sealed, Index is StepIndex
)

// The kinds of a Recipient.
const (
	RecipientKey      uint8 = 1 // Key is a key.Recipient
	RecipientIdentity uint8 = 2 // an identity at a manager, Ref, whose recipient is Key: a next step
	RecipientPlace    uint8 = 3 // a place of a task: of no task yet
)

// KindEnclave is the proof of execution by an attested enclave, the first kind
// that a task and its leaf may ask for.
var KindEnclave = wire.Keccak([]byte("tacit/proof/enclave"))

// An Input is one thing that a task computes on. Name is the alias under which
// the guest sees it.
type Input struct {
	Kind  uint8       `cbor:"1,keyasint" json:"kind"`
	Name  string      `cbor:"2,keyasint" json:"name"`
	Ref   wire.Digest `cbor:"3,keyasint" json:"ref"`
	Index uint64      `cbor:"4,keyasint" json:"index"`
}

const inputType = "Input(uint8 kind,string name,bytes32 ref,uint64 index)"

// Hash is the EIP-712 struct hash.
func (i Input) Hash() wire.Digest {
	return wire.Typed(inputType).Uint(uint64(i.Kind)).String(i.Name).Digest(i.Ref).Uint(i.Index).Hash()
}

// A Recipient is who can open a task's result.
type Recipient struct {
	Kind uint8       `cbor:"1,keyasint" json:"kind"`
	Ref  wire.Digest `cbor:"2,keyasint" json:"ref"`
	Key  []byte      `cbor:"3,keyasint" json:"key"`
}

const recipientType = "Recipient(uint8 kind,bytes32 ref,bytes key)"

// Hash is the EIP-712 struct hash.
func (r Recipient) Hash() wire.Digest {
	return wire.Typed(recipientType).Uint(uint64(r.Kind)).Digest(r.Ref).Bytes(r.Key).Hash()
}

// Requirements bound a task and say what it needs. Purpose and region are
// matched exactly against owners' terms.
type Requirements struct {
	Level   uint8  `cbor:"1,keyasint" json:"level"`   // least platform level, 2 to 5
	Fuel    uint64 `cbor:"2,keyasint" json:"fuel"`    // work units
	Memory  uint64 `cbor:"3,keyasint" json:"memory"`  // bytes
	Output  uint64 `cbor:"4,keyasint" json:"output"`  // bytes
	Seconds uint32 `cbor:"5,keyasint" json:"seconds"` // of running
	Purpose string `cbor:"6,keyasint" json:"purpose"`
	Region  string `cbor:"7,keyasint" json:"region"`
}

const requirementsType = "Requirements(uint8 level,uint64 fuel,uint64 memory,uint64 output,uint32 seconds,string purpose,string region)"

// Hash is the EIP-712 struct hash.
func (r Requirements) Hash() wire.Digest {
	return wire.Typed(requirementsType).Uint(uint64(r.Level)).Uint(r.Fuel).Uint(r.Memory).Uint(r.Output).
		Uint(uint64(r.Seconds)).String(r.Purpose).String(r.Region).Hash()
}

// A Task is what a user signs: everything that decides what is computed, on
// what, for whom and for how much. Its ID is its EIP-712 digest.
type Task struct {
	User         wire.Address `cbor:"1,keyasint" json:"user"`
	Nonce        uint64       `cbor:"2,keyasint" json:"nonce"` // any number that this user never used before
	Kind         wire.Digest  `cbor:"3,keyasint" json:"kind"`
	Service      wire.Digest  `cbor:"4,keyasint" json:"service"`    // catalogue entry
	Generation   uint64       `cbor:"5,keyasint" json:"generation"` // of the service
	Inputs       []Input      `cbor:"6,keyasint" json:"inputs"`
	Params       wire.Digest  `cbor:"7,keyasint" json:"params"` // hash of the Sealed parameters; zero if there are none
	Recipients   []Recipient  `cbor:"8,keyasint" json:"recipients"`
	Requirements Requirements `cbor:"9,keyasint" json:"requirements"`
	Dispatcher   wire.Address `cbor:"10,keyasint" json:"dispatcher"`
	MaxFee       Money        `cbor:"11,keyasint" json:"maxFee"`
	Deadline     uint64       `cbor:"12,keyasint" json:"deadline"` // block number by which it must have run
}

const taskType = "Task(address user,uint64 nonce,bytes32 kind,bytes32 service,uint64 generation,Input[] inputs,bytes32 params,Recipient[] recipients,Requirements requirements,address dispatcher,uint64 maxFee,uint64 deadline)" +
	inputType + recipientType + requirementsType

// Hash is the EIP-712 struct hash.
func (t Task) Hash() wire.Digest {
	return wire.Typed(taskType).Address(t.User).Uint(t.Nonce).Digest(t.Kind).Digest(t.Service).Uint(t.Generation).
		Digest(hashAll(t.Inputs)).Digest(t.Params).Digest(hashAll(t.Recipients)).Digest(t.Requirements.Hash()).
		Address(t.Dispatcher).Uint(t.MaxFee).Uint(t.Deadline).Hash()
}

// ID is the task's identity on a network.
func (t Task) ID(network wire.Digest) wire.Digest { return wire.Sign712(network, t.Hash()) }

// An Acceptance is the dispatcher's promise for a task: it ends in a receipt or
// its reservation lapses. Sequence numbers of one dispatcher and user never
// repeat; Reserved is the sum over the user's open tasks, this one included.
type Acceptance struct {
	Task     wire.Digest  `cbor:"1,keyasint" json:"task"`
	User     wire.Address `cbor:"2,keyasint" json:"user"`
	Sequence uint64       `cbor:"3,keyasint" json:"sequence"`
	Fee      Money        `cbor:"4,keyasint" json:"fee"` // reserved for this task
	Reserved Money        `cbor:"5,keyasint" json:"reserved"`
	Epoch    uint64       `cbor:"6,keyasint" json:"epoch"` // of the draw
}

const acceptanceType = "Acceptance(bytes32 task,address user,uint64 sequence,uint64 fee,uint64 reserved,uint64 epoch)"

// Hash is the EIP-712 struct hash.
func (a Acceptance) Hash() wire.Digest {
	return wire.Typed(acceptanceType).Digest(a.Task).Address(a.User).Uint(a.Sequence).Uint(a.Fee).Uint(a.Reserved).Uint(a.Epoch).Hash()
}

// A Place is one enclave's part of an assignment.
type Place struct {
	Index  uint8        `cbor:"1,keyasint" json:"index"`
	Worker wire.Address `cbor:"2,keyasint" json:"worker"`
}

const placeType = "Place(uint8 index,address worker)"

// Hash is the EIP-712 struct hash.
func (p Place) Hash() wire.Digest {
	return wire.Typed(placeType).Uint(uint64(p.Index)).Address(p.Worker).Hash()
}

// An Assignment says which workers run an attempt and who judges them, signed
// by the dispatcher before the run. Seats has one element per seat, in the
// order of the draw; a holder of two seats appears twice.
type Assignment struct {
	Task       wire.Digest    `cbor:"1,keyasint" json:"task"`
	Epoch      uint64         `cbor:"2,keyasint" json:"epoch"`
	Attempt    uint8          `cbor:"3,keyasint" json:"attempt"` // 1 or 2
	Seed       wire.Digest    `cbor:"4,keyasint" json:"seed"`
	Places     []Place        `cbor:"5,keyasint" json:"places"`
	Seats      []wire.Address `cbor:"6,keyasint" json:"seats"`
	Challenges wire.Digest    `cbor:"7,keyasint" json:"challenges"` // hash of the managers' challenges
}

const assignmentType = "Assignment(bytes32 task,uint64 epoch,uint8 attempt,bytes32 seed,Place[] places,address[] seats,bytes32 challenges)" + placeType

// Hash is the EIP-712 struct hash.
func (a Assignment) Hash() wire.Digest {
	seats := make([]wire.Digest, len(a.Seats))
	for i, s := range a.Seats {
		copy(seats[i][12:], s[:])
	}
	return wire.Typed(assignmentType).Digest(a.Task).Uint(a.Epoch).Uint(uint64(a.Attempt)).Digest(a.Seed).
		Digest(hashAll(a.Places)).Digest(wire.Array(seats)).Digest(a.Challenges).Hash()
}

// A Vote is one seat holder's judgement of the evidence of a place.
type Vote struct {
	Epoch      uint64      `cbor:"1,keyasint" json:"epoch"`
	Task       wire.Digest `cbor:"2,keyasint" json:"task"`
	Assignment wire.Digest `cbor:"3,keyasint" json:"assignment"` // struct hash
	Attempt    uint8       `cbor:"4,keyasint" json:"attempt"`
	Place      uint8       `cbor:"5,keyasint" json:"place"`
	Evidence   wire.Digest `cbor:"6,keyasint" json:"evidence"`
	Keys       wire.Digest `cbor:"7,keyasint" json:"keys"`   // EnclaveKeys.Hash
	Policy     wire.Digest `cbor:"8,keyasint" json:"policy"` // that it was judged by
	Generation uint64      `cbor:"9,keyasint" json:"generation"`
	Accept     bool        `cbor:"10,keyasint" json:"accept"`
	Code       wire.Digest `cbor:"11,keyasint" json:"code"` // Keccak-256 of the fault code of a reject, else zero
}

const voteType = "Vote(uint64 epoch,bytes32 task,bytes32 assignment,uint8 attempt,uint8 place,bytes32 evidence,bytes32 keys,bytes32 policy,uint64 generation,bool accept,bytes32 code)"

// Hash is the EIP-712 struct hash.
func (v Vote) Hash() wire.Digest {
	return wire.Typed(voteType).Uint(v.Epoch).Digest(v.Task).Digest(v.Assignment).Uint(uint64(v.Attempt)).Uint(uint64(v.Place)).
		Digest(v.Evidence).Digest(v.Keys).Digest(v.Policy).Uint(v.Generation).Bool(v.Accept).Digest(v.Code).Hash()
}

// Released is a manager's word that it released its keys to an attempt, having
// checked the draw, the evidence and the terms. Direct settlement demands one
// of the manager of every artefact, since a contract does not draw again.
type Released struct {
	Task       wire.Digest `cbor:"1,keyasint" json:"task"`
	Assignment wire.Digest `cbor:"2,keyasint" json:"assignment"` // struct hash
}

// Hash is the EIP-712 struct hash.
func (r Released) Hash() wire.Digest {
	return wire.Typed("Released(bytes32 task,bytes32 assignment)").Digest(r.Task).Digest(r.Assignment).Hash()
}

// An Answer is what a node says of an attempt that it was assigned to, when that is
// demanded of it on the chain: the hash of the Leaf that it leaves, or why it
// cannot, which is never punished. A verifier answers with its Vote instead.
type Answer struct {
	Assignment wire.Digest  `cbor:"1,keyasint" json:"assignment"` // struct hash
	Node       wire.Address `cbor:"2,keyasint" json:"node"`
	Leaf       wire.Digest  `cbor:"3,keyasint" json:"leaf"` // struct hash, or zero
	Code       wire.Digest  `cbor:"4,keyasint" json:"code"` // Keccak-256 of a fault's code, or zero
}

// Hash is the EIP-712 struct hash.
func (a Answer) Hash() wire.Digest {
	return wire.Typed("Answer(bytes32 assignment,address node,bytes32 leaf,bytes32 code)").Digest(a.Assignment).Address(a.Node).Digest(a.Leaf).Digest(a.Code).Hash()
}

// A Demand is an answer that the chain waits for.
type Demand struct {
	Node       wire.Address `json:"node"`
	Assignment wire.Digest  `json:"assignment"`
	Due        uint64       `json:"due"`   // last block for it
	Block      uint64       `json:"block"` // of the demand
}

// EnclaveKeys are the public keys that an enclave makes for one place of one
// attempt; its evidence binds them.
type EnclaveKeys struct {
	Seal    key.Recipient `cbor:"1,keyasint" json:"seal"`    // grants are sealed to it
	Receipt wire.Address  `cbor:"2,keyasint" json:"receipt"` // account that signs the leaf
}

// Hash is what votes and the transcript name: Keccak-256 of the two words
// SHA-256(seal) and receipt.
func (k EnclaveKeys) Hash() wire.Digest {
	return new(wire.Words).Digest(k.Seal.Digest()).Address(k.Receipt).Hash()
}

// A Leaf is the public part of a receipt: what settlement needs and no more.
// The enclave's receipt key signs it.
type Leaf struct {
	Kind       wire.Digest `cbor:"1,keyasint" json:"kind"`
	Task       wire.Digest `cbor:"2,keyasint" json:"task"`
	Assignment wire.Digest `cbor:"3,keyasint" json:"assignment"` // struct hash
	Attempt    uint8       `cbor:"4,keyasint" json:"attempt"`
	Place      uint8       `cbor:"5,keyasint" json:"place"`
	Commitment wire.Digest `cbor:"6,keyasint" json:"commitment"` // Receipt.Commitment
	Output     wire.Digest `cbor:"7,keyasint" json:"output"`     // chunk root of the sealed output
	Exit       uint8       `cbor:"8,keyasint" json:"exit"`       // ExitClass
	Bucket     uint8       `cbor:"9,keyasint" json:"bucket"`     // price bucket, 0 to 7
}

const leafType = "Leaf(bytes32 kind,bytes32 task,bytes32 assignment,uint8 attempt,uint8 place,bytes32 commitment,bytes32 output,uint8 exit,uint8 bucket)"

// Hash is the EIP-712 struct hash.
func (l Leaf) Hash() wire.Digest {
	return wire.Typed(leafType).Digest(l.Kind).Digest(l.Task).Digest(l.Assignment).Uint(uint64(l.Attempt)).Uint(uint64(l.Place)).
		Digest(l.Commitment).Digest(l.Output).Uint(uint64(l.Exit)).Uint(uint64(l.Bucket)).Hash()
}

// hashAll is the EIP-712 encoding of an array of structs.
func hashAll[T interface{ Hash() wire.Digest }](list []T) wire.Digest {
	hashes := make([]wire.Digest, len(list))
	for i := range list {
		hashes[i] = list[i].Hash()
	}
	return wire.Array(hashes)
}
