package onnx

// A Type is that of a tensor's elements, by the number that ONNX and its runtime have for it.
type Type int32

// The types.
const (
	Float32    Type = 1
	Uint8      Type = 2
	Int8       Type = 3
	Uint16     Type = 4
	Int16      Type = 5
	Int32      Type = 6
	Int64      Type = 7
	String     Type = 8
	Bool       Type = 9
	Float16    Type = 10
	Float64    Type = 11
	Uint32     Type = 12
	Uint64     Type = 13
	Complex64  Type = 14
	Complex128 Type = 15
	BFloat16   Type = 16
	Float8E4M3 Type = 17
	Float8E4Z  Type = 18
	Float8E5M2 Type = 19
	Float8E5Z  Type = 20
	Uint4      Type = 21
	Int4       Type = 22
)

// bits and names of the types, by their number; 0 bits are elements of no fixed size.
var typeBits = [...]uint8{0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4}

var typeNames = [...]string{"undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4"}

// Known reports whether elements of the type can be read.
func (t Type) Known() bool { return t > 0 && int(t) < len(typeBits) }

// String is the type's name.
func (t Type) String() string {
	if !t.Known() {
		return "unknown"
	}
	return typeNames[t]
}

// Size is how many bytes an element takes, 0 if they are of no fixed size or not whole.
func (t Type) Size() int {
	if !t.Known() || typeBits[t]%8 != 0 {
		return 0
	}
	return int(typeBits[t]) / 8
}

// Count is how many elements a tensor of the shape has, if its dimensions are known and they
// are at most MostElements.
func Count(shape []int64) (int64, bool) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > MostElements {
			return 0, false
		}
		if d > 0 && n > MostElements/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// MostElements is how many elements a tensor may have.
const MostElements = 1 << 36
