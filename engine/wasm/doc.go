// Package wasm runs guests that are WebAssembly modules: WASI preview 1
// commands, on wasmtime.
//
// # What a guest sees
//
// One preopened folder, "/", that exists in memory only: read-only inputs as
// /data/<alias>, the parameters as /params.json, a writable /out whose files
// are the result, and a writable /tmp that is forgotten. A task that was given
// something of a vault finds it as /secrets/<name>, or as /keys/<name> where it may only
// use it: what is written to an open key, up to 64 KiB, is what the key is used on, and
// what is read from it then is what came of it (EACCES: refused). Arguments and
// environment come from the job; standard input is empty; standard output and
// error are kept as part of the output. The clock stands still at Job.Clock
// and moves only by the exact length of each sleep, which takes no real time.
// Randomness is ChaCha8 keyed by Job.Seed. There is no network: the four
// sock_ functions exist because common toolchains link them, and always answer
// ENOTSUP. No function of this package touches the file system, the network or
// the clock of the host.
//
// # What bounds it
//
// Fuel is a deterministic meter, the same on every repeat, and host calls pay
// into it by the call and by the byte, so a storm of them ends like any loop.
// Time is a second, outer bound that depends on the machine. Memory bounds the
// guest's linear memory, and again what it keeps in /tmp.
//
// # Whom it trusts
//
// Nobody's module: its sections are walked by a small parser of our own before
// the compiler sees them, and every pointer it hands to the host is checked
// against its memory before anything is read or written. The caller is trusted
// for two things: that the code is the code that was agreed on, and that what a
// Cache returns is what was put in, because compiled code is machine code.
//
// Every run has its own wasmtime engine and store, so that nothing of one
// guest is left for the next.
package wasm
