// Package inteltest is a fake Intel for tests: root, platform CA, a platform with its
// certificate, the signer of TCB info and QE identity, revocation lists, a quoting
// enclave and quotes of SGX and TDX. Everything can be made again with one thing changed.
// Nobody but tests imports it.
package inteltest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"tacit/attest"
)

// Now is a time at which everything that New makes is in force.
var Now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// Serial numbers of the certificates.
const (
	SerialCA = 2 + iota
	SerialPCK
	SerialTCB
)

// An Intel issues what one platform's evidence is made of. Change what is exported,
// call Certify if a certificate depends on it, and take Evidence.
type Intel struct {
	Scheme  string // attest.SchemeSGX or attest.SchemeTDX
	Version uint16 // of the quote: 3 or 4

	PPID       [16]byte
	FMSPC      [6]byte
	PCEID      [2]byte
	Components [16]byte
	PCESVN     int
	SMT        bool

	RootKey, CAKey, PCKKey, TCBKey, AttestationKey *ecdsa.PrivateKey
	Root, CA, PCK, TCB                             *x509.Certificate
	RootCRL, PCKCRL                                []byte

	TCBInfo  map[string]any // of the statement, to be signed by TCBKey
	Identity map[string]any
	Header   [48]byte
	Body     []byte
	QE       [384]byte // report of the quoting enclave; its data binds the attestation key
	Auth     []byte

	// Tamper changes a quote's parts before they are put together, after signing.
	Tamper func(*Parts)
	t      testing.TB
}

// Parts are those of a quote.
type Parts struct{ Signed, Signature, Key, QE, QESignature, Auth, Chain []byte }

// Key makes a key.
func Key() *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// New makes an Intel with a platform that is up to date.
func New(t testing.TB, scheme string) *Intel {
	t.Helper()
	i := &Intel{
		Scheme: scheme, Version: 4, FMSPC: [6]byte{0x50, 0x80, 0x6f, 0, 0, 0}, PCESVN: 13, t: t,
		RootKey: Key(), CAKey: Key(), PCKKey: Key(), TCBKey: Key(), AttestationKey: Key(), Auth: []byte("authentication data of the QE...."),
	}
	for n := range i.PPID {
		i.PPID[n], i.Components[n] = byte(0xA0+n), byte(16-n)
	}
	i.Certify()
	i.RootCRL, i.PCKCRL = i.CRL(i.Root, i.RootKey, nil), i.CRL(i.CA, i.CAKey, nil)
	issued, until := Now.AddDate(0, -1, 0).Format(time.RFC3339), Now.AddDate(0, 1, 0).Format(time.RFC3339)
	i.TCBInfo = map[string]any{
		"id": strings.ToUpper(scheme), "version": 3, "issueDate": issued, "nextUpdate": until, "fmspc": hex.EncodeToString(i.FMSPC[:]),
		"pceId": hex.EncodeToString(i.PCEID[:]), "tcbType": 0, "tcbEvaluationDataNumber": 17,
		"tcbLevels": []any{i.Level("UpToDate", 0), i.Level("OutOfDate", 1)},
	}
	i.Identity = map[string]any{
		"id": "QE", "version": 2, "issueDate": issued, "nextUpdate": until, "tcbEvaluationDataNumber": 17,
		"miscselect": "00000000", "miscselectMask": "FFFFFFFF", "attributes": "11000000000000000000000000000000",
		"attributesMask": "FBFFFFFFFFFFFFFF0000000000000000", "mrsigner": strings.Repeat("5a", 32), "isvprodid": 1,
		"tcbLevels": []any{EnclaveLevel("UpToDate", 8), EnclaveLevel("OutOfDate", 4)},
	}
	i.QE[48] = 0x11
	copy(i.QE[128:], bytes.Repeat([]byte{0x5a}, 32))
	i.QE[256], i.QE[258] = 1, 8
	i.Body = make([]byte, 384)
	if scheme == attest.SchemeTDX {
		i.Identity["id"] = "TD_QE"
		i.TCBInfo["tdxModule"] = Module("")
		i.TCBInfo["tdxModuleIdentities"] = []any{
			ModuleVersion("TDX_03", "00", EnclaveLevel("UpToDate", 3)),
			ModuleVersion("TDX_01", "77", EnclaveLevel("UpToDate", 5), EnclaveLevel("OutOfDate", 2)),
		}
		i.Body = make([]byte, 584)
		copy(i.Body, TDXComponents())
		copy(i.Body[64:], bytes.Repeat([]byte{0x77}, 48))
		binary.LittleEndian.PutUint64(i.Body[120:], 1<<28)
		for n := 136; n < 520; n++ {
			i.Body[n] = byte(n/48 + 1)
		}
		copy(i.Body[520:], Pattern(64))
	} else {
		i.Body[48] = 0x85 // INIT, 64 bit, key separation
		copy(i.Body[64:], bytes.Repeat([]byte{0xE1}, 32))
		copy(i.Body[128:], bytes.Repeat([]byte{0x51}, 32))
		copy(i.Body[192:], bytes.Repeat([]byte{0xC0}, 64))
		i.Body[256], i.Body[258], i.Body[260] = 21, 9, 2
		copy(i.Body[32:], bytes.Repeat([]byte{0xE2}, 16))
		copy(i.Body[304:], bytes.Repeat([]byte{0xFA}, 16))
		copy(i.Body[320:], Pattern(64))
	}
	copy(i.Header[12:], []byte{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07})
	return i
}

// Pattern is report data.
func Pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(0xD0 + i)
	}
	return b
}

// TDXComponents are the components that a domain of New reports.
func TDXComponents() []byte { return []byte{5, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} }

// Level is a TCB level that is less than the platform's TCB by some in its PCE.
func (i *Intel) Level(status string, less int) map[string]any {
	list := func(svns []byte) (out []any) {
		for _, svn := range svns {
			out = append(out, map[string]any{"svn": svn})
		}
		return out
	}
	tcb := map[string]any{"sgxtcbcomponents": list(i.Components[:]), "pcesvn": i.PCESVN - less}
	if i.Scheme == attest.SchemeTDX {
		tcb["tdxtcbcomponents"] = list(TDXComponents())
	}
	return map[string]any{"tcb": tcb, "tcbStatus": status, "tcbDate": "2026-01-01T00:00:00Z"}
}

// EnclaveLevel is a level of a quoting enclave or a TDX module.
func EnclaveLevel(status string, svn int) map[string]any {
	return map[string]any{"tcb": map[string]any{"isvsvn": svn}, "tcbStatus": status, "tcbDate": "2026-01-01T00:00:00Z"}
}

// Module is what a TDX module must be: of this signer, a byte in hex.
func Module(signer string) map[string]any {
	if signer == "" {
		signer = "77"
	}
	return map[string]any{"mrsigner": strings.Repeat(signer, 48), "attributes": "0000000000000000", "attributesMask": "FFFFFFFFFFFFFFFF"}
}

// ModuleVersion is one version of the TDX module with its levels.
func ModuleVersion(id, signer string, levels ...any) map[string]any {
	m := Module(signer)
	m["id"], m["tcbLevels"] = id, levels
	return m
}

// Extension is Intel's extension of the platform's certificate.
func (i *Intel) Extension() []byte {
	oid := func(below ...int) asn1.ObjectIdentifier {
		return append(asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}, below...)
	}
	type entry struct {
		ID    asn1.ObjectIdentifier
		Value any
	}
	var tcb []entry
	for n, svn := range i.Components {
		tcb = append(tcb, entry{oid(2, n+1), int(svn)})
	}
	tcb = append(tcb, entry{oid(2, 17), i.PCESVN}, entry{oid(2, 18), i.Components[:]})
	seq := func(list []entry) asn1.RawValue {
		var content []byte
		for _, e := range list {
			content = append(content, i.der(e)...)
		}
		return asn1.RawValue{Class: 0, Tag: asn1.TagSequence, IsCompound: true, Bytes: content}
	}
	all := []entry{
		{oid(1), i.PPID[:]}, {oid(2), seq(tcb)}, {oid(3), i.PCEID[:]}, {oid(4), i.FMSPC[:]}, {oid(5), asn1.Enumerated(1)}, {oid(6), i.PPID[:]},
		{oid(7), seq([]entry{{oid(7, 1), true}, {oid(7, 2), false}, {oid(7, 3), i.SMT}})},
	}
	return i.der(seq(all))
}

func (i *Intel) der(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		i.t.Fatal(err)
	}
	return b
}

// Template is what a certificate is made from.
func Template(name string, serial int64, ca bool) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: Now.AddDate(-1, 0, 0), NotAfter: Now.AddDate(7, 0, 0), BasicConstraintsValid: true, IsCA: ca,
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Intel Corporation"}, Locality: []string{"Santa Clara"}, Province: []string{"CA"}, Country: []string{"US"}},
		CRLDistributionPoints: []string{"https://collateral.example/crl"}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		SignatureAlgorithm: x509.ECDSAWithSHA256, SubjectKeyId: []byte(name),
	}
	if ca {
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	return c
}

// Leaf is what the platform's certificate is made from.
func (i *Intel) Leaf() *x509.Certificate {
	c := Template("Intel SGX PCK Certificate", SerialPCK, false)
	c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}, Value: i.Extension()}}
	return c
}

// Certify makes all certificates again.
func (i *Intel) Certify() {
	root := Template("Intel SGX Root CA", 1, true)
	i.Root = i.Sign(root, root, i.RootKey, i.RootKey)
	i.CA = i.Sign(Template("Intel SGX PCK Platform CA", SerialCA, true), i.Root, i.CAKey, i.RootKey)
	i.PCK = i.Sign(i.Leaf(), i.CA, i.PCKKey, i.CAKey)
	i.TCB = i.Sign(Template("Intel SGX TCB Signing", SerialTCB, false), i.Root, i.TCBKey, i.RootKey)
}

// Sign makes one certificate; the key need not be the parent's.
func (i *Intel) Sign(template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	i.t.Helper()
	named := *parent
	named.PublicKey = by.Public()
	der, err := x509.CreateCertificate(rand.Reader, template, &named, key.Public(), by)
	if err != nil {
		i.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		i.t.Fatal(err)
	}
	return c
}

// CRL makes a revocation list that a function may change first.
func (i *Intel) CRL(ca *x509.Certificate, key *ecdsa.PrivateKey, change func(*x509.RevocationList), revoked ...int64) []byte {
	i.t.Helper()
	l := &x509.RevocationList{Number: big.NewInt(3), ThisUpdate: Now.AddDate(0, -1, 0), NextUpdate: Now.AddDate(0, 1, 0)}
	for _, serial := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(serial), RevocationTime: l.ThisUpdate})
	}
	if change != nil {
		change(l)
	}
	named := *ca
	named.PublicKey = key.Public()
	der, err := x509.CreateRevocationList(rand.Reader, l, &named, key)
	if err != nil {
		i.t.Fatal(err)
	}
	return der
}

// PEM is a chain as Intel gives it.
func PEM(chain ...*x509.Certificate) (out []byte) {
	for _, c := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// Raw signs a message with r and s of 32 bytes each.
func Raw(key *ecdsa.PrivateKey, message []byte) []byte {
	sum := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		panic(err)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

// Statement signs a statement of Intel's.
func (i *Intel) Statement(name string, v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		i.t.Fatal(err)
	}
	return []byte(`{"` + name + `":` + string(body) + `,"signature":"` + hex.EncodeToString(Raw(i.TCBKey, body)) + `"}`)
}

// Collateral is what judges the platform.
func (i *Intel) Collateral() [][]byte {
	chain := PEM(i.TCB, i.Root)
	return [][]byte{i.Statement("tcbInfo", i.TCBInfo), chain, i.Statement("enclaveIdentity", i.Identity), chain, i.PCKCRL, i.RootCRL}
}

// Quote signs the body.
func (i *Intel) Quote() []byte {
	binary.LittleEndian.PutUint16(i.Header[0:], i.Version)
	binary.LittleEndian.PutUint16(i.Header[2:], 2)
	if i.Scheme == attest.SchemeTDX && i.Header[4] == 0 {
		i.Header[4] = 0x81
	}
	point, err := i.AttestationKey.PublicKey.Bytes()
	if err != nil {
		i.t.Fatal(err)
	}
	p := Parts{Signed: append(slices.Clone(i.Header[:]), i.Body...), Key: point[1:], Auth: i.Auth, Chain: append(PEM(i.PCK, i.CA, i.Root), 0)}
	bound := sha256.Sum256(append(slices.Clone(p.Key), p.Auth...))
	qe := i.QE
	for n, b := range bound {
		qe[320+n] ^= b // what a test puts there breaks the binding
	}
	p.QE = qe[:]
	p.Signature, p.QESignature = Raw(i.AttestationKey, p.Signed), Raw(i.PCKKey, p.QE)
	if i.Tamper != nil {
		i.Tamper(&p)
	}
	u16 := func(b []byte, n int) []byte { return binary.LittleEndian.AppendUint16(b, uint16(n)) }
	u32 := func(b []byte, n int) []byte { return binary.LittleEndian.AppendUint32(b, uint32(n)) }
	inner := slices.Concat(p.QE, p.QESignature, u16(nil, len(p.Auth)), p.Auth, u16(nil, 5), u32(nil, len(p.Chain)), p.Chain)
	if i.Version >= 4 {
		inner = slices.Concat(u16(nil, 6), u32(nil, len(inner)), inner)
	}
	rest := slices.Concat(p.Signature, p.Key, inner)
	return slices.Concat(p.Signed, u32(nil, len(rest)), rest)
}

// Evidence is a quote with its collateral.
func (i *Intel) Evidence() attest.Evidence {
	return attest.Evidence{Scheme: i.Scheme, Report: i.Quote(), Collateral: i.Collateral()}
}

// PinnedRoot is the root that a network pins.
func (i *Intel) PinnedRoot() attest.Root { return attest.Root{Scheme: i.Scheme, DER: i.Root.Raw} }
