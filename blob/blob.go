// Package blob keeps ciphertext in a folder, by the Merkle root over its
// chunks.
//
// It is not trusted and keeps no secret: what it holds was sealed by others,
// and whoever reads checks each chunk against the root. It checks too, so that
// a rotten disk is noticed where it can be mended. The host may put anything
// into the folder: no name is followed out of it, and only plain files are
// read.
//
// Layout: for each blob a file with its bytes, named by the root in
// hexadecimal, and beside it NAME.tree with the nodes of the chunk tree, level
// by level from the leaves, so that a path costs log n small reads. A blob is
// there when its data file is: the tree is put in place first.
package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/bits"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/spare"
	"tacit/wire"
)

// Config says what a Store takes; zero fields take the defaults in brackets.
type Config struct {
	MaxSize int64 // bytes of one blob [1 GiB]
	Quota   int64 // bytes of all blobs with their trees [64 GiB]
}

// Defaults of Config, in bytes.
const (
	defaultMaxSize = 1 << 30
	defaultQuota   = 64 << 30
)

// treeSuffix marks the tree beside a blob, tempPrefix what is not yet one.
const (
	treeSuffix = ".tree"
	tempPrefix = "tmp-"
)

// A Store is tacit.Blobs on a folder. It may be used by several goroutines,
// and by one process at a time.
type Store struct {
	root *os.Root
	cfg  Config

	mu   sync.Mutex // guards used, and renames and removals as a whole
	used int64      // bytes on disk and of Puts in hand
}

var _ tacit.Blobs = (*Store)(nil)

// Open opens the folder, makes it with mode 0700 if it is not there, removes
// what an earlier process left half done and counts what is there.
func Open(dir string, cfg Config) (*Store, error) {
	if cfg.MaxSize < 0 || cfg.Quota < 0 || cfg.MaxSize > math.MaxInt64/4 {
		return nil, fault.New(fault.APIField, "open blobs %s: limits %d and %d", dir, cfg.MaxSize, cfg.Quota)
	}
	if cfg.MaxSize == 0 {
		cfg.MaxSize = defaultMaxSize
	}
	if cfg.Quota == 0 {
		cfg.Quota = defaultQuota
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.APIPath, "open blobs: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.New(fault.APIPath, "open blobs: %w", err)
	}
	s := &Store{root: root, cfg: cfg}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(fault.New(fault.APIPath, "open blobs %s: %w", dir, err), root.Close())
	}
	return s, nil
}

// sweep removes temporary files and trees without a blob, and counts the rest.
func (s *Store) sweep() error {
	names, err := s.names()
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(names))
	for _, n := range names {
		there[n] = true
	}
	for _, n := range names {
		data, isTree := strings.CutSuffix(n, treeSuffix)
		_, isBlob := parseName(data)
		switch {
		case strings.HasPrefix(n, tempPrefix), isBlob && isTree && !there[data]:
			if err := s.root.Remove(n); err != nil {
				return err
			}
		case isBlob:
			info, err := s.root.Lstat(n)
			if err != nil {
				return err
			}
			if info.Mode().IsRegular() {
				s.used += info.Size()
			}
		}
	}
	return nil
}

// names lists the folder.
func (s *Store) names() ([]string, error) {
	d, err := s.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// parseName is the root that a data file's name spells.
func parseName(name string) (wire.Digest, bool) {
	var d wire.Digest
	if len(name) != 2*len(d) || strings.ToLower(name) != name {
		return d, false
	}
	_, err := hex.Decode(d[:], []byte(name))
	return d, err == nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// Used is the number of bytes that count against the quota.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// treeSize is the bytes of the tree over n chunks.
func treeSize(n int64) int64 {
	var nodes int64
	for ; n > 1; n = (n + 1) / 2 {
		nodes += n
	}
	return (nodes + 1) * int64(len(wire.Digest{}))
}

// Put implements tacit.Blobs: it reads to the end of r, streaming, and holds
// one chunk and the tree in memory (1/2048 of the blob). More or fewer bytes
// than size, none, or more than MaxSize are API_SIZE; a full quota is
// RES_BUSY. Bytes that are already there are written over the old ones, which
// mends a rotten file and renews its age for Expire.
func (s *Store) Put(ctx context.Context, r io.Reader, size int64) (wire.Digest, error) {
	if size <= 0 || size > s.cfg.MaxSize {
		return wire.Digest{}, fault.Denied(fault.APISize, "put blob", "size", fmt.Sprintf("1 to %d bytes", s.cfg.MaxSize), fmt.Sprint(size))
	}
	need := size + treeSize(tacit.Chunks(size))
	s.mu.Lock()
	if s.used > s.cfg.Quota-need {
		free := max(0, s.cfg.Quota-s.used)
		s.mu.Unlock()
		return wire.Digest{}, fault.Denied(fault.ResBusy, "put blob", "quota", fmt.Sprintf("%d bytes free", need), fmt.Sprint(free))
	}
	s.used += need // reserved until it is in place or given up
	s.mu.Unlock()

	root, kept, err := s.put(ctx, r, size)
	if !kept {
		s.mu.Lock()
		s.used -= need
		s.mu.Unlock()
	}
	return root, err
}

// put writes the blob under temporary names and puts it in place. Kept says
// that the bytes reserved are now those of files.
func (s *Store) put(ctx context.Context, r io.Reader, size int64) (root wire.Digest, kept bool, err error) {
	temp := tempPrefix + rand.Text()
	defer func() {
		// After the renames there is nothing of these names.
		s.root.Remove(temp)
		s.root.Remove(temp + treeSuffix)
	}()
	leaves, err := s.receive(ctx, r, size, temp)
	if err != nil {
		return wire.Digest{}, false, err
	}
	// gofail: var blobsReceived struct{}
	levels := wire.MerkleLevels(leaves)
	root = levels[len(levels)-1][0]
	if err := s.writeTree(temp+treeSuffix, levels); err != nil {
		return wire.Digest{}, false, failed("put blob "+root.Short()+": tree", err)
	}
	if kept, err = s.place(temp, root); err != nil {
		return wire.Digest{}, kept, failed("put blob "+root.Short(), err)
	}
	// gofail: var blobsStored struct{}
	return root, kept, nil
}

// failed is what it means that the disk took no more: that the machine has no
// more files or room just now is not that the store has stopped.
func failed(op string, err error) error {
	code := fault.StoreClosed
	if spare.Short(err) {
		code = fault.ResBusy
	}
	return fault.New(code, "%s: %w", op, err)
}

// create makes a file that was not there.
func (s *Store) create(name string) (*os.File, error) {
	return s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// receive writes exactly size bytes of r durably and hashes their chunks.
func (s *Store) receive(ctx context.Context, r io.Reader, size int64, name string) ([]wire.Digest, error) {
	f, err := s.create(name)
	if err != nil {
		return nil, failed("put blob", err)
	}
	defer f.Close()
	leaves := make([]wire.Digest, 0, tacit.Chunks(size))
	chunk := make([]byte, tacit.ChunkSize)
	for left := size; left > 0; left -= int64(len(chunk)) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("put blob: %w", context.Cause(ctx))
		}
		chunk = chunk[:min(tacit.ChunkSize, left)]
		n, err := io.ReadFull(r, chunk)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, fault.Denied(fault.APISize, "put blob", "size as declared", fmt.Sprint(size), fmt.Sprint(size-left+int64(n)))
		}
		if err != nil {
			return nil, fmt.Errorf("put blob: read: %w", err)
		}
		if _, err := f.Write(chunk); err != nil {
			return nil, failed("put blob", err)
		}
		leaves = append(leaves, wire.LeafHash(chunk))
	}
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return nil, fault.Denied(fault.APISize, "put blob", "size as declared", fmt.Sprint(size), "more")
	case err != io.EOF:
		return nil, fmt.Errorf("put blob: read: %w", err)
	}
	if err := f.Sync(); err != nil {
		return nil, failed("put blob", err)
	}
	return leaves, nil
}

// writeTree writes all levels, from the leaves up, durably.
func (s *Store) writeTree(name string, levels [][]wire.Digest) error {
	f, err := s.create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, level := range levels {
		b := make([]byte, 0, len(level)*len(wire.Digest{}))
		for _, d := range level {
			b = append(b, d[:]...)
		}
		if _, err := f.Write(b); err != nil {
			return err
		}
	}
	return f.Sync()
}

// place renames tree and data to their names and makes that durable. Kept is
// false if the same blob was there: then its bytes are counted already.
func (s *Store) place(temp string, root wire.Digest) (kept bool, err error) {
	name := root.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.size(name) + s.size(name+treeSuffix)
	if err := s.root.Rename(temp+treeSuffix, name+treeSuffix); err != nil {
		return false, err
	}
	// gofail: var blobsTreePlaced struct{}
	if err := s.root.Rename(temp, name); err != nil {
		return false, err
	}
	s.used -= old
	// gofail: var blobsPlaced struct{}
	return true, s.syncDir()
}

// size is the bytes that a plain file counts for.
func (s *Store) size(name string) int64 {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// syncDir makes names durable.
func (s *Store) syncDir() error {
	d, err := s.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// open opens a plain file of the folder for reading.
func (s *Store) open(name string) (*os.File, int64, error) {
	before, err := s.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.New(fault.APINotFound, "blob %s", name)
	}
	if err != nil {
		return nil, 0, fault.New(fault.APIPath, "blob %s: %w", name, err)
	}
	if !before.Mode().IsRegular() {
		return nil, 0, fault.Denied(fault.APIPath, "blob "+name, "kind of file", "plain file", before.Mode().Type().String())
	}
	// Without waiting, for a pipe may have taken its place since.
	f, err := s.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, fault.New(fault.APIPath, "blob %s: %w", name, err)
	}
	info, err := f.Stat()
	if err != nil || !os.SameFile(before, info) {
		f.Close()
		return nil, 0, fault.New(fault.APIPath, "blob %s: replaced while it was opened", name)
	}
	return f, info.Size(), nil
}

// Size returns the bytes of a blob, or API_NOT_FOUND.
func (s *Store) Size(_ context.Context, root wire.Digest) (int64, error) {
	f, size, err := s.open(root.String())
	if err != nil {
		return 0, err
	}
	return size, f.Close()
}

// Chunk implements tacit.Blobs. It costs one read of the data and log n of the
// tree. Bytes that no longer lead to the root are DATA_CORRUPT.
func (s *Store) Chunk(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
	if err := ctx.Err(); err != nil {
		return tacit.Chunk{}, fmt.Errorf("chunk %d of blob %s: %w", i, root.Short(), context.Cause(ctx))
	}
	data, tree, size, err := s.openBoth(root)
	if err != nil {
		return tacit.Chunk{}, err
	}
	defer data.Close()
	defer tree.Close()
	c := tacit.Chunk{Index: i, Total: tacit.Chunks(size)}
	if i < 0 || i >= c.Total {
		return tacit.Chunk{}, fault.New(fault.APINotFound, "chunk %d of blob %s: it has %d", i, root.Short(), c.Total)
	}
	c.Data = make([]byte, min(tacit.ChunkSize, size-i*tacit.ChunkSize))
	if _, err := data.ReadAt(c.Data, i*tacit.ChunkSize); err != nil {
		return tacit.Chunk{}, fault.New(fault.DataCorrupt, "chunk %d of blob %s: %w", i, root.Short(), err)
	}
	if c.Path, err = pathFrom(tree, i, c.Total, 0); err != nil {
		return tacit.Chunk{}, fault.New(fault.DataCorrupt, "chunk %d of blob %s: tree: %w", i, root.Short(), err)
	}
	if err := c.Check(root); err != nil {
		return tacit.Chunk{}, err
	}
	return c, nil
}

// Run implements tacit.Blobs. It costs one read of the data and log n of the tree. Bytes
// that no longer lead to the root are DATA_CORRUPT.
func (s *Store) Run(ctx context.Context, root wire.Digest, i int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("run %d of blob %s: %w", i, root.Short(), context.Cause(ctx))
	}
	data, tree, size, err := s.openBoth(root)
	if err != nil {
		return nil, err
	}
	defer data.Close()
	defer tree.Close()
	total := tacit.Chunks(size)
	from, to, err := tacit.RunChunksOf(i, total)
	if err != nil {
		return nil, err
	}
	// The node over all chunks of a run is as many levels up as they need.
	path, err := pathFrom(tree, from, total, bits.Len(uint(to-from-1)))
	if err != nil {
		return nil, fault.New(fault.DataCorrupt, "run %d of blob %s: tree: %w", i, root.Short(), err)
	}
	n := min(tacit.RunSize, size-i*tacit.RunSize)
	run := make([]byte, n, n+int64(len(path)*len(wire.Digest{})))
	if _, err := data.ReadAt(run, i*tacit.RunSize); err != nil {
		return nil, fault.New(fault.DataCorrupt, "run %d of blob %s: %w", i, root.Short(), err)
	}
	for _, d := range path {
		run = append(run, d[:]...)
	}
	if _, err := tacit.CheckRun(root, size, i, run); err != nil {
		return nil, err
	}
	return run, nil
}

// pathFrom reads the path of leaf i among so many without its first steps.
func pathFrom(tree io.ReaderAt, i, leaves int64, skip int) (path []wire.Digest, err error) {
	level := int64(0) // its place in the file
	for n := leaves; n > 1; n = (n + 1) / 2 {
		if sibling := i ^ 1; sibling < n && skip <= 0 {
			var d wire.Digest
			if _, err := tree.ReadAt(d[:], (level+sibling)*int64(len(d))); err != nil {
				return nil, err
			}
			path = append(path, d)
		}
		level += n
		i /= 2
		skip--
	}
	return path, nil
}

// openBoth opens a blob and its tree, together while no Put or Delete replaces
// them.
func (s *Store) openBoth(root wire.Digest) (data, tree *os.File, size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, size, err = s.open(root.String())
	if err != nil {
		return nil, nil, 0, err
	}
	if size == 0 {
		data.Close()
		return nil, nil, 0, fault.New(fault.DataCorrupt, "blob %s: the file is empty", root.Short())
	}
	tree, treeLen, err := s.open(root.String() + treeSuffix)
	if errors.Is(err, fault.APINotFound) || err == nil && treeLen != treeSize(tacit.Chunks(size)) {
		if tree != nil {
			tree.Close()
		}
		err = fault.New(fault.DataCorrupt, "blob %s: its tree is not that of %d bytes", root.Short(), size)
	}
	if err != nil {
		data.Close()
		return nil, nil, 0, err
	}
	return data, tree, size, nil
}

// Delete removes a blob, or is API_NOT_FOUND.
func (s *Store) Delete(_ context.Context, root wire.Digest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deleteLocked(root.String())
}

// deleteLocked removes data before tree, so that no blob is without its tree.
func (s *Store) deleteLocked(name string) error {
	freed := s.size(name)
	if err := s.root.Remove(name); errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.APINotFound, "delete blob %s", name)
	} else if err != nil {
		return fault.New(fault.StoreClosed, "delete blob: %w", err)
	}
	s.used -= freed
	freed = s.size(name + treeSuffix)
	if err := s.root.Remove(name + treeSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.StoreClosed, "delete blob: %w", err)
	}
	s.used -= freed
	return s.syncDir()
}

// Expire removes every blob that was last put before this time and returns how
// many. It looks at each file: cost grows with the number of blobs.
func (s *Store) Expire(ctx context.Context, before time.Time) (removed int, err error) {
	names, err := s.names()
	if err != nil {
		return 0, fault.New(fault.StoreClosed, "expire blobs: %w", err)
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return removed, fmt.Errorf("expire blobs: %w", context.Cause(ctx))
		}
		if _, ok := parseName(name); !ok {
			continue
		}
		gone, err := s.expire(name, before)
		if err != nil {
			return removed, err
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// expire removes one blob if it is that old, judged in the moment of removal.
func (s *Store) expire(name string, before time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
		return false, nil
	}
	if err := s.deleteLocked(name); err != nil {
		return false, err
	}
	return true, nil
}
