package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/node"
)

// The governor denies the chip that every worker of the network runs on, and takes
// it back: the policies of a whole network change while it runs.
//
// case N17 code EVID_DENIED check verifier/verifier.go:AppraiseNow
func TestN17TheGovernorDeniesTheWorkersChip(t *testing.T) {
	beside(t)
	home := network(t)
	vendor, err := sim.OpenVendor(filepath.Join(home, "device"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("story", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:                 "testdata/policy",
			RequireExplicitExec: true,
			Setup: func(e *testscript.Env) error {
				e.Setenv("TACIT_HOME", home)
				e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
				e.Setenv("CANCER", filepath.Join(folder, "cancer.wasm"))
				e.Setenv("ENCLAVE", filepath.Join(bin, "tacit-enclave"))
				e.Setenv("CHIP", vendor.Hardware())
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "nolog": nolog},
		})
	})
	t.Run("twin: in the end everything runs as before", func(t *testing.T) {
		if out, err := command(home, "doctor", "-o", "json"); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// nolog SET OUT writes a set without its release log.
func nolog(ts *testscript.TestScript, _ bool, args []string) {
	var set attest.PolicySet
	ts.Check(node.Decode([]byte(ts.ReadFile(args[0])), &set))
	if len(set.Releases) == 0 {
		ts.Fatalf("%s has no release log", args[0])
	}
	set.Releases = nil
	ts.Check(node.WriteJSON(ts.MkAbs(args[1]), 0o600, set))
}
