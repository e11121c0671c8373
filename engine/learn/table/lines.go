package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"tacit"
)

// chunk is how much is read at a time.
const chunk = 1 << 18

var bom = []byte("\xef\xbb\xbf")

// lines divides a file into rows of fields.
type lines struct {
	file      tacit.GuestFile
	delimiter byte
	at        int64  // what was read of the file
	buf       []byte // what is read and not yet divided
	store     []byte // that buf is a part of
	fields    [][]byte
	row       int64 // of the row that was given last, from 1
	again     bool  // the last row is to be given once more
	started   bool
	hold      func(bytes int64) error // asked before store grows
}

// fill reads more, and reports whether there was more.
func (l *lines) fill() (bool, error) {
	left := l.file.Size - l.at
	if left <= 0 {
		return false, nil
	}
	n := int(min(left, chunk))
	if need := len(l.buf) + n; need > cap(l.store) {
		size := max(need, min(2*cap(l.store), mostLine+chunk))
		if err := l.hold(int64(size)); err != nil {
			return false, err
		}
		l.store = make([]byte, size)
	}
	kept := copy(l.store[:cap(l.store)], l.buf)
	l.buf = l.store[:kept+n]
	if got, err := l.file.Data.ReadAt(l.buf[kept:], l.at); got < n {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return false, fmt.Errorf("table: read an input: %w", err)
	}
	l.at += int64(n)
	return true, nil
}

// line is the next line without its end, nil behind the last. Line ends within quotes are
// part of it.
func (l *lines) line() ([]byte, error) {
	from, quotes := 0, 0
	for {
		if i := bytes.IndexByte(l.buf[from:], '\n'); i >= 0 {
			quotes += bytes.Count(l.buf[from:from+i], []byte{'"'})
			if from += i + 1; quotes%2 == 1 {
				continue
			}
			line := l.buf[:from-1]
			l.buf = l.buf[from:]
			return line, nil
		}
		if len(l.buf) > mostLine {
			return nil, refuse(l.file.Alias, "row %d: more than %d bytes", l.row+1, mostLine)
		}
		// What is behind from is looked at again; quotes before it are counted.
		more, err := l.fill()
		if err != nil {
			return nil, err
		}
		if !more {
			line := l.buf
			l.buf = nil
			if len(line) == 0 {
				return nil, nil
			}
			if quotes += bytes.Count(line[from:], []byte{'"'}); quotes%2 == 1 {
				return nil, refuse(l.file.Alias, "row %d: a quote is not closed", l.row+1)
			}
			return line, nil
		}
	}
}

// next are the fields of the next row, nil behind the last; the call after takes them back.
// Lines without a character are passed over.
func (l *lines) next() ([][]byte, error) {
	if l.again {
		l.again = false
		return l.fields, nil
	}
	for {
		line, err := l.line()
		if err != nil || line == nil {
			return nil, err
		}
		if !l.started {
			l.started = true
			line = bytes.TrimPrefix(line, bom)
		}
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		if len(line) == 0 {
			continue
		}
		l.row++
		if bytes.IndexByte(line, 0) >= 0 {
			return nil, refuse(l.file.Alias, "row %d: it has a NUL", l.row)
		}
		if !utf8.Valid(line) {
			return nil, refuse(l.file.Alias, "row %d: it is not UTF-8", l.row)
		}
		if err := l.divide(line); err != nil {
			return nil, err
		}
		return l.fields, nil
	}
}

// divide divides a line into fields.
func (l *lines) divide(line []byte) error {
	l.fields = l.fields[:0]
	quoted := bytes.IndexByte(line, '"') >= 0
	for {
		if len(l.fields) > MostColumns {
			return refuse(l.file.Alias, "row %d: more than %d fields", l.row, MostColumns)
		}
		field, rest, more := line, []byte(nil), false
		if quoted && len(line) > 0 && line[0] == '"' {
			var ok bool
			if field, rest, more, ok = l.unquote(line); !ok {
				return refuse(l.file.Alias, "row %d, column %d: text stands behind a closing quote", l.row, len(l.fields)+1)
			}
		} else {
			if i := bytes.IndexByte(line, l.delimiter); i >= 0 {
				field, rest, more = line[:i], line[i+1:], true
			}
			if quoted && bytes.IndexByte(field, '"') >= 0 {
				return refuse(l.file.Alias, "row %d, column %d: a quote stands within a field that has none around it", l.row, len(l.fields)+1)
			}
		}
		if len(field) > mostField {
			return refuse(l.file.Alias, "row %d, column %d: more than %d bytes", l.row, len(l.fields)+1, mostField)
		}
		l.fields = append(l.fields, field)
		if !more {
			return nil
		}
		line = rest
	}
}

// unquote takes a field in quotes from a line, in which every second of two quotes goes.
func (l *lines) unquote(line []byte) (field, rest []byte, more, ok bool) {
	to := 0
	for i := 1; i < len(line); i++ {
		if line[i] != '"' {
			line[to] = line[i]
			to++
			continue
		}
		switch {
		case i+1 == len(line):
			return line[:to], nil, false, true
		case line[i+1] == '"':
			line[to] = '"'
			to++
			i++
		case line[i+1] == l.delimiter:
			return line[:to], line[i+2:], true, true
		default:
			return nil, nil, false, false
		}
	}
	return nil, nil, false, false
}
