package infer

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

// FuzzRuntime: over a network that was read the runtime neither ends its process nor takes
// for ever. It is not ours, and what it does not survive has to be refused by package onnx:
// the target needs INFER_RUNTIME_FUZZ=1 in the environment.
func FuzzRuntime(f *testing.F) {
	if os.Getenv("INFER_RUNTIME_FUZZ") == "" {
		f.Skip("set INFER_RUNTIME_FUZZ=1: what is found is the runtime's")
	}
	needRuntime(f)
	files, _ := filepath.Glob("/usr/share/libonnx-testdata/data/node/*/model.onnx")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil && len(b) < 4000 {
			f.Add(b)
		}
	}
	f.Add(double().Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := onnx.Parse(b)
		if err != nil {
			return
		}
		n := &network{model: m, costs: map[string]onnx.Cost{}}
		r := &run{threads: 1, budget: budget{fuel: 1 << 60, memory: 64 << 20}}
		if n.ports() != nil || r.open(n, b) != nil {
			return
		}
		defer n.close()
		var in []ort.Tensor
		for _, v := range n.inputs {
			shape, _ := v.Kind.Shape()
			for i := range shape {
				if shape[i] < 0 {
					shape[i] = 3
				}
			}
			c, ok := onnx.Count(shape)
			if !ok || c == 0 || c > 1<<16 || v.Kind.Elem == onnx.String {
				return
			}
			data := room(c * int64(v.Kind.Elem.Size()))
			for i := range data {
				data[i] = byte(i % 3 * 17)
			}
			in = append(in, ort.Tensor{Type: v.Kind.Elem, Shape: shape, Data: data})
		}
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		if err := n.run(ctx, in, make([]ort.Tensor, len(n.outputs))); err != nil && ctx.Err() == nil && fault.Of(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}
