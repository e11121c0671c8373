package worker

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sync"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A result is what an enclave hands over in parts, sealed, on its way to blobs. It lies in
// a file until it is there, so that it can be sent again. An enclave that says first how
// much will come has it sent on while it comes.
type result struct {
	taking sync.Mutex // one frame at a time

	mu    sync.Mutex // guards what follows
	most  int64      // bytes; set before the enclave runs
	file  *os.File
	size  int64         // bytes in the file
	grown chan struct{} // closed when there are more
	said  int64         // how many bytes there will be; 0 if the enclave did not say
	early chan uploaded // what became of sending it on; nil if nobody does
	stop  context.CancelFunc
	root  wire.Digest // where it lies at blobs, once it is whole
}

type uploaded struct {
	root wire.Digest
	err  error
}

// take takes a frame as tacit.FrameOutput says. With the last part the whole goes to blobs.
func (r *result) take(ctx context.Context, cfg Config, frame []byte) error {
	r.taking.Lock()
	defer r.taking.Unlock()
	if len(frame) == 0 {
		return fault.New(fault.ProtoFrame, "take result: an empty frame")
	}
	what, data := frame[0], frame[1:]
	switch {
	case what == tacit.OutputSize:
		return r.expect(ctx, cfg, data)
	case what != tacit.OutputMore && what != tacit.OutputLast:
		return fault.New(fault.ProtoFrame, "take result: a frame that begins with %d", what)
	}
	if err := r.add(cfg, data); err != nil || what == tacit.OutputMore {
		return err
	}
	root, err := r.leave(ctx, cfg)
	if err != nil {
		return fmt.Errorf("leave result at blobs: %w", err)
	}
	// gofail: var workerLeft struct{}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.root = root
	return nil
}

// expect begins to send on what will come.
func (r *result) expect(ctx context.Context, cfg Config, data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(data) != 8 || r.file != nil || r.said != 0 {
		return fault.New(fault.ProtoFrame, "take result: its size must be 8 bytes, once, before all parts")
	}
	size := binary.BigEndian.Uint64(data)
	if size == 0 || r.most < 0 || size > uint64(r.most) {
		return fault.New(fault.APISize, "take result: more than %d bytes, or none", r.most)
	}
	if err := r.open(cfg); err != nil {
		return err
	}
	r.said = int64(size)
	early := make(chan uploaded, 1)
	ctx, stop := context.WithCancel(ctx)
	r.early, r.stop = early, stop
	go func() {
		defer close(early)
		root, err := cfg.Put(ctx, &arriving{ctx: ctx, result: r}, int64(size))
		early <- uploaded{root, err}
	}()
	return nil
}

// open makes the file; mu is held.
func (r *result) open(cfg Config) error {
	if r.file != nil {
		return nil
	}
	f, err := os.CreateTemp(cfg.Dir, resultPattern)
	if err != nil {
		return fmt.Errorf("take result: %w", err)
	}
	r.file, r.grown = f, make(chan struct{})
	return nil
}

// add writes a part to the file.
func (r *result) add(cfg Config, data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	most := r.most
	if r.said > 0 {
		most = min(most, r.said)
	}
	switch {
	case !r.root.IsZero():
		return fault.New(fault.ProtoFrame, "take result: a part after the last")
	case int64(len(data)) > most-r.size:
		return fault.New(fault.APISize, "take result: more than %d bytes", most)
	}
	if err := r.open(cfg); err != nil {
		return err
	}
	if _, err := r.file.WriteAt(data, r.size); err != nil {
		return fmt.Errorf("take result: %w", err)
	}
	r.size += int64(len(data))
	close(r.grown)
	r.grown = make(chan struct{})
	return nil
}

// leave has the whole at blobs: what was sent on is there soon, anything else is sent now,
// and again while blobs are away.
func (r *result) leave(ctx context.Context, cfg Config) (root wire.Digest, err error) {
	r.mu.Lock()
	file, size, said, early := r.file, r.size, r.said, r.early
	r.mu.Unlock()
	if said > size {
		r.stop() // whoever sends it on would wait for what does not come
		return root, fault.New(fault.ProtoFrame, "%d bytes came of the %d that were said to", size, said)
	}
	if early != nil {
		if sent, ok := <-early; ok && sent.err == nil {
			return sent.root, nil
		}
	}
	err = cfg.patiently(ctx, func() (err error) {
		root, err = cfg.Put(ctx, io.NewSectionReader(file, 0, size), size)
		return err
	})
	return root, err
}

// arriving reads a result while it comes, up to the size that was said.
type arriving struct {
	ctx    context.Context
	result *result
	at     int64
}

// Seek goes back to the beginning, for another store of blobs than the one that refused.
func (a *arriving) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, fault.New(fault.Internal, "send result on: it is read from its beginning only")
	}
	a.at = 0
	return 0, nil
}

func (a *arriving) Read(p []byte) (int, error) {
	r := a.result
	for {
		r.mu.Lock()
		file, size, said, grown := r.file, r.size, r.said, r.grown
		r.mu.Unlock()
		switch {
		case a.at == said:
			return 0, io.EOF
		case a.at < size:
			n, err := file.ReadAt(p[:min(int64(len(p)), size-a.at)], a.at)
			a.at += int64(n)
			if n > 0 {
				err = nil
			}
			return n, err
		}
		select {
		case <-grown:
		case <-a.ctx.Done():
			return 0, a.ctx.Err()
		}
	}
}

// put is where the result lies, zero if it is not whole.
func (r *result) put() wire.Digest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.root
}

// discard removes the file; the result is at blobs or lost.
func (r *result) discard() {
	r.mu.Lock()
	r.most = 0
	early, stop := r.early, r.stop
	r.mu.Unlock()
	if early != nil {
		stop()
		for range early { // until nobody reads the file any more
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		r.file.Close()
		_ = os.Remove(r.file.Name()) // New removes what stays
	}
	r.file = nil
}
