package tacit

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit/fault"
	"tacit/wire"
)

// Terms are what an owner allows with an artefact. Every list is exact and an
// empty one allows nothing; what anybody may do is said by its own field.
type Terms struct {
	Services     []string       `cbor:"1,keyasint" json:"services"` // by name, owner/name
	AnyService   bool           `cbor:"2,keyasint" json:"anyService"`
	Users        []wire.Address `cbor:"3,keyasint" json:"users"`
	AnyUser      bool           `cbor:"4,keyasint" json:"anyUser"`
	Purposes     []string       `cbor:"5,keyasint" json:"purposes"`
	AnyPurpose   bool           `cbor:"6,keyasint" json:"anyPurpose"`
	Regions      []string       `cbor:"7,keyasint" json:"regions"` // of the worker
	AnyRegion    bool           `cbor:"8,keyasint" json:"anyRegion"`
	MinLevel     uint8          `cbor:"9,keyasint" json:"minLevel"`     // 2 to 5
	Expires      uint64         `cbor:"10,keyasint" json:"expires"`     // seconds since 1970
	MaxReleases  uint64         `cbor:"11,keyasint" json:"maxReleases"` // over all tasks
	MaxPerTask   uint64         `cbor:"12,keyasint" json:"maxPerTask"`  // over attempts and places
	MaxOutput    uint64         `cbor:"13,keyasint" json:"maxOutput"`   // bytes
	Logs         bool           `cbor:"14,keyasint" json:"logs"`        // stdout and stderr may reach the user
	Withdrawn    bool           `cbor:"15,keyasint" json:"withdrawn"`
	MinGroupSize uint64         `cbor:"16,keyasint" json:"minGroupSize"` // rows behind each result; enforced by engines that know rows

	Rule     string   `cbor:"17,keyasint" json:"rule"`     // a predicate over the use, at most MostRule bytes; empty allows
	Approval bool     `cbor:"18,keyasint" json:"approval"` // the owner is asked for each task that he has not allowed before
	Budgets  []Budget `cbor:"19,keyasint" json:"budgets"`  // of releases; every one of them must have room

	// Timing keeps the running time from the host: what a task leaves goes out only
	// Timing, twice Timing, four times ... milliseconds after its grants came, at last
	// when the task's seconds are over; the enclave keeps it back until then. 0 lets it
	// go at once and is left out, so that terms from before keep their digest.
	Timing uint32 `cbor:"20,keyasint,omitempty" json:"timing,omitempty"`

	// Secrets of the vault of this entry's manager go to every task that the terms
	// allow, if the vault allows it too.
	Secrets []Secret `cbor:"21,keyasint,omitempty" json:"secrets,omitempty"`

	// Sets are what may be done with the dataset as a set of ids.
	Sets *SetRules `cbor:"22,keyasint,omitempty" json:"sets,omitempty"`

	// Learn are what may be done with the dataset, or the model, by engines that learn and
	// infer.
	Learn *LearnRules `cbor:"23,keyasint,omitempty" json:"learn,omitempty"`
}

// MostRule and MostBudgets bound what terms may hold.
const (
	MostRule    = 2048
	MostBudgets = 16
)

// The counterparties that a budget is kept for.
const (
	PerUser    = "user"
	PerService = "service"
	PerTotal   = "total" // whoever asks
)

// A Budget is how many releases of an entry's key there may be for one user, for
// one service or in all within a window of time. Two budgets of one counterparty
// and window are one tally.
type Budget struct {
	Per      string `cbor:"1,keyasint" json:"per"`
	Releases uint64 `cbor:"2,keyasint" json:"releases"`
	Window   Span   `cbor:"3,keyasint" json:"window"` // 0 counts for ever
}

// A Span is seconds, written like 24h or 90m.
type Span uint64

// mostSpan is the longest window: ten years.
const mostSpan = Span(10 * 366 * 24 * 3600)

// MarshalText writes the span as Go writes durations.
func (s Span) MarshalText() ([]byte, error) {
	if s > mostSpan {
		return nil, fault.New(fault.APIField, "write span: %d seconds are more than ten years", uint64(s))
	}
	return []byte((time.Duration(s) * time.Second).String()), nil
}

// UnmarshalText reads whole seconds up to ten years.
func (s *Span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil || d < 0 || d%time.Second != 0 || Span(d/time.Second) > mostSpan {
		return fault.New(fault.APIField, "read span %q: want whole seconds, minutes or hours such as 24h, at most ten years", b)
	}
	*s = Span(d / time.Second)
	return nil
}

// Digest identifies the terms; the catalogue names it.
func (t Terms) Digest() wire.Digest { return wire.Hash("tacit/terms", t) }

// Check reports KEY_POLICY for terms that lack a mandatory field and so could
// never allow anything.
func (t Terms) Check() error {
	missing := ""
	switch {
	case !t.AnyService && len(t.Services) == 0:
		missing = "services"
	case !t.AnyUser && len(t.Users) == 0:
		missing = "users"
	case !t.AnyPurpose && len(t.Purposes) == 0:
		missing = "purposes"
	case !t.AnyRegion && len(t.Regions) == 0:
		missing = "regions"
	case t.MinLevel < 2 || t.MinLevel > 5:
		missing = "minLevel (2 to 5)"
	case t.Expires == 0:
		missing = "expires"
	case t.MaxReleases == 0:
		missing = "maxReleases"
	case t.MaxPerTask == 0:
		missing = "maxPerTask"
	case t.MaxOutput == 0:
		missing = "maxOutput"
	default:
		for _, s := range t.Services {
			if err := CheckName(s); err != nil {
				return err
			}
		}
		if err := t.checkBudgets(); err != nil {
			return err
		}
		if err := t.checkSets(); err != nil {
			return err
		}
		if err := t.checkLearn(); err != nil {
			return err
		}
		return t.checkSecrets()
	}
	return fault.New(fault.KeyPolicy, "read terms: %s is missing, and what is not allowed is denied", missing)
}

func (t Terms) checkBudgets() error {
	if len(t.Rule) > MostRule || len(t.Budgets) > MostBudgets {
		return fault.New(fault.APISize, "read terms: at most %d bytes of rule and %d budgets", MostRule, MostBudgets)
	}
	for i, b := range t.Budgets {
		switch {
		case b.Per != PerUser && b.Per != PerService && b.Per != PerTotal:
			return fault.Denied(fault.KeyPolicy, "read terms", fmt.Sprintf("budgets[%d].per", i), "user, service or total", strconv.Quote(b.Per))
		case b.Releases == 0:
			return fault.Denied(fault.KeyPolicy, "read terms", fmt.Sprintf("budgets[%d].releases", i), "at least 1", "0")
		case b.Window > mostSpan:
			return fault.Denied(fault.KeyPolicy, "read terms", fmt.Sprintf("budgets[%d].window", i), "at most ten years", strconv.FormatUint(uint64(b.Window), 10)+" s")
		}
	}
	return nil
}

// A Use is what a task wants to do with an artefact.
type Use struct {
	Task     wire.Digest
	Dataset  string // the entry that is judged, a service too
	Datasets []string
	Owners   uint64 // distinct owners of the datasets
	Service  string
	User     wire.Address
	Purpose  string
	Region   string
	Level    uint8 // of the evidence, not of the wish
	Output   uint64
	Seconds  uint32
	Engine   string   // built-in one that is to use the entry, which is a dataset; else nothing
	Derived  bool     // the task uses what a task before made of the entry, not the entry
	Time     uint64   // of the newest header
	Releases uint64   // so far, over all tasks
	ThisTask uint64   // so far, for this task
	Spent    []uint64 // so far, of each of the terms' budgets
	Approved Approval
	Reason   string // that the owner gave for a denial
}

// An Approval is what the owner said about a task.
type Approval uint8

// The owner's answers.
const (
	ApprovalNone    Approval = 0 // he was not asked, or has not answered
	ApprovalGranted Approval = 1
	ApprovalDenied  Approval = 2
)

// Predicates compile and judge the rule of terms. Both are deterministic and
// bounded in time and memory, whatever the text says.
type Predicates interface {
	// Check reports KEY_POLICY, with the place of the mistake, for a rule that
	// does not compile, has another type than true or false, names what is not
	// there, or could cost more than is allowed.
	Check(rule string) error
	// Holds judges a use. An error says why there is no answer, which denies.
	Holds(rule string, u Use) (bool, error)
}

// A Finding is what one rule of terms says of a use.
type Finding struct {
	Rule     string `cbor:"1,keyasint" json:"rule"`
	Expected string `cbor:"2,keyasint" json:"expected"`
	Got      string `cbor:"3,keyasint" json:"got"`
	OK       bool   `cbor:"4,keyasint" json:"ok"`
}

// The rules whose findings decide what a refusal is called.
const (
	RuleTerms    = "terms"
	RuleApproval = "approval"
)

// Trace judges a use by every rule, those that hold among them, in the order in
// which an owner reads them. It is for the owner: Redacted makes the requester's
// view of it. p may be nil where the terms have no rule.
func (t Terms) Trace(u Use, p Predicates) []Finding {
	if err := t.Check(); err != nil {
		return []Finding{{RuleTerms, "complete terms", "incomplete ones", false}}
	}
	var all []Finding
	rule := func(ok bool, name, expected, got string) { all = append(all, Finding{name, expected, got, ok}) }
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	list := func(any bool, names []string) string {
		if any {
			return "any"
		}
		return strings.Join(names, ", ")
	}
	users := make([]string, len(t.Users))
	for i, a := range t.Users {
		users[i] = a.String()
	}
	consent := "consent"
	if t.Withdrawn {
		consent = "consent is withdrawn"
	}
	rule(!t.Withdrawn, "withdrawn", "consent", consent)
	rule(t.AnyService || slices.Contains(t.Services, u.Service), "services", list(t.AnyService, t.Services), u.Service)
	rule(t.AnyUser || slices.Contains(t.Users, u.User), "users", list(t.AnyUser, users), u.User.String())
	rule(t.AnyPurpose || slices.Contains(t.Purposes, u.Purpose), "purposes", list(t.AnyPurpose, t.Purposes), strconv.Quote(u.Purpose))
	rule(t.AnyRegion || slices.Contains(t.Regions, u.Region), "regions", list(t.AnyRegion, t.Regions), strconv.Quote(u.Region))
	rule(u.Level >= t.MinLevel, "minLevel", strconv.Itoa(int(t.MinLevel)), strconv.Itoa(int(u.Level)))
	rule(u.Time < t.Expires, "expires", "before "+number(t.Expires), number(u.Time))
	rule(u.Output <= t.MaxOutput, "maxOutput", number(t.MaxOutput), number(u.Output))
	rule(u.Releases < t.MaxReleases, "maxReleases", "fewer than "+number(t.MaxReleases), number(u.Releases)+" so far")
	rule(u.ThisTask < t.MaxPerTask, "maxPerTask", "fewer than "+number(t.MaxPerTask), number(u.ThisTask)+" so far")
	if u.Engine != "" || t.Sets != nil || t.Learn != nil {
		ok, expected, got := t.engine(u)
		name := "sets"
		if t.Sets == nil && u.Engine != EngineSets {
			name = "learn"
		}
		rule(ok, name, expected, got)
	}
	for i, b := range t.Budgets {
		spent := ^uint64(0) // a budget that was not read has no room
		if i < len(u.Spent) {
			spent = u.Spent[i]
		}
		within := "in all time"
		if b.Window > 0 {
			within = "in " + (time.Duration(b.Window) * time.Second).String()
		}
		rule(spent < b.Releases, "budgets", fmt.Sprintf("fewer than %d per %s %s", b.Releases, b.Per, within), number(spent)+" so far")
	}
	if t.Rule != "" {
		all = append(all, t.holds(u, p))
	}
	if t.Approval {
		rule(u.Approved == ApprovalGranted, RuleApproval, "the owner's approval",
			map[Approval]string{ApprovalNone: "no answer yet", ApprovalGranted: "approved", ApprovalDenied: "denied by the owner: " + strconv.Quote(u.Reason)}[u.Approved])
	}
	return all
}

// holds judges the predicate. One that nobody can judge makes the terms
// unusable.
func (t Terms) holds(u Use, p Predicates) Finding {
	if p == nil {
		return Finding{RuleTerms, "a rule that can be judged", "no judge of rules here", false}
	}
	ok, err := p.Holds(t.Rule, u)
	switch {
	case errors.Is(err, fault.KeyPolicy):
		return Finding{RuleTerms, "a rule that can be judged", err.Error(), false}
	case err != nil:
		return Finding{"rule", t.Rule, err.Error(), false}
	}
	return Finding{"rule", t.Rule, strconv.FormatBool(ok), ok}
}

// Refused are the findings that refuse.
func Refused(trace []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(trace), func(f Finding) bool { return f.OK })
}

// Waits reports whether nothing but the owner's answer is missing.
func Waits(trace []Finding, u Use) bool {
	r := Refused(trace)
	return len(r) == 1 && r[0].Rule == RuleApproval && u.Approved == ApprovalNone
}

// redacted is what a requester may know of a rule that refused him: its class
// and what he can do about it. Limits that are the same for everybody he may
// know; whom else the owner allows, what is left of his budgets and what his
// predicate says he may not.
var redacted = map[string]string{
	RuleTerms:     "complete terms: ask the owner to publish them",
	"withdrawn":   "consent: the owner has withdrawn it",
	"services":    "a service that the owner's terms name",
	"users":       "an account that the owner's terms name",
	"purposes":    "a purpose that the owner's terms name: give it with --purpose",
	"regions":     "a region that the owner's terms name: give it with --region",
	"sets":        "what the owner allows on sets: ask him which operations",
	"maxReleases": "releases that the owner still allows: ask him for more",
	"budgets":     "a budget that has room: wait, or ask the owner for more",
	"rule":        "what the owner's own rule asks for: ask the owner",
	RuleApproval:  "the owner's approval",
}

// Redacted is the requester's view of a trace: the rules that refused, without
// what the owner keeps to himself.
func Redacted(trace []Finding) []Finding {
	out := Refused(trace)
	for i, f := range out {
		if text, ok := redacted[f.Rule]; ok {
			out[i].Expected = text
		}
		switch f.Rule {
		case "budgets", "maxReleases":
			out[i].Got = "none left"
		case "rule":
			out[i].Got = "not met"
		case RuleTerms:
			out[i].Got = "none that count"
		}
	}
	return slices.Compact(out) // two budgets that are used up look alike
}

// Denial is the refusal that a trace amounts to, as the requester sees it, or
// nil: KEY_POLICY for terms that are not complete, DATA_APPROVAL where only the
// owner's answer is missing, else DATA_CONSENT by the first rule that refused.
// The others are named behind it.
func Denial(subject string, trace []Finding, u Use) *fault.Error {
	broken := Redacted(trace)
	if len(broken) == 0 {
		return nil
	}
	code, first := fault.DataConsent, broken[0]
	switch {
	case slices.ContainsFunc(broken, func(f Finding) bool { return f.Rule == RuleTerms }):
		code = fault.KeyPolicy
	case Waits(trace, u):
		code = fault.DataApproval
	}
	for _, f := range broken[1:] {
		first.Got += "; and rule " + f.Rule + ": expected " + f.Expected + ", got " + f.Got
	}
	return fault.Denied(code, "use "+subject, first.Rule, first.Expected, first.Got)
}

// CheckName reports API_NAME unless the name is exactly owner/name, each part
// 1 to 32 of a-z, 0-9 and hyphen, not beginning with a hyphen.
func CheckName(name string) error {
	owner, rest, ok := strings.Cut(name, "/")
	if !ok || !namePart(owner) || !namePart(rest) {
		return fault.New(fault.APIName, "read name %q: want owner/name in a-z, 0-9 and hyphen", name)
	}
	return nil
}

func namePart(s string) bool {
	if len(s) == 0 || len(s) > 32 || s[0] == '-' {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}
