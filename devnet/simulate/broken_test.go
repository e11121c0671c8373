package simulate

import (
	"fmt"
	"strings"
	"testing"
)

// TestBrokenBuildsAreCaught plays builds that lack one protection each. Some
// seed must find every one of them, and what it says must name the promise
// that broke; the same seeds find nothing in the build that lacks nothing
// (TestSeeds).
func TestBrokenBuildsAreCaught(t *testing.T) {
	crashes := func(o *options) { o.crashEvery, o.crashWriteEvery, o.loseEvery, o.doubleEvery = 40, 25, 15, 15 }
	forged := func(o *options) { crashes(o); o.evilWorker, o.verifiers, o.workers = "debug", 4, 2 }
	for _, tt := range []struct {
		name  string
		lacks broken
		edit  func(*options)
		says  string // one of these, split at |
		seeds uint64
	}{
		{"a disk that loses the last acknowledged commit", broken{losesCommits: true}, crashes, "twice|forgotten|two sets|counts|differently|lapsed|not in", 60},
		{"managers that append nothing to their log", broken{noAudit: true}, nil, "without its record", 10},
		{"verifiers that journal no vote", broken{noJournal: "verifier", noPrefix: "vote/"}, twice, "two votes", 60},
		{"managers that forget what they released", broken{noJournal: "manager", noPrefix: "released/"}, retries, "two sets of grants", 60},
		{"managers that count no release", broken{noJournal: "manager", noPrefix: "releases/"}, nil, "counts 0 releases", 20},
		{"a dispatcher that forgets what it accepted", broken{forgets: "dispatcher"}, crashes, "sequence|forgotten|twice", 60},
		{"managers and verifiers that believe any evidence", broken{believes: true}, forged, "not good|bad evidence", 60},
		{"settlement without the duplicate rule", broken{noDuplicateRule: true}, impatient, "settled 2 times for good", 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("plays many seeds")
			}
			other := map[string]int{}
			for seed := uint64(1); seed <= tt.seeds; seed++ {
				o := play(t, seed, tt.edit, tt.lacks)
				for _, s := range strings.Split(tt.says, "|") {
					if strings.Contains(o.violated, s) {
						t.Logf("seed %d, step %d: %s", seed, o.steps, o.violated)
						return
					}
				}
				if o.violated != "" {
					other[fmt.Sprintf("%.60s", o.violated)]++
				}
			}
			t.Errorf("%d seeds found nothing of %q; what they found: %v", tt.seeds, tt.says, other)
		})
	}
}

// retries is a network that loses answers and repeats questions.
func retries(o *options) {
	o.loseEvery, o.doubleEvery, o.crashEvery, o.crashWriteEvery = 0, 3, 0, 0
}

// twice is a world with a dispatcher that shows two evidences for one attempt.
func twice(o *options) {
	o.dispatchers, o.evilDispatcher, o.evilVerifier, o.evilWorker = 2, "twice", "", ""
}

// impatient is a world in which users settle themselves what their dispatchers
// are slow with.
func impatient(o *options) {
	o.direct, o.crashEvery, o.loseEvery, o.tasks, o.steps = true, 30, 12, 4, 700
}
