package vault_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newShell(t *testing.T) *shell {
	path := command(t)
	w := newWorld(t, memory(t), withEngines)
	return &shell{t: t, w: w, path: path, home: t.TempDir(), ca: w.caFile(), token: w.root}
}

func (s *shell) field(args ...string) string { return strings.TrimSpace(s.run("", args...)) }

// TestVaultsOwnCommandOnTransit runs what Vault's documentation shows for transit.
func TestVaultsOwnCommandOnTransit(t *testing.T) {
	s := newShell(t)
	s.run("Success", "secrets", "enable", "transit")
	s.run("transit/", "secrets", "list")
	s.run("aes256-gcm96", "write", "-f", "transit/keys/orders")
	s.run("orders", "list", "transit/keys")
	plain := base64.StdEncoding.EncodeToString([]byte("4111 1111 1111 1111"))
	sealed := s.field("write", "-field=ciphertext", "transit/encrypt/orders", "plaintext="+plain)
	if !strings.HasPrefix(sealed, "vault:v1:") {
		t.Fatalf("ciphertext = %q", sealed)
	}
	s.run(plain, "write", "transit/decrypt/orders", "ciphertext="+sealed)
	s.run("2", "write", "-f", "transit/keys/orders/rotate")
	again := s.field("write", "-field=ciphertext", "transit/rewrap/orders", "ciphertext="+sealed)
	if !strings.HasPrefix(again, "vault:v2:") {
		t.Errorf("rewrapped = %q", again)
	}
	s.run("2", "write", "transit/keys/orders/config", "min_decryption_version=2")
	s.fails("VAULT_CONTEXT", "write", "transit/decrypt/orders", "ciphertext="+sealed)
	s.run("latest_version", "read", "transit/keys/orders")
	s.run("ciphertext", "write", "-f", "transit/datakey/plaintext/orders")
	s.run("ciphertext", "write", "-f", "transit/datakey/wrapped/orders")
	s.fails("VAULT_DENIED", "read", "transit/export/encryption-key/orders")
	s.run("random_bytes", "write", "-f", "transit/random/16")
	s.run("sum", "write", "transit/hash/sha2-256", "input="+plain, "format=hex")
	mac := s.field("write", "-field=hmac", "transit/hmac/orders", "input="+plain)
	s.run("true", "write", "transit/verify/orders", "input="+plain, "hmac="+mac)

	s.run("ed25519", "write", "transit/keys/releases", "type=ed25519")
	signed := s.field("write", "-field=signature", "transit/sign/releases", "input="+plain)
	s.run("true", "write", "-field=valid", "transit/verify/releases", "input="+plain, "signature="+signed)

	s.run("derived", "write", "transit/keys/tenants", "derived=true")
	context := base64.StdEncoding.EncodeToString([]byte("tenant 7"))
	bound := s.field("write", "-field=ciphertext", "transit/encrypt/tenants", "plaintext="+plain, "context="+context)
	s.run(plain, "write", "transit/decrypt/tenants", "ciphertext="+bound, "context="+context)
	s.fails("VAULT_CONTEXT", "write", "transit/decrypt/tenants", "ciphertext="+bound, "context="+plain)

	batch := filepath.Join(s.home, "batch.json")
	if err := os.WriteFile(batch, []byte(`{"batch_input":[{"plaintext":"`+plain+`"},{"plaintext":"`+plain+`"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run("batch_results", "write", "-format=json", "transit/encrypt/orders", "@"+batch)

	s.fails("not allowed", "delete", "transit/keys/orders")
	s.run("deletion_allowed", "write", "transit/keys/orders/config", "deletion_allowed=true")
	s.run("Success", "delete", "transit/keys/orders")
	s.fails("No value", "read", "transit/keys/orders")
}

// TestVaultsOwnCommandOnPKI runs what Vault's documentation shows for pki.
func TestVaultsOwnCommandOnPKI(t *testing.T) {
	s := newShell(t)
	s.run("Success", "secrets", "enable", "pki")
	s.run("Success", "secrets", "tune", "-max-lease-ttl=87600h", "pki")
	s.run("BEGIN CERTIFICATE", "write", "-field=certificate", "pki/root/generate/internal", "common_name=example.com", "issuer_name=root", "ttl=87600h")
	s.run("issuing_certificates", "write", "pki/config/urls", "issuing_certificates="+s.w.server.URL+"/v1/pki/ca", "crl_distribution_points="+s.w.server.URL+"/v1/pki/crl")
	issuer := s.field("read", "-field=default", "pki/config/issuers")
	s.run(issuer, "list", "pki/issuers")
	s.run("BEGIN CERTIFICATE", "read", "pki/issuer/default")

	s.run("Success", "secrets", "enable", "-path=pki_int", "pki")
	csr := filepath.Join(s.home, "int.csr")
	request := s.field("write", "-field=csr", "pki_int/intermediate/generate/internal", "common_name=example.com Intermediate Authority")
	if err := os.WriteFile(csr, []byte(request), 0o600); err != nil {
		t.Fatal(err)
	}
	chain := s.field("write", "-field=certificate", "pki/root/sign-intermediate", "csr=@"+csr, "format=pem_bundle", "ttl=43800h", "common_name=example.com Intermediate Authority")
	signed := filepath.Join(s.home, "int.pem")
	if err := os.WriteFile(signed, []byte(chain), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run("imported_issuers", "write", "pki_int/intermediate/set-signed", "certificate=@"+signed)

	s.run("example.com", "write", "pki_int/roles/example-dot-com", "allowed_domains=example.com", "allow_subdomains=true", "max_ttl=720h")
	s.run("example-dot-com", "list", "pki_int/roles")
	s.run("private_key", "write", "pki_int/issue/example-dot-com", "common_name=test.example.com", "ttl=24h")
	s.fails("VAULT_DENIED", "write", "pki_int/issue/example-dot-com", "common_name=example.org")
	serial := s.field("write", "-field=serial_number", "pki_int/issue/example-dot-com", "common_name=test.example.com", "ttl=24h")
	s.run(serial, "list", "pki_int/certs")
	s.run("BEGIN CERTIFICATE", "read", "pki_int/cert/"+serial)
	s.run("revocation_time", "write", "pki_int/revoke", "serial_number="+serial)
	s.run("true", "read", "pki_int/crl/rotate")
	s.run("", "write", "pki_int/tidy", "tidy_cert_store=true", "tidy_revoked_certs=true")

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "own.example.com"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(s.home, "own.csr")
	if err := os.WriteFile(own, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run("BEGIN CERTIFICATE", "write", "-field=certificate", "pki_int/sign/example-dot-com", "csr=@"+own)
	s.fails("VAULT_DENIED", "write", "pki/root/generate/exported", "common_name=x")
	s.run("Success", "delete", "pki_int/roles/example-dot-com")

	// What Vault's command knows of authorities beyond paths.
	s.run("", "pki", "health-check", "-list", "pki")
	s.run("", "pki", "list-intermediates", "pki/issuer/default")
}
