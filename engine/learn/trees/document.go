package trees

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// value is a value of a document, in JSON or UBJ alike: an object, a list, numbers (a list of
// nothing else, or a single one), or a text. Truth values are the numbers 0 and 1.
type value struct {
	kind    byte // one of those below
	fields  map[string]*value
	list    []*value
	numbers []float64
	text    string
}

// The kinds of a value.
const (
	isNull byte = iota
	isObject
	isList
	isNumbers // a list of numbers, or an empty list
	isNumber
	isText
)

// Bounds of a document.
const (
	deepestDocument = 32
	longestText     = 1 << 16
	// spread is how many bytes there are for each object, list or text, less a few: a model
	// has more, and what has fewer would take much more memory than it has bytes.
	spread, few = 8, 64
)

// document reads a document of XGBoost in either form, which its first two bytes tell.
func document(b []byte) (*value, error) {
	if len(b) < 2 || b[0] != '{' {
		return nil, bad("this is no JSON or UBJ model of XGBoost")
	}
	var v *value
	var err error
	if bytes.IndexByte([]byte("\" \t\r\n}"), b[1]) >= 0 {
		r := &jsonReader{b: b}
		if v, err = r.value(0); err == nil && r.space() != 0 {
			err = r.bad("something stands behind the document")
		}
	} else {
		r := &ubjReader{b: b}
		if v, err = r.value(r.byte(), 0); err == nil && len(r.b) > r.at {
			err = r.bad("something stands behind the document")
		}
	}
	return v, err
}

// jsonReader reads JSON (RFC 8259) in UTF-8. A field must not be there twice.
type jsonReader struct {
	b    []byte
	at   int
	made int // objects, lists and texts so far
}

func (r *jsonReader) bad(what string) error { return bad("JSON: byte %d: %s", r.at, what) }

// space skips white space and returns the byte behind it, or 0 at the end.
func (r *jsonReader) space() byte {
	for ; r.at < len(r.b); r.at++ {
		switch c := r.b[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return max(c, 1)
		}
	}
	return 0
}

// next takes a byte if it is the one that is wanted.
func (r *jsonReader) next(want byte) bool {
	if r.space() != want {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) value(depth int) (*value, error) {
	if depth > deepestDocument {
		return nil, r.bad("it is nested too deeply")
	}
	if r.made++; r.made > len(r.b)/spread+few {
		return nil, r.bad("it has more parts than a model has")
	}
	switch c := r.space(); c {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case '"':
		s, err := r.string()
		return &value{kind: isText, text: s}, err
	case 'n':
		return &value{}, r.word("null")
	default:
		n, err := r.number()
		return &value{kind: isNumber, numbers: []float64{n}}, err
	}
}

func (r *jsonReader) object(depth int) (*value, error) {
	r.at++
	v := &value{kind: isObject, fields: map[string]*value{}}
	if r.next('}') {
		return v, nil
	}
	for {
		if r.space() != '"' {
			return nil, r.bad("want the name of a field")
		}
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if v.fields[name] != nil {
			return nil, r.bad("a field is there twice")
		}
		if !r.next(':') {
			return nil, r.bad("want a colon")
		}
		if v.fields[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
		if r.next('}') {
			return v, nil
		}
		if !r.next(',') {
			return nil, r.bad("want a comma or the end of the object")
		}
	}
}

func (r *jsonReader) list(depth int) (*value, error) {
	r.at++
	v := &value{kind: isNumbers}
	if r.next(']') {
		return v, nil
	}
	for {
		switch c := r.space(); {
		case v.kind == isNumbers && (c == '-' || c >= '0' && c <= '9' || c == 't' || c == 'f'):
			n, err := r.number()
			if err != nil {
				return nil, err
			}
			v.numbers = append(v.numbers, n)
		case len(v.numbers) > 0:
			return nil, r.bad("a list of numbers holds something else")
		default:
			v.kind = isList
			e, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			v.list = append(v.list, e)
		}
		if r.next(']') {
			return v, nil
		}
		if !r.next(',') {
			return nil, r.bad("want a comma or the end of the list")
		}
	}
}

func (r *jsonReader) word(w string) error {
	if !bytes.HasPrefix(r.b[r.at:], []byte(w)) {
		return r.bad("want a value")
	}
	r.at += len(w)
	return nil
}

// number reads a number, or true or false.
func (r *jsonReader) number() (float64, error) {
	switch r.space() {
	case 't':
		return 1, r.word("true")
	case 'f':
		return 0, r.word("false")
	}
	from := r.at
	for r.at < len(r.b) && (r.b[r.at] >= '0' && r.b[r.at] <= '9' || bytes.IndexByte([]byte("+-.eE"), r.b[r.at]) >= 0) {
		r.at++
	}
	s := string(r.b[from:r.at])
	n, err := decimal(s)
	if err != nil {
		r.at = from
		return 0, r.bad("want a value")
	}
	return n, nil
}

// decimal is the number of a text that is one: digits, with a sign, a point or an exponent.
func decimal(s string) (float64, error) {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E':
			return 0, strconv.ErrSyntax
		}
	}
	if digits == 0 || len(s) > 64 {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}

func (r *jsonReader) string() (string, error) {
	r.at++
	var out []byte
	for r.at < len(r.b) && len(out) <= longestText {
		c := r.b[r.at]
		r.at++
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				return "", r.bad("a text is not UTF-8")
			}
			return string(out), nil
		case c < 0x20:
			return "", r.bad("a text holds a control character")
		case c == '\\':
			e, err := r.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, e)
		default:
			out = append(out, c)
		}
	}
	return "", r.bad("a text does not end, or is too long")
}

// escape reads what stands behind a backslash.
func (r *jsonReader) escape() (rune, error) {
	if r.at >= len(r.b) {
		return 0, r.bad("a text does not end")
	}
	c := r.b[r.at]
	r.at++
	if i := bytes.IndexByte([]byte(`"\/bfnrt`), c); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' {
		return 0, r.bad("this escape is not known")
	}
	e, err := r.four()
	if err != nil || !utf16.IsSurrogate(e) {
		return e, err
	}
	if bytes.HasPrefix(r.b[r.at:], []byte(`\u`)) {
		r.at += 2
		low, err := r.four()
		if err != nil {
			return 0, err
		}
		if e = utf16.DecodeRune(e, low); e != utf8.RuneError {
			return e, nil
		}
	}
	return 0, r.bad("half a character")
}

func (r *jsonReader) four() (rune, error) {
	if r.at+4 > len(r.b) {
		return 0, r.bad("a text does not end")
	}
	n, err := strconv.ParseUint(string(r.b[r.at:r.at+4]), 16, 16)
	if err != nil {
		return 0, r.bad("want four hexadecimal digits")
	}
	r.at += 4
	return rune(n), nil
}

// ubjReader reads UBJSON (draft 12) as far as XGBoost writes it: objects and texts without
// counted types, lists with or without a count, and with a type if all are numbers.
type ubjReader struct {
	b    []byte
	at   int
	made int // objects, lists and texts so far
}

func (r *ubjReader) bad(what string) error { return bad("UBJ: byte %d: %s", r.at, what) }

// byte takes a byte, 0 at the end.
func (r *ubjReader) byte() byte {
	if r.at >= len(r.b) {
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

// peek reports whether the next byte is c, and takes it then.
func (r *ubjReader) peek(c byte) bool {
	if r.at < len(r.b) && r.b[r.at] == c {
		r.at++
		return true
	}
	return false
}

// width is how many bytes a number of a type has, 0 if it is no type of numbers.
func width(kind byte) int {
	switch kind {
	case 'i', 'U':
		return 1
	case 'I':
		return 2
	case 'l', 'd':
		return 4
	case 'L', 'D':
		return 8
	}
	return 0
}

// decode is a number of a type; b has its width.
func decode(kind byte, b []byte) float64 {
	switch kind {
	case 'i':
		return float64(int8(b[0]))
	case 'U':
		return float64(b[0])
	case 'I':
		return float64(int16(binary.BigEndian.Uint16(b)))
	case 'l':
		return float64(int32(binary.BigEndian.Uint32(b)))
	case 'L':
		return float64(int64(binary.BigEndian.Uint64(b)))
	case 'd':
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

func (r *ubjReader) number(kind byte) (float64, error) {
	w := width(kind)
	if w == 0 || r.at+w > len(r.b) {
		return 0, r.bad("want a number")
	}
	r.at += w
	return decode(kind, r.b[r.at-w:r.at]), nil
}

// length is a count of things of at least so many bytes each.
func (r *ubjReader) length(each int) (int, error) {
	kind := r.byte()
	if kind == 'd' || kind == 'D' {
		return 0, r.bad("a length is no whole number")
	}
	n, err := r.number(kind)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > float64((len(r.b)-r.at)/each) {
		return 0, r.bad("a length is more than there is")
	}
	return int(n), nil
}

func (r *ubjReader) string() (string, error) {
	n, err := r.length(1)
	if err != nil {
		return "", err
	}
	s := r.b[r.at : r.at+n]
	if n > longestText || !utf8.Valid(s) {
		return "", r.bad("a text is too long or not UTF-8")
	}
	r.at += n
	return string(s), nil
}

func (r *ubjReader) value(kind byte, depth int) (*value, error) {
	if depth > deepestDocument {
		return nil, r.bad("it is nested too deeply")
	}
	if width(kind) == 0 {
		r.made++
	}
	if r.made > len(r.b)/spread+few {
		return nil, r.bad("it has more parts than a model has")
	}
	switch kind {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case 'S':
		s, err := r.string()
		return &value{kind: isText, text: s}, err
	case 'C':
		if c := r.byte(); c > 0 && c < utf8.RuneSelf {
			return &value{kind: isText, text: string(rune(c))}, nil
		}
		return nil, r.bad("this is no character")
	case 'Z':
		return &value{}, nil
	case 'T':
		return &value{kind: isNumber, numbers: []float64{1}}, nil
	case 'F':
		return &value{kind: isNumber, numbers: []float64{0}}, nil
	}
	n, err := r.number(kind)
	return &value{kind: isNumber, numbers: []float64{n}}, err
}

func (r *ubjReader) object(depth int) (*value, error) {
	v := &value{kind: isObject, fields: map[string]*value{}}
	for !r.peek('}') {
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if v.fields[name] != nil {
			return nil, r.bad("a field is there twice")
		}
		if v.fields[name], err = r.value(r.byte(), depth+1); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (r *ubjReader) list(depth int) (*value, error) {
	v := &value{kind: isNumbers}
	if r.peek('$') {
		kind := r.byte()
		w := width(kind)
		if w == 0 || !r.peek('#') {
			return nil, r.bad("a list of one type is not one of numbers with its length")
		}
		n, err := r.length(w)
		if err != nil {
			return nil, err
		}
		v.numbers = make([]float64, n)
		for i := range v.numbers {
			v.numbers[i] = decode(kind, r.b[r.at:])
			r.at += w
		}
		return v, nil
	}
	counted, n := r.peek('#'), 0
	if counted {
		var err error
		if n, err = r.length(1); err != nil {
			return nil, err
		}
	}
	for i := 0; counted && i < n || !counted && !r.peek(']'); i++ {
		e, err := r.value(r.byte(), depth+1)
		if err != nil {
			return nil, err
		}
		switch {
		case e.kind == isNumber && v.kind == isNumbers:
			v.numbers = append(v.numbers, e.numbers[0])
		case len(v.numbers) > 0:
			return nil, r.bad("a list of numbers holds something else")
		default:
			v.kind = isList
			v.list = append(v.list, e)
		}
	}
	return v, nil
}
