package tpm

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/binary"
	"math/big"

	"tacit/fault"
)

// The numbers of the TPM's structures that evidence may hold: one kind of key,
// one signature, one hash. Every TPM for PCs has them.
const (
	algSHA256 = 0x000b
	algNull   = 0x0010
	algECDSA  = 0x0018
	algECC    = 0x0023
	curveP256 = 0x0003

	magicGenerated = 0xff544347
	typeQuote      = 0x8018
	endorsement    = 0x4000000b
)

// akAttributes are all attributes of an attestation key: it is bound to its TPM
// and parent, was made there, and signs only what the TPM says itself.
const akAttributes = fixedTPM | fixedParent | sensitiveDataOrigin | userWithAuth | noDA | restricted | sign

const (
	fixedTPM            = 1 << 1
	fixedParent         = 1 << 4
	sensitiveDataOrigin = 1 << 5
	userWithAuth        = 1 << 6
	noDA                = 1 << 10
	restricted          = 1 << 16
	sign                = 1 << 18
)

// registersQuoted selects PCRs 0 to 15.
var registersQuoted = []byte{0xff, 0xff, 0}

// registers are PCRs 0 to 15 of the SHA-256 bank.
type registers [16][sha256.Size]byte

// ak is a public attestation key.
type ak struct {
	key    *ecdsa.PublicKey
	public []byte
}

// name is how the TPM calls the key.
func (k ak) name() []byte { return nameOf(k.public) }

// signer is how a quote calls the key: by its name and the hierarchy above it. A
// key elsewhere would see the firmware's version disguised.
func (k ak) signer() []byte { return nameOf(binary.BigEndian.AppendUint32(nil, endorsement), k.name()) }

func nameOf(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return append(binary.BigEndian.AppendUint16(nil, algSHA256), sum[:]...)
}

// readAK reads the public area of an attestation key.
func readAK(public []byte) (ak, error) {
	bad := func(why string) (ak, error) {
		return ak{}, fault.New(fault.EvidAK, "read attestation key: %s", why)
	}
	c := cursor{rest: public, order: binary.BigEndian}
	if c.u16() != algECC || c.u16() != algSHA256 {
		return bad("not a key of the NIST curve P-256 named by SHA-256")
	}
	if got := c.u32(); got != akAttributes {
		return bad("it is not restricted to what its TPM says, or can leave it")
	}
	if len(c.sized()) != 0 {
		return bad("it has a policy")
	}
	if c.u16() != algNull || c.u16() != algECDSA || c.u16() != algSHA256 || c.u16() != curveP256 || c.u16() != algNull {
		return bad("not a key of the NIST curve P-256 for ECDSA with SHA-256")
	}
	x, y := c.sized(), c.sized()
	if !c.done() || len(x) != 32 || len(y) != 32 {
		return bad("it does not parse")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return bad("it is no point of its curve")
	}
	return ak{key, public}, nil
}

// quote is what a TPM signed.
type quote struct {
	extra     []byte // qualifying data
	firmware  uint64
	registers registers
}

// readQuote verifies the signature, then reads the quote, then holds the values
// against it.
func readQuote(r report, key ak) (quote, error) {
	const op = "verify quote"
	bad := func(why string) (quote, error) { return quote{}, fault.New(fault.EvidAK, "%s: %s", op, why) }
	s := cursor{rest: r.Signature, order: binary.BigEndian}
	if s.u16() != algECDSA || s.u16() != algSHA256 {
		return bad("the signature is not ECDSA with SHA-256")
	}
	first, second := s.sized(), s.sized()
	if !s.done() || len(first) > 32 || len(second) > 32 {
		return bad("the signature does not parse")
	}
	sum := sha256.Sum256(r.Quote)
	if !ecdsa.Verify(key.key, sum[:], new(big.Int).SetBytes(first), new(big.Int).SetBytes(second)) {
		return quote{}, fault.New(fault.EvidForged, "%s: the signature is not the key's", op)
	}
	c := cursor{rest: r.Quote, order: binary.BigEndian}
	if c.u32() != magicGenerated {
		return bad("a TPM did not make what was signed")
	}
	if c.u16() != typeQuote {
		return bad("not a quote")
	}
	if !bytes.Equal(c.sized(), key.signer()) {
		return bad("the key does not stand in the endorsement hierarchy")
	}
	q := quote{extra: c.sized()}
	c.take(8 + 4 + 4) // clock, resets, restarts: they say nothing of what runs
	if c.u8() > 1 {
		return bad("the clock is neither safe nor unsafe")
	}
	q.firmware = c.u64()
	if c.u32() != 1 || c.u16() != algSHA256 || !bytes.Equal(c.take(uint64(c.u8())), registersQuoted) {
		return quote{}, fault.New(fault.EvidForged, "%s: not over PCRs 0 to 15 of the SHA-256 bank alone", op)
	}
	digest := c.sized()
	if !c.done() {
		return bad("the quote does not parse")
	}
	if len(r.Registers) != len(q.registers) {
		return quote{}, fault.New(fault.EvidForged, "%s: %d registers, want %d", op, len(r.Registers), len(q.registers))
	}
	for i, v := range r.Registers {
		if len(v) != sha256.Size {
			return quote{}, fault.New(fault.EvidForged, "%s: PCR %d of %d bytes", op, i, len(v))
		}
		copy(q.registers[i][:], v)
	}
	if want := sha256.Sum256(bytes.Join(r.Registers, nil)); !bytes.Equal(digest, want[:]) {
		return quote{}, fault.New(fault.EvidForged, "%s: the registers are not those that were quoted", op)
	}
	return q, nil
}
