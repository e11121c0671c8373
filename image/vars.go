package image

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"

	"tacit/fault"
)

// GUIDs of UEFI, in the byte order of a variable store.
var (
	guidGlobal     = guid(0x8be4df61, 0x93ca, 0x11d2, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c)
	guidSecurity   = guid(0xd719b2cb, 0x3d3a, 0x4596, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f)
	guidX509       = guid(0xa5c059a1, 0x94e4, 0x4aa7, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72)
	guidSecureBoot = guid(0xf0a30bc7, 0xaf08, 0x4556, 0x99, 0xc4, 0x00, 0x10, 0x09, 0xc9, 0x3a, 0x44) // EDK II's switch
	guidVariables  = guid(0xaaf32c78, 0x947b, 0x439a, 0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77, 0x92) // EDK II's authenticated store
	guidOwner      = guid(0x7461636a, 0x7461, 0x4369, 0xb4, 0x74, 0x74, 0x61, 0x63, 0x69, 0x74, 0x31) // who enrolled a key, ours
)

func guid(a uint32, b, c uint16, rest ...byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, a)
	out = binary.LittleEndian.AppendUint16(out, b)
	out = binary.LittleEndian.AppendUint16(out, c)
	return append(out, rest...)
}

// attributes of a variable, and its state "added" (EDK II, VariableFormat.h).
const (
	attrNonVolatile   = 0x01
	attrBoot          = 0x02
	attrRuntime       = 0x04
	attrTimeBased     = 0x20
	variableStart     = 0x55aa
	variableAdded     = 0x3f
	variableHeader    = 60
	variableStoreHead = 28
)

// EnrolSecureBoot returns a copy of an empty OVMF variable store in which one
// certificate (DER) is platform key, key exchange key and the only one that may
// sign what boots, and Secure Boot is on. It is what a firmware's owner does in
// its menus; the store is a file on the host, so a verifier believes the log of
// the boot and not this.
func EnrolSecureBoot(store, certificate []byte) ([]byte, error) {
	const op = "enrol Secure Boot keys"
	at := bytes.Index(store, guidVariables)
	if at < 0 || at+variableStoreHead > len(store) {
		return nil, fault.New(fault.APIField, "%s: no authenticated variable store in these %d bytes", op, len(store))
	}
	size := int(binary.LittleEndian.Uint32(store[at+16:]))
	if size < variableStoreHead || at+size > len(store) {
		return nil, fault.New(fault.APIField, "%s: a variable store of %d bytes", op, size)
	}
	out := bytes.Clone(store)
	area := out[at+variableStoreHead : at+size]
	if len(bytes.Trim(area, "\xff")) != 0 {
		return nil, fault.New(fault.APIField, "%s: the variable store is not empty", op)
	}
	authenticated := uint32(attrNonVolatile | attrBoot | attrRuntime | attrTimeBased)
	keys := signatureList(certificate)
	var vars []byte
	for _, v := range []struct {
		name   string
		vendor []byte
		attr   uint32
		data   []byte
	}{
		{"PK", guidGlobal, authenticated, keys},
		{"KEK", guidGlobal, authenticated, keys},
		{"db", guidSecurity, authenticated, keys},
		{"SecureBootEnable", guidSecureBoot, attrNonVolatile | attrBoot, []byte{1}},
	} {
		vars = append(vars, variable(v.name, v.vendor, v.attr, v.data)...)
	}
	if len(vars) > len(area) {
		return nil, fault.New(fault.APISize, "%s: %d bytes of variables, room for %d", op, len(vars), len(area))
	}
	copy(area, vars)
	return out, nil
}

// signatureList is an EFI_SIGNATURE_LIST with one certificate.
func signatureList(certificate []byte) []byte {
	out := bytes.Clone(guidX509)
	one := 16 + len(certificate)
	out = binary.LittleEndian.AppendUint32(out, uint32(28+one))
	out = binary.LittleEndian.AppendUint32(out, 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(one))
	return append(append(out, guidOwner...), certificate...)
}

// variable is one entry of an authenticated store, padded to its alignment.
func variable(name string, vendor []byte, attr uint32, data []byte) []byte {
	var text []byte
	for _, c := range append(utf16.Encode([]rune(name)), 0) {
		text = binary.LittleEndian.AppendUint16(text, c)
	}
	le := binary.LittleEndian
	h := make([]byte, variableHeader)
	le.PutUint16(h[0:], variableStart)
	h[2] = variableAdded
	le.PutUint32(h[4:], attr)
	// Monotonic count, 8 bytes, and the time of the last change, 16, stay 0.
	if attr&attrTimeBased != 0 {
		le.PutUint16(h[16:], 2024) // year, month and day
		h[18], h[19] = 1, 1
	}
	le.PutUint32(h[36:], uint32(len(text)))
	le.PutUint32(h[40:], uint32(len(data)))
	copy(h[44:], vendor)
	out := append(append(h, text...), data...)
	for len(out)%4 != 0 {
		out = append(out, 0xff)
	}
	return out
}
