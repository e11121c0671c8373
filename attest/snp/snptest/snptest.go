// Package snptest is a fake AMD for tests: root, intermediates, keys of a chip and
// of a provider, revocation lists, and reports signed with those keys. Everything
// can be made again with one thing changed. Nobody but tests imports it.
package snptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"tacit/attest"
)

// The time at which everything that New makes is in force.
var Now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// Keys are the private keys of a fake AMD.
type Keys struct {
	ARK, ASK, ASVK *rsa.PrivateKey
	VCEK, VLEK     *ecdsa.PrivateKey
}

var fresh = sync.OnceValue(func() Keys { return newKeys(2048) })

// RealSize makes keys as long as AMD's, for benchmarks; it takes seconds.
func RealSize() Keys { return newKeys(4096) }

func newKeys(bits int) (k Keys) {
	var err error
	for _, p := range []**rsa.PrivateKey{&k.ARK, &k.ASK, &k.ASVK} {
		if *p, err = rsa.GenerateKey(rand.Reader, bits); err != nil {
			panic(err)
		}
	}
	for _, p := range []**ecdsa.PrivateKey{&k.VCEK, &k.VLEK} {
		if *p, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader); err != nil {
			panic(err)
		}
	}
	return k
}

// An AMD issues what one machine's evidence is made of.
type AMD struct {
	Keys Keys
	// Line is the product line, Product what certificates say of it.
	Line, Product string
	Chip          [64]byte
	CSP           string
	TCB           TCB

	ARK, ASK, ASVK, VCEK, VLEK *x509.Certificate
	CRL                        []byte

	// Report is what Evidence signs; Put changes it.
	Report [1184]byte
	t      testing.TB
}

// TCB is a version by its components.
type TCB struct{ FMC, Bootloader, TEE, SNP, Microcode uint8 }

// Bytes lays a version out as a product line does.
func (v TCB) Bytes(line string) []byte {
	if line == "Turin" {
		return []byte{v.FMC, v.Bootloader, v.TEE, v.SNP, 0, 0, 0, v.Microcode}
	}
	return []byte{v.Bootloader, v.TEE, 0, 0, 0, 0, v.SNP, v.Microcode}
}

// New makes an AMD with one machine of a product line (Milan, Genoa or Turin).
// Keys are those of the process, so that two AMDs differ only by Rekey.
func New(t testing.TB, line string) *AMD { return NewWith(t, line, fresh()) }

// NewWith is New with other keys.
func NewWith(t testing.TB, line string, keys Keys) *AMD {
	t.Helper()
	a := &AMD{Keys: keys, Line: line, Product: line + "-B1", CSP: "csp.example", TCB: TCB{3, 4, 1, 22, 213}, t: t}
	for i := range a.Chip {
		a.Chip[i] = byte(i + 1)
	}
	if line == "Turin" {
		clear(a.Chip[8:])
	}
	a.Certify()
	a.CRL = a.MakeCRL(nil)
	a.Put(0x00, []byte{map[string]byte{"Milan": 2, "Genoa": 3, "Turin": 5}[line], 0, 0, 0})
	a.Put(0x04, []byte{7})
	a.Put(0x08, []byte{0x1f, 0, 2, 0}) // ABI 0.31, the bit that must be one
	a.Put(0x34, []byte{1})
	copy(a.Report[0x50:], pattern(64, 0xD0))
	copy(a.Report[0x90:], pattern(48, 0x30))
	copy(a.Report[0xC0:], pattern(32, 0x60))
	copy(a.Report[0xE0:], pattern(48, 0x90))
	for _, at := range []int{0x38, 0x180, 0x1E0, 0x1F0} {
		a.Put(at, a.TCB.Bytes(line))
	}
	switch line {
	case "Genoa":
		a.Put(0x188, []byte{0x19, 0x11, 1})
	case "Turin":
		a.Put(0x188, []byte{0x1A, 0x02, 1})
	}
	a.Put(0x1A0, a.Chip[:])
	return a
}

func pattern(n int, first byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

// Put writes into the report.
func (a *AMD) Put(at int, b []byte) { copy(a.Report[at:], b) }

// Extensions are those of a VCEK's certificate, or of a VLEK's.
func (a *AMD) Extensions(vlek bool) []pkix.Extension {
	oid := func(below ...int) asn1.ObjectIdentifier {
		return append(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1}, below...)
	}
	product := a.Product
	if vlek {
		product = a.Line
	}
	e := []pkix.Extension{{Id: oid(1), Value: a.der(0, "")}, {Id: oid(2), Value: a.der(product, "ia5")}}
	for _, p := range []struct {
		minor int
		svn   uint8
	}{{1, a.TCB.Bootloader}, {2, a.TCB.TEE}, {3, a.TCB.SNP}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, a.TCB.Microcode}} {
		e = append(e, pkix.Extension{Id: oid(3, p.minor), Value: a.der(int(p.svn), "")})
	}
	if a.Line == "Turin" {
		e = append(e, pkix.Extension{Id: oid(3, 9), Value: a.der(int(a.TCB.FMC), "")})
	}
	if vlek {
		return append(e, pkix.Extension{Id: oid(5), Value: a.der(a.CSP, "ia5")})
	}
	chip := a.Chip[:]
	if a.Line == "Turin" {
		chip = chip[:8]
	}
	return append(e, pkix.Extension{Id: oid(4), Value: chip})
}

func (a *AMD) der(v any, params string) []byte {
	b, err := asn1.MarshalWithParams(v, params)
	if err != nil {
		a.t.Fatal(err)
	}
	return b
}

// Name is a name in AMD's form.
func Name(common string) pkix.Name {
	return pkix.Name{
		OrganizationalUnit: []string{"Engineering"}, Country: []string{"US"}, Locality: []string{"Santa Clara"},
		Province: []string{"CA"}, Organization: []string{"Advanced Micro Devices"}, CommonName: common,
	}
}

// CA is what a certificate of a root or an intermediate is made from.
func CA(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: Name(name), SignatureAlgorithm: x509.SHA384WithRSAPSS,
		NotBefore: Now.AddDate(-2, 0, 0), NotAfter: Now.AddDate(20, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, CRLDistributionPoints: []string{"https://keys.example/crl"},
	}
}

// Leaf is what the certificate of a key that signs reports is made from.
func (a *AMD) Leaf(vlek bool) *x509.Certificate {
	name := "SEV-VCEK"
	if vlek {
		name = "SEV-VLEK"
	}
	return &x509.Certificate{
		SerialNumber: big.NewInt(0), Subject: Name(name), SignatureAlgorithm: x509.SHA384WithRSAPSS,
		NotBefore: Now.AddDate(-1, 0, 0), NotAfter: Now.AddDate(6, 0, 0), ExtraExtensions: a.Extensions(vlek),
	}
}

// Certify makes all certificates again.
func (a *AMD) Certify() {
	root := CA("ARK-"+a.Line, 65536)
	a.ARK = a.Sign(root, root, a.Keys.ARK.Public(), a.Keys.ARK)
	a.ASK = a.Sign(CA("SEV-"+a.Line, 65537), a.ARK, a.Keys.ASK.Public(), a.Keys.ARK)
	a.ASVK = a.Sign(CA("SEV-VLEK-"+a.Line, 65793), a.ARK, a.Keys.ASVK.Public(), a.Keys.ARK)
	a.VCEK = a.Sign(a.Leaf(false), a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
	a.VLEK = a.Sign(a.Leaf(true), a.ASVK, a.Keys.VLEK.Public(), a.Keys.ASVK)
}

// Sign makes one certificate; the key need not be the parent's.
func (a *AMD) Sign(template, parent *x509.Certificate, key any, by *rsa.PrivateKey) *x509.Certificate {
	a.t.Helper()
	named := *parent
	named.PublicKey = by.Public()
	der, err := x509.CreateCertificate(rand.Reader, template, &named, key, by)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return c
}

// MakeCRL makes a revocation list of the root's that a function may change first.
func (a *AMD) MakeCRL(change func(*x509.RevocationList), revoked ...*big.Int) []byte {
	a.t.Helper()
	l := &x509.RevocationList{
		Number: big.NewInt(5), ThisUpdate: Now.AddDate(0, -1, 0), NextUpdate: Now.AddDate(0, 11, 0), SignatureAlgorithm: x509.SHA384WithRSAPSS,
	}
	for _, serial := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: l.ThisUpdate})
	}
	if change != nil {
		change(l)
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, a.ARK, a.Keys.ARK)
	if err != nil {
		a.t.Fatal(err)
	}
	return der
}

// Rekey gives the AMD other keys and certificates, as a forger has them.
func (a *AMD) Rekey() {
	a.Keys = newKeys(2048)
	a.Certify()
	a.CRL = a.MakeCRL(nil)
}

// Root is the root that a network pins.
func (a *AMD) Root() attest.Root { return attest.Root{Scheme: attest.SchemeSNP, DER: a.ARK.Raw} }

// Evidence signs the report with the chip's key.
func (a *AMD) Evidence() attest.Evidence {
	a.Report[0x48] &^= 7 << 2
	return attest.Evidence{Scheme: attest.SchemeSNP, Report: a.SignReport(a.Keys.VCEK), Collateral: [][]byte{a.VCEK.Raw, a.ASK.Raw, a.CRL}}
}

// ProviderEvidence signs the report with the provider's key.
func (a *AMD) ProviderEvidence() attest.Evidence {
	a.Report[0x48] = a.Report[0x48]&^(7<<2) | 1<<2
	return attest.Evidence{Scheme: attest.SchemeSNP, Report: a.SignReport(a.Keys.VLEK), Collateral: [][]byte{a.VLEK.Raw, a.ASVK.Raw, a.CRL}}
}

// SignReport signs the report as it is.
func (a *AMD) SignReport(by *ecdsa.PrivateKey) []byte {
	a.t.Helper()
	out := slices.Clone(a.Report[:])
	sum := sha512.Sum384(out[:0x2A0])
	r, s, err := ecdsa.Sign(rand.Reader, by, sum[:])
	if err != nil {
		a.t.Fatal(err)
	}
	for at, v := range map[int]*big.Int{0x2A0: r, 0x2E8: s} {
		b := v.FillBytes(make([]byte, 72))
		slices.Reverse(b)
		copy(out[at:], b)
	}
	return out
}

// SetPolicy changes the guest policy.
func (a *AMD) SetPolicy(bits uint64) { binary.LittleEndian.PutUint64(a.Report[0x08:], bits) }
