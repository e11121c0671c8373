// Package strict reads files that people write: YAML or JSON in which every
// field is known, and a refusal says which one was probably meant.
package strict

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"tacit/fault"
)

// Read reads a file of YAML or JSON into v. A field that v does not have,
// written exactly, is API_FIELD with its place and the field that was probably
// meant; so are a repeated field and a value of another type. what names the
// document for the error.
func Read(what, path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.APIPath, "read %s: %w", what, err)
	}
	return Decode(what+" "+path, b, v)
}

// Decode is Read for bytes.
func Decode(what string, b []byte, v any) error {
	text, err := yaml.YAMLToJSONStrict(b)
	if err != nil {
		return fault.New(fault.APIField, "read %s: %w", what, err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return fault.New(fault.APIField, "read %s: %w", what, err)
	}
	if _, ok := tree.(map[string]any); !ok {
		return fault.New(fault.APIField, "read %s: want fields and their values", what)
	}
	if err := known(what, "", tree, reflect.TypeOf(v).Elem()); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return fault.Denied(fault.APIField, "read "+what, wrong.Field, wrong.Type.String(), wrong.Value)
		}
		return fault.New(fault.APIField, "read %s: %w", what, err)
	}
	return nil
}

// known compares a document with a type and refuses the first field, in
// alphabetical order, that the type does not have.
func known(what, where string, tree any, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p := reflect.PointerTo(t); p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil // it reads itself
	}
	switch x := tree.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i, v := range x {
				if err := known(what, where+"["+strconv.Itoa(i)+"]", v, t.Elem()); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		names := make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		slices.Sort(names)
		fields := fieldsOf(t)
		for _, name := range names {
			at := strings.TrimPrefix(where+"."+name, ".")
			switch t.Kind() {
			case reflect.Map:
				if err := known(what, at, x[name], t.Elem()); err != nil {
					return err
				}
			case reflect.Struct:
				f, ok := fields[name]
				if !ok {
					return unknownField(what, at, name, fields)
				}
				if err := known(what, at, x[name], f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func unknownField(what, at, name string, fields map[string]reflect.Type) error {
	all := make([]string, 0, len(fields))
	for f := range fields {
		all = append(all, f)
	}
	slices.Sort(all)
	expected := "one of " + strings.Join(all, ", ")
	if s := fault.DidYouMean(name, all); s != "" {
		expected = "did you mean " + s + "?"
	}
	return fault.Denied(fault.APIField, "read "+what+": unknown field", at, expected, name)
}

// fieldsOf are the fields of a struct by their names in JSON, those of embedded
// structs among them.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	if t.Kind() != reflect.Struct {
		return out
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "":
			for n, typ := range fieldsOf(f.Type) {
				out[n] = typ
			}
		case name == "":
			out[f.Name] = f.Type
		default:
			out[name] = f.Type
		}
	}
	return out
}
