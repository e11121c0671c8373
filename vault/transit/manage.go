package transit

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// keys answers what is below keys/: a key's settings and its life.
func (e *Engine) keys(ctx context.Context, req *logical.Request, path string) (*logical.Response, error) {
	name, what, _ := strings.Cut(path, "/")
	if name == "" {
		if req.Operation != logical.List {
			return nil, errOperation
		}
		return e.list(ctx)
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	if what == "" {
		switch req.Operation {
		case logical.Read:
			k, err := e.key(ctx, name)
			if errors.Is(err, errNoKey) {
				return nil, errNoPath
			}
			if err != nil {
				return nil, err
			}
			return k.shown()
		case logical.Update:
			return e.make(ctx, req, name)
		case logical.Delete:
			return nil, e.erase(ctx, name)
		}
		return nil, errOperation
	}
	if req.Operation != logical.Update {
		return nil, errOperation
	}
	f := logical.FieldsOf(req.Data)
	do, ok := map[string]func(*key, *logical.Fields) ([]tacit.Put, error){
		"rotate": rotate, "config": configure, "trim": nil,
		"delete": deleteVersions, "undelete": undeleteVersions, "destroy": destroyVersions,
		"soft-delete": softDelete, "soft-delete-restore": softRestore,
	}[what]
	if !ok {
		return nil, errNoPath
	}
	if what == "trim" {
		return nil, e.trim(ctx, name, f.Int("min_available_version"), f.Err())
	}
	k, err := e.change(ctx, name, func(k *key) ([]tacit.Put, error) { return do(k, f) })
	if err != nil {
		return nil, err
	}
	return k.shown()
}

func (e *Engine) list(ctx context.Context) (*logical.Response, error) {
	const page, most = 128, 100_000
	var names []string
	for from := "k/"; ; {
		items, _, err := e.storage.Range(ctx, from, "k0", page)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			names = append(names, strings.TrimPrefix(i.Key, "k/"))
		}
		if len(names) > most {
			return nil, fault.New(fault.APISize, "list keys: there are more than %d", most)
		}
		if len(items) < page {
			break
		}
		from = items[len(items)-1].Key + "\x00"
	}
	if len(names) == 0 {
		return nil, errNoPath
	}
	return &logical.Response{Data: map[string]any{"keys": names}}, nil
}

// make creates a key; one that is there stays as it is.
func (e *Engine) make(ctx context.Context, req *logical.Request, name string) (*logical.Response, error) {
	f := logical.FieldsOf(req.Data)
	s := settings{
		Type: f.Text("type"), Derived: f.Bool("derived"), Convergent: f.Bool("convergent_encryption"), Exportable: f.Bool("exportable"),
		Size: f.Int("key_size"), AutoRotate: f.Duration("auto_rotate_period"),
	}
	if f.Bool("allow_plaintext_backup") {
		return nil, errBackup
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	k, fresh, err := e.create(ctx, name, s)
	if err != nil {
		return nil, err
	}
	res, err := k.shown()
	if err == nil && !fresh {
		res.Warnings = []string{"key " + name + " already existed"}
	}
	return res, err
}

var errBackup = fault.New(fault.VaultDenied, "allow backup: no key leaves in a backup")

func (e *Engine) create(ctx context.Context, name string, s settings) (k *key, fresh bool, err error) {
	if err := checkName(name); err != nil {
		return nil, false, err
	}
	if s.Type == "" {
		s.Type = "aes256-gcm96"
	}
	kind, ok := kinds[s.Type]
	switch {
	case !ok:
		return nil, false, fault.New(fault.APIField, "make key: unknown key type %q", s.Type)
	case s.Derived && !kind.derives:
		return nil, false, fault.New(fault.APIField, "make key: type %s is not derived", s.Type)
	case s.Convergent && (!s.Derived || !kind.encrypts):
		return nil, false, fault.New(fault.APIField, "make key: convergent encryption requires derivation to be enabled")
	case s.Size != 0 && (s.Type != "hmac" || s.Size < 32 || s.Size > 512):
		return nil, false, fault.New(fault.APIField, "make key: key_size is for hmac, 32 to 512 bytes")
	case s.AutoRotate != 0 && s.AutoRotate < time.Hour:
		return nil, false, errPeriod
	}
	if s.Type == "hmac" && s.Size == 0 {
		s.Size = 32
	}
	s.MinDecrypt = 1
	l := e.lock(name)
	l.Lock()
	defer l.Unlock()
	cache := e.cache.Load()
	if k, err := e.load(ctx, name); !errors.Is(err, errNoKey) {
		return k, false, err
	}
	k = &key{settings: s, kind: kind, name: name, versions: map[int64]*version{}}
	put, err := k.grow(time.Now().UTC())
	if err != nil {
		return nil, false, err
	}
	if err := k.write(ctx, e.storage, []tacit.Put{put}); err != nil {
		return nil, false, err
	}
	cache.Store(name, k)
	return k, true, nil
}

var errPeriod = fault.New(fault.APIField, "auto_rotate_period is neither 0 nor an hour or more")

func rotate(k *key, _ *logical.Fields) ([]tacit.Put, error) {
	if k.Deleted {
		return nil, fault.New(fault.VaultContext, "rotate key: it is deleted")
	}
	put, err := k.grow(time.Now().UTC())
	return []tacit.Put{put}, err
}

// configure changes settings. Exportable can be turned on and never off.
func configure(k *key, f *logical.Fields) ([]tacit.Put, error) {
	if f.Bool("allow_plaintext_backup") {
		return nil, errBackup
	}
	if f.Has("min_decryption_version") {
		k.MinDecrypt = max(1, f.Int("min_decryption_version"))
	}
	if f.Has("min_encryption_version") {
		k.MinEncrypt = f.Int("min_encryption_version")
	}
	if f.Has("deletion_allowed") {
		k.Deletable = f.Bool("deletion_allowed")
	}
	if f.Has("exportable") {
		on := f.Bool("exportable")
		if k.Exportable && !on {
			return nil, fault.New(fault.APIField, "configure key: exportable is not taken back")
		}
		k.Exportable = on
	}
	if f.Has("auto_rotate_period") {
		if k.AutoRotate = f.Duration("auto_rotate_period"); k.AutoRotate != 0 && k.AutoRotate < time.Hour {
			return nil, errPeriod
		}
	}
	switch {
	case f.Err() != nil:
		return nil, f.Err()
	case k.MinDecrypt > k.Latest || k.MinDecrypt < k.MinKept:
		return nil, fault.New(fault.APIField, "min_decryption_version is not %d to %d", max(1, k.MinKept), k.Latest)
	case k.MinEncrypt < 0 || k.MinEncrypt > k.Latest:
		return nil, fault.New(fault.APIField, "min_encryption_version is not 0 to %d", k.Latest)
	case k.MinEncrypt != 0 && k.MinEncrypt < k.MinDecrypt:
		return nil, fault.New(fault.APIField, "min_encryption_version is below min_decryption_version")
	}
	return nil, nil
}

func softDelete(k *key, _ *logical.Fields) ([]tacit.Put, error) {
	k.Deleted = true
	return nil, nil
}

func softRestore(k *key, _ *logical.Fields) ([]tacit.Put, error) {
	k.Deleted = false
	return nil, nil
}

func deleteVersions(k *key, f *logical.Fields) ([]tacit.Put, error) {
	return k.mark(f, func(v *version) { v.deleted = true })
}

func undeleteVersions(k *key, f *logical.Fields) ([]tacit.Put, error) {
	return k.mark(f, func(v *version) { v.deleted = false })
}

// destroyVersions erases material, which nothing brings back. It takes what a deletion
// of the key takes.
func destroyVersions(k *key, f *logical.Fields) ([]tacit.Put, error) {
	if !k.Deletable {
		return nil, errDeletion
	}
	return k.mark(f, func(v *version) { v.destroyed, v.material = true, nil })
}

var errDeletion = fault.New(fault.APIField, "deletion is not allowed for this key")

// mark changes versions that are named. What is destroyed stays so.
func (k *key) mark(f *logical.Fields, change func(*version)) ([]tacit.Put, error) {
	named := f.List("versions")
	if f.Err() != nil || len(named) == 0 {
		return nil, fault.New(fault.APIField, "no version number provided")
	}
	if len(named) > 64 {
		return nil, fault.New(fault.APISize, "change %d versions, at most 64 at a time", len(named))
	}
	slices.Sort(named)
	var puts []tacit.Put
	for _, s := range slices.Compact(named) {
		n, err := strconv.ParseInt(s, 10, 64)
		was := k.versions[n]
		if err != nil || was == nil {
			return nil, fault.New(fault.APIField, "read versions: %q is none of this key", s)
		}
		if was.destroyed {
			continue
		}
		v := *was
		change(&v)
		k.versions[n] = &v
		st := stored{Created: v.created, Deleted: v.deleted, Destroyed: v.destroyed}
		if !v.destroyed {
			st.Key, st.MAC = v.key, v.mac
		} else {
			puts = append(puts, tacit.Put{Key: meterKey(k.name, n), Delete: true})
		}
		put, err := k.put(n, st)
		if err != nil {
			return nil, err
		}
		puts = append(puts, put)
	}
	return puts, nil
}

// trim erases the versions below one, which must be below what may still be used.
func (e *Engine) trim(ctx context.Context, name string, least int64, err error) error {
	if err != nil {
		return err
	}
	k, err := e.key(ctx, name)
	if err != nil {
		return err
	}
	check := func(k *key) error {
		switch {
		case least < 1 || least < k.MinKept || least > k.Latest:
			return fault.New(fault.APIField, "min_available_version is not %d to %d", max(1, k.MinKept), k.Latest)
		case k.MinEncrypt == 0:
			return fault.New(fault.APIField, "minimum available version cannot be set when minimum encryption version is not set")
		case least > k.MinDecrypt || least > k.MinEncrypt:
			return fault.New(fault.APIField, "min_available_version is above min_decryption_version or min_encryption_version")
		}
		return nil
	}
	if err := check(k); err != nil {
		return err
	}
	// The settings come first: what is below them is not read again, so that a crash
	// leaves nothing but bytes that the next trim removes.
	if _, err := e.change(ctx, name, func(k *key) ([]tacit.Put, error) {
		if err := check(k); err != nil {
			return nil, err
		}
		k.MinKept = least
		for n := range k.versions {
			if n < least {
				delete(k.versions, n)
			}
		}
		return nil, nil
	}); err != nil {
		return err
	}
	return e.wipe(ctx, name, least)
}

// wipe removes what is stored of versions below one.
func (e *Engine) wipe(ctx context.Context, name string, below int64) error {
	for _, prefix := range []string{"v/" + name + "/", "n/" + name + "/"} {
		var puts []tacit.Put
		flush := func(least int) error {
			if len(puts) < least {
				return nil
			}
			_, err := e.storage.Commit(ctx, tacit.Txn{Then: puts})
			puts = nil
			return err
		}
		make := versionKey
		if prefix[0] == 'n' {
			make = meterKey
		}
		err := each(ctx, e.storage, prefix, func(n int64, _ tacit.Item) error {
			if n >= below {
				return nil
			}
			puts = append(puts, tacit.Put{Key: make(name, n), Delete: true})
			return flush(100)
		})
		if err = errors.Join(err, flush(1)); err != nil {
			return err
		}
	}
	return nil
}

// erase removes a key with all of its versions: material first, so that a crash leaves
// a key that opens nothing rather than material that no key leads to.
func (e *Engine) erase(ctx context.Context, name string) error {
	l := e.lock(name)
	l.Lock()
	defer l.Unlock()
	cache := e.cache.Load()
	k, err := e.load(ctx, name)
	if errors.Is(err, errNoKey) {
		return nil
	}
	if err != nil {
		return err
	}
	if !k.Deletable {
		return errDeletion
	}
	defer cache.Delete(name)
	if err := e.wipe(ctx, name, k.Latest+1); err != nil {
		return err
	}
	_, err = e.storage.Commit(ctx, tacit.Txn{
		If:   []tacit.Cond{{Key: settingsKey(name), Revision: k.revision}},
		Then: []tacit.Put{{Key: settingsKey(name), Delete: true}},
	})
	return err
}

// shown is what a key is, without what it can do.
func (k *key) shown() (*logical.Response, error) {
	versions := map[string]any{}
	for n, v := range k.versions {
		at := strconv.FormatInt(n, 10)
		if n < k.MinDecrypt {
			continue
		}
		if !k.kind.asymmetric() {
			versions[at] = v.created.Unix()
			if v.deleted || v.destroyed {
				versions[at] = v.state(map[string]any{"creation_time": v.created.Format(time.RFC3339Nano)})
			}
			continue
		}
		shown := map[string]any{"creation_time": v.created.Format(time.RFC3339Nano), "name": k.publicName(), "public_key": ""}
		if !v.destroyed && !k.Derived {
			pub, err := public(v.signer)
			if err != nil {
				return nil, err
			}
			shown["public_key"] = pub
		}
		versions[at] = v.state(shown)
	}
	data := map[string]any{
		"name": k.name, "type": k.Type, "keys": versions, "latest_version": k.Latest,
		"derived": k.Derived, "exportable": k.Exportable, "deletion_allowed": k.Deletable, "allow_plaintext_backup": false, "imported_key": false,
		"soft_deleted": k.Deleted, "min_decryption_version": k.MinDecrypt, "min_encryption_version": k.MinEncrypt, "min_available_version": k.MinKept,
		"auto_rotate_period":  int64(k.AutoRotate / time.Second),
		"supports_encryption": k.kind.encrypts, "supports_decryption": k.kind.encrypts, "supports_signing": k.kind.signs, "supports_derivation": k.kind.derives,
	}
	if k.Derived {
		data["kdf"] = "hkdf_sha256"
		data["convergent_encryption"] = k.Convergent
	}
	if k.Type == "hmac" {
		data["key_size"] = k.Size
	}
	return &logical.Response{Data: data}, nil
}

// state adds to a version's description that it may not be used.
func (v *version) state(shown map[string]any) map[string]any {
	if v.deleted {
		shown["deleted"] = true
	}
	if v.destroyed {
		shown["destroyed"] = true
	}
	return shown
}

// publicName is what a kind of public key is called where keys are shown.
func (k *key) publicName() string {
	if k.kind.curve != nil {
		return k.kind.curve.Params().Name
	}
	return k.Type
}

// export answers the material of a key that was made exportable: export/KIND/NAME, or
// one version of it. Public keys need no leave.
func (e *Engine) export(ctx context.Context, path string) (*logical.Response, error) {
	what, rest, _ := strings.Cut(path, "/")
	name, only, _ := strings.Cut(rest, "/")
	k, err := e.key(ctx, name)
	if errors.Is(err, errNoKey) {
		return nil, errNoPath
	}
	if err != nil {
		return nil, err
	}
	if what != "public-key" && !k.Exportable {
		return nil, fault.New(fault.VaultDenied, "export key: it was not made exportable")
	}
	var of func(*version) (string, error)
	switch {
	case what == "encryption-key" && k.kind.encrypts, what == "signing-key" && k.kind.signs:
		of = k.exported
	case what == "hmac-key":
		of = k.exportedMAC
	case what == "public-key" && k.kind.asymmetric() && !k.Derived:
		of = func(v *version) (string, error) { return public(v.signer) }
	default:
		return nil, fault.New(fault.APIField, "export key: a key of type %s has no %s", k.Type, what)
	}
	wanted := int64(0)
	switch only {
	case "":
	case "latest":
		wanted = k.Latest
	default:
		if wanted, err = strconv.ParseInt(only, 10, 64); err != nil || wanted < 1 {
			return nil, fault.New(fault.APIField, "export key: %q is no version", only)
		}
	}
	keys := map[string]string{}
	for n := range k.versions {
		if wanted != 0 && n != wanted {
			continue
		}
		v, err := k.opening(n)
		if err != nil {
			if wanted != 0 {
				return nil, err
			}
			continue
		}
		if keys[strconv.FormatInt(n, 10)], err = of(v); err != nil {
			return nil, err
		}
	}
	if wanted != 0 && len(keys) == 0 {
		return nil, fault.New(fault.VaultContext, "export key: there is no version %d of it", wanted)
	}
	return &logical.Response{Data: map[string]any{"name": k.name, "type": k.Type, "keys": keys}}, nil
}
