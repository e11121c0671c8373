package atls

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The messages of each side, in order. Both sides send theirs without waiting for
// the other's of the same step. A side that refuses sends its
// verdict at once, in place of what was due.
const (
	greetingLabel = "tacit/atls/greeting"
	helloLabel    = "tacit/atls/hello"
	finishLabel   = "tacit/atls/finish"
	verdictLabel  = "tacit/atls/verdict"
	mostBytes     = 256 << 10
)

// greeting is the one message whose form no version changes, so that any two
// processes find out which versions both speak. What follows it is of the newest
// of those. Who is in between cannot choose an older one for them: the greeting is
// inside the channel that both leaves sign.
type greeting struct {
	Oldest uint32 `cbor:"1,keyasint"`
	Newest uint32 `cbor:"2,keyasint"`
}

// with is the version that two sides speak; there being none is PROTO_VERSION.
func (g greeting) with(theirs greeting) (uint32, error) {
	version := min(g.Newest, theirs.Newest)
	if theirs.Oldest == 0 || version < max(g.Oldest, theirs.Oldest) {
		return 0, fault.Denied(fault.ProtoVersion, "attest channel", "version", g.String(), theirs.String())
	}
	return version, nil
}

func (g greeting) String() string { return fmt.Sprintf("%d to %d", g.Oldest, g.Newest) }

type hello struct {
	Network wire.Digest `cbor:"1,keyasint"`
	Serve   bool        `cbor:"2,keyasint"`
	Nonce   wire.Digest `cbor:"3,keyasint"`
	Proof   Proof       `cbor:"4,keyasint"`
}

type finish struct {
	Sig []byte `cbor:"1,keyasint"` // ECDSA (ASN.1) of the leaf over binding
}

type verdict struct {
	Code string `cbor:"1,keyasint"` // empty: accepted
}

// binding is what a side's leaf signs: this channel, seen from that side.
type binding struct {
	Network  wire.Digest `cbor:"1,keyasint"`
	Exporter wire.Digest `cbor:"2,keyasint"`
	Own      wire.Digest `cbor:"3,keyasint"` // leaf of the signer
	Peer     wire.Digest `cbor:"4,keyasint"`
	OwnRole  tacit.Role  `cbor:"5,keyasint"`
	PeerRole tacit.Role  `cbor:"6,keyasint"`
	Nonce    wire.Digest `cbor:"7,keyasint"` // made by the peer
	Dialled  bool        `cbor:"8,keyasint"` // the signer dialled
}

func (b binding) digest() []byte {
	d := wire.Hash("tacit/atls/binding", b)
	return d[:]
}

// handshake runs TLS and then the exchange; the connection carries no data
// before both sides accepted each other. It ends with ctx or at the deadline,
// whatever the peer does.
func handshake(ctx context.Context, conn *tls.Conn, cfg Config, side side) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.timeout())
	defer cancel()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, fmt.Errorf("set handshake deadline: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := conn.HandshakeContext(ctx); err != nil {
		if raw, ok := conn.NetConn().(interface{ CloseWrite() error }); ok && raw.CloseWrite() == nil {
			linger(conn.NetConn())
		}
		return nil, tlsFault(err)
	}
	if cfg.Room != nil && !side.dialled {
		if err := cfg.Room(); err != nil {
			refuse(conn, err)
			return nil, err
		}
	}
	out := &Conn{Conn: conn}
	if err := exchange(ctx, out, cfg, side); err != nil {
		refuse(conn, err)
		return nil, err
	}
	if err := write(conn, verdictLabel, verdict{}); err != nil {
		return nil, tlsFault(err)
	}
	var theirs verdict
	if err := read(conn, verdictLabel, &theirs); err != nil {
		return nil, err
	}
	if !stop() {
		return nil, fault.New(fault.Unreachable, "attest channel: %w", ctx.Err())
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("clear handshake deadline: %w", err)
	}
	return out, nil
}

// side is what only one end of a connection knows.
type side struct {
	dialled bool
	serve   bool         // dialled, and wants to be asked
	want    wire.Address // dialled, and expects this node; zero: any
}

// refuse tells the peer the code.
func refuse(conn *tls.Conn, err error) {
	if write(conn, verdictLabel, verdict{codeOf(err)}) == nil && conn.CloseWrite() == nil {
		linger(conn)
	}
}

// linger reads what a refused peer still sends, a little and for a second at
// most, because closing a connection with unread bytes may destroy the refusal
// on its way.
func linger(conn net.Conn) {
	if conn.SetDeadline(time.Now().Add(time.Second)) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(conn, 2*mostBytes))
}

// codeOf keeps what is inside this process inside.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return string(fault.Of(err))
}

// exchange shows this side, reads what the peer shows and judges it. It sends
// no verdict.
func exchange(ctx context.Context, out *Conn, cfg Config, side side) error {
	state := out.ConnectionState()
	proof, err := cfg.Show(ctx)
	if err != nil {
		return err
	}
	mine := hello{Network: cfg.Network, Serve: side.serve, Proof: proof}
	if _, err := rand.Read(mine.Nonce[:]); err != nil {
		return fmt.Errorf("make nonce: %w", err)
	}
	var theirs hello
	if out.Version, theirs, err = greet(out.Conn, cfg.speaks(), mine); err != nil {
		return err
	}
	if theirs.Network != cfg.Network {
		return fault.Denied(fault.TLSIdentity, "attest channel", "network", cfg.Network.Short(), theirs.Network.Short())
	}
	own, peer := LeafDigest(cfg.Leaf.Leaf), LeafDigest(state.PeerCertificates[0])
	exported, err := state.ExportKeyingMaterial("EXPORTER-tacit-attestation", nil, sha256.Size)
	if err != nil {
		return fault.New(fault.TLSPolicy, "attest channel: %w", err)
	}
	b := binding{
		Network: cfg.Network, Exporter: wire.Digest(exported), Own: own, Peer: peer,
		OwnRole: cfg.Role, PeerRole: theirs.Proof.Role, Nonce: theirs.Nonce, Dialled: side.dialled,
	}
	sig, err := sign(cfg.Leaf, b)
	if err != nil {
		return err
	}
	if err := write(out.Conn, finishLabel, finish{sig}); err != nil {
		return tlsFault(err)
	}
	var end finish
	if err := read(out.Conn, finishLabel, &end); err != nil {
		return err
	}
	b = binding{
		Network: cfg.Network, Exporter: wire.Digest(exported), Own: peer, Peer: own,
		OwnRole: theirs.Proof.Role, PeerRole: cfg.Role, Nonce: mine.Nonce, Dialled: !side.dialled,
	}
	if !ecdsa.VerifyASN1(state.PeerCertificates[0].PublicKey.(*ecdsa.PublicKey), b.digest(), end.Sig) {
		return fault.New(fault.TLSBinding, "attest channel: the peer's leaf did not sign this connection")
	}
	if out.Peer, err = cfg.Judge(ctx, theirs.Proof, peer); err != nil {
		return err
	}
	if !slices.Contains(cfg.Admit, out.Peer.Role) {
		return fault.Denied(fault.TLSRole, "attest channel", "role", tacit.RoleNames(cfg.Admit...), tacit.RoleNames(out.Peer.Role))
	}
	if out.Peer.Role != theirs.Proof.Role {
		return fault.New(fault.TLSBinding, "attest channel: the peer's leaf signed for another role than was judged")
	}
	if !side.want.IsZero() && out.Peer.Node != side.want {
		return fault.Denied(fault.TLSIdentity, "attest channel", "node", side.want.String(), out.Peer.Node.String())
	}
	out.PeerServes = theirs.Serve && !side.dialled
	return nil
}

func sign(leaf tls.Certificate, b binding) ([]byte, error) {
	secret, ok := leaf.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fault.New(fault.Internal, "sign channel: the leaf was not made by NewLeaf")
	}
	sig, err := ecdsa.SignASN1(rand.Reader, secret, b.digest())
	if err != nil {
		return nil, fmt.Errorf("sign channel: %w", err)
	}
	return sig, nil
}

// greet agrees on a version, sends this side's hello and reads the peer's.
func greet(conn *tls.Conn, speaks greeting, mine hello) (version uint32, theirs hello, err error) {
	var g greeting
	if err := both(conn, greetingLabel, speaks, &g); err != nil {
		return 0, theirs, err
	}
	if version, err = speaks.with(g); err != nil {
		return 0, theirs, err
	}
	return version, theirs, both(conn, helloLabel, mine, &theirs)
}

// both writes and reads side by side: both sides may send a message that is larger
// than the connection's buffers.
func both(conn *tls.Conn, label string, mine, theirs any) error {
	wrote := make(chan error, 1)
	go func() { wrote <- write(conn, label, mine) }()
	err := read(conn, label, theirs)
	if werr := <-wrote; err == nil && werr != nil {
		err = tlsFault(werr)
	}
	return err
}

// write sends one message behind its length.
func write(w io.Writer, label string, v any) error {
	b, err := wire.Marshal(label, v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

// read takes one message of a label. In place of each message may come the
// verdict of a peer that refused this side; then its code is returned. What is
// neither is data sent before attestation ended.
func read(r io.Reader, label string, v any) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return tlsFault(err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > mostBytes {
		return fault.New(fault.TLSEarlyData, "attest channel: data instead of %s", label)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return tlsFault(err)
	}
	var theirs verdict
	if wire.Unmarshal(verdictLabel, buf, &theirs) == nil && theirs.Code != "" {
		return fault.New(fault.Parse(theirs.Code), "attest channel: the peer refused this side")
	}
	if err := wire.Unmarshal(label, buf, v); err != nil {
		return fault.New(fault.TLSEarlyData, "attest channel: data instead of %s", label)
	}
	return nil
}

// tlsFault gives an error of the handshake its code: NET_UNREACHABLE for a
// peer that is gone or silent, TLS_POLICY for one that speaks wrongly.
func tlsFault(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	var slow net.Error
	var alert tls.AlertError
	switch {
	case errors.As(err, &alert):
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, context.Canceled),
		errors.As(err, &slow) && slow.Timeout():
		return fault.New(fault.Unreachable, "attest channel: %w", err)
	}
	return fault.New(fault.TLSPolicy, "attest channel: %w", err)
}
