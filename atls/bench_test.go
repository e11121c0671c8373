package atls

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/wire"
)

// BenchmarkHandshake makes connections over loopback, one after the other, until
// the dialler may send: plain mutual TLS 1.3 with certificates of a CA; attested on
// both sides, with evidence made for each connection (fresh); and attested with
// evidence of before, whose result is remembered (cached).
func BenchmarkHandshake(b *testing.B) {
	b.Run("mtls", benchmarkMutual)
	b.Run("fresh", func(b *testing.B) { benchmarkAttested(b, false) })
	b.Run("cached", func(b *testing.B) { benchmarkAttested(b, true) })
}

// issued is a leaf with its CA in a pool.
func issued(b *testing.B) (tls.Certificate, *x509.CertPool) {
	b.Helper()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	make := func(name string, ca bool, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(err)
		c := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IsCA: ca, BasicConstraintsValid: true, DNSNames: []string{"node"}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
		if parent == nil {
			parent, by = c, k
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, &k.PublicKey, by)
		must(err)
		c, err = x509.ParseCertificate(der)
		must(err)
		return c, k
	}
	ca, caKey := make("CA", true, nil, nil)
	leaf, leafKey := make("node", false, ca, caKey)
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey, Leaf: leaf}, pool
}

func benchmarkMutual(b *testing.B) {
	leaf, pool := issued(b)
	server := &tls.Config{Certificates: []tls.Certificate{leaf}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true}
	client := &tls.Config{Certificates: []tls.Certificate{leaf}, RootCAs: pool, ServerName: "node", MinVersion: tls.VersionTLS13}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				s := tls.Server(c, server)
				_, _ = io.Copy(s, s) // a byte comes back: then both sides are done
				s.Close()
			}()
		}
	}()
	buf := make([]byte, 1)
	for b.Loop() {
		c, err := tls.Dial("tcp", l.Addr().String(), client)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = c.Write(buf); err == nil {
			_, err = io.ReadFull(c, buf)
		}
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}

func benchmarkAttested(b *testing.B, cached bool) {
	vendor, err := sim.NewVendor()
	if err != nil {
		b.Fatal(err)
	}
	m := wire.Sum([]byte("program"))
	set := attest.PolicySet{Generation: 1, Roots: []attest.Root{vendor.Root()}}
	for _, r := range []tacit.Role{tacit.RoleManager, tacit.RoleDispatcher} {
		set.Policies = append(set.Policies, sim.Policy(uint16(r), attest.Reference{Name: "program", Measurement: m, Manifest: wire.Sum([]byte("manifest"))}))
	}
	scheme, err := sim.NewScheme(set.Roots)
	if err != nil {
		b.Fatal(err)
	}
	var verifier attest.Verifier = attest.Schemes{scheme}
	if cached {
		verifier = attest.Remember(verifier, time.Hour)
	}
	made := func(role, admit tacit.Role) *party {
		p := newParty(b, role, admit).attested(b, vendor, m)
		p.Judge = func(ctx context.Context, q Proof, leaf wire.Digest) (tacit.Caller, error) {
			if err := q.CheckCredential(testNetwork, leaf); err != nil {
				return tacit.Caller{}, err
			}
			claims, err := q.CheckEvidence(ctx, verifier, set, q.Transcript(testNetwork, leaf, testHeader), time.Now())
			return tacit.Caller{Role: q.Role, Node: q.Key, Claims: &claims}, err
		}
		if cached {
			proof, err := p.Show(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			p.Show = func(context.Context) (Proof, error) { return proof, nil }
		}
		return p
	}
	s, client := serve(b, made(tacit.RoleManager, tacit.RoleDispatcher)), made(tacit.RoleDispatcher, tacit.RoleManager)
	go func() {
		for {
			select {
			case <-s.peers:
			case <-s.got:
			}
		}
	}()
	buf := make([]byte, 1)
	for b.Loop() {
		c, err := Dial(b.Context(), s.addr, client.Config, Want{Role: tacit.RoleManager}, false)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = c.Write(buf); err == nil {
			_, err = io.ReadFull(c, buf)
		}
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
