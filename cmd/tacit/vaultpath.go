package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"tacit/fault"
)

// pathRead, pathWrite and pathDelete ask for any path, for what has no command of its
// own.
func (v *vaultClient) pathRead() *cobra.Command {
	c := &cobra.Command{Use: "read PATH", Short: "Show what is at a path of the vault's API, such as auth/task/role/weather", Args: cobra.ExactArgs(1)}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := v.ask(cmd.Context(), "GET", args[0], "", nil)
		if err != nil {
			return err
		}
		return v.tell(r)
	}
	return c
}

func (v *vaultClient) pathWrite() *cobra.Command {
	c := &cobra.Command{Use: "write PATH", Short: "Write to a path of the vault's API an object of JSON, read from standard input; nothing is {}", Args: cobra.ExactArgs(1)}
	v.fromFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := v.input(cmd)
		if err != nil {
			return err
		}
		data, ok := map[string]any{}, true
		if len(bytes.TrimSpace(b)) > 0 {
			data, ok = object(b)
		}
		if !ok {
			return fault.New(fault.APIField, "write %s: what was read is no object of JSON", args[0])
		}
		r, err := v.ask(cmd.Context(), "POST", args[0], "", data)
		if err != nil {
			return err
		}
		if len(r.Data) > 0 {
			return v.tell(r)
		}
		return v.t.print(map[string]any{"written": args[0]}, func(w io.Writer) { fmt.Fprintln(w, "written", args[0]) })
	}
	return c
}

func (v *vaultClient) pathDelete() *cobra.Command {
	c := &cobra.Command{Use: "delete PATH", Short: "Delete what is at a path of the vault's API", Args: cobra.ExactArgs(1)}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := v.ask(cmd.Context(), "DELETE", args[0], "", nil); err != nil {
			return err
		}
		return v.t.print(map[string]any{"deleted": args[0]}, func(w io.Writer) { fmt.Fprintln(w, "deleted", args[0]) })
	}
	return c
}

// object reads an object of JSON with its numbers as they are written.
func object(b []byte) (data map[string]any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err := d.Decode(&data)
	return data, err == nil && data != nil
}

// tell shows the fields of an answer: texts as they are, all else as JSON.
func (v *vaultClient) tell(r vaultReply) error {
	return v.t.print(r.Data, func(w io.Writer) {
		for _, name := range slices.Sorted(maps.Keys(r.Data)) {
			if text, ok := r.Data[name].(string); ok {
				fmt.Fprintf(w, "%s  %s\n", name, text)
				continue
			}
			b, _ := json.Marshal(r.Data[name]) // it came as JSON
			fmt.Fprintf(w, "%s  %s\n", name, b)
		}
	})
}
