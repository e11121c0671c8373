package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/key"
	"tacit/node"
	"tacit/wire"
)

// A network on a chain that it did not start: one account with money there is
// all that it needs.
func TestOutsideChain(t *testing.T) {
	beside(t)
	if err := built(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	funder, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.WriteSecret(filepath.Join(dir, "funder.key"), funder.Secret()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	if err := node.WriteJSON(filepath.Join(dir, "chain.json"), 0o600, map[string]any{
		"dir": filepath.Join(dir, "chain"), "port": port, "chainId": 4242, "alloc": map[wire.Address]tacit.Money{funder.Address(): 1e15},
	}); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		return cmd
	}
	chain := run("tacitd", "chain", "--config", filepath.Join(dir, "chain.json"))
	if err := chain.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = chain.Process.Kill(); _ = chain.Wait() }()
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	t.Run("without a funder it says what is missing", func(t *testing.T) {
		out, err := run("tacit", "up", "--home", filepath.Join(dir, "poor"), "--chain", url).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--funder") {
			t.Errorf("%v\n%s", err, out)
		}
	})
	up := run("tacit", "up", "--home", filepath.Join(dir, "home"), "--chain", url, "--funder", filepath.Join(dir, "funder.key"), "--workers", "1")
	pipe, err := up.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	up.Stderr = os.Stderr
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = up.Process.Signal(syscall.SIGTERM); _ = up.Wait() }()
	ready := false
	var seen strings.Builder
	for s := bufio.NewScanner(pipe); !ready && s.Scan(); {
		seen.WriteString(s.Text() + "\n")
		ready = strings.HasPrefix(s.Text(), "ready: home")
	}
	if !ready {
		t.Fatalf("the network did not get ready on the outside chain:\n%s", seen.String())
	}
}
