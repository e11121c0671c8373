package settle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"

	"tacit/settle/devchain"
)

// instant is a chain without blocks and signatures: the contracts run directly
// on the virtual machine, over a state in memory, under the same rules. A call
// runs once, when its gas is asked for, in the block after the head; sending it
// makes that block. It is for one goroutine.
type instant struct {
	Backend // what is not overridden is not used
	rules   *params.ChainConfig
	db      *state.StateDB
	head    uint64
	last    *types.Receipt // of what ran last
	jumps   jumps
}

// jumps are where a contract's code may jump to, which depends on nothing but the
// code and is the same for all sequences.
type jumps map[common.Hash]vm.BitVec

func (j jumps) Load(code common.Hash) (vm.BitVec, bool) { v, ok := j[code]; return v, ok }
func (j jumps) Store(code common.Hash, where vm.BitVec) { j[code] = where }

func newInstant(t testing.TB, alloc types.GenesisAlloc) *instant {
	t.Helper()
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	c := &instant{rules: devchain.Rules(1337), db: db, jumps: jumps{}}
	all := core.SystemContractAllocs()
	maps.Copy(all, alloc)
	for a, account := range all {
		balance := db.GetBalance(a).Clone()
		balance.SetFromBig(account.Balance)
		db.SetBalance(a, balance, 0)
		if len(account.Code) > 0 {
			db.SetCode(a, account.Code, 0)
		}
	}
	return c
}

// header is that of a block; nothing but its fields tells blocks apart.
func (c *instant) header(n uint64) *types.Header {
	return &types.Header{
		Number: new(big.Int).SetUint64(n), Time: 1_700_000_000 + n, Difficulty: new(big.Int), BaseFee: new(big.Int),
		MixDigest: common.BigToHash(new(big.Int).SetUint64(n + 1)),
	}
}

// run executes a message in a block; with keep its effect stays if it did not
// fail.
func (c *instant) run(msg ethereum.CallMsg, block uint64, keep bool) ([]byte, common.Address, error) {
	at := c.db.Snapshot()
	h := c.header(block)
	evm := vm.NewEVM(vm.BlockContext{
		CanTransfer: core.CanTransfer, Transfer: core.Transfer, GetHash: func(n uint64) common.Hash { return c.header(n).Hash() },
		BlockNumber: h.Number, Time: h.Time, Difficulty: h.Difficulty, BaseFee: h.BaseFee, BlobBaseFee: new(big.Int),
		GasLimit: gasMost, Random: &h.MixDigest,
	}, c.db, c.rules, vm.Config{NoBaseFee: true})
	evm.SetJumpDestCache(c.jumps)
	value := c.db.GetBalance(common.Address{}).Clone()
	evm.SetTxContext(vm.TxContext{Origin: msg.From, GasPrice: value.Clone().Clear()})
	rules := c.rules.Rules(h.Number, true, h.Time)
	c.db.Prepare(rules, msg.From, common.Address{}, msg.To, vm.ActivePrecompiles(rules), nil)
	value.Clear()
	if msg.Value != nil {
		value.SetFromBig(msg.Value)
	}
	var out []byte
	var made common.Address
	var err error
	if msg.To == nil {
		out, made, _, err = evm.Create(msg.From, msg.Data, vm.NewGasBudget(gasMost, gasMost), value)
	} else {
		out, _, err = evm.Call(msg.From, *msg.To, msg.Data, vm.NewGasBudget(gasMost, gasMost), value)
	}
	if err != nil || !keep {
		c.db.RevertToSnapshot(at)
	}
	if errors.Is(err, vm.ErrExecutionReverted) {
		err = reverted{out}
	}
	return out, made, err
}

const gasMost = 1 << 40

// reverted is a revert as a node reports it.
type reverted struct{ data []byte }

func (r reverted) Error() string  { return "execution reverted" }
func (r reverted) ErrorCode() int { return 3 }
func (r reverted) ErrorData() any { return fmt.Sprintf("0x%x", r.data) }

func (c *instant) ChainID(context.Context) (*big.Int, error)   { return c.rules.ChainID, nil }
func (c *instant) BlockNumber(context.Context) (uint64, error) { return c.head, nil }

func (c *instant) HeaderByNumber(_ context.Context, n *big.Int) (*types.Header, error) {
	if n == nil || n.Sign() < 0 {
		return c.header(c.head), nil
	}
	return c.header(n.Uint64()), nil
}

func (c *instant) SuggestGasTipCap(context.Context) (*big.Int, error) { return new(big.Int), nil }

func (c *instant) PendingNonceAt(_ context.Context, a common.Address) (uint64, error) {
	return c.db.GetNonce(a), nil
}

func (c *instant) BalanceAt(_ context.Context, a common.Address, _ *big.Int) (*big.Int, error) {
	return c.db.GetBalance(a).ToBig(), nil
}

func (c *instant) CodeAt(_ context.Context, a common.Address, _ *big.Int) ([]byte, error) {
	return c.db.GetCode(a), nil
}

func (c *instant) FilterLogs(context.Context, ethereum.FilterQuery) ([]types.Log, error) {
	return nil, nil // no ticket is posted here
}

func (c *instant) CallContract(_ context.Context, msg ethereum.CallMsg, _ *big.Int) ([]byte, error) {
	out, _, err := c.run(msg, c.head, false)
	return out, err
}

// EstimateGas runs the call for good; the client sends next what it has asked
// about.
func (c *instant) EstimateGas(_ context.Context, msg ethereum.CallMsg) (uint64, error) {
	_, made, err := c.run(msg, c.head+1, true)
	if err != nil {
		return 0, err
	}
	c.last = &types.Receipt{Status: types.ReceiptStatusSuccessful, BlockNumber: new(big.Int).SetUint64(c.head + 1), ContractAddress: made}
	return 21_000, nil
}

func (c *instant) SendTransaction(_ context.Context, tx *types.Transaction) error {
	c.head++
	c.last.TxHash = tx.Hash()
	return nil
}

func (c *instant) TransactionReceipt(context.Context, common.Hash) (*types.Receipt, error) {
	return c.last, nil
}

// sequences is how many of them a run plays: CONTRACT_SEQUENCES, or few.
func sequences() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("CONTRACT_SEQUENCES"), 10, 64); err == nil {
		return n
	}
	return 200
}

// TestRandomCallsOnTheBareEVM plays many more sequences than the simulated
// chain has time for, on the virtual machine alone. Every sequence starts from
// the same deployed network; one in four is long.
func TestRandomCallsOnTheBareEVM(t *testing.T) {
	n, parts := sequences(), uint64(runtime.GOMAXPROCS(0))
	done, refused := make([]map[string]int, parts), make([]map[string]int, parts)
	t.Run("parts", func(t *testing.T) {
		for part := range parts {
			done[part], refused[part] = map[string]int{}, map[string]int{}
			t.Run(strconv.FormatUint(part, 10), func(t *testing.T) {
				t.Parallel()
				w := newWorldOn(t, 7, true)
				base, head := w.fast.db, w.fast.head
				base.Finalise(w.fast.rules.Rules(new(big.Int).SetUint64(head), true, 1_700_000_000))
				for seed := part; seed < n; seed += parts {
					w.fast.db, w.fast.head, w.direct = base.Copy(), head, nil
					p := &play{world: w, rng: rand.New(rand.NewPCG(seed, 77)), done: done[part], refused: refused[part], seed: seed, nonce: seed << 16}
					p.start()
					steps := 20
					if seed/parts%4 == 0 {
						steps = 50
					}
					for range steps {
						p.watch()
						p.step()
					}
					p.same()
					if seed%32 == 0 { // it is long, and the same for all
						p.drain()
					}
				}
			})
		}
	})
	total := map[string]int{}
	calls := 0
	for part := range parts {
		for name, k := range done[part] {
			total[name] += k
			calls += k
		}
		for _, k := range refused[part] {
			calls += k
		}
	}
	fmt.Printf("settle: %d sequences on the bare EVM, %d calls, of which went through: %v\n", n, calls, total)
	for _, name := range everyCall {
		if n >= 200 && total[name] == 0 {
			t.Errorf("no %s went through; the sequences are too tame", name)
		}
	}
}
