package pki_test

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tacit/vault/logical"
)

// TestOpenSSL has another implementation judge certificates, lists and OCSP.
func TestOpenSSL(t *testing.T) {
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	for _, kind := range []string{"ec", "rsa"} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.update("root/generate/internal", fields{"common_name": "Root", "key_type": kind})
			w.update("roles/web", fields{"allowed_domains": "example.com", "allow_subdomains": true})
			dir := t.TempDir()
			file := func(name string, b []byte) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			openssl := func(args ...string) (string, error) {
				out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
				return string(out), err
			}
			good := w.update("issue/web", fields{"common_name": "good.example.com"})
			bad := w.update("issue/web", fields{"common_name": "bad.example.com"})
			ca := file("ca.pem", w.read("ca/pem").Raw)
			certs := map[string]string{"good": file("good.pem", []byte(good["certificate"].(string))), "bad": file("bad.pem", []byte(bad["certificate"].(string)))}

			if out, err := openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, certs["bad"]); err != nil {
				t.Errorf("before it is revoked: %v: %s", err, out)
			}
			w.update("revoke", fields{"serial_number": bad["serial_number"]})
			crl := file("crl.pem", w.read("crl/pem").Raw)
			if out, err := openssl("crl", "-in", crl, "-noout", "-CAfile", ca); err != nil || !strings.Contains(out, "verify OK") {
				t.Errorf("list: %v: %s", err, out)
			}
			for name, revoked := range map[string]bool{"good": false, "bad": true} {
				out, err := openssl("verify", "-x509_strict", "-crl_check", "-CRLfile", crl, "-CAfile", ca, certs[name])
				if (err != nil) != revoked || strings.Contains(out, "certificate revoked") != revoked {
					t.Errorf("%s by the list: %v: %s", name, err, out)
				}
			}

			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				b, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				res, err := w.engine.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: "ocsp", Body: b})
				if err != nil {
					t.Error(err)
					return
				}
				rw.Header().Set("Content-Type", res.Media)
				rw.Write(res.Raw)
			}))
			defer server.Close()
			if _, _, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://")); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"good": ": good", "bad": ": revoked"} {
				out, err := openssl("ocsp", "-issuer", ca, "-cert", certs[name], "-url", server.URL, "-CAfile", ca)
				if err != nil || !strings.Contains(out, "Response verify OK") || !strings.Contains(out, want) {
					t.Errorf("%s by OCSP: %v: %s", name, err, out)
				}
			}

			key := filepath.Join(dir, "key.pem")
			if out, err := openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			csr := filepath.Join(dir, "csr.pem")
			if out, err := openssl("req", "-new", "-key", key, "-subj", "/CN=csr.example.com", "-out", csr); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			b, err := os.ReadFile(csr)
			if err != nil {
				t.Fatal(err)
			}
			signed := file("signed.pem", []byte(w.update("sign/web", fields{"csr": string(b)})["certificate"].(string)))
			if out, err := openssl("verify", "-x509_strict", "-crl_check", "-CRLfile", crl, "-CAfile", ca, signed); err != nil {
				t.Errorf("by a request of openssl: %v: %s", err, out)
			}
			if b, _ := pem.Decode([]byte(good["private_key"].(string))); b == nil || b.Type != "EC PRIVATE KEY" {
				t.Error("no key in the form that openssl reads")
			}
		})
	}
}
