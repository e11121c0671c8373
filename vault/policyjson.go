package vault

import (
	"encoding/json"
	"strings"

	"tacit/fault"
)

// parseJSONPolicy reads {"path": {"<pattern>": {"capabilities": [...]}}}.
func parseJSONPolicy(text string) ([]stanza, error) {
	if !shallow(text) {
		return nil, fault.New(fault.APISize, "read policy: it is nested too deep")
	}
	var p struct {
		Name string                    `json:"name"`
		Path map[string]map[string]any `json:"path"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, fault.New(fault.APIField, "read policy: %w", err)
	}
	if d.More() {
		return nil, fault.New(fault.APIField, "read policy: there is more behind it")
	}
	if twice, ok := once(json.NewDecoder(strings.NewReader(text)), 0); !ok {
		return nil, fault.New(fault.APIField, "read policy: %q stands there twice or is not known", twice)
	}
	var out []stanza
	for pattern, fields := range p.Path {
		for name, v := range fields {
			fields[name] = plain(v)
		}
		s, err := newStanza(pattern, fields)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// once reports whether each name of an object stands there once, which Go's decoder does
// not mind, and names one that does not. Those of the outermost must be spelled as they
// are known, since the decoder takes any case.
func once(d *json.Decoder, depth int) (twice string, ok bool) {
	t, err := d.Token()
	if err != nil {
		return "", false
	}
	open, nested := t.(json.Delim)
	if !nested {
		return "", true
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			t, err := d.Token()
			name, isName := t.(string)
			if err != nil || !isName || seen[name] || depth == 0 && name != "path" && name != "name" {
				return name, false
			}
			seen[name] = true
		}
		if twice, ok := once(d, depth+1); !ok {
			return twice, false
		}
	}
	_, err = d.Token()
	return "", err == nil
}

// plain makes texts of numbers and booleans, as the other form has them.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}
