package manager

import (
	"context"
	"fmt"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The queues are bounded: one owner's inbox, and what one user may have waiting
// in it. A request costs its user a reservation until it is answered or lapses.
const (
	mostRequests = 256
	mostPerUser  = 16
	mostReason   = 256
	mostStanding = 1024
)

// pending is a request in an owner's inbox. Terms and Acceptance are those that
// it was made under.
type pending struct {
	Request    tacit.AccessRequest `cbor:"1,keyasint"`
	Terms      wire.Digest         `cbor:"2,keyasint"`
	Acceptance wire.Digest         `cbor:"3,keyasint"`
}

// answer is what an owner said to one request.
type answer struct {
	Approval uint8  `cbor:"1,keyasint"`
	Reason   string `cbor:"2,keyasint"`
}

// asked notes that a task's owners were asked while its header was new, so that
// it may be drawn under it when they answer.
type asked struct {
	Acceptance wire.Digest `cbor:"1,keyasint"`
}

const (
	pendingLabel  = "tacit/manager/request"
	answerLabel   = "tacit/manager/answer"
	standingLabel = "tacit/manager/standing"
	askedLabel    = "tacit/manager/asked"
)

func requestKey(owner wire.Address, id wire.Digest) string {
	return "request/" + ownerKey(owner) + "/" + id.String()
}

func answerKey(owner wire.Address, id wire.Digest) string {
	return "answer/" + ownerKey(owner) + "/" + id.String()
}

func standingKey(owner wire.Address, id wire.Digest) string {
	return "standing/" + ownerKey(owner) + "/" + id.String()
}

func askedKey(task wire.Digest) string { return "asked/" + task.String() }

// approved is what the owner of an entry said about a use: to this task, else to
// this user with this service.
func (m *Manager) approved(ctx context.Context, e tacit.Entry, u tacit.Use) (tacit.Approval, string, error) {
	a, rev, err := get[answer](ctx, m, answerLabel, answerKey(e.Owner, tacit.AccessID(u.Task, e.Name)))
	if err != nil || rev != 0 {
		return tacit.Approval(a.Approval), a.Reason, err
	}
	s, rev, err := get[tacit.Standing](ctx, m, standingLabel, standingKey(e.Owner, tacit.StandingID(e.Name, u.User, u.Service)))
	if err == nil && rev != 0 && (s.Until == 0 || u.Time < s.Until) {
		return tacit.ApprovalGranted, "", nil
	}
	return tacit.ApprovalNone, "", err
}

// ask puts a task into the inboxes of the owners whose answer it needs, once,
// and returns the refusal that says so. Asked again it writes nothing.
func (m *Manager) ask(ctx context.Context, c tacit.Case, id wire.Digest, all []judged, traces []tacit.Put, why *fault.Error) error {
	acceptance := c.Acceptance.Body.Hash()
	note, rev, err := get[asked](ctx, m, askedLabel, askedKey(id))
	if err != nil {
		return err
	}
	if rev != 0 && note.Acceptance != acceptance {
		return fault.New(fault.ConsField, "ask for approval of task %s: it was asked for another acceptance", id.Short())
	}
	var conds []tacit.Cond
	var puts []tacit.Put
	var made []tacit.AccessRequest
	for _, j := range all {
		if !tacit.Waits(j.trace, j.use) {
			continue
		}
		e := *j.a.entry
		r := tacit.AccessRequest{
			ID: tacit.AccessID(id, e.Name), Task: id, Entry: e.Name, User: j.use.User, Service: j.use.Service, Datasets: j.use.Datasets,
			Purpose: j.use.Purpose, Region: j.use.Region, Level: j.use.Level, Output: j.use.Output, Seconds: j.use.Seconds,
			Deadline: c.Task.Body.Deadline, Made: j.use.Time,
		}
		k := requestKey(e.Owner, r.ID)
		_, rev, err := get[pending](ctx, m, pendingLabel, k)
		if err != nil {
			return err
		}
		if rev != 0 {
			continue
		}
		if err := m.room(ctx, e.Owner, r.User); err != nil {
			return err
		}
		p := put(pendingLabel, k, pending{r, e.Terms, acceptance})
		conds, puts, made = append(conds, tacit.Cond{Key: k}), append(puts, p), append(made, r)
	}
	if len(made) == 0 {
		return why
	}
	if rev == 0 {
		p := put(askedLabel, askedKey(id), asked{acceptance})
		conds, puts = append(conds, tacit.Cond{Key: askedKey(id)}), append(puts, p)
	}
	m.recordDenial(ctx, c, id, why)
	if err := m.commit(ctx, conds, append(puts, traces...)...); err != nil {
		return err
	}
	for i, r := range made {
		for _, j := range all {
			if j.a.entry.Name == r.Entry {
				m.tell(ctx, j.a.entry.Owner, made[i])
			}
		}
	}
	return why
}

// room reports RES_BUSY if an owner's inbox is full, or full of what this user
// asks for.
func (m *Manager) room(ctx context.Context, owner, user wire.Address) error {
	list, err := m.inbox(ctx, owner)
	if err != nil {
		return err
	}
	his := 0
	for _, p := range list {
		if p.Request.User == user {
			his++
		}
	}
	if len(list) >= mostRequests || his >= mostPerUser {
		return fault.New(fault.ResBusy, "ask for approval: the owner has too many requests waiting")
	}
	return nil
}

// inbox lists the requests that wait for an owner and removes those whose tasks
// are past their deadline. Its cost is bounded by mostRequests.
func (m *Manager) inbox(ctx context.Context, owner wire.Address) ([]pending, error) {
	prefix := "request/" + ownerKey(owner)
	items, _, err := m.cfg.Store.Range(ctx, prefix+"/", prefix+"0", mostRequests+1)
	if err != nil {
		return nil, err
	}
	block := m.cfg.Headers.View().Header.Block
	var list []pending
	var gone []tacit.Put
	for _, item := range items {
		var p pending
		if err := wire.Unmarshal(pendingLabel, item.Value, &p); err != nil {
			return nil, err
		}
		if p.Request.Deadline >= block {
			list = append(list, p)
		} else if len(gone) < mostWrites {
			gone = append(gone, tacit.Put{Key: item.Key, Delete: true})
		}
	}
	if len(gone) > 0 {
		if err := m.commit(ctx, nil, gone...); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Access shows the caller's own inbox.
func (m *Manager) Access(ctx context.Context, req tacit.AccessQuery) (tacit.Inbox, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return tacit.Inbox{}, err
	}
	list, err := m.inbox(ctx, caller.Node)
	if err != nil {
		return tacit.Inbox{}, err
	}
	var out tacit.Inbox
	for _, p := range list {
		if req.Entry == "" || req.Entry == p.Request.Entry {
			out.Requests = append(out.Requests, p.Request)
		}
	}
	standing, err := m.standing(ctx, caller.Node)
	for _, s := range standing {
		if req.Entry == "" || req.Entry == s.Entry {
			out.Standing = append(out.Standing, s)
		}
	}
	return out, err
}

// standing lists an owner's approvals that stand, without those that ended.
func (m *Manager) standing(ctx context.Context, owner wire.Address) ([]tacit.Standing, error) {
	prefix := "standing/" + ownerKey(owner)
	items, _, err := m.cfg.Store.Range(ctx, prefix+"/", prefix+"0", mostStanding)
	if err != nil {
		return nil, err
	}
	now := m.cfg.Headers.View().Header.Time
	var list []tacit.Standing
	for _, item := range items {
		var s tacit.Standing
		if err := wire.Unmarshal(standingLabel, item.Value, &s); err != nil {
			return nil, err
		}
		if s.Until == 0 || now < s.Until {
			list = append(list, s)
		}
	}
	return list, nil
}

// Decide answers a request of the caller's inbox. The answer is in the log
// before it counts.
func (m *Manager) Decide(ctx context.Context, req tacit.Decision) (tacit.Done, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return tacit.Done{}, err
	}
	if len(req.Reason) > mostReason || req.For > 1<<40 || (!req.Approve && (req.For > 0 || req.Always)) {
		return tacit.Done{}, fault.New(fault.APIField, "decide request: a reason of at most %d bytes, and only an approval stands for a time", mostReason)
	}
	m.budgets.Lock() // no draw judges between the answer's parts
	defer m.budgets.Unlock()
	k := requestKey(caller.Node, req.ID)
	p, rev, err := get[pending](ctx, m, pendingLabel, k)
	if err != nil {
		return tacit.Done{}, err
	}
	if rev == 0 && !req.Approve {
		return m.takeBack(ctx, caller.Node, req)
	}
	if rev == 0 || p.Request.Deadline < m.cfg.Headers.View().Header.Block {
		return tacit.Done{}, fault.New(fault.APINotFound, "decide request %s: it is not in the caller's inbox, or its task is past its deadline", req.ID.Short())
	}
	a, said := answer{Approval: uint8(tacit.ApprovalDenied), Reason: req.Reason}, "denied by its owner"
	if req.Approve {
		a, said = answer{Approval: uint8(tacit.ApprovalGranted)}, "approved by its owner"
	}
	w := put(answerLabel, answerKey(caller.Node, req.ID), a)
	puts := []tacit.Put{w, {Key: k, Delete: true}}
	if req.For > 0 || req.Always {
		s := tacit.Standing{
			ID: tacit.StandingID(p.Request.Entry, p.Request.User, p.Request.Service), Entry: p.Request.Entry, User: p.Request.User, Service: p.Request.Service,
		}
		if !req.Always {
			s.Until = m.cfg.Headers.View().Header.Time + req.For
			said += fmt.Sprintf(", and this user with this service until %d", s.Until)
		} else {
			said += ", and this user with this service from now on"
		}
		list, err := m.standing(ctx, caller.Node)
		if err != nil {
			return tacit.Done{}, err
		}
		if len(list) >= mostStanding {
			return tacit.Done{}, fault.New(fault.ResBusy, "decide request: %d approvals stand already", len(list))
		}
		w := put(standingLabel, standingKey(caller.Node, s.ID), s)
		puts = append(puts, w)
	}
	if err := m.logAnswer(ctx, p.Request, p.Terms, said); err != nil {
		return tacit.Done{}, err
	}
	return tacit.Done{OK: true}, m.commit(ctx, []tacit.Cond{{Key: k, Revision: rev}}, puts...)
}

// takeBack ends a standing approval.
func (m *Manager) takeBack(ctx context.Context, owner wire.Address, req tacit.Decision) (tacit.Done, error) {
	k := standingKey(owner, req.ID)
	s, rev, err := get[tacit.Standing](ctx, m, standingLabel, k)
	if err != nil {
		return tacit.Done{}, err
	}
	if rev == 0 {
		return tacit.Done{}, fault.New(fault.APINotFound, "decide request %s: it is neither in the caller's inbox nor an approval that stands", req.ID.Short())
	}
	if err := m.logAnswer(ctx, tacit.AccessRequest{Entry: s.Entry, User: s.User}, wire.Digest{}, "approval taken back by its owner"); err != nil {
		return tacit.Done{}, err
	}
	return tacit.Done{OK: true}, m.commit(ctx, []tacit.Cond{{Key: k, Revision: rev}}, tacit.Put{Key: k, Delete: true})
}

// logAnswer keeps an owner's answer in the log; without that it does not count.
func (m *Manager) logAnswer(ctx context.Context, r tacit.AccessRequest, terms wire.Digest, said string) error {
	view := m.cfg.Headers.View()
	record := tacit.GrantRecord{
		Network: view.Network, Task: r.Task, Manager: m.cfg.Key.Address(), Subject: r.Entry, Terms: terms, Epoch: view.Header.Number,
		User: r.User, Decision: said, Rule: tacit.RuleApproval,
	}
	b, err := record.Encode()
	if err != nil {
		return err
	}
	if _, err := m.cfg.Audit.Append(ctx, b); err != nil {
		return fault.New(fault.AuditUnavailable, "decide request: %w", err)
	}
	return nil
}
