package vault_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"tacit/vault"
	"tacit/vault/logical"
)

// echo answers at once, so that what is measured is the vault around it.
type echo struct{}

func (echo) Handle(_ context.Context, req *logical.Request) (*logical.Response, error) {
	return &logical.Response{Data: map[string]any{"ciphertext": req.Data["plaintext"]}}, nil
}
func (echo) Revoke(context.Context, []byte) error { return nil }
func (echo) Forget()                              {}

func benchWorld(b *testing.B) (*world, string) {
	w := newWorld(b, disk(b), func(c *vault.Config) {
		c.Engines = map[string]func(logical.Storage) logical.Engine{"echo": func(logical.Storage) logical.Engine { return echo{} }}
	})
	w.must("POST", "sys/mounts/echo", w.root, map[string]any{"type": "echo"})
	w.policy("bench", `path "secret/data/*" { capabilities = ["create", "read", "update"] }
path "echo/+/key" { capabilities = ["update"] }`)
	w.must("POST", "secret/data/read", w.root, map[string]any{"data": map[string]any{"password": "correct horse battery staple"}})
	return w, w.token(map[string]any{"policies": []string{"bench"}})
}

// requests are what is measured; n tells calls apart.
var requests = []struct {
	name, method string
	path         func(n int64) string
	body         string
}{
	{"echo", "POST", func(int64) string { return "/v1/echo/encrypt/key" }, `{"plaintext":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}`},
	{"kv read", "GET", func(int64) string { return "/v1/secret/data/read" }, ""},
	{"kv write", "POST", func(n int64) string { return fmt.Sprintf("/v1/secret/data/w/%d", n%4096) }, `{"data":{"password":"correct horse battery staple"}}`},
}

// BenchmarkHandler is the vault without TLS and sockets, with its log in a file.
func BenchmarkHandler(b *testing.B) {
	for _, r := range requests {
		b.Run(r.name, func(b *testing.B) {
			w, token := benchWorld(b)
			h := w.vault.Handler()
			var n atomic.Int64
			b.SetParallelism(32)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					req := httptest.NewRequest(r.method, r.path(n.Add(1)), bytes.NewReader([]byte(r.body)))
					req.Header.Set("X-Vault-Token", token)
					rec := httptest.NewRecorder()
					if h.ServeHTTP(rec, req); rec.Code != 200 {
						b.Fatalf("%d %s", rec.Code, rec.Body)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// BenchmarkTLS is the same over connections of HTTP/1.1, as Vault's command makes them;
// the client shares the cores.
func BenchmarkTLS(b *testing.B) {
	for _, conns := range []int{8, 64} {
		for _, r := range requests {
			b.Run(fmt.Sprintf("%s/%d", r.name, conns), func(b *testing.B) {
				w, token := benchWorld(b)
				transport := w.server.Client().Transport.(*http.Transport).Clone()
				transport.ForceAttemptHTTP2, transport.MaxIdleConnsPerHost = false, conns
				transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
				client := &http.Client{Transport: transport}
				var n atomic.Int64
				b.SetParallelism((conns + 1) / 2)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						req, err := http.NewRequest(r.method, w.server.URL+r.path(n.Add(1)), bytes.NewReader([]byte(r.body)))
						if err != nil {
							b.Fatal(err)
						}
						req.Header.Set("X-Vault-Token", token)
						res, err := client.Do(req)
						if err != nil {
							b.Fatal(err)
						}
						io.Copy(io.Discard, res.Body)
						if res.Body.Close(); res.StatusCode != 200 {
							b.Fatal(res.Status)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
			})
		}
	}
}
