package vault

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/hcl/ast"
	"github.com/hashicorp/hcl/hcl/parser"
	hcl "github.com/hashicorp/hcl/hcl/token"

	"tacit/fault"
	"tacit/wire"
)

// A capability is one thing that a policy allows on a path, a bit.
type capability uint16

// The capabilities by the words of Vault's policies. deny wins over all others.
const (
	capDeny capability = 1 << iota
	capCreate
	capRead
	capUpdate
	capDelete
	capList
	capSudo
	capPatch
)

var capabilities = []struct {
	word string
	bit  capability
}{
	{"create", capCreate}, {"delete", capDelete}, {"deny", capDeny}, {"list", capList},
	{"patch", capPatch}, {"read", capRead}, {"sudo", capSudo}, {"update", capUpdate},
}

// words lists the capabilities in alphabetical order, deny alone if it is among them
// or if there are none.
func (c capability) words() []string {
	if c == 0 || c&capDeny != 0 {
		return []string{"deny"}
	}
	var out []string
	for _, k := range capabilities {
		if c&k.bit != 0 {
			out = append(out, k.word)
		}
	}
	return out
}

// A stanza is what a policy says of one pattern.
type stanza struct {
	pattern string // of segments; + stands for one whole segment, * at the end for anything
	caps    capability
	// The caller's attested claims must be of this level at least, and of one of
	// these measurements, if there are any.
	level        uint8
	measurements []wire.Digest
	// Parameters by name with the values that are allowed or denied, any if none.
	allowed, denied map[string][]string
	required        []string
}

// policyMost bounds the text of a policy in bytes.
const policyMost = 64 << 10

// parsePolicy reads a policy in Vault's form of HCL, or the same in JSON, which the
// parser takes too. What it does not know is API_FIELD, and so is what stands there twice: a
// condition that is not understood, or that another one hides, must not be left out.
func parsePolicy(text string) ([]stanza, error) {
	if len(text) > policyMost {
		return nil, fault.New(fault.APISize, "read policy of %d bytes, at most %d", len(text), policyMost)
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		return parseJSONPolicy(text)
	}
	if !shallow(text) {
		return nil, fault.New(fault.APISize, "read policy: it is nested too deep")
	}
	file, err := parser.Parse([]byte(text))
	if err != nil {
		return nil, fault.New(fault.APIField, "read policy: %w", err)
	}
	top, ok := file.Node.(*ast.ObjectList)
	if !ok {
		return nil, fault.New(fault.APIField, "read policy: it is no list of paths")
	}
	var out []stanza
	for _, item := range top.Items {
		name := keyOf(item, 0)
		if name == "name" && len(item.Keys) == 1 {
			continue // a comment of old policies
		}
		body, ok := item.Val.(*ast.ObjectType)
		if name != "path" || len(item.Keys) != 2 || !ok {
			return nil, fault.New(fault.APIField, "read policy: line %d is no path \"...\" { ... }", item.Pos().Line)
		}
		fields := map[string]any{}
		for _, f := range body.List.Items {
			if len(f.Keys) != 1 {
				return nil, fault.New(fault.APIField, "read policy: line %d has more than one name", f.Pos().Line)
			}
			name := keyOf(f, 0)
			if _, twice := fields[name]; twice {
				return nil, fault.New(fault.APIField, "read policy: line %d: %q stands there twice", f.Pos().Line, name)
			}
			if fields[name], err = valueOf(f.Val); err != nil {
				return nil, err
			}
		}
		s, err := newStanza(keyOf(item, 1), fields)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// shallow bounds the recursion of the parser.
func shallow(text string) bool {
	depth, most := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		most = max(most, depth)
	}
	return most <= 16
}

func keyOf(item *ast.ObjectItem, i int) string {
	if i >= len(item.Keys) {
		return ""
	}
	t := item.Keys[i].Token
	if t.Type != hcl.STRING {
		return t.Text
	}
	s, err := strconv.Unquote(t.Text)
	if err != nil {
		return t.Text
	}
	return s
}

// valueOf turns a node into a string, a list or an object, as JSON would be.
func valueOf(n ast.Node) (any, error) {
	switch n := n.(type) {
	case *ast.LiteralType:
		switch n.Token.Type {
		case hcl.STRING:
			s, err := strconv.Unquote(n.Token.Text)
			if err != nil {
				return nil, fault.New(fault.APIField, "read policy: line %d: %w", n.Pos().Line, err)
			}
			return s, nil
		case hcl.NUMBER, hcl.BOOL, hcl.FLOAT:
			return n.Token.Text, nil
		}
	case *ast.ListType:
		list := []any{}
		for _, e := range n.List {
			v, err := valueOf(e)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case *ast.ObjectType:
		m := map[string]any{}
		for _, f := range n.List.Items {
			if len(f.Keys) != 1 {
				return nil, fault.New(fault.APIField, "read policy: line %d has more than one name", f.Pos().Line)
			}
			name := keyOf(f, 0)
			if _, twice := m[name]; twice {
				return nil, fault.New(fault.APIField, "read policy: line %d: %q stands there twice", f.Pos().Line, name)
			}
			v, err := valueOf(f.Val)
			if err != nil {
				return nil, err
			}
			m[name] = v
		}
		return m, nil
	}
	return nil, fault.New(fault.APIField, "read policy: line %d: a value of this kind is not known", n.Pos().Line)
}

// newStanza reads the fields of one path.
func newStanza(pattern string, fields map[string]any) (stanza, error) {
	s := stanza{pattern: strings.TrimPrefix(pattern, "/")}
	bad := func(what string) error {
		return fault.New(fault.APIField, "read policy: path %q: %s", pattern, what)
	}
	if err := checkPattern(s.pattern); err != nil {
		return s, bad("its pattern is none: plain segments, + for one, * at the end")
	}
	for name, v := range fields {
		var err error
		switch name {
		case "capabilities", "policy":
			list, ok := texts(v)
			if name == "policy" && ok {
				list = legacy[strings.Join(list, "")]
			}
			if !ok || len(list) == 0 {
				return s, bad(name + " is no list of words")
			}
			for _, w := range list {
				i := slices.IndexFunc(capabilities, func(c struct {
					word string
					bit  capability
				}) bool {
					return c.word == w
				})
				if i < 0 {
					return s, bad("capability " + strconv.Quote(w) + " is not known")
				}
				s.caps |= capabilities[i].bit
			}
		case "required_level":
			n, ok := v.(string)
			level, err := strconv.ParseUint(n, 10, 8)
			if !ok || err != nil || level < 2 || level > 5 {
				return s, bad("required_level is not 2 to 5")
			}
			s.level = uint8(level)
		case "required_measurement":
			list, ok := texts(v)
			if !ok || len(list) == 0 {
				return s, bad("required_measurement is no list of digests")
			}
			for _, text := range list {
				b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
				if err != nil || len(b) != len(wire.Digest{}) {
					return s, bad("required_measurement is not 64 hexadecimal digits")
				}
				s.measurements = append(s.measurements, wire.Digest(b))
			}
		case "allowed_parameters":
			s.allowed, err = parameters(v)
		case "denied_parameters":
			s.denied, err = parameters(v)
		case "required_parameters":
			list, ok := texts(v)
			if !ok {
				return s, bad("required_parameters is no list of names")
			}
			s.required = list
		default:
			return s, bad("field " + strconv.Quote(name) + " is not known")
		}
		if err != nil {
			return s, bad(name + " is no list of names with their values")
		}
	}
	return s, nil
}

// legacy are the words of Vault's first policies.
var legacy = map[string][]string{
	"deny": {"deny"}, "read": {"read", "list"}, "write": {"create", "read", "update", "delete", "list"},
	"sudo": {"create", "read", "update", "delete", "list", "sudo"},
}

// texts is a value as a list of texts; one text alone is a list too.
func texts(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

func parameters(v any) (map[string][]string, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fault.APIField
	}
	out := map[string][]string{}
	for name, values := range m {
		list, ok := texts(values)
		name = strings.ToLower(name)
		if _, twice := out[name]; !ok || twice {
			return nil, fault.APIField
		}
		out[name] = list
	}
	return out, nil
}

// checkPattern is canonical for patterns. A template ({{...}}), which other vaults
// fill in, is refused: its braces would be taken literally and never match.
func checkPattern(p string) error {
	if strings.Contains(p, "{{") {
		return fault.VaultPath
	}
	p = strings.TrimSuffix(p, "*")
	p = strings.TrimSuffix(p, "/")
	if p == "" {
		return nil
	}
	return canonical(p)
}
