package simulate

import (
	"context"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/tacittest"
)

// What a dispatcher of bad faith changes on its way out. It signs what it
// changed, so that only the checks of others stand against it.

func (w *world) evil(in *incarnation, what string) bool { return in.p.evil == what }

// reassign gives a case another worker or another committee.
func (w *world) reassign(in *incarnation, c tacit.Case) tacit.Case {
	a := c.Assignment.Body
	switch {
	case len(a.Places) == 0:
		return c
	case w.evil(in, "worker"):
		a.Places = slices.Clone(a.Places)
		for _, p := range w.workers {
			if p.node.Key != a.Places[0].Worker {
				a.Places[0].Worker = p.node.Key
				break
			}
		}
	case w.evil(in, "committee"):
		a.Seats = slices.Clone(a.Seats)
		slices.Reverse(a.Seats)
		a.Seats[0] = w.verifiers[0].node.Key
	default:
		return c
	}
	c.Assignment = tacit.Sign(w.network, in.p.key, a)
	return c
}

func (w *world) tamperAppraise(in *incarnation, c tacit.Case) tacit.Case { return w.reassign(in, c) }

// tamperDraw tries a second acceptance for the same task.
func (w *world) tamperDraw(in *incarnation, c tacit.Case) tacit.Case {
	if w.evil(in, "sequence") {
		a := c.Acceptance.Body
		a.Sequence += 100
		c.Acceptance = tacit.Sign(w.network, in.p.key, a)
	}
	return c
}

// tamperRelease shows evidence that had its keys before.
func (w *world) tamperRelease(in *incarnation, req tacit.ReleaseRequest) tacit.ReleaseRequest {
	req.Case = w.reassign(in, req.Case)
	if w.evil(in, "evidence") {
		w.seen.mu.Lock()
		defer w.seen.mu.Unlock()
		if old, ok := w.seen.caseOf[in.p.node.Key.String()]; ok {
			req.Case.Evidence, req.Case.Keys, req.Certificate = old.Case.Evidence, old.Case.Keys, old.Certificate
		}
	}
	return req
}

// brokenStore is the store of a build that does not journal under a prefix.
func (w *world) brokenStore(p *proc, s *tacittest.Memory) tacit.Store {
	if w.broken.noJournal == "" || !strings.HasPrefix(p.name, w.broken.noJournal) {
		return s
	}
	return forgetful{s, w.broken.noPrefix}
}

// forgetful acknowledges writes under a prefix that it drops.
type forgetful struct {
	*tacittest.Memory
	prefix string
}

func (f forgetful) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	txn.Then = slices.DeleteFunc(slices.Clone(txn.Then), func(p tacit.Put) bool { return strings.HasPrefix(p.Key, f.prefix) })
	txn.If = slices.DeleteFunc(slices.Clone(txn.If), func(c tacit.Cond) bool { return strings.HasPrefix(c.Key, f.prefix) })
	if len(txn.Then)+len(txn.If) == 0 {
		return 1, nil
	}
	return f.Memory.Commit(ctx, txn)
}

// believed are the schemes of those who appraise.
func (w *world) believed() attest.Schemes {
	if w.broken.believes {
		return attest.Schemes{credulous{w}}
	}
	return w.schemes
}

// credulous takes every evidence for that of a good enclave.
type credulous struct{ w *world }

func (credulous) Name() string { return attest.SchemeSim }

func (c credulous) Verify(ctx context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	claims, err := c.w.schemes.Verify(ctx, e, now)
	claims.Modes, claims.Measurement, claims.Manifest = 0, c.w.image, sim.ManifestOf(nil, nil)
	return claims, err
}
