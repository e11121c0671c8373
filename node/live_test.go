package node

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/rpc"
	"tacit/wire"
)

// shows is what a manager of mini's network shows under its newest header.
func shows(n *mini.Network, leaf wire.Digest) atls.Proof {
	n.T.Helper()
	party := n.Managers[0]
	node, err := n.State.ProveNode(party.Node.Key)
	n.Must(err)
	h := n.Headers.Current.Header
	p := atls.NewProof(n.ID, tacit.RoleManager, party.Key, leaf, h.Number, node)
	p.Attested = true
	p.Evidence, err = n.Vendor.Quote(mini.Image(tacit.RoleManager), sim.ManifestOf(nil, nil), p.Transcript(n.ID, leaf, h.Hash()).Data())
	n.Must(err)
	return p
}

// connected is a connection to a peer, as the handshake returns it, and what says
// that it ended.
func connected(t *testing.T, me *Node, peer tacit.Caller) (*held, <-chan struct{}) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close(); there.Close() })
	conn := me.hold(t.Context(), &atls.Conn{Conn: tls.Client(here, &tls.Config{InsecureSkipVerify: true}), Peer: peer})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for buf := make([]byte, 64); ; {
			if _, err := there.Read(buf); err != nil {
				return
			}
		}
	}()
	h, _ := conn.(*held)
	return h, ended
}

// A node whose evidence newer policies do not accept is disconnected within the
// epoch whose header names them, and does not come back.
//
// case N17 code EVID_DENIED check node/live.go:end
func TestN17LiveConnectionsOfADeniedPeerEnd(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(n *mini.Network, s *attest.PolicySet)
		ends bool
		want fault.Code // of the same peer when it dials again
	}{
		{"its chip is denied to all", func(n *mini.Network, s *attest.PolicySet) {
			s.Denied = []attest.Denial{{Hardware: n.Vendor.Hardware()}}
		}, true, fault.EvidDenied},
		{"its chip is denied to its role", func(n *mini.Network, s *attest.PolicySet) {
			for i := range s.Policies {
				if s.Policies[i].Role == uint16(tacit.RoleManager) {
					s.Policies[i].Denied = []attest.Denial{{Hardware: n.Vendor.Hardware()}}
				}
			}
		}, true, fault.EvidDenied},
		{"its image is listed no longer", func(_ *mini.Network, s *attest.PolicySet) {
			for i := range s.Policies {
				s.Policies[i].References[0].Measurement[0]++
			}
		}, true, fault.EvidUnlisted},
		{"twin: another chip is denied", func(_ *mini.Network, s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: "sim-other"}} }, false, ""},
		{"twin: its chip is denied to another role", func(n *mini.Network, s *attest.PolicySet) {
			s.Policies[0].Denied = []attest.Denial{{Hardware: n.Vendor.Hardware()}} // of enclaves
		}, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			me := judging(t, n)
			leaf := wire.Sum([]byte("leaf"))
			peer, err := me.judge(t.Context(), shows(n, leaf), leaf)
			n.Must(err)
			h, ended := connected(t, me, peer)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go func() { _ = me.rejudge(ctx) }()

			n.Govern(true, func(s *attest.PolicySet) { tt.edit(n, s) })
			n.Epoch()
			n.Must(me.Follow.Sync(ctx))
			if tt.ends {
				<-ended
			} else {
				time.Sleep(100 * time.Millisecond)
			}
			me.live.mu.Lock()
			there := me.live.conns[h]
			me.live.mu.Unlock()
			if there == tt.ends {
				t.Errorf("the connection is held: %v, want %v", there, !tt.ends)
			}
			_, err = me.judge(t.Context(), shows(n, leaf), leaf)
			if tt.want == "" && err != nil || tt.want != "" && !errors.Is(err, tt.want) {
				t.Errorf("when it dials again: %v, want %q", err, tt.want)
			}
			// A handshake that began under the policies before ends no better.
			_, late := connected(t, me, peer)
			if tt.ends {
				<-late
			}
		})
	}
}

// Policies that nobody shows admit nobody new, and are looked for until they are
// there.
//
// case N90 code EVID_COLLATERAL_UNAVAILABLE check node/node.go:judge
func TestN90WithoutThePoliciesNobodyIsJudged(t *testing.T) {
	n := mini.New(t)
	me := judging(t, n)
	leaf := wire.Sum([]byte("leaf"))
	peer, err := me.judge(t.Context(), shows(n, leaf), leaf)
	n.Must(err)
	_, ended := connected(t, me, peer)
	set := n.Govern(false, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: n.Vendor.Hardware()}} })
	n.Epoch()
	n.Must(me.Follow.Sync(t.Context()))
	if _, err := me.judge(t.Context(), shows(n, leaf), leaf); !errors.Is(err, fault.EvidUnavailable) {
		t.Errorf("judge = %v, want EVID_COLLATERAL_UNAVAILABLE", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	n.Headers.Sets = append(n.Headers.Sets, set)
	go func() { _ = me.rejudge(ctx) }()
	<-ended
	t.Run("twin: by those that are shown", func(t *testing.T) {
		n.Govern(true, func(s *attest.PolicySet) { s.Denied = nil })
		n.Epoch()
		n.Must(me.Follow.Sync(t.Context()))
		_, err := me.judge(t.Context(), shows(n, leaf), leaf)
		n.Must(err)
	})
}

func TestAConnectionOfADayEnds(t *testing.T) {
	n := mini.New(t)
	me := judging(t, n)
	leaf := wire.Sum([]byte("leaf"))
	peer, err := me.judge(t.Context(), shows(n, leaf), leaf)
	n.Must(err)
	for _, tt := range []struct {
		name string
		age  time.Duration
		ends bool
	}{
		{"twin: of less", reattestEvery - time.Minute, false},
		{"of so long", reattestEvery, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, ended := connected(t, me, peer)
			me.end(n.Genesis.Policies, h.since.Add(tt.age), h)
			select {
			case <-ended:
				if !tt.ends {
					t.Error("it ended")
				}
			case <-time.After(100 * time.Millisecond):
				if tt.ends {
					t.Error("it did not end")
				}
			}
		})
	}
	t.Run("twin: a peer of whom only the key was shown is not held", func(t *testing.T) {
		if h, _ := connected(t, me, tacit.Caller{Role: tacit.RoleVerifier}); h != nil {
			t.Error("it is")
		}
	})
}

// registry answers for nodes as a gateway does, by the newest state or by say.
type registry struct {
	tacit.Gateway
	n   *mini.Network
	say func(req tacit.ProofRequest) (tacit.NodeReply, error) // nil for the state's answer
}

func (r *registry) Node(_ context.Context, req tacit.ProofRequest) (tacit.NodeReply, error) {
	if r.say != nil {
		return r.say(req)
	}
	p, err := r.n.State.ProveNode(req.Key)
	return tacit.NodeReply{Epoch: r.n.State.Header.Number, Node: p}, err
}

// asking has a node ask this gateway.
func asking(t *testing.T, me *Node, g tacit.Gateway) {
	t.Helper()
	s := rpc.NewServer()
	rpc.ServeGateway(s, g)
	here, there := net.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.ServeConn(ctx, there, tacit.Caller{Role: tacit.RoleVerifier}) })
	t.Cleanup(func() { stop(); wg.Wait() })
	c, err := rpc.NewClient(here, tacit.Caller{Role: tacit.RoleGateway})
	if err != nil {
		t.Fatal(err)
	}
	me.Gateway = rpc.Gateway{Connect: rpc.Over(c)}
}

// A node that is no longer in the registry is disconnected within the epoch whose
// header lacks it, whether it showed evidence or a credential only.
//
// case N25 code TLS_ROLE_MEASUREMENT check node/live.go:endUnregistered
func TestN25LiveConnectionsOfAPeerThatLeftTheRegistryEnd(t *testing.T) {
	edit := func(n *mini.Network, k wire.Address, change func(list []tacit.Node, i int) []tacit.Node) {
		list := slices.Clone(n.Chain.Now.Nodes)
		n.Chain.Now.Nodes = change(list, slices.IndexFunc(list, func(x tacit.Node) bool { return x.Key == k }))
	}
	gone := func(n *mini.Network, _ *registry, k wire.Address) {
		edit(n, k, func(list []tacit.Node, i int) []tacit.Node { return slices.Delete(list, i, i+1) })
	}
	for _, tt := range []struct {
		name   string
		role   tacit.Role
		change func(n *mini.Network, r *registry, k wire.Address)
		ends   uint64 // after how many epochs; 0 for never
	}{
		{"a worker is gone", tacit.RoleWorker, gone, 1},
		{"a verifier is gone", tacit.RoleVerifier, gone, 1},
		{"a manager with good evidence is gone", tacit.RoleManager, gone, 1},
		{"its role is another", tacit.RoleWorker, func(n *mini.Network, _ *registry, k wire.Address) {
			edit(n, k, func(list []tacit.Node, i int) []tacit.Node { list[i].Roles = tacit.RoleBlobs; return list })
		}, 1},
		{"nobody says for as long as a proof counts", tacit.RoleWorker, func(_ *mini.Network, r *registry, _ wire.Address) {
			r.say = func(tacit.ProofRequest) (tacit.NodeReply, error) {
				return tacit.NodeReply{}, fault.New(fault.Unreachable, "test: no answer")
			}
		}, proofEpochs + 1},
		{"what is shown is of an older header", tacit.RoleWorker, func(n *mini.Network, r *registry, k wire.Address) {
			old, err := n.State.ProveNode(k)
			n.Must(err)
			edit(n, k, func(list []tacit.Node, i int) []tacit.Node { list[i].Stake++; return list })
			r.say = func(tacit.ProofRequest) (tacit.NodeReply, error) { return tacit.NodeReply{Node: old}, nil }
		}, proofEpochs + 1},
		{"what is shown is another node", tacit.RoleWorker, func(n *mini.Network, r *registry, _ wire.Address) {
			r.say = func(tacit.ProofRequest) (tacit.NodeReply, error) {
				p, err := n.State.ProveNode(n.Workers[1].Node.Key)
				return tacit.NodeReply{Node: p}, err
			}
		}, proofEpochs + 1},
		{"twin: another worker is gone", tacit.RoleWorker, func(n *mini.Network, r *registry, _ wire.Address) { gone(n, r, n.Workers[1].Node.Key) }, 0},
		{"twin: it is leaving and may end its work", tacit.RoleWorker, func(n *mini.Network, _ *registry, k wire.Address) {
			edit(n, k, func(list []tacit.Node, i int) []tacit.Node { list[i].Leaving = 1; return list })
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			me, r := judging(t, n), &registry{n: n}
			asking(t, me, r)
			party := map[tacit.Role]mini.Party{tacit.RoleWorker: n.Workers[0], tacit.RoleVerifier: n.Verifiers[0], tacit.RoleManager: n.Managers[0]}[tt.role]
			leaf := wire.Sum([]byte("leaf"))
			proof := shows(n, leaf)
			if tt.role != tacit.RoleManager {
				node, err := n.State.ProveNode(party.Node.Key)
				n.Must(err)
				proof = atls.NewProof(n.ID, tt.role, party.Key, leaf, n.Headers.Current.Header.Number, node)
			}
			peer, err := me.judge(t.Context(), proof, leaf)
			n.Must(err)
			h, ended := connected(t, me, peer)
			tt.change(n, r, party.Node.Key)
			for i := uint64(1); i <= proofEpochs+2; i++ {
				n.Epoch()
				n.Must(me.Follow.Sync(t.Context()))
				me.endUnregistered(t.Context(), me.Follow.View().Header, []*held{h})
				me.live.mu.Lock()
				there := me.live.conns[h]
				me.live.mu.Unlock()
				if want := tt.ends == 0 || i < tt.ends; there != want {
					t.Fatalf("after %d epochs the connection is held: %v, want %v", i, there, want)
				}
			}
			if tt.ends > 0 {
				<-ended
			}
		})
	}
}

// rejudge looks at the registry with every header.
func TestRejudgeAsksTheRegistry(t *testing.T) {
	n := mini.New(t)
	me, r := judging(t, n), &registry{n: n}
	asking(t, me, r)
	leaf := wire.Sum([]byte("leaf"))
	worker := n.Workers[0]
	node, err := n.State.ProveNode(worker.Node.Key)
	n.Must(err)
	peer, err := me.judge(t.Context(), atls.NewProof(n.ID, tacit.RoleWorker, worker.Key, leaf, n.Headers.Current.Header.Number, node), leaf)
	n.Must(err)
	_, ended := connected(t, me, peer)
	go func() { _ = me.rejudge(t.Context()) }()
	n.Chain.Now.Nodes = slices.DeleteFunc(slices.Clone(n.Chain.Now.Nodes), func(x tacit.Node) bool { return x.Key == worker.Node.Key })
	n.Epoch()
	n.Must(me.Follow.Sync(t.Context()))
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the connection goes on")
	}
}
