package risk

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The figures that committees of this network are chosen by.
func TestTheRiskOfACommittee(t *testing.T) {
	for _, tt := range []struct {
		seats, needed int
		bad           *big.Rat
		log2          float64 // of a false committee
		blocked       float64
	}{
		{7, 5, big.NewRat(1, 5), -8, 0.148},
		{7, 5, big.NewRat(3, 10), -5, 0.353},
		{7, 5, big.NewRat(1, 10), -12.5, 0.0257},
		{21, 15, big.NewRat(1, 5), -21, 0.109},
		{31, 21, big.NewRat(1, 5), -26, 0.033},
		{64, 43, big.NewRat(1, 5), -51, 0.005},
		{64, 43, big.NewRat(3, 10), -30, 0.28},
		{100, 67, big.NewRat(1, 5), -78, 0.0007},
	} {
		r := Of(tt.seats, tt.bad)
		blocked, _ := r.Blocked.Float64()
		if got := Log2(r.False); r.Needed != tt.needed || math.Abs(got-tt.log2) > 0.6 || math.Abs(blocked-tt.blocked) > 0.12*tt.blocked {
			t.Errorf("%d seats, %s bad: %d needed, false 2^%.2f, blocked %.4f; want %d, 2^%.1f, %.4f", tt.seats, tt.bad.RatString(), r.Needed, got, blocked, tt.needed, tt.log2, tt.blocked)
		}
	}
	// By hand: 21*(1/5)^5*(4/5)^2 + 7*(1/5)^6*(4/5) + (1/5)^7 = 365/78125.
	if got := Of(7, big.NewRat(1, 5)).False; got.Cmp(big.NewRat(365, 78125)) != 0 {
		t.Errorf("7 seats, a fifth bad: %s", got.RatString())
	}
	if got := Any(big.NewRat(1, 2), 3); got.Cmp(big.NewRat(7, 8)) != 0 {
		t.Errorf("once in three tosses: %s", got.RatString())
	}
}

func TestOperatorsArePassedOver(t *testing.T) {
	even := func(good, bad int, stake uint64) (ops []Operator) {
		for i := range good + bad {
			ops = append(ops, Operator{stake, i >= good})
		}
		return ops
	}
	t.Run("one bad operator never makes a false committee", func(t *testing.T) {
		r, err := OfOperators(7, append(even(6, 0, 10), Operator{1000, true}))
		if err != nil || r.False.Sign() != 0 || r.Blocked.Sign() != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	t.Run("by hand", func(t *testing.T) {
		// Four seats, at most one each, of four operators: all hold one.
		r, err := OfOperators(4, even(3, 1, 5))
		if err != nil || r.False.Sign() != 0 || r.Blocked.Sign() != 0 {
			t.Errorf("%+v, %v", r, err)
		}
		// Of four equal good and one bad one is left out: with 4/5 the bad one is in.
		chances := chain(4, 1, even(4, 1, 5))
		if chances[1].Cmp(big.NewRat(4, 5)) != 0 || chances[0].Cmp(big.NewRat(1, 5)) != 0 {
			t.Errorf("%v", chances)
		}
	})
	t.Run("many small ones are as without operators", func(t *testing.T) {
		r, err := OfOperators(7, even(8000, 2000, 3))
		if got, want := Log2(r.False), Log2(Of(7, big.NewRat(1, 5)).False); err != nil || math.Abs(got-want) > 0.01 {
			t.Errorf("2^%.4f, want about 2^%.4f, %v", got, want, err)
		}
	})
	t.Run("too few", func(t *testing.T) {
		if _, err := OfOperators(7, even(3, 0, 5)); !errors.Is(err, fault.TaskNoWorker) {
			t.Errorf("got %v", err)
		}
	})
}

// The chain in fractions and the integral are two ways to one number.
func TestBothMethodsAgree(t *testing.T) {
	for _, tt := range []struct {
		name  string
		seats int
		ops   []Operator
	}{
		{"seven alike", 7, []Operator{{1, false}, {1, false}, {1, false}, {1, false}, {1, false}, {1, true}, {1, true}}},
		{"all different", 7, []Operator{{5, false}, {9, false}, {2, false}, {7, true}, {3, true}, {4, true}}},
		{"a whale", 10, []Operator{{1000, true}, {5, true}, {9, false}, {2, false}, {7, true}}},
		{"a rare event", 10, []Operator{{1e9, false}, {2e9, false}, {3e9, false}, {4e9, false}, {1, true}, {2, true}, {1, true}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := most(tt.seats)
			exact := chain(tt.seats, c, tt.ops)
			for k := 1; k <= tt.seats; k++ {
				want, _ := tail(exact, k).Float64()
				if got := integral(tt.seats, k, c, tt.ops); math.Abs(got-want) > 1e-9*want {
					t.Errorf("%d bad seats or more: %g, exactly %g", k, got, want)
				}
			}
		})
	}
}

// The network's own draw, of many seeds, has about these chances.
func TestTheDrawHasTheseChances(t *testing.T) {
	stakes := []uint64{50, 40, 30, 20, 60, 10, 35, 45}
	bad := map[int]bool{1: true, 4: true, 7: true}
	var members []tacit.Member
	var ops []Operator
	operators := map[wire.Address]bool{}
	for i, s := range stakes {
		var key wire.Address
		key[0] = byte(i + 1)
		members = append(members, tacit.Member{Key: key, Operator: key, Stake: s, Level: 2})
		ops = append(ops, Operator{s, bad[i]})
		operators[key] = bad[i]
	}
	pool := tacit.NewPool(members)
	params := tacit.Params{Seats: 7, Operators: 3}
	want := chain(7, most(7), ops)
	const draws = 4000
	var counts [8]int
	for i := range uint64(draws) {
		var seed wire.Digest
		binary.BigEndian.PutUint64(seed[:], i*0x9e3779b97f4a7c15)
		picked, err := tacit.Pick(seed, tacit.Requirements{Level: 2}, params, pool, pool)
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := picked.Draw(seed, tacit.Requirements{Level: 2}, params)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range drawn.Seats {
			if operators[s.Operator] {
				n++
			}
		}
		counts[n]++
	}
	for k, got := range counts {
		p, _ := want[k].Float64()
		// Five standard deviations: the seeds are fixed, so this holds or not.
		if room := 5*math.Sqrt(draws*p*(1-p)) + 1; math.Abs(float64(got)-draws*p) > room {
			t.Errorf("%d bad seats in %d of %d draws, expected %.1f", k, got, draws, draws*p)
		}
	}
}
