package learn

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Program is the code of a service that is this engine: a text, whose digest stands where
// that of a module stands. It changes whenever the same job would give something else.
func Program() []byte { return tacit.Program(tacit.EngineLearn, 1) }

// Sum is the digest of Program.
func Sum() wire.Digest { return wire.Sum(Program()) }

// Config says what an Engine needs; zero fields take the defaults in brackets.
type Config struct {
	Threads int // that one run uses; what comes out does not depend on it [1]
	// Progress hears of a run's stages, from one goroutine at a time; total may be 0 [none].
	Progress func(stage string, done, total int64)
	// Noise is where the noise of differential privacy comes from. It must be a secret of the
	// enclave: the job's seed is none [crypto/rand].
	Noise io.Reader
}

// An Engine trains, applies and evaluates models. It keeps nothing between runs, and may do
// several at once.
type Engine struct {
	threads int
	hear    func(stage string, done, total int64)
	noise   io.Reader
}

var _ tacit.Engine = (*Engine)(nil)

// New returns an Engine. It starts nothing.
func New(cfg Config) *Engine {
	e := &Engine{threads: min(max(cfg.Threads, 1), 1024), hear: cfg.Progress, noise: cfg.Noise}
	if e.hear == nil {
		e.hear = func(string, int64, int64) {}
	}
	if e.noise == nil {
		e.noise = rand.Reader
	}
	return e
}

// A run is one operation, from its inputs to its outputs.
type run struct {
	*Engine
	job     tacit.Job
	p       *Params
	budget  *budget
	room    room
	summary summary
	outputs []tacit.Output
	privacy string // what the result keeps, as Outcome.Privacy says it
}

// Run does one operation. What the job, its limits, the inputs or the rules of their owners
// refuse is an error with a WASM_, LEARN_ or DATA_ code beside an Outcome that has the reason
// as its Stderr and no outputs. Any other error means that the host failed, or that ctx
// ended, and the Outcome is void. No error says anything of a value.
func (e *Engine) Run(ctx context.Context, job tacit.Job) (out tacit.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The text of a panic may quote data: only its type leaves.
			out, err = tacit.Outcome{}, fault.New(fault.Internal, "learn: run: host panic of type %T", p)
		}
	}()
	if job.Limits.Fuel == 0 || job.Limits.Time <= 0 {
		return job.Refused(0, fault.New(fault.WasmTime, "learn: run: the limits allow no work"))
	}
	if err := ctx.Err(); err != nil {
		return tacit.Outcome{}, fmt.Errorf("learn: run: %w", err)
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
	r := &run{Engine: e, job: job, p: p, budget: newBudget(job.Limits), room: room{bytes: job.Limits.Output, files: job.Limits.Files}}
	err = r.do(limited)
	switch {
	case err == nil:
		return tacit.Outcome{Fuel: r.budget.fuelUsed, PeakMem: r.budget.most, Outputs: r.outputs, Privacy: r.privacy}, nil
	case ctx.Err() != nil:
		return tacit.Outcome{}, fmt.Errorf("learn: run: %w", context.Cause(ctx))
	case limited.Err() != nil:
		return job.Refused(r.budget.fuelUsed, fault.New(fault.WasmTime, "learn: run: the time of %v is over", job.Limits.Time))
	}
	for _, family := range []string{"LEARN_", "DATA_", "WASM_"} {
		if strings.HasPrefix(string(fault.Of(err)), family) {
			return job.Refused(r.budget.fuelUsed, err)
		}
	}
	return tacit.Outcome{}, err
}

// do does the operation, and bills what it wrote.
func (r *run) do(ctx context.Context) error {
	if err := r.budget.hold(base); err != nil {
		return err
	}
	size := uint64(0)
	for _, in := range r.job.Inputs {
		size += uint64(max(in.Size, 0))
	}
	if err := r.budget.burn(size); err != nil {
		return err
	}
	r.summary = summary{Operation: r.p.Operation, Kind: r.p.Kind}
	if err := operations[r.p.Operation].run(r, ctx); err != nil {
		return err
	}
	if err := r.write(Summary, "summary.json", r.summary.encode()); err != nil {
		return err
	}
	return r.budget.burn(uint64(r.room.used))
}
