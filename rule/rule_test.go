package rule

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func rules(t testing.TB) *Rules {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func use() tacit.Use {
	return tacit.Use{
		Task: wire.Digest{1}, Dataset: "clinic/table", Datasets: []string{"clinic/table", "hospital/left"}, Owners: 2, Service: "acme/sum",
		User: wire.Address{1}, Purpose: "research", Region: "eu", Level: 3, Output: 100, Seconds: 30, Time: 1_700_000_000, Releases: 4, ThisTask: 1, Derived: true,
	}
}

// case N98 code DATA_CONSENT check rule/rule.go:Holds
func TestN98ARuleThatDoesNotHoldDenies(t *testing.T) {
	r := rules(t)
	for _, tt := range []struct {
		name, rule string
		want       bool
		err        fault.Code
	}{
		{"twin: true", "true", true, ""},
		{"twin: every variable", `task.startsWith("0x01") && dataset in datasets && owners >= 2 && service == "acme/sum" && user.startsWith("0x") && purpose == "research" && region == "eu" && level >= 3 && output <= 100 && seconds < 60 && releases < 5 && taskReleases == 1 && derived`, true, ""},
		{"twin: a day of the week", `time.getDayOfWeek() == 2`, true, ""}, // 2023-11-14 was a Tuesday
		{"twin: over all datasets", `datasets.all(d, d.endsWith("/table") || d.startsWith("hospital/"))`, true, ""},
		{"twin: a regular expression", `service.matches("^acme/[a-z]+$")`, true, ""},
		{"of what was made of it", `!derived`, false, ""},
		{"false", `owners >= 3`, false, ""},
		{"another purpose", `purpose == "marketing"`, false, ""},
		{"no answer", `1 / (level - 3) == 1`, false, fault.DataConsent},
		{"an index that is not there", `datasets[7] == "a/b"`, false, fault.DataConsent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := r.Holds(tt.rule, use())
			if got != tt.want || fault.Of(err) != tt.err {
				t.Errorf("Holds = %v, %v; want %v, %s", got, err, tt.want, tt.err)
			}
		})
	}
}

// case N28 code KEY_POLICY check rule/rule.go:compile
func TestN28ARuleThatCannotBeJudgedIsRefused(t *testing.T) {
	r := rules(t)
	for _, tt := range []struct{ name, rule, want string }{
		{"twin: a rule", "level >= 3", ""},
		{"empty", "", "line 1"},
		{"not an expression", "level >=", "line 1, column 9"},
		{"in the second line", "level >= 3 &&\n  levl > 1", "line 2, column 3"},
		{"a variable that there is not", "budget > 1", "undeclared reference to 'budget'"},
		{"a function that there is not", "now() > time", "undeclared reference to 'now'"},
		{"another type", "level", "expected bool, got int"},
		{"types that do not compare", `level == "3"`, "no matching overload"},
		{"unbounded: every pair of pairs", "datasets.all(a, datasets.all(b, datasets.all(c, a != b || b != c)))", "estimated cost"},
		{"a doubling text", `(service + service + service + service).matches("(((((a*)*)*)*)*)*b") && datasets.all(x, datasets.all(y, (x+y).matches("a.*b.*c.*d.*e.*f")))`, "estimated cost"},
		{"too deep", strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), "recursion"},
		{"too long", "true" + strings.Repeat(" || true", 300), "at most"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := r.Check(tt.rule)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, fault.KeyPolicy) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want KEY_POLICY with %q", err, tt.want)
			}
			if _, err := r.Holds(tt.rule, use()); !errors.Is(err, fault.KeyPolicy) {
				t.Errorf("it was judged all the same: %v", err)
			}
		})
	}
}

// What comes larger than anything that a message can hold still costs no more
// than the limit.
//
// case N90 code DATA_CONSENT check rule/rule.go:CostLimit
func TestN90ARuleThatRunsTooLongGivesNoAnswer(t *testing.T) {
	r := rules(t)
	const text = `datasets.all(d, d != "x/y")`
	t.Run("twin: as large as can come", func(t *testing.T) {
		u := use()
		u.Datasets = make([]string, 64)
		if ok, err := r.Holds(text, u); !ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	})
	u := use()
	u.Datasets = make([]string, 100_000)
	if ok, err := r.Holds(text, u); ok || !errors.Is(err, fault.DataConsent) || !strings.Contains(err.Error(), "cost") {
		t.Errorf("%v, %v", ok, err)
	}
}

// Programs are shared by all decisions of a manager.
func TestManyJudgeAtOnce(t *testing.T) {
	r := rules(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for n := range 40 {
				text := "level >= 3 && releases < " + strings.Repeat("1", 1+(i+n)%10)
				if ok, err := r.Holds(text, use()); !ok && (i+n)%10 != 0 || err != nil {
					t.Errorf("%s: %v, %v", text, ok, err)
				}
			}
		})
	}
	wg.Wait()
}

// FuzzRule: whatever text an owner sends, compiling and judging end, without a
// panic, within the cost.
func FuzzRule(f *testing.F) {
	for _, s := range []string{"true", "level >= 3 && owners > 1", `datasets.exists(d, d == "a/b")`, "time.getHours() < 8", "1/0 == 1", "[1,2].map(x, x*x)[0] == 1", `{"a": 1}.a == 1`} {
		f.Add(s)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, text string) {
		if err := r.Check(text); err != nil && !errors.Is(err, fault.KeyPolicy) {
			t.Errorf("Check: %v", err)
		}
		if ok, err := r.Holds(text, use()); ok && err != nil {
			t.Errorf("true and %v", err)
		}
	})
}
