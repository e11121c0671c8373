package settle

import (
	"context"
	"math/big"
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
