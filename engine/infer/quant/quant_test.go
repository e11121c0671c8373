package quant

import (
	"math"
	"strings"
	"testing"

	"tacit/engine/infer/nets"
	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// normed is a convolution of two channels with a norm behind it.
func normed() *onnx.Model {
	g := &onnx.Graph{Name: "normed",
		Inputs:  []onnx.Value{{Name: "x", Kind: onnx.TensorOf(onnx.Float32, -1, 1, 4, 4)}},
		Outputs: []onnx.Value{{Name: "y", Kind: onnx.TensorOf(onnx.Float32, -1, 2, 4, 4)}},
		Initializers: []*onnx.Tensor{
			onnx.NewFloats("w", []float32{2, -3}, 2, 1, 1, 1), onnx.NewFloats("b", []float32{1, 1}, 2),
			onnx.NewFloats("scale", []float32{2, 4}, 2), onnx.NewFloats("shift", []float32{10, 20}, 2),
			onnx.NewFloats("mean", []float32{0, 1}, 2), onnx.NewFloats("var", []float32{4, 16}, 2),
		},
		Nodes: []*onnx.Node{
			{Name: "conv", Op: "Conv", Inputs: []string{"x", "w", "b"}, Outputs: []string{"c"}},
			{Name: "norm", Op: "BatchNormalization", Inputs: []string{"c", "scale", "shift", "mean", "var"}, Outputs: []string{"n"}, Attrs: onnx.Make("epsilon", 0.0)},
			{Name: "relu", Op: "Relu", Inputs: []string{"n"}, Outputs: []string{"r"}},
			{Name: "more", Op: "Add", Inputs: []string{"r", "r"}, Outputs: []string{"y"}},
		}}
	return &onnx.Model{IR: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g}
}

func TestNormsAreFolded(t *testing.T) {
	m := normed()
	before := m.Append(nil)
	f := fold(m)
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	if len(f.Graph.Nodes) != 3 || len(f.Graph.Initializers) != 2 {
		t.Fatalf("%d nodes, %d tensors", len(f.Graph.Nodes), len(f.Graph.Initializers))
	}
	w, _ := f.Graph.Initializers[0].Floats()
	b, _ := f.Graph.Initializers[1].Floats()
	// (2x+1)*2/2+10 and (-3x+1-1)*4/4+20
	if w[0] != 2 || w[1] != -3 || b[0] != 11 || b[1] != 20 {
		t.Errorf("weights %v, bias %v", w, b)
	}
	if string(m.Append(nil)) != string(before) {
		t.Error("the network itself is another")
	}
	values, err := Values(m, nil)
	if err != nil || strings.Join(values, " ") != "x r" {
		t.Errorf("values = %v, %v", values, err)
	}
	q, err := Whole(m, nil, map[string]Range{"x": {-1, 1}, "r": {0, 30}})
	if err != nil {
		t.Fatal(err)
	}
	ops := map[string]int{}
	for _, n := range q.Graph.Nodes {
		ops[n.Op]++
	}
	if ops["QuantizeLinear"] != 2 || ops["DequantizeLinear"] != 4 || ops["Conv"] != 1 || ops["BatchNormalization"] != 0 {
		t.Errorf("operators = %v", ops)
	}
}

func TestWeightsStayNear(t *testing.T) {
	m := nets.MLP(5, 32, 16, 4)
	q, err := Weights(m, []string{"Gemm_7"})
	if err != nil {
		if q, err = Weights(m, nil); err != nil {
			t.Fatal(err)
		}
	}
	byName := map[string]*onnx.Tensor{}
	for _, x := range q.Graph.Initializers {
		byName[x.Name] = x
	}
	for _, n := range m.Graph.Nodes {
		small := byName[n.Name+"_w8"]
		if n.Op != "Gemm" || small == nil {
			continue
		}
		var was []float32
		for _, x := range m.Graph.Initializers {
			if x.Name == n.Inputs[1] {
				was, _ = x.Floats()
			}
		}
		scale, _ := byName[n.Name+"_w8_scale"].Floats()
		each := len(was) / len(scale)
		for i, x := range was {
			s := scale[i/each]
			if d := math.Abs(float64(float32(int8(small.Raw[i]))*s - x)); d > float64(s)/2*1.001 || small.Raw[i] > most && small.Raw[i] < 256-most {
				t.Fatalf("%s: weight %d is %v instead of %v, scale %v", n.Name, i, float32(int8(small.Raw[i]))*s, x, s)
			}
		}
	}
}

func TestNetworksThatStay(t *testing.T) {
	old := nets.MLP(1, 4, 2)
	old.Opsets[0].Version = 12
	none := nets.MLP(1, 4, 2)
	none.Graph.Nodes, none.Graph.Inputs[0].Name = none.Graph.Nodes[1:], "Gemm_3_out"
	twice, err := Weights(nets.MLP(1, 4, 2), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		m    *onnx.Model
		keep []string
		says string
	}{
		{"operators of before", old, nil, "version 12"},
		{"quantised already", twice, nil, "already"},
		{"nothing to quantise", none, nil, "nothing would become smaller"},
		{"a node that is not there", nets.MLP(1, 4, 2), []string{"q"}, `no node "q"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Values(tt.m, tt.keep); fault.Of(err) != fault.InferModel || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Values = %v, want INFER_MODEL with %q", err, tt.says)
			}
		})
	}
	if _, err := Whole(nets.MLP(1, 4, 2), nil, nil); fault.Of(err) != fault.InferModel {
		t.Errorf("without ranges: %v", err)
	}
}
