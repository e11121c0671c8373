package wasm

import (
	"errors"
	"strings"
	"testing"

	"tacit/fault"
)

// A module that does not fit says how to build it right.
//
// case N39 code WASM_IMPORT check engine/wasm/check.go:whyImport
func TestN39AModuleThatDoesNotFitSaysHowToBuildIt(t *testing.T) {
	start := `(memory (export "memory") 1) (func (export "_start"))`
	for _, tt := range []struct {
		name    string
		code    []byte
		refused fault.Code
		want    string
	}{
		{"twin: a command", wat(t, `(module `+start+`)`), "", ""},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), fault.WasmInvalid, "wasm32-wasip1, not wasip2"},
		{"wasm32-unknown-unknown", wat(t, `(module (memory (export "memory") 1) (func (export "run")))`), fault.WasmInvalid, "wasm32-unknown-unknown"},
		{"reactor", wat(t, `(module (memory (export "memory") 1) (func (export "_initialize")))`), fault.WasmInvalid, "reactor"},
		{"an undefined function", wat(t, `(module (import "env" "helper" (func)) `+start+`)`), fault.WasmImport, "wasm32-unknown-unknown"},
		{"emscripten", wat(t, `(module (import "env" "emscripten_memcpy_js" (func)) `+start+`)`), fault.WasmImport, "Emscripten"},
		{"wasm-bindgen", wat(t, `(module (import "./app_bg.js" "__wbg_alert" (func)) `+start+`)`), fault.WasmImport, "wasm-bindgen"},
		{"Go for a browser", wat(t, `(module (import "gojs" "runtime.wasmExit" (func (param i32))) `+start+`)`), fault.WasmImport, "for a browser (GOOS=js)"},
		{"AssemblyScript without WASI", wat(t, `(module (import "env" "abort" (func (param i32 i32 i32 i32))) `+start+`)`), fault.WasmImport, "wasi-shim"},
		{"threads", wat(t, `(module (import "wasi" "thread-spawn" (func (param i32) (result i32))) `+start+`)`), fault.WasmImport, "without them"},
		{"network", wat(t, `(module (import "wasi_snapshot_preview1" "sock_open" (func (param i32) (result i32))) `+start+`)`), fault.WasmImport, "a guest has none"},
		{"older WASI", wat(t, `(module (import "wasi_unstable" "proc_exit" (func (param i32))) `+start+`)`), fault.WasmImport, "newer toolchain"},
		{"preview 2", wat(t, `(module (import "wasi:cli/exit@0.2.0" "exit" (func (param i32))) `+start+`)`), fault.WasmImport, "preview 1"},
		{"64-bit memory", wat(t, `(module (memory (export "memory") i64 1) (func (export "_start")))`), fault.WasmMemory, "wasm32"},
		{"shared memory", wat(t, `(module (memory (export "memory") 1 2 shared) (func (export "_start")))`), fault.WasmMemory, "without threads"},
		{"cut off at the head", []byte("\x00asm"), fault.WasmInvalid, "cut off"},
		{"cut off later", wat(t, `(module `+start+`)`)[:20], fault.WasmInvalid, "cut off"},
		{"empty", nil, fault.WasmInvalid, "empty"},
		{"text", []byte("(module)"), fault.WasmInvalid, "text form"},
		{"a Linux program", []byte("\x7fELF\x02\x01\x01\x00"), fault.WasmInvalid, "Linux"},
		{"compressed", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"), fault.WasmInvalid, "unpack"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Inspect(tt.code)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, tt.refused) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s with %q", err, tt.refused, tt.want)
			}
		})
	}
}
