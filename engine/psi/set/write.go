package set

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf8"

	"tacit/engine/psi/rows"
	"tacit/fault"
)

// Options say what a set is to be like; zero fields take the defaults in brackets.
type Options struct {
	Text     bool       // ids are text
	Rules    rows.Rules // that were applied to them
	Capacity int        // [the power of two that holds all records]
	Width    int        // of ids [16, or the power of two that holds the longest]
}

// A record is where a row's id is sorted to.
type record struct {
	hi, lo uint64
	row    int
}

// Write writes a set, sorted, and returns its head. Text columns are as wide as their
// longest field, rounded up to a multiple of 16 bytes. Errors: PSI_JOB for options or
// columns that can be no set's, PSI_SIZE for more records than the capacity, PSI_ROW for a
// row, counted from 1, whose id is empty, has NUL or is longer than the width, or whose
// field is too long, PSI_ENCODING for one that is no text.
func Write(w io.Writer, ids rows.Texts, columns []rows.Column, o Options) (*Head, error) {
	h := &Head{Text: o.Text, Sorted: true, Rules: o.Rules, Width: o.Width, Capacity: o.Capacity, Count: ids.N}
	if o.Width == 0 {
		h.Width = 16
		for i := range ids.N {
			for h.Width < len(ids.At(i)) {
				h.Width *= 2
			}
		}
		if !o.Text && ids.Width > 0 {
			h.Width = ids.Width
		}
	}
	for o.Capacity == 0 && h.Capacity < ids.N {
		h.Capacity = max(1, 2*h.Capacity)
	}
	if h.Count > h.Capacity {
		return nil, fault.New(fault.PSISize, "write set: %d records, and a capacity of %d", h.Count, h.Capacity)
	}
	for i := range columns {
		h.Columns = append(h.Columns, columnOf(&columns[i]))
	}
	if err := h.Check(fault.PSIJob); err != nil {
		return nil, err
	}
	records, err := sorted(h, &ids)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(w, 1<<20)
	out.Write(h.Encode()) // whose errors Flush returns
	put := func(width int, field func(row int) []byte) {
		b := make([]byte, width)
		for _, r := range records {
			clear(b[copy(b, field(r.row)):])
			out.Write(b)
		}
		clear(b)
		for range h.Capacity - h.Count {
			out.Write(b)
		}
	}
	put(h.Width, ids.At)
	for i := range columns {
		c := &columns[i]
		if c.Number {
			var b [8]byte
			put(8, func(row int) []byte {
				binary.LittleEndian.PutUint64(b[:], uint64(c.Numbers[row]))
				return b[:]
			})
			continue
		}
		for row := range ids.N {
			if f := c.Texts.At(row); len(f) > h.Columns[i].Width {
				return nil, fault.New(fault.PSIRow, "write set: row %d: column %s is longer than %d bytes", row+1, c.Name, h.Columns[i].Width)
			} else if !utf8.Valid(f) || bytes.IndexByte(f, 0) >= 0 {
				return nil, fault.New(fault.PSIEncoding, "write set: row %d: column %s is no text", row+1, c.Name)
			}
		}
		put(h.Columns[i].Width, c.Texts.At)
	}
	return h, out.Flush()
}

func columnOf(c *rows.Column) Column {
	if c.Number {
		return Column{Name: c.Name, Number: true, Decimals: c.Decimals, Width: 8}
	}
	longest := 1
	for i := range c.Texts.N {
		longest = max(longest, len(c.Texts.At(i)))
	}
	return Column{Name: c.Name, Width: min((longest+15)/16*16, MostField)}
}

// sorted are the rows in the order of their keys, those of one key in theirs.
func sorted(h *Head, ids *rows.Texts) ([]record, error) {
	records := make([]record, ids.N)
	padded := make([]byte, h.Width)
	for i := range records {
		id := ids.At(i)
		switch {
		case len(id) == 0:
			return nil, fault.New(fault.PSIRow, "write set: row %d: the id is empty", i+1)
		case len(id) > h.Width || !h.Text && len(id) != h.Width:
			return nil, fault.New(fault.PSIRow, "write set: row %d: the id has %d bytes, and the set %d", i+1, len(id), h.Width)
		case h.Text && bytes.IndexByte(id, 0) >= 0:
			return nil, fault.New(fault.PSIRow, "write set: row %d: the id has a NUL in it", i+1)
		case h.Text && !utf8.Valid(id):
			return nil, fault.New(fault.PSIEncoding, "write set: row %d: the id is no text", i+1)
		}
		clear(padded[copy(padded, id):])
		records[i].hi, records[i].lo = Key(padded)
		records[i].row = i
	}
	slices.SortFunc(records, func(a, b record) int {
		if a.hi != b.hi {
			return cmp.Compare(a.hi, b.hi)
		}
		return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.row, b.row))
	})
	return records, nil
}
