package settle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"tacit/fault"
)

const (
	// patience is how long an end point may take for one answer.
	patience = 10 * time.Second
	// rest is how long an end point that failed is asked last, or left out.
	rest = 5 * time.Second
	// grace is how long the slower ones are waited for once most have answered.
	grace = time.Second
)

// errLate is the answer of an end point that was not waited for.
var errLate = errors.New("no answer in time")

// An end is one end point: dialled when it is first needed, and only asked if it
// is of the right chain.
type end struct {
	url     string
	chainID uint64 // 0 takes any

	mu     sync.Mutex
	client *ethclient.Client
}

// open connects. A failure is forgotten: the end point may be back next time.
func (e *end) open(ctx context.Context) (*ethclient.Client, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		return e.client, nil
	}
	c, err := ethclient.DialContext(ctx, e.url)
	if err != nil {
		return nil, fault.New(fault.ChainUnavailable, "dial chain %s: %w", e.url, err)
	}
	if e.chainID != 0 {
		id, err := c.ChainID(ctx)
		if err != nil {
			c.Close()
			return nil, fault.New(fault.ChainUnavailable, "ask %s for its chain ID: %w", e.url, err)
		}
		if want := new(big.Int).SetUint64(e.chainID); id.Cmp(want) != 0 {
			c.Close()
			return nil, fault.Denied(fault.ConsField, "dial chain "+e.url, "chain ID", want.String(), id.String())
		}
	}
	e.client = c
	return c, nil
}

func (e *end) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		e.client.Close()
	}
}

// lazy is an end as a Backend.
type lazy struct{ *end }

func through[T any](ctx context.Context, e *end, ask func(*ethclient.Client) (T, error)) (T, error) {
	c, err := e.open(ctx)
	if err != nil {
		var none T
		return none, err
	}
	return ask(c)
}

func (l lazy) ChainID(ctx context.Context) (*big.Int, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (*big.Int, error) { return c.ChainID(ctx) })
}

func (l lazy) BlockNumber(ctx context.Context) (uint64, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (uint64, error) { return c.BlockNumber(ctx) })
}

func (l lazy) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (*types.Header, error) { return c.HeaderByNumber(ctx, n) })
}

func (l lazy) CallContract(ctx context.Context, msg ethereum.CallMsg, at *big.Int) ([]byte, error) {
	return through(ctx, l.end, func(c *ethclient.Client) ([]byte, error) { return c.CallContract(ctx, msg, at) })
}

func (l lazy) CodeAt(ctx context.Context, a common.Address, n *big.Int) ([]byte, error) {
	return through(ctx, l.end, func(c *ethclient.Client) ([]byte, error) { return c.CodeAt(ctx, a, n) })
}

func (l lazy) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	return through(ctx, l.end, func(c *ethclient.Client) ([]types.Log, error) { return c.FilterLogs(ctx, q) })
}

func (l lazy) BalanceAt(ctx context.Context, a common.Address, n *big.Int) (*big.Int, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (*big.Int, error) { return c.BalanceAt(ctx, a, n) })
}

func (l lazy) NonceAt(ctx context.Context, a common.Address, n *big.Int) (uint64, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (uint64, error) { return c.NonceAt(ctx, a, n) })
}

func (l lazy) PendingNonceAt(ctx context.Context, a common.Address) (uint64, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (uint64, error) { return c.PendingNonceAt(ctx, a) })
}

func (l lazy) SuggestGasTipCap(ctx context.Context) (*big.Int, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (*big.Int, error) { return c.SuggestGasTipCap(ctx) })
}

func (l lazy) EstimateGas(ctx context.Context, msg ethereum.CallMsg) (uint64, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (uint64, error) { return c.EstimateGas(ctx, msg) })
}

func (l lazy) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	_, err := through(ctx, l.end, func(c *ethclient.Client) (struct{}, error) { return struct{}{}, c.SendTransaction(ctx, tx) })
	return err
}

func (l lazy) TransactionByHash(ctx context.Context, h common.Hash) (tx *types.Transaction, pending bool, err error) {
	tx, err = through(ctx, l.end, func(c *ethclient.Client) (tx *types.Transaction, err error) {
		tx, pending, err = c.TransactionByHash(ctx, h)
		return tx, err
	})
	return tx, pending, err
}

func (l lazy) TransactionReceipt(ctx context.Context, h common.Hash) (*types.Receipt, error) {
	return through(ctx, l.end, func(c *ethclient.Client) (*types.Receipt, error) { return c.TransactionReceipt(ctx, h) })
}

// points are several end points in the place of one, for what no header covers.
// A transaction goes to all; what decides about one (its number, its fee, whether
// it was mined) and what contracts and balances say is what most that answer say,
// so that a liar among them neither drains an account nor has a call made twice.
// Other reads, and those that most do not answer alike, go on to the next one when
// an end point is down, hangs or refuses.
type points struct {
	ends     []Backend
	patience time.Duration

	mu    sync.Mutex
	until []time.Time // when an end point that failed is asked in its turn again
}

func newPoints(ends []Backend) *points {
	return &points{ends: ends, patience: patience, until: make([]time.Time, len(ends))}
}

// dialPoints plans connections to end points; they are opened when needed.
func dialPoints(urls []string, chainID uint64) (*points, func()) {
	var ends []Backend
	var all []*end
	for _, u := range urls {
		e := &end{url: u, chainID: chainID}
		all, ends = append(all, e), append(ends, lazy{e})
	}
	return newPoints(ends), func() {
		for _, e := range all {
			e.close()
		}
	}
}

// order is that in which end points are asked: those that failed just now last.
func (p *points) order() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	var good, bad []int
	for i, t := range p.until {
		if now.Before(t) {
			bad = append(bad, i)
		} else {
			good = append(good, i)
		}
	}
	return append(good, bad...)
}

// out are the end points that failed just now, if they are a minority.
func (p *points) out() map[int]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, out := time.Now(), map[int]bool{}
	for i, t := range p.until {
		if now.Before(t) {
			out[i] = true
		}
	}
	if 2*len(out) >= len(p.ends) {
		return nil
	}
	return out
}

func (p *points) failed(i int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[i] = time.Now().Add(rest)
}

// verdict reports that an error is what the chain says of a call, and not what is
// wrong with the end point: another one would say the same.
func verdict(err error) bool {
	var data rpc.DataError
	if errors.As(err, &data) && data.ErrorData() != nil {
		return true
	}
	return strings.Contains(err.Error(), "execution reverted") || strings.Contains(err.Error(), "insufficient funds")
}

// answered reports that an end point is up and says something.
func answered(err error) bool {
	var said rpc.Error
	return err == nil || errors.Is(err, ethereum.NotFound) || errors.As(err, &said)
}

// next asks one end point after the other until one knows. If none does, it is
// what one that is up said, or else the first failure.
func next[T any](ctx context.Context, p *points, ask func(context.Context, Backend) (T, error)) (T, error) {
	var none T
	var first, said error
	for _, i := range p.order() {
		within, cancel := context.WithTimeout(ctx, p.patience)
		v, err := ask(within, p.ends[i])
		cancel()
		if err == nil || ctx.Err() != nil || verdict(err) {
			return v, err
		}
		if first == nil {
			first = err
		}
		if answered(err) {
			said = cmp.Or(said, err)
		} else {
			p.failed(i)
		}
	}
	return none, cmp.Or(said, first)
}

// answer is what one end point said.
type answer[T any] struct {
	value T
	err   error
}

// gather asks some end points side by side. Once enough holds of the answers so
// far, the others have the time of wait left.
func gather[T any](ctx context.Context, n int, limit, wait time.Duration, ask func(context.Context, int) (T, error), enough func([]answer[T]) bool) []answer[T] {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type indexed struct {
		at int
		answer[T]
	}
	came := make(chan indexed, n)
	all := make([]answer[T], n)
	for i := range n {
		all[i].err = errLate
		go func() {
			v, err := ask(ctx, i)
			came <- indexed{i, answer[T]{v, err}}
		}()
	}
	var late <-chan time.Time
	for range n {
		select {
		case a := <-came:
			all[a.at] = a.answer
		case <-late:
			return all
		}
		if late == nil && enough(all) {
			if wait == 0 {
				return all
			}
			late = time.After(wait)
		}
	}
	return all
}

// half reports that more than half of all end points answered.
func half[T any](all []answer[T]) bool {
	n := 0
	for _, a := range all {
		if answered(a.err) {
			n++
		}
	}
	return 2*n > len(all)
}

// ask gathers what all end points say, with little patience for a minority: one
// that was too slow is left out for a while, as long as most are asked.
func ask[T any](ctx context.Context, p *points, f func(context.Context, Backend) (T, error)) []answer[T] {
	out := p.out()
	all := gather(ctx, len(p.ends), p.patience, grace, func(ctx context.Context, i int) (T, error) {
		if out[i] {
			var none T
			return none, errLate
		}
		return f(ctx, p.ends[i])
	}, half)
	for i, a := range all {
		if errors.Is(a.err, errLate) && !out[i] {
			p.failed(i)
		}
	}
	return all
}

// alike asks all end points the same and returns what more than half of those that
// answer say, a refusal of the chain's among it, if there is such a thing. Of two
// end points the first one is enough.
func alike[T any](ctx context.Context, p *points, f func(context.Context, Backend) (T, error)) (value T, ok bool, err error) {
	if len(p.ends) < 3 {
		return value, false, nil
	}
	key := func(a answer[T]) string {
		if a.err == nil {
			return fmt.Sprint("says ", a.value)
		}
		var data rpc.DataError
		if errors.As(a.err, &data) {
			return fmt.Sprint("refuses ", a.err, data.ErrorData())
		}
		if verdict(a.err) {
			return "refuses " + a.err.Error()
		}
		return ""
	}
	most := func(all []answer[T], of int) int {
		votes := map[string]int{}
		for i, a := range all {
			k := key(a)
			if votes[k]++; k != "" && 2*votes[k] > of {
				return i
			}
		}
		return -1
	}
	out := p.out()
	all := gather(ctx, len(p.ends), p.patience, 0, func(ctx context.Context, i int) (T, error) {
		if out[i] {
			return value, errLate
		}
		return f(ctx, p.ends[i])
	}, func(all []answer[T]) bool { return most(all, len(all)) >= 0 })
	came := 0
	for i, a := range all {
		if answered(a.err) || verdict(a.err) {
			came++
		} else if !out[i] && most(all, len(all)) < 0 { // else it was not waited for
			p.failed(i)
		}
	}
	if i := most(all, came); i >= 0 {
		return all[i].value, true, all[i].err
	}
	return value, false, nil
}

// sorted are the values that came, in order, or the first error.
func sorted[T any](all []answer[T], order func(a, b T) int) ([]T, error) {
	var good []T
	var first error
	for _, a := range all {
		if a.err == nil {
			good = append(good, a.value)
		} else if first == nil || answered(a.err) && !answered(first) {
			first = a.err
		}
	}
	if len(good) == 0 {
		return nil, first
	}
	slices.SortFunc(good, order)
	return good, nil
}

// ChainID is that of most that answer.
func (p *points) ChainID(ctx context.Context) (*big.Int, error) {
	ids, err := sorted(ask(ctx, p, func(ctx context.Context, b Backend) (*big.Int, error) { return b.ChainID(ctx) }), (*big.Int).Cmp)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		n := 0
		for _, other := range ids {
			if other.Cmp(id) == 0 {
				n++
			}
		}
		if 2*n > len(ids) {
			return id, nil
		}
	}
	return nil, fault.Denied(fault.ChainDisagree, "ask for chain ID", "end points", "one chain", strconv.Itoa(len(ids))+" that differ")
}

// BlockNumber is that of the first one that answers.
func (p *points) BlockNumber(ctx context.Context) (uint64, error) {
	return next(ctx, p, func(ctx context.Context, b Backend) (uint64, error) { return b.BlockNumber(ctx) })
}

// HeaderByNumber is that of the first one that has it. The newest, which fees are
// made from, is the one whose base fee is in the middle.
func (p *points) HeaderByNumber(ctx context.Context, n *big.Int) (*types.Header, error) {
	if n == nil {
		good, err := sorted(ask(ctx, p, func(ctx context.Context, b Backend) (*types.Header, error) { return b.HeaderByNumber(ctx, nil) }), byBaseFee)
		if err != nil {
			return nil, err
		}
		return good[len(good)/2], nil
	}
	return next(ctx, p, func(ctx context.Context, b Backend) (*types.Header, error) { return b.HeaderByNumber(ctx, n) })
}

// byBaseFee orders headers; one without a base fee is of no use and comes first.
func byBaseFee(a, b *types.Header) int {
	of := func(h *types.Header) *big.Int {
		if h.BaseFee == nil {
			return new(big.Int)
		}
		return h.BaseFee
	}
	return of(a).Cmp(of(b))
}

// CallContract is what most that answer say alike. Where none has most, as when
// the state is just changing, it is what the first one says that answers.
func (p *points) CallContract(ctx context.Context, msg ethereum.CallMsg, at *big.Int) ([]byte, error) {
	if out, ok, err := alike(ctx, p, func(ctx context.Context, b Backend) ([]byte, error) { return b.CallContract(ctx, msg, at) }); ok {
		return out, err
	}
	return next(ctx, p, func(ctx context.Context, b Backend) ([]byte, error) { return b.CallContract(ctx, msg, at) })
}

// CodeAt is what the first one that answers says.
func (p *points) CodeAt(ctx context.Context, a common.Address, n *big.Int) ([]byte, error) {
	return next(ctx, p, func(ctx context.Context, b Backend) ([]byte, error) { return b.CodeAt(ctx, a, n) })
}

// FilterLogs is what the first one that answers says.
func (p *points) FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error) {
	return next(ctx, p, func(ctx context.Context, b Backend) ([]types.Log, error) { return b.FilterLogs(ctx, q) })
}

// TransactionByHash is what the first one that knows it says; who asks holds the
// content against what the chain keeps of it.
func (p *points) TransactionByHash(ctx context.Context, h common.Hash) (tx *types.Transaction, pending bool, err error) {
	tx, err = next(ctx, p, func(ctx context.Context, b Backend) (tx *types.Transaction, err error) {
		tx, pending, err = b.TransactionByHash(ctx, h)
		return tx, err
	})
	return tx, pending, err
}

// BalanceAt is what most that answer say alike, or else the first one.
func (p *points) BalanceAt(ctx context.Context, a common.Address, n *big.Int) (*big.Int, error) {
	if out, ok, err := alike(ctx, p, func(ctx context.Context, b Backend) (*big.Int, error) { return b.BalanceAt(ctx, a, n) }); ok {
		return out, err
	}
	return next(ctx, p, func(ctx context.Context, b Backend) (*big.Int, error) { return b.BalanceAt(ctx, a, n) })
}

// NonceAt is the number that more than half of those that answer have reached:
// whoever concludes from it that a transaction can never be mined must not be led
// there by one end point.
func (p *points) NonceAt(ctx context.Context, a common.Address, n *big.Int) (uint64, error) {
	good, err := sorted(ask(ctx, p, func(ctx context.Context, b Backend) (uint64, error) { return b.NonceAt(ctx, a, n) }), cmp.Compare[uint64])
	if err != nil {
		return 0, err
	}
	return good[(len(good)-1)/2], nil
}

// PendingNonceAt is the one in the middle: neither a lagging nor a lying end point
// decides as long as most are honest. Of two it is the higher one, which knows of
// transactions that the other one has forgotten.
func (p *points) PendingNonceAt(ctx context.Context, a common.Address) (uint64, error) {
	good, err := sorted(ask(ctx, p, func(ctx context.Context, b Backend) (uint64, error) { return b.PendingNonceAt(ctx, a) }), cmp.Compare[uint64])
	if err != nil {
		return 0, err
	}
	return good[len(good)/2], nil
}

// SuggestGasTipCap is the one in the middle, of two the lower one: it is paid.
func (p *points) SuggestGasTipCap(ctx context.Context) (*big.Int, error) {
	good, err := sorted(ask(ctx, p, func(ctx context.Context, b Backend) (*big.Int, error) { return b.SuggestGasTipCap(ctx) }), (*big.Int).Cmp)
	if err != nil {
		return nil, err
	}
	return good[(len(good)-1)/2], nil
}

// EstimateGas is the estimate in the middle, of two the higher one, if at least
// half of those that answer have one; else it is a refusal.
func (p *points) EstimateGas(ctx context.Context, msg ethereum.CallMsg) (uint64, error) {
	all := ask(ctx, p, func(ctx context.Context, b Backend) (uint64, error) { return b.EstimateGas(ctx, msg) })
	good, err := sorted(all, cmp.Compare[uint64])
	if err != nil {
		return 0, err
	}
	var refusals []error
	for _, a := range all {
		if a.err != nil && verdict(a.err) {
			refusals = append(refusals, a.err)
		}
	}
	if len(refusals) > len(good) {
		return 0, refusals[0]
	}
	return good[len(good)/2], nil
}

// SendTransaction sends to all. It is sent if one took it, and may have been if an
// answer was lost. Those that are slow get it still after this has returned.
func (p *points) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	taken := func(all []answer[struct{}]) bool {
		return slices.ContainsFunc(all, func(a answer[struct{}]) bool { return a.err == nil })
	}
	all := gather(ctx, len(p.ends), p.patience, 0, func(_ context.Context, i int) (struct{}, error) {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.patience)
		defer cancel()
		return struct{}{}, p.ends[i].SendTransaction(within, tx)
	}, taken)
	if taken(all) {
		return nil
	}
	var said error
	for _, a := range all {
		if lost(a.err) || errors.Is(a.err, errLate) || errors.Is(a.err, context.DeadlineExceeded) {
			return errLost{a.err}
		}
		if answered(a.err) {
			said = cmp.Or(said, a.err)
		}
	}
	return cmp.Or(said, all[0].err)
}

// TransactionReceipt is what more than half of those that answer show. That there
// is none needs more than half of all, since it can have a call made again.
func (p *points) TransactionReceipt(ctx context.Context, h common.Hash) (*types.Receipt, error) {
	all := ask(ctx, p, func(ctx context.Context, b Backend) (*types.Receipt, error) { return b.TransactionReceipt(ctx, h) })
	type seen struct {
		hash   common.Hash
		block  string
		status uint64
	}
	votes := map[seen]int{}
	answers, none := 0, 0
	for _, a := range all {
		switch {
		case a.err == nil && a.value.BlockNumber != nil:
			answers++
			votes[seen{a.value.BlockHash, a.value.BlockNumber.String(), a.value.Status}]++
		case errors.Is(a.err, ethereum.NotFound):
			answers++
			none++
		}
	}
	for _, a := range all {
		if a.err == nil && a.value.BlockNumber != nil && 2*votes[seen{a.value.BlockHash, a.value.BlockNumber.String(), a.value.Status}] > answers {
			return a.value, nil
		}
	}
	if 2*none > len(all) {
		return nil, ethereum.NotFound
	}
	return nil, fault.Denied(fault.ChainDisagree, "read receipt of "+h.Hex(), "end points", "one answer of more than half",
		strconv.Itoa(none)+" of "+strconv.Itoa(len(all))+" without it, "+strconv.Itoa(len(all)-answers)+" without an answer")
}

// errLost wraps a failure after which nobody knows whether a transaction arrived.
type errLost struct{ error }

// Unwrap returns the failure.
func (e errLost) Unwrap() error { return e.error }
