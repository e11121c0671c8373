package settle

import (
	"context"
	"math/big"
	"math/rand/v2"
	"strings"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// gwei is one unit of tacit.Money in the chain's smallest unit.
var gwei = big.NewInt(1_000_000_000)

// A Receipt is a transaction that was mined and did what it was to do.
type Receipt struct {
	Hash  wire.Digest `json:"hash"`
	Block uint64      `json:"block"`
	Gas   uint64      `json:"gas"` // units used
	Cost  tacit.Money `json:"cost"`
}

// send makes, signs and sends one transaction and waits until it is mined or
// ctx ends. A call that would revert is refused before it costs anything.
func (c *Client) send(ctx context.Context, op string, to *wire.Address, data []byte, value tacit.Money) (Receipt, *types.Receipt, error) {
	if c.signer == nil {
		return Receipt{}, nil, fault.New(fault.APIField, "%s: the client has no key to send with", op)
	}
	msg := ethereum.CallMsg{From: common.Address(c.Account()), Data: data, Value: new(big.Int).Mul(new(big.Int).SetUint64(value), gwei)}
	if to != nil {
		a := common.Address(*to)
		msg.To = &a
	}
	gas, err := c.backend.EstimateGas(ctx, msg)
	if err != nil {
		return Receipt{}, nil, chainFault(op, err)
	}
	msg.Gas = gas + gas/4
	tx, err := c.submit(ctx, op, msg)
	if err != nil {
		return Receipt{}, nil, err
	}
	return c.wait(ctx, op, msg, tx)
}

// submit signs with the next nonce and sends. One transaction is sent at a
// time, so that nonces reach the node in order.
func (c *Client) submit(ctx context.Context, op string, msg ethereum.CallMsg) (*types.Transaction, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var last error
	for try := range 20 {
		if try > 0 {
			select { // a random wait lets one of two rivals go first
			case <-ctx.Done():
				return nil, chainFault(op, ctx.Err())
			case <-time.After(rand.N(c.poll)):
			}
		}
		head, err := c.backend.HeaderByNumber(ctx, nil)
		if err != nil {
			return nil, chainFault(op, err)
		}
		tip, err := c.backend.SuggestGasTipCap(ctx)
		if err != nil {
			return nil, chainFault(op, err)
		}
		// The node is asked every time: what it had accepted before a crash may
		// be gone, and a remembered number would then leave a gap for ever.
		nonce, err := c.backend.PendingNonceAt(ctx, msg.From)
		if err != nil {
			return nil, chainFault(op, err)
		}
		tx, err := sign(c.signer, &types.DynamicFeeTx{
			ChainID: c.chainID, Nonce: nonce, To: msg.To, Data: msg.Data, Value: msg.Value, Gas: msg.Gas, GasTipCap: tip,
			// Three times the base fee: it may rise by an eighth per block for
			// some blocks before this one is mined.
			GasFeeCap: new(big.Int).Add(tip, new(big.Int).Mul(head.BaseFee, big.NewInt(3))),
		})
		if err != nil {
			return nil, err
		}
		if last = c.backend.SendTransaction(ctx, tx); last == nil {
			return tx, nil
		}
		// Another process of the same account was faster; the others are final.
		text := last.Error()
		if !strings.Contains(text, "nonce too low") && !strings.Contains(text, "replacement transaction") && !strings.Contains(text, "already known") {
			break
		}
	}
	return nil, chainFault(op, last)
}

// resendAfter is how long a transaction may go without a receipt before it is
// sent again: a node that crashed has forgotten it.
const resendAfter = 5 * time.Second

// waitMost is how long a transaction is waited for.
const waitMost = time.Minute

// wait looks for the receipt until ctx ends or waitMost is over.
func (c *Client) wait(ctx context.Context, op string, msg ethereum.CallMsg, tx *types.Transaction) (Receipt, *types.Receipt, error) {
	began := time.Now()
	sent := began
	for {
		if time.Since(sent) > resendAfter {
			sent = time.Now()
			_ = c.backend.SendTransaction(ctx, tx) // the same one: known, mined or taken again
		}
		r, err := c.backend.TransactionReceipt(ctx, tx.Hash())
		switch {
		case err == nil:
			if r.Status == types.ReceiptStatusSuccessful {
				out := Receipt{Hash: wire.Digest(r.TxHash), Block: r.BlockNumber.Uint64(), Gas: r.GasUsed}
				if r.EffectiveGasPrice != nil {
					cost := new(big.Int).Mul(r.EffectiveGasPrice, new(big.Int).SetUint64(r.GasUsed))
					out.Cost = cost.Div(cost, gwei).Uint64()
				}
				return out, r, nil
			}
			// The state changed between estimate and block; ask for the reason there.
			if _, err := c.backend.CallContract(ctx, msg, r.BlockNumber); err != nil {
				return Receipt{}, r, chainFault(op, err)
			}
			return Receipt{}, r, fault.New(fault.ChainRevert, "%s: refused in block %d", op, r.BlockNumber)
		case time.Since(began) > waitMost:
			return Receipt{}, nil, fault.New(fault.ChainUnavailable, "%s: transaction %s is not mined: %w", op, tx.Hash(), err)
		}
		// Not there yet, or the node is restarting: nothing but time ends the
		// wait, because the transaction may already be on its way.
		select {
		case <-ctx.Done():
			return Receipt{}, nil, fault.New(fault.ChainUnavailable, "%s: transaction %s is not mined: %w", op, tx.Hash(), ctx.Err())
		case <-time.After(c.poll):
		}
	}
}

// sign signs a transaction with one of our keys.
func sign(by *key.Signer, inner *types.DynamicFeeTx) (*types.Transaction, error) {
	signer := types.LatestSignerForChainID(inner.ChainID)
	tx := types.NewTx(inner)
	sig := by.Sign(wire.Digest(signer.Hash(tx)))
	sig[64] -= 27 // transactions carry the parity itself
	out, err := tx.WithSignature(signer, sig[:])
	if err != nil {
		return nil, fault.New(fault.Internal, "sign transaction: %w", err)
	}
	return out, nil
}

// Send moves coin of the sender to another account, as a faucet does.
func (c *Client) Send(ctx context.Context, to wire.Address, amount tacit.Money) (Receipt, error) {
	r, _, err := c.send(ctx, "send coin", &to, nil, amount)
	return r, err
}
