// Command guest is the Go program of the engine's tests: its first argument
// names what it does.
package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func main() {
	switch os.Args[1] {
	case "hello":
		fmt.Println("hello")
	case "tour":
		tour()
	case "ls":
		must(filepath.WalkDir("/", func(path string, d fs.DirEntry, err error) error {
			fmt.Println(path)
			return err
		}))
	case "write":
		// write SIZE FILES
		var size, files int
		fmt.Sscan(os.Args[2], &size)
		fmt.Sscan(os.Args[3], &files)
		for i := range files {
			must(os.WriteFile(fmt.Sprintf("/out/f%d", i), bytes.Repeat([]byte("x"), size), 0o600))
		}
	case "print":
		var size int
		fmt.Sscan(os.Args[2], &size)
		os.Stderr.WriteString(strings.Repeat("y", size))
	case "tmp":
		// Fill /tmp until it is full, then report and go on.
		for i := 0; ; i++ {
			if err := os.WriteFile(fmt.Sprintf("/tmp/f%d", i), make([]byte, 1<<20), 0o600); err != nil {
				fmt.Println("full:", err)
				return
			}
		}
	case "alloc":
		var keep [][]byte
		for {
			b := make([]byte, 8<<20)
			for i := range b {
				b[i] = 1
			}
			keep = append(keep, b)
		}
	case "exit":
		os.Exit(42)
	case "escape":
		escape()
	case "key":
		// key NAME INPUT...: uses a key on each input through one descriptor
		useKey(os.Args[2], os.Args[3:])
	case "keys":
		keys()
	}
}

func useKey(name string, inputs []string) {
	f, err := os.OpenFile("/keys/"+name, os.O_RDWR, 0)
	must(err)
	for _, in := range inputs {
		_, err := f.WriteString(in)
		if err != nil {
			fmt.Println(errors.Unwrap(err))
			continue
		}
		answer := make([]byte, 3) // so that it takes more than one read
		for {
			n, err := f.Read(answer)
			os.Stdout.Write(answer[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				fmt.Print(errors.Unwrap(err))
				break
			}
		}
		fmt.Println()
	}
}

// keys tries what files of keys and secrets do not do.
func keys() {
	try := func(what string, err error) { fmt.Printf("%s: %v\n", what, err) }
	f, err := os.OpenFile("/keys/sign", os.O_RDWR, 0)
	must(err)
	n, err := f.Read(make([]byte, 8))
	fmt.Println("nothing asked:", n, err)
	_, err = f.Seek(0, io.SeekStart)
	try("seek", errors.Unwrap(err))
	_, err = f.ReadAt(make([]byte, 1), 0)
	try("read at", errors.Unwrap(err))
	_, err = f.WriteAt([]byte("x"), 0)
	try("write at", errors.Unwrap(err))
	try("truncate", errors.Unwrap(f.Truncate(1)))
	try("remove", errors.Unwrap(os.Remove("/keys/sign")))
	_, err = os.Create("/keys/other")
	try("create", errors.Unwrap(err))
	_, err = os.Create("/secrets/token")
	try("overwrite secret", errors.Unwrap(err))
	b, err := os.ReadFile("/secrets/token")
	must(err)
	fmt.Println("secret:", string(b))
}

// tour uses every part of the guest ABI in the ordinary way.
func tour() {
	a, err := os.ReadFile("/data/a")
	must(err)
	b, err := os.ReadFile("/data/b.csv")
	must(err)
	params, err := os.ReadFile("/params.json")
	must(err)
	must(os.MkdirAll("/out/deep/er", 0o700))
	must(os.WriteFile("/out/deep/er/copy", append(a, b...), 0o600))
	must(os.WriteFile("/tmp/scratch", []byte("0123456789"), 0o600))
	f, err := os.OpenFile("/tmp/scratch", os.O_RDWR|os.O_APPEND, 0)
	must(err)
	_, err = f.Write([]byte("abc"))
	must(err)
	must(f.Truncate(11))
	_, err = f.Seek(8, 0)
	must(err)
	tail := make([]byte, 8)
	n, err := f.Read(tail)
	must(err)
	must(f.Close())
	must(os.Rename("/tmp/scratch", "/tmp/other"))
	must(os.Remove("/tmp/other"))
	random := make([]byte, 4)
	_, err = rand.Read(random)
	must(err)
	before := time.Now()
	time.Sleep(time.Hour)
	fmt.Printf("params=%s env=%s args=%v\n", params, os.Getenv("GREETING"), os.Args[2:])
	fmt.Printf("tail=%s now=%s slept=%v random=%x\n", tail[:n], before.UTC().Format(time.RFC3339), time.Since(before), random)
	fmt.Fprintln(os.Stderr, "done")
}

// escape tries what must not work, and prints what did.
func escape() {
	try := func(what string, err error) {
		if err == nil {
			fmt.Println("worked:", what)
		}
	}
	try("write an input", os.WriteFile("/data/a", []byte("x"), 0o600))
	try("make an input", os.WriteFile("/data/new", []byte("x"), 0o600))
	try("remove an input", os.Remove("/data/a"))
	try("move an input", os.Rename("/data/a", "/out/a"))
	try("write the parameters", os.WriteFile("/params.json", nil, 0o600))
	try("write the root", os.WriteFile("/x", nil, 0o600))
	try("link", os.Symlink("/data/a", "/out/link"))
	try("a name with a line end", os.WriteFile("/out/a\nb", nil, 0o600))
	_, err := os.ReadFile("/../etc/passwd")
	try("read above the root", err)
	_, err = os.ReadFile("/etc/passwd")
	try("read the host", err)
	_, err = net.Dial("tcp", "127.0.0.1:1")
	try("dial", err)
	if _, err := os.Stat("/data/none"); !errors.Is(err, fs.ErrNotExist) {
		fmt.Println("a missing file is", err)
	}
}
