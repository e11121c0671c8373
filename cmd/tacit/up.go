package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit/devnet"
	"tacit/enclave/wall"
	"tacit/fault"
	"tacit/node"
)

// binFolder is where the other programs are: beside this one.
func binFolder() string {
	self, err := os.Executable()
	if err != nil {
		return "."
	}
	return filepath.Dir(self)
}

func (t *tool) up() *cobra.Command {
	params := devnet.Params()
	cfg := devnet.Config{Params: &params}
	c := &cobra.Command{Use: "up", Short: "A whole network on this machine, until Ctrl-C", Args: cobra.NoArgs}
	f := c.Flags()
	f.StringVar(&cfg.Bin, "bin", binFolder(), "folder of the programs")
	f.IntVar(&cfg.Workers, "workers", 3, "workers")
	f.IntVar(&cfg.Verifiers, "verifiers", 7, "verifiers")
	f.IntVar(&cfg.Replicas, "replicas", 1, "replicas of the operator's manager and of each dispatcher; 3 survive the loss of any one")
	f.IntVar(&cfg.Dispatchers, "dispatchers", 1, "dispatchers that share the accounts")
	f.StringSliceVar(&cfg.Sites, "sites", nil, "regions that workers are in, in turn [local]; a task or an owner's terms can demand one")
	f.StringArrayVar(&cfg.Chain, "chain", nil, "JSON-RPC of an outside chain; repeat for end points that must agree [an own chain]")
	f.StringVar(&cfg.Funder, "funder", "", "key file of an account with money on the outside chain")
	f.Uint64Var(&params.Finality, "finality", params.Finality, "blocks on top of one that make it count; 0 takes the chain's finalized tag")
	f.StringVar(&cfg.Level, "log-level", "info", "debug, info or warn; at debug the spans of traces are in the logs")
	f.BoolVar(&cfg.JSON, "log-json", false, "logs as JSON, a record a line")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg.Home = t.home
		d, err := t.start(cmd.Context(), cfg)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "\nready: home %s, logs in %s, one process per role:\n", t.home, filepath.Join(t.home, "log"))
		list, _ := os.ReadDir(filepath.Join(t.home, "run"))
		for _, e := range list {
			if name, ok := strings.CutSuffix(e.Name(), ".pid"); ok {
				pid, _ := os.ReadFile(filepath.Join(t.home, "run", e.Name()))
				fmt.Fprintf(t.out, "  %-12s pid %-8s http://%s/metrics\n", name, strings.TrimSpace(string(pid)), d.Health(name))
			}
		}
		fmt.Fprintf(t.out, "restart one: kill its pid; it comes back. Ctrl-C ends all.\nnext: tacit service publish FILE.wasm --as acme --name acme/NAME\n      tacit doctor\n")
		if address, ca := d.Vault(); address != "" {
			fmt.Fprintf(t.out, "a key vault, which the account operator owns (docs/vault.md):\n  export VAULT_ADDR=%s VAULT_CACERT=%s\n", address, ca)
		}
		<-cmd.Context().Done()
		d.Wait()
		return nil
	}
	return c
}

// start brings a network up and writes the home's profile.
func (t *tool) start(ctx context.Context, cfg devnet.Config) (*devnet.Devnet, error) {
	began := time.Now()
	cfg.Say = func(format string, args ...any) {
		fmt.Fprintf(t.out, "%6.1fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	home, err := filepath.Abs(cfg.Home)
	if err != nil {
		return nil, fmt.Errorf("find home: %w", err)
	}
	cfg.Home = home
	if cfg.Bin, err = filepath.Abs(cfg.Bin); err != nil {
		return nil, fmt.Errorf("find programs: %w", err)
	}
	d, err := devnet.New(cfg)
	if err != nil {
		return nil, err
	}
	if err := d.Start(ctx); err != nil {
		return nil, err
	}
	reg, err := d.Registration("manager-1")
	if err != nil {
		return nil, err
	}
	cfg.Say("ready")
	p := profile{Manager: reg.Key}
	p.Vault, p.VaultCA = d.Vault()
	return d, node.WriteJSON(filepath.Join(home, "profile.json"), 0o644, p)
}

// check is one line of the doctor.
type check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
	Fix  string `json:"fix,omitempty"`
}

func (t *tool) doctor() *cobra.Command {
	var bin string
	c := &cobra.Command{Use: "doctor", Short: "What this machine can do and what to fix", Args: cobra.NoArgs}
	c.Flags().StringVar(&bin, "bin", binFolder(), "folder of the programs")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		checks := t.examine(cmd.Context(), bin)
		bad := 0
		for _, k := range checks {
			if !k.OK {
				bad++
			}
		}
		err := t.print(map[string]any{"checks": checks}, func(w io.Writer) {
			for _, k := range checks {
				mark := "ok  "
				if !k.OK {
					mark = "no  "
				}
				fmt.Fprintf(w, "%s  %-12s %s\n", mark, k.Name, k.Text)
				if k.Fix != "" {
					fmt.Fprintf(w, "      fix         %s\n", k.Fix)
				}
			}
		})
		_ = bad // a machine without hardware is no failure: level 2 works
		return err
	}
	return c
}

func (t *tool) examine(ctx context.Context, bin string) []check {
	list := []check{{Name: "system", OK: runtime.GOOS == "linux", Text: runtime.GOOS + "/" + runtime.GOARCH, Fix: fixIf(runtime.GOOS != "linux", "use Linux")}}
	for _, p := range []string{"tacitd", "tacit-manager", "tacit-dispatcher", "tacit-enclave"} {
		_, err := os.Stat(filepath.Join(bin, p))
		list = append(list, check{Name: "program", OK: err == nil, Text: p, Fix: fixIf(err != nil, "build it: make build")})
	}
	list = append(list, platforms(ctx, "/")...)
	text, err := probeWalls()
	if err != nil {
		text = err.Error()
	}
	list = append(list, check{Name: "sandbox", OK: text == "full", Text: text, Fix: fixIf(text != "full", "allow user namespaces, seccomp and Landlock; only the simulated platform goes on without")})
	list = append(list, t.examineNetwork(ctx))
	return list
}

func (t *tool) examineNetwork(ctx context.Context) check {
	if _, err := os.Stat(filepath.Join(t.home, "network.json")); err != nil {
		return check{Name: "network", Text: "no network in " + t.home, Fix: "tacit up"}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s, err := t.open(ctx)
	if err != nil {
		return check{Name: "network", Text: string(fault.Of(err)), Fix: fault.Lookup(fault.Of(err)).Next}
	}
	h := s.Node.Follow.View().Header
	return check{Name: "network", OK: true, Text: fmt.Sprintf("%s %s, epoch %d, block %d", s.network.Genesis.Name, s.network.ID().Short(), h.Number, h.Block)}
}

func fixIf(bad bool, fix string) string {
	if bad {
		return fix
	}
	return ""
}

// probeWalls puts up the walls of a guest around a process of this program and
// returns what stands.
func probeWalls() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	runtime.LockOSThread() // the child ends with the thread that started it
	defer runtime.UnlockOSThread()
	var out bytes.Buffer
	cmd, refused, err := wall.Start(self, []string{"walls"}, func(c *exec.Cmd) { c.Stdout = &out })
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return "", fmt.Errorf("put up walls: %w", err)
	}
	text := strings.TrimSpace(out.String())
	if refused != nil && text == "full" {
		text = "partial: " + refused.Error()
	}
	return text, nil
}

// walls is run by probeWalls inside the walls.
func (t *tool) walls() *cobra.Command {
	return &cobra.Command{Use: "walls", Hidden: true, Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		report, err := wall.Enter(wall.Config{})
		fmt.Fprintln(t.out, report)
		return err
	}}
}
