package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// abi changes whenever the same module would see or be billed something else.
const abi = "1"

// wasmtimeVersion must be the version in go.mod; a test compares them.
const wasmtimeVersion = "39.0.1"

// stackSize is the guest's stack in bytes. It is part of what a guest can
// observe, so it is fixed.
const stackSize = 1 << 20

// A Cache keeps compiled modules. What it returns is executed as machine code,
// so an implementation must authenticate it, or keep it in memory that only
// the enclave can write.
type Cache interface {
	// Get returns what was Put under the key, or false.
	Get(key wire.Digest) ([]byte, bool)
	// Put stores a compiled module; it may forget it at any time.
	Put(key wire.Digest, compiled []byte)
}

// Config says what an Engine needs.
type Config struct {
	Cache Cache // of compiled modules [none]
}

// An Engine runs WebAssembly guests. It keeps nothing between runs but what
// its Cache keeps, and may run several guests at once.
type Engine struct {
	cache Cache
}

var _ tacit.Engine = (*Engine)(nil)

// New returns an Engine. It starts nothing.
func New(cfg Config) (*Engine, error) {
	return &Engine{cache: cfg.Cache}, nil
}

// Version names everything that decides what a module compiles to and what it
// can observe; compiled code and fuel are comparable between equal versions
// only.
func (e *Engine) Version() string {
	return "tacit-wasm " + abi + " wasmtime " + wasmtimeVersion + " " + runtime.GOARCH
}

// key is the cache key of a module, by its digest, under this version.
func (e *Engine) key(sum wire.Digest) wire.Digest {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00outline\x00", e.Version())
	h.Write(sum[:])
	return wire.Digest(h.Sum(nil))
}

// Run runs one guest to its end. Faults of the guest carry a WASM_ code (or
// API_SIZE for a module over Limits.CodeSize) beside what the guest left
// behind; any other error means that the host failed, or that ctx ended, and
// the Outcome is void.
//
// The exit code of a guest that was stopped is -1. A fault says which limit or
// trap ended the guest, and never contains bytes of the guest.
func (e *Engine) Run(ctx context.Context, job tacit.Job) (out tacit.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The panic's text may quote guest data, so only its type leaves.
			out, err = tacit.Outcome{}, fault.New(fault.Internal, "wasm: run: host panic of type %T", p)
		}
	}()
	if err := checkJob(job); err != nil {
		return tacit.Outcome{}, err
	}
	if job.Limits.Fuel == 0 || job.Limits.Time <= 0 {
		return tacit.Outcome{ExitCode: tacit.ExitStopped}, fault.New(fault.WasmTime, "wasm: run: the limits allow no work")
	}
	if err := ctx.Err(); err != nil {
		return tacit.Outcome{}, fmt.Errorf("wasm: run: %w", err)
	}
	if job.Open == nil {
		job.Sum = sha256.Sum256(job.Code)
	}
	eng := newWasmtime()
	code, mod, err := e.load(ctx, eng, job)
	if err != nil {
		return tacit.Outcome{ExitCode: tacit.ExitStopped}, err
	}
	defer eng.Close()
	defer code.Close()
	return execute(ctx, eng, code, mod, job)
}

// newWasmtime configures an engine so that a module's behaviour depends on
// nothing but the module and its job: one bit pattern for NaN, no threads, no
// proposal that the section walker does not know.
func newWasmtime() *wasmtime.Engine {
	cfg := wasmtime.NewConfig()
	cfg.SetConsumeFuel(true)
	cfg.SetEpochInterruption(true)
	cfg.SetCraneliftNanCanonicalization(true)
	cfg.SetMaxWasmStack(stackSize)
	cfg.SetWasmThreads(false)
	cfg.SetWasmMemory64(false)
	cfg.SetWasmMultiMemory(false)
	cfg.SetWasmTailCall(false)
	cfg.SetWasmFunctionReferences(false)
	cfg.SetWasmGC(false)
	cfg.SetWasmWideArithmetic(false)
	cfg.SetWasmSIMD(true)
	cfg.SetWasmRelaxedSIMD(true)
	cfg.SetWasmRelaxedSIMDDeterministic(true)
	cfg.SetWasmReferenceTypes(true)
	cfg.SetWasmBulkMemory(true)
	cfg.SetWasmMultiValue(true)
	cfg.SetNativeUnwindInfo(false)
	// A module is instantiated once: an image to copy from would be made for nothing,
	// by a system call (memfd_create) that the walls around a task deny.
	cfg.SetMemoryInitCOWSet(false)
	return wasmtime.NewEngineWithConfig(cfg)
}

// load returns the compiled module and what the walker learnt of it, from the
// cache where it has them; then the program itself is not even opened. If it
// returns an error, eng is closed or will be.
func (e *Engine) load(ctx context.Context, eng *wasmtime.Engine, job tacit.Job) (*wasmtime.Module, *module, error) {
	var key wire.Digest
	if e.cache != nil {
		key = e.key(job.Sum)
		if entry, ok := e.cache.Get(key); ok {
			if m, mod := recall(eng, entry, job.Limits); m != nil {
				return m, mod, nil
			}
		}
	}
	code := job.Code
	if job.Open != nil {
		var err error
		if code, err = job.Open(); err == nil && wire.Sum(code) != job.Sum {
			err = fault.New(fault.WasmHash, "wasm: open program: it is not the one that the job names")
		}
		if err != nil {
			eng.Close()
			return nil, nil, err
		}
	}
	mod, err := inspect(code, job.Limits)
	if err != nil {
		eng.Close()
		return nil, nil, err
	}
	m, err := compile(ctx, eng, mod, job.Limits.CompileIn)
	if err != nil {
		return nil, nil, err
	}
	if e.cache != nil {
		compiled, err := m.Serialize()
		if err != nil {
			m.Close()
			eng.Close()
			return nil, nil, fmt.Errorf("wasm: serialize module: %w", err)
		}
		e.cache.Put(key, remember(mod, compiled))
	}
	return m, mod, nil
}

// An entry of the cache is the module's size and its outline's, 4 bytes each,
// the outline, and the compiled module.
const entryHead = 8

func remember(mod *module, compiled []byte) []byte {
	outline := mod.outline()
	entry := make([]byte, entryHead, entryHead+len(outline)+len(compiled))
	binary.BigEndian.PutUint32(entry, uint32(len(mod.code)))
	binary.BigEndian.PutUint32(entry[4:], uint32(len(outline)))
	return append(append(entry, outline...), compiled...)
}

// recall opens an entry under the limits of a job. It returns nil for one that
// they do not allow, so that the module itself is refused for its own reason,
// and for one that was compiled on a machine with other instructions.
func recall(eng *wasmtime.Engine, entry []byte, limits tacit.Limits) (*wasmtime.Module, *module) {
	if len(entry) < entryHead {
		return nil, nil
	}
	size, n := int64(binary.BigEndian.Uint32(entry)), int64(binary.BigEndian.Uint32(entry[4:]))
	entry = entry[entryHead:]
	if size > limits.CodeSize || n > int64(len(entry)) {
		return nil, nil
	}
	mod, err := walk(entry[:n:n], limits)
	if err != nil {
		return nil, nil
	}
	m, err := wasmtime.NewModuleDeserialize(eng, entry[n:])
	if err != nil {
		return nil, nil
	}
	return m, mod
}

// compile gives up when the time is over. The compiler cannot be interrupted:
// its goroutine then outlives the run until it is done, and frees what it
// made. The process of a task is killed by its parent, which ends it too.
func compile(ctx context.Context, eng *wasmtime.Engine, mod *module, limit time.Duration) (*wasmtime.Module, error) {
	if limit <= 0 {
		eng.Close()
		return nil, fault.New(fault.WasmTime, "wasm: compile: the limits allow no time")
	}
	type result struct {
		module *wasmtime.Module
		err    error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{err: fault.New(fault.Internal, "wasm: compile: host panic of type %T", p)}
			}
			done <- r
		}()
		r.module, r.err = build(eng, mod)
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	abandon := func() {
		go func() {
			if r := <-done; r.module != nil {
				r.module.Close()
			}
			eng.Close()
		}()
	}
	select {
	case r := <-done:
		if r.err != nil {
			eng.Close()
			return nil, r.err
		}
		return r.module, nil
	case <-timer.C:
		abandon()
		return nil, fault.New(fault.WasmTime, "wasm: compile: not done within %v", limit)
	case <-ctx.Done():
		abandon()
		return nil, fmt.Errorf("wasm: compile: %w", ctx.Err())
	}
}

// build validates the module as it came, so that what is refused is refused on
// its own terms, and then compiles it with its memory growth counted.
func build(eng *wasmtime.Engine, mod *module) (*wasmtime.Module, error) {
	if err := wasmtime.ModuleValidate(eng, mod.code); err != nil {
		return nil, invalid("%s", oneLine(err))
	}
	counted, err := mod.countGrowth()
	if err != nil {
		return nil, err
	}
	m, err := wasmtime.NewModule(eng, counted)
	if err != nil {
		return nil, invalid("%s", oneLine(err))
	}
	return m, nil
}

// oneLine is the compiler's message without its trailing context. It speaks of
// offsets and types of the module only.
func oneLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "Stack backtrace")
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "")
	}
	return s
}

// Assemble turns WebAssembly text into a module; text that is none is
// WASM_INVALID with the place.
func Assemble(text string) ([]byte, error) {
	b, err := wasmtime.Wat2Wasm(text)
	if err != nil {
		return nil, invalid("assemble text: %s", oneLine(err))
	}
	return b, nil
}

// checkJob refuses a job that its caller made wrongly.
func checkJob(job tacit.Job) error {
	for _, a := range job.Args {
		if strings.ContainsRune(a, 0) {
			return fault.New(fault.APIField, "wasm: job: an argument contains a zero byte")
		}
	}
	for _, v := range job.Env {
		if strings.ContainsRune(v, 0) || strings.IndexByte(v, '=') < 1 {
			return fault.New(fault.APIField, "wasm: job: an environment entry is not NAME=value")
		}
	}
	seen := map[string]bool{}
	for _, in := range job.Inputs {
		switch {
		case checkName(in.Alias) != 0 || in.Alias == "." || in.Alias == "..":
			return fault.New(fault.APIField, "wasm: job: %q is not a name of an input", in.Alias)
		case seen[in.Alias]:
			return fault.New(fault.APIField, "wasm: job: two inputs are called %q", in.Alias)
		case in.Size < 0 || (in.Data == nil && in.Size > 0):
			return fault.New(fault.APIField, "wasm: job: input %q has no data or a negative size", in.Alias)
		}
		seen[in.Alias] = true
	}
	seen = map[string]bool{}
	for _, s := range job.Secrets {
		if !namesOne(seen, s.Name) {
			return fault.New(fault.APIField, "wasm: job: %q is not a name of one secret", s.Name)
		}
	}
	seen = map[string]bool{}
	for _, k := range job.Keys {
		if !namesOne(seen, k.Name) || k.Use == nil {
			return fault.New(fault.APIField, "wasm: job: %q is not a name of one key that can be used", k.Name)
		}
	}
	return nil
}

// namesOne reports whether a name is a file's that was not seen before.
func namesOne(seen map[string]bool, name string) bool {
	ok := checkName(name) == 0 && name != "." && name != ".." && !seen[name]
	seen[name] = true
	return ok
}
