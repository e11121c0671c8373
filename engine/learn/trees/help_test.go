package trees

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"tacit/fault"
)

// public is a data set of testdata: the rows whose number is a multiple of 4 are held back.
type public struct {
	train, held   Matrix
	labels, truth []float32
}

func load(t testing.TB, name string) public {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var p public
	for i, l := range lines {
		x, y := &p.train, &p.labels
		if i%4 == 0 {
			x, y = &p.held, &p.truth
		}
		*y = append(*y, float(t, l[0]))
		if name == "digits" {
			l = strings.Split(l[1], "")
			for _, c := range l {
				x.Values = append(x.Values, float32(c[0]-'a'))
			}
		} else {
			l = l[1:]
			for _, c := range l {
				x.Values = append(x.Values, float(t, c))
			}
		}
		x.Rows, x.Cols = x.Rows+1, len(l)
	}
	return p
}

// float is a number of 32 bits; an empty field is missing.
func float(t testing.TB, s string) float32 {
	t.Helper()
	if s == "" {
		return float32(math.NaN())
	}
	v, err := strconv.ParseFloat(s, 32)
	if err != nil {
		t.Fatal(err)
	}
	return float32(v)
}

// file is a file of testdata.
func file(t testing.TB, name string) []byte {
	t.Helper()
	at, text := "testdata/"+name, strings.HasSuffix(name, ".ubj") // kept in hexadecimal
	if text {
		at += ".hex"
	}
	b, err := os.ReadFile(at)
	if err == nil && text {
		b, err = hex.DecodeString(strings.Join(strings.Fields(string(b)), ""))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// numbers are the numbers of a text.
func numbers(t testing.TB, text []byte) []float64 {
	t.Helper()
	var out []float64
	for _, w := range strings.Fields(string(text)) {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// far is how far two lists are from another at most, beside their size where that is above 1.
func far(t testing.TB, got, want []float64) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d numbers, want %d", len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		worst = max(worst, math.Abs(got[i]-want[i])/max(1, math.Abs(want[i])))
	}
	return worst
}

// refuses checks that an error has this code and says this; with no code that there is none.
func refuses(t testing.TB, err error, code fault.Code, says string) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	if fault.Of(err) != code || !strings.Contains(err.Error(), says) {
		t.Errorf("error %v, want %s that says %q", err, code, says)
	}
}

// drawn is a made-up task: one half of the features matters, a tenth of the values is missing
// if gaps.
func drawn(seed uint64, rows, cols int, gaps bool) (Matrix, []float32) {
	r := rand.New(rand.NewPCG(seed, 0))
	x, y := Matrix{rows, cols, make([]float32, rows*cols)}, make([]float32, rows)
	for i := range rows {
		row, s := x.Values[i*cols:(i+1)*cols], 0.0
		for f := range row {
			row[f] = float32(r.NormFloat64())
			if f < cols/2 {
				s += float64(row[f]) * float64(f%3-1)
			}
			if gaps && r.IntN(10) == 0 {
				row[f] = float32(math.NaN())
			}
		}
		if s += float64(row[0] * row[1%cols]); s+r.NormFloat64() > 0 {
			y[i] = 1
		}
	}
	return x, y
}

func trained(t testing.TB, x Matrix, y []float32, p Params) *Model {
	t.Helper()
	m, err := Train(context.Background(), x, y, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
