package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/cmd/internal/spec"
	"tacit/fault"
	"tacit/node"
	"tacit/telemetry"
	"tacit/wire"
)

// wishing are the flags of a task.
type wishing struct {
	file     string
	data     []string
	maxPrice string
	out      string
	params   string
	fuel     uint64
	memory   uint64
	output   uint64
	seconds  uint32
	level    uint8
	purpose  string
	region   string
	timeout  time.Duration
	wait     uint64
	early    bool
	to       []string
	onward   bool
}

func (w *wishing) flags(c *cobra.Command) {
	f, d := c.Flags(), spec.Defaults()
	f.StringArrayVar(&w.data, "data", nil, "alias=owner/name of a dataset, or alias=task:ID of what an earlier task left; repeat for more")
	f.StringVar(&w.params, "params", "", "file with the guest's parameters (JSON)")
	f.Uint64Var(&w.fuel, "fuel", d.Requirements.Fuel, "most work units")
	f.Uint64Var(&w.memory, "memory", d.Requirements.Memory, "most bytes of guest memory")
	f.Uint64Var(&w.output, "max-output", d.Outputs.MaxSize, "most bytes of output")
	f.Uint32Var(&w.seconds, "seconds", d.Requirements.Seconds, "most seconds of running")
}

// limits are the flags that decide who may run a task and for how much.
func (w *wishing) limits(c *cobra.Command) {
	f, d := c.Flags(), spec.Defaults()
	f.StringVarP(&w.file, "file", "f", "", "task file (YAML or JSON); flags that are given win over it")
	f.StringVar(&w.maxPrice, "max-price", string(d.MaxPrice), "most coins that the task may cost")
	f.Uint8Var(&w.level, "level", d.Requirements.Level, "least platform level, 2 (simulated) to 5")
	f.StringVar(&w.purpose, "purpose", "", "purpose, as the owners' terms name it")
	f.StringVar(&w.region, "region", "", "region of the worker [any]")
	f.StringArrayVar(&w.to, "to", nil, "who gets a part of the result besides you: an age recipient or an account of this home; repeat for more")
	f.BoolVar(&w.onward, "onward", false, "leave a part of the result to a next task (--data alias=task:ID), for which the owners are asked again")
	f.Uint64Var(&w.wait, "wait", 0, "blocks that the deadline is later, for owners who are asked")
}

// task is the task file, if there is one, with the flags that were given over it.
func (w *wishing) task(c *cobra.Command, args []string) (spec.Task, error) {
	t, from := spec.Defaults(), "from the command line"
	if w.file != "" {
		var err error
		if t, err = spec.Read(w.file); err != nil {
			return t, err
		}
		from = w.file
	}
	if len(args) > 0 {
		t.Service = args[0]
	}
	for flag, set := range map[string]func(){
		"fuel": func() { t.Requirements.Fuel = w.fuel }, "memory": func() { t.Requirements.Memory = w.memory },
		"seconds": func() { t.Requirements.Seconds = w.seconds }, "level": func() { t.Requirements.Level = w.level },
		"purpose": func() { t.Requirements.Purpose = w.purpose }, "region": func() { t.Requirements.Region = w.region },
		"max-output": func() { t.Outputs.MaxSize = w.output }, "max-price": func() { t.MaxPrice = spec.Coins(w.maxPrice) },
		"wait": func() { t.Wait = w.wait }, "out": func() { t.Delivery.Out = w.out },
		"to": func() { t.Outputs.To = w.to }, "onward": func() { t.Outputs.Onward = w.onward },
	} {
		if c.Flags().Changed(flag) {
			set()
		}
	}
	if _, err := t.MaxPrice.Parse("--max-price"); err != nil && c.Flags().Changed("max-price") {
		return t, err
	}
	if len(w.data) > 0 {
		list, err := w.bindings()
		if err != nil {
			return t, err
		}
		t.Inputs = map[string]string{}
		for _, b := range list {
			t.Inputs[b.Alias] = b.Dataset
		}
	}
	if w.params != "" {
		var err error
		if t.Params, err = w.readParams(); err != nil {
			return t, err
		}
	}
	return t, t.Check(from)
}

// resolve finds what the flags name in this home: accounts that get parts of a result, by
// their recipients, and tasks, by the beginnings of their IDs.
func (t *tool) resolve(w *wishing) error {
	for i, to := range w.to {
		if strings.HasPrefix(to, "age1") {
			continue
		}
		r, err := t.recipient(to)
		if err != nil {
			return err
		}
		w.to[i] = r
	}
	for i, d := range w.data {
		alias, prefix, ok := strings.Cut(d, "=task:")
		if !ok {
			continue
		}
		s, err := t.find(prefix)
		if err != nil {
			return err
		}
		w.data[i] = alias + "=task:" + strings.TrimPrefix(s.ID.String(), "0x")
	}
	return nil
}

// recipient is the age recipient of an account of this home.
func (t *tool) recipient(account string) (string, error) {
	if there, _ := t.accounts(nil, nil, ""); !slices.Contains(there, account) {
		return "", fault.Denied(fault.APINotFound, "find account", "--to", "an age recipient, or an account of this home: "+strings.Join(there, ", "), account)
	}
	id, err := openIdentity(filepath.Join(t.home, "accounts", account+".age"))
	if err != nil {
		return "", err
	}
	return id.Recipient().String(), nil
}

// oneOrFile wants the service on the command line, in a task file or in both.
func (w *wishing) oneOrFile(c *cobra.Command, args []string) error {
	if len(args) == 0 && w.file != "" {
		return nil
	}
	return exactly(1, "the service, owner/name, or -f with a task file")(c, args)
}

// requirements of the flags.
func (w *wishing) requirements() tacit.Requirements {
	return tacit.Requirements{Level: w.level, Fuel: w.fuel, Memory: w.memory, Output: w.output, Seconds: w.seconds, Purpose: w.purpose, Region: w.region}
}

func (w *wishing) bindings() ([]client.Binding, error) {
	var list []client.Binding
	for _, d := range w.data {
		alias, name, ok := strings.Cut(d, "=")
		if !ok || alias == "" || name == "" {
			return nil, fault.Denied(fault.APIField, "read flags", "--data", "alias=owner/name", d)
		}
		if slices.ContainsFunc(list, func(b client.Binding) bool { return b.Alias == alias }) {
			return nil, fault.Denied(fault.APIField, "read flags", "--data", "each alias once", d)
		}
		list = append(list, client.Binding{Alias: alias, Dataset: name})
	}
	return list, nil
}

func (w *wishing) readParams() ([]byte, error) {
	if w.params == "" {
		return nil, nil
	}
	b, err := os.ReadFile(w.params)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read parameters: %w", err)
	}
	if !json.Valid(b) {
		return nil, fault.New(fault.APIField, "read parameters %s: not JSON", w.params)
	}
	return b, nil
}

func (t *tool) runTask() *cobra.Command {
	var w wishing
	c := &cobra.Command{Use: "run [SERVICE]", Short: "Plan, pay, submit, watch, open and check one task", Args: w.oneOrFile, ValidArgsFunction: t.names,
		Example: "tacit run acme/logreg --data left=hospital/left --data right=clinic/right --max-price 0.5 --out result\n" +
			"tacit run -f task.yaml --max-price 0.3"}
	w.flags(c)
	_ = c.RegisterFlagCompletionFunc("data", t.bound) // the flag is there
	w.limits(c)
	w.waiting(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := t.resolve(&w); err != nil {
			return err
		}
		task, err := w.task(cmd, args)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), w.timeout)
		defer cancel()
		return t.execute(ctx, task, w.early)
	}
	return c
}

// waiting are the flags of commands that wait for a task.
func (w *wishing) waiting(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&w.out, "out", spec.Defaults().Delivery.Out, "folder for the result")
	f.DurationVar(&w.timeout, "timeout", 5*time.Minute, "give up waiting after this time; the task goes on")
	f.BoolVar(&w.early, "no-wait-settle", false, "end once the result is here; settlement and proof come later")
}

// progress prints events as they come: one line per stage for people, each
// event as JSON otherwise.
type progress struct {
	t      *tool
	mu     sync.Mutex // guards what follows: the task and its result are waited for side by side
	events []tacit.Event
}

func (p *progress) tell(e tacit.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	if p.t.output == "json" {
		_ = json.NewEncoder(p.t.out).Encode(map[string]any{"event": e})
		return
	}
	if e.State == "started" {
		return
	}
	text := e.Detail
	if e.Code != "" {
		text = e.Code + " " + e.Detail
	}
	fmt.Fprintf(p.t.out, "%-7s %-6s %6.2fs  %s\n", e.Stage, e.State, float64(e.Millis)/1000, text)
}

// own tells a step of this process as an event of the same form.
func (p *progress) own(stage string, do func() (string, error)) error {
	start := time.Now()
	p.tell(tacit.Event{Stage: stage, State: "started", Time: start.UnixMilli()})
	detail, err := do()
	e := tacit.Event{Stage: stage, State: "done", Detail: detail, Time: time.Now().UnixMilli(), Millis: time.Since(start).Milliseconds()}
	if err != nil {
		e.State, e.Code = "failed", string(fault.Of(err))
		e.Detail = strings.TrimPrefix(err.Error(), e.Code+": ") // it is said before
	}
	p.tell(e)
	return err
}

// execute plans, pays, submits and sees one task to its end.
func (t *tool) execute(ctx context.Context, task spec.Task, early bool) error {
	s, p, keep, err := t.begin(ctx, task)
	if err != nil {
		return err
	}
	return t.follow(ctx, s, keep, p, early)
}

// begin submits a task, whose steps are told, and says what this home is to keep of it.
func (t *tool) begin(ctx context.Context, task spec.Task) (*session, *progress, saved, error) {
	s, err := t.open(ctx)
	if err != nil {
		return nil, nil, saved{}, err
	}
	t.notice(s.network.Genesis.Teaching)
	p := &progress{t: t}
	sub, err := t.submit(ctx, s, task, p)
	if err != nil {
		return nil, nil, saved{}, err
	}
	telemetry.About(ctx, sub.ID.String())
	return s, p, saved{ID: sub.ID, Account: t.as, Submit: sub, Events: p.events, Spec: task}, nil
}

// submit plans, pays and submits one task.
func (t *tool) submit(ctx context.Context, s *session, task spec.Task, p *progress) (sub client.Submission, err error) {
	wish, err := task.Wish()
	if err != nil {
		return sub, err
	}
	var plan client.Plan
	if err := p.own("Quote", func() (string, error) {
		if plan, err = s.Plan(ctx, wish); err != nil {
			return "", err
		}
		q := plan.Prices
		return fmt.Sprintf("at most %s: service %s, data %s, worker %s, verifiers %s, dispatcher %s", coins(q.Total()), coins(q.Service),
			coins(q.Datasets), coins(q.Worker), coins(q.Verifiers), coins(q.Dispatcher)), nil
	}); err != nil {
		return sub, err
	}
	if err := p.own("Escrow", func() (string, error) {
		paid, err := s.Pay(ctx, plan)
		if paid == 0 {
			return "the deposit covers it", err
		}
		return "deposited " + coins(paid), err
	}); err != nil {
		return sub, err
	}
	sub, err = s.Submit(ctx, plan)
	if errors.Is(err, fault.PayDeposit) {
		// Tasks before this one hold the deposit until they are settled.
		if err := p.own("Escrow", func() (string, error) {
			paid, err := s.PayMore(ctx, plan)
			return "deposited " + coins(paid) + " more: earlier tasks hold the rest", err
		}); err != nil {
			return sub, err
		}
		sub, err = s.Submit(ctx, plan)
	}
	return sub, err
}

// follow sees a submitted task to its end: the result is written as soon as it
// ran, the proof once it is settled.
func (t *tool) follow(ctx context.Context, s *session, keep saved, p *progress, early bool) error {
	if err := t.save(keep); err != nil {
		return err
	}
	out := keep.Spec.Delivery.Out
	watching, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan error, 1)
	go func() { watched <- s.Watch(watching, keep.ID, p.tell) }()
	opened, rerr := s.Result(ctx, keep.ID)
	if rerr == nil {
		rerr = p.own("Result", func() (string, error) {
			if err := write(out, opened.Files); err != nil {
				return "", err
			}
			return "in " + out + ":" + named(opened.Files), nil
		})
	}
	if rerr == nil && early {
		stop()
	}
	err := <-watched
	p.mu.Lock()
	keep.Events = p.events
	p.mu.Unlock()
	if serr := t.save(keep); err == nil {
		err = serr
	}
	if rerr == nil && early {
		return t.tellResult(keep.ID, out, opened.Receipt, opened.Files, nil)
	}
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fault.New(fault.TaskOpen, "wait for task %s: longer than --timeout: %w", keep.ID.Short(), err)
		}
		if t.output != "json" {
			// A task that ended did so with a code of its own; whoever cannot be reached
			// now says nothing of it, and it goes on.
			do := "show"
			if fault.Lost(err) || errors.Is(err, fault.TaskOpen) {
				do = "watch"
			}
			fmt.Fprintf(t.out, "\ntask %s\nnext: tacit task %s %s\n", keep.ID.Short(), do, keep.ID.Short())
		}
		return err
	}
	return t.finish(ctx, s, keep.ID, out) // it opens and checks everything again, whatever became of the early result
}

// write puts files below a folder.
func write(out string, files []tacit.Output) error { return client.Result{Files: files}.Write(out) }

// named lists files for people.
func named(files []tacit.Output) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, " %s (%d bytes)", f.Name, len(f.Data))
	}
	return b.String()
}

// finish fetches the proof of a settled task, checks everything and writes it.
func (t *tool) finish(ctx context.Context, s *session, id wire.Digest, out string) error {
	r, err := s.Fetch(ctx, id)
	if err != nil {
		return err
	}
	if _, err := r.Proof.Check(ctx, s.network.ID(), s.schemes); err != nil {
		return err
	}
	if err := node.WriteJSON(filepath.Join(t.taskDir(id), "proof.json"), 0o600, r.Proof); err != nil {
		return err
	}
	if err := r.Write(out); err != nil {
		return err
	}
	if err := node.WriteJSON(filepath.Join(out, "proof.json"), 0o600, r.Proof); err != nil {
		return err
	}
	return t.tellResult(id, out, r.Proof.Receipt[0], r.Files, &r.Proof)
}

// tellResult says what a task left; the error is the guest's. proof is nil as
// long as there is none.
func (t *tool) tellResult(id wire.Digest, out string, receipt tacit.Receipt, outputs []tacit.Output, proof *tacit.ProofFile) error {
	type file struct {
		Name string `json:"name"`
		Size int    `json:"size"`
	}
	var files []file
	for _, f := range outputs {
		files = append(files, file{f.Name, len(f.Data)})
	}
	exit := tacit.ExitClass(receipt.Exit)
	said := map[string]any{"task": id, "exit": exit.String(), "out": out, "files": files, "fault": receipt.Fault}
	fee := tacit.Money(0)
	if proof != nil && len(proof.Proof.Settled) > 0 {
		fee = proof.Proof.Settled[0].Settlement.Fee
		said["proof"], said["fee"] = filepath.Join(out, "proof.json"), fee
	}
	err := t.print(said, func(w io.Writer) {
		if proof == nil {
			fmt.Fprintf(w, "\ntask %s: exit %s, not settled yet; in %s:%s\nnext: tacit task watch %s\n      tacit task result %s\n", id.Short(), exit, out, named(outputs), id.Short(), id.Short())
			return
		}
		fmt.Fprintf(w, "\ntask %s: exit %s, fee %s; in %s:%s proof.json\nnext: tacit proof verify %s\n      tacit task show %s\n",
			id.Short(), exit, coins(fee), out, named(outputs), filepath.Join(out, "proof.json"), id.Short())
	})
	if err != nil {
		return err
	}
	return endedWell(id, receipt, outputs)
}

// endedWell is the error of a guest that did not.
func endedWell(id wire.Digest, receipt tacit.Receipt, outputs []tacit.Output) error {
	if tacit.ExitClass(receipt.Exit) != tacit.ExitOK {
		// What an engine of the image refused it says in one line, without data.
		if i := slices.IndexFunc(outputs, func(o tacit.Output) bool { return o.Name == "stderr" }); i >= 0 && receipt.ExitCode < 0 {
			if code, why, ok := strings.Cut(strings.TrimSpace(string(outputs[i].Data)), ": "); ok && code == receipt.Fault && len(why) < 1000 {
				return fault.New(fault.Code(receipt.Fault), "run %s: %s", id.Short(), why)
			}
		}
		return fault.New(fault.Code(receipt.Fault), "run %s: the guest ended with exit code %d after %d fuel", id.Short(), receipt.ExitCode, receipt.Fuel)
	}
	return nil
}
