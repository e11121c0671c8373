package daemon

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/snp/snptest"
	"tacit/cmd/internal/hardware"
	"tacit/collateral"
	"tacit/enclave/machine"
	"tacit/fault"
)

// A machine of SEV-SNP behind a socket gets its vendor's documents, one with a TPM
// the file that its enroller gave.
func TestAMachineIsEndorsedByItsHost(t *testing.T) {
	snptest.Now = time.Now()
	amd := snptest.New(t, "Genoa")
	kds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch base := "/vcek/v1/Genoa/"; r.URL.Path {
		case base + hex.EncodeToString(amd.Chip[:]):
			_, _ = w.Write(amd.VCEK.Raw)
		case base + "cert_chain":
			_ = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: amd.ASK.Raw})
		case base + "crl":
			_, _ = w.Write(amd.CRL)
		default:
			http.NotFound(w, r)
		}
	}))
	defer kds.Close()
	dir := t.TempDir()
	key := filepath.Join(dir, "key.pem")
	e := Endorse{Port: filepath.Join(dir, "port"), Key: key, AMD: kds.URL}
	schemes, err := hardware.Schemes([]attest.Root{amd.Root()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", e.Port)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	end, err := e.start(t.Context(), schemes, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(probe attest.Evidence) [][]byte {
		t.Helper()
		e := machine.NewEndorser("")
		s := machine.Subject{Probe: func(context.Context) (attest.Evidence, error) { return probe, nil }}
		if err := e.Ask(t.Context(), c, s); errors.Is(err, fault.EvidUnavailable) {
			return nil
		} else if err != nil {
			t.Fatal(err)
		}
		chain, err := e.Certificates(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return chain
	}
	probe := amd.Evidence()
	probe.Collateral = nil
	full := attest.Evidence{Scheme: probe.Scheme, Report: probe.Report, Collateral: ask(probe)}
	if _, err := schemes.Verify(t.Context(), full, time.Now()); err != nil {
		t.Errorf("with what the host found: %v", err)
	}
	if got := ask(attest.Evidence{Scheme: attest.SchemeTPM}); len(got) != 0 {
		t.Errorf("a TPM without certificates: %q", got)
	}
	var text bytes.Buffer
	for _, c := range []string{"key", "between"} {
		_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: []byte(c)})
	}
	if err := os.WriteFile(key, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(attest.Evidence{Scheme: attest.SchemeTPM}); len(got) != 2 || string(got[0]) != "key" || string(got[1]) != "between" {
		t.Errorf("a TPM: %q", got)
	}
}

func TestWhatAMachineCannotBeEndorsedBy(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fault.Code{filepath.Join(dir, "none"): fault.APIPath, empty: fault.APIField, "": fault.APIField} {
		if _, err := (Endorse{Key: name}).find(t.Context(), nil, nil, &machine.Visit{Probe: attest.Evidence{Scheme: attest.SchemeTPM}}); fault.Of(err) != want {
			t.Errorf("certificates in %s: %v, want %s", name, err, want)
		}
	}
	if _, _, err := (Endorse{From: empty}).source(); fault.Of(err) != fault.APIPath {
		t.Errorf("documents in a file: %v", err)
	}
	now := time.Now()
	if got := left(nil, now); got != 0 {
		t.Errorf("nothing has %v left", got)
	}
	if got := left([]collateral.Held{{Until: now.Add(time.Hour)}, {Until: now.Add(time.Minute)}}, now); got != time.Minute {
		t.Errorf("left = %v, want a minute", got)
	}
}
