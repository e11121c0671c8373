// Package daemon is the main of tacitd, the untrusted roles, but for the
// platforms that it links.
package daemon

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/attest"
	"tacit/blob"
	"tacit/cmd/internal/otlp"
	"tacit/fault"
	"tacit/node"
	"tacit/node/blobs"
	"tacit/node/gateway"
	"tacit/node/verifier"
	"tacit/node/worker"
	"tacit/settle"
	"tacit/settle/devchain"
	"tacit/store/embedded"
	"tacit/telemetry"
	"tacit/wire"

	room "tacit/worker"
)

// Platform is what a main links of platforms.
type Platform struct {
	Schemes func(roots []attest.Root) (attest.Schemes, error)
	// Open has the platform start an enclave for a worker.
	Open func(ctx context.Context, cfg Config) (room.Enclave, error)
	// Commands are added to the command line, such as a simulated device.
	Commands []*cobra.Command
}

// Config is a process's configuration file.
type Config struct {
	Network  node.Network                 `json:"network"`
	Dir      string                       `json:"dir"`
	Listen   string                       `json:"listen"`
	Key      string                       `json:"key"`      // file
	VRF      string                       `json:"vrf"`      // file
	Level    string                       `json:"level"`    // of the log
	JSON     bool                         `json:"json"`     // the log's records, else text
	Health   string                       `json:"health"`   // host:port of /metrics, /livez and /readyz
	Device   string                       `json:"device"`   // socket of the evidence device
	Enclave  string                       `json:"enclave"`  // program that workers open
	Images   map[string]string            `json:"images"`   // programs of other images that workers open, by their names
	Machine  []string                     `json:"machine"`  // sockets of a measured machine's ports; workers open enclaves there instead
	Endorse  Endorse                      `json:"endorse"`  // what that machine's evidence needs
	Machines map[string]Machine           `json:"machines"` // measured machines of other images, by their names, instead of such programs
	Warm     int                          `json:"warm"`     // enclaves
	Capacity int                          `json:"capacity"` // attempts in hand
	Port     int                          `json:"port"`     // of the chain
	ChainID  uint64                       `json:"chainId"`
	Alloc    map[wire.Address]tacit.Money `json:"alloc"`

	Accounts []wire.Address `json:"accounts"` // whose blobs a store keeps; none is everybody's

	PrivateHooks bool `json:"privateHooks"` // webhooks may be inside the gateway's network and without TLS
}

// Main runs tacitd and returns the exit status.
func Main(p Platform) int {
	root := &cobra.Command{Use: "tacitd", Short: "The untrusted roles of a Tacit network", SilenceUsage: true, SilenceErrors: true}
	for _, r := range []struct {
		name, short string
		run         func(ctx context.Context, p Platform, cfg Config) error
	}{
		{"chain", "a persistent in-process chain for one machine", runChain},
		{"gateway", "shows the chain, gathers and posts signatures", runGateway},
		{"blobs", "keeps ciphertext by digest", runBlobs},
		{"verifier", "judges evidence and signs what it checked", runVerifier},
		{"worker", "opens enclaves and relays for them", runWorker},
	} {
		c := &cobra.Command{Use: r.name, Short: r.short, Args: cobra.NoArgs}
		file := c.Flags().String("config", "", "configuration file (JSON)")
		c.RunE = func(cmd *cobra.Command, _ []string) error {
			b, err := os.ReadFile(*file)
			if err != nil {
				return fault.New(fault.APIPath, "read configuration: %w", err)
			}
			var cfg Config
			if err := node.Decode(b, &cfg); err != nil {
				return err
			}
			if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
				return fmt.Errorf("make state folder: %w", err)
			}
			end, err := export(cmd.Context(), cfg, r.name)
			if err != nil {
				return err
			}
			defer end(cmd.Context())
			return r.run(cmd.Context(), p, cfg)
		}
		root.AddCommand(c)
	}
	root.AddCommand(p.Commands...)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := root.ExecuteContext(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(os.Stderr, "tacitd: %v\n", err)
		return fault.Lookup(fault.Of(err)).Exit
	}
	return fault.ExitOK
}

// logger writes to standard error, which the starter sends to a file.
func logger(cfg Config, role string) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(cfg.Level)) // an unknown level stays info
	return slog.New(node.LogHandler(os.Stderr, level, cfg.JSON)).With("role", role)
}

// export sends spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, by
// OpenTelemetry's own rules, and to the log where its level is debug.
func export(ctx context.Context, cfg Config, role string) (func(context.Context), error) {
	var to []telemetry.Exporter
	if log := logger(cfg, role); log.Enabled(ctx, slog.LevelDebug) {
		to = append(to, telemetry.Lines{Log: log})
	}
	e, err := otlp.Exporter(ctx)
	if err != nil {
		return nil, err
	}
	if e != nil {
		to = append(to, e)
	}
	if len(to) == 0 {
		return func(context.Context) {}, nil
	}
	return telemetry.Export(role, to...), nil
}

// open reads a role's key and opens its state. State of untrusted roles is
// sealed under their own key: it keeps their journal from being edited
// unseen, not from whoever has the key.
func open(p Platform, cfg Config, role string) (node.Config, *embedded.Store, error) {
	signer, err := node.ReadSigner(cfg.Key)
	if err != nil {
		return node.Config{}, nil, err
	}
	schemes, err := p.Schemes(cfg.Network.Genesis.Policies.Roots)
	if err != nil {
		return node.Config{}, nil, err
	}
	secret := sha256.Sum256(append([]byte("tacit/state/"+role), signer.Secret()...))
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(cfg.Dir, "state.db"), Key: secret[:], Sole: true})
	return node.Config{Network: cfg.Network, Key: signer, Schemes: schemes, Log: logger(cfg, role), Health: cfg.Health}, s, err
}

func dial(ctx context.Context, n node.Config) (*settle.Client, error) {
	return settle.Dial(ctx, settle.Config{URLs: n.Network.Chain, Epochs: n.Network.Epochs, ChainID: n.Network.Genesis.ChainID, Signer: n.Key})
}

func runChain(ctx context.Context, _ Platform, cfg Config) error {
	c, err := devchain.New(devchain.Config{Dir: cfg.Dir, Port: cfg.Port, ChainID: cfg.ChainID, Alloc: cfg.Alloc, Log: logger(cfg, "chain")})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.Run(ctx) })
	group.Go(func() error {
		return node.ServeHealth(ctx, cfg.Health, func() error {
			_, block, err := settle.Probe(ctx, "http://127.0.0.1:"+strconv.Itoa(cfg.Port))
			if err == nil && block == 0 {
				err = fault.New(fault.ChainUnavailable, "look whether the chain is ready: it has no block yet")
			}
			return err
		})
	})
	return group.Wait()
}

// onChain opens a role that has its own node of the chain and runs it.
func onChain(ctx context.Context, p Platform, cfg Config, role string, run func(ctx context.Context, n node.Config, s *embedded.Store, c *settle.Client) error) error {
	n, s, err := open(p, cfg, role)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := dial(ctx, n)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.CheckGenesis(ctx, n.Network.Genesis); err != nil {
		return err
	}
	return run(node.While(ctx, s.Stopped()), n, s, c)
}

func runGateway(ctx context.Context, p Platform, cfg Config) error {
	return onChain(ctx, p, cfg, "gateway", func(ctx context.Context, n node.Config, s *embedded.Store, c *settle.Client) error {
		return gateway.Run(ctx, gateway.Config{Node: n, Listen: cfg.Listen, Store: s, Chain: settle.Chain{Client: c}, Poster: settle.Poster{Client: c},
			PrivateHooks: cfg.PrivateHooks})
	})
}

func runBlobs(ctx context.Context, p Platform, cfg Config) error {
	n, s, err := open(p, cfg, "blobs")
	if err != nil {
		return err
	}
	defer s.Close()
	n.Store = s
	b, err := blob.Open(filepath.Join(cfg.Dir, "blobs"), blob.Config{})
	if err != nil {
		return err
	}
	defer b.Close()
	return blobs.Run(ctx, blobs.Config{Node: n, Listen: cfg.Listen, Store: b, From: cfg.Accounts})
}

func runVerifier(ctx context.Context, p Platform, cfg Config) error {
	return onChain(ctx, p, cfg, "verifier", func(ctx context.Context, n node.Config, s *embedded.Store, c *settle.Client) error {
		v, err := node.ReadVRF(cfg.VRF)
		if err != nil {
			return err
		}
		return verifier.Run(ctx, verifier.Config{Node: n, Store: s, Chain: settle.Chain{Client: c}, Poster: settle.Poster{Client: c}, VRF: v,
			Disputes: settle.Disputer{Client: c}, Docket: settle.Answering{Client: c}})
	})
}

func runWorker(ctx context.Context, p Platform, cfg Config) error {
	if err := cfg.checkMachines(); err != nil {
		return err
	}
	return onChain(ctx, p, cfg, "worker", func(ctx context.Context, n node.Config, s *embedded.Store, c *settle.Client) error {
		v, err := node.ReadVRF(cfg.VRF)
		if err != nil {
			return err
		}
		open := func(ctx context.Context) (room.Enclave, error) { return p.Open(ctx, cfg) }
		if len(cfg.Machine) > 0 {
			open = room.NewPorts(cfg.Machine, tacit.PortHello).Open
		}
		images := map[string]func(context.Context) (room.Enclave, error){}
		for name, program := range cfg.Images {
			of := cfg
			of.Enclave = program
			images[name] = func(ctx context.Context) (room.Enclave, error) { return p.Open(ctx, of) }
		}
		for name, m := range cfg.Machines {
			images[name] = room.NewPorts(m.Ports, tacit.PortHello).Open
		}
		end, err := cfg.endorse(ctx, n.Schemes, n.Log)
		if err != nil {
			return err
		}
		defer end()
		return worker.Run(ctx, worker.Config{
			Node: n, Store: s, Poster: settle.Poster{Client: c}, Docket: settle.Answering{Client: c}, VRF: v, Dir: cfg.Dir, Warm: cfg.Warm, Capacity: cfg.Capacity,
			Open: open, Images: images,
		})
	})
}
