package infer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"tacit/fault"
)

// decode reads JSON in which every field is known, written exactly, and there once.
func decode(raw []byte, v any) error {
	if !utf8.Valid(raw) {
		return refuse("they are not UTF-8")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return refuse("there are none")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := known(d, "", reflect.TypeOf(v)); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return refuse("%s: want %s, got %s", short(wrong.Field), wrong.Type, short(wrong.Value))
		}
		return refuse("%w", err)
	}
	return nil
}

// known compares the next value of a document with a type; nil is any.
func known(d *json.Decoder, where string, t reflect.Type) error {
	token, err := d.Token()
	if err != nil {
		return refuse("%w", err)
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if where == "" && token != json.Delim('{') {
		return refuse("want an object of fields and their values")
	}
	switch token {
	case json.Delim('['):
		var elem reflect.Type
		if t != nil && t.Kind() == reflect.Slice {
			elem = t.Elem()
		}
		for i := 0; d.More(); i++ {
			if err := known(d, fmt.Sprintf("%s[%d]", where, i), elem); err != nil {
				return err
			}
		}
	case json.Delim('{'):
		if err := knownFields(d, where, t); err != nil {
			return err
		}
	default:
		return nil
	}
	if _, err := d.Token(); err != nil {
		return refuse("%w", err)
	}
	return nil
}

func knownFields(d *json.Decoder, where string, t reflect.Type) error {
	fields := map[string]reflect.Type{}
	if t != nil && t.Kind() == reflect.Struct {
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
				fields[name] = f.Type
			}
		}
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return refuse("%w", err)
		}
		name := token.(string) // the decoder takes nothing else before a colon
		at := strings.TrimPrefix(where+"."+short(name), ".")
		if seen[name] {
			return refuse("%s: it is there twice", at)
		}
		seen[name] = true
		var child reflect.Type
		if t != nil && t.Kind() == reflect.Map {
			child = t.Elem()
		} else if t != nil && t.Kind() == reflect.Struct {
			var ok bool
			if child, ok = fields[name]; !ok {
				return refuse("%s: unknown field%s", at, meant(name, sorted(fields)))
			}
		}
		if err := known(d, at, child); err != nil {
			return err
		}
	}
	return nil
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// short is a text of the user's for a message.
func short(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:57], "") + "..."
}

// meant says which of the names was probably meant, if one is near.
func meant(written string, names []string) string {
	if len(written) > 60 {
		return ""
	}
	if best := fault.DidYouMean(written, names); best != "" {
		return ", did you mean " + best + "?"
	}
	return ""
}
