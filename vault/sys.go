package vault

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// apiVersion is the version of Vault whose API this is, which clients compare.
const apiVersion = "1.21.4"

// health answers sys/health, which needs no token and stands in no log. Clients choose
// the status of each state.
func (v *Vault) health(w http.ResponseWriter, r *http.Request, self bool) {
	st, err := v.current(r.Context())
	sealed := err != nil || st.Sealed
	q := r.URL.Query()
	code := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(q.Get(name)); err == nil && n >= 200 && n < 600 {
			return n
		}
		return otherwise
	}
	status := code("activecode", http.StatusOK)
	switch on := q.Get("standbyok"); {
	case err != nil && !errors.Is(err, fault.StoreConflict):
		status = code("uninitcode", http.StatusNotImplemented)
	case sealed:
		status = code("sealedcode", http.StatusServiceUnavailable)
	case !self && on != "true" && on != "1":
		status = code("standbycode", http.StatusTooManyRequests)
	}
	body := map[string]any{
		"initialized": err == nil, "sealed": sealed, "standby": !self, "performance_standby": false, "replication_performance_mode": "disabled",
		"replication_dr_mode": "disabled", "server_time_utc": time.Now().Unix(), "version": apiVersion, "enterprise": false, "echo_duration_ms": 0, "clock_skew_ms": 0,
	}
	if err == nil {
		body["cluster_id"], body["cluster_name"] = st.ID, clusterName
	}
	c := &call{}
	b, _ := c.encode(&answer{flat: body})
	if r.Method == http.MethodHead {
		b = nil
	}
	write(w, status, &answer{}, b)
}

const clusterName = "tacit"

// public answers what anybody may ask, on every process.
func (v *Vault) public(w http.ResponseWriter, r *http.Request, self bool, leader string) {
	st, err := v.current(r.Context())
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	var body map[string]any
	switch r.URL.Path {
	case "/v1/sys/init":
		body = map[string]any{"initialized": true}
	case "/v1/sys/leader":
		if self {
			leader = v.cfg.Address
		}
		body = map[string]any{
			"ha_enabled": true, "is_self": self, "leader_address": leader, "leader_cluster_address": "", "performance_standby": false,
			"performance_standby_last_remote_wal": 0,
		}
	default:
		body = v.sealStatus(st)
	}
	c := &call{}
	b, _ := c.encode(&answer{flat: body})
	write(w, http.StatusOK, &answer{}, b)
}

// system answers what is below sys/ and was judged.
func (v *Vault) system(ctx context.Context, c *call, rest string) (*answer, error) {
	head, tail, _ := strings.Cut(rest, "/")
	switch head {
	case "mounts":
		return v.mountCalls(ctx, c, tail)
	case "auth":
		return v.authCalls(ctx, c, tail)
	case "policies", "policy":
		name, ok := strings.CutPrefix(tail, "acl")
		if head == "policy" {
			name, ok = tail, true
		}
		if !ok {
			return nil, errNoHandler
		}
		return v.policyCalls(ctx, c, strings.TrimPrefix(name, "/"), head == "policy")
	case "leases":
		return v.leaseCalls(ctx, c, tail)
	case "wrapping":
		switch tail {
		case "wrap", "lookup", "unwrap", "rewrap":
			return v.wrapping(ctx, c, tail)
		}
	case "internal":
		if path, ok := strings.CutPrefix(tail, "ui/mounts"); ok && c.op == logical.Read {
			return v.uiMounts(c, strings.TrimPrefix(path, "/"))
		}
	case "capabilities-self", "capabilities", "capabilities-accessor":
		if tail == "" && c.op == logical.Update {
			return v.capabilities(ctx, c, head)
		}
	case "audit", "audit-hash":
		return v.auditCalls(ctx, c, head, tail)
	case "renew":
		return v.leaseCalls(ctx, c, rest)
	case "revoke":
		return v.leaseCalls(ctx, c, rest)
	case "seal":
		if c.op == logical.Update && tail == "" {
			return nil, v.seal(ctx)
		}
	case "unseal", "generate-root", "rekey":
		return v.quorumCalls(ctx, c, rest)
	case "seal-status":
		return &answer{flat: v.sealStatus(c.state)}, nil
	case "host-info", "metrics", "license", "replication":
	}
	return nil, errNoHandler
}

// both is the form of sys/mounts and sys/auth: the table in the envelope and beside it.
func both(c *call, table map[string]any) *answer {
	flat := map[string]any{
		"request_id": c.id, "lease_id": "", "renewable": false, "lease_duration": 0, "data": table, "wrap_info": nil, "warnings": nil, "auth": nil, "mount_type": c.kind,
	}
	maps.Copy(flat, table)
	return &answer{flat: flat}
}

func (v *Vault) mountCalls(ctx context.Context, c *call, path string) (*answer, error) {
	if path == "" {
		if c.op != logical.Read && c.op != logical.List {
			return nil, errUnsupported
		}
		table := map[string]any{"sys/": entryView(&mountEntry{Type: "system", Description: "this vault itself", Accessor: "system"})}
		for p, m := range c.state.mounts {
			table[p] = entryView(m.mountEntry)
		}
		return both(c, table), nil
	}
	if path, ok := strings.CutSuffix(path, "/tune"); ok {
		return v.tune(ctx, c, path, func(k *core) []*mountEntry { return k.Mounts })
	}
	switch c.op {
	case logical.Read:
		if m := c.state.mounts[path+"/"]; m != nil {
			return &answer{data: entryView(m.mountEntry)}, nil
		}
		return nil, fault.New(fault.APIField, "find mount: there is none at this path")
	case logical.Update:
		e, err := newEntry(c, path)
		if err != nil {
			return nil, err
		}
		if err := typeOf(e); err != nil {
			return nil, err
		}
		return nil, v.change(answering(ctx, nil), func(k *core) (err error) { k.Mounts, err = added(k.Mounts, e); return err })
	case logical.Delete:
		m := c.state.mounts[path+"/"]
		if m == nil {
			return nil, nil
		}
		if err := v.revokePrefix(ctx, c.state, path+"/"); err != nil {
			return nil, err
		}
		if err := v.change(ctx, func(k *core) error { k.Mounts = without(k.Mounts, path+"/"); return nil }); err != nil {
			return nil, err
		}
		return nil, v.removeAll(ctx, keyMount+m.ID+"/")
	}
	return nil, errUnsupported
}

// typeOf turns the type and version that a client names into those of an engine.
func typeOf(e *mountEntry) error {
	switch e.Type {
	case "kv", "kv-v1", "kv-v2", "generic":
		version := e.Options["version"]
		if e.Type == "kv-v2" {
			version = "2"
		}
		switch version {
		case "", "1":
			version = "1"
		case "2":
		default:
			return fault.New(fault.APIField, "mount %s: version %q of kv is neither 1 nor 2", e.Path, version)
		}
		e.Type, e.Options = "kv", map[string]string{"version": version}
	}
	return nil
}

func newEntry(c *call, path string) (*mountEntry, error) {
	if strings.Contains(path, "+") || canonical(path) != nil {
		return nil, fault.New(fault.VaultPath, "mount %q: it is not made of plain segments", path)
	}
	switch head, _, _ := strings.Cut(path, "/"); head {
	case "sys", "auth", "cubbyhole", "identity":
		return nil, fault.New(fault.VaultPath, "mount %q: the vault keeps this path for itself", path)
	}
	f := logical.FieldsOf(c.data)
	config := logical.FieldsOf(f.Object("config"))
	e := &mountEntry{
		Path: path + "/", ID: newID(), Type: f.Text("type"), Description: f.Text("description"), Options: f.Texts("options"),
		DefaultTTL: config.Duration("default_lease_ttl"), MaxTTL: config.Duration("max_lease_ttl"),
	}
	e.Accessor = e.Type + "_" + e.ID[:8]
	if err := errors.Join(f.Err(), config.Err()); err != nil {
		return nil, err
	}
	if e.Type == "" || len(e.Description) > 1024 {
		return nil, fault.New(fault.APIField, "mount %s: its type is missing, or its description too long", e.Path)
	}
	return e, nil
}

// added is a table with one more entry, which is below no other and above none.
func added(list []*mountEntry, e *mountEntry) ([]*mountEntry, error) {
	for _, o := range list {
		if strings.HasPrefix(o.Path, e.Path) || strings.HasPrefix(e.Path, o.Path) {
			return nil, fault.New(fault.APIField, "mount %s: path is already in use at %s", e.Path, o.Path)
		}
	}
	return append(list, e), nil
}

func without(list []*mountEntry, path string) []*mountEntry {
	return slices.DeleteFunc(list, func(e *mountEntry) bool { return e.Path == path })
}

// removeAll deletes every key below a prefix.
func (v *Vault) removeAll(ctx context.Context, prefix string) error {
	for {
		items, _, err := v.cfg.Store.Range(ctx, prefix, after(prefix), 100)
		if err != nil || len(items) == 0 {
			return err
		}
		then := make([]tacit.Put, len(items))
		for i := range items {
			then[i] = tacit.Put{Key: items[i].Key, Delete: true}
		}
		if _, err := v.cfg.Store.Commit(ctx, tacit.Txn{Then: then}); err != nil {
			return err
		}
	}
}

func (v *Vault) tune(ctx context.Context, c *call, path string, of func(*core) []*mountEntry) (*answer, error) {
	find := func(k *core) (int, *mountEntry) {
		i := slices.IndexFunc(of(k), func(e *mountEntry) bool { return e.Path == path+"/" })
		if i < 0 {
			return i, nil
		}
		return i, of(k)[i]
	}
	_, e := find(&c.state.core)
	if e == nil {
		return nil, fault.New(fault.APIField, "find mount: there is none at this path")
	}
	switch c.op {
	case logical.Read:
		return &answer{data: map[string]any{
			"default_lease_ttl": seconds(e.ttl(0)), "max_lease_ttl": seconds(e.ttl(ttlMost)), "description": e.Description, "force_no_cache": false, "options": e.Options,
		}}, nil
	case logical.Update:
		f := logical.FieldsOf(c.data)
		next := *e
		if f.Has("default_lease_ttl") {
			next.DefaultTTL = f.Duration("default_lease_ttl")
		}
		if f.Has("max_lease_ttl") {
			next.MaxTTL = f.Duration("max_lease_ttl")
		}
		if f.Has("description") {
			next.Description = f.Text("description")
		}
		if o := f.Texts("options"); o != nil && next.Type == "kv" && o["version"] != next.Options["version"] {
			return nil, fault.New(fault.APIField, "tune mount %s: a kv engine keeps its version", next.Path)
		}
		if f.Err() != nil {
			return nil, f.Err()
		}
		return nil, v.change(answering(ctx, nil), func(k *core) error {
			i, now := find(k)
			if now == nil {
				return fault.New(fault.APINotFound, "tune mount %s: it is gone", next.Path)
			}
			of(k)[i] = &next
			return nil
		})
	}
	return nil, errUnsupported
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func entryView(e *mountEntry) map[string]any {
	var options any
	if e.Options != nil {
		options = e.Options
	}
	return map[string]any{
		"type": e.Type, "description": e.Description, "accessor": e.Accessor, "uuid": e.ID, "options": options, "local": false, "seal_wrap": false,
		"external_entropy_access": false, "plugin_version": "", "running_plugin_version": "", "running_sha256": "", "deprecation_status": "supported",
		"config": map[string]any{
			"default_lease_ttl": seconds(e.DefaultTTL), "max_lease_ttl": seconds(e.MaxTTL), "force_no_cache": false, "listing_visibility": "", "token_type": "default-service",
		},
	}
}

func (v *Vault) authCalls(ctx context.Context, c *call, path string) (*answer, error) {
	if path == "" {
		if c.op != logical.Read && c.op != logical.List {
			return nil, errUnsupported
		}
		table := map[string]any{}
		for p, e := range c.state.auths {
			table[p] = entryView(e)
		}
		return both(c, table), nil
	}
	if path, ok := strings.CutSuffix(path, "/tune"); ok {
		return v.tune(ctx, c, path, func(k *core) []*mountEntry { return k.Auths })
	}
	switch c.op {
	case logical.Read:
		if e := c.state.auths[path+"/"]; e != nil {
			return &answer{data: entryView(e)}, nil
		}
		return nil, fault.New(fault.APIField, "find login method: there is none at this path")
	case logical.Update:
		e, err := newEntry(c, path)
		if err != nil {
			return nil, err
		}
		if !slices.Contains([]string{"approle", "attest", taskMethod}, e.Type) {
			return nil, fault.New(fault.APIField, "enable login method: type %q is not known", e.Type)
		}
		return nil, v.change(answering(ctx, nil), func(k *core) (err error) { k.Auths, err = added(k.Auths, e); return err })
	case logical.Delete:
		e := c.state.auths[path+"/"]
		if e == nil {
			return nil, nil
		}
		if e.Type == "token" {
			return nil, fault.New(fault.APIField, "disable login method: tokens are not one that can be")
		}
		if err := v.change(ctx, func(k *core) error { k.Auths = without(k.Auths, path+"/"); return nil }); err != nil {
			return nil, err
		}
		return nil, v.removeAll(ctx, keyMount+e.ID+"/")
	}
	return nil, errUnsupported
}

// uiMounts answers sys/internal/ui/mounts, by which clients learn what is mounted: only
// mounts below which the caller may do something. To him the others are not there.
func (v *Vault) uiMounts(c *call, path string) (*answer, error) {
	if path == "" {
		secret, auth := map[string]any{}, map[string]any{}
		for p, m := range c.state.mounts {
			if c.acl.touches(p) {
				secret[p] = entryView(m.mountEntry)
			}
		}
		for p, e := range c.state.auths {
			if c.acl.touches("auth/" + p) {
				auth[p] = entryView(e)
			}
		}
		return &answer{data: map[string]any{"secret": secret, "auth": auth}}, nil
	}
	m, _ := c.state.mountOf(path)
	if m == nil || !c.acl.touches(m.Path) {
		return nil, errDenied
	}
	view := entryView(m.mountEntry)
	view["path"] = m.Path
	return &answer{data: view}, nil
}

// touches reports whether any pattern could allow something below a mount.
func (a *acl) touches(mount string) bool {
	if a.root {
		return true
	}
	some := func(r *rule) bool {
		return slices.ContainsFunc(r.stanzas, func(s stanza) bool { return s.caps&capDeny == 0 && s.caps != 0 })
	}
	for p, r := range a.exact {
		if some(r) && (strings.HasPrefix(p, mount) || p+"/" == mount) {
			return true
		}
	}
	for _, r := range a.globs {
		if some(r) && (strings.HasPrefix(r.literal, mount) || strings.HasPrefix(mount, r.literal)) {
			return true
		}
	}
	return false
}

func (v *Vault) capabilities(ctx context.Context, c *call, which string) (*answer, error) {
	f := logical.FieldsOf(c.data)
	paths := f.List("paths")
	if p := f.List("path"); len(paths) == 0 {
		paths = p
	}
	a, claims := c.acl, c.rec.Claims
	if which != "capabilities-self" {
		hash := c.state.hashOf(f.Text("token"))
		if which == "capabilities-accessor" {
			item, err := v.cfg.Store.Get(ctx, keyAccessor+c.state.hashOf(f.Text("accessor")))
			if err != nil && !errors.Is(err, fault.APINotFound) {
				return nil, err
			}
			hash = string(item.Value)
		}
		t, err := v.find(ctx, c.state, hash)
		if errors.Is(err, fault.VaultToken) {
			return nil, errNoToken
		} else if err != nil {
			return nil, err
		}
		claims = t.record.Load().Claims
		if a, err = v.aclOf(ctx, c.state, t.record.Load().Policies); err != nil {
			return nil, err
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	if len(paths) == 0 {
		return nil, fault.New(fault.APIField, "look up capabilities: paths is missing")
	}
	data := map[string]any{}
	for _, p := range paths {
		words := capability(0).words()
		if plain, list := strings.CutSuffix(strings.TrimPrefix(p, "/"), "/"); canonical(plain) == nil {
			if words = a.allows(plain, list, claims, nil).words(); a.root {
				words = []string{"root"}
			}
		}
		data[p] = words
		if len(paths) == 1 {
			data["capabilities"] = words
		}
	}
	return &answer{data: data}, nil
}
