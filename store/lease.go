package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"tacit"
	"tacit/fault"
)

// loadLease takes up a lease from its record, with its full ttl or, in a sole
// process, none.
func (s *Store) loadLease(place, rec []byte) error {
	_, id, plain, err := s.box.Open(place, rec)
	if err != nil {
		return err
	}
	if len(plain) != 8 {
		return errRecord
	}
	l := &lease{id: id, name: string(place[1:]), ttl: time.Duration(binary.BigEndian.Uint64(plain)), keys: make(map[string]struct{})}
	if checkTTL(l.ttl) != nil {
		return errRecord
	}
	l.until = time.Now()
	if !s.sole {
		l.until = l.until.Add(l.ttl)
	}
	s.leases[l.name] = l
	return nil
}

// tieKeys finds the keys of each lease, once all records are known.
func (s *Store) tieKeys() {
	byID := make(map[int64]*lease, len(s.leases))
	for _, l := range s.leases {
		byID[l.id] = l
	}
	for place, e := range s.index {
		if place[0] == kindItem && e.lease != 0 && byID[e.lease] != nil {
			byID[e.lease].keys[place[1:]] = struct{}{}
		}
	}
}

// nextEnd is when the first lease ends. Cost grows with the leases held, which
// are few: one for each role and each shard of work.
func (s *Store) nextEnd() (end time.Time, ok bool) {
	for _, l := range s.leases {
		if !ok || l.until.Before(end) {
			end, ok = l.until, true
		}
	}
	return end, ok
}

// held reports whether this token is the newest of its name and has not ended.
func (b *batch) held(op, name string, token int64) error {
	l := b.s.leases[name]
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
func (b *batch) leaseByID(id int64) *lease {
	for _, l := range b.s.leases {
		if l.id == id && b.now.Before(l.until) {
			return l
		}
	}
	return nil
}

// endDue ends the leases whose time is up.
func (b *batch) endDue() {
	due := slices.DeleteFunc(slices.Collect(maps.Values(b.s.leases)), func(l *lease) bool { return b.now.Before(l.until) })
	slices.SortFunc(due, func(x, y *lease) int { return cmp.Compare(x.id, y.id) })
	for _, l := range due {
		b.end(l, "expire")
	}
}

// end removes a lease and its keys in one transaction.
func (b *batch) end(l *lease, how string) {
	d := newDigester(how)
	d.Text(l.name)
	d.Int(l.id)
	b.begin(d.Sum())
	b.remove(place(kindLease, l.name))
	for _, key := range slices.Sorted(maps.Keys(l.keys)) {
		b.remove(place(kindItem, key))
		b.changes = append(b.changes, tacit.Change{Item: tacit.Item{Key: key, Revision: b.head.Revision}, Delete: true})
	}
	delete(b.s.leases, l.name)
}

// view is a lease as its holder sees it.
func (l *lease) view() tacit.Lease {
	return tacit.Lease{ID: l.id, Name: l.name, Token: l.id, Until: l.until}
}

// Grant implements tacit.Store; ttl is above zero and at most 24 hours.
func (s *Store) Grant(ctx context.Context, name string, ttl time.Duration) (tacit.Lease, error) {
	if err := checkName("grant", name); err != nil {
		return tacit.Lease{}, err
	}
	if err := checkTTL(ttl); err != nil {
		return tacit.Lease{}, err
	}
	var granted tacit.Lease
	err := s.submit(ctx, "grant", 0, func(b *batch) error {
		if l := s.leases[name]; l != nil {
			return fault.New(fault.StoreConflict, "grant %q: held under token %d", name, l.id)
		}
		d := newDigester("grant")
		d.Text(name)
		d.Int(int64(ttl))
		b.begin(d.Sum())
		l := &lease{id: b.head.Revision, name: name, ttl: ttl, until: b.now.Add(ttl), keys: make(map[string]struct{})}
		s.leases[name] = l
		b.put(place(kindLease, name), l.id, encodeTTL(ttl))
		granted = l.view()
		return nil
	})
	if err != nil {
		return tacit.Lease{}, err
	}
	return granted, nil
}

// Renew implements tacit.Store. With the same ttl nothing is written: after a
// restart the lease begins anew anyway.
func (s *Store) Renew(ctx context.Context, old tacit.Lease, ttl time.Duration) (tacit.Lease, error) {
	if err := checkLease(old); err != nil {
		return tacit.Lease{}, err
	}
	if err := checkTTL(ttl); err != nil {
		return tacit.Lease{}, err
	}
	var renewed tacit.Lease
	err := s.submit(ctx, "renew", 0, func(b *batch) error {
		if err := b.held("renew", old.Name, old.Token); err != nil {
			return err
		}
		l := s.leases[old.Name]
		if ttl != l.ttl {
			d := newDigester("renew")
			d.Text(l.name)
			d.Int(l.id)
			d.Int(int64(ttl))
			b.begin(d.Sum())
			b.put(place(kindLease, l.name), l.id, encodeTTL(ttl))
			l.ttl = ttl
		}
		l.until = b.now.Add(ttl)
		renewed = l.view()
		return nil
	})
	if err != nil {
		return tacit.Lease{}, err
	}
	return renewed, nil
}

// Revoke implements tacit.Store. A lease that has ended before is
// STORE_FENCED, and whoever holds its name now keeps it.
func (s *Store) Revoke(ctx context.Context, old tacit.Lease) error {
	if err := checkLease(old); err != nil {
		return err
	}
	return s.submit(ctx, "revoke", 0, func(b *batch) error {
		if err := b.held("revoke", old.Name, old.Token); err != nil {
			return err
		}
		b.end(s.leases[old.Name], "revoke")
		return nil
	})
}
