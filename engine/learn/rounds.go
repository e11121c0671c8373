package learn

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"slices"

	"tacit"
	"tacit/engine/learn/federated"
	"tacit/engine/learn/network"
	"tacit/fault"
)

// Aggregate is how updates are put together: see federated.Rules.
type Aggregate struct {
	MinParties *int     `json:"min_parties,omitempty"` // [1, or what owners demand]
	Bound      *float64 `json:"bound,omitempty"`       // [1e6]
	Clip       *float64 `json:"clip,omitempty"`        // [none]
	Noise      *float64 `json:"noise,omitempty"`       // [none]
	Weights    string   `json:"weights,omitempty"`     // rows or uniform [rows, uniform with noise]
}

// How updates weigh.
const (
	byRows  = "rows"
	uniform = "uniform"
)

// begins reports whether the operation makes a model of the parameters rather than going on
// with an input.
func (p *Params) begins() bool {
	return p.Operation == Train || p.Model == nil && (p.Operation == Update || p.Operation == AggregateUpdates)
}

// checkRounds checks what update and aggregate have in common.
func (p *Params) checkRounds() error {
	switch {
	case p.Keep != nil:
		return refuse("keep: the operation is %s", p.Operation)
	case p.Split != nil:
		return refuse("split: the operation is %s", p.Operation)
	case p.begins() && p.Features == nil:
		return refuse("features: say them all, or give the model that the round begins with")
	}
	if err := (layered{}).check(p); err != nil {
		return err
	}
	n := p.Network
	if !p.begins() {
		if n.Objective != ofClasses || n.Hidden != nil || n.Image != nil || n.Filters != nil || n.Scale != nil || *n.Kernel != 3 || *n.Pool != 2 {
			return refuse("network: the model has its layers; say how it is trained")
		}
		return nil
	}
	n.outputs = 1
	if n.Objective == ofClasses {
		if n.outputs = len(p.Classes); p.Classes == nil {
			return refuse("classes: say them all, so that all sites have the same")
		}
	}
	if i := n.Image; i != nil && product(i.Channels, i.Height, i.Width) != int64(len(p.Features)) {
		return refuse("network.image: there are %d features, the image has %d pixels", len(p.Features), product(i.Channels, i.Height, i.Width))
	}
	return nil
}

func (p *Params) checkUpdate() error {
	if p.Network != nil && p.Network.Patience != 0 {
		return refuse("network.patience: the operation is %s", p.Operation)
	}
	return p.checkRounds()
}

func (p *Params) checkAggregate() error {
	or(&p.Aggregate, Aggregate{})
	a := p.Aggregate
	if a.Weights == "" {
		a.Weights = byRows
		if a.Noise != nil && *a.Noise != 0 {
			a.Weights = uniform
		}
	}
	if err := oneOf("aggregate.weights", a.Weights, byRows, uniform); err != nil {
		return err
	}
	or(&a.MinParties, 1)
	or(&a.Bound, 1e6)
	or(&a.Clip, 0)
	or(&a.Noise, 0)
	switch {
	case !within(*a.MinParties, 1, mostInputs):
		return refuse("aggregate.min_parties: want 1 to %d", mostInputs)
	case !(*a.Bound > 0 && *a.Bound <= 1e6):
		return refuse("aggregate.bound: want a number above 0, at most 1e6")
	case !within(*a.Clip, 0, *a.Bound):
		return refuse("aggregate.clip: want a number above 0, at most the bound")
	case *a.Noise != 0 && !within(*a.Noise, 1e-3, 1e6):
		return refuse("aggregate.noise: want a number from 0.001 to 1e6")
	case *a.Noise > 0 && *a.Clip == 0:
		return refuse("aggregate.clip: noise needs one")
	case *a.Noise > 0 && a.Weights == byRows:
		return refuse("aggregate.weights: with noise all updates weigh the same")
	}
	return p.checkRounds()
}

// guarded reports whether an owner of data demands noise before anything of it leaves.
func guarded(inputs []tacit.GuestFile) bool {
	return slices.ContainsFunc(inputs, func(in tacit.GuestFile) bool { return in.Epsilon > 0 })
}

// consentRound refuses to let what one site learned leave if an owner wants the data of more
// to stand behind it, or noise on it; and to put updates together without noise where an owner
// wants some.
func (p *Params) consentRound(job tacit.Job) error {
	for _, in := range job.Inputs {
		if p.Operation == AggregateUpdates && in.Epsilon > 0 && *p.Aggregate.Noise == 0 {
			return fault.New(fault.DataConsent, "learn: run: the owner of %q demands differential privacy: say aggregate.noise and aggregate.clip", short(in.Alias))
		}
	}
	if p.Operation != Update {
		return nil
	}
	for _, name := range p.outputs() {
		if p.Outputs.Stays(job, name) {
			continue
		}
		for _, in := range job.Inputs {
			if in.Epsilon > 0 {
				return fault.New(fault.DataConsent, "learn: run: the owner of %q demands differential privacy, which %s does not keep: it may go to a next step alone", short(in.Alias), name)
			}
			if in.MinParties > 1 && name == Updated {
				return fault.New(fault.DataSmall, "learn: run: the owner of %q wants the data of %d owners behind what leaves, and %s is of one: it may go to a next step alone", short(in.Alias), in.MinParties, name)
			}
		}
	}
	return nil
}

// global is the model that a round begins with, from an input or drawn as the parameters say.
func (r *run) global(ctx context.Context) (*document, *federated.State, error) {
	if r.p.Model != nil {
		m, err := r.source(ctx)
		if err != nil {
			return nil, nil, err
		}
		n, ok := m.fitted.(neural)
		if !ok {
			return nil, nil, badModel("it is no network, as rounds need one")
		}
		return m, n.s, nil
	}
	n := r.p.Network
	scaling := network.Scaling{}
	if n.Scale != nil {
		scaling.Factor = []float32{float32(*n.Scale)}
	}
	weights, err := n.weights(len(r.p.Features))
	if err != nil {
		return nil, nil, err
	}
	if err := r.budget.burn(uint64(weights)); err != nil {
		return nil, nil, err
	}
	if err := r.budget.hold(8 * int64(weights)); err != nil {
		return nil, nil, err
	}
	m, err := n.begin(len(r.p.Features), scaling, r.p.Seed)
	if err != nil {
		return nil, nil, err
	}
	s := federated.Begin(m)
	return &document{Kind: r.p.Kind, Features: r.p.Features, Label: r.p.Label, Classes: r.p.Classes, fitted: neural{s}}, s, nil
}

// party is the digest of a site's data: the same data is the same party.
func (r *run) party(ctx context.Context) (sum [32]byte, err error) {
	h := sha256.New()
	for _, in := range r.job.Inputs {
		if _, ok := r.p.Data[in.Alias]; !ok {
			continue
		}
		if ctx.Err() != nil {
			return sum, context.Cause(ctx)
		}
		fmt.Fprintf(h, "%d\n", in.Size)
		if _, err := io.CopyN(h, io.NewSectionReader(in.Data, 0, in.Size), in.Size); err != nil {
			return sum, fmt.Errorf("learn: read %q: %w", short(in.Alias), err)
		}
	}
	return [32]byte(h.Sum(nil)), nil
}

// update trains the model of the round on one site's data and writes what changed.
func (r *run) update(ctx context.Context) error {
	doc, state, err := r.global(ctx)
	if err != nil {
		return err
	}
	if r.p.Label == "" {
		r.p.Label = doc.Label
	}
	if r.p.Label == "" {
		return refuse("label: say the column that is learned")
	}
	want := demand{features: doc.Features, named: r.p.Features != nil, label: true}
	if !slices.Equal(doc.Classes, numbered(len(doc.Classes))) {
		want.classes = doc.Classes
	}
	d, err := r.load(ctx, want)
	if err != nil {
		return err
	}
	if doc.Classes != nil {
		if err := d.counted(len(doc.Classes)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc([]string{Updated, Curve, Summary}, func(name string) bool { return !r.p.Outputs.Stays(r.job, name) }) {
		if err := behind(r.job.Inputs, "what leaves", d.rows, true); err != nil {
			return err
		}
	}
	n, m := r.p.Network, state.Model
	_, _, memory, err := network.Cost(m.Input, m.Layers, *n.BatchSize)
	if err != nil {
		return err
	}
	if err := r.budget.burn(uint64(n.fuel(m.Work(), d.rows))); err != nil {
		return err
	}
	if err := r.budget.hold(memory + 16*int64(len(m.Weights)) + 16*int64(d.rows)); err != nil {
		return err
	}
	party, err := r.party(ctx)
	if err != nil {
		return err
	}
	data, err := r.rows(m, d, 0, 1)
	if err != nil {
		return err
	}
	r.hear("train", 0, int64(*n.Epochs))
	trained, curve, err := m.Train(ctx, data, network.Data{}, n.options(r, r.p.Seed+state.Round(), func(e network.Epoch) {
		r.hear("train", int64(e.Number), int64(*n.Epochs))
	}))
	if err != nil {
		return err
	}
	u, err := state.Update(trained, party, uint64(d.rows))
	if err != nil {
		return err
	}
	b, err := u.MarshalBinary()
	if err != nil {
		return err
	}
	number := state.Round() + 1
	r.summary.Round = &number
	if err := r.write(Updated, "update.bin", b); err != nil {
		return err
	}
	return r.curves(rounds(m, curve, 1))
}

// curves writes how a training went, for those who get that.
func (r *run) curves(curve []round) error {
	if !r.wanted(Curve) {
		return nil
	}
	if err := r.write(Curve, "curve.csv", curveCSV(curve)); err != nil {
		return err
	}
	return r.write(Curve, "curve.svg", curveSVG(curve))
}

// A roundSummary is summary.json of aggregate.
type roundSummary struct {
	Operation string          `json:"operation"`
	Kind      string          `json:"kind"`
	Model     string          `json:"model"`   // SHA-256 of the bytes of what came out
	Round     uint64          `json:"round"`   // that this was, from 1
	Parties   []updateSummary `json:"parties"` // in the order of the parameters
	Taken     int             `json:"taken"`
	Rows      uint64          `json:"rows,omitempty"` // of those that were taken; with noise it is not said
	Clip      float64         `json:"clip,omitempty"`
	Noise     float64         `json:"noise,omitempty"`
	// Epsilon is what all rounds until now cost a party; nil if one of them had no noise.
	Epsilon *float64 `json:"epsilon,omitempty"`
	Delta   float64  `json:"delta,omitempty"`
}

type updateSummary struct {
	Input string         `json:"input"`
	Fate  federated.Fate `json:"fate"`
}

// aggregate puts the updates of a round together.
func (r *run) aggregate(ctx context.Context) error {
	doc, state, err := r.global(ctx)
	if err != nil {
		return err
	}
	a := r.p.Aggregate
	if err := r.budget.hold(16 * int64(len(state.Model.Weights))); err != nil {
		return err
	}
	least := *a.MinParties
	for _, in := range r.job.Inputs {
		least = max(least, in.MinParties)
	}
	together, err := federated.NewRound(state, federated.Rules{MinParties: least, Bound: *a.Bound, Clip: *a.Clip, Noise: *a.Noise, Uniform: a.Weights == uniform})
	if err != nil {
		return err
	}
	epsilon := together.Cost().Epsilon(tacit.LearnDelta)
	for _, in := range r.job.Inputs {
		if in.Epsilon > 0 && !(1000*epsilon <= float64(in.Epsilon)) {
			return fault.New(fault.DataConsent, "learn: run: after this round epsilon would be more than the %.4g that the owner of %q allows", float64(in.Epsilon)/1000, short(in.Alias))
		}
	}
	s := &roundSummary{Operation: r.p.Operation, Kind: doc.Kind, Round: state.Round() + 1, Clip: *a.Clip, Noise: *a.Noise}
	for i, alias := range r.p.Updates {
		r.hear("aggregate", int64(i), int64(len(r.p.Updates)))
		fate, err := r.take(ctx, together, alias)
		if err != nil {
			return err
		}
		s.Parties = append(s.Parties, updateSummary{alias, fate})
	}
	if s.Taken = together.Parties(); *a.Noise == 0 {
		s.Rows = together.Rows()
	}
	for _, in := range r.job.Inputs {
		if together.Rows() < max(in.MinRows, in.MinGroup) {
			return fault.New(fault.DataSmall, "learn: run: the model: fewer than the %d rows that the owner of %q demands", max(in.MinRows, in.MinGroup), short(in.Alias))
		}
	}
	next, err := together.Done(r.noise)
	if err != nil {
		return err
	}
	if !math.IsInf(epsilon, 0) {
		s.Epsilon, s.Delta = &epsilon, tacit.LearnDelta
		r.privacy = tacit.PrivacyOf(epsilon, tacit.LearnDelta)
	}
	doc.fitted = neural{next}
	b, err := doc.encode()
	if err != nil {
		return err
	}
	s.Model = digestOf(b)
	r.summary.round = s
	if err := r.write(Model, "model.json", b); err != nil {
		return err
	}
	return r.export(doc)
}

// take reads one update into the round.
func (r *run) take(ctx context.Context, together *federated.Round, alias string) (federated.Fate, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	i := slices.IndexFunc(r.job.Inputs, func(in tacit.GuestFile) bool { return in.Alias == alias })
	in := r.job.Inputs[i]
	if in.Size < 0 || in.Size > int64(federated.MostUpdateBytes) {
		return federated.NoForm, nil
	}
	if err := r.budget.hold(2 * in.Size); err != nil {
		return "", err
	}
	defer r.budget.free(2 * in.Size)
	b := make([]byte, in.Size)
	if n, err := in.Data.ReadAt(b, 0); n < len(b) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return "", fmt.Errorf("learn: read %q: %w", short(alias), err)
	}
	return together.Add(b), nil
}

// export writes a network as ONNX, for those who get that.
func (r *run) export(m *document) error {
	n, ok := m.fitted.(neural)
	if !ok || !r.wanted(ONNX) {
		return nil
	}
	b, err := n.s.Model.ONNX()
	if err != nil {
		return err
	}
	return r.write(ONNX, "model.onnx", b)
}
