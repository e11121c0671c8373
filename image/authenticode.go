package image

import (
	"cmp"
	"crypto/sha256"
	"debug/pe"
	"encoding/binary"
	"slices"

	"tacit/fault"
	"tacit/wire"
)

// Authenticode is the SHA-256 by which Secure Boot verifies a PE file and a TPM
// measures it: over all of it but its checksum and its signatures (Windows
// Authenticode Portable Executable Signature Format). Signing does not change it.
func Authenticode(b []byte) (wire.Digest, error) {
	const op = "hash PE file"
	f, at, err := openPE(b)
	if err != nil {
		return wire.Digest{}, err
	}
	headers := int(binary.LittleEndian.Uint32(b[at.optional+peSizeOfHeaders:]))
	if headers < at.table || headers > len(b) {
		return wire.Digest{}, fault.New(fault.APIField, "%s: headers of %d bytes", op, headers)
	}
	h := sha256.New()
	checksum := at.optional + peCheckSum
	h.Write(b[:checksum])
	h.Write(b[checksum+4 : at.security])
	h.Write(b[at.security+8 : headers])
	sections := slices.DeleteFunc(slices.Clone(f.Sections), func(s *pe.Section) bool { return s.Size == 0 })
	slices.SortFunc(sections, func(x, y *pe.Section) int { return cmp.Compare(x.Offset, y.Offset) })
	hashed := headers
	for _, s := range sections {
		from, to := int(s.Offset), int(s.Offset)+int(s.Size)
		if from < headers || to > len(b) {
			return wire.Digest{}, fault.New(fault.APIField, "%s: section %s lies outside the file", op, s.Name)
		}
		h.Write(b[from:to])
		hashed += to - from
	}
	// What follows the sections counts, but for the signatures at the end.
	signatures := int(binary.LittleEndian.Uint32(b[at.security+4:]))
	if end := len(b) - signatures; signatures >= 0 && hashed < end {
		h.Write(b[hashed:end])
	}
	return wire.Digest(h.Sum(nil)), nil
}
