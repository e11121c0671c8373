// Package table reads what is learned from: files of CSV (RFC 4180, UTF-8, with or without a
// mark of byte order) whose columns are numbers, names of classes and ids.
//
// A file is hostile: rows, columns and fields are bounded, memory is asked for before it is
// taken, and what is no number is refused with LEARN_DATA. A refusal says in which file, row
// and column something is wrong, and never what stands there, nor what the file calls its
// columns: where the first line is a row by mistake, its values would be their names.
package table

import (
	"context"
	"slices"
	"strconv"

	"tacit"
	"tacit/fault"
	"tacit/wire/strict"
)

// Bounds of a file.
const (
	MostColumns = 1 << 14
	MostRows    = 1 << 27
	MostID      = 1 << 10 // bytes
	mostField   = 1 << 16
	mostLine    = 1 << 22
)

// perField is what a field of a row takes while it is divided.
const perField = 48

// perBlock is how many numbers a block of a table has about.
const perBlock = 1 << 15

// A Format says how a file is to be read.
type Format struct {
	Delimiter string `json:"delimiter,omitempty"` // one character [,]
	// Header is whether the first line has the names of the columns; without one they are called
	// 1, 2 and so on [true, and no name may be a number].
	Header *bool  `json:"header,omitempty"`
	ID     string `json:"id,omitempty"` // the column that names rows, and is no feature
}

// A Want is a column that is read as numbers.
type Want struct {
	Name    string
	Named   bool // the user wrote the name, so that a refusal may say it
	Missing bool // an empty field, or NA, is NaN; else it is refused
	// Classes are the texts that the column may have, and the number of each; nil if it has numbers.
	Classes map[string]float64
}

// A Table is what was read: rows of numbers in blocks, and the id of each row if wanted.
type Table struct {
	Rows, Cols int
	blocks     [][]float64 // of perBlock / Cols rows, the last of fewer
	ids        []byte
	ends       []int64 // of each id
}

// rowsPerBlock is how many rows a block of a table has.
func rowsPerBlock(cols int) int { return max(1, perBlock/max(1, cols)) }

// Row are the numbers of a row.
func (t *Table) Row(i int) []float64 {
	per := rowsPerBlock(t.Cols)
	b := t.blocks[i/per]
	return b[i%per*t.Cols:][:t.Cols]
}

// ID is the id of a row, if ids were read.
func (t *Table) ID(i int) string {
	from := int64(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return string(t.ids[from:t.ends[i]])
}

// IDBytes is how many bytes all ids have.
func (t *Table) IDBytes() int64 { return int64(len(t.ids)) }

// Drop lets go of all numbers, and returns how many bytes had been asked for them.
func (t *Table) Drop() int64 {
	n := int64(len(t.blocks)) * blockBytes(t.Cols)
	t.blocks = nil
	return n
}

// blockBytes is what a block takes.
func blockBytes(cols int) int64 { return int64(rowsPerBlock(cols))*int64(cols)*8 + 24 }

// HasIDs reports whether ids were read.
func (t *Table) HasIDs() bool { return t.ends != nil }

// A Reader reads one file, once.
type Reader struct {
	lines   *lines
	alias   string
	id      string
	columns []string
}

func refuse(alias, format string, args ...any) error {
	return fault.New(fault.LearnData, "table: read %s: "+format, append([]any{strconv.Quote(strict.Short(alias))}, args...)...)
}

// Check says why a format is none: LEARN_PARAMS.
func (f Format) Check() error {
	if f.Delimiter != "" && (len(f.Delimiter) != 1 || f.Delimiter[0] >= 0x80 || slices.Contains([]byte("\"\r\n\x00+-.0123456789eE"), f.Delimiter[0])) {
		return fault.New(fault.LearnParams, "delimiter: want one character of ASCII that no number has")
	}
	return nil
}

// Open reads the names of a file's columns. It asks hold for what it keeps.
func Open(f tacit.GuestFile, format Format, hold func(bytes int64) error) (*Reader, error) {
	if err := format.Check(); err != nil {
		return nil, err
	}
	delimiter := byte(',')
	if format.Delimiter != "" {
		delimiter = format.Delimiter[0]
	}
	r := &Reader{lines: &lines{file: f, delimiter: delimiter, hold: hold}, alias: f.Alias, id: format.ID}
	first, err := r.lines.next()
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, refuse(f.Alias, "it is empty")
	}
	if len(first) > MostColumns {
		return nil, refuse(f.Alias, "more than %d columns", MostColumns)
	}
	if format.Header != nil && !*format.Header {
		for i := range first {
			r.columns = append(r.columns, strconv.Itoa(i+1))
		}
		r.lines.again = true
		return r, hold(int64(len(first)) * (64 + perField))
	}
	r.lines.row-- // the names are no row
	seen := make(map[string]bool, len(first))
	size := int64(0)
	for i, name := range first {
		_, number := parse(name)
		switch {
		case len(name) == 0:
			return nil, refuse(f.Alias, "column %d has no name in the first line", i+1)
		case seen[string(name)]:
			return nil, refuse(f.Alias, "column %d has the name of another one", i+1)
		case number && format.Header == nil:
			return nil, refuse(f.Alias, "column %d has a number for a name: say \"header\": false if the first line is a row, and true if it is not", i+1)
		}
		seen[string(name)] = true
		r.columns = append(r.columns, string(name))
		size += 64 + perField + 2*int64(len(name))
	}
	return r, hold(size)
}

// Columns are the names of the columns. They came from the file.
func (r *Reader) Columns() []string { return r.columns }

// Read reads the columns that are wanted, and the ids if the format has a column of them, of
// all rows. It asks hold for memory before it takes it, whose refusal it returns. The error of
// a context that ended is its cause.
func (r *Reader) Read(ctx context.Context, wants []Want, hold func(bytes int64) error) (*Table, error) {
	t := &Table{Cols: len(wants)}
	at := make([]int, len(wants))
	for i, w := range wants {
		if at[i] = slices.Index(r.columns, w.Name); at[i] < 0 {
			if w.Named {
				return nil, refuse(r.alias, "there is no column %q", strict.Short(w.Name))
			}
			return nil, refuse(r.alias, "there is no column for feature %d", i+1)
		}
	}
	id := -1
	if r.id != "" {
		if id = slices.Index(r.columns, r.id); id < 0 {
			return nil, refuse(r.alias, "there is no column %q", strict.Short(r.id))
		}
		t.ends = []int64{}
	}
	per := rowsPerBlock(t.Cols)
	var block []float64
	for {
		if t.Rows%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		fields, err := r.lines.next()
		if err != nil {
			return nil, err
		}
		if fields == nil {
			return t, nil
		}
		if len(fields) != len(r.columns) {
			return nil, r.bad(-1, nil, "%s", "it has not as many fields as there are columns")
		}
		if t.Rows == MostRows {
			return nil, refuse(r.alias, "more than %d rows", MostRows)
		}
		if t.Rows%per == 0 {
			if err := hold(blockBytes(t.Cols)); err != nil {
				return nil, err
			}
			block = make([]float64, 0, per*t.Cols)
			t.blocks = append(t.blocks, block)
		}
		for i := range wants {
			v, err := r.number(fields[at[i]], at[i], &wants[i])
			if err != nil {
				return nil, err
			}
			block = append(block, v)
		}
		t.blocks[len(t.blocks)-1] = block
		if id >= 0 {
			if err := r.keep(t, fields[id], id, hold); err != nil {
				return nil, err
			}
		}
		t.Rows++
	}
}

// keep keeps the id of a row.
func (r *Reader) keep(t *Table, id []byte, column int, hold func(int64) error) error {
	switch {
	case len(id) == 0:
		return r.bad(column, nil, "the id is empty")
	case len(id) > MostID:
		return r.bad(column, nil, "the id has more than %d bytes", MostID)
	}
	if err := hold(2*int64(len(id)) + 16); err != nil { // twice, as slices grow
		return err
	}
	t.ids = append(t.ids, id...)
	t.ends = append(t.ends, int64(len(t.ids)))
	return nil
}

// number is a field as a number.
func (r *Reader) number(field []byte, column int, w *Want) (float64, error) {
	if w.Classes != nil {
		v, ok := w.Classes[string(field)]
		if !ok {
			return 0, r.bad(column, w, "it is none of the classes")
		}
		return v, nil
	}
	v, ok := parse(field)
	if ok {
		return v, nil
	}
	if f := trim(field); len(f) == 0 || string(f) == "NA" {
		if w.Missing {
			return nan, nil
		}
		return 0, r.bad(column, w, "the value is missing, which neither labels nor this kind of model take")
	}
	return 0, r.bad(column, w, "want a finite number")
}

// bad is the refusal of a field of the row that was read last, of the whole row if the column
// is -1.
func (r *Reader) bad(column int, w *Want, format string, args ...any) error {
	where := "row " + strconv.FormatInt(r.lines.row, 10)
	if column >= 0 {
		where += ", column " + strconv.Itoa(column+1)
		if w != nil && w.Named {
			where += " (" + strict.Short(w.Name) + ")"
		}
	}
	return refuse(r.alias, where+": "+format, args...)
}
