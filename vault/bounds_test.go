package vault_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/vault"
	"tacit/vault/quorum"
)

// What an operator may not write, or a caller ask, has a code, and is not done in part.
func TestWhatTheVaultDoesNotTake(t *testing.T) {
	w := newWorld(t, memory(t))
	w.appRole("open", map[string]any{"token_policies": "default"})
	w.appRole("near", map[string]any{"secret_id_bound_cidrs": "10.0.0.0/8"})
	w.appRole("plain", map[string]any{"bind_secret_id": false, "secret_id_bound_cidrs": "127.0.0.0/8"})
	renewable := w.token(map[string]any{"ttl": "1h"})
	none := map[string]any{}
	for _, tt := range []struct {
		name, method, path string
		body               map[string]any
		status             int
		code               fault.Code // "" for what is taken
	}{
		{"twin: a role", "POST", "auth/approle/role/a", map[string]any{"token_num_uses": 1}, 204, ""},
		{"a role's name with a comma", "POST", "auth/approle/role/a,b", none, 404, fault.APINotFound},
		{"a role with uses below zero", "POST", "auth/approle/role/a", map[string]any{"token_num_uses": -1}, 400, fault.APIField},
		{"a role with a time that is none", "POST", "auth/approle/role/a", map[string]any{"token_ttl": "soon"}, 400, fault.APIField},
		{"a role of a policy that has no name", "POST", "auth/approle/role/a", map[string]any{"token_policies": []any{"a/b"}}, 400, fault.APIField},
		{"a role that is not there", "GET", "auth/approle/role/x", nil, 404, fault.APINotFound},
		{"an identifier of a role that is not there", "GET", "auth/approle/role/x/role-id", nil, 404, fault.APINotFound},
		{"twin: an identifier", "POST", "auth/approle/role/open/role-id", map[string]any{"role_id": "open"}, 204, ""},
		{"no identifier", "POST", "auth/approle/role/open/role-id", none, 400, fault.APIField},
		{"another role's identifier", "POST", "auth/approle/role/near/role-id", map[string]any{"role_id": "open"}, 500, fault.StoreConflict},
		{"twin: a secret identifier", "POST", "auth/approle/role/open/secret-id", map[string]any{"num_uses": 1, "metadata": `{"a": "b"}`}, 200, ""},
		{"one of a role that wants none", "POST", "auth/approle/role/plain/secret-id", none, 400, fault.APIField},
		{"one with metadata that is none", "POST", "auth/approle/role/open/secret-id", map[string]any{"metadata": "a"}, 400, fault.APIField},
		{"one with a number that is none", "POST", "auth/approle/role/open/secret-id", map[string]any{"num_uses": "x"}, 400, fault.APIField},
		{"twin: one for a part of its role's network", "POST", "auth/approle/role/near/secret-id", map[string]any{"cidr_list": "10.1.0.0/16"}, 200, ""},
		{"one for more than its role's network", "POST", "auth/approle/role/near/secret-id", map[string]any{"cidr_list": "0.0.0.0/0"}, 400, fault.APIField},
		{"one for another network", "POST", "auth/approle/role/near/secret-id", map[string]any{"cidr_list": "192.0.2.0/24"}, 400, fault.APIField},
		{"one for a network that is none", "POST", "auth/approle/role/near/secret-id", map[string]any{"cidr_list": "here"}, 400, fault.APIField},
		{"twin: one of the caller's own", "POST", "auth/approle/role/open/custom-secret-id", map[string]any{"secret_id": strings.Repeat("a", 32)}, 200, ""},
		{"one of the caller's own that is there", "POST", "auth/approle/role/open/custom-secret-id", map[string]any{"secret_id": strings.Repeat("a", 32)}, 500, fault.StoreConflict},
		{"one of the caller's own that is short", "POST", "auth/approle/role/open/custom-secret-id", map[string]any{"secret_id": strings.Repeat("a", 31)}, 400, fault.APIField},
		{"a list of none", "LIST", "auth/approle/role/near2/secret-id", nil, 404, fault.APINotFound},
		{"a lookup of what is no text", "POST", "auth/approle/role/open/secret-id/lookup", map[string]any{"secret_id": []any{}}, 400, fault.APIField},
		{"a part of a role that is none", "POST", "auth/approle/role/open/nothing", none, 404, fault.APINotFound},
		{"twin: a list of roles", "LIST", "auth/approle/role", nil, 200, ""},
		{"a lookup of a secret that is none", "POST", "auth/approle/role/open/secret-id/lookup", map[string]any{"secret_id": "x"}, 204, ""},
		{"a lookup of a secret by an accessor that is none", "POST", "auth/approle/role/open/secret-id-accessor/lookup", map[string]any{"secret_id_accessor": "x"}, 404, fault.APINotFound},
		{"a part of a role by listing", "LIST", "auth/approle/role/open/secret-id/lookup", nil, 400, fault.APIField},
		{"to unseal by reading", "GET", "sys/unseal", nil, 400, fault.APIField},
		{"to sign by reading", "GET", "sys/generate-root/update", nil, 400, fault.APIField},
		{"a login with what is no text", "POST", "auth/approle/login", map[string]any{"role_id": []any{}}, 400, fault.APIField},

		{"a token for a time that is none", "POST", "auth/token/create", map[string]any{"ttl": "soon"}, 400, fault.APIField},
		{"twin: a renewal", "POST", "auth/token/renew", map[string]any{"token": renewable}, 200, ""},
		{"a renewal for a time that is none", "POST", "auth/token/renew", map[string]any{"token": renewable, "increment": "soon"}, 400, fault.APIField},
		{"a lookup of no text", "POST", "auth/token/lookup", map[string]any{"token": []any{}}, 400, fault.APIField},
		{"a lookup of a token that is none", "POST", "auth/token/lookup", map[string]any{"token": "hvs.x"}, 403, fault.VaultToken},
		{"a lookup of an accessor that is none", "POST", "auth/token/lookup-accessor", map[string]any{"accessor": "x"}, 403, fault.VaultToken},
		{"twin: to revoke what is not there", "POST", "auth/token/revoke", map[string]any{"token": "hvs.x"}, 204, ""},
		{"to revoke by an accessor that is none", "POST", "auth/token/revoke-accessor", map[string]any{"accessor": "x"}, 403, fault.VaultToken},
		{"to make a token by reading", "GET", "auth/token/create", nil, 400, fault.APIField},
		{"to look up oneself by deleting", "DELETE", "auth/token/lookup-self", nil, 400, fault.APIField},
		{"to list accessors by reading", "GET", "auth/token/accessors", nil, 400, fault.APIField},

		{"to wrap for no time", "POST", "sys/wrapping/wrap", map[string]any{"k": "v"}, 400, fault.APIField},
		{"to unwrap by reading", "GET", "sys/wrapping/unwrap", nil, 400, fault.APIField},
		{"to unwrap what is no text", "POST", "sys/wrapping/unwrap", map[string]any{"token": []any{}}, 400, fault.APIField},
		{"to unwrap what is none", "POST", "sys/wrapping/unwrap", map[string]any{"token": "hvs.x"}, 403, fault.VaultToken},
		{"to renew a lease that is none", "PUT", "sys/leases/renew", map[string]any{"lease_id": "x"}, 400, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.call(tt.method, tt.path, w.root, tt.body)
			if r.status != tt.status || r.code != tt.code {
				t.Errorf("answer = %d %s %s, want %d %s", r.status, r.code, r.raw, tt.status, tt.code)
			}
		})
	}
}

// Whoever asks from elsewhere spends nothing.
func TestASecretIDIsNotSpentFromOutsideOfItsNetwork(t *testing.T) {
	w := newWorld(t, memory(t))
	role := w.appRole("r", map[string]any{"token_policies": "default"})
	for _, tt := range []struct {
		name, network string
		status        int
	}{{"from outside", "192.0.2.0/24", 403}, {"twin: from within", "127.0.0.0/8", 200}} {
		t.Run(tt.name, func(t *testing.T) {
			secret := w.secretID("r", map[string]any{"num_uses": 1, "cidr_list": tt.network})
			if r := w.call("POST", "auth/approle/login", "", map[string]any{"role_id": role, "secret_id": secret}); r.status != tt.status {
				t.Errorf("answer = %d %s", r.status, r.raw)
			}
			left := w.call("POST", "auth/approle/role/r/secret-id/lookup", w.root, map[string]any{"secret_id": secret})
			if (left.status == http.StatusOK) != (tt.status != http.StatusOK) {
				t.Errorf("afterwards it is %d %s", left.status, left.raw)
			}
		})
	}
}

// case N76 code VAULT_QUORUM check vault/owners.go:begin
func TestN76AttemptsThatMayNotBegin(t *testing.T) {
	w := newWorld(t, memory(t))
	a, b := w.owners[0].Address().String(), w.owners[1].Address().String()
	name := func(threshold any, keys ...string) map[string]any {
		return map[string]any{"owners": keys, "threshold": threshold}
	}
	for _, tt := range []struct {
		name, path string
		body       map[string]any
		status     int
	}{
		{"a pad that is too short", "generate-root/attempt", map[string]any{"otp": "short"}, 400},
		{"a pad that is no text", "generate-root/attempt", map[string]any{"otp": []any{}}, 400},
		{"a key of PGP, which nobody would seal to", "generate-root/attempt", map[string]any{"pgp_key": "x"}, 400},
		{"no owners", "rekey/init", name(1), 400},
		{"no threshold", "rekey/init", name(0, a, b), 400},
		{"more than there are", "rekey/init", name(3, a, b), 400},
		{"an owner twice", "rekey/init", name(2, a, a), 400},
		{"an owner that is no address", "rekey/init", name(1, "x"), 400},
		{"an owner of zeros", "rekey/init", name(1, "0x0000000000000000000000000000000000000000"), 400},
		{"a threshold that is no number", "rekey/init", name("x", a), 400},
		{"pieces that nobody is named for", "rekey/init", map[string]any{"secret_shares": 5, "secret_threshold": 3}, 400},
		{"twin: a root token", "generate-root/attempt", map[string]any{}, 200},
		{"a second one beside it", "generate-root/attempt", map[string]any{}, 400},
		{"twin: other owners", "rekey/init", name(1, a), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.call("PUT", "sys/"+tt.path, w.share(0, quorum.Begin, rand.Text()), tt.body)
			if r.status != tt.status || tt.status == 400 && r.code != fault.APIField {
				t.Errorf("answer = %d %s %s, want %d", r.status, r.code, r.raw, tt.status)
			}
		})
	}
	nonce := w.must("GET", "sys/generate-root/attempt", "", nil).body["nonce"].(string)
	for _, tt := range []struct {
		name string
		body map[string]any
		code fault.Code
	}{
		{"a share of another attempt", map[string]any{"nonce": "another", "key": w.share(0, quorum.Root, nonce)}, fault.VaultQuorum},
		{"a share that is no text", map[string]any{"nonce": nonce, "key": []any{}}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := w.call("PUT", "sys/generate-root/update", "", tt.body); r.code != tt.code {
				t.Errorf("answer = %d %s %s, want %s", r.status, r.code, r.raw, tt.code)
			}
		})
	}
	t.Run("in a vault that is sealed", func(t *testing.T) {
		w.must("PUT", "sys/seal", w.root, nil)
		wantCode(t, w.call("DELETE", "sys/rekey/init", w.root, nil), http.StatusForbidden, fault.VaultQuorum)
		wantCode(t, w.call("PUT", "sys/generate-root/update", "", map[string]any{"nonce": nonce, "key": w.share(0, quorum.Root, nonce)}), http.StatusServiceUnavailable, fault.VaultSealed)
		w.must("DELETE", "sys/generate-root/attempt", w.share(0, quorum.Cancel, rand.Text()), nil)
		wantCode(t, w.call("PUT", "sys/generate-root/attempt", w.share(0, quorum.Begin, rand.Text()), map[string]any{}), http.StatusServiceUnavailable, fault.VaultSealed)
	})
}

// A token with sudo may begin an attempt; one with a number of uses, which would not be
// counted, may not, nor one without a vault's owners.
//
// case N76 code VAULT_QUORUM check vault/owners.go:commanded
func TestN76WhichTokensCommandTheVault(t *testing.T) {
	w := newWorld(t, memory(t))
	w.policy("chief", `path "sys/generate-root/attempt" { capabilities = ["update", "sudo"] }`)
	w.policy("reader", `path "sys/generate-root/attempt" { capabilities = ["read", "sudo"] }`)
	for _, tt := range []struct {
		name   string
		fields map[string]any
		ok     bool
	}{
		{"with a number of uses", map[string]any{"policies": []string{"chief"}, "num_uses": 3}, false},
		{"that may only read", map[string]any{"policies": []string{"reader"}}, false},
		{"twin: with sudo", map[string]any{"policies": []string{"chief"}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.call("PUT", "sys/generate-root/attempt", w.token(tt.fields), map[string]any{})
			if tt.ok && r.status != http.StatusOK {
				t.Errorf("answer = %d %s", r.status, r.raw)
			} else if !tt.ok {
				wantCode(t, r, http.StatusForbidden, fault.VaultQuorum)
			}
		})
	}
	t.Run("a token with a number of uses has no children", func(t *testing.T) {
		w.policy("maker", `path "auth/token/create" { capabilities = ["update"] }`)
		wantCode(t, w.call("POST", "auth/token/create", w.token(map[string]any{"policies": []string{"maker"}, "num_uses": 3}), map[string]any{}), http.StatusForbidden, fault.VaultDenied)
	})
}

func TestOwnersThatCannotBe(t *testing.T) {
	w := newWorld(t, memory(t))
	one := w.owners[0].Address()
	for _, tt := range []struct {
		name   string
		owners vault.Owners
		want   fault.Code
	}{
		{"twin: one of one", vault.Owners{Keys: append(vault.Owners{}.Keys, one), Threshold: 1}, ""},
		{"twin: nobody", vault.Owners{}, ""},
		{"one twice", vault.Owners{Keys: append(vault.Owners{}.Keys, one, one), Threshold: 2}, fault.APIField},
		{"two of one", vault.Owners{Keys: append(vault.Owners{}.Keys, one), Threshold: 2}, fault.APIField},
		{"none of one", vault.Owners{Keys: append(vault.Owners{}.Keys, one)}, fault.APIField},
		{"fewer than none", vault.Owners{Threshold: -1}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := memory(t)
			log, err := vault.NewLog(vault.LogConfig{Store: s})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := vault.New(vault.Config{Network: network, Store: s, Audit: log, Owners: tt.owners}); fault.Of(err) != tt.want {
				t.Errorf("New = %v, want %q", err, tt.want)
			}
		})
	}
}

// What somebody spoilt in the store is said to be spoilt; it is no other answer.
func TestSpoiltRecordsAreNoAnswers(t *testing.T) {
	l := &leaser{revoked: make(chan string, 8)}
	w := newWorld(t, memory(t), withLeaser(l))
	w.must("POST", "sys/mounts/db", w.root, map[string]any{"type": "leaser"})
	role := w.appRole("r", map[string]any{"token_policies": "default"})
	secret := w.secretID("r", nil)
	lease := w.must("GET", "db/creds/app", w.root, nil).body["lease_id"].(string)
	wrapped := w.must("POST", "sys/wrapping/wrap", w.root, map[string]any{"k": "v"}, "X-Vault-Wrap-TTL", "1m").body["wrap_info"].(map[string]any)["token"].(string)
	calls := []struct {
		name, key, method, path string
		body                    map[string]any
	}{
		{"a secret identifier", "/secret/r/", "POST", "auth/approle/login", map[string]any{"role_id": role, "secret_id": secret}},
		{"the list of secret identifiers", "/secret/r/", "LIST", "auth/approle/role/r/secret-id", nil},
		{"a role", "/role/r", "GET", "auth/approle/role/r", nil},
		{"a lease", "vault/lease/", "PUT", "sys/leases/renew", map[string]any{"lease_id": lease}},
		{"a wrapped answer", "vault/wrap/", "POST", "sys/wrapping/unwrap", map[string]any{"token": wrapped}},
	}
	for _, tt := range calls {
		t.Run(tt.name, func(t *testing.T) {
			items, _, err := w.store.Range(t.Context(), "vault/", "vault0", 4096)
			if err != nil {
				t.Fatal(err)
			}
			spoilt := 0
			for _, i := range items {
				if strings.Contains(i.Key, tt.key) {
					spoilt++
					if _, err := w.store.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: i.Key, Value: []byte("spoilt")}}}); err != nil {
						t.Fatal(err)
					}
				}
			}
			r := w.call(tt.method, tt.path, w.root, tt.body)
			if r.status != http.StatusInternalServerError || r.code != fault.StoreCorrupt {
				t.Errorf("of %d spoilt: %d %s %s, want 500 STORE_CORRUPT", spoilt, r.status, r.code, r.raw)
			}
		})
	}
}

// A request of OCSP in a path has the alphabet of base64 and nothing else.
func TestOCSPInAPathIsBase64(t *testing.T) {
	w := newWorld(t, memory(t), withEngines)
	w.must("POST", "sys/mounts/pki", w.root, map[string]any{"type": "pki"})
	w.must("POST", "pki/root/generate/internal", w.root, map[string]any{"common_name": "Root"})
	for _, tt := range []struct {
		name, line string
		ok         bool
	}{
		{"twin: base64", "GET /v1/pki/ocsp/MEIw+/8=", true},
		{"another character", "GET /v1/pki/ocsp/MEIw*", false},
		{"an engine that is not there", "GET /v1/none/ocsp/MEIw//8=", false},
		{"an engine that answers no such thing", "GET /v1/secret/ocsp/MEIw//8=", false},
		{"up from it", "GET /v1/pki/../secret/ocsp/MEIw//8=", false},
		{"too long", "GET /v1/pki/ocsp/" + strings.Repeat("A/", 5000), false},
		{"by deleting", "DELETE /v1/pki/ocsp/MEIw//8=", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if status, _, body := w.raw(tt.line, ""); (status == http.StatusOK) != tt.ok {
				t.Errorf("answer = %d %q", status, body)
			}
		})
	}
}

// A record stands for the token under whose hash it lies, and for no other; one that is
// used up is used up, whether or not it could be removed.
//
// case N74 code VAULT_TOKEN check vault/token.go:use
func TestN74ARecordIsOfItsOwnToken(t *testing.T) {
	w := newWorld(t, memory(t))
	w.family()
	record := func(token string) tacit.Item {
		t.Helper()
		accessor := w.must("GET", "auth/token/lookup-self", token, nil).text("accessor")
		items, _, err := w.store.Range(t.Context(), "vault/token/", "vault/token0", 4096)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if strings.Contains(string(i.Value), accessor) {
				return i
			}
		}
		t.Fatal("there is no record")
		return tacit.Item{}
	}
	for _, tt := range []struct {
		name  string
		value func(i tacit.Item) string
		code  fault.Code
	}{
		{"twin: its own", func(i tacit.Item) string { return string(i.Value) }, ""},
		{"another's", func(tacit.Item) string { return string(record(w.root).Value) }, fault.StoreCorrupt},
		{"none", func(tacit.Item) string { return "{" }, fault.StoreCorrupt},
		{"used up", func(i tacit.Item) string { return strings.Replace(string(i.Value), `"uses":5`, `"uses":-1`, 1) }, fault.VaultToken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			token := w.token(map[string]any{"policies": []string{"family"}, "num_uses": 6})
			i := record(token)
			if _, err := w.store.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: i.Key, Value: []byte(tt.value(i))}}}); err != nil {
				t.Fatal(err)
			}
			w = w.again()
			if r := w.call("GET", "secret/data/family", token, nil); r.code != tt.code {
				t.Errorf("answer = %d %s %s, want %q", r.status, r.code, r.raw, tt.code)
			}
		})
	}
}

func TestATokenHasABoundedNumberOfAncestors(t *testing.T) {
	w := newWorld(t, memory(t))
	token := w.token(map[string]any{"policies": []string{"root"}})
	for range 63 {
		token = w.child(token, map[string]any{})
	}
	w = w.again() // which reads them all
	w.must("GET", "auth/token/lookup-self", token, nil)
	wantCode(t, w.call("POST", "auth/token/create", token, map[string]any{}), http.StatusBadRequest, fault.APIField)
}

// away is a store in which what touches some keys fails.
type away struct {
	tacit.Store
	reads, writes atomic.Pointer[string] // a part of those keys; nil: nothing fails
}

var errAway = fault.New(fault.StoreClosed, "the store is away")

func part(of *string, key string) bool { return of != nil && strings.Contains(key, *of) }

func (f *away) Get(ctx context.Context, key string) (tacit.Item, error) {
	if part(f.reads.Load(), key) {
		return tacit.Item{}, errAway
	}
	return f.Store.Get(ctx, key)
}

func (f *away) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if part(f.reads.Load(), from) {
		return nil, 0, errAway
	}
	return f.Store.Range(ctx, from, to, limit)
}

func (f *away) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	for _, p := range txn.Then {
		if part(f.writes.Load(), p.Key) {
			return 0, errAway
		}
	}
	return f.Store.Commit(ctx, txn)
}

// A store that does not answer is neither a refusal nor an answer: nobody is told that
// something is not there, or that it was done.
func TestWhatTheStoreDoesNotDoIsNotSaidToBeDone(t *testing.T) {
	s := &away{Store: memory(t)}
	l := &leaser{revoked: make(chan string, 8)}
	w := newWorld(t, s, withLeaser(l))
	w.must("POST", "sys/mounts/db", w.root, map[string]any{"type": "leaser"})
	role := w.appRole("r", map[string]any{"token_policies": "default"})
	secret := w.secretID("r", nil)
	w.appRole("gone", map[string]any{"token_policies": "default"})
	lease := w.must("GET", "db/creds/app", w.root, nil).body["lease_id"].(string)
	token := w.token(map[string]any{"ttl": "1h"})
	counted := w.token(map[string]any{"policies": []string{"default"}, "num_uses": 9})
	wrapped := w.must("POST", "sys/wrapping/wrap", w.root, map[string]any{"k": "v"}, "X-Vault-Wrap-TTL", "1m").body["wrap_info"].(map[string]any)["token"].(string)
	login := map[string]any{"role_id": role, "secret_id": secret}
	for _, tt := range []struct {
		name          string
		reads, writes string
		method, path  string
		token         string
		body          map[string]any
		header        []string
	}{
		{"a role is read", "/role/r", "", "GET", "auth/approle/role/r", w.root, nil, nil},
		{"a role's identifier is read", "/role/r", "", "GET", "auth/approle/role/r/role-id", w.root, nil, nil},
		{"a role's accessor is read", "/accessor/", "", "POST", "auth/approle/role/r/secret-id-accessor/lookup", w.root, map[string]any{"secret_id_accessor": "x"}, nil},
		{"a secret identifier is looked up", "/secret/", "", "POST", "auth/approle/role/r/secret-id/lookup", w.root, map[string]any{"secret_id": secret}, nil},
		{"secret identifiers are listed", "/secret/", "", "LIST", "auth/approle/role/r/secret-id", w.root, nil, nil},
		{"a role is removed with its secrets", "/secret/", "", "DELETE", "auth/approle/role/gone", w.root, nil, nil},
		{"a role is removed with its accessors", "/accessor/", "", "DELETE", "auth/approle/role/gone", w.root, nil, nil},
		{"a secret identifier is destroyed", "/secret/", "", "POST", "auth/approle/role/r/secret-id/destroy", w.root, map[string]any{"secret_id": secret}, nil},
		{"a role is found", "/id/", "", "POST", "auth/approle/login", "", login, nil},
		{"a role is read at a login", "/role/", "", "POST", "auth/approle/login", "", login, nil},
		{"a secret identifier is read", "/secret/", "", "POST", "auth/approle/login", "", login, nil},
		{"a login is kept", "", "vault/token/", "POST", "auth/approle/login", "", login, nil},
		{"a secret identifier is kept", "", "/secret/", "POST", "auth/approle/role/r/secret-id", w.root, map[string]any{}, nil},
		{"a token is found", "vault/token/", "", "GET", "auth/token/lookup-self", "hvs.unknown", nil, nil},
		{"a token is kept", "", "vault/token/", "POST", "auth/token/create", w.root, map[string]any{}, nil},
		{"a renewal is kept", "", "vault/token/", "POST", "auth/token/renew-self", token, map[string]any{}, nil},
		{"a use is counted", "", "vault/token/", "GET", "auth/token/lookup-self", counted, nil, nil},
		{"a token is read to be revoked", "vault/token/", "", "POST", "auth/token/revoke-self", token, nil, nil},
		{"a token is removed", "", "vault/token/", "POST", "auth/token/revoke-self", token, nil, nil},
		{"children are read", "vault/child/", "", "POST", "auth/token/revoke-orphan", w.root, map[string]any{"token": token}, nil},
		{"tokens are listed", "vault/token/", "", "LIST", "auth/token/accessors", w.root, nil, nil},
		{"an accessor is read", "vault/accessor/", "", "POST", "auth/token/lookup-accessor", w.root, map[string]any{"accessor": "x"}, nil},
		{"a lease is read", "vault/lease/", "", "PUT", "sys/leases/renew", w.root, map[string]any{"lease_id": lease}, nil},
		{"a lease is revoked", "vault/lease/", "", "PUT", "sys/leases/revoke", w.root, map[string]any{"lease_id": lease, "sync": true}, nil},
		{"a wrapped answer is read", "vault/wrap/", "", "POST", "sys/wrapping/unwrap", wrapped, nil, nil},
		{"a wrapped answer is taken", "", "vault/wrap/", "POST", "sys/wrapping/unwrap", wrapped, nil, nil},
		{"an answer is wrapped", "", "vault/wrap/", "POST", "sys/wrapping/wrap", w.root, map[string]any{"k": "v"}, []string{"X-Vault-Wrap-TTL", "1m"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.reads != "" {
				s.reads.Store(&tt.reads)
			}
			if tt.writes != "" {
				s.writes.Store(&tt.writes)
			}
			r := w.call(tt.method, tt.path, tt.token, tt.body, tt.header...)
			s.reads.Store(nil)
			s.writes.Store(nil)
			// A change that goes with its record has neither.
			if r.status != http.StatusInternalServerError || r.code != fault.StoreClosed && (tt.writes == "" || r.code != fault.VaultAudit) {
				t.Errorf("answer = %d %s %s, want 500 STORE_CLOSED", r.status, r.code, r.raw)
			}
		})
	}
	t.Run("twin: it answers again", func(t *testing.T) {
		w.must("POST", "auth/approle/login", "", login)
		w.must("POST", "sys/wrapping/unwrap", wrapped, nil)
		w.must("POST", "auth/token/revoke-self", token, nil)
	})
}

// What enough owners signed is done before they are told so.
//
// case N76 code - check vault/owners.go:advance
func TestN76WhatOwnersSignedIsDurableBeforeTheyAreTold(t *testing.T) {
	s := &away{Store: memory(t)}
	w := newWorld(t, s)
	owner := w.owners[0].Address()
	next := ownersDigest(owner)
	begin := func(path string, body map[string]any) string {
		t.Helper()
		return w.must("PUT", path, w.share(0, quorum.Begin, rand.Text()), body).body["nonce"].(string)
	}
	for _, tt := range []struct {
		name string
		away bool
	}{{"the store is away", true}, {"twin: it is there", false}} {
		t.Run(tt.name, func(t *testing.T) {
			last := func(path string, body map[string]any) {
				t.Helper()
				part := "vault/core"
				if path == "sys/generate-root/update" {
					part = "vault/token/"
				}
				if tt.away {
					s.writes.Store(&part)
					defer s.writes.Store(nil)
				}
				if r := w.call("PUT", path, "", body); (r.status == http.StatusInternalServerError) != tt.away || (r.status == http.StatusOK) == tt.away {
					t.Errorf("%s: %d %s %s", path, r.status, r.code, r.raw)
				}
			}
			nonce := begin("sys/generate-root/attempt", map[string]any{})
			w.must("PUT", "sys/generate-root/update", "", map[string]any{"nonce": nonce, "key": w.share(0, quorum.Root, nonce)})
			last("sys/generate-root/update", map[string]any{"nonce": nonce, "key": w.share(1, quorum.Root, nonce)})
			w.must("PUT", "sys/seal", w.root, nil)
			nonce = w.must("GET", "sys/seal-status", "", nil).body["nonce"].(string)
			w.must("PUT", "sys/unseal", "", map[string]any{"key": w.share(0, quorum.Unseal, nonce)})
			last("sys/unseal", map[string]any{"key": w.share(1, quorum.Unseal, nonce)})
			if tt.away {
				w.must("PUT", "sys/unseal", "", map[string]any{"key": w.share(0, quorum.Unseal, nonce)})
				w.must("PUT", "sys/unseal", "", map[string]any{"key": w.share(1, quorum.Unseal, nonce)})
			}
			nonce = begin("sys/rekey/init", map[string]any{"owners": []string{owner.String()}, "threshold": 1})
			named := func(st *quorum.Statement) { st.Payload = next }
			w.must("PUT", "sys/rekey/update", "", map[string]any{"nonce": nonce, "key": w.share(0, quorum.Rekey, nonce, named)})
			last("sys/rekey/update", map[string]any{"nonce": nonce, "key": w.share(1, quorum.Rekey, nonce, named)})
		})
	}
}
