// Package inside is what the mains of the long-lived enclaves share: the
// manager's and the dispatcher's. Their only arguments are none, their only
// environment is empty; a configuration that changes nothing of what they may
// do comes over descriptor 3, and the evidence device is descriptor 4.
package inside

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/store"
	"tacit/telemetry"
	"tacit/vrf"
	"tacit/wire"
)

// Config is what the host tells an enclave. None of it can make it do what it
// otherwise would not: the network is bound in every proof it shows.
type Config struct {
	Network  node.Network `json:"network"`
	Listen   string       `json:"listen"`
	Dir      string       `json:"dir"`      // sealed state
	Operator wire.Address `json:"operator"` // who registers and stakes for this node
	Level    string       `json:"level"`    // of the log: debug, info or warn
	JSON     bool         `json:"json"`     // the log's records, else text
	Health   string       `json:"health"`   // host:port of /metrics, /livez and /readyz
	Threads  int          `json:"threads"`  // cores to use at once; 0 is all
	Vault    Vault        `json:"vault"`    // of a manager
}

// Vault is a key vault that a manager serves. Whose it is counts only for one that has
// no state yet.
type Vault struct {
	Listen    string         `json:"listen"` // host:port; empty for none
	Owners    []wire.Address `json:"owners"`
	Threshold int            `json:"threshold"`
}

// Self is what a role finds when it is started.
type Self struct {
	Config Config
	Node   node.Config
	Store  *store.Store
	VRF    *vrf.Key
	LogKey ed25519.PrivateKey
}

// Schemes makes the schemes that a main links from a network's roots.
type Schemes func(roots []attest.Root) (attest.Schemes, error)

// Main runs a role and returns the process's exit status.
func Main(role string, schemes Schemes, run func(ctx context.Context, self Self) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := start(ctx, role, schemes, run); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(os.Stderr, "tacit-%s: %v\n", role, err)
		return fault.Lookup(fault.Of(err)).Exit
	}
	return fault.ExitOK
}

func start(ctx context.Context, role string, schemes Schemes, run func(context.Context, Self) error) error {
	if len(os.Args) != 1 || len(os.Environ()) != 0 {
		return fault.New(fault.EvidManifest, "start %s: it takes no arguments and no environment", role)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbid core dumps: %w", err)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0); errno != 0 {
		return fmt.Errorf("forbid debuggers: %w", errno)
	}
	input := os.NewFile(3, "configuration")
	b, err := io.ReadAll(io.LimitReader(input, 16<<20))
	if err != nil {
		return fault.New(fault.APIField, "read configuration: %w", err)
	}
	var cfg Config
	if err := node.Decode(b, &cfg); err != nil {
		return err
	}
	if cfg.Threads > 0 {
		runtime.GOMAXPROCS(cfg.Threads)
	}
	debug.SetGCPercent(400) // its memory is small, and short-lived
	device := attest.NewDevice(os.NewFile(4, "evidence device"))
	secret, err := device.SealingKey(ctx, role+" store")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("make state folder: %w", err)
	}
	s, err := store.Open(store.Config{Path: filepath.Join(cfg.Dir, "state.db"), Key: secret, Sole: true})
	if err != nil {
		return err
	}
	defer s.Close()
	level := slog.LevelInfo
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil && cfg.Level != "" {
		return fault.New(fault.APIField, "read configuration: level %q", cfg.Level)
	}
	log := slog.New(node.LogHandler(os.Stderr, level, cfg.JSON)).With("role", role)
	if log.Enabled(ctx, slog.LevelDebug) {
		defer telemetry.Export(role, telemetry.Lines{Log: log})(ctx)
	}
	self := Self{Config: cfg, Store: s}
	signer, err := self.identities(ctx)
	if err != nil {
		return err
	}
	list, err := schemes(cfg.Network.Genesis.Policies.Roots)
	if err != nil {
		return err
	}
	self.Node = node.Config{Network: cfg.Network, Key: signer, Schemes: list, Attester: device, Log: log, Health: cfg.Health}
	reg := tacit.Registration{Operator: cfg.Operator, Key: signer.Address(), VRF: self.VRF.Public()}
	if err := node.WriteJSON(filepath.Join(cfg.Dir, "registration.json"), 0o644, node.Registration{
		Key: reg.Key, VRF: reg.VRF, Sig: tacit.Sign(cfg.Network.ID(), signer, reg).Sig,
	}); err != nil {
		return err
	}
	return run(node.While(ctx, s.Stopped()), self)
}

// keys are what the role is known by; they are born here and never leave but
// sealed.
type keys struct {
	Signer []byte `cbor:"1,keyasint"`
	VRF    []byte `cbor:"2,keyasint"`
	Log    []byte `cbor:"3,keyasint"`
}

func (s *Self) identities(ctx context.Context) (*key.Signer, error) {
	const name, label = "self/keys", "tacit/self/keys"
	var k keys
	item, err := s.Store.Get(ctx, name)
	switch {
	case err == nil:
		if err := wire.Unmarshal(label, item.Value, &k); err != nil {
			return nil, err
		}
	case errors.Is(err, fault.APINotFound):
		if k, err = newKeys(); err != nil {
			return nil, err
		}
		b, err := wire.Marshal(label, k)
		if err != nil {
			return nil, err
		}
		if _, err := s.Store.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: name}}, Then: []tacit.Put{{Key: name, Value: b}}}); err != nil {
			return nil, err
		}
	default:
		return nil, err
	}
	if s.VRF, err = vrf.Parse(k.VRF); err != nil {
		return nil, err
	}
	if len(k.Log) != ed25519.SeedSize {
		return nil, fault.New(fault.StoreCorrupt, "read own keys: log key of %d bytes", len(k.Log))
	}
	s.LogKey = ed25519.NewKeyFromSeed(k.Log)
	return key.ParseSigner(k.Signer)
}

func newKeys() (keys, error) {
	signer, err := key.NewSigner()
	if err != nil {
		return keys{}, err
	}
	v, err := vrf.New()
	if err != nil {
		return keys{}, err
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return keys{}, fmt.Errorf("make log key: %w", err)
	}
	return keys{signer.Secret(), v.Secret(), seed}, nil
}
