package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacit/fault"
)

// wordsOf is some invented words in a row, with letters of more than one byte among them.
func wordsOf(from, to int) (words []string) {
	for i := from; i < to; i++ {
		words = append(words, fmt.Sprintf("mot-é%04d", i))
	}
	return words
}

// dictionary is a folder with lists of words under the names that the demo looks for.
func dictionary(t *testing.T, american, british, french []string) string {
	t.Helper()
	dir := t.TempDir()
	for name, words := range map[string][]string{"american-english": american, "british-english": british, "french": french} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(words, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The whole demo of set operations, on a network of its own and lists whose overlaps are
// known: every number that it prints and draws is right. On the packages of Debian it is
// the same but for the lists.
func TestTheDemoOfSets(t *testing.T) {
	beside(t)
	if err := built(); err != nil {
		t.Fatal(err)
	}
	dict := dictionary(t, wordsOf(0, 3000), wordsOf(1000, 4000), slices.Concat(wordsOf(0, 500), wordsOf(2500, 3600)))
	out := filepath.Join(t.TempDir(), "psi")
	cmd, cancel := tacitAt(t.TempDir(), "demo", "psi", "--dict", dict, "--cache", t.TempDir(), "--bin", bin, "--out", out)
	defer cancel()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want := []struct {
		label, number string
		size          float64
	}{
		{"american (hospital)", "3,000", 3000},
		{"british (clinic)", "3,000", 3000},
		{"french (acme)", "1,600", 1600},
		{"american ∩ british", "2,000", 2000},
		{"american ∩ french", "1,000", 1000},
		{"british ∩ french", "1,100", 1100},
		{"american ∩ british ∩ french", "500", 500},
	}
	svg, err := os.ReadFile(filepath.Join(out, "intersections.svg"))
	if err != nil {
		t.Fatal(err)
	}
	texts, bars := read(t, bytes.NewReader(svg))
	if len(bars) != len(want) {
		t.Fatalf("%d bars, want %d", len(bars), len(want))
	}
	for i, w := range want {
		if math.Abs(bars[i]-chartBar*w.size/3000) > 0.01 {
			t.Errorf("the bar of %s is %v long", w.label, bars[i])
		}
		if !slices.Contains(texts, w.label) || !slices.Contains(texts, w.number) {
			t.Errorf("the chart has no %s or no %s: %q", w.label, w.number, texts)
		}
		if line := fmt.Sprintf("%-30s %9s\n", w.label, w.number); !bytes.Contains(said, []byte(line)) {
			t.Errorf("it did not say %q", line)
		}
	}
	for text, times := range map[string]int{
		"and they are the same 2000 words, byte for byte": 2, // in plain and in oblivious mode
		"the enclave says the same: 2000":                 2,
		"the enclave says the same: 1000":                 1,
		"the enclave says the same: 1100":                 1,
		"the enclave says the same: 500":                  2,
		"does not allow the operation union":              1,
		"mode oblivious":                                  1,
		"demo done in":                                    1,
		"FAIL":                                            0,
	} {
		if n := bytes.Count(said, []byte(text)); n != times {
			t.Errorf("it said %q %d times, want %d", text, n, times)
		}
	}
	if t.Failed() {
		t.Logf("%s", said)
	}
}

// An enclave that were wrong would end the demo: each answer is held against sort and comm.
func TestADemoThatIsWrongSaysSo(t *testing.T) {
	const summary = `{"parties": [{"alias": "american", "distinct": 3}, {"alias": "british", "distinct": 2}], "cardinality": %d}`
	for _, tt := range []struct {
		name, summary, words string
		want                 string // in the error; empty if it is right
	}{
		{"twin: right, in another order", fmt.Sprintf(summary, 2), "id\nbeta\nalpha\n", ""},
		{"one too many", fmt.Sprintf(summary, 3), "", "the enclave says 3, comm says 2"},
		{"another word", fmt.Sprintf(summary, 2), "id\nbeta\ngamma\n", "not those of comm"},
		{"a party that did not take part", strings.Replace(fmt.Sprintf(summary, 2), "british", "klingon", 1), "", `names "klingon"`},
		{"no summary", "", "", "read the summary"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var said bytes.Buffer
			dir := t.TempDir()
			d := setsDemo{demonstration: &demonstration{t: &tool{out: &said}, home: dir, out: dir}, lists: wordLists()}
			dict := dictionary(t, []string{"gamma", "alpha", "beta"}, []string{"beta", "alpha"}, nil)
			if err := findWords(t.Context(), d.lists, dict, dir); err != nil {
				t.Fatal(err)
			}
			for _, w := range d.lists {
				d.inCommon.sets = append(d.inCommon.sets, w.alias)
				d.inCommon.rows = append(d.inCommon.rows, chartRow{label: w.alias})
			}
			if err := os.Mkdir(filepath.Join(dir, "both"), 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"both/summary.json": tt.summary, "both/intersection.csv": tt.words} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := d.held(t.Context(), filepath.Join(dir, "both", "intersection.csv"))
			if tt.want == "" && (err != nil || d.inCommon.rows[3].size != 2) {
				t.Fatalf("%v, %v", err, d.inCommon.rows)
			}
			if tt.want != "" && (fault.Of(err) != fault.TaskFailed || !strings.Contains(err.Error(), tt.want)) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
		})
	}
}

// held compares what the task both found with the first two lists.
func (d *setsDemo) held(ctx context.Context, csv string) error {
	if err := d.compare(ctx, "both", d.lists[:2]); err != nil {
		return err
	}
	return d.sameWords(csv, "both")
}
