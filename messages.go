package tacit

import (
	"context"

	"tacit/attest"
	"tacit/key"
	"tacit/wire"
)

// InlineMost is how many bytes of sealed parameters travel inside Submit; what
// is larger waits at blobs.
const InlineMost = 64 << 10

// An Inline is a small sealed artefact that travels with the task.
type Inline struct {
	Sealed Sealed `cbor:"1,keyasint" json:"sealed"`
	Data   []byte `cbor:"2,keyasint" json:"data"` // the age file
}

// SubmitRequest is what a user hands to a dispatcher.
type SubmitRequest struct {
	Task   Signed[Task] `cbor:"1,keyasint"`
	Own    []Sealed     `cbor:"2,keyasint"` // of own inputs and of those that other tasks left, in the task's order
	Params []Sealed     `cbor:"3,keyasint"` // one, or none
	Inline []Inline     `cbor:"4,keyasint"` // the data of those that are small

	Steps []Signed[Leaf] `cbor:"5,keyasint,omitempty"` // of the tasks that left own inputs, in the task's order
}

// Progress is how much of an attempt's inputs its enclave has asked for, as the worker
// sees it from outside: nothing that it could not see anyway.
type Progress struct {
	Task    wire.Digest `cbor:"1,keyasint"`
	Attempt uint8       `cbor:"2,keyasint"`
	Place   uint8       `cbor:"3,keyasint"`
	Moved   int64       `cbor:"4,keyasint"` // bytes of ciphertext
	Size    int64       `cbor:"5,keyasint"` // of all artefacts
}

// A WorkerDesk is what a dispatcher is to a worker that runs something for it.
type WorkerDesk interface {
	KeyUser
	// Progress tells how far a run is, for whoever waits for it.
	Progress(ctx context.Context, p Progress) (Done, error)
}

// An Event is one step of a task, as progress lines and the JSON stream show
// it.
type Event struct {
	Task   wire.Digest `cbor:"1,keyasint" json:"task"`
	Index  uint64      `cbor:"2,keyasint" json:"index"` // from 1, without gaps
	Stage  string      `cbor:"3,keyasint" json:"stage"` // Quote, Escrow, Draw, Attest, Keys, Run, Proof, Settle
	State  string      `cbor:"4,keyasint" json:"state"` // started, running, done, failed
	Detail string      `cbor:"5,keyasint" json:"detail"`
	Millis int64       `cbor:"6,keyasint" json:"millis"` // since the stage started
	Code   string      `cbor:"7,keyasint" json:"code"`   // of a failure
	Rule   string      `cbor:"8,keyasint" json:"rule"`
	Want   string      `cbor:"9,keyasint" json:"expected"`
	Got    string      `cbor:"10,keyasint" json:"got"`
	Final  bool        `cbor:"11,keyasint" json:"final"` // the task ended
	Time   int64       `cbor:"12,keyasint" json:"time"`  // milliseconds since 1970, by the dispatcher's clock
}

// EventsRequest asks for the events of a task after an index; the answer waits
// until there is one.
type EventsRequest struct {
	Task  wire.Digest `cbor:"1,keyasint"`
	After uint64      `cbor:"2,keyasint"`
}

// EventsReply has the events in order.
type EventsReply struct {
	Events []Event `cbor:"1,keyasint"`
}

// TaskRequest names a task.
type TaskRequest struct {
	Task wire.Digest `cbor:"1,keyasint"`
}

// A Ran is what a task's user needs to open its result and to judge by himself
// where it was made. Whoever settles needs the votes too, which come with the
// Proof.
type Ran struct {
	Case   Case         `cbor:"1,keyasint" json:"case"`
	Leaf   Signed[Leaf] `cbor:"2,keyasint" json:"leaf"`
	Output Sealed       `cbor:"3,keyasint" json:"output"`
}

// A Dispatcher finds workers for tasks.
type Dispatcher interface {
	// Submit accepts the task for good: after it returns, the task ends in a
	// receipt or its reservation lapses, whichever nodes fail. The same task
	// again gets the same acceptance; the same nonce with another task is
	// API_CONFLICT.
	Submit(ctx context.Context, req SubmitRequest) (Signed[Acceptance], error)
	// Events waits for events of a task that the caller submitted.
	Events(ctx context.Context, req EventsRequest) (EventsReply, error)
	// Result waits until a task of the caller has run and returns what opens
	// its result, before anything is settled. KEY_FINALITY means that it has
	// not run yet: ask again. A task that failed answers with why.
	Result(ctx context.Context, req TaskRequest) (Ran, error)
	// Proof returns what is there of the proof of a task; once settled it is
	// complete.
	Proof(ctx context.Context, req TaskRequest) (Proof, error)
	// Cancel calls off a task of the caller that is not drawn yet: it has then
	// failed with TASK_CANCELLED and its reservation is gone. TASK_DRAWN is too
	// late. The same again answers the same.
	Cancel(ctx context.Context, req TaskRequest) (Done, error)
	// Opened waits until the enclave of a task of the caller has its keys and runs.
	// KEY_FINALITY means that it does not yet: ask again. SESSION_OVER means that the
	// task has run; one that failed answers with why.
	Opened(ctx context.Context, req TaskRequest) (OpenedReply, error)
	// Session carries a request to the enclave that runs a task of the caller.
	Session(ctx context.Context, req SessionRequest) (SessionReply, error)
}

// DrawRequest asks a manager for its part in the seed of a task.
type DrawRequest struct {
	Case Case `cbor:"1,keyasint"` // up to Deposit
}

// ChallengeRequest asks a manager for a challenge for an attempt.
type ChallengeRequest struct {
	Task    wire.Digest `cbor:"1,keyasint"`
	Attempt uint8       `cbor:"2,keyasint"`
	Place   uint8       `cbor:"3,keyasint"`
}

// ReleaseRequest asks a manager for the keys of its artefacts in a case.
type ReleaseRequest struct {
	Case        Case        `cbor:"1,keyasint"`
	Certificate Certificate `cbor:"2,keyasint"`
	Headers     [][]byte    `cbor:"3,keyasint"` // age headers, in the order of Case.Artefacts
}

// ReleaseReply has one grant per artefact of that manager, in the order of
// Case.Artefacts.
type ReleaseReply struct {
	Grants   []Grant          `cbor:"1,keyasint"`
	Released Signed[Released] `cbor:"2,keyasint"` // what direct settlement demands
}

// AuditRequest asks a manager to show a release in its log.
type AuditRequest struct {
	Index uint64 `cbor:"1,keyasint"`
}

// IdentityRequest asks a manager for a fresh identity to seal one artefact to.
type IdentityRequest struct {
	// Subject is the name of the catalogue entry that it is for; empty for an
	// artefact that belongs to one task only.
	Subject string `cbor:"1,keyasint"`
}

// An Identity is the public half of what a manager keeps for one artefact.
type Identity struct {
	ID        wire.Digest  `cbor:"1,keyasint" json:"id"`
	Manager   wire.Address `cbor:"2,keyasint" json:"manager"`
	Recipient string       `cbor:"3,keyasint" json:"recipient"` // age1pq...
}

// TermsRequest hands an owner's terms for an entry to its manager. They count
// once the catalogue names their digest.
type TermsRequest struct {
	Entry string `cbor:"1,keyasint"` // owner/name
	Terms Terms  `cbor:"2,keyasint"`
}

// Done is an answer without content.
type Done struct {
	OK bool `cbor:"1,keyasint"`
}

// A KeyReleaser keeps artefacts' keys. A key leaves it only sealed to the
// attested key of one place of one attempt, after its audit record is durable.
type KeyReleaser interface {
	// Identity makes an identity for one artefact of the caller.
	Identity(ctx context.Context, req IdentityRequest) (Identity, error)
	// SetTerms stores terms for an entry of the caller.
	SetTerms(ctx context.Context, req TermsRequest) (Done, error)
	// Draw answers once per task with this manager's part in its seed.
	Draw(ctx context.Context, req DrawRequest) (Share, error)
	// Challenge makes a random value for an attempt of a task that was drawn.
	Challenge(ctx context.Context, req ChallengeRequest) (Signed[Challenge], error)
	// Release judges a case by itself and grants its keys. An identical retry
	// gets the identical answer.
	Release(ctx context.Context, req ReleaseRequest) (ReleaseReply, error)
	// Audit shows an entry of this manager's log.
	Audit(ctx context.Context, req AuditRequest) (AuditEntry, error)
	// Use has a key of the manager's vault used by an enclave that it was granted to.
	KeyUser
}

// A SettleClaim is what a settlement committee checks of one task before it
// signs the batch that pays it.
type SettleClaim struct {
	Case        Case         `cbor:"1,keyasint"`
	Certificate Certificate  `cbor:"2,keyasint"`
	Leaf        Signed[Leaf] `cbor:"3,keyasint"`
}

// BatchRequest asks a verifier to sign a batch.
type BatchRequest struct {
	Batch       Batch         `cbor:"1,keyasint"`
	Claims      []SettleClaim `cbor:"2,keyasint"`
	Settlements []Settlement  `cbor:"3,keyasint"`
	Payouts     []Payout      `cbor:"4,keyasint"`
	Debits      []Debit       `cbor:"5,keyasint"`
	Output      string        `cbor:"6,keyasint"` // where the outputs can be fetched
}

// BatchSig is a verifier's signature over a batch.
type BatchSig struct {
	Sig key.Signature `cbor:"1,keyasint"`
}

// HeaderRequest asks a member of the signing set for its signature over the
// header of an epoch that it computes itself.
type HeaderRequest struct {
	Number uint64 `cbor:"1,keyasint"`
}

// A Verifier judges evidence and signs what it has checked: votes, epoch
// headers and settlement batches, never two that contradict each other.
type Verifier interface {
	// Appraise votes on a case. "Collateral unavailable" is an error and never
	// a vote.
	Appraise(ctx context.Context, c Case) (Signed[Vote], error)
	// Header signs the header of an epoch.
	Header(ctx context.Context, req HeaderRequest) (Signed[EpochHeader], error)
	// Batch signs a settlement batch.
	Batch(ctx context.Context, req BatchRequest) (BatchSig, error)
}

// A LaunchRequest asks a worker to open an enclave for a place of an attempt.
type LaunchRequest struct {
	Network    wire.Digest         `cbor:"1,keyasint"`
	Task       Task                `cbor:"2,keyasint"`
	Assignment Assignment          `cbor:"3,keyasint"`
	Place      uint8               `cbor:"4,keyasint"`
	Challenges []Signed[Challenge] `cbor:"5,keyasint"`
	Artefacts  []Sealed            `cbor:"6,keyasint"` // Case.Artefacts
	Policy     wire.Digest         `cbor:"7,keyasint"` // of the epoch's header
	Generation uint64              `cbor:"8,keyasint"`
	Args       []string            `cbor:"9,keyasint"` // reserved: empty in this version
}

// A LaunchReply has the enclave's keys and the evidence that binds them.
type LaunchReply struct {
	Keys     EnclaveKeys     `cbor:"1,keyasint"`
	Evidence attest.Evidence `cbor:"2,keyasint"`
	Refused  []Signed[Skip]  `cbor:"3,keyasint"` // instead of both: the worker's own word that it does not
}

// A RunRequest hands the grants to a launched enclave.
type RunRequest struct {
	Task    wire.Digest `cbor:"1,keyasint"`
	Attempt uint8       `cbor:"2,keyasint"`
	Place   uint8       `cbor:"3,keyasint"`
	Grants  []Grant     `cbor:"4,keyasint"` // in the order of Case.Artefacts
	Inline  []Inline    `cbor:"5,keyasint"`
}

// A RunReply is what an enclave leaves behind.
type RunReply struct {
	Leaf   Signed[Leaf] `cbor:"1,keyasint"`
	Output Sealed       `cbor:"2,keyasint"` // the sealed result, at blobs
	Moved  int64        `cbor:"3,keyasint"` // ciphertext bytes fetched for it

	Refused []Signed[Skip] `cbor:"4,keyasint"` // instead of all: the worker's own word that it did not
}

// An Executor runs an attempt at most once and gives the same answer when it
// is asked again.
type Executor interface {
	Launch(ctx context.Context, req LaunchRequest) (LaunchReply, error)
	Run(ctx context.Context, req RunRequest) (RunReply, error)
	// Session carries a request to the enclave of an attempt that runs here;
	// SESSION_OVER if it does not, or no more.
	Session(ctx context.Context, req SessionRequest) (SessionReply, error)
}

// Headers is how a role follows the chain.
type Headers interface {
	// View is the newest verified state of belief.
	View() View
	// Header returns a verified header by number; KEY_FINALITY if it is not
	// there yet, API_NOT_FOUND if it is no longer kept.
	Header(ctx context.Context, number uint64) (EpochHeader, error)
	// Policies are those that a verified header names, whole and checked;
	// EVID_COLLATERAL_UNAVAILABLE if nobody shows them now.
	Policies(ctx context.Context, h EpochHeader) (attest.PolicySet, error)
}

// A Chain is read access to one node of the chain, which alone is believed by
// nobody.
type Chain interface {
	// Start is the block of the contracts' deployment.
	Start() uint64
	// Final is the newest block that is final by the network's rule.
	Final(ctx context.Context) (uint64, error)
	// State is what the contracts hold at a block.
	State(ctx context.Context, block uint64) (ChainState, error)
	// Tickets are those posted for an epoch.
	Tickets(ctx context.Context, epoch uint64) ([]Ticket, error)
	// Policies are those that were posted as a generation; API_NOT_FOUND if none
	// were.
	Policies(ctx context.Context, generation uint64) (attest.PolicySet, error)
}

// PoliciesRequest asks a gateway for a set of policies.
type PoliciesRequest struct {
	Generation uint64      `cbor:"1,keyasint"`
	Digest     wire.Digest `cbor:"2,keyasint"`
}

// PoliciesReply shows it; whoever asked checks its digest.
type PoliciesReply struct {
	Set attest.PolicySet `cbor:"1,keyasint"`
}

// A Posting shows a batch that was posted.
type Posting struct {
	Block uint64 `cbor:"1,keyasint"`
}

// PostBatchRequest asks a gateway to post a batch that others signed.
type PostBatchRequest struct {
	Batch     Batch           `cbor:"1,keyasint"`
	Debits    []Debit         `cbor:"2,keyasint"`
	Payouts   []Payout        `cbor:"3,keyasint"` // kept for claims
	Committee PoolProof       `cbor:"4,keyasint"`
	Sigs      []key.Signature `cbor:"5,keyasint"` // aligned with Committee.Members
	// Until is the last block in which every task of the batch can still be settled. A
	// batch that is posted later can be voided at its dispatcher's expense.
	Until uint64 `cbor:"6,keyasint"`
}

// FateRequest asks what the chain holds of a batch, and of tasks that
// somebody may have settled directly.
type FateRequest struct {
	Dispatcher wire.Address  `cbor:"1,keyasint"`
	Number     uint64        `cbor:"2,keyasint"` // of the batch
	Tasks      []wire.Digest `cbor:"3,keyasint"` // at most MostTasks
}

// MostTasks is how many tasks a batch or a question about one names.
const MostTasks = 256

// A Fate is what final blocks hold. Like everything that a gateway shows of
// transactions it is its word: it can make a dispatcher wait or give up a task,
// as it can by posting nothing.
type Fate struct {
	Block  uint64      `cbor:"1,keyasint"` // that the batch was posted in; 0 if none of this number counts
	Leaves wire.Digest `cbor:"2,keyasint"` // of that batch
	Direct []uint64    `cbor:"3,keyasint"` // blocks of direct settlements, aligned with the tasks; 0 is none
}

// HeadersRequest asks for signed headers after a number.
type HeadersRequest struct {
	After uint64 `cbor:"1,keyasint"`
}

// HeadersReply has them in order, at most 64.
type HeadersReply struct {
	Headers []SignedHeader `cbor:"1,keyasint"`
}

// ProofRequest asks for something with its path under the header of an epoch
// (0 means the newest).
type ProofRequest struct {
	Epoch uint64       `cbor:"1,keyasint"`
	Key   wire.Address `cbor:"2,keyasint"` // of a node or a user
	ID    wire.Digest  `cbor:"3,keyasint"` // of an entry
}

// NodeReply is a registered node under the header of an epoch.
type NodeReply struct {
	Epoch uint64     `cbor:"1,keyasint"`
	Node  ProvenNode `cbor:"2,keyasint"`
}

// EntryReply is a catalogue entry under the header of an epoch.
type EntryReply struct {
	Epoch uint64      `cbor:"1,keyasint"`
	Entry ProvenEntry `cbor:"2,keyasint"`
}

// DepositReply is a user's deposit under the header of an epoch.
type DepositReply struct {
	Epoch   uint64        `cbor:"1,keyasint"`
	Deposit ProvenDeposit `cbor:"2,keyasint"`
}

// PoolsReply has the whole pools, registry and catalogue of an epoch.
type PoolsReply struct {
	Epoch         uint64   `cbor:"1,keyasint"`
	Workers       []Member `cbor:"2,keyasint"`
	WorkersRoot   PoolRoot `cbor:"3,keyasint"`
	Verifiers     []Member `cbor:"4,keyasint"`
	VerifiersRoot PoolRoot `cbor:"5,keyasint"`
	Nodes         []Node   `cbor:"6,keyasint"`
	Entries       []Entry  `cbor:"7,keyasint"`
}

// PickRequest asks for the members that a task's draw hits.
type PickRequest struct {
	Epoch        uint64       `cbor:"1,keyasint"`
	Seed         wire.Digest  `cbor:"2,keyasint"`
	Requirements Requirements `cbor:"3,keyasint"`
}

// CommitteeRequest asks for the members of a batch's settlement committee.
type CommitteeRequest struct {
	Epoch      uint64       `cbor:"1,keyasint"`
	Dispatcher wire.Address `cbor:"2,keyasint"`
	Number     uint64       `cbor:"3,keyasint"` // of the batch
}

// A Gateway shows the chain to roles that do not run a node of it, and posts
// what others signed. It is not trusted: everything it shows is checked
// against signed headers.
type Gateway interface {
	Headers(ctx context.Context, req HeadersRequest) (HeadersReply, error)
	// Policies shows the set that a header names by its digest.
	Policies(ctx context.Context, req PoliciesRequest) (PoliciesReply, error)
	Node(ctx context.Context, req ProofRequest) (NodeReply, error)
	Entry(ctx context.Context, req ProofRequest) (EntryReply, error)
	Deposit(ctx context.Context, req ProofRequest) (DepositReply, error)
	Pools(ctx context.Context, req ProofRequest) (PoolsReply, error)
	// Pick shows the members that a draw hits; its cost does not grow with the
	// number of nodes.
	Pick(ctx context.Context, req PickRequest) (Picked, error)
	// Committee shows who holds seats in the committee of a batch.
	Committee(ctx context.Context, req CommitteeRequest) (PoolProof, error)
	PostBatch(ctx context.Context, req PostBatchRequest) (Posting, error)
	// Fate shows whether a batch of a number stands on the chain, and which
	// tasks were settled without one.
	Fate(ctx context.Context, req FateRequest) (Fate, error)
}
