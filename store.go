package tacit

import (
	"context"
	"errors"
	"time"

	"tacit/fault"
)

// An Item is one key of a Store with its value.
type Item struct {
	Key      string
	Value    []byte
	Revision int64 // of the transaction that wrote it last
	Lease    int64 // 0 if it belongs to none
}

// A Cond is a condition of a Txn: the key was last written at Revision, where
// 0 means that the key does not exist.
type Cond struct {
	Key      string
	Revision int64
}

// A Put is one write of a Txn. Delete removes the key; Lease ties the key to
// a lease, at whose end it is removed.
type Put struct {
	Key    string
	Value  []byte
	Delete bool
	Lease  int64
}

// A Fence is the proof that a writer still holds the lease it writes under.
type Fence struct {
	Name  string // of the lease
	Token int64  // grows with every grant of that name
}

// A Txn is a transaction as data: every condition is judged and every write
// done at one revision, or nothing is. A nil Fence means that the write needs
// none.
type Txn struct {
	If    []Cond
	Fence *Fence
	Then  []Put
}

// A Lease is the right to write under a name until it ends.
type Lease struct {
	ID    int64
	Name  string
	Token int64 // the fencing token: greater than that of any earlier grant of Name
	Until time.Time
}

// A Change is one committed write seen by a watcher.
type Change struct {
	Item
	Delete bool
}

// A Store is linearizable state that survives a crash: what Commit
// acknowledged is read by every later Get, also after kill -9.
//
// Keys are non-empty strings of at most 512 bytes, values at most 1 MiB,
// transactions at most 128 conditions and 128 writes; a key may be written
// once in a transaction. Violations are API_FIELD or API_SIZE.
type Store interface {
	// Get returns the item, or API_NOT_FOUND.
	Get(ctx context.Context, key string) (Item, error)
	// Range returns at most limit items with from <= key < to in order, all
	// read at the one revision it returns. to "" means no upper end.
	Range(ctx context.Context, from, to string, limit int) ([]Item, int64, error)
	// Commit does the transaction durably and returns its revision. A failed
	// condition is STORE_CONFLICT, a fence that is no longer the newest or has
	// expired STORE_FENCED; in both cases nothing is written.
	Commit(ctx context.Context, txn Txn) (int64, error)
	// Watch sends every change to keys with this prefix after a revision, in
	// order, until ctx ends; then the channel is closed. A revision of which not
	// all later changes are kept is STORE_COMPACTED. A watcher that reads too
	// slowly has its channel closed early. Both start again from a Range.
	Watch(ctx context.Context, prefix string, after int64) (<-chan Change, error)
	// Grant gives the lease of this name to the caller if nobody holds it
	// (else STORE_CONFLICT), with a token greater than all before.
	Grant(ctx context.Context, name string, ttl time.Duration) (Lease, error)
	// Renew extends a lease that has not ended, else STORE_FENCED.
	Renew(ctx context.Context, lease Lease, ttl time.Duration) (Lease, error)
	// Revoke ends a lease now and removes the keys tied to it.
	Revoke(ctx context.Context, lease Lease) error
}

// TakeLease grants a lease to the caller, waiting for a predecessor's to end:
// after a crash that takes as long as the lease had been granted for.
func TakeLease(ctx context.Context, s Store, name string, ttl time.Duration) (Lease, error) {
	deadline := time.Now().Add(2 * ttl)
	for {
		l, err := s.Grant(ctx, name, ttl)
		if !errors.Is(err, fault.StoreConflict) || time.Now().After(deadline) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return Lease{}, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
