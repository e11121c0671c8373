// Command tacit-enclave is the program that runs one task inside an attested
// environment. It is measured: whatever it would read besides its own bytes
// would have to be in its manifest, so it takes no argument, no environment
// and no file.
//
// The platform starts it with two descriptors: 3 is the framed link to the
// worker, who is not trusted, and 4 is the evidence device. What it writes to
// standard error is the worker's to read and never holds data.
//
// It starts itself once more, with the argument "guest", as the child that
// stands behind walls and runs the guest.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"tacit"
	"tacit/attest"
	"tacit/enclave"
	"tacit/engine/wasm"
	"tacit/fault"
)

// The descriptors that the platform starts this program with.
const (
	workerLink     = 3
	evidenceDevice = 4
)

func main() {
	if err := run(os.Args[1:], os.Environ()); err != nil {
		fmt.Fprintln(os.Stderr, "tacit-enclave:", err)
		os.Exit(fault.Lookup(fault.Of(err)).Exit)
	}
}

func run(args, env []string) error {
	ctx := context.Background()
	if len(env) != 0 {
		return fault.New(fault.EvidManifest, "start enclave: %d environment variables, want none", len(env))
	}
	if len(args) == 1 && args[0] == enclave.ChildArg {
		return enclave.ServeChild(ctx, engines)
	}
	if len(args) != 0 {
		return fault.New(fault.EvidManifest, "start enclave: %d arguments, want none", len(args))
	}
	// The agent waits and relays; the child computes.
	runtime.GOMAXPROCS(1)
	host, err := enclave.Inherit(workerLink, "worker")
	if err != nil {
		return err
	}
	device, err := enclave.Inherit(evidenceDevice, "evidence device")
	if err != nil {
		return err
	}
	agent, err := enclave.NewAgent(enclave.Config{
		Host:   host,
		Device: attest.NewDevice(device),
		Spawn:  func() (enclave.Child, error) { return enclave.Spawn(os.Stderr) },
	})
	if err != nil {
		return err
	}
	return agent.Run(ctx)
}

// engines makes the one engine of this image.
func engines(cache enclave.Cache) (tacit.Engine, error) {
	return wasm.New(wasm.Config{Cache: cache})
}
