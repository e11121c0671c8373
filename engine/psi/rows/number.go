package rows

import (
	"math"
	"math/bits"
	"strconv"
)

// decimal reads an optional sign and digits, with at most places of them behind a point,
// as a whole number of 10^-places. Blanks, exponents and groups of digits are no part of
// a number.
func decimal(b []byte, places int) (int64, bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative, b = b[0] == '-', b[1:]
	}
	var n uint64
	point, behind, digits := false, 0, 0
	for _, c := range b {
		if c == '.' && !point {
			point = true
			continue
		}
		d := uint64(c - '0')
		if d > 9 || n > math.MaxInt64/10 {
			return 0, false
		}
		n = 10*n + d
		digits++
		if point {
			behind++
		}
	}
	if digits == 0 || behind > places || point && behind == 0 {
		return 0, false
	}
	return scaled(n, negative, places-behind)
}

// scaled is n, or -n, times 10^by, if it fits.
func scaled(n uint64, negative bool, by int) (int64, bool) {
	for ; by > 0 && n != 0; by-- {
		hi, lo := bits.Mul64(n, 10)
		if hi != 0 {
			return 0, false
		}
		n = lo
	}
	switch {
	case negative && n <= 1<<63:
		return -int64(n), true
	case !negative && n < 1<<63:
		return int64(n), true
	}
	return 0, false
}

// unscaled is n·10^-scale as a whole number of 10^-places, if it is one and fits.
func unscaled(n int64, scale, places int) (int64, bool) {
	for ; scale > places; scale-- {
		if n%10 != 0 {
			return 0, false
		}
		n /= 10
	}
	if n < 0 {
		return scaled(-uint64(n), true, places-scale)
	}
	return scaled(uint64(n), false, places-scale)
}

// rounded is f, half to even, as a whole number of 10^-places, if it fits.
func rounded(f float64, places int) (int64, bool) {
	if !(math.Abs(f) < 1<<63) { // NaN too
		return 0, false
	}
	var b [48]byte
	return decimal(strconv.AppendFloat(b[:0], f, 'f', places, 64), places)
}
