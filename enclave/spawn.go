package enclave

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"tacit/enclave/wall"
	"tacit/fault"
)

// ChildArg is the one argument of the form in which an agent starts its own
// program again as its child.
const ChildArg = "guest"

// childLink is the child's descriptor of its link to the agent, the only one
// that it gets besides three of /dev/null.
const childLink = 3

// reportMost bounds the child's report on its walls, in bytes; reportWait is
// how long it may take.
const (
	reportMost = 4 << 10
	reportWait = 30 * time.Second
)

// smallest is up to how many bytes garbage may lie in any of these processes.
const smallest = 512 << 20

// collectLate lets these processes, which end after one task, leave garbage
// where it is up to half a GiB: with Go's default they would collect at every
// four megabytes that pass through.
func collectLate() {
	debug.SetGCPercent(1000)
	debug.SetMemoryLimit(smallest)
}

// Inherit takes over a descriptor that this process was started with: no child
// gets it, and closing it ends a Read. The name is for errors.
func Inherit(fd int, name string) (*os.File, error) {
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fault.New(fault.EvidManifest, "start enclave: descriptor %d (%s): %w", fd, name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Spawn starts this program again as the child of an agent, behind walls, and
// waits until it has put them up. What they lack goes to log in one line.
//
// Afterwards this process is closed itself, as Harden says: the kernel lets an
// ordinary user map the child's users only through a process that is not.
func Spawn(log io.Writer) (Child, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return Child{}, fmt.Errorf("start child: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "agent")
	defer theirs.Close()
	mine, err := Inherit(pair[0], "child")
	if err != nil {
		unix.Close(pair[0])
		return Child{}, err
	}
	keepBack()
	var cmd *exec.Cmd
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		// The kernel kills the child when the thread that started it ends,
		// which must therefore be this one's own.
		runtime.LockOSThread()
		var err error
		// What the machine refuses, Enter finds missing.
		cmd, _, err = wall.Start("/proc/self/exe", []string{ChildArg}, func(c *exec.Cmd) { c.ExtraFiles = []*os.File{theirs} })
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		mine.Close()
		return Child{}, fmt.Errorf("start child: %w", err)
	}
	child := Child{
		Conn: mine,
		Kill: func() { _ = cmd.Process.Kill(); mine.Close(); <-ended },
		Limit: func(data uint64) {
			_ = unix.Prlimit(cmd.Process.Pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: data, Max: data}, nil)
		},
	}
	report, err := readReport(mine)
	if err == nil {
		err = Harden()
	}
	if err != nil {
		child.Kill()
		return Child{}, err
	}
	child.Sandbox, _, _ = strings.Cut(report, ":")
	if child.Sandbox != sandboxFull {
		fmt.Fprintf(log, "sandbox: %s\n", report)
	}
	return child, nil
}

// keepBack marks every descriptor above standard error, whoever opened it, so
// that a child gets none that it was not given.
func keepBack() {
	if unix.CloseRange(3, 1<<31-1, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	for fd := 3; fd < 1<<16; fd++ { // kernels before 5.11
		unix.CloseOnExec(fd)
	}
}

// ServeChild is what the child does with the other end: it puts up its walls
// before it reads a byte, tells the agent which stand, and serves it. What an
// engine needs files for, it does in before.
func ServeChild(ctx context.Context, engines Engines, before ...func()) error {
	conn, err := Inherit(childLink, "agent")
	if err != nil {
		return err
	}
	debug.SetTraceback("none")
	collectLate()
	for _, prepare := range before {
		prepare()
	}
	report, err := wall.Enter(wall.Config{Keep: []uintptr{childLink}})
	if err != nil {
		return err
	}
	if err := writeReport(conn, report.String()); err != nil {
		return err
	}
	return RunChild(ctx, conn, engines)
}

// Harden closes this process to debuggers and to whoever reads /proc as the
// same user, and keeps it from leaving a core or a trace with data behind.
func Harden() error {
	debug.SetTraceback("none")
	collectLate()
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("close enclave: no core: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("close enclave: no debugger: %w", err)
	}
	return nil
}

func writeReport(w io.Writer, report string) error {
	report = report[:min(len(report), reportMost)]
	_, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(report))), report...))
	return err
}

func readReport(f *os.File) (string, error) {
	if err := f.SetReadDeadline(time.Now().Add(reportWait)); err != nil {
		return "", fmt.Errorf("read child's report: %w", err)
	}
	var size [2]byte
	if _, err := io.ReadFull(f, size[:]); err != nil {
		return "", fault.New(fault.Internal, "read child's report: it ended or hung before its walls stood: %w", err)
	}
	n := binary.BigEndian.Uint16(size[:])
	if n == 0 || n > reportMost {
		return "", fault.New(fault.ProtoFrame, "read child's report: %d bytes, at most %d", n, reportMost)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(f, text); err != nil {
		return "", fault.New(fault.Internal, "read child's report: %w", err)
	}
	return string(text), f.SetReadDeadline(time.Time{})
}
