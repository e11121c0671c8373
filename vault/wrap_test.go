package vault_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit/fault"
)

// Of many who bring a wrapping token at once, one gets the answer.
func TestAnAnswerIsUnwrappedOnce(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t))
			r := w.must("POST", "sys/wrapping/wrap", w.root, map[string]any{"k": "v"}, "X-Vault-Wrap-TTL", "1m")
			token := r.body["wrap_info"].(map[string]any)["token"].(string)
			var served atomic.Int64
			var wait sync.WaitGroup
			for range 8 {
				wait.Go(func() {
					switch r := w.call("POST", "sys/wrapping/unwrap", token, nil); {
					case r.status == http.StatusOK && r.text("k") == "v":
						served.Add(1)
					default:
						wantCode(t, r, http.StatusForbidden, fault.VaultToken)
					}
				})
			}
			wait.Wait()
			if served.Load() != 1 {
				t.Errorf("it was unwrapped %d times", served.Load())
			}
		})
	}
}

func TestAWrappedAnswerEndsAndIsNoToken(t *testing.T) {
	w := newWorld(t, memory(t))
	wrap := func(ttl string) string {
		r := w.must("POST", "sys/wrapping/wrap", w.root, map[string]any{"k": "v"}, "X-Vault-Wrap-TTL", ttl)
		return r.body["wrap_info"].(map[string]any)["token"].(string)
	}
	brief, lasting := wrap("1s"), wrap("1m")
	time.Sleep(1100 * time.Millisecond)
	wantCode(t, w.call("POST", "sys/wrapping/unwrap", brief, nil), http.StatusForbidden, fault.VaultToken)
	wantCode(t, w.call("GET", "auth/token/lookup-self", lasting, nil), http.StatusForbidden, fault.VaultToken)
	again := w.must("POST", "sys/wrapping/rewrap", "", map[string]any{"token": lasting}).body["wrap_info"].(map[string]any)["token"].(string)
	wantCode(t, w.call("POST", "sys/wrapping/unwrap", lasting, nil), http.StatusForbidden, fault.VaultToken)
	if r := w.must("POST", "sys/wrapping/lookup", "", map[string]any{"token": again}); r.text("creation_path") != "sys/wrapping/wrap" {
		t.Errorf("lookup = %s", r.raw)
	}
	if r := w.must("POST", "sys/wrapping/unwrap", again, nil); r.text("k") != "v" {
		t.Errorf("unwrapped = %s", r.raw)
	}
}
