package infer

import (
	"encoding/binary"
	"math"
	"unsafe"

	"tacit/engine/infer/onnx"
)

// finite reports whether all elements are numbers.
func finite(kind onnx.Type, b []byte) bool {
	le := binary.LittleEndian
	switch kind {
	case onnx.Float32:
		// An exponent of ones and one more carries into the sign.
		acc := uint64(0)
		for ; len(b) >= 32; b = b[32:] {
			acc |= le.Uint64(b)&0x7f8000007f800000 + 0x0080000000800000
			acc |= le.Uint64(b[8:])&0x7f8000007f800000 + 0x0080000000800000
			acc |= le.Uint64(b[16:])&0x7f8000007f800000 + 0x0080000000800000
			acc |= le.Uint64(b[24:])&0x7f8000007f800000 + 0x0080000000800000
		}
		for ; len(b) >= 4; b = b[4:] {
			acc |= uint64(le.Uint32(b)&0x7f800000 + 0x00800000)
		}
		return acc&0x8000000080000000 == 0
	case onnx.Float64:
		for ; len(b) >= 8; b = b[8:] {
			if le.Uint64(b)&0x7ff0000000000000 == 0x7ff0000000000000 {
				return false
			}
		}
	case onnx.Float16, onnx.BFloat16:
		mask := uint16(0x7c00)
		if kind == onnx.BFloat16 {
			mask = 0x7f80
		}
		for ; len(b) >= 2; b = b[2:] {
			if le.Uint16(b)&mask == mask {
				return false
			}
		}
	}
	return true
}

// floats are elements of float32 where they lie; b is aligned.
func floats(b []byte) []float32 {
	if len(b) < 4 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4)
}

// number is the element at a place as a number, and whether elements of the kind are some.
func number(kind onnx.Type, b []byte, i int) (float64, bool) {
	le := binary.LittleEndian
	switch kind {
	case onnx.Float32:
		return float64(math.Float32frombits(le.Uint32(b[4*i:]))), true
	case onnx.Float64:
		return math.Float64frombits(le.Uint64(b[8*i:])), true
	case onnx.Int64:
		return float64(int64(le.Uint64(b[8*i:]))), true
	case onnx.Int32:
		return float64(int32(le.Uint32(b[4*i:]))), true
	case onnx.Int16:
		return float64(int16(le.Uint16(b[2*i:]))), true
	case onnx.Int8:
		return float64(int8(b[i])), true
	case onnx.Uint8, onnx.Bool:
		return float64(b[i]), true
	case onnx.Uint16:
		return float64(le.Uint16(b[2*i:])), true
	case onnx.Uint32:
		return float64(le.Uint32(b[4*i:])), true
	case onnx.Uint64:
		return float64(le.Uint64(b[8*i:])), true
	}
	return 0, false
}

// pictures turns bytes of images into what networks take.
type pictures struct {
	table [][256]float32 // by channel
	last  bool           // the channels are the last dimension of the bytes
}

// newPictures makes the tables of as many channels.
func newPictures(i *Image, channels int64) (*pictures, error) {
	if channels < 1 || channels > 256 || len(i.Mean) != 1 && int64(len(i.Mean)) != channels || len(i.Std) != 1 && int64(len(i.Std)) != channels {
		return nil, refuse("image: the network takes %d channels, but mean has %d numbers and std %d; want one for each, or one for all", channels, len(i.Mean), len(i.Std))
	}
	p := &pictures{table: make([][256]float32, channels), last: i.Layout == "nhwc"}
	for c := range p.table {
		mean, std := i.Mean[c%len(i.Mean)], i.Std[c%len(i.Std)]
		for v := range 256 {
			p.table[c][v] = float32((float64(v)/i.Scale - mean) / std)
		}
	}
	return p, nil
}

// shape is that of the bytes of which what the network takes is made.
func (p *pictures) shape(s []int64) []int64 {
	if !p.last {
		return s
	}
	return []int64{s[0], s[2], s[3], s[1]}
}

// turn fills out with the images of in, each of so many points.
func (p *pictures) turn(out []float32, in []byte, points int) {
	c := len(p.table)
	for image := 0; image+c*points <= len(in); image += c * points {
		from, to := in[image:image+c*points], out[image:image+c*points]
		switch {
		case !p.last:
			for k := range p.table {
				t := &p.table[k]
				for i, v := range from[k*points : (k+1)*points] {
					to[k*points+i] = t[v]
				}
			}
		case c == 3:
			r, g, b := to[:points], to[points:2*points], to[2*points:3*points]
			t0, t1, t2 := &p.table[0], &p.table[1], &p.table[2]
			for i := range r {
				at := from[3*i : 3*i+3 : 3*i+3]
				r[i], g[i], b[i] = t0[at[0]], t1[at[1]], t2[at[2]]
			}
		default:
			for k := range p.table {
				t := &p.table[k]
				for i := range points {
					to[k*points+i] = t[from[i*c+k]]
				}
			}
		}
	}
}

// room is memory for elements, aligned for all of them.
func room(bytes int64) []byte {
	w := make([]uint64, (bytes+7)/8)
	if len(w) == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), bytes)
}
