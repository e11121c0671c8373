package tacit

import (
	"slices"
	"testing"

	"tacit/fault"
	"tacit/vrf"
	"tacit/wire"
)

// case N61 code VRF_INVALID check draw.go:Verify
func TestN61DrawTakesNoForeignPart(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(w *world, c *Case)
		want  fault.Code
	}{
		{"twin: as drawn", func(*world, *Case) {}, ""},
		{"dispatcher's proof for another beacon", func(w *world, c *Case) {
			c.Draw.Dispatcher = w.share(w.dispatcher, vrf.DrawAlpha(w.network, wire.Digest{9}, c.Task.Body.ID(w.network)))
		}, fault.VRFInvalid},
		{"for another task", func(w *world, c *Case) {
			c.Draw.Dispatcher = w.share(w.dispatcher, vrf.DrawAlpha(w.network, w.state.Header.Beacon, wire.Digest{9}))
		}, fault.VRFInvalid},
		{"on another network", func(w *world, c *Case) {
			c.Draw.Dispatcher = w.share(w.dispatcher, vrf.DrawAlpha(wire.Digest{9}, w.state.Header.Beacon, c.Task.Body.ID(w.network)))
		}, fault.VRFInvalid},
		{"by another key", func(w *world, c *Case) { c.Draw.Dispatcher.Pi = c.Draw.Managers[0].Pi }, fault.VRFInvalid},
		{"of another dispatcher", func(w *world, c *Case) { c.Draw.Dispatcher = c.Draw.Managers[0] }, fault.VRFInvalid},
		{"a flipped bit", func(w *world, c *Case) { c.Draw.Dispatcher.Pi[7] ^= 1 }, fault.VRFInvalid},
		{"a manager's proof for another task", func(w *world, c *Case) {
			c.Draw.Managers[1] = w.share(c.Draw.Managers[1].Node.Key, vrf.DrawAlpha(w.network, w.state.Header.Beacon, wire.Digest{9}))
		}, fault.VRFInvalid},
		{"without a manager's part", func(w *world, c *Case) { c.Draw.Managers = c.Draw.Managers[:1] }, fault.VRFInvalid},
		{"with one part twice", func(w *world, c *Case) { c.Draw.Managers[1] = c.Draw.Managers[0] }, fault.VRFInvalid},
		{"parts in another order", func(w *world, c *Case) { slices.Reverse(c.Draw.Managers) }, fault.VRFInvalid},
		{"a node that claims another key", func(w *world, c *Case) { c.Draw.Dispatcher.Node.VRF[0] ^= 1 }, fault.ChainProof},
		{"a node that is no manager", func(w *world, c *Case) { c.Draw.Managers[0].Node.Roles = RoleManager | RoleWorker }, fault.ChainProof},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.accept(w.task())
			w.draw(&c)
			tt.spoil(w, &c)
			_, err := c.Draw.Check(w.network, c.Task.Body, w.state.Header, w.params, c.Managers())
			wantCode(t, err, tt.want)
		})
	}
}

// case N61 code VRF_LATE_KEY check draw.go:Registered
func TestN61KeyRegisteredAfterTheBeaconIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		role Role
		at   uint64 // block of registration; the beacon's is 16
		want fault.Code
	}{
		{"twin: the block before", RoleDispatcher, 15, ""},
		{"dispatcher's key in the beacon's block", RoleDispatcher, 16, fault.VRFLateKey},
		{"dispatcher's key later", RoleDispatcher, 17, fault.VRFLateKey},
		{"manager's key in the beacon's block", RoleManager, 16, fault.VRFLateKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.chain(16, 2)
			for i := range s.Nodes {
				if s.Nodes[i].Roles == tt.role {
					s.Nodes[i].Registered = tt.at
				}
			}
			w.state = w.build(w.first.Header, s, nil)
			c := w.accept(w.task())
			w.draw(&c)
			_, err := c.Draw.Check(w.network, c.Task.Body, w.state.Header, w.params, c.Managers())
			wantCode(t, err, tt.want)
		})
	}
}

// case N62 code VRF_INVALID check draw.go:DrawAlpha
func TestN62DrawOfAReorganisedBlockIsVoid(t *testing.T) {
	w := newWorld(t)
	c := w.accept(w.task())
	w.draw(&c)
	fork := w.build(w.first.Header, w.chain(16, 3), nil) // the same block, another PREVRANDAO
	if fork.Header.Beacon == w.state.Header.Beacon {
		t.Fatal("the fork has the same beacon")
	}
	for _, tt := range []struct {
		name   string
		header EpochHeader
		want   fault.Code
	}{
		{"twin: the block that stayed", w.state.Header, ""},
		{"the block that went", fork.Header, fault.VRFInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Draw.Check(w.network, c.Task.Body, tt.header, w.params, c.Managers())
			wantCode(t, err, tt.want)
		})
	}
}

// case N61 code CHAIN_PROOF check draw.go:VerifyPair
func TestN61PoolIsTheHeaders(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(w *world, d *Draw)
		want  fault.Code
	}{
		{"twin: as drawn", func(*world, *Draw) {}, ""},
		{"a pool of another epoch", func(w *world, d *Draw) { d.Workers.Root.Total++ }, fault.ChainProof},
		{"workers for verifiers", func(w *world, d *Draw) { d.Verifiers = d.Workers }, fault.ChainProof},
		{"a member with more stake", func(w *world, d *Draw) { d.Verifiers.Members[0].Stake++ }, fault.ChainProof},
		{"a member that is not shown", func(w *world, d *Draw) {
			d.Verifiers.Members, d.Verifiers.Paths = d.Verifiers.Members[1:], d.Verifiers.Paths[1:]
		}, fault.ChainProof},
		{"a path too many", func(w *world, d *Draw) { d.Verifiers.Paths = append(d.Verifiers.Paths, d.Verifiers.Paths[0]) }, fault.ChainProof},
		{"members out of order", func(w *world, d *Draw) {
			slices.Reverse(d.Verifiers.Members)
			slices.Reverse(d.Verifiers.Paths)
		}, fault.ChainProof},
		{"a member twice", func(w *world, d *Draw) {
			d.Verifiers.Members = slices.Insert(d.Verifiers.Members, 1, d.Verifiers.Members[0])
			d.Verifiers.Paths = slices.Insert(d.Verifiers.Paths, 1, d.Verifiers.Paths[0])
		}, fault.ChainProof},
		{"no worker is shown", func(w *world, d *Draw) { d.Workers.Members, d.Workers.Paths = nil, nil }, fault.ChainProof},
		{"a member without its path", func(w *world, d *Draw) { d.Verifiers.Paths = d.Verifiers.Paths[1:] }, fault.ChainProof},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.accept(w.task())
			w.draw(&c)
			tt.spoil(w, &c.Draw)
			_, err := c.Draw.Check(w.network, c.Task.Body, w.state.Header, w.params, c.Managers())
			wantCode(t, err, tt.want)
		})
	}
}

func TestDrawIsTheSameForEverybody(t *testing.T) {
	w := newWorld(t)
	c := w.accept(w.task())
	made := w.draw(&c)
	checked, err := c.Draw.Check(w.network, c.Task.Body, w.state.Header, w.params, c.Managers())
	if err != nil {
		t.Fatal(err)
	}
	if made.Seed != checked.Seed || !slices.Equal(made.Workers, checked.Workers) || !slices.Equal(made.Seats, checked.Seats) {
		t.Errorf("drawn %v, checked %v", made, checked)
	}
}

func TestDrawObeysItsRules(t *testing.T) {
	pool := func(n int, change func(i int, m *Member)) Pool {
		var members []Member
		for i := range n {
			m := Member{Key: wire.Address{1, byte(i)}, Operator: wire.Address{2, byte(i)}, Stake: 100, Level: 2, Region: "eu"}
			change(i, &m)
			members = append(members, m)
		}
		return NewPool(members)
	}
	same := func(int, *Member) {}
	for _, tt := range []struct {
		name       string
		workers    int
		worker     func(int, *Member)
		verifiers  int
		verifier   func(int, *Member)
		req        Requirements
		want       fault.Code
		candidates int
	}{
		{"twin: enough of all", 5, same, 10, same, Requirements{Level: 2}, "", 2},
		{"twin: one worker of the region", 5, func(i int, m *Member) {
			if i == 3 {
				m.Region = "us"
			}
		}, 10, same, Requirements{Level: 2, Region: "us"}, "", 1},
		{"no worker", 0, same, 10, same, Requirements{Level: 2}, fault.TaskNoWorker, 0},
		{"none of the level", 5, same, 10, same, Requirements{Level: 3}, fault.TaskNoWorker, 0},
		{"none of the region", 5, same, 10, same, Requirements{Level: 2, Region: "us"}, fault.TaskNoWorker, 0},
		{"no verifier", 5, same, 0, same, Requirements{Level: 2}, fault.TaskNoWorker, 0},
		{"too few operators", 5, same, 10, func(i int, m *Member) { m.Operator = wire.Address{byte(i % 2)} }, Requirements{Level: 2}, fault.TaskNoWorker, 0},
		{"twin: an operator with most of the stake", 5, same, 10, func(i int, m *Member) {
			if i < 6 {
				m.Operator, m.Stake = wire.Address{9}, 300
			}
		}, Requirements{Level: 2}, "", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			params := Params{Seats: 7, Operators: 3}
			workers, verifiers := pool(tt.workers, tt.worker), pool(tt.verifiers, tt.verifier)
			for i := range 50 {
				picked, err := Pick(number(i), tt.req, params, workers, verifiers)
				if tt.want != "" && len(picked.Workers.Members)+len(picked.Verifiers.Members) > 0 {
					t.Fatalf("%d members are shown of a draw that failed", len(picked.Workers.Members)+len(picked.Verifiers.Members))
				}
				var drawn Drawn
				if err == nil {
					drawn, err = picked.Draw(number(i), tt.req, params)
				}
				if fault.Of(err) != tt.want {
					t.Fatalf("error = %v, want %q", err, tt.want)
				}
				if tt.want != "" {
					continue
				}
				if len(drawn.Workers) != tt.candidates || len(drawn.Seats) != 7 {
					t.Fatalf("%d workers, %d seats", len(drawn.Workers), len(drawn.Seats))
				}
				if tt.candidates == 2 && drawn.Workers[0].Key == drawn.Workers[1].Key {
					t.Fatal("one worker is drawn for both attempts")
				}
				held := map[wire.Address]int{}
				for _, s := range drawn.Seats {
					if held[s.Operator]++; 3*held[s.Operator] >= 7 {
						t.Fatalf("operator %s holds %d of 7 seats", s.Operator, held[s.Operator])
					}
				}
			}
		})
	}
}

func TestDrawFollowsStake(t *testing.T) {
	two := NewPool([]Member{
		{Key: wire.Address{1}, Stake: 100, Level: 2}, {Key: wire.Address{2}, Stake: 300, Level: 2},
	})
	pool, hits := find(two.Members, two.Root), map[byte]int{}
	const n = 4000
	for i := range uint64(n) {
		m, ok := pool.at(vrf.Pick(wire.Digest{5}, "tacit/workers", i, two.Root.Total))
		if !ok {
			t.Fatal("a pick hit nobody")
		}
		hits[m.Key[0]]++
	}
	// A fourth of 4,000 is 1,000; six standard deviations are 164.
	if hits[1] < 830 || hits[1] > 1170 {
		t.Errorf("a fourth of the stake was hit %d times of %d", hits[1], n)
	}
}

func TestSettleSeatsOfASmallPoolAreEverybody(t *testing.T) {
	if got := SettleSeats(wire.Digest{1}, wire.Address{2}, 3, PoolRoot{Count: MaxSeats, Total: 100}); got != nil {
		t.Errorf("seats = %v, want none drawn", got)
	}
	root := PoolRoot{Count: MaxSeats + 1, Total: 1000}
	a, b := SettleSeats(wire.Digest{1}, wire.Address{2}, 3, root), SettleSeats(wire.Digest{1}, wire.Address{2}, 4, root)
	if len(a) != MaxSeats || slices.Equal(a, b) {
		t.Errorf("%d seats; equal for two batches: %v", len(a), slices.Equal(a, b))
	}
	for _, s := range a {
		if s >= root.Total {
			t.Errorf("seat %d is outside the stake", s)
		}
	}
}
