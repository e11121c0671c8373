package infer

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
	"tacit/kserve"
)

// needRuntime skips a test that ONNX Runtime is needed for.
func needRuntime(t testing.TB) {
	t.Helper()
	if !ort.Carried() {
		t.Skip("this build has no ONNX Runtime: type make onnxruntime")
	}
}

func enough() tacit.Limits {
	return tacit.Limits{Fuel: 1 << 50, Memory: 4 << 30, Output: 1 << 28, Files: 16, Time: time.Minute}
}

// given is an input whose owner allows everything.
func given(alias string, b []byte) tacit.GuestFile {
	return tacit.GuestFile{Alias: alias, Size: int64(len(b)), Data: bytes.NewReader(b), Operations: tacit.LearnOperations()}
}

func elements(v ...float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// array is a .npy file of float32.
func array(v []float32, shape ...int64) []byte {
	return append(npy.Append(nil, onnx.Float32, shape), elements(v...)...)
}

func drawn(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 2))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// double is the network y = 2x + 1 over rows of two numbers, of which the second class is 0.
func double() *onnx.Model {
	g := &onnx.Graph{Name: "double",
		Inputs:       []onnx.Value{{Name: "x", Kind: &onnx.Kind{Elem: onnx.Float32, Ranked: true, Dims: []onnx.Dim{{Size: -1, Name: "n"}, {Size: 2}}}}},
		Outputs:      []onnx.Value{{Name: "y", Kind: &onnx.Kind{Elem: onnx.Float32, Ranked: true, Dims: []onnx.Dim{{Size: -1, Name: "n"}, {Size: 2}}}}},
		Initializers: []*onnx.Tensor{onnx.NewFloats("two", []float32{2}, 1), onnx.NewFloats("one", []float32{1}, 1)},
		Nodes: []*onnx.Node{
			{Name: "twice", Op: "Mul", Inputs: []string{"x", "two"}, Outputs: []string{"t"}},
			{Name: "more", Op: "Add", Inputs: []string{"t", "one"}, Outputs: []string{"y"}},
		}}
	return &onnx.Model{IR: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g}
}

// jobOf is a task with these inputs.
func jobOf(params string, inputs ...tacit.GuestFile) tacit.Job {
	return tacit.Job{Params: []byte(params), Inputs: inputs, Limits: enough()}
}

// outputOf is a file that a run left.
func outputOf(t testing.TB, out tacit.Outcome, name string) string {
	t.Helper()
	for _, o := range out.Outputs {
		if before, _, _ := strings.Cut(o.Name, "."); before == name {
			return string(o.Data)
		}
	}
	t.Fatalf("there is no output %s", name)
	return ""
}

// mustRefuse has a run refused with the code and a text, in which nothing of the secret is.
func mustRefuse(t testing.TB, out tacit.Outcome, err error, code fault.Code, text string) {
	t.Helper()
	if fault.Of(err) != code || !strings.Contains(err.Error(), text) {
		t.Fatalf("refused with %v, want %s with %q", err, code, text)
	}
	if len(out.Outputs) > 0 || !strings.Contains(string(out.Stderr), text) {
		t.Errorf("the outcome has %d outputs and says %q", len(out.Outputs), out.Stderr)
	}
	for _, secret := range []string{"31337", "3.1337"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the refusal says a value: %v", err)
		}
	}
}

// A dialog is a session under way.
type dialog struct {
	requests chan tacit.Request
	done     chan error
	out      tacit.Outcome
}

func talk(t testing.TB, e *Engine, job tacit.Job) *dialog {
	d := &dialog{requests: make(chan tacit.Request), done: make(chan error, 1)}
	job.Requests = d.requests
	go func() {
		var err error
		d.out, err = e.Run(t.Context(), job)
		d.done <- err
	}()
	return d
}

// ask sends a body and waits for the answer, or for the session's end.
func (d *dialog) ask(body []byte) ([]byte, error) {
	type said struct {
		body []byte
		err  error
	}
	answer := make(chan said, 1)
	select {
	case d.requests <- tacit.Request{Body: body, Answer: func(b []byte, err error) { answer <- said{b, err} }}:
	case err := <-d.done:
		d.done <- err
		return nil, err
	}
	a := <-answer
	return a.body, a.err
}

func (d *dialog) end() (tacit.Outcome, error) {
	close(d.requests)
	err := <-d.done
	return d.out, err
}

// requestOf is a request with one tensor, answered in binary.
func requestOf(t testing.TB, name, datatype string, data []byte, shape ...int64) []byte {
	t.Helper()
	head, rest, err := kserve.EncodeRequest(&kserve.Request{ID: "1", Binary: true, Inputs: []kserve.Tensor{{Name: name, Datatype: datatype, Shape: shape, Data: data}}})
	if err != nil {
		t.Fatal(err)
	}
	return kserve.Message(head, rest)
}

func answerOf(t testing.TB, body []byte) *kserve.Answer {
	t.Helper()
	head, rest, err := kserve.Split(body)
	if err != nil {
		t.Fatal(err)
	}
	a, err := kserve.DecodeAnswer(head, rest)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
