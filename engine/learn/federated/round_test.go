package federated

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tacit/engine/learn/network"
	"tacit/fault"
)

// begun is a state of a small model.
func begun(t testing.TB) *State {
	t.Helper()
	m, err := network.New(network.Classes, network.Flat(3), network.Scaling{}, network.MLP(nil, 2), 1)
	if err != nil {
		t.Fatal(err)
	}
	return Begin(m)
}

// moved is the update of a party whose every weight moved by so much.
func moved(t testing.TB, s *State, party byte, rows uint64, by ...float32) *Update {
	t.Helper()
	u, err := s.Update(s.Model, [32]byte{party}, rows)
	if err != nil {
		t.Fatal(err)
	}
	for i := range u.Delta {
		u.Delta[i] = by[i%len(by)]
	}
	return u
}

func form(t testing.TB, m interface{ MarshalBinary() ([]byte, error) }) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func round(t testing.TB, s *State, r Rules) *Round {
	t.Helper()
	out, err := NewRound(s, r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func done(t testing.TB, r *Round, noise io.Reader) *State {
	t.Helper()
	s, err := r.Done(noise)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// silent is where no noise comes from.
func silent() io.Reader { return bytes.NewReader(nil) }

// far is how far the weights of two states are from each other.
func far(a, b *State) float64 {
	var sum float64
	for i, v := range a.Model.Weights {
		d := float64(v) - float64(b.Model.Weights[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}

func TestMean(t *testing.T) {
	s := begun(t)
	for _, tt := range []struct {
		name  string
		rules Rules
		want  float32 // by which each weight moves: of 30 rows by 1, of 10 by -2; 8 weights
	}{
		{"by rows", Rules{}, 0.25},
		{"all alike", Rules{Uniform: true}, -0.5},
		{"shortened by rows", Rules{Clip: math.Sqrt(8)}, 0.5},
		{"shortened, all alike", Rules{Clip: math.Sqrt(8), Uniform: true}, 0},
		{"longer than any", Rules{Clip: 100}, 0.25},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := round(t, s, tt.rules)
			for _, u := range []*Update{moved(t, s, 1, 30, 1), moved(t, s, 2, 10, -2)} {
				if f := r.Add(form(t, u)); f != Taken {
					t.Fatal(f)
				}
			}
			next := done(t, r, silent())
			if r.Parties() != 2 || r.Rows() != 40 || next.Round() != 1 {
				t.Errorf("%d parties, %d rows, round %d", r.Parties(), r.Rows(), next.Round())
			}
			for i, v := range next.Model.Weights {
				if math.Abs(float64(v-s.Model.Weights[i]-tt.want)) > 1e-6 {
					t.Fatalf("weight %d moved by %v, want %v", i, v-s.Model.Weights[i], tt.want)
				}
			}
			if !math.IsInf(next.Spent.Epsilon(1e-5), 1) {
				t.Error("without noise it is private")
			}
		})
	}
}

// What is wrong with an update leaves it out, and the others are as if it were not there.
func TestWhatIsLeftOut(t *testing.T) {
	before := begun(t)
	r := round(t, before, Rules{})
	r.Add(form(t, moved(t, before, 9, 1, 1)))
	s := done(t, r, silent())
	honest := [][]byte{form(t, moved(t, s, 1, 10, 0.5)), form(t, moved(t, s, 2, 20, -0.25))}
	alter := func(do func(u *Update)) []byte {
		u := moved(t, s, 3, 10, 1)
		do(u)
		return form(t, u)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	want := round(t, s, Rules{})
	for _, b := range honest {
		want.Add(b)
	}
	without := done(t, want, silent())
	for _, tt := range []struct {
		name string
		b    []byte
		want Fate
	}{
		{"twin", alter(func(*Update) {}), Taken},
		{"twin: as long as the bound", alter(func(u *Update) { clear(u.Delta); u.Delta[0] = 1e6 }), Taken},
		{"nothing", nil, NoForm},
		{"cut off", alter(func(*Update) {})[:100], NoForm},
		{"of no rows", append(append(slices.Clone(honest[0][:76]), make([]byte, 8)...), honest[0][84:]...), NoForm},
		{"the round before", form(t, moved(t, before, 3, 10, 1)), OtherTime},
		{"the round after", alter(func(u *Update) { u.Round++ }), OtherTime},
		{"another model", alter(func(u *Update) { u.Base[31] ^= 1 }), OtherBase},
		{"a weight too few", alter(func(u *Update) { u.Delta = u.Delta[1:] }), OtherSize},
		{"a weight too many", alter(func(u *Update) { u.Delta = append(u.Delta, 1) }), OtherSize},
		{"not a number", alter(func(u *Update) { u.Delta[3] = nan }), NotFinite},
		{"infinite", alter(func(u *Update) { u.Delta[0] = -inf }), NotFinite},
		{"huge", alter(func(u *Update) { u.Delta[0] = 1e30 }), TooLong},
		{"huge everywhere", alter(func(u *Update) {
			for i := range u.Delta {
				u.Delta[i] = math.MaxFloat32
			}
		}), TooLong},
		{"above the bound", alter(func(u *Update) { clear(u.Delta); u.Delta[0] = 1.001e6 }), TooLong},
		{"a party that has one", alter(func(u *Update) { u.Party = [32]byte{1} }), Twice},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := round(t, s, Rules{})
			r.Add(honest[0])
			if got := r.Add(tt.b); got != tt.want || !slices.Contains(Fates(), got) {
				t.Errorf("Add = %s, want %s", got, tt.want)
			}
			r.Add(honest[1])
			next := done(t, r, silent())
			if moves := far(next, without) > 0; moves != (tt.want == Taken) {
				t.Errorf("the model is %v from that of the others", far(next, without))
			}
		})
	}
	// What is left out is no party: a good update of the same party is taken.
	r = round(t, s, Rules{})
	if a, b := r.Add(alter(func(u *Update) { u.Delta[0] = nan })), r.Add(alter(func(*Update) {})); a != NotFinite || b != Taken {
		t.Errorf("a party's bad update is %s, its good one %s", a, b)
	}
}

// However long a poisoned update is, it moves the model by no more than its share of the clip.
func TestPoisonIsBounded(t *testing.T) {
	s := begun(t)
	const clip, n = 0.5, 5
	run := func(poison ...float32) *State {
		r := round(t, s, Rules{Clip: clip, Uniform: true})
		for i := range n - 1 {
			r.Add(form(t, moved(t, s, byte(i), 10, 0.1, -0.1)))
		}
		if f := r.Add(form(t, moved(t, s, 99, 1<<40, poison...))); f != Taken {
			t.Fatal(f)
		}
		return done(t, r, silent())
	}
	still := run(0)
	for _, size := range []float32{1e-3, 1, 1e5} {
		if d := far(run(size, -size, size), still); d > clip/n*1.0001 {
			t.Errorf("of size %g it moves the model by %v, more than %v", size, d, clip/n)
		}
	}
}

// Noise has the deviation that it is accounted with, is normal, and is none where it is read
// to be none.
func TestNoise(t *testing.T) {
	const layers, clip, noise = 200, 0.5, 3.0
	m, err := network.New(network.Classes, network.Flat(layers), network.Scaling{}, network.MLP([]int{layers}, 10), 1)
	if err != nil {
		t.Fatal(err)
	}
	s := Begin(m)
	run := func(from io.Reader) *State {
		r := round(t, s, Rules{Clip: clip, Noise: noise})
		for i := range 4 {
			r.Add(form(t, moved(t, s, byte(i), uint64(i)*100+1, 0)))
		}
		return done(t, r, from)
	}
	next := run(rand.NewChaCha8([32]byte{1}))
	var sum, square, fourth float64
	const want = noise * clip / 4
	for i, v := range next.Model.Weights {
		z := float64(v-m.Weights[i]) / want
		sum, square, fourth = sum+z, square+z*z, fourth+z*z*z*z
	}
	n := float64(len(m.Weights))
	if mean, variance, kurtosis := sum/n, square/n, fourth/n; math.Abs(mean) > 5/math.Sqrt(n) || math.Abs(variance-1) > 0.04 || math.Abs(kurtosis-3) > 0.25 {
		t.Errorf("of %v numbers mean %.4f, variance %.4f, fourth moment %.4f", n, mean, variance, kurtosis)
	}
	if far(next, run(rand.NewChaCha8([32]byte{1}))) != 0 || far(next, run(rand.NewChaCha8([32]byte{2}))) == 0 {
		t.Error("noise is not what is read and nothing else")
	}
	r := round(t, s, Rules{Clip: clip, Noise: noise})
	r.Add(form(t, moved(t, s, 1, 1, 0)))
	if _, err := r.Done(bytes.NewReader(make([]byte, 1000))); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Done where noise ends = %v", err)
	}
	if want := (Spent{{1, noise, 1, clip}}); !slices.Equal(next.Spent, want) {
		t.Errorf("it cost %v, want %v", next.Spent, want)
	}
}

// What was spent comes along: no round can begin without it.
func TestCostsGoAlong(t *testing.T) {
	s := begun(t)
	last := 0.0
	for i := range 5 {
		r := round(t, s, Rules{Clip: 1, Noise: 2})
		r.Add(form(t, moved(t, s, 1, 1, 1)))
		next := done(t, r, rand.NewChaCha8([32]byte{byte(i)}))
		var err error
		if s, err = ParseState(form(t, next)); err != nil {
			t.Fatal(err)
		}
		if e := s.Spent.Epsilon(1e-5); e <= last || e != r.Cost().Epsilon(1e-5) || s.Round() != uint64(i+1) {
			t.Errorf("after round %d: epsilon %v, before %v, told %v", i+1, e, last, r.Cost().Epsilon(1e-5))
		} else {
			last = e
		}
	}
	// A state whose costs were taken off is another, whose updates do not fit.
	again := &State{Model: s.Model}
	r := round(t, s, Rules{})
	u := moved(t, again, 1, 1, 1)
	if u.Round = uint32(s.Round()); r.Add(form(t, u)) != OtherBase {
		t.Error("an update of a state that has forgotten its costs is taken")
	}
}

func TestFewParties(t *testing.T) {
	s := begun(t)
	r := round(t, s, Rules{MinParties: 3})
	r.Add(form(t, moved(t, s, 1, 1, 1)))
	r.Add(form(t, moved(t, s, 2, 1, 1)))
	r.Add(form(t, moved(t, s, 2, 1, 1)))
	if _, err := r.Done(silent()); fault.Of(err) != fault.DataSmall {
		t.Errorf("Done with two of three = %v", err)
	}
	r.Add(form(t, moved(t, s, 3, 1, 1)))
	done(t, r, silent())
	if _, err := round(t, s, Rules{}).Done(silent()); fault.Of(err) != fault.DataSmall {
		t.Error("a round of nobody is one")
	}
}

func TestRules(t *testing.T) {
	s := begun(t)
	for _, tt := range []struct {
		name string
		r    Rules
		want fault.Code
	}{
		{"twin", Rules{}, ""},
		{"twin of all", Rules{MinParties: 3, Bound: 10, Clip: 10, Noise: 1}, ""},
		{"no parties", Rules{MinParties: -1}, fault.LearnParams},
		{"bound", Rules{Bound: 1e7}, fault.LearnParams},
		{"bound that is none", Rules{Bound: math.NaN()}, fault.LearnParams},
		{"clip above the bound", Rules{Bound: 1, Clip: 2}, fault.LearnParams},
		{"clip", Rules{Clip: -1}, fault.LearnParams},
		{"noise without clip", Rules{Noise: 1}, fault.LearnParams},
		{"noise", Rules{Clip: 1, Noise: -1}, fault.LearnParams},
		{"too little noise to be some", Rules{Clip: 1, Noise: 1e-9}, fault.LearnParams},
		{"noise that is none", Rules{Clip: 1, Noise: math.NaN()}, fault.LearnParams},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := NewRound(s, tt.r); fault.Of(err) != tt.want && !(err == nil && tt.want == "") {
				t.Errorf("NewRound = %v, want %q", err, tt.want)
			}
		})
	}
	for _, tt := range []struct {
		name  string
		spent Spent
		want  fault.Code
	}{
		{"twin: the last round", Spent{{mostRounds - 1, 1, 1, 1}}, ""},
		{"twin: the last charge", charged(mostCharges - 1), ""},
		{"a round after the last", Spent{{mostRounds, 1, 1, 1}}, fault.LearnParams},
		{"a charge after the last", charged(mostCharges), fault.LearnParams},
		{"charges that are none", Spent{{0, 1, 1, 1}}, fault.LearnModel},
	} {
		if _, err := NewRound(&State{s.Model, tt.spent}, Rules{}); fault.Of(err) != tt.want && !(err == nil && tt.want == "") {
			t.Errorf("%s: NewRound = %v, want %q", tt.name, err, tt.want)
		}
	}
	big := begun(t)
	for i := range big.Model.Weights {
		big.Model.Weights[i] = network.Largest
	}
	r := round(t, big, Rules{})
	r.Add(form(t, moved(t, big, 1, 1, 1)))
	done(t, r, silent()) // twin: 1e18 and 1 is 1e18 in 32 bits
	r = round(t, big, Rules{Clip: mostNorm, Noise: mostNoise})
	r.Add(form(t, moved(t, big, 1, 1, 1)))
	if _, err := r.Done(rand.NewChaCha8([32]byte{1})); fault.Of(err) != fault.LearnData {
		t.Errorf("noise that leaves what a number can hold = %v", err)
	}
}
