// Package tacittest holds what the rooms of Tacit are tested with: suites that
// say of each contract of the root package what every form of it must do,
// whether in process, over the network or simulated.
//
// A suite trusts nothing of the form under test but its methods. It imports
// the root package and the words below it only.
package tacittest

import (
	"math/rand/v2"
	"testing"
	"time"

	"tacit/fault"
)

// seeded returns a source of randomness and logs how to repeat it.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// wantCode fails the test unless err has this code, where "" is success.
func wantCode(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if got := fault.Of(err); got != want {
		t.Fatalf("%s: got %q (%v), want %q", what, got, err, want)
	}
}

// must fails the test on any error.
func must(t *testing.T, what string, err error) {
	t.Helper()
	wantCode(t, what, err, "")
}
