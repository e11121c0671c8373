package node

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
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
	t.Run("twin: a peer that shows no evidence is not held", func(t *testing.T) {
		if h, _ := connected(t, me, tacit.Caller{Role: tacit.RoleVerifier}); h != nil {
			t.Error("it is")
		}
	})
}
