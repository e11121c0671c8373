// Package tenant shares one tacit.Store among accounts that do not trust each other.
//
// Everything of an account lies under kv/<address>/: its keys, what it permits to
// others, and which leases it holds. The replicated store takes kv/<address> for the
// tenant and seals each with another key, so that a record of one account does not
// open as another's even inside the enclave.
//
// An operation is judged whole before anything of it is done: every key of its
// conditions and writes, both ends of a range, a watch's prefix, every lease. What a
// transaction was judged by is a condition of that transaction, so that permits that
// are taken back meanwhile do not count; a watch is judged again before each change.
//
// Revisions are the whole store's. They show an account how many transactions there
// were, not whose.
package tenant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

// Config says what Tenants needs.
type Config struct {
	Store tacit.Store
	// Owners are the accounts that may keep something here; none means nobody.
	Owners []wire.Address
}

// Tenants shares a store. It keeps no state of its own.
type Tenants struct {
	store  tacit.Store
	owners map[wire.Address]bool
}

// New checks the configuration.
func New(cfg Config) (*Tenants, error) {
	if cfg.Store == nil {
		return nil, fault.New(fault.APIField, "share store: there is none")
	}
	t := &Tenants{cfg.Store, map[wire.Address]bool{}}
	for _, a := range cfg.Owners {
		if a.IsZero() {
			return nil, fault.New(fault.APIField, "share store: an owner without address")
		}
		t.owners[a] = true
	}
	return t, nil
}

// Of is the store as the caller of ctx sees it.
func (t *Tenants) Of(ctx context.Context) (tacit.Tenancy, error) {
	c, err := tacit.Admit(ctx, tacit.RoleClient)
	if err != nil {
		return nil, err
	}
	if c.Node.IsZero() {
		return nil, fault.New(fault.TLSRole, "serve store: the caller has no account")
	}
	return &view{t, c.Node}, nil
}

// view is the store for one account.
type view struct {
	of *Tenants
	me wire.Address
}

var _ tacit.Tenancy = (*view)(nil)

// name is a key or lease of an owner.
type name struct {
	owner wire.Address
	rest  string
}

// parse reads a name. An address has one spelling, so that a key has one name.
func parse(s string) (name, bool) {
	first, rest, ok := strings.Cut(s, "/")
	var n name
	if !ok || n.owner.UnmarshalText([]byte(first)) != nil || n.owner.String() != first {
		return name{}, false
	}
	n.rest = rest
	return n, true
}

// Parts of what is under kv/<address>/.
const (
	partData   = "data/"
	partLease  = "lease/"  // ID of a lease; tied to it, so that it ends with it
	partPermit = "permit/" // address of an account
)

func base(owner wire.Address) string { return store.Accounts + owner.String() + "/" }

// place is where a name lies in the shared store.
func (n name) place() string { return base(n.owner) + partData + n.rest }

// shown is the name of a place, as callers say it.
func shown(place string) string {
	owner, rest, _ := strings.Cut(strings.TrimPrefix(place, store.Accounts), "/")
	return owner + "/" + strings.TrimPrefix(rest, partData)
}

// mostOwners bounds the accounts that a transaction touches.
const mostOwners = 8

// judge decides one operation. Its conditions are what the decision rests on.
type judge struct {
	*view
	op    string
	given map[wire.Address][]permit
	rests []tacit.Cond
}

func (v *view) judge(op string) *judge {
	return &judge{view: v, op: op, given: map[wire.Address][]permit{}}
}

// denied says the same of what exists and what does not.
func (j *judge) denied(what, s string) error {
	return fault.Denied(fault.StoreDenied, j.op, fmt.Sprintf("%s %q", what, s), "one that "+j.me.String()+" may touch so", "no leave")
}

// touch judges everything with a prefix, or just one key.
func (j *judge) touch(ctx context.Context, what, s string, write bool) (name, error) {
	n, ok := parse(s)
	if !ok {
		return n, j.denied(what, s)
	}
	return n, j.within(ctx, what, s, n.owner, write, func(prefix string) bool { return strings.HasPrefix(n.rest, prefix) })
}

// span judges all keys with from <= key < to, and returns both as places.
func (j *judge) span(ctx context.Context, from, to string) (string, string, error) {
	const what = "range from"
	n, ok := parse(from)
	if !ok {
		return "", "", j.denied(what, from)
	}
	all := n.owner.String() + "0" // '0' follows '/'
	if to == all {
		err := j.within(ctx, what, from, n.owner, false, func(prefix string) bool { return prefix == "" })
		return n.place(), strings.TrimSuffix(base(n.owner)+partData, "/") + "0", err
	}
	end, ok := parse(to)
	if !ok || end.owner != n.owner {
		return "", "", j.denied("range to", to)
	}
	err := j.within(ctx, "range to", to, n.owner, false, func(prefix string) bool {
		last := after(prefix)
		return strings.HasPrefix(n.rest, prefix) && (last == "" || end.rest <= last)
	})
	return n.place(), end.place(), err
}

// after is the first string above all with a prefix; "" if there is none.
func after(prefix string) string {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i]++; b[i] != 0 {
			return string(b[:i+1])
		}
	}
	return ""
}

// within wants leave from an owner for some prefix that covers what is asked for.
func (j *judge) within(ctx context.Context, what, s string, owner wire.Address, write bool, covers func(prefix string) bool) error {
	if !j.of.owners[owner] {
		return j.denied(what, s)
	}
	if owner == j.me {
		return nil
	}
	list, ok := j.given[owner]
	if !ok {
		if len(j.given) == mostOwners {
			return fault.New(fault.APISize, "%s: it touches what more than %d others own", j.op, mostOwners)
		}
		kept, revision, err := j.of.permits(ctx, owner, j.me)
		if err != nil {
			return err
		}
		list = kept.List
		j.given[owner] = list
		j.rests = append(j.rests, tacit.Cond{Key: permitPlace(owner, j.me), Revision: revision})
	}
	for _, p := range list {
		if (p.Write && write || p.Read && !write) && covers(string(p.Prefix)) {
			return nil
		}
	}
	return j.denied(what, s)
}

// own judges the name of a lease, which must be the caller's.
func (j *judge) own(what, s string) (name, error) {
	n, ok := parse(s)
	if !ok || n.owner != j.me || !j.of.owners[j.me] {
		return n, j.denied(what, s)
	}
	return n, nil
}

func leasePlace(owner wire.Address, id int64) string {
	return fmt.Sprintf("%s%s%d", base(owner), partLease, id)
}

// held judges a lease that a key is tied to by its ID: one that has ended, one of
// another account and one that never was look alike.
func (j *judge) held(ctx context.Context, id int64) error {
	if !j.of.owners[j.me] {
		return j.denied("lease", fmt.Sprint(id))
	}
	at := leasePlace(j.me, id)
	if slices.ContainsFunc(j.rests, func(c tacit.Cond) bool { return c.Key == at }) {
		return nil
	}
	it, err := j.of.store.Get(ctx, at)
	if errors.Is(err, fault.APINotFound) {
		return j.denied("lease", fmt.Sprint(id))
	}
	if err != nil {
		return err
	}
	j.rests = append(j.rests, tacit.Cond{Key: at, Revision: it.Revision})
	return nil
}

// txn judges a transaction and returns it as it is done in the shared store, with what
// the judgement rests on.
func (j *judge) txn(ctx context.Context, txn tacit.Txn) (tacit.Txn, error) {
	const most = 128
	if len(txn.If) > most || len(txn.Then) > most {
		return txn, fault.New(fault.APISize, "%s: %d conditions and %d writes: at most %d each", j.op, len(txn.If), len(txn.Then), most)
	}
	var out tacit.Txn
	for _, c := range txn.If {
		n, err := j.touch(ctx, "condition", c.Key, false)
		if err != nil {
			return out, err
		}
		out.If = append(out.If, tacit.Cond{Key: n.place(), Revision: c.Revision})
	}
	if f := txn.Fence; f != nil {
		n, err := j.own("fence", f.Name)
		if err != nil {
			return out, err
		}
		out.Fence = &tacit.Fence{Name: n.place(), Token: f.Token}
	}
	for _, p := range txn.Then {
		n, err := j.touch(ctx, "write", p.Key, true)
		if err != nil {
			return out, err
		}
		if p.Lease != 0 {
			if err := j.held(ctx, p.Lease); err != nil {
				return out, err
			}
		}
		p.Key = n.place()
		out.Then = append(out.Then, p)
	}
	out.If = append(out.If, j.rests...)
	return out, nil
}

// Get implements tacit.Store.
func (v *view) Get(ctx context.Context, key string) (tacit.Item, error) {
	n, err := v.judge("get").touch(ctx, "read", key, false)
	if err != nil {
		return tacit.Item{}, err
	}
	it, err := v.of.store.Get(ctx, n.place())
	it.Key = key
	return it, err
}

// Range implements tacit.Store. Both ends lie under one owner's address; its address
// and "0" is the end of all that is his.
func (v *view) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	first, last, err := v.judge("range").span(ctx, from, to)
	if err != nil {
		return nil, 0, err
	}
	items, revision, err := v.of.store.Range(ctx, first, last, limit)
	for i := range items {
		items[i].Key = shown(items[i].Key)
	}
	return items, revision, err
}

// judgements bounds how often a transaction is judged anew because permits change.
const judgements = 8

// Commit implements tacit.Store. What it was judged by counts as a condition each:
// one for every other owner and every lease.
func (v *view) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	var before []tacit.Cond
	var failed error
	for range judgements {
		j := v.judge("commit")
		out, err := j.txn(ctx, txn)
		if err != nil {
			return 0, err
		}
		if failed != nil && slices.Equal(before, j.rests) {
			return 0, failed // of its own conditions one does not hold
		}
		revision, err := v.of.store.Commit(ctx, out)
		if !errors.Is(err, fault.StoreConflict) || len(j.rests) == 0 {
			return revision, err
		}
		before, failed = j.rests, err
	}
	return 0, failed
}

// Watch implements tacit.Store. It is closed early once the leave is taken back.
func (v *view) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	n, err := v.judge("watch").touch(ctx, "watch", prefix, false)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	in, err := v.of.store.Watch(ctx, n.place(), after)
	if err != nil {
		cancel()
		return nil, err
	}
	out := make(chan tacit.Change)
	go func() {
		defer close(out)
		defer cancel()
		for c := range in {
			if _, err := v.judge("watch").touch(ctx, "watch", prefix, false); err != nil {
				return
			}
			c.Key = shown(c.Key)
			select {
			case out <- c:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}
