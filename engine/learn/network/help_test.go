package network

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// digits are those of testdata, what is learned from and what is held out.
func digits(t testing.TB) (train, held Data) {
	t.Helper()
	b, err := os.ReadFile("testdata/digits.csv")
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for line := range strings.Lines(string(b)) {
		label, pixels, _ := strings.Cut(strings.TrimSpace(line), ",")
		class, err := strconv.Atoi(label)
		if err != nil || len(pixels) != 64 {
			t.Fatal("digits.csv is not what it was")
		}
		to := &train
		if i++; i%4 == 0 {
			to = &held
		}
		to.Rows++
		to.Classes = append(to.Classes, class)
		for _, p := range pixels {
			to.X = append(to.X, float32(p-'a'))
		}
	}
	return train, held
}

// oracle is what scikit-learn said of something.
func oracle(t testing.TB, name string) []float64 {
	t.Helper()
	b, err := os.ReadFile("testdata/oracle.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		if fields[0] != name {
			continue
		}
		var out []float64
		for _, f := range fields[1:] {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
		return out
	}
	t.Fatalf("the oracle says nothing of %s", name)
	return nil
}

// drawn are numbers around 0.
func drawn(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	return out
}

// made is a model that must be one.
func made(t testing.TB, o Objective, in Shape, s Scaling, layers []Layer, seed uint64) *Model {
	t.Helper()
	m, err := New(o, in, s, layers, seed)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sixteenth brings a pixel to 0 to 1.
func sixteenth() Scaling { return Scaling{Factor: []float32{1.0 / 16}} }
