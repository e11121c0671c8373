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

// Data are the 64 bytes that the report says it is over, whether it is genuine or not;
// zero for a report that is too short to hold them. They are where the registry contract
// looks for them too. known is false for a scheme that has no such place here.
func (e Evidence) Data() (d ReportData, known bool) {
	at, known := dataAt[e.Scheme]
	if known && len(e.Report) >= at+len(d) {
		copy(d[:], e.Report[at:])
	}
	return d, known
}

// dataAt is where a report holds its report data: first where its form is ours; as AMD's
// SEV-SNP firmware ABI says in table 23; in Intel's report bodies, behind the 48 bytes of
// a quote's header.
var dataAt = map[string]int{SchemeSim: 0, SchemeTPM: 0, SchemeNitro: 0, SchemeSNP: 0x50, SchemeTDX: 48 + 520, SchemeSGX: 48 + 320}

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

// A Scheme verifies the evidence of one kind of platform. Claims are returned
// only if the evidence is genuine at now; EVID_FORGED otherwise, EVID_REVOKED if
// the vendor took a certificate back, or EVID_COLLATERAL_UNAVAILABLE when that
// cannot be judged now. Whether claims are acceptable is no question of its.
type Scheme interface {
	Name() string
	Verify(ctx context.Context, evidence Evidence, now time.Time) (Claims, error)
}

// An Attester makes evidence about the environment it runs in.
type Attester interface {
	Evidence(ctx context.Context, data ReportData) (Evidence, error)
}

// SchemeSim is the name of the simulated platform, which protects nothing from
// its host.
const SchemeSim = "sim"

// The names of the other schemes.
const (
	SchemeTPM = "tpm" // a machine's measured boot, TPM 2.0
	SchemeSNP = "snp" // AMD SEV-SNP
	SchemeTDX = "tdx" // Intel TDX
	SchemeSGX = "sgx" // Intel SGX with DCAP

	SchemeNitro = "nitro" // AWS Nitro Enclaves
)

// LevelOf is the security level of a scheme's platform, 0 if it is unknown.
func LevelOf(scheme string) uint8 {
	switch scheme {
	case SchemeSim:
		return 2
	case SchemeTPM, SchemeNitro:
		return 3
	case SchemeSNP, SchemeTDX:
		return 4
	case SchemeSGX:
		return 5
	}
	return 0
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

// ProbeData is what a report is made over that only shows whose it would be: the hash
// of a label, which is no transcript.
func ProbeData() ReportData { return sha512.Sum512([]byte("tacit/probe")) }

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
