package psi

import (
	"slices"

	"tacit"
	"tacit/fault"
)

// consent refuses (DATA_CONSENT) an operation that the owner of an input does not allow, or
// allows for a next step only while something of it would leave. Where the parameters do
// not say who gets what and the task has a next step, what the operation gives goes there,
// and only the summary to those whose keys the task names, if they may know how many ids
// there are.
func (p *Params) consent(job tacit.Job) error {
	if err := p.Outputs.CheckFor(job.Recipients); err != nil {
		return refuse("%w", err)
	}
	onward, counted := false, true
	for _, in := range job.Inputs {
		counted = counted && (slices.Contains(in.Operations, p.Operation) || slices.Contains(in.Operations, Cardinality))
		switch {
		case slices.Contains(in.Operations, p.Operation):
		case slices.Contains(in.Steps, p.Operation):
			onward = true
		default:
			return fault.New(fault.DataConsent, "psi: run: the owner of %q does not allow the operation %s", short(in.Alias), p.Operation)
		}
	}
	if p.Outputs == nil && len(job.Onward) > 0 {
		p.Outputs = tacit.Onward(job, p.outputs()[0])
		if counted && p.outputs()[0] != Summary {
			p.Outputs = append(p.Outputs, tacit.Delivery{Name: Summary})
		}
	}
	if !onward {
		return nil
	}
	for _, name := range p.outputs() {
		if !p.Outputs.Stays(job, name) && !(name == Summary && counted) {
			return fault.New(fault.DataConsent, "psi: run: an owner allows %s for a next step only, and %s would leave; give it to the next step alone, or to nobody", p.Operation, name)
		}
	}
	return nil
}
