package ort

import (
	"errors"
	"unsafe"

	runtime "github.com/yalue/onnxruntime_go"

	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// number is what the runtime's wrapper has tensors of.
type number interface {
	float32 | float64 | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | bool
}

// one is a value of the wrapper's of one element, or none, for which it has kinds of its own.
func one[T number](t Tensor) (runtime.Value, error) {
	if len(t.Shape) > 0 {
		return runtime.NewTensor(runtime.Shape(t.Shape), []T{})
	}
	return runtime.NewScalar(*(*T)(unsafe.Pointer(&Aligned(t.Type, t.Data)[0])))
}

func scalar(t Tensor) (runtime.Value, error) { return special(t) }

func empty(t Tensor) (runtime.Value, error) { return special(t) }

func special(t Tensor) (runtime.Value, error) {
	switch t.Type {
	case onnx.Float32:
		return one[float32](t)
	case onnx.Float64:
		return one[float64](t)
	case onnx.Int8:
		return one[int8](t)
	case onnx.Int16:
		return one[int16](t)
	case onnx.Int32:
		return one[int32](t)
	case onnx.Int64:
		return one[int64](t)
	case onnx.Uint8:
		return one[uint8](t)
	case onnx.Uint16:
		return one[uint16](t)
	case onnx.Uint32:
		return one[uint32](t)
	case onnx.Uint64:
		return one[uint64](t)
	case onnx.Bool:
		return one[bool](t)
	}
	return nil, fault.New(fault.InferTensor, "infer: a %s without a shape, or with no elements, is not taken", t.Type)
}

// bytesOf are the bytes of elements.
func bytesOf[T number](v []T) []byte {
	if len(v) == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}

// read fills t from what came out, without another copy.
func read(v runtime.Value, t *Tensor) error {
	if c, ok := v.(*runtime.CustomDataTensor); ok {
		if t.Data == nil { // the wrapper has halves of what this one holds
			return errors.New("elements of such a type come out only where their shape is known beforehand")
		}
		_ = c
		return nil
	}
	if t.Data != nil && len(t.Shape) == 0 {
		return readScalar(v, t)
	}
	if t.Data != nil {
		return nil
	}
	set := func(kind onnx.Type, data []byte, shape runtime.Shape) error {
		t.Type, t.Data, t.Shape = kind, data, shape
		return nil
	}
	switch v := v.(type) {
	case *runtime.Tensor[float32]:
		return set(onnx.Float32, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[float64]:
		return set(onnx.Float64, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[int8]:
		return set(onnx.Int8, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[int16]:
		return set(onnx.Int16, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[int32]:
		return set(onnx.Int32, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[int64]:
		return set(onnx.Int64, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[uint8]:
		return set(onnx.Uint8, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[uint16]:
		return set(onnx.Uint16, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[uint32]:
		return set(onnx.Uint32, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[uint64]:
		return set(onnx.Uint64, bytesOf(v.GetData()), v.GetShape())
	case *runtime.Tensor[bool]:
		return set(onnx.Bool, bytesOf(v.GetData()), v.GetShape())
	case *runtime.StringTensor:
		t.Type, t.Shape = onnx.String, v.GetShape()
		var err error
		if t.Strings, err = v.GetContents(); err != nil {
			return errors.New("its strings can't be read")
		}
		return nil
	}
	return errors.New("it is no tensor")
}

// readScalar copies the one element that the wrapper keeps for itself.
func readScalar(v runtime.Value, t *Tensor) error {
	give := func(b []byte) error { copy(t.Data, b); return nil }
	switch v := v.(type) {
	case *runtime.Scalar[float32]:
		return give(bytesOf([]float32{v.GetData()}))
	case *runtime.Scalar[float64]:
		return give(bytesOf([]float64{v.GetData()}))
	case *runtime.Scalar[int8]:
		return give(bytesOf([]int8{v.GetData()}))
	case *runtime.Scalar[int16]:
		return give(bytesOf([]int16{v.GetData()}))
	case *runtime.Scalar[int32]:
		return give(bytesOf([]int32{v.GetData()}))
	case *runtime.Scalar[int64]:
		return give(bytesOf([]int64{v.GetData()}))
	case *runtime.Scalar[uint8]:
		return give(bytesOf([]uint8{v.GetData()}))
	case *runtime.Scalar[uint16]:
		return give(bytesOf([]uint16{v.GetData()}))
	case *runtime.Scalar[uint32]:
		return give(bytesOf([]uint32{v.GetData()}))
	case *runtime.Scalar[uint64]:
		return give(bytesOf([]uint64{v.GetData()}))
	case *runtime.Scalar[bool]:
		return give(bytesOf([]bool{v.GetData()}))
	}
	return errors.New("it is no tensor")
}
