package tacittest

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
)

// A Crash is what a disk does at a write.
type Crash int

// The ways a write can end. A process that crashed gets STORE_CLOSED for every
// call after it; what opens the disk next finds the write wholly there or
// wholly not.
const (
	Works       Crash = iota
	CrashBefore       // nothing was written
	CrashAfter        // it was written, and nobody was told
)

// A Disk is what a process leaves behind when it crashes: the state under a
// memory store. It outlives the Memory handles that are opened on it.
type Disk struct {
	mu      sync.Mutex // guards what follows
	items   map[string]tacit.Item
	rev     int64
	leases  map[string]*memoryLease
	history []tacit.Change
	kept    int           // bytes of values in history
	gone    int64         // newest revision that history no longer has
	changed chan struct{} // closed and replaced at every change
	undo    func()        // takes the last commit back
}

type memoryLease struct {
	tacit.Lease
	ttl   time.Duration
	timer *time.Timer // once keys are tied to it
}

// NewDisk is an empty disk.
func NewDisk() *Disk {
	return &Disk{items: map[string]tacit.Item{}, leases: map[string]*memoryLease{}, changed: make(chan struct{})}
}

// Memory is a tacit.Store in memory that can crash. Its writes cost
// microseconds, so that a simulation can make millions.
type Memory struct {
	disk *Disk
	hook func(tacit.Txn) Crash

	mu     sync.Mutex // guards what follows
	closed chan struct{}
	down   bool
}

var _ tacit.Store = (*Memory)(nil)

// Open is the store as a process that starts on this disk finds it. hook is
// asked before every Commit, Grant and Revoke how it ends (the last two show an
// empty transaction); nil means that all work.
func (d *Disk) Open(hook func(tacit.Txn) Crash) *Memory {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.leases { // as after any restart: nobody knows how long it had been held
		d.extend(l, l.ttl)
	}
	return &Memory{disk: d, hook: hook, closed: make(chan struct{})}
}

// Lose takes the last commit back, acknowledged or not: what a disk does that
// says it wrote and did not.
func (d *Disk) Lose() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.undo != nil {
		d.undo()
		d.undo = nil
	}
}

// Clone is a second disk with the same content, found when all leases have
// ended.
func (d *Disk) Clone() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := NewDisk()
	c.items, c.rev, c.gone = maps.Clone(d.items), d.rev, d.rev
	return c
}

// Items is a copy of what is on the disk, in order.
func (d *Disk) Items() []tacit.Item {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.span("", "", len(d.items))
}

// Close is the end of the process. The disk stays.
func (m *Memory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.down {
		m.down = true
		close(m.closed)
	}
}

func (m *Memory) alive(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return fault.New(fault.StoreClosed, "use memory store: its process has ended")
	}
	return ctx.Err()
}

// write does a change of the disk if the hook lets it.
func (m *Memory) write(ctx context.Context, txn tacit.Txn, do func(d *Disk) error) error {
	if err := m.alive(ctx); err != nil {
		return err
	}
	end := Works
	if m.hook != nil {
		end = m.hook(txn)
	}
	if end == CrashBefore {
		m.Close()
		return m.alive(ctx)
	}
	m.disk.mu.Lock()
	defer m.disk.mu.Unlock()
	m.disk.endDue()
	err := do(m.disk)
	if end == CrashAfter {
		m.Close()
		return m.alive(ctx)
	}
	return err
}

// Get implements tacit.Store.
func (m *Memory) Get(ctx context.Context, key string) (tacit.Item, error) {
	if err := m.alive(ctx); err != nil {
		return tacit.Item{}, err
	}
	if err := checkKey(key); err != nil {
		return tacit.Item{}, err
	}
	m.disk.mu.Lock()
	defer m.disk.mu.Unlock()
	m.disk.endDue()
	item, ok := m.disk.items[key]
	if !ok {
		return item, fault.New(fault.APINotFound, "get %q", key)
	}
	item.Value = bytes.Clone(item.Value)
	return item, nil
}

// Range implements tacit.Store.
func (m *Memory) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if err := m.alive(ctx); err != nil {
		return nil, 0, err
	}
	if limit <= 0 {
		return nil, 0, fault.New(fault.APIField, "range: limit %d", limit)
	}
	m.disk.mu.Lock()
	defer m.disk.mu.Unlock()
	m.disk.endDue()
	return m.disk.span(from, to, limit), m.disk.rev, nil
}

func (d *Disk) span(from, to string, limit int) []tacit.Item {
	var keys []string
	for k := range d.items {
		if k >= from && (to == "" || k < to) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var items []tacit.Item
	for _, k := range keys[:min(limit, len(keys))] {
		item := d.items[k]
		item.Value = bytes.Clone(item.Value)
		items = append(items, item)
	}
	return items
}

func checkKey(key string) error {
	switch {
	case key == "":
		return fault.New(fault.APIField, "use memory store: empty name")
	case len(key) > 512:
		return fault.New(fault.APISize, "use memory store: name of %d bytes", len(key))
	}
	return nil
}

func checkTxn(txn tacit.Txn) error {
	bad := func(why string) error { return fault.New(fault.APIField, "commit: %s", why) }
	if len(txn.If) > 128 || len(txn.Then) > 128 {
		return fault.New(fault.APISize, "commit: too many conditions or writes")
	}
	if len(txn.If)+len(txn.Then) == 0 && txn.Fence == nil {
		return bad("empty")
	}
	for _, c := range txn.If {
		if err := checkKey(c.Key); err != nil {
			return err
		}
		if c.Revision < 0 {
			return bad("negative revision")
		}
	}
	if f := txn.Fence; f != nil && (f.Name == "" || f.Token <= 0) {
		return bad("fence without a name or token")
	}
	seen := map[string]bool{}
	for _, p := range txn.Then {
		if err := checkKey(p.Key); err != nil {
			return err
		}
		switch {
		case len(p.Value) > 1<<20:
			return fault.New(fault.APISize, "commit %q: %d bytes", p.Key, len(p.Value))
		case p.Lease < 0, p.Delete && (len(p.Value) > 0 || p.Lease != 0), seen[p.Key]:
			return bad("write of " + p.Key)
		}
		seen[p.Key] = true
	}
	return nil
}

// Commit implements tacit.Store.
func (m *Memory) Commit(ctx context.Context, txn tacit.Txn) (rev int64, err error) {
	if err := checkTxn(txn); err != nil {
		return 0, err
	}
	err = m.write(ctx, txn, func(d *Disk) error { rev, err = d.commit(txn); return err })
	if err != nil {
		return 0, err
	}
	return rev, nil
}

func (d *Disk) commit(txn tacit.Txn) (int64, error) {
	for _, c := range txn.If {
		if d.items[c.Key].Revision != c.Revision {
			return 0, fault.New(fault.StoreConflict, "commit: %q was written at %d, not %d", c.Key, d.items[c.Key].Revision, c.Revision)
		}
	}
	if f := txn.Fence; f != nil {
		if l := d.leases[f.Name]; l == nil || l.Token != f.Token {
			return 0, fault.New(fault.StoreFenced, "commit: %q is not held under token %d", f.Name, f.Token)
		}
	}
	for _, p := range txn.Then {
		if p.Lease != 0 && d.leaseByID(p.Lease) == nil {
			return 0, fault.New(fault.StoreFenced, "commit %q: its lease has ended", p.Key)
		}
	}
	before := map[string]tacit.Item{}
	for _, p := range txn.Then {
		before[p.Key] = d.items[p.Key]
	}
	d.undo = func() {
		for k, item := range before {
			if item.Revision == 0 {
				delete(d.items, k)
			} else {
				d.items[k] = item
			}
		}
	}
	d.rev++
	for _, p := range txn.Then {
		item := tacit.Item{Key: p.Key, Value: bytes.Clone(p.Value), Revision: d.rev, Lease: p.Lease}
		if p.Delete {
			delete(d.items, p.Key)
		} else {
			d.items[p.Key] = item
		}
		if p.Lease != 0 {
			d.watch(d.leaseByID(p.Lease))
		}
		d.note(tacit.Change{Item: item, Delete: p.Delete})
	}
	d.wake()
	return d.rev, nil
}

// historyMost bounds the bytes that watchers can still be shown.
const historyMost = 8 << 20

func (d *Disk) note(c tacit.Change) {
	d.history = append(d.history, c)
	d.kept += len(c.Value) + len(c.Key)
	for d.kept > historyMost {
		first := d.history[0]
		d.history, d.kept, d.gone = d.history[1:], d.kept-len(first.Value)-len(first.Key), first.Revision
	}
}

func (d *Disk) wake() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// Watch implements tacit.Store.
func (m *Memory) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	if err := m.alive(ctx); err != nil {
		return nil, err
	}
	out := make(chan tacit.Change)
	go func() {
		defer close(out)
		for at := after; ; {
			list, changed, ok := m.disk.since(prefix, &at)
			if !ok {
				return
			}
			for _, c := range list {
				select {
				case out <- c:
				case <-ctx.Done():
					return
				case <-m.closed:
					return
				}
			}
			if len(list) > 0 {
				continue
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			case <-m.closed:
				return
			}
		}
	}()
	return out, nil
}

// since is what changed after at, which it moves; false if that is not known
// any more.
func (d *Disk) since(prefix string, at *int64) ([]tacit.Change, chan struct{}, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if *at < d.gone {
		return nil, nil, false
	}
	var list []tacit.Change
	for _, c := range d.history {
		if c.Revision > *at && strings.HasPrefix(c.Key, prefix) {
			c.Value = bytes.Clone(c.Value)
			list = append(list, c)
		}
	}
	*at = d.rev
	return list, d.changed, true
}

// Leases. Their time is the clock of the process, which a bubble of synctest
// replaces.

func (d *Disk) leaseByID(id int64) *memoryLease {
	for _, l := range d.leases {
		if l.ID == id {
			return l
		}
	}
	return nil
}

func (d *Disk) extend(l *memoryLease, ttl time.Duration) {
	l.ttl, l.Until = ttl, time.Now().Add(ttl)
	if l.timer != nil {
		l.timer.Reset(ttl)
	}
}

// watch has a lease that keys are tied to end by itself. Others end when
// somebody looks.
func (d *Disk) watch(l *memoryLease) {
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Until(l.Until), func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.endDue()
		})
	}
}

func (d *Disk) endDue() {
	for _, name := range slices.Sorted(maps.Keys(d.leases)) {
		if l := d.leases[name]; !time.Now().Before(l.Until) {
			d.end(l)
		}
	}
}

func (d *Disk) end(l *memoryLease) {
	delete(d.leases, l.Name)
	if l.timer == nil {
		return
	}
	l.timer.Stop()
	d.rev++
	for _, item := range d.span("", "", len(d.items)) {
		if item.Lease == l.ID {
			delete(d.items, item.Key)
			d.note(tacit.Change{Item: tacit.Item{Key: item.Key, Revision: d.rev}, Delete: true})
		}
	}
	d.wake()
}

// Grant implements tacit.Store.
func (m *Memory) Grant(ctx context.Context, name string, ttl time.Duration) (out tacit.Lease, err error) {
	if err := checkKey(name); err != nil {
		return out, err
	}
	if ttl <= 0 {
		return out, fault.New(fault.APIField, "grant %q: for %s", name, ttl)
	}
	err = m.write(ctx, tacit.Txn{}, func(d *Disk) error {
		if d.leases[name] != nil {
			return fault.New(fault.StoreConflict, "grant %q: it is held", name)
		}
		d.rev++ // so that tokens grow, also over a restart
		l := &memoryLease{Lease: tacit.Lease{ID: d.rev, Name: name, Token: d.rev}}
		d.extend(l, ttl)
		d.leases[name] = l
		out = l.Lease
		return nil
	})
	return out, err
}

// held is the lease that the caller shows, if it still is one.
func (d *Disk) held(l tacit.Lease) (*memoryLease, error) {
	h := d.leases[l.Name]
	if h == nil || h.Token != l.Token {
		return nil, fault.New(fault.StoreFenced, "lease %q: token %d is not the newest or has ended", l.Name, l.Token)
	}
	return h, nil
}

// Renew implements tacit.Store.
func (m *Memory) Renew(ctx context.Context, lease tacit.Lease, ttl time.Duration) (out tacit.Lease, err error) {
	if err := m.alive(ctx); err != nil {
		return out, err
	}
	m.disk.mu.Lock()
	defer m.disk.mu.Unlock()
	m.disk.endDue()
	h, err := m.disk.held(lease)
	if err != nil {
		return out, err
	}
	m.disk.extend(h, ttl)
	return h.Lease, nil
}

// Revoke implements tacit.Store.
func (m *Memory) Revoke(ctx context.Context, lease tacit.Lease) error {
	return m.write(ctx, tacit.Txn{}, func(d *Disk) error {
		h, err := d.held(lease)
		if err == nil {
			d.end(h)
		}
		return err
	})
}
