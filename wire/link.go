package wire

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"sync"

	"tacit/fault"
)

// MaxFrame is the largest payload of a frame, in bytes.
const MaxFrame = MaxMessage + 64

// The two kinds of frames that a Link keeps for itself; requests use the
// others.
const (
	frameReply uint8 = 0
	frameFault uint8 = 255
)

// linkPending bounds the requests of the other side in progress; what it asks
// beyond them is RES_BUSY.
const linkPending = 64

// A Handler answers a request of the other side. The payload is the link's again once
// the answer was sent: what is to stay of it is copied.
type Handler func(ctx context.Context, kind uint8, payload []byte) ([]byte, error)

// A Link is a framed two-way channel over any byte stream: an inherited socket,
// vsock or TCP. Each frame is its payload's length (4 bytes), a stream number
// (4 bytes), a kind (1 byte) and the payload. Both sides may ask; an answer
// bears the stream number of its request. A fault crosses as its code only, so
// that nothing else of what went wrong inside leaves. A Link is safe for
// concurrent use.
type Link struct {
	conn   io.ReadWriteCloser
	handle Handler
	first  uint32

	write sync.Mutex // serialises frames

	mu      sync.Mutex // guards what follows
	next    uint32
	waiting map[uint32]waiting
	spare   [][]byte // of large requests that were answered
	closed  bool     // Run has ended
	closing bool     // Close was called
}

// waiting is a request whose answer has not come.
type waiting struct {
	reply chan linkReply
	room  []byte // where the answer is to lie, if it fits
}

type linkReply struct {
	payload []byte
	err     error
}

// NewLink makes one side of a link. The two sides differ in host, so that
// their stream numbers never meet.
func NewLink(conn io.ReadWriteCloser, host bool, handle Handler) *Link {
	l := &Link{conn: conn, handle: handle, waiting: map[uint32]waiting{}}
	if host {
		l.first = 1
	}
	l.next = l.first
	return l
}

// Run reads frames until the stream ends or ctx does, then closes the stream
// and fails every request that still waits. It returns nil when either side
// closed between two frames, the error of ctx, PROTO_FRAME after a malformed
// frame, and NET_UNREACHABLE when the stream broke.
func (l *Link) Run(ctx context.Context) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.conn.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer l.fail()
	defer cancel()
	slots, excess := make(chan struct{}, linkPending), make(chan struct{}, linkPending)
	r := bufio.NewReaderSize(l.conn, 64<<10)
	for {
		stream, kind, payload, err := readFrame(r, l.room)
		if err != nil {
			return l.ended(outer, err)
		}
		if kind == frameReply || kind == frameFault {
			l.deliver(stream, kind, payload)
			continue
		}
		if stream&1 == l.first&1 {
			return fault.New(fault.ProtoFrame, "read frame: stream %d belongs to this side", stream)
		}
		// Never wait for a slot here: the requests that hold them may wait for
		// answers that only this loop reads.
		select {
		case slots <- struct{}{}:
			wg.Go(func() {
				defer func() { <-slots }()
				l.answer(ctx, stream, kind, payload)
				l.reuse(payload)
			})
			continue
		default:
		}
		select {
		case excess <- struct{}{}:
			wg.Go(func() {
				defer func() { <-excess }()
				_ = l.send(stream, frameFault, []byte(fault.ResBusy))
			})
		default:
			return fault.New(fault.ProtoFrame, "read frame: the other side asks and asks and reads no answer")
		}
	}
}

// ended says why no further frame could be read.
func (l *Link) ended(ctx context.Context, err error) error {
	l.mu.Lock()
	closed := l.closing
	l.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == io.EOF || closed:
		return nil
	case fault.Of(err) == fault.ProtoFrame:
		return err
	}
	return fault.New(fault.Unreachable, "read frame: %w", err)
}

func (l *Link) answer(ctx context.Context, stream uint32, kind uint8, payload []byte) {
	out, err := l.handle(ctx, kind, payload)
	if err == nil && len(out) > MaxFrame {
		err = fault.New(fault.APISize, "answer over link: %d bytes, at most %d", len(out), MaxFrame)
	}
	if err != nil {
		_ = l.send(stream, frameFault, []byte(fault.Of(err)))
		return
	}
	_ = l.send(stream, frameReply, out)
}

// Ask sends a request and waits for its answer. A refusal bears the code of
// the other side; API_SIZE is a payload above MaxFrame, NET_UNREACHABLE a
// closed or broken link and TASK_TIMEOUT the end of ctx.
func (l *Link) Ask(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	return l.AskInto(ctx, kind, payload, nil)
}

// AskInto is Ask with room for the answer: one that fits is read into it and no
// memory is taken. After an error the room must not be used any more, as an
// answer may still arrive there.
func (l *Link) AskInto(ctx context.Context, kind uint8, payload, room []byte) ([]byte, error) {
	return l.ask(ctx, kind, slices.Clone(payload), room) // the caller may go on while it is written
}

// Give is Ask with a payload that is not copied: nobody may change it before Give
// returns, nor ever after an error.
func (l *Link) Give(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	return l.ask(ctx, kind, payload, nil)
}

// ask is AskInto with a payload that nobody else holds.
func (l *Link) ask(ctx context.Context, kind uint8, payload, room []byte) ([]byte, error) {
	if kind == frameReply || kind == frameFault {
		return nil, fault.New(fault.ProtoFrame, "ask: kind %d is reserved", kind)
	}
	if len(payload) > MaxFrame {
		return nil, fault.New(fault.APISize, "ask over link: %d bytes, at most %d", len(payload), MaxFrame)
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, fault.New(fault.Unreachable, "ask over link: it is closed")
	}
	stream := l.next
	l.next += 2
	ch := make(chan linkReply, 1)
	l.waiting[stream] = waiting{ch, room}
	l.mu.Unlock()
	// Beside this call, which must end with ctx even if the other side reads
	// nothing. The frame goes out whole or the stream breaks.
	go func() {
		if l.send(stream, kind, payload) != nil {
			l.deliver(stream, frameFault, []byte(fault.Unreachable))
		}
	}()
	select {
	case r := <-ch:
		return r.payload, r.err
	case <-ctx.Done():
		l.mu.Lock()
		delete(l.waiting, stream)
		l.mu.Unlock()
		return nil, fault.New(fault.TaskTimeout, "ask over link: %w", ctx.Err())
	}
}

// Close ends the link.
func (l *Link) Close() error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	return l.conn.Close()
}

func (l *Link) deliver(stream uint32, kind uint8, payload []byte) {
	l.mu.Lock()
	w, ok := l.waiting[stream]
	delete(l.waiting, stream)
	l.mu.Unlock()
	if !ok {
		return // an answer that nobody waits for any more
	}
	if kind == frameFault {
		w.reply <- linkReply{nil, fault.New(fault.Parse(string(payload)), "ask over link: refused by the other side")}
		return
	}
	w.reply <- linkReply{payload, nil}
}

// room is where the payload of a frame is read to.
func (l *Link) room(stream uint32, kind uint8, size int) []byte {
	if kind == frameReply {
		l.mu.Lock()
		defer l.mu.Unlock()
		if r := l.waiting[stream].room; size <= len(r) {
			return r[:size:size]
		}
	} else if size > small {
		l.mu.Lock()
		defer l.mu.Unlock()
		for i, b := range l.spare {
			if size <= cap(b) {
				l.spare = slices.Delete(l.spare, i, i+1)
				return b[:size]
			}
		}
	}
	return make([]byte, size)
}

// spares is how many buffers of large requests are kept: those of one that is answered
// and of one that comes meanwhile.
const spares = 2

// reuse keeps the memory of a large request for the next one.
func (l *Link) reuse(payload []byte) {
	if len(payload) <= small {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.spare) < spares {
		l.spare = append(l.spare, payload)
	}
}

func (l *Link) fail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for s, w := range l.waiting {
		delete(l.waiting, s)
		w.reply <- linkReply{nil, fault.New(fault.Unreachable, "ask over link: it closed")}
	}
}

// small is up to which payload it is cheaper to copy than to write twice.
const small = 16 << 10

// send writes one frame and does not keep the payload.
func (l *Link) send(stream uint32, kind uint8, payload []byte) error {
	head := make([]byte, 9, 9+min(len(payload), small))
	binary.BigEndian.PutUint32(head, uint32(len(payload)))
	binary.BigEndian.PutUint32(head[4:], stream)
	head[8] = kind
	if len(payload) <= small {
		head, payload = append(head, payload...), nil
	}
	l.write.Lock()
	defer l.write.Unlock()
	if _, err := l.conn.Write(head); err != nil || payload == nil {
		return err
	}
	_, err := l.conn.Write(payload)
	return err
}

// readFrame reads one frame; the length is judged before anything is
// allocated for it. A frame that is too long or cut short is PROTO_FRAME.
func readFrame(r io.Reader, room func(stream uint32, kind uint8, size int) []byte) (stream uint32, kind uint8, payload []byte, err error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, nil, cutShort(err)
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxFrame {
		return 0, 0, nil, fault.New(fault.ProtoFrame, "read frame: %d bytes, at most %d", n, MaxFrame)
	}
	stream, kind = binary.BigEndian.Uint32(head[4:]), head[8]
	payload = room(stream, kind, int(n))
	if _, err := io.ReadFull(r, payload); err == io.EOF {
		return 0, 0, nil, cutShort(io.ErrUnexpectedEOF)
	} else if err != nil {
		return 0, 0, nil, cutShort(err)
	}
	return stream, kind, payload, nil
}

func cutShort(err error) error {
	if err == io.ErrUnexpectedEOF {
		return fault.New(fault.ProtoFrame, "read frame: cut short")
	}
	return err
}

// AskFor asks with typed messages under one label.
func AskFor[Res any](ctx context.Context, l *Link, kind uint8, label string, req any) (Res, error) {
	var res Res
	b, err := Marshal(label, req)
	if err != nil {
		return res, err
	}
	out, err := l.ask(ctx, kind, b, nil)
	if err != nil {
		return res, err
	}
	err = Unmarshal(label, out, &res)
	return res, err
}

// Answer decodes a request, has it answered and encodes the answer.
func Answer[Req, Res any](label string, payload []byte, answer func(Req) (Res, error)) ([]byte, error) {
	var req Req
	if err := Unmarshal(label, payload, &req); err != nil {
		return nil, err
	}
	res, err := answer(req)
	if err != nil {
		return nil, err
	}
	return Marshal(label, res)
}
