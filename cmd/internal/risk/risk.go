// Package risk says how likely a drawn committee is bad, for a committee of a
// size and a share of the stake that is bad.
//
// Seats are drawn by stake with replacement; a pick that would bring an operator
// to a third of the seats is passed over and the next one taken, as a draw does.
// Without operators the number of bad seats is binomial, in exact fractions.
// With them it is that of a Markov chain over the seats that operators hold,
// also in exact fractions while its states are few. Beyond, picks are thought of
// as independent Poisson processes, which take the seats in the same order: the
// chance is then one integral of positive terms, evaluated until it no longer
// changes in ten digits. Both are the same number, and a test compares them.
package risk

import (
	"math"
	"math/big"
	"slices"

	"tacit/fault"
)

// An Operator has one stake, of all its nodes.
type Operator struct {
	Stake uint64
	Bad   bool
}

// A Risk is what is likely of one committee.
type Risk struct {
	Needed  int      // seats that must agree: more than two thirds
	Bad     *big.Rat // share of the stake
	False   *big.Rat // bad seats alone are enough
	Blocked *big.Rat // the other seats are not enough; false committees are among these
	Method  string
}

// Needed is how many of n seats are more than two thirds.
func Needed(n int) int { return 2*n/3 + 1 }

// most is how many seats one operator may have of n: less than a third.
func most(n int) int { return (n - 1) / 3 }

// Of is the risk of n seats where a share of the stake is bad, of operators
// without number.
func Of(n int, bad *big.Rat) Risk {
	r := Risk{Needed: Needed(n), Bad: bad, Method: "binomial, exact fractions; operators without number"}
	r.False, r.Blocked = atLeast(n, r.Needed, bad), atLeast(n, n-r.Needed+1, bad)
	return r
}

// atLeast is the chance of k or more bad seats among n.
func atLeast(n, k int, p *big.Rat) *big.Rat {
	q := new(big.Rat).Sub(big.NewRat(1, 1), p)
	sum := new(big.Rat)
	for i := k; i <= n; i++ {
		x := new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(i)))
		sum.Add(sum, x.Mul(x, new(big.Rat).Mul(raise(p, i), raise(q, n-i))))
	}
	return sum
}

func raise(x *big.Rat, n int) *big.Rat {
	e := big.NewInt(int64(n))
	return new(big.Rat).SetFrac(new(big.Int).Exp(x.Num(), e, nil), new(big.Int).Exp(x.Denom(), e, nil))
}

// Any is the chance that it happens in at least one of k independent draws.
func Any(p *big.Rat, k int) *big.Rat {
	none := raise(new(big.Rat).Sub(big.NewRat(1, 1), p), k)
	return none.Sub(big.NewRat(1, 1), none)
}

// Log2 is the logarithm of a chance, also of one far below what a float64 holds.
func Log2(r *big.Rat) float64 {
	if r.Sign() == 0 {
		return math.Inf(-1)
	}
	log := func(x *big.Int) float64 {
		m := new(big.Float)
		e := new(big.Float).SetInt(x).MantExp(m)
		f, _ := m.Float64()
		return math.Log2(f) + float64(e)
	}
	return log(r.Num()) - log(r.Denom())
}

// OfOperators is the risk of n seats with these operators. TASK_NO_WORKER means
// that they are too few: each holds less than a third.
func OfOperators(n int, ops []Operator) (Risk, error) {
	c := most(n)
	if len(ops)*c < n {
		return Risk{}, fault.Denied(fault.TaskNoWorker, "draw committee", "operators", "enough to fill the seats, each below a third", "too few")
	}
	r := Risk{Needed: Needed(n)}
	bad, total := new(big.Int), new(big.Int)
	for _, o := range ops {
		s := new(big.Int).SetUint64(o.Stake)
		total.Add(total, s)
		if o.Bad {
			bad.Add(bad, s)
		}
	}
	r.Bad = new(big.Rat).SetFrac(bad, total)
	if chances := chain(n, c, ops); chances != nil {
		r.Method = "chain over the seats of operators, exact fractions"
		r.False, r.Blocked = tail(chances, r.Needed), tail(chances, n-r.Needed+1)
		return r, nil
	}
	r.Method = "Poisson integral, ten digits"
	r.False, r.Blocked = new(big.Rat), new(big.Rat)
	r.False.SetFloat64(integral(n, r.Needed, c, ops))
	r.Blocked.SetFloat64(integral(n, n-r.Needed+1, c, ops))
	return r, nil
}

func tail(chances []*big.Rat, from int) *big.Rat {
	sum := new(big.Rat)
	for _, p := range chances[from:] {
		sum.Add(sum, p)
	}
	return sum
}

// mostStates bounds the chain: fractions are slow.
const mostStates = 4000

// chain walks seat by seat over the states, which are the seats that the
// operators hold, those of equal operators in order because they are alike. It
// returns the chance of each number of bad seats, or nil if states are many.
func chain(n, c int, ops []Operator) []*big.Rat {
	ops = slices.Clone(ops)
	slices.SortFunc(ops, func(a, b Operator) int {
		switch {
		case a == b:
			return 0
		case a.Stake < b.Stake || a.Stake == b.Stake && !a.Bad:
			return -1
		}
		return 1
	})
	states := map[string]*big.Rat{string(make([]byte, len(ops))): big.NewRat(1, 1)}
	for range n {
		next := map[string]*big.Rat{}
		for state, p := range states {
			free := new(big.Int)
			for i, o := range ops {
				if int(state[i]) < c {
					free.Add(free, new(big.Int).SetUint64(o.Stake))
				}
			}
			for i := 0; i < len(ops); {
				j := i // operators like i that hold as much
				for j < len(ops) && ops[j] == ops[i] && state[j] == state[i] {
					j++
				}
				if int(state[i]) < c {
					to := []byte(state)
					to[j-1]++ // the last of them, so that the order stays
					x := new(big.Int).Mul(new(big.Int).SetUint64(ops[i].Stake), big.NewInt(int64(j-i)))
					q := new(big.Rat).Mul(p, new(big.Rat).SetFrac(x, free))
					if old := next[string(to)]; old != nil {
						q.Add(q, old)
					}
					next[string(to)] = q
				}
				i = j
			}
			if len(next) > mostStates {
				return nil
			}
		}
		states = next
	}
	chances := make([]*big.Rat, n+1)
	for i := range chances {
		chances[i] = new(big.Rat)
	}
	for state, p := range states {
		seats := 0
		for i, o := range ops {
			if o.Bad {
				seats += int(state[i])
			}
		}
		chances[seats].Add(chances[seats], p)
	}
	return chances
}

// integral is the chance of k or more bad seats among n: that the k-th seat of
// the bad is taken while the others hold at most n-k. Every term is positive, so
// small chances are as exact as large ones.
func integral(n, k, c int, ops []Operator) float64 {
	total := 0.0
	for _, o := range ops {
		total += float64(o.Stake)
	}
	at := func(t float64) float64 {
		bad, good := newTally(k-1), newTally(n-k)
		for _, o := range ops {
			if o.Bad {
				bad.add(float64(o.Stake)/total, t, c)
			} else {
				good.add(float64(o.Stake)/total, t, c)
			}
		}
		few := 0.0
		for _, p := range good.p {
			few += p
		}
		return few * bad.rate[k-1]
	}
	// Double exponential steps over t from 0 to infinity, halved until the sum
	// stands still.
	last := -1.0
	for h := 0.125; h > 1e-3; h /= 2 {
		sum := 0.0
		for x := -5.0; x <= 5; x += h {
			t := math.Exp(math.Pi / 2 * math.Sinh(x))
			if f := at(t) * t * math.Pi / 2 * math.Cosh(x); !math.IsNaN(f) && !math.IsInf(f, 0) {
				sum += f
			}
		}
		if sum *= h; math.Abs(sum-last) <= 1e-11*sum {
			return min(1, sum)
		}
		last = sum
	}
	return min(1, last)
}

// tally is what some operators hold together at a time: p[k] is the chance of k
// seats, rate[k] that chance times how fast they take the next.
type tally struct{ p, rate []float64 }

func newTally(most int) tally {
	t := tally{make([]float64, most+1), make([]float64, most+1)}
	t.p[0] = 1
	return t
}

// add joins an operator that is picked at a rate and holds at most c seats.
func (s *tally) add(rate, t float64, c int) {
	q := holds(rate*t, c, len(s.p)-1)
	p, r := make([]float64, len(s.p)), make([]float64, len(s.p))
	for i := range s.p {
		if s.p[i] == 0 && s.rate[i] == 0 {
			continue
		}
		for k := 0; k < len(q) && i+k < len(p); k++ {
			p[i+k] += s.p[i] * q[k]
			r[i+k] += s.rate[i] * q[k]
			if k < c {
				r[i+k] += s.p[i] * q[k] * rate
			}
		}
	}
	s.p, s.rate = p, r
}

// holds are the chances of 0 to c seats after an expected number of picks; those
// beyond what is asked, or too small to matter, are left out.
func holds(expect float64, c, asked int) []float64 {
	var q []float64
	term, sum := math.Exp(-expect), 0.0
	for k := 0; k < c && k <= asked; k++ {
		q, sum = append(q, term), sum+term
		term *= expect / float64(k+1)
		if float64(k) > expect && term < 1e-40 {
			return q
		}
	}
	if c > asked {
		return q
	}
	if expect > float64(c) {
		return append(q, max(0, 1-sum))
	}
	rest := 0.0
	for k := c; term > rest*1e-17 && term > 0; k++ {
		rest += term
		term *= expect / float64(k+1)
	}
	return append(q, rest)
}
