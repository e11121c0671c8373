package node

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/fault"
)

// reattestEvery is the longest that a connection to a role in an enclave lives: the
// next one is attested anew. A process makes new evidence once per epoch (show), so
// that a day never passes on old evidence.
const reattestEvery = 20 * time.Hour

// reproveSide is how many peers are looked up in the registry at a time.
const reproveSide = 16

// live are the connections to registered peers.
type live struct {
	mu    sync.Mutex // guards what follows
	conns map[*held]bool
}

// held is one of them; it is forgotten when it is closed.
type held struct {
	*atls.Conn
	of    *live
	since time.Time
	shown uint64 // newest epoch whose header showed the registration; rejudge alone changes it
}

// Close closes and forgets.
func (h *held) Close() error {
	h.of.mu.Lock()
	delete(h.of.conns, h)
	h.of.mu.Unlock()
	return h.Conn.Close()
}

// hold keeps an eye on a connection from now on: policies that come later can end
// it, and so does its peer's leaving the registry. It is judged once more here, for
// the case that newer policies came between its handshake and now. Clients, and
// gateways and those whom they see, are registered to nobody and not held.
func (n *Node) hold(ctx context.Context, c *atls.Conn) net.Conn {
	if c.Peer.Epoch == 0 {
		return c
	}
	h := &held{Conn: c, of: &n.live, since: time.Now(), shown: c.Peer.Epoch}
	n.live.mu.Lock()
	if n.live.conns == nil {
		n.live.conns = map[*held]bool{}
	}
	n.live.conns[h] = true
	n.live.mu.Unlock()
	if set, err := n.Follow.Policies(ctx, n.Follow.View().Header); err == nil {
		n.end(set, time.Now(), h)
	}
	return h
}

// rejudge holds every live peer against each new header: its claims against the
// policies, itself against the registry. Connections to those who are no longer
// accepted end within that header's epoch. Of policies that cannot be had it asks until
// they can; until then nothing new is admitted either.
func (n *Node) rejudge(ctx context.Context) error {
	for next := uint64(1); ; {
		if err := n.Follow.Wait(ctx, next); err != nil {
			return ctx.Err()
		}
		h := n.Follow.View().Header
		set, err := n.Follow.Policies(ctx, h)
		if err != nil {
			n.cfg.Log.Warn("no policies to judge peers by", "epoch", h.Number, "err", err)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(retryEvery):
			}
			continue
		}
		next = h.Number + 1
		n.live.mu.Lock()
		all := make([]*held, 0, len(n.live.conns))
		for c := range n.live.conns {
			all = append(all, c)
		}
		n.live.mu.Unlock()
		n.end(set, time.Now(), all...)
		n.endUnregistered(ctx, h, all)
	}
}

// endUnregistered closes connections to peers that a header's registry no longer has
// in their role. One that is leaving may end what it began; new connections with it are
// refused. That a peer is gone is the gateway's word, which could as well keep headers
// back. A peer of whom nothing is heard ends with the proof that it showed.
func (n *Node) endUnregistered(ctx context.Context, h tacit.EpochHeader, conns []*held) {
	var group errgroup.Group
	group.SetLimit(reproveSide)
	for _, c := range conns {
		if c.Peer.Role&tacit.RoleReplica != 0 {
			continue // the registry knows its group, and the group knows it
		}
		group.Go(func() error {
			err := n.reprove(ctx, h, c.Peer)
			if err == nil {
				c.shown = h.Number
				return nil
			}
			if ctx.Err() != nil || !errors.Is(err, fault.TLSRole) && h.Number <= c.shown+proofEpochs {
				return nil
			}
			n.cfg.Log.Warn("peer disconnected", "role", tacit.RoleNames(c.Peer.Role), "node", c.Peer.Node.String(), "code", string(fault.Of(err)), "err", err)
			_ = c.Close() // it may be closed already
			return nil
		})
	}
	_ = group.Wait() // none returns an error
}

// reprove is nil if the peer is registered in its role under a header, TLS_ROLE if it
// is not, and another error if that is not known.
func (n *Node) reprove(ctx context.Context, h tacit.EpochHeader, peer tacit.Caller) error {
	r, err := n.Gateway.Node(ctx, tacit.ProofRequest{Epoch: h.Number, Key: peer.Node})
	gone := fault.New(fault.TLSRole, "keep a connection: %s is no longer registered as %s in epoch %d", peer.Node, tacit.RoleNames(peer.Role), h.Number)
	if errors.Is(err, fault.APINotFound) {
		return gone
	}
	if err != nil {
		return err
	}
	node, err := r.Node.Check(h)
	if err != nil {
		return err
	}
	if node.Key != peer.Node {
		return fault.Denied(fault.ChainProof, "keep a connection", "node", peer.Node.String(), node.Key.String())
	}
	if node.Roles&peer.Role == 0 {
		return gone
	}
	return nil
}

// end closes those connections whose peer a set does not accept at now, or that
// are older than they may be.
func (n *Node) end(set attest.PolicySet, now time.Time, conns ...*held) {
	for _, h := range conns {
		if !h.Peer.Attested() {
			continue
		}
		c := *h.Peer.Claims
		short := set.Appraise(uint16(h.Peer.Role.Image()), h.Peer.Node, c, c.Data, now)
		switch {
		case len(short) > 0:
			n.cfg.Log.Warn("peer disconnected", "role", tacit.RoleNames(h.Peer.Role), "node", h.Peer.Node.String(), "code", string(fault.Of(short[0])), "err", short[0])
		case now.Sub(h.since) >= reattestEvery:
			n.cfg.Log.Info("peer attests anew", "role", tacit.RoleNames(h.Peer.Role), "node", h.Peer.Node.String())
		default:
			continue
		}
		_ = h.Close() // it may be closed already
	}
}
