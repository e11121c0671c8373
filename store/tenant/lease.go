package tenant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Grant implements tacit.Store. The record by which the lease's ID is known to be the
// caller's is tied to the lease.
func (v *view) Grant(ctx context.Context, lease string, ttl time.Duration) (tacit.Lease, error) {
	n, err := v.judge("grant").own("lease", lease)
	if err != nil {
		return tacit.Lease{}, err
	}
	l, err := v.of.store.Grant(ctx, n.place(), ttl)
	if err != nil {
		return tacit.Lease{}, err
	}
	at := leasePlace(v.me, l.ID)
	_, err = v.of.store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: at}}, Then: []tacit.Put{{Key: at, Lease: l.ID}}})
	if err != nil {
		// Its holder will not know of it.
		return tacit.Lease{}, errors.Join(err, v.of.store.Revoke(context.WithoutCancel(ctx), l))
	}
	l.Name = lease
	return l, nil
}

// Renew implements tacit.Store.
func (v *view) Renew(ctx context.Context, l tacit.Lease, ttl time.Duration) (tacit.Lease, error) {
	n, err := v.judge("renew").own("lease", l.Name)
	if err != nil {
		return tacit.Lease{}, err
	}
	was := l.Name
	l.Name = n.place()
	l, err = v.of.store.Renew(ctx, l, ttl)
	l.Name = was
	return l, err
}

// Revoke implements tacit.Store.
func (v *view) Revoke(ctx context.Context, l tacit.Lease) error {
	n, err := v.judge("revoke").own("lease", l.Name)
	if err != nil {
		return err
	}
	l.Name = n.place()
	return v.of.store.Revoke(ctx, l)
}

// permit is a tacit.Permit as it is stored, beside those that the same account has.
type permit struct {
	Prefix []byte `cbor:"1,keyasint"` // without the owner's address
	Read   bool   `cbor:"2,keyasint"`
	Write  bool   `cbor:"3,keyasint"`
}

// permits is all that an owner permits to one account.
type permits struct {
	List []permit `cbor:"1,keyasint"`
}

const permitsLabel = "tacit/tenant/permits"

// mostPermits bounds what one account has of another, and mostAccounts how many
// accounts an owner gives leave.
const (
	mostPermits  = 64
	mostAccounts = 1024
)

func permitPlace(owner, to wire.Address) string { return base(owner) + partPermit + to.String() }

// permits reads what an owner permits to an account.
func (t *Tenants) permits(ctx context.Context, owner, to wire.Address) (permits, int64, error) {
	it, err := t.store.Get(ctx, permitPlace(owner, to))
	if errors.Is(err, fault.APINotFound) {
		return permits{}, 0, nil
	}
	if err != nil {
		return permits{}, 0, err
	}
	var p permits
	return p, it.Revision, wire.Unmarshal(permitsLabel, it.Value, &p)
}

// Permit implements tacit.Tenancy. The prefix must be the caller's own.
func (v *view) Permit(ctx context.Context, p tacit.Permit) error {
	const op = "permit"
	n, err := v.judge(op).own("prefix", p.Prefix)
	if err != nil {
		return err
	}
	if p.Account.IsZero() || p.Account == v.me {
		return fault.New(fault.APIField, "%s: to %s", op, p.Account)
	}
	if len(p.Prefix) > 512 {
		return fault.New(fault.APISize, "%s: a prefix of %d bytes", op, len(p.Prefix))
	}
	for range judgements {
		old, revision, err := v.of.permits(ctx, v.me, p.Account)
		if err != nil {
			return err
		}
		var list permits
		for _, x := range old.List {
			if string(x.Prefix) != n.rest {
				list.List = append(list.List, x)
			}
		}
		if p.Read || p.Write {
			list.List = append(list.List, permit{[]byte(n.rest), p.Read, p.Write})
		}
		if len(list.List) > mostPermits {
			return fault.New(fault.APISize, "%s: %s has %d of you, at most %d", op, p.Account, len(list.List), mostPermits)
		}
		if revision == 0 && len(list.List) > 0 {
			from := base(v.me) + partPermit
			others, _, err := v.of.store.Range(ctx, from, after(from), mostAccounts)
			if err != nil {
				return err
			}
			if len(others) == mostAccounts {
				return fault.New(fault.APISize, "%s: %d accounts have leave of you already", op, mostAccounts)
			}
		}
		at := permitPlace(v.me, p.Account)
		txn := tacit.Txn{If: []tacit.Cond{{Key: at, Revision: revision}}, Then: []tacit.Put{{Key: at, Delete: len(list.List) == 0}}}
		if len(list.List) > 0 {
			if txn.Then[0].Value, err = wire.Marshal(permitsLabel, list); err != nil {
				return err
			}
		}
		if _, err = v.of.store.Commit(ctx, txn); !errors.Is(err, fault.StoreConflict) {
			return err
		}
	}
	return fault.New(fault.StoreConflict, "%s: it changes all the time", op)
}

// Permits implements tacit.Tenancy.
func (v *view) Permits(ctx context.Context) ([]tacit.Permit, error) {
	if _, err := v.judge("permits").own("prefix", v.me.String()+"/"); err != nil {
		return nil, err
	}
	from := base(v.me) + partPermit
	items, _, err := v.of.store.Range(ctx, from, after(from), mostAccounts)
	if err != nil {
		return nil, err
	}
	var out []tacit.Permit
	for _, it := range items {
		var to wire.Address
		var list permits
		if err := to.UnmarshalText([]byte(it.Key[len(from):])); err != nil {
			return nil, fmt.Errorf("read permits: %w", err)
		}
		if err := wire.Unmarshal(permitsLabel, it.Value, &list); err != nil {
			return nil, err
		}
		for _, p := range list.List {
			out = append(out, tacit.Permit{Account: to, Prefix: v.me.String() + "/" + string(p.Prefix), Read: p.Read, Write: p.Write})
		}
	}
	return out, nil
}
