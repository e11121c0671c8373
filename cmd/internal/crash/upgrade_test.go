package crash

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// release builds the untrusted roles as another release would have them, whose
// processes speak other versions to each other, and returns the program.
func release(t *testing.T, dir, name string, oldest, newest int) string {
	t.Helper()
	header := filepath.Join(dir, "src", "header.go")
	text, err := os.ReadFile(header)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.WriteFile(header, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}()
	other := bytes.Replace(text, []byte("Oldest uint32 = 1\n"), fmt.Appendf(nil, "Oldest uint32 = %d\n", oldest), 1)
	other = bytes.Replace(other, []byte("Newest uint32 = 1\n"), fmt.Appendf(nil, "Newest uint32 = %d\n", newest), 1)
	if bytes.Equal(text, other) {
		t.Fatal("header.go does not say which versions are spoken")
	}
	if err := os.WriteFile(header, other, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := run(t.Context(), filepath.Join(dir, "src"), "go", "build", "-trimpath", "-buildvcs=false", "-mod=mod", "-o", path, "./cmd/dev/tacitd"); err != nil {
		t.Fatal(err)
	}
	return path
}

// install puts a program in the place of the one that processes are started from.
// Those that run go on with theirs.
func (n *Net) install(program string) error {
	b, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	path := filepath.Join(n.bin, "tacitd")
	if err := os.WriteFile(path+".new", b, 0o700); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// end ends a process as an operator would and returns its number.
func (n *Net) end(t *testing.T, name string) int {
	t.Helper()
	for try := 0; try < 100; try++ {
		// While the number is being written it reads as none, which would be us.
		if pid := n.pid(name); pid > 1 {
			if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
				t.Fatalf("end %s: %v", name, err)
			}
			return pid
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s has no process", name)
	return 0
}

// restart ends a process and waits until its successor works.
func (n *Net) restart(t *testing.T, u *User, kind, name string, m mark) {
	t.Helper()
	m = n.markOf(kind, name, m.blob)
	m.pid = n.end(t, name)
	if err := until(t.Context(), time.Minute, 2*time.Second, func(ctx context.Context) error { return n.back(ctx, u, m) }); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// said waits until a process's log, from some place on, says something.
func (n *Net) said(t *testing.T, name string, from int64, what string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		b, err := os.ReadFile(filepath.Join(n.home, "log", name+".log"))
		if err == nil && int64(len(b)) >= from && strings.Contains(string(b[from:]), what) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the log of %s does not say %q: %v", name, what, err)
		}
	}
}

// Two releases in one network: node by node the untrusted roles are replaced by a
// release that speaks one version more, and taken back, while tasks run. None is lost,
// and two new ones speak the new version. A release that has given the old version up
// is refused and harms nobody.
//
// case N96 code PROTO_VERSION check atls/exchange.go:with
func TestN96RollingUpgrade(t *testing.T) {
	if *kills == 0 {
		t.Skip("make crash runs it")
	}
	dir := built(t)
	next, only := release(t, dir, "next", 1, 2), release(t, dir, "only", 2, 2)
	old := filepath.Join(dir, "old")
	if err := os.Link(filepath.Join(dir, "bin", "tacitd"), old); err != nil {
		t.Fatal(err)
	}
	n, users, load, m := network(t, dir, nil)
	u := users[0]
	var enough atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		load.Run(t.Context(), 20, 4, 1, func() bool { return !enough.Load() })
	}()
	install := func(program string) {
		t.Helper()
		if err := n.install(program); err != nil {
			t.Fatal(err)
		}
	}
	nodes := [][2]string{{"gateway", "gateway"}, {"blobs", "blobs"}}
	for _, kind := range []string{"verifier", "worker"} {
		for i := range several[kind] {
			nodes = append(nodes, [2]string{kind, fmt.Sprintf("%s-%d", kind, 1+i)})
		}
	}
	t.Run("twin: node by node to the next release", func(t *testing.T) {
		install(next)
		for _, x := range nodes {
			from := n.markOf(x[0], x[1], m.blob).log
			n.restart(t, u, x[0], x[1], m)
			if x[0] == "verifier" {
				n.said(t, x[1], from, "to=gateway version=2")
			}
			if x[0] == "verifier" || x[0] == "worker" {
				n.said(t, x[1], from, "version=1") // to the dispatcher, which is measured and stays
			}
		}
	})
	t.Run("a release that gave the old version up", func(t *testing.T) {
		install(only)
		from := n.markOf("worker", "worker-1", m.blob).log
		n.end(t, "worker-1")
		n.said(t, "worker-1", from, "PROTO_VERSION") // of the dispatcher, which speaks the old one
	})
	t.Run("twin: node by node back", func(t *testing.T) {
		install(old)
		for i := range nodes {
			x := nodes[len(nodes)-1-i]
			from := n.markOf(x[0], x[1], m.blob).log
			n.restart(t, u, x[0], x[1], m)
			if x[0] == "verifier" || x[0] == "worker" {
				n.said(t, x[1], from, "version=1")
			}
		}
	})
	enough.Store(true)
	<-done
	findings, grants := examine(t, n, users, load)
	for _, f := range findings {
		t.Errorf("%s: %s", f.Kind, f.What)
	}
	all, given := load.Tasks()
	settled, codes := 0, map[string]int{}
	for _, x := range all {
		if x.Settled {
			settled++
		} else {
			codes[string(x.Code)]++
		}
	}
	if 4*settled < 3*len(all) {
		t.Errorf("only %d of %d tasks settled; the others ended with %v", settled, len(all), codes)
	}
	t.Logf("%d tasks, %d settled, %d not accepted, %d grants, ended otherwise: %v", len(all), settled, given, grants, codes)
}
