// Package transit is the vault's engine that encrypts, signs and authenticates for
// callers who never see the keys, as Vault's engine of the same name does.
//
// A key has versions. The newest one encrypts and signs; older ones open what they once
// sealed, until they are deleted, destroyed or fall below the least version. What a
// caller asks with a version, a context or a nonce that is not his to use is
// VAULT_CONTEXT. Key material leaves only by export, and only of a key that was made
// exportable; that cannot be taken back.
//
// A nonce is always drawn here, never taken from a caller: one used twice would give the
// key of AES-GCM's authentication away. Random nonces of 96 bits carry 2^32 encryptions;
// each version counts its own, rotates at half of that and refuses beyond. The count in
// the store is ahead of the truth by what is reserved: 1,024 after a start, up to 2^20
// while a key is busy, so that a restart costs a little of the budget and an encryption
// costs no write.
//
// Memory: keys that were used since the last Forget, about 1 KiB for each version.
package transit

import (
	"context"
	"errors"
	"hash/maphash"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// An Engine answers below one mount. One process writes at a time; its cache is of keys
// that cannot change but through it, until Forget.
type Engine struct {
	storage logical.Storage
	seed    maphash.Seed
	locks   [64]sync.Mutex           // one of them held while a key is read from the store or changed
	cache   atomic.Pointer[sync.Map] // names -> *key

	most, rotateAt int64 // encryptions of one version
}

// New makes the engine of one mount.
func New(s logical.Storage) *Engine {
	e := &Engine{storage: s, seed: maphash.MakeSeed(), most: 1 << 32, rotateAt: 1 << 31}
	e.Forget()
	return e
}

// Forget implements logical.Engine. What is read meanwhile goes into the cache that is
// dropped.
func (e *Engine) Forget() { e.cache.Store(new(sync.Map)) }

// Revoke implements logical.Engine; this engine gives no leases.
func (e *Engine) Revoke(context.Context, []byte) error { return nil }

// Exists implements logical.Exister: an encryption under a key that is not there makes
// it.
func (e *Engine) Exists(ctx context.Context, req *logical.Request) (bool, error) {
	part, name, _ := strings.Cut(req.Path, "/")
	if part != "encrypt" {
		return true, nil
	}
	_, err := e.key(ctx, name)
	if errors.Is(err, errNoKey) {
		return false, nil
	}
	return true, err
}

var (
	errOperation = fault.New(fault.APIField, "unsupported operation")
	errNoKey     = fault.New(fault.APIField, "encryption key not found")
	errNoPath    = fault.New(fault.APINotFound, "find path: there is none of this name")
)

// Handle implements logical.Engine.
func (e *Engine) Handle(ctx context.Context, req *logical.Request) (*logical.Response, error) {
	part, rest, _ := strings.Cut(req.Path, "/")
	switch part {
	case "keys":
		return e.keys(ctx, req, rest)
	case "export":
		if req.Operation != logical.Read {
			return nil, errOperation
		}
		return e.export(ctx, rest)
	case "backup", "restore":
		return nil, fault.New(fault.VaultDenied, "%s key: no key leaves in a backup", part)
	}
	if req.Operation != logical.Update {
		if part == "random" && req.Operation == logical.Read {
			return random(req, rest)
		}
		return nil, errOperation
	}
	switch part {
	case "encrypt", "decrypt", "rewrap":
		return e.cipher(ctx, req, part, rest)
	case "datakey":
		form, name, _ := strings.Cut(rest, "/")
		return e.dataKey(ctx, req, form, name)
	case "sign", "verify", "hmac":
		name, algorithm, _ := strings.Cut(rest, "/")
		return e.signing(ctx, req, part, name, algorithm)
	case "hash":
		return digest(req, rest)
	case "random":
		return random(req, rest)
	}
	return nil, errNoPath
}

var nameForm = regexp.MustCompile(`^\w([\w.-]{0,126}\w)?$`)

func checkName(name string) error {
	if !nameForm.MatchString(name) {
		return fault.New(fault.APIField, "read key's name: it is not made of 1 to 128 letters, digits, dots, hyphens and underscores")
	}
	return nil
}

// key is a key at hand or from the store, or errNoKey.
func (e *Engine) key(ctx context.Context, name string) (*key, error) {
	if k, ok := e.cache.Load().Load(name); ok {
		return k.(*key), nil
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	l := e.lock(name)
	l.Lock()
	defer l.Unlock()
	return e.load(ctx, name)
}

func (e *Engine) lock(name string) *sync.Mutex { return &e.locks[maphash.String(e.seed, name)%64] }

// load is key for who holds the lock of the name.
func (e *Engine) load(ctx context.Context, name string) (*key, error) {
	cache := e.cache.Load()
	if k, ok := cache.Load(name); ok {
		return k.(*key), nil
	}
	k, err := readKey(ctx, e.storage, name)
	if err != nil {
		return nil, err
	}
	cache.Store(name, k)
	return k, nil
}

// change replaces a key by what do makes of a copy, durably. do returns what else is
// written with it.
func (e *Engine) change(ctx context.Context, name string, do func(*key) ([]tacit.Put, error)) (*key, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	l := e.lock(name)
	l.Lock()
	defer l.Unlock()
	cache := e.cache.Load()
	was, err := e.load(ctx, name)
	if err != nil {
		return nil, err
	}
	k := was.clone()
	with, err := do(k)
	if err != nil {
		return nil, err
	}
	if err := k.write(ctx, e.storage, with); err != nil {
		cache.Delete(name) // what the store holds now is not known here
		return nil, err
	}
	cache.Store(name, k)
	return k, nil
}
