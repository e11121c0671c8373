// Command tacitd runs the untrusted roles: worker, verifier, gateway, blobs
// and chain. This release form links no platform yet that could open an
// enclave, and no simulated one ever.
package main

import (
	"context"
	"os"

	"tacit/attest"
	"tacit/cmd/internal/daemon"
	"tacit/fault"
	"tacit/worker"
)

func main() {
	os.Exit(daemon.Main(daemon.Platform{
		Schemes: func([]attest.Root) (attest.Schemes, error) { return attest.Schemes{}, nil },
		Open: func(context.Context, daemon.Config) (worker.Enclave, error) {
			return worker.Enclave{}, fault.New(fault.EvidUnavailable, "open enclave: this machine has no platform that this program can use")
		},
	}))
}
