package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The keys of the log in the store, and the labels of what stands there.
const (
	keyLogHead  = "vault/audithead"
	keyLog      = "vault/audit/" // sequence number of its first record
	labelHead   = "tacit/vault/audit/head"
	labelBatch  = "tacit/vault/audit/batch"
	batchMost   = 512 << 10 // bytes of records in one commit
	recordMost  = 256 << 10
	recordShare = 16 // what a record costs beside itself
)

// A Head is where the chain of records ends: after Next records. Digest covers them
// all: H(digest before, sequence number, record).
type Head struct {
	Next   uint64      `cbor:"1,keyasint" json:"next"`
	Digest wire.Digest `cbor:"2,keyasint" json:"digest"`
	Oldest uint64      `cbor:"3,keyasint" json:"oldest"` // first record that is kept
	Bytes  uint64      `cbor:"4,keyasint" json:"bytes"`  // of all records that are kept
}

// A Batch are the records of one commit.
type Batch struct {
	First   uint64      `cbor:"1,keyasint"`
	Before  wire.Digest `cbor:"2,keyasint"` // of the chain ahead of the first
	Records [][]byte    `cbor:"3,keyasint"`
}

// chain is the digest after one more record.
func chain(before wire.Digest, seq uint64, record []byte) wire.Digest {
	h := sha256.New()
	h.Write(before[:])
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], seq)
	h.Write(n[:])
	h.Write(record)
	return wire.Digest(h.Sum(nil))
}

// LogConfig says what a Log needs.
type LogConfig struct {
	Store tacit.Store
	Most  uint64 // bytes of records kept [1 GiB]
	// Rotate removes the oldest records when there is no room; without it a full log
	// takes nothing, and the vault answers nothing.
	Rotate bool
}

// A Log is a Sink in a store: records with sequence numbers, each chained to the one
// before. Records that arrive while a commit is under way share the next.
//
// A commit is done only if the chain in the store ends where this process left it. A
// process that was replaced meanwhile therefore appends nothing, and what it failed to
// append has no number: there is no gap, and nothing stands there twice.
type Log struct {
	cfg  LogConfig
	turn chan struct{} // held while a batch is committed

	mu   sync.Mutex // guards what follows
	open *pending

	// Of who holds the turn:
	took     time.Duration // by the last commit
	size     int           // records in it
	head     Head
	revision int64
	known    bool
	onLost   func()
}

// pending are records that wait for the turn.
type pending struct {
	records [][]byte
	size    int
	done    chan struct{}
	err     error
}

// NewLog makes a log and reads nothing yet.
func NewLog(cfg LogConfig) (*Log, error) {
	if cfg.Store == nil {
		return nil, fault.New(fault.APIField, "make audit log: it needs a store")
	}
	if cfg.Most == 0 {
		cfg.Most = 1 << 30
	}
	return &Log{cfg: cfg, turn: make(chan struct{}, 1)}, nil
}

// OnLost has a function called when another process may have written the log, before
// any further record is taken. It is set before the first Append.
func (l *Log) OnLost(do func()) { l.onLost = do }

// Append implements Sink. A log that is full, down or another process's is VAULT_AUDIT.
func (l *Log) Append(ctx context.Context, record []byte) error {
	if len(record) > recordMost {
		return fault.New(fault.VaultAudit, "append record of %d bytes, at most %d", len(record), recordMost)
	}
	l.mu.Lock()
	p := l.open
	first := p == nil || p.size+len(record) > batchMost || len(p.records) == 4096
	if first {
		p = &pending{done: make(chan struct{})}
		l.open = p
	}
	p.records = append(p.records, record)
	p.size += len(record) + recordShare
	l.mu.Unlock()
	if !first {
		<-p.done
		return p.err
	}
	// The first of a batch commits it for all; others join until it has the turn. It
	// does so whatever becomes of its own caller.
	l.turn <- struct{}{}
	l.linger()
	l.mu.Lock()
	if l.open == p {
		l.open = nil
	}
	l.mu.Unlock()
	began := time.Now()
	err := l.commit(context.WithoutCancel(ctx), p)
	l.took, l.size = time.Since(began), len(p.records)
	if err != nil {
		p.err = fault.New(fault.VaultAudit, "append %d records: %w", len(p.records), err)
	}
	<-l.turn
	close(p.done)
	return p.err
}

// linger waits a part of what a commit takes, if the last one answered several callers:
// those who ask again at once then share this commit and need not wait for the next.
func (l *Log) linger() {
	const most = time.Millisecond
	if l.size > 2 {
		time.Sleep(min(l.took/4, most))
	}
}

// commitLife bounds one commit: a store that hangs must not hang every caller.
const commitLife = 30 * time.Second

func (l *Log) commit(ctx context.Context, p *pending) error {
	ctx, cancel := context.WithTimeout(ctx, commitLife)
	defer cancel()
	if err := l.learn(ctx); err != nil {
		return err
	}
	b := Batch{First: l.head.Next, Before: l.head.Digest, Records: p.records}
	next := l.head
	for _, r := range p.records {
		next.Digest = chain(next.Digest, next.Next, r)
		next.Next++
	}
	next.Bytes += uint64(p.size)
	value, err := wire.Marshal(labelBatch, b)
	if err != nil {
		return err
	}
	then := []tacit.Put{{Key: logKey(b.First), Value: value}, {Key: keyLogHead}}
	if next.Bytes > l.cfg.Most {
		removed, err := l.makeRoom(ctx, &next)
		if err != nil {
			return err
		}
		then = append(then, removed...)
	}
	if then[1].Value, err = wire.Marshal(labelHead, next); err != nil {
		return err
	}
	rev, err := l.cfg.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: keyLogHead, Revision: l.revision}}, Then: then})
	if err != nil {
		// Somebody else wrote, or what became of this commit is not known: before
		// the next record is taken, whoever judged by what he knew must learn it.
		l.known = false
		if l.onLost != nil {
			l.onLost()
		}
		return err
	}
	l.head, l.revision = next, rev
	return nil
}

// learn reads where the chain ends, for who holds the turn.
func (l *Log) learn(ctx context.Context) error {
	if l.known {
		return nil
	}
	var err error
	l.head, l.revision, err = readHead(ctx, l.cfg.Store)
	l.known = err == nil
	return err
}

// Sync learns where the chain ends, if that is not known. What is read from the store
// after it is not older than the log: if another process writes in between, the next
// Append fails.
func (l *Log) Sync(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return fault.New(fault.VaultAudit, "read head of audit log: %w", context.Cause(ctx))
	}
	defer func() { <-l.turn }()
	if err := l.learn(ctx); err != nil {
		return fault.New(fault.VaultAudit, "read head of audit log: %w", err)
	}
	return nil
}

// makeRoom takes the oldest batches out of a log that is to have this head.
func (l *Log) makeRoom(ctx context.Context, next *Head) ([]tacit.Put, error) {
	if !l.cfg.Rotate {
		return nil, fault.New(fault.VaultAudit, "append records: the log has no room beyond its %d bytes", l.cfg.Most)
	}
	items, _, err := l.cfg.Store.Range(ctx, keyLog, logKey(l.head.Next), 64)
	if err != nil {
		return nil, err
	}
	var removed []tacit.Put
	for _, i := range items {
		if next.Bytes <= l.cfg.Most {
			break
		}
		var b Batch
		if err := wire.Unmarshal(labelBatch, i.Value, &b); err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read audit log: %w", err)
		}
		for _, r := range b.Records {
			next.Bytes -= min(next.Bytes, uint64(len(r)+recordShare))
		}
		next.Oldest = b.First + uint64(len(b.Records))
		removed = append(removed, tacit.Put{Key: i.Key, Delete: true})
	}
	return removed, nil
}

func logKey(seq uint64) string { return fmt.Sprintf("%s%016x", keyLog, seq) }

func readHead(ctx context.Context, s tacit.Store) (h Head, rev int64, err error) {
	item, err := s.Get(ctx, keyLogHead)
	if errors.Is(err, fault.APINotFound) {
		return h, 0, nil
	}
	if err != nil {
		return h, 0, err
	}
	if err := wire.Unmarshal(labelHead, item.Value, &h); err != nil {
		return h, 0, fault.New(fault.StoreCorrupt, "read head of audit log: %w", err)
	}
	return h, item.Revision, nil
}

// ReadLog calls do with every record that is kept, in order, and returns the head that
// they lead to. A gap, a change or a wrong order is STORE_CORRUPT.
func ReadLog(ctx context.Context, s tacit.Store, do func(seq uint64, record []byte) error) (Head, error) {
	head, _, err := readHead(ctx, s)
	if err != nil {
		return head, err
	}
	next, digest, begun := head.Oldest, wire.Digest{}, false
	err = each(ctx, s, keyLog, func(i tacit.Item) error {
		var b Batch
		if err := wire.Unmarshal(labelBatch, i.Value, &b); err != nil {
			return fault.New(fault.StoreCorrupt, "read audit log: %w", err)
		}
		if b.First >= head.Next {
			return nil // appended since
		}
		if !begun && head.Oldest > 0 {
			digest = b.Before
		}
		begun = true
		if b.First != next || b.Before != digest || !strings.HasSuffix(i.Key, fmt.Sprintf("%016x", b.First)) {
			return fault.New(fault.StoreCorrupt, "read audit log: record %d is missing or changed", next)
		}
		for _, r := range b.Records {
			if err := do(next, bytes.Clone(r)); err != nil {
				return err
			}
			digest = chain(digest, next, r)
			next++
		}
		return nil
	})
	if err == nil && (next != head.Next || digest != head.Digest) {
		err = fault.New(fault.StoreCorrupt, "read audit log: it does not lead to its head")
	}
	return head, err
}

// Anchor puts the head of the chain into a log that others watch, each second that it
// moved, until ctx ends. Whoever keeps that log can tell that records were taken away.
func (l *Log) Anchor(ctx context.Context, to tacit.AuditLog, log *slog.Logger) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last uint64
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		head, _, err := readHead(ctx, l.cfg.Store)
		if err == nil && head.Next != last {
			var b []byte
			if b, err = wire.Marshal(labelHead, head); err == nil {
				if _, err = to.Append(ctx, b); err == nil {
					last = head.Next
				}
			}
		}
		if err != nil && ctx.Err() == nil && log != nil {
			log.WarnContext(ctx, "the head of the vault's audit log is not anchored", "error", err)
		}
	}
}
