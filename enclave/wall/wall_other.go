//go:build !linux

package wall

import (
	"os/exec"
	"runtime"

	"tacit/fault"
)

// Start starts a program without walls: only Linux has them.
func Start(path string, args []string, edit func(*exec.Cmd)) (cmd *exec.Cmd, refused, err error) {
	cmd = exec.Command(path, args...)
	cmd.Env = []string{}
	edit(cmd)
	return cmd, fault.New(fault.SandboxPartial, "wall: namespaces: %s has none", runtime.GOOS), cmd.Start()
}

// Enter reports that no wall stands.
func Enter(cfg Config) (Report, error) {
	r := Report{Missing: []string{Namespaces, Powerless, Undumpable, NoNewPrivs, Limits, Landlock, Seccomp}}
	if cfg.Strict {
		return r, fault.New(fault.SandboxPartial, "wall: enter: %s has no walls", runtime.GOOS)
	}
	return r, nil
}
