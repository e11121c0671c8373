package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tacit/fault"
)

// drawn is a chart as read finds it.
func drawn(t *testing.T, c chart) (texts []string, bars []float64) {
	t.Helper()
	var b bytes.Buffer
	if err := c.write(&b); err != nil {
		t.Fatal(err)
	}
	return read(t, &b)
}

// read reads a chart back as a strict reader of XML does: its texts and how long its bars
// are. Nothing may lie outside of the drawing.
func read(t *testing.T, svg io.Reader) (texts []string, bars []float64) {
	t.Helper()
	var width, height float64
	d := xml.NewDecoder(svg)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts, bars
		}
		if err != nil {
			t.Fatalf("it is no XML: %v", err)
		}
		element, ok := token.(xml.StartElement)
		if text, is := token.(xml.CharData); is && len(bytes.TrimSpace(text)) > 0 {
			texts = append(texts, string(text))
		}
		if !ok {
			continue
		}
		at := map[string]float64{}
		bar := false
		for _, a := range element.Attr {
			bar = bar || a.Name.Local == "class" && a.Value == "bar"
			if v, err := strconv.ParseFloat(a.Value, 64); err == nil {
				at[a.Name.Local] = v
			}
			if strings.Contains(a.Name.Local, "href") || strings.HasPrefix(a.Name.Local, "on") {
				t.Errorf("<%s %s> needs something from elsewhere", element.Name.Local, a.Name.Local)
			}
		}
		switch {
		case element.Name.Local == "svg":
			width, height = at["width"], at["height"]
		case element.Name.Local == "script" || element.Name.Local == "style":
			t.Errorf("it has a <%s>", element.Name.Local)
		case at["x"]+at["width"] > width || at["y"]+at["height"] > height || at["x"] < 0 || at["y"] < 0 || at["cx"] > width || at["cy"] > height || at["x2"] > width || at["y2"] > height:
			t.Errorf("<%s> at %v is outside of %v x %v", element.Name.Local, at, width, height)
		}
		if bar {
			bars = append(bars, at["width"])
		}
	}
}

func TestAChartShowsWhatItIsGiven(t *testing.T) {
	hostile := `</text><script>alert("&amp;")</script>` + "\x00\xff"
	for _, tt := range []struct {
		name  string
		chart chart
		bars  []float64
		texts []string
	}{
		{"sizes", chart{"Sizes", "note", []string{"a", "b"}, []chartRow{{"a", []int{0}, 200_000}, {"b", []int{1}, 50_000}, {"a ∩ b", []int{0, 1}, 1}}},
			[]float64{chartBar, chartBar / 4, 1}, []string{"Sizes", "note", "200,000", "50,000", "1", "a ∩ b", "a: 200000; b: 50000; a ∩ b: 1"}},
		{"nothing in common", chart{"t", "n", []string{"a", "b"}, []chartRow{{"a", []int{0}, 3}, {"both", []int{1, 0}, 0}}}, []float64{chartBar}, []string{"both", "0"}},
		{"empty sets", chart{"t", "n", []string{"a"}, []chartRow{{"a", []int{0}, 0}}}, nil, []string{"0"}},
		{"no sets", chart{title: "t"}, nil, []string{"t"}},
		{"as much as can be counted", chart{"t", "n", []string{"a"}, []chartRow{{"a", []int{0}, math.MaxUint64}}}, []float64{chartBar}, []string{"18,446,744,073,709,551,615"}},
		{"names that are markup", chart{hostile, hostile, []string{hostile}, []chartRow{{hostile, []int{0}, 7}}}, []float64{chartBar},
			[]string{`</text><script>alert("&amp;")</script>` + "\ufffd\ufffd"}},
		{"names that are long", chart{"t", "n", []string{strings.Repeat("ä", 99)}, []chartRow{{strings.Repeat("ö", 99), []int{0}, 7}}}, []float64{chartBar},
			[]string{strings.Repeat("ö", chartText-1) + "…"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			texts, bars := drawn(t, tt.chart)
			if !slices.EqualFunc(bars, tt.bars, func(a, b float64) bool { return math.Abs(a-b) < 0.01 }) {
				t.Errorf("the bars are %v long, want %v", bars, tt.bars)
			}
			for _, want := range tt.texts {
				if !slices.Contains(texts, want) {
					t.Errorf("there is no text %q in %q", want, texts)
				}
			}
		})
	}
}

// standIns puts shell scripts in place of apt-get and dpkg-deb.
func standIns(t *testing.T, get, unpack string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"apt-get": get, "dpkg-deb": unpack} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	if get == "" {
		t.Setenv("PATH", dir)
	}
}

func TestWordsAreFoundOrFetched(t *testing.T) {
	const (
		get    = `case $1 in download) shift; for p; do : > "${p}_1_all.deb"; done ;; *) exit 1 ;; esac`
		unpack = `mkdir -p usr/share/dict; case $2 in wamerican_*) echo color ;; esac > usr/share/dict/american-english; echo colour > usr/share/dict/british-english; echo couleur > usr/share/dict/french`
	)
	for _, tt := range []struct {
		name, get, unpack string
		there             []string // in the dictionaries' folder
		want              []string // in the error; none if all are found
	}{
		{"all are installed", "exit 1", "exit 1", []string{"american-english", "british-english", "french"}, nil},
		{"all are fetched", get, unpack, nil, nil},
		{"one is fetched", get, unpack, []string{"american-english", "french"}, nil},
		{"there is no apt-get", "", "", []string{"american-english"}, []string{"british-english", "apt-get install -y --no-install-recommends wbritish wfrench\n"}},
		{"apt-get fails", "echo E: no such package >&2; exit 100", unpack, nil, []string{"E: no such package", "install -y --no-install-recommends wamerican wbritish wfrench\n"}},
		{"the archive cannot be unpacked", get, "echo broken; exit 2", nil, []string{"broken", "wamerican"}},
		{"the package has no list", get, "true", nil, []string{"american-english", "wamerican"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			standIns(t, tt.get, tt.unpack)
			dict, cache := t.TempDir(), filepath.Join(t.TempDir(), "new", "words")
			for _, name := range tt.there {
				if err := os.WriteFile(filepath.Join(dict, name), []byte("word\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			lists := wordLists()
			err := findWords(context.Background(), lists, dict, cache)
			if len(tt.want) == 0 {
				for _, w := range lists {
					if info, serr := os.Stat(w.path); err != nil || serr != nil || info.IsDir() {
						t.Errorf("%s: %v, %v", w.file, err, serr)
					}
				}
				return
			}
			if fault.Of(err) != fault.APIPath {
				t.Fatalf("findWords = %v, want %s", err, fault.APIPath)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error()+"\n", want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
		})
	}
}
