package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tacit/fault"
	"tacit/image"
)

// object is a small ELF file that names an interpreter, if it has one, and libraries.
func object(machine elf.Machine, interpreter string, needs ...string) []byte {
	le := binary.LittleEndian
	names := []byte{0}
	var dynamic []byte
	for _, n := range needs {
		dynamic = le.AppendUint64(dynamic, uint64(elf.DT_NEEDED))
		dynamic = le.AppendUint64(dynamic, uint64(len(names)))
		names = append(append(names, n...), 0)
	}
	dynamic = append(dynamic, make([]byte, 16)...) // DT_NULL
	interp := append([]byte(interpreter), 0)
	var progs uint16
	if interpreter != "" {
		progs = 1
	}
	const head, prog, section = 64, 56, 64
	at := func(parts ...[]byte) (n uint64) {
		n = head + prog
		for _, p := range parts {
			n += uint64(len(p))
		}
		return n
	}
	var out bytes.Buffer
	write := func(v ...any) {
		for _, x := range v {
			_ = binary.Write(&out, le, x) // into memory
		}
	}
	write(elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}, Type: uint16(elf.ET_DYN), Machine: uint16(machine), Version: 1,
		Phoff: head, Shoff: at(interp, names, dynamic), Ehsize: head, Phentsize: prog, Phnum: progs, Shentsize: section, Shnum: 3, Shstrndx: 1,
	}, elf.Prog64{Type: uint32(elf.PT_INTERP), Off: at(), Filesz: uint64(len(interp))}, interp, names, dynamic,
		elf.Section64{},
		elf.Section64{Type: uint32(elf.SHT_STRTAB), Off: at(interp), Size: uint64(len(names))},
		elf.Section64{Type: uint32(elf.SHT_DYNAMIC), Off: at(interp, names), Size: uint64(len(dynamic)), Link: 1, Entsize: 16})
	return out.Bytes()
}

// system is a root folder with these files.
func system(t *testing.T, files map[string][]byte) string {
	t.Helper()
	root := t.TempDir()
	for p, b := range files {
		p = filepath.Join(root, p)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	loader = "/lib64/ld-linux-x86-64.so.2"
	debian = "/lib/x86_64-linux-gnu/"
)

// whole is a system with all that a program and a library beside it need.
func whole() map[string][]byte {
	return map[string][]byte{
		loader:                           object(elf.EM_X86_64, ""),
		debian + "libc.so.6":             object(elf.EM_X86_64, "", "ld-linux-x86-64.so.2"),
		debian + "libm.so.6":             object(elf.EM_X86_64, "", "libc.so.6"),
		"/usr/lib/libstdc++.so.6":        object(elf.EM_X86_64, "", "libm.so.6", "libc.so.6"),
		"/lib64/libstdc++.so.6":          object(elf.EM_AARCH64, ""), // another processor's
		"/usr/local/lib/libelsewhere.so": object(elf.EM_X86_64, ""),
		"/opt/libruntime.so.1":           object(elf.EM_X86_64, "", "libstdc++.so.6", "libc.so.6", "ld-linux-x86-64.so.2"),
	}
}

// What a program and the library that it brings need is taken with what that needs, from
// where a loader looks, and what the program brings itself is not taken twice.
func TestTheMachineHasWhatItsProgramNeeds(t *testing.T) {
	root := system(t, whole())
	program := object(elf.EM_X86_64, loader, "libc.so.6")
	files, err := libraryFiles(root, program, []string{filepath.Join(root, "opt/libruntime.so.1")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
		if want := whole()[f.Path]; !bytes.Equal(f.Data, want) {
			t.Errorf("%s is another file than the system's", f.Path)
		}
		if f.Mode != 0o644 && f.Path != loader || f.Mode != 0o755 && f.Path == loader {
			t.Errorf("%s has mode %o", f.Path, f.Mode)
		}
	}
	if want := []string{loader, debian + "libc.so.6", "/usr/lib/libstdc++.so.6", debian + "libm.so.6"}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	pack := func(files []image.File) []byte {
		b, err := image.FileSystem(files)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	again, err := libraryFiles(root, program, []string{filepath.Join(root, "opt/libruntime.so.1")})
	if err != nil || !bytes.Equal(pack(files), pack(again)) {
		t.Errorf("the same system gives another file system, %v", err)
	}
	less, err := libraryFiles(root, program, nil)
	if err != nil || len(less) != 2 {
		t.Errorf("the program alone: %d files, %v, want 2", len(less), err)
	}
	none, err := libraryFiles(root, object(elf.EM_X86_64, ""), nil)
	if err != nil || len(none) != 0 {
		t.Errorf("a program that is linked statically: %d files, %v, want none", len(none), err)
	}
}

func TestWhatTheMachineCannotHave(t *testing.T) {
	without := func(p string) map[string][]byte {
		m := whole()
		delete(m, p)
		return m
	}
	with := func(p string, b []byte) map[string][]byte {
		m := whole()
		m[p] = b
		return m
	}
	program := object(elf.EM_X86_64, loader, "libc.so.6")
	for _, tt := range []struct {
		name    string
		files   map[string][]byte
		program []byte
		library string
		want    fault.Code
	}{
		{"twin", whole(), program, "opt/libruntime.so.1", ""},
		{"twin: no library beside it", whole(), program, "", ""},
		{"no ELF file", whole(), []byte("#!/bin/sh"), "", fault.APIField},
		{"nothing", whole(), nil, "", fault.APIField},
		{"no interpreter", without(loader), program, "", fault.APIPath},
		{"an interpreter that is none", with(loader, []byte("text")), program, "", fault.APIField},
		{"no C library", without(debian + "libc.so.6"), program, "", fault.APIPath},
		{"what a library needs is missing", without(debian + "libm.so.6"), program, "opt/libruntime.so.1", fault.APIPath},
		{"another processor's only", without("/usr/lib/libstdc++.so.6"), program, "opt/libruntime.so.1", fault.APIPath},
		{"a C library that is none", with(debian+"libc.so.6", []byte("text")), program, "", fault.APIPath},
		{"in a folder that no loader looks into", whole(), object(elf.EM_X86_64, loader, "libelsewhere.so"), "", fault.APIPath},
		{"named with its folder", whole(), object(elf.EM_X86_64, loader, debian+"libc.so.6"), "", fault.APIField},
		{"no library beside it", whole(), program, "opt/none", fault.APIPath},
		{"a library beside it that is none", with("/opt/text", []byte("text")), program, "opt/text", fault.APIField},
		{"a library beside it for another processor", whole(), program, "lib64/libstdc++.so.6", fault.APIField},
		{"a library beside a static program", whole(), object(elf.EM_X86_64, ""), "opt/libruntime.so.1", fault.APIField},
		{"needs without an interpreter", whole(), object(elf.EM_X86_64, "", "libc.so.6"), "", fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := system(t, tt.files)
			var more []string
			if tt.library != "" {
				more = []string{filepath.Join(root, tt.library)}
			}
			if _, err := libraryFiles(root, tt.program, more); fault.Of(err) != tt.want {
				t.Errorf("libraryFiles = %v, want %q", err, tt.want)
			}
		})
	}
}
