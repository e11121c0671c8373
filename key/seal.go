package key

import (
	"bytes"
	"crypto/hpke"
	"fmt"
	"io"

	"tacit/fault"
	"tacit/wire"
)

// The one HPKE suite (RFC 9180): hybrid ML-KEM-768 with X25519, HKDF-SHA256,
// AES-256-GCM. No message chooses an algorithm.
var (
	kem  = hpke.MLKEM768X25519()
	kdf  = hpke.HKDFSHA256()
	aead = hpke.AES256GCM()
)

// A Recipient is the public key that something is sealed to, in the encoding
// of its KEM (1,216 bytes).
type Recipient []byte

// Digest identifies the recipient.
func (r Recipient) Digest() wire.Digest { return wire.Sum(r) }

// Seal encrypts plaintext to the recipient. info is the context that Open must
// repeat exactly: who, for which task, what. API_FIELD if the recipient is not
// a public key.
func (r Recipient) Seal(info, plaintext []byte) ([]byte, error) {
	pub, err := kem.NewPublicKey(r)
	if err != nil {
		return nil, fault.New(fault.APIField, "seal: recipient is not a public key of the network's suite")
	}
	enc, sender, err := hpke.NewSender(pub, kdf, aead, info)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	sealed, err := sender.Seal(nil, plaintext)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return append(enc, sealed...), nil
}

// A Sealer is the private half of a Recipient. Its secret stands
// behind a function for the reason that a Signer's does.
type Sealer struct{ secret func() hpke.PrivateKey }

func newSealer(private hpke.PrivateKey) *Sealer {
	return &Sealer{func() hpke.PrivateKey { return private }}
}

// NewSealer makes a key from the system's randomness.
func NewSealer() (*Sealer, error) {
	s, err := kem.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("make sealing key: %w", err)
	}
	return newSealer(s), nil
}

// ParseSealer takes the secret bytes that Secret returned. The caller may clear
// them afterwards.
func ParseSealer(secret []byte) (*Sealer, error) {
	s, err := kem.NewPrivateKey(bytes.Clone(secret)) // it keeps what it is given
	if err != nil {
		return nil, fault.New(fault.APIField, "parse sealing key: not a private key of the network's suite")
	}
	return newSealer(s), nil
}

// Secret returns a copy of the secret bytes, for a file of mode 0600 or a sealed
// store. The caller may clear them afterwards.
func (s *Sealer) Secret() ([]byte, error) {
	b, err := s.secret().Bytes()
	return bytes.Clone(b), err
}

// Recipient is the public half.
func (s *Sealer) Recipient() Recipient { return s.secret().PublicKey().Bytes() }

// Open decrypts what Seal made with the same info; anything else is
// KEY_SIGNATURE, without saying why.
func (s *Sealer) Open(info, sealed []byte) ([]byte, error) {
	n := encSize
	if len(sealed) < n {
		return nil, fault.New(fault.KeySignature, "open: too short")
	}
	r, err := hpke.NewRecipient(sealed[:n], s.secret(), kdf, aead, info)
	if err != nil {
		return nil, fault.New(fault.KeySignature, "open: not sealed to this key")
	}
	plain, err := r.Open(nil, sealed[n:])
	if err != nil {
		return nil, fault.New(fault.KeySignature, "open: not sealed to this key in this context")
	}
	return plain, nil
}

// encSize is the size of an encapsulated key of the suite: an ML-KEM-768
// ciphertext and an X25519 share.
const encSize = 1088 + 32

// Format keeps the secret out of every print verb, also of a copied key.
func (s Sealer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key.Sealer") }

// MarshalText refuses: a private key is not part of any message.
func (s Sealer) MarshalText() ([]byte, error) { return nil, errPrivate() }

// MarshalCBOR refuses likewise.
func (s Sealer) MarshalCBOR() ([]byte, error) { return nil, errPrivate() }
