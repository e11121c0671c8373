package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/snp/snptest"
	"tacit/fault"
	"tacit/wire"
)

// Evidence of a confidential machine that came without its documents is completed,
// judged by what was kept, and carried to where there is no way out.
func TestAttestCollateral(t *testing.T) {
	snptest.Now = time.Now()
	amd := snptest.New(t, "Genoa")
	asked, down := 0, false
	kds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch {
		case down:
			w.WriteHeader(http.StatusServiceUnavailable)
		case strings.HasSuffix(r.URL.Path, "/cert_chain"):
			_ = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: amd.ASK.Raw})
		case strings.HasSuffix(r.URL.Path, "/crl"):
			_, _ = w.Write(amd.CRL)
		default:
			_, _ = w.Write(amd.VCEK.Raw)
		}
	}))
	defer kds.Close()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	put := func(name string, v any) {
		b, err := json.Marshal(v)
		ok(t, err)
		ok(t, os.WriteFile(path(name), b, 0o600))
	}
	bare := amd.Evidence()
	bare.Collateral = nil
	put("bare.json", bare)
	put("policies.json", attest.PolicySet{Generation: 1, Roots: []attest.Root{amd.Root()}, Policies: []attest.Policy{{
		Role: uint16(tacit.RoleEnclave), Schemes: []string{attest.SchemeSNP}, Level: 4, References: []attest.Reference{{Name: "x", Measurement: wire.Sum([]byte("x")), Manifest: wire.Sum([]byte("m"))}},
		Registry: attest.RegistryOpen, Keys: []string{attest.KeyVCEK}, Statuses: []attest.Status{attest.StatusNotStated}, Minimums: []attest.Minimum{{Scheme: attest.SchemeSNP}},
	}}})
	tpm := attest.Evidence{Scheme: attest.SchemeTPM, Report: []byte("report")}
	put("tpm.json", tpm)
	do := func(exit int, says string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		got := run(context.Background(), append([]string{"--home", path("home")}, args...), &out, &out)
		if got != exit || !strings.Contains(out.String(), says) {
			t.Errorf("tacit %s: exit %d, want %d and %q:\n%s", strings.Join(args, " "), got, exit, says, out.String())
		}
	}
	fetch := []string{"attest", "collateral", path("bare.json"), "--dir", path("kept"), "--amd", kds.URL}
	do(fault.ExitCollateral, "EVID_COLLATERAL_UNAVAILABLE", "attest", "show", path("bare.json"), "--policy", path("policies.json"))
	do(fault.ExitUsage, "--dir", "attest", "collateral", path("bare.json"))
	down = true
	do(fault.ExitCollateral, "503", fetch...)
	down = false
	do(0, "amd/genoa/vcek/crl.der", append(fetch, "--out", path("full.cmw"))...)
	if asked != 6 {
		t.Errorf("the service was asked %d times, want 6", asked)
	}
	do(0, "snp (level 4)", "attest", "show", path("full.cmw"), "--policy", path("policies.json"))
	do(0, "yes, as of", "attest", "show", path("bare.json"), "--policy", path("policies.json"), "--collateral", path("kept"))
	do(fault.ExitAttestation, "EVID_UNLISTED", "attest", "verify", path("bare.json"), "--policy", path("policies.json"), "--collateral", path("kept"))
	do(0, "both say the same", "attest", "diff", path("bare.json"), path("full.cmw"), "--policy", path("policies.json"), "--collateral", path("kept"))
	kds.Close()
	do(0, "until", "attest", "collateral", path("bare.json"), "--dir", path("other"), "--from", path("kept"), "--out", path("carried.json"))
	do(0, "yes, as of", "attest", "show", path("carried.json"), "--policy", path("policies.json"))
	do(0, "needs no documents", "attest", "collateral", path("tpm.json"), "--dir", path("other"))
	do(fault.ExitUsage, "is no folder", "attest", "collateral", path("bare.json"), "--dir", path("other"), "--from", path("bare.json"))
	do(fault.ExitUsage, "is no folder", "attest", "show", path("bare.json"), "--policy", path("policies.json"), "--collateral", path("none"))
	do(fault.ExitUsage, "API_PATH", "attest", "collateral", path("none"), "--dir", path("other"))
}
