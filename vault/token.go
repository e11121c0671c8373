package vault

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
)

// tokenPrefix begins every token, as other vaults' do.
const tokenPrefix = "hvs."

// deepest is how many ancestors a token may have: each is looked at in every request.
const deepest = 64

// A tokenRecord is what the store holds of a token; the token itself is nowhere.
type tokenRecord struct {
	Hash        string            `json:"hash"`
	Accessor    string            `json:"accessor"`
	Parent      string            `json:"parent,omitempty"` // hash, none of an orphan
	Policies    []string          `json:"policies"`
	Path        string            `json:"path"` // that it was made by
	Meta        map[string]string `json:"meta,omitempty"`
	Display     string            `json:"display"`
	Entity      string            `json:"entity,omitempty"` // name of the login, such as approle/ci
	Created     time.Time         `json:"created"`
	Issued      time.Time         `json:"issued"` // or renewed
	TTL         time.Duration     `json:"ttl"`
	Period      time.Duration     `json:"period,omitempty"`
	ExplicitMax time.Duration     `json:"explicit_max,omitempty"`
	Most        time.Duration     `json:"most"`             // from Created on, unless it has a period
	Expires     time.Time         `json:"expires,omitzero"` // never if zero
	Uses        int64             `json:"uses,omitempty"`   // left; 0 is any number
	Renewable   bool              `json:"renewable"`
	Claims      *attest.Claims    `json:"claims,omitempty"`
	// Client is the SHA-256 of the TLS key that alone may use the token, if not empty.
	Client string `json:"client,omitempty"`
}

func (r *tokenRecord) left(now time.Time) time.Duration {
	if r.Expires.IsZero() {
		return 0
	}
	return max(0, r.Expires.Sub(now).Round(time.Second))
}

func (r *tokenRecord) expired(now time.Time) bool {
	return !r.Expires.IsZero() && !now.Before(r.Expires)
}

// A token is a record in memory, with the token that it descends from.
type token struct {
	record   atomic.Pointer[tokenRecord]
	revision atomic.Int64 // of the record
	parent   *token
	dead     atomic.Bool

	mu sync.Mutex // held while the record is written
}

// alive reports whether a token and all that it descends from may be used. That is
// what ends a whole tree at once: nobody waits until its members are removed.
func (t *token) alive(now time.Time) bool {
	for ; t != nil; t = t.parent {
		if t.dead.Load() || t.record.Load().expired(now) {
			return false
		}
	}
	return true
}

// tokenCache holds the tokens that were used, by hash.
type tokenCache struct {
	mu    sync.RWMutex // guards what follows
	known map[string]*token
	ends  uint64 // how many tokens have been revoked
}

func (c *tokenCache) drop(hash string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends++
	if t := c.known[hash]; t != nil {
		t.dead.Store(true)
		delete(c.known, hash)
	}
}

var errToken = fault.New(fault.VaultToken, "use token: it is unknown, expired, used up or revoked")

// find is the living token of a hash, or VAULT_TOKEN.
func (v *Vault) find(ctx context.Context, st *state, hash string) (*token, error) {
	t, err := v.stored(ctx, st, hash, 0)
	if err != nil {
		return nil, err
	}
	if !t.alive(time.Now()) {
		return nil, errToken
	}
	return t, nil
}

// stored is the token of a hash, dead or alive.
func (v *Vault) stored(ctx context.Context, st *state, hash string, depth int) (*token, error) {
	c := &st.caches.tokens
	for {
		c.mu.RLock()
		t, ends := c.known[hash], c.ends
		c.mu.RUnlock()
		if t != nil {
			return t, nil
		}
		if depth > deepest {
			return nil, errToken
		}
		item, err := v.cfg.Store.Get(ctx, keyToken+hash)
		if errors.Is(err, fault.APINotFound) {
			return nil, errToken
		}
		if err != nil {
			return nil, err
		}
		var r tokenRecord
		if err := json.Unmarshal(item.Value, &r); err != nil || r.Hash != hash {
			return nil, fault.New(fault.StoreCorrupt, "read token: %w", err)
		}
		t = &token{}
		t.record.Store(&r)
		t.revision.Store(item.Revision)
		if r.Parent != "" {
			if t.parent, err = v.stored(ctx, st, r.Parent, depth+1); err != nil {
				return nil, err
			}
		}
		c.mu.Lock()
		if other := c.known[hash]; other != nil {
			t = other
		} else if c.ends != ends {
			c.mu.Unlock()
			continue // one was revoked since the read: it may be this
		} else {
			c.known[hash] = t
		}
		c.mu.Unlock()
		return t, nil
	}
}

func expireKey(at time.Time, kind, id string) string {
	return fmt.Sprintf("%s%012d/%s/%s", keyExpire, at.Unix()+1, kind, id)
}

// grant makes a token of a record that says what it may do, and returns what tell makes
// of it, which answers the request. It fills in hash, accessor and times.
func (v *Vault) grant(ctx context.Context, st *state, r *tokenRecord, parent *token, tell func(secret string) *answer) (*answer, error) {
	depth := 0
	for p := parent; p != nil; p = p.parent {
		depth++
	}
	if depth > deepest {
		return nil, fault.New(fault.APIField, "make token: it would have %d ancestors, at most %d", depth, deepest)
	}
	secret := tokenPrefix + base64.RawURLEncoding.EncodeToString(randomBytes(32))
	r.Hash, r.Accessor = st.hashOf(secret), base64.RawURLEncoding.EncodeToString(randomBytes(18))
	r.Created = time.Now().UTC().Truncate(time.Millisecond)
	r.Issued = r.Created
	if r.TTL > 0 {
		r.Expires = r.Created.Add(r.TTL)
	}
	if parent != nil {
		r.Parent = parent.record.Load().Hash
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	then := []tacit.Put{{Key: keyToken + r.Hash, Value: b}, {Key: keyAccessor + st.hashOf(r.Accessor), Value: []byte(r.Hash)}}
	if r.Parent != "" {
		then = append(then, tacit.Put{Key: keyChild + r.Parent + "/" + r.Hash, Value: []byte{1}})
	}
	if !r.Expires.IsZero() {
		then = append(then, tacit.Put{Key: expireKey(r.Expires, "t", r.Hash), Value: []byte{1}})
	}
	ans := tell(secret)
	rev, err := v.cfg.Store.Commit(answering(ctx, ans), tacit.Txn{If: []tacit.Cond{{Key: keyToken + r.Hash}}, Then: then})
	if err != nil {
		return nil, err
	}
	t := &token{parent: parent}
	t.record.Store(r)
	t.revision.Store(rev)
	c := &st.caches.tokens
	c.mu.Lock()
	defer c.mu.Unlock()
	if parent == nil || c.known[r.Parent] == parent { // else what ends the parent would not reach it
		c.known[r.Hash] = t
	}
	return ans, nil
}

// rewrite replaces a token's record durably, on condition that nobody else did.
func (v *Vault) rewrite(ctx context.Context, st *state, t *token, change func(*tokenRecord) error) (*tokenRecord, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dead.Load() {
		return nil, errToken
	}
	old := t.record.Load()
	next := *old
	if err := change(&next); err != nil {
		return nil, err
	}
	b, err := json.Marshal(&next)
	if err != nil {
		return nil, err
	}
	key := keyToken + next.Hash
	then := []tacit.Put{{Key: key, Value: b}}
	if !next.Expires.Equal(old.Expires) {
		was, is := expireKey(old.Expires, "t", old.Hash), expireKey(next.Expires, "t", old.Hash)
		if !next.Expires.IsZero() {
			then = append(then, tacit.Put{Key: is, Value: []byte{1}})
		}
		if !old.Expires.IsZero() && was != is {
			then = append(then, tacit.Put{Key: was, Delete: true})
		}
	}
	rev, err := v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: key, Revision: t.revision.Load()}}, Then: then})
	if errors.Is(err, fault.StoreConflict) {
		st.caches.tokens.drop(next.Hash)
		return nil, errToken
	}
	if err != nil {
		return nil, err
	}
	t.revision.Store(rev)
	t.record.Store(&next)
	return &next, nil
}

// use counts one use of a token that has a number of them. The count is durable
// before the use: a crash may lose a use, never give one more.
func (v *Vault) use(ctx context.Context, st *state, t *token) error {
	if t.record.Load().Uses == 0 {
		return nil
	}
	var last bool
	r, err := v.rewrite(ctx, st, t, func(r *tokenRecord) error {
		if last = r.Uses == 1; r.Uses > 1 {
			r.Uses--
			return nil
		}
		if r.Uses < 0 {
			return errToken
		}
		r.Uses = -1 // nothing is left
		return nil
	})
	if err != nil {
		return err
	}
	if last {
		return v.revokeToken(ctx, st, r.Hash)
	}
	return nil
}

// revokeToken ends a token and with it all that descend from it, at once. Their
// records and leases are removed then, and by the reaper what was left over.
func (v *Vault) revokeToken(ctx context.Context, st *state, hash string) error {
	item, err := v.cfg.Store.Get(ctx, keyToken+hash)
	if errors.Is(err, fault.APINotFound) {
		st.caches.tokens.drop(hash)
		return nil
	}
	if err != nil {
		return err
	}
	var r tokenRecord
	if err := json.Unmarshal(item.Value, &r); err != nil {
		return fault.New(fault.StoreCorrupt, "read token: %w", err)
	}
	then := []tacit.Put{
		{Key: keyToken + hash, Delete: true}, {Key: keyAccessor + st.hashOf(r.Accessor), Delete: true},
		{Key: keyGone + hash, Value: []byte{1}},
	}
	if r.Parent != "" {
		then = append(then, tacit.Put{Key: keyChild + r.Parent + "/" + hash, Delete: true})
	}
	if !r.Expires.IsZero() {
		then = append(then, tacit.Put{Key: expireKey(r.Expires, "t", hash), Delete: true})
	}
	_, err = v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: item.Key, Revision: item.Revision}}, Then: then})
	if errors.Is(err, fault.StoreConflict) {
		return v.revokeToken(ctx, st, hash) // it was renewed or used meanwhile
	}
	if err != nil {
		return err
	}
	st.caches.tokens.drop(hash)
	if err := v.bury(ctx, st, hash); err != nil {
		v.log.WarnContext(ctx, "a revoked token's children or leases are removed later", "error", err)
		v.wake()
	}
	return nil
}

// bury removes what a revoked token left: its children, and the leases that it held.
func (v *Vault) bury(ctx context.Context, st *state, hash string) error {
	err := each(ctx, v.cfg.Store, keyChild+hash+"/", func(i tacit.Item) error {
		child := strings.TrimPrefix(i.Key, keyChild+hash+"/")
		if err := v.revokeToken(ctx, st, child); err != nil {
			return err
		}
		return v.remove(ctx, i.Key)
	})
	if err != nil {
		return err
	}
	err = each(ctx, v.cfg.Store, keyTokenLease+hash+"/", func(i tacit.Item) error {
		return v.revokeLease(ctx, st, strings.TrimPrefix(i.Key, keyTokenLease+hash+"/"))
	})
	if err != nil {
		return err
	}
	return v.remove(ctx, keyGone+hash)
}

func (v *Vault) remove(ctx context.Context, keys ...string) error {
	then := make([]tacit.Put, len(keys))
	for i, k := range keys {
		then[i] = tacit.Put{Key: k, Delete: true}
	}
	_, err := v.cfg.Store.Commit(ctx, tacit.Txn{Then: then})
	return err
}

// orphan ends a token alone: what descends from it first becomes its own tree.
func (v *Vault) orphan(ctx context.Context, st *state, hash string) error {
	err := each(ctx, v.cfg.Store, keyChild+hash+"/", func(i tacit.Item) error {
		child, err := v.stored(ctx, st, strings.TrimPrefix(i.Key, keyChild+hash+"/"), 0)
		if errors.Is(err, fault.VaultToken) {
			return v.remove(ctx, i.Key)
		}
		if err != nil {
			return err
		}
		if _, err := v.rewrite(ctx, st, child, func(r *tokenRecord) error { r.Parent = ""; return nil }); err != nil {
			return err
		}
		return v.remove(ctx, i.Key)
	})
	if err != nil {
		return err
	}
	// The children in memory still point to their parent: they are read again.
	c := &st.caches.tokens
	c.mu.Lock()
	c.ends++
	clear(c.known)
	c.mu.Unlock()
	return v.revokeToken(ctx, st, hash)
}

// extend gives a token more time, within what it was made with.
func (v *Vault) extend(ctx context.Context, st *state, t *token, want time.Duration) (*tokenRecord, error) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return v.rewrite(ctx, st, t, func(r *tokenRecord) error {
		if !r.Renewable || r.Expires.IsZero() {
			return fault.New(fault.APIField, "renew token: it is not renewable")
		}
		if want == 0 {
			want = r.TTL
		}
		most := r.Created.Add(r.Most)
		if r.Period > 0 {
			want, most = r.Period, now.Add(r.Period)
		}
		if r.ExplicitMax > 0 {
			if end := r.Created.Add(r.ExplicitMax); end.Before(most) {
				most = end
			}
		}
		r.Issued, r.Expires = now, now.Add(want)
		if most.Before(r.Expires) {
			r.Expires = most
		}
		if !now.Before(r.Expires) {
			return fault.New(fault.APIField, "renew token: it is past its longest life")
		}
		return nil
	})
}

// wake has the reaper look now.
func (v *Vault) wake() {
	select {
	case v.kick <- struct{}{}:
	default:
	}
}
