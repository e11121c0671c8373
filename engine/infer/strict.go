package infer

import (
	"maps"
	"slices"

	"tacit/wire/strict"
)

// decode reads JSON in which every field is known, written exactly, and there once.
func decode(raw []byte, v any) error {
	if err := strict.Decode(raw, v); err != nil {
		return refuse("%w", err)
	}
	return nil
}

func short(s string) string { return strict.Short(s) }

func meant(got string, known []string) string { return strict.Meant(got, known) }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
