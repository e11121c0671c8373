package vault_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/crypto/ocsp"

	"tacit/fault"
	"tacit/vault"
	"tacit/vault/logical"
	"tacit/vault/pki"
	"tacit/vault/transit"
)

func withEngines(c *vault.Config) {
	c.Engines = map[string]func(logical.Storage) logical.Engine{
		"transit": func(s logical.Storage) logical.Engine { return transit.New(s) },
		"pki":     func(s logical.Storage) logical.Engine { return pki.New(s, "example.tacit") },
	}
}

// anybody fetches a path without a token.
func (w *world) anybody(method, path, media string, body []byte) (int, []byte) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+"/v1/"+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	res, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, b
}

func certified(t *testing.T, text any) *x509.Certificate {
	t.Helper()
	b, _ := pem.Decode([]byte(text.(string)))
	if b == nil {
		t.Fatalf("no certificate in %v", text)
	}
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// case N78 code VAULT_TOKEN check vault/dispatch.go:published
func TestN78AnybodySeesWhatAnAuthorityPublishesAndNothingElse(t *testing.T) {
	w := newWorld(t, memory(t), withEngines)
	w.must("POST", "sys/mounts/pki", w.root, map[string]any{"type": "pki"})
	root := certified(t, w.must("POST", "pki/root/generate/internal", w.root, map[string]any{"common_name": "Root"}).data()["certificate"])
	w.must("POST", "pki/roles/web", w.root, map[string]any{"allow_any_name": true, "generate_lease": true})
	issued := w.must("POST", "pki/issue/web", w.root, map[string]any{"common_name": "a.com", "ttl": "1h"})
	cert := certified(t, issued.data()["certificate"])
	if r := w.call("PUT", "sys/leases/renew", w.root, map[string]any{"lease_id": issued.body["lease_id"]}); r.status != http.StatusBadRequest {
		t.Errorf("a certificate's lease is renewed: %d %s", r.status, r.raw)
	}

	for _, tt := range []struct{ name, method, path string }{
		{"certificates", "GET", "pki/certs?list=true"}, {"roles", "GET", "pki/roles/web"}, {"a certificate of one's own", "POST", "pki/issue/web"},
		{"a revocation", "POST", "pki/revoke"}, {"another list", "GET", "pki/crl/rotate"}, {"a secret that is called so", "GET", "secret/data/ocsp/a%2Fb"},
		{"the same in the plain form", "GET", "secret/ocsp/ab"},
	} {
		if status, _ := w.anybody(tt.method, tt.path, "", nil); status != http.StatusForbidden {
			t.Errorf("%s: %d", tt.name, status)
		}
	}
	w.must("POST", "sys/mounts/one", w.root, map[string]any{"type": "kv", "options": map[string]string{"version": "1"}})
	w.must("POST", "one/ocsp/a_b", w.root, map[string]any{"x": "y"})
	if r := w.call("GET", "one/ocsp/a%2Fb", w.root, nil); r.status != http.StatusForbidden {
		t.Errorf("a secret by another name: %d %s", r.status, r.raw)
	}
	if r := w.call("GET", "pki/x/ocsp/a%2Fb", w.root, nil); r.status != http.StatusForbidden {
		t.Errorf("a path further below: %d %s", r.status, r.raw)
	}
	t.Run("twin: what it publishes", func(t *testing.T) {
		w := &world{t: t, server: w.server}
		for _, path := range []string{"pki/ca/pem", "pki/ca_chain", "pki/crl", "pki/crl/pem", "pki/cert/ca"} {
			if status, b := w.anybody("GET", path, "", nil); status != http.StatusOK || len(b) == 0 {
				t.Errorf("%s: %d %s", path, status, b)
			}
		}
		if status, b := w.anybody("GET", "pki/ca", "", nil); status != http.StatusOK || !bytes.Equal(b, root.Raw) {
			t.Errorf("ca: %d", status)
		}
	})
	status := func() int {
		t.Helper()
		last := -1
		for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
			q, err := ocsp.CreateRequest(cert, root, &ocsp.RequestOptions{Hash: h})
			if err != nil {
				t.Fatal(err)
			}
			text := base64.StdEncoding.EncodeToString(q)
			for _, ask := range []func() (int, []byte){
				func() (int, []byte) { return w.anybody("POST", "pki/ocsp", "application/ocsp-request", q) },
				func() (int, []byte) { return w.anybody("GET", "pki/ocsp/"+url.PathEscape(text), "", nil) },
				func() (int, []byte) { return w.anybody("GET", "pki/ocsp/"+url.QueryEscape(text), "", nil) },
			} {
				code, b := ask()
				r, err := ocsp.ParseResponseForCert(b, cert, root)
				if code != http.StatusOK || err != nil {
					t.Fatalf("ocsp: %d %s %v", code, b, err)
				}
				last = r.Status
			}
		}
		return last
	}
	if got := status(); got != ocsp.Good {
		t.Errorf("status = %d", got)
	}
	w.must("PUT", "sys/leases/revoke", w.root, map[string]any{"lease_id": issued.body["lease_id"]})
	if got := status(); got != ocsp.Revoked {
		t.Errorf("status at the end of its lease = %d", got)
	}
	list, err := x509.ParseRevocationList(func() []byte { _, b := w.anybody("GET", "pki/crl", "", nil); return b }())
	if err != nil || len(list.RevokedCertificateEntries) != 1 {
		t.Errorf("list: %v", err)
	}
}

func TestAnEncryptionMakesAKeyOnlyForWhoMayCreate(t *testing.T) {
	w := newWorld(t, memory(t), withEngines)
	w.must("POST", "sys/mounts/transit", w.root, map[string]any{"type": "transit"})
	w.policy("user", `path "transit/encrypt/*" { capabilities = ["update"] }`)
	w.policy("maker", `path "transit/encrypt/*" { capabilities = ["create", "update"] }`)
	ask := func(policy string) reply {
		return w.call("POST", "transit/encrypt/k", w.token(map[string]any{"policies": []string{policy}}), map[string]any{"plaintext": "aGVsbG8="})
	}
	wantCode(t, ask("user"), 403, fault.VaultDenied)
	if r := ask("maker"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := ask("user"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.raw)
	}
}

// case N75 code VAULT_IDENTITY check vault/dispatch.go:ClientKey
func TestN75TheKeyOfTheLoginIsCertified(t *testing.T) {
	w, m, _ := evidenceWorld(t, withEngines)
	w.must("POST", "sys/mounts/pki", w.root, map[string]any{"type": "pki"})
	w.must("POST", "pki/root/generate/internal", w.root, map[string]any{"common_name": "Root"})
	w.must("POST", "pki/roles/app", w.root, map[string]any{"attested": true, "min_level": 2, "measurements": program.String()})
	w.policy("certified", `path "pki/sign/*" { capabilities = ["update"] }`)
	w.role("app", map[string]any{"token_policies": "certified"})
	mine := certificate(t)
	token := w.login(m, mine)
	by := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.pool(), Certificates: []tls.Certificate{mine}}}}
	sign := func(of tls.Certificate) reply {
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, of.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		csr := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
		return callWith(t, by, w.server.URL, "POST", "pki/sign/app", token, map[string]any{"csr": csr})
	}
	t.Run("twin: its own key", func(t *testing.T) {
		if r := sign(mine); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.raw)
		}
	})
	wantCode(t, sign(certificate(t)), http.StatusForbidden, fault.VaultIdentity)
}

// case N75 code VAULT_IDENTITY check vault/pki/attested.go:attest
func TestN75ACertificateOfAProgramTakesALoginByEvidence(t *testing.T) {
	w, m, _ := evidenceWorld(t, withEngines)
	w.must("POST", "sys/mounts/pki", w.root, map[string]any{"type": "pki"})
	w.must("POST", "pki/root/generate/internal", w.root, map[string]any{"common_name": "Root"})
	w.must("POST", "pki/roles/app", w.root, map[string]any{"attested": true, "min_level": 2, "measurements": program.String()})
	w.must("POST", "pki/roles/hardware", w.root, map[string]any{"attested": true, "measurements": program.String()})
	w.policy("certified", `path "pki/issue/*" { capabilities = ["update"] }`)
	w.role("app", map[string]any{"token_policies": "certified"})
	named, attested := w.token(map[string]any{"policies": []string{"certified"}}), w.login(m)

	wantCode(t, w.call("POST", "pki/issue/app", named, map[string]any{}), http.StatusForbidden, fault.VaultIdentity)
	wantCode(t, w.call("POST", "pki/issue/app", w.root, map[string]any{}), http.StatusForbidden, fault.VaultIdentity)
	wantCode(t, w.call("POST", "pki/issue/hardware", attested, map[string]any{}), http.StatusForbidden, fault.VaultDenied)
	t.Run("twin: by evidence", func(t *testing.T) {
		r := w.call("POST", "pki/issue/app", attested, map[string]any{})
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		c := certified(t, r.data()["certificate"])
		if len(c.URIs) != 1 || c.URIs[0].String() != "tacit://example.tacit/measurement/"+program.String() || len(c.Subject.OrganizationalUnit) != 1 {
			t.Errorf("certificate of %v, %v", c.Subject, c.URIs)
		}
	})
}
