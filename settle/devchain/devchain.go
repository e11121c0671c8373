// Package devchain is a chain of one node inside this process, for networks on
// one machine: the real go-ethereum with the rules of Osaka, a block per second
// and no peers.
//
// It is not a simulation of the contracts' world but that world itself, kept in
// a folder: after a restart, also after kill -9, the chain goes on where it
// was, less at most the newest block, if the kill came before its sync. Wait for
// Params.Finality before relying on a receipt. Whoever can
// write the folder or reach the loopback port owns the chain, which is worth
// nothing and proves nothing to anybody else.
package devchain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Config says what a Chain needs; zero fields take the defaults in brackets.
type Config struct {
	Dir     string                       // where the chain is kept
	Port    int                          // of the JSON-RPC on loopback; 0 lets the system choose
	ChainID uint64                       // [1337]
	Alloc   map[wire.Address]tacit.Money // what accounts own in the first block; ignored once the chain exists
	Period  uint64                       // seconds between blocks [1]
	Log     *slog.Logger                 // nil is silent
}

// A Chain is one such chain.
type Chain struct {
	cfg   Config
	ready chan struct{} // closed once the node answers
	url   atomic.Value  // string
	inner atomic.Pointer[ethclient.Client]
}

// New checks the configuration and starts nothing.
func New(cfg Config) (*Chain, error) {
	if cfg.Dir == "" {
		return nil, fault.New(fault.APIField, "new dev chain: no folder")
	}
	if cfg.Port < 0 || cfg.Port > 65535 {
		return nil, fault.New(fault.APIField, "new dev chain: port %d", cfg.Port)
	}
	if cfg.ChainID == 0 {
		cfg.ChainID = 1337
	}
	if cfg.Period == 0 {
		cfg.Period = 1
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Chain{cfg: cfg, ready: make(chan struct{})}, nil
}

// Ready is closed once the node answers at URL.
func (c *Chain) Ready() <-chan struct{} { return c.ready }

// URL is the node's JSON-RPC once Ready is closed, before that "".
func (c *Chain) URL() string {
	s, _ := c.url.Load().(string)
	return s
}

// Client speaks with the node without a socket, once Ready is closed; before
// that it is nil.
func (c *Chain) Client() *ethclient.Client { return c.inner.Load() }

// Rules are the chain's rules: all that Osaka has. Forks beyond it, which
// go-ethereum's own dev chains enable, change what gas costs.
func Rules(chainID uint64) *params.ChainConfig {
	rules := *params.AllDevChainProtocolChanges
	rules.ChainID = new(big.Int).SetUint64(chainID)
	rules.BogotaTime = nil
	return &rules
}

// Run runs the chain until ctx ends. It may be called once.
func (c *Chain) Run(ctx context.Context) error {
	if err := os.MkdirAll(c.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("run dev chain: %w", err)
	}
	stack, err := node.New(&node.Config{
		Name: "chain", DataDir: c.cfg.Dir, DBEngine: "pebble",
		P2P:      p2p.Config{NoDiscovery: true, NoDial: true, MaxPeers: 0, ListenAddr: ""},
		HTTPHost: "127.0.0.1", HTTPPort: c.cfg.Port, HTTPModules: []string{"eth", "net", "web3"},
		HTTPVirtualHosts: []string{"localhost"}, HTTPTimeouts: rpc.DefaultHTTPTimeouts,
		IPCPath: "",
	})
	if err != nil {
		return fmt.Errorf("run dev chain: %w", err)
	}
	defer stack.Close()
	backend, err := eth.New(stack, c.ethConfig())
	if err != nil {
		return fmt.Errorf("run dev chain: %w", err)
	}
	stack.RegisterAPIs([]rpc.API{{
		Namespace: "eth",
		Service:   filters.NewFilterAPI(filters.NewFilterSystem(backend.APIBackend, filters.Config{})),
	}})
	beacon, err := catalyst.NewSimulatedBeacon(c.cfg.Period, common.Address{}, backend)
	if err != nil {
		return fmt.Errorf("run dev chain: %w", err)
	}
	stack.RegisterLifecycle(beacon)
	if err := stack.Start(); err != nil {
		return fmt.Errorf("run dev chain: %w", err)
	}
	client := ethclient.NewClient(stack.Attach())
	defer client.Close()
	c.inner.Store(client)
	c.url.Store(stack.HTTPEndpoint())
	close(c.ready)
	c.cfg.Log.Info("chain runs", "url", c.URL(), "chain", c.cfg.ChainID, "head", backend.BlockChain().CurrentBlock().Number)
	// The database hands small writes to the disk late, so a killed process would
	// fall back by many blocks; one sync per block costs nothing at this pace.
	heads := make(chan core.ChainHeadEvent, 16)
	sub := backend.BlockChain().SubscribeChainHeadEvent(heads)
	defer sub.Unsubscribe()
	for running := true; running; {
		select {
		case <-heads:
			// gofail: var chainBlock struct{}
			if err := backend.ChainDb().SyncKeyValue(); err != nil {
				return fmt.Errorf("run dev chain: %w", err)
			}
			// gofail: var chainSynced struct{}
		case <-ctx.Done():
			running = false
		}
	}
	if err := stack.Close(); err != nil && !errors.Is(err, node.ErrNodeStopped) {
		return fmt.Errorf("stop dev chain: %w", err)
	}
	return ctx.Err()
}

// Genesis is the first block of a chain with these rules and this money, for
// `geth init` too: its JSON is what a node of another program reads.
func Genesis(chainID uint64, money map[wire.Address]tacit.Money) *core.Genesis {
	alloc := core.SystemContractAllocs() // without them no block can be made
	mine := types.GenesisAlloc{}
	for a, amount := range money {
		mine[common.Address(a)] = types.Account{Balance: new(big.Int).Mul(new(big.Int).SetUint64(amount), big.NewInt(params.GWei))}
	}
	maps.Copy(alloc, mine)
	return &core.Genesis{
		Config: Rules(chainID), GasLimit: ethconfig.Defaults.Miner.GasCeil, BaseFee: big.NewInt(params.InitialBaseFee),
		Difficulty: big.NewInt(0), Alloc: alloc,
	}
}

func (c *Chain) ethConfig() *ethconfig.Config {
	cfg := ethconfig.Defaults
	genesis := Genesis(c.cfg.ChainID, c.cfg.Alloc)
	// An existing chain keeps its own first block, whatever is allotted now.
	if _, err := os.Stat(filepath.Join(c.cfg.Dir, "chain", "chaindata")); err == nil {
		genesis = nil
	}
	cfg.Genesis = genesis
	cfg.NetworkId = c.cfg.ChainID
	cfg.SyncMode = ethconfig.FullSync
	// With the newer path scheme a killed process falls back to its last clean
	// stop; with hashes and nothing pruned, every block's state is on disk.
	cfg.StateScheme = rawdb.HashScheme
	cfg.NoPruning = true
	cfg.Preimages = false
	cfg.TrieCleanCache, cfg.TrieDirtyCache, cfg.SnapshotCache, cfg.DatabaseCache = 16, 16, 0, 16
	cfg.TxPool.NoLocals = true
	cfg.TxPool.Journal = ""
	cfg.BlobPool.Datadir = ""
	return &cfg
}
