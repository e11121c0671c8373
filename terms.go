package tacit

import (
	"slices"
	"strconv"
	"strings"

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
		return nil
	}
	return fault.New(fault.KeyPolicy, "read terms: %s is missing, and what is not allowed is denied", missing)
}

// A Use is what a task wants to do with an artefact.
type Use struct {
	Service  string
	User     wire.Address
	Purpose  string
	Region   string
	Level    uint8 // of the evidence, not of the wish
	Output   uint64
	Time     uint64 // of the newest header
	Releases uint64 // so far, over all tasks
	ThisTask uint64 // so far, for this task
}

// Judge returns every rule that the use breaks, none if it is allowed. The
// zero Terms break.
func (t Terms) Judge(subject string, u Use) []*fault.Error {
	op := "use " + subject
	var broken []*fault.Error
	if err := t.Check(); err != nil {
		return append(broken, fault.Denied(fault.KeyPolicy, op, "terms", "complete terms", "incomplete ones"))
	}
	rule := func(ok bool, name, expected, got string) {
		if !ok {
			broken = append(broken, fault.Denied(fault.DataConsent, op, name, expected, got))
		}
	}
	users := make([]string, len(t.Users))
	for i, a := range t.Users {
		users[i] = a.String()
	}
	rule(!t.Withdrawn, "withdrawn", "consent", "consent is withdrawn")
	rule(t.AnyService || slices.Contains(t.Services, u.Service), "services", strings.Join(t.Services, ", "), u.Service)
	rule(t.AnyUser || slices.Contains(t.Users, u.User), "users", strings.Join(users, ", "), u.User.String())
	rule(t.AnyPurpose || slices.Contains(t.Purposes, u.Purpose), "purposes", strings.Join(t.Purposes, ", "), strconv.Quote(u.Purpose))
	rule(t.AnyRegion || slices.Contains(t.Regions, u.Region), "regions", strings.Join(t.Regions, ", "), strconv.Quote(u.Region))
	rule(u.Level >= t.MinLevel, "minLevel", strconv.Itoa(int(t.MinLevel)), strconv.Itoa(int(u.Level)))
	rule(u.Time < t.Expires, "expires", "before "+strconv.FormatUint(t.Expires, 10), strconv.FormatUint(u.Time, 10))
	rule(u.Output <= t.MaxOutput, "maxOutput", strconv.FormatUint(t.MaxOutput, 10), strconv.FormatUint(u.Output, 10))
	rule(u.Releases < t.MaxReleases, "maxReleases", "fewer than "+strconv.FormatUint(t.MaxReleases, 10), strconv.FormatUint(u.Releases, 10)+" so far")
	rule(u.ThisTask < t.MaxPerTask, "maxPerTask", "fewer than "+strconv.FormatUint(t.MaxPerTask, 10), strconv.FormatUint(u.ThisTask, 10)+" so far")
	return broken
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
