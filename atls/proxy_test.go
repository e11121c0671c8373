package atls

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/wire"
)

// proxy stands between a dialler and a listener, as whoever owns the network
// does. It relays whole connections and records both directions.
type proxy struct {
	addr     string
	up, down *record // what went to the listener and to the dialler
}

// record is what went one way, to be read when it has ended.
type record struct {
	mu sync.Mutex // guards what follows
	b  bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(b)
}

func (r *record) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.b.Bytes())
}

// stand runs a proxy: middle is given each dialler's connection and a new one
// to the listener.
func stand(t *testing.T, target string, middle func(dialler, listener net.Conn) (net.Conn, net.Conn)) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: l.Addr().String(), up: &record{}, down: &record{}}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target)
			if err != nil {
				in.Close()
				continue
			}
			stop := context.AfterFunc(ctx, func() { in.Close(); out.Close() })
			wg.Go(func() {
				defer stop()
				defer in.Close()
				defer out.Close()
				a, b := middle(in, out)
				var ways sync.WaitGroup
				relay := func(to, from net.Conn, rec io.Writer) {
					_, _ = io.Copy(io.MultiWriter(to, rec), from)
					if c, ok := to.(interface{ CloseWrite() error }); ok {
						_ = c.CloseWrite()
					}
				}
				ways.Go(func() { relay(b, a, p.up) })
				ways.Go(func() { relay(a, b, p.down) })
				ways.Wait()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		cancel()
		wg.Wait()
	})
	return p
}

func relayed(dialler, listener net.Conn) (net.Conn, net.Conn) { return dialler, listener }

// terminated ends TLS on both sides with a leaf of the proxy's own, so that
// what it relays are the messages inside.
func terminated(mallory *party) func(net.Conn, net.Conn) (net.Conn, net.Conn) {
	return func(dialler, listener net.Conn) (net.Conn, net.Conn) {
		return tls.Server(dialler, mallory.tls()), tls.Client(listener, mallory.tls())
	}
}

// case N19 code TLS_BINDING check atls/exchange.go:binding
func TestN19RelayedMessages(t *testing.T) {
	s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
	t.Run("twin: a proxy that relays what it cannot read", func(t *testing.T) {
		through := *s
		through.addr = stand(t, s.addr, relayed).addr
		meets(t, newParty(t, tacit.RoleClient), &through, Want{Role: tacit.RoleManager}, "", "")
	})
	t.Run("a proxy that ends TLS on both sides", func(t *testing.T) {
		through := *s
		p := stand(t, s.addr, terminated(newParty(t, tacit.RoleClient)))
		through.addr = p.addr
		meets(t, newParty(t, tacit.RoleClient), &through, Want{Role: tacit.RoleManager}, fault.TLSBinding, fault.TLSBinding)
		if len(p.up.bytes()) == 0 || len(p.down.bytes()) == 0 {
			t.Error("nothing was relayed")
		}
	})
}

// case N19 code TLS_BINDING check atls/exchange.go:binding
func TestN19ReplayedRecords(t *testing.T) {
	s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
	p := stand(t, s.addr, relayed)
	c, err := Dial(t.Context(), p.addr, newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false)
	t.Run("twin: the recorded connection", func(t *testing.T) {
		if err != nil {
			t.Fatal(err)
		}
		talks(t, c)
		<-s.got
		<-s.peers
		c.Close()
	})
	again, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.Write(p.up.bytes()); err != nil {
		t.Fatal(err)
	}
	if err := again.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	// TLS itself refuses: its keys are of another connection.
	if got := s.whyRefused(t); got != fault.TLSPolicy {
		t.Errorf("the listener refuses with %q, want TLS_POLICY", got)
	}
	if len(s.peers)+len(s.got) > 0 {
		t.Error("a replayed connection reached a handler")
	}
}

// byHand attests a connection with whatever a test puts in.
func byHand(t *testing.T, c *tls.Conn, proof Proof, sign func(theirs hello, exporter wire.Digest) []byte) {
	t.Helper()
	_, theirs, err := greet(c, greeting{tacit.Oldest, tacit.Newest}, hello{Network: testNetwork, Nonce: wire.Sum([]byte("nonce")), Proof: proof})
	if err != nil {
		t.Fatal(err)
	}
	state := c.ConnectionState()
	exporter, err := state.ExportKeyingMaterial("EXPORTER-tacit-attestation", nil, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(c, finishLabel, finish{sign(theirs, wire.Digest(exporter))}); err != nil {
		t.Fatal(err)
	}
	if err := read(c, finishLabel, &finish{}); err != nil {
		t.Fatal(err)
	}
}

func signBinding(t *testing.T, p *party, b binding) []byte {
	t.Helper()
	sig, err := sign(p.Leaf, b)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// case N19 code TLS_BINDING check atls/exchange.go:verify
func TestN19EveryPartOfTheBindingCounts(t *testing.T) {
	manager, client := newParty(t, tacit.RoleManager, tacit.RoleClient), newParty(t, tacit.RoleClient)
	for _, tt := range []struct {
		name   string
		change func(b *binding)
		want   fault.Code
	}{
		{"twin: as it must be", func(*binding) {}, ""},
		{"another network", func(b *binding) { b.Network[0]++ }, fault.TLSBinding},
		{"another connection", func(b *binding) { b.Exporter[0]++ }, fault.TLSBinding},
		{"another leaf of its own", func(b *binding) { b.Own[0]++ }, fault.TLSBinding},
		{"another leaf of the peer", func(b *binding) { b.Peer[0]++ }, fault.TLSBinding},
		{"another role of its own", func(b *binding) { b.OwnRole = tacit.RoleManager }, fault.TLSBinding},
		{"another role of the peer", func(b *binding) { b.PeerRole = tacit.RoleDispatcher }, fault.TLSBinding},
		{"an old nonce", func(b *binding) { b.Nonce[0]++ }, fault.TLSBinding},
		{"the other direction", func(b *binding) { b.Dialled = false }, fault.TLSBinding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, manager)
			c := plainTLS(t, s.addr, client)
			byHand(t, c, client.proof(), func(theirs hello, exporter wire.Digest) []byte {
				b := binding{
					Network: testNetwork, Exporter: exporter, Own: LeafDigest(client.Leaf.Leaf), Peer: LeafDigest(manager.Leaf.Leaf),
					OwnRole: client.Role, PeerRole: manager.Role, Nonce: theirs.Nonce, Dialled: true,
				}
				tt.change(&b)
				return signBinding(t, client, b)
			})
			if got := fault.Of(read(c, verdictLabel, &verdict{})); got != tt.want {
				t.Errorf("the dialler learns %q, want %q", got, tt.want)
			}
		})
	}
}

// case N19 code TLS_BINDING check atls/exchange.go:verify
func TestN19RecordedMessages(t *testing.T) {
	// A listener that A once dialled keeps A's messages and shows them to S,
	// once over a leaf of its own; and then, a thief of A's leaf but not of
	// its role key, the old finish over A's leaf.
	a := newParty(t, tacit.RoleClient)
	mallory := newParty(t, tacit.RoleManager, tacit.RoleClient)
	trap := serve(t, mallory)
	p := stand(t, trap.addr, relayed)
	t.Run("twin: the recorded connection", func(t *testing.T) {
		c, err := Dial(t.Context(), p.addr, a.Config, Want{Role: tacit.RoleManager}, false)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	})
	old := binding{
		Network: testNetwork, Exporter: wire.Sum([]byte("old exporter")), Own: LeafDigest(a.Leaf.Leaf), Peer: LeafDigest(mallory.Leaf.Leaf),
		OwnRole: a.Role, PeerRole: mallory.Role, Nonce: wire.Sum([]byte("old nonce")), Dialled: true,
	}
	for _, tt := range []struct {
		name string
		leaf *party
	}{{"over another leaf", mallory}, {"over A's leaf", a}} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
			c := plainTLS(t, s.addr, tt.leaf)
			byHand(t, c, a.proof(), func(hello, wire.Digest) []byte { return signBinding(t, a, old) })
			if got := fault.Of(read(c, verdictLabel, &verdict{})); got != fault.TLSBinding {
				t.Errorf("the dialler learns %q, want TLS_BINDING", got)
			}
		})
	}
}

// case N19 code TLS_BINDING check atls/exchange.go:verify
func TestN19ReflectedMessages(t *testing.T) {
	// Two managers talk to each other; between them stands one that sends a
	// manager's own messages back to it.
	mallory := newParty(t, tacit.RoleManager)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		raw, err := l.Accept()
		if err != nil {
			return
		}
		defer raw.Close()
		c := tls.Server(raw, mallory.tls())
		_, _ = io.Copy(c, c)
	})
	honest := newParty(t, tacit.RoleManager, tacit.RoleManager)
	if _, err := Dial(t.Context(), l.Addr().String(), honest.Config, Want{Role: tacit.RoleManager}, false); fault.Of(err) != fault.TLSBinding {
		t.Errorf("Dial of a mirror = %v, want TLS_BINDING", err)
	}
	s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleManager))
	t.Run("twin: two managers", func(t *testing.T) {
		meets(t, honest, s, Want{Role: tacit.RoleManager}, "", "")
	})
}

// case N19 code TLS_BINDING check atls/identity.go:signer
func TestN19ProofOfAnotherNode(t *testing.T) {
	v, err := sim.NewVendor()
	if err != nil {
		t.Fatal(err)
	}
	image := wire.Sum([]byte("manager image"))
	set := attest.PolicySet{Policies: []attest.Policy{
		sim.Policy(uint16(tacit.RoleManager), attest.Reference{Measurement: image, Manifest: wire.Sum([]byte("manifest"))}),
	}}
	a := newParty(t, tacit.RoleManager, tacit.RoleClient).attested(t, v, image)
	ofA, err := a.Show(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		show func(b *party) Proof
		want fault.Code
	}{
		{"twin: evidence and credential of its own", func(b *party) Proof {
			own, err := b.attested(t, v, image).Show(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return own
		}, ""},
		{"all of A's proof", func(*party) Proof { return ofA }, fault.TLSBinding},
		{"A's evidence beside a credential of its own", func(b *party) Proof {
			p := b.proof()
			p.Attested, p.Evidence = true, ofA.Evidence
			return p
		}, fault.TLSBinding},
		{"A's credential and name beside evidence over its own leaf", func(b *party) Proof {
			p := ofA
			var err error
			p.Evidence, err = v.Quote(image, wire.Sum([]byte("manifest")), p.Transcript(testNetwork, LeafDigest(b.Leaf.Leaf), testHeader).Data())
			if err != nil {
				t.Fatal(err)
			}
			return p
		}, fault.TLSBinding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newParty(t, tacit.RoleManager, tacit.RoleClient)
			proof := tt.show(b)
			b.Show = func(context.Context) (Proof, error) { return proof, nil }
			meets(t, newParty(t, tacit.RoleClient).judging(t, v, set), serve(t, b), Want{Role: tacit.RoleManager}, tt.want, tt.want)
		})
	}
}

func FuzzGreeting(f *testing.F) {
	seed := func(label string, v any) {
		b, err := wire.Marshal(label, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append([]byte{0, 0, 0, byte(len(b))}, b...))
	}
	seed(greetingLabel, greeting{1, 1})
	seed(greetingLabel, greeting{2, 7})
	seed(helloLabel, hello{})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		us := greeting{tacit.Oldest, tacit.Newest}
		var g greeting
		if err := read(bytes.NewReader(data), greetingLabel, &g); err == nil {
			if v, err := us.with(g); err == nil && (v < us.Oldest || v > us.Newest || v < g.Oldest || v > g.Newest) {
				t.Fatalf("version %d of %v", v, g)
			}
		} else if fault.Of(err) == "" {
			t.Fatalf("read = %v", err)
		}
		if err := read(bytes.NewReader(data), helloLabel, &hello{}); err != nil && fault.Of(err) == "" {
			t.Fatalf("read = %v", err)
		}
	})
}
