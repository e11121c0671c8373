// Package nitrotest is a fake Amazon for tests: a root, certificates below it, and
// documents signed with the key that they lead to. Everything can be made again with one
// thing changed. Nobody but tests imports it.
package nitrotest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"tacit/attest"
	"tacit/wire"
)

// Now is when everything that New makes is in force.
var Now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// An Amazon issues what one enclave's evidence is made of.
type Amazon struct {
	Root, Region, Key *x509.Certificate
	RootKey           *ecdsa.PrivateKey
	RegionKey         *ecdsa.PrivateKey
	EnclaveKey        *ecdsa.PrivateKey

	Data attest.ReportData
	// Document is what Evidence signs.
	Document map[string]any
	// Protected, Rest and Tamper change the envelope.
	Protected []byte
	Rest      map[int]int
	Tamper    func(message []any) []any
	t         testing.TB
}

// Module is the enclave's name.
const Module = "i-0123456789abcdef0-enc0123456789abcdef"

// New makes an Amazon with one enclave.
func New(t testing.TB) *Amazon {
	t.Helper()
	a := &Amazon{t: t, Protected: []byte{0xa1, 0x01, 0x38, 0x22}, Data: attest.ReportData{0: 1, 63: 2}}
	for _, k := range []**ecdsa.PrivateKey{&a.RootKey, &a.RegionKey, &a.EnclaveKey} {
		*k = NewKey(t, elliptic.P384())
	}
	a.Root = a.Issue(a.Authority("aws.nitro-enclaves"), nil, nil, a.RootKey)
	a.Region = a.Issue(a.Authority("us-east-1.aws.nitro-enclaves"), a.Root, a.RootKey, a.RegionKey)
	a.Certify(func(*x509.Certificate) {})
	pcrs := map[uint64][]byte{}
	for i := range uint64(16) {
		pcrs[i] = make([]byte, 48)
	}
	for _, i := range []uint64{0, 1, 2, 3, 4, 8} {
		pcrs[i] = bytes.Repeat([]byte{byte(i + 1)}, 48)
	}
	a.Document = map[string]any{
		"module_id": Module, "digest": "SHA384", "timestamp": uint64(Now.UnixMilli()), "pcrs": pcrs,
		"public_key": nil, "user_data": bytes.Clone(a.Data[:]), "nonce": nil,
	}
	return a
}

// Registers are the document's, to be changed.
func (a *Amazon) Registers() map[uint64][]byte { return a.Document["pcrs"].(map[uint64][]byte) }

// PinnedRoot is what a network pins.
func (a *Amazon) PinnedRoot() attest.Root {
	return attest.Root{Scheme: attest.SchemeNitro, DER: a.Root.Raw}
}

// Certify makes the enclave's certificate again, changed.
func (a *Amazon) Certify(change func(*x509.Certificate)) {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: Module + ".us-east-1.aws"}, NotBefore: Now.Add(-time.Hour), NotAfter: Now.Add(2 * time.Hour),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	change(c)
	a.Key = a.Issue(c, a.Region, a.RegionKey, a.EnclaveKey)
}

// Authority is the form of a certificate that certifies others.
func (a *Amazon) Authority(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: Now.AddDate(0, 0, -2), NotAfter: Now.AddDate(0, 0, 18),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// Issue signs a certificate; one without a parent signs itself.
func (a *Amazon) Issue(c, parent *x509.Certificate, by, of *ecdsa.PrivateKey) *x509.Certificate {
	a.t.Helper()
	if parent == nil {
		parent, by = c, of
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, of.Public(), by)
	if err != nil {
		a.t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return out
}

// NewKey makes a key on a curve.
func NewKey(t testing.TB, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Evidence is the document as it is now, signed.
func (a *Amazon) Evidence() attest.Evidence {
	a.t.Helper()
	d := map[string]any{"certificate": a.Key.Raw, "cabundle": [][]byte{a.Root.Raw, a.Region.Raw}}
	for k, v := range a.Document {
		d[k] = v
	}
	must := func(v any) []byte {
		b, err := wire.EncodeForeign(v)
		if err != nil {
			a.t.Fatal(err)
		}
		return b
	}
	payload := must(d)
	sum := sha512.Sum384(must([]any{"Signature1", a.Protected, []byte{}, payload}))
	r, s, err := ecdsa.Sign(rand.Reader, a.EnclaveKey, sum[:])
	if err != nil {
		a.t.Fatal(err)
	}
	n := (a.EnclaveKey.Params().BitSize + 7) / 8
	rest := a.Rest
	if rest == nil {
		rest = map[int]int{}
	}
	message := []any{a.Protected, rest, payload, append(r.FillBytes(make([]byte, n)), s.FillBytes(make([]byte, n))...)}
	if a.Tamper != nil {
		message = a.Tamper(message)
	}
	return attest.Evidence{Scheme: attest.SchemeNitro, Report: append(a.Data[:], must(message)...)}
}
