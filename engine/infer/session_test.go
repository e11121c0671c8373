package infer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/engine/infer/nets"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
	"tacit/kserve"
)

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestASessionAnswers(t *testing.T) {
	needRuntime(t)
	d := talk(t, New(Config{}), jobOf(`{"model":"m"}`, given("m", double().Append(nil))))
	meta, err := d.ask(nil)
	if err != nil {
		t.Fatal(err)
	}
	var m kserve.Metadata
	if err := json.Unmarshal(meta, &m); err != nil || m.Platform != platform || !reflect.DeepEqual(m.Inputs, []kserve.Form{{Name: "x", Datatype: "FP32", Shape: []int64{-1, 2}}}) {
		t.Fatalf("metadata = %s, %v", meta, err)
	}
	body, err := d.ask(requestOf(t, "x", "FP32", elements(1, 2, 3, 4), 2, 2))
	if err != nil {
		t.Fatal(err)
	}
	want := []kserve.Tensor{{Name: "y", Datatype: "FP32", Shape: []int64{2, 2}, Data: elements(3, 5, 7, 9)}}
	if a := answerOf(t, body); a.ID != "1" || !reflect.DeepEqual(a.Outputs, want) {
		t.Errorf("answer = %+v", a)
	}
	body, err = d.ask(kserve.Join([]byte(`{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}]}`), nil))
	if err != nil || !strings.Contains(string(body), `"data":[3,5]`) {
		t.Errorf("answer in JSON = %q, %v", body, err)
	}
	body, err = d.ask(kserve.Join([]byte(`{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}],"outputs":[{"name":"y","parameters":{"classification":1}}]}`), nil))
	if err != nil || !strings.Contains(string(body), `"data":["5:1"]`) {
		t.Errorf("classes = %q, %v", body, err)
	}
	for _, tt := range []struct{ name, head, says string }{
		{"no JSON", `x`, "no object"},
		{"another input", `{"inputs":[{"name":"z","datatype":"FP32","shape":[1,2],"data":[1,2]}]}`, `input "x"`},
		{"one input too many", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]},{"name":"z","datatype":"FP32","shape":[1],"data":[1]}]}`, "2 inputs"},
		{"another type", `{"inputs":[{"name":"x","datatype":"INT64","shape":[1,2],"data":[1,2]}]}`, "want FP32"},
		{"another shape", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"data":[1,2,31337]}]}`, "shape [1 3]"},
		{"no rows", `{"inputs":[{"name":"x","datatype":"FP32","shape":[0,2],"data":[]}]}`, "no elements"},
		{"another rank", `{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1,31337]}]}`, "1 dimensions"},
		{"an unknown output", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}],"outputs":[{"name":"q"}]}`, `no output "q"`},
		{"an overflow", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[3e38,2]}]}`, "not finite"},
	} {
		if _, err := d.ask(kserve.Join([]byte(tt.head), nil)); fault.Of(err) != fault.InferTensor || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "31337") {
			t.Errorf("%s: refused with %v, want INFER_TENSOR with %q", tt.name, err, tt.says)
		}
	}
	if _, err := d.ask(requestOf(t, "x", "FP32", elements(1, float32(math.NaN())), 1, 2)); fault.Of(err) != fault.InferTensor {
		t.Errorf("NaN: %v", err)
	}
	out, err := d.end()
	if err != nil {
		t.Fatal(err)
	}
	var s sessionReport
	if err := json.Unmarshal([]byte(outputOf(t, out, Summary)), &s); err != nil || s.Requests != 4 || s.Rows != 5 {
		t.Errorf("summary = %+v, %v", s, err)
	}
}

// TestRequestsTogether: many at once are answered as each alone is.
func TestRequestsTogether(t *testing.T) {
	needRuntime(t)
	d := talk(t, New(Config{Threads: 2}), jobOf(`{"model":"m","maxBatch":16}`, given("m", double().Append(nil))))
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 50 {
				x := float32(g*100 + i)
				rows := 1 + i%3
				var in, want []float32
				for range rows {
					in, want = append(in, x, -x), append(want, 2*x+1, 1-2*x)
				}
				body, err := d.ask(requestOf(t, "x", "FP32", elements(in...), int64(rows), 2))
				if err != nil {
					t.Error(err)
					return
				}
				if a := answerOf(t, body); !reflect.DeepEqual(a.Outputs[0].Data, elements(want...)) {
					t.Errorf("%v gives %v", in, floats(a.Outputs[0].Data))
				}
			}
		})
	}
	wait.Wait()
	out, err := d.end()
	if err != nil {
		t.Fatal(err)
	}
	var s sessionReport
	if err := json.Unmarshal([]byte(outputOf(t, out, Summary)), &s); err != nil || s.Requests != 400 {
		t.Errorf("summary = %+v, %v", s, err)
	}
	t.Logf("%d requests in %d runs", s.Requests, s.Runs)
}

func TestSessionsThatEnd(t *testing.T) {
	needRuntime(t)
	model := given("m", double().Append(nil))
	job := jobOf(`{"model":"m"}`, model)
	job.Limits.Fuel = uint64(model.Size) + 1000
	d := talk(t, New(Config{}), job)
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		_, err = d.ask(requestOf(t, "x", "FP32", elements(1, 2), 1, 2))
	}
	if fault.Of(err) != fault.WasmTime || n < 3 {
		t.Errorf("request %d ends with %v", n, err)
	}
	if out, err := d.end(); fault.Of(err) != fault.WasmTime || out.Fuel != job.Limits.Fuel {
		t.Errorf("the session ends with %v, fuel %d", err, out.Fuel)
	}
	model.MinRows = 2
	d = talk(t, New(Config{}), jobOf(`{"model":"m"}`, model))
	if _, err := d.ask(requestOf(t, "x", "FP32", elements(1, 2), 1, 2)); fault.Of(err) != fault.DataSmall {
		t.Errorf("one row: %v", err)
	}
	if _, err := d.ask(requestOf(t, "x", "FP32", elements(1, 2, 3, 4), 2, 2)); err != nil {
		t.Errorf("twin: two rows: %v", err)
	}
	if _, err := d.end(); err != nil {
		t.Error(err)
	}
	model.Operations, model.Steps = nil, []string{tacit.LearnPredict}
	d = talk(t, New(Config{}), jobOf(`{"model":"m"}`, model))
	if _, err := d.end(); fault.Of(err) != fault.DataConsent {
		t.Errorf("steps only: %v", err)
	}
}

// TestImagesInSessions: bytes of images go in, and the same comes out as of what they mean.
func TestImagesInSessions(t *testing.T) {
	needRuntime(t)
	model := given("m", nets.CNN(3, 32, 10).Append(nil))
	bytes := make([]byte, 32*32*3)
	for i := range bytes {
		bytes[i] = byte(3 * i)
	}
	d := talk(t, New(Config{}), jobOf(`{"model":"m","image":{"layout":"nhwc","scale":255},"answer":{"form":"softmax"}}`, model))
	body, err := d.ask(requestOf(t, "image", "UINT8", bytes, 1, 32, 32, 3))
	if err != nil {
		t.Fatal(err)
	}
	got := floats(ort.Aligned(onnx.Float32, answerOf(t, body).Outputs[0].Data))
	sum := float32(0)
	for _, v := range got {
		sum += v
	}
	if len(got) != 10 || math.Abs(float64(sum)-1) > 1e-5 {
		t.Errorf("shares = %v", got)
	}
	if _, err := d.ask(requestOf(t, "image", "UINT8", bytes, 1, 3, 32, 32)); fault.Of(err) != fault.InferTensor {
		t.Errorf("channels first: %v", err)
	}
	if _, err := d.end(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkSession compares a request of a session with the bare call of the runtime, over
// ResNet-50. Both are asked by turns, so that what else the machine does meets both; what is
// said is the median of each, and the least.
func BenchmarkSession(b *testing.B) {
	needRuntime(b)
	model := nets.ResNet50(1, 1000).Append(nil)
	for _, threads := range []int{1, 2} {
		for _, batch := range []int64{1, 8} {
			for _, kind := range []string{"FP32", "UINT8"} {
				b.Run(fmt.Sprintf("batch=%d/threads=%d/%s", batch, threads, kind), func(b *testing.B) {
					benchSession(b, model, threads, batch, kind)
				})
			}
		}
	}
}

func benchSession(b *testing.B, model []byte, threads int, batch int64, kind string) {
	data := elements(drawn(5, int(batch)*3*224*224)...)
	s, err := ort.Open(model, []string{"image"}, []string{"scores"}, ort.Options{Threads: threads, Memory: 4 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	out := []ort.Tensor{{Type: onnx.Float32, Shape: []int64{batch, 1000}, Data: room(batch * 4000)}}
	params, request := `{"model":"m"}`, requestOf(b, "image", "FP32", data, batch, 3, 224, 224)
	if kind == "UINT8" {
		params = `{"model":"m","image":{"layout":"nhwc","scale":255,"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}}`
		request = requestOf(b, "image", "UINT8", data[:len(data)/4], batch, 224, 224, 3)
	}
	job := jobOf(params, given("m", model))
	job.Limits.Time = 1 << 50
	d := talk(b, New(Config{Threads: threads}), job)
	var bare, whole []float64
	for b.Loop() {
		at := time.Now()
		if err := s.Run(b.Context(), []ort.Tensor{{Type: onnx.Float32, Shape: []int64{batch, 3, 224, 224}, Data: data}}, out); err != nil {
			b.Fatal(err)
		}
		bare = append(bare, time.Since(at).Seconds()*1e3)
		at = time.Now()
		if _, err := d.ask(request); err != nil {
			b.Fatal(err)
		}
		whole = append(whole, time.Since(at).Seconds()*1e3)
	}
	b.StopTimer()
	if _, err := d.end(); err != nil {
		b.Fatal(err)
	}
	slices.Sort(bare)
	slices.Sort(whole)
	b.ReportMetric(bare[len(bare)/2], "bare-ms")
	b.ReportMetric(whole[len(whole)/2], "session-ms")
	b.ReportMetric(bare[0], "least-bare-ms")
	b.ReportMetric(whole[0], "least-session-ms")
	b.ReportMetric(0, "ns/op")
}
