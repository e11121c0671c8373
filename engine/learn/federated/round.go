package federated

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"tacit/fault"
)

// mostNorm is how long an update may be whatever the rules say.
const mostNorm = 1e6

// Rules are how updates are put together; zero fields take the defaults in brackets.
type Rules struct {
	MinParties int     // whose updates there must be [1]
	Bound      float64 // length beyond which an update is left out [10^6]
	Clip       float64 // length to which one is shortened [none is]
	Noise      float64 // deviation of the noise of each weight's sum, in units of Clip [none]
	Uniform    bool    // all updates weigh the same, which noise demands [by rows]
}

// A Fate is what became of an update.
type Fate string

// The fates.
const (
	Taken     Fate = "taken"
	NoForm    Fate = "form"   // it is no update
	OtherTime Fate = "round"  // of another round
	OtherBase Fate = "base"   // of another state
	OtherSize Fate = "length" // of another number of weights
	NotFinite Fate = "finite" // a number in it is none
	TooLong   Fate = "norm"   // longer than the bound
	Twice     Fate = "twice"  // of a party whose update was taken
)

// Fates are all of them.
func Fates() []Fate {
	return []Fate{Taken, NoForm, OtherTime, OtherBase, OtherSize, NotFinite, TooLong, Twice}
}

// A Round puts updates together. It is for one goroutine.
type Round struct {
	state   *State
	rules   Rules
	base    [32]byte
	parties map[[32]byte]bool
	sum     []float64
	weight  float64
	rows    uint64
}

func refuseParams(format string, args ...any) error {
	return fault.New(fault.LearnParams, "federated: "+format, args...)
}

// NewRound begins one.
func NewRound(s *State, r Rules) (*Round, error) {
	if r.MinParties == 0 {
		r.MinParties = 1
	}
	if r.Bound == 0 {
		r.Bound = mostNorm
	}
	r.Uniform = r.Uniform || r.Noise > 0
	switch {
	case r.MinParties < 1:
		return nil, refuseParams("params: fewer than no parties")
	case !(r.Bound > 0 && r.Bound <= mostNorm):
		return nil, refuseParams("params: bound: want above 0, at most %g", mostNorm)
	case !(r.Clip >= 0 && r.Clip <= r.Bound):
		return nil, refuseParams("params: clip: want above 0, at most the bound")
	case r.Noise != 0 && !(r.Noise >= leastNoise && r.Noise <= mostNoise):
		return nil, refuseParams("params: noise: want %g to %g", leastNoise, mostNoise)
	case r.Noise > 0 && r.Clip == 0:
		return nil, refuseParams("params: clip: noise demands one")
	}
	b, err := s.MarshalBinary()
	if err != nil {
		return nil, err
	}
	if s.Round() >= mostRounds || len(s.Spent) >= mostCharges {
		return nil, refuseParams("state: it has gone through as many rounds as there may be")
	}
	return &Round{s, r, sha256.Sum256(b), map[[32]byte]bool{}, make([]float64, len(s.Model.Weights)), 0, 0}, nil
}

// Add takes an update in, or leaves it out and says why. It keeps nothing of b.
func (r *Round) Add(b []byte) Fate {
	u, err := ParseUpdate(b)
	switch {
	case err != nil:
		return NoForm
	case uint64(u.Round) != r.state.Round():
		return OtherTime
	case u.Base != r.base:
		return OtherBase
	case len(u.Delta) != len(r.sum):
		return OtherSize
	}
	var square float64
	for _, v := range u.Delta {
		if v-v != 0 {
			return NotFinite
		}
		square += float64(v) * float64(v)
	}
	norm := math.Sqrt(square)
	if norm > r.rules.Bound {
		return TooLong
	}
	if r.parties[u.Party] {
		return Twice
	}
	r.parties[u.Party] = true
	weight := float64(u.Rows)
	if r.rules.Uniform {
		weight = 1
	}
	scale := weight
	if c := r.rules.Clip; c > 0 && norm > c {
		scale *= c / norm
	}
	for i, v := range u.Delta {
		r.sum[i] += scale * float64(v)
	}
	r.weight += weight
	r.rows += u.Rows
	return Taken
}

// Parties is how many updates are in, Rows how many rows they say that they learned from.
func (r *Round) Parties() int { return len(r.parties) }

// Rows is how many rows the updates that are in were learned from.
func (r *Round) Rows() uint64 { return r.rows }

// Cost is what all rounds will have cost when this one is over.
func (r *Round) Cost() Spent {
	return r.state.Spent.With(Charge{Noise: r.rules.Noise, Rate: 1, Clip: r.rules.Clip})
}

// Done is the state that comes out. noise is read for noise alone; who could foresee it could
// take the noise off again.
//
// Errors: DATA_SMALL with fewer parties than MinParties, LEARN_DATA if a weight leaves what a
// number can hold; what noise answers as it is.
func (r *Round) Done(noise io.Reader) (*State, error) {
	if len(r.parties) < r.rules.MinParties {
		return nil, fault.New(fault.DataSmall, "federated: round: updates of %d parties are in, and there must be %d", len(r.parties), r.rules.MinParties)
	}
	weights := slices.Clone(r.state.Model.Weights)
	draw := normal{from: bufio.NewReaderSize(noise, 1<<16)}
	for i, v := range r.sum {
		if r.rules.Noise > 0 {
			z, err := draw.next()
			if err != nil {
				return nil, fmt.Errorf("federated: round: noise: %w", err)
			}
			v += r.rules.Noise * r.rules.Clip * z
		}
		weights[i] = float32(float64(weights[i]) + v/r.weight)
	}
	m, err := r.state.Model.With(weights)
	if err != nil {
		return nil, fault.New(fault.LearnData, "federated: round: a weight leaves what a number can hold")
	}
	return &State{m, r.Cost()}, nil
}

// normal draws from the normal distribution (Box and Muller, 1958).
type normal struct {
	from  io.Reader
	spare float64
	has   bool
}

func (n *normal) next() (float64, error) {
	if n.has {
		n.has = false
		return n.spare, nil
	}
	var b [16]byte
	if _, err := io.ReadFull(n.from, b[:]); err != nil {
		return 0, err
	}
	u := (float64(binary.BigEndian.Uint64(b[:])>>11) + 1) / (1 << 53) // above 0, up to 1
	v := float64(binary.BigEndian.Uint64(b[8:])>>11) / (1 << 53)
	r := math.Sqrt(-2 * math.Log(u))
	sin, cos := math.Sincos(2 * math.Pi * v)
	n.spare, n.has = r*sin, true
	return r * cos, nil
}
