package vault_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"
)

// samples is how often each request is timed; the median of so many moves by well below
// a hundredth on a machine that does other things.
const samples = 10000

// medians times requests one after the other, in another order each round, so that what
// slows the machine down for a while slows all of them. It is the vault without TLS and
// sockets, whose noise would hide what is looked for.
func medians(t *testing.T, h http.Handler, token string, lines [][2]string, want int) []time.Duration {
	t.Helper()
	took := make([][]time.Duration, len(lines))
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	for round := range samples + samples/10 {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			req := httptest.NewRequest(lines[i][0], lines[i][1], nil)
			req.Header.Set("X-Vault-Token", token)
			rec := httptest.NewRecorder()
			began := time.Now()
			h.ServeHTTP(rec, req)
			d := time.Since(began)
			if rec.Code != want {
				t.Fatalf("%s %s = %d %s, want %d", lines[i][0], lines[i][1], rec.Code, rec.Body, want)
			}
			if round >= samples/10 { // the first ones fill caches
				took[i] = append(took[i], d)
			}
		}
	}
	out := make([]time.Duration, len(lines))
	for i := range took {
		slices.Sort(took[i])
		out[i] = took[i][len(took[i])/2]
	}
	return out
}

// How long a refusal takes says no more than its words: less than a twentieth lies between
// what exists and what does not, and between ways to write a path that is not one's own.
//
// case N78 code VAULT_DENIED check vault/http.go:allowed
func TestN78RefusalsTakeEquallyLong(t *testing.T) {
	if os.Getenv("TACIT_LONG") == "" {
		t.Skip("make test-long measures it: TACIT_LONG=1")
	}
	s := memory(t)
	w := newWorld(t, s, withEngines)
	w.must("POST", "sys/mounts/transit", w.root, map[string]any{"type": "transit"})
	w.must("POST", "transit/keys/made", w.root, map[string]any{})
	w.policy("alice", `path "secret/data/alice/*" { capabilities = ["create", "read", "update", "delete"] }`)
	for _, name := range []string{"alice/own", "bob/key"} {
		w.must("PUT", "secret/data/"+name, w.root, map[string]any{"data": map[string]any{"k": "v"}})
	}
	alice := w.token(map[string]any{"policies": []string{"alice"}, "no_default_policy": true})
	h := w.vault.Handler()
	for _, group := range []struct {
		name  string
		lines [][2]string // the first is what the others are compared with
	}{
		{"what exists and what does not", [][2]string{
			{"GET", "/v1/secret/data/bob/key"}, {"GET", "/v1/secret/data/bob/not"}, {"GET", "/v1/secret/data/eve/key"},
			{"GET", "/v1/nowhere/data/bob/k"}, {"GET", "/v1/sys/nothing/at/all"}, {"LIST", "/v1/secret/data/bob/key"}, {"DELETE", "/v1/secret/data/bob/key"},
		}},
		{"how it is written", [][2]string{
			{"GET", "/v1/secret/data/alice/../bob/key"}, {"GET", "/v1/secret/data/alice/../bob/not"},
			{"GET", "/v1/secret/data/alice/../eve/key"}, {"GET", "/v1/nowhere/data/alic/../bob/key"},
		}},
		{"a key that never leaves", [][2]string{
			{"GET", "/v1/transit/export/encryption-key/made"}, {"GET", "/v1/transit/export/encryption-key/none"},
		}},
		{"a letter apart", [][2]string{
			{"GET", "/v1/secret/data/Bob/key"}, {"GET", "/v1/secret/data/bob/Key"}, {"GET", "/v1/secret/data/bob/kez"},
		}},
	} {
		t.Run(group.name, func(t *testing.T) {
			took := medians(t, h, alice, group.lines, http.StatusForbidden)
			for i, d := range took {
				off := float64(d-took[0]) / float64(took[0])
				t.Logf("%-7s %-36s %6d ns  %+.1f %%", group.lines[i][0], group.lines[i][1], d.Nanoseconds(), 100*off)
				if off > 0.05 || off < -0.05 {
					t.Errorf("%s %s takes %v, %s takes %v", group.lines[i][0], group.lines[i][1], d, group.lines[0][1], took[0])
				}
			}
		})
	}
	t.Run("twin: her own takes longer, and that is seen", func(t *testing.T) {
		refused := medians(t, h, alice, [][2]string{{"GET", "/v1/secret/data/bob/key"}}, http.StatusForbidden)[0]
		served := medians(t, h, alice, [][2]string{{"GET", "/v1/secret/data/alice/own"}}, http.StatusOK)[0]
		if served < refused*21/20 {
			t.Errorf("a read takes %v, a refusal %v: what is measured is not the vault", served, refused)
		}
	})
}
