package rows

import "encoding/binary"

// A thrift reads the compact protocol of Thrift, in which Parquet writes what it says of
// itself. After the first byte that makes no sense broken is set, and all that follows is
// zero. Nothing is allocated for what is read.
type thrift struct {
	b      []byte
	p      int
	depth  int
	broken bool
	short  bool // broken because the bytes ended
}

const mostDepth = 32 // of what is in each other

// The types of the compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

func (t *thrift) fail() { t.p, t.broken = len(t.b), true }

func (t *thrift) next() byte {
	if t.p >= len(t.b) {
		t.short = t.short || !t.broken
		t.fail()
		return 0
	}
	t.p++
	return t.b[t.p-1]
}

func (t *thrift) varint() uint64 {
	v, n := binary.Uvarint(t.b[t.p:])
	if n <= 0 {
		t.short = t.short || n == 0 && !t.broken
		t.fail()
		return 0
	}
	t.p += n
	return v
}

// whole is a whole number of whatever width.
func (t *thrift) whole() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes are part of what is read.
func (t *thrift) bytes() []byte {
	n := t.varint()
	if n > uint64(len(t.b)-t.p) {
		t.short = t.short || !t.broken
		t.fail()
		return nil
	}
	t.p += int(n)
	return t.b[t.p-int(n) : t.p]
}

// fields calls f for each field of a struct; f reads it, or skips it.
func (t *thrift) fields(f func(id int64, kind byte)) {
	if t.depth++; t.depth > mostDepth {
		t.fail()
	}
	id := int64(0)
	for !t.broken {
		head := t.next()
		if head == 0 {
			break
		}
		if delta := head >> 4; delta != 0 {
			id += int64(delta)
		} else {
			id = t.whole()
		}
		f(id, head&0xf)
	}
	t.depth--
}

// list calls f for each element of a list.
func (t *thrift) list(f func(i int, kind byte)) {
	if t.depth++; t.depth > mostDepth {
		t.fail()
	}
	head := t.next()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.varint()
	}
	// Each element takes a byte at least.
	if n > uint64(len(t.b)-t.p) {
		t.short = t.short || !t.broken
		t.fail()
	}
	for i := 0; i < int(n) && !t.broken; i++ {
		f(i, head&0xf)
	}
	t.depth--
}

// skip passes over a value; in a list or map a truth value is a byte.
func (t *thrift) skip(kind byte, listed bool) {
	switch kind {
	case thriftTrue, thriftFalse:
		if listed {
			t.next()
		}
	case thriftByte:
		t.next()
	case 4, 5, 6:
		t.varint()
	case thriftDouble:
		for range 8 {
			t.next()
		}
	case thriftBinary:
		t.bytes()
	case thriftList, thriftSet:
		t.list(func(_ int, kind byte) { t.skip(kind, true) })
	case thriftMap:
		n := t.varint()
		if n == 0 {
			return
		}
		if t.depth++; t.depth > mostDepth {
			t.fail()
		}
		kinds := t.next()
		for ; n > 0 && !t.broken; n-- {
			t.skip(kinds>>4, true)
			t.skip(kinds&0xf, true)
		}
		t.depth--
	case thriftStruct:
		t.fields(func(_ int64, kind byte) { t.skip(kind, false) })
	default:
		t.fail()
	}
}

// number reads a whole number if that is what stands there.
func (t *thrift) number(kind byte) int64 {
	switch kind {
	case thriftByte:
		return int64(int8(t.next()))
	case 4, 5, 6:
		return t.whole()
	}
	t.fail()
	return 0
}

// structure reads a struct if that is what stands there.
func (t *thrift) structure(kind byte, f func(id int64, kind byte)) {
	if kind != thriftStruct {
		t.fail()
		return
	}
	t.fields(f)
}

// each reads a list of structs if that is what stands there.
func (t *thrift) each(kind byte, f func(i int)) {
	if kind != thriftList {
		t.fail()
		return
	}
	t.list(func(i int, kind byte) {
		if kind != thriftStruct {
			t.fail()
			return
		}
		f(i)
	})
}
