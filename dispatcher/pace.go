package dispatcher

import (
	"sync"
	"time"
)

// pace finds how many tasks in hand at a time are of use. Beyond what the nodes
// can do at once, one more task makes nothing faster and everybody's slower, also
// the task of an account whose turn comes at once. What a guest takes says nothing
// of that; attestation takes the same for every task, so when it takes much longer
// than it can, there are too many. Fewer by a fifth then, one more with each round
// in which it does not (as TCP does with its window).
//
// As long as one account has the nodes for itself, nobody is in its way, and the
// processors are better used by a crowd: then only most counts.
type pace struct {
	most func() int

	mu           sync.Mutex // guards what follows
	limit        float64    // 0 before the first task
	hold         int        // tasks until the next step down: those that began before the last
	floor, newer time.Duration
	seen         int
}

const (
	// leastInHand keeps work going while others wait for disks and networks.
	leastInHand = 3
	// crowded is how many times the least time is too long.
	crowded = 2
	// remember is after how many tasks that were alone the least time of those before
	// is forgotten, in case the nodes are other ones by now. Others would make a crowd
	// look like what is usual.
	remember = 100
)

// places is how many tasks may be in hand now, of several accounts or of one.
func (p *pace) places(shared bool) int {
	most := p.most()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !shared || p.limit == 0 {
		return most
	}
	return min(most, max(leastInHand, int(p.limit)))
}

// took tells what an attestation took, among so many in hand, and whether all
// places were taken: what is not used is not too few.
func (p *pace) took(d time.Duration, held int, full bool) {
	most := float64(p.most())
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limit == 0 || p.limit > most {
		p.limit = most
	}
	if p.floor == 0 || d < p.floor {
		p.floor = d
	}
	if held <= 1 {
		if p.newer == 0 || d < p.newer {
			p.newer = d
		}
		if p.seen++; p.seen == remember {
			p.floor, p.newer, p.seen = p.newer, 0, 0
		}
	}
	p.hold--
	switch {
	case d > crowded*p.floor && p.hold <= 0:
		p.limit = max(leastInHand, p.limit*4/5)
		p.hold = int(p.limit)
	case d <= crowded*p.floor && full:
		p.limit = min(most, p.limit+1/p.limit)
	}
}
