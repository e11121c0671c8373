package dispatcher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/telemetry"
	"tacit/vrf"
	"tacit/wire"
)

// see sees one accepted task to its receipt, or to its failure.
func (d *Dispatcher) see(ctx context.Context, p *place) {
	defer d.turns.end(p)
	id := p.id
	r, err := d.open(ctx, id)
	if err != nil {
		d.cfg.Log.Error("task not loaded", "task", id.Short(), "err", err)
		return
	}
	ctx, end := d.traced(ctx, id)
	err = d.try(ctx, p, r)
	if r.Attempt == 0 && errors.Is(err, fault.KeyGeneration) && d.cfg.Headers.View().Header.Number > r.Acceptance.Body.Epoch+tacit.DrawEpochs {
		err = fault.New(fault.ResBusy, "run task %s: its turn came too late, submit it again: %w", id.Short(), err)
	}
	end(err)
	if ctx.Err() != nil {
		return // the journal takes it up again
	}
	if err != nil {
		d.cfg.Log.Info("task failed", "task", id.Short(), "code", codeOf(err))
		r.State = stateFailed
		if err := d.end(ctx, id, r, "Proof", "failed", "", err); err != nil {
			d.cfg.Log.Error("task not journalled", "task", id.Short(), "err", err)
		}
		return
	}
	d.turns.end(p) // before it waits for anything
	d.due <- id
}

// traced begins the span of a task's way to its receipt, in the trace of the
// call that brought it; after a restart in one of its own.
func (d *Dispatcher) traced(ctx context.Context, id wire.Digest) (context.Context, func(error)) {
	d.mu.Lock()
	t := d.tasks[id]
	d.mu.Unlock()
	if t != nil && t.trace != nil {
		ctx = telemetry.Join(ctx, t.trace)
	}
	return telemetry.Span(ctx, "task", id.String(), telemetry.Inside)
}

// open is the record of an open task, which one goroutine at a time works on.
func (d *Dispatcher) open(ctx context.Context, id wire.Digest) (*record, error) {
	d.mu.Lock()
	t := d.tasks[id]
	d.mu.Unlock()
	if t != nil && t.record != nil {
		return t.record, nil
	}
	r, err := d.load(ctx, id)
	if t != nil && err == nil && (r.State == stateAccepted || r.State == stateRan) {
		d.mu.Lock()
		defer d.mu.Unlock()
		t.record = &r
	}
	return &r, err
}

// try draws and runs attempts until one leaves a receipt.
func (d *Dispatcher) try(ctx context.Context, p *place, r *record) error {
	id := p.id
	d.event(id, "Draw", "started", "", nil)
	drawn, err := d.drawUnlessCancelled(ctx, p, r)
	if err != nil {
		d.event(id, "Draw", "failed", "", err)
		return err
	}
	d.event(id, "Draw", "done", fmt.Sprintf("seed %s, worker %s, %d seats", drawn.Seed.Short(), drawn.Workers[0].Key.String()[:10], len(drawn.Seats)), nil)
	// gofail: var dispatcherDrawn struct{}
	var last error
	for r.Attempt < uint8(len(drawn.Workers)) {
		if len(r.Case.Skips) < int(r.Attempt) { // begun before this process, and not to be begun twice
			d.skip(id, r, drawn, tacit.Skip{Reason: tacit.SkipRestart}, nil)
		}
		r.Attempt++ // journalled with its assignment, before anybody hears of it
		// gofail: var dispatcherBegun struct{}
		began := time.Now()
		last = d.attempt(ctx, id, r, drawn)
		if last == nil || ctx.Err() != nil || final(last) {
			return last
		}
		d.cfg.Log.Info("attempt failed", "task", id.Short(), "attempt", r.Attempt, "err", last)
		d.skip(id, r, drawn, skipOf(last, time.Since(began)), last)
	}
	if last == nil {
		last = fault.New(fault.TaskFailed, "run task %s: its attempts are used up", id.Short())
	}
	return last
}

// refused is what a worker signed that does not do an attempt.
type refused struct {
	error
	word tacit.Signed[tacit.Skip]
}

func (r refused) Unwrap() error { return r.error }

// heard is the refusal in a worker's reply, if it is one of this attempt.
func (d *Dispatcher) heard(op string, id wire.Digest, r *record, worker wire.Address, words []tacit.Signed[tacit.Skip]) error {
	if len(words) == 0 {
		return nil
	}
	s, err := words[0].Check(d.network(), worker)
	if err != nil {
		return err
	}
	if s.Task != id || s.Attempt != r.Attempt || s.Worker != worker || s.Reason != tacit.SkipRefused {
		return fault.New(fault.ConsField, "%s: the worker's refusal is about something else", op)
	}
	return refused{fault.New(fault.Parse(s.Code), "%s: the worker %s", op, s), words[0]}
}

// skipOf is what the journal says of an attempt that failed.
func skipOf(err error, took time.Duration) tacit.Skip {
	s := tacit.Skip{Reason: tacit.SkipFailed, Code: string(codeOf(err)), Waited: uint64(took.Milliseconds())}
	if fault.Lost(err) || codeOf(err) == fault.TaskTimeout {
		s.Reason, s.Code = tacit.SkipSilent, ""
	}
	return s
}

// skip adds the evidence for the attempt in hand, or for one that a crash cut
// off; it is journalled before the next one begins.
func (d *Dispatcher) skip(id wire.Digest, r *record, drawn tacit.Drawn, s tacit.Skip, why error) {
	at := len(r.Case.Skips)
	s.Task, s.Attempt, s.Worker = id, uint8(at+1), drawn.Workers[at].Key
	signed := tacit.Sign(d.network(), d.cfg.Key, s)
	var own refused
	if errors.As(why, &own) {
		signed = own.word
	}
	r.Case.Skips = append(r.Case.Skips, signed)
	d.event(id, "Draw", "skipped", fmt.Sprintf("worker %s, attempt %d: %s", s.Worker.String()[:10], s.Attempt, signed.Body), nil)
}

// againEvery is how soon a peer that was not there is asked again.
const againEvery = 100 * time.Millisecond

// again asks until the answer is not that the peer is not there, for a third of
// Patience: whoever was killed comes back within seconds, and so do the
// connections after a start of this process. A worker that signs that its places
// are taken is asked again as long: a full house costs no attempt at once. What is
// asked must be harmless to repeat, as every question to a drawn node is.
func (d *Dispatcher) again(ctx context.Context, ask func() error) error {
	until := time.Now().Add(d.cfg.Patience / 3)
	for {
		err := ask()
		full := errors.As(err, new(refused)) && fault.Of(err) == fault.ResBusy
		if !fault.Lost(err) && !full || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(againEvery):
		}
	}
}

// refusal is a manager's. Only a manager speaks for owners; the same code from a
// worker or a verifier is no reason to give up the task.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// final reports whether another worker would fare no better: the owner's terms
// or the task itself forbid it.
func final(err error) bool {
	if r := (refusal{}); !errors.As(err, &r) {
		return false
	}
	switch fault.Of(err) {
	case fault.DataConsent, fault.DataApproval, fault.KeyPolicy, fault.KeyGeneration, fault.PayDeposit, fault.PayFee, fault.ConsField, fault.TaskTimeout,
		fault.VaultDenied:
		return true
	}
	return false
}

// draw gathers the shares of the seed and draws workers and seats.
func (d *Dispatcher) draw(ctx context.Context, r *record) (tacit.Drawn, error) {
	view := d.cfg.Headers.View()
	epoch := r.Acceptance.Body.Epoch
	header, err := d.cfg.Headers.Header(ctx, epoch)
	if err != nil {
		return tacit.Drawn{}, err
	}
	g, err := d.cfg.Peers.Gateway()
	if err != nil {
		return tacit.Drawn{}, err
	}
	alpha := vrf.DrawAlpha(view.Network, header.Beacon, r.id(view.Network))
	mine, err := d.share(ctx, g, epoch, d.cfg.Key.Address(), d.cfg.VRF.Prove(alpha))
	if err != nil {
		return tacit.Drawn{}, err
	}
	managers := r.Case.Managers()
	shares := make([]tacit.Share, len(managers))
	betas := make([]vrf.Beta, len(managers))
	err = d.eachManager(ctx, managers, func(ctx context.Context, i int, m tacit.KeyReleaser) error {
		got, err := m.Draw(ctx, tacit.DrawRequest{Case: r.Case})
		if err != nil {
			return err
		}
		if shares[i], err = d.share(ctx, g, epoch, managers[i], got.Pi); err != nil {
			return err
		}
		betas[i], err = vrf.Verify(shares[i].Node.VRF, alpha, got.Pi)
		return err
	})
	if err != nil {
		return tacit.Drawn{}, err
	}
	own, err := vrf.Output(mine.Pi)
	if err != nil {
		return tacit.Drawn{}, err
	}
	picked, err := g.Pick(ctx, tacit.PickRequest{Epoch: epoch, Seed: vrf.Seed(own, betas), Requirements: r.Submit.Task.Body.Requirements})
	if err != nil {
		return tacit.Drawn{}, err
	}
	draw := tacit.Draw{Dispatcher: mine, Managers: shares, Workers: picked.Workers, Verifiers: picked.Verifiers}
	// As everybody else will: a gateway that showed other members is caught here.
	drawn, err := draw.Check(view.Network, r.Submit.Task.Body, header, view.Genesis.Params, managers)
	if err != nil {
		return tacit.Drawn{}, err
	}
	r.Case.Draw = draw
	return drawn, nil
}

func (d *Dispatcher) share(ctx context.Context, g tacit.Gateway, epoch uint64, node wire.Address, pi []byte) (tacit.Share, error) {
	n, err := d.node(ctx, g, epoch, node)
	return tacit.Share{Node: n.Node, Path: n.Path, Pi: pi}, err
}

// eachManager asks managers side by side; the first error is the answer, one
// that only waits last.
func (d *Dispatcher) eachManager(ctx context.Context, managers []wire.Address, ask func(context.Context, int, tacit.KeyReleaser) error) error {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Patience)
	defer cancel()
	errs := make([]error, len(managers))
	var wg sync.WaitGroup
	for i, node := range managers {
		wg.Go(func() {
			errs[i] = d.again(ctx, func() error {
				m, err := d.cfg.Peers.Manager(node)
				if err != nil {
					return err
				}
				if err := ask(ctx, i, m); err != nil {
					return refusal{err}
				}
				return nil
			})
		})
	}
	wg.Wait()
	var first error
	for _, err := range errs {
		if err != nil && (first == nil || waits(first)) {
			first = err // waiting for one owner is no use if another refuses
		}
	}
	return first
}

// attempt runs one attempt from its assignment to its receipt.
func (d *Dispatcher) attempt(ctx context.Context, id wire.Digest, r *record, drawn tacit.Drawn) error {
	task := ctx
	stage := func(name string, do func() (string, error)) error {
		d.event(id, name, "started", "", nil)
		var end func(error)
		ctx, end = telemetry.Span(task, name, id.String(), telemetry.Inside)
		detail, err := do()
		end(err)
		if err != nil {
			d.event(id, name, "failed", "", err)
			return err
		}
		d.event(id, name, "done", detail, nil)
		return nil
	}
	var v tacit.Verified
	began := time.Now()
	if err := stage("Attest", func() (string, error) {
		if err := d.assign(ctx, id, r, drawn); err != nil {
			return "", err
		}
		var err error
		if v, err = d.launch(ctx, id, r); err != nil {
			return "", err
		}
		// gofail: var dispatcherLaunched struct{}
		return d.certify(ctx, r, v)
	}); err != nil {
		return err
	}
	held, waiting := d.turns.counts()
	d.pace.took(time.Since(began), held, waiting > 0 || held > d.pace.places(true))
	// gofail: var dispatcherCertified struct{}
	var grants []tacit.Grant
	if err := stage("Keys", func() (string, error) {
		var err error
		grants, err = d.release(ctx, r, v)
		r.Audit, r.Indexes = nil, nil
		for _, g := range grants {
			r.Audit, r.Indexes = append(r.Audit, tacit.AuditEntry{Record: g.Record}), append(r.Indexes, g.Index)
		}
		return fmt.Sprintf("%d keys from %d managers", len(grants), len(r.Case.Managers())), err
	}); err != nil {
		return err
	}
	// gofail: var dispatcherReleased struct{}
	if err := stage("Run", func() (string, error) {
		if err := d.run(ctx, id, r, v, grants); err != nil {
			return "", err
		}
		return "exit " + tacit.ExitClass(r.Ran.Leaf.Body.Exit).String(), nil
	}); err != nil {
		return err
	}
	// gofail: var dispatcherRan struct{}
	r.State = stateRan
	if err := d.save(ctx, id, r); err != nil { // safe before anybody is asked for more
		return err
	}
	// gofail: var dispatcherRanSaved struct{}
	d.ran(id, r)
	return stage("Proof", func() (string, error) {
		detail := "receipt " + r.Ran.Leaf.Body.Commitment.Short()
		if err := d.audit(ctx, r); err != nil {
			d.cfg.Log.Info("audit proofs are still missing", "task", id.Short(), "err", err)
			detail += "; a manager has not shown its log yet"
		}
		return detail, nil
	})
}

// assign gets fresh challenges and signs who runs and who judges.
func (d *Dispatcher) assign(ctx context.Context, id wire.Digest, r *record, drawn tacit.Drawn) error {
	managers := r.Case.Managers()
	challenges := make([]tacit.Signed[tacit.Challenge], len(managers))
	err := d.eachManager(ctx, managers, func(ctx context.Context, i int, m tacit.KeyReleaser) error {
		var err error
		challenges[i], err = m.Challenge(ctx, tacit.ChallengeRequest{Task: id, Attempt: r.Attempt})
		return err
	})
	if err != nil {
		return err
	}
	a := tacit.Assignment{
		Task: id, Epoch: r.Acceptance.Body.Epoch, Attempt: r.Attempt, Seed: drawn.Seed,
		Places: []tacit.Place{{Index: 0, Worker: drawn.Workers[r.Attempt-1].Key}}, Challenges: tacit.HashChallenges(challenges),
	}
	for _, s := range drawn.Seats {
		a.Seats = append(a.Seats, s.Key)
	}
	r.Case.Challenges, r.Case.Place = challenges, 0
	r.Case.Assignment = tacit.Sign(d.network(), d.cfg.Key, a)
	if err := d.save(ctx, id, r); err != nil {
		return err
	}
	// gofail: var dispatcherAssigned struct{}
	return nil
}

// launch has the drawn worker open an enclave and checks what came back as
// far as anybody without the evidence's roots can.
func (d *Dispatcher) launch(ctx context.Context, id wire.Digest, r *record) (tacit.Verified, error) {
	a := r.Case.Assignment.Body
	view := d.cfg.Headers.View()
	header, err := d.cfg.Headers.Header(ctx, a.Epoch)
	if err != nil {
		return tacit.Verified{}, err
	}
	artefacts, err := r.Case.Artefacts()
	if err != nil {
		return tacit.Verified{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Patience)
	defer cancel()
	var reply tacit.LaunchReply
	err = d.again(ctx, func() error {
		w, err := d.cfg.Peers.Worker(a.Places[0].Worker)
		if err == nil {
			reply, err = w.Launch(ctx, tacit.LaunchRequest{
				Network: view.Network, Task: r.Submit.Task.Body, Assignment: a, Challenges: r.Case.Challenges, Artefacts: artefacts,
				Policy: header.Policy, Generation: header.Generation,
			})
		}
		if err == nil {
			err = d.heard("launch", id, r, a.Places[0].Worker, reply.Refused)
		}
		return err
	})
	if err != nil {
		return tacit.Verified{}, err
	}
	r.Case.Keys, r.Case.Evidence = reply.Keys, reply.Evidence
	return r.Case.CheckDraw(view.Network, header, view.Header.Number, view.Genesis.Params)
}

// certify has the seat holders appraise side by side and goes on as soon as
// their accepting votes suffice.
func (d *Dispatcher) certify(ctx context.Context, r *record, v tacit.Verified) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Patience)
	defer cancel()
	type answer struct {
		node wire.Address
		vote tacit.Signed[tacit.Vote]
		err  error
	}
	holders := tacit.SortAddresses(v.Assignment.Seats)
	answers := make(chan answer, len(holders))
	for _, node := range holders {
		go func() {
			out := answer{node: node}
			defer func() { answers <- out }()
			err := d.again(ctx, func() error {
				verifier, err := d.cfg.Peers.Verifier(node)
				if err == nil {
					out.vote, err = verifier.Appraise(ctx, r.Case)
				}
				return err
			})
			if err == nil {
				_, err = out.vote.Check(d.network(), node)
			}
			out.err = err
		}()
	}
	// Only the two votes on exactly this subject count. Any other is left out,
	// or a single liar could spoil the certificate of all.
	accept := v.Subject.Vote(true, "").Hash()
	cert := tacit.Certificate{}
	rejects := map[fault.Code]int{} // seats
	var last error
	seats := 0
	for range holders {
		a := <-answers
		if a.err != nil {
			last = a.err
			d.cfg.Log.Info("no vote", "verifier", a.node, "err", a.err)
			continue
		}
		held := 0
		for _, s := range v.Assignment.Seats {
			if s == a.node {
				held++
			}
		}
		if vote := a.vote.Body; vote.Hash() != accept {
			code := codeOfReject(vote.Code)
			if vote.Hash() == v.Subject.Vote(false, code).Hash() {
				rejects[code] += held
			}
			d.cfg.Log.Info("no accepting vote", "verifier", a.node, "accept", vote.Accept, "code", code)
			continue
		}
		cert.Votes = append(cert.Votes, a.vote)
		seats += held
		params := d.cfg.Headers.View().Genesis.Params
		if cert.Check(d.network(), v.Subject, v.Drawn.Seats, params) == nil {
			r.Certificate = cert
			return fmt.Sprintf("%d/%d seats accept", seats, params.Seats), nil
		}
	}
	// A third of the seats that say the same are not all liars.
	for _, e := range fault.Table {
		if n := rejects[e.Code]; 3*n >= len(v.Assignment.Seats) {
			return "", fault.New(e.Code, "appraise evidence: %d of %d seats reject it", n, len(v.Assignment.Seats))
		}
	}
	err := cert.Check(d.network(), v.Subject, v.Drawn.Seats, d.cfg.Headers.View().Genesis.Params)
	if last != nil {
		err = fmt.Errorf("%w; the last that did not vote: %w", err, last)
	}
	return "", err
}

// codeOfReject finds the code that a reject's digest stands for.
func codeOfReject(d wire.Digest) fault.Code {
	for _, e := range fault.Table {
		if wire.Keccak([]byte(e.Code)) == d {
			return e.Code
		}
	}
	return fault.KeyQuorum
}

// release asks the managers for their grants and puts them in the order of the
// artefacts. What they say is checked here, while another attempt or none costs
// little: a proof that rests on it could not be made right later.
func (d *Dispatcher) release(ctx context.Context, r *record, v tacit.Verified) ([]tacit.Grant, error) {
	artefacts, err := r.Case.Artefacts()
	if err != nil {
		return nil, err
	}
	headers, err := d.ageHeaders(ctx, r, artefacts)
	if err != nil {
		return nil, err
	}
	managers := r.Case.Managers()
	replies := make([]tacit.ReleaseReply, len(managers))
	err = d.eachManager(ctx, managers, func(ctx context.Context, i int, m tacit.KeyReleaser) error {
		var err error
		replies[i], err = m.Release(ctx, tacit.ReleaseRequest{Case: r.Case, Certificate: r.Certificate, Headers: headers})
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Released = nil
	for i, m := range managers {
		word, err := replies[i].Released.Check(d.network(), m)
		if a := r.Case.Assignment.Body; err == nil && (word.Task != a.Task || word.Assignment != a.Hash()) {
			err = fault.New(fault.KeyPolicy, "release keys: manager %s speaks of another attempt", m)
		}
		if err != nil {
			return nil, err
		}
		r.Released = append(r.Released, replies[i].Released)
	}
	var grants []tacit.Grant
	next := make([]int, len(managers))
	for _, a := range artefacts {
		for i, m := range managers {
			if m != a.Manager {
				continue
			}
			if next[i] >= len(replies[i].Grants) || replies[i].Grants[next[i]].Artefact != a.Header {
				return nil, fault.New(fault.KeyPolicy, "release keys: manager %s left out one of its artefacts", m)
			}
			if err := v.Subject.CheckRecord(replies[i].Grants[next[i]].Record, a); err != nil {
				return nil, fault.New(fault.KeyPolicy, "release keys: manager %s: %w", m, err)
			}
			grants = append(grants, replies[i].Grants[next[i]])
			next[i]++
		}
	}
	return grants, nil
}

// ageHeaders reads the beginning of each artefact: inline data at hand, the
// first chunk from blobs otherwise.
func (d *Dispatcher) ageHeaders(ctx context.Context, r *record, artefacts []tacit.Sealed) ([][]byte, error) {
	inline := map[wire.Digest][]byte{}
	for _, in := range r.Submit.Inline {
		inline[in.Sealed.Root] = in.Data
	}
	headers := make([][]byte, len(artefacts))
	for i, a := range artefacts {
		if i > 0 && i <= len(r.Case.Task.Body.Inputs) && r.Case.Task.Body.Inputs[i-1].Kind == tacit.InputOutput {
			h, err := d.stepHeader(ctx, r.Case.Task.Body.Inputs[i-1], a)
			if err != nil {
				return nil, err
			}
			headers[i] = h
			continue
		}
		data, ok := inline[a.Root]
		if !ok {
			var c tacit.Chunk
			err := d.again(ctx, func() (err error) {
				c, err = d.cfg.Fetch(ctx, a.Root, 0)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("fetch age header: %w", err)
			}
			if err := c.Check(a.Root); err != nil {
				return nil, err
			}
			data = c.Data
		}
		h, err := age.ExtractHeader(bytes.NewReader(data))
		if err != nil {
			return nil, fault.New(fault.DataCorrupt, "read age header of artefact %d: %w", i, err)
		}
		headers[i] = h
	}
	return headers, nil
}

// stepHeader is the age header of what another task left for this one.
func (d *Dispatcher) stepHeader(ctx context.Context, in tacit.Input, a tacit.Sealed) ([]byte, error) {
	chunks, err := tacit.NewChunkReader(ctx, a, func(ctx context.Context, i int64) (c tacit.Chunk, err error) {
		err = d.again(ctx, func() (err error) {
			c, err = d.cfg.Fetch(ctx, a.Root, i)
			return err
		})
		return c, err
	})
	if err != nil {
		return nil, err
	}
	part, err := in.StepSection(chunks, a.Size)
	if err != nil {
		return nil, err
	}
	h, err := age.ExtractHeader(part)
	if err != nil {
		return nil, fault.New(fault.DataCorrupt, "read age header of input %q: %w", in.Name, err)
	}
	return h, nil
}

// run has the enclave run and verifies its leaf.
func (d *Dispatcher) run(ctx context.Context, id wire.Digest, r *record, v tacit.Verified, grants []tacit.Grant) error {
	ctx, cancel := context.WithTimeout(ctx, secondsOf(v.Task)+d.cfg.Patience)
	defer cancel()
	defer d.runs(id, r)()
	var reply tacit.RunReply
	err := d.again(ctx, func() error {
		w, err := d.cfg.Peers.Worker(v.Worker.Key)
		if err == nil {
			reply, err = w.Run(ctx, tacit.RunRequest{Task: id, Attempt: r.Attempt, Place: 0, Grants: grants, Inline: r.Submit.Inline})
		}
		return err
	})
	if err == nil {
		err = d.heard("run", id, r, v.Worker.Key, reply.Refused)
	}
	if err != nil {
		return err
	}
	leaf, err := reply.Leaf.Check(d.network(), r.Case.Keys.Receipt)
	if err != nil {
		return err
	}
	if leaf.Task != id || leaf.Assignment != v.Assignment.Hash() || leaf.Attempt != r.Attempt || leaf.Place != 0 || leaf.Output != reply.Output.Root {
		return fault.New(fault.ResultKey, "check receipt: its leaf is for something else")
	}
	if tacit.ExitClass(leaf.Exit) == tacit.ExitHost && int(r.Attempt) < len(v.Drawn.Workers) {
		return fault.New(fault.TaskFailed, "run task: the worker's enclave says that its host failed")
	}
	r.Ran = reply
	return nil
}

// audit collects where each release stands in its manager's log, as far as it
// is not known yet. A manager that does not answer holds up nobody for longer
// than Patience, and no payment. What does not verify is not kept, and asked for
// again.
func (d *Dispatcher) audit(ctx context.Context, r *record) error {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Patience)
	defer cancel()
	artefacts, err := r.Case.Artefacts()
	if err != nil {
		return err
	}
	errs := make([]error, len(r.Audit))
	var wg sync.WaitGroup
	for i := range r.Audit {
		if r.Audit[i].Proof.Size != 0 {
			continue
		}
		wg.Go(func() {
			m, err := d.cfg.Peers.Manager(artefacts[i].Manager)
			if err == nil {
				var e tacit.AuditEntry
				if e, err = m.Audit(ctx, tacit.AuditRequest{Index: r.Indexes[i]}); err == nil {
					e.Record = r.Audit[i].Record
					if err = e.Check(d.network(), artefacts[i].Manager); err == nil {
						r.Audit[i] = e
					}
				}
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
