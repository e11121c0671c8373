package pki_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"path/filepath"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/store/embedded"
	"tacit/tacittest"
	"tacit/vault/logical"
	"tacit/vault/pki"
)

type fields = map[string]any

// world is one engine on a store that outlives it, and who asks it.
type world struct {
	t       testing.TB
	storage tacit.Store
	engine  *pki.Engine
	caller  logical.Caller
}

const network = "example.tacit"

func newWorld(t testing.TB) *world {
	s := tacittest.NewDisk().Open(nil)
	return &world{t: t, storage: s, engine: pki.New(s, network)}
}

// onDisk is a world on the store that processes have.
func onDisk(t testing.TB) *world {
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "store"), Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &world{t: t, storage: s, engine: pki.New(s, network)}
}

// withRoot is a world with an authority and a role for example.com and below.
func withRoot(t testing.TB) *world {
	w := newWorld(t)
	w.root()
	return w
}

func (w *world) root() {
	w.t.Helper()
	w.update("root/generate/internal", fields{"common_name": "Root"})
	w.update("roles/web", fields{"allowed_domains": "example.com", "allow_bare_domains": true, "allow_subdomains": true, "max_ttl": "72h"})
}

func through(t testing.TB, data fields) fields {
	t.Helper()
	b, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out fields
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *world) ask(op logical.Operation, path string, data fields) (*logical.Response, error) {
	w.t.Helper()
	return w.engine.Handle(context.Background(), &logical.Request{Operation: op, Path: path, Data: through(w.t, data), Caller: w.caller})
}

func (w *world) must(op logical.Operation, path string, data fields) *logical.Response {
	w.t.Helper()
	res, err := w.ask(op, path, data)
	if err != nil {
		w.t.Fatalf("%s %s: %v", op, path, err)
	}
	return res
}

func (w *world) update(path string, data fields) fields {
	w.t.Helper()
	res := w.must(logical.Update, path, data)
	if res == nil {
		return nil
	}
	return through(w.t, res.Data)
}

func (w *world) read(path string) *logical.Response {
	w.t.Helper()
	return w.must(logical.Read, path, nil)
}

func (w *world) refused(code fault.Code, path string, data fields) {
	w.t.Helper()
	if res, err := w.ask(logical.Update, path, data); !errors.Is(err, code) {
		w.t.Errorf("%s %v = %v, %v, want %s", path, data, res, err, code)
	}
}

func (w *world) cert(text any) *x509.Certificate {
	w.t.Helper()
	b, _ := pem.Decode([]byte(text.(string)))
	if b == nil {
		w.t.Fatalf("no certificate in %v", text)
	}
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) authority() *x509.Certificate {
	w.t.Helper()
	c, err := x509.ParseCertificate(w.read("ca").Raw)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// verify wants a certificate to be good for servers by the authority that is asked for.
func (w *world) verify(c *x509.Certificate, name string) {
	w.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(w.authority())
	if _, err := c.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
		w.t.Error(err)
	}
}

func (w *world) list() *x509.RevocationList {
	w.t.Helper()
	l, err := x509.ParseRevocationList(w.read("crl").Raw)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := l.CheckSignatureFrom(w.authority()); err != nil {
		w.t.Error(err)
	}
	return l
}

func (w *world) lists(c *x509.Certificate) bool {
	w.t.Helper()
	for _, e := range w.list().RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
			return true
		}
	}
	return false
}

// requested is a certificate request by a fresh key.
func requested(t testing.TB, template *x509.CertificateRequest) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return requestedBy(t, template, key)
}

func requestedBy(t testing.TB, template *x509.CertificateRequest, key any) string {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

// as is the same world for a subtest.
func (w *world) as(t *testing.T) *world {
	c := *w
	c.t = t
	return &c
}
