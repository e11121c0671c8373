package vault

import (
	"context"
	"strings"

	"tacit"
)

// scoped is the part of a Store whose keys begin with a prefix, as the Storage of one
// mount.
type scoped struct {
	store  tacit.Store
	prefix string
}

func (s scoped) strip(i tacit.Item) tacit.Item {
	i.Key = strings.TrimPrefix(i.Key, s.prefix)
	return i
}

// Get implements logical.Storage.
func (s scoped) Get(ctx context.Context, key string) (tacit.Item, error) {
	i, err := s.store.Get(ctx, s.prefix+key)
	return s.strip(i), err
}

// Range implements logical.Storage.
func (s scoped) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	end := s.prefix + to
	if to == "" {
		end = after(s.prefix)
	}
	items, rev, err := s.store.Range(ctx, s.prefix+from, end, limit)
	for i := range items {
		items[i] = s.strip(items[i])
	}
	return items, rev, err
}

// Commit implements logical.Storage.
func (s scoped) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	own := tacit.Txn{Fence: txn.Fence, If: make([]tacit.Cond, len(txn.If)), Then: make([]tacit.Put, len(txn.Then))}
	for i, c := range txn.If {
		c.Key = s.prefix + c.Key
		own.If[i] = c
	}
	for i, p := range txn.Then {
		p.Key, p.Lease = s.prefix+p.Key, 0
		own.Then[i] = p
	}
	return s.store.Commit(ctx, own)
}

// after is the first key behind all that begin with a prefix, which ends in a
// character that is not the last one.
func after(prefix string) string {
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}

// each calls do for every item whose key begins with a prefix, in pages.
func each(ctx context.Context, s interface {
	Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error)
}, prefix string, do func(tacit.Item) error) error {
	const page = 256
	from, end := prefix, after(prefix)
	for {
		items, _, err := s.Range(ctx, from, end, page)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := do(i); err != nil {
				return err
			}
		}
		if len(items) < page {
			return nil
		}
		from = items[len(items)-1].Key + "\x00"
	}
}
