// Command tacit-dispatcher of cmd/dev is the dispatcher of teaching networks: it appraises
// the simulated platform too.
package main

import (
	"os"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/cmd/internal/hardware"
	"tacit/cmd/internal/inside/dispatchers"
)

func main() {
	os.Exit(dispatchers.Main(func(roots []attest.Root) (attest.Schemes, error) {
		s, err := sim.NewScheme(roots)
		if err != nil {
			return nil, err
		}
		real, err := hardware.Schemes(roots)
		return append(real, s), err
	}))
}
