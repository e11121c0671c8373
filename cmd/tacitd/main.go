// Command tacitd runs the untrusted roles: worker, verifier, gateway, blobs
// and chain. This release form appraises evidence of real platforms, opens enclaves
// in a measured machine only, and links no simulated platform ever.
package main

import (
	"context"
	"os"

	"tacit/cmd/internal/daemon"
	"tacit/cmd/internal/hardware"
	"tacit/fault"
	"tacit/worker"
)

func main() {
	os.Exit(daemon.Main(daemon.Platform{
		Schemes: hardware.Schemes,
		Open: func(context.Context, daemon.Config) (worker.Enclave, error) {
			return worker.Enclave{}, fault.New(fault.EvidUnavailable, "open enclave: this machine has no platform that this program can use")
		},
	}))
}
