package gateway_test

import (
	"context"
	"errors"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func (p *poster) Node(_ context.Context, key wire.Address) (tacit.Node, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.node == nil || p.node.Key != key {
		return tacit.Node{}, fault.New(fault.APINotFound, "read node %s", key)
	}
	return *p.node, nil
}

func (p *poster) Anchor(_ context.Context, a tacit.Signed[tacit.Anchor]) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.anchors++
	if p.refuse == a.Body.Key {
		return fault.New(fault.ChainUnavailable, "anchor: refused")
	}
	p.node.AnchorRevision, p.node.AnchorDigest = a.Body.Revision, a.Body.Digest
	if p.lost {
		return fault.New(fault.ChainUnavailable, "anchor: the answer is lost")
	}
	return nil
}

func TestAnchorIsBroughtOnceForEachHeader(t *testing.T) {
	w := newWorld(t)
	g, _ := w.start(w.signers(0, 4)...) // too few for a header: what follows is under one
	d := w.Managers[0]
	w.post.node = &tacit.Node{Key: d.Key.Address(), Roles: tacit.RoleManager, AnchorRevision: 7, AnchorDigest: wire.Digest{7}, Recoveries: 1}
	anchor := func(edit func(*tacit.Anchor)) (tacit.Anchored, error) {
		a := tacit.Anchor{Key: d.Key.Address(), Revision: 8, Digest: wire.Digest{8}, Recoveries: 1}
		edit(&a)
		return g.Anchor(t.Context(), tacit.Sign(w.ID, d.Key, a))
	}
	held := func(revision byte) tacit.Anchored {
		return tacit.Anchored{Revision: uint64(revision), Digest: wire.Digest{revision}, Recoveries: 1}
	}
	for _, tt := range []struct {
		name   string
		before func()
		edit   func(*tacit.Anchor)
		want   tacit.Anchored
		code   fault.Code
		sent   int // transactions so far
	}{
		{"of somebody else", nil, func(a *tacit.Anchor) { a.Key[0]++ }, tacit.Anchored{}, fault.KeySignature, 0},
		{"older", nil, func(a *tacit.Anchor) { a.Revision = 6 }, held(7), "", 0},
		{"the same", nil, func(a *tacit.Anchor) { a.Revision = 7 }, held(7), "", 0},
		{"signed before a recovery", nil, func(a *tacit.Anchor) { a.Recoveries = 0 }, tacit.Anchored{}, fault.KeyGeneration, 0},
		{"that the chain refuses", func() { w.post.refuse = d.Key.Address() }, func(*tacit.Anchor) {}, tacit.Anchored{}, fault.ChainUnavailable, 1},
		{"twin: a newer one", func() { w.post.refuse = wire.Address{} }, func(*tacit.Anchor) {}, held(8), "", 2},
		{"again", nil, func(*tacit.Anchor) {}, held(8), "", 2},
		{"a second one under one header", nil, func(a *tacit.Anchor) { a.Revision, a.Digest = 9, wire.Digest{9} }, tacit.Anchored{}, fault.ResBusy, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.before != nil {
				tt.before()
			}
			got, err := anchor(tt.edit)
			if got != tt.want || fault.Of(err) != tt.code || w.post.anchors != tt.sent {
				t.Errorf("Anchor = %+v, %v after %d transactions, want %+v, %q after %d", got, err, w.post.anchors, tt.want, tt.code, tt.sent)
			}
		})
	}
	w.chain.epoch()
	for i := 4; i < 7; i++ {
		g.Join(w.Verifiers[i].Key.Address(), w.signers(i, i+1)[0])
	}
	w.reach(g, 1)
	t.Run("twin: a second one under the next header, whose answer is lost", func(t *testing.T) {
		w.post.lost = true
		got, err := anchor(func(a *tacit.Anchor) { a.Revision, a.Digest = 9, wire.Digest{9} })
		if err != nil || got != held(9) {
			t.Errorf("Anchor = %+v, %v", got, err)
		}
	})
	w.post.node = nil
	if _, err := anchor(func(*tacit.Anchor) {}); !errors.Is(err, fault.APINotFound) {
		t.Errorf("of an unregistered node: %v", err)
	}
}
