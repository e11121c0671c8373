package tacit

import (
	"strings"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// consent are terms that allow exactly allowedUse.
func consent() Terms {
	return Terms{
		Services: []string{"acme/logreg"}, Users: []wire.Address{{1}}, Purposes: []string{"research"}, Regions: []string{"eu"},
		MinLevel: 3, Expires: 1000, MaxReleases: 5, MaxPerTask: 2, MaxOutput: 100,
	}
}

func allowedUse() Use {
	return Use{Service: "acme/logreg", User: wire.Address{1}, Purpose: "research", Region: "eu", Level: 3, Output: 100, Time: 999, Releases: 4, ThisTask: 1}
}

// case N98 code DATA_CONSENT check terms.go:rule
func TestN98EveryRuleOfTheTermsDeniesAlone(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Terms, *Use)
		rules  string // that are broken
	}{
		{"twin: allowed", func(*Terms, *Use) {}, ""},
		{"twin: anything goes", func(c *Terms, u *Use) {
			c.AnyService, c.AnyUser, c.AnyPurpose, c.AnyRegion = true, true, true, true
			u.Service, u.User, u.Purpose, u.Region = "evil/copy", wire.Address{2}, "", ""
		}, ""},
		{"withdrawn", func(c *Terms, _ *Use) { c.Withdrawn = true }, "withdrawn"},
		{"another service", func(_ *Terms, u *Use) { u.Service = "acme/other" }, "services"},
		{"another user", func(_ *Terms, u *Use) { u.User = wire.Address{2} }, "users"},
		{"another purpose", func(_ *Terms, u *Use) { u.Purpose = "marketing" }, "purposes"},
		{"no purpose", func(_ *Terms, u *Use) { u.Purpose = "" }, "purposes"},
		{"another region", func(_ *Terms, u *Use) { u.Region = "us" }, "regions"},
		{"no region", func(_ *Terms, u *Use) { u.Region = "" }, "regions"},
		{"weaker platform", func(_ *Terms, u *Use) { u.Level = 2 }, "minLevel"},
		{"at its expiry", func(_ *Terms, u *Use) { u.Time = 1000 }, "expires"},
		{"one byte too much", func(_ *Terms, u *Use) { u.Output = 101 }, "maxOutput"},
		{"releases used up", func(_ *Terms, u *Use) { u.Releases = 5 }, "maxReleases"},
		{"releases of the task used up", func(_ *Terms, u *Use) { u.ThisTask = 2 }, "maxPerTask"},
		{"all at once", func(c *Terms, u *Use) {
			c.Withdrawn = true
			*u = Use{Service: "x/y", User: wire.Address{2}, Purpose: "p", Region: "r", Level: 1, Output: 1e6, Time: 1e6, Releases: 9, ThisTask: 9}
		}, "withdrawn services users purposes regions minLevel expires maxOutput maxReleases maxPerTask"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, u := consent(), allowedUse()
			tt.change(&c, &u)
			var rules []string
			for _, e := range c.Judge("clinic/left", u) {
				rules = append(rules, e.Rule)
				wantCode(t, e, fault.DataConsent)
			}
			if got := strings.Join(rules, " "); got != tt.rules {
				t.Errorf("broken rules = %q, want %q", got, tt.rules)
			}
		})
	}
}

// case N28 code KEY_POLICY check terms.go:Check
func TestN28IncompleteTermsAllowNothing(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Terms)
		want   fault.Code
	}{
		{"twin: complete", func(*Terms) {}, ""},
		{"zero terms", func(c *Terms) { *c = Terms{} }, fault.KeyPolicy},
		{"no services", func(c *Terms) { c.Services = nil }, fault.KeyPolicy},
		{"no users", func(c *Terms) { c.Users = nil }, fault.KeyPolicy},
		{"no purposes", func(c *Terms) { c.Purposes = []string{} }, fault.KeyPolicy},
		{"no regions", func(c *Terms) { c.Regions = nil }, fault.KeyPolicy},
		{"no level", func(c *Terms) { c.MinLevel = 0 }, fault.KeyPolicy},
		{"a level that protects from nothing", func(c *Terms) { c.MinLevel = 1 }, fault.KeyPolicy},
		{"a level that there is not", func(c *Terms) { c.MinLevel = 6 }, fault.KeyPolicy},
		{"no expiry", func(c *Terms) { c.Expires = 0 }, fault.KeyPolicy},
		{"no releases", func(c *Terms) { c.MaxReleases = 0 }, fault.KeyPolicy},
		{"no releases per task", func(c *Terms) { c.MaxPerTask = 0 }, fault.KeyPolicy},
		{"no output", func(c *Terms) { c.MaxOutput = 0 }, fault.KeyPolicy},
		{"a service that is no name", func(c *Terms) { c.Services = []string{"acme/*"} }, fault.APIName},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := consent()
			tt.change(&c)
			wantCode(t, c.Check(), tt.want)
			broken := c.Judge("clinic/left", allowedUse())
			switch {
			case tt.want == "" && len(broken) > 0:
				t.Errorf("Judge = %v", broken)
			case tt.want != "" && len(broken) == 0:
				t.Error("Judge allows the use")
			case tt.want != "":
				wantCode(t, broken[0], fault.KeyPolicy)
			}
		})
	}
}

// case N83 code API_NAME check terms.go:namePart
func TestN83NamesThatOnlyLookRightAreRefused(t *testing.T) {
	long := strings.Repeat("a", 32)
	for _, tt := range []struct {
		name string
		want fault.Code
	}{
		{"acme/logreg", ""}, {"a/b", ""}, {"0/9-x", ""}, {long + "/" + long, ""},
		{"", fault.APIName},
		{"acme", fault.APIName},
		{"acme/", fault.APIName},
		{"/logreg", fault.APIName},
		{"acme/logreg/", fault.APIName},
		{"acme/log/reg", fault.APIName},
		{"acme//logreg", fault.APIName},
		{"Acme/logreg", fault.APIName},
		{"acme/LOGREG", fault.APIName},
		{"acme/logreg ", fault.APIName},
		{" acme/logreg", fault.APIName},
		{"acme/logreg\n", fault.APIName},
		{"acme/logreg\x00", fault.APIName},
		{"аcme/logreg", fault.APIName}, // Cyrillic a
		{"acme/lоgreg", fault.APIName}, // Cyrillic o
		{"ａcme/logreg", fault.APIName}, // full-width a
		{"acme∕logreg", fault.APIName}, // division slash
		{"acme/lógreg", fault.APIName}, // combining accent
		{"acme/log\u200breg", fault.APIName},
		{"acme/log_reg", fault.APIName},
		{"acme/log.reg", fault.APIName},
		{"acme/..", fault.APIName},
		{"-acme/logreg", fault.APIName},
		{"acme/-logreg", fault.APIName},
		{"acme/*", fault.APIName},
		{"acme/logreg@1", fault.APIName},
		{"acme/" + long + "a", fault.APIName},
		{"acme/log\xffreg", fault.APIName},
	} {
		name := "refused: " + tt.name
		if tt.want == "" {
			name = "twin: " + tt.name
		}
		t.Run(name, func(t *testing.T) { wantCode(t, CheckName(tt.name), tt.want) })
	}
}

// case N83 code DATA_CONSENT check terms.go:Contains
func TestN83TermsMatchNamesExactly(t *testing.T) {
	for _, tt := range []struct{ name, service string }{
		{"twin: the name itself", "acme/logreg"},
		{"a longer name", "acme/logreg2"},
		{"a prefix", "acme/logre"},
		{"with something in front", "evil-acme/logreg"},
		{"a suffix", "cme/logreg"},
		{"another case", "Acme/logreg"},
		{"a look-alike", "аcme/logreg"},
		{"nothing", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := allowedUse()
			u.Service = tt.service
			if broken := consent().Judge("clinic/left", u); (len(broken) == 0) != (tt.service == "acme/logreg") {
				t.Errorf("Judge = %v", broken)
			}
		})
	}
}
