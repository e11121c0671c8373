package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"tacit"
	"tacit/fault"
)

// lease is the writer's view of a lease.
type lease struct {
	id    int64
	name  string
	ttl   time.Duration
	until time.Time // with its monotonic reading
	keys  map[string]struct{}
}

// LoadLeases takes up the leases from what each is given: the records of kind
// KindLease, and every item that belongs to one. Each has its full ttl again or, if
// ended says so, none.
func (m *Machine) LoadLeases(now time.Time, ended func(name string) bool, records, tied func(yield func(place string, rec []byte) error) error) error {
	m.leases = make(map[string]*lease)
	byID := map[int64]*lease{}
	err := records(func(place string, rec []byte) error {
		_, id, plain, err := m.Sealer.Open([]byte(place), rec)
		if err != nil {
			return err
		}
		if len(plain) != 8 {
			return ErrRecord
		}
		l := &lease{id: id, name: place[1:], ttl: time.Duration(binary.BigEndian.Uint64(plain)), until: now, keys: make(map[string]struct{})}
		if checkTTL(l.ttl) != nil {
			return ErrRecord
		}
		if !ended(l.name) {
			l.until = now.Add(l.ttl)
		}
		m.leases[l.name] = l
		byID[l.id] = l
		return nil
	})
	if err != nil || len(byID) == 0 {
		return err
	}
	return tied(func(place string, _ []byte) error {
		if e, ok := m.Entry(place); ok && byID[e.Lease] != nil {
			byID[e.Lease].keys[place[1:]] = struct{}{}
		}
		return nil
	})
}

// NextEnd is when the first lease ends. Cost grows with the leases held, which
// are few: one for each role and each shard of work.
func (m *Machine) NextEnd() (end time.Time, ok bool) {
	for _, l := range m.leases {
		if !ok || l.until.Before(end) {
			end, ok = l.until, true
		}
	}
	return end, ok
}

// held reports whether this token is the newest of its name and has not ended.
func (b *Batch) held(op, name string, token int64) error {
	l := b.m.leases[name]
	switch {
	case l == nil:
		return fault.Denied(fault.StoreFenced, op, fmt.Sprintf("lease %q", name), "held", "ended")
	case l.id != token:
		return fault.Denied(fault.StoreFenced, op, fmt.Sprintf("lease %q", name), fmt.Sprintf("token %d", l.id), fmt.Sprint(token))
	case !b.now.Before(l.until):
		return fault.Denied(fault.StoreFenced, op, fmt.Sprintf("lease %q", name), "held", "ended")
	}
	return nil
}

// leaseByID finds a lease that has not ended.
func (b *Batch) leaseByID(id int64) *lease {
	for _, l := range b.m.leases {
		if l.id == id && b.now.Before(l.until) {
			return l
		}
	}
	return nil
}

// EndDue ends the leases whose time is up.
func (b *Batch) EndDue() {
	due := slices.DeleteFunc(slices.Collect(maps.Values(b.m.leases)), func(l *lease) bool { return b.now.Before(l.until) })
	slices.SortFunc(due, func(x, y *lease) int { return cmp.Compare(x.id, y.id) })
	for _, l := range due {
		b.end(l, "expire")
	}
}

// end removes a lease and its keys in one transaction.
func (b *Batch) end(l *lease, how string) {
	d := newDigester(how)
	d.Text(l.name)
	d.Int(l.id)
	b.begin(d.Sum())
	b.remove(Place(KindLease, l.name))
	for _, key := range slices.Sorted(maps.Keys(l.keys)) {
		b.remove(Place(KindItem, key))
		b.Changes = append(b.Changes, tacit.Change{Item: tacit.Item{Key: key, Revision: b.Head.Revision}, Delete: true})
	}
	delete(b.m.leases, l.name)
}

// view is a lease as its holder sees it.
func (l *lease) view() tacit.Lease {
	return tacit.Lease{ID: l.id, Name: l.name, Token: l.id, Until: l.until}
}

// Grant gives a lease that nobody holds, else STORE_CONFLICT.
func (b *Batch) Grant(name string, ttl time.Duration) (tacit.Lease, error) {
	if l := b.m.leases[name]; l != nil {
		return tacit.Lease{}, fault.New(fault.StoreConflict, "grant %q: held under token %d", name, l.id)
	}
	d := newDigester("grant")
	d.Text(name)
	d.Int(int64(ttl))
	b.begin(d.Sum())
	l := &lease{id: b.Head.Revision, name: name, ttl: ttl, until: b.now.Add(ttl), keys: make(map[string]struct{})}
	b.m.leases[name] = l
	b.put(Place(KindLease, name), l.id, encodeTTL(ttl))
	return l.view(), nil
}

// Renew prolongs a lease that has not ended, else STORE_FENCED. With the same ttl
// nothing is written: where leases are taken up again they begin anew anyway.
func (b *Batch) Renew(old tacit.Lease, ttl time.Duration) (tacit.Lease, error) {
	if err := b.held("renew", old.Name, old.Token); err != nil {
		return tacit.Lease{}, err
	}
	l := b.m.leases[old.Name]
	if ttl != l.ttl {
		d := newDigester("renew")
		d.Text(l.name)
		d.Int(l.id)
		d.Int(int64(ttl))
		b.begin(d.Sum())
		b.put(Place(KindLease, l.name), l.id, encodeTTL(ttl))
		l.ttl = ttl
	}
	l.until = b.now.Add(ttl)
	return l.view(), nil
}

// Revoke ends a lease now, with its keys; one that has ended is STORE_FENCED.
func (b *Batch) Revoke(old tacit.Lease) error {
	if err := b.held("revoke", old.Name, old.Token); err != nil {
		return err
	}
	b.end(b.m.leases[old.Name], "revoke")
	return nil
}
