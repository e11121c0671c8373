package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/raft"

	"tacit/fault"
	"tacit/wire"
)

// position is how far a log reaches.
type position struct {
	Term  uint64 `cbor:"1,keyasint"`
	Index uint64 `cbor:"2,keyasint"`
}

// below reports whether a log ends before another, as votes compare them.
func (p position) below(q position) bool {
	return p.Term < q.Term || p.Term == q.Term && p.Index < q.Index
}

// guard stands between raft and the network: it lets nothing through before the roll
// call, keeps a member that lacks what others know it had from giving or asking for
// votes, and remembers how far each peer acknowledged.
type guard struct {
	*raft.NetworkTransport
	of    *Replica
	out   chan raft.RPC
	ended context.Context

	mu    sync.Mutex // guards what follows
	open  bool       // the roll call is done
	had   position   // what others know that it acknowledged
	floor position   // what anybody had at the roll call: who leads must have it
	term  uint64     // up to here it may have voted before
	known map[wire.Address]position
}

var (
	_ raft.Transport   = (*guard)(nil)
	_ raft.WithPreVote = (*guard)(nil)
	_ raft.WithClose   = (*guard)(nil)
)

// errNotYet is what raft is told of messages that are held back.
var errNotYet = errors.New("this member has not finished its roll call")

// pass opens the guard.
func (g *guard) pass(had, floor position, term uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open, g.had, g.floor, g.term = true, had, floor, term
}

func (g *guard) passed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

// mayAsk says whether this member may ask others anything.
func (g *guard) mayAsk() error {
	if !g.passed() {
		return errNotYet
	}
	return g.of.broken()
}

// whole reports whether this member has again all that others know it had.
func (g *guard) whole() bool {
	g.mu.Lock()
	had, open := g.had, g.open
	g.mu.Unlock()
	return open && !g.of.position().below(had)
}

// mayLead reports whether this member has all that anybody had at its roll call.
func (g *guard) mayLead() bool {
	g.mu.Lock()
	floor, open := g.floor, g.open
	g.mu.Unlock()
	return open && !g.of.position().below(floor)
}

// noted is how far a peer is known to have acknowledged.
func (g *guard) noted(k wire.Address) position {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known[k]
}

// note remembers a peer's acknowledgement, or its vote in a term.
func (g *guard) note(id raft.ServerID, p position) {
	k, err := memberKey(id)
	if err != nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if was := g.known[k]; was.below(p) {
		g.known[k] = p
	}
}

// Consumer implements raft.Transport.
func (g *guard) Consumer() <-chan raft.RPC { return g.out }

// Run hands messages on to raft until ctx ends.
func (g *guard) run(ctx context.Context) {
	for {
		select {
		case rpc := <-g.NetworkTransport.Consumer():
			if err := g.allow(rpc.Command); err != nil {
				rpc.Respond(nil, err)
				continue
			}
			inner, answers := g.through(rpc)
			select {
			case g.out <- inner:
			case <-ctx.Done():
				return
			}
			go func() {
				select {
				case a := <-answers:
					g.reply(rpc, a)
				case <-ctx.Done():
					rpc.Respond(nil, ctx.Err())
				}
			}()
		case <-ctx.Done():
			return
		}
	}
}

// through is a message as raft gets it, and where its answer comes.
func (g *guard) through(rpc raft.RPC) (raft.RPC, chan raft.RPCResponse) {
	answers := make(chan raft.RPCResponse, 1)
	inner := rpc
	inner.RespChan = answers
	return inner, answers
}

// reply hands raft's answer on, unless the disk that it rests on has failed meanwhile.
func (g *guard) reply(rpc raft.RPC, a raft.RPCResponse) {
	if err := g.of.disk.check(); err != nil {
		rpc.Respond(nil, err)
		return
	}
	rpc.Respond(a.Response, a.Error)
}

// allow judges a message that came.
func (g *guard) allow(command any) error {
	if !g.passed() {
		return errNotYet
	}
	if err := g.of.broken(); err != nil {
		return err
	}
	switch req := command.(type) {
	case *raft.RequestVoteRequest:
		return g.mayVote(req.Term, position{req.LastLogTerm, req.LastLogIndex})
	case *raft.RequestPreVoteRequest:
		// It gives nothing away, whatever the term; refused, the candidate's term
		// would never grow.
		return g.mayVote(^uint64(0), position{req.LastLogTerm, req.LastLogIndex})
	case *raft.TimeoutNowRequest:
		if !g.mayLead() {
			return errNotYet
		}
	}
	return nil
}

// mayVote says whether a vote for a log of this position may be given in a term: not
// while this member lacks what it once had, not for a log that lacks it, and not in a
// term in which it may have voted.
func (g *guard) mayVote(term uint64, log position) error {
	g.mu.Lock()
	floor, voted := g.floor, g.term
	g.mu.Unlock()
	switch {
	case !g.whole():
		return fault.New(fault.StoreRollback, "give vote: this member is not caught up with what it once had")
	case log.below(floor):
		return fault.New(fault.StoreRollback, "give vote: the candidate lacks what was acknowledged")
	case term <= voted:
		return fault.Denied(fault.StoreRollback, "give vote", "term", fmt.Sprintf("above %d", voted), fmt.Sprint(term))
	}
	return nil
}

// SetHeartbeatHandler implements raft.Transport.
func (g *guard) SetHeartbeatHandler(cb func(raft.RPC)) {
	if cb == nil {
		g.NetworkTransport.SetHeartbeatHandler(nil)
		return
	}
	g.NetworkTransport.SetHeartbeatHandler(func(rpc raft.RPC) {
		if err := g.allow(rpc.Command); err != nil {
			rpc.Respond(nil, err)
			return
		}
		inner, answers := g.through(rpc)
		cb(inner)
		g.reply(rpc, <-answers)
	})
}

// AppendEntriesPipeline implements raft.Transport. One batch is under way at a time, so
// that there is nothing to pipeline.
func (g *guard) AppendEntriesPipeline(raft.ServerID, raft.ServerAddress) (raft.AppendPipeline, error) {
	return nil, raft.ErrPipelineReplicationNotSupported
}

// AppendEntries implements raft.Transport.
func (g *guard) AppendEntries(id raft.ServerID, to raft.ServerAddress, req *raft.AppendEntriesRequest, res *raft.AppendEntriesResponse) error {
	if err := g.mayAsk(); err != nil {
		return err
	}
	err := g.NetworkTransport.AppendEntries(id, to, req, res)
	if err == nil && res.Success {
		p := position{req.PrevLogTerm, req.PrevLogEntry}
		if n := len(req.Entries); n > 0 {
			p = position{req.Entries[n-1].Term, req.Entries[n-1].Index}
		}
		g.note(id, p)
	}
	return err
}

// RequestVote implements raft.Transport.
func (g *guard) RequestVote(id raft.ServerID, to raft.ServerAddress, req *raft.RequestVoteRequest, res *raft.RequestVoteResponse) error {
	if err := g.mayAsk(); err != nil {
		return err
	}
	if !g.mayLead() {
		return errNotYet
	}
	return g.NetworkTransport.RequestVote(id, to, req, res)
}

// RequestPreVote implements raft.WithPreVote.
func (g *guard) RequestPreVote(id raft.ServerID, to raft.ServerAddress, req *raft.RequestPreVoteRequest, res *raft.RequestPreVoteResponse) error {
	if err := g.mayAsk(); err != nil {
		return err
	}
	if !g.mayLead() {
		return errNotYet
	}
	return g.NetworkTransport.RequestPreVote(id, to, req, res)
}
