package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The whole demo of learning, on a network of its own and the tables of the source: it says
// itself where it is worse than what it compares with.
func TestTheDemoOfLearning(t *testing.T) {
	beside(t)
	if err := built(); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Abs("../../engine/learn")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "learn")
	cmd, cancel := tacitAt(t.TempDir(), "demo", "learn", "--tables", tables, "--bin", bin, "--out", out)
	defer cancel()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	saidSo(t, said, map[string]int{
		"the log names the model that the hospital got": 1,
		"142 of 146 are right":                          1,
		"RESULT_KEY: open result":                       1,
		"does not allow the operation predict":          1,
		"does not allow the operation evaluate":         1,
		"3 of 3 sites":                                  14,
		"449 digits, ":                                  4,
		"demo done in":                                  1,
		"FAIL":                                          0,
	})
}

// Every digit is at one site or put aside, and no site has the same digits as another.
func TestDigitsAreSplitUnevenly(t *testing.T) {
	b, err := os.ReadFile("../../engine/learn/network/testdata/digits.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	held, sites := unevenly(lines)
	n := len(held) - 1
	if n != 449 {
		t.Errorf("%d digits are put aside", n)
	}
	for i, rows := range sites {
		of := map[int]int{}
		for _, r := range rows[1:] {
			of[int(r[len(r)-1]-'0')]++
			n++
		}
		if own, other := of[i], of[(i+1)%3]; own < 3*other {
			t.Errorf("site %d has %d of its digit and %d of another", i, own, other)
		}
	}
	if n != len(lines) {
		t.Errorf("%d digits, want %d", n, len(lines))
	}
}

// saidSo wants a demo to have said each text so many times.
func saidSo(t *testing.T, said []byte, texts map[string]int) {
	t.Helper()
	for text, times := range texts {
		if n := bytes.Count(said, []byte(text)); n != times {
			t.Errorf("it said %q %d times, want %d", text, n, times)
		}
	}
	if t.Failed() {
		t.Logf("%s", said)
	}
}
