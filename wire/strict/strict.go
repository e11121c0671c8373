// Package strict reads the parameters that a user gives to an engine of the enclave.
package strict

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

// Decode reads JSON into v, a pointer to a struct. Refused are fields that v does not have,
// are written in another case or are there twice, and what is no UTF-8; the error says where
// and what was probably meant.
func Decode(raw []byte, v any) error {
	if !utf8.Valid(raw) {
		return errors.New("they are not UTF-8")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return errors.New("there are none")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := known(d, "", reflect.TypeOf(v)); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return fmt.Errorf("%s: want %s, got %s", Short(wrong.Field), wrong.Type, Short(wrong.Value))
		}
		return err
	}
	return nil
}

// known compares the next value of a document with a type; nil is any.
func known(d *json.Decoder, where string, t reflect.Type) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if where == "" && token != json.Delim('{') {
		return errors.New("want an object of fields and their values")
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
		return err
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
			return err
		}
		name := token.(string) // the decoder takes nothing else before a colon
		at := strings.TrimPrefix(where+"."+Short(name), ".")
		if seen[name] {
			return fmt.Errorf("%s: it is there twice", at)
		}
		seen[name] = true
		var child reflect.Type
		if t != nil && t.Kind() == reflect.Map {
			child = t.Elem()
		} else if t != nil && t.Kind() == reflect.Struct {
			var ok bool
			if child, ok = fields[name]; !ok {
				return fmt.Errorf("%s: unknown field%s", at, Meant(name, slices.Sorted(maps.Keys(fields))))
			}
		}
		if err := known(d, at, child); err != nil {
			return err
		}
	}
	return nil
}

// OneOf refuses what is none of the words; the error says which was probably meant.
func OneOf(field, got string, words ...string) error {
	switch {
	case slices.Contains(words, got):
		return nil
	case got == "":
		return fmt.Errorf("%s: say one of %s", field, strings.Join(words, ", "))
	}
	return fmt.Errorf("%s: %q is none of %s%s", field, Short(got), strings.Join(words, ", "), Meant(got, words))
}

// Short is a text of the user's for a message.
func Short(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:57], "") + "..."
}

// Meant says which of the names was probably meant, if one is near.
func Meant(written string, names []string) string {
	if len(written) > 60 {
		return ""
	}
	if best := fault.DidYouMean(written, names); best != "" {
		return ", did you mean " + best + "?"
	}
	return ""
}
