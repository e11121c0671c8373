package spare

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tacit/fault"
)

// limit sets a soft limit of this process for the test.
func limit(t *testing.T, resource int, to uint64) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Getrlimit(resource, &was); err != nil {
		t.Fatal(err)
	}
	now := unix.Rlimit{Cur: min(to, was.Max), Max: was.Max}
	if err := unix.Setrlimit(resource, &now); err != nil {
		t.Skipf("the limit cannot be set here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Setrlimit(resource, &was) })
}

func open(t *testing.T) uint64 {
	used, _, _ := files("/")
	return used
}

// case N88 code RES_BUSY check spare/spare.go:look
func TestN88WhatIsLeftDecides(t *testing.T) {
	tree := func(t *testing.T, files map[string]string) string {
		root := t.TempDir()
		for name, text := range files {
			path := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return root
	}
	group := func(kind, most, now string) map[string]string {
		return map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/" + kind + ".max": most, "sys/fs/cgroup/a/b/" + kind + ".current": now}
	}
	page := uint64(os.Getpagesize())
	statm := func(pages uint64) map[string]string {
		return map[string]string{"proc/self/statm": fmt.Sprintf("%d 1 1 1 0 %d 0\n", pages, pages)}
	}
	for _, tt := range []struct {
		name string
		make func(t *testing.T) (root string)
		want fault.Code
	}{
		{"twin: this process as it is", func(*testing.T) string { return "/" }, ""},
		{"few descriptors left", func(t *testing.T) string { limit(t, unix.RLIMIT_NOFILE, open(t)+8); return "/" }, fault.ResBusy},
		{"no descriptor left", func(t *testing.T) string { limit(t, unix.RLIMIT_NOFILE, 3); return "/" }, fault.ResBusy},
		{"twin: enough of them", func(t *testing.T) string { limit(t, unix.RLIMIT_NOFILE, open(t)+200); return "/" }, ""},
		{"address space nearly full", func(t *testing.T) string {
			limit(t, unix.RLIMIT_AS, 64<<30)
			return tree(t, statm(60<<30/page))
		}, fault.ResBusy},
		{"twin: half full", func(t *testing.T) string {
			limit(t, unix.RLIMIT_AS, 64<<30)
			return tree(t, statm(32<<30/page))
		}, ""},
		{"the group's memory nearly full", func(t *testing.T) string { return tree(t, group("memory", "1000000", "900000")) }, fault.ResBusy},
		{"twin: most of it cache", func(t *testing.T) string {
			g := group("memory", "1000000", "900000")
			g["sys/fs/cgroup/a/b/memory.stat"] = "anon 1\ninactive_file 600000\n"
			return tree(t, g)
		}, ""},
		{"twin: no limit", func(t *testing.T) string { return tree(t, group("memory", "max", "900000")) }, ""},
		{"the group's processes nearly all", func(t *testing.T) string { return tree(t, group("pids", "100", "95")) }, fault.ResBusy},
		{"twin: some", func(t *testing.T) string { return tree(t, group("pids", "100", "50")) }, ""},
		{"more in use than Go's limit allows", func(t *testing.T) string {
			was := debug.SetMemoryLimit(1 << 10)
			t.Cleanup(func() { debug.SetMemoryLimit(was) })
			debug.FreeOSMemory() // collects
			return t.TempDir()
		}, fault.ResBusy},
		{"twin: a machine that shows nothing", func(t *testing.T) string { return t.TempDir() }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := look(tt.make(t))
			if got := fault.Of(err); got != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if err != nil && !strings.Contains(err.Error(), "at most ") {
				t.Errorf("it says no limit: %v", err)
			}
		})
	}
}

func TestShortIsWhatTheMachineRefuses(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{fmt.Errorf("accept: %w", &os.SyscallError{Syscall: "accept4", Err: syscall.EMFILE}), true},
		{&os.PathError{Op: "fork/exec", Path: "x", Err: syscall.EAGAIN}, true},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, true},
		{&os.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, false},
		{errors.New("x"), false},
		{nil, false},
	} {
		if got := Short(tt.err); got != tt.want {
			t.Errorf("Short(%v) = %v", tt.err, got)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	for b.Loop() {
		_ = look("/")
	}
}
