package settle

import (
	"context"
	"errors"
	"io"
	"math/big"
	"math/rand/v2"
	"strings"
	"syscall"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

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

// slack is gas for a slot that a call writes at a base fee only: estimates are made
// without one.
const slack = 25_000

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
	msg.Gas = gas + gas/4 + slack
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
		if lost(last) { // it may have arrived, and a second one must not
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

// lost reports that an answer did not come, so that nobody knows whether the
// transaction was taken.
func lost(err error) bool {
	var said rpc.Error
	if errors.As(err, &errLost{}) {
		return true
	}
	return !errors.As(err, &said) && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET))
}

// wait looks for the receipt until ctx ends or waitMost is over. All that it
// sends meanwhile has the number of the first one, of which a chain takes one:
// the call is never made twice. If somebody else's transaction took that number,
// none of ours can ever be mined, and the call is made again under the next.
func (c *Client) wait(ctx context.Context, op string, msg ethereum.CallMsg, tx *types.Transaction) (Receipt, *types.Receipt, error) {
	began := time.Now()
	sent := began
	all := []*types.Transaction{tx} // same number, rising fees
	for {
		if time.Since(sent) > c.resend() {
			sent = time.Now()
			all = c.push(ctx, msg, all)
		}
		r, err := c.receipt(ctx, all)
		if err != nil && c.passed(ctx, all[0]) {
			// Once more, because a receipt can appear between the two questions.
			if r, err = c.receipt(ctx, all); errors.Is(err, ethereum.NotFound) {
				if tx, err = c.submit(ctx, op, msg); err != nil {
					return Receipt{}, nil, err
				}
				all, sent = []*types.Transaction{tx}, time.Now()
				continue
			}
		}
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

// resend is how long a transaction may go without a receipt.
func (c *Client) resend() time.Duration {
	if c.patience != 0 {
		return c.patience
	}
	return resendAfter
}

// receipt is that of whichever of some transactions was mined.
func (c *Client) receipt(ctx context.Context, all []*types.Transaction) (*types.Receipt, error) {
	var last error
	for _, tx := range all {
		r, err := c.backend.TransactionReceipt(ctx, tx.Hash())
		if err == nil {
			return r, nil
		}
		last = err
	}
	return nil, last
}

// passed reports that the account's number has gone beyond a transaction's.
func (c *Client) passed(ctx context.Context, tx *types.Transaction) bool {
	n, err := c.backend.NonceAt(ctx, common.Address(c.Account()), nil)
	return err == nil && n > tx.Nonce()
}

// push sends a transaction again: as it is if the node may just have forgotten
// it, with higher fees under the same number if the base fee has outgrown it. A
// gap below it, left by what the node forgot of another process, is filled with
// a transfer of nothing to ourselves, since moving the call there could make it
// twice.
func (c *Client) push(ctx context.Context, msg ethereum.CallMsg, all []*types.Transaction) []*types.Transaction {
	newest := all[len(all)-1]
	_ = c.backend.SendTransaction(ctx, newest) // known, mined or taken again
	head, err := c.backend.HeaderByNumber(ctx, nil)
	if err != nil {
		return all
	}
	if pending, err := c.backend.PendingNonceAt(ctx, msg.From); err == nil && pending < newest.Nonce() {
		self := msg.From
		if fill, err := c.priced(head, nil, &types.DynamicFeeTx{Nonce: pending, To: &self, Gas: 21_000}); err == nil {
			_ = c.backend.SendTransaction(ctx, fill)
		}
	}
	if newest.GasFeeCap().Cmp(head.BaseFee) >= 0 {
		return all
	}
	more, err := c.priced(head, newest, &types.DynamicFeeTx{Nonce: newest.Nonce(), To: msg.To, Data: msg.Data, Value: msg.Value, Gas: msg.Gas})
	if err != nil {
		return all
	}
	_ = c.backend.SendTransaction(ctx, more) // refused or not: it may have arrived
	return append(all, more)
}

// priced signs a transaction with fees for the newest block, and at least a
// quarter above those of the one that it replaces, as nodes demand.
func (c *Client) priced(head *types.Header, old *types.Transaction, inner *types.DynamicFeeTx) (*types.Transaction, error) {
	inner.ChainID = c.chainID
	inner.GasTipCap = big.NewInt(1_000_000_000)
	inner.GasFeeCap = new(big.Int).Add(inner.GasTipCap, new(big.Int).Mul(head.BaseFee, big.NewInt(3)))
	if old != nil {
		raised := func(v *big.Int) *big.Int {
			return new(big.Int).Add(new(big.Int).Div(new(big.Int).Mul(v, big.NewInt(5)), big.NewInt(4)), big.NewInt(1))
		}
		if v := raised(old.GasTipCap()); v.Cmp(inner.GasTipCap) > 0 {
			inner.GasTipCap = v
		}
		if v := raised(old.GasFeeCap()); v.Cmp(inner.GasFeeCap) > 0 {
			inner.GasFeeCap = v
		}
	}
	if inner.GasFeeCap.Cmp(inner.GasTipCap) < 0 {
		inner.GasFeeCap = inner.GasTipCap
	}
	return sign(c.signer, inner)
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
