package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit"
	"tacit/attest"
	"tacit/node"
	"tacit/store/replica"
)

// A group of replicas changes its image member by member, while it serves: the key of the
// node and all that it holds goes from attested replica to attested replica, although no
// replica of one image can open the disk of another.
func TestAGroupIsUpgradedMemberByMember(t *testing.T) {
	if os.Getenv("TACIT_LONG") == "" {
		t.Skip("takes minutes: TACIT_LONG=1, as in make test-long")
	}
	if err := built(); err != nil {
		t.Fatal(err)
	}
	// Programs of its own, one of which the story replaces.
	own, next := filepath.Join(t.TempDir(), "bin"), filepath.Join(t.TempDir(), "tacit-manager")
	if err := os.CopyFS(own, os.DirFS(bin)); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-buildid=next", "-o", next, "../dev/tacit-manager")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	at := networkFrom(t, own, "--replicas", "3", "--workers", "2")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/upgrade",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TACIT_HOME", at)
			e.Setenv("NEXT", next)
			e.Setenv("PATH", own+string(os.PathListSeparator)+os.Getenv("PATH"))
			if err := os.MkdirAll(filepath.Join(e.WorkDir, "build"), 0o700); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(filepath.Dir(bin), "cancer.wasm"), filepath.Join(e.WorkDir, "build", "cancer.wasm"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"awaits": awaits, "references": references, "member": memberOf, "fresh": fresh,
			// A process that runs keeps the file that it was started from.
			"installed": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(os.Rename(next, filepath.Join(own, "tacit-manager")))
			},
		},
	})
}

// references SET REFERENCE [only] adds a reference to the policy of managers, or makes it
// the only one.
func references(ts *testscript.TestScript, _ bool, args []string) {
	var set attest.PolicySet
	var shown struct {
		References []attest.Reference `json:"references"`
		attest.Reference
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(json.Unmarshal(b, &set))
	b, err = os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(json.Unmarshal(b, &shown))
	r := shown.Reference
	if len(shown.References) > 0 {
		r = shown.References[0]
	}
	for i, p := range set.Policies {
		if p.Role == uint16(tacit.RoleManager) {
			if len(args) > 2 {
				p.References = nil
			}
			set.Policies[i].References = append(p.References, r)
		}
	}
	ts.Check(node.WriteJSON(ts.MkAbs(args[0]), 0o644, set))
}

// memberOf REPLICA puts the key of a replica into $KEY.
func memberOf(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("KEY", memberIn(ts, args[0]).Key.String())
}

func memberIn(ts *testscript.TestScript, name string) (m replica.Member) {
	b, err := os.ReadFile(filepath.Join(ts.Getenv("TACIT_HOME"), "nodes", name, "replica.json"))
	ts.Check(err)
	ts.Check(json.Unmarshal(b, &m))
	return m
}

// fresh REPLICA destroys a replica's disk, has its process begin anew, and puts the file in
// which the new one says who it is into $ADDED.
func fresh(ts *testscript.TestScript, _ bool, args []string) {
	at := ts.Getenv("TACIT_HOME")
	dir, old := filepath.Join(at, "nodes", args[0]), memberIn(ts, args[0])
	b, err := os.ReadFile(filepath.Join(at, "run", args[0]+".pid"))
	ts.Check(err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	ts.Check(err)
	ts.Check(os.RemoveAll(dir))
	if err := syscall.Kill(pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) { // its term may just have ended
		ts.Check(err)
	}
	ts.Check(os.RemoveAll(dir)) // what it wrote meanwhile
	file := filepath.Join(dir, "replica.json")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		var m replica.Member
		if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &m) == nil && m.Key != old.Key {
			ts.Setenv("ADDED", file)
			return
		}
	}
	ts.Fatalf("%s did not begin anew", args[0])
}
