package dispatcher

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// turns hands out places. A task has one from its draw to its receipt, but not
// while it waits for an owner, and there are only so many.
//
// Every account has a line of its own. Whose turn it is follows from the money
// that accounts have on deposit (start-time fair queueing): over time each that
// has tasks waiting gets places in proportion to its money, an account that asks
// for less than that waits for nobody's backlog, and equal deposits take turns
// one by one. So many accounts of one person get what one account with the same
// money would get.
//
// A turn looks at every line: its cost grows with the accounts that have tasks
// here, which are bounded.
type turns struct {
	// places is for all, of several accounts or of one; one more is for accounts
	// that have none.
	places    func(shared bool) int
	each, all int // tasks that have not run yet: of one account, in all

	mu    sync.Mutex // guards what follows
	now   float64    // where the newest turn began, in shares
	held  int        // places
	open  int        // tasks that have not run yet
	money float64    // on deposit, of the accounts that have such tasks
	joins uint64
	met   time.Time // when last a task came while another account had some here
	lines map[wire.Address]*line
	given []*place      // first turns that nobody took up yet
	wake  chan struct{} // holds something if there are any
}

// line is one account's.
type line struct {
	money   float64 // on deposit, under the header of its newest task
	next    float64 // where its next turn begins, in shares
	open    int
	held    int
	waiting []*place
}

// place is a task's, in a line or in hand.
type place struct {
	id    wire.Digest
	user  wire.Address
	cost  float64
	join  uint64
	paid  bool // had its first turn
	in    bool // in hand
	ended bool
	turn  chan struct{} // closed at its turn; made anew with each wait
}

// costOf is what a turn counts for: the seconds for which a task may keep its
// place, by its own word, and one for everything around the guest.
func costOf(t tacit.Task) float64 { return 1 + float64(t.Requirements.Seconds) }

// sharedFor is how long after accounts met the places are those of several: who
// came once comes again, and should not find a crowd.
const sharedFor = time.Minute

func newTurns(places func(shared bool) int, each, all int) *turns {
	return &turns{places: places, each: each, all: all, lines: map[wire.Address]*line{}, wake: make(chan struct{}, 1)}
}

// room is RES_BUSY if the account may have no further task here now. All that
// do not fit are refused before anything is promised; each account has room by
// its share of the money, of what is free, so that half of all room is always
// left for whoever comes with as much money as the rest.
func (t *turns) room(user wire.Address, money tacit.Money) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine, others := 0, t.money
	if l := t.lines[user]; l != nil && l.open > 0 {
		mine, others = l.open, others-l.money
	}
	if mine >= t.each {
		return fault.Denied(fault.ResBusy, "accept task: wait until one of this account's tasks has run", "tasks of one account",
			"fewer than "+strconv.Itoa(t.each)+" that have not run yet", strconv.Itoa(mine))
	}
	free := t.all - t.open
	may := int(float64(free) * weight(money) / (others + weight(money)))
	if free > t.all/4 {
		may = max(1, may) // however little money
	}
	if mine >= may {
		return fault.Denied(fault.ResBusy, "accept task: wait until tasks here have run, deposit more or use another dispatcher", "share by money on deposit",
			"fewer than "+strconv.Itoa(may)+" of this account that have not run yet, "+strconv.Itoa(t.open)+" of all are here", strconv.Itoa(mine))
	}
	return nil
}

func weight(money tacit.Money) float64 { return max(1, float64(money)) }

// join puts an accepted task at the end of its account's line. Where it has no
// turn at once, before is how many of the account's own stand before it and
// others how many accounts it takes turns with.
func (t *turns) join(id wire.Digest, task tacit.Task, money tacit.Money) (p *place, before, others int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lines[task.User]
	if l == nil {
		l = &line{}
		t.lines[task.User] = l
	}
	if l.open > 0 {
		t.money -= l.money
	}
	if t.open > l.open {
		t.met = time.Now()
	}
	l.money = weight(money)
	t.money += l.money
	l.open++
	t.open++
	before = len(l.waiting)
	for _, o := range t.lines {
		if o != l && len(o.waiting) > 0 {
			others++
		}
	}
	p = &place{id: id, user: task.User, cost: costOf(task)}
	t.enter(l, p, before)
	return p, before, others
}

// enter puts a place into a line; it is called with mu held.
func (t *turns) enter(l *line, p *place, at int) {
	if len(l.waiting) == 0 {
		l.next = max(l.next, t.now) // nobody saves up turns
	}
	t.joins++
	p.join, p.turn = t.joins, make(chan struct{})
	l.waiting = slices.Insert(l.waiting, at, p)
	t.give()
}

// give lets go on whose turn it is while there are places; it is called with mu
// held.
func (t *turns) give() {
	for {
		l := t.first()
		if l == nil {
			return
		}
		p := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.held++
		t.held++
		if !p.paid {
			t.now = max(t.now, l.next)
		}
		p.in = true
		t.call(l, p)
	}
}

// call ends a place's wait; it is called with mu held.
func (t *turns) call(l *line, p *place) {
	if !p.paid {
		p.paid = true
		if p.in {
			l.next += p.cost / l.money
		}
		t.given = append(t.given, p)
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	close(p.turn)
}

// first is the line whose turn it is, nil if there is no place for it; of two
// that begin at once that goes first which has fewer in hand, then which has more
// money for its task. The one place more changes no order: who has something in hand waits until it is free.
func (t *turns) first() *line {
	free := t.places(t.shared()) - t.held
	if free < 0 {
		return nil
	}
	var best *line
	before := func(a, b *line) bool {
		p, q := a.waiting[0], b.waiting[0]
		if a.next != b.next {
			return a.next < b.next
		}
		if a.held != b.held {
			return a.held < b.held
		}
		if x, y := p.cost/a.money, q.cost/b.money; x != y {
			return x < y
		}
		return p.join < q.join
	}
	for _, l := range t.lines {
		if len(l.waiting) > 0 && (best == nil || before(l, best)) {
			best = l
		}
	}
	if best == nil || free == 0 && best.held > 0 {
		return nil
	}
	return best
}

// taken waits for the next task that has its first turn.
func (t *turns) taken(ctx context.Context) (*place, error) {
	for {
		t.mu.Lock()
		if len(t.given) > 0 {
			p := t.given[0]
			t.given = t.given[1:]
			t.mu.Unlock()
			return p, nil
		}
		t.mu.Unlock()
		select {
		case <-t.wake:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// pause gives a place back for as long as its task waits for an owner.
func (t *turns) pause(p *place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leave(p)
	t.give()
}

// again waits for a place at the head of its account's line: it had its turn.
func (t *turns) again(ctx context.Context, p *place) error {
	t.mu.Lock()
	t.enter(t.lines[p.user], p, 0)
	turn := p.turn
	t.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		t.pause(p)
		return ctx.Err()
	}
}

// leave takes a place out of hand or out of its line; it is called with mu held.
func (t *turns) leave(p *place) {
	l := t.lines[p.user]
	if p.in {
		p.in = false
		l.held--
		t.held--
		return
	}
	l.waiting = slices.DeleteFunc(l.waiting, func(q *place) bool { return q == p })
}

// off lets a task that was called off go on to its end without a turn.
func (t *turns) off(p *place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.in || p.paid {
		return
	}
	l := t.lines[p.user]
	t.leave(p)
	t.call(l, p)
}

// end is called once a task has run, or failed.
func (t *turns) end(p *place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	l := t.lines[p.user]
	t.leave(p)
	l.open--
	t.open--
	if l.open == 0 {
		t.money -= l.money
	}
	t.give()
	t.forget()
}

// forget drops the lines that owe no turns any more, and whatever they owe once
// nobody waits for them; it is called with mu held.
func (t *turns) forget() {
	for user, l := range t.lines {
		if l.open == 0 && (l.next <= t.now || t.open == 0 || len(t.lines) > 2*t.all) {
			delete(t.lines, user)
		}
	}
	if t.open == 0 {
		t.money = 0 // sums of what is no whole number drift
	}
}

// shared says whether several accounts have tasks here, or had lately; it is
// called with mu held.
func (t *turns) shared() bool { return !t.met.IsZero() && time.Since(t.met) < sharedFor }

// most is how many tasks may be in hand now.
func (t *turns) most() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.places(t.shared())
}

// counts are the tasks in hand and those that wait for a turn.
func (t *turns) counts() (held, waiting int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.lines {
		waiting += len(l.waiting)
	}
	return t.held, waiting
}
