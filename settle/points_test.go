package settle

import (
	"context"
	"errors"
	"io"
	"math/big"
	"sync/atomic"
	"testing"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit/fault"
	"tacit/wire"
)

// point is an end point that a test makes lie, lag or fail.
type point struct {
	Backend
	call   func([]byte) []byte               // changes what contracts answer
	header func(*types.Header) *types.Header // changes blocks
	behind uint64                            // blocks that it does not have yet
	down   bool
}

var errDown = errors.New("connection refused")

func (p *point) CallContract(ctx context.Context, msg ethereum.CallMsg, at *big.Int) ([]byte, error) {
	out, err := p.Backend.CallContract(ctx, msg, at)
	switch {
	case p.down:
		return nil, errDown
	case err == nil && p.call != nil:
		return p.call(out), nil
	}
	return out, err
}

func (p *point) BlockNumber(ctx context.Context) (uint64, error) {
	n, err := p.Backend.BlockNumber(ctx)
	if p.down {
		return 0, errDown
	}
	return n - p.behind, err
}

func (p *point) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	h, err := p.Backend.HeaderByNumber(ctx, n)
	if p.down {
		return nil, errDown
	}
	if err != nil {
		return nil, err
	}
	if head, err := p.BlockNumber(ctx); n != nil && n.Sign() >= 0 && err == nil && n.Uint64() > head {
		return nil, ethereum.NotFound
	}
	if p.header != nil {
		return p.header(types.CopyHeader(h)), nil
	}
	return h, nil
}

// case N73 code CHAIN_DISAGREE check settle/most.go:most
func TestN73WhatMostEndPointsShowCounts(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.mine(5)
	block := w.head()
	truth, err := w.as("poster").State(ctx, block)
	w.ok(err)
	honest := func(p *point) {}
	contents := func(p *point) {
		p.call = func(out []byte) []byte {
			if len(out) > 200 { // a page of a list: another amount in it
				out = append([]byte{}, out...)
				for i := len(out) - 320; i < len(out); i++ {
					if out[i] != 0 {
						out[i] ^= 1
						break
					}
				}
			}
			return out
		}
	}
	beacon := func(p *point) {
		p.header = func(h *types.Header) *types.Header { h.MixDigest[0]++; return h }
	}
	lags := func(p *point) { p.behind = 3 }
	down := func(p *point) { p.down = true }
	for _, tt := range []struct {
		name   string
		points []func(*point)
		want   fault.Code
	}{
		{"two of three lie alike but for chance", []func(*point){honest, contents, beacon}, fault.ChainDisagree},
		{"two of three lag", []func(*point){honest, lags, lags}, fault.ChainDisagree},
		{"one lies and one lags", []func(*point){contents, honest, lags}, fault.ChainDisagree},
		{"one lies and one is down", []func(*point){beacon, honest, down}, fault.ChainDisagree},
		{"one of two lies", []func(*point){honest, contents}, fault.ChainDisagree},
		{"none answers", []func(*point){down, down, down}, fault.ChainUnavailable},
		{"twin: all agree", []func(*point){honest, honest, honest}, ""},
		{"twin: the first of three lies", []func(*point){contents, honest, honest}, ""},
		{"twin: the first shows another beacon", []func(*point){beacon, honest, honest}, ""},
		{"twin: one of three lags", []func(*point){honest, honest, lags}, ""},
		{"twin: the first is down", []func(*point){down, honest, honest}, ""},
		{"twin: two of five lie", []func(*point){contents, honest, beacon, honest, honest}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := w.as("poster").at(nil)
			for i, f := range tt.points {
				p := &point{Backend: w.chain}
				f(p)
				if i == 0 {
					c.backend = p
				} else {
					c.others = append(c.others, p)
				}
			}
			got, err := c.State(ctx, block)
			if fault.Of(err) != tt.want {
				t.Fatalf("State = %v, want %q", err, tt.want)
			}
			if err == nil && (got.Hash != truth.Hash || got.PrevRandao != truth.PrevRandao || len(got.Deposits) != len(truth.Deposits) || got.Deposits[0] != truth.Deposits[0]) {
				t.Errorf("State = %+v, want %+v", got, truth)
			}
		})
	}
	t.Run("twin: the head is what most have reached", func(t *testing.T) {
		c := w.as("poster").at(&point{Backend: w.chain, behind: ^uint64(99)}) // claims a hundred more
		c.others = []Backend{&point{Backend: w.chain}, &point{Backend: w.chain, behind: 2}}
		if n, err := c.Finalised(ctx); err != nil || n != w.head()-1 {
			t.Errorf("Finalised = %d, %v, want %d", n, err, w.head()-1)
		}
		c.others = []Backend{&point{Backend: w.chain, down: true}, &point{Backend: w.chain, down: true}}
		if _, err := c.Finalised(ctx); fault.Of(err) != fault.ChainDisagree {
			t.Errorf("Finalised = %v, want CHAIN_DISAGREE", err)
		}
	})
}

// sender is an end point whose fees and mempool a test disturbs.
type sender struct {
	*auto
	low  atomic.Bool // shows a base fee of next to nothing
	keep atomic.Bool // takes transactions and makes no block
	lose atomic.Bool // takes the next transaction and never answers
	sent atomic.Int64
}

func (s *sender) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	h, err := s.auto.HeaderByNumber(ctx, n)
	if err == nil && s.low.Load() {
		h = types.CopyHeader(h)
		h.BaseFee = big.NewInt(1)
	}
	return h, err
}

func (s *sender) SuggestGasTipCap(ctx context.Context) (*big.Int, error) {
	if s.low.Load() {
		return big.NewInt(1), nil
	}
	return s.auto.SuggestGasTipCap(ctx)
}

func (s *sender) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	s.sent.Add(1)
	if s.keep.Load() {
		return s.Client.SendTransaction(ctx, tx)
	}
	err := s.auto.SendTransaction(ctx, tx)
	if err == nil && s.lose.CompareAndSwap(true, false) {
		return io.EOF
	}
	return err
}

// case N73 code - check settle/send.go:push
func TestN73FeeSpikesGapsAndLostAnswersMakeNoDuplicate(t *testing.T) {
	for _, tt := range []struct {
		name    string
		disturb func(t *testing.T, w *world, s *sender)
		repair  func(t *testing.T, w *world, s *sender)
	}{
		{"the base fee rises above what was offered", func(_ *testing.T, _ *world, s *sender) { s.low.Store(true) }, func(_ *testing.T, _ *world, s *sender) { s.low.Store(false) }},
		{"the answer to the sending is lost", func(_ *testing.T, _ *world, s *sender) { s.lose.Store(true) }, nil},
		{"somebody else's transaction takes the number", func(_ *testing.T, _ *world, s *sender) { s.low.Store(true); s.keep.Store(true) }, func(t *testing.T, w *world, s *sender) {
			nonce, err := s.NonceAt(t.Context(), common.Address(w.addr("reporter")), nil)
			w.ok(err)
			head, err := s.auto.HeaderByNumber(t.Context(), nil)
			w.ok(err)
			c := w.as("reporter")
			to := common.Address(w.addr("owner"))
			foreign, err := c.priced(head, nil, &types.DynamicFeeTx{Nonce: nonce, To: &to, Gas: 21_000})
			w.ok(err)
			w.ok(s.auto.SendTransaction(t.Context(), foreign))
			s.low.Store(false)
			s.keep.Store(false)
		}},
		{"twin: nothing is wrong", func(*testing.T, *world, *sender) {}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := &sender{auto: w.chain}
			c, err := Dial(t.Context(), Config{Backend: s, Epochs: w.at.Epochs, Signer: w.keys["reporter"], Poll: time.Millisecond})
			w.ok(err)
			c.patience = 20 * time.Millisecond
			tt.disturb(t, w, s)
			done := make(chan error, 1)
			go func() {
				_, err := c.Deposit(t.Context(), w.addr("dispatcher0"), 10)
				done <- err
			}()
			if tt.repair != nil {
				for s.sent.Load() == 0 {
					time.Sleep(time.Millisecond)
				}
				tt.repair(t, w, s)
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			w.mine(3) // whatever else waits is mined too
			l, err := w.as("reporter").Ledger(t.Context(), w.addr("reporter"))
			w.ok(err)
			if l.Deposit.Amount != 10 {
				t.Errorf("deposit = %d, want 10: once", l.Deposit.Amount)
			}
		})
	}
	t.Run("a gap below is filled with nothing", func(t *testing.T) {
		w := newWorld(t)
		s := &sender{auto: w.chain}
		c, err := Dial(t.Context(), Config{Backend: s, Epochs: w.at.Epochs, Signer: w.keys["reporter"], Poll: time.Millisecond})
		w.ok(err)
		c.patience = 20 * time.Millisecond
		nonce, err := s.NonceAt(t.Context(), common.Address(w.addr("reporter")), nil)
		w.ok(err)
		head, err := s.auto.HeaderByNumber(t.Context(), nil)
		w.ok(err)
		to := common.Address(w.at.Escrow)
		data := c.escrow.PackDeposit(address(w.addr("dispatcher0")))
		msg := callMsg(c, to, data, 10_000_000_000)
		msg.Gas = 300_000
		tx, err := c.priced(head, nil, &types.DynamicFeeTx{Nonce: nonce + 1, To: &to, Data: data, Value: msg.Value, Gas: msg.Gas})
		w.ok(err)
		w.ok(s.SendTransaction(t.Context(), tx))
		if _, _, err := c.wait(t.Context(), "deposit", msg, tx); err != nil {
			t.Fatal(err)
		}
		l, err := c.Ledger(t.Context(), wire.Address(w.addr("reporter")))
		w.ok(err)
		if l.Deposit.Amount != 10 {
			t.Errorf("deposit = %d, want 10", l.Deposit.Amount)
		}
	})
}
