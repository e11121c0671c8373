package replica

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A Network opens channels between members. Both ends of each were attested: what is
// at the other end runs an image that the policies accept, and holds the key that is
// named. Whether it is a member is judged here.
type Network interface {
	// Dial opens a channel to a member; one that shows another key is an error.
	Dial(ctx context.Context, to Member) (net.Conn, error)
	// Accept waits for a channel and says whose it is.
	Accept() (net.Conn, wire.Address, error)
	// Close ends Accept.
	Close() error
}

// Kinds of channel, as the greeting says.
const (
	kindRaft uint8 = 1 // raft's own messages
	kindAsk  uint8 = 2 // questions and answers, one at a time
)

// greeting opens every channel, in both directions. Membership is the newest that the
// sender knows; a newer one is taken over, whoever brings it, for the operator signed
// it.
type greeting struct {
	Group      wire.Digest              `cbor:"1,keyasint"`
	Kind       uint8                    `cbor:"2,keyasint"`
	Membership tacit.Signed[Membership] `cbor:"3,keyasint"`
	Code       string                   `cbor:"4,keyasint"` // of a refusal, else empty
}

const (
	labelGreeting = "tacit/store/greeting/1"
	labelAsk      = "tacit/store/ask/1"
	labelAnswer   = "tacit/store/answer/1"
	greetWait     = 5 * time.Second
	mostMessage   = 1 << 20
)

// send writes one message behind its length.
func send(w io.Writer, label string, v any) error {
	b, err := wire.Marshal(label, v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

// receive reads one message.
func receive(r io.Reader, label string, v any) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > mostMessage {
		return fault.New(fault.APISize, "read message of a member: %d bytes, at most %d", n, mostMessage)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	return wire.Unmarshal(label, b, v)
}

// judge says whether the holder of a key may be at the other end, by the newest
// membership that is known.
func (r *Replica) judge(k wire.Address, g greeting) error {
	const op = "judge member"
	if g.Group != r.group {
		return fault.Denied(fault.StorePeer, op, "group", r.group.Short(), g.Group.Short())
	}
	if err := r.learn(g.Membership); err != nil {
		return err
	}
	if !r.belongs(k) {
		return fault.New(fault.StorePeer, "%s: %s is no member of this group", op, k)
	}
	return nil
}

// belongs reports whether a key is a member's: of the newest membership, or one that
// still has a vote, without which the group may not be able to let it go.
func (r *Replica) belongs(k wire.Address) bool {
	if _, ok := r.members().find(k); ok {
		return true
	}
	if !r.guard.passed() {
		return false
	}
	f := r.raft.GetConfiguration()
	return f.Error() == nil && slices.ContainsFunc(f.Configuration().Servers, func(s raft.Server) bool { return s.ID == serverID(k) })
}

// hello is what this member says first.
func (r *Replica) hello(kind uint8, err error) greeting {
	g := greeting{Group: r.group, Kind: kind, Membership: r.signed()}
	if err != nil {
		g.Code = string(fault.Of(err))
	}
	return g
}

// dial opens a channel to a member.
func (r *Replica) dial(ctx context.Context, to Member, kind uint8) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, greetWait)
	defer cancel()
	conn, err := r.cfg.Network.Dial(ctx, to)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline) // a conn without deadlines waits for its end instead
	var theirs greeting
	err = send(conn, labelGreeting, r.hello(kind, nil))
	if err == nil {
		err = receive(conn, labelGreeting, &theirs)
	}
	switch {
	case err != nil:
	case theirs.Code != "":
		_ = r.learn(theirs.Membership) // it may say why
		err = fault.New(fault.Parse(theirs.Code), "reach member %s: it refused this one", to.Key)
	default:
		err = r.judge(to.Key, theirs)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, conn.SetDeadline(time.Time{})
}

// accept takes channels until the network closes.
func (r *Replica) accept(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, who, err := r.cfg.Network.Accept()
		if err != nil {
			return
		}
		wg.Go(func() {
			stop := context.AfterFunc(ctx, func() { conn.Close() })
			defer stop()
			if err := r.welcome(ctx, conn, who); err != nil {
				r.cfg.Log.Info("member refused", "who", who, "err", err)
				conn.Close()
			}
		})
	}
}

// welcome judges who opened a channel and hands it on; it returns when the channel has
// ended or is raft's.
func (r *Replica) welcome(ctx context.Context, conn net.Conn, who wire.Address) error {
	_ = conn.SetDeadline(time.Now().Add(greetWait))
	var theirs greeting
	if err := receive(conn, labelGreeting, &theirs); err != nil {
		return err
	}
	err := r.judge(who, theirs)
	if e := send(conn, labelGreeting, r.hello(theirs.Kind, err)); e != nil || err != nil {
		return errors.Join(err, e)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	held := r.hold(conn, who)
	switch theirs.Kind {
	case kindRaft:
		select {
		case r.stream.ready <- held:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	case kindAsk:
		defer held.Close()
		in := bufio.NewReader(held)
		for {
			var q ask
			if err := receive(in, labelAsk, &q); err != nil {
				return nil // the other end has gone
			}
			if err := send(held, labelAnswer, r.answer(who, q)); err != nil {
				return nil
			}
		}
	}
	return errors.Join(fault.New(fault.APIField, "open channel: kind %d", theirs.Kind), held.Close())
}

// held is a channel to a member; it ends when its member is expelled.
type held struct {
	net.Conn
	of  *Replica
	who wire.Address
}

// Close closes and forgets.
func (h *held) Close() error {
	h.of.mu.Lock()
	delete(h.of.channels, h)
	h.of.mu.Unlock()
	return h.Conn.Close()
}

func (r *Replica) hold(conn net.Conn, who wire.Address) *held {
	h := &held{conn, r, who}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.channels[h] = true
	return h
}

// expel ends the channels of whoever is no member any more.
func (r *Replica) expel() {
	var open []*held
	r.mu.Lock()
	for h := range r.channels {
		open = append(open, h)
	}
	r.mu.Unlock()
	for _, h := range open {
		if !r.belongs(h.who) {
			h.Close()
		}
	}
}

// stream is raft's way to the channels.
type stream struct {
	of    *Replica
	ctx   context.Context
	ready chan net.Conn
}

var _ raft.StreamLayer = (*stream)(nil)

// Accept implements net.Listener.
func (s *stream) Accept() (net.Conn, error) {
	select {
	case c := <-s.ready:
		return c, nil
	case <-s.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener; the context ends it.
func (s *stream) Close() error { return nil }

// Addr implements net.Listener.
func (s *stream) Addr() net.Addr { return address(s.of.self.Address) }

type address string

// Network implements net.Addr.
func (a address) Network() string { return "tcp" }

// String implements net.Addr.
func (a address) String() string { return string(a) }

// Dial implements raft.StreamLayer: addresses are those of the membership.
func (s *stream) Dial(at raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(s.ctx, timeout)
	defer cancel()
	for _, p := range s.of.reachable() {
		if p.Address == string(at) {
			conn, err := s.of.dial(ctx, p, kindRaft)
			if err != nil {
				return nil, err
			}
			return s.of.hold(conn, p.Key), nil
		}
	}
	return nil, fault.New(fault.StorePeer, "reach %s: no member has this address", at)
}

// reachable are the members, and those that left and still have a vote.
func (r *Replica) reachable() []Member {
	m := r.members()
	list := slices.Clone(m.Members)
	f := r.raft.GetConfiguration()
	if f.Error() != nil {
		return list
	}
	for _, s := range f.Configuration().Servers {
		k, err := memberKey(s.ID)
		if _, ok := m.find(k); err == nil && !ok {
			list = append(list, Member{Key: k, Address: string(s.Address)})
		}
	}
	return list
}

// asker asks one member, one question at a time.
type asker struct {
	of *Replica
	to wire.Address

	mu   sync.Mutex // guards what follows; held while a question waits for its answer
	conn net.Conn
	in   *bufio.Reader
}

// ask sends a question and waits for its answer until ctx ends.
func (a *asker) ask(ctx context.Context, q ask) (answer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out answer
	if err := ctx.Err(); err != nil {
		return out, err
	}
	if a.conn == nil {
		to, ok := a.of.members().find(a.to)
		if !ok {
			return out, fault.New(fault.StorePeer, "ask %s: it is no member", a.to)
		}
		conn, err := a.of.dial(ctx, to, kindAsk)
		if err != nil {
			return out, err
		}
		a.conn = a.of.hold(conn, a.to)
		a.in = bufio.NewReader(a.conn)
	}
	conn := a.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err := send(conn, labelAsk, q)
	if err == nil {
		err = receive(a.in, labelAnswer, &out)
	}
	if !stop() || err != nil {
		conn.Close()
		a.conn = nil
		if err == nil {
			err = ctx.Err()
		}
	}
	if err == nil && out.Code != "" {
		err = fault.New(fault.Parse(out.Code), "ask member %s: it refused", a.to)
	}
	if err != nil {
		return out, fmt.Errorf("ask member %s: %w", a.to.String()[:10], err)
	}
	return out, nil
}

// close ends the channel.
func (a *asker) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn != nil {
		a.conn.Close()
		a.conn = nil
	}
}
