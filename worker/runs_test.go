package worker_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
	"tacit/worker"
)

func TestEnclavesAskForRunsOfTheirArtefacts(t *testing.T) {
	small := bytes.Repeat([]byte("sealed"), 3*tacit.ChunkSize)    // 18 chunks, which are remembered
	large := bytes.Repeat([]byte("sealed!?"), 65*tacit.ChunkSize) // 520, which are not
	hashes := map[string][]wire.Digest{"small": tacit.ChunkLeaves(small), "large": tacit.ChunkLeaves(large)}
	rootOf := func(name string) wire.Digest { return wire.MerkleRoot(hashes[name]) }
	for _, tt := range []struct {
		name    string
		ask     tacit.RunAsk
		size    int // bytes of chunks that come
		want    fault.Code
		fetches int64 // for two times the same
	}{
		{"twin: the first run", tacit.RunAsk{Root: rootOf("small")}, tacit.RunSize, "", 16},
		{"twin: the last", tacit.RunAsk{Root: rootOf("small"), Index: 1}, 2 * tacit.ChunkSize, "", 2},
		{"twin: of what is too large to be remembered", tacit.RunAsk{Root: rootOf("large"), Index: 3}, tacit.RunSize, "", 32},
		{"behind the last", tacit.RunAsk{Root: rootOf("small"), Index: 2}, 0, fault.APINotFound, 0},
		{"far behind", tacit.RunAsk{Root: rootOf("small"), Index: 1<<63 - 1}, 0, fault.APINotFound, 0},
		{"before the first", tacit.RunAsk{Root: rootOf("small"), Index: -1}, 0, fault.APINotFound, 0},
		{"of a blob that is not of this task", tacit.RunAsk{Root: wire.Digest{7}}, 0, fault.APINotFound, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var fetches atomic.Int64
			h := newHost(t, func(c *worker.Config) {
				c.Fetch = func(_ context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
					fetches.Add(1)
					data, all := small, hashes["small"]
					if root != rootOf("small") {
						data, all = large, hashes["large"]
					}
					piece := data[i*tacit.ChunkSize:]
					return tacit.Chunk{Index: i, Total: int64(len(all)), Data: piece[:tacit.ChunkSize], Path: wire.MerklePath(all, int(i))}, nil
				}
			}, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					ask, err := wire.Marshal(tacit.FrameLabel, tt.ask)
					if err != nil {
						return tacit.RunReply{}, err
					}
					for range 2 {
						run, err := f.link.Ask(ctx, tacit.FrameChunks, ask)
						if fault.Of(err) != tt.want || err == nil && (len(run) <= tt.size || len(run) > tt.size+64*32) {
							t.Errorf("%d bytes, %v, want %d and a path, %q", len(run), err, tt.size, tt.want)
						}
					}
					return leaves(ctx, f)
				}
			})
			req := launch(1)
			req.Artefacts = []tacit.Sealed{{Root: rootOf("small"), Size: int64(len(small))}, {Root: rootOf("large"), Size: int64(len(large))}}
			if _, err := h.Launch(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Run(t.Context(), grants(1)); err != nil {
				t.Fatal(err)
			}
			if fetches.Load() != tt.fetches {
				t.Errorf("%d fetches, want %d", fetches.Load(), tt.fetches)
			}
		})
	}
}

// What is too large to be remembered comes in one request a run, unless the store is of a
// version that has none.
func TestRunsOfLargeArtefactsAreFetchedWhole(t *testing.T) {
	large := bytes.Repeat([]byte("sealed!?"), 65*tacit.ChunkSize)
	hashes := tacit.ChunkLeaves(large)
	root := wire.MerkleRoot(hashes)
	chunk := func(_ context.Context, _ wire.Digest, i int64) (tacit.Chunk, error) {
		return tacit.Chunk{Index: i, Total: int64(len(hashes)), Data: large[i*tacit.ChunkSize:][:tacit.ChunkSize], Path: wire.MerklePath(hashes, int(i))}, nil
	}
	for _, tt := range []struct {
		name    string
		store   error
		want    fault.Code
		fetches int64 // of chunks
	}{
		{"twin: whole", nil, "", 0},
		{"of an older store", fault.New(fault.ProtoVersion, "no such procedure"), "", 16},
		{"of a store that has it not", fault.New(fault.APINotFound, "blob"), fault.APINotFound, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var fetches atomic.Int64
			h := newHost(t, func(c *worker.Config) {
				c.Fetch = func(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
					fetches.Add(1)
					return chunk(ctx, root, i)
				}
				c.FetchRun = func(ctx context.Context, root wire.Digest, i int64) ([]byte, error) {
					if tt.store != nil {
						return nil, tt.store
					}
					var chunks []tacit.Chunk
					for k := range int64(tacit.RunChunks) {
						c, _ := chunk(ctx, root, i*tacit.RunChunks+k)
						chunks = append(chunks, c)
					}
					return tacit.RunOf(chunks)
				}
			}, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					ask, err := wire.Marshal(tacit.FrameLabel, tacit.RunAsk{Root: root, Index: 2})
					if err != nil {
						return tacit.RunReply{}, err
					}
					run, err := f.link.Ask(ctx, tacit.FrameChunks, ask)
					if fault.Of(err) != tt.want {
						t.Errorf("%v, want %q", err, tt.want)
					}
					if _, err := tacit.CheckRun(root, int64(len(large)), 2, run); (err == nil) != (tt.want == "") {
						t.Errorf("CheckRun = %v", err)
					}
					return leaves(ctx, f)
				}
			})
			req := launch(1)
			req.Artefacts = []tacit.Sealed{{Root: root, Size: int64(len(large))}}
			if _, err := h.Launch(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Run(t.Context(), grants(1)); err != nil {
				t.Fatal(err)
			}
			if fetches.Load() != tt.fetches {
				t.Errorf("%d fetches of chunks, want %d", fetches.Load(), tt.fetches)
			}
		})
	}
}
