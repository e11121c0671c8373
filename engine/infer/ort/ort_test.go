package ort

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// TestAProgramWithoutTheRuntime: it says so, and what to do.
func TestAProgramWithoutTheRuntime(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"none":    {"library/README.md": {}},
		"another": {libraryFile: {Data: []byte("not a library")}},
	} {
		if err := start(files); fault.Of(err) != fault.InferRuntime || !strings.Contains(err.Error(), "ONNX Runtime") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLibraryIsSealed(t *testing.T) {
	fd, err := sealed([]byte("library"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if _, err := unix.Pwrite(fd, []byte("x"), 0); err == nil {
		t.Error("it can be changed")
	}
	if err := unix.Ftruncate(fd, 0); err == nil {
		t.Error("it can be cut")
	}
}

// adder is the network y = x + x of any shape.
func adder(kind onnx.Type) []byte {
	return (&onnx.Model{IR: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Name: "adder",
		Inputs:  []onnx.Value{{Name: "x", Kind: &onnx.Kind{Elem: kind}}},
		Outputs: []onnx.Value{{Name: "y", Kind: &onnx.Kind{Elem: kind}}},
		Nodes:   []*onnx.Node{{Name: "add", Op: "Add", Inputs: []string{"x", "x"}, Outputs: []string{"y"}}}}}).Append(nil)
}

func TestRuns(t *testing.T) {
	if !Carried() {
		t.Skip("this build has no ONNX Runtime: type make onnxruntime")
	}
	s, err := Open(adder(onnx.Int32), []string{"x"}, []string{"y"}, Options{Memory: 1 << 26})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	four := []byte{1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}
	twice := []byte{2, 0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff}
	for _, tt := range []struct {
		name string
		in   Tensor
		out  Tensor
		want []byte
		code fault.Code
	}{
		{"room is made", Tensor{Type: onnx.Int32, Shape: []int64{2, 2}, Data: four}, Tensor{}, twice, ""},
		{"room is given", Tensor{Type: onnx.Int32, Shape: []int64{4}, Data: four}, Tensor{Type: onnx.Int32, Shape: []int64{4}, Data: make([]byte, 16)}, twice, ""},
		{"a single number", Tensor{Type: onnx.Int32, Shape: []int64{}, Data: four[:4]}, Tensor{Type: onnx.Int32, Shape: []int64{}, Data: make([]byte, 4)}, twice[:4], ""},
		{"no elements", Tensor{Type: onnx.Int32, Shape: []int64{0, 3}, Data: []byte{}}, Tensor{}, []byte{}, ""},
		{"a single number without room", Tensor{Type: onnx.Int32, Shape: []int64{}, Data: four[:4]}, Tensor{}, nil, fault.InferModel},
		{"too few bytes", Tensor{Type: onnx.Int32, Shape: []int64{4}, Data: four[:12]}, Tensor{}, nil, fault.InferTensor},
		{"another type", Tensor{Type: onnx.Float32, Shape: []int64{4}, Data: four}, Tensor{}, nil, fault.InferTensor},
		{"room of another shape", Tensor{Type: onnx.Int32, Shape: []int64{4}, Data: four}, Tensor{Type: onnx.Int32, Shape: []int64{3}, Data: make([]byte, 12)}, nil, fault.InferTensor},
		{"a negative shape", Tensor{Type: onnx.Int32, Shape: []int64{-4}, Data: four}, Tensor{}, nil, fault.InferTensor},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := []Tensor{tt.out}
			err := s.Run(t.Context(), []Tensor{tt.in}, out)
			if tt.code != "" {
				if fault.Of(err) != tt.code {
					t.Fatalf("Run = %v, want %s", err, tt.code)
				}
				return
			}
			if err != nil || !bytes.Equal(out[0].Data, tt.want) {
				t.Fatalf("Run = %v, %v", out, err)
			}
		})
	}
	over, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-over.Done()
	if err := s.Run(over, []Tensor{{Type: onnx.Int32, Shape: []int64{4}, Data: four}}, make([]Tensor, 1)); err != context.DeadlineExceeded {
		t.Errorf("after its time: %v", err)
	}
}
