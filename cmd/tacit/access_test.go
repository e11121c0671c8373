package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit/fault"
)

const askPolicy = `services: [acme/asked]
anyUser: true
purposes: [research]
anyRegion: true
minLevel: 2
expires: 4000000000
maxReleases: 100
maxPerTask: 2
maxOutput: 1048576
approval: true
rule: owners >= 2 && output <= 1048576
budgets:
  - {per: user, releases: 1234, window: 24h}
`

// status is the exit status of a command's error.
func status(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}

// must runs a command that succeeds.
func must(t *testing.T, at string, args ...string) string {
	t.Helper()
	out, err := command(at, args...)
	if err != nil {
		t.Fatalf("tacit %v: %v\n%s", args, err, out)
	}
	return out
}

// An owner is asked: he is told, sees the request, answers, and reads why; the
// user plans, waits, and reads what refused him and no more.
func TestAnOwnerIsAsked(t *testing.T) {
	beside(t)
	home := network(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	told := make(chan string, 16)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		told <- r.Header.Get("Tacit-Signature") + string(b)
	}))
	defer hook.Close()
	policy := file("ask.yaml", askPolicy)
	must(t, home, "service", "publish", filepath.Join(filepath.Dir(bin), "cancer.wasm"), "--as", "acme", "--name", "acme/asked", "--price", "0.01")
	must(t, home, "data", "publish", file("l.csv", "id,malignant,a\nP1,0,1.5\nP2,1,2.5\nP3,0,0.5\nP4,1,3.5\nP5,1,2.0\n"), "--as", "hospital", "--name", "hospital/asked", "--policy", policy)
	must(t, home, "data", "publish", file("r.csv", "id,b\nP5,1.1\nP4,2.2\nP3,3.3\nP2,4.4\nP1,5.5\n"), "--as", "clinic", "--name", "clinic/asked", "--allow", "acme/asked")
	must(t, home, "access", "webhook", hook.URL, "--as", "hospital")
	task := []string{"acme/asked", "--data", "left=hospital/asked", "--data", "right=clinic/asked", "--max-price", "0.5"}
	good := append(task[:len(task):len(task)], "--purpose", "research", "--wait", "300")

	t.Run("plan", func(t *testing.T) {
		out := must(t, home, append([]string{"task", "plan"}, good...)...)
		for _, want := range []string{"price      at most", "eligible, level 2", "DATA_APPROVAL", "rule approval", "bytes ", "a run can start"} {
			if !strings.Contains(out, want) {
				t.Errorf("it lacks %q:\n%s", want, out)
			}
		}
		var p struct {
			Workers []struct {
				Eligible bool `json:"eligible"`
			} `json:"workers"`
			Terms []struct {
				Entry, Decision string
			} `json:"terms"`
		}
		text := must(t, home, append([]string{"task", "plan", "-o", "json"}, good...)...)
		if err := json.Unmarshal([]byte(text), &p); err != nil || len(p.Workers) != 3 || len(p.Terms) != 3 {
			t.Errorf("%v: %s", err, text)
		}
		for _, tt := range []struct {
			name string
			args []string
			exit int
			want string
		}{
			{"another purpose", append(task[:len(task):len(task)], "--purpose", "marketing"), fault.ExitTerms, "rule purposes"},
			{"a level that nobody has", append(good[:len(good):len(good)], "--level", "5"), fault.ExitNoWorker, "not eligible: level: expected at least 5, got 2"},
			{"a region without workers", append(good[:len(good):len(good)], "--region", "moon"), fault.ExitNoWorker, "not eligible: region"},
			{"too little money allowed", append(good[:len(good):len(good)], "--max-price", "0.001"), fault.ExitPayment, "PAY_FEE"},
			{"more than there is in the wallet", append(good[:len(good):len(good)], "--max-price", "100000", "--as", "acme"), fault.ExitPayment, "PAY_DEPOSIT"},
		} {
			out, err := command(home, append([]string{"task", "plan"}, tt.args...)...)
			if status(err) != tt.exit || !strings.Contains(out, tt.want) || strings.Contains(out, "1234") || strings.Contains(out, "owners >=") {
				t.Errorf("%s: exit %d, want %d with %q:\n%s", tt.name, status(err), tt.exit, tt.want, out)
			}
		}
		if out := must(t, home, "access", "list", "--as", "hospital"); !strings.Contains(out, "no request waits") {
			t.Errorf("planning made a request:\n%s", out)
		}
	})

	type ended struct {
		out string
		err error
	}
	run := func(args ...string) chan ended {
		done := make(chan ended, 1)
		go func() {
			out, err := command(home, append([]string{"run", "--out", filepath.Join(dir, "out")}, args...)...)
			done <- ended{out, err}
		}()
		return done
	}
	waiting := func() (request, id string) {
		t.Helper()
		for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
			var all []struct {
				Requests []struct{ ID, Task, Entry string } `json:"requests"`
			}
			if err := json.Unmarshal([]byte(must(t, home, "access", "list", "--as", "hospital", "-o", "json")), &all); err != nil {
				t.Fatal(err)
			}
			for _, in := range all {
				for _, r := range in.Requests {
					return r.ID, r.Task
				}
			}
		}
		t.Fatal("no request came")
		return "", ""
	}

	done := run(good...)
	request, id := waiting()
	select {
	case text := <-told:
		if !strings.HasPrefix(text, "sha256=") || !strings.Contains(text, request) || !strings.Contains(text, "hospital/asked") {
			t.Errorf("the webhook got %s", text)
		}
	case <-time.After(30 * time.Second):
		t.Error("the webhook was not told")
	}
	if out, err := command(home, "access", "approve", request, "--as", "clinic"); status(err) != fault.ExitUsage || !strings.Contains(out, "API_NOT_FOUND") {
		t.Errorf("somebody else approves: %v\n%s", err, out)
	}
	must(t, home, "access", "approve", request, "--as", "hospital")
	if end := <-done; end.err != nil || !strings.Contains(end.out, "waiting") {
		t.Fatalf("the approved task: %v\n%s", end.err, end.out)
	}
	full := must(t, home, "access", "explain", id, "--as", "hospital")
	for _, want := range []string{"at release: allowed", "ok    rule         expected owners >= 2", "fewer than 1234 per user in 24h0m0s", "ok    approval"} {
		if !strings.Contains(full, want) {
			t.Errorf("the owner does not read %q:\n%s", want, full)
		}
	}

	done = run(good...)
	request, id = waiting()
	must(t, home, "access", "deny", request, "--reason", "ask the board first", "--as", "hospital")
	end := <-done
	if status(end.err) != fault.ExitTerms || !strings.Contains(end.out, "ask the board first") {
		t.Errorf("the denied task: exit %d\n%s", status(end.err), end.out)
	}
	mine := must(t, home, "access", "explain", id)
	if !strings.Contains(mine, "DENY  approval") || strings.Contains(mine, "1234") || strings.Contains(mine, "owners") {
		t.Errorf("the user reads:\n%s", mine)
	}
	if out, err := command(home, "access", "explain", id, "--as", "acme"); err == nil && (strings.Contains(out, "1234") || strings.Contains(out, "approval")) {
		t.Errorf("a third reads:\n%s", out)
	}

	t.Run("new terms and price, then no offer", func(t *testing.T) {
		free := file("free.yaml", strings.Replace(askPolicy, "approval: true", "approval: false", 1))
		if out := must(t, home, "data", "update", "hospital/asked", "--policy", free, "--price", "0.05", "--as", "hospital"); !strings.Contains(out, "hospital/asked@2: price 0.05") {
			t.Errorf("%s", out)
		}
		if end := <-run(good...); end.err != nil {
			t.Errorf("%v\n%s", end.err, end.out)
		}
		must(t, home, "data", "retire", "hospital/asked", "--as", "hospital")
		if end := <-run(good...); status(end.err) != fault.ExitTerms {
			t.Errorf("a retired dataset: exit %d\n%s", status(end.err), end.out)
		}
		if out, err := command(home, "data", "update", "hospital/asked", "--price", "1", "--as", "clinic"); err == nil {
			t.Errorf("somebody else's: %s", out)
		}
	})
}
