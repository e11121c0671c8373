package logical

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"tacit/fault"
)

// Fields reads the values of a request's Data by name. Values come as JSON has them or
// as texts, since a query and the command line know nothing else. The first value of
// the wrong kind is kept as an API_FIELD error; what is not there reads as zero.
type Fields struct {
	data map[string]any
	err  error
}

// FieldsOf begins to read data.
func FieldsOf(data map[string]any) *Fields { return &Fields{data: data} }

// Err is the first error.
func (f *Fields) Err() error { return f.err }

// Has reports whether there is a value.
func (f *Fields) Has(name string) bool {
	v, ok := f.data[name]
	return ok && v != nil
}

func (f *Fields) fail(name, want string) {
	if f.err == nil {
		f.err = fault.New(fault.APIField, "read field %s: it is no %s", name, want)
	}
}

// Text is a text; a number or boolean is taken as it is written.
func (f *Fields) Text(name string) string {
	switch v := f.data[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	f.fail(name, "text")
	return ""
}

// Int is a whole number.
func (f *Fields) Int(name string) int64 {
	s := f.Text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f.fail(name, "whole number")
	}
	return n
}

// Bool is true or false.
func (f *Fields) Bool(name string) bool {
	s := f.Text(name)
	if s == "" {
		return false
	}
	b, err := strconv.ParseBool(s)
	if err != nil {
		f.fail(name, "boolean")
	}
	return b
}

// Duration is a number of seconds, or a text such as 90s, 1h30m or 7d; it is never
// below zero.
func (f *Fields) Duration(name string) time.Duration {
	s := strings.TrimSpace(f.Text(name))
	if s == "" {
		return 0
	}
	d, err := parseDuration(s)
	if err != nil || d < 0 {
		f.fail(name, "duration")
		return 0
	}
	return d
}

// longest is what no duration exceeds: a hundred years.
const longest = 100 * 365 * 24 * time.Hour

func parseDuration(s string) (time.Duration, error) {
	unit := time.Second
	if days, ok := strings.CutSuffix(s, "d"); ok {
		s, unit = days, 24*time.Hour
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 0 || n > int64(longest/unit) {
			return 0, fault.APIField
		}
		return time.Duration(n) * unit, nil
	}
	if unit != time.Second {
		return 0, fault.APIField
	}
	d, err := time.ParseDuration(s)
	if d > longest {
		return 0, fault.APIField
	}
	return d, err
}

// List is a list of texts: one of JSON, or one text with commas.
func (f *Fields) List(name string) []string {
	switch v := f.data[name].(type) {
	case nil:
		return nil
	case string:
		var out []string
		for s := range strings.SplitSeq(v, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
		return out
	case json.Number:
		return []string{v.String()}
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			switch e := e.(type) {
			case string:
				out = append(out, e)
			case json.Number:
				out = append(out, e.String())
			default:
				f.fail(name, "list of texts")
				return nil
			}
		}
		return out
	}
	f.fail(name, "list of texts")
	return nil
}

// Texts are texts by name: an object of JSON, or a list of name=value.
func (f *Fields) Texts(name string) map[string]string {
	switch v := f.data[name].(type) {
	case nil:
		return nil
	case map[string]any:
		out := make(map[string]string, len(v))
		for k, e := range v {
			s, ok := e.(string)
			if !ok {
				f.fail(name, "object of texts")
				return nil
			}
			out[k] = s
		}
		return out
	case string:
		if v == "" {
			return nil
		}
		out := map[string]string{}
		for _, pair := range f.List(name) {
			k, e, ok := strings.Cut(pair, "=")
			if !ok {
				f.fail(name, "list of name=value")
				return nil
			}
			out[k] = e
		}
		return out
	}
	f.fail(name, "object of texts")
	return nil
}

// Object is an object of JSON.
func (f *Fields) Object(name string) map[string]any {
	v, ok := f.data[name].(map[string]any)
	if !ok && f.data[name] != nil {
		f.fail(name, "object")
	}
	return v
}
