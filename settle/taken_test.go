package settle

import (
	"context"
	"math/big"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit/key"
)

// passing is a node on which an account's number is beyond a transaction that has no
// receipt, yet or for ever.
type passing struct {
	Backend
	first   common.Hash
	between bool // its receipt appears between two questions
	asked   int
	sent    []*types.Transaction
}

func (p *passing) TransactionReceipt(_ context.Context, h common.Hash) (*types.Receipt, error) {
	mined := &types.Receipt{TxHash: h, Status: types.ReceiptStatusSuccessful, BlockNumber: big.NewInt(1)}
	if h != p.first {
		return mined, nil
	}
	if p.asked++; p.between && p.asked > 1 {
		return mined, nil
	}
	return nil, ethereum.NotFound
}

func (p *passing) NonceAt(context.Context, common.Address, *big.Int) (uint64, error) { return 1, nil }
func (p *passing) PendingNonceAt(context.Context, common.Address) (uint64, error)    { return 1, nil }
func (p *passing) SuggestGasTipCap(context.Context) (*big.Int, error)                { return big.NewInt(1), nil }
func (p *passing) HeaderByNumber(context.Context, *big.Int) (*types.Header, error) {
	return &types.Header{BaseFee: big.NewInt(1)}, nil
}
func (p *passing) SendTransaction(_ context.Context, tx *types.Transaction) error {
	p.sent = append(p.sent, tx)
	return nil
}

// A call whose number somebody else's transaction took is made again under the next,
// and one whose receipt only came late is not.
//
// case N73 code - check settle/send.go:passed
func TestN73ACallIsMadeAgainOnlyIfItsNumberIsTaken(t *testing.T) {
	signer, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		between bool
		want    int
	}{
		{"somebody else's transaction took it", false, 1},
		{"twin: its receipt comes between two questions", true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &passing{between: tt.between}
				c := &Client{backend: n, chainID: big.NewInt(1), signer: signer, poll: time.Second, patience: time.Hour}
				msg := ethereum.CallMsg{To: &common.Address{1}, Gas: 21_000, Value: new(big.Int)}
				tx, err := sign(signer, &types.DynamicFeeTx{ChainID: c.chainID, To: msg.To, Gas: msg.Gas, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(9)})
				if err != nil {
					t.Fatal(err)
				}
				n.first = tx.Hash()
				if _, _, err := c.wait(t.Context(), "call", msg, tx); err != nil {
					t.Fatal(err)
				}
				if len(n.sent) != tt.want || tt.want == 1 && n.sent[0].Nonce() != 1 {
					t.Errorf("%d were sent, want %d", len(n.sent), tt.want)
				}
			})
		})
	}
}

// pool is a node with a base fee that takes what it is sent.
type pool struct {
	Backend
	baseFee int64
	pending uint64
	sent    []*types.Transaction
}

func (p *pool) PendingNonceAt(context.Context, common.Address) (uint64, error) { return p.pending, nil }
func (p *pool) HeaderByNumber(context.Context, *big.Int) (*types.Header, error) {
	return &types.Header{BaseFee: big.NewInt(p.baseFee)}, nil
}
func (p *pool) SendTransaction(_ context.Context, tx *types.Transaction) error {
	p.sent = append(p.sent, tx)
	return nil
}

// What waits is sent again as it is; only if the base fee outgrew it also with higher
// fees, which a node takes in its place, and a gap below it is filled.
//
// case N73 code - check settle/send.go:push
func TestN73WhatWaitsIsSentAgain(t *testing.T) {
	signer, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	const gwei = 1_000_000_000
	for _, tt := range []struct {
		name     string
		tip, cap int64 // of what waits, under number 7
		baseFee  int64
		pending  uint64
		numbers  []uint64 // of what is sent
	}{
		{"twin: the base fee is covered", 5, 50, 50, 8, []uint64{7}},
		{"the base fee outgrew it", 5, 50, 51, 8, []uint64{7, 7}},
		{"and it had a high tip", 40 * gwei, 50 * gwei, 51 * gwei, 8, []uint64{7, 7}},
		{"and its cap was far above what is usual", 5, 900 * gwei, 900*gwei + 1, 8, []uint64{7, 7}},
		{"there is a gap below it", 5, 50, 50, 6, []uint64{7, 6}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := &pool{baseFee: tt.baseFee, pending: tt.pending}
			c := &Client{backend: n, chainID: big.NewInt(1), signer: signer}
			msg := ethereum.CallMsg{From: common.Address(c.Account()), To: &common.Address{1}, Gas: 21_000, Value: new(big.Int)}
			old, err := sign(signer, &types.DynamicFeeTx{ChainID: c.chainID, Nonce: 7, To: msg.To, Gas: msg.Gas, GasTipCap: big.NewInt(tt.tip), GasFeeCap: big.NewInt(tt.cap)})
			if err != nil {
				t.Fatal(err)
			}
			all := c.push(t.Context(), msg, []*types.Transaction{old})
			var numbers []uint64
			for _, tx := range n.sent {
				numbers = append(numbers, tx.Nonce())
			}
			if !slices.Equal(numbers, tt.numbers) || n.sent[0].Hash() != old.Hash() || all[0].Hash() != old.Hash() {
				t.Fatalf("sent %v, want %v, the first as it was", numbers, tt.numbers)
			}
			if tt.numbers[len(tt.numbers)-1] == 6 {
				if fill := n.sent[1]; fill.Value().Sign() != 0 || *fill.To() != msg.From {
					t.Error("the gap is filled with something else than nothing to ourselves")
				}
				return
			}
			if len(all) != len(tt.numbers) {
				t.Fatalf("%d may be mined, want %d", len(all), len(tt.numbers))
			}
			for _, more := range all[1:] {
				enough := func(v, was *big.Int) bool { // as nodes want it: a tenth, and we a quarter
					return v.Cmp(new(big.Int).Div(new(big.Int).Mul(was, big.NewInt(5)), big.NewInt(4))) > 0
				}
				if !enough(more.GasTipCap(), old.GasTipCap()) || !enough(more.GasFeeCap(), old.GasFeeCap()) || more.GasFeeCap().Cmp(big.NewInt(tt.baseFee)) <= 0 || more.GasFeeCap().Cmp(more.GasTipCap()) < 0 {
					t.Errorf("tip %v and cap %v in the place of %v and %v", more.GasTipCap(), more.GasFeeCap(), old.GasTipCap(), old.GasFeeCap())
				}
			}
		})
	}
}
