package manager

import (
	"context"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

const stepLabel = "tacit/manager/step"

// A step is what a manager knows of an identity that a task's enclave seals something to
// for a next task: the entries whose owners must agree to that one too.
type step struct {
	Task    wire.Digest    `cbor:"1,keyasint"` // that leaves it
	User    wire.Address   `cbor:"2,keyasint"`
	Leaves  []wire.Address `cbor:"3,keyasint"` // that may have signed its leaf, an enclave's per attempt
	Entries []tacit.Entry  `cbor:"4,keyasint"` // of this manager, that it was computed from
}

func stepKey(identity wire.Digest) string { return "step/" + identity.String() }

// mostStepEntries bounds what a chain of steps is computed from at one manager.
const mostStepEntries = 16

// onward are the records of the next steps that a task leaves something to at this
// manager, for the release that lets its enclave do so: an identity is one task's, and
// stands for every entry of this manager that the task or those before it computed on.
func (m *Manager) onward(ctx context.Context, v tacit.Verified, mine []artefact) ([]tacit.Put, []tacit.Cond, error) {
	var puts []tacit.Put
	var conds []tacit.Cond
	var from []tacit.Entry
	add := func(e tacit.Entry) {
		if e.Kind == tacit.EntryDataset && !slices.ContainsFunc(from, func(o tacit.Entry) bool { return o.Name == e.Name }) {
			from = append(from, e)
		}
	}
	for _, a := range mine {
		if a.entry != nil {
			add(*a.entry)
		}
		for _, e := range a.from {
			add(e)
		}
	}
	if len(from) > mostStepEntries {
		return nil, nil, fault.New(fault.APISize, "release keys: a next step would stand for %d entries of this manager, at most %d", len(from), mostStepEntries)
	}
	for _, r := range v.Task.Recipients {
		if r.Kind != tacit.RecipientIdentity {
			continue
		}
		held, rev, err := get[identity](ctx, m, identityLabel, "identity/"+r.Ref.String())
		if err != nil {
			return nil, nil, err
		}
		if rev == 0 {
			continue // another manager's
		}
		if held.Subject != "" || held.Owner != v.Task.User || wire.Sum(r.Key) != r.Ref || !held.Task.IsZero() && held.Task != v.TaskID {
			return nil, nil, fault.New(fault.KeyPolicy, "release keys: identity %s is not one of this user's for the next step of this task", r.Ref.Short())
		}
		held.Task = v.TaskID
		was, stepRev, err := get[step](ctx, m, stepLabel, stepKey(r.Ref))
		if err != nil {
			return nil, nil, err
		}
		s := step{v.TaskID, v.Task.User, append(was.Leaves, v.Case.Keys.Receipt), from}
		puts = append(puts, put(identityLabel, "identity/"+r.Ref.String(), held), put(stepLabel, stepKey(r.Ref), s))
		conds = append(conds, tacit.Cond{Key: "identity/" + r.Ref.String(), Revision: rev}, tacit.Cond{Key: stepKey(r.Ref), Revision: stepRev})
	}
	return puts, conds, nil
}

// sources are the entries that an input of another task was computed from, if this
// manager holds the identity that it is sealed to, for this user, and an enclave that it
// released keys to signed the leaf which names it; else KEY_POLICY.
func (m *Manager) sources(ctx context.Context, user wire.Address, sealed tacit.Sealed, leaf tacit.Signed[tacit.Leaf]) ([]tacit.Entry, error) {
	s, rev, err := get[step](ctx, m, stepLabel, stepKey(sealed.Identity))
	if err != nil {
		return nil, err
	}
	if rev == 0 || s.User != user || leaf.Body.Task != s.Task || leaf.Body.Output != sealed.Root {
		return nil, fault.New(fault.KeyPolicy, "judge step: identity %s is not one that a task of this user left its output to", sealed.Identity.Short())
	}
	signer, err := leaf.Signer(m.cfg.Headers.View().Network)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.Leaves, signer) {
		return nil, fault.New(fault.KeyPolicy, "judge step: no enclave that had keys of this manager signed the leaf of task %s", s.Task.Short())
	}
	return s.Entries, nil
}
