// Command tacit-dispatcher is the release image of the dispatcher. It links no simulated
// platform: evidence of one is refused whatever a policy says.
package main

import (
	"os"

	"tacit/cmd/internal/hardware"
	"tacit/cmd/internal/inside/dispatchers"
)

func main() {
	os.Exit(dispatchers.Main(hardware.Schemes))
}
