package sketch

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"testing"

	"tacit/fault"
)

// of is the sketch of the numbers from a up to b, and of those in more.
func of(t testing.TB, difference int, a, b uint64, more ...uint64) []byte {
	t.Helper()
	s, err := New([16]byte{1, 2, 3}, difference)
	if err != nil {
		t.Fatal(err)
	}
	one := func(v uint64) { s.Add(binary.LittleEndian.AppendUint64(nil, v), ^uint64(0)) }
	for v := a; v < b; v++ {
		one(v)
	}
	for _, v := range more {
		one(v)
	}
	return s.Bytes()
}

func TestSetsThatDiffer(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []byte
		want int // that of the sketch: so many or more
	}{
		{"by nothing", of(t, 8, 0, 1000), of(t, 8, 0, 1000), 0},
		{"by nothing, both empty", of(t, 8, 0, 0), of(t, 8, 0, 0), 0},
		{"by one more", of(t, 8, 0, 1000), of(t, 8, 0, 1001), 1},
		{"by one less", of(t, 8, 0, 1000), of(t, 8, 1, 1000), 1},
		{"by one exchanged", of(t, 8, 0, 1000), of(t, 8, 1, 1001), 2},
		{"in another order", of(t, 8, 0, 1000, 2000), of(t, 8, 500, 1000, append([]uint64{2000}, upTo(500)...)...), 0},
		{"by seven", of(t, 8, 0, 1000), of(t, 8, 7, 1000), 7},
		{"by eight", of(t, 8, 0, 1000), of(t, 8, 4, 1004), 8},
		{"by nine", of(t, 8, 0, 1000), of(t, 8, 9, 1000), 8},
		{"by a hundred", of(t, 8, 0, 1000), of(t, 8, 100, 1000), 8},
		{"in everything", of(t, 8, 0, 1000), of(t, 8, 1000, 2000), 8},
		{"one of them empty", of(t, 8, 0, 0), of(t, 8, 0, 1000), 8},
		{"by nothing, the smallest sketch", of(t, 1, 0, 10), of(t, 1, 0, 10), 0},
		{"by 63, the largest sketch", of(t, Most, 0, 1000), of(t, Most, 63, 1000), 63},
		{"by two, the smallest sketch", of(t, 1, 0, 10), of(t, 1, 0, 12), 1},
		{"by 64, the largest sketch", of(t, Most, 0, 1000), of(t, Most, 64, 1000), 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Differ(c.a, c.b)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Differ(c.b, c.a)
			if err != nil || back != got {
				t.Fatalf("the other way round: %d, %v", back, err)
			}
			if d := len(c.a) / 16; c.want < d && got != c.want || c.want == d && got < d {
				t.Fatalf("differ by %d, want %d", got, c.want)
			}
		})
	}
}

func upTo(n uint64) []uint64 {
	var out []uint64
	for v := range n {
		out = append(out, v)
	}
	return out
}

func TestAMaskedMemberIsNone(t *testing.T) {
	s, _ := New([16]byte{}, 4)
	empty := s.Bytes()
	s.Add([]byte("member"), 0)
	if !bytes.Equal(s.Bytes(), empty) {
		t.Fatal("a member that was masked is in the sketch")
	}
	s.Add([]byte("member"), ^uint64(0))
	if bytes.Equal(s.Bytes(), empty) {
		t.Fatal("a member is not in the sketch")
	}
}

func TestPartsAreMerged(t *testing.T) {
	whole, _ := New([16]byte{9}, 4)
	a, _ := New([16]byte{9}, 4)
	b, _ := New([16]byte{9}, 4)
	for i := range byte(100) {
		whole.Add([]byte{i}, ^uint64(0))
		[]*Sketch{a, b}[i%2].Add([]byte{i}, ^uint64(0))
	}
	if a.Merge(b); !bytes.Equal(a.Bytes(), whole.Bytes()) {
		t.Fatal("two halves are not the whole")
	}
}

func TestWhatIsNoSketch(t *testing.T) {
	good := of(t, 4, 0, 10)
	outside := bytes.Clone(good)
	binary.LittleEndian.PutUint64(outside, prime)
	for _, c := range []struct {
		name string
		b    []byte
	}{{"nothing", nil}, {"odd length", good[:24]}, {"another difference", good[:32]}, {"too long", make([]byte, 16*Most+16)}, {"outside of the field", outside}} {
		t.Run(c.name, func(t *testing.T) {
			pairs := [][2][]byte{{good, c.b}, {c.b, good}}
			if c.name != "another difference" {
				pairs = append(pairs, [2][]byte{c.b, c.b})
			}
			for _, pair := range pairs {
				if _, err := Differ(pair[0], pair[1]); fault.Of(err) != fault.APIField {
					t.Fatalf("got %v", err)
				}
			}
		})
	}
	if _, err := Differ(good, good); err != nil {
		t.Fatal(err)
	}
	for _, d := range []int{-1, 0, Most + 1} {
		if _, err := New([16]byte{}, d); fault.Of(err) != fault.APISize {
			t.Fatalf("difference %d: %v", d, err)
		}
	}
}

// The field's arithmetic against that of math/big.
func TestField(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := new(big.Int).SetUint64(prime)
	values := []uint64{0, 1, 2, prime - 1, prime, 1 << 60, 1<<60 + 1}
	for range 2000 {
		values = append(values, r.Uint64()&prime)
	}
	for i, a := range values {
		b := values[(i*7+3)%len(values)]
		x, y := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
		if want := new(big.Int).Mod(new(big.Int).Mul(x, y), p).Uint64(); canonical(mul(a, b)) != want {
			t.Fatalf("%d * %d = %d, want %d", a, b, canonical(mul(a, b)), want)
		}
		if want := new(big.Int).Mod(new(big.Int).Add(x, y), p).Uint64(); canonical(add(a, b)) != want {
			t.Fatalf("%d + %d = %d, want %d", a, b, canonical(add(a, b)), want)
		}
		if a%prime != 0 && canonical(mul(a, inverse(a))) != 1 {
			t.Fatalf("inverse of %d", a)
		}
	}
}

func FuzzDiffer(f *testing.F) {
	f.Add(of(f, 2, 0, 9), of(f, 2, 0, 8))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		n, err := Differ(a, b)
		if err != nil && fault.Of(err) != fault.APIField {
			t.Fatal(err)
		}
		if err == nil && (n == 0) != bytes.Equal(a, b) {
			t.Fatalf("%d between %x and %x", n, a, b)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	s, _ := New([16]byte{1}, 16)
	id := make([]byte, 16)
	for b.Loop() {
		id[0]++
		s.Add(id, ^uint64(0))
	}
}
