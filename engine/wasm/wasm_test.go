package wasm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// memCache is a Cache in the test's own memory.
type memCache struct {
	mu sync.Mutex // guards what follows
	m  map[wire.Digest][]byte
}

func (c *memCache) Get(key wire.Digest) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, ok := c.m[key]
	return b, ok
}

func (c *memCache) Put(key wire.Digest, compiled []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[wire.Digest][]byte{}
	}
	c.m[key] = compiled
}

var roomy = tacit.Limits{
	Fuel:      10_000_000_000,
	Memory:    256 << 20,
	Output:    1 << 20,
	Files:     8,
	Time:      time.Minute,
	CodeSize:  64 << 20,
	CompileIn: 2 * time.Minute,
}

func wat(t testing.TB, text string) []byte {
	t.Helper()
	b, err := wasmtime.Wat2Wasm(text)
	if err != nil {
		t.Fatalf("wat: %v\n%s", err, text)
	}
	return b
}

func runOnce(t testing.TB, job tacit.Job) (tacit.Outcome, error) {
	t.Helper()
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(t.Context(), job)
}

// preview1 is a guest that imports what its body needs; body goes into _start,
// and %-names of host functions get their types from the table.
func preview1(body string, names ...string) string {
	var b strings.Builder
	b.WriteString("(module\n")
	for _, n := range names {
		f := hostFuncs[n]
		fmt.Fprintf(&b, "(import \"wasi_snapshot_preview1\" %q (func $%s (param", n, n)
		for _, c := range f.params {
			b.WriteString(map[rune]string{'i': " i32", 'I': " i64"}[c])
		}
		b.WriteString(")")
		if !f.void {
			b.WriteString(" (result i32)")
		}
		b.WriteString("))\n")
	}
	fmt.Fprintf(&b, "(memory (export \"memory\") 1)\n(func (export \"_start\")\n%s))", body)
	return b.String()
}

// case N35 code WASM_TIME check engine/wasm/run.go:outOfFuel
func TestN35EndlessLoopStops(t *testing.T) {
	for _, tt := range []struct {
		name   string
		text   string
		limits func(*tacit.Limits)
		want   fault.Code
	}{
		{"loop without fuel", `(module (func (export "_start") (loop br 0)))`,
			func(l *tacit.Limits) { l.Fuel = 1_000_000 }, fault.WasmTime},
		{"loop without time", `(module (func (export "_start") (loop br 0)))`,
			func(l *tacit.Limits) { l.Fuel, l.Time = 1<<62, 100*time.Millisecond }, fault.WasmTime},
		{"recursion", `(module (func $f (export "_start") call $f))`,
			func(*tacit.Limits) {}, fault.WasmStack},
		{"storm of host calls without fuel", preview1(`(loop (drop (call $sched_yield)) br 0)`, "sched_yield"),
			func(l *tacit.Limits) { l.Fuel = 100_000_000 }, fault.WasmTime},
		{"storm of host calls without time", preview1(`(loop (drop (call $sched_yield)) br 0)`, "sched_yield"),
			func(l *tacit.Limits) { l.Fuel, l.Time = 1<<62, 100*time.Millisecond }, fault.WasmTime},
		{"storm of random bytes", preview1(`(loop (drop (call $random_get (i32.const 0) (i32.const 65536))) br 0)`, "random_get"),
			func(l *tacit.Limits) { l.Fuel = 100_000_000 }, fault.WasmTime},
		{"sleeps without end", preview1(`(loop (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))) br 0)`, "poll_oneoff"),
			func(l *tacit.Limits) { l.Fuel = 100_000_000 }, fault.WasmTime},
		{"no fuel at all", `(module (func (export "_start")))`,
			func(l *tacit.Limits) { l.Fuel = 0 }, fault.WasmTime},
		{"no time to compile", `(module (func (export "_start")))`,
			func(l *tacit.Limits) { l.CompileIn = 0 }, fault.WasmTime},
		{"twin: a loop that ends", `(module (func (export "_start") (local i32)
			(loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 100000))))))`,
			func(*tacit.Limits) {}, ""},
		{"twin: recursion that ends", `(module (func $f (param i32)
			(if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))
			(func (export "_start") (call $f (i32.const 1000))))`,
			func(*tacit.Limits) {}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := tacit.Job{Code: wat(t, tt.text), Limits: roomy}
			tt.limits(&job.Limits)
			began := time.Now()
			out, err := runOnce(t, job)
			if fault.Of(err) != tt.want {
				t.Fatalf("Run = %v, want %q", err, tt.want)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("stopped after %v", took)
			}
			if tt.want != "" && job.Limits.Fuel < 1<<60 && tt.want == fault.WasmTime && out.Fuel != job.Limits.Fuel && job.Limits.CompileIn != 0 {
				t.Errorf("fuel used = %d, want all %d", out.Fuel, job.Limits.Fuel)
			}
		})
	}
}

// case N35 code WASM_TIME check engine/wasm/host.go:charge
func TestN35HostCallsCostFuel(t *testing.T) {
	run := func(n int, fuel uint64) (uint64, error) {
		limits := roomy
		limits.Fuel = fuel
		out, err := runOnce(t, tacit.Job{Limits: limits, Code: wat(t, preview1(
			fmt.Sprintf(`(drop (call $random_get (i32.const 0) (i32.const %d)))`, n), "random_get"))})
		return out.Fuel, err
	}
	used := func(n int) uint64 {
		fuel, err := run(n, roomy.Fuel)
		if err != nil {
			t.Fatal(err)
		}
		return fuel
	}
	if few, many := used(1), used(50_001); many-few != 50_000 {
		t.Errorf("50000 more bytes cost %d, want 50000", many-few)
	}
	if used(0) < callFuel {
		t.Errorf("a call costs %d, want at least %d", used(0), callFuel)
	}
	need := used(50_001)
	if _, err := run(50_001, need-1); fault.Of(err) != fault.WasmTime {
		t.Errorf("with one unit too few: %v, want WASM_TIME", err)
	}
	t.Run("twin: with what the call costs", func(t *testing.T) {
		if _, err := run(50_001, need+1); err != nil {
			t.Error(err)
		}
	})
}

// case N36 code WASM_MEMORY check engine/wasm/check.go:readMemory
func TestN36MemoryIsBounded(t *testing.T) {
	grow := func(then string) string {
		return `(module (memory (export "memory") 1) (func (export "_start")
			(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) ` + then + `))`
	}
	for _, tt := range []struct {
		name string
		text string
		want fault.Code
	}{
		{"grows to the end and dies", grow("unreachable"), fault.WasmMemory},
		{"starts above the limit", `(module (memory (export "memory") 1000) (func (export "_start")))`, fault.WasmMemory},
		{"shared memory", `(module (memory (export "memory") 1 2 shared) (func (export "_start")))`, fault.WasmMemory},
		{"64-bit memory", `(module (memory (export "memory") i64 1) (func (export "_start")))`, fault.WasmMemory},
		{"two memories", `(module (memory (export "memory") 1) (memory 1) (func (export "_start")))`, fault.WasmMemory},
		{"imported shared memory", `(module (import "env" "memory" (memory 1 2 shared)) (func (export "_start")))`, fault.WasmMemory},
		{"huge table", `(module (table 4000000 funcref) (func (export "_start")))`, fault.WasmMemory},
		{"twin: grows to the end and lives", grow(""), ""},
		{"twin: dies of something else", `(module (memory (export "memory") 1) (func (export "_start")
			(drop (memory.grow (i32.const 1))) unreachable))`, fault.WasmTrap},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := tacit.Job{Code: wat(t, tt.text), Limits: roomy}
			job.Limits.Memory = 4 << 20
			out, err := runOnce(t, job)
			if fault.Of(err) != tt.want {
				t.Fatalf("Run = %v, want %q", err, tt.want)
			}
			if out.PeakMem > job.Limits.Memory {
				t.Errorf("peak memory = %d, over the limit of %d", out.PeakMem, job.Limits.Memory)
			}
		})
	}
}

// case N39 code WASM_IMPORT check engine/wasm/check.go:readImports
func TestN39ForeignImportsAreRefused(t *testing.T) {
	start := `(func (export "_start"))`
	for _, tt := range []struct {
		name string
		text string
		want fault.Code
		says string
	}{
		{"clock of another module", `(module (import "env" "now" (func (result i64))) ` + start + `)`, fault.WasmImport, `"env" "now"`},
		{"network", `(module (import "wasi_snapshot_preview1" "sock_open" (func (param i32) (result i32))) ` + start + `)`, fault.WasmImport, `"sock_open"`},
		{"older WASI", `(module (import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32))) ` + start + `)`, fault.WasmImport, `"wasi_unstable"`},
		{"another signature", `(module (import "wasi_snapshot_preview1" "random_get" (func (param i32) (result i32))) ` + start + `)`, fault.WasmImport, "signature"},
		{"a memory", `(module (import "env" "memory" (memory 1)) ` + start + `)`, fault.WasmImport, "not a function"},
		{"a global", `(module (import "env" "g" (global i32)) ` + start + `)`, fault.WasmImport, "not a function"},
		{"start section", `(module (func $f) (start $f) ` + start + `)`, fault.WasmInvalid, "start section"},
		{"no _start", `(module (func (export "run")))`, fault.WasmInvalid, "_start"},
		{"_start with a parameter", `(module (func (export "_start") (param i32)))`, fault.WasmInvalid, "_start"},
		{"_start is a memory", `(module (memory (export "_start") 1))`, fault.WasmInvalid, "_start"},
		{"hidden memory", `(module (memory 1) ` + start + `)`, fault.WasmInvalid, "memory"},
		{"the host's own name", `(module (global (export "tacit:growth-denied") i32 (i32.const 0)) ` + start + `)`, fault.WasmInvalid, "keeps to itself"},
		{"a component", `(component)`, fault.WasmInvalid, "wasm32-wasip1"},
		{"ill-typed code", "", fault.WasmInvalid, ""},
		{"twin: every function of the ABI", preview1("", sortedNames()...), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x0a\x01\x06_start\x00\x00\x0a\x05\x01\x03\x00\x6a\x0b")
			if tt.text != "" {
				code = wat(t, tt.text)
			}
			_, err := runOnce(t, tacit.Job{Code: code, Limits: roomy})
			if fault.Of(err) != tt.want {
				t.Fatalf("Run = %v, want %q", err, tt.want)
			}
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Run = %v, want it to say %q", err, tt.says)
			}
		})
	}
}

func sortedNames() []string {
	var names []string
	for n := range hostFuncs {
		names = append(names, n)
	}
	return names
}

// case N39 code WASM_INVALID check engine/wasm/check.go:inspect
func TestN39MalformedModulesAreRefused(t *testing.T) {
	good := wat(t, preview1(`(drop (memory.grow (i32.const 1)))`, "sched_yield"))
	if _, err := runOnce(t, tacit.Job{Code: good, Limits: roomy}); err != nil {
		t.Fatalf("twin: Run = %v", err)
	}
	m, err := inspect(good, roomy)
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if n == m.sections[len(m.sections)-1].start {
			continue // whole but for its section of names, which nobody needs
		}
		if _, err := runOnce(t, tacit.Job{Code: good[:n], Limits: roomy}); fault.Of(err) != fault.WasmInvalid {
			t.Errorf("first %d of %d bytes: %v, want %s", n, len(good), err, fault.WasmInvalid)
		}
	}
	type1 := []byte{1, 1, 0} // an empty type section
	for _, tt := range []struct {
		name string
		tail []byte
	}{
		{"half a section", []byte{11, 5, 0}},
		{"an unknown section", []byte{77, 0}},
		{"a section twice", append(type1, type1...)},
		{"a section out of order", type1},
		{"loose bytes", []byte{0xff}},
		{"a custom section without a name", []byte{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := append(bytes.Clone(good), tt.tail...)
			if _, err := runOnce(t, tacit.Job{Code: code, Limits: roomy}); fault.Of(err) != fault.WasmInvalid {
				t.Errorf("Run = %v, want %s", err, fault.WasmInvalid)
			}
		})
	}
	t.Run("larger than allowed", func(t *testing.T) {
		job := tacit.Job{Code: good, Limits: roomy}
		job.Limits.CodeSize = int64(len(good)) - 1
		if _, err := runOnce(t, job); fault.Of(err) != fault.APISize {
			t.Errorf("Run = %v, want %s", err, fault.APISize)
		}
	})
	t.Run("twin: a custom section at the end", func(t *testing.T) {
		code := append(bytes.Clone(good), 0, 5, 1, 'x', 1, 2, 3)
		if _, err := runOnce(t, tacit.Job{Code: code, Limits: roomy}); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// case N40 code WASM_BOUNDS check engine/wasm/host.go:view
func TestN40HostCallsStayInsideMemory(t *testing.T) {
	const end = 65536
	iov := func(at, ptr, n uint32) string {
		return fmt.Sprintf("(i32.store (i32.const %d) (i32.const %d)) (i32.store (i32.const %d) (i32.const %d))\n", at, ptr, at+4, int32(n))
	}
	for _, tt := range []struct {
		name string
		fn   string
		body string
		want fault.Code
	}{
		{"random past the end", "random_get", `(drop (call $random_get (i32.const 65530) (i32.const 7)))`, fault.WasmBounds},
		{"random over all 32 bits", "random_get", `(drop (call $random_get (i32.const 1) (i32.const -1)))`, fault.WasmBounds},
		{"result past the end", "clock_time_get", `(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 65529)))`, fault.WasmBounds},
		{"result at the top of 32 bits", "clock_time_get", `(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const -4)))`, fault.WasmBounds},
		{"buffer past the end", "fd_write", iov(0, end-4, 5) + `(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))`, fault.WasmBounds},
		{"buffer of all 32 bits", "fd_write", iov(0, 16, 0xffffffff) + `(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))`, fault.WasmBounds},
		{"second buffer past the end: the first is not written", "fd_write", iov(0, 0, 8) + iov(8, end, 1) + `(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 100)))`, fault.WasmBounds},
		{"more buffers than memory", "fd_write", `(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 100)))`, fault.WasmBounds},
		{"overlapping buffers to read into", "fd_read", iov(0, 200, 8) + iov(8, 204, 8) + `(drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 100)))`, fault.WasmBounds},
		{"result inside the buffer", "fd_read", iov(0, 200, 8) + `(drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 204)))`, fault.WasmBounds},
		{"two results in one place", "args_sizes_get", `(drop (call $args_sizes_get (i32.const 8) (i32.const 10)))`, fault.WasmBounds},
		{"path past the end", "path_open", `(drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 65535) (i32.const 2) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 8)))`, fault.WasmBounds},
		{"subscriptions overflow", "poll_oneoff", `(drop (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0x7fffffff) (i32.const 100)))`, fault.WasmBounds},
		{"folder list past the end", "fd_readdir", `(drop (call $fd_readdir (i32.const 3) (i32.const 65000) (i32.const 1000) (i64.const 0) (i32.const 8)))`, fault.WasmBounds},
		{"twin: the very last bytes", "random_get", `(drop (call $random_get (i32.const 65530) (i32.const 6)))`, ""},
		{"twin: nothing at the end", "random_get", `(drop (call $random_get (i32.const 65536) (i32.const 0)))`, ""},
		{"twin: buffers side by side", "fd_read", iov(0, 200, 8) + iov(8, 208, 8) + `(drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 100)))`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := runOnce(t, tacit.Job{Code: wat(t, preview1(tt.body, tt.fn)), Limits: roomy, Args: []string{"a"}})
			if fault.Of(err) != tt.want {
				t.Fatalf("Run = %v, want %q", err, tt.want)
			}
			if len(out.Stdout) != 0 {
				t.Errorf("wrote %d bytes", len(out.Stdout))
			}
		})
	}
	t.Run("no memory at all", func(t *testing.T) {
		_, err := runOnce(t, tacit.Job{Limits: roomy, Code: wat(t, `(module (import "wasi_snapshot_preview1" "random_get" (func $r (param i32 i32) (result i32)))
			(func (export "_start") (drop (call $r (i32.const 0) (i32.const 1)))))`)})
		if fault.Of(err) != fault.WasmBounds {
			t.Errorf("Run = %v, want %s", err, fault.WasmBounds)
		}
	})
}

// case N44 code WASM_TRAP check engine/wasm/run.go:execute
func TestN44NothingSurvivesARun(t *testing.T) {
	// The guest traps if its memory or global is not as at the start, and then
	// spoils both.
	code := wat(t, `(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 0))
		(func (export "_start")
			(if (i32.or (global.get $g) (i32.load (i32.const 512))) (then unreachable))
			(global.set $g (i32.const 7)) (i32.store (i32.const 512) (i32.const 7))))`)
	e, err := New(Config{Cache: &memCache{}})
	if err != nil {
		t.Fatal(err)
	}
	var first tacit.Outcome
	for i := range 3 {
		out, err := e.Run(t.Context(), tacit.Job{Code: code, Limits: roomy})
		if err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if i == 0 {
			first = out
		}
		if !reflect.DeepEqual(out, first) {
			t.Errorf("run %d = %+v, want %+v", i, out, first)
		}
	}
	t.Run("twin: inside one run it is seen", func(t *testing.T) {
		_, err := runOnce(t, tacit.Job{Limits: roomy, Code: wat(t, `(module (memory (export "memory") 1)
			(func (export "_start") (i32.store (i32.const 512) (i32.const 7))
				(if (i32.load (i32.const 512)) (then unreachable))))`)})
		if fault.Of(err) != fault.WasmTrap {
			t.Errorf("Run = %v, want %s", err, fault.WasmTrap)
		}
	})
}

func TestCancelIsNoFaultOfTheGuest(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	job := tacit.Job{Code: wat(t, `(module (func (export "_start") (loop br 0)))`), Limits: roomy}
	job.Limits.Fuel = 1 << 62
	out, err := e.Run(ctx, job)
	if !errors.Is(err, context.DeadlineExceeded) || !reflect.DeepEqual(out, tacit.Outcome{}) {
		t.Errorf("Run = %+v, %v; want no outcome and the context's error", out, err)
	}
}

func TestWasmtimeVersionIsThatOfTheModule(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "wasmtime-go/v39 v" + wasmtimeVersion; !bytes.Contains(mod, []byte(want)) {
		t.Errorf("go.mod does not name %s", want)
	}
}

// goGuest builds the Go program in testdata/guest once per test process.
var goGuest = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "guest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "guest.wasm")
	cmd := exec.Command("go", "build", "-o", file, "./testdata/guest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build guest: %w\n%s", err, text)
	}
	return os.ReadFile(file)
})

// compiled is shared by the tests that run the Go guest: compiling it takes
// seconds.
var compiled memCache

func goJob(t testing.TB, args ...string) tacit.Job {
	t.Helper()
	code, err := goGuest()
	if err != nil {
		t.Fatal(err)
	}
	return tacit.Job{Code: code, Args: append([]string{"guest"}, args...), Limits: roomy}
}

func runGo(t testing.TB, job tacit.Job) (tacit.Outcome, error) {
	t.Helper()
	e, err := New(Config{Cache: &compiled})
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(t.Context(), job)
}
