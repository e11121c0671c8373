package tacit

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tacit/fault"
	"tacit/vrf"
	"tacit/wire"
)

// ticket is a node's claim to a pool of epoch 3.
func (w *world) ticket(a wire.Address, role Role) Ticket {
	return Ticket{Epoch: 3, Node: a, Role: role, Pi: w.vrfs[a].Prove(vrf.TicketAlpha(w.network, uint16(role), 3, w.state.Header.Beacon))}
}

// case N61 code - check state.go:admitted
func TestN61OnlyATicketOfThisEpochAdmits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(w *world, s *ChainState, t *Ticket)
		in     bool
	}{
		{"twin: as posted", func(*world, *ChainState, *Ticket) {}, true},
		{"for another epoch", func(_ *world, _ *ChainState, t *Ticket) { t.Epoch = 4 }, false},
		{"an epoch's ticket under another number", func(w *world, _ *ChainState, t *Ticket) {
			t.Pi = w.vrfs[t.Node].Prove(vrf.TicketAlpha(w.network, uint16(t.Role), 4, w.state.Header.Beacon))
		}, false},
		{"for another beacon", func(w *world, _ *ChainState, t *Ticket) {
			t.Pi = w.vrfs[t.Node].Prove(vrf.TicketAlpha(w.network, uint16(t.Role), 3, w.first.Header.Beacon))
		}, false},
		{"for another network", func(w *world, _ *ChainState, t *Ticket) {
			t.Pi = w.vrfs[t.Node].Prove(vrf.TicketAlpha(wire.Digest{1}, uint16(t.Role), 3, w.state.Header.Beacon))
		}, false},
		{"for another role", func(_ *world, _ *ChainState, t *Ticket) { t.Role = RoleVerifier }, false},
		{"of another node", func(w *world, _ *ChainState, t *Ticket) { t.Node = w.workers[1] }, false},
		{"proved by another key", func(w *world, _ *ChainState, t *Ticket) {
			t.Pi = w.ticket(w.workers[1], RoleWorker).Pi
		}, false},
		{"cut", func(_ *world, _ *ChainState, t *Ticket) { t.Pi = t.Pi[:79] }, false},
		{"twin: key of the block before the beacon's", registered(15), true},
		{"key of the beacon's block", registered(16), false},
		{"key registered later", registered(20), false},
		{"leaving", func(w *world, s *ChainState, _ *Ticket) { w.workerNode(s).Leaving = 20 }, false},
		{"twin: just enough stake", func(w *world, s *ChainState, _ *Ticket) { w.workerNode(s).Stake = 100 }, true},
		{"too little stake", func(w *world, s *ChainState, _ *Ticket) { w.workerNode(s).Stake = 99 }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.chain(24, 3)
			ticket := w.ticket(w.workers[0], RoleWorker)
			tt.change(w, &s, &ticket)
			// The others post theirs, so that the pool is judged by tickets.
			e := w.build(w.state.Header, s, []Ticket{ticket, w.ticket(w.workers[1], RoleWorker), w.ticket(w.workers[2], RoleWorker)})
			in := slices.ContainsFunc(e.Workers.Members, func(m Member) bool { return m.Key == w.workers[0] })
			if in != tt.in || e.Workers.Root.Count != uint64(len(e.Workers.Members)) {
				t.Errorf("in the pool: %v, want %v", in, tt.in)
			}
		})
	}
}

// case N63 code - check state.go:admitted
func TestN63AWithheldTicketLosesTheSeatAndNothingElse(t *testing.T) {
	w := newWorld(t)
	all := []Ticket{w.ticket(w.workers[0], RoleWorker), w.ticket(w.workers[1], RoleWorker), w.ticket(w.workers[2], RoleWorker)}
	posted := w.build(w.state.Header, w.chain(24, 3), all)
	withheld := w.build(w.state.Header, w.chain(24, 3), all[1:])
	of := func(e EpochState) (in []wire.Address) {
		for _, m := range e.Workers.Members {
			in = append(in, m.Key)
		}
		return in
	}
	t.Run("twin: posted", func(t *testing.T) {
		if got := of(posted); len(got) != 3 || !slices.Contains(got, w.workers[0]) {
			t.Errorf("the pool is %v", got)
		}
	})
	if got := of(withheld); len(got) != 2 || slices.Contains(got, w.workers[0]) {
		t.Errorf("without its ticket the pool is %v", got)
	}
	// What the draws of the epoch are made from is no worker's: withholding
	// moves no seed, neither of this epoch nor of the next.
	if a, b := posted.Header, withheld.Header; a.Beacon.IsZero() || a.Beacon != b.Beacon {
		t.Errorf("the beacon is %s with the ticket and %s without", a.Beacon, b.Beacon)
	}
}

// A late header or a slow chain makes all tickets of an epoch late at once; a
// small network then goes on with everybody.
func TestWhenMostTicketsAreMissingEverybodyIsIn(t *testing.T) {
	for _, tt := range []struct{ posted, want int }{{3, 3}, {2, 2}, {1, 3}, {0, 3}} {
		w := newWorld(t)
		var tickets []Ticket
		for _, a := range w.workers[:tt.posted] {
			tickets = append(tickets, w.ticket(a, RoleWorker))
		}
		if e := w.build(w.state.Header, w.chain(24, 3), tickets); len(e.Workers.Members) != tt.want {
			t.Errorf("%d of 3 tickets: %d workers, want %d", tt.posted, len(e.Workers.Members), tt.want)
		}
	}
}

func (w *world) workerNode(s *ChainState) *Node {
	i := slices.IndexFunc(s.Nodes, func(n Node) bool { return n.Key == w.workers[0] })
	return &s.Nodes[i]
}

func registered(block uint64) func(*world, *ChainState, *Ticket) {
	return func(w *world, s *ChainState, _ *Ticket) { w.workerNode(s).Registered = block }
}

func TestBeforeThereIsABeaconAllAreAdmitted(t *testing.T) {
	w := newWorld(t)
	if len(w.state.Workers.Members) != 3 || len(w.state.Verifiers.Members) != 7 || !slices.Equal(w.state.NextSigners, w.first.NextSigners) {
		t.Errorf("%d workers, %d verifiers", len(w.state.Workers.Members), len(w.state.Verifiers.Members))
	}
}

// case N62 code CONS_HEADER check header.go:Check
func TestN62HeaderOfAReorganisedBlockIsAnother(t *testing.T) {
	w := newWorld(t)
	set := w.first.NextSigners
	fork := w.chain(16, 2)
	fork.Hash = wire.Digest{0xbb}
	other := w.build(w.first.Header, fork, nil)
	signed := w.seal(w.state.Header, set, set...)
	t.Run("twin: the block that they signed", func(t *testing.T) {
		_, err := w.view().Advance(signed)
		wantCode(t, err, "")
	})
	t.Run("another block of that number", func(t *testing.T) {
		signed := signed
		signed.Header = other.Header
		_, err := w.view().Advance(signed)
		wantCode(t, err, fault.ConsHeader)
	})
}

func TestHeaderDoesNotDependOnTheOrderOfTheState(t *testing.T) {
	w := newWorld(t)
	s := w.chain(16, 2)
	for range 10 {
		rand.Shuffle(len(s.Nodes), func(i, j int) { s.Nodes[i], s.Nodes[j] = s.Nodes[j], s.Nodes[i] })
		rand.Shuffle(len(s.Entries), func(i, j int) { s.Entries[i], s.Entries[j] = s.Entries[j], s.Entries[i] })
		if got := w.build(w.first.Header, s, nil); got.Header != w.state.Header {
			t.Fatal("the header differs")
		}
	}
}

func TestNoHeaderIsSkipped(t *testing.T) {
	w := newWorld(t)
	for _, number := range []uint64{0, 1, 2, 4} {
		_, err := BuildEpoch(w.network, w.params, w.state.Header, number, w.chain(24, 3), nil)
		wantCode(t, err, fault.ConsHeader)
	}
}

func TestSigningSetStaysWhileNobodyCouldSign(t *testing.T) {
	w := newWorld(t)
	s := w.chain(16, 2)
	s.Nodes = s.Nodes[:6]
	e := w.build(w.first.Header, s, nil)
	if e.Header.Signers != w.first.Header.Signers {
		t.Error("the signing set became empty")
	}
}

func TestLargeSigningSetIsDrawn(t *testing.T) {
	w := newWorld(t)
	s := w.chain(16, 2)
	for range 80 {
		s.Nodes = append(s.Nodes, w.node(w.account(), RoleVerifier))
	}
	a, b := w.build(w.first.Header, s, nil), w.build(w.first.Header, func() ChainState { s := s; s.PrevRandao = wire.Digest{9}; return s }(), nil)
	if len(a.NextSigners) != MaxSeats || slices.Equal(a.NextSigners, b.NextSigners) {
		t.Errorf("%d signers; equal under two beacons: %v", len(a.NextSigners), slices.Equal(a.NextSigners, b.NextSigners))
	}
}

func TestProofsOfWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	_, err := w.state.ProveNode(wire.Address{1})
	wantCode(t, err, fault.APINotFound)
	_, err = w.state.ProveEntry(wire.Digest{1})
	wantCode(t, err, fault.APINotFound)
	_, err = w.state.ProveDeposit(wire.Address{1})
	wantCode(t, err, fault.PayDeposit)
}
