package wasm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"tacit"
	"tacit/fault"
)

// outOfFuel is wasmtime's trap code. The Go binding's constant of that name is
// one less, since it lacks a code that came before.
const outOfFuel wasmtime.TrapCode = 12

// A run is one guest from its first instruction to its last. It is used by one
// goroutine.
type run struct {
	job   tacit.Job
	store *wasmtime.Store
	mem   *wasmtime.Memory // nil if the guest has none
	tree  *tree
	out   *area
	files []*file // by descriptor; nil is a free one

	stdout, stderr []byte
	random         *rand.ChaCha8
	slept          uint64 // nanoseconds by which sleeps moved the clock
	halted         *halt
}

// The reasons for an interruption from outside the guest.
const (
	byTime int32 = 1 + iota
	byContext
)

// execute runs a compiled module to its end.
func execute(ctx context.Context, eng *wasmtime.Engine, code *wasmtime.Module, mod *module, job tacit.Job) (tacit.Outcome, error) {
	store := wasmtime.NewStore(eng)
	defer store.Close()
	store.Limiter(job.Limits.Memory, maxTable, 1, 1000, 1)
	if err := store.SetFuel(job.Limits.Fuel); err != nil {
		return tacit.Outcome{}, fmt.Errorf("wasm: set fuel: %w", err)
	}
	r := &run{job: job, store: store, random: rand.NewChaCha8(job.Seed)}
	r.out = &area{mostBytes: job.Limits.Output, mostFiles: int64(job.Limits.Files), over: fault.WasmOutput}
	r.tree = newTree(job, r.out, func() int64 { return int64(len(r.memory())) })
	r.files = []*file{{std: 1}, {std: 2}, {std: 3}, {node: r.tree.root, preopen: true, read: true}}

	linker := wasmtime.NewLinker(eng)
	defer linker.Close()
	if err := r.define(linker, mod.imports); err != nil {
		return tacit.Outcome{}, fmt.Errorf("wasm: define host functions: %w", err)
	}

	store.SetEpochDeadline(1)
	var interrupted atomic.Int32
	over, watched := make(chan struct{}), make(chan struct{})
	deadline := time.NewTimer(job.Limits.Time)
	go func() {
		defer close(watched)
		select {
		case <-deadline.C:
			interrupted.Store(byTime)
		case <-ctx.Done():
			interrupted.Store(byContext)
		case <-over:
			return
		}
		eng.IncrementEpoch()
	}()
	instance, err := linker.Instantiate(store, code)
	if err == nil {
		if ext := instance.GetExport(store, "memory"); ext != nil {
			r.mem = ext.Memory()
		}
		_, err = instance.GetFunc(store, "_start").Call(store)
	}
	close(over)
	deadline.Stop()
	<-watched

	fuel, ferr := store.GetFuel()
	if ferr != nil {
		return tacit.Outcome{}, fmt.Errorf("wasm: read fuel: %w", ferr)
	}
	outcome := tacit.Outcome{
		Fuel:    job.Limits.Fuel - fuel,
		PeakMem: int64(len(r.memory())), // a memory never shrinks
		Outputs: r.tree.outputs(),
		Stdout:  r.stdout,
		Stderr:  r.stderr,
	}
	denied := false
	if instance != nil {
		if ext := instance.GetExport(store, deniedExport); ext != nil {
			denied = ext.Global().Get(store).I32() != 0
		}
	}
	return r.judge(ctx, outcome, err, denied, interrupted.Load())
}

// judge turns the end of a guest into its outcome and fault.
func (r *run) judge(ctx context.Context, out tacit.Outcome, err error, denied bool, interrupted int32) (tacit.Outcome, error) {
	if err == nil {
		return out, nil
	}
	out.ExitCode = tacit.ExitStopped
	if h := r.halted; h != nil {
		switch {
		case h.host != nil:
			return tacit.Outcome{}, fmt.Errorf("wasm: run: %w", h.host)
		case h.exit == nil:
			return out, fault.New(h.code, "wasm: run: %s", h.why)
		case *h.exit == 0:
			out.ExitCode = 0
			return out, nil
		}
		out.ExitCode = *h.exit
		if denied {
			return out, r.memoryFault()
		}
		return out, fault.New(fault.WasmTrap, "wasm: run: the guest exited with code %d", *h.exit)
	}
	var trap *wasmtime.Trap
	if !errors.As(err, &trap) || trap.Code() == nil {
		// Types and limits were checked before: what still fails here is the
		// host's lack of room.
		return tacit.Outcome{}, fmt.Errorf("wasm: start the guest: %s", oneLine(err))
	}
	switch code := *trap.Code(); {
	case code == outOfFuel:
		out.Fuel = r.job.Limits.Fuel
		return out, fault.New(fault.WasmTime, "wasm: run: the fuel is used up")
	case code == wasmtime.Interrupt && interrupted == byContext:
		return tacit.Outcome{}, fmt.Errorf("wasm: run: %w", context.Cause(ctx))
	case code == wasmtime.Interrupt:
		return out, fault.New(fault.WasmTime, "wasm: run: the time of %v is over", r.job.Limits.Time)
	case code == wasmtime.StackOverflow:
		return out, fault.New(fault.WasmStack, "wasm: run: more than %d bytes of stack", stackSize)
	case denied:
		return out, r.memoryFault()
	default:
		return out, fault.New(fault.WasmTrap, "wasm: run: trap: %s", trapName(code))
	}
}

func (r *run) memoryFault() error {
	return fault.New(fault.WasmMemory, "wasm: run: the guest failed after it was denied memory over %d bytes", r.job.Limits.Memory)
}

// trapName names a trap without the backtrace that wasmtime's text holds.
func trapName(code wasmtime.TrapCode) string {
	switch code {
	case wasmtime.MemoryOutOfBounds:
		return "memory access out of bounds"
	case wasmtime.TableOutOfBounds:
		return "table access out of bounds"
	case wasmtime.IndirectCallToNull:
		return "call of a null function"
	case wasmtime.BadSignature:
		return "indirect call of another type"
	case wasmtime.IntegerOverflow:
		return "integer overflow"
	case wasmtime.IntegerDivisionByZero:
		return "division by zero"
	case wasmtime.BadConversionToInteger:
		return "a float that is no integer"
	case wasmtime.UnreachableCodeReached:
		return "unreachable code reached"
	}
	return fmt.Sprintf("code %d", code)
}
