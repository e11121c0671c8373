package wire

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// The major types of CBOR (RFC 8949, section 3.1).
const (
	majorUint   = 0
	majorInt    = 1
	majorBytes  = 2
	majorText   = 3
	majorArray  = 4
	majorMap    = 5
	majorSimple = 7
)

// shape compares well-formed CBOR with a type before anything is allocated for
// it: every field of every struct once and in order, byte strings of the
// array's length, items in their shortest form. Two things follow that the
// decoder alone does not give: a refusal names the field, and what is
// allocated is bounded by the bytes that came (an empty map cannot stand for
// a large struct a hundred thousand times).
type shape struct {
	// loose is set by an item that was left to the decoder, which takes more
	// than the one encoding of a value.
	loose bool
}

type shapeField struct {
	key  uint64
	name string
	typ  reflect.Type
}

// shapes are the fields of the structs seen so far; nil for one that is left
// to the decoder. There are as many as message types.
var shapes sync.Map // reflect.Type -> []shapeField

// A misfit says where an item differs from its type. The field's name is put
// together on the way out, so that what fits pays nothing for it.
type misfit struct{ where, what string }

func (m *misfit) Error() string {
	where := m.where
	if where == "" {
		where = top
	}
	return "field " + where + ": " + m.what
}

// in puts the name of a field before where a misfit is.
func in(name string, err error) error {
	if m, ok := err.(*misfit); ok {
		if m.where != "" {
			name += "." + m.where
		}
		return &misfit{name, m.what}
	}
	return err
}

func misfits(format string, args ...any) error { return &misfit{what: fmt.Sprintf(format, args...)} }

// match takes the item of type t off b and returns the rest.
func (s *shape) match(t reflect.Type, b []byte) ([]byte, error) {
	switch t.Kind() {
	case reflect.String:
		if marshals(t) {
			return s.skip(b)
		}
		n, rest, err := expect(b, majorText, "text")
		return drop(rest, n, err)
	case reflect.Bool:
		if marshals(t) {
			return s.skip(b)
		}
		if len(b) == 0 || b[0] != 0xf4 && b[0] != 0xf5 {
			return nil, misfits("want true or false")
		}
		return b[1:], nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if marshals(t) {
			return s.skip(b)
		}
		_, rest, err := expect(b, majorUint, "an unsigned integer")
		return rest, err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if marshals(t) {
			return s.skip(b)
		}
		if len(b) > 0 && b[0]>>5 == majorInt {
			_, rest, err := expect(b, majorInt, "an integer")
			return rest, err
		}
		_, rest, err := expect(b, majorUint, "an integer")
		return rest, err
	case reflect.Struct:
		return s.matchStruct(t, b)
	case reflect.Pointer:
		if marshals(t) {
			return s.skip(b)
		}
		if len(b) > 0 && b[0] == 0xf6 {
			return b[1:], nil
		}
		return s.match(t.Elem(), b)
	case reflect.Slice, reflect.Array:
		if marshals(t) {
			return s.skip(b)
		}
		return s.matchList(t, b)
	}
	return s.skip(b)
}

func (s *shape) matchList(t reflect.Type, b []byte) ([]byte, error) {
	major, what := byte(majorArray), "a list"
	if t.Elem().Kind() == reflect.Uint8 {
		major, what = majorBytes, "bytes"
	}
	n, rest, err := expect(b, major, what)
	if err != nil {
		return nil, err
	}
	if t.Kind() == reflect.Array && n != uint64(t.Len()) {
		return nil, misfits("%d elements, want %d", n, t.Len())
	}
	if major == majorBytes {
		return drop(rest, n, nil)
	}
	for range n {
		if rest, err = s.match(t.Elem(), rest); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func (s *shape) matchStruct(t reflect.Type, b []byte) ([]byte, error) {
	fields := fieldsOf(t)
	if fields == nil {
		return s.skip(b)
	}
	n, rest, err := expect(b, majorMap, "a map")
	if err != nil {
		return nil, err
	}
	next := 0
	for range n {
		var key uint64
		if key, rest, err = expect(rest, majorUint, "field numbers"); err != nil {
			return nil, err
		}
		if next == len(fields) || fields[next].key != key {
			return nil, misplaced(fields, next, key)
		}
		if rest, err = s.match(fields[next].typ, rest); err != nil {
			return nil, in(fields[next].name, err)
		}
		next++
	}
	if next < len(fields) {
		return nil, in(fields[next].name, misfits("missing"))
	}
	return rest, nil
}

// misplaced says what is wrong with a field number that is not the next.
func misplaced(fields []shapeField, next int, key uint64) error {
	i := slices.IndexFunc(fields, func(f shapeField) bool { return f.key == key })
	switch {
	case i < 0:
		return misfits("number %d is unknown", key)
	case i < next:
		return in(fields[i].name, misfits("repeated or out of order"))
	}
	return in(fields[next].name, misfits("missing"))
}

// fieldsOf lists the fields of a struct in the order of their numbers. A struct
// that brings its own encoding or is not made of numbered fields only is left
// to the decoder: nil.
func fieldsOf(t reflect.Type) []shapeField {
	if f, ok := shapes.Load(t); ok {
		return f.([]shapeField)
	}
	fields := make([]shapeField, 0, t.NumField())
	for f := range t.Fields() {
		number, as, _ := strings.Cut(f.Tag.Get("cbor"), ",")
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || as != "keyasint" || f.Anonymous || !f.IsExported() || marshals(t) {
			fields = nil
			break
		}
		fields = append(fields, shapeField{n, f.Name, f.Type})
	}
	if marshals(t) || t.NumField() == 0 {
		fields = nil
	}
	slices.SortFunc(fields, func(a, b shapeField) int { return int(a.key) - int(b.key) })
	shapes.Store(t, fields)
	return fields
}

// skip takes one item of any type off b; the decoder judges it.
func (s *shape) skip(b []byte) ([]byte, error) {
	s.loose = true
	var item cbor.RawMessage
	rest, err := modes.dec.UnmarshalFirst(b, &item)
	if err != nil {
		return nil, misfits("%v", err)
	}
	return rest, nil
}

// expect takes the head of an item of a major type off b.
func expect(b []byte, major byte, what string) (uint64, []byte, error) {
	if len(b) == 0 || b[0]>>5 != major {
		return 0, nil, misfits("want %s", what)
	}
	info, b := b[0]&31, b[1:]
	if info < 24 {
		return uint64(info), b, nil
	}
	size := 1 << (info - 24)
	if info > 27 || len(b) < size {
		return 0, nil, misfits("a length that is not given")
	}
	var n uint64
	for _, x := range b[:size] {
		n = n<<8 | uint64(x)
	}
	if n < 24 || size > 1 && n>>(4*size) == 0 {
		return 0, nil, misfits("not in its shortest form")
	}
	return n, b[size:], nil
}

func drop(b []byte, n uint64, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if n > uint64(len(b)) {
		return nil, misfits("cut short")
	}
	return b[n:], nil
}

// marshaling remembers which types bring their own encoding.
var marshaling sync.Map // reflect.Type -> bool

func marshals(t reflect.Type) bool {
	if m, ok := marshaling.Load(t); ok {
		return m.(bool)
	}
	p := reflect.PointerTo(t)
	m := p.Implements(reflect.TypeFor[cbor.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
	marshaling.Store(t, m)
	return m
}

// top stands for the whole message in a refusal.
const top = "(message)"
