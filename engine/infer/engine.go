package infer

import (
	"context"
	"fmt"
	"math"

	"tacit"
	"tacit/engine/infer/ort"
	"tacit/fault"
	"tacit/wire"
)

// Program is the code of a service that is this engine: a text, whose digest stands where
// that of a module stands.
func Program() []byte { return tacit.Program(tacit.EngineInfer, 1) }

// Sum is the digest of Program.
func Sum() wire.Digest { return wire.Sum(Program()) }

// Prepare brings the runtime up, which opens files and is done before walls. It fails with
// INFER_RUNTIME if this program was built without it.
func Prepare() error { return ort.Start() }

// What fuel pays for, beside a unit for each byte that is read or written.
const (
	fuelPerRow = 64
	macsAUnit  = 64 // multiplications for one unit
)

// Config says what an Engine needs; zero fields take the defaults in brackets.
type Config struct {
	Threads int // that one run uses [1]
	// Progress hears of a run's stages, from one goroutine at a time; total may be 0 [none].
	Progress func(stage string, done, total int64)
}

// An Engine applies networks. It keeps nothing between runs.
type Engine struct {
	threads int
	hear    func(stage string, done, total int64)
}

var _ tacit.Engine = (*Engine)(nil)

// New returns an Engine. It starts nothing.
func New(cfg Config) *Engine {
	e := &Engine{threads: max(cfg.Threads, 1), hear: cfg.Progress}
	if e.hear == nil {
		e.hear = func(string, int64, int64) {}
	}
	return e
}

// Run does one task, or serves a session until its requests end. What the job, its limits,
// the network, the data or the rules of their owners refuse is an error with a WASM_, INFER_
// or DATA_ code beside an Outcome that has the reason as its Stderr and no outputs. Any
// other error means that the host failed, or that ctx ended, and the Outcome is void. No
// error says anything of a value.
func (e *Engine) Run(ctx context.Context, job tacit.Job) (out tacit.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = tacit.Outcome{}, panicked(p)
		}
	}()
	if job.Limits.Fuel == 0 || job.Limits.Time <= 0 {
		return job.Refused(0, fault.New(fault.WasmTime, "infer: run: the limits allow no work"))
	}
	if err := ctx.Err(); err != nil {
		return tacit.Outcome{}, fmt.Errorf("infer: run: %w", err)
	}
	p, err := parse(job)
	if err != nil {
		return job.Refused(0, err)
	}
	if err := p.consent(job); err != nil {
		return job.Refused(0, err)
	}
	limited, cancel := context.WithTimeout(ctx, job.Limits.Time)
	defer cancel()
	r := &run{job: job, params: p, threads: p.most(e.threads), hear: e.hear, budget: budget{fuel: job.Limits.Fuel, memory: job.Limits.Memory}}
	err = r.do(limited)
	switch {
	case err == nil:
		return tacit.Outcome{Fuel: r.budget.used, PeakMem: r.budget.peak, Outputs: r.outputs}, nil
	case ctx.Err() != nil:
		return tacit.Outcome{}, fmt.Errorf("infer: run: %w", context.Cause(ctx))
	case limited.Err() != nil:
		err = fault.New(fault.WasmTime, "infer: run: the time of %v is over", job.Limits.Time)
	}
	if !refusal(err) {
		return tacit.Outcome{}, err
	}
	return job.Refused(r.budget.used, err)
}

// refusal reports whether an error is of the task and not of the host.
func refusal(err error) bool {
	switch fault.Of(err) {
	case fault.InferModel, fault.InferTensor, fault.InferParams, fault.WasmTime, fault.WasmMemory, fault.WasmOutput, fault.DataSmall, fault.DataConsent:
		return true
	}
	return false
}

// panicked is the error for a panic, whose text may quote data: only its type leaves.
func panicked(p any) error {
	return fault.New(fault.Internal, "infer: run: host panic of type %T", p)
}

// A run is one.
type run struct {
	job     tacit.Job
	params  *Params
	threads int
	hear    func(stage string, done, total int64)
	budget  budget
	outputs []tacit.Output
}

func (r *run) do(ctx context.Context) error {
	switch {
	case r.job.Requests != nil:
		return r.serve(ctx)
	case r.params.Operation == Quantise:
		return r.quantise(ctx)
	case r.params.Operation == Evaluate:
		return r.evaluate(ctx)
	}
	return r.predict(ctx)
}

// A budget is what a run may still spend, and what it spent.
type budget struct {
	fuel, used   uint64
	memory, peak int64
	now          int64
}

// burn spends fuel.
func (b *budget) burn(fuel uint64) error {
	if fuel > b.fuel-b.used {
		b.used = b.fuel
		return fault.New(fault.WasmTime, "infer: run: the fuel of %d is used up; ask for more", b.fuel)
	}
	b.used += fuel
	return nil
}

// work is the fuel for multiplications and bytes.
func work(macs, bytes int64, rows int) uint64 {
	return uint64(max(macs, 0))/macsAUnit + uint64(max(bytes, 0)) + uint64(rows)*fuelPerRow
}

// hold plans memory.
func (b *budget) hold(bytes int64) error {
	if b.now += min(max(bytes, 0), math.MaxInt64/4); b.now > b.memory || b.now < 0 {
		return fault.New(fault.WasmMemory, "infer: run: at least %d MiB are needed, but the limit is %d; ask for more, or for a smaller batch", uint64(b.now)>>20+1, b.memory>>20)
	}
	b.peak = max(b.peak, b.now)
	return nil
}

func (b *budget) free(bytes int64) { b.now -= bytes }

// file is the input of that alias.
func (r *run) file(alias string) tacit.GuestFile {
	for _, f := range r.job.Inputs {
		if f.Alias == alias {
			return f
		}
	}
	panic("infer: an alias that parse let through is none")
}

// give adds an output to what the run leaves, if somebody is to have it.
func (r *run) give(name string, data []byte) error {
	to, anybody := r.params.Outputs.To(name)
	if !anybody {
		return nil
	}
	left := r.job.Limits.Output
	for _, o := range r.outputs {
		left -= int64(len(o.Data))
	}
	if int64(len(data)) > left || len(r.outputs) >= r.job.Limits.Files {
		return fault.New(fault.WasmOutput, "infer: run: output %s has %d bytes, more than the limits leave", name, len(data))
	}
	r.outputs = append(r.outputs, tacit.Output{Name: r.params.file(name), Data: data, To: to})
	return nil
}
