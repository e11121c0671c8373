package vault_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
)

// counting is a store that counts what is read from it.
type counting struct {
	tacit.Store
	reads atomic.Int64
}

func (c *counting) Get(ctx context.Context, key string) (tacit.Item, error) {
	if key != "vault/audithead" {
		c.reads.Add(1)
	}
	return c.Store.Get(ctx, key)
}

func (c *counting) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if !strings.HasPrefix(from, "vault/gone/") && !strings.HasPrefix(from, "vault/expire/") { // the reaper's
		c.reads.Add(1)
	}
	return c.Store.Range(ctx, from, to, limit)
}

// raw sends a request line as it is, as no client would.
func (w *world) raw(line, token string) (status int, code fault.Code, body string) {
	w.t.Helper()
	conn, err := tls.Dial("tcp", w.server.Listener.Addr().String(), &tls.Config{RootCAs: w.pool(), NextProtos: []string{"http/1.1"}})
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: %s\r\nConnection: close\r\n\r\n", line, token)
	b, err := io.ReadAll(conn)
	if err != nil {
		w.t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(b), "\r\n\r\n")
	fmt.Sscanf(head, "HTTP/1.1 %d", &status)
	for _, h := range strings.Split(head, "\r\n") {
		if v, ok := strings.CutPrefix(h, "Tacit-Code: "); ok {
			code = fault.Code(v)
		}
	}
	return status, code, body
}

// Whatever a tenant writes for what is not his, he is told the same, and whether it
// exists makes no difference, not even in what is done before he is told.
//
// case N78 code VAULT_DENIED check vault/http.go:allowed
// case N78 code VAULT_DENIED check vault/path.go:canonical
func TestN78WhatIsNotAllowedIsRefusedAlike(t *testing.T) {
	s := &counting{Store: memory(t)}
	w := newWorld(t, s)
	w.policy("alice", `path "secret/data/alice/*" { capabilities = ["create", "read", "update", "delete"] }
path "secret/metadata/alice/*" { capabilities = ["list", "read"] }`)
	for _, name := range []string{"alice/own", "bob/key"} {
		w.must("PUT", "secret/data/"+name, w.root, map[string]any{"data": map[string]any{"k": "v"}})
	}
	alice := w.token(map[string]any{"policies": []string{"alice"}, "no_default_policy": true})
	t.Run("twin: her own", func(t *testing.T) {
		if status, _, body := w.raw("GET /v1/secret/data/alice/own", alice); status != http.StatusOK {
			t.Fatalf("answer = %d %s", status, body)
		}
	})
	wantStatus, wantCode, wantBody := w.raw("GET /v1/secret/data/bob/key", alice)
	if wantStatus != http.StatusForbidden || wantCode != fault.VaultDenied {
		t.Fatalf("another tenant's = %d %s %s", wantStatus, wantCode, wantBody)
	}
	for _, tt := range []struct{ name, line string }{
		{"another's that does not exist", "GET /v1/secret/data/bob/nothing"},
		{"a mount that does not exist", "GET /v1/nowhere/data/bob/key"},
		{"a login method that does not exist", "GET /v1/auth/nowhere/role"},
		{"a path of sys that does not exist", "GET /v1/sys/nothing"},
		{"up from her own", "GET /v1/secret/data/alice/../bob/key"},
		{"up, encoded", "GET /v1/secret/data/alice/%2e%2e/bob/key"},
		{"up, encoded twice", "GET /v1/secret/data/alice/%252e%252e/bob/key"},
		{"up to what does not exist", "GET /v1/secret/data/alice/../bob/nothing"},
		{"an encoded slash", "GET /v1/secret/data/alice%2f..%2fbob%2fkey"},
		{"another case", "GET /v1/secret/data/Bob/key"},
		{"another case of her own", "GET /v1/secret/data/ALICE/own"},
		{"a wide letter", "GET /v1/secret/data/%ef%bd%82ob/key"},
		{"a letter and its accent apart", "GET /v1/secret/data/alice/e%cc%81"},
		{"two slashes", "GET /v1/secret/data//bob/key"},
		{"two slashes below her own", "GET /v1/secret/data/alice//own"},
		{"a needless encoding", "GET /v1/secret/data/%61lice/own"},
		{"a zero", "GET /v1/secret/data/alice/%00own"},
		{"a backslash", `GET /v1/secret/data/alice\..\bob\key`},
		{"a list of another's", "GET /v1/secret/metadata/bob?list=true"},
		{"a list of all", "LIST /v1/secret/metadata"},
		{"a deletion of another's", "DELETE /v1/secret/data/bob/key"},
		{"her own, destroyed", "DELETE /v1/secret/metadata/alice/own"},
		{"what is mounted elsewhere", "GET /v1/sys/internal/ui/mounts/nowhere"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := s.reads.Load()
			status, code, body := w.raw(tt.line, alice)
			if status != wantStatus || code != wantCode || body != wantBody {
				t.Errorf("answer = %d %s %q, want as for another tenant's %d %s %q", status, code, body, wantStatus, wantCode, wantBody)
			}
			if n := s.reads.Load() - before; n != 0 {
				t.Errorf("before the refusal the store was read %d times", n)
			}
		})
	}
}

// Whose policies allow what a mount holds learns that it is mounted; to others it is
// as one that is not there.
//
// case N78 code VAULT_DENIED check vault/sys.go:touches
func TestN78MountsAreSeenByWhoMayUseThem(t *testing.T) {
	w := newWorld(t, memory(t))
	w.must("POST", "sys/mounts/private", w.root, map[string]any{"type": "kv"})
	w.policy("user", `path "secret/data/user" { capabilities = ["read"] }`)
	user := w.token(map[string]any{"policies": []string{"user"}})
	t.Run("twin: a mount that he may use", func(t *testing.T) {
		r := w.must("GET", "sys/internal/ui/mounts/secret/user", user, nil)
		if r.text("path") != "secret/" || r.text("type") != "kv" {
			t.Errorf("mount = %s", r.raw)
		}
	})
	hidden := w.call("GET", "sys/internal/ui/mounts/private/x", user, nil)
	missing := w.call("GET", "sys/internal/ui/mounts/missing/x", user, nil)
	wantCode(t, hidden, http.StatusForbidden, fault.VaultDenied)
	if hidden.raw != missing.raw || hidden.status != missing.status {
		t.Errorf("hidden %q, missing %q", hidden.raw, missing.raw)
	}
	if r := w.must("GET", "sys/internal/ui/mounts", user, nil); strings.Contains(r.raw, "private") || !strings.Contains(r.raw, "secret/") {
		t.Errorf("mounts = %s", r.raw)
	}
}

// A caller who may create but not change learns by it whether a name exists, as he
// must; one who may do neither does not.
func TestCreateIsNotUpdate(t *testing.T) {
	w := newWorld(t, memory(t))
	w.policy("creator", `path "secret/data/*" { capabilities = ["create"] }`)
	w.policy("updater", `path "secret/data/*" { capabilities = ["update"] }`)
	creator, updater := w.token(map[string]any{"policies": []string{"creator"}}), w.token(map[string]any{"policies": []string{"updater"}})
	body := map[string]any{"data": map[string]any{"k": "v"}}
	for _, tt := range []struct {
		name, token string
		status      int
	}{
		{"an update of what is not there", updater, 403}, {"twin: a create", creator, 200}, {"a second create", creator, 403}, {"twin: an update", updater, 200},
	} {
		if r := w.call("PUT", "secret/data/new", tt.token, body); r.status != tt.status {
			t.Errorf("%s = %d %s, want %d", tt.name, r.status, r.raw, tt.status)
		}
	}
}
