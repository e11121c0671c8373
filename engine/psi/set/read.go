package set

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/big"
	"unicode/utf8"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
)

// piece is how many bytes are read at once, between two looks at the context.
const piece = 1 << 20

// Read reads the real records of a set as a table. A number is text, too, as it is written
// with its decimals. Errors: PSI_JOB for rules other than those that the set was made with,
// PSI_COLUMN for a column that is not there or not of the kind that is wanted, PSI_ROW for
// a number that does not fit, PSI_SIZE for what exceeds limits, PSI_SET for what is not as
// the head says; whatever reading f.Data says comes back as it is.
func Read(ctx context.Context, f tacit.GuestFile, rules rows.Rules, wants []rows.Want, limits rows.Limits) (*rows.Table, error) {
	h, err := ReadHead(f.Data, f.Size)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, file: f, head: h, left: limits.Memory}
	switch {
	case h.Text && h.Rules != rules:
		return nil, r.fault(fault.PSIJob, "it was prepared with other rules than the job's")
	case h.Capacity > limits.Rows:
		return nil, r.fault(fault.PSISize, "a capacity of more than the %d rows that are allowed", limits.Rows)
	case h.Width > limits.Field:
		return nil, r.fault(fault.PSISize, "ids have more than the %d bytes that a field may have", limits.Field)
	}
	t := new(rows.Table)
	if h.Text {
		t.Padded = h.Width
	}
	if t.IDs, err = r.texts(-1, h.Width, h.Text); err != nil {
		return nil, err
	}
	if err := r.ordered(&t.IDs); err != nil {
		return nil, err
	}
	for _, w := range wants {
		c, err := r.column(w)
		if err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, c)
	}
	return t, nil
}

type reader struct {
	ctx  context.Context
	file tacit.GuestFile
	head *Head
	left int64
}

func (r *reader) fault(code fault.Code, format string, args ...any) error {
	return fault.New(code, "file %s: "+format, append([]any{r.file.Alias}, args...)...)
}

func (r *reader) take(n int64) error {
	if n < 0 || n > r.left {
		return r.fault(fault.PSISize, "what must be held of it exceeds the memory allowed: raise requirements.memory")
	}
	r.left -= n
	return nil
}

// fields reads all of a column, and wants zeroes where no record is.
func (r *reader) fields(column, width int) ([]byte, error) {
	all, real := r.head.Capacity*width, r.head.Count*width
	if err := r.take(int64(all)); err != nil {
		return nil, err
	}
	b, from := make([]byte, all), r.head.At(column)
	for at := 0; at < all; at += piece {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		if err := rows.ReadFull(r.file.Data, b[at:min(at+piece, all)], from+int64(at)); err != nil {
			return nil, err
		}
	}
	for _, c := range b[real:] {
		if c != 0 {
			return nil, r.fault(fault.PSISet, "there is something behind its last record")
		}
	}
	return b[:real:real], nil
}

// texts reads a column, or the ids, without what fills text up.
func (r *reader) texts(column, width int, text bool) (rows.Texts, error) {
	b, err := r.fields(column, width)
	if err != nil || !text {
		return rows.Texts{N: r.head.Count, Width: width, Bytes: b}, err
	}
	if err := r.take(8 * int64(r.head.Count)); err != nil {
		return rows.Texts{}, err
	}
	t := rows.Texts{N: r.head.Count, Ends: make([]uint64, 0, r.head.Count), Bytes: b[:0]}
	for i := range r.head.Count {
		f := bytes.TrimRight(b[i*width:(i+1)*width], "\x00")
		if len(f) == 0 && column < 0 || bytes.IndexByte(f, 0) >= 0 || !utf8.Valid(f) {
			return rows.Texts{}, r.fault(fault.PSISet, "record %d has a field that is no text", i+1)
		}
		t.Bytes = append(t.Bytes, f...)
		t.Ends = append(t.Ends, uint64(len(t.Bytes)))
	}
	return t, nil
}

// ordered refuses a set that says that it is sorted and is not.
func (r *reader) ordered(ids *rows.Texts) error {
	if !r.head.Sorted {
		return nil
	}
	padded := make([]byte, r.head.Width)
	var hi, lo uint64
	for i := range ids.N {
		clear(padded[copy(padded, ids.At(i)):])
		h, l := Key(padded)
		if h < hi || h == hi && l < lo {
			return r.fault(fault.PSISet, "record %d is not where its key belongs", i+1)
		}
		hi, lo = h, l
	}
	return nil
}

func (r *reader) column(w rows.Want) (rows.Column, error) {
	at := -1
	for i, c := range r.head.Columns {
		if c.Name == w.Name {
			at = i
		}
	}
	if at < 0 {
		return rows.Column{}, r.fault(fault.PSIColumn, "there is no column %s", w.Name)
	}
	c, out := r.head.Columns[at], rows.Column{Want: w}
	var err error
	switch {
	case !c.Number && w.Number:
		return rows.Column{}, r.fault(fault.PSIColumn, "column %s is text", w.Name)
	case !c.Number:
		out.Texts, err = r.texts(at, c.Width, true)
		return out, err
	}
	b, err := r.fields(at, 8)
	if err != nil {
		return rows.Column{}, err
	}
	if !w.Number {
		out.Texts, err = r.digits(b, c.Decimals)
		return out, err
	}
	if w.Decimals < c.Decimals {
		return rows.Column{}, r.fault(fault.PSIColumn, "column %s has %d digits behind the point, and %d are wanted", w.Name, c.Decimals, w.Decimals)
	}
	if err := r.take(8 * int64(r.head.Count)); err != nil {
		return rows.Column{}, err
	}
	out.Numbers = make([]int64, r.head.Count)
	for i := range out.Numbers {
		v := int64(binary.LittleEndian.Uint64(b[8*i:]))
		for range w.Decimals - c.Decimals {
			if v > math.MaxInt64/10 || v < math.MinInt64/10 {
				return rows.Column{}, r.fault(fault.PSIRow, "record %d: the number in column %s does not fit", i+1, w.Name)
			}
			v *= 10
		}
		out.Numbers[i] = v
	}
	return out, nil
}

// digits are numbers as they are written.
func (r *reader) digits(b []byte, decimals int) (rows.Texts, error) {
	const longest = 22 // sign, 19 digits, point, and a digit before it
	if err := r.take((8 + longest) * int64(r.head.Count)); err != nil {
		return rows.Texts{}, err
	}
	t := rows.Texts{N: r.head.Count, Ends: make([]uint64, 0, r.head.Count), Bytes: make([]byte, 0, longest*r.head.Count)}
	for i := range r.head.Count {
		t.Bytes = append(t.Bytes, point(int64(binary.LittleEndian.Uint64(b[8*i:])), decimals)...)
		t.Ends = append(t.Ends, uint64(len(t.Bytes)))
	}
	return t, nil
}

// point writes a whole number of 10^-decimals.
func point(v int64, decimals int) []byte {
	n := big.NewInt(v)
	digits := new(big.Int).Abs(n).Append(nil, 10)
	if few := decimals + 1 - len(digits); few > 0 {
		digits = append(bytes.Repeat([]byte("0"), few), digits...)
	}
	if decimals > 0 {
		at := len(digits) - decimals
		digits = append(digits[:at:at], append([]byte("."), digits[at:]...)...)
	}
	if v < 0 {
		digits = append([]byte("-"), digits...)
	}
	return digits
}
