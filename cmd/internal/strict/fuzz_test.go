package strict

import (
	"testing"

	"tacit"
	"tacit/fault"
)

func FuzzTerms(f *testing.F) {
	f.Add([]byte("services: [acme/asked]\nanyUser: true\npurposes: [research]\nanyRegion: true\nminLevel: 2\nexpires: 4000000000\nmaxReleases: 100\nmaxPerTask: 2\nmaxOutput: 1048576\napproval: true\nrule: owners >= 2\nbudgets:\n  - {per: user, releases: 1234, window: 24h}\n"))
	f.Add([]byte(`{"services": ["a/b"], "users": ["0x00"], "budgets": [{}]}`))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("? {}\n: !!binary x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var terms tacit.Terms
		if err := Decode("terms", text, &terms); err != nil {
			if c := fault.Of(err); c != fault.APIField {
				t.Fatalf("%v, want API_FIELD", err)
			}
			return
		}
		if err := terms.Check(); err != nil && fault.Of(err) == fault.Internal {
			t.Fatalf("a refusal without a code: %v", err)
		}
	})
}
