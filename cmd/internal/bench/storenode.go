package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/pprof"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/rpc"
	"tacit/store/replica"
	"tacit/wire"
)

// identity is what a process of the benchmark is to others.
type identity struct {
	Network  wire.Digest
	Signer   []byte // secret, as everything here travels over a pipe
	Vendor   string // folder of the simulated one
	Attested bool   // members show evidence and want it; else keys alone
}

// program is what the simulated chip says that members run.
func program() wire.Digest { return wire.Sum([]byte("bench-store")) }

const benchEpoch = 1

// config is how this process shows itself and judges others. As in the product,
// evidence is made once and each connection is bound to it by the leaf's signature.
func (d identity) config(role tacit.Role, admit ...tacit.Role) (atls.Config, error) {
	var none atls.Config
	by, err := key.ParseSigner(d.Signer)
	if err != nil {
		return none, err
	}
	vendor, err := sim.OpenVendor(d.Vendor)
	if err != nil {
		return none, err
	}
	leaf, err := atls.NewLeaf(time.Now())
	if err != nil {
		return none, err
	}
	header, manifest := wire.Sum([]byte("header")), wire.Sum([]byte("manifest"))
	proof := atls.NewProof(d.Network, role, by, atls.LeafDigest(leaf.Leaf), benchEpoch, tacit.ProvenNode{})
	if d.Attested && role != tacit.RoleClient {
		proof.Attested = true
		if proof.Evidence, err = vendor.Quote(program(), manifest, proof.Transcript(d.Network, atls.LeafDigest(leaf.Leaf), header).Data()); err != nil {
			return none, err
		}
	}
	set := attest.PolicySet{Generation: 1, Roots: []attest.Root{vendor.Root()}, Policies: []attest.Policy{
		sim.Policy(uint16(tacit.RoleManager), attest.Reference{Name: "bench", Measurement: program(), Manifest: manifest}),
	}}
	scheme, err := sim.NewScheme(set.Roots)
	if err != nil {
		return none, err
	}
	return atls.Config{Network: d.Network, Role: role, Leaf: leaf, Admit: admit,
		Show: func(context.Context) (atls.Proof, error) { return proof, nil },
		Judge: func(ctx context.Context, q atls.Proof, leaf wire.Digest) (tacit.Caller, error) {
			c := tacit.Caller{Role: q.Role, Node: q.Key}
			if err := q.CheckCredential(d.Network, leaf); err != nil || !d.Attested || q.Role == tacit.RoleClient {
				return c, err
			}
			claims, err := q.CheckEvidence(ctx, attest.Schemes{scheme}, set, q.Transcript(d.Network, leaf, header), time.Now())
			c.Claims = &claims
			return c, err
		},
	}, nil
}

// nodePlan is what a member is told.
type nodePlan struct {
	Identity   identity
	Dir        string
	Key, Seal  []byte
	Operator   wire.Address
	Membership []byte // encoded
	Peers      string // where it listens for members
	Clients    string
	Every      uint64 // entries until a snapshot; 0: as usual
}

const memberRole = tacit.RoleManager | tacit.RoleReplica

const labelMembership = "tacit/bench/membership"

// replica is the configuration of its replica, without network.
func (p nodePlan) replica() (replica.Config, error) {
	c := replica.Config{Dir: p.Dir, Key: p.Key, NetworkID: p.Identity.Network, Operator: p.Operator, SnapshotEvery: p.Every, Trailing: p.Every / 2}
	var err error
	if err := wire.Unmarshal(labelMembership, p.Membership, &c.Membership); err != nil {
		return c, err
	}
	if c.Signer, err = key.ParseSigner(p.Identity.Signer); err != nil {
		return c, err
	}
	c.Seal, err = key.ParseSealer(p.Seal)
	return c, err
}

// channels are those between members.
type channels struct {
	*atls.Listener
	cfg    atls.Config
	cancel context.CancelFunc
}

func listen(ctx context.Context, address string, cfg atls.Config) (*channels, error) {
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &channels{atls.Listen(inner, cfg), cfg, cancel}
	c.Refused = func(_ net.Addr, err error) { fmt.Fprintln(os.Stderr, "refused:", err) }
	go func() { _ = c.Run(ctx) }()
	return c, nil
}

// Dial implements replica.Network.
func (c *channels) Dial(ctx context.Context, to replica.Member) (net.Conn, error) {
	return atls.Dial(ctx, to.Address, c.cfg, atls.Want{Role: memberRole, Node: to.Key}, false)
}

// Accept implements replica.Network.
func (c *channels) Accept() (net.Conn, wire.Address, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, wire.Address{}, err
	}
	return conn, conn.(*atls.Conn).Peer.Node, nil
}

// Close implements replica.Network.
func (c *channels) Close() error {
	c.cancel()
	return c.Listener.Close()
}

// storeNode is one member until its orders end.
func storeNode(ctx context.Context) error {
	in := bufio.NewReader(os.Stdin)
	var p nodePlan
	if err := firstLine(in, &p); err != nil {
		return err
	}
	how, err := p.replica()
	if err != nil {
		return err
	}
	peers, err := p.Identity.config(memberRole, memberRole)
	if err != nil {
		return err
	}
	network, err := listen(ctx, p.Peers, peers)
	if err != nil {
		return err
	}
	how.Network = network
	r, err := replica.Open(how)
	if err != nil {
		return err
	}
	defer r.Close()
	var term atomic.Pointer[replica.Term]
	go func() {
		for {
			t, err := r.Lead(ctx)
			if err != nil {
				return
			}
			term.Store(t)
			<-t.Ended()
			term.Store(nil)
		}
	}()
	serves, err := p.Identity.config(tacit.RoleManager, tacit.RoleClient)
	if err != nil {
		return err
	}
	clients, err := listen(ctx, p.Clients, serves)
	if err != nil {
		return err
	}
	go serveClients(ctx, clients, &term)
	return obey(in, func(o order) (outcome, error) {
		switch o.Op {
		case "status":
			s := r.Status()
			return outcome{Leads: s.Serving, Follows: s.State == "follower" && s.Waiting == "" && s.Leader != "", Revision: s.Revision}, r.Err()
		case "plan":
			plan, err := recovery.ParsePlan(o.Plan)
			if err != nil {
				return outcome{}, err
			}
			t := term.Load()
			if t == nil {
				return outcome{}, errors.New("it does not lead")
			}
			return outcome{}, t.SetRecovery(plan)
		case "backup":
			f, err := os.Create(o.Path)
			if err != nil {
				return outcome{}, err
			}
			began := time.Now()
			err = errors.Join(r.Backup(f), f.Sync(), f.Close())
			return outcome{Seconds: time.Since(began).Seconds()}, err
		case "profile":
			f, err := os.Create(o.Path)
			if err != nil {
				return outcome{}, err
			}
			if err := pprof.StartCPUProfile(f); err != nil {
				return outcome{}, err
			}
			time.AfterFunc(time.Duration(o.Seconds*float64(time.Second)), func() {
				pprof.StopCPUProfile()
				_ = f.Close()
			})
			return outcome{}, nil
		}
		return outcome{}, errors.New("no such order: " + o.Op)
	})
}

// serveClients answers over the same path as every other role of the network.
func serveClients(ctx context.Context, from *channels, term *atomic.Pointer[replica.Term]) {
	s := rpc.NewServer()
	admit := []tacit.Role{tacit.RoleClient}
	leader := func() (*replica.Term, error) {
		if t := term.Load(); t != nil {
			return t, nil
		}
		return nil, fault.New(fault.StoreNotLeader, "serve store: this member does not lead")
	}
	rpc.Handle(s, benchGet, admit, func(ctx context.Context, q benchItem) (benchItem, error) {
		t, err := leader()
		if err != nil {
			return benchItem{}, err
		}
		it, err := t.Get(ctx, string(q.Key))
		return benchItem{q.Key, it.Value}, err
	})
	rpc.Handle(s, benchPut, admit, func(ctx context.Context, q benchItems) (benchDone, error) {
		t, err := leader()
		if err != nil {
			return benchDone{}, err
		}
		var txn tacit.Txn
		for _, it := range q.List {
			txn.Then = append(txn.Then, tacit.Put{Key: string(it.Key), Value: it.Value})
		}
		revision, err := t.Commit(ctx, txn)
		return benchDone{revision}, err
	})
	for {
		conn, err := from.Listener.Accept()
		if err != nil {
			return
		}
		go s.ServeConn(ctx, conn, conn.(*atls.Conn).Peer)
	}
}
