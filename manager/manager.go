// Package manager is the service manager: it keeps the identities that
// artefacts are sealed to and releases their file keys to enclaves that prove
// what they run.
//
// A key leaves only sealed to the key of one place of one attempt, which the
// evidence binds, so whoever carries it learns nothing. A Manager trusts
// nobody's verdict: it draws again, appraises the raw evidence again and judges
// the owner's terms; the committee's certificate is a second lock. It believes
// the chain by signed headers only. Before a key leaves, the decision is in a
// log that is never rewritten, and its budgets are in a Store that survives a
// crash.
package manager

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/telemetry"
	"tacit/vrf"
	"tacit/wire"
)

// Config says what a Manager needs.
type Config struct {
	Key     *key.Signer
	VRF     *vrf.Key
	Store   tacit.Store
	Audit   tacit.AuditLog
	LogKey  tacit.LogKey
	Headers tacit.Headers
	Schemes attest.Schemes
	// Rules judge the predicates of terms; without them terms that have one are
	// refused and allow nothing.
	Rules tacit.Predicates
	// Vault gives tasks what their entries' terms name of it; without one terms that
	// name anything are refused and allow nothing.
	Vault tacit.SecretKeeper
	// Notify hands a notice to who carries it to an owner's webhook; nil tells
	// nobody.
	Notify func(context.Context, tacit.Notice) (tacit.Done, error)
	// Draws bounds how many tasks of one dispatcher this manager answers in an
	// epoch [4096]: what a dispatcher could grind through.
	Draws uint64
	// Now is the clock of the challenges' age [time.Now].
	Now func() time.Time
}

// A Manager keeps keys. Its state is in its Store; mu serialises decisions
// about one task.
type Manager struct {
	cfg   Config
	log   tacit.Signed[tacit.LogKey]
	lease tacit.Lease
	floor *tacit.Floor // of policy generations
	locks sync.Map     // task -> *sync.Mutex

	// budgets is held from reading a budget that tasks share to spending it,
	// so that many tasks at once spend no more than one after the other.
	budgets sync.Mutex

	sketches sync.Mutex // held over a comparison and what it remembers

	rate    rate
	notices chan tacit.Notice
}

// New checks the configuration, refuses a store that has seen a newer generation
// of policies than the view's (KEY_GENERATION), and starts nothing.
func New(ctx context.Context, cfg Config) (*Manager, error) {
	if cfg.Key == nil || cfg.VRF == nil || cfg.Store == nil || cfg.Audit == nil || cfg.Headers == nil || len(cfg.Schemes) == 0 {
		return nil, fault.New(fault.KeyPolicy, "make manager: key, VRF key, store, audit log, headers and schemes are all required")
	}
	if cfg.Draws == 0 {
		cfg.Draws = 4096
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	m := &Manager{cfg: cfg, floor: tacit.NewFloor(cfg.Store), notices: make(chan tacit.Notice, mostNotices)}
	if err := m.floor.Raise(ctx, cfg.Headers.View().Header.Generation); err != nil {
		return nil, fmt.Errorf("make manager: %w", err)
	}
	m.log = tacit.Sign(cfg.Headers.View().Network, cfg.Key, cfg.LogKey)
	lease, err := tacit.TakeLease(ctx, cfg.Store, "manager/writer", leaseTime)
	if err != nil {
		return nil, fmt.Errorf("take the manager's journal: %w", err)
	}
	m.lease = lease
	return m, nil
}

// leaseTime is how long the right to write the journal lasts without renewal.
const leaseTime = 5 * time.Second

// Run keeps the right to write the journal until ctx ends; losing it ends the
// manager with STORE_FENCED.
func (m *Manager) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { m.sendNotices(ctx) })
	t, sweep := time.NewTicker(leaseTime/3), time.NewTicker(usesGrace)
	defer t.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-sweep.C:
			_ = m.SweepUses(ctx) // what stays goes with the next
		case <-ctx.Done():
			_ = m.cfg.Store.Revoke(context.WithoutCancel(ctx), m.lease)
			return ctx.Err()
		case <-t.C:
			if _, err := m.cfg.Store.Renew(ctx, m.lease, leaseTime); err != nil {
				return fmt.Errorf("keep the manager's journal: %w", err)
			}
		}
	}
}

// commit writes to the journal under this writer's fencing token.
func (m *Manager) commit(ctx context.Context, conds []tacit.Cond, puts ...tacit.Put) error {
	_, err := m.cfg.Store.Commit(ctx, tacit.Txn{If: conds, Fence: &tacit.Fence{Name: m.lease.Name, Token: m.lease.Token}, Then: puts})
	return err
}

// get reads a labelled record and its revision; a missing one is revision 0.
func get[T any](ctx context.Context, m *Manager, label, key string) (T, int64, error) {
	var v T
	item, err := m.cfg.Store.Get(ctx, key)
	if errors.Is(err, fault.APINotFound) {
		return v, 0, nil
	}
	if err != nil {
		return v, 0, err
	}
	return v, item.Revision, wire.Unmarshal(label, item.Value, &v)
}

// put is the write of a labelled record. Records are bounded by the messages
// that they are made of, so that only a change of this package could panic.
func put[T any](label, key string, v T) tacit.Put {
	b, err := wire.Marshal(label, v)
	if err != nil {
		panic(err)
	}
	return tacit.Put{Key: key, Value: b}
}

// identity is the secret half of what an artefact is sealed to.
type identity struct {
	Secret  string       `cbor:"1,keyasint"` // age identity
	Owner   wire.Address `cbor:"2,keyasint"`
	Subject string       `cbor:"3,keyasint"` // entry's name; empty for one task's artefact
	Task    wire.Digest  `cbor:"4,keyasint"` // that such an artefact belongs to, once known
}

const (
	identityLabel  = "tacit/manager/identity"
	termsLabel     = "tacit/manager/terms"
	drawLabel      = "tacit/manager/draw"
	challengeLabel = "tacit/manager/challenge"
	grantsLabel    = "tacit/manager/grants"
	countLabel     = "tacit/manager/count"
)

// Identity makes a hybrid post-quantum age identity for one artefact of the
// caller and hands out its recipient.
func (m *Manager) Identity(ctx context.Context, req tacit.IdentityRequest) (tacit.Identity, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return tacit.Identity{}, err
	}
	if req.Subject != "" {
		if err := tacit.CheckName(req.Subject); err != nil {
			return tacit.Identity{}, err
		}
	}
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return tacit.Identity{}, fmt.Errorf("make identity: %w", err)
	}
	recipient := id.Recipient().String()
	out := tacit.Identity{ID: wire.Sum([]byte(recipient)), Manager: m.cfg.Key.Address(), Recipient: recipient}
	p := put(identityLabel, "identity/"+out.ID.String(), identity{Secret: id.String(), Owner: caller.Node, Subject: req.Subject})
	return out, m.commit(ctx, nil, p)
}

// SetTerms stores terms of the caller. Which of them count the catalogue says
// by digest, so storing some that it does not name allows nothing.
func (m *Manager) SetTerms(ctx context.Context, req tacit.TermsRequest) (tacit.Done, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return tacit.Done{}, err
	}
	if err := tacit.CheckName(req.Entry); err != nil {
		return tacit.Done{}, err
	}
	if err := req.Terms.Check(); err != nil {
		return tacit.Done{}, err
	}
	if err := m.checkRule(req.Terms); err != nil {
		return tacit.Done{}, err
	}
	if len(req.Terms.Secrets) > 0 && m.cfg.Vault == nil {
		return tacit.Done{}, errNoVault
	}
	p := put(termsLabel, termsKey(caller.Node, req.Terms.Digest()), req.Terms)
	// Consent is withdrawn at once, whatever terms an older header names.
	w := put(countLabel, withdrawnKey(caller.Node, req.Entry), count{1})
	if !req.Terms.Withdrawn {
		w = tacit.Put{Key: w.Key, Delete: true}
	}
	return tacit.Done{OK: true}, m.commit(ctx, nil, p, w)
}

// checkRule refuses terms whose predicate could not be judged.
func (m *Manager) checkRule(t tacit.Terms) error {
	switch {
	case t.Rule == "":
		return nil
	case m.cfg.Rules == nil:
		return fault.New(fault.KeyPolicy, "set terms: this manager judges no rules")
	}
	return m.cfg.Rules.Check(t.Rule)
}

func withdrawnKey(owner wire.Address, entry string) string {
	return "withdrawn/" + hex.EncodeToString(owner[:]) + "/" + entry
}

// termsKey keeps owners apart: nobody can store terms for another's entry.
func termsKey(owner wire.Address, digest wire.Digest) string {
	return "terms/" + hex.EncodeToString(owner[:]) + "/" + digest.String()
}

// drawn is the journal of a task's draw: answered once per task, for one
// acceptance.
type drawn struct {
	Acceptance wire.Digest `cbor:"1,keyasint"`
	Epoch      uint64      `cbor:"2,keyasint"`
	Pi         []byte      `cbor:"3,keyasint"`
}

// Draw checks the task as far as it is known and answers with this manager's
// VRF proof over it. It answers once per task, so that nobody can try
// acceptances until the draw pleases.
func (m *Manager) Draw(ctx context.Context, req tacit.DrawRequest) (tacit.Share, error) {
	header, err := m.cfg.Headers.Header(ctx, req.Case.Acceptance.Body.Epoch)
	if err != nil {
		return tacit.Share{}, err
	}
	view := m.cfg.Headers.View()
	task, err := req.Case.CheckTask(view.Network, header, view.Genesis.Params)
	if err != nil {
		return tacit.Share{}, err
	}
	id := task.ID(view.Network)
	telemetry.About(ctx, id.String())
	defer m.lock(id)()
	acceptance := req.Case.Acceptance.Body.Hash()
	was, rev, err := get[drawn](ctx, m, drawLabel, "draw/"+id.String())
	if err != nil {
		return tacit.Share{}, err
	}
	if rev != 0 {
		if was.Acceptance != acceptance {
			return tacit.Share{}, fault.New(fault.ConsField, "draw task %s: it was drawn for another acceptance", id.Short())
		}
		return m.share(was.Pi), nil
	}
	if view.Header.Number > header.Number+tacit.DrawEpochs {
		// Consent, deposit and pools of long ago are none of today's, but for
		// a task whose owners were asked in time: they answer for today.
		note, _, err := get[asked](ctx, m, askedLabel, askedKey(id))
		if err != nil {
			return tacit.Share{}, err
		}
		if note.Acceptance != acceptance || view.Header.Block > task.Deadline {
			return tacit.Share{}, fault.Denied(fault.KeyGeneration, "draw task "+id.Short(), "epoch of the acceptance",
				fmt.Sprintf("at most %d back from %d", tacit.DrawEpochs, view.Header.Number), fmt.Sprint(header.Number))
		}
	}
	m.budgets.Lock()
	defer m.budgets.Unlock()
	// Judging the terms now spares a run that could only end in a denial.
	all, err := m.judgeAll(ctx, req.Case, task, id, max(task.Requirements.Level, 2), task.Requirements.Region)
	if err != nil {
		return tacit.Share{}, err
	}
	traces, err := m.settle(ctx, req.Case, id, "draw", all)
	if err != nil {
		if !errors.Is(err, fault.DataApproval) { // logged when it was asked
			m.recordDenial(ctx, req.Case, id, err)
		}
		return tacit.Share{}, err
	}
	binds, conds, err := m.bind(ctx, req.Case, task, id)
	if err != nil {
		return tacit.Share{}, err
	}
	budget, cond, err := m.spendDraw(ctx, task.Dispatcher, header.Number)
	if err != nil {
		return tacit.Share{}, err
	}
	pi := m.cfg.VRF.Prove(vrf.DrawAlpha(view.Network, header.Beacon, id))
	p := put(drawLabel, "draw/"+id.String(), drawn{acceptance, header.Number, pi})
	conds = append(conds, cond, tacit.Cond{Key: "draw/" + id.String()})
	if err := m.commit(ctx, conds, append(append(binds, p, budget), traces...)...); err != nil {
		return tacit.Share{}, err
	}
	// gofail: var managerDrawn struct{}
	return m.share(pi), nil
}

// share leaves node and path to the dispatcher: it knows the header's tree.
func (m *Manager) share(pi []byte) tacit.Share {
	return tacit.Share{Node: tacit.Node{Key: m.cfg.Key.Address()}, Pi: pi}
}

// count is a budget's use.
type count struct {
	N uint64 `cbor:"1,keyasint"`
}

func (m *Manager) spendDraw(ctx context.Context, dispatcher wire.Address, epoch uint64) (tacit.Put, tacit.Cond, error) {
	k := fmt.Sprintf("draws/%s/%d", dispatcher, epoch)
	c, rev, err := get[count](ctx, m, countLabel, k)
	if err != nil {
		return tacit.Put{}, tacit.Cond{}, err
	}
	if c.N >= m.cfg.Draws {
		return tacit.Put{}, tacit.Cond{}, fault.New(fault.ResBusy, "draw: dispatcher %s used its draws of epoch %d", dispatcher, epoch)
	}
	return put(countLabel, k, count{c.N + 1}), tacit.Cond{Key: k, Revision: rev}, nil
}

// bind ties identities of one task's artefacts to the first task that names
// them; another task is refused.
func (m *Manager) bind(ctx context.Context, c tacit.Case, task tacit.Task, id wire.Digest) ([]tacit.Put, []tacit.Cond, error) {
	var puts []tacit.Put
	var conds []tacit.Cond
	own := slices.Clone(c.Params)
	next := 0
	for _, in := range task.Inputs {
		if in.Kind == tacit.InputEntry {
			continue
		}
		if in.Kind == tacit.InputOwn { // what a task left is that task's
			own = append(own, c.Own[next])
		}
		next++
	}
	for _, s := range own {
		if s.Manager != m.cfg.Key.Address() {
			continue
		}
		k := "identity/" + s.Identity.String()
		held, rev, err := get[identity](ctx, m, identityLabel, k)
		if err != nil {
			return nil, nil, err
		}
		if rev == 0 || held.Subject != "" || held.Owner != task.User {
			return nil, nil, fault.New(fault.KeyPolicy, "bind identity %s: it is not one of this user's for a single task", s.Identity.Short())
		}
		if !held.Task.IsZero() && held.Task != id {
			return nil, nil, fault.New(fault.DataConsent, "bind identity %s: it belongs to another task", s.Identity.Short())
		}
		held.Task = id
		p := put(identityLabel, k, held)
		puts, conds = append(puts, p), append(conds, tacit.Cond{Key: k, Revision: rev})
	}
	return puts, conds, nil
}

// challenged is the journal of a challenge; Evidence is the first that
// answered it.
type challenged struct {
	Challenge tacit.Signed[tacit.Challenge] `cbor:"1,keyasint"`
	Made      int64                         `cbor:"2,keyasint"` // milliseconds since 1970, by this manager
	Evidence  wire.Digest                   `cbor:"3,keyasint"`
}

// Challenge makes a random value for an attempt of a task that this manager
// has drawn. Asked again before it was answered it makes a new one.
func (m *Manager) Challenge(ctx context.Context, req tacit.ChallengeRequest) (tacit.Signed[tacit.Challenge], error) {
	var none tacit.Signed[tacit.Challenge]
	telemetry.About(ctx, req.Task.String())
	defer m.lock(req.Task)()
	if _, rev, err := get[drawn](ctx, m, drawLabel, "draw/"+req.Task.String()); err != nil || rev == 0 {
		return none, errors.Join(err, fault.New(fault.ConsField, "make challenge: task %s was not drawn here", req.Task.Short()))
	}
	if req.Attempt < 1 || req.Attempt > tacit.MaxAttempts || req.Place != 0 {
		return none, fault.New(fault.APIField, "make challenge: attempt %d, place %d", req.Attempt, req.Place)
	}
	k := challengeKey(req.Task, req.Attempt, req.Place)
	was, rev, err := get[challenged](ctx, m, challengeLabel, k)
	if err != nil {
		return none, err
	}
	if !was.Evidence.IsZero() {
		return none, fault.New(fault.EvidReused, "make challenge: attempt %d of task %s was answered already", req.Attempt, req.Task.Short())
	}
	view := m.cfg.Headers.View()
	c := tacit.Challenge{Task: req.Task, Attempt: req.Attempt, Place: req.Place, Epoch: view.Header.Number, Manager: m.cfg.Key.Address()}
	_, _ = rand.Read(c.Nonce[:]) // never fails
	signed := tacit.Sign(view.Network, m.cfg.Key, c)
	p := put(challengeLabel, k, challenged{Challenge: signed, Made: m.cfg.Now().UnixMilli()})
	if err := m.commit(ctx, []tacit.Cond{{Key: k, Revision: rev}}, p); err != nil {
		return none, err
	}
	// gofail: var managerChallenged struct{}
	return signed, nil
}

func challengeKey(task wire.Digest, attempt, place uint8) string {
	return fmt.Sprintf("challenge/%s/%d/%d", task, attempt, place)
}

// lock serialises decisions about one task; it returns the unlock.
func (m *Manager) lock(task wire.Digest) func() {
	v, _ := m.locks.LoadOrStore(task, &sync.Mutex{})
	mu := v.(*sync.Mutex)
	mu.Lock()
	return mu.Unlock
}

// Audit shows an entry of the log, waiting for its publication.
func (m *Manager) Audit(ctx context.Context, req tacit.AuditRequest) (tacit.AuditEntry, error) {
	proof, err := m.cfg.Audit.Proof(ctx, req.Index)
	return tacit.AuditEntry{Log: m.log, Proof: proof}, err
}

// unwrapHeader opens the file key in an age header, which comes from whoever
// sealed the artefact.
func unwrapHeader(secret, subject string, header []byte) ([]byte, error) {
	id, err := parseIdentity(secret)
	if err != nil {
		return nil, err
	}
	fileKey, err := age.DecryptHeader(header, id)
	if err != nil {
		return nil, fault.New(fault.KeyPolicy, "release key of %s: the artefact is not sealed to the identity that it names", subject)
	}
	return fileKey, nil
}

// parseIdentity reads a stored identity.
func parseIdentity(secret string) (age.Identity, error) {
	ids, err := age.ParseIdentities(strings.NewReader(secret))
	if err != nil || len(ids) != 1 {
		return nil, fault.New(fault.StoreCorrupt, "read identity: not one age identity")
	}
	return ids[0], nil
}
