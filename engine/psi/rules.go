package psi

import (
	"tacit"
	"tacit/fault"
	"tacit/sketch"
)

// minGroup is how many ids must stand behind whatever is said, and whose wish that is.
func (p *Params) minGroup(inputs []tacit.GuestFile) (least uint64, who string) {
	least, who = p.MinGroup, "the job asks for"
	for _, in := range inputs {
		if in.MinGroup > least {
			least, who = in.MinGroup, ownerOf(in)
		}
	}
	return least, who
}

func ownerOf(in tacit.GuestFile) string { return "the owner of \"" + short(in.Alias) + "\" allows" }

// checkSets refuses a run in which a party meets another's set that is too small: answers
// about a chosen few would tell who of them is in his. ids are the distinct ids of each
// input.
func checkSets(inputs []tacit.GuestFile, ids []uint64) error {
	for i, in := range inputs {
		for k := range inputs {
			if k != i && ids[k] < in.MinSet {
				return fault.New(fault.DataSmall, "psi: run: input %q has fewer than the %d ids that %s", short(inputs[k].Alias), in.MinSet, ownerOf(in))
			}
		}
	}
	return nil
}

// A said is a number of ids that an answer tells, or lets be reckoned.
type said struct {
	what string
	ids  uint64
}

// checkGroup refuses an answer that stands for too few ids. None is too few too: that an
// id is not there is an answer.
func (p *Params) checkGroup(inputs []tacit.GuestFile, all ...said) error {
	least, who := p.minGroup(inputs)
	for _, s := range all {
		if s.ids < least {
			return fault.New(fault.DataSmall, "psi: run: %s: fewer than the %d ids that %s", s.what, least, who)
		}
	}
	return nil
}

// newSketch is an empty sketch for an input whose owner asks for one, else nil.
func newSketch(in tacit.GuestFile) (*sketch.Sketch, error) {
	if in.Differs == nil {
		return nil, nil
	}
	s, err := sketch.New(in.Salt, in.Difference)
	if err != nil {
		return nil, fault.New(fault.Internal, "psi: run: rule of %s: %w", ownerOf(in), err)
	}
	return s, nil
}
