// Command cancer is the service of Tacit's demo: two owners hold different
// columns about the same patients, and a model is fitted over both without
// either seeing the other's.
//
// It reads /data/left and /data/right, CSV tables with a header whose first
// column is id, joins the rows whose ids are in both, standardises every
// feature (mean 0, population standard deviation 1), and fits a logistic
// regression with L2 penalty. What it minimises is what scikit-learn's
// LogisticRegression minimises: w·w/2 + C times the sum of the logistic
// losses, with a free intercept. The model goes to /out/model.json.
//
// /params.json may hold {"C": 1.0, "label": "malignant"}; those are the
// defaults. A fault of the data ends it with exit code 1 and one line on
// standard error, which names lines and columns and never quotes a value.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// Params are what a task may choose.
type Params struct {
	C     float64 `json:"C"`     // inverse strength of the penalty, above zero [1]
	Label string  `json:"label"` // the column to predict, 0 or 1 [malignant]
}

// A Model is the result. Coefficients belong to the standardised features.
type Model struct {
	Features     []string  `json:"features"`
	Coefficients []float64 `json:"coefficients"`
	Intercept    float64   `json:"intercept"`
	Iterations   int       `json:"iterations"`
	Gradient     float64   `json:"gradient"` // largest component in absolute value, at the solution
	Rows         int       `json:"rows"`
	Accuracy     float64   `json:"accuracy"` // on the rows it was fitted to
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cancer:", err)
		os.Exit(1)
	}
}

func run() error {
	text, err := os.ReadFile("/params.json")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	params, err := parseParams(text)
	if err != nil {
		return err
	}
	left, err := os.Open("/data/left")
	if err != nil {
		return err
	}
	defer left.Close()
	right, err := os.Open("/data/right")
	if err != nil {
		return err
	}
	defer right.Close()
	model, err := fitTables(left, right, params)
	if err != nil {
		return err
	}
	out, err := json.MarshalIndent(model, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile("/out/model.json", append(out, '\n'), 0o644)
}

// parseParams reads the parameters; no text means the defaults.
func parseParams(text []byte) (Params, error) {
	p := Params{C: 1, Label: "malignant"}
	if len(bytes.TrimSpace(text)) > 0 {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&p); err != nil {
			return p, errors.New("the parameters are not a JSON object of C and label")
		}
		if _, err := d.Token(); err != io.EOF {
			return p, errors.New("the parameters are followed by more text")
		}
	}
	if !(p.C > 0) || math.IsInf(p.C, 0) {
		return p, errors.New("parameter C must be above zero")
	}
	return p, nil
}

// fitTables joins two tables and fits the model.
func fitTables(left, right io.Reader, params Params) (Model, error) {
	l, err := readTable("left", left)
	if err != nil {
		return Model{}, err
	}
	r, err := readTable("right", right)
	if err != nil {
		return Model{}, err
	}
	features, rows, labels, err := join(l, r, params.Label)
	if err != nil {
		return Model{}, err
	}
	standardise(rows)
	return fit(features, rows, labels, params.C)
}
