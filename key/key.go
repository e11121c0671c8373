// Package key holds the identities of Tacit's roles and what they sign and
// seal with.
//
// There are three kinds, each its own opaque type: Signer (secp256k1, for what
// a contract must be able to check), Sealer (HPKE with a hybrid post-quantum
// KEM, for keys and results that only one enclave may open) and, in package
// vrf, the VRF key. A private key never prints, never marshals into a message
// and is compared in constant time only. Parsing and signing are those of
// maintained libraries; nothing here is cryptography of our own.
package key

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tacit/fault"
	"tacit/wire"
)

// A Signature is a recoverable secp256k1 signature as the EVM takes it:
// r, s (32 bytes each, s in the lower half) and v, 27 or 28.
type Signature [65]byte

// MarshalText writes the signature in hexadecimal with 0x.
func (s Signature) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "0x%x", s[:]), nil }

// UnmarshalText reads 130 hexadecimal digits after 0x.
func (s *Signature) UnmarshalText(text []byte) error {
	digits, ok := strings.CutPrefix(string(text), "0x")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != len(s) {
		return fmt.Errorf("signature: want 0x and %d hexadecimal digits", 2*len(s))
	}
	copy(s[:], b)
	return nil
}

// A Signer is a secp256k1 private key and with it an Ethereum account.
//
// The secret stands behind a function, because print verbs reach through
// pointers into the unexported fields of other structs without asking Format.
type Signer struct {
	secret  func() *secp256k1.PrivateKey
	account wire.Address
}

func newSigner(private *secp256k1.PrivateKey) *Signer {
	return &Signer{func() *secp256k1.PrivateKey { return private }, address(private.PubKey())}
}

// NewSigner makes a key from the system's randomness.
func NewSigner() (*Signer, error) {
	s, err := secp256k1.GeneratePrivateKeyFromRand(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	return newSigner(s), nil
}

// ParseSigner takes a key's 32 secret bytes.
func ParseSigner(secret []byte) (*Signer, error) {
	var s secp256k1.ModNScalar
	if len(secret) != 32 || s.SetByteSlice(secret) || s.IsZero() {
		return nil, fault.New(fault.APIField, "parse signing key: not a secp256k1 private key")
	}
	return newSigner(secp256k1.NewPrivateKey(&s)), nil
}

// Secret returns the 32 secret bytes, to be stored in a file of mode 0600 or a
// sealed store and nowhere else.
func (s *Signer) Secret() []byte { return s.secret().Serialize() }

// Address is the account of the key.
func (s *Signer) Address() wire.Address { return s.account }

// Sign signs a digest made by wire.Sign712 or Context. Signatures are
// deterministic (RFC 6979).
func (s *Signer) Sign(digest wire.Digest) (out Signature) {
	c := ecdsa.SignCompact(s.secret(), digest[:], false)
	copy(out[:64], c[1:])
	out[64] = c[0]
	recovered.Put(signed{digest, out}, s.account) // whoever signs checks it soon
	return out
}

// signed is what a signer is recovered from.
type signed struct {
	digest wire.Digest
	sig    Signature
}

// recovered remembers who signed what. A task's signatures are checked again at
// each of its steps, and recovering a signer is what most of a check costs.
var recovered = wire.NewMemo[signed, wire.Address](8192)

// Equal compares two keys in constant time.
func (s *Signer) Equal(o *Signer) bool {
	return subtle.ConstantTimeCompare(s.Secret(), o.Secret()) == 1
}

// Format keeps the secret out of every print verb, also of a copied key.
func (s Signer) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "key.Signer("+s.Address().String()+")")
}

// MarshalText refuses: a private key is not part of any message.
func (s Signer) MarshalText() ([]byte, error) { return nil, errPrivate() }

// MarshalCBOR refuses likewise.
func (s Signer) MarshalCBOR() ([]byte, error) { return nil, errPrivate() }

func errPrivate() error { return fault.New(fault.Internal, "marshal private key: refused") }

// Recover returns the account that signed the digest, or KEY_SIGNATURE. A
// signature with s in the upper half is refused, so that each has one form.
func Recover(digest wire.Digest, sig Signature) (wire.Address, error) {
	var s secp256k1.ModNScalar
	if s.SetByteSlice(sig[32:64]) || s.IsOverHalfOrder() {
		return wire.Address{}, fault.New(fault.KeySignature, "recover signer: s is not in the lower half")
	}
	if sig[64] != 27 && sig[64] != 28 {
		return wire.Address{}, fault.New(fault.KeySignature, "recover signer: v is %d, want 27 or 28", sig[64])
	}
	if who, ok := recovered.Get(signed{digest, sig}); ok {
		return who, nil
	}
	compact := make([]byte, 65)
	compact[0] = sig[64]
	copy(compact[1:], sig[:64])
	pub, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return wire.Address{}, fault.New(fault.KeySignature, "recover signer: %w", err)
	}
	who := address(pub)
	recovered.Put(signed{digest, sig}, who)
	return who, nil
}

// Verify reports KEY_SIGNATURE unless who signed the digest.
func Verify(who wire.Address, digest wire.Digest, sig Signature) error {
	got, err := Recover(digest, sig)
	if err != nil {
		return err
	}
	if got != who || who.IsZero() {
		return fault.Denied(fault.KeySignature, "verify signature", "signer", who.String(), got.String())
	}
	return nil
}

func address(pub *secp256k1.PublicKey) (a wire.Address) {
	h := wire.Keccak(pub.SerializeUncompressed()[1:])
	copy(a[:], h[12:])
	return a
}
