package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/cmd/internal/spec"
	"tacit/cmd/internal/strict"
	"tacit/fault"
	"tacit/kserve"
	"tacit/wire"
)

// serving are the flags of a session.
type serving struct {
	wishing
	service, name, price, terms string
	requests                    uint64
}

func (t *tool) serve() *cobra.Command {
	var v serving
	c := &cobra.Command{Use: "serve MODEL", Short: "Keep an enclave open that answers requests to a model",
		Args: exactly(1, "the model: owner/name in the catalogue, or a file, which is then published with --name and --terms"), ValidArgsFunction: t.names,
		Long: "Keep an enclave open that answers requests to a model: one task, whose enclave is attested once\n" +
			"and then answers until its seconds, its fuel or its requests are used up. 'tacit connect' is the\n" +
			"way to it for programs that speak the Open Inference Protocol (KServe v2). See docs/infer.md.",
		Example: "tacit serve acme/digits --seconds 600 --max-price 0.5\ntacit serve digits.onnx --name acme/digits --terms terms.yaml"}
	d := spec.Defaults()
	f := c.Flags()
	f.StringVar(&v.service, "service", "builtin/infer", "service that is the engine, owner/name")
	f.StringVar(&v.name, "name", "", "owner/name to publish a model's file under")
	f.StringVar(&v.terms, "terms", "", "file with the terms to publish it with (YAML or JSON)")
	f.StringVar(&v.price, "price", "0", "coins per use to publish it with")
	f.Uint64Var(&v.requests, "requests", 0, "most requests [as many as time and fuel allow]")
	f.StringVar(&v.params, "params", "", "file with further parameters of the engine (JSON)")
	f.Uint64Var(&v.fuel, "fuel", 1e15, "most work units")
	f.Uint64Var(&v.memory, "memory", 1<<30, "most bytes of memory")
	f.Uint64Var(&v.output, "max-output", d.Outputs.MaxSize, "most bytes of output")
	f.Uint32Var(&v.seconds, "seconds", 600, "most seconds that it is open")
	f.StringVar(&v.maxPrice, "max-price", "1", "most coins that it may cost")
	f.Uint8Var(&v.level, "level", d.Requirements.Level, "least platform level, 2 (simulated) to 5")
	f.StringVar(&v.purpose, "purpose", "", "purpose, as the owners' terms name it")
	f.StringVar(&v.region, "region", "", "region of the worker [any]")
	f.DurationVar(&v.timeout, "timeout", 2*time.Minute, "give up waiting for it to open after this time; the task goes on")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), v.timeout)
		defer cancel()
		model, err := t.model(ctx, &v, args[0])
		if err != nil {
			return err
		}
		task, err := v.session(model)
		if err != nil {
			return err
		}
		return t.openSession(ctx, task)
	}
	return c
}

// model is the name of a model in the catalogue; a file is published first.
func (t *tool) model(ctx context.Context, v *serving, arg string) (string, error) {
	info, err := os.Stat(arg)
	if err != nil || !info.Mode().IsRegular() {
		if v.name != "" || v.terms != "" {
			return "", fault.New(fault.APIPath, "read model %s: --name and --terms are for a file, and there is none of that name", arg)
		}
		return arg, nil
	}
	if v.name == "" || v.terms == "" {
		return "", fault.New(fault.APIField, "publish model %s: say under which --name and with which --terms; what nobody allows is denied", arg)
	}
	f, err := os.Open(arg)
	if err != nil {
		return "", fault.New(fault.APIPath, "read model: %w", err)
	}
	defer f.Close()
	return v.name, t.publish(ctx, publishing{name: v.name, price: v.price, policy: v.terms}, tacit.EntryDataset, f)
}

// session is the task of a session.
func (v *serving) session(model string) (spec.Task, error) {
	params := map[string]any{}
	if v.params != "" {
		if err := strict.Read("parameters", v.params, &params); err != nil {
			return spec.Task{}, err
		}
	}
	maps.Copy(params, map[string]any{"operation": tacit.OperationServe, "model": "model"})
	if v.requests > 0 {
		params["requests"] = v.requests
	}
	t := spec.Defaults()
	t.Service, t.Inputs, t.MaxPrice = v.service, map[string]string{"model": model}, spec.Coins(v.maxPrice)
	t.Requirements = spec.Requirements{Level: v.level, Fuel: v.fuel, Memory: v.memory, Seconds: v.seconds, Purpose: v.purpose, Region: v.region}
	t.Outputs.MaxSize = v.output
	var err error
	if t.Params, err = json.Marshal(params); err != nil {
		return t, fmt.Errorf("make parameters: %w", err)
	}
	return t, t.Check("from the command line")
}

// openSession submits the task of a session and waits until its enclave answers.
func (t *tool) openSession(ctx context.Context, task spec.Task) error {
	s, p, keep, err := t.begin(ctx, task)
	if err != nil {
		return err
	}
	if err := t.save(keep); err != nil {
		return err
	}
	var about metadata
	if err := p.own("Session", func() (string, error) {
		open, err := s.OpenSession(ctx, keep.ID)
		if err == nil {
			about, err = modelOf(ctx, open)
		}
		if err != nil {
			return "", whyEnded(ctx, s, keep.ID, err)
		}
		return fmt.Sprintf("open at worker %s, level %d, for %d seconds", open.Case.Assignment.Body.Places[0].Worker.String()[:10], task.Requirements.Level, task.Requirements.Seconds), err
	}); err != nil {
		return err
	}
	return t.print(map[string]any{"task": keep.ID, "model": about}, func(w io.Writer) {
		about.print(w)
		fmt.Fprintf(w, "\nsession %s is open\nnext: tacit connect %s\n", keep.ID.Short(), keep.ID.Short())
	})
}

// whyEnded is what the engine said that ended, if that is why a session is over or lost.
func whyEnded(ctx context.Context, s *session, id wire.Digest, err error) error {
	if !errors.Is(err, fault.SessionOver) && !errors.Is(err, fault.SessionLost) {
		return err
	}
	ran, failed := s.Result(ctx, id)
	if failed != nil {
		return failed
	}
	if why := endedWell(id, ran.Receipt, ran.Files); why != nil {
		return why
	}
	return err
}

// metadata is what a model says of itself.
type metadata kserve.Metadata

func (m metadata) print(w io.Writer) {
	for _, list := range []struct {
		name string
		of   []kserve.Form
	}{{"input", m.Inputs}, {"output", m.Outputs}} {
		for _, x := range list.of {
			fmt.Fprintf(w, "%-7s %s %s %v\n", list.name, x.Name, x.Datatype, x.Shape)
		}
	}
}

// modelOf asks an enclave what its model wants: a request of nothing.
func modelOf(ctx context.Context, s *client.Session) (m metadata, err error) {
	b, err := s.Ask(ctx, nil)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Name == "" || strings.ContainsAny(m.Name, "/\x00") {
		return m, fault.New(fault.ProtoFrame, "describe model: the enclave's answer is none")
	}
	return m, nil
}

// shortOf is how a session's receipt is called: its channel says which it is.
func shortOf(hello wire.Digest) string { return "session-" + hello.Short() + ".json" }
