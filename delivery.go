package tacit

import (
	"fmt"
	"slices"

	"tacit/wire/strict"
)

// A Delivery says which recipients of the task get an output of a built-in engine, by their
// index; nil is all.
type Delivery struct {
	Name string `json:"name"`
	To   []int  `json:"to,omitempty"`
}

// Deliveries are who gets what. Nil is everything to everybody; else what they do not name is
// for nobody.
type Deliveries []Delivery

// Onward delivers outputs to the next steps of a task alone.
func Onward(job Job, names ...string) (d Deliveries) {
	to := make([]int, len(job.Onward))
	for i, r := range job.Onward {
		to[i] = int(r)
	}
	for _, n := range names {
		d = append(d, Delivery{Name: n, To: to})
	}
	return d
}

// Check refuses names that are none of the outputs, or there twice, and recipients that no
// task has. The errors are for an engine to give a code.
func (d Deliveries) Check(outputs []string) error {
	for i, o := range d {
		at := fmt.Sprintf("outputs[%d]", i)
		if err := strict.OneOf(at+".name", o.Name, outputs...); err != nil {
			return err
		}
		if slices.ContainsFunc(d[:i], func(e Delivery) bool { return e.Name == o.Name }) {
			return fmt.Errorf("%s: %q is there twice", at, o.Name)
		}
		for j, to := range o.To {
			if to < 0 || to > 255 {
				return fmt.Errorf("%s.to: %d is no index of a recipient", at, to)
			}
			if slices.Contains(o.To[:j], to) {
				return fmt.Errorf("%s.to: %d is there twice", at, to)
			}
		}
	}
	return nil
}

// CheckFor refuses recipients that this task does not have; 0 recipients are whoever runs the
// job, and may be called anything.
func (d Deliveries) CheckFor(recipients int) error {
	for i, o := range d {
		for _, to := range o.To {
			if recipients > 0 && to >= recipients {
				return fmt.Errorf("outputs[%d].to: the task has no recipient %d, but %d of them, from 0 on", i, to, recipients)
			}
		}
	}
	return nil
}

// To says who gets an output, as Output has it; false is nobody.
func (d Deliveries) To(name string) ([]uint8, bool) {
	if d == nil {
		return nil, true
	}
	for _, o := range d {
		if o.Name != name {
			continue
		}
		if o.To == nil {
			return nil, true
		}
		var to []uint8
		for _, i := range o.To {
			to = append(to, uint8(i))
		}
		return to, len(to) > 0
	}
	return nil, false
}

// Stays reports whether an output is for nobody, or for next steps of the task alone.
func (d Deliveries) Stays(job Job, name string) bool {
	to, anybody := d.To(name)
	return !anybody || len(to) > 0 && !slices.ContainsFunc(to, func(i uint8) bool { return !slices.Contains(job.Onward, i) })
}

// ExitStopped is the exit code of a run that an engine stopped or refused.
const ExitStopped = -1

// Refused is what an engine returns for a run that is refused and not the host's failure: the
// reason goes to who may see the logs, as far as the limits allow any output.
func (j Job) Refused(fuel uint64, err error) (Outcome, error) {
	why := err.Error() + "\n"
	why = why[:min(int64(len(why)), max(j.Limits.Output, 0))]
	return Outcome{ExitCode: ExitStopped, Fuel: min(fuel, j.Limits.Fuel), Stderr: []byte(why)}, err
}
