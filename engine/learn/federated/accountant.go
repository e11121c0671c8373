package federated

import (
	"math"
	"slices"

	"tacit/fault"
)

// A Charge is what some rounds alike cost.
type Charge struct {
	Rounds uint32
	Noise  float64 // its deviation, in units of Clip; 0 is none, which costs everything
	Rate   float64 // the share of parties that each round drew, each by itself; 1 is all
	Clip   float64 // how long an update was at most; for information
}

// Spent are the charges of all rounds.
type Spent []Charge

// Bounds of charges.
const (
	mostCharges = 1 << 10
	mostRounds  = 1 << 24
	leastNoise  = 1e-3
	mostNoise   = 1e6
	leastRate   = 1e-6
)

// check refuses what no round charges.
func (s Spent) check() error {
	bad := func(i int, what string) error {
		return fault.New(fault.LearnModel, "federated: state: charge %d: %s", i+1, what)
	}
	if len(s) > mostCharges {
		return fault.New(fault.LearnModel, "federated: state: more than %d charges", mostCharges)
	}
	for i, c := range s {
		switch {
		case c.Rounds < 1 || c.Rounds > mostRounds:
			return bad(i, "no number of rounds")
		case c.Noise != 0 && !(c.Noise >= leastNoise && c.Noise <= mostNoise) || math.Signbit(c.Noise):
			return bad(i, "no noise")
		case !(c.Rate >= leastRate && c.Rate <= 1):
			return bad(i, "no rate")
		case !(c.Clip >= 0 && c.Clip <= mostNorm) || c.Noise > 0 && c.Clip == 0 || math.Signbit(c.Clip):
			return bad(i, "no clip")
		case i > 0 && c.alike(s[i-1]):
			return bad(i, "it is not put together with the one before")
		}
	}
	return nil
}

func (c Charge) alike(o Charge) bool {
	return c.Noise == o.Noise && c.Rate == o.Rate && c.Clip == o.Clip
}

// With are the charges and one round more.
func (s Spent) With(c Charge) Spent {
	out := slices.Clone(s)
	c.Rounds = 1
	if n := len(out); n > 0 && out[n-1].alike(c) {
		out[n-1].Rounds++
		return out
	}
	return append(out, c)
}

// Rounds is how many there were.
func (s Spent) Rounds() (n uint64) {
	for _, c := range s {
		n += uint64(c.Rounds)
	}
	return n
}

// orders are those of Rényi's divergence at which the cost is reckoned.
func orders() []float64 {
	var all []float64
	for i := 1; i < 100; i++ {
		all = append(all, 1+float64(i)/10)
	}
	for i := 11.0; i < 64; i++ {
		all = append(all, i)
	}
	return append(all, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024)
}

// Epsilon is the least epsilon at which all rounds together are differentially private, with
// that delta, for one party that is left out or comes in. Rounds without noise make it
// infinite; no rounds, 0.
//
// It is the smaller of two bounds. One is reckoned by Rényi's divergence (Mironov, 2017), of
// rounds that draw parties by its whole orders (Mironov, Talwar, Zhang, 2019), and converted by
// Proposition 12 of Canonne, Kamath and Steinke, 2020. The other is exact where all parties
// take part in all rounds (Balle and Wang, 2018; Dong, Roth and Su, 2022).
func (s Spent) Epsilon(delta float64) float64 {
	if len(s) == 0 {
		return 0
	}
	return min(s.moments(delta), s.exact(delta))
}

// exact is epsilon of rounds that draw nobody: together they are one whose noise, squared and
// inverted, is the sum of theirs. Infinite if there are others, or none of noise.
func (s Spent) exact(delta float64) float64 {
	var sum float64
	for _, c := range s {
		if c.Noise == 0 || c.Rate != 1 {
			return math.Inf(1)
		}
		sum += float64(c.Rounds) / (c.Noise * c.Noise)
	}
	mu := math.Sqrt(sum)
	low, high := 0.0, mu*mu/2+mu*math.Sqrt(2*math.Log(1/delta))
	if exceeds(0, mu) <= delta {
		return 0
	}
	for range 100 {
		if mid := (low + high) / 2; exceeds(mid, mu) > delta {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// exceeds is delta of noise 1/mu at an epsilon, or a little more than it.
func exceeds(epsilon, mu float64) float64 {
	a, b := (epsilon/mu-mu/2)/math.Sqrt2, (epsilon/mu+mu/2)/math.Sqrt2
	// e^epsilon times the tail from b is e^-a² times what is left of it without e^-b².
	tail := 2 / (math.Sqrt(math.Pi) * (b + math.Sqrt(b*b+2))) // of large b, at most what it is
	if b < 20 {
		tail = math.Exp(b*b) * math.Erfc(b)
	}
	return (math.Erfc(a) - math.Exp(-a*a)*tail) / 2
}

// moments is epsilon by Rényi's divergence.
func (s Spent) moments(delta float64) float64 {
	least := math.Inf(1)
	for _, a := range orders() {
		var cost float64
		for _, c := range s {
			cost += float64(c.Rounds) * c.renyi(a)
		}
		epsilon := cost + math.Log1p(-1/a) - (math.Log(delta)+math.Log(a))/(a-1)
		least = min(least, max(epsilon, 0))
	}
	return least
}

// renyi is the divergence of order a that one round costs.
func (c Charge) renyi(a float64) float64 {
	switch {
	case c.Noise == 0:
		return math.Inf(1)
	case c.Rate == 1:
		return a / (2 * c.Noise * c.Noise)
	case a != math.Trunc(a):
		return math.Inf(1)
	}
	// The logarithm of the sum over k of (a over k) (1-q)^(a-k) q^k e^((k²-k)/2σ²).
	sum := math.Inf(-1)
	choose := func(k float64) float64 {
		n, _ := math.Lgamma(a + 1)
		x, _ := math.Lgamma(k + 1)
		y, _ := math.Lgamma(a - k + 1)
		return n - x - y
	}
	for k := 0.0; k <= a; k++ {
		term := choose(k) + (a-k)*math.Log1p(-c.Rate) + k*math.Log(c.Rate) + k*(k-1)/(2*c.Noise*c.Noise)
		high, low := max(sum, term), min(sum, term)
		sum = high + math.Log1p(math.Exp(low-high))
	}
	return max(sum, 0) / (a - 1)
}
