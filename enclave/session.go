package enclave

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// talk is what is said to one run through channels of its user.
type talk struct {
	mu       sync.Mutex // guards what follows
	channels map[wire.Digest]*line
	order    []*line
	over     bool           // nothing more is taken
	inHand   sync.WaitGroup // requests
}

// line is the enclave's end of one of them.
type line struct {
	hello wire.Digest
	ends  *key.Channel

	mu   sync.Mutex // guards what follows
	seen window
	tree wire.GrowingTree
}

// begin takes a request in hand, until done is called; false if none is taken any more.
func (t *talk) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.inHand.Add(1)
	}
	return !t.over
}

// end takes nothing more, waits for what is in hand and says what was answered.
func (t *talk) end() (out []tacit.SessionReceipt) {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.inHand.Wait()
	for _, c := range t.order {
		out = append(out, c.receipt())
	}
	return out
}

func (t *talk) find(id wire.Digest) *line {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.channels[id]
}

// add keeps a new channel; false if it is there already, or too many are.
func (t *talk) add(id wire.Digest, c *line) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.channels[id] != nil || len(t.channels) >= tacit.MostChannels {
		return false
	}
	if t.channels == nil {
		t.channels = map[wire.Digest]*line{}
	}
	t.channels[id] = c
	t.order = append(t.order, c)
	return true
}

func (c *line) receipt() tacit.SessionReceipt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return tacit.SessionReceipt{Hello: c.hello, Requests: c.tree.Size(), Root: c.tree.Root()}
}

// opened is the message of a number, which none may have twice.
func (c *line) opened(number uint64, sealed []byte) ([]byte, error) {
	plain, err := c.ends.Open(number, sealed)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.seen.take(number) {
		return nil, fault.New(fault.SessionReplay, "open request %d of a session: it came before, or %d later ones did", number, windowSize)
	}
	return plain, nil
}

// windowSize is by how many numbers a request may be overtaken.
const windowSize = 1024

// A window knows which of the newest numbers were taken.
type window struct {
	highest uint64
	bits    [windowSize / 64]uint64 // of highest and those before it, by the number modulo windowSize
}

// take reports whether a number above 0 is new, and takes it.
func (w *window) take(n uint64) bool {
	at := func(n uint64) (*uint64, uint64) { return &w.bits[n%windowSize/64], 1 << (n % 64) }
	if n == 0 || n+windowSize <= w.highest {
		return false
	}
	if n > w.highest {
		if n-w.highest >= windowSize {
			w.bits = [windowSize / 64]uint64{}
		} else {
			for k := w.highest + 1; k <= n; k++ {
				word, bit := at(k)
				*word &^= bit
			}
		}
		w.highest = n
	}
	word, bit := at(n)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// session answers a request of a session, which the worker carries and cannot read.
func (a *Agent) session(ctx context.Context, r tacit.SessionRequest) (tacit.SessionReply, error) {
	t := a.task.Load()
	switch {
	case t == nil && a.ended.Load():
		return tacit.SessionReply{}, fault.New(fault.SessionOver, "serve session: its task has ended")
	case t == nil:
		return tacit.SessionReply{}, fault.New(fault.KeyFinality, "serve session: its task has not begun")
	}
	l := t.launched
	if r.Task != l.taskID || r.Attempt != l.request.Assignment.Attempt || r.Place != l.request.Place {
		return tacit.SessionReply{}, fault.New(fault.ConsField, "serve session: another task, attempt or place than runs here")
	}
	if !t.talk.begin() {
		return tacit.SessionReply{}, fault.New(fault.SessionOver, "serve session: it has ended")
	}
	defer t.talk.inHand.Done()
	if r.Number == 0 {
		// A task that is none has no channels: its dispatcher takes one for a sign that
		// it is a session, which need not keep its turn.
		if _, err := a.guest.Ask(ctx, frameServes, nil); err != nil {
			return tacit.SessionReply{}, err
		}
		return t.openChannel(r)
	}
	c := t.talk.find(r.Channel)
	if c == nil {
		return tacit.SessionReply{}, fault.New(fault.KeySignature, "serve session: there is no such channel")
	}
	message, err := c.opened(r.Number, r.Body)
	if err != nil {
		return tacit.SessionReply{}, err
	}
	if len(message) == 0 {
		return tacit.SessionReply{}, fault.New(fault.ProtoFrame, "serve session: a message of nothing")
	}
	switch message[0] {
	case tacit.SessionAsk:
		return a.forward(ctx, c, r.Number, message)
	case tacit.SessionEnd:
		if _, err := a.guest.Ask(ctx, frameEnd, nil); err != nil {
			return tacit.SessionReply{}, err
		}
		fallthrough
	case tacit.SessionSum:
		signed, err := wire.Marshal(tacit.SessionReceiptLabel, tacit.Sign(l.request.Network, t.sign, c.receipt()))
		return tacit.SessionReply{Body: c.ends.Seal(nil, r.Number, append([]byte{tacit.SessionSigned}, signed...))}, err
	}
	return tacit.SessionReply{}, fault.New(fault.ProtoFrame, "serve session: message of kind %d", message[0])
}

// openChannel takes a channel that the task's user opens to this very enclave.
func (t *run) openChannel(r tacit.SessionRequest) (tacit.SessionReply, error) {
	l := t.launched
	if len(r.Open) != 1 {
		return tacit.SessionReply{}, fault.New(fault.ProtoFrame, "open channel: %d secrets, want 1", len(r.Open))
	}
	want := tacit.SessionHello{Task: l.taskID, Assignment: l.request.Assignment.Hash(), Place: l.request.Place, Keys: l.reply.Keys.Hash()}
	secret, err := r.Open[0].OpenSecret(l.request.Network, l.request.Task.User, want, t.seal)
	if err != nil {
		return tacit.SessionReply{}, err
	}
	defer clear(secret)
	hello := r.Open[0].Hello.Body
	ends, err := key.NewChannel(secret, hello.Info(l.request.Network), false)
	if err != nil {
		return tacit.SessionReply{}, err
	}
	c := &line{hello: hello.Hash(), ends: ends}
	if !t.talk.add(hello.Channel, c) {
		return tacit.SessionReply{}, fault.New(fault.SessionReplay, "open channel: it is open already, or %d others are", tacit.MostChannels)
	}
	return tacit.SessionReply{Body: ends.Seal(nil, 0, []byte{tacit.SessionSigned})}, nil
}

// forward has the engine answer; what was answered goes into the tree before it leaves.
func (a *Agent) forward(ctx context.Context, c *line, number uint64, message []byte) (tacit.SessionReply, error) {
	digest := make(chan wire.Digest, 1)
	go func() { digest <- wire.Sum(message) }() // while the engine works
	got, err := a.guest.Ask(ctx, frameRequest, message[1:])
	if err != nil {
		<-digest // until then it reads the message
		return tacit.SessionReply{}, fault.New(fault.SessionLost, "serve session: its engine ended without an answer")
	}
	if len(got) == 0 || got[0] != tacit.SessionAnswer && got[0] != tacit.SessionRefusal {
		return tacit.SessionReply{}, fault.New(fault.ProtoFrame, "serve session: the engine's answer is none")
	}
	asked, answered := <-digest, wire.Sum(got)
	c.mu.Lock()
	index := c.tree.Size()
	c.tree.Add(tacit.SessionLeaf(number, asked, answered))
	c.mu.Unlock()
	out := make([]byte, 0, len(got)+8+key.ChannelOverhead)
	out = binary.BigEndian.AppendUint64(append(out, got[0]), index)
	out = append(out, got[1:]...)
	return tacit.SessionReply{Body: c.ends.Seal(nil, number, out)}, nil
}

// session answers what the agent asks of the child's session. No channel is opened to a job
// that has none.
func (c *child) session(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	select {
	case <-c.begun:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch s := c.serving; {
	case s == nil:
		return nil, fault.New(fault.SessionOver, "open channel: the task is no session")
	case kind == frameRequest:
		return s.answer(ctx, payload), nil
	case kind == frameEnd:
		s.end()
	}
	return nil, nil
}

// serving is what a child has of a session.
type serving struct {
	requests chan tacit.Request
	over     chan struct{} // closed when no more are taken
	left     chan struct{} // closed when the engine has returned

	mu     sync.Mutex // guards what follows
	most   uint64     // that are still taken, if bounded
	bound  bool
	ended  bool
	inHand sync.WaitGroup // that are being handed over
	why    []byte         // the refusal of what comes after the engine returned
}

func newServing(most uint64) *serving {
	return &serving{requests: make(chan tacit.Request), over: make(chan struct{}), left: make(chan struct{}), most: most, bound: most > 0}
}

// end has the engine see the end of the requests.
func (s *serving) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended = true
	close(s.over)
	go func() {
		s.inHand.Wait()
		close(s.requests)
	}()
}

// returned says that the engine answers nothing any more, and why: its own words, without
// data.
func (s *serving) returned(err error) {
	s.mu.Lock()
	s.why = overRefusal()
	if err != nil {
		s.why = refusalOf(fault.Of(err), err.Error())
	}
	s.mu.Unlock()
	close(s.left)
	s.end()
}

// refusalOf is a refusal as it crosses, behind its byte.
func refusalOf(code fault.Code, text string) []byte {
	text = strings.TrimPrefix(text, string(code)+": ") // it is said before
	return slices.Concat([]byte{tacit.SessionRefusal}, []byte(code), []byte{'\n'}, []byte(text))
}

// answer has the engine answer one request.
func (s *serving) answer(ctx context.Context, body []byte) []byte {
	s.mu.Lock()
	if s.ended {
		defer s.mu.Unlock()
		if s.why != nil {
			return s.why
		}
		return overRefusal()
	}
	last := false
	if s.bound && len(body) > 0 { // what the model wants may be asked for nothing
		s.most--
		last = s.most == 0
	}
	s.inHand.Add(1)
	s.mu.Unlock()
	if last {
		defer s.end()
	}
	answered := make(chan []byte, 1)
	request := tacit.Request{Body: body, Answer: func(answer []byte, refusal error) {
		if refusal != nil {
			answered <- refusalOf(fault.Of(refusal), refusal.Error())
			return
		}
		if len(answer) > tacit.MostRequest {
			answered <- refusalOf(fault.APISize, fmt.Sprintf("answer request: %d bytes, at most %d; ask for fewer rows or outputs at once", len(answer), tacit.MostRequest))
			return
		}
		answered <- append([]byte{tacit.SessionAnswer}, answer...)
	}}
	select {
	case s.requests <- request:
		s.inHand.Done()
	case <-s.left:
		s.inHand.Done()
		return s.after()
	case <-ctx.Done():
		s.inHand.Done()
		return overRefusal()
	}
	select {
	case out := <-answered:
		return out
	case <-ctx.Done(): // nobody is left to hear it
		return overRefusal()
	case <-s.left:
		select {
		case out := <-answered:
			return out
		default:
			return s.after()
		}
	}
}

// after is the refusal of what comes after the engine returned.
func (s *serving) after() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

func overRefusal() []byte {
	return refusalOf(fault.SessionOver, "ask session: it takes no more requests")
}
