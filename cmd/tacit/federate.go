package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/cmd/internal/spec"
	"tacit/cmd/internal/strict"
	"tacit/fault"
	"tacit/wire"
)

// federating are the flags of federated learning.
type federating struct {
	wishing
	sites, at, leave []string
	rounds           int
	service          string
}

func (t *tool) federate() *cobra.Command {
	var v federating
	c := &cobra.Command{Use: "federate", Short: "Learn one model from data that stay at their sites, in rounds", Args: cobra.NoArgs,
		Long: "Learn one model from data that stay at their sites, in rounds: in each a task at every site changes\n" +
			"the model by that site's data, and another puts the changes together, which only enclaves see.\n" +
			"A site that fails is left out of the round. The parameters are those of docs/learn.md, those of\n" +
			"updates and of aggregates in one file.",
		Example: "tacit federate --site a=hospital/digits --site b=clinic/digits --site c=acme/digits --rounds 8 --params rounds.json --out result"}
	f, d := c.Flags(), spec.Defaults()
	f.StringArrayVar(&v.sites, "site", nil, "alias=owner/name of a site's dataset; repeat for more")
	f.StringArrayVar(&v.at, "at", nil, "alias=region of the worker for a site's tasks [any]; repeat for more")
	f.IntVar(&v.rounds, "rounds", 10, "rounds, 1 to 1000")
	f.StringVar(&v.params, "params", "", "file with the parameters (JSON): label, features, classes, network, aggregate (required)")
	f.StringVar(&v.service, "service", "builtin/learn", "service that is the engine, owner/name")
	f.Uint64Var(&v.fuel, "fuel", 1e12, "most work units of a task")
	f.Uint64Var(&v.memory, "memory", d.Requirements.Memory, "most bytes of memory of a task")
	f.Uint64Var(&v.output, "max-output", d.Outputs.MaxSize, "most bytes of output of a task")
	f.Uint32Var(&v.seconds, "seconds", 120, "most seconds of running of a task")
	f.StringVar(&v.maxPrice, "max-price", "1", "most coins that a task may cost")
	f.Uint8Var(&v.level, "level", d.Requirements.Level, "least platform level, 2 (simulated) to 5")
	f.StringVar(&v.purpose, "purpose", "", "purpose, as the owners' terms name it")
	f.StringVar(&v.out, "out", d.Delivery.Out, "folder for the result")
	f.DurationVar(&v.timeout, "timeout", time.Hour, "give up after this time")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		r, err := v.rounded()
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), v.timeout)
		defer cancel()
		return t.learnInRounds(ctx, r)
	}
	return c
}

// site is one owner's data and where they are learned from.
type site struct{ alias, dataset, region string }

// rounds is federated learning as it was asked for.
type rounds struct {
	*federating
	list   []site
	shared map[string]json.RawMessage // label, features, classes, seed
	form   map[string]json.RawMessage // of the network, which the first round draws
	how    map[string]json.RawMessage // a site trains
	merge  map[string]json.RawMessage // updates are put together
	least  int                        // sites of a round

	paying sync.Mutex // held while a task looks what is on deposit
}

// trainingSettings are the settings of a network that say how a site trains it; the others
// say what it is.
var trainingSettings = []string{"optimizer", "learning_rate", "epochs", "batch_size", "momentum", "weight_decay"}

// rounded reads the flags and the parameters.
func (v *federating) rounded() (*rounds, error) {
	r := &rounds{federating: v, shared: map[string]json.RawMessage{}, form: map[string]json.RawMessage{}, how: map[string]json.RawMessage{}, merge: map[string]json.RawMessage{}, least: 1}
	for _, s := range v.sites {
		alias, dataset, ok := strings.Cut(s, "=")
		if !ok || alias == "" || dataset == "" || slices.ContainsFunc(r.list, func(o site) bool { return o.alias == alias }) || alias == globalModel {
			return nil, fault.Denied(fault.APIField, "read flags", "--site", "alias=owner/name, each alias once and none of them "+globalModel, s)
		}
		r.list = append(r.list, site{alias: alias, dataset: dataset})
	}
	if len(r.list) < 2 {
		return nil, fault.Denied(fault.APIField, "read flags", "--site", "at least two", strconv.Itoa(len(r.list)))
	}
	for _, a := range v.at {
		alias, region, ok := strings.Cut(a, "=")
		i := slices.IndexFunc(r.list, func(s site) bool { return s.alias == alias })
		if !ok || i < 0 || r.list[i].region != "" {
			return nil, fault.Denied(fault.APIField, "read flags", "--at", "alias=region of a --site, each once", a)
		}
		r.list[i].region = region
	}
	if v.rounds < 1 || v.rounds > 1000 {
		return nil, fault.Denied(fault.APIField, "read flags", "--rounds", "1 to 1000", strconv.Itoa(v.rounds))
	}
	if v.params == "" {
		return nil, fault.New(fault.APIField, "read flags: --params names no file with the parameters")
	}
	var all map[string]json.RawMessage
	if err := strict.Read("parameters", v.params, &all); err != nil {
		return nil, err
	}
	for name, value := range all {
		switch name {
		case "label", "features", "classes", "seed":
			r.shared[name] = value
		case "network":
			var settings map[string]json.RawMessage
			if err := json.Unmarshal(value, &settings); err != nil {
				return nil, fault.New(fault.APIField, "read parameters %s: network is no object", v.params)
			}
			for name, s := range settings {
				if slices.Contains(trainingSettings, name) {
					r.how[name] = s
				} else {
					r.form[name] = s
				}
			}
		case "aggregate":
			var least struct {
				MinParties int `json:"min_parties"`
			}
			if json.Unmarshal(value, &r.merge) != nil || json.Unmarshal(value, &least) != nil {
				return nil, fault.New(fault.APIField, "read parameters %s: aggregate is no object of settings", v.params)
			}
			r.least = max(1, least.MinParties)
		default:
			return nil, fault.Denied(fault.APIField, "read parameters "+v.params, "fields", "label, features, classes, seed, network, aggregate", name)
		}
	}
	return r, nil
}

// globalModel is the alias of what the round before left.
const globalModel = "global"

// task is one of a round; before is the aggregate of the last, zero in the first.
func (r *rounds) task(params map[string]any, inputs map[string]string, region string, before wire.Digest) (spec.Task, error) {
	if before.IsZero() {
		for name, v := range r.shared {
			params[name] = v
		}
		params["kind"] = "network"
	} else {
		inputs[globalModel] = "task:" + before.String()
		params["model"] = globalModel
	}
	t := spec.Defaults()
	t.Service, t.Inputs, t.MaxPrice = r.service, inputs, spec.Coins(r.maxPrice)
	t.Requirements = spec.Requirements{Level: r.level, Fuel: r.fuel, Memory: r.memory, Seconds: r.seconds, Purpose: r.purpose, Region: region}
	t.Outputs.MaxSize, t.Outputs.Onward, t.Delivery.Out = r.output, true, r.out
	var err error
	if t.Params, err = json.Marshal(params); err != nil {
		return t, fmt.Errorf("make parameters: %w", err)
	}
	return t, t.Check("of a round")
}

// update is the task of a site.
func (r *rounds) update(s site, before wire.Digest) (spec.Task, error) {
	network := maps.Clone(r.how)
	if before.IsZero() {
		maps.Copy(network, r.form)
	}
	params := map[string]any{"operation": tacit.LearnUpdate, "data": map[string]any{s.alias: map[string]any{}}, "network": network}
	return r.task(params, map[string]string{s.alias: s.dataset}, s.region, before)
}

// aggregate is the task that puts updates together.
func (r *rounds) aggregate(updates map[string]wire.Digest, before wire.Digest, last bool) (spec.Task, error) {
	params := map[string]any{"operation": tacit.LearnAggregate, "updates": slices.Sorted(maps.Keys(updates)), "aggregate": r.merge}
	if before.IsZero() {
		params["network"] = r.form
	}
	inputs := map[string]string{}
	for alias, id := range updates {
		inputs[alias] = "task:" + id.String()
	}
	t, err := r.task(params, inputs, "", before)
	t.Outputs.Onward = !last
	return t, err
}

// told is what an aggregate says of its round.
type told struct {
	Round   uint64 `json:"round"`
	Taken   int    `json:"taken"`
	Parties []struct {
		Input string `json:"input"`
		Fate  string `json:"fate"`
	} `json:"parties"`
	Epsilon *float64 `json:"epsilon"`
	Model   string   `json:"model"`
}

// learnInRounds runs the rounds and writes what the last one leaves.
func (t *tool) learnInRounds(ctx context.Context, r *rounds) error {
	s, err := t.open(ctx)
	if err != nil {
		return err
	}
	t.notice(s.network.Genesis.Teaching)
	if err := t.payRounds(ctx, s, r); err != nil {
		return err
	}
	var before wire.Digest
	for n := 1; n <= r.rounds; n++ {
		began := time.Now()
		updates, away := t.updates(ctx, s, r, before)
		if ctx.Err() != nil {
			return fault.New(fault.TaskOpen, "learn in rounds: --timeout is over in round %d", n)
		}
		if len(updates) < r.least {
			return fmt.Errorf("round %d: %d of %d sites sent an update, %d are needed; %w", n, len(updates), len(r.list), r.least, away)
		}
		task, err := r.aggregate(updates, before, n == r.rounds)
		if err != nil {
			return err
		}
		id, opened, err := t.ran(ctx, s, &r.paying, task)
		if err != nil {
			return fmt.Errorf("round %d: put updates together: %w", n, err)
		}
		before = id
		if err := t.tellRound(n, id, opened, r, time.Since(began), away); err != nil {
			return err
		}
		if n == r.rounds {
			if err := write(r.out, opened.Files); err != nil {
				return err
			}
			return t.print(map[string]any{"task": id, "out": r.out}, func(w io.Writer) {
				fmt.Fprintf(w, "\nin %s:%s\nnext: tacit task result %s\n", r.out, named(opened.Files), id.Short())
			})
		}
	}
	return nil
}

// payRounds deposits for all tasks at once, as far as the account can: a deposit counts only
// once a signed header shows it, which would hold up a round now and then.
func (t *tool) payRounds(ctx context.Context, s *session, r *rounds) error {
	task, err := r.update(r.list[0], wire.Digest{})
	if err != nil {
		return err
	}
	wish, err := task.Wish()
	if err != nil {
		return err
	}
	plan, err := s.Plan(ctx, wish)
	if err != nil {
		return err
	}
	tasks := tacit.Money(r.rounds * (len(r.list) + 1))
	all := plan.Prices.Total() * tasks
	plan.Wish.MaxFee, plan.Prices = max(wish.MaxFee, all), tacit.Prices{Service: all}
	if _, err := s.Pay(ctx, plan); err != nil && !errors.Is(err, fault.PayDeposit) {
		return err
	}
	return nil
}

// updates has every site change the model; sites that fail are away, and why is told.
func (t *tool) updates(ctx context.Context, s *session, r *rounds, before wire.Digest) (map[string]wire.Digest, error) {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex // guards what follows
		out  = map[string]wire.Digest{}
		away = make([]error, len(r.list)) // in the order of sites
	)
	for i, at := range r.list {
		wait.Go(func() {
			task, err := r.update(at, before)
			var id wire.Digest
			if err == nil {
				id, _, err = t.ran(ctx, s, &r.paying, task)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				away[i] = fmt.Errorf("site %s is left out: %w", at.alias, err)
				return
			}
			out[at.alias] = id
		})
	}
	wait.Wait()
	return out, errors.Join(away...)
}

// ran runs one task of a round and opens what this account gets of it, before it is settled.
func (t *tool) ran(ctx context.Context, s *session, paying *sync.Mutex, task spec.Task) (wire.Digest, client.Opened, error) {
	quiet := *t
	quiet.out, quiet.output = io.Discard, "table"
	p := &progress{t: &quiet}
	paying.Lock() // one at a time looks what is on deposit
	sub, err := t.submit(ctx, s, task, p)
	paying.Unlock()
	if err != nil {
		return wire.Digest{}, client.Opened{}, err
	}
	if err := t.save(saved{ID: sub.ID, Account: t.as, Submit: sub, Events: p.events, Spec: task}); err != nil {
		return sub.ID, client.Opened{}, err
	}
	opened, err := s.Result(ctx, sub.ID)
	if err == nil {
		err = endedWell(sub.ID, opened.Receipt, opened.Files)
	}
	return sub.ID, opened, err
}

// tellRound says what became of a round.
func (t *tool) tellRound(n int, id wire.Digest, opened client.Opened, r *rounds, took time.Duration, away error) error {
	var said told
	for _, f := range opened.Files {
		if f.Name == "summary.json" {
			if err := json.Unmarshal(f.Data, &said); err != nil {
				return fault.New(fault.ProtoFrame, "read summary of round %d: %w", n, err)
			}
		}
	}
	line := map[string]any{"round": n, "task": id, "sites": len(r.list), "taken": said.Taken, "privacy": opened.Receipt.Privacy, "millis": took.Milliseconds()}
	why := ""
	if away != nil {
		why = strings.ReplaceAll(away.Error(), "\n", "; ") // of several sites
		line["away"] = why
	}
	return t.print(line, func(w io.Writer) {
		fmt.Fprintf(w, "round %-3d %d of %d sites  %5.1fs  task %s", n, said.Taken, len(r.list), took.Seconds(), id.Short())
		if opened.Receipt.Privacy != "" {
			fmt.Fprintf(w, "  %s", opened.Receipt.Privacy)
		}
		for _, u := range said.Parties {
			if u.Fate != "taken" {
				fmt.Fprintf(w, "  %s: %s", u.Input, u.Fate)
			}
		}
		if why != "" {
			fmt.Fprintf(w, "  %s", why)
		}
		fmt.Fprintln(w)
	})
}
