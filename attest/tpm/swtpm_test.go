package tpm

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

// real is a machine with a software TPM that is a process, a maker who certified
// it and an enroller who pins that maker.
type real struct {
	maker    *tpmtest.Maker
	tpm      *tpmtest.TPM
	chip     *Chip
	ca       *tpmtest.CA
	enroller *Enroller
	scheme   *Scheme
	dir      string
}

func newReal(t *testing.T) *real {
	t.Helper()
	r := &real{maker: tpmtest.NewMaker(t), ca: tpmtest.NewCA(t), dir: t.TempDir()}
	r.tpm = r.maker.New(t)
	r.chip = openChip(t, r.tpm)
	var err error
	r.enroller, err = NewEnroller(EnrollConfig{
		Makers: []attest.Root{{Scheme: "tpm", DER: r.maker.Root(t)}}, Issuer: r.ca.Root, Key: r.ca.Key,
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.scheme, err = NewScheme([]attest.Root{{Scheme: "tpm", DER: r.ca.Root.Raw}}); err != nil {
		t.Fatal(err)
	}
	return r
}

func openChip(t *testing.T, p *tpmtest.TPM) *Chip {
	t.Helper()
	c, err := OpenChip(t.Context(), p.Socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// boot measures what a log says and leaves the log.
func (r *real) boot(t *testing.T) string {
	t.Helper()
	log := tpmtest.Boot()[1:] // swtpm starts in locality 0
	for _, e := range log {
		one := tpmtest.Log{e}.Bytes()
		if err := r.chip.extend(int(e.PCR), one[len(tpmtest.Header())+12+22+2:][:32]); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(r.dir, "boot")
	if err := os.WriteFile(name, log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// enrol gets the certificate of a chip's key.
func (r *real) enrol(t *testing.T, c *Chip) []byte {
	t.Helper()
	a, err := c.Apply(r.maker.Issuer(t))
	if err != nil {
		t.Fatal(err)
	}
	ch, err := r.enroller.Apply(a, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := c.Answer(ch)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := r.enroller.Certify(ch.ID, secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (r *real) device(t *testing.T) *Device {
	t.Helper()
	vault, err := OpenVault(r.chip, filepath.Join(r.dir, "vault"), CounterIndex)
	if err != nil {
		t.Fatal(err)
	}
	ima := filepath.Join(r.dir, "ima")
	more := append([]tpmtest.File{}, files...)
	if err := os.WriteFile(ima, tpmtest.IMA(append(more, tpmtest.File{Path: "/late", Content: "x"})...), 0o600); err != nil {
		t.Fatal(err)
	}
	certificate := r.enrol(t, r.chip)
	d, err := OpenDevice(DeviceConfig{
		Chip: r.chip, Certificates: func(context.Context) ([][]byte, error) { return [][]byte{certificate}, nil }, Boot: r.boot(t), IMA: ima, Events: filepath.Join(r.dir, "events"), Vault: vault,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		sum := tpmtest.IMA(files[i])[4+20+4+6+4:]
		d32 := wire.Sum(sum)
		if err := r.chip.extend(10, d32[:]); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestARealTPMIsEnrolledAndQuotes(t *testing.T) {
	r := newReal(t)
	d := r.device(t)
	if err := d.Measure(Event{KindProgram, wire.Sum([]byte("enclave"))}); err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- d.Serve(context.Background(), theirs) }()
	device := attest.NewDevice(ours)
	data := attest.ReportData{1, 2, 3}
	e, err := device.Evidence(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.scheme.Verify(t.Context(), e, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if said, known := e.Data(); !known || said != c.Data {
		t.Errorf("the contract would read %x, claims say %x", said, c.Data)
	}
	if c.Data != data || c.Modes != 0 || !strings.HasPrefix(c.Hardware, "tpm-") || !strings.HasPrefix(c.Product, "id:00001014 swtpm firmware ") {
		t.Errorf("claims = %+v", c)
	}
	if v, _ := c.TCB.Of("tpm"); v == 0 {
		t.Error("the firmware's version is disguised")
	}
	if last := c.Registers[len(c.Registers)-1]; last.Name != "program" || wire.Digest(last.Value) != wire.Sum([]byte("enclave")) {
		t.Errorf("registers = %v", c.Registers)
	}
	again, err := device.Evidence(t.Context(), attest.ReportData{9})
	if err != nil {
		t.Fatal(err)
	}
	if c2, err := r.scheme.Verify(t.Context(), again, time.Now()); err != nil || c2.Measurement != c.Measurement || c2.Hardware != c.Hardware || len(c2.Guests) != 0 {
		t.Errorf("a second quote: %v", err)
	}
	// Guests are shown and do not change what the machine is.
	guest := wire.Sum([]byte("guest"))
	var all sync.WaitGroup
	for range 4 { // agents side by side run the same
		all.Go(func() {
			if err := d.MeasureGuest(t.Context(), guest); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := device.MeasureGuest(t.Context(), guest); err != nil {
		t.Fatal(err)
	}
	if again, err = device.Evidence(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	if c3, err := r.scheme.Verify(t.Context(), again, time.Now()); err != nil || c3.Measurement != c.Measurement || !slices.Equal(c3.Guests, []wire.Digest{guest}) {
		t.Errorf("after a guest: %+v, %v", c3, err)
	}
	one, err := device.SealingKey(t.Context(), "code cache")
	if err != nil {
		t.Fatal(err)
	}
	same, err := device.SealingKey(t.Context(), "code cache")
	if err != nil || !bytes.Equal(one, same) {
		t.Errorf("the same label: %v", err)
	}
	if other, err := device.SealingKey(t.Context(), "other"); err != nil || bytes.Equal(one, other) {
		t.Errorf("another label: %v", err)
	}
	ours.Close()
	if err := <-done; err != io.EOF && err != io.ErrClosedPipe {
		t.Errorf("Serve = %v", err)
	}

	t.Run("events are taken up again", func(t *testing.T) {
		again, err := OpenDevice(d.cfg)
		if err != nil || len(again.events) != 2 {
			t.Fatalf("OpenDevice = %v", err)
		}
		b, err := os.ReadFile(d.cfg.Events)
		if err != nil {
			t.Fatal(err)
		}
		put := func(events ...Event) {
			l, err := wire.Marshal(eventsLabel, eventList{events})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(d.cfg.Events, l, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		put(d.events[0], d.events[1], Event{KindGuest, wire.Digest{1}}) // written, not measured
		if again, err := OpenDevice(d.cfg); err != nil || len(again.events) != 2 {
			t.Errorf("after a crash: %v", err)
		}
		for _, tt := range []struct {
			name   string
			events []Event
		}{
			{"none", nil}, {"another", []Event{{KindGuest, wire.Digest{1}}}},
			{"two too many", []Event{d.events[0], d.events[1], {KindGuest, wire.Digest{1}}, {KindGuest, wire.Digest{1}}}},
		} {
			put(tt.events...)
			if _, err := OpenDevice(d.cfg); fault.Of(err) != fault.EvidLog {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if err := os.WriteFile(d.cfg.Events, b[1:], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenDevice(d.cfg); fault.Of(err) != fault.EvidLog {
			t.Errorf("a file that does not parse: %v", err)
		}
		if err := os.Remove(d.cfg.Events); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenDevice(d.cfg); fault.Of(err) != fault.EvidLog {
			t.Errorf("no file: %v", err)
		}
	})
}

// case N18 code EVID_CALLER check attest/device.go:Answer
func TestN18ADeviceQuotesTranscriptsOnly(t *testing.T) {
	for _, tt := range []struct {
		name string
		size int
		want string
	}{{"32 bytes", 32, "EVID_CALLER"}, {"none", 0, "EVID_CALLER"}, {"65 bytes", 65, "EVID_CALLER"}, {"twin: 64 bytes reach the TPM", 64, "EVID_COLLATERAL_UNAVAILABLE"}} {
		t.Run(tt.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer ours.Close()
			d := &Device{cfg: DeviceConfig{
				Certificates: func(context.Context) ([][]byte, error) { return nil, nil }, Boot: filepath.Join(t.TempDir(), "none"),
			}}
			go func() { _ = d.Serve(context.Background(), theirs) }()
			if err := attest.WriteDevice(ours, "tacit/device/request", attest.DeviceRequest{Data: make([]byte, tt.size)}); err != nil {
				t.Fatal(err)
			}
			var reply attest.DeviceReply
			if err := attest.ReadDevice(ours, "tacit/device/reply", &reply); err != nil || reply.Code != tt.want {
				t.Errorf("code = %q, want %s (%v)", reply.Code, tt.want, err)
			}
		})
	}
}

// case N13 code EVID_AK check attest/tpm/enroll.go:Certify
func TestN13OnlyTheTPMWithBothKeysIsEnrolled(t *testing.T) {
	r := newReal(t)
	now := time.Now()
	other := openChip(t, r.maker.New(t))
	apply := func(t *testing.T, a attest.Application) attest.Challenge {
		t.Helper()
		ch, err := r.enroller.Apply(a, now)
		if err != nil {
			t.Fatal(err)
		}
		return ch
	}
	a, err := r.chip.Apply(r.maker.Issuer(t))
	if err != nil {
		t.Fatal(err)
	}
	b, err := other.Apply(r.maker.Issuer(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("twin: both keys in one TPM", func(t *testing.T) {
		ch := apply(t, a)
		secret, err := r.chip.Answer(ch)
		if err != nil {
			t.Fatal(err)
		}
		der, err := r.enroller.Certify(ch.ID, secret, now)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil || c.NotAfter.Sub(c.NotBefore) != 30*24*time.Hour || c.Subject.SerialNumber != hex.EncodeToString(nameOf(a.Public)) {
			t.Errorf("certificate of %v, %v", c.Subject, err)
		}
		if _, err := r.enroller.Certify(ch.ID, secret, now); fault.Of(err) != fault.EvidAK {
			t.Errorf("a second time: %v", err)
		}
	})
	t.Run("another TPM's challenge", func(t *testing.T) {
		if _, err := other.Answer(apply(t, a)); fault.Of(err) != fault.EvidAK {
			t.Errorf("Answer = %v", err)
		}
	})
	t.Run("a foreign attestation key", func(t *testing.T) {
		ch := apply(t, attest.Application{Certificates: a.Certificates, Public: b.Public})
		for _, c := range []*Chip{r.chip, other} {
			if _, err := c.Answer(ch); fault.Of(err) != fault.EvidAK {
				t.Errorf("Answer = %v", err)
			}
		}
	})
	t.Run("a guessed secret ends the challenge", func(t *testing.T) {
		ch := apply(t, a)
		if _, err := r.enroller.Certify(ch.ID, make([]byte, 32), now); fault.Of(err) != fault.EvidAK {
			t.Errorf("Certify = %v", err)
		}
		secret, err := r.chip.Answer(ch)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.enroller.Certify(ch.ID, secret, now); fault.Of(err) != fault.EvidAK {
			t.Errorf("Certify after a wrong one = %v", err)
		}
	})
	t.Run("an answer that is late", func(t *testing.T) {
		for _, tt := range []struct {
			late time.Duration
			want fault.Code
		}{{time.Minute, ""}, {time.Minute + 1, fault.EvidAK}} {
			ch := apply(t, a)
			secret, err := r.chip.Answer(ch)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.enroller.Certify(ch.ID, secret, now.Add(tt.late)); err != nil != (tt.want != "") || err != nil && fault.Of(err) != tt.want {
				t.Errorf("after %v: %v", tt.late, err)
			}
		}
	})
	t.Run("a TPM whose maker is not pinned", func(t *testing.T) {
		e, err := NewEnroller(EnrollConfig{Makers: []attest.Root{{Scheme: "tpm", DER: r.ca.Root.Raw}}, Issuer: r.ca.Root, Key: r.ca.Key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Apply(a, now); fault.Of(err) != fault.EvidForged {
			t.Errorf("Apply = %v", err)
		}
	})
	t.Run("a certificate that has not begun", func(t *testing.T) {
		if _, err := r.enroller.Apply(a, now.AddDate(-50, 0, 0)); fault.Of(err) != fault.EvidForged {
			t.Errorf("Apply = %v", err)
		}
	})
	t.Run("an attestation key of another kind", func(t *testing.T) {
		bad := bytes.Clone(a.Public)
		bad[5] ^= 1 // no longer restricted
		if _, err := r.enroller.Apply(attest.Application{Certificates: a.Certificates, Public: bad}, now); fault.Of(err) != fault.EvidAK {
			t.Errorf("Apply = %v", err)
		}
	})
}

// TestOnlyEndorsementKeysAreChallenged meets each check of an endorsement key's
// certificate with one that is signed anew.
func TestOnlyEndorsementKeysAreChallenged(t *testing.T) {
	ca := tpmtest.NewCA(t)
	e, err := NewEnroller(EnrollConfig{Makers: []attest.Root{{Scheme: "tpm", DER: ca.Root.Raw}}, Issuer: ca.Root, Key: ca.Key})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[int]*rsa.PrivateKey{}
	for _, bits := range []int{2048, 3072} {
		if keys[bits], err = rsa.GenerateKey(rand.Reader, bits); err != nil {
			t.Fatal(err)
		}
	}
	soft := tpmtest.NewSoft(t)
	for _, tt := range []struct {
		name   string
		change func(*tpmtest.EK)
		want   fault.Code
	}{
		{"twin: as a maker certifies it", func(*tpmtest.EK) {}, ""},
		{"twin: with a critical name that the library does not read", func(c *tpmtest.EK) { c.Critical("2.5.29.17") }, ""},
		{"with something else that is critical", func(c *tpmtest.EK) { c.Critical("2.5.29.99") }, fault.EvidForged},
		{"of an authority", func(c *tpmtest.EK) { c.Template.IsCA = true }, fault.EvidAK},
		{"for signatures", func(c *tpmtest.EK) { c.Template.KeyUsage = x509.KeyUsageDigitalSignature }, fault.EvidAK},
		{"for another purpose", func(c *tpmtest.EK) { c.Template.UnknownExtKeyUsage = nil }, fault.EvidAK},
		{"of 3072 bits", func(c *tpmtest.EK) { c.Public = keys[3072].Public() }, fault.EvidAK},
		{"of another exponent", func(c *tpmtest.EK) { c.Public = &rsa.PublicKey{N: keys[2048].N, E: 3} }, fault.EvidAK},
		{"of another kind", func(c *tpmtest.EK) { c.Public = soft.Key.Public() }, fault.EvidAK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := tpmtest.NewEK(keys[2048].Public())
			tt.change(c)
			_, err := e.Apply(attest.Application{Certificates: [][]byte{c.Issue(t, ca)}, Public: soft.PublicBytes()}, time.Now())
			if err != nil != (tt.want != "") || err != nil && fault.Of(err) != tt.want {
				t.Errorf("Apply = %v, want %q", err, tt.want)
			}
		})
	}
	good := tpmtest.NewEK(keys[2048].Public()).Issue(t, ca)
	for name, chain := range map[string][][]byte{"none": nil, "six": {good, good, good, good, good, good}, "rubbish": {{1}}} {
		if _, err := e.Apply(attest.Application{Certificates: chain, Public: soft.PublicBytes()}, time.Now()); fault.Of(err) != fault.EvidAK {
			t.Errorf("certificates, %s: %v", name, err)
		}
	}
	if got := len(e.open); got != 2 {
		t.Errorf("%d challenges are open, want 2", got)
	}
	if _, err := e.Apply(attest.Application{Certificates: [][]byte{good}, Public: soft.PublicBytes()}, time.Now().Add(2*time.Minute)); err != nil || len(e.open) != 1 {
		t.Errorf("%d challenges are open after the time of two has passed: %v", len(e.open), err)
	}
	for range applicationsMost - 1 {
		e.open[wire.Digest(randomDigest())] = &application{until: time.Now().Add(time.Hour)}
	}
	if _, err := e.Apply(attest.Application{Certificates: [][]byte{good}, Public: soft.PublicBytes()}, time.Now()); fault.Of(err) != fault.ResBusy {
		t.Errorf("one challenge too many: %v", err)
	}
}

func randomDigest() (d [32]byte) { rand.Read(d[:]); return d }

func TestAnEnrollerNeedsAnAuthority(t *testing.T) {
	ca := tpmtest.NewCA(t)
	soft := tpmtest.NewSoft(t)
	leaf, err := x509.ParseCertificate(ca.Issue(t, soft.Certificate(time.Now()), soft.Key.Public()))
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]EnrollConfig{
		"no key": {Issuer: ca.Root}, "no issuer": {Key: ca.Key}, "no authority": {Issuer: leaf, Key: ca.Key},
		"too long": {Issuer: ca.Root, Key: ca.Key, Validity: 91 * 24 * time.Hour}, "less than nothing": {Issuer: ca.Root, Key: ca.Key, Validity: -1},
		"a root that does not parse": {Issuer: ca.Root, Key: ca.Key, Makers: []attest.Root{{Scheme: "tpm", DER: []byte{1}}}},
	} {
		if _, err := NewEnroller(cfg); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}

// TestASecondOpinionOnQuotes holds our reading of quotes against tpm2-tools.
func TestASecondOpinionOnQuotes(t *testing.T) {
	checkquote, err := exec.LookPath("tpm2_checkquote")
	if err != nil {
		t.Skip("tpm2_checkquote is not here: apt-get install tpm2-tools")
	}
	r := newReal(t)
	extra := bytes.Repeat([]byte{5}, 32)
	got, err := r.chip.quote(extra)
	if err != nil {
		t.Fatal(err)
	}
	key, err := readAK(got.Public)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.key)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(r *report, extra []byte)
		good   bool
	}{
		{"as it was made", func(*report, []byte) {}, true},
		{"another byte in the quote", func(r *report, _ []byte) { r.Quote[60] ^= 1 }, false},
		{"another byte in the signature", func(r *report, _ []byte) { r.Signature[20] ^= 1 }, false},
		{"other qualifying data", func(_ *report, x []byte) { x[0] ^= 1 }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := report{Public: got.Public, Quote: bytes.Clone(got.Quote), Signature: bytes.Clone(got.Signature), Registers: got.Registers}
			x := bytes.Clone(extra)
			tt.change(&q, x)
			read, err := readQuote(q, key)
			ours := err == nil && bytes.Equal(read.extra, x)
			dir := t.TempDir()
			for name, b := range map[string][]byte{"pub.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "quote": q.Quote, "sig": q.Signature} {
				if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(checkquote, "-u", "pub.pem", "-m", "quote", "-s", "sig", "-q", hex.EncodeToString(x), "-g", "sha256")
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if theirs := err == nil; ours != tt.good || theirs != tt.good {
				t.Errorf("we say %v, they say %v, want %v\n%s", ours, theirs, tt.good, out)
			}
		})
	}
}
