package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"tacit/fault"
)

// typed runs a command line in this process, in a home of its own.
func typed(t *testing.T, home string, args ...string) (status int, out, errs string) {
	t.Helper()
	t.Setenv("TACIT_HOME", home)
	var o, e bytes.Buffer
	status = run(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

func TestEveryCommandSaysWhatItDoesAndHasAnExample(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Hidden || sub.Name() == "help" || c.Name() == "completion" {
				continue
			}
			if sub.HasAvailableSubCommands() {
				walk(sub)
			}
			if sub.Short == "" || !sub.HasAvailableSubCommands() && !strings.Contains(sub.Example, sub.CommandPath()) {
				t.Errorf("%s: %q, for example %q", sub.CommandPath(), sub.Short, sub.Example)
			}
		}
	}
	walk((&tool{}).command())
}

func TestTheReferenceIsCurrent(t *testing.T) {
	_, out, _ := typed(t, t.TempDir(), "reference")
	b, err := os.ReadFile("../../docs/cli.md")
	if err != nil || string(b) != out {
		t.Errorf("docs/cli.md is not what the commands say: run make generate (%v)", err)
	}
	for _, bad := range []string{"/root", "/home/", os.TempDir()} {
		if strings.Contains(out, bad) {
			t.Errorf("it names %s", bad)
		}
	}
}

// What a stranger types: each refusal says what to do next.
//
// case N80 code API_FIELD check cmd/tacit/tree.go:unknown
func TestN80AStrangerIsToldWhatToTypeNext(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	odd := file("odd.yaml", "apiVersion: tacit/v1\nkind: Task\nservice: acme/sum\nreplicas: 3\n")
	stakes := file("stakes.yaml", "nodes:\n  - {name: a, stake: 5, bad: true}\n  - {name: b, stake: 5}\n  - {name: c, stake: 5}\n  - {name: d, stake: 5}\n")
	three := file("three.yaml", "nodes:\n  - {stake: 5, bad: true}\n  - {stake: 5}\n  - {stake: 5}\n")
	none := file("none.yaml", "nodes:\n  - {stake: 0}\n")
	for _, tt := range []struct {
		name string
		args []string
		exit int
		want string
	}{
		{"twin: nothing", nil, 0, "First steps"},
		{"twin: help", []string{"help"}, 0, "First steps"},
		{"twin: help of a command", []string{"help", "task", "cancel"}, 0, "tacit task cancel 4ef9394b"},
		{"twin: a noun alone", []string{"task"}, 0, "rerun"},
		{"twin: no tasks yet", []string{"task", "list"}, 0, "next: tacit task init"},
		{"twin: a schema", []string{"task", "schema", "terms"}, 0, "json-schema.org"},
		{"twin: a risk", []string{"network", "risk", "--committee", "64"}, 0, "2^-51"},
		{"twin: a risk with stakes", []string{"network", "risk", "--committee", "4", "--stakes", stakes}, 0, "exact fractions"},
		{"twin: a risk as JSON", []string{"network", "risk", "-o", "json"}, 0, `"exact":"73/15625"`},
		{"a command that is almost one", []string{"rum"}, fault.ExitUsage, "did you mean tacit run?"},
		{"a verb that is almost one", []string{"task", "sho"}, fault.ExitUsage, "did you mean tacit task show?"},
		{"a verb like none", []string{"wallet", "xyzzyxyzzy"}, fault.ExitUsage, "one of collect, recipient, show, withdraw"},
		{"a flag that is almost one", []string{"run", "a/b", "--max-prize", "1"}, fault.ExitUsage, "did you mean --max-price?"},
		{"a flag without its value", []string{"run", "a/b", "--max-price"}, fault.ExitUsage, "tacit run --help"},
		{"a number in words", []string{"run", "a/b", "--fuel", "much"}, fault.ExitUsage, "tacit run --help"},
		{"too many words", []string{"version", "x"}, fault.ExitUsage, "tacit version --help"},
		{"no service", []string{"run"}, fault.ExitUsage, "-f with a task file"},
		{"a task file that is not there", []string{"run", "-f", "missing.yaml"}, fault.ExitUsage, "API_PATH"},
		{"a task file with more than is honoured", []string{"run", "-f", odd}, fault.ExitUsage, "replicas"},
		{"the same to plan", []string{"task", "plan", "-f", odd}, fault.ExitUsage, "replicas"},
		{"a wrong flag over nothing", []string{"run", "acme/sum", "--level", "9"}, fault.ExitUsage, "requirements.level"},
		{"a price in words", []string{"run", "acme/sum", "--max-price", "x"}, fault.ExitUsage, "--max-price"},
		{"an alias twice", []string{"run", "acme/sum", "--data", "a=b/c", "--data", "a=b/d"}, fault.ExitUsage, "each alias once"},
		{"no home", []string{"wallet", "show"}, fault.ExitUsage, "tacit up"},
		{"no home to run in", []string{"run", "acme/sum"}, fault.ExitUsage, "tacit up"},
		{"a task that is not there", []string{"task", "cancel", "ffffffff"}, fault.ExitUsage, "tacit task list"},
		{"a share above all", []string{"network", "risk", "--bad", "2"}, fault.ExitUsage, "from 0 to 1"},
		{"no seats", []string{"network", "risk", "--committee", "0"}, fault.ExitUsage, "seats"},
		{"both kinds of bad", []string{"network", "risk", "--bad", "0.1", "--stakes", stakes}, fault.ExitUsage, "either"},
		{"too few operators", []string{"network", "risk", "--committee", "7", "--stakes", three}, fault.ExitNoWorker, "TASK_NO_WORKER"},
		{"a stake of nothing", []string{"network", "risk", "--stakes", none}, fault.ExitUsage, "nodes[0].stake"},
		{"a schema that is not there", []string{"task", "schema", "job"}, fault.ExitUsage, "task or terms"},
		{"a proof that is not there", []string{"proof", "explain", "missing.json"}, fault.ExitUsage, "API_PATH"},
		{"a line that is not there", []string{"proof", "explain", "missing.json", "settlemint"}, fault.ExitUsage, "did you mean settlement?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exit, out, errs := typed(t, filepath.Join(dir, "home"), tt.args...)
			if all := out + errs; exit != tt.exit || !strings.Contains(all, tt.want) || exit != 0 && !strings.Contains(errs, "next  ") {
				t.Errorf("exit %d, want %d with %q:\n%s", exit, tt.exit, tt.want, all)
			}
		})
	}
}

// A task file is written once, and what was written can be read.
func TestATaskFileIsWrittenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "task.yaml")
	if exit, _, errs := typed(t, t.TempDir(), "task", "init", path); exit != 0 {
		t.Fatal(errs)
	}
	if exit, _, errs := typed(t, t.TempDir(), "task", "init", path); exit != fault.ExitUsage || !strings.Contains(errs, "there already") {
		t.Errorf("exit %d: %s", exit, errs)
	}
	if exit, _, errs := typed(t, t.TempDir(), "task", "plan", "-f", path); exit != fault.ExitUsage || !strings.Contains(errs, "API_HOME") {
		t.Errorf("it was not read up to the network: exit %d: %s", exit, errs)
	}
}
