package infer_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
)

// nodeTests are where Debian's package libonnx-testdata has the tests that the makers of
// ONNX give to those of runtimes.
const nodeTests = "/usr/share/libonnx-testdata/data/node"

// refusedNodes are the patterns of tests that do not pass, with the reason of each.
func refusedNodes(t *testing.T) (patterns, reasons []string) {
	f, err := os.Open("testdata/nodes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		pattern, reason, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("testdata/nodes.txt: %q has no reason", line)
		}
		patterns, reasons = append(patterns, pattern), append(reasons, reason)
	}
	return patterns, reasons
}

// TestNodes runs every test of the makers of ONNX and compares what comes out with what they
// expect, but for those that testdata/nodes.txt names.
func TestNodes(t *testing.T) {
	if !ort.Carried() {
		t.Skip("this build has no ONNX Runtime: type make onnxruntime")
	}
	folders, _ := filepath.Glob(nodeTests + "/test_*")
	if len(folders) == 0 {
		t.Skip("the tests of the makers of ONNX are not here: install Debian's package libonnx-testdata")
	}
	patterns, _ := refusedNodes(t)
	used := map[string]bool{}
	passed := 0
	for _, folder := range folders {
		name := filepath.Base(folder)
		at := slices.IndexFunc(patterns, func(p string) bool { ok, _ := path.Match(p, name); return ok })
		err := nodeTest(t, folder)
		switch {
		case err == nil && at < 0:
			passed++
		case err == nil:
			passed++
			t.Errorf("%s passes, but testdata/nodes.txt has %s", name, patterns[at])
		case at < 0:
			t.Errorf("%s: %v", name, err)
		}
		if at >= 0 {
			used[patterns[at]] = true
		}
	}
	for _, p := range patterns {
		if !used[p] {
			t.Errorf("testdata/nodes.txt has %s, which no test is called", p)
		}
	}
	t.Logf("%d of %d pass, %.1f%%", passed, len(folders), 100*float64(passed)/float64(len(folders)))
}

func nodeTest(t *testing.T, folder string) error {
	b, err := os.ReadFile(folder + "/model.onnx")
	if err != nil {
		return err
	}
	m, err := onnx.Parse(b)
	if err != nil {
		return err
	}
	again, err := onnx.Parse(m.Append(nil))
	if err != nil {
		return fmt.Errorf("written again: %w", err)
	}
	b = again.Append(nil)
	var ins, outs []string
	for _, v := range m.Graph.Asked() {
		ins = append(ins, v.Name)
	}
	for _, v := range m.Graph.Outputs {
		outs = append(outs, v.Name)
	}
	s, err := ort.Open(b, ins, outs, ort.Options{Threads: 1, Memory: 1 << 30})
	if err != nil {
		return err
	}
	defer s.Close()
	sets, _ := filepath.Glob(folder + "/test_data_set_*")
	for _, set := range sets {
		if err := nodeSet(t, s, m, set, len(ins)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(set), err)
		}
	}
	return nil
}

func tensorOf(file string) (ort.Tensor, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return ort.Tensor{}, err
	}
	p, err := onnx.ParseTensor(b)
	if err != nil {
		return ort.Tensor{}, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	out := ort.Tensor{Type: p.Type, Shape: p.Dims, Strings: p.Texts()}
	if p.Type != onnx.String {
		var ok bool
		if out.Data, ok = p.Plain(); !ok {
			return out, errors.New("elements that are not whole bytes")
		}
		out.Data = ort.Aligned(out.Type, out.Data)
	}
	return out, nil
}

func nodeSet(t *testing.T, s *ort.Session, m *onnx.Model, set string, inputs int) error {
	var in []ort.Tensor
	for i := range inputs {
		x, err := tensorOf(fmt.Sprintf("%s/input_%d.pb", set, i))
		if err != nil {
			return err
		}
		in = append(in, x)
	}
	out := make([]ort.Tensor, len(m.Graph.Outputs))
	want := make([]ort.Tensor, len(out))
	for i, v := range m.Graph.Outputs {
		var err error
		if want[i], err = tensorOf(fmt.Sprintf("%s/output_%d.pb", set, i)); err != nil {
			return err
		}
		shape, ranked := v.Kind.Shape()
		n, known := onnx.Count(shape)
		if size := v.Kind.Elem.Size(); ranked && known && size > 0 && n > 0 {
			out[i] = ort.Tensor{Type: v.Kind.Elem, Shape: shape, Data: ort.Aligned(v.Kind.Elem, make([]byte, size*int(n)))}
		}
	}
	if err := s.Run(t.Context(), in, out); err != nil {
		return err
	}
	for i := range out {
		if err := same(out[i], want[i]); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	return nil
}

// same compares as the makers of ONNX do: within 10^-7 + 10^-3 of what is expected.
func same(got, want ort.Tensor) error {
	if got.Type != want.Type || !slices.Equal(got.Shape, want.Shape) || len(got.Data) != len(want.Data) {
		return fmt.Errorf("%s %v of %d bytes, want %s %v of %d", got.Type, got.Shape, len(got.Data), want.Type, want.Shape, len(want.Data))
	}
	if !slices.Equal(got.Strings, want.Strings) {
		return errors.New("other texts")
	}
	size := want.Type.Size()
	for i := 0; size > 0 && i < len(want.Data); i += size {
		a, b := real(got, i), real(want, i)
		if a != b && !(math.IsNaN(a) && math.IsNaN(b)) && !(math.Abs(a-b) <= 1e-7+1e-3*math.Abs(b)) {
			return fmt.Errorf("element %d is %v, want %v", i/size, a, b)
		}
	}
	return nil
}

// real is the element at a byte as a number.
func real(t ort.Tensor, at int) float64 {
	b := t.Data[at:]
	switch t.Type {
	case onnx.Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case onnx.Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case onnx.Float16:
		return halfOf(binary.LittleEndian.Uint16(b))
	case onnx.BFloat16:
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
	}
	v := uint64(0)
	for i := range min(t.Type.Size(), 8) {
		v |= uint64(b[i]) << (8 * i)
	}
	return float64(v)
}

// halfOf is a number of 16 bits.
func halfOf(h uint16) float64 {
	exp, frac, sign := int(h>>10&31), float64(h&1023)/1024, 1-2*float64(h>>15)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -14)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1+frac, exp-15)
}
