package vault_test

import (
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"tacit/fault"
	"tacit/key"
	"tacit/vault"
	"tacit/vault/quorum"
	"tacit/wire"
)

// foreign replaces an owner by somebody who is none while do runs.
func (w *world) foreign(do func(owner int)) {
	k, err := key.NewSigner()
	if err != nil {
		w.t.Fatal(err)
	}
	w.owners = append(w.owners, k)
	do(len(w.owners) - 1)
	w.owners = w.owners[:len(w.owners)-1]
}

// case N76 code VAULT_QUORUM check vault/owners.go:commanded
func TestN76NobodyCommandsTheVaultAlone(t *testing.T) {
	w := newWorld(t, memory(t))
	plain := w.token(map[string]any{"policies": []string{"default"}})
	for _, tt := range []struct {
		name, method, path string
		body               map[string]any
		purpose            string
	}{
		{"begin a root token", "PUT", "sys/generate-root/attempt", map[string]any{}, quorum.Begin},
		{"cancel a root token", "DELETE", "sys/generate-root/attempt", nil, quorum.Cancel},
		{"begin to name other owners", "PUT", "sys/rekey/init", map[string]any{"owners": []string{w.owners[0].Address().String()}, "threshold": 1}, quorum.Begin},
		{"cancel to name other owners", "DELETE", "sys/rekey/init", nil, quorum.Cancel},
		{"drop what was signed to unseal", "PUT", "sys/unseal", map[string]any{"reset": true}, quorum.Cancel},
	} {
		t.Run(tt.name, func(t *testing.T) {
			used := w.share(0, tt.purpose, rand.Text())
			if r := w.call(tt.method, tt.path, used, tt.body); r.status >= 300 {
				t.Fatalf("twin: an owner: %d %s", r.status, r.raw)
			}
			wrong := quorum.Begin
			if tt.purpose == wrong {
				wrong = quorum.Cancel
			}
			w.foreign(func(owner int) {
				for _, by := range []struct{ name, token string }{
					{"anonymous", ""}, {"a token without sudo", plain}, {"no token of this vault", "hvs.unknown"},
					{"a share of nobody", "share.AAAA"}, {"a share of a foreign key", w.share(owner, tt.purpose, rand.Text())},
					{"a share that was used", used}, {"a share for something else", w.share(0, wrong, rand.Text())},
					{"a share with a short nonce", w.share(0, tt.purpose, "1")},
					{"a share that ended", w.share(0, tt.purpose, rand.Text(), func(s *quorum.Statement) { s.Expires = uint64(time.Now().Unix()) - 1 })},
					{"a share without an end", w.share(0, tt.purpose, rand.Text(), func(s *quorum.Statement) { s.Expires = 1 << 63 })},
					{"a share for another vault", w.share(0, tt.purpose, rand.Text(), func(s *quorum.Statement) { s.Vault = "another" })},
					{"a share for another network", w.share(0, tt.purpose, rand.Text(), func(s *quorum.Statement) { s.Network = wire.Sum(nil) })},
				} {
					t.Run(by.name, func(t *testing.T) {
						wantCode(t, w.call(tt.method, tt.path, by.token, tt.body), http.StatusForbidden, fault.VaultQuorum)
					})
				}
			})
			w.call("DELETE", tt.path, w.share(0, quorum.Cancel, rand.Text()), nil)
		})
	}
	t.Run("seal", func(t *testing.T) {
		wantCode(t, w.call("PUT", "sys/seal", "", nil), http.StatusForbidden, fault.VaultToken)
		wantCode(t, w.call("PUT", "sys/seal", plain, nil), http.StatusForbidden, fault.VaultDenied)
	})
}

// case N76 code VAULT_QUORUM check vault/owners.go:collect
func TestN76FewerOrOtherSharesAreNoQuorum(t *testing.T) {
	w := newWorld(t, memory(t))
	w.must("PUT", "secret/data/x", w.root, map[string]any{"data": map[string]any{"k": "v"}})
	w.must("PUT", "sys/seal", w.root, nil)
	wantCode(t, w.call("GET", "secret/data/x", w.root, nil), http.StatusServiceUnavailable, fault.VaultSealed)
	if r := w.call("GET", "sys/health", "", nil); r.status != http.StatusServiceUnavailable {
		t.Errorf("health of a sealed vault = %d", r.status)
	}
	other := w.again()
	wantCode(t, other.call("GET", "secret/data/x", w.root, nil), http.StatusServiceUnavailable, fault.VaultSealed)
	w = other
	nonce := w.must("GET", "sys/seal-status", "", nil).body["nonce"].(string)
	unseal := func(share string) reply { return w.call("PUT", "sys/unseal", "", map[string]any{"key": share}) }
	w.foreign(func(owner int) {
		for _, tt := range []struct{ name, share string }{
			{"none", ""}, {"a foreign one", w.share(owner, quorum.Unseal, nonce)}, {"of another attempt", w.share(0, quorum.Unseal, "another")},
			{"for another purpose", w.share(0, quorum.Root, nonce)}, {"cut", w.share(0, quorum.Unseal, nonce)[:40]},
			{"with a payload", w.share(0, quorum.Unseal, nonce, func(s *quorum.Statement) { s.Payload = wire.Sum(nil) })},
		} {
			t.Run(tt.name, func(t *testing.T) { wantCode(t, unseal(tt.share), http.StatusForbidden, fault.VaultQuorum) })
		}
	})
	if r := unseal(w.share(0, quorum.Unseal, nonce)); r.status != http.StatusOK || r.body["sealed"] != true {
		t.Fatalf("one share: %d %s", r.status, r.raw)
	}
	t.Run("twice the same owner", func(t *testing.T) {
		wantCode(t, unseal(w.share(0, quorum.Unseal, nonce)), http.StatusForbidden, fault.VaultQuorum)
		wantCode(t, w.call("GET", "secret/data/x", w.root, nil), http.StatusServiceUnavailable, fault.VaultSealed)
	})
	t.Run("twin: two owners", func(t *testing.T) {
		if r := unseal(w.share(2, quorum.Unseal, nonce)); r.body["sealed"] != false {
			t.Fatalf("two shares: %s", r.raw)
		}
		w.must("GET", "secret/data/x", w.root, nil)
	})
	t.Run("what unsealed once", func(t *testing.T) {
		w.must("PUT", "sys/seal", w.root, nil)
		wantCode(t, unseal(w.share(0, quorum.Unseal, nonce)), http.StatusForbidden, fault.VaultQuorum)
	})
}

func TestOwnersNameOthers(t *testing.T) {
	w := newWorld(t, memory(t))
	k, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	begun := w.must("PUT", "sys/rekey/init", w.share(0, quorum.Begin, rand.Text()), map[string]any{"owners": []string{k.Address().String()}, "threshold": 1})
	nonce := begun.body["nonce"].(string)
	next := ownersDigest(k.Address())
	named := func(s *quorum.Statement) { s.Payload = next }
	wantCode(t, w.call("PUT", "sys/rekey/update", "", map[string]any{"nonce": nonce, "key": w.share(0, quorum.Rekey, nonce)}), http.StatusForbidden, fault.VaultQuorum)
	w.must("PUT", "sys/rekey/update", "", map[string]any{"nonce": nonce, "key": w.share(0, quorum.Rekey, nonce, named)})
	if r := w.must("PUT", "sys/rekey/update", "", map[string]any{"nonce": nonce, "key": w.share(1, quorum.Rekey, nonce, named)}); r.body["complete"] != true {
		t.Fatalf("two owners named others: %s", r.raw)
	}
	old := w.owners
	w.owners = []*key.Signer{k, old[0]}
	wantCode(t, w.call("PUT", "sys/generate-root/attempt", w.share(1, quorum.Begin, rand.Text()), map[string]any{}), http.StatusForbidden, fault.VaultQuorum)
	w.must("PUT", "sys/generate-root/attempt", w.share(0, quorum.Begin, rand.Text()), map[string]any{})
}

func ownersDigest(keys ...wire.Address) wire.Digest {
	return vault.Owners{Keys: keys, Threshold: 1}.Digest()
}
