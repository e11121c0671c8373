// Command tacit is the user's tool: it publishes, runs, shows and verifies,
// and brings up a whole network on one machine.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
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
		traced, end := telemetry.Span(telemetry.Extract(ctx, caller()), "tacit", "", telemetry.Inside)
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

// caller is the trace that whoever runs the tool is in, as OpenTelemetry passes it to
// programs: W3C Trace Context in the environment.
func caller() http.Header {
	h := http.Header{}
	h.Set("traceparent", os.Getenv("TRACEPARENT"))
	h.Set("tracestate", os.Getenv("TRACESTATE"))
	return h
}

func (t *tool) command() *cobra.Command {
	root := &cobra.Command{
		Use: "tacit", Short: "Compute on data that nobody shows you, with code that nobody shows them", Long: first,
		Args: cobra.ArbitraryArgs, RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return unknown(c, args[0])
		},
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
	root.SetFlagErrorFunc(badFlag)

	if err := root.RegisterFlagCompletionFunc("as", t.accounts); err != nil {
		panic(err) // there is no such flag
	}
	root.AddCommand(
		t.up(), t.demo(), t.runTask(), t.task(), t.serve(), t.connect(), t.federate(),
		group("service", "Programs: test, publish, update and retire", t.serviceTest(), t.servicePublish(), t.update(true), t.retire("service")),
		group("data", "Datasets: publish, update and retire", t.dataPublish(), t.update(false), t.retire("dataset")),
		t.access(), t.kv(), t.psi(), t.learn(),
		group("proof", "Proofs: verify, explain and report", t.proofVerify(), t.proofOpen(), t.proofExplain(), t.proofReport()),
		group("attest", "Evidence: show, verify, compare, expect, complete; keys of TPMs: certify", t.attestShow(), t.attestVerify(), t.attestDiff(), t.attestReference(), t.attestCollateral(),
			t.attestEnroller(), t.attestEnrol()),
		group("wallet", "Money: show, collect and withdraw", t.walletShow(), t.walletRecipient(), t.walletCollect(), t.walletWithdraw()),
		t.vault(),
		group("network", "The network: what a committee is worth, who broke a rule, who owes an answer, what evidence is judged by", t.networkRisk(), t.networkReport(), t.networkDemand(), t.networkPolicy(), t.networkRelease()),
		t.nodes(), t.store(),
		t.doctor(), t.walls(), t.reference(), t.versionCommand(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	finish(root)
	return root
}

// fail prints an error as the table of faults explains it.
func (t *tool) fail(err error) int {
	code := fault.Of(err)
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
	fmt.Fprintf(t.errs, "  next      %s\n  side      %s, same request may work later: %s, more: docs/errors.md#%s\n", e.Next, e.Side, again, strings.ToLower(string(e.Code)))
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
