// Package kv is the vault's engine for secrets by name: New keeps versions of each as
// Vault's kv version 2 does, NewPlain only the newest as version 1.
package kv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// pathMost bounds a name in bytes, so that a version's key fits the store.
const pathMost = 300

// An Engine keeps versions. One process writes at a time. Data is read from the store;
// metadata that was read or written is kept in memory, about 1 KiB a name.
type Engine struct {
	storage logical.Storage
	seed    maphash.Seed
	locks   [256]sync.Mutex // one of them held while a name is changed, or read into memory

	mu      sync.RWMutex // guards what follows
	known   map[string]*metadata
	base    *config
	forgets uint64
}

// knownMost bounds the names whose metadata is kept in memory.
const knownMost = 16384

// New makes the engine of one mount.
func New(s logical.Storage) *Engine {
	return &Engine{storage: s, seed: maphash.MakeSeed(), known: map[string]*metadata{}}
}

// config is what holds for all names that say nothing else.
type config struct {
	MaxVersions int64         `json:"max_versions"`
	CAS         bool          `json:"cas_required"`
	DeleteAfter time.Duration `json:"delete_version_after"`
}

// A version is what is known of one version beside its data.
type version struct {
	Created   time.Time `json:"c"`
	Deleted   time.Time `json:"d,omitzero"` // may be to come
	Destroyed bool      `json:"x,omitempty"`
}

func (v version) gone(now time.Time) bool {
	return v.Destroyed || !v.Deleted.IsZero() && !now.Before(v.Deleted)
}

// A metadata is all of a name but its data. What others can see of it is never changed:
// a change is made to a copy.
type metadata struct {
	config
	Created  time.Time         `json:"created"`
	Updated  time.Time         `json:"updated"`
	Custom   map[string]string `json:"custom,omitempty"`
	Current  int64             `json:"current"`
	Oldest   int64             `json:"oldest"`
	Versions map[int64]version `json:"versions"`

	revision int64
}

func metaKey(name string) string               { return "m/" + name }
func dataKey(name string, n int64) string      { return fmt.Sprintf("v/%s/%010d", name, n) }
func (e *Engine) lock(name string) *sync.Mutex { return &e.locks[maphash.String(e.seed, name)%256] }

// Forget implements logical.Engine.
func (e *Engine) Forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forgets++
	e.base = nil
	clear(e.known)
}

// keep has a name's metadata in memory, or none of it, if nothing was forgotten since.
func (e *Engine) keep(name string, m *metadata, forgets uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case m == nil:
		delete(e.known, name)
	case e.forgets == forgets:
		if len(e.known) >= knownMost {
			clear(e.known)
		}
		e.known[name] = m
	}
}

// recall is what is in memory of a name, and the count of forgets to keep more by.
func (e *Engine) recall(name string) (*metadata, uint64) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.known[name], e.forgets
}

// Revoke implements logical.Engine; this engine gives no leases.
func (e *Engine) Revoke(context.Context, []byte) error { return nil }

// Exists implements logical.Exister: of data and metadata, whether the name is there.
func (e *Engine) Exists(ctx context.Context, req *logical.Request) (bool, error) {
	part, name, _ := strings.Cut(req.Path, "/")
	if part != "data" && part != "metadata" {
		return true, nil
	}
	_, err := e.storage.Get(ctx, metaKey(name))
	if errors.Is(err, fault.APINotFound) {
		return false, nil
	}
	return true, err
}

var (
	errOperation = fault.New(fault.APIField, "unsupported operation")
	errNoName    = fault.New(fault.APINotFound, "find secret: there is none of this name")
)

// Handle implements logical.Engine.
func (e *Engine) Handle(ctx context.Context, req *logical.Request) (*logical.Response, error) {
	part, name, _ := strings.Cut(req.Path, "/")
	if len(name) > pathMost {
		return nil, fault.New(fault.APIField, "read name of %d bytes, at most %d", len(name), pathMost)
	}
	if part == "config" && name == "" {
		return e.configure(ctx, req)
	}
	if part == "metadata" && req.Operation == logical.List {
		return list(ctx, e.storage, "m/", name)
	}
	if name == "" {
		return nil, errOperation
	}
	if req.Operation != logical.Read {
		l := e.lock(name)
		l.Lock()
		defer l.Unlock()
	}
	f := logical.FieldsOf(req.Data)
	switch part {
	case "data":
		switch req.Operation {
		case logical.Read:
			return e.read(ctx, name, f, false)
		case logical.Update:
			return e.write(ctx, name, req, f, false)
		case logical.Patch:
			return e.write(ctx, name, req, f, true)
		case logical.Delete:
			return e.mark(ctx, name, nil, deleted)
		}
	case "subkeys":
		if req.Operation == logical.Read {
			return e.read(ctx, name, f, true)
		}
	case "metadata":
		return e.meta(ctx, name, req, f)
	case "delete", "undelete", "destroy":
		if req.Operation != logical.Update {
			break
		}
		var versions []int64
		for _, s := range f.List("versions") {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return nil, fault.New(fault.APIField, "read versions: %q is no number", s)
			}
			versions = append(versions, n)
		}
		if f.Err() != nil || len(versions) == 0 {
			return nil, fault.New(fault.APIField, "no version number provided")
		}
		return e.mark(ctx, name, versions, map[string]mark{"delete": deleted, "undelete": undeleted, "destroy": destroyed}[part])
	}
	return nil, errOperation
}

func (e *Engine) config(ctx context.Context) (c config, err error) {
	e.mu.RLock()
	base, forgets := e.base, e.forgets
	e.mu.RUnlock()
	if base != nil {
		return *base, nil
	}
	item, err := e.storage.Get(ctx, "config")
	if err != nil && !errors.Is(err, fault.APINotFound) {
		return c, err
	}
	if err == nil {
		if err := json.Unmarshal(item.Value, &c); err != nil {
			return c, fault.New(fault.StoreCorrupt, "read configuration of kv: %w", err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.forgets == forgets {
		e.base = &c
	}
	return c, nil
}

func (c *config) merge(f *logical.Fields) error {
	if f.Has("max_versions") {
		c.MaxVersions = f.Int("max_versions")
	}
	if f.Has("cas_required") {
		c.CAS = f.Bool("cas_required")
	}
	if f.Has("delete_version_after") {
		c.DeleteAfter = f.Duration("delete_version_after")
	}
	if c.MaxVersions < 0 || c.MaxVersions > 1000 {
		return fault.New(fault.APIField, "max_versions is not 0 to 1000")
	}
	return f.Err()
}

func (e *Engine) configure(ctx context.Context, req *logical.Request) (*logical.Response, error) {
	c, err := e.config(ctx)
	if err != nil {
		return nil, err
	}
	switch req.Operation {
	case logical.Read:
		return &logical.Response{Data: map[string]any{"max_versions": c.MaxVersions, "cas_required": c.CAS, "delete_version_after": c.DeleteAfter.String()}}, nil
	case logical.Update:
		if err := c.merge(logical.FieldsOf(req.Data)); err != nil {
			return nil, err
		}
		b, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		_, err = e.storage.Commit(logical.Answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: "config", Value: b}}})
		e.Forget()
		return nil, err
	}
	return nil, errOperation
}

// load is the metadata of a name, or API_NOT_FOUND. Who holds the name's lock says so.
func (e *Engine) load(ctx context.Context, name string, locked bool) (*metadata, error) {
	if m, _ := e.recall(name); m != nil {
		return m, nil
	}
	if !locked {
		// Else what a writer is about to replace could be kept after it was.
		l := e.lock(name)
		l.Lock()
		defer l.Unlock()
	}
	_, forgets := e.recall(name)
	item, err := e.storage.Get(ctx, metaKey(name))
	if errors.Is(err, fault.APINotFound) {
		return nil, errNoName
	}
	if err != nil {
		return nil, err
	}
	m := &metadata{revision: item.Revision}
	if err := json.Unmarshal(item.Value, m); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read metadata of a secret: %w", err)
	}
	e.keep(name, m, forgets)
	return m, nil
}

// copyOf is metadata that may be changed.
func (m *metadata) copyOf() *metadata {
	n := *m
	n.Versions, n.Custom = maps.Clone(m.Versions), maps.Clone(m.Custom)
	return &n
}

// save writes metadata and, with it, what else belongs to the change that is answered
// with res.
func (e *Engine) save(ctx context.Context, name string, res *logical.Response, m *metadata, with ...tacit.Put) error {
	_, forgets := e.recall(name)
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	rev, err := e.storage.Commit(logical.Answering(ctx, res), tacit.Txn{
		If:   []tacit.Cond{{Key: metaKey(name), Revision: m.revision}},
		Then: append([]tacit.Put{{Key: metaKey(name), Value: b}}, with...),
	})
	if err != nil {
		e.keep(name, nil, forgets) // what the store holds is not known
		return err
	}
	m.revision = rev
	e.keep(name, m, forgets)
	return nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// view is the metadata of one version as it is answered.
func (m *metadata) view(n int64) map[string]any {
	v := m.Versions[n]
	var custom any
	if len(m.Custom) > 0 {
		custom = m.Custom
	}
	return map[string]any{"version": n, "created_time": stamp(v.Created), "deletion_time": stamp(v.Deleted), "destroyed": v.Destroyed, "custom_metadata": custom}
}

// version is a version's metadata and data, nil if it is deleted; n is 0 for the newest.
func (e *Engine) version(ctx context.Context, name string, n *int64) (*metadata, *tacit.Item, error) {
	asked := *n
	for {
		m, err := e.load(ctx, name, false)
		if err != nil {
			return nil, nil, err
		}
		if *n = asked; asked == 0 {
			*n = m.Current
		}
		v, ok := m.Versions[*n]
		if !ok {
			return nil, nil, errNoName
		}
		if v.gone(time.Now()) {
			return m, nil, nil
		}
		item, err := e.storage.Get(ctx, dataKey(name, *n))
		if err == nil {
			return m, &item, nil
		}
		if !errors.Is(err, fault.APINotFound) {
			return nil, nil, err
		}
		// Somebody removed it since: then the metadata says so by now, or will.
		l := e.lock(name)
		l.Lock()
		now, _ := e.recall(name)
		l.Unlock()
		if now == m {
			return nil, nil, fault.New(fault.StoreCorrupt, "read version %d of a secret: %w", *n, err)
		}
	}
}

// read answers a version's data, or only the names in it.
func (e *Engine) read(ctx context.Context, name string, f *logical.Fields, names bool) (*logical.Response, error) {
	n, depth := f.Int("version"), f.Int("depth")
	if f.Err() != nil {
		return nil, f.Err()
	}
	what := "data"
	if names {
		what = "subkeys"
	}
	m, item, err := e.version(ctx, name, &n)
	if err != nil {
		return nil, err
	}
	if item == nil {
		return &logical.Response{Status: 404, Data: map[string]any{what: nil, "metadata": m.view(n)}}, nil
	}
	var data any = json.RawMessage(item.Value)
	if names {
		var tree any
		if err := json.Unmarshal(item.Value, &tree); err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read version %d of a secret: %w", n, err)
		}
		data = subkeys(tree, depth)
	}
	return &logical.Response{Data: map[string]any{what: data, "metadata": m.view(n)}}, nil
}

// subkeys is a tree with its values left out, down to a depth if that is not 0.
func subkeys(v any, depth int64) any {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, e := range m {
		out[k] = nil
		if depth != 1 {
			out[k] = subkeys(e, max(0, depth-1))
		}
	}
	return out
}

// write makes a new version; a patch merges into the newest (RFC 7396).
func (e *Engine) write(ctx context.Context, name string, req *logical.Request, f *logical.Fields, patch bool) (*logical.Response, error) {
	c, err := e.config(ctx)
	if err != nil {
		return nil, err
	}
	data, ok := req.Data["data"].(map[string]any)
	if !ok {
		return nil, fault.New(fault.APIField, "no data provided")
	}
	now := time.Now().UTC()
	m, err := e.load(ctx, name, true)
	fresh := errors.Is(err, fault.APINotFound)
	switch {
	case fresh && patch:
		return nil, err
	case fresh:
		m = &metadata{Created: now, Versions: map[int64]version{}}
	case err != nil:
		return nil, err
	default:
		m = m.copyOf()
	}
	options := logical.FieldsOf(f.Object("options"))
	has, cas := options.Has("cas"), options.Int("cas")
	if err := errors.Join(f.Err(), options.Err()); err != nil {
		return nil, err
	}
	if (c.CAS || m.CAS) && !has {
		return nil, fault.New(fault.APIField, "check-and-set parameter required for this call")
	}
	if has && cas != m.Current {
		return nil, fault.New(fault.APIConflict, "check-and-set parameter did not match the current version")
	}
	if patch {
		v := m.Versions[m.Current]
		if v.gone(now) || m.Current == 0 {
			return nil, errNoName
		}
		item, err := e.storage.Get(ctx, dataKey(name, m.Current))
		if err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read version %d of a secret: %w", m.Current, err)
		}
		if data, err = merged(item.Value, data); err != nil {
			return nil, err
		}
	}
	b, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	m.Current++
	m.Updated = now
	v := version{Created: now}
	after := m.DeleteAfter
	if after == 0 || c.DeleteAfter > 0 && c.DeleteAfter < after {
		after = c.DeleteAfter
	}
	if after > 0 {
		v.Deleted = now.Add(after)
	}
	m.Versions[m.Current] = v
	puts := []tacit.Put{{Key: dataKey(name, m.Current), Value: b}}
	for _, n := range m.surplus(c) {
		delete(m.Versions, n)
		puts = append(puts, tacit.Put{Key: dataKey(name, n), Delete: true})
	}
	m.Oldest = slices.Min(slices.Collect(maps.Keys(m.Versions)))
	res := &logical.Response{Data: m.view(m.Current)}
	if err := e.save(ctx, name, res, m, puts...); err != nil {
		return nil, err
	}
	return res, nil
}

// surplus are the oldest versions beyond what is kept [10], a hundred at a time.
func (m *metadata) surplus(c config) []int64 {
	most := m.MaxVersions
	if most == 0 {
		most = c.MaxVersions
	}
	if most == 0 {
		most = 10
	}
	over := len(m.Versions) - int(most)
	if over <= 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(m.Versions))[:min(over, 100)]
}

// merged is a JSON merge patch (RFC 7396) of stored data.
func merged(stored []byte, patch map[string]any) (map[string]any, error) {
	var base map[string]any
	d := json.NewDecoder(strings.NewReader(string(stored)))
	d.UseNumber()
	if err := d.Decode(&base); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read secret: %w", err)
	}
	return mergePatch(base, patch), nil
}

func mergePatch(base, patch map[string]any) map[string]any {
	if base == nil {
		base = map[string]any{}
	}
	for k, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(base, k)
		case map[string]any:
			under, _ := base[k].(map[string]any)
			base[k] = mergePatch(under, v)
		default:
			base[k] = v
		}
	}
	return base
}

// A mark is what happens to versions without new data.
type mark uint8

const (
	deleted mark = iota
	undeleted
	destroyed
)

// mark changes versions, the newest if none is named. What is not there stays so.
func (e *Engine) mark(ctx context.Context, name string, versions []int64, how mark) (*logical.Response, error) {
	m, err := e.load(ctx, name, true)
	if errors.Is(err, fault.APINotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m = m.copyOf()
	if versions == nil {
		versions = []int64{m.Current}
	}
	if len(versions) > 100 {
		return nil, fault.New(fault.APISize, "change %d versions, at most 100 at a time", len(versions))
	}
	slices.Sort(versions)
	now := time.Now().UTC()
	var puts []tacit.Put
	for _, n := range slices.Compact(versions) {
		v, ok := m.Versions[n]
		if !ok || v.Destroyed {
			continue
		}
		switch how {
		case deleted:
			if v.gone(now) {
				continue
			}
			v.Deleted = now
		case undeleted:
			v.Deleted = time.Time{}
		case destroyed:
			v.Destroyed = true
			puts = append(puts, tacit.Put{Key: dataKey(name, n), Delete: true})
		}
		m.Versions[n] = v
	}
	m.Updated = now
	return nil, e.save(ctx, name, nil, m, puts...)
}
