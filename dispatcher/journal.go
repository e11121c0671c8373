package dispatcher

import (
	"context"
	"fmt"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The states of a task in the journal.
const (
	stateAccepted uint8 = 1 // to be drawn and run
	stateRan      uint8 = 2 // has a receipt, to be settled
	stateSettled  uint8 = 3
	stateFailed   uint8 = 4 // its reservation lapses
)

// record is a task in the journal.
type record struct {
	Submit      tacit.SubmitRequest            `cbor:"1,keyasint"`
	Acceptance  tacit.Signed[tacit.Acceptance] `cbor:"2,keyasint"`
	Case        tacit.Case                     `cbor:"3,keyasint"`
	State       uint8                          `cbor:"4,keyasint"`
	Attempt     uint8                          `cbor:"5,keyasint"` // begun last; never goes back, so that an attempt is run at most once
	Certificate tacit.Certificate              `cbor:"6,keyasint"`
	Audit       []tacit.AuditEntry             `cbor:"7,keyasint"`
	Ran         tacit.RunReply                 `cbor:"8,keyasint"`
	Settled     []settled                      `cbor:"9,keyasint"` // one, or none
	Events      []tacit.Event                  `cbor:"10,keyasint"`
	Indexes     []uint64                       `cbor:"11,keyasint"` // of the releases in their managers' logs, as Audit
}

// settled is a task's settlement with the block that it was posted in.
type settled struct {
	Settled tacit.Settled `cbor:"1,keyasint"`
	Block   uint64        `cbor:"2,keyasint"`
}

const recordLabel = "tacit/dispatcher/task"

func (r record) id(network wire.Digest) wire.Digest { return r.Submit.Task.Body.ID(network) }

// ran is what the task's user may have once it has run.
func (r record) ran() *tacit.Ran {
	return &tacit.Ran{Case: r.Case, Leaf: r.Ran.Leaf, Output: r.Ran.Output}
}

func taskKey(id wire.Digest) string { return "task/" + id.String() }

// load returns a task, or API_NOT_FOUND.
func (d *Dispatcher) load(ctx context.Context, id wire.Digest) (record, error) {
	var r record
	item, err := d.cfg.Store.Get(ctx, taskKey(id))
	if err != nil {
		return r, err
	}
	return r, wire.Unmarshal(recordLabel, item.Value, &r)
}

// save journals a task, with whatever must be true at the same moment, under
// this writer's fencing token.
func (d *Dispatcher) save(ctx context.Context, id wire.Digest, r *record, more ...tacit.Put) error {
	// gofail: var dispatcherForgets struct{}
	// return nil
	r.Events = d.eventsOf(id)
	b, err := wire.Marshal(recordLabel, *r)
	if err != nil {
		return err
	}
	return d.commit(ctx, append(more, tacit.Put{Key: taskKey(id), Value: b})...)
}

// end journals how a task ended before anybody is told: whoever hears of it
// finds the proof there, or the reservation gone. The last event is then
// journalled too.
func (d *Dispatcher) end(ctx context.Context, id wire.Digest, r *record, tell func()) error {
	if err := d.save(ctx, id, r); err != nil {
		return err
	}
	tell()
	return d.save(ctx, id, r)
}

// retell makes the last event of a task that ended again if a crash came
// between its end and its last event: who watches would wait for ever.
func (d *Dispatcher) retell(id wire.Digest, r record) {
	switch {
	case slices.ContainsFunc(r.Events, func(e tacit.Event) bool { return e.Final }):
	case r.State == stateSettled:
		s := r.Settled[0]
		d.event(id, "Settle", "done", fmt.Sprintf("%d gwei in batch %d, block %d", s.Settled.Settlement.Fee, s.Settled.Batch.Number, s.Block), nil, true)
	case r.State == stateFailed:
		d.event(id, "Proof", "failed", "", fault.New(fault.TaskFailed, "run task %s: it failed, and the dispatcher crashed before it told why", id.Short()), true)
	}
}

func (d *Dispatcher) commit(ctx context.Context, puts ...tacit.Put) error {
	_, err := d.cfg.Store.Commit(ctx, tacit.Txn{Fence: &tacit.Fence{Name: d.lease.Name, Token: d.lease.Token}, Then: puts})
	return err
}

// eachTask visits every task of the journal in pages. Its cost grows with the
// number of tasks; it runs at start and, for a user's reservations, at Submit.
func (d *Dispatcher) eachTask(ctx context.Context, visit func(record) error) error {
	for from := "task/"; ; {
		items, _, err := d.cfg.Store.Range(ctx, from, "task0", 128)
		if err != nil {
			return err
		}
		for _, item := range items {
			var r record
			if err := wire.Unmarshal(recordLabel, item.Value, &r); err != nil {
				return err
			}
			if err := visit(r); err != nil {
				return err
			}
			from = item.Key + "\x00"
		}
		if len(items) < 128 {
			return nil
		}
	}
}
