package learn

import (
	"math"

	"tacit"
	"tacit/fault"
)

// base is the memory that a run takes beside what grows with its data.
const base = 8 << 20

// A budget is what a job may still spend, and what it spent.
type budget struct {
	fuel, fuelUsed     uint64
	memory, used, most int64
	over               bool // something was refused, so that nothing may be taken any more
}

func newBudget(l tacit.Limits) *budget { return &budget{fuel: l.Fuel, memory: l.Memory} }

// burn spends fuel.
func (b *budget) burn(fuel uint64) error {
	b.goesOn()
	if fuel > b.fuel-b.fuelUsed {
		b.fuelUsed, b.over = b.fuel, true
		return fault.New(fault.WasmTime, "learn: run: the fuel is used up")
	}
	b.fuelUsed += fuel
	return nil
}

// hold plans memory before it is taken.
func (b *budget) hold(bytes int64) error {
	b.goesOn()
	if b.used += bytes; b.used > b.memory || b.used < 0 || bytes < 0 {
		b.over = true
		need := (uint64(b.used) + 1<<20 - 1) >> 20
		return fault.New(fault.LearnData, "learn: run: requirements.memory: at least %d MiB are needed", need)
	}
	b.most = max(b.most, b.used)
	return nil
}

// goesOn panics if a refusal was passed over: the host fails before it takes what it must not.
func (b *budget) goesOn() {
	if b.over {
		panic("learn: a run goes on after it was refused fuel or memory")
	}
}

// free gives back what was held.
func (b *budget) free(bytes int64) { b.used -= bytes }

// product is a number of units of fuel, or of bytes: the largest there is if it would overflow.
func product(factors ...int) int64 {
	out := int64(1)
	for _, f := range factors {
		if f <= 0 {
			return 0
		}
		if out > math.MaxInt64/4/int64(f) {
			return math.MaxInt64 / 4
		}
		out *= int64(f)
	}
	return out
}
