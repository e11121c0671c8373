package rpc

import (
	"context"
	"io"

	"tacit"
	"tacit/wire"
)

// everybody are the roles that may ask what is public.
var everybody = []tacit.Role{
	tacit.RoleClient, tacit.RoleWorker, tacit.RoleVerifier, tacit.RoleManager, tacit.RoleDispatcher, tacit.RoleGateway, tacit.RoleBlobs,
	tacit.RoleManager | tacit.RoleReplica, tacit.RoleDispatcher | tacit.RoleReplica,
}

const dispatcherSubmit Procedure[tacit.SubmitRequest, tacit.Signed[tacit.Acceptance]] = "tacit.v1.Dispatcher/Submit"
const dispatcherEvents Procedure[tacit.EventsRequest, tacit.EventsReply] = "tacit.v1.Dispatcher/Events"
const dispatcherResult Procedure[tacit.TaskRequest, tacit.Ran] = "tacit.v1.Dispatcher/Result"
const dispatcherProof Procedure[tacit.TaskRequest, tacit.Proof] = "tacit.v1.Dispatcher/Proof"

const dispatcherCancel Procedure[tacit.TaskRequest, tacit.Done] = "tacit.v1.Dispatcher/Cancel"

// ServeDispatcher answers the calls of a tacit.Dispatcher.
func ServeDispatcher(s *Server, impl tacit.Dispatcher) {
	Handle(s, dispatcherSubmit, []tacit.Role{tacit.RoleClient}, impl.Submit)
	Handle(s, dispatcherEvents, []tacit.Role{tacit.RoleClient}, impl.Events)
	Handle(s, dispatcherResult, []tacit.Role{tacit.RoleClient}, impl.Result)
	Handle(s, dispatcherProof, []tacit.Role{tacit.RoleClient}, impl.Proof)
	Handle(s, dispatcherCancel, []tacit.Role{tacit.RoleClient}, impl.Cancel)
	Handle(s, dispatcherOpened, []tacit.Role{tacit.RoleClient}, impl.Opened)
	Handle(s, dispatcherSession, []tacit.Role{tacit.RoleClient}, impl.Session)
}

// Dispatcher asks a tacit.Dispatcher through a connection that connect gives.
type Dispatcher struct{ Connect Connect }

var _ tacit.Dispatcher = Dispatcher{}

// Submit asks the peer.
func (r Dispatcher) Submit(ctx context.Context, req tacit.SubmitRequest) (tacit.Signed[tacit.Acceptance], error) {
	return ask(ctx, r.Connect, dispatcherSubmit, req)
}

// Events asks the peer.
func (r Dispatcher) Events(ctx context.Context, req tacit.EventsRequest) (tacit.EventsReply, error) {
	return ask(ctx, r.Connect, dispatcherEvents, req)
}

// Result asks the peer.
func (r Dispatcher) Result(ctx context.Context, req tacit.TaskRequest) (tacit.Ran, error) {
	return ask(ctx, r.Connect, dispatcherResult, req)
}

// Proof asks the peer.
func (r Dispatcher) Proof(ctx context.Context, req tacit.TaskRequest) (tacit.Proof, error) {
	return ask(ctx, r.Connect, dispatcherProof, req)
}

// Cancel asks the peer.
func (r Dispatcher) Cancel(ctx context.Context, req tacit.TaskRequest) (tacit.Done, error) {
	return ask(ctx, r.Connect, dispatcherCancel, req)
}

const dispatcherOpened Procedure[tacit.TaskRequest, tacit.OpenedReply] = "tacit.v1.Dispatcher/Opened"
const dispatcherSession Procedure[tacit.SessionRequest, tacit.SessionReply] = "tacit.v1.Dispatcher/Session"

// Opened asks the peer.
func (r Dispatcher) Opened(ctx context.Context, req tacit.TaskRequest) (tacit.OpenedReply, error) {
	return ask(ctx, r.Connect, dispatcherOpened, req)
}

// Session asks the peer.
func (r Dispatcher) Session(ctx context.Context, req tacit.SessionRequest) (tacit.SessionReply, error) {
	return ask(ctx, r.Connect, dispatcherSession, req)
}

const dispatcherUse Procedure[tacit.UseRequest, tacit.UseReply] = "tacit.v1.Dispatcher/Use"

const dispatcherProgress Procedure[tacit.Progress, tacit.Done] = "tacit.v1.Dispatcher/Progress"

// ServeDesk answers workers that run something for a dispatcher.
func ServeDesk(s *Server, impl tacit.WorkerDesk) {
	Handle(s, dispatcherUse, []tacit.Role{tacit.RoleWorker}, impl.Use)
	Handle(s, dispatcherProgress, []tacit.Role{tacit.RoleWorker}, impl.Progress)
}

// A Desk asks a dispatcher to carry uses of keys, and tells it how far a run is.
type Desk struct{ Connect Connect }

var _ tacit.WorkerDesk = Desk{}

// Progress asks the peer.
func (r Desk) Progress(ctx context.Context, p tacit.Progress) (tacit.Done, error) {
	return ask(ctx, r.Connect, dispatcherProgress, p)
}

// Use asks the peer.
func (r Desk) Use(ctx context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	return ask(ctx, r.Connect, dispatcherUse, req)
}

const managerIdentity Procedure[tacit.IdentityRequest, tacit.Identity] = "tacit.v1.Manager/Identity"
const managerSetTerms Procedure[tacit.TermsRequest, tacit.Done] = "tacit.v1.Manager/SetTerms"
const managerDraw Procedure[tacit.DrawRequest, tacit.Share] = "tacit.v1.Manager/Draw"
const managerChallenge Procedure[tacit.ChallengeRequest, tacit.Signed[tacit.Challenge]] = "tacit.v1.Manager/Challenge"
const managerRelease Procedure[tacit.ReleaseRequest, tacit.ReleaseReply] = "tacit.v1.Manager/Release"
const managerAudit Procedure[tacit.AuditRequest, tacit.AuditEntry] = "tacit.v1.Manager/Audit"
const managerUse Procedure[tacit.UseRequest, tacit.UseReply] = "tacit.v1.Manager/Use"

// ServeManager answers the calls of a tacit.KeyReleaser.
func ServeManager(s *Server, impl tacit.KeyReleaser) {
	Handle(s, managerIdentity, []tacit.Role{tacit.RoleClient}, impl.Identity)
	Handle(s, managerSetTerms, []tacit.Role{tacit.RoleClient}, impl.SetTerms)
	Handle(s, managerDraw, []tacit.Role{tacit.RoleDispatcher}, impl.Draw)
	Handle(s, managerChallenge, []tacit.Role{tacit.RoleDispatcher}, impl.Challenge)
	Handle(s, managerRelease, []tacit.Role{tacit.RoleDispatcher}, impl.Release)
	Handle(s, managerAudit, []tacit.Role{tacit.RoleDispatcher}, impl.Audit)
	Handle(s, managerUse, []tacit.Role{tacit.RoleDispatcher}, impl.Use)
}

// Manager asks a tacit.KeyReleaser through a connection that connect gives.
type Manager struct{ Connect Connect }

var _ tacit.KeyReleaser = Manager{}

// Identity asks the peer.
func (r Manager) Identity(ctx context.Context, req tacit.IdentityRequest) (tacit.Identity, error) {
	return ask(ctx, r.Connect, managerIdentity, req)
}

// SetTerms asks the peer.
func (r Manager) SetTerms(ctx context.Context, req tacit.TermsRequest) (tacit.Done, error) {
	return ask(ctx, r.Connect, managerSetTerms, req)
}

// Draw asks the peer.
func (r Manager) Draw(ctx context.Context, req tacit.DrawRequest) (tacit.Share, error) {
	return ask(ctx, r.Connect, managerDraw, req)
}

// Challenge asks the peer.
func (r Manager) Challenge(ctx context.Context, req tacit.ChallengeRequest) (tacit.Signed[tacit.Challenge], error) {
	return ask(ctx, r.Connect, managerChallenge, req)
}

// Release asks the peer.
func (r Manager) Release(ctx context.Context, req tacit.ReleaseRequest) (tacit.ReleaseReply, error) {
	return ask(ctx, r.Connect, managerRelease, req)
}

// Audit asks the peer.
func (r Manager) Audit(ctx context.Context, req tacit.AuditRequest) (tacit.AuditEntry, error) {
	return ask(ctx, r.Connect, managerAudit, req)
}

// Use asks the peer.
func (r Manager) Use(ctx context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	return ask(ctx, r.Connect, managerUse, req)
}

const managerAccess Procedure[tacit.AccessQuery, tacit.Inbox] = "tacit.v1.Manager/Access"
const managerDecide Procedure[tacit.Decision, tacit.Done] = "tacit.v1.Manager/Decide"
const managerExplain Procedure[tacit.TaskRequest, tacit.Explanation] = "tacit.v1.Manager/Explain"
const managerJudge Procedure[tacit.JudgeRequest, tacit.JudgeReply] = "tacit.v1.Manager/Judge"
const managerWebhook Procedure[tacit.WebhookRequest, tacit.WebhookReply] = "tacit.v1.Manager/Webhook"

// ServeDoorkeeper answers the calls of a tacit.Doorkeeper.
func ServeDoorkeeper(s *Server, impl tacit.Doorkeeper) {
	Handle(s, managerAccess, []tacit.Role{tacit.RoleClient}, impl.Access)
	Handle(s, managerDecide, []tacit.Role{tacit.RoleClient}, impl.Decide)
	Handle(s, managerExplain, []tacit.Role{tacit.RoleClient}, impl.Explain)
	Handle(s, managerJudge, []tacit.Role{tacit.RoleClient}, impl.Judge)
	Handle(s, managerWebhook, []tacit.Role{tacit.RoleClient}, impl.Webhook)
}

// Doorkeeper asks a tacit.Doorkeeper through a connection that connect gives.
type Doorkeeper struct{ Connect Connect }

var _ tacit.Doorkeeper = Doorkeeper{}

// Access asks the peer.
func (r Doorkeeper) Access(ctx context.Context, req tacit.AccessQuery) (tacit.Inbox, error) {
	return ask(ctx, r.Connect, managerAccess, req)
}

// Decide asks the peer.
func (r Doorkeeper) Decide(ctx context.Context, req tacit.Decision) (tacit.Done, error) {
	return ask(ctx, r.Connect, managerDecide, req)
}

// Explain asks the peer.
func (r Doorkeeper) Explain(ctx context.Context, req tacit.TaskRequest) (tacit.Explanation, error) {
	return ask(ctx, r.Connect, managerExplain, req)
}

// Judge asks the peer.
func (r Doorkeeper) Judge(ctx context.Context, req tacit.JudgeRequest) (tacit.JudgeReply, error) {
	return ask(ctx, r.Connect, managerJudge, req)
}

// Webhook asks the peer.
func (r Doorkeeper) Webhook(ctx context.Context, req tacit.WebhookRequest) (tacit.WebhookReply, error) {
	return ask(ctx, r.Connect, managerWebhook, req)
}

const verifierAppraise Procedure[tacit.Case, tacit.Signed[tacit.Vote]] = "tacit.v1.Verifier/Appraise"
const verifierHeader Procedure[tacit.HeaderRequest, tacit.Signed[tacit.EpochHeader]] = "tacit.v1.Verifier/Header"
const verifierBatch Procedure[tacit.BatchRequest, tacit.BatchSig] = "tacit.v1.Verifier/Batch"

// ServeVerifier answers the calls of a tacit.Verifier.
func ServeVerifier(s *Server, impl tacit.Verifier) {
	Handle(s, verifierAppraise, []tacit.Role{tacit.RoleDispatcher}, impl.Appraise)
	Handle(s, verifierHeader, []tacit.Role{tacit.RoleGateway}, impl.Header)
	Handle(s, verifierBatch, []tacit.Role{tacit.RoleDispatcher}, impl.Batch)
}

// Verifier asks a tacit.Verifier through a connection that connect gives.
type Verifier struct{ Connect Connect }

var _ tacit.Verifier = Verifier{}

// Appraise asks the peer.
func (r Verifier) Appraise(ctx context.Context, req tacit.Case) (tacit.Signed[tacit.Vote], error) {
	return ask(ctx, r.Connect, verifierAppraise, req)
}

// Header asks the peer.
func (r Verifier) Header(ctx context.Context, req tacit.HeaderRequest) (tacit.Signed[tacit.EpochHeader], error) {
	return ask(ctx, r.Connect, verifierHeader, req)
}

// Batch asks the peer.
func (r Verifier) Batch(ctx context.Context, req tacit.BatchRequest) (tacit.BatchSig, error) {
	return ask(ctx, r.Connect, verifierBatch, req)
}

const workerLaunch Procedure[tacit.LaunchRequest, tacit.LaunchReply] = "tacit.v1.Worker/Launch"
const workerRun Procedure[tacit.RunRequest, tacit.RunReply] = "tacit.v1.Worker/Run"

// ServeWorker answers the calls of a tacit.Executor.
func ServeWorker(s *Server, impl tacit.Executor) {
	Handle(s, workerLaunch, []tacit.Role{tacit.RoleDispatcher}, impl.Launch)
	Handle(s, workerRun, []tacit.Role{tacit.RoleDispatcher}, impl.Run)
	Handle(s, workerSession, []tacit.Role{tacit.RoleDispatcher}, impl.Session)
}

const workerSession Procedure[tacit.SessionRequest, tacit.SessionReply] = "tacit.v1.Worker/Session"

// Session asks the peer.
func (r Worker) Session(ctx context.Context, req tacit.SessionRequest) (tacit.SessionReply, error) {
	return ask(ctx, r.Connect, workerSession, req)
}

// Worker asks a tacit.Executor through a connection that connect gives.
type Worker struct{ Connect Connect }

var _ tacit.Executor = Worker{}

// Launch asks the peer.
func (r Worker) Launch(ctx context.Context, req tacit.LaunchRequest) (tacit.LaunchReply, error) {
	return ask(ctx, r.Connect, workerLaunch, req)
}

// Run asks the peer.
func (r Worker) Run(ctx context.Context, req tacit.RunRequest) (tacit.RunReply, error) {
	return ask(ctx, r.Connect, workerRun, req)
}

const gatewayHeaders Procedure[tacit.HeadersRequest, tacit.HeadersReply] = "tacit.v1.Gateway/Headers"
const gatewayPolicies Procedure[tacit.PoliciesRequest, tacit.PoliciesReply] = "tacit.v1.Gateway/Policies"
const gatewayNode Procedure[tacit.ProofRequest, tacit.NodeReply] = "tacit.v1.Gateway/Node"
const gatewayEntry Procedure[tacit.ProofRequest, tacit.EntryReply] = "tacit.v1.Gateway/Entry"
const gatewayDeposit Procedure[tacit.ProofRequest, tacit.DepositReply] = "tacit.v1.Gateway/Deposit"
const gatewayPools Procedure[tacit.ProofRequest, tacit.PoolsReply] = "tacit.v1.Gateway/Pools"
const gatewayPick Procedure[tacit.PickRequest, tacit.Picked] = "tacit.v1.Gateway/Pick"
const gatewayCommittee Procedure[tacit.CommitteeRequest, tacit.PoolProof] = "tacit.v1.Gateway/Committee"
const gatewayFate Procedure[tacit.FateRequest, tacit.Fate] = "tacit.v1.Gateway/Fate"
const gatewayPostBatch Procedure[tacit.PostBatchRequest, tacit.Posting] = "tacit.v1.Gateway/PostBatch"

// ServeGateway answers the calls of a tacit.Gateway.
func ServeGateway(s *Server, impl tacit.Gateway) {
	Handle(s, gatewayHeaders, everybody, impl.Headers)
	Handle(s, gatewayPolicies, everybody, impl.Policies)
	Handle(s, gatewayNode, everybody, impl.Node)
	Handle(s, gatewayEntry, everybody, impl.Entry)
	Handle(s, gatewayDeposit, everybody, impl.Deposit)
	Handle(s, gatewayPools, everybody, impl.Pools)
	Handle(s, gatewayPick, everybody, impl.Pick)
	Handle(s, gatewayCommittee, everybody, impl.Committee)
	Handle(s, gatewayPostBatch, []tacit.Role{tacit.RoleDispatcher}, impl.PostBatch)
	Handle(s, gatewayFate, []tacit.Role{tacit.RoleDispatcher}, impl.Fate)
}

// Gateway asks a tacit.Gateway through a connection that connect gives.
type Gateway struct{ Connect Connect }

var _ tacit.Gateway = Gateway{}

// Headers asks the peer.
func (r Gateway) Headers(ctx context.Context, req tacit.HeadersRequest) (tacit.HeadersReply, error) {
	return ask(ctx, r.Connect, gatewayHeaders, req)
}

// Policies asks the peer.
func (r Gateway) Policies(ctx context.Context, req tacit.PoliciesRequest) (tacit.PoliciesReply, error) {
	return ask(ctx, r.Connect, gatewayPolicies, req)
}

// Node asks the peer.
func (r Gateway) Node(ctx context.Context, req tacit.ProofRequest) (tacit.NodeReply, error) {
	return ask(ctx, r.Connect, gatewayNode, req)
}

// Entry asks the peer.
func (r Gateway) Entry(ctx context.Context, req tacit.ProofRequest) (tacit.EntryReply, error) {
	return ask(ctx, r.Connect, gatewayEntry, req)
}

// Deposit asks the peer.
func (r Gateway) Deposit(ctx context.Context, req tacit.ProofRequest) (tacit.DepositReply, error) {
	return ask(ctx, r.Connect, gatewayDeposit, req)
}

// Pools asks the peer.
func (r Gateway) Pools(ctx context.Context, req tacit.ProofRequest) (tacit.PoolsReply, error) {
	return ask(ctx, r.Connect, gatewayPools, req)
}

// Pick asks the peer.
func (r Gateway) Pick(ctx context.Context, req tacit.PickRequest) (tacit.Picked, error) {
	return ask(ctx, r.Connect, gatewayPick, req)
}

// Committee asks the peer.
func (r Gateway) Committee(ctx context.Context, req tacit.CommitteeRequest) (tacit.PoolProof, error) {
	return ask(ctx, r.Connect, gatewayCommittee, req)
}

// PostBatch asks the peer.
func (r Gateway) PostBatch(ctx context.Context, req tacit.PostBatchRequest) (tacit.Posting, error) {
	return ask(ctx, r.Connect, gatewayPostBatch, req)
}

// Fate asks the peer.
func (r Gateway) Fate(ctx context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	return ask(ctx, r.Connect, gatewayFate, req)
}

const gatewayNotify Procedure[tacit.Notice, tacit.Done] = "tacit.v1.Gateway/Notify"

// ServeNotifier answers the calls of a tacit.Notifier.
func ServeNotifier(s *Server, impl tacit.Notifier) {
	Handle(s, gatewayNotify, []tacit.Role{tacit.RoleManager}, impl.Notify)
}

// Notifier asks a tacit.Notifier through a connection that connect gives.
type Notifier struct{ Connect Connect }

var _ tacit.Notifier = Notifier{}

// Notify asks the peer.
func (r Notifier) Notify(ctx context.Context, n tacit.Notice) (tacit.Done, error) {
	return ask(ctx, r.Connect, gatewayNotify, n)
}

const gatewayAnchor Procedure[tacit.Signed[tacit.Anchor], tacit.Anchored] = "tacit.v1.Gateway/Anchor"

// ServeAnchorer answers the calls of a tacit.Anchorer.
func ServeAnchorer(s *Server, impl tacit.Anchorer) {
	Handle(s, gatewayAnchor, []tacit.Role{
		tacit.RoleManager, tacit.RoleDispatcher, tacit.RoleManager | tacit.RoleReplica, tacit.RoleDispatcher | tacit.RoleReplica,
	}, impl.Anchor)
}

// Anchorer asks a tacit.Anchorer through a connection that connect gives.
type Anchorer struct{ Connect Connect }

var _ tacit.Anchorer = Anchorer{}

// Anchor asks the peer.
func (r Anchorer) Anchor(ctx context.Context, a tacit.Signed[tacit.Anchor]) (tacit.Anchored, error) {
	return ask(ctx, r.Connect, gatewayAnchor, a)
}

// A Connect returns the connection to ask over, dialling it if there is none.
type Connect func(ctx context.Context) (*Client, error)

// Over always asks over one connection.
func Over(c *Client) Connect { return func(context.Context) (*Client, error) { return c, nil } }

func ask[Req, Res any](ctx context.Context, connect Connect, p Procedure[Req, Res], req Req) (Res, error) {
	c, err := connect(ctx)
	if err != nil {
		var none Res
		return none, err
	}
	return Call(ctx, c, p, req)
}

// PutPart is one piece of a blob that is being stored.
type PutPart struct {
	Upload wire.Digest `cbor:"1,keyasint"` // random, chosen by the uploader
	Size   int64       `cbor:"2,keyasint"` // of the whole blob
	Offset int64       `cbor:"3,keyasint"`
	Data   []byte      `cbor:"4,keyasint"`
}

// RunReply has a run as tacit.RunOf makes it.
type RunReply struct {
	Run []byte `cbor:"1,keyasint"`
}

// PutDone has the blob's root once its last part arrived, zero before.
type PutDone struct {
	Root wire.Digest `cbor:"1,keyasint"`
}

const (
	blobsPut   Procedure[PutPart, PutDone]            = "tacit.v1.Blobs/Put"
	blobsChunk Procedure[tacit.ChunkAsk, tacit.Chunk] = "tacit.v1.Blobs/Chunk"
	blobsRun   Procedure[tacit.RunAsk, RunReply]      = "tacit.v1.Blobs/Run"
)

// Blobs asks a blob store through a connection.
type Blobs struct{ Connect Connect }

var _ tacit.Blobs = Blobs{}

// Put sends size bytes in parts and returns their root.
func (b Blobs) Put(ctx context.Context, r io.Reader, size int64) (wire.Digest, error) {
	upload, err := randomDigest()
	if err != nil {
		return wire.Digest{}, err
	}
	buf := make([]byte, tacit.PartSize)
	for offset := int64(0); ; {
		n := min(int64(len(buf)), size-offset)
		if _, err := io.ReadFull(r, buf[:n]); err != nil {
			return wire.Digest{}, err
		}
		done, err := ask(ctx, b.Connect, blobsPut, PutPart{Upload: upload, Size: size, Offset: offset, Data: buf[:n]})
		if err != nil {
			return wire.Digest{}, err
		}
		offset += n
		if offset == size {
			return done.Root, nil
		}
	}
}

// Chunk fetches a chunk with its path.
func (b Blobs) Chunk(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
	return ask(ctx, b.Connect, blobsChunk, tacit.ChunkAsk{Root: root, Index: i})
}

// Run fetches a run with its path.
func (b Blobs) Run(ctx context.Context, root wire.Digest, i int64) ([]byte, error) {
	reply, err := ask(ctx, b.Connect, blobsRun, tacit.RunAsk{Root: root, Index: i})
	return reply.Run, err
}
