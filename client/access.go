package client

import (
	"context"
	"fmt"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Managers are the managers of the catalogue entries that are chosen, and the
// client's own, in order. The list is the gateway's: a wrong one can hide a
// manager, and show nothing that is not the manager's.
func (c *Client) Managers(ctx context.Context, chosen func(tacit.Entry) bool) ([]wire.Address, error) {
	pools, err := c.cfg.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		return nil, err
	}
	list := []wire.Address{c.cfg.ManagerKey}
	for _, e := range pools.Entries {
		if chosen(e) {
			list = append(list, e.Sealed.Manager)
		}
	}
	return tacit.SortAddresses(list), nil
}

// Mine chooses the client's own entries.
func (c *Client) Mine(e tacit.Entry) bool { return e.Owner == c.cfg.Key.Address() }

// Door is a manager as owners and users talk with it.
func (c *Client) Door(ctx context.Context, manager wire.Address) (tacit.Doorkeeper, error) {
	if c.cfg.Door == nil {
		return nil, fault.New(fault.Unreachable, "ask manager %s: this client reaches none", manager)
	}
	return c.cfg.Door(ctx, manager)
}

// Update gives an entry of the client new terms and a new price without sealing
// it again; nil terms and a nil price keep what there is. Tasks that name an
// older generation keep its terms, except that consent which is withdrawn counts
// at once.
func (c *Client) Update(ctx context.Context, name string, terms *tacit.Terms, price *tacit.Money) (tacit.Entry, error) {
	e, err := c.entry(ctx, name, 0)
	if err != nil {
		return e, err
	}
	digest, amount := e.Terms, e.Price
	if price != nil {
		amount = *price
	}
	if terms != nil {
		if err := terms.Check(); err != nil {
			return e, err
		}
		if e.Sealed.Manager != c.cfg.ManagerKey {
			return e, fault.Denied(fault.TLSIdentity, "update "+name, "manager", e.Sealed.Manager.String(), c.cfg.ManagerKey.String())
		}
		if _, err := c.cfg.Manager.SetTerms(ctx, tacit.TermsRequest{Entry: name, Terms: *terms}); err != nil {
			return e, err
		}
		digest = terms.Digest()
	}
	return c.cfg.Ledger.SetTerms(ctx, e.ID, digest, amount)
}

// Retire says that an entry of the client is offered no longer. Consent ends at once, also
// to what earlier tasks left to next ones; publishing it again gives it anew.
func (c *Client) Retire(ctx context.Context, name string) (tacit.Entry, error) {
	e, err := c.entry(ctx, name, 0)
	if err != nil {
		return e, err
	}
	m, err := c.cfg.Keeper(ctx, e.Sealed.Manager)
	if err != nil {
		return e, err
	}
	nothing := tacit.Terms{AnyService: true, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 5, Expires: 1, MaxReleases: 1, MaxPerTask: 1, MaxOutput: 1, Withdrawn: true}
	if _, err := m.SetTerms(ctx, tacit.TermsRequest{Entry: name, Terms: nothing}); err != nil {
		return e, err
	}
	return c.cfg.Ledger.Retire(ctx, e.ID)
}

// Explain asks every manager that may know for its decisions about a task.
func (c *Client) Explain(ctx context.Context, task wire.Digest, managers []wire.Address) ([]tacit.Trace, error) {
	var out []tacit.Trace
	last := error(fault.New(fault.APINotFound, "explain task %s: no manager that was asked has decided about it", task.Short()))
	for _, m := range managers {
		door, err := c.Door(ctx, m)
		if err == nil {
			var e tacit.Explanation
			if e, err = door.Explain(ctx, tacit.TaskRequest{Task: task}); err == nil {
				out = append(out, e.Traces...)
			}
		}
		if err != nil && fault.Of(err) != fault.APINotFound {
			last = fmt.Errorf("ask manager %s: %w", m, err)
		}
	}
	if len(out) == 0 {
		return nil, last
	}
	slices.SortStableFunc(out, func(a, b tacit.Trace) int { return int(int64(a.Time) - int64(b.Time)) })
	return out, nil
}
