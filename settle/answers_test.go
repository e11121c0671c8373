package settle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"tacit/fault"
)

// sayer is an end point that says one number of whatever it is asked.
type sayer struct {
	Backend
	n     int64
	err   error
	after time.Duration
	asked atomic.Int64
}

func (s *sayer) say(ctx context.Context) (*big.Int, error) {
	s.asked.Add(1)
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(s.after):
	}
	return big.NewInt(s.n), s.err
}

func (s *sayer) number(ctx context.Context) (uint64, error) {
	n, err := s.say(ctx)
	if err != nil {
		return 0, err
	}
	return n.Uint64(), nil
}

func (s *sayer) ChainID(ctx context.Context) (*big.Int, error)          { return s.say(ctx) }
func (s *sayer) BlockNumber(ctx context.Context) (uint64, error)        { return s.number(ctx) }
func (s *sayer) SuggestGasTipCap(ctx context.Context) (*big.Int, error) { return s.say(ctx) }
func (s *sayer) SendTransaction(ctx context.Context, _ *types.Transaction) error {
	_, err := s.say(ctx)
	return err
}
func (s *sayer) EstimateGas(ctx context.Context, _ ethereum.CallMsg) (uint64, error) {
	return s.number(ctx)
}
func (s *sayer) BalanceAt(ctx context.Context, _ common.Address, _ *big.Int) (*big.Int, error) {
	return s.say(ctx)
}
func (s *sayer) NonceAt(ctx context.Context, _ common.Address, _ *big.Int) (uint64, error) {
	return s.number(ctx)
}
func (s *sayer) PendingNonceAt(ctx context.Context, _ common.Address) (uint64, error) {
	return s.number(ctx)
}
func (s *sayer) HeaderByNumber(ctx context.Context, _ *big.Int) (*types.Header, error) {
	n, err := s.say(ctx)
	return &types.Header{BaseFee: n}, err
}
func (s *sayer) CallContract(ctx context.Context, _ ethereum.CallMsg, _ *big.Int) ([]byte, error) {
	n, err := s.say(ctx)
	if err != nil {
		return nil, err
	}
	return n.Bytes(), nil
}

// refusedWith is what a node says of a call that a contract refuses.
type refusedWith struct{ data string }

func (refusedWith) Error() string    { return "execution reverted" }
func (refusedWith) ErrorCode() int   { return 3 }
func (r refusedWith) ErrorData() any { return r.data }

// otherwise is a refusal with the contract's data and other words.
type otherwise struct{}

func (otherwise) Error() string  { return "VM Exception" }
func (otherwise) ErrorCode() int { return 3 }
func (otherwise) ErrorData() any { return "0x08c379a0" }

// questions are what is asked of several end points, each answered by a number.
var questions = map[string]func(ctx context.Context, p *points) (int64, error){
	"chain": func(ctx context.Context, p *points) (int64, error) { n, err := p.ChainID(ctx); return whole(n), err },
	"head": func(ctx context.Context, p *points) (int64, error) {
		n, err := p.BlockNumber(ctx)
		return int64(n), err
	},
	"tip": func(ctx context.Context, p *points) (int64, error) {
		n, err := p.SuggestGasTipCap(ctx)
		return whole(n), err
	},
	"balance": func(ctx context.Context, p *points) (int64, error) {
		n, err := p.BalanceAt(ctx, common.Address{}, nil)
		return whole(n), err
	},
	"nonce": func(ctx context.Context, p *points) (int64, error) {
		n, err := p.NonceAt(ctx, common.Address{}, nil)
		return int64(n), err
	},
	"pending": func(ctx context.Context, p *points) (int64, error) {
		n, err := p.PendingNonceAt(ctx, common.Address{})
		return int64(n), err
	},
	"gas": func(ctx context.Context, p *points) (int64, error) {
		n, err := p.EstimateGas(ctx, ethereum.CallMsg{})
		return int64(n), err
	},
	"call": func(ctx context.Context, p *points) (int64, error) {
		b, err := p.CallContract(ctx, ethereum.CallMsg{}, nil)
		return new(big.Int).SetBytes(b).Int64(), err
	},
	"base fee": func(ctx context.Context, p *points) (int64, error) {
		h, err := p.HeaderByNumber(ctx, nil)
		if err != nil {
			return 0, err
		}
		return h.BaseFee.Int64(), nil
	},
	"send": func(ctx context.Context, p *points) (int64, error) { return 0, p.SendTransaction(ctx, nil) },
}

func whole(n *big.Int) int64 {
	if n == nil {
		return 0
	}
	return n.Int64()
}

// is is an end point that says n; says one that answers with an error.
func is(n int64) *sayer                        { return &sayer{n: n} }
func says(err error) *sayer                    { return &sayer{err: err} }
func late(n int64, after time.Duration) *sayer { return &sayer{n: n, after: after} }

// case N73 code CHAIN_DISAGREE check settle/points.go:alike
func TestN73WhatIsBelievedOfSeveralAnswers(t *testing.T) {
	broke := errors.New("insufficient funds for gas * price + value")
	text := errors.New("execution reverted: Late")
	for _, tt := range []struct {
		name, ask string
		ends      []*sayer
		want      int64
		err       error
	}{
		{"chain: one of two is of another", "chain", []*sayer{is(1), is(2)}, 0, fault.ChainDisagree},
		{"twin: chain: one of three is of another", "chain", []*sayer{is(1), is(2), is(2)}, 2, nil},
		{"call: the first lies", "call", []*sayer{is(7), is(8), is(8)}, 8, nil},
		{"call: the first lies, two of five are down", "call", []*sayer{is(7), is(8), is(8), says(errDown), says(errDown)}, 8, nil},
		{"call: the first is down", "call", []*sayer{says(errDown), is(8), is(8)}, 8, nil},
		{"call: no two say the same", "call", []*sayer{is(7), is(8), is(9)}, 7, nil},
		{"call: of two the first", "call", []*sayer{is(7), is(8)}, 7, nil},
		{"call: most say that it is refused", "call", []*sayer{is(7), says(refusedWith{"a"}), says(refusedWith{"a"})}, 0, refusedWith{"a"}},
		{"call: most say so in words", "call", []*sayer{is(7), says(text), says(text)}, 0, text},
		{"call: one says that it is refused otherwise", "call", []*sayer{says(refusedWith{"b"}), says(refusedWith{"a"}), says(refusedWith{"a"})}, 0, refusedWith{"a"}},
		{"call: they are refused in different ways", "call", []*sayer{says(refusedWith{"b"}), says(refusedWith{"a"}), is(8)}, 0, refusedWith{"b"}},
		{"twin: call: one says that it is refused", "call", []*sayer{says(refusedWith{"a"}), is(8), is(8)}, 8, nil},
		{"balance: the first lies", "balance", []*sayer{is(7), is(8), is(8)}, 8, nil},
		{"base fee: one shows a high one", "base fee", []*sayer{is(1000), is(8), is(9)}, 9, nil},
		{"base fee: one shows a low one", "base fee", []*sayer{is(1), is(8), is(9)}, 8, nil},
		{"nonce: one is ahead", "nonce", []*sayer{is(9), is(5), is(5)}, 5, nil},
		{"nonce: one is behind", "nonce", []*sayer{is(0), is(5), is(5)}, 5, nil},
		{"nonce: of two the lower one", "nonce", []*sayer{is(9), is(5)}, 5, nil},
		{"pending: one is ahead", "pending", []*sayer{is(9), is(5), is(5)}, 5, nil},
		{"pending: one is behind", "pending", []*sayer{is(0), is(5), is(5)}, 5, nil},
		{"pending: of two the higher one", "pending", []*sayer{is(9), is(5)}, 9, nil},
		{"tip: one asks for much", "tip", []*sayer{is(900), is(5), is(5)}, 5, nil},
		{"tip: of two the lower one", "tip", []*sayer{is(9), is(5)}, 5, nil},
		{"gas: one needs much", "gas", []*sayer{is(900), is(5), is(5)}, 5, nil},
		{"gas: one needs nothing", "gas", []*sayer{is(0), is(5), is(5)}, 5, nil},
		{"gas: of two the higher one", "gas", []*sayer{is(9), is(5)}, 9, nil},
		{"gas: most refuse", "gas", []*sayer{is(5), says(refusedWith{"a"}), says(refusedWith{"a"})}, 0, refusedWith{"a"}},
		{"gas: one refuses", "gas", []*sayer{says(refusedWith{"a"}), is(5), is(5)}, 5, nil},
		{"nonce: one is down and one refuses", "nonce", []*sayer{says(errDown), says(refusal{})}, 0, refusal{}},
		{"head: one is down and one refuses", "head", []*sayer{says(errDown), says(refusal{})}, 0, refusal{}},
		{"head: one is down and one has nothing", "head", []*sayer{says(errDown), says(ethereum.NotFound)}, 0, ethereum.NotFound},
		{"head: the first is down", "head", []*sayer{says(errDown), is(8)}, 8, nil},
		{"head: the chain's word is not asked for twice", "head", []*sayer{says(refusedWith{"a"}), is(8)}, 0, refusedWith{"a"}},
		{"head: nor is one in other words", "head", []*sayer{says(otherwise{}), is(8)}, 0, otherwise{}},
		{"head: nor is a want of money", "head", []*sayer{says(broke), is(8)}, 0, broke},
		{"head: the first hangs", "head", []*sayer{late(7, time.Hour), is(8)}, 8, nil},
		{"send: one takes it", "send", []*sayer{says(errDown), is(0)}, 0, nil},
		{"send: one may have taken it", "send", []*sayer{says(refusal{}), says(io.EOF)}, 0, errLost{io.EOF}},
		{"send: one is down and one refuses", "send", []*sayer{says(errDown), says(refusal{})}, 0, refusal{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := questions[tt.ask](t.Context(), among(tt.ends...))
				if got != tt.want && err == nil || fmt.Sprint(err) != fmt.Sprint(tt.err) && !errors.Is(err, tt.err) {
					t.Fatalf("%d, %v, want %d, %v", got, err, tt.want, tt.err)
				}
				var of, wanted rpc.DataError
				if errors.As(tt.err, &wanted) && (!errors.As(err, &of) || of.ErrorData() != wanted.ErrorData()) {
					t.Errorf("refused with %v, want %v", err, tt.err)
				}
			})
		})
	}
}

func among(ends ...*sayer) *points {
	var list []Backend
	for _, e := range ends {
		list = append(list, e)
	}
	return newPoints(list)
}

// case N73 code CONS_FIELD check settle/points.go:open
func TestN73AnEndPointOfAnotherChainIsNotAsked(t *testing.T) {
	asked := atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":"0x2a"}`)
	}))
	defer s.Close()
	for chain, want := range map[uint64]fault.Code{41: fault.ConsField, 42: ""} {
		t.Run(map[fault.Code]string{fault.ConsField: "another chain", "": "twin: this chain"}[want], func(t *testing.T) {
			p, closing := dialPoints([]string{s.URL}, chain)
			defer closing()
			before := asked.Load()
			if _, err := p.BlockNumber(t.Context()); fault.Of(err) != want {
				t.Errorf("BlockNumber = %v, want %q", err, want)
			}
			if n := asked.Load() - before; want != "" && n != 1 {
				t.Errorf("it was asked %d times, want its chain only", n)
			}
		})
	}
}

// How long a slow end point is waited for, and who is asked after it was.
func TestTheSlowAreWaitedForAMoment(t *testing.T) {
	for _, tt := range []struct {
		name, ask string
		ends      []*sayer
		want      int64
		took      time.Duration
	}{
		{"all are there", "nonce", []*sayer{is(5), is(5), is(5)}, 5, 0},
		{"one comes within the moment", "nonce", []*sayer{late(9, grace/2), is(5), is(9)}, 9, grace / 2},
		{"one comes after it", "nonce", []*sayer{late(9, 2*grace), is(5), is(9)}, 5, grace},
		{"most come late, and then it is a moment", "nonce", []*sayer{is(5), late(9, 3*grace), late(9, 3*grace+grace/2)}, 9, 3*grace + grace/2},
		{"none is waited for when most say the same", "call", []*sayer{late(9, grace), is(5), is(5)}, 5, 0},
		{"all but one hang", "call", []*sayer{late(9, time.Hour), late(9, time.Hour), is(5)}, 5, patience},
		{"the first hangs", "head", []*sayer{late(9, time.Hour), is(5)}, 5, patience},
		{"whoever takes it is enough", "send", []*sayer{late(0, patience/2), is(0)}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				got, err := questions[tt.ask](t.Context(), among(tt.ends...))
				if took := time.Since(began); err != nil || got != tt.want || took != tt.took {
					t.Errorf("%d, %v after %v, want %d after %v", got, err, took, tt.want, tt.took)
				}
				time.Sleep(patience) // whoever is slow has ended
			})
		})
	}
	for ask, took := range map[string]time.Duration{"nonce": grace, "head": patience, "call": patience} {
		t.Run("who was late is left out for a while: "+ask, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := late(9, time.Hour)
				p := among(slow, is(5), is(6)) // none of which has most
				for i, round := range []struct {
					pause, took time.Duration
					asked       int64
				}{{0, took, 1}, {0, 0, 1}, {rest, took, 2}} {
					time.Sleep(round.pause)
					began := time.Now()
					if _, err := questions[ask](t.Context(), p); err != nil {
						t.Fatal(err)
					}
					if d := time.Since(began); d != round.took || slow.asked.Load() != round.asked {
						t.Errorf("round %d took %v, want %v; it was asked %d times, want %d", i, d, round.took, slow.asked.Load(), round.asked)
					}
				}
			})
		})
	}
	t.Run("a majority that failed is asked all the same", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := among(is(5), is(9), is(9))
			p.failed(1)
			p.failed(2)
			if n, err := p.NonceAt(t.Context(), common.Address{}, nil); n != 9 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		})
	})
	t.Run("the slow get a transaction still", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			got := false
			slow := &taker{after: patience / 2, took: &got}
			if err := newPoints([]Backend{slow, is(0)}).SendTransaction(ctx, nil); err != nil {
				t.Fatal(err)
			}
			cancel()
			time.Sleep(patience)
			if !got {
				t.Error("it did not get it")
			}
		})
	})
}

// taker takes a transaction after a while, unless it is called off.
type taker struct {
	Backend
	after time.Duration
	took  *bool
}

func (s *taker) SendTransaction(ctx context.Context, _ *types.Transaction) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.after):
		*s.took = true
		return nil
	}
}
