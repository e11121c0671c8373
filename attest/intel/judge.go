package intel

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"tacit/attest"
	"tacit/fault"
)

// Where things lie in an enclave's report body.
const (
	enclaveMisc       = 16
	enclaveAttributes = 48
	enclaveSigner     = 128
	enclaveProduct    = 256
	enclaveSVN        = 258

	attributeDebug = 1 << 1
)

// judgeQE judges the quoting enclave by Intel's word on it: who does not know its
// quoting enclave believes any enclave that the platform ran.
func (v *Verifier) judgeQE(want qeIdentity, report []byte) (attest.Status, error) {
	bad := func(why string) (attest.Status, error) {
		return 0, v.refuse(fault.EvidQE, "the quoting enclave %s", why)
	}
	u16 := func(at int) uint16 { return binary.LittleEndian.Uint16(report[at:]) }
	switch {
	case len(want.Signer) != 32 || !bytes.Equal(report[enclaveSigner:enclaveSigner+32], want.Signer):
		return bad("is of another signer")
	case u16(enclaveProduct) != want.Product:
		return bad("is another product")
	case report[enclaveAttributes]&attributeDebug != 0:
		return bad("is open to its host")
	case !masked(report[enclaveAttributes:enclaveAttributes+16], want.Attributes, want.AttributesMask):
		return bad("has other attributes")
	case !masked(littleEndian(report[enclaveMisc:enclaveMisc+4]), want.Miscselect, want.MiscselectMask):
		return bad("has other extended features")
	}
	word, ok := status(want.Levels, u16(enclaveSVN))
	if !ok || word == attest.StatusRevoked {
		return bad("is too old")
	}
	return word, nil
}

// littleEndian turns a number around, as the QE identity shows it.
func littleEndian(b []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, binary.LittleEndian.Uint32(b))
}

// Where things lie in a trust domain's report body.
const (
	domainTCB        = 0
	domainSigner     = 64
	domainAttributes = 112
)

// judgeTCB finds the word on the platform's TCB and, for TDX, on the module that runs
// it; it adds the module's components to the platform's.
func (v *Verifier) judgeTCB(p platform, q Quote, out *Platform) (attest.Status, error) {
	var tdx []byte
	module := attest.StatusUpToDate
	if v.tee == teeTDX {
		tdx = q.Body[domainTCB : domainTCB+16]
		out.TCB = append(out.TCB, components("tdx", tdx)...)
		var err error
		if module, err = v.judgeModule(p.tcb, q.Body); err != nil {
			return 0, err
		}
		if tdx[1] > 0 { // then the first two are the module's, which has levels of its own
			tdx = append([]byte{255, 255}, tdx[2:]...)
		}
	}
	for _, l := range p.tcb.Levels {
		if covers(p.pck.Components[:], l.TCB.SGX) && l.TCB.PCESVN != nil && *l.TCB.PCESVN <= p.pck.PCESVN &&
			(v.tee != teeTDX || covers(tdx, l.TCB.TDX)) {
			return worst(attest.ParseStatus(l.Status), module), nil
		}
	}
	return attest.StatusUnknown, nil
}

// covers reports whether no component is below a level's, which names all 16.
func covers(got []byte, level []component) bool {
	if len(level) != 16 || len(got) != 16 {
		return false
	}
	for i, c := range level {
		if got[i] < c.SVN {
			return false
		}
	}
	return true
}

// judgeModule judges the TDX module, the software of Intel's that stands between host
// and domain. Version 0 of it has no levels: the platform's cover it.
func (v *Verifier) judgeModule(info tcbInfo, body []byte) (attest.Status, error) {
	svn, version := body[domainTCB], body[domainTCB+1]
	want, word := info.Module, attest.StatusUpToDate
	if version > 0 {
		found := false
		for _, m := range info.Identities {
			if strings.EqualFold(m.ID, fmt.Sprintf("TDX_%02x", version)) {
				want, found = m.seamModule, true
				word, _ = status(m.Levels, uint16(svn))
				break
			}
		}
		if !found {
			return attest.StatusUnknown, nil
		}
	}
	if len(want.Signer) != 48 || !bytes.Equal(body[domainSigner:domainSigner+48], want.Signer) ||
		!masked(body[domainAttributes:domainAttributes+8], want.Attributes, want.Mask) {
		return 0, v.refuse(fault.EvidForged, "the TDX module is not Intel's")
	}
	return word, nil
}

// worst is the word on two parts together, as Intel's own library puts them: a part
// that is out of date makes the whole out of date, and what needs configuring still
// does.
func worst(a, b attest.Status) attest.Status {
	switch {
	case a < attest.StatusUpToDate || b < attest.StatusUpToDate: // no word of Intel's
		return attest.StatusUnknown
	case a == attest.StatusRevoked || b == attest.StatusRevoked:
		return attest.StatusRevoked
	}
	old := outOfDate(a) || outOfDate(b)
	configure, harden := needs(a, b, configuration), needs(a, b, hardening)
	switch {
	case old && configure:
		return attest.StatusOutOfDateConfigurationNeeded
	case old:
		return attest.StatusOutOfDate
	case configure && harden:
		return attest.StatusConfigurationAndSWHardeningNeeded
	case configure:
		return attest.StatusConfigurationNeeded
	case harden:
		return attest.StatusSWHardeningNeeded
	}
	return attest.StatusUpToDate
}

func outOfDate(s attest.Status) bool {
	return s == attest.StatusOutOfDate || s == attest.StatusOutOfDateConfigurationNeeded
}

func configuration(s attest.Status) bool {
	return s == attest.StatusConfigurationNeeded || s == attest.StatusConfigurationAndSWHardeningNeeded ||
		s == attest.StatusOutOfDateConfigurationNeeded
}

func hardening(s attest.Status) bool {
	return s == attest.StatusSWHardeningNeeded || s == attest.StatusConfigurationAndSWHardeningNeeded
}

func needs(a, b attest.Status, what func(attest.Status) bool) bool { return what(a) || what(b) }
