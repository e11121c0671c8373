package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/devnet"
	"tacit/key"
	"tacit/node"
	"tacit/settle"
	"tacit/settle/devchain"
	"tacit/wire"
)

// gethPath is a geth of version 1.17.8, or a skipped test.
func gethPath(t *testing.T) string {
	path := os.Getenv("TACIT_GETH")
	if path == "" {
		path = "../../build/geth"
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("there is no geth: `make geth` builds build/geth (some minutes), or set TACIT_GETH")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// realNode is a geth process that can be killed and started again.
type realNode struct {
	t         *testing.T
	path, dir string
	port      int
	cmd       *exec.Cmd
}

func (n *realNode) url() string { return fmt.Sprintf("http://127.0.0.1:%d", n.port) }

func (n *realNode) start() {
	n.t.Helper()
	// The state of every block is written at once. geth's usual database keeps small
	// writes in memory for long: on a chain with so little to write, a kill takes back
	// deposits of ten seconds ago. leveldb hands each to the system.
	n.cmd = exec.Command(n.path, "--dev", "--dev.period", "1", "--datadir", n.dir, "--networkid", "4242", "--db.engine", "leveldb", "--state.scheme", "hash", "--gcmode", "archive",
		"--cache", "64", "--http", "--http.port", strconv.Itoa(n.port), "--http.api", "eth,net,web3", "--ipcdisable", "--nodiscover", "--port", "0", "--verbosity", "1")
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	for until := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, _, err := settle.Probe(context.Background(), n.url()); err == nil {
			return
		} else if time.Now().After(until) {
			n.t.Fatal(err)
		}
	}
}

func (n *realNode) kill() { _ = n.cmd.Process.Kill(); _ = n.cmd.Wait() }

func (n *realNode) signal(s syscall.Signal) {
	n.t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		n.t.Fatal(err)
	}
}

// rich makes a node whose chain gives one account money, and starts it.
func rich(t *testing.T, dir string) (*realNode, *key.Signer) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	path := gethPath(t)
	funder, err := key.NewSigner()
	must(err)
	genesis, err := json.Marshal(devchain.Genesis(4242, map[wire.Address]tacit.Money{funder.Address(): 1e15}))
	must(err)
	must(node.WriteSecret(filepath.Join(dir, "funder.key"), funder.Secret()))
	must(os.WriteFile(filepath.Join(dir, "genesis.json"), genesis, 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	n := &realNode{t: t, path: path, dir: filepath.Join(dir, "geth"), port: l.Addr().(*net.TCPAddr).Port}
	l.Close()
	if out, err := exec.Command(path, "init", "--datadir", n.dir, "--db.engine", "leveldb", "--state.scheme", "hash", filepath.Join(dir, "genesis.json")).CombinedOutput(); err != nil {
		t.Fatalf("geth init: %v\n%s", err, out)
	}
	n.start()
	t.Cleanup(n.kill)
	return n, funder
}

// durable waits until a kill of geth can no longer take what there is now: it writes
// its newest blocks to the disk a little late.
func durable(t *testing.T, n *realNode) {
	t.Helper()
	_, from, err := settle.Probe(t.Context(), n.url())
	for at := from; err == nil && at < from+4; _, at, err = settle.Probe(t.Context(), n.url()) {
		time.Sleep(200 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// altered is an end point in front of another that changes its answers by the
// method that was called; nil changes nothing.
func altered(t *testing.T, to string, change func(method string, answer []byte) []byte) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		resp, err := http.Post(to, "application/json", bytes.NewReader(asked))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		var call struct{ Method string }
		_ = json.Unmarshal(asked, &call)
		if change != nil {
			answer = change(call.Method, answer)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

var (
	result  = regexp.MustCompile(`(?s)"result":.*}`)
	baseFee = regexp.MustCompile(`"baseFeePerGas":"0x[0-9a-f]+"`)
)

func says(answer []byte, v string) []byte {
	return result.ReplaceAll(answer, []byte(`"result":`+v+`}`))
}

// Deposits on a chain of geth's, through end points that show low fees, hang, lie
// or are away: each is made, and made once.
//
// case N73 code - check settle/points.go:TransactionReceipt
func TestN73ARealNodesFeesGapsStopsAndALiar(t *testing.T) {
	n, funder := rich(t, t.TempDir())
	at, err := settle.DeployAt(t.Context(), []string{n.url()}, funder, tacit.Genesis{Params: devnet.Params()})
	if err != nil {
		t.Fatal(err)
	}
	client := func(t *testing.T, urls ...string) *settle.Client {
		t.Helper()
		c, err := settle.Dial(t.Context(), settle.Config{URLs: urls, Epochs: at.Epochs, ChainID: 4242, Signer: funder})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	deposited := func(t *testing.T) tacit.Money {
		t.Helper()
		l, err := client(t, n.url()).Ledger(t.Context(), funder.Address())
		if err != nil {
			t.Fatal(err)
		}
		return l.Deposit.Amount
	}
	var low atomic.Bool
	var sent atomic.Int64
	front := altered(t, n.url(), func(method string, b []byte) []byte {
		switch {
		case method == "eth_sendRawTransaction":
			sent.Add(1)
		case low.Load() && method == "eth_maxPriorityFeePerGas":
			return says(b, `"0x1"`)
		case low.Load():
			return baseFee.ReplaceAll(b, []byte(`"baseFeePerGas":"0x1"`))
		}
		return b
	})
	dispatcher := wire.Address{1}
	for _, tt := range []struct {
		name    string
		low     bool
		disturb func()
	}{
		{"the base fee is above what was offered", true, func() {}},
		{"geth forgets two in a row", true, func() { n.kill(); n.start() }},
		{"geth stands still", false, func() {
			n.signal(syscall.SIGSTOP)
			time.Sleep(12 * time.Second) // longer than one answer is waited for
			n.signal(syscall.SIGCONT)
		}},
		{"twin: nothing is wrong", false, func() {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			durable(t, n)
			before := deposited(t)
			c := client(t, front)
			sent.Store(0)
			low.Store(tt.low)
			done := make(chan error, 2)
			for range 2 {
				go func() {
					_, err := c.Deposit(t.Context(), dispatcher, 10)
					done <- err
				}()
			}
			for until := time.Now().Add(time.Minute); sent.Load() < 2; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(until) {
					t.Fatalf("%d transactions were sent, want 2", sent.Load())
				}
			}
			tt.disturb()
			low.Store(false)
			for range 2 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			if got := deposited(t) - before; got != 20 {
				t.Errorf("%d were deposited, want 20", got)
			}
			if tt.low && sent.Load() < 4 {
				t.Errorf("%d transactions were sent, want each again", sent.Load())
			}
		})
	}
	t.Run("the first of three lies about numbers, fees and receipts", func(t *testing.T) {
		before := deposited(t)
		lies := map[string]string{"eth_getTransactionCount": `"0x0"`, "eth_maxPriorityFeePerGas": `"0x2540be40000"`, "eth_getTransactionReceipt": "null", "eth_estimateGas": `"0x5208"`}
		liar := altered(t, n.url(), func(method string, b []byte) []byte {
			if lie, ok := lies[method]; ok {
				return says(b, lie)
			}
			return b
		})
		r, err := client(t, liar, n.url(), altered(t, n.url(), nil)).Deposit(t.Context(), dispatcher, 10)
		if err != nil {
			t.Fatal(err)
		}
		if got := deposited(t) - before; got != 10 {
			t.Errorf("%d were deposited, want 10", got)
		}
		if r.Cost > 1e7 { // a million gas at ten gwei; the liar's tip is 2,560 gwei
			t.Errorf("it cost %d gwei", r.Cost)
		}
	})
	t.Run("one of several hangs or is down", func(t *testing.T) {
		hangs, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer hangs.Close()
		before := deposited(t)
		for _, urls := range [][]string{{"http://" + hangs.Addr().String(), n.url(), altered(t, n.url(), nil)}, {"http://127.0.0.1:1", n.url()}} {
			if _, err := client(t, urls...).Deposit(t.Context(), dispatcher, 10); err != nil {
				t.Error(err)
			}
		}
		if got := deposited(t) - before; got != 20 {
			t.Errorf("%d were deposited, want 20", got)
		}
	})
}
