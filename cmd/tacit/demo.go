package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"tacit/attest/sim"
	"tacit/devnet"
	"tacit/fault"
	"tacit/settle"
	"tacit/wire"
)

// demonstration is the story of the demo: every command it shows is run as it
// is shown, by a process of its own.
type demonstration struct {
	t       *tool
	self    string
	home    string
	data    string
	service string
	want    string
	bin     string
	out     string
	keep    bool
}

// at is a path below the folder for results.
func (d *demonstration) at(parts ...string) string {
	return filepath.Join(append([]string{d.out}, parts...)...)
}

func (t *tool) demo() *cobra.Command {
	d := demonstration{t: t}
	c := &cobra.Command{Use: "demo", Short: "The whole story on real data, in a minute", Args: cobra.NoArgs}
	f := c.Flags()
	f.StringVar(&d.service, "service", "build/cancer.wasm", "the service's module")
	f.StringVar(&d.data, "data", "build/data", "folder with left.csv and right.csv")
	f.StringVar(&d.want, "expected", "examples/cancer/expected.json", "what the model must be")
	f.StringVar(&d.bin, "bin", binFolder(), "folder of the programs")
	f.StringVar(&d.out, "out", "build/result", "folder for the result")
	f.BoolVar(&d.keep, "keep", false, "go on running at the end, until Ctrl-C")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return d.play(cmd.Context(), d.story, [][]string{
			{"tacit", "up"},
			{"tacit", "service", "test", d.service, "--data", "left=" + filepath.Join(d.data, "left.csv"), "--data", "right=" + filepath.Join(d.data, "right.csv")},
		})
	}
	c.AddCommand(t.demoPSI(), t.demoLearn(), t.demoInfer())
	return c
}

// play tells a story on a network of its own and names two commands to try next.
func (d *demonstration) play(ctx context.Context, story func(context.Context) error, next [][]string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var err error
	if d.self, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	if d.home, err = os.MkdirTemp("", "tacit-demo-"); err != nil {
		return fmt.Errorf("make demo's home: %w", err)
	}
	defer os.RemoveAll(d.home)
	began := time.Now()
	d.say("A network on this machine. %s.", sim.Notice)
	d.shown("tacit", "up")
	net, err := d.t.start(ctx, devnet.Config{Home: d.home, Bin: d.bin})
	if err != nil {
		d.logs()
		return err
	}
	defer net.Wait()
	defer cancel()
	if err := story(ctx); err != nil {
		d.logs()
		return err
	}
	fmt.Fprintf(d.t.out, "\ndemo done in %.1f s\n", time.Since(began).Seconds())
	d.say("Next, two to try:")
	for _, c := range next {
		d.shown(c...)
	}
	if d.keep {
		fmt.Fprintf(d.t.out, "\nthe network goes on in %s until Ctrl-C\n", d.home)
		<-ctx.Done()
	}
	return nil
}

func (d *demonstration) story(ctx context.Context) error {
	people := []string{"alice", "acme", "hospital", "clinic"}
	before, err := d.balances(ctx, people)
	if err != nil {
		return err
	}
	d.say("Charlie's firm acme publishes a program, sealed. A hospital and a clinic publish tables that they would not show each other, each with terms. The hospital keeps its keys at a manager of its own.")
	price := []string{"--price", "0.1", "--allow", "acme/logreg"}
	if err := d.all(ctx, [][]string{
		{"service", "publish", d.service, "--as", "acme", "--name", "acme/logreg", "--price", "0.02"},
		{"service", "publish", d.service, "--as", "acme", "--name", "acme/other", "--price", "0.01"},
		append([]string{"data", "publish", filepath.Join(d.data, "left.csv"), "--as", "hospital", "--name", "hospital/left"}, price...),
		append([]string{"data", "publish", filepath.Join(d.data, "right.csv"), "--as", "clinic", "--name", "clinic/right"}, price...),
	}); err != nil {
		return err
	}
	d.say("Alice asks for a model over both. She sees neither the program nor the tables.")
	if err := d.run(ctx, "run", "acme/logreg", "--data", "left=hospital/left", "--data", "right=clinic/right", "--max-price", "0.5", "--out", d.out); err != nil {
		return err
	}
	d.say("Is it the right model? Compared with scikit-learn on the joined table:")
	if err := d.compare(ctx); err != nil {
		return err
	}
	d.say("Was it computed correctly, was anyone watching, who was paid? From one file, offline:")
	if err := d.run(ctx, "proof", "verify", filepath.Join(d.out, "proof.json")); err != nil {
		return err
	}
	if err := d.refusal(ctx); err != nil {
		return err
	}
	d.say("The challenge window is over; the payees pull their money.")
	if err := d.collect(ctx, []string{"acme", "hospital", "clinic"}); err != nil {
		return err
	}
	after, err := d.balances(ctx, people)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.t.out, "\n%-10s %16s %16s %12s %12s\n", "account", "wallet before", "wallet after", "on deposit", "claimable")
	for _, p := range people {
		fmt.Fprintf(d.t.out, "%-10s %16s %16s %12s %12s\n", p, coins(before[p].Wallet), coins(after[p].Wallet), coins(after[p].Deposit.Amount), coins(after[p].Claimable))
	}
	fmt.Fprintln(d.t.out, "what alice did not spend is still on deposit; wallets also paid for gas")
	return nil
}

// refusal runs a service that the owners' terms do not name; being allowed
// would be the failure.
func (d *demonstration) refusal(ctx context.Context) error {
	d.say("A program that the owners' terms do not name gets no key:")
	return d.refused(ctx, "rule      services", []string{"run", "acme/other", "--data", "left=hospital/left", "--data", "right=clinic/right", "--max-price", "0.5", "--out", filepath.Join(d.home, "never")})
}

// refused runs a task that the owners' terms must refuse, in these words.
func (d *demonstration) refused(ctx context.Context, words string, args []string) error {
	d.shown(append([]string{"tacit"}, args...)...)
	out, err := d.exec(ctx, args...)
	fmt.Fprint(d.t.out, out)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != fault.ExitTerms || !strings.Contains(out, string(fault.DataConsent)) || !strings.Contains(out, words) {
		return fault.New(fault.TaskFailed, "demo: the refusal did not come as it must: %v", err)
	}
	return nil
}

// compare has the model checked against the expected one.
func (d *demonstration) compare(ctx context.Context) error {
	model := filepath.Join(d.out, "model.json")
	d.shown("check", model, d.want)
	cmd := exec.CommandContext(ctx, filepath.Join(d.bin, "check"), model, d.want)
	out, err := cmd.CombinedOutput()
	fmt.Fprint(d.t.out, string(out))
	if err != nil {
		return fault.New(fault.TaskFailed, "compare model: %s", strings.TrimSpace(string(out)))
	}
	return nil
}

// collect waits until each payee's part was claimed and pulls it.
func (d *demonstration) collect(ctx context.Context, who []string) error {
	deadline := time.Now().Add(time.Minute)
	for _, p := range who {
		for {
			l, err := d.balances(ctx, []string{p})
			if err != nil {
				return err
			}
			if l[p].Claimable > 0 {
				break
			}
			if time.Now().After(deadline) {
				return fault.New(fault.TaskTimeout, "collect: nothing was claimed for %s", p)
			}
			time.Sleep(300 * time.Millisecond)
		}
	}
	var commands [][]string
	for _, p := range who {
		commands = append(commands, []string{"wallet", "collect", "--as", p})
	}
	return d.all(ctx, commands)
}

// balances asks what each account owns.
func (d *demonstration) balances(ctx context.Context, people []string) (map[string]settle.Ledger, error) {
	out := map[string]settle.Ledger{}
	var mu sync.Mutex
	err := each(people, func(p string) error {
		text, err := d.exec(ctx, "wallet", "show", "--as", p, "--output", "json")
		if err != nil {
			return fault.New(fault.TaskFailed, "ask for the balance of %s: %s", p, text)
		}
		var v struct {
			Account wire.Address  `json:"account"`
			Ledger  settle.Ledger `json:"ledger"`
		}
		mu.Lock()
		defer mu.Unlock()
		err = json.Unmarshal([]byte(text), &v)
		out[p] = v.Ledger
		return err
	})
	return out, err
}

// each does something for every element side by side.
func each[T any](list []T, do func(T) error) error {
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	for i, x := range list {
		wg.Go(func() { errs[i] = do(x) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// all runs commands side by side and shows each with its output, in order.
func (d *demonstration) all(ctx context.Context, commands [][]string) error {
	outs := make([]string, len(commands))
	index := make([]int, len(commands))
	for i := range index {
		index[i] = i
	}
	err := each(index, func(i int) error {
		var err error
		if outs[i], err = d.exec(ctx, commands[i]...); err != nil {
			return fault.New(fault.TaskFailed, "demo: tacit %s: %w", strings.Join(commands[i], " "), err)
		}
		return nil
	})
	for i, c := range commands {
		d.shown(append([]string{"tacit"}, c...)...)
		fmt.Fprint(d.t.out, outs[i])
	}
	return err
}

// run runs one command and shows its output as it comes.
func (d *demonstration) run(ctx context.Context, args ...string) error {
	d.shown(append([]string{"tacit"}, args...)...)
	cmd := d.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = d.t.out, d.t.errs
	if err := cmd.Run(); err != nil {
		return fault.New(fault.TaskFailed, "demo: tacit %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

func (d *demonstration) exec(ctx context.Context, args ...string) (string, error) {
	var buf bytes.Buffer
	cmd := d.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &buf, &buf
	err := cmd.Run()
	return buf.String(), err
}

func (d *demonstration) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.self, args...)
	cmd.Env = append(os.Environ(), "TACIT_HOME="+d.home)
	return cmd
}

func (d *demonstration) say(format string, args ...any) {
	fmt.Fprintf(d.t.out, "\n# "+format+"\n", args...)
}

func (d *demonstration) shown(command ...string) {
	fmt.Fprintf(d.t.out, "$ %s\n", strings.Join(command, " "))
}

// logs shows the end of every log when something went wrong.
func (d *demonstration) logs() {
	files, _ := filepath.Glob(filepath.Join(d.home, "log", "*.log"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		fmt.Fprintf(d.t.errs, "\n== %s\n%s", filepath.Base(f), b[max(0, len(b)-1500):])
	}
}
