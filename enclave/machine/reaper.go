package machine

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// A reaper waits for every process that ends: those that it started, and those
// whose parents ended before them, which are process 1's.
type reaper struct {
	mu    sync.Mutex // guards what follows, and is held while a process starts
	alive map[int]chan error
}

func newReaper() *reaper { return &reaper{alive: map[int]chan error{}} }

// start starts path without arguments and environment in a process group of its
// own. files are its descriptors from 0; -1 is one that reads nothing.
func (r *reaper) start(path string, files []int) (ended <-chan error, kill func(), err error) {
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	defer unix.Close(null)
	attr := &syscall.ProcAttr{Dir: "/", Env: []string{}, Sys: &syscall.SysProcAttr{Setpgid: true}}
	for _, fd := range files {
		if fd < 0 {
			fd = null
		}
		attr.Files = append(attr.Files, uintptr(fd))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := syscall.ForkExec(path, []string{"program"}, attr)
	if err != nil {
		return nil, nil, fmt.Errorf("start agent: %w", err)
	}
	done := make(chan error, 1)
	r.alive[pid] = done
	return done, func() { _ = syscall.Kill(-pid, syscall.SIGKILL) }, nil
}

// run reaps until ctx ends.
func (r *reaper) run(ctx context.Context) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGCHLD)
	defer signal.Stop(told)
	for {
		r.reap()
		select {
		case <-told:
		case <-ctx.Done():
			return
		}
	}
}

func (r *reaper) reap() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		done, ours := r.alive[pid]
		if !ours {
			continue
		}
		delete(r.alive, pid)
		_ = syscall.Kill(-pid, syscall.SIGKILL) // what it left behind in its group
		if status.Exited() && status.ExitStatus() == 0 {
			done <- nil
		} else {
			done <- fmt.Errorf("it ended with status %d, signal %d", status.ExitStatus(), status.Signal())
		}
	}
}
