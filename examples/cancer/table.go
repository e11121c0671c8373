package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// A table is one owner's columns, row by id.
type table struct {
	name    string
	columns []string // without id
	rows    map[string][]float64
}

// readTable reads a CSV table whole and refuses whatever would make the join
// or the fit ambiguous.
func readTable(name string, from io.Reader) (*table, error) {
	r := csv.NewReader(from)
	r.FieldsPerRecord = -1 // judged here, with a message of ours
	header, err := r.Read()
	if err != nil || len(header) < 2 || header[0] != "id" {
		return nil, fmt.Errorf("%s: the first line must be a header: id and at least one column", name)
	}
	t := &table{name: name, columns: header[1:], rows: map[string][]float64{}}
	for i, c := range header {
		if c == "" || slices.Contains(header[:i], c) {
			return nil, fmt.Errorf("%s: column %d has no name of its own", name, i+1)
		}
	}
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		line, _ := r.FieldPos(0)
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, fmt.Errorf("%s: line %d is not CSV", name, bad.Line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(record) != len(header) {
			return nil, fmt.Errorf("%s: line %d has %d fields, the header has %d", name, line, len(record), len(header))
		}
		if record[0] == "" {
			return nil, fmt.Errorf("%s: line %d has no id", name, line)
		}
		if _, ok := t.rows[record[0]]; ok {
			return nil, fmt.Errorf("%s: line %d repeats an id", name, line)
		}
		values := make([]float64, len(t.columns))
		for i, text := range record[1:] {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%s: line %d, column %q is not a finite number", name, line, t.columns[i])
			}
			values[i] = v
		}
		t.rows[record[0]] = values
	}
	if len(t.rows) == 0 {
		return nil, fmt.Errorf("%s: there are no rows", name)
	}
	return t, nil
}

// join returns the rows that are in both tables, in the order of their ids so
// that sums are the same whatever the order of the files, and their labels.
func join(left, right *table, label string) (features []string, rows [][]float64, labels []float64, err error) {
	from, at := left, slices.Index(left.columns, label)
	if i := slices.Index(right.columns, label); i >= 0 {
		if at >= 0 {
			return nil, nil, nil, fmt.Errorf("both tables have the column %q", label)
		}
		from, at = right, i
	}
	if at < 0 {
		return nil, nil, nil, fmt.Errorf("no table has the column %q", label)
	}
	for _, t := range []*table{left, right} {
		for i, c := range t.columns {
			if t == from && i == at {
				continue
			}
			if slices.Contains(features, c) {
				return nil, nil, nil, fmt.Errorf("both tables have the column %q", c)
			}
			features = append(features, c)
		}
	}
	if len(features) == 0 {
		return nil, nil, nil, errors.New("there is no column but the label")
	}
	var ids []string
	for id := range left.rows {
		if _, ok := right.rows[id]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	seen := [2]bool{}
	for _, id := range ids {
		var row []float64
		for _, t := range []*table{left, right} {
			for i, v := range t.rows[id] {
				if t != from || i != at {
					row = append(row, v)
					continue
				}
				if v != 0 && v != 1 {
					return nil, nil, nil, fmt.Errorf("%s: the column %q holds something else than 0 and 1", t.name, label)
				}
				seen[int(v)] = true
				labels = append(labels, v)
			}
		}
		rows = append(rows, row)
	}
	if !seen[0] || !seen[1] {
		return nil, nil, nil, fmt.Errorf("the %d rows with an id in both tables do not show both labels", len(rows))
	}
	return features, rows, labels, nil
}

// standardise gives every column mean 0 and population standard deviation 1; a
// constant column becomes 0.
func standardise(rows [][]float64) {
	n := float64(len(rows))
	for j := range rows[0] {
		var mean, square float64
		for _, row := range rows {
			mean += row[j]
		}
		mean /= n
		for _, row := range rows {
			d := row[j] - mean
			square += d * d
		}
		scale := math.Sqrt(square / n)
		if scale <= 10*0x1p-52*math.Abs(mean) { // rounding alone
			scale = 1
		}
		for _, row := range rows {
			row[j] = (row[j] - mean) / scale
		}
	}
}
