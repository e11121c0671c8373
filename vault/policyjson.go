package vault

import (
	"bytes"
	"encoding/json"

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
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, fault.New(fault.APIField, "read policy: %w", err)
	}
	if d.More() {
		return nil, fault.New(fault.APIField, "read policy: there is more behind it")
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
