package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
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
	recordShare = 16  // what a record costs beside itself
	partsMost   = 128 // of a transaction of the store: conditions, and writes
	condsMost   = 100 // of a change
	putsMost    = 110
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
// before. Records, and changes with theirs, that arrive while a commit is under way
// share the next.
//
// A commit is done only if the chain in the store ends where this process left it. A
// process that was replaced meanwhile therefore appends and changes nothing, and what it
// failed to append has no number: there is no gap, and nothing stands there twice.
type Log struct {
	cfg  LogConfig
	turn chan struct{} // held while a batch is committed

	mu   sync.Mutex // guards what follows
	open *pending

	// Of who holds the turn:
	took     time.Duration // by the last commit
	size     int           // entries in it
	head     Head
	revision int64
	known    bool
	onLost   func()
}

// An entry is a record, a change of the store, or both.
type entry struct {
	record   []byte // nil is none
	txn      tacit.Txn
	still    func() bool // whether the change may be made, asked when nobody else can append
	revision int64       // of the change
	err      error
}

// What may share a commit: bytes of values, and conditions or writes. The rest of a
// transaction is the log's own and room to remove old records.
const (
	sharedBytes = 4 << 20
	sharedParts = 96
)

// pending are entries that wait for the turn.
type pending struct {
	entries []*entry
	size    int // of records
	change  int // bytes of values
	conds   int
	puts    int
	keys    map[string]struct{} // that changes ask for or write
	done    chan struct{}
}

// add takes an entry in, unless it must wait for those before it or is too much.
func (p *pending) add(e *entry) bool {
	size, change := len(e.record)+recordShare, 0
	for _, t := range e.txn.Then {
		change += len(t.Value)
	}
	if len(p.entries) > 0 {
		if p.size+size > batchMost || p.change+change > sharedBytes || len(p.entries) == 4096 ||
			p.conds+len(e.txn.If) > sharedParts || p.puts+len(e.txn.Then) > sharedParts {
			return false
		}
		for key := range keysOf(e.txn) {
			if _, also := p.keys[key]; also {
				return false
			}
		}
	}
	for key := range keysOf(e.txn) {
		p.keys[key] = struct{}{}
	}
	p.entries = append(p.entries, e)
	p.size, p.change, p.conds, p.puts = p.size+size, p.change+change, p.conds+len(e.txn.If), p.puts+len(e.txn.Then)
	return true
}

// keysOf are the keys that a transaction asks for or writes.
func keysOf(txn tacit.Txn) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range txn.If {
			if !yield(c.Key) {
				return
			}
		}
		for _, p := range txn.Then {
			if !yield(p.Key) {
				return
			}
		}
	}
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
	e := &entry{record: record}
	began := time.Now()
	l.submit(ctx, e)
	appended(began, e.err)
	return e.err
}

// Commit does a transaction and appends a record, if there is one: both become durable
// or neither. still says under the turn whether the transaction may be done; if not, or
// if the log takes nothing, that is VAULT_AUDIT. What the store refuses of the
// transaction itself has the store's code.
func (l *Log) Commit(ctx context.Context, record []byte, txn tacit.Txn, still func() bool) (int64, error) {
	if txn.Fence != nil || len(txn.If) > condsMost || len(txn.Then) > putsMost {
		return 0, fault.New(fault.APISize, "commit with a record: at most %d conditions and %d writes, and no fence", condsMost, putsMost)
	}
	e := &entry{record: record, txn: txn, still: still}
	began := time.Now()
	l.submit(ctx, e)
	appended(began, e.err)
	return e.revision, e.err
}

// submit returns once an entry is durable or has its error.
func (l *Log) submit(ctx context.Context, e *entry) {
	if len(e.record) > recordMost {
		e.err = fault.New(fault.VaultAudit, "append record of %d bytes, at most %d", len(e.record), recordMost)
		return
	}
	l.mu.Lock()
	p := l.open
	first := p == nil || !p.add(e)
	if first {
		p = &pending{keys: map[string]struct{}{}, done: make(chan struct{})}
		p.add(e)
		l.open = p
	}
	l.mu.Unlock()
	if !first {
		<-p.done
		return
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
	l.settle(context.WithoutCancel(ctx), p.entries)
	l.took, l.size = time.Since(began), len(p.entries)
	<-l.turn
	close(p.done)
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

// settle commits entries together or, where the store refuses a change among them, each
// alone.
func (l *Log) settle(ctx context.Context, entries []*entry) {
	refused, err := l.commit(ctx, entries)
	if refused && len(entries) > 1 {
		for _, e := range entries {
			l.settle(ctx, []*entry{e})
		}
		return
	}
	if err != nil && !refused {
		// Only as text: a caller must not take the log's conflict for his own.
		err = fault.New(fault.VaultAudit, "append %d records: %v", len(entries), err)
	}
	for _, e := range entries {
		if e.err == nil {
			e.err = err
		}
	}
}

// commit makes entries durable in one transaction. It reports whether an error is a
// refusal of their own changes; then nothing was written, and the log goes on.
func (l *Log) commit(ctx context.Context, entries []*entry) (refused bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, commitLife)
	defer cancel()
	if err := l.learn(ctx); err != nil {
		return false, err
	}
	next, b := l.head, Batch{First: l.head.Next, Before: l.head.Digest}
	txn := tacit.Txn{If: []tacit.Cond{{Key: keyLogHead, Revision: l.revision}}}
	live := 0
	for _, e := range entries {
		if e.still != nil && !e.still() {
			e.err = fault.New(fault.VaultAudit, "commit with a record: this process was replaced meanwhile")
			continue
		}
		live++
		txn.If, txn.Then = append(txn.If, e.txn.If...), append(txn.Then, e.txn.Then...)
		if e.record != nil {
			next.Digest = chain(next.Digest, next.Next, e.record)
			next.Next++
			next.Bytes += uint64(len(e.record) + recordShare)
			b.Records = append(b.Records, e.record)
		}
	}
	if live == 0 {
		return false, nil
	}
	if len(b.Records) > 0 {
		puts, err := l.puts(ctx, b, &next, partsMost-2-len(txn.Then))
		if err != nil {
			return false, err
		}
		txn.Then = append(txn.Then, puts...)
	}
	rev, err := l.cfg.Store.Commit(ctx, txn)
	if err != nil {
		if l.refused(ctx, err) {
			return true, err
		}
		// Somebody else wrote, or what became of this commit is not known: before
		// the next record is taken, whoever judged by what he knew must learn it.
		l.known = false
		if l.onLost != nil {
			l.onLost()
		}
		return false, err
	}
	if len(b.Records) > 0 {
		l.head, l.revision = next, rev
	}
	for _, e := range entries {
		e.revision = rev
	}
	return false, nil
}

// refused reports whether the store refused a commit for what callers wanted in it, and
// the chain still ends where this process left it.
func (l *Log) refused(ctx context.Context, err error) bool {
	switch fault.Of(err) {
	case fault.APIField, fault.APISize:
		return true
	case fault.StoreConflict:
		_, rev, err := readHead(ctx, l.cfg.Store)
		return err == nil && rev == l.revision
	}
	return false
}

// puts are what a batch of records writes: itself, the head behind it, and with a full
// log the end of older records, at most room of them.
func (l *Log) puts(ctx context.Context, b Batch, next *Head, room int) ([]tacit.Put, error) {
	value, err := wire.Marshal(labelBatch, b)
	if err != nil {
		return nil, err
	}
	then := []tacit.Put{{Key: logKey(b.First), Value: value}, {Key: keyLogHead}}
	if next.Bytes > l.cfg.Most {
		removed, err := l.makeRoom(ctx, next, room)
		if err != nil {
			return nil, err
		}
		then = append(then, removed...)
	}
	then[1].Value, err = wire.Marshal(labelHead, *next)
	return then, err
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
func (l *Log) makeRoom(ctx context.Context, next *Head, most int) ([]tacit.Put, error) {
	if !l.cfg.Rotate {
		return nil, fault.New(fault.VaultAudit, "append records: the log has no room beyond its %d bytes", l.cfg.Most)
	}
	items, _, err := l.cfg.Store.Range(ctx, keyLog, logKey(l.head.Next), min(most, 64))
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
