package recovery

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"tacit/fault"
)

// The multiplication of FIPS 197, section 4.2, and its inverses.
func TestFieldIsThatOfAES(t *testing.T) {
	if got := mul(0x57, 0x83); got != 0xc1 {
		t.Errorf("{57}·{83} = %#x, want {c1}", got)
	}
	if got := mul(0x57, 0x13); got != 0xfe {
		t.Errorf("{57}·{13} = %#x, want {fe}", got)
	}
	for a := range 256 {
		if got := mul(byte(a), inverse(byte(a))); a != 0 && got != 1 || a == 0 && got != 0 {
			t.Errorf("%#x times its inverse is %#x", a, got)
		}
		seen := map[byte]bool{}
		for b := range 256 {
			if mul(byte(a), byte(b)) != mul(byte(b), byte(a)) {
				t.Fatalf("%#x·%#x depends on the order", a, b)
			}
			seen[mul(byte(a), byte(b))] = true
		}
		// So one share less than needed fits every secret equally well.
		if a != 0 && len(seen) != 256 {
			t.Errorf("multiples of %#x take %d values, want 256", a, len(seen))
		}
	}
}

// TestAnyEnoughSharesMakeTheSecret draws secrets, numbers and subsets.
func TestAnyEnoughSharesMakeTheSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret")
		n := rapid.IntRange(1, MaxOwners).Draw(t, "n")
		need := rapid.IntRange(1, n).Draw(t, "need")
		values, err := split(bytes.Clone(secret), need, n)
		if err != nil {
			t.Fatal(err)
		}
		all := make([]byte, n)
		for i := range all {
			all[i] = byte(i + 1)
		}
		who := rapid.Permutation(all).Draw(t, "who")[:rapid.IntRange(need, n).Draw(t, "present")]
		var ys [][]byte
		for _, x := range who {
			ys = append(ys, values[x-1])
		}
		if got, err := combine(who, ys); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("combine = %x, %v, want %x", got, err, secret)
		}
		// With one altered byte they make something else: its factor is never 0.
		spoilt := bytes.Clone(ys[0])
		spoilt[rapid.IntRange(0, len(secret)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		ys[0] = spoilt
		if got, err := combine(who, ys); err != nil || bytes.Equal(got, secret) {
			t.Fatalf("combine of an altered share = %x, %v", got, err)
		}
	})
}

// TestTooFewSharesSayNothing counts: over all coefficients, two secrets give one
// share less than needed the same values equally often.
func TestTooFewSharesSayNothing(t *testing.T) {
	for _, secret := range []byte{0, 1, 0xa7} {
		seen := map[[2]byte]int{}
		for a := range 256 { // need 3, shares at 1 and 2
			for b := range 256 {
				value := func(x byte) byte { return secret ^ mul(x, byte(a)^mul(x, byte(b))) }
				seen[[2]byte{value(1), value(2)}]++
			}
		}
		if len(seen) != 1<<16 {
			t.Errorf("secret %#x: %d pairs of values, want all", secret, len(seen))
		}
	}
}

func TestSharesThatFitNothing(t *testing.T) {
	y := []byte{1, 2}
	for _, tt := range []struct {
		name string
		xs   []byte
		ys   [][]byte
		want fault.Code
	}{
		{"none", nil, nil, fault.APIField},
		{"a place without a value", []byte{1, 2}, [][]byte{y}, fault.APIField},
		{"a place twice", []byte{1, 2, 1}, [][]byte{y, y, y}, fault.APIField},
		{"the place of the secret", []byte{1, 0}, [][]byte{y, y}, fault.APIField},
		{"the place of the secret first", []byte{0, 1}, [][]byte{y, y}, fault.APIField},
		{"of different sizes", []byte{1, 2}, [][]byte{y, y[:1]}, fault.APIField},
		{"twin: two", []byte{1, 2}, [][]byte{y, y}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := combine(tt.xs, tt.ys); fault.Of(err) != tt.want {
				t.Errorf("combine = %v, want %q", err, tt.want)
			}
		})
	}
	for _, n := range [][2]int{{0, 3}, {4, 3}, {1, 256}} {
		if _, err := split(y, n[0], n[1]); fault.Of(err) != fault.APIField {
			t.Errorf("split %d of %d: %v", n[0], n[1], err)
		}
	}
}
