package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Wish is what a user asks for.
type Wish struct {
	Service      string    // owner/name or owner/name@generation
	Data         []Binding // datasets by alias
	Params       []byte    // JSON for the guest, or nil
	Requirements tacit.Requirements
	MaxFee       tacit.Money
	// To are age recipients who get a part of the result besides the user: the task's
	// recipients 1, 2 ...
	To []string
	// Onward leaves a part to a next task: behind To, the task has a recipient for each
	// manager of what it computes on, and all of those get the part together.
	Onward bool
	// Steps are what earlier tasks of the user left for this one.
	Steps []Step
	// Wait is how many blocks later the deadline is, for owners who are asked.
	Wait uint64
}

// A Binding is a dataset under an alias.
type Binding struct {
	Alias   string
	Dataset string // owner/name or owner/name@generation
}

// A Step is what an earlier task left, under an alias.
type Step struct {
	Alias string
	Task  wire.Digest
}

// A Plan is a wish with everything found that decides its price. Making one
// changes nothing.
type Plan struct {
	Wish     Wish
	Service  tacit.Entry
	Datasets []tacit.Entry
	Prices   tacit.Prices
	Epoch    uint64
}

// Plan finds the entries and the price of a wish.
func (c *Client) Plan(ctx context.Context, w Wish) (Plan, error) {
	p := Plan{Wish: w}
	name, generation, err := splitName(w.Service)
	if err != nil {
		return p, err
	}
	if p.Service, err = c.entry(ctx, name, generation); err != nil {
		return p, err
	}
	if p.Service.Kind != tacit.EntryService {
		return p, fault.New(fault.APIName, "plan task: %s is a dataset, not a service", name)
	}
	for _, b := range w.Data {
		name, generation, err := splitName(b.Dataset)
		if err != nil {
			return p, err
		}
		e, err := c.entry(ctx, name, generation)
		if err != nil {
			return p, err
		}
		if e.Kind != tacit.EntryDataset {
			return p, fault.New(fault.APIName, "plan task: %s is a service, not a dataset", name)
		}
		p.Datasets = append(p.Datasets, e)
	}
	p.Prices = tacit.Quote(c.cfg.Genesis.Params, tacit.Task{Requirements: w.Requirements}, p.Service, p.Datasets)
	if p.Prices.Total() > w.MaxFee {
		return p, fault.Denied(fault.PayFee, "plan task", "fee", "at most "+strconv.FormatUint(w.MaxFee, 10)+" gwei", strconv.FormatUint(p.Prices.Total(), 10))
	}
	p.Epoch = c.cfg.Headers.View().Header.Number
	return p, nil
}

// splitName splits owner/name@generation; without one it is 0, the newest.
func splitName(s string) (string, uint64, error) {
	name, version, ok := strings.Cut(s, "@")
	if err := tacit.CheckName(name); err != nil || !ok {
		return name, 0, err
	}
	g, err := strconv.ParseUint(version, 10, 64)
	if err != nil || g == 0 || version != strconv.FormatUint(g, 10) { // one way to write it
		return name, 0, fault.New(fault.APIName, "read name %q: the version is a number from 1", s)
	}
	return name, g, nil
}

// Pay makes sure that the deposit covers a plan and that a signed header shows
// it. It returns what it deposited, 0 if there was enough.
func (c *Client) Pay(ctx context.Context, p Plan) (tacit.Money, error) { return c.pay(ctx, p, false) }

// PayMore deposits a plan's highest price beside what is there: after a dispatcher
// refused the task with PAY_DEPOSIT, because tasks that it accepted before hold the
// deposit until signed headers show what they cost. A dispatcher that only says so has
// that much more of it with it, which the account can have back.
func (c *Client) PayMore(ctx context.Context, p Plan) (tacit.Money, error) {
	return c.pay(ctx, p, true)
}

func (c *Client) pay(ctx context.Context, p Plan, more bool) (tacit.Money, error) {
	d, err := c.cfg.Ledger.Deposited(ctx)
	if err != nil {
		return 0, err
	}
	paid, want, at := tacit.Money(0), p.Prices.Total(), c.cfg.Headers.View().Header.Number
	if more || d.Amount < want || d.Dispatcher != c.cfg.DispatcherKey {
		if err := c.elsewhere(d); err != nil {
			return 0, err
		}
		if err := c.cfg.Ledger.Deposit(ctx, c.cfg.DispatcherKey, p.Wish.MaxFee); err != nil {
			return 0, err
		}
		paid = p.Wish.MaxFee
		// A header from before may show enough of a deposit that earlier tasks
		// have used up since: this payment itself must be in it.
		if d, err = c.cfg.Ledger.Deposited(ctx); err != nil {
			return paid, err
		}
		want = max(want, d.Amount)
	}
	for {
		r, err := c.cfg.Gateway.Deposit(ctx, tacit.ProofRequest{Key: c.cfg.Key.Address()})
		if err == nil {
			var h tacit.EpochHeader
			if h, err = c.cfg.Headers.Header(ctx, r.Epoch); err == nil {
				d, err = r.Deposit.Check(h)
			}
			// Three headers later it is in, though a settlement may have taken
			// from it meanwhile.
			if err == nil && (d.Amount >= want || h.Number >= at+3 && d.Amount >= p.Prices.Total()) {
				return paid, nil
			}
		}
		select {
		case <-ctx.Done():
			return paid, fault.New(fault.KeyFinality, "wait for the deposit: no signed header shows it: %w", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// elsewhere refuses (PAY_DEPOSIT) to pay while the account has money with another
// dispatcher, or on its way from there: the contract holds it with one at a time.
func (c *Client) elsewhere(d tacit.Deposit) error {
	if d.Dispatcher == c.cfg.DispatcherKey || d.Amount == 0 && d.Leaving == 0 {
		return nil
	}
	return fault.Denied(fault.PayDeposit, "pay deposit to dispatcher "+c.cfg.DispatcherKey.String(), "dispatcher of the deposit",
		"none or this one; 'tacit wallet withdraw' takes it back", d.Dispatcher.String())
}

// away says what it means for a user that his dispatcher does not answer, and what he
// can do; every other error stays as it is.
func (c *Client) away(err error) error {
	if !fault.Lost(err) {
		return err
	}
	return fault.New(fault.Unreachable, "ask dispatcher %s: %w; tasks that it accepted wait for it, and cost nothing once they lapse. "+
		"If it does not come back, 'tacit wallet withdraw' asks for the deposit, which comes after %d blocks; then 'tacit run' pays another dispatcher",
		c.cfg.DispatcherKey, err, c.cfg.Genesis.Params.WithdrawDelay)
}

// A Submission is a task that a dispatcher accepted.
type Submission struct {
	ID         wire.Digest                    `json:"id"`
	Task       tacit.Signed[tacit.Task]       `json:"task"`
	Acceptance tacit.Signed[tacit.Acceptance] `json:"acceptance"`
}

// Submit signs a plan as a task and hands it to the dispatcher. Parameters are
// sealed to an identity that the manager binds to this task.
func (c *Client) Submit(ctx context.Context, p Plan) (Submission, error) {
	if err := c.cfg.Headers.Fresh(ctx, time.Second); err != nil && !errors.Is(err, fault.KeyGeneration) {
		return Submission{}, err
	}
	view := c.cfg.Headers.View()
	nonce := make([]byte, 8)
	if _, err := rand.Read(nonce); err != nil {
		return Submission{}, fmt.Errorf("make nonce: %w", err)
	}
	t := tacit.Task{
		User: c.cfg.Key.Address(), Nonce: binary.BigEndian.Uint64(nonce), Kind: tacit.KindEnclave,
		Service: p.Service.ID, Generation: p.Service.Generation, Requirements: p.Wish.Requirements,
		Recipients: []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte(c.cfg.Identity.Recipient().String())}},
		Dispatcher: c.cfg.DispatcherKey, MaxFee: p.Wish.MaxFee,
		Deadline: c.deadline(view.Header.Block, p.Wish),
	}
	for i, b := range p.Wish.Data {
		t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputEntry, Name: b.Alias, Ref: p.Datasets[i].ID, Index: p.Datasets[i].Generation})
	}
	req := tacit.SubmitRequest{}
	if err := c.steps(ctx, p.Wish, &t, &req); err != nil {
		return Submission{}, err
	}
	if err := c.recipients(ctx, p, &t, req.Own); err != nil {
		return Submission{}, err
	}
	if p.Wish.Params != nil {
		in, err := c.inline(ctx, p.Wish.Params)
		if err != nil {
			return Submission{}, err
		}
		req.Params, req.Inline = []tacit.Sealed{in.Sealed}, []tacit.Inline{in}
		t.Params = in.Sealed.Hash()
	}
	if err := t.Check(); err != nil {
		return Submission{}, err
	}
	req.Task = tacit.Sign(view.Network, c.cfg.Key, t)
	// An answer that got lost is asked for again with the very same task: a
	// dispatcher that has it answers as before, so nobody pays for two.
	var accepted tacit.Signed[tacit.Acceptance]
	err := patiently(ctx, func() (err error) {
		accepted, err = c.cfg.Dispatcher.Submit(ctx, req)
		return err
	})
	if err != nil {
		return Submission{}, c.away(err)
	}
	a, err := accepted.Check(view.Network, c.cfg.DispatcherKey)
	if err != nil {
		return Submission{}, err
	}
	id := t.ID(view.Network)
	if a.Task != id || a.Fee > t.MaxFee {
		return Submission{}, fault.New(fault.ConsField, "check acceptance: it is for another task or above the maximum fee")
	}
	return Submission{id, req.Task, accepted}, nil
}

// deadline is the block by which a wish must have run. It leaves four epochs of
// room: the acceptance may come under a later header.
func (c *Client) deadline(block uint64, w Wish) uint64 {
	params := c.cfg.Genesis.Params
	return block + params.Deadline + 4*params.EpochLength + uint64(w.Requirements.Seconds) + w.Wait
}

func (c *Client) inline(ctx context.Context, data []byte) (tacit.Inline, error) {
	if len(data) > tacit.InlineMost/2 {
		return tacit.Inline{}, fault.New(fault.APISize, "seal parameters: %d bytes, at most %d", len(data), tacit.InlineMost/2)
	}
	sealed, f, err := c.seal(ctx, "", bytes.NewReader(data), false, nil)
	if err != nil {
		return tacit.Inline{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	whole := make([]byte, sealed.Size)
	if _, err := f.ReadAt(whole, 0); err != nil && err != io.EOF {
		return tacit.Inline{}, fmt.Errorf("seal parameters: %w", err)
	}
	return tacit.Inline{Sealed: sealed, Data: whole}, nil
}

// Bounds of how long somebody who is away is waited for, and how often he is
// asked meanwhile.
const (
	awayMost  = 30 * time.Second
	awayEvery = 200 * time.Millisecond
)

// patiently asks again for a while as long as nobody is there to answer.
func patiently(ctx context.Context, ask func() error) error {
	until := time.Now().Add(awayMost)
	for {
		err := ask()
		if !fault.Lost(err) || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(awayEvery):
		}
	}
}

// Watch tells every event of a task until the last, also over a restart of the
// dispatcher. A final failure is returned with its code.
func (c *Client) Watch(ctx context.Context, id wire.Digest, tell func(tacit.Event)) error {
	after := uint64(0)
	for {
		var r tacit.EventsReply
		err := patiently(ctx, func() (err error) {
			r, err = c.cfg.Dispatcher.Events(ctx, tacit.EventsRequest{Task: id, After: after})
			return err
		})
		if err != nil {
			return c.away(err)
		}
		for _, e := range r.Events {
			tell(e)
			after = e.Index
			if e.Final && e.State == "failed" {
				return &fault.Error{Code: fault.Code(e.Code), Op: e.Detail, Rule: e.Rule, Expected: e.Want, Got: e.Got}
			}
			if e.Final {
				return nil
			}
		}
	}
}

// Cancel calls off a task that is not drawn yet.
func (c *Client) Cancel(ctx context.Context, id wire.Digest) error {
	return c.away(patiently(ctx, func() error {
		_, err := c.cfg.Dispatcher.Cancel(ctx, tacit.TaskRequest{Task: id})
		return err
	}))
}

// A Result is what a task left for its recipient.
type Result struct {
	Proof tacit.ProofFile
	Files []tacit.Output // the receipt's outputs, as they were named
}

// Fetch gets the proof and the sealed result of a task, opens the result and
// refuses one that is not of this task (RESULT_KEY).
func (c *Client) Fetch(ctx context.Context, id wire.Digest) (Result, error) {
	p, err := c.cfg.Dispatcher.Proof(ctx, tacit.TaskRequest{Task: id})
	if err != nil {
		return Result{}, c.away(err)
	}
	receipt, files, err := c.openResult(ctx, p.Case.Task.Body, id, p.Leaf.Body, p.Output)
	if err != nil {
		return Result{}, err
	}
	file := tacit.ProofFile{Genesis: c.cfg.Genesis, Epochs: c.cfg.Epochs, Proof: p, Receipt: []tacit.Receipt{receipt}}
	for _, h := range p.Headers { // verified with the rest of the file
		if h.Header.Number != p.Case.Acceptance.Body.Epoch || h.Header.Policy == c.cfg.Genesis.Policies.Digest() {
			continue
		}
		set, err := c.cfg.Headers.Policies(ctx, h.Header)
		if err != nil {
			return Result{}, err
		}
		file.Policies = []attest.PolicySet{set}
	}
	return Result{file, files}, nil
}

// An Opened is the result of a task before it is settled: checked from the
// user's own signature to the enclave's, but for the committee's votes and the
// money, which come with the proof.
type Opened struct {
	Receipt tacit.Receipt
	Files   []tacit.Output
}

// Result waits until a task has run, judges by itself where it ran (the draw,
// the evidence, the receipt's key) and opens the result. A task that failed
// answers with why.
func (c *Client) Result(ctx context.Context, id wire.Digest) (Opened, error) {
	ran, err := awaited(ctx, c, c.cfg.Dispatcher.Result, id)
	if err != nil {
		return Opened{}, err
	}
	if err := c.judge(ctx, id, ran); err != nil {
		return Opened{}, err
	}
	receipt, files, err := c.openResult(ctx, ran.Case.Task.Body, id, ran.Leaf.Body, ran.Output)
	return Opened{receipt, files}, err
}

// awaited asks the dispatcher about a task until it has something to say.
func awaited[T any](ctx context.Context, c *Client, ask func(context.Context, tacit.TaskRequest) (T, error), id wire.Digest) (said T, err error) {
	for {
		err = patiently(ctx, func() (err error) {
			said, err = ask(ctx, tacit.TaskRequest{Task: id})
			return err
		})
		if err == nil {
			return said, nil
		}
		if !errors.Is(err, fault.KeyFinality) || ctx.Err() != nil {
			return said, c.away(err)
		}
	}
}

// judge checks that a leaf is of the enclave whose evidence is acceptable for
// this task.
func (c *Client) judge(ctx context.Context, id wire.Digest, ran tacit.Ran) error {
	v, err := c.judgeCase(ctx, id, ran.Case)
	if err != nil {
		return err
	}
	leaf, err := ran.Leaf.Check(c.cfg.Genesis.Network(c.cfg.Epochs), ran.Case.Keys.Receipt)
	if err != nil {
		return err
	}
	if leaf.Task != id || leaf.Assignment != v.Assignment.Hash() {
		return fault.New(fault.ResultKey, "open result: it is of another task or assignment")
	}
	return nil
}

// judgeCase checks that a case is of this account's task, and that its enclave is the one
// that was drawn and its evidence acceptable.
func (c *Client) judgeCase(ctx context.Context, id wire.Digest, shown tacit.Case) (tacit.Verified, error) {
	h, err := c.cfg.Headers.Header(ctx, shown.Acceptance.Body.Epoch)
	if err != nil {
		return tacit.Verified{}, err
	}
	newest := uint64(0)
	for _, ch := range shown.Challenges {
		newest = max(newest, ch.Body.Epoch) // freshness was judged when the keys were released
	}
	v, err := shown.CheckDraw(c.cfg.Genesis.Network(c.cfg.Epochs), h, newest, c.cfg.Genesis.Params)
	if err != nil {
		return v, err
	}
	// By the policies of the task's own epoch, as its proof is checked for ever
	// after: that no newer ones denied it was for those to see who released keys.
	set, err := c.cfg.Headers.Policies(ctx, h)
	if err != nil {
		return v, err
	}
	then := time.Unix(int64(h.Time), 0)
	claims, err := c.cfg.Schemes.Verify(ctx, shown.Evidence, then)
	if err != nil {
		return v, err
	}
	if err := tacit.Appraise(v, set, claims, then); err != nil {
		return v, err
	}
	if v.TaskID != id || v.Task.User != c.cfg.Key.Address() {
		return v, fault.New(fault.ResultKey, "open result: it is of another task or assignment")
	}
	return v, nil
}
