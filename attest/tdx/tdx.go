// Package tdx verifies evidence of Intel TDX: the quote of a trust domain, in the form
// of TDX 1.0 (version 4), up to the root of Intel that a network pins.
//
// The evidence's report and collateral are as package intel has them. Intel's root is
// trusted, and through its collateral the TDX module and the quoting enclave.
package tdx

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"time"

	"tacit/attest"
	"tacit/attest/intel"
	"tacit/fault"
	"tacit/wire"
)

// A Scheme verifies quotes of trust domains.
type Scheme struct{ quotes *intel.Verifier }

// NewScheme pins those of the roots that are of this scheme. Without one it accepts
// nothing.
func NewScheme(roots []attest.Root) (*Scheme, error) {
	v, err := intel.NewVerifier(attest.SchemeTDX, roots)
	return &Scheme{v}, err
}

// IntelRoots is the root that Intel has published, for a network to pin.
func IntelRoots() []attest.Root { return []attest.Root{intel.Root(attest.SchemeTDX)} }

// Name is "tdx".
func (s *Scheme) Name() string { return attest.SchemeTDX }

// Endorsements are those of intel.Verifier.
func (s *Scheme) Endorsements(e attest.Evidence) ([]attest.Endorsement, error) {
	return s.quotes.Endorsements(e)
}

// Where things lie in a domain's report body.
const (
	atAttributes  = 120
	atMRTD        = 136
	atConfigID    = 184
	atOwner       = 232
	atOwnerConfig = 280
	atRTMR        = 328
	atData        = 520
	measurement   = 48
)

// Verify returns the claims of a domain whose quote intel.Verifier finds genuine, with
// its faults; EVID_MODE for an attribute that nobody here knows.
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
		Scheme: attest.SchemeTDX, Level: attest.LevelOf(attest.SchemeTDX), Boundary: attest.BoundaryMachine,
		Measurement: attest.MeasurementOf(attest.SchemeTDX, registers), Manifest: ManifestOf([48]byte(q.Body[atConfigID:])),
		Product: p.FMSPC, Hardware: p.PPID, Key: attest.KeyPCK, TCB: p.TCB, Status: p.Status, Modes: modes | p.Modes(),
		Registers: registers, Data: attest.ReportData(q.Body[atData : atData+64]),
	}, nil
}

// ManifestOf is the manifest of a domain that was built with this MRCONFIGID.
func ManifestOf(config [48]byte) wire.Digest { return wire.Hash("tacit/manifest/tdx", config[:]) }

// registersOf are what makes the domain what it is. Owner and owner's configuration
// are whatever the host says, and a guest may read them, so that they are named. The
// TDX module is not: Intel's collateral judges it, and it changes under a domain.
func registersOf(body []byte) (out []attest.Register) {
	add := func(name string, at int) {
		out = append(out, attest.Register{Name: name, Value: slices.Clone(body[at : at+measurement])})
	}
	add("MRTD", atMRTD)
	for i := range 4 {
		add("RTMR"+strconv.Itoa(i), atRTMR+i*measurement)
	}
	add("MROWNER", atOwner)
	add("MROWNERCONFIG", atOwnerConfig)
	return out
}

// The bits of a domain's attributes.
const (
	attributeDebug      = 1 << 0
	attributeHGSProfile = 1 << 4
	attributePerf       = 1 << 5
	attributePMT        = 1 << 6
	attributeLASS       = 1 << 27
	attributeSeptVE     = 1 << 28
	attributeMigratable = 1 << 29
	attributePKS        = 1 << 30
	attributeKL         = 1 << 31
	attributePerfmon    = 1 << 63

	// opened are those that Intel calls a domain untrusted for.
	opened = attributeDebug | attributeHGSProfile | attributePerf | attributePMT
	known  = opened | attributeLASS | attributeSeptVE | attributeMigratable | attributePKS | attributeKL | attributePerfmon
)

// modesOf are the modes of a domain. A domain that has not disabled exceptions for
// pages taken from it lets its host run its handlers at any instruction.
func modesOf(attributes uint64) (m attest.Mode, err error) {
	if attributes&^known != 0 {
		return 0, intel.Refuse(attest.SchemeTDX, fault.EvidMode, "the domain has attributes that mean nothing here")
	}
	if attributes&opened != 0 {
		m |= attest.ModeDebug
	}
	if attributes&attributeMigratable != 0 {
		m |= attest.ModeMigratable
	}
	if attributes&attributeSeptVE == 0 {
		m |= attest.ModePartial
	}
	return m, nil
}
