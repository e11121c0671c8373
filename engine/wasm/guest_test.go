package wasm

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestGoGuestSeesTheABI(t *testing.T) {
	job := goJob(t, "tour", "x", "y z")
	job.Env = []string{"GREETING=hi"}
	job.Params = []byte(`{"k":1}`)
	job.Clock = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	job.Seed = [32]byte{1}
	job.Inputs = []tacit.GuestFile{
		{Alias: "a", Size: 5, Data: strings.NewReader("first")},
		{Alias: "b.csv", Size: 7, Data: strings.NewReader(" second")},
	}
	out, err := runGo(t, job)
	if err != nil {
		t.Fatalf("Run = %v\n%s", err, out.Stderr)
	}
	want := "params={\"k\":1} env=hi args=[x y z]\ntail=89a now=2026-01-02T03:04:05Z slept=1h0m0s random="
	if !strings.HasPrefix(string(out.Stdout), want) {
		t.Errorf("stdout = %q, want prefix %q", out.Stdout, want)
	}
	if string(out.Stderr) != "done\n" {
		t.Errorf("stderr = %q", out.Stderr)
	}
	if want := []tacit.Output{{Name: "deep/er/copy", Data: []byte("first second")}}; !reflect.DeepEqual(out.Outputs, want) {
		t.Errorf("outputs = %v, want %v", out.Outputs, want)
	}
	again, err := runGo(t, job)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out, again) {
		t.Errorf("a repeat differs: fuel %d and %d, stdout %q and %q", out.Fuel, again.Fuel, out.Stdout, again.Stdout)
	}
	job.Seed = [32]byte{2}
	other, err := runGo(t, job)
	if err != nil {
		t.Fatal(err)
	}
	if string(other.Stdout) == string(out.Stdout) {
		t.Error("another seed gives the same randomness")
	}
}

// case N39 code WASM_IMPORT check engine/wasm/vfs.go:walk
func TestN39NoCapabilityBeyondTheJob(t *testing.T) {
	job := goJob(t, "escape")
	job.Inputs = []tacit.GuestFile{{Alias: "a", Size: 5, Data: strings.NewReader("first")}}
	job.Params = []byte("{}")
	out, err := runGo(t, job)
	if err != nil {
		t.Fatalf("Run = %v\n%s", err, out.Stderr)
	}
	if len(out.Stdout) != 0 || len(out.Outputs) != 0 {
		t.Errorf("stdout = %s, outputs = %v; want nothing", out.Stdout, out.Outputs)
	}
	t.Run("twin: its own files are there", func(t *testing.T) {
		job.Args[1] = "ls"
		out, err := runGo(t, job)
		if err != nil {
			t.Fatalf("Run = %v\n%s", err, out.Stderr)
		}
		if want := "/\n/data\n/data/a\n/out\n/params.json\n/tmp\n"; string(out.Stdout) != want {
			t.Errorf("all files = %q, want %q", out.Stdout, want)
		}
	})
}

// case N42 code WASM_OUTPUT check engine/wasm/vfs.go:reserve
func TestN42OutputOverTheLimitIsCutOff(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want fault.Code
	}{
		{"one byte too many", []string{"write", "1001", "1"}, fault.WasmOutput},
		{"too many in all", []string{"write", "400", "3"}, fault.WasmOutput},
		{"one file too many", []string{"write", "1", "5"}, fault.WasmOutput},
		{"an empty file too many", []string{"write", "0", "5"}, fault.WasmOutput},
		{"messages over the limit", []string{"print", "1001"}, fault.WasmOutput},
		{"twin: exactly the limit", []string{"write", "250", "4"}, ""},
		{"twin: messages of the limit", []string{"print", "1000"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := goJob(t, tt.args...)
			job.Limits.Output, job.Limits.Files = 1000, 4
			out, err := runGo(t, job)
			if fault.Of(err) != tt.want {
				t.Fatalf("Run = %v, want %q", err, tt.want)
			}
			total := len(out.Stdout) + len(out.Stderr)
			for _, o := range out.Outputs {
				total += len(o.Data)
			}
			if int64(total) > job.Limits.Output || len(out.Outputs) > job.Limits.Files {
				t.Errorf("%d bytes in %d files left the guest", total, len(out.Outputs))
			}
		})
	}
}

// case N36 code WASM_MEMORY check engine/wasm/grow.go:countGrowth
func TestN36GoGuestOutOfMemory(t *testing.T) {
	job := goJob(t, "alloc")
	job.Limits.Memory = 64 << 20
	out, err := runGo(t, job)
	if fault.Of(err) != fault.WasmMemory {
		t.Errorf("Run = %v, want %s\n%s", err, fault.WasmMemory, out.Stderr)
	}
	t.Run("twin: a scratch file is refused, not the guest", func(t *testing.T) {
		job := goJob(t, "tmp")
		job.Limits.Memory = 64 << 20
		out, err := runGo(t, job)
		if err != nil || !strings.HasPrefix(string(out.Stdout), "full:") {
			t.Errorf("Run = %v, stdout %q", err, out.Stdout)
		}
	})
}

func TestExitCodeIsTheGuests(t *testing.T) {
	out, err := runGo(t, goJob(t, "exit"))
	if fault.Of(err) != fault.WasmTrap || out.ExitCode != 42 {
		t.Errorf("Run = code %d, %v; want 42 and %s", out.ExitCode, err, fault.WasmTrap)
	}
	if out, err = runGo(t, goJob(t, "hello")); err != nil || out.ExitCode != 0 || string(out.Stdout) != "hello\n" {
		t.Errorf("hello = %+v, %v", out, err)
	}
}

type brokenInput struct{}

var errBroken = errors.New("chunk does not verify")

func (brokenInput) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

func TestUnreadableInputIsTheHostsFault(t *testing.T) {
	job := goJob(t, "tour")
	job.Inputs = []tacit.GuestFile{{Alias: "a", Size: 5, Data: brokenInput{}}}
	out, err := runGo(t, job)
	if !errors.Is(err, errBroken) || !reflect.DeepEqual(out, tacit.Outcome{}) {
		t.Errorf("Run = %+v, %v; want no outcome and the input's error", out, err)
	}
}

func TestJobsMadeWrongly(t *testing.T) {
	data := strings.NewReader("x")
	for _, tt := range []struct {
		name string
		job  tacit.Job
	}{
		{"an input's name with a slash", tacit.Job{Inputs: []tacit.GuestFile{{Alias: "a/b", Size: 1, Data: data}}}},
		{"an input called ..", tacit.Job{Inputs: []tacit.GuestFile{{Alias: "..", Size: 1, Data: data}}}},
		{"two inputs of one name", tacit.Job{Inputs: []tacit.GuestFile{{Alias: "a", Data: data}, {Alias: "a", Data: data}}}},
		{"an input without data", tacit.Job{Inputs: []tacit.GuestFile{{Alias: "a", Size: 1}}}},
		{"a zero byte in an argument", tacit.Job{Args: []string{"a\x00b"}}},
		{"an environment entry without a name", tacit.Job{Env: []string{"=x"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.job.Limits = roomy
			tt.job.Code = wat(t, `(module (func (export "_start")))`)
			if _, err := runOnce(t, tt.job); fault.Of(err) != fault.APIField {
				t.Errorf("Run = %v, want %s", err, fault.APIField)
			}
		})
	}
}

// Several guests at once do not stop each other: an interruption belongs to
// one run.
func TestDeadlineStopsOneGuestOnly(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	loop := tacit.Job{Code: wat(t, `(module (func (export "_start") (loop br 0)))`), Limits: roomy}
	loop.Limits.Fuel, loop.Limits.Time = 1<<62, 50*time.Millisecond
	done := make(chan error)
	go func() {
		_, err := e.Run(t.Context(), loop)
		done <- err
	}()
	long := tacit.Job{Limits: roomy, Code: wat(t, `(module (func (export "_start") (local i32)
		(loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 300000000))))))`)}
	if _, err := e.Run(t.Context(), long); err != nil {
		t.Errorf("the other guest: %v", err)
	}
	if err := <-done; fault.Of(err) != fault.WasmTime {
		t.Errorf("the loop: %v, want %s", err, fault.WasmTime)
	}
}

// Every module that the compiler accepts must be one whose instructions our
// own walker knows, and stay valid once its growth is counted.
func TestCountedModulesStayValid(t *testing.T) {
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, "(func (result i32) (memory.grow (i32.const %d)))\n", i)
	}
	for _, tt := range []struct{ name, text string }{
		{"growth everywhere, no globals", `(module (memory (export "memory") 1) ` + many.String() + ` (func (export "_start")))`},
		{"growth with globals", `(module (memory (export "memory") 1) (global i32 (i32.const 5)) (global (mut i64) (i64.const -1))
			(func (export "_start") (drop (memory.grow (memory.grow (global.get 0))))))`},
		{"the bytes of memory.grow inside constants", `(module (memory (export "memory") 1) (func (export "_start")
			(drop (i32.const 0x40)) (drop (i64.const 0x4040404040404040)) (drop (f64.const 2.0000000001)) (drop (f32.const 3.0))
			(drop (v128.const i8x16 0x40 0 0x40 0 0x40 0 0x40 0 0x40 0 0x40 0 0x40 0 0x40 0))
			(drop (memory.grow (i32.const 0)))))`},
		{"one of each kind", `(module (memory (export "memory") 1) (table 2 funcref) (elem declare func $f) (data "abc")
			(type $t (func (param i32) (result i32)))
			(func $f (type $t) (local v128 i64 f32 f64)
				(block $a (loop $b (br_table $a $b $a (local.get 0))))
				(if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))) drop
				(drop (select (result funcref) (ref.func $f) (ref.null func) (i32.const 0)))
				(drop (call_indirect (type $t) (i32.const 1) (i32.const 0)))
				(table.set (i32.const 0) (ref.func $f)) (drop (ref.is_null (table.get (i32.const 0))))
				(drop (table.grow (ref.null func) (i32.const 1))) (drop (table.size)) (table.fill (i32.const 0) (ref.null func) (i32.const 1))
				(table.copy (i32.const 0) (i32.const 0) (i32.const 1))
				(memory.fill (i32.const 0) (i32.const 0) (i32.const 1)) (memory.copy (i32.const 0) (i32.const 1) (i32.const 2))
				(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop 0)
				(i64.store32 offset=64 align=2 (i32.const 0) (i64.load8_s (i32.const 0)))
				(drop (i32.trunc_sat_f64_u (f64.const 1))) (drop (i64.extend32_s (i64.const 1)))
				(v128.store64_lane offset=64 1 (i32.const 0) (v128.load32_zero (i32.const 0)))
				(drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 1) (local.get 1)))
				(drop (i8x16.extract_lane_s 3 (i32x4.add (local.get 1) (v128.load8_splat (i32.const 0)))))
				(drop (f32x4.relaxed_madd (local.get 1) (local.get 1) (local.get 1)))
				(drop (v128.bitselect (local.get 1) (local.get 1) (local.get 1)))
				(return (memory.grow (memory.size))))
			(func (export "_start")))`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := wat(t, tt.text)
			m, err := inspect(code, roomy)
			if err != nil {
				t.Fatal(err)
			}
			eng := newWasmtime()
			defer eng.Close()
			mod, err := build(eng, m)
			if err != nil {
				t.Fatal(err)
			}
			mod.Close()
			counted, err := m.countGrowth()
			if err != nil {
				t.Fatal(err)
			}
			if len(counted) <= len(code) {
				t.Error("nothing was added")
			}
			if _, err := runOnce(t, tacit.Job{Code: code, Limits: roomy}); err != nil {
				t.Errorf("Run = %v", err)
			}
		})
	}
}

func TestCacheIsUsedAndItsLossIsNoFault(t *testing.T) {
	var c memCache
	e, err := New(Config{Cache: &c})
	if err != nil {
		t.Fatal(err)
	}
	job := tacit.Job{Code: wat(t, `(module (func (export "_start")))`), Limits: roomy}
	if _, err := e.Run(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if len(c.m) != 1 {
		t.Fatalf("%d entries in the cache, want 1", len(c.m))
	}
	job.Limits.CompileIn = 0 // so that only the cache can serve it
	if _, err := e.Run(t.Context(), job); err != nil {
		t.Errorf("from the cache: %v", err)
	}
	for k := range c.m {
		c.m[k] = []byte("from another version")
	}
	job.Limits.CompileIn = time.Minute
	if _, err := e.Run(t.Context(), job); err != nil {
		t.Errorf("from a stale cache: %v", err)
	}
}

// What was compiled from a program stands for the program: it is not opened
// again, and is judged by the limits of each job all the same.
func TestCompiledCodeSparesOpeningTheProgram(t *testing.T) {
	code := wat(t, preview1(`(drop (memory.grow (i32.const 1)))`, "sched_yield"))
	for _, tt := range []struct {
		name   string
		change func(*tacit.Job)
		opened int
		want   fault.Code
	}{
		{"the same limits", func(*tacit.Job) {}, 0, ""},
		{"too little memory for it", func(j *tacit.Job) { j.Limits.Memory = 1 }, 1, fault.WasmMemory},
		{"larger than a program may be", func(j *tacit.Job) { j.Limits.CodeSize = int64(len(code)) - 1 }, 1, fault.APISize},
		{"just not larger", func(j *tacit.Job) { j.Limits.CodeSize = int64(len(code)) }, 0, ""},
		{"another program of that name", func(j *tacit.Job) { j.Sum[0] ^= 1 }, 1, fault.WasmHash},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c memCache
			e, err := New(Config{Cache: &c})
			if err != nil {
				t.Fatal(err)
			}
			opened := 0
			job := tacit.Job{Sum: wire.Sum(code), Open: func() ([]byte, error) { opened++; return code, nil }, Limits: roomy}
			if _, err := e.Run(t.Context(), job); err != nil || opened != 1 {
				t.Fatalf("first run: %v, opened %d times", err, opened)
			}
			tt.change(&job)
			out, err := e.Run(t.Context(), job)
			if fault.Of(err) != tt.want && (tt.want != "" || err != nil) {
				t.Errorf("Run = %v, want %s", err, tt.want)
			}
			if opened-1 != tt.opened {
				t.Errorf("opened %d times again, want %d", opened-1, tt.opened)
			}
			if tt.want == "" && out.Fuel == 0 {
				t.Error("it did not run")
			}
		})
	}
}

// Whatever lies in the cache, whole or broken, nothing panics, and what cannot
// be used is compiled anew.
func TestABrokenEntryIsCompiledAnew(t *testing.T) {
	var c memCache
	e, err := New(Config{Cache: &c})
	if err != nil {
		t.Fatal(err)
	}
	job := tacit.Job{Code: wat(t, `(module (func (export "_start")))`), Limits: roomy}
	if _, err := e.Run(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	key := e.key(wire.Sum(job.Code))
	whole := c.m[key]
	for name, entry := range map[string][]byte{
		"empty": {}, "a head cut off": whole[:5], "an outline cut off": whole[:entryHead+3], "an outline longer than all": append([]byte{0, 0, 0, 9, 255, 255, 255, 255}, whole[entryHead:]...),
		"a broken outline": append(append([]byte{}, whole[:entryHead]...), make([]byte, len(whole)-entryHead)...), "no compiled code": whole[:entryHead+int(whole[7])],
	} {
		t.Run(name, func(t *testing.T) {
			c.m[key] = entry
			if _, err := e.Run(t.Context(), job); err != nil {
				t.Errorf("Run = %v", err)
			}
			if !bytes.Equal(c.m[key][:entryHead], whole[:entryHead]) {
				t.Error("the entry was not renewed")
			}
		})
	}
}

// FuzzInspect feeds the section walker foreign bytes: it never panics, and
// what it and the compiler both accept can be counted and stays valid.
func FuzzInspect(f *testing.F) {
	f.Add(wat(f, `(module (func (export "_start")))`))
	f.Add(wat(f, preview1(`(drop (memory.grow (i32.const 1)))`, "sched_yield")))
	f.Add([]byte("\x00asm\x0d\x00\x01\x00"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x01\xff\xff\xff\xff\x0f"))
	limits := roomy
	limits.CodeSize = 1 << 16
	f.Fuzz(func(t *testing.T, code []byte) {
		m, err := inspect(code, limits)
		if err != nil {
			if c := fault.Of(err); c == fault.Internal {
				t.Fatalf("a refusal without a code: %v", err)
			}
			return
		}
		eng := newWasmtime()
		defer eng.Close()
		if mod, err := build(eng, m); err == nil {
			mod.Close()
		} else if strings.Contains(err.Error(), "not offered") {
			t.Fatalf("the compiler accepts what the walker does not know: %v", err)
		}
	})
}

func BenchmarkGoHelloFromCache(b *testing.B) {
	job := goJob(b, "hello")
	if _, err := runGo(b, job); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := runGo(b, job); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallFromCache(b *testing.B) {
	e, err := New(Config{Cache: &memCache{}})
	if err != nil {
		b.Fatal(err)
	}
	job := tacit.Job{Code: wat(b, `(module (func (export "_start")))`), Limits: roomy}
	for b.Loop() {
		if _, err := e.Run(b.Context(), job); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHostCall(b *testing.B) {
	job := tacit.Job{Limits: roomy, Code: wat(b, preview1(fmt.Sprintf(`(local i32)
		(loop (drop (call $random_get (i32.const 0) (i32.const 8)))
			(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const %d))))`, b.N), "random_get"))}
	job.Limits.Fuel = 1 << 62
	b.ResetTimer()
	if _, err := runOnce(b, job); err != nil {
		b.Fatal(err)
	}
}
