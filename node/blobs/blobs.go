// Package blobs wires a blob store: ciphertext by digest, on whoever's disk.
package blobs

import (
	"context"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/node"
	"tacit/rpc"
	"tacit/wire"
)

// Config says what a blobs process needs.
type Config struct {
	Node   node.Config // Role is set here
	Listen string      // host:port
	Store  tacit.Blobs
	From   []wire.Address // whose blobs it keeps, such as a party's own; nil is everybody's
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleBlobs
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeBlobs(s, cfg.Store, n.Room, cfg.From)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error {
		return n.Listen(ctx, cfg.Listen, false, []tacit.Role{
			tacit.RoleClient, tacit.RoleWorker, tacit.RoleVerifier, tacit.RoleDispatcher,
		}, s, nil)
	})
	return group.Wait()
}
