package rpc

import (
	"context"
	"errors"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Messages of a store. Names are bytes, because the end of a range need not be text.
type (
	storeItem struct {
		Key      []byte `cbor:"1,keyasint"`
		Value    []byte `cbor:"2,keyasint"`
		Revision int64  `cbor:"3,keyasint"`
		Lease    int64  `cbor:"4,keyasint"`
		Delete   bool   `cbor:"5,keyasint"` // of a change
	}
	storeKey struct {
		Key []byte `cbor:"1,keyasint"`
	}
	storeRange struct {
		From  []byte `cbor:"1,keyasint"`
		To    []byte `cbor:"2,keyasint"`
		Limit int64  `cbor:"3,keyasint"`
	}
	storeItems struct {
		Items    []storeItem `cbor:"1,keyasint"`
		Revision int64       `cbor:"2,keyasint"`
	}
	storeCond struct {
		Key      []byte `cbor:"1,keyasint"`
		Revision int64  `cbor:"2,keyasint"`
	}
	storeTxn struct {
		If     []storeCond `cbor:"1,keyasint"`
		Fenced bool        `cbor:"2,keyasint"`
		Fence  storeFence  `cbor:"3,keyasint"`
		Then   []storeItem `cbor:"4,keyasint"` // without revisions
	}
	storeFence struct {
		Name  []byte `cbor:"1,keyasint"`
		Token int64  `cbor:"2,keyasint"`
	}
	storeDone struct {
		Revision int64 `cbor:"1,keyasint"`
	}
	// storeWatch asks for changes after a revision, without the first Seen of them.
	// Without Wait the answer comes at once.
	storeWatch struct {
		Prefix []byte `cbor:"1,keyasint"`
		After  int64  `cbor:"2,keyasint"`
		Seen   uint32 `cbor:"3,keyasint"`
		Wait   bool   `cbor:"4,keyasint"`
	}
	storeChanges struct {
		Changes []storeItem `cbor:"1,keyasint"`
		Ended   bool        `cbor:"2,keyasint"`
	}
	// storeLease has a span where tacit.Lease has a moment: clocks differ.
	storeLease struct {
		ID    int64  `cbor:"1,keyasint"`
		Name  []byte `cbor:"2,keyasint"`
		Token int64  `cbor:"3,keyasint"`
		TTL   int64  `cbor:"4,keyasint"` // nanoseconds
	}
	storePermit struct {
		Account wire.Address `cbor:"1,keyasint"`
		Prefix  []byte       `cbor:"2,keyasint"`
		Read    bool         `cbor:"3,keyasint"`
		Write   bool         `cbor:"4,keyasint"`
	}
	storePermits struct {
		List []storePermit `cbor:"1,keyasint"`
	}
)

const (
	storeGet       Procedure[storeKey, storeItem]      = "tacit.v1.Store/Get"
	storeRanges    Procedure[storeRange, storeItems]   = "tacit.v1.Store/Range"
	storeCommit    Procedure[storeTxn, storeDone]      = "tacit.v1.Store/Commit"
	storeWatches   Procedure[storeWatch, storeChanges] = "tacit.v1.Store/Watch"
	storeGrant     Procedure[storeLease, storeLease]   = "tacit.v1.Store/Grant"
	storeRenew     Procedure[storeLease, storeLease]   = "tacit.v1.Store/Renew"
	storeRevoke    Procedure[storeLease, tacit.Done]   = "tacit.v1.Store/Revoke"
	storePermitted Procedure[storePermit, tacit.Done]  = "tacit.v1.Store/Permit"
	storeListed    Procedure[tacit.Done, storePermits] = "tacit.v1.Store/Permits"
)

// How long a watch waits for a change, and how much it answers with at once, in bytes.
const (
	watchWait  = 20 * time.Second
	watchBytes = 2 << 20
)

// ServeStore answers the calls of a store that clients share; of says how it looks to
// the caller. An answer above wire.MaxMessage is API_SIZE.
func ServeStore(s *Server, of func(ctx context.Context) (tacit.Tenancy, error)) {
	serveStore(s, of, storeGet, func(ctx context.Context, t tacit.Tenancy, q storeKey) (storeItem, error) {
		it, err := t.Get(ctx, string(q.Key))
		return itemOut(it, false), err
	})
	serveStore(s, of, storeRanges, func(ctx context.Context, t tacit.Tenancy, q storeRange) (storeItems, error) {
		items, revision, err := t.Range(ctx, string(q.From), string(q.To), int(q.Limit))
		out := storeItems{Revision: revision}
		for _, it := range items {
			out.Items = append(out.Items, itemOut(it, false))
		}
		return out, err
	})
	serveStore(s, of, storeCommit, func(ctx context.Context, t tacit.Tenancy, q storeTxn) (storeDone, error) {
		revision, err := t.Commit(ctx, q.txn())
		return storeDone{revision}, err
	})
	serveStore(s, of, storeWatches, serveWatch)
	serveStore(s, of, storeGrant, func(ctx context.Context, t tacit.Tenancy, q storeLease) (storeLease, error) {
		l, err := t.Grant(ctx, string(q.Name), time.Duration(q.TTL))
		return storeLease{ID: l.ID, Name: []byte(l.Name), Token: l.Token, TTL: q.TTL}, err
	})
	serveStore(s, of, storeRenew, func(ctx context.Context, t tacit.Tenancy, q storeLease) (storeLease, error) {
		l, err := t.Renew(ctx, q.lease(), time.Duration(q.TTL))
		return storeLease{ID: l.ID, Name: []byte(l.Name), Token: l.Token, TTL: q.TTL}, err
	})
	serveStore(s, of, storeRevoke, func(ctx context.Context, t tacit.Tenancy, q storeLease) (tacit.Done, error) {
		return tacit.Done{}, t.Revoke(ctx, q.lease())
	})
	serveStore(s, of, storePermitted, func(ctx context.Context, t tacit.Tenancy, q storePermit) (tacit.Done, error) {
		return tacit.Done{}, t.Permit(ctx, tacit.Permit{Account: q.Account, Prefix: string(q.Prefix), Read: q.Read, Write: q.Write})
	})
	serveStore(s, of, storeListed, func(ctx context.Context, t tacit.Tenancy, _ tacit.Done) (storePermits, error) {
		list, err := t.Permits(ctx)
		var out storePermits
		for _, p := range list {
			out.List = append(out.List, storePermit{p.Account, []byte(p.Prefix), p.Read, p.Write})
		}
		return out, err
	})
}

func serveStore[Req, Res any](s *Server, of func(ctx context.Context) (tacit.Tenancy, error), p Procedure[Req, Res], answer func(context.Context, tacit.Tenancy, Req) (Res, error)) {
	Handle(s, p, []tacit.Role{tacit.RoleClient}, func(ctx context.Context, q Req) (Res, error) {
		t, err := of(ctx)
		if err != nil {
			var none Res
			return none, err
		}
		return answer(ctx, t, q)
	})
}

// serveWatch answers with the changes that there are, or waits for the first.
func serveWatch(ctx context.Context, t tacit.Tenancy, q storeWatch) (storeChanges, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, err := t.Watch(ctx, string(q.Prefix), q.After)
	var out storeChanges
	if err != nil || !q.Wait {
		return out, err
	}
	patience := time.NewTimer(watchWait)
	defer patience.Stop()
	for size := 0; size < watchBytes; {
		select {
		case c, ok := <-in:
			switch {
			case !ok && ctx.Err() != nil:
				return out, ctx.Err()
			case !ok:
				out.Ended = len(out.Changes) == 0
				return out, nil
			case q.Seen > 0:
				q.Seen--
				continue
			}
			out.Changes = append(out.Changes, itemOut(c.Item, c.Delete))
			size += len(c.Key) + len(c.Value) + 64
			patience.Reset(2 * time.Millisecond) // what else is there comes along
		case <-patience.C:
			return out, nil
		}
	}
	return out, nil
}

func itemOut(it tacit.Item, gone bool) storeItem {
	return storeItem{[]byte(it.Key), it.Value, it.Revision, it.Lease, gone}
}

func (it storeItem) item() tacit.Item {
	return tacit.Item{Key: string(it.Key), Value: it.Value, Revision: it.Revision, Lease: it.Lease}
}

func (q storeLease) lease() tacit.Lease {
	return tacit.Lease{ID: q.ID, Name: string(q.Name), Token: q.Token}
}

func (q storeTxn) txn() tacit.Txn {
	var txn tacit.Txn
	for _, c := range q.If {
		txn.If = append(txn.If, tacit.Cond{Key: string(c.Key), Revision: c.Revision})
	}
	if q.Fenced {
		txn.Fence = &tacit.Fence{Name: string(q.Fence.Name), Token: q.Fence.Token}
	}
	for _, p := range q.Then {
		txn.Then = append(txn.Then, tacit.Put{Key: string(p.Key), Value: p.Value, Delete: p.Delete, Lease: p.Lease})
	}
	return txn
}

// Store asks a tacit.Tenancy through a connection that connect gives. A write whose
// answer does not come is STORE_UNKNOWN: done or not.
type Store struct{ Connect Connect }

var _ tacit.Tenancy = Store{}

// write asks for what changes something.
func write[Req, Res any](ctx context.Context, connect Connect, p Procedure[Req, Res], q Req) (Res, error) {
	var none Res
	if ctx.Err() != nil {
		return none, fault.New(fault.TaskTimeout, "call %s: %w", p, ctx.Err())
	}
	c, err := connect(ctx)
	if err != nil {
		return none, err
	}
	res, err := Call(ctx, c, p, q)
	if errors.Is(err, fault.Unreachable) || errors.Is(err, fault.TaskTimeout) {
		return none, fault.New(fault.StoreUnknown, "call %s: no answer came: %w", p, err)
	}
	return res, err
}

// Get implements tacit.Store.
func (r Store) Get(ctx context.Context, key string) (tacit.Item, error) {
	it, err := ask(ctx, r.Connect, storeGet, storeKey{[]byte(key)})
	if err != nil {
		return tacit.Item{}, err
	}
	return it.item(), nil
}

// Range implements tacit.Store. Items of more than wire.MaxMessage together are
// API_SIZE: a smaller limit gets them in parts.
func (r Store) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	res, err := ask(ctx, r.Connect, storeRanges, storeRange{[]byte(from), []byte(to), int64(limit)})
	if err != nil {
		return nil, 0, err
	}
	var items []tacit.Item
	for _, it := range res.Items {
		items = append(items, it.item())
	}
	return items, res.Revision, nil
}

// Commit implements tacit.Store; a transaction above wire.MaxMessage is API_SIZE.
func (r Store) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	var q storeTxn
	for _, c := range txn.If {
		q.If = append(q.If, storeCond{[]byte(c.Key), c.Revision})
	}
	if f := txn.Fence; f != nil {
		q.Fenced, q.Fence = true, storeFence{[]byte(f.Name), f.Token}
	}
	for _, p := range txn.Then {
		q.Then = append(q.Then, storeItem{Key: []byte(p.Key), Value: p.Value, Lease: p.Lease, Delete: p.Delete})
	}
	res, err := write(ctx, r.Connect, storeCommit, q)
	return res.Revision, err
}

// Watch implements tacit.Store. A watcher of what changes rarely in a store in which
// much else changes may have to start again too.
func (r Store) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	q := storeWatch{Prefix: []byte(prefix), After: after}
	if _, err := ask(ctx, r.Connect, storeWatches, q); err != nil {
		return nil, err
	}
	q.Wait = true
	out := make(chan tacit.Change, 64)
	go func() {
		defer close(out)
		for {
			res, err := ask(ctx, r.Connect, storeWatches, q)
			if err != nil || res.Ended {
				return
			}
			for _, it := range res.Changes {
				if it.Revision-1 == q.After {
					q.Seen++
				} else {
					q.After, q.Seen = it.Revision-1, 1
				}
				select {
				case out <- tacit.Change{Item: it.item(), Delete: it.Delete}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out, nil
}

// leased asks for a lease. It is counted from before the question, so that it never
// seems to last longer than it does.
func leased(ctx context.Context, connect Connect, p Procedure[storeLease, storeLease], q storeLease) (tacit.Lease, error) {
	began := time.Now()
	res, err := write(ctx, connect, p, q)
	if err != nil {
		return tacit.Lease{}, err
	}
	l := res.lease()
	l.Until = began.Add(time.Duration(q.TTL))
	return l, nil
}

// Grant implements tacit.Store.
func (r Store) Grant(ctx context.Context, name string, ttl time.Duration) (tacit.Lease, error) {
	return leased(ctx, r.Connect, storeGrant, storeLease{Name: []byte(name), TTL: int64(ttl)})
}

// Renew implements tacit.Store.
func (r Store) Renew(ctx context.Context, l tacit.Lease, ttl time.Duration) (tacit.Lease, error) {
	return leased(ctx, r.Connect, storeRenew, storeLease{l.ID, []byte(l.Name), l.Token, int64(ttl)})
}

// Revoke implements tacit.Store.
func (r Store) Revoke(ctx context.Context, l tacit.Lease) error {
	_, err := write(ctx, r.Connect, storeRevoke, storeLease{ID: l.ID, Name: []byte(l.Name), Token: l.Token})
	return err
}

// Permit implements tacit.Tenancy.
func (r Store) Permit(ctx context.Context, p tacit.Permit) error {
	_, err := write(ctx, r.Connect, storePermitted, storePermit{p.Account, []byte(p.Prefix), p.Read, p.Write})
	return err
}

// Permits implements tacit.Tenancy.
func (r Store) Permits(ctx context.Context) ([]tacit.Permit, error) {
	res, err := ask(ctx, r.Connect, storeListed, tacit.Done{})
	var out []tacit.Permit
	for _, p := range res.List {
		out = append(out, tacit.Permit{Account: p.Account, Prefix: string(p.Prefix), Read: p.Read, Write: p.Write})
	}
	return out, err
}
