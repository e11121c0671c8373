// Command tacit-manager is the release image of the manager. It links no simulated
// platform: evidence of one is refused whatever a policy says.
package main

import (
	"os"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/cmd/internal/inside/managers"
)

func main() {
	os.Exit(managers.Main(schemes))
}

// schemes are those that this image appraises.
func schemes(roots []attest.Root) (attest.Schemes, error) {
	t, err := tpm.NewScheme(roots)
	return attest.Schemes{t}, err
}
