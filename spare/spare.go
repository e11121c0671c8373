// Package spare tells whether this process has enough left of what its machine
// allows it to take in new work.
//
// Who runs out of descriptors, memory or processes fails wherever it happens to
// be, also in work that it promised to end. So what comes in asks here first, and
// is refused while there is still something left for what is in hand. The limits
// are those that stand at that moment: rlimits, Go's own memory limit and, with
// version 2 of control groups, those of the process's group. What cannot be read
// bounds nothing.
package spare

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tacit/fault"
)

// A look is good for so long: under a flood a process must not spend its time
// looking.
const lookEvery = 10 * time.Millisecond

// An eighth of each limit is kept for what is in hand, and of descriptors at
// least leastFiles: a task and its connections need about ten.
const (
	keep       = 8
	leastFiles = 16
)

// A Spare looks after this process. The zero value is ready.
type Spare struct {
	mu   sync.Mutex // guards what follows
	when time.Time
	err  error
}

// Room is RES_BUSY if new work should be refused. It takes microseconds, and a
// hundred or so for a look.
func (s *Spare) Room() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.when.IsZero() || time.Since(s.when) > lookEvery {
		s.err, s.when = look("/"), time.Now()
	}
	return s.err
}

// Short reports whether an error says that the machine gave no more descriptors,
// memory, processes or room on its disk.
func Short(err error) bool {
	for _, e := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EAGAIN, syscall.ENOBUFS, syscall.ENOSPC, syscall.EDQUOT} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// look compares what is used with what is allowed; root is where proc and sys
// are.
func look(root string) error {
	for _, r := range []struct {
		what  string
		state func(root string) (used, limit, kept uint64)
	}{{"open files", files}, {"memory of the process", memory}, {"memory", collected}, {"memory of the group", groupMemory}, {"processes of the group", groupProcesses}} {
		if used, limit, kept := r.state(root); used > limit-min(kept, limit) {
			return fault.Denied(fault.ResBusy, "take in new work", r.what, "at most "+strconv.FormatUint(limit-min(kept, limit), 10)+" of "+strconv.FormatUint(limit, 10), strconv.FormatUint(used, 10))
		}
	}
	return nil
}

// none is a state that bounds nothing.
const none = math.MaxUint64

func files(root string) (used, limit, kept uint64) {
	limit = rlimit(unix.RLIMIT_NOFILE)
	list, err := os.ReadDir(filepath.Join(root, "proc/self/fd"))
	switch {
	case Short(err):
		return limit, limit, 1
	case err != nil || limit == none:
		return 0, none, 0
	}
	return uint64(len(list)) - 1, limit, max(leastFiles, limit/keep) // but for the folder itself
}

// memory holds the process's sizes against rlimits, past which Go ends it.
func memory(root string) (used, limit, kept uint64) {
	b, err := os.ReadFile(filepath.Join(root, "proc/self/statm"))
	pages := strings.Fields(string(b))
	if err != nil || len(pages) < 6 {
		return 0, none, 0
	}
	page := uint64(os.Getpagesize())
	limit = none
	left := uint64(none)
	for _, r := range []struct{ resource, field int }{{unix.RLIMIT_AS, 0}, {unix.RLIMIT_DATA, 5}} {
		n, err := strconv.ParseUint(pages[r.field], 10, 64)
		most := rlimit(r.resource)
		if err != nil || most == none {
			continue
		}
		if free := most - min(most, n*page); free < left {
			left, used, limit = free, n*page, most
		}
	}
	return used, limit, limit / keep
}

func rlimit(resource int) uint64 {
	var l unix.Rlimit
	if unix.Getrlimit(resource, &l) != nil {
		return none
	}
	return l.Cur // RLIM_INFINITY is none
}

// collected holds what Go's collector found in use against its limit (GOMEMLIMIT).
func collected(string) (used, limit, kept uint64) {
	most := debug.SetMemoryLimit(-1)
	if most == math.MaxInt64 {
		return 0, none, 0
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0, none, 0
	}
	return sample[0].Value.Uint64(), uint64(most), uint64(most) / keep
}

func groupMemory(root string) (used, limit, kept uint64) {
	used, limit, kept = group(root, "memory")
	b, err := os.ReadFile(filepath.Join(groupOf(root), "memory.stat"))
	if err != nil {
		return used, limit, kept
	}
	for line := range strings.Lines(string(b)) {
		if name, n, _ := strings.Cut(strings.TrimSpace(line), " "); name == "inactive_file" { // given back when asked
			cache, _ := strconv.ParseUint(n, 10, 64)
			used -= min(used, cache)
		}
	}
	return used, limit, kept
}

func groupProcesses(root string) (used, limit, kept uint64) { return group(root, "pids") }

// group reads one controller of the process's control group.
func group(root, controller string) (used, limit, kept uint64) {
	dir := groupOf(root)
	read := func(name string) (uint64, bool) {
		b, err := os.ReadFile(filepath.Join(dir, controller+name))
		n, bad := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
		return n, err == nil && bad == nil // "max" is no number
	}
	limit, ok := read(".max")
	if used, found := read(".current"); ok && found {
		return used, limit, limit / keep
	}
	return 0, none, 0
}

func groupOf(root string) string {
	b, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			return filepath.Join(root, "sys/fs/cgroup", path)
		}
	}
	return ""
}
