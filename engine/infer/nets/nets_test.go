package nets

import (
	"encoding/binary"
	"math"
	"testing"

	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
)

// TestNets: each network is read as it is written, is of the size that it should be, and runs.
func TestNets(t *testing.T) {
	for _, tt := range []struct {
		name         string
		net          *onnx.Model
		in           []int64
		params, macs int64 // at least, in thousands
	}{
		{"mlp", MLP(1, 784, 64, 10), []int64{3, 784}, 50, 150},
		{"cnn", CNN(1, 32, 10), []int64{2, 3, 32, 32}, 24, 5500},
		{"lstm", LSTM(1, 64, 32, 128, 10), []int64{2, 64, 32}, 80, 10000},
		{"transformer", Transformer(1, 16, 100, 64, 4, 2, 10), []int64{2, 16}, 100, 3000},
		{"resnet50", ResNet50(1, 1000), []int64{1, 3, 224, 224}, 25500, 4_050_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := tt.net.Append(nil)
			m, err := onnx.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			in := m.Graph.Asked()[0]
			cost := m.Cost(map[string][]int64{in.Name: tt.in})
			if cost.Params/1000 < tt.params || cost.Params > 2*1000*tt.params || cost.MACs/1000 < tt.macs || cost.MACs > 2*1000*tt.macs {
				t.Errorf("cost = %+v, want %d and %d thousand", cost, tt.params, tt.macs)
			}
			if !ort.Carried() {
				t.Skip("this build has no ONNX Runtime: type make onnxruntime")
			}
			s, err := ort.Open(b, []string{in.Name}, []string{m.Graph.Outputs[0].Name}, ort.Options{Threads: 1, Memory: 1 << 30})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			n, _ := onnx.Count(tt.in)
			data := make([]byte, int(n)*in.Kind.Elem.Size())
			for i := 0; i < len(data); i += 8 {
				if in.Kind.Elem == onnx.Int64 {
					data[i] = byte(i % 100)
				} else if i+8 <= len(data) {
					binary.LittleEndian.PutUint32(data[i:], math.Float32bits(float32(i%7)-3))
				}
			}
			out := make([]ort.Tensor, 1)
			if err := s.Run(t.Context(), []ort.Tensor{{Type: in.Kind.Elem, Shape: tt.in, Data: data}}, out); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(out[0].Data); i += 4 {
				if v := float64(math.Float32frombits(binary.LittleEndian.Uint32(out[0].Data[i:]))); math.IsNaN(v) || math.Abs(v) > 1e6 {
					t.Fatalf("score %d is %v", i/4, v)
				}
			}
		})
	}
}
