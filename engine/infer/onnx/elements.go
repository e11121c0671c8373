package onnx

import (
	"encoding/binary"
)

// Plain are its elements as they lie in memory, if they take whole bytes; they are not
// copied where the file has them so.
func (t *Tensor) Plain() ([]byte, bool) {
	size := t.Type.Size()
	if size == 0 {
		return nil, false
	}
	if t.Raw != nil || t.Count() == 0 {
		return t.Raw, true
	}
	switch t.Type {
	case Float32, Complex64:
		return t.lists[listFloat].packed, true
	case Float64, Complex128:
		return t.lists[listDouble].packed, true
	}
	l := t.lists[listInt32].packed
	switch t.Type {
	case Int64:
		l = t.lists[listInt64].packed
	case Uint32, Uint64:
		l = t.lists[listDouble].packed
	}
	out := make([]byte, 0, t.Count()*int64(size))
	for len(l) > 0 {
		v, n := binary.Uvarint(l)
		if n <= 0 {
			return nil, false
		}
		l = l[n:]
		switch size {
		case 1:
			out = append(out, byte(v))
		case 2:
			out = binary.LittleEndian.AppendUint16(out, uint16(v))
		case 4:
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		default:
			out = binary.LittleEndian.AppendUint64(out, v)
		}
	}
	return out, true
}

// Texts are its elements, if they are strings.
func (t *Tensor) Texts() []string {
	var out []string
	for _, s := range t.texts {
		out = append(out, string(s))
	}
	return out
}
