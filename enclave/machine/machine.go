// Package machine is the first process of a machine that boots measured: all of
// user space there is this program. It mounts what a kernel offers, loads the
// drivers that came with it, owns the evidence device, and keeps one agent on
// each port to the host, each with a process and a sandboxed child of its own.
//
// The host sees the ports only. It can close one, which ends the agent on it, and
// gets a new one, without keys.
package machine

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// Modules is the folder of the first file system with the kernel's drivers; its
// file "order" names them in the order in which they are loaded.
const Modules = "/modules"

// PortPrefix is how the names of the ports to the host begin (virtio-serial).
const PortPrefix = "tacit."

// Boot makes the machine usable. It is called once, by process 1.
func Boot() error {
	for _, m := range []struct {
		path, kind string
		flags      uintptr
	}{
		{"/proc", "proc", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"/sys", "sysfs", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"/dev", "devtmpfs", unix.MS_NOSUID | unix.MS_NOEXEC},
		{"/sys/kernel/security", "securityfs", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"/run", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"/tmp", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV},
	} {
		if err := os.MkdirAll(m.path, 0o755); err != nil {
			return fmt.Errorf("boot: %w", err)
		}
		if err := unix.Mount(m.kind, m.path, m.kind, m.flags, ""); err != nil && !errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("boot: mount %s: %w", m.path, err)
		}
	}
	if err := loadModules(Modules); err != nil {
		return err
	}
	// Only a confidential machine needs it, and not every kernel has it.
	if _, err := os.Stat("/sys/kernel/config"); err == nil {
		_ = unix.Mount("configfs", "/sys/kernel/config", "configfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	}
	return nil
}

func loadModules(dir string) error {
	order, err := os.ReadFile(filepath.Join(dir, "order"))
	if errors.Is(err, os.ErrNotExist) {
		return nil // all of them are built in
	}
	if err != nil {
		return fmt.Errorf("boot: %w", err)
	}
	for name := range strings.FieldsSeq(string(order)) {
		f, err := os.Open(filepath.Join(dir, filepath.Base(name)))
		if err != nil {
			return fmt.Errorf("boot: %w", err)
		}
		err = unix.FinitModule(int(f.Fd()), "", 0)
		f.Close()
		if err != nil && !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.ENODEV) { // another platform's
			return fmt.Errorf("boot: load %s: %w", name, err)
		}
	}
	return nil
}

// Ports waits for the ports to the host and returns their devices by name. They
// come one after the other; that of the certificates is the last. Without it
// after the time it is EVID_COLLATERAL_UNAVAILABLE.
func Ports(ctx context.Context, wait time.Duration) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		ports, err := portsOf("/sys/class/virtio-ports", "/dev")
		if _, all := ports[CertificatesPort]; err != nil || all {
			return ports, err
		}
		select {
		case <-ctx.Done():
			return nil, fault.New(fault.EvidUnavailable, "find ports to the host: the machine has none that is named %s", CertificatesPort)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func portsOf(class, dev string) (map[string]string, error) {
	names, err := filepath.Glob(filepath.Join(class, "*", "name"))
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, file := range names {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("find ports to the host: %w", err)
		}
		if name := strings.TrimSpace(string(b)); strings.HasPrefix(name, PortPrefix) {
			found[name] = filepath.Join(dev, filepath.Base(filepath.Dir(file)))
		}
	}
	return found, nil
}

// Config says what Serve needs.
type Config struct {
	Ports  []string // devices
	Device Device
	Log    io.Writer
}

// A Device is the platform's, as the machine holds it.
type Device interface {
	attest.Attester
	MeasureGuest(ctx context.Context, guest wire.Digest) error
}

// platform is what the agents of this boot get answers of. Sealing keys end with
// the boot: the machine keeps nothing over a restart, so neither need they.
type platform struct {
	Device
	boot []byte
}

func (p platform) SealingKey(_ context.Context, label string) ([]byte, error) {
	return hkdf.Key(sha256.New, p.boot, nil, "tacit/machine/seal/"+label, sha256.Size)
}

// Serve keeps an agent on every port until ctx ends.
func Serve(ctx context.Context, cfg Config) error {
	if cfg.Device == nil || len(cfg.Ports) == 0 {
		return fault.New(fault.EvidUnavailable, "serve enclaves: the machine has no device, or no ports to the host")
	}
	s := &server{cfg: cfg, reap: newReaper(), secret: make([]byte, sha256.Size)}
	rand.Read(s.secret)
	var wg sync.WaitGroup
	errs := make([]error, len(cfg.Ports))
	for i, port := range cfg.Ports {
		wg.Go(func() { errs[i] = s.port(ctx, port) })
	}
	go s.reap.run(ctx)
	wg.Wait()
	return errors.Join(errs...)
}

type server struct {
	cfg    Config
	reap   *reaper
	secret []byte // of this boot
}

// port runs one agent after the other on a port.
func (s *server) port(ctx context.Context, port string) error {
	fd, err := unix.Open(port, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open port to the host: %w", err)
	}
	defer unix.Close(fd)
	wait := func(d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	for ctx.Err() == nil {
		if !connected(fd) {
			wait(20 * time.Millisecond)
			continue
		}
		began := time.Now()
		if err := s.agent(ctx, fd); err != nil {
			fmt.Fprintf(s.cfg.Log, "agent on %s: %v\n", filepath.Base(port), err)
		}
		if time.Since(began) < 100*time.Millisecond {
			wait(time.Second) // what ends at once must not fill the machine
		}
	}
	return ctx.Err()
}

// connected reports whether somebody on the host holds the port.
func connected(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLOUT}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 1 && fds[0].Revents&(unix.POLLHUP|unix.POLLERR) == 0
}

// agent starts this program as an agent with the port as its link to the worker
// and a device of its own, and returns when it has ended.
func (s *server) agent(ctx context.Context, port int) error {
	drain(port)
	if _, err := unix.Write(port, []byte(tacit.PortHello)); err != nil {
		return fmt.Errorf("greet the host: %w", err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	// Only a non-blocking descriptor's Close ends a Read.
	if err := unix.SetNonblock(pair[0], true); err != nil {
		unix.Close(pair[0])
		unix.Close(pair[1])
		return err
	}
	mine := os.NewFile(uintptr(pair[0]), "device")
	defer mine.Close()
	ended, kill, err := s.reap.start("/proc/self/exe", []int{-1, -1, 2, port, pair[1]})
	unix.Close(pair[1])
	if err != nil {
		return err
	}
	go func() {
		_ = attest.ServeDevice(mine, func(r attest.DeviceRequest) (attest.DeviceReply, error) {
			reply, err := attest.Answer(ctx, platform{s.cfg.Device, s.secret}, r)
			if err != nil { // the agent hears a code only
				fmt.Fprintf(s.cfg.Log, "device: %v\n", err)
			}
			return reply, err
		})
	}()
	defer context.AfterFunc(ctx, kill)()
	return <-ended
}

// drain throws away what a host said to an agent that has ended.
func drain(fd int) {
	var buf [4096]byte
	for {
		if n, err := unix.Read(fd, buf[:]); err != nil || n <= 0 {
			return
		}
	}
}
