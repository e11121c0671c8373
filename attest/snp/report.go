package snp

import (
	"encoding/binary"
	"math/big"
	"slices"

	"tacit/attest"
	"tacit/fault"
)

// The sizes of a report and of the part that is signed.
const (
	reportSize = 1184
	signedSize = 0x2A0
	scalarSize = 72 // of each half of a signature, little-endian
)

// report is what is used of a report of version 2 to 5. All before the signature
// is signed, so that nothing in it needs to be compared with zero.
type report struct {
	signed        []byte
	r, s          *big.Int
	version, svn  uint32
	policy        uint64
	vmpl          uint8
	signer        string
	family, model uint8 // of the processor, from version 3 on

	current, reported, committed, launch tcb

	data                                attest.ReportData
	measurement, idKey, authorKey, chip []byte
	hostData                            [32]byte
}

// parseReport reads a report whose signature is not judged yet.
func parseReport(b []byte) (r report, err error) {
	bad := func(why string) (report, error) { return report{}, refuse(fault.EvidForged, why) }
	if len(b) != reportSize {
		return bad("a report has 1184 bytes")
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	r = report{
		signed: b[:signedSize], version: u32(0x00), svn: u32(0x04), policy: binary.LittleEndian.Uint64(b[0x08:]),
		current: tcb(b[0x38:0x40]), reported: tcb(b[0x180:0x188]), committed: tcb(b[0x1E0:0x1E8]), launch: tcb(b[0x1F0:0x1F8]),
		family: b[0x188], model: b[0x189], data: attest.ReportData(b[0x50:0x90]), hostData: [32]byte(b[0xC0:0xE0]),
		measurement: slices.Clone(b[0x90:0xC0]), idKey: slices.Clone(b[0xE0:0x110]), authorKey: slices.Clone(b[0x110:0x140]),
		chip: slices.Clone(b[0x1A0:0x1E0]),
	}
	if r.version < 2 || r.version > 5 {
		return bad("the report is of an unknown version")
	}
	if u32(0x34) != 1 {
		return bad("the report is not signed with ECDSA P-384 and SHA-384")
	}
	vmpl := u32(0x30)
	if vmpl > 3 {
		return bad("there is no such privilege level")
	}
	r.vmpl = uint8(vmpl)
	switch u32(0x48) >> 2 & 7 {
	case 0:
		r.signer = attest.KeyVCEK
	case 1:
		r.signer = attest.KeyVLEK
	default:
		return bad("the report names no kind of key")
	}
	signature := b[signedSize:]
	r.r, r.s = scalar(signature[:scalarSize]), scalar(signature[scalarSize:2*scalarSize])
	for _, rest := range signature[2*scalarSize:] {
		if rest != 0 {
			return bad("something follows the signature")
		}
	}
	return r, nil
}

// scalar reads a little-endian number.
func scalar(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

// lineOf is the product line of a processor, empty if it is not known.
func lineOf(family, model uint8) string {
	switch {
	case family == 0x19 && model < 0x10:
		return "Milan"
	case family == 0x19 && (model < 0x20 || model >= 0xA0 && model < 0xB0):
		return "Genoa"
	case family == 0x1A && model < 0x20:
		return "Turin"
	}
	return ""
}

// tcb are the eight bytes of a TCB version, laid out as its product line has it.
type tcb [8]byte

// A part is one component of a TCB version: where it lies, and which extension
// of a certificate says it.
type part struct {
	name  string
	at    int
	minor int // of 1.3.6.1.4.1.3704.1.3
}

// layout are the components of a product line; the other bytes are zero.
type layout []part

var layouts = map[string]layout{
	"Milan": {{"bootloader", 0, 1}, {"tee", 1, 2}, {"snp", 6, 3}, {"microcode", 7, 8}},
	"Genoa": {{"bootloader", 0, 1}, {"tee", 1, 2}, {"snp", 6, 3}, {"microcode", 7, 8}},
	"Turin": {{"fmc", 0, 9}, {"bootloader", 1, 1}, {"tee", 2, 2}, {"snp", 3, 3}, {"microcode", 7, 8}},
}

// tcb names the components.
func (l layout) tcb(raw tcb) attest.TCB {
	t := make(attest.TCB, len(l))
	for i, p := range l {
		t[i] = attest.Component{Name: p.name, SVN: uint32(raw[p.at])}
	}
	return t
}

// compare holds the TCB versions of a report against the certified one. The
// reported one is what the signing key was derived from, so the two are equal;
// all others may only be newer: the machine runs firmware that old, could go back
// to it, or has started this guest with it.
func (by endorsement) compare(r report) error {
	if r.reported != by.tcb {
		return refuse(fault.EvidTCBMismatch, "the reported TCB is not the certificate's")
	}
	for _, other := range []struct {
		name string
		tcb  tcb
	}{{"current", r.current}, {"committed", r.committed}, {"launch", r.launch}} {
		for _, p := range layouts[by.product] {
			if other.tcb[p.at] < by.tcb[p.at] {
				return refuse(fault.EvidTCBMismatch, "the "+other.name+" TCB is below the certificate's in "+p.name)
			}
		}
	}
	return nil
}
