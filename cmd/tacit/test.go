package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/engine/wasm"
	"tacit/fault"
	"tacit/wire"
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
	var compile time.Duration
	var again bool
	c := &cobra.Command{Use: "test FILE.wasm", Short: "Run a program here on files, as an enclave would", Args: exactly(1, "the module's file")}
	w.flags(c)
	c.Flags().StringVar(&w.out, "out", "", "folder for its output [only listed]")
	c.Flags().Lookup("data").Usage = "alias=FILE; repeat for more"
	c.Flags().DurationVar(&compile, "compile", compileIn, "most time of compiling; an enclave gives the default")
	c.Flags().BoolVar(&again, "again", false, "run it once more from the compiled code, and say how long each step took")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := readModule(args[0])
		if err != nil {
			return err
		}
		q := w.requirements()
		job := tacit.Job{Code: code, Args: []string{"service"}, Clock: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Limits: tacit.Limits{
			Fuel: q.Fuel, Memory: int64(q.Memory), Output: int64(q.Output), Files: 256, Time: time.Duration(q.Seconds) * time.Second, CodeSize: 64 << 20, CompileIn: compile,
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
		steps := &steps{}
		engine, err := wasm.New(wasm.Config{Cache: steps})
		if err != nil {
			return err
		}
		start := time.Now()
		out, rerr := engine.Run(cmd.Context(), job)
		took := time.Since(start)
		var second time.Duration
		if again && rerr == nil {
			start = time.Now()
			other, err := engine.Run(cmd.Context(), job)
			if second = time.Since(start); err != nil {
				return err
			}
			if !same(out, other) {
				return fault.New(fault.Internal, "test program: the second run did not leave what the first one left")
			}
		}
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
		report := map[string]any{"exit": out.ExitCode, "fuel": out.Fuel, "memory": out.PeakMem, "outputs": sizes, "size": len(code)}
		if again {
			report["compile_ms"], report["run_ms"], report["again_ms"] = steps.compiled.Milliseconds(), (took - steps.compiled).Milliseconds(), second.Milliseconds()
		}
		return t.print(report, func(w io.Writer) {
			fmt.Fprintf(w, "exit %d, %d fuel (price bucket %d), %d bytes of memory, %.2fs\n", out.ExitCode, out.Fuel, tacit.Bucket(out.Fuel), out.PeakMem, took.Seconds())
			if again {
				fmt.Fprintf(w, "module of %d bytes: compiled in %.3fs, run in %.3fs; loaded and run again from compiled code in %.3fs\n",
					len(code), steps.compiled.Seconds(), (took - steps.compiled).Seconds(), second.Seconds())
			}
			for _, f := range out.Outputs {
				fmt.Fprintf(w, "/out/%s  %d bytes\n", f.Name, len(f.Data))
			}
			fmt.Fprintf(w, "next: tacit service publish %s --name OWNER/NAME --price 0.02\n", args[0])
		})
	}
	return c
}

// compileIn is how long an enclave compiles at most.
const compileIn = time.Minute

// steps keeps what one module compiled to and how long that took: from the
// question for it to the answer.
type steps struct {
	asked    time.Time
	compiled time.Duration
	code     []byte
}

// Get returns what was compiled.
func (s *steps) Get(wire.Digest) ([]byte, bool) {
	s.asked = time.Now()
	return s.code, s.code != nil
}

// Put keeps what was compiled.
func (s *steps) Put(_ wire.Digest, code []byte) {
	s.code, s.compiled = code, time.Since(s.asked)
}

// same reports that two runs left the same, as they must: nothing but the module
// and its job decides.
func same(a, b tacit.Outcome) bool {
	return a.ExitCode == b.ExitCode && a.Fuel == b.Fuel && bytes.Equal(a.Stdout, b.Stdout) && bytes.Equal(a.Stderr, b.Stderr) &&
		slices.EqualFunc(a.Outputs, b.Outputs, func(x, y tacit.Output) bool { return x.Name == y.Name && bytes.Equal(x.Data, y.Data) })
}
