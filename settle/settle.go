// Package settle is the client of the network's contracts: registry,
// catalogue, escrow, direct settlement and epoch headers. It is the one door to
// go-ethereum.
//
// A Client reads what the contracts hold at a block and sends transactions of
// one account. It believes the node that it asks; whoever must not be lied to
// checks what it reads against signed epoch headers (package tacit) instead.
// What a contract refuses comes back as a fault whose text begins with the name
// of the contract's error.
package settle

import (
	"context"
	"math/big"
	"sync"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/settle/bindings"
	"tacit/wire"
)

// Backend is what the package needs of a node of the chain; *ethclient.Client
// and go-ethereum's simulated client are.
type Backend interface {
	ethereum.BlockNumberReader
	ethereum.ChainIDReader
	ethereum.ContractCaller
	ethereum.GasEstimator
	ethereum.GasPricer1559
	ethereum.TransactionSender
	BalanceAt(ctx context.Context, account common.Address, block *big.Int) (*big.Int, error)
	CodeAt(ctx context.Context, account common.Address, block *big.Int) ([]byte, error)
	FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error)
	HeaderByNumber(ctx context.Context, block *big.Int) (*types.Header, error)
	NonceAt(ctx context.Context, account common.Address, block *big.Int) (uint64, error)
	PendingNonceAt(ctx context.Context, account common.Address) (uint64, error)
	TransactionByHash(ctx context.Context, hash common.Hash) (tx *types.Transaction, pending bool, err error)
	TransactionReceipt(ctx context.Context, hash common.Hash) (*types.Receipt, error)
}

// Addresses are where the contracts of one network are.
type Addresses struct {
	Epochs    wire.Address `json:"epochs"`
	Registry  wire.Address `json:"registry"`
	Catalogue wire.Address `json:"catalogue"`
	Escrow    wire.Address `json:"escrow"`
	Direct    wire.Address `json:"direct"`
}

// Config says what a Client needs.
type Config struct {
	URLs    []string      // of nodes' JSON-RPC; most must agree on what headers are made of, one that answers is enough for the rest
	Backend Backend       // in place of URLs
	Epochs  wire.Address  // the network's root contract
	ChainID uint64        // 0 takes the node's word for it
	Signer  *key.Signer   // pays for and sends transactions; nil can only read
	Poll    time.Duration // between looks for a receipt [100ms]
}

// A Client speaks with the contracts of one network. It is safe for use by
// many goroutines.
type Client struct {
	backend   Backend
	ends      []Backend // that backend stands for, if several; most of all must agree
	close     func()
	chainID   *big.Int
	signer    *key.Signer
	poll      time.Duration
	patience  time.Duration // in place of resendAfter
	addresses Addresses
	params    tacit.Params
	genesis   wire.Digest
	start     uint64

	epochs    *bindings.Epochs
	registry  *bindings.Registry
	catalogue *bindings.Catalogue
	escrow    *bindings.Escrow
	direct    *bindings.Direct

	mu sync.Mutex // one transaction is sent at a time
}

// Dial connects to the nodes and reads the network's other addresses and its
// parameters from the root contract, as more than half of those that answer show
// them. If none answers it is CHAIN_UNAVAILABLE, if they contradict
// CHAIN_DISAGREE, a node of another chain or without the contract CONS_FIELD.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	c := &Client{
		backend: cfg.Backend, signer: cfg.Signer, poll: cfg.Poll,
		epochs: bindings.NewEpochs(), registry: bindings.NewRegistry(), catalogue: bindings.NewCatalogue(),
		escrow: bindings.NewEscrow(), direct: bindings.NewDirect(),
	}
	if c.poll == 0 {
		c.poll = 100 * time.Millisecond
	}
	if c.backend == nil && len(cfg.URLs) > 0 {
		p, closing := dialPoints(cfg.URLs, cfg.ChainID)
		c.backend, c.ends, c.close = p, p.ends, closing
	}
	if c.backend == nil {
		return nil, fault.New(fault.APIField, "dial chain: neither URL nor backend")
	}
	if err := c.introduce(ctx, cfg); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close gives the connections back.
func (c *Client) Close() {
	if c.close != nil {
		c.close()
	}
}

// introduce learns chain, addresses and parameters.
func (c *Client) introduce(ctx context.Context, cfg Config) error {
	id, err := c.backend.ChainID(ctx)
	if err != nil {
		return chainFault("ask for chain ID", err)
	}
	if cfg.ChainID != 0 && (!id.IsUint64() || id.Uint64() != cfg.ChainID) {
		return fault.Denied(fault.ConsField, "dial chain", "chain ID", new(big.Int).SetUint64(cfg.ChainID).String(), id.String())
	}
	c.chainID = id
	known, err := mostUp(ctx, c, "read network's contracts", func(ctx context.Context, o *Client) (introduction, error) { return o.contracts(ctx, cfg.Epochs) })
	if err != nil {
		return err
	}
	c.addresses, c.genesis, c.start, c.params = known.At, known.Genesis, known.Start, known.Params
	return nil
}

// introduction is what the root contract says of a network.
type introduction struct {
	At      Addresses
	Genesis wire.Digest
	Start   uint64
	Params  tacit.Params
}

func (c *Client) contracts(ctx context.Context, to wire.Address) (introduction, error) {
	in := introduction{At: Addresses{Epochs: to}}
	for _, field := range []struct {
		data []byte
		into *wire.Address
	}{
		{c.epochs.PackRegistry(), &in.At.Registry},
		{c.epochs.PackCatalogue(), &in.At.Catalogue},
		{c.epochs.PackEscrow(), &in.At.Escrow},
		{c.epochs.PackDirect(), &in.At.Direct},
	} {
		a, err := call(ctx, c, nil, to, field.data, c.epochs.UnpackRegistry)
		if err != nil {
			return in, err
		}
		*field.into = wire.Address(a)
	}
	genesis, err := call(ctx, c, nil, to, c.epochs.PackGenesis(), c.epochs.UnpackGenesis)
	if err != nil {
		return in, err
	}
	in.Genesis = genesis
	if in.Start, err = call(ctx, c, nil, to, c.epochs.PackStart(), c.epochs.UnpackStart); err != nil {
		return in, err
	}
	p, err := call(ctx, c, nil, to, c.epochs.PackParams(), c.epochs.UnpackParams)
	in.Params = fromParams(p)
	return in, err
}

// Addresses are where the contracts are.
func (c *Client) Addresses() Addresses { return c.addresses }

// Params are the parameters that the contracts hold.
func (c *Client) Params() tacit.Params { return c.params }

// Genesis is the digest of the genesis file that the contracts hold.
func (c *Client) Genesis() wire.Digest { return c.genesis }

// Start is the first block of epoch 0.
func (c *Client) Start() uint64 { return c.start }

// ChainID is the chain's number.
func (c *Client) ChainID() uint64 { return c.chainID.Uint64() }

// Network is the network's ID, under which everything is signed.
func (c *Client) Network() wire.Digest {
	return wire.Domain(c.ChainID(), c.addresses.Epochs, c.genesis)
}

// Account is the account that sends, or zero.
func (c *Client) Account() wire.Address {
	if c.signer == nil {
		return wire.Address{}
	}
	return c.signer.Address()
}

// call asks a contract at a block (nil = newest) and decodes the answer.
func call[T any](ctx context.Context, c *Client, block *big.Int, to wire.Address, data []byte, unpack func([]byte) (T, error)) (T, error) {
	var none T
	addr := common.Address(to)
	out, err := c.backend.CallContract(ctx, ethereum.CallMsg{To: &addr, Data: data}, block)
	if err != nil {
		return none, chainFault("read contract "+to.String(), err)
	}
	if len(out) == 0 {
		return none, fault.New(fault.ConsField, "read contract %s: there is no contract of this network", to)
	}
	v, err := unpack(out)
	if err != nil {
		return none, fault.New(fault.ConsField, "read contract %s: %w", to, err)
	}
	return v, nil
}
