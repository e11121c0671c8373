package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tacit/attest/tpm"
)

// platforms says which platforms this machine offers, each with what to fix.
// Files are looked for below root.
func platforms(ctx context.Context, root string) []check {
	at := func(name string) string { return filepath.Join(root, name) }
	first := func(names ...string) string {
		for _, n := range names {
			if _, err := os.Stat(at(n)); err == nil {
				return n
			}
		}
		return ""
	}
	device := func(name, fix string, paths ...string) check {
		found := first(paths...)
		if found == "" {
			return check{Name: name, Text: strings.Join(paths, ", ") + ": not there", Fix: fix}
		}
		f, err := os.Open(at(found))
		if err != nil {
			return check{Name: name, Text: found + " cannot be opened", Fix: "let this user open " + found}
		}
		f.Close()
		return check{Name: name, OK: true, Text: found}
	}
	list := []check{
		device("SEV-SNP", "level 4 needs a confidential VM", "/dev/sev-guest"),
		device("TDX", "level 4 needs a confidential VM", "/dev/tdx_guest"),
		device("TSM reports", "in a confidential VM: Linux 6.7 or newer, modprobe tsm, mount -t configfs none /sys/kernel/config", "/sys/kernel/config/tsm/report"),
		device("SGX", "level 5 needs SGX with DCAP", "/dev/sgx_enclave"),
		device("SGX enclave", "inside an enclave of Gramine or Occlum only", "/dev/attestation"),
	}
	list = append(list, examineTPM(ctx, root, first)...)
	return list
}

// examineTPM looks at the TPM, and at what its evidence needs besides.
func examineTPM(ctx context.Context, root string, first func(...string) string) []check {
	path := first("/dev/tpmrm0", "/dev/tpm0")
	if path == "" {
		return []check{{Name: "TPM", Text: "/dev/tpmrm0 is not there", Fix: "level 3 needs a TPM 2.0: switch it on in the firmware's settings"}}
	}
	chip, err := tpm.OpenChip(ctx, filepath.Join(root, path))
	if err != nil {
		return []check{{Name: "TPM", Text: path + " cannot be opened", Fix: "add this user to the group tss"}}
	}
	defer chip.Close()
	a, err := chip.About()
	if err != nil {
		return []check{{Name: "TPM", Text: path + " does not answer as a TPM 2.0", Fix: "end what holds it, or use a TPM 2.0"}}
	}
	list := []check{
		{Name: "TPM", OK: true, Text: path + ", maker " + a.Maker + ", " + a.Firmware},
		{Name: "TPM key", OK: slices.Contains(a.Certificates, "RSA-2048"), Text: "certificates of endorsement keys: " + orNone(strings.Join(a.Certificates, ", "))},
		{Name: "TPM bank", OK: a.SHA256, Text: "SHA-256 registers"},
	}
	list[1].Fix = fixIf(!list[1].OK, "an enroller wants the RSA-2048 certificate: get it from the TPM's maker")
	list[2].Fix = fixIf(!a.SHA256, "switch the SHA-256 bank on in the firmware's settings")
	const log = "/sys/kernel/security/tpm0/binary_bios_measurements"
	b, err := os.ReadFile(filepath.Join(root, log))
	list = append(list, check{Name: "boot log", OK: err == nil && len(b) > 0, Text: log, Fix: fixIf(err != nil || len(b) == 0, "boot by UEFI, mount securityfs, and read it as root")})
	v, err := os.ReadFile(filepath.Join(root, "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"))
	on := err == nil && len(v) == 5 && v[4] == 1
	text := "the firmware says on"
	if !on {
		text = "the firmware says off, or nothing"
	}
	return append(list, check{Name: "Secure Boot", OK: on, Text: text, Fix: fixIf(!on, "enrol keys and switch Secure Boot on; evidence shows open-boot until then")})
}
