package main

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tacit"
	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/devnet"
	"tacit/fault"
	"tacit/wire"
)

// measuredHost stands for a machine that boots measured, without booting one: a TPM
// of software to which a boot log was measured, and agents that this process starts
// on the ports, each with the TPM's evidence device. 'make machine' boots the real one.
type measuredHost struct {
	device *tpm.Device
	root   attest.Root
	policy attest.Policy
	ports  []string
	spoil  []*atomic.Bool // flip a bit of the boot log on the way
}

// ofThisBoot has sealing keys that no disk keeps, as process 1 gives them.
type ofThisBoot struct{ *tpm.Device }

func (ofThisBoot) SealingKey(_ context.Context, label string) ([]byte, error) {
	k := wire.Sum([]byte(label))
	return k[:], nil
}

func newMeasuredHost(t *testing.T) *measuredHost {
	t.Helper()
	maker := tpmtest.NewMaker(t)
	chip := maker.New(t)
	boot := chip.Boot(t)
	c, err := tpm.OpenChip(t.Context(), chip.Socket)
	ok(t, err)
	t.Cleanup(func() { c.Close() })
	h := &measuredHost{}
	var certificate []byte
	certificate, h.root = enrolled(t, maker, c)
	h.device, err = tpm.OpenDevice(tpm.DeviceConfig{
		Chip: c, Certificates: func(context.Context) ([][]byte, error) { return [][]byte{certificate}, nil },
		Boot: boot, Events: filepath.Join(t.TempDir(), "events"),
	})
	ok(t, err)
	now := h.claims(t)
	h.policy = attest.Policy{
		Role: uint16(tacit.RoleEnclave), Schemes: []string{attest.SchemeTPM}, Level: 3,
		References: []attest.Reference{{Name: "machine", Measurement: now.Measurement, Manifest: now.Manifest}},
		Registry:   attest.RegistryOpen, Keys: []string{attest.KeyAK}, Statuses: []attest.Status{attest.StatusNotStated},
		Minimums: []attest.Minimum{{Scheme: attest.SchemeTPM}},
	}
	dir, err := os.MkdirTemp("", "port") // a socket's path must be short
	ok(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, n := range []string{"0", "1"} {
		inner, outer := filepath.Join(dir, "inner."+n), filepath.Join(dir, "outer."+n)
		l, err := net.Listen("unix", inner)
		ok(t, err)
		t.Cleanup(func() { l.Close() })
		go h.port(t, l)
		h.ports, h.spoil = append(h.ports, outer), append(h.spoil, flip(t, outer, inner))
	}
	return h
}

// claims are what evidence says of the machine now.
func (h *measuredHost) claims(t *testing.T) attest.Claims {
	t.Helper()
	e, err := h.device.Evidence(t.Context(), attest.ProbeData())
	ok(t, err)
	s, err := tpm.NewScheme([]attest.Root{h.root})
	ok(t, err)
	c, err := s.Verify(t.Context(), e, time.Now())
	ok(t, err)
	return c
}

// port starts an agent for each connection, as process 1 does.
func (h *measuredHost) port(t *testing.T, l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			if err := h.agent(c.(*net.UnixConn)); err != nil {
				t.Log(err)
			}
		}()
	}
}

func (h *measuredHost) agent(c *net.UnixConn) error {
	if _, err := io.WriteString(c, tacit.PortHello); err != nil {
		return err
	}
	link, err := c.File()
	if err != nil {
		return err
	}
	defer link.Close()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(pair[0], true); err != nil {
		return err
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "device"), os.NewFile(uintptr(pair[1]), "device")
	defer mine.Close()
	cmd := exec.Command(filepath.Join(bin, "tacit-enclave"))
	cmd.Env, cmd.ExtraFiles = []string{}, []*os.File{link, theirs}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return err
	}
	go func() {
		_ = attest.ServeDevice(mine, func(r attest.DeviceRequest) (attest.DeviceReply, error) {
			return attest.Answer(context.Background(), ofThisBoot{h.device}, r)
		})
	}()
	_ = cmd.Wait() // its status is the link's end
	return nil
}

// A task of the demo's program that asks for level 3 ends in an enclave whose evidence
// a TPM made, and its proof says so. With a bit of the boot log flipped on the way, or
// once another program was measured, no key comes.
//
// case N12 code EVID_FORGED check attest/tpm/tpm.go:Verify
func TestATaskAtLevelThree(t *testing.T) {
	beside(t)
	ok(t, built())
	h := newMeasuredHost(t)
	home := filepath.Join(t.TempDir(), "home")
	params := devnet.Params()
	params.Deadline, params.SettleWindow = 200, 300 // on a busy machine compiling takes its time
	source, err := sumOf(filepath.Join(bin, "tacit-enclave"))
	ok(t, err)
	n, err := devnet.New(devnet.Config{
		Home: home, Bin: bin, Workers: 1, Warm: 1, Capacity: 2, Params: &params, Say: t.Logf,
		Machine: &devnet.Machine{Ports: [][]string{h.ports}, Policy: h.policy, Roots: []attest.Root{h.root}, Source: source},
	})
	ok(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer func() { cancel(); n.Wait() }()
	ok(t, n.Start(ctx))
	dir := t.TempDir()
	say := func(want int, args ...string) string {
		t.Helper()
		cmd, cancel := tacitAt(home, args...)
		defer cancel()
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if status(err) != want {
			t.Fatalf("tacit %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	ok(t, os.WriteFile(filepath.Join(dir, "left.csv"), []byte("id,malignant,a\nP1,0,1.5\nP2,1,2.5\nP3,0,0.5\nP4,1,3.5\nP5,1,2.0\n"), 0o600))
	ok(t, os.WriteFile(filepath.Join(dir, "right.csv"), []byte("id,b\nP5,1.1\nP4,2.2\nP3,3.3\nP2,4.4\nP1,5.5\n"), 0o600))
	program := filepath.Join(filepath.Dir(bin), "cancer.wasm")
	say(0, "service", "publish", program, "--as", "acme", "--name", "acme/cancer", "--price", "0.02")
	say(0, "data", "publish", "left.csv", "--as", "hospital", "--name", "hospital/left", "--price", "0.1", "--allow", "acme/cancer", "--min-level", "3")
	say(0, "data", "publish", "right.csv", "--as", "clinic", "--name", "clinic/right", "--price", "0.1", "--allow", "acme/cancer", "--min-level", "3")
	task := []string{"run", "acme/cancer", "--data", "left=hospital/left", "--data", "right=clinic/right", "--max-price", "3", "--level", "3", "--seconds", "120", "--timeout", "4m"}
	say(0, append(task, "--out", "result")...)
	if out := say(0, "proof", "verify", "result/proof.json"); !strings.Contains(out, "tpm, level 3, boundary machine") {
		t.Errorf("the proof does not say level 3: %s", out)
	}
	guest, err := sumOf(program)
	ok(t, err)
	if c := h.claims(t); !slices.Equal(c.Guests, []wire.Digest{guest}) {
		t.Errorf("guests that ran: %v, want %s", c.Guests, guest)
	}
	refused := func(code fault.Code) {
		t.Helper()
		if out := say(fault.ExitAttestation, append(task, "--out", "refused")...); !strings.Contains(out, string(code)) {
			t.Errorf("the refusal does not say %s: %s", code, out)
		}
	}
	for _, s := range h.spoil {
		s.Store(true)
	}
	refused(fault.EvidForged)
	for _, s := range h.spoil {
		s.Store(false)
	}
	say(0, append(task, "--out", "twin")...)
	ok(t, h.device.Measure(tpm.Event{Kind: tpm.KindProgram, Digest: wire.Sum([]byte("a program that somebody started"))}))
	refused(fault.EvidUnlisted)
}
