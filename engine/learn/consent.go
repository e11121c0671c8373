package learn

import (
	"slices"

	"tacit"
	"tacit/fault"
)

// consent refuses (DATA_CONSENT) an operation that the owner of an input does not allow, or
// allows for a next step only while something of it would leave, and plain training where an
// owner demands noise. Where the parameters do not say who gets what and the task has a next
// step, what the operation is for goes there; numbers about how well it went may go to those
// whose keys the task names if every owner lets such numbers leave, and the rest if every
// owner lets what the operation gives leave.
func (p *Params) consent(job tacit.Job) error {
	if err := p.Outputs.CheckFor(job.Recipients); err != nil {
		return refuse("%w", err)
	}
	if p.Operation == Serve {
		for _, in := range job.Inputs {
			if !slices.Contains(in.Operations, Predict) {
				return fault.New(fault.DataConsent, "learn: run: the owner of %q does not allow the operation %s, with answers that leave, which a session does", short(in.Alias), Predict)
			}
		}
		return nil
	}
	if p.Requests != 0 {
		return refuse("requests: the operation is %s", p.Operation)
	}
	onward, told := false, true
	for _, in := range job.Inputs {
		told = told && (slices.Contains(in.Operations, p.Operation) || slices.Contains(in.Operations, Evaluate))
		switch {
		case slices.Contains(in.Operations, p.Operation):
		case slices.Contains(in.Steps, p.Operation):
			onward = true
		default:
			return fault.New(fault.DataConsent, "learn: run: the owner of %q does not allow the operation %s", short(in.Alias), p.Operation)
		}
		if p.Operation == Train && in.Epsilon > 0 && !kinds[p.Kind].noisy(p, in.Epsilon) {
			return fault.New(fault.DataConsent, "learn: run: the owner of %q demands differential privacy, which training of kind %s as it is asked for does not keep", short(in.Alias), p.Kind)
		}
	}
	main := operations[p.Operation].main
	numbers := func(name string) bool { return (name == Metrics || name == Summary) && told }
	if p.Outputs == nil && len(job.Onward) > 0 {
		p.Outputs = tacit.Onward(job, main)
		for _, name := range p.outputs() {
			if name != main && (!onward || numbers(name)) && !(p.Operation == Update && guarded(job.Inputs)) {
				p.Outputs = append(p.Outputs, tacit.Delivery{Name: name})
			}
		}
	}
	if err := p.consentRound(job); err != nil {
		return err
	}
	if !onward {
		return nil
	}
	for _, name := range p.outputs() {
		if !p.Outputs.Stays(job, name) && !numbers(name) {
			return fault.New(fault.DataConsent, "learn: run: an owner allows %s for a next step only, and %s would leave; give it to the next step alone, or to nobody", p.Operation, name)
		}
	}
	return nil
}

// behind refuses (DATA_SMALL) to say what stands for fewer rows than an owner demands; a
// number about rows also needs as many as the smallest group.
func behind(inputs []tacit.GuestFile, what string, rows int, number bool) error {
	for _, in := range inputs {
		least := in.MinRows
		if number {
			least = max(least, in.MinGroup)
		}
		if uint64(rows) < least {
			return fault.New(fault.DataSmall, "learn: run: %s: fewer than the %d rows that the owner of %q demands", what, least, short(in.Alias))
		}
	}
	return nil
}

// parties refuses (DATA_SMALL) a model of the data of fewer owners than one demands.
func parties(inputs []tacit.GuestFile, data int) error {
	for _, in := range inputs {
		if data < in.MinParties {
			return fault.New(fault.DataSmall, "learn: run: the model: the data of fewer than the %d owners that the owner of %q demands", in.MinParties, short(in.Alias))
		}
	}
	return nil
}
