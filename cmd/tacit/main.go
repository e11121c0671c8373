// Command tacit is the user's tool: it publishes, runs, shows and verifies,
// and brings up a whole network on one machine.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"tacit/attest/sim"
	"tacit/cmd/internal/otlp"
	"tacit/fault"
	"tacit/telemetry"
)

// version is the tool's; make sets it from the tag of a release.
var version = "0.1.0-dev"

// tool is what every command shares.
type tool struct {
	home   string
	as     string
	output string
	out    io.Writer
	errs   io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	t := &tool{out: out, errs: errs}
	root := t.command()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	exporter, err := otlp.Exporter(ctx)
	if err == nil && exporter != nil {
		defer telemetry.Export("cli", exporter)(ctx)
	}
	if err == nil {
		traced, end := telemetry.Span(ctx, "tacit", "", telemetry.Inside)
		err = root.ExecuteContext(traced)
		end(err)
	}
	if err == nil {
		return fault.ExitOK
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return fault.ExitFailure
	}
	return t.fail(err)
}

func (t *tool) command() *cobra.Command {
	root := &cobra.Command{
		Use: "tacit", Short: "Compute on data that nobody shows you, with code that nobody shows them",
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if t.output != "table" && t.output != "json" {
				return fault.Denied(fault.APIField, "read flags", "--output", "table or json", t.output)
			}
			return nil
		},
	}
	home := os.Getenv("TACIT_HOME")
	if home == "" {
		dir, err := os.UserHomeDir()
		if err != nil {
			dir = "."
		}
		home = filepath.Join(dir, ".tacit")
	}
	root.PersistentFlags().StringVar(&t.home, "home", home, "folder of the network profile, accounts and tasks (or TACIT_HOME)")
	root.PersistentFlags().StringVar(&t.as, "as", "alice", "account to act for, from the home's accounts")
	root.PersistentFlags().StringVarP(&t.output, "output", "o", "table", "table or json")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fault.New(fault.APIField, "read flags: %w", err) })

	service := &cobra.Command{Use: "service", Short: "Programs: test, publish, update and retire"}
	service.AddCommand(t.serviceTest(), t.servicePublish(), t.update(true), t.retire("service"))
	data := &cobra.Command{Use: "data", Short: "Datasets: publish, update and retire"}
	data.AddCommand(t.dataPublish(), t.update(false), t.retire("dataset"))
	task := &cobra.Command{Use: "task", Short: "Tasks: plan and show"}
	task.AddCommand(t.taskPlan(), t.taskShow())
	proof := &cobra.Command{Use: "proof", Short: "Proofs: verify"}
	proof.AddCommand(t.proofVerify())
	wallet := &cobra.Command{Use: "wallet", Short: "Money: show and collect"}
	wallet.AddCommand(t.walletShow(), t.walletCollect())
	root.AddCommand(t.up(), t.demo(), service, data, t.access(), t.runTask(), task, proof, wallet, t.doctor(), t.walls(), t.versionCommand())
	return root
}

// fail prints an error as the table of faults explains it.
func (t *tool) fail(err error) int {
	code := fault.Of(err)
	if _, ok := err.(interface{ Usage() bool }); ok {
		code = fault.APIField
	}
	e := fault.Lookup(code)
	var f *fault.Error
	errors.As(err, &f)
	if t.output == "json" {
		v := map[string]any{"code": e.Code, "message": err.Error(), "sentence": e.Sentence, "next": e.Next, "retry": e.Retry, "side": e.Side, "exit": e.Exit}
		if f != nil && f.Rule != "" {
			v["rule"], v["expected"], v["got"] = f.Rule, f.Expected, f.Got
		}
		_ = json.NewEncoder(t.errs).Encode(map[string]any{"error": v})
		return e.Exit
	}
	fmt.Fprintf(t.errs, "\n%s: %s\n", e.Code, e.Sentence)
	if f != nil && f.Rule != "" {
		fmt.Fprintf(t.errs, "  doing     %s\n  rule      %s\n  expected  %s\n  got       %s\n", f.Op, f.Rule, f.Expected, f.Got)
	} else {
		fmt.Fprintf(t.errs, "  cause     %v\n", err)
	}
	again := "no"
	if e.Retry {
		again = "yes"
	}
	fmt.Fprintf(t.errs, "  next      %s\n  side      %s, same request may work later: %s, more: docs/errors.md#%s\n", e.Next, e.Side, again, e.Code)
	return e.Exit
}

// print writes a value as JSON, or has text written for people.
func (t *tool) print(v any, text func(w io.Writer)) error {
	if t.output == "json" {
		return json.NewEncoder(t.out).Encode(v)
	}
	text(t.out)
	return nil
}

// notice is what every output on the simulated platform says.
func (t *tool) notice(teaching bool) {
	if teaching && t.output != "json" {
		fmt.Fprintln(t.errs, "note: "+sim.Notice)
	}
}

func (t *tool) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return t.print(map[string]string{"version": version}, func(w io.Writer) { fmt.Fprintln(w, "tacit", version) })
	}}
}
