// Package sgx verifies evidence of Intel SGX: the quote of an enclave by DCAP, version 3
// or version 4's form for enclaves, up to the root of Intel that a network pins.
//
// The evidence's report and collateral are as package intel has them. Intel's root is
// trusted, and through its collateral the quoting enclave.
package sgx

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"tacit/attest"
	"tacit/attest/intel"
	"tacit/fault"
	"tacit/wire"
)

// A Scheme verifies quotes of enclaves.
type Scheme struct{ quotes *intel.Verifier }

// NewScheme pins those of the roots that are of this scheme. Without one it accepts
// nothing.
func NewScheme(roots []attest.Root) (*Scheme, error) {
	v, err := intel.NewVerifier(attest.SchemeSGX, roots)
	return &Scheme{v}, err
}

// IntelRoots is the root that Intel has published, for a network to pin.
func IntelRoots() []attest.Root { return []attest.Root{intel.Root(attest.SchemeSGX)} }

// Name is "sgx".
func (s *Scheme) Name() string { return attest.SchemeSGX }

// Endorsements are those of intel.Verifier.
func (s *Scheme) Endorsements(e attest.Evidence) ([]attest.Endorsement, error) {
	return s.quotes.Endorsements(e)
}

// Where things lie in an enclave's report body.
const (
	atExtProduct = 32
	atAttributes = 48
	atEnclave    = 64
	atSigner     = 128
	atConfigID   = 192
	atProduct    = 256
	atSVN        = 258
	atConfigSVN  = 260
	atFamily     = 304
	atData       = 320
)

// Verify returns the claims of an enclave whose quote intel.Verifier finds genuine, with
// its faults; EVID_MODE for attributes that nobody here knows, or that lack one that an
// enclave has.
func (s *Scheme) Verify(_ context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	q, p, err := s.quotes.Verify(e, now)
	if err != nil {
		return attest.Claims{}, err
	}
	modes, err := modesOf(binary.LittleEndian.Uint64(q.Body[atAttributes:]))
	if err != nil {
		return attest.Claims{}, err
	}
	registers := registersOf(q.Body)
	return attest.Claims{
		Scheme: attest.SchemeSGX, Level: attest.LevelOf(attest.SchemeSGX), Boundary: attest.BoundaryProcess,
		Measurement: attest.MeasurementOf(attest.SchemeSGX, registers), Manifest: ManifestOf([64]byte(q.Body[atConfigID:])),
		SVN:     uint32(binary.LittleEndian.Uint16(q.Body[atSVN:])),
		Product: p.FMSPC, Hardware: p.PPID, Key: attest.KeyPCK, TCB: p.TCB, Status: p.Status, Modes: modes | p.Modes(),
		Registers: registers, Data: attest.ReportData(q.Body[atData : atData+64]),
	}, nil
}

// ManifestOf is the manifest of an enclave that was started with this CONFIGID.
func ManifestOf(config [64]byte) wire.Digest { return wire.Hash("tacit/manifest/sgx", config[:]) }

// registersOf are what makes the enclave what it is. The signer is among them, because
// the security version is its word. Family and the extended product tell programs of one
// signer apart; they and CONFIGSVN are zero without key separation.
func registersOf(body []byte) (out []attest.Register) {
	for _, r := range []struct {
		name     string
		at, size int
	}{
		{"MRENCLAVE", atEnclave, 32}, {"MRSIGNER", atSigner, 32}, {"ISVPRODID", atProduct, 2},
		{"ISVEXTPRODID", atExtProduct, 16}, {"ISVFAMILYID", atFamily, 16}, {"CONFIGSVN", atConfigSVN, 2},
	} {
		out = append(out, attest.Register{Name: r.name, Value: slices.Clone(body[r.at : r.at+r.size])})
	}
	return out
}

// The bits of an enclave's attributes.
const (
	attributeInit       = 1 << 0
	attributeDebug      = 1 << 1
	attribute64         = 1 << 2
	attributeProvision  = 1 << 4
	attributeInitToken  = 1 << 5
	attributeCET        = 1 << 6
	attributeKSS        = 1 << 7
	attributeAEXNotify  = 1 << 10
	attributesAlways    = attributeInit | attribute64
	attributesThatExist = attributesAlways | attributeDebug | attributeProvision | attributeInitToken | attributeCET | attributeKSS | attributeAEXNotify
)

// modesOf are the modes of an enclave. Without key separation its sealing keys do not
// depend on its configuration, so that it shares them with every program of its signer.
func modesOf(attributes uint64) (m attest.Mode, err error) {
	if attributes&attributesAlways != attributesAlways || attributes&^attributesThatExist != 0 {
		return 0, intel.Refuse(attest.SchemeSGX, fault.EvidMode, "the enclave has attributes that mean nothing here")
	}
	if attributes&attributeDebug != 0 {
		m |= attest.ModeDebug
	}
	if attributes&(attributeProvision|attributeInitToken) != 0 {
		m |= attest.ModeProvisioning
	}
	if attributes&attributeKSS == 0 {
		m |= attest.ModeShared
	}
	return m, nil
}
