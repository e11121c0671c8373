package strict

import (
	"strings"
	"testing"
)

func TestWhatIsNoneOfTheFieldsIsRefused(t *testing.T) {
	type inner struct {
		Count *int `json:"count,omitempty"`
	}
	type outer struct {
		Label string           `json:"label"`
		Each  map[string]inner `json:"each,omitempty"`
		List  []inner          `json:"list,omitempty"`
		Raw   any              `json:"raw,omitempty"`
	}
	for _, tt := range []struct{ name, text, want string }{
		{"twin: all fields", `{"label":"x","each":{"a":{"count":1}},"list":[{"count":2}],"raw":{"any":[1,{"b":2}]}}`, ""},
		{"nothing", " ", "there are none"},
		{"no UTF-8", "{\"label\":\"\xff\"}", "not UTF-8"},
		{"a list", `[1]`, "want an object"},
		{"no JSON", `{"label":`, "EOF"},
		{"text behind", `{"label":"x"} x`, "invalid character"},
		{"unknown", `{"lable":"x"}`, "lable: unknown field, did you mean label?"},
		{"another case", `{"Label":"x"}`, "Label: unknown field"},
		{"twice", `{"label":"x","label":"y"}`, "label: it is there twice"},
		{"deep in a map", `{"each":{"a":{"cuont":1}}}`, "each.a.cuont: unknown field, did you mean count?"},
		{"deep in a list", `{"list":[{},{"x":1}]}`, "list[1].x: unknown field"},
		{"of another type", `{"label":1}`, "label: want string, got number"},
		{"a long name", `{"` + strings.Repeat("x", 100) + `":1}`, strings.Repeat("x", 57) + "...: unknown field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var v outer
			err := Decode([]byte(tt.text), &v)
			if tt.want == "" {
				if err != nil || v.Label != "x" || *v.Each["a"].Count != 1 || *v.List[0].Count != 2 {
					t.Fatalf("%v, %+v", err, v)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
		})
	}
}
