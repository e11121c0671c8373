// Package image makes the machine that boots measured, and predicts from its
// files alone what a TPM will have measured once it has booted: a unified kernel
// image (UAPI group specification) of a kernel, an initial file system with one
// program and a command line.
//
// The same inputs give the same bytes. Nothing here needs a TPM, an emulator or
// root; signing is done by ordinary tools on what Build returns.
package image

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"fmt"

	"tacit/fault"
)

// A Section is one part of a unified kernel image.
type Section struct {
	Name string // such as ".linux", at most 8 bytes
	Data []byte
}

// The offsets in a PE file's optional header that change when sections are
// added (PE format, "Optional Header Windows-Specific Fields").
const (
	peSizeOfInitializedData = 8
	peSectionAlignment      = 32
	peFileAlignment         = 36
	peSizeOfImage           = 56
	peSizeOfHeaders         = 60
	peCheckSum              = 64
	peSectionHeader         = 40
	peInitializedReadable   = 0x40000040
)

// mostPE bounds a stub and what is added to it, in bytes.
const mostPE = 1 << 30

// Build adds sections to a UEFI stub in the order in which they are given. The
// stub must be a PE32+ file without a signature and with room in its headers.
func Build(stub []byte, sections []Section) ([]byte, error) {
	const op = "build unified kernel image"
	f, at, err := openPE(stub)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	optional := at.optional
	le := binary.LittleEndian
	align := func(n, to uint32) uint32 { return (n + to - 1) / to * to }
	sectionAlign, fileAlign := le.Uint32(stub[optional+peSectionAlignment:]), le.Uint32(stub[optional+peFileAlignment:])
	headers := le.Uint32(stub[optional+peSizeOfHeaders:])
	if sectionAlign == 0 || fileAlign == 0 || fileAlign > 4096 || 4096%fileAlign != 0 {
		return nil, fault.New(fault.APIField, "%s: the stub aligns sections to %d and the file to %d", op, sectionAlign, fileAlign)
	}
	sectionAlign = max(sectionAlign, 4096) // the kernel wants pages of its own
	if need := at.table + (len(f.Sections)+len(sections))*peSectionHeader; uint32(need) > headers {
		return nil, fault.New(fault.APISize, "%s: the stub's headers have %d bytes and need %d", op, headers, need)
	}
	next, end := uint32(0), headers
	for _, s := range f.Sections {
		next = max(next, s.VirtualAddress+max(s.VirtualSize, s.Size))
		end = max(end, s.Offset+s.Size)
	}
	if int(end) > len(stub) || le.Uint32(stub[at.security+4:]) != 0 {
		return nil, fault.New(fault.APIField, "%s: the stub is cut short or signed", op)
	}
	// Symbols after the sections would be a gap before those that are added.
	out := bytes.Clone(stub[:end])
	le.PutUint32(out[at.coff+8:], 0)
	le.PutUint32(out[at.coff+12:], 0)
	var added uint32
	for i, s := range sections {
		if len(s.Name) == 0 || len(s.Name) > 8 || len(s.Data) == 0 || len(s.Data) > mostPE {
			return nil, fault.New(fault.APIField, "%s: section %q of %d bytes", op, s.Name, len(s.Data))
		}
		if f.Section(s.Name) != nil {
			return nil, fault.New(fault.APIField, "%s: the stub has a section %s already", op, s.Name)
		}
		next = align(next, sectionAlign)
		out = append(out, make([]byte, align(uint32(len(out)), fileAlign)-uint32(len(out)))...)
		size := align(uint32(len(s.Data)), fileAlign)
		h := out[at.table+(len(f.Sections)+i)*peSectionHeader:][:peSectionHeader]
		clear(h)
		copy(h, s.Name)
		le.PutUint32(h[8:], uint32(len(s.Data)))
		le.PutUint32(h[12:], next)
		le.PutUint32(h[16:], size)
		le.PutUint32(h[20:], uint32(len(out)))
		le.PutUint32(h[36:], peInitializedReadable)
		out = append(append(out, s.Data...), make([]byte, size-uint32(len(s.Data)))...)
		next += uint32(len(s.Data))
		added += size
	}
	le.PutUint16(out[at.coff+2:], uint16(len(f.Sections)+len(sections)))
	le.PutUint32(out[optional+peSizeOfInitializedData:], le.Uint32(out[optional+peSizeOfInitializedData:])+added)
	le.PutUint32(out[optional+peSizeOfImage:], align(next, sectionAlign))
	le.PutUint32(out[optional+peCheckSum:], 0)
	return out, nil
}

// peOffsets are where the headers of a PE file begin.
type peOffsets struct {
	coff, optional, table int
	security              int // the data directory's entry of signatures
}

// openPE reads a 64-bit PE file's headers.
func openPE(b []byte) (*pe.File, peOffsets, error) {
	var at peOffsets
	if len(b) > mostPE {
		return nil, at, fault.New(fault.APISize, "read PE file: %d bytes, at most %d", len(b), mostPE)
	}
	f, err := pe.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, at, fault.New(fault.APIField, "read PE file: %w", err)
	}
	if _, ok := f.OptionalHeader.(*pe.OptionalHeader64); !ok || len(b) < 0x40 {
		return nil, at, fault.New(fault.APIField, "read PE file: want a 64-bit one with an optional header")
	}
	at.coff = int(binary.LittleEndian.Uint32(b[0x3c:])) + 4
	at.optional = at.coff + binary.Size(pe.FileHeader{})
	at.table = at.optional + int(f.SizeOfOptionalHeader)
	at.security = at.optional + 112 + pe.IMAGE_DIRECTORY_ENTRY_SECURITY*8
	if at.security+8 > at.table || at.table+len(f.Sections)*peSectionHeader > len(b) {
		return nil, at, fault.New(fault.APIField, "read PE file: its headers are cut short")
	}
	return f, at, nil
}
