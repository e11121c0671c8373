// Package atls is attested TLS between long-lived roles, as a net.Listener and
// a dialer.
//
// TLS 1.3 with a P-256 leaf on both sides makes the channel; right after the
// handshake, before any data, each side shows what it is (evidence, or a
// credential of its registered key, over its leaf) and its leaf signs the
// channel itself: the exporter, both leaves, both roles, the network and the
// peer's nonce. So a proof that is relayed, replayed or reflected belongs to
// another channel and is refused (TLS_BINDING). There are no tickets and no
// early data: every connection is attested.
//
// The package trusts neither the network nor a certificate authority. Whether
// a proof is good is decided by the Judge that the wiring hands in.
package atls

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A Proof says who owns a TLS leaf: a signature by the role's key over it, and
// evidence if the role has an enclave.
type Proof struct {
	Role     tacit.Role       `cbor:"1,keyasint"`
	Key      wire.Address     `cbor:"2,keyasint"`
	Epoch    uint64           `cbor:"3,keyasint"` // of the header that Node is under and the evidence names
	Node     tacit.ProvenNode `cbor:"4,keyasint"` // zero for clients
	Sig      key.Signature    `cbor:"5,keyasint"` // by Key over Credential
	Attested bool             `cbor:"6,keyasint"`
	Evidence attest.Evidence  `cbor:"7,keyasint"` // zero unless Attested
}

// A Credential is what the role's key signs: that this leaf speaks for it.
type Credential struct {
	Role  tacit.Role  `cbor:"1,keyasint"`
	Leaf  wire.Digest `cbor:"2,keyasint"` // SHA-256 of the leaf's public key info
	Epoch uint64      `cbor:"3,keyasint"`
}

// Hash is the SHA-256 of the labelled encoding; it is signed for a network.
func (c Credential) Hash() wire.Digest { return wire.Hash("tacit/credential", c) }

// Config says what one side shows and whom it believes.
type Config struct {
	Network wire.Digest
	Role    tacit.Role
	// Leaf is this process's certificate, made by NewLeaf.
	Leaf tls.Certificate
	// Show returns the proof for Leaf, cached by its maker for an epoch.
	Show func(ctx context.Context) (Proof, error)
	// Judge returns who the peer is if its proof for a leaf is good.
	Judge func(ctx context.Context, p Proof, leaf wire.Digest) (tacit.Caller, error)
	// Admit lists the roles that may be at the other end; none admits nobody.
	Admit []tacit.Role
	// Timeout bounds the handshake with all its messages [10s].
	Timeout time.Duration
	// Pending bounds handshakes in progress of a listener; beyond it the oldest
	// is dropped, so that half-open ones make room for others [256].
	Pending int
	// Room, if set, refuses what dials while it returns an error; the peer gets its
	// code.
	Room func() error
	// Now is the clock that certificates are judged by [time.Now].
	Now func() time.Time

	versions greeting // that are spoken [tacit.Oldest to tacit.Newest]
}

func (c Config) speaks() greeting {
	if c.versions == (greeting{}) {
		return greeting{tacit.Oldest, tacit.Newest}
	}
	return c.versions
}

func (c Config) timeout() time.Duration {
	if c.Timeout == 0 {
		return 10 * time.Second
	}
	return c.Timeout
}

func (c Config) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// NewLeaf makes a P-256 key and a self-signed certificate for it, valid from an
// hour before now for thirty days. Nobody reads its names.
func NewLeaf(now time.Time) (tls.Certificate, error) {
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make TLS leaf: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make TLS leaf: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "tacit"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(30 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make TLS leaf: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make TLS leaf: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: secret, Leaf: leaf}, nil
}

// LeafDigest identifies a certificate's public key.
func LeafDigest(c *x509.Certificate) wire.Digest { return wire.Sum(c.RawSubjectPublicKeyInfo) }

// A Conn is an attested channel.
type Conn struct {
	*tls.Conn
	// Peer is who is at the other end.
	Peer tacit.Caller
	// Version is the version of the protocol that both sides speak.
	Version uint32
	// PeerServes says that the peer dialled and wants to be asked: the call
	// direction is reversed.
	PeerServes bool
}

// A line notes that the network's end of a connection came. crypto/tls takes
// that for an end of the stream if it comes between two records, as web servers
// end; here only the peer's word ends a stream.
type line struct {
	net.Conn
	ended atomic.Bool
}

func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if err == io.EOF {
		l.ended.Store(true)
	}
	return n, err
}

// CloseWrite ends this side's half of the line.
func (l *line) CloseWrite() error {
	if c, ok := l.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return net.ErrClosed
}

// cut reports whether the line ended, which an announced end comes before.
func (c *Conn) cut() bool {
	l, ok := c.NetConn().(*line)
	return ok && l.ended.Load()
}

// Read reports a stream that ends without its close, or that does not decrypt,
// as TLS_TRUNCATED: what was cut, reordered or changed on the way never looks
// like an end. Only this side's own close and deadlines stay what they are.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	var slow net.Error
	switch {
	case err == io.EOF && c.cut():
	case err == nil, err == io.EOF, errors.Is(err, net.ErrClosed), errors.As(err, &slow) && slow.Timeout():
		return n, err
	}
	return n, fault.New(fault.TLSTruncated, "read attested channel: %w", err)
}

// A Want says whom a dialer expects.
type Want struct {
	Role tacit.Role
	Node wire.Address // zero: any node of the role
}

// Dial connects to address and returns the channel once both sides accepted
// each other. serve asks for the reversed direction of calls. A peer of another
// role than the wanted one is TLS_ROLE_MEASUREMENT, another node TLS_IDENTITY,
// and one that does not answer NET_UNREACHABLE; a peer that refused this side
// is the fault of its code. cfg.Admit is not read.
//
// An address may be several, separated by commas: of a node whose replicas take turns.
// They are tried side by side, each a little later than the one before, and the first
// that accepts stays. Where none listens they are choosing who does, and are tried again
// for some seconds.
func Dial(ctx context.Context, address string, cfg Config, want Want, serve bool) (*Conn, error) {
	list := strings.Split(address, ",")
	if len(list) == 1 {
		return dial(ctx, address, cfg, want, serve)
	}
	for until := time.Now().Add(electing); ; {
		conn, err := dialAny(ctx, list, cfg, want, serve)
		if !errors.Is(err, fault.Unreachable) || time.Now().After(until) {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(stagger):
		}
	}
}

// electing is how long the replicas of a node may take until one of them leads.
const electing = 5 * time.Second

// dialAny tries several addresses once.
func dialAny(ctx context.Context, list []string, cfg Config, want Want, serve bool) (*Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		conn *Conn
		err  error
	}
	out := make(chan outcome)
	for i, at := range list {
		go func() {
			select {
			case <-time.After(time.Duration(i) * stagger):
			case <-ctx.Done():
			}
			conn, err := dial(ctx, at, cfg, want, serve)
			select {
			case out <- outcome{conn, err}:
			case <-ctx.Done():
				if err == nil {
					conn.Close() // another was first
				}
			}
		}()
	}
	var first error
	for range list {
		o := <-out
		if o.err == nil {
			return o.conn, nil
		}
		// A refusal says more than that nobody listens.
		if first == nil || errors.Is(first, fault.Unreachable) {
			first = o.err
		}
	}
	return nil, first
}

// stagger is how much later each further address of a node is tried.
const stagger = 150 * time.Millisecond

func dial(ctx context.Context, address string, cfg Config, want Want, serve bool) (*Conn, error) {
	raw, err := (&net.Dialer{Timeout: cfg.timeout()}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fault.New(fault.Unreachable, "dial %s at %s: %w", tacit.RoleNames(want.Role), address, err)
	}
	cfg.Admit = []tacit.Role{want.Role}
	conn, err := handshake(ctx, tls.Client(&line{Conn: raw}, cfg.tls()), cfg, side{dialled: true, serve: serve, want: want.Node})
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("dial %s at %s: %w", tacit.RoleNames(want.Role), address, err)
	}
	return conn, nil
}

func (c Config) tls() *tls.Config {
	return &tls.Config{
		Certificates:           []tls.Certificate{c.Leaf},
		MinVersion:             tls.VersionTLS13,
		MaxVersion:             tls.VersionTLS13,
		ClientAuth:             tls.RequireAnyClientCert,
		InsecureSkipVerify:     true, // identity comes from the proof after the handshake; VerifyConnection keeps the rest
		SessionTicketsDisabled: true,
		NextProtos:             []string{"tacit/1"},
		VerifyConnection:       func(s tls.ConnectionState) error { return checkState(s, c.now()) },
	}
}

// checkState refuses what the Go defaults would let pass.
func checkState(s tls.ConnectionState, now time.Time) error {
	const op = "check TLS connection"
	switch {
	case s.Version != tls.VersionTLS13 || s.DidResume || s.NegotiatedProtocol != "tacit/1":
		return fault.New(fault.TLSPolicy, "%s: want a fresh TLS 1.3 handshake for tacit/1", op)
	case len(s.PeerCertificates) != 1:
		return fault.New(fault.TLSPolicy, "%s: want one certificate, got %d", op, len(s.PeerCertificates))
	}
	leaf := s.PeerCertificates[0]
	if pub, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P256() {
		return fault.New(fault.TLSPolicy, "%s: the certificate's key is not P-256", op)
	}
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return fault.Denied(fault.TLSPolicy, op, "validity", "a certificate that is valid now",
			leaf.NotBefore.UTC().Format(time.RFC3339)+" to "+leaf.NotAfter.UTC().Format(time.RFC3339))
	}
	return nil
}
