package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/store/embedded"
	"tacit/tacittest"
	"tacit/vault"
	"tacit/vault/logical"
	"tacit/vault/quorum"
	"tacit/wire"
)

var network = wire.Sum([]byte("a network"))

// world is a vault behind TLS with three owners, two of whom are enough.
type world struct {
	t      testing.TB
	store  tacit.Store
	log    *vault.Log
	vault  *vault.Vault
	server *httptest.Server
	owners []*key.Signer
	root   string
}

type option func(*vault.Config)

// onMemory and onDisk are the stores that every suite runs on.
func stores(t testing.TB) map[string]func(testing.TB) tacit.Store {
	return map[string]func(testing.TB) tacit.Store{
		"memory": func(t testing.TB) tacit.Store { return memory(t) },
		"bbolt":  disk,
	}
}

func memory(t testing.TB) tacit.Store {
	m := tacittest.NewDisk().Open(nil)
	t.Cleanup(m.Close)
	return m
}

func disk(t testing.TB) tacit.Store {
	k := make([]byte, 32)
	rand.Read(k)
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "state.db"), Key: k, Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newWorld(t testing.TB, s tacit.Store, options ...option) *world {
	t.Helper()
	w := &world{t: t, store: s}
	cfg := vault.Config{Network: network, Store: s, Owners: vault.Owners{Threshold: 2}}
	for range 3 {
		k, err := key.NewSigner()
		if err != nil {
			t.Fatal(err)
		}
		w.owners = append(w.owners, k)
		cfg.Owners.Keys = append(cfg.Owners.Keys, k.Address())
	}
	w.start(cfg, options...)
	w.root = w.newRoot()
	return w
}

// start makes the vault and its server; several may share a store.
func (w *world) start(cfg vault.Config, options ...option) {
	w.t.Helper()
	var err error
	if w.log, err = vault.NewLog(vault.LogConfig{Store: w.store}); err != nil {
		w.t.Fatal(err)
	}
	cfg.Audit = w.log
	for _, o := range options {
		o(&cfg)
	}
	if w.vault, err = vault.New(cfg); err != nil {
		w.t.Fatal(err)
	}
	w.server = httptest.NewUnstartedServer(w.vault.Handler())
	w.server.EnableHTTP2 = true
	w.server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	w.server.StartTLS()
	w.t.Cleanup(w.server.Close)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.vault.Run(ctx); !errors.Is(err, context.Canceled) {
			w.t.Errorf("Run = %v", err)
		}
	}()
	w.t.Cleanup(func() { stop(); <-done })
}

// again is another process on the same store.
func (w *world) again(options ...option) *world {
	w.t.Helper()
	n := &world{t: w.t, store: w.store, owners: w.owners, root: w.root}
	n.start(vault.Config{Network: network, Store: w.store}, options...)
	return n
}

// reply is what a server answered.
type reply struct {
	status int
	code   fault.Code
	raw    string
	body   map[string]any
}

func (r reply) data() map[string]any { d, _ := r.body["data"].(map[string]any); return d }
func (r reply) auth() map[string]any { d, _ := r.body["auth"].(map[string]any); return d }
func (r reply) text(name string) string {
	s, _ := r.data()[name].(string)
	return s
}

// call asks with a token; headers come in pairs.
func (w *world) call(method, path, token string, body any, headers ...string) reply {
	w.t.Helper()
	return callWith(w.t, w.server.Client(), w.server.URL, method, path, token, body, headers...)
}

func callWith(t testing.TB, c *http.Client, base, method, path, token string, body any, headers ...string) reply {
	t.Helper()
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, base+"/v1/"+path, in)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("X-Vault-Token", token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: res.StatusCode, code: fault.Code(res.Header.Get("Tacit-Code")), raw: string(b)}
	if len(b) > 0 {
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&r.body); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, b)
		}
	}
	return r
}

// must is a call that succeeds.
func (w *world) must(method, path, token string, body any, headers ...string) reply {
	w.t.Helper()
	r := w.call(method, path, token, body, headers...)
	if r.status >= 300 {
		w.t.Fatalf("%s %s = %d %s", method, path, r.status, r.raw)
	}
	return r
}

// id is the vault's identifier.
func (w *world) id() string {
	return w.must("GET", "sys/seal-status", "", nil).body["cluster_id"].(string)
}

// share is an owner's statement, changed by those given.
func (w *world) share(owner int, purpose, nonce string, change ...func(*quorum.Statement)) string {
	w.t.Helper()
	s := quorum.Statement{Network: network, Vault: w.id(), Purpose: purpose, Nonce: nonce, Expires: uint64(time.Now().Add(5 * time.Minute).Unix())}
	for _, c := range change {
		c(&s)
	}
	text, err := quorum.Sign(w.owners[owner], s)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

// newRoot makes a root token as owners do.
func (w *world) newRoot() string {
	w.t.Helper()
	begun := w.must("PUT", "sys/generate-root/attempt", w.share(0, quorum.Begin, rand.Text()), map[string]any{})
	nonce, otp := begun.body["nonce"].(string), begun.body["otp"].(string)
	w.must("PUT", "sys/generate-root/update", "", map[string]any{"nonce": nonce, "key": w.share(0, quorum.Root, nonce)})
	done := w.must("PUT", "sys/generate-root/update", "", map[string]any{"nonce": nonce, "key": w.share(1, quorum.Root, nonce)})
	b, err := base64.RawStdEncoding.DecodeString(done.body["encoded_token"].(string))
	if err != nil || len(b) != len(otp) {
		w.t.Fatalf("encoded token %q: %v", done.raw, err)
	}
	for i := range b {
		b[i] ^= otp[i]
	}
	return string(b)
}

// token makes one with policies, as root.
func (w *world) token(fields map[string]any) string {
	w.t.Helper()
	return w.must("POST", "auth/token/create", w.root, fields).auth()["client_token"].(string)
}

func (w *world) policy(name, text string) {
	w.t.Helper()
	w.must("PUT", "sys/policies/acl/"+name, w.root, map[string]any{"policy": text})
}

// client is the official one.
func (w *world) client(token string) *api.Client {
	w.t.Helper()
	cfg := api.DefaultConfig()
	cfg.Address = w.server.URL
	cfg.HttpClient = w.server.Client()
	cfg.MaxRetries = 0
	c, err := api.NewClient(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	c.SetToken(token)
	return c
}

// caFile is the server's certificate in a file, for commands.
func (w *world) caFile() string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "ca.pem")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.server.Certificate().Raw})
	if err := os.WriteFile(path, b, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w *world) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(w.server.Certificate())
	return p
}

// leaser is an engine that gives leases and remembers which were revoked.
type leaser struct {
	revoked chan string
	fail    func() error
}

func (l *leaser) Handle(_ context.Context, req *logical.Request) (*logical.Response, error) {
	return &logical.Response{Data: map[string]any{"user": "u", "level": levelOf(req.Caller.Claims)}, Lease: time.Hour, Renewable: true, Internal: []byte(req.Path)}, nil
}

func levelOf(c *attest.Claims) int {
	if c == nil {
		return 0
	}
	return int(c.Level)
}

func (l *leaser) Revoke(_ context.Context, internal []byte) error {
	if l.fail != nil {
		if err := l.fail(); err != nil {
			return err
		}
	}
	l.revoked <- string(internal)
	return nil
}

func (l *leaser) Forget() {}

func withLeaser(l *leaser) option {
	return func(c *vault.Config) {
		c.Engines = map[string]func(logical.Storage) logical.Engine{"leaser": func(logical.Storage) logical.Engine { return l }}
	}
}

func wantCode(t *testing.T, r reply, status int, code fault.Code) {
	t.Helper()
	if r.status != status || r.code != code || !strings.Contains(r.raw, string(code)) && code != fault.APINotFound {
		t.Errorf("answer = %d %s %s, want %d %s", r.status, r.code, r.raw, status, code)
	}
}
