package vault

import (
	"context"
	"net/http"

	"tacit"
	"tacit/vault/logical"
)

// recorded is the vault's store. What a request changes in it becomes durable together
// with a record of the request, or not at all; what is committed with no request's
// context is the vault's own housekeeping and has no record.
type recorded struct {
	tacit.Store
	v *Vault
}

// Commit implements tacit.Store.
func (s recorded) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	if c, ok := ctx.Value(during{}).(*call); ok {
		return s.v.commit(ctx, c, s.Store, txn)
	}
	return s.Store.Commit(ctx, txn)
}

type (
	during struct{}
	last   struct{}
)

// during is a context in which what is committed is a change that this call makes.
func (c *call) during(ctx context.Context) context.Context {
	return context.WithValue(ctx, during{}, c)
}

// answering is logical.Answering for what the vault itself answers.
func answering(ctx context.Context, a *answer) context.Context {
	return context.WithValue(ctx, last{}, a)
}

// newCall is a call that came now.
func (v *Vault) newCall(r *http.Request) *call {
	return &call{http: r, id: newID(), known: v.known.Load()}
}

// An ended call is one whose answer stands in the log, together with its last change.
type ended struct {
	response *logical.Response
	answer   *answer
	body     []byte
}

// commit makes a change of a request durable. Its first one takes along the record that
// the request has begun, the last that of its answer if it is said to be the last. No
// change is made by a process that was replaced since the request came.
func (v *Vault) commit(ctx context.Context, c *call, s tacit.Store, txn tacit.Txn) (int64, error) {
	if v.journal == nil {
		if !c.begun {
			if err := v.record(ctx, c, nil, http.StatusContinue, nil); err != nil {
				return 0, err
			}
			c.begun = true
		}
		return s.Commit(ctx, txn)
	}
	end, err := c.ends(ctx)
	if err != nil {
		return 0, err
	}
	var record []byte
	switch {
	case end != nil:
		record = v.recordOf(c, end.answer, statusOf(end.answer, nil), nil)
	case !c.begun:
		record = v.recordOf(c, nil, http.StatusContinue, nil)
	}
	rev, err := v.journal.Commit(ctx, record, txn, func() bool { return v.known.Load() == c.known })
	if err != nil {
		return 0, err
	}
	c.begun, c.ended = true, end
	return rev, nil
}

// ends is the answer that follows the commit of ctx, nil if more is done before it.
func (c *call) ends(ctx context.Context) (*ended, error) {
	a, own := ctx.Value(last{}).(*answer)
	res, ok := logical.AnswerOf(ctx)
	if !own {
		a = answerOf(res)
	}
	if !own && !ok || c.wrap > 0 || res != nil && res.Lease > 0 {
		return nil, nil
	}
	body, err := c.encode(a)
	return &ended{res, a, body}, err
}
