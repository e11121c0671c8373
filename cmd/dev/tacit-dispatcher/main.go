// Command tacit-dispatcher of cmd/dev is the dispatcher of teaching networks: it appraises
// the simulated platform too.
package main

import (
	"os"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/attest/tpm"
	"tacit/cmd/internal/inside/dispatchers"
)

func main() {
	os.Exit(dispatchers.Main(func(roots []attest.Root) (attest.Schemes, error) {
		s, err := sim.NewScheme(roots)
		if err != nil {
			return nil, err
		}
		t, err := tpm.NewScheme(roots)
		return attest.Schemes{s, t}, err
	}))
}
