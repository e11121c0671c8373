package table

import (
	"bytes"
	"math"
	"strconv"
)

var nan = math.NaN()

// trim takes blanks from both ends.
func trim(field []byte) []byte { return bytes.Trim(field, " \t") }

// powers are those of ten that a number of 64 bits has exactly.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parse reads a decimal number, with or without an exponent: the nearest of 64 bits. It takes
// neither what is none, such as nan and inf, nor what is too large.
func parse(field []byte) (float64, bool) {
	field = trim(field)
	var (
		digits uint64
		seen   int // digits, without zeros before the first
		any    bool
		scale  int // of the last digit
		i      int
	)
	negative := false
	if i < len(field) && (field[i] == '-' || field[i] == '+') {
		negative = field[i] == '-'
		i++
	}
	point := false
	for ; i < len(field); i++ {
		c := field[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		any = true
		if seen > 0 || c != '0' {
			seen++
		}
		if seen <= 19 {
			digits = 10*digits + uint64(c-'0')
		}
		if point {
			scale--
		}
	}
	if !any {
		return 0, false
	}
	if i < len(field) {
		if c := field[i]; c != 'e' && c != 'E' {
			return 0, false
		}
		exponent, ok := whole(field[i+1:])
		if !ok {
			return 0, false
		}
		scale += exponent
	}
	// Both are exact, so that the one rounding is the right one.
	if seen <= 19 && digits <= 1<<53 && scale >= -22 && scale <= 22 {
		v := float64(digits)
		if scale < 0 {
			v /= powers[-scale]
		} else {
			v *= powers[scale]
		}
		if negative {
			v = -v
		}
		return v, true
	}
	v, err := strconv.ParseFloat(string(field), 64)
	return v, err == nil
}

// whole reads an exponent; beyond a million it is as good as a million.
func whole(text []byte) (n int, ok bool) {
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(10*n+int(c-'0'), 1_000_000)
	}
	if negative {
		n = -n
	}
	return n, len(text) > 0
}
