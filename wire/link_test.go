package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit/fault"
)

// linked runs both sides of a link and stops them at the test's end.
func linked(t *testing.T, host, guest Handler) (*Link, *Link) {
	t.Helper()
	a, b := net.Pipe()
	h, g := NewLink(a, true, host), NewLink(b, false, guest)
	run(t, h)
	run(t, g)
	return h, g
}

// run runs a link and returns where its error will be.
func run(t *testing.T, l *Link) <-chan error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var wg sync.WaitGroup
	wg.Go(func() { ended <- l.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return ended
}

func echo(_ context.Context, kind uint8, payload []byte) ([]byte, error) {
	return append([]byte{kind}, payload...), nil
}

func nobody(context.Context, uint8, []byte) ([]byte, error) {
	return nil, errors.New("asked")
}

func await[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing happens")
	}
	return v
}

func TestBothSidesAskAtOnce(t *testing.T) {
	h, g := linked(t, echo, echo)
	var wg sync.WaitGroup
	for side, l := range map[string]*Link{"host": h, "guest": g} {
		for i := range 20 {
			wg.Go(func() {
				for j := range 20 {
					want := fmt.Sprint(side, i, j)
					out, err := l.Ask(t.Context(), 7, []byte(want))
					if errors.Is(err, fault.ResBusy) {
						continue
					}
					if err != nil || string(out) != "\x07"+want {
						t.Errorf("Ask = %q, %v, want %q", out, err, want)
					}
				}
			})
		}
	}
	wg.Wait()
}

// Requests that fill every place wait for answers which come over the same
// link: the reader must go on.
func TestHandlersMayAskBack(t *testing.T) {
	var g *Link
	ready := make(chan struct{})
	guest := func(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
		<-ready
		return g.Ask(ctx, 9, payload)
	}
	var h *Link
	h, g = linked(t, echo, guest)
	close(ready)
	var wg sync.WaitGroup
	var busy, fine atomic.Int64
	for i := range linkPending + 16 {
		wg.Go(func() {
			out, err := h.Ask(t.Context(), 8, []byte{byte(i)})
			switch {
			case errors.Is(err, fault.ResBusy):
				busy.Add(1)
			case err != nil || !bytes.Equal(out, []byte{9, byte(i)}):
				t.Errorf("Ask = %q, %v", out, err)
			default:
				fine.Add(1)
			}
		})
	}
	wg.Wait()
	if fine.Load() < linkPending {
		t.Errorf("%d answered and %d refused, want at least %d answered", fine.Load(), busy.Load(), linkPending)
	}
}

func TestFaultsCrossAsTheirCode(t *testing.T) {
	h, _ := linked(t, nobody, func(_ context.Context, kind uint8, _ []byte) ([]byte, error) {
		switch kind {
		case 1:
			return nil, fmt.Errorf("run: %w", fault.New(fault.WasmTime, "the canary"))
		case 2:
			return nil, errors.New("the canary")
		case 3:
			return nil, fault.New("MADE_UP", "the canary")
		case 4:
			return make([]byte, MaxFrame+1), nil
		}
		return nil, nil
	})
	for kind, want := range map[uint8]fault.Code{
		1: fault.WasmTime, 2: fault.Internal, 3: fault.Internal, 4: fault.APISize, 5: "", frameReply: fault.ProtoFrame, frameFault: fault.ProtoFrame,
	} {
		_, err := h.Ask(t.Context(), kind, nil)
		if fault.Of(err) != want {
			t.Errorf("Ask of kind %d = %v, want %q", kind, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("Ask of kind %d tells what happened inside: %v", kind, err)
		}
	}
	if _, err := h.Ask(t.Context(), 5, make([]byte, MaxFrame+1)); fault.Of(err) != fault.APISize {
		t.Errorf("Ask with too much = %v, want API_SIZE", err)
	}
	if _, err := h.Ask(t.Context(), 5, make([]byte, MaxFrame)); err != nil {
		t.Errorf("twin: Ask with the most: %v", err)
	}
}

func rawFrame(n, stream uint32, kind uint8, payload ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, n)
	b = binary.BigEndian.AppendUint32(b, stream)
	return append(append(b, kind), payload...)
}

func TestMalformedFramesEndTheLink(t *testing.T) {
	for _, tt := range []struct {
		name string
		sent []byte
		want fault.Code
	}{
		{"twin: a whole request, then the end", rawFrame(1, 2, 7, 'x'), ""},
		{"twin: an answer that nobody waits for", rawFrame(1, 1, frameReply, 'x'), ""},
		{"the end at once", nil, ""},
		{"a head cut short", rawFrame(1, 2, 7)[:5], fault.ProtoFrame},
		{"a head only", rawFrame(1, 2, 7), fault.ProtoFrame},
		{"a payload cut short", rawFrame(4, 2, 7, 'x'), fault.ProtoFrame},
		{"a stream of this side", rawFrame(1, 1, 7, 'x'), fault.ProtoFrame},
		{"too long by one", rawFrame(MaxFrame+1, 2, 7), fault.ProtoFrame},
		{"4 GiB", rawFrame(1<<32-1, 2, 7), fault.ProtoFrame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := net.Pipe()
			ended := run(t, NewLink(a, true, echo))
			go func() { _, _ = io.Copy(io.Discard, b) }()
			if _, err := b.Write(tt.sent); err != nil {
				t.Log(err) // the link may have ended before it read all
			}
			// Give an answer in progress the time to be read.
			if tt.want == "" && len(tt.sent) > 0 {
				time.Sleep(10 * time.Millisecond)
			}
			b.Close()
			if err := await(t, ended); fault.Of(err) != tt.want {
				t.Errorf("Run = %v, want %q", err, tt.want)
			}
			if _, err := a.Write([]byte{0}); err == nil {
				t.Error("the stream is still open")
			}
		})
	}
}

// case N85 code PROTO_FRAME check wire/link.go:n
func TestN85OversizeFrameAllocatesNothing(t *testing.T) {
	alloc := func(head []byte) uint64 {
		var before, after runtime.MemStats
		r := bytes.NewReader(head)
		runtime.ReadMemStats(&before)
		_, _, _, err := readFrame(r, fresh)
		runtime.ReadMemStats(&after)
		if fault.Of(err) != fault.ProtoFrame {
			t.Errorf("readFrame = %v, want PROTO_FRAME", err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, n := range []uint32{MaxFrame + 1, 1 << 30, 1<<32 - 1} {
		if got := alloc(rawFrame(n, 1, 7)); got > 1<<20 {
			t.Errorf("a frame that claims %d bytes took %d", n, got)
		}
	}
	t.Run("twin: the largest frame", func(t *testing.T) {
		if _, _, p, err := readFrame(bytes.NewReader(frame(1, 7, make([]byte, MaxFrame))), fresh); err != nil || len(p) != MaxFrame {
			t.Errorf("readFrame = %d bytes, %v", len(p), err)
		}
	})
}

func TestCloseFailsWhatWaits(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(h, g *Link)
	}{
		{"closed here", func(h, _ *Link) { _ = h.Close() }},
		{"closed there", func(_, g *Link) { _ = g.Close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := net.Pipe()
			asked := make(chan struct{})
			h, g := NewLink(a, true, nobody), NewLink(b, false, func(ctx context.Context, _ uint8, _ []byte) ([]byte, error) {
				close(asked)
				<-ctx.Done()
				return nil, ctx.Err()
			})
			hostEnd, guestEnd := run(t, h), run(t, g)
			failed := make(chan error, 1)
			go func() {
				_, err := h.Ask(context.Background(), 7, nil)
				failed <- err
			}()
			await(t, asked)
			tt.end(h, g)
			if err := await(t, failed); fault.Of(err) != fault.Unreachable {
				t.Errorf("Ask = %v, want NET_UNREACHABLE", err)
			}
			if err := await(t, hostEnd); err != nil {
				t.Errorf("Run of the host = %v", err)
			}
			if err := await(t, guestEnd); err != nil {
				t.Errorf("Run of the guest = %v", err)
			}
			if _, err := h.Ask(t.Context(), 7, nil); fault.Of(err) != fault.Unreachable {
				t.Errorf("Ask afterwards = %v, want NET_UNREACHABLE", err)
			}
		})
	}
}

func TestContextsEndAskAndRun(t *testing.T) {
	a, b := net.Pipe() // nobody reads b
	defer b.Close()
	l := NewLink(a, true, nobody)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	short, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if _, err := l.Ask(short, 7, []byte("nobody reads this")); fault.Of(err) != fault.TaskTimeout {
		t.Errorf("Ask of a peer that does not read = %v, want TASK_TIMEOUT", err)
	}
	cancel()
	if err := await(t, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want that the context ended", err)
	}
}

func TestFloodIsRefusedThenEnded(t *testing.T) {
	a, b := net.Pipe() // answers are never read
	hold := make(chan struct{})
	l := NewLink(a, true, func(ctx context.Context, _ uint8, _ []byte) ([]byte, error) {
		select {
		case <-hold:
		case <-ctx.Done():
		}
		return nil, nil
	})
	ended := run(t, l)
	defer close(hold)
	for range 3 * linkPending {
		if _, err := b.Write(rawFrame(0, 2, 7)); err != nil {
			break
		}
	}
	if err := await(t, ended); fault.Of(err) != fault.ProtoFrame {
		t.Errorf("Run = %v, want PROTO_FRAME", err)
	}
}

func TestTypedMessagesOverALink(t *testing.T) {
	type req struct {
		A uint64 `cbor:"1,keyasint"`
	}
	type res struct {
		B uint64 `cbor:"1,keyasint"`
	}
	h, _ := linked(t, nobody, func(_ context.Context, _ uint8, payload []byte) ([]byte, error) {
		return Answer(testLabel, payload, func(r req) (res, error) {
			if r.A == 0 {
				return res{}, fault.New(fault.APINotFound, "none")
			}
			return res{r.A * 2}, nil
		})
	})
	if got, err := AskFor[res](t.Context(), h, 3, testLabel, req{21}); err != nil || got.B != 42 {
		t.Errorf("AskFor = %v, %v", got, err)
	}
	if _, err := AskFor[res](t.Context(), h, 3, testLabel, req{}); fault.Of(err) != fault.APINotFound {
		t.Errorf("AskFor = %v, want API_NOT_FOUND", err)
	}
	if _, err := AskFor[res](t.Context(), h, 3, "tacit/other", req{21}); fault.Of(err) != fault.APIField {
		t.Errorf("AskFor under another label = %v, want API_FIELD", err)
	}
	if _, err := AskFor[req](t.Context(), h, 3, testLabel, struct{}{}); fault.Of(err) != fault.APIField {
		t.Errorf("AskFor with another message = %v, want API_FIELD", err)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(rawFrame(1, 2, 7, 'x'))
	f.Add(rawFrame(1<<32-1, 2, 7, 'x'))
	f.Add(rawFrame(0, 0, 0)[:8])
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		stream, kind, payload, err := readFrame(r, fresh)
		if err != nil {
			if err != io.EOF && fault.Of(err) != fault.ProtoFrame {
				t.Fatalf("readFrame = %v", err)
			}
			if err == io.EOF && len(data) > 0 {
				t.Fatal("a frame cut short counts as the end")
			}
			return
		}
		if !bytes.Equal(frame(stream, kind, payload), data[:len(data)-r.Len()]) {
			t.Fatal("the frame is not what was read")
		}
	})
}

func BenchmarkAsk(b *testing.B) {
	x, y := net.Pipe()
	h, g := NewLink(x, true, nobody), NewLink(y, false, echo)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	go func() { _ = h.Run(ctx) }()
	go func() { _ = g.Run(ctx) }()
	for b.Loop() {
		if _, err := h.Ask(ctx, 7, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// frame is the encoding of a frame, written the short way.
func frame(stream uint32, kind uint8, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	b = binary.BigEndian.AppendUint32(b, stream)
	return append(append(b, kind), payload...)
}

func fresh(_ uint32, _ uint8, size int) []byte { return make([]byte, size) }

// An answer lies in the room that was given for it, whatever its size; one that
// does not fit is returned all the same.
func TestAnAnswerLiesInItsRoom(t *testing.T) {
	a, b := net.Pipe()
	answer := bytes.Repeat([]byte("tacit"), small)
	sides := []*Link{NewLink(a, true, nil), NewLink(b, false, func(context.Context, uint8, []byte) ([]byte, error) { return answer, nil })}
	for _, l := range sides {
		go l.Run(t.Context())
	}
	for _, tt := range []struct {
		name string
		room int
		in   bool
	}{
		{"more room", len(answer) + 1, true},
		{"just room", len(answer), true},
		{"too little room", len(answer) - 1, false},
		{"no room", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			room := make([]byte, tt.room)
			got, err := sides[0].AskInto(t.Context(), 1, nil, room)
			if err != nil || !bytes.Equal(got, answer) {
				t.Fatalf("AskInto = %d bytes, %v", len(got), err)
			}
			if in := len(room) > 0 && &got[0] == &room[0]; in != tt.in {
				t.Errorf("it lies in the room: %v, want %v", in, tt.in)
			}
			if cap(got) > max(len(got), tt.room) && tt.in {
				t.Errorf("it can grow over what follows it in the room")
			}
		})
	}
}

// The memory of a large request is used again for the next one, and only once nobody
// answers from it any more.
func TestLargeRequestsDoNotMeetInMemory(t *testing.T) {
	h, _ := linked(t, nobody, func(_ context.Context, _ uint8, payload []byte) ([]byte, error) {
		sum := sha256.Sum256(payload)
		time.Sleep(time.Millisecond)
		if sha256.Sum256(payload) != sum {
			return nil, errors.New("it changed")
		}
		return append(sum[:], payload[len(payload)-1]), nil
	})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			payload := make([]byte, 2*small+i)
			for k := range 30 {
				for j := range payload {
					payload[j] = byte(i*30 + k)
				}
				sum := sha256.Sum256(payload)
				got, err := h.Give(t.Context(), 7, payload)
				if err != nil || !bytes.Equal(got, append(sum[:], byte(i*30+k))) {
					t.Errorf("answer %x, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
