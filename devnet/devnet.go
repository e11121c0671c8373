// Package devnet is a whole network on one machine: a chain, contracts, an
// evidence device, managers, a dispatcher, verifiers, workers, a gateway and
// blobs, each a process of its own with its own folder and log, on loopback.
//
// Everything on it is real but for the platform, which is simulated and
// protects nothing from the host. Every verifier is an operator of its own in
// name only.
package devnet

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/settle"
	"tacit/wire"
)

// Config says what network to make.
type Config struct {
	Home      string // folder of everything
	Bin       string // folder of the programs
	Verifiers int    // [7]
	Workers   int    // [3]
	// Replicas of the operator's manager and dispatchers [1]: above 1 each is a group
	// whose store survives the loss of a minority. Dispatchers share the load [1].
	Replicas, Dispatchers int
	// Sites are the regions that workers are in, in turn [local].
	Sites    []string
	Chain    []string // outside end points; none means an own chain
	Funder   string   // key file of an account with money on an outside chain
	Capacity int      // attempts that a worker has in hand at once [its own default]
	Warm     int      // enclaves that a worker keeps ready [its own default]
	// Machine, if set, is where the workers' enclaves run; else they are processes
	// on the simulated platform.
	Machine *Machine
	// Params are the network's [Params()].
	Params *tacit.Params
	// Level is that of every log [info]; at debug, spans are in it too. JSON makes
	// the records JSON instead of text.
	Level string
	JSON  bool
	// Say is told what is being done.
	Say func(format string, args ...any)
}

// A Machine is one that boots measured, beside the network's own processes.
type Machine struct {
	Ports  [][]string            // for each worker the sockets of its ports; one without has its enclaves be processes
	Images map[string][][]string // the same in machines of further images, by the images' names
	// Endorse is what the evidence of a further image's machine needs, as in the
	// configuration of the worker that has the first of its ports.
	Endorse map[string]map[string]string
	Policy  attest.Policy // of enclaves
	Roots   []attest.Root // that the policy needs
	Source  wire.Digest   // SHA-256 of what the references were made of
}

// accounts are the people of the network.
var accounts = []string{"alice", "acme", "hospital", "clinic"}

// threads is how many cores a role of a devnet uses at once: on one machine
// seventeen processes share them, and each that looks for work in vain on every
// core takes time from the others.
const threads = 1

// richness is what each account of an own chain begins with.
const richness tacit.Money = 1000e9

// Params are the parameters of a network on one machine.
func Params() tacit.Params {
	p := tacit.Params{
		EpochLength: 8, Finality: 2, TicketClose: 7, Deadline: 30, SettleWindow: 60, ChallengeWindow: 5,
		WithdrawDelay: 900, UnbondDelay: 1000, Seats: 7, Operators: 3, MinStake: 1e9, SlashPart: 500,
		SeatFee: 1e6, DispatchFee: 2e6,
	}
	for b := range p.WorkerPrice {
		p.WorkerPrice[b] = 1e6 << b
	}
	return p
}

// member is one node of the network.
type member struct {
	Name     string     `json:"name"`
	Role     tacit.Role `json:"role"`
	Address  string     `json:"address"` // host:port, of those that listen
	Health   string     `json:"health"`  // host:port of its metrics
	Operator string     `json:"operator"`
	Seats    []seat     `json:"seats,omitempty"` // of a group
	// Key is that of a group, once it is registered: what it must turn out to have.
	Key   wire.Address `json:"key,omitzero"`
	Vault string       `json:"vault,omitempty"` // host:port of the manager that serves one

	Region string `json:"region,omitempty"` // [local]
}

// layout is what a home remembers of its network.
type layout struct {
	ChainID  uint64   `json:"chainId"`
	Port     int      `json:"port"`  // of the own chain
	Block    int      `json:"block"` // first of the network's ports; 0 in a home from before there were blocks
	Members  []member `json:"members"`
	Deployed bool     `json:"deployed"`

	Health map[string]string `json:"health"` // host:port of the metrics of chain and device
}

// A Devnet is one network in one home.
type Devnet struct {
	cfg     Config
	layout  layout
	network node.Network
	super   *supervisor
	block   io.Closer // holds the network's ports
}

// New reads or plans the home and starts nothing.
func New(cfg Config) (*Devnet, error) {
	if cfg.Verifiers == 0 {
		cfg.Verifiers = 7
	}
	if cfg.Workers == 0 {
		cfg.Workers = 3
	}
	if cfg.Level == "" {
		cfg.Level = "info"
	}
	if cfg.Say == nil {
		cfg.Say = func(string, ...any) {}
	}
	if cfg.Params == nil {
		p := Params()
		cfg.Params = &p
	}
	for _, p := range []string{"tacitd", "tacit-manager", "tacit-dispatcher", "tacit-enclave"} {
		if _, err := os.Stat(filepath.Join(cfg.Bin, p)); err != nil {
			return nil, fault.New(fault.APIPath, "start network: program %s is not in %s; build it with make", p, cfg.Bin)
		}
	}
	d := &Devnet{cfg: cfg, super: newSupervisor(cfg.Home)}
	b, err := os.ReadFile(d.path("layout.json"))
	if err != nil {
		return d, d.plan()
	}
	if err := json.Unmarshal(b, &d.layout); err != nil {
		return nil, fault.New(fault.APIPath, "read %s: %w", d.path("layout.json"), err)
	}
	d.block = hold(d.layout.Block)
	return d, nil
}

func (d *Devnet) path(parts ...string) string {
	return filepath.Join(append([]string{d.cfg.Home}, parts...)...)
}

// plan chooses names, ports and keys.
func (d *Devnet) plan() error {
	d.layout.ChainID = 7357
	add := func(name string, role tacit.Role, operator string) {
		d.layout.Members = append(d.layout.Members, member{Name: name, Role: role, Operator: operator})
	}
	add("gateway", tacit.RoleGateway, "operator")
	add("blobs", tacit.RoleBlobs, "operator")
	add("blobs-2", tacit.RoleBlobs, "hospital") // the data owner's own, for his data alone
	add("dispatcher", tacit.RoleDispatcher, "operator")
	for i := 2; i <= d.cfg.Dispatchers; i++ {
		add(fmt.Sprintf("dispatcher-%d", i), tacit.RoleDispatcher, "operator")
	}
	add("manager-1", tacit.RoleManager, "operator")
	add("manager-2", tacit.RoleManager, "hospital") // the data owner's own
	for i := range d.cfg.Verifiers {
		add(fmt.Sprintf("verifier-%d", i+1), tacit.RoleVerifier, fmt.Sprintf("verifier-operator-%d", i+1))
	}
	for i := range d.cfg.Workers {
		add(fmt.Sprintf("worker-%d", i+1), tacit.RoleWorker, fmt.Sprintf("worker-operator-%d", i+1))
		if n := len(d.cfg.Sites); n > 0 {
			d.layout.Members[len(d.layout.Members)-1].Region = d.cfg.Sites[i%n]
		}
	}
	ports, err := newPorts()
	if err != nil {
		return err
	}
	d.block, d.layout.Block = ports.held, ports.first
	d.layout.Port = ports.take()
	d.layout.Health = map[string]string{"chain": ports.address(), "device": ports.address()}
	for i := range d.layout.Members {
		m := &d.layout.Members[i]
		m.Address, m.Health = ports.address(), ports.address()
		if m.Name == vaultMember {
			m.Vault = ports.address()
		}
		if inside(m.Role) { // their keys are born in the enclave
			if d.cfg.Replicas > 1 && m.Operator == "operator" {
				m.planSeats(d.cfg.Replicas, ports)
			}
			continue
		}
		if err := node.MakeKeys(d.path("nodes", m.Name)); err != nil {
			return err
		}
	}
	if ports.err != nil {
		return ports.err
	}
	for _, name := range d.people() {
		if err := newKey(d.path("accounts", name+".key")); err != nil {
			return err
		}
	}
	return node.WriteJSON(d.path("layout.json"), 0o600, d.layout)
}

func newKey(path string) error {
	k, err := key.NewSigner()
	if err != nil {
		return err
	}
	return node.WriteSecret(path, k.Secret())
}

// people are all accounts: users, owners, and operators.
func (d *Devnet) people() []string {
	list := slices.Concat([]string{"deployer", "governor"}, auditors, accounts)
	for _, m := range d.layout.Members {
		if !slices.Contains(list, m.Operator) {
			list = append(list, m.Operator)
		}
	}
	return list
}

func inside(r tacit.Role) bool { return r == tacit.RoleManager || r == tacit.RoleDispatcher }

// Health is the address of a process's /metrics, /livez and /readyz.
func (d *Devnet) Health(name string) string {
	for _, m := range d.layout.Members {
		if m.Name == name {
			return m.Health
		}
		for _, s := range m.Seats {
			if s.Name == name {
				return s.Health
			}
		}
	}
	return d.layout.Health[name]
}

// vaultMember is the manager whose process serves a key vault, which its operator owns.
const vaultMember = "manager-1"

// Vault is where the network's key vault is and the file of its root certificate; empty
// in a home that was made without one.
func (d *Devnet) Vault() (address, ca string) {
	for _, m := range d.layout.Members {
		if m.Vault == "" {
			continue
		}
		ca = d.path("nodes", m.Name, "vault-ca.pem")
		for _, s := range m.Seats { // whoever served it has written it
			at := d.path("nodes", s.Name, "vault-ca.pem")
			if _, err := os.Stat(at); err == nil {
				ca = at
			}
		}
		return "https://" + m.Vault, ca
	}
	return "", ""
}

// Lose has a process not started again once it ends, so that whoever kills it loses it for
// good: for tests of that.
func (d *Devnet) Lose(name string) { d.super.lose(name) }

// Network is the network file; it is known once Start returned.
func (d *Devnet) Network() node.Network { return d.network }

// Start brings every process up and returns when the network can take a task.
// The processes end with ctx.
func (d *Devnet) Start(ctx context.Context) error {
	context.AfterFunc(ctx, func() { d.block.Close() })
	d.cfg.Say("%s", sim.Notice)
	d.super.start(ctx, process{name: "device", program: d.bin("tacitd"), args: []string{"device", "--dir", d.path("device"), "--socket", d.socket(), "--health", d.layout.Health["device"]}})
	if err := d.startChain(ctx); err != nil {
		return err
	}
	if !d.layout.Deployed {
		if err := d.deploy(ctx); err != nil {
			return err
		}
	} else if n, err := node.ReadNetwork(d.path("network.json")); err != nil {
		return err
	} else {
		d.network = n
	}
	d.startMembers(ctx)
	if !d.layout.Deployed {
		if err := d.registerAll(ctx); err != nil {
			return err
		}
		d.layout.Deployed = true
		if err := node.WriteJSON(d.path("layout.json"), 0o600, d.layout); err != nil {
			return err
		}
	}
	return d.ready(ctx)
}

// Wait returns when every process has ended.
func (d *Devnet) Wait() { d.super.wait() }

func (d *Devnet) bin(name string) string { return filepath.Join(d.cfg.Bin, name) }

// socket has a short path: unix sockets allow about a hundred bytes.
func (d *Devnet) socket() string {
	p := d.path("device", "socket")
	if len(p) < 100 {
		return p
	}
	return filepath.Join(os.TempDir(), "tacit-"+wire.Sum([]byte(p)).Short()+".sock")
}

func (d *Devnet) urls() []string {
	if len(d.cfg.Chain) > 0 {
		return d.cfg.Chain
	}
	return []string{fmt.Sprintf("http://127.0.0.1:%d", d.layout.Port)}
}

func (d *Devnet) startChain(ctx context.Context) error {
	if len(d.cfg.Chain) == 0 {
		alloc := map[wire.Address]tacit.Money{}
		for _, name := range d.people() {
			k, err := node.ReadSigner(d.path("accounts", name+".key"))
			if err != nil {
				return err
			}
			alloc[k.Address()] = richness
		}
		for _, m := range d.layout.Members {
			if inside(m.Role) {
				continue
			}
			k, err := node.ReadSigner(d.path("nodes", m.Name, "node.key"))
			if err != nil {
				return err
			}
			alloc[k.Address()] = richness
		}
		d.cfg.Say("chain: own, at %s", d.urls()[0])
		d.super.start(ctx, process{name: "chain", program: d.bin("tacitd"), args: []string{"chain", "--config", d.config("chain", map[string]any{
			"dir": d.path("chain"), "port": d.layout.Port, "chainId": d.layout.ChainID, "alloc": alloc, "health": d.layout.Health["chain"], "level": d.cfg.Level, "json": d.cfg.JSON,
		})}})
	}
	return until(ctx, 60*time.Second, "chain answers", func(ctx context.Context) error {
		id, block, err := settle.Probe(ctx, d.urls()...)
		if err == nil && block == 0 {
			err = errors.New("no block yet")
		}
		d.layout.ChainID = id
		return err
	})
}

// config writes a process's configuration file and returns its path.
func (d *Devnet) config(name string, v map[string]any) string {
	path := d.path("run", name+".json")
	if err := node.WriteJSON(path, 0o600, v); err != nil {
		d.cfg.Say("configuration of %s: %v", name, err)
	}
	return path
}

// deploy measures the images, writes the genesis and puts the contracts on the
// chain.
func (d *Devnet) deploy(ctx context.Context) error {
	var vendor *sim.Vendor
	if err := until(ctx, 20*time.Second, "device made its vendor", func(context.Context) error {
		if _, err := os.Stat(d.path("device", "vendor.pem")); err != nil {
			return err
		}
		var err error
		vendor, err = sim.OpenVendor(d.path("device"))
		return err
	}); err != nil {
		return err
	}
	g := tacit.Genesis{Name: "devnet", ChainID: d.layout.ChainID, Params: *d.cfg.Params, Teaching: true}
	g.Policies = attest.PolicySet{Generation: 1, Roots: []attest.Root{vendor.Root()}}
	sources := map[string]wire.Digest{} // by reference
	for _, image := range []struct {
		name string
		role tacit.Role
	}{{"tacit-enclave", tacit.RoleEnclave}, {"tacit-manager", tacit.RoleManager}, {"tacit-dispatcher", tacit.RoleDispatcher}} {
		m, err := sim.Measure(d.bin(image.name))
		if err != nil {
			return err
		}
		program, err := os.ReadFile(d.bin(image.name))
		if err != nil {
			return fault.New(fault.APIPath, "read program: %w", err)
		}
		sources[image.name] = wire.Sum(program)
		references := []attest.Reference{{Name: image.name, Measurement: m, Manifest: sim.ManifestOf(nil, nil), SVN: 1}}
		if image.role == tacit.RoleEnclave {
			also, err := d.imageReferences(sources)
			if err != nil {
				return err
			}
			references = append(references, also...)
		}
		p := sim.Policy(uint16(image.role), references...)
		if at := d.cfg.Machine; at != nil && image.role == tacit.RoleEnclave {
			p = at.Policy
			for _, r := range p.References {
				sources[r.Name] = at.Source
			}
			g.Policies.Roots = append(g.Policies.Roots, at.Roots...)
		}
		g.Policies.Policies = append(g.Policies.Policies, p)
	}
	if err := d.release(&g.Policies, sources); err != nil {
		return err
	}
	for _, m := range d.layout.Members {
		if m.Role == tacit.RoleVerifier {
			k, err := node.ReadSigner(d.path("nodes", m.Name, "node.key"))
			if err != nil {
				return err
			}
			g.Signers = append(g.Signers, k.Address())
		}
	}
	governor, err := node.ReadSigner(d.path("accounts", "governor.key"))
	if err != nil {
		return err
	}
	g.Governors = tacit.Governors{Keys: []wire.Address{governor.Address()}, Threshold: 1}
	deployer, err := node.ReadSigner(d.path("accounts", "deployer.key"))
	if err != nil {
		return err
	}
	if len(d.cfg.Chain) > 0 {
		if err := d.fund(ctx); err != nil {
			return err
		}
	}
	d.cfg.Say("contracts: deploying")
	at, err := settle.DeployAt(ctx, d.urls(), deployer, g)
	if err != nil {
		return err
	}
	gateway := d.member("gateway")
	k, err := node.ReadSigner(d.path("nodes", "gateway", "node.key"))
	if err != nil {
		return err
	}
	d.network = node.Network{Genesis: g, Epochs: at.Epochs, Gateway: gateway.Address, GatewayKey: k.Address(), Chain: d.urls()}
	d.cfg.Say("network %s, contracts at %s", d.network.ID().Short(), at.Epochs)
	return node.WriteJSON(d.path("network.json"), 0o644, d.network)
}

func (d *Devnet) member(name string) member {
	for _, m := range d.layout.Members {
		if m.Name == name {
			return m
		}
	}
	return member{}
}

// keepers are the accounts that may keep keys and values in a member's store.
func (d *Devnet) keepers(m member) []wire.Address {
	list := []wire.Address{}
	if m.Role != tacit.RoleManager {
		return list
	}
	for _, name := range accounts {
		k, err := node.ReadSigner(d.path("accounts", name+".key"))
		if err != nil {
			d.cfg.Say("%s: %v", m.Name, err)
			continue
		}
		list = append(list, k.Address())
	}
	return list
}

func (d *Devnet) startMembers(ctx context.Context) {
	for _, m := range d.layout.Members {
		if inside(m.Role) {
			operator, err := node.ReadSigner(d.path("accounts", m.Operator+".key"))
			if err != nil {
				d.cfg.Say("%s: %v", m.Name, err)
				continue
			}
			image := "tacit-manager"
			if m.Role == tacit.RoleDispatcher {
				image = "tacit-dispatcher"
			}
			if len(m.Seats) > 0 {
				d.startGroup(ctx, m, image, operator)
				continue
			}
			cfg := map[string]any{
				"network": d.network, "listen": m.Address, "dir": d.path("nodes", m.Name), "operator": operator.Address(), "level": d.cfg.Level, "json": d.cfg.JSON,
				"threads": threads, "health": m.Health, "accounts": d.keepers(m),
			}
			if m.Vault != "" {
				cfg["vault"] = map[string]any{"listen": m.Vault, "owners": []wire.Address{operator.Address()}, "threshold": 1}
			}
			d.super.startInside(ctx, m.Name, d.socket(), d.bin(image), cfg)
			continue
		}
		cfg := map[string]any{
			"network": d.network, "dir": d.path("nodes", m.Name), "listen": m.Address, "level": d.cfg.Level, "json": d.cfg.JSON, "health": m.Health,
			"key": d.path("nodes", m.Name, "node.key"), "vrf": d.path("nodes", m.Name, "vrf.key"),
			"device": d.socket(), "enclave": d.bin("tacit-enclave"), "images": d.images(), "warm": d.cfg.Warm, "capacity": d.cfg.Capacity,
		}
		if m.Role == tacit.RoleWorker && d.cfg.Machine != nil {
			d.cfg.Machine.give(m.Name, cfg)
		}
		if m.Role == tacit.RoleBlobs && m.Operator != "operator" {
			if owner, err := node.ReadSigner(d.path("accounts", m.Operator+".key")); err == nil {
				cfg["accounts"] = []wire.Address{owner.Address()}
			}
		}
		if m.Role == tacit.RoleGateway {
			cfg["privateHooks"] = true // whoever owns data here owns the machine
		}
		d.super.start(ctx, process{name: m.Name, program: d.bin("tacitd"), args: []string{tacit.RoleNames(m.Role), "--config", d.config(m.Name, cfg)}})
	}
}

// registerAll has every operator register its node, side by side.
func (d *Devnet) registerAll(ctx context.Context) error {
	d.cfg.Say("registry: %d nodes stake", len(d.layout.Members))
	byOperator := map[string][]member{}
	for _, m := range d.layout.Members {
		byOperator[m.Operator] = append(byOperator[m.Operator], m)
	}
	group, ctx := errgroup.WithContext(ctx)
	for operator, members := range byOperator {
		group.Go(func() error {
			k, err := node.ReadSigner(d.path("accounts", operator+".key"))
			if err != nil {
				return err
			}
			c, err := settle.Dial(ctx, settle.Config{URLs: d.urls(), Epochs: d.network.Epochs, ChainID: d.layout.ChainID, Signer: k})
			if err != nil {
				return err
			}
			defer c.Close()
			for _, m := range members {
				if err := d.register(ctx, c, k, m); err != nil {
					return fmt.Errorf("register %s: %w", m.Name, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (d *Devnet) register(ctx context.Context, c *settle.Client, operator *key.Signer, m member) error {
	var reg node.Registration
	if inside(m.Role) {
		if err := until(ctx, 60*time.Second, m.Name+" has its keys", func(context.Context) (err error) {
			reg, err = d.Registration(m.Name)
			return err
		}); err != nil {
			return err
		}
	} else {
		k, err := node.ReadSigner(d.path("nodes", m.Name, "node.key"))
		if err != nil {
			return err
		}
		v, err := node.ReadVRF(d.path("nodes", m.Name, "vrf.key"))
		if err != nil {
			return err
		}
		reg = node.Register(d.network.ID(), operator.Address(), k, v)
	}
	n, err := reg.Node(d.network.Genesis, m.Role, 10*d.cfg.Params.MinStake, cmp.Or(m.Region, "local"), m.Address)
	if err != nil {
		return err
	}
	if _, err := c.Register(ctx, n, reg.Sig); err != nil {
		return err
	}
	for i := range d.layout.Members {
		if d.layout.Members[i].Name == m.Name && len(m.Seats) > 0 {
			d.layout.Members[i].Key = reg.Key
		}
	}
	return nil
}

// fund gives every account of the network money of an outside chain.
func (d *Devnet) fund(ctx context.Context) error {
	funder, err := node.ReadSigner(d.cfg.Funder)
	if err != nil {
		return fmt.Errorf("fund accounts on the outside chain (--funder): %w", err)
	}
	var to []wire.Address
	for _, name := range d.people() {
		k, err := node.ReadSigner(d.path("accounts", name+".key"))
		if err != nil {
			return err
		}
		to = append(to, k.Address())
	}
	for _, m := range d.layout.Members {
		if !inside(m.Role) {
			k, err := node.ReadSigner(d.path("nodes", m.Name, "node.key"))
			if err != nil {
				return err
			}
			to = append(to, k.Address())
		}
	}
	return settle.Fund(ctx, d.urls(), funder, to, 50e9)
}

// ready waits until a signed header has every node and the pools are full.
func (d *Devnet) ready(ctx context.Context) error {
	user, err := node.ReadSigner(d.path("accounts", "alice.key"))
	if err != nil {
		return err
	}
	scheme, err := sim.NewScheme(d.network.Genesis.Policies.Roots)
	if err != nil {
		return err
	}
	n, err := node.New(ctx, node.Config{Network: d.network, Role: tacit.RoleClient, Key: user, Schemes: attest.Schemes{scheme}})
	if err != nil {
		return err
	}
	d.cfg.Say("epochs: waiting for a signed header with every node")
	return until(ctx, 120*time.Second, "the pools are full", func(ctx context.Context) error {
		pools, err := n.Gateway.Pools(ctx, tacit.ProofRequest{})
		if err != nil {
			return err
		}
		if len(pools.Nodes) < len(d.layout.Members) || len(pools.Workers) == 0 || 3*len(pools.Verifiers) <= 2*d.cfg.Verifiers {
			return fmt.Errorf("epoch %d has %d nodes, %d workers, %d verifiers", pools.Epoch, len(pools.Nodes), len(pools.Workers), len(pools.Verifiers))
		}
		return nil
	})
}

// until tries again until it works or its time is over.
func until(ctx context.Context, limit time.Duration, what string, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.TaskTimeout, "wait until %s: %w", what, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
