package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/cmd/internal/strict"
	"tacit/engine/wasm"
	"tacit/fault"
	"tacit/rule"
	"tacit/wire"
)

// publishing are the flags that services and datasets share.
type publishing struct {
	name, price, policy string
	allow, users        []string
	purposes, regions   []string
	releases            uint64
	days                int
	also                string
	timing              time.Duration
	logs, approval      bool
	rule                string
	level               uint8

	operations, steps []string
	minSet, minGroup  uint64
	minDifference     uint16

	learn, learnSteps []string
	minRows           uint64
	minParties        uint16
	epsilon           float64
}

func (p *publishing) flags(c *cobra.Command, service bool) {
	f := c.Flags()
	f.StringVar(&p.name, "name", "", "owner/name in the catalogue (required)")
	f.StringVar(&p.price, "price", "0", "coins per use")
	f.StringVar(&p.policy, "policy", "", "file with the terms (YAML or JSON); the flags below are then not used")
	if !service {
		f.StringArrayVar(&p.allow, "allow", nil, "service that may use it, owner/name; repeat for more")
	}
	f.StringArrayVar(&p.users, "user", nil, "account that may use it [any]")
	f.StringArrayVar(&p.purposes, "purpose", nil, "purpose that it may be used for [any]")
	f.StringArrayVar(&p.regions, "region", nil, "region of the worker [any]")
	f.Uint8Var(&p.level, "min-level", 2, "least platform level, 2 (simulated) to 5")
	f.Uint64Var(&p.releases, "max-releases", 1000, "key releases over all tasks")
	f.IntVar(&p.days, "days", 365, "days until the terms expire")
	f.StringVar(&p.rule, "rule", "", "predicate in CEL that must hold, such as 'owners >= 2'")
	f.BoolVar(&p.approval, "approval", false, "ask the owner for each task: tacit access list")
	f.DurationVar(&p.timing, "timing", 0, "keep results back until this time after the keys came, or twice, four times ... as much, so that the host does not see how long the program ran")
	f.StringVar(&p.also, "also", "", "further age recipient (age1pq...) that can open the ciphertext")
	if !service {
		f.StringSliceVar(&p.operations, "sets", nil, "operations on sets of ids whose results may leave, such as intersection,cardinality (docs/psi.md)")
		f.StringSliceVar(&p.steps, "steps", nil, "operations on sets whose results may only go on to a next task, which is asked for again")
		f.Uint64Var(&p.minSet, "min-set", 0, "distinct ids that every other party of a set operation must bring")
		f.Uint64Var(&p.minGroup, "min-group", 0, "ids that must be behind each answer of a set operation")
		f.StringSliceVar(&p.learn, "learn", nil, "what may be done with the dataset, or the model, by engines that learn and infer: train, evaluate, predict, update, aggregate (docs/learn.md)")
		f.StringSliceVar(&p.learnSteps, "learn-steps", nil, "the same, where results may only go on to a next task, which is asked for again")
		f.Uint64Var(&p.minRows, "min-rows", 0, "rows that must be behind whatever leaves of learning")
		f.Uint16Var(&p.minParties, "min-parties", 0, "owners whose data must be behind a model that leaves")
		f.Float64Var(&p.epsilon, "epsilon", 0, "most that differential privacy may cost the dataset in one training, at a delta of 1e-5; 0 demands no noise")
		f.Uint16Var(&p.minDifference, "min-difference", 0, "ids by which two answers of set operations must differ, unless they are about the same ones, whoever asks")
	}
	f.BoolVar(&p.logs, "logs", service, "let the guest's stdout and stderr reach the user")
}

// terms are read from the policy file, or made from the flags.
func (p *publishing) terms(service bool) (tacit.Terms, error) {
	if p.policy != "" {
		var t tacit.Terms
		if err := strict.Read("terms", p.policy, &t); err != nil {
			return t, err
		}
		return t, checkTerms(t)
	}
	t := tacit.Terms{
		Services: p.allow, AnyService: service, AnyUser: len(p.users) == 0, Purposes: p.purposes, AnyPurpose: len(p.purposes) == 0,
		Regions: p.regions, AnyRegion: len(p.regions) == 0, MinLevel: p.level, Expires: uint64(time.Now().AddDate(0, 0, p.days).Unix()),
		MaxReleases: p.releases, MaxPerTask: tacit.MaxAttempts, MaxOutput: 1 << 30, Logs: p.logs,
		Rule: p.rule, Approval: p.approval, Timing: uint32(p.timing.Milliseconds()),
	}
	if p.timing%time.Millisecond != 0 || int64(t.Timing) != p.timing.Milliseconds() {
		return t, fault.New(fault.APIField, "read flags: --timing %s is no number of milliseconds up to 49 days", p.timing)
	}
	if len(p.operations)+len(p.steps) > 0 || p.minSet > 0 || p.minDifference > 0 {
		t.Sets = &tacit.SetRules{Operations: p.operations, Steps: p.steps, MinSet: p.minSet, MinDifference: p.minDifference}
	}
	if len(p.learn)+len(p.learnSteps) > 0 || p.minRows > 0 || p.minParties > 0 || p.epsilon != 0 {
		thousandths := math.Round(1000 * p.epsilon)
		if !(p.epsilon == 0 || thousandths >= 1 && thousandths <= 1e6) {
			return t, fault.New(fault.APIField, "read flags: --epsilon %g is not between 0.001 and 1000", p.epsilon)
		}
		t.Learn = &tacit.LearnRules{Operations: p.learn, Steps: p.learnSteps, MinRows: p.minRows, MinParties: p.minParties, Epsilon: uint32(thousandths)}
	}
	t.MinGroupSize = p.minGroup
	for _, u := range p.users {
		var a wire.Address
		if err := a.UnmarshalText([]byte(u)); err != nil {
			return t, fault.New(fault.APIField, "read flags: --user %w", err)
		}
		t.Users = append(t.Users, a)
	}
	return t, checkTerms(t)
}

// checkTerms refuses terms that a manager would refuse, before anything is
// sealed.
func checkTerms(t tacit.Terms) error {
	if err := t.Check(); err != nil || t.Rule == "" {
		return err
	}
	rules, err := rule.New()
	if err != nil {
		return err
	}
	return rules.Check(t.Rule)
}

func (p *publishing) recipients() ([]age.Recipient, error) {
	if p.also == "" {
		return nil, nil
	}
	list, err := age.ParseRecipients(strings.NewReader(p.also))
	if err != nil || !strings.HasPrefix(p.also, "age1pq") {
		return nil, fault.New(fault.APIField, "read flags: --also must be a hybrid age recipient (age1pq...), because kinds cannot be mixed")
	}
	return list, nil
}

func (t *tool) servicePublish() *cobra.Command {
	var p publishing
	c := &cobra.Command{Use: "publish FILE.wasm", Short: "Check, seal and list a program", Args: exactly(1, "the module's file, or builtin/psi@1, builtin/learn@1, builtin/infer@1"),
		Long: "Check, seal and list a program: a WebAssembly module, or an engine that is part of a measured\n" +
			"image: builtin/psi@1 for sets of ids (docs/psi.md), builtin/learn@1, which trains and applies\n" +
			"models (docs/learn.md), or builtin/infer@1, which runs networks (docs/infer.md)."}
	p.flags(c, true)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if engine, ok := strings.CutPrefix(args[0], "builtin/"); ok {
			engine, version, _ := strings.Cut(engine, "@")
			if !slices.Contains(tacit.Engines(), engine) || version != "1" {
				return fault.Denied(fault.APIName, "publish service", "built-in engine", "builtin/"+strings.Join(tacit.Engines(), "@1, builtin/")+"@1", args[0])
			}
			return t.publish(cmd.Context(), p, tacit.EntryService, bytes.NewReader(tacit.Program(engine, 1)))
		}
		code, err := readModule(args[0])
		if err != nil {
			return err
		}
		if err := wasm.Inspect(code); err != nil {
			return err
		}
		return t.publish(cmd.Context(), p, tacit.EntryService, bytes.NewReader(code))
	}
	return c
}

func (t *tool) dataPublish() *cobra.Command {
	var p publishing
	c := &cobra.Command{Use: "publish FILE", Short: "Seal and list a dataset with its terms", Args: exactly(1, "the dataset's file")}
	p.flags(c, false)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		f, err := os.Open(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read dataset: %w", err)
		}
		defer f.Close()
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			return fault.New(fault.APIPath, "read dataset %s: not a plain file", args[0])
		}
		return t.publish(cmd.Context(), p, tacit.EntryDataset, f)
	}
	return c
}

func (t *tool) publish(ctx context.Context, p publishing, kind uint8, content io.Reader) error {
	if err := tacit.CheckName(p.name); err != nil {
		return err
	}
	price, err := parseMoney("--price", p.price)
	if err != nil {
		return err
	}
	terms, err := p.terms(kind == tacit.EntryService)
	if err != nil {
		return err
	}
	also, err := p.recipients()
	if err != nil {
		return err
	}
	s, err := t.open(ctx)
	if err != nil {
		return err
	}
	e, err := s.Publish(ctx, client.Publication{Name: p.name, Kind: kind, Content: content, Price: price, Terms: terms, Also: also})
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := s.WaitEntry(wait, e); err != nil {
		return err
	}
	t.notice(s.network.Genesis.Teaching)
	return t.print(e, func(w io.Writer) {
		fmt.Fprintf(w, "published %s@%d: %d bytes of ciphertext %s, price %s, terms %s, key at manager %s\n",
			e.Name, e.Generation, e.Sealed.Size, e.Sealed.Root.Short(), coins(e.Price), e.Terms.Short(), e.Sealed.Manager.String()[:10])
	})
}

// exactly wants n arguments, named for the error.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return fault.New(fault.APIField, "read arguments: want %d (%s), got %d", n, what, len(args))
		}
		return nil
	}
}
