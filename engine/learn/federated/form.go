package federated

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"

	"tacit/engine/learn/network"
	"tacit/fault"
)

// mostRows is how many rows a party may say that it has.
const mostRows = 1 << 40

// A State is what a round begins with: a model, and what those before it have cost.
type State struct {
	Model *network.Model
	Spent Spent
}

// Begin is the state before the first round.
func Begin(m *network.Model) *State { return &State{Model: m} }

// Round is the number of the round that the state begins, from 0.
func (s *State) Round() uint64 { return s.Spent.Rounds() }

// An Update is what a site learned in one round.
type Update struct {
	Round uint32
	Base  [32]byte // SHA-256 of the form of the state that the round began with
	Party [32]byte // which is the same for the same data
	Rows  uint64   // that it learned from
	Delta []float32
}

// Update is what a site makes of the state and what it trained from its model.
func (s *State) Update(trained *network.Model, party [32]byte, rows uint64) (*Update, error) {
	b, err := s.MarshalBinary()
	if err != nil {
		return nil, err
	}
	if len(trained.Weights) != len(s.Model.Weights) {
		return nil, fault.New(fault.LearnModel, "federated: update: a model of other layers")
	}
	u := &Update{Round: uint32(s.Round()), Base: sha256.Sum256(b), Party: party, Rows: rows, Delta: make([]float32, len(trained.Weights))}
	for i, v := range trained.Weights {
		u.Delta[i] = v - s.Model.Weights[i]
	}
	return u, nil
}

// The form of a state: the eight bytes of magic; the number of charges in four, the largest
// first; each of them as rounds in four, and noise, rate and clip as IEEE 754 of 64 bits; then
// the form of the model.
const (
	stateMagic  = "TACITFS\x01"
	stateHeader = len(stateMagic) + 4
	chargeBytes = 4 + 3*8
	// MostStateBytes is how long a state may be.
	MostStateBytes = stateHeader + mostCharges*chargeBytes + network.MostBytes
)

// MarshalBinary writes the one form of the state.
func (s *State) MarshalBinary() ([]byte, error) {
	if err := s.Spent.check(); err != nil {
		return nil, err
	}
	model, err := s.Model.MarshalBinary()
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32([]byte(stateMagic), uint32(len(s.Spent)))
	for _, c := range s.Spent {
		b = binary.BigEndian.AppendUint32(b, c.Rounds)
		for _, v := range []float64{c.Noise, c.Rate, c.Clip} {
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return append(b, model...), nil
}

// IsState reports whether the bytes begin like the form of a state.
func IsState(b []byte) bool { return len(b) >= 8 && string(b[:8]) == stateMagic }

// ParseState reads the form of a state and checks every bound of it. What it reads is written
// as it came.
func ParseState(b []byte) (*State, error) {
	if !IsState(b) || len(b) < stateHeader || len(b) > MostStateBytes {
		return nil, fault.New(fault.LearnModel, "federated: state: none of this version, or of more than %d bytes", MostStateBytes)
	}
	n := binary.BigEndian.Uint32(b[len(stateMagic):])
	b = b[stateHeader:]
	if n > mostCharges || len(b) < int(n)*chargeBytes {
		return nil, fault.New(fault.LearnModel, "federated: state: it ends before its end, or has more than %d charges", mostCharges)
	}
	s := new(State)
	for range n {
		number := func(at int) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b[at:])) }
		s.Spent = append(s.Spent, Charge{binary.BigEndian.Uint32(b), number(4), number(12), number(20)})
		b = b[chargeBytes:]
	}
	if err := s.Spent.check(); err != nil {
		return nil, err
	}
	var err error
	s.Model, err = network.Parse(b)
	return s, err
}

// The form of an update: the eight bytes of magic; the round in four, the largest first; base
// and party in thirty-two each; rows in eight; how many numbers follow in four; and these as
// IEEE 754 of 32 bits. Whether they are finite is for the round to judge.
const (
	updateMagic  = "TACITFU\x01"
	updateHeader = len(updateMagic) + 4 + 32 + 32 + 8 + 4
	// MostUpdateBytes is how long an update may be.
	MostUpdateBytes = updateHeader + 4*network.MostWeights
)

// MarshalBinary writes the one form of the update.
func (u *Update) MarshalBinary() ([]byte, error) {
	if u.Rows < 1 || u.Rows > mostRows || len(u.Delta) < 1 || len(u.Delta) > network.MostWeights {
		return nil, fault.New(fault.LearnModel, "federated: update: %d rows or %d weights are none, or too many", u.Rows, len(u.Delta))
	}
	b := binary.BigEndian.AppendUint32([]byte(updateMagic), u.Round)
	b = append(append(b, u.Base[:]...), u.Party[:]...)
	b = binary.BigEndian.AppendUint64(b, u.Rows)
	b = binary.BigEndian.AppendUint32(b, uint32(len(u.Delta)))
	b = slices.Grow(b, 4*len(u.Delta))
	for _, v := range u.Delta {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b, nil
}

// ParseUpdate reads the form of an update. What it reads is written as it came.
func ParseUpdate(b []byte) (*Update, error) {
	if len(b) < updateHeader || len(b) > MostUpdateBytes || string(b[:len(updateMagic)]) != updateMagic {
		return nil, fault.New(fault.LearnModel, "federated: update: none of this version, or of more than %d bytes", MostUpdateBytes)
	}
	u := &Update{Round: binary.BigEndian.Uint32(b[8:]), Base: [32]byte(b[12:44]), Party: [32]byte(b[44:76]), Rows: binary.BigEndian.Uint64(b[76:])}
	n := int64(binary.BigEndian.Uint32(b[84:]))
	if n < 1 || int64(len(b)-updateHeader) != 4*n || u.Rows < 1 || u.Rows > mostRows {
		return nil, fault.New(fault.LearnModel, "federated: update: it is not as long as its header asks for, or of no rows")
	}
	u.Delta = make([]float32, n)
	for i := range u.Delta {
		u.Delta[i] = math.Float32frombits(binary.BigEndian.Uint32(b[updateHeader+4*i:]))
	}
	return u, nil
}
