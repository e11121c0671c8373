package tpm

import (
	"context"
	"crypto"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

// flaky stands before a TPM and answers one of its commands with a failure of the
// TPM's own (TPM_RC_FAILURE).
type flaky struct {
	seen, fail atomic.Int64 // commands since it was armed, and which of them fails; 0 for none
}

func (f *flaky) arm(n int64) { f.seen.Store(0); f.fail.Store(n) }

func (f *flaky) serve(near, far net.Conn) {
	defer near.Close()
	defer far.Close()
	frame := func(r io.Reader) ([]byte, error) {
		head := make([]byte, 10)
		if _, err := io.ReadFull(r, head); err != nil {
			return nil, err
		}
		b := append(head, make([]byte, binary.BigEndian.Uint32(head[2:])-10)...)
		_, err := io.ReadFull(r, b[10:])
		return b, err
	}
	for {
		command, err := frame(near)
		if err != nil {
			return
		}
		answer := []byte{0x80, 1, 0, 0, 0, 10, 0, 0, 1, 1}
		if f.seen.Add(1) != f.fail.Load() {
			if _, err := far.Write(command); err != nil {
				return
			}
			if answer, err = frame(far); err != nil {
				return
			}
		}
		if _, err := near.Write(answer); err != nil {
			return
		}
	}
}

// through opens a TPM behind a flaky connection.
func through(t *testing.T, p *tpmtest.TPM) (*Chip, *flaky) {
	t.Helper()
	f := &flaky{}
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", p.Socket)
			for range 100 {
				if err == nil {
					break
				}
				time.Sleep(20 * time.Millisecond) // swtpm lets go of the user before
				far, err = net.Dial("unix", p.Socket)
			}
			if err != nil {
				near.Close()
				return
			}
			go f.serve(near, far)
		}
	}()
	c, err := OpenChip(t.Context(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, f
}

// Whichever of a TPM's answers is a failure, whoever asked hears of it, and nothing is
// made of what is missing.
func TestATPMThatFailsAnywhereIsSaidToFail(t *testing.T) {
	r := newReal(t)
	boot, certificate := r.boot(t), r.enrol(t, r.chip)
	r.chip.Close() // swtpm has one user at a time
	chip, f := through(t, r.tpm)
	cfg := DeviceConfig{
		Chip: chip, Certificates: func(context.Context) ([][]byte, error) { return [][]byte{certificate}, nil }, Boot: boot, Events: filepath.Join(r.dir, "events"),
	}
	device, err := OpenDevice(cfg)
	if err != nil {
		t.Fatal(err)
	}
	events, vault := 0, filepath.Join(r.dir, "vault")
	application, err := chip.Apply(r.maker.Issuer(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		do   func() error
	}{
		{"apply", func() error { _, err := chip.Apply(r.maker.Issuer(t)); return err }},
		{"answer a challenge", func() error {
			ch, err := r.enroller.Apply(application, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			_, err = chip.Answer(ch)
			return err
		}},
		{"make evidence", func() error { _, err := device.Evidence(t.Context(), attest.ReportData{1}); return err }},
		{"measure", func() error { events++; return device.Measure(Event{KindConfig, wire.Sum([]byte{byte(events)})}) }},
		{"open a device", func() error { _, err := OpenDevice(cfg); return err }},
		{"make a vault", func() error {
			_ = os.Remove(vault)
			_ = os.Remove(vault + ".next")
			_, err := OpenVault(chip, vault, CounterIndex)
			return err
		}},
		{"open a vault", func() error { _, err := OpenVault(chip, vault, CounterIndex); return err }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for n := int64(1); ; n++ {
				// What a failed flush left there nobody else tidies up behind a socket.
				f.arm(0)
				if err := tidy(chip.f); err != nil {
					t.Fatal(err)
				}
				f.arm(n)
				err := tt.do()
				if f.seen.Load() < n { // none failed
					f.arm(0)
					if err != nil {
						t.Fatalf("without a failure: %v", err)
					}
					if n == 1 {
						t.Fatal("it asked nothing")
					}
					break
				}
				if err == nil {
					t.Errorf("command %d failed and nothing was said", n)
				}
				if code := fault.Of(err); code == fault.Internal {
					t.Errorf("command %d: %v has no code of its own", n, err)
				}
			}
		})
	}
	// What is not measured is not said to be: evidence still verifies.
	e, err := device.Evidence(t.Context(), attest.ReportData{1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.scheme.Verify(t.Context(), e, time.Now()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{cfg.Boot, cfg.Events} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := device.Evidence(t.Context(), attest.ReportData{1}); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("without a boot log: %v", err)
	}
	if _, err := OpenDevice(cfg); fault.Of(err) != fault.EvidLog {
		t.Errorf("without the events of this boot: %v", err)
	}
	if err := os.WriteFile(cfg.Events, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDevice(cfg); fault.Of(err) != fault.EvidLog {
		t.Errorf("with events that do not parse: %v", err)
	}
}

// A state that could not be saved is there or not, and nothing is lost for it: not by a
// second try either.
func TestAVaultOutlivesATPMThatFails(t *testing.T) {
	r := newReal(t)
	r.chip.Close()
	chip, f := through(t, r.tpm)
	path := filepath.Join(r.dir, "vault")
	v, err := OpenVault(chip, path, CounterIndex)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Save([]byte{0}); err != nil {
		t.Fatal(err)
	}
	was := byte(0)
	for n := int64(1); ; n++ {
		is := was + 1
		f.arm(n)
		err := v.Save([]byte{is})
		failed := f.seen.Load() >= n
		f.arm(0)
		if !failed {
			if err != nil || n == 1 {
				t.Fatalf("without a failure, after %d commands: %v", n, err)
			}
			break
		}
		if err == nil {
			t.Errorf("command %d failed and nothing was said", n)
		}
		if err := tidy(chip.f); err != nil {
			t.Fatal(err)
		}
		again, err := OpenVault(chip, path, CounterIndex)
		if err != nil {
			t.Fatalf("command %d failed, and the vault does not open: %v", n, err)
		}
		if got, err := again.State(); err != nil || len(got) != 1 || got[0] != was && got[0] != is {
			t.Errorf("command %d failed, and the vault holds %v, %v; want %d or %d", n, got, err, was, is)
		}
		is++
		if err := v.Save([]byte{is}); err != nil {
			t.Errorf("command %d failed, and what is saved after it: %v", n, err)
		}
		if v, err = OpenVault(chip, path, CounterIndex); err != nil {
			t.Fatalf("after command %d and another save the vault does not open: %v", n, err)
		}
		if got, err := v.State(); err != nil || len(got) != 1 || got[0] != is {
			t.Errorf("after command %d and another save: %v, %v; want %d", n, got, err, is)
		}
		was = is
	}
}

func TestWhatADeviceDoesNotTake(t *testing.T) {
	d := &Device{}
	if err := d.Measure(Event{Kind: "other"}); fault.Of(err) != fault.APIField {
		t.Errorf("an event of unknown kind: %v", err)
	}
	if _, err := d.SealingKey(t.Context(), "x"); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("a sealing key without a vault: %v", err)
	}
	if _, err := OpenDevice(DeviceConfig{}); fault.Of(err) != fault.Internal {
		t.Errorf("nothing configured: %v", err)
	}
	d.cfg.Certificates = func(context.Context) ([][]byte, error) { return nil, io.EOF }
	if _, err := d.Evidence(t.Context(), attest.ReportData{}); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("no certificates: %v", err)
	}
}

// What calls itself a TPM and answers nonsense is given up.
func TestWhatIsNoTPM(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer []byte
	}{
		{"an answer without an end", []byte{0x80, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}},
		{"an answer shorter than its head", []byte{0x80, 1, 0, 0, 0, 9, 0, 0, 0, 0}},
		{"an answer that is cut", []byte{0x80, 1, 0, 0, 0, 20, 0, 0, 0, 0, 1}},
		{"half a head", []byte{0x80, 1, 0}},
		{"nothing", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				_, _ = c.Read(make([]byte, 64))
				_, _ = c.Write(tt.answer)
			}()
			c, err := OpenChip(t.Context(), "tcp:"+l.Addr().String())
			if fault.Of(err) != fault.EvidUnavailable {
				t.Errorf("OpenChip = %v", err)
			}
			if err == nil {
				c.Close()
			}
		})
	}
	if _, err := OpenChip(t.Context(), filepath.Join(t.TempDir(), "none")); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("a device that is not there: %v", err)
	}
	device := filepath.Join(t.TempDir(), "device")
	if err := os.WriteFile(device, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := OpenChip(t.Context(), device) // a device is not asked before there is a question
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.About(); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("a file that is no TPM: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.About(); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("a device that was closed: %v", err)
	}
}

// away is an authority's key that cannot be asked.
type away struct{ crypto.Signer }

func (away) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, io.EOF }

func TestAnAuthorityThatDoesNotSignCertifiesNothing(t *testing.T) {
	r := newReal(t)
	for _, tt := range []struct {
		name string
		key  crypto.Signer
		ok   bool
	}{{"twin: it signs", r.ca.Key, true}, {"it is away", away{r.ca.Key}, false}} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := NewEnroller(EnrollConfig{Makers: []attest.Root{{Scheme: "tpm", DER: r.maker.Root(t)}}, Issuer: r.ca.Root, Key: tt.key})
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.chip.Apply(r.maker.Issuer(t))
			if err != nil {
				t.Fatal(err)
			}
			ch, err := e.Apply(a, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			secret, err := r.chip.Answer(ch)
			if err != nil {
				t.Fatal(err)
			}
			if der, err := e.Certify(ch.ID, secret, time.Now()); (err == nil) != tt.ok || (len(der) > 0) != tt.ok {
				t.Errorf("Certify = %d bytes, %v", len(der), err)
			}
		})
	}
}

func TestACertificateIsOfTheKeyThatWasApplied(t *testing.T) {
	s, ca := tpmtest.NewSoft(t), tpmtest.NewCA(t)
	der := ca.Issue(t, s.Certificate(time.Now()), s.Key.Public())
	other := tpmtest.NewSoft(t)
	for _, tt := range []struct {
		name   string
		der    []byte
		public []byte
		want   fault.Code
	}{
		{"twin: of the key", der, s.PublicBytes(), ""},
		{"of another key", der, other.PublicBytes(), fault.EvidAK},
		{"no certificate", der[1:], s.PublicBytes(), fault.EvidAK},
		{"of what is no key", der, s.PublicBytes()[1:], fault.EvidAK},
	} {
		if err := CheckCertificate(tt.der, attest.Application{Public: tt.public}); fault.Of(err) != tt.want && !(err == nil && tt.want == "") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
