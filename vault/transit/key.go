package transit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// secret is key material. It has no way to print.
type secret []byte

// Format keeps the bytes out of any print.
func (secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, "hidden") }

// settings are what is stored of a key beside its versions.
type settings struct {
	Type       string        `json:"type"`
	Derived    bool          `json:"derived,omitempty"`
	Convergent bool          `json:"convergent,omitempty"`
	Exportable bool          `json:"exportable,omitempty"`
	Deletable  bool          `json:"deletable,omitempty"`
	Deleted    bool          `json:"deleted,omitempty"` // as a whole, until it is restored
	Size       int64         `json:"size,omitempty"`    // bytes of an hmac key
	AutoRotate time.Duration `json:"auto_rotate,omitempty"`
	MinDecrypt int64         `json:"min_decrypt"` // 1 or more
	MinEncrypt int64         `json:"min_encrypt"` // 0 is the newest alone, by default
	MinKept    int64         `json:"min_kept"`    // versions below were trimmed
	Latest     int64         `json:"latest"`
}

// A stored version. Key is symmetric bytes, or a private key in PKCS #8.
type stored struct {
	Created   time.Time `json:"created"`
	Deleted   bool      `json:"deleted,omitempty"`
	Destroyed bool      `json:"destroyed,omitempty"`
	Key       []byte    `json:"key,omitempty"`
	MAC       []byte    `json:"mac,omitempty"`
}

// A version of a key as it is at hand. It is never changed, only replaced; material is
// shared by those that replace it, and nil once destroyed.
type version struct {
	number             int64
	created            time.Time
	deleted, destroyed bool
	*material
}

// A key is one named key. It is never changed, only replaced.
type key struct {
	settings
	kind     kind
	name     string
	revision int64
	versions map[int64]*version
}

func (k *key) clone() *key {
	c := *k
	c.versions = maps.Clone(k.versions)
	return &c
}

func settingsKey(name string) string         { return "k/" + name }
func versionKey(name string, n int64) string { return fmt.Sprintf("v/%s/%010d", name, n) }
func meterKey(name string, n int64) string   { return fmt.Sprintf("n/%s/%010d", name, n) }

func readKey(ctx context.Context, s logical.Storage, name string) (*key, error) {
	item, err := s.Get(ctx, settingsKey(name))
	if errors.Is(err, fault.APINotFound) {
		return nil, errNoKey
	}
	if err != nil {
		return nil, err
	}
	k := &key{name: name, revision: item.Revision, versions: map[int64]*version{}}
	if err := json.Unmarshal(item.Value, &k.settings); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read key: %w", err)
	}
	var ok bool
	if k.kind, ok = kinds[k.Type]; !ok {
		return nil, fault.New(fault.StoreCorrupt, "read key: its type %q is none", k.Type)
	}
	err = each(ctx, s, "v/"+name+"/", func(n int64, i tacit.Item) error {
		var st stored
		if err := json.Unmarshal(i.Value, &st); err != nil {
			return fault.New(fault.StoreCorrupt, "read version %d of a key: it does not decode", n) // the cause might quote it
		}
		if n < k.MinKept || n > k.Latest {
			return nil
		}
		v := &version{number: n, created: st.Created, deleted: st.Deleted, destroyed: st.Destroyed}
		if !st.Destroyed {
			if v.material, err = k.kind.material(st.Key, st.MAC, k.Derived); err != nil {
				return err
			}
		}
		k.versions[n] = v
		return nil
	})
	if err != nil {
		return nil, err
	}
	return k, each(ctx, s, "n/"+name+"/", func(n int64, i tacit.Item) error {
		used, err := strconv.ParseInt(string(i.Value), 10, 64)
		if err != nil || used < 0 {
			return fault.New(fault.StoreCorrupt, "read count of version %d of a key", n)
		}
		if v := k.versions[n]; v != nil && v.material != nil {
			v.meter.used.Store(used)
			v.meter.reserved.Store(used)
			v.meter.revision = i.Revision
		}
		return nil
	})
}

// each calls do for what is stored under a prefix that ends in a slash, with the number
// behind it.
func each(ctx context.Context, s logical.Storage, prefix string, do func(n int64, i tacit.Item) error) error {
	const page = 128
	end := prefix[:len(prefix)-1] + "0" // what follows the slash
	for from := prefix; ; {
		items, _, err := s.Range(ctx, from, end, page)
		if err != nil {
			return err
		}
		for _, i := range items {
			n, err := strconv.ParseInt(strings.TrimPrefix(i.Key, prefix), 10, 64)
			if err != nil {
				return fault.New(fault.StoreCorrupt, "read version's number: %w", err)
			}
			if err := do(n, i); err != nil {
				return err
			}
		}
		if len(items) < page {
			return nil
		}
		from = items[len(items)-1].Key + "\x00"
	}
}

// write stores the settings and what belongs to the change.
func (k *key) write(ctx context.Context, s logical.Storage, with []tacit.Put) error {
	b, err := json.Marshal(k.settings)
	if err != nil {
		return err
	}
	k.revision, err = s.Commit(ctx, tacit.Txn{
		If:   []tacit.Cond{{Key: settingsKey(k.name), Revision: k.revision}},
		Then: append([]tacit.Put{{Key: settingsKey(k.name), Value: b}}, with...),
	})
	return err
}

func (k *key) put(n int64, st stored) (tacit.Put, error) {
	b, err := json.Marshal(st)
	return tacit.Put{Key: versionKey(k.name, n), Value: b}, err
}

// grow adds a version with fresh material.
func (k *key) grow(now time.Time) (tacit.Put, error) {
	private, mac, err := k.kind.fresh(int(k.Size))
	if err != nil {
		return tacit.Put{}, err
	}
	m, err := k.kind.material(private, mac, k.Derived)
	if err != nil {
		return tacit.Put{}, err
	}
	k.Latest++
	k.versions[k.Latest] = &version{number: k.Latest, created: now, material: m}
	return k.put(k.Latest, stored{Created: now, Key: private, MAC: mac})
}

// usable is a version that may still do something: it is kept, neither deleted nor
// destroyed, and the key itself is not deleted.
func (k *key) usable(n int64) (*version, error) {
	switch v := k.versions[n]; {
	case k.Deleted:
		return nil, fault.New(fault.VaultContext, "use key: it is deleted")
	case v == nil:
		return nil, fault.New(fault.VaultContext, "use key: there is no version %d of it", n)
	case v.destroyed:
		return nil, fault.New(fault.VaultContext, "use key: version %d of it is destroyed", n)
	case v.deleted:
		return nil, fault.New(fault.VaultContext, "use key: version %d of it is deleted", n)
	default:
		return v, nil
	}
}

// sealing is the version that makes something new: the newest, or one that was asked
// for.
func (k *key) sealing(n int64) (*version, error) {
	if n == 0 {
		n = k.Latest
	}
	if n < k.MinEncrypt || n < k.MinDecrypt {
		return nil, fault.New(fault.VaultContext, "use key: version %d is below the least for encryption", n)
	}
	return k.usable(n)
}

// opening is the version that something was made with.
func (k *key) opening(n int64) (*version, error) {
	if n < k.MinDecrypt {
		return nil, fault.New(fault.VaultContext, "use key: version %d is below the least for decryption", n)
	}
	return k.usable(n)
}

// A meter counts encryptions of one version. What is reserved is durable before it is
// used, and only if nobody else reserved since: a meter of before a Forget ends there.
type meter struct {
	used, reserved atomic.Int64

	mu       sync.Mutex // held while more is reserved
	step     int64
	revision int64 // of the count in the store
}

const (
	stepFirst = 1 << 10
	stepMost  = 1 << 20
)

// count spends one encryption of a version, or is VAULT_CONTEXT if none is left.
func (e *Engine) count(ctx context.Context, k *key, v *version) error {
	m := &v.meter
	n := m.used.Add(1)
	if n <= m.reserved.Load() {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if n <= m.reserved.Load() {
		return nil
	}
	if n > e.most {
		m.used.Store(min(n, e.most+1))
		return fault.New(fault.VaultContext, "encrypt: version %d has made as many random nonces as are safe; rotate the key", v.number)
	}
	m.step = min(max(stepFirst, 2*m.step), stepMost)
	next := min(n+m.step, e.most)
	at := meterKey(k.name, v.number)
	rev, err := e.storage.Commit(ctx, tacit.Txn{
		If: []tacit.Cond{{Key: at, Revision: m.revision}}, Then: []tacit.Put{{Key: at, Value: strconv.AppendInt(nil, next, 10)}},
	})
	if err != nil {
		e.cache.Load().Delete(k.name) // what the store holds now is not known here
		return err
	}
	m.revision = rev
	m.reserved.Store(next)
	return nil
}

// current is the key, rotated if the newest version has made half of its nonces or is
// older than the key's own period. It is asked where something new is made.
func (e *Engine) current(ctx context.Context, name string) (*key, error) {
	k, err := e.key(ctx, name)
	if err != nil || !e.due(k) {
		return k, err
	}
	return e.change(ctx, name, func(k *key) ([]tacit.Put, error) {
		if !e.due(k) {
			return nil, nil
		}
		put, err := k.grow(time.Now().UTC())
		return []tacit.Put{put}, err
	})
}

func (e *Engine) due(k *key) bool {
	v := k.versions[k.Latest]
	if v == nil || v.material == nil || k.Deleted {
		return false
	}
	return v.meter.used.Load() >= e.rotateAt || k.AutoRotate > 0 && time.Since(v.created) > k.AutoRotate
}
