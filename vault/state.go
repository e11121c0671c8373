package vault

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/kv"
	"tacit/vault/logical"
)

// The keys of the store. What stands behind a slash is a name or a hash.
const (
	keyCore       = "vault/core"
	keyPolicy     = "vault/policy/"     // name
	keyMount      = "vault/m/"          // identifier of a mount, then its own keys
	keyToken      = "vault/token/"      // hash
	keyAccessor   = "vault/accessor/"   // hash of the accessor -> hash of the token
	keyChild      = "vault/child/"      // hash of a token / hash of its child
	keyLease      = "vault/lease/"      // identifier
	keyTokenLease = "vault/tokenlease/" // hash of a token / identifier of a lease
	keyExpire     = "vault/expire/"     // second / kind / hash or identifier
	keyGone       = "vault/gone/"       // hash of a token whose children and leases still stand
	keyWrap       = "vault/wrap/"       // hash
)

// core is the one record that the vault cannot be without.
type core struct {
	Salt    []byte        `json:"salt"`  // under which tokens are hashed
	Audit   []byte        `json:"audit"` // under which the audit log hashes values
	ID      string        `json:"id"`
	Created time.Time     `json:"created"`
	Sealed  bool          `json:"sealed"`
	Nonce   string        `json:"nonce"` // that owners sign to unseal, made when it was sealed
	Owners  Owners        `json:"owners"`
	Mounts  []*mountEntry `json:"mounts"`
	Auths   []*mountEntry `json:"auths"`
}

// A mountEntry is one engine or login method and where it is found.
type mountEntry struct {
	Path        string            `json:"path"` // with a slash at its end
	ID          string            `json:"id"`
	Type        string            `json:"type"`
	Accessor    string            `json:"accessor"`
	Description string            `json:"description"`
	Options     map[string]string `json:"options,omitempty"`
	DefaultTTL  time.Duration     `json:"default_ttl"`
	MaxTTL      time.Duration     `json:"max_ttl"`
}

// ttl is what a lease below a mount gets that asked for so much.
func (m *mountEntry) ttl(want time.Duration) time.Duration {
	most := ttlMost
	if m.MaxTTL > 0 {
		most = min(most, m.MaxTTL)
	}
	if want == 0 {
		if want = m.DefaultTTL; want == 0 {
			want = ttlMost
		}
	}
	return min(want, most)
}

// A mount is an entry with its engine.
type mount struct {
	*mountEntry
	engine logical.Engine
}

// state is what the vault knows of its store. The tables are never changed, only
// replaced; the caches are shared by successive states.
type state struct {
	core
	revision int64
	mounts   map[string]*mount
	auths    map[string]*mountEntry
	caches   *caches
}

// caches hold what was read from the store. Tokens take about 1 KiB each.
type caches struct {
	tokens tokenCache
	acls   atomic.Pointer[sync.Map] // names of policies -> *acl
	macs   sync.Pool                // hash.Hash under the audit key
	salts  sync.Pool                // hash.Hash under the salt
}

func newCaches(c core) *caches {
	k := &caches{}
	k.tokens.known = map[string]*token{}
	k.acls.Store(new(sync.Map))
	k.macs.New = func() any { return hmac.New(sha256.New, c.Audit) }
	k.salts.New = func() any { return hmac.New(sha256.New, c.Salt) }
	return k
}

// mac hashes a text with a hash of a pool.
func mac(pool *sync.Pool, text string) (sum [sha256.Size]byte) {
	h := pool.Get().(hash.Hash)
	h.Reset()
	h.Write([]byte(text))
	h.Sum(sum[:0])
	pool.Put(h)
	return sum
}

// hashOf is what the store knows a token, accessor or secret id by.
func (s *state) hashOf(secret string) string {
	sum := mac(&s.caches.salts, secret)
	return hex.EncodeToString(sum[:])
}

// current is the state, read from the store if it is not at hand.
func (v *Vault) current(ctx context.Context) (*state, error) {
	if st := v.state.Load(); st != nil {
		return st, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.loaded(ctx)
}

// loaded is current for who holds mu.
func (v *Vault) loaded(ctx context.Context) (*state, error) {
	if st := v.state.Load(); st != nil {
		return st, nil
	}
	known := v.known.Load()
	if v.journal != nil {
		if err := v.journal.Sync(ctx); err != nil {
			return nil, err
		}
	}
	item, err := v.cfg.Store.Get(ctx, keyCore)
	if errors.Is(err, fault.APINotFound) {
		if item, err = v.found(ctx); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	var c core
	if err := json.Unmarshal(item.Value, &c); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read the vault's tables: %w", err)
	}
	st, err := v.build(c, item.Revision, nil)
	if err != nil {
		return nil, err
	}
	if !v.publish(st, known) {
		return nil, fault.New(fault.StoreConflict, "read the vault's tables: another process wrote them meanwhile")
	}
	return st, nil
}

// found makes the first tables of a vault: a kv engine, and logins by AppRole and by
// evidence.
func (v *Vault) found(ctx context.Context) (tacit.Item, error) {
	c := core{Salt: randomBytes(32), Audit: randomBytes(32), ID: newID(), Created: time.Now().UTC(), Owners: v.cfg.Owners}
	add := func(list *[]*mountEntry, path, kind, about string, options map[string]string) {
		*list = append(*list, &mountEntry{Path: path, ID: newID(), Type: kind, Accessor: kind + "_" + hex.EncodeToString(randomBytes(4)), Description: about, Options: options})
	}
	add(&c.Mounts, "secret/", "kv", "secrets by name, with versions", map[string]string{"version": "2"})
	add(&c.Auths, "token/", "token", "tokens", nil)
	add(&c.Auths, "approle/", "approle", "logins of programs by a secret", nil)
	add(&c.Auths, "attest/", "attest", "logins of programs by evidence of where they run", nil)
	add(&c.Auths, taskMethod+"/", taskMethod, "what tasks of the network may have", nil)
	b, err := json.Marshal(c)
	if err != nil {
		return tacit.Item{}, err
	}
	rev, err := v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: keyCore}}, Then: []tacit.Put{{Key: keyCore, Value: b}}})
	return tacit.Item{Value: b, Revision: rev}, err
}

// build makes a state of tables, with the engines and caches of the one before where
// there is one.
func (v *Vault) build(c core, revision int64, before *state) (*state, error) {
	st := &state{core: c, revision: revision, mounts: map[string]*mount{}, auths: map[string]*mountEntry{}}
	if before != nil {
		st.caches = before.caches
	} else {
		st.caches = newCaches(c)
	}
	for _, e := range c.Auths {
		st.auths[e.Path] = e
	}
	for _, e := range c.Mounts {
		if before != nil {
			if old := before.mounts[e.Path]; old != nil && old.ID == e.ID && maps.Equal(old.Options, e.Options) {
				st.mounts[e.Path] = &mount{e, old.engine}
				continue
			}
		}
		engine, err := v.engine(e)
		if err != nil {
			return nil, err
		}
		st.mounts[e.Path] = &mount{e, engine}
	}
	return st, nil
}

func (v *Vault) engine(e *mountEntry) (logical.Engine, error) {
	storage := scoped{v.cfg.Store, keyMount + e.ID + "/"}
	if e.Type == "kv" {
		if e.Options["version"] == "2" {
			return kv.New(storage), nil
		}
		return kv.NewPlain(storage), nil
	}
	make, ok := v.cfg.Engines[e.Type]
	if !ok {
		return nil, fault.New(fault.APIField, "mount %s: there is no engine of type %q", e.Path, e.Type)
	}
	return make(storage), nil
}

// change replaces the tables by what do made of a copy, durably. Another process that
// wrote them meanwhile makes it STORE_CONFLICT.
func (v *Vault) change(ctx context.Context, do func(*core) error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	st, err := v.loaded(ctx)
	if err != nil {
		return err
	}
	known := v.known.Load()
	if v.state.Load() != st {
		return fault.New(fault.StoreConflict, "change the vault's tables: another process wrote them meanwhile")
	}
	next := st.core
	next.Mounts, next.Auths = slices.Clone(next.Mounts), slices.Clone(next.Auths)
	if err := do(&next); err != nil {
		return err
	}
	built, err := v.build(next, 0, st)
	if err != nil {
		return err
	}
	b, err := json.Marshal(next)
	if err != nil {
		return err
	}
	rev, err := v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: keyCore, Revision: st.revision}}, Then: []tacit.Put{{Key: keyCore, Value: b}}})
	if err != nil {
		v.Forget() // what the store holds now is not known here
		return err
	}
	built.revision = rev
	v.publish(built, known) // the tables are written either way
	return nil
}

// mountOf finds the mount that a path is below, and the rest of the path. No mount is
// below another.
func (s *state) mountOf(path string) (*mount, string) {
	at, rest := below(path, func(p string) bool { return s.mounts[p] != nil })
	return s.mounts[at], rest
}

func (s *state) authOf(path string) (*mountEntry, string) {
	at, rest := below(path, func(p string) bool { return s.auths[p] != nil })
	return s.auths[at], rest
}

func below(path string, known func(string) bool) (at, rest string) {
	for i := range len(path) {
		if path[i] == '/' && known(path[:i+1]) {
			return path[:i+1], path[i+1:]
		}
	}
	if known(path + "/") {
		return path + "/", ""
	}
	return "", path
}

// aclOf is what policies say together. A policy that does not exist says nothing.
func (v *Vault) aclOf(ctx context.Context, st *state, names []string) (*acl, error) {
	if slices.Contains(names, rootPolicy) {
		return rootACL, nil
	}
	known := st.caches.acls.Load()
	key := strings.Join(names, ",")
	if a, ok := known.Load(key); ok {
		return a.(*acl), nil
	}
	var list [][]stanza
	for _, n := range names {
		text, err := v.policyText(ctx, n)
		if errors.Is(err, fault.APINotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p, err := parsePolicy(text)
		if err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read policy %s: %w", n, err)
		}
		list = append(list, p)
	}
	a := compile(list)
	known.Store(key, a)
	return a, nil
}

var rootACL = &acl{root: true}

// policyText is the text of a policy, or API_NOT_FOUND. The policy named default
// exists until one is written.
func (v *Vault) policyText(ctx context.Context, name string) (string, error) {
	item, err := v.cfg.Store.Get(ctx, keyPolicy+name)
	if errors.Is(err, fault.APINotFound) && name == defaultPolicy {
		return defaultText, nil
	}
	return string(item.Value), err
}

const defaultPolicy = "default"

// defaultText lets a caller look after his own token and nothing else.
const defaultText = `# What every token may do unless it was made without this policy.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "auth/attest/renew" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/mounts" { capabilities = ["read"] }
path "sys/internal/ui/mounts/*" { capabilities = ["read"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/lookup" { capabilities = ["update"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
`

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: the program ends if there is no randomness
	return b
}

// newID is a random identifier in the form of a UUID (RFC 9562, version 4).
func newID() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var out [36]byte
	hex.Encode(out[:], b[:4])
	hex.Encode(out[9:], b[4:6])
	hex.Encode(out[14:], b[6:8])
	hex.Encode(out[19:], b[8:10])
	hex.Encode(out[24:], b[10:])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}
