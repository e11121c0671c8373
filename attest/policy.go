package attest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit/fault"
	"tacit/wire"
)

// A Reference is one measurement that may play a role.
type Reference struct {
	Name        string      `cbor:"1,keyasint" json:"name"`
	Measurement wire.Digest `cbor:"2,keyasint" json:"measurement"`
	Manifest    wire.Digest `cbor:"3,keyasint" json:"manifest"`
	SVN         uint32      `cbor:"4,keyasint" json:"svn"` // least security version
}

// A Policy says what evidence is acceptable for one role. Every field is
// mandatory except that nothing may be denied, in grace or open; the zero Policy
// accepts nothing.
type Policy struct {
	Role       uint16      `cbor:"1,keyasint" json:"role"`
	Schemes    []string    `cbor:"2,keyasint" json:"schemes"` // by name; "sim" is accepted only where it stands here
	Level      uint8       `cbor:"3,keyasint" json:"level"`   // least level
	References []Reference `cbor:"4,keyasint" json:"references"`
	Denied     []Denial    `cbor:"5,keyasint" json:"denied,omitempty"`
	Registry   Registry    `cbor:"6,keyasint" json:"registry"` // whose chips
	Keys       []string    `cbor:"7,keyasint" json:"keys"`     // kinds of signing key
	Statuses   []Status    `cbor:"8,keyasint" json:"statuses"`
	Grace      []Grace     `cbor:"9,keyasint" json:"grace,omitempty"`
	Modes      Mode        `cbor:"10,keyasint" json:"modes"`    // those accepted; none by default
	Minimums   []Minimum   `cbor:"11,keyasint" json:"minimums"` // at least one for each scheme but sim
}

// A Registry says whose chips a role may run on.
type Registry uint8

// The registries. RegistryOpen takes any genuine chip and cannot tell one chip
// under two identities; RegistryEnrolled takes those of PolicySet.Chips, each for
// its own node.
const (
	RegistryOpen     Registry = 1
	RegistryEnrolled Registry = 2
)

// MarshalText and UnmarshalText show a Registry by its word.
func (r Registry) MarshalText() ([]byte, error) {
	switch r {
	case RegistryOpen:
		return []byte("open"), nil
	case RegistryEnrolled:
		return []byte("enrolled"), nil
	}
	return []byte("none"), nil
}

// UnmarshalText reads a word; one that is not known is an error.
func (r *Registry) UnmarshalText(b []byte) error {
	switch string(b) {
	case "open":
		*r = RegistryOpen
	case "enrolled":
		*r = RegistryEnrolled
	default:
		return unknownWord("registry", string(b), []string{"open", "enrolled"})
	}
	return nil
}

// A Date is a point in time in seconds since 1970, shown as RFC 3339.
type Date uint64

// DateOf is the date of a time.
func DateOf(t time.Time) Date { return Date(max(0, t.Unix())) }

// Passed reports whether now is at the date or after it.
func (d Date) Passed(now time.Time) bool { return DateOf(now) >= d }

// String is the date in UTC.
func (d Date) String() string { return time.Unix(int64(d), 0).UTC().Format(time.RFC3339) }

// MarshalText and UnmarshalText show a Date as RFC 3339.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads RFC 3339.
func (d *Date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.RFC3339, string(b))
	if err != nil || t.Unix() < 0 {
		return fault.New(fault.EvidPolicy, "read date %q: want one after 1970 such as 2027-01-31T00:00:00Z", b)
	}
	*d = DateOf(t)
	return nil
}

// Grace accepts a status until a date, so that a fleet has time to update.
type Grace struct {
	Status Status `cbor:"1,keyasint" json:"status"`
	Until  Date   `cbor:"2,keyasint" json:"until"`
}

// A Minimum is the least TCB of a scheme's platforms from a date on. All that
// are in force hold together; without one in force nothing is accepted.
type Minimum struct {
	Scheme  string `cbor:"1,keyasint" json:"scheme"`
	Product string `cbor:"2,keyasint" json:"product"` // empty for all
	From    Date   `cbor:"3,keyasint" json:"from"`
	TCB     TCB    `cbor:"4,keyasint" json:"tcb"`
}

// A Denial refuses what matches all that it names: a scheme's product, a range of
// firmware below some version, one chip.
type Denial struct {
	Scheme   string `cbor:"1,keyasint" json:"scheme,omitempty"`
	Product  string `cbor:"2,keyasint" json:"product,omitempty"`
	Hardware string `cbor:"3,keyasint" json:"hardware,omitempty"`
	Below    TCB    `cbor:"4,keyasint" json:"below,omitempty"` // any of these lower
}

func (d Denial) matches(c Claims) bool {
	named := func(name, got string) bool { return name == "" || name == got }
	return named(d.Scheme, c.Scheme) && named(d.Product, c.Product) && named(d.Hardware, c.Hardware) &&
		(len(d.Below) == 0 || len(c.TCB.lacks(d.Below)) > 0)
}

// String names what is denied.
func (d Denial) String() string {
	var parts []string
	for _, p := range []struct{ name, value string }{{"scheme", d.Scheme}, {"product", d.Product}, {"chip", d.Hardware}} {
		if p.value != "" {
			parts = append(parts, p.name+" "+p.value)
		}
	}
	if len(d.Below) > 0 {
		parts = append(parts, "below "+d.Below.String())
	}
	return strings.Join(parts, ", ")
}

func (d Denial) empty() bool {
	return d.Scheme == "" && d.Product == "" && d.Hardware == "" && len(d.Below) == 0
}

// Check reports EVID_POLICY with all that is missing or without meaning.
func (p Policy) Check() error {
	var wrong []string
	say := func(bad bool, what string) {
		if bad {
			wrong = append(wrong, what)
		}
	}
	say(p.Role == 0, "no role")
	say(len(p.Schemes) == 0, "no schemes")
	say(p.Level < 2 || p.Level > 5, "level is not 2 to 5")
	say(len(p.References) == 0, "no references")
	for _, r := range p.References {
		say(r.Measurement.IsZero(), fmt.Sprintf("reference %q has no measurement", r.Name))
		say(r.Manifest.IsZero(), fmt.Sprintf("reference %q has no manifest", r.Name))
	}
	say(p.Registry != RegistryOpen && p.Registry != RegistryEnrolled, "registry is neither open nor enrolled")
	say(len(p.Keys) == 0 || slices.Contains(p.Keys, ""), "no kinds of key")
	say(len(p.Statuses) == 0, "no TCB statuses")
	for _, s := range p.Statuses {
		say(!s.listable(), "TCB status "+s.String()+" cannot be accepted")
	}
	for _, g := range p.Grace {
		say(!g.Status.listable() || g.Until == 0, "a grace period has no end, or a status that cannot be accepted")
	}
	for _, scheme := range p.Schemes {
		least := slices.ContainsFunc(p.Minimums, func(m Minimum) bool { return m.Scheme == scheme })
		say(scheme != SchemeSim && !least, "no minimum for "+scheme)
	}
	say(slices.ContainsFunc(p.Denied, Denial.empty), "a denial names nothing")
	if wrong == nil {
		return nil
	}
	return fault.New(fault.EvidPolicy, "read appraisal policy of role %d: %s", p.Role, strings.Join(wrong, "; "))
}

func (s Status) listable() bool {
	return s > StatusUnknown && s < StatusRevoked
}

// Appraise judges claims against the policy and the report data that the
// appraiser computed itself. It returns every shortfall, none if the evidence
// is acceptable at now. Whose chip it is, PolicySet.Appraise judges.
func (p Policy) Appraise(c Claims, want ReportData, now time.Time) []*fault.Error {
	var short shortfalls
	if err := p.Check(); err != nil {
		short.say(fault.EvidPolicy, "policy", "a complete policy", "an empty or incomplete one")
	}
	if !slices.Contains(p.Schemes, c.Scheme) {
		code := fault.EvidUnlisted
		if c.Scheme == SchemeSim {
			code = fault.EvidSimulated
		}
		short.say(code, "schemes", list(p.Schemes), c.Scheme)
	}
	if c.Level < p.Level {
		short.say(fault.EvidLevel, "level", "at least "+strconv.Itoa(int(p.Level)), strconv.Itoa(int(c.Level)))
	}
	if not := c.Modes &^ p.Modes; not != 0 {
		short.say(fault.EvidMode, "modes", p.Modes.String(), c.Modes.String())
	}
	if c.VMPL != 0 {
		short.say(fault.EvidVMPL, "privilege level", "0", strconv.Itoa(int(c.VMPL)))
	}
	if !slices.Contains(p.Keys, c.Key) {
		short.say(fault.EvidKeyType, "signing key", list(p.Keys), list([]string{c.Key}))
	}
	p.appraiseTCB(&short, c, now)
	short.denied(p.Denied, c)
	p.appraiseReference(&short, c)
	if c.Data != want {
		short.say(fault.EvidBinding, "report data", "the transcript of this attempt", "another")
	}
	return short
}

// appraiseTCB judges the vendor's word on the TCB and the TCB itself.
func (p Policy) appraiseTCB(short *shortfalls, c Claims, now time.Time) {
	graced := slices.ContainsFunc(p.Grace, func(g Grace) bool { return g.Status == c.Status && !g.Until.Passed(now) })
	if !slices.Contains(p.Statuses, c.Status) && !graced {
		words := make([]string, len(p.Statuses))
		for i, s := range p.Statuses {
			words[i] = s.String()
		}
		short.say(fault.EvidTCBStatus, "TCB status", list(words), c.Status.String())
	}
	inForce := c.Scheme == SchemeSim
	for _, m := range p.Minimums {
		if m.Scheme != c.Scheme || m.Product != "" && m.Product != c.Product || !m.From.Passed(now) {
			continue
		}
		inForce = true
		if lower := c.TCB.lacks(m.TCB); len(lower) > 0 {
			short.say(fault.EvidTCBStatus, "TCB since "+m.From.String(), "at least "+lower.String(), c.TCB.String())
		}
	}
	if !inForce {
		short.say(fault.EvidTCBStatus, "TCB", "a minimum in force for "+c.Scheme+" "+c.Product, "none")
	}
}

// appraiseReference looks for the one reference with this measurement; the
// manifest and the security version are then judged against that one.
func (p Policy) appraiseReference(short *shortfalls, c Claims) {
	var known bool
	for _, r := range p.References {
		if r.Measurement != c.Measurement {
			continue
		}
		if r.Manifest == c.Manifest {
			if c.SVN < r.SVN {
				short.say(fault.EvidUnlisted, "security version", "at least "+strconv.Itoa(int(r.SVN)), strconv.Itoa(int(c.SVN)))
			}
			return
		}
		known = true
	}
	if known {
		short.say(fault.EvidManifest, "manifest", "the published one", c.Manifest.Short())
		return
	}
	short.say(fault.EvidUnlisted, "measurement", "one of "+strconv.Itoa(len(p.References))+" reference values", c.Measurement.Short())
}

// shortfalls are what evidence lacks, in the order in which it was judged.
type shortfalls []*fault.Error

func (s *shortfalls) say(code fault.Code, rule, expected, got string) {
	*s = append(*s, fault.Denied(code, "appraise evidence", rule, expected, got))
}

func (s *shortfalls) denied(denials []Denial, c Claims) {
	for _, d := range denials {
		if d.matches(c) {
			s.say(fault.EvidDenied, "denied", "nothing on the list", d.String())
			return
		}
	}
}

// A Root is a vendor root certificate (DER) that a network pins for a scheme.
type Root struct {
	Scheme string `cbor:"1,keyasint" json:"scheme"`
	DER    []byte `cbor:"2,keyasint" json:"der"`
}

// A Chip is one piece of hardware and the node that it may run.
type Chip struct {
	Hardware string       `cbor:"1,keyasint" json:"hardware"`
	Node     wire.Address `cbor:"2,keyasint" json:"node"`
}

// PolicySet is all that a network appraises by. Its generation never goes
// back; its digest stands in every epoch header.
type PolicySet struct {
	Generation uint64   `cbor:"1,keyasint" json:"generation"`
	Policies   []Policy `cbor:"2,keyasint" json:"policies"`
	Roots      []Root   `cbor:"3,keyasint" json:"roots"`
	Chips      []Chip   `cbor:"4,keyasint" json:"chips,omitempty"`
	Denied     []Denial `cbor:"5,keyasint" json:"denied,omitempty"` // for every role

	// Auditors, if there are any, must have released what a reference names.
	Auditors Auditors        `cbor:"6,keyasint" json:"auditors,omitzero"`
	Releases []SignedRelease `cbor:"7,keyasint" json:"releases,omitempty"` // the log, oldest first
}

// Digest identifies the set.
func (s PolicySet) Digest() wire.Digest { return wire.Hash("tacit/policies", s) }

// For returns the policy of a role; there being none, or one that is incomplete,
// is EVID_POLICY.
func (s PolicySet) For(role uint16) (Policy, error) {
	for _, p := range s.Policies {
		if p.Role == role {
			return p, p.Check()
		}
	}
	return Policy{}, fault.New(fault.EvidPolicy, "find appraisal policy: none for role %d", role)
}

// Appraise judges the claims of a node that plays a role: by the role's policy,
// by what is denied to every role, by what auditors have released, and by whose chip
// it is. It returns every shortfall, none if the evidence is acceptable at now. A chip
// that is enrolled for another node, or for two, is EVID_DUPLICATE_HW whatever the
// registry.
func (s PolicySet) Appraise(role uint16, node wire.Address, c Claims, want ReportData, now time.Time) []*fault.Error {
	p, err := s.For(role)
	if err != nil {
		var short shortfalls
		short.say(fault.EvidPolicy, "policy", "a complete one for role "+strconv.Itoa(int(role)), "none, or an incomplete one")
		return short
	}
	short := shortfalls(p.Appraise(c, want, now))
	short.denied(s.Denied, c)
	s.appraiseRelease(&short, p, c)
	var mine, others int
	for _, chip := range s.Chips {
		switch {
		case chip.Hardware != c.Hardware:
		case chip.Node == node:
			mine++
		default:
			others++
		}
	}
	switch {
	case others > 0:
		short.say(fault.EvidDuplicateHW, "chip", "enrolled for "+node.String()+" alone", "enrolled for another node")
	case mine == 0 && p.Registry == RegistryEnrolled:
		short.say(fault.EvidUnregisteredHW, "chip", "enrolled for "+node.String(), "not enrolled")
	}
	return short
}

func list(words []string) string {
	if len(words) == 0 || len(words) == 1 && words[0] == "" {
		return "none"
	}
	return strings.Join(words, ", ")
}

func unknownWord(kind, word string, known []string) error {
	return fault.New(fault.EvidPolicy, "read %s %q: want one of %s", kind, word, list(known))
}
