package infer

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"tacit"
	"tacit/fault"
	"tacit/wire/strict"
)

// The operations.
const (
	Predict  = "predict"
	Evaluate = "evaluate"
	Quantise = "quantise"
)

// The forms of data.
const (
	NPY = "npy"
	CSV = "csv"
)

// The forms of answers.
const (
	Scores  = "scores"  // what the network gives
	Softmax = "softmax" // the same as shares of 1
	Best    = "best"    // the class of the largest score
	Top     = "top"     // several classes, from the largest score on, with their scores
)

// The names of outputs.
const (
	Summary     = "summary"
	Predictions = "predictions"
	Quantised   = "model"
)

// Bounds of the parameters.
const (
	mostParams  = 1 << 20 // bytes
	mostBatch   = 1 << 16
	mostClasses = 1 << 20
)

// Params are what a user asks of the engine: /params.json of the task. In brackets is what
// stands for a field that is not there.
type Params struct {
	Operation string            `json:"operation,omitempty"` // predict, evaluate or quantise; of a session serve
	Requests  uint64            `json:"requests,omitempty"`  // most of a session [as many as time and fuel allow]
	Model     string            `json:"model"`               // alias of the network
	Digest    string            `json:"digest,omitempty"`    // SHA-256 in hex that the network must have [any]
	Data      string            `json:"data,omitempty"`      // alias of what goes into a network of one input
	Inputs    map[string]string `json:"inputs,omitempty"`    // aliases by the names of the network's inputs
	Format    string            `json:"format,omitempty"`    // of the data: npy or csv [npy]
	Header    *bool             `json:"header,omitempty"`    // whether the first line of csv has names; to be said
	Labels    string            `json:"labels,omitempty"`    // alias of the right answers, in the same format
	Batch     int               `json:"batch,omitempty"`     // rows that the network gets at once [32]
	MaxBatch  int               `json:"maxBatch,omitempty"`  // of a session: rows of waiting requests that are asked together [1]
	Image     *Image            `json:"image,omitempty"`     // how bytes of images become numbers
	Answer    Answer            `json:"answer,omitzero"`
	Finite    *bool             `json:"finite,omitempty"`  // refuses what is no number [true]
	Threads   int               `json:"threads,omitempty"` // that compute, at most [those that the image has]
	MinRows   uint64            `json:"minRows,omitempty"` // raises the owners' minimum, never lowers it
	Against   string            `json:"against,omitempty"` // of evaluate: alias of a network to compare with
	Method    string            `json:"method,omitempty"`  // of quantise: qdq or weights [qdq]
	Keep      []string          `json:"keep,omitempty"`    // of quantise: nodes that stay as they are
	Outputs   tacit.Deliveries  `json:"outputs,omitempty"` // [everything to everybody]
}

// An Image says how images of uint8 become what a network takes, which is float32 with the
// channels first: (value/scale - mean)/std of each channel.
type Image struct {
	Layout string    `json:"layout"`          // of the data: nhwc or nchw
	Scale  float64   `json:"scale,omitempty"` // [1]
	Mean   []float64 `json:"mean,omitempty"`  // by channel, or one for all [0]
	Std    []float64 `json:"std,omitempty"`   // [1]
}

// An Answer says what becomes of what the network gives.
type Answer struct {
	Output  string   `json:"output,omitempty"`  // of the network [its first]
	Form    string   `json:"form,omitempty"`    // scores, softmax, best or top [scores]
	Top     int      `json:"top,omitempty"`     // how many, of top and of evaluate [5]
	Classes []string `json:"classes,omitempty"` // their names, in order [their numbers]
	Format  string   `json:"format,omitempty"`  // npy or csv [npy; csv of best and top]
}

// file is how the file of an output is called.
func (p *Params) file(output string) string {
	switch output {
	case Predictions:
		return output + "." + p.Answer.Format
	case Quantised:
		return output + ".onnx"
	}
	return output + ".json"
}

// most is how many threads compute, of those that there are.
func (p *Params) most(threads int) int {
	if p.Threads > 0 {
		return min(p.Threads, threads)
	}
	return threads
}

func refuse(format string, args ...any) error {
	return fault.New(fault.InferParams, "infer: parameters: "+format, args...)
}

// parse reads the parameters of a job and puts what is not said in its place. Every error
// is INFER_PARAMS.
func parse(job tacit.Job) (*Params, error) {
	p := new(Params)
	if len(job.Params) > mostParams {
		return nil, refuse("%d bytes, at most %d", len(job.Params), mostParams)
	}
	if err := decode(job.Params, p); err != nil {
		return nil, err
	}
	for _, check := range []func(tacit.Job) error{p.checkOperation, p.checkInputs, p.checkForms, p.checkImage, p.checkAnswer, p.checkOutputs} {
		if err := check(job); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// oneOf refuses what is none of the words.
func oneOf(field, got string, words ...string) error {
	if err := strict.OneOf(field, got, words...); err != nil {
		return refuse("%w", err)
	}
	return nil
}

func (p *Params) checkOperation(job tacit.Job) error {
	if job.Requests != nil {
		if p.Operation == "" || p.Operation == tacit.OperationServe {
			p.Operation = Predict
		}
		if p.Operation != Predict {
			return refuse("operation: a session is there to serve")
		}
	}
	if p.Threads < 0 {
		return refuse("threads: %d", p.Threads)
	}
	if p.Requests != 0 && job.Requests == nil {
		return refuse("requests: this is no session")
	}
	if err := oneOf("operation", p.Operation, Predict, Evaluate, Quantise); err != nil {
		return err
	}
	if p.Digest != "" {
		if b, err := hex.DecodeString(p.Digest); err != nil || len(b) != 32 || strings.ToLower(p.Digest) != p.Digest {
			return refuse("digest: want the 64 small hex digits of a SHA-256")
		}
	}
	for _, of := range []struct {
		field, operation string
		said             bool
	}{
		{"against", Evaluate, p.Against != ""},
		{"method", Quantise, p.Method != ""}, {"keep", Quantise, p.Keep != nil},
	} {
		if of.said && p.Operation != of.operation {
			return refuse("%s: the operation is %s", of.field, p.Operation)
		}
	}
	if p.Operation == Quantise {
		if p.Method == "" {
			p.Method = methodQDQ
		}
		if err := oneOf("method", p.Method, methodQDQ, methodWeights); err != nil {
			return err
		}
	}
	return nil
}

// checkInputs has every input of the task be something, and only one thing.
func (p *Params) checkInputs(job tacit.Job) error {
	var aliases []string
	for _, in := range job.Inputs {
		if slices.Contains(aliases, in.Alias) {
			return refuse("two inputs of the task are called %q", short(in.Alias))
		}
		aliases = append(aliases, in.Alias)
	}
	used := map[string]string{}
	use := func(field, alias string) error {
		switch {
		case alias == "":
			return refuse("%s: say the alias of an input of the task", field)
		case !slices.Contains(aliases, alias):
			return refuse("%s: the task has no input %q%s", field, short(alias), meant(alias, aliases))
		case used[alias] != "":
			return refuse("%s: input %q is %s already", field, short(alias), used[alias])
		}
		used[alias] = field
		return nil
	}
	if err := use("model", p.Model); err != nil {
		return err
	}
	session := job.Requests != nil
	switch {
	case session && (p.Data != "" || p.Inputs != nil || p.Labels != ""):
		return refuse("data, inputs, labels: a session has them from its requests")
	case session:
	case p.Data != "" && p.Inputs != nil:
		return refuse("data, inputs: say one of them")
	case p.Inputs != nil:
		for _, name := range sorted(p.Inputs) {
			if err := use("inputs."+short(name), p.Inputs[name]); err != nil {
				return err
			}
		}
	default:
		if err := use("data", p.Data); err != nil {
			return err
		}
	}
	switch {
	case p.Labels != "" && p.Operation == Predict:
		return refuse("labels: the operation is %s", p.Operation)
	case p.Labels != "":
		if err := use("labels", p.Labels); err != nil {
			return err
		}
	case p.Operation == Evaluate && p.Against == "":
		return refuse("labels: say the alias of the right answers")
	}
	if p.Against != "" {
		if err := use("against", p.Against); err != nil {
			return err
		}
	}
	for _, a := range aliases {
		if used[a] == "" {
			return refuse("the task has an input %q, which is used for nothing", short(a))
		}
	}
	return nil
}

func (p *Params) checkForms(job tacit.Job) error {
	if job.Requests != nil {
		if p.Format != "" || p.Header != nil || p.Batch != 0 {
			return refuse("format, header, batch: a session has none; maxBatch is how many rows are asked together")
		}
		if p.MaxBatch < 0 || p.MaxBatch > mostBatch {
			return refuse("maxBatch: %d, want 1 to %d", p.MaxBatch, mostBatch)
		}
		p.MaxBatch = max(p.MaxBatch, 1)
		return nil
	}
	if p.MaxBatch != 0 {
		return refuse("maxBatch: it is for sessions; batch is what a task has")
	}
	if p.Format == "" {
		p.Format = NPY
	}
	if err := oneOf("format", p.Format, NPY, CSV); err != nil {
		return err
	}
	if p.Format == CSV && p.Header == nil {
		return refuse("header: say whether the first line of the csv has names: true or false")
	}
	if p.Format != CSV && p.Header != nil {
		return refuse("header: the format is %s", p.Format)
	}
	if p.Batch < 0 || p.Batch > mostBatch {
		return refuse("batch: %d, want 1 to %d", p.Batch, mostBatch)
	}
	if p.Batch == 0 {
		p.Batch = 32
	}
	return nil
}

func (p *Params) checkImage(tacit.Job) error {
	i := p.Image
	if i == nil {
		return nil
	}
	if err := oneOf("image.layout", i.Layout, "nhwc", "nchw"); err != nil {
		return err
	}
	if p.Format == CSV {
		return refuse("image: its bytes come as npy, not as csv")
	}
	if i.Scale == 0 {
		i.Scale = 1
	}
	if i.Scale < 0 || math.IsInf(i.Scale, 0) {
		return refuse("image.scale: want a number above 0")
	}
	if i.Mean == nil {
		i.Mean = []float64{0}
	}
	if i.Std == nil {
		i.Std = []float64{1}
	}
	if len(i.Mean) == 0 || len(i.Mean) > 256 || len(i.Std) == 0 || len(i.Std) > 256 {
		return refuse("image: mean and std have one number, or one for each channel, at most 256")
	}
	for _, s := range i.Std {
		if s <= 0 {
			return refuse("image.std: want numbers above 0")
		}
	}
	return nil
}

func (p *Params) checkAnswer(job tacit.Job) error {
	a := &p.Answer
	if a.Form == "" {
		a.Form = Scores
	}
	if err := oneOf("answer.form", a.Form, Scores, Softmax, Best, Top); err != nil {
		return err
	}
	if job.Requests != nil {
		if a.Form == Best || a.Form == Top || a.Format != "" {
			return refuse("answer: in a session each request says it, by the parameter classification of an output")
		}
	}
	if a.Format == "" {
		a.Format = NPY
		if a.Form == Best || a.Form == Top {
			a.Format = CSV
		}
	}
	if err := oneOf("answer.format", a.Format, NPY, CSV); err != nil {
		return err
	}
	if a.Format == NPY && (a.Form == Top || a.Form == Best && a.Classes != nil) {
		return refuse("answer.format: names and scores of classes are written as csv")
	}
	if a.Top != 0 && a.Form != Top && p.Operation == Predict || a.Top < 0 {
		return refuse("answer.top: it is how many classes, above 0, the form top has, or evaluate looks at")
	}
	if a.Top == 0 {
		a.Top = 5
	}
	if len(a.Classes) > mostClasses {
		return refuse("answer.classes: %d, at most %d", len(a.Classes), mostClasses)
	}
	return nil
}

// outputs are what an operation can write.
func (p *Params) outputs() []string {
	switch p.Operation {
	case Predict:
		return []string{Predictions, Summary}
	case Quantise:
		return []string{Quantised, Summary}
	}
	return []string{Summary}
}

func (p *Params) checkOutputs(job tacit.Job) error {
	if err := p.Outputs.Check(p.outputs()); err != nil {
		return refuse("%w", err)
	}
	if err := p.Outputs.CheckFor(job.Recipients); err != nil {
		return refuse("%w", err)
	}
	return nil
}

// finite says whether what is no number is refused.
func (p *Params) finite() bool { return p.Finite == nil || *p.Finite }
