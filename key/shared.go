package key

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"tacit/fault"
)

// A Shared is a secret that two ends have and nobody else: XChaCha20-Poly1305
// (draft-irtf-cfrg-xchacha-03) with a random nonce in front of each ciphertext. Like a
// Signer's, its secret stands behind a function.
type Shared struct{ secret func() []byte }

// NewShared makes a secret from the system's randomness.
func NewShared() Shared {
	b := make([]byte, chacha20poly1305.KeySize)
	rand.Read(b) // never fails
	return Shared{func() []byte { return b }}
}

// ParseShared takes 32 secret bytes, else it is API_FIELD. It keeps a copy.
func ParseShared(secret []byte) (Shared, error) {
	if len(secret) != chacha20poly1305.KeySize {
		return Shared{}, fault.New(fault.APIField, "parse shared key: it has %d bytes, not %d", len(secret), chacha20poly1305.KeySize)
	}
	b := append([]byte(nil), secret...)
	return Shared{func() []byte { return b }}, nil
}

// Secret returns a copy of the secret bytes, for a sealed message or store. The caller
// may clear them afterwards.
func (s Shared) Secret() []byte { return append([]byte(nil), s.secret()...) }

// Erase overwrites the secret; nothing can be sealed or opened after it.
func (s Shared) Erase() {
	if s.secret != nil {
		clear(s.secret())
	}
}

func (s Shared) aead() (cipher.AEAD, error) {
	if s.secret == nil {
		return nil, fault.New(fault.KeySignature, "use shared key: there is none")
	}
	return chacha20poly1305.NewX(s.secret())
}

// Seal encrypts plaintext. context is what Open must repeat exactly.
func (s Shared) Seal(context, plaintext []byte) ([]byte, error) {
	a, err := s.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(plaintext)+a.Overhead())
	rand.Read(nonce) // never fails
	return a.Seal(nonce, nonce, plaintext, context), nil
}

// Open decrypts what the other end sealed with the same context; anything else is
// KEY_SIGNATURE, without saying why.
func (s Shared) Open(context, sealed []byte) ([]byte, error) {
	a, err := s.aead()
	if err != nil {
		return nil, err
	}
	if len(sealed) < a.NonceSize() {
		return nil, fault.New(fault.KeySignature, "open: too short")
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], context)
	if err != nil {
		return nil, fault.New(fault.KeySignature, "open: not sealed under this key in this context")
	}
	return plain, nil
}

// Format keeps the secret out of every print verb, also of a copied key.
func (s Shared) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key.Shared") }

// MarshalText refuses: a secret key is not part of any message.
func (s Shared) MarshalText() ([]byte, error) { return nil, errPrivate() }

// MarshalCBOR refuses likewise.
func (s Shared) MarshalCBOR() ([]byte, error) { return nil, errPrivate() }
