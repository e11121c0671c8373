package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/fault"
)

// bare is the command that runs a builtin engine here, on files of this machine whose owner
// allows all operations.
func (t *tool) bare(short string, operations []string, make func(threads int, hear func(stage string, done, total int64)) tacit.Engine) *cobra.Command {
	var out string
	var threads int
	c := &cobra.Command{Use: "run PARAMS.json ALIAS=FILE...", Short: short, Args: func(_ *cobra.Command, args []string) error {
		if len(args) < 2 {
			return fault.New(fault.APIField, "read arguments: want the parameters' file and ALIAS=FILE for each input, got %d", len(args))
		}
		return nil
	}}
	c.Flags().StringVar(&out, "out", "", "folder for its outputs [only listed]")
	c.Flags().IntVar(&threads, "threads", runtime.NumCPU(), "threads that it may use")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		params, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read parameters: %w", err)
		}
		job := tacit.Job{Params: params, Clock: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
			Limits: tacit.Limits{Fuel: math.MaxUint64, Memory: math.MaxInt64 / 2, Output: math.MaxInt64 / 2, Files: 256, Time: 24 * time.Hour}}
		_, _ = rand.Read(job.Seed[:]) // never fails
		for _, a := range args[1:] {
			alias, name, ok := strings.Cut(a, "=")
			if !ok || alias == "" {
				return fault.Denied(fault.APIField, "read arguments", "ALIAS=FILE", "an alias, = and a file", a)
			}
			f, err := openPlain(name, alias)
			if err != nil {
				return err
			}
			defer f.close()
			f.Operations = operations
			job.Inputs = append(job.Inputs, f.GuestFile)
		}
		fmt.Fprintln(t.errs, "note: this runs on bare files of this machine: nothing is protected or proven")
		start := time.Now()
		result, err := make(threads, t.stages(start)).Run(cmd.Context(), job)
		if err != nil {
			return err
		}
		took := time.Since(start)
		if out != "" {
			if err := (client.Result{Files: result.Outputs}).Write(out); err != nil {
				return err
			}
		}
		sizes := map[string]int{}
		for _, f := range result.Outputs {
			sizes[f.Name] = len(f.Data)
		}
		return t.print(map[string]any{"fuel": result.Fuel, "memory": result.PeakMem, "ms": took.Milliseconds(), "outputs": sizes}, func(w io.Writer) {
			fmt.Fprintf(w, "%d fuel, %d MiB of memory, %.2fs\n", result.Fuel, result.PeakMem>>20, took.Seconds())
			for _, f := range result.Outputs {
				fmt.Fprintf(w, "/out/%s  %d bytes\n", f.Name, len(f.Data))
			}
		})
	}
	return c
}

// stages says when a stage begins and, of one that takes long, how far it is.
func (t *tool) stages(start time.Time) func(stage string, done, total int64) {
	var was []string
	var said time.Time
	return func(stage string, done, total int64) {
		fresh := !slices.Contains(was, stage)
		if !fresh && time.Since(said) < time.Second {
			return
		}
		if fresh {
			was = append(was, stage)
		}
		said = time.Now()
		part := ""
		if total > 0 && done > 0 {
			part = fmt.Sprintf(" %d%%", 100*done/total)
		}
		fmt.Fprintf(t.errs, "%7.2fs %s%s\n", time.Since(start).Seconds(), stage, part)
	}
}
