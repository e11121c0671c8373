// Package verifier wires the verifier role: the room, its connections to
// dispatchers and the gateway, and its tickets.
package verifier

import (
	"context"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/node"
	"tacit/rpc"
	"tacit/verifier"
	"tacit/vrf"
)

// Config says what a verifier process needs.
type Config struct {
	Node   node.Config // Role is set here
	Store  tacit.Store
	Chain  tacit.Chain
	Poster node.TicketPoster
	VRF    *vrf.Key
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleVerifier
	cfg.Node.Store = cfg.Store
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	v, err := verifier.New(verifier.Config{
		Key: cfg.Node.Key, Store: cfg.Store, Headers: n.Follow, Schemes: cfg.Node.Schemes, Chain: cfg.Chain, Sample: n.Blobs().Chunk,
	})
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeVerifier(s, v)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error { return n.ServeGateway(ctx, s) })
	group.Go(func() error { return n.ServeDispatchers(ctx, s) })
	group.Go(func() error { return n.PostTickets(ctx, cfg.VRF, cfg.Poster) })
	return group.Wait()
}
