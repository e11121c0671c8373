package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
)

// A leaseRecord is a secret that ends: then its engine is told.
type leaseRecord struct {
	ID        string        `json:"id"` // the path that gave it, then something random
	Mount     string        `json:"mount"`
	Token     string        `json:"token"` // hash of the one that it ends with
	Internal  []byte        `json:"internal"`
	Issued    time.Time     `json:"issued"`
	Renewed   time.Time     `json:"renewed,omitzero"`
	Expires   time.Time     `json:"expires"`
	Most      time.Duration `json:"most"` // from Issued on
	Renewable bool          `json:"renewable"`
	// Due is the second behind which the reaper looks at it.
	Due time.Time `json:"due"`
}

func (l *leaseRecord) left(now time.Time) time.Duration {
	return max(0, l.Expires.Sub(now).Round(time.Second))
}

// lease records a secret that an engine gave, before it is answered.
func (v *Vault) lease(ctx context.Context, path string, m *mount, holder string, ttl time.Duration, renewable bool, internal []byte) (*leaseRecord, error) {
	now := time.Now().UTC()
	l := &leaseRecord{
		ID: path + "/" + newID(), Mount: m.ID, Token: holder, Internal: internal, Issued: now,
		Expires: now.Add(m.ttl(ttl)), Most: m.ttl(ttlMost), Renewable: renewable,
	}
	l.Due = l.Expires
	b, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	_, err = v.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{
		{Key: keyLease + l.ID, Value: b}, {Key: keyTokenLease + holder + "/" + l.ID, Value: []byte{1}},
		{Key: expireKey(l.Due, "l", l.ID), Value: []byte{1}},
	}})
	return l, err
}

func (v *Vault) leaseOf(ctx context.Context, id string) (*leaseRecord, int64, error) {
	item, err := v.cfg.Store.Get(ctx, keyLease+id)
	if errors.Is(err, fault.APINotFound) {
		return nil, 0, fault.New(fault.APIField, "look up lease: there is none of this name")
	}
	if err != nil {
		return nil, 0, err
	}
	var l leaseRecord
	if err := json.Unmarshal(item.Value, &l); err != nil {
		return nil, 0, fault.New(fault.StoreCorrupt, "read lease: %w", err)
	}
	return &l, item.Revision, nil
}

// prolong gives a lease more time, within the longest of its mount.
func (v *Vault) prolong(ctx context.Context, id string, want time.Duration) (*leaseRecord, error) {
	l, rev, err := v.leaseOf(ctx, id)
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	if !l.Renewable || !now.Before(l.Expires) {
		return nil, fault.New(fault.APIField, "renew lease: it is not renewable")
	}
	if want == 0 {
		want = l.Expires.Sub(l.Issued)
	}
	due := l.Due
	l.Renewed, l.Expires = now, now.Add(want)
	if end := l.Issued.Add(l.Most); end.Before(l.Expires) {
		l.Expires = end
	}
	l.Due = l.Expires
	return l, v.reschedule(ctx, l, rev, due)
}

// reschedule writes a lease whose time to be looked at was due before.
func (v *Vault) reschedule(ctx context.Context, l *leaseRecord, rev int64, due time.Time) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	was, is := expireKey(due, "l", l.ID), expireKey(l.Due, "l", l.ID)
	then := []tacit.Put{{Key: keyLease + l.ID, Value: b}, {Key: is, Value: []byte{1}}}
	if was != is {
		then = append(then, tacit.Put{Key: was, Delete: true})
	}
	_, err = v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: keyLease + l.ID, Revision: rev}}, Then: then})
	return err
}

// revokeLease has the engine end what a lease stands for and removes it. An engine
// that is gone took all of its own with it.
func (v *Vault) revokeLease(ctx context.Context, st *state, id string) error {
	l, rev, err := v.leaseOf(ctx, id)
	if errors.Is(err, fault.APIField) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, m := range st.mounts {
		if m.ID != l.Mount {
			continue
		}
		if err := m.engine.Revoke(ctx, l.Internal); err != nil {
			due := l.Due
			l.Due = time.Now().UTC().Add(10 * time.Second)
			return errors.Join(fmt.Errorf("revoke lease: %w", err), v.reschedule(ctx, l, rev, due))
		}
	}
	return v.remove(ctx, keyLease+id, keyTokenLease+l.Token+"/"+id, expireKey(l.Due, "l", id))
}

// revokePrefix revokes every lease whose identifier begins with a prefix.
func (v *Vault) revokePrefix(ctx context.Context, st *state, prefix string) error {
	return each(ctx, v.cfg.Store, keyLease+prefix, func(i tacit.Item) error {
		return v.revokeLease(ctx, st, strings.TrimPrefix(i.Key, keyLease))
	})
}

// reap ends what is past its time and finishes what a crash left half done. What
// fails is tried again the next time.
func (v *Vault) reap(ctx context.Context) error {
	st, err := v.current(ctx)
	if err != nil || st.Sealed {
		return err
	}
	var all error
	note := func(err error) error {
		all = errors.Join(all, err)
		return ctx.Err()
	}
	err = each(ctx, v.cfg.Store, keyGone, func(i tacit.Item) error {
		return note(v.bury(ctx, st, strings.TrimPrefix(i.Key, keyGone)))
	})
	now := fmt.Sprintf("%012d", time.Now().Unix())
	stop := errors.New("the rest is not due")
	ended := each(ctx, v.cfg.Store, keyExpire, func(i tacit.Item) error {
		at, rest, _ := strings.Cut(strings.TrimPrefix(i.Key, keyExpire), "/")
		kind, id, _ := strings.Cut(rest, "/")
		if at > now {
			return stop
		}
		return note(v.expire(ctx, st, i.Key, kind, id))
	})
	if errors.Is(ended, stop) {
		ended = nil
	}
	return errors.Join(err, ended, all)
}

func (v *Vault) expire(ctx context.Context, st *state, key, kind, id string) error {
	switch kind {
	case "t":
		t, err := v.stored(ctx, st, id, 0)
		if err == nil && !t.record.Load().expired(time.Now()) {
			break // the key is an old one
		}
		if err != nil && !errors.Is(err, fault.VaultToken) {
			return err
		}
		if err := v.revokeToken(ctx, st, id); err != nil {
			return err
		}
	case "l":
		if err := v.revokeLease(ctx, st, id); err != nil {
			return err
		}
	case "s":
		if err := v.endSecretID(ctx, st, id); err != nil {
			return err
		}
	case "w":
		return v.remove(ctx, keyWrap+id, key)
	}
	return v.remove(ctx, key)
}
