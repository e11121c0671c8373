package node

import (
	"context"
	"net"
	"sync"
	"time"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/fault"
)

// reattestEvery is the longest that a connection to a role in an enclave lives: the
// next one is attested anew. A process makes new evidence once per epoch (show), so
// that a day never passes on old evidence.
const reattestEvery = 20 * time.Hour

// live are the connections to peers that showed evidence.
type live struct {
	mu    sync.Mutex // guards what follows
	conns map[*held]bool
}

// held is one of them; it is forgotten when it is closed.
type held struct {
	*atls.Conn
	of    *live
	since time.Time
}

// Close closes and forgets.
func (h *held) Close() error {
	h.of.mu.Lock()
	delete(h.of.conns, h)
	h.of.mu.Unlock()
	return h.Conn.Close()
}

// hold keeps an eye on a connection from now on: policies that come later can end
// it. It is judged once more here, for the case that newer ones came between its
// handshake and now.
func (n *Node) hold(ctx context.Context, c *atls.Conn) net.Conn {
	if c.Peer.Claims == nil {
		return c
	}
	h := &held{Conn: c, of: &n.live, since: time.Now()}
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

// rejudge holds every live peer's claims against the policies of each new header,
// and ends connections that these no longer accept, within that header's epoch. Of
// policies that cannot be had it asks until they can; until then nothing new is
// admitted either.
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
	}
}

// end closes those connections whose peer a set does not accept at now, or that
// are older than they may be.
func (n *Node) end(set attest.PolicySet, now time.Time, conns ...*held) {
	for _, h := range conns {
		c := *h.Peer.Claims
		short := set.Appraise(uint16(h.Peer.Role), h.Peer.Node, c, c.Data, now)
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
