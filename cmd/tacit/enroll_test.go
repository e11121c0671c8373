package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/cmd/internal/certfile"
	"tacit/fault"
)

// served is a command that runs until it is stopped.
type served struct {
	stop context.CancelFunc
	exit chan int

	mu  sync.Mutex // guards what follows
	out bytes.Buffer
}

func (s *served) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *served) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// serve starts an enroller and returns its address.
func serve(t *testing.T, args ...string) (*served, string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &served{stop: cancel, exit: make(chan int, 1)}
	go func() { s.exit <- run(ctx, append([]string{"attest", "enroller", "serve"}, args...), s, s) }()
	t.Cleanup(cancel)
	for range 500 {
		if _, rest, found := strings.Cut(s.text(), "enroller at "); found {
			if address, _, found := strings.Cut(rest, ","); found {
				return s, address
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it does not serve: %s", s.text())
	return nil, ""
}

// A user makes an authority, serves it and has a TPM certified; a network that pins
// the root believes the certificate. The commands are those of docs/machine.md, word
// for word but for the port and the TPM.
func TestATPMIsEnrolledByCommands(t *testing.T) {
	page, err := os.ReadFile("../../docs/machine.md")
	ok(t, err)
	var shown [][]string
	for _, m := range documented.FindAllStringSubmatch(string(page), -1) {
		if line := strings.TrimSpace(m[1]); strings.HasPrefix(line, "tacit attest enrol") {
			if elsewhere[line] == "" {
				t.Errorf("%q is not known to be run here", line)
			}
			shown = append(shown, strings.Fields(line)[1:])
		}
	}
	if len(shown) != 3 {
		t.Fatalf("the page shows %v", shown)
	}
	maker := tpmtest.NewMaker(t)
	p := maker.New(t)
	boot := p.Boot(t)
	t.Chdir(t.TempDir())
	t.Setenv("TACIT_HOME", "home")
	ok(t, certfile.Write("maker.pem", maker.Root(t)))
	ok(t, certfile.Write("between.pem", maker.Issuer(t)))
	ok(t, os.WriteFile("between.der", maker.Issuer(t), 0o600))
	do := func(exit int, says string, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		got := run(t.Context(), args, &out, &out)
		if got != exit || !strings.Contains(out.String(), says) || exit != 0 && !strings.Contains(out.String(), "next  ") {
			t.Errorf("tacit %s: exit %d, want %d and %q:\n%s", strings.Join(args, " "), got, exit, says, out.String())
		}
		return out.String()
	}
	made := do(0, `{"scheme":"tpm","der":"`, shown[0]...)
	do(fault.ExitUsage, "there already", "attest", "enroller", "init")
	do(0, `"root":{"scheme":"tpm"`, "attest", "enroller", "init", "--dir", "other", "--name", "Enroller of Acme", "-o", "json")
	key, err := os.ReadFile("authority.key")
	ok(t, err)
	if secret := strings.Split(string(key), "\n")[1]; strings.Contains(made, secret) || secret == "" {
		t.Error("the key was printed")
	}
	enrolled := func(address string, args ...string) []string {
		return append([]string{"attest", "enrol", address, "--tpm", p.Socket}, args...)
	}
	s, address := serve(t, append(shown[1][3:], "--listen", "127.0.0.1:0")...)
	do(0, "is certified until", enrolled(address, shown[2][3:]...)...)
	first, err := os.ReadFile("ak.pem")
	ok(t, err)
	do(0, `"tpm":"tpm-`, enrolled(address, "--between", "between.der", "-o", "json")...)
	if second, err := os.ReadFile("ak.pem"); err != nil || bytes.Equal(first, second) {
		t.Errorf("it was not certified anew: %v", err)
	}
	do(fault.ExitAttestation, "EVID_FORGED", enrolled(address)...) // nothing between
	ok(t, os.WriteFile("notes.txt", []byte("notes"), 0o600))
	do(fault.ExitUsage, "what is there stays", enrolled(address, "--between", "between.pem", "--out", "notes.txt")...)
	for _, line := range []string{"certified", "tpm=tpm-", "refused", "code=EVID_FORGED", "key=000b"} {
		if !strings.Contains(s.text(), line) {
			t.Errorf("the log lacks %q:\n%s", line, s.text())
		}
	}
	if n := strings.Count(s.text(), "\n"); n != 5 {
		t.Errorf("%d lines, want that of the start and one for each of 4 requests:\n%s", n, s.text())
	}
	s.stop()
	if exit := <-s.exit; exit != 0 {
		t.Errorf("stopped with %d: %s", exit, s.text())
	}
	do(fault.ExitCollateral, "EVID_COLLATERAL_UNAVAILABLE", enrolled(address, "--between", "between.pem")...)
	if after, err := certfile.Read("ak.pem"); err != nil || len(after) != 1 {
		t.Errorf("what was there: %d, %v", len(after), err)
	}

	t.Run("a network that pins the root believes it", func(t *testing.T) {
		chip, err := tpm.OpenChip(t.Context(), p.Socket)
		ok(t, err)
		defer chip.Close()
		d, err := tpm.OpenDevice(tpm.DeviceConfig{Chip: chip, Certificates: func(context.Context) ([][]byte, error) { return certfile.Read("ak.pem") }, Boot: boot, Events: filepath.Join(t.TempDir(), "events")})
		ok(t, err)
		e, err := d.Evidence(t.Context(), attest.ReportData{1})
		ok(t, err)
		for dir, code := range map[string]fault.Code{".": "", "other": fault.EvidForged} {
			root, err := certfile.Read(filepath.Join(dir, "authority.pem"))
			ok(t, err)
			scheme, err := tpm.NewScheme([]attest.Root{{Scheme: attest.SchemeTPM, DER: root[0]}})
			ok(t, err)
			if _, err := scheme.Verify(t.Context(), e, time.Now()); (err == nil) != (code == "") || err != nil && fault.Of(err) != code {
				t.Errorf("pinned %s: %v, want %q", dir, err, code)
			}
		}
	})
	t.Run("without a maker nobody is certified", func(t *testing.T) {
		s, address := serve(t, "--listen", "127.0.0.1:0", "--dir", "other")
		do(fault.ExitAttestation, "not lead to a pinned maker", enrolled(address, "--between", "between.pem")...)
		s.stop()
		<-s.exit
	})
}

func TestEnrollersThatAreNotStarted(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TACIT_HOME", "home")
	var out bytes.Buffer
	if exit := run(t.Context(), []string{"attest", "enroller", "init"}, &out, &out); exit != 0 {
		t.Fatal(out.String())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer l.Close()
	ok(t, os.WriteFile("none.pem", []byte("text"), 0o600))
	for _, tt := range []struct {
		name string
		mode os.FileMode
		args []string
		want string // part of what it says; none, and it runs
	}{
		{"twin: as it should be", 0o600, nil, ""},
		{"a key that others may read", 0o640, nil, "chmod 600"},
		{"an address in use", 0o600, []string{"--listen", l.Addr().String()}, "--listen"},
		{"no authority", 0o600, []string{"--dir", "none"}, "tacit attest enroller init"},
		{"a maker who is not there", 0o600, []string{"--maker", "missing.pem"}, "missing.pem"},
		{"a maker who is none", 0o600, []string{"--maker", "none.pem"}, "none.pem"},
		{"a key for a maker", 0o600, []string{"--maker", "authority.key"}, "PRIVATE KEY"},
		{"for no time", 0o600, []string{"--validity", "0s"}, "--validity"},
		{"for too long", 0o600, []string{"--validity", "2161h"}, "at most"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ok(t, os.Chmod("authority.key", tt.mode))
			if tt.want == "" {
				s, _ := serve(t, "--listen", "127.0.0.1:0")
				s.stop()
				if exit := <-s.exit; exit != 0 {
					t.Errorf("exit %d: %s", exit, s.text())
				}
				return
			}
			var out bytes.Buffer
			short, stop := context.WithTimeout(t.Context(), 10*time.Second)
			defer stop()
			exit := run(short, append([]string{"attest", "enroller", "serve"}, append([]string{"--listen", "127.0.0.1:0"}, tt.args...)...), &out, &out)
			if exit != fault.ExitUsage || !strings.Contains(out.String(), tt.want) || strings.Contains(out.String(), "MIG") {
				t.Errorf("exit %d, want %d with %q: %s", exit, fault.ExitUsage, tt.want, out.String())
			}
		})
	}
	for _, args := range [][]string{{"localhost"}, {"http://127.0.0.1:1", "--between", "none.pem"}, {}} {
		var out bytes.Buffer
		if exit := run(t.Context(), append([]string{"attest", "enrol"}, args...), &out, &out); exit != fault.ExitUsage {
			t.Errorf("enrol %v: exit %d: %s", args, exit, out.String())
		}
	}
	out.Reset()
	if exit := run(t.Context(), []string{"attest", "enrol", "http://127.0.0.1:1", "--tpm", "none"}, &out, &out); exit != fault.ExitCollateral || !strings.Contains(out.String(), "open TPM none") {
		t.Errorf("no TPM: exit %d: %s", exit, out.String())
	}
}
