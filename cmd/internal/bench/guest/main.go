// Command guest is the service of bench-task: it copies its one input, so that
// what is measured is the network and not the guest.
package main

import (
	"fmt"
	"os"
)

func main() {
	data, err := os.ReadFile("/data/x")
	if err == nil {
		err = os.WriteFile("/out/x", data, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
