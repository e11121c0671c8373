package rpc

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// uploads bounds how many blobs may arrive at once, and uploadTime how long one
// may stand still.
const (
	uploads    = 64
	uploadTime = time.Minute
)

// A Receiver takes blobs in parts and stores them whole. It holds no part in
// memory: each goes on to the store at once.
type Receiver struct {
	store tacit.Blobs
	room  func() error   // an error refuses new blobs
	from  []wire.Address // who may store; nil is everybody

	mu   sync.Mutex // guards what follows
	open map[wire.Digest]*upload
}

type upload struct {
	pipe  *io.PipeWriter
	size  int64
	timer *time.Timer

	done chan struct{} // closed once the store has said what follows
	root wire.Digest
	err  error

	mu     sync.Mutex // held over a part: a caller may send two at once
	offset int64
}

// ServeBlobs answers the calls of a blob store. Anybody may fetch: what lies
// there is ciphertext. While room returns an error no new blob is begun; those of others
// than from, unless it is nil, are STORE_DENIED.
func ServeBlobs(s *Server, store tacit.Blobs, room func() error, from []wire.Address) {
	r := &Receiver{store: store, room: room, from: from, open: map[wire.Digest]*upload{}}
	Handle(s, blobsPut, everybody, r.put)
	Handle(s, blobsChunk, everybody, func(ctx context.Context, q tacit.ChunkAsk) (tacit.Chunk, error) {
		return store.Chunk(ctx, q.Root, q.Index)
	})
	Handle(s, blobsRun, everybody, func(ctx context.Context, q tacit.RunAsk) (RunReply, error) {
		run, err := store.Run(ctx, q.Root, q.Index)
		return RunReply{run}, err
	})
}

func (r *Receiver) put(ctx context.Context, p PutPart) (PutDone, error) {
	u, err := r.upload(ctx, p)
	if err != nil {
		return PutDone{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if p.Offset != u.offset || p.Offset+int64(len(p.Data)) > u.size || (len(p.Data) == 0 && u.size > 0) {
		r.drop(p.Upload, u, fault.New(fault.APISize, "store blob: part at %d of %d bytes, expected at %d", p.Offset, u.size, u.offset))
		return PutDone{}, fault.New(fault.APISize, "store blob: part at %d of %d bytes, expected at %d", p.Offset, u.size, u.offset)
	}
	u.timer.Reset(uploadTime)
	if _, err := u.pipe.Write(p.Data); err != nil {
		<-u.done
		r.drop(p.Upload, u, err)
		return PutDone{}, u.err
	}
	u.offset += int64(len(p.Data))
	if u.offset < u.size {
		return PutDone{}, nil
	}
	u.pipe.Close()
	<-u.done
	r.drop(p.Upload, u, io.EOF)
	return PutDone{Root: u.root}, u.err
}

// upload finds the upload of a part, or begins it with the first.
func (r *Receiver) upload(ctx context.Context, p PutPart) (*upload, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u, ok := r.open[p.Upload]; ok {
		if u.size != p.Size {
			return nil, fault.New(fault.APIConflict, "store blob: its size changed on the way")
		}
		return u, nil
	}
	if p.Offset != 0 || p.Size < 0 {
		return nil, fault.New(fault.APINotFound, "store blob: no such upload")
	}
	if r.from != nil {
		if caller, err := tacit.CallerOf(ctx); err != nil || !slices.Contains(r.from, caller.Node) {
			return nil, fault.New(fault.StoreDenied, "store blob: this store keeps what its operator's accounts bring, and nothing else")
		}
	}
	if err := r.room(); err != nil {
		return nil, err
	}
	if len(r.open) >= uploads {
		return nil, fault.New(fault.ResBusy, "store blob: %d uploads are in hand", len(r.open))
	}
	pr, pw := io.Pipe()
	u := &upload{pipe: pw, size: p.Size, done: make(chan struct{})}
	u.timer = time.AfterFunc(uploadTime, func() { r.drop(p.Upload, u, fault.New(fault.TaskTimeout, "store blob: it stood still")) })
	r.open[p.Upload] = u
	ctx = context.WithoutCancel(ctx) // the upload outlives the call that began it
	go func() {
		u.root, u.err = r.store.Put(ctx, pr, p.Size)
		pr.CloseWithError(u.err)
		close(u.done)
	}()
	return u, nil
}

func (r *Receiver) drop(id wire.Digest, u *upload, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u.timer.Stop()
	u.pipe.CloseWithError(why)
	if r.open[id] == u { // else another has begun under its name since
		delete(r.open, id)
	}
}

func randomDigest() (d wire.Digest, err error) {
	if _, err := rand.Read(d[:]); err != nil {
		return d, fmt.Errorf("make random value: %w", err)
	}
	return d, nil
}
