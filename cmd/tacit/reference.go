package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// reference writes docs/cli.md; make generate calls it.
func (t *tool) reference() *cobra.Command {
	return &cobra.Command{Use: "reference", Hidden: true, Short: "Write the reference of all commands", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		fmt.Fprint(t.out, "# The command line\n\n"+
			"Every command of `tacit`, as `--help` tells it. This page is made by `make generate`.\n"+
			"Exit codes are in the [README](../README.md#exit-codes), errors in [errors.md](errors.md),\n"+
			"the forms of task files and terms in [schema](schema).\n\n"+
			"Shell completion, also of task IDs, accounts and names that this home used before:\n"+
			"`source <(tacit completion bash)`; `tacit completion --help` says how to keep it.\n\n"+
			"Flags of every command:\n\n")
		flags(t.out, c.Root().PersistentFlags())
		describe(t.out, c.Root())
		return nil
	}}
}

func describe(w io.Writer, c *cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.Hidden || sub.Name() == "help" {
			continue
		}
		group := sub.HasAvailableSubCommands() && sub.Name() != "completion"
		if group && sub.Example == "" {
			fmt.Fprintf(w, "\n## %s\n\n%s.\n", sub.CommandPath(), sub.Short)
			describe(w, sub)
			continue
		}
		level := strings.Repeat("#", 1+len(strings.Fields(sub.CommandPath()))-1+min(1, 3-len(strings.Fields(sub.CommandPath()))))
		fmt.Fprintf(w, "\n%s %s\n\n%s.\n\n", level, sub.CommandPath(), sub.Short)
		if sub.Long != "" && sub.Name() != "completion" {
			fmt.Fprintf(w, "%s\n\n", sub.Long)
		}
		fmt.Fprintf(w, "```\n%s\n```\n", sub.UseLine())
		if sub.LocalNonPersistentFlags().HasAvailableFlags() {
			fmt.Fprintln(w)
			flags(w, sub.LocalNonPersistentFlags())
		}
		if sub.Example != "" {
			fmt.Fprintf(w, "\nFor example:\n\n```\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(sub.Example, "  "), "\n  ", "\n"))
		}
		if group { // one that also does something alone
			describe(w, sub)
		}
	}
}

// ofMachine are defaults that differ from machine to machine.
var ofMachine = map[string]string{"home": "~/.tacit", "bin": "the folder of tacit"}

func flags(w io.Writer, set *pflag.FlagSet) {
	fmt.Fprint(w, "| flag | default | what |\n|---|---|---|\n")
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name, value := "--"+f.Name, f.DefValue
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if v, ok := ofMachine[f.Name]; ok {
			value = v
		}
		if value == "[]" {
			value = ""
		}
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", name, value, strings.ReplaceAll(f.Usage, "|", "\\|"))
	})
}
