// Command canary is the guest of the oracles: its program, its input and its
// parameters each hold a canary, and its result is one that exists nowhere
// before it runs.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
)

// code is set by the linker and lies in the module's data.
var code = "unset"

func main() {
	data, err := os.ReadFile("/data/x")
	if err == nil {
		var params []byte
		if params, err = os.ReadFile("/params.json"); err == nil {
			sum := sha256.Sum256([]byte(code + string(data) + string(params)))
			err = os.WriteFile("/out/result", []byte(hex.EncodeToString(sum[:])), 0o600)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the canary's guest could not read or write")
		os.Exit(1)
	}
}
