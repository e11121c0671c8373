// Command split cuts the Wisconsin breast cancer table, as scikit-learn ships
// it, into the tables of two owners.
//
//	split breast_cancer.csv folder
//
// writes folder/left.csv (id, the first 15 features, malignant) and
// folder/right.csv (id, the other 15). Ids are the row numbers, P0001 and so
// on; the rows of right.csv come in another order, always the same one. Values
// are copied as text.
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// features are the table's columns: its own first line holds counts only.
var features = func() []string {
	var all []string
	for _, kind := range []string{"mean", "error", "worst"} {
		for _, what := range []string{"radius", "texture", "perimeter", "area", "smoothness",
			"compactness", "concavity", "concave points", "symmetry", "fractal dimension"} {
			if kind == "error" {
				all = append(all, what+" error")
				continue
			}
			all = append(all, kind+" "+what)
		}
	}
	return all
}()

const onLeft = 15

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: split breast_cancer.csv folder")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "split:", err)
		os.Exit(1)
	}
}

func run(table, folder string) error {
	f, err := os.Open(table)
	if err != nil {
		return err
	}
	defer f.Close()
	left, right, err := split(f)
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "left.csv"), []byte(left), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "right.csv"), []byte(right), 0o644)
}

// split returns the two tables.
func split(from io.Reader) (left, right string, err error) {
	r := csv.NewReader(from)
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		return "", "", err
	}
	if len(records) < 2 || len(records[0]) < 2 || records[0][0] != fmt.Sprint(len(records)-1) || records[0][1] != fmt.Sprint(len(features)) {
		return "", "", errors.New("the first line does not count the rows and features that follow")
	}
	records = records[1:]
	lines := make([]string, len(records))
	var l, rt strings.Builder
	fmt.Fprintf(&l, "id,%s,malignant\n", strings.Join(features[:onLeft], ","))
	fmt.Fprintf(&rt, "id,%s\n", strings.Join(features[onLeft:], ","))
	for i, rec := range records {
		if len(rec) != len(features)+1 {
			return "", "", fmt.Errorf("line %d has %d fields, want %d", i+2, len(rec), len(features)+1)
		}
		// The table says 0 for malignant.
		malignant, ok := map[string]string{"0": "1", "1": "0"}[rec[len(features)]]
		if !ok {
			return "", "", fmt.Errorf("line %d has no target of 0 or 1", i+2)
		}
		id := fmt.Sprintf("P%04d", i+1)
		fmt.Fprintf(&l, "%s,%s,%s\n", id, strings.Join(rec[:onLeft], ","), malignant)
		lines[i] = id + "," + strings.Join(rec[onLeft:len(features)], ",") + "\n"
	}
	for _, i := range rand.New(rand.NewPCG(569, 30)).Perm(len(lines)) {
		rt.WriteString(lines[i])
	}
	return l.String(), rt.String(), nil
}
