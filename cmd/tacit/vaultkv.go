package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tacit/fault"
)

func mountFlag(c *cobra.Command, mount *string) {
	c.Flags().StringVar(mount, "mount", "secret", "of the kv engine")
}

func (v *vaultClient) kvPut() *cobra.Command {
	var mount, field string
	var version int64
	c := &cobra.Command{Use: "put NAME", Short: "Write a new version of a secret, an object of JSON read from standard input", Args: cobra.ExactArgs(1)}
	mountFlag(c, &mount)
	v.fromFlag(c)
	c.Flags().StringVar(&field, "field", "", "name of the one field that the input is, as it is")
	c.Flags().Int64Var(&version, "version", -1, "the newest version as you know it, 0 if there is none: else nothing is written")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := v.input(cmd)
		if err != nil {
			return err
		}
		data := map[string]any{field: strings.TrimSuffix(string(b), "\n")}
		if field == "" {
			var ok bool
			if data, ok = object(b); !ok {
				return fault.New(fault.APIField, "read secret: it is no object of JSON; --field takes any text")
			}
		}
		body := map[string]any{"data": data}
		if version >= 0 {
			body["options"] = map[string]any{"cas": version}
		}
		r, err := v.ask(cmd.Context(), "POST", mount+"/data/"+args[0], "", body)
		if err != nil {
			return err
		}
		return v.t.print(r.Data, func(w io.Writer) { fmt.Fprintf(w, "version  %v\n", r.Data["version"]) })
	}
	return c
}

func (v *vaultClient) kvGet() *cobra.Command {
	var mount, field string
	var version int64
	c := &cobra.Command{Use: "get NAME", Short: "Show a secret", Args: cobra.ExactArgs(1)}
	mountFlag(c, &mount)
	c.Flags().StringVar(&field, "field", "", "show this field alone, as it is")
	c.Flags().Int64Var(&version, "version", 0, "an older version [the newest]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		path := mount + "/data/" + args[0]
		if version > 0 {
			path += fmt.Sprintf("?version=%d", version)
		}
		r, err := v.ask(cmd.Context(), "GET", path, "", nil)
		if err != nil {
			return err
		}
		data, _ := r.Data["data"].(map[string]any)
		if field != "" {
			value, ok := data[field]
			if !ok {
				return fault.New(fault.APINotFound, "show secret %s: it has no field %q", args[0], field)
			}
			return v.t.print(value, func(w io.Writer) { fmt.Fprintln(w, value) })
		}
		return v.t.print(r.Data, func(w io.Writer) { table(w, data) })
	}
	return c
}

// names prints a list of names.
func (v *vaultClient) names(cmd *cobra.Command, path string) error {
	r, err := v.ask(cmd.Context(), "GET", path+"?list=true", "", nil)
	if err != nil {
		return err
	}
	return v.t.print(r.Data, func(w io.Writer) {
		keys, _ := r.Data["keys"].([]any)
		for _, k := range keys {
			fmt.Fprintln(w, k)
		}
	})
}

func (v *vaultClient) kvList() *cobra.Command {
	var mount string
	c := &cobra.Command{Use: "list [FOLDER]", Short: "Names of secrets below a folder", Args: cobra.MaximumNArgs(1)}
	mountFlag(c, &mount)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return v.names(cmd, strings.Join(append([]string{mount, "metadata"}, args...), "/"))
	}
	return c
}

func (v *vaultClient) kvDelete() *cobra.Command {
	var mount string
	var all bool
	c := &cobra.Command{Use: "delete NAME", Short: "Delete the newest version of a secret, or all", Args: cobra.ExactArgs(1)}
	mountFlag(c, &mount)
	c.Flags().BoolVar(&all, "all", false, "every version, for good")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		part := "/data/"
		if all {
			part = "/metadata/"
		}
		if _, err := v.ask(cmd.Context(), "DELETE", mount+part+args[0], "", nil); err != nil {
			return err
		}
		return v.t.print(map[string]any{"deleted": args[0], "all": all}, func(w io.Writer) { fmt.Fprintln(w, "deleted", args[0]) })
	}
	return c
}

func (v *vaultClient) policyWrite() *cobra.Command {
	c := &cobra.Command{Use: "write NAME", Short: "Write a policy, read from standard input", Args: cobra.ExactArgs(1)}
	v.fromFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := v.input(cmd)
		if err != nil {
			return err
		}
		if _, err := v.ask(cmd.Context(), "PUT", "sys/policies/acl/"+args[0], "", map[string]any{"policy": string(b)}); err != nil {
			return err
		}
		return v.t.print(map[string]any{"written": args[0]}, func(w io.Writer) { fmt.Fprintln(w, "written", args[0]) })
	}
	return c
}

func (v *vaultClient) policyRead() *cobra.Command {
	return &cobra.Command{Use: "read NAME", Short: "Show a policy", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		r, err := v.ask(cmd.Context(), "GET", "sys/policies/acl/"+args[0], "", nil)
		if err != nil {
			return err
		}
		return v.t.print(r.Data, func(w io.Writer) { fmt.Fprintln(w, r.Data["policy"]) })
	}}
}

func (v *vaultClient) policyList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "Names of policies", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return v.names(cmd, "sys/policies/acl")
	}}
}

func (v *vaultClient) mountList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "What is mounted where", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		r, err := v.ask(cmd.Context(), "GET", "sys/mounts", "", nil)
		if err != nil {
			return err
		}
		return v.t.print(r.Data, func(w io.Writer) {
			for _, path := range slices.Sorted(maps.Keys(r.Data)) {
				m, _ := r.Data[path].(map[string]any)
				fmt.Fprintf(w, "%-16s %-10v %v\n", path, m["type"], m["description"])
			}
		})
	}}
}

func (v *vaultClient) mountEnable() *cobra.Command {
	var path string
	c := &cobra.Command{Use: "enable TYPE", Short: "Mount an engine: kv, kv-v2 and what the vault has beside", Args: cobra.ExactArgs(1)}
	c.Flags().StringVar(&path, "path", "", "where [its type]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		at := path
		if at == "" {
			at = args[0]
		}
		if _, err := v.ask(cmd.Context(), "POST", "sys/mounts/"+at, "", map[string]any{"type": args[0]}); err != nil {
			return err
		}
		return v.t.print(map[string]any{"mounted": at + "/", "type": args[0]}, func(w io.Writer) { fmt.Fprintf(w, "mounted %s at %s/\n", args[0], at) })
	}
	return c
}
