package wasm

import "strings"

// builds are the lines that make a module for this engine.
const builds = "build it as a WASI preview 1 command: " +
	"Go: GOOS=wasip1 GOARCH=wasm go build; Rust: cargo build --target wasm32-wasip1; C: clang --target=wasm32-wasi; AssemblyScript: asc with @assemblyscript/wasi-shim"

// whyImport is the nearest known cause of an import that the guest ABI does not
// offer, and what to do.
func whyImport(space, name string) string {
	has := func(s string, parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(s, p) {
				return true
			}
		}
		return false
	}
	switch {
	case space == "gojs" || space == "go":
		return "it was built by Go for a browser (GOOS=js); use GOOS=wasip1 GOARCH=wasm go build"
	case has(space, "wbindgen", "_bg.js", "wbg") || has(name, "__wbindgen", "__wbg"):
		return "it was built for a browser by wasm-bindgen; use cargo build --target wasm32-wasip1, without wasm-bindgen"
	case space == "wasi" && has(name, "thread"):
		return "it starts threads, and a guest has one; build it without them (Rust: wasm32-wasip1, not wasm32-wasip1-threads; C: without -pthread)"
	case space == abiModule && strings.HasPrefix(name, "sock_"):
		return "it uses the network, and a guest has none: read /data and /params.json, write to /out"
	case space == "wasi_unstable":
		return "it was built for a WASI older than preview 1; use a newer toolchain"
	case strings.HasPrefix(space, "wasi:"):
		return "it was built for WASI preview 2; use preview 1 (Rust: --target wasm32-wasip1)"
	case space == "env" && name == "abort":
		return "it was built by AssemblyScript without WASI; add --config node_modules/@assemblyscript/wasi-shim/asconfig.json to asc"
	case has(name, "emscripten", "__syscall_", "invoke_") || space == "a":
		return "it was built by Emscripten for a browser; use clang --target=wasm32-wasi with wasi-libc"
	case space == "env":
		return "it was built for wasm32-unknown-unknown, or a function was left undefined; " + builds
	}
	return builds
}

// whyNoStart is the nearest known cause of a module without _start.
func whyNoStart(exports []string) string {
	for _, e := range exports {
		if e == "_initialize" {
			return "it is a reactor, a library with _initialize; build a command with a main (clang -mexec-model=command; Go without -buildmode=c-shared; Rust: a bin, not a cdylib)"
		}
	}
	return "it may be a library or built for wasm32-unknown-unknown; " + builds
}

// whyNoModule says what foreign bytes look like.
func whyNoModule(code []byte) string {
	head := string(code[:min(len(code), 64)])
	switch {
	case len(code) == 0:
		return "the file is empty"
	case strings.HasPrefix("\x00asm\x01\x00\x00\x00", head):
		return "the file is cut off"
	case strings.HasPrefix(strings.TrimSpace(head), "("):
		return "this is the text form; name the file .wat, or make a binary of it with wat2wasm"
	case strings.HasPrefix(head, "\x7fELF"):
		return "this is a program for Linux; " + builds
	case strings.HasPrefix(head, "\x1f\x8b"):
		return "this is compressed; unpack it first"
	}
	return builds
}
