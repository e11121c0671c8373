// Package worker wires the worker role: the room, its connections to
// dispatchers, its tickets and the platform that opens enclaves.
package worker

import (
	"context"
	"log/slog"
	"sync"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/atls"
	"tacit/fault"
	"tacit/node"
	"tacit/rpc"
	"tacit/vrf"
	"tacit/watch"
	"tacit/wire"
	"tacit/worker"
)

// Config says what a worker process needs.
type Config struct {
	Node     node.Config // Role is set here
	Store    tacit.Store // keeps headers and what was left
	Poster   node.TicketPoster
	Docket   watch.Docket // by the node's own account, which pays gas
	VRF      *vrf.Key
	Open     func(ctx context.Context) (worker.Enclave, error)
	Images   map[string]func(ctx context.Context) (worker.Enclave, error)
	Dir      string
	Warm     int
	Capacity int
}

// answering is a worker that keeps what its enclaves leave, for demands.
type answering struct {
	*worker.Worker
	answer *watch.Answerer
	log    *slog.Logger
}

func (a answering) Run(ctx context.Context, req tacit.RunRequest) (tacit.RunReply, error) {
	r, err := a.Worker.Run(ctx, req)
	if err == nil && len(r.Refused) == 0 {
		// What is not kept is at worst answered for with a "cannot".
		if err := a.answer.Left(ctx, r.Leaf.Body); err != nil {
			a.log.Warn("result not kept for demands", "err", err)
		}
	}
	return r, err
}

// A carrier takes enclaves' uses of keys to dispatchers. They ask this worker over
// connections on which it only answers, so these are others, dialled when one is needed.
type carrier struct {
	n *node.Node

	mu sync.Mutex // guards what follows
	to map[wire.Address]rpc.Connect
}

func (c *carrier) use(ctx context.Context, dispatcher wire.Address, u tacit.UseRequest) (tacit.UseReply, error) {
	connect, err := c.dial(ctx, dispatcher)
	if err != nil {
		return tacit.UseReply{}, err
	}
	reply, err := rpc.Desk{Connect: connect}.Use(ctx, u)
	return reply, c.lost(dispatcher, err)
}

func (c *carrier) progress(ctx context.Context, dispatcher wire.Address, p tacit.Progress) error {
	connect, err := c.dial(ctx, dispatcher)
	if err == nil {
		_, err = rpc.Desk{Connect: connect}.Progress(ctx, p)
	}
	return c.lost(dispatcher, err)
}

func (c *carrier) dial(ctx context.Context, dispatcher wire.Address) (rpc.Connect, error) {
	c.mu.Lock()
	connect := c.to[dispatcher]
	c.mu.Unlock()
	if connect == nil {
		d, err := c.n.Gateway.Node(ctx, tacit.ProofRequest{Key: dispatcher})
		if err != nil {
			return nil, err
		}
		// That it is a dispatcher of that key the handshake shows.
		connect = c.n.Dial(d.Node.Node.Endpoint, atls.Want{Role: tacit.RoleDispatcher, Node: dispatcher})
		c.mu.Lock()
		if c.to == nil {
			c.to = map[wire.Address]rpc.Connect{}
		}
		c.to[dispatcher] = connect
		c.mu.Unlock()
	}
	return connect, nil
}

// lost forgets the way to a dispatcher that is away.
func (c *carrier) lost(dispatcher wire.Address, err error) error {
	if fault.Lost(err) {
		c.mu.Lock()
		delete(c.to, dispatcher) // it may be found elsewhere by now
		c.mu.Unlock()
	}
	return err
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleWorker
	cfg.Node.Store = cfg.Store
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	blobs, desk := n.Blobs(), &carrier{n: n}
	w, err := worker.New(worker.Config{
		Open: cfg.Open, Images: cfg.Images, Fetch: blobs.Chunk, FetchRun: blobs.Run, Put: blobs.Put, Use: desk.use, Tell: desk.progress, Dir: cfg.Dir, Warm: cfg.Warm, Capacity: cfg.Capacity, Room: n.Room, Log: n.Log(),
		Refuse: func(s tacit.Skip) tacit.Signed[tacit.Skip] {
			s.Worker = n.Key().Address()
			return tacit.Sign(n.ID(), n.Key(), s)
		},
	})
	if err != nil {
		return err
	}
	answer, err := watch.NewAnswerer(watch.AnswererConfig{Key: cfg.Node.Key, Store: cfg.Store, Headers: n.Follow, Docket: cfg.Docket, Log: n.Log()})
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeWorker(s, answering{w, answer, n.Log()})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error { return w.Serve(ctx) })
	group.Go(func() error { return answer.Run(ctx) })
	group.Go(func() error { return n.ServeDispatchers(ctx, s) })
	group.Go(func() error { return n.PostTickets(ctx, cfg.VRF, cfg.Poster) })
	return group.Wait()
}
