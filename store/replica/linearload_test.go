package replica

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/fault"
)

// This file is the clients and what they remember.

// Kinds of what a client does to a group of two keys.
const (
	doGet   = "get"
	doRange = "range"
	doPut   = "put"
	doDel   = "delete"
	doCAS   = "cas" // writes one key if it is as last read
	doTxn   = "txn" // writes both keys if both are as last read
)

// What is known of an operation.
type outcome uint8

const (
	done    outcome = iota
	refused         // a condition did not hold
	unknown         // done or not
)

// operation is one that happened or may have. Values are numbers that are written
// once; 0 is no such key.
type operation struct {
	Client    int
	Group     string
	Do        string
	Key       int       // 0 or 1
	Expect    [2]uint64 // of a condition
	Write     [2]uint64
	Saw       [2]uint64
	Call, Ret int64 // since the beginning, in ns
	Outcome   outcome
	Revision  int64 // of a write that was acknowledged, or of a range
	Revisions [2]int64
}

// lap is a stretch of one lease, or of the attempt to take it.
type lap struct {
	Do        string // grant, renew, revoke, write or see
	Name      string
	Token     int64
	TTL       time.Duration
	Call, Ret int64
	Outcome   outcome
	Revision  int64
	Tied      int64 // of a tied key that was seen: the lease's ID
}

// seen is what one watcher saw without a gap.
type seen struct {
	After   int64
	Changes []tacit.Change
}

// load is 16 clients, and watchers.
type load struct {
	*processes
	began    time.Time
	any      bool // reads go to any member
	budget   int64
	clients  int
	perRound int64
	limit    time.Duration // of the whole; 0 means none
	pace     time.Duration // from one operation of a client to its next, at least
	groups   int

	count   atomic.Int64
	lastAck atomic.Int64 // when something was acknowledged last
	outage  atomic.Int64 // the longest time without

	mu      sync.Mutex // guards what follows
	history []operation
	laps    []lap
	watched []seen
	codes   map[string]int
}

func newLoad(p *processes, budget int64) *load {
	l := &load{processes: p, began: time.Now(), budget: budget, clients: 16, groups: 4, perRound: 1500, codes: map[string]int{}}
	return l
}

func (l *load) now() int64 { return int64(time.Since(l.began)) }

// acked notes that the group lives.
func (l *load) acked() {
	now := l.now()
	last := l.lastAck.Swap(now)
	if gap := now - last; last > 0 {
		for {
			most := l.outage.Load()
			if gap <= most || l.outage.CompareAndSwap(most, gap) {
				break
			}
		}
	}
}

func keyOf(group string, i int) string { return group + "/" + string(rune('a'+i)) }

func valueOf(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func numberOf(it tacit.Item) uint64 {
	if len(it.Value) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(it.Value)
}

// client is one of them.
type client struct {
	*load
	id    int
	r     *rand.Rand
	at    int // the member that is asked
	line  *line
	next  uint64
	known map[string]knownKey
	lease tacit.Lease
}

type knownKey struct {
	value    uint64
	revision int64
}

// patience is how long a client waits for an answer.
const patience = 2 * time.Second

// ask asks whoever leads. sent says whether the question may have arrived.
func (c *client) ask(q linReq, anybody bool) (res linRes, sent bool, err error) {
	if anybody {
		c.move(c.r.IntN(len(c.all())))
	}
	if c.line == nil {
		if !anybody {
			c.at = int(c.hint.Load())
		}
		if c.line, err = c.dial(c.at); err != nil {
			c.hint.CompareAndSwap(int32(c.at), int32((c.at+1)%len(c.all())))
			return res, false, err
		}
	}
	res, err = c.line.ask(q, patience)
	var f *fault.Error
	if err != nil && !errors.As(err, &f) {
		c.line.conn.Close()
		c.line = nil
		c.hint.CompareAndSwap(int32(c.at), int32((c.at+1)%len(c.all())))
		return res, true, err
	}
	if errors.Is(err, fault.StoreNotLeader) || errors.Is(err, fault.StoreClosed) {
		c.hint.CompareAndSwap(int32(c.at), int32((c.at+1)%len(c.all())))
	}
	if h := int(c.hint.Load()); !anybody && h != c.at {
		c.move(h)
	}
	return res, true, err
}

// move asks another member from now on.
func (c *client) move(to int) {
	if c.line != nil && c.at != to {
		c.line.conn.Close()
		c.line = nil
	}
	c.at = to
}

// classify says what an error leaves open.
func (c *client) classify(sent bool, err error) (o outcome, happened bool) {
	c.mu.Lock()
	var f *fault.Error
	switch {
	case err == nil:
		c.codes["ok"]++
	case errors.As(err, &f):
		c.codes[string(f.Code)]++
	case sent:
		c.codes["no answer"]++
	default:
		c.codes["not reached"]++
	}
	c.mu.Unlock()
	switch {
	case err == nil:
		c.acked()
		return done, true
	case !sent:
		return 0, false
	case errors.Is(err, fault.StoreConflict):
		return refused, true
	case errors.As(err, &f) && (f.Code == fault.StoreNotLeader || f.Code == fault.APINotFound || f.Code == fault.StoreFenced):
		return 0, false
	}
	return unknown, true
}

// run acts until the budget is used up or stop is closed.
func (c *client) run(stop <-chan struct{}) {
	defer func() {
		if c.line != nil {
			c.line.conn.Close()
		}
	}()
	for {
		select {
		case <-stop:
			return
		default:
		}
		n := c.count.Add(1)
		if n > c.budget || c.limit > 0 && time.Since(c.began) > c.limit {
			return
		}
		next := time.Now().Add(c.pace)
		var err error
		if c.r.IntN(20) == 0 {
			err = c.leases()
		} else {
			err = c.act(fmt.Sprintf("g%04d.%d", n/c.perRound, c.r.IntN(c.groups)))
		}
		if err != nil {
			c.count.Add(-1)
			time.Sleep(time.Duration(5+c.r.IntN(20)) * time.Millisecond)
		}
		time.Sleep(time.Until(next))
	}
}

// act does one operation on a group; an error is that nothing happened.
func (c *client) act(group string) error {
	o := operation{Client: c.id, Group: group, Key: c.r.IntN(2)}
	q := linReq{Do: "commit"}
	write := func(i int) {
		c.next++
		o.Write[i] = uint64(c.id+1)<<40 | c.next
		q.Txn.Then = append(q.Txn.Then, tacit.Put{Key: keyOf(group, i), Value: valueOf(o.Write[i])})
	}
	expect := func(i int) {
		k := c.known[keyOf(group, i)]
		o.Expect[i] = k.value
		q.Txn.If = append(q.Txn.If, tacit.Cond{Key: keyOf(group, i), Revision: k.revision})
	}
	switch n := c.r.IntN(100); {
	case n < 35:
		o.Do, q = doGet, linReq{Do: "get", Key: keyOf(group, o.Key)}
	case n < 50:
		o.Do, q = doRange, linReq{Do: "range", Key: group + "/", End: group + "0", Limit: 10}
	case n < 65:
		o.Do = doPut
		write(o.Key)
	case n < 70:
		o.Do = doDel
		q.Txn.Then = []tacit.Put{{Key: keyOf(group, o.Key), Delete: true}}
	case n < 88:
		o.Do = doCAS
		expect(o.Key)
		write(o.Key)
	default:
		o.Do = doTxn
		expect(0)
		expect(1)
		write(0)
		write(1)
	}
	reads := o.Do == doGet || o.Do == doRange
	o.Call = c.now()
	res, sent, err := c.ask(q, reads && c.any)
	o.Ret = c.now()
	if o.Do == doGet && errors.Is(err, fault.APINotFound) {
		err, res.Items = nil, nil
	}
	var happened bool
	if o.Outcome, happened = c.classify(sent, err); !happened {
		return err
	}
	if reads && o.Outcome != done {
		return err // says nothing
	}
	o.Revision = res.Revision
	for _, it := range res.Items {
		i := o.Key
		if o.Do == doRange {
			i = int(it.Key[len(it.Key)-1] - 'a')
		}
		o.Saw[i], o.Revisions[i] = numberOf(it), it.Revision
	}
	switch {
	case o.Do == doGet:
		c.known[keyOf(group, o.Key)] = knownKey{o.Saw[o.Key], o.Revisions[o.Key]}
	case o.Do == doRange:
		for i := range 2 {
			c.known[keyOf(group, i)] = knownKey{o.Saw[i], o.Revisions[i]}
		}
	case o.Outcome == done:
		for i := range 2 {
			if o.Write[i] != 0 {
				c.known[keyOf(group, i)] = knownKey{o.Write[i], res.Revision}
			}
		}
		if o.Do == doDel {
			c.known[keyOf(group, o.Key)] = knownKey{}
		}
	}
	c.mu.Lock()
	c.history = append(c.history, o)
	c.mu.Unlock()
	return nil
}

// leases takes, keeps, uses and gives back leases that all clients want.
func (c *client) leases() error {
	x := lap{Name: fmt.Sprintf("l/%d", c.r.IntN(3)), TTL: time.Duration(200+c.r.IntN(800)) * time.Millisecond}
	var q linReq
	mine := c.lease.Token != 0
	switch n := c.r.IntN(10); {
	case n < 2:
		x.Do = "see"
		q = linReq{Do: "range", Key: x.Name + "/", End: x.Name + "0", Limit: 10}
	case !mine || n < 3:
		x.Do = "grant"
		q = linReq{Do: "grant", Key: x.Name, TTL: x.TTL}
	case n < 4:
		x.Do, x.Name, x.Token = "renew", c.lease.Name, c.lease.Token
		q = linReq{Do: "renew", Lease: c.lease, TTL: x.TTL}
	case n < 5:
		x.Do, x.Name, x.Token = "revoke", c.lease.Name, c.lease.Token
		q = linReq{Do: "revoke", Lease: c.lease}
	default:
		x.Do, x.Name, x.Token = "write", c.lease.Name, c.lease.Token
		c.next++
		v := valueOf(uint64(c.id+1)<<40 | c.next)
		q = linReq{Do: "commit", Txn: tacit.Txn{Fence: &tacit.Fence{Name: x.Name, Token: x.Token}, Then: []tacit.Put{
			{Key: x.Name + "/fenced", Value: v}, {Key: x.Name + "/tied", Value: v, Lease: c.lease.ID}}}}
	}
	x.Call = c.now()
	res, sent, err := c.ask(q, x.Do == "see" && c.any)
	x.Ret = c.now()
	if x.Do != "grant" && x.Do != "see" && errors.Is(err, fault.StoreFenced) {
		c.lease = tacit.Lease{}
	}
	var happened bool
	if x.Outcome, happened = c.classify(sent, err); !happened {
		if errors.Is(err, fault.StoreFenced) {
			return nil
		}
		return err
	}
	x.Revision = res.Revision
	if x.Outcome == done {
		switch x.Do {
		case "grant":
			c.lease, x.Token = res.Lease, res.Lease.Token
		case "revoke":
			c.lease = tacit.Lease{}
		case "see":
			for _, it := range res.Items {
				if it.Lease != 0 {
					x.Tied = it.Lease
				}
			}
		}
	}
	c.mu.Lock()
	c.laps = append(c.laps, x)
	c.mu.Unlock()
	return nil
}

// watch watches all groups until stop, from a range on again after each end.
func (l *load) watch(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(50 * time.Millisecond):
		}
		i := int(l.hint.Load())
		res, err := l.once(i, linReq{Do: "range", Key: "g", End: "h", Limit: 1})
		if err != nil {
			continue
		}
		c, err := l.dial(i)
		if err != nil {
			continue
		}
		s := seen{After: res.Revision}
		if c.out.Encode(linReq{Do: "watch", Key: "g", After: res.Revision}) == nil {
			ended := make(chan struct{})
			go func() {
				select {
				case <-stop:
					c.conn.Close()
				case <-ended:
				}
			}()
			for {
				var res linRes
				if c.in.Decode(&res) != nil || res.Ended || res.Code != "" {
					break
				}
				s.Changes = append(s.Changes, res.Changes...)
			}
			close(ended)
		}
		c.conn.Close()
		l.mu.Lock()
		l.watched = append(l.watched, s)
		l.mu.Unlock()
	}
}

// run has all clients work while disturb is under way; it ends when the budget is used
// up, and then reads everything once more.
func (l *load) run(seed uint64, disturb func(stop <-chan struct{})) error {
	stop, end := make(chan struct{}), make(chan struct{})
	var clients, others sync.WaitGroup
	for i := range l.clients {
		c := &client{load: l, id: i, r: rand.New(rand.NewPCG(seed, uint64(i))), known: map[string]knownKey{}}
		clients.Go(func() { c.run(stop) })
	}
	for range 2 {
		others.Go(func() { l.watch(end) })
	}
	disturbed := make(chan struct{})
	go func() {
		defer close(disturbed)
		disturb(end)
	}()
	watchdog := make(chan struct{})
	go func() {
		for {
			select {
			case <-watchdog:
				return
			case <-time.After(time.Second):
			}
			if time.Duration(l.now()-l.lastAck.Load()) > time.Minute {
				close(stop) // nobody serves any more
				return
			}
		}
	}()
	clients.Wait()
	close(watchdog)
	close(end)
	<-disturbed
	_, err := l.leader(time.Minute)
	others.Wait()
	if err != nil {
		return err
	}
	// Everything once more, also of groups that nobody touched any more.
	groups := map[string]bool{}
	for _, o := range l.history {
		groups[o.Group] = true
	}
	last := &client{load: l, id: l.clients, r: rand.New(rand.NewPCG(seed, 99)), known: map[string]knownKey{}}
	for g := range groups {
		for tries := 0; ; tries++ {
			o := operation{Client: last.id, Group: g, Do: doRange, Call: l.now()}
			res, _, err := last.ask(linReq{Do: "range", Key: g + "/", End: g + "0", Limit: 10}, false)
			o.Ret = l.now()
			if err == nil {
				for _, it := range res.Items {
					i := int(it.Key[len(it.Key)-1] - 'a')
					o.Saw[i], o.Revisions[i] = numberOf(it), it.Revision
				}
				o.Revision = res.Revision
				l.history = append(l.history, o)
				break
			}
			if tries == 200 {
				return fmt.Errorf("group %s cannot be read at the end: %w", g, err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}
