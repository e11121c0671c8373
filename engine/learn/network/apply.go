package network

import (
	"context"
	"math"

	"tacit/fault"
	"tacit/parallel"
)

// Data are rows with what they are to be known as.
type Data struct {
	Rows    int
	X       []float32 // row after row
	Classes []int     // of each row, from 0, of the objective Classes
	Values  []float32 // of each row as many as there are outputs, of the objective Values
}

// MostRows is how many rows there may be, mostCells how many values in them.
const (
	MostRows  = 1 << 26
	mostCells = 1 << 32
)

func refuse(format string, args ...any) error {
	return fault.New(fault.LearnData, "network: "+format, args...)
}

func refuseParams(format string, args ...any) error {
	return fault.New(fault.LearnParams, "network: "+format, args...)
}

// checkRows refuses rows that a model does not take.
func (m *Model) checkRows(x []float32, rows int) error {
	if rows < 1 || rows > MostRows || rows*m.Features() > mostCells {
		return refuse("data: %d rows, not from 1 to %d, or too many values", rows, MostRows)
	}
	if len(x) != rows*m.Features() {
		return refuse("data: %d values are not %d rows of %d features", len(x), rows, m.Features())
	}
	for i, v := range x {
		if !(v >= -Largest && v <= Largest) {
			return refuse("data: row %d, feature %d: no finite number up to %g", i/m.Features()+1, i%m.Features()+1, Largest)
		}
	}
	return nil
}

// checkData refuses data that the model cannot be held against.
func (m *Model) checkData(d *Data) error {
	if err := m.checkRows(d.X, d.Rows); err != nil {
		return err
	}
	if m.Objective == Values {
		if len(d.Values) != d.Rows*m.Outputs() || d.Classes != nil {
			return refuse("data: there are not %d values for each row", m.Outputs())
		}
		for i, v := range d.Values {
			if !(v >= -Largest && v <= Largest) {
				return refuse("data: row %d: a value is no finite number up to %g", i/m.Outputs()+1, Largest)
			}
		}
		return nil
	}
	if len(d.Classes) != d.Rows || d.Values != nil {
		return refuse("data: there is not one class for each row")
	}
	for i, c := range d.Classes {
		if c < 0 || c >= m.Outputs() {
			return refuse("data: row %d: no class from 0 to %d", i+1, m.Outputs()-1)
		}
	}
	return nil
}

// strip is how many rows of so many go through at once where nothing is learned.
func (m *Model) strip(rows int) int {
	const most = 16 << 20 // bytes
	return int(min(max(most/m.bytes(false), 1), 256, int64(rows)))
}

// run takes rows through and calls see with the outputs of each strip.
func (m *Model) run(ctx context.Context, x []float32, rows, threads int, see func(from int, outputs []float32)) error {
	size := m.strip(rows)
	strips := (rows + size - 1) / size
	threads = min(max(threads, 1), strips)
	passes := make([]*pass, threads)
	return parallel.Do(ctx, threads, strips, func(thread, i int) {
		if passes[thread] == nil {
			passes[thread] = newPass(m, size, false)
		}
		p, from := passes[thread], i*size
		n := min(size, rows-from)
		for r := range n {
			p.load(r, x[(from+r)*m.Features():(from+r+1)*m.Features()])
		}
		see(from, p.forward(n))
	})
}

// Predict returns the outputs of each row: the probabilities of the classes, or the values.
func (m *Model) Predict(ctx context.Context, x []float32, rows, threads int) ([]float32, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if err := m.checkRows(x, rows); err != nil {
		return nil, err
	}
	out := make([]float32, rows*m.Outputs())
	err := m.run(ctx, x, rows, threads, func(from int, outputs []float32) {
		to := out[from*m.Outputs():]
		copy(to, outputs)
		for i := 0; m.Objective == Classes && i < len(outputs); i += m.Outputs() {
			soften(to[i : i+m.Outputs()])
		}
	})
	if err != nil {
		return nil, err
	}
	for _, v := range out {
		if v-v != 0 {
			return nil, refuse("data: the result is beyond what a number can hold")
		}
	}
	return out, nil
}

// Evaluate says how well the model does.
func (m *Model) Evaluate(ctx context.Context, d Data, threads int) (Score, error) {
	if err := m.check(); err != nil {
		return Score{}, err
	}
	if err := m.checkData(&d); err != nil {
		return Score{}, err
	}
	return m.evaluate(ctx, &d, threads)
}

func (m *Model) evaluate(ctx context.Context, d *Data, threads int) (Score, error) {
	size := m.strip(d.Rows)
	parts := make([]Score, (d.Rows+size-1)/size)
	err := m.run(ctx, d.X, d.Rows, threads, func(from int, outputs []float32) {
		k := m.Outputs()
		for i := range len(outputs) / k {
			parts[from/size].add(m.judge(outputs[i*k:(i+1)*k], d, from+i, nil, 1))
		}
	})
	if err != nil {
		return Score{}, err
	}
	var all Score
	for _, p := range parts {
		all.add(p)
	}
	if all = all.over(d.Rows); math.IsNaN(all.Loss) || math.IsInf(all.Loss, 0) {
		return Score{}, refuse("data: the result is beyond what a number can hold")
	}
	return all, nil
}
