package vault

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// An appRole is a name under which a program logs in by two texts: the role's
// identifier, and a secret identifier of which there may be many.
type appRole struct {
	RoleID   string   `json:"role_id"`
	Policies []string `json:"policies"`
	Secret   bool     `json:"secret"` // a login needs a secret identifier
	// Of each secret identifier:
	SecretUses int64          `json:"secret_uses"`
	SecretTTL  time.Duration  `json:"secret_ttl"`
	From       []netip.Prefix `json:"from,omitempty"` // where it may be used
	// Of each token:
	TTL         time.Duration `json:"ttl"`
	MaxTTL      time.Duration `json:"max_ttl"`
	ExplicitMax time.Duration `json:"explicit_max"`
	Period      time.Duration `json:"period"`
	Uses        int64         `json:"uses"`
	Plain       bool          `json:"plain"`
}

// A secretID is what the store holds of a secret identifier, under its hash.
type secretID struct {
	Accessor string            `json:"accessor"`
	Created  time.Time         `json:"created"`
	Expires  time.Time         `json:"expires,omitzero"`
	Uses     int64             `json:"uses"` // left; 0 is any number
	Meta     map[string]string `json:"meta,omitempty"`
	From     []netip.Prefix    `json:"from,omitempty"`
}

// approle answers a login method of this kind.
func (v *Vault) approle(ctx context.Context, c *call, m *mountEntry, rest string) (*answer, error) {
	s := scoped{v.cfg.Store, keyMount + m.ID + "/"}
	if rest == "login" && c.op == logical.Update {
		return v.approleLogin(ctx, c, m, s)
	}
	if rest == "role" && c.op == logical.List {
		return listRoles(ctx, s)
	}
	rest, ok := strings.CutPrefix(rest, "role/")
	name, what, _ := strings.Cut(rest, "/")
	if !ok || checkName(name) != nil {
		return nil, errNoHandler
	}
	if what == "" {
		return v.roleCalls(ctx, c, s, name)
	}
	role, rev, err := appRoleOf(ctx, s, name)
	if err != nil {
		return nil, err
	}
	f := logical.FieldsOf(c.data)
	switch {
	case what == "role-id" && c.op == logical.Read:
		return &answer{data: map[string]any{"role_id": role.RoleID}}, nil
	case what == "role-id" && c.op == logical.Update:
		old := role.RoleID
		if role.RoleID = f.Text("role_id"); role.RoleID == "" || f.Err() != nil {
			return nil, fault.New(fault.APIField, "write role-id of %s: it is missing", name)
		}
		return nil, v.putRole(ctx, c.state, s, name, role, rev, old)
	case (what == "secret-id" || what == "custom-secret-id") && c.op == logical.Update:
		return v.newSecretID(ctx, c, m, s, name, role, what == "custom-secret-id")
	case what == "secret-id" && c.op == logical.List:
		return listSecretIDs(ctx, s, name)
	case c.op != logical.Update:
		return nil, errUnsupported
	}
	var hash string
	switch what {
	case "secret-id/lookup", "secret-id/destroy":
		hash = c.state.hashOf(f.Text("secret_id"))
	case "secret-id-accessor/lookup", "secret-id-accessor/destroy":
		item, err := s.Get(ctx, "accessor/"+name+"/"+c.state.hashOf(f.Text("secret_id_accessor")))
		if err != nil {
			return nil, err
		}
		hash = string(item.Value)
	default:
		return nil, errNoHandler
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	id, _, err := secretIDOf(ctx, s, name, hash)
	if strings.HasSuffix(what, "/destroy") {
		if err == nil {
			err = v.endSecretID(ctx, c.state, m.ID+"/"+name+"/"+hash)
		}
		if errors.Is(err, fault.APINotFound) {
			err = nil
		}
		return nil, err
	}
	if errors.Is(err, fault.APINotFound) && what == "secret-id/lookup" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &answer{data: map[string]any{
		"secret_id_accessor": id.Accessor, "creation_time": id.Created, "expiration_time": id.Expires, "secret_id_num_uses": id.Uses, "metadata": id.Meta,
		"cidr_list": texts4(id.From), "secret_id_ttl": seconds(role.SecretTTL), "token_bound_cidrs": []string{},
	}}, nil
}

func texts4(list []netip.Prefix) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.String()
	}
	return out
}

func appRoleOf(ctx context.Context, s scoped, name string) (*appRole, int64, error) {
	item, err := s.Get(ctx, "role/"+name)
	if err != nil {
		return nil, 0, err
	}
	r := new(appRole)
	if err := json.Unmarshal(item.Value, r); err != nil {
		return nil, 0, fault.New(fault.StoreCorrupt, "read role: %w", err)
	}
	return r, item.Revision, nil
}

// putRole writes a role with the index from its identifier to its name.
func (v *Vault) putRole(ctx context.Context, st *state, s scoped, name string, r *appRole, rev int64, old string) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	at := "id/" + st.hashOf(r.RoleID)
	txn := tacit.Txn{If: []tacit.Cond{{Key: "role/" + name, Revision: rev}}, Then: []tacit.Put{{Key: "role/" + name, Value: b}}}
	if old != r.RoleID {
		txn.If = append(txn.If, tacit.Cond{Key: at}) // nobody else's
		txn.Then = append(txn.Then, tacit.Put{Key: at, Value: []byte(name)})
		if old != "" {
			txn.Then = append(txn.Then, tacit.Put{Key: "id/" + st.hashOf(old), Delete: true})
		}
	}
	_, err = s.Commit(answering(ctx, nil), txn)
	return err
}

func (v *Vault) roleCalls(ctx context.Context, c *call, s scoped, name string) (*answer, error) {
	r, rev, err := appRoleOf(ctx, s, name)
	missing := errors.Is(err, fault.APINotFound)
	if err != nil && !missing {
		return nil, err
	}
	switch c.op {
	case logical.Read:
		if missing {
			return nil, err
		}
		return &answer{data: map[string]any{
			"bind_secret_id": r.Secret, "secret_id_num_uses": r.SecretUses, "secret_id_ttl": seconds(r.SecretTTL), "secret_id_bound_cidrs": texts4(r.From),
			"token_policies": r.Policies, "policies": r.Policies, "token_ttl": seconds(r.TTL), "token_max_ttl": seconds(r.MaxTTL),
			"token_explicit_max_ttl": seconds(r.ExplicitMax), "token_period": seconds(r.Period), "token_num_uses": r.Uses, "token_no_default_policy": r.Plain,
			"token_type": "default", "token_bound_cidrs": []string{}, "local_secret_ids": false,
		}}, nil
	case logical.Update:
		if missing {
			r, rev = &appRole{Secret: true}, 0
		}
		old := r.RoleID
		if err := r.merge(c.data); err != nil {
			return nil, err
		}
		if r.RoleID == "" {
			r.RoleID = newID()
		}
		return nil, v.putRole(ctx, c.state, s, name, r, rev, old)
	case logical.Delete:
		if missing {
			return nil, nil
		}
		if err := each(ctx, s, "secret/"+name+"/", func(i tacit.Item) error { return v.remove(ctx, s.prefix+i.Key) }); err != nil {
			return nil, err
		}
		if err := each(ctx, s, "accessor/"+name+"/", func(i tacit.Item) error { return v.remove(ctx, s.prefix+i.Key) }); err != nil {
			return nil, err
		}
		return nil, v.remove(ctx, s.prefix+"role/"+name, s.prefix+"id/"+c.state.hashOf(r.RoleID))
	}
	return nil, errUnsupported
}

// merge takes over what a caller says and leaves the rest as it is.
func (r *appRole) merge(data map[string]any) error {
	f := logical.FieldsOf(data)
	list := func(into *[]string, names ...string) {
		for _, n := range names {
			if f.Has(n) {
				*into = f.List(n)
			}
		}
	}
	time := func(into *time.Duration, name string) {
		if f.Has(name) {
			*into = f.Duration(name)
		}
	}
	number := func(into *int64, name string) {
		if f.Has(name) {
			*into = f.Int(name)
		}
	}
	list(&r.Policies, "policies", "token_policies")
	time(&r.SecretTTL, "secret_id_ttl")
	time(&r.TTL, "token_ttl")
	time(&r.MaxTTL, "token_max_ttl")
	time(&r.ExplicitMax, "token_explicit_max_ttl")
	time(&r.Period, "token_period")
	number(&r.SecretUses, "secret_id_num_uses")
	number(&r.Uses, "token_num_uses")
	if f.Has("bind_secret_id") {
		r.Secret = f.Bool("bind_secret_id")
	}
	if f.Has("token_no_default_policy") {
		r.Plain = f.Bool("token_no_default_policy")
	}
	if f.Has("role_id") {
		r.RoleID = f.Text("role_id")
	}
	if f.Has("secret_id_bound_cidrs") {
		from, err := prefixes(f.List("secret_id_bound_cidrs"))
		if err != nil {
			return err
		}
		r.From = from
	}
	if len(f.List("token_bound_cidrs")) > 0 {
		return fault.New(fault.APIField, "write role: token_bound_cidrs is not known here; bind secret identifiers")
	}
	if kind := f.Text("token_type"); kind == "batch" || kind == "default-batch" {
		return fault.New(fault.APIField, "write role: there are no batch tokens")
	}
	if f.Err() != nil {
		return f.Err()
	}
	if r.Uses < 0 || r.SecretUses < 0 || !r.Secret && len(r.From) == 0 {
		return fault.New(fault.APIField, "write role: a number of uses is below zero, or nothing is asked of who logs in")
	}
	for i, p := range r.Policies {
		r.Policies[i] = strings.ToLower(p)
		if err := checkName(r.Policies[i]); err != nil {
			return err
		}
		if r.Policies[i] == rootPolicy {
			return fault.New(fault.APIField, "write role: no login gives root")
		}
	}
	return nil
}

func prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fault.New(fault.APIField, "read network %q: %w", s, err)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func (v *Vault) newSecretID(ctx context.Context, c *call, m *mountEntry, s scoped, name string, r *appRole, custom bool) (*answer, error) {
	if !r.Secret {
		return nil, fault.New(fault.APIField, "make secret-id of %s: the role wants none", name)
	}
	f := logical.FieldsOf(c.data)
	now := time.Now().UTC()
	id := secretID{Accessor: newID(), Created: now, Uses: r.SecretUses, From: r.From}
	if text := f.Text("metadata"); text != "" {
		if err := json.Unmarshal([]byte(text), &id.Meta); err != nil {
			return nil, fault.New(fault.APIField, "make secret-id of %s: metadata is no object of texts", name)
		}
	}
	ttl := r.SecretTTL
	if want := f.Duration("ttl"); want > 0 && (ttl == 0 || want < ttl) {
		ttl = want
	}
	if want := f.Int("num_uses"); want > 0 && (id.Uses == 0 || want < id.Uses) {
		id.Uses = want
	}
	if list := f.List("cidr_list"); len(list) > 0 {
		from, err := prefixes(list)
		if err != nil {
			return nil, err
		}
		for _, p := range from {
			if len(r.From) > 0 && !slices.ContainsFunc(r.From, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) }) {
				return nil, fault.New(fault.APIField, "make secret-id of %s: %s is outside of the role's networks", name, p)
			}
		}
		id.From = from
	}
	secret := newID()
	if custom {
		if secret = f.Text("secret_id"); len(secret) < 32 {
			return nil, fault.New(fault.APIField, "make secret-id of %s: one of your own has 32 characters at least", name)
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	hash := c.state.hashOf(secret)
	own := "secret/" + name + "/" + hash
	txn := tacit.Txn{If: []tacit.Cond{{Key: s.prefix + own}}}
	if ttl > 0 {
		id.Expires = now.Add(ttl)
		txn.Then = append(txn.Then, tacit.Put{Key: expireKey(id.Expires, "s", m.ID+"/"+name+"/"+hash), Value: []byte{1}})
	}
	b, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	txn.Then = append(txn.Then, tacit.Put{Key: s.prefix + own, Value: b},
		tacit.Put{Key: s.prefix + "accessor/" + name + "/" + c.state.hashOf(id.Accessor), Value: []byte(hash)})
	ans := &answer{data: map[string]any{"secret_id": secret, "secret_id_accessor": id.Accessor, "secret_id_ttl": seconds(ttl), "secret_id_num_uses": id.Uses}}
	if _, err := v.cfg.Store.Commit(answering(ctx, ans), txn); err != nil {
		return nil, err
	}
	return ans, nil
}

func secretIDOf(ctx context.Context, s scoped, role, hash string) (id secretID, rev int64, err error) {
	item, err := s.Get(ctx, "secret/"+role+"/"+hash)
	if err != nil {
		return id, 0, err
	}
	if err := json.Unmarshal(item.Value, &id); err != nil {
		return id, 0, fault.New(fault.StoreCorrupt, "read secret-id: %w", err)
	}
	return id, item.Revision, nil
}

func listSecretIDs(ctx context.Context, s scoped, role string) (*answer, error) {
	keys := []string{}
	err := each(ctx, s, "secret/"+role+"/", func(i tacit.Item) error {
		var id secretID
		if err := json.Unmarshal(i.Value, &id); err != nil {
			return fault.New(fault.StoreCorrupt, "read secret-id: %w", err)
		}
		keys = append(keys, id.Accessor)
		return nil
	})
	if err == nil && len(keys) == 0 {
		err = fault.New(fault.APINotFound, "list secret-ids: there are none")
	}
	return &answer{data: map[string]any{"keys": keys}}, err
}

// endSecretID removes a secret identifier, named by mount, role and hash.
func (v *Vault) endSecretID(ctx context.Context, st *state, id string) error {
	mount, rest, _ := strings.Cut(id, "/")
	role, hash, _ := strings.Cut(rest, "/")
	s := scoped{v.cfg.Store, keyMount + mount + "/"}
	record, rev, err := secretIDOf(ctx, s, role, hash)
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return v.removeSecretID(ctx, st, id, record, rev)
}

// removeSecretID is endSecretID of what was read at a revision: of several callers one
// does it, and the others get STORE_CONFLICT.
func (v *Vault) removeSecretID(ctx context.Context, st *state, id string, record secretID, rev int64) error {
	mount, rest, _ := strings.Cut(id, "/")
	role, hash, _ := strings.Cut(rest, "/")
	prefix := keyMount + mount + "/"
	own := prefix + "secret/" + role + "/" + hash
	then := []tacit.Put{{Key: own, Delete: true}, {Key: prefix + "accessor/" + role + "/" + st.hashOf(record.Accessor), Delete: true}}
	if !record.Expires.IsZero() {
		then = append(then, tacit.Put{Key: expireKey(record.Expires, "s", id), Delete: true})
	}
	_, err := v.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: own, Revision: rev}}, Then: then})
	return err
}

// approleLogin gives a token for a role's identifier and a secret identifier of it.
// Whichever of them is wrong, the refusal is the same.
func (v *Vault) approleLogin(ctx context.Context, c *call, m *mountEntry, s scoped) (*answer, error) {
	f := logical.FieldsOf(c.data)
	roleID, secret := f.Text("role_id"), f.Text("secret_id")
	if f.Err() != nil {
		return nil, f.Err()
	}
	name := "-"
	item, err := s.Get(ctx, "id/"+c.state.hashOf(roleID))
	known := err == nil
	if known {
		name = string(item.Value)
	} else if !errors.Is(err, fault.APINotFound) {
		return nil, err
	}
	hash := c.state.hashOf(secret)
	role, _, err := appRoleOf(ctx, s, name)
	if err != nil && !errors.Is(err, fault.APINotFound) {
		return nil, err
	}
	if !known || err != nil {
		role = &appRole{Secret: true}
	}
	meta := map[string]string{"role_name": name}
	from := role.From
	if role.Secret {
		id, err := v.spend(ctx, c, m, s, name, hash, role.From)
		if err != nil {
			return nil, err
		}
		for k, e := range id.Meta {
			meta[k] = e
		}
		from = id.From
	}
	// The role's networks may be narrower by now than when the secret was made.
	if !within(c.http.RemoteAddr, from) || !within(c.http.RemoteAddr, role.From) || !known {
		return nil, errDenied
	}
	r := &tokenRecord{
		Policies: withDefault(role.Policies, role.Plain), Path: c.path, Display: strings.TrimSuffix(m.Path, "/"), Entity: strings.TrimSuffix(m.Path, "/") + "/" + name,
		Meta: meta, TTL: m.ttl(role.TTL), Most: m.ttl(ttlMost), ExplicitMax: role.ExplicitMax, Renewable: true, Uses: role.Uses,
	}
	if role.Period > 0 {
		r.Period = min(role.Period, r.Most)
		r.TTL = r.Period
	}
	if role.MaxTTL > 0 {
		r.Most = min(r.Most, role.MaxTTL)
	}
	r.TTL = min(r.TTL, r.Most)
	if r.ExplicitMax > 0 {
		r.TTL = min(r.TTL, r.ExplicitMax)
	}
	return v.grant(ctx, c.state, r, nil, r.tell)
}

// spend uses a secret identifier once, from within its networks and its role's. The
// count is durable before the login.
func (v *Vault) spend(ctx context.Context, c *call, m *mountEntry, s scoped, role, hash string, networks []netip.Prefix) (secretID, error) {
	for {
		id, rev, err := secretIDOf(ctx, s, role, hash)
		if errors.Is(err, fault.APINotFound) || err == nil && !id.Expires.IsZero() && !time.Now().Before(id.Expires) {
			return id, errDenied
		}
		if err != nil || id.Uses == 0 {
			return id, err
		}
		if !within(c.http.RemoteAddr, id.From) || !within(c.http.RemoteAddr, networks) {
			return id, errDenied
		}
		if id.Uses == 1 {
			err = v.removeSecretID(ctx, c.state, m.ID+"/"+role+"/"+hash, id, rev)
		} else {
			next := id
			next.Uses--
			var b []byte
			if b, err = json.Marshal(next); err != nil {
				return id, err
			}
			key := "secret/" + role + "/" + hash
			_, err = s.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: key, Revision: rev}}, Then: []tacit.Put{{Key: key, Value: b}}})
		}
		if errors.Is(err, fault.StoreConflict) {
			continue
		}
		return id, err
	}
}

// within reports whether an address is in one of the networks, if there are any.
func within(remote string, networks []netip.Prefix) bool {
	if len(networks) == 0 {
		return true
	}
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}
