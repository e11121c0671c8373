package gateway

import (
	"context"
	"strconv"

	"tacit"
	"tacit/fault"
)

var _ tacit.Anchorer = (*Gateway)(nil)

// Anchor brings a checkpoint of a node's store to the chain and returns what the
// registry holds afterwards. What is anchored already, or older, costs nothing.
func (g *Gateway) Anchor(ctx context.Context, a tacit.Signed[tacit.Anchor]) (tacit.Anchored, error) {
	if _, err := a.Check(g.network, a.Body.Key); err != nil {
		return tacit.Anchored{}, err
	}
	node, err := g.cfg.Poster.Node(ctx, a.Body.Key)
	if err != nil {
		return tacit.Anchored{}, err
	}
	if a.Body.Revision <= node.AnchorRevision {
		return node.Anchored(), nil
	}
	op := "anchor revision " + strconv.FormatUint(a.Body.Revision, 10) + " of " + a.Body.Key.String()
	if a.Body.Recoveries != node.Recoveries {
		return tacit.Anchored{}, fault.Denied(fault.KeyGeneration, op, "recoveries", strconv.FormatUint(uint64(node.Recoveries), 10), strconv.FormatUint(uint64(a.Body.Recoveries), 10))
	}
	g.mu.Lock()
	made := len(g.headers)
	last, before := g.anchors[a.Body.Key]
	g.mu.Unlock()
	if before && last == made {
		return tacit.Anchored{}, fault.New(fault.ResBusy, "%s: one was brought since the newest header", op)
	}
	failed := g.cfg.Poster.Anchor(ctx, a)
	if node, err = g.cfg.Poster.Node(ctx, a.Body.Key); err != nil {
		return tacit.Anchored{}, err
	}
	if failed != nil && node.AnchorRevision < a.Body.Revision { // nobody else brought it either
		return tacit.Anchored{}, failed
	}
	g.mu.Lock()
	g.anchors[a.Body.Key] = made // as many as there are nodes
	g.mu.Unlock()
	return node.Anchored(), nil
}
