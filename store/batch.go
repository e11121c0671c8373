package store

import (
	"encoding/binary"
	"fmt"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A Machine is the durable state that batches are judged against and the leases on
// it. Whoever owns the only writer owns it.
type Machine struct {
	Sealer Sealer
	// Entry is what is known of a place as of Head.
	Entry func(place string) (Entry, bool)
	Head  Head

	leases map[string]*lease // by name
}

// A Write is what a batch leaves at a place: a record, or nothing.
type Write struct {
	Entry Entry
	Rec   []byte // nil: removed
}

// A Batch is transactions that are made durable together. What it did is in
// its fields; the machine's Head and records are still those before it.
type Batch struct {
	Head    Head
	Writes  map[string]Write // by place
	Changes []tacit.Change   // for watchers

	m   *Machine
	now time.Time
}

// Begin opens a batch; leases end by this time.
func (m *Machine) Begin(now time.Time) *Batch {
	return &Batch{m: m, now: now, Head: m.Head, Writes: make(map[string]Write)}
}

// Empty reports whether the batch changed nothing.
func (b *Batch) Empty() bool { return b.Head.Revision == b.m.Head.Revision }

// entry is what is known of a place, with what this batch did so far.
func (b *Batch) entry(place []byte) (Entry, bool) {
	if w, ok := b.Writes[string(place)]; ok {
		return w.Entry, w.Rec != nil
	}
	return b.m.Entry(string(place))
}

// put writes a record.
func (b *Batch) put(place []byte, leaseID int64, plain []byte) {
	if old, ok := b.entry(place); ok {
		b.Head.Set.Remove(old.Print)
	} else {
		b.Head.Count++
	}
	rec := b.m.Sealer.Seal(place, b.Head.Revision, leaseID, plain)
	e := Entry{b.Head.Revision, leaseID, b.m.Sealer.Print(place, rec)}
	b.Head.Set.Add(e.Print)
	b.Writes[string(place)] = Write{e, rec}
}

// remove deletes a record that is there.
func (b *Batch) remove(place []byte) {
	old, ok := b.entry(place)
	if !ok {
		return
	}
	b.Head.Set.Remove(old.Print)
	b.Head.Count--
	b.Writes[string(place)] = Write{}
}

// begin opens the next revision.
func (b *Batch) begin(txn wire.Digest) { b.Head = b.Head.Next(txn) }

// Commit does a transaction that Check passed, whose digest is DigestTxn's, and
// returns its revision; an error means that it changed nothing.
func (b *Batch) Commit(txn tacit.Txn, digest wire.Digest) (int64, error) {
	if err := b.judge(txn); err != nil {
		return 0, err
	}
	b.begin(digest)
	b.apply(txn)
	return b.Head.Revision, nil
}

// Set writes or, with nil, removes a record of a kind that is no item's, in a
// revision of its own: what a store keeps about itself.
func (b *Batch) Set(place, plain []byte) {
	d := newDigester("set")
	d.Text(string(place))
	d.Content(plain)
	b.begin(d.Sum())
	if plain == nil {
		b.remove(place)
		return
	}
	b.put(place, 0, plain)
}

// DigestTxn is what the chain says of a transaction.
func DigestTxn(txn tacit.Txn) wire.Digest {
	d := newDigester("commit")
	d.Int(int64(len(txn.If)))
	for _, c := range txn.If {
		d.Text(c.Key)
		d.Int(c.Revision)
	}
	if txn.Fence == nil {
		d.Int(0)
	} else {
		d.Int(1)
		d.Text(txn.Fence.Name)
		d.Int(txn.Fence.Token)
	}
	d.Int(int64(len(txn.Then)))
	for _, p := range txn.Then {
		d.Text(p.Key)
		if p.Delete {
			d.Int(1)
			continue
		}
		d.Int(0)
		d.Int(p.Lease)
		d.Content(p.Value)
	}
	return d.Sum()
}

// judge says whether a transaction may be done now.
func (b *Batch) judge(txn tacit.Txn) error {
	if f := txn.Fence; f != nil {
		if err := b.held("commit", f.Name, f.Token); err != nil {
			return err
		}
	}
	for _, p := range txn.Then {
		if p.Lease != 0 && b.leaseByID(p.Lease) == nil {
			return fault.New(fault.StoreFenced, "commit: write %q: lease %d has ended", p.Key, p.Lease)
		}
	}
	for _, c := range txn.If {
		e, _ := b.entry(Place(KindItem, c.Key))
		if e.Revision != c.Revision {
			return fault.Denied(fault.StoreConflict, "commit", fmt.Sprintf("revision of %q", c.Key), fmt.Sprint(c.Revision), fmt.Sprint(e.Revision))
		}
	}
	return nil
}

// apply does the writes of a transaction at the revision that was begun.
func (b *Batch) apply(txn tacit.Txn) {
	for _, p := range txn.Then {
		at := Place(KindItem, p.Key)
		old, existed := b.entry(at)
		if existed && old.Lease != 0 {
			if l := b.leaseByID(old.Lease); l != nil {
				delete(l.keys, p.Key)
			}
		}
		if p.Delete {
			if existed {
				b.remove(at)
				b.Changes = append(b.Changes, tacit.Change{Item: tacit.Item{Key: p.Key, Revision: b.Head.Revision}, Delete: true})
			}
			continue
		}
		b.put(at, p.Lease, p.Value)
		if p.Lease != 0 {
			b.leaseByID(p.Lease).keys[p.Key] = struct{}{}
		}
		b.Changes = append(b.Changes, tacit.Change{Item: tacit.Item{Key: p.Key, Value: p.Value, Revision: b.Head.Revision, Lease: p.Lease}})
	}
}

// encodeTTL is the plain content of a lease's record; its ID is the record's
// lease.
func encodeTTL(ttl time.Duration) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(ttl))
}
