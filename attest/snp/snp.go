// Package snp verifies evidence of AMD SEV-SNP: the report of a confidential
// virtual machine, signed by a key of one chip (VCEK) or of a cloud provider
// (VLEK), up to a root of AMD that a network pins.
//
// It needs nothing but the evidence and the time: the certificates and the
// revocation list come as collateral, and nothing is ever fetched. What the
// platform says of its own firmware counts only as far as the certificate says
// so too. AMD's roots are trusted, and what they certify; nobody else is.
package snp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// The pieces of collateral, in this order and no others. The report of the
// evidence is the 1184 bytes that the firmware gave.
const (
	PieceKey          = iota // certificate of the VCEK or VLEK, DER
	PieceIntermediate        // certificate of the ASK or ASVK, DER
	PieceCRL                 // revocation list of the ARK, DER
	Pieces
)

// chainsKept is how many chains are remembered at least: one a chip.
const chainsKept = 256

// A Scheme verifies evidence of chips below one of its roots.
type Scheme struct {
	roots  []*x509.Certificate
	chains *wire.Memo[wire.Digest, endorsement]
}

// NewScheme pins those of the roots that are of this scheme (AMD's ARKs). Without
// one it accepts nothing.
func NewScheme(roots []attest.Root) (*Scheme, error) {
	s := &Scheme{chains: wire.NewMemo[wire.Digest, endorsement](chainsKept)}
	for _, r := range roots {
		if r.Scheme != attest.SchemeSNP {
			continue
		}
		c, err := x509.ParseCertificate(r.DER)
		if err != nil {
			return nil, fault.New(fault.EvidPolicy, "pin AMD root: %w", err)
		}
		if !c.IsCA || !bytes.Equal(c.RawSubject, c.RawIssuer) {
			return nil, fault.New(fault.EvidPolicy, "pin AMD root: %q is no root", c.Subject.CommonName)
		}
		s.roots = append(s.roots, c)
	}
	return s, nil
}

// Name is "snp".
func (s *Scheme) Name() string { return attest.SchemeSNP }

// refuse is a fault of this scheme.
func refuse(code fault.Code, why string) error {
	return fault.New(code, "verify SNP evidence: %s", why)
}

// Verify returns the claims of a report whose signer's certificate leads to a
// pinned root at now and is not revoked. It is EVID_FORGED if it does not, or if the
// report is not of that certificate's chip; EVID_TCB_MISMATCH if it is of another
// TCB; EVID_REVOKED, or EVID_COLLATERAL_UNAVAILABLE without a revocation list in
// force; EVID_MODE for a guest policy with bits that nobody here knows.
func (s *Scheme) Verify(_ context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	if err := e.Check(); err != nil {
		return attest.Claims{}, err
	}
	if e.Scheme != attest.SchemeSNP {
		return attest.Claims{}, refuse(fault.EvidForged, "it is of another scheme")
	}
	r, err := parseReport(e.Report)
	if err != nil {
		return attest.Claims{}, err
	}
	by, err := s.endorsement(e.Collateral, now)
	if err != nil {
		return attest.Claims{}, err
	}
	return r.claims(by)
}

// claims is what the report says if the endorsed key signed it.
func (r report) claims(by endorsement) (attest.Claims, error) {
	sum := sha512.Sum384(r.signed)
	if !ecdsa.Verify(by.key, sum[:], r.r, r.s) {
		return attest.Claims{}, refuse(fault.EvidForged, "the report's signature is not the certified key's")
	}
	if r.signer != by.kind {
		return attest.Claims{}, refuse(fault.EvidForged, "the report names another kind of key than the certificate")
	}
	if by.kind == attest.KeyVCEK && !by.of(r.chip) {
		return attest.Claims{}, refuse(fault.EvidForged, "the report is of another chip than the certificate")
	}
	if r.version >= 3 && lineOf(r.family, r.model) != by.product {
		return attest.Claims{}, refuse(fault.EvidForged, "the report is of another product than the certificate")
	}
	if err := by.compare(r); err != nil {
		return attest.Claims{}, err
	}
	modes, err := modesOf(r.policy)
	if err != nil {
		return attest.Claims{}, err
	}
	registers := r.registers()
	return attest.Claims{
		Scheme: attest.SchemeSNP, Level: attest.LevelOf(attest.SchemeSNP), Boundary: attest.BoundaryMachine,
		Measurement: attest.MeasurementOf(attest.SchemeSNP, registers), Manifest: ManifestOf(r.hostData), SVN: r.svn,
		Product: by.product, Hardware: by.hardware(r.chip), Key: by.kind, TCB: layouts[by.product].tcb(by.tcb),
		Status: attest.StatusNotStated, Modes: modes, VMPL: r.vmpl, Registers: registers, Data: r.data,
	}, nil
}

// ManifestOf is the manifest of a machine that was started with this HOST_DATA.
func ManifestOf(hostData [32]byte) wire.Digest {
	return wire.Hash("tacit/manifest/snp", hostData[:])
}

// registers are what makes the machine what it is. The keys that signed its
// identity block are among them, because the guest's SVN is that block's word:
// without them a host could put any SVN on any image. The block's family and
// image identities are names that the same key chose, and change nothing.
func (r report) registers() []attest.Register {
	return []attest.Register{
		{Name: "MEASUREMENT", Value: r.measurement}, {Name: "ID_KEY_DIGEST", Value: r.idKey}, {Name: "AUTHOR_KEY_DIGEST", Value: r.authorKey},
	}
}

// The bits of a guest policy.
const (
	policySMT       = 1 << 16
	policyMustBeOne = 1 << 17
	policyMigrate   = 1 << 18
	policyDebug     = 1 << 19
	policyCXL       = 1 << 21
	policyKnown     = 1<<26 - 1
)

// modesOf are the modes that a guest policy allows the host; the bits that it does
// not use only forbid the host something.
func modesOf(policy uint64) (m attest.Mode, err error) {
	if policy&policyMustBeOne == 0 || policy&^policyKnown != 0 {
		return 0, refuse(fault.EvidMode, "the guest policy has bits that mean nothing here")
	}
	for _, b := range []struct {
		bit  uint64
		mode attest.Mode
	}{
		{policyDebug, attest.ModeDebug}, {policyMigrate, attest.ModeMigratable}, {policySMT, attest.ModeSMT},
		{policyCXL, attest.ModePartial}, // memory behind a link that others may tap
	} {
		if policy&b.bit != 0 {
			m |= b.mode
		}
	}
	return m, nil
}

// hardware is the chip's identity. A provider's key is no chip's, so that there
// the provider stands for what it lets the chip say.
func (by endorsement) hardware(chip []byte) string {
	if by.kind == attest.KeyVLEK {
		return by.csp + ":" + hex.EncodeToString(chip)
	}
	return hex.EncodeToString(chip)
}
