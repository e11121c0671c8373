// Package rows reads what parties bring to a set operation: one column of ids and the
// columns that go with them, out of CSV (RFC 4180), Parquet, fixed-width binary or a
// prepared set, and brings the ids into one form.
//
// Its parsers take hostile bytes: they are bounded, never panic, and their errors say
// where something is wrong (file, row, column as it was asked for) and never quote what
// stands there. Rows count from 1; a header is no row.
//
// CSV is UTF-8 as a whole, with or without its byte order mark, without NUL. Blank lines
// end a file and stand nowhere else. A quote opens a field or stands in none; line breaks
// within quotes stay as they are.
//
// Of Parquet the columns of the topmost level are read that do not repeat: strings, bytes,
// whole numbers and UUIDs (in their canonical text) as ids and as text, and whole numbers,
// decimals and floats as numbers. Pages are plain, by dictionary, delta encoded or split by
// bytes, and bare or compressed with Snappy, gzip or Zstandard. The reader is our own: those
// that there are take the sizes that a file claims at their word.
package rows

import (
	"context"
	"strings"

	"tacit"
	"tacit/fault"
)

// The kinds of a file.
const (
	CSV     = "csv"
	Parquet = "parquet"
	Binary  = "binary" // ids of Width bytes, one after another, nothing else
	Set     = "set"    // a prepared set, see package set
)

// A Format says how one party's file is to be read.
type Format struct {
	Kind      string `json:"format"`
	Column    string `json:"column,omitempty"`    // of the ids, by its name; without a header by its number from 1
	Header    *bool  `json:"header,omitempty"`    // of CSV [true]
	Delimiter string `json:"delimiter,omitempty"` // of CSV, one ASCII character [,]
	Width     int    `json:"width,omitempty"`     // of binary ids in bytes, 1 to 1024
}

// A Want is a column to be read beside the ids.
type Want struct {
	Name string
	// Number has every field read as a decimal number with at most Decimals digits behind
	// the point, kept as a whole number of 10^-Decimals; a float of Parquet is rounded to
	// that, half to even. Else it is text as it stands, and empty where Parquet has a null.
	Number   bool
	Decimals int // 0 to 9
}

// Rules are how ids are brought into one form before they are compared. They apply to text
// (CSV, Parquet strings, prepared sets of text), in the order trim, spaces, unicode, fold;
// where there are any the ids must be UTF-8. What folding took apart is composed again, and
// all are applied until nothing changes, since composing can leave white space: once is as
// good as twice.
type Rules struct {
	Trim    bool   `json:"trim,omitempty"`    // white space (Unicode) before and behind goes
	Spaces  bool   `json:"spaces,omitempty"`  // white space within becomes one blank
	Unicode string `json:"unicode,omitempty"` // nfc or nfkc
	Fold    bool   `json:"fold,omitempty"`    // case is folded (Unicode full case folding)
}

// Texts are byte strings side by side: all of one Width, or, where Width is 0, the i-th of
// them up to Ends[i].
type Texts struct {
	N     int
	Width int
	Bytes []byte
	Ends  []uint64
}

// At is the i-th text; the caller does not change it.
func (t *Texts) At(i int) []byte {
	if t.Width > 0 {
		return t.Bytes[i*t.Width : (i+1)*t.Width : (i+1)*t.Width]
	}
	from := uint64(0)
	if i > 0 {
		from = t.Ends[i-1]
	}
	return t.Bytes[from:t.Ends[i]:t.Ends[i]]
}

// A Column is what stands beside the ids, row by row.
type Column struct {
	Want
	Texts   Texts   // of a column of text
	Numbers []int64 // of a column of numbers
}

// A Table is one party's file, read: the ids in the order of its rows, duplicates among
// them, and the columns that were wanted, in their order.
type Table struct {
	IDs     Texts
	Columns []Column
	Padded  int // the width that a set fills its ids of text up to with NUL, else 0
}

// Limits bound one file. A zero field allows nothing.
type Limits struct {
	Rows int // at most MostRows
	// Memory is how many bytes may be held at any time: the table, what it grows out of, and
	// rows or pages of the file; a MiB of buffers goes besides.
	Memory int64
	Field  int // bytes of one field that is read
}

// MostRows is how many rows a file may have.
const MostRows = 1 << 24

// A source is one file that is being read.
type source struct {
	ctx     context.Context
	file    tacit.GuestFile
	format  Format
	rules   Rules
	wants   []Want
	rows    int // at most
	longest int // bytes of a field
	budget
}

// Read reads a file. Errors: PSI_JOB for a format that makes no sense, PSI_COLUMN for a
// column that is not there or not of the kind that is wanted, PSI_ROW for a row that is
// ragged, an id that is empty after Rules, a number that is none (NaN and infinities
// among them) or does not fit, PSI_ENCODING for text that is not UTF-8 or has a byte order
// mark of another encoding, PSI_SIZE for what exceeds limits; whatever reading f.Data says
// comes back as it is. A file that is no Parquet file, or one whose foot does not hold, has
// no column: PSI_COLUMN; a binary file that ends within an id ends within a row: PSI_ROW.
// Prepared sets are read by package set: PSI_JOB.
func Read(ctx context.Context, f tacit.GuestFile, format Format, rules Rules, wants []Want, limits Limits) (*Table, error) {
	s := &source{
		ctx: ctx, file: f, format: format, rules: rules, wants: wants,
		rows: max(0, min(limits.Rows, MostRows)), longest: limits.Field,
		budget: budget{file: f.Alias, left: limits.Memory, ratio: 1},
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	switch format.Kind {
	case CSV:
		return s.csv()
	case Parquet:
		return s.parquet()
	case Binary:
		return s.binary()
	}
	return nil, s.fault(fault.PSIJob, "a prepared set is not read here")
}

// check refuses a format, rules and wants that make no sense, whatever the file holds.
func (s *source) check() error {
	f := s.format
	switch {
	case f.Kind != CSV && f.Kind != Parquet && f.Kind != Binary && f.Kind != Set:
		return s.fault(fault.PSIJob, "format is csv, parquet, binary or set")
	case (f.Kind == CSV || f.Kind == Parquet) && f.Column == "":
		return s.fault(fault.PSIJob, "the column of the ids is not named")
	case (f.Kind == Binary || f.Kind == Set) && f.Column != "":
		return s.fault(fault.PSIJob, "a %s file has no columns to name", f.Kind)
	case f.Kind != CSV && (f.Header != nil || f.Delimiter != ""):
		return s.fault(fault.PSIJob, "header and delimiter are of csv")
	case len(f.Delimiter) > 1 || f.Delimiter != "" && (f.Delimiter[0] >= 0x80 || strings.ContainsAny(f.Delimiter, "\x00\"\r\n")):
		return s.fault(fault.PSIJob, "the delimiter is one ASCII character, neither quote nor line break")
	case f.Kind != Binary && f.Width != 0:
		return s.fault(fault.PSIJob, "width is of binary ids")
	case f.Kind == Binary && (f.Width < 1 || f.Width > 1024):
		return s.fault(fault.PSIJob, "width of binary ids is 1 to 1024 bytes")
	case f.Kind == Binary && s.rules != Rules{}:
		return s.fault(fault.PSIJob, "rules are of text, and binary ids are none")
	case s.rules.Unicode != "" && s.rules.Unicode != "nfc" && s.rules.Unicode != "nfkc":
		return s.fault(fault.PSIJob, "unicode is nfc or nfkc")
	case s.file.Size < 0:
		return s.fault(fault.PSISize, "the file has a negative size")
	}
	for _, w := range s.wants {
		switch {
		case w.Name == "":
			return s.fault(fault.PSIJob, "a column that is wanted is not named")
		case w.Decimals < 0 || w.Decimals > 9 || !w.Number && w.Decimals != 0:
			return s.fault(fault.PSIJob, "column %s: decimals are 0 to 9, and of numbers", w.Name)
		case f.Kind == Binary:
			return s.fault(fault.PSIColumn, "column %s: a binary file has ids only", w.Name)
		}
	}
	return nil
}

// fault is an error that names the file.
func (s *source) fault(code fault.Code, format string, args ...any) error {
	return fault.New(code, "file %s: "+format, append([]any{s.file.Alias}, args...)...)
}

// at is an error that names file and row, counted from 0 here.
func (s *source) at(code fault.Code, row int, format string, args ...any) error {
	return s.fault(code, "row %d: "+format, append([]any{row + 1}, args...)...)
}

func (s *source) tooManyRows() error {
	if s.rows == MostRows {
		return s.fault(fault.PSISize, "more than %d rows, the most there can be", s.rows)
	}
	return s.fault(fault.PSISize, "more than the %d rows that are allowed", s.rows)
}
