package intel

import (
	"bytes"
	"encoding/binary"

	"tacit/fault"
)

// The kinds of environment that a quote is of.
const (
	teeSGX = 0
	teeTDX = 0x81
)

// The sizes of a quote's parts.
const (
	headerSize  = 48
	EnclaveSize = 384 // report body of an enclave
	DomainSize  = 584 // report body of a trust domain of TDX 1.0
	keySize     = 64
	enclaveData = 320 // where the 64 bytes of report data are in an enclave's body
)

// The kinds of certification data.
const (
	certChain    = 5 // PEM of the platform's certificate, its CA and the root
	certQEReport = 6 // of a quoting enclave, with certification data of its own
)

var (
	intelVendor = []byte{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}
)

// A Quote is what a quoting enclave signed.
type Quote struct {
	Body []byte // of EnclaveSize or DomainSize

	signed         []byte // header and body
	signature      []byte
	attestationKey []byte
	qeReport       []byte
	qeSignature    []byte
	authData       []byte
	chain          []byte // PEM
}

// reader takes parts off a buffer; what is not there is nil, and short is set.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) u16() int {
	if b := r.take(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (r *reader) u32() int {
	if b := r.take(4); b != nil {
		return int(binary.LittleEndian.Uint32(b))
	}
	return 0
}

// parseQuote reads a quote of version 3 (SGX) or 4 (SGX and TDX 1.0) whose signatures
// are not judged yet. Every byte of it belongs to a part.
func (v *Verifier) parseQuote(b []byte) (q Quote, err error) {
	bad := func(why string) (Quote, error) { return Quote{}, v.refuse(fault.EvidForged, "%s", why) }
	r := &reader{rest: b}
	h := &reader{rest: r.take(headerSize)}
	version, keyType, tee := h.u16(), h.u16(), h.u32()
	_ = h.take(4) // versions of the two enclaves below, or zero; QE report and PCK say them
	switch {
	case r.short:
		return bad("the quote is too short")
	case version != 3 && version != 4:
		return bad("the quote is of an unknown version (3 and 4 are known; 5 is of TDX 1.5)")
	case tee != int(v.tee) || version == 3 && tee != teeSGX:
		return bad("the quote is of another kind of environment")
	case keyType != 2:
		return bad("the quote is not signed with ECDSA P-256")
	case !bytes.Equal(h.take(16), intelVendor):
		return bad("the quoting enclave is of another vendor")
	}
	size := EnclaveSize
	if tee == teeTDX {
		size = DomainSize
	}
	q.Body = r.take(size)
	n := r.u32()
	if r.short || n != len(r.rest) {
		return bad("the quote has another length than it says")
	}
	q.signed = b[:headerSize+size]
	q.signature, q.attestationKey = r.take(64), r.take(keySize)
	if version == 4 {
		kind, size := r.u16(), r.u32()
		if r.short || kind != certQEReport || size != len(r.rest) {
			return bad("the quote lacks the report of its quoting enclave")
		}
	}
	q.qeReport, q.qeSignature = r.take(EnclaveSize), r.take(64)
	q.authData = r.take(r.u16())
	kind, size := r.u16(), r.u32()
	if r.short || kind != certChain || size != len(r.rest) {
		return bad("the quote lacks the platform's certificates")
	}
	q.chain = r.take(size)
	return q, nil
}
