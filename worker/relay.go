package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The names of what is on its way: no name of a whole file matches.
const (
	resultPattern = "result-*"
	partPattern   = "*.part-*"
)

// resultRoom is by how much a sealed result may be larger than twice the
// output of its task: receipt, archive and padding.
const resultRoom = 16 << 20

// serve answers an enclave: chunks, its output, and its code cache.
func (w *Worker) serve(ctx context.Context, s *session, kind uint8, payload []byte) ([]byte, error) {
	switch kind {
	case tacit.FrameChunk:
		return wire.Answer(tacit.FrameLabel, payload, func(q tacit.ChunkAsk) (tacit.Chunk, error) {
			c, err := w.fetch(ctx, s, q)
			s.moved.Add(int64(len(c.Data)))
			return c, err
		})
	case tacit.FrameChunks:
		var q tacit.RunAsk
		if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
			return nil, err
		}
		return w.fetchRun(ctx, s, q)
	case tacit.FrameOutput:
		return nil, s.result.take(ctx, w.cfg, payload)
	case tacit.FrameCacheGet:
		var q tacit.CacheAsk
		if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
			return nil, err
		}
		return w.cacheGet(q)
	case tacit.FrameCachePut:
		return wire.Answer(tacit.FrameLabel, payload, func(p tacit.CachePart) (tacit.Part, error) { return tacit.Part{}, w.cachePut(s, p) })
	case tacit.FrameUse:
		return wire.Answer(tacit.FrameLabel, payload, func(u tacit.UseRequest) (tacit.UseReply, error) { return w.use(ctx, s, u) })
	}
	return nil, fault.New(fault.ProtoFrame, "serve enclave: kind %d", kind)
}

// chunksKept is how many chunks of ciphertext are remembered at least; at most
// it is twice as many, 64 MiB.
const chunksKept = 512

// chunksRemembered is how many chunks a blob may have to be remembered: a program has
// fewer. A dataset above it would drive out what others need, and has its chunks hashed
// here on top, which its runs are spared.
const chunksRemembered = 64

// fetch gets a chunk from blobs, or from memory what was needed lately: a
// program or dataset is asked for again with every task on it. Only what the
// enclave will take is remembered, so that a lying store spoils one answer and
// not the next: it leads to its root, and its place among as many chunks as the
// artefact has follows from that.
func (w *Worker) fetch(ctx context.Context, s *session, q tacit.ChunkAsk) (tacit.Chunk, error) {
	if c, ok := w.chunks.Get(q); ok {
		return c, nil
	}
	c, err := w.fetchOnce(ctx, s, q)
	if err == nil && c.Index == q.Index && c.Total == s.chunks[q.Root] && c.Check(q.Root) == nil {
		w.chunks.Put(q, c)
	}
	return c, err
}

// fetchOnce is fetch for what need not be remembered.
func (w *Worker) fetchOnce(ctx context.Context, _ *session, q tacit.ChunkAsk) (c tacit.Chunk, err error) {
	err = w.cfg.patiently(ctx, func() (err error) {
		c, err = w.cfg.Fetch(ctx, q.Root, q.Index)
		return err
	})
	return c, err
}

// runFetches is how many chunks of a run are fetched at once: each may be a round trip.
const runFetches = 8

// fetchRun gets a run of chunks of one of the task's artefacts. What is too large to be
// remembered is not: it would only drive out what can be.
func (w *Worker) fetchRun(ctx context.Context, s *session, q tacit.RunAsk) ([]byte, error) {
	total := s.chunks[q.Root]
	from, to, err := tacit.RunChunksOf(q.Index, total)
	if err != nil {
		return nil, err
	}
	fetch := w.fetch
	if total > chunksRemembered {
		if w.cfg.FetchRun != nil {
			var run []byte
			err := w.cfg.patiently(ctx, func() (err error) {
				run, err = w.cfg.FetchRun(ctx, q.Root, q.Index)
				return err
			})
			if !errors.Is(err, fault.ProtoVersion) { // of a store that is older
				s.moved.Add(int64(len(run)))
				return run, err
			}
		}
		fetch = w.fetchOnce
	}
	chunks := make([]tacit.Chunk, to-from)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runFetches)
	for i := range chunks {
		g.Go(func() (err error) {
			chunks[i], err = fetch(ctx, s, tacit.ChunkAsk{Root: q.Root, Index: from + int64(i)})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	run, err := tacit.RunOf(chunks)
	s.moved.Add(int64(len(run)))
	return run, err
}

// use carries an enclave's use of a key to the dispatcher of its task. What is in it
// the worker cannot read.
func (w *Worker) use(ctx context.Context, s *session, u tacit.UseRequest) (reply tacit.UseReply, err error) {
	if w.cfg.Use == nil {
		return reply, fault.New(fault.Unreachable, "use key: this worker carries no uses")
	}
	if at := (attempt{u.Task, u.Attempt, u.Place}); at != s.at {
		return reply, fault.New(fault.ConsField, "use key: an enclave asks for another attempt than its own")
	}
	err = w.cfg.patiently(ctx, func() (err error) {
		reply, err = w.cfg.Use(ctx, s.dispatcher, u)
		return err
	})
	return reply, err
}

// patiently repeats what blobs or a dispatcher do while they are away, as long as
// Patience.
func (c Config) patiently(ctx context.Context, do func() error) error {
	until := time.Now().Add(c.Patience)
	for {
		err := do()
		if err == nil || !fault.Lost(err) || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// The cache holds sealed bytes by key; the enclave checks what it gets back.
func (w *Worker) cachePath(k wire.Digest) string {
	return filepath.Join(w.cfg.Dir, "cache", k.String())
}

func (w *Worker) cacheGet(q tacit.CacheAsk) ([]byte, error) {
	f, err := os.Open(w.cachePath(q.Key))
	if err != nil {
		return nil, fault.New(fault.APINotFound, "read code cache")
	}
	defer f.Close()
	if q.Offset == 0 {
		now := time.Now()
		_ = os.Chtimes(f.Name(), now, now) // only the order of forgetting hangs on it
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read code cache: %w", err)
	}
	if q.Offset < 0 || q.Offset > info.Size() {
		return nil, fault.New(fault.APIField, "read code cache: offset %d of %d", q.Offset, info.Size())
	}
	piece := make([]byte, min(info.Size()-q.Offset, wire.MaxMessage))
	if _, err := f.ReadAt(piece, q.Offset); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read code cache: %w", err)
	}
	return piece, nil
}

// cachePut adds a part to the session's own file, which takes its place in the
// cache when it is whole.
func (w *Worker) cachePut(s *session, p tacit.CachePart) error {
	w.cache.Lock()
	defer w.cache.Unlock()
	path := w.cachePath(p.Key)
	part := fmt.Sprintf("%s.part-%s-%d-%d", path, s.at.task, s.at.attempt, s.at.place)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("fill code cache: %w", err)
	}
	_, err = f.Write(p.Part.Data)
	size, serr := f.Seek(0, io.SeekCurrent)
	if cerr := f.Close(); err == nil {
		err = cmp.Or(serr, cerr)
	}
	if err == nil && size > w.cfg.Cache {
		err = fault.New(fault.APISize, "one program's code of more than %d bytes", w.cfg.Cache)
	}
	if err == nil && p.Part.Last {
		if err = os.Rename(part, path); err == nil {
			return w.forget()
		}
	}
	if err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("fill code cache: %w", err)
	}
	return nil
}

// forget removes what was used longest ago until the cache is within its
// bound. It looks at every entry, once per program that is new here.
func (w *Worker) forget() error {
	dir := filepath.Join(w.cfg.Dir, "cache")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("bound code cache: %w", err)
	}
	var files []os.FileInfo
	total := int64(0)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !strings.Contains(e.Name(), ".part-") {
			files = append(files, info)
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if total <= w.cfg.Cache {
			return nil
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return fmt.Errorf("bound code cache: %w", err)
		}
		total -= f.Size()
	}
	return nil
}
