// Package audit is a transparency log: what is in it stays in it, and anybody
// can check that with a proof and one public key. It is the door to tessera.
//
// Append returns after the fsync of a hash-chained journal, so that a record
// that was acknowledged survives any crash. From the journal records go into a
// tiled Merkle tree (C2SP tlog-tiles), a record's place in the journal being
// its index, and a checkpoint signed with Ed25519 is published within a
// second. After a crash the tree catches up with the journal when the log is
// opened, and a tree that says anything else than the journal is refused.
//
// The log trusts its own process and disk not to lose what they fsynced. Who
// reads proofs trusts only the key. What one log alone cannot show is that it
// tells everybody the same: compare checkpoints, or anchor them on a chain.
//
// Records are kept in clear and are public to whoever may read the folder:
// put digests and codes into them, never data.
package audit

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Timing of publication: a record waits for its batch, then for the next
// checkpoint, together well below the promised second.
const (
	batchAge        = 50 * time.Millisecond
	checkpointEvery = 200 * time.Millisecond
	pollEvery       = 20 * time.Millisecond
	closeWait       = 10 * time.Second
)

// Bounds, in bytes and records. A record's is that of an entry of tlog-tiles.
const (
	maxRecord     = 1<<16 - 1
	maxBatch      = 256
	maxBatchBytes = 1 << 20
	backlog       = 1024 // records that may wait for the tree: at most 64 MiB
)

// Config says what a Log needs.
type Config struct {
	Dir  string        // made with mode 0700 if it is not there
	Name string        // of the log: its origin, such as tacit.example/manager-1; without spaces and plus signs
	Key  crypto.Signer `json:"-"` // Ed25519; signs checkpoints; never printed
	// Shared, if set, has the records before the folder has: what another replica of
	// this log's owner acknowledged is here too.
	Shared *Shared
}

// Format keeps the key out of any print.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "audit.Config{Dir: %q, Name: %q, Key: hidden}", c.Dir, c.Name)
}

// A Log is a tacit.AuditLog in a folder. It may be used by several goroutines,
// and by one process at a time.
type Log struct {
	name     string
	pub      ed25519.PublicKey
	verifier note.Verifier

	appends   chan *pending // unbuffered: what the writer did not take was not submitted
	feed      chan []byte   // journalled records in order; full, it makes Append wait
	closing   chan struct{}
	closeOnce sync.Once
	ended     sync.Once
	endErr    error // of Close, once it ended
	writing   sync.WaitGroup
	feeding   sync.WaitGroup

	journal  *journal // the writer's own
	shared   *Shared  // or nil
	page     []tacit.Item
	appender *tessera.Appender
	reader   tessera.LogReader
	shutdown func(context.Context) error
	cancel   context.CancelFunc

	mu     sync.Mutex // guards what follows
	next   uint64     // records that are durable
	broken error      // why the log stopped
	cp     checkpoint // the newest that was read
	cpAt   time.Time  // when
}

var _ tacit.AuditLog = (*Log)(nil)

// A checkpoint is a signed tree head whose signature was checked.
type checkpoint struct {
	raw  []byte
	size uint64
	root wire.Digest
}

// pending is one Append.
type pending struct {
	record []byte
	index  uint64
	done   chan error
}

// noteSigner signs checkpoints with any Ed25519 crypto.Signer.
type noteSigner struct {
	note.Verifier
	key crypto.Signer
}

func (s noteSigner) Sign(msg []byte) ([]byte, error) {
	return s.key.Sign(nil, msg, crypto.Hash(0))
}

// Open opens or makes the log, verifies its journal, holds the published
// checkpoint against it and lets the tree catch up; it then starts the
// goroutines that Close ends. A torn last frame of the journal is cut off. A
// folder that another process holds is STORE_FENCED, one that does not verify
// STORE_CORRUPT. It reads the whole journal: cost grows with the log, by about
// a second for each GiB.
func Open(cfg Config) (*Log, error) {
	if cfg.Dir == "" || cfg.Key == nil {
		return nil, fault.New(fault.APIField, "open audit log %q: folder or key missing", cfg.Name)
	}
	pub, ok := cfg.Key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fault.New(fault.APIField, "open audit log %q: key of type %T, want Ed25519", cfg.Name, cfg.Key.Public())
	}
	vkey, err := note.NewEd25519VerifierKey(cfg.Name, pub)
	if err != nil {
		return nil, fault.New(fault.APIField, "open audit log %q: %w", cfg.Name, err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fault.New(fault.APIField, "open audit log %q: %w", cfg.Name, err)
	}
	l := &Log{
		name: cfg.Name, pub: pub, verifier: verifier,
		appends: make(chan *pending),
		feed:    make(chan []byte, backlog),
		closing: make(chan struct{}),
		shared:  cfg.Shared,
		cancel:  func() {},
	}
	if err := l.open(cfg); err != nil {
		l.cancel()
		if l.journal != nil {
			l.journal.file.Close()
		}
		return nil, err
	}
	first := l.next
	l.writing.Go(l.write)
	l.feeding.Go(func() { l.integrate(first) })
	return l, nil
}

// open does the work of Open that can fail.
func (l *Log) open(cfg Config) error {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fault.New(fault.AuditUnavailable, "open audit log: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(cfg.Dir, "journal"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fault.New(fault.AuditUnavailable, "open audit log: %w", err)
	}
	l.journal = &journal{file: file}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fault.New(fault.StoreFenced, "open audit log %s: another process holds it: %w", cfg.Dir, err)
	}
	if err := syncDir(cfg.Dir); err != nil {
		return fault.New(fault.AuditUnavailable, "open audit log: %w", err)
	}
	if l.shared != nil {
		if err := l.mirror(cfg); err != nil {
			return fmt.Errorf("open audit log %s: %w", cfg.Dir, err)
		}
	}
	err = l.openTree(cfg)
	if err != nil {
		// A power cut can leave the tree's own files empty. It is made of the
		// journal alone, so it is made again.
		l.cancel()
		if err = os.RemoveAll(filepath.Join(cfg.Dir, "tree")); err == nil {
			err = l.openTree(cfg)
		}
	}
	if err != nil {
		return fault.New(fault.StoreCorrupt, "open audit log %s: tree: %w", cfg.Dir, err)
	}
	integrated, err := l.recover()
	if err != nil {
		return err
	}
	return l.catchUp(integrated)
}

// mirror makes the folder a copy of the shared journal.
func (l *Log) mirror(cfg Config) error {
	differs, err := l.follow(context.Background())
	if err != nil {
		return err
	}
	if !differs {
		return nil
	}
	// It is made again of what the store has, tree and all.
	if err := l.journal.file.Truncate(0); err != nil {
		return fault.New(fault.AuditUnavailable, "%w", err)
	}
	if err := os.RemoveAll(filepath.Join(cfg.Dir, "tree")); err != nil {
		return fault.New(fault.AuditUnavailable, "%w", err)
	}
	_, err = l.follow(context.Background())
	return err
}

// openTree starts tessera on the folder's tree.
func (l *Log) openTree(cfg Config) error {
	ctx, cancel := context.WithCancel(context.Background()) // ended by Close
	l.cancel = cancel
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(cfg.Dir, "tree")})
	if err != nil {
		return err
	}
	l.appender, l.shutdown, l.reader, err = tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(noteSigner{l.verifier, cfg.Key}).
		WithBatching(maxBatch, batchAge).
		WithCheckpointInterval(checkpointEvery))
	return err
}

// recover verifies the journal and that the tree is a part of it, then cuts
// off a torn frame. It returns how much of the journal the tree has.
func (l *Log) recover() (integrated uint64, err error) {
	ctx := context.Background()
	integrated, err = l.reader.IntegratedSize(ctx)
	if err != nil {
		return 0, fault.New(fault.StoreCorrupt, "open audit log %q: tree: %w", l.name, err)
	}
	published, err := l.readCheckpoint(ctx)
	if err != nil {
		return 0, err
	}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	seen := wire.MerkleRoot(nil) // the journal's root at the published size
	err = l.scan(func(index uint64, record []byte) error {
		if index >= published.size {
			return nil
		}
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(record), nil); err != nil {
			return err
		}
		if index+1 == published.size {
			root, err := tree.GetRootHash(nil)
			if err != nil {
				return err
			}
			copy(seen[:], root)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if n := l.journal.count; integrated > n || published.size > integrated || published.size > 0 && seen != published.root {
		return 0, fault.New(fault.StoreCorrupt, "open audit log %q: the tree (%d entries, %d published) is not that of the journal (%d)", l.name, integrated, published.size, n)
	}
	if err := l.journal.file.Truncate(l.journal.size); err != nil {
		return 0, fault.New(fault.AuditUnavailable, "open audit log %q: %w", l.name, err)
	}
	if err := l.journal.file.Sync(); err != nil {
		return 0, fault.New(fault.AuditUnavailable, "open audit log %q: %w", l.name, err)
	}
	return integrated, nil
}

// scan reads the journal from its beginning and sets its extent.
func (l *Log) scan(visit func(index uint64, record []byte) error) error {
	info, err := l.journal.file.Stat()
	if err != nil {
		return fault.New(fault.AuditUnavailable, "open audit log %q: %w", l.name, err)
	}
	l.journal.extent, err = readJournal(io.NewSectionReader(l.journal.file, 0, info.Size()), info.Size(), startOf(l.name), visit)
	return err
}

// catchUp gives the tree what it lacks of the journal.
func (l *Log) catchUp(integrated uint64) error {
	l.next = l.journal.count
	if integrated == l.next {
		return nil
	}
	var batch [][]byte
	first := integrated
	flush := func() error {
		err := l.add(first, batch)
		first, batch = first+uint64(len(batch)), batch[:0]
		return err
	}
	err := l.scan(func(index uint64, record []byte) error {
		if index < integrated {
			return nil
		}
		batch = append(batch, bytes.Clone(record))
		if len(batch) < maxBatch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Append implements tacit.AuditLog. A record has 1 to 65,535 bytes, else
// API_SIZE. After an error of the disk the log stops for good with
// AUDIT_UNAVAILABLE. When ctx ends after the record was handed over, Append
// still waits for its outcome, which is soon.
func (l *Log) Append(ctx context.Context, record []byte) (uint64, error) {
	if len(record) == 0 || len(record) > maxRecord {
		return 0, fault.Denied(fault.APISize, "append audit record", "length", fmt.Sprintf("1 to %d bytes", maxRecord), fmt.Sprint(len(record)))
	}
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("append audit record: %w", context.Cause(ctx))
	}
	// gofail: var auditForgets struct{}
	// return 0, nil
	p := &pending{record: bytes.Clone(record), done: make(chan error, 1)}
	select {
	case l.appends <- p:
	case <-ctx.Done():
		return 0, fmt.Errorf("append audit record: %w", context.Cause(ctx))
	case <-l.closing:
		return 0, l.closedErr("append audit record")
	}
	if err := <-p.done; err != nil {
		return 0, err
	}
	return p.index, nil
}

// closedErr says why the log takes nothing more.
func (l *Log) closedErr(op string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return fault.New(fault.AuditUnavailable, "%s: the log stopped: %w", op, l.broken)
	}
	return fault.New(fault.StoreClosed, "%s: the log is closed", op)
}

// Stopped is closed when the log takes nothing more: after Close, and after an
// error of the disk, when its process should end.
func (l *Log) Stopped() <-chan struct{} { return l.closing }

// fail stops the log for good.
func (l *Log) fail(err error) {
	l.mu.Lock()
	if l.broken == nil {
		l.broken = err
	}
	l.mu.Unlock()
	l.closeOnce.Do(func() { close(l.closing) })
}

// write is the only writer of the journal: it makes what waits durable with
// one fsync and acknowledges it.
func (l *Log) write() {
	defer close(l.feed)
	for {
		select {
		case <-l.closing: // before records that may also wait
			return
		default:
		}
		select {
		case p := <-l.appends:
			if !l.writeBatch(l.gather(p)) {
				return
			}
		case <-l.closing:
			return
		}
	}
}

// gather takes what waits beside the first record.
func (l *Log) gather(first *pending) []*pending {
	batch, size := []*pending{first}, len(first.record)
	most := maxBatch
	if l.shared != nil {
		most = sharedMost
	}
	for len(batch) < most && size < maxBatchBytes-4*maxBatch {
		select {
		case p := <-l.appends:
			batch, size = append(batch, p), size+len(p.record)
		default:
			return batch
		}
	}
	return batch
}

// writeBatch journals and acknowledges records and passes them on to the tree.
func (l *Log) writeBatch(batch []*pending) bool {
	records := make([][]byte, len(batch))
	for i, p := range batch {
		records[i], p.index = p.record, l.journal.count+uint64(i)
	}
	var err error
	if l.shared != nil {
		err = l.shared.append(context.Background(), l.journal.count, records)
	}
	if err == nil {
		err = l.journal.append(records)
	}
	if err != nil {
		l.fail(err)
		for _, p := range batch {
			p.done <- fault.New(fault.AuditUnavailable, "append audit record: %w", err)
		}
		return false
	}
	// gofail: var auditJournalled struct{}
	l.mu.Lock()
	l.next = l.journal.count
	l.mu.Unlock()
	for _, p := range batch {
		p.done <- nil
	}
	for _, r := range records {
		l.feed <- r
	}
	return true
}

// integrate is the only one that adds to the tree, in the journal's order from
// this index on.
func (l *Log) integrate(first uint64) {
	for r := range l.feed {
		batch := l.waiting(r)
		if l.failed() {
			continue // the journal has them: the next Open goes on
		}
		// gofail: var auditIntegrating struct{}
		if err := l.add(first, batch); err != nil {
			l.fail(err)
		}
		first += uint64(len(batch))
	}
}

// waiting is a record and those that wait behind it.
func (l *Log) waiting(first []byte) [][]byte {
	batch := [][]byte{first}
	for len(batch) < maxBatch {
		select {
		case r, ok := <-l.feed:
			if !ok {
				return batch
			}
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// failed reports whether the log stopped.
func (l *Log) failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken != nil
}

// add puts at most one of tessera's batches into the tree and waits until it
// is there: tessera keeps the order within a batch, and not always that of
// batches in hand side by side. It checks that the tree gave each record the
// index that the journal promised.
func (l *Log) add(first uint64, records [][]byte) error {
	futures := make([]tessera.IndexFuture, len(records))
	for i, r := range records {
		futures[i] = l.appender.Add(context.Background(), tessera.NewEntry(r))
	}
	for i, f := range futures {
		got, err := f()
		if err != nil {
			return fault.New(fault.AuditUnavailable, "integrate audit record %d: %w", first+uint64(i), err)
		}
		if want := first + uint64(i); got.Index != want {
			return fault.New(fault.StoreCorrupt, "integrate audit record %d: the tree has it at %d", want, got.Index)
		}
	}
	return nil
}

// readCheckpoint reads the published checkpoint and checks its signature; of
// a log that has none yet it is the empty one.
func (l *Log) readCheckpoint(ctx context.Context) (checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.cpAt) < pollEvery/2 && l.cp.raw != nil { // shared by all who wait
		return l.cp, nil
	}
	raw, err := l.reader.ReadCheckpoint(ctx)
	if errors.Is(err, os.ErrNotExist) {
		return checkpoint{}, nil
	}
	if err != nil {
		return checkpoint{}, fault.New(fault.StoreCorrupt, "read checkpoint of %q: %w", l.name, err)
	}
	if !bytes.Equal(raw, l.cp.raw) {
		size, root, err := tacit.OpenCheckpoint(l.name, l.pub, raw)
		if err != nil {
			return checkpoint{}, fault.New(fault.StoreCorrupt, "read checkpoint of %q: %w", l.name, err)
		}
		l.cp = checkpoint{raw, size, root}
	}
	l.cpAt = time.Now()
	return l.cp, nil
}

// Checkpoint returns the newest published checkpoint, a signed note, to be
// compared with what others were shown or to be anchored.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	cp, err := l.readCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	if cp.raw == nil {
		return nil, fault.New(fault.APINotFound, "checkpoint of %q: none yet", l.name)
	}
	return bytes.Clone(cp.raw), nil
}

// Proof implements tacit.AuditLog. An index that was never acknowledged is
// API_NOT_FOUND at once.
func (l *Log) Proof(ctx context.Context, index uint64) (tacit.AuditProof, error) {
	const tries = 5 // tiles of an older checkpoint may be cleared away meanwhile
	for failures := 0; ; {
		l.mu.Lock()
		known, broken := index < l.next, l.broken
		l.mu.Unlock()
		if !known {
			return tacit.AuditProof{}, fault.New(fault.APINotFound, "audit entry %d of %q", index, l.name)
		}
		cp, err := l.readCheckpoint(ctx)
		if err != nil {
			return tacit.AuditProof{}, err
		}
		if index < cp.size {
			p, err := l.prove(ctx, index, cp)
			if err == nil {
				return p, nil
			}
			if failures++; failures == tries {
				return tacit.AuditProof{}, err
			}
		} else if broken != nil {
			return tacit.AuditProof{}, l.closedErr("prove audit entry")
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return tacit.AuditProof{}, fmt.Errorf("prove audit entry %d: %w", index, context.Cause(ctx))
		case <-l.closing:
			return tacit.AuditProof{}, l.closedErr("prove audit entry")
		}
	}
}

// prove builds a proof under this checkpoint and checks it before anybody
// else does.
func (l *Log) prove(ctx context.Context, index uint64, cp checkpoint) (tacit.AuditProof, error) {
	corrupt := func(err error) error {
		return fault.New(fault.StoreCorrupt, "prove audit entry %d of %d: %w", index, cp.size, err)
	}
	if cp.size > math.MaxInt64 {
		return tacit.AuditProof{}, corrupt(errors.New("size"))
	}
	builder, err := client.NewProofBuilder(ctx, cp.size, l.reader.ReadTile)
	if err != nil {
		return tacit.AuditProof{}, corrupt(err)
	}
	path, err := builder.InclusionProof(ctx, index)
	if err != nil {
		return tacit.AuditProof{}, corrupt(err)
	}
	leaf, err := client.FetchLeafHashes(ctx, l.reader.ReadTile, index, 1, cp.size)
	if err != nil {
		return tacit.AuditProof{}, corrupt(err)
	}
	p := tacit.AuditProof{Index: index, Size: cp.size, Checkpoint: bytes.Clone(cp.raw)}
	for _, h := range append(path, leaf...) {
		if len(h) != len(wire.Digest{}) {
			return tacit.AuditProof{}, corrupt(errors.New("a tile is damaged"))
		}
		p.Path = append(p.Path, wire.Digest(h))
	}
	hash := p.Path[len(p.Path)-1]
	p.Path = p.Path[:len(p.Path)-1]
	if !wire.VerifyMerkle(hash, int64(index), int64(cp.size), p.Path, cp.root) {
		return tacit.AuditProof{}, corrupt(errors.New("the tiles do not lead to the signed root"))
	}
	return p, nil
}

// Close ends the log after what was acknowledged is published, or after ten
// seconds: the next Open then goes on where this one ended. A second Close
// gives the answer of the first.
func (l *Log) Close() error {
	l.ended.Do(func() { l.endErr = l.end() })
	return l.endErr
}

// end does the work of Close.
func (l *Log) end() error {
	l.closeOnce.Do(func() { close(l.closing) })
	l.writing.Wait()
	l.feeding.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	err := l.shutdown(ctx)
	l.cancel()
	if err := errors.Join(err, l.journal.file.Close()); err != nil {
		return fault.New(fault.AuditUnavailable, "close audit log %q: %w", l.name, err)
	}
	return nil
}
