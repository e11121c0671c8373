// Command check compares a model of the demo with the expected one.
//
//	check model.json expected.json
//
// It exits with 0 if the features are the same, and the intercept and every
// coefficient agree within 1e-6; otherwise it names the first that differs and
// exits with 1.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// tolerance is in units of the standardised coefficients. Both sides solve to
// a gradient of 1e-10, so it is wide.
const tolerance = 1e-6

type model struct {
	Features     []string  `json:"features"`
	Coefficients []float64 `json:"coefficients"`
	Intercept    *float64  `json:"intercept"`
	Rows         int       `json:"rows"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: check model.json expected.json")
		os.Exit(2)
	}
	got, err := read(os.Args[1])
	if err == nil {
		var want model
		if want, err = read(os.Args[2]); err == nil {
			var worst float64
			if worst, err = compare(got, want); err == nil {
				fmt.Printf("%d coefficients and the intercept agree; largest difference %.1e\n", len(want.Coefficients), worst)
				return
			}
		}
	}
	fmt.Fprintln(os.Stderr, "check:", err)
	os.Exit(1)
}

func read(path string) (model, error) {
	var m model
	text, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	if m.Intercept == nil || len(m.Features) == 0 || len(m.Coefficients) != len(m.Features) {
		return m, fmt.Errorf("%s: not a model: features, coefficients and intercept must be there", path)
	}
	return m, nil
}

// compare returns the largest difference, or an error that names the first one
// that is too large.
func compare(got, want model) (float64, error) {
	if len(got.Features) != len(want.Features) {
		return 0, fmt.Errorf("the model has %d features, expected %d", len(got.Features), len(want.Features))
	}
	if got.Rows != want.Rows {
		return 0, fmt.Errorf("the model is fitted to %d rows, expected %d", got.Rows, want.Rows)
	}
	worst := 0.0
	one := func(name string, g, w float64) error {
		d := math.Abs(g - w)
		if !(d <= tolerance) {
			return fmt.Errorf("%s differs by %.3e: %v, expected %v", name, d, g, w)
		}
		worst = math.Max(worst, d)
		return nil
	}
	for i, f := range want.Features {
		if got.Features[i] != f {
			return 0, fmt.Errorf("feature %d is %q, expected %q", i+1, got.Features[i], f)
		}
		if err := one(fmt.Sprintf("coefficient %q", f), got.Coefficients[i], want.Coefficients[i]); err != nil {
			return 0, err
		}
	}
	return worst, one("the intercept", *got.Intercept, *want.Intercept)
}
