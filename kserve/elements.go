package kserve

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
)

// mostDeep is how deep lists of elements may lie in lists.
const mostDeep = mostRank

// fromJSON reads n elements, in one list or in lists of lists.
func fromJSON(raw []byte, datatype string, n int64, at string) ([]byte, error) {
	if n > int64(len(raw)) { // each takes a byte at least
		return nil, bad("%s: data has fewer elements than the %d of its shape", at, n)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	out := make([]byte, 0, n*int64(max(sizes[datatype], 4)))
	depth, have := 0, int64(0)
	for {
		token, err := d.Token()
		if err != nil {
			break // the whole is JSON: it is the end
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '}' {
				return nil, bad("%s: data has an object where an element is wanted", at)
			}
			if v == '[' {
				depth++
			} else {
				depth--
			}
			if depth > mostDeep {
				return nil, bad("%s: data has lists in lists, more than %d deep", at, mostDeep)
			}
			continue
		default:
			if depth == 0 {
				return nil, bad("%s: data is no list", at)
			}
			var ok bool
			if out, ok = element(out, datatype, token); !ok {
				return nil, bad("%s: element %d of data is no %s", at, have, datatype)
			}
			if have++; have > n {
				return nil, bad("%s: data has more elements than the %d of its shape", at, n)
			}
		}
	}
	if have != n {
		return nil, bad("%s: data has %d elements, but its shape %d", at, have, n)
	}
	return out, nil
}

// element appends one that was JSON.
func element(b []byte, datatype string, token json.Token) ([]byte, bool) {
	switch v := token.(type) {
	case bool:
		if datatype != "BOOL" {
			return b, false
		}
		if v {
			return append(b, 1), true
		}
		return append(b, 0), true
	case string:
		if datatype != "BYTES" {
			return b, false
		}
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(v))), v...), true
	case json.Number:
		return numeric(b, datatype, v.String())
	}
	return b, false
}

func numeric(b []byte, datatype, s string) ([]byte, bool) {
	le := binary.LittleEndian
	bits := 8 * sizes[datatype]
	switch datatype {
	case "FP64", "FP32", "FP16", "BF16":
		v, err := strconv.ParseFloat(s, max(bits, 32))
		if err != nil {
			return b, false
		}
		switch datatype {
		case "FP64":
			return le.AppendUint64(b, math.Float64bits(v)), true
		case "FP32":
			return le.AppendUint32(b, math.Float32bits(float32(v))), true
		case "FP16":
			h := toHalf(v)
			return le.AppendUint16(b, h), h&0x7c00 != 0x7c00
		}
		f := math.Float32bits(float32(v))
		return le.AppendUint16(b, uint16((f+0x7fff+f>>16&1)>>16)), true
	case "INT8", "INT16", "INT32", "INT64":
		v, err := strconv.ParseInt(s, 10, bits)
		return whole(b, uint64(v), bits), err == nil
	case "UINT8", "UINT16", "UINT32", "UINT64":
		v, err := strconv.ParseUint(s, 10, bits)
		return whole(b, v, bits), err == nil
	}
	return b, false
}

func whole(b []byte, v uint64, bits int) []byte {
	for i := 0; i < bits; i += 8 {
		b = append(b, byte(v>>i))
	}
	return b
}

// toJSON writes elements as one list.
func toJSON(t Tensor) ([]byte, error) {
	if t.Datatype == "BYTES" {
		texts, err := Texts(t)
		if err != nil {
			return nil, err
		}
		if texts == nil {
			texts = []string{}
		}
		return json.Marshal(texts)
	}
	size := sizes[t.Datatype]
	if size == 0 || len(t.Data)%size != 0 {
		return nil, bad("tensor %s: its elements have no form in JSON", quote(t.Name))
	}
	out := []byte{'['}
	for at := 0; at < len(t.Data); at += size {
		if at > 0 {
			out = append(out, ',')
		}
		v := uint64(0)
		for i := range size {
			v |= uint64(t.Data[at+i]) << (8 * i)
		}
		f := math.NaN()
		switch t.Datatype {
		case "FP64":
			f = math.Float64frombits(v)
		case "FP32":
			f = float64(math.Float32frombits(uint32(v)))
		case "BF16":
			f = float64(math.Float32frombits(uint32(v) << 16))
		case "FP16":
			f = fromHalf(uint16(v))
		case "BOOL":
			out = strconv.AppendBool(out, v != 0)
			continue
		case "INT8", "INT16", "INT32", "INT64":
			out = strconv.AppendInt(out, int64(v<<(64-8*size))>>(64-8*size), 10)
			continue
		default:
			out = strconv.AppendUint(out, v, 10)
			continue
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, bad("tensor %s: an element is not finite, and JSON has none such; ask for binary output", quote(t.Name))
		}
		bits := 64
		if size < 8 {
			bits = 32
		}
		out = strconv.AppendFloat(out, f, 'g', -1, bits)
	}
	return append(out, ']'), nil
}
