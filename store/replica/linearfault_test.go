package replica

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"time"
)

// This file is what happens to the members meanwhile.

// nemesis does faults, one after the other, as a seed has it.
type nemesis struct {
	*load
	r       *rand.Rand
	kinds   []string
	between time.Duration // at most, from one fault's end to the next
	stop    <-chan struct{}
	long    bool

	mu     sync.Mutex // guards what follows
	counts map[string]int
	failed []string // what could not be done
}

// Kinds of faults, and what of them needs packets.
var (
	processFaults = []string{"kill", "pause", "partition", "one way"}
	diskFaults    = []string{"slow sync", "failed sync", "disk full", "power cut"}
	packetFaults  = []string{"noise"}
	groupFaults   = []string{"membership", "snapshot", "clock"}
)

func newNemesis(l *load, seed uint64, between time.Duration, long bool, kinds ...string) *nemesis {
	return &nemesis{load: l, r: rand.New(rand.NewPCG(seed, 1)), kinds: kinds, between: between, long: long, counts: map[string]int{}}
}

// run does faults until stop, each kind at least once while time lasts.
func (n *nemesis) run(stop <-chan struct{}) {
	n.stop = stop
	for i := 0; ; i++ {
		if !n.wait(time.Duration(n.r.Int64N(int64(n.between)))) {
			return
		}
		kind := n.kinds[n.r.IntN(len(n.kinds))]
		if i < len(n.kinds) {
			kind = n.kinds[i]
		}
		began := n.now()
		if err := n.do(kind); err != nil {
			n.mu.Lock()
			n.failed = append(n.failed, fmt.Sprintf("%s: %v", kind, err))
			n.mu.Unlock()
			n.t.Logf("%v: %s: %v", time.Duration(began).Round(time.Millisecond), kind, err)
		}
		n.mu.Lock()
		n.counts[kind]++
		n.mu.Unlock()
	}
}

// wait reports whether the time passed before the end.
func (n *nemesis) wait(d time.Duration) bool {
	select {
	case <-n.stop:
		return false
	case <-time.After(d):
		return true
	}
}

// someone is a member that is to have a vote: the leader half of the time.
func (n *nemesis) someone() *process {
	voters := n.voters()
	if n.r.IntN(2) == 0 {
		for _, m := range voters {
			if m.i == int(n.hint.Load()) {
				return m
			}
		}
	}
	return voters[n.r.IntN(len(voters))]
}

// voters are the members of the newest membership.
func (p *processes) voters() []*process {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*process
	for _, m := range p.members {
		if x, ok := p.signed.Body.find(m.member.Key); ok && !x.Learner {
			list = append(list, m)
		}
	}
	return list
}

func (n *nemesis) do(kind string) error {
	switch kind {
	case "kill":
		m := n.someone()
		n.kill(m)
		n.wait(time.Duration(n.r.IntN(1500)) * time.Millisecond)
		return n.start(m)
	case "pause":
		m := n.someone()
		m.signal(syscall.SIGSTOP)
		d := time.Duration(300+n.r.IntN(2500)) * time.Millisecond
		if n.long && n.r.IntN(3) == 0 {
			d = 10 * time.Second
		}
		n.wait(d)
		m.signal(syscall.SIGCONT)
		return nil
	case "partition", "one way":
		return n.partition(kind == "one way")
	case "noise":
		x := noise{Lost: n.r.IntN(15), Doubled: n.r.IntN(30), Delayed: n.r.IntN(50), Late: time.Duration(5+n.r.IntN(60)) * time.Millisecond}
		if n.r.IntN(4) == 0 {
			x.Lost = 40
		}
		n.hub.make(x)
		n.wait(time.Duration(1000+n.r.IntN(3000)) * time.Millisecond)
		n.hub.make(noise{})
		return nil
	case "slow sync":
		m := n.someone()
		_, err := n.once(m.i, linReq{Do: "slow sync", TTL: time.Duration(20+n.r.IntN(300)) * time.Millisecond})
		n.wait(2 * time.Second)
		_, err2 := n.once(m.i, linReq{Do: "slow sync"})
		if err != nil {
			return err
		}
		return err2
	case "failed sync", "disk full":
		// The member stops by itself and is started again.
		do := map[string]string{"failed sync": "fail sync", "disk full": "disk full"}[kind]
		_, err := n.once(n.someone().i, linReq{Do: do})
		n.wait(2 * time.Second)
		return err
	case "power cut":
		return n.powerCut()
	case "membership":
		return n.replace()
	case "snapshot":
		m := n.someone()
		n.kill(m)
		for _, x := range n.voters() {
			if x != m {
				_, _ = n.once(x.i, linReq{Do: "snapshot"})
			}
		}
		n.wait(2 * time.Second) // more entries than stay in the log behind a snapshot
		for _, x := range n.voters() {
			if x != m {
				_, _ = n.once(x.i, linReq{Do: "snapshot"})
			}
		}
		return n.start(m)
	case "swap":
		// A host that changes the leader's memory: two records of one group of keys.
		g := fmt.Sprintf("g%04d.%d", n.count.Load()/n.perRound, n.r.IntN(n.groups))
		_, err := n.once(int(n.hint.Load()), linReq{Do: "swap", Key: keyOf(g, 0), End: keyOf(g, 1)})
		return err
	case "clock":
		m := n.someone()
		n.kill(m)
		m.skew = time.Duration(n.r.IntN(200000)) * time.Second
		return n.start(m)
	}
	return fmt.Errorf("no such fault")
}

// partition cuts some members from the others, in both directions or in one.
func (n *nemesis) partition(oneWay bool) error {
	voters := n.voters()
	n.r.Shuffle(len(voters), func(i, j int) { voters[i], voters[j] = voters[j], voters[i] })
	few := voters[:1+n.r.IntN(len(voters)/2)]
	if n.r.IntN(2) == 0 {
		for _, m := range voters {
			if m.i == int(n.hint.Load()) { // the leader is among them
				few[0] = m
			}
		}
	}
	cut := func(on bool) {
		for _, a := range few {
			for _, b := range voters {
				if !slices.Contains(few, b) {
					n.part(a, b, on)
					if !oneWay || !on {
						n.part(b, a, on)
					}
				}
			}
		}
	}
	cut(true)
	n.wait(time.Duration(800+n.r.IntN(2500)) * time.Millisecond)
	cut(false)
	return nil
}

// part cuts or heals the way from one member to another.
func (p *processes) part(a, b *process, cut bool) {
	if p.hub != nil {
		p.hub.part(byte(a.i+1), byte(b.i+1), cut)
		return
	}
	on := 0
	if cut {
		on = 1
	}
	host := fmt.Sprintf("127.7.7.%d", b.i+1)
	_, _ = p.once(a.i, linReq{Do: "cut", Key: host, N: on})
}

// powerCut ends all members at once; what was not synced is gone or torn.
func (n *nemesis) powerCut() error {
	members := n.all()
	seed := int(n.r.Int64N(1 << 30))
	var wg sync.WaitGroup
	for _, m := range members {
		m.mu.Lock()
		m.wanted = false
		m.mu.Unlock()
		wg.Go(func() { _, _ = n.once(m.i, linReq{Do: "power", N: seed + m.i}) })
	}
	wg.Wait()
	for _, m := range members {
		n.kill(m)
	}
	for _, m := range n.voters() {
		if err := n.start(m); err != nil {
			return err
		}
	}
	_, err := n.leader(30 * time.Second)
	return err
}

// replace takes a member out for good and gives its place to a new one, first without
// a vote.
func (n *nemesis) replace() error {
	old := n.someone()
	if err := n.offer(func(list []Member) []Member {
		return slices.DeleteFunc(list, func(x Member) bool { return x.Key == old.member.Key })
	}); err != nil {
		return err
	}
	if err := n.settled(len(n.voters())); err != nil {
		return err
	}
	n.kill(old)
	m, err := n.add()
	if err != nil {
		return err
	}
	learner := m.member
	learner.Learner = true
	if err := n.offer(func(list []Member) []Member { return append(list, learner) }); err != nil {
		return err
	}
	if err := n.start(m); err != nil {
		return err
	}
	if err := n.until("the new member caught up", func() bool {
		all := n.statuses()
		newest := int64(0)
		for _, s := range all {
			newest = max(newest, s.Revision)
		}
		s, ok := all[m.i]
		return ok && s.Revision > 0 && newest-s.Revision < 1000
	}); err != nil {
		return err
	}
	if err := n.offer(func(list []Member) []Member {
		for i := range list {
			list[i].Learner = false
		}
		return list
	}); err != nil {
		return err
	}
	return n.settled(len(n.voters()))
}

// settled waits until a leader knows the newest membership and has so many voters.
func (n *nemesis) settled(voters int) error {
	n.processes.mu.Lock()
	number := n.signed.Body.Number
	n.processes.mu.Unlock()
	return n.until(fmt.Sprintf("membership %d with %d voters", number, voters), func() bool {
		for _, s := range n.statuses() {
			have := 0
			for _, m := range s.Members {
				if !m.Learner {
					have++
				}
			}
			if s.Serving && s.Membership >= number && have == voters {
				return true
			}
		}
		return false
	})
}

func (n *nemesis) until(what string, holds func() bool) error {
	for deadline := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			return fmt.Errorf("not in time: %s", what)
		}
		if !n.wait(50 * time.Millisecond) {
			return nil
		}
	}
	return nil
}

// tally is how often each kind was done.
func (n *nemesis) tally() map[string]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.counts)
}
