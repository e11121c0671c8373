package federated

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"tacit"
)

// What the accountant says is what other formulas say: see testdata/oracle.py.
func TestAccountant(t *testing.T) {
	b, err := os.ReadFile("testdata/oracle.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(b)) {
		var noise, q, want float64
		var n uint32
		if _, err := fmt.Sscanf(line, "exact %g %d %g", &noise, &n, &want); err == nil {
			lines++
			s := Spent{{Rounds: n, Noise: noise, Rate: 1, Clip: 1}}
			if got := s.moments(tacit.LearnDelta); got < want || got > 1.12*want+0.01 {
				t.Errorf("%d rounds of noise %g: by moments epsilon %.4f, exactly %.4f", n, noise, got, want)
			}
			if got := s.Epsilon(tacit.LearnDelta); got < want*(1-1e-6) || got > want*(1+1e-6) {
				t.Errorf("%d rounds of noise %g: epsilon %.8f, exactly %.8f", n, noise, got, want)
			}
			continue
		}
		if _, err := fmt.Sscanf(line, "renyi %g %g %d %g", &noise, &q, &n, &want); err != nil {
			t.Fatalf("oracle.txt: %q", line)
		}
		lines++
		if got := (Charge{Noise: noise, Rate: q}).renyi(float64(n)); math.Abs(got-want) > 1e-6*want {
			t.Errorf("noise %g, rate %g, order %d: %v, want %v", noise, q, n, got, want)
		}
	}
	if lines != 42 {
		t.Errorf("%d lines of the oracle, want 42", lines)
	}
}

// The table of TensorFlow Privacy's tutorial for MNIST, which converts less tightly: we say no
// more than it, and not much less.
func TestPublishedValues(t *testing.T) {
	for _, tt := range []struct {
		noise  float64
		epochs int
		want   float64
	}{
		{1.3, 15, 1.18},
		{1.1, 60, 2.92},
		{0.7, 45, 7.10},
	} {
		s := Spent{{Rounds: uint32(tt.epochs * 60000 / 256), Noise: tt.noise, Rate: 256.0 / 60000, Clip: 1}}
		if got := s.Epsilon(1e-5); got > tt.want || got < 0.75*tt.want {
			t.Errorf("noise %g, %d epochs: epsilon %.3f, published %.2f", tt.noise, tt.epochs, got, tt.want)
		}
	}
}

func TestSpent(t *testing.T) {
	var s Spent
	if e := s.Epsilon(1e-5); e != 0 {
		t.Errorf("no rounds cost %v", e)
	}
	last := 0.0
	for i := range 10 {
		s = s.With(Charge{Noise: 2, Rate: 1, Clip: 1})
		if e := s.Epsilon(1e-5); e <= last || len(s) != 1 || s.Rounds() != uint64(i+1) {
			t.Errorf("round %d costs %v after %v: %v", i+1, e, last, s)
		} else {
			last = e
		}
	}
	mixed := s.With(Charge{Noise: 4, Rate: 1, Clip: 1})
	if e := mixed.Epsilon(1e-5); e <= last || len(mixed) != 2 || len(s) != 1 {
		t.Errorf("a round of another noise costs %v after %v", e, last)
	}
	// A round of noise 4 costs a quarter of one of noise 2.
	four := s
	for range 4 {
		four = four.With(Charge{Noise: 4, Rate: 1, Clip: 1})
	}
	if a, b := four.Epsilon(1e-5), s.With(Charge{Noise: 2, Rate: 1, Clip: 1}).Epsilon(1e-5); math.Abs(a-b) > 1e-9 {
		t.Errorf("four rounds of noise 4 cost %v, one of noise 2 %v", a, b)
	}
	bare := s.With(Charge{Rate: 1})
	if e := bare.With(Charge{Noise: 9, Rate: 1, Clip: 1}).Epsilon(1e-5); !math.IsInf(e, 1) {
		t.Errorf("after a round without noise epsilon is %v", e)
	}
	if a, b := (Spent{{Rounds: 100, Noise: 1, Rate: 0.01}}).Epsilon(1e-5), (Spent{{Rounds: 100, Noise: 1, Rate: 1}}).Epsilon(1e-5); a >= b/10 {
		t.Errorf("drawn at a hundredth: %v, all: %v", a, b)
	}
}

// Whatever the noise, the exact bound is one: no more than that of moments, and it grows with
// the rounds.
func TestBoundsAgree(t *testing.T) {
	for noise := leastNoise; noise < mostNoise; noise *= 3 {
		last := -1.0
		for rounds := uint32(1); rounds < mostRounds; rounds *= 16 {
			s := Spent{{Rounds: rounds, Noise: noise, Rate: 1, Clip: 1}}
			exact, moments := s.exact(1e-5), s.moments(1e-5)
			if !(exact <= moments*(1+1e-9)) || exact < last || exact < 0 || moments > 1.4*exact+0.05 && moments < 1e4 && exact > 0.05 {
				t.Errorf("%d rounds of noise %g: exactly %v after %v, by moments %v", rounds, noise, exact, last, moments)
			}
			last = exact
		}
	}
}
