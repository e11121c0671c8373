package oblivious

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// lengths are those at which the networks have every shape of edge.
func lengths() []int {
	var out []int
	for n := range 70 {
		out = append(out, n)
	}
	return append(out, 127, 128, 129, 1000, worth-1, worth, worth+1, 2*worth, 3*worth+5, 1<<16+1)
}

// some are records with few keys, so that many are alike, and some dummies among them.
func some(r *rand.Rand, n, party, keys int) []Record {
	recs := make([]Record, n)
	for i := range recs {
		k := uint64(r.IntN(keys))
		recs[i] = Record{k >> 1, k & 1 << 63, 1<<(PartyShift+party) | uint64(i)}
		if r.IntN(5) == 0 {
			recs[i] = Record{^uint64(0), ^uint64(0), Dummy | 1<<(PartyShift+party) | uint64(i)}
		}
	}
	return recs
}

// rowsOf are two words for each record that say which it is.
func rowsOf(recs []Record) []uint64 {
	var rows []uint64
	for _, r := range recs {
		rows = append(rows, r.Tag, r.Hi^r.Lo)
	}
	return rows
}

func TestSortSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range lengths() {
		for _, width := range []int{0, 2} {
			for threads := 1; threads <= 3; threads++ {
				recs := some(r, n, 0, n+1)
				want := slices.Clone(recs)
				slices.SortFunc(want, less)
				var rows []uint64
				if width > 0 {
					rows = rowsOf(recs)
				}
				Sort(recs, rows, width, threads)
				if !slices.Equal(recs, want) || width > 0 && !slices.Equal(rows, rowsOf(want)) {
					t.Fatalf("%d records, width %d, %d threads: not sorted", n, width, threads)
				}
			}
		}
	}
}

func TestMergeSortsPartiesTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for round := range 400 {
		parties, width := 1+round%5, round%2*2
		var recs []Record
		starts := []int{0}
		for p := range parties {
			n := r.IntN(200)
			if round == 399 {
				n = 3*worth + p
			}
			one := some(r, n, p, 100)
			slices.SortFunc(one, less)
			recs = append(recs, one...)
			starts = append(starts, len(recs))
		}
		want := slices.Clone(recs)
		slices.SortFunc(want, less)
		var rows []uint64
		if width > 0 {
			rows = rowsOf(recs)
		}
		MergeAll(recs, starts, rows, width, 1+round%3)
		if !slices.Equal(recs, want) || width > 0 && !slices.Equal(rows, rowsOf(want)) {
			t.Fatalf("starts %v: not sorted", starts)
		}
	}
}

func TestAscending(t *testing.T) {
	d := Record{^uint64(0), ^uint64(0), Dummy | 1<<PartyShift}
	k := func(hi, lo uint64) Record { return Record{hi, lo, 1 << PartyShift} }
	for _, c := range []struct {
		name string
		recs []Record
		want bool
	}{
		{"nothing", nil, true},
		{"one", []Record{k(5, 5)}, true},
		{"one dummy", []Record{d}, true},
		{"rising", []Record{k(1, 5), k(2, 4), k(2, 5)}, true},
		{"equal", []Record{k(2, 5), k(2, 5), k(2, 5)}, true},
		{"falling above", []Record{k(2, 0), k(1, 9)}, false},
		{"falling below", []Record{k(2, 2), k(2, 1)}, false},
		{"falling once", []Record{k(1, 2), k(9, 2), k(3, 1), k(10, 1)}, false},
		{"dummies last", []Record{k(1, 2), k(^uint64(0), ^uint64(0)), d, d}, true},
		{"a dummy between", []Record{k(1, 2), d, k(^uint64(0), ^uint64(0))}, false},
		{"a dummy first", []Record{d, k(1, 1)}, false},
	} {
		if got := Ascending(c.recs) == ^uint64(0); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestMarksAreThoseOfANaiveCount(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for round := range 300 {
		parties := 1 + round%4
		var recs []Record
		for p := range parties {
			recs = append(recs, some(r, r.IntN(60), p, 40)...)
		}
		slices.SortFunc(recs, less)
		marks := make([]uint64, len(recs))
		Mark(recs, marks)
		type key struct{ hi, lo uint64 }
		has, times := map[key]uint64{}, map[key]map[uint64]int{}
		for _, x := range recs {
			if x.Tag&Dummy != 0 {
				continue
			}
			k, bit := key{x.Hi, x.Lo}, x.Tag>>PartyShift&PartyBits
			has[k] |= bit
			if times[k] == nil {
				times[k] = map[uint64]int{}
			}
			times[k][bit]++
		}
		first, there := map[key]bool{}, map[key]uint64{}
		for i, x := range recs {
			want := uint64(0)
			if x.Tag&Dummy == 0 {
				k, bit := key{x.Hi, x.Lo}, x.Tag>>PartyShift&PartyBits
				want = has[k]
				if !first[k] {
					first[k], want = true, want|First
				}
				if there[k]&bit == 0 {
					there[k], want = there[k]|bit, want|FirstThere
				}
				if times[k][bit] > 1 {
					want |= Twice
				}
			}
			if marks[i] != want {
				t.Fatalf("round %d, record %d: %x, want %x", round, i, marks[i], want)
			}
		}
	}
}

func TestCompactKeepsOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	for _, n := range lengths() {
		for _, width := range []int{1, 3} {
			for _, of := range []int{0, 1, 2, 4} {
				rows, keep := make([]uint64, n*width), make([]uint64, n+1)
				var want []uint64
				for i := range rows {
					rows[i] = r.Uint64()
				}
				for i := range n {
					if of > 0 && r.IntN(4) < of {
						keep[i+1] = 1
						want = append(want, rows[i*width:(i+1)*width]...)
					}
				}
				all := slices.Sorted(slices.Values(rows))
				if got := Compact(rows, width, keep, 1+n%3); got != uint64(len(want)/width) || !slices.Equal(rows[:len(want)], want) {
					t.Fatalf("%d rows of %d words: %d kept, want %d", n, width, got, len(want)/width)
				}
				if !slices.Equal(slices.Sorted(slices.Values(rows)), all) {
					t.Fatalf("%d rows of %d words: rows were lost", n, width)
				}
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	values := []int64{0, 1, -1, 1<<63 - 1, -1 << 63, 42, -42}
	for round := range 500 {
		n := r.IntN(20)
		numbers, flags := make([]uint64, n), make([]uint64, n)
		sum, least, largest := new(big.Int), int64(1<<63-1), int64(-1<<63)
		for i := range numbers {
			v := int64(r.Uint64()) >> r.IntN(64)
			if r.IntN(3) == 0 {
				v = values[r.IntN(len(values))]
			}
			numbers[i], flags[i] = uint64(v), r.Uint64()&1
			if flags[i] == 1 {
				sum.Add(sum, big.NewInt(v))
				least, largest = min(least, v), max(largest, v)
			}
		}
		if a, b := Bounds(numbers, flags); int64(a) != least || int64(b) != largest {
			t.Fatalf("round %d: bounds %d and %d, want %d and %d", round, int64(a), int64(b), least, largest)
		}
		hi, lo := Sum(numbers, flags)
		hi, lo, below := Absolute(hi, lo)
		size := new(big.Int).Abs(sum)
		if got := whole(hi, lo); got.Cmp(size) != 0 || below != 0 != (sum.Sign() < 0) {
			t.Fatalf("round %d: sum %v (%d), want %v", round, got, below, sum)
		}
		by := r.Uint64()>>r.IntN(64) | 1
		qh, ql, rest := Divide(hi, lo, by)
		q, m := new(big.Int).DivMod(size, new(big.Int).SetUint64(by), new(big.Int))
		if whole(qh, ql).Cmp(q) != 0 || new(big.Int).SetUint64(rest).Cmp(m) != 0 {
			t.Fatalf("%v / %d = %v, %d", size, by, whole(qh, ql), rest)
		}
		if n := uint64(r.IntN(20)); n > 0 {
			want, half := new(big.Int).Mul(sum, big.NewInt(100)), new(big.Int)
			want.DivMod(want, new(big.Int).SetUint64(n), half)
			if c := half.Lsh(half, 1).Cmp(new(big.Int).SetUint64(n)); c > 0 || c == 0 && want.Bit(0) == 1 {
				want.Add(want, big.NewInt(1))
			}
			h, l := Sum(numbers, flags)
			h, l, b := Mean(h, l, n)
			if whole(h, l).CmpAbs(want) != 0 || (b != 0) != (want.Sign() < 0) {
				t.Fatalf("mean of %v over %d: %v, want %v", sum, n, whole(h, l), want)
			}
		}
		if v, by := values[r.IntN(len(values))], r.Uint64()>>(1+r.IntN(63))|1; n > 0 {
			if r.IntN(2) == 0 {
				v = int64(numbers[0])
			}
			wide := new(big.Int).SetUint64(by)
			from := new(big.Int).Mul(new(big.Int).Div(big.NewInt(v), wide), wide)
			to := new(big.Int).Add(from, wide)
			fh, fl, fb, th, tl, tb := Bucket(uint64(v), by)
			if whole(fh, fl).CmpAbs(from) != 0 || whole(th, tl).CmpAbs(to) != 0 || fb != 0 != (from.Sign() < 0) || tb != 0 != (to.Sign() < 0) {
				t.Fatalf("bucket of %d by %d: %v to %v, want %v to %v", v, by, whole(fh, fl), whole(th, tl), from, to)
			}
		}
		text := make([]byte, 45)
		decimals := r.IntN(10)
		Decimal(text, hi, lo, below, decimals)
		digits := fmt.Sprintf("%0*v", decimals+1, size)
		if decimals > 0 {
			digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
		}
		if below != 0 {
			digits = "-" + digits
		}
		if want := fmt.Sprintf("%45s", digits); string(text) != want {
			t.Fatalf("%q, want %q", text, want)
		}
	}
	if h, l, _ := Divide(1, 2, 0); h != ^uint64(0) || l != ^uint64(0) {
		t.Fatal("division by zero")
	}
}

func whole(hi, lo uint64) *big.Int {
	return new(big.Int).SetBytes(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, hi), lo))
}
