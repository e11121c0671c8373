// Package sketch tells whether two sets differ by a few members, from a few hundred bytes
// of each.
//
// A sketch of difference d is the sums of the first 2d powers of the members' hashes in the
// field of 2^61-1. The sums of one set less those of another are a sequence whose linear
// complexity is the number of members that only one of them has, if that is at most d:
// Berlekamp and Massey's algorithm finds it. Adding a member takes the same steps and
// touches the same memory whatever it is.
package sketch

import (
	"encoding/binary"
	"math/bits"

	"github.com/dchest/siphash"

	"tacit/fault"
)

// Most is the largest difference that a sketch can be made for.
const Most = 64

// prime is the Mersenne prime 2^61-1.
const prime = 1<<61 - 1

// A Sketch is of one set. The zero value is not usable; see New.
type Sketch struct {
	k0, k1 uint64
	sums   []uint64
}

// New returns the sketch of an empty set, which tells differences below difference, 1 to
// Most, apart from larger ones. Only sketches of one difference and salt are comparable.
func New(salt [16]byte, difference int) (*Sketch, error) {
	if difference < 1 || difference > Most {
		return nil, fault.New(fault.APISize, "make sketch: difference of %d, want 1 to %d", difference, Most)
	}
	return &Sketch{binary.LittleEndian.Uint64(salt[:8]), binary.LittleEndian.Uint64(salt[8:]), make([]uint64, 2*difference)}, nil
}

// Add adds a member, which is in the set once however often it is among a party's rows: the
// caller adds it once. With mask 0 nothing is added, in the same steps; else mask is all ones.
func (s *Sketch) Add(member []byte, mask uint64) {
	x := siphash.Hash(s.k0, s.k1, member) & prime
	p := x & mask
	for i := range s.sums {
		s.sums[i] = add(s.sums[i], p)
		p = mul(p, x)
	}
}

// Merge adds the members of another sketch of the same kind, which has none of this one's.
func (s *Sketch) Merge(o *Sketch) {
	for i := range s.sums {
		s.sums[i] = add(s.sums[i], o.sums[i])
	}
}

// Bytes are the sums, eight bytes each, little endian.
func (s *Sketch) Bytes() []byte {
	out := make([]byte, 0, 8*len(s.sums))
	for _, v := range s.sums {
		out = binary.LittleEndian.AppendUint64(out, canonical(v))
	}
	return out
}

// Differ tells by how many members the sets of two sketches differ: exactly, if they are
// fewer than the sketches' difference, else that or more. Two hashes that agree, one in
// 2^61 for any two members, would hide two of them. Bytes that are no sketches of one kind
// are API_FIELD.
func Differ(a, b []byte) (int, error) {
	x, err := parse(a)
	if err != nil {
		return 0, err
	}
	y, err := parse(b)
	if err != nil {
		return 0, err
	}
	if len(x) != len(y) {
		return 0, fault.New(fault.APIField, "compare sketches: %d and %d sums", len(x), len(y))
	}
	for i := range x {
		x[i] = canonical(add(x[i], prime-y[i]))
	}
	return complexity(x), nil
}

func parse(b []byte) ([]uint64, error) {
	if len(b) == 0 || len(b)%16 != 0 || len(b) > 16*Most {
		return nil, fault.New(fault.APIField, "read sketch: %d bytes", len(b))
	}
	sums := make([]uint64, len(b)/8)
	for i := range sums {
		if sums[i] = binary.LittleEndian.Uint64(b[8*i:]); sums[i] >= prime {
			return nil, fault.New(fault.APIField, "read sketch: sum %d is not in the field", i)
		}
	}
	return sums, nil
}

// complexity is the length of the shortest linear recurrence of s (Massey, 1969).
func complexity(s []uint64) int {
	c, b := make([]uint64, len(s)+1), make([]uint64, len(s)+1)
	c[0], b[0] = 1, 1
	length, m, last := 0, 1, uint64(1)
	for n := range s {
		d := s[n]
		for i := 1; i <= length; i++ {
			d = add(d, mul(c[i], s[n-i]))
		}
		d = canonical(d)
		if d == 0 {
			m++
			continue
		}
		was := append([]uint64(nil), c...)
		factor := mul(d, inverse(last))
		for i := 0; i+m < len(c); i++ {
			c[i+m] = add(c[i+m], prime-canonical(mul(factor, b[i])))
		}
		if 2*length > n {
			m++
			continue
		}
		length, b, last, m = n+1-length, was, d, 1
	}
	return length
}

// add and mul keep values below 2^61+1; canonical makes them less than the prime.
func add(a, b uint64) uint64 { return fold(a + b) }

func fold(v uint64) uint64 { return v&prime + v>>61 }

func mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return fold(lo&prime + (lo>>61 | hi<<3))
}

func canonical(v uint64) uint64 {
	v = fold(v)
	_, borrow := bits.Sub64(v, prime, 0)
	return v - prime&(borrow-1)
}

func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = mul(out, a)
		}
		a = mul(a, a)
	}
	return out
}
