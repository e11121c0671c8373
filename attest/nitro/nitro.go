// Package nitro verifies evidence of AWS Nitro Enclaves: the attestation document of an
// enclave beside a virtual machine of Amazon's, which the hypervisor signs (COSE_Sign1,
// ES384) with a key of some hours that leads to a root that a network pins.
//
// It needs nothing but the evidence and the time; nothing is ever fetched, and there is
// no revocation list: Amazon says to use none, as keys end within hours. The hypervisor
// keeps the machine that started the enclave out of it; memory is not encrypted against
// Amazon, who holds the hardware, so that this is no more than level 3. Amazon's root is
// trusted, and what it certifies; nobody else is.
//
// The document is the one of "Using cryptographic attestation with Nitro Enclaves"
// (aws-nitro-enclaves-nsm-api, docs/attestation_process.md).
package nitro

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha512"
	"crypto/x509"
	"math/big"
	"regexp"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// chainsKept is how many chains are remembered at least: one an enclave.
const chainsKept = 256

// The sizes of a document's parts.
const (
	registerSize  = 48 // SHA-384
	signatureSize = 96 // r and s on P-384
	bundleMost    = 8  // certificates between root and key
)

// A Scheme verifies evidence that leads to one of its roots.
type Scheme struct {
	roots  []*x509.Certificate
	chains *wire.Memo[wire.Digest, endorsement]
}

// endorsement is what a chain that was found good says; it holds from and until.
type endorsement struct {
	key         *ecdsa.PublicKey
	name        string // of the key's certificate
	from, until time.Time
}

// NewScheme pins those of the roots that are of this scheme. Without one it accepts
// nothing.
func NewScheme(roots []attest.Root) (*Scheme, error) {
	s := &Scheme{chains: wire.NewMemo[wire.Digest, endorsement](chainsKept)}
	for _, r := range roots {
		if r.Scheme != attest.SchemeNitro {
			continue
		}
		c, err := x509.ParseCertificate(r.DER)
		if err != nil {
			return nil, fault.New(fault.EvidPolicy, "pin root of Nitro: %w", err)
		}
		if !c.IsCA || !bytes.Equal(c.RawSubject, c.RawIssuer) {
			return nil, fault.New(fault.EvidPolicy, "pin root of Nitro: %q is no root", c.Subject.CommonName)
		}
		s.roots = append(s.roots, c)
	}
	return s, nil
}

// Name is "nitro".
func (s *Scheme) Name() string { return attest.SchemeNitro }

// refuse is a fault of this scheme; whatever is wrong with a document, nobody genuine
// makes it so.
func refuse(why string) error { return fault.New(fault.EvidForged, "verify Nitro evidence: %s", why) }

// signed is an untagged COSE_Sign1 (RFC 9052, section 4.2).
type signed struct {
	_         struct{} `cbor:",toarray"`
	Protected []byte
	Rest      map[int]int // not protected: there is nothing
	Payload   []byte
	Signature []byte
}

// signature1 is what COSE_Sign1 signs (RFC 9052, section 4.4).
type signature1 struct {
	_         struct{} `cbor:",toarray"`
	Context   string
	Protected []byte
	External  []byte
	Payload   []byte
}

// es384 is the protected header that names ECDSA with SHA-384 and nothing else.
var es384 = []byte{0xa1, 0x01, 0x38, 0x22}

// document is what the hypervisor says. The enclave's own key and nonce have no use
// here: report data is the user's.
type document struct {
	Module      string            `cbor:"module_id"`
	Digest      string            `cbor:"digest"`
	Timestamp   uint64            `cbor:"timestamp"` // ms
	Registers   map[uint64][]byte `cbor:"pcrs"`
	Certificate []byte            `cbor:"certificate"`
	Bundle      [][]byte          `cbor:"cabundle"` // the root first
	UserData    []byte            `cbor:"user_data"`
	PublicKey   []byte            `cbor:"public_key"`
	Nonce       []byte            `cbor:"nonce"`
}

// Join puts evidence together of report data and the document that a device made over
// it. The data comes first, so that whoever cannot read the document finds it.
func Join(data attest.ReportData, doc []byte) attest.Evidence {
	return attest.Evidence{Scheme: attest.SchemeNitro, Report: append(data[:], doc...)}
}

// Verify returns the claims of a document whose signer's certificate leads to a pinned
// root at now; EVID_FORGED if it does not, if a part is not of its form, or if it is over
// other data than the evidence says.
func (s *Scheme) Verify(_ context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	if err := e.Check(); err != nil {
		return attest.Claims{}, err
	}
	data, _ := e.Data()
	switch {
	case e.Scheme != attest.SchemeNitro:
		return attest.Claims{}, refuse("it is of another scheme")
	case len(e.Collateral) != 0:
		return attest.Claims{}, refuse("it has collateral; its certificates are inside")
	case len(e.Report) < len(data):
		return attest.Claims{}, refuse("it is too short")
	}
	var m signed
	if err := wire.DecodeForeign(e.Report[len(data):], &m); err != nil {
		return attest.Claims{}, refuse("it is no COSE_Sign1")
	}
	if !bytes.Equal(m.Protected, es384) || len(m.Rest) != 0 || len(m.Signature) != signatureSize {
		return attest.Claims{}, refuse("it is not signed with ES384, or has other headers")
	}
	var d document
	if err := wire.DecodeForeign(m.Payload, &d); err != nil {
		return attest.Claims{}, refuse("its payload is no attestation document")
	}
	by, err := s.endorsement(d, now)
	if err != nil {
		return attest.Claims{}, err
	}
	if !by.signed(m) {
		return attest.Claims{}, refuse("the document's signature is not the certified key's")
	}
	if !bytes.Equal(d.UserData, data[:]) {
		return attest.Claims{}, refuse("the document is over other data")
	}
	return d.claims(by, data)
}

func (by endorsement) signed(m signed) bool {
	b, err := wire.EncodeForeign(signature1{Context: "Signature1", Protected: m.Protected, External: []byte{}, Payload: m.Payload})
	if err != nil {
		return false
	}
	sum := sha512.Sum384(b)
	half := signatureSize / 2
	return ecdsa.Verify(by.key, sum[:], new(big.Int).SetBytes(m.Signature[:half]), new(big.Int).SetBytes(m.Signature[half:]))
}

// endorsement judges the document's certificates at now. They are the same for all
// documents of an enclave, so those that were found good are remembered.
func (s *Scheme) endorsement(d document, now time.Time) (endorsement, error) {
	if len(d.Bundle) == 0 || len(d.Bundle) > bundleMost {
		return endorsement{}, refuse("it has no certificates between root and key, or too many")
	}
	id := wire.Hash("tacit/nitro/chain", append([][]byte{d.Certificate}, d.Bundle...))
	if by, ok := s.chains.Get(id); ok && !now.Before(by.from) && !now.After(by.until) {
		return by, nil
	}
	leaf, err := x509.ParseCertificate(d.Certificate)
	if err != nil {
		return endorsement{}, refuse("the key's certificate does not parse")
	}
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P384() || leaf.IsCA || leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return endorsement{}, refuse("the certified key does not sign documents")
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range s.roots {
		roots.AddCert(r)
	}
	for _, der := range d.Bundle {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return endorsement{}, refuse("a certificate between root and key does not parse")
		}
		between.AddCert(c)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return endorsement{}, refuse("the certificates do not lead to a pinned root, or are not in force")
	}
	by := endorsement{key: key, name: leaf.Subject.CommonName, from: leaf.NotBefore, until: leaf.NotAfter}
	for _, c := range chains[0][1:] {
		if c.NotBefore.After(by.from) {
			by.from = c.NotBefore
		}
		if c.NotAfter.Before(by.until) {
			by.until = c.NotAfter
		}
	}
	s.chains.Put(id, by)
	return by, nil
}

// module is how the hypervisor names an enclave: by its parent instance and itself.
var module = regexp.MustCompile(`^(i-[0-9a-f]{8,32})-enc[0-9a-f]{8,32}$`)

// measured are the registers that make an enclave what it is: its image, its kernel and
// boot ramdisk with the command line, its program, and who signed the image. The others
// name the parent instance and its role, which change nothing inside.
var measured = []struct {
	at   uint64
	name string
}{{0, "PCR0"}, {1, "PCR1"}, {2, "PCR2"}, {8, "PCR8"}}

// claims is what the document says if the endorsed key signed it.
func (d document) claims(by endorsement, data attest.ReportData) (attest.Claims, error) {
	parts := module.FindStringSubmatch(d.Module)
	region, ok := strings.CutPrefix(by.name, d.Module+".")
	if parts == nil || !ok || !strings.HasSuffix(region, ".aws") {
		return attest.Claims{}, refuse("the key is certified for another enclave than the document is of")
	}
	if d.Digest != "SHA384" {
		return attest.Claims{}, refuse("its registers are of another hash")
	}
	if at := time.UnixMilli(int64(d.Timestamp)); at.Before(by.from) || at.After(by.until) {
		return attest.Claims{}, refuse("it says another time than its key was in force")
	}
	var registers []attest.Register
	var modes attest.Mode
	for _, m := range measured {
		v, ok := d.Registers[m.at]
		if len(v) != registerSize && (ok || m.at < 3) {
			return attest.Claims{}, refuse("a register is missing or of another size")
		}
		if !ok {
			v = make([]byte, registerSize) // an image that nobody signed
		}
		if m.at < 3 && bytes.Count(v, []byte{0}) == registerSize {
			modes |= attest.ModeDebug // then the hypervisor measures nothing
		}
		registers = append(registers, attest.Register{Name: m.name, Value: v})
	}
	return attest.Claims{
		Scheme: attest.SchemeNitro, Level: attest.LevelOf(attest.SchemeNitro), Boundary: attest.BoundaryMachine,
		Measurement: attest.MeasurementOf(attest.SchemeNitro, registers), Manifest: Manifest(),
		Product: strings.TrimSuffix(region, ".aws"), Hardware: parts[1], Key: attest.KeyNitro, Status: attest.StatusNotStated,
		Modes: modes, Registers: registers, Data: data,
	}, nil
}

// Manifest is that of every enclave: its command line is in PCR1, and nobody hands it
// more.
func Manifest() wire.Digest { return wire.Hash("tacit/manifest/nitro", []byte{}) }
