package recovery

import (
	"crypto/rand"

	"tacit/fault"
)

// Shamir's sharing over GF(2^8) with the polynomial of AES, byte by byte: a
// secret of any size, no tables, and no branch or index that depends on it.

// split gives n shares of a secret, of which need make it again; share i, from
// 0, is the value at i+1.
func split(secret []byte, need, n int) ([][]byte, error) {
	if need < 1 || need > n || n > 255 {
		return nil, fault.New(fault.APIField, "split secret: %d of %d shares", need, n)
	}
	// Coefficients of all bytes' polynomials, the secret at 0; each of the others is
	// uniform, also 0.
	coefficients := make([][]byte, need)
	coefficients[0] = secret
	for i := 1; i < need; i++ {
		coefficients[i] = make([]byte, len(secret))
		rand.Read(coefficients[i])
		defer clear(coefficients[i])
	}
	out := make([][]byte, n)
	for i := range out {
		x := byte(i + 1)
		out[i] = make([]byte, len(secret))
		for b := range secret {
			var y byte
			for c := need - 1; c >= 0; c-- { // Horner's rule
				y = mul(y, x) ^ coefficients[c][b]
			}
			out[i][b] = y
		}
	}
	return out, nil
}

// combine is the secret that the values at some different places other than 0
// stand for: Lagrange's polynomial at 0.
func combine(xs []byte, ys [][]byte) ([]byte, error) {
	if len(xs) == 0 || len(xs) != len(ys) {
		return nil, fault.New(fault.APIField, "combine shares: %d places, %d values", len(xs), len(ys))
	}
	secret := make([]byte, len(ys[0]))
	for i, x := range xs {
		if len(ys[i]) != len(secret) {
			return nil, fault.New(fault.APIField, "combine shares: of different sizes")
		}
		basis := byte(1)
		for j, other := range xs {
			if j == i {
				continue
			}
			if other == x || other == 0 || x == 0 {
				return nil, fault.New(fault.APIField, "combine shares: a place is 0 or comes twice")
			}
			basis = mul(basis, mul(other, inverse(other^x)))
		}
		for b := range secret {
			secret[b] ^= mul(ys[i][b], basis)
		}
	}
	return secret, nil
}

// mul multiplies in the field.
func mul(a, b byte) (p byte) {
	for range 8 {
		p ^= a & -(b & 1)
		a = a<<1 ^ 0x1b&-(a>>7)
		b >>= 1
	}
	return p
}

// inverse is a^254, which is 1/a, and 0 for 0.
func inverse(a byte) byte {
	out := byte(1)
	for range 254 {
		out = mul(out, a)
	}
	return out
}
