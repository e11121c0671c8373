// Package kserve has the messages by which networks are asked: the metadata, requests and
// answers of KServe's version 2 and the Open Inference protocol, with elements of tensors in
// JSON or, by the extension for binary data, as they lie in memory.
//
// A message is a JSON header and then the binary elements. Over HTTP the header's length
// stands in a header of HTTP; in a session of a task, where there is none, it goes before, as
// four bytes with the high one first. Nothing is copied: what is decoded keeps the message.
package kserve

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"tacit/fault"
)

// LengthHeader is what HTTP calls the length of a message's JSON header where binary
// elements follow it.
const LengthHeader = "Inference-Header-Content-Length"

// What a message may have at most.
const (
	MostHeader   = 64 << 20 // bytes of JSON
	MostTensors  = 256      // in, or out
	mostRank     = 32
	mostName     = 1024
	mostElements = 1 << 34
)

// align is at what multiples binary elements begin: so a core reads them where they lie.
const align = 64

// Metadata says what a network is asked and answers.
type Metadata struct {
	Name     string   `json:"name"`
	Versions []string `json:"versions,omitempty"`
	Platform string   `json:"platform"`
	Inputs   []Form   `json:"inputs"`
	Outputs  []Form   `json:"outputs"`
}

// A Form is what a tensor must be like, with -1 for dimensions of any size.
type Form struct {
	Name     string  `json:"name"`
	Datatype string  `json:"datatype"`
	Shape    []int64 `json:"shape"`
}

// A Tensor is one of a message. Its elements lie in Data in the byte order of memory, the
// little one; those of BYTES are each preceded by their length in four bytes.
type Tensor struct {
	Name     string
	Datatype string
	Shape    []int64
	Data     []byte
}

// A Request asks.
type Request struct {
	Model   string // the name in the answer; may be empty
	ID      string
	Inputs  []Tensor
	Outputs []Wanted // that are wanted; none is all
	Binary  bool     // outputs come as binary unless Outputs says otherwise
}

// A Wanted is an output that is asked for.
type Wanted struct {
	Name    string
	Binary  bool
	Classes int // how many of the best classes, 0 for the tensor itself
}

// An Answer answers.
type Answer struct {
	Model   string
	Version string
	ID      string
	Outputs []Tensor
	Text    []bool // of the outputs, those that go as JSON; shorter means false
}

// sizes of the data types; BYTES have none.
var sizes = map[string]int{"BOOL": 1, "UINT8": 1, "UINT16": 2, "UINT32": 4, "UINT64": 8, "INT8": 1, "INT16": 2, "INT32": 4, "INT64": 8, "FP16": 2, "BF16": 2, "FP32": 4, "FP64": 8}

// Size is how many bytes an element of a data type takes, 0 for BYTES and for what is none.
func Size(datatype string) int { return sizes[datatype] }

func bad(format string, args ...any) error {
	return fault.New(fault.InferTensor, "infer: read message: "+format, args...)
}

func quote(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "..."
	}
	return strconv.Quote(s)
}

// Count is how many elements a shape has.
func Count(shape []int64) (int64, bool) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > mostElements {
			return 0, false
		}
		if d > 0 && n > mostElements/d {
			return 0, false
		}
		n *= d
	}
	return n, len(shape) <= mostRank
}

// The JSON headers.
type (
	header struct {
		Model   string       `json:"model_name,omitempty"`
		Version string       `json:"model_version,omitempty"`
		ID      string       `json:"id,omitempty"`
		Params  *headParams  `json:"parameters,omitempty"`
		Inputs  []jsonTensor `json:"inputs,omitempty"`
		Outputs []jsonTensor `json:"outputs,omitempty"`
	}
	headParams struct {
		Binary *bool `json:"binary_data_output,omitempty"`
	}
	jsonTensor struct {
		Name     string          `json:"name"`
		Datatype string          `json:"datatype,omitempty"`
		Shape    []int64         `json:"shape,omitzero"`
		Params   *tensorParams   `json:"parameters,omitempty"`
		Data     json.RawMessage `json:"data,omitempty"`
	}
	tensorParams struct {
		Size    *int64 `json:"binary_data_size,omitempty"`
		Binary  *bool  `json:"binary_data,omitempty"`
		Classes *int   `json:"classification,omitempty"`
	}
)

// Split parts a message with its length before it into the header and what follows.
func Split(message []byte) (head, rest []byte, err error) {
	if len(message) < 4 {
		return nil, nil, bad("%d bytes, which is less than the length of a header takes", len(message))
	}
	n := binary.BigEndian.Uint32(message)
	if n > MostHeader || int64(n) > int64(len(message))-4 {
		return nil, nil, bad("its header has %d bytes, but the message has %d, and at most %d are read", n, len(message)-4, MostHeader)
	}
	return message[4 : 4+n], message[4+n:], nil
}

// Join puts the length before a header and its elements.
func Join(head, rest []byte) []byte {
	out := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(head)+len(rest)), uint32(len(head)))
	return append(append(out, head...), rest...)
}

// DecodeRequest reads a request from its header and what follows it. Every error is
// INFER_TENSOR and says nothing of an element.
func DecodeRequest(head, rest []byte) (*Request, error) {
	h, err := decodeHead(head)
	if err != nil {
		return nil, err
	}
	r := &Request{Model: h.Model, ID: h.ID}
	if h.Params != nil && h.Params.Binary != nil {
		r.Binary = *h.Params.Binary
	}
	if len(h.Inputs) == 0 {
		return nil, bad("inputs: there are none")
	}
	if r.Inputs, err = decodeTensors("inputs", h.Inputs, rest); err != nil {
		return nil, err
	}
	if len(h.Outputs) > MostTensors {
		return nil, bad("outputs: %d, at most %d", len(h.Outputs), MostTensors)
	}
	for i, o := range h.Outputs {
		w := Wanted{Name: o.Name, Binary: r.Binary}
		if o.Name == "" || len(o.Name) > mostName || o.Data != nil {
			return nil, bad("outputs[%d]: want the name of an output of the network", i)
		}
		if p := o.Params; p != nil {
			if p.Binary != nil {
				w.Binary = *p.Binary
			}
			if p.Classes != nil {
				if w.Classes = *p.Classes; w.Classes < 1 {
					return nil, bad("outputs[%d].parameters.classification: %d, want at least 1", i, w.Classes)
				}
			}
		}
		r.Outputs = append(r.Outputs, w)
	}
	return r, nil
}

// DecodeAnswer reads an answer.
func DecodeAnswer(head, rest []byte) (*Answer, error) {
	h, err := decodeHead(head)
	if err != nil {
		return nil, err
	}
	a := &Answer{Model: h.Model, Version: h.Version, ID: h.ID}
	for _, o := range h.Outputs {
		a.Text = append(a.Text, o.Data != nil)
	}
	a.Outputs, err = decodeTensors("outputs", h.Outputs, rest)
	return a, err
}

func decodeHead(head []byte) (*header, error) {
	if len(head) > MostHeader {
		return nil, bad("its header has %d bytes, at most %d", len(head), MostHeader)
	}
	if !utf8.Valid(head) {
		return nil, bad("its header is not UTF-8")
	}
	if b := bytes.TrimLeft(head, " \t\r\n"); len(b) == 0 || b[0] != '{' {
		return nil, bad("its header is no object of JSON")
	}
	h := new(header)
	d := json.NewDecoder(bytes.NewReader(head))
	err := d.Decode(h) // unknown fields are for servers that have more
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return nil, bad("%s: want %s, got %s", quote(wrong.Field), kindName(wrong.Type), strings.SplitN(wrong.Value, " ", 2)[0])
	case errors.As(err, &syntax):
		return nil, bad("its header is no JSON at byte %d", syntax.Offset)
	case err != nil:
		return nil, bad("its header ends in the middle")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, bad("something is behind the JSON of its header")
	}
	if len(h.ID) > mostName || len(h.Model) > mostName {
		return nil, bad("id or model_name: more than %d bytes", mostName)
	}
	return h, nil
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	}
	return "a whole number"
}

func decodeTensors(field string, list []jsonTensor, rest []byte) ([]Tensor, error) {
	if len(list) > MostTensors {
		return nil, bad("%s: %d, at most %d", field, len(list), MostTensors)
	}
	out := make([]Tensor, 0, len(list))
	seen := map[string]bool{}
	for i, j := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		if j.Name == "" || len(j.Name) > mostName || seen[j.Name] {
			return nil, bad("%s: it has no name, one of more than %d bytes, or one that is there twice", at, mostName)
		}
		seen[j.Name] = true
		at = fmt.Sprintf("%s %s", field, quote(j.Name))
		size, ok := sizes[j.Datatype]
		if !ok && j.Datatype != "BYTES" {
			return nil, bad("%s: datatype %s is none; want FP32, INT64, UINT8 ...", at, quote(j.Datatype))
		}
		n, ok := Count(j.Shape)
		if !ok || j.Shape == nil {
			return nil, bad("%s: its shape is missing, negative, or of too many elements", at)
		}
		t := Tensor{Name: j.Name, Datatype: j.Datatype, Shape: j.Shape}
		binarySize := int64(-1)
		if j.Params != nil && j.Params.Size != nil {
			binarySize = *j.Params.Size
		}
		switch {
		case binarySize >= 0 && j.Data != nil:
			return nil, bad("%s: it has its elements twice, in data and as binary", at)
		case binarySize > int64(len(rest)):
			return nil, bad("%s: binary_data_size is %d, but only %d bytes are left", at, binarySize, len(rest))
		case binarySize >= 0:
			t.Data, rest = rest[:binarySize:binarySize], rest[binarySize:]
			if err := sized(t, at, n, size); err != nil {
				return nil, err
			}
		case j.Data == nil && n > 0:
			return nil, bad("%s: it has neither data nor binary_data_size", at)
		default:
			var err error
			if t.Data, err = fromJSON(j.Data, j.Datatype, n, at); err != nil {
				return nil, err
			}
		}
		out = append(out, t)
	}
	if len(rest) > 0 {
		return nil, bad("%d bytes are behind the elements of its tensors", len(rest))
	}
	return out, nil
}

// sized refuses elements that are more or fewer than the shape has.
func sized(t Tensor, at string, n int64, size int) error {
	if size > 0 {
		if want := n * int64(size); int64(len(t.Data)) != want {
			return bad("%s: %d bytes, but shape %v of %s has %d", at, len(t.Data), t.Shape, t.Datatype, want)
		}
		return nil
	}
	_, err := Texts(t)
	return err
}

// Texts are the elements of a tensor of BYTES.
func Texts(t Tensor) ([]string, error) {
	n, ok := Count(t.Shape)
	if !ok || n > int64(len(t.Data))/4 {
		return nil, bad("tensor %s: fewer texts than its shape %v has", quote(t.Name), t.Shape)
	}
	out := make([]string, 0, n)
	b := t.Data
	for len(b) >= 4 && int64(len(out)) < n {
		size := int64(binary.LittleEndian.Uint32(b))
		if b = b[4:]; size > int64(len(b)) {
			break
		}
		out, b = append(out, string(b[:size])), b[size:]
	}
	if int64(len(out)) != n || len(b) > 0 {
		return nil, bad("tensor %s: its texts are more or fewer than its shape %v has", quote(t.Name), t.Shape)
	}
	return out, nil
}

// OfTexts is the data of a tensor of BYTES.
func OfTexts(texts []string) []byte {
	var b []byte
	for _, s := range texts {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	return b
}

// EncodeRequest is a request's header and the binary elements behind it: those of all
// inputs, where they lie.
func EncodeRequest(r *Request) (head []byte, rest [][]byte, err error) {
	h := header{ID: r.ID}
	if r.Binary {
		h.Params = &headParams{&r.Binary}
	}
	for _, t := range r.Inputs {
		size := int64(len(t.Data))
		h.Inputs = append(h.Inputs, jsonTensor{Name: t.Name, Datatype: t.Datatype, Shape: shapeOf(t), Params: &tensorParams{Size: &size}})
		rest = append(rest, t.Data)
	}
	for _, w := range r.Outputs {
		j := jsonTensor{Name: w.Name, Params: &tensorParams{Binary: &w.Binary}}
		if w.Classes > 0 {
			j.Params.Classes = &w.Classes
		}
		h.Outputs = append(h.Outputs, j)
	}
	head, err = encodeHead(h)
	return head, rest, err
}

// EncodeAnswer is an answer's header and the binary elements behind it, where they lie.
func EncodeAnswer(a *Answer) (head []byte, rest [][]byte, err error) {
	h := header{Model: a.Model, Version: a.Version, ID: a.ID}
	for i, t := range a.Outputs {
		j := jsonTensor{Name: t.Name, Datatype: t.Datatype, Shape: shapeOf(t)}
		if i < len(a.Text) && a.Text[i] {
			if j.Data, err = toJSON(t); err != nil {
				return nil, nil, err
			}
		} else {
			size := int64(len(t.Data))
			j.Params = &tensorParams{Size: &size}
			rest = append(rest, t.Data)
		}
		h.Outputs = append(h.Outputs, j)
	}
	head, err = encodeHead(h)
	return head, rest, err
}

func shapeOf(t Tensor) []int64 {
	if t.Shape == nil {
		return []int64{}
	}
	return t.Shape
}

// encodeHead writes a header and blanks after it, up to where elements are aligned behind
// the four bytes of its length.
func encodeHead(h header) ([]byte, error) {
	b, err := json.Marshal(h)
	if err != nil {
		return nil, bad("write its header: %w", err)
	}
	for (len(b)+4)%align != 0 {
		b = append(b, ' ')
	}
	if len(b) > MostHeader {
		return nil, bad("its header has %d bytes, at most %d; ask for binary outputs", len(b), MostHeader)
	}
	return b, nil
}

// Message is a header with its length and elements, as one slice.
func Message(head []byte, rest [][]byte) []byte {
	n := 4 + len(head)
	for _, r := range rest {
		n += len(r)
	}
	out := binary.BigEndian.AppendUint32(make([]byte, 0, n), uint32(len(head)))
	out = append(out, head...)
	for _, r := range rest {
		out = append(out, r...)
	}
	return out
}

func toHalf(v float64) uint16 {
	b := math.Float32bits(float32(v))
	sign, exp, frac := uint16(b>>16&0x8000), int(b>>23&0xff)-127+15, b&0x7fffff
	switch {
	case b&0x7fffffff > 0x7f800000:
		return sign | 0x7e00
	case exp >= 31:
		return sign | 0x7c00
	case exp <= 0:
		if exp < -10 {
			return sign
		}
		frac |= 0x800000
		shift := uint(14 - exp)
		half := uint16(frac >> shift)
		if rem := frac & (1<<shift - 1); rem > 1<<(shift-1) || rem == 1<<(shift-1) && half&1 == 1 {
			half++
		}
		return sign | half
	}
	half := sign | uint16(exp)<<10 | uint16(frac>>13)
	if rem := frac & 0x1fff; rem > 0x1000 || rem == 0x1000 && half&1 == 1 {
		half++
	}
	return half
}

func fromHalf(h uint16) float64 {
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

// HeadOf is the header of an answer whose elements, all binary and of these lengths, are
// written behind it later.
func HeadOf(a *Answer, lengths []int64) ([]byte, error) {
	h := header{Model: a.Model, Version: a.Version, ID: a.ID}
	for i, t := range a.Outputs {
		h.Outputs = append(h.Outputs, jsonTensor{Name: t.Name, Datatype: t.Datatype, Shape: shapeOf(t), Params: &tensorParams{Size: &lengths[i]}})
	}
	return encodeHead(h)
}
