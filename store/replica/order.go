package replica

import (
	"encoding/binary"
	"fmt"

	"tacit"
	"tacit/fault"
	"tacit/key/recovery"
	"tacit/store"
	"tacit/wire"
)

// What an operator can order beside a membership.
const (
	OrderSnapshot = "snapshot" // replace this member's log by a snapshot
	OrderTransfer = "transfer" // the leader hands the lead over
	OrderRotate   = "rotate"   // the leader begins a new key epoch
	OrderBackup   = "backup"   // the leader writes a backup; done by whoever runs the replica
	OrderShare    = "share"    // the leader splits a new recovery key among owners; likewise
)

// An Order is what an operator wants of a member. Number grows with every order to the
// group, such as the time in milliseconds; a member does each once.
type Order struct {
	Group  wire.Digest `cbor:"1,keyasint" json:"group"`
	Number uint64      `cbor:"2,keyasint" json:"number"`
	Action string      `cbor:"3,keyasint" json:"action"`
	// Of OrderShare: how many of which owners bring the group back.
	Need   uint8            `cbor:"4,keyasint" json:"need,omitempty"`
	Owners []recovery.Owner `cbor:"5,keyasint" json:"owners,omitempty"`
}

// Hash is the SHA-256 of the labelled encoding; an operator signs it for a network.
func (o Order) Hash() wire.Digest { return wire.Hash("tacit/store/order", o) }

const stableOrder = "order"

// Obey does an order, and returns one that whoever runs the replica has to do. One that
// was done before, or an older one, is nothing; one that the operator did not sign is
// KEY_SIGNATURE.
func (r *Replica) Obey(signed tacit.Signed[Order]) (rest Order, err error) {
	o, err := signed.Check(r.cfg.NetworkID, r.cfg.Operator)
	if err != nil {
		return rest, err
	}
	if o.Group != r.group {
		return rest, fault.Denied(fault.StorePeer, "obey order", "group", r.group.Short(), o.Group.Short())
	}
	last, err := r.disk.GetUint64([]byte(stableOrder))
	if err != nil || o.Number <= last {
		return rest, err
	}
	if err := r.disk.set([]byte(stableOrder), binary.BigEndian.AppendUint64(nil, o.Number)); err != nil {
		return rest, err
	}
	r.mu.Lock()
	t := r.serving
	r.mu.Unlock()
	switch o.Action {
	case OrderSnapshot:
		return rest, r.Snapshot()
	case OrderTransfer:
		if t == nil {
			return rest, nil
		}
		return rest, r.Transfer()
	case OrderRotate:
		if t == nil {
			return rest, nil
		}
		return rest, t.Rotate()
	case OrderBackup, OrderShare:
		return o, nil
	}
	return rest, fault.New(fault.APIField, "obey order: unknown action %q", o.Action)
}

// A Report is what Check found.
type Report struct {
	Revision int64       `json:"revision"`
	Digest   wire.Digest `json:"digest"`
	Records  int64       `json:"records"`
	Bytes    int64       `json:"bytes"` // of sealed records
	Entries  uint64      `json:"entries"`
	Code     string      `json:"code,omitempty"`
	Detail   string      `json:"detail,omitempty"`
}

// Check opens every record and every log entry of this member and holds the records
// against the head of the chain and the entries against each other. Cost grows with
// the store; it works beside it.
func (r *Replica) Check() Report {
	m := r.machine
	m.mu.Lock() // Clone writes to the tree it copies
	tree, keys, head, chain := m.tree.Clone(), m.keys, m.head, m.chain
	m.mu.Unlock()
	rep := Report{Revision: head.Revision, Digest: chain}
	fail := func(err error) Report {
		rep.Code, rep.Detail = string(fault.Of(err)), err.Error()
		return rep
	}
	var found store.Head
	var bad error
	tree.Ascend(func(n node) bool {
		if _, _, _, err := keys.Open([]byte(n.place), n.rec); err != nil {
			bad = fault.New(fault.StoreCorrupt, "check record %q: %w", n.place[1:], err)
			return false
		}
		found.Set.Add(keys.Print([]byte(n.place), n.rec))
		found.Count++
		rep.Bytes += int64(len(n.rec))
		return true
	})
	rep.Records = found.Count
	if bad != nil {
		return fail(bad)
	}
	if found.Set != head.Set || found.Count != head.Count {
		return fail(fault.New(fault.StoreCorrupt, "check records: they are not those of revision %d", head.Revision))
	}
	n, err := r.checkLog()
	rep.Entries = n
	if err != nil {
		return fail(err)
	}
	return rep
}

// checkLog reads the log from its beginning and follows the chain.
func (r *Replica) checkLog() (n uint64, err error) {
	first, err := r.disk.FirstIndex()
	if err != nil || first == 0 {
		return 0, err
	}
	last, err := r.disk.LastIndex()
	if err != nil {
		return 0, err
	}
	var before wire.Digest
	began := false
	for i := first; i <= last; i++ {
		l, err := r.readLog(i)
		if err != nil {
			return n, err
		}
		n++
		if l == nil {
			continue
		}
		e, err := decodeEntry(l.Data)
		if err != nil {
			return n, fmt.Errorf("check log entry %d: %w", i, err)
		}
		if e.Term != l.Term {
			continue
		}
		if began && e.Previous != before {
			return n, fault.Denied(fault.StoreDiverged, "check log", fmt.Sprintf("entry before %d", i), before.Short(), e.Previous.Short())
		}
		before, began = digestEntry(l.Data), true
	}
	return n, nil
}
