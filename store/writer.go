package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"tacit"
)

// Bounds of what is made durable together: transactions, and bytes of values.
const (
	maxBatch      = 256
	maxBatchBytes = 8 << 20
)

// An Op is one piece of work for whoever runs a Writer: Do judges and then changes
// the batch, or returns an error and changes nothing. Its outcome goes to Done.
type Op struct {
	Do   func(b *Batch) error
	Done chan error
	size int // bytes of values
}

// A Writer is the writing half of a tacit.Store: it checks what callers ask for and
// gathers it into batches that one goroutine makes durable, one after the other.
type Writer struct {
	ops       chan *Op // unbuffered: what was not taken was not submitted
	closing   chan struct{}
	closeOnce sync.Once
	refuse    func(op string) error // why nothing is taken any more
}

// NewWriter makes a Writer; refuse says why it takes nothing once it is stopped.
func NewWriter(refuse func(op string) error) *Writer {
	return &Writer{ops: make(chan *Op), closing: make(chan struct{}), refuse: refuse}
}

// Stop makes every later call, and Gather, end.
func (w *Writer) Stop() { w.closeOnce.Do(func() { close(w.closing) }) }

// Stopped is closed by Stop.
func (w *Writer) Stopped() <-chan struct{} { return w.closing }

// Submit hands work over and waits until it is durable or refused.
func (w *Writer) Submit(ctx context.Context, name string, size int, do func(b *Batch) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, context.Cause(ctx))
	}
	o := &Op{Do: do, Done: make(chan error, 1), size: size}
	select {
	case w.ops <- o:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", name, context.Cause(ctx))
	case <-w.closing:
		return w.refuse(name)
	}
	return <-o.Done
}

// Gather waits for work and takes what else waits beside it. It returns nothing
// when wake fires, and false after Stop.
func (w *Writer) Gather(wake <-chan time.Time) ([]*Op, bool) {
	select {
	case <-w.closing: // before other work that may also be ready
		return nil, false
	default:
	}
	var ops []*Op
	size := 0
	select {
	case o := <-w.ops:
		ops, size = append(ops, o), o.size
	case <-wake:
		return nil, true
	case <-w.closing:
		return nil, false
	}
	for len(ops) < maxBatch && size < maxBatchBytes {
		select {
		case o := <-w.ops:
			ops, size = append(ops, o), size+o.size
		default:
			return ops, true
		}
	}
	return ops, true
}

// Commit implements tacit.Store. A transaction without writes counts as one
// too: its conditions and fence held at the revision returned. When ctx ends
// after the transaction was handed over, Commit still waits for its outcome,
// which is soon.
func (w *Writer) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	if err := checkTxn(txn); err != nil {
		return 0, err
	}
	// Copies, so that the caller may reuse what he passed at once.
	txn.If, txn.Then = slices.Clone(txn.If), slices.Clone(txn.Then)
	size := 0
	for i, p := range txn.Then {
		txn.Then[i].Value = slices.Clone(p.Value)
		size += len(p.Value)
	}
	if txn.Fence != nil {
		f := *txn.Fence
		txn.Fence = &f
	}
	digest := DigestTxn(txn)
	var revision int64
	err := w.Submit(ctx, "commit", size, func(b *Batch) (err error) {
		revision, err = b.Commit(txn, digest)
		return err
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

// Grant implements tacit.Store; ttl is above zero and at most 24 hours.
func (w *Writer) Grant(ctx context.Context, name string, ttl time.Duration) (tacit.Lease, error) {
	if err := CheckName("grant", name); err != nil {
		return tacit.Lease{}, err
	}
	if err := checkTTL(ttl); err != nil {
		return tacit.Lease{}, err
	}
	var granted tacit.Lease
	err := w.Submit(ctx, "grant", 0, func(b *Batch) (err error) {
		granted, err = b.Grant(name, ttl)
		return err
	})
	if err != nil {
		return tacit.Lease{}, err
	}
	return granted, nil
}

// Renew implements tacit.Store.
func (w *Writer) Renew(ctx context.Context, old tacit.Lease, ttl time.Duration) (tacit.Lease, error) {
	if err := checkLease(old); err != nil {
		return tacit.Lease{}, err
	}
	if err := checkTTL(ttl); err != nil {
		return tacit.Lease{}, err
	}
	var renewed tacit.Lease
	err := w.Submit(ctx, "renew", 0, func(b *Batch) (err error) {
		renewed, err = b.Renew(old, ttl)
		return err
	})
	if err != nil {
		return tacit.Lease{}, err
	}
	return renewed, nil
}

// Revoke implements tacit.Store. A lease that has ended before is
// STORE_FENCED, and whoever holds its name now keeps it.
func (w *Writer) Revoke(ctx context.Context, old tacit.Lease) error {
	if err := checkLease(old); err != nil {
		return err
	}
	return w.Submit(ctx, "revoke", 0, func(b *Batch) error { return b.Revoke(old) })
}

// Refuse answers every piece of work with the same error.
func Refuse(ops []*Op, err error) {
	for _, o := range ops {
		o.Done <- err
	}
}

// Work does a batch's work and returns what to tell each once it is durable: also
// a refusal waits for that, for it may rest on another transaction of the batch.
func (b *Batch) Work(ops []*Op) []error {
	results := make([]error, len(ops))
	for i, o := range ops {
		results[i] = o.Do(b)
	}
	return results
}

// Tell answers each piece of work.
func Tell(ops []*Op, results []error) {
	for i, o := range ops {
		o.Done <- results[i]
	}
}
