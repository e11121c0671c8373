package vault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// tokens answers auth/token.
func (v *Vault) tokens(ctx context.Context, c *call, rest string) (*answer, error) {
	f := logical.FieldsOf(c.data)
	switch rest {
	case "lookup-self":
		if c.op != logical.Read && c.op != logical.Update {
			return nil, errUnsupported
		}
		return tokenView(c.rec, c.secret), nil
	case "accessors":
		if c.op != logical.List {
			return nil, errUnsupported
		}
		return v.accessors(ctx)
	}
	if c.op != logical.Update {
		return nil, errUnsupported
	}
	switch rest {
	case "create", "create-orphan":
		return v.createToken(ctx, c, rest == "create-orphan")
	case "renew-self":
		return v.renewToken(ctx, c, c.token, c.secret)
	case "revoke-self":
		return nil, v.revokeToken(ctx, c.state, c.rec.Hash)
	}
	verb, byAccessor := strings.CutSuffix(rest, "-accessor")
	var t *token
	var secret, hash string
	var err error
	if byAccessor {
		accessor := f.Text("accessor")
		var item tacit.Item
		if item, err = v.cfg.Store.Get(ctx, keyAccessor+c.state.hashOf(accessor)); err == nil {
			hash = string(item.Value)
		} else if errors.Is(err, fault.APINotFound) {
			err = errNoToken
		}
	} else {
		secret = f.Text("token")
		hash = c.state.hashOf(secret)
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	if err == nil {
		if t, err = v.find(ctx, c.state, hash); errors.Is(err, fault.VaultToken) {
			err = errNoToken
		}
	}
	switch {
	case err != nil:
	case verb == "lookup":
		return tokenView(t.record.Load(), secret), nil
	case verb == "renew":
		return v.renewToken(ctx, c, t, secret)
	case verb == "revoke":
		return nil, v.revokeToken(ctx, c.state, hash)
	case verb == "revoke-orphan" && !byAccessor:
		return nil, v.orphan(ctx, c.state, hash)
	default:
		return nil, errNoHandler
	}
	if verb == "revoke" && errors.Is(err, errNoToken) && !byAccessor {
		return nil, nil // it does not exist, as was asked
	}
	return nil, err
}

// errNoToken is of the token that a caller asks about, not of his own.
var errNoToken = fault.New(fault.VaultToken, "find token: there is none like this")

func tokenView(r *tokenRecord, secret string) *answer {
	now := time.Now()
	data := map[string]any{
		"accessor": r.Accessor, "creation_time": r.Created.Unix(), "creation_ttl": int64(r.TTL.Seconds()), "display_name": r.Display,
		"entity_id": r.Entity, "expire_time": nil, "explicit_max_ttl": int64(r.ExplicitMax.Seconds()), "id": secret, "issue_time": r.Created,
		"meta": r.Meta, "num_uses": r.Uses, "orphan": r.Parent == "", "path": r.Path, "policies": r.Policies,
		"renewable": r.Renewable, "ttl": int64(r.left(now).Seconds()), "type": "service",
	}
	if !r.Expires.IsZero() {
		data["expire_time"] = r.Expires
	}
	if r.Period > 0 {
		data["period"] = int64(r.Period.Seconds())
	}
	if r.Issued != r.Created {
		data["last_renewal"], data["last_renewal_time"] = r.Issued, r.Issued.Unix()
	}
	return &answer{data: data}
}

func (v *Vault) accessors(ctx context.Context) (*answer, error) {
	keys := []string{}
	err := each(ctx, v.cfg.Store, keyToken, func(i tacit.Item) error {
		st, err := v.current(ctx)
		if err != nil {
			return err
		}
		t, err := v.find(ctx, st, strings.TrimPrefix(i.Key, keyToken))
		if err == nil {
			keys = append(keys, t.record.Load().Accessor)
		} else if !errors.Is(err, fault.VaultToken) {
			return err
		}
		return nil
	})
	return &answer{data: map[string]any{"keys": keys}}, err
}

// tell answers with a token.
func (r *tokenRecord) tell(secret string) *answer { return &answer{auth: authOf(r, secret)} }

func authOf(r *tokenRecord, secret string) *authInfo {
	return &authInfo{
		Token: secret, Accessor: r.Accessor, Policies: r.Policies, Own: r.Policies, Metadata: r.Meta, Orphan: r.Parent == "",
		Entity: r.Entity, Duration: int64(r.left(time.Now()).Seconds()), Renewable: r.Renewable, Type: "service", Uses: max(0, r.Uses),
	}
}

// createToken makes a child of the caller's token. It may have no policy that the
// caller lacks, unless he has sudo on the path; root comes from root only. What the caller
// proved about his machine goes with the child, so it is bound to the same TLS client key;
// where there is none, another machine could use it, and there is no child.
func (v *Vault) createToken(ctx context.Context, c *call, orphan bool) (*answer, error) {
	f := logical.FieldsOf(c.data)
	root := slices.Contains(c.rec.Policies, rootPolicy)
	sudo := c.caps&capSudo != 0
	r := &tokenRecord{
		Path: c.path, Meta: f.Texts("meta"), Display: "token", Period: f.Duration("period"), ExplicitMax: f.Duration("explicit_max_ttl"),
		Uses: f.Int("num_uses"), Renewable: !f.Has("renewable") || f.Bool("renewable"), Entity: c.rec.Entity, Client: c.rec.Client, Claims: c.rec.Claims,
	}
	if name := f.Text("display_name"); name != "" {
		r.Display = "token-" + name
	}
	ttl := f.Duration("ttl")
	if ttl == 0 {
		ttl = f.Duration("lease")
	}
	policies := f.List("policies")
	orphan = orphan || f.Bool("no_parent")
	plain := f.Bool("no_default_policy")
	kind := f.Text("type")
	if f.Err() != nil {
		return nil, f.Err()
	}
	switch {
	case r.Uses < 0:
		return nil, fault.New(fault.APIField, "make token: num_uses is below zero")
	case c.rec.Uses != 0:
		return nil, fault.New(fault.VaultDenied, "make token: a token with a number of uses has no children")
	case c.rec.Claims != nil && c.rec.Client == "":
		return nil, fault.New(fault.VaultIdentity, "make token: the caller's was given for evidence to no TLS client key, so that another machine could use its child")
	case f.Has("id"):
		return nil, fault.New(fault.APIField, "make token: nobody chooses what a token is")
	case kind != "" && kind != "service" && kind != "default":
		return nil, fault.New(fault.APIField, "make token: type %q is not known", kind)
	case orphan && !root && !sudo:
		return nil, errDenied
	case r.Period > 0 && !root && !sudo:
		return nil, errDenied
	}
	var err error
	if r.Policies, err = c.childPolicies(policies, root, sudo, plain); err != nil {
		return nil, err
	}
	m := c.state.auths["token/"]
	r.Most = m.ttl(ttlMost)
	switch {
	case r.Period > 0:
		r.TTL = min(r.Period, r.Most)
		r.Period = r.TTL
	case slices.Contains(r.Policies, rootPolicy) && ttl == 0 && c.rec.Expires.IsZero():
		// A root token without a time lasts until it is revoked.
	default:
		r.TTL = m.ttl(ttl)
	}
	if r.ExplicitMax > 0 && (r.TTL == 0 || r.ExplicitMax < r.TTL) {
		r.TTL = r.ExplicitMax
	}
	parent := c.token
	if orphan {
		parent = nil
	}
	if r.TTL == 0 {
		r.Renewable = false
	}
	return v.grant(ctx, c.state, r, parent, r.tell)
}

func (c *call) childPolicies(want []string, root, sudo, plain bool) ([]string, error) {
	if len(want) == 0 {
		return c.rec.Policies, nil
	}
	var out []string
	for _, p := range want {
		p = strings.ToLower(p)
		switch {
		case checkName(p) != nil:
			return nil, checkName(p)
		case p == rootPolicy && !root:
			return nil, errDenied
		case !root && !sudo && p != defaultPolicy && !slices.Contains(c.rec.Policies, p):
			return nil, errDenied
		}
		out = append(out, p)
	}
	return withDefault(out, plain), nil
}

// withDefault puts names in order, each once, and adds default unless it is unwanted or
// root makes it pointless.
func withDefault(policies []string, plain bool) []string {
	out := slices.Clone(policies)
	if !plain && !slices.Contains(out, rootPolicy) {
		out = append(out, defaultPolicy)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// checkName takes a name of one segment, such as a policy's or a role's. It has no
// comma, which separates names.
func checkName(name string) error {
	if canonical(name) != nil || strings.ContainsAny(name, "/,") || len(name) > 128 {
		return fault.New(fault.APIField, "read name %q: it is not one plain segment", name)
	}
	return nil
}

// renewToken gives a token more time. What was given for evidence is renewed by the
// TLS client key that it was given to, or else by evidence again.
func (v *Vault) renewToken(ctx context.Context, c *call, t *token, secret string) (*answer, error) {
	r := t.record.Load()
	if err := checkRenewer(r, clientKey(c.http)); err != nil {
		return nil, err
	}
	f := logical.FieldsOf(c.data)
	want := f.Duration("increment")
	if f.Err() != nil {
		return nil, f.Err()
	}
	r, err := v.extend(ctx, c.state, t, want)
	if err != nil {
		return nil, err
	}
	return &answer{auth: authOf(r, secret)}, nil
}

// checkRenewer refuses to renew what was given to an identity unless the same one asks.
func checkRenewer(r *tokenRecord, client string) error {
	switch {
	case r.Client != "" && r.Client != client:
		return fault.New(fault.VaultIdentity, "renew token: it was given to another TLS client key")
	case r.Client == "" && r.Claims != nil:
		return fault.New(fault.VaultIdentity, "renew token: it was given for evidence; renew it by evidence at auth/attest/renew")
	}
	return nil
}
