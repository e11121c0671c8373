package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/engine/wasm"
	"tacit/fault"
	"tacit/node"
)

// wishing are the flags of a task.
type wishing struct {
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
}

func (w *wishing) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&w.data, "data", nil, "alias=owner/name of a dataset; repeat for more")
	f.StringVar(&w.params, "params", "", "file with the guest's parameters (JSON)")
	f.Uint64Var(&w.fuel, "fuel", 4e9, "most work units")
	f.Uint64Var(&w.memory, "memory", 256<<20, "most bytes of guest memory")
	f.Uint64Var(&w.output, "max-output", 1<<20, "most bytes of output")
	f.Uint32Var(&w.seconds, "seconds", 30, "most seconds of running")
}

// limits are the flags that decide who may run a task and for how much.
func (w *wishing) limits(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&w.maxPrice, "max-price", "1", "most coins that the task may cost")
	f.Uint8Var(&w.level, "level", 2, "least platform level, 2 (simulated) to 5")
	f.StringVar(&w.purpose, "purpose", "", "purpose, as the owners' terms name it")
	f.StringVar(&w.region, "region", "", "region of the worker [any]")
	f.Uint64Var(&w.wait, "wait", 0, "blocks that the deadline is later, for owners who are asked")
}

// wish is what the flags ask for.
func (w *wishing) wish(service string) (client.Wish, error) {
	wish := client.Wish{Service: service, Requirements: w.requirements(), Wait: w.wait}
	var err error
	if wish.MaxFee, err = parseMoney("--max-price", w.maxPrice); err != nil {
		return wish, err
	}
	if wish.Data, err = w.bindings(); err != nil {
		return wish, err
	}
	wish.Params, err = w.readParams()
	return wish, err
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
	c := &cobra.Command{Use: "run SERVICE", Short: "Plan, pay, submit, watch, open and check one task", Args: exactly(1, "the service, owner/name")}
	w.flags(c)
	w.limits(c)
	f := c.Flags()
	f.StringVar(&w.out, "out", "result", "folder for the result")
	f.DurationVar(&w.timeout, "timeout", 5*time.Minute, "give up waiting after this time; the task goes on")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), w.timeout)
		defer cancel()
		return t.execute(ctx, args[0], w)
	}
	return c
}

// progress prints events as they come: one line per stage for people, each
// event as JSON otherwise.
type progress struct {
	t      *tool
	events []tacit.Event
	began  map[string]time.Time
}

func (p *progress) tell(e tacit.Event) {
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
		e.State, e.Code, e.Detail = "failed", string(fault.Of(err)), err.Error()
	}
	p.tell(e)
	return err
}

func (t *tool) execute(ctx context.Context, service string, w wishing) error {
	wish, err := w.wish(service)
	if err != nil {
		return err
	}
	s, err := t.open(ctx)
	if err != nil {
		return err
	}
	t.notice(s.network.Genesis.Teaching)
	p := &progress{t: t}
	var plan client.Plan
	if err := p.own("Quote", func() (string, error) {
		if plan, err = s.Plan(ctx, wish); err != nil {
			return "", err
		}
		q := plan.Prices
		return fmt.Sprintf("at most %s: service %s, data %s, worker %s, verifiers %s, dispatcher %s", coins(q.Total()), coins(q.Service),
			coins(q.Datasets), coins(q.Worker), coins(q.Verifiers), coins(q.Dispatcher)), nil
	}); err != nil {
		return err
	}
	if err := p.own("Escrow", func() (string, error) {
		paid, err := s.Pay(ctx, plan)
		if paid == 0 {
			return "the deposit covers it", err
		}
		return "deposited " + coins(paid), err
	}); err != nil {
		return err
	}
	sub, err := s.Submit(ctx, plan)
	if err != nil {
		return err
	}
	keep := saved{ID: sub.ID, Submit: sub, Events: p.events}
	if err := t.save(keep); err != nil {
		return err
	}
	err = s.Watch(ctx, sub.ID, p.tell)
	keep.Events = p.events
	if serr := t.save(keep); err == nil {
		err = serr
	}
	if err != nil {
		if t.output != "json" {
			fmt.Fprintf(t.out, "\ntask %s\nnext: tacit task show %s\n", sub.ID.Short(), sub.ID.Short())
		}
		return err
	}
	return t.finish(ctx, s, sub, w.out)
}

// finish fetches, opens, checks and writes the result.
func (t *tool) finish(ctx context.Context, s *session, sub client.Submission, out string) error {
	r, err := s.Fetch(ctx, sub.ID)
	if err != nil {
		return err
	}
	if _, err := r.Proof.Check(ctx, s.network.ID(), s.schemes); err != nil {
		return err
	}
	proof := filepath.Join(t.taskDir(sub.ID), "proof.json")
	if err := node.WriteJSON(proof, 0o600, r.Proof); err != nil {
		return err
	}
	if err := r.Write(out); err != nil {
		return err
	}
	if err := node.WriteJSON(filepath.Join(out, "proof.json"), 0o600, r.Proof); err != nil {
		return err
	}
	receipt := r.Proof.Receipt[0]
	type file struct {
		Name string `json:"name"`
		Size int    `json:"size"`
	}
	var files []file
	for _, f := range r.Files {
		files = append(files, file{f.Name, len(f.Data)})
	}
	exit := tacit.ExitClass(receipt.Exit)
	err = t.print(map[string]any{"task": sub.ID, "exit": exit.String(), "out": out, "files": files, "proof": filepath.Join(out, "proof.json"),
		"fee": r.Proof.Proof.Settled[0].Settlement.Fee, "fault": receipt.Fault}, func(w io.Writer) {
		fmt.Fprintf(w, "\ntask %s: exit %s, fee %s; in %s:", sub.ID.Short(), exit, coins(r.Proof.Proof.Settled[0].Settlement.Fee), out)
		for _, f := range files {
			fmt.Fprintf(w, " %s (%d bytes)", f.Name, f.Size)
		}
		fmt.Fprintf(w, " proof.json\nnext: tacit proof verify %s\n      tacit task show %s\n", filepath.Join(out, "proof.json"), sub.ID.Short())
	})
	if err == nil && exit != tacit.ExitOK {
		return fault.New(fault.Code(receipt.Fault), "run %s: the guest ended with exit code %d after %d fuel", sub.ID.Short(), receipt.ExitCode, receipt.Fuel)
	}
	return err
}

func (t *tool) taskShow() *cobra.Command {
	c := &cobra.Command{Use: "show TASK", Short: "Timeline, evidence and money of a task", Args: exactly(1, "the task's ID or its beginning")}
	c.RunE = func(_ *cobra.Command, args []string) error {
		s, err := t.find(args[0])
		if err != nil {
			return err
		}
		var proof *tacit.ProofFile
		if b, err := os.ReadFile(filepath.Join(t.taskDir(s.ID), "proof.json")); err == nil {
			proof = new(tacit.ProofFile)
			if err := node.Decode(b, proof); err != nil {
				return err
			}
		}
		return t.print(map[string]any{"task": s.ID, "submission": s.Submit, "events": s.Events, "proof": proof}, func(w io.Writer) { show(w, s, proof) })
	}
	return c
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
	}
	for _, x := range p.Settled {
		fmt.Fprintf(w, "paid       %s in batch %d\n", coins(x.Settlement.Fee), x.Batch.Number)
	}
}

func (t *tool) proofVerify() *cobra.Command {
	var pinned string
	c := &cobra.Command{Use: "verify FILE", Short: "Check a proof file offline", Args: exactly(1, "the proof file")}
	c.Flags().StringVar(&pinned, "network", "", "network file to pin [the home's, if it has one]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read proof file: %w", err)
		}
		var p tacit.ProofFile
		if err := node.Decode(b, &p); err != nil {
			return err
		}
		if pinned == "" {
			pinned = filepath.Join(t.home, "network.json")
		}
		n, err := node.ReadNetwork(pinned)
		if err != nil {
			return fault.New(fault.APIPath, "verify proof: name the network that you pin with --network: %w", err)
		}
		s, err := schemes(n.Genesis)
		if err != nil {
			return err
		}
		lines, verdict := p.Check(cmd.Context(), n.ID(), s)
		t.notice(n.Genesis.Teaching)
		if err := t.print(map[string]any{"ok": verdict == nil, "lines": lines}, func(w io.Writer) {
			for _, l := range lines {
				mark := "ok  "
				if !l.OK {
					mark = "FAIL"
				}
				fmt.Fprintf(w, "%s  %-16s %s\n", mark, l.Name, l.Detail)
			}
		}); err != nil {
			return err
		}
		return verdict
	}
	return c
}

func (t *tool) serviceTest() *cobra.Command {
	var w wishing
	c := &cobra.Command{Use: "test FILE.wasm", Short: "Run a program here on files, as an enclave would", Args: exactly(1, "the module's file")}
	w.flags(c)
	c.Flags().StringVar(&w.out, "out", "", "folder for its output [only listed]")
	c.Flags().Lookup("data").Usage = "alias=FILE; repeat for more"
	c.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read module: %w", err)
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
