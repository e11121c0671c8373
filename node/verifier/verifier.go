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
	"tacit/watch"
)

// Config says what a verifier process needs.
type Config struct {
	Node   node.Config // Role is set here
	Store  tacit.Store
	Chain  tacit.Chain
	Poster node.TicketPoster
	VRF    *vrf.Key

	// By the node's own account, which pays bonds and gas and gets rewards.
	Disputes watch.Chain
	Docket   watch.Docket
}

// watched is a verifier that lets the watcher see what it is shown: after it has
// answered, since then what it checked is not checked again.
type watched struct {
	*verifier.Verifier
	watch *watch.Watcher
}

func (w watched) Appraise(ctx context.Context, c tacit.Case) (tacit.Signed[tacit.Vote], error) {
	vote, err := w.Verifier.Appraise(ctx, c)
	w.watch.SawCase(c)
	return vote, err
}

func (w watched) Batch(ctx context.Context, req tacit.BatchRequest) (tacit.BatchSig, error) {
	sig, err := w.Verifier.Batch(ctx, req)
	w.watch.SawBatch(req)
	return sig, err
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleVerifier
	cfg.Node.Store = cfg.Store
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	answer, err := watch.NewAnswerer(watch.AnswererConfig{Key: cfg.Node.Key, Store: cfg.Store, Headers: n.Follow, Docket: cfg.Docket, Log: n.Log()})
	if err != nil {
		return err
	}
	v, err := verifier.New(verifier.Config{
		Key: cfg.Node.Key, Store: cfg.Store, Headers: n.Follow, Schemes: cfg.Node.Schemes, Chain: cfg.Chain, Sample: n.Blobs().Chunk, Beside: answer.Voted,
	})
	if err != nil {
		return err
	}
	seen, err := watch.New(watch.Config{Store: cfg.Store, Headers: n.Follow, Chain: cfg.Disputes, Log: n.Log()})
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeVerifier(s, watched{v, seen})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error { return seen.Run(ctx) })
	group.Go(func() error { return answer.Run(ctx) })
	group.Go(func() error { return n.ServeGateway(ctx, s) })
	group.Go(func() error { return n.ServeDispatchers(ctx, s) })
	group.Go(func() error { return n.PostTickets(ctx, cfg.VRF, cfg.Poster) })
	return group.Wait()
}
