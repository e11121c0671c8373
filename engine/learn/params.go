package learn

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"tacit"
	"tacit/engine/learn/table"
	"tacit/fault"
	"tacit/wire/strict"
)

// The operations.
const (
	Train    = tacit.LearnTrain
	Predict  = tacit.LearnPredict
	Evaluate = tacit.LearnEvaluate
	Update   = tacit.LearnUpdate
	// AggregateUpdates is the operation that has the settings Aggregate.
	AggregateUpdates = tacit.LearnAggregate
)

// How the data of several inputs are put together.
const (
	Rows    = "rows"    // one under another
	Columns = "columns" // side by side, where all have the id
)

// The outputs.
const (
	Model       = "model"
	Metrics     = "metrics"
	Importance  = "importance"
	Curve       = "curve"
	Log         = "log"
	Predictions = "predictions"
	Updated     = "update"
	ONNX        = "onnx"
	Summary     = "summary" // that every operation has: what was done and with how many rows
)

// Bounds of the parameters.
const (
	mostInputs  = 64
	mostParams  = 1 << 20 // bytes
	mostClasses = 1024
	mostName    = 1 << 10 // bytes of a class or a column
)

// An operation is one that the engine does. main is the output that it is for.
type operation struct {
	main    string
	outputs []string
	check   func(p *Params) error
	run     func(r *run, ctx context.Context) error
}

// operations are all of them, by name. Each needs the consent of that name of every input's
// owner.
var operations = map[string]operation{
	Train:    {Model, []string{Model, ONNX, Metrics, Importance, Curve, Log, Summary}, (*Params).checkTrain, (*run).train},
	Predict:  {Predictions, []string{Predictions, Summary}, (*Params).checkPredict, (*run).predict},
	Evaluate: {Metrics, []string{Metrics, Summary}, (*Params).checkEvaluate, (*run).evaluate},
	Serve:    {Summary, []string{Summary}, (*Params).checkServe, (*run).serve},
	Update:   {Updated, []string{Updated, Curve, Summary}, (*Params).checkUpdate, (*run).update},

	AggregateUpdates: {Model, []string{Model, ONNX, Summary}, (*Params).checkAggregate, (*run).aggregate},
}

// Params are what a user asks of the engine: /params.json of the task.
type Params struct {
	Operation string                  `json:"operation"`
	Kind      string                  `json:"kind,omitempty"`     // of train: of which kind the model is
	Data      map[string]table.Format `json:"data"`               // inputs by their aliases
	Parts     string                  `json:"parts,omitempty"`    // what each of several inputs has [rows]
	Label     string                  `json:"label,omitempty"`    // the column that is learned
	Classes   []string                `json:"classes,omitempty"`  // what the label may be [0, 1, ...]
	Features  []string                `json:"features,omitempty"` // [all other columns, or those of the model]
	Split     *Split                  `json:"split,omitempty"`    // of train [all rows are learned from]
	Seed      uint64                  `json:"seed,omitempty"`

	Trees    *Trees    `json:"trees,omitempty"`
	Ridge    *Ridge    `json:"ridge,omitempty"`
	Logistic *Logistic `json:"logistic,omitempty"`
	KMeans   *KMeans   `json:"kmeans,omitempty"`
	PCA      *PCA      `json:"pca,omitempty"`
	Network  *Network  `json:"network,omitempty"`

	Updates   []string   `json:"updates,omitempty"`   // of aggregate: inputs that are updates
	Aggregate *Aggregate `json:"aggregate,omitempty"` // of aggregate: how they are put together

	Model   *Source          `json:"model,omitempty"`   // of predict and evaluate
	Keep    []string         `json:"keep,omitempty"`    // of predict: what stands beside predictions: id
	Outputs tacit.Deliveries `json:"outputs,omitempty"` // [everything to everybody]

	Requests uint64 `json:"requests,omitempty"` // of serve: most of them [as many as time and fuel allow]
}

// A Split keeps rows from training, to validate the model.
type Split struct {
	Validate float64 `json:"validate"` // the share of rows, above 0 and below 1
}

// A Source is the input that is a model; its alias alone stands for one without a digest.
type Source struct {
	Input  string `json:"input"`
	Digest string `json:"digest,omitempty"` // SHA-256 of its bytes, in hexadecimal, that it must have
}

// UnmarshalJSON reads both forms.
func (s *Source) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &s.Input) == nil {
		return nil
	}
	type whole Source
	return json.Unmarshal(b, (*whole)(s))
}

func refuse(format string, args ...any) error {
	return fault.New(fault.LearnParams, "learn: parameters: "+format, args...)
}

func short(s string) string { return strict.Short(s) }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// parse reads the parameters of a job with these inputs. Every error is LEARN_PARAMS.
func parse(raw []byte, inputs []tacit.GuestFile) (*Params, error) {
	p := new(Params)
	if len(raw) > mostParams {
		return nil, refuse("%d bytes, at most %d", len(raw), mostParams)
	}
	if err := strict.Decode(raw, p); err != nil {
		return nil, refuse("%w", err)
	}
	if err := oneOf("operation", p.Operation, sorted(operations)...); err != nil {
		return nil, err
	}
	for _, check := range []func() error{
		func() error { return p.checkInputs(inputs) }, p.checkParts, p.checkNames, p.checkKind,
		func() error { return operations[p.Operation].check(p) }, p.checkOutputs,
	} {
		if err := check(); err != nil {
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

// checkInputs has each input be data or the model, and nothing else be either.
func (p *Params) checkInputs(inputs []tacit.GuestFile) error {
	if n := len(inputs); n < 1 || n > mostInputs {
		return refuse("data: the task has %d inputs, want 1 to %d", n, mostInputs)
	}
	switch aggregates := p.Operation == AggregateUpdates; {
	case !aggregates && p.Operation != Serve && len(p.Data) == 0:
		return refuse("data: say which inputs have it")
	case aggregates && len(p.Data) > 0:
		return refuse("data: the operation is %s, which takes updates", p.Operation)
	case aggregates && len(p.Updates) == 0:
		return refuse("updates: say which inputs they are")
	case !aggregates && (p.Updates != nil || p.Aggregate != nil):
		return refuse("updates, aggregate: the operation is %s", p.Operation)
	}
	var aliases []string
	for _, in := range inputs {
		if slices.Contains(aliases, in.Alias) {
			return refuse("data: two inputs are called %q", short(in.Alias))
		}
		aliases = append(aliases, in.Alias)
		_, data := p.Data[in.Alias]
		model := p.Model != nil && p.Model.Input == in.Alias
		update := slices.Contains(p.Updates, in.Alias)
		switch {
		case data && model:
			return refuse("model.input: %q is data", short(in.Alias))
		case update && model:
			return refuse("model.input: %q is an update", short(in.Alias))
		case !data && !model && !update:
			return refuse("data: input %q is neither among it nor the model, nor an update", short(in.Alias))
		}
	}
	for i, a := range p.Updates {
		if !slices.Contains(aliases, a) {
			return refuse("updates: the task has no input %q%s", short(a), strict.Meant(a, aliases))
		}
		if slices.Contains(p.Updates[:i], a) {
			return refuse("updates: %q is there twice", short(a))
		}
	}
	for _, a := range sorted(p.Data) {
		if !slices.Contains(aliases, a) {
			return refuse("data: the task has no input %q%s", short(a), strict.Meant(a, aliases))
		}
		if err := p.Data[a].Check(); err != nil {
			return refuse("data.%s: %w", short(a), err)
		}
	}
	if p.Model == nil {
		return nil
	}
	if !slices.Contains(aliases, p.Model.Input) {
		return refuse("model.input: the task has no input %q%s", short(p.Model.Input), strict.Meant(p.Model.Input, aliases))
	}
	if d := p.Model.Digest; d != "" {
		if b, err := hex.DecodeString(d); err != nil || len(b) != 32 || strings.ToLower(d) != d {
			return refuse("model.digest: want 64 digits of lower-case hexadecimal")
		}
	}
	return nil
}

func (p *Params) checkParts() error {
	if p.Parts == "" {
		p.Parts = Rows
	}
	if err := oneOf("parts", p.Parts, Rows, Columns); err != nil {
		return err
	}
	for _, a := range sorted(p.Data) {
		switch id := p.Data[a].ID; {
		case p.Parts == Columns && id == "":
			return refuse("data.%s.id: say the column by which rows are joined", short(a))
		case id != "" && id == p.Label:
			return refuse("label: %q is the id of %q", short(id), short(a))
		case id != "" && p.Parts == Rows && slices.Contains(p.Features, id):
			return refuse("features: %q is the id of %q", short(id), short(a))
		}
	}
	return nil
}

// checkNames refuses lists of names that are too long or have one twice.
func (p *Params) checkNames() error {
	for _, list := range []struct {
		field string
		names []string
		most  int
	}{{"features", p.Features, table.MostColumns}, {"classes", p.Classes, mostClasses}} {
		if len(list.names) > list.most {
			return refuse("%s: %d of them, at most %d", list.field, len(list.names), list.most)
		}
		seen := map[string]bool{}
		for _, n := range list.names {
			switch {
			case n == "" || len(n) > mostName:
				return refuse("%s: a name has 1 to %d bytes", list.field, mostName)
			case seen[n]:
				return refuse("%s: %q is there twice", list.field, short(n))
			}
			seen[n] = true
		}
	}
	switch {
	case len(p.Label) > mostName:
		return refuse("label: a name has 1 to %d bytes", mostName)
	case p.Label != "" && slices.Contains(p.Features, p.Label):
		return refuse("features: %q is the label", short(p.Label))
	case p.Features != nil && len(p.Features) == 0:
		return refuse("features: say at least one, or leave it out for all columns")
	case p.Classes != nil && len(p.Classes) < 2:
		return refuse("classes: say at least two")
	}
	return nil
}

// checkKind has the settings of the kind that is trained be there, and no others.
func (p *Params) checkKind() error {
	rounds := p.Operation == Update || p.Operation == AggregateUpdates
	if p.begins() {
		if err := oneOf("kind", p.Kind, sorted(kinds)...); err != nil {
			return err
		}
	} else if p.Kind != "" {
		return refuse("kind: the operation is %s, and the model has its kind", p.Operation)
	}
	if rounds && p.begins() && p.Kind != networks {
		return refuse("kind: rounds are of kind %s", networks)
	}
	if rounds {
		p.Kind = networks
	}
	for _, name := range sorted(kinds) {
		if name != p.Kind && kinds[name].given(p) {
			return refuse("%s: the kind that is trained is %q", name, p.Kind)
		}
	}
	return nil
}

func (p *Params) checkOutputs() error {
	if err := p.Outputs.Check(p.outputs()); err != nil {
		return refuse("%w", err)
	}
	return nil
}

// outputs are what the operation can write: of training, what the kind has.
func (p *Params) outputs() []string {
	names := operations[p.Operation].outputs
	if k, ok := kinds[p.Kind]; ok {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
			return n == Importance && !k.ranks() || n == Curve && !k.climbs() || n == ONNX && p.Kind != networks
		})
	}
	return names
}
