package oblivious

import "math/bits"

// Sum is the sum of those numbers (of 64 bits, with a sign) whose flag is 1, in 128 bits.
func Sum(numbers, flags []uint64) (hi, lo uint64) {
	flags = flags[:len(numbers)]
	for i := range numbers {
		v := numbers[i] & -flags[i]
		var c uint64
		lo, c = bits.Add64(lo, v, 0)
		hi, _ = bits.Add64(hi, -(v >> 63), c)
	}
	return hi, lo
}

// Bounds are the least and the largest of those numbers (of 64 bits, with a sign) whose
// flag is 1; of none they are the largest and the least number there is.
func Bounds(numbers, flags []uint64) (least, largest uint64) {
	const sign = uint64(1) << 63
	flags = flags[:len(numbers)]
	least, largest = ^uint64(0), 0
	for i := range numbers {
		in := -flags[i]
		v := numbers[i] ^ sign // so that they compare as if without a sign
		_, less := bits.Sub64(v|^in, least, 0)
		least ^= (least ^ v) & -less
		_, more := bits.Sub64(largest, v&in, 0)
		largest ^= (largest ^ v) & -more
	}
	return least ^ sign, largest ^ sign
}

// Divide divides 128 bits by 64, one bit after the other; by 0 everything is all ones.
func Divide(hi, lo, by uint64) (quoHi, quoLo, rest uint64) {
	for range 128 {
		top := rest >> 63
		rest = rest<<1 | hi>>63
		hi = hi<<1 | lo>>63
		lo <<= 1
		_, b := bits.Sub64(rest, by, 0)
		fits := 1 ^ b&^top
		rest -= by & -fits
		quoHi = quoHi<<1 | quoLo>>63
		quoLo = quoLo<<1 | fits
	}
	return quoHi, quoLo, rest
}

// Absolute is the size of a number of 128 bits with a sign, and 1 if it is below zero.
func Absolute(hi, lo uint64) (sizeHi, sizeLo, below uint64) {
	below = hi >> 63
	sizeLo, c := bits.Add64(lo^-below, below, 0)
	sizeHi, _ = bits.Add64(hi^-below, 0, c)
	return sizeHi, sizeLo, below
}

// Mean is the size of a sum over its count, in hundredths of its unit, rounded half to even,
// and 1 if it is below zero. Of nothing it is nothing that makes sense.
func Mean(sumHi, sumLo, n uint64) (hi, lo, below uint64) {
	hi, lo, below = Absolute(sumHi, sumLo)
	more, low := bits.Mul64(lo, 100)
	var rest uint64
	hi, lo, rest = Divide(hi*100+more, low, n)
	_, less := bits.Sub64(2*rest, n, 0)
	_, equal := bits.Sub64(2*rest^n, 1, 0)
	up := (1 ^ less) & (1 ^ equal | lo)
	lo, up = bits.Add64(lo, up&1, 0)
	hi += up
	return hi, lo, below &^ zero(hi|lo)
}

// Bucket is the multiple of by (above zero and without a sign) at or below a number with a
// sign, and the next one.
func Bucket(v, by uint64) (fromHi, fromLo, fromBelow, toHi, toLo, toBelow uint64) {
	below := v >> 63
	_, q, rest := Divide(0, v^-below+below, by)
	// Below zero the multiple lies away from zero unless v is one.
	q += below &^ zero(rest) & 1
	fromHi, fromLo = bits.Mul64(q, by)
	next := q + 1 - 2*below
	toHi, toLo = bits.Mul64(next, by)
	return fromHi, fromLo, below &^ zero(fromHi|fromLo), toHi, toLo, below &^ zero(toHi|toLo)
}

// Blank makes text blank under a mask.
func Blank(text []byte, mask uint64) {
	for i := range text {
		text[i] = byte(uint64(text[i])&^mask | ' '&mask)
	}
}

// Decimal writes a number of 128 bits without a sign to the right end of text, with so many
// digits behind the point: a sign before its first digit if it is below zero, and blanks
// before that.
func Decimal(text []byte, hi, lo, below uint64, decimals int) {
	minus, units := -(below & 1), decimals
	if decimals > 0 {
		units = decimals + 1
	}
	for j := range text {
		at := len(text) - 1 - j
		if decimals > 0 {
			if j == decimals {
				text[at] = '.'
				continue
			}
		}
		some := ^zero(hi | lo)
		if j <= units {
			some = ^uint64(0)
		}
		var digit uint64
		hi, lo, digit = Divide(hi, lo, 10)
		text[at] = byte(('0'+digit)&some | (minus&'-'|^minus&' ')&^some)
		minus &= some
	}
}
