package rows

import (
	"encoding/binary"
	"unicode/utf8"
	"unsafe"

	"tacit/fault"
)

// A budget is what is left of the memory that one file may take.
type budget struct {
	file string
	left int64
	// ratio is how many times as much the whole file is as what is read of it, so that most
	// of what grows does so once.
	ratio float64
}

// take asks for n bytes before they are allocated.
func (b *budget) take(n int64) error {
	if n < 0 || n > b.left {
		return fault.New(fault.PSISize, "file %s: what must be held of it exceeds the memory allowed: raise requirements.memory", b.file)
	}
	b.left -= n
	return nil
}

// ample is how many elements of a slice tell how many there will be.
const ample = 1 << 15

// width is how many bytes an element takes.
func width[T any]() int64 { return int64(unsafe.Sizeof(*new(T))) }

// grow is s with room for more elements. While they are copied both slices count.
func grow[T any](b *budget, s []T, more int) ([]T, error) {
	if cap(s)-len(s) >= more {
		return s, nil
	}
	width := width[T]()
	need := int64(len(s) + more)
	room := need
	guess := int64(float64(need)*min(b.ratio, 1<<24)*1.02) + 16
	if need < ample { // too little to guess from
		guess = min(guess, ample)
	}
	for _, want := range [...]int64{guess, need + need/4} {
		if want >= need && want <= b.left/width {
			room = want
			break
		}
	}
	if err := b.take(room * width); err != nil {
		return nil, err
	}
	out := make([]T, len(s), room)
	copy(out, s)
	b.left += int64(cap(s)) * width
	return out, nil
}

// A column that is being read: the ids, or what was wanted.
type column struct {
	*source
	Want
	ids     bool
	former  *former // of ids that rules apply to
	encoded bool    // what comes is known to be UTF-8 without NUL, or need not be
	bytes   []byte
	ends    []uint64
	numbers []int64
}

// columns are that of the ids and those wanted, in this order.
func (s *source) columns() []*column {
	out := []*column{{source: s, Want: Want{Name: s.format.Column}, ids: true, former: newFormer(s.rules)}}
	for _, w := range s.wants {
		out = append(out, &column{source: s, Want: w})
	}
	return out
}

// text adds a field of text.
func (c *column) text(row int, field []byte) error {
	if len(field) > c.longest {
		return c.long(row)
	}
	if !c.encoded && !isText(field) {
		return c.at(fault.PSIEncoding, row, "column %s is not UTF-8 text", c.Name)
	}
	if cap(c.bytes)-len(c.bytes) < len(field) {
		grown, err := grow(&c.budget, c.bytes, len(field))
		if err != nil {
			return err
		}
		c.bytes = grown
	}
	if len(c.ends) == cap(c.ends) {
		grown, err := grow(&c.budget, c.ends, 1)
		if err != nil {
			return err
		}
		c.ends = grown
	}
	from := len(c.bytes)
	c.bytes = append(c.bytes, field...)
	if c.former != nil {
		formed, ok := c.former.form(c.bytes[from:])
		switch {
		case !ok:
			return c.at(fault.PSIEncoding, row, "column %s does not come to rest under the rules", c.Name)
		case len(formed) > c.longest:
			return c.long(row)
		}
		if more := len(formed) - len(field); more > 0 {
			grown, err := grow(&c.budget, c.bytes, more)
			if err != nil {
				return err
			}
			c.bytes = grown
		}
		c.bytes = append(c.bytes[:from], formed...)
	}
	if c.ids && len(c.bytes) == from {
		return c.at(fault.PSIRow, row, "the id in column %s is empty", c.Name)
	}
	c.ends = append(c.ends, uint64(len(c.bytes)))
	return nil
}

// number adds a number.
func (c *column) number(n int64) error {
	if len(c.numbers) == cap(c.numbers) {
		grown, err := grow(&c.budget, c.numbers, 1)
		if err != nil {
			return err
		}
		c.numbers = grown
	}
	c.numbers = append(c.numbers, n)
	return nil
}

func (c *column) long(row int) error {
	return c.at(fault.PSISize, row, "column %s has more than the %d bytes that a field may have", c.Name, c.longest)
}

// texts are what was read, of one width if that is not 0.
func (c *column) texts(width int) Texts {
	if width > 0 {
		return Texts{N: len(c.bytes) / width, Width: width, Bytes: c.bytes}
	}
	return Texts{N: len(c.ends), Bytes: c.bytes, Ends: c.ends}
}

// isText reports whether b is UTF-8 without NUL.
func isText(b []byte) bool {
	// Short ASCII is what most ids are.
	rest := b
	for ; len(rest) >= 8; rest = rest[8:] {
		x := binary.LittleEndian.Uint64(rest)
		if (x|(x-ones))&tops != 0 {
			return utf8.Valid(rest) && !hasNUL(rest)
		}
	}
	for _, c := range rest {
		if c-1 >= 0x7f {
			return utf8.Valid(rest) && !hasNUL(rest)
		}
	}
	return true
}
