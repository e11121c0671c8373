package tacit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"tacit/fault"
	"tacit/wire"
)

// chunked is content cut into chunks, served from memory.
type chunked struct {
	data   []byte
	leaves []wire.Digest
	spoil  func(*Chunk) // what a hostile source does to each
	asked  int
}

// newChunked cuts n bytes of a pattern that differs from chunk to chunk.
func newChunked(n int) *chunked {
	c := &chunked{data: make([]byte, n)}
	for i := range c.data {
		c.data[i] = byte(i % 251)
	}
	for b := range slices.Chunk(c.data, ChunkSize) {
		c.leaves = append(c.leaves, wire.LeafHash(b))
	}
	return c
}

func (c *chunked) sealed() Sealed {
	return Sealed{Root: wire.MerkleRoot(c.leaves), Size: int64(len(c.data))}
}

func (c *chunked) chunk(_ context.Context, i int64) (Chunk, error) {
	c.asked++
	at := int(i) * ChunkSize
	k := Chunk{
		Index: i, Total: int64(len(c.leaves)),
		Data: bytes.Clone(c.data[at:min(at+ChunkSize, len(c.data))]),
		Path: wire.MerklePath(c.leaves, int(i)),
	}
	if c.spoil != nil {
		c.spoil(&k)
	}
	return k, nil
}

// Trees of pieces that no blob is cut into lead to roots as well.
func TestAChunkHasTheLengthOfItsPlace(t *testing.T) {
	of := func(i int, pieces ...[]byte) (Chunk, wire.Digest) {
		var leaves []wire.Digest
		for _, p := range pieces {
			leaves = append(leaves, wire.LeafHash(p))
		}
		return Chunk{Index: int64(i), Total: int64(len(pieces)), Data: pieces[i], Path: wire.MerklePath(leaves, i)}, wire.MerkleRoot(leaves)
	}
	full, short := make([]byte, ChunkSize), make([]byte, 9)
	for _, tt := range []struct {
		name   string
		i      int
		pieces [][]byte
		want   fault.Code
	}{
		{"twin: the first of two", 0, [][]byte{full, short}, ""},
		{"twin: the last is short", 1, [][]byte{full, short}, ""},
		{"twin: the last is full", 1, [][]byte{full, full}, ""},
		{"the first is short", 0, [][]byte{short, full}, fault.DataCorrupt},
		{"one of nothing", 1, [][]byte{full, {}}, fault.DataCorrupt},
		{"one byte too long", 0, [][]byte{append(full, 1)}, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, root := of(tt.i, tt.pieces...)
			wantCode(t, c.Check(root), tt.want)
		})
	}
	t.Run("the last is not as long as the size says", func(t *testing.T) {
		c, root := of(1, full, short)
		for size, want := range map[int64]fault.Code{ChunkSize + 9: "", ChunkSize + 8: fault.DataCorrupt, ChunkSize + 10: fault.DataCorrupt} {
			r, err := NewChunkReader(t.Context(), Sealed{Root: root, Size: size}, func(context.Context, int64) (Chunk, error) { return c, nil })
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.ReadAt(make([]byte, 1), ChunkSize)
			wantCode(t, err, want)
		}
	})
}

// case N46 code DATA_CORRUPT check chunks.go:check
func TestN46SpoiledChunkIsNeverRead(t *testing.T) {
	src := newChunked(5*ChunkSize + 9)
	other, _ := src.chunk(t.Context(), 3)
	for _, tt := range []struct {
		name  string
		spoil func(*Chunk)
		want  fault.Code
	}{
		{"twin: as it is", func(*Chunk) {}, ""},
		{"flipped bit", func(c *Chunk) { c.Data[100] ^= 1 }, fault.DataCorrupt},
		{"cut", func(c *Chunk) { c.Data = c.Data[:len(c.Data)-1] }, fault.DataCorrupt},
		{"longer", func(c *Chunk) { c.Data = append(c.Data, 0) }, fault.DataCorrupt},
		{"much longer", func(c *Chunk) { c.Data = make([]byte, 10*ChunkSize) }, fault.DataCorrupt},
		{"empty", func(c *Chunk) { c.Data = nil }, fault.DataCorrupt},
		{"a genuine chunk of another place", func(c *Chunk) { *c = other }, fault.DataCorrupt},
		{"that calls itself this one", func(c *Chunk) { i := c.Index; *c = other; c.Index = i }, fault.DataCorrupt},
		{"another total", func(c *Chunk) { c.Total++ }, fault.DataCorrupt},
		{"path cut", func(c *Chunk) { c.Path = c.Path[1:] }, fault.DataCorrupt},
		{"path longer", func(c *Chunk) { c.Path = append(c.Path, wire.Digest{}) }, fault.DataCorrupt},
		{"hash in the path", func(c *Chunk) { c.Path[0][0] ^= 1 }, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src.spoil = func(c *Chunk) {
				if c.Index == 1 {
					tt.spoil(c)
				}
			}
			r, err := NewChunkReader(t.Context(), src.sealed(), src.chunk)
			if err != nil {
				t.Fatal(err)
			}
			p := make([]byte, 2*ChunkSize)
			n, err := r.ReadAt(p, 0)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("ReadAt = %d, %v, want %q", n, err, tt.want)
			}
			if want := map[bool]int{true: 2 * ChunkSize, false: ChunkSize}[tt.want == ""]; n != want {
				t.Errorf("%d bytes, want %d", n, want)
			}
			if !bytes.Equal(p[:n], src.data[:n]) || !bytes.Equal(p[n:], make([]byte, len(p)-n)) {
				t.Error("bytes that were not verified reached the reader")
			}
		})
	}
}

// Two trees, one root: a path fits another place when the total is another.
// So Check alone does not say where a chunk belongs, and the reader must.
func TestN46PlaceIsBoundByTheSize(t *testing.T) {
	src := newChunked(3 * ChunkSize)
	last, _ := src.chunk(t.Context(), 2)
	root := src.sealed().Root
	if err := last.Check(root); err != nil {
		t.Fatal("twin:", err)
	}
	moved := last
	moved.Index, moved.Total = 1, 2
	if err := moved.Check(root); err != nil {
		t.Fatalf("the premise of this test: %v", err)
	}
	r, err := NewChunkReader(t.Context(), src.sealed(), func(_ context.Context, i int64) (Chunk, error) {
		if i == 1 {
			return moved, nil
		}
		return src.chunk(t.Context(), i)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadAt(make([]byte, 1), ChunkSize); !errors.Is(err, fault.DataCorrupt) {
		t.Errorf("the last chunk in place of the middle one: %v, want DATA_CORRUPT", err)
	}
}

func TestChunkReaderReadsLikeAFile(t *testing.T) {
	for _, n := range []int{1, ChunkSize, ChunkSize + 1, 12*ChunkSize + 77} {
		src := newChunked(n)
		r, err := NewChunkReader(t.Context(), src.sealed(), src.chunk)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), src.data); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		if n, err := r.ReadAt(make([]byte, 1), r.Size()); n != 0 || err != io.EOF {
			t.Errorf("after the end: %d, %v", n, err)
		}
		if _, err := r.ReadAt(make([]byte, 1), -1); !errors.Is(err, fault.APIField) {
			t.Errorf("before the beginning: %v, want API_FIELD", err)
		}
	}
}

func TestChunkReaderKeepsFewChunksAndOwnCopies(t *testing.T) {
	src := newChunked(20 * ChunkSize)
	var lent Chunk
	r, err := NewChunkReader(t.Context(), src.sealed(), func(ctx context.Context, i int64) (Chunk, error) {
		c, err := src.chunk(ctx, i)
		lent = c
		return c, err
	})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 1)
	for range 3 {
		if _, err := r.ReadAt(p, 0); err != nil {
			t.Fatal(err)
		}
	}
	if src.asked != 1 {
		t.Errorf("asked %d times for one chunk", src.asked)
	}
	lent.Data[0] ^= 0xff // the source changes what it gave
	if _, err := r.ReadAt(p, 0); err != nil || p[0] != src.data[0] {
		t.Errorf("a change after the check reached the reader: %v", err)
	}
	for i := range int64(20) {
		if _, err := r.ReadAt(p, i*ChunkSize); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.recent) > readerChunks {
		t.Errorf("keeps %d chunks", len(r.recent))
	}
}

func TestChunkReaderRefusesSizes(t *testing.T) {
	for _, tt := range []struct {
		name string
		size int64
		want fault.Code
	}{
		{"twin: one byte", 1, ""},
		{"none", 0, fault.APISize},
		{"negative", -1, fault.APISize},
		{"so large that sums overflow", 1<<63 - 1, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewChunkReader(t.Context(), Sealed{Size: tt.size}, nil)
			if got := fault.Of(err); got != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzChunkCheck(f *testing.F) {
	src := newChunked(3*ChunkSize + 1)
	c, _ := src.chunk(context.Background(), 3)
	f.Add(c.Index, c.Total, c.Data, c.Path[0][:])
	f.Fuzz(func(t *testing.T, index, total int64, data, path []byte) {
		c := Chunk{Index: index, Total: total, Data: data}
		for ; len(path) >= 32; path = path[32:] {
			c.Path = append(c.Path, wire.Digest(path[:32]))
		}
		if c.Check(src.sealed().Root) == nil && !slices.Contains(src.leaves, wire.LeafHash(data)) {
			t.Fatal("accepted bytes that are not in the blob")
		}
	})
}
