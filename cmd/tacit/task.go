package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/cmd/internal/spec"
	"tacit/fault"
	"tacit/node"
	"tacit/telemetry"
	"tacit/wire"
)

func (t *tool) task() *cobra.Command {
	return group("task", "Tasks: write, plan, list, watch, show, cancel and run again", t.taskInit(), t.taskSchema(), t.taskPlan(), t.taskList(),
		t.taskShow(), t.taskWatch(), t.taskResult(), t.taskLogs(), t.taskCancel(), t.taskRerun())
}

// aTask is a command about one task of the home.
func (t *tool) aTask(use, short, example string, do func(ctx context.Context, c *cobra.Command, s saved) error) *cobra.Command {
	return &cobra.Command{
		Use: use + " TASK", Short: short, Example: example, Args: exactly(1, "the task's ID or its beginning"), ValidArgsFunction: t.taskIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := t.find(args[0])
			if err != nil {
				return err
			}
			telemetry.About(cmd.Context(), s.ID.String())
			return do(cmd.Context(), cmd, s)
		},
	}
}

func (t *tool) taskInit() *cobra.Command {
	return &cobra.Command{Use: "init [FILE]", Short: "Write a task file with every field explained", Example: "tacit task init task.yaml", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := "task.yaml"
			if len(args) == 1 {
				path = args[0]
			}
			f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
			if errors.Is(err, os.ErrExist) {
				return fault.New(fault.APIPath, "write task file: %s is there already", path)
			}
			if err != nil {
				return fault.New(fault.APIPath, "write task file: %w", err)
			}
			_, err = f.WriteString(spec.Example)
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
			return t.print(map[string]string{"file": path}, func(w io.Writer) {
				fmt.Fprintf(w, "wrote %s\nnext: tacit task plan -f %s\n      tacit run -f %s\n", path, path, path)
			})
		}}
}

func (t *tool) taskSchema() *cobra.Command {
	return &cobra.Command{Use: "schema [task|terms]", Short: "Print the JSON Schema of task files or of terms", Example: "tacit task schema > task.schema.json\ntacit task schema terms > terms.schema.json",
		Args: cobra.MaximumNArgs(1), ValidArgs: []string{"task", "terms"},
		RunE: func(_ *cobra.Command, args []string) error {
			kind := "task"
			if len(args) == 1 {
				kind = args[0]
			}
			s, ok := spec.Schemas[kind]
			if !ok {
				return fault.Denied(fault.APIField, "read arguments", "schema", "task or terms", kind)
			}
			_, err := t.out.Write(s())
			return err
		}}
}

// state is how far a task is, by what the home knows of it.
func (s saved) state(proven bool) string {
	if n := len(s.Events); n > 0 {
		switch last := s.Events[n-1]; {
		case last.State == "failed":
			return "failed " + last.Code
		case proven:
			return "settled"
		default:
			return strings.ToLower(last.Stage) + " " + last.State
		}
	}
	return "accepted"
}

func (t *tool) taskList() *cobra.Command {
	var labels []string
	c := &cobra.Command{Use: "list", Short: "Tasks of this home, newest first", Example: "tacit task list\ntacit task list --label project=demo", Args: cobra.NoArgs}
	c.Flags().StringArrayVar(&labels, "label", nil, "name=value that a task file gave; repeat for tasks with all of them")
	c.RunE = func(*cobra.Command, []string) error {
		type line struct {
			ID      wire.Digest       `json:"id"`
			Name    string            `json:"name"`
			Labels  map[string]string `json:"labels"`
			Service string            `json:"service"`
			Account string            `json:"account"`
			State   string            `json:"state"`
			Time    int64             `json:"time"` // of its first event, in ms since 1970
		}
		list := []line{}
		dirs, err := os.ReadDir(filepath.Join(t.home, "tasks"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("list tasks: %w", err)
		}
		for _, d := range dirs {
			s, err := t.load(d.Name())
			if err != nil {
				return err
			}
			all := true
			for _, l := range labels {
				k, v, ok := strings.Cut(l, "=")
				if !ok {
					return fault.Denied(fault.APIField, "read flags", "--label", "name=value", l)
				}
				got, has := s.Spec.Labels[k]
				all = all && has && got == v
			}
			if !all {
				continue
			}
			_, err = os.Stat(filepath.Join(t.taskDir(s.ID), "proof.json"))
			x := line{ID: s.ID, Name: s.Spec.Name, Labels: s.Spec.Labels, Service: s.Spec.Service, Account: s.Account, State: s.state(err == nil)}
			if len(s.Events) > 0 {
				x.Time = s.Events[0].Time
			}
			list = append(list, x)
		}
		slices.SortFunc(list, func(a, b line) int { return int(b.Time - a.Time) })
		return t.print(list, func(w io.Writer) {
			for _, x := range list {
				fmt.Fprintf(w, "%s  %s  %-8s %-22s %-20s %s\n", x.ID.Short(), time.UnixMilli(x.Time).Format(time.DateTime), x.Account, x.Service, x.State, x.Name)
			}
			if len(list) == 0 {
				fmt.Fprintln(w, "no task\nnext: tacit task init task.yaml\n      tacit run SERVICE --data ALIAS=DATASET")
			}
		})
	}
	return c
}

func (t *tool) taskWatch() *cobra.Command {
	var w wishing
	c := t.aTask("watch", "See a task to its end, from its first event on; writes result and proof", "tacit task watch 4ef9394b", func(ctx context.Context, c *cobra.Command, keep saved) error {
		ctx, cancel := context.WithTimeout(ctx, w.timeout)
		defer cancel()
		s, err := t.mine(ctx, keep)
		if err != nil {
			return err
		}
		t.notice(s.network.Genesis.Teaching)
		if keep.Spec.Delivery.Out == "" || c.Flags().Changed("out") {
			keep.Spec.Delivery.Out = w.out
		}
		p := &progress{t: t}
		for _, e := range keep.Events {
			if e.Index == 0 && (e.Stage == "Quote" || e.Stage == "Escrow") { // of this home, told by nobody else
				p.events = append(p.events, e)
			}
		}
		return t.follow(ctx, s, keep, p, w.early)
	})
	w.waiting(c)
	return c
}

func (t *tool) taskResult() *cobra.Command {
	out := ""
	c := t.aTask("result", "Write the result again; with the proof once the task is settled", "tacit task result 4ef9394b --out again", func(ctx context.Context, _ *cobra.Command, keep saved) error {
		if out == "" {
			out = keep.Spec.Delivery.Out
		}
		if out == "" {
			out = spec.Defaults().Delivery.Out
		}
		s, err := t.mine(ctx, keep)
		if err != nil {
			return err
		}
		t.notice(s.network.Genesis.Teaching)
		err = t.finish(ctx, s, keep.ID, out)
		if !errors.Is(err, fault.KeyFinality) {
			return err
		}
		opened, err := s.Result(ctx, keep.ID)
		if err != nil {
			return err
		}
		if err := write(out, opened.Files); err != nil {
			return err
		}
		return t.tellResult(keep.ID, out, opened.Receipt, opened.Files, nil)
	})
	c.Flags().StringVar(&out, "out", "", "folder for it [as the task was given]")
	return c
}

func (t *tool) taskLogs() *cobra.Command {
	return t.aTask("logs", "What the program wrote to stdout and stderr, where the owners' terms let it out", "tacit task logs 4ef9394b", func(ctx context.Context, _ *cobra.Command, keep saved) error {
		s, err := t.mine(ctx, keep)
		if err != nil {
			return err
		}
		opened, err := s.Result(ctx, keep.ID)
		if err != nil {
			return err
		}
		var stdout, stderr []byte
		for i, o := range opened.Receipt.Outputs {
			switch o.Name {
			case "stdout":
				stdout = opened.Files[i].Data
			case "stderr":
				stderr = opened.Files[i].Data
			}
		}
		why := ""
		if len(stdout)+len(stderr) == 0 {
			why = "none: the program wrote nothing, or the terms of one of the owners do not let its messages out (logs: false)"
		}
		return t.print(map[string]any{"task": keep.ID, "stdout": string(stdout), "stderr": string(stderr), "why": why}, func(w io.Writer) {
			_, _ = io.Copy(w, bytes.NewReader(stdout))
			_, _ = io.Copy(t.errs, bytes.NewReader(stderr))
			if why != "" {
				fmt.Fprintf(t.errs, "%s\n", why)
				owners := []string{keep.Spec.Service}
				for _, d := range keep.Spec.Inputs {
					owners = append(owners, d)
				}
				slices.Sort(owners[1:])
				fmt.Fprintf(t.errs, "next: run the program on your own files: tacit service test FILE.wasm --data ALIAS=FILE\n      ask the owners of %s\n", strings.Join(owners, ", "))
			}
		})
	})
}

func (t *tool) taskCancel() *cobra.Command {
	return t.aTask("cancel", "Call a task off before it is drawn; nothing is owed then", "tacit task cancel 4ef9394b", func(ctx context.Context, _ *cobra.Command, keep saved) error {
		s, err := t.mine(ctx, keep)
		if err != nil {
			return err
		}
		if err := s.Cancel(ctx, keep.ID); err != nil {
			return err
		}
		return t.print(map[string]any{"task": keep.ID, "cancelled": true}, func(w io.Writer) {
			fmt.Fprintf(w, "cancelled %s: its reservation is free again\n", keep.ID.Short())
		})
	})
}

func (t *tool) taskRerun() *cobra.Command {
	var w wishing
	c := t.aTask("rerun", "The same wish again as a new task", "tacit task rerun 4ef9394b --out again", func(ctx context.Context, c *cobra.Command, keep saved) error {
		if keep.Spec.Service == "" {
			return fault.New(fault.APINotFound, "run task %s again: this home does not know what it asked for", keep.ID.Short())
		}
		ctx, cancel := context.WithTimeout(ctx, w.timeout)
		defer cancel()
		if keep.Account != "" {
			t.as = keep.Account
		}
		if c.Flags().Changed("out") {
			keep.Spec.Delivery.Out = w.out
		}
		return t.execute(ctx, keep.Spec, w.early)
	})
	w.waiting(c)
	return c
}

func (t *tool) taskShow() *cobra.Command {
	return t.aTask("show", "Timeline, evidence and money of a task", "", func(_ context.Context, _ *cobra.Command, s saved) error {
		var proof *tacit.ProofFile
		if b, err := os.ReadFile(filepath.Join(t.taskDir(s.ID), "proof.json")); err == nil {
			proof = new(tacit.ProofFile)
			if err := node.Decode(b, proof); err != nil {
				return err
			}
		}
		return t.print(map[string]any{"task": s.ID, "submission": s.Submit, "events": s.Events, "proof": proof}, func(w io.Writer) { show(w, s, proof) })
	})
}

func show(w io.Writer, s saved, proof *tacit.ProofFile) {
	task := s.Submit.Task.Body
	fmt.Fprintf(w, "task       %s\nuser       %s\nmaximum    %s, reserved %s\ndeadline   block %d\n\n", s.ID, task.User, coins(task.MaxFee), coins(s.Submit.Acceptance.Body.Fee), task.Deadline)
	for _, e := range s.Events {
		if e.State == "started" {
			continue
		}
		fmt.Fprintf(w, "%s  %-7s %-6s %6.2fs  %s %s\n", time.UnixMilli(e.Time).Format("15:04:05"), e.Stage, e.State, float64(e.Millis)/1000, e.Code, e.Detail)
		if e.Rule != "" {
			fmt.Fprintf(w, "          rule %s: expected %s, got %s\n", e.Rule, e.Want, e.Got)
		}
	}
	if proof == nil {
		fmt.Fprintf(w, "\nno proof yet\n")
		return
	}
	p := proof.Proof
	fmt.Fprintf(w, "\nservice    %s@%d\n", p.Case.Service.Entry.Name, p.Case.Service.Entry.Generation)
	for i, d := range p.Case.Datasets {
		fmt.Fprintf(w, "data       %s = %s@%d\n", task.Inputs[i].Name, d.Entry.Name, d.Entry.Generation)
	}
	a := p.Case.Assignment.Body
	fmt.Fprintf(w, "worker     %s, attempt %d, evidence %s (%s)\ncommittee  %d votes for %d seats\n",
		a.Places[0].Worker, a.Attempt, p.Case.Evidence.Digest().Short(), p.Case.Evidence.Scheme, len(p.Certificate.Votes), len(a.Seats))
	for _, s := range p.Case.Skips {
		by := "signed by the dispatcher"
		if s.Body.Reason == tacit.SkipRefused {
			by = "signed by the worker"
		}
		fmt.Fprintf(w, "skipped    %s, attempt %d: %s, %s\n", s.Body.Worker, s.Body.Attempt, s.Body, by)
	}
	for _, r := range proof.Receipt {
		fmt.Fprintf(w, "receipt    exit %s, fuel %d, memory %d, read %d bytes, level %d, boundary %s, sandbox %s\n",
			tacit.ExitClass(r.Exit), r.Fuel, r.Memory, r.Read, r.Level, r.Boundary, r.Sandbox)
		for _, s := range r.Secrets {
			fmt.Fprintf(w, "vault      %s, of manager %s\n", s, s.Manager.String()[:10])
		}
	}
	for _, x := range p.Settled {
		fmt.Fprintf(w, "paid       %s in batch %d\n", coins(x.Settlement.Fee), x.Batch.Number)
	}
}
