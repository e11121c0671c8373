package tacit

import (
	"fmt"
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
		Rule: "yes", Approval: true, Budgets: []Budget{{PerUser, 3, 3600}, {PerService, 9, 0}, {PerTotal, 90, 86400}},
	}
}

// says is a tacit.Predicates for tests: the rule is its own answer.
type says struct{}

func (says) Check(string) error { return nil }

func (says) Holds(rule string, _ Use) (bool, error) {
	switch rule {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	case "unusable":
		return false, fault.New(fault.KeyPolicy, "compile rule: secret-variable is not there")
	}
	return false, fault.New(fault.DataConsent, "evaluate rule: division by zero")
}

func allowedUse() Use {
	return Use{Service: "acme/logreg", User: wire.Address{1}, Purpose: "research", Region: "eu", Level: 3, Output: 100, Time: 999, Releases: 4, ThisTask: 1,
		Spent: []uint64{2, 8, 89}, Approved: ApprovalGranted}
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
		{"one budget used up", func(_ *Terms, u *Use) { u.Spent[0] = 3 }, "budgets"},
		{"the last budget used up", func(_ *Terms, u *Use) { u.Spent[2] = 90 }, "budgets"},
		{"budgets that were not read", func(_ *Terms, u *Use) { u.Spent = u.Spent[:2] }, "budgets"},
		{"a rule that says no", func(c *Terms, _ *Use) { c.Rule = "no" }, "rule"},
		{"a rule without an answer", func(c *Terms, _ *Use) { c.Rule = "1/0 == 1" }, "rule"},
		{"twin: no rule, budgets or approval", func(c *Terms, u *Use) {
			c.Rule, c.Budgets, c.Approval = "", nil, false
			u.Spent, u.Approved = nil, ApprovalNone
		}, ""},
		{"denied by the owner", func(_ *Terms, u *Use) { u.Approved = ApprovalDenied }, "approval"},
		{"all at once", func(c *Terms, u *Use) {
			c.Withdrawn = true
			*u = Use{Service: "x/y", User: wire.Address{2}, Purpose: "p", Region: "r", Level: 1, Output: 1e6, Time: 1e6, Releases: 9, ThisTask: 9}
			c.Rule = "no"
		}, "withdrawn services users purposes regions minLevel expires maxOutput maxReleases maxPerTask budgets budgets budgets rule approval"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, u := consent(), allowedUse()
			tt.change(&c, &u)
			var rules []string
			for _, f := range Refused(c.Trace(u, says{})) {
				rules = append(rules, f.Rule)
			}
			if len(rules) > 0 {
				wantCode(t, Denial("clinic/left", c.Trace(u, says{}), u), fault.DataConsent)
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
		{"a budget for nobody", func(c *Terms) { c.Budgets[0].Per = "" }, fault.KeyPolicy},
		{"a budget for a stranger", func(c *Terms) { c.Budgets[0].Per = "owner" }, fault.KeyPolicy},
		{"a budget of nothing", func(c *Terms) { c.Budgets[1].Releases = 0 }, fault.KeyPolicy},
		{"a budget over ages", func(c *Terms) { c.Budgets[2].Window = 1 << 40 }, fault.KeyPolicy},
		{"too many budgets", func(c *Terms) { c.Budgets = make([]Budget, 17) }, fault.APISize},
		{"a rule that is too long", func(c *Terms) { c.Rule = strings.Repeat("y", MostRule+1) }, fault.APISize},
		{"a service that is no name", func(c *Terms) { c.Services = []string{"acme/*"} }, fault.APIName},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := consent()
			tt.change(&c)
			wantCode(t, c.Check(), tt.want)
			denial := Denial("clinic/left", c.Trace(allowedUse(), says{}), allowedUse())
			switch {
			case tt.want == "" && denial != nil:
				t.Errorf("Denial = %v", denial)
			case tt.want != "" && denial == nil:
				t.Error("the use is allowed")
			case tt.want != "":
				wantCode(t, denial, fault.KeyPolicy)
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
			if broken := Refused(consent().Trace(u, says{})); (len(broken) == 0) != (tt.service == "acme/logreg") {
				t.Errorf("refused by %v", broken)
			}
		})
	}
}

// case N98 code DATA_APPROVAL check terms.go:Waits
func TestN98OnlyTheOwnersAnswerIsWaitedFor(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Terms, *Use)
		want   fault.Code
	}{
		{"twin: approved", func(*Terms, *Use) {}, ""},
		{"not answered yet", func(_ *Terms, u *Use) { u.Approved = ApprovalNone }, fault.DataApproval},
		{"denied", func(_ *Terms, u *Use) { u.Approved = ApprovalDenied }, fault.DataConsent},
		{"not answered, and not allowed either", func(_ *Terms, u *Use) { u.Approved, u.Purpose = ApprovalNone, "marketing" }, fault.DataConsent},
		{"a rule that nobody can judge", func(c *Terms, u *Use) { c.Rule, u.Approved = "unusable", ApprovalNone }, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, u := consent(), allowedUse()
			tt.change(&c, &u)
			var err error
			if d := Denial("clinic/left", c.Trace(u, says{}), u); d != nil {
				err = d
			}
			wantCode(t, err, tt.want)
		})
	}
	t.Run("no judge of rules", func(t *testing.T) {
		u := allowedUse()
		wantCode(t, Denial("clinic/left", consent().Trace(u, nil), u), fault.KeyPolicy)
	})
}

// What the owner keeps to himself is in his trace and not in the requester's:
// whom else he allows, his budgets, his rule, and the rules that hold.
//
// case N98 code - check terms.go:redacted
func TestN98TheRequesterSeesNothingOfTheOwnersRules(t *testing.T) {
	secrets := []string{"acme/logreg", "trusted-purpose", "secret-region", "0x0100", "7777", "secret-variable", "no-one-knows", "48h"}
	c := Terms{
		Services: []string{"acme/logreg"}, Users: []wire.Address{{1}}, Purposes: []string{"trusted-purpose"}, Regions: []string{"secret-region"},
		MinLevel: 4, Expires: 1000, MaxReleases: 7777, MaxPerTask: 2, MaxOutput: 100, Rule: "no-one-knows", Approval: true,
		Budgets: []Budget{{PerUser, 7777, 48 * 3600}, {PerService, 7777, 48 * 3600}},
	}
	u := Use{Service: "evil/copy", User: wire.Address{2}, Purpose: "mine", Region: "here", Level: 2, Output: 101, Time: 1001, Releases: 7777, ThisTask: 2, Spent: []uint64{7777, 7777}}
	full := c.Trace(u, says{})
	t.Run("twin: the owner sees every rule, what it expects and what came", func(t *testing.T) {
		text := fmt.Sprint(full)
		for _, s := range append([]string{"evil/copy", "mine", "here"}, secrets...) {
			if s != "secret-variable" && !strings.Contains(text, s) {
				t.Errorf("the trace lacks %q: %s", s, text)
			}
		}
		if len(full) != 14 {
			t.Errorf("%d findings, want one for each of 14 rules", len(full))
		}
	})
	views := map[string]string{"view": fmt.Sprint(Redacted(full)), "refusal": Denial("clinic/left", full, u).Error()}
	c.Rule = "unusable"
	views["unusable rule"] = fmt.Sprint(Redacted(c.Trace(u, says{})))
	for name, text := range views {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s shows %q: %s", name, s, text)
			}
		}
		for _, own := range []string{"services", "evil/copy", "mine", "here", "budgets"} {
			if !strings.Contains(text, own) {
				t.Errorf("%s lacks %q: %s", name, own, text)
			}
		}
	}
	t.Run("rules that hold are not named", func(t *testing.T) {
		u := allowedUse()
		u.Purpose = "marketing"
		if got := Redacted(consent().Trace(u, says{})); len(got) != 1 || got[0].Rule != "purposes" {
			t.Errorf("%v", got)
		}
	})
}

func TestASpanOfMoreThanTenYearsIsNotWritten(t *testing.T) {
	if b, err := mostSpan.MarshalText(); err != nil {
		t.Errorf("twin: %q, %v", b, err)
	}
	for _, s := range []Span{mostSpan + 1, 1<<64 - 1} { // the last would read as a negative duration
		_, err := s.MarshalText()
		wantCode(t, err, fault.APIField)
	}
}

func TestASpanReadsAsItIsWritten(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Span
		bad  bool
	}{
		{"24h", 86400, false}, {"90m", 5400, false}, {"0s", 0, false},
		{"1.5s", 0, true}, {"-1h", 0, true}, {"1 day", 0, true}, {"100000h", 0, true}, {"", 0, true},
	} {
		var s Span
		err := s.UnmarshalText([]byte(tt.text))
		if (err != nil) != tt.bad || s != tt.want {
			t.Errorf("%q = %d, %v", tt.text, s, err)
		}
		if b, err := s.MarshalText(); !tt.bad {
			var again Span
			if err != nil || again.UnmarshalText(b) != nil || again != s {
				t.Errorf("%q comes back as %q, %v", tt.text, b, err)
			}
		}
	}
}
