package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/devnet"
	"tacit/enclave/machine"
	"tacit/image"
)

// measured is a machine that boots measured, whose TPM an enroller of the test
// certified before it booted.
type measured struct {
	image.Emulator
	roots        []attest.Root
	certificates machine.Certificates
	cert         []byte // that Secure Boot verifies by
}

// newMeasured makes a TPM and enrols it.
func newMeasured(t *testing.T) *measured {
	t.Helper()
	dir := os.Getenv("TACIT_IMAGE")
	if dir == "" {
		t.Skip("make machine boots it")
	}
	maker := tpmtest.NewMaker(t)
	chip := maker.New(t)
	authority := tpmtest.NewCA(t)
	enroller, err := tpm.NewEnroller(tpm.EnrollConfig{
		Makers: []attest.Root{{Scheme: attest.SchemeTPM, DER: maker.Root(t)}}, Issuer: authority.Root, Key: authority.Key,
	})
	ok(t, err)
	c, err := tpm.OpenChip(t.Context(), chip.Socket)
	ok(t, err)
	a, err := c.Apply(maker.Issuer(t))
	ok(t, err)
	challenge, err := enroller.Apply(a, time.Now())
	ok(t, err)
	secret, err := c.Answer(challenge)
	ok(t, err)
	certificate, err := enroller.Certify(challenge.ID, secret, time.Now())
	ok(t, err)
	ok(t, c.Close())
	chip.Stop()
	b, err := os.ReadFile(filepath.Join(dir, "db.crt"))
	ok(t, err)
	block, _ := pem.Decode(b)
	return &measured{
		Emulator: image.Emulator{
			Image: filepath.Join(dir, "tacit.efi"), Variables: filepath.Join(dir, "vars.fd"), TPM: filepath.Dir(chip.Socket), Dir: t.TempDir(),
			Ports: []string{"tacit.0", "tacit.1", machine.CertificatesPort},
		},
		roots:        []attest.Root{{Scheme: attest.SchemeTPM, DER: authority.Root.Raw}},
		certificates: machine.Certificates{Chain: [][]byte{certificate}},
		cert:         block.Bytes,
	}
}

// boot starts the machine and hands it the certificates.
func (m *measured) boot(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		if b, err := os.ReadFile(m.Console()); err == nil && t.Failed() {
			t.Logf("console: %s", b[max(0, len(b)-2000):])
		}
	})
	for {
		c, err := net.Dial("unix", m.Socket(machine.CertificatesPort))
		if err == nil {
			ok(t, machine.WriteCertificates(c, m.certificates))
			t.Cleanup(func() { c.Close() })
			return
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// policy accepts enclaves in machines of this image, as its files say and before
// any has booted.
func (m *measured) policy(t *testing.T) attest.Policy {
	t.Helper()
	b, err := os.ReadFile(m.Image)
	ok(t, err)
	p, err := image.Predict(b, m.cert)
	ok(t, err)
	return attest.Policy{
		Role: uint16(tacit.RoleEnclave), Schemes: []string{attest.SchemeTPM}, Level: 3, References: []attest.Reference{tpm.Reference("image", p.Registers)},
		Registry: attest.RegistryOpen, Keys: []string{attest.KeyAK}, Statuses: []attest.Status{attest.StatusNotStated},
		Minimums: []attest.Minimum{{Scheme: attest.SchemeTPM}},
	}
}

// A machine that boots measured is a worker of a network whose policy names its
// image, predicted from the file: a task that asks for level 3 ends there with a
// receipt that says so.
func TestAMachineThatBootsMeasuredWorks(t *testing.T) {
	m := newMeasured(t)
	ok(t, built())
	began := time.Now()
	m.boot(t)
	var sockets []string
	for _, p := range m.Ports {
		if p != machine.CertificatesPort {
			sockets = append(sockets, m.Socket(p))
		}
	}
	home := filepath.Join(t.TempDir(), "home")
	params := devnet.Params()
	params.EpochLength, params.TicketClose, params.Deadline, params.SettleWindow = 20, 18, 120, 200
	n, err := devnet.New(devnet.Config{
		Home: home, Bin: bin, Workers: 1, Warm: 1, Capacity: 2, Params: &params, Say: t.Logf,
		Machine: &devnet.Machine{Ports: [][]string{sockets}, Policy: m.policy(t), Roots: m.roots},
	})
	ok(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer func() { cancel(); n.Wait() }()
	ok(t, n.Start(ctx))
	t.Logf("network ready after %.0f s", time.Since(began).Seconds())
	say := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		cmd := exec.CommandContext(ctx, filepath.Join(bin, "tacit"), args...)
		cmd.Dir = m.Dir
		cmd.Env = append(os.Environ(), "TACIT_HOME="+home)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); status(err) != want {
			if b, err := os.ReadFile(filepath.Join(home, "log", "verifier-1.log")); err == nil {
				t.Logf("a verifier: %s", b[max(0, len(b)-2000):])
			}
			t.Fatalf("tacit %s: %v\n%s", strings.Join(args, " "), err, out.String())
		}
		return out.String()
	}
	// A small program: what a large one takes to compile under emulation is no test.
	ok(t, os.WriteFile(filepath.Join(m.Dir, "guest.wat"), []byte(`(module (memory (export "memory") 1) (func (export "_start")))`), 0o600))
	ok(t, os.WriteFile(filepath.Join(m.Dir, "rows.csv"), []byte("id,malignant\nP1,0\nP2,1\n"), 0o600))
	say(0, "service", "publish", "guest.wat", "--as", "acme", "--name", "acme/check", "--price", "0.02")
	say(0, "data", "publish", "rows.csv", "--as", "hospital", "--name", "hospital/rows", "--price", "0.1", "--allow", "acme/check", "--min-level", "3")
	task := []string{"run", "acme/check", "--data", "rows=hospital/rows", "--max-price", "3", "--level", "3"}
	out := say(0, append(task, "--out", "result")...)
	t.Logf("task done after %.0f s:\n%s", time.Since(began).Seconds(), out)
	out = say(0, "proof", "verify", "result/proof.json")
	if !strings.Contains(out, "tpm, level 3, boundary machine") {
		t.Errorf("the proof does not say level 3: %s", out)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
