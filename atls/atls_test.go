package atls

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

var (
	testNetwork = wire.Sum([]byte("network"))
	testHeader  = wire.Sum([]byte("header of epoch 7"))
)

const testEpoch = 7

// party is one role with its key and leaf, and whoever judges as it does.
type party struct {
	Config
	by *key.Signer
}

func newParty(t testing.TB, role tacit.Role, admit ...tacit.Role) *party {
	t.Helper()
	by, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := NewLeaf(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p := &party{by: by}
	p.Config = Config{Network: testNetwork, Role: role, Leaf: leaf, Admit: admit, Timeout: 20 * time.Second}
	p.Show = func(context.Context) (Proof, error) { return p.proof(), nil }
	p.Judge = func(_ context.Context, q Proof, leaf wire.Digest) (tacit.Caller, error) {
		if err := q.CheckCredential(testNetwork, leaf); err != nil {
			return tacit.Caller{}, err
		}
		return tacit.Caller{Role: q.Role, Node: q.Key}, nil
	}
	return p
}

func (p *party) proof() Proof {
	return NewProof(p.Network, p.Role, p.by, LeafDigest(p.Leaf.Leaf), testEpoch, tacit.ProvenNode{})
}

// attested gives a party evidence of a program on a simulated chip.
func (p *party) attested(t testing.TB, v *sim.Vendor, measurement wire.Digest) *party {
	t.Helper()
	p.Show = func(context.Context) (Proof, error) {
		proof := p.proof()
		e, err := v.Quote(measurement, wire.Sum([]byte("manifest")), proof.Transcript(testNetwork, LeafDigest(p.Leaf.Leaf), testHeader).Data())
		proof.Attested, proof.Evidence = true, e
		return proof, err
	}
	return p
}

// judging makes a party ask for evidence under these policies.
func (p *party) judging(t testing.TB, v *sim.Vendor, set attest.PolicySet) *party {
	t.Helper()
	scheme, err := sim.NewScheme([]attest.Root{v.Root()})
	if err != nil {
		t.Fatal(err)
	}
	p.Judge = func(ctx context.Context, q Proof, leaf wire.Digest) (tacit.Caller, error) {
		if err := q.CheckCredential(testNetwork, leaf); err != nil {
			return tacit.Caller{}, err
		}
		claims, err := q.CheckEvidence(ctx, attest.Schemes{scheme}, set, q.Transcript(testNetwork, leaf, testHeader), time.Now())
		return tacit.Caller{Role: q.Role, Node: q.Key, Claims: &claims}, err
	}
	return p
}

// server listens for a party and echoes what it is sent.
type server struct {
	*Listener
	addr    string
	refused chan error
	got     chan []byte // what reached a handler
	peers   chan *Conn
}

func serve(t testing.TB, p *party) *server {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{
		Listener: Listen(inner, p.Config), addr: inner.Addr().String(),
		refused: make(chan error, 1000), got: make(chan []byte, 100), peers: make(chan *Conn, 1000),
	}
	s.Refused = func(_ net.Addr, err error) { s.refused <- err }
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Run(ctx) })
	wg.Go(func() {
		for {
			c, err := s.Accept()
			if err != nil {
				return
			}
			s.peers <- c.(*Conn)
			wg.Go(func() {
				defer c.Close()
				stop := context.AfterFunc(ctx, func() { c.Close() })
				defer stop()
				buf := make([]byte, 1<<10)
				for {
					n, err := c.Read(buf)
					if n > 0 {
						s.got <- slices.Clone(buf[:n])
						_, _ = c.Write(buf[:n])
					}
					if err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return s
}

func (s *server) whyRefused(t *testing.T) fault.Code {
	t.Helper()
	select {
	case err := <-s.refused:
		return fault.Of(err)
	case <-time.After(30 * time.Second):
		t.Fatal("nobody was refused")
		return ""
	}
}

// talks reports whether a connection carries data both ways.
func talks(t testing.TB, c *Conn) {
	t.Helper()
	buf := make([]byte, 4)
	if _, err := c.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, buf); err != nil || string(buf) != "ping" {
		t.Fatalf("echo = %q, %v", buf, err)
	}
}

// meets dials and checks the codes that both sides learn; both empty means
// that they accept each other.
func meets(t *testing.T, client *party, s *server, want Want, dialler, listener fault.Code) {
	t.Helper()
	c, err := Dial(t.Context(), s.addr, client.Config, want, false)
	if fault.Of(err) != dialler {
		t.Errorf("Dial = %v, want %q", err, dialler)
	}
	if listener != "" {
		if got := s.whyRefused(t); got != listener {
			t.Errorf("the listener refuses with %q, want %q", got, listener)
		}
	}
	if err == nil {
		defer c.Close()
		talks(t, c)
		<-s.got
		if c.Peer.Role != want.Role {
			t.Errorf("Peer = %+v", c.Peer)
		}
	}
	if len(s.got) > 0 && dialler != "" {
		t.Errorf("a handler got %q of a refused peer", <-s.got)
	}
}

func TestRolesMeet(t *testing.T) {
	manager := newParty(t, tacit.RoleManager, tacit.RoleWorker, tacit.RoleClient)
	s := serve(t, manager)
	worker := newParty(t, tacit.RoleWorker)
	c, err := Dial(t.Context(), s.addr, worker.Config, Want{Role: tacit.RoleManager, Node: manager.by.Address()}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	talks(t, c)
	peer := <-s.peers
	if peer.Peer.Node != worker.by.Address() || peer.Peer.Role != tacit.RoleWorker || !peer.PeerServes {
		t.Errorf("the listener sees %+v, serves %v", peer.Peer, peer.PeerServes)
	}
	if c.Peer.Node != manager.by.Address() || c.PeerServes {
		t.Errorf("the dialler sees %+v, serves %v", c.Peer, c.PeerServes)
	}
	state := c.ConnectionState()
	if state.Version != tls.VersionTLS13 || state.DidResume {
		t.Errorf("connection state: version %x, resumed %v", state.Version, state.DidResume)
	}
}

// case N25 code TLS_ROLE_MEASUREMENT check atls/exchange.go:admit
func TestN25RoleIsNotAdmitted(t *testing.T) {
	for _, tt := range []struct {
		name              string
		admit             []tacit.Role
		client            tacit.Role
		want              tacit.Role
		dialler, listener fault.Code
	}{
		{"twin: the role that is admitted", []tacit.Role{tacit.RoleWorker}, tacit.RoleWorker, tacit.RoleManager, "", ""},
		{"twin: one of several", []tacit.Role{tacit.RoleClient, tacit.RoleWorker}, tacit.RoleWorker, tacit.RoleManager, "", ""},
		{"another role", []tacit.Role{tacit.RoleClient}, tacit.RoleWorker, tacit.RoleManager, fault.TLSRole, fault.TLSRole},
		{"nobody is admitted", nil, tacit.RoleWorker, tacit.RoleManager, fault.TLSRole, fault.TLSRole},
		{"two roles at once", []tacit.Role{tacit.RoleWorker, tacit.RoleClient}, tacit.RoleWorker | tacit.RoleClient, tacit.RoleManager, fault.TLSRole, fault.TLSRole},
		{"the dialler wants another role", []tacit.Role{tacit.RoleWorker}, tacit.RoleWorker, tacit.RoleDispatcher, fault.TLSRole, fault.TLSRole},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, newParty(t, tacit.RoleManager, tt.admit...))
			meets(t, newParty(t, tt.client), s, Want{Role: tt.want}, tt.dialler, tt.listener)
		})
	}
}

// case N25 code TLS_ROLE_MEASUREMENT check atls/identity.go:lists
func TestN25GenuineEnclaveOfAnotherKind(t *testing.T) {
	v, err := sim.NewVendor()
	if err != nil {
		t.Fatal(err)
	}
	worker, manager := wire.Sum([]byte("worker image")), wire.Sum([]byte("manager image"))
	policy := func(role tacit.Role, m wire.Digest) attest.Policy {
		return sim.Policy(uint16(role), attest.Reference{Measurement: m, Manifest: wire.Sum([]byte("manifest"))})
	}
	set := attest.PolicySet{Policies: []attest.Policy{policy(tacit.RoleEnclave, worker), policy(tacit.RoleManager, manager)}}
	for _, tt := range []struct {
		name string
		show func(p *party) *party
		want fault.Code
	}{
		{"twin: a manager's image as manager", func(p *party) *party { return p.attested(t, v, manager) }, ""},
		{"a worker's image as manager", func(p *party) *party { return p.attested(t, v, worker) }, fault.TLSRole},
		{"an unknown image", func(p *party) *party { return p.attested(t, v, wire.Sum([]byte("x"))) }, fault.EvidUnlisted},
		{"no evidence", func(p *party) *party { return p }, fault.TLSRole},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.show(newParty(t, tacit.RoleManager, tacit.RoleDispatcher)))
			meets(t, newParty(t, tacit.RoleDispatcher).judging(t, v, set), s, Want{Role: tacit.RoleManager}, tt.want, tt.want)
		})
	}
}

// case N24 code TLS_IDENTITY check atls/exchange.go:identity
func TestN24AnotherNodeOrNetwork(t *testing.T) {
	manager := newParty(t, tacit.RoleManager, tacit.RoleClient)
	s := serve(t, manager)
	other, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("twin: the node that is wanted", func(t *testing.T) {
		meets(t, newParty(t, tacit.RoleClient), s, Want{tacit.RoleManager, manager.by.Address()}, "", "")
	})
	t.Run("twin: any node", func(t *testing.T) {
		meets(t, newParty(t, tacit.RoleClient), s, Want{Role: tacit.RoleManager}, "", "")
	})
	t.Run("another node, whose proof is good", func(t *testing.T) {
		meets(t, newParty(t, tacit.RoleClient), s, Want{tacit.RoleManager, other.Address()}, fault.TLSIdentity, fault.TLSIdentity)
	})
	t.Run("another network", func(t *testing.T) {
		foreign := newParty(t, tacit.RoleClient)
		foreign.Network = wire.Sum([]byte("another network"))
		meets(t, foreign, s, Want{Role: tacit.RoleManager}, fault.TLSIdentity, fault.TLSIdentity)
	})
}

// certificate makes a leaf that differs from NewLeaf's in what a test changes.
func certificate(t *testing.T, curve elliptic.Curve, from, to time.Time) tls.Certificate {
	t.Helper()
	secret, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: secret, Leaf: leaf}
}

// case N24 code TLS_POLICY check atls/atls.go:checkState
func TestN24CertificatesAndVersions(t *testing.T) {
	now := time.Now()
	good := func(t *testing.T) tls.Certificate {
		return certificate(t, elliptic.P256(), now.Add(-time.Hour), now.Add(time.Hour))
	}
	ed := func(t *testing.T) tls.Certificate {
		public, secret, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, public, secret)
		if err != nil {
			t.Fatal(err)
		}
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: secret}
	}
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, c *tls.Config)
		want   fault.Code
	}{
		{"twin: as it must be", func(t *testing.T, c *tls.Config) { c.Certificates = []tls.Certificate{good(t)} }, ""},
		{"TLS 1.2", func(_ *testing.T, c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 }, fault.TLSPolicy},
		{"no certificate", func(_ *testing.T, c *tls.Config) { c.Certificates = nil }, fault.TLSPolicy},
		{"expired", func(t *testing.T, c *tls.Config) {
			c.Certificates = []tls.Certificate{certificate(t, elliptic.P256(), now.Add(-2*time.Hour), now.Add(-time.Hour))}
		}, fault.TLSPolicy},
		{"not yet valid", func(t *testing.T, c *tls.Config) {
			c.Certificates = []tls.Certificate{certificate(t, elliptic.P256(), now.Add(time.Hour), now.Add(2*time.Hour))}
		}, fault.TLSPolicy},
		{"another curve", func(t *testing.T, c *tls.Config) {
			c.Certificates = []tls.Certificate{certificate(t, elliptic.P384(), now.Add(-time.Hour), now.Add(time.Hour))}
		}, fault.TLSPolicy},
		{"another kind of key", func(t *testing.T, c *tls.Config) { c.Certificates = []tls.Certificate{ed(t)} }, fault.TLSPolicy},
		{"two certificates", func(t *testing.T, c *tls.Config) {
			a, b := good(t), good(t)
			a.Certificate = append(a.Certificate, b.Certificate...)
			c.Certificates = []tls.Certificate{a}
		}, fault.TLSPolicy},
		{"another protocol", func(_ *testing.T, c *tls.Config) { c.NextProtos = []string{"h2"} }, fault.TLSPolicy},
		{"no protocol", func(_ *testing.T, c *tls.Config) { c.NextProtos = nil }, fault.TLSPolicy},
	} {
		// The side that errs runs plain TLS; the side that refuses is ours.
		t.Run(tt.name+", dialling", func(t *testing.T) {
			s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
			p := newParty(t, tacit.RoleClient)
			cfg := p.tls()
			cfg.VerifyConnection = nil
			tt.change(t, cfg)
			if tt.want == "" {
				p.Leaf = cfg.Certificates[0]
				meets(t, p, s, Want{Role: tacit.RoleManager}, "", "")
				return
			}
			raw, err := net.Dial("tcp", s.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			c := tls.Client(raw, cfg)
			if err := c.HandshakeContext(t.Context()); err == nil {
				_, _ = c.Write([]byte("data"))
				if _, err = c.Read(make([]byte, 1)); err == nil {
					t.Error("the listener answers")
				}
				if code := fault.Of(tlsFault(err)); code != fault.TLSPolicy {
					t.Errorf("the dialler learns %v", err)
				}
			}
			raw.Close()
			if got := s.whyRefused(t); got != tt.want {
				t.Errorf("the listener refuses with %q, want %q", got, tt.want)
			}
		})
		t.Run(tt.name+", listening", func(t *testing.T) {
			if tt.name == "no certificate" {
				t.Skip("a TLS server always has one")
			}
			p := newParty(t, tacit.RoleManager, tacit.RoleClient)
			cfg := p.tls()
			cfg.VerifyConnection = nil
			tt.change(t, cfg)
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
				c := tls.Server(raw, cfg)
				if c.HandshakeContext(t.Context()) == nil {
					p.Leaf = cfg.Certificates[0]
					if p.Leaf.Leaf != nil {
						_, _ = finishHandshake(t.Context(), c, p.Config)
					}
				}
			})
			conn, err := Dial(t.Context(), l.Addr().String(), newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false)
			if got := fault.Of(err); got != tt.want {
				t.Errorf("Dial = %v, want %q", err, tt.want)
			}
			if conn != nil {
				conn.Close()
			}
		})
	}
}

// finishHandshake runs the exchange of an honest listener on a TLS connection
// that a test made.
func finishHandshake(ctx context.Context, c *tls.Conn, cfg Config) (*Conn, error) {
	return handshake(ctx, c, cfg, side{})
}

func TestNoTicketsNoResumption(t *testing.T) {
	s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
	p := newParty(t, tacit.RoleClient)
	cfg := p.tls()
	cfg.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	for range 3 {
		raw, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		p.Admit = []tacit.Role{tacit.RoleManager}
		c, err := handshake(t.Context(), tls.Client(raw, cfg), p.Config, side{dialled: true})
		if err != nil {
			t.Fatal(err)
		}
		talks(t, c)
		if c.ConnectionState().DidResume {
			t.Error("a session was resumed")
		}
		c.Close()
	}
}

// plainTLS is a TLS connection whose attestation a test does by hand.
func plainTLS(t *testing.T, addr string, p *party) *tls.Conn {
	t.Helper()
	raw, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	c := tls.Client(raw, p.tls())
	if err := c.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// whyVerdict reads the listener's messages up to its verdict.
func (s *server) whyVerdict(t *testing.T, c *tls.Conn) fault.Code {
	t.Helper()
	for _, label := range []string{greetingLabel, helloLabel, finishLabel, verdictLabel} {
		var err error
		switch label {
		case greetingLabel:
			err = read(c, label, &greeting{})
		case helloLabel:
			err = read(c, label, &hello{})
		case finishLabel:
			err = read(c, label, &finish{})
		default:
			err = read(c, label, &verdict{})
		}
		if err != nil {
			return fault.Of(err)
		}
	}
	return ""
}

// case N22 code TLS_EARLY_DATA check atls/exchange.go:read
func TestN22DataBeforeAttestationEnds(t *testing.T) {
	client := newParty(t, tacit.RoleClient)
	us := greeting{tacit.Oldest, tacit.Newest}
	hi := func(c *tls.Conn) error {
		return errors.Join(write(c, greetingLabel, us), write(c, helloLabel, hello{Network: testNetwork, Nonce: wire.Sum([]byte("n")), Proof: client.proof()}))
	}
	h2 := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	for _, tt := range []struct {
		name string
		send func(c *tls.Conn) error
	}{
		{"HTTP/2 at once", func(c *tls.Conn) error { _, err := c.Write(h2); return err }},
		{"a framed message of another kind", func(c *tls.Conn) error { return write(c, "tacit/rpc", us) }},
		{"a hello before the greeting", func(c *tls.Conn) error { return write(c, helloLabel, hello{Network: testNetwork}) }},
		{"a finish before the greeting", func(c *tls.Conn) error { return write(c, finishLabel, finish{[]byte{1}}) }},
		{"a greeting, then HTTP/2", func(c *tls.Conn) error {
			if err := write(c, greetingLabel, us); err != nil {
				return err
			}
			_, err := c.Write(h2)
			return err
		}},
		{"a hello, then HTTP/2", func(c *tls.Conn) error {
			if err := hi(c); err != nil {
				return err
			}
			_, err := c.Write(h2)
			return err
		}},
		{"a greeting, then another", func(c *tls.Conn) error {
			return errors.Join(write(c, greetingLabel, us), write(c, greetingLabel, us))
		}},
		{"a hello, then another", func(c *tls.Conn) error {
			return errors.Join(hi(c), write(c, helloLabel, hello{Network: testNetwork}))
		}},
		{"a hello, then an accepting verdict", func(c *tls.Conn) error {
			return errors.Join(hi(c), write(c, verdictLabel, verdict{}))
		}},
		{"a length that is too large", func(c *tls.Conn) error { _, err := c.Write([]byte{0xff, 0xff, 0xff, 0xff, 'x'}); return err }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
			c := plainTLS(t, s.addr, client)
			if err := tt.send(c); err != nil {
				t.Fatal(err)
			}
			if got := s.whyVerdict(t, c); got != fault.TLSEarlyData {
				t.Errorf("the dialler learns %q, want TLS_EARLY_DATA", got)
			}
			c.Close()
			if got := s.whyRefused(t); got != fault.TLSEarlyData {
				t.Errorf("the listener refuses with %q, want TLS_EARLY_DATA", got)
			}
			if len(s.peers) > 0 || len(s.got) > 0 {
				t.Error("a handler saw the connection")
			}
		})
	}
	t.Run("twin: data after attestation", func(t *testing.T) {
		s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
		meets(t, client, s, Want{Role: tacit.RoleManager}, "", "")
	})
}

// A side that cannot show itself, and one that judges the other bad, tell it.
func TestTheRefusedSideLearnsTheCode(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(p *party)
		want   fault.Code
	}{
		{"the judge refuses with a code", func(p *party) {
			p.Judge = func(context.Context, Proof, wire.Digest) (tacit.Caller, error) {
				return tacit.Caller{}, fault.New(fault.EvidDenied, "secret canary")
			}
		}, fault.EvidDenied},
		{"the judge breaks", func(p *party) {
			p.Judge = func(context.Context, Proof, wire.Digest) (tacit.Caller, error) {
				return tacit.Caller{}, errors.New("secret canary")
			}
		}, fault.Internal},
		{"there is nothing to show", func(p *party) {
			p.Show = func(context.Context) (Proof, error) {
				return Proof{}, fault.New(fault.EvidUnavailable, "secret canary")
			}
		}, fault.EvidUnavailable},
		{"the judge takes it for another role", func(p *party) {
			p.Judge = func(_ context.Context, q Proof, _ wire.Digest) (tacit.Caller, error) {
				return tacit.Caller{Role: tacit.RoleManager | tacit.RoleClient, Node: q.Key}, nil
			}
			p.Admit = []tacit.Role{tacit.RoleManager | tacit.RoleClient}
		}, fault.TLSBinding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newParty(t, tacit.RoleManager, tacit.RoleClient)
			tt.change(p)
			s := serve(t, p)
			_, err := Dial(t.Context(), s.addr, newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false)
			if fault.Of(err) != tt.want || strings.Contains(err.Error(), "canary") {
				t.Errorf("Dial = %v, want %q", err, tt.want)
			}
			if got := s.whyRefused(t); got != tt.want {
				t.Errorf("the listener refuses with %q, want %q", got, tt.want)
			}
		})
	}
}

func BenchmarkDial(b *testing.B) {
	s := serve(b, newParty(b, tacit.RoleManager, tacit.RoleClient))
	p := newParty(b, tacit.RoleClient)
	go func() {
		for range s.peers { //nolint:revive // drains
		}
	}()
	for b.Loop() {
		c, err := Dial(b.Context(), s.addr, p.Config, Want{Role: tacit.RoleManager}, false)
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
