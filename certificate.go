package tacit

import (
	"strconv"

	"tacit/fault"
	"tacit/wire"
)

// A Certificate is a committee's acceptance of the evidence of one place.
type Certificate struct {
	Votes []Signed[Vote] `cbor:"1,keyasint" json:"votes"`
}

// Subject is what every vote of a certificate must name.
type Subject struct {
	Epoch      uint64
	Task       wire.Digest
	Assignment wire.Digest
	Attempt    uint8
	Place      uint8
	Evidence   wire.Digest
	Keys       wire.Digest
	Policy     wire.Digest
	Generation uint64
}

// Vote is the vote for or against the subject; code is that of a reject.
func (s Subject) Vote(accept bool, code fault.Code) Vote {
	v := Vote{
		Epoch: s.Epoch, Task: s.Task, Assignment: s.Assignment, Attempt: s.Attempt, Place: s.Place,
		Evidence: s.Evidence, Keys: s.Keys, Policy: s.Policy, Generation: s.Generation, Accept: accept,
	}
	if !accept {
		v.Code = wire.Keccak([]byte(code))
	}
	return v
}

// Check reports KEY_QUORUM unless accepting votes for exactly this subject
// come from holders of more than two thirds of the drawn seats and from enough
// operators. Votes are counted by seat, never by signature: a second vote of a
// holder adds nothing, and one that contradicts its first voids both
// (CONS_EQUIVOCATION is the verdict if nothing but such votes decide).
func (c Certificate) Check(network wire.Digest, s Subject, seats []Member, params Params) error {
	const op = "check certificate"
	want := s.Vote(true, "").Hash()
	accepts, void := map[wire.Address]bool{}, map[wire.Address]bool{}
	for _, v := range c.Votes {
		who, err := v.Signer(network)
		if err != nil {
			return fault.New(fault.KeyQuorum, "%s: %w", op, err)
		}
		if v.Body.Hash() == want {
			accepts[who] = true
			continue
		}
		if sameRound(v.Body, s) {
			void[who] = true
			continue
		}
		return fault.Denied(fault.KeyQuorum, op, "subject", "votes on this evidence, task, attempt and epoch", "a vote on something else by "+who.String())
	}
	count, operators := 0, map[wire.Address]bool{}
	equivocal := 0
	for _, seat := range seats {
		switch {
		case accepts[seat.Key] && void[seat.Key]:
			equivocal++
		case accepts[seat.Key]:
			count++
			operators[seat.Operator] = true
		}
	}
	if 3*count > 2*len(seats) && len(seats) == int(params.Seats) && len(operators) >= int(params.Operators) {
		return nil
	}
	code := fault.KeyQuorum
	if equivocal > 0 && 3*(count+equivocal) > 2*len(seats) {
		code = fault.ConsEquivocation
	}
	return fault.Denied(code, op, "quorum",
		"more than two thirds of "+strconv.Itoa(int(params.Seats))+" seats from at least "+strconv.Itoa(int(params.Operators))+" operators",
		strconv.Itoa(count)+" of "+strconv.Itoa(len(seats))+" seats from "+strconv.Itoa(len(operators))+" operators")
}

func sameRound(v Vote, s Subject) bool {
	return v.Epoch == s.Epoch && v.Task == s.Task && v.Attempt == s.Attempt && v.Place == s.Place
}

// Contradicts reports whether two votes of one verifier void each other: they
// judge the same round and differ.
func Contradicts(a, b Vote) bool {
	return a.Epoch == b.Epoch && a.Task == b.Task && a.Assignment == b.Assignment &&
		a.Attempt == b.Attempt && a.Place == b.Place && a.Hash() != b.Hash()
}
