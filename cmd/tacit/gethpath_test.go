package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/settle"
	"tacit/wire"
)

// A front is an end point before a real node that a test makes lag, lie or show
// low fees.
type front struct {
	to   string
	mode atomic.Value // honest, behind, lies or cheap
	url  string
}

func newFront(t *testing.T, to string) *front {
	f := &front{to: to}
	f.mode.Store("honest")
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

// A request is what the clients of the contracts send, one at a time.
type request struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  []any           `json:"params"`
}

func (f *front) post(body []byte) ([]byte, error) {
	resp, err := http.Post(f.to, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var asked request
	if err == nil {
		err = json.Unmarshal(body, &asked)
	}
	var answer []byte
	if err == nil {
		switch f.mode.Load() {
		case "behind":
			answer, err = f.behind(asked)
		case "lies":
			if answer, err = f.post(body); err == nil {
				answer = lie(asked.Method, answer)
			}
		case "cheap":
			if answer, err = f.post(body); err == nil && asked.Method == "eth_maxPriorityFeePerGas" {
				answer = says(answer, `"0x1"`)
			} else if err == nil {
				answer = baseFee.ReplaceAll(answer, []byte(`"baseFeePerGas":"0x1"`))
			}
		default:
			answer, err = f.post(body)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

// lag is how many blocks an end point is behind.
const lag = 2

var blockOf = regexp.MustCompile(`"blockNumber":"(0x[0-9a-f]+)"`)

// behind answers as the node did some blocks ago, but for what it is sent.
func (f *front) behind(asked request) ([]byte, error) {
	answer, err := f.post([]byte(`{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}`))
	if err != nil {
		return nil, err
	}
	var head struct{ Result string }
	if err := json.Unmarshal(answer, &head); err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(head.Result, 0, 64)
	if err != nil {
		return nil, err
	}
	n -= min(n, lag)
	for i, p := range asked.Params {
		s, ok := p.(string)
		if s == "latest" || s == "pending" || s == "safe" {
			asked.Params[i] = fmt.Sprintf("0x%x", n)
		}
		if at, err := strconv.ParseUint(s, 0, 64); ok && err == nil && at > n && (asked.Method == "eth_getBlockByNumber" || asked.Method == "eth_call") {
			return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"result":null}`, asked.ID), nil
		}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	if answer, err = f.post(body); err != nil {
		return nil, err
	}
	switch asked.Method {
	case "eth_blockNumber":
		return says(answer, fmt.Sprintf(`"0x%x"`, n)), nil
	case "eth_getTransactionReceipt":
		if m := blockOf.FindSubmatch(answer); m != nil {
			if at, err := strconv.ParseUint(string(m[1]), 0, 64); err == nil && at > n {
				return says(answer, "null"), nil
			}
		}
	}
	return answer, nil
}

var (
	mixHash = regexp.MustCompile(`"mixHash":"0x[0-9a-f]{4}`)
	word    = regexp.MustCompile(`"result":"(0x[0-9a-f]{63,})[0-9a-f]"`)
)

// lie changes whatever an end point can be asked.
func lie(method string, answer []byte) []byte {
	switch method {
	case "eth_getTransactionCount", "eth_getBalance":
		return says(answer, `"0x0"`)
	case "eth_maxPriorityFeePerGas":
		return says(answer, `"0x2540be40000"`)
	case "eth_estimateGas":
		return says(answer, `"0x5208"`)
	case "eth_getTransactionReceipt":
		return says(answer, "null")
	case "eth_getBlockByNumber":
		answer = mixHash.ReplaceAll(answer, []byte(`"mixHash":"0xdead`))
		return baseFee.ReplaceAll(answer, []byte(`"baseFeePerGas":"0x8ac7230489e80000"`))
	case "eth_call":
		return word.ReplaceAll(answer, []byte(`"result":"${1}e"`))
	}
	return answer
}

// outside is a network of `tacit up` on a real node, through three end points.
type outside struct {
	t      *testing.T
	n      *realNode
	fronts [3]*front
	home   string
	paid   []tacit.Settled
}

func (o *outside) set(first, rest string) {
	o.fronts[0].mode.Store(first)
	o.fronts[1].mode.Store(rest)
	o.fronts[2].mode.Store(rest)
}

func (o *outside) tacit(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(bin, "tacit"), args...)
	cmd.Env = append(os.Environ(), "TACIT_HOME="+o.home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (o *outside) must(t *testing.T, args ...string) {
	t.Helper()
	if out, err := o.tacit(args...).CombinedOutput(); err != nil {
		t.Fatalf("tacit %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// up brings the network up and returns once it is ready.
func (o *outside) up(funder string) {
	o.t.Helper()
	args := []string{"up", "--funder", funder, "--workers", "1", "--finality", "6"}
	for _, f := range o.fronts {
		args = append(args, "--chain", f.url)
	}
	up := o.tacit(args...)
	pipe, err := up.StdoutPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	up.Stderr = up.Stdout
	if err := up.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		_ = up.Process.Signal(syscall.SIGTERM)
		_ = up.Wait()
		if o.t.Failed() {
			filesBelow(o.t, filepath.Join(o.home, "log"), func(path string, b []byte) {
				o.t.Logf("%s: %s", filepath.Base(path), b[max(0, len(b)-3000):])
			})
		}
	})
	var seen strings.Builder
	s := bufio.NewScanner(pipe)
	for s.Scan() {
		seen.WriteString(s.Text() + "\n")
		if strings.HasPrefix(s.Text(), "ready: home") {
			go func() { _, _ = io.Copy(io.Discard, pipe) }()
			return
		}
	}
	o.t.Fatalf("the network did not get ready:\n%s", seen.String())
}

// run runs a task and disturbs once a stage of it is done. It ends settled, and its
// proof holds.
func (o *outside) run(t *testing.T, stage string, disturb func()) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	cmd := o.tacit("run", "acme/sum", "--data", "left=hospital/left", "--data", "right=clinic/right", "--out", out, "--timeout", "5m")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	disturbed := disturb == nil
	for s := bufio.NewScanner(pipe); s.Scan(); {
		seen.WriteString(s.Text() + "\n")
		if f := strings.Fields(s.Text()); !disturbed && len(f) > 1 && f[0] == stage && f[1] == "done" {
			disturbed = true
			disturb()
		}
	}
	if err := cmd.Wait(); err != nil || !disturbed {
		t.Fatalf("%v, disturbed %v\n%s%s", err, disturbed, seen.String(), errs.String())
	}
	o.must(t, home, "proof", "verify", filepath.Join(out, "proof.json"))
	var proof tacit.ProofFile
	b, err := os.ReadFile(filepath.Join(out, "proof.json"))
	if err == nil {
		err = json.Unmarshal(b, &proof)
	}
	if err != nil || len(proof.Proof.Settled) != 1 {
		t.Fatalf("the proof has %d settlements: %v", len(proof.Proof.Settled), err)
	}
	o.paid = append(o.paid, proof.Proof.Settled[0])
}

// again kills geth, leaves it away for a moment and starts it on what is left.
func (o *outside) again() {
	o.n.kill()
	time.Sleep(2 * time.Second)
	o.n.start()
}

// The whole path, from the sealed program to what payees collect, on a chain of
// geth's behind three end points.
//
// case N73 code - check settle/points.go:CallContract
func TestN73TheWholePathOnARealNode(t *testing.T) {
	if os.Getenv("TACIT_GETH") == "" {
		t.Skip("make geth runs it")
	}
	if err := built(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	n, _ := rich(t, dir)
	o := &outside{t: t, n: n, home: filepath.Join(dir, "home")}
	for i := range o.fronts {
		o.fronts[i] = newFront(t, n.url())
	}
	o.set("lies", "honest")
	o.up(filepath.Join(dir, "funder.key"))
	for name, text := range map[string]string{"left.csv": "id,malignant,x\nP1,0,1.5\nP2,1,2.5\nP3,0,0.5\nP4,1,3.5\n", "right.csv": "id,y\nP4,2\nP3,3\nP2,4\nP1,5\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.must(t, home, "service", "publish", filepath.Join(folder, "cancer.wasm"), "--as", "acme", "--name", "acme/sum", "--price", "0.01")
	o.must(t, home, "data", "publish", filepath.Join(dir, "left.csv"), "--as", "hospital", "--name", "hospital/left", "--allow", "acme/sum", "--price", "0.1")
	o.must(t, home, "data", "publish", filepath.Join(dir, "right.csv"), "--as", "clinic", "--name", "clinic/right", "--allow", "acme/sum", "--price", "0.2")
	t.Run("one of three lies about everything", func(t *testing.T) { o.run(t, "", nil) })
	if t.Failed() {
		return
	}
	o.set("honest", "honest")
	ctx := t.Context()
	s, err := (&tool{home: o.home, as: "alice"}).open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dispatcher := o.paid[0].Batch.Dispatcher
	if _, err := s.Chain.Deposit(ctx, dispatcher, 20e9); err != nil {
		t.Fatal(err)
	}
	began := o.books(t, s.Chain, dispatcher)
	for _, tt := range []struct {
		name, stage string
		mode        string // of the first end point
		disturb     func()
	}{
		{"twin: all are honest", "", "honest", nil},
		{"one of three is two blocks behind", "", "behind", nil},
		{"fees rise above what was offered and geth forgets what waits", "Run", "honest", func() {
			o.set("cheap", "cheap")
			time.Sleep(4 * time.Second)
			o.again()
			o.set("honest", "honest")
		}},
		{"geth is killed when the task is drawn", "Draw", "honest", o.again},
		{"geth is killed when the task ran", "Run", "lies", o.again},
		{"geth is killed while its batch is posted", "Run", "honest", func() { time.Sleep(1500 * time.Millisecond); o.again() }},
		{"geth is killed while payees are claimed for", "Settle", "honest", o.again},
	} {
		t.Run(tt.name, func(t *testing.T) {
			durable(t, n)
			o.set(tt.mode, "honest")
			o.run(t, tt.stage, tt.disturb)
		})
	}
	o.set("honest", "honest")
	t.Run("payees get it, once", func(t *testing.T) {
		for until := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Second) {
			if err := claimed(t, s.Chain, dispatcher); err == nil {
				break
			} else if time.Now().After(until) {
				t.Fatal(err)
			}
		}
		if ended := o.books(t, s.Chain, dispatcher); ended != began {
			t.Errorf("deposits and batches come to %d, %d before", ended, began)
		}
		if err := owes(t, s.Chain, dispatcher); err != nil {
			t.Error(err)
		}
		o.collects(t, "hospital", 100e6*tacit.Money(len(o.paid)))
		o.collects(t, "clinic", 200e6*tacit.Money(len(o.paid)))
	})
}

// books is what is on deposit and what all batches took, which no task changes.
// The batches take what the tasks cost, and no task was paid twice.
func (o *outside) books(t *testing.T, chain *settle.Client, dispatcher wire.Address) tacit.Money {
	t.Helper()
	ctx := t.Context()
	last, err := chain.LastBatch(ctx, dispatcher)
	if err != nil {
		t.Fatal(err)
	}
	totals, fees := tacit.Money(0), tacit.Money(0)
	for number := uint64(1); number <= last; number++ {
		b, err := chain.Batch(ctx, dispatcher, number)
		if err != nil {
			t.Fatal(err)
		}
		if b.Voided {
			t.Errorf("batch %d is void", number)
		}
		totals += b.Total
	}
	for _, x := range o.paid {
		fees += x.Settlement.Fee
		b, err := chain.Batch(ctx, dispatcher, x.Batch.Number)
		if err != nil || b.Leaves != x.Batch.Leaves {
			t.Errorf("task %s is not in batch %d: %v", x.Settlement.Task.Short(), x.Batch.Number, err)
		}
		if direct, err := chain.Settled(ctx, x.Settlement.Task); err != nil || direct != 0 {
			t.Errorf("task %s was settled directly too: %d, %v", x.Settlement.Task.Short(), direct, err)
		}
	}
	if totals != fees {
		t.Errorf("batches take %d, the tasks cost %d", totals, fees)
	}
	l, err := chain.Ledger(ctx, chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	return l.Deposit.Amount + totals
}

// claimed is an error as long as a batch owes somebody something.
func claimed(t *testing.T, chain *settle.Client, dispatcher wire.Address) error {
	t.Helper()
	last, err := chain.LastBatch(t.Context(), dispatcher)
	if err != nil {
		return err
	}
	var open error
	for number := uint64(1); number <= last; number++ {
		b, err := chain.Batch(t.Context(), dispatcher, number)
		if err == nil && b.Remaining > 0 {
			err = fmt.Errorf("batch %d still owes %d", number, b.Remaining)
		}
		open = errors.Join(open, err)
	}
	return open
}

// collects has an owner collect exactly what the tasks brought him.
func (o *outside) collects(t *testing.T, account string, want tacit.Money) {
	t.Helper()
	s, err := (&tool{home: o.home, as: account}).open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Chain.Ledger(t.Context(), s.Chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	if before.Claimable != want {
		t.Errorf("%s can collect %d, want %d", account, before.Claimable, want)
	}
	o.must(t, home, "wallet", "collect", "--as", account)
	after, err := s.Chain.Ledger(t.Context(), s.Chain.Account())
	if err != nil {
		t.Fatal(err)
	}
	if gas := before.Wallet + want - after.Wallet; after.Claimable != 0 || gas > 10e6 {
		t.Errorf("%s has %d and can collect %d; before %d", account, after.Wallet, after.Claimable, before.Wallet)
	}
}
