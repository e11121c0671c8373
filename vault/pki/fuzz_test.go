package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ocsp"

	"tacit/fault"
	"tacit/tacittest"
	"tacit/vault/logical"
)

// FuzzSign has an engine certify whatever comes; what it gives is never more than the
// role allows.
func FuzzSign(f *testing.F) {
	e := New(tacittest.NewDisk().Open(nil), "example.tacit")
	for path, data := range map[string]map[string]any{
		"root/generate/internal": {"common_name": "Root"},
		"roles/web":              {"allowed_domains": "example.com", "allow_subdomains": true, "key_type": "any", "no_store": true},
	} {
		if _, err := e.Handle(f.Context(), &logical.Request{Operation: logical.Update, Path: path, Data: data}); err != nil {
			f.Fatal(err)
		}
	}
	res, err := e.Handle(f.Context(), &logical.Request{Operation: logical.Update, Path: "intermediate/generate/internal", Data: map[string]any{"common_name": "a.example.com"}})
	if err != nil {
		f.Fatal(err)
	}
	b, _ := pem.Decode([]byte(res.Data["csr"].(string)))
	f.Add(b.Bytes)
	f.Add(b.Bytes[:60])
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, der []byte) {
		text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
		res, err := e.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "sign/web", Data: map[string]any{"csr": text}})
		if err != nil {
			if fault.Of(err) == fault.Internal {
				t.Errorf("error without a code: %v", err)
			}
			return
		}
		chain, err := parseChain(res.Data["certificate"].(string))
		if err != nil {
			t.Fatal(err)
		}
		c := chain[0]
		if c.IsCA || len(c.URIs)+len(c.IPAddresses)+len(c.EmailAddresses) > 0 {
			t.Errorf("certified too much: %v %v", c.Subject, c.URIs)
		}
		for _, n := range c.DNSNames {
			if err := c.VerifyHostname(n); err != nil && !bytes.Contains([]byte(n), []byte("*")) {
				t.Error(err)
			}
		}
	})
}

// FuzzOCSP: whatever comes is answered, and never as good but for what was certified.
func FuzzOCSP(f *testing.F) {
	e := New(tacittest.NewDisk().Open(nil), "example.tacit")
	if _, err := e.Handle(f.Context(), &logical.Request{Operation: logical.Update, Path: "root/generate/internal", Data: map[string]any{"common_name": "Root"}}); err != nil {
		f.Fatal(err)
	}
	a, err := e.authorityOf(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	q, err := ocsp.CreateRequest(a.cert, a.cert, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(q)
	f.Add(q[:40])
	f.Fuzz(func(t *testing.T, der []byte) {
		res, err := e.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "ocsp", Body: der})
		if err != nil || len(res.Raw) == 0 {
			t.Fatalf("no answer: %v", err)
		}
		r, err := ocsp.ParseResponse(res.Raw, a.cert)
		if err == nil && r.Status == ocsp.Good && r.SerialNumber.Cmp(a.cert.SerialNumber) != 0 {
			t.Errorf("serial number %v is good", r.SerialNumber)
		}
	})
}

// FuzzChain reads the certificates that an authority is given: what is read is written
// the same again, what is refused has a code.
func FuzzChain(f *testing.F) {
	e := New(tacittest.NewDisk().Open(nil), "example.tacit")
	res, err := e.Handle(f.Context(), &logical.Request{Operation: logical.Update, Path: "root/generate/internal", Data: map[string]any{"common_name": "Root"}})
	if err != nil {
		f.Fatal(err)
	}
	text := res.Data["certificate"].(string)
	f.Add(text)
	f.Add(text + "\n" + text)
	f.Add(strings.Replace(text, "CERTIFICATE", "PRIVATE KEY", 2))
	f.Add(strings.Repeat(text+"\n", 9))
	f.Fuzz(func(t *testing.T, text string) {
		chain, err := parseChain(text)
		if err != nil {
			if !errors.Is(err, fault.APIField) {
				t.Error(err)
			}
			return
		}
		var again []byte
		for _, c := range chain {
			again = append(append(again, certPEM(c.Raw)...), '\n')
		}
		back, err := parseChain(string(again))
		if err != nil || len(chain) > 8 || !slices.EqualFunc(chain, back, (*x509.Certificate).Equal) {
			t.Errorf("%q comes back as %q: %v", text, again, err)
		}
	})
}

// FuzzSerial: a serial number is read as it is written, whatever stands between its
// digits.
func FuzzSerial(f *testing.F) {
	f.Add("39:dd:2e")
	f.Add("39-DD-2e")
	f.Add("xx")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseSerial(s)
		if err != nil {
			if !errors.Is(err, fault.APIField) {
				t.Error(err)
			}
			return
		}
		if n.Sign() == 0 {
			return
		}
		again, err := parseSerial(serialText(n))
		if err != nil || again.Cmp(n) != 0 {
			t.Errorf("%q is read as %v, then as %v, %v", s, n, again, err)
		}
	})
}

func TestGlobs(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "ab", false}, {"*", "x", true}, {"a*b*c", "a1b2c", true}, {"a*b*c", "a1c", false},
		{"ab*bc", "abc", false}, {"*.a.com", "x.a.com", true}, {"*.a.com", "a.com", false}, {"abc", "abc", true}, {"abc", "abcd", false},
	} {
		if got := globbed(tt.pattern, tt.s); got != tt.want {
			t.Errorf("globbed(%q, %q) = %v", tt.pattern, tt.s, got)
		}
	}
}

func TestSerialNumbers(t *testing.T) {
	for range 100 {
		n := serialNumber()
		if n.Sign() <= 0 || len(n.Bytes()) != 20 || n.BitLen() > 159 {
			t.Errorf("serial number %v", n)
		}
	}
	if got := serialText(big.NewInt(0x39dd)); got != "39:dd" {
		t.Errorf("text = %s", got)
	}
}
