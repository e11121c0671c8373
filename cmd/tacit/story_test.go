package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tacit"
	"tacit/fault"
	"tacit/node"
	"tacit/wire"
)

// The stories run the built programs on a network of real processes that one
// `tacit up` keeps for all of them.
var bin, home string

func TestMain(m *testing.M) {
	flag.Parse()
	// What has a place must never wait for a turn that somebody without one has.
	_ = flag.Set("test.parallel", "64")
	os.Exit(main1(m))
}

// places are for tests that have networks of their own, and for stories of the network
// that is shared: most of their time they wait for blocks, but more networks than that take
// each other's time. Tests which kill what is shared run before, one at a time.
var places = make(chan struct{}, 3)

// beside waits for a place beside other tests, and has it until this one has ended.
func beside(t *testing.T) {
	t.Helper()
	t.Parallel()
	places <- struct{}{}
	t.Cleanup(func() { <-places })
}

// network is started by the first test that needs it; stop ends it.
var (
	folder string
	stop   = func() {}
	traced *spans // what its processes say
)

func main1(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "tacit-story-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	bin, home = filepath.Join(folder, "bin"), filepath.Join(folder, "home")
	defer func() { stop() }()
	return m.Run()
}

// built builds the programs and the example once.
var built = sync.OnceValue(func() error {
	type build struct {
		env  []string
		args []string
	}
	builds := []build{
		{nil, []string{"build", "-trimpath", "-buildvcs=false", "-o", bin + "/", "../dev/...", ".", "../tacit-enclave", "../../examples/cancer/check"}},
		{[]string{"GOOS=wasip1", "GOARCH=wasm"}, []string{"build", "-trimpath", "-o", filepath.Join(folder, "cancer.wasm"), "../../examples/cancer"}},
		{[]string{"GOOS=wasip1", "GOARCH=wasm"}, []string{"build", "-trimpath", "-o", filepath.Join(folder, "signed.wasm"), "../../examples/signed"}},
	}
	if withRuntime() {
		builds = append(builds, build{nil, []string{"build", "-trimpath", "-buildvcs=false", "-tags", "netgo,osusergo", "-o", bin + "/", "../tacit-enclave-infer"}})
	}
	for _, build := range builds {
		cmd := exec.Command("go", build.args...)
		cmd.Env = append(os.Environ(), build.env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	return nil
})

// withRuntime reports whether the image for networks carries ONNX Runtime here.
func withRuntime() bool {
	_, err := os.Stat("../../engine/infer/ort/library/libonnxruntime.so.1")
	return err == nil
}

// started brings the network up once.
var started = sync.OnceValue(func() error {
	if err := built(); err != nil {
		return err
	}
	// Everything is said and sent, so that what must not be said is looked for in it.
	traced = collect()
	up := exec.Command(filepath.Join(bin, "tacit"), "up", "--log-level", "debug")
	up.Env = append(os.Environ(), "TACIT_HOME="+home, "OTEL_EXPORTER_OTLP_ENDPOINT="+traced.url, "OTEL_BSP_SCHEDULE_DELAY=300")
	up.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	pipe, err := up.StdoutPipe()
	if err != nil {
		return err
	}
	up.Stderr = os.Stderr
	if err := up.Start(); err != nil {
		return err
	}
	stop = func() {
		_ = up.Process.Signal(syscall.SIGTERM)
		_ = up.Wait()
	}
	return awaitReady(pipe)
})

// awaitReady reads what tacit up prints until it says that the network is ready.
func awaitReady(pipe io.Reader) error {
	ready := make(chan bool, 1)
	go func() {
		s := bufio.NewScanner(pipe)
		for s.Scan() {
			if strings.HasPrefix(s.Text(), "ready: home") {
				ready <- true
			}
		}
		ready <- false
	}()
	select {
	case ok := <-ready:
		if !ok {
			return errors.New("tacit up ended early")
		}
	case <-time.After(3 * time.Minute):
		return errors.New("tacit up did not get ready")
	}
	return nil
}

// needsNetwork starts the network if no test did yet.
func needsNetwork(t *testing.T) {
	t.Helper()
	if err := started(); err != nil {
		t.Fatal(err)
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	needsNetwork(t)
	testscript.Run(t, testscript.Params{
		// The README's whole table takes minutes: make test-long goes through it.
		Condition: func(cond string) (bool, error) {
			return cond == "long" && os.Getenv("TACIT_LONG") != "" || cond == "runtime" && withRuntime(), nil
		},

		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			places <- struct{}{}
			e.Defer(func() { <-places })
			e.Setenv("TACIT_HOME", home)
			e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("CANCER", filepath.Join(filepath.Dir(bin), "cancer.wasm"))
			// Names are unique per story: the catalogue is shared. What the docs
			// name is there under that name.
			terms := fenced("../../README.md", "yaml")
			if err := os.WriteFile(filepath.Join(e.WorkDir, "terms.yaml"), []byte(terms), 0o600); err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Join(e.WorkDir, "build"), 0o700); err != nil {
				return err
			}
			examples, err := filepath.Abs("../../examples")
			if err != nil {
				return err
			}
			if err := os.Symlink(examples, filepath.Join(e.WorkDir, "examples")); err != nil {
				return err
			}
			for _, name := range []string{"cancer.wasm", "signed.wasm"} {
				if err := os.Symlink(filepath.Join(filepath.Dir(bin), name), filepath.Join(e.WorkDir, "build", name)); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "newest": newest, "claimable": claimable, "address": address, "twice": twice, "accuse": accuse, "reports": reports, "seat": seat},
	})
}

// exits STATUS COMMAND... runs a command that ends with this status.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if err := ts.Exec(args[1], args[2:]...); status(err) != want {
		ts.Fatalf("exit %d, want %d: %v", status(err), want, err)
	}
}

// newest SERVICE puts the newest task of a service into $TASK.
func newest(ts *testscript.TestScript, _ bool, args []string) {
	var list []struct{ ID, Service string }
	out, err := printed(home, "task", "list", "-o", "json")
	ts.Check(err)
	ts.Check(json.Unmarshal([]byte(out), &list))
	for _, x := range list {
		if x.Service == args[0] {
			ts.Setenv("TASK", strings.TrimPrefix(x.ID, "0x")[:8])
			return
		}
	}
	ts.Fatalf("no task of %s in %s", args[0], out)
}

// claimable ACCOUNT waits until an account has something to collect.
func claimable(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(500 * time.Millisecond) {
		var v struct {
			Ledger struct{ Claimable uint64 }
		}
		out, err := printed(home, "wallet", "show", "--as", args[0], "-o", "json")
		if err == nil {
			err = json.Unmarshal([]byte(out), &v)
		}
		ts.Check(err)
		if v.Ledger.Claimable > 0 {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("nothing was claimed: %s", out)
		}
	}
}

// address ACCOUNT puts an account's address into $ADDRESS.
func address(ts *testscript.TestScript, _ bool, args []string) {
	k, err := node.ReadSigner(filepath.Join(home, "accounts", args[0]+".key"))
	ts.Check(err)
	ts.Setenv("ADDRESS", k.Address().String())
}

// documented finds command lines of tacit in a page: in code blocks after a
// prompt or indented, and in code within lines.
var documented = regexp.MustCompile("(?m)(?:^ {4}(?:\\$ )?|^\\$ |^|`)(tacit [a-z][^`\\n]*)")

// elsewhere are documented commands that no story runs, with who does.
var elsewhere = map[string]string{
	"tacit up": "TestMain's network", "tacit up --chain http://127.0.0.1:18545 --funder funder.key": "TestOutsideChain",
	"tacit up --replicas 3": "TestTheDrill", "tacit demo": "./demo", "tacit demo psi": "TestTheDemoOfSets", "tacit demo learn": "TestTheDemoOfLearning", "tacit demo infer": "TestTheDemoOfNetworks", "tacit access webhook https://... --as hospital": "TestAnOwnerIsAsked", "tacit access explain TASK --as hospital": "TestAnOwnerIsAsked",
	"tacit attest enroller init": "TestATPMIsEnrolledByCommands", "tacit attest enroller serve --maker maker.pem --listen 127.0.0.1:8093": "TestATPMIsEnrolledByCommands",
	"tacit attest enrol http://127.0.0.1:8093 --between between.pem": "TestATPMIsEnrolledByCommands",
	"tacit vault root --key accounts/operator.key":                   "TestTheVaultByCommands", "tacit vault kv put app/db < db.json": "TestTheVaultByCommands",
	"tacit vault kv get app/db --field user": "TestTheVaultByCommands", "tacit vault policy write team < team.hcl": "TestTheVaultByCommands",
	"tacit vault token create --policy team --ttl 8h --out team.token": "TestTheVaultByCommands",
	"tacit connect $TASK": "story sessions, few.sh", "tacit connect $TASK --listen 127.0.0.1:8000": "story sessions, talk.sh",
}

// Every command that the pages show is run by a story, word for word, so none
// can go stale. An ID stands for any.
func TestDocumentedCommands(t *testing.T) {
	var stories strings.Builder
	files, _ := filepath.Glob("testdata/*/*.txtar")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		stories.Write(b)
	}
	pages := []string{"../../README.md"}
	more, _ := filepath.Glob("../../docs/*.md")
	guests, _ := filepath.Glob("../../examples/*/README.md")
	more = append(more, guests...)
	guests, _ = filepath.Glob("../../examples/*/*/README.md")
	n := 0
	for _, page := range append(append(pages, more...), guests...) {
		if filepath.Base(page) == "cli.md" {
			continue // made from the commands themselves
		}
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range documented.FindAllStringSubmatch(string(b), -1) {
			line, note, _ := strings.Cut(m[1], "  #")
			runs := "exec "
			if note == " refused" { // by an owner's terms
				runs = "exits 3 "
			}
			line = strings.TrimSpace(strings.ReplaceAll(line, "4ef9394b", "$TASK"))
			line = strings.ReplaceAll(line, "build/result", "result")
			n++
			if elsewhere[line] != "" || strings.HasSuffix(line, "...") && strings.Contains(stories.String(), strings.TrimSuffix(line, "...")) {
				continue
			}
			if !strings.Contains(stories.String(), runs+line+"\n") {
				t.Errorf("%s shows %q, which no story runs", page, line)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d commands were found", n)
	}
}

// fenced is the first block of a kind in a page.
func fenced(page, kind string) string {
	b, err := os.ReadFile(page)
	if err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(b), "```"+kind+"\n")
	block, _, _ := strings.Cut(rest, "```")
	return block
}

// kill9 kills a process of the network by its pid file and waits until its
// successor has written another.
func kill9(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join(home, "run", name+".pid")
	read := func() int {
		b, err := os.ReadFile(file)
		if err != nil {
			return 0
		}
		pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
		return pid
	}
	old := read()
	if old == 0 || syscall.Kill(old, syscall.SIGKILL) != nil {
		t.Fatalf("kill %s: pid %d", name, old)
	}
	for deadline := time.Now().Add(30 * time.Second); read() == old; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come back", name)
		}
	}
}

// patience ends a command that hangs: it then says where each of its goroutines stands. A
// demo takes a minute, and several on a busy machine.
const patience = 10 * time.Minute

// tacitAt is the program with these arguments on the network of a home.
func tacitAt(at string, args ...string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "tacit"), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(os.Environ(), "TACIT_HOME="+at)
	return cmd, cancel
}

// printed is what a command writes to its standard output.
func printed(at string, args ...string) (string, error) {
	cmd, cancel := tacitAt(at, args...)
	defer cancel()
	b, err := cmd.Output()
	return string(b), err
}

// command is all that a command writes.
func command(at string, args ...string) (string, error) {
	cmd, cancel := tacitAt(at, args...)
	defer cancel()
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// managerOf is the key of an operator's manager.
func managerOf(t *testing.T, operator string) wire.Address {
	t.Helper()
	k, err := node.ReadSigner(filepath.Join(home, "accounts", operator+".key"))
	ok(t, err)
	s, err := (&tool{home: home, as: operator}).open(t.Context())
	ok(t, err)
	pools, err := s.Node.Gateway.Pools(t.Context(), tacit.ProofRequest{})
	ok(t, err)
	i := slices.IndexFunc(pools.Nodes, func(n tacit.Node) bool { return n.Roles&tacit.RoleManager != 0 && n.Operator == k.Address() })
	if i < 0 {
		t.Fatalf("%s has no manager", operator)
	}
	return pools.Nodes[i].Key
}

// Every role can be killed and comes back by itself; a task submitted after it
// runs to its proof. Issue: restartable one by one.
func TestEveryProcessCanBeKilled(t *testing.T) {
	needsNetwork(t)
	dir := t.TempDir()
	table := func(name string, column string) string {
		path := filepath.Join(dir, name)
		text := "id," + column + "\n"
		for i := range 40 {
			v := strconv.Itoa((i*7919 + 13) % 101)
			if column == "malignant,x" {
				v = strconv.Itoa(i%3%2) + "," + v
			}
			text += fmt.Sprintf("P%03d,%s\n", i, v)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, args := range [][]string{
		{"service", "publish", filepath.Join(filepath.Dir(bin), "cancer.wasm"), "--as", "acme", "--name", "acme/killed", "--price", "0.01"},
		{"data", "publish", table("l.csv", "malignant,x"), "--as", "hospital", "--name", "hospital/killed", "--allow", "acme/killed"},
		{"data", "publish", table("r.csv", "y"), "--as", "clinic", "--name", "clinic/killed", "--allow", "acme/killed"},
	} {
		if out, err := command(home, args...); err != nil {
			t.Fatalf("tacit %v: %v\n%s", args, err, out)
		}
	}
	manager := managerOf(t, "operator")
	run := func(t *testing.T) {
		t.Helper()
		out, err := command(home, "run", "acme/killed", "--data", "left=hospital/killed", "--data", "right=clinic/killed", "--out", filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for _, name := range []string{"worker-1", "verifier-1", "manager-1", "dispatcher", "gateway", "blobs", "device", "chain"} {
		t.Run(name, func(t *testing.T) {
			kill9(t, name)
			// Long-lived connections of the others come back within seconds;
			// a stranger would simply run it again.
			deadline := time.Now().Add(90 * time.Second)
			for {
				out, err := command(home, "doctor", "-o", "json")
				if err == nil && strings.Contains(out, `"name":"network","ok":true`) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the network did not come back: %s", out)
				}
				time.Sleep(300 * time.Millisecond)
			}
			if name == "manager-1" { // whatever was written before it was killed is missing
				if out, err := command(home, "kv", "watch", "--after", "0", "--manager", manager.String()); status(err) != fault.ExitFailure || !strings.Contains(out, "STORE_COMPACTED") {
					t.Errorf("watch what is not kept any more: %v\n%s", err, out)
				}
			}
			for {
				out, err := command(home, "run", "acme/killed", "--data", "left=hospital/killed", "--data", "right=clinic/killed", "--out", filepath.Join(t.TempDir(), "out"), "--timeout", "90s")
				if err == nil {
					return
				}
				t.Logf("not yet: %v\n%s", err, out)
				if time.Now().After(deadline) {
					t.Fatal("no task ran after the kill")
				}
				time.Sleep(time.Second)
			}
		})
	}
	run(t)
}
