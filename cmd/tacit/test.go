package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/engine/wasm"
	"tacit/fault"
)

// readModule reads a module; the text of one (.wat) is assembled.
func readModule(path string) ([]byte, error) {
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read module: %w", err)
	}
	if strings.HasSuffix(path, ".wat") {
		return wasm.Assemble(string(code))
	}
	return code, nil
}

func (t *tool) serviceTest() *cobra.Command {
	var w wishing
	c := &cobra.Command{Use: "test FILE.wasm", Short: "Run a program here on files, as an enclave would", Args: exactly(1, "the module's file")}
	w.flags(c)
	c.Flags().StringVar(&w.out, "out", "", "folder for its output [only listed]")
	c.Flags().Lookup("data").Usage = "alias=FILE; repeat for more"
	c.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := readModule(args[0])
		if err != nil {
			return err
		}
		q := w.requirements()
		job := tacit.Job{Code: code, Args: []string{"service"}, Clock: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Limits: tacit.Limits{
			Fuel: q.Fuel, Memory: int64(q.Memory), Output: int64(q.Output), Files: 256, Time: time.Duration(q.Seconds) * time.Second, CodeSize: 64 << 20, CompileIn: time.Minute,
		}}
		list, err := w.bindings()
		if err != nil {
			return err
		}
		for _, b := range list {
			f, err := os.Open(b.Dataset)
			if err != nil {
				return fault.New(fault.APIPath, "read input %s: %w", b.Alias, err)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil || !info.Mode().IsRegular() {
				return fault.New(fault.APIPath, "read input %s: not a plain file", b.Alias)
			}
			job.Inputs = append(job.Inputs, tacit.GuestFile{Alias: b.Alias, Size: info.Size(), Data: f})
		}
		if job.Params, err = w.readParams(); err != nil {
			return err
		}
		engine, err := wasm.New(wasm.Config{})
		if err != nil {
			return err
		}
		start := time.Now()
		out, rerr := engine.Run(cmd.Context(), job)
		r := client.Result{Files: out.Outputs}
		if w.out != "" && rerr == nil {
			if err := r.Write(w.out); err != nil {
				return err
			}
		}
		fmt.Fprintf(t.errs, "%s%s", out.Stdout, out.Stderr)
		if rerr != nil {
			return rerr
		}
		sizes := map[string]int{}
		for _, f := range out.Outputs {
			sizes[f.Name] = len(f.Data)
		}
		return t.print(map[string]any{"exit": out.ExitCode, "fuel": out.Fuel, "memory": out.PeakMem, "outputs": sizes}, func(w io.Writer) {
			fmt.Fprintf(w, "exit %d, %d fuel (price bucket %d), %d bytes of memory, %.2fs\n", out.ExitCode, out.Fuel, tacit.Bucket(out.Fuel), out.PeakMem, time.Since(start).Seconds())
			for _, f := range out.Outputs {
				fmt.Fprintf(w, "/out/%s  %d bytes\n", f.Name, len(f.Data))
			}
			fmt.Fprintf(w, "next: tacit service publish %s --name OWNER/NAME --price 0.02\n", args[0])
		})
	}
	return c
}
