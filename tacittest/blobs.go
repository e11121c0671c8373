package tacittest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Blobs is the suite that every tacit.Blobs passes. Open gives a fresh one
// that takes blobs of at least 1 MiB.
func Blobs(t *testing.T, open func(t *testing.T) tacit.Blobs) {
	for _, tt := range []struct {
		name string
		test func(t *testing.T, b tacit.Blobs)
	}{
		{"sizes around the chunk", blobSizes},
		{"declared size", blobDeclared},
		{"what is not there", blobAbsent},
		{"the same again", blobAgain},
		{"a reader that fails", blobBroken},
		{"side by side", blobParallel},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

// content is n bytes that no other call gives.
func content(t *testing.T, n int) []byte {
	r := seeded(t)
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// rootOf is the chunk root of content, computed apart from the form under test.
func rootOf(b []byte) wire.Digest {
	var leaves []wire.Digest
	for len(b) > 0 {
		n := min(len(b), tacit.ChunkSize)
		leaves = append(leaves, wire.LeafHash(b[:n]))
		b = b[n:]
	}
	return wire.MerkleRoot(leaves)
}

func blobSizes(t *testing.T, b tacit.Blobs) {
	const c = tacit.ChunkSize
	for _, n := range []int{1, c - 1, c, c + 1, 2 * c, 2*c + 1, 3 * c, 5*c - 1, 7*c + 5, 16 * c, 16*c + 1, 33*c - 7} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			want := content(t, n)
			root, err := b.Put(t.Context(), iotest.HalfReader(bytes.NewReader(want)), int64(n))
			must(t, "put", err)
			if root != rootOf(want) {
				t.Fatalf("root %v, want %v", root, rootOf(want))
			}
			for i := range tacit.Chunks(int64(n)) {
				chunk, err := b.Chunk(t.Context(), root, i)
				must(t, "chunk", err)
				must(t, "check", chunk.Check(root))
				if chunk.Index != i || chunk.Total != tacit.Chunks(int64(n)) {
					t.Fatalf("chunk %d of %d, want %d of %d", chunk.Index, chunk.Total, i, tacit.Chunks(int64(n)))
				}
			}
			r, err := tacit.NewChunkReader(t.Context(), tacit.Sealed{Root: root, Size: int64(n)}, func(ctx context.Context, i int64) (tacit.Chunk, error) {
				return b.Chunk(ctx, root, i)
			})
			must(t, "reader", err)
			got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
			must(t, "read", err)
			if !bytes.Equal(got, want) {
				t.Error("other bytes came back")
			}
			got = nil
			for i := range (tacit.Chunks(int64(n)) + tacit.RunChunks - 1) / tacit.RunChunks {
				run, err := b.Run(t.Context(), root, i)
				must(t, "run", err)
				data, err := tacit.CheckRun(root, int64(n), i, run)
				must(t, "check", err)
				got = append(got, data...)
			}
			if !bytes.Equal(got, want) {
				t.Error("other bytes came back by runs")
			}
		})
	}
}

func blobDeclared(t *testing.T, b tacit.Blobs) {
	data := content(t, 100_000)
	for _, tt := range []struct {
		name string
		data []byte
		size int64
		want fault.Code
	}{
		{"twin: as declared", data, int64(len(data)), ""},
		{"one byte more comes", data, int64(len(data)) - 1, fault.APISize},
		{"one byte fewer comes", data, int64(len(data)) + 1, fault.APISize},
		{"a chunk fewer comes", data, int64(len(data)) + tacit.ChunkSize, fault.APISize},
		{"nothing comes", nil, 10, fault.APISize},
		{"nothing declared", nil, 0, fault.APISize},
		{"negative", data, -1, fault.APISize},
		{"absurd", data, 1 << 62, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.Put(t.Context(), bytes.NewReader(tt.data), tt.size)
			wantCode(t, "put", err, tt.want)
			if tt.want != "" && len(tt.data) == 0 {
				return
			}
			_, err = b.Chunk(t.Context(), rootOf(tt.data[:max(0, min(int64(len(tt.data)), tt.size))]), 0)
			if want := map[bool]fault.Code{true: "", false: fault.APINotFound}[tt.want == ""]; tt.size == int64(len(tt.data))-1 || tt.want == "" {
				wantCode(t, "chunk of what was put", err, want)
			}
		})
	}
}

func blobAbsent(t *testing.T, b tacit.Blobs) {
	data := content(t, tacit.ChunkSize+1)
	root, err := b.Put(t.Context(), bytes.NewReader(data), int64(len(data)))
	must(t, "put", err)
	for _, tt := range []struct {
		name string
		root wire.Digest
		i    int64
		want fault.Code
	}{
		{"twin: first", root, 0, ""},
		{"twin: last", root, 1, ""}, // of two chunks, which are one run
		{"after the last", root, 2, fault.APINotFound},
		{"before the first", root, -1, fault.APINotFound},
		{"another blob", rootOf(data[1:]), 0, fault.APINotFound},
		{"zero digest", wire.Digest{}, 0, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.Chunk(t.Context(), tt.root, tt.i)
			wantCode(t, "chunk", err, tt.want)
			_, err = b.Run(t.Context(), tt.root, tt.i)
			if tt.i == 1 {
				tt.want = fault.APINotFound
			}
			wantCode(t, "run", err, tt.want)
		})
	}
}

func blobAgain(t *testing.T, b tacit.Blobs) {
	data := content(t, 3*tacit.ChunkSize)
	var root wire.Digest
	for i := range 20 { // more than a quota would hold if each counted
		r, err := b.Put(t.Context(), bytes.NewReader(data), int64(len(data)))
		must(t, "put", err)
		if i > 0 && r != root {
			t.Fatalf("root %v, was %v", r, root)
		}
		root = r
	}
	_, err := b.Chunk(t.Context(), root, 2)
	must(t, "chunk", err)
}

func blobBroken(t *testing.T, b tacit.Blobs) {
	broken := errors.New("the line is cut")
	_, err := b.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 100)
	if !errors.Is(err, broken) {
		t.Errorf("put: %v, want the reader's own error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Put(ctx, strings.NewReader("whole"), 5); err == nil {
		t.Error("put under an ended context succeeded")
	}
	_, err = b.Put(t.Context(), strings.NewReader("whole"), 5)
	must(t, "twin", err)
}

func blobParallel(t *testing.T, b tacit.Blobs) {
	data := content(t, 5*tacit.ChunkSize)
	done := make(chan error)
	for w := range 8 {
		go func() {
			done <- func() error {
				for i := range 10 {
					mine := data[:len(data)-(w%2)*100-i] // two writers of each
					root, err := b.Put(t.Context(), bytes.NewReader(mine), int64(len(mine)))
					if err != nil {
						return err
					}
					if _, err := b.Chunk(t.Context(), root, int64(i%5)); err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
