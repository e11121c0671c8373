package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/cmd/internal/certfile"
	"tacit/devnet"
	"tacit/enclave/machine"
	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// sums is a network whose answers to a and b are known without a runtime: a+2b and 3a-b, or
// 0 where that is below.
func sums() *onnx.Model {
	return &onnx.Model{IR: 8, Opsets: []onnx.Opset{{Version: 17}}, Producer: "tacit test", Graph: &onnx.Graph{
		Name: "sums", Initializers: []*onnx.Tensor{onnx.NewFloats("w", []float32{1, 2, 3, -1}, 2, 2)},
		Inputs:  []onnx.Value{{Name: "x", Kind: onnx.TensorOf(onnx.Float32, -1, 2)}},
		Outputs: []onnx.Value{{Name: "y", Kind: onnx.TensorOf(onnx.Float32, -1, 2)}},
		Nodes: []*onnx.Node{
			{Name: "sums", Op: "Gemm", Inputs: []string{"x", "w"}, Outputs: []string{"s"}, Attrs: onnx.Make("transB", 1)},
			{Name: "positive", Op: "Relu", Inputs: []string{"s"}, Outputs: []string{"y"}},
		},
	}}
}

// A machine that boots measured with the image for networks, glibc and the C++ library in
// its measurement, applies a network at level 3, in a task and in a session. With one byte
// of a library changed it gets no key.
//
// case N15 code EVID_UNLISTED check attest/policy.go:appraiseReference
func TestAMachineThatBootsMeasuredInfers(t *testing.T) {
	dir := filepath.Join(images(t), "infer")
	if _, err := os.Stat(filepath.Join(dir, "tacit.efi")); err != nil {
		t.Skip("there is no image for networks: make onnxruntime image")
	}
	m := newMeasured(t, dir)
	m.worker = true
	ok(t, built())
	began := time.Now()
	stop := m.up(t)
	home := filepath.Join(t.TempDir(), "home")
	params := devnet.Params()
	params.EpochLength, params.TicketClose, params.Deadline, params.SettleWindow = 20, 18, 200, 300
	source, err := sumOf(m.Image)
	ok(t, err)
	between := filepath.Join(m.Dir, "between.pem")
	ok(t, certfile.Write(between, m.between))
	networks := tacit.EngineImage(tacit.EngineInfer)
	n, err := devnet.New(devnet.Config{
		Home: home, Bin: bin, Workers: 1, Warm: 1, Capacity: 2, Params: &params, Say: t.Logf,
		Machine: &devnet.Machine{
			Images:  map[string][][]string{networks: {{m.Socket("tacit.0"), m.Socket("tacit.1")}}},
			Endorse: map[string]map[string]string{networks: {"port": m.Socket(machine.CertificatesPort), "enroller": m.address, "between": between}},
			Policy:  m.policy(t), Roots: m.roots, Source: source,
		},
	})
	ok(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer func() { cancel(); n.Wait() }()
	ok(t, n.Start(ctx))
	t.Logf("network ready after %.0f s", time.Since(began).Seconds())
	say := m.teller(ctx, home)
	for name, content := range map[string][]byte{
		"net.onnx":     sums().Append(nil),
		"rows.csv":     []byte("1,2\n3,4\n0.5,5\n"),
		"predict.json": []byte(`{"operation": "predict", "model": "net", "data": "rows", "format": "csv", "header": false, "answer": {"format": "csv"}}`),
	} {
		ok(t, os.WriteFile(filepath.Join(m.Dir, name), content, 0o600))
	}
	say(t, 0, "service", "publish", "builtin/infer@1", "--as", "acme", "--name", "acme/networks", "--price", "0.01")
	say(t, 0, "data", "publish", "net.onnx", "--as", "acme", "--name", "acme/net", "--allow", "acme/networks", "--learn", "predict", "--min-level", "3")
	say(t, 0, "data", "publish", "rows.csv", "--as", "clinic", "--name", "clinic/rows", "--allow", "acme/networks", "--learn", "predict", "--min-level", "3")
	task := []string{"run", "acme/networks", "--data", "net=acme/net", "--data", "rows=clinic/rows", "--params", "predict.json", "--max-price", "3", "--level", "3"}
	checked := func(t *testing.T, out string) {
		t.Helper()
		began := time.Now()
		say(t, 0, append(task, "--out", out)...)
		t.Logf("the task took %.1f s", time.Since(began).Seconds())
		b, err := os.ReadFile(filepath.Join(m.Dir, out, "predictions.csv"))
		ok(t, err)
		if want := "5,1\n11,5\n10.5,0\n"; string(b) != want {
			t.Errorf("predictions are %q, want %q", b, want)
		}
		if out := say(t, 0, "proof", "verify", out+"/proof.json"); !strings.Contains(out, "tpm, level 3, boundary machine") {
			t.Errorf("the proof does not say level 3: %s", out)
		}
	}
	checked(t, "result")
	t.Run("a session", func(t *testing.T) {
		began := time.Now()
		opened := say(t, 0, "serve", "acme/net", "--service", "acme/networks", "--seconds", "200", "--max-price", "50", "--level", "3", "--timeout", "3m")
		t.Logf("the session opened after %.1f s", time.Since(began).Seconds())
		id := regexp.MustCompile(`tacit connect ([0-9a-f]+)`).FindStringSubmatch(opened)
		if id == nil {
			t.Fatalf("no session in %s", opened)
		}
		began = time.Now()
		got, said := m.asks(ctx, t, home, id[1], `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}]}`)
		if len(got) != 2 || got[0] != 5 || got[1] != 1 {
			t.Errorf("the session answered %v, want 5 and 1", got)
		}
		// The command itself asked what the network is.
		if !strings.Contains(said, "answered 2 requests") {
			t.Errorf("the end of the session: %s", said)
		}
		t.Logf("one request, from the command to its end: %.1f s", time.Since(began).Seconds())
	})
	stop()
	t.Run("a library with another byte", func(t *testing.T) {
		v := *m
		v.Image = m.variant(t, "variant", true, func(p map[string][]byte) { p[".initrd"] = otherLibrary(t, p[".initrd"]) })
		up, stop := v.boot(t, 5*time.Minute)
		defer stop()
		if !up {
			t.Fatalf("the machine did not come up: %s", v.console())
		}
		if out := say(t, fault.ExitAttestation, append(task, "--out", "refused")...); !strings.Contains(out, string(fault.EvidUnlisted)) {
			t.Errorf("the refusal does not say %s: %s", fault.EvidUnlisted, out)
		}
	})
	m.up(t) // until the whole test ends
	t.Run("twin: booted again as it was", func(t *testing.T) { checked(t, "again") })
	t.Logf("all of it took %.0f s", time.Since(began).Seconds())
}

// otherLibrary is an initial file system whose C++ library has another byte, where only a
// linker looks, so that all of it works as before.
func otherLibrary(t *testing.T, fsys []byte) []byte {
	t.Helper()
	const sectionsOffset = 40 // in an ELF header of 64 bits
	name := []byte("/libstdc++.so.6\x00")
	for at := 0; ; {
		next := bytes.Index(fsys[at:], name)
		if next < 0 {
			t.Fatal("the image has no C++ library")
		}
		at += next + len(name)
		if start := (at + 3) &^ 3; bytes.HasPrefix(fsys[start:], []byte("\x7fELF")) {
			out := bytes.Clone(fsys)
			out[start+sectionsOffset] ^= 1
			return out
		}
	}
}

// asks connects to a session, asks it once by HTTP, ends it, and returns the numbers that it
// answered and what the command said.
func (m *measured) asks(ctx context.Context, t *testing.T, home, id, body string) ([]float64, string) {
	t.Helper()
	way := exec.CommandContext(ctx, filepath.Join(bin, "tacit"), "connect", id, "--listen", "127.0.0.1:0", "--end")
	way.Dir, way.Env = m.Dir, append(os.Environ(), "TACIT_HOME="+home)
	var errs bytes.Buffer
	way.Stderr = &errs
	pipe, err := way.StdoutPipe()
	ok(t, err)
	ok(t, way.Start())
	var all strings.Builder
	var got []float64
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		fmt.Fprintln(&all, lines.Text())
		at := answersOn.FindStringSubmatch(lines.Text())
		if at == nil {
			continue
		}
		if got, err = answered(ctx, at[1]+"/infer", body); err != nil {
			t.Errorf("ask: %v", err)
		}
		_ = way.Process.Signal(os.Interrupt)
	}
	if err := way.Wait(); err != nil {
		t.Errorf("tacit connect: %v: %s%s", err, all.String(), errs.String())
	}
	return got, all.String()
}

// answered are the numbers of the first output in the answer to a request.
func answered(ctx context.Context, url, body string) ([]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	var said struct {
		Outputs []struct{ Data []float64 }
	}
	if err := json.Unmarshal(b, &said); err != nil || len(said.Outputs) == 0 {
		return nil, fmt.Errorf("%s: %s", answer.Status, b)
	}
	return said.Outputs[0].Data, nil
}
