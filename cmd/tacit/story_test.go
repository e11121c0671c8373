package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The stories run the built programs on a network of real processes that one
// `tacit up` keeps for all of them.
var bin, home string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(main1(m))
}

func main1(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tacit-story-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin, home = filepath.Join(dir, "bin"), filepath.Join(dir, "home")
	for _, build := range []struct {
		env  []string
		args []string
	}{
		{nil, []string{"build", "-trimpath", "-buildvcs=false", "-o", bin + "/", "../dev/...", ".", "../tacit-enclave"}},
		{[]string{"GOOS=wasip1", "GOARCH=wasm"}, []string{"build", "-trimpath", "-o", filepath.Join(dir, "cancer.wasm"), "../../examples/cancer"}},
	} {
		cmd := exec.Command("go", build.args...)
		cmd.Env = append(os.Environ(), build.env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
			return 1
		}
	}
	up := exec.Command(filepath.Join(bin, "tacit"), "up")
	up.Env = append(os.Environ(), "TACIT_HOME="+home)
	up.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	pipe, err := up.StdoutPipe()
	if err == nil {
		up.Stderr = os.Stderr
		err = up.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		_ = up.Process.Signal(syscall.SIGTERM)
		_ = up.Wait()
	}()
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
			fmt.Fprintln(os.Stderr, "tacit up ended early")
			return 1
		}
	case <-time.After(3 * time.Minute):
		fmt.Fprintln(os.Stderr, "tacit up did not get ready")
		return 1
	}
	return m.Run()
}

func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TACIT_HOME", home)
			e.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("CANCER", filepath.Join(filepath.Dir(bin), "cancer.wasm"))
			// Names are unique per story: the catalogue is shared.
			return nil
		},
	})
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

func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "tacit"), args...)
	cmd.Env = append(os.Environ(), "TACIT_HOME="+home)
	var buf bytes.Buffer
	cmd.Stdout, cmd.Stderr = &buf, &buf
	err := cmd.Run()
	return buf.String(), err
}

// Every role can be killed and comes back by itself; a task submitted after it
// runs to its proof. Issue: restartable one by one.
func TestEveryProcessCanBeKilled(t *testing.T) {
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
		if out, err := command(t, args...); err != nil {
			t.Fatalf("tacit %v: %v\n%s", args, err, out)
		}
	}
	run := func(t *testing.T) {
		t.Helper()
		out, err := command(t, "run", "acme/killed", "--data", "left=hospital/killed", "--data", "right=clinic/killed", "--out", filepath.Join(t.TempDir(), "out"))
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
				out, err := command(t, "doctor", "-o", "json")
				if err == nil && strings.Contains(out, `"name":"network","ok":true`) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the network did not come back: %s", out)
				}
				time.Sleep(300 * time.Millisecond)
			}
			for {
				out, err := command(t, "run", "acme/killed", "--data", "left=hospital/killed", "--data", "right=clinic/killed", "--out", filepath.Join(t.TempDir(), "out"), "--timeout", "90s")
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
