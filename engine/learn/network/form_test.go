package network

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tacit/fault"
)

// small is a model with every kind of layer.
func small(t testing.TB) *Model {
	return made(t, Classes, Shape{2, 5, 4}, sixteenth(), CNN([]int{3}, 3, 2, []int{4}, 3), 1)
}

func TestForm(t *testing.T) {
	m := small(t)
	b := bytesOf(t, m)
	again, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytesOf(t, again), b) || !slices.Equal(again.Layers, m.Layers) || again.Input != m.Input {
		t.Error("what is read is not what was written")
	}
	wide := made(t, Values, Flat(3), Scaling{[]float32{1, 2, 3}, []float32{4, 5, 6}}, MLP(nil, 2), 1)
	if again, err = Parse(bytesOf(t, wide)); err != nil || !slices.Equal(again.Scaling.Shift, wide.Scaling.Shift) || !slices.Equal(again.Scaling.Factor, wide.Scaling.Factor) {
		t.Errorf("scaling of each feature: %+v, %v", again, err)
	}
	at := func(n int, v uint32) []byte {
		c := slices.Clone(b)
		binary.BigEndian.PutUint32(c[n:], v)
		return c
	}
	layer := func(n int) int { return header + n*layerBytes }
	scales := layer(len(m.Layers))
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"empty", nil},
		{"the header alone", b[:header]},
		{"a byte less", b[:len(b)-1]},
		{"a byte more", append(slices.Clone(b), 0)},
		{"another version", append([]byte("TACITNN\x02"), b[8:]...)},
		{"another objective", append(append(slices.Clone(b[:8]), 3), b[9:]...)},
		{"no channels", at(9, 0)},
		{"too many channels", at(9, math.MaxUint32)},
		{"too many values", at(13, MostFeatures)},
		{"no layers", at(21, 0)},
		{"too many layers", at(21, MostLayers+1)},
		{"as many layers as a word has", at(21, math.MaxUint32)},
		{"another layer", append(append(slices.Clone(b[:header]), 9), b[header+1:]...)},
		{"a convolution without filters", at(layer(0)+1, 0)},
		{"a kernel of nothing", at(layer(0)+5, 0)},
		{"a kernel that is too large", at(layer(0)+5, mostKernel+1)},
		{"a padding as wide as the kernel", at(layer(0)+9, 3)},
		{"a rectifier with a size", at(layer(1)+1, 1)},
		{"a rectifier with a kernel", at(layer(1)+5, 1)},
		{"a rectifier with a padding", at(layer(1)+9, 1)},
		{"a square larger than the image", at(layer(2)+5, 6)},
		{"a class", at(layer(5)+1, 1)},
		{"too many outputs", at(layer(5)+1, MostOutputs+1)},
		{"shifts without end", at(scales, math.MaxUint32)},
		{"a shift", at(scales, 1)},
		{"two factors", at(scales+4, 2)},
		{"a factor that is none", at(scales+8, math.Float32bits(float32(math.NaN())))},
		{"a weight that is none", at(len(b)-4, math.Float32bits(float32(math.Inf(-1))))},
		{"a weight beyond", at(len(b)-4, math.Float32bits(2e18))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse(tt.b); fault.Of(err) != fault.LearnModel {
				t.Errorf("Parse = %v, want LEARN_MODEL", err)
			}
		})
	}
}

func TestWhatIsNoModel(t *testing.T) {
	many := make([]Layer, MostLayers)
	for i := range many {
		many[i] = Layer{Kind: Dense, Size: 2}
	}
	for _, tt := range []struct {
		name    string
		o       Objective
		in      Shape
		s       Scaling
		layers  []Layer
		refused bool
	}{
		{"twin", Classes, Flat(2), Scaling{}, MLP(nil, 2), false},
		{"twin: as many layers as there may be", Classes, Flat(2), Scaling{}, many, false},
		{"one more", Classes, Flat(2), Scaling{}, append(many, many[0]), true},
		{"none", Classes, Flat(2), Scaling{}, nil, true},
		{"one class", Classes, Flat(2), Scaling{}, MLP(nil, 1), true},
		{"twin: one value", Values, Flat(2), Scaling{}, MLP(nil, 1), false},
		{"no objective", 0, Flat(2), Scaling{}, MLP(nil, 2), true},
		{"no input", Classes, Shape{}, Scaling{}, MLP(nil, 2), true},
		{"it ends with a rectifier", Classes, Flat(2), Scaling{}, MLP([]int{2}, 2)[:2], true},
		{"too many weights", Classes, Flat(MostFeatures), Scaling{}, MLP([]int{256}, 2), true},
		{"twin: not quite", Classes, Flat(MostFeatures), Scaling{}, MLP([]int{2}, 2), false},
		{"too many values within", Classes, Shape{1, 256, 256}, Scaling{}, CNN([]int{32}, 1, 0, nil, 2), true},
		{"too much work", Classes, Shape{1, 200, 200}, Scaling{}, []Layer{{Kind: Conv, Size: 20, Kernel: 20}, {Kind: Pool, Kernel: 1}, {Kind: Conv, Size: 20, Kernel: 60}, {Kind: Dense, Size: 2}}, true},
		{"factors of some", Classes, Flat(3), Scaling{nil, []float32{1, 2}}, MLP(nil, 2), true},
		{"shifts alone", Classes, Flat(2), Scaling{[]float32{1, 2}, nil}, MLP(nil, 2), true},
		{"twin: each", Classes, Flat(2), Scaling{[]float32{1, 2}, []float32{1, 2}}, MLP(nil, 2), false},
		{"an image whose pixels are scaled each", Classes, Shape{1, 1, 2}, Scaling{[]float32{1, 2}, []float32{1, 2}}, CNN([]int{1}, 1, 0, nil, 2), true},
		{"a pooling of what is scaled", Classes, Shape{1, 2, 2}, sixteenth(), []Layer{{Kind: Pool, Kernel: 2}, {Kind: Dense, Size: 2}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.o, tt.in, tt.s, tt.layers, 1)
			if (fault.Of(err) == fault.LearnModel) != tt.refused || (err == nil) == tt.refused {
				t.Errorf("New = %v, want refused %v", err, tt.refused)
			}
		})
	}
	m := small(t)
	if _, err := m.With(m.Weights[1:]); fault.Of(err) != fault.LearnModel {
		t.Errorf("a weight too few = %v", err)
	}
}

// FuzzModel: what is read encodes as it came, and predicts.
func FuzzModel(f *testing.F) {
	f.Add(bytesOf(f, small(f)))
	f.Add(bytesOf(f, made(f, Values, Flat(2), Scaling{[]float32{1, 2}, []float32{3, 4}}, MLP([]int{3}, 1), 1)))
	f.Add(bytesOf(f, made(f, Classes, Shape{1, 4, 4}, Scaling{}, []Layer{{Kind: Pool, Kernel: 2}, {Kind: Dense, Size: 2}}, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			if fault.Of(err) != fault.LearnModel {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if !bytes.Equal(bytesOf(t, m), b) {
			t.Fatal("written again it is another")
		}
		if m.plan.work > 1<<20 {
			return
		}
		p, err := m.Predict(t.Context(), drawn(1, 2*m.Features()), 2, 1)
		if err != nil && fault.Of(err) != fault.LearnData {
			t.Fatal(err)
		}
		for _, v := range p {
			if v-v != 0 {
				t.Fatal("it predicts what is no number")
			}
		}
		if _, err := m.ONNX(); err != nil && fault.Of(err) != fault.LearnModel {
			t.Fatal(err)
		}
	})
}

var onnxDir = flag.String("onnx", "", "where to write what testdata/onnx.mjs runs")

// The bytes are those that testdata/onnx.mjs ran with onnxruntime, which gave what we predict:
// see README.md there.
func TestONNX(t *testing.T) {
	b, err := os.ReadFile("testdata/onnx.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		m    *Model
	}{
		{"images", small(t)},
		{"rows", made(t, Classes, Flat(5), Scaling{drawn(1, 5), drawn(2, 5)}, MLP([]int{7, 3}, 4), 2)},
		{"values", made(t, Values, Flat(3), Scaling{}, MLP([]int{4}, 2), 3)},
		{"unpadded", made(t, Values, Shape{1, 7, 6}, Scaling{}, []Layer{{Kind: Conv, Size: 2, Kernel: 2}, {Kind: Pool, Kernel: 3}, {Kind: Dense, Size: 1}}, 4)},
	} {
		for i, v := range drawn(8, len(tt.m.Weights)) {
			tt.m.Weights[i] += v / 8 // biases too
		}
		model, err := tt.m.ONNX()
		if err != nil {
			t.Fatal(err)
		}
		if *onnxDir != "" {
			const rows = 6
			x := drawn(7, rows*tt.m.Features())
			y, err := tt.m.Predict(t.Context(), x, rows, 1)
			if err != nil {
				t.Fatal(err)
			}
			dims := []int{rows, tt.m.Features()}
			if tt.m.Layers[0].Kind == Conv {
				dims = []int{rows, tt.m.Input.Channels, tt.m.Input.Height, tt.m.Input.Width}
			}
			text, err := json.Marshal(map[string]any{"dims": dims, "x": x, "y": y})
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range map[string][]byte{tt.name + ".onnx": model, tt.name + ".json": text} {
				if err := os.WriteFile(filepath.Join(*onnxDir, name), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if line := fmt.Sprintf("%s %x\n", tt.name, sha256.Sum256(model)); !strings.Contains(string(b), line) {
			t.Errorf("what was run is not %s", line)
		}
	}
	far := made(t, Values, Flat(1), Scaling{[]float32{Largest}, []float32{Largest}}, MLP(nil, 1), 1)
	if _, err := far.ONNX(); fault.Of(err) != fault.LearnModel {
		t.Errorf("a scaling that the weights cannot take = %v", err)
	}
}

// A model may be used by several at once, and one that nobody made by none.
func TestModelsAreShared(t *testing.T) {
	m := small(t)
	x := drawn(1, 3*m.Features())
	want, err := m.Predict(t.Context(), x, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got, err := m.Predict(t.Context(), x, 3, 2); err != nil || !slices.Equal(got, want) {
				t.Errorf("at once it predicts %v, %v", got, err)
			}
			if _, err := m.MarshalBinary(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	none := &Model{Objective: m.Objective, Input: m.Input, Layers: m.Layers, Weights: m.Weights}
	if _, err := none.Predict(t.Context(), x, 3, 1); fault.Of(err) != fault.LearnModel {
		t.Errorf("Predict of what nobody made = %v", err)
	}
}
