package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit/node"
)

// The network, or a part of it, does not answer: every command says so with a code and
// what to do, nothing that was begun is lost, and it goes on when the others are back.
func TestTheNetworkIsDown(t *testing.T) {
	beside(t)
	home := network(t)
	nowhere := t.TempDir()
	elsewhere := func(name string, change func(n *node.Network)) string {
		n, err := node.ReadNetwork(filepath.Join(home, "network.json"))
		if err != nil {
			t.Fatal(err)
		}
		change(&n)
		dir := filepath.Join(nowhere, name)
		if err := node.WriteJSON(filepath.Join(dir, "network.json"), 0o644, n); err != nil {
			t.Fatal(err)
		}
		for _, shared := range []string{"accounts", "tasks", "profile.json"} {
			if err := os.Symlink(filepath.Join(home, shared), filepath.Join(dir, shared)); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	// Nobody listens at port 1.
	noGateway := elsewhere("gateway", func(n *node.Network) { n.Gateway = "127.0.0.1:1" })
	noChain := elsewhere("chain", func(n *node.Network) { n.Chain = []string{"http://127.0.0.1:1"} })
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/down",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TACIT_HOME", home)
			e.Setenv("HERE", home)
			e.Setenv("NOGATEWAY", noGateway)
			e.Setenv("NOCHAIN", noChain)
			e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("CANCER", filepath.Join(folder, "cancer.wasm"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refused": refused, "requested": requested, "hold": hold, "goes": goes, "sleeps": sleeps,
		},
	})
}

// refused STATUS CODE COMMAND... runs a command that is refused with this code and
// status, and that says what to do next and that the same may work later. It leaves
// nothing half done that a later line could trip over.
func refused(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if err := ts.Exec(args[2], args[3:]...); status(err) != want {
		ts.Fatalf("exit %d, want %d: %v", status(err), want, err)
	}
	said := ts.ReadFile("stderr")
	for _, part := range []string{args[1] + ": ", "  cause  ", "  next  ", "may work later: yes"} {
		if !strings.Contains(said, part) {
			ts.Fatalf("it does not say %q:\n%s", part, said)
		}
	}
}

// requested ACCOUNT waits until an owner is asked, and puts the request and its task
// into $REQUEST and $TASK.
func requested(ts *testscript.TestScript, _ bool, args []string) {
	for until := time.Now().Add(90 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		var v []struct { // a manager each
			Requests []struct{ ID, Task string }
		}
		out, err := printed(ts.Getenv("HERE"), "access", "list", "--as", args[0], "-o", "json")
		if err == nil {
			err = json.Unmarshal([]byte(out), &v)
		}
		for _, m := range v {
			if len(m.Requests) == 1 {
				ts.Setenv("REQUEST", strings.TrimPrefix(m.Requests[0].ID, "0x")[:8])
				ts.Setenv("TASK", strings.TrimPrefix(m.Requests[0].Task, "0x")[:8])
				return
			}
		}
		if time.Now().After(until) {
			ts.Fatalf("nobody was asked: %v %s", err, out)
		}
	}
}

func signalled(ts *testscript.TestScript, name string, s syscall.Signal) {
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(filepath.Join(ts.Getenv("HERE"), "run", name+".pid"))))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, s))
}

// hold NAME stops a process of the network until goes NAME.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	signalled(ts, args[0], syscall.SIGSTOP)
	ts.Defer(func() { signalled(ts, args[0], syscall.SIGCONT) })
}

func goes(ts *testscript.TestScript, _ bool, args []string) {
	signalled(ts, args[0], syscall.SIGCONT)
}

func sleeps(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	time.Sleep(d)
}
