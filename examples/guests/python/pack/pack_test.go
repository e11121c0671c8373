package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// interpreter is a module with a library in its memory, as CPython's has: cut into
// segments, with a custom section beside.
func interpreter(t *testing.T, library []byte) []byte {
	t.Helper()
	var data []byte
	data = binary.AppendUvarint(data, 2)
	half := len(library) / 2
	for i, part := range [][]byte{library[:half], library[half:]} {
		data = append(data, 0, 0x41)
		data = appendSigned(data, int64(100_000+i*half))
		data = append(data, 0x0b)
		data = binary.AppendUvarint(data, uint64(len(part)))
		data = append(data, part...)
	}
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = append(out, 5, 3, 1, 0, 32) // a memory of 32 pages
	out = append(out, 11)
	out = binary.AppendUvarint(out, uint64(len(data)))
	out = append(out, data...)
	return append(out, 0, 6, 5, '.', 'd', 'e', 'b', 'u')
}

func library1Of(t *testing.T, turtle int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(name string, size int) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(bytes.Repeat([]byte("x"), size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 101 {
		add(fmt.Sprintf("module%d.py", i), i)
	}
	add("turtle.py", turtle)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// memoryOf is what a module's segments make, the later over the earlier ones.
func memoryOf(t *testing.T, module []byte) []byte {
	t.Helper()
	memory := make([]byte, 32<<16)
	for rest := module[8:]; len(rest) > 0; {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		body := rest[1+n : 1+n+int(size)]
		rest = rest[1+n+int(size):]
		if id == 0 {
			t.Error("there is a custom section still")
		}
		if id != 11 {
			continue
		}
		count, n := binary.Uvarint(body)
		body = body[n:]
		for range count {
			at, used := offset(body)
			size, n := binary.Uvarint(body[used:])
			copy(memory[at:], body[used+n:used+n+int(size)])
			body = body[used+n+int(size):]
		}
		if len(body) != 0 {
			t.Errorf("%d bytes follow the segments", len(body))
		}
	}
	return memory
}

func TestTheScriptIsInTheLibraryAtItsPlaceAndOfItsSize(t *testing.T) {
	old := library1Of(t, 10_000)
	script := []byte("print('here')\n")
	made, err := pack(interpreter(t, old), script)
	if err != nil {
		t.Fatal(err)
	}
	memory := memoryOf(t, made)
	z, err := zip.NewReader(bytes.NewReader(memory[100_000:100_000+len(old)]), int64(len(old)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(b)
	}
	if got["guest_main.py"] != string(script) || got["sitecustomize.py"] != start || len(got["module100.py"]) != 100 {
		t.Errorf("the library holds %d files, script %q", len(got), got["guest_main.py"])
	}
	if _, there := got["turtle.py"]; there {
		t.Error("what makes room is there still")
	}
	if memory[100_000-1] != 0 || memory[100_000+len(old)] != 0 {
		t.Error("bytes beside the library changed")
	}
	again, err := pack(interpreter(t, old), script)
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("packed again it is another module: %v", err)
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	good := interpreter(t, library1Of(t, 10_000))
	for _, tt := range []struct {
		name   string
		module []byte
		script int
		want   string
	}{
		{"no module", []byte("#!/bin/sh\n"), 10, "no WebAssembly"},
		{"cut off", good[:len(good)-20], 10, "ends early"},
		{"no data", good[:13], 10, "no data"},
		{"no library", interpreter(t, bytes.Repeat([]byte("x"), 1000)), 10, "no library"},
		{"a script larger than what makes room", good, 20_000, "too long"},
		{"twin: a script that fits", good, 2_000, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := pack(tt.module, bytes.Repeat([]byte("#"), tt.script))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("pack = %v, want %q", err, tt.want)
			}
		})
	}
}

// What `make guests` plays, held to what can be seen without the tools.
func TestTheGuestsAreCompleteAndPinned(t *testing.T) {
	root := "../.."
	for _, guest := range []string{"c", "rust", "assemblyscript", "python"} {
		b, err := os.ReadFile(filepath.Join(root, guest, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		test := regexp.MustCompile(`(?m)^    bin/dev/tacit service test build/guests/` + guest + `\.wasm --again .*--out build/guests/` + guest + `$`)
		if !test.Match(b) || !regexp.MustCompile(`(?m)^    \{.*\}$`).Match(b) {
			t.Errorf("%s: its README lacks the test or the result", guest)
		}
		for _, m := range regexp.MustCompile(`examples/guests/[a-z/]+\.[a-z]+`).FindAllString(string(b), -1) {
			if _, err := os.Stat(filepath.Join(root, "../..", m)); err != nil {
				t.Errorf("%s: its README names %s: %v", guest, m, err)
			}
		}
	}
	var lock struct {
		Packages map[string]struct{ Version, Integrity, Resolved string }
	}
	b, err := os.ReadFile(filepath.Join(root, "assemblyscript", "package-lock.json"))
	if err == nil {
		err = json.Unmarshal(b, &lock)
	}
	if err != nil || len(lock.Packages) < 3 {
		t.Fatalf("%d packages are locked: %v", len(lock.Packages), err)
	}
	for name, p := range lock.Packages {
		if name != "" && (p.Version == "" || !strings.HasPrefix(p.Integrity, "sha512-") || p.Resolved != "") {
			t.Errorf("%s is not pinned by version and digest alone: %+v", name, p)
		}
	}
}
