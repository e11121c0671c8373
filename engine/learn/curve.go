package learn

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// curveCSV is a line for each round.
func curveCSV(curve []round) []byte {
	if len(curve) == 0 {
		return []byte("round,training\n")
	}
	b := []byte("round,training")
	if curve[0].hasValidated {
		b = append(b, ",validation"...)
	}
	if curve[0].hasRight {
		b = append(b, ",accuracy"...)
		if curve[0].hasValidated {
			b = append(b, ",validationAccuracy"...)
		}
	}
	b = append(b, '\n')
	for _, c := range curve {
		b = append(strconv.AppendInt(b, int64(c.number), 10), ',')
		b = appendNumber(b, c.learned)
		if c.hasValidated {
			b = appendNumber(append(b, ','), c.validated)
		}
		if c.hasRight {
			b = appendNumber(append(b, ','), c.right)
			if c.hasValidated {
				b = appendNumber(append(b, ','), c.validatedRight)
			}
		}
		b = append(b, '\n')
	}
	return b
}

// The picture of a curve, in pixels.
const (
	pictureWide, pictureHigh              = 640, 400
	plotLeft, plotTop, plotWide, plotHigh = 70, 40, 540, 300
)

// curveSVG is the curve as a picture.
func curveSVG(curve []round) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n",
		pictureWide, pictureHigh, pictureWide, pictureHigh)
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", pictureWide, pictureHigh)
	low, high, metric := math.Inf(1), math.Inf(-1), ""
	for _, c := range curve {
		low, high, metric = min(low, c.learned), max(high, c.learned), c.metric
		if c.hasValidated {
			low, high = min(low, c.validated), max(high, c.validated)
		}
	}
	if len(curve) == 0 {
		low, high = 0, 1
	}
	if high-low < 1e-12*(1+math.Abs(high)) {
		low, high = low-0.5, high+0.5
	}
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"24\" font-size=\"14\">%s by round</text>\n", plotLeft, metric)
	first, last := 0, 1
	if n := len(curve); n > 0 {
		first, last = curve[0].number, max(curve[n-1].number, curve[0].number+1)
	}
	x := func(number int) float64 {
		return plotLeft + plotWide*float64(number-first)/float64(last-first)
	}
	y := func(v float64) float64 { return plotTop + plotHigh*(high-v)/(high-low) }
	const ticks = 5
	for i := range ticks + 1 {
		v := low + (high-low)*float64(i)/ticks
		fmt.Fprintf(&b, "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n", plotLeft, y(v), plotWide, plotLeft-6, y(v)+4, v)
		at := first + (last-first)*i/ticks
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", x(at), plotTop+plotHigh+18, at)
	}
	fmt.Fprintf(&b, "<path d=\"M%d %dv%dh%d\" stroke=\"#333\" fill=\"none\"/>\n", plotLeft, plotTop, plotHigh, plotWide)
	line := func(name, colour string, at int, value func(round) float64) {
		fmt.Fprintf(&b, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"", colour)
		for _, c := range curve {
			fmt.Fprintf(&b, "%.1f,%.1f ", x(c.number), y(value(c)))
		}
		fmt.Fprintf(&b, "\"/>\n<text x=\"%d\" y=\"24\" fill=\"%s\" text-anchor=\"end\">%s</text>\n", at, colour, name)
	}
	line("training", "#1f6fb4", plotLeft+plotWide-90, func(c round) float64 { return c.learned })
	if len(curve) > 0 && curve[0].hasValidated {
		line("validation", "#d9541e", plotLeft+plotWide, func(c round) float64 { return c.validated })
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
