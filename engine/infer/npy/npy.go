// Package npy reads and writes arrays as NumPy's .npy files have them: a short header that
// says of what type the elements are and of what shape the array, and then the elements.
package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// A Header says what array a file has.
type Header struct {
	Type   onnx.Type
	Shape  []int64
	Offset int64 // of the first element
}

const magic = "\x93NUMPY"

// mostHeader is how many bytes of header are read.
const mostHeader = 64 << 10

// kinds are the types by the name that NumPy has for them, without the byte order.
var kinds = map[string]onnx.Type{
	"f2": onnx.Float16, "f4": onnx.Float32, "f8": onnx.Float64, "b1": onnx.Bool,
	"i1": onnx.Int8, "i2": onnx.Int16, "i4": onnx.Int32, "i8": onnx.Int64,
	"u1": onnx.Uint8, "u2": onnx.Uint16, "u4": onnx.Uint32, "u8": onnx.Uint64,
}

func bad(format string, args ...any) error {
	return fault.New(fault.InferTensor, "infer: read .npy: "+format, args...)
}

// Read reads the header of a file of so many bytes, and refuses one of another size than its
// header says. Refusals are INFER_TENSOR; any other error is that of the file.
func Read(r io.ReaderAt, size int64) (Header, error) {
	var h Header
	head := make([]byte, min(size, 12))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return h, err
	}
	if len(head) < 10 || string(head[:6]) != magic {
		return h, bad("it does not begin as such a file does")
	}
	n, from := int64(binary.LittleEndian.Uint16(head[8:])), int64(10)
	switch head[6] {
	case 1:
	case 2, 3:
		if len(head) < 12 {
			return h, bad("its header ends in the middle")
		}
		n, from = int64(binary.LittleEndian.Uint32(head[8:])), 12
	default:
		return h, bad("it is of version %d of the format, want 1 to 3", head[6])
	}
	if n > mostHeader || n > size-from {
		return h, bad("its header has %d bytes, of which the file has not so many or more than %d", n, mostHeader)
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, from); err != nil && err != io.EOF {
		return h, err
	}
	if err := h.parse(string(text)); err != nil {
		return h, err
	}
	h.Offset = from + n
	count, ok := onnx.Count(h.Shape)
	if !ok {
		return h, bad("its shape is of too many elements")
	}
	if want := count * int64(h.Type.Size()); size-h.Offset != want {
		return h, bad("%d bytes of elements, but shape %v of %s has %d", size-h.Offset, h.Shape, h.Type, want)
	}
	return h, nil
}

// A text is what is left of a header.
type text string

func (t *text) blank() { *t = text(strings.TrimLeft(string(*t), " \t\n\r")) }

// take takes a word that must be next.
func (t *text) take(word string) bool {
	t.blank()
	rest, ok := strings.CutPrefix(string(*t), word)
	if ok {
		*t = text(rest)
	}
	return ok
}

// quoted takes a text in quotes of Python's, in which nothing is escaped.
func (t *text) quoted() (string, bool) {
	t.blank()
	if *t == "" || (*t)[0] != '\'' && (*t)[0] != '"' {
		return "", false
	}
	in, rest, ok := strings.Cut(string((*t)[1:]), string((*t)[:1]))
	*t = text(rest)
	return in, ok && !strings.Contains(in, "\\")
}

// parse reads the dictionary of Python's that a header is.
func (h *Header) parse(s string) error {
	t := text(s)
	if !t.take("{") {
		return bad("its header is no dictionary")
	}
	var seen []string
	for !t.take("}") {
		key, ok := t.quoted()
		if !ok || !t.take(":") || slices.Contains(seen, key) {
			return bad("its header has something else than names and values, each once")
		}
		seen = append(seen, key)
		switch key {
		case "descr":
			descr, ok := t.quoted()
			if !ok || len(descr) != 3 {
				return bad("its elements are of a type that is not read here")
			}
			kind, ok := kinds[descr[1:]]
			order := descr[0]
			if !ok || order != '<' && !(order == '|' && kind.Size() == 1) {
				return bad("its elements are of type %s, want one of float16 to float64, int8 to int64, uint8 to uint64 or bool, with the low byte first", strconv.Quote(descr))
			}
			h.Type = kind
		case "fortran_order":
			if t.take("True") {
				return bad("its elements are in the order of Fortran; save it with numpy.ascontiguousarray")
			}
			if !t.take("False") {
				return bad("fortran_order is neither True nor False")
			}
		case "shape":
			if err := h.shape(&t); err != nil {
				return err
			}
		default:
			return bad("its header has a field that is not known")
		}
		if !t.take(",") {
			if !t.take("}") {
				return bad("its header does not end")
			}
			break
		}
	}
	if t.blank(); t != "" || len(seen) != 3 {
		return bad("its header lacks descr, fortran_order or shape, or has more behind it")
	}
	return nil
}

func (h *Header) shape(t *text) error {
	if !t.take("(") {
		return bad("its shape is none")
	}
	h.Shape = []int64{}
	for comma := true; !t.take(")"); {
		if t.blank(); !comma || len(h.Shape) == 32 {
			return bad("its shape is none, or has more than 32 dimensions")
		}
		end := strings.IndexFunc(string(*t), func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 {
			return bad("its shape has something else than numbers")
		}
		d, err := strconv.ParseInt(string((*t)[:end]), 10, 64)
		if err != nil {
			return bad("its shape has a number that is too large")
		}
		*t = (*t)[end:]
		h.Shape = append(h.Shape, d)
		comma = t.take(",")
	}
	return nil
}

// Append appends the header of an array, in front of its elements.
func Append(b []byte, kind onnx.Type, shape []int64) []byte {
	descr := ""
	for name, k := range kinds {
		if k == kind {
			descr = name
		}
	}
	order := "<"
	if kind.Size() == 1 {
		order = "|"
	}
	var dims strings.Builder
	for i, d := range shape {
		if i > 0 {
			dims.WriteString(", ")
		}
		dims.WriteString(strconv.FormatInt(d, 10))
	}
	if len(shape) == 1 {
		dims.WriteByte(',')
	}
	head := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }", order, descr, dims.String())
	for (10+len(head)+1)%64 != 0 {
		head += " "
	}
	head += "\n"
	b = append(b, magic...)
	b = append(b, 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(head)))
	return append(b, head...)
}
