package follow_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/follow"
	"tacit/store/embedded"
	"tacit/wire"
)

func want(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil {
		t.Errorf("refused: %v", err)
	} else if code != "" && !errors.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// shown is a gateway that shows what the test says.
type shown struct {
	list func(after uint64) []tacit.SignedHeader
	err  error
}

func (s *shown) fetch(_ context.Context, after uint64) ([]tacit.SignedHeader, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.list(after), nil
}

func honest(n *mini.Network) func(uint64) []tacit.SignedHeader {
	return func(after uint64) []tacit.SignedHeader {
		var list []tacit.SignedHeader
		for i := after + 1; i <= n.Headers.Current.Header.Number; i++ {
			list = append(list, n.Headers.Signed[i])
		}
		return list
	}
}

func open(t *testing.T, path string) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(embedded.Config{Path: path, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func follower(t *testing.T, n *mini.Network, g *shown, s tacit.Store) *follow.Follower {
	t.Helper()
	f, err := follow.New(t.Context(), follow.Config{Genesis: n.Genesis, Epochs: n.Epochs, Fetch: g.fetch, Store: s, Every: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// change lets another signing set sign from the next header but one on: a
// verifier leaves.
func change(n *mini.Network) {
	n.Chain.Now.Nodes = append([]tacit.Node{}, n.Chain.Now.Nodes...)
	for i := range n.Chain.Now.Nodes {
		if n.Chain.Now.Nodes[i].Key == n.Verifiers[6].Key.Address() {
			n.Chain.Now.Nodes[i].Leaving = 1
		}
	}
	n.Epoch()
}

func TestOnlyTheNetworksOwnHistoryIsBelieved(t *testing.T) {
	other := mini.New(t)
	for _, tt := range []struct {
		name string
		make func(n *mini.Network) []tacit.SignedHeader
		want fault.Code
		at   uint64 // where it stands afterwards; it begins at 2
	}{
		{"twin: the next headers", func(n *mini.Network) []tacit.SignedHeader {
			n.Epoch()
			n.Epoch()
			return honest(n)(2)
		}, "", 4},
		{"twin: nothing new", func(*mini.Network) []tacit.SignedHeader { return nil }, "", 2},
		{"twin: a gap in which the set did not change", func(n *mini.Network) []tacit.SignedHeader {
			n.Epoch()
			n.Epoch()
			return honest(n)(3)
		}, "", 4},
		{"a foreign network's", func(*mini.Network) []tacit.SignedHeader {
			other.Epoch()
			return []tacit.SignedHeader{other.Headers.Signed[other.Headers.Current.Header.Number]}
		}, fault.ConsHeader, 2},
		{"an older one", func(n *mini.Network) []tacit.SignedHeader { return []tacit.SignedHeader{n.Headers.Signed[1]} }, fault.KeyGeneration, 2},
		{"the same one again", func(n *mini.Network) []tacit.SignedHeader { return []tacit.SignedHeader{n.Headers.Signed[2]} }, fault.KeyGeneration, 2},
		{"one that nobody signed", func(n *mini.Network) []tacit.SignedHeader {
			n.Epoch()
			h := n.Headers.Signed[3]
			h.Header.Beacon[0]++
			return []tacit.SignedHeader{h}
		}, fault.ConsHeader, 2},
		{"one with two thirds of the signatures at most", func(n *mini.Network) []tacit.SignedHeader {
			n.Epoch()
			h := n.Headers.Signed[3]
			h.Sigs = append(h.Sigs[:0:0], h.Sigs...)
			for i := range 3 {
				h.Sigs[i] = h.Sigs[6]
			}
			return []tacit.SignedHeader{h}
		}, fault.ConsHeader, 2},
		{"a gap in which the set changed", func(n *mini.Network) []tacit.SignedHeader {
			change(n) // 3 names the new set
			n.Epoch() // 4 is signed by it
			return honest(n)(3)
		}, fault.ConsHeader, 2},
		{"good ones up to a bad one", func(n *mini.Network) []tacit.SignedHeader {
			n.Epoch()
			n.Epoch()
			list := honest(n)(2)
			list[1].Header.Time++
			return list
		}, fault.ConsHeader, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			g := &shown{list: honest(n)}
			f := follower(t, n, g, nil)
			want(t, f.Sync(t.Context()), "")
			list := tt.make(n)
			g.list = func(uint64) []tacit.SignedHeader { return list }
			want(t, f.Sync(t.Context()), tt.want)
			if got := f.View().Header.Number; got != tt.at {
				t.Errorf("at header %d, want %d", got, tt.at)
			}
		})
	}
}

// case N32 code KEY_GENERATION check follow/follow.go:f.view.Header.Number
func TestN32ARestartDoesNotGoBack(t *testing.T) {
	n := mini.New(t)
	n.Epoch()
	path := filepath.Join(t.TempDir(), "follow.db")
	g := &shown{list: honest(n)}
	s := open(t, path)
	want(t, follower(t, n, g, s).Sync(t.Context()), "")
	s.Close()

	s = open(t, path)
	defer s.Close()
	// Whoever shows only old headers, however well signed, is not believed.
	g.list = func(uint64) []tacit.SignedHeader {
		return []tacit.SignedHeader{n.Headers.Signed[1], n.Headers.Signed[2]}
	}
	f := follower(t, n, g, s)
	if got := f.View().Header; got != n.Headers.Current.Header {
		t.Errorf("it begins at header %d, want %d", got.Number, n.Headers.Current.Header.Number)
	}
	want(t, f.Sync(t.Context()), fault.KeyGeneration)
	t.Run("without a store it could not know", func(t *testing.T) {
		want(t, follower(t, n, g, nil).Sync(t.Context()), "")
	})
	t.Run("twin: it goes on from where it was", func(t *testing.T) {
		n.Epoch()
		g.list = honest(n)
		want(t, f.Sync(t.Context()), "")
		if got := f.View().Header; got != n.Headers.Current.Header {
			t.Errorf("at header %d, want %d", got.Number, n.Headers.Current.Header.Number)
		}
	})
}

// case N90 code EVID_COLLATERAL_UNAVAILABLE check follow/follow.go:fetchPolicies
func TestN90PoliciesAreThoseOfTheHeaderOrNone(t *testing.T) {
	n := mini.New(t)
	second := n.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: "a"}} })
	n.Epoch()
	h := n.Headers.Current.Header
	other := second
	other.Denied = nil
	asked := 0
	show := func(set attest.PolicySet, err error) func(context.Context, tacit.PoliciesRequest) (attest.PolicySet, error) {
		return func(_ context.Context, req tacit.PoliciesRequest) (attest.PolicySet, error) {
			if asked++; req.Generation != 2 || req.Digest != second.Digest() {
				t.Errorf("asked for %+v", req)
			}
			return set, err
		}
	}
	s := open(t, filepath.Join(t.TempDir(), "follow.db"))
	defer s.Close()
	for _, tt := range []struct {
		name   string
		fetch  func(context.Context, tacit.PoliciesRequest) (attest.PolicySet, error)
		header tacit.EpochHeader
		asked  int
		want   fault.Code
	}{
		{"nobody to ask", nil, h, 0, fault.EvidUnavailable},
		{"a gateway that is away", show(second, fault.New(fault.Unreachable, "gone")), h, 1, fault.EvidUnavailable},
		{"a gateway that does not have them", show(second, fault.New(fault.APINotFound, "none")), h, 1, fault.EvidUnavailable},
		{"the old ones", show(n.Genesis.Policies, nil), h, 1, fault.EvidUnavailable},
		{"those without the denial", show(other, nil), h, 1, fault.EvidUnavailable},
		{"twin: those of the genesis are at hand", nil, n.Headers.Signed[2].Header, 0, ""},
		{"twin: those that the header names", show(second, nil), h, 1, ""},
		{"twin: after a restart they are kept", show(other, nil), h, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := follow.New(t.Context(), follow.Config{Genesis: n.Genesis, Epochs: n.Epochs, Fetch: (&shown{list: honest(n)}).fetch, Policies: tt.fetch, Store: s})
			want(t, err, "")
			asked = 0
			set, err := f.Policies(t.Context(), tt.header)
			want(t, err, tt.want)
			if err == nil && set.Digest() != tt.header.Policy || asked != tt.asked {
				t.Errorf("generation %d, asked %d times", set.Generation, asked)
			}
			if tt.want != "" {
				return
			}
			_, err = f.Policies(t.Context(), tt.header)
			if err != nil || asked != tt.asked {
				t.Errorf("asked again, %d times, %v", asked, err)
			}
		})
	}
}

// case N15 code EVID_POLICY check follow/follow.go:keep
func TestN15GovernorsDoNotWriteTheReleaseLog(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*attest.PolicySet)
		want   fault.Code
	}{
		{"twin: a denial", func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: "a"}} }, ""},
		{"a release that no auditor signed", func(s *attest.PolicySet) {
			s.Releases = []attest.SignedRelease{{Release: attest.Release{Reference: s.Policies[0].References[0], Source: wire.Sum([]byte("source"))}}}
		}, fault.EvidPolicy},
		{"other auditors", func(s *attest.PolicySet) { s.Auditors = attest.Auditors{Keys: []wire.Address{{1}}, Threshold: 1} }, fault.EvidPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			set := n.Govern(true, tt.change)
			n.Epoch()
			f, err := follow.New(t.Context(), follow.Config{Genesis: n.Genesis, Epochs: n.Epochs, Fetch: (&shown{list: honest(n)}).fetch,
				Policies: func(context.Context, tacit.PoliciesRequest) (attest.PolicySet, error) { return set, nil }})
			want(t, err, "")
			for range 2 { // what was refused is not remembered as good
				_, err = f.Policies(t.Context(), n.Headers.Current.Header)
				want(t, err, tt.want)
			}
		})
	}
	n := mini.New(t)
	n.Genesis.Policies.Auditors.Threshold = 1
	_, err := follow.New(t.Context(), follow.Config{Genesis: n.Genesis, Epochs: n.Epochs, Fetch: (&shown{}).fetch})
	want(t, err, fault.EvidPolicy)
}

func TestHeaderAsksOnce(t *testing.T) {
	n := mini.New(t)
	g := &shown{list: honest(n)}
	f := follower(t, n, g, nil)
	h, err := f.Header(t.Context(), 2)
	if err != nil || h != n.Headers.Current.Header {
		t.Errorf("header 2 = %+v, %v", h, err)
	}
	h, err = f.Header(t.Context(), 0)
	if err != nil || h != n.Genesis.Header() {
		t.Errorf("header 0 = %+v, %v", h, err)
	}
	_, err = f.Header(t.Context(), 3)
	want(t, err, fault.KeyFinality)
	g.err = fault.New(fault.Unreachable, "ask gateway: gone")
	_, err = f.Header(t.Context(), 3)
	want(t, err, fault.Unreachable)
	_, err = f.Header(t.Context(), 1) // what it has it has
	want(t, err, "")
}

func TestWaitEndsWithTheHeader(t *testing.T) {
	n := mini.New(t)
	later := n.Headers.Current.Header.Number + 1
	n.Epoch()
	g := &shown{list: honest(n)}
	f := follower(t, n, g, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.Run(ctx) }()
	want(t, f.Wait(t.Context(), later), "")
	short, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	want(t, f.Wait(short, later+1), fault.TaskTimeout)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v", err)
	}
}

func TestAChainShowsEveryChangeOfTheSet(t *testing.T) {
	n := mini.New(t)
	change(n)
	for range 4 {
		n.Epoch()
	}
	path := filepath.Join(t.TempDir(), "follow.db")
	s := open(t, path)
	f := follower(t, n, &shown{list: honest(n)}, s)
	want(t, f.Sync(t.Context()), "")
	last := n.Headers.Current.Header.Number
	chain, err := f.Chain(last, 5)
	want(t, err, "")
	view := tacit.NewView(n.Genesis, n.Epochs)
	for _, h := range chain {
		if view, err = view.Advance(h); err != nil {
			t.Errorf("header %d: %v", h.Header.Number, err)
		}
	}
	if view.Header.Number != last || len(chain) >= int(last) {
		t.Errorf("%d headers up to %d, want fewer than %d", len(chain), view.Header.Number, last)
	}
	_, err = f.Chain(last + 1)
	want(t, err, fault.APINotFound)
	t.Run("not if the change is no longer kept", func(t *testing.T) {
		_, err := s.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: "header/000000000003", Delete: true}}})
		want(t, err, "")
		f := follower(t, n, &shown{list: honest(n)}, s)
		_, err = f.Chain(last)
		want(t, err, fault.APINotFound)
	})
	s.Close()
}

// A handshake asks while Run does: both are shown the same headers, and neither is refused.
func TestTwoAskAtOnce(t *testing.T) {
	n := mini.New(t)
	both := make(chan struct{}, 2)
	g := &shown{list: func(after uint64) []tacit.SignedHeader {
		both <- struct{}{}
		for len(both) < 2 {
			time.Sleep(time.Millisecond)
		}
		return honest(n)(after)
	}}
	f := follower(t, n, g, nil)
	other := make(chan error)
	go func() { other <- f.Sync(t.Context()) }()
	want(t, f.Sync(t.Context()), "")
	want(t, <-other, "")
}
