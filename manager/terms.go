package manager

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// judged is what the terms of one entry of this manager say of a task.
type judged struct {
	a     artefact
	terms tacit.Terms
	use   tacit.Use
	trace []tacit.Finding
}

// judgeAll judges the terms of every entry of this manager in a case, once per
// entry. The error is of reading what is needed; what the terms say is in the
// traces.
func (m *Manager) judgeAll(ctx context.Context, c tacit.Case, task tacit.Task, id wire.Digest, level uint8, region string) ([]judged, error) {
	held, err := m.artefacts(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	// What a task before left stands for the entries that it came from: their owners are
	// asked again, each for his own.
	var mine []artefact
	for _, a := range held {
		mine = append(mine, a)
		for i := range a.from {
			mine = append(mine, artefact{sealed: a.from[i].Sealed, subject: a.from[i].Name, entry: &a.from[i]})
		}
	}
	owners := map[wire.Address]bool{}
	var names []string
	for _, d := range c.Datasets {
		owners[d.Entry.Owner] = true
		names = append(names, d.Entry.Name)
	}
	for _, a := range held {
		for _, e := range a.from {
			if !slices.Contains(names, e.Name) {
				owners[e.Owner] = true
				names = append(names, e.Name)
			}
		}
	}
	var out []judged
	for _, a := range mine {
		if a.entry == nil || slices.ContainsFunc(out, func(j judged) bool { return j.a.entry.Name == a.entry.Name }) {
			continue // its terms are the task itself, or judged already
		}
		use := tacit.Use{
			Task: id, Dataset: a.entry.Name, Datasets: names, Owners: uint64(len(owners)), Service: c.Service.Entry.Name,
			User: task.User, Purpose: task.Requirements.Purpose, Region: region, Level: level, Output: task.Requirements.Output,
			Seconds: task.Requirements.Seconds, Time: m.cfg.Headers.View().Header.Time,
			Derived: !slices.ContainsFunc(c.Datasets, func(d tacit.ProvenEntry) bool { return d.Entry.Name == a.entry.Name }) && a.entry.Kind == tacit.EntryDataset,
		}
		if a.entry.Kind == tacit.EntryDataset {
			use.Engine = tacit.Builtin(c.Service.Entry.Sealed.Plain)
		}
		j, err := m.judge(ctx, a, use)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

// judge completes a use with what this manager knows and judges it.
func (m *Manager) judge(ctx context.Context, a artefact, u tacit.Use) (judged, error) {
	terms, err := m.terms(ctx, *a.entry)
	if errors.Is(err, fault.KeyPolicy) {
		return judged{a, terms, u, []tacit.Finding{{Rule: tacit.RuleTerms, Expected: "the terms that the catalogue names", Got: "none with their digest"}}}, nil
	}
	if err != nil {
		return judged{}, err
	}
	gone, _, err := get[count](ctx, m, countLabel, withdrawnKey(a.entry.Owner, a.entry.Name))
	if err != nil {
		return judged{}, err
	}
	terms.Withdrawn = terms.Withdrawn || gone.N > 0
	total, _, err := get[count](ctx, m, countLabel, "releases/"+a.sealed.Header.String())
	if err != nil {
		return judged{}, err
	}
	here, _, err := get[count](ctx, m, countLabel, perTaskKey(u.Task, a))
	if err != nil {
		return judged{}, err
	}
	u.Releases, u.ThisTask = total.N, here.N
	if u.Spent, err = m.spent(ctx, *a.entry, terms, u); err != nil {
		return judged{}, err
	}
	if terms.Approval {
		if u.Approved, u.Reason, err = m.approved(ctx, *a.entry, u); err != nil {
			return judged{}, err
		}
	}
	return judged{a, terms, u, terms.Trace(u, m.cfg.Rules)}, nil
}

// mostWrites is how many writes of one transaction the entries of one task may
// need at a release; the store takes no more than 128.
const mostWrites = 120

// settle turns judgements into their outcome: the traces to be written with the
// decision that they allow, or the denial, journalled. A task for which nothing
// but approvals are missing is put into their owners' queues. step is draw or
// release.
func (m *Manager) settle(ctx context.Context, c tacit.Case, id wire.Digest, step string, all []judged) ([]tacit.Put, error) {
	var hard, soft *fault.Error
	writes := 0
	for _, j := range all {
		writes += 6
		d := tacit.Denial(j.a.subject, j.trace, j.use)
		switch {
		case d == nil:
		case d.Code == fault.DataApproval:
			soft = d
		case hard == nil:
			hard = d
		}
	}
	if writes > mostWrites {
		return nil, fault.New(fault.APISize, "judge terms: %d entries of one manager in a task, at most %d", len(all), mostWrites/6)
	}
	puts := m.traces(step, all)
	switch {
	case hard != nil:
		return nil, errors.Join(hard, m.commit(ctx, nil, puts...))
	case soft != nil && step == "draw":
		return nil, m.ask(ctx, c, id, all, puts, soft)
	case soft != nil:
		return nil, errors.Join(soft, m.commit(ctx, nil, puts...))
	}
	return puts, nil
}

// traces are the writes that keep the last decision about each entry.
func (m *Manager) traces(step string, all []judged) []tacit.Put {
	var puts []tacit.Put
	for _, j := range all {
		t := tacit.Trace{
			Task: j.use.Task, Entry: j.a.entry.Name, Owner: j.a.entry.Owner, User: j.use.User, Service: j.use.Service, Step: step,
			Decision: decision(j), Time: j.use.Time, Findings: j.trace,
		}
		p := put(traceLabel, traceKey(t.Task, t.Entry), t)
		puts = append(puts, p)
	}
	return puts
}

// decision is what a trace calls a judgement.
func decision(j judged) string {
	if d := tacit.Denial(j.a.subject, j.trace, j.use); d != nil {
		return string(d.Code)
	}
	return "allowed"
}

const traceLabel = "tacit/manager/trace"

func traceKey(task wire.Digest, entry string) string { return "trace/" + task.String() + "/" + entry }

// Explain shows the traces of a task: to an owner those of his entries in full,
// to the task's user all of them redacted. To anybody else there is no such task.
func (m *Manager) Explain(ctx context.Context, req tacit.TaskRequest) (tacit.Explanation, error) {
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return tacit.Explanation{}, err
	}
	items, _, err := m.cfg.Store.Range(ctx, "trace/"+req.Task.String()+"/", "trace/"+req.Task.String()+"0", 128)
	if err != nil {
		return tacit.Explanation{}, err
	}
	var out tacit.Explanation
	for _, item := range items {
		var t tacit.Trace
		if err := wire.Unmarshal(traceLabel, item.Value, &t); err != nil {
			return out, err
		}
		switch caller.Node {
		case t.Owner:
			out.Traces = append(out.Traces, t)
		case t.User:
			out.Traces = append(out.Traces, t.Redacted())
		}
	}
	if len(out.Traces) == 0 {
		return out, fault.New(fault.APINotFound, "explain task %s: this manager has decided nothing about it that is the caller's", req.Task.Short())
	}
	return out, nil
}

// Judge answers what Draw would say of the terms, for the caller himself. It
// writes nothing and costs no budget; how often a caller may ask is bounded.
func (m *Manager) Judge(ctx context.Context, req tacit.JudgeRequest) (tacit.JudgeReply, error) {
	var none tacit.JudgeReply
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return none, err
	}
	if !m.rate.allow(caller.Node, m.cfg.Now()) {
		return none, fault.New(fault.ResBusy, "judge task: asked too often")
	}
	view := m.cfg.Headers.View()
	if len(req.Datasets) > 64 {
		return none, fault.New(fault.APISize, "judge task: %d datasets, at most 64", len(req.Datasets))
	}
	if view.Header.Number > req.Epoch+tacit.DrawEpochs {
		return none, fault.Denied(fault.KeyGeneration, "judge task", "epoch of the entries", "one of the newest", "an old one")
	}
	header, err := m.cfg.Headers.Header(ctx, req.Epoch)
	if err != nil {
		return none, err
	}
	c := tacit.Case{Service: req.Service, Datasets: req.Datasets}
	for _, p := range append([]tacit.ProvenEntry{req.Service}, req.Datasets...) {
		if _, err := p.Check(header); err != nil {
			return none, err
		}
	}
	task := tacit.Task{User: caller.Node, Requirements: req.Requirements}
	for range req.Datasets {
		task.Inputs = append(task.Inputs, tacit.Input{Kind: tacit.InputEntry})
	}
	c.Task.Body = task
	all, err := m.judgeAll(ctx, c, task, wire.Digest{}, max(req.Requirements.Level, 2), req.Requirements.Region)
	if err != nil {
		return none, err
	}
	var out tacit.JudgeReply
	for _, j := range all {
		out.Judgements = append(out.Judgements, tacit.Judgement{
			Entry: j.a.entry.Name, Owner: j.a.entry.Owner, Decision: decision(j), Findings: tacit.Redacted(j.trace),
		})
	}
	return out, nil
}

func ownerKey(owner wire.Address) string { return hex.EncodeToString(owner[:]) }
