package learn

import (
	"context"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/kserve"
)

const serving = `{"operation":"serve","model":{"input":"m"}}`

// A sat is what became of a session.
type sat struct {
	answers [][]byte
	errs    []error
	out     tacit.Outcome
	err     error
}

// sit asks a session one request after the other and ends it.
func sit(j tacit.Job, requests ...[]byte) (s sat) {
	asked := make(chan tacit.Request)
	j.Requests = asked
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.out, s.err = New(Config{Threads: 2}).Run(context.Background(), j)
	}()
	defer func() { close(asked); <-done }()
	for _, body := range requests {
		answered := make(chan struct{})
		select {
		case asked <- tacit.Request{Body: body, Answer: func(b []byte, err error) {
			s.answers, s.errs = append(s.answers, b), append(s.errs, err)
			close(answered)
		}}:
			<-answered
		case <-done:
			return s
		}
	}
	return s
}

// rowsOf is a request about rows of two features.
func rowsOf(t *testing.T, change func(*kserve.Request), values ...float64) []byte {
	t.Helper()
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	q := &kserve.Request{ID: "7", Binary: true, Inputs: []kserve.Tensor{{Name: "rows", Datatype: "FP64", Shape: []int64{int64(len(values) / 2), 2}, Data: data}}}
	if change != nil {
		change(q)
	}
	head, rest, err := kserve.EncodeRequest(q)
	if err != nil {
		t.Fatal(err)
	}
	return kserve.Message(head, rest)
}

func answerOf(t *testing.T, b []byte) *kserve.Answer {
	t.Helper()
	head, rest, err := kserve.Split(b)
	if err != nil {
		t.Fatal(err)
	}
	a, err := kserve.DecodeAnswer(head, rest)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What a session says of rows is what a task writes of them.
func TestASessionSaysWhatPredictWrites(t *testing.T) {
	model := trained(t)
	told := strings.Split(strings.TrimSpace(string(ran(t, job(asking, file("a", "x,z\n3,4.5\n90,2.25\n"), file("m", model)))["predictions.csv"])), "\n")
	s := sit(job(serving, file("m", model)), nil, rowsOf(t, nil, 3, 4.5, 90, 2.25), rowsOf(t, func(q *kserve.Request) {
		q.Outputs = []kserve.Wanted{{Name: "numbers"}}
	}, 3, 4.5))
	if s.err != nil || len(s.errs) != 3 || s.errs[0] != nil || s.errs[1] != nil || s.errs[2] != nil {
		t.Fatalf("%v, %v", s.err, s.errs)
	}
	about := read[kserve.Metadata](t, s.answers[0])
	if about.Name != "m" || len(about.Inputs) != 1 || about.Inputs[0].Shape[1] != 2 || len(about.Outputs) != 2 {
		t.Errorf("it says of itself %s", s.answers[0])
	}
	a := answerOf(t, s.answers[1])
	classes, err := kserve.Texts(a.Outputs[1])
	if err != nil || a.ID != "7" || len(a.Outputs) != 2 || a.Outputs[0].Name != "numbers" {
		t.Fatalf("%+v, %v", a, err)
	}
	for i, line := range told[1:] {
		fields := strings.Split(line, ",")
		p := math.Float64frombits(binary.LittleEndian.Uint64(a.Outputs[0].Data[8*(2*i+1):]))
		if want, err := strconv.ParseFloat(fields[2], 64); err != nil || want != p || classes[i] != fields[0] {
			t.Errorf("row %d: %v and class %s, predict writes %s", i+1, p, classes[i], line)
		}
	}
	if one := answerOf(t, s.answers[2]); len(one.Outputs) != 1 {
		t.Errorf("asked for one output, it gives %d", len(one.Outputs))
	}
	if sum := read[summary](t, s.out.Outputs[0].Data); s.out.Outputs[0].Name != "summary.json" || sum.Requests != 2 || sum.Rows != 3 {
		t.Errorf("the summary: %s", s.out.Outputs[0].Data)
	}
}

// What is wrong with a request is said to who asked, without an element, and the session goes on.
func TestASessionRefusesRequests(t *testing.T) {
	model := file("m", trained(t))
	model.MinRows = 2
	good := rowsOf(t, nil, 1, 2, 3, 4)
	tensor := func(change func(*kserve.Tensor)) []byte {
		return rowsOf(t, func(q *kserve.Request) { change(&q.Inputs[0]) }, 777.25, 2, 3, 4)
	}
	for _, tt := range []struct {
		name string
		body []byte
		code fault.Code
	}{
		{"twin: two rows", good, ""},
		{"twin: a missing value, of trees", rowsOf(t, nil, math.NaN(), 2, 3, 4), ""},
		{"twin: floats of 32 bits", tensor(func(x *kserve.Tensor) { x.Datatype, x.Data = "FP32", x.Data[:16] }), ""},
		{"fewer rows than the model's owner demands", rowsOf(t, nil, 1, 2), fault.DataSmall},
		{"no frame", []byte{1, 2}, fault.InferTensor},
		{"no JSON", kserve.Join([]byte("{"), nil), fault.InferTensor},
		{"another input", tensor(func(x *kserve.Tensor) { x.Name = "columns" }), fault.InferTensor},
		{"two inputs", rowsOf(t, func(q *kserve.Request) { q.Inputs = append(q.Inputs, q.Inputs[0]) }, 1, 2, 3, 4), fault.InferTensor},
		{"another number of features", tensor(func(x *kserve.Tensor) { x.Shape = []int64{1, 4} }), fault.InferTensor},
		{"no rows", tensor(func(x *kserve.Tensor) { x.Shape, x.Data = []int64{0, 2}, nil }), fault.InferTensor},
		{"one dimension", tensor(func(x *kserve.Tensor) { x.Shape = []int64{4} }), fault.InferTensor},
		{"whole numbers", tensor(func(x *kserve.Tensor) { x.Datatype = "INT64" }), fault.InferTensor},
		{"an infinite value", rowsOf(t, nil, math.Inf(1), 777.25, 3, 4), fault.InferTensor},
		{"an output that there is not", rowsOf(t, func(q *kserve.Request) { q.Outputs = []kserve.Wanted{{Name: "logits"}} }, 1, 2, 3, 4), fault.InferTensor},
		{"the best classes of an output", rowsOf(t, func(q *kserve.Request) { q.Outputs = []kserve.Wanted{{Name: "numbers", Classes: 1}} }, 1, 2, 3, 4), fault.InferTensor},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sit(job(serving, model), tt.body, good)
			if s.err != nil || len(s.errs) != 2 || s.errs[1] != nil {
				t.Fatalf("the session: %v, %v", s.err, s.errs)
			}
			if err := s.errs[0]; fault.Of(err) != tt.code && (err != nil || tt.code != "") || err != nil && strings.Contains(err.Error(), "777.25") {
				t.Errorf("refused with %v, want %q", err, tt.code)
			}
		})
	}
	lines := file("m", string(ran(t, job(`{"operation":"train","kind":"ridge","data":{"a":{}},"label":"y"}`, file("a", numbersOf(60, ""))))["model.json"]))
	if s := sit(job(serving, lines), rowsOf(t, nil, math.NaN(), 2)); fault.Of(s.errs[0]) != fault.InferTensor {
		t.Errorf("a missing value, of a line: %v", s.errs[0])
	}
}

// case N98 code DATA_CONSENT check engine/learn/consent.go:consent
func TestN98ASessionNeedsThatAnswersMayLeave(t *testing.T) {
	model := trained(t)
	for _, tt := range []struct {
		name, params string
		operations   []string
		steps        []string
		session      bool
		code         fault.Code
	}{
		{"twin: it may be asked", serving, []string{Predict}, nil, true, ""},
		{"it may be evaluated alone", serving, []string{Evaluate, Train}, nil, true, fault.DataConsent},
		{"answers may go to next steps alone", serving, nil, []string{Predict}, true, fault.DataConsent},
		{"nothing is allowed", serving, nil, nil, true, fault.DataConsent},
		{"it is no session", serving, []string{Predict}, nil, false, fault.LearnParams},
		{"with data", with(serving, "data", `{"m":{}}`), []string{Predict}, nil, true, fault.LearnParams},
		{"without a model", `{"operation":"serve"}`, []string{Predict}, nil, true, fault.LearnParams},
		{"with ids to keep", with(serving, "keep", `["id"]`), []string{Predict}, nil, true, fault.LearnParams},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := file("m", model)
			in.Operations, in.Steps = tt.operations, tt.steps
			j := job(tt.params, in)
			var err error
			if tt.session {
				err = sit(j).err
			} else {
				_, err = New(Config{}).Run(t.Context(), j)
			}
			if fault.Of(err) != tt.code && (err != nil || tt.code != "") {
				t.Errorf("error %v, want %q", err, tt.code)
			}
		})
	}
	data, in := file("a", "x,z\n1,2\n"), file("m", model)
	if _, err := New(Config{}).Run(t.Context(), job(with(asking, "requests", "3"), data, in)); fault.Of(err) != fault.LearnParams {
		t.Errorf("requests of what is no session: %v", err)
	}
}

// A session whose fuel is used up ends, and is billed for all of it.
func TestASessionEndsWithItsFuel(t *testing.T) {
	j := job(serving, file("m", trained(t)))
	body := rowsOf(t, nil, 1, 2)
	once := sit(j, body)
	j.Limits.Fuel = once.out.Fuel // its last part is the summary's
	s := sit(j, body, body, body, body)
	n := len(s.errs) - 1
	if n < 1 || s.errs[0] != nil || fault.Of(s.errs[n]) != fault.WasmTime || fault.Of(s.err) != fault.WasmTime || s.out.Fuel != j.Limits.Fuel {
		t.Errorf("errors %v, the session %v, %d of %d fuel", s.errs, s.err, s.out.Fuel, j.Limits.Fuel)
	}
}
