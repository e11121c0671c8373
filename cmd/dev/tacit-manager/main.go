// Command tacit-manager of cmd/dev is the manager of teaching networks: it appraises
// the simulated platform too.
package main

import (
	"os"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/cmd/internal/hardware"
	"tacit/cmd/internal/inside/managers"
)

func main() {
	os.Exit(managers.Main(func(roots []attest.Root) (attest.Schemes, error) {
		s, err := sim.NewScheme(roots)
		if err != nil {
			return nil, err
		}
		real, err := hardware.Schemes(roots)
		return append(real, s), err
	}))
}
