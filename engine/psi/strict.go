package psi

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

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// short is a text of the user's for a message.
func short(s string) string { return strict.Short(s) }

// meant says which of the names was probably meant, if one is near.
func meant(written string, names []string) string { return strict.Meant(written, names) }
