package rows

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"tacit/fault"
)

const (
	block       = 512 << 10 // of a CSV file, read at once; a row that is longer counts as memory
	mostColumns = 1 << 14
)

// A span is where a field stands.
type span struct{ from, to int }

// A scanner finds the rows of a CSV file.
type scanner struct {
	*source
	comma   byte
	buf     []byte // what is held of the file
	pos     int    // in buf, of the next row
	base    int64  // of buf in the file
	checked int    // in buf: up to here it is text
	bad     int64  // in the file: the first byte that is none, or behind its end
	eof     bool
	row     int    // of the next one
	blank   bool   // there was a blank line
	fields  []span // of the row, in what scan returned
	plain   []byte // a row without its quotes
}

func (s *source) csv() (*Table, error) {
	r := &scanner{source: s, comma: ',', bad: s.file.Size + 1, buf: make([]byte, 0, min(block, s.file.Size+1))}
	if s.format.Delimiter != "" {
		r.comma = s.format.Delimiter[0]
	}
	if err := r.fill(); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(r.buf, []byte{0xff, 0xfe}) || bytes.HasPrefix(r.buf, []byte{0xfe, 0xff}) {
		return nil, s.fault(fault.PSIEncoding, "it has the byte order mark of UTF-16")
	}
	if bytes.HasPrefix(r.buf, []byte("\xef\xbb\xbf")) {
		r.pos = 3
	}
	columns := s.columns()
	at, err := r.head(columns)
	if err != nil {
		return nil, err
	}
	for {
		from := r.base
		line, ok, err := r.scan()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if r.row == s.rows {
			return nil, s.tooManyRows()
		}
		if r.base != from || r.row&0xff == 0 {
			s.ratio = float64(s.file.Size) / float64(max(r.base+int64(r.pos), 1))
		}
		for i, c := range columns {
			f := r.fields[at[i]]
			if err := c.cell(r.row, line[f.from:f.to]); err != nil {
				return nil, err
			}
		}
		r.row++
	}
	t := &Table{IDs: columns[0].texts(0)}
	for _, c := range columns[1:] {
		t.Columns = append(t.Columns, c.column(0))
	}
	return t, nil
}

// cell adds a field of a CSV file.
func (c *column) cell(row int, field []byte) error {
	if !c.Number {
		return c.text(row, field)
	}
	n, ok := decimal(field, c.Decimals)
	if !ok {
		return c.at(fault.PSIRow, row, "column %s is not a number with at most %d digits behind the point, or does not fit", c.Name, c.Decimals)
	}
	return c.number(n)
}

// column is what was read of a column that was wanted.
func (c *column) column(width int) Column {
	if c.Number {
		return Column{Want: c.Want, Numbers: c.numbers}
	}
	return Column{Want: c.Want, Texts: c.texts(width)}
}

// head says which field each column is, and how many fields each row has.
func (r *scanner) head(columns []*column) ([]int, error) {
	named := r.format.Header == nil || *r.format.Header
	from := r.base + int64(r.pos)
	r.row = -1
	line, ok, err := r.scan()
	switch {
	case err != nil:
		return nil, err
	case named && (!ok || r.blank):
		return nil, r.fault(fault.PSIColumn, "it does not begin with a header")
	case ok && r.blank:
		return nil, r.at(fault.PSIRow, 0, "it is blank and others follow")
	}
	at := make([]int, len(columns))
	for i, c := range columns {
		c.encoded = true
		if !named {
			n, err := strconv.Atoi(c.Name)
			if err != nil || strconv.Itoa(n) != c.Name || n < 1 || ok && n > len(r.fields) {
				return nil, r.fault(fault.PSIColumn, "it has no column %s: without a header columns have numbers from 1", c.Name)
			}
			at[i] = n - 1
			continue
		}
		found := 0
		for j, f := range r.fields {
			if string(line[f.from:f.to]) == c.Name {
				at[i] = j
				found++
			}
		}
		switch {
		case found == 0:
			return nil, r.fault(fault.PSIColumn, "it has no column %s", c.Name)
		case found > 1:
			return nil, r.fault(fault.PSIColumn, "it has more than one column %s", c.Name)
		}
	}
	r.row = 0
	if !named && ok {
		r.pos = int(from - r.base) // only its fields were counted; it is still held
	}
	return at, nil
}

// scan returns what the fields of the next row stand in, or false at the end of the file.
func (r *scanner) scan() ([]byte, bool, error) {
	for {
		rest := r.buf[r.pos:]
		i := bytes.IndexByte(rest, '\n')
		line, next := rest, len(rest)
		switch {
		case i >= 0:
			line, next = rest[:i], i+1
		case !r.eof:
			if err := r.fill(); err != nil {
				return nil, false, err
			}
			continue
		case len(rest) == 0:
			return nil, false, r.mis(0)
		}
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(line) == 0 {
			r.blank = true
			r.pos += next
			continue
		}
		if r.blank && r.row >= 0 {
			return nil, false, r.at(fault.PSIRow, r.row, "it is blank and others follow")
		}
		var err error
		if bytes.IndexByte(line, '"') < 0 {
			err = r.split(line)
		} else {
			line, next, err = r.unquote(rest)
			if err == nil && next < 0 {
				if err = r.fill(); err == nil {
					continue
				}
			}
		}
		if bad := r.mis(max(next, 0)); bad != nil {
			err = bad
		}
		if err != nil {
			return nil, false, err
		}
		r.pos += next
		return line, true, nil
	}
}

// mis is the error of the next n bytes if they are not text.
func (r *scanner) mis(n int) error {
	if r.base+int64(r.pos+n) <= r.bad {
		return nil
	}
	if r.row < 0 {
		return r.fault(fault.PSIEncoding, "its first line is not UTF-8 text")
	}
	return r.at(fault.PSIEncoding, r.row, "it is not UTF-8 text")
}

// split finds the fields of a line without quotes.
func (r *scanner) split(line []byte) error {
	if r.row < 0 {
		r.fields = r.fields[:0]
		for from := 0; ; {
			i := bytes.IndexByte(line[from:], r.comma)
			if i < 0 {
				r.fields = append(r.fields, span{from, len(line)})
				return nil
			}
			if len(r.fields) == mostColumns-1 {
				return r.fault(fault.PSISize, "more than %d columns", mostColumns)
			}
			r.fields = append(r.fields, span{from, from + i})
			from += i + 1
		}
	}
	from, last := 0, len(r.fields)-1
	for n := range last {
		i := bytes.IndexByte(line[from:], r.comma)
		if i < 0 {
			return r.ragged()
		}
		r.fields[n] = span{from, from + i}
		from += i + 1
	}
	if bytes.IndexByte(line[from:], r.comma) >= 0 {
		return r.ragged()
	}
	r.fields[last] = span{from, len(line)}
	return nil
}

func (r *scanner) ragged() error {
	return r.at(fault.PSIRow, r.row, "it has more or fewer fields than the first line")
}

// unquote finds the fields of a row with quotes and writes them without. It returns how
// many bytes the row takes, or -1 if it does not end in what is held.
func (r *scanner) unquote(rest []byte) ([]byte, int, error) {
	r.plain = r.plain[:0]
	n, p := 0, 0
	for {
		from := len(r.plain)
		if p < len(rest) && rest[p] == '"' {
			for p++; ; p++ {
				i := bytes.IndexByte(rest[p:], '"')
				if i < 0 || p+i+1 == len(rest) && !r.eof {
					return nil, -1, r.unclosed()
				}
				r.plain = append(r.plain, rest[p:p+i]...)
				p += i + 1
				if p == len(rest) || rest[p] != '"' {
					break
				}
				r.plain = append(r.plain, '"')
			}
		} else {
			i := p
			for i < len(rest) && rest[i] != r.comma && rest[i] != '\n' && rest[i] != '"' {
				i++
			}
			if i < len(rest) && rest[i] == '"' {
				return nil, 0, r.quote()
			}
			field := rest[p:i]
			if i == len(rest) || rest[i] == '\n' {
				field = bytes.TrimSuffix(field, []byte{'\r'})
			}
			r.plain = append(r.plain, field...)
			p += len(field)
		}
		if n == mostColumns {
			return nil, 0, r.fault(fault.PSISize, "more than %d columns", mostColumns)
		}
		switch {
		case r.row < 0 && n == len(r.fields):
			r.fields = append(r.fields, span{from, len(r.plain)})
		case n == len(r.fields):
			return nil, 0, r.ragged()
		default:
			r.fields[n] = span{from, len(r.plain)}
		}
		n++
		switch tail := rest[p:]; {
		case len(tail) > 0 && tail[0] == r.comma:
			p++
			continue
		case len(tail) > 0 && tail[0] == '\n':
			p++
		case len(tail) > 1 && tail[0] == '\r' && tail[1] == '\n':
			p += 2
		case len(tail) == 1 && tail[0] == '\r' && !r.eof || len(tail) == 0 && !r.eof:
			return nil, -1, nil
		case len(tail) == 1 && tail[0] == '\r':
			p++
		case len(tail) > 0:
			return nil, 0, r.quote()
		}
		if r.row < 0 {
			r.fields = r.fields[:n]
		} else if n != len(r.fields) {
			return nil, 0, r.ragged()
		}
		return r.plain, p, nil
	}
}

// unclosed is the error of a quote that nothing closes, once all is read.
func (r *scanner) unclosed() error {
	if !r.eof {
		return nil
	}
	return r.quote()
}

func (r *scanner) quote() error {
	if r.row < 0 {
		return r.fault(fault.PSIRow, "its first line has a quote where none may stand, or one that nothing closes")
	}
	return r.at(fault.PSIRow, r.row, "it has a quote where none may stand, or one that nothing closes")
}

// fill reads on, and makes room for a row that is longer than what is held.
func (r *scanner) fill() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	held := copy(r.buf, r.buf[r.pos:])
	r.base += int64(r.pos)
	r.checked -= r.pos
	r.pos = 0
	r.buf = r.buf[:held]
	if held == cap(r.buf) {
		// Twice: once for the row, once for what it is without quotes.
		if err := r.take(2 * int64(2*held)); err != nil {
			return err
		}
		if held > block {
			r.left += 2 * int64(held)
		}
		r.buf = append(make([]byte, 0, 2*held), r.buf...)
	}
	n := min(int64(cap(r.buf)-held), r.file.Size-r.base-int64(held))
	r.buf = r.buf[:held+int(n)]
	if err := ReadFull(r.file.Data, r.buf[held:], r.base+int64(held)); err != nil {
		return err
	}
	r.eof = r.base+int64(len(r.buf)) == r.file.Size
	r.judge()
	return nil
}

// judge finds the first byte that is no text, if it is in what is held.
func (r *scanner) judge() {
	if r.bad <= r.file.Size {
		return
	}
	to := len(r.buf)
	for i := to - 1; !r.eof && i >= max(to-utf8.UTFMax, r.checked); i-- {
		if utf8.RuneStart(r.buf[i]) {
			if !utf8.FullRune(r.buf[i:]) {
				to = i
			}
			break
		}
	}
	news := r.buf[r.checked:to]
	if isText(news) {
		r.checked = to
		return
	}
	for i := 0; i < len(news); {
		c, n := utf8.DecodeRune(news[i:])
		if c == 0 || c == utf8.RuneError && n == 1 {
			r.bad = r.base + int64(r.checked+i)
			return
		}
		i += n
	}
}
