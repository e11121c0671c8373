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

// case N73 code CHAIN_DISAGREE check settle/most.go:majority
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
			for _, f := range tt.points {
				p := &point{Backend: w.chain}
				f(p)
				c.ends = append(c.ends, p)
			}
			c.backend = newPoints(c.ends)
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
		c := w.as("poster").at(nil)
		ahead := &point{Backend: w.chain, behind: ^uint64(99)} // claims a hundred more
		c.ends = []Backend{ahead, &point{Backend: w.chain}, &point{Backend: w.chain, behind: 2}}
		if n, err := c.Finalised(ctx); err != nil || n != w.head()-1 {
			t.Errorf("Finalised = %d, %v, want %d", n, err, w.head()-1)
		}
		c.ends = []Backend{ahead, &point{Backend: w.chain, down: true}, &point{Backend: w.chain, down: true}}
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

// faulty is an end point that a test takes down, lets hang, refuse or lie in what
// it says of transactions, and that counts what it took.
type faulty struct {
	Backend
	fault func(what string) error // nil answers
	nonce func(uint64) uint64
	tip   *big.Int
	took  atomic.Int64
}

func (f *faulty) says(ctx context.Context, what string) error {
	if f.fault == nil {
		return nil
	}
	err := f.fault(what)
	if errors.Is(err, errHangs) {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

var errHangs = errors.New("hangs")

// refusal is how a node answers that does not offer something.
type refusal struct{}

func (refusal) Error() string  { return "the method is not available" }
func (refusal) ErrorCode() int { return -32601 }

func (f *faulty) ChainID(ctx context.Context) (*big.Int, error) {
	if err := f.says(ctx, "chain"); err != nil {
		return nil, err
	}
	return f.Backend.ChainID(ctx)
}

func (f *faulty) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	if err := f.says(ctx, "header"); err != nil {
		return nil, err
	}
	return f.Backend.HeaderByNumber(ctx, n)
}

func (f *faulty) CallContract(ctx context.Context, msg ethereum.CallMsg, at *big.Int) ([]byte, error) {
	if err := f.says(ctx, "call"); err != nil {
		return nil, err
	}
	return f.Backend.CallContract(ctx, msg, at)
}

func (f *faulty) PendingNonceAt(ctx context.Context, a common.Address) (uint64, error) {
	if err := f.says(ctx, "nonce"); err != nil {
		return 0, err
	}
	n, err := f.Backend.PendingNonceAt(ctx, a)
	if f.nonce != nil {
		n = f.nonce(n)
	}
	return n, err
}

func (f *faulty) NonceAt(ctx context.Context, a common.Address, at *big.Int) (uint64, error) {
	if err := f.says(ctx, "nonce"); err != nil {
		return 0, err
	}
	n, err := f.Backend.NonceAt(ctx, a, at)
	if f.nonce != nil {
		n = f.nonce(n)
	}
	return n, err
}

func (f *faulty) SuggestGasTipCap(ctx context.Context) (*big.Int, error) {
	if err := f.says(ctx, "tip"); err != nil {
		return nil, err
	}
	if f.tip != nil {
		return f.tip, nil
	}
	return f.Backend.SuggestGasTipCap(ctx)
}

func (f *faulty) EstimateGas(ctx context.Context, msg ethereum.CallMsg) (uint64, error) {
	if err := f.says(ctx, "estimate"); err != nil {
		return 0, err
	}
	return f.Backend.EstimateGas(ctx, msg)
}

func (f *faulty) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	if err := f.says(ctx, "send"); err != nil {
		return err
	}
	f.took.Add(1)
	return f.Backend.SendTransaction(ctx, tx)
}

func (f *faulty) TransactionReceipt(ctx context.Context, h common.Hash) (*types.Receipt, error) {
	switch err := f.says(ctx, "receipt"); {
	case errors.Is(err, errForged): // says that it was refused, in another block
		return &types.Receipt{TxHash: h, Status: types.ReceiptStatusFailed, BlockNumber: big.NewInt(1), BlockHash: common.Hash{1}}, nil
	case err != nil:
		return nil, err
	}
	return f.Backend.TransactionReceipt(ctx, h)
}

var errForged = errors.New("forged")

// through is a client that asks some end points.
func (w *world) through(by string, ends ...Backend) (*Client, error) {
	p := newPoints(ends)
	p.patience = time.Second
	c := w.as(by).at(p)
	c.signer, c.ends, c.patience = w.keys[by], ends, 50*time.Millisecond
	return c, c.introduce(w.t.Context(), Config{Epochs: w.at.Epochs})
}

// case N73 code CHAIN_UNAVAILABLE check settle/points.go:next
func TestN73OneEndPointThatAnswersIsEnoughAndALiarIsOutvoted(t *testing.T) {
	always := func(err error) func(*faulty) {
		return func(f *faulty) { f.fault = func(string) error { return err } }
	}
	only := func(what string, err error) func(*faulty) {
		return func(f *faulty) {
			f.fault = func(asked string) error {
				if asked == what {
					return err
				}
				return nil
			}
		}
	}
	honest := func(*faulty) {}
	down, hangs := always(errDown), always(errHangs)
	for _, tt := range []struct {
		name   string
		points []func(*faulty)
		want   fault.Code
	}{
		{"the only one is down", []func(*faulty){down}, fault.ChainUnavailable},
		{"all are down", []func(*faulty){down, down, down}, fault.ChainUnavailable},
		{"twin: all answer", []func(*faulty){honest, honest, honest}, ""},
		{"twin: the first is down", []func(*faulty){down, honest, honest}, ""},
		{"twin: two are down", []func(*faulty){down, down, honest}, ""},
		{"twin: the first hangs", []func(*faulty){hangs, honest, honest}, ""},
		{"twin: the first refuses to send", []func(*faulty){only("send", refusal{}), honest}, ""},
		{"twin: the first refuses to read", []func(*faulty){only("header", refusal{}), honest}, ""},
		{"twin: the answer to the sending is lost", []func(*faulty){only("send", io.EOF), honest, honest}, ""},
		{"twin: one claims that the number is used", []func(*faulty){func(f *faulty) { f.nonce = func(n uint64) uint64 { return n + 5 } }, honest, honest}, ""},
		{"twin: one has forgotten the number", []func(*faulty){func(f *faulty) { f.nonce = func(uint64) uint64 { return 0 } }, honest, honest}, ""},
		{"twin: one asks for a high tip", []func(*faulty){func(f *faulty) { f.tip = big.NewInt(1e15) }, honest, honest}, ""},
		{"twin: one shows no receipt", []func(*faulty){only("receipt", ethereum.NotFound), honest, honest}, ""},
		{"twin: one shows a receipt of a refusal", []func(*faulty){only("receipt", errForged), honest, honest}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			var ends []Backend
			var all []*faulty
			for _, f := range tt.points {
				e := &faulty{Backend: w.chain}
				f(e)
				ends, all = append(ends, e), append(all, e)
			}
			c, err := w.through("reporter", ends...)
			var r Receipt
			if err == nil {
				r, err = c.Deposit(t.Context(), w.addr("dispatcher0"), 10)
			}
			if fault.Of(err) != tt.want {
				t.Fatalf("Deposit = %v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			w.mine(3) // whatever else waits is mined too
			l, err := c.Ledger(t.Context(), w.addr("reporter"))
			w.ok(err)
			if l.Deposit.Amount != 10 {
				t.Errorf("deposit = %d, want 10: once", l.Deposit.Amount)
			}
			if r.Cost > 10*r.Gas { // the high tip is a hundred thousand times that
				t.Errorf("%d gas cost %d gwei", r.Gas, r.Cost)
			}
			took := int64(0)
			for _, e := range all {
				took += e.took.Load()
			}
			if took == 0 {
				t.Error("no end point took the transaction")
			}
		})
	}
}

// away is an end point without an answer, denies one that shows no receipts.
type away struct{ Backend }

func (away) TransactionReceipt(context.Context, common.Hash) (*types.Receipt, error) {
	return nil, errDown
}

type denies struct{ Backend }

func (denies) TransactionReceipt(context.Context, common.Hash) (*types.Receipt, error) {
	return nil, ethereum.NotFound
}

// believes is an end point that shows a receipt for whatever it is asked.
type believes struct{ Backend }

func (believes) TransactionReceipt(_ context.Context, h common.Hash) (*types.Receipt, error) {
	return &types.Receipt{TxHash: h, Status: types.ReceiptStatusSuccessful, BlockNumber: big.NewInt(1)}, nil
}

// A receipt that one end point makes up is not believed, and its word that there
// is none does not have the call made again.
//
// case N73 code CHAIN_DISAGREE check settle/points.go:TransactionReceipt
func TestN73AReceiptIsWhatMostShow(t *testing.T) {
	w := newWorld(t)
	r, err := w.as("reporter").Deposit(t.Context(), w.addr("dispatcher0"), 10)
	w.ok(err)
	good := Backend(w.chain)
	mined, none := common.Hash(r.Hash), common.Hash{1}
	for _, tt := range []struct {
		name string
		ends []Backend
		hash common.Hash
		want fault.Code
	}{
		{"one of two makes it up", []Backend{believes{good}, good}, none, fault.ChainDisagree},
		{"one of two denies it", []Backend{denies{good}, good}, mined, fault.ChainDisagree},
		{"the one that is up denies it", []Backend{denies{good}, away{good}, away{good}}, mined, fault.ChainDisagree},
		{"twin: two of three have it", []Backend{denies{good}, good, good}, mined, ""},
		{"twin: the one that is up has it", []Backend{away{good}, good}, mined, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newPoints(tt.ends).TransactionReceipt(t.Context(), tt.hash)
			if tt.want == "" && (err != nil || got.TxHash != mined) || tt.want != "" && fault.Of(err) != tt.want {
				t.Errorf("TransactionReceipt = %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := newPoints([]Backend{believes{good}, good, good}).TransactionReceipt(t.Context(), none); !errors.Is(err, ethereum.NotFound) {
		t.Errorf("TransactionReceipt = %v, want that there is none", err)
	}
}
