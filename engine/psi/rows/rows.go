// Package rows reads what parties bring to a set operation: one column of ids and the
// columns that go with them, out of CSV (RFC 4180), Parquet, fixed-width binary or a
// prepared set, and brings the ids into one form.
//
// Its parsers take hostile bytes: they are bounded, never panic, and their errors say
// where something is wrong (file, row, column) and never quote what stands there.
package rows

import (
	"context"

	"tacit"
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
	// the point, kept as a whole number of 10^-Decimals; else it is text as it stands.
	Number   bool
	Decimals int // 0 to 9
}

// Rules are how ids are brought into one form before they are compared. They apply to text
// (CSV, Parquet strings, prepared sets of text), in the order trim, spaces, unicode, fold;
// where there are any the ids must be UTF-8.
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
	Rows   int   // at most 1 << 24
	Memory int64 // bytes that the table may take
	Field  int   // bytes of one field
}

// MostRows is how many rows a file may have.
const MostRows = 1 << 24

// Read reads a file. Errors: PSI_JOB for a format that makes no sense, PSI_COLUMN for a
// column that is not there or not of the kind that is wanted, PSI_ROW for a row that is
// ragged, an id that is empty after Rules, a number that is none (NaN and infinities
// among them) or does not fit, PSI_ENCODING for text that is not UTF-8 or has a byte order
// mark of another encoding, PSI_SIZE for what exceeds limits, PSI_SET for a prepared set
// that is not what its head says; whatever reading f.Data says comes back as it is.
func Read(ctx context.Context, f tacit.GuestFile, format Format, rules Rules, wants []Want, limits Limits) (*Table, error) {
	panic("not yet")
}
