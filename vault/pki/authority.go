package pki

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

const (
	authorityKey = "ca"
	pendingKey   = "pending" // key of an intermediate whose certificate is awaited
	rootLife     = 10 * 365 * 24 * time.Hour
	lifeMost     = 30 * 365 * 24 * time.Hour
)

// An authority is the certificate that signs, with its key and those above it.
type authority struct {
	signer   crypto.Signer
	cert     *x509.Certificate
	chain    []*x509.Certificate // from cert on, up to what is known
	id       string              // of certificate and key
	keyID    string
	revision int64
}

// Format keeps the key out of any print.
func (*authority) Format(f fmt.State, _ rune) { fmt.Fprint(f, "pki authority, its key hidden") }

// storedAuthority is an authority in the store; Chain begins with its own certificate.
type storedAuthority struct {
	Key   []byte   `json:"key"` // PKCS #8
	Chain [][]byte `json:"chain,omitempty"`
}

// authorityOf is the authority at hand or from the store; without one it is API_FIELD.
func (e *Engine) authorityOf(ctx context.Context) (*authority, error) {
	if a := e.cache.Load().authority.Load(); a != nil {
		return a, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.loadAuthority(ctx)
}

var errNoAuthority = fault.New(fault.APIField, "find authority: none has been made here")

// loadAuthority is authorityOf for who holds mu.
func (e *Engine) loadAuthority(ctx context.Context) (*authority, error) {
	c := e.cache.Load()
	if a := c.authority.Load(); a != nil {
		return a, nil
	}
	item, err := e.storage.Get(ctx, authorityKey)
	if errors.Is(err, fault.APINotFound) {
		return nil, errNoAuthority
	}
	if err != nil {
		return nil, err
	}
	a, err := parseAuthority(item)
	if err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read authority: it does not decode") // the cause might quote it
	}
	c.authority.Store(a)
	return a, nil
}

func parseAuthority(item tacit.Item) (*authority, error) {
	var s storedAuthority
	if err := json.Unmarshal(item.Value, &s); err != nil {
		return nil, err
	}
	a := &authority{revision: item.Revision}
	parsed, err := x509.ParsePKCS8PrivateKey(s.Key)
	if err != nil {
		return nil, err
	}
	a.signer = parsed.(crypto.Signer)
	for _, der := range s.Chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		a.chain = append(a.chain, cert)
	}
	if a.keyID, err = idOf(a.signer.Public()); err != nil || len(a.chain) == 0 {
		return a, err
	}
	a.cert = a.chain[0]
	sum := sha256.Sum256(a.cert.Raw)
	a.id = uuid(sum[:])
	return a, nil
}

func idOf(pub crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	sum := sha256.Sum256(der)
	return uuid(sum[:]), err
}

func uuid(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// newKey makes a key: ec with 256 [default], 384 or 521 bits, rsa with 2048 [default],
// 3072 or 4096, or ed25519.
func newKey(kind string, bits int) (crypto.Signer, error) {
	switch kind {
	case "ec":
		curve, ok := map[int]elliptic.Curve{0: elliptic.P256(), 256: elliptic.P256(), 384: elliptic.P384(), 521: elliptic.P521()}[bits]
		if ok {
			return ecdsa.GenerateKey(curve, rand.Reader)
		}
	case "rsa":
		if bits == 0 {
			bits = 2048
		}
		if bits == 2048 || bits == 3072 || bits == 4096 {
			return rsa.GenerateKey(rand.Reader, bits)
		}
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, fault.New(fault.APIField, "make key: there is no type %q with %d bits", kind, bits)
}

func keyOf(f *logical.Fields) (crypto.Signer, error) {
	kind := f.Text("key_type")
	if kind == "" {
		kind = "ec"
	}
	bits := f.Int("key_bits")
	if f.Err() != nil {
		return nil, f.Err()
	}
	return newKey(kind, int(bits))
}

// serialNumber is 159 random bits (RFC 5280: positive, at most 20 bytes).
func serialNumber() *big.Int {
	b := make([]byte, 20)
	rand.Read(b) // never fails: the program ends if there is no randomness
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b)
}

// subject reads the fields of a name but for CN.
func subject(f *logical.Fields) pkix.Name {
	return pkix.Name{
		Organization: f.List("organization"), OrganizationalUnit: f.List("ou"), Country: f.List("country"), Locality: f.List("locality"),
		Province: f.List("province"), StreetAddress: f.List("street_address"), PostalCode: f.List("postal_code"),
	}
}

// caTemplate is a certificate of an authority as fields ask for it.
func (e *Engine) caTemplate(ctx context.Context, f *logical.Fields, name pkix.Name) (*x509.Certificate, error) {
	life := f.Duration("ttl")
	if life == 0 {
		life = rootLife
	}
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber: serialNumber(), Subject: name, NotBefore: now.Add(-backdate), NotAfter: now.Add(life),
		IsCA: true, BasicConstraintsValid: true, MaxPathLen: -1, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		PermittedDNSDomains: f.List("permitted_dns_domains"), ExcludedDNSDomains: f.List("excluded_dns_domains"),
	}
	t.PermittedDNSDomainsCritical = len(t.PermittedDNSDomains)+len(t.ExcludedDNSDomains) > 0
	if f.Has("max_path_length") {
		n := f.Int("max_path_length")
		if n < -1 || n > 16 {
			return nil, fault.New(fault.APIField, "read field max_path_length: it is not -1 to 16")
		}
		t.MaxPathLen, t.MaxPathLenZero = int(n), n == 0
	}
	if name.CommonName == "" || len(name.CommonName) > 64 {
		return nil, fault.New(fault.APIField, "make authority: common_name has not 1 to 64 characters")
	}
	if f.Has("not_after") {
		return nil, errNotAfter
	}
	if life > lifeMost {
		return nil, fault.New(fault.APIField, "make authority: ttl is more than 30 years")
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	return t, e.addURLs(ctx, t)
}

// root makes an authority that certifies itself.
func (e *Engine) root(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	name := subject(f)
	name.CommonName = f.Text("common_name")
	t, err := e.caTemplate(ctx, f, name)
	if err != nil {
		return nil, err
	}
	signer, err := keyOf(f)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, signer.Public(), signer)
	if err != nil {
		return nil, fault.New(fault.APIField, "make authority: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, err
	}
	a, err := e.install(ctx, storedAuthority{Key: key, Chain: [][]byte{der}}, []tacit.Put{{Key: certKey(t.SerialNumber), Value: der}})
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{
		"certificate": certPEM(der), "issuing_ca": certPEM(der), "serial_number": serialText(t.SerialNumber), "expiration": t.NotAfter.Unix(),
		"issuer_id": a.id, "key_id": a.keyID, "issuer_name": "", "key_name": "",
	}}, nil
}

// install makes an authority that of this mount, which has none.
func (e *Engine) install(ctx context.Context, s storedAuthority, with []tacit.Put) (*authority, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.cache.Load()
	rev, err := e.storage.Commit(ctx, tacit.Txn{
		If:   []tacit.Cond{{Key: authorityKey}},
		Then: append([]tacit.Put{{Key: authorityKey, Value: b}}, with...),
	})
	if errors.Is(err, fault.StoreConflict) {
		return nil, fault.New(fault.APIConflict, "make authority: this mount has one; delete root first, or mount another engine")
	}
	if err != nil {
		return nil, err
	}
	a, err := parseAuthority(tacit.Item{Value: b, Revision: rev})
	if err != nil {
		return nil, err
	}
	c.authority.Store(a)
	c.list.Store(nil)
	return a, nil
}

// removeAuthority takes the authority's key away for good. What it certified stays
// valid until it ends, and can no longer be revoked by a list.
func (e *Engine) removeAuthority(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.cache.Load()
	_, err := e.storage.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: authorityKey, Delete: true}, {Key: pendingKey, Delete: true}}})
	c.authority.Store(nil)
	c.list.Store(nil)
	return nil, err
}

// intermediate makes a key and the request for its certificate.
func (e *Engine) intermediate(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	name := subject(f)
	if name.CommonName = f.Text("common_name"); name.CommonName == "" || len(name.CommonName) > 64 {
		return nil, fault.New(fault.APIField, "make authority: common_name has not 1 to 64 characters")
	}
	signer, err := keyOf(f)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: name}, signer)
	if err != nil {
		return nil, fault.New(fault.APIField, "make request: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(storedAuthority{Key: key})
	if err != nil {
		return nil, err
	}
	if _, err := e.storage.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: pendingKey, Value: b}}}); err != nil {
		return nil, err
	}
	id, err := idOf(signer.Public())
	return &logical.Response{Data: map[string]any{"csr": pemOf("CERTIFICATE REQUEST", der), "key_id": id}}, err
}

// setSigned takes the certificate of the key that intermediate made, with those above
// it.
func (e *Engine) setSigned(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	chain, err := parseChain(f.Text("certificate"))
	if err != nil {
		return nil, err
	}
	item, err := e.storage.Get(ctx, pendingKey)
	if errors.Is(err, fault.APINotFound) {
		return nil, fault.New(fault.APIField, "set certificate: no request was made here")
	}
	if err != nil {
		return nil, err
	}
	pending, err := parseAuthority(item)
	if err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read key of a request: it does not decode")
	}
	pub, ok := pending.signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case !ok || !pub.Equal(chain[0].PublicKey):
		return nil, fault.New(fault.APIField, "set certificate: it is not of the key that was made here")
	case !chain[0].IsCA || chain[0].KeyUsage&x509.KeyUsageCertSign == 0:
		return nil, fault.New(fault.APIField, "set certificate: it is none of an authority")
	}
	key, err := x509.MarshalPKCS8PrivateKey(pending.signer)
	if err != nil {
		return nil, err
	}
	s := storedAuthority{Key: key}
	for i, c := range chain {
		if i+1 < len(chain) && c.CheckSignatureFrom(chain[i+1]) != nil {
			return nil, fault.New(fault.APIField, "set certificate: number %d is not signed by the next", i+1)
		}
		s.Chain = append(s.Chain, c.Raw)
	}
	a, err := e.install(ctx, s, []tacit.Put{{Key: pendingKey, Delete: true}})
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{"imported_issuers": []string{a.id}, "imported_keys": []string{}, "existing_keys": []string{a.keyID}, "mapping": map[string]string{a.id: a.keyID}}}, nil
}

// parseChain reads one to eight certificates in PEM.
func parseChain(text string) ([]*x509.Certificate, error) {
	bad := fault.New(fault.APIField, "read certificate: it is no certificate in PEM")
	var chain []*x509.Certificate
	for rest := []byte(text); ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		cert, err := x509.ParseCertificate(b.Bytes)
		if b.Type != "CERTIFICATE" || err != nil || len(chain) == 8 {
			return nil, bad
		}
		chain = append(chain, cert)
	}
	if len(chain) == 0 {
		return nil, bad
	}
	return chain, nil
}

// signIntermediate certifies another authority. Nothing but the key, and the name if
// use_csr_values is set, is taken from the request.
func (e *Engine) signIntermediate(ctx context.Context, f *logical.Fields) (*logical.Response, error) {
	a, err := e.authorityOf(ctx)
	if err != nil {
		return nil, err
	}
	csr, err := parseRequest(f.Text("csr"))
	if err != nil {
		return nil, err
	}
	name := subject(f)
	name.CommonName = f.Text("common_name")
	if f.Bool("use_csr_values") {
		name = csr.Subject
	}
	t, err := e.caTemplate(ctx, f, name)
	if err != nil {
		return nil, err
	}
	if a.cert.MaxPathLenZero {
		return nil, fault.New(fault.APIField, "sign authority: this one may have none below it")
	}
	if t.NotAfter.After(a.cert.NotAfter) {
		if f.Has("ttl") {
			return nil, errBeyond
		}
		t.NotAfter = a.cert.NotAfter
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, csr.PublicKey, a.signer)
	if err != nil {
		return nil, fault.New(fault.APIField, "sign authority: %w", err)
	}
	if _, err := e.storage.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: certKey(t.SerialNumber), Value: der}}}); err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{
		"certificate": certPEM(der), "issuing_ca": certPEM(a.cert.Raw), "ca_chain": a.chainPEM(), "serial_number": serialText(t.SerialNumber), "expiration": t.NotAfter.Unix(),
	}}, nil
}

var errBeyond = fault.New(fault.APIField, "certify: ttl would lead beyond the end of the authority's own certificate")

func (a *authority) chainPEM() []string {
	out := make([]string, len(a.chain))
	for i, c := range a.chain {
		out[i] = certPEM(c.Raw)
	}
	return out
}

func (e *Engine) rawAuthority(ctx context.Context, path string) (*logical.Response, error) {
	a, err := e.authorityOf(ctx)
	if err != nil {
		return nil, err
	}
	switch path {
	case "ca":
		return &logical.Response{Raw: a.cert.Raw, Media: "application/pkix-cert"}, nil
	case "ca_chain":
		var all []byte
		for _, c := range a.chainPEM() {
			all = append(append(all, c...), '\n')
		}
		return &logical.Response{Raw: all, Media: "application/pem-certificate-chain"}, nil
	}
	return &logical.Response{Raw: append([]byte(certPEM(a.cert.Raw)), '\n'), Media: "application/pem-certificate-chain"}, nil
}

func (e *Engine) issuers(ctx context.Context) (*logical.Response, error) {
	a, err := e.authorityOf(ctx)
	if errors.Is(err, errNoAuthority) {
		return nil, errNoPath
	}
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{"keys": []string{a.id}, "key_info": map[string]any{a.id: map[string]any{
		"is_default": true, "issuer_name": "", "key_id": a.keyID, "serial_number": serialText(a.cert.SerialNumber),
	}}}}, nil
}

func (e *Engine) showIssuers(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
	a, err := e.authorityOf(ctx)
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{"default": a.id, "default_follows_latest_issuer": false}}, nil
}

// issuer answers issuer/default and issuer/ID, as JSON, in PEM or DER, and its list.
func (e *Engine) issuer(ctx context.Context, req *logical.Request, path string) (*logical.Response, error) {
	if req.Operation != logical.Read {
		return nil, errOperation
	}
	a, err := e.authorityOf(ctx)
	if err != nil {
		return nil, err
	}
	var form string
	for _, id := range []string{"default", a.id} {
		if path == id {
			return &logical.Response{Data: map[string]any{
				"certificate": certPEM(a.cert.Raw), "ca_chain": a.chainPEM(), "issuer_id": a.id, "key_id": a.keyID, "issuer_name": "",
				"leaf_not_after_behavior": "err", "usage": "read-only,issuing-certificates,crl-signing,ocsp-signing", "revoked": false,
			}}, nil
		}
		if len(path) > len(id) && path[:len(id)+1] == id+"/" {
			form = path[len(id)+1:]
		}
	}
	switch form {
	case "pem":
		return e.rawAuthority(ctx, "ca/pem")
	case "der":
		return e.rawAuthority(ctx, "ca")
	case "crl/pem":
		return e.rawList(ctx, true)
	case "crl/der":
		return e.rawList(ctx, false)
	}
	return nil, errNoPath
}

// serialText is a serial number as Vault writes it: pairs of hex with colons.
func serialText(n *big.Int) string {
	s := hex.EncodeToString(n.Bytes())
	out := make([]byte, 0, len(s)*3/2)
	for i := 0; i < len(s); i += 2 {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, s[i], s[i+1])
	}
	return string(out)
}
