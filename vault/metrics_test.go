package vault_test

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tacit/telemetry"
)

// metric reads a number of the process as /metrics shows it, 0 if it is not there.
func metric(t *testing.T, name string) float64 {
	t.Helper()
	var b bytes.Buffer
	telemetry.WriteMetrics(&b)
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(b.String())
	if m == nil {
		return 0
	}
	f, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOperatorsSeeNumbersAndNoNames(t *testing.T) {
	w := newWorld(t, memory(t), withEngines)
	w.must("POST", "sys/mounts/hidden-name", w.root, map[string]any{"type": "transit"})
	counter := func(class string, status int) string {
		return fmt.Sprintf(`tacit_vault_requests_total{class="%s",status="%d"}`, class, status)
	}
	const appended = `tacit_vault_audit_append_seconds_count{code="OK"}`
	for _, tt := range []struct {
		name, method, path, token string
		counter                   string
	}{
		{"a read", "GET", "secret/data/none", w.root, counter("kv", http.StatusNotFound)},
		{"of an engine by its type", "GET", "hidden-name/keys/none", w.root, counter("transit", http.StatusNotFound)},
		{"a refusal", "GET", "hidden-name/keys/none", "hvs.nobody", counter("transit", http.StatusForbidden)},
		{"of the vault itself", "GET", "sys/mounts", w.root, counter("sys", http.StatusOK)},
		{"of a token", "GET", "auth/token/lookup-self", w.root, counter("auth", http.StatusOK)},
		{"of nothing", "GET", "nowhere/at-all", w.root, counter("other", http.StatusNotFound)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, records := metric(t, tt.counter), metric(t, appended)
			w.call(tt.method, tt.path, tt.token, nil)
			if n := metric(t, tt.counter) - before; n != 1 {
				t.Errorf("%s grew by %v", tt.counter, n)
			}
			if n := metric(t, appended) - records; n < 1 {
				t.Errorf("records grew by %v", n)
			}
		})
	}
	var all bytes.Buffer
	telemetry.WriteMetrics(&all)
	for _, gauge := range []string{"tacit_vault_active ", "tacit_vault_sealed ", "tacit_vault_tokens ", "tacit_vault_leases "} {
		if !strings.Contains("\n"+all.String(), "\n"+gauge) {
			t.Errorf("there is no %s", gauge)
		}
	}
	for _, name := range []string{"hidden-name", "nowhere", "nobody"} {
		if strings.Contains(all.String(), name) {
			t.Errorf("%q is in the metrics", name)
		}
	}
}

func TestStatusCountsTokensAndLeases(t *testing.T) {
	w := newWorld(t, memory(t), withEngines)
	w.must("POST", "sys/mounts/pki", w.root, map[string]any{"type": "pki"})
	w.must("POST", "pki/root/generate/internal", w.root, map[string]any{"common_name": "Root"})
	w.must("POST", "pki/roles/web", w.root, map[string]any{"allow_any_name": true, "generate_lease": true})
	before, err := w.vault.Status(t.Context())
	if err != nil || !before.Active || before.Sealed || before.Tokens == 0 {
		t.Fatalf("status = %+v, %v", before, err)
	}
	token := w.token(map[string]any{"policies": []string{"root"}})
	w.must("POST", "pki/issue/web", token, map[string]any{"common_name": "a.com", "ttl": "1h"})
	if s, err := w.vault.Status(t.Context()); err != nil || s.Tokens != before.Tokens+1 || s.Leases != before.Leases+1 {
		t.Errorf("with one more token and lease = %+v, %v; before %+v", s, err, before)
	}
	w.must("POST", "auth/token/revoke-self", token, nil)
	if s, err := w.vault.Status(t.Context()); err != nil || s.Tokens != before.Tokens {
		t.Errorf("without the token = %+v, %v", s, err)
	}
	w.must("PUT", "sys/seal", w.root, nil)
	if s, err := w.vault.Status(t.Context()); err != nil || !s.Sealed {
		t.Errorf("sealed = %+v, %v", s, err)
	}
}
