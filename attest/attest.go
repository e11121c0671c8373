// Package attest turns a machine's evidence into claims and judges the claims,
// in the words of RFC 9334.
//
// The two questions are kept apart. A Scheme answers "is it genuine and bound":
// it turns Evidence into Claims only if the evidence verifies up to a pinned
// vendor root. A Policy answers "is it acceptable": it is pure, knows no
// scheme, lists every shortfall at once and, left empty, accepts nothing.
// Nobody is trusted here but the vendor roots that the policy set names.
package attest

import (
	"context"
	"crypto/sha512"
	"slices"
	"strconv"
	"time"

	"tacit/fault"
	"tacit/wire"
)

// ReportData are the 64 bytes that evidence ties to an environment: always
// hashes of a labelled transcript, never bytes that somebody chose.
type ReportData [64]byte

// Evidence is what an attester shows. Report and Collateral are in the form
// of the scheme; their sizes are capped at 64 KiB each and 16 pieces, the
// scheme's name at 16 bytes.
type Evidence struct {
	Scheme     string   `cbor:"1,keyasint" json:"scheme"`
	Report     []byte   `cbor:"2,keyasint" json:"report"`
	Collateral [][]byte `cbor:"3,keyasint" json:"collateral"`
}

// Digest identifies the evidence; votes name it. It is made of words, the
// report by its own hash, so that a contract can be shown the report that a
// vote accepted.
func (e Evidence) Digest() wire.Digest {
	return new(wire.Words).String("tacit/evidence").String(e.Scheme).Bytes(e.Report).Digest(e.CollateralDigest()).Hash()
}

// CollateralDigest is the collateral's part of the digest.
func (e Evidence) CollateralDigest() wire.Digest {
	parts := make([]wire.Digest, len(e.Collateral))
	for i, c := range e.Collateral {
		parts[i] = wire.Keccak(c)
	}
	return wire.Array(parts)
}

// Check refuses evidence that is too large to be worth a look, before any
// scheme parses it.
func (e Evidence) Check() error {
	const most = 64 << 10
	if len(e.Scheme) > 16 {
		return fault.New(fault.APISize, "read evidence: scheme's name of %d bytes", len(e.Scheme))
	}
	if len(e.Report) == 0 || len(e.Report) > most || len(e.Collateral) > 16 {
		return fault.New(fault.APISize, "read evidence: report of %d bytes, %d collaterals", len(e.Report), len(e.Collateral))
	}
	for _, c := range e.Collateral {
		if len(c) > most {
			return fault.New(fault.APISize, "read evidence: collateral of %d bytes, at most %d", len(c), most)
		}
	}
	return nil
}

// The boundaries that a platform can draw around a task.
const (
	BoundaryProcess = "process" // SGX, and the simulated platform
	BoundaryMachine = "machine" // SNP, TDX, TPM
)

// Claims is what genuine evidence says of an environment.
type Claims struct {
	Scheme      string      `json:"scheme"`
	Level       uint8       `json:"level"`    // 2 simulated, 3 TPM, 4 SNP or TDX, 5 SGX
	Boundary    string      `json:"boundary"` // what the platform protects as a whole
	Measurement wire.Digest `json:"measurement"`
	Manifest    wire.Digest `json:"manifest"` // of arguments, environment and configuration
	SVN         uint32      `json:"svn"`      // security version
	Debug       bool        `json:"debug"`
	Hardware    string      `json:"hardware"` // the chip's identity
	Data        ReportData  `json:"-"`
}

// A Scheme verifies the evidence of one kind of platform. Claims are returned
// only if the evidence is genuine at now; EVID_FORGED otherwise, or
// EVID_COLLATERAL_UNAVAILABLE when that cannot be judged now.
type Scheme interface {
	Name() string
	Verify(ctx context.Context, evidence Evidence, now time.Time) (Claims, error)
}

// An Attester makes evidence about the environment it runs in.
type Attester interface {
	Evidence(ctx context.Context, data ReportData) (Evidence, error)
}

// A Reference is one measurement that may play a role.
type Reference struct {
	Name        string      `cbor:"1,keyasint" json:"name"`
	Measurement wire.Digest `cbor:"2,keyasint" json:"measurement"`
	Manifest    wire.Digest `cbor:"3,keyasint" json:"manifest"`
	SVN         uint32      `cbor:"4,keyasint" json:"svn"` // least security version
}

// A Policy says what evidence is acceptable for one role. Every field is
// mandatory; the zero Policy accepts nothing. Debug is never acceptable.
type Policy struct {
	Role       uint16      `cbor:"1,keyasint" json:"role"`
	Schemes    []string    `cbor:"2,keyasint" json:"schemes"` // by name; "sim" is accepted only where it stands here
	Level      uint8       `cbor:"3,keyasint" json:"level"`   // least level
	References []Reference `cbor:"4,keyasint" json:"references"`
	Denied     []string    `cbor:"5,keyasint" json:"denied"` // hardware identities
}

// Check reports EVID_POLICY unless every mandatory field is given.
func (p Policy) Check() error {
	if p.Role == 0 || len(p.Schemes) == 0 || p.Level < 2 || p.Level > 5 || len(p.References) == 0 {
		return fault.New(fault.EvidPolicy, "read appraisal policy: role, schemes, level (2 to 5) and references are all required")
	}
	for _, r := range p.References {
		if r.Measurement.IsZero() || r.Manifest.IsZero() {
			return fault.New(fault.EvidPolicy, "read appraisal policy: reference %q lacks its measurement or manifest", r.Name)
		}
	}
	return nil
}

// Appraise judges claims against the policy and the report data that the
// appraiser computed itself. It returns every shortfall, none if the evidence
// is acceptable.
func (p Policy) Appraise(c Claims, want ReportData) []*fault.Error {
	const op = "appraise evidence"
	var short []*fault.Error
	say := func(code fault.Code, rule, expected, got string) {
		short = append(short, fault.Denied(code, op, rule, expected, got))
	}
	if err := p.Check(); err != nil {
		say(fault.EvidPolicy, "policy", "a complete policy", "an empty or incomplete one")
	}
	if !slices.Contains(p.Schemes, c.Scheme) {
		code := fault.EvidUnlisted
		if c.Scheme == SchemeSim {
			code = fault.EvidSimulated
		}
		say(code, "schemes", join(p.Schemes), c.Scheme)
	}
	if c.Level < p.Level {
		say(fault.EvidLevel, "level", "at least "+strconv.Itoa(int(p.Level)), strconv.Itoa(int(c.Level)))
	}
	if c.Debug {
		say(fault.EvidMode, "debug", "off", "on")
	}
	if slices.Contains(p.Denied, c.Hardware) {
		say(fault.EvidDenied, "denied", "a chip that is not on the list", c.Hardware)
	}
	p.appraiseReference(c, say)
	if c.Data != want {
		say(fault.EvidBinding, "report data", "the transcript of this attempt", "another")
	}
	return short
}

// appraiseReference looks for the one reference with this measurement; the
// manifest and the security version are then judged against that one.
func (p Policy) appraiseReference(c Claims, say func(fault.Code, string, string, string)) {
	var known bool
	for _, r := range p.References {
		if r.Measurement != c.Measurement {
			continue
		}
		if r.Manifest == c.Manifest {
			if c.SVN < r.SVN {
				say(fault.EvidUnlisted, "security version", "at least "+strconv.Itoa(int(r.SVN)), strconv.Itoa(int(c.SVN)))
			}
			return
		}
		known = true
	}
	if known {
		say(fault.EvidManifest, "manifest", "the published one", c.Manifest.Short())
		return
	}
	say(fault.EvidUnlisted, "measurement", "one of "+strconv.Itoa(len(p.References))+" reference values", c.Measurement.Short())
}

// SchemeSim is the name of the simulated platform, which protects nothing from
// its host.
const SchemeSim = "sim"

// LevelOf is the security level of a scheme's platform, 0 if it is unknown.
func LevelOf(scheme string) uint8 {
	switch scheme {
	case SchemeSim:
		return 2
	case "tpm":
		return 3
	case "snp", "tdx":
		return 4
	case "sgx":
		return 5
	}
	return 0
}

// A Root is a vendor root certificate (DER) that a network pins for a scheme.
type Root struct {
	Scheme string `cbor:"1,keyasint" json:"scheme"`
	DER    []byte `cbor:"2,keyasint" json:"der"`
}

// PolicySet is all that a network appraises by. Its generation never goes
// back; its digest stands in every epoch header.
type PolicySet struct {
	Generation uint64   `cbor:"1,keyasint" json:"generation"`
	Policies   []Policy `cbor:"2,keyasint" json:"policies"`
	Roots      []Root   `cbor:"3,keyasint" json:"roots"`
}

// Digest identifies the set.
func (s PolicySet) Digest() wire.Digest { return wire.Hash("tacit/policies", s) }

// For returns the policy of a role; there being none is EVID_POLICY.
func (s PolicySet) For(role uint16) (Policy, error) {
	for _, p := range s.Policies {
		if p.Role == role {
			return p, p.Check()
		}
	}
	return Policy{}, fault.New(fault.EvidPolicy, "find appraisal policy: none for role %d", role)
}

// Schemes verifies evidence with whichever of the schemes it names.
type Schemes []Scheme

// Verify returns the claims of genuine evidence. Evidence of a scheme that is
// not linked here is EVID_SIMULATED for the simulated platform and EVID_FORGED
// for any other.
func (s Schemes) Verify(ctx context.Context, e Evidence, now time.Time) (Claims, error) {
	if err := e.Check(); err != nil {
		return Claims{}, err
	}
	for _, scheme := range s {
		if scheme.Name() == e.Scheme {
			return scheme.Verify(ctx, e, now)
		}
	}
	if e.Scheme == SchemeSim {
		return Claims{}, fault.New(fault.EvidSimulated, "verify evidence: this program accepts no simulated platform")
	}
	return Claims{}, fault.New(fault.EvidForged, "verify evidence: unknown scheme %q", e.Scheme)
}

// A TaskTranscript is everything that an enclave's evidence for one place of
// one attempt commits to. It is never sent: each side makes it of what it was
// shown.
type TaskTranscript struct {
	Network    wire.Digest
	Version    uint32
	Role       uint16
	Task       wire.Digest
	Assignment wire.Digest
	Attempt    uint8
	Place      uint8
	Keys       wire.Digest
	Policy     wire.Digest
	Generation uint64
	Freshness  wire.Digest // H(seed, managers' challenges)
	Manifest   wire.Digest // of everything that changes what the attempt does
}

// Data is the report data of the transcript: Keccak-256 and SHA-256 of the same
// words, because the registry recomputes it to judge who accepted evidence of
// another transcript, and has no SHA-512.
func (t TaskTranscript) Data() (d ReportData) {
	w := new(wire.Words).String("tacit/transcript/task").Digest(t.Network).Uint(uint64(t.Version)).Uint(uint64(t.Role)).
		Digest(t.Task).Digest(t.Assignment).Uint(uint64(t.Attempt)).Uint(uint64(t.Place)).Digest(t.Keys).Digest(t.Policy).
		Uint(t.Generation).Digest(t.Freshness).Digest(t.Manifest)
	first, second := w.Hash(), w.Sum()
	copy(d[:32], first[:])
	copy(d[32:], second[:])
	return d
}

// A ChannelTranscript is what the evidence of a long-lived role commits to:
// one TLS leaf for one epoch.
type ChannelTranscript struct {
	Network wire.Digest  `cbor:"1,keyasint"`
	Version uint32       `cbor:"2,keyasint"`
	Role    uint16       `cbor:"3,keyasint"`
	Node    wire.Address `cbor:"4,keyasint"` // registered key of the role
	Leaf    wire.Digest  `cbor:"5,keyasint"` // SHA-256 of the TLS leaf's public key
	Epoch   uint64       `cbor:"6,keyasint"`
	Header  wire.Digest  `cbor:"7,keyasint"` // of that epoch, so that the quote cannot be older
}

// Data is the report data of the transcript: the SHA-512 of its encoding.
func (t ChannelTranscript) Data() ReportData {
	b, err := wire.Marshal("tacit/transcript/channel", t)
	if err != nil {
		panic(err) // transcripts hold digests and integers only
	}
	return sha512.Sum512(b)
}

func join(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	out := list[0]
	for _, s := range list[1:] {
		out += ", " + s
	}
	return out
}
