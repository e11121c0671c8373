package pki

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// requestMost bounds a certificate request in bytes of PEM.
const requestMost = 64 << 10

// parseRequest reads a certificate request in PEM whose signature proves the key.
func parseRequest(text string) (*x509.CertificateRequest, error) {
	if len(text) > requestMost {
		return nil, fault.New(fault.APISize, "read request: it has %d bytes, at most %d", len(text), requestMost)
	}
	b, _ := pem.Decode([]byte(text))
	if b == nil || b.Type != "CERTIFICATE REQUEST" && b.Type != "NEW CERTIFICATE REQUEST" {
		return nil, fault.New(fault.APIField, "read request: it is no certificate request in PEM")
	}
	csr, err := x509.ParseCertificateRequest(b.Bytes)
	if err != nil {
		return nil, fault.New(fault.APIField, "read request: it is no certificate request")
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, fault.New(fault.APIField, "read request: its signature is not of its key")
	}
	return csr, nil
}

// wanted is what a caller asks to be certified.
type wanted struct {
	name string
	dns  []string
	ips  []net.IP
	uris []*url.URL
}

// wantedOf reads names from the fields and, as the role says, from a request.
func (r *role) wantedOf(f *logical.Fields, csr *x509.CertificateRequest) (w wanted, err error) {
	w.name = f.Text("common_name")
	if csr != nil && r.CSRName {
		w.name = csr.Subject.CommonName
	}
	if csr != nil && r.CSRNames {
		if len(csr.EmailAddresses) > 0 {
			return w, errName("address", csr.EmailAddresses[0])
		}
		w.dns, w.ips, w.uris = slices.Clone(csr.DNSNames), csr.IPAddresses, csr.URIs
	} else {
		w.dns = f.List("alt_names")
		for _, s := range f.List("ip_sans") {
			ip := net.ParseIP(s)
			if ip == nil {
				return w, fault.New(fault.APIField, "read field ip_sans: %q is no address", s)
			}
			w.ips = append(w.ips, ip)
		}
		for _, s := range f.List("uri_sans") {
			u, err := url.Parse(s)
			if err != nil {
				return w, fault.New(fault.APIField, "read field uri_sans: %q is no URI", s)
			}
			w.uris = append(w.uris, u)
		}
	}
	if f.Has("other_sans") {
		return w, errName("other name", f.Text("other_sans"))
	}
	if f.Has("not_after") {
		return w, errNotAfter
	}
	const most = 100
	if len(w.dns)+len(w.ips)+len(w.uris) > most {
		return w, fault.New(fault.APISize, "certify: more than %d names", most)
	}
	if w.name != "" && hostname.MatchString(strings.TrimPrefix(strings.ToLower(w.name), "*.")) && !f.Bool("exclude_cn_from_sans") && !slices.Contains(w.dns, w.name) {
		w.dns = append([]string{w.name}, w.dns...)
	}
	return w, f.Err()
}

var errNotAfter = fault.New(fault.APIField, "certify: not_after is not to be had here, give a ttl")

// judge refuses what the role does not allow.
func (r *role) judge(w wanted) error {
	switch {
	case w.name == "" && r.RequireCN && !r.Attested:
		return fault.New(fault.APIField, "the common_name field is required")
	case len(w.name) > 64:
		return fault.New(fault.APIField, "certify: common_name has more than 64 characters")
	case w.name != "" && !r.allowsName(w.name):
		return errName("common name", w.name)
	}
	for _, n := range w.dns {
		if !hostname.MatchString(strings.TrimPrefix(strings.ToLower(n), "*.")) || !r.allowsName(n) {
			return errName("name", n)
		}
	}
	for _, ip := range w.ips {
		if !r.allowsIP(ip) {
			return errName("address", ip.String())
		}
	}
	for _, u := range w.uris {
		if !r.allowsURI(u) {
			return errName("URI", u.String())
		}
	}
	return nil
}

// life is how long a certificate is to live.
func (r *role) life(f *logical.Fields) (time.Duration, bool) {
	most := r.MaxTTL
	if most == 0 {
		most = max(ttlMost, r.TTL)
	}
	if r.Attested {
		most = min(most, ttlAttested)
	}
	d := f.Duration("ttl")
	if d == 0 {
		d = r.TTL
	}
	if d == 0 {
		d = most
	}
	return min(d, most), d > most
}

// issue certifies a fresh key, or one that the caller made.
func (e *Engine) issue(ctx context.Context, req *logical.Request, name string, sign bool, f *logical.Fields) (*logical.Response, error) {
	if !roleForm.MatchString(name) {
		return nil, errNoPath
	}
	r, _, err := e.roleOf(ctx, name)
	if err != nil {
		return nil, fault.New(fault.APIField, "unknown role: %w", err)
	}
	a, err := e.authorityOf(ctx)
	if err != nil {
		return nil, err
	}
	var csr *x509.CertificateRequest
	var key crypto.Signer
	var pub crypto.PublicKey
	if sign {
		if csr, err = parseRequest(f.Text("csr")); err != nil {
			return nil, err
		}
		if err := r.allowsKey(csr.PublicKey); err != nil {
			return nil, err
		}
		pub = csr.PublicKey
		if r.Attested {
			if err := sameKey(csr, req.Caller.ClientKey); err != nil {
				return nil, err
			}
		}
	}
	t, warnings, err := e.template(ctx, &r, req.Caller, f, csr)
	if err != nil {
		return nil, err
	}
	if t.NotAfter.After(a.cert.NotAfter) {
		return nil, errBeyond
	}
	if !sign {
		if key, err = newKey(r.KeyType, r.KeyBits); err != nil {
			return nil, err
		}
		pub = key.Public()
	}
	t.SubjectKeyId = subjectKeyID(pub)
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, pub, a.signer)
	if err != nil {
		return nil, fault.New(fault.APIField, "certify: %w", err)
	}
	data, err := a.answer(f, der, key)
	if err != nil {
		return nil, err
	}
	data["serial_number"], data["expiration"] = serialText(t.SerialNumber), t.NotAfter.Unix()
	res := &logical.Response{Data: data, Warnings: warnings}
	if r.Lease {
		res.Lease, res.Internal = time.Until(t.NotAfter), t.SerialNumber.Bytes()
	}
	if !r.NoStore {
		if _, err := e.storage.Commit(logical.Answering(ctx, res), tacit.Txn{Then: []tacit.Put{{Key: certKey(t.SerialNumber), Value: der}}}); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// template is the certificate but for its key.
func (e *Engine) template(ctx context.Context, r *role, caller logical.Caller, f *logical.Fields, csr *x509.CertificateRequest) (*x509.Certificate, []string, error) {
	w, err := r.wantedOf(f, csr)
	if err != nil {
		return nil, nil, err
	}
	if err := r.judge(w); err != nil {
		return nil, nil, err
	}
	life, cut := r.life(f)
	if f.Err() != nil {
		return nil, nil, f.Err()
	}
	var warnings []string
	if cut {
		warnings = append(warnings, "ttl is more than the role's longest; it was cut to "+life.String())
	}
	usage, err := r.usage()
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber: serialNumber(), NotBefore: now.Add(-r.NotBefore), NotAfter: now.Add(life),
		Subject:  pkix.Name{CommonName: w.name, Organization: r.Organization, OrganizationalUnit: r.OU, Country: r.Country, Locality: r.Locality, Province: r.Province},
		DNSNames: w.dns, IPAddresses: w.ips, URIs: w.uris,
		KeyUsage: usage, BasicConstraintsValid: true,
	}
	if r.Server {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	if r.Client {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	if r.CodeSigning {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageCodeSigning)
	}
	if r.Attested {
		if err := r.attest(t, caller.Claims, e.network); err != nil {
			return nil, nil, err
		}
	}
	return t, warnings, e.addURLs(ctx, t)
}

// answer is a certificate in the form that was asked for, with its key if it was made
// here.
func (a *authority) answer(f *logical.Fields, der []byte, key crypto.Signer) (map[string]any, error) {
	data := map[string]any{"certificate": certPEM(der), "issuing_ca": certPEM(a.cert.Raw), "ca_chain": a.chainPEM()}
	var keyText string
	var keyDER []byte
	if key != nil {
		block, kind, err := keyBlock(key, f.Text("private_key_format") == "pkcs8")
		if err != nil {
			return nil, err
		}
		keyText, keyDER = pemOf(block.Type, block.Bytes), block.Bytes
		data["private_key"], data["private_key_type"] = keyText, kind
	}
	switch form := f.Text("format"); form {
	case "", "pem":
	case "pem_bundle":
		parts := append([]string{keyText, certPEM(der)}, a.chainPEM()...)
		data["certificate"] = strings.TrimSpace(strings.Join(parts, "\n"))
	case "der":
		data["certificate"] = base64.StdEncoding.EncodeToString(der)
		if key != nil {
			data["private_key"] = base64.StdEncoding.EncodeToString(keyDER)
		}
	default:
		return nil, fault.New(fault.APIField, "read field format: %q is none of pem, pem_bundle and der", form)
	}
	return data, f.Err()
}

func keyBlock(key crypto.Signer, pkcs8 bool) (block *pem.Block, kind string, err error) {
	block = &pem.Block{Type: "PRIVATE KEY"}
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		if kind = "ec"; !pkcs8 {
			block.Type = "EC PRIVATE KEY"
			block.Bytes, err = x509.MarshalECPrivateKey(k)
			return block, kind, err
		}
	case *rsa.PrivateKey:
		if kind = "rsa"; !pkcs8 {
			block.Type = "RSA PRIVATE KEY"
			block.Bytes = x509.MarshalPKCS1PrivateKey(k)
			return block, kind, nil
		}
	default:
		kind = "ed25519"
	}
	block.Bytes, err = x509.MarshalPKCS8PrivateKey(key)
	return block, kind, err
}

// subjectKeyID is what a certificate calls its key (RFC 7093, section 2, method 4).
func subjectKeyID(pub crypto.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(der)
	return sum[:20]
}
