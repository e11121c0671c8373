package dispatcher

import (
	"context"
	"slices"
	"strings"

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
	stateDirect   uint8 = 5 // settled directly, so left out of its batch
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
	Released    []tacit.Signed[tacit.Released] `cbor:"12,keyasint"` // of each manager, in their order
	Direct      uint64                         `cbor:"13,keyasint"` // block of a direct settlement, else 0
}

// settled is a task's settlement with the block that it was posted in.
type settled struct {
	Settled tacit.Settled `cbor:"1,keyasint"`
	Block   uint64        `cbor:"2,keyasint"`
}

const recordLabel = "tacit/dispatcher/task"

func (r record) id(network wire.Digest) wire.Digest { return r.Submit.Task.Body.ID(network) }

// claim is what the settlement committee checks.
func (r record) claim() tacit.SettleClaim {
	return tacit.SettleClaim{Case: r.Case, Certificate: r.Certificate, Leaf: r.Ran.Leaf}
}

// taken is the block in which the task's fee left the deposit, 0 if it did not.
func (r record) taken() uint64 {
	if r.State == stateSettled {
		return r.Settled[0].Block
	}
	return r.Direct
}

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
	return d.write(ctx, id, r, more...)
}

func (d *Dispatcher) write(ctx context.Context, id wire.Digest, r *record, more ...tacit.Put) error {
	b, err := wire.Marshal(recordLabel, *r)
	if err != nil {
		return err
	}
	return d.commit(ctx, append(more, tacit.Put{Key: taskKey(id), Value: b})...)
}

// end journals how a task ended, with its last event, before anybody is told:
// whoever hears of it finds the proof there, or the reservation gone.
func (d *Dispatcher) end(ctx context.Context, id wire.Digest, r *record, stage, state, detail string, why error) error {
	d.mu.Lock()
	t := d.tasks[id]
	if t == nil { // resumed by nobody else: the journal is this writer's
		t = d.trackOf(r)
		d.tasks[id] = t
	}
	last := t.next(id, stage, state, detail, why)
	last.Final = true
	r.Events = append(slices.Clone(t.events), last)
	d.mu.Unlock()
	var more []tacit.Put
	block := r.taken() // it counts until a header shows the debit
	if block == 0 {
		more = append(more, tacit.Put{Key: openKey(id), Delete: true})
	}
	if err := d.write(ctx, id, r, more...); err != nil {
		return err
	}
	d.unreserve(r.Submit.Task.Body.User, id, block)
	d.mu.Lock()
	defer d.mu.Unlock()
	t.events, t.record = r.Events, nil
	if why != nil && t.ran == nil {
		t.failed = why
	}
	t.wake()
	d.ended = append(d.ended, id)
	if len(d.ended) > remembered {
		delete(d.tasks, d.ended[0])
		d.ended = d.ended[1:]
	}
	return nil
}

func (d *Dispatcher) commit(ctx context.Context, puts ...tacit.Put) error {
	_, err := d.cfg.Store.Commit(ctx, tacit.Txn{Fence: &tacit.Fence{Name: d.lease.Name, Token: d.lease.Token}, Then: puts})
	return err
}

// eachOpen visits every task whose reservation counts, in pages.
func (d *Dispatcher) eachOpen(ctx context.Context, visit func(wire.Digest, record) error) error {
	const prefix = "open/"
	for from := prefix; ; {
		items, _, err := d.cfg.Store.Range(ctx, from, "open0", 128)
		if err != nil {
			return err
		}
		for _, item := range items {
			var id wire.Digest
			if err := id.UnmarshalText([]byte("0x" + strings.TrimPrefix(item.Key, prefix))); err != nil {
				return fault.New(fault.StoreCorrupt, "read the dispatcher's journal: key %q names no task", item.Key)
			}
			r, err := d.load(ctx, id)
			if err != nil {
				return err
			}
			if err := visit(id, r); err != nil {
				return err
			}
			from = item.Key + "\x00"
		}
		if len(items) < 128 {
			return nil
		}
	}
}
