package daemon

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/cmd/internal/certfile"
	"tacit/cmd/internal/hardware"
	"tacit/enclave/machine"
	"tacit/enroll"
	"tacit/fault"
	"tacit/wire"
)

// A machine with a TPM asks its host, the host asks an enroller, and what comes back
// is what the network believes. The next ask finds it in the host's folder.
func TestAMachineIsEnrolledThroughItsHost(t *testing.T) {
	maker, authority, dir := tpmtest.NewMaker(t), tpmtest.NewCA(t), t.TempDir()
	p := maker.New(t)
	boot := p.Boot(t)
	chip, err := tpm.OpenChip(t.Context(), p.Socket)
	ok(t, err)
	t.Cleanup(func() { chip.Close() })
	enroller, err := tpm.NewEnroller(tpm.EnrollConfig{Makers: []attest.Root{{Scheme: attest.SchemeTPM, DER: maker.Root(t)}}, Issuer: authority.Root, Key: authority.Key})
	ok(t, err)
	s := httptest.NewServer(enroll.NewHandler(enroller, slog.New(slog.DiscardHandler)))
	defer s.Close()
	between := filepath.Join(dir, "between.pem")
	ok(t, certfile.Write(between, maker.Issuer(t)))
	e := Endorse{Port: filepath.Join(dir, "port"), Enroller: s.URL, Between: between}
	schemes, err := hardware.Schemes([]attest.Root{{Scheme: attest.SchemeTPM, DER: authority.Root.Raw}})
	ok(t, err)
	l, err := net.Listen("unix", e.Port)
	ok(t, err)
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	end, err := e.start(ctx, schemes, dir, slog.New(slog.DiscardHandler))
	ok(t, err)
	t.Cleanup(func() { cancel(); end() })
	c, err := l.Accept()
	ok(t, err)
	defer c.Close()
	endorser := machine.NewEndorser("")
	subject := machine.Subject{TPM: tpm.Prover{Chip: chip}, Probe: func(context.Context) (attest.Evidence, error) { return attest.Evidence{Scheme: attest.SchemeTPM}, nil }}
	ok(t, endorser.Ask(t.Context(), c, subject))
	device, err := tpm.OpenDevice(tpm.DeviceConfig{Chip: chip, Certificates: endorser.Certificates, Boot: boot, Events: filepath.Join(dir, "events")})
	ok(t, err)
	evidence, err := device.Evidence(t.Context(), attest.ReportData{1})
	ok(t, err)
	if _, err := schemes.Verify(t.Context(), evidence, time.Now()); err != nil {
		t.Errorf("the machine's evidence: %v", err)
	}
	kept, err := certfile.Read(filepath.Join(dir, "ak.pem"))
	ok(t, err)
	s.Close()
	ok(t, endorser.Ask(t.Context(), c, subject))
	if again, err := endorser.Certificates(t.Context()); err != nil || len(again) != 1 || !bytes.Equal(again[0], kept[0]) {
		t.Errorf("without the enroller: %d certificates, %v", len(again), err)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// issuer is an enroller that certifies a soft TPM, unless it is down.
type issuer struct {
	ca    *tpmtest.CA
	next  []byte
	asked int
	down  bool
}

func newIssuer(t *testing.T, s *tpmtest.Soft) *issuer {
	t.Helper()
	ca := tpmtest.NewCA(t)
	return &issuer{ca: ca, next: ca.Issue(t, s.Certificate(time.Now().Add(-time.Hour)), s.Key.Public())}
}

func (i *issuer) Apply(attest.Application, time.Time) (attest.Challenge, error) {
	i.asked++
	if i.down {
		return attest.Challenge{}, fault.New(fault.ResBusy, "down")
	}
	return attest.Challenge{ID: wire.Digest{1}}, nil
}

func (i *issuer) Certify(wire.Digest, []byte, time.Time) ([]byte, error) { return i.next, nil }

// machineOf is a machine whose TPM is a soft one.
type machineOf struct{ *tpmtest.Soft }

func (m machineOf) Apply(context.Context) (attest.Application, error) {
	return attest.Application{Certificates: [][]byte{[]byte("endorsement key")}, Public: m.PublicBytes()}, nil
}
func (machineOf) Answer(context.Context, attest.Challenge) ([]byte, error) { return nil, nil }

// A certificate is renewed in the last third of its time; while it is in force and of
// the machine's key it is given, whatever the enroller does.
func TestWhenAMachineIsEnrolledAnew(t *testing.T) {
	const day = 24 * time.Hour // of 30
	ours, other := tpmtest.NewSoft(t), tpmtest.NewSoft(t)
	for _, tt := range []struct {
		name  string
		kept  *tpmtest.Soft // whose certificate the file holds
		age   time.Duration
		down  bool
		asked int
		old   bool // it is what is given
		code  fault.Code
	}{
		{"twin: nothing is kept", nil, 0, false, 1, false, ""},
		{"nothing is kept, and no enroller", nil, 0, true, 1, false, fault.ResBusy},
		{"twin: more than a third is left", ours, 19 * day, false, 0, true, ""},
		{"more than a third is left, and no enroller", ours, 19 * day, true, 0, true, ""},
		{"less than a third is left", ours, 21 * day, false, 1, false, ""},
		{"less than a third is left, and no enroller", ours, 21 * day, true, 1, true, ""},
		{"the last day, and no enroller", ours, 30*day - time.Minute, true, 1, true, ""},
		{"it ended", ours, 30*day + time.Minute, false, 1, false, ""},
		{"it ended, and no enroller", ours, 30*day + time.Minute, true, 1, false, fault.ResBusy},
		{"it has not begun, and no enroller", ours, -time.Hour, true, 1, false, fault.ResBusy},
		{"it is another TPM's", other, day, false, 1, false, ""},
		{"it is another TPM's, and no enroller", other, day, true, 1, false, fault.ResBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := newIssuer(t, ours)
			i.down = tt.down
			s := httptest.NewServer(enroll.NewHandler(i, slog.New(slog.DiscardHandler)))
			defer s.Close()
			file := filepath.Join(t.TempDir(), "ak.pem")
			var old []byte
			if tt.kept != nil {
				old = i.ca.Issue(t, tt.kept.Certificate(time.Now().Add(-tt.age)), tt.kept.Key.Public())
				ok(t, certfile.Write(file, old))
			}
			n, err := newEnrolment(Endorse{Enroller: s.URL, Key: file}, slog.New(slog.DiscardHandler))
			ok(t, err)
			for range 3 { // an enroller that does not certify is left alone for a while
				chain, err := n.certificates(t.Context(), machineOf{ours})
				if (err == nil) != (tt.code == "") || err != nil && fault.Of(err) != tt.code {
					t.Fatalf("error = %v, want %q", err, tt.code)
				}
				if err != nil {
					continue
				}
				if given := bytes.Equal(chain[0], old); given != tt.old {
					t.Errorf("the kept one is given: %v, want %v", given, tt.old)
				}
				if in, err := certfile.Read(file); err != nil || !bytes.Equal(in[0], chain[0]) {
					t.Errorf("the file holds another: %v", err)
				}
			}
			if i.asked != tt.asked {
				t.Errorf("the enroller was asked %d times, want %d", i.asked, tt.asked)
			}
		})
	}
}

// What an operator put where the certificate should be is not written over, and a
// machine gets its certificate all the same.
func TestAFileOfAnotherKindStays(t *testing.T) {
	ours := tpmtest.NewSoft(t)
	i := newIssuer(t, ours)
	s := httptest.NewServer(enroll.NewHandler(i, slog.New(slog.DiscardHandler)))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "node.key")
	ok(t, os.WriteFile(file, []byte("secret"), 0o600))
	n, err := newEnrolment(Endorse{Enroller: s.URL, Key: file}, slog.New(slog.DiscardHandler))
	ok(t, err)
	if chain, err := n.certificates(t.Context(), machineOf{ours}); err != nil || len(chain) != 1 {
		t.Errorf("%d certificates, %v", len(chain), err)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "secret" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

func TestConfigurationsOfAnEnrollerThatAreRefused(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	dir := t.TempDir()
	for _, tt := range []struct {
		name string
		e    Endorse
		code fault.Code
	}{
		{"twin: one that is away", Endorse{Enroller: down.URL, Port: filepath.Join(dir, "port")}, ""},
		{"no address", Endorse{Enroller: "enroller.example"}, fault.APIField},
		{"no certificates between", Endorse{Enroller: down.URL, Between: filepath.Join(dir, "none")}, fault.APIPath},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			end, err := tt.e.start(ctx, nil, dir, slog.New(slog.DiscardHandler))
			cancel()
			if err == nil {
				end()
			}
			if (err == nil) != (tt.code == "") || err != nil && fault.Of(err) != tt.code {
				t.Errorf("start = %v, want %q", err, tt.code)
			}
		})
	}
}
