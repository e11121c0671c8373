package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"tacit"
	"tacit/cmd/internal/strict"
	"tacit/fault"
)

var update = flag.Bool("update", false, "rewrite docs/schema")

// validate reads a document as an editor does that knows the schema.
func validate(t *testing.T, kind, text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schemas[kind]()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	j, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func TestPublishedSchemasAreCurrent(t *testing.T) {
	for kind, make := range Schemas {
		path := "../../../docs/schema/" + kind + ".schema.json"
		if *update {
			if err := os.WriteFile(path, make(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(b, make()) {
			t.Errorf("%s is not made from the type: run go test ./cmd/internal/spec -update (%v)", path, err)
		}
	}
}

func TestEveryFieldIsExplained(t *testing.T) {
	var walk func(at string, v any)
	seen := map[string]bool{}
	walk = func(at string, v any) {
		s := v.(map[string]any)
		if items, ok := s["items"].(map[string]any); ok {
			s = items
		}
		props, _ := s["properties"].(map[string]any)
		for name, p := range props {
			here := strings.TrimPrefix(at+"."+name, ".")
			seen[here] = true
			if p.(map[string]any)["description"] == "" {
				t.Errorf("%s has no description", here)
			}
			walk(here, p)
		}
	}
	for kind, fields := range map[string]map[string]about{"task": taskFields, "terms": termsFields} {
		var doc any
		if err := json.Unmarshal(Schemas[kind](), &doc); err != nil {
			t.Fatal(err)
		}
		walk("", doc)
		for f := range fields {
			if !seen[f] {
				t.Errorf("%s: %s is explained and no field", kind, f)
			}
		}
	}
}

// The program and the published schema judge alike.
//
// case N80 code API_FIELD check cmd/internal/spec/spec.go:Check
func TestN80ATaskFileIsRefusedWithTheFieldThatIsWrong(t *testing.T) {
	head := "apiVersion: tacit/v1\nkind: Task\nservice: acme/sum\n"
	for _, tt := range []struct {
		name, text, rule, want string
	}{
		{"twin: the example", Example, "", ""},
		{"twin: the least", head, "", ""},
		{"twin: a plain number as price", head + "maxPrice: 0.5\n", "", ""},
		{"twin: params of any form", head + "params: {rows: [1, 2], deep: {x: null}}\n", "", ""},
		{"twin: a generation", head + "inputs: {a: clinic/t@3}\n", "", ""},
		{"no version", "kind: Task\nservice: a/b\n", "apiVersion", "tacit/v1"},
		{"another version", strings.Replace(head, "v1", "v2", 1), "apiVersion", "tacit/v1"},
		{"another kind", strings.Replace(head, "Task", "Job", 1), "kind", "Task"},
		{"no service", "apiVersion: tacit/v1\nkind: Task\n", "service", "owner/name"},
		{"a name that looks like another", strings.Replace(head, "acme", "Acme", 1), "service", "owner/name"},
		{"a letter too few", head + "input: {a: clinic/t}\n", "input", "did you mean inputs?"},
		{"not honoured: replicas", head + "requirements: {replicas: 3}\n", "requirements.replicas", "one of"},
		{"not honoured: webhook", head + "delivery: {webhook: 'https://x'}\n", "delivery.webhook", "one of"},
		{"below", head + "requirements: {levle: 3}\n", "requirements.levle", "did you mean level?"},
		{"a level that there is not", head + "requirements: {level: 1}\n", "requirements.level", "2 (simulated) to 5"},
		{"no fuel", head + "requirements: {fuel: 0}\n", "requirements.fuel", "1 to"},
		{"more than a day", head + "requirements: {seconds: 86401}\n", "requirements.seconds", "86400"},
		{"too much memory", head + "requirements: {memory: 4294967297}\n", "requirements.memory", "bytes"},
		{"no output", head + "outputs: {maxSize: 0}\n", "outputs.maxSize", "bytes"},
		{"an alias that is a path", head + "inputs: {../a: clinic/t}\n", "inputs.../a", "alias"},
		{"an input without owner", head + "inputs: {a: t}\n", "inputs.a", "owner/name"},
		{"ten decimals", head + "maxPrice: '1.0000000001'\n", "maxPrice", "nine decimals"},
		{"a negative price", head + "maxPrice: -1\n", "maxPrice", "coins"},
		{"a price in words", head + "maxPrice: cheap\n", "maxPrice", "coins"},
		{"a negative wait", head + "wait: -1\n", "wait", "uint64"},
		{"a label with a space", head + "labels: {a: b c}\n", "labels.a", "letters"},
		{"a number as label", head + "labels: {a: 1}\n", "labels", "string"},
		{"no folder", head + "delivery: {out: ''}\n", "delivery.out", "folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "task.yaml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := Read(path)
			inEditor := validate(t, "task", tt.text)
			if tt.want == "" {
				if err != nil || inEditor != nil {
					t.Fatalf("program: %v; schema: %v", err, inEditor)
				}
				if _, err := got.Wish(); err != nil {
					t.Fatal(err)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.APIField && f.Code != fault.APIName || !strings.Contains(f.Rule, tt.rule) || !strings.Contains(f.Expected, tt.want) {
				t.Errorf("got %v, want field %s and %q", err, tt.rule, tt.want)
			}
			if inEditor == nil {
				t.Error("the schema allows it")
			}
		})
	}
}

func TestTheSchemaOfTermsJudgesAsTheProgram(t *testing.T) {
	good := "services: [acme/sum]\nanyUser: true\npurposes: [research]\nanyRegion: true\nminLevel: 2\nexpires: 4000000000\nmaxReleases: 10\nmaxPerTask: 2\nmaxOutput: 1048576\nbudgets:\n  - {per: user, releases: 3, window: 24h}\n"
	for _, tt := range []struct {
		name, text string
		ok         bool
	}{
		{"twin: complete", good, true},
		{"an unknown field", good + "service: [a/b]\n", false},
		{"a level that there is not", strings.Replace(good, "minLevel: 2", "minLevel: 9", 1), false},
		{"a budget for nobody", strings.Replace(good, "per: user", "per: planet", 1), false},
		{"a window in words", strings.Replace(good, "24h", "a day", 1), false},
		{"a user that is no account", good + "users: [alice]\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var terms tacit.Terms
			err := strict.Decode("terms", []byte(tt.text), &terms)
			if err == nil {
				err = terms.Check()
			}
			if inEditor := validate(t, "terms", tt.text); (err == nil) != tt.ok || (inEditor == nil) != tt.ok {
				t.Errorf("program: %v; schema: %v", err, inEditor)
			}
		})
	}
}
