// Package set is the form of a prepared set: a party's ids and the columns beside them, made
// ready at home so that an enclave need not read anything whose shape tells of the data.
//
// All fields have fixed places. A file has room for so many records, its capacity, which its
// size tells to whoever stores it; how many of them are real stands in the head and is for
// the enclave only. The real ones stand first, sorted by their keys, and the rest is zero.
//
//	0    8 bytes   "tacitset"
//	8    uint16    version, 1
//	10   uint16    1: ids are text, 2: sorted
//	12   uint16    how ids were brought into one form: 1 trim, 2 spaces, 4 NFC, 8 NFKC, 16 fold
//	14   uint16    width of an id in bytes, 1 to 256
//	16   uint64    capacity
//	24   uint64    count of real records
//	32   uint16    number of columns
//	34   30 bytes  zero
//	64   128 bytes for each column:
//	     uint8     1: numbers, 2: text
//	     uint8     digits behind the point of numbers
//	     uint16    width in bytes, 8 of numbers
//	     uint16    length of the name
//	     122 bytes name and zeroes
//	     all ids, then each column's fields
//
// Numbers are little endian, those of columns signed and in units of 10^-decimals. Text is
// UTF-8 without NUL, and NUL fills it to its width.
package set

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"tacit/engine/psi/rows"
	"tacit/fault"
)

// Bounds of a set.
const (
	MostWidth   = 256 // of an id
	MostField   = 1024
	MostColumns = 256
	MostName    = 122
)

const (
	magic   = "tacitset"
	version = 1
	headLen = 64
	column  = 128
)

const (
	isText   = 1
	isSorted = 2
)

// A Head says what a set holds.
type Head struct {
	Text     bool // ids are text, else bytes
	Sorted   bool
	Rules    rows.Rules // that were applied to the ids
	Width    int        // of an id
	Capacity int
	Count    int // secret
	Columns  []Column
}

// A Column is what stands beside the ids.
type Column struct {
	Name     string
	Number   bool
	Decimals int // of numbers
	Width    int // of a field in bytes, 8 of numbers
}

// ids is where the ids begin.
func (h *Head) ids() int64 { return headLen + column*int64(len(h.Columns)) }

// At is where the fields of a column begin; column -1 are the ids.
func (h *Head) At(column int) int64 {
	at := h.ids()
	if column < 0 {
		return at
	}
	at += int64(h.Capacity) * int64(h.Width)
	for _, c := range h.Columns[:column] {
		at += int64(h.Capacity) * int64(c.Width)
	}
	return at
}

// Size is how many bytes the file has.
func (h *Head) Size() int64 { return h.At(len(h.Columns)) }

// Key is what ids of a width are sorted by and told apart with: up to 16 bytes the id
// itself, with zeroes behind it; else half of its SHA-256. How long it takes follows from
// the width.
func Key(id []byte) (hi, lo uint64) {
	var k [32]byte
	if len(id) <= 16 {
		copy(k[:], id)
	} else {
		k = sha256.Sum256(id)
	}
	return binary.BigEndian.Uint64(k[:]), binary.BigEndian.Uint64(k[8:])
}

// Check refuses a head that can be no set's, with a code of the caller's.
func (h *Head) Check(code fault.Code) error {
	refuse := func(format string, args ...any) error { return fault.New(code, "set: "+format, args...) }
	switch {
	case h.Width < 1 || h.Width > MostWidth:
		return refuse("ids of %d bytes, want 1 to %d", h.Width, MostWidth)
	case h.Capacity < 0 || h.Capacity > math.MaxUint32:
		return refuse("capacity of %d records", h.Capacity)
	case h.Count < 0 || h.Count > h.Capacity:
		return refuse("more records than the capacity")
	case len(h.Columns) > MostColumns:
		return refuse("%d columns, at most %d", len(h.Columns), MostColumns)
	case !h.Text && h.Rules != rows.Rules{}:
		return refuse("rules are of text")
	case h.Rules.Unicode != "" && h.Rules.Unicode != "nfc" && h.Rules.Unicode != "nfkc":
		return refuse("unicode is nfc or nfkc")
	}
	for i, c := range h.Columns {
		switch {
		case c.Name == "" || len(c.Name) > MostName || !utf8.ValidString(c.Name) || bytes.IndexByte([]byte(c.Name), 0) >= 0:
			return refuse("column %d: its name is no text of 1 to %d bytes", i+1, MostName)
		case slices.ContainsFunc(h.Columns[:i], func(o Column) bool { return o.Name == c.Name }):
			return refuse("column %d: another has its name", i+1)
		case c.Number && (c.Width != 8 || c.Decimals < 0 || c.Decimals > 9):
			return refuse("column %d: numbers of %d bytes with %d decimals", i+1, c.Width, c.Decimals)
		case !c.Number && (c.Width < 1 || c.Width > MostField || c.Decimals != 0):
			return refuse("column %d: text of %d bytes, want 1 to %d", i+1, c.Width, MostField)
		}
	}
	return nil
}

// Encode is the head as it stands in the file.
func (h *Head) Encode() []byte {
	b := make([]byte, h.ids())
	copy(b, magic)
	le := binary.LittleEndian
	le.PutUint16(b[8:], version)
	le.PutUint16(b[10:], flag(h.Text, isText)|flag(h.Sorted, isSorted))
	le.PutUint16(b[12:], flag(h.Rules.Trim, 1)|flag(h.Rules.Spaces, 2)|flag(h.Rules.Unicode == "nfc", 4)|flag(h.Rules.Unicode == "nfkc", 8)|flag(h.Rules.Fold, 16))
	le.PutUint16(b[14:], uint16(h.Width))
	le.PutUint64(b[16:], uint64(h.Capacity))
	le.PutUint64(b[24:], uint64(h.Count))
	le.PutUint16(b[32:], uint16(len(h.Columns)))
	for i, c := range h.Columns {
		d := b[headLen+i*column:]
		d[0], d[1] = 2, byte(c.Decimals)
		if c.Number {
			d[0] = 1
		}
		le.PutUint16(d[2:], uint16(c.Width))
		le.PutUint16(d[4:], uint16(len(c.Name)))
		copy(d[6:column], c.Name)
	}
	return b
}

func flag(v bool, bit uint16) uint16 {
	if v {
		return bit
	}
	return 0
}

// ReadHead reads the head of a file of so many bytes. What is no set, and a size that is
// not that of the head, is PSI_SET; whatever reading says comes back as it is.
func ReadHead(r io.ReaderAt, size int64) (*Head, error) {
	refuse := func(format string, args ...any) error {
		return fault.New(fault.PSISet, "read set: "+format, args...)
	}
	if size < headLen {
		return nil, refuse("%d bytes are no head", size)
	}
	b := make([]byte, headLen)
	if err := rows.ReadFull(r, b, 0); err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	columns := int(le.Uint16(b[32:]))
	switch {
	case string(b[:8]) != magic:
		return nil, refuse("it does not begin as a set")
	case le.Uint16(b[8:]) != version:
		return nil, refuse("version %d, want %d", le.Uint16(b[8:]), version)
	case columns > MostColumns:
		return nil, refuse("%d columns, at most %d", columns, MostColumns)
	case le.Uint64(b[16:]) > math.MaxUint32 || le.Uint64(b[24:]) > math.MaxUint32:
		return nil, refuse("too many records")
	case size < headLen+column*int64(columns):
		return nil, refuse("%d bytes do not hold its columns", size)
	}
	b = append(b, make([]byte, column*columns)...)
	if err := rows.ReadFull(r, b[headLen:], headLen); err != nil {
		return nil, err
	}
	flags, rules := le.Uint16(b[10:]), le.Uint16(b[12:])
	h := &Head{
		Text: flags&isText != 0, Sorted: flags&isSorted != 0,
		Rules: rows.Rules{Trim: rules&1 != 0, Spaces: rules&2 != 0, Fold: rules&16 != 0},
		Width: int(le.Uint16(b[14:])), Capacity: int(le.Uint64(b[16:])), Count: int(le.Uint64(b[24:])),
	}
	switch rules & 12 {
	case 4:
		h.Rules.Unicode = "nfc"
	case 8:
		h.Rules.Unicode = "nfkc"
	}
	for i := range columns {
		d := b[headLen+i*column : headLen+(i+1)*column]
		n := min(int(le.Uint16(d[4:])), MostName)
		h.Columns = append(h.Columns, Column{Name: string(d[6 : 6+n]), Number: d[0] == 1, Decimals: int(d[1]), Width: int(le.Uint16(d[2:]))})
	}
	if err := h.Check(fault.PSISet); err != nil {
		return nil, err
	}
	// One head has one form: what was not understood would stay behind here.
	if !bytes.Equal(h.Encode(), b) {
		return nil, refuse("its head has fields that are not known")
	}
	if size != h.Size() {
		return nil, refuse("%d bytes, and its head says %d", size, h.Size())
	}
	return h, nil
}
