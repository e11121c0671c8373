package learn

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"tacit"
	"tacit/fault"
	"tacit/kserve"
)

// Serve is the operation of a session: a model is applied to what is asked.
const Serve = tacit.OperationServe

// platform is what metadata call the engine.
const platform = "tacit_learn"

// mostRows is how many rows one request may have.
const mostRows = 1 << 20

func (p *Params) checkServe() error {
	switch {
	case len(p.Data) > 0:
		return refuse("data: a session has what it is asked")
	case p.Keep != nil:
		return refuse("keep: the operation is %s", Serve)
	}
	return p.checkApply()
}

// A sitting is a session with a model.
type sitting struct {
	*run
	m        *document
	meta     []byte
	requests int
	rows     int
}

// serve answers requests until there are no more. One that makes no sense is refused to who
// asked, and the session goes on; when the fuel is used up it ends, with that as its fault.
func (r *run) serve(ctx context.Context) error {
	if r.job.Requests == nil {
		return refuse("operation: %s is for sessions, and this run is none", Serve)
	}
	m, err := r.source(ctx)
	if err != nil {
		return err
	}
	s := &sitting{run: r, m: m}
	if s.meta, err = json.Marshal(s.about()); err != nil {
		return fmt.Errorf("learn: describe the model: %w", err)
	}
	r.hear("serve", 0, 0)
	defer func() { r.summary.Requests, r.summary.Rows = s.requests, s.rows }()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case q, ok := <-r.job.Requests:
			if !ok {
				return nil
			}
			b, err := s.answer(ctx, q.Body)
			q.Answer(b, err)
			if r.budget.over {
				return err
			}
			if r.budget.fuelUsed == r.budget.fuel {
				return nil
			}
		}
	}
}

// The names of a session's tensors.
const (
	tensorRows    = "rows"    // asked: the features of each row, in the model's order
	tensorNumbers = "numbers" // answered: what the model says of each
	tensorClasses = "classes" // answered besides, of classification: the likeliest
)

func (s *sitting) about() kserve.Metadata {
	m := kserve.Metadata{Name: s.p.Model.Input, Platform: platform}
	m.Inputs = []kserve.Form{{Name: tensorRows, Datatype: "FP64", Shape: []int64{-1, int64(s.m.fitted.takes())}}}
	m.Outputs = []kserve.Form{{Name: tensorNumbers, Datatype: "FP64", Shape: []int64{-1, int64(s.m.fitted.width())}}}
	if s.m.fitted.task() == classification {
		m.Outputs = append(m.Outputs, kserve.Form{Name: tensorClasses, Datatype: "BYTES", Shape: []int64{-1}})
	}
	return m
}

// answer answers one request: what it says of no row is a request for the metadata.
func (s *sitting) answer(ctx context.Context, body []byte) ([]byte, error) {
	if err := s.budget.burn(uint64(len(body)) + 1); err != nil {
		return nil, err
	}
	if len(body) == 0 {
		return s.meta, nil
	}
	head, rest, err := kserve.Split(body)
	if err != nil {
		return nil, err
	}
	q, err := kserve.DecodeRequest(head, rest)
	if err != nil {
		return nil, err
	}
	for _, w := range q.Outputs {
		if w.Name != tensorNumbers && w.Name != tensorClasses || w.Classes > 0 {
			return nil, fault.New(fault.InferTensor, "learn: session: the outputs are %s and, of classes, %s; nothing else can be asked of them", tensorNumbers, tensorClasses)
		}
	}
	d, err := s.asked(q)
	if err != nil {
		return nil, err
	}
	if err := behind(s.job.Inputs, "what is said of the rows", d.rows, false); err != nil {
		return nil, err
	}
	if err := s.budget.burn(uint64(s.m.fitted.work(d.rows))); err != nil {
		return nil, err
	}
	n := s.m.fitted.width()
	held := product(d.rows, d.cols, 12) + product(d.rows, n+2, 32)
	if held > s.budget.memory-s.budget.used { // of this request, and not of the session
		return nil, fault.New(fault.InferTensor, "learn: session: %d rows at once need more memory than requirements.memory leaves; send fewer", d.rows)
	}
	if err := s.budget.hold(held); err != nil {
		return nil, err
	}
	defer s.budget.free(held)
	out, err := s.m.fitted.apply(ctx, s.run, d)
	if err != nil {
		return nil, err
	}
	a := &kserve.Answer{Model: s.p.Model.Input, ID: q.ID, Outputs: s.tensors(d.rows, n, out), Text: s.asText(q)}
	a.Outputs, a.Text = chosen(q, a.Outputs, a.Text)
	if len(a.Outputs) == 0 {
		return nil, fault.New(fault.InferTensor, "learn: session: none of the outputs that were asked for is %s or %s", tensorNumbers, tensorClasses)
	}
	top, elements, err := kserve.EncodeAnswer(a)
	if err != nil {
		return nil, err
	}
	s.requests++
	s.rows += d.rows
	return kserve.Message(top, elements), nil
}

// asked are the rows of a request.
func (s *sitting) asked(q *kserve.Request) (*data, error) {
	wrong := func(format string, args ...any) error {
		return fault.New(fault.InferTensor, "learn: session: "+format, args...)
	}
	takes := s.m.fitted.takes()
	if len(q.Inputs) != 1 || q.Inputs[0].Name != tensorRows {
		return nil, wrong("want one input, %q of %d columns", tensorRows, takes)
	}
	in := q.Inputs[0]
	if len(in.Shape) != 2 || in.Shape[1] != int64(takes) || in.Shape[0] < 1 || in.Shape[0] > mostRows {
		return nil, wrong("input %q: its shape is %v, want 1 to %d rows of %d", tensorRows, in.Shape, mostRows, takes)
	}
	d := &data{rows: int(in.Shape[0]), cols: takes, x: make([]float64, int(in.Shape[0])*takes)}
	switch in.Datatype {
	case "FP64":
		for i := range d.x {
			d.x[i] = math.Float64frombits(binary.LittleEndian.Uint64(in.Data[8*i:]))
		}
	case "FP32":
		for i := range d.x {
			d.x[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(in.Data[4*i:])))
		}
	default:
		return nil, wrong("input %q: its elements are %.16q, want FP64 or FP32", tensorRows, in.Datatype)
	}
	for i, v := range d.x {
		if math.IsInf(v, 0) || math.IsNaN(v) && !s.m.fitted.missing() {
			return nil, wrong("input %q: row %d, column %d is no finite number", tensorRows, i/takes+1, i%takes+1)
		}
	}
	return d, nil
}

// tensors are what the model says of rows.
func (s *sitting) tensors(rows, n int, out []float64) []kserve.Tensor {
	numbers := kserve.Tensor{Name: tensorNumbers, Datatype: "FP64", Shape: []int64{int64(rows), int64(n)}, Data: make([]byte, 0, 8*len(out))}
	for _, v := range out {
		numbers.Data = binary.LittleEndian.AppendUint64(numbers.Data, math.Float64bits(v))
	}
	list := []kserve.Tensor{numbers}
	if s.m.fitted.task() == classification {
		names := s.m.Classes
		if names == nil {
			names = numbered(n)
		}
		best := make([]string, rows)
		for i := range best {
			at := 0
			for k, v := range out[i*n : (i+1)*n] {
				if v > out[i*n+at] {
					at = k
				}
			}
			best[i] = names[at]
		}
		list = append(list, kserve.Tensor{Name: tensorClasses, Datatype: "BYTES", Shape: []int64{int64(rows)}, Data: kserve.OfTexts(best)})
	}
	return list
}

// asText says which outputs go as JSON: all but those that were asked for as binary.
func (s *sitting) asText(q *kserve.Request) []bool { return []bool{!q.Binary, !q.Binary} }

// chosen are the outputs that a request asks for: all, if it says nothing.
func chosen(q *kserve.Request, all []kserve.Tensor, text []bool) (out []kserve.Tensor, as []bool) {
	if len(q.Outputs) == 0 {
		return all, text[:len(all)]
	}
	for _, w := range q.Outputs {
		for _, t := range all {
			if t.Name == w.Name {
				out, as = append(out, t), append(as, !w.Binary)
			}
		}
	}
	return out, as
}
