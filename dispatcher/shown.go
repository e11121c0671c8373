package dispatcher

import (
	"context"
	"sync"

	"tacit"
	"tacit/wire"
)

// shown is what a gateway showed of the newest epochs. It is proven under their
// headers, so it never changes, and most tasks of an epoch ask for the same.
type shown struct {
	mu     sync.Mutex // guards what follows
	epochs map[uint64]*epoch
}

type epoch struct {
	nodes    map[wire.Address]tacit.ProvenNode
	entries  map[wire.Digest]tacit.ProvenEntry
	deposits map[wire.Address]tacit.ProvenDeposit
}

// Bounds of what is kept: epochs, and items of each kind in one.
const (
	shownEpochs = 4
	shownItems  = 4096
)

// of returns what is kept of an epoch; it is called with mu held.
func (s *shown) of(number uint64) *epoch {
	if s.epochs == nil {
		s.epochs = map[uint64]*epoch{}
	}
	if e := s.epochs[number]; e != nil {
		return e
	}
	for len(s.epochs) >= shownEpochs {
		oldest := number
		for n := range s.epochs {
			oldest = min(oldest, n)
		}
		if oldest == number {
			return &epoch{} // of long ago: not kept
		}
		delete(s.epochs, oldest)
	}
	e := &epoch{map[wire.Address]tacit.ProvenNode{}, map[wire.Digest]tacit.ProvenEntry{}, map[wire.Address]tacit.ProvenDeposit{}}
	s.epochs[number] = e
	return e
}

// show returns what is kept under a key of an epoch, or asks for it.
func show[K comparable, V any](s *shown, number uint64, kind func(*epoch) map[K]V, key K, ask func() (V, error)) (V, error) {
	s.mu.Lock()
	v, ok := kind(s.of(number))[key]
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := ask()
	if err != nil {
		return v, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := kind(s.of(number)); m != nil && len(m) < shownItems {
		m[key] = v
	}
	return v, nil
}

func (d *Dispatcher) node(ctx context.Context, g tacit.Gateway, number uint64, key wire.Address) (tacit.ProvenNode, error) {
	return show(&d.shown, number, func(e *epoch) map[wire.Address]tacit.ProvenNode { return e.nodes }, key, func() (tacit.ProvenNode, error) {
		r, err := g.Node(ctx, tacit.ProofRequest{Epoch: number, Key: key})
		return r.Node, err
	})
}

func (d *Dispatcher) entry(ctx context.Context, g tacit.Gateway, number uint64, id wire.Digest) (tacit.ProvenEntry, error) {
	return show(&d.shown, number, func(e *epoch) map[wire.Digest]tacit.ProvenEntry { return e.entries }, id, func() (tacit.ProvenEntry, error) {
		r, err := g.Entry(ctx, tacit.ProofRequest{Epoch: number, ID: id})
		return r.Entry, err
	})
}

func (d *Dispatcher) deposit(ctx context.Context, g tacit.Gateway, number uint64, user wire.Address) (tacit.ProvenDeposit, error) {
	return show(&d.shown, number, func(e *epoch) map[wire.Address]tacit.ProvenDeposit { return e.deposits }, user, func() (tacit.ProvenDeposit, error) {
		r, err := g.Deposit(ctx, tacit.ProofRequest{Epoch: number, Key: user})
		return r.Deposit, err
	})
}
