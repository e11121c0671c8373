// Command tacit-manager is the release image of the manager. It links no simulated
// platform: evidence of one is refused whatever a policy says.
package main

import (
	"os"

	"tacit/attest"
	"tacit/cmd/internal/inside/managers"
)

func main() {
	os.Exit(managers.Main(func([]attest.Root) (attest.Schemes, error) { return attest.Schemes{}, nil }))
}
