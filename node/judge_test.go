package node

import (
	"context"
	"errors"
	"testing"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/follow"
	"tacit/key"
	"tacit/wire"
)

// judging is a node that knows mini's network, and what a peer would show it.
func judging(t *testing.T, n *mini.Network) *Node {
	t.Helper()
	me, err := New(context.Background(), Config{
		Network: Network{Genesis: n.Genesis, Epochs: n.Epochs}, Role: tacit.RoleClient, Key: n.User, Schemes: n.Schemes,
	})
	n.Must(err)
	f, err := follow.New(context.Background(), follow.Config{Genesis: n.Genesis, Epochs: n.Epochs, Fetch: func(_ context.Context, after uint64) ([]tacit.SignedHeader, error) {
		var out []tacit.SignedHeader
		for i := after + 1; ; i++ {
			h, ok := n.Headers.Signed[i]
			if !ok {
				return out, nil
			}
			out = append(out, h)
		}
	}, Policies: func(_ context.Context, req tacit.PoliciesRequest) (attest.PolicySet, error) {
		return n.Headers.Policies(context.Background(), tacit.EpochHeader{Policy: req.Digest, Generation: req.Generation})
	}})
	n.Must(err)
	me.Follow = f
	n.Must(f.Sync(context.Background()))
	return me
}

// case N25 code TLS_ROLE_MEASUREMENT check node/node.go:mustAttest
func TestN25PeersAreWhatTheRegistryAndTheirEvidenceSay(t *testing.T) {
	type shown struct {
		p    atls.Proof
		leaf wire.Digest
	}
	for _, tt := range []struct {
		name  string
		party func(n *mini.Network) mini.Party
		role  tacit.Role
		image tacit.Role
		edit  func(n *mini.Network, s *shown)
		want  fault.Code
	}{
		{"twin: a manager with its evidence", func(n *mini.Network) mini.Party { return n.Managers[0] }, tacit.RoleManager, tacit.RoleManager, nil, ""},
		{"twin: a worker by its credential", func(n *mini.Network) mini.Party { return n.Workers[0] }, tacit.RoleWorker, 0, nil, ""},
		{"a manager's key with a dispatcher's image", func(n *mini.Network) mini.Party { return n.Managers[0] }, tacit.RoleManager, tacit.RoleDispatcher, nil, fault.TLSRole},
		{"a manager without evidence", func(n *mini.Network) mini.Party { return n.Managers[0] }, tacit.RoleManager, 0, nil, fault.TLSRole},
		{"a worker that says it is a verifier", func(n *mini.Network) mini.Party { return n.Workers[0] }, tacit.RoleVerifier, 0, nil, fault.TLSRole},
		{"a key that is not registered", func(n *mini.Network) mini.Party {
			k, err := key.NewSigner()
			n.Must(err)
			p := n.Workers[0]
			p.Key = k
			return p
		}, tacit.RoleWorker, 0, nil, fault.TLSRole},
		{"another leaf", func(n *mini.Network) mini.Party { return n.Workers[0] }, tacit.RoleWorker, 0, func(_ *mini.Network, s *shown) { s.leaf[0]++ }, fault.TLSBinding},
		{"a node with a higher stake than registered", func(n *mini.Network) mini.Party { return n.Workers[0] }, tacit.RoleWorker, 0, func(_ *mini.Network, s *shown) { s.p.Node.Node.Stake++ }, fault.ChainProof},
		{"a proof of long ago", func(n *mini.Network) mini.Party { return n.Workers[0] }, tacit.RoleWorker, 0, func(n *mini.Network, _ *shown) {
			for range proofEpochs + 2 {
				n.Epoch()
			}
		}, fault.EvidStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			party := tt.party(n)
			node, err := n.State.ProveNode(party.Node.Key)
			n.Must(err)
			h := n.Headers.Current.Header
			s := shown{leaf: wire.Sum([]byte("leaf"))}
			s.p = atls.NewProof(n.ID, tt.role, party.Key, s.leaf, h.Number, node)
			if tt.image != 0 {
				s.p.Attested = true
				data := s.p.Transcript(n.ID, s.leaf, h.Hash()).Data()
				s.p.Evidence, err = n.Vendor.Quote(mini.Image(tt.image), sim.ManifestOf(nil, nil), data)
				n.Must(err)
			}
			if tt.edit != nil {
				tt.edit(n, &s)
			}
			me := judging(t, n)
			got, err := me.judge(context.Background(), s.p, s.leaf)
			switch {
			case tt.want == "" && (err != nil || got.Node != party.Key.Address() || got.Attested() != (tt.image != 0)):
				t.Errorf("got %+v, %v", got, err)
			case tt.want != "" && !errors.Is(err, tt.want):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
