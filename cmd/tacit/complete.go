package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// taskIDs completes tasks of the home. Like all completion it reads the home
// only: no key press may wait for a network.
func (t *tool) taskIDs(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	dirs, _ := os.ReadDir(filepath.Join(t.home, "tasks"))
	var list []string
	for _, d := range dirs {
		s, err := t.load(d.Name())
		if id := strings.TrimPrefix(d.Name(), "0x"); err == nil && strings.HasPrefix(id, strings.TrimPrefix(begun, "0x")) {
			list = append(list, cobra.CompletionWithDesc(s.ID.Short(), s.Spec.Service))
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// accounts completes --as.
func (t *tool) accounts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	files, _ := filepath.Glob(filepath.Join(t.home, "accounts", "*.key"))
	var list []string
	for _, f := range files {
		list = append(list, strings.TrimSuffix(filepath.Base(f), ".key"))
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// names completes names of the catalogue that tasks of this home used.
func (t *tool) names(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return t.used(func(s saved) []string { return []string{s.Spec.Service} }), cobra.ShellCompDirectiveNoFileComp
}

// bound completes --data with the datasets that tasks of this home used.
func (t *tool) bound(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return t.used(func(s saved) (list []string) {
		for alias, name := range s.Spec.Inputs {
			list = append(list, alias+"="+name)
		}
		return list
	}), cobra.ShellCompDirectiveNoFileComp
}

func (t *tool) used(of func(saved) []string) []string {
	dirs, _ := os.ReadDir(filepath.Join(t.home, "tasks"))
	var list []string
	for _, d := range dirs {
		if s, err := t.load(d.Name()); err == nil && s.Spec.Service != "" {
			list = append(list, of(s)...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
