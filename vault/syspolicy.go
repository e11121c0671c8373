package vault

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

func (v *Vault) policyCalls(ctx context.Context, c *call, name string, old bool) (*answer, error) {
	if name == "" {
		if c.op != logical.List && !(old && c.op == logical.Read) {
			return nil, errUnsupported
		}
		names := []string{defaultPolicy, rootPolicy}
		err := each(ctx, v.cfg.Store, keyPolicy, func(i tacit.Item) error {
			names = append(names, strings.TrimPrefix(i.Key, keyPolicy))
			return nil
		})
		slices.Sort(names)
		names = slices.Compact(names)
		data := map[string]any{"keys": names}
		if old {
			data["policies"] = names
		}
		return &answer{data: data}, err
	}
	name = strings.ToLower(name)
	if err := checkName(name); err != nil {
		return nil, err
	}
	switch c.op {
	case logical.Read:
		text := ""
		if name != rootPolicy {
			var err error
			if text, err = v.policyText(ctx, name); err != nil {
				return nil, err
			}
		}
		data := map[string]any{"name": name, "policy": text}
		if old {
			data["rules"] = text
		}
		return &answer{data: data}, nil
	case logical.Update:
		f := logical.FieldsOf(c.data)
		text := f.Text("policy")
		if text == "" {
			text = f.Text("rules")
		}
		if f.Err() != nil {
			return nil, f.Err()
		}
		if name == rootPolicy || text == "" {
			return nil, fault.New(fault.APIField, "write policy %s: it has no text, or is the one that cannot be written", name)
		}
		if _, err := parsePolicy(text); err != nil {
			return nil, err
		}
		return nil, v.putPolicy(ctx, c.state, tacit.Put{Key: keyPolicy + name, Value: []byte(text)})
	case logical.Delete:
		if name == rootPolicy || name == defaultPolicy {
			return nil, fault.New(fault.APIField, "delete policy %s: it cannot be", name)
		}
		return nil, v.putPolicy(ctx, c.state, tacit.Put{Key: keyPolicy + name, Delete: true})
	}
	return nil, errUnsupported
}

// putPolicy writes a policy; from its return on no request is judged by the old one.
func (v *Vault) putPolicy(ctx context.Context, st *state, p tacit.Put) error {
	_, err := v.cfg.Store.Commit(answering(ctx, nil), tacit.Txn{Then: []tacit.Put{p}})
	st.caches.acls.Store(new(sync.Map))
	return err
}

func (v *Vault) leaseCalls(ctx context.Context, c *call, rest string) (*answer, error) {
	f := logical.FieldsOf(c.data)
	verb, tail, _ := strings.Cut(rest, "/")
	if verb == "lookup" && c.op == logical.List {
		return v.listLeases(ctx, tail)
	}
	if c.op != logical.Update {
		return nil, errUnsupported
	}
	id := f.Text("lease_id")
	if id == "" {
		id = tail
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	switch verb {
	case "revoke-prefix", "revoke-force":
		if tail == "" {
			return nil, fault.New(fault.APIField, "revoke leases: the prefix is missing")
		}
		return nil, v.revokePrefix(ctx, c.state, tail+"/")
	case "lookup", "renew", "revoke":
	default:
		return nil, errNoHandler
	}
	if canonical(id) != nil {
		return nil, fault.New(fault.APIField, "look up lease: there is none of this name")
	}
	switch verb {
	case "lookup":
		l, _, err := v.leaseOf(ctx, id)
		if err != nil {
			return nil, err
		}
		data := map[string]any{"id": l.ID, "issue_time": l.Issued, "expire_time": l.Expires, "last_renewal": nil, "renewable": l.Renewable, "ttl": int64(l.left(time.Now()).Seconds())}
		if !l.Renewed.IsZero() {
			data["last_renewal"] = l.Renewed
		}
		return &answer{data: data}, nil
	case "renew":
		want := f.Duration("increment")
		if f.Err() != nil {
			return nil, f.Err()
		}
		l, err := v.prolong(ctx, id, want)
		if err != nil {
			return nil, err
		}
		return &answer{lease: l}, nil
	}
	return nil, v.revokeLease(ctx, c.state, id)
}

func (v *Vault) listLeases(ctx context.Context, prefix string) (*answer, error) {
	from := keyLease
	if prefix != "" {
		from += prefix + "/"
	}
	keys := []string{}
	err := each(ctx, v.cfg.Store, from, func(i tacit.Item) error {
		name, _, folder := strings.Cut(strings.TrimPrefix(i.Key, from), "/")
		if folder {
			name += "/"
		}
		if len(keys) == 0 || keys[len(keys)-1] != name {
			keys = append(keys, name)
		}
		return nil
	})
	if err == nil && len(keys) == 0 {
		err = fault.New(fault.APINotFound, "list leases: there are none")
	}
	return &answer{data: map[string]any{"keys": keys}}, err
}

func (v *Vault) auditCalls(ctx context.Context, c *call, head, path string) (*answer, error) {
	f := logical.FieldsOf(c.data)
	switch {
	case head == "audit-hash" && c.op == logical.Update:
		sum := mac(&c.state.caches.macs, f.Text("input"))
		return &answer{data: map[string]any{"hash": "hmac-sha256:" + hex.EncodeToString(sum[:])}}, f.Err()
	case head == "audit" && path == "" && (c.op == logical.Read || c.op == logical.List):
		return both(c, map[string]any{"tacit/": map[string]any{
			"path": "tacit/", "type": "tacit", "description": "the chained log in the store, always on", "options": map[string]string{}, "local": false,
		}}), nil
	case head == "audit" && c.op == logical.Update:
		return nil, fault.New(fault.APIField, "enable audit device %s: the log is always on and there is no other", path)
	case head == "audit" && c.op == logical.Delete:
		return nil, fault.New(fault.APIField, "disable audit device %s: nobody turns the log off", path)
	}
	return nil, errUnsupported
}

// seal stops all answers but those on how to unseal, until enough owners sign the nonce
// that is made here.
func (v *Vault) seal(ctx context.Context) error {
	err := v.change(ctx, func(k *core) error {
		if k.Owners.Threshold == 0 {
			return fault.New(fault.VaultQuorum, "seal: this vault has no owners that could unseal it")
		}
		k.Sealed, k.Nonce = true, newID()
		return nil
	})
	if err == nil {
		v.quorum.reset()
	}
	return err
}
