package vault_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit/fault"
)

// appRole makes a role and returns its identifier.
func (w *world) appRole(name string, fields map[string]any) string {
	w.t.Helper()
	w.must("POST", "auth/approle/role/"+name, w.root, fields)
	return w.must("GET", "auth/approle/role/"+name+"/role-id", w.root, nil).text("role_id")
}

func (w *world) secretID(name string, fields map[string]any) string {
	w.t.Helper()
	return w.must("POST", "auth/approle/role/"+name+"/secret-id", w.root, fields).text("secret_id")
}

// Whatever is wrong with a login by AppRole, the refusal is the same.
func TestAppRoleLoginsAreRefusedAlike(t *testing.T) {
	w := newWorld(t, memory(t))
	plain := map[string]any{"token_policies": "default"}
	role, other := w.appRole("ci", plain), w.appRole("other", plain)
	far := w.appRole("far", map[string]any{"secret_id_bound_cidrs": "192.0.2.0/24"})
	near := w.appRole("near", map[string]any{"secret_id_bound_cidrs": "127.0.0.0/8"})
	good := w.secretID("ci", nil)
	gone := w.secretID("ci", nil)
	w.must("POST", "auth/approle/role/ci/secret-id/destroy", w.root, map[string]any{"secret_id": gone})
	narrowed := w.appRole("narrowed", plain)
	older := w.secretID("narrowed", nil)
	w.must("POST", "auth/approle/role/narrowed", w.root, map[string]any{"secret_id_bound_cidrs": "192.0.2.0/24"})
	brief := w.secretID("ci", map[string]any{"ttl": "1s"})
	time.Sleep(1100 * time.Millisecond)
	login := func(role, secret string) reply {
		return w.call("POST", "auth/approle/login", "", map[string]any{"role_id": role, "secret_id": secret})
	}
	want := login("no role", "no secret")
	wantCode(t, want, http.StatusForbidden, fault.VaultDenied)
	for _, tt := range []struct {
		name, role, secret string
		ok                 bool
	}{
		{"twin: both right", role, good, true},
		{"twin: from within its network", near, w.secretID("near", nil), true},
		{"no secret-id", role, "", false},
		{"another's secret-id", other, good, false},
		{"no such role", "x", good, false},
		{"a destroyed one", role, gone, false},
		{"one that ended", role, brief, false},
		{"from outside of a network that its role has since", narrowed, older, false},
		{"from outside of its network", far, w.secretID("far", nil), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := login(tt.role, tt.secret)
			if tt.ok && r.status != http.StatusOK || !tt.ok && (r.status != want.status || r.raw != want.raw) {
				t.Errorf("answer = %d %s", r.status, r.raw)
			}
		})
	}
}

func TestASecretIDIsUsedAsOftenAsItSays(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t))
			role := w.appRole("ci", map[string]any{"token_policies": "default", "secret_id_num_uses": 3})
			secret := w.secretID("ci", nil)
			var served atomic.Int64
			var wait sync.WaitGroup
			for range 12 {
				wait.Go(func() {
					r := w.call("POST", "auth/approle/login", "", map[string]any{"role_id": role, "secret_id": secret})
					if r.status == http.StatusOK {
						served.Add(1)
					}
				})
			}
			wait.Wait()
			if served.Load() != 3 {
				t.Errorf("of 12 logins with 3 uses %d succeeded", served.Load())
			}
		})
	}
}

func TestRolesThatMayNotBe(t *testing.T) {
	w := newWorld(t, memory(t))
	for _, tt := range []struct {
		name   string
		fields map[string]any
	}{
		{"one that gives root", map[string]any{"token_policies": "root"}},
		{"one that asks for nothing", map[string]any{"bind_secret_id": false}},
		{"batch tokens", map[string]any{"token_type": "batch"}},
		{"networks of its tokens, which nobody would check", map[string]any{"token_bound_cidrs": "127.0.0.0/8"}},
		{"a network that is none", map[string]any{"secret_id_bound_cidrs": "everywhere"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantCode(t, w.call("POST", "auth/approle/role/r", w.root, tt.fields), http.StatusBadRequest, fault.APIField)
		})
	}
	t.Run("twin: another", func(t *testing.T) { w.appRole("r", map[string]any{"token_policies": "default"}) })
}
