package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

// Config says what a Store needs.
type Config struct {
	Path string // of the file; made with mode 0600 if it is not there
	Key  []byte `json:"-"` // 32 bytes, from which the keys of all records are derived; never printed

	// Sole says that whoever takes leases lives and dies with the process that
	// opens the store. Leases of an earlier process then end at Open, not after
	// their time: that the file could be locked proves that it is gone. Their
	// tokens stay fenced.
	Sole bool
	// Others says which leases are of somebody who lives on even so; nil: none.
	Others func(name string) bool

	openFile func(string, int, os.FileMode) (*os.File, error) // tests break the file behind it
}

// Format keeps the key out of any print.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "store.Config{Path: %q, Key: hidden}", c.Path)
}

// A Store is the embedded form of tacit.Store. It may be used by several
// goroutines, and by one process at a time.
//
// One goroutine, the committer, owns all writing and the leases; it begins
// with Open and ends with Close.
//
// Leases run on this process's monotonic clock, so that no change of the
// machine's date ends or prolongs one. After reopening each lease that had not
// been removed has its full ttl again, or has ended if the store is Sole. A lease's ID and token are the revision
// at which it was granted, and so grow for ever, also over restarts. Keys of a
// lease that ended are removed by the committer within moments, in a
// transaction of its own; its fence is refused from the very end.
type Store struct {
	*store.Writer
	db  *bolt.DB
	box *store.Box
	// ended says which leases of an earlier process end at Open.
	ended func(name string) bool
	feed  *store.Feed

	committer sync.WaitGroup
	machine   store.Machine // the committer's own

	mu        sync.RWMutex // guards what follows, as of the newest durable revision
	head      store.Head
	index     map[string]store.Entry // by place; only the committer writes it
	published chan struct{}          // closed and replaced after each commit
	stopped   bool
	cause     error // why it stopped, nil after Close
}

var _ tacit.Store = (*Store)(nil)

// Names of bbolt's buckets.
var (
	bucketHead    = []byte("head")
	bucketRecords = []byte("records")
)

// headPlace is the key of the head in its bucket.
var headPlace = []byte{store.KindHead}

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = time.Second

// Open opens or makes the file, verifies every record of it against the set
// hash and the newest link of the chain, and starts the committer; Close ends
// it. A file that another process holds is STORE_FENCED, one that does not
// verify, also because the key is another, STORE_CORRUPT.
func Open(cfg Config) (*Store, error) {
	if cfg.Path == "" {
		return nil, fault.New(fault.APIField, "open store: no path")
	}
	if len(cfg.Key) != 32 {
		return nil, fault.New(fault.APIField, "open store %s: key of %d bytes, want 32", cfg.Path, len(cfg.Key))
	}
	s := &Store{
		box:       store.NewBox(cfg.Key),
		ended:     func(name string) bool { return cfg.Sole && (cfg.Others == nil || !cfg.Others(name)) },
		index:     make(map[string]store.Entry),
		published: make(chan struct{}),
	}
	s.Writer = store.NewWriter(func(op string) error {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.closedErr(op)
	})
	err := guard(func() (err error) {
		s.db, err = bolt.Open(cfg.Path, 0o600, &bolt.Options{
			// The list of free pages is kept in the file: bbolt would rebuild it
			// in a goroutine of its own, where guard cannot catch a damaged page.
			Timeout:      lockWait,
			FreelistType: bolt.FreelistMapType,
			OpenFile:     cfg.openFile,
		})
		return err
	})
	if err != nil {
		return nil, openErr(cfg.Path, err)
	}
	if err := guard(func() error { return s.db.Update(s.load) }); err != nil {
		return nil, errors.Join(openErr(cfg.Path, err), s.db.Close())
	}
	if err := syncDir(filepath.Dir(cfg.Path)); err != nil {
		return nil, errors.Join(openErr(cfg.Path, err), s.db.Close())
	}
	s.committer.Add(1)
	go func() {
		defer s.committer.Done()
		s.commit()
	}()
	return s, nil
}

// syncDir makes the file's name durable; bbolt only sees to its content.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// openErr gives a failure of Open its code.
func openErr(path string, err error) error {
	var f *fault.Error
	var p *os.PathError
	switch {
	case errors.As(err, &f):
		return err
	case errors.Is(err, berrors.ErrTimeout):
		return fault.New(fault.StoreFenced, "open store %s: another process holds it", path)
	case errors.As(err, &p):
		return fault.New(fault.StoreClosed, "open store: %w", err)
	}
	return fault.New(fault.StoreCorrupt, "open store %s: %w", path, err)
}

// guard turns a fault of the memory that the file is mapped to, or a panic of
// bbolt over pages that make no sense, into STORE_CORRUPT: both come from a
// file that somebody cut or changed.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.StoreCorrupt, "read store: damaged pages: %v", p)
		}
	}()
	return f()
}

// unread is why a record of the file was not read: it is broken, unless a newer
// program wrote it.
func unread(what string, err error) error {
	if errors.Is(err, fault.ProtoVersion) {
		return err
	}
	return fault.New(fault.StoreCorrupt, "open store: %s%w", what, err)
}

// load reads and verifies the whole file, or makes it.
func (s *Store) load(tx *bolt.Tx) error {
	heads, records := tx.Bucket(bucketHead), tx.Bucket(bucketRecords)
	if heads == nil && records == nil {
		return s.create(tx)
	}
	if heads == nil || records == nil {
		return fault.New(fault.StoreCorrupt, "open store: a part is missing")
	}
	revision, _, plain, err := s.box.Open(headPlace, heads.Get(headPlace))
	if err != nil {
		return unread("head: ", err)
	}
	if s.head, err = store.DecodeHead(revision, plain); err != nil {
		return fault.New(fault.StoreCorrupt, "open store: head: %w", err)
	}
	if records.Sequence() != uint64(revision) {
		return fault.New(fault.StoreCorrupt, "open store: records of revision %d under a head of %d", records.Sequence(), revision)
	}
	var set store.SetHash
	var count int64
	err = records.ForEach(func(place, rec []byte) error {
		e, err := store.EntryOf(s.box, place, rec)
		if err != nil {
			return err
		}
		set.Add(e.Print)
		count++
		s.index[string(place)] = e
		return nil
	})
	if err != nil {
		return unread("", err)
	}
	if set != s.head.Set || count != s.head.Count {
		return fault.New(fault.StoreCorrupt, "open store: the records are not those of revision %d", revision)
	}
	return s.takeUp(records)
}

// takeUp makes the machine and its leases from what the file has.
func (s *Store) takeUp(records *bolt.Bucket) error {
	s.feed = store.NewFeed(s.head.Revision)
	s.machine = store.Machine{Sealer: s.box, Head: s.head, Entry: func(place string) (store.Entry, bool) {
		e, ok := s.index[place] // only the committer writes it: no lock to read
		return e, ok
	}}
	kind := func(kind byte) func(func(string, []byte) error) error {
		return func(yield func(string, []byte) error) error {
			c := records.Cursor()
			for place, rec := c.Seek([]byte{kind}); len(place) > 1 && place[0] == kind; place, rec = c.Next() {
				if err := yield(string(place), rec); err != nil {
					return err
				}
			}
			return nil
		}
	}
	err := s.machine.LoadLeases(time.Now(), s.ended, kind(store.KindLease), kind(store.KindItem))
	if err != nil {
		return unread("", err)
	}
	return nil
}

// create makes the buckets and the head of an empty store.
func (s *Store) create(tx *bolt.Tx) error {
	if _, err := tx.CreateBucket(bucketRecords); err != nil {
		return err
	}
	b, err := tx.CreateBucket(bucketHead)
	if err != nil {
		return err
	}
	if err := b.Put(headPlace, s.box.Seal(headPlace, 0, 0, s.head.Encode())); err != nil {
		return err
	}
	return s.takeUp(tx.Bucket(bucketRecords))
}

// Close ends the committer and the watchers after the transactions in hand
// and closes the file. Later calls, and calls after it, are STORE_CLOSED.
func (s *Store) Close() error {
	s.Stop()
	s.committer.Wait()
	s.stop(nil)
	s.feed.Stop()
	if err := s.db.Close(); err != nil {
		return fault.New(fault.StoreClosed, "close store: %w", err)
	}
	return nil
}

// stop ends service for good.
func (s *Store) stop(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.stopped, s.cause = true, cause
	close(s.published)
}

// closedErr is STORE_CLOSED with its reason; the caller holds mu.
func (s *Store) closedErr(op string) error {
	if s.cause != nil {
		return fault.New(fault.StoreClosed, "%s: stopped: %w", op, s.cause)
	}
	return fault.New(fault.StoreClosed, "%s: the store is closed", op)
}

// Head returns the newest revision and the digest of the chain of all
// transactions up to it: H(label, digest before, revision, transaction).
// Whoever kept a Head can tell that a file is older than it.
func (s *Store) Head() (revision int64, digest wire.Digest) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.head.Revision, s.head.Digest()
}

// raw is a record as the file has it with what memory expects of it.
type raw struct {
	place, rec []byte
	want       store.Entry
	known      bool
}

// read calls f on the file at the newest durable revision, which it returns.
// It waits while the file is ahead, which is during a commit's second fsync.
func (s *Store) read(ctx context.Context, op string, f func(b *bolt.Bucket)) (int64, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("%s: %w", op, context.Cause(ctx))
		}
		revision, wait, err := s.tryRead(op, f)
		if err != nil || wait == nil {
			return revision, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
}

// tryRead is one attempt of read; a channel says when to try again.
func (s *Store) tryRead(op string, f func(b *bolt.Bucket)) (revision int64, wait <-chan struct{}, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.stopped {
		return 0, nil, s.closedErr(op)
	}
	err = guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketRecords)
			if b == nil || b.Sequence() < uint64(s.head.Revision) {
				return fault.New(fault.StoreCorrupt, "%s: the file was rolled back", op)
			}
			if b.Sequence() > uint64(s.head.Revision) {
				wait = s.published
				return nil
			}
			f(b)
			return nil
		})
	})
	return s.head.Revision, wait, err
}

// item verifies and opens a record that was read.
func (s *Store) item(r raw) (tacit.Item, error) {
	key := string(r.place[1:])
	if !r.known || r.rec == nil || s.box.Print(r.place, r.rec) != r.want.Print {
		return tacit.Item{}, fault.New(fault.StoreCorrupt, "read %q: the file does not have what was written", key)
	}
	revision, lease, plain, err := s.box.Open(r.place, r.rec)
	if err != nil {
		return tacit.Item{}, fault.New(fault.StoreCorrupt, "read %q: %w", key, err)
	}
	return tacit.Item{Key: key, Value: plain, Revision: revision, Lease: lease}, nil
}

// Get implements tacit.Store.
func (s *Store) Get(ctx context.Context, key string) (tacit.Item, error) {
	if err := store.CheckName("get", key); err != nil {
		return tacit.Item{}, err
	}
	r := raw{place: store.Place(store.KindItem, key)}
	_, err := s.read(ctx, "get", func(b *bolt.Bucket) {
		r.rec = bytes.Clone(b.Get(r.place))
		r.want, r.known = s.index[string(r.place)]
	})
	if err != nil {
		return tacit.Item{}, err
	}
	if r.rec == nil && !r.known {
		return tacit.Item{}, fault.New(fault.APINotFound, "get %q", key)
	}
	return s.item(r)
}

// Range implements tacit.Store; a limit is at most 4096. All that is returned
// is in memory at once.
func (s *Store) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if limit < 1 || limit > store.MaxRange {
		return nil, 0, fault.New(fault.APIField, "range: limit %d, want 1 to %d", limit, store.MaxRange)
	}
	if len(from) > store.MaxKey || len(to) > store.MaxKey+1 { // to may be a key and one byte, for "up to and with"
		return nil, 0, fault.New(fault.APISize, "range: bounds of %d and %d bytes", len(from), len(to))
	}
	var found []raw
	revision, err := s.read(ctx, "range", func(b *bolt.Bucket) {
		end := []byte{store.KindItem + 1}
		if to != "" {
			end = store.Place(store.KindItem, to)
		}
		c := b.Cursor()
		for k, v := c.Seek(store.Place(store.KindItem, from)); k != nil && bytes.Compare(k, end) < 0 && len(found) < limit; k, v = c.Next() {
			r := raw{place: bytes.Clone(k), rec: bytes.Clone(v)}
			r.want, r.known = s.index[string(k)]
			found = append(found, r)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	items := make([]tacit.Item, 0, len(found))
	for _, r := range found {
		it, err := s.item(r)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, it)
	}
	return items, revision, nil
}
