package sim

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

const launchLabel = "tacit/sim/launch"

// launchRequest asks the device to measure and start a program. Two
// descriptors come with it: the program's descriptor 3 and its stderr.
type launchRequest struct {
	Path string   `cbor:"1,keyasint"`
	Args []string `cbor:"2,keyasint"`
	Env  []string `cbor:"3,keyasint"`
}

type launchReply struct {
	Code string `cbor:"1,keyasint"` // empty: started
	PID  int    `cbor:"2,keyasint"`
}

// A Device measures programs, starts them and answers their evidence
// requests. On its control socket it starts programs and does nothing else: a
// host that asks there for evidence over data of its own is EVID_CALLER.
type Device struct {
	vendor *Vendor
	socket string

	mu     sync.Mutex // guards what follows
	images map[string]*image
}

// image is a sealed copy of a program's file and its measurement. What runs is
// the copy, so a file that changes after it was measured changes nothing.
type image struct {
	file        *os.File
	measurement wire.Digest
	stamp       string // of the file it was copied from
}

// NewDevice serves the chip of a vendor on a unix socket; it starts nothing.
func NewDevice(vendor *Vendor, socket string) *Device {
	return &Device{vendor: vendor, socket: socket, images: map[string]*image{}}
}

// Run serves until ctx ends; every program it started then ends too.
func (d *Device) Run(ctx context.Context) error {
	_ = os.Remove(d.socket)
	if err := os.MkdirAll(filepath.Dir(d.socket), 0o700); err != nil {
		return fmt.Errorf("serve evidence device: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: d.socket, Net: "unix"})
	if err != nil {
		return fmt.Errorf("serve evidence device: %w", err)
	}
	if err := os.Chmod(d.socket, 0o600); err != nil {
		l.Close()
		return fmt.Errorf("serve evidence device: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("serve evidence device: %w", err)
		}
		wg.Go(func() { d.serve(ctx, c) })
	}
}

// serve starts one program and stays with it: it ends with the connection, and
// the connection with it.
func (d *Device) serve(ctx context.Context, c *net.UnixConn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	// The kernel kills the program when the thread that started it ends, which
	// must therefore be this one's own.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	req, files, err := receive(c)
	defer closeAll(files)
	if err != nil {
		_ = attest.WriteDevice(c, launchLabel, launchReply{Code: string(fault.Of(err))})
		return
	}
	img, err := d.load(req.Path)
	if err != nil {
		_ = attest.WriteDevice(c, launchLabel, launchReply{Code: string(fault.Of(err))})
		return
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		_ = attest.WriteDevice(c, launchLabel, launchReply{Code: string(fault.Internal)})
		return
	}
	// Only a non-blocking descriptor's Close ends a Read, so that nobody whom
	// the program left behind is answered after its end.
	err = unix.SetNonblock(pair[0], true)
	mine, theirs := os.NewFile(uintptr(pair[0]), "device"), os.NewFile(uintptr(pair[1]), "device")
	defer mine.Close()
	if err != nil {
		theirs.Close()
		_ = attest.WriteDevice(c, launchLabel, launchReply{Code: string(fault.Internal)})
		return
	}
	cmd := exec.Command(fmt.Sprintf("/proc/self/fd/%d", img.file.Fd()))
	// What the manifest does not name is the same for every program: its name
	// for itself, its folder, and no standard input or output.
	cmd.Args = append([]string{"program"}, req.Args...)
	cmd.Env = append([]string{}, req.Env...)
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{files[0], theirs}
	cmd.Stderr = files[1]
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	closeOnExec()
	if err := cmd.Start(); err != nil {
		theirs.Close()
		_ = attest.WriteDevice(c, launchLabel, launchReply{Code: string(fault.Internal)})
		return
	}
	theirs.Close()
	closeAll(files)
	// gofail: var deviceStarted struct{}
	kill := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	stop := context.AfterFunc(ctx, kill)
	defer stop()
	if err := attest.WriteDevice(c, launchLabel, launchReply{PID: cmd.Process.Pid}); err != nil {
		kill()
	}
	manifest := ManifestOf(req.Args, req.Env)
	go func() {
		_ = attest.ServeDevice(mine, func(r attest.DeviceRequest) (attest.DeviceReply, error) {
			return attest.Answer(ctx, platform{d.vendor, img.measurement, manifest}, r)
		})
	}()
	go func() {
		// The starter holds the program by this connection.
		_, _ = io.Copy(io.Discard, c)
		kill()
	}()
	_ = cmd.Wait()
	kill() // what the program left behind in its group
}

// platform is the device to one program that it started.
type platform struct {
	vendor                *Vendor
	measurement, manifest wire.Digest
}

func (p platform) Evidence(_ context.Context, data attest.ReportData) (attest.Evidence, error) {
	// gofail: var deviceEvidence struct{}
	return p.vendor.Quote(p.measurement, p.manifest, data)
}

func (p platform) SealingKey(_ context.Context, label string) ([]byte, error) {
	return p.vendor.SealingKey(p.measurement, label)
}

// MeasureGuest does nothing: a simulated environment is one process, for one task.
func (p platform) MeasureGuest(context.Context, wire.Digest) error { return nil }

// load copies a program into sealed memory once and measures the copy.
func (d *Device) load(path string) (*image, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0) // a pipe must not hold the device up
	if err != nil {
		return nil, fault.New(fault.APIPath, "measure program: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.New(fault.APIPath, "measure program %s: not a plain file", path)
	}
	stat := info.Sys().(*syscall.Stat_t)
	stamp := fmt.Sprint(stat.Dev, stat.Ino, info.Size(), info.ModTime().UnixNano(), stat.Ctim.Nano())
	d.mu.Lock()
	defer d.mu.Unlock()
	if img, ok := d.images[path]; ok && img.stamp == stamp {
		return img, nil
	}
	fd, err := unix.MemfdCreate("tacit-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("measure program: %w", err)
	}
	// Above the descriptors that a program is given, which would take its place
	// before it is executed.
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 64)
	unix.Close(fd)
	if err != nil {
		return nil, fmt.Errorf("measure program: %w", err)
	}
	fd = high
	img := &image{file: os.NewFile(uintptr(fd), "image"), stamp: stamp}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(img.file, h), f); err != nil {
		img.file.Close()
		return nil, fmt.Errorf("measure program: %w", err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL); err != nil {
		img.file.Close()
		return nil, fmt.Errorf("seal program: %w", err)
	}
	h.Sum(img.measurement[:0])
	d.images[path] = img
	return img, nil
}

// Measure is the measurement that a device gives a program's file.
func Measure(path string) (wire.Digest, error) {
	f, err := os.Open(path)
	if err != nil {
		return wire.Digest{}, fault.New(fault.APIPath, "measure program: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return wire.Digest{}, fmt.Errorf("measure program: %w", err)
	}
	return wire.Digest(h.Sum(nil)), nil
}

// A Program is one that a device started.
type Program struct {
	// PID is its process.
	PID  int
	conn *net.UnixConn
	done chan struct{}
}

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Kill ends the program; Done says when that has happened.
func (p *Program) Kill() { _ = p.conn.CloseWrite() }

// Start asks the device behind a socket to measure and start a program with
// input as its descriptor 3 and stderr as its standard error. It ends when
// Kill is called, this process ends or the device does.
func Start(socket, path string, args, env []string, input, stderr *os.File) (*Program, error) {
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, fault.New(fault.EvidUnavailable, "reach evidence device: %w", err)
	}
	// Descriptors first, on a byte of their own, then the request.
	rights := unix.UnixRights(int(input.Fd()), int(stderr.Fd()))
	if _, _, err := c.WriteMsgUnix([]byte{1}, rights, nil); err != nil {
		c.Close()
		return nil, fault.New(fault.EvidUnavailable, "ask evidence device to start %s: %w", filepath.Base(path), err)
	}
	if err := attest.WriteDevice(c, launchLabel, launchRequest{path, args, env}); err != nil {
		c.Close()
		return nil, fault.New(fault.EvidUnavailable, "ask evidence device to start %s: %w", filepath.Base(path), err)
	}
	var reply launchReply
	if err := attest.ReadDevice(c, launchLabel, &reply); err != nil {
		c.Close()
		return nil, fault.New(fault.EvidUnavailable, "ask evidence device to start %s: %w", filepath.Base(path), err)
	}
	if reply.Code != "" {
		c.Close()
		return nil, fault.New(fault.Parse(reply.Code), "ask evidence device to start %s: refused", filepath.Base(path))
	}
	p := &Program{PID: reply.PID, conn: c, done: make(chan struct{})}
	go func() {
		_, _ = io.Copy(io.Discard, c)
		c.Close()
		close(p.done)
	}()
	return p, nil
}

// receive reads a launch request and its two descriptors. Anything else on the
// control socket is EVID_CALLER.
func receive(c *net.UnixConn) (launchRequest, []*os.File, error) {
	var req launchRequest
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return req, nil, err
	}
	one, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(2*4))
	_, n, _, _, err := c.ReadMsgUnix(one, oob)
	if err != nil {
		return req, nil, fault.New(fault.EvidCaller, "serve evidence device: %w", err)
	}
	var files []*os.File
	if msgs, err := unix.ParseSocketControlMessage(oob[:n]); err == nil && len(msgs) == 1 {
		fds, err := unix.ParseUnixRights(&msgs[0])
		if err == nil {
			for _, fd := range fds {
				unix.CloseOnExec(fd)
				files = append(files, os.NewFile(uintptr(fd), "passed"))
			}
		}
	}
	if len(files) != 2 || one[0] != 1 {
		return req, files, fault.New(fault.EvidCaller, "serve evidence device: the control socket only starts programs")
	}
	if err := attest.ReadDevice(c, launchLabel, &req); err != nil {
		return req, files, fault.New(fault.EvidCaller, "serve evidence device: the control socket only starts programs")
	}
	return req, files, errors.Join(c.SetReadDeadline(time.Time{}))
}

// closeOnExec keeps from the program what this process inherited itself or what
// a library opened carelessly; descriptors are no part of the manifest.
func closeOnExec() {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range list {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
