package tpm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// boot is what a boot log says was started, and whether each step verified the
// next.
type boot struct {
	images      [][]byte // digests of PCR 4, in order
	authorities [][]byte // what Secure Boot verified them by
	secure      bool
	debug       bool
}

// The name spaces of UEFI variables.
var (
	guidGlobal   = []byte{0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}
	guidSecurity = []byte{0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}
)

// steps are events of PCR 4 that say how far the boot is and start nothing.
var steps = map[[sha256.Size]byte]bool{
	sha256.Sum256([]byte{0, 0, 0, 0}):                                        true,
	sha256.Sum256([]byte("Calling EFI Application from Boot Option")):        true,
	sha256.Sum256([]byte("Returning from EFI Application from Boot Option")): true,
	sha256.Sum256([]byte("Exit Boot Services Invocation")):                   true,
	sha256.Sum256([]byte("Exit Boot Services Returned with Success")):        true,
}

// judge reads events that the registers prove. Secure Boot was in force if the
// firmware said so before it began, if an authority of its own list then
// verified something, and if something was started that way. The variable alone
// proves nothing: firmware may say 1 and start a kernel that it did not verify
// by a loader for old kernels, which measures neither.
func judge(events []bootEvent) (boot, error) {
	var b boot
	var flags, separators, ours int
	on := false
	for _, e := range events {
		switch {
		case e.index == 4:
			if steps[[sha256.Size]byte(e.digest)] {
				continue
			}
			b.images = append(b.images, e.digest)
			if e.kind == evBootApplication {
				ours++
			}
		case e.index != 7:
		case e.kind == evSeparator:
			separators++
		case e.kind == evAction:
			if !e.proven() {
				return boot{}, badLog("an action that is not what was measured")
			}
			b.debug = b.debug || string(bytes.TrimRight(e.data, "\x00")) == "UEFI Debug Mode"
		case e.kind == evVariableConfig, e.kind == evAuthority:
			v, err := readVariable(e)
			if err != nil {
				return boot{}, err
			}
			if e.kind == evAuthority {
				if separators == 0 {
					return boot{}, badLog("something was verified before there was anything to verify by")
				}
				b.authorities = append(b.authorities, e.digest)
				b.secure = b.secure || v.name == "db" && bytes.Equal(v.space, guidSecurity)
			} else if v.name == "SecureBoot" && bytes.Equal(v.space, guidGlobal) {
				flags++
				on = separators == 0 && bytes.Equal(v.value, []byte{1})
			}
		}
	}
	b.secure = b.secure && on && flags == 1 && separators == 1 && ours > 0
	return b, nil
}

// variable is a UEFI variable as it was measured.
type variable struct {
	space []byte
	name  string
	value []byte
}

func readVariable(e bootEvent) (variable, error) {
	if !e.proven() {
		return variable{}, badLog("a variable that is not what was measured")
	}
	c := cursor{rest: e.data, order: binary.LittleEndian}
	v := variable{space: c.take(16)}
	chars, size := c.u64(), c.u64()
	if chars > 1024 {
		return variable{}, badLog("a variable's name of %d characters", chars)
	}
	name := make([]uint16, chars)
	for i := range name {
		name[i] = c.u16()
	}
	v.name = string(utf16.Decode(slices.Clone(name)))
	v.value = c.take(size)
	if !c.done() {
		return variable{}, badLog("a variable that does not parse")
	}
	return v, nil
}
