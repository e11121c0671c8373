package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"tacit/fault"
	"tacit/image"
	"tacit/wire"
)

// libraryFiles are the files, besides itself, that a program needs to start and to load the
// libraries in more: its interpreter, and what each of them names in turn. They lie where
// the interpreter looks without a cache, an environment or a run path, for the machine has
// none of the first two, and a run path would be of the folder that the program was built
// in. A program that is linked statically needs none. root is the system to take them from.
//
// What is missing is API_PATH, and what fits the program not is API_FIELD.
func libraryFiles(root string, program []byte, more []string) ([]image.File, error) {
	const op = "find libraries"
	self, err := readLinked(program)
	if err != nil {
		return nil, fault.New(fault.APIField, "%s: the program: %w", op, err)
	}
	if self.interpreter == "" {
		if len(self.needs)+len(more) > 0 {
			return nil, fault.New(fault.APIField, "%s: the program names no interpreter, so that it loads none", op)
		}
		return nil, nil
	}
	code, err := os.ReadFile(filepath.Join(root, self.interpreter))
	if err != nil {
		return nil, fault.New(fault.APIPath, "%s: the program's interpreter: %w", op, err)
	}
	files := []image.File{{Path: path.Clean(self.interpreter), Mode: 0o755, Data: code}}
	// It is loaded already when a library names it.
	seen := map[string]bool{path.Base(self.interpreter): true}
	var add func(by string, l linked) error
	add = func(by string, l linked) error {
		if l.kind != self.kind {
			return fault.New(fault.APIField, "%s: %s is of %s, the program of %s", op, by, l.kind, self.kind)
		}
		for _, name := range l.needs {
			if seen[name] {
				continue
			}
			seen[name] = true
			f, found, err := find(root, name, self.kind)
			if err != nil {
				return fmt.Errorf("%s: %s needs %s: %w", op, by, name, err)
			}
			files = append(files, f)
			if err := add(name, found); err != nil {
				return err
			}
		}
		return nil
	}
	if err := add("the program", self); err != nil {
		return nil, err
	}
	l, err := readLinked(code)
	if err != nil {
		return nil, fault.New(fault.APIField, "%s: %s: %w", op, self.interpreter, err)
	}
	if err := add(self.interpreter, l); err != nil {
		return nil, err
	}
	for _, file := range more {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fault.New(fault.APIPath, "%s: %w", op, err)
		}
		l, err := readLinked(b)
		if err != nil {
			return nil, fault.New(fault.APIField, "%s: %s: %w", op, file, err)
		}
		if err := add(file, l); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// kind is what a program and its libraries have in common.
type kind struct {
	class   elf.Class
	machine elf.Machine
}

func (k kind) String() string { return fmt.Sprintf("%s %s", k.machine, k.class) }

// folders are those that the loaders of Linux's distributions look into by themselves.
func (k kind) folders() []string {
	list := []string{"/lib64", "/usr/lib64", "/lib", "/usr/lib"}
	if of, ok := map[elf.Machine]string{elf.EM_X86_64: "x86_64-linux-gnu", elf.EM_AARCH64: "aarch64-linux-gnu"}[k.machine]; ok {
		list = append([]string{"/lib/" + of, "/usr/lib/" + of}, list...)
	}
	return list
}

// find is a library by its name, of the first folder that has one of this kind.
func find(root, name string, k kind) (image.File, linked, error) {
	if strings.ContainsRune(name, '/') {
		return image.File{}, linked{}, fault.New(fault.APIField, "it is named with a folder, which may be another one in the machine")
	}
	for _, dir := range k.folders() {
		b, err := os.ReadFile(filepath.Join(root, dir, name))
		if err != nil {
			continue
		}
		// A loader, too, passes over what is of another kind.
		if l, err := readLinked(b); err == nil && l.kind == k {
			return image.File{Path: path.Join(dir, name), Mode: 0o644, Data: b}, l, nil
		}
	}
	return image.File{}, linked{}, fault.New(fault.APIPath, "no file of that name for %s is in %s", k, strings.Join(k.folders(), ", "))
}

// linked is what an ELF file says of the files that it needs.
type linked struct {
	kind
	interpreter string // empty in a library, and in a program that is linked statically
	needs       []string
}

func readLinked(b []byte) (linked, error) {
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		return linked{}, err
	}
	l := linked{kind: kind{f.Class, f.Machine}}
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP {
			continue
		}
		if p.Filesz > 4096 { // no path is longer
			return linked{}, fmt.Errorf("its interpreter's name has %d bytes", p.Filesz)
		}
		name := make([]byte, p.Filesz)
		if _, err := p.ReadAt(name, 0); err != nil {
			return linked{}, fmt.Errorf("its interpreter's name: %w", err)
		}
		l.interpreter = strings.TrimRight(string(name), "\x00")
	}
	l.needs, err = f.ImportedLibraries()
	return l, err
}

// say lists what is measured besides the program, as auditors have to look at it, too.
func say(files []image.File) {
	for _, f := range files {
		fmt.Printf("%s  %s\n", wire.Sum(f.Data), f.Path)
	}
}
