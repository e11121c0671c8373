package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Bounds of what shares one fsync: transactions, and bytes of values.
const (
	maxBatch      = 256
	maxBatchBytes = 8 << 20
)

// An op is one piece of work for the committer.
type op struct {
	do   func(b *batch) error // judges and then writes; an error means that it wrote nothing
	size int                  // bytes of values
	done chan error
}

// lease is the committer's view of a lease.
type lease struct {
	id    int64
	name  string
	ttl   time.Duration
	until time.Time // with its monotonic reading
	keys  map[string]struct{}
}

// A batch is the transactions that share one fsync.
type batch struct {
	s       *Store
	records *bolt.Bucket
	now     time.Time
	head    head
	index   map[string]*entry // over the store's: nil means removed
	changes []tacit.Change
	broken  error // of bbolt: nothing of the batch counts
}

// submit hands work to the committer and waits until it is durable or refused.
func (s *Store) submit(ctx context.Context, name string, size int, do func(b *batch) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, context.Cause(ctx))
	}
	o := &op{do: do, size: size, done: make(chan error, 1)}
	select {
	case s.ops <- o:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", name, context.Cause(ctx))
	case <-s.closing:
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.closedErr(name)
	}
	return <-o.done
}

// commit takes work until Close; it is the only writer.
func (s *Store) commit() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-s.closing: // before other work that may also be ready
			return
		default:
		}
		if end, ok := s.nextEnd(); ok {
			timer.Reset(time.Until(end))
		} else {
			timer.Stop()
		}
		select {
		case o := <-s.ops:
			s.run(s.gather(o))
		case <-timer.C:
			s.run(nil)
		case <-s.closing:
			return
		}
	}
}

// gather takes what waits beside the first piece of work.
func (s *Store) gather(first *op) []*op {
	ops, size := []*op{first}, first.size
	for len(ops) < maxBatch && size < maxBatchBytes {
		select {
		case o := <-s.ops:
			ops, size = append(ops, o), size+o.size
		default:
			return ops
		}
	}
	return ops
}

// run does a batch, after the ends of leases that are due, and answers each
// piece of work once the fsync is done: also a refusal, for it may rest on
// another transaction of the batch.
func (s *Store) run(ops []*op) {
	results := make([]error, len(ops))
	b := &batch{s: s, now: time.Now(), head: s.head, index: make(map[string]*entry)}
	if err := guard(func() error { return b.commit(ops, results) }); err != nil {
		// Not retried: what a failed fsync left in the page cache is unknown.
		s.stop(err)
		s.closeOnce.Do(func() { close(s.closing) })
		for i := range results {
			results[i] = fault.New(fault.StoreClosed, "commit: stopped: %w", err)
		}
	} else {
		s.publish(b)
	}
	for i, o := range ops {
		o.done <- results[i]
	}
}

// commit does the work of a batch in one bbolt transaction.
func (b *batch) commit(ops []*op, results []error) error {
	tx, err := b.s.db.Begin(true)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	b.records = tx.Bucket(bucketRecords)
	heads := tx.Bucket(bucketHead)
	if b.records == nil || heads == nil {
		return fault.New(fault.StoreCorrupt, "commit: a part of the file is missing")
	}
	b.endDue()
	for i, o := range ops {
		if b.broken != nil {
			return b.broken
		}
		results[i] = o.do(b)
	}
	if b.broken != nil {
		return b.broken
	}
	if b.head.Revision == b.s.head.Revision {
		return nil // all refused: nothing to make durable
	}
	if err := heads.Put(headPlace, b.s.box.Seal(headPlace, b.head.Revision, 0, b.head.encode())); err != nil {
		return err
	}
	if err := b.records.SetSequence(uint64(b.head.Revision)); err != nil {
		return err
	}
	// gofail: var storeCommitting struct{}
	if err := tx.Commit(); err != nil {
		return err
	}
	// gofail: var storeCommitted struct{}
	return nil
}

// publish shows a durable batch to readers and watchers.
func (s *Store) publish(b *batch) {
	if b.head.Revision == s.head.Revision {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for place, e := range b.index {
		if e == nil {
			delete(s.index, place)
		} else {
			s.index[place] = *e
		}
	}
	s.head = b.head
	s.history.Add(b.changes)
	close(s.published)
	s.published = make(chan struct{})
}

// entry is what is known of a place, with what this batch did so far.
func (b *batch) entry(place []byte) (entry, bool) {
	if e, ok := b.index[string(place)]; ok {
		if e == nil {
			return entry{}, false
		}
		return *e, true
	}
	e, ok := b.s.index[string(place)] // only the committer writes it: no lock to read
	return e, ok
}

// put writes a record.
func (b *batch) put(place []byte, leaseID int64, plain []byte) {
	if b.broken != nil {
		return
	}
	if old, ok := b.entry(place); ok {
		b.head.Set.Remove(old.print)
	} else {
		b.head.Count++
	}
	rec := b.s.box.Seal(place, b.head.Revision, leaseID, plain)
	e := &entry{b.head.Revision, leaseID, b.s.box.Fingerprint(place, rec)}
	b.head.Set.Add(e.print)
	b.index[string(place)] = e
	b.broken = b.records.Put(place, rec)
}

// remove deletes a record that is there.
func (b *batch) remove(place []byte) {
	if b.broken != nil {
		return
	}
	old, ok := b.entry(place)
	if !ok {
		return
	}
	b.head.Set.Remove(old.print)
	b.head.Count--
	b.index[string(place)] = nil
	b.broken = b.records.Delete(place)
}

// begin opens the next revision.
func (b *batch) begin(txn wire.Digest) { b.head = b.head.Next(txn) }

// Commit implements tacit.Store. A transaction without writes counts as one
// too: its conditions and fence held at the revision returned. When ctx ends
// after the transaction was handed over, Commit still waits for its outcome,
// which is soon.
func (s *Store) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
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
	digest := digestTxn(txn)
	var revision int64
	err := s.submit(ctx, "commit", size, func(b *batch) error {
		if err := b.judge(txn); err != nil {
			return err
		}
		b.begin(digest)
		b.apply(txn)
		revision = b.head.Revision
		return nil
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

// digestTxn is what the chain says of a transaction.
func digestTxn(txn tacit.Txn) wire.Digest {
	d := newDigester("commit")
	d.Int(int64(len(txn.If)))
	for _, c := range txn.If {
		d.Text(c.Key)
		d.Int(c.Revision)
	}
	if txn.Fence == nil {
		d.Int(0)
	} else {
		d.Int(1)
		d.Text(txn.Fence.Name)
		d.Int(txn.Fence.Token)
	}
	d.Int(int64(len(txn.Then)))
	for _, p := range txn.Then {
		d.Text(p.Key)
		if p.Delete {
			d.Int(1)
			continue
		}
		d.Int(0)
		d.Int(p.Lease)
		d.Content(p.Value)
	}
	return d.Sum()
}

// judge says whether a transaction may be done now.
func (b *batch) judge(txn tacit.Txn) error {
	if f := txn.Fence; f != nil {
		if err := b.held("commit", f.Name, f.Token); err != nil {
			return err
		}
	}
	for _, p := range txn.Then {
		if p.Lease != 0 && b.leaseByID(p.Lease) == nil {
			return fault.New(fault.StoreFenced, "commit: write %q: lease %d has ended", p.Key, p.Lease)
		}
	}
	for _, c := range txn.If {
		e, _ := b.entry(place(kindItem, c.Key))
		if e.revision != c.Revision {
			return fault.Denied(fault.StoreConflict, "commit", fmt.Sprintf("revision of %q", c.Key), fmt.Sprint(c.Revision), fmt.Sprint(e.revision))
		}
	}
	return nil
}

// apply does the writes of a transaction at the revision that was begun.
func (b *batch) apply(txn tacit.Txn) {
	for _, p := range txn.Then {
		at := place(kindItem, p.Key)
		old, existed := b.entry(at)
		if existed && old.lease != 0 {
			if l := b.leaseByID(old.lease); l != nil {
				delete(l.keys, p.Key)
			}
		}
		if p.Delete {
			if existed {
				b.remove(at)
				b.changes = append(b.changes, tacit.Change{Item: tacit.Item{Key: p.Key, Revision: b.head.Revision}, Delete: true})
			}
			continue
		}
		b.put(at, p.Lease, p.Value)
		if p.Lease != 0 {
			b.leaseByID(p.Lease).keys[p.Key] = struct{}{}
		}
		b.changes = append(b.changes, tacit.Change{Item: tacit.Item{Key: p.Key, Value: p.Value, Revision: b.head.Revision, Lease: p.Lease}})
	}
}

// encodeTTL is the plain content of a lease's record; its ID is the record's
// lease.
func encodeTTL(ttl time.Duration) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(ttl))
}
