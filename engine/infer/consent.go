package infer

import (
	"slices"

	"tacit"
	"tacit/fault"
)

// needed are what the owners of all inputs must allow, by output that would leave: what was
// made of a network and data is their training.
func (p *Params) needed(output string) string {
	switch {
	case p.Operation == Quantise && output == Quantised:
		return tacit.LearnTrain
	case p.Operation == Predict:
		return tacit.LearnPredict
	}
	return tacit.LearnEvaluate
}

// consent refuses (DATA_CONSENT) what the owner of an input does not allow, or allows for a
// next step only while something of it would leave. Where the parameters do not say who gets
// what and the task has a next step, what the operation gives goes there. The numbers beside
// a network that was made leave only if all allow them.
func (p *Params) consent(job tacit.Job) error {
	main := p.outputs()[0]
	operation := p.needed(main)
	if p.Outputs == nil && len(job.Onward) > 0 {
		p.Outputs = tacit.Onward(job, main)
	}
	onward := false
	for _, in := range job.Inputs {
		switch {
		case slices.Contains(in.Operations, operation):
		case slices.Contains(in.Steps, operation) && job.Requests == nil:
			onward = true
		default:
			return fault.New(fault.DataConsent, "infer: run: the owner of %q does not allow the operation %s", short(in.Alias), operation)
		}
		if p.Operation == Quantise {
			if in.Epsilon > 0 {
				return fault.New(fault.DataConsent, "infer: run: the owner of %q demands differential privacy of what is made of it, which quantise does not have", short(in.Alias))
			}
			if in.MinParties > len(job.Inputs) {
				return fault.New(fault.DataSmall, "infer: run: fewer owners than the %d that the owner of %q wants behind what is made of it", in.MinParties, short(in.Alias))
			}
		}
	}
	if p.Operation == Quantise && !p.measured(job) {
		if p.Labels != "" {
			return fault.New(fault.DataConsent, "infer: run: with labels, the owners of all inputs must allow %s", tacit.LearnEvaluate)
		}
	}
	if !onward {
		return nil
	}
	for _, name := range p.outputs() {
		if !p.Outputs.Stays(job, name) {
			return fault.New(fault.DataConsent, "infer: run: an owner allows %s for a next step only, and %s would leave; give it to the next step alone, or to nobody", operation, name)
		}
	}
	return nil
}

// measured reports whether all owners let numbers about how well a network does leave.
func (p *Params) measured(job tacit.Job) bool {
	return !slices.ContainsFunc(job.Inputs, func(in tacit.GuestFile) bool { return !slices.Contains(in.Operations, tacit.LearnEvaluate) })
}

// enough refuses (DATA_SMALL) answers behind which there are too few rows.
func (p *Params) enough(inputs []tacit.GuestFile, rows uint64) error {
	if rows < p.MinRows {
		return fault.New(fault.DataSmall, "infer: run: fewer than the %d rows that the job asks for", p.MinRows)
	}
	for _, in := range inputs {
		if least := max(in.MinRows, in.MinGroup); rows < least {
			return fault.New(fault.DataSmall, "infer: run: fewer than the %d rows that the owner of %q wants behind an answer", least, short(in.Alias))
		}
	}
	return nil
}
