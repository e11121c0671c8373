package inside

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/rpc"
	"tacit/store/embedded"
	"tacit/store/replica"
	"tacit/telemetry"
	"tacit/wire"
)

// Group makes a process one replica of a node: its state is a group's, and it plays
// the node's role while it leads.
type Group struct {
	Listen string `json:"listen"` // host:port where the other replicas reach it
	// Public is Listen as the others see it [Listen].
	Public string `json:"public"`
	Anchor int    `json:"anchor"` // seconds between checkpoints on the chain [30]
	// Node is the registered key that this group must turn out to have; zero before it
	// is registered. A group with another key does not serve: KEY_RECOVERY.
	Node wire.Address `json:"node"`
}

// Names of the files in a replica's folder by which operator and replica meet.
const (
	MemberFile     = "replica.json"    // the replica as a member, for the operator to sign
	MembershipFile = "membership.json" // what the operator signed
	OrderFile      = "order.json"      // what he wants done
)

// group is a replica of this process.
type group struct {
	cfg     Config
	role    tacit.Role
	local   *embedded.Store
	peer    *node.Node // its own self on the network
	channel *node.Replicas
	replica *replica.Replica
	signer  atomic.Pointer[key.Signer] // the node's, once this replica leads
	term    atomic.Pointer[replica.Term]
	device  *attest.Device
	led     atomic.Uint32 // recoveries that the registry counted when this replica was admitted
	log     *slog.Logger
}

// ReplicaKeys are a replica's own; nobody else has them.
type ReplicaKeys struct {
	Signer []byte `cbor:"1,keyasint"`
	Seal   []byte `cbor:"2,keyasint"`
	Disk   []byte `cbor:"3,keyasint"`
}

// channels are node's channels as a group needs them.
type channels struct{ *node.Replicas }

func (c channels) Dial(ctx context.Context, to replica.Member) (net.Conn, error) {
	return c.Replicas.Dial(ctx, to.Address, to.Key)
}

// openGroup makes the replica's keys, shows them to the operator, waits until he has
// signed a membership that names them, and takes part.
func openGroup(ctx context.Context, cfg Config, role tacit.Role, name string, device *attest.Device, schemes attest.Schemes, log *slog.Logger) (*group, error) {
	secret, err := device.SealingKey(ctx, name+" replica")
	if err != nil {
		return nil, err
	}
	g := &group{cfg: cfg, role: role, device: device, log: log}
	if g.local, err = embedded.Open(embedded.Config{Path: filepath.Join(cfg.Dir, "replica.db"), Key: secret, Sole: true}); err != nil {
		return nil, err
	}
	if err := g.open(ctx, device, schemes); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

func (g *group) open(ctx context.Context, device *attest.Device, schemes attest.Schemes) error {
	keys, err := g.keys(ctx)
	if err != nil {
		return err
	}
	signer, err := key.ParseSigner(keys.Signer)
	if err != nil {
		return err
	}
	seal, err := key.ParseSealer(keys.Seal)
	if err != nil {
		return err
	}
	public := g.cfg.Group.Public
	if public == "" {
		public = g.cfg.Group.Listen
	}
	self := replica.Member{Key: signer.Address(), Seal: seal.Recipient(), Address: public}
	if err := node.WriteJSON(filepath.Join(g.cfg.Dir, MemberFile), 0o644, self); err != nil {
		return err
	}
	signed, err := g.membership(ctx, self.Key)
	if err != nil {
		return err
	}
	g.peer, err = node.New(ctx, node.Config{
		Network: g.cfg.Network, Role: g.role | tacit.RoleReplica, Key: signer, Schemes: schemes, Attester: device, Store: g.local,
		Log: g.log, Health: g.cfg.Health, Pages: []node.Page{
			{Path: "/store", Show: func() any { return g.status() }},
			{Path: "/store/check", Show: func() any { return g.replica.Check() }},
		},
	})
	if err != nil {
		return err
	}
	if err := g.peer.Follow.Sync(ctx); err != nil {
		g.log.Info("headers not synced", "err", err) // it goes on asking
	}
	if g.channel, err = g.peer.Replicas(g.cfg.Group.Listen); err != nil {
		return err
	}
	every := time.Duration(g.cfg.Group.Anchor) * time.Second
	how := replica.Config{
		Dir: filepath.Join(g.cfg.Dir, "group"), Key: keys.Disk, NetworkID: g.cfg.Network.ID(), Operator: g.cfg.Operator, Membership: signed,
		Signer: signer, Seal: seal, Network: channels{g.channel}, Admit: g.admit, Anchor: g.anchor, AnchorEvery: every, Log: g.log,
		Ended: func(name string) bool { return !ofAccount(name) },
	}
	if err := g.restore(ctx, how); err != nil {
		return err
	}
	if g.replica, err = replica.Open(how); err != nil {
		return err
	}
	g.gauges()
	return nil
}

func (g *group) close() {
	var err error
	if g.replica != nil {
		err = g.replica.Close()
	}
	if g.channel != nil {
		err = errors.Join(err, g.channel.Close())
	}
	if err = errors.Join(err, g.local.Close()); err != nil {
		g.log.Info("replica closed", "err", err)
	}
}

// Format keeps the keys out of any print.
func (k ReplicaKeys) Format(f fmt.State, _ rune) { fmt.Fprint(f, "inside.ReplicaKeys(hidden)") }

// Where they are on the replica's sealed disk.
const (
	replicaName  = "replica/keys"
	replicaLabel = "tacit/replica/keys"
)

// ReadReplicaKeys reads the keys of a replica that has some, else API_NOT_FOUND.
func ReadReplicaKeys(ctx context.Context, s tacit.Store) (ReplicaKeys, error) {
	var k ReplicaKeys
	item, err := s.Get(ctx, replicaName)
	if err != nil {
		return k, err
	}
	return k, wire.Unmarshal(replicaLabel, item.Value, &k)
}

// keys are made once and kept on the sealed disk.
func (g *group) keys(ctx context.Context) (ReplicaKeys, error) {
	k, err := ReadReplicaKeys(ctx, g.local)
	if !errors.Is(err, fault.APINotFound) {
		return k, err
	}
	signer, err := key.NewSigner()
	if err != nil {
		return k, err
	}
	seal, err := key.NewSealer()
	if err != nil {
		return k, err
	}
	k.Signer, k.Disk = signer.Secret(), make([]byte, 32)
	if k.Seal, err = seal.Secret(); err != nil {
		return k, err
	}
	_, _ = rand.Read(k.Disk) // never fails
	b, err := wire.Marshal(replicaLabel, k)
	if err != nil {
		return k, err
	}
	_, err = g.local.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: replicaName}}, Then: []tacit.Put{{Key: replicaName, Value: b}}})
	return k, err
}

// pollEvery is how often the operator's files are looked at.
const pollEvery = 300 * time.Millisecond

// read reads a file of the operator.
func (g *group) read(name string, v any) error {
	b, err := os.ReadFile(filepath.Join(g.cfg.Dir, name))
	if err != nil {
		return fault.New(fault.APIPath, "read %s: %w", name, err)
	}
	return node.Decode(b, v)
}

// membership waits for one that names this replica.
func (g *group) membership(ctx context.Context, self wire.Address) (tacit.Signed[replica.Membership], error) {
	said := false
	for {
		var signed tacit.Signed[replica.Membership]
		err := g.read(MembershipFile, &signed)
		if err == nil {
			var list replica.Membership
			if list, err = replica.CheckMembership(g.cfg.Network.ID(), g.cfg.Operator, signed); err == nil {
				for _, p := range list.Members {
					if p.Key == self {
						return signed, nil
					}
				}
				err = fault.New(fault.StorePeer, "take membership: it does not name %s", self)
			}
		}
		if !said {
			g.log.Info("waiting for a membership that the operator signed", "file", MembershipFile, "err", err)
			said = true
		}
		select {
		case <-ctx.Done():
			return signed, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// obey follows what the operator writes into his files, until ctx ends.
func (g *group) obey(ctx context.Context) error {
	var lastMembership, lastOrder string
	for ctx.Err() == nil {
		var signed tacit.Signed[replica.Membership]
		if err := g.read(MembershipFile, &signed); err == nil {
			if err := g.replica.Offer(signed); err != nil && lastMembership != err.Error() {
				lastMembership = err.Error()
				g.log.Error("membership refused", "err", err)
			}
		}
		var order tacit.Signed[replica.Order]
		if err := g.read(OrderFile, &order); err == nil {
			rest, err := g.replica.Obey(order)
			if err == nil && rest.Action != "" {
				err = g.do(rest)
			}
			if err != nil && lastOrder != err.Error() {
				lastOrder = err.Error()
				g.log.Error("order refused", "err", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pollEvery):
		}
	}
	return ctx.Err()
}

// run takes part until ctx ends, and plays the role for one term when this replica
// leads. After the term the process ends and begins anew.
func (g *group) run(ctx context.Context, beside []Beside, lead func(ctx context.Context, t *replica.Term) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return g.peer.Run(ctx) })
	group.Go(func() error { return g.obey(ctx) })
	group.Go(func() error {
		select {
		case <-g.replica.Stopped():
			if err := g.replica.Err(); err != nil {
				return err
			}
			return fault.New(fault.StoreClosed, "run replica: it stopped")
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	group.Go(func() error {
		t, err := g.wait(ctx, beside)
		if err != nil {
			return err
		}
		if err := g.begin(ctx, t); err != nil {
			return err
		}
		g.term.Store(t)
		err = lead(node.While(ctx, t.Ended()), t)
		if err == nil || errors.Is(err, context.Canceled) {
			err = fault.New(fault.StoreNotLeader, "play role: this replica's term is over")
		}
		return err
	})
	return group.Wait()
}

// wait waits for this replica's turn, and does meanwhile what stands beside the role.
func (g *group) wait(ctx context.Context, beside []Beside) (*replica.Term, error) {
	aside, stop := context.WithCancel(ctx)
	var running errgroup.Group
	for _, b := range beside {
		running.Go(func() error {
			err := b(aside, g.cfg, func(key string) ([]byte, error) {
				item, err := g.replica.Peek(key)
				return item.Value, err
			})
			if aside.Err() == nil {
				g.log.Error("nothing stands beside the role", "err", err)
			}
			return nil
		})
	}
	t, err := g.replica.Lead(ctx)
	stop()
	_ = running.Wait() // none returns an error
	return t, err
}

// registered is the node as the newest header has it; API_NOT_FOUND before it is
// registered.
func (g *group) registered(ctx context.Context, k wire.Address) (tacit.Node, error) {
	if err := g.peer.Follow.Sync(ctx); err != nil {
		return tacit.Node{}, err
	}
	header := g.peer.Follow.View().Header
	if header.Number == 0 {
		return tacit.Node{}, fault.New(fault.KeyFinality, "look the node up: there is no signed header yet")
	}
	r, err := g.peer.Gateway.Node(ctx, tacit.ProofRequest{Epoch: header.Number, Key: k})
	if err != nil {
		return tacit.Node{}, err
	}
	n, err := r.Node.Check(header)
	if err != nil {
		return n, err
	}
	if n.Key != k {
		return n, fault.Denied(fault.ChainProof, "look the node up", "node", k.String(), n.Key.String())
	}
	return n, nil
}

// admit holds the group's state against what is anchored, before it serves. A node that
// the gateway does not know may be one that is not registered yet; one that is and whose
// gateway hides it cannot show itself to anybody, and showing asks again (own).
func (g *group) admit(ctx context.Context, at replica.Anchored) error {
	item, err := g.replica.Peek(selfKeys)
	if errors.Is(err, fault.APINotFound) {
		return nil // founded just now: nobody knows it
	}
	if err != nil {
		return err
	}
	var k keys
	if err := wire.Unmarshal(selfLabel, item.Value, &k); err != nil {
		return err
	}
	signer, err := key.ParseSigner(k.Signer)
	if err != nil {
		return err
	}
	if want := g.cfg.Group.Node; !want.IsZero() && want != signer.Address() {
		return fault.Denied(fault.KeyRecovery, "open group", "node's key", want.String(), signer.Address().String())
	}
	n, err := g.registered(ctx, signer.Address())
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	counted, err := g.recoveries()
	if err != nil {
		return err
	}
	if err := n.CheckRecovery(counted, uint64(at.Revision), at.Digest); err != nil {
		return err
	}
	g.led.Store(n.Recoveries)
	return checkAnchor(n, at)
}

// recoveries is how often the operator had led the group back, as far as its state
// knows.
func (g *group) recoveries() (uint32, error) {
	item, err := g.replica.Peek(recoveriesKey)
	if errors.Is(err, fault.APINotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(item.Value), 10, 32)
	if err != nil {
		return 0, fault.New(fault.StoreCorrupt, "read the count of recoveries: %w", err)
	}
	return uint32(n), nil
}

// recoveriesKey is where the state counts them.
const recoveriesKey = "self/recoveries"

// begin makes a recovery that was just admitted part of the state, before anything else
// is written.
func (g *group) begin(ctx context.Context, t *replica.Term) error {
	counted, err := g.recoveries()
	if led := g.led.Load(); err == nil && led > counted {
		_, err = t.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: recoveriesKey, Value: strconv.AppendUint(nil, uint64(led), 10)}}})
	}
	return err
}

func checkAnchor(n tacit.Node, at replica.Anchored) error {
	return n.CheckAnchor(uint64(at.Revision), func(revision uint64) (wire.Digest, bool) { return at.At(int64(revision)) })
}

// own judges the node as it is about to be shown.
func (g *group) own(n tacit.Node) error { return checkAnchor(n, g.replica.Anchored()) }

// anchor brings a checkpoint to the chain.
func (g *group) anchor(ctx context.Context, at replica.Anchored) error {
	signer := g.signer.Load()
	if signer == nil {
		return nil // the role has not begun
	}
	n, err := g.registered(ctx, signer.Address())
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	a := tacit.Anchor{Key: n.Key, Revision: uint64(at.Revision), Digest: at.Digest, Recoveries: n.Recoveries}
	_, err = rpc.Anchorer{Connect: g.peer.Gateway.Connect}.Anchor(ctx, tacit.Sign(g.cfg.Network.ID(), signer, a))
	if errors.Is(err, fault.ResBusy) {
		return nil // once per header is enough
	}
	if err != nil {
		return fmt.Errorf("anchor revision %d: %w", at.Revision, err)
	}
	return nil
}

// status is the replica's, with the node's key once its state has it.
func (g *group) status() replica.Status {
	s := g.replica.Status()
	if item, err := g.replica.Peek(selfKeys); err == nil {
		var k keys
		if err := wire.Unmarshal(selfLabel, item.Value, &k); err == nil {
			if signer, err := key.ParseSigner(k.Signer); err == nil {
				s.Node = signer.Address()
			}
		}
	}
	return s
}

// gauges tell operators how the replica is.
func (g *group) gauges() {
	status := func(f func(s replica.Status) float64) func() float64 {
		return func() float64 { return f(g.replica.Status()) }
	}
	flag := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	telemetry.Gauge("store_leads", status(func(s replica.Status) float64 { return flag(s.Serving) }))
	telemetry.Gauge("store_term", status(func(s replica.Status) float64 { return float64(s.Term) }))
	telemetry.Gauge("store_revision", status(func(s replica.Status) float64 { return float64(s.Revision) }))
	telemetry.Gauge("store_records", status(func(s replica.Status) float64 { return float64(s.Records) }))
	telemetry.Gauge("store_unapplied", status(func(s replica.Status) float64 { return float64(s.Committed - min(s.Applied, s.Committed)) }))
	telemetry.Gauge("store_waiting", status(func(s replica.Status) float64 { return flag(s.Waiting != "") }))
	telemetry.Gauge("store_rolled_back", status(func(s replica.Status) float64 { return flag(s.RolledBack) }))
}
