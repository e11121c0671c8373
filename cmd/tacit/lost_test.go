package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// 2 a + 3 b + 1, as builtin/learn writes it.
const lineModel = `{"format":"tacit model 1","kind":"linear","features":["a","b"],"label":"y","model":{"vectors":[[2,3]],"offsets":[1]}}`

const modelPolicy = `services: [acme/line]
anyUser: true
anyPurpose: true
anyRegion: true
minLevel: 2
expires: 4000000000
maxReleases: 100
maxPerTask: 2
maxOutput: 67108864
learn: {operations: [predict]}
`

// busiest is the agent of the enclave that works most at the moment.
func busiest(t *testing.T) int {
	t.Helper()
	stat := func(pid int) (parent int, ticks int64) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, 0
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		f := strings.Fields(rest)
		parent, _ = strconv.Atoi(f[1])
		for _, s := range f[11:13] {
			n, _ := strconv.ParseInt(s, 10, 64)
			ticks += n
		}
		return parent, ticks
	}
	// Of this test's own network: others may run beside it.
	of := func(pid int) (parent int, ticks int64, ok bool) {
		parent, ticks = stat(pid)
		for up := parent; up > 1 && !ok; up, _ = stat(up) {
			ok = up == os.Getpid()
		}
		// The device starts agents as "program", and they their children as guests.
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		line := string(b)
		return parent, ticks, ok && (strings.HasPrefix(line, "program\x00") || strings.HasSuffix(line, "\x00guest\x00"))
	}
	all := func() map[int]int64 {
		out := map[int]int64{}
		list, err := os.ReadDir("/proc")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if pid, err := strconv.Atoi(e.Name()); err == nil {
				if _, ticks, ok := of(pid); ok {
					out[pid] = ticks
				}
			}
		}
		return out
	}
	before := all()
	time.Sleep(time.Second)
	best, most := 0, int64(0)
	for pid, ticks := range all() {
		if d := ticks - before[pid]; d > most {
			best, most = pid, d
		}
	}
	if best == 0 {
		t.Fatalf("none of %d enclaves works", len(before))
	}
	if parent, _, _ := of(best); parent != 0 {
		if _, _, ok := of(parent); ok {
			return parent
		}
	}
	return best
}

// connected is `tacit connect` in a process of its own.
type connected struct {
	url string
	mu  sync.Mutex // guards what follows
	out strings.Builder
}

func (c *connected) says() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

func connectTo(t *testing.T, task string) *connected {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "tacit"), "connect", task, "--listen", "127.0.0.1:0", "--end")
	cmd.Env = append(os.Environ(), "TACIT_HOME="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c, at, done := &connected{}, make(chan string, 1), make(chan struct{})
	go func() {
		defer close(done)
		address := regexp.MustCompile(`http://[^/]+/v2/models/[^ ]+`)
		for s := bufio.NewScanner(pipe); s.Scan(); {
			c.mu.Lock()
			fmt.Fprintln(&c.out, s.Text())
			c.mu.Unlock()
			if a := address.FindString(s.Text()); a != "" {
				at <- a
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-done
		if err := cmd.Wait(); err != nil {
			t.Errorf("connect ended with %v", err)
		}
		if !strings.Contains(c.says(), "answered ") {
			t.Errorf("at its end it says\n%s", c.says())
		}
	})
	select {
	case c.url = <-at:
	case <-time.After(time.Minute):
		t.Fatalf("connect does not listen:\n%s", c.says())
	}
	return c
}

// The machine's owner kills the enclave of a session with requests in hand. Whoever asks is
// told so, what was answered stays signed for, and the next attempt answers.
func TestAKilledEnclaveLosesNoMoreThanWhatIsInHand(t *testing.T) {
	needsNetwork(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"line.json": lineModel, "terms.yaml": modelPolicy} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(t, home, "service", "publish", "builtin/learn@1", "--as", "acme", "--name", "acme/line", "--price", "0.001")
	must(t, home, "data", "publish", filepath.Join(dir, "line.json"), "--as", "clinic", "--name", "clinic/line", "--price", "0.001", "--policy", filepath.Join(dir, "terms.yaml"))
	var opened struct {
		Task  wire.Digest
		Model metadata
	}
	out := must(t, home, "serve", "clinic/line", "--service", "acme/line", "--as", "alice", "--seconds", "300", "--max-price", "3", "-o", "json")
	lines := strings.Split(strings.TrimSpace(out), "\n") // the last is the result, events before it
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &opened); err != nil || opened.Model.Name != "model" {
		t.Fatalf("%s: %v", out, err)
	}
	c := connectTo(t, opened.Task.String())
	post := func(body string) (int, string) {
		r, err := http.Post(c.url+"/infer", "application/json", strings.NewReader(body))
		if err != nil {
			return 0, err.Error()
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		return r.StatusCode, string(b)
	}
	ask := func() (int, string) {
		return post(`{"inputs":[{"name":"rows","datatype":"FP64","shape":[1,2],"data":[1,1]}]}`)
	}
	if status, body := ask(); status != 200 || !strings.Contains(body, "[6]") {
		t.Fatalf("2+3+1 is %d %s", status, body)
	}

	// A channel of one's own, whose receipt is checked afterwards.
	alice, err := (&tool{home: home, as: "alice"}).open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own, err := alice.OpenSession(t.Context(), opened.Task)
	if err != nil {
		t.Fatal(err)
	}
	var leaves []wire.Digest
	for n := range uint64(3) {
		answer, err := own.Ask(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, tacit.SessionLeaf(n+1, wire.Sum([]byte{tacit.SessionAsk}), wire.Sum(append([]byte{tacit.SessionAnswer}, answer...))))
	}
	if _, err := own.Receipt(t.Context()); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	lost := make(chan string, 1)
	big := `{"inputs":[{"name":"rows","datatype":"FP64","shape":[5000,2],"data":[` + strings.TrimSuffix(strings.Repeat("1,", 10000), ",") + `]}]}`
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if status, body := post(big); status != 200 {
					select {
					case lost <- fmt.Sprintf("%d %s", status, body):
					default:
					}
					return
				}
			}
		})
	}
	agent := busiest(t)
	folder := filepath.Join(home, "tasks", opened.Task.String())
	var kept []string
	until(t, func() (err error) { // what it signs while it runs
		if kept, err = filepath.Glob(filepath.Join(folder, "session-*.json")); err == nil && len(kept) == 0 {
			err = os.ErrNotExist
		}
		return err
	})
	if err := syscall.Kill(agent, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case said := <-lost:
		if !strings.HasPrefix(said, "503 ") || !strings.Contains(said, "SESSION_LOST") {
			t.Errorf("whoever asks is told %s", said)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("whoever asks is told nothing")
	}
	cancel()
	wg.Wait()
	until(t, func() error {
		if status, body := ask(); status != 200 || !strings.Contains(body, "[6]") {
			return fmt.Errorf("%d %s", status, body)
		}
		return nil
	})
	if said := c.says(); !strings.Contains(said, "the receipt for ") || !strings.Contains(said, "attempt 2 of the session is open") {
		t.Errorf("connect says\n%s", said)
	}

	if _, err := own.Ask(t.Context(), nil); fault.Of(err) != fault.SessionLost {
		t.Errorf("the lost channel says %v", err)
	}
	last, ok := own.Last()
	r, err := last.Check(alice.network.Genesis.Network(alice.network.Epochs), own.Case.Keys.Receipt)
	if !ok || err != nil || r.Requests != 3 || r.Root != wire.MerkleRoot(leaves) {
		t.Errorf("what it leaves is %+v, %v", r, err)
	}
	b, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	var other tacit.Signed[tacit.SessionReceipt]
	if err := json.Unmarshal(b, &other); err != nil {
		t.Fatal(err)
	}
	if r, err := other.Check(alice.network.Genesis.Network(alice.network.Epochs), own.Case.Keys.Receipt); err != nil || r.Requests == 0 || r.Hello == last.Body.Hello {
		t.Errorf("what connect keeps is %+v, %v", r, err)
	}
	again, err := alice.OpenSession(t.Context(), opened.Task)
	if err != nil || again.Attempt != 2 || own.Attempt != 1 || again.Case.Keys.Receipt == own.Case.Keys.Receipt {
		t.Fatalf("the next attempt: %v", err)
	}
	if _, err := again.Ask(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
