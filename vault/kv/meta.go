package kv

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// meta answers what concerns a name and all of its versions.
func (e *Engine) meta(ctx context.Context, name string, req *logical.Request, f *logical.Fields) (*logical.Response, error) {
	m, err := e.load(ctx, name, req.Operation != logical.Read)
	missing := errors.Is(err, fault.APINotFound)
	if err != nil && !missing {
		return nil, err
	}
	switch req.Operation {
	case logical.Read:
		if missing {
			return nil, err
		}
		return &logical.Response{Data: m.whole()}, nil
	case logical.Update, logical.Patch:
		if missing {
			if req.Operation == logical.Patch {
				return nil, err
			}
			now := time.Now().UTC()
			m = &metadata{Created: now, Updated: now, Versions: map[int64]version{}}
		} else {
			m = m.copyOf()
		}
		if err := m.merge(f); err != nil {
			return nil, err
		}
		if f.Has("custom_metadata") {
			if err := m.describe(f, req.Data["custom_metadata"], req.Operation == logical.Patch); err != nil {
				return nil, err
			}
		}
		m.Updated = time.Now().UTC()
		return nil, e.save(ctx, name, nil, m)
	case logical.Delete:
		if missing {
			return nil, nil
		}
		return nil, e.erase(ctx, name, m)
	}
	return nil, errOperation
}

func (m *metadata) whole() map[string]any {
	versions := make(map[string]any, len(m.Versions))
	for n, v := range m.Versions {
		versions[strconv.FormatInt(n, 10)] = map[string]any{"created_time": stamp(v.Created), "deletion_time": stamp(v.Deleted), "destroyed": v.Destroyed}
	}
	var custom any
	if len(m.Custom) > 0 {
		custom = m.Custom
	}
	return map[string]any{
		"cas_required": m.CAS, "created_time": stamp(m.Created), "updated_time": stamp(m.Updated), "current_version": m.Current, "oldest_version": m.Oldest,
		"max_versions": m.MaxVersions, "delete_version_after": m.DeleteAfter.String(), "custom_metadata": custom, "versions": versions,
	}
}

// describe replaces or, as a patch, changes the texts that users keep with a name: 64
// at most, names of 128 and values of 512 bytes.
func (m *metadata) describe(f *logical.Fields, given any, patch bool) error {
	next := map[string]string{}
	if patch {
		maps.Copy(next, m.Custom)
		if changes, ok := given.(map[string]any); ok {
			for k, v := range changes {
				if v == nil {
					delete(next, k)
					delete(changes, k)
				}
			}
		}
	}
	maps.Copy(next, f.Texts("custom_metadata"))
	if f.Err() != nil {
		return f.Err()
	}
	if len(next) > 64 {
		return fault.New(fault.APIField, "custom_metadata has %d names, at most 64", len(next))
	}
	for k, v := range next {
		if k == "" || len(k) > 128 || len(v) > 512 {
			return fault.New(fault.APIField, "custom_metadata: a name of %d bytes, a value of %d", len(k), len(v))
		}
	}
	m.Custom = next
	return nil
}

// erase removes a name with all its versions: data first, so that a crash leaves
// nothing that no name leads to.
func (e *Engine) erase(ctx context.Context, name string, m *metadata) error {
	defer e.keep(name, nil, 0)
	versions := slices.Sorted(maps.Keys(m.Versions))
	for len(versions) > 100 {
		var puts []tacit.Put
		for _, n := range versions[:100] {
			puts = append(puts, tacit.Put{Key: dataKey(name, n), Delete: true})
		}
		if _, err := e.storage.Commit(ctx, tacit.Txn{Then: puts}); err != nil {
			return err
		}
		versions = versions[100:]
	}
	puts := []tacit.Put{{Key: metaKey(name), Delete: true}}
	for _, n := range versions {
		puts = append(puts, tacit.Put{Key: dataKey(name, n), Delete: true})
	}
	_, err := e.storage.Commit(logical.Answering(ctx, nil), tacit.Txn{If: []tacit.Cond{{Key: metaKey(name), Revision: m.revision}}, Then: puts})
	return err
}

// list names what is directly below a folder; folders end in a slash. It costs one
// read for each folder and each hundred names in it, not for what is in folders.
func list(ctx context.Context, s logical.Storage, prefix, folder string) (*logical.Response, error) {
	const page, most = 100, 100_000
	if folder != "" {
		prefix += folder + "/"
	}
	end := prefix[:len(prefix)-1] + "0" // what follows the slash
	keys := []string{}
	for from := prefix; ; {
		items, _, err := s.Range(ctx, from, end, page)
		if err != nil {
			return nil, err
		}
		jumped := false
		for _, i := range items {
			name, _, deep := strings.Cut(strings.TrimPrefix(i.Key, prefix), "/")
			if deep {
				keys = append(keys, name+"/")
				from, jumped = prefix+name+"0", true
				break
			}
			keys = append(keys, name)
			from = i.Key + "\x00"
		}
		if len(keys) > most {
			return nil, fault.New(fault.APISize, "list folder: it holds more than %d names", most)
		}
		if !jumped && len(items) < page {
			break
		}
	}
	if len(keys) == 0 {
		return nil, errNoName
	}
	slices.Sort(keys)
	return &logical.Response{Data: map[string]any{"keys": slices.Compact(keys)}}, nil
}

// Plain keeps one value for each name.
type Plain struct {
	storage logical.Storage
}

// NewPlain makes the engine of one mount.
func NewPlain(s logical.Storage) *Plain { return &Plain{s} }

// Forget implements logical.Engine; there is nothing to drop.
func (p *Plain) Forget() {}

// Revoke implements logical.Engine; this engine gives no leases.
func (p *Plain) Revoke(context.Context, []byte) error { return nil }

// Exists implements logical.Exister.
func (p *Plain) Exists(ctx context.Context, req *logical.Request) (bool, error) {
	_, err := p.storage.Get(ctx, metaKey(req.Path))
	if errors.Is(err, fault.APINotFound) {
		return false, nil
	}
	return true, err
}

// Handle implements logical.Engine.
func (p *Plain) Handle(ctx context.Context, req *logical.Request) (*logical.Response, error) {
	if len(req.Path) > pathMost {
		return nil, fault.New(fault.APIField, "read name of %d bytes, at most %d", len(req.Path), pathMost)
	}
	if req.Operation == logical.List {
		return list(ctx, p.storage, "m/", req.Path)
	}
	if req.Path == "" {
		return nil, errOperation
	}
	key := metaKey(req.Path)
	switch req.Operation {
	case logical.Read:
		item, err := p.storage.Get(ctx, key)
		if errors.Is(err, fault.APINotFound) {
			return nil, errNoName
		}
		if err != nil {
			return nil, err
		}
		var data map[string]any
		d := json.NewDecoder(strings.NewReader(string(item.Value)))
		d.UseNumber()
		if err := d.Decode(&data); err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read secret: %w", err)
		}
		return &logical.Response{Data: data}, nil
	case logical.Update:
		if len(req.Data) == 0 {
			return nil, fault.New(fault.APIField, "missing data fields")
		}
		b, err := json.Marshal(req.Data)
		if err != nil {
			return nil, err
		}
		_, err = p.storage.Commit(logical.Answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: key, Value: b}}})
		return nil, err
	case logical.Delete:
		_, err := p.storage.Commit(logical.Answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: key, Delete: true}}})
		return nil, err
	}
	return nil, errOperation
}
