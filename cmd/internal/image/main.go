// Command image builds the machine that boots measured from a kernel, a UEFI stub
// and tacit-enclave, or another image with the libraries that it needs, and beside it
// an OVMF variable store in which only its key may sign. See docs/machine.md.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"debug/elf"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tacit/enclave/machine"
	"tacit/fault"
	"tacit/image"
)

func main() {
	var in parts
	o := flag.String("o", "build/image", "folder of what is made")
	flag.StringVar(&in.kernel, "kernel", "", "kernel (bzImage)")
	flag.StringVar(&in.modules, "modules", "", "folder of the kernel's modules")
	flag.StringVar(&in.stub, "stub", "", "UEFI stub")
	flag.StringVar(&in.vars, "vars", "", "empty OVMF variable store")
	flag.StringVar(&in.program, "program", "", "tacit-enclave or another image; what it needs besides itself is taken from this system")
	flag.Func("library", "library that the program brings itself: what it needs is taken, too (may be repeated)", func(file string) error {
		in.libraries = append(in.libraries, file)
		return nil
	})
	flag.Parse()
	if err := in.build(*o); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(fault.Lookup(fault.Of(err)).Exit)
	}
}

// parts are the files that a machine is made of.
type parts struct {
	kernel, modules, stub, vars, program string
	libraries                            []string
}

// commandLine is what the kernel is started with. It is measured.
const commandLine = "console=ttyS0 quiet panic=-1 rdinit=/init lockdown=integrity"

// drivers are the modules that the machine needs besides what is built in: its
// ports to the host, and the report interface of confidential machines where the
// kernel has it. What a machine has no device for stays unused.
var drivers = []string{"virtio_pci", "virtio_console", "configfs", "tsm", "sev_guest", "tdx_guest"}

func (p parts) build(out string) error {
	var in [4][]byte
	for i, p := range []string{p.kernel, p.stub, p.vars, p.program} {
		b, err := os.ReadFile(p)
		if err != nil {
			return fault.New(fault.APIPath, "build image: %w", err)
		}
		in[i] = b
	}
	files, err := driverFiles(p.modules, drivers)
	if err != nil {
		return err
	}
	libraries, err := libraryFiles("/", in[3], p.libraries)
	if err != nil {
		return err
	}
	say(libraries)
	files = append(files, libraries...)
	fsys, err := image.FileSystem(append(files, image.File{Path: "/init", Mode: 0o755, Data: in[3]}))
	if err != nil {
		return err
	}
	uki, err := image.Build(in[1], []image.Section{
		{Name: ".osrel", Data: fmt.Appendf(nil, "ID=tacit\nNAME=%q\n", filepath.Base(p.program))},
		{Name: ".cmdline", Data: []byte(commandLine)},
		{Name: ".initrd", Data: fsys},
		{Name: ".linux", Data: in[0]},
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return err
	}
	cert, err := signingKey(out)
	if err != nil {
		return err
	}
	enrolled, err := image.EnrolSecureBoot(in[2], cert)
	if err != nil {
		return err
	}
	for name, b := range map[string][]byte{"tacit.unsigned.efi": uki, "vars.fd": enrolled} {
		if err := os.WriteFile(filepath.Join(out, name), b, 0o600); err != nil {
			return err
		}
	}
	sum, err := image.Authenticode(uki)
	fmt.Printf("%s  %s (Authenticode)\n", sum, filepath.Join(out, "tacit.unsigned.efi"))
	return err
}

// driverFiles are modules with what they depend on, and the order to load them.
func driverFiles(dir string, want []string) ([]image.File, error) {
	paths := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".ko") {
			paths[moduleName(strings.TrimSuffix(filepath.Base(p), ".ko"))] = p
		}
		return err
	})
	if err != nil {
		return nil, fault.New(fault.APIPath, "find drivers: %w", err)
	}
	var files []image.File
	var order strings.Builder
	seen := map[string]bool{}
	var add func(name string) error
	add = func(name string) error {
		if seen[name] || paths[name] == "" { // the rest is built in
			return nil
		}
		seen[name] = true
		b, err := os.ReadFile(paths[name])
		if err != nil {
			return fault.New(fault.APIPath, "read driver: %w", err)
		}
		needs, err := dependsOn(b)
		if err != nil {
			return fault.New(fault.APIField, "read driver %s: %w", paths[name], err)
		}
		for _, n := range needs {
			if err := add(n); err != nil {
				return err
			}
		}
		files = append(files, image.File{Path: machine.Modules + "/" + filepath.Base(paths[name]), Mode: 0o644, Data: b})
		fmt.Fprintln(&order, filepath.Base(paths[name]))
		return nil
	}
	for _, name := range want {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return append(files, image.File{Path: machine.Modules + "/order", Mode: 0o644, Data: []byte(order.String())}), nil
}

// moduleName is a module's name as the kernel writes it.
func moduleName(file string) string { return strings.ReplaceAll(file, "-", "_") }

// dependsOn reads what a module names in its information section.
func dependsOn(module []byte) ([]string, error) {
	f, err := elf.NewFile(bytes.NewReader(module))
	if err != nil {
		return nil, err
	}
	info := f.Section(".modinfo")
	if info == nil {
		return nil, errors.New("it says nothing of itself")
	}
	b, err := info.Data()
	if err != nil {
		return nil, err
	}
	for field := range strings.SplitSeq(string(b), "\x00") {
		if list, ok := strings.CutPrefix(field, "depends="); ok && list != "" {
			names := strings.Split(list, ",")
			for i, n := range names {
				names[i] = moduleName(n)
			}
			return names, nil
		}
	}
	return nil, nil
}

// signingKey makes the key that signs what may boot, once, and returns its
// certificate.
func signingKey(dir string) ([]byte, error) {
	certFile, keyFile := filepath.Join(dir, "db.crt"), filepath.Join(dir, "db.key")
	if b, err := os.ReadFile(certFile); err == nil {
		block, _ := pem.Decode(b)
		if block == nil {
			return nil, fault.New(fault.APIField, "read %s: it holds no certificate", certFile)
		}
		return block.Bytes, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048) // what every firmware verifies
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tacit machine image"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(20, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, k.Public(), k)
	if err != nil {
		return nil, err
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k)})
	if err := os.WriteFile(keyFile, key, 0o600); err != nil {
		return nil, err
	}
	return der, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}
