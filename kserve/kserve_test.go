package kserve

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"tacit/fault"
)

func TestRequests(t *testing.T) {
	one := []byte{0, 0, 128, 63, 0, 0, 0, 64} // 1, 2
	want := []Tensor{{Name: "x", Datatype: "FP32", Shape: []int64{1, 2}, Data: one}}
	for _, tt := range []struct {
		name, head string
		rest       []byte
		refuses    string
	}{
		{"twin: elements in JSON", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2.0]}]}`, nil, ""},
		{"twin: in lists of lists", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[[1,2]]}]}`, nil, ""},
		{"twin: in lists as deep as may be", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":` + strings.Repeat("[", 32) + "1,2" + strings.Repeat("]", 32) + `}]}`, nil, ""},
		{"twin: binary", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}`, one, ""},
		{"twin: a field that others have", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2],"more":1}],"parameters":{"x":1}}`, nil, ""},
		{"twin: a name as long as may be", `{"id":"` + strings.Repeat("i", 1024) + `","inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}]}`, nil, ""},
		{"nothing", ``, nil, "no object"},
		{"a header that is too long", strings.Repeat("\x00", MostHeader+1), nil, "at most"},
		{"a name that is no text", `{"id":"` + "\xff" + `"}`, nil, "not UTF-8"},
		{"a name that is too long", `{"id":"` + strings.Repeat("i", 1025) + `","inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}`, nil, "more than 1024 bytes"},
		{"a list", `[]`, nil, "no object"},
		{"no inputs", `{}`, nil, "inputs: there are none"},
		{"broken JSON", `{"inputs":[}`, nil, "no JSON at byte"},
		{"half", `{"inputs":[`, nil, "ends in the middle"},
		{"two", `{"inputs":[{"name":"x","datatype":"FP32","shape":[0],"data":[]}]} 1`, nil, "behind the JSON"},
		{"another kind of field", `{"inputs":7}`, nil, "want a list, got number"},
		{"an unknown data type", `{"inputs":[{"name":"x","datatype":"FP31","shape":[1],"data":[1]}]}`, nil, `datatype "FP31" is none`},
		{"no shape", `{"inputs":[{"name":"x","datatype":"FP32","data":[1]}]}`, nil, "its shape is missing"},
		{"a negative shape", `{"inputs":[{"name":"x","datatype":"FP32","shape":[-1],"data":[1]}]}`, nil, "negative"},
		{"a shape that overflows", `{"inputs":[{"name":"x","datatype":"FP32","shape":[4294967296,4294967296],"data":[1]}]}`, nil, "too many elements"},
		{"a shape far larger than its elements", `{"inputs":[{"name":"x","datatype":"FP32","shape":[4096],"data":[1]}]}`, nil, "fewer elements than the 4096"},
		{"too few elements", `{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1]}]}`, nil, "1 elements, but its shape 2"},
		{"too many elements", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1,2]}]}`, nil, "more elements"},
		{"an element of another kind", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":["secret"]}]}`, nil, "element 0 of data is no FP32"},
		{"true among numbers", `{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"data":[true]}]}`, nil, "element 0 of data is no UINT8"},
		{"an object between elements", `{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1,{},2]}]}`, nil, "has an object"},
		{"lists that are too deep", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":` + strings.Repeat("[", 33) + "1" + strings.Repeat("]", 33) + `}]}`, nil, "more than 32 deep"},
		{"an element in no list", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":1}]}`, nil, "no list"},
		{"a fraction that is too large", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1e39]}]}`, nil, "element 0 of data is no FP32"},
		{"a number that is too large", `{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"data":[256]}]}`, nil, "element 0 of data is no UINT8"},
		{"both", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2],"parameters":{"binary_data_size":8}}]}`, one, "twice"},
		{"neither", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}]}`, nil, "neither"},
		{"fewer bytes than it says", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}`, one[:4], "only 4 bytes"},
		{"another size than its shape", `{"inputs":[{"name":"x","datatype":"FP32","shape":[3],"parameters":{"binary_data_size":8}}]}`, one, "has 12"},
		{"bytes left", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}`, one, "4 bytes are behind"},
		{"twice the same", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]},{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}`, nil, "twice"},
		{"more tensors than may be", `{"inputs":[{}` + strings.Repeat(`,{}`, MostTensors) + `]}`, nil, "inputs: 257"},
		{"fewer texts than its shape", `{"inputs":[{"name":"x","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":4}}]}`, make([]byte, 4), "fewer texts"},
		{"bytes behind its texts", `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]}`, make([]byte, 5), "more or fewer"},
		{"a text that ends in the middle", `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]}`, []byte{2, 0, 0, 0, 'a'}, "more or fewer"},
		{"an output without a name", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"outputs":[{}]}`, nil, "outputs[0]"},
		{"more outputs than may be", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"outputs":[{"name":"y"}` + strings.Repeat(`,{"name":"y"}`, MostTensors) + `]}`, nil, "outputs: 257"},
		{"the best of no classes", `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"outputs":[{"name":"y","parameters":{"classification":0}}]}`, nil, "want at least 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := DecodeRequest([]byte(tt.head), tt.rest)
			if tt.refuses == "" {
				if err != nil || !reflect.DeepEqual(r.Inputs, want) {
					t.Fatalf("DecodeRequest = %+v, %v", r, err)
				}
				return
			}
			if fault.Of(err) != fault.InferTensor || !strings.Contains(err.Error(), tt.refuses) || strings.Contains(err.Error(), "secret") {
				t.Fatalf("DecodeRequest = %v, want INFER_TENSOR with %q", err, tt.refuses)
			}
		})
	}
}

func TestMessagesComeBackAsTheyWent(t *testing.T) {
	r := &Request{ID: "7", Binary: true, Outputs: []Wanted{{Name: "y", Binary: false, Classes: 3}},
		Inputs: []Tensor{{"x", "INT16", []int64{3}, []byte{1, 0, 255, 255, 0, 128}}, {"s", "BYTES", []int64{2}, OfTexts([]string{"a", ""})}}}
	head, rest, err := EncodeRequest(r)
	if err != nil {
		t.Fatal(err)
	}
	m := Message(head, rest)
	if (4+len(head))%align != 0 {
		t.Errorf("elements begin at %d", 4+len(head))
	}
	h, after, err := Split(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeRequest(h, after)
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Fatalf("it comes back as %+v, %v", got, err)
	}
	if !bytes.Equal(Join(h, after), m) {
		t.Error("joined again it is another")
	}
	a := &Answer{Model: "net", ID: "7", Text: []bool{true, false, true, true}, Outputs: []Tensor{
		{"y", "FP32", []int64{2}, []byte{0, 0, 128, 63, 0, 0, 0, 64}}, {"z", "FP64", []int64{}, make([]byte, 8)},
		{"h", "FP16", []int64{2}, []byte{0, 60, 1, 0}}, {"s", "BYTES", []int64{1}, OfTexts([]string{"ü"})}}}
	head, rest, err = EncodeAnswer(a)
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeAnswer(head, bytes.Join(rest, nil))
	if err != nil || !reflect.DeepEqual(back, a) {
		t.Fatalf("it comes back as %+v, %v", back, err)
	}
}

// TestSplit: the length before a message is that of a header that it has.
func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		refuses       string
	}{
		{"twin: a header and nothing behind it", "\x00\x00\x00\x01a", ""},
		{"half a length", "\x00\x00\x00", "less than the length"},
		{"a header that ends in the middle", "\x00\x00\x00\x02a", "has 2 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head, rest, err := Split([]byte(tt.message))
			if tt.refuses == "" {
				if err != nil || string(head) != "a" || len(rest) > 0 {
					t.Fatalf("Split = %q, %q, %v", head, rest, err)
				}
				return
			}
			if fault.Of(err) != fault.InferTensor || !strings.Contains(err.Error(), tt.refuses) {
				t.Fatalf("Split = %v, want INFER_TENSOR with %q", err, tt.refuses)
			}
		})
	}
}

// TestAnswersThatAreNone: what JSON has no form for is not written, and what is no answer is
// not read.
func TestAnswersThatAreNone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answer  Answer
		refuses string
	}{
		{"twin: a number", Answer{Outputs: []Tensor{{"y", "FP32", []int64{1}, []byte{0, 0, 128, 63}}}}, ""},
		{"NaN", Answer{Outputs: []Tensor{{"y", "FP32", []int64{1}, []byte{0, 0, 192, 127}}}}, "not finite"},
		{"half a number", Answer{Outputs: []Tensor{{"y", "FP32", []int64{1}, []byte{0, 0}}}}, "no form in JSON"},
		{"an unknown data type", Answer{Outputs: []Tensor{{"y", "FP31", []int64{1}, []byte{0}}}}, "no form in JSON"},
		{"texts that are none", Answer{Outputs: []Tensor{{"y", "BYTES", []int64{1}, []byte{9, 0, 0, 0}}}}, "more or fewer"},
		{"a header that is too long", Answer{Model: strings.Repeat("m", MostHeader)}, "ask for binary outputs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.answer.Text = []bool{true}
			_, _, err := EncodeAnswer(&tt.answer)
			if tt.refuses == "" && err != nil || tt.refuses != "" && (fault.Of(err) != fault.InferTensor || !strings.Contains(err.Error(), tt.refuses)) {
				t.Fatalf("EncodeAnswer = %v, want %q", err, tt.refuses)
			}
		})
	}
	if _, err := DecodeAnswer([]byte("x"), nil); fault.Of(err) != fault.InferTensor {
		t.Errorf("DecodeAnswer = %v, want INFER_TENSOR", err)
	}
}

func TestHalves(t *testing.T) {
	for h := range 1 << 16 {
		f := fromHalf(uint16(h))
		if math.IsNaN(f) {
			continue
		}
		if got := toHalf(f); got != uint16(h) {
			t.Fatalf("%04x is %v is %04x", h, f, got)
		}
	}
}

// FuzzMessage: what is read of a request or an answer is the same when it is written and read
// again, and every refusal is INFER_TENSOR.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{`{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}],"outputs":[{"name":"y","parameters":{"classification":2}}]}`, `{"outputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"]}]}`} {
		f.Add(Join([]byte(s), nil))
	}
	head, rest, _ := EncodeRequest(&Request{Binary: true, Inputs: []Tensor{{"x", "UINT8", []int64{2}, []byte{1, 2}}, {"s", "BYTES", []int64{2}, OfTexts([]string{"a", ""})}}})
	f.Add(Message(head, rest))
	f.Fuzz(func(t *testing.T, b []byte) {
		head, rest, err := Split(b)
		if err != nil {
			if fault.Of(err) != fault.InferTensor {
				t.Fatal(err)
			}
			return
		}
		r, err := DecodeRequest(head, rest)
		if err != nil && fault.Of(err) != fault.InferTensor {
			t.Fatal(err)
		}
		if err == nil {
			r.Model = "" // of the path, and not of a request
			h, parts, err := EncodeRequest(r)
			if err != nil {
				t.Fatal(err)
			}
			again, err := DecodeRequest(h, bytes.Join(parts, nil))
			if err != nil || !sameTensors(r.Inputs, again.Inputs) || !reflect.DeepEqual(r.Outputs, again.Outputs) {
				t.Fatalf("%+v comes back as %+v, %v", r, again, err)
			}
		}
		a, err := DecodeAnswer(head, rest)
		if err != nil {
			if fault.Of(err) != fault.InferTensor {
				t.Fatal(err)
			}
			return
		}
		h, parts, err := EncodeAnswer(a)
		if err != nil {
			if fault.Of(err) != fault.InferTensor {
				t.Fatal(err)
			}
			return
		}
		again, err := DecodeAnswer(h, bytes.Join(parts, nil))
		if err != nil || !sameTensors(a.Outputs, again.Outputs) {
			t.Fatalf("%+v comes back as %+v, %v", a, again, err)
		}
	})
}

func sameTensors(a, b []Tensor) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || a[i].Datatype != b[i].Datatype || !reflect.DeepEqual(a[i].Shape, b[i].Shape) || !bytes.Equal(a[i].Data, b[i].Data) {
			return false
		}
	}
	return true
}
