package wall

import (
	"os"
	"runtime"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// computing lists the system calls of a process that computes: memory, threads,
// signals, time, and reading and writing of what is open. All others fail with
// EPERM: no path is opened, no socket made or connected, no program started,
// no process traced or signalled, no namespace, key, module or ring made.
var computing = []string{
	// memory; mprotect and mmap stay whole because engines make code
	"brk", "madvise", "membarrier", "mincore", "mlock", "mmap", "mprotect", "mremap", "munlock", "munmap",
	// threads and their sleep
	"exit", "exit_group", "futex", "get_robust_list", "getcpu", "getpid", "gettid", "nanosleep", "clock_nanosleep",
	"restart_syscall", "rseq", "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address",
	// signals to itself
	"rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack",
	"setitimer", "getitimer", "timer_create", "timer_delete", "timer_settime",
	// time and randomness
	"clock_getres", "clock_gettime", "getrandom", "gettimeofday", "getrusage", "sysinfo", "uname",
	// what is open
	"close", "dup", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2", "fcntl", "fstat",
	"lseek", "pipe2", "poll", "ppoll", "pread64", "preadv", "pwrite64", "pwritev", "read", "readv", "shutdown",
	"write", "writev",
	// who am I
	"getegid", "geteuid", "getgid", "getrlimit", "getuid",
}

// narrowed are calls that stay with one use of many.
func narrowed() []seccomp.NameWithConditions {
	only := func(name string, arg uint32, op seccomp.Operation, value uint64) seccomp.NameWithConditions {
		return seccomp.NameWithConditions{Name: name, Conditions: seccomp.ArgumentConditions{{Argument: arg, Operation: op, Value: value}}}
	}
	list := []seccomp.NameWithConditions{
		only("clone", 0, seccomp.BitsSet, unix.CLONE_THREAD), // threads, no processes
		only("tgkill", 0, seccomp.Equal, uint64(os.Getpid())),
		only("prlimit64", 2, seccomp.Equal, 0), // reading a limit
	}
	for _, option := range []uint64{unix.PR_SET_NAME, unix.PR_SET_VMA, unix.PR_GET_DUMPABLE, unix.PR_GET_NO_NEW_PRIVS, unix.PR_GET_SECCOMP} {
		list = append(list, only("prctl", 0, seccomp.Equal, option))
	}
	return list
}

// denyCalls puts the filter on every thread of the process.
func denyCalls() error {
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	var names []string
	for _, n := range computing {
		// Newer architectures lack the older names, and need no rule for them.
		if _, ok := info.SyscallNames[n]; ok {
			names = append(names, n)
		}
	}
	// The thread that sets no-new-privs must be the one that loads the filter,
	// which carries both to all others.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionErrno,
			Syscalls: []seccomp.SyscallGroup{
				{Names: names, NamesWithCondtions: narrowed(), Action: seccomp.ActionAllow},
				// Its flags are in memory that a filter cannot read. Told that the
				// call does not exist, the C library uses clone.
				{Names: []string{"clone3"}, Action: seccomp.Action(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS))},
			},
		},
	})
}
