// Command pack puts a script into CPython's module, so that it is one program
// with one digest:
//
//	pack python.wasm main.py OUT.wasm
//
// The interpreter carries its standard library as a zip file in the memory that
// it starts with. A guest has no other arguments than its name, no input and no
// folder of modules, so the only place where a script can be is there: the zip is
// made anew, at its place and of its size, without a few modules that no guest
// needs (they draw windows or ask the network) and with the script and a start
// that runs it in place of the prompt. Debug sections are left out.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// start runs the script when the interpreter imports site, which is before it
// looks for a program, and ends the process as a program would.
const start = `import os, sys, traceback
code = 0
try:
    source = __loader__.get_source("guest_main")
    exec(compile(source, "main.py", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
except SystemExit as e:
    code = e.code
    if code is None:
        code = 0
    elif not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
except BaseException:
    traceback.print_exc()
    code = 1
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
`

// dropped are modules that make room.
var dropped = []string{"turtle", "tkinter", "idlelib", "pydoc", "ensurepip", "lib2to3", "doctest", "smtplib", "imaplib", "ftplib", "nntplib", "telnetlib", "poplib", "turtledemo"}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: pack python.wasm main.py OUT.wasm")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(from, script, to string) error {
	module, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(script)
	if err != nil {
		return err
	}
	out, err := pack(module, text)
	if err != nil {
		return err
	}
	return os.WriteFile(to, out, 0o644)
}

// pack returns the module with the script in it.
func pack(module, script []byte) ([]byte, error) {
	const data, custom = 11, 0
	if !bytes.HasPrefix(module, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errors.New("the interpreter is no WebAssembly module")
	}
	out := append([]byte{}, module[:8]...)
	done := false
	for rest := module[8:]; len(rest) > 0; {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return nil, errors.New("the interpreter ends early")
		}
		body := rest[1+n : 1+n+int(size)]
		rest = rest[1+n+int(size):]
		switch id {
		case custom:
			continue
		case data:
			var err error
			if body, err = replaceLibrary(body, script); err != nil {
				return nil, err
			}
			done = true
		}
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	if !done {
		return nil, errors.New("the interpreter has no data")
	}
	return out, nil
}

// replaceLibrary adds a segment to a data section which overwrites the library.
func replaceLibrary(section, script []byte) ([]byte, error) {
	count, n := binary.Uvarint(section)
	if n <= 0 {
		return nil, errors.New("the data section is broken")
	}
	var memory []byte
	rest := section[n:]
	for range count {
		at, used := offset(rest)
		if used == 0 {
			return nil, errors.New("a data segment has no constant place")
		}
		size, n := binary.Uvarint(rest[used:])
		if n <= 0 || size > uint64(len(rest)-used-n) || at > 1<<28 {
			return nil, errors.New("a data segment is broken")
		}
		used += n
		if end := int(at) + int(size); end > len(memory) {
			memory = append(memory, make([]byte, end-len(memory))...)
		}
		copy(memory[at:], rest[used:used+int(size)])
		rest = rest[used+int(size):]
	}
	memory = append(memory, make([]byte, 64)...) // zeros at an end are in no segment
	from, to, err := library(memory)
	if err != nil {
		return nil, err
	}
	made, err := rebuilt(memory[from:to], script)
	if err != nil {
		return nil, err
	}
	out := binary.AppendUvarint(nil, count+1)
	out = append(out, section[n:len(section)-len(rest)]...)
	out = append(out, 0, 0x41)
	out = appendSigned(out, int64(int32(from)))
	out = append(out, 0x0b)
	out = binary.AppendUvarint(out, uint64(len(made)))
	return append(out, made...), nil
}

// offset reads the head of an active segment of memory 0: 0, i32.const, end.
func offset(b []byte) (at uint32, used int) {
	if len(b) < 4 || b[0] != 0 || b[1] != 0x41 {
		return 0, 0
	}
	var v int64
	for i, shift := 2, 0; i < len(b) && shift < 35; i, shift = i+1, shift+7 {
		v |= int64(b[i]&0x7f) << shift
		if b[i] < 0x80 {
			if i+1 >= len(b) || b[i+1] != 0x0b {
				return 0, 0
			}
			return uint32(v), i + 2
		}
	}
	return 0, 0
}

func appendSigned(out []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(out, c)
		}
		out = append(out, c|0x80)
	}
}

// library finds the zip file of the standard library.
func library(memory []byte) (from, to int, err error) {
	for end := len(memory); ; {
		at := bytes.LastIndex(memory[:end], []byte("PK\x05\x06"))
		if at < 0 {
			return 0, 0, errors.New("the interpreter carries no library as a zip file")
		}
		end = at
		if at+22 > len(memory) {
			continue
		}
		le := binary.LittleEndian
		from = at - int(le.Uint32(memory[at+12:])) - int(le.Uint32(memory[at+16:]))
		to = at + 22 + int(le.Uint16(memory[at+20:]))
		if from < 0 || to > len(memory) {
			continue
		}
		if z, err := zip.NewReader(bytes.NewReader(memory[from:to]), int64(to-from)); err == nil && len(z.File) > 100 {
			return from, to, nil
		}
	}
}

// rebuilt is the library with the script, in as many bytes as before.
func rebuilt(old, script []byte) ([]byte, error) {
	first, err := library1(old, script, 0)
	if err != nil {
		return nil, err
	}
	room := len(old) - len(first)
	if room < 0 {
		return nil, fmt.Errorf("the script is %d bytes too long for the place of the library", -room)
	}
	made, err := library1(old, script, room)
	if err == nil && len(made) != len(old) {
		err = fmt.Errorf("the library became %d bytes in place of %d", len(made), len(old))
	}
	return made, err
}

// library1 writes the zip file with a comment in its first entry's place of
// padding bytes.
func library1(old, script []byte, padding int) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if drop(f.Name) {
			continue
		}
		raw, err := f.OpenRaw()
		if err != nil {
			return nil, err
		}
		h := f.FileHeader
		h.Flags &^= 8 // sizes stand in the head
		to, err := w.CreateRaw(&h)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(to, raw); err != nil {
			return nil, err
		}
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{"sitecustomize.py", []byte(start)}, {"guest_main.py", script}, {"padding", bytes.Repeat([]byte{'.'}, padding)}} {
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func drop(name string) bool {
	head, _, _ := strings.Cut(name, "/")
	head, _, _ = strings.Cut(head, ".")
	for _, d := range dropped {
		if head == d || strings.HasPrefix(head, "pydoc") {
			return true
		}
	}
	return false
}
