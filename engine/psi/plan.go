package psi

import (
	"math"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
)

// base is the memory that a run takes beside what grows with its rows.
const base = 8 << 20

// What a row takes: its tuple, if all rows are in one round, and its part; the link to the first row of its id and its place in the
// list of that id's rows, where an operation needs them.
const (
	perTuple = 24 + 2
	perLink  = 4
	perList  = 8
)

// mostField is how many bytes a field may have.
const mostField = 1 << 16

// A budget is what a job may still spend, and what it spent.
type budget struct {
	fuel, fuelUsed uint64
	memory, used   int64
}

func newBudget(l tacit.Limits) *budget {
	return &budget{fuel: l.Fuel, memory: l.Memory}
}

// burn spends fuel.
func (b *budget) burn(fuel uint64) error {
	if fuel > b.fuel-b.fuelUsed {
		b.fuelUsed = b.fuel
		return fault.New(fault.WasmTime, "psi: run: the fuel is used up")
	}
	b.fuelUsed += fuel
	return nil
}

// hold plans memory. What it refuses says what all that is known to be needed comes to.
func (b *budget) hold(bytes int64) error {
	if b.used += bytes; b.used > b.memory || b.used < 0 {
		need := (uint64(b.used) + 1<<20 - 1) >> 20
		return fault.New(fault.PSISize, "psi: run: requirements.memory: at least %d MiB are needed", need)
	}
	return nil
}

// tableBytes is what a table takes.
func tableBytes(t *rows.Table) int64 {
	n := textBytes(&t.IDs)
	for i := range t.Columns {
		n += textBytes(&t.Columns[i].Texts) + 8*int64(len(t.Columns[i].Numbers))
	}
	return n
}

func textBytes(t *rows.Texts) int64 { return int64(len(t.Bytes)) + 8*int64(len(t.Ends)) }

// before plans what can be told from the sizes of the files: of binary ids everything. It
// returns what each party's table may take.
func (b *budget) before(p *Params, parties []*party, perRow int64) ([]int64, error) {
	if err := b.hold(base); err != nil {
		return nil, err
	}
	shares, known, other := make([]int64, len(parties)), int64(0), 0.0
	for k, party := range parties {
		f := p.Parties[party.file.Alias]
		size := party.file.Size
		if size < 0 || size > math.MaxInt64/(2*mostParties*128) {
			return nil, fault.New(fault.PSISize, "psi: run: input %q: %d bytes", short(party.file.Alias), size)
		}
		if f.Kind == rows.Binary {
			shares[k] = size
			known += size + perRow*(size/int64(f.Width))
		} else {
			other += float64(size)
		}
	}
	was := b.used
	if err := b.hold(known); err != nil {
		return nil, err
	}
	rest := b.memory - b.used
	b.used = was // what is there is counted once it is read
	for k, party := range parties {
		if p.Parties[party.file.Alias].Kind != rows.Binary && party.file.Size > 0 {
			shares[k] = int64(float64(rest) * (float64(party.file.Size) / other))
		}
	}
	return shares, nil
}
