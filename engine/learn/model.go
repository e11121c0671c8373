package learn

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"tacit"
	"tacit/engine/learn/linear"
	"tacit/engine/learn/trees"
	"tacit/fault"
)

// modelFormat is what every model says that this engine wrote.
const modelFormat = "tacit model 1"

// modelHead is how every model begins that this engine wrote.
const modelHead = `{"format":"` + modelFormat + `",`

// mostModel is how large a model may be.
const mostModel = 1 << 30

// perByte is how much memory a byte of a model takes at most while it is read.
const perByte = 40

// A document is a model with what its numbers stand for: model.json.
type document struct {
	Format   string          `json:"format"`
	Kind     string          `json:"kind"`
	Features []string        `json:"features"`
	Label    string          `json:"label,omitempty"`
	Classes  []string        `json:"classes,omitempty"`
	Body     json.RawMessage `json:"model"`

	fitted fitted
	digest string
}

// bodies read the JSON of a model, by its kind.
var bodies = map[string]func(body []byte) (fitted, error){
	"trees": func(b []byte) (fitted, error) {
		m, err := trees.ParseJSON(b)
		return forest{m}, err
	},
	"linear":   func(b []byte) (fitted, error) { return readFormula(linear.Line, b) },
	"ridge":    func(b []byte) (fitted, error) { return readFormula(linear.Line, b) },
	"logistic": func(b []byte) (fitted, error) { return readFormula(linear.Logit, b) },
	"kmeans":   func(b []byte) (fitted, error) { return readFormula(linear.KMeans, b) },
	"pca":      func(b []byte) (fitted, error) { return readFormula(linear.PCA, b) },
	networks:   readNeural,
}

func badModel(format string, args ...any) error {
	return fault.New(fault.LearnModel, "learn: model: "+format, args...)
}

// encode writes a model; the same one has the same bytes.
func (m *document) encode() ([]byte, error) {
	body, err := m.fitted.encode()
	if err != nil {
		return nil, err
	}
	m.Format, m.Body = modelFormat, body
	b := new(bytes.Buffer)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("learn: write the model: %w", err)
	}
	return b.Bytes(), nil
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// source reads the model that the parameters name.
func (r *run) source(ctx context.Context) (*document, error) {
	var in tacit.GuestFile
	for _, f := range r.job.Inputs {
		if f.Alias == r.p.Model.Input {
			in = f
		}
	}
	if in.Size < 0 || in.Size > mostModel {
		return nil, badModel("%d bytes, at most %d", in.Size, mostModel)
	}
	if err := r.budget.hold(perByte * in.Size); err != nil {
		return nil, err
	}
	b := make([]byte, in.Size)
	if n, err := in.Data.ReadAt(b, 0); n < len(b) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("learn: read the model: %w", err)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	digest := digestOf(b)
	if want := r.p.Model.Digest; want != "" && want != digest {
		return nil, badModel("its digest is not the one that the parameters demand")
	}
	m, err := r.readModel(b)
	if err != nil {
		return nil, err
	}
	m.digest = digest
	r.summary.Kind, r.summary.Model = m.Kind, digest
	return m, nil
}

// readModel reads a model of any form that there is.
func (r *run) readModel(b []byte) (*document, error) {
	switch {
	case bytes.HasPrefix(b, []byte(modelHead)):
		if r.p.Features != nil || r.p.Classes != nil {
			return nil, refuse("features, classes: the model has its own")
		}
		return readDocument(b)
	case bytes.HasPrefix(b, []byte("tree\n")) || bytes.HasPrefix(b, []byte("tree\r\n")):
		m, err := trees.ParseLightGBM(b)
		return r.foreign(m, err)
	case bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{")):
		m, err := trees.ParseXGBoost(b)
		return r.foreign(m, err)
	}
	return nil, badModel("it is neither one of this engine's nor of XGBoost's (JSON, UBJ) or LightGBM's (text)")
}

// foreign is a model that another program wrote: what its features and classes are called is
// in the parameters.
func (r *run) foreign(m *trees.Model, err error) (*document, error) {
	if err != nil {
		return nil, err
	}
	d := &document{Kind: "trees", Features: r.p.Features, Label: r.p.Label, Classes: r.p.Classes, fitted: forest{m}}
	switch n := d.fitted.width(); {
	case d.fitted.task() != classification && d.Classes != nil:
		return nil, refuse("classes: the model predicts a number")
	case d.fitted.task() == classification && d.Classes == nil:
		d.Classes = numbered(n)
	case d.fitted.task() == classification && len(d.Classes) != n:
		return nil, refuse("classes: %d of them, the model has %d", len(d.Classes), n)
	}
	if d.Features != nil && len(d.Features) != m.Features() {
		return nil, refuse("features: %d of them, the model takes %d", len(d.Features), m.Features())
	}
	return d, nil
}

// readDocument reads what encode wrote: LEARN_MODEL for everything else.
func readDocument(b []byte) (*document, error) {
	m := new(document)
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil || d.More() {
		return nil, badModel("it is no JSON of the form that models have")
	}
	read, ok := bodies[m.Kind]
	if !ok || m.Format != modelFormat {
		return nil, badModel("its kind is none that is known here")
	}
	var err error
	if m.fitted, err = read(m.Body); err != nil {
		return nil, err
	}
	m.Body = nil
	switch n := m.fitted.width(); {
	case len(m.Features) != m.fitted.takes() || !fineNames(m.Features):
		return nil, badModel("its features are not as many different names as it takes")
	case m.fitted.task() == classification && (len(m.Classes) != n || !fineNames(m.Classes)):
		return nil, badModel("its classes are not as many different names as it has")
	case m.fitted.task() != classification && m.Classes != nil:
		return nil, badModel("it has classes and predicts none")
	case len(m.Label) > mostName:
		return nil, badModel("the name of its label has more than %d bytes", mostName)
	}
	return m, nil
}

func fineNames(names []string) bool {
	for _, n := range names {
		if n == "" || len(n) > 1<<16 {
			return false
		}
	}
	return distinct(names)
}
