package manager

import (
	"bytes"
	"crypto/x509"
	"testing"

	"tacit/tacittest"
)

// The root is made once and kept; what it signs is good for where the vault listens.
func TestTheVaultsRootIsKept(t *testing.T) {
	s := tacittest.NewDisk().Open(nil)
	defer s.Close()
	first, err := openRoot(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := openRoot(t.Context(), s)
	if err != nil || !bytes.Equal(first.Certificate, again.Certificate) || !bytes.Equal(first.Key, again.Key) {
		t.Fatalf("the second root is another, %v", err)
	}
	root, err := x509.ParseCertificate(first.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := x509.ParseECPrivateKey(first.Key)
	if err != nil {
		t.Fatal(err)
	}
	get := certificates(root, issuer, "vault.example.org:8200")
	c, err := get(nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	for name, ok := range map[string]bool{"vault.example.org": true, "localhost": true, "127.0.0.1": true, "elsewhere.example.org": false} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); (err == nil) != ok {
			t.Errorf("certificate for %s: %v, want accepted: %v", name, err, ok)
		}
	}
	if second, err := get(nil); err != nil || second != c {
		t.Errorf("a second handshake got another certificate, %v", err)
	}
}
