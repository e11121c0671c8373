package network

import (
	"math"
)

// A pass is the memory of some rows' way through a network, and back.
type pass struct {
	plan   *plan
	model  *Model
	values [][]float32 // before each step, and behind the last
	most   [][]int32   // of each pooling, where its values came from
	back   [2][]float32
	cols   []float32
	turn   []float32
	mul    product
}

// newPass makes room for so many rows.
func newPass(m *Model, rows int, training bool) *pass {
	p := &pass{plan: &m.plan, model: m, values: make([][]float32, len(m.plan.steps)+1), most: make([][]int32, len(m.plan.steps))}
	p.values[0] = make([]float32, rows*m.Features())
	widest, cols := m.Features(), 0
	for i, s := range m.plan.steps {
		p.values[i+1] = make([]float32, rows*s.out.Values())
		widest = max(widest, s.out.Values())
		if s.Kind == Conv {
			cols = max(cols, s.fan*s.out.Height*s.out.Width)
		}
		if s.Kind == Pool {
			p.most[i] = make([]int32, rows*s.out.Values())
		}
	}
	p.cols = make([]float32, cols)
	if training {
		p.back[0], p.back[1] = make([]float32, rows*widest), make([]float32, rows*widest)
		p.turn = make([]float32, cols)
	}
	return p
}

// bytes is what newPass takes for one row.
func (m *Model) bytes(training bool) int64 {
	n, widest, cols := int64(m.Features()), m.Features(), 0
	for _, s := range m.plan.steps {
		n += int64(s.out.Values())
		widest = max(widest, s.out.Values())
		if s.Kind == Conv {
			cols = max(cols, s.fan*s.out.Height*s.out.Width)
		}
		if s.Kind == Pool {
			n += int64(s.out.Values())
		}
	}
	if training {
		n += int64(2*widest + cols)
	}
	return 4 * (n + int64(cols))
}

// load brings row i in, scaled.
func (p *pass) load(i int, row []float32) {
	to := p.values[0][i*len(row) : (i+1)*len(row)]
	copy(to, row)
	shift, factor := p.model.Scaling.Shift, p.model.Scaling.Factor
	for j := range shift {
		to[j] -= shift[j]
	}
	switch len(factor) {
	case 0:
	case 1:
		for j := range to {
			to[j] *= factor[0]
		}
	default:
		for j := range factor {
			to[j] *= factor[j]
		}
	}
}

// forward takes the first rows through and returns the outputs of the last layer.
func (p *pass) forward(rows int) []float32 {
	w := p.model.Weights
	for i := range p.plan.steps {
		s := &p.plan.steps[i]
		in, out := p.values[i][:rows*s.in.Values()], p.values[i+1][:rows*s.out.Values()]
		switch s.Kind {
		case Dense:
			for r := range rows {
				copy(out[r*s.Size:(r+1)*s.Size], w[s.biases:])
			}
			p.mul.add(out, in, false, w[s.weights:s.biases], true, rows, s.Size, s.fan)
		case Conv:
			places := s.out.Height * s.out.Width
			for r := range rows {
				to := out[r*s.Size*places : (r+1)*s.Size*places]
				for f := range s.Size {
					fill(to[f*places:(f+1)*places], w[s.biases+f])
				}
				s.unroll(p.cols, in[r*s.in.Values():])
				p.mul.add(to, w[s.weights:s.biases], false, p.cols, false, s.Size, places, s.fan)
			}
		case ReLU:
			for j, v := range in {
				out[j] = max(v, 0)
			}
		case Pool:
			for r := range rows {
				s.pool(out[r*s.out.Values():(r+1)*s.out.Values()], p.most[i][r*s.out.Values():], in[r*s.in.Values():])
			}
		}
	}
	return p.values[len(p.plan.steps)][:rows*p.model.Outputs()]
}

// backward adds to gradient what the loss of the rows, whose slopes by the outputs stand in
// slopes, changes with the weights.
func (p *pass) backward(rows int, slopes, gradient []float32) {
	w := p.model.Weights
	d, next := p.back[0], p.back[1]
	copy(d, slopes)
	for i := len(p.plan.steps) - 1; i >= 0; i-- {
		s := &p.plan.steps[i]
		in, here := p.values[i][:rows*s.in.Values()], d[:rows*s.out.Values()]
		below := next[:rows*s.in.Values()]
		switch s.Kind {
		case Dense:
			p.mul.add(gradient[s.weights:s.biases], here, true, in, false, s.Size, s.fan, rows)
			bias := gradient[s.biases : s.biases+s.Size]
			for r := range rows {
				for j, v := range here[r*s.Size : (r+1)*s.Size] {
					bias[j] += v
				}
			}
			if i > 0 {
				clear(below)
				p.mul.add(below, here, false, w[s.weights:s.biases], false, rows, s.fan, s.Size)
			}
		case Conv:
			places := s.out.Height * s.out.Width
			clear(below)
			for r := range rows {
				own := here[r*s.Size*places : (r+1)*s.Size*places]
				s.unroll(p.cols, in[r*s.in.Values():])
				p.mul.add(gradient[s.weights:s.biases], own, false, p.cols, true, s.Size, s.fan, places)
				for f := range s.Size {
					for _, v := range own[f*places : (f+1)*places] {
						gradient[s.biases+f] += v
					}
				}
				if i > 0 {
					turn := p.turn[:s.fan*places]
					clear(turn)
					p.mul.add(turn, w[s.weights:s.biases], true, own, false, s.fan, places, s.Size)
					s.rollUp(below[r*s.in.Values():(r+1)*s.in.Values()], turn)
				}
			}
		case ReLU:
			for j, v := range in {
				below[j] = 0
				if v > 0 {
					below[j] = here[j]
				}
			}
		case Pool:
			clear(below)
			for r := range rows {
				for j, v := range here[r*s.out.Values() : (r+1)*s.out.Values()] {
					below[r*s.in.Values()+int(p.most[i][r*s.out.Values()+j])] += v
				}
			}
		}
		d, next = next, d
	}
}

func fill(to []float32, v float32) {
	for i := range to {
		to[i] = v
	}
}

// span is which places of an output row take their value, at an offset in the kernel, from
// inside a row of so many.
func (s *step) span(offset, in, out int) (from, to int) {
	return min(max(s.Pad-offset, 0), out), max(min(in+s.Pad-offset, out), 0)
}

// unroll writes, for each value that an output adds up, that of each place.
func (s *step) unroll(cols, image []float32) {
	high, wide := s.out.Height, s.out.Width
	at := 0
	for c := range s.in.Channels {
		plane := image[c*s.in.Height*s.in.Width : (c+1)*s.in.Height*s.in.Width]
		for ky := range s.Kernel {
			for kx := range s.Kernel {
				from, to := s.span(kx, s.in.Width, wide)
				for y := range high {
					row := cols[at : at+wide]
					at += wide
					if line := y + ky - s.Pad; line >= 0 && line < s.in.Height && from < to {
						clear(row[:from])
						copy(row[from:to], plane[line*s.in.Width+from+kx-s.Pad:])
						clear(row[to:])
					} else {
						clear(row)
					}
				}
			}
		}
	}
}

// rollUp adds what unroll spread.
func (s *step) rollUp(image, cols []float32) {
	high, wide := s.out.Height, s.out.Width
	at := 0
	for c := range s.in.Channels {
		plane := image[c*s.in.Height*s.in.Width : (c+1)*s.in.Height*s.in.Width]
		for ky := range s.Kernel {
			for kx := range s.Kernel {
				from, to := s.span(kx, s.in.Width, wide)
				for y := range high {
					row := cols[at : at+wide]
					at += wide
					line := y + ky - s.Pad
					if line < 0 || line >= s.in.Height || from >= to {
						continue
					}
					into := plane[line*s.in.Width+from+kx-s.Pad:]
					for x, v := range row[from:to] {
						into[x] += v
					}
				}
			}
		}
	}
}

// pool writes the largest of each square, and where it stood.
func (s *step) pool(out []float32, most []int32, image []float32) {
	at := 0
	for c := range s.in.Channels {
		base := c * s.in.Height * s.in.Width
		for y := range s.out.Height {
			for x := range s.out.Width {
				best := base + y*s.Kernel*s.in.Width + x*s.Kernel
				for ky := range s.Kernel {
					line := base + (y*s.Kernel+ky)*s.in.Width + x*s.Kernel
					for j, v := range image[line : line+s.Kernel] {
						if v > image[best] {
							best = line + j
						}
					}
				}
				out[at], most[at] = image[best], int32(best)
				at++
			}
		}
	}
}

// A Score is how well a model does on rows: the mean loss (cross entropy, or half the squared
// error summed over a row's values) and, of classes, the share that are right.
type Score struct{ Loss, Accuracy float64 }

// add adds another sum.
func (s *Score) add(o Score) { s.Loss, s.Accuracy = s.Loss+o.Loss, s.Accuracy+o.Accuracy }

// over is the mean over rows.
func (s Score) over(rows int) Score {
	return Score{s.Loss / float64(rows), s.Accuracy / float64(rows)}
}

// judge is the loss of one row and whether it is right. Unless slopes is nil it writes there
// how the loss changes with the outputs, times scale.
func (m *Model) judge(outputs []float32, d *Data, row int, slopes []float32, scale float64) (s Score) {
	if m.Objective == Values {
		for o, v := range outputs {
			off := float64(v) - float64(d.Values[row*len(outputs)+o])
			s.Loss += off * off / 2
			if slopes != nil {
				slopes[o] = float32(off * scale)
			}
		}
		return s
	}
	class := d.Classes[row]
	top, best := outputs[0], 0
	for o, v := range outputs {
		if v > top {
			top, best = v, o
		}
	}
	var sum float64
	for _, v := range outputs {
		sum += math.Exp(float64(v) - float64(top))
	}
	s.Loss = math.Log(sum) - (float64(outputs[class]) - float64(top))
	if best == class {
		s.Accuracy = 1
	}
	for o := range slopes {
		p := math.Exp(float64(outputs[o])-float64(top)) / sum
		if o == class {
			p--
		}
		slopes[o] = float32(p * scale)
	}
	return s
}

// soften turns outputs into probabilities.
func soften(outputs []float32) {
	top := outputs[0]
	for _, v := range outputs {
		top = max(top, v)
	}
	var sum float64
	for _, v := range outputs {
		sum += math.Exp(float64(v) - float64(top))
	}
	for o, v := range outputs {
		outputs[o] = float32(math.Exp(float64(v)-float64(top)) / sum)
	}
}
