package wall

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"golang.org/x/sys/unix"

	"tacit/fault"
)

// The test binary is its own child: its first argument then says what the
// child does, with or without walls.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "child" {
		child(os.Args[2], len(os.Args) > 3 && os.Args[3] == "walls")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child prints one line per attempt: its name, and "ok" or the error.
func child(what string, walls bool) {
	say := func(name string, err error) {
		if err == nil {
			fmt.Printf("%s: ok\n", name)
			return
		}
		fmt.Printf("%s: %v\n", name, err)
	}
	// Whatever the attempts need is looked up before the walls stand.
	file, _ := os.CreateTemp("", "wall")
	if file != nil {
		os.Remove(file.Name())
	}
	if walls {
		r, err := Enter(Config{Strict: what == "strict"})
		say("enter", err)
		fmt.Printf("report: %v\n", r)
	}
	switch what {
	case "strict":
	case "attempts":
		attempts(say, file)
	case "wasm":
		say("wasm", wasm())
	case "wait":
		fmt.Println("ready")
		var b [1]byte
		os.Stdin.Read(b[:])
	}
}

// sys makes a raw system call on whatever arguments: a wall must refuse it
// before it looks at them.
func sys(nr uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, e := syscall.Syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]); e != 0 {
		return e
	}
	return nil
}

func attempts(say func(string, error), file *os.File) {
	_, err := os.ReadFile("/etc/passwd")
	say("read a file", err)
	_, err = os.ReadDir("/")
	say("list a folder", err)
	made, err := os.CreateTemp("", "wall")
	if err == nil {
		os.Remove(made.Name())
	}
	say("make a file", err)
	_, err = os.Stat("/etc/passwd")
	say("look at a file", err)
	_, err = os.ReadFile("/proc/self/environ")
	say("read /proc", err)
	if file != nil {
		_, err = file.Write([]byte("x"))
		say("write an open file", err)
	}
	_, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	say("internet socket", err)
	_, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	say("unix socket", err)
	_, err = net.Dial("tcp", "127.0.0.1:1")
	say("dial", err)
	say("start a program", exec.Command("/bin/true").Run())
	path := []byte("/bin/true\x00")
	say("execve", sysUnless(unix.SYS_EXECVE, uintptr(unsafe.Pointer(&path[0]))))
	say("ptrace", sys(unix.SYS_PTRACE, unix.PTRACE_TRACEME))
	say("process_vm_readv", sys(unix.SYS_PROCESS_VM_READV, uintptr(os.Getppid())))
	say("unshare", unix.Unshare(unix.CLONE_NEWUSER))
	say("mount", unix.Mount("none", "/", "tmpfs", 0, ""))
	say("bpf", sys(unix.SYS_BPF, 0))
	say("keyctl", sys(unix.SYS_KEYCTL, 0))
	say("perf_event_open", sys(unix.SYS_PERF_EVENT_OPEN, 0))
	say("io_uring_setup", sys(unix.SYS_IO_URING_SETUP, 1))
	say("open_by_handle_at", sys(unix.SYS_OPEN_BY_HANDLE_AT, 0))
	say("userfaultfd", sys(unix.SYS_USERFAULTFD, 0))
	say("memfd_create", sys(unix.SYS_MEMFD_CREATE, uintptr(unsafe.Pointer(&path[0]))))
	say("kill the parent", unix.Kill(os.Getppid(), 0))
	say("become dumpable", unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0))
	say("raise a limit", unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}))
	say("fork", sys(unix.SYS_CLONE, uintptr(unix.SIGCHLD)|unix.CLONE_NEWUSER))

	fmt.Printf("user: %d %d\n", os.Getuid(), os.Geteuid())
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	fmt.Printf("dumpable: %d %v\n", dumpable, err)
	var core unix.Rlimit
	err = unix.Getrlimit(unix.RLIMIT_CORE, &core)
	fmt.Printf("core: %d %v\n", core.Max, err)
	done := make(chan bool)
	for range 20 { // more threads than there are
		go func() {
			runtime.LockOSThread()
			done <- true
		}()
	}
	for range 20 {
		<-done
	}
	fmt.Println("threads: ok")
}

// sysUnless makes a call that would replace the process if it worked, so it is
// only made where a filter is on.
func sysUnless(nr uintptr, args ...uintptr) error {
	on, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0)
	if err != nil || on == 0 {
		return nil
	}
	return sys(nr, args...)
}

// wasm compiles and runs a guest that also traps by a signal.
func wasm() error {
	code, err := wasmtime.Wat2Wasm(`(module (memory 1)
		(func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
		(func (export "out") (result i32) (i32.load (i32.const 0x7fffffff))))`)
	if err != nil {
		return err
	}
	engine := wasmtime.NewEngine()
	module, err := wasmtime.NewModule(engine, code)
	if err != nil {
		return err
	}
	store := wasmtime.NewStore(engine)
	instance, err := wasmtime.NewInstance(store, module, nil)
	if err != nil {
		return err
	}
	sum, err := instance.GetFunc(store, "add").Call(store, 40, 2)
	if err != nil || sum != int32(42) {
		return fmt.Errorf("add = %v, %w", sum, err)
	}
	var trap *wasmtime.Trap
	if _, err = instance.GetFunc(store, "out").Call(store); !errors.As(err, &trap) || *trap.Code() != wasmtime.MemoryOutOfBounds {
		return fmt.Errorf("load outside = %w", err)
	}
	return nil
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// lines runs a command and returns what it said by name.
func lines(t *testing.T, cmd *exec.Cmd) map[string]string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return ended(t, cmd, &out, &errs)
}

// walled starts this program behind namespaces, as far as the machine allows
// them, and returns what it said.
func walled(t *testing.T, args ...string) (said map[string]string, refused error) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var out, errs bytes.Buffer
	cmd, refused, err := Start(self(t), args, func(c *exec.Cmd) { c.Stdout, c.Stderr = &out, &errs })
	if err != nil {
		t.Fatal(err)
	}
	return ended(t, cmd, &out, &errs), refused
}

func ended(t *testing.T, cmd *exec.Cmd, out, errs *bytes.Buffer) map[string]string {
	t.Helper()
	stuck := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer stuck.Stop()
	err := cmd.Wait()
	text := out.Bytes()
	if err != nil {
		t.Fatalf("child: %v\n%s%s", err, text, errs.Bytes())
	}
	said := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		said[name] = value
	}
	return said
}

// bare starts a child without namespaces.
func bare(t *testing.T, args ...string) *exec.Cmd {
	return exec.Command(self(t), args...)
}

// case N93 code - check enclave/wall/wall_linux.go:Enter
func TestN93NothingGetsThroughTheWalls(t *testing.T) {
	with := lines(t, bare(t, "child", "attempts", "walls"))
	without := lines(t, bare(t, "child", "attempts"))
	if with["enter"] != "ok" {
		t.Fatalf("enter: %s", with["enter"])
	}
	if strings.Contains(with["report"], Seccomp) || strings.Contains(with["report"], Landlock) {
		t.Skipf("this machine lacks walls: %s", with["report"])
	}
	for _, name := range []string{
		"read a file", "list a folder", "make a file", "look at a file", "read /proc", "write an open file",
		"internet socket", "unix socket", "dial", "start a program", "execve", "ptrace", "process_vm_readv",
		"unshare", "mount", "bpf", "keyctl", "perf_event_open", "io_uring_setup", "open_by_handle_at",
		"userfaultfd", "memfd_create", "kill the parent", "become dumpable", "raise a limit", "fork",
	} {
		got, ok := with[name]
		if !ok || got == "ok" {
			t.Errorf("%s: %q behind the walls", name, got)
		}
		refused := strings.Contains(got, "operation not permitted") || strings.Contains(got, "permission denied") ||
			name == "write an open file" && strings.Contains(got, "file too large")
		if !refused {
			t.Errorf("%s: %q, want a refusal", name, got)
		}
	}
	if with["dumpable"] != "0 <nil>" || with["core"] != "0 <nil>" || with["threads"] != "ok" {
		t.Errorf("dumpable %s, core %s, threads %s", with["dumpable"], with["core"], with["threads"])
	}
	if strings.HasPrefix(with["user"], "0 ") {
		t.Errorf("the child is still root: %s", with["user"])
	}
	for _, name := range []string{"read a file", "list a folder", "make a file", "look at a file", "write an open file",
		"internet socket", "unix socket", "start a program", "become dumpable", "kill the parent"} {
		if without[name] != "ok" {
			t.Errorf("twin: %s without walls: %q", name, without[name])
		}
	}
	if without["dumpable"] != "1 <nil>" {
		t.Errorf("twin: dumpable without walls: %s", without["dumpable"])
	}
}

// case N93 code SANDBOX_PARTIAL check enclave/wall/wall_linux.go:checkNamespaces
func TestN93MissingWallsAreReported(t *testing.T) {
	// Without Start there are no namespaces, and that is said.
	said := lines(t, bare(t, "child", "attempts", "walls"))
	if !strings.HasPrefix(said["report"], "partial: no "+Namespaces) {
		t.Errorf("report = %q", said["report"])
	}
	said = lines(t, bare(t, "child", "strict", "walls"))
	if !strings.HasPrefix(said["enter"], string(fault.SandboxPartial)) {
		t.Errorf("strict: enter = %q, want %s", said["enter"], fault.SandboxPartial)
	}
	t.Run("twin: with all walls", func(t *testing.T) {
		said, refused := walled(t, "child", "strict", "walls")
		if refused != nil {
			if fault.Of(refused) != fault.SandboxPartial {
				t.Fatalf("Start = %v", refused)
			}
			t.Skipf("this machine refuses namespaces: %v", refused)
		}
		if said["enter"] != "ok" || said["report"] != "full" {
			t.Errorf("enter = %q, report = %q", said["enter"], said["report"])
		}
	})
}

func TestEngineWorksBehindTheWalls(t *testing.T) {
	said, refused := walled(t, "child", "wasm", "walls")
	if said["enter"] != "ok" || said["wasm"] != "ok" {
		t.Errorf("enter = %q, wasm = %q", said["enter"], said["wasm"])
	}
	if refused == nil && said["report"] != "full" {
		t.Errorf("report = %q", said["report"])
	}
}

// case N93 code - check enclave/wall/wall_linux.go:Undumpable
func TestN93AnotherProcessOfTheUserSeesNothing(t *testing.T) {
	look := func(walls ...string) error {
		cmd := bare(t, append([]string{"child", "wait"}, walls...)...)
		attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if os.Getuid() == 0 {
			// Root may look into everything; the case is about equals.
			attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
			cmd.Path = readable(t)
		}
		cmd.SysProcAttr = attr
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out := &waiter{want: "ready", seen: make(chan bool)}
		cmd.Stdout = out
		cmd.Dir = "/"
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		defer in.Close()
		select {
		case <-out.seen:
		case <-time.After(30 * time.Second):
			t.Fatal("the child did not get ready")
		}
		dd := exec.Command("dd", "if=/proc/"+strconv.Itoa(cmd.Process.Pid)+"/environ", "count=1")
		dd.SysProcAttr = &syscall.SysProcAttr{Credential: attr.Credential}
		text, err := dd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, text)
		}
		return err
	}
	if err := look("walls"); err == nil || !strings.Contains(strings.ToLower(err.Error()), "permission denied") {
		t.Errorf("reading /proc of a child behind walls = %v", err)
	}
	if err := look(); err != nil {
		t.Errorf("twin: reading /proc of a child without walls = %v", err)
	}
}

// readable copies the test binary to where every user can start it.
func readable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "wall")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "child")
	b, err := os.ReadFile(self(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path, b, 0o755), os.Chmod(dir, 0o755), os.Chmod(path, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

// A waiter closes seen when what is written to it contains want.
type waiter struct {
	want string
	got  []byte
	seen chan bool
	done bool
}

func (w *waiter) Write(p []byte) (int, error) {
	w.got = append(w.got, p...)
	if !w.done && bytes.Contains(w.got, []byte(w.want)) {
		w.done = true
		close(w.seen)
	}
	return len(p), nil
}

func TestReportSaysWhatIsMissing(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Report
		want string
	}{
		{"nothing", Report{Full: true}, "full"},
		{"two walls", Report{Missing: []string{Landlock, Seccomp}}, "partial: no landlock, no seccomp"},
		{"a report never made", Report{}, "partial: Enter was not called"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.r.String(); got != tt.want {
				t.Errorf("String = %q, want %q", got, tt.want)
			}
		})
	}
}

func BenchmarkSpawnAndEnter(b *testing.B) {
	path, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cmd, _, err := Start(path, []string{"child", "none", "walls"}, func(*exec.Cmd) {})
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}
