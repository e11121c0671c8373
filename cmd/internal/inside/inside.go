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
	"strings"
	"sync/atomic"
	"syscall"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/store"
	"tacit/store/embedded"
	"tacit/store/replica"
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
	Group    *Group       `json:"group"`    // of a node that is several replicas; nil: this process is the node
	// Accounts may keep keys and values in a manager's store, each its own; none: nobody.
	Accounts []wire.Address `json:"accounts"`
	Vault    Vault          `json:"vault"` // of a manager
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
	Store  tacit.Store
	Shared bool // the store outlives this process's folder: other replicas go on with it
	VRF    *vrf.Key
	LogKey ed25519.PrivateKey
}

// ofAccount reports whether a lease is an account's, which lives on when this process
// ends.
func ofAccount(lease string) bool { return strings.HasPrefix(lease, store.Accounts) }

// Schemes makes the schemes that a main links from a network's roots.
type Schemes func(roots []attest.Root) (attest.Schemes, error)

// A Beside is what a replica does while another one plays the role; peek reads an item
// of the group's store as this replica has it. It returns soon after ctx ends.
type Beside func(ctx context.Context, cfg Config, peek func(key string) ([]byte, error)) error

// Main runs a role and returns the process's exit status.
func Main(name tacit.Role, schemes Schemes, run func(ctx context.Context, self Self) error, beside ...Beside) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	role := tacit.RoleNames(name)
	if err := start(ctx, name, role, schemes, run, beside); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(os.Stderr, "tacit-%s: %v\n", role, err)
		return fault.Lookup(fault.Of(err)).Exit
	}
	return fault.ExitOK
}

func start(ctx context.Context, name tacit.Role, role string, schemes Schemes, run func(context.Context, Self) error, beside []Beside) error {
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
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("make state folder: %w", err)
	}
	level := slog.LevelInfo
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil && cfg.Level != "" {
		return fault.New(fault.APIField, "read configuration: level %q", cfg.Level)
	}
	log := slog.New(node.LogHandler(os.Stderr, level, cfg.JSON)).With("role", role)
	if log.Enabled(ctx, slog.LevelDebug) {
		defer telemetry.Export(role, telemetry.Lines{Log: log})(ctx)
	}
	list, err := schemes(cfg.Network.Genesis.Policies.Roots)
	if err != nil {
		return err
	}
	if cfg.Group != nil {
		g, err := openGroup(ctx, cfg, name, role, device, list, log)
		if err != nil {
			return err
		}
		defer g.close()
		return g.run(ctx, beside, func(ctx context.Context, t *replica.Term) error {
			self := Self{Config: cfg, Store: t, Shared: true, Node: node.Config{Own: g.own}}
			return self.play(ctx, list, device, log, run, &g.signer)
		})
	}
	secret, err := device.SealingKey(ctx, role+" store")
	if err != nil {
		return err
	}
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(cfg.Dir, "state.db"), Key: secret, Sole: true, Others: ofAccount})
	if err != nil {
		return err
	}
	defer s.Close()
	self := Self{Config: cfg, Store: s, Node: node.Config{Health: cfg.Health}}
	return self.play(node.While(ctx, s.Stopped()), list, device, log, run, new(atomic.Pointer[key.Signer]))
}

// play takes the node's identities from its store and runs the role. self.Node has what
// is special to how it is stored.
func (self Self) play(ctx context.Context, list attest.Schemes, device *attest.Device, log *slog.Logger, run func(context.Context, Self) error, who *atomic.Pointer[key.Signer]) error {
	cfg := self.Config
	signer, err := self.identities(ctx)
	if err != nil {
		return err
	}
	who.Store(signer)
	self.Node.Network, self.Node.Key, self.Node.Schemes, self.Node.Attester, self.Node.Log = cfg.Network, signer, list, device, log
	reg := tacit.Registration{Operator: cfg.Operator, Key: signer.Address(), VRF: self.VRF.Public()}
	if err := node.WriteJSON(filepath.Join(cfg.Dir, "registration.json"), 0o644, node.Registration{
		Key: reg.Key, VRF: reg.VRF, Sig: tacit.Sign(cfg.Network.ID(), signer, reg).Sig,
	}); err != nil {
		return err
	}
	return run(ctx, self)
}

// Where the node's keys are in its store.
const (
	selfKeys  = "self/keys"
	selfLabel = "tacit/self/keys"
)

// keys are what the role is known by; they are born here and never leave but
// sealed.
type keys struct {
	Signer []byte `cbor:"1,keyasint"`
	VRF    []byte `cbor:"2,keyasint"`
	Log    []byte `cbor:"3,keyasint"`
}

func (s *Self) identities(ctx context.Context) (*key.Signer, error) {
	const name, label = selfKeys, selfLabel
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
