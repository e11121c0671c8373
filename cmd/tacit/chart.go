package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A chart shows how large sets and their intersections are: a row for each, with dots that
// say whose sets it is of, and a bar.
type chart struct {
	title, note string
	sets        []string
	rows        []chartRow
}

// A chartRow is one set, or what several have in common.
type chartRow struct {
	label string
	of    []int // of the chart's sets
	size  uint64
}

// Where things stand, in units of the drawing.
const (
	chartLabels = 24  // the labels' left edge
	chartDots   = 300 // the first set's dots
	chartDot    = 34  // from one set to the next
	chartBar    = 420 // the longest bar
	chartRowH   = 34
	chartHead   = 150 // above the rows
	chartText   = 30  // characters of a text that is longer
)

// write writes the chart as SVG that needs neither scripts nor anything from elsewhere.
func (c chart) write(w io.Writer) error {
	var b bytes.Buffer
	bars := chartDots + chartDot*len(c.sets) + 10
	width, bottom := bars+chartBar+100, chartHead+chartRowH*len(c.rows)
	height := bottom + 70
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" font-family="sans-serif" font-size="14" fill="#1a1a1a">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n", escaped(c.title), escaped(c.describe()))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, height)
	text(&b, chartLabels, 34, `font-size="18" font-weight="bold"`, c.title)
	for i, name := range c.sets {
		x := chartDots + chartDot*i
		text(&b, x, chartHead-14, fmt.Sprintf(`transform="rotate(-40 %d %d)"`, x, chartHead-14), shortened(name, 14))
	}
	c.axis(&b, bars, bottom)
	for i, r := range c.rows {
		c.row(&b, r, bars, chartHead+chartRowH*i, i%2 == 1)
	}
	text(&b, chartLabels, height-18, `font-size="12" fill="#444444"`, c.note)
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// row draws one: its dots and the line that joins them, its bar and the number.
func (c chart) row(b *bytes.Buffer, r chartRow, bars, top int, shade bool) {
	middle := top + chartRowH/2
	if shade {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#1a1a1a" fill-opacity="0.04"/>`+"\n", chartLabels-8, top, bars+chartBar+84-chartLabels, chartRowH)
	}
	text(b, chartLabels, middle+5, "", shortened(r.label, chartText))
	in := map[int]bool{}
	for _, i := range r.of {
		in[i] = true
	}
	first, last := -1, -1
	for i := range c.sets {
		fill := "#d5d9dd"
		if in[i] {
			fill, last = "#1a1a1a", i
			if first < 0 {
				first = i
			}
		}
		fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="6" fill="%s"/>`+"\n", chartDots+chartDot*i, middle, fill)
	}
	if last > first {
		fmt.Fprintf(b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#1a1a1a" stroke-width="3"/>`+"\n", chartDots+chartDot*first, middle, chartDots+chartDot*last, middle)
	}
	long, fill := 0.0, "#8a949e"
	if len(r.of) > 1 {
		fill = "#1f5fa8"
	}
	if r.size > 0 {
		long = math.Max(1, chartBar*float64(r.size)/float64(c.most())) // one that is there is seen
		fmt.Fprintf(b, `<rect class="bar" x="%d" y="%d" width="%.2f" height="%d" fill="%s"/>`+"\n", bars, middle-9, long, 18, fill)
	}
	text(b, bars+int(long)+8, middle+5, "", grouped(r.size))
}

// axis draws lines at round numbers.
func (c chart) axis(b *bytes.Buffer, bars, bottom int) {
	most := float64(c.most())
	step := 1.0
	for i := 0; most/step > 5; i++ {
		step *= [...]float64{2, 2.5, 2}[i%3]
	}
	for v := 0.0; v <= most; v += step {
		x := bars + int(chartBar*v/most)
		fmt.Fprintf(b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#c9ced3" stroke-width="1"/>`+"\n", x, chartHead-6, x, bottom+6)
		text(b, x, bottom+22, `font-size="12" fill="#444444" text-anchor="middle"`, grouped(uint64(v)))
	}
}

// most is the largest size, 1 if nothing has any.
func (c chart) most() uint64 {
	most := uint64(1)
	for _, r := range c.rows {
		most = max(most, r.size)
	}
	return most
}

// describe says the numbers to who does not see the drawing.
func (c chart) describe() string {
	var all []string
	for _, r := range c.rows {
		all = append(all, r.label+": "+strconv.FormatUint(r.size, 10))
	}
	return strings.Join(all, "; ")
}

func text(b *bytes.Buffer, x, y int, attributes, s string) {
	if attributes != "" {
		attributes = " " + attributes
	}
	fmt.Fprintf(b, `<text x="%d" y="%d"%s>%s</text>`+"\n", x, y, attributes, escaped(s))
}

// escaped is text as XML has it; what XML cannot have at all becomes U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

func shortened(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// grouped writes a number with commas between thousands.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
