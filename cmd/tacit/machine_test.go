package main

import (
	"bytes"
	"context"
	"debug/pe"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/devnet"
	"tacit/enclave/machine"
	"tacit/enroll"
	"tacit/fault"
	"tacit/image"
	"tacit/node"
)

// measured is a machine that boots measured. An enroller of the test certifies its
// TPM over HTTP, through its host, whenever the machine asks.
type measured struct {
	image.Emulator
	roots    []attest.Root
	enroller *enroll.Client
	address  string // of the enroller
	worker   bool   // its worker has it enrolled, as docs/machine.md says, and not the test
	between  []byte // the certificate between the maker's root and the TPM's own
	cert     []byte // that Secure Boot verifies by
	folder   string // of the image as it was made
}

// enrollerOf is an enroller of the test that pins a maker.
func enrollerOf(t *testing.T, maker *tpmtest.Maker) (*tpm.Enroller, attest.Root) {
	t.Helper()
	authority := tpmtest.NewCA(t)
	e, err := tpm.NewEnroller(tpm.EnrollConfig{
		Makers: []attest.Root{{Scheme: attest.SchemeTPM, DER: maker.Root(t)}}, Issuer: authority.Root, Key: authority.Key,
	})
	ok(t, err)
	return e, attest.Root{Scheme: attest.SchemeTPM, DER: authority.Root.Raw}
}

// enrolled has an enroller of the test certify a TPM's attestation key.
func enrolled(t *testing.T, maker *tpmtest.Maker, c *tpm.Chip) (certificate []byte, root attest.Root) {
	t.Helper()
	enroller, root := enrollerOf(t, maker)
	a, err := c.Apply(maker.Issuer(t))
	ok(t, err)
	challenge, err := enroller.Apply(a, time.Now())
	ok(t, err)
	secret, err := c.Answer(challenge)
	ok(t, err)
	certificate, err = enroller.Certify(challenge.ID, secret, time.Now())
	ok(t, err)
	return certificate, root
}

// images is the folder of what make image made.
func images(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TACIT_IMAGE")
	if dir == "" {
		t.Skip("make machine boots it")
	}
	return dir
}

// newMeasured makes a machine of the image in a folder, its TPM and an enroller.
func newMeasured(t *testing.T, dir string) *measured {
	t.Helper()
	maker := tpmtest.NewMaker(t)
	chip := maker.New(t)
	chip.Stop() // the emulator starts it
	enroller, root := enrollerOf(t, maker)
	served := httptest.NewServer(enroll.NewHandler(enroller, slog.New(slog.DiscardHandler)))
	t.Cleanup(served.Close)
	client, err := enroll.NewClient(served.URL, tpm.CheckCertificate)
	ok(t, err)
	b, err := os.ReadFile(filepath.Join(dir, "db.crt"))
	ok(t, err)
	block, _ := pem.Decode(b)
	return &measured{
		Emulator: image.Emulator{
			Image: filepath.Join(dir, "tacit.efi"), Variables: filepath.Join(dir, "vars.fd"), TPM: filepath.Dir(chip.Socket), Dir: t.TempDir(),
			Ports: []string{"tacit.0", "tacit.1", machine.CertificatesPort},
		},
		roots:    []attest.Root{root},
		enroller: client,
		address:  served.URL,
		between:  maker.Issuer(t),
		cert:     block.Bytes,
		folder:   dir,
	}
}

// fromMaker is a machine whose host knows the certificate between.
type fromMaker struct {
	attest.Prover
	between []byte
}

func (p fromMaker) Apply(ctx context.Context) (attest.Application, error) {
	a, err := p.Prover.Apply(ctx)
	a.Certificates = append(a.Certificates, p.between)
	return a, err
}

// boot starts the machine and has it enrolled, until the returned function is
// called. Without a certificate within the time it has not come up: false. If its worker
// has it enrolled, it is up when it says so.
func (m *measured) boot(t *testing.T, wait time.Duration) (up bool, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	_ = os.Remove(m.Console()) // of an earlier boot
	go func() { ended <- m.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	enrolled := make(chan struct{}, 1)
	go func() {
		for m.worker && ctx.Err() == nil {
			if strings.Contains(m.console(), ": up with ") {
				enrolled <- struct{}{}
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		_ = machine.Endorse(ctx, m.Socket(machine.CertificatesPort), func(ctx context.Context, v *machine.Visit) ([][]byte, error) {
			if v.Probe.Scheme != attest.SchemeTPM {
				return nil, fmt.Errorf("asked for the certificates of %q", v.Probe.Scheme)
			}
			der, err := m.enroller.Certificate(ctx, fromMaker{v, m.between})
			if err != nil {
				return nil, err
			}
			select {
			case enrolled <- struct{}{}:
			default:
			}
			return [][]byte{der}, nil
		}, func(err error) { t.Log(err) })
	}()
	select {
	case err := <-ended:
		ended <- err
		t.Logf("the machine ended: %v", err)
		return false, stop
	case <-enrolled:
		return true, stop
	case <-time.After(wait):
		return false, stop
	}
}

// up starts a machine that must come up.
func (m *measured) up(t *testing.T) (stop func()) {
	t.Helper()
	began := time.Now()
	up, stop := m.boot(t, 5*time.Minute)
	if !up {
		t.Fatalf("the machine did not come up: %s", m.console())
	}
	t.Logf("boot to ready: %.1f s", time.Since(began).Seconds())
	return stop
}

func (m *measured) console() string {
	b, err := os.ReadFile(m.Console())
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

// teller runs tacit for a network that the machine works for, in the machine's folder. The
// function that it returns fails a test whose command ends otherwise than it must.
func (m *measured) teller(ctx context.Context, home string) func(t *testing.T, want int, args ...string) string {
	return func(t *testing.T, want int, args ...string) string {
		t.Helper()
		// Under emulation a fresh agent takes seconds to be ready.
		for try := 1; ; try++ {
			var out bytes.Buffer
			cmd := exec.CommandContext(ctx, filepath.Join(bin, "tacit"), args...)
			cmd.Dir = m.Dir
			cmd.Env = append(os.Environ(), "TACIT_HOME="+home)
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			switch {
			case status(err) == want:
				return out.String()
			case strings.Contains(out.String(), string(fault.ResBusy)) && try < 10:
				time.Sleep(5 * time.Second)
				continue
			}
			if b, err := os.ReadFile(filepath.Join(home, "log", "verifier-1.log")); err == nil {
				t.Logf("a verifier: %s", b[max(0, len(b)-2000):])
			}
			t.Logf("console: %s", m.console())
			t.Fatalf("tacit %s: %v\n%s", strings.Join(args, " "), err, out.String())
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

// variant is an image of the same parts with some of them changed, signed with the
// same key unless it is to stay without a signature.
func (m *measured) variant(t *testing.T, name string, signed bool, change func(map[string][]byte)) string {
	t.Helper()
	f, err := pe.Open(filepath.Join(m.folder, "tacit.unsigned.efi"))
	ok(t, err)
	defer f.Close()
	names := []string{".osrel", ".cmdline", ".initrd", ".linux"}
	parts := map[string][]byte{}
	for _, n := range names {
		section := f.Section(n)
		if section == nil {
			t.Fatalf("the image has no %s", n)
		}
		b, err := section.Data()
		ok(t, err)
		parts[n] = b[:section.VirtualSize]
	}
	change(parts)
	var list []image.Section
	for _, n := range names {
		list = append(list, image.Section{Name: n, Data: parts[n]})
	}
	stub, err := os.ReadFile("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")
	ok(t, err)
	b, err := image.Build(stub, list)
	ok(t, err)
	out := filepath.Join(t.TempDir(), name+".efi")
	ok(t, os.WriteFile(out, b, 0o600))
	if signed {
		keys := images(t) // one for all images
		said, err := exec.Command("sbsign", "--key", filepath.Join(keys, "db.key"), "--cert", filepath.Join(keys, "db.crt"), "--output", out, out).CombinedOutput()
		if err != nil {
			t.Fatalf("sbsign: %v: %s", err, said)
		}
	}
	return out
}

// flip stands between a worker and a port of the machine and flips a bit of the boot
// log in what passes by, once it is told to.
func flip(t *testing.T, socket, machine string) *atomic.Bool {
	t.Helper()
	var on atomic.Bool
	l, err := net.Listen("unix", socket)
	ok(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				m, err := net.Dial("unix", machine)
				if err != nil {
					return
				}
				defer m.Close()
				go func() { _, _ = io.Copy(m, c); m.Close() }()
				buf := make([]byte, 1<<16)
				for {
					n, err := m.Read(buf)
					if i := bytes.Index(buf[:n], []byte("Spec ID Event03")); i >= 0 && i+300 < n && on.Load() {
						buf[i+300] ^= 1
					}
					if _, werr := c.Write(buf[:n]); err != nil || werr != nil {
						return
					}
				}
			}()
		}
	}()
	return &on
}

// A machine that boots measured is a worker of a network whose policy names its
// image, predicted from the file: a task that asks for level 3 ends there with a
// receipt that says so. Booted otherwise it gets no key. At last auditors
// withdraw its release.
//
// case N15 code EVID_UNLISTED check attest/policy.go:appraiseReference
func TestAMachineThatBootsMeasuredWorks(t *testing.T) {
	m := newMeasured(t, images(t))
	ok(t, built())
	began := time.Now()
	stop := m.up(t)
	var ports []string
	var spoil []*atomic.Bool
	for _, p := range []string{"0", "1"} {
		ports = append(ports, m.Socket("worker."+p))
		spoil = append(spoil, flip(t, m.Socket("worker."+p), m.Socket("tacit."+p)))
	}
	home := filepath.Join(t.TempDir(), "home")
	params := devnet.Params()
	params.EpochLength, params.TicketClose, params.Deadline, params.SettleWindow = 20, 18, 200, 300
	source, err := sumOf(m.Image)
	ok(t, err)
	n, err := devnet.New(devnet.Config{
		Home: home, Bin: bin, Workers: 1, Warm: 1, Capacity: 2, Params: &params, Say: t.Logf,
		Machine: &devnet.Machine{Ports: [][]string{ports}, Policy: m.policy(t), Roots: m.roots, Source: source},
	})
	ok(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer func() { cancel(); n.Wait() }()
	ok(t, n.Start(ctx))
	t.Logf("network ready after %.0f s", time.Since(began).Seconds())
	say := m.teller(ctx, home)
	ok(t, os.WriteFile(filepath.Join(m.Dir, "guest.wat"), []byte(`(module (memory (export "memory") 1) (func (export "_start")))`), 0o600))
	ok(t, os.WriteFile(filepath.Join(m.Dir, "rows.csv"), []byte("id,malignant\nP1,0\nP2,1\n"), 0o600))
	say(t, 0, "service", "publish", "guest.wat", "--as", "acme", "--name", "acme/check", "--price", "0.02")
	say(t, 0, "data", "publish", "rows.csv", "--as", "hospital", "--name", "hospital/rows", "--price", "0.1", "--allow", "acme/check", "--min-level", "3")
	task := []string{"run", "acme/check", "--data", "rows=hospital/rows", "--max-price", "3", "--level", "3"}
	out := say(t, 0, append(task, "--out", "result")...)
	t.Logf("task done after %.0f s:\n%s", time.Since(began).Seconds(), out)
	out = say(t, 0, "proof", "verify", "result/proof.json")
	if !strings.Contains(out, "tpm, level 3, boundary machine") {
		t.Errorf("the proof does not say level 3: %s", out)
	}
	refused := func(t *testing.T, code fault.Code) {
		t.Helper()
		if out := say(t, fault.ExitAttestation, append(task, "--out", "refused")...); !strings.Contains(out, string(code)) {
			t.Errorf("the refusal does not say %s: %s", code, out)
		}
	}
	t.Run("a flipped bit of the boot log", func(t *testing.T) {
		for _, s := range spoil {
			s.Store(true)
			defer s.Store(false)
		}
		refused(t, fault.EvidForged)
	})
	t.Run("twin: the log as it is", func(t *testing.T) { say(t, 0, append(task, "--out", "twin")...) })
	t.Run("the demo's task", func(t *testing.T) {
		dir := os.Getenv("TACIT_DATA")
		say(t, 0, "service", "publish", filepath.Join(folder, "cancer.wasm"), "--as", "acme", "--name", "acme/logreg", "--price", "0.02")
		for owner, side := range map[string]string{"hospital": "left", "clinic": "right"} {
			say(t, 0, "data", "publish", filepath.Join(dir, side+".csv"), "--as", owner, "--name", owner+"/"+side, "--price", "0.1", "--allow", "acme/logreg", "--min-level", "3")
		}
		began := time.Now()
		// Emulated, compiling the program takes minutes; it may take as long as the run.
		say(t, 0, "run", "acme/logreg", "--data", "left=hospital/left", "--data", "right=clinic/right", "--max-price", "3", "--level", "3",
			"--seconds", "240", "--timeout", "9m", "--out", "model")
		t.Logf("the demo's task took %.0f s", time.Since(began).Seconds())
		if out := say(t, 0, "proof", "verify", "model/proof.json"); !strings.Contains(out, "tpm, level 3, boundary machine") {
			t.Errorf("the proof does not say level 3: %s", out)
		}
		out, err := exec.Command(filepath.Join(bin, "check"), filepath.Join(m.Dir, "model", "model.json"), "../../examples/cancer/expected.json").CombinedOutput()
		if err != nil {
			t.Errorf("the model is another than scikit-learn's: %s", out)
		}
	})
	stop()
	plain := "/usr/share/OVMF/OVMF_VARS_4M.fd"
	for _, tt := range []struct {
		name   string
		signed bool
		vars   string
		change func(map[string][]byte)
		want   fault.Code // none: it does not boot
	}{
		{"another kernel argument", true, m.Variables, func(p map[string][]byte) { p[".cmdline"] = append(bytes.Clone(p[".cmdline"]), " nokaslr"...) }, fault.EvidUnlisted},
		{"another program beside the one", true, m.Variables, func(p map[string][]byte) {
			more, err := image.FileSystem([]image.File{{Path: "/more", Mode: 0o755, Data: []byte("program")}})
			ok(t, err)
			p[".initrd"] = append(bytes.Clone(p[".initrd"]), more...)
		}, fault.EvidUnlisted},
		{"an image without a signature", false, m.Variables, func(map[string][]byte) {}, ""},
		{"Secure Boot off", true, plain, func(map[string][]byte) {}, fault.EvidMode},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := *m
			v.Image, v.Variables = m.variant(t, "variant", tt.signed, tt.change), tt.vars
			up, stop := v.boot(t, map[bool]time.Duration{false: 5 * time.Minute, true: 2 * time.Minute}[tt.want == ""])
			defer stop()
			if up != (tt.want != "") {
				t.Fatalf("it came up: %v: %s", up, v.console())
			}
			if tt.want != "" {
				refused(t, tt.want)
			}
		})
	}
	m.up(t) // until the whole test ends
	t.Run("twin: booted again as it was", func(t *testing.T) { say(t, 0, append(task, "--out", "again")...) })
	t.Run("withdrawn by auditors", func(t *testing.T) {
		r := m.policy(t).References[0]
		ok(t, node.WriteJSON(filepath.Join(m.Dir, "reference.json"), 0o600, r))
		say(t, 0, "network", "release", "write", "reference.json", "--source", m.Image, "--withdraw")
		say(t, 0, "network", "release", "sign", "release.json", "--as", "auditor-1")
		say(t, 0, "network", "release", "sign", "release.json", "--as", "auditor-2")
		say(t, 0, "network", "policy", "propose", "--release", "release.json", "--out", "order.json")
		say(t, 0, "network", "policy", "sign", "order.json", "--as", "governor")
		say(t, 0, "network", "policy", "post", "order.json", "--as", "governor", "--wait")
		time.Sleep(10 * time.Second) // every role has that header an epoch later at the latest
		refused(t, fault.EvidUnlisted)
		say(t, 0, "proof", "verify", "result/proof.json")
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
