package image

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"tacit/fault"
)

// Firmware is where Debian and Ubuntu install the UEFI firmware that verifies what
// it boots (package ovmf).
const Firmware = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"

// An Emulator says what to boot in QEMU with a TPM of swtpm. Everything is the
// host's: what it protects from the host is what a TPM protects, when the TPM is
// real.
type Emulator struct {
	Image     string   // the signed unified kernel image
	Variables string   // the firmware's variable store; a copy is used
	TPM       string   // folder of the state of swtpm, which is started on it
	Dir       string   // of this boot: sockets and the console's log
	Ports     []string // names of the ports to the host
	Memory    int      // MiB [1024]
}

// Socket is where a port of the machine is reached.
func (e Emulator) Socket(port string) string { return filepath.Join(e.Dir, port) }

// Console is the file with what the machine says.
func (e Emulator) Console() string { return filepath.Join(e.Dir, "console.log") }

// Run boots the machine and returns when it has stopped, or ctx ends.
func (e Emulator) Run(ctx context.Context) error {
	const op = "boot measured machine"
	if e.Memory == 0 {
		e.Memory = 1024
	}
	for _, p := range []string{"qemu-system-x86_64", "swtpm"} {
		if _, err := exec.LookPath(p); err != nil {
			return fault.New(fault.EvidUnavailable, "%s: %s is not installed; type: apt-get install qemu-system-x86 ovmf swtpm", op, p)
		}
	}
	if err := os.MkdirAll(e.Dir, 0o700); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	vars := filepath.Join(e.Dir, "vars.fd")
	if err := copyFile(vars, e.Variables); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	control := filepath.Join(e.Dir, "tpm")
	_ = os.Remove(control) // of an earlier boot
	tpm := exec.CommandContext(ctx, "swtpm", "socket", "--tpm2", "--tpmstate", "dir="+e.TPM, "--ctrl", "type=unixio,path="+control, "--flags", "startup-clear")
	if err := tpm.Start(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	defer func() { cancel(); _ = tpm.Wait() }()
	if err := waitFor(ctx, control); err != nil {
		return fmt.Errorf("%s: its TPM: %w", op, err)
	}
	// Secure Boot needs the firmware's variables to be out of the system's reach,
	// which is what system management mode is for; KVM on many hosts has none.
	args := []string{
		"-accel", "tcg", "-machine", "q35,smm=on", "-cpu", "max", "-m", strconv.Itoa(e.Memory), "-smp", "1",
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-global", "driver=cfi.pflash01,property=secure,value=on",
		"-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + Firmware,
		"-drive", "if=pflash,format=raw,unit=1,file=" + vars,
		"-chardev", "socket,id=tpm,path=" + control, "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm0",
		"-device", "virtio-serial-pci,max_ports=" + strconv.Itoa(len(e.Ports)+1),
		"-serial", "file:" + e.Console(), "-kernel", e.Image,
	}
	for i, p := range e.Ports {
		args = append(args, "-chardev", fmt.Sprintf("socket,id=p%d,path=%s,server=on,wait=off", i, e.Socket(p)),
			"-device", fmt.Sprintf("virtserialport,chardev=p%d,name=%s", i, p))
	}
	machine := exec.CommandContext(ctx, "qemu-system-x86_64", args...)
	said, err := machine.CombinedOutput()
	if err != nil && ctx.Err() == nil {
		return fault.New(fault.EvidUnavailable, "%s: %w: %s", op, err, said)
	}
	return ctx.Err()
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// waitFor waits until a file is there.
func waitFor(ctx context.Context, path string) error {
	for {
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}
