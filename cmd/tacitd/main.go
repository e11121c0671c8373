// Command tacitd runs the untrusted roles: worker, verifier, gateway, blobs
// and chain. This release form appraises machines with a TPM; it does not open an
// enclave on any platform yet, and no simulated one ever.
package main

import (
	"context"
	"os"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/cmd/internal/daemon"
	"tacit/fault"
	"tacit/worker"
)

func main() {
	os.Exit(daemon.Main(daemon.Platform{
		Schemes: schemes,
		Open: func(context.Context, daemon.Config) (worker.Enclave, error) {
			return worker.Enclave{}, fault.New(fault.EvidUnavailable, "open enclave: this machine has no platform that this program can use")
		},
	}))
}

// schemes are those that this program appraises.
func schemes(roots []attest.Root) (attest.Schemes, error) {
	t, err := tpm.NewScheme(roots)
	return attest.Schemes{t}, err
}
