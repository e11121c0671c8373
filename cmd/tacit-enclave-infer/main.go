// Command tacit-enclave-infer is the program that applies one network, or serves a session
// with it, inside an attested environment. It is to tacit-enclave what builtin/infer is to
// modules: the same agent and the same walls, another engine and no other. It carries ONNX
// Runtime if it was built after make onnxruntime, and needs nothing of its host but glibc and
// the C++ library.
package main

import (
	"context"
	"runtime"

	"tacit"
	"tacit/cmd/internal/agentmain"
	"tacit/enclave"
	"tacit/engine/infer"
	"tacit/fault"
)

func main() {
	agentmain.Main(agentmain.Image{Name: "tacit-enclave-infer", Engines: engines, Before: []func(){prepare}})
}

// prepare brings the runtime up while files can be opened. An image without one says so to
// whoever runs a task.
func prepare() { _ = infer.Prepare() }

// engines makes the engine of this image.
func engines(enclave.Cache) (tacit.Engine, error) {
	return image{infer.New(infer.Config{Threads: runtime.GOMAXPROCS(0)})}, nil
}

// An image runs the program of its engine.
type image struct{ networks tacit.Engine }

// Run refuses every other program.
func (i image) Run(ctx context.Context, job tacit.Job) (tacit.Outcome, error) {
	if job.Sum != infer.Sum() {
		return tacit.Outcome{}, fault.New(fault.InferRuntime, "run: this image runs builtin/infer@1 and nothing else")
	}
	return i.networks.Run(ctx, job)
}
