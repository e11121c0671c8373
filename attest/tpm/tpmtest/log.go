// Package tpmtest makes what tests of TPMs need: boot logs and IMA logs byte by
// byte, a TPM of software whose key a marked test root certifies, and real
// software TPMs (swtpm) as processes. It knows nothing of how evidence is put
// together or judged. Only tests import it.
package tpmtest

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// The kinds of boot events that tests write.
const (
	NoAction        = 0x00000003
	Separator       = 0x00000004
	EventTag        = 0x00000006
	IPL             = 0x0000000d
	VariableConfig  = 0x80000001
	BootApplication = 0x80000003
	BootDriver      = 0x80000004
	Action          = 0x80000007
	FirmwareBlob    = 0x80000008
	Authority       = 0x800000e0
)

// The name spaces of UEFI variables.
var (
	Global   = []byte{0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}
	Security = []byte{0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}
)

// An Entry is one boot event.
type Entry struct {
	PCR, Kind uint32
	Data      []byte
	Digest    []byte // of SHA-256; nil is that of Data, or zeros for NoAction
}

// A Log is a boot log to be written.
type Log []Entry

// Entry with the digest that it is measured by.
func (e Entry) digest() []byte {
	switch {
	case e.Digest != nil:
		return e.Digest
	case e.Kind == NoAction:
		return make([]byte, 32)
	}
	sum := sha256.Sum256(e.Data)
	return sum[:]
}

// Header is the first event of a log with digests of SHA-1 and SHA-256.
func Header() []byte {
	data := append([]byte("Spec ID Event03\x00"), 0, 0, 0, 0, 0, 2, 0, 2)
	data = binary.LittleEndian.AppendUint32(data, 2)
	data = append(data, 4, 0, 20, 0, 0xb, 0, 32, 0, 0)
	return Legacy(0, NoAction, data)
}

// Legacy is an event in the form of the first one.
func Legacy(pcr, kind uint32, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, pcr)
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = append(b, make([]byte, 20)...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...)
}

// Bytes is the log as firmware writes it.
func (l Log) Bytes() []byte {
	b := Header()
	for _, e := range l {
		b = binary.LittleEndian.AppendUint32(b, e.PCR)
		b = binary.LittleEndian.AppendUint32(b, e.Kind)
		b = binary.LittleEndian.AppendUint32(b, 2)
		old := sha1.Sum(e.Data)
		if e.Kind == NoAction {
			old = [20]byte{}
		}
		b = append(append(b, 4, 0), old[:]...)
		b = append(append(b, 0xb, 0), e.digest()...)
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(e.Data))), e.Data...)
	}
	return b
}

// Registers are PCRs 0 to 15 after a boot that writes this log.
func (l Log) Registers() (r [16][32]byte) {
	for _, e := range l {
		if e.Kind == NoAction {
			if len(e.Data) == 17 && string(e.Data[:15]) == "StartupLocality" {
				r[0][31] = e.Data[16]
			}
			continue
		}
		if e.PCR < 16 {
			Extend(&r[e.PCR], e.digest())
		}
	}
	return r
}

// Extend measures a digest into a register.
func Extend(r *[32]byte, digest []byte) { *r = sha256.Sum256(append(slices.Clone(r[:]), digest...)) }

// Variable is a UEFI variable as it is measured.
func Variable(space []byte, name string, value []byte) []byte {
	chars := utf16.Encode([]rune(name))
	b := slices.Clone(space)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(chars)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(value)))
	for _, c := range chars {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return append(b, value...)
}

// Boot is the log of a machine that verified and started one signed image.
func Boot() Log {
	image := sha256.Sum256([]byte("unified kernel image"))
	var l Log
	add := func(pcr, kind uint32, data string) { l = append(l, Entry{PCR: pcr, Kind: kind, Data: []byte(data)}) }
	add(0, NoAction, "StartupLocality\x00\x03")
	add(0, FirmwareBlob, "firmware")
	add(7, VariableConfig, string(Variable(Global, "SecureBoot", []byte{1})))
	add(7, VariableConfig, string(Variable(Global, "PK", []byte("platform key"))))
	add(7, VariableConfig, string(Variable(Security, "db", []byte("our key"))))
	add(7, Separator, "\x00\x00\x00\x00")
	add(1, VariableConfig, string(Variable(Global, "BootOrder", []byte{0, 0})))
	add(4, Action, "Calling EFI Application from Boot Option")
	for _, pcr := range []uint32{0, 1, 2, 3, 4, 5, 6} {
		add(pcr, Separator, "\x00\x00\x00\x00")
	}
	add(7, Authority, string(Variable(Security, "db", []byte("our key"))))
	l = append(l, Entry{PCR: 4, Kind: BootApplication, Data: []byte("path of the image"), Digest: image[:]})
	add(11, IPL, ".linux\x00")
	add(11, IPL, "kernel")
	add(9, EventTag, "initrd")
	add(12, IPL, "console=ttyS0")
	add(5, Action, "Exit Boot Services Invocation")
	return l
}

// A File is an entry of IMA's log.
type File struct{ Path, Content string }

// IMA is the log of files in IMA's common template.
func IMA(files ...File) []byte {
	var b []byte
	sized := func(b, part []byte) []byte {
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(part))), part...)
	}
	for _, f := range files {
		sum := sha256.Sum256([]byte(f.Content))
		data := sized(sized(nil, append([]byte("sha256:\x00"), sum[:]...)), append([]byte(f.Path), 0))
		old := sha1.Sum(data)
		b = append(binary.LittleEndian.AppendUint32(b, 10), old[:]...)
		b = sized(sized(b, []byte("ima-ng")), data)
	}
	return b
}

// IMAData is an entry of any template and content, and PCR 10 after it.
func IMAData(template string, data []byte) (entry []byte, r [32]byte) {
	old, sum := sha1.Sum(data), sha256.Sum256(data)
	b := append(binary.LittleEndian.AppendUint32(nil, 10), old[:]...)
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(template))), template...)
	Extend(&r, sum[:])
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...), r
}

// IMARegister is PCR 10 after these files.
func IMARegister(files ...File) (r [32]byte) {
	for _, f := range files {
		one := IMA(f)
		sum := sha256.Sum256(one[4+20+4+6+4:])
		Extend(&r, sum[:])
	}
	return r
}
