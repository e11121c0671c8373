package devnet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tacit/attest/sim"
)

// process is one program that is kept running.
type process struct {
	name    string
	program string
	args    []string
}

// again is how long after its end a process is started again if it did not even
// live for that long; one that did is started at once.
const again = 500 * time.Millisecond

// A supervisor keeps processes running until its context ends. Each has its
// log under log/ and its number under run/, so that any one can be killed and
// comes back.
type supervisor struct {
	home string
	wg   sync.WaitGroup

	mu   sync.Mutex // guards what follows
	lost map[string]bool
}

func newSupervisor(home string) *supervisor { return &supervisor{home: home, lost: map[string]bool{}} }

func (s *supervisor) wait() { s.wg.Wait() }

// lose has a process not started again once it ends.
func (s *supervisor) lose(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost[name] = true
}

func (s *supervisor) isLost(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost[name]
}

// log opens a process's log for appending.
func (s *supervisor) log(name string) (*os.File, error) {
	dir := filepath.Join(s.home, "log")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

func (s *supervisor) pid(name string, pid int) {
	dir := filepath.Join(s.home, "run")
	_ = os.MkdirAll(dir, 0o700)
	_ = os.WriteFile(filepath.Join(dir, name+".pid"), []byte(strconv.Itoa(pid)+"\n"), 0o600)
}

// keep runs once again and again until ctx ends.
func (s *supervisor) keep(ctx context.Context, name string, once func(log *os.File) error) {
	s.wg.Go(func() {
		// A child is killed when the thread that started it ends; this
		// goroutine keeps its thread for as long as it waits.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for ctx.Err() == nil && !s.isLost(name) {
			began := time.Now()
			log, err := s.log(name)
			if err == nil {
				if err := once(log); err != nil {
					fmt.Fprintf(log, "%s ended: %v\n", name, err)
				}
				log.Close()
			}
			select {
			case <-ctx.Done():
			case <-time.After(again - min(again, time.Since(began))):
			}
		}
	})
}

// start keeps an ordinary program running.
func (s *supervisor) start(ctx context.Context, p process) {
	s.keep(ctx, p.name, func(log *os.File) error {
		cmd := exec.CommandContext(ctx, p.program, p.args...)
		cmd.Stdout, cmd.Stderr = log, log
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(threads), "GOGC=400")
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 3 * time.Second
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
		if err := cmd.Start(); err != nil {
			return err
		}
		s.pid(p.name, cmd.Process.Pid)
		return cmd.Wait()
	})
}

// startInside keeps a program running that the evidence device measures and
// starts; its configuration goes over its descriptor 3.
func (s *supervisor) startInside(ctx context.Context, name, socket, program string, cfg map[string]any) {
	s.keep(ctx, name, func(log *os.File) error {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		mine, theirs := os.NewFile(uintptr(pair[0]), "configuration"), os.NewFile(uintptr(pair[1]), "configuration")
		defer mine.Close()
		p, err := sim.Start(socket, program, nil, nil, theirs, log)
		theirs.Close()
		if err != nil {
			return err
		}
		defer p.Kill()
		s.pid(name, p.PID)
		b, err := json.Marshal(cfg)
		if err != nil {
			return err
		}
		if _, err := mine.Write(b); err != nil {
			return err
		}
		mine.Close() // the end of the configuration
		select {
		case <-p.Done():
			return io.EOF
		case <-ctx.Done():
			_ = syscall.Kill(p.PID, syscall.SIGTERM)
			select {
			case <-p.Done():
			case <-time.After(3 * time.Second):
			}
			return ctx.Err()
		}
	})
}
