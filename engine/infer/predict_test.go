package infer

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/infer/nets"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

func TestPredictions(t *testing.T) {
	needRuntime(t)
	model := double().Append(nil)
	rows := array([]float32{1, 2, 4, 3, -5, -6}, 3, 2)
	for _, tt := range []struct {
		name, params, data, want string
	}{
		{"csv of scores", `"answer":{"format":"csv"}`, string(rows), "3,5\n9,7\n-9,-11\n"},
		{"from csv", `"format":"csv","header":true,"answer":{"format":"csv"}`, "a,b\n1,2\n4,3\n-5,-6\n", "3,5\n9,7\n-9,-11\n"},
		{"batches of two", `"batch":2,"answer":{"format":"csv"}`, string(rows), "3,5\n9,7\n-9,-11\n"},
		{"best", `"answer":{"form":"best"}`, string(rows), "1\n0\n0\n"},
		{"best by name", `"answer":{"form":"best","classes":["cat","dog"]}`, string(rows), "dog\ncat\ncat\n"},
		{"top", `"answer":{"form":"top","top":2,"classes":["cat","dog"]}`, string(rows), "dog,5,cat,3\ncat,9,dog,7\ncat,-9,dog,-11\n"},
		{"npy", ``, string(rows), string(array([]float32{3, 5, 9, 7, -9, -11}, 3, 2))},
		{"best as npy", `"answer":{"form":"best","format":"npy"}`, string(rows), string(append(npy.Append(nil, onnx.Int64, []int64{3}), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))},
		{"float64 as NumPy has them", `"answer":{"format":"csv"}`, string(append(npy.Append(nil, onnx.Float64, []int64{1, 2}), 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40)), "3,5\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.params != "" {
				tt.params = "," + tt.params
			}
			out, err := New(Config{}).Run(t.Context(), jobOf(`{"operation":"predict","model":"m","data":"d"`+tt.params+`}`, given("m", model), given("d", []byte(tt.data))))
			if err != nil {
				t.Fatal(err)
			}
			if got := outputOf(t, out, Predictions); got != tt.want {
				t.Errorf("predictions = %q, want %q", got, tt.want)
			}
			var s report
			if err := json.Unmarshal([]byte(outputOf(t, out, Summary)), &s); err != nil || s.Rows == 0 || s.Model.Nodes != 2 {
				t.Errorf("summary = %+v, %v", s, err)
			}
			if out.Fuel == 0 || out.PeakMem == 0 {
				t.Errorf("fuel %d, memory %d", out.Fuel, out.PeakMem)
			}
		})
	}
}

// TestBatchesAreAlike: what comes out depends neither on the batch nor on threads, and the
// same job gives the same outcome.
func TestBatchesAreAlike(t *testing.T) {
	needRuntime(t)
	model := nets.CNN(3, 32, 10).Append(nil)
	images := append(npy.Append(nil, onnx.Uint8, []int64{70, 32, 32, 3}), make([]byte, 70*32*32*3)...)
	for i := range 70 * 32 * 32 * 3 {
		images[len(images)-1-i] = byte(i * 7)
	}
	var first string
	var fuel uint64
	for i, batch := range []string{"1", "32", "70", "32"} {
		params := `{"operation":"predict","model":"m","data":"d","batch":` + batch + `,"image":{"layout":"nhwc","scale":255,"mean":[0.5],"std":[0.25,0.25,0.25]},"answer":{"form":"top"}}`
		out, err := New(Config{Threads: 1 + i%2}).Run(t.Context(), jobOf(params, given("m", model), given("d", images)))
		if err != nil {
			t.Fatal(err)
		}
		// Sums of other orders differ in the last digits: compare the classes.
		var got []string
		for line := range strings.Lines(outputOf(t, out, Predictions)) {
			got = append(got, strings.Split(line, ",")[0])
		}
		if all := strings.Join(got, ","); first == "" {
			first = all
		} else if all != first {
			t.Errorf("batch %s gives other classes", batch)
		}
		if i == 1 {
			fuel = out.Fuel
		} else if i == 3 && out.Fuel != fuel {
			t.Errorf("fuel is %d and then %d", fuel, out.Fuel)
		}
	}
}

// TestThreadsAreAlike: the same task gives the same bytes, on one thread and on two.
func TestThreadsAreAlike(t *testing.T) {
	needRuntime(t)
	for name, tt := range map[string]struct {
		model *onnx.Model
		data  []byte
	}{
		"cnn":         {nets.CNN(3, 32, 10), array(drawn(1, 20*3*32*32), 20, 3, 32, 32)},
		"mlp":         {nets.MLP(3, 300, 500, 10), array(drawn(1, 40*300), 40, 300)},
		"lstm":        {nets.LSTM(3, 20, 16, 64, 5), array(drawn(1, 9*20*16), 9, 20, 16)},
		"transformer": {nets.Transformer(3, 16, 100, 64, 4, 2, 10), tokens(30, 16)},
	} {
		t.Run(name, func(t *testing.T) {
			first := ""
			for _, threads := range []int{1, 2, 2} {
				out, err := New(Config{Threads: threads}).Run(t.Context(), jobOf(`{"operation":"predict","model":"m","data":"d","batch":7}`, given("m", tt.model.Append(nil)), given("d", tt.data)))
				if err != nil {
					t.Fatal(err)
				}
				got := outputOf(t, out, Predictions)
				if first == "" {
					first = got
				}
				if got != first {
					t.Errorf("on %d threads other bytes come out", threads)
				}
			}
		})
	}
}

func TestRefusedTasks(t *testing.T) {
	needRuntime(t)
	model := double().Append(nil)
	rows := array([]float32{1, 2, 31337, 3}, 2, 2)
	nan := float32(math.NaN())
	held := func(f tacit.GuestFile, edit func(*tacit.GuestFile)) tacit.GuestFile { edit(&f); return f }
	m, d := given("m", model), given("d", rows)
	const plain = `{"operation":"predict","model":"m","data":"d"}`
	for _, tt := range []struct {
		name, params string
		inputs       []tacit.GuestFile
		limits       func(*tacit.Limits)
		code         fault.Code
		says         string
	}{
		{"twin", plain, []tacit.GuestFile{m, d}, nil, "", ""},
		{"no parameters", ``, []tacit.GuestFile{m, d}, nil, fault.InferParams, "there are none"},
		{"an unknown field", `{"operation":"predict","model":"m","data":"d","bach":3}`, []tacit.GuestFile{m, d}, nil, fault.InferParams, "did you mean batch?"},
		{"an unknown operation", `{"operation":"guess","model":"m","data":"d"}`, []tacit.GuestFile{m, d}, nil, fault.InferParams, "guess"},
		{"an input for nothing", plain, []tacit.GuestFile{m, d, given("e", rows)}, nil, fault.InferParams, `"e"`},
		{"a model that is none", plain, []tacit.GuestFile{given("m", rows), d}, nil, fault.InferModel, "the network"},
		{"twin: the digest of the model", `{"operation":"predict","model":"m","data":"d","digest":"` + digestOf(model) + `"}`, []tacit.GuestFile{m, d}, nil, "", ""},
		{"another digest", `{"operation":"predict","model":"m","data":"d","digest":"` + strings.Repeat("0", 64) + `"}`, []tacit.GuestFile{m, d}, nil, fault.InferModel, "digest"},
		{"NaN", plain, []tacit.GuestFile{m, given("d", array([]float32{1, nan}, 1, 2))}, nil, fault.InferTensor, "not finite"},
		{"twin: NaN is meant", `{"operation":"predict","model":"m","data":"d","finite":false}`, []tacit.GuestFile{m, given("d", array([]float32{1, nan}, 1, 2))}, nil, "", ""},
		{"an overflow in the network", plain, []tacit.GuestFile{m, given("d", array([]float32{1, 3e38}, 1, 2))}, nil, fault.InferTensor, `output "y"`},
		{"rows of another shape", plain, []tacit.GuestFile{m, given("d", array([]float32{1, 2, 3}, 1, 3))}, nil, fault.InferTensor, `input "x"`},
		{"elements of another type", plain, []tacit.GuestFile{m, given("d", append(npy.Append(nil, onnx.Uint8, []int64{1, 2}), 1, 2))}, nil, fault.InferTensor, "images"},
		{"csv that is none", `{"operation":"predict","model":"m","data":"d","format":"csv","header":false}`, []tacit.GuestFile{m, given("d", []byte("1,2\n3,x31337\n"))}, nil, fault.InferTensor, "line 2, column 2"},
		{"csv of other columns", `{"operation":"predict","model":"m","data":"d","format":"csv","header":false}`, []tacit.GuestFile{m, given("d", []byte("1,2,31337\n"))}, nil, fault.InferTensor, "line 1"},
		{"the owner of the data does not allow it", plain, []tacit.GuestFile{m, held(d, func(f *tacit.GuestFile) { f.Operations = []string{tacit.LearnTrain} })}, nil, fault.DataConsent, `owner of "d"`},
		{"the owner of the model does not allow it", plain, []tacit.GuestFile{held(m, func(f *tacit.GuestFile) { f.Operations = nil }), d}, nil, fault.DataConsent, `owner of "m"`},
		{"for a next step only", plain, []tacit.GuestFile{m, held(d, func(f *tacit.GuestFile) { f.Operations, f.Steps = nil, []string{tacit.LearnPredict} })}, nil, fault.DataConsent, "next step"},
		{"too few rows", plain, []tacit.GuestFile{m, held(d, func(f *tacit.GuestFile) { f.MinRows = 3 })}, nil, fault.DataSmall, "3 rows"},
		{"fewer rows than the job asks for", `{"operation":"predict","model":"m","data":"d","minRows":3}`, []tacit.GuestFile{m, d}, nil, fault.DataSmall, "3 rows that the job"},
		{"twin: as many as it asks for", `{"operation":"predict","model":"m","data":"d","minRows":2}`, []tacit.GuestFile{m, d}, nil, "", ""},
		{"too small a group", plain, []tacit.GuestFile{m, held(d, func(f *tacit.GuestFile) { f.MinGroup = 3 })}, nil, fault.DataSmall, "3 rows"},
		{"twin: as many rows", plain, []tacit.GuestFile{m, held(d, func(f *tacit.GuestFile) { f.MinRows = 2 })}, nil, "", ""},
		{"too little fuel", plain, []tacit.GuestFile{m, d}, func(l *tacit.Limits) { l.Fuel = uint64(len(model)) + 10 }, fault.WasmTime, "fuel"},
		{"too little memory", plain, []tacit.GuestFile{m, d}, func(l *tacit.Limits) { l.Memory = 100 }, fault.WasmMemory, "MiB"},
		{"too little output", plain, []tacit.GuestFile{m, d}, func(l *tacit.Limits) { l.Output = 12 }, fault.WasmOutput, "infer: run"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := jobOf(tt.params, tt.inputs...)
			if tt.limits != nil {
				tt.limits(&job.Limits)
			}
			out, err := New(Config{}).Run(t.Context(), job)
			if tt.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if tt.code == fault.WasmOutput {
				if fault.Of(err) != tt.code {
					t.Fatal(err)
				}
				return
			}
			mustRefuse(t, out, err, tt.code, tt.says)
		})
	}
}

// TestStepsOnly: what an owner gives to next steps goes there, and the summary to nobody.
func TestStepsOnly(t *testing.T) {
	needRuntime(t)
	d := given("d", array([]float32{1, 2}, 1, 2))
	d.Operations, d.Steps = nil, []string{tacit.LearnPredict}
	job := jobOf(`{"operation":"predict","model":"m","data":"d"}`, given("m", double().Append(nil)), d)
	job.Recipients, job.Onward = 2, []uint8{1}
	out, err := New(Config{}).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Outputs) != 1 || out.Outputs[0].Name != "predictions.npy" || !slices.Equal(out.Outputs[0].To, []uint8{1}) {
		t.Errorf("outputs = %+v", out.Outputs)
	}
}

func TestFinite(t *testing.T) {
	for _, n := range []int{1, 2, 7, 8, 9, 33} {
		for at := range n {
			v := drawn(1, n)
			if !finite(onnx.Float32, elements(v...)) {
				t.Fatalf("%d numbers are not finite", n)
			}
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				v[at] = float32(bad)
				if finite(onnx.Float32, elements(v...)) {
					t.Fatalf("%v at %d of %d is not seen", bad, at, n)
				}
			}
			v[at] = math.MaxFloat32
			if !finite(onnx.Float32, elements(v...)) {
				t.Fatal("the largest number is not finite")
			}
		}
	}
}

func TestPictures(t *testing.T) {
	for _, c := range []int64{1, 3, 4} {
		p, err := newPictures(&Image{Layout: "nhwc", Scale: 2, Mean: []float64{1}, Std: []float64{0.5}}, c)
		if err != nil {
			t.Fatal(err)
		}
		in := make([]byte, 2*5*c)
		for i := range in {
			in[i] = byte(i)
		}
		out := make([]float32, len(in))
		p.turn(out, in, 5)
		for n := range 2 {
			for k := range int(c) {
				for i := range 5 {
					want := (float32(in[n*5*int(c)+i*int(c)+k])/2 - 1) / 0.5
					if got := out[n*5*int(c)+k*5+i]; got != want {
						t.Fatalf("%d channels: image %d, channel %d, point %d is %v, want %v", c, n, k, i, got, want)
					}
				}
			}
		}
	}
	if !bytes.Equal(room(3), []byte{0, 0, 0}) {
		t.Error("room of 3 bytes is not of 3 bytes")
	}
}

// BenchmarkPredict measures whole tasks over images of bytes, of which the network's part is
// what the runtime alone takes for the same batches.
func BenchmarkPredict(b *testing.B) {
	needRuntime(b)
	const images = 4000
	model := nets.CNN(3, 32, 10).Append(nil)
	data := append(npy.Append(nil, onnx.Uint8, []int64{images, 32, 32, 3}), make([]byte, images*32*32*3)...)
	b.Run("task", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := New(Config{}).Run(b.Context(), jobOf(`{"operation":"predict","model":"m","data":"d","image":{"layout":"nhwc","scale":255},"answer":{"form":"top"}}`, given("m", model), given("d", data))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("runtime", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		s, err := ort.Open(model, []string{"image"}, []string{"scores"}, ort.Options{Threads: 1, Memory: 1 << 30})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		in := []ort.Tensor{{Type: onnx.Float32, Shape: []int64{32, 3, 32, 32}, Data: room(32 * 3 * 32 * 32 * 4)}}
		for b.Loop() {
			for range images / 32 {
				if err := s.Run(b.Context(), in, make([]ort.Tensor, 1)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
