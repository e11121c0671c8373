//go:build !linux

package wall

import (
	"os/exec"
	"runtime"

	"tacit/fault"
)

// Command returns a command without walls: only Linux has them.
func Command(path string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = []string{}
	return cmd, fault.New(fault.SandboxPartial, "wall: namespaces: %s has none", runtime.GOOS)
}

// Enter reports that no wall stands.
func Enter(cfg Config) (Report, error) {
	r := Report{Missing: []string{Namespaces, Powerless, Undumpable, NoNewPrivs, Limits, Landlock, Seccomp}}
	if cfg.Strict {
		return r, fault.New(fault.SandboxPartial, "wall: enter: %s has no walls", runtime.GOOS)
	}
	return r, nil
}
