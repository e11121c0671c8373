package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/enclave"
	"tacit/settle"
	"tacit/wire"
)

// listening is where the processes of the network listen and where their
// metrics are, from the layout of the home.
func listening(t *testing.T) (ports map[uint16]bool, health map[string]string) {
	t.Helper()
	var l struct {
		Port    int `json:"port"`
		Members []struct{ Name, Address, Health string }
		Health  map[string]string
	}
	b, err := os.ReadFile(filepath.Join(home, "layout.json"))
	if err == nil {
		err = json.Unmarshal(b, &l)
	}
	if err != nil {
		t.Fatal(err)
	}
	ports, health = map[uint16]bool{uint16(l.Port): true}, l.Health
	for _, m := range l.Members {
		health[m.Name] = m.Health
		for _, a := range []string{m.Address, m.Health} {
			if _, port, err := net.SplitHostPort(a); err == nil {
				n, _ := strconv.ParseUint(port, 10, 16)
				ports[uint16(n)] = true
			}
		}
	}
	return ports, health
}

// keysOf are the secrets of nodes and accounts: text or raw, as they lie in
// their files.
func keysOf(t *testing.T) []canary {
	t.Helper()
	var out []canary
	filesBelow(t, home, func(path string, b []byte) {
		switch filepath.Ext(path) {
		case ".key":
			b = bytes.TrimSpace(b)
			if raw, err := hex.DecodeString(strings.TrimPrefix(string(b), "0x")); err == nil {
				b = raw
			}
			if len(b) == 32 {
				out = append(out, newCanary(path, b))
			}
		case ".age":
			out = append(out, canary{name: path, forms: [][]byte{bytes.TrimSpace(b)}})
		}
	})
	if len(out) < 10 {
		t.Fatalf("found %d keys in the home", len(out))
	}
	return out
}

// opened is how many files the processes of the network have open.
func opened() int {
	n := 0
	pids, _ := filepath.Glob(filepath.Join(home, "run", "*.pid"))
	for _, file := range pids {
		b, _ := os.ReadFile(file)
		list, _ := os.ReadDir(filepath.Join("/proc", strings.TrimSpace(string(b)), "fd"))
		n += len(list)
	}
	return n
}

// case N93 code - check enclave/spawn.go:RLIMIT_CORE
//
// The oracles look at one task from outside: nothing secret is in traffic, on
// disks, in logs and metrics (O1), the books add up and the task is paid once
// (O2), it has one end that stays (O3, O4), what it used comes back (O5), and a
// refusal has its code and its record and tells nothing either (O6). That the
// same scan finds each canary where it belongs is their twin (O7).
func TestOracles(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	secret := func(name string) canary {
		b := make([]byte, 32)
		_, _ = rand.Read(b)
		return newCanary(name, b)
	}
	code, data, params, spoken := secret("code"), secret("data"), secret("parameters"), secret("spoken in clear")
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dataText, paramsText := "id,x\nP1,"+data.text+"\n", `{"canary":"`+params.text+`"}`
	sum := sha256.Sum256([]byte(code.text + dataText + paramsText))
	result := newCanary("result", sum[:])
	secrets := []canary{code, data, params, result}

	module := filepath.Join(dir, "canary.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-X main.code="+code.text, "-o", module, "./testdata/canary")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	table, wishes := file("x.csv", dataText), file("params.json", paramsText)
	keys := keysOf(t)
	ports, health := listening(t)
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listen.Close()
	ports[uint16(listen.Addr().(*net.TCPAddr).Port)] = true
	wires, captured := startCapture(t, ports)

	must(t, home, "service", "publish", module, "--as", "acme", "--name", "acme/canary", "--price", "0.01")
	must(t, home, "data", "publish", table, "--as", "hospital", "--name", "hospital/canary", "--allow", "acme/canary")
	task := func(out string) string {
		return must(t, home, "run", "acme/canary", "--data", "x=hospital/canary", "--params", wishes, "--out", out)
	}
	said := task(filepath.Join(dir, "warm"))
	before := opened()
	out := filepath.Join(dir, "out")
	const trace, caller = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	t.Setenv("TRACEPARENT", "00-"+trace+"-"+caller+"-01")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", traced.url)
	said += task(out)
	os.Unsetenv("TRACEPARENT")

	t.Run("O7 twin: each canary is found where it belongs", func(t *testing.T) {
		for _, tt := range []struct {
			c    canary
			path string
		}{{code, module}, {data, table}, {params, wishes}, {result, filepath.Join(out, "result")}} {
			b, err := os.ReadFile(tt.path)
			if err != nil || !tt.c.in(b) {
				t.Errorf("%s is not in %s: %v", tt.c.name, tt.path, err)
			}
			for _, enc := range []string{hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b))} {
				if !tt.c.in([]byte(enc)) {
					t.Errorf("%s is not found in hex", tt.c.name)
				}
			}
			for shift := range 3 {
				j, _ := json.Marshal(append(make([]byte, shift), b...)) // base64
				if !tt.c.in(j) {
					t.Errorf("%s is not found in base64 behind %d bytes", tt.c.name, shift)
				}
			}
		}
	})

	t.Run("O1 traffic", func(t *testing.T) {
		if !captured {
			t.Skip("traffic was not looked at: this user may not open a packet socket")
		}
		// The twin: what is spoken in clear is heard, cut in two.
		c, err := net.Dial("tcp", listen.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, spoken.text[:20])
		time.Sleep(50 * time.Millisecond) // two segments, most likely; one would do
		_, _ = io.WriteString(c, spoken.text[20:])
		c.Close()
		heard := false
		for deadline := time.Now().Add(10 * time.Second); !heard && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			for _, b := range wires.streams() {
				heard = heard || spoken.in(b)
			}
		}
		if !heard {
			t.Fatal("twin: what was spoken in clear was not heard")
		}
		bytes := 0
		streams := wires.streams()
		for f, b := range streams {
			bytes += len(b)
			for _, s := range slices.Concat(secrets, keys) {
				if s.in(b) {
					t.Errorf("%s went over port %d to %d", s.name, f.from, f.to)
				}
			}
		}
		if lost := wires.lost(); lost > 0 {
			t.Errorf("%d packets were not seen", lost)
		}
		t.Logf("%d bytes in %d streams", bytes, len(streams))
	})

	scan := func(t *testing.T) {
		t.Helper()
		files, logs := 0, 0
		filesBelow(t, home, func(path string, b []byte) {
			files++
			for _, s := range secrets {
				if s.name == "parameters" && filepath.Base(path) == "task.json" {
					continue // what the user asked for, in his own folder, for 'task rerun'
				}
				if s.in(b) {
					t.Errorf("%s is in %s", s.name, path)
				}
			}
			if filepath.Ext(path) == ".log" {
				logs++
				for _, s := range keys {
					if s.in(b) {
						t.Errorf("the secret of %s is in %s", s.name, path)
					}
				}
			}
		})
		if files < 50 || logs < 10 {
			t.Errorf("scanned %d files, %d of them logs", files, logs)
		}
	}
	t.Run("O1 disks and logs", scan)

	t.Run("O1 metrics and what commands say", func(t *testing.T) {
		for name, address := range health {
			for _, path := range []string{"/metrics", "/livez", "/readyz"} {
				resp, err := http.Get("http://" + address + path)
				if err != nil {
					t.Errorf("%s of %s: %v", path, name, err)
					continue
				}
				b, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || len(b) == 0 {
					t.Errorf("%s of %s: %d bytes, %v", path, name, len(b), err)
				}
				said += string(b)
			}
		}
		for _, s := range slices.Concat(secrets, keys) {
			if s.in([]byte(said)) {
				t.Errorf("%s was said", s.name)
			}
		}
	})

	var proof tacit.ProofFile
	b, err := os.ReadFile(filepath.Join(out, "proof.json"))
	if err == nil {
		err = json.Unmarshal(b, &proof)
	}
	if err != nil || len(proof.Proof.Settled) != 1 {
		t.Fatalf("the proof has %d settlements: %v", len(proof.Proof.Settled), err)
	}
	paid := proof.Proof.Settled[0]
	s, err := (&tool{home: home, as: "alice"}).open(ctx)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("one trace from the tool to the enclave's boundary", func(t *testing.T) {
		oneTrace(t, traced, trace, caller, paid.Settlement.Task.String())
		b := traced.bytes()
		for _, s := range slices.Concat(secrets, keys) {
			if s.in(b) {
				t.Errorf("%s is in a span", s.name)
			}
		}
	})

	t.Run("O2 and O3 the books add up and the task ended once", func(t *testing.T) {
		if err := books(t, s.Chain, paid); err != nil {
			t.Error(err)
		}
		if direct, err := s.Chain.Settled(ctx, paid.Settlement.Task); err != nil || direct != 0 {
			t.Errorf("it was settled directly too: %d, %v", direct, err)
		}
		if text, err := command(home, "proof", "verify", filepath.Join(out, "proof.json")); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	})

	t.Run("O4 what was acknowledged outlives a kill", func(t *testing.T) {
		kill9(t, "dispatcher")
		kill9(t, "gateway")
		for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Second) {
			r, err := s.Fetch(ctx, paid.Settlement.Task)
			if got := r.Proof; err == nil && len(got.Proof.Settled) == 1 {
				if got.Proof.Settled[0].Settlement != paid.Settlement || got.Proof.Settled[0].Batch != paid.Batch || got.Proof.Leaf != proof.Proof.Leaf {
					t.Error("the task has another end now")
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the proof is gone: %v", err)
			}
		}
	})

	t.Run("O5 open files come back", func(t *testing.T) {
		const slack = 24 // connections that are made anew after the kill
		now := 0
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Second) {
			if now = opened(); now <= before+slack {
				return
			}
		}
		t.Errorf("%d files are open, %d before", now, before)
	})

	t.Run("O6 a refusal has its code and its record and tells nothing", func(t *testing.T) {
		must(t, home, "service", "publish", module, "--as", "acme", "--name", "acme/uncanny")
		text, err := command(home, "run", "acme/uncanny", "--data", "x=hospital/canary", "--params", wishes, "--out", filepath.Join(dir, "never"))
		if err == nil || !strings.Contains(text, "DATA_CONSENT") {
			t.Errorf("it was not refused by the terms: %v\n%s", err, text)
		}
		for _, s := range slices.Concat(secrets, keys) {
			if s.in([]byte(text)) {
				t.Errorf("%s was said", s.name)
			}
		}
		id := refusedTask(text)
		if record := must(t, home, "access", "explain", id, "--as", "hospital"); !strings.Contains(record, "DENY  services") {
			t.Errorf("the owner reads of the refusal:\n%s", record)
		}
	})

	t.Run("N93 no core", func(t *testing.T) { noCores(t, scan) })
}

// refusedTask reads the task's ID from the error of a refused run.
func refusedTask(text string) string {
	_, rest, _ := strings.Cut(text, "task ")
	words := strings.Fields(rest)
	if len(words) == 0 {
		return ""
	}
	return strings.Trim(words[0], ":,")
}

// books holds what the escrow owns against what it owes. The network goes on
// while this is read, so it looks again before it says no.
func books(t *testing.T, chain *settle.Client, paid tacit.Settled) error {
	t.Helper()
	ctx := t.Context()
	record, err := chain.Batch(ctx, paid.Batch.Dispatcher, paid.Batch.Number)
	if err != nil {
		return err
	}
	if record.Posted == 0 || record.Voided || record.Leaves != paid.Batch.Leaves {
		return fmt.Errorf("the chain has not batch %d of the proof", paid.Batch.Number)
	}
	for range 10 {
		if err = owes(t, chain, paid.Batch.Dispatcher); err == nil {
			return nil
		}
		time.Sleep(2 * time.Second)
	}
	return err
}

func owes(t *testing.T, chain *settle.Client, dispatcher wire.Address) error {
	t.Helper()
	ctx := t.Context()
	last, err := chain.LastBatch(ctx, dispatcher)
	if err != nil {
		return err
	}
	owed := tacit.Money(0)
	for number := uint64(1); number <= last; number++ {
		b, err := chain.Batch(ctx, dispatcher, number)
		if err != nil {
			return err
		}
		if !b.Voided {
			owed += b.Remaining
		}
	}
	head, err := chain.Head(ctx)
	if err != nil {
		return err
	}
	state, err := chain.State(ctx, head)
	if err != nil {
		return err
	}
	accounts := map[wire.Address]bool{}
	for _, n := range state.Nodes {
		accounts[n.Key], accounts[n.Operator] = true, true
	}
	for _, e := range state.Entries {
		accounts[e.Owner] = true
	}
	for _, d := range state.Deposits {
		owed += d.Amount
		accounts[d.User] = true
	}
	for a := range accounts {
		l, err := chain.Ledger(ctx, a)
		if err != nil {
			return err
		}
		owed += l.Claimable
	}
	held, err := chain.Balance(ctx, chain.Addresses().Escrow)
	if err != nil {
		return err
	}
	if held != owed {
		return fmt.Errorf("the escrow holds %d and owes %d", held, owed)
	}
	return nil
}

// noCores ends a worker and an enclave as a crash would and looks for what they
// leave. A shell that may leave a core shows that one would be seen.
func noCores(t *testing.T, scan func(*testing.T)) {
	pid := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(home, "run", name+".pid"))
		return strings.TrimSpace(string(b))
	}
	inside := ""
	for deadline := time.Now().Add(time.Minute); inside == "" && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		inside = agent(pid("device"))
	}
	if inside == "" {
		t.Fatal("no enclave is kept ready")
	}
	for name, p := range map[string]string{"the worker": pid("worker-1"), "the enclave": inside} {
		limits, err := os.ReadFile("/proc/" + p + "/limits")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(limits)) {
			if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && name != "the worker" && !slices.Equal(strings.Fields(rest)[:2], []string{"0", "0"}) {
				t.Errorf("%s may leave a core: %s", name, line)
			}
		}
	}
	folders, old := []string{home}, map[string]bool{}
	for _, p := range []string{pid("worker-1"), inside} {
		if at, err := os.Readlink("/proc/" + p + "/cwd"); err == nil {
			folders = append(folders, at)
			for _, f := range cores(at) {
				old[f] = true
			}
		}
		n, _ := strconv.Atoi(p)
		if err := syscall.Kill(n, syscall.SIGABRT); err != nil {
			t.Error(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if _, err := os.Stat("/proc/" + inside); errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	for _, f := range folders {
		for _, found := range cores(f) {
			if !old[found] {
				t.Errorf("a core: %s", found)
			}
		}
	}
	scan(t)
	t.Run("twin: a process that may leaves one", func(t *testing.T) {
		dir := t.TempDir()
		cmd := exec.Command("sh", "-c", "ulimit -c unlimited && kill -ABRT $$")
		cmd.Dir = dir
		_ = cmd.Run()
		if len(cores(dir)) == 0 {
			t.Skip("this machine keeps cores elsewhere or not at all")
		}
	})
}

func cores(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "core*"))
	return slices.DeleteFunc(found, func(f string) bool {
		s, err := os.Stat(f)
		return err != nil || !s.Mode().IsRegular()
	})
}

// agent finds an enclave's agent among the descendants of the device: it is
// the parent of the one that runs guests.
func agent(pid string) string {
	list, _ := filepath.Glob("/proc/" + pid + "/task/*/children")
	for _, file := range list {
		b, _ := os.ReadFile(file)
		for _, child := range strings.Fields(string(b)) {
			args, _ := os.ReadFile("/proc/" + child + "/cmdline")
			if slices.Contains(strings.Split(string(args), "\x00"), enclave.ChildArg) {
				return pid
			}
			if found := agent(child); found != "" {
				return found
			}
		}
	}
	return ""
}
