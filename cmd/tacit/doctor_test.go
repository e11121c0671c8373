package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacit/attest/tpm/tpmtest"
)

// TestDoctorKnowsTheMachine looks at made-up machines.
func TestDoctorKnowsTheMachine(t *testing.T) {
	root := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	see := func(want string) {
		t.Helper()
		var ok []string
		for _, c := range platforms(t.Context(), root) {
			if c.OK {
				ok = append(ok, c.Name)
			}
			if c.OK == (c.Fix != "") {
				t.Errorf("%s: ok is %v and the fix is %q", c.Name, c.OK, c.Fix)
			}
		}
		if got := strings.Join(ok, ", "); got != want {
			t.Errorf("there is %q, want %q", got, want)
		}
	}
	see("")
	for _, f := range []string{"/dev/sev-guest", "/dev/tdx_guest", "/dev/sgx_enclave", "/dev/attestation/quote", "/sys/kernel/config/tsm/report/x"} {
		put(f, "")
	}
	see("SEV-SNP, TDX, TSM reports, SGX, SGX enclave")
	put("/dev/tpmrm0", "no TPM")
	see("SEV-SNP, TDX, TSM reports, SGX, SGX enclave")

	t.Run("with a TPM", func(t *testing.T) {
		maker := tpmtest.NewMaker(t)
		root = filepath.Join(t.TempDir(), "r")
		if err := os.MkdirAll(filepath.Join(root, "dev"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(maker.New(t).Socket, filepath.Join(root, "dev", "tpmrm0")); err != nil {
			t.Fatal(err)
		}
		const flag = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
		see("TPM, TPM key, TPM bank")
		put("/sys/kernel/security/tpm0/binary_bios_measurements", "log")
		put(flag, "\x06\x00\x00\x00\x00")
		see("TPM, TPM key, TPM bank, boot log")
		put(flag, "\x06\x00\x00\x00\x01")
		see("TPM, TPM key, TPM bank, boot log, Secure Boot")
		for _, c := range platforms(t.Context(), root) {
			if c.Name == "TPM" && !strings.Contains(c.Text, "maker IBM, tpm=") {
				t.Errorf("TPM: %s", c.Text)
			}
		}
	})
}
