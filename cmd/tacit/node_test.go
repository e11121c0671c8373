package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit"
	"tacit/devnet"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
)

// within starts a network with these parameters and returns its home.
func within(t *testing.T, params tacit.Params) string {
	t.Helper()
	if err := built(); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "home")
	ctx, cancel := context.WithCancel(t.Context())
	d, err := (&tool{home: at, out: io.Discard}).start(ctx, devnet.Config{Home: at, Bin: bin, Workers: 1, Params: &params})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		d.Wait()
	})
	return at
}

// A party's own store from its first key to its stake that came back, by commands and with
// a real tacitd.
//
// case N80 code API_CONFLICT check cmd/tacit/node.go:sameNode twin TestAPartysOwnSite
// case N80 code PAY_DEPOSIT check cmd/tacit/node.go:wallet twin TestAPartysOwnSite
func TestAPartysOwnSite(t *testing.T) {
	beside(t)
	params := devnet.Params()
	params.Deadline, params.SettleWindow = 20, 40
	params.WithdrawDelay = 100                                                                      // a task must be settled before it is over
	params.UnbondDelay = 2*params.EpochLength + params.WithdrawDelay + 2*params.ChallengeWindow + 1 // as short as the contracts allow
	at := within(t, params)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/site",
		Condition:           func(cond string) (bool, error) { return cond == "long" && os.Getenv("TACIT_LONG") != "", nil },
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TACIT_HOME", at)
			e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"eventually": eventually},
	})
}

// eventually COMMAND... runs a command again until it succeeds.
func eventually(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		err := ts.Exec(args[0], args[1:]...)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("it never succeeds: %v", err)
		}
	}
}

// What a stranger types who wants a node: each refusal says what to do instead, and nothing
// is written or sent.
//
// case N80 code API_FIELD check cmd/tacit/node.go:handRole
// case N80 code API_FIELD check cmd/tacit/node.go:checkAddress
// case N80 code API_PATH check cmd/tacit/node.go:nodeInit
func TestN80ANodeThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	owner, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.WriteSecret(filepath.Join(home, "accounts", "clinic.key"), owner.Secret()); err != nil {
		t.Fatal(err)
	}
	// Nobody listens at port 1: who gets that far was not refused.
	if err := node.WriteJSON(filepath.Join(home, "network.json"), 0o644, node.Network{Chain: []string{"http://127.0.0.1:1"}}); err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(dir, "store")
	made := filepath.Join(store, node.KeyFile)
	open := filepath.Join(dir, "open.key")
	if err := os.WriteFile(open, []byte(strings.Repeat("11", 32)), 0o644); err != nil {
		t.Fatal(err)
	}
	fresh := func(args ...string) []string {
		return append([]string{"node", "init", filepath.Join(dir, "never"), "--as", "clinic"}, args...)
	}
	register := func(args ...string) []string {
		return append([]string{"node", "register", "--as", "clinic"}, args...)
	}
	for _, tt := range []struct {
		name string
		args []string
		exit int
		want []string
	}{
		{"twin: one is made", []string{"node", "init", store, "--as", "clinic"}, 0, []string{"next: tacitd blobs --config", "tacit node register"}},
		{"twin: it can be registered, with a chain", register("--endpoint", "127.0.0.1:9443", "--key", made), fault.Lookup(fault.ChainUnavailable).Exit, []string{"CHAIN_UNAVAILABLE"}},
		{"twin: a name as its host", register("--endpoint", "store.example.org:1", "--key", made, "--stake", "5"), fault.Lookup(fault.ChainUnavailable).Exit, []string{"CHAIN_UNAVAILABLE"}},
		{"made before", []string{"node", "init", store, "--as", "clinic"}, fault.ExitUsage, []string{"API_PATH", "there already"}},
		{"no folder", []string{"node", "init"}, fault.ExitUsage, []string{"API_FIELD", "the node's folder"}},
		{"a manager", fresh("--role", "manager"), fault.ExitUsage, []string{"API_FIELD", "born in its enclave", "tacit up"}},
		{"a worker", fresh("--role", "worker"), fault.ExitUsage, []string{"API_FIELD", "blobs; 'tacit up' starts"}},
		{"no role at all", fresh("--role", "blob"), fault.ExitUsage, []string{"API_FIELD", "expected  blobs"}},
		{"no port to listen at", fresh("--listen", "127.0.0.1"), fault.ExitUsage, []string{"--listen", "HOST:PORT"}},
		{"no port for its health", fresh("--health", "9"), fault.ExitUsage, []string{"--health", "HOST:PORT"}},
		{"an account that is not there", []string{"node", "init", filepath.Join(dir, "never"), "--as", "clinik"}, fault.ExitUsage, []string{"API_NOT_FOUND", "clinic"}},
		{"a dispatcher to register", register("--role", "dispatcher", "--endpoint", "127.0.0.1:9443", "--key", made), fault.ExitUsage, []string{"API_FIELD", "born in its enclave"}},
		{"no end point", register("--key", made), fault.ExitUsage, []string{"--endpoint", "HOST:PORT"}},
		{"an end point without a port", register("--endpoint", "store.example.org", "--key", made), fault.ExitUsage, []string{"--endpoint", "HOST:PORT"}},
		{"a port above all", register("--endpoint", "127.0.0.1:65536", "--key", made), fault.ExitUsage, []string{"--endpoint", "HOST:PORT"}},
		{"an end point that is everywhere", register("--endpoint", "0.0.0.0:9443", "--key", made), fault.ExitUsage, []string{"--endpoint", "HOST:PORT"}},
		{"an address of the web", register("--endpoint", "https://store.example.org:9443", "--key", made), fault.ExitUsage, []string{"--endpoint", "HOST:PORT"}},
		{"no key", register("--endpoint", "127.0.0.1:9443"), fault.ExitUsage, []string{"--key", "tacit node init DIR"}},
		{"a key file that is not there", register("--endpoint", "127.0.0.1:9443", "--key", filepath.Join(dir, "none.key")), fault.ExitUsage, []string{"API_PATH", "tacit node init DIR"}},
		{"a key file that others may read", register("--endpoint", "127.0.0.1:9443", "--key", open), fault.ExitUsage, []string{"API_PATH", "chmod 600"}},
		{"a VRF key file that is not there", register("--endpoint", "127.0.0.1:9443", "--key", made, "--vrf", filepath.Join(dir, "none.key")), fault.ExitUsage, []string{"API_PATH", "tacit node init DIR"}},
		{"a stake in words", register("--endpoint", "127.0.0.1:9443", "--key", made, "--stake", "much"), fault.ExitUsage, []string{"--stake"}},
		{"a region as long as a page", register("--endpoint", "127.0.0.1:9443", "--key", made, "--region", strings.Repeat("r", 65)), fault.ExitUsage, []string{"--region", "at most 64"}},
		{"twin: a node to retire, with a chain", []string{"node", "retire", made, "--as", "clinic"}, fault.Lookup(fault.ChainUnavailable).Exit, []string{"CHAIN_UNAVAILABLE"}},
		{"no node to retire", []string{"node", "retire", "0x12", "--as", "clinic"}, fault.ExitUsage, []string{"API_FIELD", "an address, or the node's key file"}},
		{"a key file to retire that is not there", []string{"node", "retire", filepath.Join(dir, "none.key"), "--as", "clinic"}, fault.ExitUsage, []string{"API_PATH"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exit, out, errs := typed(t, home, tt.args...)
			for _, want := range tt.want {
				if all := out + errs; exit != tt.exit || !strings.Contains(all, want) {
					t.Fatalf("exit %d, want %d with %q:\n%s", exit, tt.exit, want, all)
				}
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "never")); err == nil {
		t.Error("what was refused left a folder")
	}
}
