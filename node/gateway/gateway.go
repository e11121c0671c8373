// Package gateway wires the gateway role: the room, its listener and the
// verifiers that connect to it.
package gateway

import (
	"context"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/gateway"
	"tacit/node"
	"tacit/rpc"
)

// Config says what a gateway process needs.
type Config struct {
	Node   node.Config // Role is set here
	Listen string      // host:port
	Store  tacit.Store
	Chain  tacit.Chain
	Poster gateway.Poster

	PrivateHooks bool // webhooks may be inside this network, as on a devnet
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleGateway
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	g, err := gateway.New(ctx, gateway.Config{
		Genesis: cfg.Node.Network.Genesis, Epochs: cfg.Node.Network.Epochs, Chain: cfg.Chain, Poster: cfg.Poster, Store: cfg.Store, Log: n.Log(),
		PrivateHooks: cfg.PrivateHooks,
	})
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeGateway(s, g)
	rpc.ServeNotifier(s, g)
	rpc.ServeAnchorer(s, g)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return g.Run(ctx) })
	group.Go(func() error { return node.ServeHealth(ctx, cfg.Node.Health, g.Ready) })
	group.Go(func() error {
		// By key only: whatever is asked or offered here is public or signed.
		return n.Listen(ctx, cfg.Listen, true, []tacit.Role{
			tacit.RoleClient, tacit.RoleWorker, tacit.RoleVerifier, tacit.RoleManager, tacit.RoleDispatcher, tacit.RoleBlobs,
			tacit.RoleManager | tacit.RoleReplica, tacit.RoleDispatcher | tacit.RoleReplica,
		}, s, func(ctx context.Context, c *rpc.Client) {
			if c.Peer.Role != tacit.RoleVerifier {
				return
			}
			defer g.Join(c.Peer.Node, &rpc.Verifier{Connect: rpc.Over(c)})()
			select {
			case <-c.Done():
			case <-ctx.Done():
			}
		})
	})
	return group.Wait()
}
