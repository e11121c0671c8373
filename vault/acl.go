package vault

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tacit/attest"
)

// An acl is all that a set of policies says, made ready to be asked: what it costs
// grows with the patterns that end in * or hold a +, not with the others.
type acl struct {
	root  bool
	exact map[string]*rule
	globs []*rule // the most specific first
}

// A rule is what several policies say of one pattern. Each stanza stands for itself:
// its conditions limit what it allows, not what another policy does.
type rule struct {
	pattern  string
	literal  string // what comes before the first + or *
	segments []string
	open     bool // ends in *
	stanzas  []stanza
}

// rootPolicy is the one that allows everything and stands in no store.
const rootPolicy = "root"

// compile merges the stanzas of policies by pattern and puts the patterns in the order
// in which Vault lets them decide.
func compile(policies [][]stanza) *acl {
	a := &acl{exact: map[string]*rule{}}
	byPattern := map[string]*rule{}
	for _, p := range policies {
		for _, s := range p {
			r := byPattern[s.pattern]
			if r == nil {
				r = newRule(s.pattern)
				byPattern[s.pattern] = r
				if r.literal == s.pattern {
					a.exact[s.pattern] = r
				} else {
					a.globs = append(a.globs, r)
				}
			}
			r.stanzas = append(r.stanzas, s)
		}
	}
	slices.SortFunc(a.globs, func(x, y *rule) int {
		plus := func(r *rule) int { return strings.Count(r.pattern, "+") }
		switch {
		case len(x.literal) != len(y.literal):
			return len(y.literal) - len(x.literal)
		case x.open != y.open:
			if y.open {
				return -1
			}
			return 1
		case plus(x) != plus(y):
			return plus(x) - plus(y)
		case len(x.pattern) != len(y.pattern):
			return len(y.pattern) - len(x.pattern)
		}
		return strings.Compare(y.pattern, x.pattern)
	})
	return a
}

func newRule(pattern string) *rule {
	r := &rule{pattern: pattern, literal: pattern}
	body, open := strings.CutSuffix(pattern, "*")
	r.open = open
	if open {
		r.literal = body
	}
	segments := strings.Split(body, "/")
	at := 0
	for _, s := range segments {
		if s == "+" {
			r.segments = segments
			r.literal = pattern[:at]
			break
		}
		at += len(s) + 1
	}
	return r
}

func (r *rule) matches(path string) bool {
	if !strings.HasPrefix(path, r.literal) {
		return false
	}
	if r.segments == nil {
		return r.open || path == r.literal
	}
	for i, s := range r.segments {
		last := i == len(r.segments)-1
		if last && r.open {
			if s == "+" {
				return path != ""
			}
			return strings.HasPrefix(path, s)
		}
		segment, rest, more := strings.Cut(path, "/")
		if s != "+" && s != segment || s == "+" && segment == "" {
			return false
		}
		if last {
			return !more
		}
		if !more {
			return false
		}
		path = rest
	}
	return false
}

// find is the one rule that decides on a path, nil if none does. What is listed is a
// folder, and patterns may name it with a slash at its end or without.
func (a *acl) find(path string, list bool) *rule {
	if list {
		if r := a.exact[path+"/"]; r != nil {
			return r
		}
	}
	if r := a.exact[path]; r != nil {
		return r
	}
	if list {
		path += "/"
	}
	for _, r := range a.globs {
		if r.matches(path) {
			return r
		}
	}
	return nil
}

// allows is what a caller may do on a path. It looks at nothing but the policies, the
// claims and what was sent, so that it says the same whether or not the path exists.
func (a *acl) allows(path string, list bool, claims *attest.Claims, data map[string]any) capability {
	if a.root {
		return capCreate | capRead | capUpdate | capDelete | capList | capSudo | capPatch
	}
	r := a.find(path, list)
	if r == nil {
		return 0
	}
	var caps capability
	for i := range r.stanzas {
		s := &r.stanzas[i]
		if s.caps&capDeny != 0 {
			return capDeny
		}
		if s.holdsFor(claims) {
			caps |= s.caps &^ s.withheld(data)
		}
	}
	return caps
}

// holdsFor judges the conditions on the caller's machine. A caller without claims has
// no level and no measurement.
func (s *stanza) holdsFor(c *attest.Claims) bool {
	if s.level == 0 && len(s.measurements) == 0 {
		return true
	}
	return c != nil && c.Level >= s.level && (len(s.measurements) == 0 || slices.Contains(s.measurements, c.Measurement))
}

// withheld are the capabilities that parameters take away: those of writing.
func (s *stanza) withheld(data map[string]any) capability {
	const writing = capCreate | capUpdate | capPatch
	for _, name := range s.required {
		if _, ok := data[strings.ToLower(name)]; !ok {
			return writing
		}
	}
	_, everything := s.denied["*"]
	for name, v := range data {
		name = strings.ToLower(name)
		if values, ok := s.denied[name]; everything || ok && listed(values, v) {
			return writing
		}
		if len(s.allowed) == 0 {
			continue
		}
		values, ok := s.allowed[name]
		if !ok {
			values, ok = s.allowed["*"]
		}
		if !ok || !listed(values, v) {
			return writing
		}
	}
	return 0
}

// listed reports whether a value is one of a list, in which * at the end stands for
// anything and which, empty, names all.
func listed(values []string, v any) bool {
	if len(values) == 0 {
		return true
	}
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		text = fmt.Sprint(v)
	}
	return slices.ContainsFunc(values, func(p string) bool {
		head, open := strings.CutSuffix(p, "*")
		return open && strings.HasPrefix(text, head) || p == text
	})
}
