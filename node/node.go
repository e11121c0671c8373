// Package node is what every process of a network has in common: the network
// file that it pins, who it is, how it shows itself and judges others, and the
// connections it keeps.
//
// The packages below it wire one role each from its rooms. Nothing here
// decides anything about a task.
package node

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/fault"
	"tacit/follow"
	"tacit/key"
	"tacit/rpc"
	"tacit/spare"
	"tacit/wire"
)

// A Network is the file that a process pins: the genesis, where the contracts
// are and whom to ask first.
type Network struct {
	Genesis    tacit.Genesis `json:"genesis"`
	Epochs     wire.Address  `json:"epochs"`     // the root contract
	Gateway    string        `json:"gateway"`    // host:port
	GatewayKey wire.Address  `json:"gatewayKey"` // the gateway's registered key
	Chain      []string      `json:"chain"`      // JSON-RPC end points, for roles that use the chain
}

// ID is the network ID.
func (n Network) ID() wire.Digest { return n.Genesis.Network(n.Epochs) }

// ReadNetwork reads a network file strictly.
func ReadNetwork(path string) (Network, error) {
	var n Network
	b, err := os.ReadFile(path)
	if err != nil {
		return n, fault.New(fault.APIPath, "read network file: %w", err)
	}
	return n, Decode(b, &n)
}

// Decode reads JSON in which every field is known.
func Decode(b []byte, v any) error {
	d := json.NewDecoder(bytesReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fault.New(fault.APIField, "read configuration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fault.New(fault.APIField, "read configuration: something follows it")
	}
	return nil
}

// Config says who a process is.
type Config struct {
	Network  Network
	Role     tacit.Role
	Key      *key.Signer
	Schemes  attest.Schemes
	Attester attest.Attester // of roles in an enclave, else nil
	Store    tacit.Store     // keeps headers over a restart; may be nil
	Health   string          // host:port of /metrics, /livez and /readyz; empty for none
	Pages    []Page          // shown there too
	// Own judges this node as the registry has it, before it is shown to anybody; nil
	// accepts.
	Own func(tacit.Node) error
	Log *slog.Logger
}

// A Node is a process's self on the network.
type Node struct {
	cfg     Config
	leaf    tls.Certificate
	digest  wire.Digest
	Follow  *follow.Follower
	Gateway rpc.Gateway
	spare   spare.Spare
	live    live
	results *attest.Results // of peers who come again

	mu    sync.Mutex // guards what follows
	proof *atls.Proof
}

// New makes the process's TLS leaf and connects nothing.
func New(ctx context.Context, cfg Config) (*Node, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	leaf, err := atls.NewLeaf(time.Now())
	if err != nil {
		return nil, err
	}
	n := &Node{cfg: cfg, leaf: leaf, digest: atls.LeafDigest(leaf.Leaf), results: attest.Remember(cfg.Schemes, resultsFor)}
	n.Gateway = rpc.Gateway{Connect: Redial(func(ctx context.Context) (*rpc.Client, error) {
		conn, err := n.dialGateway(ctx, false)
		if err != nil {
			return nil, err
		}
		return rpc.NewClient(conn, conn.Peer)
	})}
	n.Follow, err = follow.New(ctx, follow.Config{
		Genesis: cfg.Network.Genesis, Epochs: cfg.Network.Epochs, Store: cfg.Store,
		Fetch: func(ctx context.Context, after uint64) ([]tacit.SignedHeader, error) {
			r, err := n.Gateway.Headers(ctx, tacit.HeadersRequest{After: after})
			return r.Headers, err
		},
		Policies: func(ctx context.Context, req tacit.PoliciesRequest) (attest.PolicySet, error) {
			r, err := n.Gateway.Policies(ctx, req)
			return r.Set, err
		},
	})
	return n, err
}

// While returns a context that ends with ctx or, with STORE_CLOSED, when what
// keeps a process's promises has stopped: such a process ends and begins anew
// from its disk.
func While(ctx context.Context, stopped <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-stopped:
			cancel(fault.New(fault.StoreClosed, "run: the journal stopped"))
		case <-ctx.Done():
			cancel(nil)
		}
	}()
	return ctx
}

// ID is the network ID.
func (n *Node) ID() wire.Digest { return n.cfg.Network.ID() }

// Key is the process's key.
func (n *Node) Key() *key.Signer { return n.cfg.Key }

// Room is RES_BUSY while this process has too little left of what its machine
// allows it to take in new work.
func (n *Node) Room() error { return n.spare.Room() }

// Log is the process's log.
func (n *Node) Log() *slog.Logger { return n.cfg.Log }

// Network is the pinned network file.
func (n *Node) Network() Network { return n.cfg.Network }

// registered reports whether the role stands in the registry.
func (n *Node) registered() bool {
	return n.cfg.Role != tacit.RoleClient && n.cfg.Role&tacit.RoleReplica == 0
}

// show is the proof for this process's leaf under the newest header, made once
// per epoch.
func (n *Node) show(ctx context.Context) (atls.Proof, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	view := n.Follow.View()
	if view.Header.Number == 0 {
		if err := n.Follow.Sync(ctx); err != nil {
			return atls.Proof{}, fmt.Errorf("show who this is: %w", err)
		}
		view = n.Follow.View()
	}
	if n.proof != nil && n.proof.Epoch+1 >= view.Header.Number && n.proof.Epoch > 0 {
		return *n.proof, nil
	}
	epoch := view.Header.Number
	if epoch == 0 {
		return atls.Proof{}, fault.New(fault.KeyFinality, "show who this is: the network has no signed header yet")
	}
	var proven tacit.ProvenNode
	if n.registered() {
		var err error
		if proven, epoch, err = n.own(ctx, epoch, func(epoch uint64) (tacit.ProvenNode, error) {
			r, err := n.Gateway.Node(ctx, tacit.ProofRequest{Epoch: epoch, Key: n.cfg.Key.Address()})
			return r.Node, err
		}); err != nil {
			return atls.Proof{}, fmt.Errorf("show who this is: %w", err)
		}
		if err := n.ownIs(ctx, epoch, proven); err != nil {
			return atls.Proof{}, fmt.Errorf("show who this is: %w", err)
		}
	}
	p := atls.NewProof(n.ID(), n.cfg.Role, n.cfg.Key, n.digest, epoch, proven)
	if n.cfg.Attester != nil {
		header, err := n.Follow.Header(ctx, epoch)
		if err != nil {
			return p, err
		}
		p.Attested = true
		if p.Evidence, err = n.cfg.Attester.Evidence(ctx, p.Transcript(n.ID(), n.digest, header.Hash()).Data()); err != nil {
			return p, err
		}
	}
	n.proof = &p
	return p, nil
}

// ownIs has this node judge itself as a header's registry has it.
func (n *Node) ownIs(ctx context.Context, epoch uint64, proven tacit.ProvenNode) error {
	if n.cfg.Own == nil {
		return nil
	}
	header, err := n.Follow.Header(ctx, epoch)
	if err != nil {
		return err
	}
	self, err := proven.Check(header)
	if err != nil {
		return err
	}
	if self.Key != n.cfg.Key.Address() {
		return fault.Denied(fault.ChainProof, "judge oneself", "node", n.cfg.Key.Address().String(), self.Key.String())
	}
	return n.cfg.Own(self)
}

// own is this node as the registry has it, under the header of an epoch or, if
// it was registered only since, under the newest.
func (n *Node) own(ctx context.Context, epoch uint64, ask func(epoch uint64) (tacit.ProvenNode, error)) (tacit.ProvenNode, uint64, error) {
	p, err := ask(epoch)
	if errors.Is(err, fault.APINotFound) && n.Follow.Sync(ctx) == nil && n.Follow.View().Header.Number > epoch {
		epoch = n.Follow.View().Header.Number
		p, err = ask(epoch)
	}
	return p, epoch, err
}

// resultsFor is how long a peer's evidence counts as verified. Whether it is acceptable
// is judged at every connection.
const resultsFor = 10 * time.Minute

// proofEpochs is how many epochs old a proof may be.
const proofEpochs = 4

// mustAttest are the roles that run in an enclave.
const mustAttest = tacit.RoleManager | tacit.RoleDispatcher

// judge decides who a peer is: its key signed its leaf, the registry knows it
// in its role, and if the role runs in an enclave its evidence is acceptable by the
// policies of the newest header.
func (n *Node) judge(ctx context.Context, p atls.Proof, leaf wire.Digest) (tacit.Caller, error) {
	const op = "judge peer"
	if err := p.CheckCredential(n.ID(), leaf); err != nil {
		return tacit.Caller{}, err
	}
	if p.Role == tacit.RoleClient {
		return tacit.Caller{Role: p.Role, Node: p.Key}, nil
	}
	header, err := n.Follow.Header(ctx, p.Epoch)
	if err != nil {
		return tacit.Caller{}, err
	}
	if newest := n.Follow.View().Header.Number; newest > p.Epoch+proofEpochs {
		return tacit.Caller{}, fault.Denied(fault.EvidStale, op, "epoch of the proof", fmt.Sprintf("at most %d back from %d", proofEpochs, newest), fmt.Sprint(p.Epoch))
	}
	if p.Role&tacit.RoleReplica != 0 {
		// Its group knows it; here it is enough what it runs.
		caller := tacit.Caller{Role: p.Role, Node: p.Key, Epoch: p.Epoch}
		return n.attested(ctx, p, leaf, header, caller)
	}
	node, err := p.Node.Check(header)
	if err != nil {
		return tacit.Caller{}, err
	}
	if node.Key != p.Key || node.Roles&p.Role == 0 || node.Leaving != 0 {
		return tacit.Caller{}, fault.New(fault.TLSRole, "%s: %s is not registered as %s", op, p.Key, tacit.RoleNames(p.Role))
	}
	caller := tacit.Caller{Role: p.Role, Node: p.Key, Operator: node.Operator, Epoch: p.Epoch}
	if mustAttest&p.Role == 0 {
		return caller, nil
	}
	return n.attested(ctx, p, leaf, header, caller)
}

// attested appraises a peer's evidence by the policies of the newest header.
func (n *Node) attested(ctx context.Context, p atls.Proof, leaf wire.Digest, header tacit.EpochHeader, caller tacit.Caller) (tacit.Caller, error) {
	const op = "judge peer"
	set, err := n.Follow.Policies(ctx, n.Follow.View().Header)
	if err != nil {
		return caller, fmt.Errorf("%s: %w", op, err)
	}
	claims, err := p.CheckEvidence(ctx, n.results, set, p.Transcript(n.ID(), leaf, header.Hash()), time.Now())
	if err != nil {
		return caller, fmt.Errorf("%s: %w", op, err)
	}
	caller.Claims = &claims
	return caller, nil
}

// bare is how gateways and those who dial them see each other: by key only,
// because everything a gateway says is checked against signed headers.
func (n *Node) bare() atls.Config {
	return atls.Config{
		Network: n.ID(), Role: n.cfg.Role, Leaf: n.leaf,
		Show: func(context.Context) (atls.Proof, error) {
			return atls.NewProof(n.ID(), n.cfg.Role, n.cfg.Key, n.digest, 0, tacit.ProvenNode{}), nil
		},
		Judge: func(_ context.Context, p atls.Proof, leaf wire.Digest) (tacit.Caller, error) {
			return tacit.Caller{Role: p.Role, Node: p.Key}, p.CheckCredential(n.ID(), leaf)
		},
		Room: n.Room,
	}
}

func (n *Node) full() atls.Config {
	return atls.Config{Network: n.ID(), Role: n.cfg.Role, Leaf: n.leaf, Show: n.show, Judge: n.judge, Room: n.Room}
}

func (n *Node) dialGateway(ctx context.Context, serve bool) (*atls.Conn, error) {
	return atls.Dial(ctx, n.cfg.Network.Gateway, n.bare(), atls.Want{Role: tacit.RoleGateway, Node: n.cfg.Network.GatewayKey}, serve)
}

// Dial connects to a registered node and returns the connection to ask over,
// redialled when it is gone.
func (n *Node) Dial(address string, want atls.Want) rpc.Connect {
	return Redial(func(ctx context.Context) (*rpc.Client, error) {
		conn, err := atls.Dial(ctx, address, n.full(), want, false)
		if err != nil {
			return nil, err
		}
		return rpc.NewClient(n.hold(ctx, conn), conn.Peer)
	})
}

// Redial keeps one connection and dials it again when it is gone.
func Redial(dial func(ctx context.Context) (*rpc.Client, error)) rpc.Connect {
	var mu sync.Mutex
	var kept *rpc.Client
	return func(ctx context.Context) (*rpc.Client, error) {
		mu.Lock()
		defer mu.Unlock()
		if kept != nil {
			select {
			case <-kept.Done():
			default:
				return kept, nil
			}
		}
		c, err := dial(ctx)
		if err != nil {
			return nil, err
		}
		kept = c
		return c, nil
	}
}
