package intel

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"slices"

	"crypto/x509"

	"tacit/attest"
)

// PCK is what the certificate of a platform says in Intel's extension.
type PCK struct {
	PPID       string   // the processor that the certificate is for, hex
	FMSPC      string   // family, model, stepping, platform and custom SKU, hex
	PCEID      string   // hex
	Components [16]byte // of the TCB, by SVN
	PCESVN     uint16
	SMT        bool // of a platform of several packages: another thread may run on a core
}

// tcb names the components.
func (p PCK) tcb() (t attest.TCB) {
	t = components("sgx", p.Components[:])
	return append(t, attest.Component{Name: "pcesvn", SVN: uint32(p.PCESVN)})
}

func components(prefix string, svns []byte) (t attest.TCB) {
	for i, svn := range svns {
		t = append(t, attest.Component{Name: fmt.Sprintf("%s%02d", prefix, i+1), SVN: uint32(svn)})
	}
	return t
}

// The object identifiers below sgxExtension.
var sgxExtension = asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}

const (
	extPPID   = 1
	extTCB    = 2
	extPCEID  = 3
	extFMSPC  = 4
	extConfig = 7
	extPCESVN = 17 // of extTCB
	extCPUSVN = 18 // of extTCB
	extSMT    = 3  // of extConfig
)

// entry is one name and value of Intel's extension.
type entry struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue
}

// readPCK reads Intel's extension, or says what is wrong with it.
func readPCK(c *x509.Certificate) (PCK, string) {
	for _, e := range c.Extensions {
		if e.Id.Equal(sgxExtension) {
			return parsePCK(e.Value)
		}
	}
	return PCK{}, "it has no extension of SGX"
}

// entries reads a sequence of names below prefix, each once.
func entries(der []byte, prefix asn1.ObjectIdentifier) (map[int]asn1.RawValue, bool) {
	var list []entry
	rest, err := asn1.Unmarshal(der, &list)
	if err != nil || len(rest) > 0 {
		return nil, false
	}
	out := map[int]asn1.RawValue{}
	for _, e := range list {
		n := len(prefix)
		if len(e.ID) != n+1 || !e.ID[:n].Equal(prefix) {
			return nil, false
		}
		if _, twice := out[e.ID[n]]; twice {
			return nil, false
		}
		out[e.ID[n]] = e.Value
	}
	return out, true
}

func below(n int) asn1.ObjectIdentifier { return append(slices.Clone(sgxExtension), n) }

func parsePCK(der []byte) (p PCK, wrong string) {
	all, ok := entries(der, sgxExtension)
	if !ok {
		return PCK{}, "its extension of SGX does not parse"
	}
	for _, f := range []struct {
		id, size int
		to       *string
	}{{extPPID, 16, &p.PPID}, {extPCEID, 2, &p.PCEID}, {extFMSPC, 6, &p.FMSPC}} {
		var b []byte
		if !value(all, f.id, &b) || len(b) != f.size {
			return PCK{}, "its extension of SGX names no platform"
		}
		*f.to = hex.EncodeToString(b)
	}
	tcb, ok := entries(all[extTCB].FullBytes, below(extTCB))
	if !ok {
		return PCK{}, "its extension of SGX has no TCB"
	}
	for i := range p.Components {
		var svn int
		if !value(tcb, i+1, &svn) || svn < 0 || svn > 255 {
			return PCK{}, "its extension of SGX lacks a component of the TCB"
		}
		p.Components[i] = byte(svn)
	}
	var svn int
	var cpu []byte
	if !value(tcb, extPCESVN, &svn) || svn < 0 || svn > 65535 || !value(tcb, extCPUSVN, &cpu) || len(cpu) != 16 {
		return PCK{}, "its extension of SGX lacks a component of the TCB"
	}
	p.PCESVN = uint16(svn)
	if _, there := all[extConfig]; there {
		config, ok := entries(all[extConfig].FullBytes, below(extConfig))
		if !ok || config[extSMT].FullBytes != nil && !value(config, extSMT, &p.SMT) {
			return PCK{}, "its extension of SGX has an unreadable configuration"
		}
	}
	return p, ""
}

// value reads one entry that must be there and be of the kind of to.
func value(all map[int]asn1.RawValue, id int, to any) bool {
	rest, err := asn1.Unmarshal(all[id].FullBytes, to)
	return err == nil && len(rest) == 0
}
