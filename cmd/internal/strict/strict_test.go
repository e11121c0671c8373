package strict

import (
	"errors"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

// case N28 code API_FIELD check cmd/internal/strict/strict.go:known
func TestN28UnknownFieldsOfTermsAreRefusedWithASuggestion(t *testing.T) {
	for _, tt := range []struct{ name, text, rule, want string }{
		{"twin: known fields", "services: [acme/sum]\nminLevel: 2\n", "", ""},
		{"twin: JSON", `{"services": ["acme/sum"]}`, "", ""},
		{"one letter missing", "service: [acme/sum]\n", "service", "did you mean services?"},
		{"another case", "minlevel: 2\n", "minlevel", "did you mean minLevel?"},
		{"letters swapped", "purpsoes: [x]\n", "purpsoes", "did you mean purposes?"},
		{"nothing like it", "zzzzzzzzzzzz: 1\n", "zzzzzzzzzzzz", "one of "},
		{"of another type", "minLevel: high\n", "minLevel", "uint8"},
		{"twice", "minLevel: 2\nminLevel: 3\n", "", "already set"},
		{"no document of fields", "[1, 2]\n", "", "want fields"},
		{"no YAML", "a: [\n", "", "read terms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var terms tacit.Terms
			err := Decode("terms", []byte(tt.text), &terms)
			if tt.want == "" {
				if err != nil || len(terms.Services) != 1 {
					t.Fatalf("%v, %v", terms, err)
				}
				return
			}
			if !errors.Is(err, fault.APIField) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want API_FIELD with %q", err, tt.want)
			}
			var f *fault.Error
			if errors.As(err, &f); tt.rule != "" && f.Rule != tt.rule {
				t.Errorf("at %q, want %q", f.Rule, tt.rule)
			}
		})
	}
}
