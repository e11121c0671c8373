package main

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/engine/psi"
	"tacit/engine/psi/rows"
	"tacit/engine/psi/set"
	"tacit/fault"
)

// roomy are limits at home, where nobody else pays for what is held.
var roomy = rows.Limits{Rows: rows.MostRows, Memory: math.MaxInt64, Field: 1 << 16}

func (t *tool) psi() *cobra.Command {
	return group("psi", "Sets of ids at home: prepare one, read it back, check a file, run an operation", t.psiPrepare(), t.psiRows(), t.psiCheck(), t.psiRun())
}

// A reading is how a party's file is read, as flags.
type reading struct {
	format    rows.Format
	header    bool
	normalise []string
	payload   []string
}

func (r *reading) flags(c *cobra.Command) {
	c.Flags().StringVar(&r.format.Column, "column", "", "column of the ids")
	c.Flags().StringVar(&r.format.Kind, "format", "", "csv, parquet or binary [by the file's ending, else csv]")
	c.Flags().IntVar(&r.format.Width, "width", 0, "bytes of an id; all parties of an operation need the same [16, or the power of two that holds the longest]")
	c.Flags().BoolVar(&r.header, "header", true, "the first row of CSV names the columns; with --header=false they are called 1, 2 and so on")
	c.Flags().StringSliceVar(&r.normalise, "normalise", nil, "what is done to text ids: trim, spaces, nfc or nfkc, fold")
	c.Flags().StringSliceVar(&r.payload, "payload", nil, "columns beside the ids: NAME of text, NAME:DECIMALS of numbers")
}

// rules are what --normalise names.
func (r *reading) rules() (rows.Rules, error) {
	var out rows.Rules
	for _, word := range r.normalise {
		switch word {
		case "trim":
			out.Trim = true
		case "spaces":
			out.Spaces = true
		case "fold":
			out.Fold = true
		case "nfc", "nfkc":
			if out.Unicode != "" && out.Unicode != word {
				return out, fault.Denied(fault.APIField, "read flags", "--normalise", "nfc or nfkc", "both")
			}
			out.Unicode = word
		default:
			return out, fault.Denied(fault.APIField, "read flags", "--normalise", "trim, spaces, nfc, nfkc or fold", word)
		}
	}
	return out, nil
}

// wants are the columns that --payload names. A number behind the last colon makes a
// column one of numbers.
func (r *reading) wants() []rows.Want {
	var out []rows.Want
	for _, p := range r.payload {
		w := rows.Want{Name: p}
		if i := strings.LastIndexByte(p, ':'); i > 0 {
			if n, err := strconv.Atoi(p[i+1:]); err == nil {
				w = rows.Want{Name: p[:i], Number: true, Decimals: n}
			}
		}
		out = append(out, w)
	}
	return out
}

// read reads a file as the engine would, and says whether its ids are text.
func (r *reading) read(ctx context.Context, name string) (table *rows.Table, rules rows.Rules, text bool, err error) {
	if rules, err = r.rules(); err != nil {
		return nil, rules, false, err
	}
	f, err := openPlain(name, filepath.Base(name))
	if err != nil {
		return nil, rules, false, err
	}
	defer f.close()
	format := r.format
	if format.Kind == "" {
		format.Kind = rows.CSV
		switch strings.ToLower(filepath.Ext(name)) {
		case ".parquet":
			format.Kind = rows.Parquet
		case ".bin":
			format.Kind = rows.Binary
		}
	}
	if !r.header && format.Kind == rows.CSV {
		format.Header = &r.header
	}
	if format.Kind != rows.Binary {
		format.Width = 0 // of the set that is made
	}
	table, err = rows.Read(ctx, f.GuestFile, format, rules, r.wants(), roomy)
	return table, rules, format.Kind == rows.CSV || err == nil && table.IDs.Width == 0, err
}

// A plainFile is a file of this machine as an engine reads it.
type plainFile struct {
	tacit.GuestFile
	close func() error
}

func openPlain(name, alias string) (plainFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return plainFile{}, fault.New(fault.APIPath, "read %s: %w", alias, err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return plainFile{}, fault.New(fault.APIPath, "read %s: not a plain file", alias)
	}
	return plainFile{tacit.GuestFile{Operations: tacit.SetOperations(), Alias: alias, Size: info.Size(), Data: f}, f.Close}, nil
}

// create makes a file that is not there yet; what write leaves half done is taken away.
func create(name string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.New(fault.APIPath, "write %s: %w", name, err)
	}
	err = write(f)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = fault.New(fault.APIPath, "write %s: %w", name, cerr)
	}
	if err != nil {
		_ = os.Remove(name)
	}
	return err
}

func (t *tool) psiPrepare() *cobra.Command {
	var r reading
	var out string
	var capacity int
	c := &cobra.Command{Use: "prepare FILE", Short: "Make a set of ids that an enclave reads in oblivious mode; nothing leaves this machine", Args: exactly(1, "the file with the ids")}
	r.flags(c)
	c.Flags().StringVar(&out, "out", "", "the set's file, which must not be there yet")
	c.Flags().IntVar(&capacity, "capacity", 0, "records that the set has room for: its size tells this, and not how many there are [the power of two that holds all]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" {
			return fault.Denied(fault.APIField, "read flags", "--out", "a file name", "nothing")
		}
		table, rules, text, err := r.read(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		var h *set.Head
		if err := create(out, func(w io.Writer) error {
			h, err = set.Write(w, table.IDs, table.Columns, set.Options{Text: text, Rules: rules, Capacity: capacity, Width: r.format.Width})
			return err
		}); err != nil {
			return err
		}
		report := map[string]any{"ids": h.Count, "capacity": h.Capacity, "width": h.Width, "columns": len(h.Columns), "bytes": h.Size(), "file": out}
		return t.print(report, func(w io.Writer) {
			fmt.Fprintf(w, "prepared %d ids, capacity %d, width %d, %d columns: %s, %d bytes\n", h.Count, h.Capacity, h.Width, len(h.Columns), out, h.Size())
			fmt.Fprintln(w, "nothing left this machine; the file is not encrypted before it is published")
		})
	}
	return c
}

func (t *tool) psiCheck() *cobra.Command {
	var r reading
	c := &cobra.Command{Use: "check FILE", Short: "Read a file with ids as the engine will, and say what is wrong with it", Args: exactly(1, "the file with the ids")}
	r.flags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		table, _, _, err := r.read(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		seen, longest := make(map[string]struct{}, table.IDs.N), 0
		for i := range table.IDs.N {
			seen[string(table.IDs.At(i))] = struct{}{}
			longest = max(longest, len(table.IDs.At(i)))
		}
		return t.print(map[string]any{"rows": table.IDs.N, "distinct": len(seen), "longest": longest}, func(w io.Writer) {
			fmt.Fprintf(w, "%d rows, %d distinct ids, the longest of %d bytes: nothing is wrong\n", table.IDs.N, len(seen), longest)
		})
	}
	return c
}

func (t *tool) psiRows() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "rows FILE.set", Short: "A prepared set, or a result that is one, as CSV", Args: exactly(1, "the set's file")}
	c.Flags().StringVar(&out, "out", "", "file of CSV, which must not be there yet [standard output]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		f, err := openPlain(args[0], filepath.Base(args[0]))
		if err != nil {
			return err
		}
		defer f.close()
		h, err := set.ReadHead(f.Data, f.Size)
		if err != nil {
			return err
		}
		var wants []rows.Want
		head := []string{"id"}
		for _, c := range h.Columns {
			wants = append(wants, rows.Want{Name: c.Name})
			head = append(head, c.Name)
		}
		limits := roomy
		limits.Rows = math.MaxUint32 // a result may have more than one party brings
		table, err := set.Read(cmd.Context(), f.GuestFile, h.Rules, wants, limits)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error {
			all := csv.NewWriter(w)
			_ = all.Write(head) // whose errors are told at the end
			row := make([]string, len(head))
			for i := range table.IDs.N {
				row[0] = string(table.IDs.At(i))
				if !h.Text {
					row[0] = hex.EncodeToString(table.IDs.At(i))
				}
				for j := range table.Columns {
					row[j+1] = string(table.Columns[j].Texts.At(i))
				}
				_ = all.Write(row)
			}
			all.Flush()
			return all.Error()
		}
		if out == "" {
			return write(t.out)
		}
		if err := create(out, write); err != nil {
			return err
		}
		return t.print(map[string]any{"rows": h.Count, "file": out}, func(w io.Writer) { fmt.Fprintf(w, "%d rows: %s\n", h.Count, out) })
	}
	return c
}

func (t *tool) psiRun() *cobra.Command {
	return t.bare("Run a set operation here on bare files, to try it or to measure it; nothing is protected", tacit.SetOperations(),
		func(threads int, hear func(stage string, done, total int64)) tacit.Engine {
			return psi.New(psi.Config{Threads: threads, Progress: hear})
		})
}
