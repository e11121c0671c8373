package image

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tacit/fault"
)

// stub is a small PE32+ file with one section and room for more headers.
func stub() []byte {
	b := make([]byte, 0x600)
	le := binary.LittleEndian
	copy(b, "MZ")
	le.PutUint32(b[0x3c:], 0x80)
	copy(b[0x80:], "PE\x00\x00")
	coff := b[0x84:]
	le.PutUint16(coff[0:], pe.IMAGE_FILE_MACHINE_AMD64)
	le.PutUint16(coff[2:], 1)
	le.PutUint16(coff[16:], 240)
	opt := b[0x98:]
	le.PutUint16(opt[0:], 0x20b)
	le.PutUint32(opt[peSectionAlignment:], 16)
	le.PutUint32(opt[peFileAlignment:], 512)
	le.PutUint32(opt[peSizeOfHeaders:], 0x400)
	le.PutUint32(opt[108:], 16) // data directories
	sec := b[0x98+240:]
	copy(sec, ".text")
	le.PutUint32(sec[8:], 0x100)
	le.PutUint32(sec[12:], 0x1000)
	le.PutUint32(sec[16:], 0x200)
	le.PutUint32(sec[20:], 0x400)
	copy(b[0x400:], "code")
	return b
}

func sections() []Section {
	return []Section{{".cmdline", []byte("quiet")}, {".initrd", bytes.Repeat([]byte("i"), 5000)}, {".linux", []byte("kernel")}}
}

func TestBuildAddsSectionsOnPagesOfTheirOwn(t *testing.T) {
	uki, err := Build(stub(), sections())
	if err != nil {
		t.Fatal(err)
	}
	again, err := Build(stub(), sections())
	if err != nil || !bytes.Equal(uki, again) {
		t.Error("the same inputs give another image")
	}
	f, err := pe.NewFile(bytes.NewReader(uki))
	if err != nil {
		t.Fatal(err)
	}
	end := uint32(0x1100)
	for _, want := range sections() {
		s := f.Section(want.Name)
		if s == nil {
			t.Fatalf("no section %s", want.Name)
		}
		got, err := s.Data()
		if err != nil || !bytes.Equal(got[:s.VirtualSize], want.Data) {
			t.Errorf("%s holds %.20q, %v", want.Name, got, err)
		}
		if s.VirtualAddress%4096 != 0 || s.VirtualAddress < end || s.Offset%512 != 0 {
			t.Errorf("%s lies at %#x, in the file at %#x", want.Name, s.VirtualAddress, s.Offset)
		}
		end = s.VirtualAddress + s.VirtualSize
	}
	if size := f.OptionalHeader.(*pe.OptionalHeader64).SizeOfImage; size < end {
		t.Errorf("the image has %#x bytes, its sections end at %#x", size, end)
	}
}

func TestBuildRefusesWhatItCannotAddTo(t *testing.T) {
	change := func(edit func(b []byte)) []byte {
		b := stub()
		edit(b)
		return b
	}
	for _, tt := range []struct {
		name     string
		stub     []byte
		sections []Section
		want     fault.Code
	}{
		{"twin", stub(), sections(), ""},
		{"no PE file", []byte("#!/bin/sh"), sections(), fault.APIField},
		{"nothing", nil, sections(), fault.APIField},
		{"cut short", stub()[:0x500], sections(), fault.APIField},
		{"signed", change(func(b []byte) { b[0x98+112+4*8] = 1; b[0x98+112+4*8+4] = 8 }), sections(), fault.APIField},
		{"no alignment", change(func(b []byte) { clear(b[0x98+peFileAlignment:][:4]) }), sections(), fault.APIField},
		{"no room in its headers", stub(), bytesOf(20), fault.APISize},
		{"a name too long", stub(), []Section{{".toolong1", []byte("x")}}, fault.APIField},
		{"no name", stub(), []Section{{"", []byte("x")}}, fault.APIField},
		{"an empty section", stub(), []Section{{".linux", nil}}, fault.APIField},
		{"a section that is there", stub(), []Section{{".text", []byte("x")}}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Build(tt.stub, tt.sections); fault.Of(err) != tt.want {
				t.Errorf("Build = %v, want %q", err, tt.want)
			}
		})
	}
}

func bytesOf(n int) (list []Section) {
	for i := range n {
		list = append(list, Section{".s" + string(rune('a'+i)), []byte("x")})
	}
	return list
}

// Signing adds the signature and a checksum; what is measured stays. sbsign's own
// hash is the second opinion, where it is installed.
func TestAuthenticodeIsWhatSigningKeeps(t *testing.T) {
	uki, err := Build(stub(), sections())
	if err != nil {
		t.Fatal(err)
	}
	want, err := Authenticode(uki)
	if err != nil {
		t.Fatal(err)
	}
	signed := append(bytes.Clone(uki), "8 bytes "...)
	binary.LittleEndian.PutUint32(signed[0x98+112+4*8:], uint32(len(uki)))
	binary.LittleEndian.PutUint32(signed[0x98+112+4*8+4:], 8)
	binary.LittleEndian.PutUint32(signed[0x98+peCheckSum:], 12345)
	if got, err := Authenticode(signed); err != nil || got != want {
		t.Errorf("Authenticode of the signed image = %v, %v, want %v", got, err, want)
	}
	for at := range uki {
		if c := at - 0x98; c >= peCheckSum && c < peCheckSum+4 || c >= 112+4*8 && c < 112+4*8+8 {
			continue
		}
		b := bytes.Clone(uki)
		b[at] ^= 1
		if got, err := Authenticode(b); err == nil && got == want {
			t.Fatalf("byte %#x is not in the hash", at)
		}
	}
	if _, err := exec.LookPath("sbsign"); err != nil {
		t.Skip("no second opinion: install sbsigntool")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "uki.efi")
	if err := os.WriteFile(file, uki, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		return string(out)
	}
	run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-keyout", filepath.Join(dir, "k"), "-out", filepath.Join(dir, "c"))
	run("sbsign", "--key", filepath.Join(dir, "k"), "--cert", filepath.Join(dir, "c"), "--output", file, file)
	if out := run("sbverify", "--cert", filepath.Join(dir, "c"), file); !strings.Contains(out, "OK") || strings.Contains(out, "gap") {
		t.Errorf("sbverify: %s", out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Authenticode(b); err != nil || got != want || !bytes.Contains(b, want[:]) {
		t.Errorf("the signature is over another hash than %v, %v", want, err)
	}
}

func TestFileSystemIsAnArchiveThatCpioReads(t *testing.T) {
	files := []File{{"/init", 0o755, []byte("program")}, {"/modules/a.ko", 0o644, []byte("driver")}, {"/modules/order", 0o644, nil}}
	b, err := FileSystem(files)
	if err != nil {
		t.Fatal(err)
	}
	files[0], files[2] = files[2], files[0]
	if again, err := FileSystem(files); err != nil || !bytes.Equal(b, again) {
		t.Error("the order of the files matters")
	}
	for _, bad := range [][]File{
		{{"init", 0, nil}}, {{"/", 0, nil}}, {{"/a/../b", 0, nil}}, {{"/a\x00", 0, nil}}, {{"/a", 0, nil}, {"/a", 0, nil}},
	} {
		if _, err := FileSystem(bad); fault.Of(err) != fault.APIPath {
			t.Errorf("FileSystem(%q) = %v", bad[0].Path, err)
		}
	}
	if _, err := exec.LookPath("cpio"); err != nil {
		t.Skip("no second opinion: install cpio")
	}
	cmd := exec.Command("cpio", "-itv", "--quiet")
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	for _, want := range []string{"-rwxr-xr-x", " init\n", "drwxr-xr-x", " modules\n", " modules/a.ko\n", "Jan  1  1970"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the archive lacks %q: %s", want, out)
		}
	}
}

func TestSecureBootKeysGoIntoAnEmptyStoreOnly(t *testing.T) {
	empty := bytes.Repeat([]byte{0xff}, 4096)
	clear(empty[:64])
	copy(empty[64:], guidVariables)
	binary.LittleEndian.PutUint32(empty[64+16:], 4096-64)
	out, err := EnrolSecureBoot(empty, []byte("certificate"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(out, []byte("certificate")); n != 3 || len(out) != len(empty) {
		t.Errorf("%d keys in %d bytes", n, len(out))
	}
	full := bytes.Clone(empty)
	full[64+variableStoreHead] = 0
	small := bytes.Clone(empty)
	binary.LittleEndian.PutUint32(small[64+16:], 100)
	far := bytes.Clone(empty)
	binary.LittleEndian.PutUint32(far[64+16:], 1<<30)
	for _, tt := range []struct {
		name  string
		store []byte
		want  fault.Code
	}{
		{"no store", []byte("none"), fault.APIField},
		{"a store with variables", full, fault.APIField},
		{"a store too small", small, fault.APISize},
		{"a store beyond its file", far, fault.APIField},
	} {
		if _, err := EnrolSecureBoot(tt.store, []byte("certificate")); fault.Of(err) != tt.want {
			t.Errorf("%s: EnrolSecureBoot = %v, want %q", tt.name, err, tt.want)
		}
	}
}

func FuzzAuthenticode(f *testing.F) {
	uki, err := Build(stub(), sections())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uki)
	f.Add(stub())
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = Authenticode(b)
		_, _ = Build(b, sections())
	})
}

// A machine of an image that was built like this one booted in QEMU with OVMF and
// swtpm; the test that boots it compares with a TPM's own words. Here the
// prediction must move with each input.
func TestPredictionMovesWithEveryInput(t *testing.T) {
	uki := func(edit func(list []Section)) []byte {
		list := sections()
		edit(list)
		b, err := Build(stub(), list)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	same := uki(func([]Section) {})
	base, err := Predict(same, []byte("certificate"))
	if err != nil || base.CommandLine != "quiet" || len(base.Registers) != 6 {
		t.Fatalf("Predict = %+v, %v", base, err)
	}
	for _, tt := range []struct {
		name        string
		uki         []byte
		certificate string
		moves       string // registers that differ
	}{
		{"twin", same, "certificate", ""},
		{"another command line", uki(func(l []Section) { l[0].Data = []byte("quieter") }), "certificate", "image pcr9 pcr11"},
		{"another file system", uki(func(l []Section) { l[1].Data = []byte("other") }), "certificate", "image pcr9 pcr11"},
		{"another kernel", uki(func(l []Section) { l[2].Data = []byte("other") }), "certificate", "image pcr11"},
		{"another signer", same, "other", "authority"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Predict(tt.uki, []byte(tt.certificate))
			if err != nil {
				t.Fatal(err)
			}
			var moved []string
			for i, r := range p.Registers {
				if !bytes.Equal(r.Value, base.Registers[i].Value) {
					moved = append(moved, r.Name)
				}
			}
			if got := strings.Join(moved, " "); got != tt.moves {
				t.Errorf("%q moved, want %q", got, tt.moves)
			}
		})
	}
	for _, missing := range []int{0, 1, 2} {
		list := sections()
		b, err := Build(stub(), append(list[:missing:missing], list[missing+1:]...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Predict(b, nil); fault.Of(err) != fault.APIField {
			t.Errorf("Predict without %s = %v", sections()[missing].Name, err)
		}
	}
}
