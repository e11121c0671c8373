// Command tacit-enclave is the program that runs one task inside an attested
// environment. It is measured: whatever it would read besides its own bytes
// would have to be in its manifest, so it takes no argument, no environment
// and no file.
//
// The platform starts it with two descriptors: 3 is the framed link to the
// worker, who is not trusted, and 4 is the evidence device. What it writes to
// standard error is the worker's to read and never holds data.
//
// As the first process of a machine that boots measured it is all of user space
// there: what the kernel hands it, its command line, is measured with the kernel.
// It then plays the platform for agents of its own.
//
// It starts itself once more, with the argument "guest", as the child that
// stands behind walls and runs the guest.
package main

import (
	"context"
	"runtime"

	"tacit"
	"tacit/cmd/internal/agentmain"
	"tacit/enclave"
	"tacit/engine/learn"
	"tacit/engine/psi"
	"tacit/engine/wasm"
)

func main() { agentmain.Main(agentmain.Image{Name: "tacit-enclave", Engines: engines}) }

// engines makes the engines of this image.
func engines(cache enclave.Cache) (tacit.Engine, error) {
	modules, err := wasm.New(wasm.Config{Cache: cache})
	return imageWith(modules), err
}

// imageWith is this image's engines beside the one for modules.
func imageWith(modules tacit.Engine) image {
	threads := runtime.GOMAXPROCS(0)
	return image{modules, map[string]tacit.Engine{
		tacit.EngineSets:  psi.New(psi.Config{Threads: threads}),
		tacit.EngineLearn: learn.New(learn.Config{Threads: threads}),
	}}
}

// An image runs each program by the engine that it is for.
type image struct {
	modules tacit.Engine
	builtin map[string]tacit.Engine // by the name that tacit.Builtin has for them
}

// Run takes a program that names an engine of the image to that one, every other to that
// for modules.
func (i image) Run(ctx context.Context, job tacit.Job) (tacit.Outcome, error) {
	if engine, ok := i.builtin[tacit.Builtin(job.Sum)]; ok {
		return engine.Run(ctx, job)
	}
	return i.modules.Run(ctx, job)
}
