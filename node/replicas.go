package node

import (
	"context"
	"net"
	"sync"

	"tacit"
	"tacit/atls"
	"tacit/fault"
	"tacit/wire"
)

// Replicas are the attested channels between the members of one group: each shows the
// evidence of its image under its own key. They end when the policies do not accept the
// other end any more.
type Replicas struct {
	n        *Node
	listener *atls.Listener
	accepted chan *atls.Conn
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Replicas listens for the other members of this node's group. The node's Role is that
// of its image with RoleReplica. Close ends it.
func (n *Node) Replicas(address string) (*Replicas, error) {
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fault.New(fault.Unreachable, "listen for replicas on %s: %w", address, err)
	}
	cfg := n.full()
	cfg.Admit = []tacit.Role{n.cfg.Role}
	r := &Replicas{n: n, listener: atls.Listen(inner, cfg), accepted: make(chan *atls.Conn)}
	r.listener.Refused = func(remote net.Addr, err error) {
		n.cfg.Log.Info("replica refused", "remote", remote.String(), "err", err)
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.running.Go(func() { _ = r.listener.Run(r.ctx) }) // it ends with the context
	return r, nil
}

// Accept waits for a member's channel and returns whose key it showed.
func (r *Replicas) Accept() (net.Conn, wire.Address, error) {
	c, err := r.listener.Accept()
	if err != nil {
		return nil, wire.Address{}, err
	}
	conn := c.(*atls.Conn)
	return r.n.hold(r.ctx, conn), conn.Peer.Node, nil
}

// Dial opens a channel to the member of a key.
func (r *Replicas) Dial(ctx context.Context, address string, k wire.Address) (net.Conn, error) {
	conn, err := atls.Dial(ctx, address, r.n.full(), atls.Want{Role: r.n.cfg.Role, Node: k}, false)
	if err != nil {
		return nil, err
	}
	return r.n.hold(r.ctx, conn), nil
}

// Close ends Accept and waits for it.
func (r *Replicas) Close() error {
	r.cancel()
	err := r.listener.Close()
	r.running.Wait()
	return err
}
