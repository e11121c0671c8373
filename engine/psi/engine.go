package psi

import (
	"context"
	"fmt"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/engine/psi/set"
	"tacit/fault"
	"tacit/wire"
)

// Program is the code of a service that is this engine: a text, whose digest stands where
// that of a module stands. It changes whenever the same job would give something else.
func Program() []byte { return tacit.Program("psi", 1) }

// Sum is the digest of Program.
func Sum() wire.Digest { return wire.Sum(Program()) }

// fuelPerRow is what each row of a party costs beside its bytes and those of the outputs.
const fuelPerRow = 64

// Config says what an Engine needs; zero fields take the defaults in brackets.
type Config struct {
	Threads int // that one run uses; what comes out does not depend on it [1]
	// Progress hears of a run's stages, from one goroutine at a time; total may be 0 [none].
	Progress func(stage string, done, total int64)
}

// An Engine runs set operations. It keeps nothing between runs, and may do several at once.
type Engine struct {
	threads int
	round   int // rows that a round is meant to have
	hear    func(stage string, done, total int64)
	read    func(context.Context, tacit.GuestFile, rows.Format, rows.Rules, []rows.Want, rows.Limits) (*rows.Table, error)
}

var _ tacit.Engine = (*Engine)(nil)

// New returns an Engine. It starts nothing.
func New(cfg Config) *Engine {
	e := &Engine{threads: max(cfg.Threads, 1), round: perRound, hear: cfg.Progress, read: readParty}
	if e.hear == nil {
		e.hear = func(string, int64, int64) {}
	}
	return e
}

// readParty reads a party's file of any kind.
func readParty(ctx context.Context, f tacit.GuestFile, format rows.Format, rules rows.Rules, wants []rows.Want, limits rows.Limits) (*rows.Table, error) {
	if format.Kind != rows.Set {
		return rows.Read(ctx, f, format, rules, wants, limits)
	}
	if format.Column != "" || format.Header != nil || format.Delimiter != "" || format.Width != 0 {
		return nil, refuse("parties.%s: a set says itself what it holds", short(f.Alias))
	}
	return set.Read(ctx, f, rules, wants, limits)
}

// Run does one set operation. What the job, its limits, the parties' files or the rules of
// their owners refuse is an error with a WASM_, PSI_ or DATA_ code beside an Outcome that
// has the reason as its Stderr and no outputs; what Differs answers is one too. Any other
// error means that the host failed, or that ctx ended, and the Outcome is void. No error
// says anything of an id or a value.
func (e *Engine) Run(ctx context.Context, job tacit.Job) (out tacit.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = tacit.Outcome{}, panicked(p)
		}
	}()
	if job.Limits.Fuel == 0 || job.Limits.Time <= 0 {
		return job.Refused(0, fault.New(fault.WasmTime, "psi: run: the limits allow no work"))
	}
	if err := ctx.Err(); err != nil {
		return tacit.Outcome{}, fmt.Errorf("psi: run: %w", err)
	}
	p, err := parse(job.Params, job.Inputs)
	if err != nil {
		return job.Refused(0, err)
	}
	if err := p.consent(job); err != nil {
		return job.Refused(0, err)
	}
	limited, cancel := context.WithTimeout(ctx, job.Limits.Time)
	defer cancel()
	if p.Mode == Oblivious {
		out, err = e.runOblivious(limited, job, p)
	} else {
		out, err = e.runPlain(limited, job, p)
	}
	if err == nil || out.ExitCode == tacit.ExitStopped {
		out.Mode = p.Mode // else the host failed, and there is no outcome
	}
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return tacit.Outcome{}, fmt.Errorf("psi: run: %w", context.Cause(ctx))
	case limited.Err() != nil:
		out, err = job.Refused(out.Fuel, fault.New(fault.WasmTime, "psi: run: the time of %v is over", job.Limits.Time))
		out.Mode = p.Mode
	}
	return out, err
}

// panicked is the error for a panic, whose text may quote data: only its type leaves.
func panicked(p any) error {
	return fault.New(fault.Internal, "psi: run: host panic of type %T", p)
}
