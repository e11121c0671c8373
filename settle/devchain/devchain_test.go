package devchain

import (
	"context"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

var rich = wire.Address{1, 2, 3}

// run starts a chain and returns it with the function that stops it.
func run(t *testing.T, dir string) (*Chain, func()) {
	t.Helper()
	c, err := New(Config{Dir: dir, Alloc: map[wire.Address]tacit.Money{rich: 7}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	select {
	case <-c.Ready():
	case err := <-done:
		t.Fatalf("Run = %v", err)
	}
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v, want %v", err, context.Canceled)
		}
	}
	t.Cleanup(stop)
	return c, stop
}

func waitBlock(t *testing.T, c *ethclient.Client, n uint64) {
	t.Helper()
	for {
		got, err := c.BlockNumber(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got >= n {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestRestartGoesOn(t *testing.T) {
	dir := t.TempDir()
	c, stop := run(t, dir)
	e, err := ethclient.Dial(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	waitBlock(t, e, 3)
	want, err := e.HeaderByNumber(t.Context(), big.NewInt(2))
	if err != nil {
		t.Fatal(err)
	}
	stop()

	c, _ = run(t, dir)
	got, err := c.Client().HeaderByNumber(t.Context(), big.NewInt(2))
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash() != want.Hash() {
		t.Errorf("block 2 is %s after a restart, was %s", got.Hash(), want.Hash())
	}
	waitBlock(t, c.Client(), 5)
	b, err := c.Client().BalanceAt(t.Context(), common.Address(rich), nil)
	if err != nil || b.Cmp(big.NewInt(7_000_000_000)) != 0 {
		t.Errorf("balance = %v, %v, want 7 gwei", b, err)
	}
}

// TestKilledChild is not a test but the process that TestKillKeepsBlocks kills.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv("TACIT_DEVCHAIN_DIR")
	if dir == "" {
		t.Skip("run by TestKillKeepsBlocks")
	}
	c, err := New(Config{Dir: dir, Alloc: map[wire.Address]tacit.Money{rich: 7}})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = c.Run(context.Background()) }()
	<-c.Ready()
	if err := os.WriteFile(dir+".url", []byte(c.URL()), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Hour)
}

func TestKillKeepsBlocks(t *testing.T) {
	dir := t.TempDir() + "/chain"
	child := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
	child.Env = append(os.Environ(), "TACIT_DEVCHAIN_DIR="+dir)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill() }()
	var url []byte
	for len(url) == 0 {
		url, _ = os.ReadFile(dir + ".url")
		time.Sleep(20 * time.Millisecond)
	}
	e, err := ethclient.Dial(string(url))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	waitBlock(t, e, 6)
	want, err := e.HeaderByNumber(t.Context(), big.NewInt(2))
	if err != nil {
		t.Fatal(err)
	}
	_ = child.Process.Kill()
	_ = child.Wait()

	c, _ := run(t, dir)
	got, err := c.Client().HeaderByNumber(t.Context(), big.NewInt(2))
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash() != want.Hash() {
		t.Errorf("block 2 is %s after a kill, was %s", got.Hash(), want.Hash())
	}
	b, err := c.Client().BalanceAt(t.Context(), common.Address(rich), got.Number)
	if err != nil || b.Cmp(big.NewInt(7_000_000_000)) != 0 {
		t.Errorf("balance at block 2 = %v, %v, want 7 gwei", b, err)
	}
	waitBlock(t, c.Client(), 7)
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
		want fault.Code
	}{
		{"no folder", Config{}, fault.APIField},
		{"a port that is none", Config{Dir: "x", Port: 70000}, fault.APIField},
		{"twin: a folder", Config{Dir: "x"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.cfg); fault.Of(err) != tt.want {
				t.Errorf("New = %v, want %s", err, tt.want)
			}
		})
	}
}
