package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet"
	"tacit/node"
	"tacit/store/replica"
)

// network starts one of its own for a test and returns its home.
func network(t *testing.T, args ...string) string {
	t.Helper()
	if err := built(); err != nil {
		t.Fatal(err)
	}
	return networkFrom(t, bin, args...)
}

// networkFrom is network with the programs of a folder.
func networkFrom(t *testing.T, bin string, args ...string) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "home")
	up := exec.Command(filepath.Join(bin, "tacit"), append([]string{"up", "--home", at}, args...)...)
	up.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	up.Stderr = os.Stderr
	pipe, err := up.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = up.Process.Signal(syscall.SIGTERM)
		_ = up.Wait()
		if t.Failed() {
			logs, _ := filepath.Glob(filepath.Join(at, "log", "manager-1*.log"))
			for _, l := range logs {
				b, _ := os.ReadFile(l)
				t.Logf("%s: %s", filepath.Base(l), b[max(0, len(b)-3000):])
			}
		}
	})
	if err := awaitReady(pipe); err != nil {
		t.Fatal(err)
	}
	return at
}

// A store's whole life as docs/store.md tells it: looked at, backed up, lost with all its
// machines, brought back by its owners, closed because it is older than what it anchored,
// and accepted by its operator.
//
// case N33 code KEY_RECOVERY check cmd/internal/inside/recover.go:restore twin TestTheDrill
// case N47 code STORE_ROLLBACK check cmd/internal/inside/group.go:admit twin TestTheDrill
func TestTheDrill(t *testing.T) {
	beside(t)
	at := network(t, "--replicas", "3", "--workers", "1")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/drill",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TACIT_HOME", at)
			e.Setenv("DESK", filepath.Join(at, "nodes", "manager-1-a"))
			e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			if err := os.MkdirAll(filepath.Join(e.WorkDir, "build"), 0o700); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(filepath.Dir(bin), "cancer.wasm"), filepath.Join(e.WorkDir, "build", "cancer.wasm"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"awaits": awaits, "lost": lost, "anchored": anchored},
	})
}

// awaits PATTERN tacit COMMAND... runs a command until its output has the pattern.
func awaits(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	last := ""
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		cmd, cancel := tacitAt(ts.Getenv("TACIT_HOME"), args[2:]...)
		out, _ := cmd.CombinedOutput()
		cancel()
		if last = string(out); want.MatchString(last) {
			return
		}
	}
	ts.Fatalf("never %s:\n%s", args[0], last)
}

// lost STORE destroys the folder of every replica and kills its process.
func lost(ts *testscript.TestScript, _ bool, args []string) {
	groups, err := devnet.Groups(ts.Getenv("TACIT_HOME"))
	ts.Check(err)
	for _, g := range groups {
		if g.Name != args[0] {
			continue
		}
		for _, r := range g.Replicas {
			ts.Check(os.RemoveAll(r.Dir))
			b, err := os.ReadFile(filepath.Join(ts.Getenv("TACIT_HOME"), "run", r.Name+".pid"))
			ts.Check(err)
			pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
			ts.Check(err)
			ts.Check(syscall.Kill(pid, syscall.SIGKILL))
			ts.Check(os.RemoveAll(r.Dir)) // what it wrote meanwhile
		}
	}
}

// anchored STORE waits until what the store has now is on the chain.
func anchored(ts *testscript.TestScript, _ bool, args []string) {
	at := ts.Getenv("TACIT_HOME")
	groups, err := devnet.Groups(at)
	ts.Check(err)
	var now replica.Status
	for _, g := range groups {
		for _, r := range g.Replicas {
			var s replica.Status
			if g.Name == args[0] && ask(context.Background(), r, "/store", &s) == nil && s.Serving {
				now = s
			}
		}
	}
	network, err := node.ReadNetwork(filepath.Join(at, "network.json"))
	ts.Check(err)
	k, err := node.ReadSigner(filepath.Join(at, "accounts", "alice.key"))
	ts.Check(err)
	scheme, err := sim.NewScheme(network.Genesis.Policies.Roots)
	ts.Check(err)
	n, err := node.New(context.Background(), node.Config{Network: network, Role: tacit.RoleClient, Key: k, Schemes: attest.Schemes{scheme}})
	ts.Check(err)
	shows := func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if n.Follow.Sync(ctx) != nil {
			return false
		}
		r, err := n.Gateway.Node(ctx, tacit.ProofRequest{Epoch: n.Follow.View().Header.Number, Key: now.Node})
		return err == nil && r.Node.Node.AnchorRevision >= uint64(now.Revision)
	}
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		if shows() {
			return
		}
	}
	b, _ := json.Marshal(now)
	ts.Fatalf("not anchored: %s", b)
}
