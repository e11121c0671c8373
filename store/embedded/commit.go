package embedded

import (
	"context"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/store"
)

// Stopped is closed when the store takes nothing more: after Close, and after an
// error of the disk, when its process should end. What a failed fsync left in
// memory is unknown; only a new Open reads what is really there.
func (s *Store) Stopped() <-chan struct{} { return s.Writer.Stopped() }

// Watch implements tacit.Store. The channel is also closed when the store closes.
func (s *Store) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.stopped {
		return nil, s.closedErr("watch")
	}
	return s.feed.Watch(ctx, prefix, after)
}

// commit takes work until Close; it is the only writer.
func (s *Store) commit() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if end, ok := s.machine.NextEnd(); ok {
			timer.Reset(time.Until(end))
		} else {
			timer.Stop()
		}
		ops, ok := s.Gather(timer.C)
		if !ok {
			return
		}
		s.run(ops)
	}
}

// run does a batch, after the ends of leases that are due, and answers each
// piece of work once the fsync is done.
func (s *Store) run(ops []*store.Op) {
	var results []error
	b := s.machine.Begin(time.Now())
	err := guard(func() (err error) {
		b.EndDue()
		results = b.Work(ops)
		return s.write(b)
	})
	if err != nil {
		// Not retried: what a failed fsync left in the page cache is unknown.
		s.stop(err)
		s.Stop()
		store.Refuse(ops, fault.New(fault.StoreClosed, "commit: stopped: %w", err))
		return
	}
	s.publish(b)
	store.Tell(ops, results)
}

// write makes a batch durable in one bbolt transaction.
func (s *Store) write(b *store.Batch) error {
	if b.Empty() {
		return nil // all refused: nothing to make durable
	}
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	records, heads := tx.Bucket(bucketRecords), tx.Bucket(bucketHead)
	if records == nil || heads == nil {
		return fault.New(fault.StoreCorrupt, "commit: a part of the file is missing")
	}
	for place, w := range b.Writes {
		if w.Rec == nil {
			err = records.Delete([]byte(place))
		} else {
			err = records.Put([]byte(place), w.Rec)
		}
		if err != nil {
			return err
		}
	}
	if err := heads.Put(headPlace, s.box.Seal(headPlace, b.Head.Revision, 0, b.Head.Encode())); err != nil {
		return err
	}
	if err := records.SetSequence(uint64(b.Head.Revision)); err != nil {
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
func (s *Store) publish(b *store.Batch) {
	if b.Empty() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for place, w := range b.Writes {
		if w.Rec == nil {
			delete(s.index, place)
		} else {
			s.index[place] = w.Entry
		}
	}
	s.head, s.machine.Head = b.Head, b.Head
	s.feed.Publish(b.Changes)
	close(s.published)
	s.published = make(chan struct{})
}
