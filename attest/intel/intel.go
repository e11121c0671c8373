// Package intel is what evidence of SGX and TDX has in common: a quote that a
// quoting enclave signed, the certificate of the platform that vouches for that
// enclave (PCK), and Intel's word on the platform's TCB (TCB info), on the quoting
// enclave (QE identity) and on what is revoked.
//
// It needs nothing but the evidence and the time: all collateral is bundled with the
// evidence, as Intel's service returned it, and nothing is ever fetched. Packages tdx
// and sgx make claims of what is verified here. Intel's root is trusted, where a
// network pins it; nobody else is.
package intel

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // for Intel's root
	"fmt"
	"math/big"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// The pieces of collateral, in this order and no others, each as Intel's service
// returns it. The report of the evidence is the quote, without padding; it holds the
// platform's certificate chain in it.
const (
	PieceTCBInfo  = iota // TCB info of the platform's FMSPC, JSON
	PieceTCBChain        // its issuer chain, PEM
	PieceQE              // identity of the quoting enclave, JSON
	PieceQEChain         // its issuer chain, PEM
	PiecePCKCRL          // revocation list of the CA that certified the platform, DER
	PieceRootCRL         // revocation list of the root, DER
	Pieces
)

// chainsKept is how many platforms' collateral is remembered at least.
const chainsKept = 256

//go:embed root.der
var root []byte

// Root is the root that Intel has published, for a network to pin for SGX or TDX;
// nothing here trusts it by itself.
func Root(scheme string) attest.Root {
	return attest.Root{Scheme: scheme, DER: bytes.Clone(root)}
}

// A Verifier verifies quotes of one kind up to one of its roots.
type Verifier struct {
	scheme    string
	tee       uint32
	roots     []*x509.Certificate
	platforms *wire.Memo[wire.Digest, platform]
}

// NewVerifier pins those of the roots that are of a scheme, attest.SchemeSGX or
// attest.SchemeTDX. Without one it accepts nothing.
func NewVerifier(scheme string, roots []attest.Root) (*Verifier, error) {
	v := &Verifier{scheme: scheme, platforms: wire.NewMemo[wire.Digest, platform](chainsKept)}
	if scheme == attest.SchemeTDX {
		v.tee = teeTDX
	}
	for _, r := range roots {
		if r.Scheme != scheme {
			continue
		}
		c, err := x509.ParseCertificate(r.DER)
		if err != nil {
			return nil, fault.New(fault.EvidPolicy, "pin Intel root: %w", err)
		}
		if !c.IsCA || !bytes.Equal(c.RawSubject, c.RawIssuer) {
			return nil, fault.New(fault.EvidPolicy, "pin Intel root: %q is no root", c.Subject.CommonName)
		}
		v.roots = append(v.roots, c)
	}
	return v, nil
}

// A Platform is what is certified of the machine that made a quote.
type Platform struct {
	PCK
	TCB    attest.TCB
	Status attest.Status // of TCB, TDX module and quoting enclave together
}

// Modes are those that the platform's certificate tells.
func (p Platform) Modes() attest.Mode {
	if p.SMT {
		return attest.ModeSMT
	}
	return 0
}

// platform is a platform certificate with the collateral that judges it. It holds
// from and until.
type platform struct {
	pck         PCK
	key         *ecdsa.PublicKey
	tcb         tcbInfo
	qe          qeIdentity
	from, until time.Time
}

// Refuse is a fault of a scheme.
func Refuse(scheme string, code fault.Code, format string, args ...any) error {
	return fault.New(code, "verify %s evidence: %s", scheme, fmt.Sprintf(format, args...))
}

// Verify returns the quote and its platform if the whole chain holds at now: root,
// platform, quoting enclave, attestation key, quote. It is EVID_FORGED if it does not;
// EVID_QE if the quoting enclave is not Intel's; EVID_REVOKED if a certificate is;
// EVID_COLLATERAL_UNAVAILABLE if collateral is missing or not in force.
//
// A status that is not known, or a TCB that no level of the TCB info covers, is
// StatusUnknown, which no policy accepts.
func (v *Verifier) Verify(e attest.Evidence, now time.Time) (Quote, Platform, error) {
	none := func(err error) (Quote, Platform, error) { return Quote{}, Platform{}, err }
	if err := e.Check(); err != nil {
		return none(err)
	}
	if e.Scheme != v.scheme {
		return none(v.refuse(fault.EvidForged, "it is of another scheme"))
	}
	q, err := v.parseQuote(e.Report)
	if err != nil {
		return none(err)
	}
	p, err := v.platform(q.chain, e.Collateral, now)
	if err != nil {
		return none(err)
	}
	if !verify(p.key, q.qeReport, q.qeSignature) {
		return none(v.refuse(fault.EvidForged, "the platform did not vouch for the quoting enclave"))
	}
	status, err := v.judgeQE(p.qe, q.qeReport)
	if err != nil {
		return none(err)
	}
	bound := sha256.Sum256(append(bytes.Clone(q.attestationKey), q.authData...))
	if data := q.qeReport[enclaveData:]; !bytes.Equal(data[:32], bound[:]) || !zero(data[32:]) {
		return none(v.refuse(fault.EvidForged, "the quoting enclave did not vouch for the attestation key"))
	}
	key, err := publicKey(q.attestationKey)
	if err != nil || !verify(key, q.signed, q.signature) {
		return none(v.refuse(fault.EvidForged, "the quote's signature is not the attestation key's"))
	}
	out := Platform{PCK: p.pck, TCB: p.pck.tcb()}
	level, err := v.judgeTCB(p, q, &out)
	if err != nil {
		return none(err)
	}
	out.Status = worst(level, status)
	return q, out, nil
}

func (v *Verifier) refuse(code fault.Code, format string, args ...any) error {
	return Refuse(v.scheme, code, format, args...)
}

// publicKey is the point of P-256 that x and y are, each of 32 bytes.
func publicKey(xy []byte) (*ecdsa.PublicKey, error) {
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, xy...))
}

// verify judges a signature of r and s, each of 32 bytes, over the SHA-256 of a
// message.
func verify(key *ecdsa.PublicKey, message, signature []byte) bool {
	if len(signature) != 64 {
		return false
	}
	sum := sha256.Sum256(message)
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(key, sum[:], r, s)
}

func zero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// platform judges a platform's chain and its collateral at now. They come with every
// quote of the platform, so those that were found good are remembered.
func (v *Verifier) platform(chain []byte, collateral [][]byte, now time.Time) (platform, error) {
	if len(collateral) > Pieces {
		return platform{}, v.refuse(fault.EvidForged, "there are %d pieces of collateral, want %d", len(collateral), Pieces)
	}
	if len(collateral) < Pieces {
		return platform{}, v.refuse(fault.EvidUnavailable, "there are %d pieces of collateral, want %d", len(collateral), Pieces)
	}
	for i, piece := range collateral {
		if len(piece) == 0 {
			return platform{}, v.refuse(fault.EvidUnavailable, "piece %d of the collateral is missing", i)
		}
	}
	id := wire.Hash("tacit/intel/platform", append([][]byte{chain}, collateral...))
	if p, ok := v.platforms.Get(id); ok && !now.Before(p.from) && !now.After(p.until) {
		return p, nil
	}
	p, err := v.judgePlatform(chain, collateral, now)
	if err == nil {
		v.platforms.Put(id, p)
	}
	return p, err
}

// within narrows the time that the platform's collateral holds.
func (p *platform) within(from, until time.Time) {
	if p.from.IsZero() || from.After(p.from) {
		p.from = from
	}
	if p.until.IsZero() || until.Before(p.until) {
		p.until = until
	}
}
