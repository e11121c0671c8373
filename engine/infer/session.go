package infer

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"tacit"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
	"tacit/kserve"
)

// platform is what KServe calls networks of this format that this runtime runs.
const platform = "onnxruntime_onnx"

// datatypes are the types by KServe's names.
var datatypes = map[onnx.Type]string{
	onnx.Bool: "BOOL", onnx.Uint8: "UINT8", onnx.Uint16: "UINT16", onnx.Uint32: "UINT32", onnx.Uint64: "UINT64",
	onnx.Int8: "INT8", onnx.Int16: "INT16", onnx.Int32: "INT32", onnx.Int64: "INT64",
	onnx.Float16: "FP16", onnx.BFloat16: "BF16", onnx.Float32: "FP32", onnx.Float64: "FP64", onnx.String: "BYTES",
}

// A session serves requests with one network.
type session struct {
	run    *run
	net    *network
	images *pictures
	points int
	meta   []byte
	forms  []kserve.Form // of the inputs, as requests have them
	soft   int           // output that becomes shares of 1, -1 for none

	requests, rows, runs int64
}

// An ask is a request on its way.
type ask struct {
	request tacit.Request
	message *kserve.Request
	in      []ort.Tensor
	rows    int64
}

// serve loads the network once and answers requests until there are no more. What a request
// does wrong is said to who asked; what ends the session, such as fuel that is used up, is
// returned besides.
func (r *run) serve(ctx context.Context) error {
	n, err := r.load(ctx, r.params.Model, r.params.Digest)
	defer n.close()
	if err != nil {
		return err
	}
	s, err := r.newSession(n)
	if err != nil {
		return err
	}
	// One goroutine reads, asks and answers: every hand-over to another would cost a network
	// that takes microseconds more than it saves one that takes milliseconds.
	var next *ask
	for {
		first := next
		next = nil
		for first == nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case q, ok := <-r.job.Requests:
				if !ok {
					return r.give(Summary, jsonFile(sessionReport{"session", n.report(), s.requests, s.rows, s.runs, runtimeName()}))
				}
				first = s.read(q)
			}
		}
		group := []*ask{first}
		rows := first.rows
		for rows < int64(r.params.MaxBatch) && next == nil {
			a := s.waiting()
			if a == nil {
				break
			}
			if rows+a.rows > int64(r.params.MaxBatch) || !together(first, a) {
				next = a
				break
			}
			group, rows = append(group, a), rows+a.rows
		}
		if err := s.answer(ctx, group, rows); err != nil {
			if next != nil {
				next.request.Answer(nil, fault.New(fault.WasmTime, "infer: session: it has ended"))
			}
			return err
		}
	}
}

// waiting is a request that waits already, nil if none does.
func (s *session) waiting() *ask {
	for {
		select {
		case q, ok := <-s.run.job.Requests:
			if !ok {
				return nil
			}
			if a := s.read(q); a != nil {
				return a
			}
		default:
			return nil
		}
	}
}

// A sessionReport is what the summary of a session says.
type sessionReport struct {
	Operation string        `json:"operation"`
	Model     networkReport `json:"model"`
	Requests  int64         `json:"requests"`
	Rows      int64         `json:"rows"`
	Runs      int64         `json:"runs"`
	Runtime   string        `json:"runtime"`
}

func (r *run) newSession(n *network) (*session, error) {
	s := &session{run: r, net: n, soft: -1}
	p := r.params
	w, err := newAnswers(p, n, 0)
	if err != nil {
		return nil, err
	}
	if p.Answer.Form == Softmax {
		if s.soft = w.index; w.output.Kind.Elem != onnx.Float32 {
			return nil, refuse("answer.form: output %s of the network is no float32", onnx.Quote(w.output.Name))
		}
	}
	form := func(v onnx.Value) kserve.Form {
		shape, _ := v.Kind.Shape()
		if shape == nil {
			shape = []int64{}
		}
		return kserve.Form{Name: v.Name, Datatype: datatypes[v.Kind.Elem], Shape: shape}
	}
	meta := kserve.Metadata{Name: "model", Platform: platform}
	for i, v := range n.inputs {
		f := form(v)
		if p.Image != nil {
			if i > 0 {
				return nil, refuse("image: the network has %d inputs; only one of one input takes images", len(n.inputs))
			}
			if !v.Kind.Ranked || len(f.Shape) != 4 || v.Kind.Elem != onnx.Float32 || f.Shape[1] < 1 {
				return nil, refuse("image: input %s of the network is no float32 with rows, channels, height and width", onnx.Quote(v.Name))
			}
			if s.images, err = newPictures(p.Image, f.Shape[1]); err != nil {
				return nil, err
			}
			f.Datatype, f.Shape = "UINT8", s.images.shape(f.Shape)
		}
		meta.Inputs = append(meta.Inputs, f)
	}
	for _, v := range n.outputs {
		meta.Outputs = append(meta.Outputs, form(v))
	}
	s.forms = meta.Inputs
	s.meta, err = json.Marshal(meta)
	return s, err
}

// read takes a request apart and turns its tensors into the network's; nil if it was
// answered.
func (s *session) read(q tacit.Request) (a *ask) {
	defer func() {
		if p := recover(); p != nil {
			a = nil
			q.Answer(nil, panicked(p))
		}
	}()
	if len(q.Body) == 0 {
		q.Answer(s.meta, nil)
		return nil
	}
	a = &ask{request: q}
	if err := s.take(a); err != nil {
		q.Answer(nil, err)
		return nil
	}
	return a
}

func (s *session) take(a *ask) error {
	head, rest, err := kserve.Split(a.request.Body)
	if err != nil {
		return err
	}
	if a.message, err = kserve.DecodeRequest(head, rest); err != nil {
		return err
	}
	m := a.message
	for _, w := range m.Outputs {
		if !slices.ContainsFunc(s.net.outputs, func(v onnx.Value) bool { return v.Name == w.Name }) {
			return fault.New(fault.InferTensor, "infer: request: outputs: the network has no output %s", onnx.Quote(w.Name))
		}
	}
	sizes := map[string]int64{}
	for i, v := range s.net.inputs {
		at := slices.IndexFunc(m.Inputs, func(t kserve.Tensor) bool { return t.Name == v.Name })
		if at < 0 {
			return fault.New(fault.InferTensor, "infer: request: inputs: input %s of the network is not among them", onnx.Quote(v.Name))
		}
		t := m.Inputs[at]
		if want := s.forms[i].Datatype; t.Datatype != want {
			return fault.New(fault.InferTensor, "infer: request: input %s is %s, want %s", onnx.Quote(v.Name), t.Datatype, want)
		}
		x, err := s.tensor(v, t)
		if err != nil {
			return err
		}
		if err := bind("request", v, x.Shape, sizes); err != nil {
			return err
		}
		if s.run.params.finite() && !finite(x.Type, x.Data) {
			return fault.New(fault.InferTensor, "infer: request: input %s has an element that is not finite", onnx.Quote(v.Name))
		}
		if a.rows = 1; len(x.Shape) > 0 {
			a.rows = x.Shape[0]
		}
		a.in = append(a.in, x)
	}
	if len(m.Inputs) > len(s.net.inputs) {
		return fault.New(fault.InferTensor, "infer: request: %d inputs, but the network has %d", len(m.Inputs), len(s.net.inputs))
	}
	// Its first input says how many rows there are.
	if a.rows = 1; len(a.in[0].Shape) > 0 {
		a.rows = a.in[0].Shape[0]
	}
	return s.run.params.enough(s.run.job.Inputs, uint64(a.rows))
}

// tensor is an input of a request as the network takes it.
func (s *session) tensor(v onnx.Value, t kserve.Tensor) (ort.Tensor, error) {
	x := ort.Tensor{Type: v.Kind.Elem, Shape: t.Shape}
	if x.Type == onnx.String {
		var err error
		x.Strings, err = kserve.Texts(t)
		return x, err
	}
	if s.images == nil {
		x.Data = ort.Aligned(x.Type, t.Data)
		return x, nil
	}
	if len(t.Shape) != 4 {
		return x, fault.New(fault.InferTensor, "infer: request: input %s has %d dimensions, images have 4", onnx.Quote(v.Name), len(t.Shape))
	}
	n, h, w, c := t.Shape[0], t.Shape[1], t.Shape[2], t.Shape[3]
	if !s.images.last {
		c, h, w = t.Shape[1], t.Shape[2], t.Shape[3]
	}
	if c != int64(len(s.images.table)) {
		return x, fault.New(fault.InferTensor, "infer: request: input %s has %d channels, want %d", onnx.Quote(v.Name), c, len(s.images.table))
	}
	x.Shape = []int64{n, c, h, w}
	x.Data = room(4 * int64(len(t.Data)))
	s.images.turn(floats(x.Data), t.Data, int(h*w))
	return x, nil
}

// together reports whether two requests can be asked at once: the same shapes but for rows,
// and all outputs of both by rows.
func together(a, b *ask) bool {
	for i, x := range a.in {
		y := b.in[i]
		if x.Type == onnx.String || len(x.Shape) == 0 || len(y.Shape) != len(x.Shape) || !slices.Equal(x.Shape[1:], y.Shape[1:]) || x.Shape[0] != a.rows || y.Shape[0] != b.rows {
			return false
		}
	}
	return true
}

// answer asks the network about a group of requests and answers each. Only what ends the
// session is returned.
func (s *session) answer(ctx context.Context, group []*ask, rows int64) error {
	r := s.run
	say := func(err error) {
		for _, a := range group {
			a.request.Answer(nil, err)
		}
	}
	in, bytes := group[0].in, int64(0)
	if len(group) > 1 {
		in = join(group, rows)
	}
	for _, t := range in {
		bytes += int64(len(t.Data))
	}
	cost := s.net.cost(in)
	if err := r.budget.burn(work(cost.MACs, bytes, int(rows))); err != nil {
		say(err)
		return err
	}
	s.requests, s.rows, s.runs = s.requests+int64(len(group)), s.rows+rows, s.runs+1
	p := s.prepare(group, in)
	err := s.net.run(ctx, in, p.out)
	switch {
	case ctx.Err() != nil:
		say(fault.New(fault.WasmTime, "infer: session: its time is over"))
		return ctx.Err()
	case err != nil && refusal(err):
		say(err)
		return nil
	case err != nil:
		say(fault.New(fault.Internal, "infer: session: the host failed"))
		return err
	}
	for i, t := range p.out {
		if r.params.finite() && !finite(t.Type, t.Data) {
			say(fault.New(fault.InferTensor, "infer: run network: output %s has an element that is not finite", onnx.Quote(s.net.outputs[i].Name)))
			return nil
		}
		bytes += int64(len(t.Data))
	}
	if s.soft >= 0 {
		t := p.out[s.soft]
		if len(t.Shape) > 0 {
			softmax(floats(t.Data), int(t.Shape[len(t.Shape)-1]))
		}
	}
	if p.body != nil && !s.net.loose {
		group[0].request.Answer(p.body, nil)
		return nil
	}
	from := int64(0)
	for _, a := range group {
		body, err := s.encode(a, p.out, from, rows, len(group) > 1)
		if err != nil {
			body = nil
		}
		a.request.Answer(body, err)
		from += a.rows
	}
	return nil
}

// join lays the inputs of several requests one behind the other.
func join(group []*ask, rows int64) []ort.Tensor {
	out := make([]ort.Tensor, len(group[0].in))
	for i := range out {
		t := group[0].in[i]
		n := int64(0)
		for _, a := range group {
			n += int64(len(a.in[i].Data))
		}
		b := room(n)[:0]
		for _, a := range group {
			b = append(b, a.in[i].Data...)
		}
		out[i] = ort.Tensor{Type: t.Type, Shape: append([]int64{rows}, t.Shape[1:]...), Data: b}
	}
	return out
}

// A prepared has room for the outputs; where all are known beforehand and go as binary, that
// is in the answer itself.
type prepared struct {
	out  []ort.Tensor
	body []byte
}

func (s *session) prepare(group []*ask, in []ort.Tensor) prepared {
	p := prepared{out: make([]ort.Tensor, len(s.net.outputs))}
	if s.net.loose {
		return p
	}
	sizes := map[string]int64{}
	for i, v := range s.net.inputs {
		if bind("request", v, in[i].Shape, sizes) != nil {
			return p
		}
	}
	m := group[0].message
	whole := len(group) == 1 && m.Binary && m.Outputs == nil
	var tensors []kserve.Tensor
	var lengths []int64
	for i, v := range s.net.outputs {
		shape, known := shapeOf(v, sizes)
		size := v.Kind.Elem.Size()
		if !known || size == 0 {
			whole = false
			continue
		}
		n, _ := onnx.Count(shape)
		if n*int64(size) > r31 {
			whole = false
			continue
		}
		p.out[i] = ort.Tensor{Type: v.Kind.Elem, Shape: shape}
		tensors = append(tensors, kserve.Tensor{Name: v.Name, Datatype: datatypes[v.Kind.Elem], Shape: shape})
		lengths = append(lengths, n*int64(size))
	}
	if whole {
		p.body = s.frame(m, tensors, lengths, p.out)
	}
	k := 0
	for i := range p.out {
		if p.out[i].Shape != nil && p.body == nil {
			p.out[i].Data = room(lengths[k])
			k++
		}
	}
	return p
}

// r31 is how large an output may be for which there is room beforehand.
const r31 = 1 << 31

// frame makes an answer in which the outputs will lie, nil if they would not be aligned.
func (s *session) frame(m *kserve.Request, tensors []kserve.Tensor, lengths []int64, out []ort.Tensor) []byte {
	head, err := kserve.HeadOf(&kserve.Answer{Model: nameOf(m), ID: m.ID, Outputs: tensors}, lengths)
	if err != nil {
		return nil
	}
	n := int64(4 + len(head))
	for _, l := range lengths {
		n += l
	}
	body := room(n)
	at := int64(copy(body, kserve.Join(head, nil)))
	for i, l := range lengths {
		if at%int64(out[i].Type.Size()) != 0 {
			return nil
		}
		out[i].Data = body[at : at+l : at+l]
		at += l
	}
	return body
}

func nameOf(m *kserve.Request) string {
	if m.Model != "" {
		return m.Model
	}
	return "model"
}

// encode writes the answer to a request whose rows begin at from.
func (s *session) encode(a *ask, out []ort.Tensor, from, rows int64, shared bool) ([]byte, error) {
	answer := &kserve.Answer{Model: nameOf(a.message), ID: a.message.ID}
	wanted := a.message.Outputs
	if wanted == nil {
		for _, v := range s.net.outputs {
			wanted = append(wanted, kserve.Wanted{Name: v.Name, Binary: a.message.Binary})
		}
	}
	for _, w := range wanted {
		i := slices.IndexFunc(s.net.outputs, func(v onnx.Value) bool { return v.Name == w.Name })
		t := out[i]
		if shared {
			if len(t.Shape) == 0 || t.Shape[0] != rows || t.Type == onnx.String {
				return nil, fault.New(fault.InferModel, "infer: session: output %s is not by rows, so that requests can't be asked together; say maxBatch: 1", onnx.Quote(w.Name))
			}
			each := int64(len(t.Data)) / rows
			t.Data = t.Data[from*each : (from+a.rows)*each]
			t.Shape = append([]int64{a.rows}, t.Shape[1:]...)
		}
		x := kserve.Tensor{Name: w.Name, Datatype: datatypes[t.Type], Shape: t.Shape, Data: t.Data}
		if t.Type == onnx.String {
			x.Data = kserve.OfTexts(t.Strings)
		}
		if w.Classes > 0 {
			var err error
			if x, err = s.classes(t, w); err != nil {
				return nil, err
			}
		}
		answer.Outputs, answer.Text = append(answer.Outputs, x), append(answer.Text, !w.Binary)
	}
	head, rest, err := kserve.EncodeAnswer(answer)
	if err != nil {
		return nil, err
	}
	return kserve.Message(head, rest), nil
}

// classes are the best of an output's last dimension as texts "score:number:name".
func (s *session) classes(t ort.Tensor, w kserve.Wanted) (kserve.Tensor, error) {
	if _, ok := number(t.Type, make([]byte, 16), 0); !ok || len(t.Shape) == 0 || t.Shape[len(t.Shape)-1] < 1 {
		return kserve.Tensor{}, fault.New(fault.InferTensor, "infer: request: output %s has no scores of classes", onnx.Quote(w.Name))
	}
	cells := t.Shape[len(t.Shape)-1]
	n, _ := onnx.Count(t.Shape)
	names := s.run.params.Answer.Classes
	if int64(len(names)) != cells {
		names = nil
	}
	rank, g := &answers{}, grid{t, int(cells)}
	var texts []string
	k := min(w.Classes, int(cells))
	for row := range int(n / cells) {
		for _, c := range rank.ranked(g, row, k) {
			v, _ := g.at(row, c)
			parts := []string{strconv.FormatFloat(v, 'g', -1, 32), strconv.Itoa(c)}
			if names != nil {
				parts = append(parts, names[c])
			}
			texts = append(texts, strings.Join(parts, ":"))
		}
	}
	shape := append(slices.Clone(t.Shape[:len(t.Shape)-1]), int64(k))
	return kserve.Tensor{Name: w.Name, Datatype: "BYTES", Shape: shape, Data: kserve.OfTexts(texts)}, nil
}
