package vault

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"time"

	"tacit/fault"
	"tacit/vault/logical"
	"tacit/vault/quorum"
	"tacit/wire"
)

// attemptLife is how long owners have to sign an attempt.
const attemptLife = 10 * time.Minute

// check refuses owners of whom no number could be enough, or one alone be two.
func (o Owners) check() error {
	keys := slices.Clone(o.Keys)
	slices.SortFunc(keys, func(a, b wire.Address) int { return strings.Compare(string(a[:]), string(b[:])) })
	if len(slices.Compact(keys)) != len(o.Keys) || slices.ContainsFunc(o.Keys, wire.Address.IsZero) {
		return fault.New(fault.APIField, "read owners of the vault: one stands there twice, or is zero")
	}
	if o.Threshold < 0 || o.Threshold > len(o.Keys) || o.Threshold == 0 && len(o.Keys) > 0 || len(o.Keys) > 64 {
		return fault.New(fault.APIField, "read owners of the vault: %d of %d cannot be a quorum", o.Threshold, len(o.Keys))
	}
	return nil
}

// Digest is what owners sign when they name others.
func (o Owners) Digest() wire.Digest {
	w := new(wire.Words).String("tacit/vault/owners").Uint(uint64(o.Threshold)).Uint(uint64(len(o.Keys)))
	for _, k := range o.Keys {
		w.Address(k)
	}
	return w.Hash()
}

// attempt is one purpose that shares are collected for.
type attempt struct {
	nonce   string
	otp     string // of a root token: it leaves only under this pad
	owners  Owners // to come, of a rekey
	expires time.Time
	signed  map[wire.Address]bool
}

// quorumState collects the shares of owners; it is not kept over a restart.
type quorumState struct {
	mu       sync.Mutex // guards what follows
	attempts map[string]*attempt
	spent    map[string]time.Time // nonces of single statements until they end
}

func (q *quorumState) reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.attempts)
}

// stated judges one owner's statement for this vault.
func (v *Vault) stated(st *state, share, purpose, nonce string, payload wire.Digest) (wire.Address, error) {
	s, who, err := quorum.Open(share)
	if err != nil {
		return who, err
	}
	now := time.Now()
	ends := time.Unix(int64(min(s.Expires, 1<<40)), 0)
	refuse := func(rule, want, got string) (wire.Address, error) {
		return who, fault.Denied(fault.VaultQuorum, "take share", rule, want, got)
	}
	switch {
	case s.Network != v.cfg.Network || s.Vault != st.ID:
		return refuse("vault", "this one", "another")
	case s.Purpose != purpose:
		return refuse("purpose", purpose, "another")
	case nonce != "" && subtle.ConstantTimeCompare([]byte(s.Nonce), []byte(nonce)) != 1:
		return refuse("nonce", "that of this attempt", "another")
	case s.Payload != payload:
		return refuse("payload", payload.Short(), s.Payload.Short())
	case !now.Before(ends) || ends.Sub(now) > quorum.Longest:
		return refuse("end", "within an hour", ends.UTC().Format(time.RFC3339))
	case !slices.Contains(st.Owners.Keys, who):
		return refuse("signer", "an owner of this vault", who.String())
	}
	return who, nil
}

// commanded refuses a call that begins or cancels an attempt unless one owner states
// it, once, or a token has sudo on the path. Whoever may do neither is nobody here.
func (v *Vault) commanded(ctx context.Context, c *call, purpose string) error {
	nobody := fault.New(fault.VaultQuorum, "command the vault: neither an owner nor a token with sudo asks")
	if quorum.Is(c.secret) {
		s, _, err := quorum.Open(c.secret)
		if err != nil {
			return err
		}
		if _, err := v.stated(c.state, c.secret, purpose, "", wire.Digest{}); err != nil {
			return err
		}
		v.quorum.mu.Lock()
		defer v.quorum.mu.Unlock()
		now := time.Now()
		for n, ends := range v.quorum.spent {
			if now.After(ends) {
				delete(v.quorum.spent, n)
			}
		}
		if _, used := v.quorum.spent[s.Nonce]; used || len(s.Nonce) < 16 {
			return fault.Denied(fault.VaultQuorum, "take share", "nonce", "a new one of 16 characters", "one that was used, or a short one")
		}
		v.quorum.spent[s.Nonce] = now.Add(quorum.Longest)
		return nil
	}
	if c.secret == "" || c.state.Sealed {
		return nobody
	}
	t, err := v.find(ctx, c.state, c.state.hashOf(c.secret))
	if err != nil {
		return nobody
	}
	r := t.record.Load()
	a, err := v.aclOf(ctx, c.state, r.Policies)
	if err != nil {
		return err
	}
	c.rec = r
	c.caps = a.allows(c.path, false, r.Claims, c.data)
	if c.caps&capSudo == 0 || !c.allowed() || r.Uses != 0 || r.Client != "" && r.Client != clientKey(c.http) {
		return nobody
	}
	return nil
}

// quorumCalls answers sys/unseal, sys/generate-root and sys/rekey.
func (v *Vault) quorumCalls(ctx context.Context, c *call, rest string) (*answer, error) {
	f := logical.FieldsOf(c.data)
	switch rest {
	case "unseal":
		if c.op != logical.Update {
			return nil, errUnsupported
		}
		if f.Bool("reset") || f.Bool("migrate") {
			if err := v.commanded(ctx, c, quorum.Cancel); err != nil {
				return nil, err
			}
			v.quorum.reset()
			return &answer{flat: v.sealStatus(c.state)}, f.Err()
		}
		return v.unseal(ctx, c, f.Text("key"))
	case "generate-root/attempt", "rekey/init":
		purpose := quorum.Root
		if rest == "rekey/init" {
			purpose = quorum.Rekey
		}
		switch c.op {
		case logical.Read:
			return &answer{flat: v.progress(c.state, purpose, "")}, nil
		case logical.Delete:
			if err := v.commanded(ctx, c, quorum.Cancel); err != nil {
				return nil, err
			}
			v.quorum.mu.Lock()
			delete(v.quorum.attempts, purpose)
			v.quorum.mu.Unlock()
			return nil, nil
		case logical.Update:
			return v.begin(ctx, c, purpose, f)
		}
		return nil, errUnsupported
	case "generate-root/update", "rekey/update":
		if c.op != logical.Update {
			return nil, errUnsupported
		}
		purpose, _, _ := strings.Cut(rest, "/")
		return v.advance(ctx, c, purpose, f)
	}
	return nil, errNoHandler
}

// rootLength is how long a token is: as long must the pad be.
const rootLength = len(tokenPrefix) + 43

// begin opens an attempt: of one purpose there is one at a time.
func (v *Vault) begin(ctx context.Context, c *call, purpose string, f *logical.Fields) (*answer, error) {
	if err := v.commanded(ctx, c, quorum.Begin); err != nil {
		return nil, err
	}
	if c.state.Owners.Threshold == 0 {
		return nil, fault.New(fault.VaultQuorum, "begin %s: this vault has no owners", purpose)
	}
	a := &attempt{nonce: newID(), expires: time.Now().Add(attemptLife), signed: map[wire.Address]bool{}}
	made := ""
	switch purpose {
	case quorum.Root:
		if c.state.Sealed {
			return nil, fault.New(fault.VaultSealed, "begin %s: the vault is sealed", purpose)
		}
		if a.otp = f.Text("otp"); a.otp == "" && f.Err() == nil {
			a.otp = base64.RawURLEncoding.EncodeToString(randomBytes(36))[:rootLength]
			made = a.otp
		}
		if len(a.otp) != rootLength || f.Text("pgp_key") != "" {
			return nil, fault.New(fault.APIField, "begin %s: otp has not %d characters, or pgp_key is set", purpose, rootLength)
		}
	case quorum.Rekey:
		for _, text := range f.List("owners") {
			var who wire.Address
			if err := who.UnmarshalText([]byte(text)); err != nil {
				return nil, fault.New(fault.APIField, "begin %s: owner %q: %w", purpose, text, err)
			}
			a.owners.Keys = append(a.owners.Keys, who)
		}
		a.owners.Threshold = int(f.Int("threshold"))
		if err := a.owners.check(); err != nil {
			return nil, err
		}
		if a.owners.Threshold == 0 {
			return nil, fault.New(fault.APIField, "begin %s: owners and threshold are missing; owners are named keys here, not anonymous pieces", purpose)
		}
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	v.quorum.mu.Lock()
	if old := v.quorum.attempts[purpose]; old != nil && time.Now().Before(old.expires) {
		v.quorum.mu.Unlock()
		return nil, fault.New(fault.APIField, "begin %s: an attempt is in progress", purpose)
	}
	v.quorum.attempts[purpose] = a
	v.quorum.mu.Unlock()
	return &answer{flat: v.progress(c.state, purpose, made)}, nil
}

// collect counts one owner's share and returns the attempt once there are enough;
// then the attempt is over.
func (v *Vault) collect(st *state, purpose, nonce, share string) (*attempt, error) {
	v.quorum.mu.Lock()
	defer v.quorum.mu.Unlock()
	a := v.quorum.attempts[purpose]
	if a == nil || !time.Now().Before(a.expires) || nonce != "" && nonce != a.nonce {
		return nil, fault.Denied(fault.VaultQuorum, "take share", "attempt", "one in progress", "none of this nonce")
	}
	var payload wire.Digest
	if purpose == quorum.Rekey {
		payload = a.owners.Digest()
	}
	who, err := v.stated(st, share, purpose, a.nonce, payload)
	if err != nil {
		return nil, err
	}
	if a.signed[who] {
		return nil, fault.Denied(fault.VaultQuorum, "take share", "signer", "one who has not signed yet", who.String())
	}
	a.signed[who] = true
	if len(a.signed) < st.Owners.Threshold {
		return nil, nil
	}
	delete(v.quorum.attempts, purpose)
	return a, nil
}

func (v *Vault) advance(ctx context.Context, c *call, purpose string, f *logical.Fields) (*answer, error) {
	share, nonce := f.Text("key"), f.Text("nonce")
	if f.Err() != nil {
		return nil, f.Err()
	}
	if purpose == quorum.Root && c.state.Sealed {
		return nil, fault.New(fault.VaultSealed, "take share: the vault is sealed")
	}
	a, err := v.collect(c.state, purpose, nonce, share)
	if err != nil {
		return nil, err
	}
	body := v.progress(c.state, purpose, "")
	if a == nil {
		return &answer{flat: body}, nil
	}
	body["nonce"], body["progress"], body["complete"], body["started"] = a.nonce, len(a.signed), true, true
	switch purpose {
	case quorum.Root:
		return v.grant(ctx, c.state, &tokenRecord{Policies: []string{rootPolicy}, Path: c.path, Display: "root"}, nil, func(secret string) *answer {
			pad := []byte(a.otp)
			subtle.XORBytes(pad, pad, []byte(secret))
			encoded := base64.RawStdEncoding.EncodeToString(pad)
			body["encoded_token"], body["encoded_root_token"] = encoded, encoded
			return &answer{flat: body}
		})
	case quorum.Rekey:
		if err := v.change(ctx, func(k *core) error { k.Owners = a.owners; return nil }); err != nil {
			return nil, err
		}
		v.quorum.reset()
	}
	return &answer{flat: body}, nil
}

func (v *Vault) unseal(ctx context.Context, c *call, share string) (*answer, error) {
	if !c.state.Sealed {
		return &answer{flat: v.sealStatus(c.state)}, nil
	}
	v.quorum.mu.Lock()
	if a := v.quorum.attempts[quorum.Unseal]; a == nil || a.nonce != c.state.Nonce {
		v.quorum.attempts[quorum.Unseal] = &attempt{nonce: c.state.Nonce, expires: time.Now().Add(1000 * time.Hour), signed: map[wire.Address]bool{}}
	}
	v.quorum.mu.Unlock()
	a, err := v.collect(c.state, quorum.Unseal, "", share)
	if err != nil {
		return nil, err
	}
	if a != nil {
		if err := v.change(ctx, func(k *core) error { k.Sealed, k.Nonce = false, ""; return nil }); err != nil {
			return nil, err
		}
	}
	st, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	return &answer{flat: v.sealStatus(st)}, nil
}

func (v *Vault) signatures(purpose string) (a *attempt, n int) {
	v.quorum.mu.Lock()
	defer v.quorum.mu.Unlock()
	if a = v.quorum.attempts[purpose]; a != nil && time.Now().Before(a.expires) {
		return a, len(a.signed)
	}
	return nil, 0
}

func (v *Vault) sealStatus(st *state) map[string]any {
	_, n := v.signatures(quorum.Unseal)
	if !st.Sealed {
		n = 0
	}
	return map[string]any{
		"type": "shamir", "initialized": true, "sealed": st.Sealed, "t": st.Owners.Threshold, "n": len(st.Owners.Keys), "progress": n, "nonce": st.Nonce,
		"version": apiVersion, "build_date": "", "migration": false, "recovery_seal": false, "storage_type": "tacit", "cluster_name": clusterName, "cluster_id": st.ID,
	}
}

// progress is how far an attempt is. The pad is shown only to who began.
func (v *Vault) progress(st *state, purpose, otp string) map[string]any {
	a, n := v.signatures(purpose)
	body := map[string]any{"nonce": "", "started": a != nil, "progress": n, "required": st.Owners.Threshold, "complete": false}
	if a != nil {
		body["nonce"] = a.nonce
	}
	if purpose == quorum.Root {
		body["otp"], body["otp_length"], body["pgp_fingerprint"], body["encoded_token"], body["encoded_root_token"] = otp, rootLength, "", "", ""
		return body
	}
	body["pgp_fingerprints"], body["backup"], body["verification_required"] = nil, false, false
	body["t"], body["n"] = 0, 0
	if a != nil {
		body["t"], body["n"], body["owners"] = a.owners.Threshold, len(a.owners.Keys), a.owners.Keys
	}
	return body
}
