package tpmtest

import (
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
)

// A Maker is a private maker of software TPMs: the local authority of
// swtpm_setup in a folder of its own.
type Maker struct {
	dir  string
	made int
}

// NewMaker skips the test where swtpm is not installed.
func NewMaker(t testing.TB) *Maker {
	t.Helper()
	for _, p := range []string{"swtpm", "swtpm_setup", "swtpm_localca"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not here: apt-get install swtpm swtpm-tools", p)
		}
	}
	// A socket's path must be short.
	dir, err := os.MkdirTemp("", "swtpm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	m := &Maker{dir: dir}
	m.write(t, "localca.conf", fmt.Sprintf("statedir = %[1]s\nsigningkey = %[1]s/key.pem\nissuercert = %[1]s/issuer.pem\ncertserial = %[1]s/serial\n", dir))
	m.write(t, "localca.options", "--platform-manufacturer TEST\n--platform-version 1\n--platform-model TEST\n")
	m.write(t, "setup.conf", fmt.Sprintf("create_certs_tool = swtpm_localca\ncreate_certs_tool_config = %[1]s/localca.conf\ncreate_certs_tool_options = %[1]s/localca.options\nactive_pcr_banks = sha256\n", dir))
	return m
}

func (m *Maker) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Root and Issuer are the maker's certificates, there once it made a TPM.
func (m *Maker) Root(t testing.TB) []byte { return m.cert(t, "swtpm-localca-rootca-cert.pem") }

// Issuer is the certificate below the root.
func (m *Maker) Issuer(t testing.TB) []byte { return m.cert(t, "issuer.pem") }

func (m *Maker) cert(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		t.Fatalf("%s is no certificate", name)
	}
	return block.Bytes
}

// A TPM is a running swtpm.
type TPM struct {
	Socket string
	dir    string
	cmd    *exec.Cmd
}

// New makes a TPM with a certified endorsement key and starts it.
func (m *Maker) New(t testing.TB) *TPM {
	t.Helper()
	m.made++
	dir := filepath.Join(m.dir, fmt.Sprint("tpm", m.made))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("swtpm_setup", "--tpm2", "--tpmstate", dir, "--create-ek-cert", "--config", filepath.Join(m.dir, "setup.conf")).CombinedOutput()
	if err != nil {
		t.Fatalf("swtpm_setup: %v\n%s", err, out)
	}
	p := &TPM{Socket: filepath.Join(dir, "s"), dir: dir}
	p.Start(t)
	t.Cleanup(p.Stop)
	return p
}

// Start starts the TPM as a machine's restart does.
func (p *TPM) Start(t testing.TB) {
	t.Helper()
	os.Remove(p.Socket)
	p.cmd = exec.Command("swtpm", "socket", "--tpm2", "--tpmstate", "dir="+p.dir, "--server", "type=unixio,path="+p.Socket, "--flags", "not-need-init,startup-clear")
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		// Its socket is there a moment before it listens.
		if c, err := net.Dial("unix", p.Socket); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("swtpm does not listen")
}

// Stop pulls the plug.
func (p *TPM) Stop() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// Boot measures what Boot's log says, as firmware does, and leaves the log in a file.
// The TPM must have been started and measured nothing yet.
func (p *TPM) Boot(t testing.TB) (file string) {
	t.Helper()
	log := Boot()[1:] // swtpm starts in locality 0
	conn, err := net.Dial("unix", p.Socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tpm := transport.FromReadWriter(conn)
	for _, e := range log {
		extend := tpm2.PCRExtend{
			PCRHandle: tpm2.AuthHandle{Handle: tpm2.TPMHandle(e.PCR), Auth: tpm2.PasswordAuth(nil)},
			Digests:   tpm2.TPMLDigestValues{Digests: []tpm2.TPMTHA{{HashAlg: tpm2.TPMAlgSHA256, Digest: e.digest()}}},
		}
		if _, err := extend.Execute(tpm); err != nil {
			t.Fatal(err)
		}
	}
	file = filepath.Join(p.dir, "boot")
	if err := os.WriteFile(file, log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
