package learn

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"tacit"
	"tacit/engine/learn/table"
	"tacit/fault"
)

// data are rows of numbers, of all owners together.
type data struct {
	rows, cols int
	x          []float64 // row after row; NaN is a missing value
	y          []float64 // labels, of a classification the number of the class; nil if none
	ids        func(row int) string
	features   []string
	classes    []string  // that labels may be; nil if they are numbers
	single     []float32 // x, once somebody asked
}

// row are the values of one.
func (d *data) row(i int) []float64 { return d.x[i*d.cols : (i+1)*d.cols] }

// A demand says what is to be read.
type demand struct {
	features []string // nil: all columns that are neither label nor id
	named    bool     // the user wrote them, so that a refusal may say them
	label    bool     // else it is passed over
	classes  []string // of the label; nil if it has numbers
	missing  bool     // features may be
}

func unfit(format string, args ...any) error {
	return fault.New(fault.LearnData, "learn: data: "+format, args...)
}

// A source is an input that is read.
type source struct {
	file   tacit.GuestFile
	format table.Format
	reader *table.Reader
	wants  []table.Want
	label  int // among wants, or -1
	table  *table.Table
}

// load reads all data and puts them together.
func (r *run) load(ctx context.Context, want demand) (*data, error) {
	var sources []*source
	var size, done int64
	for _, in := range r.job.Inputs {
		if format, ok := r.p.Data[in.Alias]; ok {
			sources = append(sources, &source{file: in, format: format, label: -1})
			size += in.Size
		}
	}
	for _, s := range sources {
		var err error
		if s.reader, err = table.Open(s.file, s.format, r.budget.hold); err != nil {
			return nil, err
		}
	}
	features, err := r.choose(sources, want)
	if err != nil {
		return nil, err
	}
	for _, s := range sources {
		r.hear("read", done, size)
		if s.table, err = s.reader.Read(ctx, s.wants, r.budget.hold); err != nil {
			return nil, err
		}
		s.reader = nil
		done += s.file.Size
		r.summary.Data = append(r.summary.Data, inputSummary{s.file.Alias, s.table.Rows})
	}
	r.hear("read", size, size)
	d := &data{features: features, classes: want.classes, cols: len(features)}
	if r.p.Parts == Columns {
		err = r.join(ctx, d, sources, want.label)
	} else {
		err = r.stack(d, sources, want.label)
	}
	if err != nil {
		return nil, err
	}
	if d.rows == 0 {
		return nil, unfit("there are no rows")
	}
	r.summary.Rows, r.summary.Features = d.rows, d.cols
	return d, nil
}

// choose says which columns of whom are read, and returns the names of the features.
func (r *run) choose(sources []*source, want demand) ([]string, error) {
	features, named := want.features, want.features != nil
	others := func(s *source) (names []string) {
		for _, c := range s.reader.Columns() {
			if c != r.p.Label && c != s.format.ID {
				names = append(names, c)
			}
		}
		return names
	}
	classes := map[string]float64(nil)
	if want.classes != nil {
		classes = map[string]float64{}
		for i, c := range want.classes {
			classes[c] = float64(i)
		}
	}
	add := func(s *source, name string, label bool) {
		w := table.Want{Name: name, Named: want.named, Missing: want.missing}
		if label {
			s.label = len(s.wants)
			w = table.Want{Name: name, Named: true, Classes: classes}
		}
		s.wants = append(s.wants, w)
	}
	if r.p.Parts == Rows {
		if !named {
			features = others(sources[0])
		}
		for _, s := range sources {
			if !named {
				if more := others(s); len(more) != len(features) || !sameNames(more, features) {
					return nil, unfit("%q has not the same columns as %q: say which are features", short(s.file.Alias), short(sources[0].file.Alias))
				}
			}
			for _, f := range features {
				add(s, f, false)
			}
			if want.label {
				add(s, r.p.Label, true)
			}
		}
		return features, bounded(features)
	}
	if !named {
		for _, s := range sources {
			features = append(features, others(s)...)
		}
		if !distinct(features) {
			return nil, unfit("two inputs have a column of the same name: say which are features")
		}
	}
	all := features
	if want.label {
		all = append(slices.Clip(features), r.p.Label)
	}
	has := make([]map[string]bool, len(sources))
	for i, s := range sources {
		has[i] = map[string]bool{}
		for _, c := range s.reader.Columns() {
			has[i][c] = c != s.format.ID
		}
	}
	for i, name := range all {
		owner, said := -1, fmt.Sprintf("feature %d", i+1)
		if want.named || i == len(features) {
			said = strconv.Quote(short(name))
		}
		for k := range sources {
			if !has[k][name] {
				continue
			}
			if owner >= 0 {
				return nil, unfit("%q and %q both have a column for %s", short(sources[owner].file.Alias), short(sources[k].file.Alias), said)
			}
			owner = k
		}
		if owner < 0 {
			return nil, unfit("no input has a column for %s", said)
		}
		add(sources[owner], name, i == len(features))
	}
	return features, bounded(features)
}

func bounded(features []string) error {
	if n := len(features); n < 1 || n > table.MostColumns {
		return unfit("there are %d features, want 1 to %d", n, table.MostColumns)
	}
	return nil
}

func distinct(names []string) bool {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			return false
		}
		seen[n] = true
	}
	return true
}

// sameNames reports whether two lists of distinct names have the same ones.
func sameNames(a, b []string) bool {
	seen := map[string]bool{}
	for _, n := range a {
		seen[n] = true
	}
	return !slices.ContainsFunc(b, func(n string) bool { return !seen[n] })
}

// makeRoom makes room for rows, once there are so many.
func (r *run) makeRoom(d *data, label bool) error {
	if d.rows > math.MaxInt32 {
		return unfit("there are more than %d rows", math.MaxInt32)
	}
	cells := product(d.rows, d.cols)
	if err := r.budget.hold(8 * cells); err != nil {
		return err
	}
	d.x = make([]float64, cells)
	if label {
		if err := r.budget.hold(8 * int64(d.rows)); err != nil {
			return err
		}
		d.y = make([]float64, d.rows)
	}
	return nil
}

// stack puts the rows of the sources one under another.
func (r *run) stack(d *data, sources []*source, label bool) error {
	ids := true
	for _, s := range sources {
		d.rows += s.table.Rows
		ids = ids && s.table.HasIDs()
	}
	if err := r.makeRoom(d, label); err != nil {
		return err
	}
	at := 0
	var ends []int
	for _, s := range sources {
		for i := range s.table.Rows {
			row := s.table.Row(i)
			copy(d.row(at), row[:d.cols])
			if label {
				d.y[at] = row[d.cols]
			}
			at++
		}
		r.budget.free(s.table.Drop())
		ends = append(ends, at)
	}
	if ids {
		d.ids = func(row int) string {
			k, _ := slices.BinarySearch(ends, row+1)
			if k > 0 {
				row -= ends[k-1]
			}
			return sources[k].table.ID(row)
		}
	}
	return nil
}

// join puts the columns of the sources side by side, for each id that all of them have, in
// the order of the first one's rows.
func (r *run) join(ctx context.Context, d *data, sources []*source, label bool) error {
	const perID = 80 // of a map from ids to rows
	index := make([]map[string]int32, len(sources))
	for k, s := range sources {
		if err := r.budget.hold(perID*int64(s.table.Rows) + s.table.IDBytes()); err != nil {
			return err
		}
		index[k] = make(map[string]int32, s.table.Rows)
		for i := range s.table.Rows {
			id := s.table.ID(i)
			if _, twice := index[k][id]; twice {
				return unfit("%q: row %d has the id of another row", short(s.file.Alias), i+1)
			}
			index[k][id] = int32(i)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	first := sources[0].table
	if err := r.budget.hold(4 * product(first.Rows, len(sources))); err != nil {
		return err
	}
	matched := make([]int32, 0, first.Rows*len(sources)) // the rows of each match, source by source
	for i := range first.Rows {
		id, from := first.ID(i), len(matched)
		for k := range sources {
			row, ok := index[k][id]
			if !ok {
				matched = matched[:from]
				break
			}
			matched = append(matched, row)
		}
	}
	n := len(sources)
	d.rows = len(matched) / n
	if err := r.makeRoom(d, label); err != nil {
		return err
	}
	column := map[string]int{}
	for i, f := range d.features {
		column[f] = i
	}
	for k, s := range sources {
		to := make([]int, len(s.wants))
		for i, w := range s.wants {
			to[i] = column[w.Name]
		}
		for i := range d.rows {
			row := s.table.Row(int(matched[i*n+k]))
			for j, v := range row {
				if j == s.label {
					d.y[i] = v
				} else {
					d.x[i*d.cols+to[j]] = v
				}
			}
		}
	}
	for k, s := range sources {
		r.budget.free(s.table.Drop() + perID*int64(s.table.Rows) + s.table.IDBytes())
		index[k] = nil
	}
	r.summary.Matched = &d.rows
	d.ids = func(row int) string { return first.ID(int(matched[row*n])) }
	return nil
}

// split divides the rows of d, which loses them, in those to learn from and those to validate with. Which row goes
// where follows from the seed and its id, or its number from 1 where rows have no ids: the
// first eight bytes of the SHA-256 of "tacit split", a line feed, the seed in decimal, a line
// feed and the id or number are, as a big-endian number, below the share of 2^64.
func (r *run) split(d *data) (learned, validated *data, err error) {
	if r.p.Split == nil {
		return d, nil, nil
	}
	limit := uint64(math.Ldexp(r.p.Split.Validate, 64)) // below 1: it fits
	var rows [2][]int
	for i := range d.rows {
		name := strconv.Itoa(i + 1)
		if d.ids != nil {
			name = d.ids(i)
		}
		side := 0
		if drawn(r.p.Seed, name) < limit {
			side = 1
		}
		rows[side] = append(rows[side], i)
	}
	if len(rows[0]) == 0 || len(rows[1]) == 0 {
		return nil, nil, unfit("the split leaves no row to learn from, or none to validate with: there are %d", d.rows)
	}
	if err := r.budget.hold(16*int64(d.rows) + 8*product(d.rows, d.cols+1)); err != nil {
		return nil, nil, err
	}
	learned, validated = d.pick(rows[0]), d.pick(rows[1])
	d.x, d.y = nil, nil
	r.budget.free(8 * product(d.rows, d.cols))
	return learned, validated, nil
}

// pick are some rows of the data.
func (d *data) pick(rows []int) *data {
	out := &data{rows: len(rows), cols: d.cols, features: d.features, classes: d.classes}
	out.x = make([]float64, len(rows)*d.cols)
	if d.y != nil {
		out.y = make([]float64, len(rows))
	}
	for i, r := range rows {
		copy(out.row(i), d.row(r))
		if d.y != nil {
			out.y[i] = d.y[r]
		}
	}
	return out
}

// singles are the values as numbers of 32 bits, of which none may be too large.
func (r *run) singles(d *data) ([]float32, error) {
	if d.single != nil {
		return d.single, nil
	}
	if err := r.budget.hold(4 * int64(len(d.x))); err != nil {
		return nil, err
	}
	out := make([]float32, len(d.x))
	for i, v := range d.x {
		if out[i] = float32(v); math.IsInf(float64(out[i]), 0) {
			return nil, unfit("feature %d has a value that is too large for numbers of 32 bits", i%d.cols+1)
		}
	}
	d.single = out
	return out, nil
}

// counted checks that labels are classes 0, 1, ..., and how many there are at most.
func (d *data) counted(most int) error {
	for _, v := range d.y {
		if v != math.Trunc(v) || v < 0 || v >= float64(most) {
			return unfit("a label is no number of a class from 0 to %d: say the classes", most-1)
		}
	}
	return nil
}

// numbered are the names of so many classes that the parameters do not name.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	return names
}
