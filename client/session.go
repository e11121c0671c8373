package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A Session is a channel to the enclave that runs a task of this account. It is safe for
// concurrent use.
type Session struct {
	ID      wire.Digest
	Attempt uint8
	Case    tacit.Case // judged before anything was said

	c     *Client
	hello tacit.SessionHello
	ends  *key.Channel

	mu     sync.Mutex // guards what follows
	number uint64
	leaves map[uint64]wire.Digest // of answers, by their index in the enclave's tree, that are not in tree yet
	tree   wire.GrowingTree
	past   uint64                             // the highest index of an answer, and one
	last   tacit.Signed[tacit.SessionReceipt] // the newest that holds, if it is of any request
}

// askAgain is how soon an enclave that has not begun is asked again.
const askAgain = 50 * time.Millisecond

// OpenSession waits until the enclave of a task runs, judges by itself where it runs (the
// draw, the evidence) and opens a channel to the key that the evidence binds. A task that
// failed answers with why, one that has run with SESSION_OVER.
func (c *Client) OpenSession(ctx context.Context, id wire.Digest) (*Session, error) {
	opened, err := awaited(ctx, c, c.cfg.Dispatcher.Opened, id)
	if err != nil {
		return nil, err
	}
	v, err := c.judgeCase(ctx, id, opened.Case)
	if err != nil {
		return nil, err
	}
	network := c.cfg.Genesis.Network(c.cfg.Epochs)
	secret := key.NewChannelSecret()
	defer clear(secret)
	s := &Session{ID: id, Attempt: v.Assignment.Attempt, Case: opened.Case, c: c, leaves: map[uint64]wire.Digest{}}
	s.hello = tacit.SessionHello{
		Task: id, Assignment: v.Assignment.Hash(), Place: opened.Case.Place, Keys: opened.Case.Keys.Hash(), Channel: wire.Sum(secret),
	}
	open, err := s.hello.SealSecret(network, c.cfg.Key, opened.Case.Keys.Seal, secret)
	if err != nil {
		return nil, err
	}
	if s.ends, err = key.NewChannel(secret, s.hello.Info(network), true); err != nil {
		return nil, err
	}
	for {
		r := s.request(0)
		r.Open = []tacit.SessionOpen{open}
		reply, err := c.cfg.Dispatcher.Session(ctx, r)
		if errors.Is(err, fault.KeyFinality) && ctx.Err() == nil { // its keys are on their way
			time.Sleep(askAgain)
			continue
		}
		if err != nil {
			return nil, err
		}
		got, err := s.ends.Open(0, reply.Body)
		if err != nil || !bytes.Equal(got, []byte{tacit.SessionSigned}) {
			return nil, fault.New(fault.ResultKey, "open session: the answer is not the enclave's")
		}
		return s, nil
	}
}

func (s *Session) request(number uint64) tacit.SessionRequest {
	return tacit.SessionRequest{Task: s.ID, Attempt: s.Attempt, Place: s.hello.Place, Channel: s.hello.Channel, Number: number}
}

// ask carries one message there and its answer back.
func (s *Session) ask(ctx context.Context, message []byte) ([]byte, uint64, error) {
	if len(message) > tacit.MostRequest {
		return nil, 0, fault.New(fault.APISize, "ask session: %d bytes, at most %d in one request; send fewer rows at once, or bytes instead of floats", len(message), tacit.MostRequest)
	}
	s.mu.Lock()
	s.number++
	number := s.number
	s.mu.Unlock()
	r := s.request(number)
	r.Body = s.ends.Seal(nil, number, message)
	reply, err := s.c.cfg.Dispatcher.Session(ctx, r)
	if err != nil {
		if fault.Lost(err) {
			err = fault.New(fault.SessionLost, "ask session of task %s: %w", s.ID.Short(), err)
		}
		return nil, number, err
	}
	got, err := s.ends.Open(number, reply.Body)
	if err != nil || len(got) == 0 {
		return nil, number, fault.New(fault.ResultKey, "ask session of task %s: the answer is not the enclave's", s.ID.Short())
	}
	return got, number, nil
}

// Ask has the enclave answer one request. What it refuses is an error with the code and
// text that the engine gave; SESSION_LOST means that the enclave is gone, SESSION_OVER that
// its time, its fuel or its requests are.
func (s *Session) Ask(ctx context.Context, body []byte) ([]byte, error) {
	message := append(append(make([]byte, 0, 1+len(body)), tacit.SessionAsk), body...)
	digest := make(chan wire.Digest, 1)
	go func() { digest <- wire.Sum(message) }() // while it is on its way
	got, number, err := s.ask(ctx, message)
	asked := <-digest
	if err != nil {
		return nil, err
	}
	if len(got) < tacit.SessionAnswerHead || got[0] != tacit.SessionAnswer && got[0] != tacit.SessionRefusal {
		return nil, fault.New(fault.ResultKey, "ask session of task %s: the answer is none", s.ID.Short())
	}
	index := binary.BigEndian.Uint64(got[1:])
	kind, answer := got[0], got[tacit.SessionAnswerHead:]
	got[tacit.SessionAnswerHead-1] = kind // the message without its index
	if !s.note(index, tacit.SessionLeaf(number, asked, wire.Sum(got[tacit.SessionAnswerHead-1:]))) {
		return nil, fault.New(fault.ResultKey, "ask session of task %s: two answers have one place in its receipt", s.ID.Short())
	}
	if kind == tacit.SessionRefusal {
		code, text, _ := bytes.Cut(answer, []byte{'\n'})
		return nil, fault.New(fault.Parse(string(code)), "%s", text)
	}
	return answer, nil
}

// note keeps what stands at an index of the enclave's tree; false if something does.
func (s *Session) note(index uint64, leaf wire.Digest) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.leaves[index]; taken || index < s.tree.Size() {
		return false
	}
	s.leaves[index], s.past = leaf, max(s.past, index+1)
	for {
		next, ok := s.leaves[s.tree.Size()]
		if !ok {
			return true
		}
		delete(s.leaves, s.tree.Size())
		s.tree.Add(next)
	}
}

// Receipt asks the enclave to sign what it has answered so far, and holds that against what
// this end had as answers. Where requests are in hand meanwhile only the signature is
// checked.
func (s *Session) Receipt(ctx context.Context) (tacit.Signed[tacit.SessionReceipt], error) {
	return s.sum(ctx, tacit.SessionSum)
}

// End has the session take no more requests, from anybody, and returns its last receipt.
// The task then ends like any other.
func (s *Session) End(ctx context.Context) (tacit.Signed[tacit.SessionReceipt], error) {
	return s.sum(ctx, tacit.SessionEnd)
}

func (s *Session) sum(ctx context.Context, kind byte) (tacit.Signed[tacit.SessionReceipt], error) {
	var signed tacit.Signed[tacit.SessionReceipt]
	s.mu.Lock()
	came := s.past // what comes while the receipt is on its way need not be in it
	s.mu.Unlock()
	got, _, err := s.ask(ctx, []byte{kind})
	if err != nil {
		return signed, err
	}
	bad := func(why string) error {
		return fault.New(fault.ResultKey, "check receipt of session %s: %s", s.ID.Short(), why)
	}
	if got[0] != tacit.SessionSigned {
		return signed, bad("it is none")
	}
	if err := wire.Unmarshal(tacit.SessionReceiptLabel, got[1:], &signed); err != nil {
		return signed, err
	}
	r, err := signed.Check(s.c.cfg.Genesis.Network(s.c.cfg.Epochs), s.Case.Keys.Receipt)
	if err != nil {
		return signed, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Hello != s.hello.Hash():
		return signed, bad("it is of another channel")
	case r.Requests < came:
		return signed, bad("it leaves out answers that came")
	case r.Requests == s.tree.Size() && r.Root != s.tree.Root():
		return signed, bad("it names other requests or answers than there were")
	}
	if r.Requests >= s.last.Body.Requests {
		s.last = signed
	}
	return signed, nil
}

// Last is the newest receipt that was had and held, as far as there is one: what is left of
// a session that was lost.
func (s *Session) Last() (tacit.Signed[tacit.SessionReceipt], bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.last.Body.Hello == s.hello.Hash()
}

// Answered is how many answers came.
func (s *Session) Answered() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tree.Size() + uint64(len(s.leaves))
}
