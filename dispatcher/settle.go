package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A batch holds at most so many tasks, whose claims fit one message: the
// committee checks every one.
const (
	most      = tacit.MostTasks
	mostBytes = wire.MaxMessage * 3 / 4
)

// pendingBatch is a batch as it was first made. Its composition is journalled
// before anybody is asked to sign it and never changes, because verifiers sign
// for a task under one batch number only.
type pendingBatch struct {
	Number uint64        `cbor:"1,keyasint"`
	Epoch  uint64        `cbor:"2,keyasint"`
	Tasks  []wire.Digest `cbor:"3,keyasint"`
	Tries  []signedBatch `cbor:"4,keyasint"` // what went to a gateway, each composition once
}

// signedBatch is a batch as it was handed to a gateway. It is journalled before,
// so that it can be told again if the answer was lost and it was posted after
// all, when nobody would sign for its tasks any more.
type signedBatch struct {
	Batch     tacit.Batch     `cbor:"1,keyasint"`
	Tasks     []wire.Digest   `cbor:"2,keyasint"`
	Committee tacit.PoolProof `cbor:"3,keyasint"`
	Sigs      []key.Signature `cbor:"4,keyasint"`
}

// mostTries bounds what is kept of a batch. Its composition changes only when a
// task of it lapses or was settled directly.
const mostTries = 4

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
		claim, err := wire.Marshal(batchLabel, r.claim())
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
	g, err := d.cfg.Peers.Gateway()
	if err != nil {
		return err
	}
	stands := false
	if len(p.Tries) > 0 {
		// The last answer was lost or was no. Before tasks are given up or signed
		// for in other company, the chain says whether one of the tries stands.
		fate, err := g.Fate(ctx, tacit.FateRequest{Dispatcher: d.cfg.Key.Address(), Number: p.Number})
		if err != nil {
			return err
		}
		for _, try := range p.Tries {
			if fate.Block != 0 && fate.Leaves == try.Batch.Leaves {
				return d.stood(ctx, p, try, fate.Block)
			}
		}
		stands = fate.Block != 0
	}
	view := d.cfg.Headers.View()
	req, payouts, records, err := d.compose(ctx, &p, view)
	if err != nil {
		return err
	}
	if len(p.Tasks) == 0 {
		return d.close(ctx, p, stands)
	}
	// The epoch follows the newest header: the contract refuses batches of old
	// ones, and nothing that was journalled depends on it.
	req.Batch, req.Debits, req.Payouts = tacit.MakeBatch(d.cfg.Key.Address(), p.Number, view.Header.Number, req.Settlements, payouts)
	committee, sigs, err := d.sign(ctx, g, req)
	if err != nil {
		return err
	}
	// gofail: var dispatcherBatchSigned struct{}
	try := signedBatch{req.Batch, p.Tasks, committee, sigs}
	if err := d.keepTry(ctx, p, try); err != nil {
		return err
	}
	posted, err := g.PostBatch(ctx, tacit.PostBatchRequest{Batch: req.Batch, Debits: req.Debits, Payouts: req.Payouts, Committee: committee, Sigs: sigs, Until: d.until(req.Settlements)})
	if errors.Is(err, fault.PayDeposit) {
		return errors.Join(err, d.leaveOut(ctx, g, p, records))
	}
	if err != nil {
		return err
	}
	// gofail: var dispatcherBatchPosted struct{}
	return d.settled(ctx, p, try, req.Settlements, records, posted.Block)
}

// compose gathers the claims of a batch's tasks that are still to be settled, and
// leaves in p only those.
func (d *Dispatcher) compose(ctx context.Context, p *pendingBatch, view tacit.View) (req tacit.BatchRequest, payouts []tacit.Payout, records []*record, err error) {
	var tasks []wire.Digest
	for _, id := range p.Tasks {
		r, err := d.open(ctx, id)
		if err != nil {
			return req, nil, nil, err
		}
		if r.State != stateRan {
			continue // it ended meanwhile, without this batch
		}
		// Nobody signs for a task whose window is over, and a batch that waits
		// for it would hold up all that come after.
		if d.lapsed(r.Submit.Task.Body.Deadline, view.Header.Block) {
			r.State = stateFailed
			if err := d.end(ctx, id, r, "Settle", "failed", "", fault.New(fault.TaskTimeout, "settle task %s: its window ended", id.Short())); err != nil {
				return req, nil, nil, err
			}
			continue
		}
		s, pay, err := d.settlement(ctx, r, view)
		if err != nil {
			return req, nil, nil, err
		}
		records, tasks = append(records, r), append(tasks, id)
		req.Claims = append(req.Claims, r.claim())
		req.Settlements, payouts = append(req.Settlements, s), append(payouts, pay...)
	}
	p.Tasks = tasks
	return req, payouts, records, nil
}

// settlement is what a task's claim comes to.
func (d *Dispatcher) settlement(ctx context.Context, r *record, view tacit.View) (tacit.Settlement, []tacit.Payout, error) {
	header, err := d.cfg.Headers.Header(ctx, r.Acceptance.Body.Epoch)
	if err != nil {
		return tacit.Settlement{}, nil, err
	}
	return r.claim().Check(view.Network, header, view.Genesis.Params)
}

// until is the last block in which all of these can be settled. Headers tell the time
// of some blocks ago, and of an outage only when it is over; whoever posts knows the
// chain's.
func (d *Dispatcher) until(settlements []tacit.Settlement) uint64 {
	last := uint64(math.MaxUint64)
	for _, s := range settlements {
		last = min(last, s.Deadline+d.cfg.Headers.View().Genesis.Params.SettleWindow)
	}
	return last
}

// keepTry journals what is about to be handed to a gateway; the same composition
// again replaces the older signatures.
func (d *Dispatcher) keepTry(ctx context.Context, p pendingBatch, try signedBatch) error {
	item, err := d.cfg.Store.Get(ctx, batchKey)
	if err != nil {
		return err
	}
	var kept pendingBatch // with the tasks that it was made of
	if err := wire.Unmarshal(batchLabel, item.Value, &kept); err != nil {
		return err
	}
	kept.Tries = slices.DeleteFunc(kept.Tries, func(t signedBatch) bool { return t.Batch.Leaves == try.Batch.Leaves })
	kept.Tries = append(kept.Tries, try)
	kept.Tries = kept.Tries[max(0, len(kept.Tries)-mostTries):]
	v, err := wire.Marshal(batchLabel, kept)
	if err != nil {
		return err
	}
	return d.commit(ctx, tacit.Put{Key: batchKey, Value: v})
}

// stood ends the tasks of a batch whose posting was found on the chain.
func (d *Dispatcher) stood(ctx context.Context, p pendingBatch, try signedBatch, block uint64) error {
	view := d.cfg.Headers.View()
	settlements := make([]tacit.Settlement, len(try.Tasks))
	records := make([]*record, len(try.Tasks))
	for i, id := range try.Tasks {
		var err error
		if records[i], err = d.open(ctx, id); err != nil {
			return err
		}
		if settlements[i], _, err = d.settlement(ctx, records[i], view); err != nil {
			return err
		}
	}
	return d.settled(ctx, p, try, settlements, records, block)
}

// leaveOut ends the tasks of a batch that were settled directly. What was taken
// for them is gone from their users' deposits, so that the batch cannot be posted
// with them, and their payees have it already.
func (d *Dispatcher) leaveOut(ctx context.Context, g tacit.Gateway, p pendingBatch, records []*record) error {
	fate, err := g.Fate(ctx, tacit.FateRequest{Dispatcher: d.cfg.Key.Address(), Number: p.Number, Tasks: p.Tasks})
	if err != nil {
		return err
	}
	if fate.Block != 0 || len(fate.Direct) != len(p.Tasks) {
		return nil // the next look finds it posted, or another gateway answers better
	}
	for i, id := range p.Tasks {
		if fate.Direct[i] == 0 {
			continue
		}
		r := records[i]
		r.State, r.Direct = stateDirect, fate.Direct[i]
		if err := d.end(ctx, id, r, "Settle", "failed", "", fault.New(fault.ChainSettled, "settle task %s: it was settled directly in block %d", id.Short(), fate.Direct[i])); err != nil {
			return err
		}
	}
	return nil
}

// close drops a batch that has no task left. Its number is used if a batch of it
// stands on the chain.
func (d *Dispatcher) close(ctx context.Context, p pendingBatch, used bool) error {
	puts := []tacit.Put{{Key: batchKey, Delete: true}}
	if used {
		v, err := wire.Marshal(batchLabel, pendingBatch{Number: p.Number, Epoch: p.Epoch})
		if err != nil {
			return err
		}
		puts = append(puts, tacit.Put{Key: numberKey, Value: v})
	}
	return d.commit(ctx, puts...)
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
	// gofail: var dispatcherShowsBoth struct{}
	// d.showBoth(ctx, req, members)
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

// settled journals the end of a batch's tasks, as one of its tries settles them.
func (d *Dispatcher) settled(ctx context.Context, p pendingBatch, try signedBatch, settlements []tacit.Settlement, records []*record, block uint64) error {
	leaves := settlementLeaves(settlements)
	for i, id := range try.Tasks {
		r := records[i]
		if r.State != stateRan {
			continue // it ended before, and its end was told
		}
		r.State = stateSettled
		r.Settled = []settled{{tacit.Settled{Batch: try.Batch, Settlement: settlements[i], Path: wire.PairPath(leaves, i), Committee: try.Committee, Sigs: try.Sigs}, block}}
		detail := fmt.Sprintf("%d gwei in batch %d, block %d", settlements[i].Fee, p.Number, block)
		if err := d.end(ctx, id, r, "Settle", "done", detail, nil); err != nil {
			return err
		}
		// gofail: var dispatcherTaskSettled struct{}
	}
	return d.close(ctx, p, true)
}
