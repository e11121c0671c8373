package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A Preview answers before any money moves who may run a wish, what it costs,
// and which rule stops it.
type Preview struct {
	Service   string       `json:"service"` // name@generation
	Datasets  []string     `json:"datasets"`
	Prices    tacit.Prices `json:"prices"`
	Total     tacit.Money  `json:"total"`
	MaxFee    tacit.Money  `json:"maxFee"`
	Deposit   tacit.Money  `json:"deposit"` // with the dispatcher now
	Wallet    tacit.Money  `json:"wallet"`
	ToDeposit tacit.Money  `json:"toDeposit"` // that a run would deposit first

	Epoch    uint64       `json:"epoch"`
	Block    uint64       `json:"block"`
	Deadline uint64       `json:"deadline"` // block by which it must have run
	Settled  uint64       `json:"settled"`  // block after which an unsettled reservation has lapsed
	Blocks   float64      `json:"secondsPerBlock"`
	Seats    int          `json:"seats"`
	Operate  int          `json:"operators"` // distinct, of the verifiers in the pool
	Attempts int          `json:"attempts"`
	Workers  []Candidate  `json:"workers"`
	Terms    []Judgement  `json:"terms"`
	Move     Movement     `json:"bytes"`
	Stops    []StopReason `json:"stops"` // in the order in which a run would meet them
}

// A Candidate is a registered worker: eligible, or the first filter that it does
// not pass.
type Candidate struct {
	Node     wire.Address `json:"node"`
	Operator wire.Address `json:"operator"`
	Level    uint8        `json:"level"`
	Region   string       `json:"region"`
	Eligible bool         `json:"eligible"`
	Filter   string       `json:"filter"` // leaving, stake, pool, level or region
	Expected string       `json:"expected"`
	Got      string       `json:"got"`
}

// A Judgement is a manager's, or why there is none.
type Judgement struct {
	tacit.Judgement
	Manager wire.Address `json:"manager"`
}

// Movement is what would travel, in bytes of ciphertext.
type Movement struct {
	Code      int64 `json:"code"`       // of the program
	Data      int64 `json:"data"`       // of all datasets
	ToData    int64 `json:"codeToData"` // if the program went to each owner of data
	ToCode    int64 `json:"dataToCode"` // if the datasets went to the program
	ToWorker  int64 `json:"toWorker"`   // what this version does: both go to the worker
	MostAfter int64 `json:"mostOutput"` // result, at most
}

// A StopReason is why a run would fail.
type StopReason struct {
	Code     fault.Code `json:"code"`
	Text     string     `json:"text"`
	Rule     string     `json:"rule"`
	Expected string     `json:"expected"`
	Got      string     `json:"got"`
}

// Verdict is the error that a run would end with, or nil: what stops it first.
func (p Preview) Verdict() error {
	if len(p.Stops) == 0 {
		return nil
	}
	s := p.Stops[0]
	return fault.Denied(s.Code, s.Text, s.Rule, s.Expected, s.Got)
}

func (p *Preview) stop(err error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.Of(err), "%w", err)
	}
	p.Stops = append(p.Stops, StopReason{f.Code, f.Op, f.Rule, f.Expected, f.Got})
}

// Preview plans a wish and asks everybody what he would say. It changes nothing,
// here or anywhere.
func (c *Client) Preview(ctx context.Context, w Wish) (Preview, error) {
	var out Preview
	plan, err := c.Plan(ctx, w)
	if err != nil && !errors.Is(err, fault.PayFee) {
		return out, err
	}
	if err != nil {
		out.stop(err)
	}
	params := c.cfg.Genesis.Params
	out.Service, out.Prices, out.Total, out.MaxFee = fmt.Sprintf("%s@%d", plan.Service.Name, plan.Service.Generation), plan.Prices, plan.Prices.Total(), w.MaxFee
	owners := map[wire.Address]bool{}
	for _, e := range plan.Datasets {
		out.Datasets = append(out.Datasets, fmt.Sprintf("%s@%d", e.Name, e.Generation))
		out.Move.Data += e.Sealed.Size
		owners[e.Owner] = true
	}
	out.Move.Code, out.Move.ToCode, out.Move.MostAfter = plan.Service.Sealed.Size, out.Move.Data, int64(w.Requirements.Output)
	out.Move.ToData, out.Move.ToWorker = out.Move.Code*int64(len(owners)), out.Move.Code+out.Move.Data
	if err := c.previewMoney(ctx, &out); err != nil {
		return out, err
	}
	h, pools, err := c.checkedPools(ctx)
	if err != nil {
		return out, err
	}
	out.Epoch, out.Block = h.Number, h.Block
	out.Deadline = c.deadline(h.Block, w)
	out.Settled, out.Attempts, out.Seats = out.Deadline+params.SettleWindow, tacit.MaxAttempts, int(params.Seats)
	out.Blocks = c.secondsPerBlock(ctx, h)
	if most := h.Block + params.WithdrawDelay - params.SettleWindow; out.Deadline > most {
		out.stop(fault.Denied(fault.TaskTimeout, "check deadline", "deadline", "at most block "+strconv.FormatUint(most, 10), strconv.FormatUint(out.Deadline, 10)))
	}
	out.Terms = c.previewTerms(ctx, plan, h)
	for _, j := range out.Terms {
		if j.Decision == "allowed" {
			continue
		}
		s := StopReason{Code: fault.Parse(j.Decision), Text: "use " + j.Entry}
		if len(j.Findings) > 0 {
			s.Rule, s.Expected, s.Got = j.Findings[0].Rule, j.Findings[0].Expected, j.Findings[0].Got
		}
		if s.Code != fault.DataApproval { // a run waits for that
			out.Stops = append(out.Stops, s)
		}
	}
	out.Workers = candidates(pools, w.Requirements, params)
	able := 0
	for _, x := range out.Workers {
		if x.Eligible {
			able++
		}
	}
	if able == 0 {
		out.stop(fault.Denied(fault.TaskNoWorker, "draw workers", "eligible workers", "at least 1", fmt.Sprintf("0 of %d", len(out.Workers))))
	}
	operators := map[wire.Address]bool{}
	for _, v := range pools.Verifiers {
		operators[v.Operator] = true
	}
	out.Operate = len(operators)
	// An operator holds less than a third of the seats.
	if each := (out.Seats - 1) / 3; out.Operate < int(params.Operators) || out.Operate*each < out.Seats {
		out.stop(fault.Denied(fault.TaskNoWorker, "draw committee", "seats and operators",
			fmt.Sprintf("%d seats, each operator below a third", out.Seats), fmt.Sprintf("%d operators", out.Operate)))
	}
	return out, nil
}

func (c *Client) previewMoney(ctx context.Context, out *Preview) error {
	d, err := c.cfg.Ledger.Deposited(ctx)
	if err != nil {
		return err
	}
	if out.Wallet, err = c.cfg.Ledger.Wallet(ctx); err != nil {
		return err
	}
	if d.Dispatcher == c.cfg.DispatcherKey {
		out.Deposit = d.Amount
	}
	if out.Deposit >= out.Total {
		return nil
	}
	if err := c.elsewhere(d); err != nil {
		out.stop(err)
	}
	if out.ToDeposit = out.MaxFee; out.Wallet < out.ToDeposit {
		out.stop(fault.Denied(fault.PayDeposit, "pay deposit", "money", strconv.FormatUint(out.ToDeposit, 10)+" gwei in the wallet", strconv.FormatUint(out.Wallet, 10)))
	}
	return nil
}

// checkedPools are the pools and nodes of the newest epoch, held against its
// signed header.
func (c *Client) checkedPools(ctx context.Context) (tacit.EpochHeader, tacit.PoolsReply, error) {
	pools, err := c.cfg.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		return tacit.EpochHeader{}, pools, err
	}
	h, err := c.cfg.Headers.Header(ctx, pools.Epoch)
	if errors.Is(err, fault.KeyFinality) {
		if err = c.cfg.Headers.Sync(ctx); err == nil {
			h, err = c.cfg.Headers.Header(ctx, pools.Epoch)
		}
	}
	if err != nil {
		return h, pools, err
	}
	workers, verifiers := tacit.NewPool(pools.Workers).Root, tacit.NewPool(pools.Verifiers).Root
	leaves := make([]wire.Digest, len(pools.Nodes))
	for i, n := range pools.Nodes {
		leaves[i] = n.Leaf()
	}
	if workers.Digest() != h.Workers || verifiers.Digest() != h.Verifiers || wire.PairRoot(leaves) != h.Nodes {
		return h, pools, fault.New(fault.ChainProof, "plan task: the pools or nodes of epoch %d are not those of its header", h.Number)
	}
	return h, pools, nil
}

// candidates judges every registered worker as the draw would.
func candidates(pools tacit.PoolsReply, q tacit.Requirements, params tacit.Params) []Candidate {
	in := map[wire.Address]bool{}
	for _, m := range pools.Workers {
		in[m.Key] = true
	}
	var out []Candidate
	for _, n := range pools.Nodes {
		if n.Roles&tacit.RoleWorker == 0 {
			continue
		}
		x := Candidate{Node: n.Key, Operator: n.Operator, Level: n.Level, Region: n.Region}
		fail := func(filter, expected, got string) { x.Filter, x.Expected, x.Got = filter, expected, got }
		switch {
		case n.Leaving != 0:
			fail("leaving", "a node that stays", "it leaves since block "+strconv.FormatUint(n.Leaving, 10))
		case n.Stake < params.MinStake:
			fail("stake", "at least "+strconv.FormatUint(params.MinStake, 10)+" gwei", strconv.FormatUint(n.Stake, 10))
		case !in[n.Key]:
			fail("pool", "a ticket in the pool of epoch "+strconv.FormatUint(pools.Epoch, 10), "none")
		case n.Level < q.Level:
			fail("level", "at least "+strconv.Itoa(int(q.Level)), strconv.Itoa(int(n.Level)))
		case q.Region != "" && n.Region != q.Region:
			fail("region", q.Region, n.Region)
		default:
			x.Eligible = true
		}
		out = append(out, x)
	}
	return out
}

// previewTerms asks every manager of the plan what it would say now.
func (c *Client) previewTerms(ctx context.Context, p Plan, h tacit.EpochHeader) []Judgement {
	names := append([]tacit.Entry{p.Service}, p.Datasets...)
	var managers []wire.Address
	for _, e := range names {
		managers = append(managers, e.Sealed.Manager)
	}
	var out []Judgement
	for _, m := range tacit.SortAddresses(managers) {
		list, err := c.askManager(ctx, p, h, m)
		for _, j := range list {
			out = append(out, Judgement{j, m})
		}
		if err == nil {
			continue
		}
		for _, e := range names {
			if e.Sealed.Manager == m {
				out = append(out, Judgement{tacit.Judgement{Entry: e.Name, Owner: e.Owner, Decision: string(fault.Of(err)),
					Findings: []tacit.Finding{{Rule: "manager", Expected: "its answer", Got: err.Error()}}}, m})
			}
		}
	}
	return out
}

func (c *Client) askManager(ctx context.Context, p Plan, h tacit.EpochHeader, manager wire.Address) ([]tacit.Judgement, error) {
	door, err := c.Door(ctx, manager)
	if err != nil {
		return nil, err
	}
	req := tacit.JudgeRequest{Epoch: h.Number, Requirements: p.Wish.Requirements}
	for i, e := range append([]tacit.Entry{p.Service}, p.Datasets...) {
		r, err := c.cfg.Gateway.Entry(ctx, tacit.ProofRequest{Epoch: h.Number, ID: e.ID})
		if err != nil {
			return nil, err
		}
		if i == 0 {
			req.Service = r.Entry
		} else {
			req.Datasets = append(req.Datasets, r.Entry)
		}
	}
	for range 10 { // the manager may follow a moment behind
		var got tacit.JudgeReply
		if got, err = door.Judge(ctx, req); !errors.Is(err, fault.KeyFinality) {
			return got.Judgements, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
	return nil, err
}

// secondsPerBlock is what the newest headers show, 0 if there are too few.
func (c *Client) secondsPerBlock(ctx context.Context, h tacit.EpochHeader) float64 {
	for back := uint64(8); back > 0; back-- {
		if h.Number <= back {
			continue
		}
		if old, err := c.cfg.Headers.Header(ctx, h.Number-back); err == nil && h.Block > old.Block {
			return float64(h.Time-old.Time) / float64(h.Block-old.Block)
		}
	}
	return 0
}
