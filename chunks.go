package tacit

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"tacit/fault"
	"tacit/wire"
)

// readerChunks is how many verified chunks a ChunkReader keeps: enough for a
// few sequential readers side by side, half a MiB in all.
const readerChunks = 8

// RunChunks is how many chunks are a run: those from a multiple of it on, as far as
// there are any, which have a node of their own in the tree. One path is enough for
// all of them. RunSize is their bytes.
const (
	RunChunks = 16
	RunSize   = RunChunks * ChunkSize
)

// runRoom is what a run with any path fits into.
const runRoom = RunSize + 64*len(wire.Digest{})

// readerRuns is how many verified runs a ChunkReader keeps, a MiB each: one for each
// of as many sequential readers side by side as there are cores, and some.
func readerRuns() int { return runtime.GOMAXPROCS(0) + 2 }

// RunAsk names one run of one blob by its place among the runs.
type RunAsk struct {
	Root  wire.Digest `cbor:"1,keyasint"`
	Index int64       `cbor:"2,keyasint"`
}

// RunChunksOf are the chunks of run i of a blob of so many, from and up to; or
// API_NOT_FOUND.
func RunChunksOf(i, total int64) (from, to int64, err error) {
	if i < 0 || i > (total-1)/RunChunks || total <= 0 {
		return 0, 0, fault.New(fault.APINotFound, "take run %d of %d chunks", i, total)
	}
	return i * RunChunks, min((i+1)*RunChunks, total), nil
}

// RunOf puts a run together from all of its chunks: their bytes, and behind them the
// path from their node to the root. It verifies nothing; chunks that cannot be the
// ones of a run are DATA_CORRUPT.
func RunOf(chunks []Chunk) ([]byte, error) {
	size := 0
	for _, c := range chunks {
		size += len(c.Data)
	}
	if n := len(chunks); n == 0 || n > RunChunks || size > RunSize {
		return nil, fault.New(fault.DataCorrupt, "put run together: %d chunks of %d bytes", n, size)
	}
	// That many steps of the first one's path lie within the run.
	inner := bits.Len(uint(len(chunks) - 1))
	path := chunks[0].Path
	if len(path) < inner || len(path) > inner+64 {
		return nil, fault.New(fault.DataCorrupt, "put run together: a path of %d", len(path))
	}
	run := make([]byte, 0, size+(len(path)-inner)*len(wire.Digest{}))
	for _, c := range chunks {
		run = append(run, c.Data...)
	}
	for _, d := range path[inner:] {
		run = append(run, d[:]...)
	}
	return run, nil
}

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
// that nobody trusts, and by whole runs where it is read on and the source gives
// runs. No byte is returned before its chunk, or its run, led to Sealed.Root. It
// keeps at most readerChunks chunks and a few runs, private copies that were
// verified, so that a source cannot change a byte after the check. It may be
// used by several goroutines.
type ChunkReader struct {
	ctx      context.Context // of the task: io.ReaderAt has no place for one
	sealed   Sealed
	fetch    func(ctx context.Context, i int64) (Chunk, error)
	fetchRun func(ctx context.Context, i int64, room []byte) ([]byte, error)

	mu     sync.Mutex // guards what follows
	recent []verified // the latest used last
	runs   []verified // likewise, by the index of the run
	spare  [][]byte   // of runs that are not kept any more
}

// verified is the bytes of one chunk, or run, after their check.
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

// ByRuns has what is read on be fetched by runs: fetch gives what RunOf makes of
// run i, in room if it fits there. Until it returns without an error it may write
// there, and after an error for ever; then nobody else does. ByRuns is called
// before the first read.
func (r *ChunkReader) ByRuns(fetch func(ctx context.Context, i int64, room []byte) ([]byte, error)) {
	r.fetchRun = fetch
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
		copied, err := r.read(p[n:], at)
		if err != nil {
			return n, err
		}
		n += copied
	}
	return n, nil
}

// read copies from offset at what is kept in one piece, and fetches it before if
// it is not.
func (r *ChunkReader) read(p []byte, at int64) (int, error) {
	chunk, run := at/ChunkSize, at/RunSize
	r.mu.Lock()
	defer r.mu.Unlock()
	if data := use(r.runs, run); data != nil {
		return copy(p, data[at%RunSize:]), nil
	}
	if data := use(r.recent, chunk); data != nil {
		return copy(p, data[at%ChunkSize:]), nil
	}
	if r.fetchRun != nil && r.kept(chunk-1) && r.kept(chunk-2) {
		data, err := r.run(run)
		if err != nil {
			return 0, err
		}
		return copy(p, data[at%RunSize:]), nil
	}
	r.mu.Unlock()
	data, err := r.chunk(chunk)
	r.mu.Lock()
	if err != nil {
		return 0, err
	}
	if len(r.recent) == readerChunks {
		r.recent = slices.Delete(r.recent, 0, 1)
	}
	r.recent = append(r.recent, verified{chunk, data})
	return copy(p, data[at%ChunkSize:]), nil
}

// use finds a piece and makes it the one that was used last.
func use(all []verified, index int64) []byte {
	for k, v := range all {
		if v.index == index {
			copy(all[k:], all[k+1:])
			all[len(all)-1] = v
			return v.data
		}
	}
	return nil
}

// kept reports whether a chunk is there, alone or in a run.
func (r *ChunkReader) kept(chunk int64) bool {
	return slices.ContainsFunc(r.recent, func(v verified) bool { return v.index == chunk }) ||
		slices.ContainsFunc(r.runs, func(v verified) bool { return v.index == chunk/RunChunks && chunk >= 0 })
}

// chunk fetches and verifies the bytes of chunk i.
func (r *ChunkReader) chunk(i int64) ([]byte, error) {
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
	return c.Data, nil
}

// run fetches, verifies and keeps run i. It is called with r.mu held, and lets go
// of it while it waits and hashes.
func (r *ChunkReader) run(i int64) ([]byte, error) {
	var room []byte
	if n := len(r.spare); n > 0 {
		room, r.spare = r.spare[n-1], r.spare[:n-1]
	}
	r.mu.Unlock()
	data, err := r.fetchAndCheck(i, room)
	r.mu.Lock()
	if err != nil {
		return nil, err
	}
	if len(r.runs) >= readerRuns() {
		old := r.runs[0].data
		r.runs, r.spare = slices.Delete(r.runs, 0, 1), append(r.spare, old[:cap(old)])
	}
	r.runs = append(r.runs, verified{i, data})
	return data, nil
}

func (r *ChunkReader) fetchAndCheck(i int64, room []byte) ([]byte, error) {
	if room == nil {
		room = make([]byte, runRoom)
	}
	got, err := r.fetchRun(r.ctx, i, room)
	if err != nil {
		return nil, fmt.Errorf("fetch run %d of blob %s: %w", i, r.sealed.Root.Short(), err)
	}
	// From here on nobody else has the room, and no path is longer than it.
	if len(got) > 0 && &got[0] != &room[0] {
		got = room[:copy(room, got)]
	}
	data, err := CheckRun(r.sealed.Root, r.sealed.Size, i, got)
	if err != nil {
		return nil, err
	}
	return room[:len(data)], nil
}

// CheckRun is the bytes of run i of a blob of so many bytes, out of what RunOf made of it,
// if they lead to this root; else DATA_CORRUPT.
func CheckRun(root wire.Digest, size, i int64, run []byte) ([]byte, error) {
	op := fmt.Sprintf("check run %d of blob %s", i, root.Short())
	if _, _, err := RunChunksOf(i, Chunks(size)); err != nil {
		return nil, err
	}
	want := int(min(RunSize, size-i*RunSize))
	if len(run) < want || (len(run)-want)%len(wire.Digest{}) != 0 {
		return nil, fault.Denied(fault.DataCorrupt, op, "length by size", fmt.Sprintf("%d and a path", want), fmt.Sprint(len(run)))
	}
	data := run[:want:want]
	var path []wire.Digest
	for rest := run[want:]; len(rest) > 0; rest = rest[len(wire.Digest{}):] {
		path = append(path, wire.Digest(rest[:len(wire.Digest{})]))
	}
	total := (Chunks(size) + RunChunks - 1) / RunChunks
	if !wire.VerifyMerkle(wire.MerkleRoot(ChunkLeaves(data)), i, total, path, root) {
		return nil, fault.Denied(fault.DataCorrupt, op, "Merkle path", "the blob's root", "another")
	}
	return data, nil
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
