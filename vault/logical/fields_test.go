package logical_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"tacit/fault"
	"tacit/vault/logical"
)

func TestFields(t *testing.T) {
	data := map[string]any{
		"text": "a", "number": json.Number("7"), "yes": true, "list": []any{"a", json.Number("1")}, "commas": "a, b,,c", "pairs": "a=1,b=2",
		"object": map[string]any{"k": "v"}, "none": nil, "float": json.Number("1.5"), "odd": []any{true},
	}
	for _, tt := range []struct {
		name string
		read func(*logical.Fields) any
		want any // nil is an error
	}{
		{"a text", func(f *logical.Fields) any { return f.Text("text") }, "a"},
		{"a number as text", func(f *logical.Fields) any { return f.Text("number") }, "7"},
		{"what is not there", func(f *logical.Fields) any { return f.Text("missing") }, ""},
		{"null", func(f *logical.Fields) any { return f.Int("none") }, int64(0)},
		{"an object as text", func(f *logical.Fields) any { return f.Text("object") }, nil},
		{"a number", func(f *logical.Fields) any { return f.Int("number") }, int64(7)},
		{"a fraction", func(f *logical.Fields) any { return f.Int("float") }, nil},
		{"a boolean", func(f *logical.Fields) any { return f.Bool("yes") }, true},
		{"a text as boolean", func(f *logical.Fields) any { return f.Bool("text") }, nil},
		{"a list", func(f *logical.Fields) any { return f.List("list") }, []string{"a", "1"}},
		{"a list with commas", func(f *logical.Fields) any { return f.List("commas") }, []string{"a", "b", "c"}},
		{"a list of something else", func(f *logical.Fields) any { return f.List("odd") }, nil},
		{"texts by name", func(f *logical.Fields) any { return f.Texts("object") }, map[string]string{"k": "v"}},
		{"texts by name in one text", func(f *logical.Fields) any { return f.Texts("pairs") }, map[string]string{"a": "1", "b": "2"}},
		{"an object", func(f *logical.Fields) any { return f.Object("object") }, map[string]any{"k": "v"}},
		{"a text as object", func(f *logical.Fields) any { return f.Object("text") }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := logical.FieldsOf(data)
			got := tt.read(f)
			if tt.want == nil {
				if fault.Of(f.Err()) != fault.APIField {
					t.Errorf("read %v, %v", got, f.Err())
				}
				return
			}
			if f.Err() != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("read %#v, %v, want %#v", got, f.Err(), tt.want)
			}
		})
	}
	for text, want := range map[string]time.Duration{
		"90": 90 * time.Second, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "0": 0, "-1": -1, "-1h": -1, "x": -1, "1.5d": -1, "9999999999999999": -1, "999999d": -1,
	} {
		f := logical.FieldsOf(map[string]any{"ttl": text})
		got := f.Duration("ttl")
		if (f.Err() != nil) != (want < 0) || want >= 0 && got != want {
			t.Errorf("%s = %v, %v", text, got, f.Err())
		}
	}
}

// FuzzFields reads values of every kind from what a client may send: a duration is not
// below zero nor above a hundred years, and the first value of a wrong kind has a code.
func FuzzFields(f *testing.F) {
	for _, s := range []string{"", "7", "90s", "1h30m", "7d", "-1s", "999999999999d", "1e9h", "a=1,b=2", "a, b,,c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range []any{s, json.Number(s), []any{s, json.Number(s)}, map[string]any{"k": s}, true} {
			fields := logical.FieldsOf(map[string]any{"x": v})
			for _, read := range []func(){
				func() { fields.Text("x") }, func() { fields.Int("x") }, func() { fields.Bool("x") }, func() { fields.List("x") },
				func() { fields.Texts("x") }, func() { fields.Object("x") },
			} {
				read()
			}
			if d := fields.Duration("x"); d < 0 || d > 100*365*24*time.Hour {
				t.Errorf("%q is a duration of %v", s, d)
			}
			if err := fields.Err(); err != nil && fault.Of(err) != fault.APIField {
				t.Errorf("%q: %v, want API_FIELD", s, err)
			}
		}
	})
}
