package infer

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/engine/infer/nets"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

// taught are the classes that a network says itself, as right answers for another.
func taught(t *testing.T, model, data []byte) []byte {
	t.Helper()
	out, err := New(Config{Threads: 2}).Run(t.Context(), jobOf(`{"operation":"predict","model":"m","data":"d","answer":{"form":"best","format":"npy"}}`, given("m", model), given("d", data)))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(outputOf(t, out, Predictions))
}

// TestQuantised: what is of eight bits is smaller, is read again, and says nearly the same.
func TestQuantised(t *testing.T) {
	needRuntime(t)
	for _, tt := range []struct {
		name   string
		net    *onnx.Model
		data   []byte
		method string
		least  float64 // agreement
	}{
		{"mlp", nets.MLP(1, 64, 128, 10), array(drawn(3, 300*64), 300, 64), "qdq", 0.93},
		{"cnn", nets.CNN(1, 32, 10), array(drawn(3, 40*3*32*32), 40, 3, 32, 32), "qdq", 0.85},
		{"transformer", nets.Transformer(1, 16, 100, 64, 4, 2, 10), tokens(100, 16), "qdq", 0.7},
		{"weights", nets.MLP(1, 64, 128, 10), array(drawn(3, 300*64), 300, 64), "weights", 0.95},
		{"lstm", nets.LSTM(1, 12, 8, 16, 4), array(drawn(3, 30*12*8), 30, 12, 8), "weights", 0.9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			model := tt.net.Append(nil)
			labels := taught(t, model, tt.data)
			params := fmt.Sprintf(`{"operation":"quantise","method":%q,"model":"m","data":"d","labels":"l","batch":16}`, tt.method)
			out, err := New(Config{Threads: 2}).Run(t.Context(), jobOf(params, given("m", model), given("d", tt.data), given("l", labels)))
			if err != nil {
				t.Fatal(err)
			}
			small := []byte(outputOf(t, out, Quantised))
			var q quantisation
			if err := json.Unmarshal([]byte(outputOf(t, out, Summary)), &q); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes become %d, agreement %.3f, accuracy %.3f and %.3f, difference %.4f of %.4f", len(model), len(small), q.Compared.Agreement, *q.Scores.Accuracy, *q.Small.Accuracy, q.Compared.Mean, q.Compared.Scale)
			if q.Compared.Agreement < tt.least || *q.Scores.Accuracy != 1 || *q.Small.Accuracy != q.Compared.Agreement {
				t.Errorf("summary = %+v", q)
			}
			// The same by the operation that compares.
			out, err = New(Config{}).Run(t.Context(), jobOf(`{"operation":"evaluate","model":"m","against":"s","data":"d","labels":"l"}`, given("m", model), given("s", small), given("d", tt.data), given("l", labels)))
			if err != nil {
				t.Fatal(err)
			}
			var e evaluation
			if err := json.Unmarshal([]byte(outputOf(t, out, Summary)), &e); err != nil || *e.Other.Accuracy < tt.least {
				t.Errorf("summary = %+v, %v", e, err)
			}
		})
	}
}

func tokens(rows, steps int64) []byte {
	b := npy.Append(nil, onnx.Int64, []int64{rows, steps})
	for i := range rows * steps {
		b = binary.LittleEndian.AppendUint64(b, uint64(i*7919%100))
	}
	return b
}

func TestEvaluations(t *testing.T) {
	needRuntime(t)
	model := given("m", double().Append(nil))
	data := given("d", array([]float32{1, 2, 4, 3, 5, 6}, 3, 2))
	out, err := New(Config{}).Run(t.Context(), jobOf(`{"operation":"evaluate","model":"m","data":"d","labels":"l","answer":{"top":1}}`, model, data, given("l", append(npy.Append(nil, onnx.Int32, []int64{3}), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))))
	if err != nil {
		t.Fatal(err)
	}
	if s := outputOf(t, out, Summary); !strings.Contains(s, `"accuracy": 0.6666`) {
		t.Errorf("summary = %s", s)
	}
	out, err = New(Config{}).Run(t.Context(), jobOf(`{"operation":"evaluate","model":"m","data":"d","labels":"l","format":"csv","header":false}`, model, given("d", []byte("1,2\n4,3\n")), given("l", []byte("1\n0\n"))))
	if err != nil {
		t.Fatal(err)
	}
	if s := outputOf(t, out, Summary); !strings.Contains(s, `"accuracy": 1`) {
		t.Errorf("summary = %s", s)
	}
	labels := func(v ...byte) tacit.GuestFile {
		return given("l", append(npy.Append(nil, onnx.Uint8, []int64{int64(len(v))}), v...))
	}
	for _, tt := range []struct {
		name, params string
		labels       tacit.GuestFile
		code         fault.Code
		says         string
	}{
		{"too few right answers", `"labels":"l"`, labels(1, 0), fault.InferTensor, "2 right answers for 3 rows"},
		{"too many right answers", `"labels":"l"`, labels(1, 0, 0, 0), fault.InferTensor, "4 right answers"},
		{"a class that is none", `"labels":"l"`, labels(1, 0, 77), fault.InferTensor, "row 2 is none of the 2 classes"},
		{"no right answers", `"against":"l"`, labels(1, 0, 0), fault.InferModel, "the network"},
		{"the owner of the right answers does not allow it", `"labels":"l"`, func() tacit.GuestFile { f := labels(1, 0, 0); f.Operations = []string{tacit.LearnPredict}; return f }(), fault.DataConsent, `owner of "l"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := New(Config{}).Run(t.Context(), jobOf(`{"operation":"evaluate","model":"m","data":"d",`+tt.params+`}`, model, data, tt.labels))
			mustRefuse(t, out, err, tt.code, tt.says)
		})
	}
}

func TestWhoMayQuantise(t *testing.T) {
	needRuntime(t)
	model, data := given("m", nets.MLP(1, 4, 8, 3).Append(nil)), given("d", array(drawn(3, 40), 10, 4))
	const params = `{"operation":"quantise","model":"m","data":"d"}`
	held := func(f tacit.GuestFile, edit func(*tacit.GuestFile)) tacit.GuestFile { edit(&f); return f }
	train := func(f *tacit.GuestFile) { f.Operations = []string{tacit.LearnTrain} }
	out, err := New(Config{}).Run(t.Context(), jobOf(params, held(model, train), held(data, train)))
	if err != nil || strings.Contains(outputOf(t, out, Summary), "compared") {
		t.Errorf("twin: training alone = %v, %s", err, outputOf(t, out, Summary))
	}
	for _, tt := range []struct {
		name   string
		inputs []tacit.GuestFile
		params string
		code   fault.Code
		says   string
	}{
		{"the data's owner allows predictions", []tacit.GuestFile{model, held(data, func(f *tacit.GuestFile) { f.Operations = []string{tacit.LearnPredict} })}, params, fault.DataConsent, "train"},
		{"the data's owner demands noise", []tacit.GuestFile{model, held(data, func(f *tacit.GuestFile) { f.Epsilon = 1000 })}, params, fault.DataConsent, "privacy"},
		{"the data's owner demands other parties", []tacit.GuestFile{model, held(data, func(f *tacit.GuestFile) { f.MinParties = 3 })}, params, fault.DataSmall, "3 that"},
		{"right answers, and the data's owner allows training alone", []tacit.GuestFile{model, held(data, train), given("l", append(npy.Append(nil, onnx.Uint8, []int64{10}), make([]byte, 10)...))}, `{"operation":"quantise","model":"m","data":"d","labels":"l"}`, fault.DataConsent, "with labels"},
		{"too few rows", []tacit.GuestFile{model, held(data, func(f *tacit.GuestFile) { f.MinRows = 11 })}, params, fault.DataSmall, "11 rows"},
		{"a node that is not there", []tacit.GuestFile{model, data}, `{"operation":"quantise","model":"m","data":"d","keep":["nope"]}`, fault.InferModel, `"nope"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := New(Config{}).Run(t.Context(), jobOf(tt.params, tt.inputs...))
			mustRefuse(t, out, err, tt.code, tt.says)
		})
	}
}

// BenchmarkInt8 compares ResNet-50 of float32 with what quantise makes of it, by turns.
func BenchmarkInt8(b *testing.B) {
	needRuntime(b)
	model := nets.ResNet50(1, 1000).Append(nil)
	out, err := New(Config{Threads: 2}).Run(b.Context(), jobOf(`{"operation":"quantise","model":"m","data":"d","batch":4}`, given("m", model), given("d", array(drawn(5, 8*3*224*224), 8, 3, 224, 224))))
	if err != nil {
		b.Fatal(err)
	}
	small := []byte(outputOf(b, out, Quantised))
	b.Logf("%s", outputOf(b, out, Summary))
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			var took [2][]float64
			var sessions [2]*ort.Session
			for i, m := range [][]byte{model, small} {
				if sessions[i], err = ort.Open(m, []string{"image"}, []string{"scores"}, ort.Options{Threads: threads, Memory: 4 << 30}); err != nil {
					b.Fatal(err)
				}
				defer sessions[i].Close()
			}
			in := []ort.Tensor{{Type: onnx.Float32, Shape: []int64{1, 3, 224, 224}, Data: elements(drawn(5, 3*224*224)...)}}
			for b.Loop() {
				for i, s := range sessions {
					at := time.Now()
					if err := s.Run(b.Context(), in, make([]ort.Tensor, 1)); err != nil {
						b.Fatal(err)
					}
					took[i] = append(took[i], time.Since(at).Seconds()*1e3)
				}
			}
			for i, name := range []string{"fp32", "int8"} {
				slices.Sort(took[i])
				b.ReportMetric(took[i][len(took[i])/2], name+"-ms")
				b.ReportMetric(took[i][0], "least-"+name+"-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
