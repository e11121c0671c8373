package tacit

import (
	"bytes"
	"context"
	"io"
	"math/rand"
	"sync"
	"testing"
	"testing/iotest"

	"tacit/fault"
	"tacit/wire"
)

// run is what an honest source gives of run i.
func (c *chunked) run(t *testing.T, i int64) []byte {
	t.Helper()
	from, to, err := RunChunksOf(i, int64(len(c.leaves)))
	if err != nil {
		t.Fatal(err)
	}
	var chunks []Chunk
	for k := from; k < to; k++ {
		chunk, _ := c.chunk(t.Context(), k)
		chunks = append(chunks, chunk)
	}
	run, err := RunOf(chunks)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// byRuns reads by runs from a source that spoils them; asked are the runs it was asked for.
func (c *chunked) byRuns(t *testing.T, spoil func(i int64, run, room []byte) []byte) (r *ChunkReader, asked *[]int64) {
	t.Helper()
	var mu sync.Mutex // guards what the source counts
	r, err := NewChunkReader(t.Context(), c.sealed(), func(ctx context.Context, i int64) (Chunk, error) {
		mu.Lock()
		defer mu.Unlock()
		return c.chunk(ctx, i)
	})
	if err != nil {
		t.Fatal(err)
	}
	asked = new([]int64)
	r.ByRuns(func(_ context.Context, i int64, room []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		*asked = append(*asked, i)
		return spoil(i, c.run(t, i), room), nil
	})
	return r, asked
}

func inRoom(_ int64, run, room []byte) []byte { return room[:copy(room, run)] }

// case N46 code DATA_CORRUPT check chunks.go:fetchAndCheck
func TestN46SpoiledRunIsNeverRead(t *testing.T) {
	src := newChunked(40*ChunkSize + 9) // three runs, the last of nine chunks
	digest := len(wire.Digest{})
	for _, tt := range []struct {
		name  string
		spoil func(i int64, run, room []byte) []byte
		want  fault.Code
	}{
		{"twin: as it is, in the room", inRoom, ""},
		{"twin: as it is, elsewhere", func(_ int64, run, _ []byte) []byte { return run }, ""},
		{"a wrong byte", func(_ int64, run, _ []byte) []byte { run[3*ChunkSize+7] ^= 1; return run }, fault.DataCorrupt},
		{"a wrong byte in its last chunk", func(_ int64, run, _ []byte) []byte { run[RunSize-1] ^= 1; return run }, fault.DataCorrupt},
		{"two chunks exchanged", func(_ int64, run, _ []byte) []byte {
			other := bytes.Clone(run[:ChunkSize])
			copy(run, run[ChunkSize:2*ChunkSize])
			copy(run[ChunkSize:], other)
			return run
		}, fault.DataCorrupt},
		{"short by a chunk", func(_ int64, run, _ []byte) []byte { return run[ChunkSize:] }, fault.DataCorrupt},
		{"short by a byte", func(_ int64, run, _ []byte) []byte { return run[:len(run)-1] }, fault.DataCorrupt},
		{"nothing", func(int64, []byte, []byte) []byte { return nil }, fault.DataCorrupt},
		{"without a path", func(_ int64, run, _ []byte) []byte { return run[:RunSize] }, fault.DataCorrupt},
		{"a path cut", func(_ int64, run, _ []byte) []byte { return run[:len(run)-digest] }, fault.DataCorrupt},
		{"a path longer", func(_ int64, run, _ []byte) []byte { return append(run, make([]byte, digest)...) }, fault.DataCorrupt},
		{"a hash in the path", func(_ int64, run, _ []byte) []byte { run[RunSize] ^= 1; return run }, fault.DataCorrupt},
		{"more than asked", func(_ int64, run, _ []byte) []byte { return append(run, make([]byte, ChunkSize)...) }, fault.DataCorrupt},
		{"as much as a frame holds", func(int64, []byte, []byte) []byte { return make([]byte, wire.MaxFrame) }, fault.DataCorrupt},
		{"a genuine run of another place", func(int64, []byte, []byte) []byte { return src.run(t, 1) }, fault.DataCorrupt},
		{"with the path of another place", func(_ int64, run, _ []byte) []byte {
			return append(run[:RunSize:RunSize], src.run(t, 1)[RunSize:]...)
		}, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, asked := src.byRuns(t, tt.spoil)
			p := make([]byte, RunSize)
			n, err := r.ReadAt(p, 0)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("ReadAt = %d, %v, want %q", n, err, tt.want)
			}
			if len(*asked) != 1 || (*asked)[0] != 0 {
				t.Fatalf("runs %v were asked for", *asked)
			}
			if want := map[bool]int{true: RunSize, false: 2 * ChunkSize}[tt.want == ""]; n != want {
				t.Errorf("%d bytes, want %d", n, want)
			}
			if !bytes.Equal(p[:n], src.data[:n]) || !bytes.Equal(p[n:], make([]byte, len(p)-n)) {
				t.Error("bytes that were not verified reached the reader")
			}
		})
	}
}

// What came elsewhere is still the source's: it may change after the check.
func TestN46RunIsAPrivateCopy(t *testing.T) {
	src := newChunked(20 * ChunkSize)
	var lent []byte
	r, _ := src.byRuns(t, func(_ int64, run, _ []byte) []byte { lent = run; return run })
	p := make([]byte, RunSize)
	if _, err := r.ReadAt(p, 0); err != nil {
		t.Fatal(err)
	}
	clear(lent)
	if _, err := r.ReadAt(p, 0); err != nil || !bytes.Equal(p, src.data[:RunSize]) {
		t.Errorf("a change after the check reached the reader: %v", err)
	}
}

func TestReadersByRunsReadLikeFiles(t *testing.T) {
	for _, n := range []int{1, 3 * ChunkSize, 16 * ChunkSize, 16*ChunkSize + 1, 17 * ChunkSize, 47*ChunkSize + 77, 259 * ChunkSize} {
		src := newChunked(n)
		for i := range (int64(len(src.leaves)) + RunChunks - 1) / RunChunks {
			total := (int64(len(src.leaves)) + RunChunks - 1) / RunChunks
			if steps := (len(src.run(t, i)) - min(RunSize, n-int(i)*RunSize)) / 32; total == 1 && steps != 0 {
				t.Errorf("%d bytes: a path of %d for the only run", n, steps)
			}
		}
		r, asked := src.byRuns(t, inRoom)
		all := make([]byte, n)
		if _, err := r.ReadAt(all, 0); err != nil || !bytes.Equal(all, src.data) {
			t.Errorf("%d bytes at once: %v", n, err)
		}
		if runs := (n + RunSize - 1) / RunSize; n > 2*ChunkSize && len(*asked) > runs {
			t.Errorf("%d bytes: %d runs were asked for of %d", n, len(*asked), runs)
		}
		if n < 50*ChunkSize {
			if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), src.data); err != nil {
				t.Errorf("%d bytes: %v", n, err)
			}
		}
	}
}

// Reads here and there are no reason to fetch a MiB each.
func TestScatteredReadsAskForChunks(t *testing.T) {
	src := newChunked(160 * ChunkSize)
	r, asked := src.byRuns(t, inRoom)
	for i := range 30 {
		if _, err := r.ReadAt(make([]byte, ChunkSize+16), int64((i*37)%150)*ChunkSize+5); err != nil {
			t.Fatal(err)
		}
	}
	if len(*asked) != 0 {
		t.Errorf("runs %v were asked for", *asked)
	}
}

func TestReadersSideBySideShareRuns(t *testing.T) {
	src := newChunked(100*ChunkSize + 5)
	r, _ := src.byRuns(t, inRoom)
	var wg sync.WaitGroup
	for k := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewSource(int64(k)))
			for range 40 {
				from := random.Intn(len(src.data))
				p := make([]byte, min(len(src.data)-from, random.Intn(9*ChunkSize)))
				if _, err := r.ReadAt(p, int64(from)); err != nil || !bytes.Equal(p, src.data[from:from+len(p)]) {
					t.Errorf("%d bytes at %d: %v", len(p), from, err)
				}
			}
		})
	}
	wg.Wait()
	if most := readerRuns(); len(r.runs) > most || len(r.spare) > 8+most || len(r.recent) > readerChunks {
		t.Errorf("keeps %d runs, %d rooms and %d chunks", len(r.runs), len(r.spare), len(r.recent))
	}
}

func TestRunsOutsideABlobAreNotThere(t *testing.T) {
	for _, tt := range []struct {
		name     string
		i, total int64
		from, to int64
		want     fault.Code
	}{
		{"twin: the first", 0, 17, 0, 16, ""},
		{"twin: the last", 1, 17, 16, 17, ""},
		{"behind the last", 1, 16, 0, 0, fault.APINotFound},
		{"far behind", 1<<63 - 1, 17, 0, 0, fault.APINotFound},
		{"before the first", -1, 17, 0, 0, fault.APINotFound},
		{"far before", -1 << 63, 17, 0, 0, fault.APINotFound},
		{"of nothing", 0, 0, 0, 0, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, to, err := RunChunksOf(tt.i, tt.total)
			wantCode(t, err, tt.want)
			if from != tt.from || to != tt.to {
				t.Errorf("%d to %d, want %d to %d", from, to, tt.from, tt.to)
			}
		})
	}
}

func TestRunsOfWhatIsNoRunAreRefused(t *testing.T) {
	src := newChunked(16 * ChunkSize)
	var good []Chunk
	for i := range int64(16) {
		c, _ := src.chunk(t.Context(), i)
		good = append(good, c)
	}
	change := func(i int, do func(*Chunk)) []Chunk {
		all := append([]Chunk(nil), good...)
		do(&all[i])
		return all
	}
	for _, tt := range []struct {
		name   string
		chunks []Chunk
		want   fault.Code
	}{
		{"twin: sixteen", good, ""},
		{"none", nil, fault.DataCorrupt},
		{"seventeen", append(change(0, func(c *Chunk) { c.Data, c.Path = nil, make([]wire.Digest, 9) }), good[0]), fault.DataCorrupt},
		{"one that is too long", change(3, func(c *Chunk) { c.Data = make([]byte, ChunkSize+1) }), fault.DataCorrupt},
		{"a path that ends too early", change(0, func(c *Chunk) { c.Path = c.Path[:3] }), fault.DataCorrupt},
		{"an endless path", change(0, func(c *Chunk) { c.Path = make([]wire.Digest, 1<<10) }), fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := RunOf(tt.chunks)
			wantCode(t, err, tt.want)
		})
	}
}

// A run is checked by whoever has it, at a place that the blob has.
func TestRunsAreOfTheirBlob(t *testing.T) {
	src := newChunked(17 * ChunkSize)
	var chunks []Chunk
	for i := range int64(16) {
		c, _ := src.chunk(t.Context(), i)
		chunks = append(chunks, c)
	}
	run, err := RunOf(chunks)
	if err != nil {
		t.Fatal(err)
	}
	root, size := src.sealed().Root, int64(len(src.data))
	for _, tt := range []struct {
		name    string
		size, i int64
		run     []byte
		want    fault.Code
	}{
		{"twin: the first", size, 0, run, ""},
		{"at another place", size, 1, run, fault.DataCorrupt},
		{"behind the last", size, 2, run, fault.APINotFound},
		{"before the first", size, -1, run, fault.APINotFound},
		{"of a blob of no bytes", 0, 0, run, fault.APINotFound},
		{"of a longer blob", 40 * size, 0, run, fault.DataCorrupt},
		{"cut", size, 0, run[:len(run)-1], fault.DataCorrupt},
		{"without its path", size, 0, run[:RunSize], fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := CheckRun(root, tt.size, tt.i, tt.run)
			wantCode(t, err, tt.want)
			if err == nil && !bytes.Equal(data, src.data[:RunSize]) {
				t.Error("other bytes")
			}
		})
	}
}

// Whoever cannot fetch is told so, and not that the blob was spoilt.
func TestRunsThatDoNotComeAreNotCalledCorrupt(t *testing.T) {
	src := newChunked(40 * ChunkSize)
	r, _ := src.byRuns(t, inRoom)
	r.ByRuns(func(context.Context, int64, []byte) ([]byte, error) { return nil, fault.New(fault.Unreachable, "away") })
	_, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	wantCode(t, err, fault.Unreachable)
}
