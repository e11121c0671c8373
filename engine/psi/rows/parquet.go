package rows

import (
	"encoding/binary"
	"math"
	"slices"
	"unsafe"

	"tacit/fault"
)

// The physical types of Parquet.
const (
	physicalInt32  = 1
	physicalInt64  = 2
	physicalFloat  = 4
	physicalDouble = 5
	physicalBytes  = 6
	physicalFixed  = 7
)

// A class is what a column of Parquet is to us.
type class uint8

const (
	classNone class = iota
	classText
	classBytes // of any length, of which nothing is said
	classFixed // of one length, of which nothing is said
	classUUID
	classInt
	classUint
	classDecimal
	classFloat
)

// A leaf is a column of the topmost level.
type leaf struct {
	index    int // among all leaves
	physical int64
	length   int // of fixed bytes
	optional bool
	class    class
	scale    int
}

// A chunk is what a row group holds of a column.
type chunk struct {
	rows     int
	physical int64
	codec    int64
	values   int64
	offset   int64
	size     int64
	barred   bool // encrypted, or in another file
}

// A foot is what stands at the end of a Parquet file, as far as it is needed.
type foot struct {
	*source
	rows   int
	schema thrift
	groups thrift
	leaves []*leaf   // of the columns
	chunks [][]chunk // by column and row group
}

const (
	mostFoot     = 64 << 20
	mostElements = 1 << 16
)

func (s *source) parquet() (*Table, error) {
	columns := s.columns()
	f := &foot{source: s}
	if err := f.read(); err != nil {
		return nil, err
	}
	if err := f.find(columns); err != nil {
		return nil, err
	}
	if err := f.split(); err != nil {
		return nil, err
	}
	t := &Table{}
	for i, c := range columns {
		r := &pages{column: c, leaf: f.leaves[i], total: f.rows}
		if err := r.prepare(); err != nil {
			return nil, err
		}
		for _, k := range f.chunks[i] {
			if err := r.chunk(k); err != nil {
				return nil, err
			}
		}
		width := 0
		if c.ids && r.leaf.class == classFixed {
			width = r.leaf.length
		}
		r.free()
		if c.ids {
			t.IDs = c.texts(width)
		} else {
			t.Columns = append(t.Columns, c.column(width))
		}
	}
	return t, nil
}

// read finds the foot and what it says of the file.
func (f *foot) read() error {
	none := func() error { return f.fault(fault.PSIColumn, "it is not a Parquet file, or its foot is damaged") }
	var ends [12]byte
	if f.file.Size < int64(len(ends)) {
		return none()
	}
	if err := ReadFull(f.file.Data, ends[:4], 0); err != nil {
		return err
	}
	if err := ReadFull(f.file.Data, ends[4:], f.file.Size-8); err != nil {
		return err
	}
	switch {
	case string(ends[8:]) == "PARE":
		return f.fault(fault.PSIColumn, "it is encrypted by Parquet's own means, which is not read here")
	case string(ends[:4]) != "PAR1" || string(ends[8:]) != "PAR1":
		return none()
	}
	size := int64(binary.LittleEndian.Uint32(ends[4:]))
	if size > f.file.Size-12 {
		return none()
	}
	if size > mostFoot {
		return f.fault(fault.PSISize, "its foot has more than %d bytes", mostFoot)
	}
	if err := f.take(size); err != nil {
		return err
	}
	b := make([]byte, size)
	if err := ReadFull(f.file.Data, b, f.file.Size-8-size); err != nil {
		return err
	}
	t := thrift{b: b}
	rows := int64(-1)
	t.fields(func(id int64, kind byte) {
		switch {
		case id == 2 && kind == thriftList:
			f.schema = thrift{b: b, p: t.p}
		case id == 4 && kind == thriftList:
			f.groups = thrift{b: b, p: t.p}
		case id == 3:
			rows = t.number(kind)
			return
		}
		t.skip(kind, false)
	})
	switch {
	case t.broken || rows < 0 || f.schema.b == nil || f.groups.b == nil:
		return none()
	case rows > int64(f.source.rows):
		return f.tooManyRows()
	}
	f.rows = int(rows)
	return nil
}

// find says which leaf each column is.
func (f *foot) find(columns []*column) error {
	f.leaves = make([]*leaf, len(columns))
	var err error
	root, within, index := true, int64(0), 0
	t := &f.schema
	t.list(func(i int, kind byte) {
		if kind != thriftStruct || i == mostElements {
			t.fail()
			return
		}
		var name []byte
		l := &leaf{index: index, physical: -1}
		children, repetition := int64(0), int64(0)
		note := annotation{converted: -1}
		t.fields(func(id int64, kind byte) {
			switch id {
			case 1:
				l.physical = t.number(kind)
			case 2:
				l.length = int(min(max(t.number(kind), 0), math.MaxInt32))
			case 3:
				repetition = t.number(kind)
			case 4:
				if kind != thriftBinary {
					t.fail()
					return
				}
				name = t.bytes()
			case 5:
				children = t.number(kind)
			case 6:
				note.converted = t.number(kind)
			case 7:
				note.scale = t.number(kind)
			case 10:
				note.logical(t, kind)
			default:
				t.skip(kind, false)
			}
		})
		top := within == 0
		switch {
		case root:
			root = false
			return
		case children < 0 || children > mostElements:
			t.fail()
			return
		case !top:
			within--
		}
		within += children
		if children == 0 {
			index++
		}
		if !top {
			return
		}
		for j, c := range columns {
			if string(name) != c.Name {
				continue
			}
			switch {
			case f.leaves[j] != nil && err == nil:
				err = f.fault(fault.PSIColumn, "it has more than one column %s", c.Name)
			case (children > 0 || repetition > 1 || repetition < 0) && err == nil:
				err = f.fault(fault.PSIColumn, "column %s has columns within, or repeats", c.Name)
			}
			l.optional = repetition == 1
			l.class, l.scale = note.class(l)
			f.leaves[j] = l
		}
	})
	if t.broken {
		return f.fault(fault.PSIColumn, "it is not a Parquet file, or its foot is damaged")
	}
	for j, c := range columns {
		switch {
		case err != nil:
			return err
		case f.leaves[j] == nil:
			return f.fault(fault.PSIColumn, "it has no column %s", c.Name)
		}
		if err := c.suits(f.leaves[j]); err != nil {
			return err
		}
	}
	return nil
}

// split says where the chunks of each column are.
func (f *foot) split() error {
	f.chunks = make([][]chunk, len(f.leaves))
	total, rows := int64(0), int64(0)
	var err error
	t := &f.groups
	t.list(func(_ int, kind byte) {
		if kind != thriftStruct {
			t.fail()
			return
		}
		if e := f.take(int64(len(f.leaves)) * 2 * int64(unsafe.Sizeof(chunk{}))); e != nil {
			err = e
			t.fail()
			return
		}
		found := make([]*chunk, len(f.leaves))
		t.fields(func(id int64, kind byte) {
			switch id {
			case 1:
				t.each(kind, func(i int) {
					k := readChunk(t)
					for j, l := range f.leaves {
						if l.index == i {
							found[j] = &k
						}
					}
				})
			case 3:
				rows = t.number(kind)
			default:
				t.skip(kind, false)
			}
		})
		if total += rows; rows < 0 || total > int64(f.rows) || slices.Contains(found, nil) {
			t.fail()
			return
		}
		for j, k := range found {
			k.rows = int(rows)
			f.chunks[j] = append(f.chunks[j], *k)
		}
	})
	switch {
	case err != nil:
		return err
	case t.broken || total != int64(f.rows):
		return f.fault(fault.PSIColumn, "it is not a Parquet file, or its foot is damaged")
	}
	return nil
}

// readChunk reads what the foot says of a chunk.
func readChunk(t *thrift) chunk {
	k := chunk{physical: -1}
	dictionary := int64(0)
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1, 8, 9:
			k.barred = true
			t.skip(kind, false)
		case 3:
			t.structure(kind, func(id int64, kind byte) {
				switch id {
				case 1:
					k.physical = t.number(kind)
				case 4:
					k.codec = t.number(kind)
				case 5:
					k.values = t.number(kind)
				case 7:
					k.size = t.number(kind)
				case 9:
					k.offset = t.number(kind)
				case 11:
					dictionary = t.number(kind)
				default:
					t.skip(kind, false)
				}
			})
		default:
			t.skip(kind, false)
		}
	})
	if dictionary > 0 && dictionary < k.offset {
		k.offset = dictionary
	}
	return k
}

// An annotation says what the bytes or numbers of a column mean.
type annotation struct {
	converted int64
	union     int64 // of logical types, 0 if there is none
	scale     int64
	unsigned  bool
}

// logical reads a logical type.
func (a *annotation) logical(t *thrift, kind byte) {
	t.structure(kind, func(id int64, kind byte) {
		a.union = id
		if id != 5 && id != 10 {
			t.skip(kind, false)
			return
		}
		t.structure(kind, func(part int64, kind byte) {
			switch {
			case id == 5 && part == 1:
				a.scale = t.number(kind)
			case id == 10 && part == 2:
				a.unsigned = kind == thriftFalse
			default:
				t.skip(kind, false)
			}
		})
	})
}

// class is what a leaf with this annotation is to us, and its scale.
func (a *annotation) class(l *leaf) (class, int) {
	words := l.physical == physicalInt32 || l.physical == physicalInt64
	blobs := l.physical == physicalBytes || l.physical == physicalFixed && l.length > 0
	bare := a.union == 0 && a.converted < 0
	decimal := a.union == 5 || a.union == 0 && a.converted == 5
	text := a.union == 1 || a.union == 4 || a.union == 12 || a.union == 0 && (a.converted == 0 || a.converted == 4 || a.converted == 19)
	unsigned := a.union == 10 && a.unsigned || a.union == 0 && a.converted >= 11 && a.converted <= 14
	signed := a.union == 10 && !a.unsigned || a.union == 0 && a.converted >= 15 && a.converted <= 18
	switch {
	case decimal && (words || blobs) && a.scale >= 0 && a.scale <= 38:
		return classDecimal, int(a.scale)
	case text && l.physical == physicalBytes:
		return classText, 0
	case bare && l.physical == physicalBytes:
		return classBytes, 0
	case a.union == 14 && l.physical == physicalFixed && l.length == 16:
		return classUUID, 0
	case bare && l.physical == physicalFixed && l.length > 0:
		return classFixed, 0
	case unsigned && words:
		return classUint, 0
	case (bare || signed) && words:
		return classInt, 0
	case bare && (l.physical == physicalFloat || l.physical == physicalDouble):
		return classFloat, 0
	}
	return classNone, 0
}

// suits refuses a leaf that the column cannot be, and prepares the column for it.
func (c *column) suits(l *leaf) error {
	numeric := l.class == classInt || l.class == classUint || l.class == classDecimal || l.class == classFloat
	switch {
	case c.Number && !numeric:
		return c.fault(fault.PSIColumn, "column %s is not of numbers", c.Name)
	case !c.Number && (l.class == classNone || l.class == classFloat || l.class == classDecimal && (l.scale != 0 || l.physical == physicalBytes || l.physical == physicalFixed)):
		return c.fault(fault.PSIColumn, "column %s is neither text nor bytes nor whole numbers", c.Name)
	case c.former != nil && l.class == classFixed:
		return c.fault(fault.PSIColumn, "column %s is of bytes, and there are rules of text", c.Name)
	}
	ruled := c.former != nil
	if l.class != classText && l.class != classBytes {
		c.former = nil // digits and UUIDs are as they should be
	}
	c.encoded = l.class != classText && !(l.class == classBytes && ruled)
	return nil
}
