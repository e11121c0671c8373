package wall

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"

	"tacit/fault"
)

// nobody is the user that root becomes.
const nobody = 65534

// Start starts path in its own user, mount, net, pid, ipc and uts namespaces,
// without environment, in the folder "/". Where the machine refuses user
// namespaces, root makes the others alone, and Enter takes the child's power
// away. edit completes the command, as with descriptors to inherit; it is
// called for every try. The child is killed when the thread that started it
// ends, so call Start from a goroutine that stays locked to its thread.
//
// Where the machine refuses namespaces, the child is started all the same,
// without; refused then is SANDBOX_PARTIAL with the reason.
func Start(path string, args []string, edit func(*exec.Cmd)) (cmd *exec.Cmd, refused, err error) {
	try := func(attr *syscall.SysProcAttr) error {
		cmd = exec.Command(path, args...)
		cmd.Env = []string{}
		cmd.Dir = "/"
		attr.Pdeathsig = syscall.SIGKILL
		cmd.SysProcAttr = attr
		edit(cmd)
		return cmd.Start()
	}
	attr := namespaced()
	err = try(attr)
	if err != nil && os.Geteuid() == 0 {
		err = try(&syscall.SysProcAttr{Cloneflags: attr.Cloneflags &^ syscall.CLONE_NEWUSER})
	}
	if err != nil {
		refused = fault.New(fault.SandboxPartial, "wall: namespaces: the machine refuses them: %w", err)
		err = try(&syscall.SysProcAttr{})
	}
	if err != nil {
		return nil, refused, fmt.Errorf("wall: start: %w", err)
	}
	return cmd, refused, nil
}

func namespaced() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET |
			syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		// Root of its own namespace until Enter: someone must mount its /proc.
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// Enter puts up the walls around the calling process, for good. It is called
// once, after everything that needs a path or a socket is open. It returns an
// error if Config.Strict is set and a wall is missing; the walls that stand
// then stay.
func Enter(cfg Config) (Report, error) {
	var r Report
	stand := func(wall string, err error) {
		if err != nil {
			r.Missing = append(r.Missing, fmt.Sprintf("%s (%v)", wall, err))
		}
	}
	own := ownProc()
	stand(Namespaces, errors.Join(own, checkNamespaces()))
	stand(Powerless, dropPower(own))
	stand(Undumpable, unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
	stand(Limits, setLimits(cfg))
	closeOnExec(cfg.Keep)
	err := own
	if own == nil {
		r.Landlock, err = denyFiles()
	}
	stand(Landlock, err)
	stand(Seccomp, denyCalls())
	stand(NoNewPrivs, checkNoNewPrivs())
	r.Full = len(r.Missing) == 0
	if cfg.Strict && !r.Full {
		return r, fault.New(fault.SandboxPartial, "wall: enter: no %s", strings.Join(r.Missing, ", no "))
	}
	return r, nil
}

// checkNamespaces looks at what came of Start, from the inside: a flag handed
// over by the parent would prove nothing.
func checkNamespaces() error {
	if os.Getpid() != 1 {
		return errors.New("the process sees those of the host")
	}
	nets, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, n := range nets {
		// Kernels with tunnel modules put their idle devices into every
		// namespace; none of them is up.
		if n.Flags&net.FlagLoopback == 0 && n.Flags&net.FlagUp != 0 {
			return errors.New("there is a network besides loopback")
		}
	}
	return nil
}

// ownProc makes /proc show the namespace of the process. Whatever changes all
// threads of a process with C code finds them there: with the host's /proc,
// it would wait for ever for threads that are not its own.
func ownProc() error {
	if os.Getpid() == 1 {
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err == nil {
			_ = unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "") // judged below
		}
	}
	if seen, err := os.Readlink("/proc/self"); err != nil || seen != strconv.Itoa(os.Getpid()) {
		return errors.New("/proc shows the processes of the host")
	}
	return nil
}

// dropPower makes root nobody, or leaves the root of a user namespace without
// power, in all threads, and checks that no capability is left, however the
// process came by it. own tells whether /proc is that of the process.
func dropPower(own error) error {
	if os.Geteuid() == 0 || os.Getuid() == 0 {
		err := errors.Join(syscall.Setgroups(nil), syscall.Setresgid(nobody, nobody, nobody), syscall.Setresuid(nobody, nobody, nobody))
		if err != nil {
			// Nobody does not exist in a namespace with one user, who is not
			// root outside.
			users, mapErr := os.ReadFile("/proc/self/uid_map")
			if f := strings.Fields(string(users)); mapErr != nil || own != nil || len(f) != 3 || f[2] != "1" {
				return err
			}
			header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
			var none [2]unix.CapUserData
			if _, _, e := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0); e != 0 {
				return e
			}
		}
		// The change of user has cleared what Start asked for.
		if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
			return err
		}
	}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &caps[0]); err != nil {
		return err
	}
	for _, c := range caps {
		if c.Effective|c.Permitted != 0 {
			return errors.New("the process has capabilities")
		}
	}
	return nil
}

func setLimits(cfg Config) error {
	if cfg.Files == 0 {
		cfg.Files = 64
	}
	for _, l := range []struct {
		resource int
		limit    uint64
		always   bool
	}{
		{unix.RLIMIT_CORE, 0, true},
		{unix.RLIMIT_FSIZE, cfg.FileSize, true},
		{unix.RLIMIT_NOFILE, cfg.Files, true},
		{unix.RLIMIT_NPROC, cfg.Processes, false},
		{unix.RLIMIT_AS, cfg.AddressSpace, false},
	} {
		if l.limit == 0 && !l.always {
			continue
		}
		var now unix.Rlimit
		if err := unix.Getrlimit(l.resource, &now); err != nil {
			return err
		}
		most := min(l.limit, now.Max) // what the parent set is never raised
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}

// closeOnExec marks every descriptor but the kept ones. Closing them would take
// those of Go's runtime too.
func closeOnExec(keep []uintptr) {
	from := uint(0)
	all := append([]uintptr{0, 1, 2}, keep...)
	slices.Sort(all)
	for _, fd := range all {
		if uint(fd) > from {
			mark(from, uint(fd)-1)
		}
		from = max(from, uint(fd)+1)
	}
	mark(from, ^uint(0)>>1)
}

// mark falls back to one call for each descriptor on kernels before 5.11.
func mark(first, last uint) {
	last = min(last, 1<<31-1)
	if unix.CloseRange(first, last, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	for fd := first; fd <= min(last, 1<<16); fd++ {
		unix.CloseOnExec(int(fd))
	}
}

// denyFiles denies every path of every file system, and returns the version of
// Landlock that does it. Version 1 denies reading, writing, making, removing
// and executing; later ones add truncation, devices and signals, whose calls
// the filter denies in any case.
func denyFiles() (int, error) {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil {
		return 0, fmt.Errorf("the kernel has none: %w", err)
	}
	if abi < 1 {
		return 0, errors.New("the kernel has none")
	}
	// Best effort means the most that this version knows: without the check
	// above it would mean nothing at all on an old kernel.
	if err := landlock.V7.BestEffort().Restrict(); err != nil {
		return abi, err
	}
	if f, err := os.Open("/"); err == nil {
		f.Close()
		return abi, errors.New("a path can still be opened")
	}
	return abi, nil
}

func checkNoNewPrivs() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	if err == nil && set != 1 {
		err = errors.New("not set")
	}
	return err
}
