package vault

import (
	"reflect"
	"strings"
	"testing"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

func TestParsePolicy(t *testing.T) {
	m := strings.Repeat("ab", 32)
	for _, tt := range []struct {
		name, text string
		ok         bool
	}{
		{"nothing", "", true},
		{"as documented", "path \"secret/*\" {\n  capabilities = [\"create\", \"read\"]\n}\n# a comment\npath \"a/+/b\" { capabilities = [\"deny\"] }", true},
		{"the old form", `path "secret/*" { policy = "write" }`, true},
		{"a slash ahead", `path "/secret/a" { capabilities = ["read"] }`, true},
		{"everything", `path "*" { capabilities = ["sudo"] }`, true},
		{"a level and a measurement", `path "a" { capabilities = ["read"] required_level = 4 required_measurement = ["` + m + `"] }`, true},
		{"parameters", `path "a" { capabilities = ["update"] allowed_parameters = { "x" = ["1", "2*"] "*" = [] } denied_parameters = { "y" = [] } required_parameters = ["x"] }`, true},
		{"JSON", `{"path": {"secret/*": {"capabilities": ["read"], "required_level": 3}}}`, true},
		{"an unknown field", `path "a" { capabilities = ["read"] max_wrapping_ttl = "1h" }`, false},
		{"an unknown capability", `path "a" { capabilities = ["write"] }`, false},
		{"an unknown block", `mount "a" { capabilities = ["read"] }`, false},
		{"a path twice in one key", `path "a" "b" { capabilities = ["read"] }`, false},
		{"no list", `path "a" { capabilities = 3 }`, false},
		{"a level that is none", `path "a" { capabilities = ["read"] required_level = 6 }`, false},
		{"a measurement that is none", `path "a" { capabilities = ["read"] required_measurement = ["ab"] }`, false},
		{"a template", `path "secret/{{identity.entity.id}}/*" { capabilities = ["read"] }`, false},
		{"a pattern in the middle", `path "a/*/b" { capabilities = ["read"] }`, false},
		{"up", `path "a/../b" { capabilities = ["read"] }`, false},
		{"a heredoc for a list", "path \"a\" { capabilities = <<E\nread\nE\n }", false},
		{"too deep", `path "a" { x = ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + ` }`, false},
		{"too long", strings.Repeat("#\n", policyMost), false},
		{"no end", `path "a" { capabilities = ["read"`, false},
		{"a denial that another line hides", `path "a" { capabilities = ["deny"] capabilities = ["read"] }`, false},
		{"a denial that another line hides, in quotes", `path "a" { capabilities = ["deny"] "capabilities" = ["read"] }`, false},
		{"a parameter twice, in quotes", `path "a" { capabilities = ["update"] denied_parameters = { x = ["1"] "x" = ["2"] } }`, false},
		{"a condition that another line hides", `path "a" { capabilities = ["read"] required_level = 5 required_level = 2 }`, false},
		{"a parameter twice", `path "a" { capabilities = ["update"] allowed_parameters = { "x" = ["1"] "x" = [] } }`, false},
		{"a parameter twice, in another case", `path "a" { capabilities = ["update"] denied_parameters = { "x" = ["1"] "X" = ["2"] } }`, false},
		{"twin: a path twice", `path "a" { capabilities = ["deny"] } path "a" { capabilities = ["read"] }`, true},
		{"JSON with a denial that another hides", `{"path": {"a": {"capabilities": ["deny"], "capabilities": ["read"]}}}`, false},
		{"JSON with a path that another hides", `{"path": {"a": {"capabilities": ["deny"]}, "a": {"capabilities": ["read"]}}}`, false},
		{"JSON with paths that others hide", `{"path": {"a": {"capabilities": ["deny"]}}, "PATH": {"a": {"capabilities": ["read"]}}}`, false},
		{"no capabilities", `path "a" { capabilities = [] }`, false},
		{"capabilities that are no list", `path "a" { capabilities = {} }`, false},
		{"capabilities in a list of lists", `path "a" { capabilities = [["read"]] }`, false},
		{"no measurements", `path "a" { capabilities = ["read"] required_measurement = [] }`, false},
		{"measurements that are no list", `path "a" { capabilities = ["read"] required_measurement = {} }`, false},
		{"required parameters that are no list", `path "a" { capabilities = ["update"] required_parameters = {} }`, false},
		{"a required parameter that is not plain text", `path "a" { capabilities = ["update"] required_parameters = ["${ "x" }"] }`, false},
		{"parameters without values", `path "a" { capabilities = ["update"] allowed_parameters = ["x"] }`, false},
		{"a parameter whose values are no list", `path "a" { capabilities = ["update"] allowed_parameters = { "x" = {} } }`, false},
		{"a field of two names", `path "a" { capabilities = ["update"] denied_parameters "x" { "y" = [] } }`, false},
		{"required parameters in a list of lists", `path "a" { capabilities = ["update"] required_parameters = [["x"]] }`, false},
		{"a parameter of two names", `path "a" { capabilities = ["update"] allowed_parameters = { "x" "y" = [] } }`, false},
		{"JSON of paths that are none", `{"path": 3}`, false},
		{"JSON with an unknown capability", `{"path": {"a": {"capabilities": ["write"]}}}`, false},
		{"JSON with a word that another hides", `{"path": {"a": {"policy": "deny", "policy": "read"}}}`, false},
		{"JSON with more behind", `{"path": {}} {}`, false},
		{"JSON with an unknown field", `{"paths": {}}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parsePolicy(tt.text)
			if code := fault.Of(err); (err == nil) != tt.ok || !tt.ok && code != fault.APIField && code != fault.APISize {
				t.Errorf("parsePolicy = %v, want accepted: %v", err, tt.ok)
			}
		})
	}
}

func compiled(t *testing.T, texts ...string) *acl {
	t.Helper()
	var list [][]stanza
	for _, text := range texts {
		p, err := parsePolicy(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return compile(list)
}

func TestTheMostSpecificPatternDecides(t *testing.T) {
	a := compiled(t,
		`path "s/*" { capabilities = ["read"] }
path "s/a" { capabilities = ["update"] }
path "s/team/*" { capabilities = ["list"] }
path "s/team/x*" { capabilities = ["delete"] }
path "s/+/config" { capabilities = ["patch"] }
path "s/+/+/end" { capabilities = ["create"] }
path "s/no/*" { capabilities = ["deny"] }
path "m/+" { capabilities = ["read"] }
path "folder/" { capabilities = ["list"] }
path "deep/+/x/*" { capabilities = ["read"] }`,
		`path "s/a" { capabilities = ["create"] }
path "s/no/*" { capabilities = ["read"] }`)
	for _, tt := range []struct {
		path string
		list bool
		want string
	}{
		{"s/b", false, "read"}, {"s/a", false, "create update"}, {"s/a/b", false, "read"}, {"s/team/y", false, "list"}, {"s/team/xy", false, "delete"},
		{"s/q/config", false, "patch"}, // what ends in * is less specific
		{"s/no/thing", false, "deny"}, {"other", false, "deny"}, {"m/a", false, "read"}, {"m/a/b", false, "deny"}, {"m", false, "deny"},
		{"folder", true, "list"}, {"folder", false, "deny"}, {"deep/1/x/y/z", false, "read"}, {"deep/1/y", false, "deny"}, {"deep/1/x", false, "deny"}, {"s/team", true, "list"},
		{"S/b", false, "deny"},
	} {
		if got := strings.Join(a.allows(tt.path, tt.list, nil, nil).words(), " "); got != tt.want {
			t.Errorf("%s (list %v) = %s, want %s", tt.path, tt.list, got, tt.want)
		}
	}
}

func TestConditionsOfAStanza(t *testing.T) {
	m := wire.Sum([]byte("program"))
	a := compiled(t, `path "a" { capabilities = ["read"] required_level = 3 required_measurement = "`+m.String()+`" }
path "*" { capabilities = ["read"] }
path "p" { capabilities = ["update", "read"] allowed_parameters = { "x" = ["1", "2*"] "free" = [] } denied_parameters = { "free" = ["bad"] } required_parameters = ["x"] }
path "never" { capabilities = ["deny", "read"] required_level = 5 }
path "d" { capabilities = ["update"] denied_parameters = { "*" = [] } }`, `path "never" { capabilities = ["read"] }`)
	for _, tt := range []struct {
		name, path string
		claims     *attest.Claims
		data       map[string]any
		want       []string
	}{
		{"twin: level and measurement", "a", &attest.Claims{Level: 3, Measurement: m}, nil, []string{"read"}},
		{"no claims", "a", nil, nil, []string{"deny"}},
		{"a lower level", "a", &attest.Claims{Level: 2, Measurement: m}, nil, []string{"deny"}},
		{"another program", "a", &attest.Claims{Level: 5}, nil, []string{"deny"}},
		{"a denial holds whatever its conditions", "never", nil, nil, []string{"deny"}},
		{"twin: parameters", "p", nil, map[string]any{"x": "1", "free": "good"}, []string{"read", "update"}},
		{"twin: by its beginning", "p", nil, map[string]any{"x": "23"}, []string{"read", "update"}},
		{"another value", "p", nil, map[string]any{"x": "3"}, []string{"read"}},
		{"another parameter", "p", nil, map[string]any{"x": "1", "y": "1"}, []string{"read"}},
		{"a denied value", "p", nil, map[string]any{"x": "1", "free": "bad"}, []string{"read"}},
		{"none of the required", "p", nil, map[string]any{"free": "good"}, []string{"read"}},
		{"twin: no parameters", "d", nil, nil, []string{"update"}},
		{"any parameter", "d", nil, map[string]any{"x": "1"}, []string{"deny"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := a.allows(tt.path, false, tt.claims, tt.data).words(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("allows = %v, want %v", got, tt.want)
			}
		})
	}
}

// FuzzParsePolicy reads policies as anybody may write them: what is refused has a code,
// and what is read allows nothing that it denies.
func FuzzParsePolicy(f *testing.F) {
	f.Add(defaultText)
	f.Add(`path "a/+/b*" { capabilities = ["read"] required_level = 2 allowed_parameters = { "x" = [] } }`)
	f.Add(`{"path": {"a": {"capabilities": ["read"]}}}`)
	f.Add("path \"a\" { capabilities = <<E\nread\nE\n }")
	f.Add(`{"path": {"a": {"capabilities": ["deny"], "capabilities": ["read"]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePolicy(text)
		if err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APISize {
				t.Errorf("%q: %v, want API_FIELD or API_SIZE", text, err)
			}
			return
		}
		a := compile([][]stanza{p})
		for _, s := range p {
			if s.caps&capDeny != 0 && s.pattern != "" && a.allows(strings.TrimSuffix(s.pattern, "*"), false, nil, nil)&^capDeny != 0 && !strings.Contains(s.pattern, "+") {
				t.Errorf("%q allows what it denies", text)
			}
			if s.caps == 0 && len(s.measurements) == 0 && s.level == 0 {
				continue
			}
			_ = a.allows(s.pattern, true, nil, map[string]any{"x": "y"})
		}
	})
}
