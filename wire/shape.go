package wire

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

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
	fields map[reflect.Type][]shapeField // of the structs seen so far
}

type shapeField struct {
	key  uint64
	name string
	typ  reflect.Type
}

// match takes the item of type t off b and returns the rest.
func (s *shape) match(t reflect.Type, b []byte, where string) ([]byte, error) {
	if marshals(t) {
		return s.skip(b, where)
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.matchStruct(t, b, where)
	case reflect.Pointer:
		if len(b) > 0 && b[0] == 0xf6 {
			return b[1:], nil
		}
		return s.match(t.Elem(), b, where)
	case reflect.Slice, reflect.Array:
		return s.matchList(t, b, where)
	case reflect.String:
		n, rest, err := expect(b, majorText, where, "text")
		return drop(rest, n, where, err)
	case reflect.Bool:
		if len(b) == 0 || b[0] != 0xf4 && b[0] != 0xf5 {
			return nil, fmt.Errorf("field %s: want true or false", where)
		}
		return b[1:], nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		_, rest, err := expect(b, majorUint, where, "an unsigned integer")
		return rest, err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if len(b) > 0 && b[0]>>5 == majorInt {
			_, rest, err := expect(b, majorInt, where, "an integer")
			return rest, err
		}
		_, rest, err := expect(b, majorUint, where, "an integer")
		return rest, err
	}
	return s.skip(b, where)
}

func (s *shape) matchList(t reflect.Type, b []byte, where string) ([]byte, error) {
	major, what := byte(majorArray), "a list"
	if t.Elem().Kind() == reflect.Uint8 {
		major, what = majorBytes, "bytes"
	}
	n, rest, err := expect(b, major, where, what)
	if err != nil {
		return nil, err
	}
	if t.Kind() == reflect.Array && n != uint64(t.Len()) {
		return nil, fmt.Errorf("field %s: %d elements, want %d", where, n, t.Len())
	}
	if major == majorBytes {
		return drop(rest, n, where, nil)
	}
	for range n {
		if rest, err = s.match(t.Elem(), rest, where); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func (s *shape) matchStruct(t reflect.Type, b []byte, where string) ([]byte, error) {
	fields, ok := s.of(t)
	if !ok {
		return s.skip(b, where)
	}
	n, rest, err := expect(b, majorMap, where, "a map")
	if err != nil {
		return nil, err
	}
	next := 0
	for range n {
		var key uint64
		if key, rest, err = expect(rest, majorUint, where, "field numbers"); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(fields, func(f shapeField) bool { return f.key == key })
		switch {
		case i < 0:
			return nil, fmt.Errorf("field %s: number %d is unknown", where, key)
		case i < next:
			return nil, fmt.Errorf("field %s: repeated or out of order", join(where, fields[i].name))
		case i > next:
			return nil, fmt.Errorf("field %s: missing", join(where, fields[next].name))
		}
		if rest, err = s.match(fields[i].typ, rest, join(where, fields[i].name)); err != nil {
			return nil, err
		}
		next++
	}
	if next < len(fields) {
		return nil, fmt.Errorf("field %s: missing", join(where, fields[next].name))
	}
	return rest, nil
}

// of lists the fields of a struct in the order of their numbers. A struct that
// is not made of numbered fields only is left to the decoder.
func (s *shape) of(t reflect.Type) ([]shapeField, bool) {
	if f, ok := s.fields[t]; ok {
		return f, f != nil
	}
	fields := make([]shapeField, 0, t.NumField())
	for f := range t.Fields() {
		number, as, _ := strings.Cut(f.Tag.Get("cbor"), ",")
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || as != "keyasint" || f.Anonymous || !f.IsExported() {
			s.fields[t] = nil
			return nil, false
		}
		fields = append(fields, shapeField{n, f.Name, f.Type})
	}
	slices.SortFunc(fields, func(a, b shapeField) int { return int(a.key) - int(b.key) })
	s.fields[t] = fields
	return fields, true
}

// skip takes one item of any type off b; the decoder judges it.
func (s *shape) skip(b []byte, where string) ([]byte, error) {
	var item cbor.RawMessage
	rest, err := modes.dec.UnmarshalFirst(b, &item)
	if err != nil {
		return nil, fmt.Errorf("field %s: %w", where, err)
	}
	return rest, nil
}

// expect takes the head of an item of a major type off b.
func expect(b []byte, major byte, where, what string) (uint64, []byte, error) {
	if len(b) == 0 || b[0]>>5 != major {
		return 0, nil, fmt.Errorf("field %s: want %s", where, what)
	}
	info, b := b[0]&31, b[1:]
	if info < 24 {
		return uint64(info), b, nil
	}
	size := 1 << (info - 24)
	if info > 27 || len(b) < size {
		return 0, nil, fmt.Errorf("field %s: a length that is not given", where)
	}
	var wide [8]byte
	copy(wide[8-size:], b[:size])
	n := binary.BigEndian.Uint64(wide[:])
	if n < 24 || size > 1 && n>>(4*size) == 0 {
		return 0, nil, fmt.Errorf("field %s: not in its shortest form", where)
	}
	return n, b[size:], nil
}

func drop(b []byte, n uint64, where string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if n > uint64(len(b)) {
		return nil, fmt.Errorf("field %s: cut short", where)
	}
	return b[n:], nil
}

// marshals reports whether a type brings its own encoding.
func marshals(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[cbor.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}

func join(where, name string) string {
	if where == "" || where == top {
		return name
	}
	return where + "." + name
}

// top stands for the whole message in a refusal.
const top = "(message)"
