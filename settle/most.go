package settle

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"

	"tacit/fault"
	"tacit/wire"
)

// nodes are the end points, the one that sends first.
func (c *Client) nodes() []Backend { return append([]Backend{c.backend}, c.others...) }

// at is the client with one end point.
func (c *Client) at(b Backend) *Client {
	return &Client{
		backend: b, chainID: c.chainID, poll: c.poll, addresses: c.addresses, params: c.params, genesis: c.genesis, start: c.start,
		epochs: c.epochs, registry: c.registry, catalogue: c.catalogue, escrow: c.escrow, direct: c.direct,
	}
}

// each asks every end point side by side.
func each[T any](c *Client, ask func(*Client) (T, error)) ([]T, []error) {
	nodes := c.nodes()
	answers, errs := make([]T, len(nodes)), make([]error, len(nodes))
	var wg sync.WaitGroup
	for i, b := range nodes {
		wg.Go(func() { answers[i], errs[i] = ask(c.at(b)) })
	}
	wg.Wait()
	return answers, errs
}

// most asks every end point the same and returns what more than half of all
// say. An end point that lies in what it shows of a block, or does not have the
// block yet, so changes nothing as long as it is in the minority; otherwise it
// is CHAIN_DISAGREE. With one end point there is nothing to compare, and its
// error is the error.
func most[T any](c *Client, op string, ask func(*Client) (T, error)) (T, error) {
	var none T
	answers, errs := each(c, ask)
	if len(answers) == 1 {
		return answers[0], errs[0]
	}
	votes := map[wire.Digest]int{}
	best, failed := 0, 0
	for i, a := range answers {
		if errs[i] != nil {
			failed++
			continue
		}
		text, err := json.Marshal(a)
		if err != nil {
			return none, fault.New(fault.Internal, "%s: compare answers: %w", op, err)
		}
		d := wire.Keccak(text)
		votes[d]++
		if best = max(best, votes[d]); 2*votes[d] > len(answers) {
			return a, nil
		}
	}
	if failed == len(answers) {
		return none, errs[0]
	}
	return none, fault.Denied(fault.ChainDisagree, op, "end points", "one answer of more than half of "+strconv.Itoa(len(answers)),
		strconv.Itoa(best)+" alike, "+strconv.Itoa(failed)+" without an answer")
}

// reached is the largest number that more than half of the end points have
// reached: one that claims too much does not count, nor does one that lags.
func (c *Client) reached(op string, ask func(*Client) (uint64, error)) (uint64, error) {
	answers, errs := each(c, ask)
	if len(answers) == 1 {
		return answers[0], errs[0]
	}
	var good []uint64
	for i, err := range errs {
		if err == nil {
			good = append(good, answers[i])
		}
	}
	need := len(answers)/2 + 1
	if len(good) == 0 {
		return 0, errs[0]
	}
	if len(good) < need {
		return 0, fault.Denied(fault.ChainDisagree, op, "end points", strconv.Itoa(need)+" of "+strconv.Itoa(len(answers)), strconv.Itoa(len(good))+" that answer")
	}
	slices.Sort(good)
	return good[len(good)-need], nil
}

// Head returns the number of the newest block that most end points have.
func (c *Client) Head(ctx context.Context) (uint64, error) {
	return c.reached("read head of chain", func(o *Client) (uint64, error) {
		n, err := o.backend.BlockNumber(ctx)
		if err != nil {
			return 0, fault.New(fault.ChainUnavailable, "read head of chain: %w", err)
		}
		return n, nil
	})
}
