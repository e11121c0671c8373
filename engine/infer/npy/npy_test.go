package npy

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// file is one with this header.
func file(head string, data int) []byte {
	b := []byte(magic + "\x01\x00")
	b = append(b, byte(len(head)), byte(len(head)>>8))
	return append(append(b, head...), make([]byte, data)...)
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct {
		name, head string
		data       int
		refuses    string
	}{
		{"twin: as NumPy writes it", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", 24, ""},
		{"twin: in another order", `{"shape":(2,3),"descr":"<f4","fortran_order":False}`, 24, ""},
		{"too short", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23, "23 bytes"},
		{"too long", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, "25 bytes"},
		{"high byte first", "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }", 24, "low byte first"},
		{"objects", "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", 24, "not read here"},
		{"Fortran's order", "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24, "Fortran"},
		{"a shape that overflows", "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 24, "too many"},
		{"a shape below 0", "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }", 24, "something else"},
		{"a field twice", "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3), }", 24, "each once"},
		{"a field too few", "{'descr': '<f4', 'shape': (2, 3), }", 24, "lacks"},
		{"no dictionary", "[]", 0, "no dictionary"},
		{"neither order", "{'descr': '<f4', 'fortran_order': None, 'shape': (2, 3), }", 24, "neither True nor False"},
		{"a shape that does not begin", "{'descr': '<f4', 'fortran_order': False, 'shape': 2, 3), }", 24, "its shape is none"},
		{"a shape without a comma", "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }", 24, "its shape is none"},
		{"a shape of 33 dimensions", "{'descr': '<f4', 'fortran_order': False, 'shape': (" + strings.Repeat("1, ", 31) + "2, 3), }", 24, "more than 32 dimensions"},
		{"a dimension that overflows", "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, ), }", 24, "too large"},
		{"a dictionary of nothing more", "{", 0, "something else than names"},
		{"no end", "{'descr': '<f4'", 0, "does not end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := file(tt.head, tt.data)
			h, err := Read(bytes.NewReader(b), int64(len(b)))
			if tt.refuses == "" {
				if err != nil || h.Type != onnx.Float32 || !reflect.DeepEqual(h.Shape, []int64{2, 3}) || h.Offset != int64(len(b)-24) {
					t.Fatalf("Read = %+v, %v", h, err)
				}
				return
			}
			if fault.Of(err) != fault.InferTensor || !strings.Contains(err.Error(), tt.refuses) {
				t.Fatalf("Read = %v, want INFER_TENSOR with %q", err, tt.refuses)
			}
		})
	}
}

// TestFiles: what stands before a header, and how much of one there is.
func TestFiles(t *testing.T) {
	const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
	long := func(n int) []byte {
		b := append([]byte(magic), 2, 0, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		return append(append(b, head+strings.Repeat(" ", n-len(head))...), make([]byte, 24)...)
	}
	for _, tt := range []struct {
		name    string
		file    []byte
		refuses string
	}{
		{"twin: a header of version 2", long(100), ""},
		{"twin: the longest", long(mostHeader), ""},
		{"one byte more", long(mostHeader + 1), "or more than 65536"},
		{"nothing", nil, "does not begin"},
		{"another kind of file", append([]byte("P"), make([]byte, 30)...), "does not begin"},
		{"half a beginning", []byte(magic), "does not begin"},
		{"half a length", append([]byte(magic), 2, 0, 0, 0, 0), "ends in the middle"},
		{"another version", append([]byte(magic), 9, 0, 0, 0, 0, 0), "version 9"},
		{"half a header", file(head, 0)[:20], "not so many"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(tt.file), int64(len(tt.file)))
			if tt.refuses == "" && err != nil || tt.refuses != "" && (fault.Of(err) != fault.InferTensor || !strings.Contains(err.Error(), tt.refuses)) {
				t.Fatalf("Read = %v, want INFER_TENSOR with %q", err, tt.refuses)
			}
		})
	}
	whole := file(head, 24)
	for from := range int64(2) {
		if _, err := Read(failing{bytes.NewReader(whole), from * 12}, int64(len(whole))); !errors.Is(err, errDisk) {
			t.Errorf("a file that gives %d bytes = %v, want its own error", from*12, err)
		}
	}
}

var errDisk = errors.New("the disk is gone")

// failing reads nothing behind a place.
type failing struct {
	r     *bytes.Reader
	until int64
}

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.until {
		return 0, errDisk
	}
	return f.r.ReadAt(b, at)
}

// FuzzNPY: what is read is the same when it is written and read again.
func FuzzNPY(f *testing.F) {
	f.Add(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", 24))
	f.Add(append(Append(nil, onnx.Uint8, []int64{3}), 1, 2, 3))
	f.Add(append(Append(nil, onnx.Int64, []int64{}), make([]byte, 8)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if fault.Of(err) != fault.InferTensor {
				t.Fatal(err)
			}
			return
		}
		again := append(Append(nil, h.Type, h.Shape), b[h.Offset:]...)
		g, err := Read(bytes.NewReader(again), int64(len(again)))
		if err != nil || g.Type != h.Type || !reflect.DeepEqual(g.Shape, h.Shape) {
			t.Fatalf("%+v comes back as %+v, %v", h, g, err)
		}
	})
}
