// Package dispatcher wires the dispatcher role: the room, its listener, and the
// managers, verifiers and workers that connect to it.
package dispatcher

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/node"
	"tacit/rpc"
	"tacit/vrf"
	"tacit/wire"
)

// Config says what a dispatcher process needs.
type Config struct {
	Node   node.Config // Role is set here
	Listen string      // host:port
	Store  tacit.Store
	VRF    *vrf.Key
}

// peers are who is connected now, by role and key.
type peers struct {
	gateway rpc.Gateway

	mu    sync.Mutex // guards what follows
	nodes map[tacit.Role]map[wire.Address]*rpc.Client
}

func (p *peers) find(role tacit.Role, key wire.Address) (rpc.Connect, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.nodes[role][key]
	if c == nil {
		return nil, fault.New(fault.Unreachable, "ask %s %s: it is not connected", tacit.RoleNames(role), key)
	}
	return rpc.Over(c), nil
}

func (p *peers) Manager(key wire.Address) (tacit.KeyReleaser, error) {
	c, err := p.find(tacit.RoleManager, key)
	return rpc.Manager{Connect: c}, err
}

func (p *peers) Verifier(key wire.Address) (tacit.Verifier, error) {
	c, err := p.find(tacit.RoleVerifier, key)
	return rpc.Verifier{Connect: c}, err
}

func (p *peers) Worker(key wire.Address) (tacit.Executor, error) {
	c, err := p.find(tacit.RoleWorker, key)
	return rpc.Worker{Connect: c}, err
}

func (p *peers) Gateway() (tacit.Gateway, error) { return p.gateway, nil }

// places is how many tasks may be in hand at a time at most: as many as a worker
// takes by default for each that is connected, so that what waits, waits here in
// turns and not there.
func (p *peers) places() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(leastPlaces, placesPerWorker*len(p.nodes[tacit.RoleWorker]))
}

const (
	leastPlaces     = 8
	placesPerWorker = 4
)

// joined keeps a peer until it leaves; a newer connection of the same node
// takes its place.
func (p *peers) joined(ctx context.Context, c *rpc.Client) {
	p.mu.Lock()
	if p.nodes[c.Peer.Role] == nil {
		p.nodes[c.Peer.Role] = map[wire.Address]*rpc.Client{}
	}
	p.nodes[c.Peer.Role][c.Peer.Node] = c
	p.mu.Unlock()
	select {
	case <-c.Done():
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nodes[c.Peer.Role][c.Peer.Node] == c {
		delete(p.nodes[c.Peer.Role], c.Peer.Node)
	}
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleDispatcher
	cfg.Node.Store = cfg.Store
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	p := &peers{gateway: n.Gateway, nodes: map[tacit.Role]map[wire.Address]*rpc.Client{}}
	d, err := dispatcher.New(ctx, dispatcher.Config{
		Key: cfg.Node.Key, VRF: cfg.VRF, Store: cfg.Store, Headers: n.Follow, Peers: p, Fetch: n.Blobs().Chunk, InHand: p.places, Room: n.Room, Log: n.Log(),
	})
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeDispatcher(s, d)
	rpc.ServeDesk(s, d)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error { return d.Run(ctx) })
	group.Go(func() error {
		return n.Listen(ctx, cfg.Listen, false, []tacit.Role{
			tacit.RoleClient, tacit.RoleWorker, tacit.RoleVerifier, tacit.RoleManager,
		}, s, p.joined)
	})
	return group.Wait()
}
