package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A batch holds at most so many tasks, whose claims fit one message: the
// committee checks every one.
const (
	most      = 256
	mostBytes = wire.MaxMessage * 3 / 4
)

// pendingBatch is a batch as it was first made. Its composition is journalled
// before anybody is asked to sign it and never changes, because verifiers sign
// for a task under one batch number only.
type pendingBatch struct {
	Number uint64        `cbor:"1,keyasint"`
	Epoch  uint64        `cbor:"2,keyasint"`
	Tasks  []wire.Digest `cbor:"3,keyasint"`
}

const (
	batchLabel = "tacit/dispatcher/batch"
	batchKey   = "batch/pending"
	numberKey  = "batch/number"
)

func secondsOf(t tacit.Task) time.Duration {
	return time.Duration(t.Requirements.Seconds) * time.Second
}

// settleAll gathers tasks that ran into batches and posts them, one batch at a
// time, until ctx ends.
func (d *Dispatcher) settleAll(ctx context.Context) {
	var waiting []wire.Digest
	take := func(id wire.Digest) {
		waiting = append(waiting, id)
		d.event(id, "Settle", "started", "", nil)
	}
	t := time.NewTicker(d.cfg.BatchEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-d.due:
			take(id)
			continue
		case <-t.C:
		}
		// What is due by now goes along, whichever of the two select saw first.
		for len(d.due) > 0 {
			take(<-d.due)
		}
		b, err := d.pending(ctx, waiting)
		if err == nil && len(b.Tasks) > 0 {
			err = d.settle(ctx, b)
			if err == nil {
				waiting = without(waiting, b.Tasks)
			}
		}
		if err != nil && ctx.Err() == nil {
			d.cfg.Log.Warn("batch not settled yet", "err", err)
		}
	}
}

func without(list, drop []wire.Digest) []wire.Digest {
	gone := map[wire.Digest]bool{}
	for _, x := range drop {
		gone[x] = true
	}
	var rest []wire.Digest
	for _, x := range list {
		if !gone[x] {
			rest = append(rest, x)
		}
	}
	return rest
}

// pending returns the batch in hand, or makes the next one of what waits.
func (d *Dispatcher) pending(ctx context.Context, waiting []wire.Digest) (pendingBatch, error) {
	var b pendingBatch
	item, err := d.cfg.Store.Get(ctx, batchKey)
	if err == nil {
		return b, wire.Unmarshal(batchLabel, item.Value, &b)
	}
	if !errors.Is(err, fault.APINotFound) || len(waiting) == 0 {
		return b, absent(err)
	}
	item, err = d.cfg.Store.Get(ctx, numberKey)
	if err == nil {
		if err := wire.Unmarshal(batchLabel, item.Value, &b); err != nil {
			return b, err
		}
	} else if !errors.Is(err, fault.APINotFound) {
		return b, err
	}
	b = pendingBatch{Number: b.Number + 1, Epoch: d.cfg.Headers.View().Header.Number}
	room := mostBytes
	for _, id := range waiting {
		// After a restart a task can wait although the batch in hand settled it.
		r, err := d.open(ctx, id)
		if err != nil {
			return b, err
		}
		if r.State != stateRan || len(b.Tasks) == most {
			continue
		}
		claim, err := wire.Marshal(batchLabel, tacit.SettleClaim{Case: r.Case, Certificate: r.Certificate, Leaf: r.Ran.Leaf})
		if err != nil {
			return b, err
		}
		if room -= len(claim); room < 0 && len(b.Tasks) > 0 {
			break // it goes with the next
		}
		b.Tasks = append(b.Tasks, id)
	}
	if len(b.Tasks) == 0 {
		return b, nil
	}
	v, err := wire.Marshal(batchLabel, b)
	if err != nil {
		return b, err
	}
	if err := d.commit(ctx, tacit.Put{Key: batchKey, Value: v}); err != nil {
		return b, err
	}
	// gofail: var dispatcherBatchMade struct{}
	return b, nil
}

// settle has a batch signed and posted, and ends its tasks.
func (d *Dispatcher) settle(ctx context.Context, p pendingBatch) error {
	ctx, cancel := context.WithTimeout(ctx, 3*d.cfg.Patience)
	defer cancel()
	view := d.cfg.Headers.View()
	req := tacit.BatchRequest{}
	var payouts []tacit.Payout
	var records []*record
	var tasks []wire.Digest
	for _, id := range p.Tasks {
		r, err := d.open(ctx, id)
		if err != nil {
			return err
		}
		if r.State == stateFailed {
			continue
		}
		// Nobody signs for a task whose window is over, and a batch that waits
		// for it would hold up all that come after.
		if d.lapsed(r.Submit.Task.Body.Deadline, view.Header.Block) {
			r.State = stateFailed
			if err := d.end(ctx, id, r, "Settle", "failed", "", fault.New(fault.TaskTimeout, "settle task %s: its window ended", id.Short())); err != nil {
				return err
			}
			continue
		}
		records, tasks = append(records, r), append(tasks, id)
		claim := tacit.SettleClaim{Case: r.Case, Certificate: r.Certificate, Leaf: r.Ran.Leaf}
		header, err := d.cfg.Headers.Header(ctx, r.Acceptance.Body.Epoch)
		if err != nil {
			return err
		}
		s, pay, err := claim.Check(view.Network, header, view.Genesis.Params)
		if err != nil {
			return err
		}
		req.Claims, req.Settlements, payouts = append(req.Claims, claim), append(req.Settlements, s), append(payouts, pay...)
	}
	if p.Tasks = tasks; len(tasks) == 0 {
		return d.commit(ctx, tacit.Put{Key: batchKey, Delete: true}) // its number was not used
	}
	// The epoch follows the newest header: the contract refuses batches of old
	// ones, and nothing that was journalled depends on it.
	req.Batch, req.Debits, req.Payouts = tacit.MakeBatch(d.cfg.Key.Address(), p.Number, view.Header.Number, req.Settlements, payouts)
	g, err := d.cfg.Peers.Gateway()
	if err != nil {
		return err
	}
	committee, sigs, err := d.sign(ctx, g, req)
	if err != nil {
		return err
	}
	// gofail: var dispatcherBatchSigned struct{}
	posted, err := g.PostBatch(ctx, tacit.PostBatchRequest{Batch: req.Batch, Debits: req.Debits, Payouts: req.Payouts, Committee: committee, Sigs: sigs})
	if err != nil {
		return err
	}
	// gofail: var dispatcherBatchPosted struct{}
	return d.settled(ctx, p, req, records, committee, sigs, posted.Block)
}

// sign asks the settlement committee side by side and goes on as soon as
// enough of it has signed.
func (d *Dispatcher) sign(ctx context.Context, g tacit.Gateway, req tacit.BatchRequest) (tacit.PoolProof, []key.Signature, error) {
	header, err := d.cfg.Headers.Header(ctx, req.Batch.Epoch)
	if err != nil {
		return tacit.PoolProof{}, nil, err
	}
	all, err := g.Committee(ctx, tacit.CommitteeRequest{Epoch: req.Batch.Epoch, Dispatcher: req.Batch.Dispatcher, Number: req.Batch.Number})
	if err != nil {
		return tacit.PoolProof{}, nil, err
	}
	members, err := all.Check(header.Verifiers)
	if err != nil {
		return tacit.PoolProof{}, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Patience)
	defer cancel()
	type answer struct {
		i   int
		sig key.Signature
		err error
	}
	answers := make(chan answer, len(members))
	for i, m := range members {
		go func() {
			a := answer{i: i}
			defer func() { answers <- a }()
			v, err := d.cfg.Peers.Verifier(m.Key)
			var got tacit.BatchSig
			if err == nil {
				got, err = v.Batch(ctx, req)
			}
			if err == nil {
				_, err = tacit.Signed[tacit.Batch]{Body: req.Batch, Sig: got.Sig}.Check(d.network(), m.Key)
			}
			a.sig, a.err = got.Sig, err
		}()
	}
	sigs := map[int]key.Signature{}
	var errs []error
	for n := range members {
		a := <-answers
		if a.err != nil {
			errs = append(errs, a.err)
		} else {
			sigs[a.i] = a.sig
		}
		if 3*len(sigs) <= 2*len(members) && n < len(members)-1 {
			continue // hardly enough yet: checking costs a verification each
		}
		out := tacit.PoolProof{Root: all.Root}
		var good []key.Signature
		for i := range members { // in the order of the pool
			if sig, ok := sigs[i]; ok {
				out.Members, out.Paths = append(out.Members, all.Members[i]), append(out.Paths, all.Paths[i])
				good = append(good, sig)
			}
		}
		probe := tacit.Settled{Batch: req.Batch, Settlement: req.Settlements[0], Path: wire.PairPath(settlementLeaves(req.Settlements), 0), Committee: out, Sigs: good}
		if err = probe.Check(d.network(), header); err == nil {
			return out, good, nil
		}
	}
	return tacit.PoolProof{}, nil, errors.Join(append([]error{err}, errs...)...)
}

func settlementLeaves(list []tacit.Settlement) []wire.Digest {
	leaves := make([]wire.Digest, len(list))
	for i := range list {
		leaves[i] = list[i].Leaf()
	}
	return leaves
}

// settled journals the end of a batch's tasks.
func (d *Dispatcher) settled(ctx context.Context, p pendingBatch, req tacit.BatchRequest, records []*record, committee tacit.PoolProof, sigs []key.Signature, block uint64) error {
	leaves := settlementLeaves(req.Settlements)
	for i, id := range p.Tasks {
		r := records[i]
		r.State = stateSettled
		r.Settled = []settled{{tacit.Settled{Batch: req.Batch, Settlement: req.Settlements[i], Path: wire.PairPath(leaves, i), Committee: committee, Sigs: sigs}, block}}
		detail := fmt.Sprintf("%d gwei in batch %d, block %d", req.Settlements[i].Fee, p.Number, block)
		if err := d.end(ctx, id, r, "Settle", "done", detail, nil); err != nil {
			return err
		}
		// gofail: var dispatcherTaskSettled struct{}
	}
	v, err := wire.Marshal(batchLabel, p)
	if err != nil {
		return err
	}
	return d.commit(ctx, tacit.Put{Key: numberKey, Value: v}, tacit.Put{Key: batchKey, Delete: true})
}
