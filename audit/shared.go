package audit

import (
	"bytes"
	"context"
	"fmt"

	"tacit"
	"tacit/fault"
)

// Shared is a log's journal in a store that outlives the folder: a replicated one. The
// folder is then a copy, made of it where it lacks something.
//
// A record takes its place in the store for good: cost in a store that lives in memory
// is that of every record that there ever was.
type Shared struct{ Store tacit.Store }

// sharedKey is the place of a record; keys are in the order of indexes.
func sharedKey(index uint64) string { return fmt.Sprintf("audit/%016x", index) }

// sharedEnd is behind every record's key.
const sharedEnd = "audit0" // '0' follows '/'

// most is how many records one transaction takes.
const sharedMost = 128

// append makes records durable from an index on; what another process wrote there
// meanwhile is STORE_FENCED.
func (s *Shared) append(ctx context.Context, first uint64, records [][]byte) error {
	txn := tacit.Txn{}
	for i, r := range records {
		k := sharedKey(first + uint64(i))
		txn.If = append(txn.If, tacit.Cond{Key: k})
		txn.Then = append(txn.Then, tacit.Put{Key: k, Value: r})
	}
	_, err := s.Store.Commit(ctx, txn)
	return err
}

// each visits the records from an index on, in order and without a gap.
func (s *Shared) each(ctx context.Context, from uint64, visit func(record []byte) error) error {
	for {
		items, _, err := s.Store.Range(ctx, sharedKey(from), sharedEnd, sharedMost)
		if err != nil {
			return err
		}
		for _, it := range items {
			if it.Key != sharedKey(from) {
				return fault.New(fault.StoreCorrupt, "read audit log: record %d is missing", from)
			}
			if err := visit(it.Value); err != nil {
				return err
			}
			from++
		}
		if len(items) < sharedMost {
			return nil
		}
	}
}

// follow brings the folder's journal to what the store has. A journal that says
// something else was that of another group, or of a time that the group does not know:
// it is not this log's, and differs is true.
func (l *Log) follow(ctx context.Context) (differs bool, err error) {
	next := uint64(0)
	err = l.scan(func(index uint64, record []byte) error {
		if differs {
			return nil
		}
		if index%sharedMost == 0 {
			if l.page, _, err = l.shared.Store.Range(ctx, sharedKey(index), sharedEnd, sharedMost); err != nil {
				return err
			}
		}
		at := int(index % sharedMost)
		differs = at >= len(l.page) || l.page[at].Key != sharedKey(index) || !bytes.Equal(l.page[at].Value, record)
		next = index + 1
		return nil
	})
	l.page = nil
	if err != nil || differs {
		return differs, err
	}
	var batch [][]byte
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := l.journal.append(batch)
		batch = nil
		return err
	}
	if err := l.shared.each(ctx, next, func(record []byte) error {
		batch = append(batch, bytes.Clone(record))
		if len(batch) < sharedMost {
			return nil
		}
		return flush()
	}); err != nil {
		return false, err
	}
	return false, flush()
}
