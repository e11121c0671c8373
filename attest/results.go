package attest

import (
	"context"
	"time"

	"tacit/wire"
)

// A Verifier turns evidence of any kind into claims, as a Scheme does for its own.
type Verifier interface {
	Verify(ctx context.Context, e Evidence, now time.Time) (Claims, error)
}

// resultsKept is how many results are remembered at least.
const resultsKept = 256

// Results remembers for a while what evidence was found genuine, so that a peer who
// comes again with the same evidence costs no second look. It remembers claims and
// no verdict: whether they are acceptable is asked each time, by the policies of that
// moment. Refusals are not remembered.
//
// What a vendor takes back meanwhile is seen when the time has passed, or at once if
// the evidence comes with a newer list: other collateral is other evidence.
type Results struct {
	verifier Verifier
	keep     time.Duration
	memo     *wire.Memo[wire.Digest, result]
}

type result struct {
	claims Claims
	at     time.Time
}

// Remember keeps results of a verifier for a time.
func Remember(v Verifier, keep time.Duration) *Results {
	return &Results{verifier: v, keep: keep, memo: wire.NewMemo[wire.Digest, result](resultsKept)}
}

// Verify is that of the verifier, or its claims of a short time before.
func (r *Results) Verify(ctx context.Context, e Evidence, now time.Time) (Claims, error) {
	if err := e.Check(); err != nil {
		return Claims{}, err
	}
	id := e.Digest()
	if old, ok := r.memo.Get(id); ok && !now.Before(old.at) && now.Sub(old.at) < r.keep {
		return old.claims, nil
	}
	c, err := r.verifier.Verify(ctx, e, now)
	if err == nil {
		r.memo.Put(id, result{c, now})
	}
	return c, err
}
