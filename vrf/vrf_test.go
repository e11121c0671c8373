package vrf_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tacit/fault"
	"tacit/vrf"
	"tacit/wire"
)

type vector struct {
	Name, SK, PK, Alpha, Pi, Beta string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/rfc9381.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVectorsOfRFC9381(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			k, err := vrf.Parse(unhex(t, v.SK))
			if err != nil {
				t.Fatal(err)
			}
			if got := k.Public().String(); got != v.PK {
				t.Errorf("Public = %s, want %s", got, v.PK)
			}
			pi := k.Prove(unhex(t, v.Alpha))
			if got := hex.EncodeToString(pi); got != v.Pi {
				t.Errorf("Prove = %s, want %s", got, v.Pi)
			}
			beta, err := vrf.Verify(k.Public(), unhex(t, v.Alpha), pi)
			if got := hex.EncodeToString(beta[:]); err != nil || got != v.Beta {
				t.Errorf("Verify = %s, %v, want %s", got, err, v.Beta)
			}
			if !bytes.Equal(k.Secret(), unhex(t, v.SK)) {
				t.Error("Secret is not what was parsed")
			}
		})
	}
}

// case N61 code VRF_INVALID check vrf/vrf.go:verify
func TestN61ProofOfSomethingElse(t *testing.T) {
	node, other := newKey(t), newKey(t)
	network, beacon := wire.Sum([]byte("network")), wire.Sum([]byte("beacon"))
	alpha := vrf.TicketAlpha(network, 1, 5, beacon)
	pi := node.Prove(alpha)
	flip := func(i int) []byte {
		b := bytes.Clone(pi)
		b[i] ^= 1
		return b
	}
	// s + q is the same scalar in another encoding; RFC 9381 decodes it to
	// INVALID.
	unreduced := func() []byte {
		q, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
		s := slices.Clone(pi[48:])
		slices.Reverse(s)
		sum := new(big.Int).Add(new(big.Int).SetBytes(s), q).FillBytes(make([]byte, 32))
		slices.Reverse(sum)
		return append(bytes.Clone(pi[:48]), sum...)
	}
	// The point (0, 1) with y encoded as p + 1.
	point := func(first, middle, last byte) (b [32]byte) {
		for i := range b {
			b[i] = middle
		}
		b[0], b[31] = first, last
		return b
	}
	odd := func(p [32]byte) []byte { return append(p[:], pi[32:]...) }
	for _, tt := range []struct {
		name   string
		public wire.Digest
		alpha  []byte
		pi     []byte
		want   fault.Code
	}{
		{"twin: as registered", node.Public(), alpha, pi, ""},
		{"another seed", node.Public(), vrf.TicketAlpha(network, 1, 5, wire.Sum([]byte("foreign"))), pi, fault.VRFInvalid},
		{"another epoch", node.Public(), vrf.TicketAlpha(network, 1, 6, beacon), pi, fault.VRFInvalid},
		{"another role", node.Public(), vrf.TicketAlpha(network, 2, 5, beacon), pi, fault.VRFInvalid},
		{"another network", node.Public(), vrf.TicketAlpha(beacon, 1, 5, beacon), pi, fault.VRFInvalid},
		{"a draw instead of a ticket", node.Public(), vrf.DrawAlpha(network, beacon, beacon), pi, fault.VRFInvalid},
		{"another key", other.Public(), alpha, pi, fault.VRFInvalid},
		{"no key", wire.Digest{}, alpha, pi, fault.VRFInvalid},
		{"key of order one", wire.Digest(point(1, 0, 0)), alpha, pi, fault.VRFInvalid},
		{"key in non-canonical encoding", wire.Digest(point(0xee, 0xff, 0x7f)), alpha, pi, fault.VRFInvalid},
		{"key that is no point", wire.Digest(point(2, 0, 0)), alpha, pi, fault.VRFInvalid},
		{"gamma changed", node.Public(), alpha, flip(0), fault.VRFInvalid},
		{"gamma not canonical", node.Public(), alpha, odd(point(0xee, 0xff, 0x7f)), fault.VRFInvalid},
		{"gamma of order one", node.Public(), alpha, odd(point(1, 0, 0)), fault.VRFInvalid},
		{"c changed", node.Public(), alpha, flip(40), fault.VRFInvalid},
		{"s changed", node.Public(), alpha, flip(50), fault.VRFInvalid},
		{"s not reduced", node.Public(), alpha, unreduced(), fault.VRFInvalid},
		{"no proof", node.Public(), alpha, nil, fault.VRFInvalid},
		{"proof cut short", node.Public(), alpha, pi[:79], fault.VRFInvalid},
		{"proof with a byte too many", node.Public(), alpha, append(bytes.Clone(pi), 0), fault.VRFInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			beta, err := vrf.Verify(tt.public, tt.alpha, tt.pi)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Verify = %q, want %q", got, tt.want)
			}
			if (err != nil) != (beta == vrf.Beta{}) {
				t.Error("an output without a proof, or a proof without output")
			}
		})
	}
}

// case N61 code VRF_INVALID check vrf/vrf.go:verify
func TestN61KeyOfSmallOrder(t *testing.T) {
	// With a key of small order one proof fits many inputs; all eight points
	// of the torsion subgroup are refused, whatever the proof.
	for _, enc := range []string{
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	} {
		pub := wire.Digest(unhex(t, enc))
		// Gamma = identity, c = 0, s = 0 satisfies the equations for x = 0
		// but for the hash.
		pi := append(unhex(t, "0100000000000000000000000000000000000000000000000000000000000000"), make([]byte, 48)...)
		if _, err := vrf.Verify(pub, []byte("alpha"), pi); fault.Of(err) != fault.VRFInvalid {
			t.Errorf("key %s: Verify = %v, want VRF_INVALID", enc, err)
		}
	}
	k := newKey(t)
	t.Run("twin: a key of full order", func(t *testing.T) {
		if _, err := vrf.Verify(k.Public(), []byte("alpha"), k.Prove([]byte("alpha"))); err != nil {
			t.Error(err)
		}
	})
}

func TestParseTakesOnlyASeed(t *testing.T) {
	for n, want := range map[int]fault.Code{0: fault.APIField, 31: fault.APIField, 32: "", 33: fault.APIField, 64: fault.APIField} {
		if _, err := vrf.Parse(make([]byte, n)); fault.Of(err) != want {
			t.Errorf("Parse of %d bytes = %v, want %q", n, err, want)
		}
	}
}

func TestAlphasDifferInEveryField(t *testing.T) {
	a, b := wire.Sum([]byte("a")), wire.Sum([]byte("b"))
	seen := map[string]string{}
	for name, alpha := range map[string][]byte{
		"ticket":         vrf.TicketAlpha(a, 1, 1, a),
		"ticket network": vrf.TicketAlpha(b, 1, 1, a),
		"ticket role":    vrf.TicketAlpha(a, 2, 1, a),
		"ticket epoch":   vrf.TicketAlpha(a, 1, 2, a),
		"ticket beacon":  vrf.TicketAlpha(a, 1, 1, b),
		"draw":           vrf.DrawAlpha(a, a, a),
		"draw network":   vrf.DrawAlpha(b, a, a),
		"draw beacon":    vrf.DrawAlpha(a, b, a),
		"draw task":      vrf.DrawAlpha(a, a, b),
	} {
		if other, ok := seen[string(alpha)]; ok {
			t.Errorf("%s and %s are the same input", name, other)
		}
		seen[string(alpha)] = name
	}
	x, y := vrf.Beta{1}, vrf.Beta{2}
	seeds := []wire.Digest{vrf.Seed(x, nil), vrf.Seed(y, nil), vrf.Seed(x, []vrf.Beta{y}), vrf.Seed(y, []vrf.Beta{x}), vrf.Seed(x, []vrf.Beta{x, y}), vrf.Seed(x, []vrf.Beta{y, x})}
	for i := range seeds {
		if slices.Index(seeds, seeds[i]) != i {
			t.Errorf("seed %d is that of another list of outputs", i)
		}
	}
}

// The bounds are those of a chi-squared test that a fair source fails once in
// far more than a million seeds; the seed is fixed.
func TestPickIsUniform(t *testing.T) {
	const bins, draws = 64, 64000
	var count [bins]int
	seed := wire.Sum([]byte("seed"))
	for i := range uint64(draws) {
		count[vrf.Pick(seed, "test", i, bins)]++
	}
	chi := 0.0
	for _, n := range count {
		d := float64(n) - draws/bins
		chi += d * d / (draws / bins)
	}
	if chi < 20 || chi > 140 { // 63 degrees of freedom
		t.Errorf("chi-squared = %.1f, want about 63", chi)
	}
	for _, total := range []uint64{1, 2, 3, 1 << 63, 1<<64 - 1} {
		for i := range uint64(1000) {
			if n := vrf.Pick(seed, "test", i, total); n >= total {
				t.Fatalf("Pick below %d = %d", total, n)
			}
		}
	}
	if vrf.Pick(seed, "test", 1, 0) != 0 {
		t.Error("Pick below nothing is not 0")
	}
	if vrf.Pick(seed, "a", 1, 1<<63) == vrf.Pick(seed, "b", 1, 1<<63) || vrf.Pick(seed, "a", 1, 1<<63) == vrf.Pick(seed, "a", 2, 1<<63) {
		t.Error("Pick does not depend on purpose and number")
	}
}

func TestAdmitted(t *testing.T) {
	fill := func(b byte) (out vrf.Beta) {
		for i := range out {
			out[i] = b
		}
		return out
	}
	for _, tt := range []struct {
		name          string
		beta          vrf.Beta
		stake, total  uint64
		nodes, target int
		want          bool
	}{
		{"fewer nodes than places", fill(0xff), 1, 100, 3, 4, true},
		{"as many nodes as places", fill(0xff), 0, 0, 4, 4, true},
		{"least output", fill(0), 1, 100, 5, 4, true},
		{"least output without stake", fill(0), 0, 100, 5, 4, false},
		{"greatest output", fill(0xff), 1, 100, 5, 4, false},
		{"share of one or more", fill(0xff), 50, 100, 5, 4, true},
		{"just below a half", fill(0x7f), 1, 8, 5, 4, true},
		{"just above a half", fill(0x80), 1, 8, 5, 4, false},
		{"stakes near 2^64", fill(0x7f), 1 << 61, 1<<64 - 1, 5, 4, true},
		{"no stake at all", fill(0), 0, 0, 5, 4, false},
		{"no places", fill(0), 1, 100, 5, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := vrf.Admitted(tt.beta, tt.stake, tt.total, tt.nodes, tt.target); got != tt.want {
				t.Errorf("Admitted = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestKeyNeverPrints(t *testing.T) {
	k := newKey(t)
	secret := k.Secret()
	type holder struct {
		P *vrf.Key
		V vrf.Key
		q *vrf.Key
		w vrf.Key
	}
	for _, v := range []any{k, *k, holder{k, *k, k, *k}, &holder{k, *k, k, *k}, []vrf.Key{*k}, map[string]vrf.Key{"k": *k}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			out := fmt.Sprintf(verb, v)
			for _, leak := range []string{string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
				strings.Trim(fmt.Sprint(secret[:8]), "[]"), strings.Trim(fmt.Sprintf("%#v", secret[:8]), "[]byte{}")} {
				if strings.Contains(out, leak) {
					t.Errorf("%s of %T shows the secret: %.60s", verb, v, out)
				}
			}
		}
		if b, err := json.Marshal(v); err == nil {
			t.Errorf("JSON of %T = %s", v, b)
		}
		if b, err := cbor.Marshal(v); err == nil {
			t.Errorf("CBOR of %T = %x", v, b)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.PK), unhex(f, v.Alpha), unhex(f, v.Pi))
	}
	f.Fuzz(func(t *testing.T, public, alpha, pi []byte) {
		var pub wire.Digest
		copy(pub[:], public)
		beta, err := vrf.Verify(pub, alpha, pi)
		if err != nil {
			if fault.Of(err) != fault.VRFInvalid {
				t.Fatalf("Verify = %v, want VRF_INVALID", err)
			}
			return
		}
		// Uniqueness: no change of the proof proves another output.
		pi[len(pi)-1] ^= 1
		if again, err := vrf.Verify(pub, alpha, pi); err == nil && again != beta {
			t.Fatal("two outputs of one key and input")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	k := newKey(b)
	alpha := []byte("alpha")
	pi := k.Prove(alpha)
	for b.Loop() {
		if _, err := vrf.Verify(k.Public(), alpha, pi); err != nil {
			b.Fatal(err)
		}
	}
}

func newKey(t testing.TB) *vrf.Key {
	t.Helper()
	k, err := vrf.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
