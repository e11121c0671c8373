package settle

import (
	"context"
	"errors"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit"
	"tacit/fault"
	"tacit/settle/devchain"
	"tacit/wire"
)

// TestManyCallersShareOneAccount sends from many goroutines and two clients of
// one account, as two processes would.
func TestManyCallersShareOneAccount(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	one := w.as("reporter")
	two, err := Dial(ctx, Config{Backend: w.chain, Epochs: w.at.Epochs, Signer: w.keys["reporter"], Poll: time.Millisecond})
	w.ok(err)
	var wg sync.WaitGroup
	for i := range 20 {
		c := []*Client{one, two}[i%2]
		wg.Go(func() {
			if _, err := c.Deposit(ctx, w.addr("dispatcher0"), 10); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	l, err := one.Ledger(ctx, one.Account())
	w.ok(err)
	if l.Deposit.Amount != 200 {
		t.Errorf("deposit = %d, want 200", l.Deposit.Amount)
	}
}

func TestFinalised(t *testing.T) {
	w := newWorld(t)
	c := w.as("poster")
	if n, err := c.Finalised(t.Context()); err != nil || n != w.head()-1 {
		t.Errorf("Finalised = %d, %v, want %d", n, err, w.head()-1)
	}
}

// TestStateIsThatOfItsBlock reads an old block after changes.
func TestStateIsThatOfItsBlock(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := w.as("poster")
	block := w.head()
	before, err := c.State(ctx, block)
	w.ok(err)
	_, err = w.as("user0").Deposit(ctx, w.addr("dispatcher0"), 5)
	w.ok(err)
	_, err = w.publish(w.as("owner"), "acme/third", tacit.EntryDataset, 1)
	w.ok(err)
	again, err := c.State(ctx, block)
	w.ok(err)
	if len(again.Entries) != 2 || again.Deposits[0].Amount != testDeposit || again.Hash != before.Hash || again.PrevRandao.IsZero() || again.Time == 0 {
		t.Errorf("state of block %d = %+v", block, again)
	}
	_, err = c.State(ctx, block+100)
	if fault.Of(err) != fault.ChainUnavailable {
		t.Errorf("State of a block to come = %v, want %s", err, fault.ChainUnavailable)
	}
}

// TestDevChainEndToEnd deploys over JSON-RPC on the chain in process, stops it
// and finds all again.
func TestDevChainEndToEnd(t *testing.T) {
	dir := t.TempDir()
	by := seeded("rich")
	genesis := tacit.Genesis{Params: testParams}.Digest()
	start := func() (*devchain.Chain, func()) {
		chain, err := devchain.New(devchain.Config{Dir: dir, ChainID: 4242, Alloc: map[wire.Address]tacit.Money{by.Address(): 100 * coin}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- chain.Run(ctx) }()
		<-chain.Ready()
		return chain, func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("Run = %v", err)
			}
		}
	}
	chain, stop := start()
	at, err := Deploy(t.Context(), chain.Client(), by, tacit.Genesis{Params: testParams})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{URLs: []string{chain.URL()}, Epochs: at.Epochs, ChainID: 4242, Signer: by}
	c, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	id, err := call(t.Context(), c, nil, at.Epochs, c.epochs.PackNetworkId(), c.epochs.UnpackNetworkId)
	if err != nil || wire.Digest(id) != wire.Domain(4242, at.Epochs, genesis) {
		t.Errorf("networkId = %x, %v", id, err)
	}
	r, err := c.Deposit(t.Context(), wire.Address{1}, 77)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.RequestWithdraw(t.Context(), 78); Reason(err) != "DepositShort" {
		t.Errorf("RequestWithdraw = %v, want DepositShort over JSON-RPC too", err)
	}
	for head := uint64(0); head < r.Block+2; head, err = c.Head(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.Close()
	stop()

	chain, stop = start()
	defer stop()
	cfg.URLs = []string{chain.URL()}
	c, err = Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	l, err := c.Ledger(t.Context(), by.Address())
	if err != nil || l.Deposit.Amount != 77 || c.Network() != wire.Domain(4242, at.Epochs, genesis) {
		t.Errorf("Ledger = %+v, %v", l, err)
	}
	if _, err := c.Send(t.Context(), wire.Address{9}, 3); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Balance(t.Context(), wire.Address{9}); err != nil || n != 3 {
		t.Errorf("Balance = %d, %v, want 3", n, err)
	}
}

// TestPoorAccount has no coin for gas.
func TestPoorAccount(t *testing.T) {
	w := newWorld(t)
	w.keys["poor"] = seeded("poor")
	_, err := w.as("poor").Deposit(t.Context(), w.addr("dispatcher0"), 5)
	want(t, err, "", fault.PayDeposit)
}

func TestDeployRefusesParametersThatContradict(t *testing.T) {
	by := seeded("d")
	chain := newChain(t, types.GenesisAlloc{common.Address(by.Address()): {Balance: new(big.Int).Mul(big.NewInt(10), big.NewInt(1e18))}})
	_, receipts, err := deploy(t.Context(), chain, by, tacit.Genesis{Params: testParams})
	if err != nil || len(receipts) != 5 {
		t.Fatal(err)
	}
	bad := testParams
	bad.TicketClose = bad.EpochLength + 1
	_, err = Deploy(t.Context(), chain, by, tacit.Genesis{Params: bad})
	want(t, err, "ParamsInvalid", fault.APIField)
}
