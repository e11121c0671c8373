package infer

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// net is a network of these nodes, from x of [rows 2] to y.
func net(init []*onnx.Tensor, nodes ...*onnx.Node) []byte {
	return (&onnx.Model{IR: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Name: "hostile", Initializers: init, Nodes: nodes,
		Inputs:  []onnx.Value{{Name: "x", Kind: onnx.TensorOf(onnx.Float32, -1, 2)}},
		Outputs: []onnx.Value{{Name: "y", Kind: &onnx.Kind{Elem: onnx.Float32}}}}}).Append(nil)
}

// TestHostileNetworks: networks that are well formed and mean harm end within their limits,
// and no refusal says what the runtime says, which quotes elements.
func TestHostileNetworks(t *testing.T) {
	needRuntime(t)
	rows := given("d", array([]float32{31337, 2}, 1, 2))
	body := &onnx.Graph{Name: "body",
		Inputs: []onnx.Value{{Name: "i", Kind: onnx.TensorOf(onnx.Int64)}, {Name: "go", Kind: onnx.TensorOf(onnx.Bool)}, {Name: "a", Kind: onnx.TensorOf(onnx.Float32, -1, 2)}},
		Nodes: []*onnx.Node{
			{Op: "Identity", Inputs: []string{"go"}, Outputs: []string{"on"}},
			{Op: "Sin", Inputs: []string{"a"}, Outputs: []string{"b"}},
		},
		Outputs: []onnx.Value{{Name: "on", Kind: onnx.TensorOf(onnx.Bool)}, {Name: "b", Kind: onnx.TensorOf(onnx.Float32, -1, 2)}}}
	for _, tt := range []struct {
		name  string
		model []byte
		code  fault.Code
	}{
		{"twin: a loop that ends", net([]*onnx.Tensor{onnx.NewInts("n", []int64{3}), {Name: "yes", Type: onnx.Bool, Raw: []byte{1}}},
			&onnx.Node{Name: "loop", Op: "Loop", Inputs: []string{"n", "yes", "x"}, Outputs: []string{"y"}, Attrs: onnx.Make("body", body)}), ""},
		{"a loop without end", net([]*onnx.Tensor{onnx.NewInts("n", []int64{math.MaxInt64}), {Name: "yes", Type: onnx.Bool, Raw: []byte{1}}},
			&onnx.Node{Name: "loop", Op: "Loop", Inputs: []string{"n", "yes", "x"}, Outputs: []string{"y"}, Attrs: onnx.Make("body", body)}), fault.WasmTime},
		{"an output of terabytes", net([]*onnx.Tensor{onnx.NewInts("s", []int64{1 << 20, 1 << 20}, 2)},
			&onnx.Node{Name: "fill", Op: "Expand", Inputs: []string{"x1", "s"}, Outputs: []string{"y"}},
		), fault.InferModel},
		{"memory without end", net([]*onnx.Tensor{onnx.NewInts("s", []int64{1 << 15, 1 << 20}, 2), onnx.NewFloats("z", []float32{0}, 1)},
			&onnx.Node{Name: "sum", Op: "ReduceSum", Inputs: []string{"x"}, Outputs: []string{"t"}},
			&onnx.Node{Name: "fill", Op: "Expand", Inputs: []string{"t", "s"}, Outputs: []string{"u"}},
			&onnx.Node{Name: "back", Op: "ReduceSum", Inputs: []string{"u"}, Outputs: []string{"y"}},
		), fault.WasmMemory},
		{"memory without end while it is opened", net([]*onnx.Tensor{onnx.NewInts("s", []int64{1 << 15, 1 << 20}, 2)},
			&onnx.Node{Name: "fill", Op: "ConstantOfShape", Inputs: []string{"s"}, Outputs: []string{"u"}},
			&onnx.Node{Name: "back", Op: "ReduceSum", Inputs: []string{"u"}, Outputs: []string{"v"}},
			&onnx.Node{Name: "add", Op: "Add", Inputs: []string{"v", "x"}, Outputs: []string{"y"}},
		), fault.WasmMemory},
		{"an index of the data's", net([]*onnx.Tensor{onnx.NewFloats("w", []float32{1, 2}, 2)},
			&onnx.Node{Name: "cast", Op: "Cast", Inputs: []string{"x"}, Outputs: []string{"i"}, Attrs: onnx.Make("to", 7)},
			&onnx.Node{Name: "look", Op: "Gather", Inputs: []string{"w", "i"}, Outputs: []string{"y"}}), fault.InferTensor},
		{"a shape of the data's", net(nil,
			&onnx.Node{Name: "cast", Op: "Cast", Inputs: []string{"x"}, Outputs: []string{"i"}, Attrs: onnx.Make("to", 7)},
			&onnx.Node{Name: "first", Op: "Flatten", Inputs: []string{"i"}, Outputs: []string{"j"}, Attrs: onnx.Make("axis", 0)},
			&onnx.Node{Name: "flat", Op: "Squeeze", Inputs: []string{"j"}, Outputs: []string{"k"}},
			&onnx.Node{Name: "shape", Op: "Reshape", Inputs: []string{"x", "k"}, Outputs: []string{"y"}}), fault.InferTensor},
		{"shapes that do not fit", net([]*onnx.Tensor{onnx.NewFloats("w", []float32{1, 2, 3}, 3)},
			&onnx.Node{Name: "add", Op: "Add", Inputs: []string{"x", "w"}, Outputs: []string{"y"}}), fault.InferModel},
		{"an output without rows", net(nil, &onnx.Node{Name: "sum", Op: "ReduceSum", Inputs: []string{"x"}, Outputs: []string{"t"}, Attrs: onnx.Make("keepdims", 1)},
			&onnx.Node{Name: "flat", Op: "Squeeze", Inputs: []string{"t"}, Outputs: []string{"y"}}), fault.InferModel},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := jobOf(`{"operation":"predict","model":"m","data":"d"}`, given("m", tt.model), rows)
			job.Limits.Time, job.Limits.Memory = 2*time.Second, 256<<20
			began := time.Now()
			out, err := New(Config{}).Run(t.Context(), job)
			if fault.Of(err) != tt.code && !(tt.code == "" && err == nil) {
				t.Fatalf("%v after %v, want %s", err, time.Since(began), tt.code)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			if err != nil && (strings.Contains(err.Error()+string(out.Stderr), "31337") || len(out.Outputs) > 0) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

// TestOddNetworks: networks whose inputs and outputs are of other kinds.
func TestOddNetworks(t *testing.T) {
	needRuntime(t)
	fixed := double()
	fixed.Graph.Inputs[0].Kind, fixed.Graph.Outputs[0].Kind = onnx.TensorOf(onnx.Float32, 4, 2), onnx.TensorOf(onnx.Float32, 4, 2)
	liar := double()
	liar.Graph.Outputs[0].Kind = &onnx.Kind{Elem: onnx.Float32, Ranked: true, Dims: []onnx.Dim{{Size: -1, Name: "n"}, {Size: -1, Name: "n"}}}
	two := double()
	two.Graph.Inputs = append(two.Graph.Inputs, onnx.Value{Name: "z", Kind: onnx.TensorOf(onnx.Float32, -1, 2)})
	two.Graph.Nodes[1].Inputs[1] = "z"
	data := array([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	for _, tt := range []struct {
		name, params string
		model        *onnx.Model
		inputs       []tacit.GuestFile
		want         string
	}{
		{"batches of a fixed size", `"data":"d"`, fixed, []tacit.GuestFile{given("d", data)}, "3,5\n7,9\n11,13\n"},
		{"an output of another shape than it says", `"data":"d"`, liar, []tacit.GuestFile{given("d", data)}, "3,5\n7,9\n11,13\n"},
		{"two inputs", `"inputs":{"x":"d","z":"e"}`, two, []tacit.GuestFile{given("d", data), given("e", data)}, "3,6\n9,12\n15,18\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := New(Config{}).Run(t.Context(), jobOf(`{"operation":"predict","model":"m","answer":{"format":"csv"},`+tt.params+`}`, append(tt.inputs, given("m", tt.model.Append(nil)))...))
			if err != nil {
				t.Fatal(err)
			}
			if got := outputOf(t, out, Predictions); got != tt.want {
				t.Errorf("predictions = %q, want %q", got, tt.want)
			}
		})
	}
	out, err := New(Config{}).Run(t.Context(), jobOf(`{"operation":"predict","model":"m","data":"d"}`, given("m", two.Append(nil)), given("d", data)))
	mustRefuse(t, out, err, fault.InferParams, "2 inputs")
	// A session that lies is answered all the same.
	d := talk(t, New(Config{}), jobOf(`{"model":"m"}`, given("m", liar.Append(nil))))
	for range 3 {
		body, err := d.ask(requestOf(t, "x", "FP32", elements(1, 2, 3, 4, 5, 6), 3, 2))
		if err != nil {
			t.Fatal(err)
		}
		if a := answerOf(t, body); !bytes.Equal(a.Outputs[0].Data, elements(3, 5, 7, 9, 11, 13)) {
			t.Errorf("answer = %+v", a)
		}
	}
	if _, err := d.end(); err != nil {
		t.Error(err)
	}
}

// FuzzParams: parameters are taken or refused with INFER_PARAMS.
func FuzzParams(f *testing.F) {
	for _, s := range []string{
		`{"operation":"predict","model":"m","data":"d","batch":8,"answer":{"form":"top","top":3},"outputs":[{"name":"predictions","to":[0]}]}`,
		`{"operation":"evaluate","model":"m","inputs":{"x":"d"},"labels":"l","format":"csv","header":true}`,
		`{"operation":"quantise","method":"qdq","model":"m","data":"d","keep":["a"],"image":{"layout":"nhwc","scale":255,"mean":[0.5],"std":[0.2]}}`,
	} {
		f.Add([]byte(s), false)
	}
	f.Add([]byte(`{"model":"m","maxBatch":8,"answer":{"form":"softmax"}}`), true)
	f.Fuzz(func(t *testing.T, b []byte, session bool) {
		job := jobOf(string(b), given("m", nil), given("d", nil))
		if session {
			job = jobOf(string(b), given("m", nil))
			job.Requests = make(chan tacit.Request)
		}
		p, err := parse(job)
		if err != nil {
			if fault.Of(err) != fault.InferParams {
				t.Fatal(err)
			}
			return
		}
		if err := p.consent(job); err != nil && fault.Of(err) != fault.DataConsent && fault.Of(err) != fault.DataSmall {
			t.Fatal(err)
		}
	})
}

// TestManyFiles: rows come alike from a file that gives them piece by piece, and its failure
// is the host's.
func TestManyFiles(t *testing.T) {
	needRuntime(t)
	b := append(npy.Append(nil, onnx.Float64, []int64{3, 2}), make([]byte, 48)...)
	for i := range 6 {
		binary.LittleEndian.PutUint64(b[len(b)-48+8*i:], math.Float64bits(float64(i)))
	}
	f := given("d", b)
	f.Data = failing{bytes.NewReader(b), int64(len(b) - 8)}
	_, err := New(Config{}).Run(t.Context(), jobOf(`{"operation":"predict","model":"m","data":"d"}`, given("m", double().Append(nil)), f))
	if fault.Of(err) != fault.Unreachable {
		t.Errorf("a host that fails = %v", err)
	}
}

// failing reads no more behind a place.
type failing struct {
	r    *bytes.Reader
	from int64
}

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.from {
		return 0, fault.New(fault.Unreachable, "read chunk")
	}
	return f.r.ReadAt(b, at)
}
