package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/vault/logical"
	"tacit/vault/login"
	"tacit/wire"
)

// nonceLife is how long a login may take.
const nonceLife = 60 * time.Second

// loginNonces are given without remembering them: each names its end under a key of
// this process. Only those that were used are kept, until they end.
type loginNonces struct {
	key  []byte
	mu   *sync.Mutex // guards what follows
	used map[string]time.Time
}

func newLoginNonces() loginNonces {
	return loginNonces{key: randomBytes(32), mu: new(sync.Mutex), used: map[string]time.Time{}}
}

func (n loginNonces) seal(b []byte) []byte {
	m := hmac.New(sha256.New, n.key)
	m.Write(b)
	return m.Sum(b)
}

func (n loginNonces) make(now time.Time) []byte {
	b := randomBytes(24)
	binary.BigEndian.PutUint64(b[16:], uint64(now.Add(nonceLife).UnixMilli()))
	return n.seal(b)
}

// take is true once for each nonce that was made here and has not ended.
func (n loginNonces) take(nonce []byte, now time.Time) bool {
	const body = 24
	if len(nonce) != body+sha256.Size || !hmac.Equal(nonce, n.seal(slices.Clone(nonce[:body]))) {
		return false
	}
	end := time.UnixMilli(int64(binary.BigEndian.Uint64(nonce[16:])))
	if !now.Before(end) {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, t := range n.used {
		if now.After(t) {
			delete(n.used, k)
		}
	}
	_, used := n.used[string(nonce)]
	n.used[string(nonce)] = end
	return !used
}

// An attestRole says which evidence gets which policies.
type attestRole struct {
	Policies     []string       `json:"policies"`
	Appraisal    *attest.Policy `json:"appraisal,omitempty"` // by which evidence is judged
	Base         uint16         `json:"base,omitempty"`      // or the network's policy for this role
	Level        uint8          `json:"level,omitempty"`     // and of this level at least
	Measurements []wire.Digest  `json:"measurements,omitempty"`
	TTL          time.Duration  `json:"ttl"`
	MaxTTL       time.Duration  `json:"max_ttl"`
	Uses         int64          `json:"uses,omitempty"`
	Plain        bool           `json:"plain,omitempty"`  // without the policy named default
	Client       bool           `json:"client,omitempty"` // only with a TLS client key
}

// attestation answers a login method by evidence.
func (v *Vault) attestation(ctx context.Context, c *call, m *mountEntry, rest string) (*answer, error) {
	storage := scoped{v.cfg.Store, keyMount + m.ID + "/"}
	name, isRole := strings.CutPrefix(rest, "role/")
	switch {
	case rest == "nonce" && c.op == logical.Update:
		nonce := base64.RawURLEncoding.EncodeToString(v.login.make(time.Now()))
		return &answer{data: map[string]any{"nonce": nonce, "ttl": seconds(nonceLife), "vault": c.state.ID}}, nil
	case rest == "login" && c.op == logical.Update:
		return v.attestLogin(ctx, c, m, storage)
	case rest == "renew" && c.op == logical.Update:
		return v.attestRenew(ctx, c, m, storage)
	case rest == "role" && c.op == logical.List:
		return listRoles(ctx, storage)
	case !isRole || checkName(name) != nil:
		return nil, errNoHandler
	}
	switch c.op {
	case logical.Read:
		r, err := attestRoleOf(ctx, storage, name)
		if err != nil {
			return nil, err
		}
		return &answer{data: map[string]any{
			"token_policies": r.Policies, "appraisal": r.Appraisal, "network_role": r.Base, "minimum_level": r.Level, "measurements": r.Measurements,
			"token_ttl": seconds(r.TTL), "token_max_ttl": seconds(r.MaxTTL), "token_num_uses": r.Uses, "token_no_default_policy": r.Plain, "client_key": r.Client,
		}}, nil
	case logical.Update:
		r, err := newAttestRole(c.data)
		if err != nil {
			return nil, err
		}
		b, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		_, err = storage.Commit(answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: "role/" + name, Value: b}}})
		return nil, err
	case logical.Delete:
		_, err := storage.Commit(answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: "role/" + name, Delete: true}}})
		return nil, err
	}
	return nil, errUnsupported
}

func listRoles(ctx context.Context, s scoped) (*answer, error) {
	keys := []string{}
	err := each(ctx, s, "role/", func(i tacit.Item) error {
		keys = append(keys, strings.TrimPrefix(i.Key, "role/"))
		return nil
	})
	if err == nil && len(keys) == 0 {
		err = fault.New(fault.APINotFound, "list roles: there are none")
	}
	return &answer{data: map[string]any{"keys": keys}}, err
}

func newAttestRole(data map[string]any) (*attestRole, error) {
	f := logical.FieldsOf(data)
	r := &attestRole{
		Policies: f.List("token_policies"), Base: uint16(f.Int("network_role")), TTL: f.Duration("token_ttl"), MaxTTL: f.Duration("token_max_ttl"),
		Uses: f.Int("token_num_uses"), Plain: f.Bool("token_no_default_policy"), Client: f.Bool("client_key"),
	}
	if p := f.List("policies"); len(r.Policies) == 0 {
		r.Policies = p
	}
	level := f.Int("minimum_level")
	if f.Has("appraisal") {
		b := []byte(nil)
		switch a := data["appraisal"].(type) {
		case string:
			b = []byte(a)
		default:
			b, _ = json.Marshal(a)
		}
		r.Appraisal = new(attest.Policy)
		if err := json.Unmarshal(b, r.Appraisal); err != nil {
			return nil, fault.New(fault.APIField, "read role: appraisal: %w", err)
		}
		if r.Appraisal.Role == 0 {
			r.Appraisal.Role = ownRole
		}
		if err := r.Appraisal.Check(); err != nil {
			return nil, err
		}
	}
	var err error
	if r.Measurements, err = digests("measurements", f.List("measurements")); err != nil {
		return nil, err
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	if level != 0 && (level < 2 || level > 5) || r.Uses < 0 {
		return nil, fault.New(fault.APIField, "read role: minimum_level is not 2 to 5, or token_num_uses below zero")
	}
	r.Level = uint8(level)
	if (r.Appraisal == nil) == (r.Base == 0) {
		return nil, fault.New(fault.APIField, "read role: it needs either appraisal, a policy of its own, or network_role, the network's")
	}
	r.Policies, err = loginPolicies(r.Policies)
	return r, err
}

// ownRole is the number of a policy that names none: a login has no role of the
// network.
const ownRole = 1<<16 - 1

func attestRoleOf(ctx context.Context, s scoped, name string) (*attestRole, error) {
	item, err := s.Get(ctx, "role/"+name)
	if err != nil {
		return nil, err
	}
	r := new(attestRole)
	if err := json.Unmarshal(item.Value, r); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read role: %w", err)
	}
	return r, nil
}

// attested judges what a caller shows at a login: that it answers a nonce of this
// process for this connection, that it is genuine, and that the role accepts it.
func (v *Vault) attested(ctx context.Context, c *call, m *mountEntry, s scoped) (string, *attestRole, *attest.Claims, error) {
	fail := func(err error) (string, *attestRole, *attest.Claims, error) { return "", nil, nil, err }
	f := logical.FieldsOf(c.data)
	name, text, given := f.Text("role"), f.Text("evidence"), f.Text("nonce")
	if f.Err() != nil {
		return fail(f.Err())
	}
	nonce, err := base64.RawURLEncoding.DecodeString(given)
	now := time.Now()
	if err != nil || !v.login.take(nonce, now) {
		return fail(fault.New(fault.EvidStale, "log in: the nonce was not given here, has ended or was used"))
	}
	e, err := login.ParseEvidence(text)
	if err != nil {
		return fail(err)
	}
	if v.cfg.Evidence == nil {
		return fail(fault.New(fault.EvidPolicy, "log in: this vault verifies no evidence"))
	}
	channel, err := login.Channel(c.http.TLS, nonce)
	if err != nil {
		return fail(err)
	}
	want := login.Transcript{
		Network: v.cfg.Network, Vault: c.state.ID, Mount: strings.TrimSuffix(m.Path, "/"), Role: name, Nonce: wire.Sum(nonce), Channel: channel,
	}.Data()
	claims, err := v.cfg.Evidence.Verify(ctx, e, now)
	if err != nil {
		return fail(err)
	}
	role, err := &attestRole{}, error(fault.APINotFound)
	if checkName(name) == nil {
		role, err = attestRoleOf(ctx, s, name)
	}
	if errors.Is(err, fault.APINotFound) {
		return fail(fault.New(fault.EvidPolicy, "log in: no role accepts this evidence"))
	}
	if err != nil {
		return fail(err)
	}
	short, err := v.appraise(ctx, role, claims, want, now)
	if err != nil {
		return fail(err)
	}
	if len(short) > 0 {
		return fail(short[0])
	}
	return name, role, &claims, nil
}

// appraise judges claims by a role; what it returns is empty if they are acceptable.
func (v *Vault) appraise(ctx context.Context, r *attestRole, c attest.Claims, want attest.ReportData, now time.Time) ([]*fault.Error, error) {
	var set attest.PolicySet
	if v.cfg.Policies != nil {
		var err error
		if set, err = v.cfg.Policies(ctx); err != nil {
			return nil, err
		}
	}
	number := r.Base
	if r.Appraisal != nil {
		// Releases are of the network's own programs; what is denied is so to all.
		number = r.Appraisal.Role
		set = attest.PolicySet{Policies: []attest.Policy{*r.Appraisal}, Denied: set.Denied}
	}
	short := set.Appraise(number, wire.Address{}, c, want, now)
	if c.Level < r.Level {
		short = append(short, fault.Denied(fault.EvidLevel, "log in", "minimum_level", "more", "less"))
	}
	if len(r.Measurements) > 0 && !slices.Contains(r.Measurements, c.Measurement) {
		short = append(short, fault.Denied(fault.EvidUnlisted, "log in", "measurements", "one of the role's", c.Measurement.Short()))
	}
	return short, nil
}

func (v *Vault) attestLogin(ctx context.Context, c *call, m *mountEntry, s scoped) (*answer, error) {
	name, role, claims, err := v.attested(ctx, c, m, s)
	if err != nil {
		return nil, err
	}
	client := clientKey(c.http)
	if role.Client && client == "" {
		return nil, fault.New(fault.VaultIdentity, "log in: the role wants a TLS client key")
	}
	mount := strings.TrimSuffix(m.Path, "/")
	r := &tokenRecord{
		Policies: withDefault(role.Policies, role.Plain), Path: c.path, Display: mount + "-" + name, Entity: mount + "/" + name,
		Meta: map[string]string{"role": name, "measurement": claims.Measurement.String()}, Claims: claims, Client: client,
		TTL: m.ttl(role.TTL), Most: m.ttl(ttlMost), Renewable: true, Uses: role.Uses,
	}
	if role.MaxTTL > 0 {
		r.Most, r.TTL = min(r.Most, role.MaxTTL), min(r.TTL, role.MaxTTL)
	}
	return v.grant(ctx, c.state, r, nil, r.tell)
}

// attestRenew renews the caller's token for evidence of the very identity that it was
// given to: the same program with the same configuration on the same chip.
func (v *Vault) attestRenew(ctx context.Context, c *call, m *mountEntry, s scoped) (*answer, error) {
	name, _, now, err := v.attested(ctx, c, m, s)
	if err != nil {
		return nil, err
	}
	was := c.rec.Claims
	if was == nil || c.rec.Entity != strings.TrimSuffix(m.Path, "/")+"/"+name || was.Scheme != now.Scheme || was.Measurement != now.Measurement ||
		was.Manifest != now.Manifest || was.Hardware != now.Hardware || was.Level > now.Level {
		return nil, fault.New(fault.VaultIdentity, "renew token: the evidence is of another than it was given to")
	}
	r, err := v.extend(ctx, c.state, c.token, 0)
	if err != nil {
		return nil, err
	}
	return &answer{auth: authOf(r, c.secret)}, nil
}
