package pki_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ocsp"

	"tacit/attest"
	"tacit/fault"
	"tacit/vault/logical"
	"tacit/vault/pki"
)

func TestIssuedCertificatesVerify(t *testing.T) {
	for _, root := range []string{"ec", "rsa", "ed25519"} {
		for _, leaf := range []string{"ec", "rsa", "ed25519"} {
			t.Run(leaf+" by "+root, func(t *testing.T) {
				w := onDisk(t)
				w.update("root/generate/internal", fields{"common_name": "Root", "key_type": root})
				w.update("roles/web", fields{"allowed_domains": "example.com", "allow_subdomains": true, "key_type": leaf})
				w.engine = pki.New(w.storage, network) // as after a restart
				got := w.update("issue/web", fields{"common_name": "a.example.com", "alt_names": "b.example.com,*.c.example.com", "ttl": "1h"})
				c := w.cert(got["certificate"])
				for _, name := range []string{"a.example.com", "b.example.com", "x.c.example.com"} {
					w.verify(c, name)
				}
				if _, err := tls.X509KeyPair([]byte(got["certificate"].(string)), []byte(got["private_key"].(string))); err != nil {
					t.Error(err)
				}
				if c.IsCA || c.Subject.CommonName != "a.example.com" || time.Until(c.NotAfter) > time.Hour {
					t.Errorf("certificate of %s until %v, authority %v", c.Subject, c.NotAfter, c.IsCA)
				}
				stored := w.read("cert/" + got["serial_number"].(string)).Data["certificate"]
				if stored != got["certificate"] {
					t.Error("what is stored is another certificate")
				}
			})
		}
	}
}

func TestNamesThatARoleAllows(t *testing.T) {
	for _, tt := range []struct {
		name  string
		role  fields
		asked fields
		code  fault.Code
	}{
		{"below the domain", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "x.a.com"}, ""},
		{"far below", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "z.y.x.a.com"}, ""},
		{"in capitals", fields{"allowed_domains": "A.com", "allow_subdomains": true}, fields{"common_name": "X.a.COM"}, ""},
		{"the domain itself", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "a.com"}, fault.VaultDenied},
		{"the domain itself, allowed", fields{"allowed_domains": "a.com", "allow_bare_domains": true}, fields{"common_name": "a.com"}, ""},
		{"below, where only the domain is", fields{"allowed_domains": "a.com", "allow_bare_domains": true}, fields{"common_name": "x.a.com"}, fault.VaultDenied},
		{"another that ends alike", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "xa.com"}, fault.VaultDenied},
		{"a wildcard", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "*.a.com"}, ""},
		{"a wildcard, forbidden", fields{"allowed_domains": "a.com", "allow_subdomains": true, "allow_wildcard_certificates": false}, fields{"common_name": "*.a.com"}, fault.VaultDenied},
		{"a star within", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "x*.a.com"}, fault.VaultDenied},
		{"a glob", fields{"allowed_domains": "ftp*.a.com", "allow_glob_domains": true}, fields{"common_name": "ftp1.a.com"}, ""},
		{"no glob", fields{"allowed_domains": "ftp*.a.com"}, fields{"common_name": "ftp1.a.com"}, fault.VaultDenied},
		{"any name", fields{"allow_any_name": true}, fields{"common_name": "anything.test"}, ""},
		{"a role that names nothing", fields{}, fields{"common_name": "a.com"}, fault.VaultDenied},
		{"localhost", fields{}, fields{"common_name": "localhost"}, fault.VaultDenied},
		{"localhost, allowed", fields{"allow_localhost": true}, fields{"common_name": "localhost"}, ""},
		{"no host's name", fields{"allow_any_name": true}, fields{"common_name": "Alice Smith"}, fault.VaultDenied},
		{"no host's name, allowed", fields{"allow_any_name": true, "enforce_hostnames": false}, fields{"common_name": "Alice Smith"}, ""},
		{"no common name", fields{"allow_any_name": true}, fields{"alt_names": "a.com"}, fault.APIField},
		{"no common name, allowed", fields{"allow_any_name": true, "require_cn": false}, fields{"alt_names": "a.com"}, ""},
		{"an alternative name", fields{"allowed_domains": "a.com", "allow_subdomains": true}, fields{"common_name": "x.a.com", "alt_names": "y.b.com"}, fault.VaultDenied},
		{"an address", fields{"allow_any_name": true}, fields{"common_name": "a.com", "ip_sans": "127.0.0.1"}, fault.VaultDenied},
		{"an address, allowed", fields{"allow_any_name": true, "allow_ip_sans": true}, fields{"common_name": "a.com", "ip_sans": "127.0.0.1,::1"}, ""},
		{"a URI", fields{"allow_any_name": true}, fields{"common_name": "a.com", "uri_sans": "spiffe://a/b"}, fault.VaultDenied},
		{"a URI, allowed", fields{"allow_any_name": true, "allowed_uri_sans": "spiffe://a/*"}, fields{"common_name": "a.com", "uri_sans": "spiffe://a/b"}, ""},
		{"another name", fields{"allow_any_name": true}, fields{"common_name": "a.com", "other_sans": "1.2.3;UTF8:x"}, fault.VaultDenied},
		{"an end of the caller's own", fields{"allow_any_name": true}, fields{"common_name": "a.com", "not_after": "2100-01-01T00:00:00Z"}, fault.APIField},
		{"65 characters", fields{"allow_any_name": true}, fields{"common_name": strings.Repeat("a", 61) + ".com"}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := withRoot(t)
			w.update("roles/r", tt.role)
			if tt.code == "" {
				w.update("issue/r", tt.asked)
			} else {
				w.refused(tt.code, "issue/r", tt.asked)
			}
		})
	}
}

func TestTheLifeOfACertificate(t *testing.T) {
	for _, tt := range []struct {
		name    string
		role    fields
		ttl     string
		want    time.Duration
		warning bool
	}{
		{"a role that says nothing", fields{}, "", 768 * time.Hour, false},
		{"the role's", fields{"ttl": "2h"}, "", 2 * time.Hour, false},
		{"the role's longest", fields{"max_ttl": "3h"}, "", 3 * time.Hour, false},
		{"the caller's", fields{"ttl": "2h", "max_ttl": "4h"}, "3h", 3 * time.Hour, false},
		{"more than the role's longest", fields{"max_ttl": "4h"}, "5h", 4 * time.Hour, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := withRoot(t)
				tt.role["allow_any_name"] = true
				w.update("roles/r", tt.role)
				data := fields{"common_name": "a.com"}
				if tt.ttl != "" {
					data["ttl"] = tt.ttl
				}
				res := w.must(logical.Update, "issue/r", data)
				if got := time.Until(w.cert(res.Data["certificate"]).NotAfter); got != tt.want || (len(res.Warnings) > 0) != tt.warning {
					t.Errorf("it lives %v, want %v; warnings %v", got, tt.want, res.Warnings)
				}
			})
		})
	}
	t.Run("beyond the authority", func(t *testing.T) {
		w := newWorld(t)
		w.update("root/generate/internal", fields{"common_name": "Root", "ttl": "1h"})
		w.update("roles/r", fields{"allow_any_name": true})
		w.refused(fault.APIField, "issue/r", fields{"common_name": "a.com", "ttl": "2h"})
		w.update("issue/r", fields{"common_name": "a.com", "ttl": "30m"})
	})
}

func TestRequestsOfCallers(t *testing.T) {
	uri := func(s string) *url.URL {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip("no small keys here:", err)
	}
	good := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.example.com", Organization: []string{"Mallory"}}, DNSNames: []string{"b.example.com"}}
	forged := []byte(requested(t, good))
	forged[len(forged)-60] ^= 3
	for _, tt := range []struct {
		name string
		csr  string
		code fault.Code
	}{
		{"as the role allows", requested(t, good), ""},
		{"a name of another domain", requested(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.evil.com"}}), fault.VaultDenied},
		{"an alternative name of another domain", requested(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.example.com"}, DNSNames: []string{"evil.com"}}), fault.VaultDenied},
		{"an address", requested(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.example.com"}, IPAddresses: []net.IP{{1, 2, 3, 4}}}), fault.VaultDenied},
		{"a mail address", requested(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.example.com"}, EmailAddresses: []string{"a@example.com"}}), fault.VaultDenied},
		{"a URI of a program", requested(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.example.com"}, URIs: []*url.URL{uri("tacit://x/measurement/00")}}), fault.VaultDenied},
		{"a key of another type", requestedBy(t, good, small), fault.VaultDenied},
		{"a signature that does not verify", string(forged), fault.APIField},
		{"no request", "hello", fault.APIField},
		{"too long", strings.Repeat("x", 70<<10), fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := withRoot(t)
			if tt.code != "" {
				w.refused(tt.code, "sign/web", fields{"csr": tt.csr})
				return
			}
			got := w.update("sign/web", fields{"csr": tt.csr, "common_name": "c.example.com"})
			c := w.cert(got["certificate"])
			w.verify(c, "b.example.com")
			if c.Subject.CommonName != "a.example.com" || len(c.Subject.Organization) != 0 || got["private_key"] != nil {
				t.Errorf("certificate of %s", c.Subject)
			}
		})
	}
	t.Run("an authority's request", func(t *testing.T) {
		w := withRoot(t)
		ca := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a.example.com"}, ExtraExtensions: []pkix.Extension{
			{Id: []int{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}},
		}}
		if c := w.cert(w.update("sign/web", fields{"csr": requested(t, ca)})["certificate"]); c.IsCA {
			t.Error("it is certified as an authority")
		}
	})
}

func TestRevocationCountsAtOnce(t *testing.T) {
	for _, by := range []string{"serial number", "certificate", "lease"} {
		t.Run("by "+by, func(t *testing.T) {
			w := withRoot(t)
			w.update("roles/leased", fields{"allow_any_name": true, "generate_lease": true})
			res := w.must(logical.Update, "issue/leased", fields{"common_name": "a.com"})
			other := w.cert(w.update("issue/web", fields{"common_name": "a.example.com"})["certificate"])
			c := w.cert(res.Data["certificate"])
			if res.Lease <= 0 || w.lists(c) || w.status(c) != ocsp.Good {
				t.Fatal("it is not leased, or revoked from the start")
			}
			was := w.list().Number
			for range 2 { // the second time changes nothing
				switch by {
				case "serial number":
					w.update("revoke", fields{"serial_number": res.Data["serial_number"]})
				case "certificate":
					w.update("revoke", fields{"certificate": res.Data["certificate"]})
				default:
					if err := w.engine.Revoke(t.Context(), res.Internal); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, restart := range []bool{false, true} {
				if restart {
					w.engine = pki.New(w.storage, network)
				}
				if !w.lists(c) || w.status(c) != ocsp.Revoked {
					t.Errorf("listed %v, status %d", w.lists(c), w.status(c))
				}
				if w.lists(other) || w.status(other) != ocsp.Good {
					t.Error("another is revoked too")
				}
				if now := w.list().Number; now.Cmp(was) <= 0 {
					t.Errorf("list %v after list %v", now, was)
				}
			}
			if at := w.read("cert/" + res.Data["serial_number"].(string)).Data["revocation_time"].(int64); at == 0 {
				t.Error("cert says that it is not revoked")
			}
		})
	}
}

// status is what OCSP says, both ways to ask, checked against the authority.
func (w *world) status(c *x509.Certificate) int {
	w.t.Helper()
	var status int
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		q, err := ocsp.CreateRequest(c, w.authority(), &ocsp.RequestOptions{Hash: h})
		if err != nil {
			w.t.Fatal(err)
		}
		post, err := w.engine.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: "ocsp", Body: q})
		if err != nil {
			w.t.Fatal(err)
		}
		get := w.read("ocsp/" + base64.StdEncoding.EncodeToString(q))
		for _, raw := range [][]byte{post.Raw, get.Raw} {
			r, err := ocsp.ParseResponseForCert(raw, c, w.authority())
			if err != nil {
				w.t.Fatal(err)
			}
			status = r.Status
		}
	}
	return status
}

func TestWhatOCSPDoesNotKnow(t *testing.T) {
	w := withRoot(t)
	w.update("roles/unstored", fields{"allow_any_name": true, "no_store": true})
	c := w.cert(w.update("issue/unstored", fields{"common_name": "a.com"})["certificate"])
	if got := w.status(c); got != ocsp.Unknown {
		t.Errorf("status of what is not stored = %d", got)
	}
	w.refused(fault.APIField, "revoke", fields{"serial_number": c.SerialNumber.Text(16)})
	w.update("revoke", fields{"certificate": pemText(c)})
	if got := w.status(c); got != ocsp.Revoked {
		t.Errorf("status once revoked = %d", got)
	}
	other := withRoot(t)
	foreign := other.cert(other.update("issue/web", fields{"common_name": "a.example.com"})["certificate"])
	q, err := ocsp.CreateRequest(foreign, other.authority(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		body []byte
		want []byte
	}{
		{"another authority", q, ocsp.UnauthorizedErrorResponse},
		{"no request", []byte("hello"), ocsp.MalformedRequestErrorResponse},
		{"nothing", nil, ocsp.MalformedRequestErrorResponse},
	} {
		res, err := w.engine.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "ocsp", Body: tt.body})
		if err != nil || !bytes.Equal(res.Raw, tt.want) {
			t.Errorf("%s: %x, %v", tt.name, res.Raw, err)
		}
	}
	w.refused(fault.APIField, "revoke", fields{"certificate": pemText(foreign)})
}

func pemText(c *x509.Certificate) string {
	return "-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString(c.Raw) + "\n-----END CERTIFICATE-----\n"
}

func TestAnIntermediate(t *testing.T) {
	root, w := withRoot(t), newWorld(t)
	csr := w.update("intermediate/generate/internal", fields{"common_name": "Below"})["csr"]
	signed := root.update("root/sign-intermediate", fields{"csr": csr, "common_name": "Below", "max_path_length": 0, "ttl": "100h"})
	w.refused(fault.APIField, "intermediate/set-signed", fields{"certificate": pemText(root.authority())})
	w.update("intermediate/set-signed", fields{"certificate": signed["certificate"].(string) + "\n" + signed["issuing_ca"].(string)})
	w.update("roles/r", fields{"allow_any_name": true, "max_ttl": "90h"})
	got := w.update("issue/r", fields{"common_name": "a.com"})
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root.authority())
	between.AddCert(w.cert(got["issuing_ca"]))
	if _, err := w.cert(got["certificate"]).Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: "a.com"}); err != nil {
		t.Error(err)
	}
	if chain := got["ca_chain"].([]any); len(chain) != 2 {
		t.Errorf("a chain of %d", len(chain))
	}
	w.refused(fault.APIField, "root/sign-intermediate", fields{"csr": requested(t, &x509.CertificateRequest{}), "common_name": "Too deep"})
	root.update("revoke", fields{"serial_number": signed["serial_number"]})
	if !root.lists(w.authority()) {
		t.Error("a revoked intermediate is not listed")
	}
}

func TestTheAuthorityIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	w.refused(fault.APIField, "issue/web", fields{"common_name": "a.example.com"})
	w.root()
	was := w.authority()
	w.refused(fault.APIConflict, "root/generate/internal", fields{"common_name": "Other"})
	w.engine = pki.New(w.storage, network)
	w.refused(fault.APIConflict, "root/generate/internal", fields{"common_name": "Other"})
	if !w.authority().Equal(was) {
		t.Error("it is another now")
	}
	w.must(logical.Delete, "root", nil)
	w.refused(fault.APIField, "issue/web", fields{"common_name": "a.example.com"})
	w.update("root/generate/internal", fields{"common_name": "Other", "key_type": "rsa"})
	if w.authority().Subject.CommonName != "Other" {
		t.Error("it is not the new one")
	}
}

// case N78 code VAULT_DENIED check vault/pki/pki.go:refuseExported
func TestN78TheAuthoritysKeyStays(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"root/generate/exported", "intermediate/generate/exported", "config/ca", "issuers/import/bundle"} {
		w.refused(fault.VaultDenied, path, fields{"common_name": "Root"})
	}
	t.Run("twin: made to stay", func(t *testing.T) {
		w := w.as(t)
		got := w.update("root/generate/internal", fields{"common_name": "Root"})
		if strings.Contains(fmt.Sprint(got), "PRIVATE") {
			t.Error("the answer holds a key")
		}
	})
}

func program(level uint8, measurement byte) *attest.Claims {
	c := &attest.Claims{Level: level}
	for i := range c.Measurement {
		c.Measurement[i] = measurement
	}
	return c
}

func measured(b byte) string { return strings.Repeat(fmt.Sprintf("%02x", b), 32) }

// case N75 code VAULT_IDENTITY check vault/pki/attested.go:attest
func TestN75NoProgramIsCertifiedWithoutEvidence(t *testing.T) {
	w := withRoot(t)
	w.update("roles/p", fields{"attested": true, "measurements": measured(7)})
	for _, path := range []string{"issue/p", "sign/p"} {
		data := fields{"csr": requested(t, &x509.CertificateRequest{})}
		w.caller = logical.Caller{Policies: []string{"root"}}
		w.refused(fault.VaultIdentity, path, data)
		t.Run("twin: with evidence, "+path, func(t *testing.T) {
			w := w.as(t)
			w.caller.Claims = program(4, 7)
			w.update(path, data)
		})
	}
}

// A program that attested with a TLS client key has no other one certified.
//
// case N75 code VAULT_IDENTITY check vault/pki/attested.go:sameKey
func TestN75TheKeyThatAttestedIsCertified(t *testing.T) {
	w := withRoot(t)
	w.update("roles/p", fields{"attested": true, "measurements": measured(7)})
	w.update("roles/plain", fields{"allow_any_name": true, "require_cn": false})
	csr := requested(t, &x509.CertificateRequest{})
	block, _ := pem.Decode([]byte(csr))
	parsed, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	own := hex.EncodeToString(sum[:])
	for _, tt := range []struct {
		name, role, key string
		refused         bool
	}{
		{"twin: its own", "p", own, false},
		{"twin: of a token without one", "p", "", false},
		{"twin: where no evidence is asked for", "plain", strings.Repeat("0", 64), false},
		{"another one", "p", strings.Repeat("0", 64), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := w.as(t)
			w.caller = logical.Caller{Claims: program(4, 7), ClientKey: tt.key}
			data := fields{"csr": csr}
			if tt.refused {
				w.refused(fault.VaultIdentity, "sign/"+tt.role, data)
				return
			}
			w.update("sign/"+tt.role, data)
		})
	}
}

// case N78 code VAULT_DENIED check vault/pki/attested.go:min_level
// case N78 code VAULT_DENIED check vault/pki/attested.go:measurements
func TestN78OnlyProgramsThatTheRoleNamesAreCertified(t *testing.T) {
	debugged := program(4, 7)
	debugged.Modes = attest.ModeDebug
	for _, tt := range []struct {
		name   string
		role   fields
		claims *attest.Claims
		denied bool
	}{
		{"twin: as named", fields{}, program(4, 7), false},
		{"twin: of the least level", fields{}, program(3, 7), false},
		{"twin: one of several", fields{"measurements": measured(1) + "," + strings.ToUpper(measured(7))}, program(4, 7), false},
		{"twin: simulated, where that is named", fields{"min_level": 2}, program(2, 7), false},
		{"simulated, where it is not", fields{}, program(2, 7), true},
		{"below the level", fields{"min_level": 5}, program(4, 7), true},
		{"no level at all", fields{"min_level": 2}, program(0, 7), true},
		{"another program", fields{}, program(4, 8), true},
		{"no measurement", fields{}, program(4, 0), true},
		{"in debug mode", fields{}, debugged, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := withRoot(t)
			role := fields{"attested": true, "measurements": measured(7)}
			for k, v := range tt.role {
				role[k] = v
			}
			w.update("roles/p", role)
			w.caller.Claims = tt.claims
			if tt.denied {
				w.refused(fault.VaultDenied, "issue/p", nil)
				return
			}
			c := w.cert(w.update("issue/p", nil)["certificate"])
			if len(c.URIs) != 1 || c.URIs[0].String() != "tacit://"+network+"/measurement/"+measured(7) {
				t.Errorf("URIs = %v", c.URIs)
			}
			says := strings.Join(c.Subject.OrganizationalUnit, " ")
			if !strings.Contains(says, fmt.Sprintf("tacit level %d", tt.claims.Level)) || strings.Contains(says, "SIMULATED") != (tt.claims.Level == 2) {
				t.Errorf("units = %q", says)
			}
			if life := time.Until(c.NotAfter); life > 24*time.Hour {
				t.Errorf("it lives %v", life)
			}
			for _, ou := range c.Subject.OrganizationalUnit {
				if len(ou) > 64 {
					t.Errorf("unit of %d characters", len(ou))
				}
			}
		})
	}
}

// case N78 code VAULT_DENIED check vault/pki/role.go:allowsURI
func TestN78NobodyElseIsCertifiedAsAProgram(t *testing.T) {
	w := withRoot(t)
	w.update("roles/r", fields{"allow_any_name": true, "allowed_uri_sans": "*"})
	for _, scheme := range []string{"tacit", "TACIT"} {
		w.refused(fault.VaultDenied, "issue/r", fields{"common_name": "a.com", "uri_sans": scheme + "://" + network + "/measurement/" + measured(7)})
	}
	w.refused(fault.APIField, "roles/x", fields{"ou": "tacit level 5"})
	w.refused(fault.APIField, "roles/x", fields{"organization": " TACIT  Level 5"})
	t.Run("twin: another URI", func(t *testing.T) {
		w := w.as(t)
		w.update("issue/r", fields{"common_name": "a.com", "uri_sans": "spiffe://x/y"})
	})
}

func TestRolesThatAreNone(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name string
		role fields
	}{
		{"an unknown key", fields{"key_type": "dsa"}},
		{"a short key", fields{"key_type": "rsa", "key_bits": 1024}},
		{"ttl beyond max_ttl", fields{"ttl": "2h", "max_ttl": "1h"}},
		{"a lease of what is not stored", fields{"no_store": true, "generate_lease": true}},
		{"attested without measurements", fields{"attested": true}},
		{"attested for two days", fields{"attested": true, "measurements": measured(1), "max_ttl": "48h"}},
		{"attested by nothing", fields{"attested": true, "measurements": measured(1), "min_level": 1}},
		{"a measurement that is none", fields{"attested": true, "measurements": "abc"}},
		{"a domain that is none", fields{"attested": true, "measurements": measured(1), "attested_domain": "a/b"}},
		{"what no role has", fields{"ext_key_usage": "OCSPSigning"}},
		{"a use of keys that is for authorities", fields{"key_usage": "CertSign"}},
		{"a boolean that is none", fields{"no_store": "perhaps"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := w.as(t)
			w.refused(fault.APIField, "roles/r", tt.role)
		})
	}
	if _, err := w.ask(logical.Read, "roles/r", nil); !errors.Is(err, fault.APINotFound) {
		t.Errorf("read = %v", err)
	}
}

func TestRolesAreKept(t *testing.T) {
	w := newWorld(t)
	w.update("roles/a", fields{"allowed_domains": []string{"a.com", "b.com"}, "ttl": 3600, "ext_key_usage": []string{}, "key_usage": "DigitalSignature"})
	w.engine = pki.New(w.storage, network)
	got := w.read("roles/a").Data
	if fmt.Sprint(got["allowed_domains"]) != "[a.com b.com]" || got["ttl"] != int64(3600) || got["server_flag"] != true {
		t.Errorf("role = %v", got)
	}
	if keys := w.must(logical.List, "roles", nil).Data["keys"]; fmt.Sprint(keys) != "[a]" {
		t.Errorf("keys = %v", keys)
	}
	w.must(logical.Delete, "roles/a", nil)
	if _, err := w.ask(logical.List, "roles", nil); !errors.Is(err, fault.APINotFound) {
		t.Errorf("list = %v", err)
	}
}

func TestURLsStandInCertificates(t *testing.T) {
	w := withRoot(t)
	w.update("config/urls", fields{"issuing_certificates": "https://v/v1/pki/ca", "crl_distribution_points": "https://v/v1/pki/crl", "ocsp_servers": "https://v/v1/pki/ocsp"})
	w.refused(fault.APIField, "config/urls", fields{"ocsp_servers": "ftp:x"})
	c := w.cert(w.update("issue/web", fields{"common_name": "a.example.com"})["certificate"])
	if fmt.Sprint(c.IssuingCertificateURL, c.CRLDistributionPoints, c.OCSPServer) != "[https://v/v1/pki/ca] [https://v/v1/pki/crl] [https://v/v1/pki/ocsp]" {
		t.Errorf("%v %v %v", c.IssuingCertificateURL, c.CRLDistributionPoints, c.OCSPServer)
	}
}

func TestListsEndAndAreMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := withRoot(t)
		w.update("config/crl", fields{"expiry": "10h"})
		first := w.list()
		if got := first.NextUpdate.Sub(first.ThisUpdate); got != 10*time.Hour {
			t.Errorf("a list for %v", got)
		}
		time.Sleep(4 * time.Hour)
		if w.list().Number.Cmp(first.Number) != 0 {
			t.Error("it was made again too early")
		}
		time.Sleep(2 * time.Hour)
		second := w.list()
		if second.Number.Cmp(first.Number) <= 0 {
			t.Error("it was not made again")
		}
		w.read("crl/rotate")
		if w.list().Number.Cmp(second.Number) <= 0 {
			t.Error("it was not made when that was asked for")
		}
		w.refused(fault.APIField, "config/crl", fields{"disable": true})
		w.refused(fault.APIField, "config/crl", fields{"expiry": "1s"})
	})
}

func TestTidyRemovesWhatEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := withRoot(t)
		short := w.update("issue/web", fields{"common_name": "a.example.com", "ttl": "1h"})
		long := w.update("issue/web", fields{"common_name": "b.example.com", "ttl": "72h"})
		w.update("revoke", fields{"serial_number": short["serial_number"]})
		w.update("revoke", fields{"serial_number": long["serial_number"]})
		time.Sleep(3 * time.Hour)
		w.update("tidy", fields{"tidy_cert_store": true, "tidy_revoked_certs": true, "safety_buffer": "3h"})
		if !w.lists(w.cert(short["certificate"])) {
			t.Error("it went within the buffer")
		}
		got := w.update("tidy", fields{"tidy_cert_store": true, "tidy_revoked_certs": true, "safety_buffer": "1h"})
		w.read("crl/rotate")
		if got["cert_store_deleted_count"] != json.Number("1") || got["revoked_cert_deleted_count"] != json.Number("1") || w.lists(w.cert(short["certificate"])) || !w.lists(w.cert(long["certificate"])) {
			t.Errorf("tidy = %v", got)
		}
		w.refused(fault.APIField, "revoke", fields{"serial_number": short["serial_number"]})
	})
}

func TestOpenPaths(t *testing.T) {
	e := newWorld(t).engine
	for _, tt := range []struct {
		op   logical.Operation
		path string
		want bool
	}{
		{logical.Read, "ca", true}, {logical.Read, "ca/pem", true}, {logical.Read, "ca_chain", true}, {logical.Read, "crl", true}, {logical.Read, "crl/pem", true},
		{logical.Read, "cert/ca", true}, {logical.Read, "cert/01:02", true}, {logical.Update, "ocsp", true}, {logical.Read, "ocsp/x", true},
		{logical.Read, "crl/rotate", false}, {logical.Update, "issue/web", false}, {logical.Read, "roles/web", false}, {logical.List, "certs", false},
		{logical.Update, "revoke", false}, {logical.Update, "ca", false}, {logical.Delete, "cert/ca", false}, {logical.Update, "root/generate/internal", false}, {logical.Read, "", false},
	} {
		if got := e.Open(tt.op, tt.path); got != tt.want {
			t.Errorf("%s %s is open: %v", tt.op, tt.path, got)
		}
	}
}

func TestForgetReadsAgain(t *testing.T) {
	w := withRoot(t)
	other := pki.New(w.storage, network)
	c := w.update("issue/web", fields{"common_name": "a.example.com"})
	w.list()
	if _, err := other.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "revoke", Data: fields{"serial_number": c["serial_number"]}}); err != nil {
		t.Fatal(err)
	}
	w.engine.Forget()
	if !w.lists(w.cert(c["certificate"])) {
		t.Error("the old list is still at hand")
	}
}

func TestFormsOfAnAnswer(t *testing.T) {
	w := withRoot(t)
	der := w.update("issue/web", fields{"common_name": "a.example.com", "format": "der", "private_key_format": "pkcs8"})
	raw, err := base64.StdEncoding.DecodeString(der["private_key"].(string))
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if _, ok := key.(*ecdsa.PrivateKey); err != nil || !ok {
		t.Errorf("key %T, %v", key, err)
	}
	bundle := w.update("issue/web", fields{"common_name": "a.example.com", "format": "pem_bundle"})["certificate"].(string)
	if strings.Count(bundle, "BEGIN CERTIFICATE") != 2 || !strings.HasPrefix(bundle, "-----BEGIN EC PRIVATE KEY") {
		t.Errorf("bundle = %s", bundle)
	}
	w.refused(fault.APIField, "issue/web", fields{"common_name": "a.example.com", "format": "jks"})
}
