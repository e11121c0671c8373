package vault_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit/fault"
	"tacit/vault"
)

// child makes a token below another.
func (w *world) child(parent string, fields map[string]any) string {
	w.t.Helper()
	return w.must("POST", "auth/token/create", parent, fields).auth()["client_token"].(string)
}

// family is a line of three tokens that may read secrets and make children.
func (w *world) family() (grandparent, parent, child string) {
	w.policy("family", `path "secret/*" { capabilities = ["create", "read", "update"] }
path "auth/token/*" { capabilities = ["update"] }`)
	w.must("POST", "secret/data/family", w.root, map[string]any{"data": map[string]any{"jewel": "ruby"}})
	grandparent = w.token(map[string]any{"policies": []string{"family"}, "ttl": "1h"})
	parent = w.child(grandparent, map[string]any{"ttl": "1h"})
	return grandparent, parent, w.child(parent, map[string]any{"ttl": "1h"})
}

// case N74 code VAULT_TOKEN check vault/token.go:alive
func TestN74AnEndedTokenIsRefused(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			var w *world
			for _, tt := range []struct {
				name string
				end  func(grandparent, parent, child string)
				ok   bool
			}{
				{"twin: nothing ended", func(_, _, _ string) {}, true},
				{"revoked", func(_, _, child string) { w.must("POST", "auth/token/revoke", w.root, map[string]any{"token": child}) }, false},
				{"revoked by itself", func(_, _, child string) { w.must("POST", "auth/token/revoke-self", child, nil) }, false},
				{"revoked by accessor", func(_, _, child string) {
					accessor := w.must("GET", "auth/token/lookup-self", child, nil).text("accessor")
					w.must("POST", "auth/token/revoke-accessor", w.root, map[string]any{"accessor": accessor})
				}, false},
				{"its parent was revoked", func(_, parent, _ string) {
					w.must("POST", "auth/token/revoke", w.root, map[string]any{"token": parent})
				}, false},
				{"its parent's parent was revoked", func(grandparent, _, _ string) { w.must("POST", "auth/token/revoke-self", grandparent, nil) }, false},
				{"twin: its parent was revoked alone", func(_, parent, _ string) {
					w.must("POST", "auth/token/revoke-orphan", w.root, map[string]any{"token": parent})
				}, true},
			} {
				t.Run(tt.name, func(t *testing.T) {
					w = newWorld(t, open(t))
					grandparent, parent, child := w.family()
					w.must("GET", "secret/data/family", child, nil)
					tt.end(grandparent, parent, child)
					other := w.again()
					for _, at := range []*world{w, other} {
						r := at.call("GET", "secret/data/family", child, nil)
						if tt.ok && r.status != http.StatusOK {
							t.Errorf("a living token: %d %s", r.status, r.raw)
						} else if !tt.ok {
							wantCode(t, r, http.StatusForbidden, fault.VaultToken)
						}
					}
				})
			}
		})
	}
}

// case N74 code VAULT_TOKEN check vault/token.go:expired
func TestN74ATokenEndsInTime(t *testing.T) {
	w := newWorld(t, memory(t))
	_, parent, _ := w.family()
	brief := w.child(parent, map[string]any{"ttl": "1s"})
	below := w.child(brief, map[string]any{"ttl": "1h"})
	t.Run("twin: before its end", func(t *testing.T) {
		w.must("GET", "secret/data/family", brief, nil)
		w.must("GET", "secret/data/family", below, nil)
	})
	time.Sleep(1100 * time.Millisecond)
	for _, at := range []*world{w, w.again()} {
		wantCode(t, at.call("GET", "secret/data/family", brief, nil), http.StatusForbidden, fault.VaultToken)
		wantCode(t, at.call("GET", "secret/data/family", below, nil), http.StatusForbidden, fault.VaultToken)
	}
}

// A token that may be used twice is used twice, however many ask at once.
//
// case N74 code VAULT_TOKEN check vault/token.go:use
func TestN74UsesAreCountedExactly(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t))
			w.family()
			token := w.token(map[string]any{"policies": []string{"family"}, "num_uses": 3})
			var mu sync.Mutex
			var wait sync.WaitGroup
			served := 0
			for range 12 {
				wait.Go(func() {
					r := w.call("GET", "secret/data/family", token, nil)
					mu.Lock()
					defer mu.Unlock()
					if r.status == http.StatusOK {
						served++
					} else {
						wantCode(t, r, http.StatusForbidden, fault.VaultToken)
					}
				})
			}
			wait.Wait()
			if served != 3 {
				t.Errorf("twin: of 12 calls with 3 uses %d were served", served)
			}
			other := w.again()
			wantCode(t, other.call("GET", "secret/data/family", token, nil), http.StatusForbidden, fault.VaultToken)
			wantCode(t, other.call("POST", "auth/token/lookup", w.root, map[string]any{"token": token}), http.StatusForbidden, fault.VaultToken)
		})
	}
}

// A process that was replaced and does not know it gives no answer: its record is
// refused, and then it reads what the other one wrote.
//
// case N74 code VAULT_AUDIT check vault/log.go:revision
func TestN74AReplacedProcessAnswersNothing(t *testing.T) {
	w := newWorld(t, memory(t))
	_, parent, child := w.family()
	t.Run("twin: alone", func(t *testing.T) { w.must("GET", "secret/data/family", child, nil) })
	other := w.again()
	other.must("POST", "auth/token/revoke", w.root, map[string]any{"token": parent})
	r := w.call("GET", "secret/data/family", child, nil)
	wantCode(t, r, http.StatusInternalServerError, fault.VaultAudit)
	if strings.Contains(r.raw, "ruby") {
		t.Error("a replaced process told the secret")
	}
	wantCode(t, w.call("GET", "secret/data/family", child, nil), http.StatusForbidden, fault.VaultToken)
}

func TestAStandbyServesNothing(t *testing.T) {
	w := newWorld(t, memory(t))
	self := true
	other := w.again(func(c *vault.Config) {
		c.Active = func() (bool, string) { return self, w.server.URL }
	})
	other.must("GET", "auth/token/lookup-self", w.root, nil)
	self = false
	if r := other.call("GET", "sys/health", "", nil); r.status != http.StatusTooManyRequests || r.body["standby"] != true {
		t.Errorf("health of a standby = %d %s", r.status, r.raw)
	}
	if r := other.call("GET", "sys/health?standbyok=true", "", nil); r.status != http.StatusOK {
		t.Errorf("health with standbyok = %d", r.status)
	}
	if r := other.must("GET", "sys/leader", "", nil); r.body["is_self"] != false || r.body["leader_address"] != w.server.URL {
		t.Errorf("leader = %s", r.raw)
	}
	c := other.server.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequest("GET", other.server.URL+"/v1/secret/data/x?version=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if want := w.server.URL + "/v1/secret/data/x?version=1"; res.StatusCode != http.StatusTemporaryRedirect || res.Header.Get("Location") != want {
		t.Errorf("a standby answers %d to %q, want 307 to %q", res.StatusCode, res.Header.Get("Location"), want)
	}
}

func TestWhoMayMakeWhichToken(t *testing.T) {
	w := newWorld(t, memory(t))
	w.policy("maker", `path "auth/token/create" { capabilities = ["update"] }`)
	w.policy("sudoer", `path "auth/token/create" { capabilities = ["update", "sudo"] }`)
	w.policy("other", `path "secret/*" { capabilities = ["read"] }`)
	maker := w.token(map[string]any{"policies": []string{"maker"}})
	sudoer := w.token(map[string]any{"policies": []string{"sudoer"}})
	for _, tt := range []struct {
		name   string
		by     string
		fields map[string]any
		status int
	}{
		{"twin: the same policies", maker, map[string]any{"policies": []string{"maker"}}, 200},
		{"twin: none named", maker, map[string]any{}, 200},
		{"a policy that the parent lacks", maker, map[string]any{"policies": []string{"other"}}, 403},
		{"twin: with sudo", sudoer, map[string]any{"policies": []string{"other"}}, 200},
		{"root with sudo", sudoer, map[string]any{"policies": []string{"root"}}, 403},
		{"an orphan", maker, map[string]any{"no_parent": true}, 403},
		{"twin: an orphan with sudo", sudoer, map[string]any{"no_parent": true}, 200},
		{"a period", maker, map[string]any{"period": "1h"}, 403},
		{"twin: a period with sudo", sudoer, map[string]any{"period": "1h"}, 200},
		{"a chosen token", w.root, map[string]any{"id": "hvs.mine"}, 400},
		{"a batch token", w.root, map[string]any{"type": "batch"}, 400},
		{"a number of uses below zero", w.root, map[string]any{"num_uses": -1}, 400},
		{"a policy's name with a comma", w.root, map[string]any{"policies": []any{"a,b"}}, 400},
		{"a negative time", w.root, map[string]any{"ttl": "-1h"}, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := w.call("POST", "auth/token/create", tt.by, tt.fields); r.status != tt.status {
				t.Errorf("answer = %d %s, want %d", r.status, r.raw, tt.status)
			}
		})
	}
}

func TestARenewalStaysWithinTheLongestLife(t *testing.T) {
	w := newWorld(t, memory(t))
	for _, tt := range []struct {
		name   string
		fields map[string]any
		ask    string
		want   string
		status int
	}{
		{"within", map[string]any{"ttl": "1h"}, "2h", "7200", 200},
		{"beyond the longest", map[string]any{"ttl": "1h"}, "1000h", "2764800", 200},
		{"beyond its own", map[string]any{"ttl": "1h", "explicit_max_ttl": "90m"}, "2h", "5400", 200},
		{"a period", map[string]any{"period": "30m"}, "2h", "1800", 200},
		{"not renewable", map[string]any{"ttl": "1h", "renewable": false}, "1h", "", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.call("POST", "auth/token/renew-self", w.token(tt.fields), map[string]any{"increment": tt.ask})
			if r.status != tt.status {
				t.Fatalf("answer = %d %s", r.status, r.raw)
			}
			if tt.want == "" {
				return
			}
			if got := r.auth()["lease_duration"]; got.(interface{ String() string }).String() != tt.want {
				t.Errorf("renewed for %v s, want %s", got, tt.want)
			}
		})
	}
}

func TestTheReaperRemovesWhatEnded(t *testing.T) {
	l := &leaser{revoked: make(chan string, 8)}
	fails := 1
	l.fail = func() error {
		if fails--; fails >= 0 {
			return errors.New("the database is away")
		}
		return nil
	}
	w := newWorld(t, memory(t), withLeaser(l))
	w.must("POST", "sys/mounts/db", w.root, map[string]any{"type": "leaser"})
	w.policy("db", `path "db/*" { capabilities = ["read"] }`)
	token := w.token(map[string]any{"policies": []string{"db"}, "ttl": "1h"})
	w.must("GET", "db/creds/app", token, nil)
	w.must("POST", "auth/token/revoke", w.root, map[string]any{"token": token})
	select {
	case got := <-l.revoked:
		if got != "creds/app" {
			t.Errorf("revoked %q", got)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the lease outlived its token")
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		items, _, err := w.store.Range(t.Context(), "vault/gone/", "vault/gone0", 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d tokens are not buried", len(items))
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, prefix := range []string{"vault/lease/", "vault/tokenlease/"} {
		if items, _, err := w.store.Range(t.Context(), prefix, prefix+"~", 10); err != nil || len(items) > 0 {
			t.Errorf("%s still holds %d keys, %v", prefix, len(items), err)
		}
	}
}

func TestNoTokenIsInTheStore(t *testing.T) {
	d := memory(t)
	w := newWorld(t, d)
	token := w.token(map[string]any{"ttl": "1h"})
	items, _, err := d.Range(t.Context(), "", "", 4096)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		for _, secret := range []string{token, w.root} {
			if strings.Contains(i.Key+string(i.Value), secret[4:]) {
				t.Errorf("%s holds a token", i.Key)
			}
		}
	}
	if len(items) < 10 {
		t.Errorf("only %d keys were searched", len(items))
	}
}
