package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// kept is a tacit.Item as the tool writes it; JSON has the value in base64.
type kept struct {
	Key      string `json:"key"`
	Value    []byte `json:"value"`
	Revision int64  `json:"revision"`
	Deleted  bool   `json:"deleted,omitempty"`
}

// shelf is what an account keeps in a manager's store.
type shelf struct {
	tacit.Tenancy
	me wire.Address
}

// name completes a key that has no owner in it: it is the account's own.
func (s shelf) name(key string) string {
	first, _, ok := strings.Cut(key, "/")
	var owner wire.Address
	if ok && owner.UnmarshalText([]byte(first)) == nil {
		return key
	}
	return s.me.String() + "/" + key
}

// short is a key as its owner says it.
func (s shelf) short(key string) string { return strings.TrimPrefix(key, s.me.String()+"/") }

func (s shelf) kept(it tacit.Item) kept {
	return kept{Key: s.short(it.Key), Value: it.Value, Revision: it.Revision}
}

func (t *tool) kv() *cobra.Command {
	c := group("kv", "Keys and values that you keep in a manager's store: put, get, delete, list, watch, grant")
	manager := c.PersistentFlags().String("manager", "", "key of the manager whose store it is [yours]")
	open := func(ctx context.Context) (shelf, error) {
		var at wire.Address
		if *manager != "" {
			if err := at.UnmarshalText([]byte(*manager)); err != nil {
				return shelf{}, fault.Denied(fault.APIField, "read flags", "--manager", "an address", *manager)
			}
		}
		s, err := t.open(ctx)
		if err != nil {
			return shelf{}, err
		}
		store, err := s.Store(at)
		return shelf{store, s.account.Address()}, err
	}
	c.AddCommand(t.kvPut(open), t.kvGet(open), t.kvDelete(open), t.kvList(open), t.kvWatch(open), t.kvGrant(open))
	return c
}

type openShelf func(ctx context.Context) (shelf, error)

// mostValue is how much is read as a value, in bytes.
const mostValue = 1 << 20

// condition is the flag of a write that depends on what is there.
func condition(c *cobra.Command) *int64 {
	return c.Flags().Int64("if-revision", -1, "write only if the key was last written at this revision; 0: if there is no such key [-1: in any case]")
}

func (s shelf) write(ctx context.Context, p tacit.Put, revision int64) (int64, error) {
	txn := tacit.Txn{Then: []tacit.Put{p}}
	if revision >= 0 {
		txn.If = []tacit.Cond{{Key: p.Key, Revision: revision}}
	}
	return s.Commit(ctx, txn)
}

func (t *tool) wrote(key string, revision int64, how string) error {
	return t.print(map[string]any{"key": key, "revision": revision}, func(w io.Writer) { fmt.Fprintf(w, "%s %q at revision %d\n", how, key, revision) })
}

func (t *tool) kvPut(open openShelf) *cobra.Command {
	c := &cobra.Command{Use: "put KEY [FILE]", Short: "Write a value from a file, or from standard input", Args: cobra.RangeArgs(1, 2)}
	revision := condition(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		in := cmd.InOrStdin()
		if len(args) == 2 && args[1] != "-" {
			f, err := os.Open(args[1])
			if err != nil {
				return fault.New(fault.APIPath, "read value: %w", err)
			}
			defer f.Close()
			in = f
		}
		value, err := io.ReadAll(io.LimitReader(in, mostValue+1))
		if err != nil {
			return fault.New(fault.APIPath, "read value: %w", err)
		}
		if len(value) > mostValue {
			return fault.Denied(fault.APISize, "read value", "size", "at most 1 MiB", "more")
		}
		s, err := open(cmd.Context())
		if err != nil {
			return err
		}
		at, err := s.write(cmd.Context(), tacit.Put{Key: s.name(args[0]), Value: value}, *revision)
		if err != nil {
			return err
		}
		return t.wrote(args[0], at, "put")
	}
	return c
}

func (t *tool) kvGet(open openShelf) *cobra.Command {
	return &cobra.Command{Use: "get KEY", Short: "Write a value to standard output, as it is", Args: exactly(1, "the key"), RunE: func(cmd *cobra.Command, args []string) error {
		s, err := open(cmd.Context())
		if err != nil {
			return err
		}
		it, err := s.Get(cmd.Context(), s.name(args[0]))
		if err != nil {
			return err
		}
		return t.print(s.kept(it), func(w io.Writer) { _, _ = w.Write(it.Value) })
	}}
}

func (t *tool) kvDelete(open openShelf) *cobra.Command {
	c := &cobra.Command{Use: "delete KEY", Short: "Remove a key", Args: exactly(1, "the key")}
	revision := condition(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := open(cmd.Context())
		if err != nil {
			return err
		}
		at, err := s.write(cmd.Context(), tacit.Put{Key: s.name(args[0]), Delete: true}, *revision)
		if err != nil {
			return err
		}
		return t.wrote(args[0], at, "deleted")
	}
	return c
}

// span is the range of all keys with a prefix.
func (s shelf) span(prefix string) (from, to string) {
	from = s.name(prefix)
	b := []byte(from)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i]++; b[i] != 0 {
			return from, string(b[:i+1])
		}
	}
	return from, ""
}

func (t *tool) kvList(open openShelf) *cobra.Command {
	var limit int
	c := &cobra.Command{Use: "list [PREFIX]", Short: "Keys that begin so, with sizes and revisions", Args: cobra.MaximumNArgs(1)}
	c.Flags().IntVar(&limit, "limit", 1000, "at most so many")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := open(cmd.Context())
		if err != nil {
			return err
		}
		from, to := s.span(strings.Join(args, ""))
		items, revision, err := s.Range(cmd.Context(), from, to, limit)
		if err != nil {
			return err
		}
		list := []kept{}
		for _, it := range items {
			list = append(list, s.kept(it))
		}
		return t.print(map[string]any{"items": list, "revision": revision}, func(w io.Writer) {
			for _, it := range list {
				fmt.Fprintf(w, "%-40q %8d bytes  revision %d\n", it.Key, len(it.Value), it.Revision)
			}
			fmt.Fprintf(w, "%d keys at revision %d\n", len(list), revision)
		})
	}
	return c
}

func (t *tool) kvWatch(open openShelf) *cobra.Command {
	var after int64
	var count int
	c := &cobra.Command{Use: "watch [PREFIX]", Short: "Changes of keys that begin so, as they happen, until Ctrl-C", Args: cobra.MaximumNArgs(1)}
	c.Flags().Int64Var(&after, "after", -1, "begin after this revision [-1: now]")
	c.Flags().IntVar(&count, "count", 0, "end after so many changes [0: never]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		s, err := open(ctx)
		if err != nil {
			return err
		}
		prefix, asked := strings.Join(args, ""), after >= 0
		for seen, started := 0, false; ; started = true {
			if from, to := s.span(prefix); after < 0 || started {
				if _, after, err = s.Range(ctx, from, to, 1); err != nil {
					return err
				}
			}
			if started {
				fmt.Fprintf(t.errs, "note: changes up to revision %d may be missing here\n", after)
			}
			changes, err := s.Watch(ctx, s.name(prefix), after)
			switch {
			case errors.Is(err, fault.StoreCompacted) && (started || !asked):
				continue // so much was written since it was listed
			case err != nil:
				return err
			}
			for c := range changes {
				if err := t.changedKey(s, c); err != nil {
					return err
				}
				if seen++; seen == count {
					return nil
				}
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return c
}

func (t *tool) changedKey(s shelf, c tacit.Change) error {
	k := s.kept(c.Item)
	k.Deleted = c.Delete
	if t.output == "json" {
		return json.NewEncoder(t.out).Encode(k)
	}
	how := fmt.Sprintf("put, %d bytes", len(k.Value))
	if k.Deleted {
		how = "deleted"
	}
	_, err := fmt.Fprintf(t.out, "revision %d  %q  %s\n", k.Revision, k.Key, how)
	return err
}

func (t *tool) kvGrant(open openShelf) *cobra.Command {
	var p tacit.Permit
	c := &cobra.Command{Use: "grant [ADDRESS PREFIX]", Short: "Let another account touch your keys that begin so; with neither flag take it back; alone list what you gave", Args: func(_ *cobra.Command, args []string) error {
		if len(args) != 0 && len(args) != 2 {
			return fault.Denied(fault.APIField, "read arguments", "ADDRESS PREFIX", "both or neither", fmt.Sprint(len(args), " arguments"))
		}
		return nil
	}}
	c.Flags().BoolVar(&p.Read, "read", false, "to read them")
	c.Flags().BoolVar(&p.Write, "write", false, "to write and delete them")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 2 {
			if err := p.Account.UnmarshalText([]byte(args[0])); err != nil {
				return fault.Denied(fault.APIField, "read arguments", "ADDRESS", "an address", args[0])
			}
		}
		s, err := open(cmd.Context())
		if err != nil {
			return err
		}
		if len(args) == 2 {
			p.Prefix = s.name(args[1])
			if err := s.Permit(cmd.Context(), p); err != nil {
				return err
			}
		}
		list, err := s.Permits(cmd.Context())
		if err != nil {
			return err
		}
		type given struct {
			Account wire.Address `json:"account"`
			Prefix  string       `json:"prefix"`
			Read    bool         `json:"read"`
			Write   bool         `json:"write"`
		}
		out := []given{}
		for _, p := range list {
			out = append(out, given{p.Account, s.short(p.Prefix), p.Read, p.Write})
		}
		return t.print(out, func(w io.Writer) {
			for _, g := range out {
				var may []string
				if g.Read {
					may = append(may, "read")
				}
				if g.Write {
					may = append(may, "write")
				}
				fmt.Fprintf(w, "%s may %s %q\n", g.Account, strings.Join(may, " and "), g.Prefix)
			}
			if len(out) == 0 {
				fmt.Fprintln(w, "nobody but you")
			}
		})
	}
	return c
}
