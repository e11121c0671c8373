package settle

import (
	"context"
	"math/big"
	"strconv"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"tacit"
	"tacit/fault"
	"tacit/settle/bindings"
	"tacit/wire"
)

// page is how many elements one call asks for: few enough for a node's limit
// on gas and answer size.
const page = 200

// Finalised returns the number of the newest block that counts: buried under
// Params.Finality blocks, or the chain's finalized block if that is 0.
func (c *Client) Finalised(ctx context.Context) (uint64, error) {
	if c.params.Finality == 0 {
		return c.reached(ctx, "read finalised block", func(ctx context.Context, o *Client) (uint64, error) {
			h, err := o.backend.HeaderByNumber(ctx, big.NewInt(int64(rpc.FinalizedBlockNumber)))
			if err != nil {
				return 0, fault.New(fault.ChainUnavailable, "read finalised block: %w", err)
			}
			return h.Number.Uint64(), nil
		})
	}
	head, err := c.Head(ctx)
	if err != nil {
		return 0, err
	}
	return head - min(head, c.params.Finality), nil
}

// Epoch is the epoch that a block belongs to.
func (c *Client) Epoch(block uint64) uint64 { return c.params.Epoch(c.start, block) }

// State reads what the contracts hold after a block: the nodes, the newest
// generation of every entry and the deposits that are not empty. Its cost grows
// with all three and is paid once per epoch, at every end point, by those who
// sign headers. If most end points do not show the same it is CHAIN_DISAGREE.
func (c *Client) State(ctx context.Context, block uint64) (tacit.ChainState, error) {
	return most(ctx, c, "read state of block "+strconv.FormatUint(block, 10), func(ctx context.Context, o *Client) (tacit.ChainState, error) { return o.state(ctx, block) })
}

func (c *Client) state(ctx context.Context, block uint64) (tacit.ChainState, error) {
	at := new(big.Int).SetUint64(block)
	h, err := c.backend.HeaderByNumber(ctx, at)
	if err != nil {
		return tacit.ChainState{}, fault.New(fault.ChainUnavailable, "read block %d: %w", block, err)
	}
	s := tacit.ChainState{Block: block, Hash: wire.Digest(h.Hash()), Time: h.Time, PrevRandao: wire.Digest(h.MixDigest)}
	nodes, err := pages(ctx, c, at, c.addresses.Registry, c.registry.PackNodes, c.registry.UnpackNodes)
	if err != nil {
		return tacit.ChainState{}, err
	}
	s.Nodes = mapAll(nodes, fromNode)
	entries, err := pages(ctx, c, at, c.addresses.Catalogue, c.catalogue.PackEntries, c.catalogue.UnpackEntries)
	if err != nil {
		return tacit.ChainState{}, err
	}
	s.Entries = mapAll(entries, fromEntry)
	deposits, err := pages(ctx, c, at, c.addresses.Escrow, c.escrow.PackDeposits, c.escrow.UnpackDeposits)
	if err != nil {
		return tacit.ChainState{}, err
	}
	for _, d := range deposits {
		if d.Amount != 0 || d.Leaving != 0 {
			s.Deposits = append(s.Deposits, fromDeposit(d))
		}
	}
	s.Policy, s.Generation, err = c.policy(ctx, at)
	return s, err
}

// pages reads a list to its end.
func pages[T any](ctx context.Context, c *Client, at *big.Int, contract wire.Address, pack func(from, n *big.Int) []byte, unpack func([]byte) ([]T, error)) ([]T, error) {
	var all []T
	for {
		list, err := call(ctx, c, at, contract, pack(big.NewInt(int64(len(all))), big.NewInt(page)), unpack)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if len(list) < page {
			return all, nil
		}
	}
}

// Entry reads one generation of an entry; 0 means the newest. There being none
// is API_NOT_FOUND.
func (c *Client) Entry(ctx context.Context, id wire.Digest, generation uint64) (tacit.Entry, error) {
	return c.entryAt(ctx, id, generation, nil)
}

func (c *Client) entryAt(ctx context.Context, id wire.Digest, generation uint64, at *big.Int) (tacit.Entry, error) {
	if generation == 0 {
		g, err := call(ctx, c, at, c.addresses.Catalogue, c.catalogue.PackNewest(id), c.catalogue.UnpackNewest)
		if err != nil {
			return tacit.Entry{}, err
		}
		generation = g
	}
	e, err := call(ctx, c, at, c.addresses.Catalogue, c.catalogue.PackEntry(id, generation), c.catalogue.UnpackEntry)
	if err != nil {
		return tacit.Entry{}, err
	}
	return fromEntry(e), nil
}

// after reads the entry as the transaction's block left it.
func (c *Client) after(ctx context.Context, id wire.Digest, r Receipt) (tacit.Entry, Receipt, error) {
	e, err := c.entryAt(ctx, id, 0, new(big.Int).SetUint64(r.Block))
	return e, r, err
}

// Node reads one registered node, or API_NOT_FOUND.
func (c *Client) Node(ctx context.Context, key wire.Address) (tacit.Node, error) {
	n, err := call(ctx, c, nil, c.addresses.Registry, c.registry.PackNode(address(key)), c.registry.UnpackNode)
	if err != nil {
		return tacit.Node{}, err
	}
	return fromNode(n), nil
}

// Tickets returns the tickets that were posted for an epoch, in the order of
// the chain. If most end points do not show the same it is CHAIN_DISAGREE.
func (c *Client) Tickets(ctx context.Context, epoch uint64) ([]tacit.Ticket, error) {
	return most(ctx, c, "read tickets", func(ctx context.Context, o *Client) ([]tacit.Ticket, error) { return o.tickets(ctx, epoch) })
}

func (c *Client) tickets(ctx context.Context, epoch uint64) ([]tacit.Ticket, error) {
	if epoch == 0 {
		return nil, nil
	}
	// Tickets for an epoch are taken in the epoch before only.
	from := c.start + (epoch-1)*c.params.EpochLength
	head, err := c.Head(ctx)
	if err != nil || head < from {
		return nil, err
	}
	logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(min(head, from+c.params.EpochLength-1)),
		Addresses: []common.Address{address(c.addresses.Epochs)},
		Topics:    [][]common.Hash{{eventID(&bindings.EpochsMetaData, bindings.EpochsTicketEventName)}, {common.BigToHash(new(big.Int).SetUint64(epoch))}},
	})
	if err != nil {
		return nil, chainFault("read tickets", err)
	}
	var out []tacit.Ticket
	for _, l := range logs {
		t, err := c.epochs.UnpackTicketEvent(&l)
		if err != nil {
			return nil, fault.New(fault.ConsField, "read tickets: %w", err)
		}
		out = append(out, tacit.Ticket{Epoch: t.Epoch, Node: wire.Address(t.Node), Role: tacit.Role(t.Role), Pi: t.Pi, Block: l.BlockNumber})
	}
	return out, nil
}

// A Ledger is what one account owns, in gwei.
type Ledger struct {
	Wallet    tacit.Money   `json:"wallet"`
	Deposit   tacit.Deposit `json:"deposit"`
	Claimable tacit.Money   `json:"claimable"` // at the escrow
	Rewards   tacit.Money   `json:"rewards"`   // at the registry
	Stake     tacit.Money   `json:"stake"`     // of the account's nodes
}

// Ledger reads what an account owns now. The stake needs a look at every node.
func (c *Client) Ledger(ctx context.Context, account wire.Address) (Ledger, error) {
	var l Ledger
	var err error
	if l.Wallet, err = c.Balance(ctx, account); err != nil {
		return l, err
	}
	if l.Deposit, err = c.DepositOf(ctx, account); err != nil {
		return l, err
	}
	if l.Claimable, err = call(ctx, c, nil, c.addresses.Escrow, c.escrow.PackClaimable(address(account)), c.escrow.UnpackClaimable); err != nil {
		return l, err
	}
	if l.Rewards, err = call(ctx, c, nil, c.addresses.Registry, c.registry.PackClaimable(address(account)), c.registry.UnpackClaimable); err != nil {
		return l, err
	}
	nodes, err := pages(ctx, c, nil, c.addresses.Registry, c.registry.PackNodes, c.registry.UnpackNodes)
	for _, n := range nodes {
		if wire.Address(n.Operator) == account {
			l.Stake += n.Stake
		}
	}
	return l, err
}

// DepositOf is what an account has on deposit now, and with whom.
func (c *Client) DepositOf(ctx context.Context, account wire.Address) (tacit.Deposit, error) {
	d, err := call(ctx, c, nil, c.addresses.Escrow, c.escrow.PackDepositOf(address(account)), c.escrow.UnpackDepositOf)
	if err != nil {
		return tacit.Deposit{}, err
	}
	return fromDeposit(d), nil
}

// Balance is the account's coin in whole gwei.
func (c *Client) Balance(ctx context.Context, account wire.Address) (tacit.Money, error) {
	b, err := c.backend.BalanceAt(ctx, address(account), nil)
	if err != nil {
		return 0, chainFault("read balance", err)
	}
	return new(big.Int).Div(b, gwei).Uint64(), nil
}

// Burnt is what slashing destroyed so far.
func (c *Client) Burnt(ctx context.Context) (tacit.Money, error) {
	return call(ctx, c, nil, c.addresses.Registry, c.registry.PackBurnt(), c.registry.UnpackBurnt)
}

// LastHeader is the number of the newest header on chain, 0 for the genesis.
func (c *Client) LastHeader(ctx context.Context) (uint64, error) {
	return call(ctx, c, nil, c.addresses.Epochs, c.epochs.PackLast(), c.epochs.UnpackLast)
}

// A PostedHeader is what the chain keeps of a header.
type PostedHeader struct {
	Digest    wire.Digest // EIP-712 struct hash; of header 0 the genesis digest
	Beacon    wire.Digest
	Workers   wire.Digest
	Verifiers wire.Digest
	Signers   wire.Digest
	Block     uint64 // that it describes
	Posted    uint64 // block
}

// Header reads a posted header; one that was not posted is KEY_FINALITY.
func (c *Client) Header(ctx context.Context, number uint64) (PostedHeader, error) {
	h, err := call(ctx, c, nil, c.addresses.Epochs, c.epochs.PackHeader(number), c.epochs.UnpackHeader)
	return PostedHeader{h.Digest, h.Beacon, h.Workers, h.Verifiers, h.Signers, h.BlockNumber, h.Posted}, err
}

// LastBatch is the number of a dispatcher's newest batch, or 0.
func (c *Client) LastBatch(ctx context.Context, dispatcher wire.Address) (uint64, error) {
	return call(ctx, c, nil, c.addresses.Escrow, c.escrow.PackLastBatch(address(dispatcher)), c.escrow.UnpackLastBatch)
}

// A BatchRecord is what the chain keeps of a batch.
type BatchRecord struct {
	Leaves, Payouts, Debits wire.Digest
	Total, Remaining        tacit.Money
	Posted                  uint64 // block; 0 means that there is no such batch
	Pays                    uint64 // first block in which it can be claimed from
	Voided                  bool
}

// Batch reads a batch.
func (c *Client) Batch(ctx context.Context, dispatcher wire.Address, number uint64) (BatchRecord, error) {
	r, err := call(ctx, c, nil, c.addresses.Escrow, c.escrow.PackBatch(address(dispatcher), number), c.escrow.UnpackBatch)
	return BatchRecord{
		Leaves: r.Leaves, Payouts: r.Payouts, Debits: r.Debits, Total: r.Total, Remaining: r.Remaining, Posted: r.Posted,
		Pays: r.Posted + c.params.ChallengeWindow + 1, Voided: r.Voided,
	}, err
}

// Settled says in which block a task was settled directly, or 0.
func (c *Client) Settled(ctx context.Context, task wire.Digest) (uint64, error) {
	s, err := call(ctx, c, nil, c.addresses.Direct, c.direct.PackSettled(task), c.direct.UnpackSettled)
	return s.Posted, err
}

// DirectPayouts are the parts of a direct settlement that was not claimed yet.
func (c *Client) DirectPayouts(ctx context.Context, task wire.Digest) ([]tacit.Payout, error) {
	list, err := call(ctx, c, nil, c.addresses.Direct, c.direct.PackPayouts(task), c.direct.UnpackPayouts)
	return mapAll(list, fromPayout), err
}

func eventID(m *bind.MetaData, name string) common.Hash {
	parsed, err := m.ParseABI()
	if err != nil {
		panic(err) // the bindings are generated: impossible
	}
	return parsed.Events[name].ID
}
