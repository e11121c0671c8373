package enclave_test

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/infer/nets"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
	"tacit/worker"
)

// TestNetworksBehindWalls runs the program of the image for networks, with its runtime, behind
// the same walls as every other: a small network, ResNet-50 on two threads, and what it
// refuses.
func TestNetworksBehindWalls(t *testing.T) {
	if !ort.Carried() {
		t.Skip("this build has no ONNX Runtime: type make onnxruntime")
	}
	program := filepath.Join(t.TempDir(), "tacit-enclave-infer")
	if text, err := exec.Command("go", "build", "-trimpath", "-tags", "netgo,osusergo", "-o", program, "tacit/cmd/tacit-enclave-infer").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	var w *world
	w = newWorld(t, func(c *config) {
		c.Open = func(context.Context) (worker.Enclave, error) {
			conn, p, err := w.start(program, nil, nil)
			if err != nil {
				return worker.Enclave{}, err
			}
			return worker.Enclave{Conn: conn, Kill: func() { p.Kill(); <-p.Done() }}, nil
		}
		c.Images = map[string]func(context.Context) (worker.Enclave, error){tacit.EngineImage(tacit.EngineInfer): c.Open}
	}).serve()
	code := w.service(tacit.Program(tacit.EngineInfer, 1))
	rows := func(n int, shape ...int64) []byte {
		b := npy.Append(nil, onnx.Float32, shape)
		for i := range n {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(i%13)/13))
		}
		return b
	}
	mlp := nets.MLP(1, 8, 16, 3).Append(nil)
	for _, tt := range []struct {
		name        string
		code        artefact
		model, data []byte
		exit        tacit.ExitClass
		fault       fault.Code
	}{
		{"twin: a small network", code, mlp, rows(80, 10, 8), tacit.ExitOK, ""},
		{"twin: ResNet-50", code, nets.ResNet50(1, 1000).Append(nil), rows(2*3*224*224, 2, 3, 224, 224), tacit.ExitOK, ""},
		{"a network that is none", code, rows(80, 10, 8), rows(80, 10, 8), tacit.ExitGuest, fault.InferModel},
		{"another engine's program", w.service(tacit.Program(tacit.EngineSets, 1)), mlp, rows(80, 10, 8), tacit.ExitHost, fault.InferRuntime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(tt.code, map[string][]byte{"model": tt.model, "data": tt.data}, []byte(`{"operation":"predict","model":"model","data":"data","answer":{"form":"top","top":3}}`), func(q *tacit.Task) {
				q.Requirements = tacit.Requirements{Level: 2, Fuel: 1 << 40, Memory: 1 << 30, Output: 1 << 20, Seconds: 60}
			})
			r := k.run()
			r.want(t, tt.exit, string(tt.fault))
			if tt.exit != tacit.ExitOK {
				return
			}
			lines := strings.Count(string(r.files["out/predictions.csv"]), "\n")
			if lines != 10 && lines != 2 {
				t.Errorf("predictions = %q", r.files["out/predictions.csv"])
			}
			t.Logf("sandbox %s, memory %d MiB", r.receipt.Sandbox, r.receipt.Memory>>20)
		})
	}
	if text, _ := os.ReadFile(w.log); strings.Contains(string(text), "onnxruntime") {
		t.Errorf("the runtime writes to the log: %s", text)
	}
}
