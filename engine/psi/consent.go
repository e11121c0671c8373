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
	for i, o := range p.Outputs {
		for _, to := range o.To {
			if job.Recipients > 0 && to >= job.Recipients {
				return refuse("outputs[%d].to: the task has no recipient %d, but %d of them, from 0 on", i, to, job.Recipients)
			}
		}
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
		var next []int
		for _, i := range job.Onward {
			next = append(next, int(i))
		}
		p.Outputs = []Delivery{{Name: p.outputs()[0], To: next}}
		if counted && p.outputs()[0] != Summary {
			p.Outputs = append(p.Outputs, Delivery{Name: Summary})
		}
	}
	if !onward {
		return nil
	}
	for _, name := range p.outputs() {
		to, anybody := p.to(name)
		stays := len(to) > 0 && !slices.ContainsFunc(to, func(i uint8) bool { return !slices.Contains(job.Onward, i) })
		if anybody && !stays && !(name == Summary && counted) {
			return fault.New(fault.DataConsent, "psi: run: an owner allows %s for a next step only, and %s would leave; give it to the next step alone, or to nobody", p.Operation, name)
		}
	}
	return nil
}
