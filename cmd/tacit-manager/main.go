// Command tacit-manager is the release image of the manager. It links no simulated
// platform: evidence of one is refused whatever a policy says.
package main

import (
	"os"

	"tacit/cmd/internal/hardware"
	"tacit/cmd/internal/inside/managers"
)

func main() {
	os.Exit(managers.Main(hardware.Schemes))
}
