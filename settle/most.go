package settle

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"time"

	"tacit/fault"
	"tacit/wire"
)

// nodes are the end points.
func (c *Client) nodes() []Backend {
	if len(c.ends) == 0 {
		return []Backend{c.backend}
	}
	return c.ends
}

// at is the client with one end point.
func (c *Client) at(b Backend) *Client {
	return &Client{
		backend: b, chainID: c.chainID, poll: c.poll, addresses: c.addresses, params: c.params, genesis: c.genesis, start: c.start,
		epochs: c.epochs, registry: c.registry, catalogue: c.catalogue, escrow: c.escrow, direct: c.direct,
	}
}

// each asks every end point side by side. Once enough holds of the answers so far,
// the slower ones are waited for as long as wait.
func each[T any](ctx context.Context, c *Client, wait time.Duration, enough func([]answer[T]) bool, ask func(context.Context, *Client) (T, error)) []answer[T] {
	nodes := c.nodes()
	return gather(ctx, len(nodes), stateTime, wait, func(ctx context.Context, i int) (T, error) { return ask(ctx, c.at(nodes[i])) }, enough)
}

// stateTime is how long an end point may take for all that a header is made of,
// which is many calls.
const stateTime = 2 * time.Minute

// most asks every end point the same and returns what more than half of all
// say, as soon as they do. An end point that lies in what it shows of a block,
// does not have the block yet or hangs so changes nothing as long as it is in the
// minority; otherwise it is CHAIN_DISAGREE. With one end point there is nothing
// to compare, and its error is the error.
func most[T any](ctx context.Context, c *Client, op string, ask func(context.Context, *Client) (T, error)) (T, error) {
	return majority(ctx, c, op, false, ask)
}

// mostUp is most among those that answer: for what must still be found out when
// some are down.
func mostUp[T any](ctx context.Context, c *Client, op string, ask func(context.Context, *Client) (T, error)) (T, error) {
	return majority(ctx, c, op, true, ask)
}

func majority[T any](ctx context.Context, c *Client, op string, up bool, ask func(context.Context, *Client) (T, error)) (T, error) {
	var none T
	agreed := func(all []answer[T], of int) bool {
		_, votes := winner(all)
		return 2*votes > of
	}
	all := each(ctx, c, 0, func(all []answer[T]) bool { return agreed(all, len(all)) }, ask)
	if len(all) == 1 {
		return all[0].value, all[0].err
	}
	failed := 0
	var first error
	for _, a := range all {
		if a.err != nil {
			failed++
			if first == nil || answered(a.err) && !answered(first) {
				first = a.err
			}
		}
	}
	of := len(all)
	if up {
		of -= failed
	}
	if failed < len(all) && agreed(all, of) {
		best, _ := winner(all)
		return all[best].value, nil
	}
	if failed == len(all) {
		return none, first
	}
	_, votes := winner(all)
	return none, fault.Denied(fault.ChainDisagree, op, "end points", "one answer of more than half of "+strconv.Itoa(of),
		strconv.Itoa(votes)+" alike, "+strconv.Itoa(failed)+" without an answer")
}

// winner is the first answer of those that most gave alike, and how many did.
func winner[T any](all []answer[T]) (at, votes int) {
	count := map[wire.Digest]int{}
	first := map[wire.Digest]int{}
	for i, a := range all {
		if a.err != nil {
			continue
		}
		text, err := json.Marshal(a.value)
		if err != nil {
			continue // none of what is compared has such a field
		}
		d := wire.Keccak(text)
		if _, seen := first[d]; !seen {
			first[d] = i
		}
		if count[d]++; count[d] > votes {
			at, votes = first[d], count[d]
		}
	}
	return at, votes
}

// reached is the largest number that more than half of the end points have
// reached: one that claims too much does not count, nor does one that lags.
func (c *Client) reached(ctx context.Context, op string, ask func(context.Context, *Client) (uint64, error)) (uint64, error) {
	all := each(ctx, c, grace, half[uint64], ask)
	if len(all) == 1 {
		return all[0].value, all[0].err
	}
	good, err := sorted(all, cmp.Compare[uint64])
	if err != nil {
		return 0, err
	}
	need := len(all)/2 + 1
	if len(good) < need {
		return 0, fault.Denied(fault.ChainDisagree, op, "end points", strconv.Itoa(need)+" of "+strconv.Itoa(len(all)), strconv.Itoa(len(good))+" that answer")
	}
	return good[len(good)-need], nil
}

// Head returns the number of the newest block that most end points have.
func (c *Client) Head(ctx context.Context) (uint64, error) {
	return c.reached(ctx, "read head of chain", func(ctx context.Context, o *Client) (uint64, error) {
		n, err := o.backend.BlockNumber(ctx)
		if err != nil {
			return 0, fault.New(fault.ChainUnavailable, "read head of chain: %w", err)
		}
		return n, nil
	})
}
