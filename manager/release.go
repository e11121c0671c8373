package manager

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/telemetry"
	"tacit/wire"
)

// released is the journal of an attempt's grants, so that an identical retry
// gets the identical answer.
type released struct {
	Evidence   wire.Digest   `cbor:"1,keyasint"`
	Grants     []tacit.Grant `cbor:"2,keyasint"`
	Assignment wire.Digest   `cbor:"3,keyasint"` // that was checked
}

// Release judges a case and grants the keys of this manager's artefacts in it.
//
// The order is the promise: everything is checked, then budgets and challenge
// are spent in one transaction, then the record is durable in the log, and
// only then is a header unwrapped. A crash may overcount releases, never
// undercount. Denials are in the log too.
func (m *Manager) Release(ctx context.Context, req tacit.ReleaseRequest) (tacit.ReleaseReply, error) {
	view := m.cfg.Headers.View()
	id := req.Case.Task.Body.ID(view.Network)
	telemetry.About(ctx, id.String())
	defer m.lock(id)()
	p := releaseKey(id, req.Case.Assignment.Body.Attempt, req.Case.Place)
	was, rev, err := get[released](ctx, m, grantsLabel, p)
	if err != nil {
		return tacit.ReleaseReply{}, err
	}
	if rev != 0 {
		if was.Evidence != req.Case.Evidence.Digest() {
			return tacit.ReleaseReply{}, fault.New(fault.EvidReused, "release keys: attempt %d of task %s was answered with other evidence",
				req.Case.Assignment.Body.Attempt, id.Short())
		}
		return tacit.ReleaseReply{Grants: was.Grants, Released: m.released(id, was.Assignment)}, nil
	}
	v, claims, err := m.check(ctx, req)
	if err != nil {
		m.recordDenial(ctx, req.Case, id, err)
		return tacit.ReleaseReply{}, err
	}
	// gofail: var managerChecked struct{}
	mine, err := m.artefacts(ctx, req.Case, req.Headers)
	if err != nil {
		return tacit.ReleaseReply{}, err
	}
	puts, conds, err := m.onward(ctx, v, mine)
	if err != nil {
		m.recordDenial(ctx, req.Case, id, err)
		return tacit.ReleaseReply{}, err
	}
	given, err := m.judgeAndSpend(ctx, req.Case, v, claims, mine)
	if err != nil {
		m.recordDenial(ctx, req.Case, id, err)
		return tacit.ReleaseReply{}, err
	}
	// gofail: var managerSpent struct{}
	reply := tacit.ReleaseReply{}
	for _, a := range mine {
		g, err := m.grant(ctx, req.Case, v, a, given)
		if err != nil {
			return tacit.ReleaseReply{}, err
		}
		reply.Grants = append(reply.Grants, g)
	}
	puts = append(puts, put(grantsLabel, p, released{req.Case.Evidence.Digest(), reply.Grants, v.Subject.Assignment}))
	if given.shared != nil {
		puts = append(puts, put(channelLabel, channelKey(id, v.Assignment.Attempt, req.Case.Place), given.channel))
	}
	if err := m.commit(ctx, append(conds, tacit.Cond{Key: p}), puts...); err != nil {
		return tacit.ReleaseReply{}, err
	}
	// gofail: var managerGranted struct{}
	reply.Released = m.released(id, v.Subject.Assignment)
	return reply, nil
}

// released is this manager's word for the contract, of what its journal holds
// and nothing else: the case of a retry is not checked again.
func (m *Manager) released(task, assignment wire.Digest) tacit.Signed[tacit.Released] {
	return tacit.Sign(m.cfg.Headers.View().Network, m.cfg.Key, tacit.Released{Task: task, Assignment: assignment})
}

func releaseKey(task wire.Digest, attempt, place uint8) string {
	return fmt.Sprintf("released/%s/%d/%d", task, attempt, place)
}

// judgeAndSpend judges the terms and takes the budgets as one step, and only
// for artefacts that this manager holds for their owner: nobody spends another's
// budget with a copy of his entry. What terms give of the vault is asked for when they
// allow, and before anything is spent.
func (m *Manager) judgeAndSpend(ctx context.Context, c tacit.Case, v tacit.Verified, claims attest.Claims, mine []artefact) (*given, error) {
	m.budgets.Lock()
	defer m.budgets.Unlock()
	was, rev, err := get[drawn](ctx, m, drawLabel, "draw/"+v.TaskID.String())
	if err != nil {
		return nil, err
	}
	if rev == 0 || was.Acceptance != c.Acceptance.Body.Hash() {
		return nil, fault.New(fault.ConsField, "release keys: task %s was not drawn here for this acceptance", v.TaskID.Short())
	}
	all, err := m.judgeAll(ctx, c, v.Task, v.TaskID, claims.Level, v.Worker.Region)
	if err != nil {
		return nil, err
	}
	traces, err := m.settle(ctx, c, v.TaskID, "release", all)
	if err != nil {
		return nil, err
	}
	for _, a := range mine {
		if _, err := m.held(ctx, v, a); err != nil {
			return nil, err
		}
	}
	out, err := m.fromVault(ctx, c, v, claims, all)
	if err != nil {
		return nil, err
	}
	return out, m.spend(ctx, c, v.TaskID, all, traces)
}

// held returns the identity that an artefact is sealed to if this manager keeps
// it for the artefact's owner and for this very entry or task, else KEY_POLICY.
func (m *Manager) held(ctx context.Context, v tacit.Verified, a artefact) (identity, error) {
	held, rev, err := get[identity](ctx, m, identityLabel, "identity/"+a.sealed.Identity.String())
	if err != nil {
		return held, err
	}
	owner, subject, task := v.Task.User, "", v.TaskID
	if a.step {
		task = a.leaf.Body.Task // sources has checked whose it is
	}
	if a.entry != nil {
		owner, subject = a.entry.Owner, a.entry.Name
	}
	if rev == 0 || held.Owner != owner || held.Subject != subject || (subject == "" && held.Task != task) {
		return held, fault.New(fault.KeyPolicy, "release key of %s: this manager holds no identity of its owner for it", a.subject)
	}
	return held, nil
}

// check verifies the whole case: the draw under the header of its epoch, this
// manager's challenge and its age, the raw evidence, and the committee. It
// returns what the evidence claims.
func (m *Manager) check(ctx context.Context, req tacit.ReleaseRequest) (tacit.Verified, attest.Claims, error) {
	view := m.cfg.Headers.View()
	header, err := m.cfg.Headers.Header(ctx, req.Case.Acceptance.Body.Epoch)
	if err != nil {
		return tacit.Verified{}, attest.Claims{}, err
	}
	// What this manager has seen never goes back.
	if err := m.floor.Raise(ctx, view.Header.Generation); err != nil {
		return tacit.Verified{}, attest.Claims{}, err
	}
	v, err := req.Case.CheckDraw(view.Network, header, view.Header.Number, view.Genesis.Params)
	if err != nil {
		return tacit.Verified{}, attest.Claims{}, err
	}
	if view.Header.Block > v.Task.Deadline {
		return tacit.Verified{}, attest.Claims{}, fault.New(fault.TaskTimeout, "release keys: the deadline of block %d has passed", v.Task.Deadline)
	}
	if err := m.checkChallenge(ctx, v); err != nil {
		return tacit.Verified{}, attest.Claims{}, err
	}
	// N30: its own appraisal first, so that a committee that lied is seen.
	now := m.cfg.Now()
	claims, err := m.cfg.Schemes.Verify(ctx, v.Case.Evidence, now)
	if err != nil {
		return tacit.Verified{}, attest.Claims{}, m.contradicted(req, v, err)
	}
	err = tacit.AppraiseNow(ctx, v, m.cfg.Headers, header, view.Header, claims, now)
	if err != nil && header.Policy != view.Header.Policy {
		return tacit.Verified{}, attest.Claims{}, err // the committee may have judged by the policies before
	}
	if err != nil {
		return tacit.Verified{}, attest.Claims{}, m.contradicted(req, v, err)
	}
	if err := req.Certificate.Check(view.Network, v.Subject, v.Drawn.Seats, view.Genesis.Params); err != nil {
		return tacit.Verified{}, attest.Claims{}, err
	}
	return v, claims, nil
}

// contradicted is the verdict on bad evidence: KEY_EVIDENCE if a valid
// certificate vouched for it, so that its signers can be named, else the
// finding itself.
func (m *Manager) contradicted(req tacit.ReleaseRequest, v tacit.Verified, finding error) error {
	view := m.cfg.Headers.View()
	if req.Certificate.Check(view.Network, v.Subject, v.Drawn.Seats, view.Genesis.Params) != nil || errors.Is(finding, fault.EvidUnavailable) {
		return finding
	}
	names := ""
	for _, vote := range req.Certificate.Votes {
		if who, err := vote.Signer(view.Network); err == nil {
			names += " " + who.String()
		}
	}
	return fault.Denied(fault.KeyEvidence, "release keys", "own appraisal of the evidence", "acceptable evidence, as the committee said",
		string(fault.Of(finding))+"; the committee that accepted it:"+names)
}

// checkChallenge is freshness as only its maker can judge it: this challenge,
// unanswered, made less than a minute ago.
func (m *Manager) checkChallenge(ctx context.Context, v tacit.Verified) error {
	a := v.Assignment
	was, rev, err := get[challenged](ctx, m, challengeLabel, challengeKey(v.TaskID, a.Attempt, v.Case.Place))
	if err != nil {
		return err
	}
	mine := false
	for _, c := range v.Case.Challenges {
		mine = mine || c.Body.Hash() == was.Challenge.Body.Hash()
	}
	if rev == 0 || !mine {
		return fault.New(fault.EvidStale, "release keys: the evidence does not answer this manager's newest challenge for attempt %d", a.Attempt)
	}
	if !was.Evidence.IsZero() && was.Evidence != v.Subject.Evidence {
		return fault.New(fault.EvidReused, "release keys: the challenge was answered with other evidence")
	}
	if age := m.cfg.Now().Sub(time.UnixMilli(was.Made)); age > tacit.ChallengeSeconds*time.Second || age < -time.Second {
		return fault.Denied(fault.EvidStale, "release keys", "age of the challenge", fmt.Sprintf("at most %d s", tacit.ChallengeSeconds), age.Round(time.Second).String())
	}
	return nil
}

// artefact is one of this manager's in a case.
type artefact struct {
	sealed  tacit.Sealed
	subject string
	header  []byte
	entry   *tacit.Entry

	step bool // another task left it
	leaf tacit.Signed[tacit.Leaf]
	from []tacit.Entry // of this manager, that it was computed from
}

// artefacts lists this manager's artefacts of a case with their age headers.
func (m *Manager) artefacts(ctx context.Context, c tacit.Case, headers [][]byte) ([]artefact, error) {
	list, err := c.Artefacts()
	if err != nil {
		return nil, err
	}
	if headers != nil && len(headers) != len(list) {
		return nil, fault.New(fault.APIField, "release keys: %d age headers for %d artefacts", len(headers), len(list))
	}
	all := make([]artefact, len(list))
	all[0].entry = &c.Service.Entry
	next, steps := 0, 0
	for i, in := range c.Task.Body.Inputs {
		switch a := &all[i+1]; in.Kind {
		case tacit.InputEntry:
			a.entry = &c.Datasets[next].Entry
			next++
		case tacit.InputOutput:
			if steps == len(c.Steps) {
				return nil, fault.New(fault.ConsField, "read case: the leaf of the task that left input %q is not shown", in.Name)
			}
			a.step, a.leaf = true, c.Steps[steps]
			steps++
		}
	}
	var mine []artefact
	for i, s := range list {
		if s.Manager != m.cfg.Key.Address() {
			continue
		}
		a := all[i]
		a.sealed, a.subject = s, "task artefact"
		if a.entry != nil {
			a.subject = a.entry.Name
		}
		if a.step {
			a.subject = "what task " + a.leaf.Body.Task.Short() + " left"
			if a.from, err = m.sources(ctx, c.Task.Body.User, s, a.leaf); err != nil {
				return nil, err
			}
		}
		if headers != nil {
			a.header = headers[i]
			if wire.Sum(a.header) != s.Header {
				return nil, fault.New(fault.DataCorrupt, "release keys: age header %d is not the one that was agreed on", i)
			}
		}
		mine = append(mine, a)
	}
	return mine, nil
}

// terms are those that the catalogue names; without them everything is denied.
func (m *Manager) terms(ctx context.Context, e tacit.Entry) (tacit.Terms, error) {
	t, rev, err := get[tacit.Terms](ctx, m, termsLabel, termsKey(e.Owner, e.Terms))
	if err != nil {
		return t, fmt.Errorf("read terms of %s: %w", e.Name, err)
	}
	if rev == 0 || t.Digest() != e.Terms {
		return tacit.Terms{}, fault.New(fault.KeyPolicy, "read terms of %s: the manager has none with the digest that the catalogue names", e.Name)
	}
	return t, nil
}

func perTaskKey(task wire.Digest, a artefact) string {
	return "task-releases/" + task.String() + "/" + a.sealed.Header.String()
}

// spend takes the challenge and the budgets of every artefact in one
// transaction, with the traces of the judgements that allow it, before anything is recorded or unwrapped.
func (m *Manager) spend(ctx context.Context, c tacit.Case, id wire.Digest, all []judged, traces []tacit.Put) error {
	k := challengeKey(id, c.Assignment.Body.Attempt, c.Place)
	was, rev, err := get[challenged](ctx, m, challengeLabel, k)
	if err != nil {
		return err
	}
	was.Evidence = c.Evidence.Digest()
	p := put(challengeLabel, k, was)
	conds, puts := []tacit.Cond{{Key: k, Revision: rev}}, []tacit.Put{p}
	seen := map[string]bool{}
	for _, j := range all {
		for _, budget := range []string{"releases/" + j.a.sealed.Header.String(), perTaskKey(id, j.a)} {
			if seen[budget] {
				continue // the same artefact twice in one task is one release
			}
			seen[budget] = true
			n, rev, err := get[count](ctx, m, countLabel, budget)
			if err != nil {
				return err
			}
			p := put(countLabel, budget, count{n.N + 1})
			conds, puts = append(conds, tacit.Cond{Key: budget, Revision: rev}), append(puts, p)
		}
	}
	for _, j := range all {
		c, p, err := m.spendBudgets(ctx, j)
		if err != nil {
			return err
		}
		conds, puts = append(conds, c...), append(puts, p...)
	}
	return m.commit(ctx, conds, append(puts, traces...)...)
}

// grant records the release, then unwraps the artefact's header and seals the
// file key to the enclave.
func (m *Manager) grant(ctx context.Context, c tacit.Case, v tacit.Verified, a artefact, from *given) (tacit.Grant, error) {
	held, err := m.held(ctx, v, a)
	if err != nil {
		return tacit.Grant{}, err
	}
	g := tacit.Grant{
		Task: v.TaskID, Attempt: v.Assignment.Attempt, Place: c.Place, Manager: m.cfg.Key.Address(), Artefact: a.sealed.Header,
		Terms: tacit.GrantTerms{MaxOutput: v.Task.Requirements.Output, Logs: true},
	}
	var termsDigest wire.Digest
	if a.entry != nil {
		terms, err := m.terms(ctx, *a.entry)
		if err != nil {
			return tacit.Grant{}, err
		}
		g.Terms = grantTerms(terms)
		termsDigest = a.entry.Terms
	}
	for i, e := range a.from {
		terms, err := m.terms(ctx, e)
		if err != nil {
			return tacit.Grant{}, err
		}
		also := grantTerms(terms)
		if i == 0 {
			g.Terms.Sets, g.Terms.Learn = also.Sets, also.Learn
		}
		g.Terms = tacit.GrantTerms{
			MaxOutput: min(g.Terms.MaxOutput, also.MaxOutput), Logs: g.Terms.Logs && also.Logs, MinGroupSize: max(g.Terms.MinGroupSize, also.MinGroupSize),
			Timing: max(g.Terms.Timing, also.Timing), Sets: g.Terms.Sets.With(also.Sets), Learn: g.Terms.Learn.With(also.Learn),
		}
	}
	record := m.record(c, v.TaskID, a.subject, a.sealed.Header, termsDigest)
	record.Decision = "released"
	secrets := from.take(a)
	for _, s := range secrets.Given {
		record.Secrets = append(record.Secrets, tacit.SecretRecord{Name: s.Name, Use: s.Use, Version: s.Version, Calls: s.Calls})
	}
	if g.Record, err = record.Encode(); err != nil {
		return tacit.Grant{}, err
	}
	if g.Index, err = m.cfg.Audit.Append(ctx, g.Record); err != nil {
		return tacit.Grant{}, fault.New(fault.AuditUnavailable, "release key of %s: %w", a.subject, err)
	}
	// gofail: var managerRecorded struct{}
	fileKey, err := unwrapHeader(held.Secret, a.subject, a.header)
	if err != nil {
		return tacit.Grant{}, err
	}
	g.Sealed, err = c.Keys.Seal.Seal(g.Info(m.cfg.Headers.View().Network), fileKey)
	clear(fileKey)
	// gofail: var managerSealed struct{}
	if err == nil && len(secrets.Given) > 0 {
		g.Secrets, err = sealSecrets(m.cfg.Headers.View().Network, g, c.Keys.Seal, secrets)
	}
	return g, err
}

func grantTerms(t tacit.Terms) tacit.GrantTerms {
	return tacit.GrantTerms{MaxOutput: t.MaxOutput, Logs: t.Logs, MinGroupSize: t.MinGroupSize, Timing: t.Timing, Sets: t.Sets, Learn: t.Learn}
}

func (m *Manager) record(c tacit.Case, id wire.Digest, subject string, header, terms wire.Digest) tacit.GrantRecord {
	view := m.cfg.Headers.View()
	return tacit.GrantRecord{
		Network: view.Network, Task: id, Assignment: c.Assignment.Body.Hash(), Attempt: c.Assignment.Body.Attempt, Place: c.Place,
		Manager: m.cfg.Key.Address(), Artefact: header, Subject: subject, Keys: c.Keys.Hash(), Evidence: c.Evidence.Digest(),
		Terms: terms, Epoch: view.Header.Number, User: c.Task.Body.User,
	}
}

// recordDenial keeps a denial in the log. It cannot make a denial into
// anything else, so its own failure changes nothing.
func (m *Manager) recordDenial(ctx context.Context, c tacit.Case, id wire.Digest, why error) {
	r := m.record(c, id, c.Service.Entry.Name, wire.Digest{}, wire.Digest{})
	r.Decision = string(fault.Of(why))
	var f *fault.Error
	if errors.As(why, &f) {
		r.Rule = f.Rule
	}
	if b, err := r.Encode(); err == nil {
		_, _ = m.cfg.Audit.Append(ctx, b)
	}
}
