package oblivious

import "math/bits"

// A Record is an id as it is sorted: its key of 128 bits, then its tag.
type Record struct {
	Hi, Lo uint64
	Tag    uint64
}

// The parts of a tag. What is sorted by it: what is real before what is not, then by party,
// then by place in the party's file, which the lower 32 bits are.
const (
	Dummy      = uint64(1) << 63
	PartyShift = 32
	PartyBits  = uint64(0xffff) // one of which is set, above PartyShift
)

// MostParties is how many parties there may be.
const MostParties = 16

// Load makes records of a party out of keys, two words each (the upper first), of which the
// first is the party's record of that number. Those from number count on are dummies,
// whatever their keys.
func Load(recs []Record, keys []uint64, party, first int, count uint64) {
	bit := uint64(1) << (PartyShift + uint(party))
	keys = keys[:2*len(recs)]
	for i := range recs {
		at := uint64(first + i)
		_, real := bits.Sub64(at, count, 0)
		none := real - 1
		recs[i] = Record{keys[2*i] | none, keys[2*i+1] | none, bit | at | none&Dummy}
	}
}

// Ascending is all ones if the keys of the real records do not fall and dummies stand last.
func Ascending(recs []Record) uint64 {
	bad := uint64(0)
	if len(recs) == 0 {
		return ^bad
	}
	was := recs[0]
	for i := range recs {
		r := recs[i]
		_, b := bits.Sub64(r.Lo, was.Lo, 0)
		_, b = bits.Sub64(r.Hi, was.Hi, b)
		_, b = bits.Sub64(r.Tag>>63, was.Tag>>63, b&(1^r.Tag>>63))
		bad |= b
		was = r
	}
	return bad - 1
}

// same is all ones if two records are real and have one key.
func same(x, y Record) uint64 {
	d := x.Hi ^ y.Hi | x.Lo ^ y.Lo | (x.Tag|y.Tag)&Dummy
	return (d|-d)>>63 - 1
}

// zero is all ones if v is 0.
func zero(v uint64) uint64 { return (v|-v)>>63 - 1 }

// Extract puts the keys of records, two words each, into keys.
func Extract(recs []Record, keys []uint64) {
	keys = keys[:2*len(recs)]
	for i := range recs {
		keys[2*i] = recs[i].Hi
		keys[2*i+1] = recs[i].Lo
	}
}
