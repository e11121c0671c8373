package infer

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
)

// An answers gathers what the network gives, in the form that is asked for.
type answers struct {
	a      *Answer
	output onnx.Value
	index  int // of the output
	most   int64
	rows   int64
	kind   onnx.Type
	row    []int64
	data   []byte // of elements
	text   bytes.Buffer
	csv    *csv.Writer
	line   []string
	order  []int
}

// newAnswers finds the output that is asked for.
func newAnswers(p *Params, n *network, most int64) (*answers, error) {
	w := &answers{a: &p.Answer, most: most}
	var names []string
	for _, v := range n.outputs {
		names = append(names, v.Name)
	}
	if p.Answer.Output != "" {
		if w.index = slices.Index(names, p.Answer.Output); w.index < 0 {
			return nil, refuse("answer.output: the network has no output %q%s", short(p.Answer.Output), meant(p.Answer.Output, names))
		}
	}
	w.output = n.outputs[w.index]
	w.csv = csv.NewWriter(&w.text)
	return w, nil
}

// add takes what the network said of these rows.
func (w *answers) add(t ort.Tensor, rows int) error {
	row, scores, err := w.check(t, rows)
	if err != nil {
		return err
	}
	if w.rows == 0 {
		w.kind, w.row = t.Type, row
	} else if !slices.Equal(w.row, row) || w.kind != t.Type {
		return fault.New(fault.InferModel, "infer: run network: output %s is of another shape than in the batch before", onnx.Quote(w.output.Name))
	}
	w.rows += int64(rows)
	cells, _ := onnx.Count(row)
	switch {
	case w.a.Form == Softmax:
		softmax(floats(t.Data), int(cells))
	case w.a.Form == Best && w.a.Format == NPY:
		for i := range rows {
			best := int64(w.ranked(scores, i, 1)[0])
			w.data = append(w.data, byte(best), byte(best>>8), byte(best>>16), byte(best>>24), byte(best>>32), byte(best>>40), byte(best>>48), byte(best>>56))
		}
	}
	if w.a.Format == NPY {
		if w.a.Form != Best {
			w.data = append(w.data, t.Data[:int64(rows)*cells*int64(t.Type.Size())]...)
		}
		return w.fits(len(w.data))
	}
	for i := range rows {
		w.line = w.line[:0]
		switch w.a.Form {
		case Best, Top:
			k := 1
			if w.a.Form == Top {
				k = w.a.Top
			}
			for _, c := range w.ranked(scores, i, k) {
				w.line = append(w.line, w.class(c))
				if w.a.Form == Top {
					v, _ := scores.at(i, c)
					w.line = append(w.line, strconv.FormatFloat(v, 'g', -1, 32))
				}
			}
		default:
			for c := range int(cells) {
				w.line = append(w.line, w.cell(t, i*int(cells)+c))
			}
		}
		_ = w.csv.Write(w.line)
	}
	w.csv.Flush()
	return w.fits(w.text.Len())
}

func (w *answers) fits(n int) error {
	if int64(n) > w.most {
		return fault.New(fault.WasmOutput, "infer: run: the predictions have more than the %d bytes that the limits leave; ask for more, or for fewer classes", w.most)
	}
	return nil
}

// A grid is scores of rows of as many cells.
type grid struct {
	t     ort.Tensor
	cells int
}

func (g grid) at(row, cell int) (float64, bool) {
	return number(g.t.Type, g.t.Data, row*g.cells+cell)
}

// check has an output be one that can be answered with.
func (w *answers) check(t ort.Tensor, rows int) (row []int64, scores grid, err error) {
	name := onnx.Quote(w.output.Name)
	if len(t.Shape) == 0 || t.Shape[0] < int64(rows) {
		return nil, grid{}, fault.New(fault.InferModel, "infer: run network: output %s has shape %v for %d rows; its first dimension must be that of rows", name, t.Shape, rows)
	}
	row = t.Shape[1:]
	cells, _ := onnx.Count(row)
	if t.Type == onnx.String {
		return nil, grid{}, fault.New(fault.InferModel, "infer: run network: output %s has texts; name an output with numbers in answer.output", name)
	}
	if w.a.Form == Scores {
		return row, grid{t, int(cells)}, nil
	}
	if _, ok := number(t.Type, make([]byte, 16), 0); !ok || cells < 1 || w.a.Form == Softmax && t.Type != onnx.Float32 {
		return nil, grid{}, fault.New(fault.InferModel, "infer: run network: output %s is %s %v, which has no scores of classes", name, t.Type, t.Shape)
	}
	if w.a.Classes != nil && int64(len(w.a.Classes)) != cells {
		return nil, grid{}, refuse("answer.classes: %d names, but output %s has %d classes", len(w.a.Classes), name, cells)
	}
	return row, grid{t, int(cells)}, nil
}

// ranked are the k classes with the largest scores in a row; of equal ones the first is
// before. What is no number is behind all.
func (w *answers) ranked(g grid, row, k int) []int {
	if k == 1 {
		best, most := 0, math.Inf(-1)
		for c := range g.cells {
			if v, _ := g.at(row, c); v > most {
				best, most = c, v
			}
		}
		return append(w.order[:0], best)
	}
	w.order = w.order[:0]
	for c := range g.cells {
		w.order = append(w.order, c)
	}
	slices.SortFunc(w.order, func(a, b int) int {
		x, _ := g.at(row, a)
		y, _ := g.at(row, b)
		return cmp.Or(cmp.Compare(y, x), cmp.Compare(a, b))
	})
	return w.order[:min(k, len(w.order))]
}

func (w *answers) class(c int) string {
	if w.a.Classes != nil {
		return w.a.Classes[c]
	}
	return strconv.Itoa(c)
}

// cell is an element as csv has it.
func (w *answers) cell(t ort.Tensor, i int) string {
	v, ok := number(t.Type, t.Data, i)
	switch {
	case t.Type == onnx.Int64:
		return strconv.FormatInt(int64(uint64le(t.Data[8*i:])), 10)
	case t.Type == onnx.Uint64:
		return strconv.FormatUint(uint64le(t.Data[8*i:]), 10)
	case t.Type == onnx.Float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case !ok:
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 32)
}

func uint64le(b []byte) uint64 {
	v := uint64(0)
	for i := range 8 {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}

// file is all that was gathered.
func (w *answers) file() []byte {
	if w.a.Format == CSV {
		return w.text.Bytes()
	}
	kind, row := w.kind, w.row
	if w.a.Form == Best {
		kind, row = onnx.Int64, nil
	}
	if w.rows == 0 {
		kind = onnx.Float32
	}
	return append(npy.Append(nil, kind, append([]int64{w.rows}, row...)), w.data...)
}

// softmax turns rows of scores into shares of 1.
func softmax(v []float32, cells int) {
	for ; len(v) >= cells && cells > 0; v = v[cells:] {
		most := v[0]
		for _, x := range v[:cells] {
			most = max(most, x)
		}
		sum := 0.0
		for i, x := range v[:cells] {
			e := math.Exp(float64(x - most))
			v[i] = float32(e)
			sum += e
		}
		for i := range v[:cells] {
			v[i] = float32(float64(v[i]) / sum)
		}
	}
}

// jsonFile is a summary as a file.
func jsonFile(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // numbers and texts always can be written
	}
	return append(b, '\n')
}
