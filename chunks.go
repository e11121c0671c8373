package tacit

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"tacit/fault"
	"tacit/wire"
)

// readerChunks is how many verified chunks a ChunkReader keeps: enough for a
// few sequential readers side by side, half a MiB in all.
const readerChunks = 8

// Chunks is the number of chunks that size bytes of ciphertext make.
func Chunks(size int64) int64 {
	n := size / ChunkSize
	if size%ChunkSize != 0 {
		n++
	}
	return n
}

// Check reports whether the chunk leads to this root, else DATA_CORRUPT.
//
// It proves that Data is in the blob, and at Index only if Total is right:
// whoever knows the blob's size compares Total with Chunks(size), as
// ChunkReader does.
func (c Chunk) Check(root wire.Digest) error {
	op := fmt.Sprintf("check chunk %d of blob %s", c.Index, root.Short())
	if c.Index < 0 || c.Index >= c.Total {
		return fault.Denied(fault.DataCorrupt, op, "index below total", fmt.Sprintf("0 to %d", c.Total-1), fmt.Sprint(c.Index))
	}
	if n := len(c.Data); n == 0 || n > ChunkSize || c.Index < c.Total-1 && n != ChunkSize {
		return fault.Denied(fault.DataCorrupt, op, "chunk length", fmt.Sprintf("%d, the last from 1", ChunkSize), fmt.Sprint(n))
	}
	if !wire.VerifyMerkle(wire.LeafHash(c.Data), c.Index, c.Total, c.Path, root) {
		return fault.Denied(fault.DataCorrupt, op, "Merkle path", "the blob's root", "another")
	}
	return nil
}

// A ChunkReader reads the ciphertext of a Sealed chunk by chunk from a source
// that nobody trusts. No byte is returned before its chunk led to
// Sealed.Root. It keeps at most readerChunks chunks, private copies that were
// verified, so that a source cannot change a byte after the check. It may be
// used by several goroutines.
type ChunkReader struct {
	ctx    context.Context // of the task: io.ReaderAt has no place for one
	sealed Sealed
	fetch  func(ctx context.Context, i int64) (Chunk, error)

	mu     sync.Mutex // guards what follows
	recent []verified // the latest used last
}

// verified is one chunk's bytes after their check.
type verified struct {
	index int64
	data  []byte
}

// NewChunkReader returns a reader of this artefact, which lasts as long as
// ctx. Fetch gives chunk i with its path. A size below one byte is API_SIZE.
func NewChunkReader(ctx context.Context, sealed Sealed, fetch func(ctx context.Context, i int64) (Chunk, error)) (*ChunkReader, error) {
	if sealed.Size <= 0 || sealed.Size > math.MaxInt64-ChunkSize {
		return nil, fault.New(fault.APISize, "read blob %s: size of %d bytes", sealed.Root.Short(), sealed.Size)
	}
	return &ChunkReader{ctx: ctx, sealed: sealed, fetch: fetch}, nil
}

// Size is the number of bytes of ciphertext.
func (r *ChunkReader) Size() int64 { return r.sealed.Size }

// ReadAt implements io.ReaderAt. A chunk that is not the one that Sealed names
// is DATA_CORRUPT; what is returned before it, in n, was verified.
func (r *ChunkReader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fault.New(fault.APIField, "read blob %s at offset %d", r.sealed.Root.Short(), off)
	}
	for n < len(p) {
		at := off + int64(n)
		if at >= r.sealed.Size || at < 0 {
			return n, io.EOF
		}
		data, err := r.chunk(at / ChunkSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at%ChunkSize:])
	}
	return n, nil
}

// chunk returns the verified bytes of chunk i, which the caller does not keep.
func (r *ChunkReader) chunk(i int64) ([]byte, error) {
	r.mu.Lock()
	for k, v := range r.recent {
		if v.index == i {
			r.recent = append(slices.Delete(r.recent, k, k+1), v)
			r.mu.Unlock()
			return v.data, nil
		}
	}
	r.mu.Unlock()

	c, err := r.fetch(r.ctx, i)
	if err != nil {
		return nil, fmt.Errorf("fetch chunk %d of blob %s: %w", i, r.sealed.Root.Short(), err)
	}
	if len(c.Data) > ChunkSize {
		return nil, fault.New(fault.DataCorrupt, "fetch chunk %d of blob %s: %d bytes", i, r.sealed.Root.Short(), len(c.Data))
	}
	c.Data = slices.Clone(c.Data) // before the check: the source may still hold the other copy
	if err := r.check(c, i); err != nil {
		return nil, err
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.recent) == readerChunks {
		r.recent = slices.Delete(r.recent, 0, 1)
	}
	r.recent = append(r.recent, verified{i, c.Data})
	return c.Data, nil
}

// check holds a fetched chunk against place, size and root.
func (r *ChunkReader) check(c Chunk, i int64) error {
	op := fmt.Sprintf("check chunk %d of blob %s", i, r.sealed.Root.Short())
	if c.Index != i {
		return fault.Denied(fault.DataCorrupt, op, "index as asked", fmt.Sprint(i), fmt.Sprint(c.Index))
	}
	if want := Chunks(r.sealed.Size); c.Total != want {
		return fault.Denied(fault.DataCorrupt, op, "total by size", fmt.Sprint(want), fmt.Sprint(c.Total))
	}
	if want := min(ChunkSize, r.sealed.Size-i*ChunkSize); int64(len(c.Data)) != want {
		return fault.Denied(fault.DataCorrupt, op, "length by size", fmt.Sprint(want), fmt.Sprint(len(c.Data)))
	}
	return c.Check(r.sealed.Root)
}
