package ort

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	runtime "github.com/yalue/onnxruntime_go"
	"golang.org/x/sys/unix"

	"tacit/fault"
)

//go:embed all:library
var library embed.FS

// Carried reports whether this program has the runtime in itself.
func Carried() bool {
	_, err := fs.Stat(library, libraryFile)
	return err == nil
}

const libraryFile = "library/libonnxruntime.so.1"

// The runtime of a process: there is one, and it stays.
var process struct {
	mu      sync.Mutex // guards what follows
	up      bool
	err     error
	limit   int64 // of the arena that is registered, 0 if none is
	session int   // that are open
}

// Start brings the runtime up, once for the process; it needs to open files and is called
// before walls. It fails with INFER_RUNTIME.
func Start() error {
	process.mu.Lock()
	defer process.mu.Unlock()
	if !process.up && process.err == nil {
		process.err = start(library)
		process.up = process.err == nil
	}
	return process.err
}

func start(from fs.FS) error {
	code, err := fs.ReadFile(from, libraryFile)
	if err != nil {
		return fault.New(fault.InferRuntime, "infer: start ONNX Runtime: this program was built without it; build it with 'make onnxruntime dev'")
	}
	name, err := sealed(code)
	if err != nil {
		return fault.New(fault.InferRuntime, "infer: start ONNX Runtime: put it into memory: %w", err)
	}
	defer unix.Close(name)
	runtime.SetSharedLibraryPath(fmt.Sprintf("/proc/self/fd/%d", name))
	// It would write to standard error what tensors hold.
	if err := runtime.InitializeEnvironment(runtime.WithLogLevelFatal()); err != nil {
		return fault.New(fault.InferRuntime, "infer: start ONNX Runtime: %s; it needs glibc 2.28 or newer and libstdc++", strings.TrimSpace(err.Error()))
	}
	if err := runtime.DisableTelemetry(); err != nil {
		return fault.New(fault.InferRuntime, "infer: start ONNX Runtime: its telemetry does not go off")
	}
	return nil
}

// sealed is a file in memory that nobody can change any more.
func sealed(data []byte) (int, error) {
	fd, err := unix.MemfdCreate("runtime", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, err
	}
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if err != nil {
			unix.Close(fd)
			return -1, err
		}
		data = data[n:]
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Version is that of the runtime once it was started.
func Version() string { return runtime.GetVersion() }

// arena has sessions share one arena of at most so many bytes. The limit is that of the
// first session which is open; process.mu is held.
func arena(limit int64) error {
	if process.session++; process.session > 1 {
		return nil
	}
	where, err := runtime.GetMemoryInfo()
	if err != nil {
		return err
	}
	if process.limit != 0 {
		if err := runtime.UnregisterAllocator(where); err != nil {
			return err
		}
		process.limit = 0
	}
	cfg, err := runtime.NewArenaCfg(int(limit), sameAsRequested, -1, -1)
	if err != nil {
		return err
	}
	defer cfg.Destroy()
	if err := runtime.CreateAndRegisterAllocator(where, cfg); err != nil {
		return err
	}
	process.limit = limit
	return nil
}

// sameAsRequested has the arena grow by what is needed instead of doubling.
const sameAsRequested = 1
